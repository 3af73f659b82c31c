"""A gradebook: every score, every mark, and how they were read. Rows: it stays left of the waist."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from relsurvey.errors import AnalysisError, ReadError
from relsurvey.escape import html_text
from relsurvey.grading.policy import Policy
from relsurvey.reading.ledger import Entry, as_table
from relsurvey.reading.match import shown
from relsurvey.words import languages, texts

if TYPE_CHECKING:
    import pandas as pd

    from relsurvey.grading.regrade import OwnMarks
    from relsurvey.grading.work import Work

#: The columns of the tables; a table may have more (a student's groups, ``code``, ``submitted``).
SCORES = (
    "student",
    "school",
    "course",
    "section",
    "teacher",
    "term",
    "item",
    "category",
    "due",
    "points_possible",
    "raw",
    "status",
    "attempt",
)
MARKS = (
    "student",
    "school",
    "grade_level",
    "course",
    "subject",
    "section",
    "term",
    "letter",
    "percent",
    "credits",
    "core",
    "ag",
)

TOTALS = ("student", "school", "course", "term", "current", "final", "override")

#: What a mark is of.
KEYS = ("student", "school", "course", "term")

#: What a score can be. Only ``scored``, ``late`` and ``missing`` count; ``ungraded`` is an empty cell.
STATUSES = ("scored", "late", "missing", "excused", "not_assigned", "ungraded")


@dataclass(frozen=True, eq=False)
class Gradebook:
    """Scores and marks of students, as they were read.

    Attributes
    ----------
    scores
        One row an attempt at an item: ``student, school, course, section, teacher, term, item, category, due,
        points_possible, raw, status, attempt``, and where the file says so ``submitted`` (a date),
        ``days_late`` and ``code`` (what the cell held in place of a number, "" if it was empty). ``raw`` is
        in points, ``status`` one of ``scored, late, missing, excused, not_assigned, ungraded``.
    marks
        One row a student, school, course and term, as exported: ``student, school, grade_level, course,
        subject, section, term, letter, percent, credits, core, ag``; ``percent`` is 0-100. A student's groups
        follow, where the file has them.
    totals
        Exported totals to prove the simulator with: ``student, school, course, term, current, final,
        override`` in percent (work not graded left out, or counted as zero, or set by hand); empty where the
        file has none. Where it also has totals with scores that are not posted yet: ``current_unposted,
        final_unposted``. Where its totals do not say what an empty cell counts: ``total``, and
        ``total_within``, how far it may be off by its rounding.
    policies
        The courses' own rules, as far as they are known; of several that hold for a mark the last counts, and
        outside its dates the one before it.
    blank
        What an empty cell was read as: ``"ungraded"``, ``"zero"``, ``"excused"``; None where there was none.
    entries
        How it was read.
    """

    scores: pd.DataFrame
    marks: pd.DataFrame
    totals: pd.DataFrame
    policies: tuple[Policy, ...] = field(default_factory=lambda: (Policy(),))
    blank: str | None = None
    entries: tuple[Entry, ...] = ()

    @classmethod
    def of(
        cls,
        scores: pd.DataFrame | None = None,
        marks: pd.DataFrame | None = None,
        *,
        totals: pd.DataFrame | None = None,
        policies: Sequence[Policy] = (Policy(),),
    ) -> Gradebook:
        """Return a gradebook from tables of one's own; columns that they lack are filled in as unknown.

        Parameters
        ----------
        scores
            At least ``student, item, raw, points_possible``. Without ``status`` a number is ``scored`` and an
            empty cell ``ungraded``.
        marks
            At least ``student`` and one of ``letter`` and ``percent``.
        totals
            As in :class:`Gradebook`.
        policies
            The courses' own rules.

        Raises
        ------
        ReadError
            If a table lacks a column that it needs.

        Examples
        --------
        >>> import pandas as pd
        >>> Gradebook.of(marks=pd.DataFrame({"student": ["s1"], "letter": ["B"]}))
        Gradebook: 0 scores, 1 marks, fewer than 10 students; empty cells: none
        """
        if scores is not None:
            _needs(scores, ("student", "item", "raw", "points_possible"), "scores")
            scores = table(SCORES, _columns(scores), len(scores))
            if scores["status"].isna().all():
                scores["status"] = scores["raw"].isna().map({True: "ungraded", False: "scored"})
        if marks is not None:
            _needs(marks, ("student",), "marks")
            if "letter" not in marks and "percent" not in marks:
                raise ReadError("The marks have neither `letter` nor `percent`. Name one column so.")
            marks = table(MARKS, _columns(marks), len(marks))
        return cls(
            table(SCORES, {}, 0) if scores is None else scores,
            table(MARKS, {}, 0) if marks is None else marks,
            table(TOTALS, {}, 0) if totals is None else table(TOTALS, _columns(totals), len(totals)),
            tuple(policies),
        )

    @property
    def ledger(self) -> pd.DataFrame:
        """Every decision of reading: ``step, where, rows, what, why, effect``."""
        return as_table(self.entries)

    @cached_property
    def work(self) -> Work:
        """The scores as the simulator needs them, made once."""
        from relsurvey.grading.work import work_of

        return work_of(self)

    @cached_property
    def own_marks(self) -> OwnMarks:
        """What the scores give under the courses' own rules, computed once."""
        from relsurvey.grading.regrade import own_marks

        return own_marks(self)

    @property
    def policy(self) -> Policy:
        """The course's own rules; of several courses, those of the first."""
        return self.policies[0]

    def with_policy(self, *policies: Policy) -> Gradebook:
        """Return the gradebook with what the courses' own rules are said to be."""
        return replace(self, policies=policies)

    def with_courses(
        self, *, core: Sequence[str] | None = None, ag: Sequence[str] | None = None
    ) -> Gradebook:
        """Return the gradebook with which courses are core, and which A-G: a Canvas export does not say.

        Parameters
        ----------
        core, ag
            Courses by name; every other course is then said not to be one. None leaves it as it is.

        Raises
        ------
        AnalysisError
            If no mark is of a course that is named.

        Examples
        --------
        >>> import pandas as pd
        >>> marks = pd.DataFrame({"student": "s1", "course": ["Art", "Algebra 1"], "letter": ["A", "B"]})
        >>> Gradebook.of(marks=marks).with_courses(core=["Algebra 1"]).marks["core"].tolist()
        [False, True]
        """
        known = set(self.marks["course"].dropna())
        flags, entries = {}, []
        for name, courses in (("core", core), ("ag", ag)):
            if courses is None:
                continue
            unknown = [course for course in courses if course not in known]
            if unknown:
                there = ", ".join(shown(str(one), 40) for one in sorted(known)) or "none"
                raise AnalysisError(f"No mark is of the course {shown(unknown[0], 40)}. There are: {there}.")
            flags[name] = self.marks["course"].isin(courses).astype(object)
            n = int(flags[name].sum())
            entries.append(Entry("given", "all files", n, f"marks are of courses called {name}", "as said"))
        return replace(self, marks=self.marks.assign(**flags), entries=(*self.entries, *entries))

    def but(self, **parts: Any) -> tuple[Policy, ...]:
        """Return every course's own rules with some parts changed, to be tried with ``regrade``.

        Parameters
        ----------
        **parts
            As of :class:`Policy`; None takes a part away. Without a ``title`` the policies say that they are
            the courses' own rules, with changes.

        Examples
        --------
        >>> import pandas as pd
        >>> scores = pd.DataFrame({"student": ["s1"], "item": "a", "raw": 8, "points_possible": 10})
        >>> [tried] = Gradebook.of(scores).but(floor={"percent": 50})
        >>> tried.title["en"], tried.floor.percent
        ("the courses' own rules, with changes", 50.0)
        """
        if parts:
            parts.setdefault("title", texts(languages(), "grading.compare_own_changed"))
        return tuple(policy.but(**parts) for policy in self.policies)

    def __repr__(self) -> str:
        students = self.marks["student"].nunique() if len(self.marks) else self.scores["student"].nunique()
        shown = str(students) if students >= 10 else "fewer than 10"
        return (
            f"Gradebook: {len(self.scores):,} scores, {len(self.marks):,} marks, {shown} students; "
            f"empty cells: {self.blank or 'none'}"
        )

    def _repr_html_(self) -> str:
        return f"<p>{html_text(repr(self))}</p>"


def _columns(given: pd.DataFrame) -> dict[str, Any]:
    return {str(name): given[name].reset_index(drop=True) for name in given}


def _needs(given: pd.DataFrame, columns: Sequence[str], what: str) -> None:
    missing = [column for column in columns if column not in given]
    if missing:
        raise ReadError(f"The {what} have no column `{missing[0]}`. Add it, or rename the one that holds it.")


def table(columns: Sequence[str], rows: dict[str, Any], length: int) -> pd.DataFrame:
    """Return a table with the given columns first; one that has no values is empty.

    Parameters
    ----------
    columns
        Which columns it must have, in order.
    rows
        Values by column; more columns than asked for follow.
    length
        How many rows.
    """
    import numpy as np
    import pandas as pd

    numbers = ("points_possible", "raw", "percent", "credits", "current", "final", "override")
    data: dict[str, Any] = {}
    for column in (*columns, *(name for name in rows if name not in columns)):
        if column in rows:
            data[column] = rows[column]
        elif column == "attempt":
            data[column] = np.ones(length, np.int16)
        elif column == "due":
            data[column] = np.full(length, np.datetime64("NaT"), "datetime64[s]")
        else:
            number = column in numbers
            data[column] = np.full(length, np.nan if number else None, float if number else object)
    return pd.DataFrame(data)
