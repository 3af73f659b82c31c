"""Invariance: known answers, the rule, groups that cannot be checked, what is shown and said."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relsurvey.aggregate import Moments, moments
from relsurvey.analysis.invariance import invariance
from relsurvey.errors import AnalysisError

ITEMS = tuple("abcd")
LOADINGS = np.array([0.9, 0.8, 0.7, 0.6])


def group(n=500, mean=0.0, variance=1.0, loadings=LOADINGS, shift=(0, 0, 0, 0), residual=0.5, extra=0):
    """Moments of students whose answers follow one factor exactly, but for what a and b share besides."""
    sigma = variance * np.outer(loadings, loadings) + residual * np.eye(4)
    sigma[0, 1] += extra
    sigma[1, 0] += extra
    means = 3 + np.array(shift) + np.asarray(loadings) * mean
    return Moments(ITEMS, n, np.full((4, 4), n), np.tile(means[:, None], 4), sigma * n, n, means, sigma * n)


def drawn(n=400, shift=0.0, seed=0, mean=0.3):
    rng = np.random.default_rng(seed)
    label = np.where(np.arange(n) % 2, "boys", "girls")
    common = rng.normal(size=(n, 1)) + mean * (label == "boys")[:, None]
    values = pd.DataFrame(common * LOADINGS + 0.7 * rng.normal(size=(n, 4)), columns=list(ITEMS))
    values.loc[label == "boys", "b"] += shift
    return values, pd.Series(label)


class TestKnownAnswers:
    def test_groups_alike_but_for_mean_and_spread(self):
        found = invariance({"girls": group(), "boys": group(mean=0.4, variance=1.5)})
        assert (found.comparable, found.holds) == ("comparable", "strict")
        np.testing.assert_allclose(found.table["chisq"], 0, atol=1e-6)
        assert found.table["df"].tolist() == [4, 7, 10, 14]
        boys = found.means.set_index("group").loc["boys"]
        # In points of the first question, whose loading is .9; in SDs of the girls' factor.
        assert boys["difference"] == pytest.approx(0.36, abs=1e-6)
        assert boys["sd_units"] == pytest.approx(0.4, abs=1e-6)
        assert boys["low"] < 0.36 < boys["high"]

    def test_a_question_read_differently_is_named_with_its_size(self):
        groups = {"girls": group(), "boys": group(mean=0.4, shift=(0, 0.5, 0, 0))}
        found = invariance(groups)
        assert (found.comparable, found.reason, found.holds) == ("differs", "scalar", "metric")
        assert (found.most.item, found.most.group) == ("b", "boys")
        assert found.most.points == pytest.approx(0.5, abs=0.05)
        assert found.most.low < 0.5 < found.most.high
        assert found.verdict["item"][0] == "b"
        assert found.questions.set_index("item")["p_adjusted"]["b"] < 1e-6
        assert (
            "is b: for the same overall view, the group “boys” answers about 0.5 points higher"
            in found.sentence
        )

    def test_released_it_fits_and_the_means_are_right(self):
        groups = {"girls": group(), "boys": group(mean=0.4, shift=(0, 0.5, 0, 0))}
        found = invariance(groups, released=["b"])
        scalar = found.table.set_index("step").loc["scalar"]
        assert scalar["chisq"] == pytest.approx(0, abs=1e-6)
        assert scalar["df"] == 9
        assert found.means["difference"][1] == pytest.approx(0.36, abs=1e-6)
        assert list(found.questions["item"]) == ["a", "c", "d"]
        # The average of all four is not comparable even so: one of them is known to differ.
        assert (found.comparable, found.reason) == ("differs", "released")
        assert "free to differ: b" in found.sentence

    def test_a_question_that_goes_less_with_the_others(self):
        found = invariance({"girls": group(), "boys": group(loadings=[0.9, 0.8, 0.7, 0.0])})
        assert (found.comparable, found.reason, found.holds) == ("differs", "metric", "configural")
        assert "do not go together in the same way" in found.sentence
        assert "differs most" not in found.sentence

    def test_unequal_residuals_do_not_forbid_comparing(self):
        found = invariance({"girls": group(), "boys": group(residual=1.2)})
        assert (found.comparable, found.holds) == ("comparable", "scalar")
        assert not found.table["holds"].iloc[3]

    def test_who_is_first_turns_the_sign(self):
        girls, boys = group(), group(mean=0.4, shift=(0, 0.5, 0, 0))
        one = invariance({"girls": girls, "boys": boys})
        other = invariance({"boys": boys, "girls": girls})
        assert other.most.points == pytest.approx(-one.most.points, abs=1e-6)
        assert other.means["difference"][1] == pytest.approx(-one.means["difference"][1], abs=1e-6)
        assert "points lower than" in other.sentence

    def test_three_groups(self):
        found = invariance({"x": group(), "y": group(mean=0.2), "z": group(shift=(0, 0, 0.6, 0))})
        assert (found.most.item, found.most.group) == ("c", "z")
        assert found.questions["df"].unique().tolist() == [2]
        assert len(found.questions) == 8

    def test_changes_are_later_minus_earlier(self):
        found = invariance(*drawn(shift=0.4))
        t = found.table
        for name in ("cfi", "rmsea", "srmr", "chisq", "df"):
            np.testing.assert_allclose(t[f"delta_{name}"][1:], np.diff(t[name]), atol=1e-12)
        assert t["delta_cfi"].isna().tolist() == [True, False, False, False]

    def test_two_scales(self):
        rng = np.random.default_rng(1)
        common = rng.multivariate_normal([0, 0], [[1, 0.4], [0.4, 1]], 600)
        values = np.hstack([common[:, [0, 0, 0]], common[:, [1, 1, 1]]]) + 0.6 * rng.normal(size=(600, 6))
        scales = {"care": list("abc"), "push": list("def")}
        found = invariance(pd.DataFrame(values, columns=list("abcdef")), pd.Series(["x", "y"] * 300), scales)
        assert found.comparable == "comparable"
        assert found.means["scale"].tolist() == ["care", "push", "care", "push"]


class TestRule:
    def test_under_the_minimum_is_not_checked_but_fitted(self):
        found = invariance({"girls": group(), "boys": group(n=199)})
        assert (found.comparable, found.reason, found.holds) == ("not checked", "too_few", None)
        assert "fewer than 200 students in “boys”" in found.sentence
        assert found.table["chisq"].notna().all()
        assert found.groups["enough"].tolist() == [True, False]
        assert invariance({"girls": group(), "boys": group(n=200)}).comparable == "comparable"

    def test_narrower_limits_in_a_small_sample(self):
        """The same moments lose the same fit; up to 300 students it is too much, with 302 it is not."""
        shift = (0, 0, 0.25, 0)
        found = {
            n: invariance({"x": group(n=n, extra=0.3), "y": group(n=n, extra=0.3, shift=shift)}, minimum=100)
            for n in (150, 151)
        }
        scalar = found[151].table.set_index("step").loc["scalar"]
        assert 0.005 < -scalar["delta_cfi"] < 0.010
        assert 0.010 < scalar["delta_rmsea"] < 0.015
        assert (found[151].comparable, found[150].comparable) == ("comparable", "differs")

    def test_either_index_is_enough_to_differ(self):
        """A model that fits exactly at first: RMSEA alone sees what CFI hardly does."""
        found = invariance({"x": group(), "y": group(shift=(0, 0.22, 0, 0))})
        scalar = found.table.set_index("step").loc["scalar"]
        assert -scalar["delta_cfi"] < 0.010 < 0.015 < scalar["delta_rmsea"]
        assert found.comparable == "differs"

    def test_a_poor_model_is_said(self):
        rng = np.random.default_rng(2)
        common = rng.normal(size=(800, 2))
        values = common[:, [0, 0, 0, 1, 1, 1]] + 0.5 * rng.normal(size=(800, 6))
        found = invariance(pd.DataFrame(values, columns=list("abcdef")), pd.Series(["x", "y"] * 400))
        assert "do not go together well" in found.sentence


class TestDegenerate:
    @pytest.mark.parametrize(
        ("items", "reason"),
        [
            (lambda v: v[["a"]], "not_identified"),
            (lambda v: v[["a", "b"]], "not_identified"),
            (lambda v: v.assign(c=3.0), "no_variance"),
            (lambda v: v.assign(c=v["c"].where(np.arange(len(v)) % 2 == 0, 3.0)), "no_variance"),
            (lambda v: v.assign(c=v["b"]), "singular"),
            (lambda v: v.assign(c=v["b"] + v["a"]), "singular_any"),
        ],
    )
    def test_what_cannot_be_checked(self, items, reason):
        values, groups = drawn(500)
        found = invariance(items(values), groups)
        assert (found.comparable, found.reason) == ("not checked", reason)
        assert found.table["chisq"].isna().all()
        assert found.sentence.startswith("Not checked")
        assert found.in_words("es").startswith("Sin comprobar")

    def test_the_item_is_named(self):
        values, groups = drawn(500)
        values.loc[groups == "boys", "c"] = 3.0
        assert "the same answer to c" in invariance(values, groups).sentence

    @pytest.mark.parametrize("few", [0, 1, 2, 4])
    def test_a_tiny_group(self, few):
        values, groups = drawn(500)
        groups = pd.Series(["girls"] * (500 - few) + ["boys"] * few)
        found = invariance(values, groups)
        assert found.reason == ("too_few" if few else "one_group")
        assert found.comparable == "not checked"

    def test_tiny_even_for_a_caller_who_allows_it(self):
        found = invariance({"girls": group(), "boys": group(n=3)}, minimum=1)
        assert found.comparable == "not checked"
        assert "fewer than 11 students in “boys”" in found.sentence

    def test_a_constant_answer_of_a_few_is_not_told(self):
        values, groups = drawn(500)
        groups = pd.Series(["girls"] * 491 + ["boys"] * 9)
        values.loc[groups == "boys", "c"] = 3.0
        found = invariance(values, groups, minimum=5)
        assert found.reason == "no_variance"
        assert "same answer" not in found.sentence
        assert "fewer than 11 students in “boys”" in found.sentence

    def test_a_group_of_whom_no_one_answered_all(self):
        values, groups = drawn(500)
        values.loc[groups == "boys", "d"] = np.nan
        found = invariance(values, groups)
        assert found.groups[["group", "n"]].to_numpy().tolist() == [["girls", 250], ["boys", 0]]
        assert "“boys”" in found.sentence

    def test_all_missing(self):
        values, groups = drawn(500)
        assert invariance(values * np.nan, groups).reason == "too_few"

    def test_no_solution_in_one_group(self):
        odd = np.array([[1, 0.3, -0.3, 0], [0.3, 1, 0.3, 0], [-0.3, 0.3, 1, 0], [0, 0, 0, 1.0]])
        means = np.zeros(4)
        m = Moments(ITEMS, 300, np.full((4, 4), 300), np.zeros((4, 4)), odd * 300, 300, means, odd * 300)
        found = invariance({"girls": group(), "boys": m})
        assert (found.comparable, found.reason) == ("not checked", "not_converged")
        assert "3 different starting points" in found.sentence

    def test_what_is_refused(self):
        values, groups = drawn(400)
        for call, words in (
            (lambda: invariance(values, groups.head(3)), "400 rows but 3 group labels"),
            (lambda: invariance(values), "no group labels"),
            (lambda: invariance(values, pd.Series([None] * 400)), "No one has a group"),
            (lambda: invariance(values, groups, {"care": ["zz"]}), "no column zz"),
            (lambda: invariance(values, groups, released=["zz"]), "zz is not among the questions"),
            (lambda: invariance(values, groups, released=list(ITEMS)), "at least one equal"),
            (lambda: invariance({}), "no group"),
            (lambda: invariance({"x": group()}, groups), "no other labels"),
            (lambda: invariance({"x": group(), "y": group().only([1, 0, 2, 3])}), "different questions"),
            (lambda: invariance(values.astype(object).assign(a="x"), groups), "a holds something"),
        ):
            with pytest.raises(AnalysisError, match=words):
                call()

    def test_no_warning_over_odd_data(self):
        rng = np.random.default_rng(3)
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            for _ in range(12):
                n = int(rng.integers(1, 60))
                frame = pd.DataFrame(rng.integers(1, 4, size=(n, 4)).astype(float), columns=list(ITEMS))
                found = invariance(frame, pd.Series(rng.choice(["x", "y", "z"], n)), minimum=2)
                assert found.comparable in ("comparable", "differs", "not checked")
                assert found.in_words("en") and found.in_words("es") and found.faces("en")


class TestGroups:
    def test_the_first_to_appear_is_first(self):
        values, groups = drawn(400)
        assert invariance(values, groups).groups["group"].tolist() == ["girls", "boys"]
        values.iloc[0, 0] = np.nan
        assert invariance(values, groups).groups["group"].tolist() == ["boys", "girls"]

    def test_rows_without_a_group_are_left_out(self):
        values, groups = drawn(600)
        groups[groups.index[:100]] = None
        assert invariance(values, groups).groups["n"].sum() == 500

    def test_numbers_as_labels(self):
        values, groups = drawn(500)
        labels = groups.map({"girls": 1, "boys": 2}).astype(float)
        labels[0] = np.nan
        assert invariance(values, labels).groups["group"].tolist() == ["2", "1"]


class TestFaces:
    def test_small_groups_are_masked(self):
        values, _ = drawn(500, seed=4)
        found = invariance(values, pd.Series(["girls"] * 491 + ["boys"] * 9), by="gender")
        faces = found.faces("en", 10)
        shown = " ".join(face.html() for face in faces)
        assert "under 10" in shown
        by_group = [row for face in faces for row in face.rows if "boys" in row]
        assert by_group
        assert not any(isinstance(cell, float) for row in by_group for cell in row)
        assert faces[0].rows[0][1] == "not checked"

    def test_large_groups_are_shown(self):
        found = invariance({"girls": group(), "boys": group(shift=(0, 0.5, 0, 0))}, by="gender")
        faces = found.faces("es", 10)
        assert faces[0].title == "¿Se pueden comparar los promedios?"
        assert faces[0].rows[0][:4] == ("gender", "difieren", "b", "boys")
        assert faces[0].rows[0][4] == pytest.approx(found.most.points)

    def test_hostile_labels_are_text(self):
        found = invariance({"<b>x</b>": group(), "<i>y</i>": group(n=3)})
        assert "<b>" not in found._repr_html_()
        assert "<i>" not in found._repr_html_()

    def test_every_verdict_in_both_languages(self):
        for groups in (
            {"x": group(), "y": group()},
            {"x": group(), "y": group(shift=(0, 0.5, 0, 0))},
            {"x": group(), "y": group(shift=(0, -0.5, 0, 0))},
            {"x": group(), "y": group(loadings=[0.9, 0.8, 0.7, 0.0])},
            {"x": group(), "y": group(n=20)},
            {"x": group()},
        ):
            found = invariance(groups)
            assert found.in_words("en") != found.in_words("es")
            assert "{" not in found.in_words("en") + found.in_words("es")

    def test_it_says_what_it_cannot_tell(self):
        assert "cannot tell why" in invariance({"x": group(), "y": group()}).sentence


@settings(deadline=None, max_examples=10)
@given(seed=st.integers(0, 2**16), scale=st.floats(0.01, 100), shift=st.floats(-1000, 1000))
def test_fit_does_not_depend_on_order_or_units(seed, scale, shift):
    values, groups = drawn(420, shift=0.3, seed=seed)
    plain = invariance(values, groups)
    other = invariance(values[list("cadb")] * scale + shift, groups)
    names = ["chisq", "df", "cfi", "rmsea", "srmr"]
    np.testing.assert_allclose(
        other.table[names].to_numpy(dtype=float),
        plain.table[names].to_numpy(dtype=float),
        rtol=1e-5,
        atol=1e-6,
    )
    ours = other.questions.set_index("item")["points"].loc[list(ITEMS)] / scale
    np.testing.assert_allclose(ours, plain.questions["points"], atol=1e-6)


@settings(deadline=None, max_examples=10)
@given(seed=st.integers(0, 2**16))
def test_rows_and_aggregates_give_the_same(seed):
    values, groups = drawn(420, shift=0.2, seed=seed)
    shuffled = values.sample(frac=1, random_state=seed)
    named = groups[shuffled.index]
    halves = {
        name: moments(own.iloc[:50]) + moments(own.iloc[50:])
        for name, own in ((name, values[groups == name]) for name in named.unique())
    }
    rows, pieces = invariance(shuffled, named), invariance(halves)
    assert rows.comparable == pieces.comparable
    for name, table in rows.tables.items():
        numbers = table.select_dtypes("number")
        np.testing.assert_allclose(
            numbers, pieces.tables[name][numbers.columns], rtol=1e-6, atol=1e-8, equal_nan=True
        )


def test_a_small_group_is_left_out_and_named_and_the_others_are_checked():
    rng = np.random.default_rng(31)
    trait = rng.normal(size=(1030, 1))
    answers = pd.DataFrame(
        np.clip(np.round(trait + rng.normal(size=(1030, 4)) + 3), 1, 5), columns=list("abcd")
    )
    groups = pd.Series(["girl"] * 500 + ["nonbinary"] * 30 + ["boy"] * 500)
    found = invariance(answers, groups, minimum=200)
    alone = invariance(answers[groups != "nonbinary"], groups[groups != "nonbinary"], minimum=200)
    assert [s.name for s in found.samples] == ["girl", "boy"] and [s.name for s in found.left] == [
        "nonbinary"
    ]
    assert found.comparable == alone.comparable == "comparable"
    pd.testing.assert_frame_equal(found.fit, alone.fit)
    assert "nonbinary" in found.sentence and "nonbinary" not in alone.sentence
    assert found.groups.set_index("group").enough.to_dict() == {"girl": True, "boy": True, "nonbinary": False}
