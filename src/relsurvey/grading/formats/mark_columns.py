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
from relsurvey.grading.gradebook import KEYS, MARKS, table
from relsurvey.grading.letters import meaning
from relsurvey.instrument.fold import fold
from relsurvey.reading.match import shown

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

_MARK_TEXTS = ("school", "grade_level", "course", "subject", "section", "teacher", "term")


def marks(c: Columns) -> pd.DataFrame:
    """Return the marks of a table, and what else it says of whose they are; none where it says nothing.

    Raises
    ------
    ReadError
        If two rows give one mark, or a column of letters holds none.
    """
    import numpy as np

    long = c.mapping.layout == "long"
    graded = [] if long else [role for role in ("percent", "letter") if role in c.columns]
    more = {"grade_level", "subject", "credits", "core", "ag", *c.groups} & set(c.columns)
    if not (graded or more or c.mapping.courses):
        return table(MARKS, {}, 0)
    n = len(c.rows)
    rows: dict[str, Any] = {role: c.objects(role) for role in ("student", *_MARK_TEXTS)}
    rows["percent"] = _percents(c) if "percent" in graded else np.full(n, np.nan)
    rows["letter"] = np.full(n, None, object) if long else _letters(c, rows["percent"])
    rows["credits"] = c.numbers("credits", "credits")
    rows["core"], rows["ag"] = c.yes("core"), c.yes("ag")
    rows |= {name: c.objects(role) for role, name in c.groups.items()}
    rows[ROW] = c.table.numbers[c.rows]
    return c.mapping.with_courses(_one_each(c, table(MARKS, rows, n), graded))


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


def _percents(c: Columns) -> NDArray[np.float64]:
    import numpy as np

    _no_letters(c)
    read = c.percents()
    of = np.where(np.isnan(read.of), c.mapping.out_of, read.of)
    percent: NDArray[np.float64] = np.where(of == 100, read.number, 100 * read.number / of)
    if c.mapping.out_of != 100:
        what = f"marks out of {c.mapping.out_of:g} were taken as percents of it"
        c.note("layout", int((~np.isnan(percent)).sum()), what, "the mapping says so")
    above = int((percent > 100).sum())
    if above:
        c.note("layout", above, "marks are above 100 %", "kept as they are")
    return percent


def _no_letters(c: Columns) -> None:
    """Refuse letters where a mapping, such as one of an earlier file, expects numbers.

    Raises
    ------
    ReadError
        If there is a letter and no number; it says how the columns are read as letters.
    """
    column = c.columns["percent"]
    texts = [text for text in column.cells.take(c.rows).counts() if text]
    known = {fold(text): meant for text, meant in c.known.items()}
    numbers = any(
        cells.number(text, c.decimal) is not None or isinstance(known.get(fold(text)), float)
        for text in texts
    )
    if numbers or "letter" in c.columns or not any(meaning(text) for text in texts):
        return
    roles = {c.columns[role].name: "letter" if role == "percent" else role for role in c.columns}
    named = ", ".join(f"{yaml_scalar(name[:40])}: {role}" for name, role in roles.items())
    raise ReadError(
        f"{c.where}: the column {shown(column.name)} holds letters of marks, and its mapping expects numbers "
        f"there. Read it as marks with letters: `layout: marks`, `columns: {{{named}}}`."
    )


def _letters(c: Columns, percent: NDArray[np.float64]) -> NDArray[np.object_]:
    import numpy as np

    letter = c.objects("letter")
    if "letter" in c.columns:
        texts = c.columns["letter"].cells.take(c.rows).counts()
        texts.pop("", 0)
        other = {text: n for text, n in texts.items() if meaning(text) is None}
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
