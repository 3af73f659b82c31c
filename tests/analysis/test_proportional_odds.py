"""Proportional-odds regression on counted cells: known answers, derivatives, what cannot be fitted."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit

from relsurvey.analysis.functioning.proportional_odds import mean_difference, proportional_odds


def likelihood(y, x, thresholds, coefficients):
    """Return the log-likelihood as the textbook writes it."""
    eta = x @ coefficients
    under = expit(np.asarray(thresholds)[None, :] - eta[:, None])
    padded = np.hstack([np.zeros((len(x), 1)), under, np.ones((len(x), 1))])
    return float((y * np.log(np.diff(padded, axis=1))).sum())


def cells(seed=1, answers=4, cells=30):
    draw = np.random.default_rng(seed)
    x = np.column_stack([draw.normal(size=cells), draw.integers(0, 2, cells)])
    cuts = np.linspace(-1, 1.2, answers - 1)
    under = expit(cuts[None, :] - (x @ [0.8, -0.5])[:, None])
    shares = np.diff(np.hstack([np.zeros((cells, 1)), under, np.ones((cells, 1))]), axis=1)
    return np.array([draw.multinomial(40, share) for share in shares]), x


def test_two_by_two_is_the_log_odds_ratio():
    fit = proportional_odds(np.array([[30, 10], [15, 45]]), np.array([[0.0], [1.0]]))
    assert fit.coefficients[0] == pytest.approx(math.log(30 * 45 / (10 * 15)), abs=1e-9)
    assert fit.standard_errors[0] == pytest.approx(math.sqrt(1 / 30 + 1 / 10 + 1 / 15 + 1 / 45), abs=1e-9)
    assert fit.thresholds[0] == pytest.approx(math.log(3), abs=1e-9)


def test_without_predictors_the_shares_are_the_observed_ones():
    fit = proportional_odds(np.array([[5, 10, 25]]), np.zeros((1, 0)))
    assert expit(fit.thresholds) == pytest.approx([5 / 40, 15 / 40])
    assert fit.log_likelihood == pytest.approx(sum(n * math.log(n / 40) for n in (5, 10, 25)))


@pytest.mark.parametrize("answers", [2, 3, 4, 7, 11])
def test_the_maximum_is_one_and_its_curvature_gives_the_errors(answers):
    y, x = cells(answers=answers)
    fit = proportional_odds(y, x)
    at = np.concatenate([fit.thresholds, fit.coefficients])

    def value(point):
        return likelihood(y, x, point[: answers - 1], point[answers - 1 :])

    assert fit.log_likelihood == pytest.approx(value(at), abs=1e-8)
    h = 1e-4
    steps = np.eye(len(at)) * h
    slopes = [(value(at + s) - value(at - s)) / (2 * h) for s in steps]
    assert np.abs(slopes).max() < 1e-4
    curvature = [
        [
            (value(at + a + b) - value(at + a - b) - value(at - a + b) + value(at - a - b)) / (4 * h * h)
            for b in steps
        ]
        for a in steps
    ]
    assert fit.covariance == pytest.approx(np.linalg.inv(-np.array(curvature)), rel=1e-3, abs=1e-6)


def test_statsmodels_finds_the_same():
    from statsmodels.miscmodels.ordinal_model import OrderedModel

    y, x = cells(answers=4, cells=12)
    place, answer = np.nonzero(y)
    times = y[place, answer]
    theirs = OrderedModel(np.repeat(answer, times), np.repeat(x[place], times, axis=0), distr="logit").fit(
        method="bfgs", gtol=1e-8, disp=False
    )
    ours = proportional_odds(y, x)
    assert ours.log_likelihood == pytest.approx(theirs.llf, abs=1e-6)
    assert ours.coefficients == pytest.approx(theirs.params[:2], abs=1e-4)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.integers(2, 6))
def test_splitting_cells_and_their_order_change_nothing(seed, answers):
    y, x = cells(seed, answers, 12)
    draw = np.random.default_rng(seed)
    part = draw.binomial(y, 0.5)
    order = draw.permutation(24)
    one, two = (
        proportional_odds(y, x),
        proportional_odds(np.vstack([part, y - part])[order], np.vstack([x, x])[order]),
    )
    assert two.log_likelihood == pytest.approx(one.log_likelihood, abs=1e-7)
    if not one.separated:
        assert two.coefficients == pytest.approx(one.coefficients, abs=1e-5)


def test_answers_turned_around_turn_the_signs():
    y, x = cells()
    one, two = proportional_odds(y, x), proportional_odds(y[:, ::-1], x)
    assert two.log_likelihood == pytest.approx(one.log_likelihood, abs=1e-9)
    assert two.coefficients == pytest.approx(-one.coefficients, abs=1e-7)
    assert two.thresholds == pytest.approx(-one.thresholds[::-1], abs=1e-7)


def test_a_start_leads_to_the_same_place():
    y, x = cells()
    first = proportional_odds(y, x[:, :1])
    assert proportional_odds(y, x, first).coefficients == pytest.approx(proportional_odds(y, x).coefficients)


def test_a_start_far_away_is_found_back_by_halving():
    y, x = cells()
    good = proportional_odds(y, x)
    again = proportional_odds(y, x, replace(good, coefficients=np.array([3.0, -5.0])))
    assert again.converged and not again.separated
    assert again.log_likelihood == pytest.approx(good.log_likelihood, abs=1e-8)


def test_a_start_beyond_all_reach_is_not_taken_for_the_maximum():
    y, x = cells()
    lost = replace(proportional_odds(y, x), coefficients=np.array([300.0, -900.0]))
    fit = proportional_odds(y, x, lost)
    assert not fit.converged and not fit.separated
    assert np.isnan(fit.standard_errors).all()


def test_an_answer_nobody_gave_is_left_out():
    y, x = cells(answers=3)
    wide = np.insert(y, 1, 0, axis=1)
    fit = proportional_odds(wide, x)
    assert fit.used.tolist() == [True, False, True, True]
    assert fit.log_likelihood == pytest.approx(proportional_odds(y, x).log_likelihood)


def test_columns_that_tell_nothing_new_are_left_out():
    y, x = cells()
    repeated = np.column_stack([np.ones(len(x)), x[:, 0], 2 * x[:, 0] - 3, x[:, 1], x[:, 0] - x[:, 1]])
    fit = proportional_odds(y, repeated)
    assert fit.kept.tolist() == [False, True, False, True, False]
    assert fit.df == 2
    assert fit.coefficients[[1, 3]] == pytest.approx(proportional_odds(y, x).coefficients, abs=1e-7)
    assert np.isnan(fit.coefficients[[0, 2, 4]]).all() and np.isnan(fit.standard_errors[[0, 2, 4]]).all()


def test_a_group_that_gave_one_answer_alone_has_no_finite_estimate():
    # The likelihood's limit: the first group's own shares, and certainty for the other.
    fit = proportional_odds(np.array([[10, 20, 3], [0, 0, 9]]), np.array([[0.0], [1.0]]))
    assert fit.separated and fit.converged
    assert fit.log_likelihood == pytest.approx(sum(n * math.log(n / 33) for n in (10, 20, 3)), abs=1e-6)
    assert np.isnan(fit.standard_errors).all()


def test_answers_that_follow_exactly():
    fit = proportional_odds(np.diag([5, 6, 7]), np.array([[0.0], [1.0], [2.0]]))
    assert fit.separated and fit.log_likelihood == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize(
    "y", [np.zeros((3, 4)), np.array([[0, 5, 0, 0]] * 3), np.zeros((3, 1)), np.zeros((0, 4))]
)
def test_nobody_or_one_answer_only(y):
    fit = proportional_odds(y, np.arange(len(y), dtype=float)[:, None])
    assert fit.log_likelihood == 0 and fit.df == 0 and not len(fit.thresholds)
    assert mean_difference(fit, np.arange(y.shape[1]), np.ones((1, 1)), np.zeros((1, 1)), np.ones(1))[0] == 0


def test_the_mean_difference_and_its_error():
    y, x = cells(answers=5)
    fit = proportional_odds(y, x)
    codes = np.array([1.0, 2, 4, 5, 9])
    a = np.column_stack([x[:, 0], np.ones(len(x))])
    b = np.column_stack([x[:, 0], np.zeros(len(x))])
    shares = y.sum(axis=1) / y.sum()

    def value(point):
        expected = []
        for side in (a, b):
            under = expit(point[None, :4] - (side @ point[4:])[:, None])
            p = np.diff(np.hstack([np.zeros((len(x), 1)), under, np.ones((len(x), 1))]), axis=1)
            expected.append(p @ codes)
        return float(shares @ (expected[0] - expected[1]))

    at = np.concatenate([fit.thresholds, fit.coefficients])
    gradient = np.array([(value(at + s) - value(at - s)) / 2e-5 for s in np.eye(len(at)) * 1e-5])
    difference, error, apart = mean_difference(fit, codes, a, b, shares)
    assert difference == pytest.approx(value(at))
    assert error == pytest.approx(math.sqrt(gradient @ fit.covariance @ gradient), rel=1e-6)
    assert apart == pytest.approx(abs(difference))
