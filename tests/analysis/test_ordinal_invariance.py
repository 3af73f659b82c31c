"""Thresholds, loadings, intercepts held equal between groups: R's figures, known truths, hard input."""

from __future__ import annotations

import math
import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relsurvey.analysis.ordinal_cfa import ordinal_factor
from relsurvey.analysis.ordinal_invariance import ordinal_invariance
from relsurvey.errors import AnalysisError

LOADINGS = (0.8, 0.7, 0.6, 0.75, 0.65)
CUTS = np.array([-0.9, 0.1, 1.0])


@pytest.fixture(autouse=True)
def no_warning():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


def grouped(n=1500, mean=0.0, sd=1.0, shift=0.0, cut=0.0, loading=None, cuts=CUTS, seed=0):
    """Return answers of two groups, and their labels; in the second the last question differs as asked."""
    rng = np.random.default_rng(seed)
    frames = []
    for g in range(2):
        own = np.array(LOADINGS)
        factor = rng.normal(size=n) * (sd if g else 1) + (mean if g else 0)
        noise = rng.normal(size=(n, 5)) * np.sqrt(1 - own**2)
        if g and loading is not None:
            own[-1] = loading
        behind = factor[:, None] * own + noise
        behind[:, -1] += shift * g
        answers = np.digitize(behind, cuts) + 1.0
        lines = np.array(cuts, dtype=float)
        lines[0] += cut * g
        answers[:, -1] = np.digitize(behind[:, -1], lines) + 1.0
        frames.append(answers)
    frame = pd.DataFrame(np.concatenate(frames), columns=[f"q{i}" for i in range(5)])
    return frame, np.repeat(["here", "there"], n)


# R's figures (lavaan 0.6-14, semTools 0.5-6: measEq.syntax, theta, std.lv, Wu.Estabrook.2016)


def bfi(*scales):
    from tests.reference.oracle import data, keyed

    return pd.concat([keyed("bfi", name) for name in scales], axis=1), data("bfi")["gender"]


def compare(found, theirs):
    columns = ["chisq", "df", "chisq_scaled", "cfi_scaled", "rmsea_scaled", "srmr"]
    for (_, ours), row in zip(found.fit.iterrows(), theirs, strict=True):
        for name, value in zip(columns, row, strict=True):
            assert ours[name] == pytest.approx(value, abs=1e-3 if "chisq" in name else 2e-6), (
                ours["step"],
                name,
            )


def test_two_factors_by_gender_equal_r(shared):
    answers, gender = bfi("A", "C")
    found = ordinal_invariance(answers, gender, {"A": list(answers)[:5], "C": list(answers)[5:]})
    theirs = [
        (494.944432, 68, 644.080860, 0.942364, 0.080265, 0.053299),
        (510.438414, 98, 734.474182, 0.936322, 0.070277, 0.053299),
        (540.337478, 106, 689.252723, 0.941647, 0.064686, 0.054155),
        (604.840005, 114, 706.952928, 0.940676, 0.062892, 0.053963),
    ]
    compare(found, theirs)
    means = found.means[found.means["group"] == "2"]
    assert means["difference"].tolist() == pytest.approx([0.550213, 0.213274], abs=1e-5)
    assert means["se"].tolist() == pytest.approx([0.053913, 0.049374], abs=1e-6)


def test_three_groups_equal_r(shared):
    from tests.reference.oracle import data

    answers, gender = bfi("A")
    level = data("bfi")["education"].map({1: "low", 2: "low", 3: "mid", 4: "high", 5: "high"})
    theirs = [
        (81.443388, 15, 147.565742, 0.974684, 0.103188, 0.039062),
        (100.306954, 45, 199.206653, 0.970551, 0.064255, 0.039062),
        (157.379118, 53, 231.790439, 0.965856, 0.063752, 0.048215),
        (266.000112, 61, 332.091496, 0.948230, 0.073174, 0.042644),
    ]
    compare(ordinal_invariance(answers, level.where(gender.notna())), theirs)


def test_three_answers_equal_r(shared):
    answers, gender = bfi("A")
    three = answers.apply(lambda own: pd.cut(own, [0, 3, 4, 6], labels=False).astype(float))
    theirs = [
        (42.233892, 10, 72.568508, 0.978811, 0.067991, 0.041356),
        (42.233892, 10, 72.568499, 0.978811, 0.067991, 0.041356),
        (46.869942, 14, 80.301399, 0.977547, 0.059152, 0.041877),
        (62.230065, 18, 85.857200, 0.977020, 0.052776, 0.042197),
    ]
    compare(ordinal_invariance(three, gender), theirs)


def test_of_two_answers_the_last_step_equals_r_and_those_before_hold_nothing(shared):
    answers, gender = bfi("A")
    two = (answers > 4).astype(float).where(answers.notna())
    found = ordinal_invariance(two, gender)
    free = (42.315539, 10, 67.403488, 0.977955, 0.065124, 0.045603)
    compare(found, [free, free, free, (44.959812, 13, 69.567325, 0.978276, 0.056700, 0.045683)])
    assert "For questions with only two answers (A1, A2, A3, A4, A5)" in found.sentence


# Known truths


def test_groups_that_differ_in_the_factor_alone_are_comparable():
    answers, groups = grouped(mean=0.5, sd=1.3)
    found = ordinal_invariance(answers, groups)
    assert (found.comparable, found.reason, found.holds) == ("comparable", "intercepts", "intercepts")
    row = found.means[found.means["group"] == "there"].iloc[0]
    assert row["low"] < 0.5 < row["high"]
    assert row["p"] < 1e-6
    assert found.fit["df"].tolist() == [10, 10 + 5, 10 + 5 + 4, 10 + 5 + 4 + 4]
    assert found.sentence.startswith("The groups (“here”, “there”) seem to read these questions alike")


def test_a_question_that_is_easier_in_one_group_is_seen_in_the_intercepts():
    found = ordinal_invariance(*grouped(3000, shift=1.0))
    assert (found.comparable, found.reason, found.holds) == ("differs", "intercepts", "loadings")
    assert "At least one question is read differently" in found.sentence


def test_a_loading_that_differs_is_seen_in_the_loadings():
    found = ordinal_invariance(*grouped(3000, loading=-0.2))
    assert (found.comparable, found.reason, found.holds) == ("differs", "loadings", "thresholds")


def test_a_line_between_two_answers_that_is_drawn_elsewhere_costs_the_thresholds_fit():
    fair, moved = (ordinal_invariance(*grouped(3000, cut=cut)).fit.set_index("step") for cut in (0.0, -1.5))
    gain = {
        name: f.loc["thresholds", "chisq"] - f.loc["configural", "chisq"]
        for name, f in (("fair", fair), ("moved", moved))
    }
    assert gain["fair"] < 20
    assert gain["moved"] > 100


def test_nothing_held_equal_is_the_sum_of_the_groups_own_models():
    answers, groups = grouped(400)
    step = ordinal_invariance(answers, groups).fit.iloc[0]
    alone = [ordinal_factor(answers[groups == name]).fit.iloc[0] for name in ("here", "there")]
    assert step["chisq"] == pytest.approx(sum(one["chisq"] for one in alone), abs=1e-6)
    assert step["df"] == sum(one["df"] for one in alone)
    assert step["srmr"] == pytest.approx(np.mean([one["srmr"] for one in alone]), abs=1e-9)


def test_what_is_held_equal_never_fits_better():
    for seed in range(5):
        chisq = ordinal_invariance(*grouped(300, mean=0.4, shift=0.3, seed=seed)).fit["chisq"]
        assert (chisq.diff().dropna() > -1e-6).all()


# What must not matter


@given(st.integers(0, 2**16), st.permutations(range(5)))
@settings(max_examples=8, deadline=None)
def test_neither_the_order_of_rows_nor_that_of_questions_matters(seed, order):
    answers, groups = grouped(300, mean=0.3, shift=0.2, seed=seed % 20)
    one = ordinal_invariance(answers, groups).fit
    # The first row stays: its group is the first.
    rows = np.concatenate([[0], 1 + np.random.default_rng(seed).permutation(len(answers) - 1)])
    other = ordinal_invariance(answers.iloc[rows, list(order)], groups[rows]).fit
    for name in ("chisq", "chisq_scaled", "cfi_scaled", "rmsea_scaled", "srmr"):
        assert one[name].tolist() == pytest.approx(other[name].tolist(), abs=1e-4)


def test_which_group_is_first_changes_no_fit_but_turns_the_means():
    answers, groups = grouped(600, mean=0.4)
    one, other = ordinal_invariance(answers, groups), ordinal_invariance(answers[::-1], groups[::-1])
    assert one.fit["chisq_scaled"].tolist() == pytest.approx(other.fit["chisq_scaled"].tolist(), abs=1e-3)
    here, there = one.means["difference"].iloc[1], other.means["difference"].iloc[1]
    assert here > 0 > there


def test_labels_with_gaps_are_named_as_whole_numbers_and_rows_without_are_left_out():
    answers, groups = grouped(300)
    labels = pd.Series(np.where(groups == "here", 1.0, 2.0))
    labels[:10] = np.nan
    found = ordinal_invariance(answers, labels)
    assert [(g.name, g.n) for g in found.groups] == [("1", 290), ("2", 300)]
    assert ordinal_invariance(answers, labels.astype("Int64")).fit.equals(found.fit)


# Hard input


def test_an_answer_that_one_group_never_gave_leaves_the_thresholds_unchecked():
    answers, groups = grouped(400)
    answers.loc[(groups == "there") & (answers["q2"] == 4), "q2"] = 3
    found = ordinal_invariance(answers, groups)
    assert (found.comparable, found.reason, found.holds) == ("not checked", "unused", "configural")
    assert found.fit["step"].tolist() == ["configural", "thresholds"]
    assert math.isnan(found.fit["chisq"][1])
    assert "not every group used the same answers to q2" in found.sentence
    assert "no todos los grupos usaron las mismas respuestas en q2" in found.in_words("es")
    assert found.means.empty


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda x, g: (x[["q0", "q1"]], g), "not_identified"),
        (lambda x, g: (x, np.repeat("all", len(g))), "one_group"),
        (lambda x, g: (x.iloc[200:], g[200:]), "too_few"),
        (lambda x, g: (x.where(pd.Series(g == "here"), axis=0), g), "too_few"),
        (lambda x, g: (x.assign(q1=np.where(g == "here", x["q1"], 2)), g), "no_variance"),
        (lambda x, g: (x.assign(q1=np.where(g == "here", x["q1"], x["q0"])), g), "perfect"),
    ],
)
def test_what_cannot_be_checked_is_said(change, reason, language):
    found = ordinal_invariance(*change(*grouped(300)))
    assert (found.comparable, found.reason) == ("not checked", reason)
    said = found.in_words(language)
    assert said.startswith({"en": "Not checked", "es": "Sin comprobar"}[language])
    assert "{" not in said
    assert found.faces(language)
    assert found.verdict["comparable"][0] == "not checked"


def test_a_small_group_is_left_out_and_named():
    answers, groups = grouped(300)
    groups = np.where(np.arange(600) < 15, "few", groups)
    found = ordinal_invariance(answers, groups)
    assert found.comparable == "comparable"
    assert found.left == (("few", 15),)
    assert "fewer than 200 students answered all of the questions: “few”" in found.sentence
    assert found.sizes["enough"].tolist() == [True, True, False]


@pytest.mark.parametrize(
    ("answers", "groups", "message"),
    [
        (grouped(20)[0], ["x"], "40 rows but 1 group labels"),
        (grouped(20)[0], [None] * 40, "No one has a group"),
        (grouped(20)[0] * np.nan, ["x", "y"] * 20, "no answers"),
    ],
)
def test_misuse_is_told_in_a_sentence(answers, groups, message):
    with pytest.raises(AnalysisError, match=message):
        ordinal_invariance(answers, groups)


# Faces


def test_faces_mask_small_groups_and_what_rests_on_them():
    answers, groups = grouped(300)
    answers, groups = answers[:308], groups[:308]
    found = ordinal_invariance(answers, groups, minimum=5)
    faces = found.faces("en")
    assert ("there", "under 10", "no") in faces[-1].rows
    for face in faces:
        for row in face.rows:
            assert 8 not in row
    numbers = [
        cell for face in faces[:-1] for row in face.rows for cell in row if isinstance(cell, int | float)
    ]
    assert not numbers


def test_a_group_of_fewer_than_11_is_never_looked_at_by_itself():
    answers, groups = grouped(300)
    answers, groups = answers[:308].assign(q1=lambda x: np.where(x.index < 300, x["q1"], 2)), groups[:308]
    found = ordinal_invariance(answers, groups, minimum=5)
    assert (found.comparable, found.reason, found.minimum) == ("not checked", "too_few", 11)
    assert "q1" not in found.sentence


def test_faces_name_the_steps_in_both_languages():
    found = ordinal_invariance(*grouped(300), by="gender")
    english, spanish = (found.faces(language) for language in ("en", "es"))
    assert english[1].rows[1][0] == "and the same lines between answers (thresholds)"
    assert spanish[1].rows[1][0] == "y los mismos límites entre respuestas (umbrales)"
    assert english[1].rows[0][3] == pytest.approx(found.fit["cfi_scaled"][0])
    assert english[0].rows == (("gender", "comparable"),)


def test_hostile_labels_are_escaped():
    answers, groups = grouped(300)
    html = ordinal_invariance(answers, np.where(groups == "here", "<b>x</b>", "y"))._repr_html_()
    assert "<b>x" not in html
