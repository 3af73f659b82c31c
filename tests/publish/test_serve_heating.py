"""A room's pages are made before its viewers come, and are theirs alone."""

from __future__ import annotations

import asyncio
import re
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from jupyter_client.kernelspec import NATIVE_KERNEL_NAME

from relsurvey.publish.hardening import RoomKernels
from relsurvey.publish.serve import Server, serve
from tests.publish.serving import ask, gone, kernel_id, kernels, leave, publish, until, write_live_app
from tests.publish.small_view import small_view_json

#: Says who made the page, and for whom.
TELLING = """\
import os
print(f"made by {os.getpid()}; asked {os.environ['QUERY_STRING']};")
"""


@contextmanager
def room(folder: Path, source: str = TELLING, places: int = 2) -> Iterator[tuple[Server, str]]:
    """Serve an app in a room, and give the server and the cookie of who has its link."""
    app = write_live_app(folder / "app.ipynb", source)
    with serve(app, room=True, open_browser=False, max_kernels=places) as server:
        _, headers, _ = ask(server, f"/?token={server.token}")
        yield server, headers["Set-Cookie"].split(";")[0]


def visit(server: Server, cookie: str, path: str = "/") -> tuple[int, dict[str, str], str]:
    return ask(server, path, headers={"Cookie": cookie})


def maker(page: str) -> int:
    found = re.search(r"made by (\d+);", page)
    assert found, page[-2000:]
    return int(found[1])


def test_kernels_wait_for_the_viewers_of_a_room(tmp_path: Path) -> None:
    with room(tmp_path) as (server, cookie):
        waiting = {kernel.pid for kernel in kernels(server)}
        assert len(waiting) == 2
        pages = [visit(server, cookie) for _ in range(3)]
        assert [status for status, _, _ in pages] == [200, 200, 503], "those who wait count among all"
        assert {maker(page) for _, _, page in pages[:2]} == waiting
        assert kernel_id(pages[0][2]) != kernel_id(pages[1][2])
        assert all("relsurvey-complete" in page for _, _, page in pages[:2])
        _, headers, page = pages[0]
        assert leave(server, headers, page, cookie) == 204
        made: set[int] = set()
        assert until(lambda: made.update({kernel.pid for kernel in kernels(server)} - waiting) or bool(made))
        assert until(lambda: pages.append(visit(server, cookie)) or pages[-1][0] == 200)
        assert maker(pages[-1][2]) in made, "when all was quiet, a page was made before it was asked for"


def test_only_a_room_keeps_kernels_ready(tmp_path: Path) -> None:
    with serve(write_live_app(tmp_path / "app.ipynb", TELLING), open_browser=False) as server:
        assert kernels(server) == []
    publish(tmp_path, small_view_json())
    with serve(tmp_path, room=True, open_browser=False) as server:
        assert kernels(server) == []


def test_who_asks_for_something_gets_a_kernel_that_knows_it(tmp_path: Path) -> None:
    with room(tmp_path) as (server, cookie):
        waiting = {kernel.pid for kernel in kernels(server)}
        status, _, page = visit(server, cookie, "/?school=north")
        assert status == 200, "one that waits makes place"
        assert "asked school=north;" in page
        assert maker(page) not in waiting
        status, _, page = visit(server, cookie)
        assert "asked ;" in page
        assert maker(page) in waiting


def test_a_page_of_a_replaced_notebook_is_given_to_nobody(tmp_path: Path) -> None:
    with room(tmp_path, "print('the first')") as (server, cookie):
        old = {kernel.pid for kernel in kernels(server)}
        write_live_app(tmp_path / "app.ipynb", TELLING)
        status, _, page = visit(server, cookie)
        assert status == 200
        assert maker(page) not in old
        assert until(lambda: not old & {kernel.pid for kernel in kernels(server)})


@pytest.mark.skipif(sys.platform != "linux", reason="kernels are forked on Linux alone")
def test_a_page_whose_kernel_has_gone_is_given_to_nobody(tmp_path: Path) -> None:
    with room(tmp_path) as (server, cookie):
        waiting = kernels(server)
        waiting[0].parent().kill()
        # They are nobody's children now, and end by themselves.
        assert until(lambda: all(map(gone, waiting)))
        status, _, page = visit(server, cookie)
        assert status == 200
        assert maker(page) in {kernel.pid for kernel in kernels(server)}


def test_who_waits_for_a_viewer_is_not_taken_for_one_who_has_gone() -> None:
    async def live() -> None:
        room = RoomKernels(cull_idle_timeout=1)
        key = await room.start_kernel(kernel_id=room.reserve(), kernel_name=NATIVE_KERNEL_NAME)
        try:
            kernel: Any = room.get_kernel(key)
            kernel.execution_state, kernel.last_activity = "idle", datetime(2026, 1, 31, tzinfo=UTC)
            room.waiting.add(key)
            await room.cull_kernel_if_idle(key)
            assert key in room
            room.waiting.discard(key)
            await room.cull_kernel_if_idle(key)
            assert key in room, "its viewer has only come"
            kernel.last_activity = datetime(2026, 1, 31, tzinfo=UTC)
            await room.cull_kernel_if_idle(key)
            assert key not in room
        finally:
            await room.shutdown_all(now=True)

    # In a thread of its own: a browser's test may have left a loop running in this one.
    with ThreadPoolExecutor() as alone:
        alone.submit(asyncio.run, live()).result()
