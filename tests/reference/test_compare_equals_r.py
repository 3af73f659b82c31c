"""Group comparisons equal R's on real data."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from relsurvey.analysis.compare import compare
from relsurvey.analysis.shares import newcombe, wilson
from relsurvey.analysis.twosample import hochberg_q, holm


@pytest.fixture(scope="session")
def bfi(shared):
    """Return scores by scale (mean if three of five were answered) and the groups."""
    scales = json.loads((shared / "bfi" / "scales.json").read_text())
    frame = pd.read_csv(shared / "bfi" / "bfi.csv")
    result = pd.DataFrame(
        {
            "gender": frame["gender"].map({1: "male", 2: "female"}),
            "education": frame["education"].map(lambda v: None if pd.isna(v) else str(int(v))),
        }
    )
    for name, scale in scales.items():
        items = frame[scale["items"]].astype(float).copy()
        for item in scale["reverse"]:
            items[item] = 7 - items[item]
        result[name] = items.mean(axis=1).where(items.notna().sum(axis=1) >= 3)
    return result


@pytest.mark.parametrize("scale", ["A", "N"])
def test_two_groups(bfi, figures, scale):
    found = compare(bfi[scale], bfi["gender"], order=("male", "female"))
    tests = found.tests.set_index("test")
    name = f"bfi/{scale}_by_gender"
    for ours, theirs, statistic in (("welch_t", "t_welch", "t"), ("student_t", "t_student", "t")):
        r = figures(f"{name}/{theirs}")
        assert tests.statistic[ours] == pytest.approx(r[statistic], abs=1e-8)
        assert tests.df1[ours] == pytest.approx(r["df"], abs=1e-6)
        assert tests.p[ours] == pytest.approx(r["p"], rel=1e-6)
    for ours in ("welch_anova", "anova"):
        r = figures(f"{name}/{ours}")
        assert tests.statistic[ours] == pytest.approx(r["F"], abs=1e-8)
        assert (tests.df1[ours], tests.df2[ours]) == pytest.approx((r["df1"], r["df2"]), abs=1e-6)
        assert tests.p[ours] == pytest.approx(r["p"], rel=1e-6)
    r = figures(f"{name}/kruskal")
    assert tests.statistic["kruskal"] == pytest.approx(r["H"], abs=1e-8)
    assert tests.p["kruskal"] == pytest.approx(r["p"], rel=1e-6)
    r = figures(f"{name}/mann_whitney")
    assert tests.statistic["mann_whitney"] == pytest.approx(r["W"], abs=1e-8)
    assert tests.p["mann_whitney"] == pytest.approx(r["p_correct"], rel=1e-6)
    g = figures(f"{name}/d_g_ci_exact")
    pair = found.pairs.iloc[0]
    assert (pair.g, pair.g_low, pair.g_high) == pytest.approx((g["g"], g["g_lo"], g["g_hi"]), abs=1e-6)
    t = figures(f"{name}/t_welch")
    assert (pair.difference, pair.low, pair.high) == pytest.approx(
        (t["diff"], t["ci_low"], t["ci_high"]), abs=1e-8
    )
    described = {row["_row"]: row for row in figures(f"{name}/describe")}
    for row in found.table.itertuples():
        assert (row.n, row.mean, row.sd) == pytest.approx(
            (described[row.group]["n"], described[row.group]["mean"], described[row.group]["sd"]), abs=1e-8
        )


@pytest.mark.parametrize("scale", ["A", "N"])
def test_five_groups(bfi, figures, scale):
    found = compare(bfi[scale], bfi["education"])
    name = f"bfi/{scale}_by_education"
    tests = found.tests.set_index("test")
    assert set(tests.index) == {"welch_anova", "anova", "kruskal"}
    r = figures(f"{name}/welch_anova")
    assert (tests.statistic["welch_anova"], tests.df2["welch_anova"]) == pytest.approx(
        (r["F"], r["df2"]), abs=1e-6
    )
    pairs = {(p.a, p.b): p for p in found.pairs.itertuples()}
    for row in figures(f"{name}/pairwise_welch_holm"):
        assert pairs[row["group1"], row["group2"]].p_adjusted == pytest.approx(row["p"], rel=1e-6)
    for row in figures(f"{name}/pairwise_hedges"):
        pair = pairs[row["group1"], row["group2"]]
        assert pair.g == pytest.approx(row["g"], abs=1e-8)
        assert (pair.g_low, pair.g_high) == pytest.approx((row["lo"], row["hi"]), abs=1e-4)


def test_intervals_of_shares(figures):
    for row in figures("bfi/A5_top2_by_gender/wilson"):
        assert wilson(row["x"], row["n"]) == pytest.approx((row["lo"], row["hi"]), abs=1e-8)
    male, female = figures("bfi/A5_top2_by_gender/wilson")
    r = figures("bfi/A5_top2_by_gender/newcombe")
    found = newcombe(male["x"], male["n"], female["x"], female["n"])
    assert found == pytest.approx((r["lo"], r["hi"]), abs=1e-8)


def test_adjustments(figures):
    rows = figures("bfi/p_adjust")
    p = [row["p"] for row in rows]
    assert holm(p) == pytest.approx([row["holm"] for row in rows], rel=1e-8)
    assert hochberg_q(p) == pytest.approx([row["bh"] for row in rows], rel=1e-8)


def test_adjustments_leave_out_what_could_not_be_tested():
    assert holm([0.01, float("nan"), 0.04])[0] == pytest.approx(0.02)
    assert np.isnan(hochberg_q([float("nan")])[0])


def test_shares_agree_with_statsmodels():
    from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint, proportions_ztest

    from relsurvey.analysis.shares import two_shares_p

    for a, n, b, m in [(0, 12, 3, 40), (40, 41, 5, 90), (11, 11, 20, 33), (130, 400, 90, 333)]:
        assert wilson(a, n) == pytest.approx(proportion_confint(a, n, method="wilson"), abs=1e-12)
        assert newcombe(a, n, b, m) == pytest.approx(
            confint_proportions_2indep(a, n, b, m, method="newcomb"), abs=1e-12
        )
        assert two_shares_p(a, n, b, m) == pytest.approx(proportions_ztest([a, b], [n, m])[1], rel=1e-9)
