"""Writes are whole or not at all; a published folder is checked against its manifest."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest

from relsurvey.errors import PublishError
from relsurvey.escape import html_text, json_for_script, slug, slugs
from relsurvey.files import read_manifest, sha256, write_atomic, write_release

WRITER = """
import sys, pathlib
from relsurvey.files import write_atomic
path = pathlib.Path(sys.argv[1])
print("ready", flush=True)
while True:
    for letter in "ab":
        write_atomic(path, letter * 3_000_000)
"""


def test_a_kill_half_way_leaves_the_old_file_or_the_new_one(tmp_path):
    path = tmp_path / "file"
    for wait in (0.01, 0.02, 0.05, 0.08, 0.03, 0.06):
        process = subprocess.Popen([sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE)
        process.stdout.readline()
        while not path.exists():
            time.sleep(0.005)
        time.sleep(wait)
        process.send_signal(signal.SIGKILL)
        process.wait()
        text = path.read_text()
        assert len(text) == 3_000_000 and len(set(text)) == 1


def test_a_failed_write_leaves_nothing_behind(tmp_path):
    (tmp_path / "folder").mkdir()
    with pytest.raises(PublishError):
        write_atomic(tmp_path / "folder", "text")
    with pytest.raises(PublishError, match="Cannot write to the folder"):
        write_atomic(tmp_path / "none" / "file", "text")
    assert [path.name for path in tmp_path.iterdir()] == ["folder"]


def test_a_manifest_finds_a_file_that_was_cut_changed_or_lost(tmp_path):
    write_release(tmp_path, {"a": "first"})
    assert read_manifest(tmp_path) == {"a": sha256("first")}
    (tmp_path / "a").write_text("firs")
    with pytest.raises(PublishError, match="changed after publishing"):
        read_manifest(tmp_path)
    (tmp_path / "a").unlink()
    with pytest.raises(PublishError, match="missing"):
        read_manifest(tmp_path)
    (tmp_path / "manifest.json").write_text("{")
    with pytest.raises(PublishError, match="damaged"):
        read_manifest(tmp_path)
    (tmp_path / "manifest.json").unlink()
    with pytest.raises(PublishError, match="no published view"):
        read_manifest(tmp_path)


def test_text_cannot_leave_its_place():
    assert "<" not in html_text("<script>") and '"' not in html_text('"')
    assert "</" not in json_for_script('"</script>"') and "\u2028" not in json_for_script("\u2028")


@pytest.mark.parametrize("text", ["../../etc/passwd", "CON", "", "...", "a/b\\c", "x" * 300, "aux", "ñ" * 5])
def test_a_slug_is_a_plain_name(text):
    name = slug(text)
    assert name and set(name) <= set("abcdefghijklmnopqrstuvwxyz0123456789-") and len(name) <= 60
    assert name not in ("con", "aux")
    [other] = slugs([(text,)], {name})
    assert other != name and slug(other) == other and len(other) <= 60


RELEASER = """
import sys, pathlib
from relsurvey.files import write_release
folder = pathlib.Path(sys.argv[1])
while True:
    for letter in "ab":
        write_release(folder, {name: letter * 400_000 for name in ("one", "two", "three")}, ["four"])
        print("written", flush=True)
"""


def test_a_release_killed_half_way_is_still_one_that_its_manifest_knows(tmp_path):
    (tmp_path / "four").write_text("of an earlier release")
    for wait in (0.0, 0.002, 0.005, 0.007, 0.011, 0.013, 0.017, 0.003, 0.009, 0.015):
        process = subprocess.Popen([sys.executable, "-c", RELEASER, str(tmp_path)], stdout=subprocess.PIPE)
        process.stdout.readline()
        time.sleep(wait)
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert set(read_manifest(tmp_path)) == {"one", "two", "three"}
        assert all(len(set((tmp_path / name).read_text())) == 1 for name in ("one", "two", "three"))
        assert not (tmp_path / "four").exists()


def test_what_killed_writes_left_is_swept_once_it_is_old(tmp_path):
    for name, age in ((".a.old", 7200), (".a.new", 5), (".other.old", 7200)):
        (tmp_path / name).write_text("half")
        os.utime(tmp_path / name, (time.time() - age,) * 2)
    write_release(tmp_path, {"a": "text"})
    assert {p.name for p in tmp_path.iterdir()} == {"a", "manifest.json", ".a.new", ".other.old"}
