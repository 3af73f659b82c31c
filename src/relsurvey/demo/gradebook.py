"""The simulator of the demo's gradebooks: seeded, with known true values, in the layout of Canvas' export.

``python -m relsurvey.demo.gradebook`` writes the shipped files anew. The students are those of the simulated
survey, by the same ids: who feels the relationships more strongly there hands in a little more work here.
"""

from __future__ import annotations

import argparse
import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

from relsurvey.demo import simulate
from relsurvey.demo.truth import GRADES, TRUTH
from relsurvey.errors import PublishError
from relsurvey.escape import slug
from relsurvey.files import write_atomic

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from relsurvey.grading import Gradebook, Policy, Source
    from relsurvey.grading.snapshots import Snapshots

#: Picked of 120, as the one nearest to the truth in which the change shows; ``README.md`` says how.
SEED = 28
FOLDER, ITEMS, POLICY = "grades", "items.csv", "floor-50.yaml"
TERM = "Fall 2025"

#: Course → what its categories weigh (None: points are added up), and how many teachers each school has.
COURSES: dict[str, tuple[dict[str, int] | None, int]] = {
    "English 9 (simulated)": (None, 2),
    "Algebra 1 (simulated)": ({"Weekly work": 40, "Homework": 20, "Tests": 40}, 2),
    "Biology (simulated)": ({"Weekly work": 40, "Homework": 20, "Tests": 40}, 1),
    "World History (simulated)": (None, 1),
}
#: Where the rule changes.
CHANGED = next(iter(simulate.SCHOOLS))

_FIRST_FRIDAY, _NO_SCHOOL = date(2025, 8, 15), date(2025, 11, 28)
_READ_ONLY = "(read only)"


@dataclass(frozen=True)
class Item:
    """A piece of work: the same one in every course.

    Attributes
    ----------
    title, category, due, points
        As a table of the school's would have it; Canvas' export has neither category nor due date.
    week
        Of the 18 weeks with school, from 1.
    """

    title: str
    category: str
    due: date
    points: float
    week: int


@dataclass(frozen=True, eq=False)
class Grades:
    """Simulated scores.

    Attributes
    ----------
    students, schools
        One each a student.
    teachers
        By student and course the number of the teacher in the school, from 1.
    percent
        By student, course and item, 0-100: what the work was worth, with new tries; NaN where none was
        handed in.
    blank, excused
        Likewise, whether the cell is empty, and whether the work was excused.
    """

    students: NDArray[np.object_]
    schools: NDArray[np.object_]
    teachers: NDArray[np.intp]
    percent: NDArray[np.float64]
    blank: NDArray[np.bool_]
    excused: NDArray[np.bool_]


def items() -> tuple[Item, ...]:
    """Return the work of the term: a piece each week, homework every third week, four tests.

    Examples
    --------
    >>> len(items()), items()[0].title, items()[0].due.isoformat()
    (28, 'Week 1 work', '2025-08-15')
    """
    fridays = [_FIRST_FRIDAY + timedelta(days=7 * k) for k in range(19)]
    days = [day for day in fridays if day != _NO_SCHOOL]
    found = [Item(f"Week {week} work", "Weekly work", day, 10.0, week) for week, day in enumerate(days, 1)]
    found += [Item(f"Homework {k}", "Homework", days[3 * k - 2], 20.0, 3 * k - 1) for k in range(1, 7)]
    found += [Item(f"Test {k}", "Tests", days[w - 1], 50.0, w) for k, w in enumerate((4, 9, 13, 18), 1)]
    return tuple(sorted(found, key=lambda item: (item.due, item.category != "Weekly work")))


def grades(seed: int = SEED, students: int = simulate.STUDENTS) -> Grades:
    """Simulate the scores of the survey's students.

    Parameters
    ----------
    seed
        From 0 to 2**32 - 1. The same seed gives the same scores.
    students
        How many ninth-graders, at least 30.

    Notes
    -----
    The model and its true values are :class:`relsurvey.demo.truth.GradesTruth`.
    """
    import numpy as np

    truth = GRADES
    # The survey's own stream, so that these are its students, and what they feel there is known.
    survey = np.random.RandomState(simulate.SEED)
    people = simulate._people(survey, students)
    common = survey.standard_normal((students, 1))
    own = survey.standard_normal((students, len(TRUTH.elements)))
    shared = TRUTH.element_correlation
    felt = (np.sqrt(shared) * common + np.sqrt(1 - shared) * own).mean(axis=1)
    felt /= np.sqrt(shared + (1 - shared) / own.shape[1])

    draw = np.random.RandomState(seed)
    work = items()
    week = np.array([item.week for item in work])
    school = np.array([person["school"] for person in people], object)
    names = list(simulate.SCHOOLS)
    place = np.array([names.index(name) for name in school])
    level = draw.standard_normal(students)
    diligence = truth.relationship * felt + truth.level * level
    rest = 1 - truth.relationship**2 - truth.level**2
    diligence += np.sqrt(rest) * draw.standard_normal(students)
    shape = (students, len(COURSES), len(work))
    teachers = _teachers(place)
    by_teacher = truth.teacher_sd * draw.standard_normal((len(names), int(teachers.max()) + 1))
    by_week = truth.week_sd * draw.standard_normal((len(names), len(work)))
    percent = truth.mean + truth.level_points * level[:, None, None]
    percent = percent + by_teacher[place[:, None], teachers][..., None]
    percent = percent + truth.noise * draw.standard_normal(shape)
    percent = percent.clip(0, 100)
    changed = (place == names.index(CHANGED))[:, None] & (week >= truth.change_week)
    logit = truth.missing - truth.diligence * diligence[:, None] + by_week[place]
    logit = logit + truth.missing_shift * changed
    missing = draw.random_sample(shape) < 1 / (1 + np.exp(-logit))[:, None, :]
    again = (draw.random_sample(shape) < truth.retake) & changed[:, None, :] & (percent < truth.retake_below)
    better = np.minimum(percent + np.abs(truth.retake_gain * draw.standard_normal(shape)), truth.retake_cap)
    percent = np.where(again, np.maximum(percent, better), percent)
    excused = draw.random_sample(shape) < truth.excused
    blank = missing & (draw.random_sample(shape) < truth.blank)
    ids = np.array([person["respondent"] for person in people], object)
    return Grades(ids, school, teachers, np.where(missing, np.nan, percent), blank, excused)


def points(found: Grades) -> NDArray[np.float64]:
    """Return scores in points, to halves; 0 where a zero was typed in, NaN where the cell is no number."""
    import numpy as np

    worth = np.array([item.points for item in items()])
    raw = np.floor(2 * np.nan_to_num(found.percent) / 100 * worth + 0.5) / 2
    return np.where(found.blank | found.excused, np.nan, raw)


def demo_gradebook() -> list[Source]:
    """Return the shipped gradebooks: Canvas exports of three simulated schools, a file a course and teacher.

    Examples
    --------
    >>> from relsurvey.grading import read_gradebook
    >>> gradebook = read_gradebook(demo_gradebook(), blank="zero")
    >>> gradebook
    Gradebook: 53,760 scores, 1,920 marks, 480 students; empty cells: zero
    """
    from relsurvey.grading import Source

    folder = Path(str(resources.files("relsurvey.demo") / FOLDER))
    return [
        Source(folder / name, course=course, teacher=teacher, term=TERM, school=school)
        for name, school, course, teacher, _ in _files()
    ]


def demo_items() -> Path:
    """Return the path of the table of the work: ``item, category, due, points``; Canvas' export has no dates.

    Examples
    --------
    >>> demo_items().name
    'items.csv'
    """
    return Path(str(resources.files("relsurvey.demo") / FOLDER / ITEMS))


def demo_policy() -> Policy:
    """Return what one school changed in week 10: no score counts less than 50 %, and new tries.

    Examples
    --------
    >>> demo_policy().floor
    Floor(percent=50.0, on='score')
    """
    from relsurvey.grading import Policy

    return Policy.from_yaml(Path(str(resources.files("relsurvey.demo") / FOLDER / POLICY)))


def demo_snapshots(folder: str | Path) -> Snapshots:
    """Keep the demo's gradebook as it would have been exported each Friday, and return the snapshots.

    Parameters
    ----------
    folder
        A folder of this machine alone.

    Raises
    ------
    relsurvey.errors.PublishError
        If the folder cannot be written to, or is synced.
    """
    from relsurvey.grading import read_gradebook
    from relsurvey.grading.snapshots import Snapshots

    snapshots = Snapshots(folder)
    whole = read_gradebook(demo_gradebook(), blank="zero")
    for day in sorted({item.due for item in items()}):
        snapshots.keep(_until(whole, day), day)
    return snapshots


def _until(gradebook: Gradebook, day: date) -> Gradebook:
    """Return a gradebook with the work that was due by a day, and the marks that it gives."""
    from relsurvey.grading.weekly import marks_so_far

    known = {item.title for item in items() if item.due <= day}
    scores = gradebook.scores[gradebook.scores["item"].isin(known)].reset_index(drop=True)
    then = replace(gradebook, scores=scores, totals=gradebook.totals.iloc[:0])
    return replace(then, marks=marks_so_far(then))


def _teachers(place: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return by student and course who teaches them: those of one school by turns."""
    import numpy as np

    turn = np.zeros(len(place), np.intp)
    for school in np.unique(place):
        here = np.flatnonzero(place == school)
        turn[here] = np.arange(len(here))
    columns, first = [], 1
    for _, many in COURSES.values():
        columns.append(first + turn % many)
        first += many
    return np.column_stack(columns)


def _files() -> Iterator[tuple[str, str, str, str, int]]:
    """Yield each file's name, school, course, teacher, and the teacher's number in the school."""
    for school in simulate.SCHOOLS:
        number = 0
        for course, (_, many) in COURSES.items():
            for _ in range(many):
                number += 1
                short = [part.removesuffix(" (simulated)") for part in (school, course)]
                name = slug(f"{short[0]} {short[1]} teacher {number}")
                yield f"{name}.csv", school, course, f"{short[0]}, teacher {number} (simulated)", number


def write(folder: Path, seed: int = SEED) -> None:
    """Write the gradebooks as Canvas exports them, the table of the work, and the policy.

    Parameters
    ----------
    folder
        Where; it must exist. Files there are replaced, each as a whole.
    seed
        The same seed gives the same bytes.

    Raises
    ------
    relsurvey.errors.PublishError
        If the folder cannot be written to.
    """
    import numpy as np

    found = grades(seed)
    raw = points(found)
    for name, school, course, _, number in _files():
        at = list(COURSES).index(course)
        mine = np.flatnonzero((found.schools == school) & (found.teachers[:, at] == number))
        rows = _table(found, raw[mine, at], found.excused[mine, at], mine, COURSES[course][0])
        write_atomic(folder / name, _csv(rows))
    table = [["item", "category", "due", "points"]]
    table += [[item.title, item.category, item.due.isoformat(), f"{item.points:g}"] for item in items()]
    write_atomic(folder / ITEMS, _csv(table))
    write_atomic(folder / POLICY, _POLICY.format(school=CHANGED, day=_changed_on()))


_POLICY = """\
# Simulated. What one school of the demo changed in week 10: no score counts less than 50 %, and new tries.
# The new tries are in its gradebooks already: Canvas' export holds the latest score alone.
id: floor-50
title: {{en: "50 % minimum, from week 10", es: "Mínimo de 50 %, desde la semana 10"}}
floor: {{percent: 50, on: score}}
effective: {{from: {day}}}
scope: {{level: school, ids: ["{school}"]}}
"""


def _changed_on() -> date:
    """Return the Monday of the week in which the rule changes."""
    due = next(item.due for item in items() if item.week == GRADES.change_week)
    return due - timedelta(days=4)


def _csv(rows: Sequence[Sequence[str]]) -> str:
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue()


def _table(
    found: Grades,
    raw: NDArray[np.float64],
    excused: NDArray[np.bool_],
    mine: NDArray[np.intp],
    weights: dict[str, int] | None,
) -> list[list[str]]:
    """Return an export's rows: header, points possible, students, Canvas' Test Student."""
    import numpy as np

    work = items()
    about = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section"]
    head = [*about, *(f"{item.title} ({90_101 + k})" for k, item in enumerate(work))]
    totals = _totals(raw, excused, weights)
    rows = [
        [*head, *totals],
        ["    Points Possible", "", "", "", "", *(f"{item.points:.2f}" for item in work)],
    ]
    rows[1] += [_READ_ONLY] * len(totals)
    columns = np.array(list(totals.values())).T
    for k, student in enumerate(found.students[mine]):
        cells = [
            "EX" if out else "" if np.isnan(cell) else f"{cell:.2f}"
            for cell, out in zip(raw[k], excused[k], strict=True)
        ]
        number = int(student[1:])
        row = [f"Simulated, {student}", str(70_000 + number), student, f"sim{number}", f"Period {1 + k % 5}"]
        rows.append([*row, *cells, *("" if np.isnan(x) else f"{x:.2f}" for x in columns[k])])
    nobody = ["Student, Test", "79999", "", "sim", "Period 1"]
    rows.append([*nobody, *[""] * len(work), *["0.00"] * len(totals)])
    return rows


def _totals(
    raw: NDArray[np.float64], excused: NDArray[np.bool_], weights: dict[str, int] | None
) -> dict[str, NDArray[np.float64]]:
    """Return an export's totals by head: without ungraded work (current), and with it as zero (final)."""
    import numpy as np

    work = items()
    worth = np.array([item.points for item in work])
    category = np.array([item.category for item in work])
    earned = np.nan_to_num(raw)
    out: dict[str, NDArray[np.float64]] = {}
    whole: dict[str, NDArray[np.float64]] = {}
    for kind, counts in (("Current", ~np.isnan(raw)), ("Final", ~excused)):
        sums, of = np.zeros(len(raw)), np.zeros(len(raw))
        for name in dict.fromkeys(category):
            here = category == name
            got, possible = earned[:, here].sum(axis=1), (counts * worth)[:, here].sum(axis=1)
            share = np.full(len(raw), np.nan)
            np.divide(100 * got, possible, out=share, where=possible > 0)
            if weights is None:
                out[f"{name} {kind} Points"] = got
                sums, of = sums + got, of + possible
            else:
                there = possible > 0
                sums = sums + np.where(there, weights[name] * np.nan_to_num(share) / 100, 0)
                of = of + weights[name] * there
            out[f"{name} {kind} Score"] = share
        whole[f"{kind} Score"] = np.divide(100 * sums, of, out=np.full(len(raw), np.nan), where=of > 0)
    # Half up, as the export has it.
    return {name: np.floor(100 * values + 0.5 + 1e-9) / 100 for name, values in (out | whole).items()}


def main(arguments: Sequence[str] | None = None) -> None:
    """Write the demo's gradebooks: ``python -m relsurvey.demo.gradebook [--out FOLDER] [--seed N]``."""
    parser = argparse.ArgumentParser(prog="python -m relsurvey.demo.gradebook", description=__doc__)
    parser.add_argument(
        "--out", type=Path, default=Path(__file__).with_name(FOLDER), help="the folder to write to"
    )
    parser.add_argument("--seed", type=int, default=SEED, help=f"{SEED} gives the shipped files")
    options = parser.parse_args(arguments)
    if not 0 <= options.seed < 2**32:
        parser.error(f"--seed must be from 0 to {2**32 - 1}.")
    try:
        options.out.mkdir(parents=True, exist_ok=True)
        write(options.out, options.seed)
    except (OSError, PublishError) as error:
        parser.error(str(error))


if __name__ == "__main__":
    main()
