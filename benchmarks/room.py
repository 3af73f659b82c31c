"""Measure a room: 30 viewers who press the link within 10 seconds, 28 programs and 2 real browsers.

    python benchmarks/room.py [RUNS]

Three servers, one after the other, in one run: a published view, the same view as a live app with a kernel a
viewer, and a plain pandas + ipywidgets notebook in Voilà as it comes. A viewer that is a program asks for the
page and, where there is a kernel, connects to it and waits for its answer. Linux only: it reads ``/proc``.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from dataclasses import dataclass, field
from pathlib import Path

import psutil
from jupyter_server.services.kernels.connection.base import deserialize_msg_from_ws_v1, serialize_msg_to_ws_v1
from playwright.async_api import Error as PlaywrightError
from playwright.async_api import async_playwright
from run import FLAGS, PAINTED, rival
from tornado.httpclient import AsyncHTTPClient, HTTPError, HTTPRequest
from tornado.websocket import websocket_connect

import relsurvey as rs
from relsurvey.demo import demo_workbook
from relsurvey.publish.serve import serve

PROGRAMS, BROWSERS, WITHIN = 28, 2, 10.0
V1 = "v1.kernel.websocket.jupyter.org"
LIVE = """
import pathlib
import relsurvey as rs
from relsurvey.view import View
rs.widgets.Viewer(View.model_validate_json(pathlib.Path("view.relsurvey.json").read_text("utf-8")))
"""


@dataclass
class Seen:
    """What one room saw: seconds to the first byte, the whole page, a kernel's answer, a painted chart."""

    first: list[float] = field(default_factory=list)
    whole: list[float] = field(default_factory=list)
    answer: list[float] = field(default_factory=list)
    painted: list[float] = field(default_factory=list)
    failed: int = 0
    kernels: int = 0
    kernel_mb: float = 0.0


async def program(url: str, after: float, seen: Seen, *, websocket: bool) -> None:
    """Ask for the page; where it has a kernel, connect and wait for its answer."""
    await asyncio.sleep(after)
    start = time.perf_counter()
    parts: list[bytes] = []

    def came(part: bytes) -> None:
        if not parts:
            seen.first.append(time.perf_counter() - start)
        parts.append(part)

    try:
        client = AsyncHTTPClient(
            force_instance=True, defaults={"connect_timeout": 60, "request_timeout": 120}
        )
        answer = await client.fetch(HTTPRequest(url, streaming_callback=came), raise_error=False)
        if answer.code != 200:
            raise OSError(answer.code)
        seen.whole.append(time.perf_counter() - start)
        found = re.search(rb'"kernelId": "([0-9a-f-]{36})"', b"".join(parts))
        if websocket and found:
            await ask_kernel(url, found[1].decode())
            seen.answer.append(time.perf_counter() - start)
    except (OSError, TimeoutError, AssertionError, HTTPError):
        seen.failed += 1


async def ask_kernel(url: str, kernel: str) -> None:
    """Connect to a kernel and wait for its answer."""
    channels = f"{url.replace('http', 'ws', 1)}api/kernels/{kernel}/channels?session_id={uuid.uuid4()}"
    socket = await websocket_connect(HTTPRequest(channels, request_timeout=60), subprotocols=[V1])
    key = uuid.uuid4().hex
    header = {
        "msg_id": key,
        "msg_type": "kernel_info_request",
        "username": "",
        "session": "s",
        "version": "5.4",
    }
    header["date"] = "2026-01-31T12:00:00Z"
    parts = [json.dumps(part).encode() for part in (header, {}, {}, {})]
    await socket.write_message(serialize_msg_to_ws_v1(parts, "shell"), binary=True)
    while True:
        wire = await asyncio.wait_for(socket.read_message(), 60)
        assert isinstance(wire, bytes), "the connection was closed"
        _, came = deserialize_msg_from_ws_v1(wire)
        if json.loads(came[1]).get("msg_id") == key:
            # The connection stays open, as a viewer's does.
            return


async def browser(play, chromium: str, url: str, after: float, seen: Seen) -> None:
    """Open the page in a cold browser and wait for its first chart."""
    running = await play.chromium.launch(executable_path=chromium, args=FLAGS)
    try:
        page = await running.new_page(viewport={"width": 820, "height": 1180})
        await page.add_init_script(PAINTED)
        await asyncio.sleep(after)
        # Past the cover, to the first page with a chart.
        await page.goto(f"{url}#/glance", wait_until="commit", timeout=120_000)
        for _ in range(3000):
            moment = await page.evaluate("window.painted")
            if moment is not None:
                seen.painted.append(moment / 1000)
                return
            await asyncio.sleep(0.02)
        seen.failed += 1
    except PlaywrightError:
        seen.failed += 1
    finally:
        await running.close()


async def room(url: str, pid: int, chromium: str) -> Seen:
    """Let 30 viewers come within 10 seconds."""
    seen = Seen()
    viewers = PROGRAMS + BROWSERS
    async with async_playwright() as play:
        visits = []
        for number in range(viewers):
            after = WITHIN * number / viewers
            if number % (viewers // BROWSERS) == viewers // BROWSERS // 2:
                visits.append(browser(play, chromium, url, after, seen))
            else:
                visits.append(program(url, after, seen, websocket=True))
        await asyncio.gather(*visits)
    sizes = [
        child.memory_full_info().pss / 1e6
        for child in psutil.Process(pid).children(recursive=True)
        if any("ipykernel" in word for word in child.cmdline())
    ]
    seen.kernels, seen.kernel_mb = len(sizes), statistics.mean(sizes) if sizes else 0.0
    return seen


def told(name: str, runs: list[Seen]) -> dict[str, object]:
    """Return one line of the table: the worst of all runs."""

    def worst(which: str) -> float | None:
        values = [value for run in runs for value in getattr(run, which)]
        return round(max(values), 2) if values else None

    return {
        "server": name,
        "runs": len(runs),
        "failed": sum(run.failed for run in runs),
        "first byte": worst("first"),
        "whole page": worst("whole"),
        "kernel's answer": worst("answer"),
        "painted": worst("painted"),
        "kernels": max(run.kernels for run in runs),
        "MB a kernel": round(max(run.kernel_mb for run in runs)),
    }


def main() -> None:
    """Print the table, and write it to ``room.json`` beside this file."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        sys.exit("Chromium is missing: install it, then run this again.")
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    lines = []
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "out"
        rs.read(demo_workbook(), "five-elements").publish(out)
        app = json.loads((out / "app.ipynb").read_text("utf-8"))
        live = out / "live.ipynb"
        app["metadata"] = {"kernelspec": app["metadata"]["kernelspec"], "live": True}
        app["cells"][0]["source"] = LIVE
        live.write_text(json.dumps(app), "utf-8")
        for name, path in (("published view", out), ("live app", live)):
            seen = []
            for _ in range(runs):
                with serve(path, open_browser=False) as server:
                    seen.append(asyncio.run(room(server.url, server.pid, chromium)))
            lines.append(told(name, seen))
            print(lines[-1], flush=True)
        seen = []
        for _ in range(min(runs, 3)):
            process, url = rival(Path(folder))
            try:
                seen.append(asyncio.run(room(url, process.pid, chromium)))
            finally:
                subprocess.run(["pkill", "-P", str(process.pid)], check=False)
                process.terminate()
                process.wait()
        lines.append(told("plain notebook in Voilà", seen))
        print(lines[-1])
    text = json.dumps(lines, indent=1, ensure_ascii=False)
    (Path(__file__).parent / "room.json").write_text(text + "\n", "utf-8")


if __name__ == "__main__":
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    main()
