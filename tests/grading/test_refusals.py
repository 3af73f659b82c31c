"""What a gradebook cannot answer is refused in a sentence that names the part and what it would need."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from relsurvey.errors import AnalysisError, ReadError, RelsurveyError
from relsurvey.grading import Gradebook, Policy, regrade
from relsurvey.grading.support import refusals
from tests.grading.made import gradebook, policies, rows

SECRET = ("Ana-Secret", "S-4711", "73.25")
DATES = {"due": ["2026-03-02", "2026-03-03"], "submitted": ["2026-03-04", "2026-03-03"]}


def scores(**columns):
    frame = pd.DataFrame(
        {
            "student": ["Ana-Secret", "S-4711"],
            "item": ["i", "i"],
            "raw": [73.25, 0.0],
            "points_possible": 100.0,
        }
    )
    return frame.assign(**columns)


def refused(grades, policy):
    with pytest.raises(AnalysisError) as caught:
        regrade(grades, policy)
    message = str(caught.value)
    assert not any(secret in message for secret in SECRET)
    assert "\n" not in message and message.endswith((".", ")", "?"))
    return message


# What a file of marks alone cannot answer.


@pytest.mark.parametrize(
    ("part", "named"),
    [
        ({"floor": {"percent": 50}}, "floor"),
        ({"missing": {"counts_as": "excused"}}, "missing"),
        ({"missing": {}}, "missing"),
        ({"retake": {}}, "retake"),
        ({"late": {"per_day": 10}}, "late"),
        ({"makeup": {"window": 3}}, "makeup"),
        ({"drop_lowest": {"Homework": 1}}, "drop_lowest"),
        ({"weights": {"Homework": 100}}, "weights"),
        ({"exclude": ["Homework"]}, "exclude"),
        ({"effective": {"from": "2026-01-01"}}, "effective"),
    ],
)
def test_marks_alone(part, named):
    grades = Gradebook.of(
        marks=pd.DataFrame({"student": ["Ana-Secret"], "percent": [73.25], "letter": ["C"]})
    )
    message = refused(grades, Policy(id="mine", **part))
    assert message.startswith(f"`{named}` of mine needs the score of every piece of work")
    assert "Read the gradebook's scores" in message


@pytest.mark.parametrize(
    "part",
    [{"floor": {"percent": 50, "on": "mark"}}, {"cuts": {"A": 50, "F": 0}}, {"round": 0}, {"pass": 50}, {}],
)
def test_marks_alone_answer_for_rules_of_marks(part):
    grades = Gradebook.of(marks=pd.DataFrame({"student": ["a"], "percent": [73.25]}))
    assert len(regrade(grades, Policy(**part)).marks) == 1


# What scores cannot answer.


@pytest.mark.parametrize(
    ("part", "columns", "says"),
    [
        ({"retake": {}}, {}, ("`retake` of mine", "the score of every attempt", "retake_bounds")),
        ({"retake": {"window": 3}}, {"attempt": [1, 2], "student": "a"},
         ("`retake: window` of mine", "the day each attempt was handed in")),
        ({"late": {"per_day": 10}}, {}, ("`late` of mine", "the days work was due and was handed in")),
        ({"late": {"per_day": 10}}, {"due": "2026-03-02"}, ("`late` of mine", "handed in")),
        ({"late": {"per_day": 10}}, {"submitted": "2026-03-02"}, ("`late` of mine", "due")),
        ({"makeup": {"window": 3}}, {}, ("`makeup` of mine", "the days work was due and was handed in")),
        ({"makeup": {"days": ["2026-03-04"]}}, {"days_late": 1}, ("`makeup: days` of mine", "a `window`")),
        ({"effective": {"from": "2026-01-01"}}, {}, ("`effective` of mine", "due dates")),
        ({"drop_lowest": {"Homework": 1}}, {}, ("`drop_lowest` of mine", "category of each piece of work")),
        ({"weights": {"Homework": 100}}, {}, ("`weights` of mine", "the category of each piece of work")),
        ({"exclude": ["Homework"]}, {}, ("`exclude` of mine", "the category of each piece of work")),
        ({"drop_lowest": {"Homework": 1}}, {"category": "Home work"},
         ("`drop_lowest` of mine", "'Homework'", "nearest: 'Home work'", "It has: Home work")),
        ({"exclude": ["Behavior"]}, {"category": "Tests"}, ("`exclude` of mine", "Behavior", "has: Tests")),
        ({"weights": {"Homework": 100}}, {"category": ["Homework", "Tests"]},
         ("no weight to the category 'Tests'", "0 counts nothing", "`exclude`")),
        ({"weights": {"Homework": 100}}, {"category": ["Homework", None]},
         ("`weights` of mine needs the category of every score", "1 have none")),
        ({"missing": {"codes": ["M", "NHI"]}}, {"status": ["scored", "missing"], "code": [None, "Z"]},
         ("`missing: codes` of mine", "M, NHI", "leave them out")),
        ({"missing": {"codes": ["M"]}}, {"status": ["scored", "missing"]}, ("`missing: codes` of mine",)),
        ({"scope": {"level": "school", "ids": ["Nort"]}}, {"school": "North"},
         ("`scope` of mine", "the school 'Nort'", "nearest: 'North'")),
        ({"scope": {"level": "course", "ids": ["Latin"]}}, {"course": "Algebra"}, ("the course 'Latin'",)),
        ({"scope": {"level": "teacher", "ids": ["t9"]}}, {}, ("the teacher 't9'", "the gradebook names 0")),
    ],
)  # fmt: skip
def test_scores(part, columns, says):
    message = refused(Gradebook.of(scores(**columns)), Policy(id="mine", **part))
    assert all(text in message for text in says), message


@pytest.mark.parametrize(
    ("part", "columns"),
    [
        ({"retake": {}}, {"attempt": [1, 2], "student": "a"}),
        ({"retake": {"window": 3}}, {"attempt": [1, 2], "student": "a", **DATES}),
        ({"late": {"per_day": 10}}, DATES),
        ({"late": {"per_day": 10}}, {"days_late": [0, 2]}),
        ({"makeup": {"window": 3}}, {"days_late": [0, 2]}),
        ({"makeup": {"days": ["2026-03-04"]}}, DATES),
        ({"effective": {"from": "2026-01-01"}}, {"due": ["2026-03-02", None]}),
        ({"missing": {"codes": ["M", "NHI"]}}, {"status": ["scored", "missing"], "code": [None, "M"]}),
        ({"missing": {"codes": ["M"]}}, {}),  # nothing is missing yet
        ({"missing": {}}, {"status": ["scored", "missing"]}),
        ({"weights": {"H": 0, "T": 100}}, {"category": ["H", "T"]}),
        ({"weights": {"T": 100}, "exclude": ["H"]}, {"category": ["H", "T"]}),
        ({"scope": {"level": "school", "ids": ["N"]}, "weights": {"H": 100}},
         {"school": ["N", "S"], "category": ["H", "T"]}),
        ({"scope": {"level": "district"}}, {}),
    ],
)  # fmt: skip
def test_what_can_be_answered_is_not_refused(part, columns):
    grades = Gradebook.of(scores(**columns))
    assert list(refusals(grades, Policy(**part))) == []
    assert len(regrade(grades, Policy(**part)).marks)


def test_every_part_that_cannot_be_answered_is_named():
    policy = Policy(
        id="mine",
        retake={},
        late={"per_day": 5},
        makeup={"window": 3},
        effective={"from": "2026-01-01"},
        weights={"H": 100},
        scope={"level": "course", "ids": ["Latin"]},
    )
    said = list(refusals(Gradebook.of(scores()), policy))
    named = ["`retake`", "`late`", "`makeup`", "`effective`", "`weights`", "`scope`"]
    assert [sentence.split(" ")[0] for sentence in said] == named


def test_no_policy():
    assert "No policy was given" in refused(Gradebook.of(scores()), [])


def test_one_of_several_policies():
    message = refused(Gradebook.of(scores()), [Policy(id="good"), Policy(id="bad", retake={})])
    assert "of bad" in message


# Scores that are not as they should be.


@pytest.mark.parametrize(
    ("columns", "says"),
    [
        ({"student": [None, "a"]}, "Some scores name no student"),
        ({"student": "Ana-Secret"}, "1 scores stand beside another"),
        ({"status": ["scored", "lost"]}, "`status` is one of: scored, late, missing"),
        ({"status": ["scored", None]}, "`status` is one of"),
        ({"points_possible": [100.0, None]}, "do not say of how many points"),
        ({"points_possible": [100.0, -5]}, "a number under 0"),
        ({"points_possible": [100.0, float("inf")]}, "do not say of how many points"),
        ({"raw": [73.25, None], "status": "scored"}, "have no number in `raw`"),
        ({"raw": [73.25, float("inf")], "status": "late"}, "have no number in `raw`"),
        ({"raw": ["73.25", "Ana-Secret"]}, "`raw` holds something that is no number"),
        ({"points_possible": "Ana-Secret"}, "`points_possible` holds something that is no number"),
        ({"attempt": ["1", "S-4711"]}, "`attempt` holds something that is no number"),
        ({"days_late": ["1", "S-4711"]}, "`days_late` holds something that is no number"),
        ({"due": "Ana-Secret"}, "`due` holds something that is no date"),
        ({"due": "03/06/2026"}, "`due` holds something that is no date"),
        ({"due": 20260306}, "`due` holds something that is no date"),
        ({"submitted": "S-4711"}, "`submitted` holds something that is no date"),
    ],
)
def test_bad_scores(columns, says):
    assert says in refused(Gradebook.of(scores(**columns)), Policy())


def test_points_of_what_does_not_count_may_be_unknown():
    grades = Gradebook.of(scores(points_possible=[100.0, None], status=["scored", "excused"]))
    assert regrade(grades, Policy()).marks["percent"].isna().tolist() == [False, True]


def test_numbers_that_are_text_are_numbers():
    grades = Gradebook.of(
        scores(raw=["80", "90.5"], points_possible="100", days_late=["1", ""]).replace("", None)
    )
    assert regrade(grades, Policy(late={"per_day": 10})).marks["percent"].tolist() == [70, 90.5]


@pytest.mark.parametrize("column", ["student", "item", "raw", "points_possible"])
def test_a_column_that_is_not_there(column):
    with pytest.raises(ReadError, match=f"have no column `{column}`"):
        Gradebook.of(scores().drop(columns=column))


def test_marks_that_say_nothing():
    with pytest.raises(ReadError, match="neither `letter` nor `percent`"):
        Gradebook.of(marks=pd.DataFrame({"student": ["a"]}))


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_a_policy_of_another_gradebook_is_answered_or_refused(data):
    of, other = data.draw(rows()), data.draw(rows())
    assume(of and other)
    policy = data.draw(policies(other))
    grades = gradebook(of)
    try:
        regrade(grades, policy)
    except RelsurveyError as error:
        message = str(error)
        assert policy.id in message
        assert not any(f"'{row['student']}'" in message or f" {row['student']} " in message for row in of)
    else:
        assert not list(refusals(grades, policy))


def test_a_repr_tells_no_student():
    grades = Gradebook.of(scores())
    shown = repr(grades) + grades._repr_html_()
    assert not any(secret in shown for secret in SECRET)
    out = regrade(
        Gradebook.of(scores(), totals=pd.DataFrame({"student": ["S-4711"], "current": [73.25]})), Policy()
    )
    for one in (out, out.gradebook, out.proof, grades.work):
        assert not any(secret in repr(one) for secret in SECRET)
