"""Measure how often each 95 % interval holds the truth, for 5-point answers of 20, 50 and 200 students.

    python benchmarks/coverage.py            # prints the table
    python benchmarks/coverage.py --write    # and writes docs/coverage.md

Answers come from one normal trait cut into five: *even* cuts put most answers in the middle, *skewed* ones
put 40 % at the top (4, 6, 15, 35, 40 %). The truth is the figure of a million students.
"""

from __future__ import annotations

import math
import os
import sys
from collections.abc import Callable
from pathlib import Path

# The matrices are tiny: threads would only wait for each other.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
import pandas as pd

from relsurvey.aggregate import moments
from relsurvey.aggregate.frame import score_counts, sums
from relsurvey.analysis.alpha import classical, robust_alpha
from relsurvey.analysis.groups.ranks import mann_whitney
from relsurvey.analysis.groups.twosample import Effect, hedges_g, mean_difference, mean_interval
from relsurvey.analysis.omega import omega
from relsurvey.analysis.shares import newcombe, wilson

PAGE = Path(__file__).resolve().parents[1] / "docs" / "coverage.md"
SIZES, DRAWS, QUESTIONS, LOADING, APART = (20, 50, 200), 4000, 5, 0.7, 0.4
CUTS = {"even": (-1.5, -0.5, 0.5, 1.5), "skewed": (-1.751, -1.282, -0.674, 0.253)}
Interval = tuple[float, float]


def draw(rng: np.random.Generator, n: int, cuts: tuple[float, ...], shift: float = 0.0) -> np.ndarray:
    """Return n × k answers of one trait."""
    trait = rng.normal(size=(n, 1)) + shift
    latent = LOADING * trait + math.sqrt(1 - LOADING**2) * rng.normal(size=(n, QUESTIONS))
    return np.digitize(latent, cuts) + 1.0


def one_sample(rows: np.ndarray) -> dict[str, Interval]:
    """Return every interval of one sample."""
    n = len(rows)
    m = moments(pd.DataFrame(rows))
    c, o = classical(m), omega(m.covariance("listwise"), n, rows)
    score = sums(rows.mean(axis=1))
    favorable = int(((rows >= 4).mean(axis=1) > 0.5).sum())
    wide = 1.959963984540054 * c.alpha_se
    return {
        "alpha, Feldt": (c.alpha_low, c.alpha_high),
        "alpha, Duhachek": (c.alpha - wide, c.alpha + wide),
        "alpha, robust (jackknife)": robust_alpha(rows),
        "omega, delta method": (o.low, o.high),
        "omega, robust": (o.robust_low, o.robust_high),
        "mean score, t": limits(mean_interval(score)),
        "share favorable, Wilson": wilson(favorable, n),
    }


def two_samples(a: np.ndarray, b: np.ndarray) -> dict[str, Interval]:
    """Return every interval of a difference."""
    scores = [rows.mean(axis=1) for rows in (a, b)]
    one, two = (sums(s) for s in scores)
    shares = [int(((rows >= 4).mean(axis=1) > 0.5).sum()) for rows in (a, b)]
    counted = score_counts(np.concatenate(scores), np.repeat(["a", "b"], [len(a), len(b)]))
    ranks = mann_whitney(counted.counts[0], counted.counts[1])
    return {
        "difference of means, Welch": limits(mean_difference(one, two)),
        "difference of shares, Newcombe": newcombe(shares[0], len(a), shares[1], len(b)),
        "Hedges g, non-central t": limits(hedges_g(one, two)),
        "Cliff's delta, Fisher z": limits(ranks.delta),
    }


def limits(effect: Effect) -> Interval:
    """Return the limits of a figure."""
    return effect.low, effect.high


def truths(cuts: tuple[float, ...]) -> dict[str, float]:
    """Return each figure of a million students."""
    rng = np.random.default_rng(0)
    a, b = draw(rng, 1_000_000, cuts), draw(rng, 1_000_000, cuts, APART)
    m = moments(pd.DataFrame(a))
    one, two = (sums(rows.mean(axis=1)) for rows in (a, b))
    shares = [float(((rows >= 4).mean(axis=1) > 0.5).mean()) for rows in (a, b)]
    counted = score_counts(
        np.concatenate([a.mean(axis=1), b.mean(axis=1)]), np.repeat(["a", "b"], [len(a), len(b)])
    )
    pooled = math.sqrt((one.variance + two.variance) / 2)
    delta = mann_whitney(counted.counts[0], counted.counts[1]).delta.value
    true = {
        "alpha": classical(m).alpha,
        "omega": omega(m.covariance("listwise"), len(a)).omega,
        "mean": one.mean,
        "share": shares[0],
        "difference of means": one.mean - two.mean,
        "difference of shares": shares[0] - shares[1],
        "Hedges": (one.mean - two.mean) / pooled,
        "Cliff": delta,
    }
    return {
        name: next(value for key, value in reversed(true.items()) if name.startswith(key))
        for name in [*one_sample(a[:50]), *two_samples(a[:50], b[:50])]
    }


def coverage(progress: Callable[[str], None]) -> pd.DataFrame:
    """Return one row an interval and one column a shape and size: the share of draws that hold the truth."""
    columns = {}
    for shape, cuts in CUTS.items():
        true = truths(cuts)
        for n in SIZES:
            progress(f"{shape}, n = {n}")
            rng = np.random.default_rng(n)
            held = dict.fromkeys(true, 0)
            made = dict.fromkeys(true, 0)
            for _ in range(DRAWS):
                a, b = draw(rng, n, cuts), draw(rng, n, cuts, APART)
                for name, (low, high) in {**one_sample(a), **two_samples(a, b)}.items():
                    # Where one factor tells nothing there is no omega, and no interval to count.
                    made[name] += not math.isnan(low)
                    held[name] += low <= true[name] <= high
            columns[f"{shape} {n}"] = {name: held[name] / made[name] for name in true}
    table = pd.DataFrame(columns)
    table["average"] = table.mean(axis=1)
    return table


INTRODUCTION = """\
# How often the intervals hold

A 95 % interval should hold the truth in 95 of 100 samples. Here is how often each does, for answers on five
points to five questions: *even* answers lie around the middle, *skewed* ones have 40 % at the top. Each cell
is {draws} samples, so it is right to about ±1 point. Differences are between two samples of that size, 0.4
standard deviations of the trait apart. Made by `python benchmarks/coverage.py --write`.
"""
READING = """\
Feldt's and Duhachek's intervals and omega's delta method assume normal answers. On skewed answers they are
too short, and more students do not help. The robust ones stand beside them in every table
(`alpha_robust_low`, `alpha_robust_high`, `omega_robust_low`, `omega_robust_high`): use those where answers
pile up at one end. Of 20 students one factor often tells nothing, and `omega` is missing; such samples are
not counted here.
"""


def page(table: pd.DataFrame) -> str:
    """Return the page of the docs."""
    lines = [
        INTRODUCTION.format(draws=f"{DRAWS:,}"),
        "| interval | " + " | ".join(map(str, table.columns)) + " |",
        "| --- |" + " --: |" * len(table.columns),
    ]
    for name, row in table.iterrows():
        lines.append(f"| {name} | " + " | ".join(f"{value:.3f}" for value in row) + " |")
    return "\n".join([*lines, "", READING])


if __name__ == "__main__":
    result = coverage(lambda what: print(what, file=sys.stderr, flush=True))
    print(result.round(3).to_string())
    if "--write" in sys.argv:
        PAGE.write_text(page(result), "utf-8")
