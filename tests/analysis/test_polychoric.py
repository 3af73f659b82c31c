"""Polychoric correlations, alpha and one minres factor of them: known answers, hard tables, invariances."""

from __future__ import annotations

import math
import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import multivariate_normal, norm

from relsurvey.aggregate import PairCounts, pair_counts
from relsurvey.analysis.models.bivariate import (
    BOUND,
    bivariate_normal_cdf,
    cell_probabilities,
    threshold_slopes,
)
from relsurvey.analysis.models.minres import FLOOR, minres_omega, minres_one_factor
from relsurvey.analysis.polychoric import ordinal_alpha, polychoric
from relsurvey.errors import AnalysisError


@pytest.fixture(autouse=True)
def no_warning():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


def rows_of(table):
    """Return the answers, coded from 1, that a table of counts stands for."""
    table = np.asarray(table)
    a, b = np.nonzero(np.ones_like(table))
    return pd.DataFrame({"a": a + 1.0, "b": b + 1.0}).loc[np.repeat(np.arange(table.size), table.ravel())]


THREE = [[10, 5, 2], [6, 20, 9], [1, 7, 15]]


def simulated(n=400, k=4, steps=5, seed=0, missing=0.0):
    rng = np.random.default_rng(seed)
    z = rng.normal(size=(n, 1)) * 0.8 + rng.normal(size=(n, k)) * 0.6
    codes = np.digitize(z, norm.ppf(np.arange(1, steps) / steps)) + 1.0
    codes[rng.random(codes.shape) < missing] = np.nan
    return pd.DataFrame(codes, columns=[f"q{i}" for i in range(k)])


# The bivariate normal surface


@pytest.mark.parametrize("rho", [-0.9999, -0.95, -0.3, 0.0, 0.5, 0.99, 0.9999])
def test_a_quarter_of_the_surface_has_its_known_share(rho):
    quarter = bivariate_normal_cdf(np.array(0.0), np.array(0.0), np.array(rho))
    assert quarter == pytest.approx(0.25 + math.asin(rho) / (2 * math.pi), abs=1e-14)


@pytest.mark.parametrize("rho", [-0.97, -0.5, 0.0, 0.3, 0.97])
def test_the_surface_equals_another_integration(rho):
    h, k = np.meshgrid([-3.0, -1.2, 0.0, 0.4, 2.5], [-2.0, -0.1, 0.0, 1.0, 3.0])
    ours = bivariate_normal_cdf(h, k, np.array(rho))
    theirs = multivariate_normal([0, 0], [[1, rho], [rho, 1]]).cdf(np.dstack([h, k]))
    assert ours == pytest.approx(theirs, abs=1e-7)


@given(st.floats(-4, 4), st.floats(-4, 4), st.floats(-0.999, 0.999))
def test_the_two_sides_of_a_limit_make_up_the_whole(h, k, rho):
    both = bivariate_normal_cdf(np.array([h, h]), np.array([k, -k]), np.array([rho, -rho]))
    assert both.sum() == pytest.approx(norm.cdf(h), abs=1e-14)


@given(st.floats(-0.95, 0.95), st.lists(st.floats(-3, 3), min_size=2, max_size=4, unique=True))
def test_cells_add_up_and_their_slopes_are_slopes(rho, limits):
    t = np.sort(np.array(limits))[None, :]
    other = t[:, ::-1] * -0.7
    r = np.array([rho])
    p, slope = cell_probabilities(r, t, other)
    assert p.sum() == pytest.approx(1.0)
    assert p.sum(axis=2)[0] == pytest.approx(np.diff(norm.cdf(t[0]), prepend=0, append=1), abs=1e-12)
    step = 1e-5
    numeric = (
        (cell_probabilities(r + step, t, other)[0] - cell_probabilities(r - step, t, other)[0]) / 2 / step
    )
    assert slope == pytest.approx(numeric, abs=1e-7)
    up, down = t.copy(), t.copy()
    up[0, 0] += step
    down[0, 0] -= step
    numeric = (cell_probabilities(r, up, other)[0] - cell_probabilities(r, down, other)[0]) / 2 / step
    grown = threshold_slopes(r, t, other)[0, 0]
    assert grown == pytest.approx(numeric[0, 0], abs=1e-7)
    assert -grown == pytest.approx(numeric[0, 1], abs=1e-7)


# Known answers


def test_medians_give_the_closed_form():
    found = polychoric(rows_of([[30, 20], [20, 30]]))
    assert found.correlation[0, 1] == pytest.approx(-math.cos(2 * math.pi * 0.3), abs=1e-12)


def test_counts_made_from_a_correlation_give_it_back():
    t, s = np.array([[-1.0, 0.2, 1.3]]), np.array([[-0.5, 0.1, 0.8]])
    for rho in (-0.85, -0.2, 0.0, 0.6, 0.97):
        counts = np.rint(1e9 * cell_probabilities(np.array([rho]), t, s)[0][0]).astype(int)
        table = np.block([[np.diag(counts.sum(axis=1)), counts], [counts.T, np.diag(counts.sum(axis=0))]])
        codes = ((1.0, 2.0, 3.0, 4.0),) * 2
        found = polychoric(PairCounts(("a", "b"), codes, counts.sum(), table, counts.sum(), table))
        assert found.correlation[0, 1] == pytest.approx(rho, abs=1e-7)
        assert found.thresholds[0] == pytest.approx(t[0], abs=1e-7)


def test_equals_lavaan_with_its_standard_error():
    found = polychoric(rows_of(THREE))
    assert found.correlation[0, 1] == pytest.approx(0.630925254308, abs=1e-9)
    assert found.se[0, 1] * math.sqrt(75 / 74) == pytest.approx(0.088017141479, abs=1e-9)
    assert found.thresholds[1] == pytest.approx([-0.749869453741, 0.394335532101], abs=1e-11)


def test_equals_lavaan_pairwise_with_its_standard_error():
    some = pd.DataFrame({"a": [1.0, 1, 1, 2, 3] + [np.nan] * 6, "b": [np.nan] * 5 + [1.0, 1, 2, 2, 3, 3]})
    found = polychoric(pd.concat([rows_of(THREE), some]))
    assert found.n.tolist() == [[80, 75], [75, 81]]
    assert found.correlation[0, 1] == pytest.approx(0.640576908404, abs=1e-8)
    assert found.se[0, 1] * math.sqrt(86 / 85) == pytest.approx(0.087340446386, abs=1e-8)


def test_the_interval_is_fishers():
    row = polychoric(rows_of(THREE)).table.iloc[0]
    reach = 1.959963984540054 * row.se / (1 - row.r**2)
    assert (math.atanh(row.low), math.atanh(row.high)) == pytest.approx(
        (math.atanh(row.r) - reach, math.atanh(row.r) + reach)
    )


def test_intervals_hold_the_truth_as_often_as_they_say():
    rng = np.random.default_rng(7)
    held = 0
    for _ in range(200):
        z = rng.multivariate_normal([0, 0], [[1, 0.5], [0.5, 1]], 300)
        row = polychoric(pd.DataFrame(np.digitize(z, [-0.8, 0.3, 1.0]) + 1.0)).table.iloc[0]
        held += row.low < 0.5 < row.high
    assert 180 <= held <= 199


def test_one_careless_answer_among_many_moves_it_a_little():
    rng = np.random.default_rng(3)
    z = rng.multivariate_normal([0, 0], [[1, 0.8], [0.8, 1]], 66_000)
    answers = np.digitize(z, [-3.9, -2, 0, 2, 3.9]) + 1.0
    before = polychoric(pd.DataFrame(answers)).correlation[0, 1]
    answers[0] = [1, 6]
    after = polychoric(pd.DataFrame(answers)).correlation[0, 1]
    # Its cell has a probability of about 1e-38: with lost digits the correlation would fall to .5, or stay.
    assert 0.001 < before - after < 0.004


# Hard tables


def test_a_table_of_two_by_two_with_one_empty_cell_gets_half_an_answer():
    found = polychoric(rows_of([[10, 0], [12, 18]]))
    assert found.correlation[0, 1] == pytest.approx(0.798307290089, abs=1e-6)  # lavaan's
    assert found.se[0, 1] * math.sqrt(40 / 39) == pytest.approx(0.174922522780, abs=1e-6)
    assert bool(found.table.half_answer[0])
    assert found.table.empty_cells[0] == 1
    assert "Half an answer" in found.sentence
    turned = polychoric(rows_of([[0, 10], [18, 12]]))
    assert turned.correlation[0, 1] == pytest.approx(-0.798307290089, abs=1e-6)


@pytest.mark.parametrize("table", [np.diag([20, 20]), np.diag([10, 20, 30, 5])])
@pytest.mark.parametrize("side", [1, -1])
def test_answers_that_go_together_without_exception_stand_at_the_bound(table, side):
    found = polychoric(rows_of(table[:, ::side]))
    assert found.correlation[0, 1] == side * BOUND
    assert found.at_bound[0, 1]
    assert math.isnan(found.se[0, 1])
    assert "limit" in found.sentence


def test_an_item_with_one_answer_correlates_with_nothing():
    answers = rows_of(THREE).assign(same=4.0)
    found = polychoric(answers)
    assert np.isnan(found.correlation[2]).all()
    assert found.correlation[0, 1] == pytest.approx(0.630925254308, abs=1e-9)
    assert found.thresholds[2].size == 0
    assert not found.positive_definite
    assert "same" in found.sentence
    assert math.isnan(ordinal_alpha(found.correlation))


def test_questions_no_one_answered_both_of():
    answers = pd.DataFrame({"a": [1.0, 2, 1, np.nan, np.nan], "b": [np.nan, np.nan, np.nan, 1, 2]})
    found = polychoric(answers)
    assert math.isnan(found.correlation[0, 1])
    assert "no student answered both: 1 of 1" in found.sentence
    with pytest.raises(AnalysisError, match="pairwise"):
        polychoric(answers, missing="listwise")


def test_answers_no_one_gave_are_left_out():
    answers = rows_of(THREE)
    counted = pair_counts(answers, codes=[[0, 1, 1.5, 2, 3, 4]] * 2)
    found = polychoric(counted)
    assert found.codes == ((1.0, 2.0, 3.0),) * 2
    assert found.correlation == pytest.approx(polychoric(answers).correlation, abs=1e-12)


def test_a_matrix_that_cannot_be_is_said_and_not_smoothed():
    n = np.nan
    answers = pd.DataFrame(
        [[1, 1, n]] * 9 + [[2, 2, n]] * 9 + [[1, 2, n], [2, 1, n]]
        + [[n, 1, 1]] * 9 + [[n, 2, 2]] * 9 + [[n, 1, 2], [n, 2, 1]]
        + [[1, n, 2]] * 9 + [[2, n, 1]] * 9 + [[1, n, 1], [2, n, 2]],
        columns=["a", "b", "c"], dtype=float,
    )  # fmt: skip
    found = polychoric(answers)
    assert found.smallest_eigenvalue < 0
    assert not found.positive_definite
    assert "contradict" in found.sentence


@pytest.mark.parametrize("steps", range(2, 12))
def test_scales_of_two_to_eleven_points(steps):
    found = polychoric(simulated(n=1500, steps=steps, seed=steps))
    assert found.correlation[np.triu_indices(4, 1)] == pytest.approx(0.64, abs=0.09)
    assert [len(t) for t in found.thresholds] == [steps - 1] * 4


def test_questions_of_different_length_go_together():
    answers = simulated(n=2000)
    answers["q0"] = (answers["q0"] > 3) * 1.0
    answers["q1"] = np.ceil(answers["q1"] / 2)
    found = polychoric(answers)
    assert found.correlation[np.triu_indices(4, 1)] == pytest.approx(0.64, abs=0.08)
    alone = polychoric(answers[["q0", "q1"]])
    assert alone.correlation[0, 1] == pytest.approx(found.correlation[0, 1], abs=1e-9)


@pytest.mark.parametrize("rows", [1, 2, 3])
def test_next_to_no_rows(rows):
    found = polychoric(simulated(n=rows, seed=2))
    assert set(found.tables) == {"correlation", "thresholds"}
    assert found.sentence
    assert found.sentences["es"]


def test_one_question():
    found = polychoric(simulated(k=1))
    assert found.table.empty
    assert "one question" in found.sentence
    assert math.isnan(ordinal_alpha(found.correlation))


@pytest.mark.parametrize(
    "items",
    [
        pd.DataFrame({"a": [np.nan, np.nan]}),
        pd.DataFrame(),
        pd.DataFrame({"a": ["yes", "no"]}),
        pd.DataFrame({"a": [1.0, np.inf]}),
        pd.DataFrame({"a": np.arange(200) / 7.0}),
        np.ones((3, 3)),
    ],
)
def test_what_is_no_table_of_answers_is_refused_in_a_sentence(items):
    with pytest.raises(AnalysisError, match=r"\.$"):
        polychoric(items)


# What does not matter


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.integers(2, 6), st.floats(0, 0.3))
def test_order_codes_and_the_way_in_do_not_matter(seed, steps, missing):
    answers = simulated(n=60, k=3, steps=steps, seed=seed, missing=missing)
    found = polychoric(answers)
    for same in (
        polychoric(answers.sample(frac=1, random_state=seed)),
        polychoric(answers * 2 + 1),
        polychoric(pair_counts(answers)),
    ):
        assert same.correlation == pytest.approx(found.correlation, abs=1e-12, nan_ok=True)
        assert same.se == pytest.approx(found.se, abs=1e-12, nan_ok=True)
    turned = polychoric(answers[["q2", "q1", "q0"]])
    assert turned.correlation[::-1, ::-1] == pytest.approx(found.correlation, abs=1e-8, nan_ok=True)
    reverse = polychoric(answers.assign(q0=-answers["q0"]))
    assert -reverse.correlation[0, 1:] == pytest.approx(found.correlation[0, 1:], abs=1e-8, nan_ok=True)
    within = found.correlation[~np.isnan(found.correlation)]
    assert (np.abs(within[within != 1]) <= BOUND).all()


def test_pieces_add_up():
    answers = simulated(n=300, missing=0.1)
    codes = [[1, 2, 3, 4, 5]] * 4
    pieces = pair_counts(answers[:90], codes) + pair_counts(answers[90:], codes)
    for missing in ("pairwise", "listwise"):
        found = polychoric(pieces, missing=missing)
        assert found.correlation == pytest.approx(polychoric(answers, missing=missing).correlation, abs=1e-12)
    listwise = polychoric(answers.dropna())
    assert polychoric(pieces, missing="listwise").correlation == pytest.approx(
        listwise.correlation, abs=1e-12
    )


def test_many_pairs_are_solved_as_a_few_are(monkeypatch):
    answers = simulated(k=6)
    whole = polychoric(answers)
    monkeypatch.setattr("relsurvey.analysis.polychoric._CELLS_AT_ONCE", 50)
    assert polychoric(answers).correlation == pytest.approx(whole.correlation, abs=1e-13)


# Words and faces


def test_words_in_both_languages_say_the_range_and_what_is_supposed():
    found = polychoric(rows_of(THREE))
    assert "correlates from 0.63 to 0.63, 0.63 on average" in found.in_words("en")
    assert "supposed here" in found.in_words("en")
    assert "de 0.63 a 0.63, 0.63 en promedio" in found.in_words("es")


def test_few_students_are_masked():
    found = polychoric(rows_of([[2, 1], [1, 3]]))
    assert "Fewer than 10 students" in found.sentence
    assert "0." not in found.sentence
    cells = [cell for row in found.faces("en")[0].rows for cell in row]
    assert "under 10" in cells
    assert not any(isinstance(cell, float) for cell in cells)
    shown = polychoric(rows_of(THREE)).faces("es", 11)[0]
    assert shown.rows[1][1] == pytest.approx(0.630925254308)
    assert polychoric(rows_of(THREE)).faces("en", 100)[0].rows[1][1] == "under 100"


def test_hostile_names_are_escaped(tmp_path):
    answers = rows_of(THREE).rename(columns={"a": "<script>", "b": "=1+1"})
    assert "<script>" not in polychoric(answers)._repr_html_()
    assert polychoric(answers.assign(**{"<b>": 1.0}))._repr_html_().count("<b>") == 0
    assert polychoric(answers).to_excel(tmp_path / "polychoric.xlsx").exists()


# Alpha and one factor


def test_ordinal_alpha_is_alpha_of_the_matrix():
    r = np.full((5, 5), 0.4) + np.eye(5) * 0.6
    assert ordinal_alpha(r) == pytest.approx(5 * 0.4 / (1 + 4 * 0.4))
    assert math.isnan(ordinal_alpha(np.eye(1)))


def test_one_factor_equals_psych():
    r = np.array([[1, 0.5, 0.4, 0.3], [0.5, 1, 0.35, 0.2], [0.4, 0.35, 1, 0.25], [0.3, 0.2, 0.25, 1]])
    found = minres_one_factor(r)
    assert found.loadings == pytest.approx([0.7690278693, 0.6279644978, 0.5502316452, 0.3832827564], abs=1e-5)
    assert found.uniquenesses == pytest.approx(1 - found.loadings**2)
    assert not found.heywood
    # At the minimum the residuals off the diagonal are orthogonal to the loadings.
    rest = r - np.outer(found.loadings, found.loadings)
    np.fill_diagonal(rest, 0)
    assert rest @ found.loadings == pytest.approx(np.zeros(4), abs=1e-12)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(0.1, 0.95), min_size=3, max_size=8), st.randoms())
def test_a_true_factor_is_found_whatever_the_order(loadings, random):
    true = np.array(loadings)
    found = minres_one_factor(np.outer(true, true) + np.diag(1 - true**2))
    assert found.loadings == pytest.approx(true, abs=1e-6)
    order = list(range(len(true)))
    random.shuffle(order)
    true = true[order]
    r = np.outer(true, true) + np.diag(1 - true**2)
    assert minres_one_factor(r).loadings == pytest.approx(true, abs=1e-6)
    assert minres_omega(r) == pytest.approx(true.sum() ** 2 / r.sum(), abs=1e-6)


def test_a_heywood_case_stands_at_the_bound_and_says_so():
    r = np.array(
        [[1, 0.97, 0.285, 0.19], [0.97, 1, 0.27, 0.18], [0.285, 0.27, 1, 0.06], [0.19, 0.18, 0.06, 1]]
    )
    found = minres_one_factor(r)
    assert found.heywood
    assert found.uniquenesses.min() == pytest.approx(FLOOR, abs=1e-9)
    assert 0 < minres_omega(r) < 1


@pytest.mark.parametrize(
    "r",
    [
        np.eye(1),
        np.full((2, 2), 0.5) + np.eye(2) / 2,
        np.eye(4),
        np.full((3, 3), np.nan),
    ],
)
def test_where_no_factor_is_identified_nothing_is_made_up(r):
    assert np.isnan(minres_one_factor(r).loadings).all()
    assert math.isnan(minres_omega(r))


def test_perfectly_correlated_questions_have_a_factor():
    found = minres_one_factor(np.ones((4, 4)))
    assert found.heywood
    assert found.loadings == pytest.approx(np.full(4, math.sqrt(1 - FLOOR)))
