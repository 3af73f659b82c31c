"""A release is written whole or not at all: whatever is killed, its folders hold the old one or the new."""

from __future__ import annotations

import itertools
import json
import os
import random
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from relsurvey.errors import PublishError
from relsurvey.publish import publish
from relsurvey.publish.each import INDEX, TEAMS
from relsurvey.publish.packing import unpacked
from relsurvey.publish.serve import check
from relsurvey.publish.teams import serve_teams
from relsurvey.publish.verify import verify
from relsurvey.publish.voila import view_of
from relsurvey.publish.whole import settle, write_release
from relsurvey.view import View
from tests.publish.small_view import small_view_json
from tests.publish.test_each import several

DOORS = ("voila", "html", "excel")
HELD = ("view.html", "app.ipynb", "view.relsurvey.json")
DECIDED = ".relsurvey-release.json"

needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="a child is killed at a step of its own")


def one(title: str) -> View:
    return travelling(View.model_validate_json(small_view_json(title)))


def each(title: str) -> View:
    return travelling(several().model_copy(update={"title": {"en": title, "es": title}}))


def travelling(view: View) -> View:
    settings = view.provenance.settings.model_copy(update={"min_n": 11})
    return view.model_copy(update={"provenance": view.provenance.model_copy(update={"settings": settings})})


def title(file: Path) -> str:
    """Return the title of the view that a door holds."""
    text = file.read_text("utf-8")
    if file.suffix == ".html":
        view = unpacked(text.partition('id="relsurvey-view">')[2].partition("</script>")[0])
    elif file.suffix == ".ipynb":
        view = json.loads(view_of(json.loads(text)["metadata"]))
    else:
        view = json.loads(text)
    said: str = view["title"]["en"]
    return said


def titles(folder: Path) -> set[str]:
    """Return the titles of what lies in a folder and in those below it."""
    return {title(file) for name in HELD for file in folder.rglob(name) if ".relsurvey-" not in str(file)}


def names(folder: Path) -> set[str]:
    return {file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file()}


OLD_ONE = ("a release of its own", lambda folder: publish(one("Old"), folder, DOORS))
OLD_EACH = ("one a school", lambda folder: publish(each("Old"), folder, DOORS, each="school"))
NEW_ONE = ("a release of its own", lambda folder: publish(one("New"), folder, DOORS[:2]))
NEW_EACH = ("one a school", lambda folder: publish(each("New"), folder, DOORS[:2], each="school"))


def killed_at(step: int, folder: Path, publishing: Callable[[Path], object]) -> bool:
    """Publish in a child that ends at a step of what it does in a folder; return whether there was one."""
    child = os.fork()
    if not child:
        left = step

        def watch(event: str, arguments: tuple[object, ...]) -> None:
            nonlocal left
            if event.partition(".")[0] in ("open", "os", "shutil") and str(folder) in str(arguments):
                left -= 1
                if left < 0:
                    os._exit(9)

        sys.addaudithook(watch)
        publishing(folder)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9


@needs_fork
@pytest.mark.parametrize("new", [NEW_ONE, NEW_EACH], ids=lambda given: given[0])
@pytest.mark.parametrize("old", [OLD_ONE, OLD_EACH], ids=lambda given: given[0])
def test_a_kill_at_any_step_leaves_the_old_release_or_the_new(tmp_path, old, new):
    old[1](tmp_path / "old"), old[1](tmp_path / "new"), new[1](tmp_path / "new")
    whole = {name: names(tmp_path / name) for name in ("old", "new")}
    found, step = [], 0
    while True:
        folder = tmp_path / f"{step}"
        shutil.copytree(tmp_path / "old", folder)
        if not killed_at(step, folder, new[1]):
            break
        verify(folder)
        found.append("old" if names(folder) == whole["old"] else "new")
        assert names(folder) == whole[found[-1]]
        # One release in the place of several leaves their folders, to which nothing leads.
        listed = [folder] if not (folder / TEAMS).is_file() else [place.directory for place in verify(folder)]
        assert {title(one / name) for one in listed for name in HELD} == {found[-1].capitalize()}
        step += 1
    assert set(found) == {"old", "new"} and found == sorted(found, reverse=True)


@needs_fork
def test_the_next_release_takes_the_place_of_one_that_was_broken_off(tmp_path):
    for step in range(0, 60, 7):
        OLD_EACH[1](tmp_path)
        killed_at(step, tmp_path, NEW_ONE[1])
        NEW_EACH[1](tmp_path)
        assert len(verify(tmp_path)) == 2 and titles(tmp_path) == {"New"}
        assert not list(tmp_path.rglob(".relsurvey-*"))


def broken_off(folder: Path, old: Callable[[Path], object], new: Callable[[Path], object]) -> None:
    """Publish twice, the second time killed when it is decided on and before all of it is in its place."""
    whole = folder.with_name(f"{folder.name} whole")
    old(whole)
    for step in itertools.count(20):
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(whole, folder)
        assert killed_at(step, folder, new)
        if (folder / DECIDED).is_file() and titles(folder) == {"Old", "New"}:
            return


@needs_fork
def test_a_server_completes_it(tmp_path):
    broken_off(tmp_path / "one", OLD_ONE[1], NEW_ONE[1])
    check(tmp_path / "one", ip="127.0.0.1", token=None)
    assert titles(tmp_path / "one") == {"New"}
    # One folder of several: with it all are completed.
    broken_off(tmp_path / "each", OLD_EACH[1], NEW_EACH[1])
    check(tmp_path / "each" / "north", ip="127.0.0.1", token=None)
    assert titles(tmp_path / "each") == {"New"}


@needs_fork
@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="a folder cannot be closed here")
def test_where_nothing_can_be_written_it_is_refused_and_a_whole_one_is_read(tmp_path):
    folder = tmp_path / "out"
    broken_off(folder, OLD_ONE[1], NEW_ONE[1])
    folder.chmod(0o500)
    with pytest.raises(PublishError, match="not complete"):
        verify(folder)
    folder.chmod(0o700)
    verify(folder)
    folder.chmod(0o500)
    assert verify(folder)
    folder.chmod(0o700)


def test_a_file_that_cannot_be_replaced_is_said_and_completed_later(tmp_path, monkeypatch):
    OLD_ONE[1](tmp_path)
    real = os.replace

    def replace(source, target):
        if Path(target) == tmp_path / "app.ipynb":
            raise PermissionError(13, "Permission denied")
        real(source, target)

    with monkeypatch.context() as patch:
        patch.setattr("os.replace", replace)
        for act in (NEW_ONE[1], verify, lambda folder: check(folder, ip="127.0.0.1", token=None)):
            with pytest.raises(PublishError, match=r"not complete.*Close the program"):
                act(tmp_path)
    verify(tmp_path)
    assert titles(tmp_path) == {"New"}


def test_a_full_disk_leaves_the_old_release_and_nothing_else(tmp_path, monkeypatch):
    OLD_EACH[1](tmp_path)
    before = names(tmp_path)
    real, left = os.fsync, 3

    def fsync(handle):
        nonlocal left
        left -= 1
        if left < 0:
            raise OSError(28, "No space left on device")
        real(handle)

    with monkeypatch.context() as patch:
        patch.setattr("os.fsync", fsync)
        with pytest.raises(PublishError, match="No space left"):
            NEW_EACH[1](tmp_path)
    assert names(tmp_path) == before and titles(tmp_path) == {"Old"} and len(verify(tmp_path)) == 2


def test_a_mixture_is_not_served(tmp_path):
    for name, publishing in (("old", OLD_EACH[1]), ("new", NEW_EACH[1])):
        publishing(tmp_path / name)
    (tmp_path / "old" / "south").rename(tmp_path / "south")
    (tmp_path / "new" / "south").rename(tmp_path / "old" / "south")
    with pytest.raises(PublishError, match=r"not all of one release: publish it again\."):
        serve_teams(tmp_path / "old")
    folder = tmp_path / "old" / "north"
    (tmp_path / "new" / "north" / "app.ipynb").replace(folder / "app.ipynb")
    with pytest.raises(PublishError, match=r"app\.ipynb in .* publish it again"):
        check(folder, ip="127.0.0.1", token=None)


@pytest.mark.parametrize(
    "wrong",
    [
        {"ready": "..", "files": [], "retired": []},
        {"ready": ".relsurvey-a/../..", "files": [], "retired": []},
        {"ready": ".relsurvey-a", "files": ["../mine.txt"], "retired": []},
        {"ready": ".relsurvey-a", "files": [], "retired": ["../mine.txt"]},
        {"ready": ".relsurvey-a", "files": [], "retired": ["C:mine.txt"]},
        {"ready": ".relsurvey-a", "files": [], "retired": ["a/b/mine.txt"]},
        {"ready": ".relsurvey-a", "files": [], "retired": [1]},
        [],
    ],
)
def test_a_folder_of_a_stranger_touches_nothing_beyond_it(tmp_path, wrong):
    for folder in (tmp_path / "out", tmp_path / "out" / "a" / "b", tmp_path / "out" / ".relsurvey-a"):
        folder.mkdir(parents=True, exist_ok=True)
    files = [tmp_path / "mine.txt", tmp_path / "out" / "a" / "b" / "mine.txt"]
    for file in (*files, tmp_path / "out" / ".relsurvey-a" / "mine.txt"):
        file.write_text("mine")
    (tmp_path / "out" / DECIDED).write_text(json.dumps(wrong))
    settle(tmp_path / "out")
    assert all(file.read_text() == "mine" for file in files)
    assert not list((tmp_path / "out").glob(".relsurvey-*"))


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
def test_a_folder_that_leads_elsewhere_is_not_written_to(tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "north").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(PublishError, match="is a link"):
        write_release(tmp_path / "out", {"north/view.html": "text"})
    assert not list((tmp_path / "elsewhere").iterdir())


def test_several_in_the_place_of_one_release_take_it_away(tmp_path):
    publish(one("Old"), tmp_path, ("voila", "html", "excel", "slides"))
    (tmp_path / "notes.docx").write_text("ours")
    NEW_EACH[1](tmp_path)
    assert {file.name for file in tmp_path.iterdir()} == {"north", "south", "notes.docx", TEAMS, INDEX}
    assert len(verify(tmp_path)) == 2


def test_what_others_put_there_is_not_taken_away(tmp_path):
    (tmp_path / "view.xlsx").write_text("ours")
    NEW_ONE[1](tmp_path)
    assert (tmp_path / "view.xlsx").read_text() == "ours"
    OLD_ONE[1](tmp_path)
    NEW_ONE[1](tmp_path)
    assert not (tmp_path / "view.xlsx").exists()


PUBLISHING = """
import sys
from pathlib import Path
from tests.publish.test_whole import NEW_EACH, NEW_ONE, OLD_EACH, OLD_ONE
pair = (OLD_EACH, NEW_EACH) if sys.argv[2] == "each" else (OLD_ONE, NEW_ONE)
while True:
    for _, publishing in pair:
        publishing(Path(sys.argv[1]))
    print("both", flush=True)
"""


def kills(folder: Path, times: int, which: str) -> set[str]:
    """Kill a publishing process again and again; return the titles of the releases that were there then."""
    draw = random.Random(7)
    seen = set()
    for _ in range(times):
        process = subprocess.Popen(
            [sys.executable, "-c", PUBLISHING, str(folder), which], stdout=subprocess.PIPE, text=True
        )
        assert process.stdout is not None
        process.stdout.readline()
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(draw.uniform(0, 0.6))
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
        if names(folder):
            verify(folder)
            found = titles(folder)
            assert len(found) == 1
            seen |= found
    return seen


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
@pytest.mark.parametrize("which", ["one", "each"])
def test_a_kill_at_any_time_leaves_one_release(tmp_path, which):
    (OLD_EACH if which == "each" else OLD_ONE)[1](tmp_path)
    assert kills(tmp_path, 4, which) <= {"Old", "New"}
    (NEW_EACH if which == "each" else NEW_ONE)[1](tmp_path)
    assert titles(tmp_path) == {"New"}
