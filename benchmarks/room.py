"""Measure a room: 30 viewers who press the link within 10 seconds, 28 programs and 2 real browsers.

    python benchmarks/room.py [RUNS]

Three servers, one after the other, in each run: a room with a published view, a room with the same view as
a live app with a kernel a viewer, and (in the first three runs) a plain pandas + ipywidgets notebook in
Voilà as it comes. A viewer that is a program asks for the page and, where there is a kernel, connects to it
and waits for its answer. Linux only: it reads ``/proc``.

Seconds are the worst of all runs and need a machine that does nothing else. CPU seconds, those of the server
and its kernels, hold on a busy one too: they tell how long 30 pages keep two cores.
"""

from __future__ import annotations

import asyncio
import http.client
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import psutil
from jupyter_server.services.kernels.connection.base import deserialize_msg_from_ws_v1, serialize_msg_to_ws_v1
from playwright.async_api import Error as PlaywrightError
from playwright.async_api import async_playwright
from run import FLAGS, PAINTED, find_chromium, rival
from tornado.httpclient import AsyncHTTPClient, HTTPError, HTTPRequest
from tornado.websocket import websocket_connect

import relsurvey as rs
from relsurvey.demo import demo_workbook
from relsurvey.publish import forking
from relsurvey.publish.serve import serve

PROGRAMS, BROWSERS, WITHIN = 28, 2, 10.0
CORES, SOON, PLAIN_RUNS = 2, 2.0, 3
PLAIN = "plain notebook in Voilà"
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
    cpu: float = 0.0


def let_in(link: str) -> dict[str, str]:
    """Return what a browser sends once it has opened a link: the cookie that stands for the token."""
    told = urlsplit(link)
    connection = http.client.HTTPConnection(told.netloc)
    connection.request("GET", f"{told.path}?{told.query}")
    cookie = connection.getresponse().headers["Set-Cookie"]
    connection.close()
    return {"Cookie": cookie.split(";")[0]}


async def program(url: str, headers: dict[str, str], after: float, seen: Seen) -> None:
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
        answer = await client.fetch(
            HTTPRequest(url, headers=headers, streaming_callback=came), raise_error=False
        )
        if answer.code != 200:
            raise OSError(answer.code)
        seen.whole.append(time.perf_counter() - start)
        found = re.search(rb'"kernelId": "([0-9a-f-]{36})"', b"".join(parts))
        if found:
            await ask_kernel(url, headers, found[1].decode())
            seen.answer.append(time.perf_counter() - start)
    except (OSError, TimeoutError, AssertionError, HTTPError):
        seen.failed += 1


async def ask_kernel(url: str, headers: dict[str, str], kernel: str) -> None:
    """Connect to a kernel and wait for its answer."""
    channels = f"{url.replace('http', 'ws', 1)}api/kernels/{kernel}/channels?session_id={uuid.uuid4()}"
    socket = await websocket_connect(
        HTTPRequest(channels, headers=headers, request_timeout=60), subprotocols=[V1]
    )
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


async def browser(play, chromium: str, link: str, after: float, seen: Seen) -> None:
    """Open the page in a cold browser and wait for its first chart."""
    running = await play.chromium.launch(executable_path=chromium, args=FLAGS)
    try:
        page = await running.new_page(viewport={"width": 820, "height": 1180})
        await page.add_init_script(PAINTED)
        await asyncio.sleep(after)
        # Past the cover, to the first page with a chart.
        await page.goto(f"{link}#/glance", wait_until="commit", timeout=120_000)
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


def kernels(pid: int) -> list[psutil.Process]:
    """Return the kernels below a server, forked or not."""
    return [
        child
        for child in psutil.Process(pid).children(recursive=True)
        if any("ipykernel" in word for word in child.cmdline())
        or (forking.__name__ in child.cmdline() and child.ppid() != pid)
    ]


def spent(pid: int) -> float:
    """Return the CPU seconds that a server and everything below it have used, in user and system time."""
    processes = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
    return sum(sum(process.cpu_times()[:2]) for process in processes)


async def room(url: str, link: str, pid: int, chromium: str) -> Seen:
    """Let 30 viewers come within 10 seconds."""
    seen = Seen()
    headers = let_in(link) if link != url else {}
    viewers = PROGRAMS + BROWSERS
    before = spent(pid)
    async with async_playwright() as play:
        visits = []
        for number in range(viewers):
            after = WITHIN * number / viewers
            if number % (viewers // BROWSERS) == viewers // BROWSERS // 2:
                visits.append(browser(play, chromium, link, after, seen))
            else:
                visits.append(program(url, headers, after, seen))
        await asyncio.gather(*visits)
    seen.cpu = (spent(pid) - before) / viewers
    sizes = [child.memory_full_info().pss / 1e6 for child in kernels(pid)]
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
        "CPU s a page": round(statistics.median(run.cpu for run in runs), 3),
        "kernels": max(run.kernels for run in runs),
        "MB a kernel": round(max(run.kernel_mb for run in runs)),
    }


def main() -> None:
    """Print the table, and write it to ``room.json`` beside this file."""
    chromium = find_chromium()
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "out"
        rs.read(demo_workbook(), "five-elements").publish(out)
        app = json.loads((out / "app.ipynb").read_text("utf-8"))
        live = out / "live.ipynb"
        app["metadata"] = {"kernelspec": app["metadata"]["kernelspec"], "live": True}
        app["cells"][0]["source"] = LIVE
        live.write_text(json.dumps(app), "utf-8")
        seen: dict[str, list[Seen]] = {"published view": [], "live app": [], PLAIN: []}
        for run in range(runs):
            for name, path in (("published view", out), ("live app", live)):
                with serve(path, open_browser=False, room=True) as server:
                    seen[name].append(asyncio.run(room(server.url, server.link, server.pid, chromium)))
                print(told(name, seen[name][-1:]), flush=True)
            if run < PLAIN_RUNS:
                process, url = rival(Path(folder))
                try:
                    seen[PLAIN].append(asyncio.run(room(url, url, process.pid, chromium)))
                finally:
                    subprocess.run(["pkill", "-P", str(process.pid)], check=False)
                    process.terminate()
                    process.wait()
                print(told(PLAIN, seen[PLAIN][-1:]), flush=True)
    lines = [told(name, each) for name, each in seen.items()]
    slowest = max(max(each.whole) for each in seen[PLAIN])
    for line, each in zip(lines, seen.values(), strict=True):
        line["whole page / plain"] = round(max(max(one.whole) for one in each) / slowest, 3)
        cpu = statistics.median(one.cpu for one in each)
        line["seconds of two cores"] = round(cpu * (PROGRAMS + BROWSERS) / CORES, 1)
        print(line)
    print(f"30 pages may keep two cores {WITHIN + SOON:.0f} s.")
    text = json.dumps(lines, indent=1, ensure_ascii=False)
    (Path(__file__).parent / "room.json").write_text(text + "\n", "utf-8")


if __name__ == "__main__":
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    main()
