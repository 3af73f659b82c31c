"""Measure the statistics on data of the size of bfi (25 items × 2,800) against R's psych and pingouin.

    python benchmarks/analysis.py

R and pingouin are measured in the same run where they are installed. Data are made up, so that anyone can
run it.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
import pandas as pd

from relsurvey.aggregate import moments
from relsurvey.analysis.alpha import classical
from relsurvey.analysis.dif import dif
from relsurvey.analysis.factor import factor
from relsurvey.analysis.invariance import invariance
from relsurvey.analysis.reliability import reliability

ROWS, SCALES, QUESTIONS, POINTS = 2800, 5, 5, 6
R = """
suppressMessages(library(psych))
d <- read.csv(commandArgs(TRUE)[1])
x <- lapply(0:4, function(s) d[, paste0("s", s, "q", 0:4)])
for (i in 1:3) for (f in x) alpha(f, check.keys = FALSE, warnings = FALSE)
t <- system.time(for (i in 1:10) for (f in x) alpha(f, check.keys = FALSE, warnings = FALSE))[["elapsed"]]
cat(t / 10)
"""


def answers(rows: int, rng: np.random.Generator) -> pd.DataFrame:
    """Return answers to five scales of five questions, 2 % missing."""
    traits = rng.multivariate_normal(np.zeros(SCALES), 0.5 + 0.5 * np.eye(SCALES), size=rows)
    columns = {
        f"s{s}q{q}": np.clip(np.floor(traits[:, s] * 0.9 + rng.normal(size=rows) + 4.2), 1, POINTS)
        for s in range(SCALES)
        for q in range(QUESTIONS)
    }
    frame = pd.DataFrame(columns)
    return frame.mask(rng.random(frame.shape) < 0.02)


def seconds(work: Callable[[], object], times: int = 5) -> float:
    """Return the fastest of some runs."""
    best = float("inf")
    for _ in range(times):
        start = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - start)
    return best


def main() -> None:
    """Print one line a figure."""
    rng = np.random.default_rng(1)
    frame = answers(ROWS, rng)
    scales = {f"s{s}": [f"s{s}q{q}" for q in range(QUESTIONS)] for s in range(SCALES)}
    parts = [frame[items] for items in scales.values()]
    groups = pd.Series(rng.choice(["a", "b", "c"], size=ROWS))

    alpha = seconds(lambda: [classical(moments(part)) for part in parts], 20)
    print(f"alpha family of 5 scales                 {1000 * alpha:8.1f} ms   (at most 30)")
    if shutil.which("Rscript"):
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / "a.csv").write_text(frame.to_csv(index=False))
            (Path(folder) / "a.R").write_text(R)
            done = subprocess.run(
                ["Rscript", f"{folder}/a.R", f"{folder}/a.csv"], check=True, capture_output=True, text=True
            )
        psych = float(done.stdout)
        print(f"  psych::alpha, the same                 {1000 * psych:8.1f} ms   {psych / alpha:.0f} times")
    try:
        import pingouin
    except ModuleNotFoundError:
        print("  pingouin is not installed")
    else:
        other = seconds(lambda: [pingouin.cronbach_alpha(part) for part in parts])
        print(f"  pingouin.cronbach_alpha, alpha alone   {1000 * other:8.1f} ms   {other / alpha:.1f} times")
    whole = seconds(lambda: [reliability(part) for part in parts])
    print(f"whole reliability table of 5 scales      {1000 * whole:8.1f} ms   (at most 1000)")
    one = seconds(lambda: factor(frame, scales))
    print(f"five factors, 25 items                   {1000 * one:8.1f} ms")
    same = seconds(lambda: invariance(parts[0], groups), 3)
    print(f"invariance of 5 items, 3 groups          {1000 * same:8.1f} ms")
    scan = seconds(lambda: [dif(part, groups) for part in parts], 3)
    print(f"DIF of 25 items, 3 groups                {1000 * scan:8.1f} ms   (at most 2000)")
    for rows in (2_800, 28_000, 280_000):
        many = answers(rows, rng)
        passed = seconds(lambda many=many: moments(many), 3)
        print(f"one pass over 25 items, {rows:7,} rows     {1000 * passed:8.1f} ms")


if __name__ == "__main__":
    main()
