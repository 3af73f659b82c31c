"""Aeries' grade reporting (table GRD): one row a student and course, one column a marking period.

A file of it is a query that someone wrote, so headings vary; these are read by their field names, with or
without the table in front. ``GRD.M1`` to ``GRD.M12`` are the marks, ``C1`` to ``C3`` comments, ``CI``
citizenship and ``WH`` work habits (as public clients of Aeries' API list them); ``STU.ID, STU.GR, GRD.PD,
GRD.CN, CRS.CO, GRD.TN, GRD.CR, GRD.SE`` as public queries of the table use them. What a district calls a
semester among its marking periods, and whether ``CR`` is of a semester, could not be confirmed: every
marking period comes as a term of its own, with the credits that its row has. Other headings come through a
mapping.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from relsurvey.errors import ReadError
from relsurvey.grading.formats import Part, Settings, headed
from relsurvey.reading.formats import TableColumn
from relsurvey.reading.ledger import Entry
from relsurvey.reading.opening import Column
from relsurvey.reading.opening.sheet import stack

if TYPE_CHECKING:
    from collections.abc import Sequence

    from relsurvey.grading.mapping import GradebookMapping
    from relsurvey.reading.formats import Table
    from relsurvey.reading.opening import Sheet

NAME = "Aeries table of grades (GRD)"

_WANTED = {
    "student": ("id", "studentid", "permid", "sn", "studentnumber"),
    "school": ("schoolname", "sc", "schoolcode"),
    "course": ("co", "coursetitle", "coursename", "cn", "courseid", "coursenumber"),
    "section": ("se", "sectionnumber", "pd", "period"),
    "teacher": ("tn", "teachernumber", "te", "teachername"),
    "grade_level": ("gr", "gradelevel"),
    "credits": ("cr", "credit", "credits"),
}
_KNOWN = frozenset(field for fields in _WANTED.values() for field in fields)
#: Fields that no list of pieces of work has: two of them beside M1 make it a table of GRD.
_TELLING = frozenset(("cn", "co", "pd", "se", "tn", "cr", "sn", "sc", "mk"))
_MARK = re.compile(r"(?:m|mark)([1-9]|1[0-2])\Z")
_WORDS = re.compile(r"(?:ci|citizenship|wh|workhabits|c[1-9]|comments?[1-9]?|c[iw][1-9]|cm[1-9]?)\Z")
_TERM, _LETTER = "marking period", "mark in it"


def detect(sheet: Sheet) -> bool:
    """Say whether a sheet has the marks of marking periods by the names that Aeries gives them."""
    for row in headed.heads(sheet):
        fields = {headed.key(cell) for cell in row if cell}
        if not any(map(_MARK.match, fields)):
            continue
        named = any(cell.upper().startswith("GRD.M") and _MARK.match(headed.key(cell)) for cell in row)
        if named or ("m1" in fields and len(fields & _TELLING) > 1):
            return True
    return False


def read(
    sheet: Sheet, mapping: GradebookMapping | None, settings: Settings, notes: Sequence[str] = ()
) -> Part:
    """Read a table of GRD: each marking period's marks as those of a term ``M1`` … ``M12``.

    Parameters
    ----------
    sheet
        The sheet.
    mapping
        What the file does not say of itself: courses, codes, cuts.
    settings
        What the caller says.
    notes
        What was noticed on opening the file.

    Raises
    ------
    ReadError
        If it has no student or no mark, or if two rows give one mark.
    """
    found = headed.table(sheet, _KNOWN | {f"m{i}" for i in range(1, 13)})
    by = headed.roles(found, _WANTED)
    if "student" not in by:
        raise ReadError(
            f"{found.where} is an {NAME} without the students' ids (`STU.ID`), so its marks are nobody's. "
            "Add that field to the query."
        )
    if "course" not in by:
        raise ReadError(
            f"{found.where} is an {NAME} without courses (`CRS.CO` or `GRD.CN`). Add one to the query."
        )
    before = []

    def note(step: str, rows: int, what: str, why: str) -> None:
        before.append(Entry(step, found.where, rows, what, why))

    whole = len(found)
    words = [c.name for c in found.columns if _WORDS.match(headed.key(c.header))]
    if words:
        what = "comments, citizenship and work habits were left out"
        note("columns not used", len(words), what, "they are no marks, and words about a student stay out")
    if headed.key(headed.column(found, by["student"]).header) == "sn":
        what = "students are known by `SN`"
        note("id spelling", whole, what, "the file has no ID; a student's number in a school matches no list")
    found, periods, idle = _long(found, words)
    note("layout", len(found), f"marks stand under marking periods: {', '.join(periods)}", "each is a term")
    if idle:
        note("marks", idle, "rows have no mark yet and give none", "every marking period is empty")
    by |= {"term": _TERM, "percent" if headed.numeric(found, _LETTER) else "letter": _LETTER}
    keys = [by[role] for role in ("student", "school", "course", "term") if role in by]
    found, repeated = headed.once(found, keys, [_LETTER], "Keep the section whose mark counts.")
    if repeated:
        note("layout", repeated, "marks were kept once", "two rows say the same of one mark")
    c = headed.columns(found, by, mapping, settings, NAME)
    marks = headed.marks_of(c)
    if "credits" in by and len(periods) > 1:
        what = "the credits of a row stand beside each of its marking periods"
        why = "keep the periods that are semesters before credits are added up"
        c.note("marks", len(marks), what, why)
    part = headed.part(c, marks, before, NAME)
    opened, *rest = part.entries
    kept = [replace(e, rows=whole) if e.step == "rows kept" else e for e in rest]
    return replace(part, entries=(replace(opened, rows=whole), *kept))


def _long(found: Table, words: Sequence[str]) -> tuple[Table, list[str], int]:
    """Return a table with a row a mark, its marking periods, and how many rows have none.

    Raises
    ------
    ReadError
        If no row has any.
    """
    import numpy as np

    marks: dict[int, TableColumn] = {}
    for column in found.columns:
        if period := _MARK.match(headed.key(column.header)):
            marks.setdefault(int(period[1]), column)
    places = {i: np.flatnonzero(marks[i].cells.filled()) for i in sorted(marks)}
    places = {i: rows for i, rows in places.items() if len(rows)}
    if not places:
        raise ReadError(f"{found.where} has no mark in any marking period. Export it after one has ended.")
    rows = np.concatenate(list(places.values()))
    order = np.argsort(rows, kind="stable")
    rows = rows[order]
    term = np.concatenate([np.full(len(at), k + 1) for k, at in enumerate(places.values())])[order]
    periods = [f"M{i}" for i in places]
    letters = stack([marks[i].cells.take(at) for i, at in places.items()]).take(order)
    taken = {column.name for column in marks.values()} | set(words)
    kept = [replace(c, cells=c.cells.take(rows)) for c in found.columns if c.name not in taken]
    made = (
        TableColumn(_TERM, _TERM, Column(("", *periods), term.astype(np.int32)), ""),
        TableColumn(_LETTER, _LETTER, letters, ""),
    )
    whole = replace(found, columns=(*kept, *made), numbers=found.numbers[rows])
    return whole, periods, len(found) - len(np.unique(rows))
