"""The deck: the view's numbers and no others, native charts, notes, titles and words for those who listen."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

import openpyxl
import pytest
from pptx import Presentation
from pptx.oxml.ns import qn

from relsurvey.errors import PublishError
from relsurvey.publish import charts as charts_of
from relsurvey.publish.fitting import fitted
from relsurvey.publish.slides import deck
from tests.publish.office_view import HOSTILE, hostile_view, numbers, office_view

TOKENS = Path(__file__).parents[2] / "widgets" / "core" / "tokens.css"


def opened(content: bytes):
    return Presentation(io.BytesIO(content))


def charts(show):
    """Return the charts of a deck by the titles of their slides."""
    return {
        slide.shapes.title.text_frame.text: shape.chart
        for slide in show.slides
        for shape in slide.shapes
        if shape.has_chart
    }


def chart_of(show, start):
    """Return the chart of the slide whose title begins so."""
    return next(chart for title, chart in charts(show).items() if title.startswith(start))


def embedded(chart):
    """Return the workbook behind a chart."""
    return openpyxl.load_workbook(io.BytesIO(chart.part.chart_workbook.xlsx_part.blob)).active


@pytest.fixture(scope="module")
def view():
    return office_view()


@pytest.fixture(scope="module")
def show(view):
    return opened(deck(view))


@pytest.fixture(scope="module")
def hostile():
    return deck(hostile_view())


def test_there_is_a_slide_a_page_of_the_first_unit(show):
    titles = [slide.shapes.title.text_frame.text.split("\n") for slide in show.slides]
    assert titles == [
        ["What ninth-graders say", "The school"],
        ["Before we look"],
        ["At a glance", "About 7 in 10 feel cared for in the school."],
        ["Questions", "Scale care: about 7 in 10 (between 6 and 8)"],
        ["Questions", "Scale power: nearly all"],
        ["Questions", "Other questions"],
        ["Groups: Kind language", "These groups say about the same."],
        ["Since fall", "Express care: up since fall."],
        ["Next step", "What was chosen earlier"],
        ["Next step", "Something to try"],
        ["Next step", "Our next step"],
        ["About these numbers"],
    ]
    assert (show.slide_width, show.slide_height) == (12191695, 6858000)


def test_the_charts_draw_the_shares_of_the_view(show, view):
    unit = view.units[0]
    glance = chart_of(show, "At a glance").plots[0]
    assert list(glance.categories) == [
        "Scale care: about 7 in 10",
        "Scale power: nearly all",
        "Scale hope: 2 questions, read one by one",
    ]
    assert [list(series.values) for series in glance.series] == [[71, 95, None], [66, None, None]]
    for start, cells in (("Scale care", unit.items[:2]), ("Other", unit.items[3:])):
        spread = chart_of(show, f"Questions\n{start}").plots[0]
        for at, cell in enumerate(cells):
            drawn = [series.values[at] for series in spread.series if series.values[at] is not None]
            assert drawn == [part.percent for part in cell.parts]
    names = [series.name for series in chart_of(show, "Questions\nScale care").plots[0].series]
    # "Always" to a question that was turned round is not the "Always" of another one.
    assert names[0] == "Always (not favorable)" and names[-1] == "Always (favorable)" and len(names) == 9
    groups = chart_of(show, "Groups: Kind language").plots[0]
    assert {s.name: list(s.values) for s in groups.series} == {
        "Spanish": [61, None],
        "English": [58, 95],
    }
    assert [list(s.values) for s in chart_of(show, "Since fall").plots[0].series] == [[56, None], [71, None]]


def test_every_number_is_one_of_the_view_or_the_length_of_an_interval(show, view):
    known, lengths = numbers(view), 0
    for chart in charts(show).values():
        page, series = embedded(chart), list(chart.plots[0].series)
        for at, one in enumerate(series):
            column = [page.cell(row, 2 + at).value for row in range(2, 2 + len(one.values))]
            assert column == list(one.values)
            assert {value for value in column if value is not None} <= known
            for side in one._element.iter(qn("c:minus"), qn("c:plus")):
                where = side.find(f".//{qn('c:f')}").text
                first, last = where.replace("$", "").partition("!")[2].split(":")
                cells = [row[0].value for row in page[first:last]]
                cached = {int(point.get("idx")): int(point[0].text) for point in side.iter(qn("c:pt"))}
                assert cached == {row: value for row, value in enumerate(cells) if value is not None}
                ends = [
                    value + (size if side.tag == qn("c:plus") else -size)
                    for value, size in zip(column, cells, strict=True)
                    if size is not None
                ]
                assert set(ends) <= known
                lengths += len(ends)
    # One of the page, two of groups, two of the change: none where a share is coded.
    assert lengths == 2 * (1 + 2 + 2)


def test_a_coded_share_says_so_and_has_no_interval(show):
    series = chart_of(show, "At a glance").plots[0].series[0]
    assert series.points[1].data_label.text_frame.text == "95 % or more"
    bars = series._element.find(qn("c:errBars"))
    assert {point.get("idx") for point in bars.iter(qn("c:pt"))} == {"0"}
    groups = chart_of(show, "Groups: Kind language").plots[0].series[1]
    assert groups.points[1].data_label.text_frame.text == "≥95"


def test_the_axes_go_from_0_to_100(show):
    for chart in charts(show).values():
        assert (chart.value_axis.minimum_scale, chart.value_axis.maximum_scale) == (0, 100)


def test_notes_hold_the_sentences(show, view):
    notes = [slide.notes_slide.notes_text_frame.text for slide in show.slides]
    unit = view.units[0]
    for sentence in (*unit.say, *unit.hidden, *unit.groups[0].say, *unit.change.say):
        assert any(sentence["en"] in note for note in notes)
    assert "Question care_1? About 7 in 10 (between 6 and 8), 72 % (63–79); Never 3 %" in notes[3]
    assert "Not sure 2 %" in notes[3]
    assert "• Pick a student." in notes[9] and "The thin line shows it." in notes[11]
    for slide, note in zip(show.slides, notes, strict=True):
        assert note.endswith("Aggregates only. Made on 2026-01-31. Simulated data.")
        assert any(
            shape.has_text_frame and shape.text_frame.text.endswith("Simulated data.")
            for shape in slide.shapes
        )


def each_run(show):
    """Yield every run of text on the slides, in boxes and in tables."""
    for slide in show.slides:
        for shape in slide.shapes:
            frames = [shape.text_frame] if shape.has_text_frame else []
            if shape.has_table:
                frames = [cell.text_frame for row in shape.table.rows for cell in row.cells]
            yield from (run for frame in frames for p in frame.paragraphs for run in p.runs)


@pytest.mark.parametrize("tag", ["en-US", "es-US"])
def test_whoever_listens_or_sits_far_away(view, tag):
    show = opened(deck(view, language=tag[:2]))
    titles = [slide.shapes.title.text_frame.text for slide in show.slides]
    assert len(set(titles)) == len(titles) and all(titles)
    runs = list(each_run(show))
    assert len(runs) > 60
    for run in runs:
        assert run.font.size.pt >= 14 and run._r.rPr.get("lang") == tag
    for slide in show.slides:
        for shape in slide.shapes:
            if shape.has_chart:
                assert len(shape._element.nvGraphicFramePr.cNvPr.get("descr")) > 40
                assert shape.chart.font.size.pt >= 14
                space = shape.chart.part._element
                assert space.find(qn("c:lang")).get("val") == tag
                assert {int(e.get("sz")) for e in space.iter() if e.get("sz")} == {1400}


def test_colours_are_those_of_the_page(show):
    tokens = {colour.upper() for colour in re.findall(r"#([0-9a-f]{6})\b", TOKENS.read_text("utf-8"))}
    used = {
        element.get("val")
        for slide in show.slides
        for part in (slide.part, *(shape.chart.part for shape in slide.shapes if shape.has_chart))
        for element in part._element.iter(qn("a:srgbClr"))
    }
    assert len(used) > 8 and used <= tokens


def test_public_rules(view):
    with pytest.raises(PublishError, match="min_n=11"):
        deck(office_view(min_n=10))
    with pytest.raises(PublishError, match="Choose from: school, team, all"):
        deck(view, "north")
    content = zipfile.ZipFile(io.BytesIO(deck(view)))
    whole = b"".join(content.read(name) for name in content.namelist())
    assert b"A COMMENT" not in whole and b"TWO-WAY" not in whole and b"language*gender" not in whole


def test_another_unit(view):
    show = opened(deck(view, "team"))
    titles = [slide.shapes.title.text_frame.text for slide in show.slides]
    assert titles[0].endswith("The team") and "Since fall" not in " ".join(titles)
    assert chart_of(show, "At a glance").plots[0].series[0].values[0] == 74


def test_long_pages_are_parted_with_titles_of_their_own(view):
    unit = view.units[0]
    table = unit.groups[0]
    scales = [scale.model_copy(update={"id": f"{scale.id}{at}"}) for at in range(4) for scale in view.scales]
    cells = [
        cell.model_copy(update={"scale": f"{cell.scale}{at}"}) for at in range(4) for cell in unit.scales
    ]
    row = table.rows[1]
    of = [row.cells[0].model_copy(update={"scale": cell.scale}) for cell in cells]
    rows = [row.model_copy(update={"id": str(at), "cells": of}) for at in range(8)]
    longer = view.model_copy(
        update={
            "scales": [*view.scales, *scales],
            "units": [
                unit.model_copy(update={"scales": cells, "groups": [table.model_copy(update={"rows": rows})]})
            ],
        }
    )
    show = opened(deck(longer))
    kickers = [slide.shapes.title.text_frame.text.split("\n")[0] for slide in show.slides]
    assert [k for k in kickers if k.startswith(("At", "Groups"))] == [
        "At a glance (1/2)",
        "At a glance (2/2)",
        *(f"Groups: Kind language ({at}/4)" for at in range(1, 5)),
    ]


def test_hostile_texts_stay_texts_and_on_their_slides(hostile):
    show = opened(hostile)
    titles = [slide.shapes.title.text_frame.text for slide in show.slides]
    assert len(set(titles)) == len(titles)
    for slide in show.slides:
        for shape in slide.shapes:
            assert shape.left >= 0 and shape.left + shape.width <= show.slide_width
            assert shape.top >= 0 and shape.top + shape.height <= show.slide_height
    for run in each_run(show):
        assert run.hyperlink.address is None and run.font.size.pt >= 14
        assert not re.search(r"[\x00-\x1f]", run.text)
    for chart in charts(show).values():
        for cell in (cell for row in embedded(chart).iter_rows() for cell in row):
            assert cell.data_type in ("s", "n") and cell.hyperlink is None
    content = zipfile.ZipFile(io.BytesIO(hostile))
    for name in content.namelist():
        if name.endswith(".rels"):
            assert b"External" not in content.read(name)
    kinds = {name.rpartition(".")[2] for name in content.namelist()}
    assert kinds <= {"xml", "rels", "xlsx"}


def test_long_names_do_not_cost_a_sentence_its_numbers(view):
    said = [
        f"{'Respectful ' * 15}treatment {k}: up since fall, about 2 in 10 then, 5 in 10 now."
        for k in range(3)
    ]
    unit = view.units[0].model_copy(update={"say": [{"en": text, "es": text} for text in said]})
    glance = opened(deck(view.model_copy(update={"units": [unit]}))).slides[2]
    shown = [shape.text_frame.text for shape in glance.shapes if shape.has_text_frame]
    assert all(any(text in one for one in shown) for text in said)


def test_notes_say_nothing_twice_and_which_share_was_when(show, view):
    for slide in show.slides:
        lines = slide.notes_slide.notes_text_frame.text.split("\n")
        assert len(set(lines)) == len(lines)
    cell = view.units[0].change.cells[0]
    notes = [slide.notes_slide.notes_text_frame.text for slide in show.slides]
    now = f"Now, {cell.now.percent} % ({cell.now.low}–{cell.now.high})."
    then = f"Then, {cell.before.percent} % ({cell.before.low}–{cell.before.high})."
    assert any(f"{then} {now}" in note for note in notes)


def test_a_legend_has_the_lines_it_needs():
    short, long = ["Never", "Often"], [f"Nearly always, in all classes of this term {k}" for k in range(9)]
    assert charts_of._above(["These"]) < charts_of._above(short) < charts_of._above(long) <= 0.5


def test_a_scale_that_no_group_has_is_named_and_is_no_empty_column(show):
    title = "Groups: Kind language"
    assert list(chart_of(show, title).plots[0].categories) == ["Scale care", "Scale power"]
    slide = next(s for s in show.slides if s.shapes.title.text_frame.text.startswith(title))
    said = "Scale hope: 2 questions, read one by one."
    assert any(said in shape.text_frame.text for shape in slide.shapes if shape.has_text_frame)
    assert said in slide.notes_slide.notes_text_frame.text


def test_what_is_hidden_is_told_in_whole_sentences_and_all_of_it_in_the_notes(view):
    hidden = [f"{'Some of it is not shown ' * k}to protect a few: {k}." for k in range(1, 9)]
    unit = view.units[0].model_copy(update={"hidden": [{"en": text, "es": text} for text in hidden]})
    glance = opened(deck(view.model_copy(update={"units": [unit]}))).slides[2]
    [below] = [
        s.text_frame.text for s in glance.shapes if s.has_text_frame and hidden[0] in s.text_frame.text
    ]
    told = [text for text in hidden if text in below]
    assert 0 < len(told) < len(hidden)
    rest = below.partition("could be. ")[2]
    assert rest == " ".join([*told, "The notes below this slide say more."])
    assert all(text in glance.notes_slide.notes_text_frame.text for text in hidden)


def test_a_text_that_is_cut_ends_with_a_sentence_where_one_does():
    [cut] = fitted(["One is told. Another is told. " + "This one is not told at all " * 20], 8, 0.6, (14,))[1]
    assert cut == "One is told. Another is told. …"


@pytest.mark.parametrize(
    ("reach", "title"),
    [
        ("nearly", "Scale care: about 7 in 10 (between 6 and 8)"),
        ("some", "Scale care, of the students who answered: about 7 in 10 (between 6 and 8)"),
        ("half", "Scale care, of the students who answered"),
    ],
)
def test_titles_go_as_far_as_the_sentences_of_the_page(view, reach, title):
    unit = view.units[0].model_copy(update={"reach": reach})
    show = opened(deck(view.model_copy(update={"units": [unit]})))
    titles = [slide.shapes.title.text_frame.text for slide in show.slides]
    assert f"Questions\n{title}" in titles
    assert any(text.startswith("Questions\nOther questions") for text in titles)


def test_what_does_not_fit_is_cut_and_stands_in_the_notes(view):
    long = "Long " * 400
    unit = view.units[0].model_copy(update={"say": [{"en": long, "es": long}]})
    show = opened(deck(view.model_copy(update={"units": [unit]})))
    glance = show.slides[2]
    assert glance.shapes.title.text_frame.text.endswith("…")
    assert long.strip() in glance.notes_slide.notes_text_frame.text


def test_the_same_view_gives_the_same_bytes_and_names_nobody(view, hostile):
    content = deck(view)
    assert deck(view) == content and deck(hostile_view()) == hostile
    core = opened(content).core_properties
    assert {core.author, core.last_modified_by} == {"relsurvey"} and not core.comments
    assert core.created.isoformat() == core.modified.isoformat() == "2026-01-31T00:00:00"
    members = zipfile.ZipFile(io.BytesIO(content))
    assert not [n for n in members.namelist() if "printer" in n or "thumbnail" in n]
    whole = b"".join(members.read(name) for name in members.namelist())
    assert b"Macintosh" not in whole and b"Canny" not in whole
    for name in members.namelist():
        if name.endswith(".xlsx"):
            inner = zipfile.ZipFile(io.BytesIO(members.read(name)))
            assert b"2026-01-31T00:00:00Z" in inner.read("docProps/core.xml")


def test_hostile_texts_are_all_tried(hostile):
    whole = "\n".join(slide.notes_slide.notes_text_frame.text for slide in opened(hostile).slides)
    assert all(text[:8] in whole for text in HOSTILE if text[:1] in ("=", "+", "-", "@", "<", "["))


def test_the_demo(demo_view):
    show, known = opened(deck(demo_view)), numbers(demo_view)
    drawn = charts(show)
    assert len(drawn) >= 4 and len(show.slides) > 15
    for chart in drawn.values():
        for series in chart.plots[0].series:
            assert {value for value in series.values if value is not None} <= known


def test_groups_of_many_scales_are_parted_and_each_bar_bears_its_figure(view):
    unit = view.units[0]
    table, first = unit.groups[0], unit.scales[0]
    ids = [f"care{at}" for at in range(30)]
    scale, row = view.scales[0], table.rows[0]
    wide = [
        row.model_copy(
            update={"id": str(at), "cells": [row.cells[0].model_copy(update={"scale": one}) for one in ids]}
        )
        for at in range(4)
    ]
    longer = view.model_copy(
        update={
            "scales": [scale.model_copy(update={"id": one}) for one in ids],
            "items": [item.model_copy(update={"scale": None}) for item in view.items],
            "units": [
                unit.model_copy(
                    update={
                        "scales": [first.model_copy(update={"scale": one}) for one in ids],
                        "groups": [table.model_copy(update={"rows": wide})],
                        "change": None,
                        "cards": [],
                    }
                )
            ],
        }
    )
    show = opened(deck(longer))
    slides = [s for s in show.slides if s.shapes.title.text_frame.text.startswith("Groups")]
    assert [s.shapes.title.text_frame.text.split("\n")[0][-6:] for s in slides] == [
        f" ({at}/4)" for at in range(1, 5)
    ]
    drawn = [shape.chart for slide in slides for shape in slide.shapes if shape.has_chart]
    assert [len(list(chart.plots[0].categories)) for chart in drawn] == [7, 8, 7, 8]
    for chart, slide in zip(drawn, slides, strict=True):
        assert all(series.data_labels.show_value for series in chart.plots[0].series)
        lines = slide.notes_slide.notes_text_frame.text.split("\n")
        figures = [line for line in lines if "61 %" in line]
        assert len(figures) <= 4 * len(list(chart.plots[0].categories))
