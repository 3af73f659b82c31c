"""Raking to the roster, and weighted figures."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relsurvey.analysis.weights import rake, weighted_difference, weighted_mean, weighted_share
from relsurvey.errors import AnalysisError

MARGINS = {"gender": {"girl": 300, "boy": 260}, "grade": {"9": 200, "10": 160, "11": 200}}


def made(seed: int = 1, n: int = 400) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame({"gender": rng.choice(["girl", "boy"], n, p=[0.7, 0.3])})
    frame["grade"] = rng.choice(["9", "10", "11"], n, p=[0.6, 0.2, 0.2])
    frame["school"] = rng.integers(0, 20, n)
    frame["district"] = frame["school"] // 7
    frame["score"] = rng.normal(3, 1, n) + (frame["gender"] == "girl") + 0.1 * frame["school"]
    frame["weight"] = rng.uniform(0.5, 3, n)
    return frame


def test_a_table_worked_by_hand():
    # Independent margins: one round does it. Girls and boys 60 for 50, grade 9 72 for 50, grade 10 48 for 50.
    counts = {("girl", "9"): 25, ("girl", "10"): 25, ("boy", "9"): 25, ("boy", "10"): 25}
    found = rake(counts, {"gender": {"girl": 60, "boy": 60}, "grade": {"9": 72, "10": 48}})
    weights = {c.categories: c.weight for c in found.cells}
    assert weights["girl", "9"] == pytest.approx(1.44) and weights["boy", "10"] == pytest.approx(0.96)
    # Kish: 1 + the squared coefficient of variation of the weights.
    assert found.design_effect == pytest.approx(1 + 0.2**2)
    assert found.effective_n == pytest.approx(100 / 1.04)
    assert (found.total, found.n, found.converged) == (pytest.approx(120), 100, True)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 1000), st.booleans())
def test_raked_weights_meet_every_margin_in_any_order(seed, started):
    d = made(seed % 60)
    start = d["weight"] if started else None
    found = rake(d, MARGINS, start=start)
    for variable, target in MARGINS.items():
        for category, students in target.items():
            assert found.weight[d[variable] == category].sum() == pytest.approx(students, rel=1e-9)
    assert sum(m.weighted for m in found.margins) == pytest.approx(2)
    mixed = d.sample(frac=1, random_state=seed)
    again = rake(mixed, dict(reversed(MARGINS.items())), start=None if start is None else start[mixed.index])
    np.testing.assert_allclose(pd.Series(again.weight, mixed.index)[d.index], found.weight, rtol=1e-8)


def test_counts_and_rows_give_one_result():
    d = made()
    rows = rake(d, MARGINS)
    counts = rake({key: len(part) for key, part in d.groupby(["gender", "grade"])}, MARGINS)
    ours, theirs = ({c.categories: c.weight for c in w.cells} for w in (rows, counts))
    assert ours == pytest.approx(theirs)
    for name in ("n", "total", "smallest", "largest", "design_effect", "effective_n"):
        assert getattr(rows, name) == pytest.approx(getattr(counts, name))
    assert counts.weight is None
    one = rake({"girl": 10, "boy": 20}, {"gender": MARGINS["gender"]})
    assert [c.weight for c in one.cells] == pytest.approx([30, 13])


def test_respondents_without_an_answer_have_no_weight_and_it_is_said():
    d = made()
    d.loc[:3, "grade"] = None
    found = rake(d, MARGINS)
    assert np.isnan(found.weight[:4]).all() and not np.isnan(found.weight[4:]).any()
    assert found.left_out == 4
    assert "left out (under 10)" in found.sentence and "quedan fuera (menos de 10)" in found.in_words("es")
    assert weighted_mean(d["score"], found).estimates[0].n == 396


def test_what_cannot_be_met_is_said_with_what_was_tried():
    # No girl in grade 9 and no boy in grade 10: the margins can only agree if they are the same.
    counts = {("girl", "10"): 50, ("boy", "9"): 50}
    margins = {"gender": {"girl": 60, "boy": 40}, "grade": {"9": 50, "10": 50}}
    found = rake(counts, margins, most=30)
    assert not found.converged and found.rounds == 30
    assert "after 30 rounds" in found.sentence and "después de 30 vueltas" in found.in_words("es")


def test_large_weights_are_said():
    counts = {("girl",): 990, ("boy",): 10}
    found = rake(counts, {"gender": {"girl": 500, "boy": 500}})
    assert found.largest == pytest.approx(50)
    assert "50.0 times the average" in found.sentence and "50.0 veces el promedio" in found.in_words("es")
    even = rake({("girl",): 50, ("boy",): 50}, {"gender": {"girl": 500, "boy": 500}})
    assert "count nearly the same" in even.sentence and "times the average" not in even.sentence


def test_small_categories_are_masked():
    counts = {("girl",): 90, ("boy",): 9}
    (face,) = rake(counts, {"gender": {"girl": 50, "boy": 50}}).faces()
    assert face.rows[1] == ("gender", "boy", "under 10", None, None, None)
    assert "Too few students" in rake({("girl",): 9}, {"gender": {"girl": 50}}).sentence


def test_equal_weights_are_the_plain_mean():
    d = made()
    e = weighted_mean(d["score"], np.full(len(d), 7.0)).estimates[0]
    assert e.value == pytest.approx(d["score"].mean()) and e.unweighted == pytest.approx(d["score"].mean())
    assert e.se == pytest.approx(d["score"].std() / math.sqrt(len(d)), rel=1e-12)
    assert e.design_effect == pytest.approx(1) and e.df == len(d) - 1


def test_strata_add_up():
    d = made()
    found = weighted_mean(d["score"], d["weight"], strata=d["grade"]).estimates[0]
    total = 0.0
    for _, part in d.groupby("grade"):
        own = part["weight"] * (part["score"] - found.value) / d["weight"].sum()
        total += len(part) * own.var()
    assert found.se == pytest.approx(math.sqrt(total), rel=1e-12)
    assert found.df == len(d) - 3


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 1000), st.floats(0.01, 100), st.floats(-100, 100))
def test_scale_of_weights_order_and_recoding_do_not_matter(seed, times, shift):
    d = made(seed % 40)
    mixed = d.sample(frac=1, random_state=seed)
    design = {"strata": d["district"], "clusters": d["school"]}
    first = weighted_difference(d["score"], d["gender"], d["weight"], a="girl", b="boy", **design)
    second = weighted_difference(
        shift - times * mixed["score"],
        mixed["gender"],
        times * mixed["weight"],
        a="boy",
        b="girl",
        strata=mixed["district"],
        clusters=mixed["school"],
    )
    assert second.difference.t == pytest.approx(first.difference.t, rel=1e-6)
    assert second.difference.value == pytest.approx(times * first.difference.value, rel=1e-6)
    assert second.estimates[0].design_effect == pytest.approx(first.estimates[1].design_effect, rel=1e-6)


def test_a_group_is_a_part_of_the_design():
    d = made()
    found = weighted_mean(d["score"], d["weight"], groups=d["gender"], clusters=d["school"])
    girls = found.estimates[2]
    blank = weighted_mean(d["score"].where(d["gender"] == "girl"), d["weight"], clusters=d["school"])
    assert girls.group == "girl" and girls.se == blank.estimates[0].se
    share = sum(d["weight"][d["gender"] == e.group].sum() * e.value for e in found.estimates[1:])
    assert share / d["weight"].sum() == pytest.approx(found.estimates[0].value)


def test_raking_takes_out_what_the_roster_knows():
    d = made()
    found = rake(d, MARGINS)
    known = weighted_share((d["gender"] == "girl").astype(float), found).estimates[0]
    # The roster says it: nothing of it is left to chance.
    assert known.value == pytest.approx(300 / 560) and known.se == pytest.approx(0, abs=1e-12)
    raked = weighted_mean(d["score"], found).estimates[0]
    fixed = weighted_mean(d["score"], found.weight).estimates[0]
    assert raked.value == fixed.value and raked.se < fixed.se


def test_a_share_stays_within_0_and_1():
    e = weighted_share([1.0] * 29 + [0.0], np.linspace(1, 3, 30)).estimates[0]
    assert 0 < e.low < e.value < e.high < 1
    flat = weighted_share([1.0] * 30, np.ones(30))
    assert flat.estimates[0].value == 1 and math.isnan(flat.estimates[0].low)
    assert "cannot be told" in flat.sentence and "No se puede saber" in flat.in_words("es")


def test_sentences():
    d = made()
    found = rake(d, MARGINS)
    mean = weighted_mean(d["score"], found)
    e = mean.estimates[0]
    assert f"The weighted mean is {e.value:.2f}; without weights it is {e.unweighted:.2f}" in mean.sentence
    assert "may still differ" in mean.sentence and "sin ponderar" in mean.in_words("es")
    apart = weighted_difference(d["score"], d["gender"], found, a="boy", b="girl")
    assert (
        "The weighted mean of “girl” is" in apart.sentence
        and "promedio ponderado de «girl»" in apart.in_words("es")
    )
    high = (d["score"] > 4).astype(float)
    share = weighted_difference(high, d["gender"], found, a="girl", b="boy", kind="share")
    assert "more of 100 students answered favorably in “girl” than in “boy”" in share.sentence
    rng = np.random.default_rng(3)
    chance = weighted_difference(rng.normal(size=400), rng.choice(["x", "y"], 400), d["weight"], a="x", b="y")
    assert "Cannot tell whether “x” and “y” differ" in chance.sentence
    few = weighted_mean(d["score"], d["weight"], clusters=d["school"] % 4)
    assert "fewer than 5 clusters" in few.sentence and few.faces()[0].rows[0][-2:] == (None, None)


def test_small_groups_are_masked():
    d = made()
    d["gender"] = np.where(d.index < 9, "x", d["gender"])
    found = weighted_mean(d["score"], d["weight"], groups=d["gender"])
    assert found.faces()[0].rows[-1] == ("x", "under 10", None, None, None, None)
    assert f"{found.estimates[-1].value:.2f}" not in found._repr_html_()
    few = weighted_difference(d["score"], d["gender"], d["weight"], a="x", b="boy")
    assert "Too few students" in few.sentence and "Muy pocos" in few.in_words("es")
    assert few.tables["difference"]["value"].notna().all()


def test_degenerate_input_is_answered():
    alone = weighted_mean([3.0], [1.0]).estimates[0]
    assert alone.value == 3 and math.isnan(alone.se)
    none = weighted_mean([math.nan, math.nan], [1.0, 1.0])
    assert none.estimates[0].n == 0 and "Too few" in none.sentence and none._repr_html_()
    flat = weighted_difference([2.0] * 40, ["x", "y"] * 20, np.ones(40), a="x", b="y")
    assert math.isnan(flat.difference.p) and "do not vary" in flat.sentence
    one = weighted_mean(np.arange(20.0), np.ones(20), clusters=["a"] * 20).estimates[0]
    assert math.isnan(one.se) and not one.known


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda d: rake(d, {}), "at least one variable"),
        (lambda d: rake(d, {"shoe": {"9": 1}}), "no column 'shoe'"),
        (lambda d: rake(d, {"gender": {"girl": 1, "boy": 1, "other": 1}}), "Nobody who answered is 'other'"),
        (lambda d: rake(d, {"gender": {"girl": 1}}), "the margin does not have it"),
        (lambda d: rake(d, {"gender": {"girl": 1, "boy": 0}}), "no student for 'boy'"),
        (lambda d: rake(d, {"gender": {"girl": 1, "boy": -1}}), "0 or more"),
        (lambda d: rake(d, MARGINS | {"school": {str(i): 1 for i in range(20)}}), "add up to 20 students"),
        (lambda d: rake(d, MARGINS, start=d["weight"] - 1), "zero or negative"),
        (lambda d: rake(d, MARGINS, start=[1.0]), "1 starting weights"),
        (lambda d: rake(d.assign(gender=None), MARGINS), "nobody can be weighted"),
        (lambda d: rake({("girl", "9"): 3, ("tree", "9"): 2}, MARGINS), "'tree'"),
        (lambda d: rake({("girl",): 3}, MARGINS), "one category of each of gender, grade"),
        (lambda d: rake({("girl",): 3}, {"gender": {"girl": 5}}, start=[1.0]), "belong to rows"),
        (lambda d: weighted_mean(d["score"], d["weight"] * 0), "zero or negative"),
        (lambda d: weighted_mean(d["score"], -d["weight"]), "zero or negative"),
        (lambda d: weighted_mean(d["score"], d["weight"] * math.nan), "No respondent has a weight"),
        (lambda d: weighted_mean(d["score"], [1.0]), "1 weights"),
        (lambda d: weighted_mean(d["score"], rake({"girl": 3}, {"g": {"girl": 5}})), "made from counts"),
        (lambda d: weighted_mean(d["score"], d["weight"], strata=d.index), "A stratum has one"),
        (
            lambda d: weighted_mean(d["score"], d["weight"], strata=d["gender"], clusters=d["school"]),
            "lies in two strata",
        ),
        (lambda d: weighted_share(d["score"], d["weight"]), "give 1, 0"),
        (
            lambda d: weighted_difference(d["score"], d["gender"], d["weight"], a="girl", b="x"),
            "'x' gives none",
        ),
        (
            lambda d: weighted_difference(d["score"], d["gender"], d["weight"], a="girl", b="girl"),
            "two groups",
        ),
    ],
)
def test_misuse_is_one_clear_sentence(call, said):
    with pytest.raises(AnalysisError, match=said):
        call(made())
