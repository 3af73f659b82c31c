"""Parts of a policy together, each worked by hand in plain arithmetic."""

from __future__ import annotations

import pandas as pd
import pytest

from relsurvey.grading import Policy
from tests.grading.one_student import mark, missing, percent, tries, work

approx = pytest.approx
FLOOR = {"percent": 50}
ON_MARK = {"percent": 50, "on": "mark"}
HOMEWORK_TESTS = {"Homework": 40, "Tests": 60}
LATE = {"per_day": 10, "lowest": 50, "window": 5}


def hw(raw, of=100, **more):
    return work(raw, of, category="Homework", **more)


def exam(raw, of=100, **more):
    return work(raw, of, category="Tests", **more)


def days(count):
    """Due on Monday, 2 March 2026, and handed in so many days after it."""
    return {"due": "2026-03-02", "submitted": pd.Timestamp("2026-03-02") + pd.Timedelta(count, "D")}


COMBINATIONS = {
    # The floor and missing work
    "floor + missing as zero: a real 0 is lifted, missing work is not": (
        [85, 85, 85, 0, missing()],
        {"floor": FLOOR, "missing": {"counts_as": "zero"}},
        (85 + 85 + 85 + 50 + 0) / 5,
    ),
    "floor + missing as floor: both count 50": (
        [85, 85, 85, 0, missing()],
        {"floor": FLOOR, "missing": {"counts_as": "floor"}},
        (85 + 85 + 85 + 50 + 50) / 5,
    ),
    "floor + missing excused": (
        [85, 85, 85, 0, missing()],
        {"floor": FLOOR, "missing": {"counts_as": "excused"}},
        (85 + 85 + 85 + 50) / 4,
    ),
    "floor on the mark + missing as zero": (
        [60, missing(), missing()],
        {"floor": ON_MARK, "missing": {"counts_as": "zero"}},
        50,  # not (60 + 0 + 0) / 3 = 20
    ),
    "floor + missing by code + another code": (
        [90, missing("M"), missing("Z")],
        {"floor": FLOOR, "missing": {"codes": ["M"], "counts_as": "zero"}},
        (90 + 0 + 50) / 3,
    ),
    # The floor and lateness
    "floor + late: the deduction first, then the floor": (
        [work(70, **days(4)), work(40, **days(0))],
        {"floor": FLOOR, "late": {"per_day": 10}},
        (50 + 50) / 2,  # 70 - 4 x 10 = 30, lifted; 40 lifted
    ),
    "floor under the lowest of late work": (
        [work(90, **days(5)), work(20, **days(5))],
        {"floor": {"percent": 40}, "late": LATE},
        (50 + 40) / 2,  # 90 - 50 = 40, not under 50; 20 stays, then the floor
    ),
    "floor + late past the window: a plain zero, lifted": (
        [work(90, **days(6)), 80],
        {"floor": FLOOR, "late": LATE},
        (50 + 80) / 2,
    ),
    "floor + late + missing as zero": (
        [work(90, **days(2)), work(90, **days(6)), missing()],
        {"floor": FLOOR, "late": LATE, "missing": {"counts_as": "zero"}},
        ((90 - 2 * 10) + 50 + 0) / 3,
    ),
    # Lateness and making up
    "late + makeup window: forgiven within it, deducted after": (
        [work(90, **days(2)), work(90, **days(3))],
        {"late": LATE, "makeup": {"window": 2, "credit": 90}},
        (90 * 0.9 + (90 - 3 * 10)) / 2,
    ),
    "late + makeup day past the late window": (
        [work(80, **days(9)), work(80, **days(8))],
        {"late": LATE, "makeup": {"days": ["2026-03-11"], "credit": 75}},
        (80 * 0.75 + 0) / 2,
    ),
    "makeup + floor: a credited score under the floor is lifted": (
        [work(60, **days(1)), work(90, **days(1))],
        {"floor": FLOOR, "makeup": {"window": 1, "credit": 70}},
        (50 + 90 * 0.7) / 2,  # 60 x .7 = 42
    ),
    # Retakes
    "retake + floor: the floor is of the final score": (
        [tries(20, 30), tries(20, 90)],
        {"retake": {"below": 70, "cap": 80}, "floor": FLOOR},
        (50 + 80) / 2,
    ),
    "retake average + floor: averaged first, lifted then": (
        [tries(10, 60), tries(40, 80)],
        {"retake": {"keep": "average"}, "floor": FLOOR},
        (50 + (40 + 80) / 2) / 2,  # (10 + 60) / 2 = 35
    ),
    "retake + missing as zero: handing in opens it": (
        [[missing(attempt=1), work(95, attempt=2)], missing()],
        {"retake": {"below": 70, "cap": 80}, "missing": {"counts_as": "zero"}, "floor": FLOOR},
        (80 + 0) / 2,
    ),
    "retake + missing as floor: open although the floor is over `below`": (
        [[missing(attempt=1), work(95, attempt=2)], [missing(attempt=1), work(40, attempt=2)]],
        {"retake": {"below": 60, "cap": 80}, "missing": {"counts_as": "floor"}, "floor": {"percent": 65}},
        (80 + 65) / 2,
    ),
    "retake average + missing as floor": (
        [[missing(attempt=1), work(90, attempt=2)]],
        {"retake": {"keep": "average"}, "missing": {"counts_as": "floor"}, "floor": FLOOR},
        (50 + 90) / 2,
    ),
    "retake + missing excused: the next attempt is the first": (
        [[missing(attempt=1), work(60, attempt=2), work(95, attempt=3)], 70],
        {"retake": {"below": 70, "cap": 80}, "missing": {"counts_as": "excused"}},
        (80 + 70) / 2,
    ),
    "retake + late: only the first attempt can be late": (
        [[work(75, attempt=1, **days(2)), work(65, attempt=2, **days(6))]],
        {"retake": {"below": 60}, "late": LATE},
        65,  # 75 - 20 = 55 is below 60; the second counts 65
    ),
    "retake + late + cap + floor": (
        [[work(70, attempt=1, **days(4)), work(90, attempt=2, **days(8))], work(10, **days(0))],
        {"retake": {"below": 60, "cap": 85}, "late": {"per_day": 10}, "floor": {"percent": 45}},
        (85 + 45) / 2,
    ),
    "retake count + window": (
        [[work(40, attempt=1, **days(0)), work(50, attempt=2, **days(3)), work(90, attempt=3, **days(4))],
         [work(40, attempt=1, **days(0)), work(90, attempt=2, **days(7))]],
        {"retake": {"count": 1, "window": 5}},
        (50 + 40) / 2,
    ),
    # Leaving out, weights, categories
    "drop + floor: dropped after the floor": (
        [hw(0), hw(45), hw(90), hw(100)],
        {"drop_lowest": {"Homework": 1}, "floor": FLOOR},
        (50 + 90 + 100) / 3,
    ),
    "drop + missing excused: one excused, one dropped": (
        [missing(category="Homework"), hw(40), hw(90), hw(100)],
        {"drop_lowest": {"Homework": 1}, "missing": {"counts_as": "excused"}},
        (90 + 100) / 2,
    ),
    "drop + floor + missing as zero: the zero is dropped": (
        [missing(category="Homework"), hw(40), hw(90)],
        {"drop_lowest": {"Homework": 1}, "floor": FLOOR, "missing": {"counts_as": "zero"}},
        (50 + 90) / 2,
    ),
    "drop + unequal points without weights: the whole mark is what counts": (
        # Homework 4/10 and 30/50, tests 90/100: without the 30 of 50 94/110, without the 4 of 10 120/150.
        [hw(4, 10), hw(30, 50), exam(90)],
        {"drop_lowest": {"Homework": 1}},
        max(100 * (4 + 90) / 110, 100 * (30 + 90) / 150),
    ),
    "drop + unequal points with weights: the category is what counts": (
        [hw(4, 10), hw(30, 50), exam(90)],
        {"drop_lowest": {"Homework": 1}, "weights": HOMEWORK_TESTS},
        0.4 * max(100 * 4 / 10, 100 * 30 / 50) + 0.6 * 90,
    ),
    "drop in two categories + weights": (
        [hw(50), hw(80), hw(90), exam(60), exam(75)],
        {"drop_lowest": {"Homework": 1, "Tests": 1}, "weights": HOMEWORK_TESTS},
        0.4 * (80 + 90) / 2 + 0.6 * 75,
    ),
    "drop + retake: the better attempt decides what is dropped": (
        [[hw(20, attempt=1), hw(95, attempt=2)], hw(60), hw(70)],
        {"drop_lowest": {"Homework": 1}, "retake": {"cap": 80}},
        (80 + 70) / 2,
    ),
    "drop + extra credit + weights": (
        [hw(50), hw(80), hw(6, 0), exam(70)],
        {"drop_lowest": {"Homework": 1}, "weights": HOMEWORK_TESTS},
        0.4 * (80 + 6) + 0.6 * 70,
    ),
    "weights + floor on scores": (
        [hw(0), hw(100), exam(70)],
        {"weights": HOMEWORK_TESTS, "floor": FLOOR},
        0.4 * (50 + 100) / 2 + 0.6 * 70,
    ),
    "weights + floor on the mark": (
        [hw(100), exam(0)],
        {"weights": HOMEWORK_TESTS, "floor": ON_MARK},
        50,  # not .4 x 100 + .6 x 0 = 40
    ),
    "weights + exclude + missing excused empties a category": (
        [work(0, category="Behavior"), missing(category="Homework"), exam(72)],
        {"weights": HOMEWORK_TESTS, "exclude": ["Behavior"], "missing": {"counts_as": "excused"}},
        72,
    ),
    "exclude + floor: an excluded zero does not come back as 50": (
        [work(0, category="Behavior"), hw(80)],
        {"exclude": ["Behavior"], "floor": FLOOR},
        80,
    ),
    "exclude + drop elsewhere": (
        [work(0, category="Behavior"), hw(60), hw(80)],
        {"exclude": ["Behavior"], "drop_lowest": {"Homework": 1}},
        80,
    ),
    # Dates
    "effective + floor + drop: dropped over all work": (
        [hw(0, due="2026-01-01"), hw(0, due="2026-02-01"), hw(90, due="2026-02-01")],
        {"effective": {"from": "2026-01-15"}, "floor": FLOOR, "drop_lowest": {"Homework": 1}},
        (50 + 90) / 2,
    ),
    "effective + exclude: excluded inside alone": (
        [work(20, category="Behavior", due="2026-01-01"), work(0, category="Behavior", due="2026-02-01"),
         hw(80)],
        {"effective": {"from": "2026-01-15"}, "exclude": ["Behavior"]},
        (20 + 80) / 2,
    ),
    "effective + late + makeup: last month's work keeps its due date's rules": (
        [work(90, due="2026-03-02", submitted="2026-03-04"),
         work(90, due="2026-04-01", submitted="2026-04-03")],
        {"effective": {"from": "2026-04-01"}, "late": LATE},
        (90 + (90 - 2 * 10)) / 2,
    ),
    "floor + rounding": ([85, 85, 84, 0], {"floor": FLOOR, "round": 0}, 76),
    "floor on the mark + rounding: the floor first": (
        [40], {"floor": {"percent": 49.5, "on": "mark"}, "round": 0}, 50,
    ),
    "all of it": (
        [
            work(0, category="Behavior"),
            hw(90, **days(2)),  # forgiven at 90 %: 81
            hw(95, **days(3)),  # 95 - 30 = 65
            missing("M", category="Homework"),  # a zero that stays, dropped
            hw(10, 20, **days(0)),  # 50 %, 10 points
            [exam(40, attempt=1, **days(0)), exam(95, attempt=2, **days(4))],  # 80
            exam(30, 50, **days(0)),
            exam(3, 0),
        ],
        {
            "floor": {"percent": 45}, "missing": {"codes": ["M"], "counts_as": "zero"}, "late": LATE,
            "makeup": {"window": 2, "credit": 90}, "retake": {"below": 70, "cap": 80},
            "drop_lowest": {"Homework": 1}, "weights": HOMEWORK_TESTS, "exclude": ["Behavior"], "round": 1,
        },
        round(0.4 * 100 * (81 + 65 + 10) / 220 + 0.6 * 100 * (80 + 30 + 3) / 150, 1),  # 73.56
    ),
}  # fmt: skip


@pytest.mark.parametrize(("items", "parts", "wanted"), COMBINATIONS.values(), ids=COMBINATIONS.keys())
def test_together(items, parts, wanted):
    assert percent(*items, **parts) == approx(wanted)


def test_there_are_thirty():
    assert len(COMBINATIONS) >= 30
    assert all(len(parts) >= 2 or len(items) > 1 for items, parts, _ in COMBINATIONS.values())


def test_four_85s_and_a_0():
    items = (85, 85, 85, 85, 0)
    assert mark(*items) == (approx((4 * 85 + 0) / 5), "D")
    assert percent(*items) == approx(68.0)
    assert mark(*items, floor=FLOOR) == (approx((4 * 85 + 50) / 5), "C")
    assert percent(*items, floor=FLOOR) == approx(78.0)
    # The same work never handed in, by what it counts.
    items = (85, 85, 85, 85, missing())
    assert percent(*items, floor=FLOOR, missing={"counts_as": "zero"}) == approx(68.0)
    assert percent(*items, floor=FLOOR, missing={"counts_as": "floor"}) == approx(78.0)
    assert percent(*items, floor=FLOOR, missing={"counts_as": "excused"}) == 85


@pytest.mark.parametrize(
    ("scores", "parts", "letter"),
    [
        ([89.5], {"round": 0}, "A"),
        ([89.5], {"round": 1}, "B"),
        ([79, 80], {"round": 0}, "B"),  # 79.5
        ([79, 80], {"floor": ON_MARK}, "C"),
        ([40], {"floor": ON_MARK}, "F"),  # 50 is an F still
        ([40], {"floor": ON_MARK, "cuts": {"C": 50, "F": 0}}, "C"),
        ([40], {"floor": ON_MARK, "pass_": 50}, "P"),
        ([59.5], {"round": 0, "pass_": 60}, "P"),
        ([59.5], {"round": 1, "pass_": 60}, "NP"),
        ([59.5], {"round": 0, "pass_": 60, "cuts": {"A": 50, "F": 0}}, "A"),
    ],
)
def test_letters_together(scores, parts, letter):
    assert mark(*scores, **parts)[1] == letter


def test_a_tried_policy_takes_the_place_of_the_courses_own_rules():
    own = Policy(floor=FLOOR, drop_lowest={"Homework": 1})
    items = hw(0), hw(60), hw(80)
    assert percent(*items, own=own) == (0 + 60 + 80) / 3
    out = percent(*items, own=own, floor={"percent": 40})
    assert out == (40 + 60 + 80) / 3
