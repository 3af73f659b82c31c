"""The sheets of a view's workbook: what each begins with, tables to filter, pictures beside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, cast

from relsurvey.publish.office import FAVORABLE, INK, PAPER, SOFT, Told, percent_format
from relsurvey.publish.sheets import FONT, Rows, bars, intervals, put, sheet_name

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.chart import BarChart
    from openpyxl.chart.title import Title
    from openpyxl.worksheet.properties import PageSetupProperties
    from openpyxl.worksheet.worksheet import Worksheet

#: The row with the names of the columns.
HEAD = 5
#: Longest text that a filter can be asked for.
LABEL = 200


@dataclass(frozen=True)
class Percent:
    """A whole percent, and whether it is coded."""

    value: int
    coded: Literal["top", "bottom"] | None = None


Value = str | int | Percent | None
Helper = tuple[str, list[str] | list[int | None]]


@dataclass(frozen=True)
class Table:
    """A table that fills a sheet."""

    #: The columns, with their widths in signs.
    head: list[tuple[str, int]]
    rows: list[list[Value]]
    #: Columns whose filter is set, each to a value.
    first: dict[int, str] = field(default_factory=dict)
    #: Columns after the table that only the picture reads.
    helpers: list[Helper] = field(default_factory=list)

    @property
    def place(self) -> Rows:
        """Where its rows stand."""
        return Rows(HEAD + 1, HEAD + len(self.rows))


class Pages:
    """The sheets of one view's workbook."""

    def __init__(self, told: Told, book: Workbook) -> None:
        self.told, self.book = told, book
        self.changes = [unit.change for unit in told.units if unit.change is not None]

    def title(self, key: str) -> str:
        """Return a page's name; that of the change as the view names it."""
        titles = {self.told.say(change.title, LABEL) for change in self.changes}
        return titles.pop() if key == "change" and len(titles) == 1 else self.told.word(f"sheet_{key}")

    def sheet(self, key: str) -> Worksheet:
        """Return a new sheet that begins with what each one has to say of itself."""
        from openpyxl.styles import Alignment, Font

        told, title = self.told, self.title(key)
        page: Worksheet = self.book.create_sheet(sheet_name(title, self.book.sheetnames))
        whole = " · ".join(part for part in (title, told.say(told.view.title, LABEL), self.wave()) if part)
        shares = key in ("glance", "questions", "groups", "change", "codebook")
        lines = [whole, told.stamp, told.say(told.view.promise)]
        lines += [told.say(told.view.favorable)] if shares else []
        for number, line in enumerate(lines, 1):
            cell = put(page, number, 1, line)
            size, colour = (14, INK) if number == 1 else (10, SOFT)
            cell.font = Font(FONT, bold=number == 1, size=size, color=colour)
            cell.alignment = Alignment(vertical="center")
        page.sheet_view.showGridLines = False
        page.page_setup.orientation = "landscape"
        page.page_setup.fitToHeight = 0
        cast("PageSetupProperties", page.sheet_properties.pageSetUpPr).fitToPage = True
        page.print_title_rows = "1:3"
        return page

    def wave(self) -> str:
        """Return the wave's name."""
        return self.told.say(self.told.view.wave, LABEL)

    def table(self, key: str, table: Table) -> Worksheet | None:
        """Write a table to a sheet of its own, if it has rows."""
        from openpyxl.utils import get_column_letter

        if not table.rows:
            return None
        page = self.sheet(key)
        self.head(page, HEAD, [name for name, _ in table.head])
        for column, (_, width) in enumerate(table.head, 1):
            page.column_dimensions[get_column_letter(column)].width = width
        for number, row in enumerate(table.rows, HEAD + 1):
            self.row(page, number, row)
            if any(row[column] != value for column, value in table.first.items()):
                page.row_dimensions[number].hidden = True
        for column, (name, values) in enumerate(table.helpers, len(table.head) + 1):
            self.head(page, HEAD, [name], column)
            page.column_dimensions[get_column_letter(column)].width = 22
            for number, value in enumerate(values, HEAD + 1):
                put(page, number, column, value)
        page.print_title_rows = f"1:{HEAD}"
        page.freeze_panes = f"A{HEAD + 1}"
        page.auto_filter.ref = f"A{HEAD}:{get_column_letter(len(table.head))}{HEAD + len(table.rows)}"
        for column, chosen in table.first.items():
            page.auto_filter.add_filter_column(column, [chosen])
        return page

    def head(self, page: Worksheet, number: int, names: Sequence[str], column: int = 1) -> None:
        """Write the names of columns into a row."""
        from openpyxl.styles import Alignment, Font, PatternFill

        for at, name in enumerate(names, column):
            cell = put(page, number, at, name)
            cell.font = Font(FONT, bold=True, color=PAPER)
            cell.fill = PatternFill("solid", fgColor=FAVORABLE)
            cell.alignment = Alignment(wrap_text=True, vertical="center")
        page.row_dimensions[number].height = 48

    def row(self, page: Worksheet, number: int, values: Sequence[Value]) -> None:
        """Write values into a row as high as they need."""
        from openpyxl.styles import Alignment

        lines = 1
        for column, value in enumerate(values, 1):
            if isinstance(value, Percent):
                cell = put(page, number, column, value.value, percent_format(self.told, value.coded))
            else:
                cell = put(page, number, column, value)
            cell.alignment = Alignment(wrap_text=isinstance(value, str), vertical="top")
            if isinstance(value, str):
                width = page.column_dimensions[cell.column_letter].width
                lines = max(lines, sum(-(-len(one) // int(width)) or 1 for one in value.split("\n")))
        # A program that does not measure text leaves rows one line high.
        page.row_dimensions[number].height = min(15 * lines + 2, 409)

    def named(self, head: Sequence[tuple[str, int]]) -> list[tuple[str, int]]:
        """Return columns with their names in place of their keys."""
        return [(self.told.word(key), width) for key, width in head]

    def bars(self, page: Worksheet, table: Table, series: Sequence[tuple[int, str]], names: int) -> BarChart:
        """Return bars of a table's columns, with the intervals that its last columns tell of."""
        chart = bars(page, table.place, series, names)
        first = len(table.head) + len(table.helpers) - 2 * len(series) + 1
        intervals(page, table.place, chart, [first + 2 * at for at in range(len(series))])
        return chart

    def place(self, page: Worksheet, table: Table, chart: BarChart, shown: int, width: int = 22) -> None:
        """Put a picture of some bars beside its table, over the columns that only it reads."""
        from openpyxl.utils import get_column_letter

        chart.title = page.title
        cast("Title", chart.title).overlay = False
        chart.height, chart.width = 4.0 + shown, width
        beside = len(table.head) + 1
        if table.first:
            put(page, HEAD - 1, beside, self.told.word("filter"))
        page.add_chart(chart, f"{get_column_letter(beside)}{HEAD}")
