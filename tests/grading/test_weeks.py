"""Week by week: shares, limits and phases against plain arithmetic; gaps, small weeks, what is refused."""

from __future__ import annotations

import datetime
import random
import statistics
from datetime import date, timedelta
from itertools import pairwise

import pandas as pd
import pytest

from relsurvey.errors import AnalysisError
from relsurvey.grading import Gradebook, Policy, Snapshots, term_marks, weeks, with_due
from relsurvey.words import languages

MONDAY = date(2025, 9, 1)


@pytest.fixture(autouse=True)
def own_home(tmp_path, monkeypatch):
    monkeypatch.setenv("RELSURVEY_HOME", str(tmp_path / "home"))


def row(student, week, raw, *, item="Quiz", points=10.0, status=None, **more):
    due = MONDAY + timedelta(days=7 * week + 4)
    status = status or ("missing" if raw is None else "scored")
    return {"student": f"s{student}", "school": "North", "course": "Math", "item": f"{item} {week}",
            "due": due, "raw": float("nan") if raw is None else raw, "points_possible": points,
            "status": status, **more}  # fmt: skip


def book(rows, **parts):
    return Gradebook.of(pd.DataFrame(rows), **parts)


def made(seed=4, weeks_=20, students=30, low=None):
    """Return rows of weekly quizzes; ``low`` says by week how likely a score is under passing."""
    draw = random.Random(seed)
    rows = []
    for week in range(weeks_):
        for student in range(students):
            chance = 0.2 if low is None else low(week)
            kind = draw.random()
            raw = None if kind < chance / 2 else 4.0 if kind < chance else 8.0
            if draw.random() < 0.1:
                continue
            rows.append(row(student, week, raw))
    return rows


def by_hand(rows, hit):
    """Return by week how many scores there are, and the share that is hit."""
    out = {}
    for one in rows:
        monday = one["due"] - timedelta(days=one["due"].weekday())
        n, k = out.get(monday, (0, 0))
        out[monday] = (n + 1, k + hit(one))
    return {monday: (n, k / n) for monday, (n, k) in sorted(out.items())}


def limits_by_hand(counts):
    """Return centre and p' limits of weeks (n, share), in plain Python."""
    total = sum(n for n, _ in counts)
    centre = sum(n * share for n, share in counts) / total
    sigma = [(centre * (1 - centre) / n) ** 0.5 for n, _ in counts]
    z = [(share - centre) / s for (_, share), s in zip(counts, sigma, strict=True)]
    moving = statistics.mean(abs(b - a) for a, b in pairwise(z))
    wide = max(1.0, moving / 1.128)
    return [(max(0, centre - 3 * s * wide), min(1, centre + 3 * s * wide)) for s in sigma], wide


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("swing", [0.0, 0.15])
def test_shares_and_limits_are_those_worked_by_hand(seed, swing):
    rows = made(seed, low=lambda week: 0.2 + swing * (-1) ** week)
    found = weeks(book(rows))
    under = by_hand(rows, lambda one: one["raw"] != 8.0)
    missing = by_hand(rows, lambda one: one["status"] == "missing")
    table = found.table
    assert table["week"].tolist() == list(under)
    assert table["n"].tolist() == [n for n, _ in under.values()]
    for prefix, counts in (("", under), ("missing_", missing)):
        name = "missing" if prefix else "under_passing"
        shares = [share for _, share in counts.values()]
        assert table[name].tolist() == pytest.approx(shares, abs=1e-12)
        limits, wide = limits_by_hand(list(counts.values()))
        assert table[f"{prefix}low"].tolist() == pytest.approx([low for low, _ in limits])
        assert table[f"{prefix}high"].tolist() == pytest.approx([high for _, high in limits])
        assert table[f"{prefix}median"].tolist() == pytest.approx([statistics.median(shares)] * 20)
        assert found.phases[0].spread[name] == pytest.approx(wide)
    # Weeks that swing more than separate scores would are said to.
    assert ("wider than separate scores" in found.sentence) == any(
        spread > 1 for spread in found.phases[0].spread.values()
    )
    assert (found.phases[0].spread["under_passing"] > 1.2) == (swing > 0)


def test_the_rules_are_those_of_the_run_chart():
    flat = weeks(book(made(5)))
    assert flat.charts["under_passing"].verdict == "chance" and flat.signals.empty
    low = weeks(book(made(5, low=lambda week: 0.45 if week < 10 else 0.1)))
    assert low.charts["under_passing"].verdict == "signal"
    assert set(low.signals["rule"]) >= {"longest_run", "crossings"}
    assert "something changed" in low.sentence


def test_each_phase_has_a_middle_of_its_own_where_it_has_8_weeks():
    rows = made(6, low=lambda week: 0.45 if week < 10 else 0.1)
    changes = [("2025-11-10", "new rule"), (date(2025, 12, 29), "make-up <script>alert(1)</script>\nday")]
    found = weeks(book(rows), changes=list(reversed(changes)))
    under = list(by_hand(rows, lambda one: one["raw"] != 8.0).values())
    table = found.table
    assert table["phase"].tolist() == [1] * 10 + [2] * 7 + [3] * 3
    assert [phase.points for phase in found.phases] == [10, 7, 3]
    assert table["median"][:10].tolist() == pytest.approx([statistics.median(s for _, s in under[:10])] * 10)
    assert table["median"][10:].isna().all()
    limits, _ = limits_by_hand(under[:10])
    assert table["low"][:10].tolist() == pytest.approx([low for low, _ in limits])
    # A short phase is held against the limits before it, where the new rule stands out.
    assert table["low"][10:].notna().all()
    assert (found.signals["rule"] == "outside_limits").any()
    assert "too few weeks for a middle line" in found.sentence
    html = found._repr_html_()
    assert "<script>" not in html and "&lt;script&gt;" in html
    assert found.tables["phases"]["first"].tolist() == [None, date(2025, 11, 10), date(2025, 12, 29)]
    both = weeks(book(rows), changes=changes[:1])
    assert both.table["median"][10:].tolist() == pytest.approx(
        [statistics.median(s for _, s in under[10:])] * 10
    )
    assert "in the middle week" in both.sentence


def test_a_change_within_a_week_belongs_to_that_week():
    found = weeks(book(made(weeks_=3)), changes=[("2025-09-10", "Wednesday")])
    assert found.table["phase"].tolist() == [1, 2, 2]


def test_a_week_without_school_is_a_gap_and_no_zero():
    rows = [one for one in made(7) if one["due"].isocalendar()[1] != 40]
    found = weeks(book(rows))
    gap = found.table[found.table["left_out"] == "gap"]
    assert gap["week"].tolist() == [date(2025, 9, 29)]
    assert gap["n"].tolist() == [0] and gap["under_passing"].isna().all() and gap["low"].isna().all()
    assert found.sentence.count("left as gaps (1)") == 1
    assert found.sentence.count("chance alone") <= 1
    assert "no work due" in found._repr_html_()


def test_weeks_of_fewer_than_10_students_are_masked_and_not_counted():
    # Nine students with three pieces of work are 27 scores, and still nine students.
    few = [row(s, 4, 2.0, item=f"Quiz {k}") for s in range(9) for k in range(3)]
    rows = [one for one in made(8, weeks_=12) if one["due"] != MONDAY + timedelta(days=32)] + few
    found = weeks(book(rows))
    week = found.table.loc[4]
    assert (week["left_out"], week["n"], week["n_students"]) == ("small", 27, 9)
    assert pd.isna(week["under_passing"])
    face = found.faces()[0].rows[4]
    assert face[2] == "under 10 students" and set(face[3:]) == {""}
    assert "fewer than 10 are neither shown nor counted (1)" in found.sentence
    assert found.charts["under_passing"].periods[4].left_out == "small"
    for language in languages():
        assert "27" not in found.in_words(language)
    # Of 10 to 19 students a share is said in words.
    twelve = weeks(book([row(s, 0, 2.0 if s < 6 else 8.0) for s in range(12)])).faces()[0].rows[0]
    assert twelve[4] == "about half"
    alone = weeks(book(few))
    assert "too few to show" in alone.sentence and "2.0" not in alone._repr_html_()


def test_what_counts_is_said_of_each_kind_of_score():
    students = range(12)
    rows = [row(s, 0, 8.0) for s in students]
    rows += [row(0, 0, None, item="M"), row(1, 0, 0.0, item="Zero"), row(2, 0, 5.9, item="Low")]
    rows += [
        row(3, 0, 6.0, item="Just"),
        row(4, 0, 12.0, item="Above"),
        row(5, 0, 1.0, status="late", item="Late"),
    ]
    rows += [row(6, 0, None, status="excused", item="EX"), row(7, 0, None, status="not_assigned", item="NA")]
    rows += [row(8, 0, None, status="ungraded", item="Open"), row(9, 0, 3.0, points=0.0, item="Extra")]
    rows += [row(10, 0, 2.0, item="Behavior", category="Behavior")]
    rows += [row(11, 0, 2.0, item="Twice", attempt=1), row(11, 0, 9.0, item="Twice", attempt=2)]
    for one in rows:
        one.setdefault("attempt", 1)
        one.setdefault("category", "Work")
    found = weeks(book(rows, policies=[Policy(exclude=("Behavior",))]))
    (week,) = found.table.to_dict("records")
    assert week["n"] == 12 + 6 + 1
    assert week["under_passing"] == pytest.approx(4 / 19)
    assert week["missing"] == pytest.approx(2 / 19)
    assert "not graded yet, in no week: 1" in found.sentence
    assert weeks(book(rows), passing=85).table["under_passing"][0] == pytest.approx(18 / 20)


def test_what_passes_is_each_courses_own():
    rows = [row(s, 0, 6.5) for s in range(12)]
    rows += [{**row(s, 0, 6.5), "course": "Art"} for s in range(12)]
    own = [Policy(id="math"), Policy(id="art", **{"pass": 70}, scope={"level": "course", "ids": ["Art"]})]
    found = weeks(book(rows, policies=own))
    assert found.passing is None and found.table["under_passing"].tolist() == [0.5]
    assert "under what passes the course" in found.sentence
    assert weeks(book(rows, policies=own), of={"course": "Math"}).table["under_passing"].tolist() == [0.0]


def test_no_picture_is_made_by_section_teacher_or_student():
    rows = [{**one, "section": "1", "teacher": "T"} for one in made(weeks_=3)]
    for part in ("section", "teacher", "student"):
        with pytest.raises(AnalysisError, match="no picture is made of one teacher"):
            weeks(book(rows), of={part: "1"})
    found = weeks(book(rows))
    assert not {"section", "teacher", "student"} & {
        column for table in found.tables.values() for column in table
    }
    with pytest.raises(AnalysisError, match="No school is named"):
        weeks(book(rows), of={"school": "South"})


def test_the_cumulative_line_has_no_rules_and_says_why():
    rows = made(9, low=lambda week: 0.6 if week < 10 else 0.05)
    found = weeks(book(rows))
    line = found.cumulative
    assert line.verdict == "without_rules" and line.rules == ()
    assert "Each value here holds all those before it" in line.sentence
    for k in (0, 7, 19):
        so_far = {}
        for one in rows:
            if one["due"] <= MONDAY + timedelta(days=7 * k + 6):
                raw = 0.0 if one["status"] == "missing" else one["raw"]
                so_far.setdefault(one["student"], []).append(raw)
        low = [sum(scores) / len(scores) < 7 - 1e-9 for scores in so_far.values()]
        assert (line.periods[k].count, line.periods[k].n) == (sum(low), len(low))


def kept(tmp_path, days, *, dated=False):
    """Keep snapshots: by day the scores (student, item) → raw or None."""
    snapshots = Snapshots(tmp_path / "kept")
    for day, scores in days.items():
        rows = [row(s, 0, raw) | {"item": item} for (s, item), raw in scores.items()]
        for one in rows:
            if not dated:
                del one["due"]
        snapshots.keep(book(rows), day)
    return snapshots


def test_without_due_dates_this_weeks_work_is_what_changed(tmp_path):
    one = {(s, "A"): 8.0 for s in range(12)}
    # B is new, and has two zeros; C was only announced: nobody has a point in it.
    two = one | {(s, "B"): 8.0 if s > 1 else None for s in range(12)} | {(s, "C"): None for s in range(12)}
    # C is graded; one student made up B; one lost a point of A.
    three = two | {(s, "C"): 5.0 for s in range(12)} | {(0, "B"): 7.0, (5, "A"): 7.0}
    found = weeks(kept(tmp_path, {"2025-09-05": one, "2025-09-12": two, "2025-09-19": three}))
    assert found.table[["week", "n", "n_students"]].to_numpy().tolist() == [
        [date(2025, 9, 12), 12, 12],
        [date(2025, 9, 19), 14, 12],
    ]
    assert found.table["under_passing"].tolist() == pytest.approx([2 / 12, 12 / 14])
    assert found.table["missing"].tolist() == pytest.approx([2 / 12, 0])
    assert "no due dates" in found.sentence and "no hay fechas" in found.in_words("es").lower()


def test_with_due_dates_a_week_counts_as_it_stood_when_it_ended(tmp_path):
    def scores(week, late=None):
        rows = [
            row(s, w, 8.0 if s else (late if w == 0 else 2.0)) for w in range(week + 1) for s in range(12)
        ]
        return book(rows)

    snapshots = Snapshots(tmp_path / "kept")
    snapshots.keep(scores(0, None), "2025-09-05")
    snapshots.keep(scores(1, 9.0), "2025-09-12")
    found = weeks(snapshots)
    assert found.table["missing"].tolist() == pytest.approx([1 / 12, 0])
    assert weeks(scores(1, 9.0)).table["missing"].tolist() == [0, 0]
    assert "as it stands now" in weeks(scores(1, 9.0)).sentence


def test_a_broken_snapshot_is_left_out_and_said(tmp_path):
    days = {f"2025-09-{d:02d}": {(s, f"Q{k}"): 8.0 for s in range(12) for k in range(d)} for d in (5, 12, 19)}
    snapshots = kept(tmp_path, days)
    (tmp_path / "kept" / "2025-09-12.parquet").write_bytes(b"PAR1")
    found = weeks(snapshots)
    assert found.table["n"].tolist() == [14 * 12]
    assert "cannot be read, left out: 1" in found.sentence


def test_one_snapshot_or_no_dates_is_refused(tmp_path):
    with pytest.raises(AnalysisError, match=r"with_due.*keep a snapshot each week"):
        weeks(kept(tmp_path, {"2025-09-05": {(1, "A"): 8.0}}))
    rows = [{k: v for k, v in row(1, 0, 8.0).items() if k != "due"}]
    with pytest.raises(AnalysisError, match="of which week"):
        weeks(book(rows))
    with pytest.raises(AnalysisError, match="fewer than two snapshots"):
        weeks(Snapshots(tmp_path / "none"))
    with pytest.raises(AnalysisError, match="A change is a day and a few words"):
        weeks(book(made(weeks_=2)), changes=["2025-09-08"])
    with pytest.raises(AnalysisError, match="percent over 0"):
        weeks(book(made(weeks_=2)), passing=0)


def test_due_dates_come_from_a_table_of_the_work(tmp_path):
    rows = [{k: v for k, v in row(s, w, 8.0).items() if k != "due"} for s in range(12) for w in range(3)]
    path = tmp_path / "items.csv"
    path.write_text("Item,Due,Points\nQUIZ 0,2025-09-05,10\nquiz 1,2025-09-12,10\nOther,2025-09-19,5\n")
    dated = with_due(book(rows), path)
    assert dated.scores["due"].notna().sum() == 24
    assert dated.ledger.iloc[-1]["rows"] == 24
    found = weeks(dated)
    assert found.table["n"].tolist() == [12, 12]
    assert "without a due date, in no week: 12" in found.sentence
    for bad, match in (
        (pd.DataFrame({"item": ["a"]}), "no column `due`"),
        (pd.DataFrame({"item": ["a"], "due": ["soon"]}), "no date"),
        (pd.DataFrame({"item": ["a", "A"], "due": ["2025-09-05"] * 2}), "twice"),
    ):
        with pytest.raises(AnalysisError, match=match):
            with_due(book(rows), bad)
    by_course = pd.DataFrame(
        {"course": ["Math", "Art"], "item": "Quiz 0", "due": ["2025-09-05", "2025-10-03"]}
    )
    assert with_due(book(rows), by_course).scores["due"].dropna().unique().tolist() == [
        pd.Timestamp("2025-09-05")
    ]


def test_term_marks_are_a_run_chart():
    marks = [
        {"student": f"s{s}", "course": course, "term": term, "letter": "F" if s < k else "B"}
        for k, term in enumerate(("Q1", "Q2", "Q3"))
        for s in range(12)
        for course in ("Math", "Art")
    ]
    marks += [{"student": "s1", "course": "Math", "term": "Q4", "letter": "F"}] * 12
    marks += [{"student": "s1", "course": "Gym", "term": "Q1", "letter": "I"}]
    chart = term_marks(Gradebook.of(marks=pd.DataFrame(marks)))
    assert [p.label for p in chart.periods] == ["Q1", "Q2", "Q3", "Q4"]
    assert [p.value for p in chart.periods[:3]] == pytest.approx([0, 1 / 12, 2 / 12])
    assert chart.periods[3].left_out == "small" and chart.verdict == "cannot_tell"
    assert not chart.as_in_file
    turned = term_marks(Gradebook.of(marks=pd.DataFrame(marks[::-1])))
    assert turned.periods == chart.periods
    with pytest.raises(AnalysisError, match="No mark is of the term"):
        term_marks(Gradebook.of(marks=pd.DataFrame(marks)), ["Q9"])
    with pytest.raises(AnalysisError, match="name no term"):
        term_marks(Gradebook.of(marks=pd.DataFrame({"student": ["s1"], "letter": ["A"]})))


def test_no_id_stands_in_anything_that_is_shown():
    rows = [{**one, "student": f"secret-{one['student']}"} for one in made(weeks_=3)]
    found = weeks(book(rows), changes=[(datetime.datetime(2025, 9, 8, 12), "x")])
    assert "secret" not in repr(found) + found._repr_html_() + found.in_words("es")


def test_a_table_of_other_work_is_told(tmp_path):
    rows = [("s1", "essay", 8, 10, "scored"), ("s1", "quiz", 8, 10, "scored")]
    scores = pd.DataFrame(rows, columns=["student", "item", "raw", "points_possible", "status"])
    gradebook = Gradebook.of(scores.assign(course="English"))
    half = with_due(gradebook, pd.DataFrame({"item": ["Essay", "Esay 2"], "due": ["2026-03-06"] * 2}))
    assert [(e.rows, e.what) for e in half.entries[-3:-1]] == [
        (1, "titles of the table of the work are not in the gradebook: 'Esay 2'"),
        (1, "scores have no due date"),
    ]
    with pytest.raises(AnalysisError, match=r"no work that is called as .* such as 'Esay'. Write the titles"):
        with_due(gradebook, pd.DataFrame({"item": ["Esay"], "due": ["2026-03-06"]}))


def test_term_marks_say_whose_order_the_terms_are_in():
    marks = pd.DataFrame(
        [{"student": f"s{s}", "term": term, "letter": "B"} for term in ("Gold", "Blue") for s in range(12)]
    )
    chart = term_marks(Gradebook.of(marks=marks))
    assert [p.label for p in chart.periods] == ["Gold", "Blue"]
    assert "order of the file" in chart.in_words()
    assert "orden del archivo" in chart.in_words("es")
    given = term_marks(Gradebook.of(marks=marks), ["Blue", "Gold"])
    assert [p.label for p in given.periods] == ["Blue", "Gold"]
    assert "order of the file" not in given.in_words()
    numbered = marks.assign(term=marks["term"].map({"Gold": 10, "Blue": 9}))
    assert [p.label for p in term_marks(Gradebook.of(marks=numbered)).periods] == ["9", "10"]
