"""Trying a grid of policies: counts worked by hand, and what of them a view may print."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from relsurvey.errors import AnalysisError, PolicyError
from relsurvey.grading import Gradebook, Policy, regrade
from relsurvey.grading.trackrule import Rule, track_rules
from relsurvey.practices.dials import Dials, ready
from relsurvey.practices.measures import measured
from relsurvey.practices.trying import lab_of, try_all
from relsurvey.view import model

BOTH = ["en", "es"]


def dials_of(*choices):
    """Return one dial that sets each of these parts in turn."""
    return Dials(
        dials=[
            {
                "id": "dial",
                "title": {"en": "A dial"},
                "choices": [
                    {"id": "now", "title": {"en": "as now"}},
                    *(
                        {"id": f"c{k}", "title": {"en": f"choice {k}"}, "policy": parts}
                        for k, parts in enumerate(choices, 1)
                    ),
                ],
            }
        ]
    )


FLOORS = dials_of({"floor": {"percent": 40}}, {"floor": {"percent": 50}})


def book(zeros, others, school=("north",), **more):
    """Return a gradebook of students with four 85s and a 0, and students with five 85s."""
    n = zeros + others
    students = [f"s{i}" for i in range(n) for _ in range(5)]
    raw = [85, 85, 85, 85, 0] * zeros + [85] * 5 * others
    table = {"student": students, "item": list("abcde") * n, "raw": raw, "points_possible": 100.0}
    return Gradebook.of(pd.DataFrame(table), **more)


def in_unit(n, unit="north", first=0):
    return pd.Series([unit] * n, [f"s{i}" for i in range(first, first + n)])


def now_of(trials):
    """Return what the pages would have, where they count the marks that are worked out."""
    return {
        unit: {scale: (held[0], trials.of[unit][scale]) for scale, held in of.items()}
        for unit, of in trials.hold.items()
    }


def test_a_floor_worked_by_hand():
    # Four 85s and a 0 are 68, a D; with the 0 as 40 they are 76, as 50 they are 78.
    trials = try_all(book(30, 90), FLOORS, None, in_unit(120))
    assert trials.hold == {unit: {"no_df": (90, 120, 120)} for unit in ("all", "north")}
    assert trials.of["north"] == {"no_df": 120}
    assert not trials.differs and not trials.untold
    assert "120" not in repr(trials) and "90" not in repr(trials)


def random_book(seed=3, students=60):
    """Return scores of three courses, two categories and late and missing work."""
    chance = np.random.default_rng(seed)
    n = students * 3 * 8
    row = np.arange(n)
    never = chance.random(n) < 0.06
    due = pd.Timestamp("2026-01-05") + pd.to_timedelta(row % 8 * 7, "D")
    return Gradebook.of(
        pd.DataFrame(
            {
                "student": [f"s{i}" for i in row // 24],
                "school": np.where(row // 24 < students // 2, "North", "South"),
                "course": np.array(["Algebra", "Biology", "English"])[row // 8 % 3],
                "term": "Fall",
                "item": [f"item {i}" for i in row % 8],
                "category": np.where(row % 8 < 6, "Homework", "Tests"),
                "points_possible": 10.0,
                "raw": np.where(never, np.nan, np.round(10 * chance.beta(8, 2, n), 1)),
                "status": np.where(never, "missing", "scored"),
                "due": due,
                "submitted": due + pd.to_timedelta(chance.choice([-1, 0, 0, 1, 3], n), "D"),
            }
        ),
        policies=[
            Policy(id="a", scope={"level": "course", "ids": ["Algebra"]}),
            Policy(
                id="b",
                scope={"level": "course", "ids": ["Biology"]},
                weights={"Homework": 40, "Tests": 60},
                late={"per_day": 5},
            ),
            Policy(id="e", scope={"level": "course", "ids": ["English"]}, drop_lowest={"Homework": 1}),
        ],
    )


def test_every_policy_of_a_grid_is_what_regrading_gives():
    gradebook, rule = random_book(), track_rules()["df-count"]
    dials, _ = ready(gradebook)
    units = pd.Series([*["north"] * 25, None, *["south"] * 30], [f"s{i}" for i in range(56)])
    seen = []
    trials = try_all(gradebook, dials, rule, units, progress=lambda done, of: seen.append((done, of)))
    assert seen == [(k, 12) for k in range(1, 13)]
    held = set()
    pairs = [(unit, scale) for unit in ("all", "north", "south") for scale in ("no_df", "on_track")]
    for k, at in enumerate(dials.grid):
        counts = [trials.hold[unit][scale][k] for unit, scale in pairs]
        marks = regrade(gradebook, gradebook.but(**dials.parts(at))).after
        table = measured(marks, rule).set_index("student")
        whole = [
            table.loc[units.index],
            *(table.loc[units.index[units == name]] for name in ("north", "south")),
        ]
        assert counts == [
            n for part in whole for n in ((part["df_count"] == 3).sum(), (part["track"] == 2).sum())
        ]
        held.add(tuple(counts))
    assert len(held) == 6
    assert trials.of["all"] == {"no_df": 56, "on_track": 56}


def test_a_rule_with_dates_is_changed_before_and_after_them():
    # Points off for late work from February on; a C starts at 78.
    cuts = {"A": 90, "B": 85, "C": 78, "F": 0}
    own = [Policy(cuts=cuts), Policy(cuts=cuts, late={"per_day": 10}, effective={"from": "2026-02-01"})]
    due = pd.to_datetime(["2026-01-05", "2026-01-06", "2026-02-05"])
    scores = pd.DataFrame(
        {
            "student": "s0",
            "item": list("abc"),
            "points_possible": 100.0,
            "raw": [0, 100, 100],
            "due": due,
            "submitted": due + pd.to_timedelta([0, 1, 1], "D"),
        }
    )
    gradebook = Gradebook.of(scores, policies=own)
    # Now 0, 100 and 90 are 63.3. With a floor of 50 in January too: 50, 100 and 90 are 80. Were January's
    # late work to lose points, it would be 76.7.
    assert try_all(gradebook, FLOORS, None, in_unit(1)).hold["north"] == {"no_df": (0, 0, 1)}


def test_who_passes_earns_the_credit_that_on_track_asks_for():
    rule = Rule(
        id="five", version="1", title={"en": "Five"}, text={"en": "Five credits."}, source="here",
        requires={"credits": 2},
    )  # fmt: skip
    # Student s0 fails Biology: 0, 60 and 60 of 100 are 40 %; a floor of 40 makes 53, one of 60 makes 60.
    scores = pd.DataFrame(
        [(s, c, i, 0 if (s, c, i) == ("s0", "Biology", 0) else 60)
         for s in ("s0", "s1") for c in ("Algebra", "Biology") for i in range(3)],
        columns=["student", "course", "item", "raw"],
    ).assign(points_possible=100.0)  # fmt: skip
    marks = pd.DataFrame(
        {"student": ["s0", "s0", "s1", "s1"], "course": ["Algebra", "Biology"] * 2, "letter": [*"DFDD"],
         "percent": [60, 40, 60, 60], "credits": [1, 0, 1, 1]}
    )  # fmt: skip
    dials = dials_of({"floor": {"percent": 40}}, {"floor": {"percent": 60}})
    trials = try_all(Gradebook.of(scores, marks), dials, rule, in_unit(2))
    assert trials.hold["north"]["on_track"] == (1, 1, 2) and not trials.differs


def test_who_has_no_mark_under_some_policy_is_left_out_of_all_and_it_is_said():
    gradebook = random_book()
    scores = gradebook.scores
    nothing = scores["student"] == "s7"
    scores = scores.assign(
        raw=scores["raw"].mask(nothing, np.nan), status=scores["status"].mask(nothing, "missing")
    )
    dials = dials_of({"missing": {"counts_as": "excused"}})
    trials = try_all(Gradebook.of(scores), dials, None, in_unit(60))
    assert trials.of["north"] == {"no_df": 59} and trials.untold
    _, labs = lab_of(trials, {"north": {"no_df": (20, 120)}}, ["en"])
    assert labs["north"].note["en"].endswith("under some policy stay as they are now.")


def test_only_students_of_the_list_count_and_those_of_no_unit_in_all():
    units = pd.Series(["north", None, "south"], ["s0", "s1", "s119"])
    trials = try_all(book(30, 90), FLOORS, None, units)
    assert trials.of == {"all": {"no_df": 3}, "north": {"no_df": 1}, "south": {"no_df": 1}}
    assert trials.hold["all"]["no_df"] == (1, 3, 3)


def with_marks(letter_of_s119):
    """Return a gradebook where one mark may have been set by hand."""
    letters = ["D"] * 30 + ["B"] * 89 + [letter_of_s119]
    marks = pd.DataFrame({"student": [f"s{i}" for i in range(120)], "letter": letters})
    return Gradebook.of(book(30, 90).scores, marks)


def test_marks_set_by_hand_are_said_and_the_number_stays_the_pages():
    assert not try_all(with_marks("B"), FLOORS, None, in_unit(120)).differs
    trials = try_all(with_marks("F"), FLOORS, None, in_unit(120))
    assert trials.differs and trials.hold["north"]["no_df"] == (90, 120, 120)
    # The page counts 89 of 120; the policy adds 30.
    _, labs = lab_of(trials, {"north": {"no_df": (89, 120)}}, BOTH)
    assert [one.outcomes[0].percent for one in labs["north"].tried] == [74, 95, 95]
    assert "worked out from the scores are not those that stand in the gradebook" in labs["north"].note["en"]
    assert "se puso a mano" in labs["north"].note["es"]


def test_totals_that_the_rules_do_not_give_are_said_too():
    totals = pd.DataFrame({"student": ["s0"], "final": [68.0]})
    assert not try_all(book(30, 90, totals=totals), FLOORS, None, in_unit(120)).differs
    assert try_all(book(30, 90, totals=totals.assign(final=71.0)), FLOORS, None, in_unit(120)).differs


def test_what_a_gradebook_lacks_is_refused_by_the_choices_name():
    with pytest.raises(AnalysisError, match=r"`late` of dial-c1 needs the days work was due"):
        try_all(book(30, 90), dials_of({"late": {"per_day": 10}}), None, in_unit(120))
    marks = Gradebook.of(marks=pd.DataFrame({"student": ["s0"], "letter": ["B"]}))
    with pytest.raises(AnalysisError, match="these are marks alone"):
        try_all(marks, FLOORS, None, in_unit(1))
    clash = Gradebook.of(random_book().scores, policies=[Policy(weights={"Homework": 50, "Tests": 50})])
    with pytest.raises(PolicyError, match=r"dial-c1: the category 'Tests' is excluded and has a weight"):
        try_all(clash, dials_of({"exclude": ["Tests"]}), None, in_unit(60))


# What a view prints.


def test_a_lab_in_both_languages():
    trials = try_all(book(30, 90), FLOORS, None, in_unit(120))
    dials, labs = lab_of(trials, now_of(trials), BOTH)
    assert list(labs) == ["all", "north"] and labs["all"] == labs["north"]
    [dial] = dials
    assert dial.title == {"en": "A dial", "es": "A dial"} and len(dial.choices) == 3
    now, one, _ = labs["north"].tried
    assert (now.choices, now.says["en"]) == ([0], "The courses’ own rules, as they are now.")
    assert now.outcomes == [
        model.Outcome(
            scale="no_df",
            percent=75,
            words={"en": "about 8 in 10", "es": "cerca de 8 de cada 10"},
            beside="same",
            sentence={
                "en": "About 8 in 10 of the students have no D or F now.",
                "es": "Estudiantes sin ninguna D ni F ahora: cerca de 8 de cada 10.",
            },
        )
    ]
    assert one.says["en"] == "The courses’ own rules, but: No score counts less than 40 %."
    [outcome] = one.outcomes
    assert (outcome.percent, outcome.coded, outcome.beside) == (95, "top", "more")
    assert outcome.sentence == {
        "en": "Nearly all of the students would have no D or F; about 8 in 10 have none now.",
        "es": "Estudiantes que no tendrían ninguna D ni F: casi todos; ahora: cerca de 8 de cada 10.",
    }
    assert labs["north"].note["en"].startswith("All of this holds only if nothing else changed")
    assert "fewer than 11 students" in labs["north"].note["en"]


@pytest.mark.parametrize("zeros", range(1, 11))
def test_a_policy_that_changes_the_marks_of_1_to_10_students_prints_what_one_that_changes_none_does(zeros):
    """All who have a 0 have a D now, and not with a floor."""
    others = 110 - zeros
    # Forty more have nothing but zeros, and an F under each of them.
    scores = pd.concat([book(zeros, others).scores, book(0, 150).scores.assign(raw=0).iloc[550:]])
    gradebook = Gradebook.of(scores)
    trials = try_all(gradebook, FLOORS, None, in_unit(150))
    assert trials.hold["north"]["no_df"] == (others, 110, 110)
    _, labs = lab_of(trials, now_of(trials), ["en"])
    now, *tried = (one.outcomes[0] for one in labs["north"].tried)
    for outcome in tried:
        assert outcome.sentence["en"] == "About the same as now."
        assert outcome == now.model_copy(update={"sentence": outcome.sentence})


def test_only_what_the_gate_shows_is_said_and_of_100_students_or_more():
    units = pd.concat([in_unit(120), in_unit(99, "south", 120), in_unit(140, "west", 219)])
    gradebook = book(90, 269)
    trials = try_all(gradebook, FLOORS, track_rules()["df-count"], units)
    now = now_of(trials)
    assert set(now) == {"all", "north", "south", "west"} and set(now["north"]) == {"no_df", "on_track"}
    _, labs = lab_of(trials, now, ["en"])
    # South has 99: all minus the others would give it.
    assert list(labs) == ["north", "west"]
    now["north"].pop("on_track")
    now.pop("west")
    _, labs = lab_of(trials, now, ["en"])
    assert [o.scale for o in labs["north"].tried[0].outcomes] == ["no_df"]
    assert list(labs) == ["all", "north"]


def test_sentences_and_marks_never_contradict_one_another():
    dials = dials_of({"floor": {"percent": 50}}, {"floor": {"percent": 60}})
    for now, then in ((84, 95), (84, 96), (300, 311), (1600, 1612), (12, 30), (700, 100), (100, 130)):
        n = {84: 150, 300: 400, 1600: 3000, 12: 250, 700: 710, 100: 1000}[now]
        trials = try_all(book(1, 1), dials, None, in_unit(2))
        trials.hold["north"]["no_df"] = (now, then, now)
        trials.of["north"]["no_df"] = n
        _, labs = lab_of(trials, {"north": {"no_df": (now, n)}}, BOTH)
        first, second, third = (one.outcomes[0] for one in labs["north"].tried)
        assert third.beside == "same" and third.sentence["en"] == "About the same as now."
        if second.beside == "same":
            assert (second.percent, second.words) == (first.percent, first.words)
            assert second.sentence == third.sentence
        else:
            more = second.percent > first.percent
            assert second.beside == ("more" if more else "fewer") and second.words != first.words
            assert "would" in second.sentence["en"] and "About the same" not in second.sentence["en"]


def test_what_is_taken_away_is_said_by_the_choices_title():
    gradebook = Gradebook.of(random_book().scores, policies=[Policy(late={"per_day": 10})])
    dials = dials_of({"late": None, "floor": {"percent": 50}})
    trials = try_all(gradebook, dials, None, in_unit(60))
    _, labs = lab_of(trials, {"north": {"no_df": (50, 120)}}, BOTH)
    assert labs["north"].tried[1].says == {
        "en": "The courses’ own rules, but: No score counts less than 50 %. A dial: choice 1.",
        "es": "Las reglas propias de los cursos, salvo esto: Ningún puntaje cuenta menos de 50 %. "
        "A dial: choice 1.",
    }


def test_no_count_and_no_student_is_in_a_lab():
    gradebook = random_book(students=240)
    dials, _ = ready(gradebook)
    trials = try_all(gradebook, dials, None, in_unit(240))
    dials_said, labs = lab_of(trials, now_of(trials), BOTH)
    text = json.dumps([labs["north"].model_dump(), [d.model_dump() for d in dials_said]])
    assert len(labs["north"].tried) == 12 and "s17" not in text
    numbers = {o.percent for one in labs["north"].tried for o in one.outcomes}
    assert len(numbers) > 1 and all(isinstance(one, int) and 5 <= one <= 95 for one in numbers)
