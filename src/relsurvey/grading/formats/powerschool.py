"""PowerSchool's StoredGrades: one row a student, course and store code, parted by tabs or commas.

An export is put together field by field, so a file has some of these columns in any order, with or without
their table in front (``[Students]Student_Number``). Fields as PowerSchool documents them for historical
grades: ps-compliance.powerschool-docs.com, "Import Virginia Data Files – Historical Grades"
(``Student_Number, Course_Name, Grade_Level, TermID, StoreCode, SectionID, Course_Number, EarnedCrHrs, Grade,
PotentialCrHrs``); the others as public queries of the table use them (``StudentID, Percent, SchoolID,
SchoolName, Credit_Type, Teacher_Name, GPA_Points``). A ``TermID`` is a year, counted from 1990, times 100,
and the term's number. An export with other headings comes through a mapping.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from relsurvey.errors import ReadError
from relsurvey.grading.formats import Part, Settings, headed
from relsurvey.grading.letters import meanings
from relsurvey.instrument.fold import fold
from relsurvey.reading.formats import Table
from relsurvey.reading.ledger import Entry

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from relsurvey.grading.formats.columns import Columns
    from relsurvey.grading.mapping import GradebookMapping
    from relsurvey.reading.opening import Sheet

NAME = "PowerSchool export of StoredGrades"

_WANTED = {
    "student": ("studentnumber", "studentid"),
    "school": ("schoolname", "schoolid"),
    "course": ("coursename", "coursenumber"),
    "section": ("sectionid", "sectionnumber"),
    "teacher": ("teachername", "teacherid", "teachernumber"),
    "term": ("storecode",),
    "subject": ("credittype",),
    "grade_level": ("gradelevel",),
    "letter": ("grade",),
    "percent": ("percent",),
    "credits": ("potentialcrhrs",),
}
_MORE = {"number": ("coursenumber",), "year": ("termid",), "earned": ("earnedcrhrs",)}
_KNOWN = frozenset(
    field for fields in (*_WANTED.values(), *_MORE.values()) for field in fields
) | {"gpapoints", "dcid", "datestored", "excludefromgpa", "gradescalename"}  # fmt: skip
#: A table of one's own can have a store code too.
_NEEDED = 3


def detect(sheet: Sheet) -> bool:
    """Say whether a sheet has store codes, courses and marks by the names that PowerSchool gives them."""
    for row in headed.heads(sheet):
        fields = {headed.key(cell) for cell in row if cell and " " not in cell.strip()}
        if (
            "storecode" in fields
            and fields & {"grade", "percent"}
            and fields & {"coursename", "coursenumber"}
            and len(fields & _KNOWN) > _NEEDED
        ):
            return True
    return False


def read(
    sheet: Sheet, mapping: GradebookMapping | None, settings: Settings, notes: Sequence[str] = ()
) -> Part:
    """Read an export of StoredGrades.

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

    Returns
    -------
    Part
        Marks alone: ``credits`` are the potential ones, ``credits_earned`` the earned ones, and ``teacher``
        is a keyed hash.

    Raises
    ------
    ReadError
        If it has no student, or if two rows give one mark.
    """
    found = headed.table(sheet, _KNOWN)
    by, more = headed.roles(found, _WANTED), headed.roles(found, _MORE)
    if "student" not in by:
        raise ReadError(
            f"{found.where} is a {NAME} without `Student_Number`, so its marks are nobody's. "
            "Add that field to the export."
        )
    before = []

    def note(step: str, rows: int, what: str, why: str) -> None:
        before.append(Entry(step, found.where, rows, what, why))

    if headed.key(headed.column(found, by["student"]).header) == "studentid":
        what = "students are known by PowerSchool's own number, `StudentID`"
        note("id spelling", len(found), what, "without a Student_Number they match no other list")
    found, years = _with_years(found, by["term"], more.get("year"))
    if years:
        what = f"store codes of {years} years were told apart by the year of their `TermID`"
        note("layout", len(found), what, "a store code is used again each year")
    found, courses = _apart(found, by, more.get("number"))
    if courses:
        what = "courses of one name keep their number in it"
        note("layout", courses, what, "a student has marks in both")
    if "letter" in by and headed.numeric(found, by["letter"]):
        name = by.pop("letter")
        filled = "percent" in by and any(text not in ("", "0") for text in headed.texts(found, by["percent"]))
        if not filled:
            by["percent"] = name
        what = f"`Grade` holds numbers; {'`Percent`' if filled else 'they'} were taken as the percents"
        note("layout", len(found), what, "a letter is needed for nothing but its cut")
    keys = [by[role] for role in ("student", "school", "course", "term") if role in by]
    said = [by[role] for role in ("letter", "percent", "credits") if role in by]
    why = (
        "A store code that is used again within a year overwrites: keep the row that counts, or add `TermID`."
    )
    whole, (found, repeated) = len(found), headed.once(found, keys, said, why)
    if repeated:
        note("duplicates", repeated, "rows were kept once", "they say the same of one mark")
    c = headed.columns(found, by, mapping, settings, NAME)
    marks = headed.marks_of(c)
    marks = _without_zeros(c, marks) if "percent" in by and "letter" in by else marks
    if "earned" in more:
        c.columns["credits_earned"] = headed.column(found, more["earned"])
        marks = marks.assign(credits_earned=c.numbers("credits_earned", "earned credits"))
    if "credits" in by:
        what = "`credits` are the potential ones" + (
            ", `credits_earned` the earned ones" if "earned" in more else ""
        )
        c.note("layout", len(marks), what, "PowerSchool stores both")
    part = headed.part(c, marks, before, NAME)
    opened, *rest = part.entries
    return replace(part, entries=(replace(opened, rows=whole), *rest))


def _with_years(found: Table, term: str, year: str | None) -> tuple[Table, int]:
    """Return a table whose store codes name their year, where it has several, and how many."""
    codes, ids = headed.texts(found, term), headed.texts(found, year)
    years = [1990 + abs(int(text)) // 100 if _whole(text) else 0 for text in ids]
    named = set(years) - {0}
    if len(named) < 2:
        return found, 0
    told = [f"{y}-{(y + 1) % 100:02d} {code}" if y else code for y, code in zip(years, codes, strict=True)]
    return headed.with_cells(found, term, told), len(named)


def _whole(text: str) -> bool:
    return text.removeprefix("-").isdecimal() and len(text) <= len("-99999")


def _apart(found: Table, by: dict[str, str], number: str | None) -> tuple[Table, int]:
    """Return a table in which courses of one name have a number, where a student has both, and how many."""
    if number is None or by["course"] == number:
        return found, 0
    names, numbers = headed.texts(found, by["course"]), headed.texts(found, number)
    whose = zip(headed.texts(found, by["student"]), headed.texts(found, by["term"]), strict=True)
    seen: defaultdict[tuple[str, str, str], set[str]] = defaultdict(set)
    for (student, term), name, which in zip(whose, names, numbers, strict=True):
        if which:
            seen[student, fold(name), term].add(which)
    shared = {name for (_, name, _), several in seen.items() if len(several) > 1}
    if not shared and "" not in names:
        return found, 0
    told = [
        (f"{name} ({which})" if name and fold(name) in shared and which else name or which)
        for name, which in zip(names, numbers, strict=True)
    ]
    return headed.with_cells(found, by["course"], told), len(shared)


def _without_zeros(c: Columns, marks: pd.DataFrame) -> pd.DataFrame:
    """Return marks whose percent is empty where it is 0 beside a letter that passes."""
    import numpy as np

    passed = np.isin(meanings(marks["letter"]).astype(str), ("A", "B", "C", "D", "P"))
    none = (marks["percent"].to_numpy(float) == 0) & passed
    if none.any():
        what = "a percent of 0 beside a letter that passes was taken as empty"
        c.note("marks", int(none.sum()), what, "PowerSchool stores 0 where it has none")
    return marks.assign(percent=marks["percent"].mask(none))
