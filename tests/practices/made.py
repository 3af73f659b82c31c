"""Marks of whole schools, made from a seed."""

from __future__ import annotations

import numpy as np
import pandas as pd

from relsurvey.grading import Gradebook

COURSES = ("English 9", "Algebra 1", "Biology", "History")


def marks(
    sizes: dict[str, int], terms: tuple[str, ...] = ("Fall",), seed: int = 1, shift: float = 0.0
) -> pd.DataFrame:
    """Return letters of schools of given sizes; ``shift`` moves the later terms."""
    draw = np.random.default_rng(seed)
    rows = []
    for school, n in sizes.items():
        for k in range(n):
            level = draw.normal()
            for t, term in enumerate(terms):
                for number, course in enumerate(COURSES):
                    place = np.searchsorted(
                        [-1.4, -0.8, 0.0, 0.9], level + draw.normal(scale=0.6) + shift * t
                    )
                    who = (
                        f"{school[:2]}-{k:04d}",
                        school,
                        course,
                        term,
                        f"Period {k % 5}",
                        f"Teacher {number}",
                    )
                    rows.append((*who, "FDCBA"[place], course != "History", True))
    columns = ["student", "school", "course", "term", "section", "teacher", "letter", "core", "ag"]
    return pd.DataFrame(rows, columns=columns)


def scores(sizes: dict[str, int], items: int = 12, seed: int = 1, teachers: int = 4) -> pd.DataFrame:
    """Return a term's scores, an item a week from Monday, 2025-09-01; some 12 in 100 missing.

    Each student of a school has one of its teachers.
    """
    draw = np.random.default_rng(seed)
    rows = []
    for school, n in sizes.items():
        for k in range(n):
            level = draw.normal(loc=72, scale=12)
            for week in range(items):
                missing = draw.random() < 0.12
                raw = 0.0 if missing else float(np.clip(level + draw.normal(scale=10), 0, 100).round())
                due = pd.Timestamp("2025-09-05") + pd.Timedelta(weeks=week)
                who = f"{school[:2]}-{k:04d}", school, f"{school} {k % teachers}"
                rows.append((*who, f"Week {week}", f"{due:%Y-%m-%d}", raw))
    frame = pd.DataFrame(rows, columns=["student", "school", "teacher", "item", "due", "raw"])
    return frame.assign(course="Algebra 1", term="Fall", category="Work", points_possible=100.0)


def book(
    sizes: dict[str, int], terms: tuple[str, ...] = ("Fall",), seed: int = 1, shift: float = 0.0
) -> Gradebook:
    return Gradebook.of(marks=marks(sizes, terms, seed, shift))
