"""Between which limits retakes could bring marks, where the file holds one attempt at each piece of work."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from relsurvey.errors import AnalysisError
from relsurvey.grading import Gradebook, Policy, regrade, retake_bounds
from relsurvey.words import languages
from tests.grading.made import gradebook as book_of
from tests.grading.made import plain_marks, policies, rows
from tests.grading.slow_regrade import slow

RETAKE = {"below": 70, "cap": 80}


def book(*scores, students=1, **more):
    """Return a gradebook of students with the same scores."""
    made = [
        {"student": f"s{i}", "item": item, "raw": score, "points_possible": 100.0}
        for i in range(students)
        for item, score in enumerate(scores)
    ]
    return Gradebook.of(pd.DataFrame(made).assign(**more))


def limits(found):
    return found.lower.marks["percent"].iloc[0], found.upper.marks["percent"].iloc[0]


@pytest.mark.parametrize(
    ("retake", "upper"),
    [
        # Of 90, 75, 60 and 40 the last two are below 70.
        (RETAKE, (90 + 75 + 80 + 80) / 4),
        (RETAKE | {"keep": "last"}, (90 + 75 + 80 + 80) / 4),
        (RETAKE | {"keep": "average"}, (90 + 75 + (60 + 80) / 2 + (40 + 80) / 2) / 4),
        (RETAKE | {"keep": "average", "count": 3}, (90 + 75 + (60 + 240) / 4 + (40 + 240) / 4) / 4),
        (RETAKE | {"window": 3, "count": 1}, (90 + 75 + 80 + 80) / 4),
        # Nobody gains by a cap below what there is.
        ({"below": 100, "cap": 70, "keep": "last"}, (90 + 75 + 70 + 70) / 4),
        ({"below": 100, "cap": 50, "keep": "average"}, (90 + 75 + 60 + (40 + 50) / 2) / 4),
        ({}, 100),
    ],
)
def test_the_limits_are_what_plain_arithmetic_gives(retake, upper):
    found = retake_bounds(book(90, 75, 60, 40), Policy(retake=retake))
    assert limits(found) == pytest.approx(((90 + 75 + 60 + 40) / 4, upper))
    assert (found.lower.marks["percent_before"] == found.upper.marks["percent_before"]).all()


def test_work_that_was_not_handed_in_can_be_retaken_and_excused_work_cannot():
    one = book(90.0, np.nan, np.nan, status=["scored", "missing", "excused"], code=[None, "M", "EX"])
    assert limits(retake_bounds(one, Policy(retake=RETAKE))) == pytest.approx((45, 85))
    excused = Policy(retake=RETAKE, missing={"counts_as": "excused"})
    assert limits(retake_bounds(one, excused)) == pytest.approx((90, 90))
    # A zero that no floor raises is one until it is retaken.
    zero = Policy(retake=RETAKE | {"cap": 30}, missing={"codes": ["M"]}, floor={"percent": 50})
    assert limits(retake_bounds(one, zero)) == pytest.approx((45, 70))


def test_each_course_has_its_own_rules():
    scores = pd.concat([book(40).scores.assign(course="Algebra"), book(40).scores.assign(course="Biology")])
    own = [Policy(scope={"level": "course", "ids": [name]}) for name in ("Algebra", "Biology")]
    one = Gradebook.of(scores, policies=own)
    found = retake_bounds(one, one.but(retake=RETAKE))
    assert found.upper.marks["percent"].tolist() == [80, 80]
    found = retake_bounds(one, own[0].but(retake=RETAKE))
    assert found.upper.marks["percent"].tolist() == [80, 40]
    # A rule of the course itself that allows retakes makes nothing of one attempt.
    again = one.with_policy(*one.but(retake={"cap": 100}))
    found = retake_bounds(again, own[0].but(retake=RETAKE))
    assert found.upper.marks["percent"].tolist() == [80, 40]


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_every_outcome_of_random_retakes_lies_between_the_limits(data):
    of = [row for row in data.draw(rows()) if row["attempt"] == 1]
    assume(of)
    percent = st.sampled_from([0, 30, 50, 70, 80, 100])
    retake = data.draw(
        st.fixed_dictionaries(
            {
                "below": percent,
                "cap": percent,
                "keep": st.sampled_from(["best", "last", "average"]),
                "count": st.none() | st.integers(1, 2),
            }
        )
    )
    policy = data.draw(policies(of)).but(retake=retake)
    found = retake_bounds(book_of(of), policy)
    none = slow(of, [policy.but(retake=None)], [Policy()])
    lower, upper = (
        {key: percent for key, (percent, _) in plain_marks(one).items()} for one in (found.lower, found.upper)
    )
    for key, (wanted, _) in none.items():
        assert lower[key] == pytest.approx(np.nan if wanted is None else float(wanted), nan_ok=True)
    outcome = [again for row in of for again in retaken(data, row, policy)]
    result = slow([*of, *outcome], [policy], [Policy()])
    for key, (percent, _) in result.items():
        if percent is not None:
            assert lower[key] - 1e-9 <= float(percent) <= upper[key] + 1e-9


def retaken(data, row, policy):
    """Return new attempts at a piece of work that do not lower what it counts."""
    retake = policy.retake
    excused = policy.missing is not None and policy.missing.counts_as == "excused"
    if row["status"] not in ("scored", "late", "missing") or (row["status"] == "missing" and excused):
        return
    points = row["points_possible"]
    first = (row["raw"] or 0) / points if points and row["raw"] else 0
    if row["status"] == "missing" and policy.floor is not None:
        first = policy.floor.percent / 100
    most = (retake.count or 1) if retake.keep == "average" else 2
    for attempt in range(2, 2 + data.draw(st.integers(0, most))):
        share = data.draw(st.sampled_from([0, 0.3, 0.55, 0.7, 0.8, 0.95, 1, 1.2]))
        if retake.keep != "best" and min(share, retake.cap / 100) < first:
            continue
        yield row | {
            "attempt": attempt, "status": "scored", "code": None, "raw": round(share * points, 6),
            "submitted": None, "days_late": None,
        }  # fmt: skip


def test_the_assumption_is_the_title_and_stands_in_the_sentence():
    found = retake_bounds(book(60, 40, 72, 70, students=20), Policy(retake=RETAKE))
    title = "If every score below 70 % were retaken and reached 80 %, and if none were"
    assert found.title() == found.faces()[0].title == title
    assert found.sentence == (
        f"{title}: the share of marks that are a D or an F would lie between two limits. "
        "If none were retaken: 100 %. If all were: 0 %. "
        "Nothing between the two limits is more likely than the rest, and both hold only if nothing else "
        "changed."
    )
    assert "Si todo puntaje menor que 70 %" in found.in_words("es")
    assert found.table["df_marks"].tolist() == [20, 20, 0]
    assert found.table["policy"].tolist() == ["the courses' own rules", "none retaken", "all retaken"]
    average = retake_bounds(
        book(60, 40, students=20), Policy(retake=RETAKE | {"keep": "average", "count": 2})
    )
    assert any(note.endswith("each piece of work: 2.") for note in average.notes)
    assert any("taken not to happen" in note for note in average.notes)
    for language in languages():
        said = f"{average.in_words(language)} {average.faces(language)} {average.notes_in(language)}"
        assert not re.search(r"[{}]|nan|grading\.", said)


def test_few_students_are_masked_and_limits_that_few_make_are_about_the_same():
    few = retake_bounds(book(60, 40, students=9), Policy(retake=RETAKE))
    assert few.sentence == "Too few students: at least 10 are needed."
    assert {row[1] for row in few.faces()[0].rows} == {"under 10"}
    # One student of thirty would be lifted.
    scores = pd.concat([book(90, 90, students=29).scores, book(90, 30).scores.assign(student="one")])
    found = retake_bounds(Gradebook.of(scores), Policy(retake=RETAKE))
    assert found.table["df_marks"].tolist() == [1, 1, 0]
    assert "would be about the same" in found.sentence
    assert found.faces()[0].rows[-1][2:] == ("about the same",) * 7


def test_what_cannot_be_bounded_is_refused():
    one = book(60, 40)
    with pytest.raises(AnalysisError, match="no `retake`"):
        retake_bounds(one, Policy(floor={"percent": 50}))
    with pytest.raises(AnalysisError, match="`late`"):
        retake_bounds(one, Policy(retake=RETAKE, late={"per_day": 10}))
    with pytest.raises(AnalysisError, match="marks alone"):
        retake_bounds(
            Gradebook.of(marks=pd.DataFrame({"student": ["s"], "letter": ["B"]})), Policy(retake=RETAKE)
        )
    twice = Gradebook.of(pd.concat([one.scores, one.scores.assign(attempt=2)]))
    with pytest.raises(AnalysisError, match="every attempt"):
        retake_bounds(twice, Policy(retake=RETAKE))
    regrade(twice, Policy(retake=RETAKE))
