"""Invented answers: strictly clean, in scales that hang together, and simulated wherever they are shown."""

from __future__ import annotations

import io

import pandas as pd
import pytest

import relsurvey as rs
from relsurvey.errors import InstrumentError
from relsurvey.instrument import Instrument
from relsurvey.starting.example import example
from relsurvey.starting.invented import as_csv, invented_answers
from relsurvey.starting.new import ANSWERS
from tests.starting.test_google import EVERY, INSTRUMENTS


def read(instrument, folder, **more):
    """Write invented answers, and read them again."""
    path = folder / ANSWERS
    path.write_text(as_csv(invented_answers(instrument, **more)), "utf-8", newline="")
    return rs.read(path, instrument, ids="as-is")


@EVERY
@pytest.mark.parametrize("language", ["en", "es"])
def test_they_are_read_strictly_and_nothing_is_left_out(name, language, tmp_path):
    instrument = INSTRUMENTS[name]
    study = read(instrument, tmp_path, language=language)
    assert study.simulated
    total = study.ledger.groupby("effect")["rows"].sum()
    assert total["rows in"] == total["rows kept"] == 200 * max(1, len(study.waves))
    assert not set(study.ledger.step) & {"missing questions", "unmatched labels", "columns not used", "no id"}
    rows = study.responses
    assert 0.005 < rows[list(instrument.items)].isna().mean().mean() < 0.07
    assert all(rows[key].notna().mean() > 0.9 for key in instrument.groups)
    assert len(study.comments) > 20 or not instrument.open_questions


@EVERY
def test_scales_hang_together(name, tmp_path):
    study = read(INSTRUMENTS[name], tmp_path, n=600)
    table = study.reliability().table
    several = table[table.n_items > 1]
    assert several["alpha"].between(0.75, 0.9).all(), several[["scale", "alpha"]]


@EVERY
def test_they_are_published_and_say_that_they_are_simulated(name, tmp_path):
    published = read(INSTRUMENTS[name], tmp_path).publish(tmp_path / "out")
    assert published.view.simulated and "imulated" in (tmp_path / "out" / "view.html").read_text("utf-8")


def test_a_reversed_question_is_answered_the_other_way_round(tmp_path):
    study = read(Instrument.parse(example()), tmp_path)
    together = study.responses[["helps_learn", "know_why", "busy_work"]].corr()
    assert together.loc["helps_learn", "know_why"] > 0.3 and together.loc["helps_learn", "busy_work"] < -0.3


def test_two_waves_share_four_students_in_five(tmp_path):
    study = read(Instrument.parse(example()), tmp_path)
    fall, spring = (set(study.where(wave=wave).responses["respondent"]) for wave in ("fall", "spring"))
    assert study.waves == ("fall", "spring") and len(fall) == len(spring) == 200
    assert len(fall & spring) == 160
    scores = [study.where(wave=wave) for wave in study.waves]
    both = [part.scores()["own_time"].set_axis(part.responses["respondent"].to_numpy()) for part in scores]
    assert pd.concat(both, axis=1).corr().iloc[0, 1] > 0.4


def test_ids_keep_their_zeros_and_schools_are_unlike(tmp_path):
    rows = invented_answers(Instrument.parse(example()))
    ids = {row[0] for row in rows[1:]}
    assert all(len(text) == 5 and text.startswith("00") for text in ids)
    schools = pd.Series([row[1] for row in rows[1:]]).value_counts()
    assert len(schools) == 3 and schools.iloc[0] > 1.5 * schools.iloc[2]
    assert all("(simulated)" in name for name in schools.index)


def test_groups_are_of_unlike_size_and_some_choose_several(tmp_path):
    study = read(Instrument.parse(example()), tmp_path)
    sizes = study.responses["after_school"].value_counts()
    assert sizes.iloc[0] > 2 * sizes["none_of_these"] and sizes["two_or_more"] > 20


def test_the_same_seed_gives_the_same_answers():
    instrument = INSTRUMENTS["five-elements"]
    assert invented_answers(instrument, n=30) == invented_answers(instrument, n=30)
    assert invented_answers(instrument, n=30) != invented_answers(instrument, n=30, seed=2)


def test_nothing_is_a_formula():
    text = as_csv(invented_answers(INSTRUMENTS["hostile"], n=40))
    cells = pd.read_csv(io.StringIO(text.lstrip("\ufeff")), header=None, dtype=str, keep_default_na=False)
    assert not cells.map(lambda cell: cell[:1] in ("=", "+", "-", "@")).any(axis=None)


def test_a_question_that_no_heading_can_name_is_one_sentence():
    text = (
        example()
        .replace("My homework helps me learn.", "Homework_Only")
        .replace(
            "helps_learn:\n    text: {en: Homework_Only, es: La tarea me ayuda a aprender.}",
            "helps_learn:\n    text: wave",
        )
        .replace("helps_learn", "Wave")
    )
    with pytest.raises(InstrumentError, match="is that of something else too"):
        invented_answers(Instrument.parse(text))
