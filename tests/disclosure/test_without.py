"""Tables that people left out: never shown, and their small groups are protected as before."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from relsurvey.disclosure import ALL, Dropped, exposures
from relsurvey.disclosure.gate import release
from tests.disclosure.districts import District, told, told_across

MIN_N = 11


@pytest.mark.parametrize("seed", range(16))
@pytest.mark.parametrize("what", ["all", "a school", "some"])
def test_an_attacker_learns_no_small_group_where_tables_are_left_out(seed, what):
    district = District.random(seed)
    plan = district.plan()
    places = [(table.unit, table.variable) for table in plan.tables]
    if what == "all":
        left = {place for place in places if place[0] == ALL}
    elif what == "a school":
        left = {place for place in places if place[0] == "s0"}
    else:
        drawn = np.random.default_rng(seed).random(len(places)) < 0.4
        left = {place for place, gone in zip(places, drawn, strict=True) if gone}
    plan = replace(plan, without=frozenset(left))
    released = release(plan, MIN_N)
    for unit, variable in left:
        if unit in released.units:
            assert released.tables[unit, variable] == Dropped("left_out")
        assert released.rows(unit, variable) == ()
    assert told(district, released, MIN_N) == []
    assert told_across(district, released, MIN_N) == []
    assert exposures(plan, released, MIN_N) == ()


def test_what_people_leave_out_may_save_what_the_gate_would_drop():
    saved = 0
    for seed in range(24):
        plan = District.random(seed).plan()
        before = release(plan, MIN_N)
        linked = [t for t in plan.tables if before.tables.get((t.unit, t.variable)) == Dropped("linked")]
        for table in linked:
            schools = [t for t in plan.tables if t.variable == table.variable and t.unit != table.unit]
            for other in schools:
                without = replace(plan, without=frozenset([(other.unit, other.variable)]))
                saved += bool(release(without, MIN_N).rows(table.unit, table.variable))
    assert saved > 0
