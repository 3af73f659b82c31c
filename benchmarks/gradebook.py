"""Measure gradebooks: reading a ninth grade's Canvas exports, against pandas reading and unpivoting them.

    python benchmarks/gradebook.py

Each is read in a fresh Python that has pandas loaded. Ours parses the file in a child process with limits,
finds every assignment's category and works out the weights, and that is in the time.
"""

from __future__ import annotations

import csv
import json
import random
import subprocess
import sys
import tempfile
from pathlib import Path

REPEATS = 5
GROUPS = {"Homework": (60, 30), "Tests": (15, 50), "Labs": (25, 20)}
OURS = """
import json, sys, time
import numpy, pandas
from relsurvey.grading import read_gradebook
start = time.perf_counter()
book = read_gradebook(sys.argv[1:], blank="zero")
seconds = time.perf_counter() - start
print(json.dumps({"seconds": seconds, "scores": len(book.scores)}))
"""
THEIRS = """
import json, sys, time
import numpy, pandas
start = time.perf_counter()
parts = []
for path in sys.argv[1:]:
    frame = pandas.read_csv(path, skiprows=[1])
    ids = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section"]
    items = [name for name in frame if name.endswith(")")]
    long = frame.melt(ids, items, "item", "raw")
    parts.append(long.assign(raw=pandas.to_numeric(long["raw"], errors="coerce")))
scores = pandas.concat(parts)
print(json.dumps({"seconds": time.perf_counter() - start, "scores": len(scores)}))
"""


def export(path: Path, students: int, share: float, seed: int) -> Path:
    """Write a gradebook in the layout of Canvas' export, of a share of the assignments."""
    draw = random.Random(seed)
    items = [
        (group, k, draw.choice((5, 10, 20)))
        for group, (number, _) in GROUPS.items()
        for k in range(round(number * share))
    ]
    ids = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section"]
    kinds = ("Current", "Final")
    totals = [f"{name} {kind} Score" for name in GROUPS for kind in kinds] + [f"{k} Score" for k in kinds]
    head = [*ids, *(f"{group} {k + 1} ({1000 + i})" for i, (group, k, _) in enumerate(items)), *totals]
    rows = [
        head,
        ["    Points Possible", *[""] * 4, *(f"{p:.2f}" for *_, p in items), *["(read only)"] * len(totals)],
    ]
    for i in range(students):
        number = seed * 10_000 + i
        cells = [None if draw.random() < 0.1 else round(draw.uniform(0.3, 1) * p, 2) for *_, p in items]
        shown = ["" if cell is None else f"{cell:.2f}" for cell in cells]
        by = {
            group: [(cell, p) for cell, (g, _, p) in zip(cells, items, strict=True) if g == group]
            for group in GROUPS
        }
        scores = {
            group: (
                100 * sum(c or 0 for c, _ in pairs) / max(1, sum(p for c, p in pairs if c is not None)),
                100 * sum(c or 0 for c, _ in pairs) / sum(p for _, p in pairs),
            )
            for group, pairs in by.items()
        }
        whole = [sum(GROUPS[g][1] * scores[g][k] for g in GROUPS) / 100 for k in (0, 1)]
        parts = [f"{value:.2f}" for group in GROUPS for value in scores[group]]
        about = [f"Last{number}, First", str(number), f"{number:07d}", f"login{number}", "Period 1"]
        rows.append([*about, *shown, *parts, *(f"{value:.2f}" for value in whole)])
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(rows)
    return path


def run(code: str, files: list[Path], scores: int) -> float:
    """Return the seconds that code takes in a fresh Python, the least of several."""
    command = [sys.executable, "-W", "ignore", "-c", code, *map(str, files)]
    found: list[float] = []
    for _ in range(REPEATS):
        done = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
        assert done["scores"] == scores
        found.append(done["seconds"])
    return min(found)


def main() -> None:
    """Print the table; exit with 1 if a bound is broken."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        whole = [export(folder / "one.csv", 400, 1, 1)]
        many = [export(folder / f"{i}.csv", 40, 0.5, i) for i in range(2, 22)]
        large = [export(folder / "large.csv", 4000, 1, 30)]
        size = {"one": 40_000, "many": sum(40 * _items(0.5) for _ in many), "large": 400_000}
        one, rival = run(OURS, whole, size["one"]), run(THEIRS, whole, size["one"])
        files, rivals = run(OURS, many, size["many"]), run(THEIRS, many, size["many"])
        ten = run(OURS, large, size["large"])
    rows = [
        ("40,000 scores in one file, seconds", one, "< 1", one < 1),
        ("    of pandas' time to read and unpivot", one / rival, "", True),
        (f"{size['many']:,} scores in 20 files, seconds", files, "< 1.5", files < 1.5),
        ("    of pandas' time to read and unpivot", files / rivals, "", True),
        ("ten times the students / one", ten / one, "< 12", ten / one < 12),
    ]
    for what, value, bound, kept in rows:
        print(f"{what:45} {value:6.2f}   {bound:6} {'' if kept else 'BROKEN'}")
    sys.exit(not all(kept for *_, kept in rows))


def _items(share: float) -> int:
    return sum(round(number * share) for number, _ in GROUPS.values())


if __name__ == "__main__":
    main()
