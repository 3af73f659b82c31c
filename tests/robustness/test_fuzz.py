"""Bent files and made-up tables: whatever comes, rows and answers add up, or one sentence says why not."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import hypothesis.strategies as st
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings

import relsurvey as rs
from relsurvey.errors import RelsurveyError
from tests.reading.belonging import HEADER, INSTRUMENT, ROWS
from tests.reading.formats.check import assert_adds_up
from tests.robustness import fuzz
from tests.robustness.hostile_words import PAYLOADS

MUTANTS, AT_A_TIME = 500, 50


@pytest.fixture(scope="module")
def good(tmp_path_factory):
    """All good files, each read once so that what reading needs is loaded."""
    folder = tmp_path_factory.mktemp("good")
    return fuzz.fixtures(folder)


@pytest.fixture(autouse=True)
def quick():
    """Parse text in this process."""
    with fuzz.in_process():
        yield


def test_good_files_are_read(good, tmp_path):
    """What is bent was good: a fixture that is refused whole would test little."""
    plain = [fixture for fixture in good if ":" not in fixture.name]
    for fixture in plain:
        path = tmp_path / fixture.file
        path.write_bytes(fixture.data)
        assert len(rs.read(path, fixture.instrument).responses) == len(ROWS)


@pytest.mark.parametrize("first", range(0, MUTANTS, AT_A_TIME))
def test_a_bent_file_is_read_or_refused(first, good, tmp_path):
    failures = []
    for number in range(first, first + AT_A_TIME):
        fixture, path = fuzz.make(number, 0, good, tmp_path)
        try:
            fuzz.judge(path, fixture.instrument)
        except Exception as failure:  # noqa: BLE001 - whatever it is, it is a finding
            failures.append(f"0/{number} {fixture.name}: {type(failure).__name__}: {failure}")
    assert failures == []


def test_the_same_number_makes_the_same_file(good, tmp_path):
    made = [fuzz.make(number, 7, good, tmp_path)[1].read_bytes() for number in (3, 3, 4)]
    assert made[0] == made[1] != made[2]


LABELS = st.sampled_from(
    [
        "Strongly disagree",
        "disagree",
        "De acuerdo",
        "Agree",
        "4",
        "4.0",
        "Strongly agree (5)",
        "Not sure",
        "-99",
    ]
)
#: Lone surrogates cannot be written to a file, and a file with zeros or many signs of control is no text.
PLAIN = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=20)
ANYTHING = st.text(max_size=20)
HOSTILE = st.sampled_from([text for text in PAYLOADS.values() if len(text) < 1_000])
FIRM = HOSTILE.filter(lambda text: text.isprintable())
IDS = st.sampled_from(["1", "01", "1.0", "2", "3", "abc", "test", "000", "", " ", "1.2E+05"])
WAVES = st.sampled_from(["fall", "Spring", "spring ", "winter", ""])


@st.composite
def tables(draw, words=PLAIN | FIRM, ragged=False):
    """A header and rows: columns that are asked for and others, in any order, and rows of anything."""
    known = draw(st.lists(st.sampled_from(HEADER), unique=True, min_size=1))
    header = draw(st.permutations([*known, *draw(st.lists(words, max_size=4))]))
    cells = {
        "student_id": IDS | words,
        "wave": WAVES | words,
        "school": st.sampled_from(["North", "south", ""]) | words,
        "gender": st.sampled_from(["Girl", "boy", "", "Agender"]) | words,
        "race": st.sampled_from(["Asian", "Asian, White", "Black, or African American", "a;b", ""]) | words,
        **dict.fromkeys(("b1", "b2", "b3"), LABELS | st.just("") | words),
    }
    row = st.tuples(*(cells.get(name, words | st.just("")) for name in header)).map(list)
    blank = st.just([""] * len(header))
    rows = draw(st.lists(row | row | row | blank, max_size=12))
    again = draw(st.lists(st.integers(0, max(0, len(rows) - 1)), max_size=3)) if rows else []
    rows += [list(rows[i]) for i in again]
    if ragged:
        rows = [line[: draw(st.integers(0, len(line)))] if draw(st.booleans()) else line for line in rows]
        rows = [[*line, *draw(st.lists(words, max_size=2))] if draw(st.booleans()) else line for line in rows]
    return header, rows


QUICK = settings(
    max_examples=150,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def read(source, **more):
    """Read leniently; return the study, or the message of the error."""
    try:
        study = rs.read(source, INSTRUMENT, strict=False, **more)
    except RelsurveyError as error:
        said = str(error)
    else:
        assert_adds_up(study)
        return study
    assert said.isprintable()
    return said


def said(found):
    """Return all that was found, as it can be compared."""
    if isinstance(found, str):
        return found
    entries = [(entry.step, entry.rows) for entry in found._ledger]
    frames = (found.responses, found.answers, found.comments, found.flags)
    return [frame.astype(object).where(frame.notna(), None).to_dict("split") for frame in frames], entries


def write(path: Path, header, rows, **options) -> Path:
    """Write a table as text."""
    text = io.StringIO(newline="")
    csv.writer(text, quoting=csv.QUOTE_ALL, **options).writerows([header, *rows])
    path.write_bytes(text.getvalue().encode())
    return path


@QUICK
@given(
    tables(words=ANYTHING | HOSTILE),
    st.sampled_from(["last", "first", "all"]),
    st.sampled_from(["hashed", "as-is"]),
)
def test_a_made_up_frame_adds_up(table, keep, ids):
    header, rows = table
    frame = pd.DataFrame(rows, columns=header, dtype=object)
    found = read(frame, keep=keep, ids=ids)
    assert said(found) == said(read(frame, keep=keep, ids=ids)), "not the same twice"
    if not isinstance(found, str):
        assert len(found.responses) <= len(rows)


@QUICK
@given(tables(ragged=True), st.sampled_from(["last", "all"]))
def test_a_made_up_file_of_ragged_rows_adds_up(tmp_path, table, keep):
    path = write(tmp_path / "a.csv", *table)
    found = read(path, keep=keep)
    assert said(found) == said(read(path, keep=keep)), "not the same twice"
    assert "quotation mark" not in str(found), "they stand as they should"


@QUICK
@given(tables())
def test_a_file_and_a_frame_of_the_same_rows_are_read_alike(tmp_path, table):
    header, rows = table
    frame = read(pd.DataFrame(rows, columns=header, dtype=object))
    path = write(tmp_path / "a.csv", header, rows)
    file = read(path)
    if isinstance(file, str) or isinstance(frame, str):
        assert isinstance(file, str), frame
        assert isinstance(frame, str), file
    else:
        assert said(file) == said(frame)


@QUICK
@given(tables(), tables())
def test_two_files_hold_the_rows_of_both(tmp_path, first, second):
    paths = [write(tmp_path / f"{i}.csv", *table) for i, table in enumerate((first, second))]
    apart = [read(path, keep="all") for path in paths]
    both = read(paths, keep="all")
    if not any(isinstance(found, str) for found in (*apart, both)):
        assert len(both.responses) == sum(len(found.responses) for found in apart)


@QUICK
@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(tmp_path, data):
    path = tmp_path / "a.csv"
    path.write_bytes(data)
    read(path)


@QUICK
@given(st.text(st.sampled_from('b1,;\t|"\r\n\x00 =é'), max_size=60).map(lambda text: "b1,b2,b3\r\n" + text))
def test_any_signs_of_a_table_are_read_or_refused(tmp_path, text):
    path = tmp_path / "a.csv"
    path.write_bytes(text.encode())
    read(path)
