"""Kernels forked from one warm process: as apart from each other, and as mortal, as any others."""

from __future__ import annotations

import os
import re
import signal
import sys
from pathlib import Path

import psutil
import pytest

from relsurvey.publish import forking
from relsurvey.publish.serve import Server, serve
from tests.publish.serving import ask, gone, kernels, leave, publish, until, write_live_app
from tests.publish.small_view import small_view_json

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="kernels are forked on Linux alone")

#: Tells what a kernel knows, and leaves something in a module that all kernels have from the warm process.
TELLING = """\
import os, random, sys
import relsurvey

relsurvey.seen = getattr(relsurvey, "seen", 0) + 1
asked = os.environ["QUERY_STRING"]
print(f"seen {relsurvey.seen}; asked {asked}; drew {random.random()}; {os.getcwd()}; {sys.stdin.read()!r}")
"""


def warm(server: Server) -> psutil.Process:
    """Return the process that kernels are forked from."""
    (found,) = [
        process for process in psutil.Process(server.pid).children() if forking.__name__ in process.cmdline()
    ]
    return found


def test_a_view_brings_no_warm_process(tmp_path: Path) -> None:
    publish(tmp_path, small_view_json())
    with serve(tmp_path, open_browser=False) as server:
        assert ask(server, "/")[0] == 200
        assert psutil.Process(server.pid).children() == []


def test_kernels_are_forked_and_know_nothing_of_each_other(tmp_path: Path) -> None:
    with serve(write_live_app(tmp_path / "app.ipynb", TELLING), open_browser=False) as server:
        told = [re.search(r"seen .*", ask(server, f"/?viewer={viewer}")[2]) for viewer in ("one", "two")]
        assert {kernel.ppid() for kernel in kernels(server)} == {warm(server).pid}
        assert len(kernels(server)) == 2
    first, second = (found[0] for found in told if found)
    here = re.escape(os.path.realpath(tmp_path))
    for line, viewer in ((first, "one"), (second, "two")):
        known = rf"seen 1; asked viewer={viewer}; drew [\d.e-]+; {here}; (&#39;){{2}}"
        assert re.fullmatch(known, line), line
    assert first.split("; ")[2] != second.split("; ")[2]


def test_what_is_shared_holds_no_numerical_package(tmp_path: Path) -> None:
    with serve(write_live_app(tmp_path / "app.ipynb", "1"), open_browser=False) as server:
        paths = [entry.path for entry in warm(server).memory_maps()]
        assert any("python" in path.lower() for path in paths)
        assert not [path for path in paths if re.search(r"/(numpy|pandas)[/.]", path)]


def test_a_viewer_who_leaves_ends_a_forked_kernel(tmp_path: Path) -> None:
    # What the kernel started ends with it, though it would not by itself.
    source = "import subprocess\nsubprocess.Popen(['sleep', '1000'])\n1"
    with serve(write_live_app(tmp_path / "app.ipynb", source), open_browser=False) as server:
        _, headers, page = ask(server, "/")
        (kernel,) = kernels(server)
        below = [kernel, *kernel.children(recursive=True)]
        assert len(below) == 2
        assert leave(server, headers, page) == 204
        assert until(lambda: all(map(gone, below)))
        assert not gone(warm(server))


def test_without_the_warm_process_kernels_start_as_usual(tmp_path: Path) -> None:
    with serve(write_live_app(tmp_path / "app.ipynb", "print(6 * 7)"), open_browser=False) as server:
        ask(server, "/")
        (forked,) = kernels(server)
        ended = warm(server)
        ended.kill()
        assert until(lambda: gone(ended) and gone(forked))
        status, _, page = ask(server, "/")
        assert status == 200
        assert "42" in page
        assert "relsurvey-complete" in page
        started = [kernel for kernel in kernels(server) if kernel.ppid() == server.pid]
        assert started


@pytest.mark.parametrize("killed", [False, True])
def test_nothing_forked_outlives_the_server(tmp_path: Path, killed: bool) -> None:
    server = serve(write_live_app(tmp_path / "app.ipynb", "1"), open_browser=False)
    ask(server, "/")
    below = [psutil.Process(server.pid), warm(server), *kernels(server)]
    assert len(below) == 3
    if killed:
        os.kill(server.pid, signal.SIGKILL)
    server.stop()
    assert until(lambda: all(map(gone, below)))
