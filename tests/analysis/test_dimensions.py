"""Eigenvalues and parallel analysis: known answers, the random draws, hard input, invariances."""

from __future__ import annotations

import math
import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relsurvey.aggregate import moments
from relsurvey.analysis.dimensions import dimensions, random_eigenvalues
from relsurvey.errors import AnalysisError


@pytest.fixture(autouse=True)
def no_warning():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


def blocks(*sizes, within=0.5, between=0.1):
    """Return correlations of questions that go together in blocks."""
    owner = np.repeat(np.arange(len(sizes)), sizes)
    r = np.where(np.equal.outer(owner, owner), within, between)
    np.fill_diagonal(r, 1.0)
    return r


def simulated(r, n=500, seed=0, missing=0.0):
    rng = np.random.default_rng(seed)
    z = rng.multivariate_normal(np.zeros(len(r)), r, n, method="cholesky")
    answers = np.digitize(z, [-1.2, -0.4, 0.4, 1.2]) + 1.0
    answers[rng.random(answers.shape) < missing] = np.nan
    return pd.DataFrame(answers, columns=[f"q{i}" for i in range(len(r))])


# The random draws


def test_random_eigenvalues_are_those_of_random_rows():
    rng = np.random.default_rng(1)
    k, n, sets = 6, 25, 3000
    rows = rng.normal(size=(sets, n, k))
    rows -= rows.mean(axis=1, keepdims=True)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    theirs = np.linalg.eigvalsh(rows.transpose(0, 2, 1) @ rows)[:, ::-1]
    ours = random_eigenvalues(k, n, sets, seed=2)
    for taken in (np.mean, np.std, lambda x, axis: np.quantile(x, 0.95, axis=axis)):
        assert taken(ours, axis=0) == pytest.approx(taken(theirs, axis=0), abs=0.025)


@pytest.mark.parametrize(("k", "n"), [(2, 2), (5, 2), (5, 3), (8, 6), (4, 5), (3, 1_000_000)])
def test_random_eigenvalues_sum_to_the_variables_and_have_the_rank_of_the_rows(k, n):
    found = random_eigenvalues(k, n, 20, seed=3)
    assert found.shape == (20, k)
    assert found.sum(axis=1) == pytest.approx(np.full(20, k))
    assert (np.diff(found, axis=1) <= 1e-12).all()
    assert found[:, min(k, n - 1) :] == pytest.approx(0, abs=1e-10)
    if n > k:
        assert (found > 0).all()


def test_the_same_seed_gives_the_same_figures_and_another_others(monkeypatch):
    one = random_eigenvalues(5, 100, 50, seed=4)
    assert (one == random_eigenvalues(5, 100, 50, seed=4)).all()
    assert (one != random_eigenvalues(5, 100, 50, seed=5)).any()
    monkeypatch.setattr("relsurvey.analysis.dimensions._CELLS_AT_ONCE", 100)
    piecewise = random_eigenvalues(5, 100, 50, seed=4)
    assert piecewise.shape == one.shape
    assert piecewise.mean(axis=0) == pytest.approx(one.mean(axis=0), abs=0.05)


# Known answers


def test_eigenvalues_of_equal_correlations_have_a_closed_form():
    found = dimensions(np.full((6, 6), 0.3) + 0.7 * np.eye(6), n=400)
    assert found.eigenvalues == pytest.approx([1 + 5 * 0.3, *[0.7] * 5])
    assert found.count == 1
    assert "mainly in one way" in found.sentence


@pytest.mark.parametrize("sizes", [(6,), (4, 4), (5, 4, 4), (4, 4, 4, 4, 4)])
def test_as_many_ways_are_found_as_there_are_blocks(sizes):
    found = dimensions(simulated(blocks(*sizes), n=1500, seed=len(sizes)))
    assert found.count == found.count_mean == len(sizes)
    words = "mainly in one way" if len(sizes) == 1 else f"mainly in about {len(sizes)} ways"
    assert words in found.sentence


def test_random_answers_seldom_vary_in_a_way():
    counts = [dimensions(simulated(np.eye(6), seed=seed), replications=100).count for seed in range(60)]
    assert sum(count > 0 for count in counts) <= 9


def test_no_way_is_said():
    found = dimensions(np.eye(4), n=300)
    assert found.count == 0
    assert "no more than random answers" in found.sentence


def test_a_later_eigenvalue_does_not_count_after_one_that_fell_short():
    found = dimensions(blocks(5, 5), n=300, replications=50)
    late = found.random_95.copy()
    late[0] = 10
    assert type(found)(**{**vars(found), "random_95": late}).count == 0


def test_the_looser_rule_is_named_where_it_counts_otherwise():
    for seed in range(40):
        found = dimensions(simulated(np.eye(8), n=100, seed=seed), replications=200)
        if found.count != found.count_mean:
            break
    assert found.count < found.count_mean
    assert f"it would be {found.count_mean:.0f}." in found.sentence


# Input


def test_missing_answers_are_treated_as_said():
    answers = simulated(blocks(4, 4), missing=0.1)
    listwise = dimensions(answers, missing="listwise")
    whole = answers.dropna()
    assert listwise.n == len(whole)
    assert listwise.eigenvalues == pytest.approx(np.linalg.eigvalsh(np.corrcoef(whole.T))[::-1])
    pairwise = dimensions(answers)
    both = (answers.notna().T.astype(int) @ answers.notna().astype(int)).to_numpy()
    assert pairwise.n == both.min()
    assert pairwise.eigenvalues != pytest.approx(listwise.eigenvalues, abs=1e-3)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.floats(0, 0.2), st.sampled_from(["pairwise", "listwise"]))
def test_order_units_and_the_way_in_do_not_matter(seed, missing, how):
    answers = simulated(blocks(3, 2), n=80, seed=seed, missing=missing)
    found = dimensions(answers, missing=how, replications=20)
    for same in (
        answers.sample(frac=1, random_state=seed),
        answers[answers.columns[::-1]],
        answers * 3 - 7,
        answers.assign(q0=-answers["q0"]),
        moments(answers),
    ):
        other = dimensions(same, missing=how, replications=20)
        assert other.eigenvalues == pytest.approx(found.eigenvalues, abs=1e-9)
        assert (other.count, other.n) == (found.count, found.n)
    assert found.eigenvalues.sum() == pytest.approx(5)


def test_moments_of_pieces_give_what_the_whole_gives():
    answers = simulated(blocks(3, 3), missing=0.1)
    found = dimensions(moments(answers[:200]) + moments(answers[200:]))
    assert found.eigenvalues == pytest.approx(dimensions(answers).eigenvalues)


def test_questions_that_do_not_vary_are_left_out_and_named():
    answers = simulated(blocks(4)).assign(same=1e6 / 3, empty=np.nan)
    found = dimensions(answers)
    assert found.constant == ("same", "empty")
    assert found.eigenvalues == pytest.approx(dimensions(simulated(blocks(4))).eigenvalues)
    assert "Left out" in found.sentence
    assert "same, empty" in found.sentence


def test_two_questions_and_one():
    assert dimensions(simulated(blocks(2))).eigenvalues.sum() == pytest.approx(2)
    one = dimensions(simulated(blocks(1)))
    assert math.isnan(one.count)
    assert "one question" in one.sentence
    none = dimensions(pd.DataFrame({"a": [1.0, 1.0], "b": [2.0, 2.0]}))
    assert math.isnan(none.count)
    assert none.table.empty
    assert "nothing to count" in none.sentence


def test_perfectly_correlated_questions_vary_in_one_way():
    answers = simulated(blocks(2))
    answers = answers.assign(q1=answers["q0"], q2=answers["q0"])
    found = dimensions(answers)
    assert found.eigenvalues == pytest.approx([3, 0, 0], abs=1e-12)
    assert found.count == 1


def test_questions_never_answered_by_the_same_students():
    answers = pd.DataFrame({"a": [1.0, 2, 3] * 9 + [np.nan] * 27, "b": [np.nan] * 27 + [1.0, 2, 3] * 9})
    found = dimensions(answers)
    assert math.isnan(found.count)
    assert np.isnan(found.table.eigenvalue).all()
    assert "Cannot tell" in found.sentence


def test_correlations_that_do_not_fit_together_are_said():
    r = np.array([[1, 0.9, -0.9], [0.9, 1, 0.9], [-0.9, 0.9, 1]])
    found = dimensions(r, n=100)
    assert found.eigenvalues[-1] < 0
    assert "below zero" in found.sentence


def test_more_questions_than_students():
    found = dimensions(simulated(blocks(20), n=15))
    assert found.n == 15
    assert found.eigenvalues[15:] == pytest.approx(np.zeros(5), abs=1e-10)
    assert found.random_95[15:] == pytest.approx(np.zeros(5), abs=1e-10)


@pytest.mark.parametrize(
    ("items", "more"),
    [
        (np.ones((2, 3)), {"n": 10}),
        (np.array([[1, 0.5], [0.4, 1]]), {"n": 10}),
        (np.array([[2.0, 0.5], [0.5, 2.0]]), {"n": 10}),
        (np.array([[1, 1.5], [1.5, 1]]), {"n": 10}),
        (np.array([["a"]]), {"n": 10}),
        (np.eye(3), {}),
        (np.eye(3), {"n": 1}),
        (np.eye(3), {"n": 10, "replications": 0}),
        (np.eye(3), {"n": 10, "seed": -1}),
        (pd.DataFrame({"a": [1.0, 2], "b": [2.0, 3]}), {"n": 10}),
        (pd.DataFrame({"a": [np.nan], "b": [np.nan]}), {}),
        (pd.DataFrame({"a": ["yes", "no"]}), {}),
        (pd.DataFrame({"a": [1.0, np.inf]}), {}),
        (pd.DataFrame(), {}),
    ],
)
def test_what_cannot_be_counted_is_refused_in_a_sentence(items, more):
    with pytest.raises(AnalysisError, match=r"\.$"):
        dimensions(items, **more)


# Words and faces


def test_words_in_both_languages_name_the_method_and_its_limits():
    found = dimensions(blocks(4, 4), n=500, replications=300, seed=9)
    english, spanish = found.sentences["en"], found.sentences["es"]
    assert english.startswith("The answers to these 8 questions vary mainly in about 2 ways.")
    assert "Horn" in english
    assert "300 random draws, seed 9" in english
    assert "does not tell what these ways are" in english
    assert spanish.startswith("Las respuestas a estas 8 preguntas varían sobre todo de unas 2 maneras.")
    assert "300 sorteos, semilla 9" in spanish


def test_few_students_are_masked():
    found = dimensions(simulated(blocks(3), n=8))
    assert (
        found.sentence
        == "Fewer than 10 students answered all or some two of these questions: too few to tell."
    )
    (face,) = found.faces("en")
    assert face.rows == ()
    assert "under 10" in face.title
    larger = dimensions(simulated(blocks(3), n=60))
    assert larger.faces("en", 61)[0].rows == ()
    shown = larger.faces("es")[0]
    assert [row[1] for row in shown.rows] == pytest.approx(list(larger.eigenvalues))
    assert "60" in shown.title


def test_hostile_names_are_escaped(tmp_path):
    answers = simulated(blocks(3)).assign(**{"<script>": 1.0})
    assert "<script>" not in dimensions(answers)._repr_html_()
    assert dimensions(answers).to_excel(tmp_path / "dimensions.xlsx").exists()
    assert dimensions(simulated(blocks(3), n=5)).to_excel(tmp_path / "few.xlsx").exists()
