"""Means and differences over clusters in general."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relsurvey.aggregate.moments import Sums
from relsurvey.analysis.clusters import cluster_difference, cluster_mean, cluster_model
from relsurvey.analysis.sampling.columns import cell_sums, cluster_sums, members, name_of, numbers
from relsurvey.errors import AnalysisError


def made(seed: int = 1, clusters: int = 9, n: int = 240) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame({"school": rng.integers(0, clusters, n)})
    frame["gender"] = rng.choice(["girl", "boy"], n)
    frame["practice"] = np.where(frame["school"] % 2 == 0, "yes", "no")
    frame["hours"] = rng.normal(size=n)
    frame["score"] = rng.normal(3, 1, n) + 0.2 * frame["school"] + 0.3 * (frame["gender"] == "girl")
    return frame


def by_definition(x: np.ndarray, y: np.ndarray, cluster: np.ndarray, contrast: np.ndarray):
    """CR2 and its df with whole n × n matrices, as Bell & McCaffrey write them."""
    n = len(y)
    bread = np.linalg.inv(x.T @ x)
    e = y - x @ (bread @ x.T @ y)
    left = np.eye(n) - x @ bread @ x.T
    meat, columns = np.zeros_like(bread), []
    for c in np.unique(cluster):
        mine = cluster == c
        values, vectors = np.linalg.eigh(left[np.ix_(mine, mine)])
        root = vectors @ np.diag(np.where(values > 1e-12, np.abs(values) ** -0.5, 0)) @ vectors.T
        score = x[mine].T @ root @ e[mine]
        meat += np.outer(score, score)
        columns.append(left[:, mine] @ root @ x[mine] @ bread @ contrast)
    q = np.stack(columns, axis=1)
    q = q.T @ q
    return math.sqrt(contrast @ bread @ meat @ bread @ contrast), np.trace(q) ** 2 / np.trace(q @ q)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_cr2_is_its_definition(seed):
    d = made(seed)
    x = np.column_stack([np.ones(len(d)), d["hours"], d["gender"] == "girl", d["practice"] == "yes"]).astype(
        float
    )
    found = cluster_model(d["score"], d[["hours", "gender", "practice"]], d["school"])
    for i, term in enumerate(found.terms):
        se, df = by_definition(x, d["score"].to_numpy(), d["school"].to_numpy(), np.eye(4)[i])
        assert term.se == pytest.approx(se, rel=1e-10)
        assert term.df == pytest.approx(df, rel=1e-10)


@pytest.mark.parametrize(("group", "a", "b"), [("gender", "girl", "boy"), ("practice", "yes", "no")])
def test_sums_rows_and_model_give_one_difference(group, a, b):
    d = made()
    rows = cluster_difference(d["score"], d[group], d["school"], a=a, b=b)
    sums = cluster_difference(cell_sums(d["score"], d["school"], d[group]), a=a, b=b)
    assert rows == sums
    term = cluster_model(d["score"], d[[group]], d["school"]).terms[1]
    (mine,) = rows.terms
    sign = 1 if term.name == f"{group}: {a}" else -1
    for name in ("se", "df", "p", "se_cr1", "se_cr0", "se_naive"):
        assert getattr(mine, name) == pytest.approx(getattr(term, name), rel=1e-9)
    assert mine.estimate == pytest.approx(sign * term.estimate, rel=1e-9)
    assert (mine.n, mine.clusters) == (term.n, term.clusters)


def test_clusters_of_one_size_are_a_t_test_of_their_means():
    d = pd.DataFrame({"school": np.repeat(np.arange(8), 5), "y": np.random.default_rng(4).normal(size=40)})
    means = d.groupby("school")["y"].mean()
    (term,) = cluster_mean(d["y"], d["school"]).terms
    assert term.se == pytest.approx(means.std() / math.sqrt(8), rel=1e-12)
    assert term.df == pytest.approx(7, rel=1e-12)
    assert term.se_cr1 == pytest.approx(term.se, rel=1e-12)


def test_every_student_a_cluster_is_hc2():
    d = made(n=60)
    (term,) = cluster_difference(d["score"], d["gender"], range(60), a="girl", b="boy").terms
    girls, boys = (d["score"][d["gender"] == g] for g in ("girl", "boy"))
    assert term.se == pytest.approx(math.sqrt(girls.var() / len(girls) + boys.var() / len(boys)), rel=1e-12)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.floats(-1e4, 1e4), st.floats(0.01, 100))
def test_order_names_and_recoding_do_not_matter(seed, shift, times):
    d = made(seed % 50)
    mixed = d.sample(frac=1, random_state=seed)
    (first,) = cluster_difference(d["score"], d["gender"], d["school"], a="girl", b="boy").terms
    recoded = cluster_difference(
        shift + times * mixed["score"],
        mixed["gender"],
        mixed["school"].map(lambda s: f"S{s}"),
        a="boy",
        b="girl",
    )
    (second,) = recoded.terms
    assert second.estimate == pytest.approx(-times * first.estimate, rel=1e-6, abs=1e-9 * abs(shift))
    assert second.se == pytest.approx(times * first.se, rel=1e-6)
    assert second.df == pytest.approx(first.df, rel=1e-6)
    assert second.p == pytest.approx(first.p, rel=1e-5, abs=1e-12)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.floats(-50, 50), st.sampled_from("abcd"), st.sampled_from("xy")), min_size=1))
def test_cells_add_up_to_clusters(rows):
    scores, schools, groups = zip(*rows, strict=True)
    whole = cluster_sums(scores, schools)
    for school, s in whole.items():
        parts = [p for (c, _), p in cell_sums(scores, schools, groups).items() if c == school]
        joined = sum(parts[1:], parts[0])
        assert joined.n == s.n
        assert joined.mean == pytest.approx(s.mean, abs=1e-9)
        assert joined.squares == pytest.approx(s.squares, abs=1e-7)


def test_fewer_than_five_clusters_a_side_cannot_tell():
    d = made(clusters=8)
    few = d[(d["school"] != 0) | (d["practice"] == "no")]
    found = cluster_difference(few["score"], few["practice"], few["school"], a="yes", b="no")
    assert found.terms[0].clusters == 3
    assert found.terms[0].verdict == "too_few_clusters"
    assert "Cannot tell what holds for schools in general" in found.sentence
    assert "No se puede saber" in found.in_words("es")
    assert found.faces()[0].rows[0][-2:] == (None, None)
    assert cluster_mean(few["score"], few["school"]).terms[0].verdict == "not_zero"


def test_a_clear_difference_is_told_from_the_higher_side():
    d = made()
    d["score"] += 2 * (d["gender"] == "girl")
    up = cluster_difference(d["score"], d["gender"], d["school"], a="girl", b="boy")
    down = cluster_difference(d["score"], d["gender"], d["school"], a="boy", b="girl")
    assert up.sentence == down.sentence
    assert "the mean of “girl” is 2." in up.sentence
    assert "el promedio de «girl» es 2." in up.in_words("es")
    # A school that describes itself needs no correction (rules.md 5).
    assert "without a correction" in up.sentence
    same = cluster_difference(made(8)["hours"], made(8)["gender"], made(8)["school"], a="girl", b="boy")
    assert "Cannot tell whether “girl” and “boy” differ" in same.sentence


def test_degenerate_clusters_are_answered():
    one = cluster_mean([1.0, 2.0, 4.0], ["a"] * 3)
    assert math.isnan(one.terms[0].se) and one.terms[0].verdict == "too_few_clusters"
    # 0.1 ten times is no sum without rounding.
    flat = cluster_mean([0.1] * 60, list("abcdef") * 10)
    assert flat.terms[0].verdict == "no_spread"
    assert "do not vary" in flat.sentence and "no varían" in flat.in_words("es")
    single = cluster_difference(range(20), ["x", "y"] * 10, ["a", "b"] * 10, a="x", b="y")
    assert math.isnan(single.terms[0].se)
    sparse = cluster_mean({"a": Sums(0, math.nan, 0.0), "b": Sums(3, 2.0, 1.0), "c": Sums(1, 4.0, 0.0)})
    assert (sparse.n, sparse.clusters) == (4, 2)
    assert "Too few students" in sparse.sentence


def test_small_sides_are_masked():
    d = made()
    d.loc[d["gender"] == "boy", "gender"] = None
    d.loc[:6, "gender"] = "boy"
    found = cluster_difference(d["score"], d["gender"], d["school"], a="girl", b="boy")
    assert found.faces()[0].rows[0][1] == "under 10"
    assert found.faces("es")[0].rows[0][1] == "menos de 10"
    assert f"{found.terms[0].estimate:.2f}" not in found._repr_html_()


def test_missing_rows_are_left_out_and_pandas_na_is_missing():
    d = made()
    holes = d["score"].astype("Float64")
    holes[:10] = pd.NA
    assert cluster_mean(holes, d["school"]) == cluster_mean(d["score"][10:], d["school"][10:])
    labels = pd.Series([1.0, np.nan, 2.5, None])
    names, which = members(labels, 4, "clusters")
    assert (names, which.tolist()) == (["1", "2.5"], [0, -1, 1, -1])
    assert name_of(np.float64(2)) == "2"


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: cluster_mean([], []), "nothing to measure"),
        (lambda: cluster_mean([1.0, 2.0], ["a"]), "1 clusters"),
        (lambda: cluster_mean(["x", "y"], ["a", "b"]), "not a number"),
        (lambda: cluster_mean([1.0, math.inf], ["a", "b"]), "finite"),
        (lambda: cluster_mean([1.0, 2.0]), "cluster"),
        (lambda: cluster_mean([1.0], ["a"], level="planet"), "no level"),
        (lambda: cluster_difference([1.0, 2.0], ["x", "y"], ["a", "b"], a="x", b="z"), "Nobody"),
        (lambda: cluster_difference([1.0, 2.0], ["x", "y"], ["a", "b"], a="x", b="x"), "two groups"),
        (lambda: cluster_difference([1.0, 2.0], ["x", "y"], a="x", b="y"), "cluster"),
        (lambda: cluster_model([1.0], pd.DataFrame({"h": [1.0, 2]}), ["a"]), "rows of covariates"),
        (lambda: cluster_model(range(4), pd.DataFrame({"h": [1.0] * 4}), list("aabb")), "same for all"),
        (lambda: cluster_model(range(4), pd.DataFrame({"g": ["x"] * 4}), list("aabb")), "no covariate"),
        (lambda: cluster_model([1.0, 2], pd.DataFrame({"h": [1.0, 2]}), list("ab")), "too few"),
        (
            lambda: cluster_model(range(6), pd.DataFrame({"h": range(6), "i": range(6)}), list("aabbcc")),
            "follows from the others",
        ),
    ],
)
def test_misuse_is_one_clear_sentence(call, said):
    with pytest.raises(AnalysisError, match=said):
        call()


def test_numbers_takes_one_column():
    with pytest.raises(AnalysisError, match="one column"):
        numbers(np.ones((2, 2)), "scores")
