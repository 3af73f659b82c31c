"""A policy in plain sentences, and its arithmetic on a student who does not exist."""

from __future__ import annotations

import itertools
import re
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relsurvey.grading import Policy, example, explain, policy_words
from relsurvey.grading.explained import _DAY
from tests.grading.slow_regrade import slow

PARTS = {
    "floor": [{"percent": 50}, {"percent": 55.5, "on": "mark"}],
    "missing": [
        {"codes": ["M", "NHI"]},
        {"codes": ["Z"], "counts_as": "floor"},
        {"counts_as": "excused"},
        {"codes": ["M", "NHI", "Z"], "counts_as": "excused"},
    ],
    "retake": [
        {"below": 70, "cap": 80},
        {"keep": "last", "count": 1, "window": 5},
        {"below": 90, "keep": "average", "count": 2, "window": 1},
        {"below": 0, "cap": 0},
    ],
    "late": [{"per_day": 10}, {"per_day": 5, "lowest": 50, "window": 10}, {"per_day": 100, "window": 1}],
    "makeup": [
        {"days": ["2026-03-06"]},
        {"window": 10},
        {"window": 1, "credit": 80},
        {"days": ["2026-03-06", "2026-04-10", "2026-05-15"], "window": 2, "credit": 60},
        {"window": 0},
    ],
    "drop_lowest": [{"Homework": 1}, {"Homework": 2, "Tests": 1}, {"Homework": 9}],
    "weights": [{"Homework": 40, "Tests": 60}, {"Homework": 0, "Tests": 70, "Final": 30}],
    "exclude": [["Behavior"], ["Behavior", "Attendance"]],
    "cuts": [{"A": 90, "B": 80, "C": 70, "D": 60, "F": 0}, {"P": 0}, {"A": 87.5, "F": -5}],
    "round": [0, 1, 2],
    "pass": [60],
    "effective": [
        {"from": "2026-01-05", "to": "2026-06-12"},
        {"from": "2026-01-05"},
        {"to": "2026-12-01"},
        {},
    ],
    "scope": [
        {"level": "district"},
        {"level": "school", "ids": ["Sierra Norte", "Valle", "Mar"]},
        {"level": "course", "ids": ["Algebra 1"]},
        {"level": "teacher", "ids": ["Ms. Ruiz"]},
    ],
}


def policy_of(parts):
    if (parts.get("missing") or {}).get("counts_as") == "floor" and "floor" not in parts:
        parts = parts | {"floor": {"percent": 50}}
    return Policy(**parts)


def alone():
    return [policy_of({key: part}) for key, parts in PARTS.items() for part in parts]


def in_pairs():
    for one, other in itertools.combinations(PARTS, 2):
        for a, b in itertools.product(PARTS[one], PARTS[other]):
            yield policy_of({one: a, other: b})


@st.composite
def any_policy(draw):
    chosen = draw(st.lists(st.sampled_from(sorted(PARTS)), unique=True))
    return policy_of({key: draw(st.sampled_from(PARTS[key])) for key in chosen})


def complete(text):
    assert text
    assert not re.search(r"[{}]|None|nan|grading\.|policy_|  | ,|\.\.", text), text
    assert text.endswith("."), text
    words = set(re.findall(r"\w+", text.casefold()))
    assert not words & {"you", "your", "best", "usted", "tú", "tu", "mejor", "peor", "worst"}, text
    for sentence in re.split(r"(?<=[a-z%)»])\. ", text):
        assert sentence[0].isupper() or sentence[0] == "«", sentence


@pytest.mark.parametrize("language", ["en", "es"])
def test_every_part_alone_and_every_two_together_read_as_whole_sentences(language):
    seen = set()
    for policy in (Policy(), *alone(), *in_pairs()):
        text = policy_words(policy, [language])[language]
        complete(text)
        seen.add(text)
    assert len(seen) > 400


def test_every_figure_of_a_policy_is_said_in_both_languages():
    policy = Policy(
        floor={"percent": 51}, missing={"codes": ["M", "NHI"]},
        retake={"below": 71, "cap": 81, "count": 3, "window": 7},
        late={"per_day": 9, "lowest": 41, "window": 12}, makeup={"window": 4, "credit": 95},
        drop_lowest={"Homework": 2}, weights={"Homework": 37, "Tests": 63}, exclude=["Behavior"],
        cuts={"A": 91, "B": 82, "C": 73, "D": 64, "F": 0}, effective={"from": "2026-01-05"},
        scope={"level": "school", "ids": ["Sierra Norte"]}, **{"pass": 61},
    )  # fmt: skip
    for text in policy_words(policy).values():
        numbers = set(re.findall(r"\d+", text))
        wanted = "51 71 81 3 7 9 41 12 4 95 2 37 63 91 82 73 64 61 5 2026"
        assert numbers >= set(wanted.split()), text
        assert all(name in text for name in ("NHI", "Homework", "Tests", "Behavior", "Sierra Norte"))


def test_sentences_as_they_are_read():
    def said(**parts):
        return policy_words(Policy(**parts), ["en"])["en"]

    assert said() == "There are no special rules: all points are added up."
    assert said(floor={"percent": 50, "on": "mark"}) == "No mark on the report card is lower than 50 %."
    assert said(missing={"codes": ["M", "NHI"]}) == "Missing work marked M or NHI counts as zero."
    assert said(missing={}, floor={"percent": 50}).startswith(
        "Work that was never handed in counts as zero, and the lowest score of 50 % does not change that."
    )
    assert said(retake={"below": 70, "cap": 80}) == (
        "Students may try again where the first score is below 70 %. A new try counts 80 % at most. "
        "The highest score counts."
    )
    assert said(makeup={"days": ["2026-03-06"], "window": 1}) == (
        "Late work handed in on March 6, 2026, or at most 1 day late, keeps its full score."
    )
    assert policy_words(Policy(weights={"Tareas": 40, "Pruebas": 60}), ["es"])["es"] == (
        "La calificación se compone de Tareas 40 % y Pruebas 60 %."
    )


def test_no_teacher_is_named():
    policy = Policy(floor={"percent": 50}, scope={"level": "teacher", "ids": ["Ms. Ruiz"]})
    found = explain(policy)
    assert "Ruiz" not in found._repr_html_() + repr(found) + "".join(found.sentences.values())


def test_four_85s_and_a_zero():
    found = explain(Policy(floor={"percent": 50}))
    assert [piece.attempts for piece in found.pieces] == [(85,), (85,), (85,), (85,), (0,)]
    assert [step.percent for step in found.steps] == [(4 * 85 + 0) / 5, (4 * 85 + 50) / 5] == [68.0, 78.0]
    assert found.steps[1].changes == ((5, 0.0, 50.0),)
    assert found.letters == ("D", "C")
    assert found.sentences["en"].endswith("a student who does not exist: 68 % (D) becomes 78 % (C).")
    assert found.sentences["es"].endswith("un estudiante que no existe: 68 % (D) pasa a 78 % (C).")


def test_it_is_said_on_every_face_that_the_student_does_not_exist():
    found = explain(Policy(late={"per_day": 10}))
    for language, words in (("en", "does not exist"), ("es", "no existe")):
        assert words in found.in_words(language)
        assert all(words in face.title for face in found.faces(language))
    assert "does not exist" in found._repr_html_()


def rows_of(found):
    """Return the invented work as rows for the slow simulator."""
    policy = found.policy
    code = (policy.missing.codes or ("M",))[0] if policy.missing else "M"
    for piece in found.pieces:
        due = _DAY if piece.on is None else piece.on - timedelta(piece.days_late)
        for number, score in enumerate(piece.attempts, 1):
            yield {
                "student": "s", "item": piece.number, "category": piece.category, "due": due,
                "submitted": due + timedelta(piece.days_late), "days_late": piece.days_late,
                "points_possible": 100, "raw": score, "attempt": number,
                "status": "missing" if score is None else "scored", "code": code if score is None else None,
            }  # fmt: skip


@settings(max_examples=25, deadline=None)
@given(any_policy())
def test_the_example_is_what_the_slow_simulator_gives(policy):
    found = example(policy)
    known = {piece.category for piece in found.pieces}
    tried = policy.but(
        scope=None, effective=None,
        drop_lowest={k: n for k, n in policy.drop_lowest.items() if k in known} or None,
    )  # fmt: skip
    ((percent, letter),) = slow(rows_of(found), [tried], [tried]).values()
    assert found.steps[-1].percent == pytest.approx(float(percent))
    assert found.letters[1] == letter
    for language in ("en", "es"):
        complete(found.in_words(language))
        for face in found.faces(language):
            text = f"{face.title} {face.head} {face.rows}"
            assert not re.search(r"[{}]|nan|grading\.", text), text


def test_every_part_of_a_policy_shows_in_the_example():
    policy = Policy(
        floor={"percent": 50}, missing={"codes": ["M"]}, retake={"below": 70, "cap": 80},
        late={"per_day": 10, "lowest": 50}, makeup={"window": 1}, drop_lowest={"Homework": 1},
        weights={"Homework": 40, "Tests": 60}, exclude=["Behavior"], round=0,
    )  # fmt: skip
    found = example(policy)
    assert [step.part for step in found.steps] == [
        "start", "missing", "late", "makeup", "retake", "floor", "exclude", "weights", "drop_lowest", "round",
    ]  # fmt: skip
    by = {step.part: step for step in found.steps}
    assert all(by[part].changes for part in ("late", "makeup", "retake", "floor", "exclude", "drop_lowest"))
    # The categories' percents, weighed, are the mark.
    weighed = sum(percent * weight for _, percent, weight in by["weights"].categories) / 100
    assert by["weights"].percent == pytest.approx(weighed)
    # Without the piece that is left out the category is higher, and the missing zero is that piece.
    ((number, _, after),) = by["drop_lowest"].changes
    assert found.pieces[number - 1].attempts == (None,)
    assert after is None
    table = found.table
    assert list(table["percent"]) == [step.percent for step in found.steps]


def test_names_in_a_policy_are_text_wherever_they_stand():
    policy = Policy(weights={"<b>H</b>": 100}, drop_lowest={"<b>H</b>": 1}, missing={"codes": ["<i>"]})
    html = explain(policy)._repr_html_()
    assert "<b>" not in html
    assert "<i>" not in html


def test_the_policies_of_the_documents_are_read_and_every_key_is_explained():
    page = (Path(__file__).resolve().parents[2] / "docs" / "policies.md").read_text("utf-8")
    blocks = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    short, whole = (Policy.parse(block) for block in blocks)
    assert short.floor.percent == 50
    keys = {name.rstrip("_") for name in Policy.model_fields} - {"id", "title"}
    assert {name.rstrip("_") for name in whole.model_fields_set} - {"id", "title"} == keys
    assert set(re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE)) == keys
    complete(policy_words(whole)["es"])
