"""How far marks depend on who gives them: one number, and never a teacher's own."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from relsurvey.analysis.finding import MIN_N_SHOWN, Face, Finding, Value, fewest
from relsurvey.analysis.sampling.sandwich import MIN_CLUSTERS
from relsurvey.errors import AnalysisError
from relsurvey.grading.gradebook import Gradebook
from relsurvey.grading.regrade import Regraded, _places, _taken
from relsurvey.grading.tally import Marks, frame_of, tally
from relsurvey.grading.work import _together
from relsurvey.words import say, students_words

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

#: Directions with less information than this share of the most are none.
_ZERO = 1e-9


@dataclass(frozen=True, repr=False, eq=False)
class Consistency(Finding):
    """How far marks depend on the teacher or section: one number, and every face of it.

    Attributes
    ----------
    unit
        ``teacher`` or ``section``.
    of
        What was measured: ``percent``, or grade ``points`` (0-4).
    same_course
        Whether what courses differ in was taken out too.
    students, marks, units
        Students who have marks from two units or more, their marks, and units that they join.
    share, low, high
        The share (0-1) of what a student's own marks differ by that goes with the unit, with its 95 %
        interval. It can be under 0 by chance. NaN where it cannot be told.
    between, within
        Its two parts: the variance between units, and what is left.
    """

    unit: str
    of: str
    same_course: bool
    students: int
    marks: int
    units: int
    share: float
    low: float
    high: float
    between: float
    within: float

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """``consistency``: one row. There is no table by teacher or section."""
        import pandas as pd

        names = ("students", "marks", "units", "share", "low", "high", "between", "within")
        return {"consistency": pd.DataFrame([{name: getattr(self, name) for name in names}])}

    @property
    def _percents(self) -> tuple[int, int, int]:
        """The share and its limits in whole percents, not under 0; 0 where they cannot be told."""
        share, low, high = (
            0.0 if math.isnan(x) else 100 * max(x, 0.0) for x in (self.share, self.low, self.high)
        )
        return int(share + 0.5), math.floor(low), math.ceil(high)

    def in_words(self, language: str = "en") -> str:
        """Say how much goes with the unit, between which limits, and what that cannot say."""
        units = say(language, f"nesting.units.{self.unit}")
        if self.students < fewest():
            return say(language, "grading.consistency_few_students", min_n=fewest(), units=units)
        if self.units < MIN_CLUSTERS:
            return say(language, "grading.consistency_few_units", least=MIN_CLUSTERS, units=units)
        if math.isnan(self.share):
            return say(language, "grading.consistency_cannot", units=units)
        share, low, high = self._percents
        key = "same_course" if self.same_course else "share"
        said = say(language, f"grading.consistency_{key}", share=share, low=low, high=high, units=units)
        return said + " " + say(language, "grading.consistency_limits", units=units)

    def faces(self, language: str = "en", min_n: int = MIN_N_SHOWN) -> tuple[Face, ...]:
        """Return the one number; nothing where fewer than ``min_n`` students or 5 units join in it."""
        units = say(language, f"nesting.units.{self.unit}")
        keys = ("students", "units", "share", "low", "high")
        head = tuple(say(language, f"grading.consistency_head_{key}", units=units) for key in keys)
        if self.students < min_n or self.units < MIN_CLUSTERS:
            row: tuple[Value, ...] = (say(language, "grading.rates_under", min_n=min_n), *[None] * 4)
            if self.students >= min_n:
                row = (students_words([language], self.students)[language], *[None] * 4)
        else:
            band = students_words([language], self.students)[language]
            told = not math.isnan(self.share)
            row = (band, self.units, *(f"{x} %" if told else None for x in self._percents))
        return (Face(say(language, "grading.consistency_title", units=units), head, (row,)),)


def consistency(
    marks: Marks, unit: Literal["teacher", "section"] = "teacher", *, same_course: bool = False
) -> Consistency:
    """Measure how far marks depend on the teacher or section rather than on the student.

    Parameters
    ----------
    marks
        A table with ``student``, one of ``letter`` and ``percent``, and the column named by ``unit``; a
        gradebook or marks regraded. Percents are taken where every final mark has one, else grade points.
    unit
        Whose part is measured.
    same_course
        Take out what courses differ in too. Without it a hard subject counts as its teachers' part; with it
        only courses that two units or more teach have a say.

    Returns
    -------
    Consistency
        One number. With fewer than 5 units that share students there is a sentence in its place.

    Raises
    ------
    AnalysisError
        If nothing says whose the marks are.

    Notes
    -----
    The model is mark = student + unit + rest, a level of one's own for each student, units a normal sample,
    the rest independent: what is left when each student's own level is taken out is shared between unit and
    rest, and ``share`` = between / (between + within). Only students with marks from two units or more have a
    say. With w_k the independent directions in which units differ, of information d_k, each w_k² is expected
    to be within + d_k · between: ``share`` is where their mean, so weighed, is the residual variance, and the
    limits are Wald's (1947), from F: exact for normal marks, near for letters. The share is not causal:
    students are not given out by lot, a student can be stronger in one subject than in another, and a teacher
    whose students learn more gives higher marks rightly.

    Examples
    --------
    >>> import pandas as pd
    >>> rows = [(s, t, 70 + 3 * s % 7 + 4 * (t % 3) + (s * t) % 5)
    ...         for s in range(40) for t in range(6) if (s + t) % 2]
    >>> found = consistency(pd.DataFrame(rows, columns=["student", "teacher", "percent"]))
    >>> found.units, found.students, bool(found.low < found.share < found.high)
    (6, 40, True)
    """
    import numpy as np
    import pandas as pd

    frame = _with_units(marks, unit)
    if unit not in frame or frame[unit].isna().all():
        raise AnalysisError(f"The marks have no column `{unit}` with an entry. Add it.")
    found = tally(frame)
    percent = found.numbers("percent")
    final = found.final
    of = "percent" if percent is not None and not np.isnan(percent[final]).any() else "points"
    y = percent if of == "percent" and percent is not None else found.points
    data = found.frame
    keep = final & ~np.isnan(y) & data[unit].notna().to_numpy()

    # Texts are numbered once, and the numbers taken together.
    place = {"student": pd.Series(found.student[keep])}
    for name in ("school", "course", unit):
        if name in data:
            place[name] = pd.Series(pd.factorize(data[name][keep])[0])

    def together(*names: str) -> NDArray[np.int64]:
        return _together([place[name] for name in names if name in place])[0]

    if same_course and found.column("course") is None:
        raise AnalysisError("`same_course` needs the column `course`, and it is empty. Fill it in.")
    course = together("school", "course") if same_course else None
    # Sections are numbered anew in each course, teachers in each school.
    units = together("school", "course", unit) if unit == "section" else together("school", unit)
    # A student who changed schools has a level in each: so schools stay apart.
    student = together("school", "student")
    return _measured(y[keep], student, units, course, unit, of)


def _with_units(marks: Marks, unit: str) -> pd.DataFrame:
    """Return marks as a table with the column ``unit``, from the scores where the marks have none."""
    frame, _ = frame_of(marks)
    book = marks.gradebook if isinstance(marks, Regraded) else marks
    has = unit in frame and frame[unit].notna().any()
    if has or not isinstance(book, Gradebook) or not len(book.scores):
        return frame
    known = book.work.marks
    return frame.assign(**{unit: _taken(known[unit], _places(known, frame))})


def _measured(
    y: NDArray[np.float64],
    student: NDArray[np.intp],
    unit: NDArray[np.int64],
    course: NDArray[np.int64] | None,
    name: str,
    of: str,
) -> Consistency:
    import numpy as np

    # Students of one unit say nothing of how units differ.
    width = int(unit.max(initial=0)) + 1
    pairs = np.sort(student * width + unit)
    pairs = pairs[np.r_[True, pairs[1:] != pairs[:-1]]]
    several = np.bincount(pairs // width, minlength=int(student.max(initial=-1)) + 1) > 1
    kept = several[student]
    y, student, unit = (y[kept], *(_numbered(x[kept]) for x in (student, unit)))
    students, units = int(student.max(initial=-1)) + 1, int(unit.max(initial=-1)) + 1

    def told(*figures: float) -> Consistency:
        share, low, high, between, within = figures or (math.nan,) * 5
        size = (students, len(y), units)
        return Consistency(name, of, course is not None, *size, share, low, high, between, within)

    if units < MIN_CLUSTERS or students < MIN_N_SHOWN:
        return told()
    blocks = [unit] if course is None else [unit, _numbered(course[kept]) + units]
    d, w2, lost, squares = _directions(y - y.mean(), student, blocks, units)
    left = len(y) - students - lost - len(d)
    # As many directions as 5 units have between them.
    if len(d) < MIN_CLUSTERS - 1 or left < 1:
        return told()
    within = max(squares - float(w2.sum()), 0.0) / left
    if within <= _ZERO * max(float(np.var(y)), 1e-300):
        return told()
    ratio, low, high = _ratio(w2 / within, d, left)
    return told(*(x / (1 + x) for x in (ratio, low, high)), ratio * within, within)


def _numbered(place: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return places numbered anew without gaps, in order."""
    import numpy as np

    used = np.bincount(place) > 0
    numbers: NDArray[np.intp] = (np.cumsum(used) - 1)[place]
    return numbers


def _directions(
    y: NDArray[np.float64], student: NDArray[np.intp], blocks: list[NDArray[np.intp]], units: int
) -> tuple[NDArray[np.float64], NDArray[np.float64], int, float]:
    """Return the independent directions in which units differ once students' own levels are taken out.

    The information of each direction, its squared weight, how many directions courses took, and the sum of
    squares of what they left.
    """
    import numpy as np
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import connected_components

    n = np.bincount(student)
    apart = y - (np.bincount(student, y) / n)[student]
    width = int(max(block.max() for block in blocks)) + 1
    rows = np.tile(np.arange(len(y)), len(blocks))
    z = csr_array((np.ones(len(rows)), (rows, np.concatenate(blocks))), shape=(len(y), width))
    of = csr_array((1 / np.sqrt(n[student]), (student, np.arange(len(y)))), shape=(len(n), len(y)))
    by = of @ z
    gram = csr_array(z.T @ z - by.T @ by)
    cross = np.asarray(z.T @ apart)
    squares, lost = float((apart**2).sum()), 0
    parts = connected_components(gram, directed=False)[1]
    order = np.argsort(parts, kind="stable")
    every_d, every_w2 = [], []
    # Each school by itself, where no student joins two: the work grows with the cube of the size.
    for at in np.split(order, np.flatnonzero(np.diff(parts[order])) + 1):
        some, c = gram[at][:, at].toarray(), cross[at]
        own = at < units
        a, u = some[np.ix_(own, own)], c[own]
        if not own.all():
            # What is left of units once courses' own levels are taken out.
            values, vectors = _split(some[np.ix_(~own, ~own)])
            half = vectors / np.sqrt(values)
            shared = some[np.ix_(own, ~own)] @ half
            taken = half.T @ c[~own]
            a, u = a - shared @ shared.T, u - shared @ taken
            squares -= float((taken**2).sum())
            lost += len(values)
        values, vectors = _split(a)
        every_d.append(values)
        every_w2.append((u @ vectors) ** 2 / values)
    return np.concatenate(every_d), np.concatenate(every_w2), lost, squares


def _split(gram: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the eigenvalues of a matrix that are not zero, and their vectors."""
    import numpy as np

    values, vectors = np.linalg.eigh(gram)
    # Every mark counts about one: what is a millionth of one is rounding.
    has = values > _ZERO * max(float(values.max(initial=0.0)), 1.0)
    return values[has], vectors[:, has]


def _ratio(w2: NDArray[np.float64], d: NDArray[np.float64], left: int) -> tuple[float, float, float]:
    """Return between / within and its limits: where the weighed mean of w² / within is as F has it."""
    from scipy.optimize import brentq
    from scipy.stats import f

    least = -(1 - 1e-9) / float(d.max())

    def solved(level: float) -> float:
        def over(ratio: float) -> float:
            return float((w2 / (1 + ratio * d)).mean()) - level

        top = 1.0
        while over(top) > 0:
            top *= 4
        return least if over(least) <= 0 else float(brentq(over, least, top, xtol=1e-14))

    r = len(d)
    return solved(1.0), solved(float(f.ppf(0.975, r, left))), solved(float(f.ppf(0.025, r, left)))
