"""Any tables of counts: what is hidden cannot be computed, and what can be is found."""

from __future__ import annotations

import os
from itertools import product

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from relsurvey.disclosure.attack import audit
from relsurvey.disclosure.tables import protect
from relsurvey.errors import DisclosureError
from tests.robustness.attacker import MIN_N, Case, breaches

#: How many random sets of linked tables are attacked; thousands by hand.
ATTACKS = int(os.environ.get("RELSURVEY_ATTACKS", "120"))


def margins(frame, *dimensions):
    """Return a table summed over all but some dimensions."""
    if not dimensions:
        return frame[[c for c in ("n", "count") if c in frame]].sum().to_frame().T
    columns = [c for c in ("n", "count") if c in frame]
    return frame.groupby(list(dimensions), as_index=False)[columns].sum()


def two_way(n, count=None):
    """Return a table of rows by columns, and its margins."""
    cells = pd.DataFrame(
        [(f"r{i}", f"c{j}", n[i][j]) for i in range(len(n)) for j in range(len(n[0]))],
        columns=["row", "column", "n"],
    )
    if count is not None:
        cells["count"] = np.ravel(count)
    return [cells, margins(cells, "row"), margins(cells, "column"), margins(cells)]


def known(protected, tables):
    """Return published tables with every n known to the attacker."""
    return [frame.assign(known_n=t["n"]) for frame, t in zip(protected, tables, strict=True)]


@pytest.mark.parametrize("seed", [*range(ATTACKS), 4390])  # in 4390 a far table leaves few over
def test_an_attacker_who_knows_every_n_learns_no_small_groups_share(seed):
    case = Case(seed)
    assert breaches(case, protect(case.tables, MIN_N).tables) == []


@pytest.mark.parametrize("seed", range(ATTACKS // 3))
def test_every_hidden_cell_that_is_opened_again_and_gives_something_away_is_found(seed):
    case = Case(1000 + seed)
    frames = protect(case.tables, MIN_N).tables
    hidden = [(k, row) for k, frame in enumerate(frames) for row in np.flatnonzero(~frame["shown"])]
    for k, row in hidden[:: max(1, len(hidden) // 6)]:
        opened = [frame.copy() for frame in frames]
        opened[k].loc[row, ["n", "count"]] = case.tables[k].loc[row, ["n", "count"]].astype(float)
        found = audit(known(opened, case.tables), MIN_N)
        if 0 < case.tables[k].loc[row, "n"] < MIN_N:
            assert ("shown", (k, row)) in {(e.kind, cell) for e in found.exposed for cell in e.cells}
        if breaches(case, tuple(opened), integer=False):
            assert not found.passed


def test_each_secondary_cell_of_a_least_pattern_is_needed_and_the_audit_says_so():
    tables = two_way([[40, 30, 5], [60, 50, 40], [20, 35, 45]], [[20, 14, 2], [31, 26, 19], [11, 17, 22]])
    frames = protect(tables).tables
    hidden = np.flatnonzero(~frames[0]["shown"])
    assert len(hidden) == 4 and all(frame["shown"].all() for frame in frames[1:])
    for row in hidden:
        opened = [frame.copy() for frame in frames]
        opened[0].loc[row, ["n", "count"]] = tables[0].loc[row, ["n", "count"]].astype(float)
        kinds = {e.kind for e in audit(known(opened, tables)).exposed}
        assert kinds & ({"shown"} if tables[0].loc[row, "n"] < 11 else {"computed"})
        # Those who do not know the n find the same: it follows too.
        assert not audit(opened).passed


@st.composite
def small_tables(draw):
    shape = draw(st.sampled_from([(2, 2), (2, 3), (1, 4)]))
    n = np.array(
        draw(st.lists(st.integers(0, 5), min_size=shape[0] * shape[1], max_size=shape[0] * shape[1]))
    )
    count = np.array([draw(st.integers(0, k)) for k in n])
    return n.reshape(shape), count.reshape(shape)


def every_count(n, count, frames):
    """Return all counts of the inner cells that agree with what is published, one a row."""
    rows, columns = n.shape
    vectors = np.array(list(product(*(range(k + 1) for k in n.ravel())))).reshape(-1, rows, columns)
    shown = [frame["shown"].to_numpy() for frame in frames]
    sums = [
        vectors.reshape(len(vectors), -1),
        vectors.sum(axis=2),
        vectors.sum(axis=1),
        vectors.sum(axis=(1, 2)),
    ]
    right = [count.ravel(), count.sum(axis=1), count.sum(axis=0), count.sum(keepdims=True).ravel()]
    fits = np.ones(len(vectors), dtype=bool)
    for visible, each, value in zip(shown, sums, right, strict=True):
        each = each.reshape(len(vectors), -1)
        fits &= (each[:, visible] == value[visible]).all(axis=1)
    return [each.reshape(len(vectors), -1)[fits] for each in sums]


@settings(max_examples=150, deadline=None)
@given(small_tables())
def test_over_all_counts_that_fit_no_small_groups_share_is_told(tables):
    n, count = tables
    given_tables = two_way(n.tolist(), count)
    found = protect(given_tables, 4)
    for frame, sizes, values in zip(
        found.tables, (t["n"] for t in given_tables), every_count(n, count, found.tables), strict=True
    ):
        for k, size in enumerate(sizes):
            assert not (frame["shown"][k] and 0 < size < 4)
            if 0 < size < 4:
                assert values[:, k].max() - values[:, k].min() >= size / 2
    assert 0.5 <= found.certificate.narrowest <= 1


@settings(max_examples=200, deadline=None)
@given(small_tables(), st.randoms(use_true_random=False))
def test_the_audit_finds_what_all_counts_that_fit_give_away_and_nothing_else(tables, random):
    n, count = tables
    given_tables = two_way(n.tolist(), count)
    frames = []
    for table in given_tables:
        shown = pd.Series([not 0 < size < 4 and random.random() < 0.6 for size in table["n"]], dtype=bool)
        hidden = {name: table[name].astype(float).where(shown) for name in ("n", "count")}
        frames.append(table.assign(**hidden, shown=shown))
    values = every_count(n, count, frames)
    sizes = [t["n"] for t in given_tables]
    told = {
        (t, k)
        for t, each in enumerate(values)
        for k, size in enumerate(sizes[t])
        if 0 < size < 4 and np.ptp(each[:, k]) < size / 2
    }
    found = audit(known(frames, given_tables), 4)
    assert told <= {cell for e in found.exposed for cell in e.cells}
    for e in found.exposed:
        if e.kind == "computed":
            assert np.ptp(sum(values[t][:, k] for t, k in e.cells)) == 0
        else:
            assert set(e.cells) <= told
    assert bool(told) <= (not found.passed)


def test_the_published_example_of_gausssuppression_is_made_anew():
    # R package GaussSuppression (Statistics Norway), vignette 'Small count frequency table suppression',
    # Table 1: dimVar = c("age", "geo"), maxN = 1; zeros are primary there, here they are marked.
    cells = pd.DataFrame(
        {
            "age": ["young"] * 3 + ["old"] * 3,
            "geo": ["Spain", "Iceland", "Portugal"] * 2,
            "n": [5, 2, 0, 6, 3, 4],
        }
    )
    tables = [cells, margins(cells, "age"), margins(cells, "geo"), margins(cells)]
    tables = [table.assign(zero=table["n"] == 0) for table in tables]
    frames = protect(tables, 2, primary="zero").tables
    hidden = frames[0][~frames[0]["shown"]]
    assert set(zip(hidden["age"], hidden["geo"], strict=True)) == set(
        product(["old", "young"], ["Iceland", "Portugal"])
    )
    assert all(frame["shown"].all() for frame in frames[1:])
    assert all("zero" not in frame for frame in frames)


def test_districts_hold_schools_by_two_columns():
    schools = pd.DataFrame(
        {
            "district": ["north"] * 3 + ["south"] * 2,
            "school": list("abcde"),
            "n": [60, 8, 40, 90, 75],
            "count": [30, 4, 22, 41, 38],
        }
    )
    by_school, by_district, everyone = protect(
        [schools, margins(schools, "district"), margins(schools)]
    ).tables
    assert by_school["shown"].tolist() == [True, False, False, True, True]
    assert by_district["shown"].all() and everyone["shown"].all()
    # The same schools told without their district are the same cells.
    alone = schools.drop(columns="district")
    assert protect([schools, alone]).tables[1]["shown"].tolist() == [True, False, True, True, True]


def test_a_total_may_be_a_row_without_a_label():
    one = pd.DataFrame({"grade": ["9", "10", "11", None], "n": [40, 52, 6, 98], "count": [25, 31, 3, 59]})
    two = [one.iloc[:3], one.iloc[3:].drop(columns="grade")]
    assert protect(one).tables[0]["shown"].tolist() == [False, True, False, True]
    assert pd.concat(protect(two).tables)["shown"].tolist() == [False, True, False, True]


def test_those_a_table_leaves_out_are_a_hidden_group():
    grades = pd.DataFrame({"grade": ["9", "10"], "n": [40, 52], "count": [25, 31]})
    everyone = pd.DataFrame({"n": [98], "count": [59]})
    assert audit([grades, everyone]).exposed[0].kind == "computed"
    frames = protect([grades, everyone]).tables
    assert frames[0]["shown"].tolist() == [False, True] and frames[1]["shown"].all()


def test_two_tables_are_linked_by_the_margin_they_share_though_none_shows_it():
    by_gender = pd.DataFrame(
        {"school": list("aabb"), "gender": ["f", "m"] * 2, "n": [50, 6, 40, 44], "count": [30, 3, 20, 20]}
    )
    by_grade = pd.DataFrame(
        {"school": list("aabb"), "grade": ["9", "10"] * 2, "n": [30, 26, 42, 42], "count": [17, 16, 20, 20]}
    )
    gender, grade = protect([by_gender, by_grade]).tables
    assert (~gender["shown"]).sum() == 2 or (~grade["shown"]).sum() >= 1
    assert not audit([by_gender.assign(n=[50, np.nan, 40, 44], count=[30, np.nan, 20, 20]), by_grade]).passed


def test_what_is_kept_first_is_said_by_a_column():
    table = two_way([[40, 30, 5]], [[20, 15, 2]])[0]
    total = margins(table)
    assert protect([table, total]).tables[0]["shown"].tolist() == [True, False, False]
    first = table.assign(first=[0, 1, 0])
    assert protect([first, total], keep="first").tables[0]["shown"].tolist() == [False, True, False]


def test_cells_are_hidden_for_a_reason_of_ones_own():
    table = two_way([[40, 30, 50]], [[20, 15, 20]])[0].assign(secret=[False, True, False])
    shown = protect([table, margins(table)], primary="secret").tables[0]["shown"]
    assert shown.tolist() == [False, False, True]


def test_small_groups_that_are_few_together_are_not_told_together():
    # 3 and 4 hidden alone would be 7 together, by the total.
    table = pd.DataFrame({"grade": list("abcd"), "n": [3, 4, 30, 60], "count": [1, 2, 14, 33]})
    assert protect([table, margins(table)]).tables[0]["shown"].tolist() == [False, False, False, True]
    six = pd.DataFrame({"grade": list("abcd"), "n": [6, 6, 30, 60], "count": [3, 3, 14, 33]})
    assert protect([six, margins(six)]).tables[0]["shown"].tolist() == [False, False, True, True]


def test_an_extreme_share_needs_more_hidden_than_the_sums_alone():
    # 5 and 12 hidden together have no favorable at all: it follows that the 5 have none.
    table = pd.DataFrame({"grade": list("abcd"), "n": [5, 12, 30, 60], "count": [0, 0, 14, 33]})
    shown = protect([table, margins(table)]).tables[0]["shown"].tolist()
    assert shown == [False, True, False, True] or shown == [False, False, False, True]
    only_n = table.drop(columns="count")
    assert protect([only_n, margins(only_n)]).tables[0]["shown"].tolist() == [False, False, True, True]
    assert protect([only_n, margins(only_n)]).certificate.narrowest is None
    given_away = [
        table.assign(n=[np.nan, np.nan, 30, 60], count=[np.nan, np.nan, 14, 33]),
        margins(table),
    ]
    # Even to those who do not know any n: none of these is favorable.
    assert {e.kind for e in audit(given_away).exposed} == {"computed"}
    found = audit([given_away[0].assign(known_n=table["n"]), given_away[1]])
    assert found.every_n_known and found.narrowest == 0 and {e.kind for e in found.exposed} == {"narrow"}


def test_rows_that_are_not_there_are_hidden_all_the_same():
    table = pd.DataFrame({"grade": list("abc"), "n": [40, 30, 5], "count": [20, 15, 2]})
    assert not audit([table.iloc[:2], margins(table)]).passed
    assert audit([table.iloc[:1], margins(table)]).passed


def test_one_cell_no_margins_all_small_and_nobody():
    one = pd.DataFrame({"n": [50], "count": [20]})
    assert protect(one).tables[0]["shown"].all() and protect(one).certificate.narrowest == 1
    small = pd.DataFrame({"grade": list("abc"), "n": [3, 0, 10], "count": [1, 0, 4]})
    assert protect(small).tables[0]["shown"].tolist() == [False, True, False]
    # With the total, three students could move the share of the ten by 30 points only.
    assert not protect([small, margins(small)]).tables[1]["shown"].any()
    few = pd.DataFrame({"grade": list("ab"), "n": [3, 4], "count": [1, 2]})
    assert not pd.concat(protect([few, margins(few)]).tables)["shown"].any()
    none = pd.DataFrame({"grade": [], "n": [], "count": []})
    assert protect(none).certificate.shown == 0


def test_tables_come_back_as_they_were_but_for_what_is_hidden():
    table = pd.DataFrame({"grade": list("abc"), "n": [40, 30, 5]}, index=[7, 3, 3])
    before = table.copy()
    (frame,) = protect(table).tables
    pd.testing.assert_frame_equal(table, before)
    assert frame.index.tolist() == [7, 3, 3] and frame.columns.tolist() == ["grade", "n", "shown"]
    assert frame["n"].isna().tolist() == [False, False, True]
    certificate = protect(table).certificate
    assert (certificate.shown, certificate.hidden, certificate.min_n, certificate.width) == (2, 1, 11, 0.5)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"n": [40, -3]}, "row 2: n must be a whole number"),
        ({"n": [40, 3.5]}, "row 2: n must be a whole number"),
        ({"n": [40, "x"]}, "row 2: n is not a number"),
        ({"n": [40, np.nan]}, "row 2: n, or count, is missing"),
        ({"n": [40, np.inf]}, "row 2: n is not a number"),
        ({"count": [41, 2]}, "row 1: count is larger than n"),
        ({"grade": ["a", "a"]}, "row 2: the same cell stands in the table twice"),
        ({"grade": [["a"], "b"]}, "is no label but a list"),
    ],
)
def test_bad_tables_get_one_clear_sentence(change, words):
    table = pd.DataFrame({"grade": ["a", "b"], "n": [40, 5], "count": [20, 2]}).assign(**change)
    with pytest.raises(DisclosureError, match=words) as caught:
        protect(table)
    assert "40" not in str(caught.value) and "41" not in str(caught.value)


def test_tables_that_do_not_fit_together_are_refused():
    table = pd.DataFrame({"grade": ["a", "b"], "n": [40, 50], "count": [20, 25]})
    for tables, words in [
        ([table, pd.DataFrame({"n": [80], "count": [45]})], "the same respondents"),
        ([table, pd.DataFrame({"n": [90], "count": [44]})], "the same respondents"),
        ([table, pd.DataFrame({"n": [92], "count": [49]})], "the same respondents"),
        ([table, table.assign(n=[41, 50])], "another table has another n"),
        ([table, pd.DataFrame({"n": [90]})], "a column count"),
        ([table.drop(columns="n")], "no column n"),
        ([], "pandas DataFrame"),
        ("table", "pandas DataFrame"),
    ]:
        with pytest.raises(DisclosureError, match=words):
            protect(tables)
    with pytest.raises(DisclosureError, match="No table has a column"):
        protect(table, keep="first")
    for options in ({"min_n": 1}, {"width": 0.0}, {"width": 1.5}):
        with pytest.raises(DisclosureError, match="min_n must be"):
            protect(table, **options)
    with pytest.raises(DisclosureError, match="contradict"):
        audit([table, pd.DataFrame({"n": [90], "count": [44]})])


@settings(max_examples=100, deadline=None)
@given(small_tables(), st.integers(2, 4))
def test_a_higher_threshold_never_shows_a_smaller_cell(tables, min_n):
    n, count = tables
    assume(n.sum())
    for frame, table in zip(protect(two := two_way(n.tolist(), count), min_n).tables, two, strict=True):
        assert not ((table["n"] > 0) & (table["n"] < min_n) & frame["shown"]).any()
