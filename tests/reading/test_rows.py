"""Rows: duplicates, damaged ids, flags, waves; all counted and reversible."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import relsurvey as rs
from relsurvey.errors import AnalysisError, ReadError
from relsurvey.instrument import Instrument
from relsurvey.reading.ledger import STEPS, Entry
from relsurvey.words import languages, say
from tests.reading.belonging import INSTRUMENT
from tests.reading.formats.check import assert_adds_up, plain


def frame(ids, **more):
    """Return rows that agree with everything."""
    height = len(ids)
    columns = {key: ["Agree"] * height for key in ("b1", "b2", "b3")}
    return pd.DataFrame({"student_id": ids, **columns, **more})


def rows_of(study, step):
    return int(study.ledger.loc[study.ledger.step == step, "rows"].sum())


@pytest.mark.parametrize(
    ("dates", "kept"),
    [
        (["5/13/2026 9:15:00", "5/2/2026 14:00:00"], 4),
        (["13/5/2026 9:15", "2/5/2026 14:00"], 4),
        (["2026/09/27 3:00:00 PM GMT+3", "2026/09/27 11:00:00 AM GMT+3"], 4),
        (["2026/09/27 11:00:00 AM GMT+3", "2026/09/27 3:00:00 PM GMT+3"], 2),
        (["5/1/2026 9:15", "4/2/2026 9:15"], 2),
        (["", ""], 2),
    ],
)
def test_the_last_row_is_the_one_handed_in_last_where_the_dates_can_tell(dates, kept):
    rows = frame(["7", "7"], b1=["Agree", "Disagree"], Timestamp=dates)
    rows = rows[["Timestamp", *rows.columns[:-1]]]
    study = rs.read(rows, INSTRUMENT)
    assert study.responses.b1.tolist() == [kept]
    assert rows_of(study, "duplicates") == 1
    assert_adds_up(study)


def test_a_row_without_any_answer_gives_way_to_one_with_some():
    study = rs.read(
        frame(["7", "7"], b1=["Agree", ""], b2=["Agree", ""], b3=["Agree", "Not sure"]), INSTRUMENT
    )
    assert study.responses.b1.tolist() == [4]
    assert "gives way" in study.ledger.loc[study.ledger.step == "duplicates", "why"].item()


@pytest.mark.parametrize(
    ("ids", "people", "shown"),
    [
        (["00123", "00124"], 2, ["00123", "00124"]),
        (["123.0", "00123"], 1, ["00123"]),
        (["00123", "123"], 1, ["00123"]),
        (["1.2E+05", "1.2E+05", "130000"], 3, [None, None, "130000"]),
        (["A-7", "a-7"], 2, ["A-7", "a-7"]),
        ([" 7", "7 "], 1, ["7"]),
    ],
)
def test_ids_that_a_spreadsheet_damaged(ids, people, shown):
    study = rs.read(frame(ids), INSTRUMENT, ids="as-is")
    assert len(study.responses) == people
    assert plain(study.responses.respondent) == shown
    assert_adds_up(study)
    hashed = rs.read(frame(ids), INSTRUMENT).responses.respondent
    assert hashed.dropna().str.fullmatch("[0-9a-f]{16}").all()


def test_an_id_is_the_same_with_and_without_its_zeros_in_two_files():
    fall = rs.read(frame(["00123"]), INSTRUMENT).responses.respondent
    spring = rs.read(frame(["123"]), INSTRUMENT).responses.respondent
    assert fall.tolist() == spring.tolist()


def test_flags_are_counted_and_set_rows_aside_only_when_asked():
    study = rs.read(frame(["1", "2", "3"], b1=["Agree", "", ""], b2=["Agree", "", "Not sure"]), INSTRUMENT)
    assert study.flags.few_answers.tolist() == [False, True, True]
    assert study.flags.unfinished.tolist() == [False] * 3
    assert rows_of(study, "few answers") == 2 and len(study.responses) == 3
    fewer = study.without("few_answers")
    assert len(fewer.responses) == len(fewer.answers) == len(fewer.flags) == 1
    assert fewer.ledger.iloc[-1][["step", "rows"]].tolist() == ["without", 2]
    assert len(study.responses) == 3
    assert len(study.without(np.array([True, False, False])).responses) == 2
    assert len(study.without(study.responses.b1.isna()).responses) == 1


@pytest.mark.parametrize(
    ("flags", "says"),
    [
        ("lazy", "There is no flag 'lazy'"),
        ([True], "3 truth values"),
        (np.ones(3, bool), "Every row is flagged"),
    ],
)
def test_flags_that_cannot_be_are_one_sentence(flags, says):
    study = rs.read(frame(["1", "2", "3"]), INSTRUMENT)
    with pytest.raises(AnalysisError, match=says):
        study.without(flags)


CROSSWALK = Instrument.parse(
    INSTRUMENT.to_yaml().replace(
        "waves:", "crosswalk: {fall: {q7: b1, b2: b3, b3: b2}, spring: {q7: b2}}\nwaves:"
    )
)


def test_questions_reworded_between_waves_are_joined_by_the_crosswalk(tmp_path):
    fall = pd.DataFrame({"student_id": ["1"], "q7": ["Agree"], "b2": ["Disagree"], "b3": ["Strongly agree"]})
    spring = pd.DataFrame(
        {"student_id": ["1"], "b1": ["Agree"], "q7": ["Disagree"], "b3": ["Strongly agree"]}
    )
    for name, rows in (("fall", fall), ("spring", spring)):
        rows.to_csv(tmp_path / f"{name}.csv", index=False)
    study = rs.read(
        [rs.Source(tmp_path / "fall.csv", wave="fall"), rs.Source(tmp_path / "spring.csv", wave="spring")],
        CROSSWALK,
    )
    # In fall the codebook's b2 was b3 and the other way round; in spring q7 was b2.
    assert study.responses[["b1", "b2", "b3"]].to_numpy().tolist() == [[4, 5, 2], [4, 2, 5]]
    assert "by the crosswalk" in study.ledger.why.tolist()
    assert_adds_up(study)


def test_a_question_asked_in_one_wave_only_is_said():
    rows = frame(["1", "1"], wave=["fall", "spring"], b2=["Agree", ""])
    study = rs.read(rows, INSTRUMENT)
    said = study.ledger[study.ledger.step == "one wave only"]
    assert said.what.tolist() == ["`b2` has answers in fall and none in spring"]


def test_a_question_that_one_file_lacks_is_an_error_until_a_mapping_says_so(tmp_path):
    frame(["1"]).to_csv(tmp_path / "fall.csv", index=False)
    frame(["1"]).drop(columns="b2").to_csv(tmp_path / "spring.csv", index=False)
    sources = [rs.Source(tmp_path / f"{w}.csv", wave=w) for w in ("fall", "spring")]
    with pytest.raises(rs.RelsurveyError, match=r"spring.csv lacks 1 of the 3.*missing: \[b2\]"):
        rs.read(sources, INSTRUMENT)
    study = rs.read(sources, INSTRUMENT, mapping={"missing": ["b2"]})
    assert "`b2` has answers in fall and none in spring" in study.ledger.what.tolist()


def test_a_weight_that_is_no_number_is_counted():
    instrument = Instrument.parse(INSTRUMENT.to_yaml().replace("wave: wave", "wave: wave\n  weight: w"))
    study = rs.read(frame(["1", "2"], w=["1.5", "heavy"]), instrument)
    assert plain(study.responses.weight) == [1.5, None]
    assert rows_of(study, "no number") == 1


def test_a_weight_shown_as_a_percent_is_its_number():
    instrument = Instrument.parse(INSTRUMENT.to_yaml().replace("wave: wave", "wave: wave\n  weight: w"))
    study = rs.read(frame(["1", "2", "3"], w=["150%", "80 %", "1"]), instrument)
    assert plain(study.responses.weight) == [1.5, 0.8, 1]


def test_every_step_of_the_ledger_has_words_for_the_published_one():
    for step in STEPS:
        for language in languages():
            assert say(language, f"ledger.{step.replace(' ', '_')}")
    with pytest.raises(ValueError, match="no step"):
        Entry("guessed", "", 1, "", "")


LABELS = [
    "Agree",
    "agree ",
    "2",
    "5 - Strongly agree",
    "Not sure",
    "",
    "  ",
    "-99",
    "No sé",
    "Agre",
    "<b>",
    "=1+1",
]


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_rows_and_answers_always_add_up(data):
    height = data.draw(st.integers(1, 12))

    def column(values):
        return data.draw(st.lists(st.sampled_from(values), min_size=height, max_size=height))

    rows = pd.DataFrame(
        {
            "student_id": column(["1", "01", "2", "test", "", "1.2E+05", "Total"]),
            "school": column(["North", "South", ""]),
            "wave": column(["fall", "Spring", ""]),
            "gender": column(["Girl", "boy", "Two-Spirit", "", "N/A"]),
            "race": column(["Asian", "Asian, White", "", "Black, or African American;White"]),
            "b1": column(LABELS),
            "b2": column(LABELS),
            "b3": column(LABELS),
            "more": column(["", "test", "ok"]),
        }
    )
    keep = data.draw(st.sampled_from(["last", "first", "all"]))
    try:
        study = rs.read(rows, INSTRUMENT, strict=False, keep=keep)
    except ReadError as refused:
        said = str(refused)
        if "No rows are left" not in said and "no answers under it" not in said:
            raise
        return
    assert_adds_up(study)
    people = study.responses.dropna(subset="respondent")
    if keep != "all":
        assert not people.duplicated(["respondent", *(["wave"] if "wave" in people else [])]).any()


def test_categories_of_students_beside_a_number_turned_into_a_date_or_no_answer():
    instrument = Instrument.parse(
        INSTRUMENT.to_yaml().replace(
            "identity:", "  hours: {title: Hours, categories: [0, 1-2, 3-4]}\nidentity:"
        )
    )
    rows = frame(
        ["1", "2", "3", "4", "5"],
        gender=["1 - Girl", "Boy (2)", "N/A", "Género fluido", "-99"],
        hours=["2026-01-02 00:00:00", "1-2", "4-Mar", "0", "."],
    )
    study = rs.read(rows, instrument)
    assert plain(study.responses.gender) == ["Girl", "Boy", None, "Género fluido", None]
    assert plain(study.responses.hours) == ["1-2", "1-2", "3-4", "0", None]
    assert "the instrument does not list it; kept as itself" in study.ledger.why.tolist()
    assert_adds_up(study)
