"""Small groups and the tables of other variables: the gate withholds, the audit finds on its own path."""

from __future__ import annotations

from dataclasses import replace

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
from relsurvey.disclosure.across import Across
from relsurvey.disclosure.gate import release
from relsurvey.disclosure.plan import Profile
from relsurvey.disclosure.roster import overheard
from relsurvey.disclosure.suppress import suppress
from relsurvey.errors import DisclosureError
from tests.disclosure.districts import FIGURES, District, reopened, told, told_across, told_together

MIN_N = 11


def school(roster, *, name="s", parent=None, kind="school"):
    """Return a unit, its tables and profiles from (category of v, of w): how many, and how many favorable."""
    cells: list[dict] = [{}, {}]
    for of, (n, count) in roster.items():
        for k, category in enumerate(of):
            have = cells[k].get(category, (0, 0))
            cells[k][category] = have[0] + n, have[1] + count
    tables = [
        PlannedTable(
            name, v, "never", tuple(PlannedCell(c, Students((n, n), (f,))) for c, (n, f) in of.items())
        )
        for v, of in zip(("v", "w"), cells, strict=True)
    ]
    n, count = (sum(of[i] for of in roster.values()) for i in (0, 1))
    unit = Unit(name, kind, parent, Students((n, n), (count,)))
    return unit, tables, [Profile(name, of, (n, n)) for of, (n, _) in roster.items()]


def plan_of(roster, *more):
    """Return the plan of one school."""
    unit, tables, profiles = school(roster)
    return Plan((unit, *more), tuple(tables), (Figure("care", 1, "scale"),), (), tuple(profiles))


#: Six answer "c" to v, and that table is not shown. All are "x" by w, where 38 of 40 are favorable: of the
#: six at least four are.
SIX = {("a", "x"): (34, 32), ("a", "y"): (40, 12), ("c", "x"): (6, 6)}


def test_a_table_of_another_variable_tells_a_group_whose_own_table_is_not_shown():
    plan = plan_of(SIX)
    before = suppress(plan, MIN_N)
    assert before.tables["s", "v"] == Dropped("too_few")
    assert [row.categories for row in before.rows("s", "w")] == [("x",), ("y",)]
    # Of the own variable's sums alone nothing follows: 44 of 80 are favorable.
    assert {e.what for e in exposures(plan, before, MIN_N)} == {
        "the tables together tell the share of a small group too closely"
    }
    released = release(plan, MIN_N)
    assert released.tables["s", "w"] == Dropped("narrow")
    assert exposures(plan, released, MIN_N) == ()


def test_a_group_that_other_rows_leave_open_keeps_them():
    plan = plan_of({("a", "x"): (34, 18), ("a", "y"): (40, 22), ("c", "x"): (6, 3)})
    released = release(plan, MIN_N)
    assert released.rows("s", "w") and not released.withheld
    assert "frechet" in certify(plan, released, MIN_N).methods


def test_a_group_spread_over_rows_is_bounded_by_their_sum():
    # Three of six are in each of two rows of 30, of whom two are favorable.
    of_c = {("c", "x"): (3, 0), ("c", "y"): (3, 0), ("a", "z"): (60, 40)}
    plan = plan_of({("a", "x"): (27, 2), ("a", "y"): (27, 2), **of_c})
    before = suppress(plan, MIN_N)
    across = Across(plan, before, MIN_N)
    assert across.told(before) == []
    assert across.narrowest(before) == pytest.approx(4 / 6)
    # One of 30 is coded: 5 percent or less is one of them at most.
    fewer = plan_of({("a", "x"): (27, 1), ("a", "y"): (27, 1), **of_c})
    assert Across(fewer, before, MIN_N).narrowest(before) == pytest.approx(2 / 6)


def test_the_table_of_all_schools_goes_first_and_the_schools_own_stays():
    one, tables, profiles = school(SIX, name="s1", parent=ALL)
    other, more, others = school({("a", "x"): (50, 25), ("a", "y"): (50, 20)}, name="s2", parent=ALL)
    whole = tuple(
        PlannedTable(
            ALL,
            mine.variable,
            "never",
            tuple(
                PlannedCell(
                    c.category,
                    c.students
                    + next(
                        (o.students for o in theirs.cells if o.category == c.category), Students((0, 0), (0,))
                    ),
                )
                for c in mine.cells
            ),
        )
        for mine, theirs in zip(tables, more, strict=True)
    )
    units = (Unit(ALL, "all", None, one.students + other.students), one, other)
    plan = Plan(units, (*whole, *tables, *more), (Figure("care", 1, "scale"),), (), (*profiles, *others))
    released = release(plan, MIN_N)
    # The school's own table tells by itself, so it goes, and that of all schools less the other one too.
    assert released.rows("s2", "w") or released.rows(ALL, "w")
    assert not (released.rows("s2", "w") and released.rows(ALL, "w"))
    assert told_by(plan, released) == set()


def told_by(plan, released):
    return set(overheard(plan, released, MIN_N))


def school_of_a_team():
    """Return a school with its tables, the cells of a team in it that has none, and who is where."""
    cells = {"a": (20, 18), "c": (6, 6)}
    inside = PlannedTable(
        "t", "v", "never", tuple(PlannedCell(c, Students((n, n), (f,))) for c, (n, f) in cells.items())
    )
    unit, tables, _ = school({("a", "x"): (94, 50), ("c", "x"): (6, 6), ("a", "y"): (30, 14)})
    profiles = [Profile("t", ("a", "x"), (20, 20)), Profile("t", ("c", "x"), (6, 6))]
    profiles += [Profile("s", ("a", "x"), (74, 74)), Profile("s", ("a", "y"), (30, 30))]
    return unit, tables, inside, profiles


def test_a_group_inside_a_team_is_protected_by_the_roster_too():
    """A team's page alone: 24 of 26 are favorable, so at least four of the team's six learners."""
    unit, tables, inside, profiles = school_of_a_team()
    team = Unit("t", "team", "s", Students((26, 26), (24,)))
    plan = Plan((unit, team), tuple(tables), (Figure("care", 1, "scale"),), (inside,), tuple(profiles))
    assert told_by(plan, Released(frozenset({"s", "t"}), {})) == {("v", "care")}
    released = release(plan, MIN_N)
    assert ("t", None, 0) in released.withheld and ("s", None, 0) not in released.withheld


@pytest.mark.parametrize(("n", "tells"), [(26, True), (25, True), (12, False)])
def test_a_scale_is_not_told_by_the_one_question_that_was_answered(n, tells):
    """The team above: its page leaves the scale out, and so the question that says the same of nearly all."""
    unit, tables, inside, profiles = school_of_a_team()
    # The first question has n answers, the second one the rest: n, or none of it, tells the scale.
    whole = replace(
        unit, students=Students((*unit.students.figures, 130, 130), (*unit.students.counts, 70, 70))
    )
    team = Unit("t", "team", "s", Students((26, 26, n, 26 - n), (24, n - 2, 26 - n)))
    figures = (Figure("care", 1, "scale"), Figure("q", 2, "item"), Figure("r", 3, "item"))
    plan = Plan((whole, team), tuple(tables), figures, (inside,), tuple(profiles), {"care": ("q", "r")})
    released = release(plan, MIN_N)
    assert ("t", None, 0) in released.withheld and ("s", None, 0) not in released.withheld
    assert (("t", None, 1) in released.withheld) == tells
    opened = replace(released, withheld=released.withheld - {("t", None, 1)})
    # With one student who answered the other question alone, three of six learners stay open.
    assert bool(exposures(plan, opened, MIN_N)) == (n == 26)


@pytest.mark.parametrize("seed", range(16))
def test_no_tables_together_tell_a_small_group(seed):
    district = District.random(seed)
    try:
        released = release(district.plan(), MIN_N)
    except DisclosureError:
        return
    assert told_across(district, released, MIN_N) == []
    if seed < 6:
        assert told_together(district, released, MIN_N) == []


def test_without_it_other_tables_do_tell_and_both_paths_see_them():
    """The two paths share no code and find the same scales; the attacker, on a third, finds no more."""
    seen = 0
    for seed in range(12):
        district = District.random(seed)
        plan = district.plan()
        before = suppress(plan, MIN_N)
        across = Across(plan, before, MIN_N)
        own = {plan.figures[one.figure].of for one in across.told(before)}
        assert {of for _, of in overheard(plan, before, MIN_N, solve=False)} == own
        attacked = {FIGURES[f].of for f, *_ in told_across(district, before, MIN_N)}
        assert attacked <= own
        seen += bool(attacked)
    assert seen >= 8


def tiny(seed):
    return District.random(seed, tiny=True, variables=2)


@pytest.mark.parametrize("seed", range(60))
def test_over_all_answers_that_fit_every_small_group_stays_open(seed):
    """Tiny schools of two variables: the oracle writes down all that there can be, and takes all together."""
    district = tiny(seed)
    try:
        released = release(district.plan(), 4)
    except DisclosureError:
        return
    assert told_together(district, released, 4, brute=True) == []


def test_the_oracle_is_one_that_finds_something():
    assert (
        sum(bool(told_together(tiny(s), suppress(tiny(s).plan(), 4), 4, brute=True)) for s in range(20)) >= 8
    )


@pytest.mark.parametrize("seed", range(30))
def test_whatever_is_shown_again_is_refused_or_harmless(seed):
    """Each hidden row, table, figure and unit, one at a time: what the audit lets pass, the oracle does."""
    district = tiny(seed)
    plan = district.plan()
    try:
        released = release(plan, 4)
    except DisclosureError:
        return
    for what, other in reopened(plan, released):
        if not exposures(plan, other, 4):
            assert told(district, other, 4, brute=True) == [], what
            assert told_together(district, other, 4, brute=True) == [], what


def test_most_of_what_is_shown_again_is_refused():
    """The re-opening above is no empty test."""
    refused = let = 0
    for seed in range(8):
        plan = tiny(seed).plan()
        for _, other in reopened(plan, release(plan, 4)):
            found = bool(exposures(plan, other, 4))
            refused, let = refused + found, let + (not found)
    assert refused > 2 * let
    assert refused >= 60


def test_withheld_figures_shown_again_one_at_a_time_are_refused():
    """Here every withheld figure is needed: none of them may be shown again alone."""
    plan = plan_of(SIX)
    both = replace(
        plan,
        units=(replace(plan.units[0], students=Students((80, 80), (50, 40))),),
        tables=tuple(
            replace(
                t,
                cells=tuple(
                    PlannedCell(
                        c.category, Students(c.students.figures, (*c.students.counts, c.students.fewest // 2))
                    )
                    for c in t.cells
                ),
            )
            for t in plan.tables
        ),
        figures=(Figure("care", 1, "scale"), Figure("growth", 1, "scale")),
    )
    released = release(both, MIN_N)
    assert released.withheld == {("s", "w", 0)}
    opened = replace(released, withheld=frozenset())
    assert {e.figure for e in exposures(both, opened, MIN_N)} == {"care"}
    assert Row(("x",)) in released.rows("s", "w")
