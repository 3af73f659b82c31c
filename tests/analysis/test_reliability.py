"""Reliability: known answers, degenerate input, properties, and what is shown of it."""

from __future__ import annotations

import math
import warnings

import numpy as np
import openpyxl
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from relsurvey.aggregate import moments, pair_counts
from relsurvey.analysis.alpha import classical, duhachek_se, feldt, robust_alpha, split_half
from relsurvey.analysis.models.reliability_finding import Reliability
from relsurvey.analysis.omega import omega
from relsurvey.analysis.reliability import joined, reliability, stability
from relsurvey.errors import AnalysisError, PublishError

#: Five-point answers of a scale with one factor.
ANSWERS = st.integers(0, 2**31 - 1).map(lambda seed: answers(np.random.default_rng(seed)))


def answers(rng, n=None, k=None, points=5, missing=0.1):
    n, k = n or int(rng.integers(30, 120)), k or int(rng.integers(2, 7))
    latent = rng.normal(size=(n, 1)) + rng.normal(size=(n, k))
    frame = pd.DataFrame(np.clip(np.floor(latent * 0.9 + points / 2 + 0.5), 1, points))
    frame.columns = [f"q{i}" for i in range(k)]
    return frame.mask(rng.random((n, k)) < missing)


def figures(found: Reliability) -> pd.DataFrame:
    return found.table.drop(columns=["scale", "wave", "by", "group", "missing", "verdict"]).astype(float)


@pytest.fixture(autouse=True)
def quiet():
    """Degenerate answers are answered without a warning of NumPy's."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


def test_parallel_items_have_the_alpha_of_spearman_and_brown():
    covariance = np.full((4, 4), 0.4) + 0.6 * np.eye(4)
    rng = np.random.default_rng(3)
    rows = rng.normal(size=(50, 4))
    rows = (rows - rows.mean(axis=0)) @ np.linalg.inv(np.linalg.cholesky(np.cov(rows.T))).T
    rows = rows @ np.linalg.cholesky(covariance).T
    found = reliability(pd.DataFrame(rows, columns=list("abcd"))).scales[0]
    expected = 4 * 0.4 / (1 + 3 * 0.4)
    assert found.alpha == pytest.approx(expected, abs=1e-12)
    assert found.alpha_std == pytest.approx(expected, abs=1e-12)
    assert found.lambda2 == pytest.approx(expected, abs=1e-12)
    assert found.omega == pytest.approx(expected, abs=1e-6)
    assert found.split_half == pytest.approx(expected, abs=1e-12)
    assert found.sem == pytest.approx(math.sqrt((4 + 12 * 0.4) / 16 * (1 - expected)), abs=1e-12)
    assert found.omega_if_deleted == pytest.approx([3 * 0.4 / 1.8] * 4, abs=1e-6)


def test_the_listwise_interval_counts_complete_rows_only(shared):
    """pingouin 0.7 takes n before it drops rows, so its interval there is too narrow; ours is R's."""
    from tests.reference.oracle import keyed, records

    found = reliability(keyed("cronbach_wide_missing", "Q"), missing="listwise").scales[0]
    r = records()["cronbach_wide_missing/Q/alpha_ci_feldt"].value
    assert found.n == found.complete == 9
    assert (found.alpha_low, found.alpha_high) == pytest.approx((r["lower.ci"], r["upper.ci"]), abs=1e-8)
    too_narrow = feldt(found.alpha, 12, 11)
    assert found.alpha_low < too_narrow[0] - 0.02


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(ANSWERS, st.integers(0, 2**31 - 1))
def test_the_order_of_rows_and_items_does_not_matter(frame, seed):
    rng = np.random.default_rng(seed)
    columns = list(rng.permutation(frame.columns))
    turned = frame.iloc[rng.permutation(len(frame))][columns]
    a, b = reliability(frame), reliability(turned)
    # Which items are odd depends on their order.
    pd.testing.assert_frame_equal(
        figures(a).drop(columns="split_half"), figures(b).drop(columns="split_half"), rtol=1e-6, atol=1e-7
    )
    by_name = {item.item: item for item in b.scales[0].items}
    for item in a.scales[0].items:
        assert item.r_item_rest == pytest.approx(by_name[item.item].r_item_rest, abs=1e-9, nan_ok=True)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(ANSWERS, st.floats(0.1, 50), st.floats(-1000, 1000))
def test_another_unit_does_not_matter(frame, factor, shift):
    a, b = figures(reliability(frame)), figures(reliability(frame * factor + shift))
    b["sem"] /= factor
    pd.testing.assert_frame_equal(a, b, rtol=1e-5, atol=1e-6)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(ANSWERS, st.integers(1, 29))
def test_counts_and_moments_give_what_rows_give_and_pieces_add_up(frame, cut):
    whole = figures(reliability(frame))
    codes = [[1.0, 2, 3, 4, 5]] * len(frame.columns)
    counted = pair_counts(frame, codes)
    pieces = pair_counts(frame.iloc[:cut], codes) + pair_counts(frame.iloc[cut:], codes)
    assert (pieces.pair == counted.pair).all() and (pieces.complete == counted.complete).all()
    assert (pieces.rows, pieces.complete_n) == (counted.rows, counted.complete_n)
    from_rows = [name for name in whole if "robust" in name or name == "omega_categorical"]
    pd.testing.assert_frame_equal(
        whole.drop(columns=from_rows),
        figures(reliability(pieces)).drop(columns=from_rows),
        rtol=1e-6,
        atol=1e-8,
    )
    joined_up = figures(reliability(moments(frame.iloc[:cut]) + moments(frame.iloc[cut:])))
    left = [*from_rows, "ordinal_alpha", "ordinal_omega"]
    pd.testing.assert_frame_equal(
        whole.drop(columns=left), joined_up.drop(columns=left), rtol=1e-6, atol=1e-8
    )
    assert joined_up[left].isna().all(axis=None)


@pytest.mark.parametrize("points", [2, 3, 4, 5, 7, 11])
def test_two_to_eleven_points(points):
    found = reliability(answers(np.random.default_rng(points), 300, 5, points)).scales[0]
    assert 0.4 < found.alpha < 0.95
    # Behind coarse answers lies a trait that is measured better than the answers tell.
    assert found.alpha < found.ordinal_alpha < 1
    assert found.alpha_low < found.alpha < found.alpha_high
    assert found.omega_low < found.omega < found.omega_high


def test_numbers_are_no_ordered_answers():
    rng = np.random.default_rng(5)
    found = reliability(pd.DataFrame(rng.normal(size=(60, 4)) + rng.normal(size=(60, 1)))).scales[0]
    assert math.isnan(found.ordinal_alpha) and not math.isnan(found.omega)


def test_digits_are_kept_far_from_zero():
    """NumAcc-style: a shift of 10^9 costs no figure more than the digits that the numbers themselves lose."""
    frame = answers(np.random.default_rng(6), 100, 4, missing=0.2)
    near, far = classical(moments(frame)), classical(moments(frame + 1e9))
    for name in ("alpha", "alpha_low", "alpha_high", "alpha_se", "mean_r", "lambda2", "lambda6", "sem"):
        assert getattr(far, name) == pytest.approx(getattr(near, name), rel=1e-10)


class TestDegenerate:
    def test_one_item(self):
        found = reliability(answers(np.random.default_rng(1), 200, 4)[["q0"]])
        assert found.table.alpha.isna()[0] and found.table.verdict[0] == "one_by_one"
        assert "by itself" in found.sentence

    def test_an_item_without_variance(self):
        frame = answers(np.random.default_rng(1), 200, 4).assign(q0=3.0)
        found = reliability(frame).scales[0]
        assert not math.isnan(found.alpha) and math.isnan(found.omega) and math.isnan(found.ordinal_alpha)
        assert math.isnan(found.items[0].r_item_rest) and found.verdict.reading == "one_by_one"

    def test_no_item_varies(self):
        frame = pd.DataFrame(np.full((150, 3), 4.0), columns=list("abc"))
        found = reliability(frame)
        assert math.isnan(found.scales[0].alpha) and found.scales[0].verdict.reading == "too_few"

    @pytest.mark.parametrize("n", [1, 2, 3])
    def test_hardly_anyone(self, n):
        found = reliability(answers(np.random.default_rng(2), 60, 4, missing=0).head(n))
        assert found.table.verdict[0] == "too_few"
        assert "nan" not in found._repr_html_()

    def test_nobody_answered_all(self):
        frame = answers(np.random.default_rng(2), 200, 4, missing=0)
        for i in range(4):
            frame.iloc[i::4, i] = np.nan
        found = reliability(frame).scales[0]
        assert found.complete == 0 and math.isnan(found.omega) and 0 < found.alpha < 1
        assert math.isnan(reliability(frame, missing="listwise").scales[0].alpha)

    def test_two_items_never_answered_by_the_same(self):
        frame = answers(np.random.default_rng(2), 200, 3, missing=0)
        frame.iloc[:100, 0] = np.nan
        frame.iloc[100:, 1] = np.nan
        assert math.isnan(reliability(frame).scales[0].alpha)

    def test_perfectly_correlated(self):
        frame = answers(np.random.default_rng(3), 200, 4, missing=0)
        for name in frame.columns[1:]:
            frame[name] = frame["q0"]
        found = reliability(frame).scales[0]
        assert found.alpha == pytest.approx(1) and found.sem == pytest.approx(0, abs=1e-7)
        assert math.isnan(found.lambda6) and math.isnan(found.omega)

    def test_negative_alpha_is_given_as_it_is(self):
        rng = np.random.default_rng(4)
        trait = rng.normal(size=300)
        frame = pd.DataFrame({"a": trait, "b": -trait + rng.normal(size=300), "c": rng.normal(size=300)})
        found = reliability(frame).scales[0]
        assert found.alpha < 0 and found.verdict.reading == "one_by_one"

    def test_nothing_to_measure_is_said(self):
        with pytest.raises(AnalysisError, match="nothing to measure"):
            reliability(pd.DataFrame({"a": [np.nan]}), scale="x")
        with pytest.raises(AnalysisError, match="no questions"):
            reliability(pd.DataFrame())
        with pytest.raises(AnalysisError, match="b holds something that is no number"):
            reliability(pd.DataFrame({"a": [1, 2], "b": ["Agree", "Disagree"]}))


def test_a_reversed_item_left_unreversed_is_named():
    frame = answers(np.random.default_rng(7), 400, 5, missing=0)
    frame["q2"] = 6 - frame["q2"]
    found = reliability(frame)
    assert found.scales[0].unreversed == ("q2",)
    assert found.table.verdict[0] == "one_by_one"
    assert "q2" in found.sentence and "al revés" in found.in_words("es")
    assert found.tables["items"].set_index("item").unreversed.to_dict()["q2"]


def test_a_heywood_case_gives_no_omega_but_alpha():
    rng = np.random.default_rng(4)
    x = rng.normal(size=(60, 3))
    x[:, 1] = x[:, 0] + 1e-4 * rng.normal(size=60)
    row = reliability(pd.DataFrame(x, columns=list("abc"))).table.iloc[0]
    assert np.isnan(row.omega) and not np.isnan(row.alpha)


def test_the_robust_interval_holds_where_answers_are_skewed_and_normal_theory_does_not():
    rng = np.random.default_rng(8)
    n, k, reps = 120, 4, 300
    loading = 0.7

    def draw(size):
        trait = rng.standard_t(4, size=(size, 1))
        latent = loading * trait + rng.normal(size=(size, k)) * 0.7
        return np.digitize(latent, [-2.2, -1.6, -1.0, -0.4]) + 1.0

    big = draw(400_000)
    true = classical(moments(pd.DataFrame(big))).alpha
    normal = robust = 0
    for _ in range(reps):
        rows = draw(n)
        c = classical(moments(pd.DataFrame(rows)))
        low, high = robust_alpha(rows)
        normal += c.alpha_low <= true <= c.alpha_high
        robust += low <= true <= high
    # Binomial noise at 300 draws is 1.3 points: the gap between the two is far beyond it.
    assert normal / reps < 0.90
    assert robust / reps > 0.915 and robust > normal


def test_duhachek_and_split_half_of_one_item_do_not_exist():
    assert math.isnan(duhachek_se(np.array([[1.0]]), 10))
    assert math.isnan(split_half(moments(pd.DataFrame({"a": [1.0, 2.0]}))).odd_even)
    assert math.isnan(omega(np.eye(2), 10).omega)


def test_stability_of_two_waves():
    rng = np.random.default_rng(9)
    trait = rng.normal(size=200)
    waves = pd.DataFrame(
        {"fall": trait + rng.normal(size=200) * 0.5, "spring": trait + rng.normal(size=200) * 0.5}
    )
    found = stability(moments(waves), scale="care", before="fall", after="spring", reliabilities=(0.8, 0.8))
    r = waves.corr().iloc[0, 1]
    assert (found.r, found.n) == (pytest.approx(r), 200)
    assert found.low < r < found.high and found.disattenuated == pytest.approx(r / 0.8)
    both = joined((reliability(answers(rng, 120, 4), scale="care"),), (found,))
    assert "fall" in both.sentence and both.tables["stability"].r[0] == found.r
    assert "spring" in both._repr_html_()
    nobody = stability(
        moments(waves.head(1)), scale="care", before="a", after="b", reliabilities=(math.nan, 0.8)
    )
    assert math.isnan(nobody.r) and math.isnan(nobody.disattenuated)


def test_small_groups_are_masked_everywhere_but_in_the_exact_tables(tmp_path):
    rng = np.random.default_rng(10)
    parts = tuple(
        reliability(answers(rng, n, 4, missing=0), scale="care", by="group", group=name)
        for name, n in (("=HYPERLINK(1)", 150), ("<b>few</b>", 10))
    )
    found = joined(parts)
    few = found.scales[1]
    assert "<b>few" not in found._repr_html_()
    # Ten are shown in a notebook and masked in a file that leaves it.
    assert f"{few.alpha:.2f}" in found._repr_html_()
    book = openpyxl.load_workbook(found.to_excel(tmp_path / "a.xlsx", language="es"))
    cells = [cell for sheet in book for row in sheet for cell in row if cell.value is not None]
    assert "menos de 11" in [cell.value for cell in cells]
    assert not any(f"{few.alpha:.2f}" in str(cell.value) for cell in cells)
    assert all(cell.data_type != "f" for cell in cells)
    assert "=HYPERLINK(1)" in [cell.value for cell in cells]
    exact = openpyxl.load_workbook(found.to_excel(tmp_path / "b.xlsx", exact=True))
    assert "not for sharing" in exact.worksheets[0]["A2"].value
    values = [cell.value for sheet in exact for row in sheet for cell in row]
    assert any(isinstance(value, float) and value == pytest.approx(few.alpha) for value in values)
    assert "not for sharing" in repr(found.show(exact=True)) and found.show() is found
    with pytest.raises(PublishError, match=r"\.xlsx"):
        found.to_excel(tmp_path / "a.csv")


def test_every_reading_has_words_in_both_languages():
    rng = np.random.default_rng(11)
    found = reliability(answers(rng, 300, 5), scale="care")
    assert found.sentences["en"] != found.sentences["es"]
    assert found.sentence == found.sentences["en"]
    assert "hang together" in found.sentence


def test_the_robust_interval_is_the_jackknife_done_by_hand():
    from scipy.stats import t

    rows = answers(np.random.default_rng(12), 40, 4, missing=0).to_numpy()
    n = len(rows)
    logs = [math.log(1 - classical(moments(pd.DataFrame(np.delete(rows, i, 0)))).alpha) for i in range(n)]
    se = math.sqrt((n - 1) / n * sum((value - sum(logs) / n) ** 2 for value in logs))
    alpha = classical(moments(pd.DataFrame(rows))).alpha
    half = t.ppf(0.975, n - 1) * se
    expected = (1 - (1 - alpha) * math.exp(half), 1 - (1 - alpha) * math.exp(-half))
    assert robust_alpha(rows) == pytest.approx(expected, abs=1e-10)
    assert math.isnan(robust_alpha(rows[:3])[0])
    assert math.isnan(robust_alpha(np.repeat(rows[:, :1], 3, axis=1))[0])
