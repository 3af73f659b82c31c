"""Qualtrics: every layout reads to the same answers."""

from __future__ import annotations

import csv

import pytest

import relsurvey as rs
from relsurvey.errors import MatchError
from relsurvey.reading import choose
from relsurvey.reading.formats import google_forms, qualtrics
from relsurvey.reading.limits import Limits
from relsurvey.reading.opening import Column, Sheet, open_file
from tests.reading.formats.canon import INSTRUMENT, RACE, RACES, STUDENTS, TEXT
from tests.reading.formats.check import assert_adds_up, assert_canon, plain, read_canon
from tests.reading.formats.qualtrics_files import (
    CANON,
    LACKS,
    TESTS,
    UNFINISHED,
    VARIANTS,
    Field,
    about,
    asked,
    rows,
    write,
)


@pytest.fixture(autouse=True)
def _registered(monkeypatch):
    monkeypatch.setattr(choose, "FORMATS", (google_forms, qualtrics))


@pytest.fixture(params=VARIANTS)
def variant(request):
    """Return a variant's name."""
    return request.param


def one_sheet(path):
    """Return the sheet of a file."""
    return open_file(path, Limits()).sheets[0]


def table_of(cells):
    """Return what Qualtrics' rows are read as."""
    return qualtrics.read(Sheet.of(cells))


def column(table, name):
    """Return a column of a table."""
    return next(column for column in table.columns if column.name == name)


def test_every_layout_reads_to_the_canon(tmp_path, variant):
    study = read_canon(VARIANTS[variant](tmp_path))
    assert_canon(study, **LACKS.get(variant, {}))
    assert study.ledger.what.str.startswith("read as Qualtrics").sum() == 1
    tests = study.ledger[study.ledger.step == "test rows"]
    assert tests.rows.sum() == TESTS.get(variant, 0)
    assert study.flags.unfinished.sum() == UNFINISHED.get(variant, 0)


def test_every_layout_is_known(tmp_path, variant):
    assert qualtrics.detect(one_sheet(VARIANTS[variant](tmp_path)))


@pytest.mark.parametrize(
    "cells",
    [
        [],
        [[]],
        [[""]],
        [["StartDate"]],
        [["StartDate", "EndDate", "Status", "I belong here."], ["2026", "2026", "new", "Agree"]],
        [["Timestamp", "I belong here."], ["5/13/2026", "Agree"]],
        [
            ["ID", "Start time", "Completion time", "Email", "Name", "I belong here."],
            ["1", "", "", "", "", "x"],
        ],
        [["Respondent ID", "Collector ID", "Start Date", "End Date", "IP Address"], ["", "", "", "", ""]],
        [["record_id", "redcap_survey_identifier", "survey_timestamp", "b1", "survey_complete"]],
        [["id", "submitdate", "lastpage", "startlanguage", "seed", "b1"], ["1", "", "2", "en", "3", "A1"]],
        [["Response ID", "Date submitted", "Last page", "Start language", "b1"]],
        [["V1", "V2", "V3", "V4"], ["1", "2", "3", "4"]],
        [["{"], ["{"], ['{"ImportId":'], ["["]],
        [["b1", "more"], ["Agree", '{"ImportId":"QID1"}'], ["Agree", '{"ImportId":"QID1"}']],
        [["b1", "b2", "b3", "more", "why"], ["Agree", "Agree", "Agree", *['{"ImportId":"QID1"}'] * 2]],
        [['{"ImportId":"QID1"}', '{"ImportId":"QID2"}']],
        [["a"], ["b", "c"], ["", "", "d"]],
        [["x"], ['{"ImportId":' * 3000], ["[" * 3000]],
        [["x", "y"], ['{"ImportId":' + "[" * 980, '{"ImportId":' + "[" * 980]],
    ],
)
def test_what_is_not_of_qualtrics(cells):
    assert qualtrics.detect(Sheet.of(cells)) is False


def test_a_statistics_file_is_not_of_qualtrics():
    from relsurvey.reading.opening.sheet import Variable

    sheet = Sheet("a.sav", "", (Column.of(["x"]),), 1, "spss", (Variable("StartDate", ""),))
    assert not qualtrics.detect(sheet)


def test_roles():
    table = table_of(rows([*about(CANON), *asked(CANON)]))
    roles = {column.name: column.role for column in table.columns if column.role}
    assert roles.pop("RecordedDate") == "date"
    assert roles.pop("Duration (in seconds)") == "duration"
    assert set(roles.values()) == {"meta"}
    assert {"StartDate", "EndDate", "IPAddress", "RecipientEmail", "ResponseId", "LocationLatitude"} <= set(
        roles
    )
    assert not set(roles) & set(TEXT.values())


def test_without_a_recorded_date_the_end_is_the_date():
    fields = [field for field in about(CANON) if field.id != "RecordedDate"]
    table = table_of(rows([*fields, *asked(CANON)]))
    assert column(table, "EndDate").role == "date"


def test_a_question_may_be_called_as_qualtrics_calls_a_field():
    fields = [Field("Status", "Are you new here?", {"ImportId": "QID7"}, ["Yes"] * 6)]
    table = table_of(rows([*(f for f in about(CANON) if f.id != "Status"), *fields]))
    assert column(table, "Are you new here?").role is None
    assert table.dropped == ()


def test_the_date_and_the_duration_are_read(tmp_path):
    study = read_canon(VARIANTS["labels"](tmp_path))
    assert study.responses.date.tolist()[0] == "2026-05-13 09:10:01"
    assert study.responses.duration.tolist() == [600.0] * 6


def test_rows_are_counted_as_they_stand_in_the_file(tmp_path):
    table = qualtrics.read(one_sheet(VARIANTS["labels"](tmp_path)))
    assert table.header == (0, 1, 2)
    assert table.numbers.tolist() == [4, 5, 6, 7, 8, 9]
    assert table.notes[0][:2] == ("layout", 0)
    assert "rows 1 to 3" in table.notes[0][2]


def test_each_kind_of_test_has_its_own_line(tmp_path):
    study = read_canon(VARIANTS["tried"](tmp_path))
    tests = study.ledger[study.ledger.step == "test rows"]
    assert sorted(tests.rows) == [1, 1, 1]
    assert [word for word in ("preview", "test", "spam") if tests.why.str.contains(word).any()] == [
        "preview",
        "test",
        "spam",
    ]


def test_a_row_is_a_test_for_one_reason(tmp_path):
    table = qualtrics.read(one_sheet(VARIANTS["tried, in numbers"](tmp_path)))
    assert sum(int(dropped.rows.sum()) for dropped in table.dropped) == 6
    assert not any((a.rows & b.rows).any() for a in table.dropped for b in table.dropped if a is not b)


def test_without_the_fields_nothing_is_said_of_unfinished_rows():
    fields = [field for field in about(CANON) if field.id not in ("Finished", "Progress")]
    assert table_of(rows([*fields, *asked(CANON)])).partial is None


def test_choices_in_columns_become_one(tmp_path):
    table = qualtrics.read(one_sheet(VARIANTS["races in columns"](tmp_path)))
    joined = column(table, TEXT["race"])
    assert joined.separator == "\x1f"
    assert joined.cells.cells() == ["\x1f".join(student.race) for student in STUDENTS]
    assert not any("Asian" in name for name in table.names)
    assert {"Q3_4_TEXT", "Q4_5_TEXT"} <= {alias for c in table.columns for alias, _ in c.also}
    assert ("joined columns", 6) in [note[:2] for note in table.notes]


@pytest.mark.parametrize("header", ["fti", "ft"])
@pytest.mark.parametrize("answers", [["1"] * 6, ["1", "1", "1", "", "1", "1"], ["1", "2", "1", "", "", "3"]])
def test_a_grid_is_not_joined_though_all_answered_alike(header, answers):
    grid = [
        Field(f"Q5_{n}", f"How true? - {TEXT[item]}", {"ImportId": f"QID5_{n}"}, answers)
        for n, item in enumerate(("b1", "b2", "b3"), 1)
    ]
    table = table_of(rows([*about(CANON), *grid], header))
    assert {f"How true? - {TEXT[item]}" for item in ("b1", "b2", "b3")} <= set(table.names)


def test_a_student_may_choose_everything(tmp_path):
    fields = asked(CANON, columns="1")
    fields = [
        Field(f.id, f.text, f.imported, ["1", *f.cells[1:]]) if f.id.startswith("Q4_") else f for f in fields
    ]
    path = write(tmp_path, rows([*about(CANON), *fields], "ft"))
    study = read_canon(path)
    assert plain(study.responses.race) == ["two_or_more", *RACE[1:]]


def test_all_may_choose_everything_where_the_file_says_that_these_are_choices(tmp_path):
    fields = asked(CANON, columns="1")
    fields = [Field(f.id, f.text, f.imported, ["1"] * 6) if f.id.startswith("Q4_") else f for f in fields]
    study = read_canon(write(tmp_path, rows([*about(CANON), *fields])))
    assert plain(study.responses.race) == ["two_or_more"] * 6


def test_choices_under_the_same_ids_are_not_thrown_together():
    fields = [field for field in asked(CANON, columns="label") if field.id.startswith("Q4_")]
    table = table_of(rows([*about(CANON), *fields, *fields], "ft"))
    assert TEXT["race"] not in table.names
    assert f"{TEXT['race']} - Asian (2)" in table.names


def test_the_words_behind_a_choice_are_not_one(tmp_path):
    words = Field("Q4_TEXT", f"{TEXT['race']} - Text", {}, ["", "my own", "", "words", "", ""])
    path = write(tmp_path, rows([*about(CANON), *asked(CANON, columns="label"), words], "ft"))
    assert plain(read_canon(path).responses.race) == RACE


def test_neither_other_words_nor_a_heading_stand_for_the_answer():
    fields = [
        Field("Q3_TEXT", f"{TEXT['gender']} - Text", {}, ["words"] * 6),
        *(Field(f"Q7_{n}", f"{TEXT['b1']} - {place}", {}, ["Agree"] * 6) for n, place in enumerate("xy")),
        Field("Q8_1", f"{TEXT['d1']} - Days", {}, ["5"] * 6),
    ]
    table = table_of(rows([*about(CANON), *fields], "ft"))
    known = {alias for column in table.columns for alias, _ in column.also}
    assert not known & {TEXT["gender"], TEXT["b1"]}
    assert TEXT["d1"] in known


def test_a_dash_in_a_choice():
    cells = {"Asian - East": ["Asian - East", *[""] * 5], "Asian - South": ["", "Asian - South", *[""] * 4]}
    fields = [
        Field(f"Q4_{n}", f"Race - {name}", {"ImportId": "QID4", "choiceId": str(n)}, chosen)
        for n, (name, chosen) in enumerate(cells.items())
    ]
    table = table_of(rows([*about(CANON), *fields]))
    assert column(table, "Race").cells.cells() == ["Asian - East", "Asian - South", "", "", "", ""]


def test_the_same_question_in_two_branches_is_an_error_that_names_both(tmp_path):
    fields = [*about(CANON), *asked(CANON)]
    again = Field("Q99", TEXT["b1"], {"ImportId": "QID99"}, [""] * 6)
    with pytest.raises(MatchError, match=r"'I belong here\.' and 'I belong here\. \(2\)'"):
        read_canon(write(tmp_path, rows([*fields, again])))


def test_the_same_choices_in_two_branches_are_an_error_too(tmp_path):
    fields = [*about(CANON), *asked(CANON, columns="label")]
    again = [
        Field(
            f"Q98_{n}", f"{TEXT['race']} - {race}", {"ImportId": "QID98", "choiceId": str(n)}, ["", race] * 3
        )
        for n, race in enumerate(RACES)
    ]
    with pytest.raises(MatchError, match=r"Choose all that apply\. \(2\)'"):
        read_canon(write(tmp_path, rows([*fields, *again])))


def test_duplicate_field_ids(tmp_path):
    fields = [Field("Q1", f.text, f.imported, f.cells) for f in asked(CANON)]
    assert_canon(read_canon(write(tmp_path, rows([*about(CANON), *fields]))))


def test_a_mapping_may_name_a_joined_question(tmp_path):
    fields = [
        Field(f.id, f.text.replace(TEXT["race"], "Which are you?"), f.imported, f.cells)
        for f in asked(CANON, columns="label")
    ]
    path = write(tmp_path, rows([*about(CANON), *fields]))
    study = read_canon(path, mapping={"columns": {"Which are you?": "race"}})
    assert plain(study.responses.race) == RACE


def test_hostile_answers_are_answers(tmp_path):
    words = [
        '{"ImportId":"QID1"}',
        "__import__('os').system('true')",
        "=cmd|'/c calc'!A1",
        "Survey Preview",
        "[" * 5000,
        "Survey - \x0b - Selected Choice",
    ]
    fields = [f if f.text != TEXT["more"] else Field(f.id, f.text, f.imported, words) for f in asked(CANON)]
    study = read_canon(write(tmp_path, rows([*about(CANON), *fields])))
    assert [text.strip() for text in study.comments.text] == words
    assert_adds_up(study)


def test_answers_that_look_like_a_header_leave_a_plain_table_alone(tmp_path):
    path = tmp_path / "plain.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(
            [
                ["StartDate", TEXT["b1"], TEXT["b2"], TEXT["b3"], TEXT["d1"], TEXT["more"]],
                ["2026-05-13", "Agree", "Agree", "Agree", "5", '{"ImportId":"QID1"}'],
                ["2026-05-13", "Agree", "Agree", "Agree", "5", '{"ImportId":"QID1"}'],
            ]
        )
    study = rs.read(path, INSTRUMENT)
    assert len(study.responses) == 2
    assert study.ledger.what.str.startswith("read as plain table").any()
