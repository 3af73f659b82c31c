"""A plain wide table: one row a respondent, one column a question, a header somewhere near the top."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from relsurvey.instrument.fold import fold
from relsurvey.reading.formats.table import Layout, Table
from relsurvey.reading.opening import Sheet

NAME = "plain table"
_NEAR_TOP = 30


def detect(sheet: Sheet) -> bool:
    """Every sheet with cells can be read as a plain table, so this stands last."""
    return bool(sheet.columns) and sheet.height > 0


def read(sheet: Sheet, known: Callable[[str], bool] | None = None) -> Table:
    """Return the table under the most likely header row.

    Parameters
    ----------
    sheet
        The sheet.
    known
        Says whether a cell is the name of something that is asked for; None judges by the cells alone.
    """
    header = 0 if sheet.kind == "frame" else _header(sheet, known)
    names = sheet.row(header)
    above = _above(sheet, header)
    also = {
        i: [(f"{above[i]} {name}", "with the heading above it"), (above[i], "by the heading above it")]
        for i, name in enumerate(names)
        if above[i]
    }
    return Layout(sheet, NAME, (header,), names, also).table()


def _header(sheet: Sheet, known: Callable[[str], bool] | None) -> int:
    """Return the row that most looks like a header: of those with the most known names, the first."""
    rows = [sheet.row(number) for number in range(min(_NEAR_TOP, sheet.height))]
    if known is not None:
        found = [sum(known(cell) for cell in row if cell) for row in rows]
        if max(found, default=0):
            return found.index(max(found))
    return max(range(len(rows)), key=lambda number: (_like_header(rows, number), -number))


def _like_header(rows: Sequence[Sequence[str]], number: int) -> float:
    """Return how much a row looks like a header: wide, of words, all different, standing in no other row."""
    filled = [fold(cell) for cell in rows[number] if cell]
    if not filled:
        return -math.inf
    words = sum(not _number(cell) for cell in filled)
    others = {fold(cell) for other, row in enumerate(rows) if other != number for cell in row if cell}
    widest = max(sum(bool(cell) for cell in row) for row in rows)
    narrow = widest - len(filled)
    return words * len(set(filled)) / len(filled) - 2 * sum(cell in others for cell in filled) - narrow


def _number(cell: str) -> bool:
    try:
        float(cell.replace(",", ".").rstrip("% "))
    except ValueError:
        return False
    return True


def _above(sheet: Sheet, header: int) -> list[str]:
    """Return for each column the heading one row higher, where headings span several columns."""
    width = len(sheet.columns)
    if header == 0:
        return [""] * width
    cells = sheet.row(header - 1)
    if sum(bool(cell) for cell in cells) < 2:
        return [""] * width
    spread, last = [], ""
    for cell in cells:
        last = cell or last
        spread.append(last)
    return spread
