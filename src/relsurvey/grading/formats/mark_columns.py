"""A school's own table as marks: a row a mark."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from relsurvey.errors import ReadError
from relsurvey.escape import yaml_scalar
from relsurvey.grading import cells
from relsurvey.grading.counting import many
from relsurvey.grading.formats import ROW
from relsurvey.grading.formats.columns import Columns, empties
from relsurvey.grading.gradebook import KEYS, MARKS, TOTALS, table
from relsurvey.grading.letters import meaning
from relsurvey.instrument.fold import fold
from relsurvey.reading.match import shown

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

_MARK_TEXTS = ("school", "grade_level", "course", "subject", "section", "teacher", "term")
#: By layout with scores, which column holds the course's own total.
_TOTAL = {"wide": "percent", "long": "total"}


def marks(c: Columns) -> pd.DataFrame:
    """Return the marks of a table, and what else it says of whose they are; none where it says nothing.

    Raises
    ------
    ReadError
        If two rows give one mark, a course's total differs between a student's rows, or a column of letters
        holds none.
    """
    import numpy as np

    long = c.mapping.layout == "long"
    graded = [] if long else [role for role in ("percent", "letter") if role in c.columns]
    more = {"grade_level", "letter", "subject", "total", "credits", "core", "ag", *c.groups} & set(c.columns)
    if not (graded or more or c.mapping.courses):
        return table(MARKS, {}, 0)
    n = len(c.rows)
    rows: dict[str, Any] = {role: c.objects(role) for role in ("student", *_MARK_TEXTS)}
    role = "total" if long else "percent"
    rows["percent"] = _percents(c, role) if role in c.columns else np.full(n, np.nan)
    rows["letter"] = _letters(c, rows["percent"])
    rows["credits"] = c.numbers("credits", "credits")
    rows["core"], rows["ag"] = c.yes("core"), c.yes("ag")
    rows |= {name: c.objects(role) for role, name in c.groups.items()}
    rows[ROW] = c.table.numbers[c.rows]
    found = table(MARKS, rows, n)
    for name, role in (("percent", "total"), ("letter", "letter")) if long else ():
        if role in c.columns:
            _one_of(c, found, name, role)
    return c.mapping.with_courses(_one_each(c, found, graded))


def totals(c: Columns, marks: pd.DataFrame) -> pd.DataFrame:
    """Return the courses' own totals as exported, to prove the simulator with; none where no column has them.

    Parameters
    ----------
    c
        The columns.
    marks
        As :func:`marks` returned them.
    """
    role = _TOTAL.get(c.mapping.layout)
    if role is None or role not in c.columns:
        return table(TOTALS, {}, 0)
    has = marks[marks["percent"].notna()].reset_index(drop=True)
    picked = c.columns[role].cells.take(c.rows)
    texts = [picked.texts[place].strip() for place in picked.used]
    found = [(text, read[0]) for text in texts if (read := cells.number(text, c.decimal)) is not None]
    decimals = max((cells.decimals(text, c.decimal) for text, _ in found), default=0)
    top = max((value for _, value in found), default=0)
    # A column out of 4, or of shares, is written in other units than percents.
    unit = 10.0**-decimals * (float(has["percent"].max()) / top if top > 0 else 1)
    what = f"{shown(c.columns[role].name)} is the course's total as exported, to {many(decimals, 'decimal')}"
    c.note("marks", len(has), what, "the simulator is checked against it")
    columns = {key: has[key] for key in KEYS}
    return table(TOTALS, {**columns, "total": has["percent"], "total_within": unit / 2}, len(has))


def _one_of(c: Columns, marks: pd.DataFrame, name: str, role: str) -> None:
    """Refuse a course's total or letter that differs between the rows of one student.

    Raises
    ------
    ReadError
        If there is one.
    """
    several = marks.groupby(list(KEYS), dropna=False, sort=False)[name].transform("nunique").gt(1)
    if several.any():
        raise ReadError(
            f"{c.where}: the column {shown(c.columns[role].name)} holds several {role}s of one student, "
            f"course and term, the first in row {marks.loc[several, ROW].iloc[0]}. "
            "Set it to `ignore` in the mapping, or name the column that tells them apart (`course`, `term`)."
        )


def _one_each(c: Columns, marks: pd.DataFrame, graded: Sequence[str]) -> pd.DataFrame:
    """Return one row a mark.

    Raises
    ------
    ReadError
        If two rows give one mark.
    """
    twice = marks.duplicated(list(KEYS)).to_numpy()
    if not twice.any():
        return marks
    given = marks[marks[list(graded)].notna().any(axis=1)] if graded else marks.iloc[:0]
    again = given.duplicated(list(KEYS))
    if again.any():
        first = given.loc[again, ROW].iloc[0]
        raise ReadError(
            f"{c.where}: {many(int(again.sum()), 'mark')} of a student, course and term that have one "
            f"already, the first in row {first}. Name the columns `course` and `term` in the mapping, or "
            "delete the rows that repeat."
        )
    by = marks.groupby(list(KEYS), dropna=False, sort=False)
    names = [name for name in marks if name not in (*KEYS, ROW, "section", "teacher")]
    several = by[names].nunique().gt(1).any(axis=1)
    if several.any():
        what = "marks have several entries of a group or another column; the first was kept"
        c.note("layout", int(several.sum()), what, "a mark has one of each")
    filled = by[[name for name in marks if name not in KEYS]].transform("first")
    one = marks.assign(**filled)[~twice].reset_index(drop=True)
    return one.astype(object).where(one.notna(), None).astype({"percent": float, "credits": float})


def _percents(c: Columns, role: str) -> NDArray[np.float64]:
    import numpy as np

    _no_letters(c, role)
    read = c.percents(role)
    full, why = _full(c, role, read)
    of = np.where(np.isnan(read.of), full, read.of)
    percent: NDArray[np.float64] = np.where(of == 100, read.number, 100 * read.number / of)
    if full != 100:
        what = f"marks out of {full:g} were taken as percents of it"
        c.note("layout", int((~np.isnan(percent)).sum()), what, why)
    signed = int(read.percent.sum())
    if signed:
        what = "marks written as 87% were taken as percents"
        c.note("layout", signed, what, "the sign says so")
    above = int((percent > 100).sum())
    if above:
        c.note("layout", above, "marks are above 100 %", "kept as they are")
    return percent


def _full(c: Columns, role: str, read: cells.Cells) -> tuple[float, str]:
    """Return what full marks are, and what says so."""
    import numpy as np

    if c.mapping.out_of is not None:
        return c.mapping.out_of, "the mapping says so"
    said = cells.plain_number(c.head("points", c.columns[role]), c.decimal)
    bare = read.number[np.isnan(read.of) & ~np.isnan(read.number)]
    if said and len(bare) and bare.max() <= said:
        return said, "the row of points says so, and no mark is above it"
    return 100, "nothing says otherwise"


def _no_letters(c: Columns, role: str) -> None:
    """Refuse letters where a mapping, such as one of an earlier file, expects numbers.

    Raises
    ------
    ReadError
        If there is a letter and no number; it says how the column is read as letters.
    """
    column = c.columns[role]
    texts = [text for text in column.cells.take(c.rows).counts() if text]
    known = {fold(text): meant for text, meant in c.known.items()}
    numbers = any(
        cells.number(text, c.decimal) is not None or isinstance(known.get(fold(text)), float)
        for text in texts
    )
    if numbers or "letter" in c.columns or not any(meaning(text) for text in texts):
        return
    raise ReadError(
        f"{c.where}: the column {shown(column.name)} holds letters of marks, and its mapping expects numbers "
        f"there. Give it the role of letters under `columns`: `{yaml_scalar(column.name[:40])}: letter`."
    )


def _move(
    c: Columns, signed: dict[str, float], letter: NDArray[np.object_], percent: NDArray[np.float64]
) -> None:
    """Take percents out of the letters, and as percents where none, or 0, stands beside them."""
    import numpy as np

    at = np.array([text in signed for text in letter])
    alone = at & ~(np.nan_to_num(percent) > 0)
    percent[alone] = [signed[text] for text in letter[alone]]
    letter[at] = None
    what = f"marks written as 87% in {shown(c.columns['letter'].name)} were taken as percents"
    c.note("layout", int(at.sum()), what, "the sign says so")


def _letters(c: Columns, percent: NDArray[np.float64]) -> NDArray[np.object_]:
    import numpy as np

    letter = c.objects("letter")
    if "letter" in c.columns:
        texts = c.columns["letter"].cells.take(c.rows).counts()
        texts.pop("", 0)
        signed = {text: read[0] for text in texts if (read := cells.number(text, c.decimal)) and read[2]}
        if signed:
            _move(c, signed, letter, percent)
        other = {text: n for text, n in texts.items() if meaning(text) is None and text not in signed}
        if other and len(other) == len(texts):
            raise ReadError(
                f"{c.where}: the column {shown(c.columns['letter'].name)} holds no letter of a mark. "
                "Give it the role `percent` if it holds numbers, or another one, in the mapping."
            )
        if other:
            what = f"{len(other)} texts are no letters, such as an incomplete, and were kept"
            c.note("layout", sum(other.values()), what, "they are no final marks")
    empty = empties(letter) & ~np.isnan(percent)
    if c.mapping.cuts and empty.any():
        from relsurvey.grading.values import letters

        letter[empty] = letters(percent[empty], c.mapping.percent_cuts)
        what = "marks were given the letter of their number"
        c.note("layout", int(empty.sum()), what, "by the mapping's cuts")
    return letter
