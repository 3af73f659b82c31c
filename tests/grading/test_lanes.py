"""Lanes: as a column has them, and by a school's own rules, against the rules written out by hand."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.proportion import proportion_confint

import relsurvey as rs
from relsurvey.errors import AnalysisError, PolicyError
from relsurvey.grading import LaneRules
from relsurvey.grading.lane_names import LANES
from relsurvey.words import languages

RULES = """
id: ours
version: 2
title: {en: "Our lanes"}
text: {en: "Agreed by the ninth-grade team."}
source: "Ninth-grade team, May 2026"
order: [ready, nearly, not yet]
lanes:
  - {lane: not yet, when: {attendance: {below: 80}}}
  - {lane: ready, when: {gpa: {at_least: 3.0}, df_count: 0}}
  - {lane: nearly, when: {gpa: {at_least: 2.0, below: 3.0}}}
  - {lane: nearly, when: {home: [Norte, Sur], df_count: {at_most: 2}}}
  - {lane: not yet}
"""
CELLS = {
    "gpa": st.none() | st.sampled_from([0.0, 1.9, 2.0, 2.9999, 3.0, 4.0]),
    "attendance": st.none() | st.sampled_from([79.9, 80.0, 100.0]),
    "df_count": st.none() | st.integers(0, 4),
    "home": st.none() | st.sampled_from(["Norte", "sur ", "Este"]),
}


def by_hand(gpa, attendance, df_count, home):
    """Return the lane; None as soon as a row that is not refuted cannot be told."""
    rows = [
        ("not yet", [None if attendance is None else attendance < 80]),
        ("ready", [None if gpa is None else gpa >= 3, None if df_count is None else df_count == 0]),
        ("nearly", [None if gpa is None else 2 <= gpa < 3]),
        (
            "nearly",
            [
                None if home is None else home.strip().lower() in ("norte", "sur"),
                None if df_count is None else df_count <= 2,
            ],
        ),
        ("not yet", []),
    ]
    for lane, parts in rows:
        if False in parts:
            continue
        return None if None in parts else lane
    raise AssertionError


@settings(max_examples=60, deadline=None)
@given(st.lists(st.fixed_dictionaries(CELLS), min_size=1, max_size=15))
def test_the_first_row_that_holds_wins_and_what_cannot_be_told_is_no_lane(rows):
    table = pd.DataFrame(rows, columns=list(CELLS)).astype(object)
    table.insert(0, "student", [f"s{i}" for i in range(len(rows))])
    found = rs.grading.lanes(table, LaneRules.parse(RULES))
    assert found.students["lane"].tolist() == [by_hand(**row) for row in rows]
    row = found.table.iloc[0]
    assert row["ready"] + row["nearly"] + row["not yet"] + row["no_lane"] == row["n_students"] == len(rows)
    assert all(
        bool(why) == (lane is None) for lane, why in zip(found.students.lane, found.students.why, strict=True)
    )


def test_marks_and_attendance_feed_the_rules():
    marks = pd.DataFrame(
        {
            "student": ["007"] * 4 + ["8"] * 4 + ["9"] * 4,
            "letter": ["A", "B", "B", "C", "A", "A", "D", "F", "D", "F", "F", "I"],
        }
    )
    days = pd.DataFrame({"student": ["7", "8", "9"], "days enrolled": 100, "days present": [97, 92, 60]})
    rules = LaneRules.parse(
        RULES.replace("  - {lane: nearly, when: {home: [Norte, Sur], df_count: {at_most: 2}}}\n", "")
    )
    found = rs.grading.lanes(rules=rules, marks=marks, attendance=rs.grading.attendance(days))
    assert found.students[["student", "lane"]].to_numpy().tolist() == [
        ["007", "ready"], ["8", "nearly"], ["9", "not yet"],
    ]  # fmt: skip
    counts = rs.grading.df_rates(marks, by="lane", roster=found.students).table.set_index("lane")
    assert counts.loc["nearly", "df_1_2"] == 1


def test_shares_by_group_against_statsmodels():
    rng = np.random.default_rng(3)
    table = pd.DataFrame(
        {"student": range(200), "lane": rng.choice([*LANES, ""], 200), "school": ["N", "S"] * 100}
    )
    found = rs.grading.lanes(table, by="school")
    for _, row in found.table.iterrows():
        own = table[(table.school == row["school"]) & (table.lane != "")]
        low = own.lane.isin(["vulnerable", "highly vulnerable"]).sum()
        assert row["n_lane"] == len(own) and row["no_lane"] == 100 - len(own)
        limits = proportion_confint(low, len(own), method="wilson")
        assert [
            row["vulnerable_share"],
            row["vulnerable_share_low"],
            row["vulnerable_share_high"],
        ] == pytest.approx([low / len(own), *limits])
        assert [row[lane] for lane in LANES] == [(own.lane == lane).sum() for lane in LANES]
    for language in languages():
        assert found.in_words(language) and found.faces(language)


def test_small_groups_are_masked_and_the_rule_stands_beside_the_number():
    table = pd.DataFrame(
        {"student": range(30), "gpa": [3.5] * 12 + [1.0] * 18, "home": ["a"] * 21 + ["b"] * 9}
    )
    rules = {
        "id": "x", "version": 1, "title": {"en": "Our lanes"}, "source": "the team",
        "text": {"en": "3 or more is promising."},
        "lanes": [{"lane": "promising", "when": {"gpa": {"at_least": 3}}}, {"lane": "vulnerable"}],
    }  # fmt: skip
    found = rs.grading.lanes(table, rules, by="home")
    assert "3 or more is promising. Source: the team" in found.sentence
    rows = found.faces()[0].rows
    assert rows[1][1] == "under 10" and set(rows[1][2:]) == {None}
    assert "vulnerable: 60 % of students" in found.sentence


def test_no_rule_table_comes_with_the_package():
    with pytest.raises(AnalysisError, match="no column with the lane"):
        rs.grading.lanes(pd.DataFrame({"student": ["a"], "gpa": [3.0], "attendance": [90]}))
    assert not any("lane" in name for name in rs.grading.track_rules())


@pytest.mark.parametrize(
    ("old", "new", "match"),
    [
        ("  - {lane: not yet}\n", "", None),
        (
            "  - {lane: not yet}\n",
            "  - {lane: not yet}\n  - {lane: ready}\n",
            r"line 12: .*asks for nothing, so no row",
        ),
        ("below: 80", "under: 80", "line 8: .*under"),
        ("{below: 80}", "{}", "`attendance` asks for nothing"),
        ("order: [ready, nearly, not yet]", "order: [ready, nearly]", "does not name the lane 'not yet'"),
        ("order: [ready, nearly, not yet]", "order: [ready, nearly, not yet, ready]", "twice"),
        ('title: {en: "Our lanes"}', "title: {}", "`title` has no words"),
        ("df_count: 0", "df_count: []", "`df_count` lists nothing"),
        ("gpa: {at_least: 3.0}", "gpa: {at_least: high}", "line 9"),
    ],
)
def test_a_rule_table_says_what_is_wrong_with_it(tmp_path, old, new, match):
    assert old in RULES
    path = tmp_path / "lanes.yaml"
    path.write_text(RULES.replace(old, new).lstrip(), "utf-8")
    if match is None:
        assert LaneRules.from_yaml(path).names == ("ready", "nearly", "not yet")
        return
    with pytest.raises(PolicyError, match=match):
        LaneRules.from_yaml(path)


@pytest.mark.parametrize(
    ("table", "match"),
    [
        ({"gpa": [3.0], "attendance": [90], "df_count": [0]}, r"look at 'home'"),
        (
            {"gpa": ["high"], "attendance": [90], "df_count": [0], "home": ["x"]},
            "'gpa' as a number, and 1 cell",
        ),
    ],
)
def test_columns_that_the_rules_look_at_have_to_be_there(table, match):
    with pytest.raises(AnalysisError, match=match):
        rs.grading.lanes(pd.DataFrame({"student": ["a"], **table}), LaneRules.parse(RULES))


def test_the_rule_table_of_the_page_is_read():
    page = Path(__file__).resolve().parents[2] / "docs" / "lanes.md"
    (block,) = re.findall(r"```yaml\n(.*?)```", page.read_text("utf-8"), re.DOTALL)
    rules = LaneRules.parse(block)
    table = pd.DataFrame(
        {
            "student": list("abcd"),
            "gpa": [3.0, 3.0, 2.1, 1.9],
            "df_count": [0, 1, 0, 3],
            "attendance": [95, 95, 79, 95],
        }
    )
    found = rs.grading.lanes(table, rules).students["lane"].tolist()
    assert found == ["promising", "potential", "vulnerable", "vulnerable"]
