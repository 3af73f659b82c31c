"""The gate: small groups stay hidden, alone and together."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from relsurvey.disclosure import (
    ALL,
    Dropped,
    Plan,
    PlannedCell,
    PlannedTable,
    Released,
    Row,
    Students,
    Unit,
    exposures,
)
from relsurvey.disclosure.gate import release
from relsurvey.disclosure.suppress import rows_of, suppress

MIN_N = 11


def table(unit, sizes, merge="never", variable="v"):
    """Return a table from category sizes; the last is those without an answer."""
    names = [*(f"c{i}" for i in range(len(sizes) - 1)), None]
    return PlannedTable(
        unit,
        variable,
        merge,
        tuple(PlannedCell(c, Students((n,))) for c, n in zip(names, sizes, strict=True)),
    )


def district(schools, merge="never", no_school=0):
    """Return a plan of schools, each a list of category sizes, and the whole."""
    sizes = np.array(schools)
    total = sizes.sum(axis=0) + np.array([0] * (sizes.shape[1] - 1) + [no_school])
    units = [Unit(ALL, "all", None, Students((int(total.sum()),)))]
    units += [Unit(f"s{i}", "school", ALL, Students((int(row.sum()),))) for i, row in enumerate(sizes)]
    tables = [table(ALL, total.tolist(), merge)] + [
        table(f"s{i}", row.tolist(), merge) for i, row in enumerate(sizes)
    ]
    return Plan(tuple(units), tuple(tables))


def shown_sets(plan, released, variable="v"):
    """Return every published figure as the set of (school, category) it sums, and the sizes of these."""
    sizes, sets = {}, []
    for t in plan.tables:
        if t.unit != ALL:
            sizes |= {(t.unit, c.category): c.students.fewest for c in t.cells if not c.students.none}
    whole = {c.category: c.students.fewest for t in plan.tables if t.unit == ALL for c in t.cells}
    for category, n in whole.items():
        rest = n - sum(v for (s, c), v in sizes.items() if c == category)
        if rest:
            sizes["none", category] = rest
    for unit in released.units:
        inside = [a for a in sizes if unit in (ALL, a[0])]
        sets.append(frozenset(inside))
        sets += [
            frozenset(a for a in inside if a[1] in row.categories) for row in released.rows(unit, variable)
        ]
    return sets, sizes


def computable(sets, sizes, target):
    """Say by floating-point rank, not by elimination, whether a set's figure follows from those published."""
    atoms = list(sizes)
    matrix = np.array([[a in s for a in atoms] for s in sets], dtype=float)
    vector = np.array([a in target for a in atoms], dtype=float)
    return np.linalg.matrix_rank(np.vstack([matrix, vector])) == np.linalg.matrix_rank(matrix)


def test_a_small_category_joins_those_without_an_answer():
    rows = rows_of(table("a", [70, 80, 7, 5]), MIN_N)
    assert rows == (Row(("c0",)), Row(("c1",)), Row(("c2", None), pooled=True))


def test_a_variable_is_dropped_where_joining_is_not_enough():
    assert rows_of(table("a", [70, 80, 7, 2]), MIN_N) == Dropped("too_few")
    # All less the two groups would give three students away.
    assert rows_of(table("a", [70, 80, 3]), MIN_N) == Dropped("too_few")


def test_those_without_an_answer_are_a_cell_of_their_own():
    assert rows_of(table("a", [70, 80, 20]), MIN_N) == (Row(("c0",)), Row(("c1",)), Row((None,), pooled=True))
    assert rows_of(table("a", [70, 80, 0]), MIN_N) == (Row(("c0",)), Row(("c1",)))


def test_ordered_categories_join_a_neighbour_and_any_the_next_smallest():
    assert rows_of(table("a", [30, 5, 60, 0], "ordered"), MIN_N) == (Row(("c0", "c1")), Row(("c2",)))
    assert rows_of(table("a", [30, 90, 4], "ordered"), MIN_N) == (Row(("c0",)), Row(("c1", None)))
    assert rows_of(table("a", [60, 5, 30, 0], "any"), MIN_N) == (Row(("c0",)), Row(("c1", "c2")))


def test_one_row_alone_is_no_comparison():
    assert isinstance(rows_of(table("a", [100, 0]), MIN_N), Dropped)


def test_a_figure_with_few_answers_counts_as_small_however_many_students_there_are():
    figures = {"a": (14, 9), "b": (60, 60), None: (20, 20)}
    cells = tuple(PlannedCell(category, Students(students)) for category, students in figures.items())
    rows = rows_of(PlannedTable("u", "v", "never", cells), MIN_N)
    assert rows == (Row(("b",)), Row(("a", None), pooled=True))


def test_all_schools_less_the_others_does_not_give_a_dropped_school_away():
    plan = district([[60, 60, 20, 15], [50, 50, 20, 14], [40, 40, 3, 2]])
    released = release(plan, MIN_N)
    sets, sizes = shown_sets(plan, released)
    assert isinstance(released.tables["s2", "v"], Dropped)
    assert not computable(sets, sizes, {("s2", "c2")})
    assert not computable(sets, sizes, {("s2", None)})
    assert exposures(plan, released, MIN_N) == ()


def test_students_without_a_school_hide_the_whole_when_they_are_few():
    plan = district([[60, 60, 20], [50, 50, 20]], no_school=4)
    released = release(plan, MIN_N)
    assert ALL not in released.units and {"s0", "s1"} <= released.units


def test_a_team_is_hidden_with_a_small_one_so_that_the_school_does_not_give_it_away():
    units = (
        Unit("s", "school", None, Students((100,))),
        Unit("t1", "team", "s", Students((55,))),
        Unit("t2", "team", "s", Students((40,))),
    )
    released = release(Plan(units, ()), MIN_N)
    # Five students are in no team.
    assert released.units == {"s", "t1"}


def test_what_the_suppressor_forgets_the_audit_finds():
    plan = district([[60, 60, 7, 6], [50, 50, 20, 14]])
    released = release(plan, MIN_N)
    opened = Released(
        released.units, {**released.tables, ("s0", "v"): tuple(Row((c,)) for c in ("c0", "c1", "c2", None))}
    )
    assert exposures(plan, opened, MIN_N)
    small = replace(plan, units=(*plan.units, Unit("s9", "school", None, Students((4,)))))
    assert exposures(small, Released(released.units | {"s9"}, released.tables), MIN_N)


sizes = st.one_of(st.integers(0, 14), st.integers(0, 90))


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])
@given(
    st.integers(2, 4).flatmap(
        lambda k: st.lists(st.lists(sizes, min_size=k, max_size=k), min_size=2, max_size=5)
    ),
    st.sampled_from(["never", "ordered", "any"]),
    st.sampled_from([0, 0, 3, 20]),
)
def test_no_small_group_follows_from_what_is_shown(schools, merge, no_school):
    plan = district(schools, merge, no_school)
    released = release(plan, MIN_N)
    sets, atoms = shown_sets(plan, released)
    for part in sets:
        assert sum(atoms[a] for a in part) >= MIN_N
    for atom, n in atoms.items():
        if n < MIN_N:
            assert not sets or not computable(sets, atoms, {atom})
    # What is left of a school, or of the whole, once rows are taken away.
    for whole in sets:
        for part in sets:
            if part < whole:
                assert sum(atoms[a] for a in whole - part) >= MIN_N


@settings(max_examples=150, deadline=None)
@given(st.lists(st.lists(sizes, min_size=3, max_size=3), min_size=2, max_size=4), st.randoms())
def test_one_hidden_table_reopened_is_caught(schools, random):
    plan = district(schools)
    released = release(plan, MIN_N)
    dropped = [key for key, value in released.tables.items() if isinstance(value, Dropped)]
    if not dropped:
        return
    key = random.choice(dropped)
    cells = next(t for t in plan.tables if t.unit == key[0]).cells
    opened = tuple(Row((c.category,)) for c in cells if not c.students.none)
    mutated = Released(released.units, {**released.tables, key: opened})
    sets, atoms = shown_sets(plan, mutated)
    exposed = any(n < MIN_N and computable(sets, atoms, {a}) for a, n in atoms.items())
    assert bool(exposures(plan, mutated, MIN_N)) or not exposed


def test_suppress_alone_already_passes_the_usual_district():
    plan = district([[70, 80, 12, 12], [60, 66, 13, 11], [55, 44, 9, 12]])
    assert exposures(plan, suppress(plan, MIN_N), MIN_N) == ()


@pytest.mark.parametrize("min_n", [10, 11, 20])
def test_the_threshold_is_the_one_given(min_n):
    plan = district([[min_n, 60, 20], [min_n - 1, 50, 20]])
    released = release(plan, min_n)
    for key, found in released.tables.items():
        for row in () if isinstance(found, Dropped) else found:
            cells = {c.category: c.students.fewest for t in plan.tables if t.unit == key[0] for c in t.cells}
            assert sum(cells[c] for c in row.categories) >= min_n
