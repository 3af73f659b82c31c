"""The policy lab's Python half: parts of a policy in, masked figures and the code that gives the same out."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pandas as pd
import pytest

import relsurvey as rs
from relsurvey.demo import demo_gradebook
from relsurvey.errors import AnalysisError, PolicyError
from relsurvey.grading import Gradebook, Policy
from relsurvey.grading.faces import Moves
from relsurvey.widgets import PolicyLab
from relsurvey.widgets.policy_cells import Standing, cells
from relsurvey.widgets.policy_parts import PARTS, plain_parts
from tests.widgets.scores import OWN, plain, whole

#: Of each part something that the whole gradebook supports.
CHANGES: dict[str, Any] = {
    "floor": {"percent": 50, "on": "score"},
    "missing": {"codes": [], "counts_as": "excused"},
    "retake": {"below": 70, "cap": 80, "keep": "best", "count": 1, "window": 10},
    "late": {"per_day": 5, "lowest": 0, "window": None},
    "makeup": {"days": ["2026-03-03"], "window": 3, "credit": 90},
    "drop_lowest": [["Homework", 1], ["Tests", 1]],
    "weights": [["Homework", 10], ["Tests", 90]],
    "exclude": ["Behavior"],
    "cuts": [["A", 85], ["B", 75], ["C", 65], ["D", 50], ["F", 0]],
    "round": 0,
    "pass": 55,
}


class Browser:
    """What the browser sends, and all that it ever hears."""

    def __init__(self, lab: PolicyLab) -> None:
        self.lab = lab
        self.heard: list[dict[str, Any]] = []
        lab.send = lambda content, buffers=None: self.heard.append(content)  # type: ignore[method-assign]

    def say(self, **content: Any) -> dict[str, Any]:
        self.lab._hear(None, {"id": "me 1", **content}, [])
        return self.heard[-1]

    def do(self, kind: str, **content: Any) -> dict[str, Any]:
        answer = self.say(type=kind, **content)
        assert answer["type"] == "state", answer
        state: dict[str, Any] = answer["state"]
        return state

    def change(self, **parts: Any) -> dict[str, Any]:
        self.do("change", parts=parts)
        return self.do("rest")


def texts(column: list[dict[str, Any]], language: str = "en") -> list[str]:
    return [cell["text"][language] for cell in column]


@pytest.fixture(scope="module")
def book() -> Gradebook:
    return whole()


@pytest.fixture(scope="module")
def demo() -> Gradebook:
    return rs.grading.read_gradebook(demo_gradebook(), blank="zero")


@pytest.fixture
def browser(book: Gradebook) -> Browser:
    return Browser(PolicyLab(book))


def run(code: str, gradebook: Gradebook) -> Any:
    """Return what the code in a cell makes."""
    names: dict[str, Any] = {"rs": rs, "gradebook": gradebook}
    exec(code, names)
    return names["tried"]


def test_what_is_no_gradebook_is_refused_in_a_sentence(book: Gradebook) -> None:
    with pytest.raises(AnalysisError, match=r"on a gradebook, not on a DataFrame. Read one with"):
        PolicyLab(book.scores)  # type: ignore[arg-type]
    with pytest.raises(AnalysisError, match="nothing to count"):
        PolicyLab(Gradebook.of())


def test_a_rule_for_missing_work_says_where_there_is_none() -> None:
    scores = pd.DataFrame(
        {
            "student": np.repeat([f"s{i}" for i in range(25)], 2), "item": ["a", "b"] * 25,
            "raw": [80.0, np.nan] * 25, "points_possible": 100.0,
        }
    )  # fmt: skip
    browser = Browser(PolicyLab(Gradebook.of(scores)))
    assert "missing work" not in " ".join(browser.do("hello")["notes"]["en"])
    notes = browser.change(missing={"counts_as": "excused"})["notes"]
    assert "has no missing work, since its empty cells were read as not graded yet (25)" in notes["en"][0]
    assert "trabajo sin entregar" in notes["es"][0]
    assert "missing work" not in " ".join(browser.change(missing=None, floor={"percent": 50})["notes"]["en"])


def test_it_begins_with_the_course_s_own_rules(browser: Browser, book: Gradebook) -> None:
    state = browser.do("hello")
    assert state["parts"] == plain_parts(OWN)
    assert texts(state["tried"])[6:] == ["0", "0", "0"] and texts(state["own"])[6:] == ["", "", ""]
    assert texts(state["tried"])[:6] == texts(state["own"])[:6]
    assert browser.lab.policy == OWN and not state["changed"] and not state["undo"]
    assert set(state["menu"]["lacks"].values()) == {""}
    assert state["menu"]["codes"] == ["M"] and state["menu"]["by"] == ["school", "course"]
    assert "Not checked" in state["notes"]["en"][-1] and "Sin comprobar" in state["notes"]["es"][-1]


def test_figures_are_those_of_a_hand_worked_gradebook() -> None:
    """25 of 100 students have 68 % (a D), and a floor of 50 % makes it 78 % (a C)."""
    browser = Browser(PolicyLab(plain(25, 75)))
    state = browser.change(floor={"percent": 50, "on": "score"})
    assert texts(state["own"]) == ["25 %", "25 %", "25 %", "0 %", "75 %", "2.50", "", "", ""]
    assert texts(state["tried"]) == ["0 %", "0 %", "0 %", "0 %", "100 %", "2.75", "25", "25", "0"]
    assert [cell["share"] for cell in state["tried"]] == [0, 0, 0, 0, 100, None, None, None, None]
    assert "Marks that move up: 25; marks that move down: 0." in state["sentences"]["en"][0]
    assert "si nada más cambiara" in state["sentences"]["es"][0]
    assert state["example"]["en"]["sentence"].endswith("68 % (D) becomes 78 % (C).")
    assert state["said"][0]["words"]["en"] == "No score counts less than 50 %."
    assert state["students"] == 100


def test_students_with_one_or_two_and_with_more_are_counted_apart(book: Gradebook) -> None:
    state = Browser(PolicyLab(book)).do("hello")
    marks = rs.grading.regrade(book, book.policies).before
    bad = marks["letter"].isin(["D", "F", "NP"]).groupby(marks["student"]).sum()
    assert set(bad) <= {0, 1, 2}
    assert texts(state["own"])[2:4] == [f"{int(100 * (bad >= 1).mean() + 0.5)} %", "0 %"]

    three = plain(20, 40, course=[f"c{i}" for i in range(5)] * 60)
    assert texts(Browser(PolicyLab(three)).do("hello")["own"])[1:4] == ["33 %", "33 %", "0 %"]
    courses = pd.concat([three.scores.assign(course=f"{n}") for n in range(3)])
    told = Browser(PolicyLab(Gradebook.of(courses))).do("hello")["own"]
    assert texts(told)[1:4] == ["33 %", "0 %", "33 %"]


@pytest.mark.parametrize("part", CHANGES)
def test_the_code_and_the_yaml_of_every_part_give_the_same(
    browser: Browser, book: Gradebook, part: str
) -> None:
    state = browser.change(**{part: CHANGES[part]})
    assert state["error"] == "" and state["code"] == browser.lab.code
    tried = run(state["code"], book)
    pd.testing.assert_frame_equal(tried.marks, browser.lab.tried.marks)
    told = state["tried"]
    assert texts(told)[5] in (f"{tried.figures.after.gpa:.2f}", "about the same")
    [file] = state["files"]
    assert Policy.parse(file["text"]) == browser.lab.policy
    if CHANGES[part] != plain_parts(OWN)[part]:
        expected = {**plain_parts(OWN), part: CHANGES[part]}
        assert plain_parts(browser.lab.policy) == expected == state["parts"]


def test_all_parts_together(browser: Browser, book: Gradebook) -> None:
    state = browser.change(**CHANGES)
    assert state["error"] == ""
    assert set(PARTS) == set(CHANGES) == set(state["parts"])
    pd.testing.assert_frame_equal(run(state["code"], book).marks, browser.lab.tried.marks)
    assert state["code"].count("\n") > 10 and "title" not in state["code"]


def test_letters_stay_where_only_some_courses_are_passed_or_not(browser: Browser, book: Gradebook) -> None:
    browser.change(**{"pass": 60})
    letters = browser.lab.tried.marks.groupby("course")["letter"].agg(set)
    assert letters["Biology"] == {"P", "NP"} and letters["Algebra"] <= set("ABCDF")


def test_python_changes_a_part_as_the_controls_do(browser: Browser) -> None:
    browser.lab.change(floor={"percent": 40}, late=None)
    told = browser.heard[-1]["state"]
    assert told["parts"]["floor"] == {"percent": 40, "on": "score"} and told["parts"]["late"] is None
    assert browser.lab.policy.late is None
    with pytest.raises(PolicyError, match="add up to 90"):
        browser.lab.change(weights={"Homework": 40, "Tests": 50})
    assert browser.lab.policy.floor is not None
    with pytest.raises(AnalysisError, match="Homwork"):
        browser.lab.change(drop_lowest={"Homwork": 1})


def test_what_a_slider_passes_over_is_one_step_back(browser: Browser) -> None:
    for percent in (10, 20, 50):
        state = browser.do("change", parts={"floor": {"percent": percent, "on": "score"}})
        assert state["example"] is None and state["undo"] and not state["redo"]
    assert browser.do("rest")["example"] is not None
    browser.change(round=0)
    state = browser.do("undo")
    assert state["parts"]["round"] == 1 and state["parts"]["floor"]["percent"] == 50 and state["redo"]
    state = browser.do("undo")
    assert state["parts"]["floor"] is None and not state["changed"] and not state["undo"]
    assert browser.do("redo")["parts"]["floor"]["percent"] == 50
    assert not browser.do("reset")["changed"]
    assert browser.do("undo")["parts"]["floor"]["percent"] == 50, "a new beginning can be undone too"
    back = browser.change(floor=None)
    assert not back["changed"], "what is as it was anyway is no change"


def test_up_to_three_policies_stand_side_by_side(browser: Browser) -> None:
    for percent in (50, 60, 70, 80):
        browser.change(floor={"percent": percent, "on": "score"})
        browser.do("pin")
        state = browser.do("pin")
    assert len(state["pins"]) == 3
    assert ["less than 50 %" in pin["said"][0]["words"]["en"] for pin in state["pins"]] == [
        True,
        False,
        False,
    ]
    state = browser.do("take", at=1)
    assert state["parts"]["floor"]["percent"] == 60 and state["pins"][1]["cells"] == state["tried"]
    assert len(browser.do("unpin", at=0)["pins"]) == 2
    assert browser.do("undo")["parts"]["floor"]["percent"] == 80


def test_what_is_no_policy_is_said_and_nothing_is_computed(browser: Browser) -> None:
    for parts, sentence in (
        ({"weights": [["Homework", 40], ["Tests", 50]]}, "the weights add up to 90, not to 100"),
        ({"cuts": [["A", 90], ["F", 10]]}, "the cuts have a hole: there is no letter under 10"),
        ({"floor": {"percent": 150, "on": "score"}}, "less than or equal to 100"),
        ({"missing": {"codes": ["Z"], "counts_as": "zero"}}, "no missing work in the gradebook is marked so"),
    ):
        state = browser.change(**parts)
        assert sentence in state["error"] and state["tried"] is None and state["code"] == ""
        assert state["sentences"] == {"en": [], "es": []} and state["files"] == []
        assert browser.do("pin")["pins"] == []
        assert browser.do("undo")["error"] == ""
    browser.change(weights=[["Homework", 40], ["Tests", 50]])
    with pytest.raises(PolicyError, match="add up to 90"):
        _ = browser.lab.policy


def test_what_the_gradebook_cannot_support_says_why() -> None:
    state = Browser(PolicyLab(plain(25, 75))).do("hello")
    assert state["menu"]["lacks"] == {
        "floor": "",
        "missing": "missing",
        "retake": "attempts",
        "late": "dates",
        "makeup": "dates",
        "drop_lowest": "categories",
        "weights": "categories",
        "exclude": "categories",
        "cuts": "",
        "round": "",
        "pass": "passes",
    }
    assert state["menu"]["by"] == []
    marks = pd.DataFrame({"student": [f"s{i}" for i in range(40)], "letter": ["B", "D"] * 20})
    marks["percent"] = np.where(marks["letter"] == "B", 84.0, 64.0)
    browser = Browser(PolicyLab(Gradebook.of(marks=marks)))
    state = browser.do("hello")
    assert state["menu"]["lacks"]["missing"] == state["menu"]["lacks"]["weights"] == "scores"
    assert not state["menu"]["scores"]
    state = browser.change(floor={"percent": 75, "on": "mark"})
    assert texts(state["tried"])[0] == "0 %" and texts(state["own"])[0] == "50 %"


def test_courses_keep_their_own_rules_where_nothing_was_changed(demo: Gradebook) -> None:
    browser = Browser(PolicyLab(demo))
    state = browser.do("hello")
    assert state["mixed"] == ["weights"] and state["menu"]["many"]
    assert [one["of"] for one in state["said"]][1] == ["Algebra 1 (simulated)", "Biology (simulated)"]
    state = browser.change(floor={"percent": 50, "on": "score"})
    expected = rs.grading.regrade(demo, demo.but(floor={"percent": 50}))
    pd.testing.assert_frame_equal(browser.lab.tried.marks, expected.marks)
    pd.testing.assert_frame_equal(run(state["code"], demo).marks, expected.marks)
    assert texts(state["tried"])[0] == "11 %" and "proved" not in state["notes"]["en"][0]
    assert "Checked" in state["notes"]["en"][0]
    assert [Policy.parse(file["text"]).id for file in state["files"]] == [p.id for p in demo.policies]


def test_a_course_without_a_category_is_not_refused() -> None:
    book = whole()
    scores = book.scores
    scores = scores[(scores["course"] == "Algebra") | (scores["category"] != "Homework")]
    own = [Policy(id=course, scope={"level": "course", "ids": [course]}) for course in ("Algebra", "Biology")]
    browser = Browser(PolicyLab(Gradebook.of(scores, policies=own)))
    assert browser.do("hello")["menu"]["lacks"]["weights"] == "differ"
    state = browser.change(drop_lowest=[["Homework", 1], ["Tests", 1]], exclude=["Behavior"])
    assert state["error"] == ""
    assert [p.drop_lowest for p in browser.lab.policies] == [{"Homework": 1, "Tests": 1}, {"Tests": 1}]


def test_small_groups_and_small_changes_are_masked() -> None:
    few = Browser(PolicyLab(plain(3, 6))).change(floor={"percent": 50, "on": "score"})
    assert set(texts(few["own"])) == {"under 10"} and few["students"] is None
    assert "Too few students" in few["sentences"]["en"][0]
    state = Browser(PolicyLab(plain(7, 93))).change(floor={"percent": 50, "on": "score"})
    same = "about the same"
    assert texts(state["tried"]) == [
        same,
        same,
        same,
        "0 %",
        same,
        same,
        *("of fewer than 10 students", "of fewer than 10 students", "0"),
    ]
    assert "the letters of fewer than 10 students change" in state["sentences"]["en"][0]


def unhanded(none: int, others: int) -> Gradebook:
    """Return a gradebook where so many students handed in nothing."""
    missing = np.repeat([True, False], [none, others])
    rows = {"student": [f"s{i}" for i in range(none + others)], "item": "a", "points_possible": 100.0}
    status = np.where(missing, "missing", "scored")
    return Gradebook.of(pd.DataFrame({**rows, "raw": np.where(missing, 0.0, 85.0), "status": status}))


def test_marks_that_would_have_no_letter_stand_beside_the_share_that_leaves_them_out() -> None:
    browser = Browser(PolicyLab(unhanded(30, 70)))
    state = browser.change(missing={"codes": [], "counts_as": "excused"})
    assert texts(state["tried"])[0] == "0 %"
    assert texts(state["tried"])[-3:] == ["0; no letter any more: 30", "0", "0"]
    assert texts(state["tried"], "es")[-3] == "0; quedarían sin letra: 30"
    assert (
        "Marks that would have no letter, and are left out of the shares: 30."
        in (state["sentences"]["en"][0])
    )
    assert texts(browser.do("pin")["pins"][0]["cells"])[-3] == "0; no letter any more: 30"
    few = Browser(PolicyLab(unhanded(3, 70))).change(missing={"codes": [], "counts_as": "excused"})
    assert texts(few["tried"])[0] == "about the same"
    assert texts(few["tried"])[-3] == "0; no letter any more: of fewer than 10 students"
    left = Browser(PolicyLab(unhanded(30, 4))).change(missing={"codes": [], "counts_as": "excused"})
    assert set(texts(left["tried"])) == {"under 10"}


def test_what_is_left_out_cannot_be_worked_out() -> None:
    """Of students with any, with 1-2 and with 3 or more, two together would give the third."""
    own = Standing(100, 300, 60, 40, 240, 2.5, one_two=20, three_plus=20)
    now = Standing(100, 300, 45, 37, 255, 2.6, one_two=32, three_plus=5)
    moved = Moves(15, 15, 0, 15, 15, 0)
    assert texts(cells(own, now, moved))[1:4] == ["about the same", "32 %", "not shown"]


def test_by_group_each_one_stands_above_itself(browser: Browser, book: Gradebook) -> None:
    browser.change(floor={"percent": 50, "on": "score"})
    face = browser.do("by", by="school")["groups"]["en"]
    assert [row[1] for row in face["rows"]] == ["School 0", "School 0", "School 1", "School 1"]
    found = rs.grading.compare_policies(book, browser.lab.policy, by="school").faces("en")[0].rows
    shown = {tuple(row[1:]) for row in face["rows"]}
    assert shown == {row[1:] for row in found if row[1] != "all students"}
    assert browser.say(type="by", by="teacher") is browser.heard[-1], "nothing is counted by teacher"
    assert browser.do("hello")["by"] == "school"

    scores = book.scores.assign(
        school=np.where(book.scores["student"] <= "secret-004", "Small", book.scores["school"])
    )
    small = Browser(PolicyLab(Gradebook.of(scores, policies=[OWN])))
    small.change(floor={"percent": 50, "on": "score"})
    rows = [row for row in small.do("by", by="school")["groups"]["es"]["rows"] if row[1] == "Small"]
    assert [row[2] for row in rows] == ["menos de 10"] * 2
    assert all(cell in (None, "") for row in rows for cell in row[3:])


def test_no_student_and_no_teacher_leaves_the_kernel(browser: Browser) -> None:
    browser.change(**CHANGES)
    browser.do("by", by="course")
    browser.do("pin")
    said = json.dumps(browser.heard)
    assert "secret" not in said and "Hidden" not in said
    synced = {name for name in browser.lab.keys if not name.startswith(("_model", "_view", "_esm", "_css"))}
    assert synced - {"layout", "tabbable", "tooltip", "_anywidget_id", "_dom_classes"} == {"language"}
    assert "secret" not in repr(browser.lab) and "%" not in json.dumps(
        {name: value for name, value in browser.lab.get_state().items() if name not in ("_esm", "_css")},
        default=str,
    )


def test_whatever_happens_it_is_a_sentence(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "no part 'scope'" in browser.say(type="change", parts={"scope": None})["sentence"]
    assert "each with a number" in browser.say(type="change", parts={"weights": {"a": 1}})["sentence"]
    assert browser.say(type="change", parts=[1])["type"] == "refused"
    assert browser.do("hello")["error"] == ""

    def broken(*_: Any) -> None:
        raise ValueError("secret-001 has 3.5")

    monkeypatch.setattr("relsurvey.widgets.policy_lab.regrade", broken)
    answer = browser.say(type="change", parts={"round": 0})
    assert answer["type"] == "refused" and "secret" not in answer["sentence"]


def test_names_of_categories_and_courses_stay_text() -> None:
    hostile = "<img src=x onerror=alert(1)>\n\"'=1+1"
    book = whole()
    scores = book.scores.replace({"category": {"Tests": hostile}, "course": {"Algebra": hostile}})
    own = Policy(id="own", scope={"level": "course", "ids": [hostile]})
    gradebook = Gradebook.of(scores, policies=[own])
    browser = Browser(PolicyLab(gradebook))
    state = browser.change(drop_lowest=[[hostile, 1]])
    assert state["error"] == ""
    pd.testing.assert_frame_equal(run(state["code"], gradebook).marks, browser.lab.tried.marks)
    assert Policy.parse(state["files"][0]["text"]) == browser.lab.policy
