"""Aeries' table of grades: a term a marking period, words about students left out, and what is refused."""

from __future__ import annotations

import pandas as pd
import pytest

from relsurvey.errors import ReadError
from relsurvey.grading import Policy, df_rates, read_gradebook, regrade

HEAD = ("STU.ID", "STU.NM", "STU.GR", "GRD.PD", "GRD.CN", "CRS.CO", "GRD.TN", "GRD.M1", "GRD.M2", "GRD.M3",
        "GRD.CI", "GRD.WH", "GRD.C1", "GRD.CR")  # fmt: skip
ROWS = (
    ("00101", "Rivera, Ana", "9", "1", "0100", "Algebra 1", "17", "B", "C+", "", "O", "S", "12", "5"),
    ("00102", "Wei, Li", "9", "1", "0100", "Algebra 1", "17", "F", "", "", "N", "N", "9", "5"),
    ("00101", "Rivera, Ana", "9", "2", "0200", "English 9", "18", "A", "A-", "", "O", "O", "", "5"),
    ("00102", "Wei, Li", "9", "2", "0200", "English 9", "18", "", "", "", "", "", "", "5"),
)


def frame(rows=ROWS, head=HEAD):
    return pd.DataFrame(rows, columns=head)


def test_each_marking_period_is_a_term():
    found = read_gradebook(frame())
    assert found.marks[["student", "course", "term", "letter", "credits"]].to_numpy().tolist() == [
        ["00101", "Algebra 1", "M1", "B", 5.0],
        ["00101", "Algebra 1", "M2", "C+", 5.0],
        ["00102", "Algebra 1", "M1", "F", 5.0],
        ["00101", "English 9", "M1", "A", 5.0],
        ["00101", "English 9", "M2", "A-", 5.0],
    ]
    said = found.ledger["what"].tolist()
    assert "marks stand under marking periods: M1, M2" in said
    assert "comments, citizenship and work habits were left out" in said
    assert found.marks["teacher"].nunique() == 2 and not set(found.marks["teacher"]) & {"17", "18"}
    everything = found.marks.astype(str).to_csv() + found.ledger.to_csv() + repr(found)
    assert not any(name in everything for name in ("Rivera", "Ana", "Wei"))
    assert df_rates(found).table["df"].notna().any()


@pytest.mark.parametrize("form", ["bare", "csv", "semicolons"])
def test_other_spellings_read_alike(tmp_path, form):
    usual = read_gradebook(frame())
    if form == "bare":
        given = frame(head=tuple(name.partition(".")[2] for name in HEAD))
    else:
        given = tmp_path / "grades.csv"
        frame().to_csv(given, index=False, sep=";" if form == "semicolons" else ",", encoding="utf-8-sig")
    pd.testing.assert_frame_equal(read_gradebook(given).marks, usual.marks)


def test_numbers_are_percents_and_can_have_a_floor():
    rows = [
        (*row[:7], *(mark and str(60 + 5 * len(row[5]) - 70) for mark in row[7:10]), *row[10:])
        for row in ROWS
    ]
    found = read_gradebook(
        frame(rows), mapping={"layout": "aeries", "cuts": {"A": 90, "B": 80, "C": 70, "D": 36, "F": 0}}
    )
    assert found.marks["percent"].tolist() == [35.0] * 5
    assert found.marks["letter"].tolist() == ["F"] * 5
    after = regrade(found, Policy(id="f", floor={"percent": 50, "on": "mark"}))
    assert after.marks["percent"].tolist() == [50.0] * 5


def test_two_sections_of_a_course():
    moved = ("00102", "Wei, Li", "9", "3", "0100", "Algebra 1", "19", "", "D", "", "", "", "", "5")
    assert len(read_gradebook(frame([*ROWS, moved])).marks) == 6
    both = ("00102", "Wei, Li", "9", "3", "0100", "Algebra 1", "19", "C", "", "", "", "", "", "5")
    with pytest.raises(
        ReadError, match=r"1 mark of a student, course and term .* Keep the section"
    ) as caught:
        read_gradebook(frame([*ROWS, both]))
    assert "Wei" not in str(caught.value) and "00102" not in str(caught.value)


@pytest.mark.parametrize(
    ("out", "message"),
    [(("STU.ID",), "without the students' ids"), (("GRD.CN", "CRS.CO"), "without courses")],
)
def test_half_a_header_is_refused(out, message):
    with pytest.raises(ReadError, match=message):
        read_gradebook(frame().drop(columns=list(out)))


def test_no_mark_at_all_and_tables_that_are_not_this_one():
    rows = [(*row[:7], "", "", "", *row[10:]) for row in ROWS]
    with pytest.raises(ReadError, match="no mark in any marking period"):
        read_gradebook(frame(rows))
    work = pd.DataFrame({"Student ID": ["7", "8"], "M1 (10 pts)": ["8", "9"], "M2 (10 pts)": ["7", "9"]})
    assert len(read_gradebook(work).scores) == 4
