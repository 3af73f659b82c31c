"""A policy as a file: what it says, that it is read back as it was, and what is told of a bad one."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relsurvey.errors import PolicyError, RelsurveyError
from relsurvey.grading import Policy

SAMPLE = """\
id: floor-50-retakes
title: {en: "50 % minimum and retakes", es: "Mínimo de 50 % y segundas oportunidades"}
floor: {percent: 50, on: score}              # on: score | mark
missing: {codes: [M, NHI], counts_as: zero}  # zero | floor | excused
retake: {below: 70, cap: 80, keep: best}     # keep: best | last | average; needs attempts in the data
late: {per_day: 10, lowest: 50, window: 10}  # percent points a day, days
makeup: {days: [2026-03-06], window: 10, credit: 100}  # work handed in on these days, or within the window
drop_lowest: {Homework: 1}
weights: {Homework: 40, Tests: 60}           # by category; absent: total points
exclude: [Behavior]
cuts: {A: 90, B: 80, C: 70, D: 60, F: 0}      # against the unrounded percent, unless round: 0 | 1 | 2
pass: 60                                     # for pass / no-pass courses
effective: {from: 2026-01-05, to: 2026-06-12}
scope: {level: school, ids: [Sierra Norte]}  # district | school | course | teacher
"""


def test_the_sample_says_what_it_says():
    policy = Policy.parse(SAMPLE)
    assert policy.id == "floor-50-retakes"
    assert policy.title == {
        "en": "50 % minimum and retakes",
        "es": "Mínimo de 50 % y segundas oportunidades",
    }
    assert (policy.floor.percent, policy.floor.on) == (50, "score")
    assert (policy.missing.codes, policy.missing.counts_as) == (("M", "NHI"), "zero")
    retake = policy.retake
    assert (retake.below, retake.cap, retake.keep) == (70, 80, "best")
    assert retake.count is None and retake.window is None
    assert (policy.late.per_day, policy.late.lowest, policy.late.window) == (10, 50, 10)
    assert (policy.makeup.days, policy.makeup.window, policy.makeup.credit) == ((date(2026, 3, 6),), 10, 100)
    assert policy.drop_lowest == {"Homework": 1}
    assert policy.weights == {"Homework": 40, "Tests": 60}
    assert policy.exclude == ("Behavior",)
    assert list(policy.cuts.items()) == [("A", 90), ("B", 80), ("C", 70), ("D", 60), ("F", 0)]
    assert policy.round is None and policy.pass_ == 60
    assert (policy.effective.from_, policy.effective.to) == (date(2026, 1, 5), date(2026, 6, 12))
    assert (policy.scope.level, policy.scope.ids) == ("school", ("Sierra Norte",))
    assert Policy.parse(policy.to_yaml()) == policy


def test_the_same_from_keys_and_from_a_file(tmp_path):
    path = tmp_path / "policy.yaml"
    path.write_text(SAMPLE, "utf-8")
    by_keys = Policy(
        id="floor-50-retakes",
        title={"en": "50 % minimum and retakes", "es": "Mínimo de 50 % y segundas oportunidades"},
        floor={"percent": 50, "on": "score"},
        missing={"codes": ["M", "NHI"], "counts_as": "zero"},
        retake={"below": 70, "cap": 80, "keep": "best"},
        late={"per_day": 10, "lowest": 50, "window": 10},
        makeup={"days": ["2026-03-06"], "window": 10, "credit": 100},
        drop_lowest={"Homework": 1},
        weights={"Homework": 40, "Tests": 60},
        exclude=["Behavior"],
        cuts={"A": 90, "B": 80, "C": 70, "D": 60, "F": 0},
        effective={"from": "2026-01-05", "to": "2026-06-12"},
        scope={"level": "school", "ids": ["Sierra Norte"]},
        **{"pass": 60},
    )
    assert Policy.from_yaml(path) == by_keys


def test_what_is_absent_is_no_rule():
    policy = Policy.parse("id: none\n")
    assert policy == Policy(id="none")
    rules = ("floor", "missing", "retake", "late", "makeup", "round", "pass_", "effective", "scope")
    assert all(getattr(policy, rule) is None for rule in rules)
    assert not policy.drop_lowest and not policy.weights and not policy.exclude
    assert policy.cuts == {"A": 90, "B": 80, "C": 70, "D": 60, "F": 0}
    assert policy.title == {"*": "none"}
    assert policy.to_yaml() == 'id: "none"\n'


def test_what_a_part_leaves_out():
    policy = Policy(floor={"percent": 40}, missing={}, retake={}, late={"per_day": 5}, makeup={"window": 1})
    assert policy.floor.on == "score"
    assert (policy.missing.codes, policy.missing.counts_as) == ((), "zero")
    assert (policy.retake.below, policy.retake.cap, policy.retake.keep) == (100, 100, "best")
    assert (policy.late.lowest, policy.late.window) == (0, None)
    assert (policy.makeup.days, policy.makeup.credit) == ((), 100)
    assert Policy.parse(policy.to_yaml()) == policy


def test_parts_can_be_changed_and_taken_away():
    policy = Policy.parse(SAMPLE)
    assert policy.but(floor=None).floor is None
    assert policy.but(floor={"percent": 40}).floor.percent == 40
    assert policy.but(pass_=None).pass_ is None
    assert policy.but(pass_=70).pass_ == 70
    assert policy.but(late=policy.late) == policy
    assert policy.but() == policy
    assert policy.but(weights={"Homework": 100}).drop_lowest == {"Homework": 1}
    with pytest.raises(PolicyError, match=r"add up to 90"):
        policy.but(weights={"Homework": 40, "Tests": 50})


def test_a_title_that_is_one_text():
    policy = Policy(id="x", title="Floor 50")
    assert policy.title == {"*": "Floor 50"}
    assert Policy.parse(policy.to_yaml()) == policy


def test_it_cannot_be_changed_in_place():
    policy = Policy()
    with pytest.raises(ValueError, match="frozen"):
        policy.id = "other"


# Every policy is read back as it was.

TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12)
NAMES = TEXT | st.sampled_from(
    ["Yes", "no", "null", "on", "1", "1.5", "2026-01-01", "~", "A: b", "- x", "#", "<<"]
)
PERCENT = st.floats(0, 100) | st.integers(0, 100)
DAYS = st.none() | st.integers(0, 400)


def maybe(**parts):
    return st.none() | st.fixed_dictionaries({}, optional=parts)


def needed(needs, **parts):
    return st.none() | st.fixed_dictionaries(needs, optional=parts)


@st.composite
def parts(draw):
    given_parts = {
        "id": draw(TEXT.filter(lambda text: any(map(str.isalnum, text)))),
        "title": draw(st.none() | TEXT | st.dictionaries(st.sampled_from(["en", "es", "*"]), TEXT)),
        "floor": draw(needed({"percent": PERCENT}, on=st.sampled_from(["score", "mark"]))),
        "missing": draw(
            maybe(codes=st.lists(st.text(max_size=4)), counts_as=st.sampled_from(["zero", "excused"]))
        ),
        "retake": draw(
            maybe(
                below=PERCENT,
                cap=PERCENT,
                keep=st.sampled_from(["best", "last", "average"]),
                count=st.integers(1, 9),
                window=DAYS,
            )
        ),
        "late": draw(needed({"per_day": PERCENT}, lowest=PERCENT, window=DAYS)),
        "makeup": draw(needed({"days": st.lists(st.dates(), min_size=1)}, window=DAYS, credit=PERCENT)),
        "drop_lowest": draw(st.none() | st.dictionaries(NAMES, st.integers(0, 9), max_size=3)),
        "round": draw(st.sampled_from([None, 0, 1, 2])),
        "pass": draw(st.none() | PERCENT),
        "scope": draw(
            needed(
                {"level": st.sampled_from(["district", "school", "course", "teacher"])},
                ids=st.lists(NAMES, min_size=1),
            ).filter(lambda scope: not scope or scope["level"] == "district" or "ids" in scope)
        ),
    }
    dates = sorted(draw(st.lists(st.dates(), min_size=2, max_size=2)))
    given_parts["effective"] = draw(
        st.sampled_from([None, {}, {"from": dates[0]}, {"to": dates[1]}, {"from": dates[0], "to": dates[1]}])
    )
    names = draw(st.lists(NAMES, unique=True, max_size=3))
    if names:
        given_parts["weights"] = dict.fromkeys(names, 100 / len(names))
        given_parts["exclude"] = [name for name in draw(st.lists(NAMES)) if name not in names]
    cuts = draw(st.lists(st.floats(0, 100, exclude_min=True), unique=True, max_size=4))
    letters = draw(st.lists(NAMES, unique=True, min_size=len(cuts) + 1, max_size=len(cuts) + 1))
    given_parts["cuts"] = draw(
        st.sampled_from([None, dict(zip(letters, [*sorted(cuts, reverse=True), 0], strict=True))])
    )
    return {key: part for key, part in given_parts.items() if part is not None}


@settings(max_examples=75, deadline=None)
@given(parts())
def test_every_policy_is_read_back_as_it_was(said):
    policy = Policy(**said)
    text = policy.to_yaml()
    back = Policy.parse(text)
    assert back == policy
    assert list(back.cuts.items()) == list(policy.cuts.items())
    assert ("cuts" in back.model_fields_set) == ("cuts" in said)
    assert back.to_yaml() == text
    assert policy.but() == policy
    assert text.count("\n") == len([key for key in text.splitlines() if key])


# Bad files: one sentence, with its line.

BAD = {
    "percent over 100": ("id: a\nfloor: {percent: 150}\n", 2, "`floor.percent` is not right: input should"),
    "percent under 0": ("id: a\nlate: {per_day: -5}\n", 2, "`late.per_day` is not right"),
    "percent is text": (
        "id: a\nfloor: {percent: 50 %}\n", 2,
        "`floor.percent` must be a number, such as 50 or 49.5, without %, not '50 %'.",
    ),
    "percent with a comma": ("id: a\nfloor: {percent: 49,5}\n", 2, "`5` is no key. Write each as"),
    "a key in a part is misspelled": ("id: a\nfloor: {percnt: 50}\n", 2, "`floor.percnt` is not a key"),
    "a day is written otherwise": (
        "id: a\neffective: {from: 1/5/2026}\n", 2, "`effective.from` must be a day such as 2026-01-31",
    ),
    "percent is not a number": ("id: a\nfloor: {percent: .nan}\n", 2, "`floor.percent` is not right"),
    "percent is yes": (
        "id: a\nfloor: {percent: true}\n", 2, "`floor.percent` is not right: input should be a number",
    ),
    "percent is left out": ("id: a\nfloor: {on: score}\n", 2, "`floor.percent` is missing. Add `percent:`."),
    "pass over 100": ("id: a\npass: 101\n", 2, "`pass` is not right"),
    "a key that is unknown": ("id: a\n\nflor: {percent: 50}\n", 3, "`flor` is not a key that"),
    "a key within a part": ("id: a\nfloor:\n  percent: 50\n  onn: mark\n", 4, "`floor.onn` is not a key"),
    "a key that is a number": ("id: a\n7: b\n", None, "`7` is no key. Write"),
    "a key twice": ("id: a\nid: b\n", 2, "`id` stands here twice. Keep one."),
    "a word that is none": ("missing: {counts_as: nil}\n", 1, "'zero', 'floor' or 'excused'"),
    "another word": ("floor: {percent: 5, on: it}\n", 1, "'score' or 'mark'"),
    "keep": ("retake: {keep: highest}\n", 1, "'best', 'last' or 'average'"),
    "level": ("scope: {level: team, ids: [x]}\n", 1, "'district', 'school', 'course' or 'teacher'"),
    "round": ("id: a\nround: 3\n", 2, "`round` cannot be 3: input should be 0, 1 or 2"),
    "round by yes": ("id: a\nround: true\n", 2, "`round` is not right: input should be a number"),
    "a part that is a number": ("id: a\nfloor: 50\n", 2, "`floor` must be a mapping"),
    "a part that is text": ("retake: best\n", 1, "`retake` must be a mapping"),
    "weights in a list": ("weights: [Homework, Tests]\n", 1, "`weights` must be a mapping"),
    "a list that is text": ("exclude: Behavior\n", 1, "`exclude` must be a list"),
    "weights that are not 100": (
        "id: a\nweights: {Homework: 40, Tests: 50}\n", 2, "add up to 90, not to 100",
    ),
    "weight under 0": ("weights: {Homework: -1, Tests: 101}\n", 1, "`weights.Homework` is not right"),
    "dropping less than none": ("drop_lowest: {Homework: -1}\n", 1, "`drop_lowest.Homework` is not right"),
    "dropping a half": ("drop_lowest: {Homework: 1.5}\n", 1, "`drop_lowest.Homework` is not right"),
    "counting no retake": ("retake: {count: 0}\n", 1, "`retake.count` is not right"),
    "a category in two places": (
        "id: a\nweights: {Homework: 100}\nexclude: [Homework]\n", 3, "'Homework' is excluded and has a",
    ),
    "no letters": ("id: a\ncuts: {}\n", 2, "`cuts` has no letters"),
    "a hole in the cuts": ("id: a\ncuts: {A: 90, D: 60}\n", 2, "there is no letter under 60"),
    "a small hole in the cuts": ("id: a\ncuts: {A: 90, D: 0.5}\n", 2, "there is no letter under 0.5"),
    "cuts out of order": ("cuts:\n  A: 80\n  B: 90\n  F: 0\n", 3, "`B` starts at 90, not below `A` at 80"),
    "cuts that are equal": ("cuts: {A: 80, B: 80, F: 0}\n", 1, "`B` starts at 80, not below `A` at 80"),
    "missing as a floor that is not there": ("missing: {counts_as: floor}\n", 1, "there is no `floor`"),
    "makeup that is nothing": ("makeup: {credit: 50}\n", 1, "neither `days` nor a `window`"),
    "a day that is none": ("makeup: {days: [2026-02-30]}\n", 1, "`makeup.days.0` must be a day such as"),
    "a word for a day": ("makeup: {days: [Friday]}\n", 1, "`makeup.days.0` must be a day such as"),
    "a month that is none": ("effective: {from: 2026-13-01}\n", 1, "`effective.from` must be a day such as"),
    "an end before the beginning": (
        "id: a\neffective: {from: 2026-05-01, to: 2026-04-30}\n", 2, "ends before it begins",
    ),
    "a scope of nobody": ("scope: {level: school}\n", 1, "`scope` names no school. Add `ids: [...]`."),
    "an id that is none": ("id: '!?'\n", 1, "`id` has no letter or digit"),
    "a list": ("- a\n", 1, "a policy starts with keys"),
    "nothing": ("", 1, "a policy starts with keys"),
    "no YAML": ("id: [a\n", 2, "not valid YAML"),
    "a tag": ("id: !!python/object/apply:os.getcwd []\n", 1, ""),
}  # fmt: skip


@pytest.mark.parametrize(("text", "line", "says"), BAD.values(), ids=BAD.keys())
def test_a_bad_file_gets_one_sentence_with_its_line(text, line, says):
    with pytest.raises(PolicyError) as caught:
        Policy.parse(text, "policy.yaml")
    message = str(caught.value)
    assert says in message
    assert message.startswith("policy.yaml, line ")
    if line is not None:
        assert message.startswith(f"policy.yaml, line {line}: ")
    assert "\n" not in message and ".." not in message.replace("[...]", "")
    assert "value error" not in message.casefold() and "pydantic" not in message


SHAPES = ("percent", "weights that", "cuts", "a part")


@pytest.mark.parametrize("name", [name for name in BAD if name.startswith(SHAPES)])
def test_the_same_from_keys(name):
    import yaml

    text, _, says = BAD[name]
    with pytest.raises(PolicyError) as caught:
        Policy(**yaml.safe_load(text))
    assert says in str(caught.value)
    assert "line" not in str(caught.value)


def test_dates_that_touch_are_right():
    policy = Policy(effective={"from": "2026-05-01", "to": "2026-05-01"})
    assert policy.effective.from_ == policy.effective.to == date(2026, 5, 1)


def test_weights_may_miss_100_by_their_rounding():
    assert Policy(weights={"A": 33.33, "B": 33.33, "C": 33.34}).weights["C"] == 33.34
    assert Policy(weights={"A": 33.33, "B": 33.33, "C": 33.33}).weights["C"] == 33.33
    with pytest.raises(PolicyError, match=r"add up to 99.9, not"):
        Policy(weights={"A": 33.3, "B": 33.3, "C": 33.3})


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(PolicyError) as caught:
        Policy.from_yaml(tmp_path / "none.yaml")
    assert "none.yaml" in str(caught.value) or "policy" in str(caught.value)


def test_a_file_is_named_in_its_errors(tmp_path):
    path = tmp_path / "ninth-grade.yaml"
    path.write_text("id: a\nfloor: {percent: 150}\n", "utf-8")
    with pytest.raises(PolicyError, match=r"^ninth-grade\.yaml, line 2: "):
        Policy.from_yaml(path)


@settings(max_examples=75, deadline=None)
@given(st.text(max_size=60) | st.lists(st.sampled_from(SAMPLE.splitlines()), max_size=6).map("\n".join))
def test_no_text_raises_anything_else(text):
    try:
        Policy.parse(text)
    except RelsurveyError as error:
        said = re.match(r"policy(, line \d+)?: ", str(error)) is not None
    else:
        said = True
    assert said


@pytest.mark.parametrize(
    "other", ["ours.yaml", Path("ours.yaml"), {"floor": {"percent": 50}}, ["ours.yaml"], 50]
)
def test_what_is_no_policy_is_one_sentence(other: object) -> None:
    from relsurvey.grading import Gradebook, compare_policies, explain, policy_words, regrade, retake_bounds

    scores = pd.DataFrame({"student": ["s1"], "item": "a", "raw": 8.0, "points_possible": 10.0})
    book = Gradebook.of(scores)
    for use in (regrade, retake_bounds, compare_policies):
        with pytest.raises(PolicyError, match=r"A policy is a Policy or a list of them, not a .*from_yaml"):
            use(book, other)
    for say in (explain, policy_words):
        with pytest.raises(PolicyError, match=r"A policy is a Policy or a list of them, not a .*from_yaml"):
            say(other)


def test_one_policy_is_explained_at_a_time() -> None:
    from relsurvey.grading import explain

    with pytest.raises(PolicyError, match="here are 2"):
        explain((Policy(), Policy()))
    assert explain([Policy(floor={"percent": 50})]).policy.floor.percent == 50
