"""An instrument made from a file always loads, and always reads that file strictly."""

from __future__ import annotations

import csv
import importlib
from itertools import chain
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

import relsurvey as rs
from relsurvey.demo import demo_workbook
from relsurvey.errors import InstrumentError, ReadError
from relsurvey.instrument import Instrument
from relsurvey.instrument.ladders import ladders
from relsurvey.reading.look import look
from relsurvey.starting.instrument import starter
from tests.reading.belonging import as_csv

FORMATS = Path(__file__).parents[1] / "reading" / "formats"
VARIANTS = [
    pytest.param(write, id=f"{module.stem}, {name}")
    for module in sorted(FORMATS.glob("[!t]*_files.py"))
    for name, write in importlib.import_module(f"tests.reading.formats.{module.stem}").VARIANTS.items()
]
REAL = ("autonomy_support", "bfi", "careless200", "environment", "sasr", "state_anxiety")
NO_QUESTION = ("nyc_survey_2019", "mass_survey", "first_year_gpa")


def started(source, **more) -> tuple[Instrument, rs.Study]:
    """Make an instrument from a file and read the file with it, strictly."""
    instrument = Instrument.parse(starter(look(source), **more))
    return instrument, rs.read(source, instrument)


def file_of(folder, rows, header) -> Path:
    """Write a small file."""
    path = folder / "answers.csv"
    path.write_text(as_csv(rows, header), "utf-8")
    return path


def questions(columns, number=8):
    """Return a file's rows: each column's labels again and again."""
    return [[labels[i % len(labels)] for labels in columns] for i in range(number)]


@pytest.mark.parametrize("write", VARIANTS)
def test_every_export_is_read_with_the_instrument_made_from_it(write, tmp_path):
    path = write(tmp_path)
    found = look(path)
    if not any(one.kind == "question" for one in found.asked):
        with pytest.raises(InstrumentError, match="no column, under a heading of its own"):
            starter(found)
        return
    instrument = Instrument.parse(starter(found))
    study = rs.read(path, instrument)
    assert study.responses[list(instrument.items)].notna().any(axis=None)
    assert not set(study.ledger.step) & {"missing questions", "missing columns", "unmatched labels"}


@pytest.mark.parametrize("name", REAL)
def test_real_data_are_read_with_the_instrument_made_from_them(name, shared):
    path = shared / name / f"{name}.csv"
    instrument, study = started(path)
    assert len(instrument.items) == sum(one.kind == "question" for one in look(path).asked)
    assert study.reliability().table["alpha"].notna().all()


@pytest.mark.parametrize("name", NO_QUESTION)
def test_a_file_without_questions_is_one_sentence(name, shared):
    with pytest.raises(InstrumentError, match="run `relsurvey new` without a file") as error:
        starter(look(shared / name / f"{name}.csv"))
    assert "\n" not in str(error.value)


def test_the_demo_gives_what_its_own_instrument_gives(demo_study):
    instrument, study = started(demo_workbook())
    ours, theirs = study.responses, demo_study.responses
    assert len(ours) == len(theirs)
    for mine, own in zip(instrument.items, demo_study.instrument.items, strict=True):
        assert ours[mine].equals(theirs[own].rename(mine))
    assert instrument.options["often5_almost"].options[5].counted is False
    assert [option.favorable for option in instrument.options["often5_almost"].counted] == [0, 0, 0, 1, 1]
    assert {group.multiple for group in instrument.groups.values()} == {True, False}
    assert len(study.comments) == len(demo_study.comments) and study.simulated


AGREE = ["Strongly disagree", "Disagree", "Agree", "Strongly agree"]


def test_a_known_ladder_has_both_languages_and_the_files_own_spelling(tmp_path):
    labels = [*AGREE[:2], "Neutral", *AGREE[2:], "Not sure"]
    instrument, _ = started(file_of(tmp_path, questions([labels, labels]), ["I belong.", "I am known."]))
    options = instrument.options["agree5"].options
    assert options[2].label == {"en": "Neutral", "es": "Ni de acuerdo ni en desacuerdo"}
    assert options[5].label == {"en": "Not sure", "es": "No estoy seguro"} and not options[5].counted


def test_a_file_in_two_languages_has_one_set_of_answers(tmp_path):
    labels = [*AGREE, "De acuerdo", "Totalmente de acuerdo", "No sé"]
    instrument, _ = started(file_of(tmp_path, questions([labels, labels]), ["I belong.", "I am known."]))
    assert list(instrument.options) == ["agree4"]
    assert instrument.options["agree4"].options[3].label == {
        "en": "Strongly agree",
        "es": "Totalmente de acuerdo",
    }


def test_two_spellings_of_one_answer_make_two_sets(tmp_path):
    first, second = [*AGREE[:2], "Neutral", *AGREE[2:]], [*AGREE[:2], "Neither", *AGREE[2:]]
    instrument, _ = started(file_of(tmp_path, questions([first, second], 10), ["I belong.", "I am known."]))
    assert list(instrument.options) == ["agree5", "agree5_2"]
    assert [item.options for item in instrument.items.values()] == ["agree5", "agree5_2"]


def test_answers_that_one_ladder_takes_for_the_same_are_kept_apart(tmp_path):
    labels = ["Never", "Sometimes", "Often", "Almost always", "Always"]
    text = starter(look(file_of(tmp_path, questions([labels], 10), ["Do they greet you?"])))
    instrument, study = started(tmp_path / "answers.csv")
    assert "CHECK THE ORDER" in text and len(instrument.options["answers"].codes) == 5
    assert study.responses[next(iter(instrument.items))].nunique() == 5


@pytest.mark.parametrize(
    ("labels", "codes", "favorable"),
    [
        (["1", "2", "3", "4", "5"], [1, 2, 3, 4, 5], [4, 5]),
        (["0", "1", "2", "3"], [0, 1, 2, 3], [2, 3]),
        (["0", "1-2", "3-4", "5 or more"], [1, 2, 3, 4], [3, 4]),
        (["1 - Low", "2 - Middling", "3 - High"], [1, 2, 3], [3]),
        (["1", "2", "3", "4", "5", "6", "7"], [1, 2, 3, 4, 5, 6, 7], [5, 6, 7]),
        (["1", "2", "3", "97"], [1, 2, 3], [3]),
        (["red", "green", "blue"], [1, 2, 3], [3]),
    ],
)
def test_unknown_answers_are_coded_in_order_and_the_top_ones_are_favorable(
    labels, codes, favorable, tmp_path
):
    rows = questions([labels] * 3, 3 * len(labels))
    text = starter(look(file_of(tmp_path, rows, ["one", "two", "three"])))
    instrument, _ = started(tmp_path / "answers.csv")
    assert "CHECK THE ORDER" in text
    assert list(instrument.options["answers"].codes) == codes
    assert sorted(instrument.favorable_codes("one")) == favorable


def test_who_answers_and_what_they_write_find_their_places(tmp_path):
    header = [
        "Student ID",
        "Campus",
        "Email Address",
        "I belong.",
        "What else would you tell us?",
        "Age",
        "more",
    ]
    texts = [f"Something of one's own, number {i}" for i in range(20)]
    columns = [
        [f"00{i}1" for i in range(20)],
        ["North", "South"],
        ["a@b.c"],
        AGREE,
        texts,
        list("12345678901"),
    ]
    columns[5] = [str(i) for i in range(12, 32)]
    text = starter(look(file_of(tmp_path, questions([*columns, texts], 20), header)))
    instrument, study = started(tmp_path / "answers.csv")
    assert {key: place.column for key, place in instrument.identity.items()} == {
        "respondent": "Student ID",
        "school": "Campus",
    }
    assert [question.text for question in instrument.comments] == [{"*": "What else would you tell us?"}]
    assert instrument.safety and len(study.comments) == 20
    assert "Age (numbers)" in text and "more (own words" in text and "Email Address (written by" in text
    assert not any(comment in text for comment in texts)


def test_what_few_students_wrote_is_no_category(tmp_path):
    header = ["I belong.", "Is there anything you would change?"]
    rows = questions([AGREE, [""]], 12)
    rows[3][1], rows[5][1] = "My own words.", "And mine."
    text = starter(look(file_of(tmp_path, rows, header)))
    assert "My own words" not in text and "And mine" not in text and "comments:" in text


def test_a_row_of_a_form_s_grid_is_known_by_itself(tmp_path):
    header = ["Timestamp", "How true is this? [I belong.]", "How true is this? [I am known.]"]
    rows = [[f"5/{i + 1}/2026 9:00:00", *row] for i, row in enumerate(questions([AGREE, AGREE]))]
    instrument, _ = started(file_of(tmp_path, rows, header))
    assert [item.text for item in instrument.items.values()] == [{"*": "I belong."}, {"*": "I am known."}]


def test_a_heading_that_stands_twice_is_two_questions(tmp_path):
    instrument, study = started(
        file_of(tmp_path, questions([AGREE, AGREE[::-1]]), ["I belong.", "I belong."])
    )
    assert [item.text["*"] for item in instrument.items.values()] == ["I belong.", "I belong. (2)"]
    first, second = (study.responses[key] for key in instrument.items)
    assert (first + second == 5).all()


def test_a_heading_that_also_stands_over_something_else_is_left_out_and_said(tmp_path):
    rows = questions([AGREE, AGREE, ["x"]])
    text = starter(look(file_of(tmp_path, rows, ["I am known.", "I belong.", "I belong."])))
    instrument, _ = started(tmp_path / "answers.csv")
    assert list(instrument.items) == ["known"] and "I belong. (its heading stands over another" in text


def test_ids_are_short_and_stay_the_same(tmp_path):
    header = [
        "I belong here.",
        "My teachers know me.",
        "¿Qué?",
        "belong_here_2",
        "row",
        "School 7",
        "null",
        "q",
    ]
    path = file_of(tmp_path, questions([AGREE] * 8), header)
    text = starter(look(path))
    ids = list(Instrument.parse(text).items)
    assert ids[:2] == ["belong_here", "teachers_know"] and len(set(ids)) == 8
    assert text == starter(look(path))


def test_the_instrument_s_own_name(tmp_path):
    path = file_of(tmp_path, questions([AGREE]), ["I belong."])
    assert started(path)[0].id == "answers"
    instrument, _ = started(path, id='a"b: #', title="x\ny: {")
    assert instrument.id == 'a"b: #' and instrument.title == {"*": "x\ny: {"}


def test_headings_beyond_any_measure_are_one_sentence(tmp_path):
    path = file_of(tmp_path, questions([AGREE]), ["I belong. " * 95_000])
    with pytest.raises(InstrumentError, match="too long for an instrument"):
        starter(look(path))


def test_a_long_heading_is_kept_whole(tmp_path):
    header = ["I belong. " * 500, "What do you think of it? " * 300]
    instrument, _ = started(file_of(tmp_path, questions([AGREE, list("abcd")]), header))
    assert next(iter(instrument.items.values())).text["*"] == header[0].strip()


# Pieces of text that mean something to YAML, to a table or to a person.
_PIECES = st.sampled_from(
    [*"\"'#{}[]*&%@`|>\\?,; \t\n", ": ", "- ", "!!python/object", "\x85", "\u2028", "\x00", "\x07", "\ud800",
     "\uffff", "\ufeff", "\\u0041", "😀", "ñ", "a", "B", "yes", "no", "~", "null", "1", "2.5", "=1+1", "</b>"]
)  # fmt: skip
_TEXTS = st.one_of(
    st.lists(_PIECES, min_size=1, max_size=6).map("".join),
    st.sampled_from(
        ["School", "student id", "row", "Agree", "two_or_more", "Two or more", "Why do you think so?", "wave",
         "I belong here.", "X", "X (7)", "Q1", "Name", "1", "Timestamp", "grade", "null", "true"]
    ),
)  # fmt: skip
_LADDERS = [
    [text for rung in ladder.rungs for text in (*rung.label.values(), *rung.match)] for ladder in ladders()
]
_UNSURE = ["Not sure", "No sé", "N/A", "NA", "-99", "97", "I don't know", "Prefer not to say"]
_LABELS = st.one_of(
    st.sampled_from([*chain(*_LADDERS), *_UNSURE]),
    _TEXTS.filter(lambda text: any(map(str.isalnum, text))),
    st.integers(-3, 12).map(str),
    st.sampled_from(["0", "1-2", "3-4", "5", "1 - Never", "2 - Often"]),
)
# Answers of all sorts, or answers of one ladder, which alone make a question of a column.
_SETS = st.one_of(
    st.lists(_LABELS, min_size=1, max_size=7),
    st.sampled_from(_LADDERS).flatmap(
        lambda rungs: st.lists(
            st.sampled_from(rungs) | st.sampled_from([*rungs, *_UNSURE]), min_size=2, max_size=7
        )
    ),
)


@st.composite
def frames(draw: st.DrawFn) -> pd.DataFrame:
    """Draw a table whose headings and answers try everything."""
    headings = draw(st.lists(_TEXTS, min_size=1, max_size=7, unique_by=lambda text: text.strip().casefold()))
    sets = draw(st.lists(_SETS, min_size=1, max_size=3))
    number = draw(st.integers(3, 14))
    # Answers off every ladder are a question's where three columns share them: each gives all of them.
    shared = draw(st.booleans())
    columns = [
        (labels * number)[:number]
        if shared
        else draw(st.lists(st.sampled_from(labels), min_size=number, max_size=number))
        for labels in (draw(st.sampled_from(sets)) for _ in headings)
    ]
    # Half a sign of two is no text to Arrow, but a table may hold it.
    frame = pd.DataFrame(dict(enumerate(columns)), dtype=object)
    frame.columns = pd.Index(headings, dtype=object)
    return frame


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(frames())
def test_no_text_breaks_out_of_an_instrument(frame):
    try:
        found = look(frame)
    except ReadError:
        assume(False)
    # Where every row could be the header, another one may be taken for it.
    assume({one.name for one in found.asked} <= {name.strip() for name in frame.columns})
    try:
        text = starter(found)
    except InstrumentError:
        assume(False)
    instrument = Instrument.parse(text)
    names = {one.name for one in found.asked if one.kind == "question"}
    assert {item.text["*"] for item in instrument.items.values()} <= names
    try:
        rs.read(frame, instrument)
    except rs.RelsurveyError as error:
        # Every row may be a test row by its id.
        if "No rows are left" not in str(error):
            raise


def test_hostile_texts_come_back_as_they_were(tmp_path):
    header = [
        '"; evil: {',
        "# no\tcomment",
        "*alias",
        "a: [b",
        "- x",
        "'",
        "=cmd|' /C calc'!A0",
        "\u2028x\x85y",
    ]
    labels = ["{a: b}", "# c", "!!python/none d", '"e"']
    path = tmp_path / "answers.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream, quoting=csv.QUOTE_ALL).writerows([header, *questions([labels] * 8, 16)])
    instrument, study = started(path)
    assert [item.text["*"] for item in instrument.items.values()] == [name.strip() for name in header]
    assert {o.label["*"] for o in instrument.options["answers"].options} == set(labels)
    assert study.responses[list(instrument.items)].notna().all(axis=None)
