"""A gradebook in which every part of a policy can be tried, and one of plain scores."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from relsurvey.grading import Gradebook, Policy

#: The course's own rules.
OWN = Policy(
    id="own",
    missing={"codes": ["M", "NHI"], "counts_as": "zero"},
    late={"per_day": 10, "lowest": 50, "window": 10},
    weights={"Homework": 40, "Tests": 60},
    exclude=["Behavior"],
    round=1,
)

CATEGORIES = ("Behavior", "Homework", "Tests")


def whole(students: int = 60, own: Policy = OWN) -> Gradebook:
    """Return marks of two courses and schools: dates, codes, categories, and second attempts at some work."""
    chance = np.random.default_rng(3)
    rows = []
    for at in range(2 * students):
        student, course = divmod(at, 2)
        for item in range(9):
            due = pd.Timestamp("2026-03-01") + pd.Timedelta(days=7 * item)
            kind = chance.choice(["scored", "late", "missing"], p=[0.75, 0.15, 0.1])
            score = None if kind == "missing" else float(chance.integers(3, 21)) / 2
            row: dict[str, Any] = {
                "student": f"secret-{student:03}",
                "school": f"School {student % 2}",
                "course": ("Algebra", "Biology")[course],
                "teacher": f"Ms. Hidden {student % 5}",
                "item": f"item {item}",
                "category": CATEGORIES[item % 3],
                "due": due,
                "submitted": None if score is None else due + pd.Timedelta(days=2 if kind == "late" else 0),
                "points_possible": 10.0,
                "raw": score,
                "status": "missing" if score is None else "scored",
                "code": "M" if score is None else None,
                "attempt": 1,
            }
            rows.append(row)
            if score is not None and score < 6 and item % 3 == 2:
                rows.append({**row, "raw": score + 3, "attempt": 2, "code": None})
    frame = pd.DataFrame(rows)
    # Passed and not passed beside letters.
    marks = frame[["student", "school", "course"]].drop_duplicates()
    marks["letter"] = np.where(marks["course"] == "Biology", "P", "B")
    return Gradebook.of(frame, marks, policies=[own])


def plain(zeros: int, others: int, **more: Any) -> Gradebook:
    """Return students with four 85s and a 0, and others with five 85s; nothing else is known."""
    raw = [85, 85, 85, 85, 0] * zeros + [85] * 5 * others
    n = zeros + others
    return Gradebook.of(
        pd.DataFrame(
            {
                "student": [f"secret-{i}" for i in range(n) for _ in range(5)],
                "item": list("abcde") * n,
                "raw": raw,
                "points_possible": 100.0,
                **more,
            }
        )
    )
