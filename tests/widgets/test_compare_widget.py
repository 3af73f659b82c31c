"""The widget that compares groups: what it sends, what it never sends, and the code that gives the same."""

from __future__ import annotations

import io
import json
import math
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest
from openpyxl import load_workbook

import relsurvey as rs
from relsurvey.errors import AnalysisError
from relsurvey.instrument.model import Category
from relsurvey.widgets import Compare
from tests.widgets.small import SMALL, Browser, answering, demo, numbers, rows_of


@pytest.fixture(scope="module")
def study() -> rs.Study:
    return demo()


def run(code: str, study: rs.Study) -> Any:
    """Run the widget's code as a cell, and return what the cell shows."""
    return eval(code, {"study": study})


def test_it_shows_the_faces_of_the_result(study: rs.Study) -> None:
    browser = Browser(Compare(study, "express_care", "gender"))
    state = browser.state()
    assert state["menu"]["by"][0] == {"id": "gender", "title": {"en": "Gender", "es": "Género"}}
    assert [entry["id"] for entry in state["menu"]["by"]][-2:] == ["school", "team"]
    assert [item["id"] for item in state["menu"]["scales"][0]["items"]][:2] == ["care_1", "care_2"]
    found = study.compare("express_care", by="gender")
    face, table = found.faces("en")[0], state["tables"]["en"][0]
    assert [row[1:] for row in table["rows"]] == [
        [round(cell, 2) if isinstance(cell, float) else cell for cell in row[1:]] for row in face.rows
    ]
    assert [row[0] for row in table["rows"]] == ["Girl", "Boy", "Nonbinary", "Prefer not to say"]
    assert [row[0] for row in state["tables"]["es"][0]["rows"]][:2] == ["Chica", "Chico"]
    assert state["sentences"]["en"] == [
        found.sentence.replace("“girl”", "“Girl”")
        .replace("“boy”", "“Boy”")
        .replace("“nonbinary”", "“Nonbinary”")
    ]
    for row, marks in zip(table["rows"], state["picture"]["rows"], strict=True):
        own, others = marks
        assert (row[3], row[4]) == (f"{own['value']} %", f"{own['low']}–{own['high']} %")
        assert others["kind"] == "others" and others["low"] is None


@pytest.mark.parametrize("what", ["express_care", "care_1", "power_4"])
@pytest.mark.parametrize("by", ["gender", "race_ethnicity", "english_learner", "school", "team"])
def test_the_code_gives_the_same(study: rs.Study, what: str, by: str) -> None:
    widget = Compare(study, what, by)
    made = run(widget.code, study)
    for name, table in widget.result.tables.items():
        pd.testing.assert_frame_equal(table, made.tables[name])
    pd.testing.assert_frame_equal(widget.table, made.table)
    if what == "express_care" and by == "gender":
        assert widget.code == 'study.compare("express_care", by="gender")'


def test_a_question_has_intervals_and_no_verdict(study: rs.Study) -> None:
    widget = Compare(study, "care_1", "gender")
    state = Browser(widget).state()
    assert widget.table["verdict"].isna().all()
    assert "A single question gets no verdict" in state["sentences"]["en"][0]
    assert state["picture"]["rows"][0][0]["kind"] == "share"
    share = study.where(wave="spring").responses.query("gender == 'girl'")["care_1"].dropna().isin([4, 5])
    assert widget.table["favorable"][0] == pytest.approx(share.mean())


def test_schools_are_looked_into_where_no_group_is_hidden(study: rs.Study) -> None:
    state = Browser(Compare(study, "express_care", "english_learner")).state()
    strata = state["tables"]["es"][2]
    assert strata["headers"] == 3 and {row[1] for row in strata["rows"]} == {"Sí"}
    assert "“Yes” and “No”" in state["sentences"]["en"][0]


def test_groups_stand_in_the_order_of_the_categories_never_by_share(study: rs.Study) -> None:
    for by in ("gender", "race_ethnicity", "home_language"):
        state = Browser(Compare(study, "share_power", by)).state()
        known = [category.label["en"] for category in study.instrument.groups[by].categories]
        shown = [row[0] for row in state["tables"]["en"][0]["rows"]]
        assert shown == [label for label in known if label in shown]
    shown = [row[0] for row in Browser(Compare(study, by="team")).state()["tables"]["en"][0]["rows"]]
    assert shown == sorted(shown)


def test_no_message_holds_a_figure_of_a_small_group(study: rs.Study) -> None:
    browser = Browser(Compare(study))
    for by in [entry["id"] for entry in browser.state()["menu"]["by"]]:
        for what in ("express_care", "power_4"):
            state = browser.choose([what], by)
            sizes = [s.n for s in browser.widget.result.sums]
            assert [row is None for row in state["picture"]["rows"]] == [n < 10 for n in sizes]
    state = browser.choose(["share_power"], "race_ethnicity")
    for label in SMALL.values():
        rows = list(rows_of(state, label))
        assert len(rows) == 9, "its row, and eight pairs; no strata, where it is among the others"
        assert all(list(numbers(row)) == [] for row in rows)
        assert label not in " ".join(state["sentences"]["en"])
    for answer in browser.heard:
        for value in numbers(answer):
            assert math.isfinite(value) and value == round(value, 2), "no more digits than are shown"
    json.dumps(browser.heard, allow_nan=False)


def test_no_figure_depends_on_what_a_small_group_answers(study: rs.Study) -> None:
    """The mark of the others too: with a hidden group in it, the group's own share could be worked out."""
    drawn = []
    for code in (1.0, 5.0):
        state = Browser(Compare(answering(study, code), "share_power", "race_ethnicity")).state()
        tables = state["tables"]["en"]
        groups = [row[:-1] for row in tables[0]["rows"]]
        drawn.append((state["picture"], groups, tables[1:]))
    assert drawn[0] == drawn[1]
    assert len(drawn[0][2]) == 1, "pairs, and no strata with all others in them"
    assert [len(row) for row in drawn[0][0]["rows"] if row] == [2] * 7


def test_two_groups_of_one_name_are_masked_apart(study: rs.Study) -> None:
    """Tables mask by name, so a small group must not go by the name of a large one."""
    variable = study.instrument.groups["race_ethnicity"]
    alike = variable.model_copy(
        update={"categories": tuple(Category(id=c.id, label={"*": "Same"}) for c in variable.categories)}
    )
    groups = {**study.instrument.groups, "race_ethnicity": alike}
    other = replace(study, instrument=study.instrument.model_copy(update={"groups": groups}))
    state = Browser(Compare(other, "share_power", "race_ethnicity")).state()
    names = [row[0] for row in state["tables"]["en"][0]["rows"]]
    assert len(set(names)) == len(names) == 9
    for group in SMALL:
        assert all(list(numbers(row)) == [] for row in rows_of(state, f"Same ({group})"))


def test_the_workbook_goes_as_bytes_and_is_masked_at_eleven(study: rs.Study) -> None:
    browser = Browser(Compare(study, "share_power", "race_ethnicity"))
    assert browser.say(type="workbook", language="es") == {"type": "workbook", "to": "me 1"}
    book = load_workbook(io.BytesIO(browser.files[0]))
    rows = [row for sheet in book.worksheets for row in sheet.iter_rows(values_only=True)]
    small = [row for row in rows if "Indígena americano o nativo de Alaska" in row]
    assert small and all(list(numbers(row)) == [] for row in small)
    assert ("No se muestran los grupos de menos de 11 estudiantes.",) in rows
    assert any("menos de 11" in row for row in rows)


def test_what_cannot_be_compared_is_one_sentence_and_the_menus_stay(study: rs.Study) -> None:
    one = study.where(school=str(study.responses["school"].iloc[0]))
    widget = Compare(one, by="school")
    browser = Browser(widget)
    state = browser.state()
    assert "needs two groups with scores" in state["error"]
    assert state["tables"] == {"en": [], "es": []} and state["picture"] is None
    assert widget.code == 'study.compare("express_care", by="school")'
    assert browser.say(type="workbook", language="en")["type"] == "refused"
    with pytest.raises(AnalysisError, match="needs two groups"):
        _ = widget.result
    assert browser.choose(["express_care"], "gender")["error"] == ""


def test_it_can_be_chosen_from_python_too(study: rs.Study) -> None:
    widget = Compare(study)
    browser = Browser(widget)
    widget.choose("care_1")
    widget.choose(by="school")
    assert browser.heard[-1]["state"]["choice"] == {"what": ["care_1"], "by": "school"}
    for given, says in (
        ({"scale": "none"}, "no scale 'none'"),
        ({"by": "none"}, "not a group variable"),
        ({"by": "teacher"}, "never compared by teacher"),
        ({"by": "wave"}, "not a group variable"),
    ):
        with pytest.raises(AnalysisError, match=says):
            Compare(study, **given)
        with pytest.raises(AnalysisError, match=says):
            widget.choose(**given)
    assert widget.code == 'study.compare("care_1", by="school")'


def test_a_study_with_nothing_to_compare_says_so(study: rs.Study) -> None:
    columns = [*study.instrument.groups, "school", "team"]
    empty = replace(study, responses=study.responses.assign(**dict.fromkeys(columns)))
    with pytest.raises(AnalysisError, match="no row has a group, a school or a team"):
        Compare(empty)
    items = replace(
        study, responses=study.responses.assign(**dict.fromkeys(study.instrument.items, math.nan))
    )
    with pytest.raises(AnalysisError, match="no scale has an answer"):
        Compare(items)


@pytest.mark.parametrize("what", [[], ["express_care", "share_power"], [None]])
def test_one_thing_is_compared_at_a_time(study: rs.Study, what: list[Any]) -> None:
    browser = Browser(Compare(study))
    before = browser.state()
    browser.say(type="choose", what=what, by="gender")
    assert browser.heard[-1]["type"] == ("state" if what == [None] else "refused")
    assert browser.state() == before


def test_only_the_language_is_synced(study: rs.Study) -> None:
    browser = Browser(Compare(study))
    browser.state()
    traits = {name for name in browser.widget.get_state() if not name.startswith("_")}
    assert traits == {"language", "layout", "tabbable", "tooltip"}
