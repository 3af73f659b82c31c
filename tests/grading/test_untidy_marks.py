"""Marks as a district has them, counted again student by student in plain loops.

Several schools and terms with a summer, students who moved, P and NP, signs, numbers for letters, percents
without a letter, marks entered twice, incomplete ones, credits of 0, 5 and 10, and marks of eighth grade.
"""

from __future__ import annotations

import random
from collections import defaultdict

import pandas as pd
import pytest

from relsurvey.grading import ag_pace, df_rates, on_track

LETTERS = [
    "A",
    "A-",
    "b+",
    " B ",
    "C",
    "C-",
    "C\N{MINUS SIGN}",
    "D+",
    "D",
    "F",
    "E",
    "3",
    "P",
    "NP",
    "CR",
    "I",
    "W",
    "",
    None,
]
POINTS = {"A": 4, "B": 3, "C": 2, "D": 1, "F": 0}
CORE = ("Math", "English", "Science")
SUMMER = "Summer 2026"


def untidy(seed):
    """Return random marks, as rows and as a table."""
    draw = random.Random(seed)
    rows = []
    for i in range(40):
        schools = draw.sample(["North", "South", None], draw.choice([1, 1, 2]))
        good = draw.random()
        for term in ["S1", "S2"][: draw.choice([1, 2, 2, 2])] + [SUMMER] * (draw.random() < 0.3):
            for course in draw.sample(
                ["Math", "English", "Art", "PE", "Health", "Science"], draw.choice([5, 6])
            ):
                letter = draw.choice(LETTERS[:6] if draw.random() < good else LETTERS)
                row = {
                    "student": f"{i:03d}", "school": draw.choice(schools), "course": course, "term": term,
                    "letter": letter, "percent": None if letter else draw.choice([None, 59.99, 60.0]),
                    "credits": draw.choice([5.0, 5.0, 5.0, 5.0, 10.0, 0.0, None]),
                    "core": draw.choice([True, True, None]) if course in CORE else False,
                    "ag": course not in ("PE", "Health"), "grade_level": draw.choice([9] * 5 + [None, 8]),
                }  # fmt: skip
                rows += [row] * (2 if draw.random() < 0.03 else 1)
    return rows, pd.DataFrame(rows)


def meant(row):
    """Return a letter, P, NP, "open" for what may become one, or "out"."""
    text = (row["letter"] or "").strip().upper().replace("\N{MINUS SIGN}", "-")
    if not text and row["percent"] is not None:
        return next(
            letter for letter, cut in zip("ABCDF", (90, 80, 70, 60, 0), strict=True) if row["percent"] >= cut
        )
    known = {"E": "F", "3": "B", "CR": "P", "I": "open", "": "open", "W": "out", "P": "P", "NP": "NP"}
    return known.get(text) or text.rstrip("+-")


def twice(rows):
    keys = {tuple(row[key] for key in ("student", "school", "course", "term")) for row in rows}
    return len(rows) - len(keys)


def is_c_minus(row):
    return (row["letter"] or "").strip().replace("\N{MINUS SIGN}", "-") == "C-"


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("by", [None, "school", ("school", "term")])
def test_rates_are_what_a_loop_over_marks_and_students_gives(seed, by):
    rows, table = untidy(seed)
    names = () if by is None else (by,) if isinstance(by, str) else by
    groups = defaultdict(lambda: defaultdict(list))
    for row in rows:
        if meant(row) not in ("open", "out"):
            groups[tuple(row[name] or "no entry" for name in names)][row["student"]].append(row)
    found = df_rates(table, by=by)
    shown = {tuple(row[name] for name in names): row for _, row in found.table.iterrows()}
    assert shown.keys() == groups.keys()
    for name, students in groups.items():
        row = shown[name]
        of = [[meant(mark) for mark in marks] for marks in students.values()]
        every = [what for marks in of for what in marks]
        bad = [sum(what in ("D", "F", "NP") for what in marks) for marks in of]
        assert (row["n_marks"], row["n_students"]) == (len(every), len(of))
        assert row["df"] == pytest.approx(sum(bad) / len(every))
        assert row["c_or_better"] == pytest.approx(
            sum(what in ("A", "B", "C") for what in every) / len(every)
        )
        assert row["passed"] == pytest.approx(every.count("P") / len(every))
        assert row["passed"] + row["df"] + row["c_or_better"] == pytest.approx(1)
        for key, some in (("any_df", (1, 99)), ("df_1_2", (1, 2)), ("df_3_plus", (3, 99))):
            assert row[key] == pytest.approx(sum(some[0] <= n <= some[1] for n in bad) / len(of))
        lettered = [[POINTS[what] for what in marks if what in POINTS] for marks in of]
        means = [sum(points) / len(points) for points in lettered if points]
        assert row["n_gpa"] == len(means)
        assert row["gpa"] == pytest.approx(sum(means) / len(means))
        earned = [
            [mark["credits"] for mark in marks if meant(mark) in ("A", "B", "C", "D", "P")]
            for marks in students.values()
        ]
        known = [sum(each) for each in earned if None not in each]
        assert row["n_credits"] == len(known)
        assert row["credits"] == pytest.approx(
            sum(known) / len(known) if known else float("nan"), nan_ok=True
        )
    # Every mark is in one group, or is said to be left out.
    out = sum(meant(row) in ("open", "out") for row in rows)
    assert found.table["n_marks"].sum() == found.whole["n_marks"].iloc[0] == len(rows) - out
    assert found.left_out["marks"].sum() == out
    passed = sum(meant(row) == "P" for row in rows)
    assert found.passed == passed
    # Where students are in one group each, they add up too.
    assert found.whole["n_students"].iloc[0] <= found.table["n_students"].sum()
    assert dict(found.notes).get("twice", 0) == twice(rows)


@pytest.mark.parametrize("seed", range(6))
def test_chicago_by_credits_of_five_is_what_a_loop_over_students_gives(seed):
    rows, table = untidy(seed)
    found = on_track(table, "chicago", year_course=10)
    state = dict(zip(found.students["student"], found.students["on_track"], strict=True))
    level = defaultdict(set)
    for row in rows:
        level[row["student"]].add(row["grade_level"])
    assert state.keys() == {one for one, levels in level.items() if 9 in levels or levels == {None}}
    expected = {}
    for one in state:
        own = [
            row for row in rows if row["student"] == one and row["grade_level"] != 8 and row["term"] != SUMMER
        ]
        passed = [row for row in own if meant(row) in ("A", "B", "C", "D", "P")]
        still = [row for row in own if meant(row) == "open"]
        got = sum(row["credits"] or 0 for row in passed) / 10
        # What is incomplete could earn what it says, or what most do.
        most = got + sum(row["credits"] or 5 for row in still) / 10
        unknown = any(row["credits"] is None for row in passed)
        one_term = len({row["term"] for row in own}) < 2
        credits_ = True if got >= 5 else None if unknown or one_term or most >= 5 else False
        failed = [row["core"] for row in own if meant(row) in ("F", "NP")]
        sure = failed.count(True)
        maybe = sure + failed.count(None) + sum(row["core"] is not False for row in still)
        some = any(row["core"] is not False and meant(row) != "out" for row in own)
        core = False if sure > 1 else None if maybe > 1 or not some else True
        expected[one] = False if False in (credits_, core) else None if None in (credits_, core) else True
    assert state == expected
    assert set(expected.values()) == {True, False, None}
    row = found.whole.iloc[0]
    of = list(expected.values())
    assert (row["n_students"], row["cannot_tell"]) == (len(of), of.count(None))
    assert row["on_track"] == pytest.approx(of.count(True) / (len(of) - of.count(None)))
    notes = dict(found.notes)
    kept = [row for row in rows if row["student"] in state]
    assert notes.get("other_grade", 0) == sum(row["grade_level"] == 8 for row in kept)
    assert notes.get("others", 0) == len(level) - len(state)
    counted = [row for row in kept if row["grade_level"] != 8]
    assert notes.get("twice", 0) == twice(counted)
    assert notes["from_percent"] == sum(not row["letter"] and row["percent"] is not None for row in counted)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("minus", [True, False])
def test_the_a_g_pace_with_a_summer_is_what_a_loop_over_students_gives(seed, minus):
    rows, _ = untidy(seed)
    rows = [row for row in rows if row["grade_level"] != 8]
    found = ag_pace(pd.DataFrame(rows), minus, terms=2)
    students = found.students.set_index("student")
    for one, own in students.iterrows():
        mine = [row for row in rows if row["student"] == one]
        ag = [row for row in mine if row["ag"]]
        good = sum(meant(row) in ("A", "B", "C") and (minus or not is_c_minus(row)) for row in ag)
        most = good + sum(meant(row) == "open" for row in ag)
        assert own["courses"] == good / 2
        if all(row["grade_level"] is None for row in mine):
            assert own["on_track"] is None
            continue
        # A summer is no term that a student has to have.
        more = len({row["term"] for row in mine}) < 2 or most / 2 >= 3.75
        assert own["on_track"] is (True if good / 2 >= 3.75 else None if more else False)
