"""Which course students are placed in, 8th → 9th grade, by group among students of the same prior mark."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from relsurvey.analysis.finding import MIN_N_SHOWN, Face, Finding, Value, fewest
from relsurvey.errors import AnalysisError
from relsurvey.grading.gradebook import Gradebook
from relsurvey.grading.shares import count_words, percent_words, shares
from relsurvey.grading.student_tables import By, StudentTable, grouped, spread, student_table
from relsurvey.grading.tally import Marks, Tally, tally
from relsurvey.instrument.fold import fold
from relsurvey.words import half_up, say, students_words

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

#: Prior marks, and what stands for a student without a letter before.
PRIOR = ("A", "B", "C", "D or F")
NO_MARK = "no mark"


@dataclass(frozen=True, repr=False, eq=False)
class Placement(Finding):
    """Which course students are placed in: numbers once, and every face of them.

    Attributes
    ----------
    by
        The columns that make the groups.
    groups
        One row a prior mark, group and course: see :func:`placement`.
    flow
        How many students went from each course and mark to each course; for this kernel alone.
    matched
        Students who are in both tables.
    notes
        Who is left out: each a key of the catalogue and a number.
    """

    by: tuple[str, ...]
    groups: pd.DataFrame
    flow: pd.DataFrame
    matched: int
    notes: tuple[tuple[str, int], ...]

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """``placement``: one row a prior mark, group and course; ``flow``: from course and mark to course."""
        return {"placement": self.groups, "flow": self.flow}

    def in_words(self, language: str = "en") -> str:
        """Say how many students the placement rests on, and what it compares."""
        if self.matched < fewest():
            return say(language, "grading.placement_too_few", min_n=fewest())
        band = students_words([language], self.matched)[language]
        parts = [say(language, "grading.placement_matched", students=band)]
        parts += [
            say(language, f"grading.placement_{key}", n=count_words(language, n)) for key, n in self.notes
        ]
        if self.by:
            parts.append(say(language, "grading.placement_like"))
        return " ".join([*parts, say(language, "grading.placement_why")])

    def faces(self, language: str = "en", min_n: int = MIN_N_SHOWN) -> tuple[Face, ...]:
        """Return the share placed in each course, masked under ``min_n`` students of a prior mark."""
        keys = ("prior", *self.by, "students", "course", "share", "range")
        head = tuple(
            one if one in self.by else say(language, f"grading.placement_head_{one}") for one in keys
        )
        under = say(language, "grading.rates_under", min_n=min_n)
        rows: list[tuple[Value, ...]] = []
        seen: set[tuple[str, ...]] = set()
        for _, row in self.groups.iterrows():
            n = int(row["n_students"])
            name = (prior_words(language, str(row["prior"])), *(str(row[column]) for column in self.by))
            if n < min_n:
                # Which courses a few students are in would say who they are.
                if name not in seen:
                    rows.append((*name, under, None, None, None))
                seen.add(name)
                continue
            share = percent_words(language, row["share"], n)
            rows.append(
                (
                    *name,
                    students_words([language], n)[language],
                    str(row["course"]),
                    share,
                    spread(language, row, "", n),
                )
            )
        return (
            Face(say(language, "grading.placement_title"), head, tuple(rows)),
            self._flow_face(language, min_n),
        )

    def _flow_face(self, language: str, min_n: int) -> Face:
        keys = ("prior_course", "prior", "course", "students")
        head = tuple(say(language, f"grading.placement_head_{one}") for one in keys)
        rows: list[tuple[Value, ...]] = []
        for (course, prior), own in self.flow.groupby(["prior_course", "prior"], sort=False):
            first = (str(course), prior_words(language, str(prior)))
            if int(own["n_students"].iloc[0]) < min_n:
                rows.append((*first, None, say(language, "grading.rates_under", min_n=min_n)))
                continue
            rows += [
                (*first, str(row["course"]), count_words(language, int(row["students"]), min_n))
                for _, row in own.iterrows()
            ]
        return Face(say(language, "grading.placement_title_flow"), head, tuple(rows))


def prior_words(language: str, prior: str) -> str:
    """Return a prior mark in a language.

    Examples
    --------
    >>> prior_words("es", "D or F"), prior_words("es", "A")
    ('D o F', 'A')
    """
    if prior not in ("D or F", NO_MARK):
        return prior
    return say(language, "grading.placement_no_mark" if prior == NO_MARK else "grading.placement_d_or_f")


def placement(
    before: Marks,
    after: Any,
    *,
    subject: str | None = None,
    by: By = None,
    roster: pd.DataFrame | str | Path | None = None,
) -> Placement:
    """Return which course students are placed in, by group among students of the same prior mark.

    Parameters
    ----------
    before
        Marks of the year before, as for :func:`df_rates`, with ``course``.
    after
        Courses of the next year: one row a student and course with ``student`` and ``course``; marks, a
        gradebook or a file with such a table.
    subject
        The subject, such as ``"math"``: only rows whose ``subject`` is this, in both. None: all rows, which
        are then of one subject already.
    by
        A column of ``roster``, else of ``before``, else of ``after``, that makes groups; never a teacher's.
    roster
        One row a student with groups.

    Returns
    -------
    Placement
        ``.table`` has one row a prior mark, group and course: ``prior`` (A, B, C, ``D or F``, ``no mark``),
        ``course``; ``n_students`` with that mark in that group, ``placed`` of them in the course, and
        ``share, low, high`` (0-1, Wilson). ``.flow``: ``prior_course, prior, course, students``, and
        ``n_students`` of that prior course and mark.

    Raises
    ------
    AnalysisError
        If a column is missing, or nobody is in both.

    Notes
    -----
    The prior mark is the mean of a student's grade points there, rounded half up to a letter. A student in
    several courses of the next year counts in each, so shares need not add up to 1; terms of one course are
    one course. Students in one table alone are counted, and in no share.

    Examples
    --------
    >>> import pandas as pd
    >>> before = pd.DataFrame({"student": list("abc"), "course": "Math 8", "letter": ["A", "B", "B"]})
    >>> after = pd.DataFrame({"student": list("abc"), "course": ["Geometry", "Geometry", "Algebra 1"]})
    >>> placement(before, after).table[["prior", "course", "placed", "share"]].values.tolist()
    [['A', 'Geometry', 1, 1.0], ['B', 'Algebra 1', 1, 0.5], ['B', 'Geometry', 1, 0.5]]
    """
    import pandas as pd

    first = _of_subject(before.marks if isinstance(before, Gradebook) else before, subject, "marks before")
    found = tally(first)
    if found.column("course") is None:
        raise AnalysisError("The marks before have no column `course`. Head the one with the courses so.")
    then = student_table(found.frame, "The marks before")
    prior = _prior(found)
    own: dict[str, str] = {}
    for key, place in zip(then.keys, found.student, strict=True):
        own[key] = prior[place]
    source = after.marks if isinstance(after, Gradebook) else after
    now = student_table(source, "The table of courses after")
    rows = _courses(now, subject)
    came = _courses(then, None)
    both = [key for key in own if key in rows]
    if not both:
        raise AnalysisError("No student is in both tables. Check that both hold the same kind of id.")
    tables = [*([] if roster is None else [student_table(roster, "The roster")]), then, now]
    groups = grouped(both, tables, by)
    order = [*PRIOR, NO_MARK]
    counted: dict[tuple[Any, ...], int] = {}
    size: dict[tuple[Any, ...], int] = {}
    flow: dict[tuple[str, int, str], int] = {}
    base: dict[tuple[str, int], int] = {}
    for key, group in zip(both, groups.of.tolist(), strict=True):
        mark = order.index(own[key])
        size[mark, group] = size.get((mark, group), 0) + 1
        for course in rows[key]:
            counted[mark, group, course] = counted.get((mark, group, course), 0) + 1
        for prior_course in came[key]:
            base[prior_course, mark] = base.get((prior_course, mark), 0) + 1
            for course in rows[key]:
                flow[prior_course, mark, course] = flow.get((prior_course, mark, course), 0) + 1
    # A course that a group has nobody in is a share of 0 there, not no share.
    every = sorted({(mark, course) for mark, _, course in counted})
    cells = [(mark, group, course) for mark, course in every for group in range(len(groups.labels))]
    cells = sorted(cell for cell in cells if size.get(cell[:2]))
    hits = [counted.get(cell, 0) for cell in cells]
    of = [size[cell[:2]] for cell in cells]
    data = [
        (order[mark], *groups.labels[group], course, n, k, *limits)
        for (mark, group, course), n, k, limits in zip(cells, of, hits, shares(hits, of), strict=True)
    ]
    head = ["prior", *groups.by, "course", "n_students", "placed", "share", "low", "high"]
    flows = [(c, order[m], to, n, base[c, m]) for (c, m, to), n in sorted(flow.items())]
    return Placement(
        groups.by,
        pd.DataFrame(data, columns=head),
        pd.DataFrame(flows, columns=["prior_course", "prior", "course", "students", "n_students"]),
        len(both),
        _left_out(own, rows, found.unnamed + now.unnamed),
    )


def _left_out(own: dict[str, str], rows: dict[str, list[str]], unnamed: int) -> tuple[tuple[str, int], ...]:
    several = sum(len(courses) > 1 for key, courses in rows.items() if key in own)
    said = (
        ("only_before", len(own.keys() - rows.keys())),
        ("only_after", len(rows.keys() - own.keys())),
        ("several", several),
        ("unnamed", unnamed),
    )
    return tuple((key, n) for key, n in said if n)


def _of_subject(frame: Any, subject: str | None, what: str) -> Any:
    """Return the rows of one subject."""
    if subject is None:
        return frame
    if not hasattr(frame, "columns"):
        raise AnalysisError(
            f"Give the {what} as a DataFrame or a gradebook, so that the subject can be found."
        )
    if "subject" not in frame or frame["subject"].isna().all():
        raise AnalysisError(
            f"The {what} have no column `subject`. Add it, or give rows of one subject alone."
        )
    mine = frame["subject"].map(lambda one: fold(str(one)) == fold(subject))
    if not mine.any():
        raise AnalysisError(f"No row of the {what} has the subject {subject!r}. Spell it as in the table.")
    return frame[mine]


def _prior(found: Tally) -> list[str]:
    """Return of each student the mean grade, rounded half up to a letter."""
    import numpy as np

    has = ~np.isnan(found.points)
    n = np.bincount(found.student[has], minlength=len(found.names))
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.bincount(found.student[has], found.points[has], len(found.names)) / n
    return [NO_MARK if math.isnan(one) else PRIOR[min(3, 4 - half_up(one))] for one in mean]


def _courses(table: StudentTable, subject: str | None) -> dict[str, list[str]]:
    """Return of each student the courses, each once."""
    import numpy as np

    if "course" not in table.frame:
        raise AnalysisError(f"{table.where} has no column `course`. Head the one with the courses so.")
    mine: NDArray[np.bool_] = np.ones(len(table), bool)
    if subject is not None:
        rest = _of_subject(table.frame, subject, "courses after")
        mine = table.frame.index.isin(rest.index)
    found: dict[str, list[str]] = {}
    for key, text, wanted in zip(table.keys, table.texts("course"), mine, strict=True):
        if wanted and text and text not in found.setdefault(key, []):
            found[key].append(text)
    return {key: courses for key, courses in found.items() if courses}
