"""Change between waves: which estimate is told, what it says, and what it does not say."""

from __future__ import annotations

import math
import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relsurvey.aggregate.frame import sums as sums_of
from relsurvey.aggregate.moments import Sums
from relsurvey.analysis.change import change, change_verdicts
from relsurvey.analysis.groups.twosample import welch_from_sums
from relsurvey.analysis.occasions import occasions
from relsurvey.analysis.shares import newcombe, smallest_gap, two_shares_p
from relsurvey.analysis.waves.change_clusters import random_intercept_change
from relsurvey.analysis.waves.composition import by_groups, by_respondent, expected_rise, start_reliability
from relsurvey.analysis.waves.paired import (
    SharesTwice,
    matched_difference,
    mcnemar,
    overlap,
    overlapping_difference,
    paired_effects,
    share_interval,
    share_test,
    smallest_change,
    wilcoxon,
)
from relsurvey.errors import AnalysisError


def waves(before=200, stayed=160, after=200, rise=0.4, seed=1):
    """Return two waves of students whose level lasts, some of whom come and go."""
    rng = np.random.default_rng(seed)
    level = rng.normal(3, 0.6, before + after)
    school = rng.integers(0, 8, before + after)

    def wave(ids, plus):
        score = np.clip(np.round((level[ids] + plus + rng.normal(0, 0.5, len(ids))) * 4) / 4, 1, 5)
        return pd.DataFrame(
            {
                "respondent": [f"s{i}" for i in ids],
                "score": score,
                "favorable": (score > 3).astype(float),
                "favorable_answers": (score - 1) / 4,
                "school": [f"School {s}" for s in school[ids]],
                "group": np.where(level[ids] > 3, "A", "B"),
            }
        )

    first = np.arange(before)
    second = np.concatenate([first[:stayed], np.arange(before, before + after - stayed)])
    return wave(first, 0.0), wave(second, rise)


def line(found, estimate):
    table = found.table
    return table[table.estimate == estimate].iloc[0]


# --- which estimate is told


@pytest.mark.parametrize(
    ("sizes", "headline"),
    [
        ((200, 140, 200), "overlapping"),
        ((200, 139, 200), "independent"),
        ((100, 95, 200), "independent"),  # nearly all of the small wave, but not of the large one
        ((28, 20, 28), "overlapping"),
        ((27, 19, 27), "independent"),  # 70 %, but fewer than 20
        ((40, 0, 40), "independent"),
    ],
)
def test_the_headline_is_chosen_by_counts(sizes, headline):
    found = change(*waves(*sizes))
    assert found.headline == headline
    assert found.table[found.table.headline].estimate.tolist() == [headline]
    assert set(found.table.estimate) >= {"matched", "overlapping", "independent"}


def test_the_headline_does_not_look_at_scores():
    before, after = waves(200, 150, 200)
    assert change(before, after.assign(score=5 - after.score)).headline == change(before, after).headline


def test_rows_without_a_score_are_left_out_and_match_nobody():
    before, after = waves(60, 60, 60)
    after.loc[:9, "score"] = np.nan
    found = change(before, after)
    assert (found.score.after.n, found.score.matched) == (50, 50)


def test_without_ids_nobody_is_matched_and_it_is_said():
    before, after = waves()
    found = change(before.drop(columns="respondent"), after.drop(columns="respondent"))
    assert found.headline == "independent" and found.score.matched == 0
    assert "no student could be found in both" in found.sentence
    blank = change(before.assign(respondent=None), after.assign(respondent=None))
    assert blank.score.matched == 0 and math.isnan(line(blank, "matched").difference)


# --- known figures


def test_partly_overlapping_t_equals_the_published_example():
    # Derrick, Toher & White (2017): p = .026 with equal variances, and with Welch's form.
    a = np.array([20.0, 21, 16, 18, 14, 12, 14, 17, 14, 15, 18, 20, 11, 19, 14, 15])
    b = np.array([10.0, 16, 18, 16, 15, 14, 13, 10, 15, 10, 15, 17, 13, 19, 12, 13])
    last = np.arange(8, 16)
    found = overlapping_difference(overlap(a, b, (last, last)))
    assert found.value == pytest.approx(-2.0)
    assert found.test.p == pytest.approx(0.026, abs=5e-4)


def test_partly_overlapping_z_equals_the_published_example():
    # Derrick, Dobson-McKittrick, Toher & White (2015): z8, p = .053.
    assert share_test(SharesTwice(14, 24, 17, 21, 8, 1, 3, 3)).p == pytest.approx(0.053, abs=5e-4)


@pytest.mark.parametrize(
    ("cells", "low", "high"),
    [
        ((59, 6, 16, 80), 0.0046, 0.1186),  # Fagerland, Lydersen & Laake (2014), complete response
        ((1, 1, 7, 12), 0.0256, 0.5069),  # the same, airway hyper-responsiveness
        ((36, 12, 2, 0), -0.3404, -0.0569),  # Newcombe (1998b), method 10
    ],
)
def test_the_interval_of_matched_shares_is_newcombes(cells, low, high):
    a, b, c, d = cells
    n = sum(cells)
    found = share_interval(SharesTwice(a + b, n, a + c, n, a, b, c, d))
    assert found == pytest.approx((low, high), abs=6e-5)


def test_without_matches_a_share_is_compared_as_two_groups():
    s = SharesTwice(56, 70, 48, 80, 0, 0, 0, 0)
    assert share_interval(s) == pytest.approx(newcombe(48, 80, 56, 70))
    assert share_test(s).p == pytest.approx(two_shares_p(48, 80, 56, 70))
    assert smallest_change(s) == pytest.approx(smallest_gap(104 / 150, 70, 80))


def test_without_matches_means_are_compared_as_two_groups():
    rng = np.random.default_rng(2)
    a, b, none = rng.normal(size=30), rng.normal(size=40), np.array([], dtype=int)
    found = overlapping_difference(overlap(a, b, (none, none)))
    welch = welch_from_sums(sums_of(b), sums_of(a))
    assert (found.test.statistic, found.test.df1, found.test.p) == pytest.approx(
        (welch.statistic, welch.df1, welch.p)
    )


def test_with_all_matched_it_is_the_paired_t():
    rng = np.random.default_rng(3)
    a = rng.normal(size=30)
    b, all_of = a + rng.normal(0.3, 0.5, 30), np.arange(30)
    o = overlap(a, b, (all_of, all_of))
    matched, partly = matched_difference(o), overlapping_difference(o)
    assert (partly.test.statistic, partly.test.df1) == pytest.approx((matched.test.statistic, 29))
    assert (partly.low, partly.high) == pytest.approx((matched.low, matched.high))


def test_mcnemar_by_hand():
    chi_square, exact = mcnemar(SharesTwice(12, 20, 15, 20, 10, 2, 5, 3))
    assert chi_square.statistic == pytest.approx(9 / 7)
    assert exact.p == pytest.approx(2 * (1 + 7 + 21) / 128)


def test_rounded_differences_keep_their_ties(shared):
    # R: wilcox.test(round(d, 10), exact=FALSE, correct=FALSE); on raw differences 9.15589707527682e-07.
    frame = pd.read_csv(shared / "exam_grades" / "exam_grades.csv")
    all_of = np.arange(len(frame))
    test = wilcoxon(overlap(frame.exam1.to_numpy(), frame.exam3.to_numpy(), (all_of, all_of)))
    assert test.p == pytest.approx(9.15586900587793e-07, rel=1e-9)


def test_reliable_change_is_counted_only_with_a_reliability():
    before, after = waves(60, 60, 60, rise=0.0)
    assert "reliable_change" not in change(before, after).tables
    row = change(before, after, reliability=0.84).tables["reliable_change"].iloc[0]
    sem = before.score.std() * 0.4
    index = (after.score - before.score) / (math.sqrt(2) * sem)
    assert (row.up, row.down) == ((index > 1.96).sum(), (index < -1.96).sum())
    assert row["sem"] == pytest.approx(sem)
    with pytest.raises(AnalysisError, match="between 0 and 1"):
        change(before, after, reliability=1.2)


# --- verdicts


def test_a_clear_change_is_said_with_its_size_and_since_when():
    found = change(*waves(300, 260, 300, rise=0.5), waves=("fall", "spring"))
    assert found.verdict == "clear"
    assert found.sentence.startswith("More students answered favorably than before: about ")
    assert "since fall" in found.sentence and "began" not in found.sentence
    assert "desde el otoño" in found.in_words("es") and "No dice por qué." in found.in_words("es")
    assert found.sentence.endswith("It does not say why.")


def test_a_fall_is_said_as_fewer():
    assert change(*waves(300, 260, 300, rise=-0.5)).sentence.startswith("Fewer students answered favorably")


def test_a_change_under_five_points_is_not_clear():
    n = 20_000
    rng = np.random.default_rng(0)
    first = pd.DataFrame({"respondent": range(n), "favorable": (rng.random(n) < 0.50).astype(float)})
    second = pd.DataFrame({"respondent": range(n), "favorable": (rng.random(n) < 0.54).astype(float)})
    found = change(first.assign(score=first.favorable), second.assign(score=second.favorable))
    assert found.p < 1e-6 and found.verdict == "maybe"


def test_a_mean_that_moves_the_other_way_weakens_it():
    before, after = waves(300, 300, 300, rise=0.5)
    assert change(before, after).verdict == "clear"
    assert change(before, after.assign(score=after.score - 2)).verdict == "maybe"


def test_no_change_in_many_students_is_about_the_same():
    before, _ = waves(2000, 2000, 2000)
    assert change(before, before).verdict == "about_the_same"
    assert change(before, before).sentence.startswith(
        "The share of students who answered favorably has stayed"
    )


def test_few_students_cannot_tell_and_the_smallest_change_is_said():
    found = change(*waves(40, 10, 40, rise=0.0, seed=5))
    assert found.verdict == "cannot_tell"
    assert re.search(r"smaller than \d+ in 100 would often not have shown", found.sentence)


def test_under_twenty_in_one_wave_is_too_few_and_shows_nothing():
    found = change(*waves(19, 19, 300))
    assert found.verdict == "too_few"
    assert "20 or more" in found.sentence and math.isnan(found.p)
    assert not re.search(r"\b19\b", found.sentence + found._repr_html_())
    assert "under 20" in found._repr_html_()


def test_a_threshold_may_raise_and_never_lower():
    before, after = waves(30, 30, 30)
    assert change(before, after, min_n=40).verdict == "too_few"
    assert change(before.head(15), after.head(15), min_n=5).min_n == 20


def test_scales_are_judged_together():
    changes = [change(*waves(200, 180, 200, rise=0.0, seed=s)) for s in range(5)]
    strong = change(*waves(200, 180, 200, rise=0.6))
    judged = change_verdicts([strong, *changes])
    assert all(found.family == 6 for found in judged)
    assert judged[0].p_adjusted == pytest.approx(6 * strong.p)
    border = next(
        found
        for found in (change(*waves(120, 100, 120, rise=0.2, seed=s)) for s in range(80))
        if found.verdict == "clear" and found.p > 0.01
    )
    assert change_verdicts([border, *changes])[0].verdict != "clear"


def test_no_verdict_without_favorable_answers():
    before, after = (w.drop(columns=["favorable", "favorable_answers"]) for w in waves())
    found = change(before, after)
    assert found.verdict is None and math.isnan(found.favorable_change)
    assert found.sentence.startswith("The mean score changed by +0.")
    assert found.in_words("es").startswith("El puntaje promedio cambió +0")
    found._repr_html_()


def test_marks_that_one_wave_lacks_are_none():
    before, after = waves()
    assert change(before, after.assign(favorable=np.nan)).verdict is None


def test_false_alarms_are_as_many_as_they_may_be():
    # Nobody changes: of 200 "clear" should be 1 in 20 at most (five points and the sign lower it).
    clear = sum(change(*waves(150, 130, 150, rise=0.0, seed=s)).verdict == "clear" for s in range(200))
    assert clear <= 18


def test_units_picked_for_a_low_start_are_refused():
    before, after = waves()
    with pytest.raises(AnalysisError, match="picked for a low start"):
        change(before, after, picked_for_low_start=True)


# --- who answered


@given(st.integers(0, 2**32 - 1), st.integers(20, 60), st.integers(20, 60), st.integers(0, 20))
@settings(max_examples=30, deadline=None)
def test_the_parts_of_a_change_add_up(seed, n_before, n_after, stayed):
    before, after = waves(n_before, stayed, n_after, seed=seed)
    found = change(before, after, by=["group"])
    for split in found.splits:
        if not math.isnan(split.within):
            assert split.within + split.who == pytest.approx(split.total)
        if split.by == "respondent" and stayed:
            assert split.joined + split.left == pytest.approx(split.who)
        assert split.total == pytest.approx(after[split.figure].mean() - before[split.figure].mean())


def test_a_change_that_is_all_composition_is_said_as_such():
    rows = pd.DataFrame({"favorable": [1.0] * 80 + [0.0] * 20 + [1.0] * 20 + [0.0] * 80})
    rows = rows.assign(score=rows.favorable, group=["A"] * 100 + ["B"] * 100)
    moved = change(rows, pd.concat([rows[:100], rows[:100]]), by=["group"])
    split = next(s for s in moved.splits if s.by == "group" and s.figure == "favorable")
    assert (split.within, split.who) == pytest.approx((0.0, 0.30))
    assert "0 are a change within the groups of group, and +30 come from" in moved.sentence


def test_kitagawa_by_hand():
    before, after = [Sums(60, 0.5, 0.0), Sums(40, 0.2, 0.0)], [Sums(30, 0.6, 0.0), Sums(70, 0.3, 0.0)]
    split = by_groups("g", "favorable", before, after)
    assert split.within == pytest.approx(0.45 * 0.1 + 0.55 * 0.1)
    assert split.who == pytest.approx(-0.3 * 0.55 + 0.3 * 0.25)


def test_leavers_can_make_a_change_of_nobody():
    same = Sums(50, 3.0, 10.0)
    split = by_respondent("score", same + Sums(50, 2.0, 10.0), same, same, same)
    assert (split.total, split.within, split.left, split.joined) == pytest.approx((0.5, 0.0, 0.5, 0.0))


def test_few_leavers_are_not_shown_by_the_difference_of_two_lines():
    found = change(*waves(200, 196, 200))
    rows = found.faces()[0].rows
    assert rows[0][1] == "under 20" and rows[1][1] == 200
    assert not any("come from who answered" in text for text in found.sentences.values())
    assert [row[0] for face in found.faces()[1:] for row in face.rows] == []


def test_expected_rise():
    assert expected_rise(40.0, 50.0, 0.6) == pytest.approx(4.0)
    assert expected_rise(60.0, 50.0, 0.6) == pytest.approx(-4.0)
    with pytest.raises(AnalysisError, match="between 0 and 1"):
        expected_rise(1.0, 2.0, 1.5)


def test_a_start_by_chance_alone_is_expected_to_be_lost():
    rng = np.random.default_rng(4)
    reliability = start_reliability([sums_of(rng.normal(size=30)) for _ in range(200)])
    assert max(reliability) < 0.4
    sure = start_reliability([sums_of(rng.normal(level, 0.01, 30)) for level in range(5)])
    assert min(sure) > 0.999
    assert all(math.isnan(r) for r in start_reliability([Sums(5, 1.0, 2.0)]))


# --- schools


def test_over_schools_the_interval_is_that_of_schools():
    before, after = waves(400, 300, 400)
    found = change(before, after, clusters="school")
    assert found.headline == "clusters" and found.clusters.score.clusters == 8
    assert line(found, "clusters").difference == pytest.approx(line(found, "independent").difference)
    assert "Judged over at least 8 schools" in found.sentence
    units = found.tables["units"]
    assert units.n_before.sum() == 400 and units.expected_rise.notna().all()
    # Those that started under the mean are expected to rise.
    assert ((units.before < before.favorable.mean()) == (units.expected_rise > 0)).all()


def test_with_four_schools_nothing_is_said_of_schools():
    before, after = waves(400, 300, 400, rise=1.0)
    few = [w.assign(school=w.school.where(w.school < "School 3", "School 3")) for w in (before, after)]
    found = change(*few, clusters="school")
    assert found.verdict == "cannot_tell" and "takes 5 or more" in found.sentence
    assert math.isnan(line(found, "clusters").low)


def test_small_schools_are_masked():
    before, after = waves(200, 150, 200)
    before.loc[0, "school"] = "Tiny"
    face = change(before, after, clusters="school").faces()[-1]
    assert next(row for row in face.rows if row[0] == "Tiny")[1] == "under 20"


def test_random_intercept_equals_lmer():
    # R: lme4::lmer(y ~ w + (1 | j), REML) on these rows.
    before = [
        Sums(4, 2.5, 5.0),
        Sums(3, 4.0, 2.0),
        Sums(0, math.nan, 0.0),
        Sums(6, 1.0, 9.0),
        Sums(5, 3.0, 4.0),
    ]
    after = [
        Sums(5, 3.0, 6.0),
        Sums(2, 4.5, 0.5),
        Sums(4, 2.0, 3.0),
        Sums(3, 2.5, 1.0),
        Sums(0, math.nan, 0.0),
    ]
    found = random_intercept_change(before, after)
    assert (found.difference, found.error) == pytest.approx((LMER["w"], LMER["se"]), rel=1e-5)
    assert (found.between, found.within) == pytest.approx((LMER["between"], LMER["within"]), rel=1e-4)


LMER = {"w": 0.73298439535, "se": 0.455404886114, "between": 1.08171935943, "within": 1.22426996484}


def test_random_intercept_of_nothing():
    same = [Sums(5, 2.0, 0.0)] * 6
    assert math.isnan(random_intercept_change(same, same).difference)
    alone = random_intercept_change([Sums(9, 2.0, 4.0)] * 6, [Sums(9, 2.0, 4.0)] * 6)
    assert alone.between == pytest.approx(0.0, abs=1e-6) and alone.difference == pytest.approx(0.0)


# --- degenerate input


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("value", [3.0, 1e9, 1e-9, 0.1 + 0.2])
def test_scores_that_do_not_vary(value):
    rows = pd.DataFrame({"respondent": range(30), "score": value, "favorable": 1.0, "favorable_answers": 1.0})
    found = change(rows, rows)
    matched = line(found, "matched")
    assert matched.mean_difference == 0 and math.isnan(matched.mean_p) and matched.p == 1.0
    assert found.verdict in ("about_the_same", "cannot_tell")
    found._repr_html_()
    assert found.tables["effects"].value.isna().all()


@pytest.mark.filterwarnings("error")
def test_everyone_moves_alike():
    before, _ = waves(50, 50, 50)
    found = change(before, before.assign(score=before.score + 0.1))
    assert line(found, "matched").mean_difference == pytest.approx(0.1)
    assert math.isnan(line(found, "matched").mean_p) and math.isnan(line(found, "overlapping").mean_p)
    assert math.isnan(paired_effects(found.score)[0].value)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("n", [1, 2, 3])
def test_a_handful_of_students(n):
    before, after = waves(n, n, n)
    found = change(before, after, by=["group"], clusters="school", reliability=0.8)
    assert found.verdict == "too_few"
    found._repr_html_()
    assert all(len(table) for table in found.tables.values())


def test_misuse_is_answered_in_a_sentence():
    before, after = waves(30, 30, 30)
    for args, words in [
        (({"score": []}, after), "Nobody has a score"),
        ((before.drop(columns="score"), after), "no column 'score'"),
        ((pd.concat([before, before]), after), "more than one row"),
        ((before.assign(score="high"), after), "no numbers"),
        ((before.assign(score=np.inf), after), "infinite"),
        ((before.assign(favorable=0.5), after), "1 for favorable"),
    ]:
        with pytest.raises(AnalysisError, match=words):
            change(*(pd.DataFrame(a) for a in args))
    with pytest.raises(AnalysisError, match="nobody has an entry in 'school'"):
        change(before, after.assign(school=None), clusters="school")
    with pytest.raises(AnalysisError, match="no column 'nothing'"):
        change(before, after, clusters="nothing")


def test_a_workbook_holds_what_is_shown(tmp_path):
    path = change(*waves(), by=["group"], clusters="school").to_excel(tmp_path / "change.xlsx", language="es")
    assert pd.read_excel(path, sheet_name=None, engine="openpyxl").keys() > {"1"}


def test_names_are_shown_as_text():
    before, after = waves(60, 50, 60)
    found = change(before, after, scale="<b>care</b>", waves=("<i>fall</i>", None), by=["group"])
    assert "<b>" not in found._repr_html_() and "<i>" not in found._repr_html_()


# --- properties


@given(st.integers(0, 2**32 - 1), st.floats(0.1, 50), st.floats(-100, 100))
@settings(max_examples=10, deadline=None)
def test_the_order_of_rows_and_the_unit_of_scores_do_not_matter(seed, scale, shift):
    before, after = waves(40, 30, 45, seed=seed)
    found = change(before, after)
    shuffled = [w.sample(frac=1, random_state=seed % 1000) for w in (before, after)]
    other = change(*(w.assign(score=w.score * scale + shift) for w in shuffled))
    assert other.verdict == found.verdict
    for column in ("mean_difference", "mean_low", "mean_high"):
        assert other.table[column].to_numpy() == pytest.approx(
            found.table[column].to_numpy() * scale, nan_ok=True
        )
    for table in ("tests", "effects"):
        for column in ("statistic", "p") if table == "tests" else ("value", "low", "corrected_high"):
            assert other.tables[table][column].to_numpy() == pytest.approx(
                found.tables[table][column].to_numpy(), rel=1e-6, nan_ok=True
            )


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=10, deadline=None)
def test_back_and_forth_are_the_same_change(seed):
    before, after = waves(40, 30, 45, seed=seed)
    there, back = change(before, after).table, change(after, before).table
    for one, other in (("difference", "difference"), ("low", "high"), ("mean_low", "mean_high")):
        assert there[one].to_numpy() == pytest.approx(-back[other].to_numpy())
    assert there.p.to_numpy() == pytest.approx(back.p.to_numpy())


# --- several occasions


def repeated(n=60, effect=0.0, seed=0):
    rng = np.random.default_rng(seed)
    level = rng.normal(size=n)
    rows = [
        (i, wave, level[i] + effect * step + rng.normal(0, 0.5), "A" if i % 2 else "B")
        for i in range(n)
        for step, wave in enumerate(("fall", "winter", "spring"))
    ]
    return pd.DataFrame(rows, columns=["respondent", "wave", "score", "group"])


def test_two_occasions_with_groups_are_the_paired_t_of_the_gain():
    rows = repeated()
    rows = rows[rows.wave != "winter"]
    found = occasions(rows, by="group", order=["fall", "spring"])
    wide = rows.pivot_table(index=["respondent", "group"], columns="wave", values="score").reset_index()
    gain = wide.spring - wide.fall
    a, b = gain[wide.group == "A"].to_numpy(), gain[wide.group == "B"].to_numpy()
    pooled = (sums_of(a).squares + sums_of(b).squares) / (len(gain) - 2)
    t = (a.mean() - b.mean()) / math.sqrt(pooled * (1 / len(a) + 1 / len(b)))
    interaction = next(e for e in found.effects if e.source == "interaction")
    assert interaction.f == pytest.approx(t**2) and interaction.df2 == 58


def test_repeated_measures_equal_r():
    # R: aov(score ~ wave + Error(respondent / wave)) and rstatix::anova_test on these rows.
    rows = pd.DataFrame(
        [(i, w, float(v)) for i, row in enumerate(FORM) for w, v in zip("abc", row, strict=True)],
        columns=["respondent", "wave", "score"],
    )
    effect = occasions(rows).effects[0]
    assert (effect.f, effect.df1, effect.df2) == pytest.approx((AOV["F"], 2, 38), rel=1e-8)
    assert (effect.epsilon, effect.eta_generalised) == pytest.approx((AOV["gg"], AOV["ges"]), abs=6e-4)


FORM = [[(i * 7 + 3 * j + i * j) % 6 + j * (i % 3) for j in range(3)] for i in range(20)]
AOV = {"F": 5.79065238559, "gg": 0.913, "ges": 0.133}


def test_occasions_say_what_they_found():
    found = occasions(repeated(effect=0.5), order=["fall", "winter", "spring"])
    assert found.sentence.startswith("Scores of the same students differ")
    assert found.tables["means"].occasion.tolist() == ["fall", "winter", "spring"]
    assert (found.tables["pairs"].p_adjusted >= found.tables["pairs"].p).all()
    none = occasions(repeated())
    assert none.sentence.startswith("Cannot tell")
    assert none.in_words("es").startswith("No se puede saber")


def test_few_students_at_all_occasions_are_too_few():
    rows = repeated()
    rows = rows[(rows.wave == "fall") | (rows.respondent < 19)]
    found = occasions(rows)
    assert found.complete == 19 and "Too few students" in found.sentence and not found.effects
    assert all(row[2] == "under 20" for row in found.faces()[0].rows)


@pytest.mark.filterwarnings("error")
def test_occasions_without_variance():
    rows = repeated()
    flat = occasions(rows.assign(score=3.0))
    assert math.isnan(flat.effects[0].p) and flat.sentence.startswith("Cannot tell")
    alike = occasions(rows.assign(score=rows.respondent * 1.1), by="group")
    assert [math.isnan(e.p) for e in alike.effects] == [False, True, True]


def test_occasions_refuse_in_a_sentence():
    rows = repeated()
    for frame, words, more in [
        (rows.drop(columns="wave"), "no column 'wave'", {}),
        (rows[rows.wave != "fall"], "takes 3 occasions", {}),
        (pd.concat([rows, rows]), "two rows", {}),
        (rows.assign(score="x"), "no numbers", {}),
        (rows.assign(group="A"), "takes two with 20", {"by": "group"}),
    ]:
        with pytest.raises(AnalysisError, match=words):
            occasions(frame, **more)
