"""Microsoft Forms: every layout reads to the same answers, as downloaded and as Excel saved it."""

from __future__ import annotations

import pytest

import relsurvey as rs
from relsurvey.errors import MatchError
from relsurvey.reading import choose, match
from relsurvey.reading.formats import google_forms, long, microsoft_forms
from relsurvey.reading.limits import Limits
from relsurvey.reading.opening import Sheet, open_file
from tests.reading.formats.canon import STUDENTS, TEXT
from tests.reading.formats.check import assert_adds_up, assert_canon, read_canon
from tests.reading.formats.google_files import answers, write_csv
from tests.reading.formats.microsoft_files import LEFT, VARIANTS
from tests.reading.formats.test_google_forms import HOSTILE, ODD, OTHERS, ROW, codes, column, sheet, small


@pytest.fixture(autouse=True)
def _registered(monkeypatch):
    monkeypatch.setattr(choose, "FORMATS", (microsoft_forms, long, google_forms))


@pytest.fixture(params=VARIANTS)
def variant(request):
    """Return a variant's name."""
    return request.param


def survey(tmp_path, header, rows, **more):
    """Read rows of answers under what the program writes at the left."""
    full = [[*LEFT, *header]]
    for i, row in enumerate(rows):
        full.append([str(i + 1), f"5/{13 + i}/26 9:15:00", f"5/{13 + i}/26 9:22:00", "anonymous", "", *row])
    return rs.read(write_csv(tmp_path / "a.csv", full), small(**more))


def test_every_layout_reads_to_the_canon(tmp_path, variant):
    study = read_canon(VARIANTS[variant](tmp_path))
    assert_canon(study)
    assert study.ledger.what.str.startswith("read as Microsoft Forms").sum() == 1
    assert study.responses.respondent.tolist() == [student.id for student in STUDENTS]
    assert study.responses.date.notna().all()


def test_every_layout_is_known_to_this_format_alone(tmp_path, variant):
    opened = open_file(VARIANTS[variant](tmp_path), Limits()).sheets[0]
    assert microsoft_forms.detect(opened)
    assert not google_forms.detect(opened) and not long.detect(opened)


@pytest.mark.parametrize(
    "left",
    [
        "ID|Start time|Completion time|Email|Name",
        "Id|Hora de inicio|Hora de finalización|Correo electrónico|Nombre",
        "ID|Heure de début|Heure de fin|Adresse de messagerie|Nom",
        "ID|Hora de início|Hora de conclusão|Email|Nome",
        "ID|Startzeit|Fertigstellungszeit|E-Mail|Name",
    ],
)
def test_what_stands_at_the_left_is_known_in_any_language(left):
    one = sheet(f"{left}|I belong here.", "1|a|b|anonymous|Anonymous|Agree")
    assert microsoft_forms.detect(one)
    table = microsoft_forms.read(one)
    assert [c.role for c in table.columns] == ["meta", "meta", "date", "meta", "meta", None]
    assert [c.cells[0] for c in table.columns] == ["1", "a", "b", "", "", "Agree"]


@pytest.mark.parametrize(
    "other",
    [*ODD, *(one for one in OTHERS if one.columns[1][0] != "Start time"), sheet("start|end|b1", "a|b|1")],
)
def test_nothing_else_is_claimed(other):
    assert not microsoft_forms.detect(other)


def test_anonymous_is_no_students_address(tmp_path):
    rows = [["Agree"], ["Disagree"], ["Agree"]]
    study = survey(tmp_path, [ROW], rows, who="Email")
    assert codes(study) == [2, 1, 2]
    noted = study.ledger[study.ledger.step == "layout"]
    assert noted["rows"].tolist() == [3] and noted.what.tolist() == [
        "`anonymous` in column D was taken as empty"
    ]
    assert_adds_up(study)


def test_an_address_is_an_id_where_the_instrument_says_so(tmp_path):
    path = VARIANTS["workbook_of_known_people"](tmp_path)
    one = open_file(path, Limits()).sheets[0]
    found = match.columns(microsoft_forms.read(one), small(who="Email"))
    assert [place.position for place in found.identity["respondent"]] == [3]
    assert column(microsoft_forms.read(one), "Email").cells[0] == "someone@school.example"


def test_a_question_called_id_comes_before_the_number_of_the_answer(tmp_path):
    study = survey(tmp_path, ["ID2", ROW], [["7", "Agree"], ["7", "Disagree"], ["8", "Agree"]], who="ID")
    # The first student answered twice.
    assert sorted(codes(study)) == [1, 2]
    said = study.ledger[study.ledger.what.str.startswith("'ID")].what.tolist()
    assert said == ["'ID (Microsoft Forms)' was left out", "'ID2' → identity key `respondent`"]


def test_a_question_for_the_address_fills_what_the_form_does_not_know(tmp_path):
    study = survey(
        tmp_path, [ROW, "Email2", "Name2"], [["Agree", "a@b", "A"], ["Disagree", "c@d", "C"]], who="Email"
    )
    assert codes(study) == [2, 1] and study.responses.respondent.nunique() == 2


def test_of_two_rows_of_a_student_the_one_handed_in_last_counts(tmp_path):
    rows = [
        [*LEFT, "Student ID", ROW],
        ["1", "5/13/26 9:00:00", "5/13/26 9:50:00", "anonymous", "", "7", "Agree"],
        ["2", "5/13/26 9:10:00", "5/13/26 9:20:00", "anonymous", "", "7", "Disagree"],
    ]
    study = rs.read(write_csv(tmp_path / "a.csv", rows), small())
    assert codes(study) == [2]
    assert "by the date of the answer" in " ".join(study.ledger.why)


@pytest.mark.parametrize("name", ["quiz", "quiz_in_spanish"])
def test_points_and_feedback_are_about_the_answering(tmp_path, name):
    study = read_canon(VARIANTS[name](tmp_path))
    about = study.ledger[study.ledger.why == "Microsoft Forms writes it about the answering itself"]
    assert len(about) == {"quiz": 8, "quiz_in_spanish": 7}[name] + 2 * len(TEXT)


def test_a_question_about_points_is_a_question():
    table = microsoft_forms.read(sheet("ID|Start time|Completion time|Points - how many?", "1|a|b|3"))
    assert column(table, "Points - how many?").role is None


@pytest.mark.parametrize(
    ("cells", "kept"),
    [
        (["Asian;", "Asian;White;", ""], ["Asian", "Asian;White", ""]),
        (["no; never;", "I like it", ""], ["no; never;", "I like it", ""]),
    ],
)
def test_the_last_semicolon_goes_where_every_cell_has_one(cells, kept):
    rows = [[*LEFT, "Q"], *([*LEFT, cell] for cell in cells)]
    question = column(microsoft_forms.read(Sheet.of(rows)), "Q")
    assert question.cells.cells() == kept and question.separator == ";"


@pytest.mark.parametrize("asked", [ROW, f"How much?.{ROW}", f"How much? {ROW}"])
def test_a_row_of_a_grid_is_known_by_itself_with_its_question_and_as_it_stands(asked):
    table = microsoft_forms.read(sheet(f"ID|Start time|Completion time|How much?.{ROW}", "1|a|b|Agree"))
    assert [place.position for place in match.columns(table, small(asked)).items["b1"]] == [3]


def test_branches_that_ask_the_same_are_one_question(tmp_path):
    rows = [["Agree", "", ""], ["", "Disagree", ""], ["", "", "Agree"]]
    study = survey(tmp_path, [ROW, f"{ROW}2", f"{ROW}3"], rows)
    assert codes(study) == [2, 1, 2]
    assert "3 columns of `b1` became one" in " ".join(study.ledger.what)


def test_a_question_answered_in_two_branches_is_not_guessed(tmp_path):
    with pytest.raises(MatchError, match="1 rows fill both"):
        survey(tmp_path, [ROW, f"{ROW}2"], [["Agree", "Disagree"]])


def test_hostile_cells_stay_text(tmp_path):
    header = [*LEFT, *TEXT.values(), *HOSTILE, *(f"{text}.{text}" for text in HOSTILE)]
    rows = []
    for number, student in enumerate(STUDENTS):
        said = answers(student, ";")
        said["race"] += ";" * bool(said["race"])
        said["more"] = HOSTILE[number % len(HOSTILE)]
        rows.append(
            [str(number), "x", "y", "anonymous", "", *(said[key] for key in TEXT), *HOSTILE, *HOSTILE]
        )
    study = read_canon(write_csv(tmp_path / "a.csv", [header, *rows]))
    assert_canon(study, more=False)
    assert study.comments.text.tolist() == [HOSTILE[i % len(HOSTILE)].strip() for i in range(len(STUDENTS))]


@pytest.mark.parametrize("name", [".x" * 100_000, "Points - " * 20_000, "2" * 200_000, "a;" * 100_000])
def test_a_header_made_to_take_time_takes_none(name):
    one = Sheet.of([[*LEFT, name, name, f"{name}2"], [*LEFT, name, "", name]])
    assert microsoft_forms.detect(one) and len(microsoft_forms.read(one).columns) == len(LEFT) + 3


def test_a_sheet_without_answers_reads():
    assert len(microsoft_forms.read(sheet("ID|Start time|Completion time|I belong here."))) == 0
