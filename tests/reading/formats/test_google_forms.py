"""Google Forms: every layout reads to the same answers, whatever an edit or a quiz left in the sheet."""

from __future__ import annotations

import pytest

import relsurvey as rs
from relsurvey.errors import MatchError
from relsurvey.instrument import Instrument
from relsurvey.reading import choose, match
from relsurvey.reading.formats import google_forms, long, microsoft_forms
from relsurvey.reading.limits import Limits
from relsurvey.reading.opening import Column, Sheet, open_file
from relsurvey.reading.opening.sheet import Variable
from tests.reading.formats.canon import INSTRUMENT, STUDENTS, TEXT
from tests.reading.formats.check import assert_adds_up, assert_canon, plain, read_canon
from tests.reading.formats.google_files import GRID, SHEET_TIMES, VARIANTS, answers, times, write_csv

ROW = "I belong here."

SMALL = """\
format: 1
id: small
version: "1.0"
title: {en: Small}
source: Written for relsurvey. BSD-3-Clause.
options:
  agree2: [{code: 1, label: {en: Disagree}}, {code: 2, label: {en: Agree}, favorable: true}]
scales: {only: {title: {en: Only}, items: [b1]}}
items:
  b1: {text: {en: "TEXT"}, options: agree2}
identity:
  respondent: {text: {en: "WHO"}}
"""


@pytest.fixture(autouse=True)
def _registered(monkeypatch):
    monkeypatch.setattr(choose, "FORMATS", (microsoft_forms, long, google_forms))


@pytest.fixture(params=VARIANTS)
def variant(request):
    """Return a variant's name."""
    return request.param


def small(text=ROW, who="Student ID"):
    """Return an instrument of one question."""
    return Instrument.parse(SMALL.replace("TEXT", text).replace("WHO", who))


def column(table, name):
    """Return a column of a table."""
    return next(column for column in table.columns if column.name == name)


def sheet(*rows):
    """Return a sheet of rows of cells parted by bars."""
    return Sheet.of([row.split("|") for row in rows])


def codes(study, item="b1"):
    """Return the codes of a question, None for no counted answer."""
    return plain(study.responses[item])


def test_every_layout_reads_to_the_canon(tmp_path, variant):
    study = read_canon(VARIANTS[variant](tmp_path))
    assert_canon(study)
    assert study.ledger.what.str.startswith("read as Google Forms").sum() == 1
    assert [text.lstrip("0") for text in study.responses.respondent] == [s.id.lstrip("0") for s in STUDENTS]
    assert study.responses.date.notna().all()


def test_every_layout_is_known_to_this_format_alone(tmp_path, variant):
    opened = open_file(VARIANTS[variant](tmp_path), Limits()).sheets[0]
    assert google_forms.detect(opened)
    assert not microsoft_forms.detect(opened) and not long.detect(opened)


@pytest.mark.parametrize(
    "stamp", ["Timestamp", "Marca temporal", "Horodateur", "Zeitstempel", "Carimbo de data/hora", "時間戳記"]
)
def test_the_time_stamp_is_known_in_any_language(stamp):
    assert google_forms.detect(sheet(f"{stamp}|I belong here.", "x|Agree"))
    assert google_forms.detect(sheet(f" {stamp.upper()}\u00a0|I belong here."))


ODD = [
    Sheet.of([]),
    Sheet.of([[]]),
    Sheet.of([[""]]),
    Sheet.of([["Timestamp"]]),
    Sheet.of([[], ["Timestamp"], ["", "", "x"]]),
    Sheet("a.sav", "", (Column.of(["x"]),), 1, "spss", (Variable("Timestamp", ""),)),
    Sheet("a.sav", "", (Column.of([]),), 0, "spss", (Variable("Timestamp", ""),)),
]
OTHERS = [
    sheet("StartDate|EndDate|Status|Q1", "Start Date|End Date|Response Type|Why?", '{"ImportId":"a"}|||'),
    sheet("Respondent ID|Collector ID|Start Date|End Date|I belong here.", "||||Response", "1|2|a|b|Agree"),
    sheet("record_id|redcap_event_name|timestamp|b1", "1|fall|2026|4"),
    sheet('id|submitdate|lastpage|startlanguage|b1', "1|2026-01-01|1|en|A4"),
    sheet("ID|Start time|Completion time|Email|Name|I belong here.", "1|a|b|anonymous||Agree"),
    sheet("Student ID|Timestamp|I belong here.", "1|a|Agree"),
]  # fmt: skip


@pytest.mark.parametrize("other", [*ODD, *OTHERS])
def test_nothing_else_is_claimed(other):
    assert not google_forms.detect(other)


@pytest.mark.parametrize(
    ("name", "asked", "why"),
    [
        (f"{GRID} [{ROW}]", ROW, "by its row in the grid"),
        (f"{GRID} [{ROW}]", f"{GRID} {ROW}", "with its row in the grid"),
        (f"{GRID} [{ROW}]", f"{GRID} [{ROW}]", "by its wording"),
        (f"{GRID}\r\n[{ROW}]", f"{GRID} {ROW}", "with its row in the grid"),
        (f"{GRID}[{ROW}]", ROW, "by its row in the grid"),
        (f"{GRID} [2. {ROW}]", ROW, "by its row in the grid"),
        (f"[{ROW}]", ROW, "by its row in the grid"),
    ],
)
def test_a_row_of_a_grid_is_known_by_itself_with_its_question_and_as_it_stands(name, asked, why):
    table = google_forms.read(Sheet.of([["Timestamp", name], ["x", "Agree"]]))
    found = match.columns(table, small(asked))
    assert [(place.position, place.why) for place in found.items["b1"]] == [(1, why)]


def test_what_a_quiz_writes_is_no_row_of_a_grid():
    table = google_forms.read(
        sheet(
            f"Timestamp|Email Address|Score|{ROW}|{ROW} [Score]|{ROW} [Feedback]"
            "|How? [Speed]|How? [Speed] [Score]|How? [Score]",
            "x|a@b|4 / 5|Agree|1 / 1||Agree|1 / 1|Agree",
        )
    )
    assert [c.role for c in table.columns] == [
        "date",
        "meta",
        "meta",
        None,
        "meta",
        "meta",
        None,
        "meta",
        None,
    ]
    assert column(table, f"{ROW} [Score]").also == ()
    # A grid may well have such a row: its question stands in no column of its own.
    assert ("Score", "by its row in the grid") in column(table, "How? [Score]").also


def test_what_the_form_writes_about_the_answering_is_said(tmp_path):
    study = read_canon(VARIANTS["form_csv_of_a_quiz"](tmp_path))
    about = study.ledger[study.ledger.why == "Google Forms writes it about the answering itself"]
    assert len(about) == 2 + 2 * len(TEXT)


@pytest.mark.parametrize(
    "stamps",
    [
        ["5/13/2026 14:00:00", "5/2/2026 9:15:00"],
        ["2026-05-13 14:00:00", "2026-05-02 09:15:00"],
        ["2026/09/27 12:10:00 PM GMT+3", "2026/09/27 11:00:00 AM GMT+3"],
        ["2026/09/27 3:00:00\u202fp.\u00a0m. GMT-5", "2026/09/27 11:00:00 a. m. GMT-5"],
    ],
)
def test_of_two_rows_of_a_student_the_one_handed_in_last_counts(tmp_path, stamps):
    rows = [["Timestamp", "Student ID", ROW], [stamps[0], "7", "Agree"], [stamps[1], "7", "Disagree"]]
    study = rs.read(write_csv(tmp_path / "a.csv", rows), small())
    assert codes(study) == [2]
    assert "by the date of the answer" in " ".join(study.ledger.why)


@pytest.mark.parametrize(
    ("stamp", "between"),
    [
        ("5/10/2026 09:15:00", ", "),
        ("2026-05-10 09:15:00", ", "),
        ("2026/5/10 9:15:00", ", "),
        ("10.05.2026 09:15:00", ", "),
        ("2026/09/27 3:00:00 PM GMT+3", ";"),
        ("2022/10/17 6:31:58 PM EST", ";"),
        ("2026/03/05 9:40:00\u202fp.\u00a0m. GMT-3", ";"),
    ],
)
def test_checkboxes_stand_apart_as_the_kind_of_file_has_it(stamp, between):
    table = google_forms.read(Sheet.of([["Timestamp", "Race"], ["", ""], [stamp, "x"]]))
    assert column(table, "Race").separator == between


def _twice(tmp_path, header, rows, **more):
    path = write_csv(
        tmp_path / "a.csv", [["Timestamp", *header], *(["1/13/2026 9:00:00", *row] for row in rows)]
    )
    return rs.read(path, small(**more))


@pytest.mark.parametrize("again", [ROW, f"{ROW}2", f"{ROW} 2"])
def test_a_question_asked_again_is_one_question(tmp_path, again):
    study = _twice(tmp_path, [ROW, "Other", again], [["Agree", "", ""], ["", "x", "Disagree"], ["", "", ""]])
    assert codes(study) == [2, 1, None]
    assert "2 columns of `b1` became one" in " ".join(study.ledger.what)
    assert_adds_up(study)


@pytest.mark.parametrize("again", [ROW, f"{ROW}2"])
def test_a_question_answered_twice_is_not_guessed(tmp_path, again):
    with pytest.raises(MatchError, match="1 rows fill both"):
        _twice(tmp_path, [ROW, again], [["Agree", "Disagree"], ["", "Agree"]])


def test_questions_that_a_person_numbered_are_not_one(tmp_path):
    header = ["Student ID", ROW, "Student ID 2", "Friend", "Friend2", f"{ROW} 2"]
    study = _twice(tmp_path, header, [["7", "Agree", "8", "x", "y", "Disagree"]])
    assert codes(study) == [2] and study.responses.respondent.notna().all()
    assert "joined columns" not in set(study.ledger.step)


@pytest.mark.parametrize(
    "header", ["Item 1|Item 12", "Item 12|Item 1", "Item|Item1", "Item|Item3", "Item2|Item"]
)
def test_a_number_that_belongs_to_the_question_stays(header):
    table = google_forms.read(sheet(f"Timestamp|{header}", "x|Agree|", "x||Agree"))
    assert [c.header for c in table.columns] == ["Timestamp", *header.split("|")]


def test_the_students_own_address_comes_before_the_one_the_form_collects(tmp_path):
    header = ["Email address", ROW, "Email Address2"]
    rows = [
        ["parent@home.example", "Agree", "a@school.example"],
        ["parent@home.example", "Disagree", "b@school.example"],
    ]
    study = _twice(tmp_path, header, rows, who="Email Address")
    assert codes(study) == [2, 1]
    said = study.ledger[study.ledger.what.str.contains("Email")].what.tolist()
    assert said == [
        "'Email address (Google Forms)' was left out",
        "'Email Address2' → identity key `respondent`",
    ]


def test_an_answer_keeps_its_line_breaks(tmp_path):
    study = read_canon(VARIANTS["sheet_csv"](tmp_path))
    assert 'She said "hi",\nonce' in study.comments.text.tolist()


HOSTILE = [
    "=cmd|' /C calc'!A0",
    "<img src=x onerror=alert(1)>",
    "../../etc/passwd",
    "{{7*7}}",
    "%s%n",
    "[[[]]]",
    "\x1f;, ",
]


def test_hostile_cells_stay_text(tmp_path):
    rows = [["Timestamp", *TEXT.values(), *HOSTILE, *(f"{text} [{text}]" for text in HOSTILE)]]
    for number, student in enumerate(STUDENTS):
        said = answers(student)
        said["more"] = HOSTILE[number % len(HOSTILE)]
        rows.append([SHEET_TIMES[number], *(said[key] for key in TEXT), *HOSTILE, *HOSTILE])
    study = read_canon(write_csv(tmp_path / "a.csv", rows))
    assert_canon(study, more=False)
    assert study.comments.text.tolist() == [HOSTILE[i % len(HOSTILE)].strip() for i in range(len(STUDENTS))]


@pytest.mark.parametrize(
    "name", ["[" * 200_000 + "]", "]" * 200_000, "2" * 200_000, "a " * 100_000 + "2", "x[" * 100_000]
)
def test_a_header_made_to_take_time_takes_none(name):
    one = Sheet.of([["Timestamp", name, name, f"{name}2"], ["x", "a", "", "b"]])
    assert google_forms.detect(one) and len(google_forms.read(one).columns) == 4


def test_a_sheet_without_answers_reads():
    assert len(google_forms.read(sheet("Timestamp|I belong here."))) == 0


def test_the_instrument_has_the_answers_of_a_grid_in_either_language(tmp_path):
    rows = [["Marca temporal", "¿Qué piensas? [Soy parte de esta escuela.]"]]
    rows += [[stamp, "De acuerdo"] for stamp in times("%d/%m/%Y %H:%M:%S")]
    study = rs.read(write_csv(tmp_path / "a.csv", rows), INSTRUMENT, strict=False)
    assert codes(study) == [4] * len(STUDENTS)
