"""Who was asked: joined by id, opted-out students left out, response before any result."""

from __future__ import annotations

import pandas as pd
import pytest

import relsurvey as rs
from relsurvey.errors import AnalysisError, ReadError
from tests.reading.belonging import HEADER, INSTRUMENT, ROWS, as_csv
from tests.reading.formats.check import assert_adds_up, plain

ROSTER = pd.DataFrame(
    {
        "Student Number": ["1", "2", "3", "4", "5", "6"],
        "School": ["North", "North", "South", "South", "South", "North"],
        "Gender": ["Girl", "Boy", "Nonbinary", "Girl", "Boy", "Girl"],
        "Grade": ["9"] * 6,
        "Opt Out": ["", "yes", "", "No", "", ""],
    }
)


@pytest.fixture(params=["hashed", "as-is"])
def read(request, tmp_path):
    """Read the rows of `belonging` with a roster, ids either way."""

    def read(roster=ROSTER, rows=ROWS, header=HEADER, **more):
        path = tmp_path / "answers.csv"
        path.write_text(as_csv(rows, header), "utf-8")
        return rs.read(path, INSTRUMENT, roster=roster, ids=request.param, **more)

    return read


def notes(study, step="roster"):
    return study.ledger.loc[study.ledger.step == step, "what"].tolist()


def test_what_the_roster_leaves_blank_differs_from_nothing(read, tmp_path):
    path = tmp_path / "roster.csv"
    ROSTER.assign(Gender=["", "", "", "Girl", "Boy", "Girl"]).to_csv(path, index=False)
    said = " ".join(notes(read(path)))
    assert "`gender` differs" not in said and "`gender` was filled in" not in said


def test_ids_join_without_their_leading_zeros_and_opted_out_students_are_left_out(read):
    study = read()
    assert len(study.responses) == 3
    assert study.ledger.loc[study.ledger.step == "opted out", "rows"].tolist() == [1]
    assert "=1+1" not in study.comments.text.tolist() and study.comments.text.tolist() == ["<b>hi</b>"]
    assert len(study.roster) == 5
    assert_adds_up(study)


def test_the_roster_fills_in_what_the_file_does_not_say(read):
    header = [name for name in HEADER if name not in ("school", "gender")]
    rows = [[row[0], row[2], *row[4:]] for row in ROWS]
    study = read(rows=rows, header=header)
    assert study.responses.school.tolist() == ["North", "South", "North"]
    assert study.responses.gender.tolist() == ["Girl", "Nonbinary", "Girl"]
    assert study.responses.grade_level.tolist() == ["9"] * 3
    assert list(study.responses.columns[:4]) == ["respondent", "school", "grade_level", "wave"]
    assert [what for what in notes(study) if "filled in" in what] == [
        "`school` was filled in from the roster",
        "`grade_level` was filled in from the roster",
        "`gender` was filled in from the roster",
    ]


def test_what_a_student_says_stays_where_the_roster_says_otherwise(read):
    other = ROSTER.assign(Gender=["Boy"] * 6)
    study = read(other)
    assert study.responses.gender.tolist() == ["Girl", "Nonbinary", "Girl"]
    assert "`gender` differs from the roster; the student's own answer was kept" in notes(study)


def test_rows_of_nobody_on_the_roster_are_kept_and_counted(read):
    study = read(ROSTER.iloc[3:])
    assert len(study.responses) == 4
    assert "rows belong to no student on the roster, and were kept" in notes(study)


def test_a_roster_may_be_joined_later(read, tmp_path):
    ROSTER.to_csv(tmp_path / "roster.csv", index=False)
    first = read(roster=None)
    later = first.with_roster(tmp_path / "roster.csv")
    assert first.roster is None and len(first.responses) == 4
    pd.testing.assert_frame_equal(later.responses, read().responses)
    assert_adds_up(later)


def test_response_by_school_and_group_before_any_result(read):
    roster = pd.DataFrame(
        {
            "student_id": [str(n) for n in range(1, 101)],
            "school": ["North"] * 60 + ["South"] * 40,
            "gender": ["Girl", "Boy"] * 50,
        }
    )
    rows = [
        [f"{n:03d}", "", "fall", "", "", "Agree", "Agree", "Agree", ""]
        for n in [*range(1, 46), *range(61, 73)]
    ]
    rows.append(["099", "", "fall", "", "", "", "", "", ""])
    study = read(roster, rows)
    found = study.response().table
    assert plain(found.group) == [None, "North", "South"]
    assert (found.invited.tolist(), found.answered.tolist()) == ([100, 60, 40], [57, 45, 12])
    assert found.rate.round(2).tolist() == [0.57, 0.75, 0.3]
    by_gender = study.response("gender").table
    assert by_gender.invited.tolist() == [100, 50, 50]
    sentence = study.response().sentence
    assert sentence.startswith("57 % of the 100 students asked answered. Fewest in South: 30 %.")
    assert sentence.endswith("students who answered.")
    assert "30 %" in study.response()._repr_html_()


def test_small_groups_are_masked_in_what_a_notebook_shows(read):
    roster = pd.DataFrame(
        {
            "student_id": [str(n) for n in range(1, 41)],
            "school": ["North"] * 20 + ["South"] * 15 + ["<b>"] * 5,
        }
    )
    rows = [
        [f"{n}", "", "fall", "", "", "Agree", "Agree", "Agree", ""] for n in [*range(1, 18), *range(21, 25)]
    ]
    shown = {who: said for who, *said in read(roster, rows).response().shown()}
    assert shown["school: North"] == ["20", "all but a few (50 % or more)"]
    assert shown["school: South"] == ["15", "fewer than 10 answered"]
    assert shown["school: <b>"] == ["under 10", "too few to show"]
    assert "<b>" not in read(roster, rows).response()._repr_html_()


def test_an_id_that_two_schools_gave_is_two_students(read):
    rows = [
        ["001", "North", "fall", "Girl", "", "Agree", "Agree", "Agree", ""],
        ["001", "South", "fall", "Boy", "", "Disagree", "Agree", "Agree", ""],
        ["001", "North", "spring", "Girl", "", "Agree", "Agree", "Agree", ""],
        ["002", "South", "spring", "Girl", "", "Agree", "Agree", "Agree", ""],
    ]
    roster = pd.DataFrame(
        {"id": ["1", "1", "2"], "school": ["North", "South", "South"], "opt_out": ["", "x", ""]}
    )
    study = read(None, rows)
    people = study.responses.respondent.tolist()
    assert len(study.responses) == 4 and len(set(people)) == 3 and people[0] == people[2]
    assert study.ledger.loc[study.ledger.step == "shared ids", "rows"].tolist() == [3]
    assert_adds_up(study)
    joined = study.with_roster(roster)
    assert joined.responses.school.tolist() == ["North", "North", "South"]
    assert joined.response().table.answered.tolist()[0] == 2


@pytest.mark.parametrize(
    ("roster", "says"),
    [
        (pd.DataFrame({"Name": ["Ana"], "School": ["North"]}), "no column with the students' ids"),
        (ROSTER.assign(**{"Opt Out": ["maybe"] * 6}), "says 'maybe' of opting out"),
        (ROSTER.assign(**{"Opt Out": ["yes"] * 6}), "No rows are left"),
    ],
)
def test_a_roster_that_cannot_be_used_is_one_sentence(read, roster, says):
    with pytest.raises(ReadError, match=says):
        read(roster)


def test_no_name_of_the_roster_enters_the_study(read):
    study = read(ROSTER.assign(Name=["Ana María", "B", "C", "D", "E", "F"]))
    everything = " ".join(frame.to_csv() for frame in (study.responses, study.roster, study.ledger))
    assert "Ana María" not in everything


def test_without_a_roster_it_is_not_known_who_was_asked(read):
    with pytest.raises(AnalysisError, match="Who was asked is not known"):
        read(None).response()
    with pytest.raises(AnalysisError, match="no column for 'race'"):
        read().response("race")


def test_students_on_the_roster_twice_count_once(read):
    study = read(pd.concat([ROSTER, ROSTER.iloc[:2].assign(**{"Student Number": ["001", "002.0"]})]))
    assert len(study.roster) == 5
    assert any("already on the roster" in what for what in notes(study))
    assert plain(study.responses.school) == ["North", "South", "North"]
