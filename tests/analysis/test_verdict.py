"""The rules that turn figures into verdicts."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from relsurvey.aggregate import Cell, ScaleSums
from relsurvey.aggregate.frame import sums as sums_of
from relsurvey.analysis.compare import compare
from relsurvey.analysis.reliability import reliability
from relsurvey.analysis.verdict import contrasts, reliability_verdict
from relsurvey.errors import AnalysisError
from relsurvey.instrument.model import Thresholds

NORMAL = {"n": 300, "items": 4, "value": 0.8, "low": 0.75, "high": 0.85, "item_rest": [0.5] * 4, "srmr": 0.03}


@pytest.mark.parametrize(
    ("change", "reading"),
    [
        ({}, "report"),
        ({"n": 99}, "too_few"),
        ({"low": 0.64, "high": 0.86}, "too_few"),
        ({"value": 0.55, "low": 0.48, "high": 0.62}, "one_by_one"),
        ({"value": 0.20, "low": 0.05, "high": 0.35}, "one_by_one"),
        ({"item_rest": [0.5, 0.5, 0.19, 0.5]}, "one_by_one"),
        ({"item_rest": [0.5, 0.5, -0.4, 0.5]}, "one_by_one"),
        ({"item_rest": [0.5, 0.5, math.nan, 0.5]}, "one_by_one"),
        ({"value": 0.68, "low": 0.62, "high": 0.74}, "with_care"),
        ({"value": 0.71, "low": 0.59, "high": 0.78}, "with_care"),
        ({"srmr": 0.09}, "with_care"),
        ({"srmr": math.nan}, "report"),
        ({"items": 1}, "one_by_one"),
        ({"value": math.nan, "low": math.nan, "high": math.nan}, "too_few"),
    ],
)
def test_how_a_scale_may_be_read(change, reading):
    assert reliability_verdict(**{**NORMAL, **change}, thresholds=Thresholds()).reading == reading


def test_an_instruments_own_thresholds_count():
    strict = Thresholds(report=0.9, read_singly=0.85, min_n=50)
    assert reliability_verdict(**{**NORMAL, "n": 60}, thresholds=strict).reading == "one_by_one"


def cell(scores, favorable):
    """Return the aggregates of one group from one column of scores and favorable marks a scale."""
    scales = {}
    for i in range(scores.shape[1]):
        y = scores[:, i]
        score = sums_of(y)
        scales[f"s{i}"] = ScaleSums(score, score, int(favorable[:, i].sum()), score)
    mean = scores.mean(axis=1)
    return Cell(len(scores), scales, {}, sums_of(mean))


def school(rng, n, groups, shift=None):
    """Return the whole and each group of a simulated school, scales correlated; ``shift`` moves group 0."""
    trait = rng.normal(size=(n, 1)) * 0.8
    scores = trait + rng.normal(size=(n, 5)) * 0.6
    member = np.arange(n) % groups
    if shift is not None:
        scores[member == 0] += shift
    favorable = scores > 0
    return cell(scores, favorable), [
        (("v", str(g)), cell(scores[member == g], favorable[member == g])) for g in range(groups)
    ]


SCALES = [f"s{i}" for i in range(5)]


def test_a_school_without_a_difference_rarely_shows_a_clear_one():
    """Rule 6 promises a false *clear* in 1 view of 20 at most: of 400 that is 20, and 34 is 3 sd above."""
    rng = np.random.default_rng(11)
    false = 0
    for _ in range(400):
        whole, groups = school(rng, 240, 6)
        false += any(c.verdict == "clear" for c in contrasts(groups, whole, SCALES, min_n=10))
    assert false <= 34


def test_a_planted_difference_is_found_and_has_the_right_sign():
    rng = np.random.default_rng(12)
    found = 0
    for _ in range(40):
        whole, groups = school(rng, 400, 4, shift=-0.8)
        verdicts = {(c.key[1], c.scale): c for c in contrasts(groups, whole, SCALES, min_n=10)}
        clear = [c for c in verdicts.values() if c.verdict == "clear"]
        found += any(c.key[1] == "0" and c.difference < 0 for c in clear)
    assert found >= 36


def test_about_the_same_needs_many_students_and_too_few_is_said():
    rng = np.random.default_rng(13)
    whole, groups = school(rng, 8000, 2)
    assert {c.verdict for c in contrasts(groups, whole, SCALES, min_n=10)} <= {"about_the_same", "maybe"}
    whole, groups = school(rng, 30, 4)
    assert {c.verdict for c in contrasts(groups, whole, SCALES, min_n=10)} == {"too_few"}
    whole, groups = school(rng, 60, 2)
    cannot = contrasts(groups, whole, SCALES, min_n=10)
    assert {c.verdict for c in cannot} == {"cannot_tell"}
    assert all(0.2 < c.smallest < 0.5 for c in cannot)


def test_a_dif_mark_keeps_a_difference_from_being_clear():
    rng = np.random.default_rng(14)
    whole, groups = school(rng, 600, 2, shift=-1.0)
    free = contrasts(groups, whole, SCALES, min_n=10)
    marked = contrasts(groups, whole, SCALES, min_n=10, no_verdict=frozenset({(("v", "0"), "s0")}))
    assert free[0].verdict == "clear" and marked[0].verdict == "maybe"


def test_what_cannot_be_measured_is_said():
    with pytest.raises(AnalysisError, match="no answers"):
        reliability(pd.DataFrame({"a": [None, None], "b": [None, None]}, dtype=float))
    with pytest.raises(AnalysisError, match="two groups"):
        compare(pd.Series([1.0, 2.0]), pd.Series(["a", "a"]))
    with pytest.raises(AnalysisError, match="labels"):
        compare(pd.Series([1.0, 2.0]), pd.Series(["a"]))


def test_degenerate_groups_give_nan_not_an_error():
    found = compare(pd.Series([1.0, 1.0, 1.0, 1.0]), pd.Series(list("aabb")))
    assert found.tests.p.isna().all() and np.isnan(found.pairs.g[0])
    one = compare(pd.Series([1.0, 2.0, 3.0]), pd.Series(list("aab")))
    assert np.isnan(one.pairs.p[0])


def test_a_small_group_is_masked_in_what_a_notebook_shows():
    rng = np.random.default_rng(15)
    scores = pd.Series(rng.normal(size=60))
    scores[52:] += 70
    groups = pd.Series(["big"] * 52 + ["<b>small</b>"] * 8)
    found = compare(scores, groups, pd.Series((scores > 0).astype(float)))
    shown = found._repr_html_()
    assert "<b>small" not in shown and "&lt;b&gt;small" in shown and "under 10" in shown
    assert f"{scores[52:].mean():.2f}" not in shown
    assert sorted(found.table.n) == [8, 52]
    few = reliability(pd.DataFrame(rng.normal(size=(8, 3)), columns=list("abc")))
    assert f"{few.table.alpha[0]:.2f}" not in few._repr_html_()


def test_a_scale_of_two_items_uses_spearman_brown():
    rng = np.random.default_rng(16)
    trait = rng.normal(size=400)
    frame = pd.DataFrame(
        {"a": trait + rng.normal(size=400) * 0.5, "b": 3 * (trait + rng.normal(size=400) * 0.5)}
    )
    found = reliability(frame).scales[0]
    r = frame.corr().iloc[0, 1]
    assert found.alpha_std == pytest.approx(2 * r / (1 + r))
    assert math.isnan(found.omega) and found.verdict.reading == "report"
    alone = reliability(frame[["a"]]).scales[0]
    assert math.isnan(alone.alpha) and alone.verdict.reading == "one_by_one"


def test_a_share_and_a_mean_that_disagree_are_not_clear():
    """Rule 11: the verdict is on the share; a mean that points the other way weakens it."""
    rng = np.random.default_rng(17)
    n = 300
    base = rng.normal(size=(2 * n, 1)) * 0.1 + np.full((2 * n, 5), 3.0)
    favorable = np.zeros((2 * n, 5), dtype=bool)
    favorable[:n, 0] = rng.random(n) < 0.7
    favorable[n:, 0] = rng.random(n) < 0.4
    agree = base.copy()
    agree[:n] += 1
    against = agree.copy()
    against[:n, 0] -= 3
    for scores, expected in ((agree, "clear"), (against, "maybe")):
        whole = cell(scores, favorable)
        found = contrasts([(("v", "a"), cell(scores[:n], favorable[:n]))], whole, SCALES, min_n=10)
        assert found[0].difference > 0.2
        assert found[0].verdict == expected
