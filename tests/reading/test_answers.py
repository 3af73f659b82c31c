"""What a cell means: labels in any spelling, codes, both together, and what is no answer."""

from __future__ import annotations

import math

import pandas as pd
import pytest

import relsurvey as rs
from relsurvey.errors import MatchError
from relsurvey.instrument import Instrument
from relsurvey.reading.answers import Reader
from tests.reading.formats.canon import INSTRUMENT
from tests.reading.formats.check import assert_adds_up

AGREE = Reader(INSTRUMENT.options["agree5"])
DAYS = Reader(INSTRUMENT.options["days"])


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("Agree", 4),
        ("AGREE", 4),
        ("  agree  ", 4),
        ("Strongly  agree", 5),
        ("Strongly agree", 5),
        ("Strongly\u00a0agree", 5),
        ("Don’t agree or disagree", 3),
        ("Don't agree or disagree", 3),
        ("Don`t agree or disagree", 3),
        ("De acuerdo", 4),
        ("MUY EN DESACUERDO", 1),
        ("4", 4),
        ("4.0", 4),
        ("4,0", 4),
        (" 4 ", 4),
        ("4 - Agree", 4),
        ("4 – Agree", 4),
        ("4: Agree", 4),
        ("4. Agree", 4),
        ("4) Agree", 4),
        ("(4) Agree", 4),
        ("4 = Agree", 4),
        ("4 Agree", 4),
        ("Agree (4)", 4),
        ("Agree [4]", 4),
        ("Agree - 4", 4),
        ("Agree=4", 4),
        ("5 - Muy de acuerdo", 5),
    ],
)
def test_an_answer_in_any_spelling(cell, code):
    meaning = AGREE.meaning(cell)
    assert (meaning.kind, meaning.code) == ("labels", code)


@pytest.mark.parametrize("cell", ["Not sure", "No sé", "NOT SURE"])
def test_an_answer_that_is_not_counted(cell):
    meaning = AGREE.meaning(cell)
    assert meaning.kind == "not counted" and math.isnan(meaning.code)


@pytest.mark.parametrize(
    "cell", ["-99", "99", "-99.0", "-9", "999", "N/A", "n/a", "NA", ".", "-", "#N/A", "NaN"]
)
def test_what_is_no_answer_by_custom(cell):
    assert AGREE.meaning(cell).kind == "missing codes"


@pytest.mark.parametrize("cell", ["", " ", "\u00a0", "\u200b"])
def test_a_blank(cell):
    assert AGREE.meaning(cell).kind == "blank answers"


@pytest.mark.parametrize(
    "cell",
    [
        "Agre",
        "Agree agree",
        "6",
        "0",
        "4.5",
        "-4",
        "44",
        "1e0x",
        "Yes",
        "4 - Disagreee",
        "Strongly",
        "x" * 5000,
    ],
)
def test_what_fits_nothing_is_not_guessed(cell):
    assert AGREE.meaning(cell).kind == "unmatched labels"


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("1-2", 1),
        ("1–2", 1),
        ("2026-01-02", 1),
        ("2026-01-02 00:00:00", 1),
        ("2-Jan", 1),
        ("02-Jan", 1),
        ("Jan-02", 1),
        ("2-ene", 1),
        ("2026-03-04 00:00:00", 2),
        ("4-Mar", 2),
        ("3-abr", 2),
    ],
)
def test_a_label_that_a_spreadsheet_turned_into_a_date(cell, code):
    assert DAYS.meaning(cell).code == code


@pytest.mark.parametrize("cell", ["2026-05-06 00:00:00", "2026-01-02 09:30:00", "6-May", "31-Dec"])
def test_a_date_that_was_no_label(cell):
    assert DAYS.meaning(cell).kind == "unmatched labels"


def test_a_date_that_could_be_two_labels_is_not_guessed():
    both = Instrument.parse(
        "format: 1\nid: a\nversion: '1'\ntitle: A\nsource: Ours.\noptions:\n  o:\n"
        "    - {code: 1, label: 1-2}\n    - {code: 2, label: 2-1, favorable: true}\n"
        "scales: {s: {title: S, items: [q]}}\nitems: {q: {text: Q, options: o}}\n"
    )
    assert Reader(both.options["o"]).meaning("2026-01-02").kind == "unmatched labels"


def frame(**columns):
    """Return a table with the canon's questions; what is not given is 'Agree' and '5'."""
    height = len(next(iter(columns.values())))
    rest = {
        "b1": ["Agree"] * height,
        "b2": ["Agree"] * height,
        "b3": ["Agree"] * height,
        "d1": ["5"] * height,
    }
    return pd.DataFrame({**rest, **columns})


def test_labels_win_where_the_files_numbers_run_the_other_way():
    study = rs.read(frame(b1=["1 - Strongly agree", "5 - Strongly disagree", "2 - Agree"]), INSTRUMENT)
    assert study.responses.b1.tolist() == [5, 1, 4]
    assert "code direction" in set(study.ledger.step)
    assert_adds_up(study)


def test_a_bare_number_is_not_guessed_where_the_numbers_run_the_other_way():
    rows = frame(b1=["1 - Strongly agree", "5", "2 - Agree"])
    with pytest.raises(MatchError, match=r"column 'b1': '5'"):
        rs.read(rows, INSTRUMENT)
    study = rs.read(rows, INSTRUMENT, mapping={"labels": {"agree5": {"5": 1}}})
    assert study.responses.b1.tolist() == [5, 1, 4]


def test_codes_and_labels_may_be_mixed():
    study = rs.read(frame(b1=["4", "Agree", "4 - Agree", "De acuerdo", 4.0]), INSTRUMENT)
    assert study.responses.b1.tolist() == [4] * 5
    assert_adds_up(study)


def test_what_is_no_answer_is_counted_in_the_ledger():
    study = rs.read(frame(b1=["-99", "N/A", ".", "Agree"]), INSTRUMENT)
    assert study.ledger.loc[study.ledger.step == "missing codes", "rows"].sum() == 3
    assert study.answers.b1.tolist() == ["-99", "N/A", ".", "Agree"]
    assert_adds_up(study)


def test_an_unmatched_label_names_the_three_nearest_and_the_line_to_write():
    with pytest.raises(MatchError) as caught:
        rs.read(frame(b1=["Agree somewhat", "Agree"]), INSTRUMENT)
    (problem,) = caught.value.unmatched
    assert problem.nearest == ("Agree", "Strongly agree", "Strongly disagree")
    assert problem.line == "labels: {agree5: {'Agree somewhat': 'Agree'}}"
    assert problem.line in str(caught.value)


def test_students_own_words_in_a_column_of_answers_are_not_listed_one_by_one():
    words = [f"my own words, number {i}" for i in range(400)]
    study = rs.read(frame(b1=words), INSTRUMENT, strict=False)
    said = study.ledger[study.ledger.step == "unmatched labels"]
    assert len(said) < 20 and said.rows.sum() == 400
    assert_adds_up(study)
