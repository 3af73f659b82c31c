"""Measure the policy lab: from a slider's move to the figures on the screen, in JupyterLab, on 40,000 scores.

    python benchmarks/policy_lab.py [--scores 40000] [--moves 100] [--one-rule]

A real JupyterLab and a headless Chromium. Every move waits for the one before it; the time runs from the
input event to the frame after the table was drawn anew. All parts of a policy hold, unless ``--one-rule``.
What the kernel takes of it stands beside it, and how long it keeps the processor: that holds on a busy
machine too.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

MOVES = """async (n) => {
  const root = document.querySelector(".rs-policy");
  const slider = root.querySelector("input[type=range]");
  const region = root.querySelector(".rs-policy-results .rs-scroll");
  const took = [];
  for (let at = 0; at < n; at++) {
    const value = String(30 + (at * 7) % 50);
    const drawn = new Promise((resolve) => {
      const watch = new MutationObserver(() => {
        if (region.getAttribute("aria-busy") === "true") return;
        watch.disconnect();
        requestAnimationFrame(() => resolve());
      });
      watch.observe(region, { attributes: true, attributeFilter: ["aria-busy"] });
    });
    const start = performance.now();
    slider.value = value;
    slider.dispatchEvent(new Event("input", { bubbles: true }));
    await drawn;
    took.push(performance.now() - start);
  }
  return took;
}"""


def cells(n: int, *, one_rule: bool) -> list[str]:
    """Return a notebook that shows the lab on so many scores."""
    rules = (
        "{}"
        if one_rule
        else "{k: v for k, v in POLICY.items() if k not in ('id', 'floor', 'effective', 'retake')}"
    )
    cell = (
        f"import sys\nsys.path.insert(0, {str(ROOT)!r})\nimport relsurvey as rs\n"
        "from benchmarks.regrade import POLICY, scores\n"
        f"own = rs.grading.Policy(**{rules})\n"
        f"gradebook = rs.grading.Gradebook.of(scores({n}), policies=[own])\n"
        "lab = rs.widgets.PolicyLab(gradebook)\nlab.change(floor={'percent': 50})\nlab"
    )
    return [cell]


def in_kernel(n: int, moves: int, *, one_rule: bool) -> tuple[list[float], list[float]]:
    """Return the milliseconds that the kernel takes for each move, and those of its processor."""
    names: dict[str, object] = {}
    exec(cells(n, one_rule=one_rule)[0].rsplit("\n", 1)[0], names)
    lab, took, busy = names["lab"], [], []
    lab.send = lambda content, buffers=None: None
    for at in range(moves):
        start, began = time.perf_counter(), time.process_time()
        parts = {"floor": {"percent": 30 + (at * 7) % 50 + at / 1000, "on": "score"}}
        lab._hear(None, {"type": "change", "id": "a", "parts": parts}, [])
        took.append(1000 * (time.perf_counter() - start))
        busy.append(1000 * (time.process_time() - began))
    return took, busy


def main() -> None:
    """Print the median and the 95th percentile."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--scores", type=int, default=40_000)
    asked.add_argument("--moves", type=int, default=100)
    asked.add_argument("--one-rule", action="store_true")
    told = asked.parse_args()
    sys.path.insert(0, str(ROOT))

    from playwright.sync_api import sync_playwright
    from run import find_chromium

    from tests.browser.conftest import FLAGS
    from tests.browser.desk import open_notebook

    alone, busy = in_kernel(told.scores, told.moves, one_rule=told.one_rule)
    took = {"kernel alone": alone, "its processor": busy}
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as home:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=FLAGS)
        notebook = cells(told.scores, one_rule=told.one_rule)
        with open_notebook(browser, Path(home), notebook) as (desk, _):
            desk.run("notebook:run-cell-and-select-next")
            desk.page.locator(".rs-policy-table").wait_for(timeout=60_000)
            desk.page.wait_for_timeout(2_000)
            took["move to frame"] = desk.page.evaluate(MOVES, told.moves)
        browser.close()
    print(f"{told.scores:,} scores, {told.moves} moves of a slider{', one rule' if told.one_rule else ''}")
    for what, each in took.items():
        p95 = statistics.quantiles(each, n=20)[-1]
        print(
            f"{what:>14}: median {statistics.median(each):.0f} ms, p95 {p95:.0f} ms, most {max(each):.0f} ms"
        )


if __name__ == "__main__":
    main()
