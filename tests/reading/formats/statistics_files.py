"""The canon as SPSS and Stata keep it, and as survey programs write it for them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd
import pyreadstat

from relsurvey.instrument.fold import fold
from tests.reading.formats.canon import INSTRUMENT, RACES, STUDENTS, TEXT

GENDERS = ("Girl", "Boy", "Nonbinary")
GRID = "How true is this for you?"
_CODES = {
    name: {
        fold(option.label["en"]): 6.0 if option.code is None else float(option.code)
        for option in options.options
    }
    for name, options in INSTRUMENT.options.items()
}
_LABELS = {
    name: {
        6.0 if option.code is None else float(option.code): option.label["en"] for option in options.options
    }
    for name, options in INSTRUMENT.options.items()
}


@dataclass(frozen=True)
class Kept:
    """One variable: its label, its cells (None for none), what its values mean, and which are missing."""

    name: str
    label: str
    cells: Sequence[object]
    labels: Mapping[float, str] = field(default_factory=dict)
    missing: Sequence[object] = ()


def item(key: str, *, label: str = "", name: str = "", missing: float | None = None) -> Kept:
    """Return a question of the canon; ``missing`` stands where no answer was given."""
    options = INSTRUMENT.items[key].options
    codes = [_CODES[options].get(fold(getattr(student, key)), missing) for student in STUDENTS]
    labels = _LABELS[options] | ({} if missing is None else {missing: "Seen but not answered"})
    return Kept(name or key, label or TEXT[key], codes, labels, [] if missing is None else [missing])


def background() -> list[Kept]:
    """Return who answered: ids and schools as text, gender as a code."""
    codes = [GENDERS.index(student.gender) + 1.0 if student.gender else None for student in STUDENTS]
    return [
        Kept("sid", TEXT["student_id"], [student.id for student in STUDENTS]),
        Kept("school", TEXT["school"], [student.school for student in STUDENTS]),
        Kept("gender", TEXT["gender"], codes, {k + 1.0: gender for k, gender in enumerate(GENDERS)}),
    ]


def races(
    label: str = "{stem} - {race}",
    labels: Callable[[str], Mapping[float, str]] = lambda race: {1.0: race},
    *,
    off: float | None = None,
    name: str = "race_{k}",
    stem: str = "",
) -> list[Kept]:
    """Return one variable for each race.

    Parameters
    ----------
    label
        How a variable's label is made.
    labels
        What its values mean.
    off
        The value of a race that was not chosen; None for no value.
    name
        How its name is made.
    stem
        The question; by default the canon's.
    """
    return [
        Kept(
            name.format(k=k),
            label.format(stem=stem or TEXT["race"], race=race),
            [1.0 if race in student.race else off for student in STUDENTS],
            labels(race),
        )
        for k, race in enumerate(RACES, 1)
    ]


def more() -> Kept:
    """Return the open question."""
    return Kept("more", TEXT["more"].replace("\n", " "), [student.more for student in STUDENTS])


def items(**options: object) -> list[Kept]:
    """Return the four questions."""
    return [item(key, **options) for key in ("b1", "b2", "b3", "d1")]


def grid(label: str, name: str = "Q7_{k}") -> list[Kept]:
    """Return the questions, three of them rows of a grid."""
    rows = [
        item(key, label=label.format(stem=GRID, row=TEXT[key]), name=name.format(k=k))
        for k, key in enumerate(("b1", "b2", "b3"), 1)
    ]
    return [*rows, item("d1", name="Q8")]


def qualtrics(status: Sequence[float] = (0,) * 6, finished: Sequence[float] = (1,) * 6) -> list[Kept]:
    """Return what Qualtrics writes about an answer, as it names it in a .sav."""
    height = len(STUDENTS)
    times = [pd.Timestamp(2026, 10, i + 1, 9, 14, 7) for i in range(height)]
    return [
        Kept("StartDate", "Start Date", times),
        Kept("EndDate", "End Date", times),
        Kept(
            "Status", "Response Type", status, {0.0: "IP Address", 1.0: "Survey Preview", 2.0: "Survey Test"}
        ),
        Kept("Progress", "Progress", [100.0 if done else 40.0 for done in finished]),
        Kept("Duration__in_seconds_", "Duration (in seconds)", [241.0 + i for i in range(height)]),
        Kept("Finished", "Finished", finished, {0.0: "False", 1.0: "True"}),
        Kept("RecordedDate", "Recorded Date", times),
        Kept("ResponseId", "Response ID", [f"R_{i}" for i in range(height)]),
        Kept("DistributionChannel", "Distribution Channel", ["anonymous"] * height),
        Kept("UserLanguage", "User Language", ["EN"] * height),
        Kept("Q_RecaptchaScore", "Q_RecaptchaScore", [0.9] * height),
    ]


def limesurvey(left: Sequence[int] = ()) -> list[Kept]:
    """Return what LimeSurvey writes about an answer."""
    times = [pd.NaT if i in left else pd.Timestamp(2026, 10, i + 1, 9, 14) for i in range(len(STUDENTS))]
    return [
        Kept("id", "Response ID", [float(i + 1) for i in range(len(STUDENTS))]),
        Kept("submitdate", "Date submitted", times),
        Kept("lastpage", "Last page", [3.0] * len(STUDENTS)),
        Kept("startlanguage", "Start language", ["en"] * len(STUDENTS)),
    ]


def frame(kept: Sequence[Kept]) -> pd.DataFrame:
    """Return variables as columns."""
    return pd.DataFrame({variable.name: variable.cells for variable in kept})


def to_spss(folder: Path, kept: Sequence[Kept], name: str = "belonging.sav", **options: object) -> Path:
    """Write variables as SPSS keeps them; a name that ends in ``.zsav`` is compressed."""
    path = folder / name
    pyreadstat.write_sav(
        frame(kept),
        path,
        column_labels={variable.name: variable.label for variable in kept},
        variable_value_labels={v.name: dict(v.labels) for v in kept if v.labels},
        missing_ranges={v.name: list(v.missing) for v in kept if v.missing},
        compress=name.endswith(".zsav"),
        **options,
    )
    return path


def to_stata(folder: Path, kept: Sequence[Kept], version: int = 15) -> Path:
    """Write variables as Stata keeps them: whole numbers, and letters for what is missing."""
    path = folder / "belonging.dta"
    columns = {}
    labels = {}
    for variable in kept:
        cells = list(variable.cells)
        if variable.labels:
            letters = {value: "abc"[k] for k, value in enumerate(variable.missing)}
            cells = [None if c is None else letters.get(c, c if c in letters else int(c)) for c in cells]
            labels[variable.name] = {
                letters.get(value, int(value)): text for value, text in variable.labels.items()
            }
        columns[variable.name] = pd.Series(cells, dtype=object if variable.labels else None)
    pyreadstat.write_dta(
        pd.DataFrame(columns),
        path,
        column_labels={variable.name: variable.label[:80] for variable in kept},
        variable_value_labels=labels,
        missing_user_values={v.name: list("abc"[: len(v.missing)]) for v in kept if v.missing},
        version=version,
    )
    return path


def to_old_stata(folder: Path, kept: Sequence[Kept]) -> Path:
    """Write variables as Stata kept them before 2015, in the letters of its machine."""

    def old(text: str) -> str:
        return text.replace("’", "'")

    path = folder / "belonging.dta"
    data = frame(kept)
    data["more"] = data["more"].map(old)
    data.to_stata(
        path,
        version=114,
        write_index=False,
        variable_labels={v.name: old(v.label)[:80] for v in kept},
        value_labels={v.name: {int(k): old(t) for k, t in v.labels.items()} for v in kept if v.labels},
    )
    return path


def in_windows(path: Path, *, said: bool) -> Path:
    """Write a .sav again in the letters of Windows; ``said`` is whether the file then says so."""
    content = path.read_bytes()
    texts = {text for s in STUDENTS for text in (s.school, s.more)} | {
        *TEXT.values(),
        *_LABELS["agree5"].values(),
    }
    for text in sorted(texts, key=len, reverse=True):
        if not text.isascii():
            old = text.replace("\n", " ").encode() if text in TEXT.values() else text.encode()
            new = old.decode().encode("cp1252")
            content = content.replace(old, new.ljust(len(old)))
    mark = b"\x07\x00\x00\x00\x14\x00\x00\x00\x01\x00\x00\x00"
    assert mark + b"\x05\x00\x00\x00UTF-8" in content
    if said:
        letters = b"\x0c\x00\x00\x00windows-1252"
        content = content.replace(mark + b"\x05\x00\x00\x00UTF-8", mark + letters)
    path.write_bytes(content)
    return path


def _written(value: float | None, labels: Mapping[float, str]) -> object:
    return "" if value is None else labels[value]


def _as_text(kept: Sequence[Kept]) -> list[Kept]:
    """Return variables whose labels are their values."""
    return [
        Kept(v.name, v.label, [_written(cell, v.labels) for cell in v.cells]) if v.labels else v for v in kept
    ]


def _without_labels(kept: Sequence[Kept]) -> list[Kept]:
    """Return the questions as bare codes; the one that no score counts is 99."""
    return [
        Kept(v.name, v.label, [np.nan if c is None else 99.0 if c == 6.0 else c for c in v.cells])
        for v in kept
    ]


def _plain(**options: object) -> list[Kept]:
    return [*background(), *races(), *items(**options), more()]


#: By name, what writes the canon.
VARIANTS: dict[str, Callable[[Path], Path]] = {
    "SPSS": lambda folder: to_spss(folder, _plain()),
    "SPSS, rows compressed": lambda folder: to_spss(folder, _plain(), row_compress=True),
    "SPSS, compressed": lambda folder: to_spss(folder, _plain(), "belonging.zsav"),
    "SPSS, user-missing": lambda folder: to_spss(folder, _plain(missing=-99.0)),
    "SPSS, no value labels": lambda folder: to_spss(
        folder, [*background(), *races(), *_without_labels(items()), more()]
    ),
    "SPSS, labels as text": lambda folder: to_spss(folder, _as_text(_plain())),
    "SPSS, a grid by colons": lambda folder: to_spss(
        folder, [*background(), *races("{stem}: {race}"), *grid("{stem}: {row}"), more()]
    ),
    "SPSS, chosen or not": lambda folder: to_spss(
        folder,
        [
            *background(),
            *races(labels=lambda _: {0.0: "Not selected", 1.0: "Selected"}, off=0.0),
            *items(),
            more(),
        ],
    ),
    "SPSS, 0 and 1": lambda folder: to_spss(
        folder, [*background(), *races(labels=lambda _: {}, off=0.0, name="race{k}"), *items(), more()]
    ),
    "SPSS, letters of Windows": lambda folder: in_windows(to_spss(folder, _plain()), said=True),
    "SPSS, letters of Windows, not said": lambda folder: in_windows(to_spss(folder, _plain()), said=False),
    "SPSS, from Qualtrics": lambda folder: to_spss(
        folder,
        [
            *qualtrics(),
            *background(),
            *races("{stem} - Selected Choice - {race}", name="Q5_{k}"),
            Kept("Q5_9_TEXT", f"{TEXT['race']} - Other - Text", [""] * 6),
            *grid("{stem} - {row}"),
            more(),
        ],
    ),
    "SPSS, from LimeSurvey": lambda folder: to_spss(
        folder,
        [
            *limesurvey(),
            *background(),
            *races(
                "[{race}] {stem}", lambda _: {1.0: "Yes", 0.0: "Not selected"}, off=0.0, name="race_SQ00{k}"
            ),
            *grid("[{row}] {stem}", "G1_SQ00{k}"),
            more(),
        ],
    ),
    "SPSS, from REDCap": lambda folder: to_spss(
        folder,
        [
            *background(),
            *races(
                "{stem} (choice={race})",
                lambda _: {1.0: "Checked", 0.0: "Unchecked"},
                off=0.0,
                name="race___{k}",
            ),
            *items(),
            more(),
        ],
    ),
    "Stata": lambda folder: to_stata(folder, _plain()),
    "Stata, missing by letters": lambda folder: to_stata(folder, _plain(missing=-99.0)),
    "Stata 13": lambda folder: to_stata(folder, _plain(), version=13),
    "Stata 11": lambda folder: to_stata(folder, _plain(), version=11),
    "Stata 11, letters of Windows": lambda folder: to_old_stata(folder, _plain()),
}
