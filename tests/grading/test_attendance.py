"""Attendance: every layout against the same worked in plain Python."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from statsmodels.stats.proportion import proportion_confint

import relsurvey as rs
from relsurvey.errors import AnalysisError
from relsurvey.words import languages


def days(n=60, seed=1, length=50):
    """Return one row a student and day."""
    rng = np.random.default_rng(seed)
    dates = [day.date().isoformat() for day in pd.date_range("2026-01-05", periods=length)]
    chance = rng.choice([0.99, 0.93, 0.8], n)
    rows = [
        (f"{i:04d}", day, "present" if rng.random() < chance[i] else "absent")
        for i in range(n)
        for day in dates
    ]
    return pd.DataFrame(rows, columns=["student", "date", "status"])


def by_student(table):
    there = table.assign(here=table.status == "present").groupby("student").here
    return there.agg(["size", "sum"])


def layouts():
    table = days()
    own = by_student(table)
    base = pd.DataFrame({"student": own.index})
    size, there = own["size"].to_numpy(), own["sum"].to_numpy()
    return {
        "days": table,
        "ones": table.assign(present=(table.status == "present").astype(int)).drop(columns="status"),
        "codes": table.replace({"status": {"present": "P", "absent": "U"}}),
        "counts": base.assign(**{"Days Enrolled": size, "Days Present": there}),
        "absences": base.assign(enrolled=size, absences=size - there),
        "spanish": base.assign(**{"Días inscritos": size, "Días presentes": there}),
        "rate": base.assign(attendance=100 * there / size),
        "share": base.assign(attendance=there / size),
        "text": base.assign(
            **{"% Attendance": [f"{100 * a / b:.1f} %" for a, b in zip(there, size, strict=True)]}
        ),
    }


@pytest.mark.parametrize("name", list(layouts()))
def test_every_layout_gives_the_same_rates(name):
    own = by_student(days())
    found = rs.grading.attendance(layouts()[name], codes={"U": "absent"})
    rate = 100 * own["sum"] / own["size"]
    assert found.students["student"].tolist() == own.index.tolist()
    assert found.students["attendance"].tolist() == pytest.approx(rate.tolist())
    row, n = found.table.iloc[0], len(own)
    low, high = int((rate < 90).sum()), int((rate >= 96).sum())
    for key, hits in (("chronic", low), ("reached", high)):
        limits = proportion_confint(hits, n, method="wilson")
        assert [row[key], row[f"{key}_low"], row[f"{key}_high"]] == pytest.approx([hits / n, *limits])
    assert row["mean"] == pytest.approx(rate.mean()) and row["at_90"] == (rate == 90).sum()


def test_exactly_90_and_96_percent():
    table = pd.DataFrame({"student": list("abc"), "days enrolled": [30, 50, 30], "days absent": [3, 2, 4]})
    row = rs.grading.attendance(table).table.iloc[0]
    assert (
        row["chronic"] == pytest.approx(1 / 3)
        and row["at_90"] == 1
        and row["reached"] == pytest.approx(1 / 3)
    )


def test_it_feeds_the_education_to_workforce_rule():
    marks = pd.DataFrame(
        {
            "student": np.repeat(["01", "02", "03"], 2),
            "letter": "A",
            "subject": ["English", "Math"] * 3,
            "term": "S1",
        }
    )
    table = pd.DataFrame(
        {
            "student": ["1", "2", "3"],
            "days enrolled": 100,
            "days present": [96, 95, 99],
            "suspensions": [0, 0, 1],
        }
    )
    found = rs.grading.on_track(marks, "ew-9", attendance=rs.grading.attendance(table).students)
    assert dict(zip(found.students.student, found.students.on_track, strict=True)) == {
        "01": True, "02": False, "03": False,
    }  # fmt: skip


def test_rows_of_days_tell_who_is_on_track_as_rates_do():
    table = days()
    marks = pd.DataFrame({"student": table.student.unique(), "letter": "A"})
    rule = {"id": "ours", "version": "1", "title": {"en": "Ours"}, "text": {"en": "x"}, "source": "us"}
    rule["requires"] = {"attendance": 92}
    own = by_student(table)
    expected = (100 * own["sum"] / own["size"] >= 92).tolist()
    assert {True, False} == set(expected)
    for given in (table, rs.grading.attendance(table).students):
        assert rs.grading.on_track(marks, rule, given).students["on_track"].tolist() == expected


def test_what_is_not_known_is_in_no_share_and_counted():
    table = pd.DataFrame(
        {
            "student": [*map(str, range(24)), None],
            "days enrolled": [0, *[100] * 24],
            "days present": [0, *[80] * 24],
        }
    )
    found = rs.grading.attendance(table)
    row = found.table.iloc[0]
    assert (row["n_students"], row["known"], row["cannot_tell"], row["chronic"]) == (24, 23, 1, 1)
    assert (
        "is not known, not counted in the shares: fewer than 10" in found.sentence
        and "name no student" in found.sentence
    )
    for language in languages():
        assert "90 %" in found.in_words(language)


def test_parts_of_days_and_days_without_entry():
    rows = [("a", "5/1", 1), ("a", "5/1", 0), ("a", "5/2", 1), ("a", "5/3", None), ("b", "5/1", 0.5)]
    found = rs.grading.attendance(pd.DataFrame(rows, columns=["student", "date", "present"]))
    assert found.students["attendance"].tolist() == [75.0, 50.0]
    assert dict(found.notes) == {"blank_days": 1, "parts": 1}


def test_groups_are_masked_and_come_from_a_roster():
    table = layouts()["counts"]
    roster = pd.DataFrame({"student": range(60), "team": ["a"] * 52 + ["b"] * 8})
    found = rs.grading.attendance(table, by="team", roster=roster)
    rows = found.faces()[0].rows
    assert rows[1][1] == "under 10" and set(rows[1][2:]) == {None} and rows[0][3] is not None
    assert "0003" not in found._repr_html_()


def test_a_file(tmp_path):
    path = tmp_path / "attendance.csv"
    layouts()["counts"].rename(columns={"student": "Student ID"}).to_csv(path, index=False)
    found = rs.grading.attendance(path)
    assert found.students["student"].tolist() == [f"{i:04d}" for i in range(60)]
    assert found.students["attendance"].tolist() == pytest.approx(
        rs.grading.attendance(days()).students["attendance"].tolist()
    )


@pytest.mark.parametrize(
    ("columns", "match"),
    [
        ({"days enrolled": [10, 10], "days present": [11, 9]}, "1 row has more days present than enrolled"),
        ({"attendance": [120, 90]}, "1 row has an attendance that is not between"),
        ({"attendance": ["good", 90]}, "1 cell of the column of attendance that is no number"),
        ({"grade": [9, 9]}, "neither a rate"),
        ({"date": ["5/1", "5/1"], "status": ["Z", "P"]}, r"such as 'Z'.*codes="),
        ({"date": [None, "5/1"], "status": ["P", "P"]}, "1 rows have no date"),
    ],
)
def test_what_cannot_be_is_said_in_a_sentence(columns, match):
    with pytest.raises(AnalysisError, match=match):
        rs.grading.attendance(pd.DataFrame({"student": ["7001", "7002"], **columns}))
    twice = pd.DataFrame({"student": ["7001", "7001"], "attendance": [90, 91]})
    with pytest.raises(AnalysisError, match="1 row names a student named before") as error:
        rs.grading.attendance(twice)
    assert "7001" not in str(error.value)
