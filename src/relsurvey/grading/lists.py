"""Lists for the protocols by which teams talk about students: On-the-Cusp, Student List, KidTalk.

They are of a gradebook, attendance and lanes, and stay on this machine: no view has them, and no survey
answer ever stands beside a name. Names are read when a list is written, and are kept in that file alone.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from relsurvey.analysis.sampling.columns import name_of as text_of
from relsurvey.errors import AnalysisError
from relsurvey.grading import list_files
from relsurvey.grading.attendance import CHRONIC
from relsurvey.grading.attendance import attendance as attendance_of
from relsurvey.grading.gradebook import Gradebook
from relsurvey.grading.list_facts import facts
from relsurvey.grading.list_names import (
    name_of,
    names_by_key,
    no_survey,
    no_survey_columns,
    no_survey_words,
    with_hashed,
)
from relsurvey.grading.list_pages import cusp_sheet, risk_sheet, talk_sheet
from relsurvey.grading.list_sheets import Sheet, as_csv, as_workbook
from relsurvey.grading.shares import count_words
from relsurvey.grading.student_tables import student_table
from relsurvey.grading.values import HAIR
from relsurvey.reading.identity import plain
from relsurvey.words import say

if TYPE_CHECKING:
    import pandas as pd

Kind = Literal["on_the_cusp", "student_list", "kid_talk"]

#: On-the-Cusp is of students with so many D/F, counted over all courses.
_CUSP = 2


@dataclass(frozen=True, repr=False, eq=False)
class ProtocolList:
    """Who is on a protocol's list, by id: it has no names until it is written.

    Attributes
    ----------
    kind
        ``"on_the_cusp"``, ``"student_list"`` or ``"kid_talk"``.
    students
        One row a student in the list's order: ``student``; ``df``, how many marks are D, F or not passed;
        ``failed``, how many F or not passed; ``marks``; ``missing``, pieces of work missing or 0 (NaN without
        scores); ``attendance`` (percent) and ``lane``. For this kernel alone.
    marks
        One row a mark of these students: ``student, course, term, letter, percent, missing, ungraded``, and
        of D/F marks ``made_up, made_up_letter``: what it would be with one piece of work made up.
    notes
        What has to be known to read it: keys of the catalogue and a number.
    cleared
        What was said of older lists, as that one was deleted.
    """

    kind: Kind
    students: pd.DataFrame
    marks: pd.DataFrame
    notes: tuple[tuple[str, int], ...]
    cleared: tuple[str, ...] = ()

    def write(
        self,
        path: str | Path,
        *,
        names: str | Path | pd.DataFrame | None = None,
        language: str = "en",
    ) -> str:
        """Write the list to print, with names, for the owner of this machine alone.

        Parameters
        ----------
        path
            A workbook (``.xlsx``) or CSV (``.csv``). Not in a folder that is copied to other machines, nor in
            one with a published view.
        names
            The school's own table: ids, and names in one column or two. It is read now, and not kept. None
            leaves ids alone.
        language
            Of its words: ``"en"`` or ``"es"``.

        Returns
        -------
        str
            What was written where, until when it is kept, and how many students have no name.

        Raises
        ------
        AnalysisError
            If the names have two names for one id, or survey answers.
        PublishError
            If it must not lie there, or cannot be written.
        ReadError
            If the names cannot be read, or the file would be neither a workbook nor CSV.
        """
        where = Path(path).absolute()
        list_files.check(where)
        ids = self.students["student"].tolist()
        known = {} if names is None else with_hashed(names_by_key(names), ids)
        unnamed = 0 if names is None else sum(not name_of(one, known) for one in ids)

        def content(until: datetime.date) -> bytes:
            sheet = self._sheet(known, unnamed, language, list_files.footer(language, until))
            return as_csv(sheet) if where.suffix.lower() == ".csv" else as_workbook(sheet)

        made = list_files.write(where, self.kind, content)
        n = count_words(language, len(ids))
        values = {"path": where, "day": made.until, "days": list_files.DAYS}
        parts = [say(language, "grading.lists_written", n=n, **values)]
        if unnamed:
            parts.append(say(language, "grading.lists_unnamed", n=count_words(language, unnamed)))
        return " ".join(parts)

    def in_words(self, language: str = "en") -> str:
        """Say how many students are on the list and what was left out; small numbers as "fewer than 10"."""
        n = count_words(language, len(self.students))
        title = say(language, f"grading.lists_title_{self.kind}")
        parts = [say(language, "grading.lists_said", title=title, n=n)]
        parts += [say(language, f"grading.lists_{key}", n=count_words(language, k)) for key, k in self.notes]
        return " ".join(parts)

    @property
    def sentence(self) -> str:
        """What :meth:`in_words` says in English."""
        return self.in_words()

    def __repr__(self) -> str:
        return "\n".join((self.in_words(), *self.cleared))

    def _sheet(self, names: Mapping[str, str], unnamed: int, language: str, footer: str) -> Sheet:
        def word(key: str, **values: object) -> str:
            return say(language, f"grading.lists_{key}", **values)

        made = {"on_the_cusp": cusp_sheet, "student_list": risk_sheet, "kid_talk": talk_sheet}[self.kind]
        sheet = made(self, names, language)
        notes = [word(key, n=k) for key, k in self.notes]
        if unnamed:
            notes.append(word("unnamed", n=unnamed))
        return replace(sheet, notes=(*sheet.notes, *notes), footer=footer)


def on_the_cusp(
    gradebook: Gradebook,
    *,
    attendance: Any = None,
    lanes: Any = None,
    term: str | Sequence[str] | None = None,
) -> ProtocolList:
    """Return the students with one or two D/F: in which courses, and what one piece of work would change.

    Parameters
    ----------
    gradebook
        Marks; with scores the list shows missing work and what made-up work would come to.
    attendance
        As in :func:`relsurvey.grading.attendance`, or what that returned. With it the list is of those who
        attend 90 % or more, as the protocol has it; those whose attendance is not known stay on it.
    lanes
        A table with ``student`` and ``lane``, or what :func:`relsurvey.grading.lanes` returned.
    term
        Whose marks count, one or several; needed where there is more than one.

    Returns
    -------
    ProtocolList
        Students with one D/F first, those with the highest percent first. ``.write(path, names=)`` writes it.

    Raises
    ------
    AnalysisError
        If what is given holds survey answers, or there is no mark.

    Examples
    --------
    >>> import pandas as pd
    >>> from relsurvey.grading import Gradebook
    >>> letters = ["A", "D", "B", "B", "F", "F"]
    >>> marks = pd.DataFrame({"student": list("aabbcc"), "course": ["Art", "Math"] * 3, "letter": letters})
    >>> on_the_cusp(Gradebook.of(marks=marks)).students[["student", "df"]].values.tolist()
    [['a', 1], ['c', 2]]
    """
    made = _list("on_the_cusp", gradebook, attendance, lanes, term)
    students = made.students
    chosen = students["df"].between(1, _CUSP)
    notes: list[tuple[str, int]] = []
    if attendance is not None:
        seldom = students["attendance"] < CHRONIC - HAIR
        unknown = chosen & students["attendance"].isna()
        notes += [("seldom", int((chosen & seldom).sum())), ("attendance_unknown", int(unknown.sum()))]
        chosen &= ~seldom
    top = made.marks[made.marks["df"]].groupby("student")["percent"].max()
    order = students[chosen].assign(top=students["student"].map(top).fillna(-1.0))
    order = order.sort_values(["df", "top"], ascending=[True, False], kind="stable")
    return _only(made, order["student"].tolist(), notes)


def student_list(
    gradebook: Gradebook,
    *,
    attendance: Any = None,
    lanes: Any = None,
    term: str | Sequence[str] | None = None,
) -> ProtocolList:
    """Return all ninth graders by their D/F, with what they miss.

    Parameters
    ----------
    gradebook, attendance, lanes, term
        As in :func:`on_the_cusp`; nobody is left out for attendance.

    Returns
    -------
    ProtocolList
        Those with the most D/F first, of these those with the most F, of these those with the most missing
        work. Where the gradebook names no grade level, all its students are on it, and it says so.

    Raises
    ------
    AnalysisError
        If what is given holds survey answers, or there is no mark.

    Examples
    --------
    >>> import pandas as pd
    >>> from relsurvey.grading import Gradebook
    >>> marks = pd.DataFrame({"student": list("abc"), "letter": ["A", "D", "F"], "grade_level": 9})
    >>> student_list(Gradebook.of(marks=marks)).students["student"].tolist()
    ['c', 'b', 'a']
    """
    made = _list("student_list", gradebook, attendance, lanes, term)
    grade = made.marks["grade_level"].str.strip()
    notes: list[tuple[str, int]] = []
    students = made.students
    if grade.ne("").any():
        ninth = set(made.marks.loc[grade.str.fullmatch(r"0*9(\.0)?(th|º|°)?"), "student"])
        if not ninth:
            raise AnalysisError("No mark is of grade level 9, and the list is of ninth graders.")
        others = ~students["student"].isin(ninth)
        notes.append(("other_grades", int(others.sum())))
        students = students[~others]
    else:
        notes.append(("no_grade", len(students)))
    order = students.sort_values(["df", "failed", "missing"], ascending=False, kind="stable")
    return _only(made, order["student"].tolist(), notes)


def kid_talk(
    gradebook: Gradebook,
    *,
    students: Iterable[object] | ProtocolList,
    attendance: Any = None,
    lanes: Any = None,
    term: str | Sequence[str] | None = None,
) -> ProtocolList:
    """Return what a team talks about, one student a page: the highest marks first, and room for notes.

    Parameters
    ----------
    gradebook, attendance, lanes, term
        As in :func:`on_the_cusp`; nobody is left out for attendance.
    students
        Ids, as the school's files have them, or another list: all that are on it.

    Returns
    -------
    ProtocolList
        In the order given.

    Raises
    ------
    AnalysisError
        If what is given holds survey answers, none of the students has a mark, or there is no mark.

    Examples
    --------
    >>> import pandas as pd
    >>> from relsurvey.grading import Gradebook
    >>> marks = pd.DataFrame({"student": ["07", "07", "8"], "course": ["Art", "Math", "Art"], "letter": "A"})
    >>> kid_talk(Gradebook.of(marks=marks), students=[7]).students[["student", "marks"]].values.tolist()
    [['07', 2]]
    """
    made = _list("kid_talk", gradebook, attendance, lanes, term)
    if isinstance(students, ProtocolList):
        wanted = students.students["student"].tolist()
    elif isinstance(students, (str, bytes)):
        raise AnalysisError("`students` is a list of ids, such as ['0042', '0108'], or another list.")
    else:
        no_survey("students", students)
        wanted = [text_of(one).strip() for one in students]
    have = made.students["student"].tolist()
    at = with_hashed({plain(one): one for one in wanted}, have)
    place = {at[plain(one)]: one for one in have if plain(one) in at}
    chosen = [place[one] for one in dict.fromkeys(at[plain(one)] for one in wanted) if one in place]
    if not chosen:
        raise AnalysisError("None of these students has a mark in this gradebook. Give ids as its files do.")
    missing = len(dict.fromkeys(map(plain, wanted))) - len(chosen)
    return _only(made, chosen, [("no_marks", missing)])


def _list(
    kind: Kind, gradebook: Gradebook, attendance: Any, lanes: Any, term: str | Sequence[str] | None
) -> ProtocolList:
    """Return all students of a gradebook, none left out."""
    import numpy as np
    import pandas as pd

    cleared = list_files.expire()
    no_survey("gradebook", gradebook)
    if not isinstance(gradebook, Gradebook):
        raise AnalysisError(
            f"A list is made of a gradebook, not of a {type(gradebook).__name__}. Read one with "
            "`relsurvey.grading.read_gradebook`."
        )
    for frame in (gradebook.scores, gradebook.marks):
        no_survey_columns(frame, "The gradebook")
        for name in ("course", "item"):
            if name in frame:
                no_survey_words(map(str, frame[name].dropna().unique()), "The gradebook", whole=True)
    marks = facts(gradebook, term)
    by = marks.groupby("student", sort=False)
    students = pd.DataFrame(
        {
            "df": by["df"].sum().astype(int),
            "failed": by["failed"].sum().astype(int),
            "marks": by.size(),
            "missing": by["missing"].sum(min_count=1),
        }
    ).reset_index()
    ids = students["student"].tolist()
    rate, lane = _rates(attendance, ids), _lanes(lanes, ids)
    students["attendance"] = np.array([rate.get(plain(one), np.nan) for one in ids], float)
    students["lane"] = [lane.get(plain(one), "") for one in ids]
    return ProtocolList(kind, students, marks, (), cleared)


def _only(made: ProtocolList, ids: list[str], notes: Sequence[tuple[str, int]]) -> ProtocolList:
    place = {one: i for i, one in enumerate(ids)}
    students = made.students[made.students["student"].isin(place)]
    students = students.assign(_at=students["student"].map(place)).sort_values("_at").drop(columns="_at")
    marks = made.marks[made.marks["student"].isin(place)].reset_index(drop=True)
    named = marks[marks["course"] != ""]
    twice = int(named.duplicated(["student", "school", "course", "term"]).sum())
    said = tuple((key, n) for key, n in (*notes, ("twice", twice)) if n)
    return replace(made, students=students.reset_index(drop=True), marks=marks, notes=said)


def _rates(given: Any, ids: list[str]) -> dict[str, float]:
    if given is None:
        return {}
    no_survey("attendance", given)
    found = student_table(given, "The attendance")
    no_survey_columns(found.frame, found.where)
    students = given.students if hasattr(given, "students") else attendance_of(given).students
    rates = zip(students["student"], students["attendance"], strict=True)
    return with_hashed({plain(str(one)): float(rate) for one, rate in rates}, ids)


def _lanes(given: Any, ids: list[str]) -> dict[str, str]:
    if given is None:
        return {}
    no_survey("lanes", given)
    found = student_table(given, "The lanes")
    no_survey_columns(found.frame, found.where)
    column = found.find("lane")
    if column is None:
        raise AnalysisError(f"{found.where} has no column with lanes. Head that column `lane`.")
    found.one_row("lane")
    return with_hashed(dict(zip(found.keys, found.texts(column), strict=True)), ids)
