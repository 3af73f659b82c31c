"""What slides are made of: titles, texts, pictures and tables on a wide page, and notes."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from typing import TYPE_CHECKING

from relsurvey.publish.charts import Box, Picture, draw
from relsurvey.publish.fitting import GAP, SMALL, fitted, paragraphs_high, whole
from relsurvey.publish.office import APP_XML, FAVORABLE, INK, LINK, PAPER, SOFT, WASH, Told, day_of, repacked

if TYPE_CHECKING:
    from pptx.presentation import Presentation
    from pptx.slide import Slide
    from pptx.text.text import TextFrame, _Paragraph

_WIDTH, _HEIGHT = 13.333, 7.5
LEFT, INNER = 0.6, 12.13
_TITLE: Box = (LEFT, 0.3, INNER, 1.3)
TOP, BOTTOM = 1.7, 6.75
_FOOT: Box = (LEFT, 6.85, INNER, 0.55)
#: How high what is to know about a picture may be.
_CAPTION = 0.75
#: The sizes of a title, in points.
TITLES = (28, 24, 20, 16)
#: Longest text of a label.
LABEL = 120
_TAGS = {"en": "en-US", "es": "es-US"}


class Slides:
    """The slides of one file."""

    def __init__(self, told: Told) -> None:
        self.told = told
        self.show = _blank()
        self.made = day_of(told.view)
        self.titles: set[str] = set()

    def bytes(self, title: str) -> bytes:
        """Return the file, which says its title of itself."""
        tag = _TAGS.get(self.told.language, self.told.language)
        _name(self.show, title, tag)
        _speak(self.show, tag)
        core = self.show.core_properties
        core.created = core.modified = self.made
        saved = BytesIO()
        self.show.save(saved)
        return repacked(saved.getvalue(), {"docProps/app.xml": APP_XML})

    def slide(self, kicker: str, title: str, notes: Sequence[str], sizes: Sequence[int] = TITLES) -> Slide:
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
        size, (shown,) = fitted([title], INNER, 0.95, sizes)
        first = frame.paragraphs[0]
        if kicker:
            _write(first, self.told.say(kicker, LABEL), 16, LINK, bold=True)
            first = frame.add_paragraph()
        _write(first, shown, size, INK, bold=True)
        first.line_spacing = 0.95
        first.space_before = Pt(0)
        self.text(slide, _FOOT, [self.told.stamp], SMALL, SOFT)
        spoken = slide.notes_slide.notes_text_frame
        if spoken is not None:
            spoken.text = "\n".join(dict.fromkeys(line for line in (title, *notes, self.told.stamp) if line))
        return slide

    def text(self, slide: Slide, box: Box, lines: Sequence[str], largest: int, colour: str = INK) -> float:
        """Write paragraphs into a box, as large as fits, and return how high they are."""
        from pptx.util import Inches, Pt

        sizes = [size for size in (24, 20, 18, 16) if size <= largest] + [SMALL]
        size, shown = fitted(lines, box[2], box[3], sizes)
        frame: TextFrame = slide.shapes.add_textbox(*(Inches(side) for side in box)).text_frame
        frame.word_wrap = True
        frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
        for number, line in enumerate(shown):
            paragraph = frame.paragraphs[0] if number == 0 else frame.add_paragraph()
            _write(paragraph, line, size, colour)
            paragraph.space_after = Pt(GAP)
        return paragraphs_high(shown, box[2], size)

    def page(
        self,
        slide: Slide,
        more: Sequence[str],
        picture: Picture,
        caption: Sequence[str],
        alt: str,
        notes: Sequence[str],
    ) -> None:
        """Fill a slide from the top down: further sentences, the picture, what to know about it.

        Of what to know as many sentences stand there as fit, each whole: the notes hold them all.
        """
        top, bottom = TOP, BOTTOM
        if more:
            # Sentences are whole before the picture is large.
            high = min(max(1.1, paragraphs_high(more, INNER, SMALL)), 2.2)
            top += self.text(slide, (LEFT, top, INNER, high), more, 18) + 0.05
        if below := whole(caption, INNER, _CAPTION, SMALL, self.told.word("more_notes")):
            high = min(paragraphs_high([below], INNER, SMALL), _CAPTION)
            bottom -= high
            self.text(slide, (LEFT, bottom, INNER, high), [below], SMALL, SOFT)
        box = (LEFT, top, INNER, bottom - top - 0.05)
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
        box = (LEFT, TOP, INNER, 0.4 * len(lines))
        frame = slide.shapes.add_table(len(lines), len(widths), *(Inches(side) for side in box))
        table = frame.table
        table.first_row, table.first_col, table.horz_banding = bool(head), True, False
        for column, width in enumerate(widths):
            table.columns[column].width = Inches(width)
        room = (BOTTOM - TOP) / max(len(lines), 1)
        for at, line in enumerate(lines):
            heading = bool(head) and at == 0
            table.rows[at].height = Inches(0.4 if heading else max(tall, 0.4))
            for column, text in enumerate(line):
                cell = table.cell(at, column)
                cell.fill.solid()
                cell.fill.fore_color.rgb = RGBColor.from_string(FAVORABLE if heading else WASH)
                _, shown = fitted([text], widths[column] - 0.2, max(room, 1.5), (SMALL,))
                colour, first = (PAPER, True) if heading else (INK, column == 0)
                _write(cell.text_frame.paragraphs[0], shown[0], SMALL, colour, bold=first)


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
            box = _TITLE if title else (LEFT, TOP, INNER, BOTTOM - TOP)
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
