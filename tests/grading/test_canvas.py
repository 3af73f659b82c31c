"""Canvas' export in every variant reads back to the same scores; its totals tell the course's own rules."""

from __future__ import annotations

import csv
from dataclasses import replace
from itertools import product

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from relsurvey.errors import MatchError, ReadError
from relsurvey.grading import Policy, prove, read_gradebook, regrade
from relsurvey.grading.formats.groups import Group, Items, proposed, weights
from tests.grading.canvas_files import Course, Item, Look, Student, made, table, with_cell, write

PLAIN = Look()

#: The six cells a file can hold, hand-made: three students by three assignments, worked below in full.
SMALL = Course(
    students=(
        Student("Doe", "Ana", "11", "000901"),
        Student("Roe", "Ben", "12", "000902", "Period 1 and Period 2"),
        Student("Poe", "Cy", "13", "000903"),
    ),
    items=(
        Item("Quiz 1", 71, 10.0, "Quizzes"),
        Item("Essay (draft)", 72, 20.0, "Writing"),
        Item("Quiz 2", 73, 10.0, "Quizzes"),
    ),
    cells=((8.0, 15.5, ""), (0.0, "EX", 10.0), ("N/A", 25.0, 5.25)),
)


def frame(course: Course, look: Look = PLAIN) -> pd.DataFrame:
    """Return the export as a DataFrame."""
    head, *rows = table(course, look)
    return pd.DataFrame(rows, columns=head)


def expected(course: Course, look: Look = PLAIN) -> list[tuple[str, str, float | None, str]]:
    """Return student, title, score and status of every cell."""
    status = {"": "ungraded", "EX": "excused", "N/A": "not_assigned"}
    return sorted(
        (
            student.sis if look.sis else student.id,
            item.title,
            None if isinstance(cell, str) else round(cell, 2),
            status[cell] if isinstance(cell, str) else "scored",
        )
        for student, cells in zip(course.students, course.cells, strict=True)
        for item, cell in zip(course.items, cells, strict=True)
    )


def found(scores: pd.DataFrame) -> list[tuple[str, str, float | None, str]]:
    """Return the same of a gradebook."""
    raw = [None if np.isnan(value) else value for value in scores["raw"]]
    return sorted(zip(scores["student"], scores["item"], raw, scores["status"], strict=True))


def said(gradebook, step: str) -> list[str]:
    """Return what the ledger says of a step."""
    return gradebook.ledger.loc[gradebook.ledger["step"] == step, "what"].tolist()


def test_a_small_export_by_hand(tmp_path):
    path = write(tmp_path / "English 9.csv", SMALL)
    book = read_gradebook(path, blank="zero")
    assert found(book.scores.assign(raw=book.scores.raw.where(book.scores.code != ""))) == sorted(
        (student, title, score, "missing" if status == "ungraded" else status)
        for student, title, score, status in expected(SMALL)
    )
    # 8 + 15.5 of 10 + 20 (+ 10); 0 + 10 of 10 + 10; 25 + 5.25 of 20 + 10.
    assert book.totals[["student", "current", "final"]].to_numpy().tolist() == [
        ["000901", 78.33, 58.75],
        ["000902", 50.0, 50.0],
        ["000903", 100.83, 100.83],
    ]
    assert book.marks[["student", "section", "letter", "percent"]].to_numpy().tolist() == [
        ["000901", "Period 1", "F", 58.75],
        ["000902", "Period 1 and Period 2", "F", 50.0],
        ["000903", "Period 1", "A", 100.83],
    ]
    assert read_gradebook(path, blank="ungraded").marks["percent"].tolist() == [78.33, 50.0, 100.83]
    assert set(book.scores["course"]) == {"English 9"}
    assert said(book, "given") == ["the file's own name was taken for the course"]
    assert prove(book).holds
    assert not {"Doe", "Ana", "login11"} & set(book.scores.astype(str).to_numpy().ravel())
    assert not any(name in str(book.ledger.to_numpy()) for name in ("Doe", "Ana", "000901"))


LOOKS = [
    Look(),
    Look(posting="Manual Posting"),
    Look(posting="Manual Posting (scores hidden from instructors)", period="Fall 2020"),
    Look(posting="Muted", unposted=False),
    Look(sis=False, two_names=True),
    Look(integration=True, root_account=True, notes=True),
    Look(delimiter=";", comma=True, bom=True),
    Look(delimiter=";", comma=True, period="Semester (1)"),
    Look(totals=False),
    Look(totals=False, sis=False, notes=True),
    Look(letters=True, override=True, excused="Ex"),
    Look(excused="ex", blank_rows=3, test_student=False),
]


@pytest.mark.parametrize("look", LOOKS, ids=range(len(LOOKS)))
@pytest.mark.parametrize("weighted", [False, True])
def test_every_variant_reads_back_and_proves_itself(tmp_path, look, weighted):
    course = made(24, weights={"Homework": 30, "Tests": 70} if weighted else None)
    book = read_gradebook(write(tmp_path / "a.csv", course, look), blank="ungraded", course="Biology")
    assert found(book.scores) == expected(course, look)
    assert set(book.scores["course"]) == set(book.marks["course"]) == {"Biology"}
    assert len(book.marks) == 24
    if look.totals:
        assert prove(book).holds and prove(book).reproduced == 48
        groups = dict(zip((i.title for i in course.items), (i.group for i in course.items), strict=True))
        assert dict(zip(book.scores["item"], book.scores["category"], strict=True)) == groups
        assert book.policy.weights == ({"Homework": 30.0, "Tests": 70.0} if weighted else {})
    else:
        assert not len(book.totals)
        assert said(book, "marks")[0] == "the file has no totals; marks are computed"
    assert set(book.scores["term"]) == {look.period or None}
    rows = book.ledger.groupby("effect")["rows"].sum()
    assert rows["rows in"] - rows.get("rows out", 0) == rows["rows kept"] == 24


cell = st.one_of(
    st.just(""),
    st.just("EX"),
    st.just("N/A"),
    st.integers(-200, 12_000).map(lambda n: n / 100),
)
title = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=12)
look_of = st.builds(
    Look,
    posting=st.sampled_from([None, "Manual Posting", "Muted"]),
    sis=st.booleans(),
    two_names=st.booleans(),
    integration=st.booleans(),
    root_account=st.booleans(),
    notes=st.booleans(),
    totals=st.booleans(),
    period=st.sampled_from(["", "Fall 2020", "Q1 (b)"]),
    letters=st.booleans(),
    override=st.booleans(),
    unposted=st.booleans(),
    test_student=st.booleans(),
    delimiter=st.sampled_from([",", ";", "\t"]),
    comma=st.booleans(),
    bom=st.booleans(),
    excused=st.sampled_from(["EX", "Ex", "ex"]),
    blank_rows=st.integers(0, 2),
)


@st.composite
def courses(draw: st.DrawFn) -> Course:
    """Return any course: its titles and scores may be strange, its totals need not make sense."""
    names = draw(st.lists(title, min_size=1, max_size=5, unique=True))
    items = tuple(
        Item(
            name, 100 + i, draw(st.sampled_from([None, 0.0, 5.0, 10.0, 1000.0])), draw(st.sampled_from("PQ"))
        )
        for i, name in enumerate(names)
    )
    n = draw(st.integers(1, 6))
    students = tuple(Student(f"=L{i}", "F", str(50 + i), f"{i:05d}", "S") for i in range(n))
    row = st.tuples(*[cell for _ in items])
    rows = draw(st.lists(row, min_size=n, max_size=n))
    weighted = draw(st.booleans())
    return Course(students, items, tuple(rows), {"P": 40, "Q": 60} if weighted else None)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(courses(), look_of)
def test_any_gradebook_as_any_variant_reads_back_to_the_same_scores(course, look):
    head, *rows = table(course, look)
    book = read_gradebook(pd.DataFrame(rows, columns=head), blank="ungraded", course="c")
    assert found(book.scores) == expected(course, look)
    assert len(book.marks) == len(course.students)
    worth = {item.title: item.points or 0.0 for item in course.items}
    assert dict(zip(book.scores["item"], book.scores["points_possible"], strict=True)) == worth


def test_titles_that_agree_keep_their_number():
    items = (Item("Quiz", 1, 10.0, "Q"), Item("Quiz", 2, 10.0, "Q"), Item("Test (2024)", 3, 10.0, "Q"))
    course = Course(SMALL.students, items, ((1.0, 2.0, 3.0),) * 3)
    assert set(read_gradebook(frame(course)).scores["item"]) == {"Quiz (1)", "Quiz (2)", "Test (2024)"}


def test_the_grade_and_the_override_are_the_mark():
    course = replace(made(12, blank=0.0), cuts=(("A", 93), ("A-", 90), ("B", 80), ("C", 70), ("F", 0)))
    students = (replace(course.students[0], override=95.5), *course.students[1:])
    course = replace(course, students=students)
    book = read_gradebook(frame(course, Look(letters=True, override=True)))
    assert book.marks["percent"].iloc[0] == 95.5 and book.marks["letter"].iloc[0] == "A"
    now = [course.score(row, final=False) for row in range(1, 12)]
    assert book.marks["letter"].tolist()[1:] == [course.letter(score) for score in now]
    assert "marks were set by hand (Override), and that is the mark" in said(book, "marks")
    assert book.totals["override"].notna().sum() == 1


def test_cuts_are_proposed_from_the_letters_or_said_to_be_unknown():
    course = replace(made(60, seed=4), cuts=(("A", 85), ("B", 75), ("C", 65), ("D", 50), ("F", 0)))
    book = read_gradebook(frame(course, Look(letters=True)), blank="ungraded")
    assert book.policy.cuts == {"A": 85.0, "B": 75.0, "C": 65.0, "D": 50.0, "F": 0.0}
    assert (
        regrade(book, Policy(cuts=book.policy.cuts)).before["letter"].tolist()
        == book.marks["letter"].tolist()
    )
    canvas = (("A", 94), ("A-", 90), ("B+", 87), ("B", 84), ("B-", 80), ("C+", 77), ("C", 74), ("C-", 70))
    course = replace(course, cuts=(*canvas, ("D+", 67), ("D", 64), ("D-", 61), ("F", 0)))
    book = read_gradebook(frame(course, Look(letters=True)), blank="ungraded")
    assert len(book.policy.cuts) == 12 and "letters are given by Canvas' own cuts" in said(
        book, "grading rules"
    )
    strange = frame(course, Look(letters=True))
    strange.loc[1:30, "Current Grade"] = ["A", "B"] * 15
    book = read_gradebook(strange, blank="ungraded")
    assert book.policy.cuts == Policy().cuts
    assert any("cannot be worked out" in what for what in said(book, "grading rules"))


def test_hidden_scores_are_said_and_explain_the_totals(tmp_path):
    course = replace(made(40), unposted=frozenset({5001, 5004}))
    book = read_gradebook(write(tmp_path / "a.csv", course, Look(posting="Manual Posting")), blank="ungraded")
    assert (
        said(book, "layout")[0] == "a row about posting says of 2 assignments that scores are posted by hand"
    )
    proof = prove(book)
    assert not proof.holds
    assert set(proof.reasons) == {"scores not posted yet: they stand in the file and not in this total"}
    groups = {item.title: item.group for item in course.items}
    assert dict(zip(book.scores["item"], book.scores["category"], strict=True)) == groups


def test_dropped_scores_are_told_from_the_totals():
    course = made(60)
    items = tuple(replace(item, points=10.0) for item in course.items)
    cells = tuple(tuple(c if isinstance(c, str) else c % 10 for c in row) for row in course.cells)
    course = replace(course, items=items, cells=cells, drops={"Homework": 1})
    book = read_gradebook(frame(course), blank="ungraded")
    assert not prove(book).holds
    reasons = prove(book).reasons
    assert max(reasons, key=reasons.__getitem__) == "as if the 1 lowest of Homework was dropped"
    assert prove(book.with_policy(book.policy.but(drop_lowest={"Homework": 1}))).holds


def test_work_that_counts_for_no_mark_is_found_and_left_out():
    book = read_gradebook(frame(replace(made(60), uncounted=frozenset({5001, 5003}))), blank="ungraded")
    assert book.policy.exclude == ("(not counted)",)
    assert prove(book).holds
    assert any("count for no mark: 'Homework" in what for what in said(book, "grading rules"))


@pytest.mark.parametrize(("n", "weighted", "seed"), [*product((20, 35, 120), (False, True), (1, 2, 3))])
def test_categories_and_weights_are_found_or_said_to_be_unknown_never_wrong(n, weighted, seed):
    size = {"Homework": 14, "Tests": 5, "Labs": 6}
    course = made(n, size, seed=seed, weights={"Homework": 25, "Tests": 60, "Labs": 15} if weighted else None)
    book = read_gradebook(frame(course), blank="ungraded")
    groups = {item.title: item.group for item in course.items}
    got = dict(zip(book.scores["item"], book.scores["category"], strict=True))
    assert all(kind in (None, groups[name]) for name, kind in got.items())
    assert all(got.values()), "so few assignments are within reach of the totals"
    assert book.policy.weights == (dict(course.weights) if weighted else {})
    assert prove(book).holds


def test_too_few_students_leave_categories_and_weights_open_in_a_sentence():
    size = {"Homework": 40, "Tests": 20, "Labs": 20}
    course = made(3, size, weights={"Homework": 25, "Tests": 60, "Labs": 15}, blank=0.0)
    book = read_gradebook(frame(course), blank="ungraded")
    assert book.scores["category"].isna().any()
    assert book.policy.weights == {}
    rules = said(book, "grading rules")
    assert any("is not known" in what for what in rules)
    assert any("cannot be" in what for what in rules)
    # The marks are the exported ones all the same.
    assert book.marks["percent"].tolist() == [round(course.score(i, final=False), 2) for i in range(3)]


def test_work_that_nobody_has_a_score_in_is_shared_out_as_the_totals_ask():
    course = made(50, {"Homework": 6, "Tests": 3}, seed=3)
    late = tuple(
        Item(f"Later {k}", 900 + k, 10.0, g) for k, g in enumerate(("Homework", "Homework", "Tests"))
    )
    course = replace(
        course, items=(*course.items, *late), cells=tuple((*cells, "", "", "") for cells in course.cells)
    )
    book = read_gradebook(frame(course), blank="zero")
    kinds = dict(zip(book.scores["item"], book.scores["category"], strict=True))
    assert sorted(kinds[item.title] for item in late) == ["Homework", "Homework", "Tests"]
    assert prove(book).holds


def test_what_fits_two_ways_is_unknown():
    raw = np.array([[5.0, 5.0, 9.0], [7.0, 7.0, 2.0]])
    there = np.ones((2, 3), bool)
    items = Items(raw, there, there, np.array([10.0, 10.0, 10.0]))
    a, b = np.array([5.0, 7.0]), np.array([14.0, 9.0])
    # The first two are alike for everyone: which of them is where changes nothing.
    groups = [Group("A", a, 10 * a, 10 * a), Group("B", b, 5 * b, 5 * b)]
    assert proposed(items, groups).tolist() == [0, 1, 1]
    # Two pairs that have the same sums, and nothing else to tell them by.
    raw = np.array([[1.0, 4.0, 2.0, 3.0]])
    items = Items(raw, raw > 0, raw > 0, np.full(4, 10.0))
    five = np.array([5.0])
    assert (proposed(items, [Group(name, five, 5 * five, 5 * five) for name in "AB"]) < 0).all()


def test_weights_that_cannot_be_told_apart_are_not_given():
    none, same = np.full(3, np.nan), np.array([80.0, 60, 90])
    groups = [Group(name, none, same, same) for name in ("A", "B")]
    assert weights(same, same, groups) is None
    other = np.array([50.0, 70, 10])
    groups = [Group("A", none, same, same), Group("B", none, other, other)]
    assert weights(same + 5, same + 5, groups) is None
    assert weights(0.125 * same + 0.875 * other, 0.125 * same + 0.875 * other, groups) == {
        "A": 12.5,
        "B": 87.5,
    }
    absent = np.array([np.nan, 70, np.nan])
    groups = [Group("A", none, same, same), Group("B", none, absent, absent)]
    course = np.array([80.0, 0.4 * 60 + 0.6 * 70, 90.0])
    assert weights(course, course, groups) == {"A": 40.0, "B": 60.0}


BAD = [
    (lambda f: f.drop(columns=["ID", "SIS User ID"]), "without its column `ID`"),
    (lambda f: f[1:], "no row `Points Possible`"),
    (lambda f: f[:1], "a header and no student"),
    (
        lambda f: f.assign(**{"Quiz 1 (71)": ["ten", "8", "0", "", ""]}),
        "row 2, column F: the points possible",
    ),
    (lambda f: f.assign(**{"Quiz 1 (71)": ["-5", "8", "0", "", ""]}), "no number of 0 or more"),
    (lambda f: f.assign(ID=["", "", "2", "3", "9"], **{"SIS User ID": ""}), "rows without an ID: 3"),
    (
        lambda f: f.assign(ID=["", "1", "2", "9", "9"], **{"SIS User ID": ["", "2", "", "5", ""]}),
        "rows 4 have no SIS",
    ),
    (lambda f: f.assign(**{"SIS User ID": ["", "1.2E+05", "2", "3", ""]}), r"ids such as 1.2E\+05 .* row 3"),
    (
        lambda f: f.rename(
            columns={"Final Score": "Final Score (Q1)", "Current Score": "Current Score (Q2)"}
        ),
        "2 grading",
    ),
]


@pytest.mark.parametrize(("change", "message"), BAD, ids=range(len(BAD)))
def test_a_broken_export_is_one_sentence_with_the_place(change, message):
    with pytest.raises(ReadError, match=message) as caught:
        read_gradebook(change(frame(SMALL)), blank="zero")
    assert not any(name in str(caught.value) for name in ("Doe", "Roe", "00090"))


def test_a_file_without_its_header_is_told_from_no_gradebook(tmp_path):
    path = write(tmp_path / "a.csv", SMALL)
    rows = list(csv.reader(path.open()))
    with path.open("w", newline="") as file:
        csv.writer(file).writerows(rows[1:])
    with pytest.raises(ReadError, match=r"a.csv has Canvas' points possible in row 1 and no header row"):
        read_gradebook(path)


def test_unknown_texts_are_listed_with_their_counts_and_the_line_to_add():
    course = with_cell(with_cell(with_cell(SMALL, 0, 0, "M"), 1, 1, "M"), 2, 2, "Ask Ms. Perez about it")
    with pytest.raises(ReadError) as caught:
        read_gradebook(frame(course))
    message = str(caught.value)
    assert "'M' (2), longer texts (1), first in row 3, column F" in message
    assert '`codes: {"M": missing}`' in message
    assert "Perez" not in message


def test_codes_say_what_texts_mean_and_a_number_is_one_only_there():
    course = with_cell(with_cell(with_cell(SMALL, 0, 0, "nhi"), 1, 0, "1"), 2, 2, "-")
    read = read_gradebook(
        frame(course), codes={"NHI": "missing", "1": "missing", "-": "ungraded"}, blank="ungraded"
    )
    by = read.scores.set_index(["student", "item"])
    assert by.loc[("000901", "Quiz 1"), ["status", "code"]].tolist() == ["missing", "NHI"]
    assert by.loc[("000902", "Quiz 1"), ["status", "code"]].tolist() == ["missing", "1"]
    assert by.loc[("000903", "Quiz 2"), ["status", "code"]].tolist() == ["ungraded", ""]
    course = with_cell(SMALL, 1, 0, "1")
    assert read_gradebook(frame(course), blank="ungraded").scores.query("raw == 1")["status"].tolist() == [
        "scored"
    ]
    for codes, message in (
        ({"X": "gone"}, "cannot mean 'gone'"),
        ({"x": "missing", "X": "excused"}, "two meanings"),
        ({"": "missing"}, "blank="),
        (["X"], "is a table"),
    ):
        with pytest.raises(ReadError, match=message):
            read_gradebook(frame(SMALL), codes=codes)


def test_strange_scores_are_kept_and_counted():
    course = with_cell(with_cell(SMALL, 0, 0, -2.0), 1, 2, 40.0)
    items = (replace(SMALL.items[0], points=None), replace(SMALL.items[1], points=0.0), SMALL.items[2])
    book = read_gradebook(frame(replace(course, items=items)), blank="ungraded")
    assert sorted(book.scores["raw"].dropna()) == [-2.0, 0.0, 5.25, 15.5, 25.0, 40.0]
    cells = book.ledger.query("step == 'score cells'").set_index("what")["rows"]
    assert cells["scores are below zero"] == 1
    assert cells["scores are above their points possible"] == 1
    assert "work without points possible counts as extra credit: 'Quiz 1'" in said(book, "layout")
    assert "work of 0 points possible adds to the points earned alone: 'Essay (draft)'" in said(
        book, "layout"
    )


def test_the_test_student_is_nobody_and_a_real_one_of_that_name_is():
    named = replace(SMALL, students=(Student("Student", "Test", "21", "000999"), *SMALL.students[1:]))
    book = read_gradebook(frame(named), blank="ungraded")
    assert "000999" in set(book.scores["student"]) and "999999" not in set(book.scores["student"])
    assert book.ledger.query("step == 'test rows'")["rows"].tolist() == [1]


def test_a_header_made_to_take_time_takes_none():
    heads = ["A" + " Current Score" * 20_000 + "(", " " * 100_000 + "(1", "Unposted " * 30_000]
    strange = frame(SMALL).assign(**dict.fromkeys(heads, "1"))
    # Of the three only "(1" is short enough for a title, and it has points possible.
    assert set(read_gradebook(strange, blank="ungraded").scores["item"]) == {
        "Quiz 1", "Essay (draft)", "Quiz 2", "(1",
    }  # fmt: skip


def test_empty_totals_are_no_totals(tmp_path):
    path = tmp_path / "algebra.csv"
    head = "Student,ID,SIS User ID,Section,Quiz (77),Current Score,Final Score,Final Grade\n"
    points = "    Points Possible,,,,10.00,(read only),(read only),(read only)\n"
    path.write_text(head + points + '"A, A",1,901,P1,8.00,,,\n"B, B",2,902,P1,5.00,,,\n', "utf-8")
    found = read_gradebook(path, course="Algebra")
    assert found.marks["percent"].tolist() == [80.0, 50.0]
    assert "the file's totals are empty; marks are computed" in found.ledger["what"].tolist()
    # Where nothing is graded either, there is nothing to compute, and no choice to ask for.
    path.write_text(head + points + '"A, A",1,901,P1,,,,\n', "utf-8")
    assert read_gradebook(path, course="Algebra").marks["percent"].isna().all()


def test_a_survey_and_a_gradebook_are_told_apart(tmp_path):
    import relsurvey as rs
    from relsurvey.demo import demo_gradebook, demo_workbook

    with pytest.raises(MatchError) as told:
        read_gradebook(demo_workbook())
    assert str(told.value) == (
        "five-elements-simulated.xlsx holds answers to the survey `five-elements`, not marks. "
        "Read it with `rs.read`."
    )
    with pytest.raises(MatchError, match=r"A gradebook is read with `rs\.grading\.read_gradebook`"):
        rs.read(demo_gradebook()[0].path)
    with pytest.raises(ReadError, match="A Source cannot be read"):
        rs.read(demo_gradebook()[0])
