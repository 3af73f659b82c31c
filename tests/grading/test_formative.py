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
