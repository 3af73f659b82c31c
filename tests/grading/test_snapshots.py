"""Snapshots of a gradebook: as it was, whole or not at all, and forgotten when asked."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relsurvey.errors import PublishError, ReadError
from relsurvey.grading import Gradebook, Policy
from relsurvey.grading.snapshots import Snapshots, folders
from relsurvey.grading.synced import synced_by
from relsurvey.keeping import forget, where
from relsurvey.reading import identity
from relsurvey.reading.ledger import Entry

DAY = date(2026, 3, 6)
TEXTS = st.none() | st.text(max_size=6)
NUMBERS = st.just(float("nan")) | st.floats(allow_nan=False)
DAYS = st.none() | st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1)).map(
    lambda at: at.replace(microsecond=0)
)


@pytest.fixture(autouse=True)
def own_home(tmp_path, monkeypatch):
    monkeypatch.setenv("RELSURVEY_HOME", str(tmp_path / "home"))


def made(students=("s1", "s2"), raw=8.0):
    scores = pd.DataFrame(
        {"student": list(students), "course": "Math", "item": "Quiz", "raw": raw, "points_possible": 10.0}
    )
    marks = pd.DataFrame({"student": list(students), "course": "Math", "letter": "B", "percent": 80.0})
    return Gradebook.of(scores, marks)


def same(one, other):
    """Whether two tables hold the same, cell by cell, missing ones too."""
    assert list(one) == list(other) and len(one) == len(other)
    for name in one:
        there = one[name].notna().to_numpy()
        assert (there == other[name].notna().to_numpy()).all(), name
        mine, theirs = (frame[name].astype(object).to_numpy()[there].tolist() for frame in (one, other))
        assert mine == theirs, name
        assert [type(a) for a in mine] == [type(b) for b in theirs], name


@st.composite
def gradebooks(draw):
    n, m = draw(st.integers(0, 4)), draw(st.integers(0, 4))

    def column(strategy, k, dtype=object):
        return pd.Series(draw(st.lists(strategy, min_size=k, max_size=k)), dtype=dtype)

    scores = pd.DataFrame(
        {
            "student": column(st.text(min_size=1, max_size=8), n),
            "item": column(TEXTS, n),
            "raw": column(NUMBERS, n, float),
            "points_possible": column(st.floats(0, 100), n, float),
            "due": column(DAYS, n, "datetime64[s]"),
            "attempt": column(st.integers(1, 9), n, "int16"),
            "level": column(TEXTS, n),
        }
    )
    marks = pd.DataFrame(
        {
            "student": column(st.text(min_size=1, max_size=8), m),
            "letter": column(TEXTS, m),
            "percent": column(NUMBERS, m, float),
            "core": column(st.none() | st.booleans(), m),
            # The same name in two tables, with texts in one and whole numbers in the other.
            "level": column(st.none() | st.integers(-(2**40), 2**40), m),
        }
    )
    blank = draw(st.sampled_from([None, "zero", "ungraded"]))
    entries = (Entry("open", draw(st.text(max_size=5)), 3, "what", "why"),)
    policies = (Policy(floor={"percent": 50}), Policy(id="b", weights={"A": 40, "B": 60}))
    return replace(Gradebook.of(scores, marks, policies=policies), blank=blank, entries=entries)


@settings(max_examples=60, deadline=None)
@given(gradebooks())
def test_a_snapshot_gives_back_what_was_kept(gradebook):
    with TemporaryDirectory() as folder:
        snapshots = Snapshots(folder)
        snapshots.keep(gradebook, DAY)
        found = snapshots.gradebook(DAY)
    for name in ("scores", "marks", "totals"):
        same(getattr(gradebook, name), getattr(found, name))
    assert (found.policies, found.blank, found.entries) == (
        gradebook.policies,
        gradebook.blank,
        gradebook.entries,
    )


def test_one_a_day_its_owner_alone_and_said(tmp_path):
    snapshots = Snapshots(tmp_path / "new" / "[2026] *")
    assert "replaces" not in snapshots.keep(made(), DAY)
    assert "replaces another of that day" in snapshots.keep(made(raw=9.0), DAY)
    snapshots.keep(made(), DAY + timedelta(days=7))
    assert snapshots.dates == (DAY, DAY + timedelta(days=7))
    assert snapshots.gradebook(DAY).scores["raw"].tolist() == [9.0, 9.0]
    files = [path for path in snapshots.folder.iterdir() if path.is_file()]
    assert {path.name for path in files} == {"2026-03-06.parquet", "2026-03-13.parquet", ".snapshots.lock"}
    assert all(path.stat().st_mode & 0o777 == 0o600 for path in files)
    with pytest.raises(ReadError, match=r"no snapshot of 2026-03-07.*nearest is of 2026-03-06"):
        snapshots.gradebook("2026-03-07")
    with pytest.raises(ReadError, match="is no day"):
        snapshots.keep(made(), "last week")


@pytest.mark.parametrize(
    "folder", ["OneDrive - Sierra Norte", "Dropbox (Personal)", "Google Drive", "iCloud Drive", "My Drive"]
)
def test_a_synced_folder_is_refused_unless_meant(tmp_path, folder):
    with pytest.raises(PublishError, match="copied to other machines"):
        Snapshots(tmp_path / folder / "grades")
    assert not (tmp_path / folder).exists()
    assert Snapshots(tmp_path / folder / "grades", synced=True).dates == ()
    # A link does not hide it.
    (tmp_path / folder).mkdir()
    (tmp_path / "plain").symlink_to(tmp_path / folder)
    with pytest.raises(PublishError, match="copied"):
        Snapshots(tmp_path / "plain")


def test_a_folder_that_onedrive_names_is_synced(tmp_path, monkeypatch):
    assert synced_by(tmp_path) is None
    monkeypatch.setenv("OneDriveCommercial", str(tmp_path))
    assert synced_by(tmp_path / "x") == "OneDrive"


def test_ids_of_two_kinds_do_not_mix(tmp_path):
    snapshots = Snapshots(tmp_path)
    snapshots.keep(made(), DAY)
    hashed = made([identity.hashed(s, b"key") for s in ("s1", "s2")])
    with pytest.raises(ReadError, match=r'hashed.*as-is.*ids="as-is"') as caught:
        snapshots.keep(hashed, DAY + timedelta(days=7))
    assert "s1" not in str(caught.value)
    # The same day's is replaced, so there is nothing it could be mixed with.
    snapshots.keep(hashed, DAY)
    snapshots.keep(Gradebook.of(), DAY + timedelta(days=1))
    with pytest.raises(ReadError, match='ids="hashed"'):
        snapshots.keep(made(), DAY + timedelta(days=7))


@pytest.mark.parametrize("how", ["cut", "empty", "changed", "other"])
def test_a_broken_snapshot_is_named_and_the_others_stay(tmp_path, how):
    snapshots = Snapshots(tmp_path)
    for week in range(3):
        snapshots.keep(made(raw=float(week)), DAY + timedelta(days=7 * week))
    path = tmp_path / "2026-03-13.parquet"
    data = path.read_bytes()
    path.write_bytes({"cut": data[:-20], "empty": b"", "changed": data, "other": b"PK" + data}[how])
    if how == "changed":
        import duckdb

        # A file that is whole, and in which one score is another.
        with duckdb.connect() as database:
            about = dict(database.execute(f"SELECT key, value FROM parquet_kv_metadata('{path}')").fetchall())
            database.execute(f"CREATE TABLE t AS SELECT * REPLACE (raw + 1 AS raw) FROM '{path}'")
            database.execute(
                f"COPY t TO '{path}' (FORMAT parquet, KV_METADATA {{relsurvey: $a}})",
                {"a": about[b"relsurvey"].decode()},
            )
    with pytest.raises(ReadError, match=r"2026-03-13\.parquet .* is broken"):
        snapshots.gradebook("2026-03-13")
    found, broken = snapshots.whole()
    assert list(found) == [DAY, DAY + timedelta(days=14)]
    assert len(broken) == 1 and "2026-03-13" in broken[0]
    snapshots.keep(made(), DAY + timedelta(days=21))
    assert len(snapshots.dates) == 4


def test_bytes_changed_at_random_are_never_taken_for_the_snapshot(tmp_path):
    snapshots = Snapshots(tmp_path)
    snapshots.keep(made(), DAY)
    path = tmp_path / "2026-03-06.parquet"
    data, kept = path.read_bytes(), snapshots.gradebook(DAY)
    draw = random.Random(3)
    told = 0
    for _ in range(150):
        changed = bytearray(data)
        for _ in range(draw.randint(1, 4)):
            changed[draw.randrange(len(changed))] = draw.randrange(256)
        path.write_bytes(bytes(changed))
        try:
            found = snapshots.gradebook(DAY)
        except ReadError:
            told += 1
        else:
            same(kept.scores, found.scores)
            same(kept.marks, found.marks)
    assert told > 100


def test_a_student_is_forgotten_in_every_snapshot(tmp_path):
    snapshots = Snapshots(tmp_path / "kept")
    for week in range(2):
        snapshots.keep(made(("0042", "s2")), DAY + timedelta(days=7 * week))
    snapshots.keep(made(("s2",)), DAY + timedelta(days=14))
    (tmp_path / "kept" / ".2026-03-06.parquet.left").write_bytes(b"0042")
    # A spreadsheet drops the zeros of an id.
    assert len(snapshots.holding("42")[0]) == 2
    assert snapshots.forget("42") == 2
    assert snapshots.forget("42") == 0
    for day in snapshots.dates:
        assert snapshots.gradebook(day).scores["student"].tolist() == ["s2"]
        assert snapshots.gradebook(day).marks["student"].tolist() == ["s2"]
    assert not any(b"0042" in path.read_bytes() for path in (tmp_path / "kept").iterdir())


def test_a_hashed_student_is_forgotten_by_the_schools_id(tmp_path):
    snapshots = Snapshots(tmp_path / "kept")
    key = identity.local_key()
    snapshots.keep(made([identity.replaced(s, key) for s in ("901", "902")]), DAY)
    assert snapshots.forget("901") == 1
    assert len(snapshots.gradebook(DAY).scores) == 1


def test_where_lists_the_folder_and_forget_reaches_it(tmp_path):
    snapshots = Snapshots(tmp_path / "kept")
    snapshots.keep(made(), DAY)
    assert folders() == (tmp_path / "kept",)
    place = next(one for one in where.everywhere() if one.path == tmp_path / "kept")
    assert place.holds == "rows" and place.bytes
    plan = forget.student("s1")
    steps = [step for step in plan.steps if "snapshots" in step.what]
    assert len(steps) == 1 and "s1" not in steps[0].what
    steps[0].do()
    assert snapshots.gradebook(DAY).scores["student"].tolist() == ["s2"]
    assert not [step for step in forget.student("s1").steps if "snapshots" in step.what]
    # What cannot be read is said, not passed over, and keeps nobody from being forgotten in the others.
    snapshots.keep(made(), "2026-03-13")
    (tmp_path / "kept" / "2026-03-06.parquet").write_bytes(b"x")
    plan = forget.student("s2")
    assert any("2026-03-06" in line for line in plan.stays)
    for step in plan.steps:
        step.do()
    assert snapshots.gradebook("2026-03-13").scores["student"].tolist() == ["s1"]


@pytest.mark.skipif(sys.platform == "win32", reason="a process is killed by a signal here")
def test_a_kill_leaves_the_old_snapshot_or_the_new(tmp_path):
    snapshots = Snapshots(tmp_path / "kept")
    students = [f"s{i:04d}" for i in range(2000)]
    snapshots.keep(made(students, raw=0.0), DAY)
    code = (
        "import sys, itertools\n"
        "import pandas as pd\n"
        "from relsurvey.grading import Gradebook\n"
        "from relsurvey.grading.snapshots import Snapshots\n"
        "students = [f's{i:04d}' for i in range(2000)]\n"
        "snapshots = Snapshots(sys.argv[1])\n"
        "for raw in itertools.count(1):\n"
        "    table = pd.DataFrame({'student': students, 'item': 'Quiz', 'raw': float(raw),\n"
        "                          'points_possible': 10.0})\n"
        "    snapshots.keep(Gradebook.of(table), '2026-03-06')\n"
        "    print(raw, flush=True)\n"
    )
    draw = random.Random(5)
    for _ in range(4):
        child = subprocess.Popen(
            [sys.executable, "-c", code, str(tmp_path / "kept")],
            stdout=subprocess.PIPE,
            env=os.environ | {"RELSURVEY_HOME": str(identity.home())},
        )
        assert child.stdout is not None
        done = int(child.stdout.readline())
        time.sleep(draw.random() * 0.3)
        child.send_signal(signal.SIGKILL)
        rest = child.stdout.read().split()
        child.wait()
        done = int(rest[-1]) if rest else done
        found = snapshots.gradebook(DAY).scores
        assert len(found) == len(students)
        assert set(found["raw"]) in ({done}, {done + 1})
    snapshots.keep(made(), DAY)
    assert not [path for path in Path(snapshots.folder).iterdir() if path.name.startswith(".2026")]


def test_a_large_ninth_grade_is_kept_as_it_is(tmp_path):
    rng = np.random.RandomState(1)
    n = 20_000
    scores = pd.DataFrame(
        {
            "student": [f"S{i % 500:04d}" for i in range(n)],
            "item": [f"Quiz {i // 500}" for i in range(n)],
            "raw": np.where(rng.random_sample(n) < 0.1, np.nan, rng.random_sample(n) * 10),
            "points_possible": 10.0,
        }
    )
    gradebook = Gradebook.of(scores)
    snapshots = Snapshots(tmp_path)
    snapshots.keep(gradebook, DAY)
    same(gradebook.scores, snapshots.gradebook(DAY).scores)
    assert (tmp_path / "2026-03-06.parquet").stat().st_size < 500_000
