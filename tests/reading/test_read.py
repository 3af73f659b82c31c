"""Reading: every row and label is accounted for, nothing is guessed."""

from __future__ import annotations

import math
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
import yaml

import relsurvey as rs
from relsurvey.errors import MatchError, ReadError
from relsurvey.instrument import Instrument
from tests.reading.belonging import HEADER, INSTRUMENT, ROWS, as_csv


@pytest.fixture
def write(tmp_path):
    """Write a file and return its path."""

    def write(content, name="answers.csv", encoding="utf-8"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
        return path

    return write


def steps(study, step):
    """Return the rows of a kind of step, added up."""
    return int(study.ledger.loc[study.ledger.step == step, "rows"].sum())


def test_labels_become_codes_and_stay_as_labels(write):
    study = rs.read(write(as_csv()), INSTRUMENT)
    assert list(study.responses.columns) == [
        "respondent",
        "school",
        "wave",
        "gender",
        "race",
        "b1",
        "b2",
        "b3",
    ]
    assert study.responses.b1.tolist() == [4, 3, 4, 5]
    assert study.responses.b3.tolist() == [2, 2, 1, 2]
    assert [math.isnan(x) for x in study.responses.b2] == [False, True, True, False]
    assert study.answers.b2.tolist() == ["Strongly agree", "Not sure", None, "Agree"]
    assert study.responses.race.tolist() == ["Asian", "two_or_more", "Black, or African American", "Asian"]
    assert study.responses.wave.tolist() == ["fall", "fall", "fall", "spring"]
    assert study.comments.text.tolist() == ["=1+1", "<b>hi</b>"]
    assert study.waves == ("fall", "spring") and study.wave == "spring"


def test_the_ledger_accounts_for_every_answer(write):
    study = rs.read(write(as_csv()), INSTRUMENT)
    assert steps(study, "labels") + steps(study, "not counted") + steps(study, "blank answers") == 3 * len(
        ROWS
    )
    assert steps(study, "open") == steps(study, "rows kept") == 4
    assert list(study.ledger.columns) == ["step", "where", "rows", "what", "why", "effect"]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_any_delimiter_and_encoding(write, delimiter, encoding):
    study = rs.read(write(as_csv(delimiter=delimiter), encoding=encoding), INSTRUMENT)
    assert study.responses.b1.tolist() == [4, 3, 4, 5]
    assert study.responses.b3.tolist() == [2, 2, 1, 2]


def test_a_workbook_with_title_rows_on_its_second_sheet(tmp_path):
    book = openpyxl.Workbook()
    book.active.title = "Read me"
    book.active.append(["Hello"])
    sheet = book.create_sheet("Answers")
    for row in [["Belonging survey, spring"], [], HEADER, *ROWS, [], []]:
        sheet.append(row)
    book.save(tmp_path / "a.xlsx")
    study = rs.read(tmp_path / "a.xlsx", INSTRUMENT)
    assert len(study.responses) == 4
    assert steps(study, "other sheets") == 0 and "other sheets" in set(study.ledger.step)
    assert "the header stands in row 3" in study.ledger.loc[study.ledger.step == "title rows", "what"].iloc[0]


def test_an_ods_file_and_a_data_frame_read_alike(tmp_path):
    frame = pd.DataFrame(ROWS, columns=HEADER)
    frame.to_excel(tmp_path / "a.ods", engine="odf", index=False)
    a, b = rs.read(tmp_path / "a.ods", INSTRUMENT), rs.read(frame, INSTRUMENT)
    assert a.responses.b1.tolist() == b.responses.b1.tolist() == [4, 3, 4, 5]


def test_codes_instead_of_labels_and_numbers_in_a_frame():
    frame = pd.DataFrame({"b1": [1, 2, None], "b2": [5.0, 4.0, 3.0], "b3": ["1", "2.0", "3"]})
    study = rs.read(frame, INSTRUMENT)
    assert study.responses.b2.tolist() == [5, 4, 3]
    assert study.responses.b3.tolist() == [1, 2, 3]
    assert study.responses.respondent.tolist() == ["row-1", "row-2", "row-3"]
    assert "the unit is the row" in " ".join(study.ledger.why)


@pytest.mark.parametrize(("keep", "kept"), [("last", 2), ("first", 4), ("all", None)])
def test_of_two_rows_by_one_student_in_one_wave(write, keep, kept):
    twice = [*ROWS[:1], ["001", "North", "fall", "Girl", "Asian", "Disagree", "Agree", "Agree", ""]]
    study = rs.read(write(as_csv(twice)), INSTRUMENT, keep=keep)
    assert steps(study, "duplicates kept" if kept is None else "duplicates") == 1
    if kept is None:
        assert len(study.responses) == 2
    else:
        assert study.responses.b1.tolist() == [kept]
        assert steps(study, "open") == steps(study, "duplicates") + steps(study, "rows kept")


@pytest.mark.parametrize("test_id", ["test", "TEST", "test-2", "Test 3", "prueba", "000"])
def test_test_rows_are_left_out_and_said(write, test_id):
    study = rs.read(write(as_csv([*ROWS, [test_id, *ROWS[0][1:]]])), INSTRUMENT)
    assert len(study.responses) == 4 and steps(study, "test rows") == 1


@pytest.mark.parametrize("name", ["Testa", "contest", "Teston"])
def test_a_name_that_only_starts_like_a_test_is_kept(write, name):
    assert len(rs.read(write(as_csv([[name, *ROWS[0][1:]]])), INSTRUMENT).responses) == 1


def test_a_students_comment_that_says_test_is_no_test_row(write):
    study = rs.read(write(as_csv([[*ROWS[0][:-1], "test"]])), INSTRUMENT)
    assert len(study.responses) == 1


def test_an_unknown_label_is_an_error_with_the_nearest_match(write):
    path = write(as_csv([[*ROWS[0][:5], "Agre", *ROWS[0][6:]]]))
    with pytest.raises(MatchError, match=r"column 'b1': 'Agre' \(nearest: 'Agree', 'Disagree', ") as caught:
        rs.read(path, INSTRUMENT)
    assert caught.value.unmatched[0].rows == 1
    study = rs.read(path, INSTRUMENT, strict=False)
    assert math.isnan(study.responses.b1[0]) and study.answers.b1[0] == "Agre"
    assert steps(study, "unmatched labels") == 1


def test_a_missing_question_is_an_error_with_the_nearest_column(write):
    header = [name if name != "b2" else "People here kno me" for name in HEADER]
    with pytest.raises(MatchError, match="nearest: 'People here kno me'"):
        rs.read(write(as_csv(header=header)), INSTRUMENT)
    study = rs.read(write(as_csv(header=header)), INSTRUMENT, strict=False)
    assert study.responses.b2.isna().all()
    assert steps(study, "columns not used") == 1


def test_two_columns_of_one_question_are_an_error(write):
    header = [name if name != "more" else "I belong here." for name in HEADER]
    with pytest.raises(MatchError, match="Two columns"):
        rs.read(write(as_csv(header=header)), INSTRUMENT)


def test_an_unknown_wave_is_an_error_and_one_given_wins(write):
    path = write(as_csv([[*ROWS[0][:2], "autumn", *ROWS[0][3:]]]))
    with pytest.raises(MatchError, match="belong to no wave"):
        rs.read(path, INSTRUMENT)
    assert rs.read(path, INSTRUMENT, wave="fall").waves == ("fall",)


def test_a_wave_is_known_by_its_title_and_an_unknown_one_by_what_it_is_most_like(write):
    document = yaml.safe_load(INSTRUMENT.to_yaml())
    document["waves"] = {
        "fall": {"title": {"en": "First round", "es": "Primera ronda"}},
        "spring": {"title": {"en": "Second round", "es": "Segunda ronda"}},
    }
    titled = Instrument.parse(yaml.safe_dump(document, allow_unicode=True))
    for label in ("spring", "second round", "Segunda ronda"):
        assert rs.read(write(as_csv([[*ROWS[0][:2], label, *ROWS[0][3:]]])), titled).waves == ("spring",)
    with pytest.raises(MatchError, match=r"labels: \{wave: \{'Spring 2027': spring\}\}"):
        rs.read(write(as_csv([[*ROWS[0][:2], "Spring 2027", *ROWS[0][3:]]])), titled)


def test_an_unknown_category_is_kept_as_itself_and_said(write):
    study = rs.read(write(as_csv([[*ROWS[0][:3], "Two-Spirit", *ROWS[0][4:]]])), INSTRUMENT)
    assert study.responses.gender.tolist() == ["Two-Spirit"]
    assert "kept as itself" in " ".join(study.ledger.why)


def yes_or_no(*categories):
    """Return the instrument with a group variable `avid` of some categories."""
    document = INSTRUMENT.model_dump(mode="json", by_alias=True, exclude_unset=True)
    document["groups"]["avid"] = {"title": "In AVID", "categories": list(categories)}
    return Instrument.model_validate(document)


YES = {"id": "in", "label": {"en": "Yes", "es": "Sí"}}
NO = {"id": "out", "label": {"en": "No", "es": "No"}}


def avid(cells, *categories, **more):
    """Return how the cells of `avid` are read, and what the ledger says of them."""
    rows = [
        [f"{i:03d}", "North", "fall", "Girl", "Asian", "Agree", "Agree", "Agree", ""]
        for i in range(1, len(cells) + 1)
    ]
    frame = pd.DataFrame(
        [[*row, cell] for row, cell in zip(rows, cells, strict=True)], columns=[*HEADER, "avid"]
    )
    study = rs.read(frame, yes_or_no(*categories), **more)
    noted = study.ledger[study.ledger.what.str.startswith("`avid`")]
    return study.responses.avid.fillna("").tolist(), dict(zip(noted.what, noted.why, strict=True))


@pytest.mark.parametrize(
    ("yes", "no"),
    [
        ("Y", "N"),
        ("y", "n"),
        ("TRUE", "FALSE"),
        (True, False),
        ("1", "0"),
        (1.0, 0.0),
        ("Si", "no"),
        ("S", "N"),
    ],
)
def test_a_yes_or_no_may_be_written_in_the_usual_ways(yes, no):
    found, noted = avid([yes, no, yes, "Yes", "Sí", "No", ""], YES, NO)
    assert found == ["in", "out", "in", "in", "in", "out", ""]
    assert "as yes or no is often written" in noted.values()
    assert not any("does not list it" in why for why in noted.values())


@pytest.mark.parametrize(
    ("cells", "categories"),
    [
        # A third category begins with N; there is no yes; numbers that run from 1 to 2 may mean either.
        (["Y", "N"], [YES, NO, "Not sure"]),
        (["Y", "N"], ["North", "Yuba"]),
        (["1", "2"], [YES, NO]),
        (["Maybe", "Nope"], [YES, NO]),
    ],
)
def test_nothing_else_is_taken_for_yes_or_no(cells, categories):
    found, noted = avid(cells, *categories)
    assert found == cells and set(noted.values()) == {"the instrument does not list it; kept as itself"}


def test_a_spelling_of_yes_that_the_instrument_or_a_mapping_lists_means_that():
    found, _ = avid(["N", "Y"], YES, {**NO, "match": ["Y"]})
    assert found == ["out", "out"]
    found, _ = avid(["N", "Y"], YES, NO, mapping={"format": 1, "labels": {"avid": {"N": "Yes"}}})
    assert found == ["in", "in"]


def test_ids_are_hashed_with_a_local_key(write, tmp_path, monkeypatch):
    path = write(as_csv())
    hashed = rs.read(path, INSTRUMENT).responses.respondent
    assert hashed[0] == hashed[3] and hashed[0] != hashed[1] and "001" not in set(hashed)
    assert rs.read(path, INSTRUMENT, ids="as-is").responses.respondent.tolist() == [
        "001",
        "002",
        "003",
        "001",
    ]
    monkeypatch.setenv("RELSURVEY_HOME", str(tmp_path / "other"))
    assert rs.read(path, INSTRUMENT).responses.respondent[0] != hashed[0]
    assert (tmp_path / "other" / "id.key").stat().st_mode & 0o777 == 0o600


def test_several_files_one_a_wave(write):
    header, rows = [h for h in HEADER if h != "wave"], [[*r[:2], *r[3:]] for r in ROWS[:3]]
    fall = write(as_csv(rows, header), "fall.csv")
    spring = write(as_csv(rows, header), "spring.csv")
    study = rs.read(
        [rs.Source(fall, wave="fall"), rs.Source(spring, wave="spring", school="West")], INSTRUMENT
    )
    assert study.responses.wave.tolist() == ["fall"] * 3 + ["spring"] * 3
    assert set(study.where(wave="spring").responses.school) == {"West"}


def test_a_ready_instrument_is_recognised(shared):
    study = rs.read(shared / "autonomy_support" / "autonomy_support.csv")
    assert study.instrument.id == "teacher-autonomy"


def test_a_file_that_is_no_ready_instruments_is_asked_about(write):
    with pytest.raises(MatchError, match="Name the instrument"):
        rs.read(write(as_csv()))


@pytest.mark.parametrize(
    ("content", "name", "says"),
    [
        (b"", "a.csv", "empty"),
        (b"student_id,b1,b2,b3\r\n", "a.csv", "no answers under it"),
        (b"one,two\r\n1,2\r\n", "a.csv", "no row in which a question"),
        (b"PK\x03\x04 not a zip", "a.xlsx", "damaged"),
        (b"not a workbook at all", "a.xlsx", "is not a workbook"),
        (b"\x05admin" + b" " * 160, "~$a.xlsx", r"Excel .* Close the workbook, or choose a\.xlsx\."),
        (b"\x00\x01\x02\x03" * 100, "a.csv", "cannot be read"),
        ('b1,b2,b3\r\n"never closed' + "x" * 2_000_000, "a.csv", "quotation mark"),
        (b"student_id,b1,b2,b3\r\ntest,Agree,Agree,Agree\r\n", "a.csv", "No rows are left"),
        (b",".join([b"x"] * 3000), "a.csv", "columns"),
    ],
)
def test_a_bad_file_is_one_sentence(write, content, name, says):
    with pytest.raises((ReadError, MatchError), match=says) as caught:
        rs.read(write(content, name), INSTRUMENT)
    assert "\n" not in str(caught.value) and len(str(caught.value)) < 400


def test_no_file_no_list_and_unknown_words(tmp_path):
    with pytest.raises(ReadError, match="There is no file"):
        rs.read(tmp_path / "none.csv", INSTRUMENT)
    with pytest.raises(ReadError, match="list is empty"):
        rs.read([], INSTRUMENT)
    with pytest.raises(ReadError, match="keep="):
        rs.read(tmp_path / "none.csv", INSTRUMENT, keep="newest")
    with pytest.raises(ReadError, match="ids="):
        rs.read(tmp_path / "none.csv", INSTRUMENT, ids="plain")


def test_no_message_holds_more_than_a_piece_of_an_answer(write):
    secret = "my teacher told me something and my name is Ana " * 10
    path = write(as_csv([[*ROWS[0][:5], secret, *ROWS[0][6:]]]))
    with pytest.raises(MatchError) as caught:
        rs.read(path, INSTRUMENT)
    assert secret not in str(caught.value)


def test_a_codebook_sheet_before_the_answers_is_passed_over(tmp_path):
    book = openpyxl.Workbook()
    book.active.title = "Codebook"
    book.active.append(["b1", "I belong here."])
    sheet = book.create_sheet("Answers")
    for row in [HEADER, *ROWS]:
        sheet.append(row)
    book.save(tmp_path / "a.xlsx")
    assert len(rs.read(tmp_path / "a.xlsx", INSTRUMENT).responses) == 4


@pytest.mark.parametrize("kept", ["others", "the same"])
def test_of_two_sheets_of_answers_none_is_dropped_unsaid(tmp_path, kept):
    book = openpyxl.Workbook()
    book.active.title = "North"
    sheet = book.create_sheet("South")
    for row in (HEADER, *ROWS):
        book.active.append(row)
        sheet.append([f"9{row[0]}" if kept == "others" and row != HEADER else row[0], *row[1:]])
    book.save(tmp_path / "a.xlsx")
    if kept == "the same":
        assert len(rs.read(tmp_path / "a.xlsx", INSTRUMENT).responses) == 4
    else:
        with pytest.raises(
            ReadError, match=r"2 sheets of a\.xlsx hold answers .*'North', 'South'\. Put their"
        ):
            rs.read(tmp_path / "a.xlsx", INSTRUMENT)


def test_rows_without_an_id_stay_in_a_part_of_a_study(write):
    rows = [*ROWS, ["", "North", "spring", *ROWS[0][3:8], "mine"], ["", "South", "spring", *ROWS[0][3:8], ""]]
    part = rs.read(write(as_csv(rows)), INSTRUMENT).where(school="North")
    assert len(part.responses) == 4
    assert steps(part, "where") == 2
    assert part.comments.text.tolist() == ["=1+1", "<b>hi</b>", "mine"]
    assert part.responses.loc[part.comments.index, "wave"].tolist() == ["fall", "spring", "spring"]
    assert part.where(wave="spring").comments.text.tolist() == ["<b>hi</b>", "mine"]


@pytest.mark.parametrize(
    ("first", "second", "kept"),
    [
        ("2024-01-02 09:05:00", "2024-01-02 10:00:00", 2),
        ("2024-01-02 10:00:00", "2024-01-02 09:05:00", 4),
        # Hours of one digit do not sort as text: the file's order decides.
        ("2024-01-02 9:05", "2024-01-02 10:00", 2),
        ("1/2/2024 10:00", "12/1/2023 9:00", 2),
    ],
)
def test_the_later_of_two_rows_is_the_one_handed_in_later(write, first, second, kept):
    header = ["Timestamp", *HEADER]
    twice = [[first, *ROWS[0]], [second, *ROWS[0][:5], "Disagree", *ROWS[0][6:]]]
    assert rs.read(write(as_csv(twice, header)), INSTRUMENT).responses.b1.tolist() == [kept]


def test_spellings_of_a_category_nobody_listed_are_one(write):
    cells = [
        [f"{i}", *ROWS[0][1:3], g, *ROWS[0][4:]] for i, g in enumerate(["Agender", "agender", "AGENDER "])
    ]
    assert rs.read(write(as_csv(cells)), INSTRUMENT).responses.gender.tolist() == ["Agender"] * 3


def test_a_damaged_key_is_said_and_never_used(write, tmp_path, monkeypatch):
    monkeypatch.setenv("RELSURVEY_HOME", str(tmp_path / "home"))
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "id.key").write_bytes(b"")
    with pytest.raises(ReadError, match="damaged"):
        rs.read(write(as_csv()), INSTRUMENT)


def test_what_is_no_source_is_said_in_a_sentence():
    with pytest.raises(ReadError, match="int cannot be read"):
        rs.read(pd.Series(["a", "b"]).map(lambda _: 3), INSTRUMENT)


def test_the_older_workbook_format(tmp_path):
    """`answers.xls` was written once by a spreadsheet library that still writes the old format."""
    study = rs.read(Path(__file__).parent / "answers.xls", INSTRUMENT)
    assert study.responses.b1.tolist() == [4, 3, 4, 5]


def test_an_instrument_that_asks_about_protected_topics_says_so(write):
    warned = rs.read(write(as_csv()), INSTRUMENT.model_copy(update={"ppra": True}))
    assert steps(warned, "ppra") == 4
