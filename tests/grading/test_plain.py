"""Plain gradebooks: every layout, the codes of schools, and what may be wrong, each said in one sentence."""

from __future__ import annotations

import csv
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relsurvey.errors import MatchError, ReadError
from relsurvey.grading import Policy, read_gradebook, regrade
from relsurvey.grading.formats import Settings, plain
from relsurvey.grading.mapping_sources import given_mapping
from relsurvey.reading.limits import Limits
from relsurvey.reading.opening import Opened, Sheet, from_frame, open_file

WIDE = {"layout": "wide", "columns": {"id": "student", "Quiz 1": "item", "Essay": "item"}, "points": 10}
LONG = {
    "layout": "long",
    "columns": {"id": "student", "work": "item", "of": "points_possible", "score": "raw"},
}


@pytest.fixture(autouse=True)
def own_home(tmp_path, monkeypatch):
    """Remember nothing from one test to the next."""
    monkeypatch.setenv("RELSURVEY_HOME", str(tmp_path / "home"))


def read(rows, mapping, **said):
    """Read rows of text, the first of which is the header."""
    rows = [line.split("|") for line in rows] if isinstance(rows[0], str) else rows
    opened = Opened("g.csv", (Sheet.of(rows, "g.csv"),), (), "")
    return plain.read(opened, given_mapping(mapping), Settings(**said))


def scores(rows, mapping, **said):
    return read(rows, mapping, **said).scores


def refused(rows, mapping, **said):
    """Return the one sentence with which rows are refused."""
    with pytest.raises(ReadError) as error:
        read(rows, mapping, **said)
    message = str(error.value)
    assert "\n" not in message and message.endswith(".")
    return message


def cells(frame, *names):
    """Return columns as plain lists, with None for what is not there."""
    table = frame[list(names)].astype(object)
    return table.where(table.notna(), None).to_numpy().tolist()


# Wide tables.


def test_a_wide_table_is_a_row_of_scores_for_each_student_and_work():
    mapping = WIDE | {
        "columns": {"id": "student", "Per": "section", "sex": "group:gender"},
        "items": {
            "Quiz 1": {"title": "Quiz", "category": "Homework", "points": 20, "due": "2026-03-06"},
            "Essay": {},
        },
        "categories": {"essay": "Tests"},
        "codes": {"M": "missing"},
    }
    part = read(
        ["id|Per|sex|Quiz 1|Essay|x", "7|2|F|18|M|q", "8|3|M||9.5|q"],
        mapping,
        course="Algebra 1",
        teacher="T",
    )
    names = ("student", "section", "item", "category", "points_possible", "raw", "status", "code")
    assert cells(part.scores, *names) == [
        ["7", "2", "Quiz", "Homework", 20.0, 18.0, "scored", None],
        ["8", "3", "Quiz", "Homework", 20.0, None, "ungraded", ""],
        ["7", "2", "Essay", "Tests", 10.0, None, "missing", "M"],
        ["8", "3", "Essay", "Tests", 10.0, 9.5, "scored", None],
    ]
    assert part.scores["due"].tolist()[:2] == [pd.Timestamp(2026, 3, 6)] * 2
    assert part.scores["due"].isna().tolist()[2:] == [True, True]
    assert set(part.scores["course"]) == {"Algebra 1"} and set(part.scores["teacher"]) == {"T"}
    assert cells(part.marks, "student", "gender", "percent") == [["7", "F", None], ["8", "M", None]]
    assert any("left out: 'x'" in entry.what for entry in part.entries)


def test_rows_of_points_dates_and_categories_stand_anywhere_and_are_no_students():
    mapping = WIDE | {
        "points": None,
        "rows": {"points": "Points possible", "due": "Due", "category": "Type"},
    }
    head = ["id|Quiz 1|Essay", "Due:|3/13/2026|4/2/2026"]
    rows = [*head, "7|18|40", "Type|HW|Tests", "POINTS POSSIBLE|20|50"]
    found = scores(rows, mapping)
    assert cells(found, "item", "points_possible", "category") == [
        ["Quiz 1", 20, "HW"],
        ["Essay", 50, "Tests"],
    ]
    assert found["due"].tolist() == [pd.Timestamp(2026, 3, 13), pd.Timestamp(2026, 4, 2)]
    assert "no row that starts with 'Due'" in refused([rows[0], *rows[2:]], mapping)
    assert "2 rows that start with 'Type'" in refused([*rows, rows[3]], mapping)
    assert "row of points holds no number in the column 'Essay'" in refused(
        [*rows[:4], "points possible|20|many"], mapping
    )


def test_points_possible_that_nothing_says_are_asked_for():
    message = refused(["id|Quiz 1|Essay", "7|8|9"], WIDE | {"points": None})
    assert "does not say how many points are possible for the columns 'Quiz 1', 'Essay'" in message
    assert '`items: {"Quiz 1": {points: 10}}`' in message
    assert "for the work 'a'" in refused(["id|work|of|score", "7|a||8"], LONG)


def test_a_line_without_points_has_those_of_the_same_work():
    found = scores(["id|work|of|score", "7|a|20|8", "8|a||9", "7|b||1"], LONG | {"points": 5})
    assert found["points_possible"].tolist() == [20, 20, 5]


def test_scores_in_percent_are_of_100_points_and_it_is_said():
    part = read(
        ["id|Quiz 1|Essay", "7|85%|9", "8|90 %|"], WIDE | {"points": None, "items": {"Essay": {"points": 12}}}
    )
    assert cells(part.scores, "raw", "points_possible") == [[85, 100], [90, 100], [9, 12], [None, 12]]
    (entry,) = [e for e in part.entries if "100 points" in e.what]
    assert entry.rows == 2
    long = LONG | {"columns": {"id": "student", "work": "item", "score": "percent"}}
    assert cells(scores(["id|work|score", "7|a|85", "7|b|40%"], long), "raw", "points_possible") == [
        [85, 100],
        [40, 100],
    ]
    with_points = long | {"columns": long["columns"] | {"of": "points_possible"}}
    assert cells(scores(["id|work|of|score", "7|a|20|85"], with_points), "raw", "points_possible") == [
        [17, 20]
    ]


def test_a_number_among_percents_needs_to_know_its_points():
    assert "possible for the columns 'Quiz 1'" in refused(
        ["id|Quiz 1|Essay", "7|85%|9/10", "8|9|9/10"], WIDE | {"points": None}
    )
    mapping = LONG | {"columns": {"id": "student", "work": "item", "score": "raw"}}
    rows = ["id|work|score", "7|a|85%", "8|a|"]
    assert scores(rows, mapping)["points_possible"].tolist() == [100, 100]
    assert "possible for the work 'a'" in refused([*rows, "9|a|9"], mapping)


def test_percents_of_known_points_are_points():
    assert cells(scores(["id|Quiz 1|Essay", "7|85%|9"], WIDE), "raw", "points_possible")[0] == [8.5, 10]
    mapping = LONG | {"columns": {"id": "student", "work": "item", "score": "raw"}}
    rows = ["id|work|score", "7|a|85%", "8|a|8/20", "7|b|50%"]
    assert cells(scores(rows, mapping), "raw", "points_possible") == [[17, 20], [8, 20], [50, 100]]


def test_a_score_that_names_its_points_is_believed_and_checked():
    rows = ["id|Quiz 1|Essay", "7|8/10|9", "8||9"]
    assert scores(rows, WIDE)["points_possible"].tolist() == [10] * 4
    told = WIDE | {"points": None, "items": {"Essay": {"points": 9}}}
    assert scores(rows, told)["points_possible"].tolist() == [10, 10, 9, 9]
    message = refused(rows, WIDE | {"items": {"Quiz 1": {"points": 20}}})
    assert "'Quiz 1' has scores out of 10, and the points possible are 20" in message


@pytest.mark.parametrize(
    ("texts", "numbers"),
    [
        (["8,5", "10"], [8.5, 10]),
        (["1.234,5", "8"], [1234.5, 8]),
        (["1,234.5", "1,234"], [1234.5, 1234]),
        (["8,5", "1.234"], [8.5, 1234]),
        (["8,5", "1,234"], [8.5, 1.234]),
        (["8.5", "1.234"], [8.5, 1.234]),
        (["\N{MINUS SIGN}1", "+2"], [-1, 2]),
        ([".5", "0,125"], [0.5, 0.125]),
        (["1\u00a0234", "1,234,567"], [1234, 1234567]),
    ],
)
def test_numbers_are_read_as_schools_write_them(texts, numbers):
    rows = [["id", "Quiz 1", "Essay"], *([str(i), text, ""] for i, text in enumerate(texts))]
    assert scores(rows, WIDE)["raw"].tolist()[:2] == numbers


def test_a_number_that_can_be_two_is_asked_for():
    rows = ["id|Quiz 1|Essay", "7|1,234|2"]
    assert '`decimal: "."` or `decimal: ","`' in refused(rows, WIDE)
    assert scores(rows, WIDE | {"decimal": ","})["raw"].tolist() == [1.234, 2]
    assert scores(rows, WIDE | {"decimal": "."})["raw"].tolist() == [1234, 2]


# Codes.


def test_every_schools_codes_go_through_the_table_whatever_their_capitals():
    meant = {
        "NHI": "missing",
        "Z": 0,
        "msg": "missing",
        "M": "missing",
        "X": "excused",
        "1": "missing",
        "-": "ungraded",
    }
    texts = ["nhi", "Z", "MSG", "m", "x", "1", "-", "EX", "n/a", "1.0", ""]
    rows = [["id", "Quiz 1", "Essay"], *([str(i), text, ""] for i, text in enumerate(texts))]
    part = read(rows, WIDE | {"codes": meant})
    found = cells(part.scores.iloc[: len(texts)], "status", "raw", "code")
    assert found == [
        ["missing", None, "NHI"],
        ["scored", 0.0, "Z"],
        ["missing", None, "msg"],
        ["missing", None, "M"],
        ["excused", None, "X"],
        ["missing", None, "1"],
        ["ungraded", None, ""],
        ["excused", None, "EX"],
        ["not_assigned", None, "N/A"],
        ["scored", 1.0, None],
        ["ungraded", None, ""],
    ]
    said = {entry.what: entry.rows for entry in part.entries if entry.step == "score codes"}
    assert said["'NHI' was read as missing"] == 1 and said["'Z' was read as 0"] == 1


def test_codes_that_a_caller_names_come_before_the_mappings():
    rows = ["id|Quiz 1|Essay", "7|M|ex"]
    found = scores(rows, WIDE | {"codes": {"m": "missing"}}, codes={"M": "excused", "EX": 5.0})
    assert cells(found, "status", "raw") == [["excused", None], ["scored", 5.0]]


def test_texts_that_nobody_explained_are_refused_with_their_counts_and_the_line_to_add():
    rows = ["id|Quiz 1|Essay", "7|NHI|late?", "8|NHI|9", "9|a long remark of a teacher|1"]
    message = refused(rows, WIDE)
    assert "4 cells hold a text" in message and "'NHI' (2), 'late?' (1), longer texts (1)" in message
    assert '`codes: {"NHI": missing, "late?": missing}`' in message and "remark" not in message
    message = refused(["id|Quiz 1|Essay", "7|X|exc", "8|M|9"], WIDE)
    assert all(line in message for line in ('"X": excused', '"exc": excused', '"M": missing'))


def test_a_column_of_remarks_is_not_taken_for_scores():
    rows = [["id", "Quiz 1", "Essay"], *([str(i), "8", f"remark {i}"] for i in range(13))]
    message = refused(rows, WIDE)
    assert "'Essay' holds 13 different texts" in message and "remark 1" not in message


# Long tables.


def test_a_long_table_is_a_row_a_score():
    mapping = LONG | {
        "columns": LONG["columns"]
        | {"kind": "category", "due": "due", "in": "submitted", "st": "status", "d": "days_late"},
        "codes": {"NHI": "missing", "Turned in": "scored", "Tardy": "late"},
    }
    rows = [
        "id|work|kind|of|score|due|in|st|d",
        "7|a|HW|10|8|2026-03-06|2026-03-08 09:00|Tardy|2",
        "7|b||10||||Missing|",
        "7|c|HW|10|9|||exempt|",
        "8|a|HW|10|NHI|||Turned in|",
        "8|b||10|||||",
        "8|c|HW|10|7|||turned IN|",
        "9|a|HW|10||||late|",
    ]
    found = scores(rows, mapping | {"categories": {"B": "Tests"}})
    assert cells(found, "item", "category", "raw", "status", "code") == [
        ["a", "HW", 8, "late", None],
        ["b", "Tests", None, "missing", "Missing"],
        ["c", "HW", 9, "excused", None],
        ["a", "HW", None, "missing", "NHI"],
        ["b", "Tests", None, "ungraded", ""],
        ["c", "HW", 7, "scored", None],
        ["a", "HW", None, "ungraded", ""],
    ]
    assert found["submitted"].tolist()[0] == pd.Timestamp(2026, 3, 8, 9)
    assert found["days_late"].tolist()[0] == 2
    entries = read(rows, mapping).entries
    said = {entry.what: entry.rows for entry in entries if entry.step == "score codes"}
    assert said == {
        "'NHI' was read as missing": 1,
        "'Tardy' was read as late": 1,
        "'missing' was read as missing": 1,
        "'exempt' was read as excused": 1,
        "'Turned in' was read as scored": 2,
        "'late' was read as late": 1,
    }
    assert "'Odd' (1)" in refused([rows[0], "7|a|HW|10|8|||Odd|"], mapping)
    assert "'Tardy' (1)" in refused([rows[0], "7|a|HW|10|Tardy||||"], mapping)


def test_attempts_are_numbered_from_their_column_or_by_when_they_were_handed_in():
    rows = ["id|work|of|score|n", "7|a|10|4|1", "7|a|10|8|2"]
    numbered = LONG | {"columns": LONG["columns"] | {"n": "attempt"}}
    assert scores(rows, numbered)["attempt"].tolist() == [1, 2]
    dated = LONG | {"columns": LONG["columns"] | {"n": "submitted"}}
    rows = ["id|work|of|score|n", "7|a|10|8|2026-03-09", "7|a|10|4|2026-03-02", "8|a|10|4|2026-03-02"]
    part = read(rows, dated)
    assert cells(part.scores, "raw", "attempt") == [[8, 2], [4, 1], [4, 1]]
    assert any("numbered as attempts" in entry.what and entry.rows == 2 for entry in part.entries)


@pytest.mark.parametrize(
    "more", [{}, {"n": "attempt"}, {"n": "submitted"}], ids=["nothing", "the same attempt", "the same day"]
)
def test_two_scores_of_one_work_that_nothing_tells_apart_are_refused(more):
    same = "1" if "attempt" in more.values() else "2026-03-02"
    rows = ["id|work|of|score|n", f"7|a|10|4|{same}", f"7|a|10|8|{same}"]
    message = refused(rows, LONG | {"columns": LONG["columns"] | more})
    assert "1 score of a student, course, term and work that have one already, the first in row 3" in message


def test_attempts_that_are_no_numbers_are_refused():
    mapping = LONG | {"columns": LONG["columns"] | {"n": "attempt"}}
    assert "holds no number" in refused(["id|work|of|score|n", "7|a|10|4|first"], mapping)
    assert "other than 1, 2, 3" in refused(["id|work|of|score|n", "7|a|10|4|1.5"], mapping)


def test_an_empty_cell_gives_way_to_the_score_in_a_students_other_row():
    rows = ["id|Per|Quiz 1|Essay", "7|1|8|", "7|2||9"]
    mapping = WIDE | {"columns": WIDE["columns"] | {"Per": "section"}}
    part = read(rows, mapping)
    assert cells(part.scores, "section", "item", "raw") == [["1", "Quiz 1", 8], ["2", "Essay", 9]]
    assert any("left out" in entry.what and entry.rows == 2 for entry in part.entries)
    assert "1 score of a student" in refused([*rows[:2], "7|2|9|"], mapping)


def test_what_a_caller_says_fills_what_the_file_leaves_empty():
    mapping = WIDE | {"columns": WIDE["columns"] | {"Course": "course"}}
    part = read(["id|Course|Quiz 1|Essay", "7|Algebra|8|9", "8||8|9"], mapping, course="Biology", term="S1")
    assert part.scores["course"].tolist() == ["Algebra", "Biology"] * 2 and set(part.scores["term"]) == {"S1"}
    assert any("the file's own course was kept" in entry.what and entry.rows == 1 for entry in part.entries)


# Dates.


def test_day_and_month_are_asked_for_where_nothing_tells_them_apart():
    mapping = WIDE | {"items": {"Quiz 1": {"due": "3/4/2026"}, "Essay": {"due": "2026-05-06"}}}
    rows = ["id|Quiz 1|Essay", "7|8|9"]
    message = refused(rows, mapping)
    assert "can be 2026-03-04 or 2026-04-03" in message and "`dates: day first`" in message
    assert scores(rows, mapping | {"dates": "day first"})["due"].tolist()[0] == pd.Timestamp(2026, 4, 3)
    assert scores(rows, mapping | {"dates": "month first"})["due"].tolist()[0] == pd.Timestamp(2026, 3, 4)
    proven = mapping | {"items": {"Quiz 1": {"due": "3/4/2026"}, "Essay": {"due": "25/4/2026"}}}
    assert scores(rows, proven)["due"].tolist()[0] == pd.Timestamp(2026, 4, 3)
    same = mapping | {"items": {"Quiz 1": {"due": "4/4/2026"}}}
    assert scores(rows, same)["due"].tolist()[0] == pd.Timestamp(2026, 4, 4)


@pytest.mark.parametrize("text", ["31/2/2026", "soon", "2026-13-01", "13/13/2026"])
def test_what_is_no_date_is_refused(text):
    mapping = LONG | {"columns": LONG["columns"] | {"due": "due"}}
    message = refused(["id|work|of|score|due", f"7|a|10|4|{text}"], mapping)
    assert "row 2: the column 'due' holds no date" in message and text not in message


# Marks alone.

MARKS = {"layout": "marks", "columns": {"id": "student", "course": "course", "mark": "letter"}}


def test_marks_alone_are_letters_or_numbers_with_what_the_courses_count_for():
    mapping = MARKS | {
        "columns": MARKS["columns"] | {"cr": "credits", "core": "core", "ag": "ag", "gr": "grade_level"},
        "courses": {"Art": {"core": False, "credits": 5, "subject": "Arts"}},
    }
    part = read(["id|course|mark|cr|core|ag|gr", "7|Math|B+||yes|c|9", "7|Art|I|2,5||no|9"], mapping)
    assert cells(part.marks, "course", "letter", "credits", "core", "ag", "subject", "grade_level") == [
        ["Math", "B+", None, True, True, None, "9"],
        ["Art", "I", 2.5, False, False, "Arts", "9"],
    ]
    assert len(part.scores) == 0
    assert any("are no letters" in entry.what and entry.rows == 1 for entry in part.entries)


def test_grade_points_become_percents_and_letters_on_their_own_scale():
    mapping = MARKS | {
        "columns": {"id": "student", "gpa": "percent"},
        "out_of": 4,
        "cuts": {"A": 3.5, "B": 2.5, "C": 1.5, "D": 0.5, "F": 0},
    }
    part = read(["id|gpa", "1|4", "2|3.5", "3|3.49", "4|0.5", "5|0", "6|4.2", "7|"], mapping)
    assert part.marks["percent"].tolist()[:6] == pytest.approx([100, 87.5, 87.25, 12.5, 0, 105])
    assert cells(part.marks, "letter") == [["A"], ["A"], ["B"], ["D"], ["F"], ["A"], [None]]
    assert part.policies[0].cuts == {"A": 87.5, "B": 62.5, "C": 37.5, "D": 12.5, "F": 0}
    assert any("above 100 %" in entry.what and entry.rows == 1 for entry in part.entries)


def test_letters_beside_scores_are_read_as_the_error_says_and_keep_the_scores():
    wide = {"layout": "wide", "columns": {"id": "student", "Quiz": "item", "Total": "percent"}, "points": 10}
    rows = ["id|Quiz|Total", "7|8|B", "8|9|A"]
    assert refused(rows, wide).endswith('`"Total": letter`.')
    found = read(rows, wide | {"columns": wide["columns"] | {"Total": "letter"}})
    assert found.marks["letter"].tolist() == ["B", "A"] and found.scores["raw"].tolist() == [8, 9]


def test_wrong_columns_of_marks_are_refused():
    assert "holds no letter of a mark" in refused(["id|course|mark", "7|Math|excellent"], MARKS)
    core = MARKS | {"columns": MARKS["columns"] | {"k": "core"}}
    numbers = MARKS | {"columns": MARKS["columns"] | {"mark": "percent"}}
    message = refused(["id|course|mark", "7|Math|A", "8|Math|B+", "9|Math|I"], numbers)
    assert "'mark' holds letters of marks" in message and "NUMBER" not in message
    assert message.endswith('Give it the role of letters under `columns`: `"mark": letter`.')
    coded = numbers | {"codes": {"A": 95, "B": 85}}
    assert read(["id|course|mark", "7|Math|A", "8|Math|B"], coded).marks["percent"].tolist() == [95, 85]
    assert "neither a number nor a known code" in refused(
        ["id|course|mark", "7|Math|A", "8|Math|70"], numbers
    )
    assert "says neither yes nor no" in refused(["id|course|mark|k", "7|Math|A|perhaps"], core)
    twice = refused(["id|course|mark", "7|Math|A", "7|Math|B"], MARKS)
    assert "1 mark of a student, course and term that have one already, the first in row 3" in twice


# What may be wrong with a file.


def test_a_column_that_the_file_lacks_is_named_with_the_nearest():
    message = refused(["id|Quiz 2|Essay", "7|8|9"], WIDE)
    assert "names a column 'Quiz 1', which g.csv does not have (nearest: 'Quiz 2')" in message
    assert "such as 'id'" in refused(["a|b", "1|2"], WIDE)


def test_a_mapping_of_another_header_names_what_is_new():
    message = refused(["id|Quiz 1|Essay|Quiz 2", "7|8|9|10"], WIDE | {"fingerprint": "0" * 16})
    assert "was made for another header: g.csv has also the column 'Quiz 2'" in message


def test_apostrophes_blanks_and_capitals_of_a_heading_do_not_matter():
    mapping = WIDE | {"columns": {"ID": "student", "Student's  quiz": "item"}}
    assert scores(["id|STUDENT’S QUIZ ", "7|8"], mapping)["raw"].tolist() == [8]


def test_the_sheet_with_the_columns_is_read_and_the_others_named_where_none_has_them():
    sheets = (
        Sheet.of([["About"], ["Term 1"]], "g.xlsx", "Notes"),
        Sheet.of([["Class of 2029"], ["id", "Quiz 1", "Essay"], ["7", "8", "9"]], "g.xlsx", "Scores"),
    )
    part = plain.read(Opened("g.xlsx", sheets, (), ""), given_mapping(WIDE))
    assert part.scores["raw"].tolist() == [8, 9]
    with pytest.raises(MatchError, match="it has the sheets 'Notes', 'Other'"):
        plain.read(
            Opened("g.xlsx", (sheets[0], Sheet.of([["x"], ["1"]], "g.xlsx", "Other")), (), ""),
            given_mapping(WIDE),
        )


def test_a_semicolon_file_with_decimal_commas_is_read(tmp_path):
    path = tmp_path / "notas.csv"
    path.write_bytes("id;Quiz 1;Essay\n007;8,5;10\n".encode("utf-16"))
    part = plain.read(open_file(path, Limits()), given_mapping(WIDE))
    assert cells(part.scores, "student", "raw") == [["007", 8.5], ["007", 10]]


def test_rows_that_are_no_students_are_left_out_and_counted_and_none_is_lost():
    rows = ["id|name|Quiz 1|Essay", "7|A|8|9", "8|Media|8|9", "|||", "|Average|8|9", "Promedio||8|9"]
    part = read(rows, WIDE)
    assert set(part.scores["student"]) == {"7", "8"}
    out = {entry.step: entry.rows for entry in part.entries}
    assert (out["open"], out["blank rows"], out["totals rows"], out["rows kept"]) == (5, 1, 2, 2)
    message = refused([*rows[:2], "|B|8|9"], WIDE)
    assert "1 row without an id in 'id', the first is row 3" in message
    assert "a spreadsheet rounded them" in refused([rows[0], "1.2E+05|A|8|9"], WIDE)
    assert "no student under it" in refused([rows[0], "|||"], WIDE)


def test_names_are_no_ids():
    rows = ["id|Quiz 1|Essay", "Rivera, Ana|8|9", "Li Wei|8|9"]
    message = refused(rows, WIDE)
    assert "the column 'id' holds names" in message and "Ana" not in message


def test_two_columns_of_one_title_are_told_apart_by_the_mapping():
    mapping = WIDE | {"items": {"Quiz 1": {"title": "Essay"}}}
    assert "have one title" in refused(["id|Quiz 1|Essay", "7|8|9"], mapping)


def test_a_mapping_for_canvas_does_not_read_a_plain_table():
    assert "is no Canvas gradebook" in refused(["id|Quiz 1|Essay", "7|8|9"], {"layout": "canvas"})


def test_no_error_holds_an_id_a_name_or_a_score():
    secret = ["S-4711", "Ana", "8.125"]
    bad = [
        (["id|Quiz 1|Essay", f"{secret[0]}|{secret[2]}|?"], WIDE),
        (["id|Quiz 1|Essay", f"{secret[0]}|{secret[2]}|1", f"{secret[0]}|{secret[2]}|2"], WIDE),
        (["id|work|of|score", f"{secret[0]}||10|{secret[2]}"], LONG),
        (["id|name|Quiz 1|Essay", f"|{secret[1]}|{secret[2]}|1"], WIDE),
        (["id|Quiz 1|Essay", f"{secret[0]}|{secret[2]}|1"], WIDE | {"points": None}),
    ]
    for rows, mapping in bad:
        message = refused(rows, mapping)
        assert not any(text in message for text in secret)


# The same scores, whatever the layout.


@st.composite
def gradebooks(draw):
    """Return scores by student and work: a number, a code, or nothing."""
    students = draw(
        st.lists(st.text("0123456789ab-", min_size=1, max_size=5), min_size=1, max_size=6, unique=True)
    )
    students = [f"s{text}" for text in students]
    work = draw(st.integers(1, 5))
    points = draw(st.lists(st.integers(1, 50), min_size=work, max_size=work))
    one = st.one_of(
        st.integers(-5, 60).map(str),
        st.decimals(0, 50, places=2).map(str),
        st.sampled_from(["M", "EX", "", "n/a", "Z"]),
    )
    cells_ = draw(st.lists(one, min_size=work * len(students), max_size=work * len(students)))
    due = [date(2026, 3, 1) + timedelta(days=draw(st.integers(0, 60))) for _ in range(work)]
    return students, points, due, np.array(cells_, object).reshape(len(students), work)


@settings(max_examples=60, deadline=None)
@given(gradebooks(), st.randoms())
def test_a_gradebook_written_wide_and_long_reads_to_the_same_scores(gradebook, random):
    students, points, due, table = gradebook
    works = [f"Work {j}" for j in range(len(points))]
    codes = {"M": "missing", "Z": 0}
    wide = {
        "layout": "wide",
        "columns": {"id": "student"},
        "items": {
            name: {"points": p, "due": f"{d:%d/%m/%Y}"} for name, p, d in zip(works, points, due, strict=True)
        },
        "codes": codes,
        "dates": "day first",
    }
    long = LONG | {"columns": LONG["columns"] | {"due": "due"}, "codes": codes}
    lines = [
        [student, works[j], str(points[j]), table[i, j], due[j].isoformat()]
        for i, student in enumerate(students)
        for j in range(len(points))
    ]
    random.shuffle(lines)
    from_wide = scores([["id", *works], *([s, *row] for s, row in zip(students, table, strict=True))], wide)
    from_long = scores([["id", "work", "of", "score", "due"], *lines], long)
    names = ["student", "item", "points_possible", "raw", "status", "code", "due", "attempt"]
    one, other = (
        frame[names].sort_values(["student", "item"], ignore_index=True) for frame in (from_wide, from_long)
    )
    pd.testing.assert_frame_equal(one, other)


def test_both_layouts_give_the_same_marks_from_a_file(tmp_path):
    table = [["id", "Quiz 1", "Essay"], ["7", "8", "M"], ["8", "10", "40"], ["9", "5", "50"]]
    with (tmp_path / "wide.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(table)
    long = pd.DataFrame(
        [(row[0], table[0][j], {1: 10, 2: 50}[j], row[j]) for row in table[1:] for j in (1, 2)],
        columns=["id", "work", "of", "score"],
    )
    codes = {"M": "missing"}
    items = {"Quiz 1": {"points": 10}, "Essay": {"points": 50}}
    wide = read_gradebook(
        tmp_path / "wide.csv", mapping=WIDE | {"items": items}, codes=codes, course="Algebra"
    )
    other = read_gradebook(long, mapping=LONG, codes=codes, course="Algebra")
    for book in (wide, other):
        marks = regrade(book, Policy(floor={"percent": 50})).marks.sort_values("student")
        assert marks["percent_before"].tolist() == pytest.approx([100 * 8 / 60, 100 * 50 / 60, 100 * 55 / 60])
        assert marks["percent"].tolist() == pytest.approx([100 * 33 / 60, 100 * 50 / 60, 100 * 55 / 60])


def test_a_table_that_is_no_file_is_read_too():
    frame = pd.DataFrame({"id": [7, 8], "Quiz 1": [8.5, np.nan], "Essay": [9, 10]})
    part = plain.read(from_frame(frame), given_mapping(WIDE))
    assert cells(part.scores, "student", "raw") == [["7", 8.5], ["8", None], ["7", 9], ["8", 10]]
