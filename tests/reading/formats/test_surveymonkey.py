"""SurveyMonkey: every layout reads to the same answers."""

from __future__ import annotations

from dataclasses import replace

import pytest

from relsurvey.errors import MatchError
from relsurvey.reading import choose
from relsurvey.reading.formats import google_forms, qualtrics, surveymonkey
from relsurvey.reading.limits import Limits
from relsurvey.reading.opening import Sheet, open_file
from tests.reading.formats import qualtrics_files
from tests.reading.formats.canon import RACE, RACES, STUDENTS, TEXT
from tests.reading.formats.check import assert_adds_up, assert_canon, plain, read_canon
from tests.reading.formats.surveymonkey_files import GRID, OTHER, VARIANTS, Part, about, asked, rows, write


@pytest.fixture(autouse=True)
def _registered(monkeypatch):
    monkeypatch.setattr(choose, "FORMATS", (google_forms, qualtrics, surveymonkey))


@pytest.fixture(params=VARIANTS)
def variant(request):
    """Return a variant's name."""
    return request.param


def one_sheet(path):
    """Return the sheet of a file."""
    return open_file(path, Limits()).sheets[0]


def column(table, name):
    """Return a column of a table."""
    return next(column for column in table.columns if column.name == name)


def test_every_layout_reads_to_the_canon(tmp_path, variant):
    study = read_canon(VARIANTS[variant](tmp_path))
    assert_canon(study)
    assert study.ledger.what.str.startswith("read as SurveyMonkey").sum() == 1
    assert not study.flags.unfinished.any()


def test_every_layout_is_known(tmp_path, variant):
    assert surveymonkey.detect(one_sheet(VARIANTS[variant](tmp_path)))


@pytest.mark.parametrize("name", qualtrics_files.VARIANTS)
def test_qualtrics_is_not_claimed(tmp_path, name):
    assert not surveymonkey.detect(one_sheet(qualtrics_files.VARIANTS[name](tmp_path)))


def test_qualtrics_does_not_claim_it(tmp_path, variant):
    assert not qualtrics.detect(one_sheet(VARIANTS[variant](tmp_path)))


@pytest.mark.parametrize(
    "cells",
    [
        [],
        [[]],
        [[""]],
        [["Respondent ID"]],
        [["Collector ID"]],
        [["Respondent ID", "Start Date", "I belong here."], ["1", "2026", "Agree"]],
        [["StartDate", "EndDate", "Email Address", "First Name"], ["", "", "", ""]],
        [["Timestamp", "Email Address", "I belong here."], ["5/13/2026", "a@example.org", "Agree"]],
        [
            ["ID", "Start time", "Completion time", "Email", "Name", "I belong here."],
            ["1", "", "", "", "", "x"],
        ],
        [["record_id", "survey_timestamp", "b1", "survey_complete"]],
        [["Response ID", "Date submitted", "Last page", "Start language", "b1"]],
        [["id", "submitdate", "lastpage", "startlanguage", "startdate", "ipaddr"]],
        [["a"], ["b", "c"]],
    ],
)
def test_what_is_not_of_surveymonkey(cells):
    assert surveymonkey.detect(Sheet.of(cells)) is False


@pytest.mark.parametrize(
    "cells",
    [
        [["Respondent ID", "Collector ID"]],
        [["Respondent ID", "Collector ID", "Why?"]],
        [["Respondent ID", "Collector ID"], ["", "", "Response"]],
        [["Respondent ID", "Collector ID", ""], ["", "", "Response"], ["1", "2"]],
        [["Collector ID", "Why?", "Respondent ID"], ["", "Response"], ["1"], ["", "", "", "x"]],
    ],
)
def test_a_ragged_sheet_is_read(cells):
    sheet = Sheet.of(cells)
    assert surveymonkey.detect(sheet)
    assert len(surveymonkey.read(sheet)) == max(0, len(cells) - 2)


def test_roles(tmp_path):
    table = surveymonkey.read(one_sheet(VARIANTS["expanded"](tmp_path)))
    roles = {column.name: column.role for column in table.columns if column.role}
    assert roles.pop("End Date") == "date"
    assert set(roles.values()) == {"meta"}
    assert set(roles) == {part.question for part in about()} - {"End Date"}


def test_the_modified_date_is_the_date(tmp_path):
    table = surveymonkey.read(one_sheet(VARIANTS["modified dates"](tmp_path)))
    assert column(table, "date_modified").role == "date"
    assert column(table, "Custom Data 10").role == "meta"


def test_rows_are_counted_as_they_stand_in_the_file(tmp_path):
    table = surveymonkey.read(one_sheet(VARIANTS["expanded"](tmp_path)))
    assert table.header == (0, 1)
    assert table.numbers.tolist() == [3, 4, 5, 6, 7, 8]
    assert ("layout", 0) in [note[:2] for note in table.notes]
    single = surveymonkey.read(one_sheet(VARIANTS["one header row"](tmp_path)))
    assert single.header == (0,)
    assert single.notes == ()


def test_choices_in_columns_become_one_and_an_other_stays(tmp_path):
    table = surveymonkey.read(one_sheet(VARIANTS["other"](tmp_path)))
    joined = column(table, TEXT["race"])
    assert joined.separator == "\x1f"
    assert joined.cells.cells() == ["\x1f".join(student.race) for student in STUDENTS]
    assert column(table, f"{TEXT['race']} {OTHER}").cells.cells()[3] == "from two places"
    assert column(table, f"{TEXT['gender']} {OTHER}").cells.cells()[4] == "a word"
    assert not any("Asian" in name for name in table.names)


def test_a_row_of_a_grid_has_the_names_it_may_have(tmp_path):
    table = surveymonkey.read(one_sheet(VARIANTS["grid"](tmp_path)))
    row = column(table, f"{GRID} {TEXT['b2']}")
    assert (TEXT["b2"], "by its row in the grid") in row.also


@pytest.mark.parametrize("answers", [["1"] * 6, ["1", "1", "1", "", "1", "1"], ["1", "2", "1", "", "", "3"]])
def test_a_grid_is_not_joined_though_all_answered_alike(answers):
    parts = [Part("" if n else GRID, TEXT[item], answers) for n, item in enumerate(("b1", "b2", "b3"))]
    table = surveymonkey.read(Sheet.of(rows([*about(), *parts])))
    assert {f"{GRID} {TEXT[item]}" for item in ("b1", "b2", "b3")} <= set(table.names)


def test_an_answer_and_an_empty_other_are_not_joined():
    parts = [Part("Are you new?", "Response", ["1", "", "1", "1", "", "1"]), Part("", OTHER, [""] * 6)]
    table = surveymonkey.read(Sheet.of(rows([*about(), *parts])))
    assert column(table, "Are you new?").cells.cells() == parts[0].cells


def test_the_same_question_in_two_branches_is_an_error_that_names_both(tmp_path):
    again = Part(TEXT["b1"], "Response", [""] * 6)
    with pytest.raises(MatchError, match=r"'I belong here\.' and 'I belong here\. \(2\)'"):
        read_canon(write(tmp_path, rows([*about(), *asked(), again])))


def test_the_same_row_in_two_grids_is_an_error_that_names_both(tmp_path):
    again = Part("Now think of last year.", TEXT["b1"], [""] * 6), Part("", "I knew it.", ["Agree"] * 6)
    with pytest.raises(MatchError, match=r"Two columns .*last year\."):
        read_canon(write(tmp_path, rows([*about(), *asked(grid=GRID), *again])))


def test_the_same_choices_in_two_branches_are_an_error_too(tmp_path):
    again = [Part("" if n else TEXT["race"], race, ["", race] * 3) for n, race in enumerate(RACES)]
    with pytest.raises(MatchError, match=r"Choose all that apply\. \(2\)'"):
        read_canon(write(tmp_path, rows([*about(), *asked(), *again])))


def test_a_student_may_choose_everything(tmp_path):
    parts = [
        replace(part, cells=["1", *part.cells[1:]]) if part.part in RACES else part
        for part in asked(mark="1")
    ]
    study = read_canon(write(tmp_path, rows([*about(), *parts])))
    assert plain(study.responses.race) == ["two_or_more", *RACE[1:]]


def test_hostile_answers_are_answers(tmp_path):
    words = [
        "Respondent ID",
        "__import__('os').system('true')",
        "=cmd|'/c calc'!A1",
        "Response",
        "[" * 5000,
        "\x0bx",
    ]
    parts = [replace(part, cells=words) if part.question == TEXT["more"] else part for part in asked()]
    study = read_canon(write(tmp_path, rows([*about(), *parts])))
    assert study.comments.text.tolist() == [word.strip() for word in words]
    assert_adds_up(study)
