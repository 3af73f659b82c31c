"""No page without content: what has none says why in the line on what is not shown, in every door."""

from __future__ import annotations

import io

import numpy as np
import openpyxl
import pytest
from pptx import Presentation

import relsurvey as rs
from relsurvey.publish.excel import workbook
from relsurvey.publish.slides import deck
from relsurvey.view.content import has_content
from tests.reading.belonging import INSTRUMENT
from tests.view.test_since import unit, waves
from tests.view.test_view import simulate


def hidden(found, name="school-0", language="en"):
    return [text[language] for text in unit(found, name).hidden]


def sheets(found):
    return openpyxl.load_workbook(io.BytesIO(workbook(found))).sheetnames


def slides(found):
    show = Presentation(io.BytesIO(deck(found)))
    return [slide.shapes.title.text_frame.text.partition("\n")[0] for slide in show.slides]


@pytest.fixture(scope="module")
def apart():
    """Two waves whose one scale is read one by one."""
    frame = waves([160])
    rng = np.random.default_rng(3)
    for item in ("b2", "b3"):
        frame[item] = rng.integers(1, 6, len(frame))
    return rs.read(frame, INSTRUMENT).view(min_n=11)


def test_where_all_is_read_one_by_one_neither_groups_nor_changes_have_a_page(apart):
    one = unit(apart)
    assert one.groups and one.change and not any(map(has_content, [*one.groups, one.change]))
    assert hidden(apart)[-1].startswith("Groups, and surveys at two times, are compared on scales")
    assert hidden(apart, language="es")[-1].startswith("Los grupos, y las encuestas de dos momentos")
    assert not [text for text in hidden(apart) if text.startswith(("Since fall", "Gender"))]
    assert not {"Groups", "Since the survey before"} & set(sheets(apart))
    assert not [title for title in slides(apart) if title.startswith(("Groups", "Since"))]
    assert [title for title in slides(apart) if title.startswith("Question")]


def test_a_change_of_too_few_is_told_of_on_the_first_page_and_has_no_page():
    frame = waves([80, 60])
    fall = (frame.wave == "fall") & (frame.school == "School 1")
    found = rs.read(frame[~(fall & (frame.groupby(["school", "wave"]).cumcount() >= 15))], INSTRUMENT).view(
        min_n=11
    )
    assert not has_content(unit(found, "school-1").change) and has_content(unit(found).change)
    (said,) = [text for text in hidden(found, "school-1") if text.startswith("Since fall: ")]
    assert "Too few students" in said and "20 students or more" in said
    (dicho,) = [text for text in hidden(found, "school-1", "es") if text.startswith("Desde el otoño: ")]
    assert dicho != said
    assert not [text for text in hidden(found) if text.startswith("Since fall")]


def test_a_scale_that_was_not_asked_then_says_so_on_the_first_page():
    frame = waves([160])
    items = ["b1", "b2", "b3"]
    frame[items] = frame[items].astype(object)
    frame.loc[frame.wave == "fall", ["b2", "b3"]] = ""
    found = rs.read(frame, INSTRUMENT).view(min_n=11)
    assert "Since fall: Not compared: these questions were not answered in fall." in hidden(found)


def test_groups_that_are_not_shown_are_named_with_the_reason():
    frame = simulate([60])
    frame["gender"] = np.where(frame.index < 4, "Girl", "Boy")
    found = rs.read(frame, INSTRUMENT).view(min_n=11, by=["gender"])
    (table,) = unit(found).groups
    assert table.rows == []
    assert f"Gender: {table.note['en']}" in hidden(found)
    assert "Groups" not in sheets(found)


def test_what_has_content_says_nothing_more(demo_view):
    for one in demo_view.units:
        assert any(map(has_content, one.groups)) or not one.groups
        assert not [t for t in one.hidden if t["en"].startswith(("Since fall: ", "Groups, and"))]
