"""Bounds of hidden counts against all counts there are, one by one."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relsurvey.disclosure import elimination
from relsurvey.disclosure.bounds import Published, each_too_narrow, feasible, narrowest, too_narrow
from relsurvey.disclosure.elimination import Elimination, reduced, small_group
from relsurvey.disclosure.exchanges import exchanged
from relsurvey.errors import DisclosureError


@st.composite
def systems(draw):
    """Return sizes, sums of true counts (some known as a range only), and groups to tell."""
    sizes = draw(st.lists(st.integers(0, 4), min_size=2, max_size=6))
    counts = [draw(st.integers(0, size)) for size in sizes]
    groups = st.frozensets(st.integers(0, len(sizes) - 1), min_size=1)
    sets = []
    for atoms in draw(st.lists(groups, max_size=5)):
        total = sum(counts[a] for a in atoms)
        sets.append(
            (atoms, total - draw(st.sampled_from([0, 0, 1])), total + draw(st.sampled_from([0, 0, 1])))
        )
    known = tuple(counts) if draw(st.booleans()) else None
    return Published(tuple(sizes), tuple(sets), known), draw(st.lists(groups, min_size=1, max_size=5))


def every_range(published, wanted):
    """Return the bounds of each group over all whole counts that fit, None if none fit."""
    vectors = np.array(list(product(*(range(size + 1) for size in published.sizes))))
    for atoms, low, high in published.sets:
        sums = vectors[:, sorted(atoms)].sum(axis=1)
        vectors = vectors[(sums >= low) & (sums <= high)]
    if not len(vectors):
        return None
    sums = [vectors[:, sorted(group)].sum(axis=1) for group in wanted]
    return [(int(s.min()), int(s.max())) for s in sums]


@settings(max_examples=300, deadline=None)
@given(systems())
def test_bounds_are_those_of_all_counts_that_fit(system):
    published, wanted = system
    truth = every_range(published, wanted)
    assert [(round(a), round(b)) for a, b in feasible(published, wanted, integer=True)] == truth
    for (low, high), (a, b) in zip(truth, feasible(published, wanted), strict=True):
        assert a <= low + 1e-6 and b >= high - 1e-6


@settings(max_examples=300, deadline=None)
@given(systems(), st.sampled_from([0.25, 0.5, 1.0]))
def test_a_group_is_too_narrow_when_all_counts_that_fit_say_so(system, width):
    published, wanted = system
    sizes = [sum(published.sizes[a] for a in group) for group in wanted]
    told = [
        k
        for k, ((low, high), n) in enumerate(zip(every_range(published, wanted), sizes, strict=True))
        if n and (high - low < width * n or low == n or high == 0)
    ]
    assert too_narrow(published, wanted, width=width) == told
    shares = [(b - a) / n for (a, b), n in zip(every_range(published, wanted), sizes, strict=True) if n]
    assert narrowest(published, wanted) == pytest.approx(min(shares, default=1.0))


@settings(max_examples=200, deadline=None)
@given(st.lists(systems(), min_size=2, max_size=4))
def test_several_systems_side_by_side_are_told_as_each_alone(several):
    alone = [too_narrow(Published(p.sizes, p.sets, p.counts), wanted) for p, wanted in several]
    assert each_too_narrow(several) == alone


@settings(max_examples=300, deadline=None)
@given(systems(), st.data())
def test_exchanges_reach_counts_that_keep_every_sum_and_all_of_them_within_one_kind(system, data):
    published, wanted = system
    counts = [data.draw(st.integers(0, size)) for size in published.sizes]
    kept = [(atoms, sum(counts[a] for a in atoms)) for atoms, _, _ in published.sets]
    rows = [[int(a in atoms) for a in range(len(counts))] for atoms, _ in kept]
    groups = [[int(a in group) for a in range(len(counts))] for group in wanted]
    low, high = exchanged(
        np.array(rows, dtype=int).reshape(len(rows), len(counts)),
        np.array(published.sizes)[:, None],
        np.array(counts)[:, None],
        np.array(groups),
    )
    every = Published(published.sizes, tuple((atoms, n, n) for atoms, n in kept))
    for a, b, (least, most), group in zip(
        low[:, 0], high[:, 0], every_range(every, wanted), wanted, strict=True
    ):
        assert least <= a <= sum(counts[i] for i in group) <= b <= most
    # All that keeps a sum over every atom is an exchange among them.
    whole = Published(published.sizes, ((frozenset(range(len(counts))), sum(counts), sum(counts)),))
    one = np.ones((1, len(counts)), dtype=int)
    low, high = exchanged(
        one, np.array(published.sizes)[:, None], np.array(counts)[:, None], np.array(groups)
    )
    assert list(zip(low[:, 0], high[:, 0], strict=True)) == every_range(whole, wanted)


def test_counts_that_are_said_to_be_true_and_do_not_fit_are_refused():
    both = frozenset({0, 1})
    assert too_narrow(Published((4, 4), ((both, 4, 4),), (2, 2)), [frozenset({0})]) == []
    for counts in ((4, 4), (5, -1)):
        with pytest.raises(DisclosureError, match="contradict"):
            too_narrow(Published((4, 4), ((both, 4, 4),), counts), [frozenset({0})])


@pytest.mark.parametrize(
    "sets",
    [
        ((frozenset({0}), 5, 5),),
        ((frozenset({0, 1}), 9, 9),),
        ((frozenset({0, 1}), 3, 3), (frozenset({0}), 1, 1), (frozenset({1}), 1, 1)),
        ((frozenset({0, 1}), 8, 8), (frozenset({1, 2}), 8, 8), (frozenset({0, 2}), 1, 1)),
    ],
)
def test_sums_that_contradict_each_other_are_refused(sets):
    published = Published((4, 4, 4), sets)
    for call in (feasible, too_narrow):
        with pytest.raises(DisclosureError, match="contradict"):
            call(published, [frozenset({0}), frozenset({2})])


def test_an_odd_circle_is_narrow_for_whole_counts_alone():
    # If the fourth is favorable, each two of three others have one favorable together: a half each.
    sets = tuple((frozenset(pair) | {3}, 2, 2) for pair in ((0, 1), (1, 2), (0, 2)))
    published, fourth = Published((1, 1, 1, 1), sets), [frozenset({3})]
    assert feasible(published, fourth) == [(0.0, 1.0)]
    assert feasible(published, fourth, integer=True) == [(0.0, 0.0)]
    assert too_narrow(published, fourth) == [0]


rows = st.lists(
    st.lists(st.sampled_from([0, 0, 0, 1, 1, -1]), min_size=6, max_size=6), min_size=1, max_size=4
)


@settings(max_examples=300, deadline=None)
@given(rows)
def test_elimination_has_the_rank_that_floating_point_finds(matrix):
    found = reduced(np.array(matrix))
    assert len(found) == np.linalg.matrix_rank(np.array(matrix))
    for row, pivot in zip(found, (int(np.flatnonzero(row)[0]) for row in found), strict=True):
        assert row[pivot] == 1 and (found[:, pivot] != 0).sum() == 1


def in_row_space(matrix, vector):
    with_it = np.vstack([matrix, vector])
    return np.linalg.matrix_rank(with_it) == np.linalg.matrix_rank(matrix)


def has_small_group(matrix, sizes, min_n):
    """Try every union of columns."""
    unions = (np.array(u) for u in product([0, 1], repeat=matrix.shape[1]) if any(u))
    return any((u.sum() == 1 or u @ sizes < min_n) and in_row_space(matrix, u) for u in unions)


@settings(max_examples=300, deadline=None)
@given(rows, st.lists(st.integers(1, 6), min_size=6, max_size=6))
def test_small_unions_are_found_as_by_trying_all(matrix, sizes):
    matrix = np.array(matrix)
    assert small_group(reduced(matrix), sizes, 9) == has_small_group(matrix, np.array(sizes), 9)


@settings(max_examples=200, deadline=None)
@given(rows, st.permutations(range(6)), st.lists(st.integers(1, 6), min_size=3, max_size=3))
def test_a_column_is_published_exactly_when_no_small_group_follows(matrix, order, sizes):
    # Columns 0 to 2 may be published, 3 to 5 are small groups; no row may speak of small groups alone.
    matrix = np.array([row for row in matrix if any(row[:3])] or [[1, 0, 0, 1, 1, 0]])
    if has_small_group(np.vstack([matrix, np.zeros(6)]), np.array([99] * 3 + sizes), 9):
        return
    known = Elimination({0: 0, 1: 1, 2: 2}, dict(zip((3, 4, 5), sizes, strict=True)), 9)
    for row in matrix.tolist():
        known.relate({k: value for k, value in enumerate(row) if value})
    for column in (c for c in order if c < 3):
        more = np.vstack([matrix, np.eye(6)[column]])
        alone = [u for u in product([0, 1], repeat=3) if any(u)]
        exposed = any(
            (sum(u) == 1 or np.array(u) @ sizes < 9) and in_row_space(more, np.array([0, 0, 0, *u]))
            for u in alone
        )
        assert known.publish(column) == (not exposed)
        matrix = matrix if exposed else more


def test_a_search_that_takes_too_long_counts_as_having_found_a_group(monkeypatch):
    rows = np.array([[1, 0, 1, 1], [0, 1, 1, 2]])
    assert not small_group(rows, [9, 9, 9, 9], 11)
    monkeypatch.setattr(elimination, "_MOST_STEPS", 0)
    assert small_group(rows, [9, 9, 9, 9], 11)
