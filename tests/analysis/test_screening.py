"""Careless answers: indices, cut-offs, what is flagged and what is said of it."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relsurvey.analysis import careless
from relsurvey.analysis.screening import screening, with_and_without
from relsurvey.errors import AnalysisError


def answers(careful=400, straight=0, k=24, seed=0):
    """Return answers to scales of four questions, some of them the same answer all along."""
    rng = np.random.default_rng(seed)
    level = rng.normal(0, 1, (careful, k // 4)).repeat(4, axis=1)
    given_ = np.clip(np.round(3 + 0.8 * level + rng.normal(0, 0.8, (careful, k))), 1, 5)
    lines = rng.integers(1, 6, straight)[:, None].repeat(k, axis=1)
    return pd.DataFrame(np.vstack([given_, lines]), columns=[f"q{i}" for i in range(k)])


def scales(k=24, size=4):
    return {f"s{i}": [f"q{j}" for j in range(i, i + size)] for i in range(0, k, size)}


# --- indices


def test_runs_by_hand():
    rows = np.array([[1, 1, 2, 2, 2, 3], [4, np.nan, np.nan, 4, 4, 4], [np.nan] * 6], dtype=float)
    assert careless.longstring(rows).tolist() == [3, 3, 1]
    assert careless.average_string(rows).tolist() == [2.0, 1.5, 1.0]


def test_distance_by_hand():
    rows = np.array([[1.0, 1], [3, 1], [1, 3], [3, 3]])
    # Means 2 and 2, variances 4/3, no covariance.
    assert careless.mahalanobis(rows) == pytest.approx([1.5] * 4)


def test_even_odd_by_hand():
    rows = np.array([[1.0, 1, 3, 3, 5, 5], [1, 5, 3, 3, 5, 1], [2, 2, 2, 2, 2, 2]])
    found = careless.even_odd(rows, [[0, 1], [2, 3], [4, 5]])
    assert found[0] == pytest.approx(1.0) and found[1] == -1.0 and math.isnan(found[2])


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=30, deadline=None)
def test_indices_equal_their_definition_row_by_row(seed):
    rng = np.random.default_rng(seed)
    rows = rng.integers(1, 4, (12, 9)).astype(float)
    rows[rng.random(rows.shape) < 0.2] = np.nan
    for row, longest, mean, sd in zip(
        rows,
        careless.longstring(rows),
        careless.average_string(rows),
        careless.answer_sd(rows),
        strict=True,
    ):
        runs = [1]
        for a, b in pairwise(row):
            if a == b:
                runs[-1] += 1
            else:
                runs.append(1)
        assert (longest, mean) == (max(runs), pytest.approx(np.mean(runs)))
        known = row[~np.isnan(row)]
        assert sd == pytest.approx(np.std(known, ddof=1) if len(known) > 1 else math.nan, nan_ok=True)


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=15, deadline=None)
def test_neither_row_order_nor_unit_of_codes_matter(seed):
    rows = answers(60, 3, seed=seed)
    found = screening(rows, scales=scales())
    order = np.random.default_rng(seed).permutation(len(rows))
    other = screening(rows.iloc[order] * 3 + 2, scales=scales())
    assert (other.flags.to_numpy() == found.flags.to_numpy()[order]).all()
    for name in ("longstring", "average_string", "mahalanobis", "even_odd", "synonyms"):
        assert other.indices[name].to_numpy() == pytest.approx(
            found.indices[name].to_numpy()[order], rel=1e-6, abs=1e-8, nan_ok=True
        )


def test_a_reversed_scale_agrees_with_its_halves_once_turned():
    rows = answers(200, k=80)
    turned = rows.copy()
    reverse = [name for i, name in enumerate(rows) if i % 2]
    turned[reverse] = 6 - turned[reverse]
    own = scales(80)
    plain = screening(rows, scales=own)
    back = screening(turned, scales=own, reverse=reverse)
    # Turned about the answers that were given: from 1 to 5 in every scale of so many.
    assert back.indices.even_odd.to_numpy() == pytest.approx(plain.indices.even_odd.to_numpy(), nan_ok=True)
    assert screening(turned, scales=own).indices.even_odd.mean() < plain.indices.even_odd.mean() - 0.5


# --- flags


def test_who_gives_one_answer_all_along_is_found_and_others_are_not():
    found = screening(answers(400, 20))
    assert found.flags.longstring[400:].all() and found.flags.irv[400:].all()
    assert found.flags.longstring[:400].mean() < 0.01
    assert found.table.set_index("flag").loc["longstring", "cut_off"] == 12


def test_flags_are_one_row_a_respondent_in_the_order_given():
    rows = answers(30, 2)
    rows.index = [f"r{i}" for i in range(32)][::-1]
    found = screening(rows)
    assert found.flags.index.tolist() == rows.index.tolist()
    assert all(pd.api.types.is_bool_dtype(kind) for kind in found.flags.dtypes)
    assert found.flags.longstring.tolist() == [False] * 30 + [True] * 2


def test_few_answers_carry_no_flag():
    rows = answers(50, 1)
    rows.iloc[50, 9:] = np.nan
    rows.iloc[0] = np.nan
    found = screening(rows)
    assert not found.flags.iloc[[0, 50]].any(axis=None) and found.n == 50


def test_speed_is_seconds_a_question_answered():
    rows = answers(40)
    rows.iloc[1, 12:] = np.nan
    seconds = np.full(40, 300.0)
    seconds[:5] = [47.9, 30.0, 48.0, np.nan, -1]
    found = screening(rows, seconds=seconds)
    assert found.flags.speed.tolist()[:5] == [True, False, False, False, False]
    assert found.indices.speed[1] == 2.5
    assert found.table.set_index("flag").loc["speed", "judged"] == 38


def test_every_cut_off_says_where_it_is_from():
    table = screening(answers(), seconds=[100.0] * 400).table
    assert (table.source.str.len() > 10).all()
    assert table.flag.tolist() == screening(answers()).flags.columns.tolist()


def test_the_distance_is_cut_at_one_in_a_thousand():
    rng = np.random.default_rng(1)
    found = screening(pd.DataFrame(rng.normal(size=(20_000, 12))))
    assert 5 <= found.flags.mahalanobis.sum() <= 40
    assert found.table.cut_off[3] == pytest.approx(32.9095, abs=1e-4)


def test_careless200(shared):
    # A tenth gave straight lines in part; it is not said which, but their runs stand apart.
    items = pd.read_csv(shared / "careless200" / "careless200.csv").iloc[:, 1:]
    found = screening(items)
    runs = found.indices.longstring
    assert (runs >= 12).sum() == pytest.approx(20, abs=6)
    assert found.flags.longstring.sum() <= (runs >= 12).sum()
    assert found.flags.average_string[runs >= 12].mean() > 0.9


# --- degenerate input


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(
    "rows",
    [
        pd.DataFrame({"a": [1.0, 2.0]}),
        pd.DataFrame({"a": [1.0], "b": [2.0]}),
        pd.DataFrame(np.full((30, 12), np.nan)),
        pd.DataFrame(np.full((30, 12), 3.0)),
        pd.DataFrame(np.arange(30.0)[:, None].repeat(12, axis=1)),
        pd.DataFrame(np.empty((0, 12))),
    ],
)
def test_data_that_say_nothing(rows):
    found = screening(rows, scales={"s": list(map(str, rows.columns))}, reverse=[str(rows.columns[0])])
    assert len(found.flags) == len(rows)
    assert not found.flags.mahalanobis.any()
    found._repr_html_()
    assert found.in_words("es")


def test_one_question_that_all_answer_alike_stops_the_distance_alone():
    found = screening(answers().assign(q0=3.0))
    assert found.indices.mahalanobis.isna().all() and math.isnan(found.table.cut_off[3])
    assert "an unusual mix of answers" in found.sentence.split("Not judged here:")[1]


def test_misuse_is_answered_in_a_sentence():
    rows = answers(20)
    for words, call in [
        ("no numbers", lambda: screening(rows.assign(q1="often"))),
        ("infinite", lambda: screening(rows.assign(q1=np.inf))),
        ("is no column", lambda: screening(rows, scales={"s": ["q1", "x"]})),
        ("is no column", lambda: screening(rows, reverse=["x"])),
        ("20 respondents but 3 times", lambda: screening(rows, seconds=[1.0, 2.0, 3.0])),
        ("a name of its own", lambda: screening(rows.set_axis(["q"] * 24, axis=1))),
        ("one column a question", lambda: screening(rows[[]])),
        ("one flag", lambda: with_and_without(rows, pd.Series([True]), lambda part: part)),
        ("nothing is left", lambda: with_and_without(rows, np.ones(20, bool), lambda part: part)),
    ]:
        with pytest.raises(AnalysisError, match=words):
            call()


# --- words


def test_what_is_said():
    found = screening(answers(400, 30))
    assert found.sentence.startswith(
        "Of 430 students, 30 gave the same answer to 12 or more questions in a row."
    )
    assert "Nothing was removed." in found.sentence
    assert found.in_words("es").startswith("De 430 estudiantes, 30 dieron la misma respuesta a 12 o más")


@pytest.mark.parametrize("straight", [0, 1, 9])
def test_fewer_than_ten_are_not_counted(straight):
    found = screening(answers(400, straight))
    assert "fewer than 10 gave the same answer" in found.sentence
    shown = {row[0]: row[1] for row in found.faces()[0].rows}
    assert shown["the same answer to every question"] == "fewer than 10"
    assert found.table.flagged[2] == straight


def test_nearly_all_are_not_counted_either():
    found = screening(answers(3, 60))
    assert "nearly all gave the same answer" in found.sentence


def test_a_handful_of_students_is_not_spoken_of():
    assert "Too few students" in screening(answers(5)).sentence


# --- with and without


def test_results_stand_side_by_side():
    rows = pd.DataFrame({"scale": ["a", "a", "b", "b"], "score": [1.0, 9.0, 2.0, 4.0]})
    flags = pd.DataFrame({"x": [False, True, False, False], "y": [False] * 4})

    def means(part):
        return part.groupby("scale", as_index=False)["score"].mean()

    found = with_and_without(rows, flags, means)
    assert found["with", "score"].to_dict() == {"a": 5.0, "b": 3.0}
    assert found["without", "score"].to_dict() == {"a": 1.0, "b": 3.0}
    gone = with_and_without(rows, rows.scale == "b", means)
    assert math.isnan(gone.loc["b", ("without", "score")])
