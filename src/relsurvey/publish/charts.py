"""Native charts on a slide: editable bars whose figures stand in a workbook of their own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal
from xml.sax.saxutils import escape

from relsurvey.publish.office import DARK, INK, LINE, PAPER, Told, ends, percent_format
from relsurvey.publish.sheets import put, saved
from relsurvey.view.model import Share

if TYPE_CHECKING:
    from pptx.chart.chart import Chart
    from pptx.chart.series import BarSeries
    from pptx.shapes.graphfrm import GraphicFrame
    from pptx.slide import Slide

#: Left, top, width and height, in inches.
Box = tuple[float, float, float, float]

_NAMESPACES = (
    'xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
)
_LETTERS = 14
#: How many signs a line of a legend holds.
_LEGEND = 120


@dataclass(frozen=True)
class Bars:
    """Bars of one colour: a whole percent for each name, or none, and the shares that have intervals."""

    name: str
    percents: list[int | None]
    colour: str
    shares: list[Share | None] = field(default_factory=list)

    @classmethod
    def of(cls, name: str, shares: Sequence[Share | None], colour: str) -> Bars:
        """Return bars of shares."""
        return cls(name, [None if one is None else one.percent for one in shares], colour, list(shares))


@dataclass(frozen=True)
class Picture:
    """What a chart shows, and how.

    Attributes
    ----------
    names
        What each bar, or group of bars, is called.
    series
        One, or several beside each other.
    kind
        Lying bars, standing columns, or parts of one lying bar.
    room
        The part of the width that is left to the names.
    """

    names: list[str]
    series: list[Bars]
    kind: Literal["bars", "columns", "stacked"] = "bars"
    room: float = 0.34

    @property
    def empty(self) -> bool:
        """Whether there is nothing to draw."""
        return all(percent is None for bars in self.series for percent in bars.percents)


def draw(slide: Slide, picture: Picture, box: Box, told: Told, made: datetime) -> GraphicFrame:
    """Put a chart on a slide and return its frame."""
    from pptx.chart.data import CategoryChartData
    from pptx.enum.chart import XL_CHART_TYPE
    from pptx.util import Inches

    data = CategoryChartData(number_format=percent_format(told))
    data.categories = picture.names
    for bars in picture.series:
        data.add_series(bars.name, bars.percents)
    kind = {
        "bars": XL_CHART_TYPE.BAR_CLUSTERED,
        "columns": XL_CHART_TYPE.COLUMN_CLUSTERED,
        "stacked": XL_CHART_TYPE.BAR_STACKED,
    }[picture.kind]
    frame = slide.shapes.add_chart(kind, *(Inches(side) for side in box), data)
    chart: Chart = frame.chart
    # Its own writer would take a label that begins with = for a formula.
    chart.part.chart_workbook.update_from_xlsx_blob(_workbook(picture, told, made))
    _axes(chart, picture)
    _place(chart, picture)
    for number, (series, bars) in enumerate(zip(chart.plots[0].series, picture.series, strict=True)):
        _fill(series, bars, picture, told)
        if bars.shares:
            _interval(series, bars, 2 + len(picture.series) + 2 * number)
    return frame


def coded_words(told: Told, share: Share, *, short: bool = False) -> str:
    """Return a coded share in words (rules.md 19), or in signs where there is no room for words."""
    top = share.coded == "top"
    if short:
        return f"{'≥' if top else '≤'}{share.percent}"
    return f"{share.percent} % {told.word('or_more' if top else 'or_less')}"


def _workbook(picture: Picture, told: Told, made: datetime) -> bytes:
    """Return the workbook behind a chart: names, figures, and how far each interval reaches."""
    from openpyxl import Workbook

    book = Workbook()
    page = book.worksheets[0]
    page.title = "Sheet1"  # the name that the chart's references bear
    for row, name in enumerate(picture.names, 2):
        put(page, row, 1, name)
    for number, bars in enumerate(picture.series):
        put(page, 1, 2 + number, bars.name)
        for row, percent in enumerate(bars.percents, 2):
            put(page, row, 2 + number, percent, percent_format(told))
        column = 2 + len(picture.series) + 2 * number
        for row, share in enumerate(bars.shares, 2):
            for at, points in enumerate(ends(share)):
                put(page, row, column + at, points)
        if bars.shares:
            put(page, 1, column, told.word("col_down"))
            put(page, 1, column + 1, told.word("col_up"))
    return saved(book, made)


def _axes(chart: Chart, picture: Picture) -> None:
    """Draw one scale from 0 to 100, the first name on top."""
    from pptx.dml.color import RGBColor
    from pptx.enum.chart import XL_LEGEND_POSITION, XL_TICK_MARK
    from pptx.util import Pt

    chart.font.size, chart.font.color.rgb = Pt(_LETTERS), RGBColor.from_string(INK)
    chart.has_title = False
    chart.has_legend = len(picture.series) > 1
    if chart.has_legend and chart.legend is not None:
        chart.legend.position, chart.legend.include_in_layout = XL_LEGEND_POSITION.TOP, False
    names, scale = chart.category_axis, chart.value_axis
    names.major_tick_mark = scale.major_tick_mark = XL_TICK_MARK.NONE
    names.format.line.color.rgb = RGBColor.from_string(LINE)
    scale.format.line.fill.background()
    scale.minimum_scale, scale.maximum_scale, scale.major_unit = 0, 100, 50
    scale.major_gridlines.format.line.color.rgb = RGBColor.from_string(LINE)
    scale.tick_labels.number_format, scale.tick_labels.number_format_is_linked = '0" %"', False
    if picture.kind != "columns":
        names.reverse_order = True
        # With the order turned round, this is the lower end.
        _child(scale._element, "crosses").set("val", "max")
    plot = chart.plots[0]
    plot.gap_width = {"bars": 45, "columns": 60, "stacked": 35}[picture.kind]
    plot.overlap = {"bars": 0, "columns": 0, "stacked": 100}[picture.kind]


def _place(chart: Chart, picture: Picture) -> None:
    """Leave the names a part of the width: how much a program leaves by itself differs."""
    area = _child(_child(chart.element, "chart"), "plotArea")
    for old in area.xpath("c:layout"):
        area.remove(old)
    left = 0.06 if picture.kind == "columns" else picture.room
    top = _above([bars.name for bars in picture.series])
    bottom = 0.16 if picture.kind == "columns" else 0.11
    sides = {"x": left, "y": top, "w": 0.97 - left, "h": 1 - top - bottom}
    values = "".join(f'<c:{side} val="{value:.3f}"/>' for side, value in sides.items())
    area.insert(
        0,
        _xml(
            f'<c:layout {_NAMESPACES}><c:manualLayout><c:layoutTarget val="inner"/><c:xMode val="edge"/>'
            f'<c:yMode val="edge"/>{values}</c:manualLayout></c:layout>'
        ),
    )


def _above(names: Sequence[str]) -> float:
    """Return the part of the height that a legend needs: programs set its names in columns of one width."""
    if len(names) < 2:
        return 0.02
    rows = -(-len(names) // max(1, _LEGEND // (max(map(len, names)) + 3)))
    return min(0.11 + 0.05 * rows, 0.5)


def _fill(series: BarSeries, bars: Bars, picture: Picture, told: Told) -> None:
    """Colour a series' bars and write their figures on them."""
    from pptx.dml.color import RGBColor
    from pptx.enum.chart import XL_LABEL_POSITION
    from pptx.util import Pt

    series.format.fill.solid()
    series.format.fill.fore_color.rgb = RGBColor.from_string(bars.colour)
    series.format.line.color.rgb = RGBColor.from_string(PAPER)
    series.invert_if_negative = False
    letters = RGBColor.from_string(PAPER if bars.colour in DARK else INK)
    where = XL_LABEL_POSITION.CENTER if picture.kind == "stacked" else XL_LABEL_POSITION.INSIDE_BASE
    labels = series.data_labels
    labels.show_value, labels.position = True, where
    labels.font.size, labels.font.bold, labels.font.color.rgb = Pt(_LETTERS), True, letters
    # Under five there is no room for a figure on a part of a bar: the notes have it.
    labels.number_format = '[>=5]0;""' if picture.kind == "stacked" else "0"
    labels.number_format_is_linked = False
    for at, share in enumerate(bars.shares):
        if share is not None and share.coded is not None:
            label = series.points[at].data_label
            run = label.text_frame.paragraphs[0].add_run()
            run.text = coded_words(told, share, short=picture.kind == "columns")
            run.font.size, run.font.bold = Pt(_LETTERS), True
            # A short bar has no room: the words go on beyond its end.
            beyond = share.coded == "bottom"
            run.font.color.rgb = RGBColor.from_string(INK) if beyond else letters
            label.position = XL_LABEL_POSITION.OUTSIDE_END if beyond else where


def _interval(series: BarSeries, bars: Bars, column: int) -> None:
    """Draw a thin line from where each share could be to where it could be."""
    from openpyxl.utils import get_column_letter

    sides = {}
    for at, side in enumerate(("minus", "plus")):
        points = [ends(share)[at] for share in bars.shares]
        cached = "".join(
            f'<c:pt idx="{index}"><c:v>{value}</c:v></c:pt>'
            for index, value in enumerate(points)
            if value is not None
        )
        letter = get_column_letter(column + at)
        where = escape(f"Sheet1!${letter}$2:${letter}${len(points) + 1}")
        sides[side] = (
            f"<c:{side}><c:numRef><c:f>{where}</c:f><c:numCache><c:formatCode>General</c:formatCode>"
            f'<c:ptCount val="{len(points)}"/>{cached}</c:numCache></c:numRef></c:{side}>'
        )
    drawn = _xml(
        f'<c:errBars {_NAMESPACES}><c:errBarType val="both"/><c:errValType val="cust"/><c:noEndCap val="0"/>'
        f'{sides["plus"]}{sides["minus"]}<c:spPr><a:ln w="19050"><a:solidFill><a:srgbClr val="{INK}"/>'
        "</a:solidFill></a:ln></c:spPr></c:errBars>"
    )
    _child(series._element, "cat").addprevious(drawn)


def _child(element: Any, name: str) -> Any:
    """Return the first child of a chart's element that has a name."""
    return element.xpath(f"c:{name}")[0]


def _xml(text: str) -> Any:
    from pptx.oxml import parse_xml

    return parse_xml(text)
