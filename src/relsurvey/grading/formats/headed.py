"""Exports of report-card marks whose columns are known by a system's own field names."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from relsurvey.errors import ReadError
from relsurvey.grading import cells
from relsurvey.grading.counting import many
from relsurvey.grading.formats import Part, Settings, mark_columns
from relsurvey.grading.formats.columns import Columns
from relsurvey.grading.gradebook import SCORES, TOTALS
from relsurvey.grading.gradebook import table as made
from relsurvey.grading.mapping import IGNORE, GradebookMapping
from relsurvey.grading.policy import Policy
from relsurvey.instrument.fold import fold
from relsurvey.reading.formats import Table, TableColumn, plain
from relsurvey.reading.ledger import Entry
from relsurvey.reading.opening import Column, Sheet

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

#: Numbers of a grade-point scale are letters; a number above is a percent.
_MOST_POINTS = 4
_NEAR_TOP = 10
_TABLE = re.compile(r"\s*(?:\[[^\]]*\]|[A-Za-z_]{2,20}\.)\s*")


def key(heading: str) -> str:
    """Return a field's name without its table, its joints and its capitals.

    Examples
    --------
    >>> key("[Students]Student_Number"), key("GRD.M1"), key("Course Name")
    ('studentnumber', 'm1', 'coursename')
    """
    found = _TABLE.match(heading)
    text = heading[found.end() :] if found else heading
    return "".join(sign for sign in fold(text) if sign.isalnum())


def heads(sheet: Sheet) -> Iterable[list[str]]:
    """Yield the rows near the top, one of which may be the header."""
    for number in range(min(_NEAR_TOP, sheet.height)):
        yield sheet.row(number)


def table(sheet: Sheet, known: Collection[str]) -> Table:
    """Return the table under the row that has the most of some fields."""
    return plain.read(sheet, lambda cell: key(cell) in known)


def roles(found: Table, wanted: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Return by role the name of the column that holds it.

    Parameters
    ----------
    found
        The table.
    wanted
        By role the fields that can hold it, the first as the one to be taken.
    """
    by: dict[str, str] = {}
    for column in found.columns:
        by.setdefault(key(column.header or column.name), column.name)
    return {
        role: next(by[field] for field in fields if field in by)
        for role, fields in wanted.items()
        if any(field in by for field in fields)
    }


def column(found: Table, name: str) -> TableColumn:
    """Return a column by its name."""
    return next(column for column in found.columns if column.name == name)


def without(found: Table, out: NDArray[np.bool_]) -> Table:
    """Return a table without some of its rows."""
    kept = tuple(replace(column, cells=column.cells.take(~out)) for column in found.columns)
    return replace(found, columns=kept, numbers=found.numbers[~out])


def with_cells(found: Table, name: str, texts: Sequence[str]) -> Table:
    """Return a table in which a column holds other texts; a new one stands last."""
    cells_ = Column.of(list(texts))
    if name in found.names:
        kept = tuple(replace(c, cells=cells_) if c.name == name else c for c in found.columns)
    else:
        kept = (*found.columns, TableColumn(name, name, cells_, ""))
    return replace(found, columns=kept)


def texts(found: Table, name: str | None) -> list[str]:
    """Return a column's texts, one a row; empty ones where there is no such column."""
    return column(found, name).cells.cells() if name is not None else [""] * len(found)


def once(found: Table, keys: Sequence[str], said: Sequence[str], why: str) -> tuple[Table, int]:
    """Return a table that gives each mark once, and how many repeated rows that took.

    Parameters
    ----------
    found
        The table.
    keys
        The columns that say whose mark of what a row is.
    said
        The columns that say the mark.
    why
        How two marks of one come to be, and what to do: the second half of the sentence.

    Raises
    ------
    ReadError
        If two rows give one mark otherwise.
    """
    import pandas as pd

    rows = pd.DataFrame({name: texts(found, name) for name in (*keys, *said)})
    again = rows.duplicated().to_numpy(dtype=bool)
    kept = rows[~again]
    named = kept[keys[0]].ne("")
    twice = kept.duplicated(list(keys), keep=False) & named
    if twice.any():
        first = kept[twice].groupby(list(keys), sort=False).ngroup().eq(0)
        places = " and ".join(str(found.numbers[i]) for i in first.index[first][:2])
        n = int((kept.duplicated(list(keys)) & named).sum())
        raise ReadError(
            f"{found.where} has {many(n, 'mark')} of a student, course and term that have another one, the "
            f"first in rows {places}. {why}"
        )
    return without(found, again), int(again.sum())


def numeric(found: Table, name: str) -> bool:
    """Say whether a column of marks holds numbers or percents, rather than letters or grade points."""
    texts = [text.strip() for text in column(found, name).cells.counts() if text.strip()]
    numbers = [cells.plain_number(text.removesuffix("%")) for text in texts]
    if not numbers or None in numbers:
        return False
    return any(text.endswith("%") for text in texts) or max(filter(None, numbers), default=0) > _MOST_POINTS


def columns(
    found: Table, by: Mapping[str, str], mapping: GradebookMapping | None, settings: Settings, form: str
) -> Columns:
    """Return a table's columns by their roles, with what a mapping of this layout adds.

    Parameters
    ----------
    found
        The table.
    by
        By role the name of its column.
    mapping
        What the file does not say of itself.
    settings
        What the caller says.
    form
        What the ledger calls the layout.
    """
    named = {column.name: IGNORE for column in found.columns}
    named |= {name: role for role, name in by.items()}
    more = {} if mapping is None else mapping.model_dump(include={"courses", "codes", "decimal", "dates"})
    if mapping is not None and "percent" in by:
        more |= {"cuts": mapping.cuts, "out_of": mapping.out_of}
    found_ = Columns(found, GradebookMapping(layout="marks", columns=named, **more), settings)
    found_.entries = [_own_words(entry, form) for entry in found_.entries]
    return found_


def _own_words(entry: Entry, form: str) -> Entry:
    return replace(entry, why=f"{form} has more than marks") if entry.step == "columns not used" else entry


def part(c: Columns, marks: pd.DataFrame, before: Sequence[Entry], form: str) -> Part:
    """Return marks as what a file gave."""
    c.note("rows kept", len(c.rows), "rows were read", "each names a student")
    entries = [replace(e, why="the file names it") if e.step == "given" else e for e in c.entries]
    opened = Entry("open", c.where, len(c.table), "rows stand under the header", f"a {form}")
    policies: tuple[Policy, ...] = ()
    if c.mapping.cuts:
        title = {"en": "As exported", "es": "Como se exportó"}
        policies = (Policy(id="as-exported", title=title, cuts=c.mapping.percent_cuts),)
    none = made(SCORES, {}, 0), made(TOTALS, {}, 0)
    return Part(none[0], marks, none[1], policies, (opened, *before, *entries))


def marks_of(c: Columns) -> pd.DataFrame:
    """Return the marks of a table, its teachers as keyed hashes: no name of a teacher is kept."""
    marks = mark_columns.marks(c)
    if "teacher" not in marks or not marks["teacher"].notna().any():
        return marks
    what = "teachers are known by a keyed hash; their names were left out"
    c.note("ids", int(marks["teacher"].nunique()), what, "which teacher is which serves statistics alone")
    return marks.assign(teacher=opaque(marks["teacher"]))


def opaque(teachers: pd.Series) -> pd.Series:
    """Return for each teacher a keyed hash whose key stays on this machine."""
    from relsurvey.reading.identity import hashed, local_key

    secret = local_key()
    by = {text: hashed(f"teacher\x1f{fold(text)}", secret) for text in teachers.dropna().unique()}
    return teachers.map(by).astype(object).where(teachers.notna(), None)
