"""The release screen's Python half: one comment at a time as a message, and none in a saved notebook."""

from __future__ import annotations

from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

from relsurvey.widgets import Comments
from tests.comments import school
from tests.comments.test_desk import ADULT, DANGER
from tests.reading.belonging import INSTRUMENT


class Browser:
    """What the browser sends, and all that it ever hears."""

    def __init__(self, widget: Comments) -> None:
        self.widget = widget
        self.heard: list[dict[str, Any]] = []
        widget.send = lambda content, buffers=None: self.heard.append(content)  # type: ignore[method-assign]

    def say(self, **content: Any) -> dict[str, Any]:
        before = len(self.heard)
        self.widget._hear(None, {"id": "me 1", **content}, [])
        assert len(self.heard) == before + 1
        return self.heard[-1]

    def step(self, do: str, **more: Any) -> dict[str, Any]:
        turn = self.say(type="hello")["state"]["turn"]
        return self.say(type="step", turn=turn, do=do, **more)


@pytest.fixture
def own_home(tmp_path, monkeypatch):
    monkeypatch.setenv("RELSURVEY_HOME", str(tmp_path / "home"))


@pytest.fixture
def browser(tmp_path, own_home) -> Browser:
    return Browser(Comments(school.study(tmp_path, {"North": [*school.plain(2), DANGER, ADULT]})))


def words(state: dict[str, Any]) -> str:
    return "".join(piece["text"] for piece in state["comment"]["pieces"])


def test_the_page_gets_one_comment_with_its_marks(browser):
    state = browser.say(type="hello")["state"]
    assert words(state) == DANGER and state["comment"]["danger"] and state["unread"] == 4
    assert {"text": "want to die", "kind": "self_harm"} in state["comment"]["pieces"]
    assert state["contact"] == {"*": "School counseling office"} and state["dangers"] == 1
    heard = str(browser.heard)
    assert "Okafor" not in heard and "like the class" not in heard


def test_steps_decide(browser):
    assert browser.step("release")["type"] == "refused"
    state = browser.step("pass on", to="Counselor Kim")["state"]
    assert (state["passedOn"], state["unread"], words(state)) == (1, 3, ADULT)
    assert "names an adult" in browser.step("release", sure=True)["sentence"]
    assert browser.step("skip")["state"]["unread"] == 3
    assert browser.step("release")["state"]["released"] == 1
    assert browser.step("undo")["state"]["released"] == 0
    assert browser.widget.unread.count == 3


def test_a_release_is_taken_back_by_its_place_among_those_shown(browser):
    browser.step("hold")
    browser.step("hold")
    browser.step("release")
    browser.step("release")
    answer = browser.say(type="released")
    seen = ["".join(piece["text"] for piece in one["pieces"]) for one in answer["released"]]
    assert sorted(seen) == school.plain(2) and answer["state"]["comment"] is None
    for odd in (2, -1, None, "0", []):
        assert browser.step("take back", at=odd)["type"] == "refused"
    answer = browser.step("take back", at=1)
    assert (answer["state"]["released"], answer["state"]["held"]) == (1, 3) and "released" not in answer
    (left,) = browser.say(type="released")["released"]
    assert "".join(piece["text"] for piece in left["pieces"]) == seen[0]


def test_a_click_meant_for_the_comment_before_decides_nothing(browser):
    turn = browser.say(type="hello")["state"]["turn"]
    browser.say(type="step", turn=turn, do="hold")
    again = browser.say(type="step", turn=turn, do="hold")["state"]
    assert again["held"] == 1 and again["unread"] == 3


@pytest.mark.parametrize(
    "message",
    [{}, {"type": "step"}, {"type": "step", "turn": "0", "do": "hold"}, {"type": "x"}, [], None, "hello"],
)
def test_odd_messages_decide_nothing(browser, message):
    browser.widget._hear(None, message, [])
    assert browser.widget.unread.count == 4


def test_a_fault_quotes_no_comment(browser, monkeypatch):
    def fail() -> None:
        raise ValueError(DANGER)

    monkeypatch.setattr(browser.widget._desk, "hold", fail)
    answer = browser.step("hold")
    assert answer["type"] == "refused" and DANGER not in answer["sentence"]


def test_no_trait_and_no_repr_holds_a_comment(browser):
    browser.step("hold")
    state = {
        name: value for name, value in browser.widget.get_state().items() if name not in ("_esm", "_css")
    }
    text = repr(state) + repr(browser.widget) + repr(browser.widget._repr_mimebundle_())
    assert not any(word in text for word in (DANGER, "want to die", "Okafor", "like the class"))


def test_a_saved_notebook_holds_no_comment(tmp_path, own_home, monkeypatch):
    school.file(tmp_path, {"North": [*school.plain(2), DANGER, ADULT]})
    (tmp_path / "belonging.yaml").write_text(INSTRUMENT.to_yaml(), "utf-8")
    cells = [
        (
            "import relsurvey as rs\nstudy = rs.read('answers.csv', 'belonging.yaml')\n"
            "screen = rs.widgets.Comments(study)\nscreen"
        ),
        (
            "screen._hear(None, {'type': 'hello', 'id': 'x 1'}, [])\n"
            "screen._hear(None, {'type': 'step', 'turn': 0, 'do': 'pass on', 'to': 'Kim', 'id': 'x 2'}, [])\n"
            "screen._hear(None, {'type': 'step', 'turn': 1, 'do': 'hold', 'id': 'x 3'}, [])\n"
            "assert screen.unread.count == 2\nscreen.unread"
        ),
    ]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    NotebookClient(
        notebook,
        timeout=120,
        kernel_name="python3",
        resources={"metadata": {"path": str(tmp_path)}},
        store_widget_state=True,
    ).execute()
    states = notebook.metadata["widgets"]["application/vnd.jupyter.widget-state+json"]["state"]
    [state] = [s["state"] for s in states.values() if s["model_name"] == "AnyModel"]
    assert {name for name in state if not name.startswith("_")} == {
        "language",
        "layout",
        "tabbable",
        "tooltip",
    }
    saved = nbformat.writes(notebook).replace(state["_esm"], "").replace(state["_css"], "")
    assert not any(word in saved for word in (DANGER, "want to die", "Okafor", "like the class"))
