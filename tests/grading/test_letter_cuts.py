"""Where a plain table's letters start: its percents and letters say it, and computed marks follow them."""

from __future__ import annotations

import pandas as pd
import pytest

from relsurvey.grading import Policy, read_gradebook, regrade
from relsurvey.grading.formats.letter_cuts import cuts_of

OWN = (("A", 93), ("B", 85), ("C", 75), ("D", 70), ("F", 0))
USUAL = {"A": 90, "B": 80, "C": 70, "D": 60, "F": 0}


def letter(percent):
    return next(name for name, cut in OWN if percent >= cut)


def table(percents, letters):
    students = [f"s{i}" for i in range(len(percents))]
    return pd.DataFrame(
        {"Student ID": students, "Test (100 pts)": percents, "Overall": percents, "Letter grade": letters}
    )


def rules(found):
    return found.ledger.loc[found.ledger["step"] == "grading rules", "what"].tolist()


@pytest.mark.parametrize("lowest", [40, 0])
def test_letters_that_follow_other_cuts_are_computed_by_these(lowest):
    percents = list(range(lowest, 101))
    letters = [letter(percent) for percent in percents]
    found = read_gradebook(table(percents, letters), course="A")
    assert found.policy.cuts == dict(OWN)
    assert regrade(found, Policy(floor={"percent": 0}, cuts=dict(OWN))).before["letter"].tolist() == letters
    assert rules(found) == ["proposed cuts: 'A' from 93, 'B' from 85, 'C' from 75, 'D' from 70, 'F' from 0"]


def test_letters_of_a_long_table_and_of_marks_alone_say_it_too():
    percents = list(range(50, 100))
    marks = table(percents, [letter(percent) for percent in percents]).drop(columns="Test (100 pts)")
    assert read_gradebook(marks, course="A").policy.cuts == dict(OWN)
    long = marks.assign(**{"Assignment": "Test", "Score": percents, "Points possible": 100})
    assert read_gradebook(long, course="A").policy.cuts == dict(OWN)


def test_the_usual_cuts_are_no_rule_of_their_own_and_a_mappings_cuts_win():
    percents = list(range(50, 101))
    usual = [next(name for name, cut in USUAL.items() if percent >= cut) for percent in percents]
    found = read_gradebook(table(percents, usual), course="A")
    assert not rules(found) and found.policy == Policy()
    columns = {"Student ID": "student", "Test (100 pts)": "item", "Overall": "percent"}
    columns["Letter grade"] = "letter"
    mapping = {"layout": "wide", "columns": columns, "points": 100, "cuts": dict(OWN)}
    assert read_gradebook(table(percents, usual), course="A", mapping=mapping).policy.cuts == dict(OWN)


def test_letters_that_follow_no_cuts_are_said_with_how_many_differ():
    found = read_gradebook(table([95, 85, 75, 65, 50], ["A", "A", "B", "C", "B"]), course="A")
    assert found.policy.cuts == USUAL
    [said] = rules(found)
    assert said == (
        "where the file's letters start cannot be worked out; computed letters start at 90, 80, 70, 60, and "
        "differ from 4 of the file's 5"
    )


def test_what_is_no_letter_of_a_percent_says_nothing_of_the_cuts():
    letters = ["A", "B", "P", "NP", "I"]
    assert not rules(read_gradebook(table([95, 85, 75, 65, 50], letters), course="A"))


@pytest.mark.parametrize(
    ("pairs", "cuts"),
    [
        # Under the lowest letter of a file the usual ones follow, or nobody could get a D or an F.
        ([(95, "A"), (91, "B"), (76, "C")], {"A": 95, "B": 90, "C": 70, "D": 60, "F": 0}),
        ([(95, "A"), (88, "A"), (66, "C")], {"A": 80, "C": 60, "F": 0}),
        ([(88, "A"), (55, "D")], {"A": 80, "D": 50, "F": 0}),
        ([(88, "A+"), (80, "A-")], {"A+": 85, "A-": 80, "C": 70, "D": 60, "F": 0}),
        ([(88, "A"), (0, "D")], {"A": 80, "D": 0}),
        ([(88, "A"), (40, "E")], {"A": 80, "E": 0}),
        ([(88, "exceeds"), (40, "meets")], {"exceeds": 80, "meets": 0}),
    ],
)
def test_the_lowest_letter_of_a_file_is_not_everyones_below_it(pairs, cuts):
    found = cuts_of([(float(percent), letter) for percent, letter in pairs], lambda *line: None)
    assert found == cuts
    Policy(cuts=found)
