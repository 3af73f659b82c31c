"""Which cells of an OpenDocument spreadsheet show percents: the reader of its values does not say.

As in OpenDocument 1.3 part 3: 9.1 (tables, rows and cells that stand for several) and 19.385 (the type of a
value).
"""

from __future__ import annotations

import zipfile
from xml.parsers import expat

from relsurvey.reading.opening.xlsx import Attributes, parse

_PART = "content.xml"
_ROWS, _COLUMNS = "table:number-rows-repeated", "table:number-columns-repeated"

Percents = list[tuple[range, list[range]]]
"""Rows, counted from 0 and in order, with the columns in which their cells are percents."""


def percents(archive: zipfile.ZipFile) -> dict[str, Percents]:
    """Return which cells are percents, by the name of their sheet.

    Raises
    ------
    RefusedError
        If it declares a document type.
    """
    sheets: dict[str, Percents] = {}
    inside: list[str] = []
    found: list[range] = []
    row = repeated = column = 0

    def start(element: str, attributes: Attributes) -> None:
        nonlocal row, repeated, column
        if element == "table":
            inside.append(attributes.get("table:name", ""))
            if len(inside) == 1:
                row = repeated = 0
        elif len(inside) != 1:
            # A table within a cell is no part of the sheet.
            return
        elif element == "table-row":
            row, repeated, column = row + repeated, int(attributes.get(_ROWS, 1)), 0
            found.clear()
        elif element in ("table-cell", "covered-table-cell"):
            width = int(attributes.get(_COLUMNS, 1))
            if attributes.get("office:value-type") == "percentage":
                found.append(range(column, column + width))
            column += width

    def end(element: str) -> None:
        if element == "table":
            inside.pop()
        elif element == "table-row" and len(inside) == 1 and found:
            sheets.setdefault(inside[0], []).append((range(row, row + repeated), [*found]))

    try:
        parse(archive, _PART, start, end)
    except (expat.ExpatError, ValueError, IndexError, KeyError):
        # Values are read by a more patient reader.
        return {}
    return sheets
