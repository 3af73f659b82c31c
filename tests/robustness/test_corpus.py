"""Every hostile or broken file is refused in one clear sentence, or read right; the reader takes no harm."""

from __future__ import annotations

import io
import json
import re
import resource
import signal
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pandas as pd
import psutil
import pytest

import relsurvey as rs
from relsurvey.errors import ReadError, RelsurveyError
from relsurvey.reading import Limits
from relsurvey.reading.opening import open as opening
from relsurvey.reading.opening import open_file
from tests.reading.belonging import HEADER, INSTRUMENT, ROWS, as_csv
from tests.reading.formats.check import assert_adds_up
from tests.robustness.corpus import CORPUS, OUTCOMES
from tests.robustness.hostile_places import NotHereError
from tests.robustness.hostile_workbooks import SECRET

#: Small, so that a file which tries to take more is stopped soon.
LIMITS = Limits(megabytes=300, seconds=10, rows=1_000_000, unzipped_megabytes=100)
_SECONDS, _GROWTH = 20, 60_000_000


@contextmanager
def at_most(seconds: int):
    """Stop what takes longer, where the system can."""

    def stop(*_):
        raise TimeoutError(f"it took more than {seconds} seconds")

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def peak() -> int:
    """Return the most memory that this process ever had, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def assert_one_sentence(error: RelsurveyError, folder: Path) -> None:
    """Assert that an error's message is for a person: one line, short, and about nothing but the file."""
    message = str(error)
    assert message.isprintable(), "more than one line, or signs that cannot be shown"
    assert 20 < len(message) < 600
    assert message[-1] in ".?", "no sentence"
    assert str(folder) not in message, "a place on this machine"
    assert SECRET not in message


def read(path, folder, **more):
    """Read a file within the limits; return the study, or the error after looking at its message."""
    try:
        with at_most(_SECONDS):
            study = rs.read(path, INSTRUMENT, limits=LIMITS, **more)
    except RelsurveyError as error:
        assert_one_sentence(error, folder)
        return error
    assert_adds_up(study)
    return study


def codes(study):
    """Return the codes of the first question, None for no counted answer."""
    return [None if np.isnan(code) else int(code) for code in study.responses["b1"]]


@pytest.fixture(scope="module")
def good(tmp_path_factory):
    """A file with nothing wrong; reading it once loads what reading needs."""
    path = tmp_path_factory.mktemp("good") / "answers.csv"
    path.write_text(as_csv())
    rs.read(path, INSTRUMENT)
    return path


def test_there_are_enough():
    assert len(CORPUS) >= 80


@pytest.mark.parametrize("name", CORPUS)
def test_it_is_refused_in_a_sentence_or_read_right(name, tmp_path, good):
    try:
        path = CORPUS[name](tmp_path)
    except NotHereError:
        pytest.skip("this system or account cannot have such a file")
    there, before = set(tmp_path.iterdir()), peak()
    running = set(psutil.Process().children())
    found = read(path, tmp_path, strict=False)
    wanted = OUTCOMES[name]
    if isinstance(wanted, str):
        assert isinstance(found, RelsurveyError), "it was read"
        assert re.search(wanted, str(found))
    elif wanted is not None:
        assert not isinstance(found, RelsurveyError), found
        assert codes(found) == wanted
    if not isinstance(found, RelsurveyError):
        assert SECRET not in found.answers.to_csv() + found.comments.to_csv() + found.ledger.to_csv()
        read(path, tmp_path)
    assert peak() - before < _GROWTH
    assert set(psutil.Process().children()) <= running, "a process stays behind"
    assert set(tmp_path.iterdir()) <= there, "a file stays behind"
    if list(CORPUS).index(name) % 20 == 0:
        assert codes(rs.read(good, INSTRUMENT)) == [4, 3, 4, 5]


def test_a_program_beside_the_answers_does_not_run(tmp_path):
    """A folder of uploads may hold a file that is named like a module of the reader."""
    (tmp_path / "answers.csv").write_text(as_csv())
    for module in ("json", "csv", "python_calamine", "relsurvey"):
        (tmp_path / f"{module}.py").write_text("open('it ran', 'w').close()")
    code = "import sys; sys.argv[1:] = ['check', 'answers.csv']; from relsurvey.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-P", "-c", code], cwd=tmp_path, capture_output=True, text=True, timeout=60
    )
    assert "answers.csv" in done.stdout + done.stderr
    assert not (tmp_path / "it ran").exists()


def test_a_file_that_is_removed_while_it_is_read(tmp_path, good, monkeypatch):
    path = tmp_path / "answers.csv"
    path.write_bytes(good.read_bytes())
    run = opening._run_child

    def run_and_remove(*arguments):
        result = run(*arguments)
        path.unlink()
        return result

    monkeypatch.setattr(opening, "_run_child", run_and_remove)
    with pytest.raises(ReadError, match="changed while it was read"):
        open_file(path, LIMITS)


SHEET = {"name": "", "height": 2, "columns": [["", "b1"], ["", "b2"]], "first": 1}
CODES = np.array([1, 0, 1, 0], np.int32).tobytes()


def handed_over(sheet=SHEET, codes=CODES, **more):
    """Return what the process that parses a file hands over."""
    return json.dumps({"kind": "text", "notes": [], "sheets": [sheet], **more}).encode() + b"\n" + codes


@pytest.mark.parametrize(
    "output",
    [
        b"",
        b"\n",
        b"null\n",
        b"[]\n",
        b'"refused"\n',
        b"{}\n",
        b"[" * 100_000 + b"\n",
        b'{"kind": "text", "notes": [], "sheets": 7}\n',
        b'{"refused": 7}\n',
        b"\xff\xfe\n",
        b"1" * 10_000 + b"\n",
        handed_over(kind=None),
        handed_over(notes=[None]),
        handed_over(codes=b""),
        handed_over(codes=CODES[:-1]),
        handed_over(codes=np.array([1, 0, 2, 0], np.int32).tobytes()),
        handed_over(codes=np.array([1, 0, -1, 0], np.int32).tobytes()),
        handed_over({**SHEET, "height": -1}),
        handed_over({**SHEET, "height": 2**40}),
        handed_over({**SHEET, "height": 2**80}),
        handed_over({**SHEET, "height": 2.0}),
        handed_over({**SHEET, "height": "2"}),
        handed_over({**SHEET, "name": 7}),
        handed_over({**SHEET, "first": "1"}),
        handed_over({**SHEET, "columns": [["", "b1"], ["x", "b2"]]}),
        handed_over({**SHEET, "columns": [["", "b1"], []]}),
        handed_over({**SHEET, "columns": [["", "b1"], ["", "b2", "b2"]]}),
        handed_over({**SHEET, "columns": [["", "b1"], ["", 2]]}),
        handed_over({**SHEET, "columns": [["", "b1"], ["", ["b2"]]]}),
        handed_over({**SHEET, "values": [None]}),
        handed_over({**SHEET, "values": [["", "1"], [""]]}),
        handed_over({**SHEET, "values": [["", 1], None]}),
        handed_over({**SHEET, "missing": [[5], []]}),
        handed_over({**SHEET, "missing": [["1"], []]}),
        handed_over({**SHEET, "variables": [["a"]]}),
        handed_over({**SHEET, "variables": [["a", None]]}),
    ],
)
def test_what_a_bent_parser_hands_over_is_not_believed(tmp_path, good, monkeypatch, output):
    (tmp_path / "output").write_bytes(output)
    program = f"import sys; sys.stdout.buffer.write(open({str(tmp_path / 'output')!r}, 'rb').read())"
    start = subprocess.Popen
    monkeypatch.setattr(
        subprocess, "Popen", lambda _, **more: start([sys.executable, "-I", "-c", program], **more)
    )
    with pytest.raises(ReadError, match="bent the reader") as caught:
        open_file(good, LIMITS)
    assert_one_sentence(caught.value, good.parent)


def test_what_a_parser_hands_over_is_taken_when_it_is_right():
    found = opening._take(io.BytesIO(handed_over()), "a.csv")
    assert [column.cells() for column in found["sheets"][0].columns] == [["b1", ""], ["b2", ""]]
    said = opening._take(io.BytesIO(b'{"refused": "line\\nline' + b"x" * 9_000 + b'"}\n'), "a.csv")["refused"]
    assert len(said) == 400 and said.isprintable()


class Hostile:
    """An object that is no text."""

    def __repr__(self):
        return "<b>\n{0.__class__}"


@pytest.mark.parametrize(
    "cell",
    [
        "\ud800",
        b"\xff",
        ["a", "b"],
        {"a": 1},
        {1, 2},
        Hostile(),
        Hostile,
        float("inf"),
        10**400,
        1 + 2j,
        pd.NaT,
        pd.NA,
        None,
        pd.Timestamp("1677-09-21 00:12:43.145224193"),
        pd.Timedelta(1, "ns"),
        pd.Interval(0, 1),
        np.array([1, 2]),
        pd.Series([1, 2]),
        pd.DataFrame({"a": [1]}),
        "x" * 2_000_000,
    ],
    ids=lambda cell: f"{type(cell).__name__} {cell!r:.20}",
)
def test_a_frame_of_anything_is_read_or_refused(cell, tmp_path, good):
    for position in (0, 3, 5, 8):
        frame = pd.DataFrame(ROWS, columns=HEADER, dtype=object)
        frame.iloc[:, position] = pd.Series([cell, *frame.iloc[1:, position]], dtype=object)
        found = read(frame, tmp_path, strict=False)
        assert isinstance(found, RelsurveyError) or codes(found)[1:] == [3, 4, 5]


@pytest.mark.parametrize(
    "frame",
    [
        pd.DataFrame(),
        pd.DataFrame({"b1": []}),
        pd.DataFrame(index=range(9)),
        pd.DataFrame([[1, 2]], columns=["b1", "b1"]),
        pd.DataFrame([[1, 2]], columns=pd.MultiIndex.from_tuples([("b1", "x"), ("b2", "\ud800")])),
        pd.DataFrame([[1, 2, 3]], columns=["b1", None, float("nan")]),
        pd.DataFrame([[1, 2]], columns=["b1", "\ud800"]),
        pd.DataFrame([[1, 2]], columns=["b1", Hostile()]),
        pd.DataFrame({"b1": pd.Categorical(["Agree"])}, index=pd.Index(["x"])),
        pd.DataFrame({"b1": ["Agree"] * 2}, index=[7, 7]),
    ],
    ids=range(10),
)
def test_a_frame_of_any_shape_is_read_or_refused(frame, tmp_path, good):
    read(frame, tmp_path, strict=False)
    read(frame, tmp_path)
