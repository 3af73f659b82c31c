"""Measure a click to a redrawn page, with the processor four times slower, and the size of a school's view.

    python benchmarks/click.py [SLOWER]

The view is one school of 2,000 students with 6 group variables, the third of its waves beside the second. The
seconds run from the click to the frame in which the new page stands. Read it on a quiet machine.
"""

from __future__ import annotations

import shutil
import statistics
import sys
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
from playwright.sync_api import sync_playwright
from run import FLAGS

import relsurvey as rs
from relsurvey.demo import demo_workbook

CLICKS, STUDENTS = 100, 2000

CLICK = """
async (address) => {
  const link = [...document.querySelectorAll('.rs-pages a')].find((a) => a.getAttribute('href') === address);
  const start = performance.now();
  link.click();
  await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  return performance.now() - start;
}
"""


def school() -> rs.Study:
    """Return a school of 2,000 students in three waves: students of the demo, drawn again and again."""
    study = rs.read(demo_workbook(), "five-elements")
    pool = study.answers[study.answers["wave"] == study.wave]
    rng = np.random.default_rng(20261130)
    waves = []
    for wave in ("winter", "spring", "summer"):
        drawn = pool.iloc[rng.integers(0, len(pool), STUDENTS)].copy()
        drawn["respondent"] = [f"s{number}" for number in range(STUDENTS)]
        drawn["wave"], drawn["school"] = wave, "One High"
        waves.append(drawn)
    return rs.read(pd.concat(waves).drop(columns=["team"], errors="ignore"), study.instrument)


def main() -> None:
    """Print the times."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        sys.exit("Chromium is missing: install it, then run this again.")
    slower = float(sys.argv[1]) if len(sys.argv) > 1 else 4.0
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as play:
        published = school().publish(Path(folder) / "out", ledger=Path(folder) / "ledger" / "one.jsonl")
        size = (published.directory / "view.relsurvey.json").stat().st_size / 1000
        page_size = (published.directory / "view.html").stat().st_size / 1000
        print(
            f"view of {len(published.view.units)} units: {size:.0f} kB as JSON, {page_size:.0f} kB as a page"
        )
        browser = play.chromium.launch(executable_path=chromium, args=FLAGS)
        page = browser.new_page(viewport={"width": 820, "height": 1180})
        page.goto((published.directory / "view.html").as_uri() + "#/glance")
        page.wait_for_selector(".rs-pages a")
        addresses = page.eval_on_selector_all(".rs-pages a", "all => all.map((a) => a.getAttribute('href'))")
        page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": slower})
        times = []
        for number in range(CLICKS):
            # Nobody clicks faster; what a page does after its first frame is over by then.
            page.wait_for_timeout(400)
            times.append(page.evaluate(CLICK, addresses[(number + 1) % len(addresses)]))
        times.sort()
        browser.close()
    print(f"{CLICKS} clicks over {len(addresses)} pages, {slower:g} times slower:")
    median, p95 = statistics.median(times), times[int(0.95 * CLICKS)]
    print(f"median {median:.0f} ms, p95 {p95:.0f} ms, worst {times[-1]:.0f} ms")


if __name__ == "__main__":
    main()
