"""Factor models: known answers, data that cannot be fitted, what is shown and said."""

from __future__ import annotations

import math
import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relsurvey.aggregate import Moments, moments
from relsurvey.analysis.factor import factor, one_factor
from relsurvey.analysis.models.cfa import fit
from relsurvey.analysis.models.cfa_fit import measures
from relsurvey.analysis.models.cfa_model import Sample, Structure, layout_of
from relsurvey.analysis.models.cfa_problem import Problem
from relsurvey.errors import AnalysisError

LOADINGS = np.array([0.8, 0.7, 0.6, 0.5, 0.4, 0.7])


def answers(n=300, k=5, loading=0.7, seed=0):
    rng = np.random.default_rng(seed)
    common = rng.normal(size=(n, 1))
    return pd.DataFrame(
        np.round(3 + loading * common + 0.7 * rng.normal(size=(n, k))).clip(1, 5),
        columns=[f"q{i}" for i in range(k)],
    )


def two_scales(n=400, r=0.3, seed=1):
    rng = np.random.default_rng(seed)
    common = rng.multivariate_normal([0, 0], [[1, r], [r, 1]], n)
    values = np.hstack([common[:, [0, 0, 0]], common[:, [1, 1, 1]]]) + 0.7 * rng.normal(size=(n, 6))
    return pd.DataFrame(values, columns=list("abcdef"))


SCALES = {"care": ["a", "b", "c"], "push": ["d", "e", "f"]}


def population(loadings, phi, owner, n=1000):
    """Moments of students whose answers follow a model exactly."""
    full = np.zeros((len(loadings), len(phi)))
    full[np.arange(len(loadings)), owner] = loadings
    sigma = full @ phi @ full.T
    sigma[np.diag_indices(len(sigma))] = 1.0
    k = len(sigma)
    names = tuple("abcdefghij"[:k])
    return Moments(names, n, np.full((k, k), n), np.zeros((k, k)), sigma * n, n, np.zeros(k), sigma * n)


class TestKnownAnswers:
    def test_three_items_by_hand(self):
        r = np.array([[1, 0.42, 0.35], [0.42, 1, 0.3], [0.35, 0.3, 1]])
        found = one_factor(r, 500)
        by_hand = [math.sqrt(0.42 * 0.35 / 0.3), math.sqrt(0.42 * 0.3 / 0.35), math.sqrt(0.35 * 0.3 / 0.42)]
        np.testing.assert_allclose(found.loadings, by_hand, atol=1e-8)
        np.testing.assert_allclose(found.uniquenesses, 1 - np.square(by_hand), atol=1e-8)
        assert found.srmr == pytest.approx(0, abs=1e-8)
        total = sum(by_hand) ** 2
        assert found.omega == pytest.approx(total / (total + 3 - sum(x * x for x in by_hand)), abs=1e-8)

    def test_a_population_is_recovered(self):
        phi = np.array([[1, 0.35], [0.35, 1]])
        found = factor(population(LOADINGS, phi, [0, 0, 0, 1, 1, 1]), SCALES)
        np.testing.assert_allclose(found.table["std"], LOADINGS, atol=1e-8)
        assert found.correlations["latent"][0] == pytest.approx(0.35, abs=1e-8)
        row = found.fit.iloc[0]
        assert (row["df"], row["state"]) == (8, "fitted")
        assert row["chisq"] == pytest.approx(0, abs=1e-8)
        assert row["cfi"] == pytest.approx(1)
        assert row["rmsea"] == 0

    def test_omega_of_parallel_items_is_spearman_brown(self):
        r = np.full((4, 4), 0.5) + 0.5 * np.eye(4)
        assert one_factor(r, 200).omega == pytest.approx(4 * 0.5 / (1 + 3 * 0.5), abs=1e-10)

    def test_standard_errors_are_those_of_many_samples(self):
        """The spread of the estimates over drawn samples is the standard error they report."""
        found = [factor(answers(400, 4, seed=seed)).table.iloc[0] for seed in range(150)]
        spread = np.std([row["std"] for row in found])
        assert spread == pytest.approx(np.mean([row["std_se"] for row in found]), rel=0.25)
        inside = [row["low"] <= np.mean([r["std"] for r in found]) <= row["high"] for row in found]
        assert 0.88 <= np.mean(inside) <= 1

    @pytest.mark.parametrize("equal", [frozenset(), frozenset({"loadings", "intercepts"})])
    def test_derivatives(self, equal):
        rng = np.random.default_rng(2)
        samples = []
        for name in "xy":
            values = rng.normal(size=(200, 7)) @ rng.normal(size=(7, 7)) + rng.normal(size=7)
            samples.append(Sample(name, 200, values.mean(axis=0), np.cov(values.T, bias=True)))
        structure = Structure.of({"f": "abc", "g": "defg"})
        problem = Problem(structure, samples, layout_of(structure, 2, equal, ["b"]))
        x = next(problem.starts()) + 0.02 * rng.normal(size=problem.layout.size)
        slope = problem.slope(problem.value(x))
        ways = 1e-5 * np.eye(len(x))
        rise = [(problem.value(x + h).value - problem.value(x - h).value) / 4e-5 for h in ways]
        np.testing.assert_allclose(slope.gradient, rise, atol=1e-7)
        bend = [
            (problem.slope(problem.value(x + h)).gradient - problem.slope(problem.value(x - h)).gradient)
            / 2e-5
            for h in ways
        ]
        np.testing.assert_allclose(slope.curvature, bend, atol=1e-5)

    def test_information_is_the_curvature_where_the_model_is_true(self):
        phi = np.array([[1, 0.35], [0.35, 1]])
        found = fit(Structure.of(SCALES), [Sample.of(population(LOADINGS, phi, [0, 0, 0, 1, 1, 1]))])
        problem = Problem(found.structure, found.samples, found.layout)
        x = np.concatenate([LOADINGS, 1 - LOADINGS**2, [0.35]])
        slope = problem.slope(problem.value(x))
        np.testing.assert_allclose(slope.curvature, slope.information, atol=1e-10)


class TestDegenerate:
    @pytest.mark.parametrize("k", [1, 2])
    def test_too_few_items(self, k):
        found = factor(answers(k=k), scale="care")
        assert found.fit["state"][0] == "not_identified"
        assert found.table["std"].isna().all()
        assert "3 questions or more" in found.sentence
        assert "care" in found.sentence

    def test_a_scale_of_one_item_among_others(self):
        found = factor(two_scales(), {"care": ["a"], "push": ["d", "e", "f"]})
        assert found.fit["state"].tolist() == ["not_identified", "fitted"]
        assert found.fit["trouble"][0] == "care"
        assert not math.isnan(found.correlations["score"][0])

    def test_two_items_a_scale_are_enough_together(self):
        found = factor(two_scales(r=0.6), {"care": ["a", "b"], "push": ["d", "e"]})
        assert found.fit["state"][0] == "fitted"
        assert found.fit["df"][0] == 1

    def test_two_scales_of_two_that_have_nothing_in_common_are_not_identified(self):
        r = np.eye(4)
        r[0, 1] = r[1, 0] = r[2, 3] = r[3, 2] = 0.5
        n, k = 500, 4
        m = Moments(tuple("abcd"), n, np.full((k, k), n), np.zeros((k, k)), r * n, n, np.zeros(k), r * n)
        found = factor(m, {"care": ["a", "b"], "push": ["c", "d"]})
        assert found.fit["state"][0] == "not_identified"

    def test_an_item_without_variance_is_named(self):
        found = factor(answers().assign(q2=3.0))
        assert (found.fit["state"][0], found.fit["trouble"][0]) == ("no_variance", "q2")
        assert "q2" in found.sentence

    def test_constant_codes_that_rounding_gives_a_variance(self):
        found = factor(answers().assign(q2=0.1 + 0.2))
        assert found.fit["state"][0] == "no_variance"

    @pytest.mark.parametrize("sign", [1, -1])
    def test_items_that_say_the_same_are_named(self, sign):
        frame = answers()
        frame["q3"] = 3 + sign * frame["q1"]
        found = factor(frame)
        assert (found.fit["state"][0], found.fit["trouble"][0]) == ("singular", "q1, q3")

    def test_a_sum_of_others(self):
        frame = answers()
        frame["q3"] = frame["q0"] + frame["q1"]
        found = factor(frame)
        assert found.fit["state"][0] == "singular"
        assert "follow exactly from others" in found.sentence

    @pytest.mark.parametrize("n", [1, 3, 5])
    def test_fewer_rows_than_items(self, n):
        found = factor(answers(n=n))
        assert found.fit["state"][0] == "too_few"
        assert "Too few students" in found.sentence

    def test_an_item_that_no_one_answered(self):
        assert factor(answers().assign(q1=np.nan)).fit["state"][0] == "too_few"

    def test_a_heywood_case_is_named(self):
        r = np.array([[1, 0.9, 0.9], [0.9, 1, 0.7], [0.9, 0.7, 1]])
        n = 300
        m = Moments(tuple("abc"), n, np.full((3, 3), n), np.zeros((3, 3)), r * n, n, np.zeros(3), r * n)
        found = factor(m)
        assert (found.fit["state"][0], found.fit["trouble"][0]) == ("improper", "a")
        assert found.table["std"][0] == pytest.approx(math.sqrt(0.9 * 0.9 / 0.7), abs=1e-6)
        assert "figures of a" in found.sentence
        assert one_factor(r, n) is None

    def test_no_maximum_is_said_with_what_was_tried(self):
        r = np.array([[1, 0.3, -0.3], [0.3, 1, 0.3], [-0.3, 0.3, 1]])
        n = 300
        m = Moments(tuple("abc"), n, np.full((3, 3), n), np.zeros((3, 3)), r * n, n, np.zeros(3), r * n)
        found = factor(m)
        assert (found.fit["state"][0], found.fit["starts"][0]) == ("not_converged", 3)
        assert "3 different starting points" in found.sentence
        assert one_factor(r, n) is None

    def test_factors_more_than_alike_are_named(self):
        frame = answers(k=6).set_axis(list("abcdef"), axis=1)
        m = moments(frame)
        r = m.complete_products.copy()
        r[:3, 3:] *= 1.25
        r[3:, :3] *= 1.25
        more = Moments(
            m.names, m.rows, m.pair_n, m.pair_mean, m.pair_products, m.complete_n, m.complete_mean, r
        )
        found = factor(more, SCALES)
        assert found.correlations["latent"][0] > 1
        assert (found.fit["state"][0], found.fit["trouble"][0]) == ("improper", "care, push")

    @pytest.mark.parametrize("k", [2, 3])
    def test_one_factor_without_an_answer(self, k):
        assert one_factor(np.eye(k), 100) is None
        assert one_factor(np.full((k, k), np.nan), 100) is None
        assert one_factor(np.ones((k, k)), 100) is None
        assert one_factor(np.zeros((k, k)), 100) is None
        assert one_factor(np.eye(k), k) is None

    @pytest.mark.parametrize("points", [2, 3, 7, 11])
    def test_scales_of_any_length(self, points):
        rng = np.random.default_rng(points)
        raw = rng.normal(size=(400, 1)) + rng.normal(size=(400, 4))
        cut = pd.DataFrame(raw, columns=list("abcd")).apply(
            lambda c: pd.cut(c, points, labels=False).astype(float)
        )
        assert factor(cut).fit["state"][0] == "fitted"

    def test_what_is_refused(self):
        frame = answers()
        for items, scales, words in (
            (frame, {"care": ["q0", "q0"]}, "twice"),
            (frame, {"care": ["zz"]}, "no column zz"),
            (frame, {"care": []}, "no question"),
            (frame, {}, "no scale"),
            (frame[[]], None, "no questions"),
            (frame * np.nan, None, "no answers"),
            (frame.head(0), None, "no answers"),
            (frame.astype(object).assign(q1="very good"), None, "q1 holds something"),
            (frame.assign(q1=np.inf), None, "q1 holds something"),
            (pd.concat([frame, frame["q0"]], axis=1), None, "twice"),
            (pd.concat([frame, frame["q0"]], axis=1), {"care": ["q0", "q1", "q2"]}, "two columns q0"),
        ):
            with pytest.raises(AnalysisError, match=words):
                factor(items, scales)

    def test_no_warning_and_no_crash_over_odd_data(self):
        rng = np.random.default_rng(7)
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            for seed in range(25):
                n, k = int(rng.integers(0, 40)), int(rng.integers(1, 7))
                frame = pd.DataFrame(
                    rng.integers(1, 4, size=(n, k)).astype(float), columns=[f"q{i}" for i in range(k)]
                ).mask(rng.random((n, k)) < 0.1)
                scales = {"A": list(frame.columns[: k // 2]), "B": list(frame.columns[k // 2 :])}
                for given_scales in (None, scales if k > 1 else None):
                    if not n or frame.isna().all().all():
                        continue
                    found = factor(frame, given_scales)
                    assert found.fit["state"][0] in (
                        "fitted",
                        "improper",
                        "not_converged",
                        "not_identified",
                        "too_few",
                        "no_variance",
                        "singular",
                    ), seed
                    assert found.in_words("es")
                    assert found.faces("en")


class TestAlike:
    def test_one_thing_under_two_names(self):
        found = factor(answers(n=600, k=6).set_axis(list("abcdef"), axis=1), SCALES)
        assert found.gain < 0.01
        assert found.much_alike
        assert "Students answer these much alike." in found.sentence

    def test_two_things(self):
        found = factor(two_scales(), SCALES)
        assert found.gain > 0.1
        assert not found.much_alike
        assert "tell the scales apart" in found.sentence

    def test_scores_so_correlated_suffice(self):
        """Above .90 without measurement error, whatever the factors gain."""
        found = factor(two_scales(n=2000, r=0.97), SCALES)
        assert found.correlations["corrected"][0] > 0.9
        assert found.much_alike

    def test_nothing_is_said_of_one_scale(self):
        assert "alike" not in factor(answers()).sentence

    def test_a_poor_model_of_several_scales_is_not_praised(self):
        frame = two_scales()[list("adbecf")].set_axis(list("abcdef"), axis=1)
        found = factor(frame, SCALES)
        assert "not quite answered as the 2 scales" in found.sentence


class TestFaces:
    def test_few_students_are_masked(self):
        found = factor(answers(n=9, seed=3))
        shown = " ".join(face.html() for face in found.faces("en", 10))
        assert "under 10" in shown
        assert not any(isinstance(cell, float) for face in found.faces() for row in face.rows for cell in row)
        assert "Too few students" in found.sentence

    def test_a_constant_answer_of_a_few_is_not_told(self):
        found = factor(answers(n=9).assign(q2=3.0))
        assert found.fit["state"][0] == "no_variance"
        assert "q2" not in found.sentence

    def test_a_scale_may_be_called_as_a_model_is(self):
        found = factor(two_scales(), {"given": list("abc"), "one factor": list("def")})
        assert [row[0] for row in found.faces()[0].rows][::3] == ["given", "one factor"]

    def test_many_are_not(self):
        found = factor(two_scales(), SCALES)
        faces = found.faces("es", 10)
        assert [face.title for face in faces][-1] == "Cómo van juntas las escalas"
        assert any(isinstance(cell, float) for row in faces[0].rows for cell in row)
        assert faces[1].rows[0][:2] == ("las escalas como se dieron", 400)
        assert faces[0].rows[0][0] == "care"

    def test_small_but_shown(self):
        assert "Fewer than 100 students" in factor(answers(n=60)).sentence
        assert "Menos de 100" in factor(answers(n=60)).in_words("es").replace("menos", "Menos")

    def test_a_hostile_name_is_text(self):
        frame = answers().rename(columns={"q2": "<script>x</script>"}).assign(**{"<b>": 1.0})
        html = factor(frame)._repr_html_()
        assert "<script>" not in html
        assert "<b>" not in html

    def test_every_state_has_words(self):
        for frame in (answers(k=2), answers().assign(q1=1.0), answers(n=4), answers()):
            found = factor(frame)
            assert found.in_words("en") != found.in_words("es")
            assert "{" not in found.in_words("en") + found.in_words("es")


@settings(deadline=None, max_examples=15)
@given(
    seed=st.integers(0, 2**16), k=st.integers(4, 6), scale=st.floats(0.01, 1000), shift=st.floats(-1e4, 1e4)
)
def test_fit_does_not_depend_on_order_or_units(seed, k, scale, shift):
    rng = np.random.default_rng(seed)
    frame = answers(n=250, k=k, seed=seed)
    plain = factor(frame)
    turned = factor(frame.sample(frac=1, random_state=seed)[rng.permutation(frame.columns)])
    other = factor(frame * scale + shift)
    for found in (turned, other):
        np.testing.assert_allclose(
            found.fit[["chisq", "cfi", "rmsea", "srmr"]].to_numpy(dtype=float),
            plain.fit[["chisq", "cfi", "rmsea", "srmr"]].to_numpy(dtype=float),
            rtol=1e-5,
            atol=1e-6,
        )
        ours = found.table.set_index("item")[["std", "std_se"]].loc[list(frame.columns)]
        np.testing.assert_allclose(ours, plain.table[["std", "std_se"]], atol=1e-6)
    np.testing.assert_allclose(other.table["loading"], scale * plain.table["loading"], rtol=1e-5)


@settings(deadline=None, max_examples=15)
@given(seed=st.integers(0, 2**16), cut=st.integers(20, 200))
def test_rows_and_aggregates_give_the_same(seed, cut):
    frame = two_scales(n=220, seed=seed)
    rows = factor(frame, SCALES)
    pieces = factor(moments(frame.iloc[:cut]) + moments(frame.iloc[cut:]), SCALES)
    for name, table in rows.tables.items():
        numbers = table.select_dtypes("number")
        np.testing.assert_allclose(
            numbers, pieces.tables[name][numbers.columns], rtol=1e-6, atol=1e-8, equal_nan=True
        )


def test_missing_answers_leave_only_complete_rows():
    frame = two_scales()
    holes = frame.mask(np.random.default_rng(4).random(frame.shape) < 0.05)
    found = factor(holes, SCALES)
    assert found.fit["n"][0] == len(holes.dropna())
    np.testing.assert_allclose(found.table["std"], factor(holes.dropna(), SCALES).table["std"])


def test_a_model_that_was_not_fitted_has_no_measures():
    found = measures(factor(answers(k=2)).given)
    assert math.isnan(found.chisq) and math.isnan(found.cfi) and found.n == 300
