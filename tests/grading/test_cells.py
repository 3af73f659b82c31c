"""One way to read the cells of a gradebook: numbers, codes, and what is asked about."""

from __future__ import annotations

import math
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relsurvey.errors import ReadError
from relsurvey.grading.cells import bare, cells, dated, decimal_sign, number, plain_number, unexplained_error
from relsurvey.reading.opening import Column

NUMBERS = [
    ("8", 8, 8),
    ("8.", 8, 8),
    (".5", 0.5, 0.5),
    (",5", 0.5, 0.5),
    ("8,5", 8.5, 8.5),
    ("8.5", 8.5, 8.5),
    ("-2", -2, -2),
    ("\N{MINUS SIGN}2", -2, -2),
    ("+2", 2, 2),
    (" 8\u00a0", 8, 8),
    ('="8.5"', 8.5, 8.5),
    ("0,125", 0.125, 0.125),
    ("12.345,6", 12345.6, 12345.6),
    ("12,345.6", 12345.6, 12345.6),
    ("1,234,567", 1234567, 1234567),
    ("1.234.567", 1234567, 1234567),
    ("1 234", 1234, 1234),
    ("1\u202f234,5", 1234.5, 1234.5),
    ("1'234.5", 1234.5, 1234.5),
    ("1,234", 1234, 1.234),
    ("1.234", 1.234, 1234),
    ("-1,234", -1234, -1.234),
    ("1e-05", 1e-05, 1e-05),
    ("1.5E+02", 150, 150),
]
TEXTS = ["", "A", "8 5", "8 50", "1E5", "8..5", "8,5,5", "1,23,456", "1,234 567", "1.234,567,8", "nan", "inf"]
TEXTS += [
    "-inf",
    "1_000",
    "٨",
    "--8",
    "8-",
    "(8)",
    "1e+99",
    "9" * 16,
    "0x10",
    "8/10/12",
    "8/-10",
    "/10",
    "8/",
    "%",
]


@pytest.mark.parametrize(("text", "point", "comma"), NUMBERS, ids=[text for text, _, _ in NUMBERS])
def test_a_number_is_read_as_it_was_meant(text, point, comma):
    assert plain_number(text, ".") == point
    assert plain_number(text, ",") == comma


@pytest.mark.parametrize("text", TEXTS)
def test_what_is_no_number_is_none(text):
    assert number(text) is None and number(text, ",") is None


def test_percents_and_fractions_name_their_points():
    assert number("85 %") == (85, 100, True)
    assert number("8,5/10") == (8.5, 10, False)
    assert number("2/0") == (2, 0, False) and number("2/.5") == (2, 0.5, False)
    assert number("1,5/1.000", ",") == (1.5, 1000, False)
    value, of, percent = number("8")
    assert (value, percent) == (8, False) and math.isnan(of)


@given(st.decimals(-9_999, 9_999, places=2), st.sampled_from([",", "."]))
def test_two_decimals_are_read_under_either_sign(value, sign):
    text = str(value).replace(".", sign)
    assert plain_number(text, ".") == plain_number(text, ",") == float(value)


@pytest.mark.parametrize(
    ("texts", "sign"),
    [
        ([], "."),
        (["8", "x"], "."),
        (["8.5", "1,234"], "."),
        (["8,5", "1.234"], ","),
        (["8,5", "1,234"], ","),
        (["1.234"], "."),
        (["8.5", "8,5"], "."),
        (["1,234,567"], "."),
        (["1.234.567", "1,5"], ","),
        (["90,5%", "1.234"], ","),
        (["8,5/10", "1.234"], ","),
    ],
)
def test_the_other_numbers_of_a_file_tell_its_decimal_sign(texts, sign):
    assert decimal_sign(texts, None, "a.csv") == sign


@pytest.mark.parametrize(
    ("texts", "example"),
    [(["1,234"], "1,234"), (["1.234", "8.5", "8,5"], "1.234"), (["-2,500", "9"], "1,234")],
)
def test_numbers_that_can_be_two_are_asked_about(texts, example):
    with pytest.raises(ReadError, match=f"a.csv has numbers such as {example}, .*`decimal:"):
        decimal_sign(texts, None, "a.csv")
    assert decimal_sign(texts, ",", "a.csv") == ","


def test_a_code_comes_before_a_number_and_whatever_its_look():
    column = Column.of(["1", "1.0", " nhi ", "N‐H", "ex", "N/A", "", "\u200b", "?", "?"])
    found = cells(column, {"1": "missing", "NHI": 5, "N-H": "ungraded", "late": "late"})
    assert found.status.tolist() == [
        "missing", "scored", "scored", "ungraded", "excused", "not_assigned", "ungraded", "ungraded",
        "ungraded", "ungraded",
    ]  # fmt: skip
    assert found.code.tolist() == ["1", None, "NHI", "", "EX", "N/A", "", "", None, None]
    assert found.number[[1, 2]].tolist() == [1, 5]
    assert found.known.tolist() == [True] * 8 + [False] * 2
    assert found.unexplained == {"?": 2} and found.coded["NHI"] == 1


def test_a_usual_code_may_mean_something_else():
    found = cells(Column.of(["EX", "late"]), {"ex": 0, "late": "late"})
    assert found.number.tolist()[0] == 0 and found.unexplained == {"late": 1}


def test_the_error_lists_short_texts_and_proposes_no_number():
    found = [("Quiz", Counter({"NHI": 3, "B+": 2, "8 5": 1, "2026-03-04": 4, "a remark of a teacher": 1}))]
    message = str(unexplained_error(found, "a.csv", "row 7, column C"))
    assert "11 cells hold" in message and "first in row 7, column C" in message
    assert "'NHI' (3), 'B+' (2), '8 5' (1), dates (4), longer texts (1)" in message
    assert '`codes: {"NHI": missing, "B+": NUMBER, "8 5": NUMBER}`' in message
    assert "remark" not in message and "2026" not in message
    assert message.index("makes dates of scores") < message.index("Say what each")


def test_the_error_quotes_no_more_than_it_has_to():
    exactly, longer = "x" * 12, "y" * 13
    message = str(unexplained_error([("Quiz", Counter({exactly: 1, longer: 1}))], "a.csv", "row 2"))
    assert exactly in message and longer not in message and "longer texts (1)" in message
    columns = [(name, Counter({f"{name}{i}": 1 for i in "abcdefgh"})) for name in ("p", "q")]
    assert ", 4 more, first in" in str(unexplained_error(columns, "a.csv", "row 2"))
    many = [("Remarks", Counter({f"text {i}": 1 for i in range(13)}))]
    assert "'Remarks' holds 13 different texts" in str(unexplained_error(many, "a.csv", "row 2"))


@pytest.mark.parametrize(
    "text", ["2026-03-04", "3/4/2026", "4.3.26", "4-Mar", "Mar-04", "2026-03-04 00:00:00"]
)
def test_what_a_spreadsheet_makes_of_a_fraction_is_known(text):
    assert dated(text) and number(text) is None


@pytest.mark.parametrize("text", ["8 pts", "M-1", "3/4", "12", "5-Mai-7"])
def test_other_texts_are_no_dates(text):
    assert not dated(text)


def test_unseen_signs_and_the_formula_around_a_text_are_left_out():
    assert [bare(text) for text in ("\ufeffa\u2060", '="a ""b"""', "=1+1", ' =" 007 "')] == [
        "a", 'a "b"', "=1+1", "007",
    ]  # fmt: skip
