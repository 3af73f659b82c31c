"""Slides of a view: one unit, for a coach to present; the plain sentences as notes, the charts native."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from io import BytesIO
from typing import TYPE_CHECKING, TypeVar

from relsurvey.errors import PublishError
from relsurvey.publish.charts import Bars, Box, Picture, coded_words, draw
from relsurvey.publish.office import (
    APP_XML,
    FAVORABLE,
    FAVORABLE_MID,
    GROUPS,
    INK,
    LINK,
    NEUTRAL,
    PAPER,
    SOFT,
    WASH,
    Told,
    day_of,
    repacked,
)
from relsurvey.view import View
from relsurvey.view.model import GroupCell, GroupRow, GroupTable, ItemCell, ScaleCell, Share, Unit

if TYPE_CHECKING:
    from pptx.presentation import Presentation
    from pptx.slide import Slide
    from pptx.text.text import TextFrame, _Paragraph

_WIDTH, _HEIGHT = 13.333, 7.5
_LEFT, _INNER = 0.6, 12.13
_TITLE: Box = (_LEFT, 0.3, _INNER, 1.3)
_TOP, _BOTTOM = 1.7, 6.75
_FOOT: Box = (_LEFT, 6.85, _INNER, 0.55)
_SMALL, _TITLES = 14, (28, 24, 20)
#: How many bars, questions and groups are still read from the back of a room.
_MOST_SCALES, _MOST_CHANGES, _MOST_QUESTIONS, _MOST_GROUPS, _MOST_FIGURES = 8, 6, 6, 6, 30
_LABEL = 120
#: Between two paragraphs, in points; how wide a letter is beside its size, at most; how high a line is.
_GAP, _LETTER, _LINE = 6, 0.56, 1.2
_TAGS = {"en": "en-US", "es": "es-US"}

T = TypeVar("T")


def deck(view: View, unit: str | None = None, language: str | None = None) -> bytes:
    """Return a view's slides, for a coach to present to one school or team.

    Parameters
    ----------
    view
        A view that passed the gate with the threshold of files that travel, 11 students.
    unit
        The id of the school or team; None takes the first one of the view.
    language
        Of all its words; None takes the view's first language.

    Returns
    -------
    bytes
        The presentation, the same each time: wide slides, charts to edit, and the sentences of each slide in
        its notes. Comments are not in it.

    Raises
    ------
    PublishError
        If the view was made with a lower threshold, or has not that unit or language.

    Examples
    --------
    >>> import relsurvey as rs
    >>> from relsurvey.demo import demo_workbook
    >>> view = rs.read(demo_workbook(), "five-elements").view(min_n=11, by=[])
    >>> deck(view, "sierra-norte-high-simulated")[:2]
    b'PK'
    """
    told = Told(view, language)
    known = {one.id: one for one in told.units}
    if unit is not None and unit not in known:
        raise PublishError(f"This view has no unit {unit!r}. Choose from: {', '.join(known)}.")
    made = _Deck(told, told.units[0] if unit is None else known[unit])
    made.write()
    return made.bytes()


class _Deck:
    """The slides of one unit."""

    def __init__(self, told: Told, unit: Unit) -> None:
        self.told, self.unit = told, unit
        self.show = _blank()
        self.made = day_of(told.view)
        self.titles: set[str] = set()

    def write(self) -> None:
        """Make all slides, in the order of the pages."""
        self.first()
        self.norms()
        self.glance()
        self.questions()
        for table in self.unit.groups:
            self.groups(table)
        self.change()
        self.earlier()
        self.strategies()
        self.card()
        self.about()

    def bytes(self) -> bytes:
        """Return the file."""
        title = f"{self.told.say(self.told.view.title, _LABEL)}: {self.told.say(self.unit.title, _LABEL)}"
        tag = _TAGS.get(self.told.language, self.told.language)
        _name(self.show, title, tag)
        _speak(self.show, tag)
        core = self.show.core_properties
        core.created = core.modified = self.made
        saved = BytesIO()
        self.show.save(saved)
        return repacked(saved.getvalue(), {"docProps/app.xml": APP_XML})

    # The slides

    def first(self) -> None:
        told, view = self.told, self.told.view
        title = told.say(self.unit.title, _LABEL)
        wave = told.say(view.wave, _LABEL)
        kicker = told.say(view.title, _LABEL)
        notes = [told.capital(self.unit.students), told.say(view.promise)]
        slide = self.slide(kicker, title, notes, (40, 32, *_TITLES))
        lines = [wave, told.capital(self.unit.students), told.say(view.audience), *told.publisher()]
        lines += [told.word("made_on", day=told.day)] + [told.word("simulated")] * view.simulated
        self.text(slide, (_LEFT, 2.3, _INNER, 4.2), [line for line in lines if line], 24)

    def norms(self) -> None:
        told, word = self.told, self.told.word
        lines = [told.say(told.view.promise), *map(word, ("norm_strengths", "norm_students", "norm_guess"))]
        lines.append(told.say(told.view.favorable))
        slide = self.slide("", word("norms_title"), [word("norm_all"), *lines])
        self.text(slide, (_LEFT, _TOP, _INNER, _BOTTOM - _TOP), [word("norm_all"), *lines], 24)

    def glance(self) -> None:
        told, unit = self.told, self.unit
        said = [told.say(text) for text in unit.say]
        hidden = [told.say(text) for text in unit.hidden]
        title, *more = said or [told.capital(unit.students)]
        for cells, part in _chunks(unit.scales, _MOST_SCALES):
            notes = [*said, *map(self.scale_line, cells), *hidden, told.say(told.view.favorable)]
            slide = self.slide(told.word("sheet_glance") + part, title, notes)
            caption = " ".join([f"{told.capital(unit.students)}.", told.word("range_key"), *hidden])
            names = [f"{told.scale(cell.scale)}: {told.say(cell.words)}" for cell in cells]
            series = [Bars.of(told.word("these"), [cell.share for cell in cells], FAVORABLE)]
            for kind in ("other_schools", "rest_of_school"):
                marks = [
                    c.reference.percent if c.reference and c.reference.kind == kind else None for c in cells
                ]
                if any(mark is not None for mark in marks):
                    series.append(Bars(told.word(kind), marks, NEUTRAL))
            self.page(slide, more, Picture(names, series), caption, told.word("alt_bars"), notes)

    def scale_line(self, cell: ScaleCell) -> str:
        told = self.told
        beside = f"; {told.say(cell.reference.words)}" if cell.reference is not None else ""
        return (
            f"{told.scale(cell.scale)}: {told.both(cell.words, cell.range)}{self.figure(cell.share)}{beside}"
        )

    def figure(self, share: Share | None) -> str:
        """Return a share in whole percents, for the notes."""
        if share is None:
            return ""
        if share.coded is not None:
            return f", {coded_words(self.told, share)}"
        return f", {share.percent} % ({share.low}–{share.high})"

    def questions(self) -> None:
        told = self.told
        scales: list[str | None] = [*told.scales, None]
        cells = {cell.scale: cell for cell in self.unit.scales}
        for scale in scales:
            items = [cell for cell in self.unit.items if self.scale_of(cell) == scale]
            known = cells.get(scale or "")
            title = told.scale(scale)
            if known is not None:
                title += f": {told.say(known.words)}"
                title += f" ({told.say(known.range)})" if known.range else ""
            for some, part in _chunks(items, _MOST_QUESTIONS):
                note = "" if scale is None else told.say(told.scales[scale].note)
                notes = [title, note, *map(self.question_line, some)]
                slide = self.slide(told.word("sheet_questions") + part, title, notes)
                self.page(slide, [], self.spread(some), note, told.word("alt_stacked"), notes)

    def scale_of(self, cell: ItemCell) -> str | None:
        scale = self.told.items[cell.item].scale
        return scale if scale in self.told.scales else None

    def question_line(self, cell: ItemCell) -> str:
        told = self.told
        parts = [f"{told.say(part.label)} {part.percent} %" for part in cell.parts]
        if cell.not_counted is not None:
            label = told.say(told.view.not_counted) or told.word("tone_not_counted")
            parts.append(f"{label} {cell.not_counted} %")
        whole = f"{told.say(told.items[cell.item].text)} {told.both(cell.words, cell.range)}"
        return "; ".join([whole + self.figure(cell.share), *parts])

    def spread(self, cells: list[ItemCell]) -> Picture:
        """Return how the answers to some questions were spread; a question without says why."""
        told = self.told
        answers = told.answers(cells)
        series = []
        for answer in answers:
            percents = [
                next((part.percent for part in cell.parts if told.answer(part) == answer), None)
                for cell in cells
            ]
            series.append(Bars(told.name(answer, answers), percents, told.fill(answer, cells)))
        names = []
        for cell in cells:
            text = told.say(told.items[cell.item].text, _LABEL)
            names.append(text if cell.parts else f"{text} {told.capital(cell.words)}")
        return Picture(names, series, "stacked", room=0.46)

    def groups(self, table: GroupTable) -> None:
        """Make a slide of one group variable, where there is something to say."""
        told = self.told
        by, said = told.variables[table.variable], [told.say(text) for text in table.say]
        small = [told.say(text) for text in (table.note, table.comparable) if text is not None]
        title, *more = said or [by]
        scales = [cell.scale for cell in self.unit.scales]
        drawn = [row for row in table.rows if any(cell.share is not None for cell in row.cells)]
        for rows, part in _chunks(drawn, _MOST_GROUPS):
            spoken = [row for row in table.rows if row in rows or row not in drawn]
            notes = [*said, *(line for row in spoken for line in self.group_lines(row)), *small]
            slide = self.slide(f"{told.word('sheet_groups')}: {by}{part}", title, notes)
            series = []
            for at, row in enumerate(rows):
                by_scale = {cell.scale: cell.share for cell in row.cells}
                shares = [by_scale.get(scale) for scale in scales]
                series.append(Bars.of(told.say(row.label, 60), shares, GROUPS[at]))
            figures = len(rows) * len(scales) <= _MOST_FIGURES
            picture = Picture([told.scale(s) for s in scales], series, "columns", figures=figures)
            self.page(slide, more, picture, " ".join(small), told.word("alt_bars"), notes)

    def group_lines(self, row: GroupRow) -> Iterator[str]:
        told = self.told
        yield f"{told.say(row.label)} ({told.say(row.students)}):"
        for cell in row.cells:
            yield f"{told.scale(cell.scale)}: {self.group_line(cell)}"

    def group_line(self, cell: GroupCell) -> str:
        told = self.told
        sentence = f". {told.say(cell.sentence)}" if cell.sentence is not None else ""
        return f"{told.both(cell.words, cell.range)}{self.figure(cell.share)}{sentence}"

    def change(self) -> None:
        told, change = self.told, self.unit.change
        if change is None:
            return
        said, who = [told.say(text) for text in change.say], told.say(change.who)
        note = [told.say(change.note)] if change.note is not None else []
        title, *more = said or [who]
        for cells, part in _chunks(change.cells, _MOST_CHANGES):
            lines = [
                f"{told.scale(cell.scale)}: {told.say(cell.sentence or cell.words)}"
                + self.figure(cell.before)
                + self.figure(cell.now)
                for cell in cells
            ]
            notes = [*said, *lines, who, *note]
            slide = self.slide(told.say(change.title, _LABEL) + part, title, notes)
            series = [
                Bars.of(told.word("then"), [cell.before for cell in cells], FAVORABLE_MID),
                Bars.of(told.word("now"), [cell.now for cell in cells], FAVORABLE),
            ]
            picture = Picture([told.scale(cell.scale) for cell in cells], series)
            self.page(slide, more, picture, " ".join([who, *note]), told.word("alt_bars"), notes)

    def earlier(self) -> None:
        """Show what the team chose last time."""
        told, word = self.told, self.told.word
        if not self.unit.cards:
            return
        card = self.unit.cards[0]
        names = {strategy.id: told.say(strategy.title) for strategy in told.view.strategies}
        rows = [
            (word("col_made"), " · ".join(one for one in (told.say(card.made), told.say(card.wave)) if one)),
            (word("col_scale"), told.scale(card.scale) if card.scale in told.scales else ""),
            (word("col_strategy"), names.get(card.strategy or "", "")),
            (word("card_noticed"), told.say(card.noticed)),
            (word("card_trying"), told.say(card.trying)),
            (word("card_who"), told.say(card.who)),
            (word("card_by_when"), told.say(card.by_when)),
            (word("card_looking_at"), told.say(card.looking_at)),
        ]
        rows = [row for row in rows if row[1]]
        slide = self.slide(word("sheet_next"), word("earlier_title"), [": ".join(row) for row in rows])
        self.grid(slide, [], rows, (2.8, _INNER - 2.8))

    def strategies(self) -> None:
        told, word = self.told, self.told.word
        head = [word("col_strategy"), word("col_helps"), word("col_what")]
        widths = (2.9, 2.7, _INNER - 5.6)
        found = []
        for one in told.view.strategies:
            helps = "; ".join(told.scale(scale) for scale in one.scales if scale in told.scales)
            row = (told.say(one.title), helps or word("all_scales"), told.say(one.what))
            steps = [f"• {told.say(step)}" for step in one.steps]
            look = f"{word('col_look_at')}: {told.say(one.look_at)}"
            found.append((row, [f"{row[0]}: {row[2]}", *steps, look, told.say(one.source)]))
        room = _BOTTOM - _TOP - 0.5
        for most in range(len(found), 0, -1):
            pages = list(_chunks(found, most))
            if all(_rows_high([row for row, _ in page], widths) <= room for page, _ in pages) or most == 1:
                for page, part in pages:
                    notes = [line for _, lines in page for line in lines]
                    slide = self.slide(word("sheet_next"), word("sheet_strategies") + part, notes)
                    self.grid(slide, head, [row for row, _ in page], widths)
                return

    def card(self) -> None:
        word = self.told.word
        fields = ("noticed", "trying", "who", "by_when", "looking_at")
        rows = [(word(f"card_{one}"), "") for one in fields]
        slide = self.slide(word("sheet_next"), word("card_title"), [name for name, _ in rows])
        self.grid(slide, [], rows, (2.8, _INNER - 2.8), tall=0.95)

    def about(self) -> None:
        told, word = self.told, self.told.word
        facts = [f"{name}: {value}" for name, value in told.facts()]
        hidden = [told.say(text) for text in self.unit.hidden]
        notes: list[str] = list(hidden)
        for section in told.view.about:
            rows = [" | ".join(map(told.say, row)) for row in (section.head, *section.rows) if row]
            notes += [told.say(section.title), *map(told.say, section.paragraphs), *rows]
        notes += [f"{told.say(step.what)} {told.say(step.why)}" for step in told.view.ledger] + facts
        lines = [f"{told.capital(self.unit.students)}. {told.word('range_key')}", *hidden]
        lines += [told.say(told.view.favorable), *facts[:5], word("more_notes")]
        slide = self.slide("", word("sheet_about"), notes)
        self.text(slide, (_LEFT, _TOP, _INNER, _BOTTOM - _TOP), lines, 20)

    # What slides are made of

    def slide(self, kicker: str, title: str, notes: Sequence[str], sizes: Sequence[int] = _TITLES) -> Slide:
        """Return a new slide with a title of its own, what every slide says of itself, and notes."""
        from pptx.enum.text import MSO_ANCHOR
        from pptx.util import Pt

        whole = f"{kicker}\n{title}"
        number = 1
        while whole in self.titles:
            number += 1
            whole = f"{kicker} ({number})\n{title}"
        self.titles.add(whole)
        kicker = whole.partition("\n")[0]
        slide = self.show.slides.add_slide(self.show.slide_layouts[0])
        frame = slide.shapes.title.text_frame
        frame.word_wrap, frame.vertical_anchor, frame.margin_left = True, MSO_ANCHOR.TOP, 0
        size, (shown,) = _fitted([title], _INNER, 0.95, sizes)
        first = frame.paragraphs[0]
        if kicker:
            _write(first, self.told.say(kicker, _LABEL), 16, LINK, bold=True)
            first = frame.add_paragraph()
        _write(first, shown, size, INK, bold=True)
        first.line_spacing = 0.95
        first.space_before = Pt(0)
        self.text(slide, _FOOT, [self.told.stamp], _SMALL, SOFT)
        spoken = slide.notes_slide.notes_text_frame
        if spoken is not None:
            spoken.text = "\n".join([line for line in (title, *notes) if line] + [self.told.stamp])
        return slide

    def text(self, slide: Slide, box: Box, lines: Sequence[str], largest: int, colour: str = INK) -> float:
        """Write paragraphs into a box, as large as fits, and return how high they are."""
        from pptx.util import Inches, Pt

        sizes = [size for size in (24, 20, 18, 16) if size <= largest] + [_SMALL]
        size, shown = _fitted(lines, box[2], box[3], sizes)
        frame: TextFrame = slide.shapes.add_textbox(*(Inches(side) for side in box)).text_frame
        frame.word_wrap = True
        frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
        for number, line in enumerate(shown):
            paragraph = frame.paragraphs[0] if number == 0 else frame.add_paragraph()
            _write(paragraph, line, size, colour)
            paragraph.space_after = Pt(_GAP)
        return _high(shown, box[2], size)

    def page(
        self,
        slide: Slide,
        more: Sequence[str],
        picture: Picture,
        caption: str,
        alt: str,
        notes: Sequence[str],
    ) -> None:
        """Fill a slide from the top down: further sentences, the picture, what to know about it."""
        top, bottom = _TOP, _BOTTOM
        if more:
            top += self.text(slide, (_LEFT, top, _INNER, 1.1), more, 18) + 0.05
        if caption:
            high = min(_high([caption], _INNER, _SMALL), 0.75)
            bottom -= high
            self.text(slide, (_LEFT, bottom, _INNER, high), [caption], _SMALL, SOFT)
        box = (_LEFT, top, _INNER, bottom - top - 0.05)
        if picture.empty:
            self.text(slide, box, picture.names, 20)
            return
        frame = draw(slide, picture, box, self.told, self.made)
        described = f"{alt}. {' '.join(notes)}"
        properties = frame._element.nvGraphicFramePr.cNvPr
        properties.set("descr", self.told.say(described, 2_000))

    def grid(
        self,
        slide: Slide,
        head: Sequence[str],
        rows: Sequence[Sequence[str]],
        widths: Sequence[float],
        tall: float = 0.0,
    ) -> None:
        """Put a table on a slide: names in the first column, and in the first row where there is a head."""
        from pptx.dml.color import RGBColor
        from pptx.util import Inches

        lines = [*([head] if head else []), *rows]
        box = (_LEFT, _TOP, _INNER, 0.4 * len(lines))
        frame = slide.shapes.add_table(len(lines), len(widths), *(Inches(side) for side in box))
        table = frame.table
        table.first_row, table.first_col, table.horz_banding = bool(head), True, False
        for column, width in enumerate(widths):
            table.columns[column].width = Inches(width)
        room = (_BOTTOM - _TOP) / max(len(lines), 1)
        for at, line in enumerate(lines):
            heading = bool(head) and at == 0
            table.rows[at].height = Inches(0.4 if heading else max(tall, 0.4))
            for column, text in enumerate(line):
                cell = table.cell(at, column)
                cell.fill.solid()
                cell.fill.fore_color.rgb = RGBColor.from_string(FAVORABLE if heading else WASH)
                _, shown = _fitted([text], widths[column] - 0.2, max(room, 1.5), (_SMALL,))
                colour, first = (PAPER, True) if heading else (INK, column == 0)
                _write(cell.text_frame.paragraphs[0], shown[0], _SMALL, colour, bold=first)


def _write(paragraph: _Paragraph, text: str, size: int, colour: str, *, bold: bool = False) -> None:
    """Write text into an empty paragraph."""
    from pptx.dml.color import RGBColor
    from pptx.enum.text import PP_ALIGN
    from pptx.util import Pt

    paragraph.alignment = PP_ALIGN.LEFT
    # An empty cell is written into later, at the same size.
    run = paragraph.add_run()
    run.text = text
    run.font.size, run.font.bold, run.font.color.rgb = Pt(size), bold, RGBColor.from_string(colour)


def _signs(width: float, size: int) -> int:
    """Return how many signs of a size fit into a line of some inches."""
    return max(int(width * 72 / (size * _LETTER)), 1)


def _lines(text: str, width: float, size: int) -> int:
    return max(-(-len(text) // _signs(width, size)), 1)


def _high(lines: Sequence[str], width: float, size: int) -> float:
    """Return how high paragraphs are, in inches."""
    return sum(_lines(line, width, size) * size * _LINE + _GAP for line in lines) / 72


def _fitted(lines: Sequence[str], width: float, height: float, sizes: Sequence[int]) -> tuple[int, list[str]]:
    """Return the largest size at which paragraphs fit, and the paragraphs: cut when none is small enough."""
    for size in sizes:
        if _high(lines, width, size) - _GAP / 72 <= height:
            return size, [*lines]
    size, shown = sizes[-1], [*lines]
    while _high(shown, width, size) - _GAP / 72 > height and (longest := max(map(len, shown))) > 1:
        at = [len(line) for line in shown].index(longest)
        if longest > _signs(width, size):
            shown[at] = shown[at][: longest - max(longest // 10, 2)].rstrip(" …") + "…"
        else:
            shown.pop()
    return size, shown


def _rows_high(rows: Sequence[Sequence[str]], widths: Sequence[float]) -> float:
    """Return how high the rows of a table are, in inches."""
    return sum(
        max(_lines(text, width - 0.2, _SMALL) for text, width in zip(row, widths, strict=True))
        * _SMALL
        * _LINE
        / 72
        + 0.1
        for row in rows
    )


def _chunks(values: Sequence[T], most: int) -> Iterator[tuple[list[T], str]]:
    """Yield values in parts of about the same length, each with what a title says of the part."""
    parts = -(-len(values) // most)
    for number in range(parts):
        start, stop = number * len(values) // parts, (number + 1) * len(values) // parts
        yield list(values[start:stop]), f" ({number + 1}/{parts})" if parts > 1 else ""


def _blank() -> Presentation:
    """Return an empty wide presentation with one layout: a title and room."""
    from pptx import Presentation
    from pptx.enum.shapes import PP_PLACEHOLDER
    from pptx.opc.constants import RELATIONSHIP_TYPE
    from pptx.util import Inches

    furniture = (PP_PLACEHOLDER.DATE, PP_PLACEHOLDER.FOOTER, PP_PLACEHOLDER.SLIDE_NUMBER)
    show = Presentation()
    show.slide_width, show.slide_height = Inches(_WIDTH), Inches(_HEIGHT)
    for layout in list(show.slide_layouts):
        if layout.name != "Title Only":
            show.slide_layouts.remove(layout)
    for page in (show.slide_master, show.slide_layouts[0]):
        for shape in list(page.placeholders):
            if shape.placeholder_format.type in furniture:
                shape._element.getparent().remove(shape._element)
                continue
            title = shape.placeholder_format.idx == 0
            box = _TITLE if title else (_LEFT, _TOP, _INNER, _BOTTOM - _TOP)
            shape.left, shape.top, shape.width, shape.height = (Inches(side) for side in box)
    # The template's picture of itself, and the settings of its author's printer.
    package = show.part.package
    for holder, kind in (
        (package, RELATIONSHIP_TYPE.THUMBNAIL),
        (show.part, RELATIONSHIP_TYPE.PRINTER_SETTINGS),
    ):
        for name in [name for name, one in holder._rels.items() if one.reltype == kind]:
            holder._rels.pop(name)
    return show


def _name(show: Presentation, title: str, tag: str) -> None:
    """Set the file's properties: the template's say who made the template."""
    core = show.core_properties
    core.title, core.language, core.revision = title[:250], tag, 1
    core.author = core.last_modified_by = "relsurvey"
    core.comments = core.keywords = core.subject = core.category = ""


def _speak(show: Presentation, tag: str) -> None:
    """Say of all text which language it is, for who listens to it or checks its spelling."""
    from pptx.opc.package import XmlPart
    from pptx.oxml import parse_xml

    a, c = (f"{{http://schemas.openxmlformats.org/drawingml/2006/{name}}}" for name in ("main", "chart"))
    for part in show.part.package.iter_parts():
        if not isinstance(part, XmlPart):
            continue
        for element in part._element.iter(f"{a}rPr", f"{a}defRPr", f"{a}endParaRPr"):
            element.set("lang", tag)
        for run in part._element.iter(f"{a}r"):
            run.get_or_add_rPr().set("lang", tag)
        for space in part._element.iter(f"{c}chartSpace"):
            language = parse_xml(f'<c:lang xmlns:c="{c[1:-1]}"/>')
            language.set("val", tag)
            space.find(f"{c}date1904").addnext(language)
