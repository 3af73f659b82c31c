"""One student's work in a few words, for examples that are worked by hand."""

from __future__ import annotations

from typing import Any

import pandas as pd

from relsurvey.grading import Gradebook, Policy, regrade


def work(raw: float | None = None, of: float = 100, **more: Any) -> dict[str, Any]:
    """Return one attempt: a number, or without one missing work (``code="M"``) unless it has a status."""
    status = more.pop("status", "missing" if raw is None else "scored")
    code = more.pop("code", "M" if status == "missing" else None)
    return {"raw": raw, "points_possible": of, "status": status, "code": code, **more}


def missing(code: str = "M", of: float = 100, **more: Any) -> dict[str, Any]:
    return work(None, of, code=code, **more)


def tries(*scores: float, of: float = 100, **more: Any) -> list[dict[str, Any]]:
    """Return the attempts at one item, in order."""
    return [work(raw, of, attempt=i, again=True, **more) for i, raw in enumerate(scores, 1)]


def book(*all_work: Any, own: Policy | None = None, letter: str | None = None) -> Gradebook:
    """Return the gradebook of one student; every piece of work is an item, attempts in a list are one."""
    rows = []
    for i, one in enumerate(all_work):
        of = one if isinstance(one, list) else [one if isinstance(one, dict) else work(one)]
        rows += [
            {
                "student": "s1", "school": "North", "course": "Algebra", "teacher": "t1", "term": "Fall",
                "item": f"i{i}", "category": None, "due": None, "submitted": None, "attempt": 1, **row,
            }
            for row in of
        ]  # fmt: skip
    frame = pd.DataFrame(rows).drop(columns="again", errors="ignore")
    frame["raw"] = frame["raw"].astype(float)
    for column in ("due", "submitted"):
        frame[column] = pd.to_datetime(frame[column], format="ISO8601")
    marks = None
    if letter is not None:
        keys = {"student": ["s1"], "school": ["North"], "course": ["Algebra"], "term": ["Fall"]}
        marks = pd.DataFrame({**keys, "letter": [letter]})
    return Gradebook.of(frame, marks, policies=[own or Policy()])


def mark(*all_work: Any, own: Policy | None = None, letter: str | None = None, **parts: Any) -> tuple:
    """Return percent and letter under a policy of these parts."""
    parts = {key.rstrip("_"): part for key, part in parts.items()}
    row = regrade(book(*all_work, own=own, letter=letter), Policy(**parts)).marks.iloc[0]
    return row["percent"], row["letter"]


def percent(*all_work: Any, own: Policy | None = None, **parts: Any) -> float:
    """Return the percent under a policy of these parts."""
    return mark(*all_work, own=own, **parts)[0]
