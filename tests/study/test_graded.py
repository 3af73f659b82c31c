"""The verbs of a study with a gradebook: which rows count, what is refused, and the demo's known truth."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
import pytest

import relsurvey as rs
from relsurvey.demo import demo_gradebook, simulate
from relsurvey.demo import gradebook as demo
from relsurvey.errors import AnalysisError
from relsurvey.grading import Gradebook
from relsurvey.scoring import keyed
from tests.grades.made import HILL, INSTRUMENT, LAKE, TINY, town


def read(rows, ids="hashed", **more):
    return rs.read(pd.DataFrame(rows), INSTRUMENT, ids=ids, **more)


def shown(found, school=None):
    table = found.table
    mine = table[table.school.isna()] if school is None else table[table.school == school]
    return {one.band: (one.n_students, round(one.n_students * one.any_df)) for one in mine.itertuples()}


def both(first, second):
    return {band: (first[band][0] + second[band][0], first[band][1] + second[band][1]) for band in first}


@pytest.mark.parametrize("ids", ["hashed", "as-is"])
def test_ids_that_lost_their_zeros_give_the_same_tables(ids):
    answers, marks = town({"Hill": HILL, "Lake": LAKE, "Tiny": TINY})
    found = read(answers, ids).with_gradebook(marks).beside_grades()
    assert shown(found, "Hill") == HILL and shown(found, "Lake") == LAKE
    assert shown(found) == both(HILL, LAKE) and found.hidden == 1
    lost = marks.marks.assign(student=marks.marks.student.astype(int))
    again = (
        read(answers.sample(frac=1, random_state=1), ids)
        .with_gradebook(Gradebook.of(marks=lost))
        .beside_grades()
    )
    for name in found.tables:
        pd.testing.assert_frame_equal(again.tables[name], found.tables[name])


def test_of_several_waves_the_latest_counts():
    answers, marks = town({"Hill": HILL, "Lake": LAKE})
    fall = answers.assign(wave="fall")
    fall[["c1", "c2", "p1", "p2", "p3"]] = "Never"
    study = read(pd.concat([fall, answers])).with_gradebook(marks)
    assert shown(study.beside_grades()) == both(HILL, LAKE)
    # In fall every answer but c3 was unfavorable: one band, and so nothing to set side by side.
    assert study.where(wave="fall").beside_grades().units == ()
    # Students who answered in fall alone are not among the answers of spring.
    gone = read(pd.concat([fall, answers[12:]])).with_gradebook(marks).beside_grades()
    assert dict(gone.not_counted) == {"not_answered": 12}


def test_of_a_student_with_two_rows_the_last_counts():
    answers, marks = town({"Hill": HILL, "Lake": LAKE})
    first = answers.assign(**dict.fromkeys(["c1", "c2", "p1", "p2", "p3"], "Never"))
    twice = read(pd.concat([first, answers]), keep="all").with_gradebook(marks)
    assert len(twice.responses) == 2 * len(answers)
    assert shown(twice.beside_grades()) == both(HILL, LAKE)


def test_a_scale_has_its_own_bands_and_title():
    answers, marks = town({"Hill": HILL, "Lake": LAKE})
    found = read(answers).with_gradebook(marks).beside_grades("care")
    assert found.scale == "care" and found.sentence.startswith("Care: ")
    assert found.in_words("es").startswith("Interés: ")
    assert shown(found) == both(HILL, LAKE)
    assert (
        read(answers).with_gradebook(marks).beside_grades().in_words("es").startswith("Todas las preguntas")
    )


def test_one_school_of_a_study_is_looked_at_by_itself():
    answers, marks = town({"Hill": HILL, "Lake": LAKE, "Tiny": TINY})
    study = read(answers).with_gradebook(marks)
    assert shown(study.where(school="Hill").beside_grades(), "Hill") == HILL
    assert study.where(school="Tiny").beside_grades().units == ()


def test_a_study_without_schools_is_shown_together():
    answers, marks = town({"Hill": HILL, "Lake": LAKE})
    found = read(answers.drop(columns="school")).with_gradebook(marks).beside_grades()
    assert (
        shown(found) == both(HILL, LAKE)
        and found.schools == 0
        and found.faces()[0].rows[0][0] == "all schools"
    )


def test_marks_of_a_gradebook_with_scores_alone_are_computed():
    answers, marks = town({"Hill": HILL, "Lake": LAKE})
    points = marks.marks.letter.map({"A": 95.0, "B": 85.0, "D": 65.0})
    scores = marks.marks[["student", "school", "course", "term"]].assign(
        item="work", raw=points, points_possible=100
    )
    assert shown(read(answers).with_gradebook(Gradebook.of(scores)).beside_grades()) == both(HILL, LAKE)


@pytest.mark.parametrize("ids", ["hashed", "as-is"])
def test_on_track_by_a_rule_or_by_what_it_gave(ids):
    answers, marks = town({"Hill": HILL, "Lake": LAKE})
    study = read(answers, ids).with_gradebook(marks)
    by_rule = study.beside_grades(on_track="df-count")
    assert np.allclose(by_rule.table.on_track, 1 - by_rule.table.any_df)
    assert (by_rule.table.known == by_rule.table.n_students).all()
    # The file's own ids, and those of the study.
    for track in (rs.grading.on_track(marks, "df-count"), rs.grading.on_track(study.gradebook, "df-count")):
        pd.testing.assert_frame_equal(study.beside_grades(on_track=track).table, by_rule.table)
    assert "on_track" not in study.beside_grades().table


def test_what_is_refused():
    answers, marks = town({"Hill": HILL, "Lake": LAKE})
    answers = answers.assign(team="A", section="1")
    with pytest.raises(
        AnalysisError, match=r"This study has no marks. Give a gradebook: study.with_gradebook"
    ):
        read(answers).beside_grades()
    study = read(answers).with_gradebook(marks)
    for by in ("section", "teacher", "team", "gender", "grade_level"):
        with pytest.raises(AnalysisError, match=f"for a school or for all schools, never by {by}: "):
            study.beside_grades(by=by)
    with pytest.raises(AnalysisError, match="no scale 'warmth' in care-and-power"):
        study.beside_grades("warmth")
    with pytest.raises(AnalysisError, match="The rule ew-9 asks for more than marks"):
        study.beside_grades(on_track="ew-9")
    with pytest.raises(rs.grading.PolicyError):
        study.beside_grades(on_track="no-such-rule")


def test_nothing_says_which_student_has_which_marks():
    answers, marks = town({"Hill": HILL, "Lake": LAKE})
    study = read(answers, "as-is").with_gradebook(marks)
    found = study.beside_grades(on_track="df-count")
    for text in (
        repr(study),
        repr(study.gradebook),
        repr(found),
        repr(vars(found)),
        study.ledger.to_string(),
    ):
        assert not any(student in text for student in answers.student_id)


def test_a_view_of_a_study_with_a_gradebook_says_so_and_no_more():
    answers, marks = town({"Hill": HILL, "Lake": LAKE})
    plain, joined = read(answers), read(answers).with_gradebook(marks)
    before, after = plain.view(), joined.view()
    assert before.units == after.units
    more = [step for step in after.ledger if step not in before.ledger]
    assert len(more) == 1 and "gradebook" in more[0].model_dump_json()


@cache
def demo_book():
    return rs.grading.read_gradebook(demo_gradebook(), blank="zero")


def test_the_demos_link_is_found_and_its_figures_are_those_of_plain_pandas(demo_study):
    found = demo_study.with_gradebook(demo_book()).beside_grades()
    rows = demo_study.responses[demo_study.responses.wave == "spring"]
    good = answered = 0
    for scale in demo_study.instrument.scales:
        codes = keyed(rows, demo_study.instrument, scale)
        good, answered = good + (codes >= 4).sum(axis=1), answered + codes.notna().sum(axis=1)
    band = np.select(
        [good / answered > 2 / 3 + 1e-9, good / answered < 1 / 3 - 1e-9], ["strong", "few"], "mixed"
    )
    marks = demo_study.with_gradebook(demo_book()).gradebook.marks
    bad = marks.letter.isin(["D", "F"]).groupby(marks.student).any()
    plain = pd.DataFrame({"school": rows.school, "band": band, "bad": rows.respondent.map(bad).astype(float)})
    size = plain.groupby(["school", "band"]).bad.agg(["size", "mean"])
    shown_schools = set(found.table.school.dropna())
    assert shown_schools == {s for s in plain.school.unique() if size.loc[s, "size"].min() >= 20}
    for one in found.table[found.table.school.notna()].itertuples():
        assert (one.n_students, one.any_df) == pytest.approx(tuple(size.loc[one.school, one.band]))
    trend = found.tables["trend"].iloc[0]
    # What is true of such students (see below) lies within; a link of this size is not always clear in 334.
    assert trend.verdict == "maybe" and trend.p < 0.05 and trend.gap_low < 0.12 < trend.gap_high
    assert trend.smallest > 0.12
    study = demo_study.with_gradebook(demo_book())
    whole = {scale: study.beside_grades(scale).units[0] for scale in demo_study.instrument.scales}
    assert {unit.verdict for unit in whole.values()} == {"clear", "maybe"}
    assert all(unit.gap.value > 0 for unit in whole.values())


def test_in_many_simulated_students_the_link_is_what_the_truth_makes_it():
    students = 6000
    answers = pd.DataFrame(simulate.simulate(students=students)).rename(columns=simulate.headers())
    scored = demo.grades(students=students)
    raw = demo.points(scored)
    parts = [
        pd.DataFrame(
            {
                "student": scored.students,
                "course": course,
                "percent": demo._totals(raw[:, k], scored.excused[:, k], weights)["Final Score"],
            }
        )
        for k, (course, (weights, _)) in enumerate(demo.COURSES.items())
    ]
    marks = pd.concat(parts)
    study = rs.read(answers, "five-elements")
    found = study.with_gradebook(Gradebook.of(marks=marks)).beside_grades()
    assert found.tables["trend"].verdict.tolist() == ["clear"] * 4
    assert found.tables["trend"].gap[0] == pytest.approx(0.12, abs=0.02)
    # Relationships go with diligence, and that with marks; a level that nobody was asked about does too.
    assert found.table.any_df[:3].is_monotonic_increasing
    # Marks of other students go with nothing.
    mixed = dict(zip(scored.students, np.random.default_rng(2).permutation(scored.students), strict=True))
    other = study.with_gradebook(Gradebook.of(marks=marks.assign(student=marks.student.map(mixed))))
    assert not set(other.beside_grades().tables["trend"].verdict) & {"clear", "maybe"}
