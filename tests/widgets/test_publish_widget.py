"""The publish widget's Python half: choices in, what would be hidden out, files written as the code does."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

import relsurvey as rs
from relsurvey.errors import AnalysisError, PublishError
from relsurvey.publish.verify import verify
from relsurvey.view.model import View
from relsurvey.view.strategies import ready
from relsurvey.widgets import Publish
from relsurvey.widgets.previewing import preview
from tests.widgets import town
from tests.widgets.small import numbers


class Browser:
    """What the browser sends, and all that it ever hears."""

    def __init__(self, widget: Publish) -> None:
        self.widget = widget
        self.heard: list[dict[str, Any]] = []
        widget.send = lambda content, buffers=None: self.heard.append(content)  # type: ignore[method-assign]

    def say(self, **content: Any) -> dict[str, Any]:
        """Send a message and return the answer to it that came at once."""
        before = len(self.heard)
        self.widget._hear(None, {"id": "me 1", **content}, [])
        return next((answer for answer in self.heard[before:] if answer.get("to")), {})

    def rest(self) -> dict[str, Any]:
        """Wait until what is chosen is checked, and return the state."""
        self.say(type="hello")
        while (worker := self.widget._worker) is not None:
            worker.join()
        state: dict[str, Any] = self.say(type="hello")["state"]
        return state

    def do(self, **step: Any) -> dict[str, Any]:
        """Change one thing, wait until it is checked, and return the state."""
        assert self.say(type="change", steps=[step])["type"] == "state"
        return self.rest()

    def write(self) -> dict[str, Any]:
        """Press the button and return the answer."""
        before = len(self.heard)
        self.say(type="write", code=self.widget.code, id="me write")
        self.rest()
        return next(answer for answer in self.heard[before:] if answer.get("to") == "me write")


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Give each test a ledger of releases of its own, and a folder to write to."""
    monkeypatch.setenv("RELSURVEY_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)


@pytest.fixture(scope="module")
def study() -> rs.Study:
    return town.town()


@pytest.fixture
def browser(study: rs.Study) -> Iterator[Browser]:
    found = Browser(Publish(study, by=["race"]))
    yield found
    found.rest()


def contents(folder: Path) -> dict[str, bytes]:
    """Return what lies in a folder, by name; a release's own folder has a name of its own each time."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not any(part.startswith(".") for part in path.relative_to(folder).parts)
    }


def test_it_says_at_once_that_it_is_checking_and_then_what_would_be_hidden(study: rs.Study) -> None:
    browser = Browser(Publish(study))
    first = browser.say(type="hello")["state"]
    assert (first["doing"], first["preview"]) == ("look", None)
    assert [variable["id"] for variable in first["menu"]] == ["gender", "race"]
    state = browser.rest()
    assert (state["doing"], state["error"], state["written"]) == ("", "", None)
    found = state["preview"]
    view = study.view(min_n=11)
    certificate = view.provenance.certificate
    assert certificate is not None
    assert found["counts"]["tables"] == [certificate.tables_shown, certificate.tables_hidden] == [6, 2]
    assert found["counts"]["groups"] == [certificate.groups_shown, certificate.groups_hidden]
    # The variable that hides most is said first, though it is asked last.
    assert [cost["id"] for cost in found["costs"]] == ["gender", "race"]
    assert [(c["pages"], c["hidden"]) for c in found["costs"]] == [(4, 2), (4, 0)]
    pages = {page["title"]["en"]: page for page in found["pages"]}
    assert set(pages) == {"All schools", "North"} and found["whole"] == 2
    for unit in view.units:
        if unit.title["en"] in pages:
            page = pages[unit.title["en"]]
            assert page["hidden"] == unit.hidden
            assert page["tables"] == [
                {"title": {"en": "Gender", "es": "Género"}, "note": t.note} for t in unit.groups if t.note
            ]


def test_a_table_that_leaves_figures_out_counts_them() -> None:
    sample = Path(__file__).parents[1] / "browser" / "sample.view.json"
    view = View.model_validate_json(sample.read_text("utf-8"))
    costs = {cost["id"]: cost for cost in preview(view, "", "")["costs"]}
    for variable in view.variables:
        tables = [table for unit in view.units for table in unit.groups if table.variable == variable.id]
        cells = [cell for table in tables for row in table.rows for cell in row.cells]
        cost = costs[variable.id]
        assert cost["figures"] == sum(c.reason in ("too_few", "protected", "dropped") for c in cells)
        assert cost["hidden"] + cost["joined"] == sum(table.note is not None for table in tables)
    hidden = [cost["hidden"] for cost in costs.values()]
    assert hidden == sorted(hidden, reverse=True) and sum(cost["figures"] for cost in costs.values()) > 0


def test_the_threshold_is_that_of_the_doors_and_can_only_be_raised(browser: Browser) -> None:
    def thresholds(state: dict[str, Any]) -> tuple[int, int, int]:
        browser.say(type="look", key=state["preview"]["key"])
        seen = json.loads(browser.heard[-1]["view"])["provenance"]["settings"]["min_n"]
        return state["least"], state["choice"]["min_n"], seen

    assert thresholds(browser.rest()) == (11, 11, 11)
    assert thresholds(browser.do(do="door", id="html", on=False)) == (10, 10, 10)
    assert thresholds(browser.do(do="min_n", n=3)) == (10, 10, 10)
    assert "min_n" not in browser.widget.code
    assert thresholds(browser.do(do="min_n", n=14)) == (10, 14, 14)
    assert browser.widget.code.endswith('by=["race"], formats=["voila"], min_n=14)')
    assert thresholds(browser.do(do="door", id="slides", on=True)) == (11, 14, 14)
    assert thresholds(browser.do(do="min_n", n=0)) == (11, 11, 11)


@pytest.mark.parametrize(
    "steps",
    [
        [],
        [{"do": "by", "id": "race", "on": False}, {"do": "out", "text": 'sp"ring'}],
        [{"do": "each", "each": "school"}, {"do": "min_n", "n": 12}],
        [{"do": "table", "school": "North", "id": "race", "on": False}],
        [{"do": "door", "id": "excel", "on": True}, {"do": "door", "id": "voila", "on": False}],
    ],
    ids=["as it is", "no groups", "each school", "a table left out", "a workbook"],
)
def test_the_code_writes_the_same_files(
    browser: Browser, study: rs.Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, steps: list[Any]
) -> None:
    browser.rest()
    for step in steps:
        browser.do(**step)
    written = browser.write()["state"]["written"]
    out = browser.widget._history.now.out
    assert written["folder"] == str(tmp_path / out)
    assert browser.widget.published is not None and written["files"] == list(browser.widget.published.files)
    for name in written["files"]:
        assert (tmp_path / out / name).is_file(), name
    verify(Path(out))

    (tmp_path / "again").mkdir()
    monkeypatch.chdir(tmp_path / "again")
    monkeypatch.setenv("RELSURVEY_HOME", str(tmp_path / "other home"))
    exec(browser.widget.code, {"study": study})
    one, other = contents(tmp_path / out), contents(tmp_path / "again" / out)
    assert set(one) == set(other)
    # A workbook holds the second in which it was made.
    assert [name for name in one if one[name] != other[name] and not name.endswith((".xlsx", ".json"))] == []
    views = [name for name in one if name.endswith("view.relsurvey.json")]
    assert views and all(one[name] == other[name] for name in views)


def test_a_table_is_left_out_and_taken_back(browser: Browser) -> None:
    first = browser.rest()
    tables = {one["school"]: [v["id"] for v in one["variables"]] for one in first["preview"]["tables"]}
    assert tables == {school: ["race"] for school in ("all", "North", "South", "East")}
    step = {"do": "table", "school": "South", "id": "race"}
    state = browser.do(**step, on=False)
    assert state["choice"]["left"] == [["South", "race"]]
    assert browser.widget.code.endswith('by=["race"], without={"South": ["race"]})')
    assert state["preview"]["key"] != first["preview"]["key"]
    page = next(one for one in state["preview"]["pages"] if one["title"]["en"] == "South")
    assert [table["note"]["en"][:13] for table in page["tables"]] == ["Not published"]
    # Of a variable that is not shown nothing is left out, and the choice waits for it.
    assert "without" not in browser.do(do="by", id="race", on=False)["code"]
    assert "without" in browser.do(do="by", id="race", on=True)["code"]
    assert browser.do(**step, on=True)["preview"]["key"] == first["preview"]["key"]
    assert "without" not in browser.widget.code


def test_an_unknown_table_or_file_of_strategies_is_one_sentence(browser: Browser, tmp_path: Path) -> None:
    state = browser.do(do="table", school="Suth", id="race", on=False)
    assert state["preview"] is None and "nearest: 'South'" in state["error"]
    assert browser.do(do="undo")["error"] == ""
    assert "nowhere.yaml" in browser.do(do="strategies", text="nowhere.yaml")["error"]
    (tmp_path / "wrong.yaml").write_text("format: 1\nstrategies: [1\n", "utf-8")
    error = browser.do(do="strategies", text="wrong.yaml")["error"]
    assert "wrong.yaml" in error and "Traceback" not in error and "went wrong" not in error
    ready().to_yaml(tmp_path / "ours.yaml")
    state = browser.do(do="strategies", text=" ours.yaml ")
    assert state["error"] == "" and state["code"].endswith('by=["race"], strategies="ours.yaml")')


def test_what_it_begins_with_may_leave_tables_out(study: rs.Study, tmp_path: Path) -> None:
    ready().to_yaml(tmp_path / "ours.yaml")
    browser = Browser(Publish(study, by=["race"], strategies="ours.yaml", without={"all": "race"}))
    browser.rest()
    assert 'strategies="ours.yaml", without={"all": ["race"]}' in browser.widget.code
    assert browser.write()["type"] == "state"


def test_what_is_seen_is_what_is_written(browser: Browser, tmp_path: Path) -> None:
    state = browser.rest()
    assert browser.say(type="look", key=state["preview"]["key"])["type"] == "view"
    seen = browser.heard[-1]["view"]
    browser.write()
    assert (tmp_path / "relsurvey-view" / "view.relsurvey.json").read_text("utf-8") == seen
    assert browser.say(type="look", key="another") == {}


def test_undo_and_redo_go_step_by_step_and_check_nothing_twice(browser: Browser) -> None:
    first = browser.rest()
    assert not first["undo"]
    browser.do(do="by", id="race", on=False)
    browser.do(do="out", text="spring")
    last = browser.do(do="each", each="school")
    assert last["undo"] and not last["redo"] and last["preview"]["folders"] == ["east", "north", "south"]
    assert len(browser.widget._looks) == 2, "a folder changes no number"
    for _ in range(3):
        state = browser.say(type="change", steps=[{"do": "undo"}])["state"]
        assert state["preview"] is not None, "it is known"
    assert {**state, "redo": False} == first
    assert browser.say(type="change", steps=[{"do": "undo"}])["state"] == state
    state = browser.say(type="change", steps=[{"do": "redo"}] * 3)["state"]
    assert state == last and browser.widget._code == browser.widget.code
    browser.do(do="undo")
    assert not browser.do(do="out", text="other")["redo"], "a new step forgets what was undone"


def test_choices_go_on_while_the_gate_works(study: rs.Study) -> None:
    browser = Browser(Publish(study))
    # Held here, as by a long check.
    with browser.widget._gate:
        assert browser.say(type="hello")["state"]["doing"] == "look"
        state = browser.say(type="change", steps=[{"do": "by", "id": "gender", "on": False}])["state"]
        assert state["choice"]["by"] == ["race"] and state["code"] == browser.widget.code
        assert 'by=["race"]' in browser.widget.code
        refused = browser.say(type="write", code=browser.widget.code)
        assert refused["type"] == "refused" and "checked" in refused["sentence"]
    state = browser.rest()
    assert [cost["id"] for cost in state["preview"]["costs"]] == ["race"]
    assert browser.widget.published is None


def test_another_views_change_is_never_written_unseen(browser: Browser) -> None:
    browser.rest()
    code = browser.widget.code
    browser.do(do="door", id="excel", on=True)
    answer = browser.say(type="write", code=code)
    assert answer["type"] == "refused" and "Look at what would be hidden" in answer["sentence"]
    browser.rest()
    assert browser.widget.published is None


def test_a_refused_choice_leaves_the_others(browser: Browser) -> None:
    browser.rest()
    off = [{"do": "door", "id": door, "on": False} for door in ("html", "voila")]
    assert browser.say(type="change", steps=off)["sentence"] == "Choose at least one thing to write."
    assert browser.heard[-1]["state"]["choice"]["doors"] == ["voila"]
    browser.rest()
    for step, words in [
        ({"do": "by", "id": "school", "on": True}, "cannot be shown"),
        ({"do": "by", "id": "favourite", "on": True}, "favourite"),
        ({"do": "door", "id": "pdf", "on": True}, "There is no 'pdf' to write"),
        ({"do": "min_n", "n": 10**9}, "a number up to 1000"),
        ({"do": "out", "text": " \x00 "}, "Name the folder"),
    ]:
        answer = browser.say(type="change", steps=[step])
        assert answer["type"] == "refused" and words in answer["sentence"], step
    browser.rest()
    before = len(browser.heard)
    for nothing in ({}, {"type": "change", "steps": 3}, {"type": "write"}, {"type": "use"}):
        browser.widget._hear(None, nothing, [])
    assert len(browser.heard) == before


def test_what_the_gate_refuses_is_said_before_anything_is_written(browser: Browser, tmp_path: Path) -> None:
    state = browser.do(do="min_n", n=400)
    assert "Fewer than 400 students answered" in state["error"] and state["preview"] is None
    assert "Fewer than 400" in browser.say(type="write", code=browser.widget.code)["sentence"]
    browser.rest()
    state = browser.do(do="min_n", n=0)
    assert state["error"] == ""
    state = browser.do(do="each", each="team")
    assert "No team has a page of its own" in state["error"] and state["preview"]["folders"] == []
    assert "No team" in browser.say(type="write", code=browser.widget.code)["sentence"]
    browser.rest()
    assert not (tmp_path / "relsurvey-view").exists()


def test_a_release_that_differs_by_a_few_is_refused_with_what_to_do(tmp_path: Path) -> None:
    # Read here, so that the ids of both are hashed with the key of this home.
    browser = Browser(Publish(town.town(), by=["race"]))
    browser.rest()
    assert browser.write()["type"] == "state"
    before = contents(tmp_path / "relsurvey-view")
    later = Browser(Publish(town.town(183), by=["race"]))
    state = later.rest()
    # It is said before anybody wants to write.
    assert state["there"] and "would give them away" in state["error"] and state["preview"] is None
    answer = later.write()
    assert answer["type"] == "refused"
    assert "would give them away" in answer["sentence"] and "Wait for more answers" in answer["sentence"]
    assert later.widget.published is None and contents(tmp_path / "relsurvey-view") == before
    assert later.rest()["written"] is None


def test_what_was_written_is_said_of_that_choice_alone(browser: Browser) -> None:
    browser.rest()
    written = browser.write()["state"]["written"]
    assert written["serve"] == "relsurvey serve relsurvey-view" and written["notes"] == []
    assert browser.do(do="out", text="another place")["written"] is None
    assert browser.do(do="undo")["written"] == written
    browser.do(do="out", text="another place")
    browser.widget.write()
    assert browser.rest()["written"]["serve"] == 'relsurvey serve "another place"'


def test_no_student_is_in_any_message_or_in_a_saved_notebook(study: rs.Study) -> None:
    browser = Browser(Publish(study))
    state = browser.rest()
    assert state["comments"] is True
    browser.say(type="look", key=state["preview"]["key"])
    browser.do(do="each", each="school")
    browser.write()
    kept = {
        n: v for n, v in browser.widget.get_state().items() if not n.startswith(("_esm", "_css", "_anywid"))
    }
    everything = json.dumps([browser.heard, {name: str(value) for name, value in kept.items()}])
    for secret in (town.COMMENT, "st-0", *study.responses["respondent"].astype(str)):
        assert secret not in everything
    # Beside the view, which has its own test, every number is a threshold or counts tables and pages.
    view = study.view(min_n=11)
    most = 10 * len(view.units) * len(view.variables)
    plain = [{**m, "view": ""} for m in browser.heard if "view" in m] + [
        m for m in browser.heard if "state" in m
    ]
    assert max(numbers(plain)) <= max(100, most)
    own = {
        name for name in kept if not name.startswith("_") and name not in ("layout", "tabbable", "tooltip")
    }
    assert own - {"comm"} == {"language"}
    assert kept["_code"] == browser.widget.code


def test_a_folder_that_cannot_be_is_refused_when_it_is_written(browser: Browser) -> None:
    browser.rest()
    assert browser.do(do="out", text="x" * 300)["there"] is False
    answer = browser.write()
    assert answer["type"] == "refused" and "Cannot make the folder" in answer["sentence"]
    assert browser.do(do="undo")["error"] == ""


def test_something_unforeseen_is_one_sentence_without_a_cell(
    browser: Browser, study: rs.Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser.rest()

    def broken(*_: Any, **__: Any) -> Any:
        raise KeyError("st-00007 said so")

    monkeypatch.setattr(rs.Study, "_rehearsed", broken)
    state = browser.do(do="by", id="gender", on=True)
    assert "should not have" in state["error"] and "st-0" not in str(browser.heard)
    browser.do(do="undo")
    monkeypatch.setattr(rs.Study, "publish", broken)
    assert "should not have" in browser.write()["sentence"]
    assert "st-0" not in str(browser.heard) and browser.rest()["doing"] == ""


def test_what_cannot_be_published_is_refused_at_once(study: rs.Study) -> None:
    with pytest.raises(AnalysisError, match="favourite"):
        Publish(study, by=["favourite"])
    with pytest.raises(PublishError, match="no 'pdf'"):
        Publish(study, formats=["pdf"])  # type: ignore[list-item]
    with pytest.raises(PublishError, match="each class"):
        Publish(study, each="class")  # type: ignore[arg-type]
    empty = study.responses.assign(gender=float("nan"))
    assert Publish(replace(study, responses=empty)).code == 'study.publish("relsurvey-view")'
    long = Publish(study, "x" * 60, by="race", formats=["html", "slides", "voila"], min_n=30, each="school")
    assert long.code.splitlines()[0] == "study.publish(" and '    each="school",' in long.code.splitlines()
    assert '    formats=["voila", "html", "slides"],' in long.code.splitlines()


def test_a_notebook_runs_it_and_keeps_the_call_alone(tmp_path: Path) -> None:
    cells = [
        "import relsurvey as rs\nfrom tests.widgets.town import town\nstudy = town()",
        "widget = rs.widgets.Publish(study, 'spring', by=['race'])\nwidget",
        (
            "widget._hear(None, {'type': 'hello', 'id': 'me 1'}, [])\n"
            "(worker := widget._worker) and worker.join()"
        ),
        "published = widget.write()\npublished",
    ]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    root = Path(__file__).parents[2]
    program = f"import sys; sys.path.insert(0, {str(root)!r})"
    notebook.cells.insert(0, nbformat.v4.new_code_cell(program))
    NotebookClient(notebook, resources={"metadata": {"path": str(tmp_path)}}, timeout=120).execute()
    assert (tmp_path / "spring" / "view.html").is_file()
    saved = nbformat.writes(notebook)
    assert town.COMMENT not in saved and "st-0" not in saved
    states = notebook.metadata["widgets"]["application/vnd.jupyter.widget-state+json"]["state"].values()
    mine = [state["state"] for state in states if "_code" in state["state"]]
    assert len(mine) == 1 and mine[0]["_code"] == 'study.publish("spring", by=["race"])'
    assert "belong" not in json.dumps({k: v for k, v in mine[0].items() if k not in ("_esm", "_css")})


def test_importing_it_brings_neither_pandas_nor_a_door() -> None:
    program = (
        "import sys; from relsurvey.widgets import Publish; "
        "print([m for m in ('pandas', 'scipy', 'voila', 'openpyxl', 'pptx') if m in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
