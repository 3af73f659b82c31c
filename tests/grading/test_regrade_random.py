"""The simulator against the slow one on random gradebooks, and what must hold whatever the policy."""

from __future__ import annotations

import random

import numpy as np
import pandas as pd
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from relsurvey.grading import Gradebook, Policy, regrade
from tests.grading.made import PERCENTS, gradebook, plain_marks, policies, rows, same
from tests.grading.slow_regrade import slow

QUIET = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
some = settings(max_examples=25, deadline=None, suppress_health_check=QUIET)


def made(data, **fixed):
    of = data.draw(rows())
    assume(of)
    return of, data.draw(policies(of, **fixed))


@settings(max_examples=100, deadline=None, suppress_health_check=QUIET)
@given(st.data())
def test_it_gives_what_the_slow_one_gives(data):
    of, own = made(data)
    older = data.draw(st.lists(policies(of), max_size=1))
    tried = data.draw(st.lists(policies(of), min_size=1, max_size=2))
    known = None
    exported = {}
    if data.draw(st.booleans()):
        keys = sorted({(row["student"], row["school"], row["course"], row["term"]) for row in of})
        exported = {key: data.draw(st.sampled_from(["B+", "P", "NP", "F"])) for key in keys}
        known = pd.DataFrame(keys, columns=["student", "school", "course", "term"])
        known["letter"] = list(exported.values())
    grades = gradebook(of, *older, own, marks=known)
    out = regrade(grades, tried)
    assert same(plain_marks(out, "_before"), slow(of, [], [*older, own], exported))
    assert same(plain_marks(out), slow(of, tried, [*older, own], exported))


@some
@given(st.data(), st.sampled_from(["score", "mark"]), PERCENTS, PERCENTS)
def test_a_higher_floor_lowers_no_mark(data, on, one, other):
    of, policy = made(data, floor={"percent": min(one, other), "on": on})
    grades = gradebook(of)
    low = plain_marks(regrade(grades, policy))
    high = plain_marks(regrade(grades, policy.but(floor={"percent": max(one, other), "on": on})))
    for key, (percent, _) in low.items():
        assert high[key][0] >= percent - 1e-9 or np.isnan(percent)
        assert np.isnan(high[key][0]) == np.isnan(percent)


@some
@given(st.data(), st.sampled_from(["score", "mark"]))
def test_a_floor_where_there_was_none_lowers_no_mark(data, on):
    of, policy = made(data, floor={"percent": 50, "on": on})
    assume(policy.missing is None or policy.missing.counts_as != "floor")
    grades = gradebook(of)
    without = plain_marks(regrade(grades, policy.but(floor=None)))
    high = plain_marks(regrade(grades, policy))
    assert all(high[key][0] >= percent - 1e-9 or np.isnan(percent) for key, (percent, _) in without.items())


@some
@given(st.data())
def test_a_raised_score_lowers_no_mark(data):
    of, policy = made(data)
    # A higher first attempt can lose the right to a second one, and a higher average of them.
    policy = policy.but(retake=None)
    scored = [i for i, row in enumerate(of) if row["status"] in ("scored", "late")]
    assume(scored)
    i = data.draw(st.sampled_from(scored))
    raised = [*of[:i], {**of[i], "raw": of[i]["raw"] + 1.5}, *of[i + 1 :]]
    low = plain_marks(regrade(gradebook(of), policy))
    high = plain_marks(regrade(gradebook(raised), policy))
    assert all(high[key][0] >= percent - 1e-9 or np.isnan(percent) for key, (percent, _) in low.items())


@some
@given(st.data())
def test_the_courses_own_rules_change_nothing(data):
    of, own = made(data)
    out = regrade(gradebook(of, own), own)
    assert plain_marks(out).keys() == plain_marks(out, "_before").keys()
    assert same(plain_marks(out), plain_marks(out, "_before"))
    pd.testing.assert_frame_equal(out.before, out.after)
    again = regrade(gradebook(of, own), own)
    pd.testing.assert_frame_equal(out.marks, again.marks)


@some
@given(st.data())
def test_marks_alone_stay_under_the_rules_that_made_them(data):
    of, own = made(data)
    own = Policy(**{k: getattr(own, k) for k in ("cuts", "round") if k in own.model_fields_set},
                 floor={"percent": 40, "on": "mark"})  # fmt: skip
    first = regrade(gradebook(of), own).after
    out = regrade(Gradebook.of(marks=first, policies=[own]), own)
    pd.testing.assert_frame_equal(out.after[["percent", "letter"]], first[["percent", "letter"]])


@some
@given(st.data(), st.randoms(use_true_random=False), st.booleans())
def test_the_order_of_rows_kinds_of_columns_and_order_of_keys_do_not_matter(data, chance, categorical):
    of, own = made(data)
    policy = data.draw(policies(of))
    grades = gradebook(of, own)
    wanted = plain_marks(regrade(grades, policy))
    frame = grades.scores.iloc[chance.sample(range(len(of)), len(of))]
    kinds = ("student", "school", "course", "term", "item", "category", "status", "code", "teacher")
    kind = "category" if categorical else object
    frame = frame.astype(dict.fromkeys(kinds, kind))
    if categorical:
        # Categories that no row has, in another order.
        frame["category"] = frame["category"].cat.set_categories(
            ["Unused", *sorted(frame["category"].cat.categories, reverse=True)]
        )
    said = policy.model_dump(by_alias=True, exclude_unset=True)
    turned = Policy(**{key: said[key] for key in random.Random(1).sample(sorted(said), len(said))})
    out = regrade(Gradebook.of(frame, policies=[own]), turned)
    assert same(plain_marks(out), wanted)


@some
@given(st.data())
def test_another_student_changes_nobody_elses_mark(data):
    of, policy = made(data)
    wanted = plain_marks(regrade(gradebook(of), policy))
    one = of[0]["student"]
    more = [
        {**row, "student": "new", "raw": None if row["raw"] is None else row["raw"] / 2}
        for row in of if row["student"] == one
    ]  # fmt: skip
    out = plain_marks(regrade(gradebook(more + of), policy))
    assert same({key: mark for key, mark in out.items() if key[0] != "new"}, wanted)


@some
@given(st.data())
def test_one_course_at_a_time_is_all_together(data):
    of, policy = made(data)
    wanted = plain_marks(regrade(gradebook(of), policy))
    for course in {row["course"] for row in of}:
        part = [row for row in of if row["course"] == course]
        names = {row["category"] for row in part}
        needs = {*policy.weights, *policy.drop_lowest, *policy.exclude}
        if policy.scope or needs - names or (policy.retake and max(r["attempt"] for r in part) < 2):
            continue
        if policy.missing and policy.missing.codes:
            continue
        if policy.late or policy.makeup or policy.effective:
            continue
        out = plain_marks(regrade(gradebook(part), policy))
        assert same(out, {key: mark for key, mark in wanted.items() if key[2] == course})


@some
@given(st.data())
def test_a_district_is_no_scope_and_all_dates_are_none(data):
    of, policy = made(data)
    of = [{**row, "due": row["due"] or pd.Timestamp(2026, 2, 2)} for row in of]
    grades = gradebook(of)
    policy = policy.but(scope=None, effective=None)
    wanted = plain_marks(regrade(grades, policy)) if supported(grades, policy) else None
    assume(wanted is not None)
    assert same(plain_marks(regrade(grades, policy.but(scope={"level": "district"}))), wanted)
    every = policy.but(effective={"from": "1990-01-01", "to": "2090-01-01"})
    assert same(plain_marks(regrade(grades, every)), wanted)
    assert same(plain_marks(regrade(grades, policy.but(effective={}))), wanted)


def supported(grades, policy):
    from relsurvey.grading.support import refusals

    return not list(refusals(grades, policy))
