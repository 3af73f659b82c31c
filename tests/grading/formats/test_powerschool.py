"""PowerSchool's StoredGrades: marks, credits, store codes that are used again, and what is refused."""

from __future__ import annotations

import pandas as pd
import pytest

from relsurvey.errors import AnalysisError, ReadError
from relsurvey.grading import Policy, df_rates, on_track, read_gradebook, regrade

HEAD = (
    "Student_Number", "LastFirst", "SchoolName", "Grade_Level", "Course_Number", "Course_Name", "StoreCode",
    "TermID", "Teacher_Name", "Grade", "Percent", "EarnedCrHrs", "PotentialCrHrs", "Comment_Value",
)  # fmt: skip
ANA, LI = ("00101", "Rivera, Ana", "Sierra", "9"), ("00102", "Wei, Li", "Sierra", "9")
ALGEBRA, ENGLISH = ("ALG1", "Algebra 1", "S1", "3601"), ("ENG9", "English 9", "S1", "3601")
ROWS = (
    (*ANA, *ALGEBRA, "Hopper, Grace", "B", "84", "5", "5", "kind"),
    (*LI, *ALGEBRA, "Hopper, Grace", "F", "42", "0", "5", ""),
    (*ANA, *ENGLISH, "Lovelace, Ada", "A-", "91", "5", "5", ""),
    (*LI, *ENGLISH, "Lovelace, Ada", "D", "65", "5", "5", ""),
)
NAMES = ("Rivera", "Ana", "Wei", "Hopper", "Grace,", "Lovelace", "kind")


def lines(rows=ROWS, head=HEAD, by="\t", ends="\r\n"):
    """Return an export as text."""
    return ends.join(by.join(f'"{cell}"' if by in cell else cell for cell in row) for row in (head, *rows))


def written(folder, *args, name="StoredGrades.txt", encoding="utf-8", **how):
    path = folder / name
    path.write_text(lines(*args, **how), encoding, newline="")
    return path


def changed(place, column, value):
    rows = [list(row) for row in ROWS]
    rows[place][HEAD.index(column)] = value
    return rows


def test_marks_credits_and_teachers(tmp_path):
    found = read_gradebook(written(tmp_path))
    marks = found.marks
    assert marks[["student", "school", "course", "term", "letter", "percent"]].to_numpy().tolist() == [
        ["00101", "Sierra", "Algebra 1", "S1", "B", 84.0],
        ["00102", "Sierra", "Algebra 1", "S1", "F", 42.0],
        ["00101", "Sierra", "English 9", "S1", "A-", 91.0],
        ["00102", "Sierra", "English 9", "S1", "D", 65.0],
    ]
    assert marks["credits"].tolist() == [5.0] * 4 and marks["credits_earned"].tolist() == [5.0, 0.0, 5.0, 5.0]
    assert marks["grade_level"].tolist() == ["9"] * 4
    assert marks["teacher"].nunique() == 2 and marks["teacher"].str.fullmatch("[0-9a-f]{16}").all()
    everything = found.marks.astype(str).to_csv() + found.ledger.to_csv() + repr(found)
    assert not any(name in everything for name in NAMES)
    assert not len(found.scores)
    effects = found.ledger.groupby("effect")["rows"].sum()
    assert effects["rows in"] == effects["rows kept"] == 4


@pytest.mark.parametrize(
    "how",
    [
        {"by": ","}, {"by": ";"}, {"encoding": "utf-8-sig"}, {"ends": "\n"},
        {"head": tuple(f"[StoredGrades]{name}" for name in HEAD)},
        {"head": tuple(name.upper() for name in HEAD)},
    ],
)  # fmt: skip
def test_every_spelling_of_an_export_reads_alike(tmp_path, how):
    usual = read_gradebook(written(tmp_path))
    found = read_gradebook(written(tmp_path, name="b.txt", **how))
    pd.testing.assert_frame_equal(found.marks, usual.marks)


def test_a_store_code_that_is_used_again(tmp_path):
    twice = [*ROWS, changed(0, "Grade", "A")[0]]
    with pytest.raises(
        ReadError, match=r"1 mark of a student, course and term .* rows 2 and 6. A store code"
    ) as caught:
        read_gradebook(written(tmp_path, twice))
    assert not any(name in str(caught.value) for name in (*NAMES, "00101"))
    same = read_gradebook(written(tmp_path, [*ROWS, ROWS[0]]))
    assert len(same.marks) == 4
    assert same.ledger.loc[same.ledger["step"] == "duplicates", "rows"].tolist() == [1]
    years = read_gradebook(written(tmp_path, [*ROWS, changed(0, "TermID", "3501")[0]]))
    assert set(years.marks["term"]) == {"2026-27 S1", "2025-26 S1"}


def test_courses_of_one_name_and_percents_of_zero(tmp_path):
    both = [
        *ROWS,
        ("00101", "", "Sierra", "9", "ALG1B", "Algebra 1", "S1", "3601", "", "C", "0", "5", "5", ""),
    ]
    marks = read_gradebook(written(tmp_path, both)).marks
    assert {"Algebra 1 (ALG1)", "Algebra 1 (ALG1B)"} < set(marks["course"])
    assert marks["percent"].isna().tolist() == [False] * 4 + [True]


def test_numbers_in_place_of_letters(tmp_path):
    rows = [[*row[:9], row[10], "", *row[11:]] for row in ROWS]
    path = written(tmp_path, rows)
    assert read_gradebook(path).marks["percent"].tolist() == [84.0, 42.0, 91.0, 65.0]
    cuts = {"A": 90, "B": 80, "C": 70, "D": 60, "F": 0}
    found = read_gradebook(path, mapping={"layout": "powerschool", "cuts": cuts})
    assert found.marks["letter"].tolist() == ["B", "F", "A", "D"]


def test_what_is_not_whole_is_refused(tmp_path):
    without = [row[2:] for row in ROWS]
    with pytest.raises(ReadError, match="without `Student_Number`"):
        read_gradebook(written(tmp_path, without, HEAD[2:]))
    with pytest.raises(ReadError, match=r"1\.2E\+05"):
        read_gradebook(written(tmp_path, changed(0, "Student_Number", "1.2E+05")))
    with pytest.raises(ReadError, match="1 row without an id"):
        read_gradebook(written(tmp_path, changed(0, "Student_Number", "")))
    with pytest.raises(ReadError, match="holds no number"):
        read_gradebook(written(tmp_path, changed(0, "PotentialCrHrs", "five")))


def test_marks_alone_answer_what_marks_can(tmp_path):
    found = read_gradebook(
        written(tmp_path),
        mapping={
            "layout": "powerschool",
            "courses": {"Algebra 1": {"core": True}, "English 9": {"core": True}},
        },
    )
    assert df_rates(found).table["df"].notna().any()
    assert len(on_track(found, year_course=10).table)
    after = regrade(found, Policy(id="f", floor={"percent": 50, "on": "mark"}))
    assert after.marks["percent"].tolist() == [84.0, 50.0, 91.0, 65.0]
    with pytest.raises(AnalysisError, match="marks alone"):
        regrade(found, Policy(id="s", floor={"percent": 50, "on": "score"}))


def test_a_mapping_that_names_the_columns_wins(tmp_path):
    columns = {"Student_Number": "student", "Course_Number": "course", "StoreCode": "term", "Grade": "letter"}
    found = read_gradebook(written(tmp_path), mapping={"layout": "marks", "columns": columns})
    assert set(found.marks["course"]) == {"ALG1", "ENG9"}


@pytest.mark.parametrize(
    ("grades", "percents", "read"),
    [
        (["84%", "42 %", "91%", "65.5%"], ["0"] * 4, [84, 42, 91, 65.5]),
        (["84%", "42%", "91%", ""], ["", "", "", ""], [84, 42, 91, None]),
        # A small percent is no grade point.
        (["3%", "2%", "0%", "1%"], ["0"] * 4, [3, 2, 0, 1]),
        (["B", "F", "A-", "D"], ["84%", "42%", "91%", "65%"], [84, 42, 91, 65]),
    ],
)
def test_marks_written_with_a_percent_sign_are_percents_and_it_is_said(tmp_path, grades, percents, read):
    rows = [list(row) for row in ROWS]
    for row, grade, percent in zip(rows, grades, percents, strict=True):
        row[HEAD.index("Grade")], row[HEAD.index("Percent")] = grade, percent
    found = read_gradebook(written(tmp_path, rows))
    percent = found.marks["percent"]
    assert percent.astype(object).where(percent.notna(), None).tolist() == read
    said = found.ledger[found.ledger["what"] == "marks written as 87% were taken as percents"]
    assert said["rows"].tolist() == [4 - read.count(None)]
    assert df_rates(found).whole["n_marks"].tolist() == [4 - read.count(None)]


def test_percents_among_letters_are_percents_and_no_incomplete(tmp_path):
    rows = [list(row) for row in ROWS]
    for row, grade, percent in zip(rows, ["84%", "P", "91%", "I"], ["0", "", "90.6", ""], strict=True):
        row[HEAD.index("Grade")], row[HEAD.index("Percent")] = grade, percent
    found = read_gradebook(written(tmp_path, rows))
    marks = found.marks[["letter", "percent"]].astype(object)
    assert marks.where(marks.notna(), None).to_numpy().tolist() == [
        [None, 84], ["P", None], [None, 90.6], ["I", None],
    ]  # fmt: skip
    said = found.ledger.set_index("what")["rows"]
    assert said["marks written as 87% in 'Grade' were taken as percents"] == 2
    assert said["1 texts are no letters, such as an incomplete, and were kept"] == 1
