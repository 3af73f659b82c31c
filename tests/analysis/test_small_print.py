"""Single words, limits and degrees of freedom that other tests pass over."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from relsurvey.aggregate.frame import score_counts
from relsurvey.analysis.comparable import comparability
from relsurvey.analysis.compare import compare
from relsurvey.analysis.crosstab import crosstab
from relsurvey.analysis.groups.strata import within_strata
from relsurvey.analysis.polychoric import ordinal_alpha
from relsurvey.analysis.power import power
from relsurvey.analysis.response import response
from relsurvey.errors import AnalysisError


def test_alpha_of_two_correlated_items():
    assert ordinal_alpha(np.array([[1.0, 0.5], [0.5, 1.0]])) == pytest.approx(2 * 0.5 / 1.5)


def test_the_gap_that_would_have_shown_is_said_in_each_language():
    rng = np.random.default_rng(1)
    scores = rng.normal(size=90)
    groups = np.array(["a", "b", "c"] * 30)
    found = compare(pd.Series(scores), pd.Series(groups), pd.Series((scores > 0).astype(float)))
    assert {b.verdict for b in found.others} == {"cannot_tell"}
    # 30 beside 60: 2.8 standard errors of about .11 are .31, rounded up to tenths.
    assert "A gap smaller than about 4 in 10 would often not have shown." in found.sentence
    assert "4 de cada 10" in found.in_words("es") and "in 10" not in found.in_words("es")


def test_a_group_of_exactly_the_threshold_is_shown():
    answers = pd.Series(["yes"] * 10 + ["no"] * 15)
    groups = pd.Series(["ten"] * 10 + ["more"] * 15)
    shown = crosstab(answers, groups).faces("en", 10)[0]
    assert all("under" not in str(cell) for row in shown.rows for cell in row)


def test_groups_that_read_a_question_otherwise_are_named():
    rng = np.random.default_rng(2)
    trait = rng.normal(size=(1200, 1))
    answers = pd.DataFrame(
        np.clip(np.round(trait + rng.normal(size=(1200, 5)) + 3), 1, 5), columns=list("abcde")
    )
    groups = pd.Series(["x", "y"] * 600)
    answers.loc[groups == "y", "c"] = np.clip(answers["c"] + 1, 1, 5)
    found = comparability(answers, groups)
    assert found.mark == "differs" and found.marked_items == ("c",) and set(found.marked_groups) == {"x", "y"}
    assert "one by one" in found.in_words() and "una por una" in found.in_words("es")


def test_plans_say_the_figure_they_were_asked_for():
    assert "0.10" in power("alpha_within", width=0.10, items=5).sentence
    with pytest.raises(AnalysisError, match="correlation"):
        power("same_students", difference=0.2, r=-1.5)


def test_mantel_haenszel_has_one_degree_of_freedom():
    marks = [1.0, 0, 1, 0, 0, 1, 0, 0] * 10
    groups = ["a", "a", "b", "b", "a", "b", "b", "a"] * 10
    parts = {
        name: score_counts(np.array(marks), np.array(groups), np.array(marks) * sign)
        for name, sign in (("n", 1), ("s", 1))
    }
    found = within_strata(parts, "a", "b")
    assert found.test.df1 == 1 and 0 <= found.test.p <= 1


def test_who_answered_is_shown_in_the_language_asked_for():
    found = response(pd.DataFrame({"x": ["a"] * 40}), pd.Series([True] * 30 + [False] * 10))
    assert found.faces("es")[0].rows[0] == ("todos los estudiantes", "40", "75 %")
    assert found.in_words("es").startswith("El 75") or "75 %" in found.in_words("es")
