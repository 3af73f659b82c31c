"""Measure the simulator: one policy on 40,000 and on 5 million scores, its growth, and plain ways beside it.

    python benchmarks/regrade.py [--largest 5000000] [--profile]

Scores with categories, due dates, late and missing work; one in ten has a second attempt. The policy has
every part. Each size runs in a process of its own, so that its peak memory is its own; the plain ways (pandas
``groupby().apply()``, and the tests' slow simulator) run on the marks of a sample. Unix only.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SIZES = (40_000, 160_000, 640_000, 2_500_000, 5_000_000)
#: Scores of a student in a course.
ITEMS = 25
POLICY = {
    "id": "all-parts",
    "floor": {"percent": 50},
    "missing": {"codes": ["M", "NHI"], "counts_as": "zero"},
    "retake": {"below": 70, "cap": 80},
    "late": {"per_day": 10, "lowest": 50, "window": 10},
    "makeup": {"days": ["2026-03-06"], "window": 2, "credit": 90},
    "drop_lowest": {"Homework": 2, "Quizzes": 1},
    "weights": {"Homework": 30, "Quizzes": 20, "Tests": 50},
    "exclude": ["Behavior"],
    "effective": {"from": "2026-01-15"},
    "round": 1,
}


def scores(n: int, seed: int = 1):
    """Return a table of n scores: 6 courses a student, 25 scores a course."""
    import numpy as np
    import pandas as pd

    chance = np.random.default_rng(seed)
    row = np.arange(n)
    # One in ten scores is a second attempt at the item before it.
    again = row % 10 == 9
    mark = row // ITEMS
    student, course = mark // 6, mark % 6
    item = row % ITEMS - again
    names = np.array(["Homework", "Quizzes", "Tests", "Behavior"])
    due = np.datetime64("2026-01-05", "s") + (item * 4 * 86_400).astype("timedelta64[s]")
    came = due + (chance.choice([-1, 0, 0, 0, 0, 0, 0, 1, 2, 3, 12], n) * 86_400).astype("timedelta64[s]")
    never = (chance.random(n) < 0.08) & ~again
    points = np.array([10.0, 20.0, 100.0, 5.0])[item % 4]
    return pd.DataFrame(
        {
            "student": pd.Categorical.from_codes(student, [f"s{i}" for i in range(student.max() + 1)]),
            "school": pd.Categorical.from_codes(student // 400 % 20, [f"school {i}" for i in range(20)]),
            "course": pd.Categorical.from_codes(course, [f"course {i}" for i in range(6)]),
            "teacher": pd.Categorical.from_codes(mark % 60, [f"t{i}" for i in range(60)]),
            "term": pd.Categorical.from_codes(np.zeros(n, int), ["Fall"]),
            "item": pd.Categorical.from_codes(item, [f"item {i}" for i in range(ITEMS)]),
            "category": pd.Categorical.from_codes(item % 4, names),
            "due": due,
            "submitted": np.where(never, np.datetime64("NaT", "s"), came),
            "points_possible": points,
            "raw": np.where(never, np.nan, np.round(points * chance.beta(5, 2, n), 1)),
            "status": pd.Categorical.from_codes(never * 2, ["scored", "late", "missing"]),
            "code": pd.Categorical.from_codes(np.where(never, 0, -1), ["M"]),
            "attempt": (1 + again).astype(np.int16),
        }
    )


def one(n: int, repeats: int) -> dict[str, float]:
    """Return seconds and megabytes of one size, in this process."""
    from relsurvey.grading import Gradebook, Policy, regrade

    table = scores(n)
    grades = Gradebook.of(table)
    del table
    before = peak()
    policy = Policy(**POLICY)
    start = time.perf_counter()
    grades.work  # noqa: B018
    made = time.perf_counter() - start
    took = []
    for _ in range(repeats):
        start = time.perf_counter()
        regrade(grades, policy)
        took.append(time.perf_counter() - start)
    return {
        "n": n,
        "work": made,
        "policy": statistics.median(took),
        "first": took[0],
        "before": before,
        "peak": peak(),
    }


def peak() -> float:
    """Return the most memory this process has held, in MB."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / (1024 if sys.platform == "linux" else 1024**2)


def plain(n: int) -> dict[str, float]:
    """Return microseconds a score of the engine and of two plain ways, on the same sample, in one run.

    The pandas way adds up points with a floor and nothing else: far less than the engine does.
    """
    import pandas as pd

    from relsurvey.grading import Gradebook, Policy, regrade
    from tests.grading.slow_regrade import slow

    table, policy = scores(n), Policy(**POLICY)
    grades = Gradebook.of(table)
    grades.work  # noqa: B018
    out = {}
    start = time.perf_counter()
    regrade(grades, policy)
    out["engine"] = time.perf_counter() - start
    start = time.perf_counter()
    table.groupby(["student", "course"], observed=True)[["raw", "points_possible"]].apply(
        lambda of: pd.Series(
            100
            * of["raw"].fillna(0).clip(lower=of["points_possible"] * 0.5).sum()
            / of["points_possible"].sum()
        )
    )
    out["pandas"] = time.perf_counter() - start
    rows = table.astype({"due": object, "submitted": object}).to_dict("records")
    start = time.perf_counter()
    slow(rows, [policy], [Policy()])
    out["slow"] = time.perf_counter() - start
    return {way: 1e6 * took / n for way, took in out.items()}


def profile(n: int) -> None:
    """Print where the time goes."""
    import cProfile

    from relsurvey.grading import Gradebook, Policy, regrade

    grades = Gradebook.of(scores(n))
    for call in (lambda: grades.work, lambda: regrade(grades, Policy(**POLICY))):
        running = cProfile.Profile()
        running.runcall(call)
        running.print_stats("tottime")


def main() -> None:
    """Print a line a size, and the plain ways."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--largest", type=int, default=SIZES[-1])
    asked.add_argument("--profile", action="store_true")
    asked.add_argument("--one", type=int, help=argparse.SUPPRESS)
    told = asked.parse_args()
    sys.path.insert(0, str(ROOT))
    if told.one:
        print(json.dumps(one(told.one, 7 if told.one < 1_000_000 else 3)))
        return
    if told.profile:
        profile(min(told.largest, 640_000))
        return
    last = None
    print(
        f"{'scores':>10} {'arrays, once':>13} {'one policy':>11} {'growth':>7} {'peak MB':>8} {'table MB':>9}"
    )
    for n in SIZES:
        if n > told.largest:
            break
        done = subprocess.run(
            [sys.executable, __file__, "--one", str(n)], check=True, capture_output=True, text=True
        )
        seen = json.loads(done.stdout)
        growth = "" if last is None else f"{seen['policy'] / last['policy'] / (n / last['n']):.2f}"
        print(
            f"{n:>10,} {seen['work'] * 1000:>10.0f} ms {seen['policy'] * 1000:>8.0f} ms {growth:>7} "
            f"{seen['peak']:>8.0f} {seen['before']:>9.0f}",
            flush=True,
        )
        last = seen
    for way, took in plain(10_000).items():
        print(f"{way:>10}: {took:.2f} µs a score, on 10,000 scores")


if __name__ == "__main__":
    main()
