"""The demo's gradebooks: read without complaint, proved, and with the planted truth in them."""

from __future__ import annotations

import csv
from collections import Counter
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import norm

from relsurvey.demo import gradebook as demo
from relsurvey.demo import simulate
from relsurvey.demo.truth import GRADES
from relsurvey.grading import df_rates, read_gradebook, regrade, split_change, weeks, with_due

WORK = demo.items()
WORTH = np.array([item.points for item in WORK])
WEEK = np.array([item.week for item in WORK])
CATEGORY = np.array([item.category for item in WORK])


@pytest.fixture(autouse=True)
def own_home(tmp_path, monkeypatch):
    monkeypatch.setenv("RELSURVEY_HOME", str(tmp_path / "home"))


@cache
def book():
    return with_due(read_gradebook(demo.demo_gradebook(), blank="zero"), demo.demo_items())


def part(school, late):
    """Return a school's gradebook with the work before the change alone, or from it on."""
    scores = book().scores
    here = (scores["school"] == school) & ((scores["due"] >= "2025-10-13") == late)
    marks = book().marks[book().marks["school"] == school]
    empty = book().totals.iloc[:0]
    return replace(book(), scores=scores[here].reset_index(drop=True), marks=marks, totals=empty)


def test_the_shipped_files_are_what_the_simulator_writes(tmp_path):
    demo.write(tmp_path)
    shipped = demo.demo_items().parent
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted(p.name for p in shipped.iterdir())
    for path in tmp_path.iterdir():
        assert path.read_bytes() == (shipped / path.name).read_bytes(), path.name
    assert sum(path.stat().st_size for path in shipped.iterdir()) < 600_000


def test_they_read_without_complaint_and_prove_themselves():
    found = regrade(book(), book().policies)
    assert found.proof.holds
    assert len(found.proof.table) == 2 * 480 * len(demo.COURSES)
    assert set(book().scores["category"]) == set(CATEGORY)
    assert {tuple(sorted(policy.weights.values())) for policy in book().policies} == {(), (20, 40, 40)}
    teachers = book().scores.groupby("school")["teacher"].nunique()
    assert (teachers >= 5).all() and len(teachers) == 3
    assert Counter(book().scores["status"]).keys() == {"scored", "missing", "excused"}
    for column in ("school", "course", "teacher"):
        assert all("simulated" in name for name in book().scores[column].unique())


def test_the_students_are_the_surveys_own():
    asked = {row["respondent"]: row["school"] for row in simulate.simulate()}
    marks = book().marks.drop_duplicates("student")
    both = [(student, school) for student, school in zip(marks["student"], marks["school"], strict=True)]
    known = [(student, school) for student, school in both if student in asked]
    assert len(both) == simulate.STUDENTS and len(known) >= 470
    assert all(asked[student] == school for student, school in known)


def test_every_file_says_that_it_is_simulated():
    for source in demo.demo_gradebook():
        with Path(source.path).open(encoding="utf-8", newline="") as file:
            rows = list(csv.reader(file))
        assert all(row[0].startswith("Simulated, S") for row in rows[2:-1])
        assert rows[1][0] == "    Points Possible" and rows[-1][0] == "Student, Test"


def under(late):
    """Return the true shares of scores under 60 % and of missing work, by numerical integration."""
    x, w = np.polynomial.hermite_e.hermegauss(41)
    w = w / w.sum()
    shift = GRADES.missing_shift if late else 0.0
    logit = GRADES.missing - GRADES.diligence * x[:, None] + GRADES.week_sd * x[None, :] + shift
    missing = (w[None, :] / (1 + np.exp(-logit))).sum(axis=1)
    mean = GRADES.mean + GRADES.level_points * GRADES.level * x
    spread = np.sqrt(GRADES.level_points**2 * (1 - GRADES.level**2) + GRADES.noise**2 + GRADES.teacher_sd**2)
    grid = np.linspace(0, 70, 7001)
    shares = []
    for item in WORK:
        if (item.week >= GRADES.change_week) != late:
            continue
        # Points are rounded to halves, so a little less than 60 % is 60 %.
        cut = 100 * (0.6 * item.points - 0.25) / item.points
        low = norm.cdf((cut - mean) / spread)
        if late:
            density = norm.pdf((grid[None, :] - mean[:, None]) / spread) / spread
            stays = 2 * norm.cdf(np.maximum(cut - grid, 0) / GRADES.retake_gain) - 1
            again = np.trapezoid(np.where(grid < cut, density * stays, 0), grid, axis=1)
            low = (1 - GRADES.retake) * low + GRADES.retake * again
        shares.append((w * (missing + (1 - missing) * low)).sum())
    return np.mean(shares), (w * missing).sum()


@pytest.mark.parametrize("late", [False, True])
def test_the_stated_shares_follow_from_the_model(late):
    found = under(late)
    assert found[0] == pytest.approx(GRADES.under_passing[late], abs=6e-4)
    assert found[1] == pytest.approx(GRADES.not_handed_in[late], abs=6e-4)


def bad(found, late, floor):
    """Return the share of D/F marks of one school by part of the work, in plain arithmetic."""
    raw, here = np.nan_to_num(demo.points(found)), found.schools == demo.CHANGED
    span = (GRADES.change_week <= WEEK) == late
    raw = np.maximum(raw, 0.5 * WORTH) if floor else raw
    counts = ~found.excused * WORTH
    raw = np.where(found.excused, 0, raw)
    shares = []
    for k, (weights, _) in enumerate(demo.COURSES.values()):
        got, of = raw[here, k][:, span], counts[here, k][:, span]
        percent = 100 * got.sum(axis=1) / of.sum(axis=1)
        if weights is not None:
            top = low = np.zeros(len(got))
            for name, weight in weights.items():
                own = CATEGORY[span] == name
                has, sums = of[:, own].sum(axis=1), got[:, own].sum(axis=1)
                top = top + weight * np.where(has > 0, sums / np.maximum(has, 1), 0)
                low = low + weight * (has > 0)
            percent = 100 * top / low
        shares.append((percent < 70 - 1e-9).mean())
    return float(np.mean(shares))


def test_the_stated_marks_are_those_of_many_simulated_schools():
    many = [demo.grades(seed, 1500) for seed in range(1000, 1024)]
    for late, stated in ((False, GRADES.df_early), (True, GRADES.df_late)):
        for floor in (False, True):
            assert np.mean([bad(one, late, floor) for one in many]) == pytest.approx(stated[floor], abs=0.015)


def test_rule_and_work_come_apart_as_they_were_planted():
    early, late = part(demo.CHANGED, late=False), part(demo.CHANGED, late=True)
    assert len(early.scores) + len(late.scores) == 196 * 4 * len(WORK)
    found = demo.grades()
    for late_, book_ in ((False, early), (True, late)):
        share = float(df_rates(regrade(book_, book_.policies).before).whole["df"].iloc[0])
        assert share == pytest.approx(bad(found, late_, False), abs=1e-12)
        assert share == pytest.approx((GRADES.df_late if late_ else GRADES.df_early)[0], abs=0.02)
    with_floor = tuple(policy.but(floor={"percent": 50}) for policy in book().policies)
    for late_, book_ in ((False, early), (True, late)):
        after = float(df_rates(regrade(book_, with_floor).after).whole["df"].iloc[0])
        assert after == pytest.approx(bad(found, late_, True), abs=1e-12)
    split = split_change(early, late, book().policies, with_floor)
    parts = next(one for one in split.parts if one.measure == "df_marks")
    (_, rule_first, work_after), (_, _, work_first) = parts.orders
    assert rule_first == pytest.approx(GRADES.df_early[1] - GRADES.df_early[0], abs=0.02)
    assert work_after == pytest.approx(GRADES.df_late[1] - GRADES.df_early[1], abs=0.02)
    assert work_first == pytest.approx(GRADES.df_late[0] - GRADES.df_early[0], abs=0.02)


def test_the_change_shows_in_this_weeks_work_where_it_was_made_and_nowhere_else():
    changes = [("2025-10-13", "50 % minimum and new tries")]
    for school in simulate.SCHOOLS:
        found = weeks(book(), changes=changes, of={"school": school})
        verdicts = {measure: chart.verdict for measure, chart in found.charts.items()}
        if school == demo.CHANGED:
            assert set(verdicts.values()) == {"signal"}
            first, second = found.phases
            assert first.medians["under_passing"] == pytest.approx(GRADES.under_passing[0], abs=0.012)
            assert second.medians["under_passing"] == pytest.approx(GRADES.under_passing[1], abs=0.012)
        else:
            assert set(verdicts.values()) == {"chance"}
        assert found.table["left_out"].tolist().count("gap") == 1
        assert len(found.table) == 19


def test_who_feels_the_relationships_hands_in_more():
    found = demo.grades(77, 6000)
    survey = np.random.RandomState(simulate.SEED)
    simulate._people(survey, 6000)
    common, own = survey.standard_normal((6000, 1)), survey.standard_normal((6000, 5))
    felt = (np.sqrt(0.65) * common + np.sqrt(0.35) * own).mean(axis=1)
    missing = np.isnan(found.percent).mean(axis=(1, 2))
    top, bottom = missing[felt > np.quantile(felt, 0.8)].mean(), missing[felt < np.quantile(felt, 0.2)].mean()
    assert bottom > 1.5 * top


def test_weekly_snapshots_show_the_same_without_due_dates(tmp_path):
    snapshots = demo.demo_snapshots(tmp_path / "kept")
    assert len(snapshots.dates) == 18
    assert snapshots.gradebook(snapshots.dates[0]).scores["due"].isna().all()
    found = weeks(snapshots, of={"school": demo.CHANGED})
    assert {chart.verdict for chart in found.charts.values()} == {"signal"}
    dated = weeks(book(), of={"school": demo.CHANGED})
    # What was new from one Friday to the next is what was due in that week.
    mine, theirs = (one.table[one.table["n"] > 0]["under_passing"].tolist() for one in (found, dated))
    assert mine == pytest.approx(theirs[1:])
    last = found.cumulative.periods[-1]
    marks = book().marks[book().marks["school"] == demo.CHANGED]
    assert (last.count, last.n) == (int(marks["letter"].isin(["D", "F"]).sum()), len(marks))


def test_the_command_writes_elsewhere_and_refuses_a_wrong_seed(tmp_path, capsys):
    demo.main(["--out", str(tmp_path / "new"), "--seed", "7"])
    assert (tmp_path / "new" / "items.csv").is_file()
    with pytest.raises(SystemExit):
        demo.main(["--out", str(tmp_path), "--seed", "-1"])
    assert "--seed" in capsys.readouterr().err
