"""A gradebook joined to a survey: by id, however it is written; what is not found is counted."""

from __future__ import annotations

import re

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import relsurvey as rs
from relsurvey.errors import AnalysisError
from relsurvey.grading import Gradebook
from relsurvey.reading import identity
from tests.grades.made import HILL, INSTRUMENT, row, town


def read(rows, ids="hashed", **more):
    return rs.read(pd.DataFrame(rows), INSTRUMENT, ids=ids, **more)


def book(*students, letter="B", **columns):
    return Gradebook.of(marks=pd.DataFrame({"student": list(students), "letter": letter, **columns}))


def lines(study):
    found = study.ledger[study.ledger.step == "gradebook"]
    return list(zip(found.rows, found.what, strict=True))


BOTH = pytest.mark.parametrize("ids", ["hashed", "as-is"])


@BOTH
@pytest.mark.parametrize(
    ("ours", "theirs"),
    [("00123", "123"), ("123", "00123"), ("123", 123), ("123", 123.0), ("00123", "123.0"), (" a-7", "a-7 ")],
)
def test_zeros_and_dots_do_not_matter(ids, ours, theirs):
    study = read([row(ours, "few"), row("9", "few")], ids).with_gradebook(book(theirs, "77"))
    assert study.gradebook.marks.student[0] == study.responses.respondent[0]
    assert study.gradebook.marks.student[1] not in set(study.responses.respondent)
    assert lines(study) == [
        (1, "rows belong to a student in the gradebook"),
        (1, "rows belong to no student in the gradebook, and were kept"),
        (1, "students in the gradebook are in no row"),
    ]


def test_a_hashed_study_holds_no_id_of_the_gradebook():
    answers, marks = town({"Hill": HILL})
    scores = pd.DataFrame({"student": ["00001", "4711"], "item": "a", "raw": 1.0, "points_possible": 2.0})
    totals = pd.DataFrame({"student": ["00001", "4711"], "final": 50.0})
    whole = Gradebook.of(scores, marks.marks, totals=totals)
    study = read(answers).with_gradebook(whole)
    for frame in (study.gradebook.scores, study.gradebook.marks, study.gradebook.totals):
        assert frame["student"].str.fullmatch(r"[0-9a-f]{16}").all()
    assert study.gradebook.scores.student[0] == study.responses.respondent[0]
    assert whole.marks.student[0] == "00001", "the gradebook that was given stays as it is"
    assert study.roster is None and read(answers).gradebook is None


@BOTH
def test_a_gradebook_read_with_hashed_ids_is_joined_too(ids):
    key = identity.local_key()
    study = read([row("00123", "few"), row("5", "few")], ids)
    joined = study.with_gradebook(book(identity.replaced("123", key), identity.replaced("9", key)))
    assert joined.gradebook.marks.student[0] == study.responses.respondent[0]
    assert lines(joined)[0] == (1, "rows belong to a student in the gradebook")


@BOTH
def test_an_id_of_two_schools_is_the_student_of_the_school_that_the_survey_names(ids):
    rows = [
        row("7", "few", "Hill"),
        row("7", "strong", "Lake"),
        row("8", "few", "Hill"),
        row("9", "few", "Hill"),
    ]
    marks = book("7", "7", "8", "8", "9", "9", letter=list("ABCDFA"),
                 school=["Hill", "Lake", "Hill", "Lake", "Bay", "Cove"])  # fmt: skip
    study = read(rows, ids).with_gradebook(marks)
    own = study.responses.respondent.tolist()
    assert len(set(own)) == 4
    found = dict(zip(study.gradebook.marks.letter, study.gradebook.marks.student, strict=True))
    marked = study.gradebook.marks
    assert marked.student.tolist()[:3] == own[:3] and found["B"] == own[1]
    # 8 at Lake is another student; of 9 neither school is the survey's.
    assert not set(marked.student[3:]) & set(own)
    assert (3, "of these have an id that two schools of the gradebook gave, so they are nobody's") in lines(
        study
    )


def test_a_table_without_schools_says_nothing_against_an_id():
    marks = pd.DataFrame({"student": ["7"], "letter": "B", "school": "Hill"})
    totals = pd.DataFrame({"student": ["7"], "final": 85.0})
    study = read([row("7", "few")]).with_gradebook(Gradebook.of(marks=marks, totals=totals))
    assert (
        study.gradebook.totals.student[0] == study.gradebook.marks.student[0] == study.responses.respondent[0]
    )


def test_a_roster_and_a_gradebook_find_the_same_students():
    rows = [row(f"{k:04d}", "few", "Hill" if k % 2 else "Lake") for k in range(1, 31)]
    roster = pd.DataFrame({"student_id": [str(k) for k in range(1, 31)], "opt_out": ["yes"] + ["no"] * 29})
    marks = book(*(str(k) for k in range(1, 31)))
    first = read(rows).with_roster(roster).with_gradebook(marks)
    last = read(rows).with_gradebook(marks).with_roster(roster)
    assert (
        set(first.responses.respondent)
        <= set(first.gradebook.marks.student)
        == set(last.gradebook.marks.student)
    )
    assert len(first.responses) == len(last.responses) == 29
    assert (1, "students in the gradebook are in no row") in lines(first)


def test_rows_without_an_id_are_kept_and_counted_as_not_found():
    study = read([row("1", "few"), row("", "few"), row("", "strong")]).with_gradebook(book("1"))
    assert lines(study)[1] == (2, "rows belong to no student in the gradebook, and were kept")
    assert len(study.responses) == 3


def test_the_second_gradebook_takes_the_place_of_the_first():
    study = read([row("1", "few")]).with_gradebook(book("1", "2")).with_gradebook(book("1"))
    assert lines(study) == [(1, "rows belong to a student in the gradebook")]
    assert len(study.gradebook.marks) == 1


def test_where_and_without_keep_the_gradebook():
    rows = [row("1", "few", "Hill"), row("2", "few", "Lake"), row("2", "few", "Lake", "fall")]
    study = read(rows).with_gradebook(book("1", "2"))
    assert study.where(school="Lake").gradebook is study.gradebook
    assert study.where(wave="fall").gradebook is study.gradebook
    assert study.without(study.responses.school == "Hill").gradebook is study.gradebook


@BOTH
def test_no_student_in_both_is_refused_without_naming_an_id(ids):
    study = read([row("S100", "few"), row("S101", "few")], ids)
    many = book(*(f"7{k:04d}" for k in range(40)))
    with pytest.raises(AnalysisError) as error:
        study.with_gradebook(many)
    text = str(error.value)
    assert "mostly like 99999 (9 for a digit, a for a letter)" in text
    assert ("keyed hashes of its column" in text) is (ids == "hashed")
    assert not re.search(r"7000\d|S10\d", text)
    with pytest.raises(
        AnalysisError, match=r"the gradebook's are as in its file \(of Canvas the SIS User ID"
    ):
        study.with_gradebook(book("ana", "71"))
    with pytest.raises(AnalysisError, match=r"the gradebook's are keyed hashes. .* on this machine"):
        study.with_gradebook(book(*(f"{k:016x}" for k in range(40))))
    with pytest.raises(AnalysisError, match="names no student"):
        study.with_gradebook(Gradebook.of())


@BOTH
def test_a_survey_without_ids_is_refused(ids):
    rows = pd.DataFrame([row("1", "few"), row("2", "few")]).drop(columns="student_id")
    with pytest.raises(AnalysisError, match=r"no students' ids, so nothing says whose marks are whose"):
        read(rows, ids).with_gradebook(book("row-1", "row-2", "1"))


@settings(deadline=None)
@given(
    st.lists(
        st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=12).filter(str.strip),
        min_size=1, max_size=6, unique=True,
    )
)  # fmt: skip
def test_hostile_ids_join_with_themselves_and_are_never_shown(texts):
    responses = pd.DataFrame({"respondent": texts})
    key = identity.local_key()
    from relsurvey.grades.join import join

    hashed = responses.assign(respondent=[identity.replaced(text, key) for text in texts])
    joined, entries = join(book(*texts, "=HYPERLINK(1)"), hashed, "hashed")
    assert joined.marks.student.tolist()[:-1] == hashed.respondent.tolist()
    assert entries[0].rows == len(texts)
    assert not any(text in entry.what for entry in entries for text in texts if len(text) > 7)
