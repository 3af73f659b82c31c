"""Factor models of answers in steps: asymptotic covariances, known answers, hard input, words, masking."""

from __future__ import annotations

import math
import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relsurvey.analysis.models.bivariate import bivariate_normal_cdf
from relsurvey.analysis.models.green_yang import categorical_omega, observed_omega
from relsurvey.analysis.models.ordinal_gamma import ordinal_moments, pairs_of
from relsurvey.analysis.ordinal_cfa import MOST, ordinal_factor
from relsurvey.analysis.polychoric import polychoric
from relsurvey.errors import AnalysisError

CUTS = (-0.9, 0.1, 1.0)


@pytest.fixture(autouse=True)
def no_warning():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


def simulated(n=400, loadings=(0.8, 0.7, 0.6, 0.75), cuts=CUTS, seed=0, factor=None):
    """Return answers of n students to questions with these loadings on one factor."""
    rng = np.random.default_rng(seed)
    loadings = np.array(loadings)
    factor = rng.normal(size=n) if factor is None else factor
    behind = factor[:, None] * loadings + rng.normal(size=(n, len(loadings))) * np.sqrt(1 - loadings**2)
    return pd.DataFrame(np.digitize(behind, cuts) + 1.0, columns=[f"q{i}" for i in range(len(loadings))])


def two_scales(n=500, r=0.5, seed=0):
    rng = np.random.default_rng(seed)
    first, second = rng.multivariate_normal([0, 0], [[1, r], [r, 1]], n, method="cholesky").T
    a = simulated(n, (0.8, 0.7, 0.6), seed=seed + 1, factor=first)
    b = simulated(n, (0.7, 0.6, 0.8), seed=seed + 2, factor=second).add_prefix("b")
    return pd.concat([a, b], axis=1), {"one": list(a), "two": list(b)}


# How surely thresholds and correlations are known


def test_variances_of_correlations_are_those_of_the_polychorics_themselves():
    answers = simulated()
    moments, apart = ordinal_moments(answers), polychoric(answers, missing="listwise")
    i, j = pairs_of(4)
    variances = moments.gamma.diagonal()[moments.steps :] / moments.n
    assert np.sqrt(variances) == pytest.approx(apart.se[i, j], rel=1e-10)


def test_thresholds_vary_as_shares_do():
    answers = simulated()
    moments = ordinal_moments(answers)
    for place, cut in enumerate(moments.thresholds[0]):
        share = (answers["q0"] <= moments.codes[0][place]).mean()
        density = math.exp(-(cut**2) / 2) / math.sqrt(2 * math.pi)
        assert moments.gamma[place, place] == pytest.approx(share * (1 - share) / density**2, rel=1e-10)
    shares = [(answers["q0"] <= code).mean() for code in moments.codes[0][:2]]
    both = np.exp(-(moments.thresholds[0][:2] ** 2) / 2) / math.sqrt(2 * math.pi)
    assert moments.gamma[0, 1] == pytest.approx(shares[0] * (1 - shares[1]) / both.prod(), rel=1e-10)


def test_covariances_are_those_of_leaving_out_one_respondent():
    """The infinitesimal jackknife: what a row of each pattern does to the estimates, by leaving one out."""
    answers = simulated(20_000, (0.7, 0.6, 0.5), cuts=(0.0, 0.8), seed=3)

    def estimates(frame):
        moments = ordinal_moments(frame)
        return np.concatenate([*moments.thresholds, moments.correlations])

    n, whole, found = len(answers), estimates(answers), 0.0
    for rows in answers.groupby(list(answers)).groups.values():
        moved = (n - 1) * (whole - estimates(answers.drop(index=rows[0])))
        found = found + len(rows) / n * np.outer(moved, moved)
    # Squares of scores stand in for the curvature: the same, up to chance, where a normal surface fits.
    assert ordinal_moments(answers).gamma == pytest.approx(found, rel=0.03, abs=0.04)


def test_rows_taken_in_pieces_give_the_same(monkeypatch):
    answers = simulated()
    whole = ordinal_moments(answers).gamma
    monkeypatch.setattr("relsurvey.analysis.models.ordinal_gamma._NUMBERS_AT_ONCE", 100)
    assert ordinal_moments(answers).gamma == pytest.approx(whole, rel=1e-12, abs=1e-12)


# Known answers


def test_bfi_standard_errors_are_lavaans(shared):
    """Printed by lavaan 0.6-14, cfa(ordered, estimator = "WLSMV", std.lv = TRUE)."""
    from tests.reference.oracle import keyed

    found = ordinal_factor(keyed("bfi", "A"))
    theirs = [0.01778164, 0.01278629, 0.01165267, 0.01729476, 0.01326003]
    assert found.loadings["se"].tolist() == pytest.approx(theirs, abs=2e-8)
    assert found.thresholds["se"].tolist()[:3] == pytest.approx(
        [0.04865112, 0.03206652, 0.02663328], abs=2e-8
    )


def test_three_questions_fit_exactly_with_the_loadings_worked_by_hand():
    found = ordinal_factor(simulated(loadings=(0.8, 0.7, 0.6)))
    r = found.given.moments.correlation
    by_hand = [math.sqrt(r[0, 1] * r[0, 2] / r[1, 2]), math.sqrt(r[0, 1] * r[1, 2] / r[0, 2])]
    assert found.loadings["loading"].tolist()[:2] == pytest.approx(by_hand, abs=1e-7)
    row = found.fit.iloc[0]
    assert (row["df"], row["cfi_scaled"], row["rmsea_scaled"]) == (0, 1.0, 0.0)
    assert math.isnan(row["p_scaled"])
    assert row["chisq"] == pytest.approx(0.0, abs=1e-8)
    assert "Three questions always fit one thing exactly" in found.sentence


def test_omega_of_answers_in_two_steps_at_the_middle_is_closed_form():
    """Cut at 0, two normal variables are both below with probability 1/4 + asin(r) / (2 pi)."""
    loadings = np.array([0.8, 0.6, 0.7])
    covariance = np.arcsin(np.outer(loadings, loadings)) / (2 * math.pi)
    total = covariance.copy()
    np.fill_diagonal(total, 0.25)
    found = categorical_omega([np.array([0.0])] * 3, loadings)
    assert found.value == pytest.approx(covariance.sum() / total.sum(), rel=1e-12)
    r = np.array([[1, 0.5, 0.4], [0.5, 1, 0.3], [0.4, 0.3, 1]])
    seen = np.arcsin(r) / (2 * math.pi)
    np.fill_diagonal(seen, 0.25)
    observed = observed_omega([np.array([0.0])] * 3, loadings, r)
    assert observed == pytest.approx(covariance.sum() / seen.sum(), rel=1e-12)


def test_observed_omega_is_omega_where_the_model_fits():
    loadings, cuts = np.array([0.8, 0.6, 0.7]), [np.array(CUTS)] * 3
    r = np.outer(loadings, loadings)
    np.fill_diagonal(r, 1.0)
    assert observed_omega(cuts, loadings, r) == pytest.approx(
        categorical_omega(cuts, loadings).value, rel=1e-12
    )


def test_omega_is_the_correlation_of_two_sums_of_the_same_students():
    loadings, cuts = np.array([0.8, 0.7, 0.6, 0.75]), [np.array(CUTS)] * 4
    factor = np.random.default_rng(1).normal(size=200_000)
    once, again = (simulated(200_000, loadings, seed=seed, factor=factor).sum(axis=1) for seed in (2, 3))
    found = categorical_omega(cuts, loadings).value
    assert found == pytest.approx(np.corrcoef(once, again)[0, 1], abs=0.004)


@given(
    st.lists(st.floats(-0.95, 0.95), min_size=2, max_size=4),
    st.lists(st.floats(-2, 2), min_size=1, max_size=3, unique_by=lambda x: round(x, 1)),
)
@settings(max_examples=25, deadline=None)
def test_slopes_of_omega_are_those_of_small_steps(loadings, cuts):
    loadings, cuts = np.array(loadings), [np.sort(cuts)] * len(loadings)
    found, h = categorical_omega(cuts, loadings), 1e-5

    def moved(threshold, loading):
        line = np.concatenate(cuts) + threshold
        pieces = np.split(line, np.cumsum([len(own) for own in cuts])[:-1])
        return categorical_omega(pieces, loadings + loading).value

    for place, step in enumerate(np.eye(len(found.by_threshold)) * h):
        slope = (moved(step, 0) - moved(-step, 0)) / (2 * h)
        assert found.by_threshold[place] == pytest.approx(slope, abs=1e-6)
    for place, step in enumerate(np.eye(len(loadings)) * h):
        slope = (moved(0, step) - moved(0, -step)) / (2 * h)
        assert found.by_loading[place] == pytest.approx(slope, abs=1e-6)


def test_intervals_hold_the_truth_as_often_as_they_say():
    loadings, cuts = np.array([0.8, 0.7, 0.6, 0.75]), [np.array(CUTS)] * 4
    truth, held, kept, tails = categorical_omega(cuts, loadings).value, 0, 0, []
    rounds = 120
    for seed in range(rounds):
        found = ordinal_factor(simulated(500, loadings, seed=seed))
        omega, table = found.omega.iloc[0], found.loadings
        held += omega["omega_low"] <= truth <= omega["omega_high"]
        kept += ((table["low"] <= loadings) & (loadings <= table["high"])).mean()
        tails.append(found.fit["p_scaled"][0])
    assert 0.88 <= held / rounds <= 0.99
    assert 0.91 <= kept / rounds <= 0.98
    # A true model: its p is spread evenly.
    assert 0.4 <= np.mean(tails) <= 0.6


def test_scales_that_correlate_are_found_to():
    answers, scales = two_scales(3000)
    found = ordinal_factor(answers, scales)
    row = found.correlations.iloc[0]
    assert (row["a"], row["b"]) == ("one", "two")
    assert row["low"] < 0.5 < row["high"]
    assert row["high"] - row["low"] < 0.1
    assert found.fit["df"][0] == 15 - 7
    assert "as the 2 scales group them" in found.sentence
    assert found.omega["scale"].tolist() == ["one", "two"]


def test_questions_put_into_the_wrong_scales_do_not_fit():
    answers, scales = two_scales(1500, r=0.1)
    (a, b), wrong = scales.values(), {}
    wrong["one"], wrong["two"] = [a[0], b[0], b[1]], [b[2], a[1], a[2]]
    assert "not quite answered as the 2 scales group them" in ordinal_factor(answers, wrong).sentence
    assert "do not seem to ask about one thing" in ordinal_factor(answers).sentence


# What must not matter


@given(st.permutations(range(5)), st.integers(0, 2**16))
@settings(max_examples=10, deadline=None)
def test_neither_the_order_of_rows_nor_that_of_questions_matters(order, seed):
    answers = simulated(250, (0.8, 0.7, 0.6, 0.5, 0.75), seed=seed % 50)
    rng = np.random.default_rng(seed)
    mixed = answers.iloc[rng.permutation(len(answers)), list(order)]
    one, other = ordinal_factor(answers), ordinal_factor(mixed)
    for name in ("loading", "se"):
        theirs = other.loadings.set_index("item")[name]
        assert one.loadings[name].tolist() == pytest.approx(theirs[answers.columns].tolist(), abs=1e-6)
    for name in ("chisq", "chisq_scaled", "cfi_scaled", "srmr"):
        assert one.fit[name][0] == pytest.approx(other.fit[name][0], abs=1e-5)
    assert one.omega["omega"][0] == pytest.approx(other.omega["omega"][0], abs=1e-6)
    assert one.omega["omega_low"][0] == pytest.approx(other.omega["omega_low"][0], abs=1e-6)


@given(st.lists(st.integers(-50, 50), min_size=4, max_size=4, unique=True).map(sorted))
@settings(max_examples=10, deadline=None)
def test_only_the_order_of_the_codes_matters(codes):
    answers = simulated()
    other = answers.replace({old + 1.0: float(new) for old, new in enumerate(codes)})
    assert ordinal_factor(other).loadings["loading"].tolist() == pytest.approx(
        ordinal_factor(answers).loadings["loading"].tolist(), abs=1e-12
    )


def test_a_question_turned_around_loads_the_other_way():
    answers = simulated()
    turned = answers.assign(q1=5 - answers["q1"])
    one, other = ordinal_factor(answers), ordinal_factor(turned)
    signs = np.array([1, -1, 1, 1])
    assert (other.loadings["loading"] * signs).tolist() == pytest.approx(
        one.loadings["loading"].tolist(), abs=1e-7
    )
    assert other.fit["chisq_scaled"][0] == pytest.approx(one.fit["chisq_scaled"][0], abs=1e-6)


def test_only_complete_rows_count():
    answers = simulated()
    holes = answers.copy()
    holes.iloc[:50, 0] = np.nan
    holes.iloc[40:60, 2] = np.nan
    found, complete = ordinal_factor(holes), ordinal_factor(answers.iloc[60:])
    pd.testing.assert_frame_equal(found.loadings, complete.loadings)
    assert found.fit[["n", "rows"]].to_numpy().tolist() == [[340, 400]]


def test_columns_that_know_gaps_are_read_like_others():
    answers = simulated()
    gaps = answers.astype("Int64")
    pd.testing.assert_frame_equal(ordinal_factor(gaps).fit, ordinal_factor(answers).fit)


# Hard input


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize(
    ("answers", "state"),
    [
        (simulated(50, (0.7,)), "not_identified"),
        (simulated(50, (0.7, 0.7)), "not_identified"),
        (simulated(4), "too_few"),
        (simulated(40).assign(q1=np.nan), "too_few"),
        (simulated(100).assign(q1=2.0), "no_variance"),
        (simulated(100).assign(q1=lambda x: x["q0"]), "perfect"),
        (simulated(100).assign(q1=lambda x: 5 - x["q0"]), "perfect"),
    ],
)
def test_what_cannot_be_fitted_is_said(answers, state, language):
    found = ordinal_factor(answers)
    assert found.given.state == state
    assert found.fit["state"][0] == state
    assert math.isnan(found.fit["chisq_scaled"][0])
    assert found.loadings["loading"].isna().all()
    assert found.omega["omega"].isna().all()
    assert "{" not in found.in_words(language)
    assert found.faces(language)
    if state in ("no_variance", "perfect"):
        assert "q1" in found.in_words(language)


def test_questions_without_relation_have_no_factor_and_that_is_said():
    rng = np.random.default_rng(4)
    states = set()
    for _ in range(12):
        noise = pd.DataFrame(rng.integers(1, 4, (40, 4)), columns=list("abcd"))
        found = ordinal_factor(noise)
        states.add(found.given.state)
        if found.given.state == "not_converged":
            assert found.given.starts == 3
            assert "no solution was found from 3 different starting points" in found.sentence
    assert "not_converged" in states


def test_a_solution_that_cannot_be_is_named():
    """One question that goes with two others more closely than these with each other."""
    rng = np.random.default_rng(2)
    first, second = rng.normal(size=(2, 2000))
    behind = np.column_stack([first + second, first + 0.3 * second, second + 0.3 * first])
    answers = np.digitize(behind + 0.3 * rng.normal(size=behind.shape), [-1, 0, 1])
    found = ordinal_factor(pd.DataFrame(answers, columns=["both", "one", "other"]))
    assert (found.given.state, found.given.trouble) == ("improper", ("both",))
    assert found.loadings["loading"][0] > 1
    assert "Do not rely on the figures of both" in found.sentence
    assert "omega" not in found.sentence
    assert math.isnan(found.omega["omega"][0])


@pytest.mark.parametrize("points", [2, 3, 5, 7, 11])
def test_scales_of_2_to_11_points_are_fitted(points):
    cuts = np.linspace(-1.5, 1.5, points - 1) if points > 2 else [0.3]
    found = ordinal_factor(simulated(800, cuts=cuts))
    assert found.given.state == "fitted"
    assert len(found.thresholds) == 4 * (points - 1)
    assert found.loadings["loading"].tolist() == pytest.approx([0.8, 0.7, 0.6, 0.75], abs=0.1)


def test_an_answer_that_no_one_gave_is_no_step():
    answers = simulated().replace({2.0: 1.0})
    found = ordinal_factor(answers)
    first = found.thresholds.iloc[0]
    assert (first["code"], first["next_code"]) == (1.0, 3.0)
    assert found.given.state == "fitted"


def test_combinations_that_no_one_chose_are_counted_and_said_of_few_students():
    found = ordinal_factor(simulated(60))
    assert 0 < found.given.moments.empty <= 6
    assert f"never chosen: {found.given.moments.empty} of 6" in found.sentence
    assert "Fewer than 200 students answered" in found.sentence
    assert "Fewer than 200" not in ordinal_factor(simulated(200)).sentence


@pytest.mark.parametrize(
    ("answers", "scales", "message"),
    [
        (pd.DataFrame(index=range(3)), None, "no questions"),
        (simulated().assign(q0="often"), None, "q0 holds something that is no number"),
        (simulated().assign(q0=np.inf), None, "q0 holds something that is no number"),
        (simulated() * np.nan, None, "no answers"),
        (simulated(), {"a": ["q0", "q9"]}, "no column q9"),
        (simulated(), {"a": ["q0", "q1"], "b": ["q1", "q2"]}, "q1 stands in the scales twice"),
        (simulated(), {"a": []}, "has no question"),
        (simulated().assign(q0=np.arange(400.0)), None, f"400 different answers.*at most {MOST}"),
    ],
)
def test_misuse_is_told_in_a_sentence(answers, scales, message):
    with pytest.raises(AnalysisError, match=message):
        ordinal_factor(answers, scales)


# Words and faces


def test_the_sentence_says_what_holds_and_what_it_rests_on():
    found = ordinal_factor(simulated(600))
    omega = found.omega.iloc[0]
    assert found.sentence.startswith("Taken as answers in steps, these 4 questions are answered as if")
    assert f"a share of {omega['omega']:.2f}" in found.sentence
    assert f"between {omega['omega_low']:.2f} and {omega['omega_high']:.2f}" in found.sentence
    assert "supposed here, not tested" in found.sentence
    spanish = found.in_words("es")
    assert spanish.startswith("Si las respuestas se toman como pasos, estas 4 preguntas")
    assert f"una parte de {omega['omega']:.2f}" in spanish


@pytest.mark.parametrize("change", [lambda x: x, lambda x: x.assign(q1=2.0), lambda x: x.assign(q1=x["q0"])])
def test_few_students_get_no_figure_and_nothing_that_tells_their_answers(change):
    found = ordinal_factor(change(simulated(9, (0.8, 0.7, 0.6), cuts=(0.0,), seed=8)))
    assert "Too few students answered all 3 questions" in found.sentence
    assert "q1" not in found.sentence
    for face in found.faces("en"):
        for row in face.rows:
            assert not any(isinstance(cell, int | float) for cell in row)
    assert "under 10" in [cell for face in found.faces("en") for row in face.rows for cell in row]


def test_faces_show_no_threshold():
    found = ordinal_factor(simulated())
    shown = {cell for face in found.faces("en") for row in face.rows for cell in row}
    assert not shown & set(found.thresholds["threshold"])
    assert found.faces("es")[0].title.startswith("Cómo va cada pregunta")
    assert found.faces("en")[0].rows[0][2] == found.loadings["loading"][0]


def test_hostile_names_are_escaped():
    answers = simulated().rename(columns={"q0": "<script>alert(1)</script>"})
    assert "<script>" not in ordinal_factor(answers)._repr_html_()


def test_a_workbook_is_written(tmp_path):
    answers, scales = two_scales()
    assert ordinal_factor(answers, scales).to_excel(tmp_path / "steps.xlsx").exists()


def test_normal_surface_is_what_omega_rests_on():
    """Two questions by hand: the sum over thresholds of probabilities of being below both."""
    loadings, cut = np.array([0.6, 0.7]), np.array([-0.3, 0.4])
    from scipy.special import ndtr

    def below(r):
        return float(bivariate_normal_cdf(cut[:, None], cut, np.array(r)).sum())

    middle = float(ndtr(cut).sum())
    same = float(ndtr(np.minimum.outer(cut, cut)).sum())
    between = 2 * (below(0.42) - middle**2)
    top = between + below(0.36) + below(0.49) - 2 * middle**2
    bottom = between + 2 * (same - middle**2)
    assert categorical_omega([cut, cut], loadings).value == pytest.approx(top / bottom, rel=1e-12)
