"""Dials: an analyst's file, what is wrong in it, and those that a gradebook supports as it is."""

from __future__ import annotations

import pandas as pd
import pytest

from relsurvey.errors import PolicyError
from relsurvey.grading import Gradebook, Policy
from relsurvey.practices.dials import Dials, find, ready

FILE = """\
dials:
  - id: floor
    title: {en: Lowest score that counts, es: Puntaje más bajo que cuenta}
    choices:
      - {id: now, title: {en: as now, es: como ahora}}
      - {id: "40", title: {en: at least 40 %}, policy: {floor: {percent: 40, on: score}}}
      - {id: 50, title: at least 50 %, policy: {floor: {percent: 50, on: score}}}
  - id: late
    title: {en: Late work}
    choices:
      - {id: now, title: {en: as now}}
      - {id: never, title: {en: nothing off}, policy: {late: null, makeup: {window: 3}}}
"""


def test_a_file_is_read_as_it_is_written(tmp_path):
    path = tmp_path / "dials.yaml"
    path.write_text(FILE, "utf-8")
    dials = find(path)
    assert [dial.id for dial in dials.dials] == ["floor", "late"]
    assert dials.grid == ((0, 0), (0, 1), (1, 0), (1, 1), (2, 0), (2, 1))
    assert dials.parts((0, 0)) == {}
    parts = dials.parts((2, 1))
    assert set(parts) == {"floor", "late", "makeup"} and parts["late"] is None
    [changed] = Gradebook.of(
        pd.DataFrame({"student": ["s"], "item": "a", "raw": 1, "points_possible": 1}),
        policies=[Policy(late={"per_day": 10})],
    ).but(**parts)
    assert (changed.floor.percent, changed.late, changed.makeup.window) == (50, None, 3)
    assert dials.dials[0].choices[2].id == "50" and find(dials) is dials


def but(old, new):
    assert FILE.count(old) >= 1
    return FILE.replace(old, new, 1)


MORE = "".join(
    f"  - id: {name}\n    title: t\n    choices:\n      - {{id: now, title: as now}}\n"
    + "".join(f"      - {{id: c{k}, title: c, policy: {{{part}}}}}\n" for k in range(n - 1))
    for name, part, n in (("a", "round: 1", 5), ("b", "exclude: [Behavior]", 3))
)

WRONG = {
    "a key nobody knows": (
        but("floor: {percent: 40", "flor: {percent: 40"),
        "dials.yaml, line 6: `dials.0.choices.1.policy.flor` is not a key that relsurvey knows. Check its",
    ),
    "a percent over 100": (but("percent: 40", "percent: 400"), "line 6: `dials.0.choices.1.policy.floor.p"),
    "two dials of one name": (but("id: late", "id: floor"), "line 8: two dials are called 'floor'. Rename"),
    "two choices of one name": (
        but("id: 50", 'id: "40"'),
        "line 7: the dial 'floor' has two choices called '40'. Rename one.",
    ),
    "a first choice with a policy": (
        but("es: como ahora}}", "es: x}, policy: {round: 1}}"),
        "line 5: the first choice of 'floor' has a `policy`. The first is as it is now: take",
    ),
    "a second choice without": (
        but(", policy: {floor: {percent: 40, on: score}}", ""),
        "line 6: the choice '40' of 'floor' sets nothing. Give it a `policy`; only the first",
    ),
    "an empty policy": (but("{floor: {percent: 40, on: score}}", "{}"), "line 6: the choice '40' of"),
    "one part set by two dials": (
        but("late: null, ", "floor: {percent: 60}, "),
        "line 12: the dials 'floor' and 'late' both set `floor`, and one would undo the other. Make them one",
    ),
    "a policy that cannot be": (
        but("floor: {percent: 40, on: score}", "weights: {Tests: 50}"),
        "line 6: floor, 40: the weights add up to 50, not to 100. Change them in `weights`.",
    ),
    "one choice": (FILE[: FILE.rindex("      - ")], "line 10: the dial 'late' has fewer than 2 choices."),
    "an id of words": (but("id: late", "id: late work"), "line 8: 'late work' cannot be the id of a dial."),
    "no title": (but("title: {en: Late work}", "title: {}"), "line 9: the dial 'late' has no title."),
    "a long title": (but("Late work", "x" * 61), "line 9: the title of 'late' is longer than 60 characters."),
    "no dials": ("dials: []\n", "line 1: there are no dials. Add at least one"),
    "too many policies": (
        FILE + MORE,
        "line 1: the dials make 3 × 2 × 5 × 3 = 90 policies, and a grid has at most 64. Take a dial or some",
    ),
}  # fmt: skip


@pytest.mark.parametrize("wrong", WRONG)
def test_what_is_wrong_is_one_sentence_with_its_line(wrong, tmp_path):
    text, sentence = WRONG[wrong]
    path = tmp_path / "dials.yaml"
    path.write_text(text, "utf-8")
    with pytest.raises(PolicyError) as caught:
        Dials.from_yaml(path)
    assert sentence in str(caught.value) and str(caught.value).startswith("dials.yaml, line ")
    assert "\n" not in str(caught.value)


def test_dials_are_not_changed_later():
    dials = Dials.parse(FILE)
    with pytest.raises(ValueError, match="frozen"):
        dials.dials[0].id = "other"


OWN = (Policy(),)


def book(policies=OWN, **columns):
    scores = {"student": ["a", "a", "b"], "item": ["x", "y", "x"], "points_possible": 10.0, "raw": [8, 3, 9]}
    return Gradebook.of(pd.DataFrame({**scores, **columns}), policies=policies)


LATE = {"due": pd.Timestamp("2026-01-05"), "submitted": pd.Timestamp("2026-01-07")}


@pytest.mark.parametrize(
    ("gradebook", "offered"),
    [
        (book(), ["floor"]),
        (book(category="Homework", teacher=["A", "B", "C"]), ["floor", "drop"]),
        # A category that one or two teachers use is theirs.
        (book(category="Homework", teacher=["A", "B", "B"]), ["floor"]),
        (book(**LATE), ["floor", "late"]),
        (book([Policy(late={"per_day": 5})], **LATE), ["floor", "makeup"]),
        (book(attempt=[1, 1, 1]), ["floor"]),
        (
            book(item=["x", "x", "x"], attempt=[1, 2, 1], **LATE, category="Tests"),
            ["floor", "retake", "late"],
        ),
        (
            book(status=["scored", "missing", "scored"], category="Tests", course=["A", "B", "C"]),
            ["floor", "missing", "drop"],
        ),
        # A category that one of the courses lacks is refused for that course.
        (
            book(
                [Policy(id=c, scope={"level": "course", "ids": [c]}) for c in ("A", "B")],
                course=["A", "A", "B"],
                category=["Homework", "Homework", "Tests"],
            ),
            ["floor"],
        ),
    ],
)
def test_a_gradebook_is_offered_what_it_supports_and_told_why_not_more(gradebook, offered):
    dials, notes = ready(gradebook)
    assert [dial.id for dial in dials.dials] == offered
    assert all(set(dial.title) == {"en", "es"} for dial in dials.dials)
    # Three are enough: what would come after them is not asked for.
    assert len(notes) == 5 - len(offered) or len(offered) == 3
    assert all(": " in note and note.endswith(".") for note in notes)
    # What a file could hold.
    assert not list(dials.problems())


def test_marks_alone_support_none():
    dials, notes = ready(Gradebook.of(marks=pd.DataFrame({"student": ["a"], "letter": ["B"]})))
    assert dials is None and len(notes) == 5
    assert notes[0].startswith("Lowest score that counts: `floor` of floor needs the score of every piece")
