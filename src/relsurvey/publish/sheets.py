"""What workbooks are made of: texts that stay texts, names of sheets, bars that read cells."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import TYPE_CHECKING, cast

from relsurvey.publish.office import APP_XML, DARK, INK, LINE, PAPER, repacked

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.cell import Cell
    from openpyxl.chart import BarChart
    from openpyxl.chart.data_source import AxDataSource, NumDataSource
    from openpyxl.chart.shapes import GraphicalProperties
    from openpyxl.chart.text import RichText
    from openpyxl.worksheet.worksheet import Worksheet

FONT = "Calibri"
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Rows:
    """The rows of a sheet that a picture reads: its heads stand above the first one."""

    first: int
    last: int


def saved(book: Workbook, made: datetime) -> bytes:
    """Return a workbook's bytes, the same each time."""
    from zipfile import ZipFile

    from openpyxl.writer.excel import ExcelWriter

    properties = book.properties
    properties.creator, properties.lastModifiedBy = "relsurvey", None
    properties.created = properties.modified = made
    whole = BytesIO()
    # Not Workbook.save, which sets the modification date to now.
    ExcelWriter(book, ZipFile(whole, "w")).save()
    return repacked(whole.getvalue(), {"docProps/app.xml": APP_XML})


def put(page: Worksheet, row: int, column: int, value: str | int | None, number: str | None = None) -> Cell:
    """Write a value to a cell and return it; a text stays a text, whatever it begins with."""
    cell = cast("Cell", page.cell(row, column))
    cell.value = None if value == "" else value
    if isinstance(value, str) and value:
        cell.data_type = "s"
        cell.quotePrefix = value.startswith(_FORMULA)
    elif number is not None:
        cell.number_format = number
    return cell


def sheet_name(title: str, taken: Sequence[str]) -> str:
    """Return a name that Excel takes for a sheet: 31 signs without these, and none twice.

    Examples
    --------
    >>> sheet_name("Since [fall]: 2025/26?", []), sheet_name("'groups'", ["Groups"])
    ('Since fall 2025 26', 'groups 2')
    """
    base = re.sub(r"\s+", " ", re.sub(r"[\[\]:*?/\\]", " ", title)).strip(" '")[:31].strip(" '") or "1"
    known, name, number = {one.lower() for one in taken}, base, 1
    if base.lower() == "history":  # Excel keeps this name for itself.
        name = f"{base} 1"
    while name.lower() in known:
        number += 1
        name = f"{base[: 30 - len(str(number))].strip()} {number}"
    return name


def bars(
    page: Worksheet,
    rows: Rows,
    series: Sequence[tuple[int, str]],
    names: int,
    *,
    stacked: bool = False,
) -> BarChart:
    """Return bars of a sheet's columns, as an editable chart.

    Parameters
    ----------
    page, rows
        Where the figures stand, in percent.
    series
        The number of each column, and its colour.
    names
        The column that names the bars.
    stacked
        Whether the columns are parts of one bar.
    """
    from openpyxl.chart import BarChart, Reference, Series
    from openpyxl.chart.axis import ChartLines
    from openpyxl.chart.label import DataLabelList

    chart = BarChart()
    chart.type, chart.style, chart.gapWidth = "bar", 2, 40
    for column, colour in series:
        values = Reference(page, min_col=column, min_row=rows.first - 1, max_row=rows.last)
        drawn = Series(values, title_from_data=True)
        drawn.graphicalProperties.solidFill = colour
        drawn.graphicalProperties.line.solidFill = PAPER
        drawn.cat = _names(page, rows, names)
        drawn.dLbls = DataLabelList(
            showVal=True, showSerName=False, showCatName=False, showLegendKey=False, showPercent=False
        )
        drawn.dLbls.dLblPos = "ctr" if stacked else "inBase"
        drawn.dLbls.txPr = _letters(PAPER if colour in DARK else INK)
        if stacked:
            # Under five there is no room for a figure: the table has it.
            drawn.dLbls.numFmt = '[>=5]0;""'
        chart.series.append(drawn)
    if stacked:
        chart.grouping, chart.overlap = "stacked", 100
    chart.legend.position = "t"
    chart.x_axis.scaling.orientation, chart.x_axis.delete = "maxMin", False
    chart.y_axis.scaling.min, chart.y_axis.scaling.max, chart.y_axis.majorUnit = 0, 100, 50
    chart.y_axis.delete, chart.y_axis.crosses, chart.y_axis.number_format = False, "max", '0" %"'
    chart.y_axis.majorGridlines = ChartLines(spPr=_line(LINE, 9_525))
    return chart


def intervals(page: Worksheet, rows: Rows, chart: BarChart, columns: Sequence[int]) -> None:
    """Draw intervals on bars: how far one reaches down stands in a column, and how far up in the next."""
    from openpyxl.chart.error_bar import ErrorBars

    for drawn, column in zip(chart.series, columns, strict=True):
        down, up = _figures(page, rows, column), _figures(page, rows, column + 1)
        drawn.errBars = ErrorBars(errBarType="both", errValType="cust", plus=up, minus=down, noEndCap=False)
        drawn.errBars.spPr = _line(INK, 15_875)


def _figures(page: Worksheet, rows: Rows, column: int) -> NumDataSource:
    from openpyxl.chart import Reference
    from openpyxl.chart.data_source import NumDataSource, NumRef

    where = Reference(page, min_col=column, min_row=rows.first, max_row=rows.last)
    return NumDataSource(numRef=NumRef(f=str(where)))


def _names(page: Worksheet, rows: Rows, column: int) -> AxDataSource:
    from openpyxl.chart import Reference
    from openpyxl.chart.data_source import AxDataSource, StrRef

    where = Reference(page, min_col=column, min_row=rows.first, max_row=rows.last)
    return AxDataSource(strRef=StrRef(f=str(where)))


def _letters(colour: str) -> RichText:
    """Return letters of a colour, for figures on a bar."""
    from openpyxl.chart.text import RichText
    from openpyxl.drawing.text import CharacterProperties, Paragraph, ParagraphProperties

    letters = ParagraphProperties(defRPr=CharacterProperties(sz=1000, b=True, solidFill=colour))
    return RichText(p=[Paragraph(pPr=letters, endParaRPr=CharacterProperties())])


def _line(colour: str, width: int) -> GraphicalProperties:
    from openpyxl.chart.shapes import GraphicalProperties
    from openpyxl.drawing.line import LineProperties

    return GraphicalProperties(ln=LineProperties(solidFill=colour, w=width))
