"""Every cell that `protect` hid, shown again alone: the audit refuses what opens something, and only that."""

from __future__ import annotations

import numpy as np
import pytest

from relsurvey.disclosure.attack import audit
from relsurvey.disclosure.tables import protect
from tests.disclosure.test_tables import every_count, known, two_way
from tests.robustness.attacker import MIN_N, Case, breaches

SHAPES = [(2, 2), (2, 3), (1, 4), (3, 2)]


def random_tables(seed):
    """Return the sizes and counts of a small table, few enough to write down every count there can be."""
    draw = np.random.default_rng(seed)
    shape = SHAPES[seed % len(SHAPES)]
    n = draw.integers(0, 6, shape)
    return n, draw.binomial(n, draw.choice([0.1, 0.5, 0.9]))


def reopened(frames, tables):
    """Yield each hidden cell, and the published tables with it alone shown again."""
    for k, frame in enumerate(frames):
        for row in np.flatnonzero(~frame["shown"]):
            opened = [other.copy() for other in frames]
            opened[k].loc[row, ["n", "count"]] = tables[k].loc[row, ["n", "count"]].astype(float)
            opened[k].loc[row, "shown"] = True
            yield (k, int(row)), opened


def told(n, count, tables, opened, min_n):
    """Return the small groups that are shown, or whose share all counts that fit leave under half open."""
    found = set()
    for k, (table, values) in enumerate(zip(tables, every_count(n, count, opened), strict=True)):
        for row, size in enumerate(table["n"]):
            if 0 < size < min_n and (opened[k]["shown"][row] or np.ptp(values[:, row]) < size / 2):
                found.add((k, row))
    return found


def mutations(seeds):
    """Yield what the audit and the oracle say of every cell shown again."""
    for seed in seeds:
        n, count = random_tables(seed)
        tables = two_way(n.tolist(), count)
        for where, opened in reopened(protect(tables, 4).tables, tables):
            yield where, audit(known(opened, tables), 4), told(n, count, tables, opened, 4)


@pytest.mark.parametrize("first", range(0, 36, 12))
def test_every_hidden_cell_shown_again_is_refused_or_harmless(first):
    for where, found, opened in mutations(range(first, first + 12)):
        assert found.passed <= (not opened), where
        # A union of small groups may be told where no single one is: that alone is more than the oracle asks.
        if not opened:
            assert all(e.kind == "computed" and len(e.cells) > 1 for e in found.exposed), where


def test_both_sorts_of_cells_are_among_them():
    said = [found.passed for _, found, _ in mutations(range(24))]
    assert said.count(False) >= 100
    assert said.count(True) >= 1


@pytest.mark.parametrize("seed", range(2000, 2005))
def test_every_hidden_cell_of_linked_tables_shown_again_alone(seed):
    """Up to three dimensions: what an attacker who knows every n then finds, the audit finds."""
    case = Case(seed)
    for (k, row), opened in reopened(protect(case.tables, MIN_N).tables, case.tables):
        found = audit(known(opened, case.tables), MIN_N)
        if 0 < case.tables[k].loc[row, "n"] < MIN_N:
            assert ("shown", (k, row)) in {(e.kind, cell) for e in found.exposed for cell in e.cells}
        elif found.passed:
            assert breaches(case, tuple(opened), integer=False) == []
