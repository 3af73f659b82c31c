"""Measure reading: 20,000 students by 60 labelled answers, against pandas opening the same workbook.

    python benchmarks/reading.py

Each file is read in a fresh Python. Memory is the most that the reading process and its child used together,
less what the process used before, as a multiple of the table's size as CSV text.
"""

from __future__ import annotations

import csv
import json
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

STUDENTS, QUESTIONS = 20_000, 60
LABELS = [
    "Strongly disagree",
    "Disagree",
    "Neither agree nor disagree",
    "Agree",
    "Strongly agree",
    "Not sure",
]
INSTRUMENT = f"""\
format: 1
id: large
version: "1"
title: Large
source: Invented for a benchmark.
options:
  agree5:
    - {{code: 1, label: Strongly disagree}}
    - {{code: 2, label: Disagree}}
    - {{code: 3, label: Neither agree nor disagree}}
    - {{code: 4, label: Agree, favorable: true}}
    - {{code: 5, label: Strongly agree, favorable: true}}
    - {{label: Not sure, counted: false}}
scales:
  all: {{title: All, items: [{", ".join(f"q{i}" for i in range(QUESTIONS))}]}}
items:
{chr(10).join(f"  q{i}: {{text: Question {i}, options: agree5}}" for i in range(QUESTIONS))}
identity: {{respondent: student_id}}
"""
OURS = """
import json, sys, threading, time
import psutil
import relsurvey as rs
me, most, done = psutil.Process(), 0, False
instrument = rs.Instrument.from_yaml(sys.argv[2])
import numpy, pandas  # what any analysis has loaded before it reads
before = me.memory_info().rss
def watch():
    global most
    while not done:
        used = me.memory_info().rss - before
        for child in me.children():
            try:
                used += child.memory_info().rss
            except psutil.Error:
                pass
        most = max(most, used)
        time.sleep(0.002)
thread = threading.Thread(target=watch)
thread.start()
start = time.perf_counter()
study = rs.read(sys.argv[1], instrument)
seconds = time.perf_counter() - start
done = True
thread.join()
print(json.dumps({"seconds": seconds, "memory": most, "rows": len(study.responses)}))
"""
THEIRS = """
import json, sys, time
import pandas
start = time.perf_counter()
frame = pandas.read_excel(sys.argv[1], engine="openpyxl")
print(json.dumps({"seconds": time.perf_counter() - start, "memory": 0, "rows": len(frame)}))
"""


def build(folder: Path) -> tuple[Path, Path]:
    """Write the same answers as CSV and as a workbook."""
    import openpyxl

    random.seed(1)
    header = ["student_id", *(f"q{i}" for i in range(QUESTIONS))]
    rows = [[f"{i:06d}", *random.choices(LABELS, k=QUESTIONS)] for i in range(1, STUDENTS + 1)]
    text, workbook = folder / "large.csv", folder / "large.xlsx"
    with text.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([header, *rows])
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Answers")
    for row in [header, *rows]:
        sheet.append(row)
    book.save(workbook)
    return text, workbook


def run(code: str, *arguments: Path) -> dict[str, float]:
    """Run code in a fresh Python and return what it measured."""
    command = [sys.executable, "-W", "ignore", "-c", code, *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    result: dict[str, float] = json.loads(done.stdout)
    assert result["rows"] == STUDENTS
    return result


def main() -> None:
    """Print the table; exit with 1 if a bound is broken."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        text, workbook = build(folder)
        instrument = folder / "large.yaml"
        instrument.write_text(INSTRUMENT, "utf-8")
        start = time.perf_counter()
        size = text.stat().st_size
        ours_text = min((run(OURS, text, instrument) for _ in range(3)), key=lambda r: r["seconds"])
        ours_book = min((run(OURS, workbook, instrument) for _ in range(3)), key=lambda r: r["seconds"])
        theirs = run(THEIRS, workbook)
    rows = [
        ("workbook: pandas and openpyxl / relsurvey", theirs["seconds"] / ours_book["seconds"], ">= 3", 3),
        ("CSV, child process and all, seconds", ours_text["seconds"], "<= 1.5", -1.5),
        ("CSV: memory / size of the text", ours_text["memory"] / size, "<= 6", -6),
        ("workbook: memory / size of its text", ours_book["memory"] / size, "<= 6", -6),
    ]
    for what, value, bound, limit in rows:
        kept = value >= limit if limit > 0 else value <= -limit
        print(f"{what:45} {value:6.2f}   {bound:7} {'' if kept else 'BROKEN'}")
    print(f"workbook {ours_book['seconds']:.2f} s, pandas {theirs['seconds']:.2f} s; ", end="")
    print(f"text {size / 1e6:.1f} MB; all of it {time.perf_counter() - start:.0f} s")
    sys.exit(any((v < b) if b > 0 else (v > -b) for _, v, _, b in rows))


if __name__ == "__main__":
    main()
