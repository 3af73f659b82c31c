"""Reading gradebooks: several files as one, what an empty cell is asked to be, and what is refused."""

from __future__ import annotations

from dataclasses import replace

import openpyxl
import pandas as pd
import pytest

import relsurvey as rs
from relsurvey.errors import ReadError
from relsurvey.grading import BlankChoiceError, Policy, Source, prove, read_gradebook, regrade
from relsurvey.reading import Limits
from relsurvey.reading.identity import local_key, replaced
from relsurvey.reading.opening import open_file, open_files
from tests.grading.canvas_files import Course, Item, Look, Student, made, table, with_cell, write

PLAIN = Look(unposted=False)


def one(cells: list[tuple[float | str, ...]], ids: list[str] | None = None, **more: object) -> Course:
    """Return a course of two assignments of 10 points."""
    ids = ids or [f"{i:03d}" for i in range(1, len(cells) + 1)]
    students = tuple(Student(f"L{i}", "F", f"9{i}", i) for i in ids)
    items = (Item("A", 1, 10.0, "Work"), Item("B", 2, 10.0, "Work"))
    return replace(Course(students, items, tuple(cells)), **more)


def frame(course: Course, look: Look = PLAIN) -> pd.DataFrame:
    """Return the export as a DataFrame."""
    head, *rows = table(course, look)
    return pd.DataFrame(rows, columns=head)


def said(gradebook, step: str) -> list[str]:
    """Return what the ledger says of a step."""
    return gradebook.ledger.loc[gradebook.ledger["step"] == step, "what"].tolist()


# What an empty cell is.


def test_empty_cells_that_matter_are_asked_about(tmp_path):
    path = write(tmp_path / "algebra.csv", one([(8.0, ""), (9.0, 9.0), ("", ""), (0.0, "")]))
    with pytest.raises(BlankChoiceError) as caught:
        read_gradebook(path)
    # 80 or 40; 90 both ways; nothing or 0; 0 both ways.
    assert str(caught.value) == (
        "algebra.csv: 4 cells are empty, and that decides marks. "
        'Choose blank="ungraded" (left out until graded; the other two are counted against it), '
        'blank="zero" (counts as 0: changes 2 of 4 marks) or '
        'blank="excused" (never counts: changes 0 of 4 marks).'
    )
    assert (caught.value.cells, caught.value.changes) == (4, {"ungraded": 0, "zero": 2, "excused": 0})
    marks = {blank: read_gradebook(path, blank=blank).marks for blank in ("ungraded", "zero", "excused")}
    assert marks["zero"]["percent"].tolist() == [40.0, 90.0, 0.0, 0.0]
    for blank in ("ungraded", "excused"):
        assert marks[blank]["percent"].tolist()[:2] == [80.0, 90.0]
        assert marks[blank]["percent"].isna().tolist() == [False, False, True, False]


@pytest.mark.parametrize("look", [PLAIN, Look(totals=False)], ids=["totals", "none"])
def test_what_is_asked_is_what_each_choice_gives(look):
    course = made(40, weights=None)
    with pytest.raises(BlankChoiceError) as caught:
        read_gradebook(frame(course, look))
    base, zero, excused = (
        read_gradebook(frame(course, look), blank=blank).marks for blank in ("ungraded", "zero", "excused")
    )
    assert caught.value.changes["zero"] == int((~base["percent"].sub(zero["percent"]).abs().lt(0.005)).sum())
    pd.testing.assert_frame_equal(base, excused)


def test_the_choice_is_in_the_scores_and_a_simulator_raises_a_plain_zero():
    course = one([(8.0, ""), (9.0, 9.0)])
    zero = read_gradebook(frame(course), blank="zero")
    assert zero.scores[["status", "raw", "code"]].to_numpy().tolist()[1] == ["missing", 0.0, ""]
    assert regrade(zero, Policy(floor={"percent": 50})).marks["percent"].tolist() == [65.0, 90.0]
    ungraded = read_gradebook(frame(course), blank="ungraded")
    assert ungraded.scores["status"].tolist()[1] == "ungraded"
    assert read_gradebook(frame(course), blank="excused").scores["status"].tolist()[1] == "excused"
    assert (zero.blank, ungraded.blank) == ("zero", "ungraded")
    for book in (zero, ungraded):
        assert prove(book).holds


def test_empty_cells_that_change_nothing_are_not_asked_about():
    assert read_gradebook(frame(one([(8.0, 9.0), (9.0, 9.0)]))).blank is None
    # Not assigned and excused are no empty cells; a zero beside a blank stays a zero.
    assert read_gradebook(frame(one([(8.0, "EX"), ("N/A", 9.0)]))).blank is None
    book = read_gradebook(frame(one([(0.0, ""), (9.0, 9.0)])))
    assert book.blank is None and book.scores["status"].tolist()[1] == "ungraded"
    assert "cells are empty, and no mark depends on what they count" in said(book, "empty cells")


def test_excused_and_not_assigned_are_the_same_under_every_choice():
    course = one([("EX", 5.0), ("N/A", 7.0), (5.0, "")])
    for blank in ("ungraded", "zero", "excused"):
        scores = read_gradebook(frame(course), blank=blank).scores
        assert scores["status"].tolist()[:4] == ["excused", "scored", "not_assigned", "scored"]


def test_a_course_of_only_excused_work_is_said():
    book = read_gradebook(frame(one([("EX", "EX"), ("N/A", "EX")])))
    assert book.marks["percent"].isna().all() and book.marks["letter"].isna().all()
    assert book.ledger.query("what == 'marks have neither percent nor letter'")["rows"].tolist() == [2]


# Several files.


def test_courses_teachers_and_terms_are_named_by_call_or_by_source(tmp_path):
    first = write(tmp_path / "p1.csv", one([(8.0, 9.0)]))
    second = write(tmp_path / "p2.csv", one([(7.0, 9.0)], ["500"]))
    sources = [Source(first, course="Algebra", teacher="T1"), Source(second, teacher="T2", term="Spring")]
    book = read_gradebook(sources, course="Biology", term="Fall", school="Sierra")
    by = book.scores.groupby("student").first()
    assert by.loc["001", ["course", "teacher", "term", "school"]].tolist() == [
        "Algebra",
        "T1",
        "Fall",
        "Sierra",
    ]
    assert by.loc["500", ["course", "teacher", "term", "school"]].tolist() == [
        "Biology",
        "T2",
        "Spring",
        "Sierra",
    ]
    assert book.marks[["student", "course", "school"]].to_numpy().tolist() == [
        ["001", "Algebra", "Sierra"],
        ["500", "Biology", "Sierra"],
    ]
    # Without a name each file is a course.
    book = read_gradebook([first, second])
    assert book.marks["course"].tolist() == ["p1", "p2"]
    assert said(book, "given") == ["the file's own name was taken for the course"] * 2
    assert read_gradebook([frame(one([(8.0, 9.0)])), frame(one([(7.0, 9.0)]))]).marks["course"].tolist() == [
        "table 1",
        "table 2",
    ]


def test_a_students_in_two_courses_has_two_marks_and_courses_keep_their_own_rules(tmp_path):
    size = {"Homework": 6, "Tests": 4}
    one_, two = made(40, size, weights={"Homework": 30, "Tests": 70}), made(40, size, seed=2)
    files = [write(tmp_path / "a.csv", one_), write(tmp_path / "b.csv", two)]
    book = read_gradebook(files, blank="zero")
    assert len(book.marks) == 80 and book.marks["student"].nunique() == 40
    assert [(p.scope.ids, p.weights) for p in book.policies] == [
        (("a",), {"Homework": 30.0, "Tests": 70.0}),
        (("b",), {}),
    ]
    assert prove(book).holds
    assert prove(book).reproduced == 160


def test_sections_of_one_course_in_two_files_are_one_course(tmp_path):
    course = made(40, {"Homework": 6, "Tests": 4})
    half = [
        replace(course, students=course.students[a:b], cells=course.cells[a:b])
        for a, b in ((0, 25), (20, 40))
    ]
    files = [write(tmp_path / f"{i}.csv", part) for i, part in enumerate(half)]
    book = read_gradebook(files, course="English 9", blank="zero")
    assert len(book.marks) == 40 and len(book.scores) == 400
    assert prove(book).holds and len(book.policies) == 1
    # Five students stand in both files with the same work.
    assert "students stand in two files of one course, and their work there was put together" in said(
        book, "shared ids"
    )
    assert book.ledger.query("step == 'duplicates'")["rows"].tolist() == [5]
    rows = book.ledger.groupby("effect")["rows"].sum()
    assert rows["rows in"] - rows["rows out"] == rows["rows kept"] == 40


def test_a_student_who_changed_sections_is_pooled_and_the_mark_computed(tmp_path):
    first = one([(8.0, 6.0), (9.0, 9.0)], ["001", "002"])
    later = replace(first, items=(Item("A", 11, 10.0, "Work"), Item("C", 12, 10.0, "Work")))
    later = replace(later, students=(first.students[0],), cells=((10.0, 10.0),))
    files = [write(tmp_path / "p1.csv", first), write(tmp_path / "p2.csv", later)]
    book = read_gradebook(files, course="Algebra")
    mine = book.scores[book.scores["student"] == "001"]
    assert sorted(mine["item"]) == ["A (1)", "A (11)", "B", "C"]
    assert book.marks.set_index("student")["percent"].to_dict() == {"001": 85.0, "002": 90.0}
    assert "001" not in set(book.totals["student"])
    assert any("set aside, and computed" in what for what in said(book, "marks"))


# Rows of one student.


def test_identical_rows_are_kept_once_and_their_sections_joined():
    course = one([(8.0, 9.0), (8.0, 9.0), (5.0, 5.0)], ["001", "001", "002"])
    students = (course.students[0], replace(course.students[1], section="Period 6"), course.students[2])
    book = read_gradebook(frame(replace(course, students=students)))
    assert len(book.scores) == 4 and len(book.totals) == 2
    assert book.marks[["student", "section"]].to_numpy().tolist() == [
        ["001", "Period 1 and Period 6"],
        ["002", "Period 1"],
    ]
    assert book.ledger.query("step == 'duplicates'")["rows"].tolist() == [1]


def test_rows_that_differ_are_an_error_that_names_them(tmp_path):
    path = write(tmp_path / "a.csv", one([(8.0, 9.0), (5.0, 5.0), (8.0, 7.0)], ["0771", "002", "771"]))
    with pytest.raises(ReadError) as caught:
        read_gradebook(path)
    assert str(caught.value).startswith("row 3 of a.csv and row 5 of a.csv are one student's in one course")
    assert "771" not in str(caught.value)


def test_ids_that_lost_their_zeros_are_one_student(tmp_path):
    first = write(tmp_path / "a.csv", one([(8.0, 9.0)], ["00771"]))
    second = write(tmp_path / "b.csv", one([(8.0, 9.0)], ["771"]))
    book = read_gradebook([first, second])
    assert (
        set(book.scores["student"]) == set(book.totals["student"]) == set(book.marks["student"]) == {"00771"}
    )
    assert said(book, "id spelling") == ["ids spelled with and without leading zeros were made alike"]


def test_hashed_ids_are_those_of_the_survey(tmp_path, monkeypatch):
    monkeypatch.setenv("RELSURVEY_HOME", str(tmp_path / "home"))
    book = read_gradebook(frame(one([(8.0, 9.0), (5.0, 5.0)])), ids="hashed")
    wanted = [replaced(student, local_key()) for student in ("001", "002")]
    assert book.marks["student"].tolist() == book.totals["student"].tolist() == wanted
    assert sorted(set(book.scores["student"])) == sorted(wanted)
    assert said(book, "ids") == ["students' ids replaced"]
    assert prove(book).holds
    with pytest.raises(ReadError, match="ids='plain' is not known"):
        read_gradebook(frame(one([(8.0, 9.0)])), ids="plain")


# The caller's own rules and mapping.


def test_rules_that_are_given_win_over_what_is_inferred():
    own = Policy(id="ours", cuts={"P": 50, "N": 0})
    book = read_gradebook(frame(one([(8.0, 9.0), (4.0, 4.0)])), policy=own)
    assert book.policies == (own,)
    assert book.marks["letter"].tolist() == ["P", "N"]
    with pytest.raises(ReadError, match="policy= is a Policy"):
        read_gradebook(frame(one([(8.0, 9.0)])), policy={"floor": {"percent": 50}})


def test_a_mapping_names_the_categories_and_wins(tmp_path):
    look = replace(PLAIN, totals=False)
    mapping = {"layout": "canvas", "categories": {"A": "Practice", "B (2)": "Exams", "Z": "Exams"}}
    book = read_gradebook(frame(one([(8.0, 9.0)]), look), mapping=mapping)
    assert dict(zip(book.scores["item"], book.scores["category"], strict=True)) == {
        "A": "Practice",
        "B": "Exams",
    }
    assert any("not in the file: 'Z'" in what for what in said(book, "mapping"))
    assert regrade(book, Policy(weights={"Practice": 50, "Exams": 50})).marks["percent"].tolist() == [85.0]
    path = write(tmp_path / "english.csv", with_cell(one([(8.0, 9.0)]), 0, 0, "NHI"))
    (tmp_path / "english.mapping.yaml").write_text("layout: canvas\ncodes: {NHI: missing}\n")
    assert read_gradebook(path).scores["code"].tolist()[0] == "NHI"


# Files.


def test_the_sheet_with_the_gradebook_is_taken(tmp_path):
    workbook = openpyxl.Workbook()
    workbook.active.append(["Read me"])
    sheet = workbook.create_sheet("Grades")
    for row in table(one([(8.0, 9.0), (5.0, 5.0)]), PLAIN):
        sheet.append(row)
    workbook.save(tmp_path / "a.xlsx")
    book = read_gradebook(tmp_path / "a.xlsx")
    assert book.marks["percent"].tolist() == [85.0, 50.0]
    assert said(book, "other sheets") == ["other sheets were left out"]


def test_what_is_no_gradebook_is_refused_in_a_sentence(tmp_path):
    (tmp_path / "a.csv").write_text("Timestamp,I belong here.\n1/2/2026,Agree\n")
    with pytest.raises(ReadError, match=r"a\.csv"):
        read_gradebook(tmp_path / "a.csv")
    for given, message in (
        ([], "the list is empty"),
        (7, "A int cannot be read as a gradebook"),
        ([7], "A int cannot be read as a gradebook"),
        (tmp_path / "b.csv", "There is no file"),
        (tmp_path, "Name the gradebook's file itself"),
    ):
        with pytest.raises(ReadError, match=message):
            read_gradebook(given)
    with pytest.raises(ReadError, match="blank='nothing' is not known"):
        read_gradebook(frame(one([(8.0, 9.0)])), blank="nothing")


def test_a_gradebook_shows_no_student(tmp_path):
    book = read_gradebook(write(tmp_path / "a.csv", one([(8.0, 9.0)])))
    assert "001" not in repr(book) and "001" not in book._repr_html_()
    assert rs.grading.read_gradebook is read_gradebook


# Several files in one child process.


def test_small_text_files_are_opened_together_and_the_others_alone(tmp_path, monkeypatch):
    from relsurvey.reading.opening import open as opening

    files = [write(tmp_path / f"{i}.csv", made(3, seed=i)) for i in range(4)]
    workbook = openpyxl.Workbook()
    workbook.active.append(["a", "b"])
    workbook.save(tmp_path / "w.xlsx")
    files.insert(2, tmp_path / "w.xlsx")
    runs: list[int] = []
    run = opening._run
    monkeypatch.setattr(opening, "_run", lambda paths, limits: runs.append(len(paths)) or run(paths, limits))
    together = open_files(files, Limits())
    assert runs == [5, 1]
    for path, opened in zip(files, together, strict=True):
        alone = open_file(path, Limits())
        assert (opened.file, opened.sha256, opened.notes) == (alone.file, alone.sha256, alone.notes)
        assert [s.row(0) for s in opened.sheets] == [s.row(0) for s in alone.sheets]
        assert [s.height for s in opened.sheets] == [s.height for s in alone.sheets]


def test_one_bad_file_among_several_is_the_one_that_is_named(tmp_path):
    files = [write(tmp_path / f"{i}.csv", made(3, seed=i)) for i in range(3)]
    (tmp_path / "1.csv").write_bytes(b"%PDF-1.4 and more")
    with pytest.raises(ReadError, match=r"1\.csv cannot be read: it is a PDF"):
        open_files(files, Limits())
    (tmp_path / "1.csv").write_text('a,b\n"never closed,1\n')
    with pytest.raises(ReadError, match=r"1\.csv cannot be read: a quotation mark"):
        open_files(files, Limits())
    assert open_files([], Limits()) == []


def test_a_file_that_breaks_the_shared_process_harms_no_other(tmp_path, monkeypatch):
    from relsurvey.reading.opening import open as opening

    files = [write(tmp_path / f"{i}.csv", made(3, seed=i)) for i in range(3)]
    run = opening._run

    def broken(paths, limits):
        if len(paths) > 1:
            raise ReadError("0.csv cannot be read: it needs more time than a survey should.")
        return run(paths, limits)

    monkeypatch.setattr(opening, "_run", broken)
    assert [opened.file for opened in open_files(files, Limits())] == ["0.csv", "1.csv", "2.csv"]
