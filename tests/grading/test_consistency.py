"""Consistency: known truth is recovered, and the figures are those of textbook and mixed models."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf
from scipy import stats
from statsmodels.stats.anova import anova_lm

from relsurvey.errors import AnalysisError
from relsurvey.grading import Gradebook, consistency, regrade


def marks(rng, students=200, courses=6, each=3, between=0.25, course_sd=0.0):
    """Return marks of students who have one of ``each`` teachers in every course; the rest has variance 1."""
    n = students * courses
    student, course = np.repeat(np.arange(students), courses), np.tile(np.arange(courses), students)
    teacher = course * each + rng.integers(0, each, n)
    y = rng.normal(0, 1.2, students)[student] + rng.normal(0, course_sd, courses)[course]
    y = y + rng.normal(0, np.sqrt(between), courses * each)[teacher] + rng.normal(0, 1, n)
    return pd.DataFrame({"student": student, "course": course, "teacher": teacher, "percent": 70 + 8 * y})


@pytest.mark.parametrize(("between", "same_course"), [(0.0, False), (0.0, True), (0.25, False), (0.25, True)])
def test_the_truth_of_simulated_schools_is_recovered_and_held(between, same_course):
    rng = np.random.default_rng(7)
    truth = between / (between + 1)
    course_sd = 1.0 if same_course else 0.0
    found = [
        consistency(marks(rng, between=between, course_sd=course_sd), same_course=same_course)
        for _ in range(80)
    ]
    shares = np.array([one.share for one in found])
    assert shares.mean() == pytest.approx(truth, abs=4 * shares.std() / np.sqrt(80) + 1e-3)
    assert sum(one.low <= truth <= one.high for one in found) >= 70


def test_without_same_course_hard_subjects_count_as_their_teachers():
    rng = np.random.default_rng(3)
    frame = marks(rng, between=0.0, course_sd=1.0)
    assert consistency(frame).share > 0.2
    assert abs(consistency(frame, same_course=True).share) < 0.02


def test_where_every_student_has_every_teacher_it_is_the_textbooks_analysis_of_variance():
    rng = np.random.default_rng(11)
    grid = pd.DataFrame([(s, t) for s in range(15) for t in range(6)], columns=["student", "teacher"])
    y = rng.normal(0, 1, 15)[grid.student] + rng.normal(0, 0.7, 6)[grid.teacher] + rng.normal(0, 1, 90)
    found = consistency(grid.assign(percent=y))
    table = anova_lm(smf.ols("y ~ C(student) + C(teacher)", grid.assign(y=y)).fit())
    f, error = table.loc["C(teacher)", "F"], table.loc["Residual", "mean_sq"]
    assert found.within == pytest.approx(error)
    assert found.between == pytest.approx((f - 1) * error / 15)
    for limit, q in ((found.low, 0.975), (found.high, 0.025)):
        ratio = (f / stats.f.ppf(q, 5, 70) - 1) / 15
        assert limit == pytest.approx(ratio / (1 + ratio))


def test_it_is_near_the_mixed_model_with_students_and_teachers_crossed():
    rng = np.random.default_rng(5)
    frame = marks(rng, students=60, courses=5, each=2, between=0.4).assign(y=lambda f: f.percent / 8, one=1)
    found = consistency(frame)
    parts = {"student": "0 + C(student)", "teacher": "0 + C(teacher)"}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fit = smf.mixedlm("y ~ 1", frame, groups="one", vc_formula=parts, re_formula="0").fit(reml=True)
        fixed = smf.mixedlm("y ~ C(student)", frame, groups="teacher").fit(reml=True)
    crossed = dict(zip(fit.model.exog_vc.names, fit.vcomp, strict=True))["teacher"]
    assert found.share == pytest.approx(crossed / (crossed + fit.scale), abs=0.03)
    tau = float(fixed.cov_re.iloc[0, 0])
    assert found.share == pytest.approx(tau / (tau + fixed.scale), abs=0.02)
    assert found.low < found.share < found.high


def test_scale_and_each_students_level_make_no_difference():
    rng = np.random.default_rng(2)
    frame = marks(rng)
    moved = frame.assign(percent=40 + 3 * frame.percent + 50 * frame.student)
    one, other = consistency(frame), consistency(moved)
    assert (one.share, one.low, one.high) == pytest.approx((other.share, other.low, other.high), rel=1e-6)


def test_schools_apart_are_measured_together_whatever_their_numbers_are():
    rng = np.random.default_rng(4)
    one, two = (marks(rng, between=0.4).assign(school=name) for name in ("North", "South"))
    found = consistency(pd.concat([one, two]))
    apart = [consistency(one), consistency(two)]
    assert found.units == 36 and found.students == 400
    assert min(a.share for a in apart) < found.share < max(a.share for a in apart)
    renamed = pd.concat([one, two.assign(student=two.student + 1000, teacher=two.teacher + 1000)])
    assert consistency(renamed).share == pytest.approx(found.share)


def test_letters_are_taken_where_there_are_no_percents_and_sections_are_of_their_course():
    rng = np.random.default_rng(6)
    frame = marks(rng).assign(
        letter=lambda f: pd.cut(f.percent, [-1e9, 60, 65, 72, 78, 1e9], labels=list("FDCBA")).astype(str)
    )
    frame = frame.assign(section=(frame.teacher % 3).astype(str)).drop(columns=["percent", "teacher"])
    found = consistency(frame, "section")
    assert (found.of, found.units) == ("points", 18) and 0 < found.low < found.high
    assert "classes" in found.sentence


def test_a_gradebooks_teachers_come_from_its_scores():
    rng = np.random.default_rng(8)
    frame = marks(rng, students=60)
    scores = frame.rename(columns={"percent": "raw"}).assign(item="all", points_possible=100.0)
    book = Gradebook.of(scores)
    found = consistency(book)
    expected = consistency(frame)
    assert (found.units, found.share) == (expected.units, pytest.approx(expected.share))
    assert consistency(regrade(book, book.policy)).share == pytest.approx(expected.share)


@pytest.mark.parametrize("language", ["en", "es"])
def test_there_is_one_number_and_nothing_by_teacher(language):
    rng = np.random.default_rng(9)
    frame = marks(rng).assign(teacher=lambda f: "Ms. Teacher " + f.teacher.astype(str))
    found = consistency(frame)
    assert len(found.table) == 1 and list(found.tables) == ["consistency"]
    assert "Ms. Teacher" not in found._repr_html_() + repr(found) + found.in_words(language)
    (face,) = found.faces(language)
    assert len(face.rows) == 1 and face.rows[0][2] == f"{100 * found.share:.0f} %"


@pytest.mark.parametrize("language", ["en", "es"])
def test_too_little_is_a_sentence_and_no_number(language):
    rng = np.random.default_rng(10)
    four = consistency(marks(rng, courses=4, each=1))
    few = consistency(marks(rng, students=9))
    apart = consistency(marks(rng).assign(teacher=lambda f: f.student % 12))
    for found in (four, few, apart):
        assert np.isnan(found.share) and "%" not in found.in_words(language)
        (face,) = found.faces(language)
        assert set(face.rows[0][2:]) == {None}
    assert "at least 5 teachers" in four.sentence and "Fewer than 10 students" in few.sentence
    # Two islands of teachers that no student joins differ in fewer ways than five teachers do.
    islands = marks(rng, courses=6, each=1).assign(
        teacher=lambda f: np.where(f.course < 3, f.course, f.course)
    )
    alone = islands[(islands.student % 2 == 0) == (islands.course < 3)]
    alone = alone[alone.course < 5]
    assert np.isnan(consistency(alone).share) and "cannot be told" in consistency(alone).sentence


def test_same_course_with_one_teacher_each_cannot_tell():
    found = consistency(marks(np.random.default_rng(1), courses=6, each=1), same_course=True)
    assert np.isnan(found.share) and "cannot be told" in found.sentence


def test_marks_that_name_no_teacher_are_refused():
    frame = marks(np.random.default_rng(1)).drop(columns="teacher")
    with pytest.raises(AnalysisError, match="no column `teacher`"):
        consistency(frame)
    with pytest.raises(AnalysisError, match="needs the column `course`"):
        consistency(frame.drop(columns="course").assign(teacher="a"), same_course=True)
