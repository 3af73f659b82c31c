"""The simulator of the demo's survey: seeded, with known true values, in the form of a Google Forms export.

``python -m relsurvey.demo.simulate`` writes the shipped workbook anew. The wording of every question and
answer is read from the instrument's YAML, so the workbook cannot drift from it.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache
from importlib import resources
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from relsurvey.demo import WORKBOOK
from relsurvey.demo.comments import ENGLISH, HOSTILE, SPANISH
from relsurvey.demo.truth import TRUTH, WAVES
from relsurvey.errors import PublishError
from relsurvey.files import write_atomic

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from openpyxl import Workbook

#: One line of the sheet: a key of the instrument (identity, item, group, comment) → what the cell holds.
Row: TypeAlias = dict[str, Any]

#: Picked of 1,000, for a fair sample in which the planted difference shows; ``README.md`` says how.
SEED = 535
STUDENTS = 480

#: School → its part of all students, and its two teams.
SCHOOLS: dict[str, tuple[float, tuple[str, str]]] = {
    "Sierra Norte High (simulated)": (196 / 480, ("Team Condor", "Team Otter")),
    "Paper Lantern High (simulated)": (160 / 480, ("Team Juniper", "Team Manzanita")),
    "Half Moon Mesa High (simulated)": (124 / 480, ("Team Arroyo", "Team Lupine")),
}

#: Group variable → what students tick (several options joined by "+") → its part of each school.
GROUPS: dict[str, dict[str, float]] = {
    "gender": {"girl": 0.455, "boy": 0.455, "nonbinary": 0.05, "prefer_not_to_say": 0.04},
    "race_ethnicity": {
        "hispanic_or_latino": 0.43,
        "white": 0.17,
        "asian": 0.11,
        "black_or_african_american": 0.08,
        "filipino": 0.04,
        "native_hawaiian_or_pacific_islander": 0.012,
        "american_indian_or_alaska_native": 0.008,
        "hispanic_or_latino+white": 0.06,
        "white+asian": 0.025,
        "hispanic_or_latino+black_or_african_american": 0.02,
        "white+asian+native_hawaiian_or_pacific_islander": 0.01,
        "prefer_not_to_say": 0.035,
    },
    "english_learner": {"yes": TRUTH.english_learners, "no": 1 - TRUTH.english_learners},
    "frpl": {"yes": 0.55, "no": 0.40, "unknown": 0.05},
    "disability": {"yes": 0.14, "no": 0.86},
    "home_language": {"english": 0.52, "spanish": 0.36, "another_language": 0.12},
}

#: Chance that a student leaves the question blank in a wave.
BLANK_GROUPS = {
    "gender": 0.035,
    "race_ethnicity": 0.04,
    "english_learner": 0.02,
    "frpl": 0.05,
    "disability": 0.03,
    "home_language": 0.02,
}

#: Who answered when, as parts of each school.
PRESENCE = {"both": 0.88, "fall": 0.06, "spring": 0.06}

COMMENTING = 0.12
FIRST_DAY = {"fall": datetime(2025, 10, 6), "spring": datetime(2026, 4, 13)}
TRIED = {"fall": datetime(2025, 10, 3, 16, 5, 12), "spring": datetime(2026, 4, 10, 15, 40, 3)}
WRITTEN = datetime(2026, 4, 24, 16, 0)


def simulate(seed: int = SEED, students: int = STUDENTS) -> list[Row]:
    """Simulate the answers to the ``five-elements`` instrument, fall and spring.

    Parameters
    ----------
    seed
        From 0 to 2**32 - 1. The same seed gives the same rows, on every machine and NumPy version.
    students
        How many ninth-graders, at least 30; the three schools keep their proportions.

    Returns
    -------
    list of dict
        The sheet's rows in the order of their timestamps, each with the keys of :func:`headers`; a cell is a
        label in English, a date and time, or None. Beside one row a student and wave there are two test rows
        (one with the student id "test", one with the comment "test") and one student's second submission.

    Notes
    -----
    The model and its true values are :class:`relsurvey.demo.truth.Truth`.

    Examples
    --------
    >>> rows = simulate(students=60)
    >>> sorted({str(row["wave"]) for row in rows})
    ['fall', 'spring']
    """
    import numpy as np

    # The legacy generator: its stream is frozen (NEP 19), while that of default_rng may change with NumPy.
    draw = np.random.RandomState(seed)
    people = _people(draw, students)
    codes = _codes(draw, [person["english_learner"] == "yes" for person in people])
    rows: list[Row] = []
    for number, wave in enumerate(WAVES):
        for person, answers in zip(people, codes[number], strict=True):
            if person["present"] in ("both", wave):
                rows.append(_row(draw, person, wave, answers))
    for place, comment in zip(draw.permutation(len(rows)), HOSTILE, strict=False):
        rows[place]["more"] = comment
    rows.append(_second_submission(draw, rows))
    rows += _test_rows()
    return sorted(rows, key=lambda row: row["date"])


def headers() -> dict[str, str]:
    """Return the sheet's columns in order: key of the instrument → header, in English.

    Examples
    --------
    >>> list(headers())[:4], headers()["wave"]
    (['date', 'respondent', 'school', 'team'], 'Survey')
    """
    instrument = _instrument()
    identity = {
        key: entry if isinstance(entry, str) else entry["text"]["en"]
        for key, entry in instrument["identity"].items()
    }
    columns = {"date": identity.pop("date")} | identity
    for part in ("items", "groups"):
        columns |= {key: entry["text"]["en"] for key, entry in instrument[part].items()}
    return columns | {entry["id"]: entry["text"]["en"] for entry in instrument["comments"]}


def write_workbook(path: Path, seed: int = SEED) -> None:
    """Write the simulated survey as the workbook that Google Sheets exports of a linked form.

    Parameters
    ----------
    path
        Where; the folder must exist. A file there is replaced as a whole.
    seed
        The same seed gives the same bytes.

    Raises
    ------
    relsurvey.errors.PublishError
        If the folder cannot be written to.
    """
    from openpyxl import Workbook
    from openpyxl.utils import get_column_letter

    workbook = Workbook()
    sheet = workbook.worksheets[0]
    sheet.title = "Form Responses 1"
    sheet.freeze_panes = "A2"
    columns = headers()
    # Forms turns typed apostrophes into curly ones; the instrument has straight ones.
    table = [list(columns.values())] + [[row[key] for key in columns] for row in simulate(seed)]
    for number, cells in enumerate(table, start=1):
        for letter, value in enumerate(cells, start=1):
            if isinstance(value, str):
                cell = sheet.cell(number, letter, value.replace("'", "\u2019"))
                # Never a formula, whatever a student typed.
                cell.data_type = "s"
                cell.quotePrefix = value.startswith("=")
            elif value is not None:
                sheet.cell(number, letter, value).number_format = "m/d/yyyy h:mm:ss"
    for letter in range(1, len(columns) + 1):
        sheet.column_dimensions[get_column_letter(letter)].width = 18.88
    properties = workbook.properties
    properties.title = "Five-element relationship survey (Responses), simulated data"
    properties.creator = "relsurvey.demo.simulate"
    properties.created = properties.modified = WRITTEN
    write_atomic(path, _reproducible(workbook))


@cache
def _instrument() -> dict[str, Any]:
    import yaml

    library = resources.files("relsurvey").joinpath("instrument", "library", "five-elements.yaml")
    instrument: dict[str, Any] = yaml.safe_load(library.read_text("utf-8"))
    return instrument


@cache
def _labels(group: str) -> dict[str, str]:
    """Return the answers to a group's question: category id → label."""
    return {entry["id"]: entry["label"]["en"] for entry in _instrument()["groups"][group]["categories"]}


@cache
def _options(item: str) -> dict[int, str]:
    """Return the answers to an item: code → label, "Not sure" after the last code."""
    options = _instrument()["options"][_instrument()["items"][item]["options"]]
    return {entry.get("code", len(options)): entry["label"]["en"] for entry in options}


def _quota(draw: np.random.RandomState, parts: Mapping[str, float], size: int) -> list[str]:
    """Return ``size`` names in random order, each as often as its part says (largest remainders)."""
    exact = {name: part * size for name, part in parts.items()}
    counts = {name: int(value) for name, value in exact.items()}
    by_remainder = sorted(exact, key=lambda name: counts[name] - exact[name])
    for name in by_remainder[: size - sum(counts.values())]:
        counts[name] += 1
    names = [name for name, count in counts.items() for _ in range(count)]
    return [names[place] for place in draw.permutation(size)]


def _people(draw: np.random.RandomState, students: int) -> list[dict[str, str]]:
    """Draw who the students are. Each variable has fixed counts in each school and is shuffled on its own."""
    people: list[dict[str, str]] = []
    numbers = draw.permutation(students) + 1
    in_school = _quota(draw, {school: part for school, (part, _) in SCHOOLS.items()}, students)
    for school, (_, teams) in SCHOOLS.items():
        size = in_school.count(school)
        drawn = {
            "team": _quota(draw, dict.fromkeys(teams, 0.5), size),
            "present": _quota(draw, PRESENCE, size),
        }
        drawn |= {group: _quota(draw, parts, size) for group, parts in GROUPS.items()}
        for place in range(size):
            person = {key: values[place] for key, values in drawn.items()}
            people.append(person | {"respondent": f"S{numbers[len(people)]:04d}", "school": school})
    return people


def _codes(draw: np.random.RandomState, english_learner: Sequence[bool]) -> NDArray[np.int_]:
    """Draw all answers by the graded model: waves, students, items; 0 is blank, 6 is "Not sure"."""
    import numpy as np

    size, common, stable = len(english_learner), TRUTH.element_correlation, TRUTH.stability
    learners = np.array(english_learner)

    def elements() -> NDArray[np.float64]:
        shared, own = draw.standard_normal((size, 1)), draw.standard_normal((size, len(TRUTH.elements)))
        values: NDArray[np.float64] = np.sqrt(common) * shared + np.sqrt(1 - common) * own
        return values

    lasting = elements()
    waves = []
    for place, wave in enumerate(WAVES):
        now = np.sqrt(stable) * lasting + np.sqrt(1 - stable) * elements()
        columns = []
        for number, element in enumerate(TRUTH.elements):
            location = element.location + element.gap_shift[place] * learners
            if element.scale == TRUTH.change_scale and wave == "spring":
                location += TRUTH.change_shift
            for loading, ease in zip(element.loadings, element.ease, strict=True):
                noise = np.sqrt(1 - loading**2) * draw.standard_normal(size)
                latent = location + ease + loading * now[:, number] + noise
                columns.append(1 + np.searchsorted(TRUTH.thresholds, latent))
        codes = np.stack(columns, axis=1)
        chance = draw.random_sample(codes.shape)
        blank = np.linspace(*TRUTH.blank, codes.shape[1])
        not_sure = np.repeat([element.not_sure for element in TRUTH.elements], 4)
        codes[chance < blank + not_sure] = 6
        codes[chance < blank] = 0
        waves.append(codes)
    return np.stack(waves)


def _row(draw: np.random.RandomState, person: Mapping[str, str], wave: str, answers: NDArray[np.int_]) -> Row:
    """Write one student's submission as the form stores it."""
    # Ten school days, from 8:30 to 14:30.
    day = int(draw.randint(10))
    time = FIRST_DAY[wave] + timedelta(days=day + day // 5 * 2, seconds=int(draw.randint(30_600, 52_200)))
    row: Row = {"date": time, "wave": wave, "more": None}
    row |= {key: person[key] for key in ("respondent", "school", "team")}
    row |= {
        item: _options(item).get(int(code))
        for item, code in zip(_instrument()["items"], answers, strict=True)
    }
    for group, chance in BLANK_GROUPS.items():
        ticked = ", ".join(_labels(group)[option] for option in person[group].split("+"))
        row[group] = None if draw.random_sample() < chance else ticked
    if draw.random_sample() < COMMENTING:
        in_spanish = person["home_language"] == "spanish" and draw.random_sample() < 0.5
        pool = SPANISH if in_spanish else ENGLISH
        row["more"] = pool[draw.randint(len(pool))]
    return row


def _second_submission(draw: np.random.RandomState, rows: Sequence[Row]) -> Row:
    """Copy one spring submission, six minutes later, with three answers one step higher or lower."""
    spring = [row for row in rows if row["wave"] == "spring"]
    first = spring[draw.randint(len(spring))]
    second = first | {"date": first["date"] + timedelta(minutes=6), "more": None}
    for item in list(_instrument()["items"])[:3]:
        labels = _options(item)
        second[item] = labels[4] if first[item] == labels[5] else labels[5]
    return second


def _test_rows() -> list[Row]:
    """Return what adults leave behind when they try a form before the students get it."""
    school, (_, teams) = next(iter(SCHOOLS.items()))
    first: Row = {"date": TRIED["fall"], "wave": "fall", "respondent": "test", "more": None}
    first |= {"school": school, "team": teams[0]}
    first |= {item: _options(item)[1] for item in _instrument()["items"]}
    first |= {group: next(iter(_labels(group).values())) for group in GROUPS}
    second = first | {"date": TRIED["spring"], "wave": "spring", "respondent": "S0000", "more": "test"}
    second |= {item: _options(item)[5] for item in _instrument()["items"]}
    return [first, second]


def _reproducible(workbook: Workbook) -> bytes:
    """Return the workbook's bytes, without what differs from run to run: clock, system, XML writer."""
    from xml.etree.ElementTree import canonicalize
    from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

    import openpyxl
    from openpyxl.writer.excel import ExcelWriter

    # Not Workbook.save, which sets the modification date to now.
    saved = BytesIO()
    ExcelWriter(workbook, ZipFile(saved, "w")).save()
    fixed = BytesIO()
    with ZipFile(saved) as source, ZipFile(fixed, "w") as target:
        for name in source.namelist():
            member = ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            member.compress_type = ZIP_DEFLATED
            member.create_system = 3
            # openpyxl writes with lxml where that is installed, and the two writers differ in form.
            content = canonicalize(source.read(name).decode("utf-8"))
            if name == "docProps/app.xml":
                content = content.replace(f" / Openpyxl {openpyxl.__version__}", "")
            target.writestr(member, f'<?xml version="1.0" encoding="UTF-8"?>\n{content}')
    return fixed.getvalue()


def main(arguments: Sequence[str] | None = None) -> None:
    """Write the demo's workbook: ``python -m relsurvey.demo.simulate [--out PATH] [--seed N]``."""
    parser = argparse.ArgumentParser(prog="python -m relsurvey.demo.simulate", description=__doc__)
    parser.add_argument(
        "--out", type=Path, default=Path(__file__).with_name(WORKBOOK), help="the workbook to write"
    )
    parser.add_argument("--seed", type=int, default=SEED, help=f"{SEED} gives the shipped workbook")
    options = parser.parse_args(arguments)
    if not 0 <= options.seed < 2**32:
        parser.error(f"--seed must be from 0 to {2**32 - 1}.")
    try:
        write_workbook(options.out, options.seed)
    except PublishError as error:
        parser.error(str(error))


if __name__ == "__main__":
    main()
