"""From lane to lane: counts by hand, intervals against statsmodels, chance against a simulation."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

import relsurvey as rs
from relsurvey.errors import AnalysisError
from relsurvey.grading.chance import by_chance
from relsurvey.words import languages

LANES = ["post-secondary competitive", "promising", "potential", "vulnerable", "highly vulnerable"]


def cohort(n=300, seed=1, gain=0.0, reliability=0.8, shares=(0.2,) * 5):
    """Return two measurements of the same students, cut into lanes."""
    from scipy.special import ndtri

    rng = np.random.default_rng(seed)
    true = rng.normal(size=n) * reliability**0.5
    cuts = ndtri(np.cumsum(shares)[:-1])
    sides = []
    for rise in (0.0, gain):
        score = true + rise + rng.normal(size=n) * (1 - reliability) ** 0.5
        # The lanes go down as the score does.
        place = np.searchsorted(cuts, -score)
        sides.append(
            pd.DataFrame({"student": [f"{i:05d}" for i in range(n)], "lane": np.array(LANES)[place]})
        )
    return sides


def by_hand(before, after, order=LANES):
    """Return the counts, one student at a time."""
    a = dict(zip(before.student, before.lane, strict=True))
    b = dict(zip(after.student, after.lane, strict=True))
    counts = dict.fromkeys(("matched", "up", "same", "down", "below_top", "only_before", "only_after"), 0)
    for student, lane in a.items():
        if student not in b:
            counts["only_before"] += 1
            continue
        then, now = order.index(lane), order.index(b[student])
        counts["matched"] += 1
        counts["up" if now < then else "down" if now > then else "same"] += 1
        counts["below_top"] += then > 0
    counts["only_after"] = len(set(b) - set(a))
    return counts


def test_counts_and_shares_are_those_worked_by_hand():
    before, after = cohort(gain=0.3)
    after = after.iloc[20:]
    before = before.iloc[:-15]
    row = rs.grading.movement(before, after, order=LANES).table.iloc[0]
    counts = by_hand(before, after)
    assert {key: row[key] for key in counts} == counts
    low = {"vulnerable", "highly vulnerable"}
    for when, table in (("before", before), ("after", after)):
        hits = table.lane.isin(low).sum()
        assert row[f"n_{when}"] == len(table)
        assert row[f"vulnerable_{when}"] == pytest.approx(hits / len(table))
        limits = proportion_confint(hits, len(table), method="wilson")
        assert [row[f"vulnerable_{when}_low"], row[f"vulnerable_{when}_high"]] == pytest.approx(limits)
    assert row["vulnerable_change"] == pytest.approx(
        after.lane.isin(low).mean() - before.lane.isin(low).mean()
    )
    for name, hits, of in (
        ("up_share", counts["up"], counts["matched"]),
        ("up_below_top", counts["up"], counts["below_top"]),
        ("down_share", counts["down"], counts["matched"]),
    ):
        limits = proportion_confint(hits, of, method="wilson")
        assert [row[name], row[f"{name}_low"], row[f"{name}_high"]] == pytest.approx([hits / of, *limits])


def test_the_change_of_those_who_are_there_both_times_is_newcombes_for_pairs():
    """Newcombe (1998), method 10, written out for a table of pairs."""
    before, after = cohort(gain=0.3)
    row = rs.grading.movement(before, after).table.iloc[0]
    low = ["vulnerable", "highly vulnerable"]
    x, y = before.lane.isin(low).to_numpy(), after.lane.isin(low).to_numpy()
    a, b, c, d = (x & y).sum(), (x & ~y).sum(), (~x & y).sum(), (~x & ~y).sum()
    n = a + b + c + d
    p, q = (a + b) / n, (a + c) / n
    (p1, p2), (q1, q2) = (proportion_confint(k, n, method="wilson") for k in (a + b, a + c))
    product = a * d - b * c
    phi = (product - n / 2 if product > n / 2 else min(product, 0)) / np.sqrt(
        float((a + b) * (c + d) * (a + c) * (b + d))
    )
    lower = q - p - np.sqrt((q - q1) ** 2 - 2 * phi * (q - q1) * (p2 - p) + (p2 - p) ** 2)
    upper = q - p + np.sqrt((q2 - q) ** 2 - 2 * phi * (q2 - q) * (p - p1) + (p - p1) ** 2)
    assert [row["vulnerable_change_low"], row["vulnerable_change_high"]] == pytest.approx([lower, upper])


@settings(max_examples=30, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from([None, "gone", *LANES]), st.sampled_from([None, "gone", *LANES])),
        min_size=1,
        max_size=40,
    )
)
def test_what_moves_adds_up_and_turning_it_round_mirrors_it(pairs):
    rows = [(f"s{i}", a, b) for i, (a, b) in enumerate([("vulnerable", "promising"), *pairs])]
    before = pd.DataFrame([(s, a) for s, a, _ in rows if a != "gone"], columns=["student", "lane"])
    after = pd.DataFrame([(s, b) for s, _, b in rows if b != "gone"], columns=["student", "lane"])

    def found(one, two, order=LANES):
        return rs.grading.movement(one, two, order, vulnerable=["vulnerable", "highly vulnerable"])

    row = found(before, after).table.iloc[0]
    assert row["up"] + row["same"] + row["down"] == row["matched"]
    assert row["matched"] == found(before, after).flow.to_numpy().sum()
    assert row["matched"] + row["only_before"] <= row["n_before"]
    back = found(after, before).table.iloc[0]
    assert (back["up"], back["same"], back["down"]) == (row["down"], row["same"], row["up"])
    assert (back["only_before"], back["no_lane_before"]) == (row["only_after"], row["no_lane_after"])
    assert found(after, before).flow.to_numpy().tolist() == found(before, after).flow.T.to_numpy().tolist()
    turned = found(before, after, LANES[::-1]).table.iloc[0]
    assert (turned["up"], turned["same"], turned["down"]) == (row["down"], row["same"], row["up"])
    assert turned["above_bottom"] == row["below_top"]
    assert turned["vulnerable_before"] == pytest.approx(row["vulnerable_before"], nan_ok=True)
    for language in languages():
        assert found(before, after).in_words(language)
    found(before, after)._repr_html_()


def test_equal_fifths_at_a_reliability_of_point_8_move_up_a_third_of_those_who_can():
    rates = by_chance([1] * 5, 0.8)
    assert rates[1:, 0].mean() == pytest.approx(0.333, abs=5e-4)
    assert rates[0, 0] == 0 and rates[-1, 1] == pytest.approx(0, abs=1e-12)
    # Nothing real changes, so as many go down as up.
    assert rates[:, 0].sum() == pytest.approx(rates[:, 1].sum())


@pytest.mark.parametrize(
    ("shares", "reliability"),
    [((0.2,) * 5, 0.8), ((0.1, 0.15, 0.4, 0.25, 0.1), 0.6), ((0.5, 0.0, 0.3, 0.2), 0.95)],
)
def test_chance_is_what_a_simulation_gives(shares, reliability):
    rng = np.random.default_rng(7)
    n = 400_000
    true = rng.normal(size=n) * reliability**0.5
    cuts = np.quantile(rng.normal(size=2_000_000), np.cumsum(shares)[:-1])
    one, two = (np.searchsorted(cuts, true + rng.normal(size=n) * (1 - reliability) ** 0.5) for _ in range(2))
    rates = by_chance([int(1000 * share) for share in shares], reliability)
    for lane, share in enumerate(shares):
        if not share:
            assert np.isnan(rates[lane]).all()
            continue
        start = one == lane
        assert rates[lane] == pytest.approx(
            [(two[start] < lane).mean(), (two[start] > lane).mean()], abs=0.006
        )


def test_the_chance_of_a_cohort_stands_beside_what_is_seen_and_is_alike_where_nothing_changed():
    found = rs.grading.movement(*cohort(n=20_000), reliability=0.8)
    row = found.table.iloc[0]
    assert row["up_below_top"] == pytest.approx(row["chance_up_below_top"], abs=0.01)
    assert row["down_share"] == pytest.approx(row["chance_down"], abs=0.01)
    assert "reliability of 0.80, 33 % of those who could move up would" in found.sentence
    assert "fiabilidad de 0.80" in found.in_words("es")
    starts = found.starts
    assert (starts.up / starts.matched).tolist() == pytest.approx(starts.chance_up.tolist(), abs=0.02)
    sure = rs.grading.movement(*cohort(), reliability=1.0).table.iloc[0]
    assert (sure["chance_up"], sure["chance_down"]) == (0, 0)


def test_without_a_reliability_the_sentence_says_that_some_of_it_is_chance():
    found = rs.grading.movement(*cohort())
    assert "chance of measurement; how much" in found.sentence and "chance_up" not in found.table


def test_a_group_picked_for_a_low_start_has_no_change_but_what_chance_gives():
    before, after = cohort(n=600)
    before["program"] = np.where(before.lane.isin(LANES[3:]), "bridge", "others")
    found = rs.grading.movement(before, after, by="program", reliability=0.8)
    table = found.table.set_index("program")
    assert table["picked"].to_dict() == {"bridge": True, "others": False}
    # It rises, as it should by chance alone: cut at the lanes of all, not at its own.
    assert table.loc["bridge", "up_share"] > 0.3
    assert table.loc["bridge", "chance_up"] == pytest.approx(table.loc["bridge", "up_share"], abs=0.06)
    assert table.loc["others", "chance_down"] == pytest.approx(table.loc["others", "down_share"], abs=0.06)
    row = found.faces()[0].rows[0]
    assert row[2] == "picked for a low start: no change is reported" and row[3:9] == (None,) * 6
    assert row[9] is not None
    alone = rs.grading.movement(before[before.program == "bridge"], after, reliability=0.8)
    assert "nothing is reported as changed" in alone.sentence and "moved up (" not in alone.sentence
    assert np.isnan(alone.table["chance_up"]).all()
    with pytest.raises(AnalysisError, match="picked for a low start"):
        rs.grading.movement(before, after, picked_for_low_start=True)


def test_last_year_stands_beside_with_newcombes_interval():
    this, last = cohort(gain=0.5, seed=1), cohort(n=250, seed=2)
    for table in last:
        table["student"] = "L" + table["student"]
    found = rs.grading.movement(*this, last_year=last)
    row, past = found.table.iloc[0], rs.grading.movement(*last).table.iloc[0]
    beside = found.tables["last_year"].set_index("rate").loc["up_below_top"]
    limits = confint_proportions_2indep(
        row["up"], row["below_top"], past["up"], past["below_top"], method="newcomb", compare="diff"
    )
    assert [beside["this"], beside["last"]] == [row["up_below_top"], past["up_below_top"]]
    assert [beside["low"], beside["high"]] == pytest.approx(limits)
    assert "Last year" in found.sentence and "in both years" not in found.sentence
    assert "Students who are in both years: 300" in rs.grading.movement(*this, last_year=this).sentence
    few = tuple(table.iloc[:12] for table in last)
    assert "to compare them" in rs.grading.movement(*this, last_year=few).sentence
    with pytest.raises(AnalysisError, match="two tables"):
        rs.grading.movement(*this, last_year=[last[0]])


def test_groups_come_from_before_else_from_after():
    before, after = cohort()
    before["school"] = ["Norte", "Sur", None] * 100
    after["school"] = "Este"
    after["home"] = ["x", "y"] * 150
    table = rs.grading.movement(before, after, by="school").table
    assert table["school"].tolist() == ["Este", "Norte", "Sur"] and table["matched"].tolist() == [100] * 3
    two = rs.grading.movement(before, after, by=["home", "school"]).table
    assert two["matched"].sum() == 300 and len(two) == 6
    with pytest.raises(AnalysisError, match=r"nearest: 'school'"):
        rs.grading.movement(before, after, by="schol")
    with pytest.raises(AnalysisError, match="teachers are not compared"):
        rs.grading.movement(before, after.assign(teacher="T"), by="teacher")


def test_small_groups_and_cells_are_masked_in_what_is_shown():
    before, after = cohort(n=40)
    before["team"] = ["small"] * 9 + ["large"] * 31
    found = rs.grading.movement(before, after, by="team", reliability=0.8, last_year=(before, after))
    groups, flow, years = found.faces()
    rows = {row[0]: row for row in groups.rows}
    assert rows["small"][1] == "under 10" and set(rows["small"][2:]) == {None}
    assert not any(row[0] == "small" for row in years.rows)
    shown = {cell for row in flow.rows for cell in row[1:]}
    assert not shown & {str(n) for n in range(1, 10)}
    masked = found._repr_html_()
    assert before.student[0] not in masked and before.student[0] not in repr(found)
    few = rs.grading.movement(before.iloc[:9], after)
    assert "Fewer than 10" in few.sentence and "%" not in few.sentence
    exact = rs.grading.movement(before, after).show(exact=True)
    assert "not for sharing" in repr(exact)


def test_a_change_takes_twenty_students():
    before, after = cohort(n=15)
    found = rs.grading.movement(before, after)
    assert "It takes 20 or more" in found.sentence and "points in 100" not in found.sentence
    assert found.faces()[0].rows[0][4] is None


def test_other_ways_to_give_it():
    before, after = cohort()
    row = rs.grading.movement(before, after).table.iloc[0]
    series = [table.set_index("student")["lane"] for table in (before, after)]
    spelled = before.assign(
        lane=before.lane.str.replace("post-secondary", "Postsecondary").str.replace(" ", "_")
    )
    numbered = [
        table.assign(lane=[LANES.index(lane) + 1 for lane in table.lane]) for table in (before, after)
    ]
    for found in (
        rs.grading.movement(*series),
        rs.grading.movement(*(one.rename("level") for one in series), order=LANES),
        rs.grading.movement(before.set_index("student"), after),
        rs.grading.movement(spelled, after),
        rs.grading.movement(*numbered, order=[1, 2, 3, 4, 5]),
        rs.grading.movement(rs.grading.lanes(before), rs.grading.lanes(after)),
        rs.grading.movement(before.assign(student=before.student.astype(int)), after),
    ):
        assert found.table.iloc[0].to_dict() == row.to_dict()
    two = rs.grading.movement(*numbered, order=[1, 2, 3, 4, 5], vulnerable=[5]).table.iloc[0]
    assert two["n_vulnerable_before"] == (before.lane == LANES[4]).sum()


def test_a_file_in_spanish(tmp_path):
    before, after = cohort(n=60)
    spanish = dict(
        zip(LANES, ["competitivo", "prometedor", "potencial", "vulnerable", "muy vulnerable"], strict=True)
    )
    path = tmp_path / "carriles.csv"
    before.assign(lane=before.lane.map(spanish)).rename(
        columns={"student": "Estudiante", "lane": "Carril"}
    ).to_csv(path, index=False)
    found = rs.grading.movement(path, after)
    assert found.table.iloc[0].to_dict() == rs.grading.movement(before, after).table.iloc[0].to_dict()
    assert "vulnerable o muy vulnerable" in found.in_words("es")


@pytest.mark.parametrize(
    ("change", "match"),
    [
        (lambda t: pd.concat([t, t.iloc[:2]]), "2 rows name a student named before"),
        (
            lambda t: t.assign(lane=t.lane.replace("promising", "promissing")),
            "such as 'promissing' .nearest: 'prom",
        ),
        (lambda t: t.drop(columns="student"), "no column with the students' ids"),
        (lambda t: t.assign(gpa=1).drop(columns="lane").assign(x=1), "no column with the lane"),
        (lambda t: t.assign(student="z" + t.student), "No student has a lane in both"),
        (lambda t: t.assign(lane=None), "No student has a lane in both"),
        (lambda t: t.assign(student="1.2E+05"), "rounded"),
        (lambda t: 7, "Give a table"),
    ],
)
def test_what_cannot_be_told_is_said_in_a_sentence(change, match):
    before, after = cohort(n=30)
    with pytest.raises(AnalysisError, match=match) as error:
        rs.grading.movement(before, change(after))
    assert "00003" not in str(error.value) and "z0" not in str(error.value)


def test_a_name_in_place_of_a_lane_is_not_repeated():
    before, after = cohort(n=30)
    after.loc[3, "lane"] = "Maria Lopez"
    with pytest.raises(AnalysisError, match="1 row holds a lane that is none of") as error:
        rs.grading.movement(before, after)
    assert "Maria" not in str(error.value)


@pytest.mark.parametrize("order", [["a"], ["a", "A"], "promising", ["a", ""]])
def test_an_order_names_each_lane_once(order):
    with pytest.raises(AnalysisError, match="`order`"):
        rs.grading.movement(*cohort(n=30), order=order)


@pytest.mark.parametrize("reliability", [0, 1.2, -0.5, float("nan")])
def test_a_reliability_lies_between_0_and_1(reliability):
    with pytest.raises(AnalysisError, match="between 0 and 1"):
        rs.grading.movement(*cohort(n=30), reliability=reliability)
