"""The long table: lines become rows, and nothing is lost without a note."""

from __future__ import annotations

import numpy as np
import pytest

import relsurvey as rs
from relsurvey.errors import MatchError
from relsurvey.reading import choose
from relsurvey.reading.formats import google_forms, long, microsoft_forms
from relsurvey.reading.limits import Limits
from relsurvey.reading.opening import Column, Sheet, open_file
from relsurvey.reading.opening.sheet import Variable
from tests.reading.formats.canon import INSTRUMENT, STUDENTS, TEXT
from tests.reading.formats.check import assert_adds_up, assert_canon, plain, read_canon
from tests.reading.formats.google_files import SPANISH, write_csv
from tests.reading.formats.long_files import ASKED, HEADER, VARIANTS, lines
from tests.reading.formats.test_google_forms import HOSTILE, ODD, OTHERS, sheet


@pytest.fixture(autouse=True)
def _registered(monkeypatch):
    monkeypatch.setattr(choose, "FORMATS", (microsoft_forms, long, google_forms))


@pytest.fixture(params=VARIANTS)
def variant(request):
    """Return a variant's name."""
    return request.param


def cells(table):
    """Return the table's cells, column by column."""
    return {column.name: column.cells.cells() for column in table.columns}


def noted(table):
    """Return by what was done how many it touched."""
    return {what: number for _, number, what, _ in table.notes}


def test_every_layout_reads_to_the_canon(tmp_path, variant):
    study = read_canon(VARIANTS[variant](tmp_path))
    assert_canon(study)
    assert study.ledger.what.str.startswith("read as long table").sum() == 1
    assert [text.lstrip("0") for text in study.responses.respondent] == [s.id.lstrip("0") for s in STUDENTS]


def test_every_layout_is_known_to_this_format_alone(tmp_path, variant):
    opened = open_file(VARIANTS[variant](tmp_path), Limits()).sheets[0]
    assert long.detect(opened)
    assert not microsoft_forms.detect(opened) and not google_forms.detect(opened)


WIDE = [
    sheet("Student ID|Question|Answer", "1|Agree|x", "2|Agree|x", "3|Agree|y", "4|Agree|y"),
    sheet("id|Question|response|b1", *(f"{i}|Agree|yes|4" for i in range(20))),
    sheet("id|item|answer", "1|b1|a", "1|b2|b", "1|b3|c"),
    sheet("id|item|answer"),
    sheet("id|item", "1|b1", "1|b1"),
    sheet("item|answer", "b1|4", "b1|5"),
    sheet("record_id|field_name|value", *(f"{i % 2}|b{i % 3}|4" for i in range(12))),
]


@pytest.mark.parametrize("other", [*ODD, *OTHERS, *WIDE])
def test_nothing_else_is_claimed(other):
    assert not long.detect(other)


def test_lines_and_rows_are_counted(tmp_path):
    study = read_canon(VARIANTS["background_in_a_workbook"](tmp_path))
    opened = study.ledger[study.ledger.step == "open"].iloc[0]
    assert "30 lines of answers became 6 rows" in opened.what and opened["rows"] == 6
    assert noted_in(study, "blank lines were passed over") == 1


def noted_in(study, what):
    """Return how many a note of the layout speaks of."""
    found = study.ledger[(study.ledger.step == "layout") & (study.ledger.what == what)]
    return int(found["rows"].sum())


def test_a_row_has_the_number_of_its_first_line(tmp_path):
    table = long.read(open_file(VARIANTS["background_in_a_workbook"](tmp_path), Limits()).sheets[0])
    assert table.numbers.tolist() == [4, 5, 6, 7, 8, 9] and table.header == (2,) and table.lines == 30
    named = {column.name: column for column in table.columns}
    assert named["Q1"].place == "lines of 'Q1' in column G"
    assert named["Q1"].also == ((TEXT["b1"], "by its other name in the lines"),)
    assert [column.role for column in table.columns[:4]] == [None, None, "respondent", None]
    # When a student was done, and not when the first question was answered.
    assert named["timestamp"].role == "date" and named["timestamp"].cells[0] == "2026-05-14 09:00:00"


def test_of_two_answers_to_a_question_the_last_line_counts():
    table = long.read(sheet("id|item|answer", "1|b1|a", "1|b1|b", "1|b1|", "2|b2|x", "2|b2|y", "2|b1|z"))
    assert cells(table) == {"id": ["1", "2"], "b1": ["b", "z"], "b2": ["", "y"]}
    assert noted(table) == {"answers were set aside, as a later line answers the same question": 2}


def test_of_background_that_differs_the_first_is_kept():
    table = long.read(
        sheet("id|gender|item|answer", "1||b1|a", "1|Girl|b2|b", "1|Boy|b1|c", "2|Boy|b1|d", "2|BOY|b2|e")
    )
    assert cells(table)["gender"] == ["Girl", "Boy"]
    assert noted(table)["rows say several things in column B; the first was kept"] == 1


def test_a_line_without_a_respondent_is_a_row_of_its_own(tmp_path):
    rows = [
        HEADER,
        *lines(),
        ["", TEXT["b1"], "Agree"],
        ["", TEXT["b2"], "Disagree"],
        ["1.2E+05", TEXT["b1"], "Agree"],
    ]
    study = read_canon(write_csv(tmp_path / "a.csv", rows))
    assert len(study.responses) == len(STUDENTS) + 3
    assert plain(study.responses.b1)[-3:] == [4, None, 4]
    assert noted_in(study, "lines without a respondent's id became a row each") == 3
    assert_adds_up(study)


def test_an_answer_without_a_question_is_said():
    table = long.read(sheet("id|item|answer", "1|b1|a", "1||b", "2||", "2|b1|c"))
    assert cells(table) == {"id": ["1", "2"], "b1": ["a", "c"]}
    assert noted(table) == {"answers were left out; their lines name no question": 1}


def test_a_respondent_without_any_answer_stays():
    table = long.read(sheet("id|item|answer", "1|b1|a", "1|b2|b", "2||", "3|b1|", "3|b2|", "3|b1|"))
    assert cells(table) == {"id": ["1", "2", "3"], "b1": ["a", "", ""], "b2": ["b", "", ""]}


@pytest.mark.parametrize(
    "name", ["wave", "Survey_Wave", "survey", "administration", "period", "Ola", "Aplicación"]
)
def test_a_row_is_a_respondent_and_wave(name):
    table = long.read(
        sheet(f"id|{name}|item|answer", "1|fall|b1|a", "1|spring|b1|b", "2|fall|b1|c", "1|fall|b2|d")
    )
    assert cells(table) == {
        "id": ["1", "1", "2"],
        name: ["fall", "spring", "fall"],
        "b1": ["a", "b", "c"],
        "b2": ["d", "", ""],
    }
    assert [column.role for column in table.columns] == ["respondent", "wave", None, None]


def test_waves_are_read_as_the_instruments_own(tmp_path):
    rows = [[*HEADER, "administration"]]
    for wave in ("Fall", "spring"):
        rows += [[*row, wave] for row in lines()]
    study = rs.read(write_csv(tmp_path / "a.csv", rows), INSTRUMENT, ids="as-is")
    assert study.responses.wave.tolist() == ["fall"] * len(STUDENTS) + ["spring"] * len(STUDENTS)
    assert study.waves == ("fall", "spring")
    assert_adds_up(study)


def test_a_survey_of_one_name_is_no_wave():
    said = [f"{who}|Belonging|{item}|a" for who in (1, 2) for item in ("b1", "b2")]
    table = long.read(sheet("id|survey|item|answer", *said))
    assert [column.role for column in table.columns] == ["respondent", None, None, None]


def test_one_id_at_two_schools_is_two_students():
    table = long.read(
        sheet(
            "id|school|item|answer",
            "1|North|b1|a",
            "1|South|b1|b",
            "1|NORTH|b2|c",
            "1||b3|d",
            "2||b1|e",
            "2||b2|e",
        )
    )
    assert cells(table)["id"] == ["1", "1", "2"] and cells(table)["school"] == ["North", "South", ""]
    assert cells(table)["b1"] == ["a", "b", "e"] and cells(table)["b3"] == ["d", "", ""]


def test_ids_that_a_spreadsheet_changed_are_one_student():
    said = [f"{spelled}|{item}|a" for spelled in ("007", "7", "8") for item in ("b1", "b2")]
    table = long.read(sheet("id|item|answer", *said, "7.0|b1|b", "8|b1|a"))
    assert cells(table) == {"id": ["007", "8"], "b1": ["b", "a"], "b2": ["a", "a"]}


def test_the_number_of_a_line_is_no_respondent():
    table = long.read(sheet("ID|user|question|value", "1|a|b1|4", "2|a|b2|5", "3|b|b1|3", "4|b|b2|2"))
    assert cells(table)["b1"] == ["4", "3"]


def test_a_question_in_other_words_is_the_same_and_two_answers_to_it_are_not_guessed(tmp_path):
    english, spanish = TEXT["b1"], SPANISH["b1"]
    rows = [HEADER, *lines()]
    either = [[r[0], spanish if r[1] == english and int(r[0]) % 2 else r[1], r[2]] for r in rows[1:]]
    assert_canon(read_canon(write_csv(tmp_path / "a.csv", [HEADER, *either])))
    with pytest.raises(MatchError, match="both the column of `b1`"):
        read_canon(
            write_csv(tmp_path / "b.csv", [*rows, ["00101", spanish, "De acuerdo"], ["00102", spanish, ""]])
        )


def test_a_thin_table_is_no_survey():
    rows = [["user", "variable", "value"]]
    rows += [[f"u{i // 2}", f"v{i // 2}", "x"] for i in range(400)]
    table = long.read(Sheet.of(rows))
    assert table.form == "plain table" and len(table) == 400


def test_a_table_made_to_take_the_machine_takes_nothing():
    number = 200_000
    one = Column(("", "wave", *map(str, range(number))), np.arange(1, number + 2, dtype=np.int32))
    user = Column(("", "user", "u"), np.r_[1, np.full(number, 2)].astype(np.int32))
    item = Column(
        ("", "item", *(f"v{i}" for i in range(number // 2))),
        np.r_[1, np.arange(number) // 2 + 2].astype(np.int32),
    )
    answer = Column(("", "answer", "x"), np.r_[1, np.full(number, 2)].astype(np.int32))
    assert long.read(Sheet("a.csv", "", (user, one, item, answer), number + 1)).form == "plain table"


def test_a_statistics_packages_file_keeps_codes_and_missing_values():
    columns = (
        Column.of(["1", "1", "2", "2"]),
        Column.of(["b1", "b2", "b1", "b2"]),
        Column(("", "Often", "Refused"), np.array([1, 2, 0, 1], np.int32), ("", "4", "9"), frozenset({2})),
    )
    variables = (Variable("student_id", "Student"), Variable("item", ""), Variable("answer", ""))
    one = Sheet("a.sav", "", columns, 4, "spss", variables)
    assert long.detect(one)
    table = long.read(one)
    assert table.header == () and table.numbers.tolist() == [1, 3]
    assert cells(table) == {"student_id": ["1", "2"], "b1": ["Often", ""], "b2": ["Refused", "Often"]}
    answers = table.columns[2].cells
    assert answers.values == ("", "4", "9") and answers.missing == {2}


def test_hostile_cells_stay_text(tmp_path):
    rows = [["student_id", "item", "answer", "note"]]
    for number, row in enumerate(lines()):
        rows.append([*row, HOSTILE[number % len(HOSTILE)]])
        if row[1] == TEXT["more"]:
            rows[-1][2] = HOSTILE[number % len(HOSTILE)]
    rows += [[student.id, text, text, text] for student in STUDENTS for text in HOSTILE]
    study = read_canon(write_csv(tmp_path / "a.csv", rows))
    assert_canon(study, more=False)
    places = [i for i, row in enumerate(lines()) if row[1] == TEXT["more"]]
    assert study.comments.text.tolist() == [HOSTILE[i % len(HOSTILE)].strip() for i in places]


def test_a_district_reads_in_about_a_second():
    students, items = 20_000, 60
    number = students * items
    random = np.random.default_rng(7)
    order = random.permutation(number)

    def column(header, texts, codes):
        return Column(("", header, *texts), np.r_[1, codes + 2].astype(np.int32))

    who, asked = np.divmod(order, items)
    said = random.integers(0, 5, number)
    one = Sheet(
        "district.csv",
        "",
        (
            column("student_id", [f"{i:06}" for i in range(students)], who),
            column("school", [f"School {i}" for i in range(30)], who % 30),
            column("wave", ["fall", "spring"], np.zeros(number, int)),
            column("item", [f"q{i}" for i in range(items)], asked),
            column("answer", "ABCDE", said),
        ),
        number + 1,
    )
    assert long.detect(one)
    table = long.read(one)
    assert len(table) == students and len(table.columns) == 3 + items and table.lines == number
    line = 123_456
    row = table.columns[0].cells.cells().index(f"{who[line]:06}")
    assert next(c for c in table.columns if c.name == f"q{asked[line]}").cells[row] == "ABCDE"[said[line]]


def test_the_fixtures_ask_every_question():
    assert len(lines()) == len(ASKED) * len(STUDENTS)
