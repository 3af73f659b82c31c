"""Who came: shares and differences against statsmodels; an outcome goes with coming, no more."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

import relsurvey as rs
from relsurvey.errors import AnalysisError
from relsurvey.grading.lane_names import LANES
from relsurvey.words import languages

LOW = list(LANES[3:])


def school(n=200, seed=4):
    rng = np.random.default_rng(seed)
    invited = pd.DataFrame({"student": [f"{i:04d}" for i in range(n)], "lane": rng.choice(LANES, n)})
    came = invited[rng.random(n) < np.where(invited.lane.isin(LOW), 0.3, 0.6)][["student"]]
    return invited, came


def test_shares_by_lane_and_the_difference_between_the_vulnerable_and_the_others():
    invited, came = school()
    found = rs.grading.participation(came, invited, by="lane")
    there = invited.student.isin(came.student)
    assert found.table["lane"].tolist() == list(LANES)
    for _, row in found.table.iterrows():
        own = there[invited.lane == row["lane"]]
        assert (row["invited"], row["came"]) == (len(own), own.sum())
        limits = proportion_confint(own.sum(), len(own), method="wilson")
        assert [row["share"], row["low"], row["high"]] == pytest.approx([own.mean(), *limits])
    two = found.most_vulnerable.iloc[0]
    low = invited.lane.isin(LOW)
    k, n, j, m = there[low].sum(), low.sum(), there[~low].sum(), (~low).sum()
    assert [two["vulnerable"], two["others"]] == pytest.approx([k / n, j / m])
    limits = confint_proportions_2indep(k, n, j, m, method="newcomb", compare="diff")
    assert [two["low"], two["high"]] == pytest.approx(limits)
    assert "Did the most vulnerable come?" in found.sentence
    assert "may be no difference" not in found.sentence
    assert "muy vulnerable" in found.in_words("es")


def test_an_outcome_goes_with_coming_and_is_never_caused_by_it():
    invited, came = school()
    rng = np.random.default_rng(5)
    there = invited.student.isin(came.student).to_numpy()
    on_track = pd.DataFrame(
        {"student": invited.student, "on_track": rng.random(len(invited)) < 0.4 + 0.4 * there}
    )
    on_track["on_track"] = on_track["on_track"].astype(object)
    on_track.loc[:2, "on_track"] = None
    found = rs.grading.participation(came, invited, outcome=on_track)
    row = found.goes_with.iloc[0]
    known = on_track.on_track.notna().to_numpy()
    a, b = (on_track.on_track[known & side].astype(bool) for side in (there, ~there))
    assert (row["n_came"], row["n_not"], row["cannot_tell"]) == (len(a), len(b), 3)
    limits = confint_proportions_2indep(a.sum(), len(a), b.sum(), len(b), method="newcomb", compare="diff")
    assert [row["came"], row["not"], row["low"], row["high"]] == pytest.approx([a.mean(), b.mean(), *limits])
    assert "“on track” goes with coming" in found.sentence
    for language in languages():
        said = found.in_words(language)
        assert not re.search(r"\b(because|thanks to|effect|led to|gracias|efecto|porque)\b", said)
    none = rs.grading.participation(came, invited, outcome=on_track.assign(on_track=there[::-1]))
    assert none.goes_with["low"][0] < 0 < none.goes_with["high"][0]
    assert "whether it goes with coming cannot be told" in none.sentence


def test_under_20_on_a_side_nothing_is_compared():
    invited, came = school(n=60)
    few = came.head(19)
    outcome = invited.set_index("student")["lane"].eq("promising").rename("passed")
    found = rs.grading.participation(few, invited, outcome=outcome)
    assert "cannot be told: it takes 20 or more students who came" in found.sentence
    invited["lane"] = ["vulnerable"] * 19 + ["promising"] * 41
    assert (
        "Whether the most vulnerable came cannot be told" in rs.grading.participation(came, invited).sentence
    )


def test_programs_in_rows_and_in_columns():
    invited, came = school()
    rows = pd.concat([came.assign(Program="Bridge"), came.head(30).assign(Program="Tutoring")])
    found = rs.grading.participation(rows, invited)
    wide = invited.assign(
        Bridge=np.where(invited.student.isin(came.student), "yes", "no"),
        Tutoring=np.where(invited.student.isin(came.student.head(30)), "sí", ""),
    )
    columns = rs.grading.participation(wide, programs=["Bridge", "Tutoring"])
    assert found.tables["all"].to_dict() == columns.tables["all"].to_dict()
    assert found.most_vulnerable.to_dict() == columns.most_vulnerable.to_dict()
    said = invited.assign(came=invited.student.isin(came.student))
    alone = rs.grading.participation(said).tables["all"].iloc[0]
    assert alone["share"] == found.tables["all"].iloc[0]["share"]
    asked = invited.assign(program=["Bridge"] * 100 + ["Tutoring"] * 100)
    own = rs.grading.participation(rows, asked).tables["all"].set_index("program")
    assert own["invited"].to_dict() == {"Bridge": 100, "Tutoring": 100}


def test_who_came_without_being_invited_is_in_no_share():
    invited, came = school()
    more = pd.concat([came, pd.DataFrame({"student": ["9999", "9998"]})])
    found, plain = (rs.grading.participation(one, invited) for one in (more, came))
    assert found.table.to_dict() == plain.table.to_dict() and dict(found.notes) == {"beyond": 2}
    assert "not on the list of those invited, not counted in the share: fewer than 10" in found.sentence


def test_small_groups_are_masked():
    invited, came = school(n=30)
    invited["team"] = ["a"] * 22 + ["b"] * 8
    rows = rs.grading.participation(came, invited, by="team").faces()[0].rows
    assert rows[1][1:] == ("b", "under 10", None, None) and rows[0][3] is not None
    few = rs.grading.participation(came, invited.head(9))
    assert "fewer than 10 students were invited" in few.sentence and "%" not in few.sentence


@pytest.mark.parametrize(
    ("attended", "given", "match"),
    [
        ({"student": ["a", "b"]}, {}, "does not say who was invited"),
        ({"student": ["a", "b"], "came": ["yes", "perhaps"]}, {}, "1 cells of 'came' say neither yes nor no"),
        (
            {"student": ["a"], "Bridge": ["yes"]},
            {"programs": ["Brigde"]},
            "no column 'Brigde'.*nearest: 'Bridge'",
        ),
        (
            {"student": ["a"], "program": [None]},
            {"invited": pd.DataFrame({"student": ["a"]})},
            "names no program",
        ),
        (
            {"student": ["a"], "program": ["x"]},
            {"invited": pd.DataFrame({"student": ["a"], "program": ["y"]})},
            "names nobody",
        ),
        (
            {"student": ["a"], "came": ["yes"]},
            {"outcome": pd.DataFrame({"student": ["a"], "x": [1], "y": [1]})},
            "several columns",
        ),
    ],
)
def test_what_cannot_be_told_is_said_in_a_sentence(attended, given, match):
    with pytest.raises(AnalysisError, match=match):
        rs.grading.participation(pd.DataFrame(attended), **given)
