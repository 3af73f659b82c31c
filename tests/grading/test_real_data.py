"""Four real tables of grades, read through mappings: every rate equals the same in plain arithmetic."""

from __future__ import annotations

import math

import pandas as pd
import pytest

from relsurvey.grading import BlankChoiceError, Policy, df_rates, read_gradebook, regrade

CUTS = {"A": 90, "B": 80, "C": 70, "D": 60, "F": 0}
Z = 1.959963984540054

EXAMS = """\
format: 1
layout: wide
columns:
  student: student
  semester: term
  sex: group:sex
  course_grade: percent
  exam1: item
  exam2: item
  exam3: item
points: 100
cuts: {A: 90, B: 80, C: 70, D: 60, F: 0}
"""
SOCIOLOGY = """\
format: 1
layout: wide
columns:
  student: student
  class: section
  sex: group:sex
  hssoc: group:sociology_before
items:
  pretest: {category: Pretest, points: 25}
  midterm1: {category: Midterms, points: 90}
  midterm2: {category: Midterms, points: 90}
  final: {category: Final, points: 150}
"""
FIRST_YEAR = """\
format: 1
layout: marks
columns:
  student: student
  GPA: percent
  Male: group:male
  FirstGen: group:first_generation
  White: group:white
  CollegeBound: group:college_bound
out_of: 4
cuts: {A: 3.5, B: 2.5, C: 1.5, D: 0.5, F: 0}
"""
MATHEMATICS = """\
format: 1
layout: wide
columns:
  id: student
  quad: item
  deriv: item
  elasticity: item
  integral: item
  interest: item
  annuity: item
  payflow: item
  matrix: item
  planning: item
  equations: item
  hesse: item
  implicit: item
  lagrange: item
  nsolved: percent
  gender: group:gender
  study: group:study
  semester: group:year
  attempt: group:attempt_at_exam
  group: group:version
points: 1
out_of: 13
cuts: {A: 11, B: 9, C: 7, D: 5, F: 0}
"""


@pytest.fixture(autouse=True)
def own_home(tmp_path, monkeypatch):
    """Remember nothing from one test to the next."""
    monkeypatch.setenv("RELSURVEY_HOME", str(tmp_path / "home"))


@pytest.fixture
def book(shared, tmp_path):
    """Return the reader of one of the tables, and the table as pandas reads it."""

    def read(name, mapping, **more):
        place = tmp_path / f"{name}.mapping.yaml"
        place.write_text(mapping, "utf-8")
        file = shared / name / f"{name}.csv"
        return read_gradebook(file, mapping=place, **more), pd.read_csv(file)

    return read


def wilson(k, n):
    """Return Wilson's interval, written out."""
    p = k / n
    middle = (p + Z * Z / (2 * n)) / (1 + Z * Z / n)
    half = Z / (1 + Z * Z / n) * math.sqrt(p * (1 - p) / n + Z * Z / (4 * n * n))
    return middle - half, middle + half


def letter(percent, cuts=CUTS):
    return next(name for name, cut in cuts.items() if percent >= cut)


def check(row, letters, students):
    """Check one row of rates against letters, and against each student's letters."""
    n = len(letters)
    for name, wanted in (("df", "DF"), ("c_or_better", "ABC")):
        k = sum(one in wanted for one in letters)
        assert row["n_marks"] == n and row[name] == pytest.approx(k / n, abs=1e-12)
        assert (row[f"{name}_low"], row[f"{name}_high"]) == pytest.approx(wilson(k, n), abs=1e-9)
    by = pd.Series([one in "DF" for one in letters]).groupby(list(students)).sum()
    k = int((by > 0).sum())
    assert row["n_students"] == len(by) and row["any_df"] == pytest.approx(k / len(by), abs=1e-12)
    assert (row["any_df_low"], row["any_df_high"]) == pytest.approx(wilson(k, len(by)), abs=1e-9)


def check_rates(marks, by, letters, students, groups):
    """Check the rates of all marks, and of each group."""
    check(df_rates(marks).table.iloc[0], letters, students)
    rates = df_rates(marks, by=by).table
    frame = pd.DataFrame({"letter": letters, "student": students, "group": [str(g) for g in groups]})
    found = {str(row[by]): row for _, row in rates.iterrows()}
    assert set(found) == set(frame["group"])
    for name, part in frame.groupby("group"):
        check(found[name], part["letter"].tolist(), part["student"].tolist())


def test_exam_grades_of_statistics_students(book):
    grades, raw = book("exam_grades", EXAMS, blank="ungraded")
    assert len(grades.scores) == 3 * 233 and len(grades.marks) == 233
    assert grades.scores["status"].value_counts().to_dict() == {"scored": 698, "ungraded": 1}
    by = grades.marks.set_index("student")
    assert by["percent"].to_dict() == dict(zip(raw["student"].astype(str), raw["course_grade"], strict=True))
    letters = [letter(value) for value in raw["course_grade"]]
    assert by["letter"].to_dict() == dict(zip(raw["student"].astype(str), letters, strict=True))
    check_rates(grades.marks, "sex", letters, raw["student"], raw["sex"])
    check_rates(grades.marks, "term", letters, raw["student"], raw["semester"])


def test_the_exams_alone_give_other_marks_than_the_course_and_an_empty_one_has_to_be_decided(book):
    grades, raw = book("exam_grades", EXAMS, blank="ungraded")
    exams = raw[["exam1", "exam2", "exam3"]]
    percent = exams.sum(axis=1) / exams.notna().sum(axis=1)
    regraded = regrade(grades, Policy(floor={"percent": 70}))
    marks = regraded.marks.set_index("student")
    by = dict(zip(raw["student"].astype(str), percent, strict=True))
    assert marks["percent_before"].to_dict() == pytest.approx(by, abs=1e-9)
    floor = exams.clip(lower=70).sum(axis=1) / exams.notna().sum(axis=1)
    assert marks["percent"].to_dict() == pytest.approx(
        dict(zip(raw["student"].astype(str), floor, strict=True)), abs=1e-9
    )
    check(df_rates(regraded.before).table.iloc[0], [letter(value) for value in percent], raw["student"])
    check(df_rates(regraded.after).table.iloc[0], [letter(value) for value in floor], raw["student"])
    # The course counted more than its exams: the two agree on most letters, not on all.
    same = sum(letter(a) == letter(b) for a, b in zip(percent, raw["course_grade"], strict=True))
    assert len(raw) * 0.5 < same < len(raw)
    assert marks["percent_before"].corr(by_course(raw).reindex(marks.index)) > 0.85

    zero, _ = book("exam_grades", EXAMS, blank="zero")
    counted = regrade(zero, Policy()).marks.set_index("student")["percent"]
    wanted = dict(zip(raw["student"].astype(str), exams.fillna(0).sum(axis=1) / 3, strict=True))
    assert counted.to_dict() == pytest.approx(wanted, abs=1e-9)


def by_course(raw):
    return pd.Series(raw["course_grade"].to_numpy(), raw["student"].astype(str))


def test_a_sociology_course_whose_marks_are_computed_from_points(book):
    grades, raw = book("soc_grades", SOCIOLOGY)
    assert len(grades.scores) == 4 * 40 and len(grades.marks) == 40
    points = {"pretest": 25, "midterm1": 90, "midterm2": 90, "final": 150}
    percent = 100 * raw[list(points)].sum(axis=1) / sum(points.values())
    marks = grades.marks.set_index("student")
    keys = raw["student"].astype(str)
    assert marks["percent"].to_dict() == pytest.approx(dict(zip(keys, percent, strict=True)), abs=1e-9)
    letters = [letter(value) for value in percent]
    check_rates(grades.marks, "sociology_before", letters, raw["student"], raw["hssoc"])
    assert marks["section"].to_dict() == dict(zip(keys, raw["class"].astype(str), strict=True))

    weights = {"Pretest": 0, "Midterms": 40, "Final": 60}
    weighted = 40 * (raw["midterm1"] + raw["midterm2"]) / 180 + 60 * raw["final"] / 150
    found = regrade(grades, Policy(weights=weights)).marks.set_index("student")
    assert found["percent"].to_dict() == pytest.approx(dict(zip(keys, weighted, strict=True)), abs=1e-9)


def test_first_year_gpa_on_its_own_scale(book):
    grades, raw = book("first_year_gpa", FIRST_YEAR)
    assert len(grades.scores) == 0 and len(grades.marks) == 219
    cuts = {"A": 3.5, "B": 2.5, "C": 1.5, "D": 0.5, "F": 0}
    letters = [letter(value, cuts) for value in raw["GPA"]]
    assert grades.marks["letter"].tolist() == letters
    assert grades.marks["percent"].tolist() == pytest.approx((raw["GPA"] / 4 * 100).tolist())
    above = int((raw["GPA"] > 4).sum())
    assert any("above 100 %" in e.what and e.rows == above for e in grades.entries) and above
    for by, column in (("first_generation", "FirstGen"), ("college_bound", "CollegeBound"), ("male", "Male")):
        check_rates(grades.marks, by, letters, raw["student"], raw[column])


def test_a_mathematics_exam_of_thirteen_items(book):
    grades, raw = book("mathexam14w", MATHEMATICS)
    assert len(grades.scores) == 13 * 729 and len(grades.marks) == 729
    total = dict(zip(raw["id"].astype(str), 100 * raw["nsolved"] / 13, strict=True))
    marks = regrade(grades, Policy()).marks.set_index("student")
    assert marks["percent_before"].to_dict() == pytest.approx(total, abs=1e-9)
    assert grades.marks.set_index("student")["percent"].to_dict() == pytest.approx(total, abs=1e-9)
    cuts = {"A": 11, "B": 9, "C": 7, "D": 5, "F": 0}
    letters = [letter(value, cuts) for value in raw["nsolved"]]
    assert marks.loc[raw["id"].astype(str), "letter_before"].tolist() == letters
    for by, column in (("gender", "gender"), ("attempt_at_exam", "attempt"), ("version", "group")):
        check_rates(grades.marks, by, letters, raw["id"], raw[column])


def test_an_empty_exam_is_asked_for_where_the_mark_is_computed(book):
    mapping = EXAMS.replace("  course_grade: percent\n", "").replace(
        "cuts: {A: 90, B: 80, C: 70, D: 60, F: 0}\n", ""
    )
    with pytest.raises(BlankChoiceError) as error:
        book("exam_grades", mapping)
    assert error.value.cells == 1 and error.value.changes["zero"] == 1
