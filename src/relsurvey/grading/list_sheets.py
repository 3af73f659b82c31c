"""A protocol's list as a workbook or as CSV: pages to print, each with the day to shred it by."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO, StringIO
from textwrap import wrap
from typing import TYPE_CHECKING, Literal, cast

if TYPE_CHECKING:
    from openpyxl.cell import Cell
    from openpyxl.worksheet.worksheet import Worksheet

Cells = tuple["str | float | None", ...]

#: What a spreadsheet takes for the beginning of a formula, in wide signs too.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
_FONT = "Calibri"
_HEAD = "E6EAEE"


@dataclass(frozen=True)
class Page:
    """One page.

    Attributes
    ----------
    lines
        What stands above the table: a word and what belongs to it, the first line in large letters.
    head, rows
        The table.
    ask
        What is left to write by hand below it, each with so many empty lines.
    """

    lines: tuple[Cells, ...]
    head: tuple[str, ...]
    rows: tuple[Cells, ...]
    ask: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True)
class Sheet:
    """A list.

    Attributes
    ----------
    title
        What it is.
    pages
        Each begins on a new one; one alone may run over several, and repeats its head there.
    notes
        What has to be known to read it.
    footer
        On every page, and last of all.
    widths
        Of the columns, in letters.
    across
        Whether the paper lies on its side.
    """

    title: str
    pages: tuple[Page, ...]
    notes: tuple[str, ...]
    footer: str
    widths: tuple[int, ...]
    across: Literal["landscape", "portrait"]


def as_csv(sheet: Sheet) -> bytes:
    """Return a list as CSV: every cell quoted, none a formula."""
    out = StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")

    def write(cells: Sequence[str | float | None]) -> None:
        writer.writerow([_neutral(cell) for cell in cells])

    write((sheet.title,))
    for page in sheet.pages:
        for line in page.lines:
            write(line)
        write(page.head)
        for row in page.rows:
            write(row)
    for note in (*sheet.notes, sheet.footer):
        write((note,))
    return out.getvalue().encode("utf-8-sig")


def _neutral(cell: str | float | None) -> str:
    if cell is None:
        return ""
    if isinstance(cell, str):
        return f"'{cell}" if cell.lstrip(" ").startswith(_FORMULA) else cell
    return f"{cell:g}"


def as_workbook(sheet: Sheet) -> bytes:
    """Return a list as a workbook that is laid out for printing."""
    from openpyxl import Workbook
    from openpyxl.styles import Alignment
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.pagebreak import Break
    from openpyxl.worksheet.worksheet import Worksheet as Made

    book = Workbook()
    page_of = book.active
    assert isinstance(page_of, Made)
    book.properties.creator = "relsurvey"
    page_of.title = sheet.title[:31]
    page_of.sheet_view.showGridLines = False
    columns = len(sheet.widths)
    for place, width in enumerate(sheet.widths, 1):
        page_of.column_dimensions[get_column_letter(place)].width = width
    row = 1
    for number, page in enumerate(sheet.pages):
        row = _page(page_of, row, page, sheet.widths)
        if number < len(sheet.pages) - 1:
            page_of.row_breaks.append(Break(id=row - 1))
        elif len(sheet.pages) == 1:
            head = len(page.lines) + 1
            page_of.print_title_rows = f"{head}:{head}"
    for note in (*sheet.notes, sheet.footer):
        cell = _put(page_of, row, 1, note, size=9, bold=note is sheet.footer)
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        page_of.merge_cells(start_row=row, end_row=row, start_column=1, end_column=columns)
        page_of.row_dimensions[row].height = _height([note], [sum(sheet.widths)])
        row += 1
    _printed(page_of, sheet, row - 1)
    whole = BytesIO()
    book.save(whole)
    return whole.getvalue()


def _height(cells: Sequence[str | float | None], widths: Sequence[int]) -> float:
    """Return how high a row is, in points: nothing makes room for a wrapped text by itself."""
    lines = [
        len(wrap(str(cell or ""), max(int(1.05 * width), 1)))
        for cell, width in zip(cells, widths, strict=False)
    ]
    return 15.5 * max(1, *lines)


def _page(page_of: Worksheet, row: int, page: Page, widths: Sequence[int]) -> int:
    from openpyxl.styles import Alignment, Border, PatternFill, Side

    columns = len(widths)
    line = Side(style="thin", color="9AA5B1")
    for number, cells in enumerate(page.lines):
        for column, value in enumerate(cells, 1):
            cell = _put(page_of, row, column, value, size=11 if number else 16, bold=column == 1)
            cell.alignment = Alignment(horizontal="left", vertical="top", wrap_text=True)
        page_of.merge_cells(start_row=row, end_row=row, start_column=len(cells), end_column=columns)
        room = sum(widths[len(cells) - 1 :])
        page_of.row_dimensions[row].height = _height(cells[-1:], [room if number else room // 2]) * (
            1 if number else 1.5
        )
        row += 1
    for column, text in enumerate(page.head, 1):
        cell = _put(page_of, row, column, text, bold=True)
        cell.fill = PatternFill("solid", fgColor=_HEAD)
        cell.alignment = Alignment(wrap_text=True, vertical="center")
        cell.border = Border(bottom=line)
    page_of.row_dimensions[row].height = _height(page.head, [width - 1 for width in widths])
    row += 1
    for cells in page.rows:
        for column, value in enumerate(cells, 1):
            cell = _put(page_of, row, column, value)
            cell.border = Border(bottom=line)
            beside = "left" if value is None or isinstance(value, str) else "center"
            cell.alignment = Alignment(horizontal=beside, wrap_text=True, vertical="top")
            if isinstance(value, float):
                cell.number_format = "0.0"
        page_of.row_dimensions[row].height = _height(cells, widths)
        row += 1
    for text, lines in page.ask:
        row += 1
        _put(page_of, row, 1, text, bold=True)
        for _ in range(lines):
            row += 1
            page_of.row_dimensions[row].height = 24
            for column in range(1, columns + 1):
                page_of.cell(row, column).border = Border(bottom=line)
    return row + 1


def _put(
    page_of: Worksheet,
    row: int,
    column: int,
    value: str | float | None,
    *,
    size: int = 11,
    bold: bool = False,
) -> Cell:
    from openpyxl.styles import Font

    cell = cast("Cell", page_of.cell(row, column))
    cell.value = None if value == "" else value
    if isinstance(value, str) and value:
        # A text stays a text, whatever it begins with.
        cell.data_type = "s"
        cell.quotePrefix = value.startswith(_FORMULA)
    cell.font = Font(name=_FONT, size=size, bold=bold)
    return cell


def _printed(page_of: Worksheet, sheet: Sheet, last: int) -> None:
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.properties import PageSetupProperties

    page_of.page_setup.orientation = sheet.across
    if len(sheet.pages) == 1:
        # Excel takes no notice of page breaks where it fits a sheet to the paper.
        page_of.page_setup.fitToWidth, page_of.page_setup.fitToHeight = 1, 0
        page_of.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    page_of.print_area = f"A1:{get_column_letter(len(sheet.widths))}{last}"
    margins = page_of.page_margins
    margins.left = margins.right = 0.5
    margins.bottom = 0.8
    head, foot = page_of.oddHeader, page_of.oddFooter
    assert head is not None
    assert foot is not None
    for part, text in ((head.left, sheet.title), (foot.left, sheet.footer), (foot.right, "&P / &N")):
        assert part is not None
        part.text = text
