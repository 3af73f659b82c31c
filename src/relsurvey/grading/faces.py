"""What marks come to under some rules, and how that is shown beside what they come to under others."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from relsurvey.analysis.finding import MIN_N_SHOWN, Value
from relsurvey.grading.letters import POINTS, meaning
from relsurvey.grading.mark_groups import units_of
from relsurvey.grading.shares import percent_words
from relsurvey.grading.tally import Tally
from relsurvey.words import say

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

#: What is compared, in order; all but the GPA are shares of marks or of students.
MEASURES = ("df_marks", "any_df", "c_or_better", "gpa")


@dataclass(frozen=True)
class Figures:
    """What the marks of some students come to.

    Attributes
    ----------
    students, marks
        How many there are with final marks.
    df_marks, any_df, c_or_better
        Marks that are D, F or not passed; students with any of them; marks that are A, B or C.
    gpa
        The mean over students of their mean grade points, 0-4; NaN without letters.
    on_track, on_track_of
        Students on track, and of how many that can be told; None where it was not asked or cannot be.
    """

    students: int
    marks: int
    df_marks: int
    any_df: int
    c_or_better: int
    gpa: float
    on_track: int | None = None
    on_track_of: int | None = None

    def of(self, measure: str) -> int:
        """Return of how many marks or students a measure is a share."""
        if measure == "on_track":
            return self.on_track_of or 0
        return self.students if measure == "any_df" else self.marks

    def share(self, measure: str) -> float:
        """Return a measure as a share, 0-1; the GPA as it is; NaN where there is nobody."""
        if measure == "gpa":
            return self.gpa
        of, count = self.of(measure), getattr(self, measure)
        return float(count) / of if of and count is not None else math.nan


@dataclass(frozen=True)
class Moves:
    """How many marks change letter, lose or gain one, and of how many students.

    ``up`` and ``down`` need not add up to ``changed``: a letter and a P are neither above nor below. A mark
    that has no final letter before or after is not in ``changed``: it is in ``gained`` or ``lost``.
    ``students_any`` are the students of whom any mark is in one of these.
    """

    changed: int = 0
    up: int = 0
    down: int = 0
    students_changed: int = 0
    students_up: int = 0
    students_down: int = 0
    lost: int = 0
    gained: int = 0
    students_lost: int = 0
    students_gained: int = 0
    students_any: int = 0


def figures(
    found: Tally, of: NDArray[np.intp], k: int, on_track: pd.DataFrame | None = None
) -> tuple[Figures, ...]:
    """Return what the marks of each of ``k`` groups come to.

    Parameters
    ----------
    found
        The marks.
    of
        The group of each mark.
    k
        How many groups there are.
    on_track
        One row a student: ``student`` and ``on_track`` (True, False, or None where it cannot be told).
    """
    import numpy as np

    final = found.final
    group = of[final]
    unit, unit_group, unit_student = units_of(group, found.student[final])
    students = np.bincount(unit_group, minlength=k)
    marks = np.bincount(group, minlength=k)
    df, good = found.df[final], found.c_or_better[final]
    any_df = np.bincount(unit_group, np.bincount(unit, df, len(unit_group)) > 0, k)
    points = found.points[final]
    lettered = ~np.isnan(points)
    own = np.bincount(unit[lettered], minlength=len(unit_group))
    total = np.bincount(unit[lettered], points[lettered], len(unit_group))
    has = own > 0
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.where(has, total / own, 0.0)
        gpa = np.bincount(unit_group, mean, k) / np.bincount(unit_group, has, k)
    known = told = None
    if on_track is not None:
        told, known = _tracks(found, on_track, unit_group, unit_student, k)
    return tuple(
        Figures(
            int(students[i]),
            int(marks[i]),
            int(np.bincount(group, df, k)[i]),
            int(any_df[i]),
            int(np.bincount(group, good, k)[i]),
            float(gpa[i]),
            None if told is None else int(told[i]),
            None if known is None else int(known[i]),
        )
        for i in range(k)
    )


def _tracks(
    found: Tally, table: pd.DataFrame, group: NDArray[np.intp], student: NDArray[np.intp], k: int
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return by group how many students are on track, and of how many it can be told."""
    import numpy as np

    from relsurvey.analysis.sampling.columns import name_of

    by = {name_of(one): is_on for one, is_on in zip(table["student"], table["on_track"], strict=True)}
    value = [by.get(name) for name in found.names[student]]
    told = np.array([one is not None and one == one for one in value], bool)
    on = np.array([bool(one) and has for one, has in zip(value, told, strict=True)], bool)
    return np.bincount(group[on], minlength=k), np.bincount(group[told], minlength=k)


def rank(letter: object) -> float:
    """Return the place of a letter among letters, signs counted; NaN for none. P is above NP alone.

    Examples
    --------
    >>> rank("B+") > rank("B") > rank("B-") > rank("C+"), rank("P")
    (True, nan)
    """
    what = meaning(letter)
    if what not in POINTS:
        return math.nan
    text = str(letter).strip().replace("\N{MINUS SIGN}", "-")
    return POINTS[what] + 0.25 * (text.endswith("+") - text.endswith("-"))


def directions(before: Tally, after: Tally) -> tuple[NDArray[np.bool_], NDArray[np.bool_], NDArray[np.bool_]]:
    """Return which marks change letter, which of them move up, which down.

    A mark that has no final letter before or after does not change letter.
    """
    import numpy as np

    def each(found: Tally, of: Callable[[str], object], kind: type) -> NDArray[Any]:
        return np.array([of(text) for text in found.texts], kind)[found.code]

    both = before.final & after.final
    changed = both & (each(before, str.strip, object) != each(after, str.strip, object)).astype(bool)
    step = each(after, rank, float) - each(before, rank, float)
    passes = each(after, _passes, float) - each(before, _passes, float)
    step = np.where(np.isnan(step), passes, step)
    with np.errstate(invalid="ignore"):
        return changed, changed & (step > 0), changed & (step < 0)


def _passes(letter: str) -> float:
    return {"P": 1.0, "NP": 0.0}.get(meaning(letter) or "", math.nan)


def lost_and_gained(before: Tally, after: Tally) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return which marks have a final letter before and none after, and which the other way round."""
    return before.final & ~after.final, after.final & ~before.final


def moves(before: Tally, after: Tally, of: NDArray[np.intp], k: int) -> tuple[Moves, ...]:
    """Return how many marks of each of ``k`` groups move, lose or gain a letter, and of how many students."""
    import numpy as np

    changed, up, down = directions(before, after)
    lost, gained = lost_and_gained(before, after)
    ways = {"changed": changed, "up": up, "down": down, "lost": lost, "gained": gained}
    counts = {}
    for name, which in {**ways, "any": changed | lost | gained}.items():
        _, group, _ = units_of(of[which], before.student[which])
        counts[f"students_{name}"] = np.bincount(group, minlength=k)
        if name in ways:
            counts[name] = np.bincount(of[which], minlength=k)
    return tuple(Moves(**{name: int(count[i]) for name, count in counts.items()}) for i in range(k))


@dataclass(frozen=True)
class Outcome:
    """All students' marks under the courses' own rules and under a policy; exact, for this kernel alone.

    Attributes
    ----------
    before, after
        What the marks come to.
    moves
        How many change.
    """

    before: Figures
    after: Figures
    moves: Moves


def outcome(before: Tally, after: Tally) -> Outcome:
    """Return what the same marks come to under two rules, and how many move."""
    import numpy as np

    of = np.zeros(len(before.student), np.intp)
    return Outcome(figures(before, of, 1)[0], figures(after, of, 1)[0], moves(before, after, of, 1)[0])


def share_cell(
    language: str, measure: str, now: Figures, own: Figures, moved: int, min_n: int = MIN_N_SHOWN
) -> Value:
    """Return a measure as it is shown beside the courses' own rules.

    Where fewer than ``min_n`` students make the difference it is "about the same": the two figures side by
    side would give their number. Where it is a share of more or fewer marks than before, so few may make a
    large difference: then it is not shown.
    """
    share = now.share(measure)
    if math.isnan(share):
        return None
    if mask := masked(measure, now, own, moved, min_n):
        return say(language, f"grading.compare_{mask}")
    return f"{share:.2f}" if measure == "gpa" else percent_words(language, share, now.students)


def masked(
    measure: str, now: Figures, other: Figures, moved: int, min_n: int
) -> Literal["same", "masked"] | None:
    """Return what stands in place of a measure that would tell of few beside another one, if it would.

    Parameters
    ----------
    measure
        Which.
    now, other
        The figures under two rules.
    moved
        Of how many students marks differ between them.
    min_n
        Fewer are not told of.
    """
    if now.share(measure) == other.share(measure):
        return None
    if 0 < moved < min_n:
        return "same"
    if measure != "gpa" and any(0 < n < min_n for n in _apart(measure, now, other)):
        return "same" if now.of(measure) == other.of(measure) else "masked"
    return None


def _apart(measure: str, now: Figures, own: Figures) -> tuple[int, int]:
    """Return by how many those differ for whom a measure holds, and the others."""
    now_n, own_n = (getattr(one, measure) or 0 for one in (now, own))
    others = now.of(measure) - now_n - (own.of(measure) - own_n)
    return abs(now_n - own_n), abs(others)


def marks_cell(language: str, marks: int, students: int, min_n: int = MIN_N_SHOWN) -> str:
    """Return a count of marks as it is shown: masked where they are of 1 to ``min_n`` - 1 students."""
    if 0 < students < min_n:
        return say(language, "grading.compare_few_moved", min_n=min_n)
    return f"{marks:,}"


#: What can happen to a letter other than that another takes its place.
WAYS = ("lost", "gained")


def way_cell(language: str, moves: Moves, way: str, min_n: int = MIN_N_SHOWN) -> str:
    """Return how many marks move in a way, as it is shown."""
    return marks_cell(language, getattr(moves, way), getattr(moves, f"students_{way}"), min_n)


def letters_said(language: str, moves: Moves, where: str = "") -> list[str]:
    """Return how many marks lose a letter and how many gain one, each as it is said, if there are any."""
    return [
        say(language, f"grading.compare_{where}{way}", n=way_cell(language, moves, way))
        for way in WAYS
        if getattr(moves, way)
    ]


def moves_cells(language: str, moves: Moves, min_n: int = MIN_N_SHOWN) -> tuple[str, str, str]:
    """Return how many marks change letter, move up and move down, as they are shown.

    A count of marks of 1 to ``min_n`` - 1 students is masked. Where all but one count is shown, that one
    could be worked out: then the count of all changes is masked too.
    """
    shown = [way_cell(language, moves, way, min_n) for way in ("changed", "up", "down")]
    rest = moves.changed - moves.up - moves.down
    small = [0 < n < min_n for n in (moves.students_up, moves.students_down, rest)]
    if any(small) and not 0 < moves.students_changed < min_n:
        shown[0] = say(language, "grading.compare_masked")
    return shown[0], shown[1], shown[2]
