"""An attacker who knows every n, on made-up districts: the gate stops them, the audit sees what they see."""

from __future__ import annotations

import itertools
import json
from dataclasses import asdict, replace

import numpy as np
import pytest

from relsurvey.disclosure import (
    ALL,
    Dropped,
    Figure,
    Plan,
    PlannedCell,
    PlannedTable,
    Released,
    Row,
    Students,
    Unit,
    certify,
    exposures,
)
from relsurvey.disclosure.crossings import crossings
from relsurvey.disclosure.gate import release
from relsurvey.disclosure.plan import Profile
from relsurvey.disclosure.suppress import suppress
from relsurvey.disclosure.systems import systems
from relsurvey.disclosure.widths import narrowed
from tests.disclosure.districts import FIGURES, District, hidden, ranges, reopened, shown, tells, told

MIN_N = 11


@pytest.mark.parametrize("seed", range(24))
def test_no_small_group_is_told_to_less_than_half(seed):
    district = District.random(seed)
    plan = district.plan()
    released = release(plan, MIN_N)
    assert told(district, released, MIN_N) == []
    assert exposures(plan, released, MIN_N) == ()


@pytest.mark.parametrize("seed", range(24))
def test_nor_where_schools_left_questions_out(seed):
    district = District.random(seed).unasked(seed)
    plan = district.plan()
    released = release(plan, MIN_N)
    assert told(district, released, MIN_N) == []
    assert exposures(plan, released, MIN_N) == ()
    # Whoever has a page has enough students, and of each share that is shown enough who answered.
    for unit in plan.units:
        if unit.id in released.units:
            assert unit.students.figures[0] >= MIN_N
            for f, figure in enumerate(FIGURES):
                few = unit.students.figures[figure.students] < MIN_N
                assert not few or (unit.id, None, f) in released.withheld


@pytest.mark.parametrize("seed", range(24))
def test_counting_out_every_possibility_finds_no_more_where_questions_were_left_out(seed):
    district = District.random(seed, tiny=True).unasked(seed)
    plan = district.plan()
    released = release(plan, 4)
    assert told(district, released, 4, brute=True) == []
    assert exposures(plan, released, 4) == ()


def test_what_is_shown_again_of_a_question_left_out_is_caught():
    exposed = 0
    for seed in (1, 4, 9, 13):
        district = District.random(seed).unasked(seed)
        plan = district.plan()
        released = release(plan, MIN_N)
        for what, other in itertools.islice(reopened(plan, released), 30):
            if tells(district, other, MIN_N):
                exposed += 1
                assert exposures(plan, other, MIN_N), (seed, what)
    assert exposed >= 8


def test_a_question_that_a_school_left_out_hides_itself_alone():
    """A school of 200 that did not ask a scale, beside three that did: it keeps its page, and so do all."""
    school = np.repeat(np.arange(4), [200, 150, 120, 90])
    draw = np.random.default_rng(0)
    scales = (draw.random((len(school), 2)) < 0.6).astype(float)
    scales[school == 0, 1] = np.nan
    groups = {"v": draw.choice(3, size=len(school), p=[0.4, 0.4, 0.2])}
    item = draw.choice(6, size=len(school)).astype(float)
    district = District(school, np.full(len(school), -1), groups, scales, item, "never")
    plan = district.plan()
    released = release(plan, MIN_N)
    assert released.units == {ALL, "s0", "s1", "s2", "s3"}
    assert released.withheld == {("s0", None, 1), ("s0", "v", 1)}
    assert all(released.rows(unit, "v") for unit in ("s0", "s1", "s2", "s3"))
    # Five of them answered it after all: all schools less the others would give these five away.
    district.scales[np.flatnonzero(school == 0)[:5], 1] = 1
    released = release(district.plan(), MIN_N)
    assert released.units == {ALL, "s0", "s1", "s2", "s3"}
    assert {place for place in released.withheld if place[2] == 1} == {
        (unit, variable, 1) for unit in ("s0", ALL) for variable in (None, "v")
    }
    assert not [place for place in released.withheld if place[2] != 1]
    assert told(district, released, MIN_N) == []


def test_the_attacker_is_one_who_finds_something_and_not_all_is_hidden():
    """Thresholds, merging and exact elimination alone leave small groups told too closely."""
    found = rows = 0
    for seed in range(12):
        district = District.random(seed)
        plan = district.plan()
        found += tells(district, suppress(plan, MIN_N), MIN_N)
        released = release(plan, MIN_N)
        rows += sum(not isinstance(table, Dropped) for table in released.tables.values())
    assert found >= 8
    assert rows >= 20


@pytest.mark.parametrize("seed", [3, 8, 16])
def test_whatever_is_shown_again_and_tells_a_small_group_is_caught(seed):
    district = District.random(seed)
    plan = district.plan()
    released = release(plan, MIN_N)
    exposed = 0
    for what, other in itertools.islice(reopened(plan, released), 30):
        if tells(district, other, MIN_N):
            exposed += 1
            assert exposures(plan, other, MIN_N), what
    assert exposed


@pytest.mark.parametrize("seed", range(40))
def test_counting_out_every_possibility_finds_no_more(seed):
    """Tiny districts, with 4 as threshold: the oracle writes down all counts there can be."""
    district = District.random(seed, tiny=True)
    plan = district.plan()
    released = release(plan, 4)
    assert told(district, released, 4, brute=True) == []
    draw = np.random.default_rng(seed)
    units = frozenset(u.id for u in plan.units if draw.random() < 0.7)
    tables = {
        (t.unit, t.variable): tuple(Row((c.category,)) for c in t.cells if not c.students.none)
        for t in plan.tables
        if draw.random() < 0.5
    }
    anything = Released(units, tables)
    if tells(district, anything, 4, brute=True):
        assert exposures(plan, anything, 4)


@pytest.mark.parametrize("seed", range(20))
def test_integer_programs_agree_with_counting_out(seed):
    district = District.random(seed, tiny=True)
    released = suppress(district.plan(), 4)
    for figure in range(len(FIGURES)):
        sets, wanted = shown(district, released, figure, None), hidden(district, 4, figure, None)
        if wanted:
            assert ranges(sets, wanted) == ranges(sets, wanted, brute=True)


def test_repeated_subtraction_reaches_no_small_group():
    """What sums leave of each other, over and over, is either large or its share stays open."""
    for seed in range(6):
        district = District.random(seed)
        released = release(district.plan(), MIN_N)
        for figure, variable in itertools.product((0, 1), (None, "v", "w")):
            sets = shown(district, released, figure, variable)
            exact = {part.tobytes(): part for part, low, high in sets if low == high}
            for _ in range(2):
                pairs = itertools.permutations(list(exact.values()), 2)
                left = [a & ~b for a, b in pairs if (a & b).sum() == b.sum() < a.sum()]
                exact |= {part.tobytes(): part for part in left[:2000]}
            assert all(part.sum() >= MIN_N for part in exact.values())


def pooled(counts, sizes=(60, 8, 12), more=()):
    """Return the plan of a school: a large group, a small one, and those without an answer."""
    cells = tuple(
        PlannedCell(category, Students((n, n), (count,)))
        for category, n, count in zip(("a", "b", None), sizes, counts, strict=True)
    )
    n = sum(sizes)
    unit = Unit("s", "school", None, Students((n, n), (sum(counts),)))
    table = PlannedTable("s", "v", "never", cells)
    return Plan((unit, *more), (table,), (Figure("care", 1, "scale"),))


def test_a_pool_that_nearly_all_agree_in_does_not_show_that_scale():
    told_apart = pooled((30, 7, 11))
    released = release(told_apart, MIN_N)
    assert released.tables["s", "v"] == Dropped("narrow")
    open_ = release(pooled((30, 4, 6)), MIN_N)
    assert [row.categories for row in open_.rows("s", "v")] == [("a",), ("b", None)]
    assert open_.withheld == frozenset()


def test_only_the_scale_that_tells_is_withheld():
    plan = pooled((30, 7, 11))
    both = replace(
        plan,
        units=(replace(plan.units[0], students=Students((80, 80), (48, 40))),),
        tables=(
            replace(
                plan.tables[0],
                cells=tuple(
                    PlannedCell(c.category, Students(c.students.figures, (*c.students.counts, count)))
                    for c, count in zip(plan.tables[0].cells, (30, 4, 6), strict=True)
                ),
            ),
        ),
        figures=(Figure("care", 1, "scale"), Figure("growth", 1, "scale")),
    )
    released = release(both, MIN_N)
    assert released.withheld == {("s", "v", 0)}
    assert released.hides(both, "s", "v", "care", "scale")
    assert not released.hides(both, "s", "v", "growth", "scale")
    assert certify(both, released, MIN_N).figures_withheld == 1


def test_what_an_item_is_made_of_falls_with_it():
    plan = District.random(0).plan()
    of = [figure.kind for figure in FIGURES]
    fallen = Released(frozenset(), {}).withholding(plan, [(ALL, None, of.index("classes"))])
    assert {FIGURES[f].kind for _, _, f in fallen.withheld} == {"classes", "answers"}
    fallen = Released(frozenset(), {}).withholding(plan, [(ALL, None, of.index("item"))])
    assert {FIGURES[f].kind for _, _, f in fallen.withheld} == {"item", "classes", "answers", "not_counted"}


def test_a_group_that_is_all_or_none_is_found_whatever_its_size():
    forced = pooled((60, 8, 12))
    opened = Released(frozenset({"s"}), {("s", "v"): (Row(("a",)), Row(("b", None), pooled=True))})
    assert exposures(forced, opened, MIN_N)
    assert {e.figure for e in exposures(forced, opened, MIN_N)} == {"care"}


def test_a_certificate_holds_no_count_of_students():
    """The same district with every school ten times as large in its large groups has the same certificate."""

    def plan(large):
        return pooled((large // 2, 4, 6), (large, 8, 12))

    small, big = (certify(p, release(p, MIN_N), MIN_N) for p in (plan(61), plan(6100)))
    assert small == big
    numbers = {v for v in asdict(small).values() if isinstance(v, int)}
    assert not numbers & {61, 81, 30, 40, 8, 12, 20, 4, 6, 10}
    assert small.narrowest >= small.width == 50
    assert small.tables_shown == 1 and small.groups_hidden == 2
    json.dumps(asdict(small))


@pytest.mark.parametrize("seed", range(4))
def test_the_narrowest_range_is_one_that_was_proven(seed):
    district = District.random(seed)
    plan = district.plan()
    released = release(plan, MIN_N)
    narrowest = 1.0
    for figure, variable in itertools.product((0, 1), (None, "v", "w")):
        wanted = hidden(district, MIN_N, figure, variable)
        sets = shown(district, released, figure, variable)
        for mask, (low, high) in zip(wanted, ranges(sets, wanted) if wanted else [], strict=True):
            narrowest = min(narrowest, (high - low) / mask.sum())
    assert 50 <= certify(plan, released, MIN_N).narrowest <= 100 * narrowest


def test_the_audit_tries_every_small_cell():
    plan = District.random(2).plan()
    small = {(t.unit, t.variable, c.category) for t in plan.tables for c in t.cells if c.students.few(MIN_N)}
    assert small
    nothing = Released(frozenset(), {})
    tried = sum(narrowed(plan, nothing, system, MIN_N).groups for system in systems(plan, nothing))
    assert tried >= len(small)


def two_variables(profiles):
    """Return the plan of a school with two variables, from how many students have which category of each."""
    tables = []
    for k, variable in enumerate(("language", "learner")):
        categories = dict.fromkeys(of[k] for of in profiles)
        cells = tuple(
            PlannedCell(c, Students((sum(n for of, n in profiles.items() if of[k] == c),)))
            for c in categories
        )
        tables.append(PlannedTable("s", variable, "never", cells))
    unit = Unit("s", "school", None, Students((sum(profiles.values()),)))
    rows = tuple(Profile("s", of, (n,)) for of, n in profiles.items())
    return Plan((unit,), tuple(tables), profiles=rows)


@pytest.mark.parametrize(
    ("profiles", "told_apart"),
    [
        # Learners are all at home in Spanish, and 5 students of that language are no learners.
        ({("es", "yes"): 40, ("es", "no"): 5, ("en", "no"): 60}, True),
        # Nobody is neither, and 5 are both: the two rows less the school.
        ({("es", "yes"): 5, ("es", "no"): 40, ("en", "yes"): 60}, True),
        # The same students left both questions blank, but for four.
        ({(None, None): 20, ("es", None): 4, ("es", "no"): 70, ("en", "no"): 60}, True),
        ({("es", "yes"): 40, ("es", "no"): 15, ("en", "no"): 60}, False),
        ({("es", "yes"): 40, ("es", "no"): 5, ("en", "no"): 60, ("en", "yes"): 2}, False),
    ],
)
def test_groups_of_two_variables_that_leave_a_small_one_are_not_both_shown(profiles, told_apart):
    plan = two_variables(profiles)
    assert bool(crossings(plan, suppress(plan, MIN_N), MIN_N)) == told_apart
    assert bool(exposures(plan, suppress(plan, MIN_N), MIN_N)) == told_apart
    released = release(plan, MIN_N)
    assert (released.tables["s", "learner"] == Dropped("linked")) == told_apart
    assert released.rows("s", "language")
    assert crossings(plan, released, MIN_N) == ()


def test_rows_that_together_leave_a_small_group_of_a_row_of_another_variable():
    of = {
        ("free", "yes"): 45,
        ("reduced", "yes"): 25,
        ("paid", "yes"): 3,
        ("paid", "no"): 60,
        (None, "no"): 12,
    }
    plan = two_variables(of)
    released = suppress(plan, MIN_N)
    assert released.rows("s", "language") and released.rows("s", "learner")
    assert len(crossings(plan, released, MIN_N)) == 1
    released = release(plan, MIN_N)
    assert released.tables["s", "learner"] == Dropped("linked")
    assert crossings(plan, released, MIN_N) == ()


def unions_leave_few(plan, released):
    """Whether a union of rows of one variable, or of those in none, lies in one of the other but for few."""
    n = {p.categories: p.figures[0] for p in plan.profiles if p.figures[0]}
    sides = []
    for k, variable in enumerate(plan.variables):
        rows = [{of for of in n if of[k] in row.categories} for row in released.rows("s", variable)]
        rows.append(set(n) - set().union(*rows))
        subsets = itertools.chain.from_iterable(
            itertools.combinations(rows, r) for r in range(1, len(rows) + 1)
        )
        sides.append([set().union(*some) for some in subsets] if len(rows) > 1 else [])
    pairs = itertools.chain(itertools.product(*sides), itertools.product(*reversed(sides)))
    return any(inner <= outer and 0 < sum(n[of] for of in outer - inner) < MIN_N for inner, outer in pairs)


@pytest.mark.parametrize("seed", range(60))
def test_every_union_of_rows_that_leaves_few_of_another_is_found(seed):
    rng = np.random.default_rng(seed)
    first, second = (rng.choice(["a", "b", "c", "d", None], rng.integers(2, 5), replace=False) for _ in "12")
    sizes = rng.choice([0, 3, 12, 20, 40], (len(first), len(second)), p=[0.45, 0.15, 0.15, 0.15, 0.1])
    of = {
        (a, b): int(n) for a, row in zip(first, sizes, strict=True) for b, n in zip(second, row, strict=True)
    }
    plan = two_variables(of)
    released = suppress(plan, MIN_N)
    if not released.units:
        return
    few = unions_leave_few(plan, released)
    assert bool(crossings(plan, released, MIN_N)) == few
    assert not unions_leave_few(plan, release(plan, MIN_N))


@pytest.mark.parametrize("seed", range(12))
def test_no_two_shown_sets_leave_a_small_group_of_each_other(seed):
    district = District.random(seed)
    released = release(district.plan(), MIN_N)
    sets = [part for v in (None, "v", "w") for part, _, _ in shown(district, released, 0, v)]
    for first, second in itertools.permutations(sets, 2):
        assert (first & second).sum() != second.sum() or not 0 < (first & ~second).sum() < MIN_N
