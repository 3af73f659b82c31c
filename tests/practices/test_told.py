"""What a view of marks must not tell: of a few students, of one teacher, by what is left over."""

from __future__ import annotations

import pandas as pd
import pytest

from relsurvey.errors import AnalysisError, DisclosureError
from relsurvey.grading import Gradebook, Policy, adoption
from relsurvey.instrument import instruments
from relsurvey.instrument.crossing import crossed
from relsurvey.instrument.library import find
from relsurvey.practices import GradingPractices
from relsurvey.practices.dials import Dials, ready
from relsurvey.practices.hands import hands, several
from relsurvey.practices.worked import standing_for
from relsurvey.reading.identity import local_key, replaced
from tests.practices.made import COURSES, marks, scores

TWO = {"North High": 140, "South High": 120}


def weeks_of(scored, **more):
    """Return of each unit the weeks that are drawn, by number; None where there is no line."""
    units = GradingPractices.of(Gradebook.of(scored), **more).view(min_n=20).units
    return {
        unit.id: {k for k, p in enumerate(unit.weeks[0].points) if p.percent is not None}
        if unit.weeks
        else None
        for unit in units
    }


EVERY = set(range(12))


@pytest.mark.parametrize("school", ["East High", None])
def test_a_week_of_all_does_not_tell_of_students_whom_only_the_weekly_work_knows(school):
    few = scores({"East High": 5}).assign(school=school)
    followed = Gradebook.of(pd.concat([scores(TWO), few]))
    found = weeks_of(scores(TWO), weekly=followed)
    assert found == {"all": None, "north-high": EVERY, "south-high": EVERY}
    many = Gradebook.of(pd.concat([scores(TWO), scores({"East High": 40}).assign(school=school)]))
    assert weeks_of(scores(TWO), weekly=many)["all"] == EVERY


def test_a_week_that_a_school_does_not_draw_is_not_drawn_of_all():
    table = scores(TWO)
    thin = (table["school"] == "South High") & (table["item"] == "Week 3") & (table["student"] > "So-0005")
    found = weeks_of(table[~thin])
    assert found["south-high"] == EVERY - {3}
    assert found["all"] == EVERY - {3}
    assert found["north-high"] == EVERY
    none = (table["school"] == "South High") & (table["item"] == "Week 3")
    assert weeks_of(table[~none])["all"] == EVERY


def test_a_week_of_one_or_two_teachers_is_not_drawn():
    table = scores(TWO)
    for kept in (1, 2, 3):
        here = table["school"] == "North High"
        others = ~table["teacher"].isin([f"North High {k}" for k in range(kept)])
        found = weeks_of(table[~(here & others & (table["item"] == "Week 5"))])
        assert found["north-high"] == (EVERY if kept == 3 else EVERY - {5})
        # All less South would be these teachers.
        assert found["all"] == found["north-high"]


def test_a_week_that_is_nearly_one_teachers_is_not_drawn():
    table = scores(TWO)
    first = table["teacher"].isin(["North High 0", "South High 0"])
    few = table.groupby("teacher")["student"].rank("dense") <= 6
    found = weeks_of(table[first | few | (table["item"] != "Week 5")])
    assert found["north-high"] == EVERY - {5}


def test_where_no_teacher_is_named_each_course_stands_for_one():
    one = scores(TWO).drop(columns="teacher")
    with pytest.raises(DisclosureError, match="'North High' are of fewer than 3 teachers"):
        GradingPractices.of(Gradebook.of(one)).view()
    three = pd.concat([one.assign(course=course) for course in COURSES[:3]])
    assert weeks_of(three) == {"all": EVERY, "north-high": EVERY, "south-high": EVERY}
    one_has_all = three[(three["item"] != "Week 2") | (three["course"] == COURSES[0])]
    assert weeks_of(one_has_all)["north-high"] == EVERY - {2}


def test_a_school_of_one_teacher_is_refused_until_it_is_left_out():
    table = marks({**TWO, "West High": 60})
    alone = table["school"] == "West High"
    table.loc[alone, "teacher"] = "Only One"
    found = GradingPractices.of(Gradebook.of(marks=table))
    with pytest.raises(DisclosureError, match="marks of 'West High' are of fewer than 3 teachers") as refused:
        found.view()
    assert "Only One" not in str(refused.value)
    kept = found.without(found.responses.school == "West High").view()
    assert {unit.id for unit in kept.units} == {"all", "north-high", "south-high"}


def test_schools_without_a_page_are_not_told_of_where_one_teacher_has_them():
    table = marks({"North High": 140, "South High": 120, "West": 8, "East": 8})
    small = table["school"].isin(["West", "East"])
    assert "all" in {u.id for u in GradingPractices.of(Gradebook.of(marks=table)).view().units}
    table.loc[small, "teacher"] = table["school"]
    found = GradingPractices.of(Gradebook.of(marks=table))
    with pytest.raises(DisclosureError, match="students whose school has no page are of fewer than 3"):
        found.view()
    kept = found.without(found.responses.school.isin(["West", "East"])).view()
    assert {unit.id for unit in kept.units} == {"all", "north-high", "south-high"}


def test_sheets_of_a_school_without_marks_are_not_counted():
    asked = [item.text["en"] for item in instruments()["grading-practices"].items.values()]
    rows = [
        [team, school, *["Always"] * len(asked)]
        for team, school in (("A", "North High"), ("B", "south high "), ("C", "West High"))
    ]
    sheets = adoption(pd.DataFrame(rows, columns=["team", "school", *asked]))
    found = GradingPractices.of(Gradebook.of(marks=marks(TWO)), adoption=sheets).view()
    teams = {unit.id: sum(unit.practices[0].teams) for unit in found.units}
    assert teams == {"all": 2, "north-high": 1, "south-high": 1}


def test_whose_marks_are_told_apart_by_teacher_and_else_by_course():
    rows = pd.DataFrame(
        {
            "student": list("aabbc"),
            "school": ["Hill", "Hill", "Hill", None, None],
            "course": ["Art", "Art", "Band", "Art", None],
            "teacher": ["A", None, "A", None, None],
        }
    )
    assert hands(rows).nunique() == 3
    assert several(rows)
    assert not several(rows.iloc[:4])
    assert not several(rows, 3)


def test_bands_of_few_do_not_follow_from_all_schools_less_those_shown():
    asked = find("five-elements")
    group = asked.groups["gender"].model_copy(update={"min_n": 20})
    asked = asked.model_copy(update={"groups": {"gender": group}})

    def shown(girls):
        rows = [
            (f"{school[:2]}-{k:04d}", "Girl" if k < girls[school] else "Boy")
            for school, n in TWO.items()
            for k in range(n)
        ]
        students = pd.DataFrame(rows, columns=["student_id", "gender"])
        book = Gradebook.of(marks=marks(TWO))
        units = GradingPractices.of(book, students=students, instrument=asked).view(by="gender").units
        return {unit.id: bool(unit.groups) for unit in units}, units

    every, _ = shown({"North High": 60, "South High": 20})
    assert every == {"all": True, "north-high": True, "south-high": True}
    some, units = shown({"North High": 60, "South High": 14})
    assert some == {"all": False, "north-high": True, "south-high": False}
    told = "Some groups are combined or not shown, to protect students."
    assert [told in [text["en"] for text in unit.hidden] for unit in units] == [True, False, True]


def test_a_pair_asks_for_as_many_as_either_of_its_variables():
    asked = find("five-elements")
    groups = dict(asked.groups)
    first, second, *_ = groups
    groups[first] = groups[first].model_copy(update={"min_n": 20})
    rows = pd.DataFrame({first: [groups[first].categories[0].id], second: [groups[second].categories[0].id]})
    pair, _ = crossed(asked.model_copy(update={"groups": groups}), rows, f"{second}*{first}")
    assert pair.min_n == 20


def with_late(teachers=4):
    """Return a school where only the first teacher's work is ever late, and much of it."""
    table = scores({"North High": 160}, teachers=teachers)
    table["raw"] = 75.0
    mine = table["teacher"] == "North High 0"
    table.loc[mine, "raw"] = 62.0
    return table.assign(days_late=mine.astype(float))


def test_a_dial_that_turns_one_teachers_marks_alone_is_refused():
    cuts = {"cuts": {"A": 90, "B": 80, "C": 60, "D": 50, "F": 0}}
    now = {"id": "now", "title": "as now"}
    dials = Dials.model_validate(
        {"dials": [{"id": "cuts", "title": "Cuts",
                    "choices": [now, {"id": "low", "title": "lower", "policy": cuts}]}]}
    )  # fmt: skip
    one = Gradebook.of(with_late())
    with pytest.raises(DisclosureError, match="Turning cuts would change the marks of one or two teachers"):
        GradingPractices.of(one, dials=dials).view()
    table = with_late()
    table.loc[table["teacher"] < "North High 3", "raw"] = 62.0
    assert GradingPractices.of(Gradebook.of(table), dials=dials).view().units[0].lab is not None


def test_a_ready_dial_that_turns_one_teachers_marks_alone_is_left_out():
    late = Policy(late={"per_day": 5})
    # Without the deduction the first teacher's D's are C's.
    table = with_late()
    table.loc[table["teacher"] == "North High 0", "raw"] = 72.0
    book = Gradebook.of(table, policies=[late])
    dials, _ = ready(book)
    assert "makeup" in [dial.id for dial in dials.dials]
    found = GradingPractices.of(book).view()
    assert "makeup" not in [dial.id for dial in found.dials]


def test_no_category_of_one_teacher_becomes_a_ready_dial():
    table = scores({"North High": 160})
    table["category"] = table["category"].where(table["teacher"] != "North High 0", "Ms. North's own")
    assert "drop" in [dial.id for dial in ready(Gradebook.of(table))[0].dials]
    dials, notes = ready(Gradebook.of(table.assign(category=table["category"].replace("Work", None))))
    assert "drop" not in [dial.id for dial in dials.dials]
    assert any("three teachers" in note for note in notes)
    assert "North" not in str(dials.model_dump())


def test_a_second_release_with_the_work_of_a_few_is_refused(tmp_path):
    """The marks are exported and stay: only a week's share and the grid would move."""
    table = scores({"North High": 160})
    exported = marks({"North High": 160}, terms=("Fall",))

    def book(changed):
        own = table.copy()
        own.loc[own["student"].isin([f"No-{k:04d}" for k in range(changed)]), "raw"] = 20.0
        return Gradebook.of(own, exported)

    GradingPractices.of(book(0)).publish(tmp_path / "a", formats=["html"])
    with pytest.raises(DisclosureError, match="work of fewer than 11 students") as refused:
        GradingPractices.of(book(1)).publish(tmp_path / "b", formats=["html"])
    assert "No-0" not in str(refused.value)
    assert not (tmp_path / "b" / "view.html").exists()
    GradingPractices.of(book(0)).publish(tmp_path / "c", formats=["html"])
    GradingPractices.of(book(30)).publish(tmp_path / "d", formats=["html"])


def test_work_is_known_again_however_a_column_is_held():
    table = scores({"North High": 12})
    again = table.assign(raw=table["raw"].astype(int), due=pd.to_datetime(table["due"]))
    first, second = (standing_for([Gradebook.of(one)]) for one in (table, again[::-1]))
    both = first.merge(second, on="respondent")
    assert len(both) == 12
    assert (both["work_x"] == both["work_y"]).all()
    assert not first["respondent"].str.contains("-").any()
    hashed = Gradebook.of(table.assign(student=table["student"].map(dict(zip(*ids_of(table), strict=True)))))
    assert len(standing_for([Gradebook.of(table), hashed])) == 12


def ids_of(table):
    """Return students' ids and what stands for them."""
    ids = list(table["student"].unique())
    return ids, [replaced(one, local_key()) for one in ids]


def test_a_school_is_one_however_it_is_written_and_numbers_are_names():
    table = marks(TWO)
    table.loc[table.index % 3 == 0, "school"] = table["school"].str.lower() + " "
    found = GradingPractices.of(Gradebook.of(marks=table)).view()
    assert [unit.title["en"] for unit in found.units] == ["All schools", "North High", "South High"]
    numbered = marks(TWO).assign(school=lambda t: t["school"].map({"North High": 12, "South High": 13.0}))
    terms = pd.concat([numbered.assign(term=1), numbered.assign(term=2)])
    found = GradingPractices.of(Gradebook.of(marks=terms), terms=[1, 2]).view()
    assert [unit.title["en"] for unit in found.units] == ["All schools", "12", "13"]
    assert found.wave == {"en": "2", "es": "2"}


@pytest.mark.parametrize(
    "given",
    [{"survey": 5}, {"students": [1]}, {"adoption": 5}, {"weekly": 5}, {"dials": True}, {"dials": {}}],
)
def test_what_is_not_what_it_must_be_is_one_sentence(given):
    [name] = given
    with pytest.raises(AnalysisError, match=f"^`{name}` is "):
        GradingPractices.of(Gradebook.of(marks=marks(TWO)), **given)


def test_hostile_names_turn_no_line_around_and_fit():
    table = marks({"North\u202e High": 140}).assign(term="Fall\u202e")
    long = Policy(id="x", title={"en": "new \u202e" * 60}, effective={"from": "2025-10-06"})
    weekly = Gradebook.of(scores({"North\u202e High": 140}))
    found = GradingPractices.of(Gradebook.of(marks=table), weekly=weekly, changes=[long]).view()
    assert "\u202e" not in found.to_json()
    [phase] = found.units[0].weeks[0].phases
    assert len(phase.title["en"]) <= 80
