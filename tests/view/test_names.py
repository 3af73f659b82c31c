"""Units are called after their names alone: no other school or team decides what one is called."""

from __future__ import annotations

import pandas as pd

from relsurvey.escape import slug, slugs
from relsurvey.view.cells import members

FALL = [("Q", "9"), ("Q", "9+"), ("Q", "10"), ("North", "A"), ("North", "B")]


def called(*names):
    """Return what each unit is called, by its school and team."""
    rows = pd.DataFrame([*names, *names], columns=["school", "team"])
    masks, kinds, titles = members(rows)
    for unit, title in titles.items():
        chosen = rows[masks[unit]]
        assert all(set(chosen.iloc[:, i]) == {name} for i, name in enumerate(title))
        assert titles[kinds[unit][1]] == title[:-1] if title else kinds[unit] == ("all", None)
    return {title: unit for unit, title in titles.items()}


def test_names_of_their_own_stay_plain_and_the_others_end_in_a_hash():
    found = called(*FALL)
    assert (found["Q", "10"], found["North",], found["North", "A"]) == ("q-10", "north", "north-a")
    assert "q-9" not in found.values()
    assert all(found[name].startswith("q-9-") for name in FALL[:2])


def test_a_team_that_comes_or_goes_changes_no_name_that_was_shared():
    fall = called(*FALL)
    for spring in (called(("Q", "#9"), *FALL), called(*reversed(FALL), ("Q", "(9)"))):
        assert {name: spring[name] for name in fall} == fall
        assert len(set(spring.values())) == len(spring)


def test_no_unit_is_called_as_all_are_nor_two_alike():
    hashed = called(*FALL)["Q", "9"]
    found = called(*FALL, ("All", "x"), ("all", "y"), ("Q", hashed.removeprefix("q-")), ("Q 9", "z"))
    assert len(set(found.values())) == len(found)
    assert found[()] == "all" and found["All",] != found["all",]


def test_a_name_is_never_longer_than_an_address_takes():
    long = "Escuela Preparatoria Comunitaria " * 3
    found = slugs([(long, "A"), (long, "B"), (long,), ("con",)])
    assert len(set(found)) == 4 and found[-1] == "con-1"
    assert all(len(name) <= 60 and slug(name) == name for name in found)
