"""A change of marks in two parts: the rule (same work, new rule) and the work (new work, same rule)."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from relsurvey.analysis.change import SAME_STUDENTS
from relsurvey.analysis.finding import MIN_N_SHOWN, Face, Finding, Value, fewest
from relsurvey.analysis.sampling.columns import name_of
from relsurvey.grading.compared import Tried
from relsurvey.grading.faces import MEASURES, WAYS, Moves, figures, moves, way_cell
from relsurvey.grading.regrade import regrade
from relsurvey.grading.shares import points_of_100
from relsurvey.grading.tally import Tally, tally
from relsurvey.reading.identity import plain
from relsurvey.words import say, signed

if TYPE_CHECKING:
    import pandas as pd

    from relsurvey.grading.gradebook import Gradebook

#: Fewest matched students to speak of the same students (rules.md 7).
_FEWEST_SAME = 20


@dataclass(frozen=True)
class Parts:
    """One measure's change in two parts, in both orders.

    Attributes
    ----------
    measure
        Its name.
    before, after
        The earlier work under the old rule, the later work under the new one: shares 0-1, or the GPA.
    early_new, late_old
        The earlier work under the new rule, the later work under the old one.
    """

    measure: str
    before: float
    early_new: float
    late_old: float
    after: float

    @property
    def total(self) -> float:
        """The whole change."""
        return self.after - self.before

    @property
    def orders(self) -> tuple[tuple[str, float, float], ...]:
        """Of each order its name, the part of the rule and the part of the work; they add up to the total."""
        return (
            ("rule first", self.early_new - self.before, self.after - self.early_new),
            ("work first", self.after - self.late_old, self.late_old - self.before),
        )

    @property
    def interaction(self) -> float:
        """How much more the rule changes on the later work than on the earlier."""
        return self.orders[1][1] - self.orders[0][1]


@dataclass(frozen=True, repr=False)
class SplitChange(Finding):
    """A change of marks in two parts: numbers once, and every face of them.

    Attributes
    ----------
    parts
        One a measure: D/F marks, students with any D/F, marks of C or better, GPA.
    n_before, n_after
        Students of the earlier and the later work that are counted.
    fewest
        Students with marks at the time, and under the rule, that leaves the fewest.
    matched
        Students of both.
    same
        Whether only the students of both are counted.
    courses
        How many courses are in one of the gradebooks alone, and left out.
    unlike
        Whether no course is in both, so that none was left out.
    moves
        What the new rule moves of the earlier and of the later work.
    """

    parts: tuple[Parts, ...]
    n_before: int
    n_after: int
    fewest: int
    matched: int
    same: bool
    courses: int = 0
    unlike: bool = False
    moves: tuple[Moves, Moves] = (Moves(), Moves())

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """``split``: one row a measure and order; shares are 0-1."""
        import pandas as pd

        rows = [
            (p.measure, order, p.before, p.early_new, p.late_old, p.after, p.total, rule, work, p.interaction)
            for p in self.parts
            for order, rule, work in p.orders
        ]
        names = ("measure", "order", "before", "early_new", "late_old", "after", "total", "rule", "work")
        return {"split": pd.DataFrame(rows, columns=[*names, "interaction"])}

    def in_words(self, language: str = "en") -> str:
        """Say how the share of D and F marks changed, and how much of it the rule alone gives."""
        min_n = fewest()
        if self.fewest < min_n:
            return say(language, "grading.split_too_few", min_n=min_n)
        df = self.parts[0]
        if math.isnan(df.before + df.early_new + df.late_old + df.after):
            return say(language, "grading.split_no_marks")
        digits = _digits(df)
        before, after = (_hundred(value, digits) for value in (df.before, df.after))
        total = _hundred(df.total, digits)
        way = "fell" if total < 0 else "rose" if total > 0 else "stayed"
        parts = [
            say(language, f"grading.split_{way}", before=f"{before:g}", after=f"{after:g}"),
            self._of_parts(language, df, total, digits),
        ]
        apart = _hundred(df.interaction, digits)
        if apart:
            rule, work = (_hundred(value, digits) for value in df.orders[1][1:])
            parts.append(say(language, "grading.split_other_order", rule=signed(rule), work=signed(work)))
        parts += [self._basis(language, min_n), *self._letters(language, min_n)]
        if self.courses:
            parts.append(say(language, "grading.split_courses", k=self.courses))
        if self.unlike:
            parts.append(say(language, "grading.split_unlike"))
        parts.append(say(language, "grading.split_cannot"))
        return " ".join(parts)

    def _of_parts(self, language: str, df: Parts, total: float, digits: int) -> str:
        rule = _hundred(df.orders[0][1], digits)
        work = round(total - rule, digits)
        if not rule and not work:
            return say(language, "grading.split_nothing")
        if total and rule * total >= 0 and work * total >= 0:
            return say(
                language,
                "grading.split_shared",
                rule=f"{abs(rule):g}",
                work=f"{abs(work):g}",
                total=f"{abs(total):g}",
            )
        key = "split_against_down" if rule < 0 else "split_against_up"
        return say(language, f"grading.{key}", rule=f"{abs(rule):g}", work=f"{abs(work):g}")

    def _basis(self, language: str, min_n: int) -> str:
        if self.same:
            key = "split_same" if self.fewest == self.matched else "split_same_some"
            return say(language, f"grading.{key}", n=self.matched)
        # Few who are the same are told from the others by their number.
        few = 0 < self.matched < min_n
        matched = say(language, "grading.compare_under", min_n=min_n) if few else self.matched
        return say(language, "grading.split_all", before=self.n_before, after=self.n_after, matched=matched)

    def _letters(self, language: str, min_n: int) -> Iterator[str]:
        """Say how many marks lose or gain their letter by the rule: those that count are then others."""
        for way in WAYS:
            if any(getattr(one, way) for one in self.moves):
                early, late = (way_cell(language, one, way, min_n) for one in self.moves)
                yield say(language, f"grading.split_{way}", early=early, late=late)

    def faces(self, language: str = "en", min_n: int = MIN_N_SHOWN) -> tuple[Face, ...]:
        """Return both orders, in points of 100 and grade points; masked under ``min_n`` students."""
        keys = ("measure", "order", "before", "after", "total", "rule", "work", "interaction")
        rows: list[tuple[Value, ...]] = []
        if self.fewest < min_n:
            rows.append((say(language, "grading.compare_under", min_n=min_n), *[None] * (len(keys) - 1)))
        else:
            rows = [
                (
                    say(language, f"grading.split_measure_{p.measure}"),
                    say(language, f"grading.split_order_{order.replace(' ', '_')}"),
                    *(
                        None if math.isnan(value) else _cell(p, value)
                        for value in (p.before, p.after, p.total, rule, work, p.interaction)
                    ),
                )
                for p in self.parts
                for order, rule, work in p.orders
            ]
        return (Face.of(language, "grading", "split", [f"split_{key}" for key in keys], rows),)


def split_change(before: Gradebook, after: Gradebook, old: Tried, new: Tried) -> SplitChange:
    """Split a change of marks into the rule (same work, new rule) and the work (new work, same rule).

    Arithmetic, and not a cause: under a new rule students and teachers also work differently, and that is in
    the part of the work.

    Parameters
    ----------
    before, after
        The earlier and the later work in the same courses. A course that only one of them has is left out.
    old, new
        The rules of the earlier and of the later work.

    Returns
    -------
    SplitChange
        For D/F marks, students with any, marks of C or better, and GPA: in both orders, which differ by the
        interaction. The same students are counted where 70 % of each time are in both and there are 20 of
        them, else all; it says which.

    Raises
    ------
    AnalysisError
        If a rule asks for what a gradebook lacks.

    Examples
    --------
    >>> import pandas as pd
    >>> from relsurvey.grading import Gradebook, Policy
    >>> def book(last):
    ...     scores = pd.DataFrame({"student": [f"s{i}" for i in range(20) for _ in range(5)],
    ...         "item": list("abcde") * 20, "raw": [85, 85, 85, 85, 0] * 10 + [85, 85, 85, 85, last] * 10})
    ...     return Gradebook.of(scores.assign(points_possible=100.0))
    >>> found = split_change(book(0), book(40), Policy(), Policy(floor={"percent": 50}))
    >>> found.table.query("measure == 'df_marks'")[["order", "rule", "work"]].values.tolist()
    [['rule first', -1.0, 0.0], ['work first', -0.5, -0.5]]
    """
    import numpy as np

    frames = [regrade(book, policy).after for book in (before, after) for policy in (old, new)]
    frames, courses, unlike = _in_both(frames)
    found = [tally(frame) for frame in frames]
    ids = [_with_marks(found[i]) | _with_marks(found[i + 1]) for i in (0, 2)]
    both = ids[0] & ids[1]
    same = len(both) >= max(_FEWEST_SAME, SAME_STUDENTS * max(map(len, ids)))
    if same:
        found = [tally(frame[frame["student"].map(_id).isin(both)]) for frame in frames]
    of = [np.zeros(len(one.student), np.intp) for one in found]
    cells = [figures(*pair, 1)[0] for pair in zip(found, of, strict=True)]
    moved = (moves(found[0], found[1], of[0], 1)[0], moves(found[2], found[3], of[2], 1)[0])
    parts = tuple(Parts(name, *(cell.share(name) for cell in cells)) for name in MEASURES)
    before_n, *_, after_n = (cell.students for cell in cells)
    fewest = min(cell.students for cell in cells)
    return SplitChange(parts, before_n, after_n, fewest, len(both), same, courses, unlike, moved)


def _id(student: object) -> str:
    return plain(name_of(student))


def _with_marks(found: Tally) -> set[str]:
    """Return the students who have a final mark."""
    return {plain(name) for name in found.names[found.student[found.final]]}


def _in_both(frames: Sequence[pd.DataFrame]) -> tuple[list[pd.DataFrame], int, bool]:
    """Return the marks of courses that both times have, and how many courses are left out.

    Where no course is in both, none is left out, and the last of the three is true.
    """
    early, late = (set(frames[i]["course"].dropna()) for i in (0, 2))
    both = early & late
    if not both:
        return list(frames), 0, bool(early or late)
    kept = [frame[frame["course"].isin(both) | frame["course"].isna()] for frame in frames]
    return kept, len(early ^ late), False


def _digits(df: Parts, least: int = 0) -> int:
    """Return to how many decimals the figures of the sentence have to be said so that they add up."""
    for digits in range(least, 3):
        before, early, late, after = (
            _hundred(value, digits) for value in (df.before, df.early_new, df.late_old, df.after)
        )
        exact = (df.total, *(part for _, *parts in df.orders for part in parts))
        said = (after - before, early - before, after - early, after - late, late - before)
        if all(
            math.isclose(_hundred(value, digits), shown, abs_tol=1e-6)
            for value, shown in zip(exact, said, strict=True)
        ):
            return digits
    return 2


def _hundred(share: float, digits: int) -> float:
    """Return a share in points of 100, half away from zero."""
    return math.copysign(points_of_100(abs(share), digits), share) + 0.0


def _cell(parts: Parts, value: float) -> str:
    known = not math.isnan(parts.before + parts.early_new + parts.late_old + parts.after)
    digits = _digits(parts, 1) if known else 1
    text = f"{value:.2f}" if parts.measure == "gpa" else f"{_hundred(value, digits):.{digits}f}"
    # What rounds to nothing has no sign.
    return text.replace("-", "\N{MINUS SIGN}") if float(text) else text.lstrip("-")
