"""REDCap: every combination of headers and cells reads to the same answers."""

from __future__ import annotations

import numpy as np
import pytest

import relsurvey as rs
from relsurvey.errors import MatchError, ReadError
from relsurvey.reading import choose
from relsurvey.reading.formats import google_forms, redcap
from relsurvey.reading.opening import Column, Sheet
from tests.reading.formats.canon import INSTRUMENT
from tests.reading.formats.check import assert_adds_up, assert_canon, plain, read_canon
from tests.reading.formats.redcap_files import CODED, VARIANTS, coded, table, to_csv


@pytest.fixture(autouse=True)
def _registered(monkeypatch):
    monkeypatch.setattr(choose, "FORMATS", (google_forms, redcap))


def read(path, variant="", **more):
    """Read a variant with the instrument that lists its codes, where it needs one."""
    if variant not in CODED:
        return read_canon(path, **more)
    # Under a wording, the school's column has no name to be listed by.
    asked = (
        coded() if "raw headers" in variant else coded().model_copy(update={"identity": INSTRUMENT.identity})
    )
    return rs.read(path, asked, ids="as-is", **more)


def notes(study, step):
    """Return the ledger's entries of one step."""
    return study.ledger[study.ledger.step == step]


def sheet(*rows):
    """Return the table that REDCap's rows are read as."""
    return redcap.read(Sheet.of(rows))


def column(table, name):
    """Return a column's cells."""
    return next(column for column in table.columns if column.name == name).cells.cells()


def roles(table):
    """Return the roles that columns have."""
    return {column.name: column.role for column in table.columns if column.role}


@pytest.mark.parametrize("variant", VARIANTS)
def test_every_variant_reads_to_the_canon(variant, tmp_path):
    study = read(VARIANTS[variant](tmp_path), variant)
    assert_canon(study)
    assert not study.flags["unfinished"].any()
    assert notes(study, "open").what.str.contains("read as REDCap").all()
    assert (notes(study, "joined columns").what.str.contains("became one question")).sum() == 1


@pytest.mark.parametrize("variant", [name for name in VARIANTS if "event" in name])
def test_an_event_is_a_wave(variant, tmp_path):
    study = read(VARIANTS[variant](tmp_path), variant)
    assert set(study.responses["wave"]) == {
        "spring" if "codes, an event" in variant and "label" in variant else "fall"
    }
    assert notes(study, "layout").what.str.contains("arm").any()


def test_without_events_there_is_no_wave(tmp_path):
    study = read(VARIANTS["label headers, labels"](tmp_path))
    assert "wave" not in study.responses


def test_a_student_at_two_events_is_one_student(tmp_path):
    fall, spring = table(event="Fall"), table(event="Spring")
    study = read(to_csv(tmp_path, [*fall, *spring[1:]]))
    assert study.responses["wave"].tolist() == ["fall"] * 6 + ["spring"] * 6
    assert study.responses["respondent"].nunique() == 6
    assert_adds_up(study)


def test_an_event_that_is_no_wave_is_said(tmp_path):
    path = to_csv(tmp_path, table(event="Winter"))
    with pytest.raises(MatchError, match="Winter"):
        read(path)
    assert set(read(path, wave="fall").responses["wave"]) == {"fall"}


def test_the_record_is_the_student_where_the_instrument_names_none():
    found = roles(sheet(["record_id", "redcap_event_name", "b1"], ["7", "fall_arm_1", "4"]))
    assert found == {"record_id": "respondent", "redcap_event_name": "wave"}
    again = sheet(["participant", "redcap_event_name", "b1"], ["7", "", "4"], ["7", "", "5"])
    assert roles(again) == {"participant": "respondent", "redcap_event_name": "meta"}


def test_a_first_field_that_is_no_id_is_no_student():
    found = sheet(["age", "race___1", "b1"], ["12", "1", "4"], ["12", "0", "4"])
    assert roles(found) == {}


@pytest.mark.parametrize("headers", ["raw", "label"])
@pytest.mark.parametrize("cells", ["raw", "label"])
def test_a_form_that_was_left_is_unfinished(headers, cells, tmp_path):
    path = to_csv(tmp_path, table(headers=headers, cells=cells, survey=True, left=(1, 4)))
    asked = coded() if headers == "raw" else coded().model_copy(update={"identity": INSTRUMENT.identity})
    study = rs.read(path, asked, ids="as-is")
    assert study.flags["unfinished"].tolist() == [False, True, False, False, True, False]
    assert notes(study, "unfinished").rows.sum() == 2
    assert study.responses["date"].isna().tolist() == [False, True, False, False, True, False]
    assert_adds_up(study)


def test_of_several_forms_the_one_that_has_answers_counts():
    found = sheet(
        [
            "record_id",
            "age",
            "race___1",
            "about_you_complete",
            "b1",
            "survey_timestamp",
            "b2",
            "survey_complete",
        ],
        ["1", "12", "1", "2", "4", "2026-10-02 09:00:00", "5", "2"],
        ["2", "12", "0", "2", "", "", "", "0"],
        ["3", "12", "0", "2", "4", "[not completed]", "", "0"],
        ["4", "", "1", "1", "4", "2026-10-02 09:00:00", "5", "2"],
        ["5", "", "0", "0", "4", "2026-10-02 09:00:00", "5", "2"],
    )
    assert found.partial.tolist() == [False, False, True, True, False]
    assert roles(found) == {
        "record_id": "meta",
        "about_you_complete": "meta",
        "survey_timestamp": "date",
        "survey_complete": "meta",
    }


def test_of_several_times_the_fullest_is_the_date():
    found = sheet(
        [
            "record_id",
            "redcap_event_name",
            "a_timestamp",
            "x",
            "a_complete",
            "b_timestamp",
            "y",
            "b_complete",
        ],
        ["1", "fall_arm_1", "", "", "0", "2026-10-02 09:00:00", "1", "2"],
        ["2", "fall_arm_1", "2026-10-01 09:00:00", "1", "2", "2026-10-02 09:00:00", "1", "2"],
    )
    assert roles(found)["a_timestamp"] == "meta"
    assert roles(found)["b_timestamp"] == "date"


def test_a_field_may_be_called_like_a_status():
    found = sheet(
        ["record_id", "homework_complete", "b1", "survey_complete"],
        ["1", "0", "4", "2"],
        ["2", "1", "4", "2"],
    )
    assert roles(found) == {"record_id": "meta", "survey_complete": "meta"}
    assert found.partial.tolist() == [False, False]


def test_repeats_are_counted():
    found = sheet(
        ["record_id", "redcap_repeat_instrument", "redcap_repeat_instance", "b1"],
        ["1", "", "", ""],
        ["1", "survey", "1", "4"],
        ["1", "survey", "2", "5"],
        ["1", "survey", "3", "5"],
    )
    repeats = [(step, rows) for step, rows, what, _ in found.notes if "further instances" in what]
    assert repeats == [("layout", 2)]
    assert found.partial is None


def test_records_that_stand_once_without_events_are_no_students():
    counted = sheet(["record_id", "b1", "survey_complete"], ["1", "4", "2"], ["3", "4", "2"])
    assert ["were not taken for students' ids" in what for _, _, what, _ in counted.notes] == [True]
    events = sheet(["record_id", "redcap_event_name", "b1"], ["1", "fall_arm_1", "4"])
    assert not any("were not taken" in what for _, _, what, _ in events.notes)


def test_arms_are_left_off_and_alike_events_stay_apart():
    events = ["fall_arm_1", "fall_arm_2", "visit_arm_1b", "Fall (Arm 1: Students (all))", "Spring"]
    found = sheet(["record_id", "redcap_event_name"], *([str(i), event] for i, event in enumerate(events)))
    assert column(found, "redcap_event_name") == ["fall", "fall", "visit_arm_1b", "Fall", "Spring"]


@pytest.mark.parametrize(
    ("heads", "rows", "expected"),
    [
        (["race___1", "race____99"], [["1", "1"], ["0", ""]], ["1\x1f-99", ""]),
        (["race___1", "race___2"], [["Asian", ""], ["", "White"]], ["Asian", "White"]),
        (
            ["Race? (choice=A)", "Race? (choice=B, or C)"],
            [["Checked", "Unchecked"], ["1", "1"]],
            ["A", "A\x1fB, or C"],
        ),
    ],
)
def test_choices_become_one_question(heads, rows, expected):
    found = sheet(["record_id", *heads, "b1"], *([str(i), *row, ""] for i, row in enumerate(rows)))
    assert [name for name in found.names if name in ("race", "Race?")] == [found.names[-1]]
    assert found.columns[-1].cells.cells() == expected
    assert len(found.columns) == 3


def test_a_checkbox_that_holds_something_else_stays_as_it_is():
    found = sheet(["record_id", "race___1", "race___2"], ["1", "1", "maybe"], ["2", "0", "perhaps"])
    assert found.names == ["record_id", "race___1", "race___2"]


def test_a_codebook_without_the_codes_keeps_them_as_they_are(tmp_path):
    study = rs.read(VARIANTS["raw headers, codes"](tmp_path), INSTRUMENT, ids="as-is")
    assert plain(study.responses["race"]) == ["1", "two_or_more", "2", "two_or_more", None, "3"]
    assert_canon(study, school=False, gender=False, race=False)


def test_two_questions_of_one_wording_stay_apart():
    found = sheet(
        ["Record ID", "Which? (choice=A)", "Which? (choice=B)", "Which? (choice=A)", "Which? (choice=B)"],
        ["1", "Checked", "Unchecked", "Unchecked", "Checked"],
    )
    assert found.names == ["Record ID", "Which?", "Which? (2)"]
    assert [c.cells.cells() for c in found.columns[1:]] == [["A"], ["B"]]


OTHERS = [
    [],
    [[]],
    [[""]],
    [["id"]],
    [["id", "b1", "b2"], ["1", "2", "3"]],
    [["id", "start_timestamp", "homework_complete"], ["1", "2", "3"]],
    [["StartDate", "EndDate", "Status", "ResponseId", "Finished", "Q1"], ["Start Date"]],
    [["Respondent ID", "Collector ID", "Start Date", "End Date"], ["", "", "", "", "Response"]],
    [["Timestamp", "I belong here."], ["5/13/2026 9:15:00", "Agree"]],
    [["ID", "Start time", "Completion time", "Email", "Name", "I belong here."]],
    [["id", "submitdate", "lastpage", "startlanguage", "G1[b1]"]],
    [["Student ID", "Complete?"], ["1", "yes"]],
]


@pytest.mark.parametrize("rows", OTHERS)
def test_another_layout_is_not_claimed(rows):
    assert not redcap.detect(Sheet.of(rows))


@pytest.mark.parametrize("variant", VARIANTS)
def test_no_other_format_claims_it(variant, tmp_path):
    from relsurvey.reading.formats import limesurvey, qualtrics
    from relsurvey.reading.limits import Limits
    from relsurvey.reading.opening import open_file

    found = open_file(VARIANTS[variant](tmp_path), Limits()).sheets[0]
    assert redcap.detect(found)
    assert not any(form.detect(found) for form in (google_forms, limesurvey, qualtrics))


def test_a_sheet_without_columns_is_nobodys():
    assert not redcap.detect(Sheet("a.csv", "", (), 3))
    assert not redcap.detect(Sheet("a.csv", "", (Column.of([]),), 0))


@pytest.mark.parametrize(
    "rows",
    [
        [["record_id", "race___1", "race___2", "a_complete"]],
        [["Record ID", "Race (choice=)", "Race (choice='')", "Complete?", "Complete?"], ["1"]],
        [
            ["record_id", "redcap_event_name", "redcap_event_name", "redcap_repeat_instance"],
            ["", "", "", "x"],
        ],
        [["record_id", "a_timestamp", "a_complete", "a_complete"], ["1", "[NOT completed]", "3", ""]],
        [["race___" + "_" * 500 + "!", "record_id", "redcap_event_name"], ["a", "b", "c" * 5000]],
    ],
)
def test_a_strange_layout_is_read_all_the_same(rows):
    found = sheet(*rows)
    assert all(len(column.cells) == len(rows) - 1 for column in found.columns)
    assert found.partial is None or found.partial.dtype == np.bool_


def test_no_answers_is_one_sentence(tmp_path):
    with pytest.raises(ReadError, match="no answers under it"):
        read_canon(to_csv(tmp_path, table()[:1]))


def test_what_students_wrote_is_text(tmp_path):
    study = read(VARIANTS["label headers, labels"](tmp_path))
    assert {"=1+1", "<b>ok</b>"} <= set(study.comments["text"])
