"""*About these numbers*: how far the scales hold, whether groups read alike, and what is not shown."""

from __future__ import annotations

import re

import pytest

import relsurvey as rs
from tests.reading.belonging import INSTRUMENT
from tests.view.test_view import simulate


def sections(view):
    return {section.title["en"]: section for section in view.about}


@pytest.fixture(scope="module")
def view():
    """Two schools, one with a group too small to show."""
    rows = simulate((220, 240), groups=("Girl", "Boy"))
    rows.loc[rows.index[:3], "gender"] = "Nonbinary"
    return rs.read(rows, INSTRUMENT).view(by="gender", min_n=11)


def test_reliability_is_one_whole_percent_with_its_range(view):
    [[scale, read, figure]] = sections(view)["Which questions may be read together"].rows
    assert (scale["en"], read["en"]) == ("Belonging", "as one") and read["es"] == "como una sola"
    value, low, high = map(
        int, re.fullmatch(r"(\d+) % \(between (\d+) % and (\d+) %\)", figure["en"]).groups()
    )
    found = rs.read(simulate((220, 240)), INSTRUMENT).reliability().scales[0]
    assert (
        value == round(100 * found.omega) and low <= 100 * found.omega_low and high >= 100 * found.omega_high
    )


def test_the_figure_is_left_away_where_too_few_answered():
    [[_, read, figure]] = sections(rs.read(simulate((60,)), INSTRUMENT).view(min_n=11))[
        "Which questions may be read together"
    ].rows
    assert figure["en"] == "not given" and "too few students to tell" in read["en"]


def test_each_scale_says_of_each_variable_whether_its_groups_read_alike(view):
    section = sections(view)["Do groups read the questions alike?"]
    assert [cell["en"] for cell in section.head] == ["Scale", "Gender"]
    [[scale, mark]] = section.rows
    assert scale["en"] == "Belonging" and mark["en"] in ("comparable", "differs", "not checked")


def test_what_the_pages_hide_is_said_once_more_with_where(view):
    section = sections(view)["What is not shown"]
    noted = {
        (table.note["en"], unit.title["en"]) for unit in view.units for table in unit.groups if table.note
    }
    assert noted
    told = {(row[1]["en"], where) for row in section.rows for where in row[2]["en"].split("; ")}
    assert told == noted
    assert all(row[0]["en"] == "Gender" for row in section.rows)


def test_where_nothing_is_hidden_that_is_said():
    view = rs.read(simulate((150, 150)), INSTRUMENT).view(by="gender", min_n=11)
    section = sections(view)["What is not shown"]
    assert section.rows == [] and section.head == []
    assert [text["en"] for text in section.paragraphs] == ["No table and no figure had to be hidden."]


def test_a_view_without_groups_speaks_of_none():
    found = sections(rs.read(simulate((150,)), INSTRUMENT).view(by=(), min_n=11))
    assert "When is a difference called clear?" not in found
    assert "Do groups read the questions alike?" not in found
    assert set(found) >= {"Who answered", "How sure is this?", "What is not shown", "Who is protected"}


def test_every_text_and_cell_is_there_in_both_languages(view):
    for section in view.about:
        cells = [*section.paragraphs, section.title, *section.head, *(c for row in section.rows for c in row)]
        assert all(set(text) == {"en", "es"} and text["en"] and text["es"] for text in cells)
        assert not re.search(r"\b(you|your|best)\b", " ".join(text["en"] for text in cells), re.IGNORECASE)
