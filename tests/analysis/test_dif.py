"""Differential item functioning: known answers, planted differences, marks, degenerate data, sentences."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relsurvey.aggregate.matching import matching_counts
from relsurvey.analysis import dif as module
from relsurvey.analysis.dif import dif
from relsurvey.analysis.functioning.dif_models import JODOIN_GIERL, effect_class
from relsurvey.errors import AnalysisError
from relsurvey.words import languages


def answers(n=900, k=6, groups=("boys", "girls"), shift=0.0, slope=0.0, seed=1, top=5):
    """Return made-up answers; the last group answers q0 higher by ``shift`` and ``slope`` times its sense."""
    draw = np.random.default_rng(seed)
    sense = draw.normal(size=(n, 1))
    member = np.arange(n) % len(groups)
    y = (top + 1) / 2 + sense + draw.normal(size=(n, k))
    last = member == len(groups) - 1
    y[last, 0] += shift + slope * sense[last, 0]
    frame = pd.DataFrame(np.clip(np.rint(y), 1, top), columns=[f"q{i}" for i in range(k)])
    return frame, np.array(groups)[member]


def figures(found):
    """Return all numbers of the first table by question."""
    return found.table.set_index("item").select_dtypes("number")


def test_two_answers_and_two_totals_are_the_tables_own_likelihood_ratio():
    # A 0/1 question matched on one other: two 2 × 2 tables, which the third model fits exactly.
    tables = {0: [[30, 20], [18, 32]], 1: [[15, 45], [12, 60]]}
    rows = [
        (answer, rest, group)
        for rest, table in tables.items()
        for group, line in enumerate(table)
        for answer, times in enumerate(line)
        for _ in range(times)
    ]
    frame = pd.DataFrame(rows, columns=["q", "other", "group"])
    found = dif(frame[["q", "other"]], frame["group"], min_n=1, purify=False)
    expected = 0.0
    for table in tables.values():
        t = np.array(table, dtype=float)
        fitted = t.sum(axis=1, keepdims=True) * t.sum(axis=0) / t.sum()
        expected += 2 * float((t * np.log(t / fitted)).sum())
    one = found.items[0].rest.nested
    # The first model is saturated too: one share for each rest score.
    assert one.total.chi2 == pytest.approx(expected, abs=1e-7)
    assert one.total.df == 2
    # Points: the difference of shares, weighted by how many have each rest score.
    gaps = {rest: t[1][1] / sum(t[1]) - t[0][1] / sum(t[0]) for rest, t in tables.items()}
    weights = {rest: np.sum(t) / len(frame) for rest, t in tables.items()}
    contrast = found.items[0].rest.contrasts[1]
    assert contrast.points == pytest.approx(sum(weights[r] * gaps[r] for r in gaps), abs=1e-8)


def test_the_rest_and_the_total_are_counted_as_they_would_be_by_row():
    frame, groups = answers(80, 4)
    counts = matching_counts(frame, groups, ["q0", "q1", "q2"])
    for i, name in enumerate(frame):
        for rest in (False, True):
            others = [c for c in ("q0", "q1", "q2") if c != name]
            by_row = frame[others].sum(axis=1) + (0 if rest else frame[name])
            scores, table = counts.matched(i, rest=rest)
            assert table.sum() == 80
            for g, group in enumerate(counts.groups):
                for s, score in enumerate(scores):
                    for a, code in enumerate(counts.codes[i]):
                        there = (by_row == score) & (groups == group) & (frame[name] == code)
                        assert table[g, s, a] == there.sum()


def test_a_planted_difference_is_found_with_its_size_and_nothing_else_is():
    frame, groups = answers(2000, shift=0.8)
    found = dif(frame, groups)
    assert found.comparable == "differs"
    assert found.marked_items == ("q0",)
    assert found.marked_groups == ("boys", "girls")
    assert found.purification == "settled" and found.rounds[-1] == ("q0",)
    row = found.table.iloc[0]
    assert row["group"] == "girls" and row["kind"] == "uniform"
    # The ends of the answers take some of the shift away; the total holds some of it too.
    assert 0.3 < row["points_low"] < row["points"] < row["points_high"] < 0.8
    assert (
        f"“girls” choose about {row['points']:.1f} points higher than other students on: q0."
        in found.sentence
    )
    assert not found.table["in_total"].iloc[0] and found.table["in_total"].iloc[1:].all()


def test_a_difference_that_changes_direction_is_non_uniform():
    frame, groups = answers(3000, slope=-0.9, seed=2)
    found = dif(frame, groups)
    row = found.table.set_index("item").loc["q0"]
    assert row["mark"] == "differs" and row["kind"] in {"non-uniform", "both"}
    assert abs(row["points"]) < 0.1 < row["points_apart"]
    assert "answer differently, more or less so as the overall answers go up, on: q0." in found.sentence


def test_without_a_difference_the_scale_is_comparable():
    found = dif(*answers(2000))
    assert found.comparable == "comparable" and not found.marked_items and not found.marked_groups
    assert found.rounds == ((),)
    assert "no difference of note was found" in found.sentence
    assert "one that all questions share cannot show" in found.sentence


def test_a_difference_all_questions_share_is_not_seen():
    frame, groups = answers(2000)
    assert dif(frame + 2 * (groups == "girls")[:, None], groups, min_n=1).comparable != "differs"


def test_p_alone_is_no_mark():
    # So many students that a trifle is certain.
    frame, groups = answers(60_000, shift=0.08)
    row = dif(frame, groups).table.iloc[0]
    assert row["p_adjusted"] < 0.001
    assert row["effect"] == "negligible" and row["points_apart"] < 0.2
    assert row["mark"] == "none"


def test_classes_of_the_change_of_r2():
    one = dif(*answers(900, shift=0.8)).items[0].total.nested
    change = one.total.r2
    assert effect_class(one, (change + 0.01, 1)) == "negligible"
    assert effect_class(one, (change, 1)) == "moderate"
    assert effect_class(one, (0, change)) == "large"
    assert JODOIN_GIERL == (0.035, 0.070)


def test_each_group_stands_beside_all_others_and_the_factor_beside_none():
    frame, groups = answers(2400, groups=("a", "b", "c"), shift=0.9)
    found = dif(frame, groups)
    row = found.table.iloc[0]
    assert row["df_uniform"] == 2 and row["df"] == 4
    assert row["group"] == "c" and row["points"] > 0
    own = found.tables["groups"].query("item == 'q0'").set_index("group")
    assert own.loc["c", "n"] == 800 and own.loc["c", "n_beside"] == 1600
    assert own.loc["c", "mark"] == "differs"
    assert "c" in found.marked_groups
    # The same as two groups of rows.
    joined = dif(frame, np.where(groups == "c", "c", "others"), purify=False)
    alone = dif(frame, groups, purify=False).tables["groups"].query("item == 'q0' and group == 'c'").iloc[0]
    both = joined.tables["groups"].query("item == 'q0' and group == 'c'").iloc[0]
    for column in ("chi2_uniform", "chi2_nonuniform", "points", "points_low", "log_odds_high"):
        assert alone[column] == pytest.approx(both[column], abs=1e-6)


def test_beside_a_reference():
    frame, groups = answers(2400, groups=("a", "b", "c"), shift=0.9)
    found = dif(frame, groups, reference="b", purify=False)
    table = found.tables["groups"]
    assert set(table["group"]) == {"a", "c"} and set(table["beside"]) == {"b"}
    pair = np.isin(groups, ["b", "c"])
    # The total of these two alone: the models do not look at the third group.
    two = dif(frame[pair], groups[pair], reference="b", purify=False).tables["groups"]
    assert table.query("group == 'c'")["chi2"].to_numpy() == pytest.approx(two["chi2"].to_numpy(), abs=1e-6)
    terms = found.tables["coefficients"].query("item == 'q0' and matched == 'total'")["term"].tolist()
    assert terms == ["score", "a", "c", "1|2", "2|3", "3|4", "4|5"]
    assert "than students in the group “b” on: q0" in found.sentence


def test_two_groups_are_one_contrast_seen_from_two_sides():
    found = dif(*answers(900, shift=0.6))
    table = found.tables["groups"]
    for _, pair in table.groupby("item"):
        a, b = (row for _, row in pair.iterrows())
        assert a["points"] == -b["points"] and a["points_low"] == -b["points_high"]
        assert a["log_odds"] == -b["log_odds"] and a["p_adjusted"] == b["p_adjusted"] == a["p"]
        assert a["mark"] == b["mark"]


def test_small_groups_are_not_checked_and_named():
    frame, groups = answers(1200, groups=("a", "b", "c"), shift=0.8)
    groups[np.flatnonzero(groups == "b")[150:]] = "c"
    found = dif(frame, groups)
    assert found.checked == ("a", "c")
    table = found.tables["groups"]
    assert (table[table["group"] == "b"]["mark"] == "not checked").all()
    assert "fewer than 200 students answered all questions: b." in found.sentence
    assert found.table["n"].iloc[0] == 1050


def test_no_two_large_groups_is_not_checked_never_comparable():
    frame, groups = answers(300)
    found = dif(frame, groups)
    assert found.comparable == "not checked" and found.checked == ()
    assert (found.table["mark"] == "not checked").all()
    assert found.table["chi2"].isna().all()
    assert "Not checked whether groups read these questions alike" in found.sentence
    assert "No se comprobó" in found.in_words("es")
    assert len(found.faces()[0].rows) == 6


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000), st.integers(2, 11), st.integers(2, 3))
def test_pieces_add_up_and_order_and_coding_change_nothing(seed, top, many):
    frame, groups = answers(120, 3, ("a", "b", "c")[:many], seed=seed, top=top)
    options = {"min_n": 1, "purify": False}
    one = dif(frame, groups, **options)
    t = one.table
    added = t["chi2_uniform"] + t["chi2_nonuniform"]
    assert np.allclose(added, t["chi2"], atol=1e-6, equal_nan=True)
    assert np.allclose(t["r2_uniform"] + t["r2_nonuniform"], t["r2_change"], atol=1e-9, equal_nan=True)
    assert one.sizes == tuple(int((groups == g).sum()) for g in one.groups)
    order = np.random.default_rng(seed).permutation(120)
    shuffled = dif(frame.iloc[order][["q2", "q0", "q1"]], groups[order], **options)
    recoded = dif(2 * frame + 7, groups, **options)
    turned = dif(-frame, groups, **options)
    columns = ["chi2", "chi2_uniform", "r2_change", "p_adjusted", "points_apart"]
    for other, scale in ((shuffled, 1), (recoded, 2), (turned, 1)):
        mine, theirs = figures(one)[columns], figures(other).loc[t["item"]][columns]
        mine["points_apart"] *= scale
        assert np.allclose(mine, theirs, atol=1e-5, equal_nan=True)
    low, high = one.tables["groups"]["points"], turned.tables["groups"]["points"]
    assert np.allclose(low, -high, atol=1e-5, equal_nan=True)


def test_rows_counts_and_a_function_that_counts_lead_to_the_same():
    frame, groups = answers(1500, shift=0.8)
    rows, counted = dif(frame, groups), dif(lambda total_of: matching_counts(frame, groups, total_of))
    pd.testing.assert_frame_equal(rows.table, counted.table)
    counts = matching_counts(frame, groups)
    once = dif(counts)
    pd.testing.assert_frame_equal(once.table, dif(frame, groups, purify=False).table)
    assert once.purification == "not possible" and "From counts alone" in once.sentence
    purified = matching_counts(frame, groups, list(frame)[1:])
    pd.testing.assert_frame_equal(dif(purified).table, rows.table)


def test_purification_clears_questions_that_only_share_a_total_with_biased_ones():
    frame, groups = answers(4000, 5, shift=2.0, seed=3)
    raw, purified = dif(frame, groups, purify=False), dif(frame, groups)
    assert len(raw.marked_items) > 1
    assert purified.marked_items == ("q0",)
    # Round by round: first too much, then what is left.
    assert len(purified.rounds[1]) == 2
    assert purified.tables["rounds"]["out_of_total"].iloc[-1] == "q0"
    assert "were left out of the overall answers of the others" in purified.sentence


def test_purification_says_when_it_does_not_settle(monkeypatch):
    frame, groups = answers(2000, shift=0.8)
    monkeypatch.setattr(module, "MOST_ROUNDS", 1)
    found = dif(frame, groups)
    assert found.purification == "not settled" and "did not settle" in found.sentence
    assert "no quedó firme" in found.in_words("es")


def test_purification_stops_where_too_few_questions_are_left():
    frame, groups = answers(2000, 2, shift=1.5)
    found = dif(frame, groups)
    assert found.marked_items == ("q0", "q1")
    assert found.purification == "too few left" and "too few are left" in found.sentence


def test_total_and_rest_score_can_lead_to_other_conclusions(shared):
    frame = pd.read_csv(shared / "bfi" / "bfi.csv")
    scale = json.loads((shared / "bfi" / "scales.json").read_text("utf-8"))["A"]
    items = frame[scale["items"]].astype(float)
    items["A1"] = 7 - items["A1"]
    found = dif(items, frame["gender"])
    a4 = found.table.set_index("item").loc["A4"]
    rest = found.tables["rest"].set_index("item").loc["A4"]
    assert a4["kind"] == "non-uniform" and rest["kind"] == "uniform"
    assert a4["rest_disagrees"]
    assert round(a4["chi2_uniform"], 2) == 0.42 and round(rest["chi2_uniform"], 1) == 15.3


def test_a_difference_that_turns_around_with_the_rest_score_is_said():
    # Groups far apart, and a rest score of two questions that brings them together too little.
    frame, groups = answers(3000, 3, top=11)
    frame[groups == "girls"] += 8
    frame.loc[groups == "girls", "q0"] -= 1.6
    found = dif(frame, groups, purify=False)
    total, rest = found.table.iloc[0], found.tables["rest"].iloc[0]
    assert (total["mark"], total["kind"]) == (rest["mark"], rest["kind"]) == ("differs", "uniform")
    assert (total["group"], rest["group"]) == ("boys", "girls")
    assert total["rest_disagrees"]
    assert (
        "the question itself counts among the overall answers, so read them with care: q0" in found.sentence
    )
    assert "leerlas con cuidado: q0" in found.in_words("es")


def test_one_group_of_one():
    frame, groups = answers(200)
    groups = np.where(np.arange(200) == 0, "alone", "others")
    found = dif(frame, groups, min_n=1)
    # One person has no slope of her own.
    assert (found.table["df_nonuniform"] == 0).all() and (found.table["df"] == 1).all()
    assert "alone" not in found.sentence or "on:" not in found.sentence
    for face in found.faces():
        assert all("under 10" in row for row in face.rows)


def test_one_answer_only_in_one_group_has_a_size_without_limits():
    frame, groups = answers(1000)
    frame.loc[groups == "girls", "q1"] = 5
    found = dif(frame, groups, purify=False)
    row = found.table.set_index("item").loc["q1"]
    assert row["note"] == "separated" and row["mark"] == "differs"
    assert row["points"] > 1 and math.isnan(row["points_low"])
    assert "has no sure limits: q1" in found.sentence
    own = found.tables["coefficients"].query("item == 'q1' and matched == 'total'")
    assert own["se"].isna().all()


def test_one_answer_only_in_all_groups():
    frame, groups = answers(600)
    frame["q1"] = 3.0
    found = dif(frame, groups)
    assert found.table.set_index("item").loc["q1", "note"] == "constant"
    assert found.comparable == "not checked"
    assert "everyone gave the same answer: q1." in found.sentence


@pytest.mark.parametrize("k", [1, 2])
def test_one_question_and_two(k):
    frame, groups = answers(600, k)
    found = dif(frame, groups)
    assert len(found.table) == k
    if k == 1:
        assert found.comparable == "not checked" and found.table["note"].iloc[0] == "unmatched"
        assert "leave nothing to compare: q0" in found.sentence
    else:
        assert (found.table["mark"] != "not checked").all()


def test_two_questions_answered_alike_or_against_each_other():
    frame, groups = answers(600, 1)
    for other in (frame["q0"], 6 - frame["q0"]):
        found = dif(frame.assign(other=other), groups)
        assert found.comparable == "not checked"
        assert set(found.table["note"]) == {"unmatched"}


def test_two_questions_of_two_answers():
    # Only those with one of two points tell anything: the slope is infinite, the groups still compare.
    frame, groups = answers(1000, 2, shift=1.0, top=2)
    found = dif(frame, groups, purify=False)
    assert (found.table["note"] == "separated").all()
    one = (frame.sum(axis=1) == 3).to_numpy()
    t = np.array(
        [[((groups == g) & one & (frame["q0"] == c)).sum() for c in (1, 2)] for g in found.groups], float
    )
    fitted = t.sum(axis=1, keepdims=True) * t.sum(axis=0) / t.sum()
    expected = 2 * float((t * np.log(t / fitted)).sum())
    assert found.table["chi2"].iloc[0] == pytest.approx(expected, abs=1e-5)


def test_answers_that_follow_no_order():
    draw = np.random.default_rng(5)
    frame = pd.DataFrame(draw.choice([1.0, 3, 4, 9], size=(800, 4), p=[0.1, 0.5, 0.1, 0.3]))
    frame[3] = np.where(frame[0] == 3, 9, 1)
    found = dif(frame, draw.choice(["a", "b"], 800))
    assert np.isfinite(found.table["chi2"]).all()


@pytest.mark.parametrize("rows", [0, 40])
def test_nothing_answered(rows):
    frame = pd.DataFrame({"a": [math.nan] * rows, "b": [math.nan] * rows})
    found = dif(frame, ["x", "y"] * (rows // 2))
    assert found.comparable == "not checked" and found.incomplete == 0
    assert all(found.in_words(language) for language in languages())
    assert found.faces()


def test_holes_are_left_out_and_counted():
    frame, groups = answers(900)
    frame.iloc[:100, 2] = math.nan
    frame.iloc[100:110] = math.nan
    missing = pd.Series(groups, dtype=object)
    missing.iloc[-50:] = None
    found = dif(frame, missing)
    assert found.incomplete == 100
    assert found.table["n"].iloc[0] == 900 - 100 - 10 - 50
    assert "answered all questions (6)" in found.sentence


def test_answers_nobody_chose_are_said():
    frame, groups = answers(900)
    codes = [[0, 1, 2, 3, 4, 5, 6] if name == "q3" else [1, 2, 3, 4, 5] for name in frame]
    found = dif(matching_counts(frame, groups, codes=codes))
    assert found.table["unused_answers"].tolist() == [0, 0, 0, 2, 0, 0]
    assert "chosen by no one, and were left out: q3." in found.sentence
    plain = dif(frame, groups, purify=False)
    assert figures(found)["chi2"].to_numpy() == pytest.approx(figures(plain)["chi2"].to_numpy(), abs=1e-8)


def test_two_answers_are_told_in_shares():
    frame, groups = answers(4000, 8, shift=1.0, top=2)
    found = dif(frame, groups)
    assert found.marked_items == ("q0",)
    size = round(100 * found.table["points"].iloc[0])
    assert f"about {size} in 100 more students in the group “girls”" in found.sentence
    assert f"cerca de {size} de cada 100 estudiantes más del grupo “girls”" in found.in_words("es")


def test_sentences_in_every_language_and_labels_as_text():
    frame, groups = answers(1500, shift=0.9)
    frame = frame.rename(columns={"q0": "<b>q</b>"})
    found = dif(frame, np.where(groups == "girls", "<script>", "{boys}"))
    assert "cerca de 0.6 puntos más que los demás estudiantes en: <b>q</b>." in found.in_words("es")
    assert found.in_words("es") != found.in_words("en")
    html = found._repr_html_()
    assert "<script>" not in html and "<b>q" not in html and "&lt;script&gt;" in html
    assert repr(found).startswith("<DIF: At the same overall answers")


def test_small_groups_are_masked(tmp_path):
    frame, groups = answers(1500, groups=("a", "b"), shift=0.9)
    groups = np.where(np.arange(1500) < 8, "few", groups)
    found = dif(frame, groups)
    rows = [row for row in found.faces()[1].rows if row[1] == "few"]
    assert rows and all(row[2] == "under 10" and row[4:] == (None, None, None, None) for row in rows)
    assert ">8<" not in found._repr_html_()
    low = dif(frame, groups, min_n=1)
    assert all(row[1] == "under 10" for row in low.faces()[0].rows)
    assert "“few”" not in low.sentence
    for exact in (False, True):
        assert low.to_excel(tmp_path / f"{exact}.xlsx", exact=exact).is_file()


def test_a_small_group_that_differs_is_not_spoken_of():
    frame, groups = answers(1500, groups=("a", "b"))
    groups = np.where(np.arange(1500) < 9, "few", groups)
    frame.loc[groups == "few", "q0"] = 5
    frame.loc[groups == "few", "q1":] = 1
    found = dif(frame, groups, min_n=1, purify=False)
    assert "few" in found.marked_groups
    assert "“few”" not in found.sentence
    assert "Groups of fewer than 11 students are not shown." in found.sentence


def test_intervals_hold_the_true_difference_as_often_as_they_say():
    # Without a difference the true one is 0; 200 intervals of independent answers.
    inside = [
        low <= 0 <= high
        for seed in range(20)
        for low, high in [
            (row.points_low, row.points_high)
            for row in dif(*answers(400, 10, seed=seed), min_n=1, purify=False).table.itertuples()
        ]
    ]
    assert 0.91 <= np.mean(inside) <= 0.99


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda f, g: dif(f), "no groups"),
        (lambda f, g: dif(matching_counts(f, g), g), "already"),
        (lambda f, g: dif(f, g[:-1]), "one label a row"),
        (lambda f, g: dif(f, np.column_stack([g, g])), "one label a row"),
        (lambda f, g: dif(f.to_numpy(), g), "Give a table"),
        (lambda f, g: dif(f[[]], g), "no question"),
        (lambda f, g: dif(f, g, reference="else"), "reference"),
        (lambda f, g: dif(f, g, min_n=0), "min_n"),
        (lambda f, g: dif(f.assign(q0="secret"), g), "no numbers"),
        (lambda f, g: dif(f.assign(q0=np.inf), g), "infinite"),
        (lambda f, g: dif(f.assign(q0=np.arange(len(f))), g), "different answers"),
        (lambda f, g: dif(f.set_axis(["a", "a", *f.columns[2:]], axis=1), g), "same name"),
        (lambda f, g: matching_counts(f, g, ["nowhere"]), "no column"),
        (lambda f, g: matching_counts(f, g, codes=[[1, 2]] * 6), "not one of its codes"),
        (lambda f, g: dif(lambda _: matching_counts(f, g)), "second time"),
    ],
)
def test_misuse_is_one_sentence(call, words):
    frame, groups = answers(1500, shift=0.9)
    with pytest.raises(AnalysisError, match=words) as caught:
        call(frame, groups)
    assert "secret" not in str(caught.value)


def test_the_tables_have_their_columns():
    found = dif(*answers(600))
    assert list(found.tables) == ["items", "groups", "rest", "coefficients", "rounds"]
    assert {"item", "n", "chi2_uniform", "chi2_nonuniform", "p_adjusted", "q", "r2_change", "effect"} <= set(
        found.table
    )
    assert {"points", "points_low", "points_high", "mark", "rest_disagrees"} <= set(found.table)
    assert Path(module.__file__).name == "dif.py"
