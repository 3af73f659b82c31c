"""The simulator proves itself: exported totals are reproduced, or it says which are not and why."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from relsurvey.grading import Gradebook, Policy, prove, regrade
from tests.grading.made import gradebook, policies, rows
from tests.grading.slow_regrade import slow

UNKNOWN = "unknown: hidden scores, or a rule that the export does not show"
KEYS = ["student", "school", "course", "term"]
COLUMNS = [*KEYS, "which", "exported", "computed", "difference", "reproduced", "why"]


def scores(by_student, points=100.0, category=None):
    """Return scores by student; None is an empty cell."""
    frame = pd.DataFrame(
        [
            {
                "student": student, "item": f"i{i}", "raw": raw, "points_possible": points,
                "category": category[i] if category else None, "code": "" if raw is None else None,
                "status": "ungraded" if raw is None else "scored",
            }
            for student, of in by_student.items() for i, raw in enumerate(of)
        ]
    )  # fmt: skip
    return frame.astype({"raw": float})


def totals(**columns):
    return pd.DataFrame(columns)


def proof_of(frame, policy=None, **columns):
    return prove(Gradebook.of(frame, totals=totals(**columns), policies=[policy or Policy()]))


def test_totals_that_are_reproduced():
    proof = proof_of(
        scores({"a": [80, None], "b": [90, 70]}), student=["a", "b"], current=[80.0, 80.0], final=[40.0, 80.0]
    )
    assert proof.holds and proof.reproduced == 4
    assert list(proof.table.columns) == COLUMNS
    assert proof.table["which"].tolist() == ["current", "current", "final", "final"]
    assert proof.table["computed"].tolist() == [80, 80, 40, 80]
    assert proof.table["why"].isna().all()
    assert proof.unexplained.empty and proof.reasons == {}


@pytest.mark.parametrize(
    ("exported", "holds"), [(66.67, True), (66.66, False), (66.68, False), (66.671, True)]
)
def test_to_the_rounding_of_the_export(exported, holds):
    proof = proof_of(scores({"a": [100, 100, 0]}), student=["a"], current=[exported], final=[np.nan])
    assert proof.holds is holds
    assert proof.table["difference"][0] == pytest.approx(200 / 3 - exported)


@pytest.mark.parametrize("blank", ["ungraded", "zero", "excused"])
def test_whatever_an_empty_cell_was_read_as(blank):
    frame = scores({"a": [80, None]})
    empty = frame["raw"].isna()
    status = {"ungraded": "ungraded", "zero": "missing", "excused": "excused"}[blank]
    frame.loc[empty, "status"] = status
    if blank == "zero":
        frame.loc[empty, "raw"] = 0.0
    assert proof_of(frame, student=["a"], current=[80.0], final=[40.0]).holds


def test_excused_and_coded_cells_are_not_empty():
    frame = scores({"a": [80, None, None]})
    frame.loc[1, ["status", "code"]] = ["excused", "EX"]
    frame.loc[2, ["status", "code"]] = ["missing", "M"]
    # EX is left out of both; M is a zero in both.
    assert proof_of(frame, student=["a"], current=[40.0], final=[40.0]).holds


def test_a_code_that_is_empty_beside_a_number_is_no_empty_cell():
    frame = scores({"a": [80, 60]}).assign(code="")
    assert proof_of(frame, student=["a"], current=[70.0], final=[70.0]).holds


def test_totals_that_the_file_does_not_have_are_no_rows():
    proof = proof_of(scores({"a": [80], "b": [70]}), student=["a", "b"], current=[80.0, np.nan])
    assert proof.table[["student", "which"]].to_dict("records") == [{"student": "a", "which": "current"}]


def test_without_totals_nothing_is_claimed():
    proof = prove(Gradebook.of(scores({"a": [80]})))
    assert not proof.holds and proof.reproduced == 0 and proof.reasons == {}
    assert list(proof.table.columns) == COLUMNS


def test_without_scores_nothing_is_claimed():
    proof = prove(Gradebook.of(totals=totals(student=["a"], current=[80.0], final=[70.0])))
    assert not proof.holds
    assert proof.reasons == {"no score of this student is in the file": 2}


def test_a_student_without_scores():
    proof = proof_of(scores({"a": [80]}), student=["a", "b"], current=[80.0, 70.0], final=[80.0, 70.0])
    assert proof.reproduced == 2 and not proof.holds
    assert proof.unexplained["student"].tolist() == ["b", "b"]
    assert proof.reasons == {"no score of this student is in the file": 2}
    assert proof.unexplained["computed"].isna().all()


def test_a_student_without_counted_work():
    proof = proof_of(scores({"a": [None]}), student=["a"], current=[80.0], final=[0.0])
    assert proof.reasons == {"no counted work": 1}
    assert proof.reproduced == 1  # the final one: an empty cell is a zero


def test_hidden_scores():
    proof = proof_of(scores({"a": [80, 90]}), student=["a"], current=[61.0], final=[61.0])
    assert proof.reasons == {UNKNOWN: 2}


def test_an_override():
    proof = proof_of(scores({"a": [80, 90]}), student=["a"], current=[85.0], final=[95.0], override=[95.0])
    assert proof.reasons == {"set by hand: the exported total is the override": 1}
    # An override beside totals that are computed as ever changes nothing.
    proof = proof_of(scores({"a": [80, 90]}), student=["a"], current=[85.0], final=[85.0], override=[95.0])
    assert proof.holds


@pytest.mark.parametrize(("k", "kept"), [(1, [70, 80, 90]), (2, [80, 90])])
def test_dropped_lowest_scores(k, kept):
    frame = scores({"a": [10, 70, 80, 90, 50]}, category=["Homework"] * 4 + ["Tests"])
    exported = sum([*kept, 50]) / (len(kept) + 1)
    proof = proof_of(frame, student=["a"], current=[exported], final=[exported])
    were = "was" if k == 1 else "were"
    assert proof.reasons == {f"as if the {k} lowest of Homework {were} dropped": 2}
    assert proof_of(
        frame, Policy(drop_lowest={"Homework": k}), student=["a"], current=[exported], final=[exported]
    ).holds


def test_dropped_beside_what_the_own_rules_drop_already():
    frame = scores({"a": [10, 90, 40, 60]}, category=["Homework"] * 2 + ["Tests"] * 2)
    proof = proof_of(
        frame, Policy(drop_lowest={"Homework": 1}), student=["a"], current=[(90 + 60) / 2], final=[np.nan]
    )
    assert proof.reasons == {"as if the 1 lowest of Tests was dropped": 1}


@pytest.mark.parametrize("own", [{}, {"drop_lowest": {"H": 1}}])
def test_a_drop_chosen_within_its_category_is_told_apart(own):
    # Homework 0 of 2 and 60 of 100, a test 95 of 100: homework alone is highest without the 0 of 2, and then
    # the mark is 155 of 200; the whole mark is highest without the 60 of 100, and then it is 95 of 102.
    frame = scores({"a": [0, 60, 95]}, category=["H", "H", "T"]).assign(points_possible=[2.0, 100.0, 100.0])
    given = Gradebook.of(frame, totals=totals(student=["a"], current=[77.5]), policies=[Policy(**own)])
    which = "the lowest were" if own else "the 1 lowest of H was"
    assert prove(given).reasons == {f"as if {which} dropped within the category, as Canvas does": 1}
    whole = Gradebook.of(frame, totals=totals(student=["a"], current=[93.14]), policies=[Policy(**own)])
    assert prove(whole).reasons == ({} if own else {"as if the 1 lowest of H was dropped": 1})
    weighed = [Policy(weights={"H": 50, "T": 50}, **own)]
    proof = prove(Gradebook.of(frame, totals=totals(student=["a"], current=[77.5]), policies=weighed))
    assert "Canvas" not in str(proof.reasons)


def test_a_drop_that_changes_nothing_explains_nothing():
    # One piece of homework: it is never dropped.
    frame = scores({"a": [50, 90]}, category=["Homework", "Tests"])
    proof = proof_of(frame, student=["a"], current=[99.0], final=[np.nan])
    assert proof.reasons == {UNKNOWN: 1}


def test_each_student_has_a_reason_of_their_own():
    frame = scores({"a": [10, 90], "b": [80, 80], "c": [20, 80], "d": [70, 70]}, category=["H", "H"])
    proof = proof_of(
        frame, student=["a", "b", "c", "d", "e"], current=[90.0, 80.0, 80.0, 12.0, 50.0], final=[np.nan] * 5
    )
    assert proof.table.set_index("student")["why"].fillna("").to_dict() == {
        "a": "as if the 1 lowest of H was dropped",
        "b": "",
        "c": "as if the 1 lowest of H was dropped",
        "d": UNKNOWN,
        "e": "no score of this student is in the file",
    }
    assert proof.reproduced == 1


def test_each_course_is_proved_under_its_own_rules():
    algebra = scores({"a": [10, 90, 50]}, category=["H", "H", "T"]).assign(course="Algebra")
    biology = scores({"a": [10, 90, 50]}, category=["H", "H", "T"]).assign(course="Biology")
    own = (
        Policy(weights={"H": 20, "T": 80}, scope={"level": "course", "ids": ["Algebra"]}),
        Policy(weights={"H": 60, "T": 40}, scope={"level": "course", "ids": ["Biology"]}),
    )
    frame = pd.concat([algebra, biology])
    exported = [0.2 * 50 + 0.8 * 50, 0.6 * 90 + 0.4 * 50]
    both = totals(student=["a", "a"], course=["Algebra", "Biology"], current=exported)
    proof = prove(Gradebook.of(frame, totals=both, policies=own))
    assert proof.table["reproduced"].tolist() == [True, False]
    # Under the weights of Biology, not of Algebra, the lowest homework was dropped.
    assert proof.table["why"][1] == "as if the 1 lowest of H was dropped"


def test_terms_are_apart():
    frame = pd.concat([scores({"a": [80]}).assign(term="1"), scores({"a": [60]}).assign(term="2")])
    both = totals(student=["a", "a"], term=["2", "1"], current=[60.0, 80.0])
    assert prove(Gradebook.of(frame, totals=both)).holds


def test_it_stands_beside_what_was_tried():
    grades = Gradebook.of(scores({"a": [80]}), totals=totals(student=["a"], current=[80.0]))
    assert regrade(grades, Policy(floor={"percent": 50})).proof.holds


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_what_the_own_rules_made_is_reproduced_and_what_was_bent_is_not(data):
    of = data.draw(rows())
    assume(of)
    own = data.draw(policies(of))
    parts = []
    for kind, status in (("current", "ungraded"), ("final", "missing")):
        read = [
            {**row, "status": status} if row["status"] == "ungraded" or row["code"] == "" else row
            for row in of
        ]
        parts.append((kind, {key: mark[0] for key, mark in slow(read, [], [own]).items()}))
    table = pd.DataFrame(list(parts[0][1]), columns=KEYS)
    for kind, percent in parts:
        # As an export rounds: to two decimals, half up, also where a half is a hair less as a float.
        table[kind] = [
            np.nan if one is None else math.floor(one * 100 + 0.5 + 1e-9) / 100 for one in percent.values()
        ]
    proof = prove(gradebook(of, own, totals=table))
    assert proof.table["reproduced"].all()
    assert len(proof.table) == table[["current", "final"]].notna().sum().sum()
    bent = prove(gradebook(of, own, totals=table.assign(current=table["current"] + 0.02)))
    now = bent.table[bent.table["which"] == "current"]
    assert not now["reproduced"].any()
    assert now["why"].notna().all()
