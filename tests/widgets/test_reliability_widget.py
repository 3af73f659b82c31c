"""The widget for reliability: what it sends, what it never sends, and the code that gives the same."""

from __future__ import annotations

import io
import json
import math
from typing import Any

import nbformat
import pandas as pd
import pytest
from nbclient import NotebookClient
from openpyxl import load_workbook

import relsurvey as rs
from relsurvey.errors import AnalysisError
from relsurvey.widgets import Reliability
from tests.widgets.small import SMALL, Browser, answering, demo, numbers, rows_of


@pytest.fixture(scope="module")
def study() -> rs.Study:
    return demo()


def run(code: str, study: rs.Study) -> Any:
    """Run the widget's code as a cell, and return what the cell shows."""
    scope = {"rs": rs, "study": study}
    *before, last = code.splitlines()
    exec("\n".join(before), scope)
    return eval(last, scope)


def test_it_shows_the_faces_of_the_result(study: rs.Study) -> None:
    browser = Browser(Reliability(study))
    state = browser.state()
    assert [scale["title"]["es"] for scale in state["menu"]["scales"]][:2] == [
        "Mostrar interés",
        "Animar a crecer",
    ]
    assert [entry["id"] for entry in state["menu"]["by"]][:2] == ["", "gender"]
    assert [entry["id"] for entry in state["menu"]["by"]][-3:] == ["school", "team", "wave"]
    assert state["choice"] == {"what": list(study.instrument.scales), "by": ""}
    face = study.reliability().faces("es")[0]
    table = state["tables"]["es"][0]
    assert [column["label"] for column in table["columns"]] == list(face.head)
    assert [row[2:] for row in table["rows"]] == [
        [round(cell, 2) if isinstance(cell, float) else cell for cell in row[2:]] for row in face.rows
    ]
    assert table["rows"][0][0] == "Mostrar interés", "in the reader's words"
    first = study.reliability().scales[0]
    assert state["picture"]["limits"] == [0.6, 0.7]
    assert state["picture"]["rows"][0][0] == {
        "kind": "alpha",
        "value": round(first.alpha, 2),
        "low": round(first.alpha_low, 2),
        "high": round(first.alpha_high, 2),
    }
    assert state["sentences"]["en"][0] == f"Express care: {rs_words(study)}"
    assert (state["error"], state["wave"], state["simulated"]) == (
        "",
        {"en": "Spring", "es": "Primavera"},
        True,
    )


def rs_words(study: rs.Study) -> str:
    return study.reliability().sentence.split("express_care: ")[1].split(" challenge_growth")[0]


@pytest.mark.parametrize("by", [None, "gender", "race_ethnicity", "home_language", "school", "team", "wave"])
@pytest.mark.parametrize("scales", [None, ["share_power", "express_care"]])
def test_the_code_gives_the_same_table(study: rs.Study, by: str | None, scales: list[str] | None) -> None:
    widget = Reliability(study, scales, by)
    made = run(widget.code, study)
    pd.testing.assert_frame_equal(widget.table, made if isinstance(made, pd.DataFrame) else made.table)
    assert set(widget.table.scale) == set(scales or study.instrument.scales)
    if by is None and scales is None:
        assert widget.code == "study.reliability()"
    if by == "gender" and scales is None:
        assert widget.code == 'study.reliability(by="gender")'


def test_no_message_holds_a_figure_of_a_small_group(study: rs.Study) -> None:
    browser = Browser(Reliability(study))
    sizes = study.where(wave="spring").responses["race_ethnicity"].value_counts()
    assert all(0 < sizes[group] < 10 for group in SMALL)
    for by in [entry["id"] for entry in browser.state()["menu"]["by"]]:
        state = browser.choose(list(study.instrument.scales), by)
        sizes_of = [s.n for s in browser.widget.result.scales]
        assert [row is None for row in state["picture"]["rows"]] == [n < 10 for n in sizes_of]
    whole = browser.choose(list(study.instrument.scales), "race_ethnicity")
    for label in SMALL.values():
        rows = list(rows_of(whole, label))
        assert len(rows) == 5, "one row a scale in English, none of single questions"
        for row in rows:
            assert list(numbers(row)) == [4], "how many questions the scale has"
            assert row[2:] == ["under 10", 4, None, None, None, None, None, "too few students"]
        assert label not in " ".join(whole["sentences"]["en"])
    for answer in browser.heard:
        for value in numbers(answer):
            assert math.isfinite(value) and value == round(value, 2), "no more digits than are shown"
    json.dumps(browser.heard, allow_nan=False)


def test_messages_do_not_depend_on_what_a_small_group_answers(study: rs.Study) -> None:
    heard = []
    for code in (1.0, 5.0):
        browser = Browser(Reliability(answering(study, code), by="race_ethnicity"))
        browser.state()
        browser.choose(["share_power"], "race_ethnicity")
        heard.append(browser.heard)
    assert heard[0] == heard[1]


def test_an_instrument_may_ask_for_larger_groups(study: rs.Study) -> None:
    from dataclasses import replace

    from relsurvey.instrument.model import Privacy

    careful = study.instrument.model_copy(update={"privacy": Privacy(min_n=30)})
    browser = Browser(Reliability(replace(study, instrument=careful), by="gender"))
    state = browser.state()
    assert state["masked"]["en"] == "Groups of fewer than 30 students are not shown."
    assert [row is None for row in state["picture"]["rows"][:4]] == [False, False, True, True]
    [row] = [row for row in state["tables"]["en"][0]["rows"] if row[:2] == ["Express care", "Nonbinary"]]
    assert row[2] == "under 30"
    browser.say(type="workbook", language="en")
    assert "under 30" in cells(browser.files[0])


def cells(workbook: bytes) -> list[Any]:
    book = load_workbook(io.BytesIO(workbook))
    return [cell for sheet in book.worksheets for row in sheet.iter_rows(values_only=True) for cell in row]


@pytest.mark.parametrize("language", ["en", "es", "xx"])
def test_the_workbook_goes_as_bytes_and_is_masked_at_eleven(study: rs.Study, language: str) -> None:
    browser = Browser(Reliability(study, by="race_ethnicity"))
    answer = browser.say(type="workbook", language=language)
    assert answer == {"type": "workbook", "to": "me 1"}
    found = cells(browser.files[0])
    assert {"es": "menos de 11"}.get(language, "under 11") in found
    assert {"es": "Mostrar interés"}.get(language, "Express care") in found
    book = load_workbook(io.BytesIO(browser.files[0]))
    label = {"es": "Indígena americano o nativo de Alaska"}.get(language, "American Indian or Alaska Native")
    rows = [row for sheet in book.worksheets for row in sheet.iter_rows(values_only=True) if label in row]
    assert [list(numbers(row)) for row in rows] == [[4]] * 5


def test_waves_stand_beside_each_other(study: rs.Study) -> None:
    state = Browser(Reliability(study, ["share_power"], "wave")).state()
    assert [row[1] for row in state["tables"]["en"][0]["rows"]] == ["Fall", "Spring"]
    assert len(state["tables"]["en"]) == 3, "and how far the same students keep their order"
    assert "both in Fall and in Spring" in state["sentences"]["en"][0]
    assert state["sentences"]["en"][0].startswith("Share power (Fall, Spring): ")


def test_groups_of_which_the_same_is_said_are_named_together(study: rs.Study) -> None:
    [sentence] = Browser(Reliability(study, ["share_power"], "school")).state()["sentences"]["en"]
    assert sentence.count("hang together") == 1 and sentence.count("(simulated)") == 3


def test_it_can_be_chosen_from_python_too(study: rs.Study) -> None:
    widget = Reliability(study)
    browser = Browser(widget)
    widget.choose(["share_power"], by="gender")
    assert browser.heard[-1]["state"]["choice"] == {"what": ["share_power"], "by": "gender"}
    assert "to" not in browser.heard[-1]
    assert widget.result.table.equals(widget.table)
    with pytest.raises(AnalysisError, match="no scale 'none'"):
        widget.choose(["none"])
    with pytest.raises(AnalysisError, match="at least one scale"):
        Reliability(study, [])
    with pytest.raises(AnalysisError, match="not a group variable"):
        Reliability(study, by="care_1")
    with pytest.raises(AnalysisError, match="never compared by teacher"):
        Reliability(study, by="teacher")


@pytest.mark.parametrize(
    "message",
    [
        *({}, {"type": "no such"}, {"type": "choose"}, {"type": "choose", "what": 1, "by": "gender"}),
        *(
            {"type": "choose", "what": [1], "by": ""},
            {"type": "workbook"},
            {"type": "workbook", "language": 1},
        ),
    ],
)
def test_messages_that_make_no_sense_change_nothing(study: rs.Study, message: dict[str, Any]) -> None:
    browser = Browser(Reliability(study))
    before = browser.state()
    heard = len(browser.heard)
    browser.say(**message)
    assert len(browser.heard) == heard and browser.state() == before


def test_a_refusal_is_one_sentence_and_what_stood_there_still_stands(study: rs.Study) -> None:
    browser = Browser(Reliability(study))
    before = browser.state()
    for what, by in (([], ""), (["none"], ""), (["share_power"], "teacher"), (["share_power"], "none")):
        answer = browser.say(type="choose", what=what, by=by)
        assert answer["type"] == "refused" and answer["sentence"].endswith(".")
    assert browser.state() == before


def test_no_traceback_reaches_the_notebook(
    study: rs.Study, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    browser = Browser(Reliability(study))

    def fail(*_: Any, **__: Any) -> None:
        raise KeyError("a cell of a student")

    monkeypatch.setattr(rs.Study, "reliability", fail)
    answer = browser.say(type="choose", what=["share_power"], by="school")
    assert answer["type"] == "refused" and answer["sentence"].startswith("Something went wrong")
    assert "a cell of a student" not in str(browser.heard) + "".join(capsys.readouterr())


def test_only_the_language_is_synced(study: rs.Study) -> None:
    browser = Browser(Reliability(study, language="es"))
    browser.state()
    traits = {name for name in browser.widget.get_state() if not name.startswith("_")}
    assert traits == {"language", "layout", "tabbable", "tooltip"}


@pytest.mark.notebooks
def test_a_saved_notebook_holds_no_figure() -> None:
    cell = (
        "import relsurvey as rs\nfrom relsurvey.demo import demo_workbook\n"
        "study = rs.read(demo_workbook())\n"
        "widgets = [rs.widgets.Reliability(study, by='gender'), rs.widgets.Compare(study)]\n"
        "for widget in widgets:\n"
        "    widget._hear(None, {'type': 'hello', 'id': 'x 1'}, [])\n"
        "    display(widget)"
    )
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell)])
    NotebookClient(notebook, timeout=120, kernel_name="python3", store_widget_state=True).execute()
    states = notebook.metadata["widgets"]["application/vnd.jupyter.widget-state+json"]["state"]
    models = [s["state"] for s in states.values() if s["model_name"] == "AnyModel"]
    assert len(models) == 2
    for ran in notebook.cells:
        del ran.metadata["execution"]  # when it ran, to the microsecond: "30.871527Z" holds a 0.8
    saved = nbformat.writes(notebook)
    for model in models:
        assert {name for name in model if not name.startswith("_")} == {
            *("language", "layout", "tabbable", "tooltip")
        }
        for built in (model["_esm"], model["_css"]):
            saved = saved.replace(json.dumps(built, ensure_ascii=False), "")
    assert "0.8" not in saved and " %" not in saved and "Nonbinary" not in saved
