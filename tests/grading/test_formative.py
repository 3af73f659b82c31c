"""Formative checks: shares and intervals against plain arithmetic; classes added up; texts hostile."""

from __future__ import annotations

import math

import pandas as pd
import pytest

from relsurvey.errors import AnalysisError
from relsurvey.grading import formative


def counts():
    """Return two classes a week, three standards, and moves."""
    rows = []
    for week in range(1, 13):
        for section in ("P1", "P2"):
            meeting = 6 if week < 7 else 14
            rows.append(("A.REI.3", week, section, 20, meeting, "number lines" if week == 6 else ""))
    rows += [("B.2", 3, "P1", 5, 2, ""), ("B.2", 3, "P2", 4, 4, ""), ("C.1", 2, "P1", 30, 12, "pairs")]
    return pd.DataFrame(rows, columns=["standard", "week", "section", "n", "meeting", "move"])


def wilson(k, n, z=1.959963984540054):
    p = k / n
    centre = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return centre - half, centre + half


def test_classes_are_added_up_and_shares_have_their_interval():
    found = formative(counts())
    rows = {(one["standard"], one["week"]): one for one in found.table.to_dict("records")}
    assert len(rows) == 14
    one = rows["A.REI.3", "6"]
    assert (one["n"], one["meeting"], one["share"], one["move"]) == (40, 12, 0.3, "number lines")
    assert (one["low"], one["high"]) == pytest.approx(wilson(12, 40))
    assert [week for standard, week in rows if standard == "A.REI.3"] == [str(w) for w in range(1, 13)]
    assert "section" not in found.table and "P1" not in found._repr_html_()


def test_the_standard_with_the_most_weeks_has_the_run_chart():
    found = formative(counts())
    assert found.standard == "A.REI.3" and found.chart.verdict == "signal"
    assert [p.value for p in found.chart.periods] == pytest.approx([0.3] * 6 + [0.7] * 6)
    assert "“A.REI.3” was checked in the most weeks (12)" in found.sentence
    assert "«A.REI.3»" in found.in_words("es")


def test_small_weeks_are_masked():
    found = formative(counts())
    row = next(row for row in found.faces()[0].rows if row[0] == "B.2")
    assert row[2:5] == ("under 10", "", "")
    assert "too few to show" in formative(counts()[lambda t: t["standard"] == "B.2"]).sentence


def test_students_count_once_a_standard_and_week():
    rows = [("S", "2025-09-05", f"s{i}", "yes" if i < 9 else "no") for i in range(12)]
    rows += [
        ("S", "2025-09-05", "s11", "Yes"),
        ("S", "2025-09-05", "", "yes"),
        ("", "2025-09-05", "s1", "yes"),
    ]
    found = formative(pd.DataFrame(rows, columns=["standard", "week", "student", "meets"]))
    assert found.table[["n", "meeting"]].to_numpy().tolist() == [[12, 10]]
    assert dict(found.notes) == {"formative_unnamed": 2, "formative_twice": 1}
    assert "s11" not in found._repr_html_() + repr(found)


def test_hostile_texts_are_shown_as_text():
    bad = '<img src=x onerror="alert(1)">'
    table = pd.DataFrame(
        {"standard": [bad], "week": [1], "n": [20], "meeting": [10], "move": [bad + "\n=1+1"]}
    )
    found = formative(table)
    html = found._repr_html_()
    assert "<img" not in html and "&lt;img" in html
    assert "\n" not in found.table["move"][0]


def test_a_file_with_other_names_is_read(tmp_path):
    path = tmp_path / "checks.csv"
    path.write_text("Estándar,Semana,Alumnos,Logran\nA,2,20,10\nA,10,20,15\nA,1,20,5\n", "utf-8")
    columns = {"standard": "Estándar", "week": "Semana", "n": "Alumnos", "meeting": "Logran"}
    assert formative(path, columns).table["share"].tolist() == [0.25, 0.5, 0.75]


def weekly(weeks):
    """Return one standard, checked of 20 students in each of some weeks."""
    meeting = [4 + k for k in range(len(weeks))]
    return pd.DataFrame({"standard": "A", "week": weeks, "n": 20, "meeting": meeting})


NAMED = [f"Week {k}" for k in range(1, 13)]
MONDAYS = pd.date_range("2025-09-01", periods=12, freq="7D")
AS_WRITTEN = {
    "named": (NAMED, NAMED),
    "texts of numbers": ([str(k) for k in range(1, 13)], [str(k) for k in range(1, 13)]),
    "month first": ([f"{d.month}/{d.day}/{d.year}" for d in MONDAYS], None),
    "day first": ([f"{d.day}/{d.month}/{d.year}" for d in MONDAYS], None),
    "two digits": ([f"{d:%m/%d/%y}" for d in MONDAYS], None),
    "ISO": ([f"{d:%Y-%m-%d}" for d in MONDAYS], None),
    "times": ([f"{d:%Y-%m-%dT%H:%M:%S}" for d in MONDAYS], None),
    "dates": (list(MONDAYS), None),
    "across a new year": ([f"{d.month}/{d.day}/{d.year}" for d in MONDAYS + pd.Timedelta(weeks=14)], 14),
}


@pytest.mark.parametrize("how", AS_WRITTEN)
def test_weeks_stand_in_the_order_of_time(how):
    weeks, expected = AS_WRITTEN[how]
    if not isinstance(expected, list):
        expected = [f"{day + pd.Timedelta(weeks=expected or 0):%Y-%m-%d}" for day in MONDAYS]
    table = weekly(weeks)
    found = formative(table.sample(frac=1, random_state=3))
    assert found.table["week"].tolist() == expected
    assert found.table["meeting"].tolist() == table["meeting"].tolist()
    assert [round(20 * p.value) for p in found.chart.periods] == table["meeting"].tolist()


def test_days_of_one_week_are_one_week_and_a_student_counts_once_in_it():
    days = ["2025-09-02", "2025-09-01", "2025-09-04", "2025-09-08"]
    found = formative(weekly(days).assign(move=["b", "a", "b", ""]))
    assert found.table[["week", "n", "meeting", "move"]].to_numpy().tolist() == [
        ["2025-09-01", 60, 15, "a; b"],
        ["2025-09-08", 20, 7, ""],
    ]
    # The last check is that of Thursday, wherever it stands.
    rows = [
        ("A", day, f"s{i}", meets)
        for i in range(12)
        for day, meets in (("9/18/2025", "yes"), ("9/16/2025", "no"))
    ]
    found = formative(pd.DataFrame(rows, columns=["standard", "week", "student", "meets"]))
    assert found.table[["week", "n", "meeting"]].to_numpy().tolist() == [["2025-09-15", 12, 12]]
    assert dict(found.notes) == {"formative_twice": 12}


@pytest.mark.parametrize(
    ("weeks", "match"),
    [
        (
            ["9/1/2025", "9/8/2025"],
            r"'9/1/2025' in `week` can be 2025-01-09 or 2025-09-01\. Write dates as 2026-",
        ),
        (["2025-02-30", "2025-03-01"], r"`week` of the checks holds no date that can be read"),
        (["2025-09-01", "3"], r"`week` of the checks holds weeks of several kinds"),
        (["Week 1", "2"], r"several kinds"),
        (["Sep 1", "Sep 8", "Oct 1"], r"several kinds"),
        (["Opening", "Closing"], r"several kinds"),
        (["9/1", "9/8", "1/12"], r"dates without their year"),
    ],
)
def test_weeks_without_an_order_are_refused_in_one_sentence(weeks, match):
    with pytest.raises(AnalysisError, match=match):
        formative(weekly(weeks))


def test_spellings_of_one_week_are_one_week():
    found = formative(weekly(["Week 2", "week  02", "WEEK 1"]))
    assert found.table[["week", "n"]].to_numpy().tolist() == [["WEEK 1", 20], ["Week 2", 40]]
    assert formative(weekly(["Opening", "Opening"])).table["n"].tolist() == [40]


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"meeting": [30]}, "whole number from 0 to its `n`"),
        ({"meeting": [2.5]}, "whole number"),
        ({"meeting": [-1]}, "whole number"),
        ({"n": ["many"]}, "no number"),
    ],
)
def test_counts_that_cannot_be_are_refused(change, match):
    table = pd.DataFrame({"standard": ["A"], "week": [1], "n": [20], "meeting": [10]} | change)
    with pytest.raises(AnalysisError, match=match):
        formative(table)


def test_what_is_missing_is_named():
    with pytest.raises(AnalysisError, match="no column `meeting`"):
        formative(pd.DataFrame({"standard": ["A"], "week": [1], "n": [20]}))
    table = pd.DataFrame({"standard": ["A"], "week": [1], "student": ["s1"], "meets": ["perhaps"]})
    with pytest.raises(AnalysisError, match="neither yes nor no"):
        formative(table)
    empty = formative(pd.DataFrame({"standard": [], "week": [], "n": [], "meeting": []}))
    assert "too few to show" in empty.sentence and len(empty.table) == 0
