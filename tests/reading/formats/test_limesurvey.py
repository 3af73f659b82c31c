"""LimeSurvey: every heading and every kind of answer reads to the same."""

from __future__ import annotations

import pytest

import relsurvey as rs
from relsurvey.errors import MatchError, ReadError
from relsurvey.reading import choose
from relsurvey.reading.formats import google_forms, limesurvey
from relsurvey.reading.limits import Limits
from relsurvey.reading.opening import Column, Sheet, open_file
from tests.reading.formats.canon import INSTRUMENT
from tests.reading.formats.check import assert_adds_up, assert_canon, plain, read_canon
from tests.reading.formats.limesurvey_files import (
    CODED,
    GENDER_CODES,
    RACE_CODES,
    VARIANTS,
    by_code,
    by_text,
    fields,
    rows,
    to_csv,
)
from tests.reading.formats.redcap_files import coded


@pytest.fixture(autouse=True)
def _registered(monkeypatch):
    monkeypatch.setattr(choose, "FORMATS", (google_forms, limesurvey))


def read(path, variant="", **more):
    """Read a variant with the instrument that lists its names and codes, where it needs one."""
    if variant not in CODED:
        return read_canon(path, **more)
    asked = coded(genders=GENDER_CODES, races=RACE_CODES)
    if "text" in variant:
        asked = asked.model_copy(update={"identity": INSTRUMENT.identity})
    return rs.read(path, asked, ids="as-is", **more)


def notes(study, step):
    """Return the ledger's entries of one step."""
    return study.ledger[study.ledger.step == step]


def table(*cells):
    """Return what LimeSurvey's rows are read as."""
    return limesurvey.read(Sheet.of(cells))


def also(found, name):
    """Return a column's other names."""
    return dict(next(column for column in found.columns if column.name == name).also)


def roles(found):
    """Return the roles that columns have."""
    return {column.name: column.role for column in found.columns if column.role}


START = ["id", "submitdate", "lastpage", "startlanguage"]
SENT = ["1", "2026-10-02 09:14:07", "3", "en"]


@pytest.mark.parametrize("variant", VARIANTS)
def test_every_variant_reads_to_the_canon(variant, tmp_path):
    study = read(VARIANTS[variant](tmp_path), variant)
    assert_canon(study)
    assert not study.flags["unfinished"].any()
    assert notes(study, "open").what.str.contains("read as LimeSurvey").all()
    assert len(notes(study, "joined columns")) == 1


@pytest.mark.parametrize("variant", VARIANTS)
def test_no_other_format_claims_it(variant, tmp_path):
    from relsurvey.reading.formats import qualtrics, redcap

    found = open_file(VARIANTS[variant](tmp_path), Limits()).sheets[0]
    assert limesurvey.detect(found)
    assert not any(form.detect(found) for form in (google_forms, redcap, qualtrics))


@pytest.mark.parametrize("short", [True, False])
def test_what_was_not_sent_is_unfinished(short, tmp_path):
    path = to_csv(tmp_path, rows(fields(short=short, left=(0, 5)), by_text))
    study = read(path, "texts, short answers" if short else "")
    assert study.flags["unfinished"].tolist() == [True, False, False, False, False, True]
    assert notes(study, "unfinished").rows.sum() == 2
    assert study.responses["date"].isna().sum() == 2
    assert_adds_up(study)


@pytest.mark.parametrize("date", ["1980-01-01 00:00:00", "01.01.1980 00:00", "1980-01-01"])
def test_a_survey_without_dates_is_finished_all_the_same(date, tmp_path):
    study = read(to_csv(tmp_path, rows(fields(submitdate=date), by_text)))
    assert not study.flags["unfinished"].any()
    assert "date" not in study.responses
    assert_canon(study)


def test_a_survey_that_does_not_say_when_it_was_sent():
    found = table(
        ["id", "lastpage", "startlanguage", "datestamp", "G1[b1]"], ["1", "3", "en", "2026-10-02", "4"]
    )
    assert found.partial is None
    assert roles(found)["datestamp"] == "date"


def test_what_limesurvey_writes_itself_is_not_asked():
    found = table(
        [*START, "token", "seed", "interviewtime", "groupTime12", "G1Q1Time", "bedtime"],
        [*SENT, "k7Bq", "17", "81.4", "40.1", "12.3", "Nine"],
    )
    assert roles(found) == {
        "id": "meta",
        "submitdate": "date",
        "lastpage": "meta",
        "startlanguage": "meta",
        "token": "respondent",
        "seed": "meta",
        "interviewtime": "duration",
        "groupTime12": "meta",
        "G1Q1Time": "meta",
    }


def test_a_row_of_a_grid_has_several_names():
    found = table([*START, "G1[SQ001]", "G2_SQ001", "G2_SQ002", "my_own"], [*SENT, "4", "4", "4", "4"])
    assert also(found, "G1[SQ001]") == {"G1_SQ001": "by its code", "SQ001": "by its row in the grid"}
    assert also(found, "G2_SQ001") == {"G2[SQ001]": "by its code", "SQ001": "by its row in the grid"}
    assert also(found, "my_own").get("own") is None
    words = ["Response ID", "Date submitted", "Last page", "Start language"]
    found = table(
        [*words, "How true? [I [really] belong.]", "Your age: []", "Now and then [I belong.][Then]"],
        [*SENT, "4", "12", "4"],
    )
    assert also(found, "How true? [I [really] belong.]") == {"I [really] belong.": "by its row in the grid"}
    assert also(found, "Your age: []") == {"Your age:": "by its wording"}
    assert also(found, "Now and then [I belong.][Then]") == {"I belong. Then": "by its row in the grid"}


def test_code_and_text_are_known_apart():
    words = ("Response ID", "Date submitted", "Last page", "Start language")
    found = table(
        [
            *(f"{code}. {text}" for code, text in zip(START, words, strict=True)),
            "Q1[a]. How true is it? e.g. today [I belong here.]",
            "Nothing before it",
        ],
        [*SENT, "4", "4"],
    )
    names = also(found, "Q1[a]. How true is it? e.g. today [I belong here.]")
    assert names["Q1[a]"] == "by its code"
    assert names["a"] == names["I belong here."] == "by its row in the grid"
    assert names["How true is it? e.g. today [I belong here.]"] == "by its wording"
    assert roles(found)["submitdate. Date submitted"] == "date"


def test_yes_alone_can_only_be_a_choice():
    found = table(
        [*START, "pets[cat]", "pets[dog]", "pets[other]"], [*SENT, "Y", "", "eel"], [*SENT, "Y", "Y", ""]
    )
    assert found.names == [*START, "pets[other]", "pets"]
    assert found.columns[-1].cells.cells() == ["cat", "cat\x1fdog"]


def test_where_a_cell_says_no_the_rows_may_be_questions():
    found = table([*START, "desk[own]", "desk[quiet]"], [*SENT, "Yes", "No"], [*SENT, "N/A", "Yes"])
    assert found.names == [*START, "desk[own]", "desk[quiet]", "desk"]
    assert found.columns[-1].cells.cells() == ["own", "quiet"]


@pytest.mark.parametrize(
    "cells",
    [["Yes", "Uncertain"], ["A1", "A2"], ["4", "5"], ["", ""], ["N/A", "No"]],
)
def test_other_answers_are_rows_of_a_grid(cells):
    found = table([*START, "G1[a]", "G1[b]"], [*SENT, *cells])
    assert found.names == [*START, "G1[a]", "G1[b]"]


def test_one_column_is_no_choice_among_several():
    assert table([*START, "G1[a]"], [*SENT, "Y"]).names == [*START, "G1[a]"]


def test_codes_of_answers_are_left_for_a_mapping(tmp_path):
    found = fields()
    letters = {"Strongly disagree": "A1", "Disagree": "A2", "Don’t agree or disagree": "A3", "Agree": "A4"}
    letters |= {"Strongly agree": "A5", "Not sure": "A6"}
    changed = [
        type(field)(
            field.code,
            field.text,
            [letters.get(cell, cell) for cell in field.cells],
            field.row,
            field.row_text,
        )
        for field in found
    ]
    path = to_csv(tmp_path, rows(changed, by_text))
    with pytest.raises(MatchError, match="'A4'"):
        read(path)
    meant = {code: None if code == "A6" else int(code[1]) for code in letters.values()}
    assert_canon(read(path, mapping={"labels": {"agree5": meant}}))


def test_short_headings_need_a_mapping(tmp_path):
    path = to_csv(tmp_path, rows(fields(), lambda field: by_text(field, at_most=15)))
    with pytest.raises(MatchError, match="lacks"):
        read(path)


def test_a_row_is_known_by_its_wording_under_any_question(tmp_path):
    study = read(VARIANTS["texts"](tmp_path))
    found = notes(study, "columns")
    assert found.why.eq("by its row in the grid").sum() == 3


OTHERS = [
    [],
    [[]],
    [[""]],
    [["id"]],
    [["id", "b1", "b2"], ["1", "2", "3"]],
    [["id", "Date submitted", "b1"], ["1", "2", "3"]],
    [["record_id", "redcap_event_name", "b1", "survey_complete"], ["1"]],
    [["StartDate", "EndDate", "Status", "ResponseId", "Finished", "Q1"], ["Start Date"]],
    [["Respondent ID", "Collector ID", "Start Date", "End Date"], ["", "", "", "", "Response"]],
    [["Timestamp", "I belong here."], ["5/13/2026 9:15:00", "Agree"]],
    [["ID", "Start time", "Completion time", "Email", "Name", "I belong here."]],
    [["Last page", "Seed", "Token"], ["1"]],
]


@pytest.mark.parametrize("cells", OTHERS)
def test_another_layout_is_not_claimed(cells):
    assert not limesurvey.detect(Sheet.of(cells))


def test_a_sheet_without_columns_is_nobodys():
    assert not limesurvey.detect(Sheet("a.csv", "", (), 3))
    assert not limesurvey.detect(Sheet("a.csv", "", (Column.of([]),), 0))


@pytest.mark.parametrize(
    "cells",
    [
        [START],
        [[*START, "[]", "[a]", "]", "[[[", "x]]]", "a [b", "_", "__a"], SENT],
        [[*START, "a[b]" * 600, "[" * 3000 + "]" * 3000], SENT],
        [["", "", "", ""], START],
        [["Date submitted", "Date submitted", "Last page", "Last page"], SENT],
    ],
)
def test_a_strange_layout_is_read_all_the_same(cells):
    found = table(*cells)
    assert all(len(column.cells) == len(found) for column in found.columns)


def test_no_answers_is_one_sentence(tmp_path):
    with pytest.raises(ReadError, match="no answers under it"):
        read(to_csv(tmp_path, rows(fields(), by_code)[:1]), "codes, full answers")


def test_a_survey_without_a_response_has_one_empty_row(tmp_path):
    # LimeSurvey writes it so.
    with pytest.raises(ReadError, match="no answers under it"):
        read(to_csv(tmp_path, [rows(fields(), by_text)[0], [""] * len(fields())]))


def test_signs_that_were_spelled_out_come_back(tmp_path):
    study = read(VARIANTS["verified voting"](tmp_path), "verified voting")
    assert 'She said "hi",\nonce' in set(study.comments["text"])
    assert plain(study.responses["race"])[4] is None
