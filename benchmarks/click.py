"""Measure a click to a redrawn page, with the processor four times slower, and the size of a school's view.

    python benchmarks/click.py [--slower 4] [--held 80]

The view is one school of 2,000 students with 6 group variables, the third of its waves beside the second.
A time runs from the moment the button of the mouse comes up to the end of the frame in which the new page
stands; waiting for the screen's next frame, 8 ms on average, is part of it. While a hand holds the button,
the page makes what the click will show; ``--held 0`` leaves no time for that. Read it on a quiet machine.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
from playwright.sync_api import sync_playwright
from run import FLAGS, find_chromium

import relsurvey as rs
from relsurvey.demo import demo_workbook

ROUNDS, STUDENTS = 12, 2000
# From the time stamp of the click, a true one, to the end of the first frame with anything new in the view.
WATCH = """
() => addEventListener('click', (event) => {
  window.took = null;
  const watch = new MutationObserver(() => {
    watch.disconnect();
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => { window.took = performance.now() - event.timeStamp; };
      port2.postMessage(0);
    });
  });
  watch.observe(document.querySelector('.rs'), { subtree: true, childList: true, attributes: true });
}, true)
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
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--slower", type=float, default=4.0)
    asked.add_argument("--held", type=int, default=80)
    told = asked.parse_args()
    slower, held = told.slower, told.held
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as play:
        published = school().publish(Path(folder) / "out", ledger=Path(folder) / "ledger" / "one.jsonl")
        size = (published.directory / "view.relsurvey.json").stat().st_size / 1000
        page_size = (published.directory / "view.html").stat().st_size / 1000
        print(
            f"view of {len(published.view.units)} units: {size:.0f} kB as JSON, {page_size:.0f} kB as a page"
        )
        browser = play.chromium.launch(executable_path=find_chromium(), args=FLAGS)
        page = browser.new_page(viewport={"width": 820, "height": 1180})
        page.goto((published.directory / "view.html").as_uri() + "#/groups")
        page.wait_for_selector(".rs-pages a")
        links = "all => all.map((a) => a.getAttribute('href'))"
        choices = page.eval_on_selector_all(".rs-choice", links)
        pages = page.eval_on_selector_all(".rs-pages a", links)
        at = next(index for index, address in enumerate(pages) if "/groups/" in address)
        tour = [*pages[: at + 1], *choices, *pages[at + 1 :]]
        page.evaluate(WATCH)
        page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": slower})
        times: dict[str, list[float]] = {address: [] for address in tour}
        for number in range(ROUNDS):
            for address in tour:
                link = page.locator(f".rs-pages a[href='{address}'], .rs-choice[href='{address}']")
                box = link.bounding_box() or sys.exit(f"{address} is not on the page.")
                # A hand's click, and nothing else in the page meanwhile: Playwright's own `click` has the
                # page look what is under the mouse, four times slower too, and lets go of the button at once.
                page.wait_for_timeout(100)
                page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, delay=held)
                # Nobody clicks faster; what a page does after its first frame is over by then.
                page.wait_for_timeout(400)
                # The first round is for the browser to get to know the script.
                if number > 0:
                    times[address].append(page.evaluate("window.took"))
        browser.close()
    for address, of_one in times.items():
        print(f"{address:40} median {statistics.median(of_one):4.0f} ms, worst {max(of_one):4.0f} ms")
    every = sorted(time for of_one in times.values() for time in of_one)
    print(f"{len(every)} clicks, {slower:g} times slower:")
    p95 = every[int(0.95 * len(every))]
    print(f"median {statistics.median(every):.0f} ms, p95 {p95:.0f} ms, worst {every[-1]:.0f} ms")


if __name__ == "__main__":
    main()
