"""Measure what the README quotes, each figure as a ratio against what a user would pick instead, in one run.

    python benchmarks/run.py

It needs the dev dependencies, matplotlib (for the rival) and Chromium. Seconds vary by half from machine to
machine; read the ratios.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from playwright.sync_api import Browser, Playwright, sync_playwright

import relsurvey as rs
from relsurvey.demo import demo_workbook
from relsurvey.publish.serve import serve

HERE = Path(__file__).parent
REPEATS = 5
FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip

# The first frame after a chart is in the page: ours is an SVG with bars, the rival's a picture of one.
PAINTED = """
window.painted = null;
const look = () => {
  const chart = [...document.querySelectorAll('svg rect, img[src^="data:image/png"]')].find(
    (e) => e.getBoundingClientRect().width > 100 && (e.tagName !== 'IMG' || e.complete));
  if (chart) requestAnimationFrame(() => setTimeout(() => { window.painted ??= performance.now(); }));
  else requestAnimationFrame(look);
};
requestAnimationFrame(look);
"""


def imported(module: str) -> float:
    """Return the seconds a fresh Python takes to import a module, the median of several."""
    code = f"import time; t = time.perf_counter(); import {module}; print(time.perf_counter() - t)"
    command = [sys.executable, "-c", code]
    runs = [subprocess.run(command, capture_output=True, text=True, check=True) for _ in range(REPEATS)]
    return statistics.median(float(run.stdout) for run in runs)


def painted(play: Playwright, chromium: str, url: str) -> tuple[float, int]:
    """Return the seconds to the first chart in a cold browser, and the requests to other hosts."""
    own = url.split("/")[2]
    times, foreign = [], 0
    for _ in range(REPEATS):
        browser: Browser = play.chromium.launch(executable_path=chromium, args=FLAGS)
        page = browser.new_page(viewport={"width": 820, "height": 1180})
        page.add_init_script(PAINTED)
        seen: list[str] = []
        page.on("request", lambda request, seen=seen: seen.append(request.url))
        # Past the cover, to the first page with a chart.
        page.goto(f"{url}#/glance", wait_until="commit")
        # Asked from here again and again: the pages' own policy lets nothing be evaluated inside them.
        while (moment := page.evaluate("window.painted")) is None:
            page.wait_for_timeout(20)
        times.append(moment / 1000)
        page.wait_for_timeout(300)
        foreign += sum(1 for u in seen if u.startswith(("http", "ws")) and u.split("/")[2] != own)
        browser.close()
    return statistics.median(times), foreign


def rival(directory: Path) -> tuple[subprocess.Popen[bytes], str]:
    """Start Voilà as it comes, on the plain notebook."""
    shutil.copy(HERE / "rival" / "rival.ipynb", directory)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "voila", str(directory / "rival.ipynb"), "--no-browser", f"--port={port}"],
        env={**os.environ, "RELSURVEY_BENCHMARK_WORKBOOK": str(demo_workbook())},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    url = f"http://127.0.0.1:{port}/"
    for _ in range(200):
        try:
            urllib.request.urlopen(f"{url}static/", timeout=1)
        except urllib.error.HTTPError:
            break
        except OSError:
            time.sleep(0.1)
    return process, url


def find_chromium() -> str:
    """Return the browser to measure with, or end with what to do."""
    names = ("chromium", "chromium-browser", "google-chrome", "chromium-headless-shell")
    found = next(filter(None, map(shutil.which, names)), None)
    return found or sys.exit("Chromium is missing: install it, then run this again.")


def main() -> None:
    """Print the table, and write it to ``results.json`` beside this file."""
    chromium = find_chromium()
    rows: list[tuple[str, str, str, bool]] = []

    ours, theirs = imported("relsurvey"), imported("pandas")
    rows.append(
        ("import relsurvey / import pandas", f"{ours / theirs:.3f}", "< 0.333", ours / theirs < 1 / 3)
    )

    script = Path(rs.__file__).parent / "static" / "page.js"
    size = script.stat().st_size / 1000
    rows.append(("script, minified", f"{size:.0f} kB", "< 100 kB", size < 100))

    with tempfile.TemporaryDirectory() as folder, sync_playwright() as play:
        out = Path(folder) / "out"
        start = time.perf_counter()
        rs.read(demo_workbook(), "five-elements").publish(out)
        rows.append(("read and publish the demo", f"{time.perf_counter() - start:.1f} s", "", True))
        size = (out / "view.html").stat().st_size / 1000
        rows.append(("page of the demo, in all", f"{size:.0f} kB", "< 400 kB", size < 400))

        # The file comes through a plain server, as a school's web space would send it.
        files = subprocess.Popen(
            [sys.executable, "-m", "http.server", "0", "--bind", "127.0.0.1", "--directory", str(out)],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
            text=True,
        )
        assert files.stdout is not None
        port = files.stdout.readline().split("port ")[1].split(" ")[0]
        html, html_foreign = painted(play, chromium, f"http://127.0.0.1:{port}/view.html")
        files.terminate()
        rows.append(("HTML file: first chart, cold browser", f"{html:.2f} s", "< 0.5 s", html < 0.5))

        with serve(out, open_browser=False) as server:
            app, app_foreign = painted(play, chromium, server.url)
        rows.append(("Voilà app: first chart, cold browser", f"{app:.2f} s", "< 1 s", app < 1))

        process, url = rival(Path(folder))
        try:
            plain, _ = painted(play, chromium, url)
        finally:
            process.terminate()
            process.wait()
        rows.append(("plain Voilà notebook: first chart, cold browser", f"{plain:.2f} s", "", True))
        rows.append(("Voilà app / plain Voilà notebook", f"{app / plain:.3f}", "< 0.2", app / plain < 0.2))
        foreign = html_foreign + app_foreign
        rows.append(("requests to other hosts", str(foreign), "0", foreign == 0))

    width = max(len(row[0]) for row in rows)
    for name, value, goal, met in rows:
        print(f"{name:{width}}  {value:>9}  {goal:9} {'' if not goal else 'met' if met else 'MISSED'}")
    results = json.dumps([row[:3] for row in rows], indent=1, ensure_ascii=False)
    (HERE / "results.json").write_text(results + "\n", "utf-8")
    sys.exit(not all(row[3] for row in rows))


if __name__ == "__main__":
    main()
