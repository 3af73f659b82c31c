"""Where the table is in a sheet, and which column is which question."""

from __future__ import annotations

import openpyxl
import pandas as pd
import pytest

import relsurvey as rs
from relsurvey.errors import MatchError, ReadError
from relsurvey.reading.formats import plain
from relsurvey.reading.opening import Sheet
from tests.reading.belonging import HEADER, INSTRUMENT, ROWS, as_csv
from tests.reading.formats.check import assert_adds_up

CODES = [4, 3, 4, 5]


def write(path, rows, sheet="Answers"):
    """Write a workbook of one sheet."""
    book = openpyxl.Workbook()
    book.active.title = sheet
    for row in rows:
        book.active.append(row)
    book.save(path)
    return path


def read(path, **more):
    return rs.read(path, INSTRUMENT, **more)


@pytest.mark.parametrize(
    "above",
    [
        [["Belonging survey, spring 2026"]],
        [["Belonging survey"], [], ["Exported", "2026-05-13", "by", "the office"]],
        [[None] * 9, ["", "North High", "", "", "", "", ""]],
        [["I belong here."]],
    ],
)
def test_title_rows_above_the_header(tmp_path, above):
    study = read(write(tmp_path / "a.xlsx", [*above, HEADER, *ROWS]))
    assert study.responses.b1.tolist() == CODES
    said = study.ledger[study.ledger.step == "title rows"]
    assert said.rows.tolist() == [len(above)]
    assert_adds_up(study)


def test_a_header_of_two_rows_whose_upper_cells_were_merged(tmp_path):
    upper = ["", "", "", "About you", "", "How much do you agree?", "", "", ""]
    study = read(write(tmp_path / "a.xlsx", [upper, HEADER, *ROWS]))
    assert study.responses.b1.tolist() == CODES


def test_an_empty_first_column_and_empty_columns_between(tmp_path):
    rows = [["", *row[:3], "", "", *row[3:], "", ""] for row in [HEADER, *ROWS]]
    study = read(write(tmp_path / "a.xlsx", [[], [], *rows]))
    assert study.responses.b1.tolist() == CODES
    assert not study.ledger.what.str.contains("'column").any()
    assert_adds_up(study)


def test_blank_and_total_rows_are_left_out_and_counted(tmp_path):
    total = ["Total", 4, "", "", "", 3.5, 4, 2, ""]
    study = read(write(tmp_path / "a.xlsx", [HEADER, *ROWS[:2], [], *ROWS[2:], [], total, ["Average", 4]]))
    assert study.responses.b1.tolist() == CODES
    steps = study.ledger.groupby("step").rows.sum()
    assert (steps["blank rows"], steps["totals rows"], steps["rows kept"]) == (2, 2, 4)
    assert_adds_up(study)


def test_a_student_called_total_with_answers_is_no_total(tmp_path):
    study = read(write(tmp_path / "a.xlsx", [HEADER, *ROWS, ["Total", *ROWS[0][1:]]]))
    assert len(study.responses) == 5


@pytest.mark.parametrize(
    "name",
    [
        "I belong here.",
        "I BELONG HERE.",
        " I  belong\u00a0here. ",
        "1. I belong here.",
        "Q1. I belong here.",
        "Q1: I belong here.",
        "12) I belong here. *",
        "I belong here. *",
        "Soy parte de esta escuela.",
    ],
)
def test_a_question_by_its_wording_with_or_without_its_number(tmp_path, name):
    header = [name if key == "b1" else key for key in HEADER]
    assert read(write(tmp_path / "a.xlsx", [header, *ROWS])).responses.b1.tolist() == CODES


def test_half_a_header_names_what_is_missing(tmp_path):
    with pytest.raises(MatchError, match=r"lacks 2 of the 3 questions .*b2.*b3"):
        read(write(tmp_path / "a.xlsx", [[*HEADER[:6]], *[row[:6] for row in ROWS]]))


def test_a_header_alone_is_said(tmp_path):
    with pytest.raises(ReadError, match="no answers under it"):
        read(write(tmp_path / "a.xlsx", [HEADER, [], []]))


def test_every_column_has_one_line_of_the_ledger(tmp_path):
    study = read(
        write(tmp_path / "a.xlsx", [[*HEADER, "Notes", "Notes"], *[[*row, "x", "y"] for row in ROWS]])
    )
    said = study.ledger[study.ledger.effect == "columns"]
    assert len(said) == len(HEADER) + 2 and (said.rows == 1).all()
    assert said.what[said.step == "columns not used"].tolist() == [
        "'Notes' was left out",
        "'Notes (2)' was left out",
    ]


def test_a_row_with_more_cells_than_the_header_is_an_unnamed_column_of_the_ledger(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text(as_csv([*ROWS[:3], [*ROWS[3], "one cell too many"]]), "utf-8")
    study = read(path)
    assert "'column J' was left out" in study.ledger.what.tolist()
    assert_adds_up(study)


def test_a_decimal_comma_and_semicolons(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("Escuela;Norte\n\nb1;b2;b3;weight\n4,0;5,0;1;1,25\n2;3;4;0,75\n", "cp1252")
    instrument = INSTRUMENT.model_copy(update={"identity": {}})
    study = rs.read(path, instrument)
    assert study.responses.b1.tolist() == [4, 2]


def test_a_file_whose_first_line_names_its_delimiter(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("sep=;\n" + as_csv(delimiter=";"), "utf-8")
    study = read(path)
    assert study.responses.b1.tolist() == CODES
    assert "title rows" not in set(study.ledger.step)


def test_rows_are_named_as_a_spreadsheet_numbers_them(tmp_path):
    rows = [["Belonging survey"], [], HEADER, *ROWS, ["test", *ROWS[0][1:]]]
    study = read(write(tmp_path / "a.xlsx", rows))
    assert study.ledger.loc[study.ledger.step == "test rows", "where"].item().endswith("row 8")


def test_the_header_is_found_without_an_instrument():
    rows = [
        ["Spring survey", "", ""],
        ["", "", ""],
        ["Student ID", "I belong", "Room"],
        ["1", "Agree", "Room"],
    ]
    rows += [[str(i), "Agree", "A1"] for i in range(2, 9)]
    table = plain.read(Sheet.of(rows))
    assert table.names == ["Student ID", "I belong", "Room"] and len(table) == 8


def test_two_columns_of_one_question_are_joined_through_a_mapping_if_no_row_fills_both():
    frame = pd.DataFrame(
        {"old": ["Agree", None], "new": [None, "Disagree"], "b2": ["4", "4"], "b3": ["4", "4"]}
    )
    mapping = {"columns": {"old": "b1", "new": "b1"}}
    study = rs.read(frame, INSTRUMENT, mapping=mapping)
    assert study.responses.b1.tolist() == [4, 2]
    assert "joined columns" in set(study.ledger.step)
    frame.loc[0, "new"] = "Agree"
    with pytest.raises(MatchError, match="1 rows fill both"):
        rs.read(frame, INSTRUMENT, mapping=mapping)


def test_a_row_of_percents_is_no_header():
    found = plain.read(Sheet.of([["Share", "Share", "Id"], ["80%", "75 %", "s1"]]))
    assert found.names[-1] == "Id"
