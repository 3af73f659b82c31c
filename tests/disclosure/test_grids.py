"""Grids of policies: who knows every n, and the rule, finds no small group whose mark depends on a policy."""

from __future__ import annotations

from collections import defaultdict
from itertools import combinations, product

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from relsurvey.disclosure import ALL, grids
from relsurvey.disclosure.grids import settle

ONE_DIAL = [(i,) for i in range(6)]
TWO_DIALS = list(product(range(3), range(2)))


def unguarded(counts, n, choices, min_n=11):
    """Return the counts as they are: what would be printed without the rule."""
    return {unit: tuple(own) for unit, own in counts.items()}


def small(differences, min_n):
    return all(0 < abs(one) < min_n for one in differences)


# An attacker who goes through every gradebook there could be.


def told(of, rest, cells, min_n, rule):
    """Return what is told by whoever knows the rule, and goes through all the worlds there are.

    ``of`` are the sizes of the units, ``rest`` how many students are in none of them, or None where all of
    them together are not shown.
    """
    choices = [(i,) for i in range(cells)]
    units = [f"school {i}" for i in range(len(of))]
    sizes = dict(zip(units, of, strict=True))
    atoms = [*of, rest] if rest else list(of)
    if rest is not None:
        sizes[ALL] = sum(atoms)
    grids_of = [list(product(range(size + 1), repeat=cells)) for size in atoms]
    seen = defaultdict(lambda: [set() for _ in range(len(atoms) * cells * (cells - 1) // 2)])
    for world in product(*grids_of):
        counts = dict(zip(units, world, strict=False))
        if rest is not None:
            counts[ALL] = [sum(column) for column in zip(*world, strict=True)]
        printed = rule(counts, sizes, choices, min_n)
        pairs = ((atom[a] - atom[b]) for atom in world for a, b in combinations(range(cells), 2))
        for known, difference in zip(seen[tuple(sorted(printed.items()))], pairs, strict=True):
            known.add(difference)
    return [group for groups in seen.values() for group in groups if small(group, min_n)]


WORLDS = {
    "one school": ((13,), None, 3, 3),
    "three steps": ((5,), None, 5, 2),
    "two schools": ((7, 7), 0, 2, 3),
    "two schools, three policies": ((4, 4), 0, 3, 2),
    "two schools, small steps": ((8, 7), 0, 2, 2),
    "three schools": ((4, 4, 4), 0, 2, 2),
    "a school and the rest": ((7,), 7, 2, 3),
    "two schools and the rest": ((4, 5), 4, 2, 2),
    "a school and too few others": ((8,), 3, 2, 2),
}


@pytest.mark.parametrize("world", WORLDS)
@pytest.mark.parametrize("coded", [0, 1])
def test_nobody_who_knows_the_rule_can_tell_of_a_small_group(monkeypatch, world, coded):
    of, rest, cells, min_n = WORLDS[world]
    monkeypatch.setattr(grids, "LEAST", 4)
    monkeypatch.setattr(grids, "_edge", lambda n: coded * n // 4)
    assert told(of, rest, cells, min_n, settle) == []


@pytest.mark.parametrize("world", WORLDS)
def test_without_the_rule_the_same_attacker_does(monkeypatch, world):
    of, rest, cells, min_n = WORLDS[world]
    assert told(of, rest, cells, min_n, unguarded)


def told_of(world, of, rest, min_n, rule):
    """Return what is told of one world, by going through all those in which the same would be printed."""
    units = [f"school {i}" for i in range(len(of))]
    sizes = {**dict(zip(units, of, strict=True)), ALL: sum(of) + rest}
    cells = len(world[0])
    choices = [(i,) for i in range(cells)]

    def printed(world):
        whole = [sum(column) for column in zip(*world, strict=True)]
        return rule({**dict(zip(units, world, strict=False)), ALL: whole}, sizes, choices, min_n)

    seen = printed(world)
    likely = [
        [
            own
            for own in product(range(size + 1), repeat=cells)
            if rule({unit: own}, {unit: size}, choices, min_n)[unit] == seen[unit]
        ]
        for unit, size in zip(units, of, strict=True)
    ]
    if rest:
        likely.append(list(product(range(rest + 1), repeat=cells)))
    alike = [one for one in product(*likely) if printed(one) == seen]
    assert world in alike
    pairs = list(combinations(range(cells), 2))
    return [
        (k, a, b)
        for k in range(len(world))
        for a, b in pairs
        if small({w[k][a] - w[k][b] for w in alike}, min_n)
    ]


@st.composite
def small_worlds(draw):
    """Return the counts of three or four schools, and maybe a rest, by two or three policies."""
    schools, cells, rest = draw(st.sampled_from([(3, 3, 0), (4, 2, 0), (3, 2, 4)]))
    of = [draw(st.integers(7, 9)) for _ in range(schools)]
    now = [draw(st.integers(1, n - 1)) for n in of]
    world = [
        (count, *(min(max(count + draw(st.integers(-3, 3)), 0), n) for _ in range(cells - 1)))
        for n, count in zip(of, now, strict=True)
    ]
    if rest:
        world.append(tuple(draw(st.integers(0, rest)) for _ in range(cells)))
    return tuple(world), of, rest


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(small_worlds())
# The first school's last policy takes 5, or 3: it cannot be a step nearer to now, whose number it would take.
@example((((3, 5, 5), (4, 4, 3), (4, 4, 3)), [8, 8, 8], 0))
@example((((5, 3, 3), (4, 4, 5), (4, 4, 5)), [8, 8, 8], 0))
def test_nobody_can_tell_of_one_in_several_schools(monkeypatch, world):
    monkeypatch.setattr(grids, "LEAST", 4)
    monkeypatch.setattr(grids, "_edge", lambda n: 0)
    assert told_of(*world, 2, settle) == []


# An attacker who subtracts, on grids of real sizes.


@st.composite
def districts(draw):
    """Return counts, sizes and choices of one to four schools, a rest, and all of them."""
    choices = draw(st.sampled_from([ONE_DIAL, TWO_DIALS]))
    counts, sizes = {}, {}
    rest = draw(st.sampled_from([0, 0, 60, 140]))
    schools = [draw(st.integers(100, 400)) for _ in range(draw(st.integers(1, 4)))]
    for name, size in zip([*"abcd"[: len(schools)], "rest"], [*schools, rest], strict=True):
        now = draw(st.integers(0, size))
        moves = draw(st.lists(st.integers(-30, 30), min_size=len(choices) - 1, max_size=len(choices) - 1))
        counts[name] = [now, *(min(max(now + move, 0), size) for move in moves)]
        sizes[name] = size
    counts[ALL] = [sum(column) for column in zip(*counts.values(), strict=True)]
    sizes[ALL] = sum(sizes.values())
    return counts, sizes, choices


def first(numbers, i, order):
    """Return whether a number was not printed before: then it is the true one, where it is not coded."""
    return numbers[i] not in [numbers[before] for before in order[: order.index(i)]]


def span(numbers, n, i, order, rule_on):
    """Return between what limits a unit's true count lies, as far as its own numbers say."""
    if not rule_on:
        return numbers[i], numbers[i]
    low, high = numbers[i], numbers[i]
    if not first(numbers, i, order):
        low, high = low - 10, high + 10
    # Coded, or so few that they stand for fewer.
    return (0 if low <= max(n // 20, 11) else low), (n if high >= n - max(n // 20, 11) else high)


def subtracted(counts, sizes, choices, rule, on=None):
    """Return every unit and pair of policies of which subtraction says that 1 to 10 students differ."""
    public = {unit: own for unit, own in counts.items() if unit != "rest"}
    printed = rule(public, {unit: sizes[unit] for unit in public}, choices)
    order = sorted(range(len(choices)), key=lambda i: (sum(map(bool, choices[i])), i))
    on = rule is settle if on is None else on
    cells = range(len(choices))
    of = {u: [span(numbers, sizes[u], i, order, on) for i in cells] for u, numbers in printed.items()}
    known = {unit: list(spans) for unit, spans in of.items() if unit != ALL}
    if ALL in of:
        n_rest = sizes[ALL] - sum(sizes[unit] for unit in known)
        atoms = {**known, "rest": [(0, n_rest)] * len(choices)}
        # Now stands on the pages, of all too.
        whole = [(counts[ALL][0],) * 2, *of[ALL][1:]]
        if on:
            whole = [whole[0], *(of_all(printed, sizes[ALL], whole[0][0], i, order) for i in cells[1:])]
        for unit in atoms:
            others = [spans for other, spans in atoms.items() if other != unit]
            known[unit] = [
                (
                    max(atoms[unit][i][0], whole[i][0] - sum(spans[i][1] for spans in others)),
                    min(atoms[unit][i][1], whole[i][1] - sum(spans[i][0] for spans in others)),
                )
                for i in cells
            ]
    found = []
    for unit, spans in known.items():
        for a, b in combinations(cells, 2):
            low, high = spans[b][0] - spans[a][1], spans[b][1] - spans[a][0]
            if (low >= 1 and high <= 10) or (low >= -10 and high <= -1):
                found.append((unit, a, b))
    return found


def of_all(printed, n, now, i, order):
    """Return between what limits the count of all lies: what its units print, and what is left beside it."""
    sums = [sum(own[k] for unit, own in printed.items() if unit != ALL) for k in range(len(order))]
    edge = max(n // 20, 11)
    before = order[: order.index(i)]
    # What is left, where it is known: in other cells all print another cell's number.
    left = [
        number - printed_of if first(printed[ALL], k, order) and edge < number < n - edge else None
        for k, (number, printed_of) in enumerate(zip(printed[ALL], sums, strict=True))
    ]
    left[order[0]] = now - sums[order[0]]
    if left[i] is None or left[i] == left[order[0]]:
        return -(10**6), 10**6
    earlier = [left[k] for k in before]
    wide = 0 if None not in earlier and left[i] not in earlier else 10
    return sums[i] + left[i] - wide, sums[i] + left[i] + wide


@settings(deadline=None, max_examples=400)
@given(districts())
def test_subtraction_tells_of_no_small_group(district):
    assert subtracted(*district, settle) == []


def apart(counts, sizes, choices, min_n=11):
    """Settle each unit by itself, all of them too: what subtraction is there to find."""
    return {
        unit: settle({unit: own}, {unit: sizes[unit]}, choices, min_n)[unit] for unit, own in counts.items()
    }


def test_without_the_rule_subtraction_does():
    counts = {"a": [60, 90], "b": [50, 53], ALL: [110, 143]}
    district = counts, {"a": 150, "b": 120, ALL: 270}, ONE_DIAL[:2]
    assert subtracted(*district, settle) == []
    assert ("b", 0, 1) in subtracted(*district, unguarded)
    assert subtracted(*district, apart, on=True) == [("b", 0, 1)]


@settings(deadline=None, max_examples=400)
@given(districts())
def test_what_a_unit_prints_is_one_number_or_11_apart_and_close_to_the_truth(district):
    counts, sizes, choices = district
    counts.pop("rest"), sizes.pop("rest")
    printed = settle(counts, sizes, choices)
    schools = [unit for unit in counts if unit != ALL]
    left = sizes[ALL] - sum(sizes[unit] for unit in schools)
    assert set(printed) == {*schools, *([ALL] if left == 0 or left >= 100 else [])}
    for unit, numbers in printed.items():
        edge = sizes[unit] // 20
        coded = [min(max(count, edge), sizes[unit] - edge) for count in counts[unit]]
        few = [edge < count < 11 or edge < sizes[unit] - count < 11 for count in coded]
        assert numbers[0] == coded[0]
        assert all(a == b or abs(a - b) >= 11 for a, b in combinations(numbers, 2))
        if unit != ALL:
            assert all(abs(a - b) <= 10 for a, b, c in zip(numbers, coded, few, strict=True) if not c)
            assert settle({unit: numbers}, sizes, choices) == {unit: numbers}


def test_a_chain_of_small_steps_prints_the_number_it_comes_from_and_then_its_own():
    counts = {"a": [50, 58, 61, 66, 71, 72]}
    assert settle(counts, {"a": 150}, ONE_DIAL) == {"a": (50, 50, 61, 61, 61, 72)}


def test_one_dial_comes_before_two():
    # 64 students by the second dial alone keep their number, though 56 by both stand before them in the grid.
    choices = list(product(range(2), range(2)))
    assert settle({"a": [40, 52, 40, 60]}, {"a": 150}, choices) == {"a": (40, 52, 40, 52)}
    assert settle({"a": [40, 60, 52, 40]}, {"a": 150}, choices) == {"a": (40, 60, 60, 40)}


def test_coded_counts_are_one_and_the_same():
    # Of 200, 190 and more are coded: 200, 191 and 185 cannot be told from one another.
    assert settle({"a": [195, 200, 191, 185, 179, 178]}, {"a": 200}, ONE_DIAL) == {
        "a": (190, 190, 190, 190, 179, 179)
    }


def test_a_policy_never_says_that_a_few_students_are_left():
    # 8 of 100 would be 8 %: it prints what 11 would.
    assert settle({"a": [50, 8]}, {"a": 100}, ONE_DIAL[:2]) == {"a": (50, 11)}
    assert settle({"a": [50, 92]}, {"a": 100}, ONE_DIAL[:2]) == {"a": (50, 89)}


@pytest.mark.parametrize(("n", "shown"), [(99, {}), (100, {"a": (50, 70)})])
def test_a_grid_needs_100_students(n, shown):
    assert settle({"a": [50, 70]}, {"a": n}, ONE_DIAL[:2]) == shown


def test_all_prints_nothing_where_too_few_are_in_no_shown_unit():
    counts, choices = {"a": [50, 70], ALL: [60, 85]}, ONE_DIAL[:2]
    assert settle(counts, {"a": 150, ALL: 249}, choices) == {"a": (50, 70)}
    # Of the others 5 more, which is about the same, or 15.
    assert settle(counts, {"a": 150, ALL: 250}, choices) == {"a": (50, 70), ALL: (60, 80)}
    assert settle({**counts, ALL: [60, 95]}, {"a": 150, ALL: 250}, choices)[ALL] == (60, 95)


def test_numbers_of_all_are_11_apart_too():
    # 15 more in one school and 12 fewer in the other.
    counts = {"a": [60, 75], "b": [60, 48], ALL: [120, 123]}
    assert settle(counts, {"a": 150, "b": 150, ALL: 300}, ONE_DIAL[:2])[ALL] == (120, 120)


def test_many_schools_about_the_same_may_make_a_difference_of_all():
    eight = {name: [50, 58] for name in "abcdefgh"}
    counts = {**eight, ALL: [400, 464]}
    sizes = {**dict.fromkeys(eight, 150), ALL: 1200}
    assert settle(counts, sizes, ONE_DIAL[:2]) == {**dict.fromkeys(eight, (50, 50)), ALL: (400, 464)}
    # With 10 more in each, everyone would know of each.
    tenfold = {**{name: [50, 60] for name in eight}, ALL: [400, 480]}
    assert settle(tenfold, sizes, ONE_DIAL[:2])[ALL] == (400, 400)
