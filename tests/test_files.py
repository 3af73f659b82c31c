"""Writes are whole or not at all; a published folder is checked against its manifest."""

from __future__ import annotations

import signal
import subprocess
import sys
import time

import pytest

from relsurvey.errors import PublishError
from relsurvey.escape import html_text, json_for_script, slug, slugs
from relsurvey.files import read_manifest, sha256, with_manifest, write_atomic

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
    (tmp_path / "a").write_text("first")
    write_atomic(tmp_path / "manifest.json", with_manifest({"a": "first"}, release="r")["manifest.json"])
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
