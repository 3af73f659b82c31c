"""What marks owe: against a loop that changes one score at a time and regrades the whole gradebook."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from statsmodels.stats.proportion import proportion_confint

import relsurvey as rs
from relsurvey.errors import AnalysisError
from relsurvey.grading import Gradebook, Policy, owed, regrade

#: In points, as R's own rounding.
POLICIES = {
    "points": {},
    "weights": {"weights": {"Homework": 40, "Tests": 60}},
    "drop": {"drop_lowest": {"Homework": 1}},
    "floor": {"floor": {"percent": 50}, "missing": {"codes": ["M"], "counts_as": "zero"}},
    "exclude": {"exclude": ["Homework"], "round": 0},
    "letters": {"cuts": {"A": 85, "B": 75, "C": 65, "D": 55, "F": 0}},
    "pass": {"pass": 60},
    "late": {"late": {"per_day": 10}, "retake": {"below": 80, "keep": "average"}},
}


def book(name="points", seed=1, attempts=False, students=14):
    rng = np.random.default_rng(seed)
    rows = []
    for student in range(students):
        skill = rng.normal(72, 12)
        for course in ("Math", "Art"):
            for i in range(6):
                points = float(rng.choice([10, 20, 50, 0], p=[0.5, 0.3, 0.15, 0.05]))
                kind = rng.choice(["scored", "zero", "M", "blank", "EX"], p=[0.68, 0.1, 0.1, 0.07, 0.05])
                raw = {
                    "scored": round(points * min(max(rng.normal(skill, 12), 5), 105) / 100, 1),
                    "zero": 0.0,
                }
                status = {"scored": "scored", "zero": "scored", "M": "missing", "blank": "ungraded"}
                rows.append(
                    {
                        "student": f"s{student}",
                        "course": course,
                        "item": f"i{i}",
                        "category": "Homework" if i < 4 else "Tests",
                        "points_possible": points,
                        "raw": raw.get(kind, np.nan),
                        "status": status.get(kind, "excused"),
                        "code": {"blank": "", "M": "M", "EX": "EX"}.get(kind),
                        "days_late": float(rng.choice([0, 0, 0, 2])),
                        "attempt": 1,
                    }
                )
                if attempts and rng.random() < 0.3:
                    zero = rng.random() < 0.4
                    again = rows[-1] | {"attempt": 2, "status": "scored", "code": None, "days_late": 0.0}
                    rows.append(again | {"raw": 0.0 if zero else round(points * 0.8, 1)})
    return Gradebook.of(pd.DataFrame(rows), policies=[Policy(**POLICIES[name])])


def letters_of(given, **columns):
    """Return letter and percent of each student and course when some columns are put in place."""
    scores = given.scores.assign(**columns)
    changed = Gradebook.of(scores, policies=given.policies)
    before = regrade(changed, changed.policies).before
    return {(m.student, m.course): (m.letter, m.percent) for m in before.itertuples()}


def is_zero(row):
    return row.points_possible > 0 and (row.status == "missing" or (row.status == "scored" and row.raw == 0))


def slow(given, share):
    """Return by mark whether it is D/F, F, and whether one made-up score brings it to C, or to a pass."""
    scores, excluded = given.scores, given.policy.exclude
    result = {}
    for key, (letter, _) in letters_of(given).items():
        own = scores[(scores.student == key[0]) & (scores.course == key[1])]
        df, failed = letter in ("D", "F", "NP"), letter in ("F", "NP")
        good = own[
            own.status.isin(["scored"])
            & (own.raw > 0)
            & (own.points_possible > 0)
            & ~own.category.isin(excluded)
        ]
        level = (
            share if share is not None else good.raw.sum() / good.points_possible.sum() if len(good) else None
        )
        c = passes = False
        for _, item in own.groupby("item"):
            counts = item[item.status.isin(["scored", "missing"])]
            if not df or level is None or not len(counts) or not all(is_zero(r) for r in counts.itertuples()):
                continue
            raw, status, late = scores.raw.copy(), scores.status.copy(), scores.days_late.copy()
            status[counts.index] = "excused"
            first = counts.index[0]
            raw[first], status[first], late[first] = level * scores.points_possible[first], "scored", 0.0
            after = letters_of(given, raw=raw, status=status, days_late=late)[key][0]
            c |= after in ("A", "B", "C", "P")
            passes |= after in ("A", "B", "C", "D", "P")
        result[key] = (df, failed, c, passes and failed)
    return result


@pytest.mark.parametrize("name", POLICIES)
@pytest.mark.parametrize("made_up", [None, 70.0])
def test_one_piece_made_up_changes_the_marks_that_the_loop_says(name, made_up):
    given = book(name, seed=len(name), attempts=name == "late", students=9)
    found = owed(given, made_up)
    # What is perfect is the same whatever the level.
    tails = (("", None), ("_full", 1.0)) if made_up is None else (("", made_up / 100),)
    for tail, share in tails:
        expected = slow(given, share)
        for _, row in found.table.iterrows():
            own = np.array([v for k, v in expected.items() if k[1] == row["course"]])
            df, failed, c, passes = own.sum(axis=0)
            assert (row["n_df"], row["n_failed"]) == (df, failed)
            assert round(row[f"to_c{tail}"] * df) == c if df else np.isnan(row[f"to_c{tail}"])
            assert round(row[f"to_pass{tail}"] * failed) == passes if failed else True
            if df:
                limits = proportion_confint(c, df, method="wilson")
                assert (row[f"to_c{tail}_low"], row[f"to_c{tail}_high"]) == pytest.approx(limits)


def test_the_loop_finds_something_to_change():
    assert sum(v[2] for v in slow(book("letters", seed=7), None).values()) > 1


@pytest.mark.parametrize("name", ["points", "weights", "letters", "exclude"])
def test_what_is_owed_is_the_mark_without_zeros_less_the_mark_with_all_of_them(name):
    given = book(name, seed=3)
    scores = given.scores
    zero = pd.Series([is_zero(row) for row in scores.itertuples()]) | (scores.status == "ungraded")
    blank = scores.status == "ungraded"
    all_zero = letters_of(given, status=scores.status.mask(blank, "missing"))
    rest = letters_of(given, status=scores.status.mask(zero, "excused"))
    current = letters_of(given)
    for _, row in owed(given).table.iterrows():
        keys = [key for key in all_zero if key[1] == row["course"]]
        for kind, other in (("zeros", rest), ("blanks", current)):
            both = [(other[key], all_zero[key]) for key in keys if not np.isnan(other[key][1])]
            assert row[kind] == pytest.approx(np.mean([a[1] - b[1] for a, b in both]))
            changed = sum(a[0] != b[0] for a, b in both)
            assert row[f"{kind}_letter"] == pytest.approx(changed / len(both))
            limits = proportion_confint(changed, len(both), method="wilson")
            assert (row[f"{kind}_letter_low"], row[f"{kind}_letter_high"]) == pytest.approx(limits)


def test_a_mark_of_zeros_alone_is_in_no_average():
    scores = pd.DataFrame(
        {"student": ["a", "a", "b", "b"], "item": ["x", "y"] * 2, "raw": [0, 0, 8, 0], "points_possible": 10}
    )
    row = owed(Gradebook.of(scores)).table.iloc[0]
    assert (row["n_alone"], row["zeros"]) == (1, 40)
    # Nobody knows the own level of a student without other work; at 100 % one of two is 50 %, still an F.
    assert (row["n_df"], row["to_c"], row["to_c_full"], row["n_failed"]) == (2, 0.5, 0.5, 2)


def test_four_85s_and_a_zero_by_hand():
    scores = pd.DataFrame(
        {"student": "s1", "item": list("abcde"), "raw": [85, 85, 85, 85, 0], "points_possible": 100}
    )
    found = owed(Gradebook.of(scores))
    row = found.table.iloc[0]
    assert (row["zeros"], row["zeros_letter"], row["n_df"], row["to_c"]) == (17.0, 1.0, 1, 1.0)
    # At 9 % the mark would be 69.8, at 10 % 70.
    assert [owed(Gradebook.of(scores), p).table["to_c"].iloc[0] for p in (9, 10)] == [0, 1]


def test_students_on_the_cusp_have_one_or_two():
    given = book("points", seed=1)
    found = owed(given)
    rates = rs.grading.df_rates(given).whole.iloc[0]
    row = found.whole.iloc[0]
    assert row["on_the_cusp"] == pytest.approx(rates["df_1_2"])
    expected = slow(given, None)
    bad, cleared = {}, {}
    for (student, _), (df, _, c, _) in expected.items():
        bad[student] = bad.get(student, 0) + df
        cleared[student] = cleared.get(student, 0) + (c and df)
    assert row["cusp_cleared"] == sum(bad[s] in (1, 2) and cleared[s] == bad[s] for s in bad)


def test_exported_totals_tell_of_blanks_alone():
    totals = pd.DataFrame(
        {
            "student": [f"s{i}" for i in range(30)],
            "course": "Math",
            "current": 85.0,
            "final": [85.0] * 20 + [68.0] * 10,
        }
    )
    found = owed(Gradebook.of(totals=totals))
    row = found.table.iloc[0]
    assert row["blanks"] == pytest.approx(17 / 3) and row["blanks_letter"] == pytest.approx(1 / 3)
    assert np.isnan(row["zeros"]) and "cusp" not in found.sentence
    assert "5.7 percentage points" in found.sentence
    with pytest.raises(AnalysisError, match="needs the score of every piece of work"):
        owed(Gradebook.of(marks=pd.DataFrame({"student": ["a"], "letter": ["B"]})))
    with pytest.raises(AnalysisError, match="a percent from 0 to 100"):
        owed(Gradebook.of(totals=totals), 101)


@pytest.mark.parametrize("language", ["en", "es"])
def test_few_students_are_masked(language):
    found = owed(book())
    (face,) = found.faces(language)
    for (_, row), shown in zip(found.table.iterrows(), face.rows, strict=True):
        assert row["n_students"] == 14 and shown[2] is not None
        assert (shown[5] is None) == (row["df_students"] < 10)
    (face,) = found.faces(language, 15)
    assert all(set(row[2:]) == {None} for row in face.rows)
    small = Gradebook.of(found_scores(book(), 9))
    assert "10" in owed(small).in_words(language) and "%" not in owed(small).in_words(language)


def found_scores(given, n):
    return given.scores[given.scores.student.isin([f"s{i}" for i in range(n)])]
