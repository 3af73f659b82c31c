"""Every field of a policy alone, against examples that are worked by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from relsurvey.grading import Gradebook, Policy, regrade
from tests.grading.one_student import book, mark, missing, percent, tries, work

approx = pytest.approx
FOUR_AND_ZERO = (85, 85, 85, 85, 0)


def hw(raw, of=100, **more):
    return work(raw, of, category="Homework", **more)


def exam(raw, of=100, **more):
    return work(raw, of, category="Tests", **more)


def on_time(raw, of=100, **more):
    return work(raw, of, due="2026-03-02", submitted="2026-03-02", **more)


def late(raw, days, of=100, **more):
    came = pd.Timestamp("2026-03-02") + pd.Timedelta(days, "D")
    return work(raw, of, due="2026-03-02", submitted=came, **more)


# Without any part: points are added up.


def test_points_are_added_up_not_percents():
    assert percent(work(9, 10), work(50, 100)) == approx(100 * (9 + 50) / (10 + 100))


def test_what_does_not_count_is_left_out():
    not_counted = [work(None, status=s) for s in ("excused", "not_assigned", "ungraded")]
    assert percent(80, *not_counted) == 80
    assert mark(*not_counted) == (approx(np.nan, nan_ok=True), None)


def test_missing_work_is_a_zero_without_a_rule():
    assert percent(80, missing()) == (80 + 0) / 2


def test_what_stands_in_the_cell_of_missing_work_does_not_count():
    assert percent(80, work(30, status="missing")) == (80 + 0) / 2


def test_late_work_counts_in_full_without_a_rule():
    assert percent(late(80, 5, status="late"), 90) == (80 + 90) / 2


def test_the_first_attempt_counts_without_a_rule():
    assert percent(tries(40, 90)) == 40
    assert percent(tries(90, 40)) == 90


def test_the_first_attempt_is_the_one_with_the_lowest_number():
    assert percent([work(90, attempt=2), work(40, attempt=1)]) == 40


def test_an_excused_attempt_is_none():
    assert percent([work(None, status="excused", attempt=1), work(70, attempt=2)]) == 70


# floor


def test_floor_on_scores():
    # Four 85s and a 0: 68.0 becomes 78.0.
    assert mark(*FOUR_AND_ZERO) == (approx((85 + 85 + 85 + 85 + 0) / 5), "D")
    assert mark(*FOUR_AND_ZERO, floor={"percent": 50}) == (approx((85 + 85 + 85 + 85 + 50) / 5), "C")
    assert percent(*FOUR_AND_ZERO) == approx(68.0)
    assert percent(*FOUR_AND_ZERO, floor={"percent": 50}) == approx(78.0)


def test_floor_on_scores_is_of_each_items_points():
    assert percent(work(1, 10), work(18, 20), floor={"percent": 50}) == approx(100 * (5 + 18) / 30)


def test_a_score_at_or_over_the_floor_stays():
    assert percent(50, 49.99, 51, floor={"percent": 50}) == approx((50 + 50 + 51) / 3)


def test_floor_on_the_mark():
    part = {"percent": 50, "on": "mark"}
    assert percent(0, 20, 40, floor=part) == 50
    assert percent(0, 20, 40) == 20
    # Where the mark is over it the zeros stay.
    assert percent(*FOUR_AND_ZERO, floor=part) == approx(68.0)


def test_floor_gives_no_mark_to_a_student_without_work():
    for on in ("score", "mark"):
        assert mark(work(None, status="excused"), floor={"percent": 50, "on": on})[1] is None


def test_floor_0_raises_a_negative_score():
    assert percent(-20, 80, floor={"percent": 0}) == (0 + 80) / 2


# missing


def test_missing_as_zero_stays_a_zero():
    assert percent(80, missing(), missing={"counts_as": "zero"}) == (80 + 0) / 2
    assert percent(80, missing(), missing={"counts_as": "zero"}, floor={"percent": 50}) == (80 + 0) / 2


def test_missing_without_a_rule_is_raised_by_a_floor():
    assert percent(80, missing(), floor={"percent": 50}) == (80 + 50) / 2


def test_missing_as_floor():
    part = {"counts_as": "floor"}
    assert percent(80, missing(), missing=part, floor={"percent": 40}) == (80 + 40) / 2
    # On the mark: missing work counts the floor, a real zero stays.
    assert percent(80, missing(), 0, missing=part, floor={"percent": 40, "on": "mark"}) == (80 + 40 + 0) / 3


def test_missing_as_excused():
    assert percent(80, missing(), missing={"counts_as": "excused"}) == 80
    assert mark(missing(), missing={"counts_as": "excused"})[1] is None


@pytest.mark.parametrize(
    ("counts_as", "wanted"),
    [
        ("zero", (80 + 0 + 50) / 3),  # M stays a zero, Z is a plain zero that the floor raises
        ("floor", (80 + 50 + 50) / 3),
        ("excused", (80 + 50) / 2),
    ],
)
def test_missing_by_code(counts_as, wanted):
    part = {"codes": ["M", "NHI"], "counts_as": counts_as}
    assert percent(80, missing("M"), missing("Z"), missing=part, floor={"percent": 50}) == approx(wanted)
    assert percent(80, missing("NHI"), missing("Z"), missing=part, floor={"percent": 50}) == approx(wanted)


def test_a_code_of_excused_work_is_no_missing_work():
    part = {"codes": ["EX", "M"], "counts_as": "zero"}
    assert percent(80, work(None, status="excused", code="EX"), missing(), missing=part) == (80 + 0) / 2


def test_an_empty_cell_that_is_a_zero_can_be_named():
    part = {"codes": [""], "counts_as": "excused"}
    assert percent(80, missing(""), missing("M"), missing=part) == (80 + 0) / 2


# retake


@pytest.mark.parametrize(
    ("keep", "scores", "wanted"),
    [
        ("best", (60, 90), 90),
        ("best", (60, 50), 60),
        ("best", (60, 50, 65), 65),
        ("last", (60, 90), 90),
        ("last", (60, 50), 50),
        ("last", (60, 90, 70), 70),
        ("average", (60, 90), (60 + 90) / 2),
        ("average", (60, 50), (60 + 50) / 2),
        ("average", (60, 90, 75), (60 + 90 + 75) / 3),
    ],
)
def test_retake_keeps(keep, scores, wanted):
    assert percent(tries(*scores), retake={"keep": keep}) == approx(wanted)


def test_retake_is_open_below_only():
    part = {"below": 70}
    assert percent(tries(69.5, 90), retake=part) == 90
    assert percent(tries(70, 90), retake=part) == 70
    assert percent(tries(75, 90), retake=part) == 75
    # 14 of 20 is 70 percent.
    assert percent(tries(14, 20, of=20), retake=part) == 70
    assert percent(tries(13.5, 20, of=20), retake=part) == 100


@pytest.mark.parametrize(
    ("keep", "scores", "wanted"),
    [
        ("best", (60, 95), 80),
        ("best", (60, 75), 75),
        ("best", (85, 95), 85),  # the cap lowers no first attempt
        ("last", (60, 95), 80),
        ("average", (60, 95), (60 + 80) / 2),
    ],
)
def test_retake_cap_holds_for_new_attempts(keep, scores, wanted):
    assert percent(tries(*scores), retake={"cap": 80, "keep": keep}) == approx(wanted)


def test_retake_cap_is_of_the_items_points():
    assert percent(tries(4, 20, of=20), retake={"cap": 80}) == approx(100 * 16 / 20)


@pytest.mark.parametrize(
    ("count", "keep", "wanted"),
    [(1, "best", 60), (2, "best", 80), (3, "best", 90), (None, "best", 90), (1, "last", 60), (2, "last", 80),
     (1, "average", (50 + 60) / 2), (2, "average", (50 + 60 + 80) / 3)],
)  # fmt: skip
def test_retake_count(count, keep, wanted):
    assert percent(tries(50, 60, 80, 90), retake={"count": count, "keep": keep}) == approx(wanted)


def attempt(raw, number, came):
    return work(raw, attempt=number, due="2026-03-02", submitted=came)


@pytest.mark.parametrize(("window", "wanted"), [(4, 50), (5, 70), (11, 70), (12, 90), (None, 90)])
def test_retake_window_runs_from_the_first_attempt(window, wanted):
    # Handed in on 1 March; again 5 and 12 days later.
    first, second, third = ("2026-03-01", "2026-03-06", "2026-03-13")
    of = [attempt(50, 1, first), attempt(70, 2, second), attempt(90, 3, third)]
    assert percent(of, retake={"window": window}) == wanted


def test_retake_window_of_work_never_handed_in_runs_from_the_due_date():
    of = [missing(attempt=1, due="2026-03-02"), attempt(90, 2, "2026-03-07")]
    assert percent(of, retake={"window": 5}) == 90
    assert percent(of, retake={"window": 4}) == 0


def test_an_attempt_without_a_day_is_in_no_window():
    of = [attempt(50, 1, "2026-03-01"), attempt(90, 2, None)]
    assert percent(of, attempt(80, 1, "2026-03-01"), retake={"window": 9}) == (50 + 80) / 2


def test_a_new_attempt_that_nobody_handed_in_is_none():
    for keep in ("best", "last", "average"):
        of = [work(60, attempt=1), missing(attempt=2)]
        assert percent(of, retake={"keep": keep}) == 60
        of = [work(60, attempt=1), missing(attempt=2), work(80, attempt=3)]
        wanted = {"best": 80, "last": 80, "average": (60 + 80) / 2}[keep]
        assert percent(of, retake={"keep": keep, "count": 1}) == wanted


def test_retake_of_work_never_handed_in():
    of = [missing(attempt=1), work(90, attempt=2)]
    assert percent(of, retake={"cap": 80}) == 80
    assert percent(of, retake={"keep": "average"}) == (0 + 90) / 2
    # Once handed in it is no missing work: the floor holds.
    low = [missing(attempt=1), work(30, attempt=2)]
    assert percent(low, retake={}, missing={"counts_as": "zero"}, floor={"percent": 50}) == 50


# late


@pytest.mark.parametrize(("days", "wanted"), [(0, 90), (1, 80), (2, 70), (5, 40), (9, 0), (12, 0)])
def test_late_takes_off_each_day(days, wanted):
    assert percent(late(90, days), late={"per_day": 10}) == wanted


def test_late_is_percent_points_of_the_items_points():
    assert percent(late(18, 2, 20), late={"per_day": 10}) == approx(100 * (18 - 2 * 2) / 20)


@pytest.mark.parametrize(
    ("raw", "days", "wanted"),
    [(90, 3, 60), (90, 4, 50), (90, 9, 50), (45, 2, 45), (55, 1, 50)],  # a score that was lower before stays
)
def test_late_lowest(raw, days, wanted):
    assert percent(late(raw, days), late={"per_day": 10, "lowest": 50}) == wanted


@pytest.mark.parametrize(("days", "wanted"), [(3, 60), (4, 0)])
def test_late_window(days, wanted):
    assert percent(late(90, days), late={"per_day": 10, "lowest": 50, "window": 3}) == wanted


def test_work_past_the_window_is_a_plain_zero():
    assert percent(late(90, 9), late={"per_day": 10, "window": 3}, floor={"percent": 50}) == 50


def test_work_in_time_and_early_work_lose_nothing():
    assert percent(on_time(90), late(80, -3), late={"per_day": 10, "window": 0}) == (90 + 80) / 2


@pytest.mark.parametrize(
    ("due", "came", "days"),
    [
        ("2026-03-02", "2026-03-02 23:59", 0),  # a due date without an hour is the end of that day
        ("2026-03-02", "2026-03-03 00:00", 1),
        ("2026-03-02", "2026-03-03 23:59", 1),
        ("2026-03-02", "2026-03-04 00:00", 2),
        ("2026-03-02 08:00", "2026-03-02 08:00", 0),
        ("2026-03-02 08:00", "2026-03-02 08:01", 1),  # each day begun
        ("2026-03-02 08:00", "2026-03-03 08:00", 1),
        ("2026-03-02 08:00", "2026-03-03 08:01", 2),
        ("2026-02-28", "2026-03-01", 1),
    ],
)
def test_days_late_are_days_begun(due, came, days):
    assert percent(work(90, due=due, submitted=came), late(90, 1), late={"per_day": 10}) == approx(
        (90 - 10 * days + 90 - 10) / 2
    )


def test_days_late_as_the_file_says():
    one = work(90, days_late=2)
    assert percent(one, work(90, days_late=1.5), work(90, days_late=0), late={"per_day": 10}) == approx(
        (70 + 70 + 90) / 3
    )
    # It goes before the dates.
    assert percent(late(90, 5, days_late=1), late={"per_day": 10}) == 80


def test_a_new_attempt_is_not_late():
    # The first was in time; the second came 5 days after the due date, as second attempts do.
    of = [on_time(50, attempt=1), late(90, 5, attempt=2)]
    assert percent(of, late={"per_day": 10, "window": 3}, retake={}) == 90


def test_a_first_attempt_that_was_late_can_be_made_again():
    # 75 - 2 x 10 = 55, which is below 60.
    of = [late(75, 2, attempt=1), late(70, 5, attempt=2)]
    assert percent(of, late={"per_day": 10}, retake={"below": 60}) == 70
    assert percent(of, late={"per_day": 5}, retake={"below": 60}) == 75 - 2 * 5


# makeup


def test_makeup_days():
    # Due on Monday, 2 March; Friday, 6 March, is a make-up day.
    part = {"days": ["2026-03-06"]}
    assert percent(late(90, 4), makeup=part, late={"per_day": 10}) == 90
    assert percent(late(90, 3), makeup=part, late={"per_day": 10}) == 90 - 3 * 10


@pytest.mark.parametrize(("days", "wanted"), [(0, 90), (1, 90), (3, 90), (4, 50)])
def test_makeup_window(days, wanted):
    assert percent(late(90, days), makeup={"window": 3}, late={"per_day": 10}) == wanted


def test_makeup_credit_stands_in_place_of_the_deduction():
    part = {"window": 3, "credit": 80}
    assert percent(late(90, 3), makeup=part, late={"per_day": 10}) == approx(90 * 80 / 100)
    assert percent(late(90, 3), makeup=part) == approx(90 * 80 / 100)
    # Work in time keeps all of it, and so does late work that is not forgiven where there is no deduction.
    assert percent(on_time(90), late(50, 4), makeup=part) == (90 + 50) / 2


def test_makeup_goes_before_the_late_window():
    assert percent(late(90, 9), makeup={"days": ["2026-03-11"]}, late={"per_day": 10, "window": 3}) == 90


def test_makeup_does_not_bring_back_missing_work():
    work_due = missing(due="2026-03-02")
    assert percent(work_due, late(90, 1), makeup={"window": 9}) == (0 + 90) / 2


# drop_lowest


def test_drop_lowest():
    assert percent(hw(50), hw(90), hw(100), drop_lowest={"Homework": 1}) == (90 + 100) / 2
    assert percent(hw(50), hw(90), hw(100), drop_lowest={"Homework": 2}) == 100


def test_drop_lowest_leaves_the_last_one():
    assert percent(hw(50), hw(90), drop_lowest={"Homework": 5}) == 90
    assert percent(hw(50), drop_lowest={"Homework": 1}) == 50


def test_drop_lowest_with_unequal_points_drops_what_helps_most():
    # 0 of 1 is the lowest percent, and leaving out 20 of 50 helps more.
    items = hw(0, 1), hw(20, 50), hw(49, 49)
    assert percent(*items, drop_lowest={"Homework": 1}) == approx(
        max(100 * (20 + 49) / 99, 100 * (0 + 49) / 50, 100 * (0 + 20) / 51)
    )
    assert percent(*items, drop_lowest={"Homework": 1}) == approx(100 * 49 / 50)


def test_drop_lowest_of_several_is_the_best_set():
    # Greedy by percent drops 1/10 then 2/10 ...; the best set is found by trying all.
    scores = [(1, 10), (12, 40), (3, 10), (30, 60), (9, 10)]
    tried = [
        100 * sum(s for k, (s, _) in enumerate(scores) if k not in (i, j))
        / sum(p for k, (_, p) in enumerate(scores) if k not in (i, j))
        for i in range(5) for j in range(i)
    ]  # fmt: skip
    assert percent(*(hw(s, p) for s, p in scores), drop_lowest={"Homework": 2}) == approx(max(tried))


def test_drop_lowest_is_by_category():
    items = hw(0), hw(100), exam(50), exam(60)
    assert percent(*items, drop_lowest={"Homework": 1}) == (100 + 50 + 60) / 3
    assert percent(*items, drop_lowest={"Homework": 1, "Tests": 1}) == (100 + 60) / 2


def test_drop_lowest_drops_missing_work_first():
    assert percent(hw(90), missing(category="Homework"), hw(70), drop_lowest={"Homework": 1}) == (90 + 70) / 2


def test_drop_lowest_never_drops_extra_credit():
    assert percent(hw(80), hw(90), hw(5, 0), drop_lowest={"Homework": 1}) == 90 + 5
    assert percent(hw(80), hw(5, 0), drop_lowest={"Homework": 1}) == 80 + 5


def test_drop_lowest_looks_at_counted_work_alone():
    items = hw(80), hw(60), hw(None, status="excused"), hw(None, status="ungraded")
    assert percent(*items, drop_lowest={"Homework": 1}) == 80


def test_dropping_none_is_no_rule():
    assert percent(hw(50), hw(90), drop_lowest={"Homework": 0}) == 70


# weights


def test_weights():
    part = {"Homework": 40, "Tests": 60}
    assert percent(hw(90), hw(100), exam(70), weights=part) == approx(0.4 * (90 + 100) / 2 + 0.6 * 70)


def test_points_are_added_up_within_a_category():
    part = {"Homework": 40, "Tests": 60}
    items = hw(9, 10), hw(50), exam(15, 20)
    assert percent(*items, weights=part) == approx(0.4 * 100 * 59 / 110 + 0.6 * 75)


def test_a_category_without_work_leaves_its_weight_to_the_others():
    part = {"Homework": 40, "Tests": 60}
    assert percent(hw(90), exam(None, status="ungraded"), weights=part) == approx(90)
    three = {"Homework": 20, "Tests": 60, "Labs": 20}
    lab = work(None, status="excused", category="Labs")
    assert percent(hw(90), exam(70), lab, weights=three) == approx((20 * 90 + 60 * 70) / 80)


def test_a_weight_of_0_counts_nothing():
    part = {"Homework": 0, "Tests": 100}
    assert percent(hw(10), exam(70), weights=part) == 70
    assert mark(hw(10), exam(None, status="excused"), weights=part)[1] is None


# exclude


def test_exclude():
    items = work(0, category="Behavior"), hw(80), exam(90)
    assert percent(*items, exclude=["Behavior"]) == (80 + 90) / 2
    assert percent(*items, exclude=["Behavior", "Homework"]) == 90
    assert mark(work(0, category="Behavior"), exclude=["Behavior"])[1] is None


# cuts, round, pass


@pytest.mark.parametrize(
    ("score", "letter"),
    [(105, "A"), (100, "A"), (90, "A"), (89.99, "B"), (80, "B"), (70, "C"), (69.999, "D"), (60, "D"),
     (59.99, "F"), (0, "F"), (-5, "F")],
)  # fmt: skip
def test_letters_without_cuts(score, letter):
    assert mark(score) == (approx(score), letter)


@pytest.mark.parametrize(
    ("score", "letter"), [(97, "A+"), (96.9, "A"), (50, "C"), (49.5, "No"), (0, "No"), (-1, "No")]
)
def test_cuts(score, letter):
    assert mark(score, cuts={"A+": 97, "A": 85, "C": 50, "No": 0})[1] == letter


def test_a_percent_on_the_cut_earns_it_whatever_the_binary():
    # 0.7 + 0.1 of 1 is 79.99999999999999 in binary.
    assert mark(work(0.7, 0.5), work(0.1, 0.5))[1] == "B"
    assert mark(work(62.97, 89.96), work(0.002, 0.0))[1] == "C"


@pytest.mark.parametrize(
    ("score", "decimals", "wanted", "letter"),
    [
        (89.5, None, 89.5, "B"),
        (89.5, 0, 90, "A"),
        (89.49, 0, 89, "B"),
        (88.5, 0, 89, "B"),  # half up, not half to even
        (89.95, 1, 90, "A"),
        (89.94, 1, 89.9, "B"),
        (89.85, 1, 89.9, "B"),
        (89.995, 2, 90, "A"),
        (89.994, 2, 89.99, "B"),
        (89.985, 2, 89.99, "B"),
        (-0.5, 0, 0, "F"),
    ],
)
def test_round(score, decimals, wanted, letter):
    assert mark(score, round=decimals) == (approx(wanted, abs=1e-12), letter)


def test_rounding_is_of_the_mark_not_of_scores():
    assert percent(89.4, 89.7, round=0) == 90  # 89.55
    assert percent(89.4, 89.4, 89.7, round=0) == 90  # 89.5
    assert percent(89.4, 89.4, 89.6, round=0) == 89  # 89.4667


@pytest.mark.parametrize(("score", "letter"), [(60, "P"), (59.99, "NP"), (100, "P"), (0, "NP")])
def test_pass_without_cuts_is_for_every_course(score, letter):
    assert mark(score, pass_=60)[1] == letter


def test_pass_beside_cuts_is_for_courses_that_were_passed_or_not():
    cuts = {"A": 90, "B": 80, "C": 70, "D": 60, "F": 0}
    assert mark(65, pass_=70, cuts=cuts)[1] == "D"
    assert mark(65, pass_=70, cuts=cuts, letter="C")[1] == "D"
    assert mark(65, pass_=70, cuts=cuts, letter="P")[1] == "NP"
    assert mark(75, pass_=70, cuts=cuts, letter="NC")[1] == "P"


def test_cuts_beside_pass_are_kept_when_a_part_changes_or_is_written():
    cuts = {"A": 90, "B": 80, "C": 70, "D": 60, "F": 0}
    policy = Policy(pass_=70, cuts=cuts)
    for other in (policy.but(floor={"percent": 0}), Policy.parse(policy.to_yaml())):
        assert regrade(book(65), other).marks["letter"][0] == "D"


def test_pass_is_a_hair_wide():
    assert mark(work(0.7, 0.5), work(0.1, 0.5), pass_=80)[1] == "P"
    assert mark(round(79.999999, 6), pass_=80)[1] == "NP"


def test_no_work_neither_passes_nor_fails():
    assert mark(work(None, status="excused"), pass_=60)[1] is None


# effective


def test_effective_leaves_other_work_to_the_courses_own_rules():
    items = [work(0, due=due) for due in ("2026-01-04", "2026-01-05", "2026-06-12", "2026-06-13")]
    part = {"from": "2026-01-05", "to": "2026-06-12"}
    assert percent(*items, floor={"percent": 50}, effective=part) == (0 + 50 + 50 + 0) / 4
    own = Policy(floor={"percent": 20})
    assert percent(*items, own=own, floor={"percent": 50}, effective=part) == (20 + 50 + 50 + 20) / 4
    assert percent(*items, floor={"percent": 50}, effective={"from": "2026-01-05"}) == (0 + 50 * 3) / 4
    assert percent(*items, floor={"percent": 50}, effective={"to": "2026-01-05"}) == (50 * 2 + 0) / 4
    assert percent(*items, floor={"percent": 50}, effective={}) == 50


def test_work_without_a_due_date_is_not_inside():
    items = work(0, due="2026-02-01"), work(0)
    assert percent(*items, floor={"percent": 50}, effective={"from": "2026-01-05"}) == (50 + 0) / 2


def test_an_hour_of_the_last_day_is_inside():
    items = work(0, due="2026-06-12 23:59"), work(0, due="2026-06-13 00:00")
    assert percent(*items, floor={"percent": 50}, effective={"to": "2026-06-12"}) == (50 + 0) / 2


@pytest.mark.parametrize(
    "part",
    [
        {"missing": {"counts_as": "excused"}},
        {"late": {"per_day": 10}},
        {"retake": {}},
        {"exclude": ["Labs"]},
        {"floor": {"percent": 50}},
    ],
)
def test_outside_its_dates_no_rule_for_scores_holds(part):
    items = [
        missing(due="2026-03-02"),
        late(90, 3),
        tries(30, 70, due="2026-03-02"),
        work(10, category="Labs", due="2026-03-02"),
    ]
    plain = (0 + 90 + 30 + 10) / 4
    assert percent(*items) == plain
    assert percent(*items, **part) != plain
    assert percent(*items, **part, effective={"to": "2026-03-01"}) == plain
    assert percent(*items, own=Policy(**part), effective={"to": "2026-03-01"}) == approx(
        percent(*items, **part)
    )
    assert percent(*items, **part, effective={"from": "2026-03-02"}) == approx(percent(*items, **part))


def test_rules_for_the_whole_mark_hold_whatever_the_dates():
    items = hw(50, due="2026-03-02"), hw(90, due="2026-03-02"), exam(70, due="2026-03-02")
    dates = {"to": "2026-01-01"}
    assert percent(*items, drop_lowest={"Homework": 1}, effective=dates) == (90 + 70) / 2
    assert percent(*items, weights={"Homework": 40, "Tests": 60}, effective=dates) == approx(
        0.4 * 70 + 0.6 * 70
    )
    assert percent(*items, floor={"percent": 75, "on": "mark"}, effective=dates) == 75


# scope


def several():
    rows = []
    for school, course, teacher in (
        ("North", "Algebra", "t1"),
        ("North", "Biology", "t2"),
        ("South", "Algebra", "t3"),
        ("South", "Biology", "t1"),
    ):
        rows.append(
            {
                "student": "s1", "school": school, "course": course, "teacher": teacher, "term": "Fall",
                "item": "i", "raw": 0.0, "points_possible": 10,
            }
        )  # fmt: skip
    return pd.DataFrame(rows)


@pytest.mark.parametrize(
    ("scope", "wanted"),
    [
        ({"level": "district"}, [50, 50, 50, 50]),
        ({"level": "district", "ids": ["any"]}, [50, 50, 50, 50]),
        ({"level": "school", "ids": ["North"]}, [50, 50, 0, 0]),
        ({"level": "school", "ids": ["North", "South"]}, [50, 50, 50, 50]),
        ({"level": "course", "ids": ["Biology"]}, [0, 50, 0, 50]),
        ({"level": "teacher", "ids": ["t1"]}, [50, 0, 0, 50]),
    ],
)
def test_scope(scope, wanted):
    policy = Policy(floor={"percent": 50}, scope=scope)
    assert regrade(Gradebook.of(several()), policy).marks["percent"].tolist() == wanted


def test_a_scope_of_numbers_is_the_number_in_the_file():
    frame = several().replace({"school": {"North": 12, "South": 34}})
    policy = Policy(floor={"percent": 50}, scope={"level": "school", "ids": [12]})
    assert regrade(Gradebook.of(frame), policy).marks["percent"].tolist() == [50, 50, 0, 0]


def test_of_several_policies_the_last_that_holds_counts():
    north = Policy(floor={"percent": 40}, scope={"level": "school", "ids": ["North"]})
    biology = Policy(floor={"percent": 60}, scope={"level": "course", "ids": ["Biology"]})
    grades = Gradebook.of(several())
    assert regrade(grades, [north, biology]).marks["percent"].tolist() == [40, 60, 0, 60]
    assert regrade(grades, [biology, north]).marks["percent"].tolist() == [40, 40, 0, 60]


def test_where_no_policy_holds_the_courses_own_rules_do():
    own = [
        Policy(floor={"percent": 10}),
        Policy(floor={"percent": 20}, scope={"level": "school", "ids": ["South"]}),
    ]
    grades = Gradebook.of(several(), policies=own)
    policy = Policy(floor={"percent": 50}, scope={"level": "course", "ids": ["Biology"]})
    out = regrade(grades, policy)
    assert out.marks["percent_before"].tolist() == [10, 10, 20, 20]
    assert out.marks["percent"].tolist() == [10, 50, 20, 50]


def test_outside_its_dates_each_course_has_its_own_rules():
    own = [
        Policy(floor={"percent": 10}),
        Policy(floor={"percent": 20}, scope={"level": "school", "ids": ["South"]}),
    ]
    grades = Gradebook.of(several().assign(due="2026-01-01"), policies=own)
    out = regrade(grades, Policy(floor={"percent": 50}, effective={"from": "2026-02-01"}))
    assert out.marks["percent"].tolist() == [10, 10, 20, 20]


def test_rules_that_changed_during_the_year():
    # Of the courses' own rules the last holds inside its dates, the one before it outside.
    items = [work(0, due=due) for due in ("2025-10-01", "2026-01-05", "2026-03-01")]
    own = [
        Policy(floor={"percent": 10}),
        Policy(floor={"percent": 30}, effective={"from": "2026-01-05"}),
        Policy(floor={"percent": 80}, effective={"from": "2026-03-01"}),
    ]
    grades = book(*items).with_policy(*own)
    assert regrade(grades, own).marks["percent_before"].tolist() == [(10 + 30 + 80) / 3]
    assert regrade(grades, own).marks["percent"].tolist() == [(10 + 30 + 80) / 3]
    spring = Policy(floor={"percent": 50}, effective={"from": "2026-01-01", "to": "2026-02-01"})
    assert regrade(grades, spring).marks["percent"].tolist() == [(10 + 50 + 80) / 3]


def test_outside_the_dates_of_all_there_is_no_rule():
    items = [work(0, due=due) for due in ("2025-10-01", "2026-01-05")]
    grades = book(*items, own=Policy(floor={"percent": 30}, effective={"from": "2026-01-05"}))
    assert regrade(grades, grades.policy).marks["percent_before"].tolist() == [(0 + 30) / 2]
    assert regrade(grades, grades.policy).marks["percent"].tolist() == [(0 + 30) / 2]


def test_a_policy_for_other_dates_and_another_course_is_passed_over():
    own = [
        Policy(floor={"percent": 10}),
        Policy(floor={"percent": 20}, scope={"level": "school", "ids": ["South"]}),
        Policy(floor={"percent": 30}, effective={"from": "2026-02-01"}),
    ]
    grades = Gradebook.of(several().assign(due=["2026-01-01", "2026-03-01"] * 2), policies=own)
    assert regrade(grades, own).marks["percent_before"].tolist() == [10, 30, 20, 30]


def test_attempts_that_are_all_excused():
    of = [work(None, status="excused", attempt=1), work(None, status="excused", attempt=2)]
    assert mark(of, retake={})[1] is None


def test_work_without_a_category_has_no_weight():
    # A policy that is tried is refused then; of the courses' own rules no more is known.
    own = Policy(weights={"Homework": 40, "Tests": 60})
    out = regrade(book(hw(50), exam(80), work(100), own=own), Policy()).marks
    assert out["percent_before"].tolist() == [approx(0.4 * 50 + 0.6 * 80)]


# Points that are not as usual


def test_extra_credit_adds_points():
    assert percent(work(80, 100), work(5, 0)) == 85
    assert percent(work(100, 100), work(5, 0)) == 105
    assert mark(work(5, 0))[1] is None


def test_extra_credit_within_a_category():
    part = {"Homework": 40, "Tests": 60}
    assert percent(hw(80), hw(5, 0), exam(70), weights=part) == approx(0.4 * 85 + 0.6 * 70)
    # A category of extra credit alone has no percent.
    assert percent(hw(5, 0), exam(70), weights=part) == approx(70)


def test_no_rule_in_percent_touches_extra_credit():
    assert percent(80, work(2, 0), floor={"percent": 50}) == 82
    assert percent(80, work(-2, 0), floor={"percent": 50}) == 78
    assert percent(on_time(80), late(2, 3, 0), late={"per_day": 10, "lowest": 50}) == 82
    assert percent(80, tries(2, 5, of=0), retake={}) == 82


def test_over_the_maximum_is_kept():
    assert percent(work(12, 10), work(8, 10)) == 100
    assert percent(work(12, 10), floor={"percent": 50}, round=0) == 120
    assert percent(tries(50, 120), retake={}) == 100


def test_negative_points_are_kept():
    assert mark(work(-5, 10), work(5, 10)) == (0, "F")
    assert percent(work(-5, 10), 80) == approx(100 * 75 / 110)


# Marks


def test_terms_courses_schools_and_students_are_apart():
    frame = pd.DataFrame(
        {
            "student": ["a", "a", "a", "b", "a"],
            "school": ["N", "N", "N", "N", "S"],
            "course": ["x", "y", "x", "x", "x"],
            "term": ["1", "1", "2", "1", "1"],
            "item": "i",
            "raw": [1.0, 2, 3, 4, 5],
            "points_possible": 10,
        }
    )
    assert regrade(Gradebook.of(frame), Policy()).marks["percent"].tolist() == [10, 20, 30, 40, 50]


def test_two_sections_of_one_course_are_one_mark():
    frame = pd.DataFrame(
        {"student": "a", "section": ["1", "2"], "item": ["i", "j"], "raw": [80.0, 90], "points_possible": 100}
    )
    assert regrade(Gradebook.of(frame), Policy()).marks["percent"].tolist() == [85]


def test_marks_beside_scores_give_what_scores_do_not_say():
    marks = pd.DataFrame(
        {"student": ["s1", "s9"], "school": "North", "course": "Algebra", "term": "Fall",
         "letter": ["B+", "A-"],
         "percent": [88.0, 45.0], "credits": [5.0, 5.0], "gender": ["x", "y"]}
    )  # fmt: skip
    grades = Gradebook.of(book(80, 0).scores, marks)
    out = regrade(grades, Policy(floor={"percent": 50})).marks
    assert out["student"].tolist() == ["s1", "s9"]
    assert out["percent"].tolist() == [65, 45]
    assert out["percent_before"].tolist() == [40, 45]
    assert out["credits"].tolist() == [5, 5] and out["gender"].tolist() == ["x", "y"]
    # One without scores stays as it was exported, save for a floor on marks.
    assert out["letter"].tolist() == ["D", "A-"]
    lifted = regrade(grades, Policy(floor={"percent": 50, "on": "mark"})).marks
    assert lifted["percent"].tolist() == [50, 50] and lifted["letter"].tolist() == ["F", "F"]


def test_marks_alone_take_a_floor_on_marks_cuts_rounding_and_pass():
    marks = pd.DataFrame({"student": list("abcd"), "letter": ["B+", "A", "F", "I"],
                          "percent": [88.0, 89.6, 20.0, np.nan]})  # fmt: skip
    grades = Gradebook.of(marks=marks)

    def tried(**parts):
        out = regrade(grades, Policy(**parts)).marks
        return out["percent"].tolist()[:3], out["letter"].tolist()

    # The letter that a teacher gave stays where the policy changes nothing.
    assert tried(floor={"percent": 50, "on": "mark"}) == ([88, 89.6, 50], ["B+", "A", "F", "I"])
    assert tried(cuts={"A": 85, "C": 10, "F": 0}) == ([88, 89.6, 20], ["A", "A", "C", "I"])
    assert tried(round=0) == ([88, 90, 20], ["B+", "A", "F", "I"])
    assert tried(pass_=50) == ([88, 89.6, 20], ["P", "P", "NP", "I"])
    assert tried() == ([88, 89.6, 20], ["B+", "A", "F", "I"])
