"""How much lies between clusters."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relsurvey.aggregate.moments import Sums
from relsurvey.analysis.nesting import nesting
from relsurvey.analysis.sampling.columns import cluster_sums
from relsurvey.analysis.sampling.random_intercept import components, design_effect, shrunken
from relsurvey.errors import AnalysisError


def made(seed: int, between: float, clusters: int = 12, n: int = 300) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    which = rng.integers(0, clusters, n)
    return rng.normal(0, between, clusters)[which] + rng.normal(3, 1, n), which


def test_shrout_and_fleiss():
    # Shrout & Fleiss (1979), tables 2 to 4: six targets, four judges.
    ratings = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]
    found = nesting(np.ravel(ratings), np.repeat(range(6), 4))
    assert (round(found.between, 2), round(found.within, 2)) == (11.24, 6.26)
    assert (round(found.icc1, 2), round(found.icc2, 2)) == (0.17, 0.44)
    # The same authors' interval of ICC(1,1), as in psych::ICC.
    assert (round(found.icc1_low, 2), round(found.icc1_high, 2)) == (-0.13, 0.72)
    assert found.n0 == found.mean_size == 4


def test_equal_sizes_reml_is_the_analysis_of_variance():
    sums = [Sums(10, m, 9.0) for m in (3.0, 4.0, 5.0, 4.5)]
    fit, found = components(sums), nesting(sums)
    assert fit.icc == pytest.approx(found.icc1, rel=1e-9)
    assert fit.sigma2 == pytest.approx(found.within, rel=1e-9)
    assert fit.reliability(10) == pytest.approx(found.icc2, rel=1e-9)
    assert found.mean_interval[0] < 4.125 < found.mean_interval[1]


@pytest.mark.parametrize("method", ["REML", "ML"])
@pytest.mark.parametrize("between", [0.0, 0.05, 0.5, 30.0])
def test_no_other_components_are_likelier(method, between):
    y, which = made(5, between)
    sums = list(cluster_sums(y, which).values())
    fit = components(sums, method)
    lost = method == "REML"

    def deviance(tau2, sigma2):
        spread = [tau2 + sigma2 / s.n for s in sums]
        mean = sum(s.mean / v for s, v in zip(sums, spread, strict=True)) / sum(1 / v for v in spread)
        value = (len(y) - lost) * math.log(2 * math.pi)
        for s, v in zip(sums, spread, strict=True):
            value += (s.n - 1) * math.log(sigma2) + math.log(v * s.n) + s.squares / sigma2
            value += (s.mean - mean) ** 2 / v
        return value + lost * math.log(sum(1 / v for v in spread))

    least = deviance(fit.tau2, fit.sigma2)
    assert fit.deviance == pytest.approx(least, rel=1e-9)
    step = max(fit.tau2, 0.01) / 50
    for tau2 in (fit.tau2 + step, max(fit.tau2 - step, 0.0)):
        for sigma2 in (fit.sigma2, 1.02 * fit.sigma2, 0.98 * fit.sigma2):
            assert deviance(tau2, sigma2) >= least - 1e-9
    assert fit.deviance_without >= fit.deviance - 1e-9


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.floats(-1e3, 1e3), st.floats(0.1, 10))
def test_order_and_linear_recoding_do_not_matter(seed, shift, times):
    y, which = made(seed % 40, 0.4)
    order = np.random.default_rng(seed).permutation(len(y))
    first, second = nesting(y, which), nesting(shift + times * y[order], which[order])
    for name in ("icc1", "icc1_low", "icc1_high", "icc2", "f", "design_effect"):
        assert getattr(second, name) == pytest.approx(getattr(first, name), rel=1e-6, abs=1e-8)
    assert second.fit.tau2 == pytest.approx(times**2 * first.fit.tau2, rel=1e-5, abs=1e-9)
    for a, b in zip(first.means, second.means, strict=True):
        assert b.shrunk == pytest.approx(shift + times * a.shrunk, rel=1e-6, abs=1e-6)


def test_rows_and_sums_give_one_result():
    y, which = made(3, 0.5)
    assert nesting(y, which) == nesting(cluster_sums(y, which))
    unnamed = nesting(list(cluster_sums(y, which).values()))
    assert unnamed.icc1 == nesting(y, which).icc1


def test_empirical_bayes_means_lie_between_their_own_and_the_mean_of_all():
    y, which = made(8, 0.5)
    sums = cluster_sums(y, which)
    fit = components(list(sums.values()))
    for m in shrunken(sums, fit):
        assert min(m.mean, fit.mean) <= m.shrunk <= max(m.mean, fit.mean)
        assert m.low < m.shrunk < m.high
    # A larger cluster is pulled less.
    pulled = shrunken({"s": Sums(10, 5.0, 9.0), "l": Sums(100, 5.0, 99.0)}, fit)
    assert pulled[1].shrunk > pulled[0].shrunk


def test_small_clusters_get_no_empirical_bayes_mean_and_nothing_is_ranked():
    sums = {f"s{i}": Sums(20, 3 + i % 3, 19.0) for i in range(6)} | {"a small one": Sums(9, 9.0, 8.0)}
    found = nesting(sums)
    table = found.tables["clusters"]
    assert table["cluster"].tolist() == sorted(sums)
    small = table.set_index("cluster").loc["a small one"]
    assert math.isnan(small["shrunk"]) and math.isnan(small["low"])
    assert found.notebook_face().rows[0] == ("a small one", "under 10", None, None, None, None)
    html = found._repr_html_()
    assert "not a ranking" in html and "9.00" not in html
    with pytest.raises(AnalysisError, match="never set under 10"):
        nesting(sums, min_n=5)
    assert math.isnan(nesting(sums, min_n=21).means[1].shrunk)


def test_teachers_means_are_not_shown():
    sums = {f"<b>{i}": Sums(20, 3 + i % 3, 19.0) for i in range(6)}
    assert "&lt;b&gt;0" in nesting(sums)._repr_html_()
    shown = nesting(sums, level="teacher")._repr_html_()
    assert "b&gt;0" not in shown and "not a ranking" in shown
    assert all(len(face.rows) == 1 for face in nesting(sums, level="teacher").faces())


def test_no_clusters_mean_leaves_in_a_workbook(tmp_path):
    from openpyxl import load_workbook

    found = nesting({f"North {i}": Sums(20, 3 + i % 3, 19.0) for i in range(6)})
    book = load_workbook(found.to_excel(tmp_path / "n.xlsx"))
    assert not [
        c for page in book for row in page.iter_rows(values_only=True) for c in row if "North" in str(c)
    ]


def test_sentences():
    found = nesting({str(i): Sums(30, 3 + 0.5 * (i % 2), 29.0) for i in range(10)})
    assert found.sentence.startswith(f"About {100 * found.icc1:.0f} of 100 parts of the differences")
    assert "lie between schools" in found.sentence and "without a correction" in found.sentence
    assert f"about {found.effective_n:.0f} drawn one by one" in found.sentence
    spanish = nesting(
        {str(i): Sums(30, 3 + 0.5 * (i % 2), 29.0) for i in range(10)}, level="teacher"
    ).in_words("es")
    assert "están entre docentes" in spanish and "estudiantes de un mismo docente" in spanish


def test_a_negative_icc_is_given_as_it_is_and_said():
    found = nesting({str(i): Sums(30, 3.0 + 0.01 * i, 29.0) for i in range(6)})
    assert found.icc1 < 0 and found.fit.tau2 == 0
    assert found.table["icc1"][0] == found.icc1
    assert f"below zero ({found.icc1:.3f})" in found.sentence
    assert "menor que cero" in found.in_words("es")
    assert found.design_effect == 1 and found.effective_n == found.n
    assert all(m.shrunk == pytest.approx(found.fit.mean) for m in found.means)


def test_degenerate_input_is_answered():
    one = nesting([1.0, 2.0, 3.0] * 10, ["a"] * 30)
    assert math.isnan(one.icc1) and one.fit.mean == 2 and "Cannot tell" in one.sentence
    singles = nesting(np.arange(20.0), range(20))
    assert math.isnan(singles.icc1) and math.isnan(singles.fit.tau2) and "Cannot tell" in singles.sentence
    flat = nesting([0.1] * 60, list("abcdef") * 10)
    assert math.isnan(flat.icc1) and flat.fit.tau2 == 0 and "do not vary" in flat.sentence
    apart = nesting(np.repeat(np.arange(6.0), 10), np.repeat(range(6), 10))
    assert apart.icc1 == 1 and apart.fit.sigma2 == 0 and apart.fit.tau2 == pytest.approx(3.5)
    assert "About 100 of 100" in apart.sentence
    few = nesting({"a": Sums(20, 1.0, 9.0), "b": Sums(20, 2.0, 9.0)})
    assert "at least 5 schools" in few.sentence and "al menos 5" in few.in_words("es")
    tiny = nesting([1.0, 2.0, 3.0, 5.0], list("aabb"))
    assert "Too few students" in tiny.sentence and tiny.faces()[0].rows[0][0] == "under 10"
    for found in (one, singles, flat, apart, few, tiny):
        assert len(found.tables["nesting"]) == 1 and found._repr_html_()
    assert math.isnan(design_effect(math.nan, 3))


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: nesting([math.nan], ["a"]), "nothing to measure"),
        (lambda: nesting(pd.Series([1.0]), pd.Series([None])), "nothing to measure"),
        (lambda: nesting([1.0, 2.0]), "cluster"),
        (lambda: nesting([1.0], ["a"], level="star"), "no level"),
    ],
)
def test_misuse_is_one_clear_sentence(call, said):
    with pytest.raises(AnalysisError, match=said):
        call()
