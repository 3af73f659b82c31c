"""Comparing groups: known answers, properties, sentences, masks, and input that has nothing to say."""

from __future__ import annotations

import math
import warnings
from fractions import Fraction
from importlib.resources import files as package_files

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from relsurvey.aggregate.frame import score_counts
from relsurvey.aggregate.moments import Sums
from relsurvey.aggregate.tables import ScoreCounts
from relsurvey.analysis.compare import compare
from relsurvey.analysis.covariates import adjusted
from relsurvey.analysis.crosstab import association, crosstab
from relsurvey.analysis.groups.distribution import quantile
from relsurvey.analysis.groups.strata import within_strata
from relsurvey.analysis.groups.studentized import range_quantile, range_sf
from relsurvey.analysis.groups.twosample import (
    equivalence,
    hochberg_q,
    holm,
    mean_difference,
    smallest_difference,
    welch_from_sums,
)
from relsurvey.analysis.shares import newcombe, two_shares_p, wilson
from relsurvey.errors import AnalysisError

LANGUAGES = ("en", "es")


def rows(
    seed: int, sizes: dict[str, int], shift: dict[str, float] | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Return made-up scores of five-point items' means, and groups."""
    random = np.random.default_rng(seed)
    groups = np.repeat(list(sizes), list(sizes.values())).astype(object)
    base = random.integers(1, 6, (len(groups), 4)).mean(axis=1)
    moved = np.array([(shift or {}).get(g, 0.0) for g in groups])
    return np.clip(base + moved, 1, 5), groups


def every_text(found) -> str:
    return " ".join([found.in_words(lang) for lang in LANGUAGES] + [found._repr_html_()])


# Known answers

NIST = package_files("scipy.stats").joinpath("tests", "data", "nist_anova")
SETS = ("AtmWtAg", "SiRstv", *(f"SmLs0{i}" for i in range(1, 10)))


def exact_f(scores: list[Fraction], groups: list[str]) -> float:
    """Return F by whole numbers alone."""
    by: dict[str, list[Fraction]] = {}
    for score, group in zip(scores, groups, strict=True):
        by.setdefault(group, []).append(score)
    mean = {g: sum(own) / len(own) for g, own in by.items()}
    grand = sum(scores) / len(scores)
    between = sum(len(own) * (mean[g] - grand) ** 2 for g, own in by.items()) / (len(by) - 1)
    within = sum((x - mean[g]) ** 2 for g, own in by.items() for x in own) / (len(scores) - len(by))
    return float(between / within)


@pytest.mark.skipif(not NIST.is_dir(), reason="SciPy is installed without its tests and NIST's data sets")
@pytest.mark.parametrize("name", SETS)
def test_anova_has_the_digits_that_nist_certifies(name):
    lines = NIST.joinpath(f"{name}.dat").read_text().splitlines()
    certified = float(next(line for line in lines if line.startswith("Between")).split()[-1])
    data = [line.split() for line in lines[60:] if line.strip()]
    groups, scores = [g for g, _ in data], [float(y) for _, y in data]
    f = compare(np.array(scores), np.array(groups, dtype=object)).overall["anova"].statistic
    if name in ("SmLs07", "SmLs08", "SmLs09"):
        # Values near 1e12 with one decimal: no double holds them. So what the doubles do hold is certified
        # here by fractions; NIST's own figure is reached by these from the text alone.
        assert exact_f([Fraction(y) for _, y in data], groups) == pytest.approx(certified, rel=1e-13)
        certified = exact_f([Fraction(y) for y in scores], groups)
        assert f == pytest.approx(certified, rel=1e-12)
    assert f == pytest.approx(certified, rel=1e-10)


def test_students_sleep_of_1908():
    """Compare extra sleep after two drugs, the data of Student's paper, with what R prints for them."""
    sleep = [
        0.7,
        -1.6,
        -0.2,
        -1.2,
        -0.1,
        3.4,
        3.7,
        0.8,
        0,
        2,
        1.9,
        0.8,
        1.1,
        0.1,
        -0.1,
        4.4,
        5.5,
        1.6,
        4.6,
        3.4,
    ]
    found = compare(sleep, ["1"] * 10 + ["2"] * 10)
    tests = found.tests.set_index("test")
    assert tests.statistic["welch_t"] == pytest.approx(-1.8608, abs=5e-5)
    assert tests.df1["welch_t"] == pytest.approx(17.776, abs=5e-4)
    assert tests.p["welch_t"] == pytest.approx(0.07939, abs=5e-6)
    pair = found.pairs.iloc[0]
    assert (pair.low, pair.high) == pytest.approx((-3.3654832, 0.2054832), abs=5e-8)
    ranks = found.pairs_ranks.iloc[0]
    assert ranks.w == 25.5
    assert ranks.p == pytest.approx(0.06933, abs=5e-6)


def test_ranks_worked_by_hand():
    """Three of a against four of b: a wins 2 of 12 pairs and ties one."""
    found = compare([1, 2, 4, 2, 5, 6, 7], list("aaabbbb"))
    ranks = found.pairs_ranks.iloc[0]
    assert ranks.w == 1.5
    assert ranks.superiority == pytest.approx(1.5 / 12)
    assert ranks.cliffs_delta == pytest.approx(2 * 1.5 / 12 - 1)
    # Ranks 1, 2.5, 4 and 2.5, 5, 6, 7: H = 12/56 · (7.5²/3 + 20.5²/4) - 24, over 1 - 6/336.
    assert found.overall["kruskal"].statistic == pytest.approx(
        (12 / 56 * (7.5**2 / 3 + 20.5**2 / 4) - 24) / (1 - 6 / 336)
    )


def test_the_interval_of_cliffs_delta_is_empty_where_groups_do_not_overlap():
    ranks = compare([1, 1, 2, 3, 4, 4], list("aaabbb")).pairs_ranks.iloc[0]
    assert ranks.cliffs_delta == -1
    assert math.isnan(ranks.cliffs_delta_low)


@pytest.mark.parametrize("groups", [2, 3, 14])
@pytest.mark.parametrize("df", [1.0, 2.5, 30, 400])
@pytest.mark.parametrize("q", [0.5, 3.3, 9.0])
def test_the_studentised_range_is_scipys(q, groups, df):
    assert range_sf(q, groups, df) == pytest.approx(stats.studentized_range.sf(q, groups, df), abs=2e-8)


def test_the_quantile_of_the_studentised_range_turns_its_probability_back():
    for groups, df in ((2, 5.0), (5, 60.0), (12, 900.5)):
        assert range_sf(range_quantile(0.95, groups, df), groups, df) == pytest.approx(0.05, abs=1e-9)


def test_of_two_groups_tukey_is_student_and_games_howell_is_welch():
    scores, groups = rows(1, {"a": 30, "b": 45})
    found = compare(scores, groups)
    means, tests = found.pairs_means.iloc[0], found.tests.set_index("test")
    assert means.tukey_p == pytest.approx(tests.p["student_t"], abs=1e-8)
    assert means.games_howell_p == pytest.approx(tests.p["welch_t"], abs=1e-8)
    assert (means.games_howell_low, means.games_howell_high) == pytest.approx(
        tuple(found.pairs[["low", "high"]].iloc[0]), abs=1e-8
    )


def test_the_smallest_difference_is_seen_four_times_in_five():
    a, b = Sums(40, 0.0, 39.0), Sums(70, 0.0, 140.0)
    random, d = np.random.default_rng(5), smallest_difference(a, b)
    x = random.normal(0, a.sd, (4000, 40))
    y = random.normal(d, b.sd, (4000, 70))
    seen = stats.ttest_ind(x, y, axis=1, equal_var=False).pvalue < 0.05
    assert seen.mean() == pytest.approx(0.80, abs=0.02)


def test_equivalence_is_the_ninety_percent_interval_within_the_bounds():
    a, b = Sums(60, 3.0, 50.0), Sums(80, 3.15, 77.0)
    for bound in (0.2, 0.3, 0.4, 0.5, 0.8):
        d = mean_difference(a, b, 0.90)
        assert (equivalence(a, b, bound) < 0.05) == (-bound < d.low and d.high < bound)


def test_shares_agree_with_statsmodels():
    from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint, proportions_ztest

    for a, n, b, m in [(0, 12, 3, 40), (40, 41, 5, 90), (11, 11, 20, 33), (130, 400, 90, 333)]:
        assert wilson(a, n) == pytest.approx(proportion_confint(a, n, method="wilson"), abs=1e-12)
        assert newcombe(a, n, b, m) == pytest.approx(
            confint_proportions_2indep(a, n, b, m, method="newcomb"), abs=1e-12
        )
        assert two_shares_p(a, n, b, m) == pytest.approx(proportions_ztest([a, b], [n, m])[1], rel=1e-9)


def test_adjustments_leave_out_what_could_not_be_tested():
    assert holm([0.01, math.nan, 0.04])[0] == pytest.approx(0.02)
    assert math.isnan(hochberg_q([math.nan])[0])


def test_pingouin_agrees_on_rows():
    import pingouin as pg

    scores, groups = rows(3, {"a": 40, "b": 60})
    grade = np.tile([9.0, 10.0, 11.0, 12.0], 25)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = pg.ancova(
            pd.DataFrame({"y": scores, "g": groups, "x": grade}), dv="y", between="g", covar="x"
        ).set_index("Source")
        tost = pg.tost(scores[groups == "a"], scores[groups == "b"], bound=0.4, correction=True)
    terms = adjusted(scores, groups, pd.DataFrame({"x": grade}), by="g").tables["terms"].set_index("term")
    for name in ("g", "x"):
        assert terms.f[name] == pytest.approx(theirs["F"][name], rel=1e-9)
        assert terms.p[name] == pytest.approx(
            theirs["p_unc" if "p_unc" in theirs else "p-unc"][name], rel=1e-9
        )
    a, b = compare(scores, groups).sums
    assert equivalence(a, b, 0.4) == pytest.approx(float(tost.iloc[0].filter(like="p").iloc[0]), rel=1e-9)


# Properties

SCORES = st.lists(st.tuples(st.sampled_from("abc"), st.integers(4, 20)), min_size=6, max_size=60)


def split(drawn: list[tuple[str, int]]) -> tuple[np.ndarray, np.ndarray]:
    return np.array([k / 4 for _, k in drawn]), np.array([g for g, _ in drawn], dtype=object)


def several(groups: np.ndarray) -> bool:
    return len(set(groups)) > 1


@settings(max_examples=40, deadline=None)
@given(SCORES)
def test_figures_are_scipys_on_the_rows(drawn):
    scores, groups = split(drawn)
    if not several(groups):
        return
    found = compare(scores, groups)
    parts = [scores[groups == name] for name in found.groups]
    if len(set(scores)) > 1:
        h = stats.kruskal(*parts)
        assert found.overall["kruskal"].statistic == pytest.approx(h.statistic, abs=1e-9)
        assert found.overall["kruskal"].p == pytest.approx(h.pvalue, abs=1e-9)
        for row in found.pairs_ranks.itertuples():
            a, b = (scores[groups == name] for name in (row.a, row.b))
            if len({*a, *b}) > 1:
                u = stats.mannwhitneyu(a, b, method="asymptotic", use_continuity=True)
                assert (row.w, row.p) == pytest.approx((u.statistic, u.pvalue), abs=1e-9)
    for name, part, row in zip(found.groups, parts, found.spread.itertuples(), strict=True):
        assert row.group == name
        assert (row.q1, row.median, row.q3) == pytest.approx(tuple(np.quantile(part, [0.25, 0.5, 0.75])))
    if not math.isnan(found.overall["levene"].p):
        assert found.overall["levene"].p == pytest.approx(stats.levene(*parts).pvalue, abs=1e-9)
    if not math.isnan(found.overall["anova"].p):
        assert found.overall["anova"].statistic == pytest.approx(stats.f_oneway(*parts).statistic, rel=1e-7)


@settings(max_examples=25, deadline=None)
@given(SCORES, st.randoms(use_true_random=False))
def test_neither_the_order_of_rows_nor_the_path_matters(drawn, random):
    scores, groups = split(drawn)
    if not several(groups):
        return
    mixed = list(range(len(scores)))
    random.shuffle(mixed)
    one, other = compare(scores, groups), compare(scores[mixed], groups[mixed])
    counted = compare(score_counts(scores, groups))
    for name, table in one.tables.items():
        pd.testing.assert_frame_equal(table, other.tables[name], rtol=1e-9, atol=1e-12)
        pd.testing.assert_frame_equal(table, counted.tables[name], rtol=1e-9, atol=1e-12)


@settings(max_examples=25, deadline=None)
@given(SCORES, st.sampled_from([(2.0, 3.0), (0.5, -40.0), (100.0, 1e5)]))
def test_a_linear_recoding_moves_means_and_nothing_else(drawn, recoding):
    scale, shift = recoding
    scores, groups = split(drawn)
    if not several(groups):
        return
    one, other = compare(scores, groups), compare(scores * scale + shift, groups)
    pd.testing.assert_frame_equal(one.tests, other.tests, rtol=1e-6, atol=1e-9)
    pd.testing.assert_frame_equal(one.pairs_ranks, other.pairs_ranks, rtol=1e-9)
    for name in ("g", "g_low", "g_high", "p"):
        assert one.pairs[name].to_numpy() == pytest.approx(
            other.pairs[name].to_numpy(), abs=1e-6, nan_ok=True
        )
    assert other.table["mean"].to_numpy() == pytest.approx(one.table["mean"].to_numpy() * scale + shift)


@settings(max_examples=25, deadline=None)
@given(SCORES)
def test_turning_the_scale_turns_every_sign(drawn):
    scores, groups = split(drawn)
    if not several(groups):
        return
    one, other = compare(scores, groups), compare(6 - scores, groups)
    for name in ("difference", "g"):
        assert one.pairs[name].to_numpy() == pytest.approx(
            -other.pairs[name].to_numpy(), abs=1e-9, nan_ok=True
        )
    assert one.pairs_ranks.cliffs_delta.to_numpy() == pytest.approx(
        -other.pairs_ranks.cliffs_delta.to_numpy()
    )


def test_strata_that_are_added_up_are_the_whole():
    scores, groups = rows(8, {"a": 60, "b": 80})
    school = np.tile(["x", "y", "z", "w"], 35)
    favorable = (scores > 3).astype(float)
    found = compare(scores, groups, favorable, within=pd.Series(school, name="school"))
    (within,) = found.within
    assert within.share.value == pytest.approx(found.pairs_shares.difference[0])
    assert within.mean.value == pytest.approx(found.pairs.difference[0])
    assert (within.mean.low, within.mean.high) == pytest.approx(tuple(found.pairs[["low", "high"]].iloc[0]))
    assert found.tables["strata"].n_a.sum() == 60
    parts = {
        s: score_counts(scores[school == s], groups[school == s], favorable[school == s]) for s in "wxyz"
    }
    again = compare(score_counts(scores, groups, favorable), within=parts)
    pd.testing.assert_frame_equal(again.tables["within"], found.tables["within"])


def test_one_stratum_leaves_the_gap_as_it_is():
    scores, groups = rows(9, {"a": 50, "b": 50})
    found = compare(scores, groups, (scores > 3).astype(float), within=np.full(100, "only"))
    (within,) = found.within
    assert within.share_within.value == pytest.approx(within.share.value)
    assert within.mean_within.value == pytest.approx(within.mean.value)


def test_a_chi_square_is_the_sum_of_its_cells_and_residuals_agree_with_scipy():
    random = np.random.default_rng(2)
    counts = random.integers(1, 40, (4, 3))
    found = association(counts)
    theirs = stats.chi2_contingency(counts, correction=False)
    assert found.chi_square.statistic == pytest.approx(theirs.statistic)
    assert found.chi_square.p == pytest.approx(theirs.pvalue)
    assert found.v.value == pytest.approx(stats.contingency.association(counts, method="cramer"))
    assert found.v.low <= found.v_corrected.value <= found.v.value <= found.v.high


# Simpson's paradox


def berkeley() -> dict[str, ScoreCounts]:
    """Return women and men of six departments at Berkeley in 1973: rejected and admitted (Bickel 1975)."""
    women = {"A": (19, 89), "B": (8, 17), "C": (391, 202), "D": (244, 131), "E": (299, 94), "F": (317, 24)}
    men = {"A": (313, 512), "B": (207, 353), "C": (205, 120), "D": (279, 138), "E": (138, 53), "F": (351, 22)}
    return {
        d: ScoreCounts(
            ("women", "men"), np.array([0.0, 1.0]), np.array([women[d], men[d]]), (women[d][1], men[d][1])
        )
        for d in women
    }


def test_a_gap_that_turns_within_strata_is_said():
    parts = berkeley()
    counts = sum(table.counts for table in parts.values())
    whole = ScoreCounts(("women", "men"), np.array([0.0, 1.0]), counts, tuple(counts[:, 1].tolist()))
    found = compare(whole, within=parts)
    (within,) = found.within
    assert within.sign == "turns"
    assert within.share.value == pytest.approx(-0.1416, abs=5e-5)
    assert within.share_within.value == pytest.approx(0.0426, abs=5e-5)
    assert (within.same_way, within.compared) == (2, 6)
    assert "Careful: over all, “women” is lower than “men”" in found.in_words("en")
    assert "Cuidado: en total, «women» está por debajo de «men»" in found.in_words("es")


def test_a_gap_that_stays_within_strata_is_said_so():
    scores, groups = rows(4, {"a": 200, "b": 200}, {"a": 1.0})
    found = compare(
        scores, groups, (scores > 3).astype(float), within=pd.Series(np.tile(["x", "y"], 200), name="school")
    )
    assert found.within[0].sign == "keeps"
    assert (
        "of the same school the gap between “a” and “b” stays; it points the same way in 2 of 2"
        in found.sentence
    )


def test_groups_in_different_strata_cannot_be_compared_within():
    scores, groups = rows(4, {"a": 40, "b": 40}, {"a": 1.0})
    found = compare(scores, groups, (scores > 3).astype(float), within=groups)
    assert (found.within[0].compared, found.within[0].sign) == (0, "unclear")
    assert math.isnan(found.tables["within"].within[0])


def test_three_groups_are_compared_within_strata_with_all_others():
    scores, groups = rows(6, {"a": 50, "b": 60, "c": 70})
    found = compare(scores, groups, within=np.tile(["x", "y", "z"], 60))
    assert [(w.a, w.b) for w in found.within] == [("a", ""), ("b", ""), ("c", "")]
    assert found.tables["strata"].groupby("a")[["n_a", "n_b"]].sum().sum(axis=1).tolist() == [180] * 3


def test_a_stratum_may_lack_a_group():
    only_a = ScoreCounts(("a",), np.array([1.0, 2.0]), np.array([[3, 4]]), (4,))
    both = ScoreCounts(("a", "b"), np.array([1.0, 2.0]), np.array([[5, 5], [2, 8]]), (5, 8))
    found = within_strata({"x": only_a, "y": both}, "a", "b")
    assert found.compared == 1
    assert found.share_within.value == pytest.approx(-0.3)


# Sentences and faces


def test_two_groups_have_their_difference_and_its_interval_in_words():
    scores, groups = rows(11, {"girl": 150, "boy": 160}, {"girl": 1.2})
    found = compare(scores, groups, (scores > 3).astype(float), order=("girl", "boy"))
    pair = found.pairs_shares.iloc[0]
    low, high = math.floor(100 * pair.low), math.ceil(100 * pair.high)
    assert (
        f"“girl” beside “boy” the difference may be anything from {low} in 100 more to {high} in 100 more"
        in found.sentence
    )
    assert found.sentence.startswith("“girl”: more students answered favorably than other students")
    assert "«girl»: respondieron de forma favorable más" in found.in_words("es")
    assert found.table.verdict.tolist() == ["clear", "clear"]


def test_strengths_come_first():
    scores, groups = rows(12, {"low": 150, "mid": 150, "top": 150}, {"low": -1.2, "top": 1.2})
    words = compare(scores, groups, (scores > 3).astype(float)).sentence
    assert words.index("“top”: more") < words.index("“low”: fewer")


def test_scores_without_shares_are_compared_by_their_means():
    scores, groups = rows(13, {"a": 200, "b": 200}, {"a": 0.8})
    found = compare(scores, groups)
    assert found.table.favorable.isna().all()
    assert "“a”: higher scores than other students, by 0." in found.sentence
    assert "points higher" in found.sentence
    assert found.pairs_shares.empty
    alike = compare(*rows(14, {"a": 900, "b": 900}))
    assert "About the same as other students: “a”, “b”" in alike.sentence
    unknown = compare(*rows(15, {"a": 15, "b": 15}))
    assert "A gap smaller than" in unknown.sentence


def test_given_verdicts_stand_and_none_are_made_up():
    scores, groups = rows(11, {"girl": 150, "boy": 160}, {"girl": 1.2})
    favorable = (scores > 3).astype(float)
    given = compare(scores, groups, favorable, verdicts={"girl": "maybe", "boy": "maybe"})
    assert given.table.verdict.tolist() == ["maybe", "maybe"]
    assert "“girl”: it may be higher than for other students." in given.sentence
    single = compare(scores, groups, favorable, verdicts={})
    assert single.table.verdict.isna().all()
    assert "more students" not in single.sentence
    assert "For “boy” beside “girl” the difference may be anything from 64 in 100 fewer" in single.sentence


@pytest.mark.parametrize(
    ("mark", "words"),
    [("not checked", "Not checked"), ("comparable", "Checked: the groups read"), ("differs", "do not read")],
)
def test_what_is_known_of_comparability_is_always_said(mark, words):
    found = compare(*rows(1, {"a": 30, "b": 30}), comparable=mark)
    assert words in found.sentence
    assert found.comparable == mark


def test_groups_that_read_the_questions_apart_have_no_clear_difference():
    scores, groups = rows(11, {"girl": 150, "boy": 160}, {"girl": 1.2})
    for favorable in (None, (scores > 3).astype(float)):
        found = compare(scores, groups, favorable, comparable="differs")
        assert {b.verdict for b in found.others} == {"maybe"}
        assert "“girl”: it may be higher than for other students." in found.sentence


def test_many_groups_of_many_scores_are_counted_right():
    scores = np.arange(2400) % 97 / 4
    groups = np.array([f"g{i % 30:02d}" for i in range(2400)], dtype=object)
    found = compare(scores, groups)
    expected = pd.Series(scores).groupby(groups).mean()
    assert found.table.set_index("group")["mean"].to_dict() == pytest.approx(expected.to_dict())


def test_every_two_of_many_groups_are_not_shown():
    scores, groups = rows(18, {f"school {i}": 20 for i in range(12)})
    found = compare(scores, groups)
    assert len(found.faces()) == 1
    assert len(found.pairs) == 66


def test_small_groups_are_masked_wherever_they_are_shown():
    scores, groups = rows(16, {"many": 60, "more": 47, "seven": 7})
    found = compare(scores, groups, (scores > 3).astype(float), within=np.resize(["x", "y"], 114))
    for language, under in (("en", "under 10"), ("es", "menos de 10")):
        # "Other students" of a stratum would hold the hidden group: no such table.
        of_groups, pairs = found.faces(language)
        assert of_groups.rows[2][1] == under
        assert of_groups.rows[2][2:5] == (None, None, None)
        assert [row[2] is None for row in pairs.rows] == [False, True, True]
    assert "“seven”" not in found.sentence
    assert "Groups of fewer than 11 students are not shown (1)." in found.sentence
    assert found.table.n.tolist() == [60, 47, 7]
    assert found.show(exact=True)._repr_html_().count("seven") > 1
    scores, groups = rows(16, {"many": 60, "more": 47})
    large = compare(scores, groups, (scores > 3).astype(float), within=np.resize(["x"] * 8 + ["y"], 107))
    strata = large.faces()[2]
    assert {row[0]: row[3] is None for row in strata.rows} == {"x": False, "y": True}


def test_fewer_than_twenty_students_get_words_and_no_numbers():
    scores = np.array([1.0, 2.0] * 7 + [4.0, 5.0] * 7)
    groups = np.array(["low"] * 14 + ["top"] * 14, dtype=object)
    found = compare(scores, groups, (scores > 3).astype(float))
    assert "“top”: more students answered favorably than other students." in found.sentence
    assert "in 100" not in found.sentence
    assert "in 10 more" not in found.sentence


def test_labels_are_shown_and_never_run(tmp_path):
    label = "<script>alert(1)</script>"
    scores, groups = rows(17, {label: 30, "=1+1": 30})
    html = compare(scores, groups)._repr_html_() + crosstab(scores.round(), groups)._repr_html_()
    assert "<script>" not in html
    assert "&lt;script&gt;" in html
    assert compare(scores, groups).to_excel(tmp_path / "a.xlsx").is_file()
    assert compare(scores, groups).to_excel(tmp_path / "b.xlsx", exact=True).is_file()


# Input with nothing to say


@pytest.mark.parametrize(
    ("scores", "groups"),
    [
        ([1, 1, 1, 1], list("aabb")),
        ([1, 1, 2, 2], list("aabb")),
        ([1, 2], list("ab")),
        ([1, 2, 3], list("aab")),
        ([3, 3, 3, 1, 5], list("aaabb")),
        ([1, 5] * 15, list("ab") * 15),
        ([10 / 3] * 21 + [11 / 3] * 21, ["a"] * 21 + ["b"] * 21),
        ([1, 1, 2, 2, 3, 3], list("aabbcc")),
        ([1, 2, 3, 4, 5, math.nan], ["a", "a", "b", "b", None, "c"]),
        ([1e-9, 1 + 1e-9, 4, 4 + 1e-9], list("aabb")),
        (list(range(1, 12)) * 2, list("a" * 11 + "b" * 11)),
    ],
)
def test_what_cannot_be_computed_is_empty_and_said(scores, groups):
    favorable = [1.0 if s == s and s > 2 else 0.0 for s in scores]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for marks in (None, favorable):
            found = compare(
                scores, groups, marks, within=["x", "y"] * (len(scores) // 2) + ["x"] * (len(scores) % 2)
            )
            assert every_text(found)
            tests = found.tests
            assert tests.p.dropna().between(0, 1).all()
            assert all(len(table.columns) for table in found.tables.values())
    if found.overall["welch_anova"].p != found.overall["welch_anova"].p:
        assert "Some tests could not be made" in found.sentence
        assert "Algunas pruebas no se pudieron hacer" in found.in_words("es")


def test_groups_and_scores_that_no_one_has_do_not_count():
    table = ScoreCounts(
        ("a", "none", "b"), np.array([1.0, 2, 3]), np.array([[3, 0, 2], [0, 0, 0], [1, 0, 6]])
    )
    found = compare(table)
    assert found.groups == ("a", "b")
    assert found.distribution.score.tolist() == [1.0, 3.0, 1.0, 3.0]
    assert "welch_t" in found.overall


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (([1.0, 2.0], ["a", "a"]), "needs two groups"),
        (([math.nan] * 2, ["a", "b"]), "needs two groups"),
        (([], []), "needs two groups"),
        (([1.0], ["a", "b"]), "There are 1 scores"),
        (([1.0, 2.0], ["a", "b"], [1.0]), "Give one"),
        (([1.0, 2.0], ["a", "b"], [1.0, 0.3]), "favorable"),
        ((["x", "y"], ["a", "b"]), "not a number"),
        (([1.0, math.inf], ["a", "b"]), "finite"),
        (([1.0, 2.0],), "one group label a score"),
    ],
)
def test_misuse_is_answered_in_a_sentence(arguments, words):
    with pytest.raises(AnalysisError, match=words) as caught:
        compare(*arguments)
    assert "0.3" not in str(caught.value)


def test_counts_want_counts_by_stratum():
    table = ScoreCounts(("a", "b"), np.array([1.0, 2]), np.array([[3, 2], [1, 6]]))
    with pytest.raises(AnalysisError, match="one table a stratum"):
        compare(table, within=["x", "y"])


# Answers by group


def test_answers_that_stand_out_are_said():
    answers = ["bus"] * 80 + ["walk"] * 20 + ["bus"] * 30 + ["walk"] * 70
    found = crosstab(pd.Series(answers), pd.Series(["north"] * 100 + ["south"] * 100))
    assert found.in_words("en") == (
        "“north”: more often “bus”. “south”: more often “walk”. "
        "“north”: less often “walk”. “south”: less often “bus”."
    )
    assert "«north»: más veces «bus»" in found.in_words("es")
    assert found.table.share.tolist() == pytest.approx([0.8, 0.3, 0.2, 0.7])


def test_answers_that_differ_by_chance_alone_are_not():
    found = crosstab(["bus", "walk"] * 50, ["north"] * 50 + ["south"] * 50)
    assert found.sentence == "No difference between the groups’ answers can be told."


def test_a_table_of_counts_is_the_same_as_its_rows():
    answers, groups = ["no"] * 5 + ["yes"] * 7, list("aababbaababb")
    one = crosstab(answers, groups)
    other = crosstab(pd.DataFrame(one.counts, index=one.answers, columns=one.groups))
    for name, table in one.tables.items():
        pd.testing.assert_frame_equal(table, other.tables[name])
    assert "so rare that this is rough" in one.sentence or "Too few" in one.sentence


@pytest.mark.parametrize(
    "table",
    [
        pd.DataFrame({"a": [3, 0]}),
        pd.DataFrame({"a": [5], "b": [7]}),
        pd.DataFrame({"a": [0, 0], "b": [3, 4]}),
    ],
)
def test_tables_with_one_line_have_no_chi_square(table):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = crosstab(table)
        assert found.tables["association"].p.isna().all()
        assert "Too few students to compare." in every_text(found)


def test_small_groups_of_answers_are_masked():
    found = crosstab(["no", "yes"] * 20, ["a"] * 33 + ["b"] * 7)
    (face,) = found.faces("es", 11)
    assert all(row[2] == "menos de 11" for row in face.rows)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((["a"], ["b", "c"]), "There are 1 answers"),
        ((pd.DataFrame({"a": [0.5]}),), "whole numbers"),
        ((pd.DataFrame({"a": [-1]}),), "whole numbers"),
        ((list(range(101)), ["a", "b"] * 50 + ["a"]), "more than 100"),
    ],
)
def test_misuse_of_a_crosstab_is_answered_in_a_sentence(arguments, words):
    with pytest.raises(AnalysisError, match=words):
        crosstab(*arguments)


def test_quantiles_of_counts_are_those_of_the_rows():
    values, counts = np.array([1.0, 1.5, 4.0]), np.array([3, 1, 6])
    for q in (0, 0.1, 0.25, 1 / 3, 0.5, 0.9, 1):
        assert quantile(values, counts, q) == pytest.approx(np.quantile(np.repeat(values, counts), q))
    assert math.isnan(quantile(values, np.zeros(3, dtype=int), 0.5))


# Covariates


def confounded() -> tuple[np.ndarray, np.ndarray, pd.DataFrame]:
    """Return scores that follow the grade alone, and a group that is mostly in the higher grades."""
    random = np.random.default_rng(21)
    grade = random.integers(9, 13, 400).astype(float)
    groups = np.where(random.random(400) < (grade - 8) / 5, "late", "early").astype(object)
    return 0.5 * (grade - 9) + random.normal(0, 0.4, 400), groups, pd.DataFrame({"grade": grade})


def test_a_gap_that_a_covariate_explains_is_gone():
    scores, groups, grade = confounded()
    assert compare(scores, groups).overall["welch_t"].p < 1e-8
    found = adjusted(scores, groups, grade)
    assert found.tables["pairs"].p[0] > 0.05
    assert "Among students alike in grade, the difference for “early”" in found.sentence
    assert "does not say why" in found.sentence
    assert "Entre estudiantes iguales en grade" in found.in_words("es")


def test_terms_of_a_model_do_not_depend_on_the_scale_of_a_covariate():
    scores, groups, grade = confounded()
    one = adjusted(scores, groups, grade)
    other = adjusted(scores, groups, grade * 1000 - 7)
    names = ["f", "p", "partial_eta2", "f_hc3"]
    assert other.tables["terms"][names].to_numpy() == pytest.approx(
        one.tables["terms"][names].to_numpy(), nan_ok=True
    )
    assert other.table.adjusted_mean.to_numpy() == pytest.approx(one.table.adjusted_mean.to_numpy())


def test_a_gap_that_depends_on_a_covariate_is_said():
    scores, groups, grade = confounded()
    moved = np.where(groups == "late", scores + (grade["grade"] - 10.5), scores)
    found = adjusted(moved, groups, grade, interaction="grade")
    assert found.tables["terms"].set_index("term").p["group × grade"] < 0.001
    assert "it depends on grade" in found.sentence
    plain = adjusted(scores, groups, grade, interaction="grade")
    assert "cannot be told whether the gap depends on grade" in plain.sentence


def test_names_of_columns_cannot_run():
    scores, groups, grade = confounded()
    hostile = grade.rename(columns={"grade": "__import__('os').getcwd()"})
    hostile["C"], hostile["Q"] = np.resize(["<b>", "c", "d"], 400), np.resize([1.0, 2, 3, 4, 5], 400)
    found = adjusted(scores, groups, hostile, by="np.log(y) ~ x")
    assert found.tables["terms"].f.notna().sum() == 4
    assert "<b>" not in found._repr_html_()


def test_schools_that_differ_are_allowed_for():
    random = np.random.default_rng(30)
    school = np.repeat(np.arange(20), 20)
    of_school = random.normal(0, 1, 20)
    # The practice is given out by school, so its 400 students are 20 schools.
    groups = np.where(school % 2 == 0, "practice", "usual").astype(object)
    scores = of_school[school] + random.normal(0, 1, 400)
    grade = pd.DataFrame({"grade": random.integers(9, 13, 400).astype(float)})
    found = adjusted(scores, groups, grade, cluster=pd.Series(school, name="school"))
    one = adjusted(scores, groups, grade)
    assert found.tables["pairs"].se[0] > 2.5 * one.tables["pairs"].se[0]
    assert 15 < found.tables["pairs"].df[0] < 20
    assert found.tables["variance"].icc[0] == pytest.approx(0.5, abs=0.2)
    assert "Students of one group (school) answer somewhat alike" in found.sentence


def test_schools_that_do_not_differ_leave_a_regression():
    random = np.random.default_rng(31)
    school, groups = np.repeat(np.arange(10), 20), np.tile(["a", "b"], 100).astype(object)
    grade = pd.DataFrame({"grade": random.integers(9, 13, 200).astype(float)})
    scores = random.normal(0, 1, 200)
    # Every school has the same mean.
    scores -= pd.Series(scores).groupby(school).transform("mean").to_numpy()
    mixed, plain = (adjusted(scores, groups, grade, cluster=c) for c in (school, None))
    assert mixed.tables["variance"].between[0] == 0
    columns = ["difference", "se", "df", "p"]
    assert mixed.tables["pairs"][columns].to_numpy() == pytest.approx(
        plain.tables["pairs"][columns].to_numpy()
    )


def test_what_cannot_be_told_apart_is_said():
    scores, groups, grade = confounded()
    same = pd.DataFrame({"is_late": (groups == "late").astype(float)})
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for found in (
            adjusted(scores, groups, same),
            adjusted(
                scores[:4], ["a", "a", "b", "b"], pd.DataFrame({"x": [1.0, 2, 3, 5], "z": [3.0, 1, 1, 2]})
            ),
            adjusted(scores, groups, grade, cluster=np.arange(400)),
            adjusted(scores, groups, grade, cluster=np.zeros(400)),
        ):
            assert found.model is None
            assert found.table.adjusted_mean.isna().all()
            assert "cannot be told apart" in found.sentence
            assert "no se pueden separar" in found.in_words("es")
        flat = adjusted(np.ones(400), groups, grade)
        assert flat.tables["terms"].p.isna().all()
        assert "all its students have the same score" in flat.sentence
        exact = adjusted(2 * grade["grade"].to_numpy() - 3, groups, grade)
        assert exact.tables["terms"].p.isna().all()
        # A covariate that all share adjusts for nothing.
        alike = adjusted(scores, groups, grade.assign(wave=1.0))
        assert alike.tables["terms"].term.tolist() == ["group", "grade", "residual"]
        # One student with a category of their own: no HC3, the rest stands.
        alone = grade.assign(kind=["one", *["other"] * 399])
        assert every_text(adjusted(scores, groups, alone))


def test_rows_that_lack_a_value_are_left_out_and_counted():
    scores, groups, grade = confounded()
    scores[:5], groups[3:9], grade.loc[7:10, "grade"] = math.nan, None, math.nan
    found = adjusted(scores, groups, grade)
    assert (found.n, found.left_out) == (389, 11)
    assert found.table.n.sum() == 389


def test_small_adjusted_groups_are_masked():
    scores, groups, grade = confounded()
    groups[:], groups[:7] = "many", "seven"
    found = adjusted(scores, groups, grade)
    (face,) = found.faces()
    assert face.rows[1][1:] == ("under 10", None, None, None, None)
    assert "“seven”" not in found.sentence
    assert "Too few students in each group" in found.sentence


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"groups": ["a"] * 400}, "needs two groups"),
        ({"groups": ["a"]}, "Give one a score"),
        ({"interaction": "shoe size"}, "cannot depend on shoe size"),
        ({"by": "grade"}, "different names"),
        ({"covariates": pd.DataFrame(index=range(400))}, "at least one covariate"),
        ({"covariates": pd.DataFrame({"id": [f"s{i}" for i in range(400)]})}, "400 categories"),
        ({"covariates": pd.DataFrame({"x": [math.inf] * 400})}, "finite"),
        ({"scores": ["x"] * 400}, "not a number"),
    ],
)
def test_misuse_of_covariates_is_answered_in_a_sentence(changes, words):
    scores, groups, grade = confounded()
    arguments = {"scores": scores, "groups": groups, "covariates": grade, **changes}
    with pytest.raises(AnalysisError, match=words):
        adjusted(**arguments)


def test_a_comparison_is_reproduced_from_its_parts():
    """Two halves of the rows, counted apart and added up, are the whole."""
    scores, groups = rows(40, {"a": 60, "b": 70})
    half = np.arange(130) % 2 == 0
    one, other = (score_counts(np.r_[scores[h], 0.25], np.r_[groups[h], None]) for h in (half, ~half))
    values = np.union1d(one.values, other.values)
    counts = np.zeros((2, len(values)), dtype=int)
    for part in (one, other):
        counts[:, np.searchsorted(values, part.values)] += part.counts
    joined = compare(ScoreCounts(("a", "b"), values, counts))
    pd.testing.assert_frame_equal(joined.tests, compare(scores, groups).tests)
    a, b = joined.sums
    assert joined.overall["welch_t"].p == pytest.approx(welch_from_sums(a, b).p)
