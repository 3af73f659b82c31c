"""Course placement: shares by group within a prior mark, against plain pandas."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from statsmodels.stats.proportion import proportion_confint

import relsurvey as rs
from relsurvey.errors import AnalysisError
from relsurvey.words import languages


def school(n=240, seed=6):
    rng = np.random.default_rng(seed)
    before = pd.DataFrame(
        {
            "student": [f"{i:04d}" for i in range(n)],
            "course": rng.choice(["Math 8", "Algebra 8"], n),
            "letter": rng.choice(["A", "B", "C", "D", "F"], n),
            "subject": "Math",
            "gender": rng.choice(["girl", "boy"], n),
        }
    )
    after = before[["student"]].assign(course=rng.choice(["Algebra 1", "Geometry"], n), subject="math")
    return before, after


def test_shares_by_group_within_a_prior_mark():
    before, after = school()
    found = rs.grading.placement(before, after.iloc[10:], by="gender")
    both = before.merge(after.iloc[10:], on="student", suffixes=("", "_after"))
    both["prior"] = both.letter.replace({"D": "D or F", "F": "D or F"})
    assert len(found.table) == 4 * 2 * 2
    for _, row in found.table.iterrows():
        own = both[(both.prior == row["prior"]) & (both.gender == row["gender"])]
        hits = (own.course_after == row["course"]).sum()
        assert (row["n_students"], row["placed"]) == (len(own), hits)
        limits = proportion_confint(hits, len(own), method="wilson")
        assert [row["share"], row["low"], row["high"]] == pytest.approx([hits / len(own), *limits])
    flow = both.groupby(["course", "prior", "course_after"]).size()
    assert {tuple(row[:3]): row[3] for row in found.flow.to_numpy().tolist()} == flow.to_dict()
    assert dict(found.notes) == {"only_before": 10} and found.matched == 230
    for language in languages():
        assert found.in_words(language) and found.faces(language)


def test_only_the_subject_that_is_asked_for():
    before, after = school()
    other = before.assign(subject="Science", course="Science 8", letter="A")
    next_ = after.assign(subject="Science", course="Biology")
    found = rs.grading.placement(
        pd.concat([before, other]), pd.concat([after, next_]), subject="math", by="gender"
    )
    assert found.table.equals(rs.grading.placement(before, after, by="gender").table)


def test_terms_are_one_mark_and_one_course():
    before = pd.DataFrame({"student": ["a", "a", "b", "c"], "course": "M8", "letter": ["A", "B", "B", "P"]})
    after = pd.DataFrame({"student": ["a", "a", "b", "b", "c"], "course": ["G", "G", "G", "S", "S"]})
    found = rs.grading.placement(before, after)
    # A and B make 3.5, which is rounded half up to A.
    assert found.table[["prior", "course", "n_students", "placed"]].to_numpy().tolist() == [
        ["A", "G", 1, 1], ["B", "G", 1, 1], ["B", "S", 1, 1], ["no mark", "S", 1, 1],
    ]  # fmt: skip
    assert dict(found.notes) == {"several": 1}


def test_a_course_that_a_group_has_nobody_in_is_a_share_of_0():
    before = pd.DataFrame(
        {"student": list("abcd"), "course": "M8", "letter": "B", "team": ["x", "x", "y", "y"]}
    )
    after = pd.DataFrame({"student": list("abcd"), "course": ["G", "G", "G", "S"]})
    found = rs.grading.placement(before, after, by="team").table.set_index(["team", "course"])
    assert found.loc[("x", "S"), "share"] == 0 and found.loc[("y", "S"), "share"] == 0.5


def test_few_students_of_a_prior_mark_are_masked():
    before, after = school(n=100)
    before["letter"] = ["A"] * 91 + ["B"] * 9
    found = rs.grading.placement(before, after)
    table, flow = found.faces()
    assert table.rows[-1][:3] == ("B", "under 10", None) and sum(row[0] == "B" for row in table.rows) == 1
    assert all(row[3] == "under 10" and row[2] is None for row in flow.rows if row[1] == "B")
    assert "0003" not in found._repr_html_()
    # The interval of a share of a few students would give their count away.
    before["letter"] = ["A"] * 85 + ["B"] * 15
    assert {row[4] for row in rs.grading.placement(before, after).faces()[0].rows if row[0] == "B"} == {None}
    assert "too few" in rs.grading.placement(before.head(9), after).sentence


def test_a_roster_and_a_file(tmp_path):
    before, after = school()
    path = tmp_path / "courses.csv"
    after.rename(columns={"student": "Student ID"}).to_csv(path, index=False)
    roster = before[["student", "gender"]].assign(student=lambda t: t.student.astype(int))
    found = rs.grading.placement(before.drop(columns="gender"), path, by="gender", roster=roster)
    assert found.table.equals(rs.grading.placement(before, after, by="gender").table)


@pytest.mark.parametrize(
    ("before", "after", "given", "match"),
    [
        ("course", None, {}, "no column `course`"),
        (None, "course", {}, "no column `course`"),
        ("subject", None, {"subject": "Math"}, "no column `subject`"),
        (None, None, {"subject": "Art"}, "has the subject 'Art'"),
        (None, None, {"by": "teacher"}, "teachers are not compared"),
    ],
)
def test_what_cannot_be_told_is_said_in_a_sentence(before, after, given, match):
    one, two = school(n=20)
    one = one.drop(columns=before) if before else one
    two = two.drop(columns=after) if after else two
    with pytest.raises(AnalysisError, match=match):
        rs.grading.placement(one, two, **given)
    with pytest.raises(AnalysisError, match="No student is in both"):
        rs.grading.placement(school(n=20)[0].head(3), school(n=20)[1].tail(3))
