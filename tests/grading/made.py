"""Random gradebooks and policies that they support, for Hypothesis."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd
from hypothesis import strategies as st

from relsurvey.grading import Gradebook, Policy

START = date(2026, 1, 5)
CATEGORIES = ("Homework", "Tests", "Behavior")
PERCENTS = st.sampled_from([0, 10, 25, 33.3, 40, 50, 55.5, 60, 70, 75, 80, 90, 100])
FEW = st.none() | st.integers(0, 6)


def or_none(strategy: st.SearchStrategy) -> st.SearchStrategy:
    return st.none() | strategy


@st.composite
def rows(draw: Any, students: int = 3) -> list[dict[str, Any]]:
    """Return attempts at items: of several students, courses, terms and categories."""
    places = draw(
        st.lists(
            st.tuples(st.sampled_from(["Algebra", "Biology"]), st.sampled_from(["Fall", "Spring"])),
            min_size=1, max_size=2, unique=True,
        )
    )  # fmt: skip
    names = draw(st.sampled_from([CATEGORIES, CATEGORIES[:2], (None,)]))
    many = draw(st.booleans())
    hours = draw(st.booleans())
    out = []
    for course, term in places:
        for number in range(draw(st.integers(1, 5))):
            points = draw(st.sampled_from([0, 5, 7, 10, 10, 10, 30, 100, 2.5]))
            due = draw(or_none(st.integers(0, 40)))
            item = {
                "course": course,
                "term": term,
                "teacher": f"{course} teacher",
                "item": f"item {number}",
                "category": draw(st.sampled_from(names)),
                "points_possible": points,
                "due": None if due is None else moment(START + timedelta(days=due), hours, 8),
            }
            for student in range(students):
                number_of = draw(st.integers(0, 3 if many else 1))
                out += [draw(attempts(item, student, i + 1, due, hours)) for i in range(number_of)]
    return out


@st.composite
def attempts(
    draw: Any, item: dict[str, Any], student: int, attempt: int, due: int | None, hours: bool
) -> Any:
    status = draw(
        st.sampled_from(
            ["scored"] * 8 + ["late"] * 3 + ["missing"] * 3 + ["excused", "not_assigned", "ungraded"]
        )
    )
    has = status in ("scored", "late")
    points = item["points_possible"]
    raw = draw(st.sampled_from([0, 1, 0.1, 0.3, 0.5, 0.55, 0.6, 0.695, 0.7, 0.85, 0.9, 1, 1.1, -0.1]))
    code = {"missing": st.sampled_from(["M", "NHI", "Z", ""]), "excused": st.just("EX")}
    came = draw(or_none(st.integers(-3, 12))) if has else None
    return {
        **item,
        "student": f"s{student}",
        "school": ("North", "South")[student % 2],
        "section": "1",
        "attempt": attempt,
        "status": status,
        "code": draw(code[status]) if status in code else None,
        "raw": round(raw * (points or 3), 3) if has else None,
        "submitted": None if came is None or due is None
        else moment(START + timedelta(days=due + came), hours, draw(st.sampled_from([0, 7, 8, 9, 23]))),
        "days_late": draw(st.sampled_from([None, None, None, 0, 1, 4, 1.5])) if has else None,
    }  # fmt: skip


def moment(day: date, hours: bool, hour: int) -> date | datetime:
    return datetime(day.year, day.month, day.day, hour) if hours else day


def gradebook(of: list[dict[str, Any]], *policies: Policy, **more: Any) -> Gradebook:
    """Return a gradebook of attempts."""
    frame = pd.DataFrame(of)
    frame["raw"] = frame["raw"].astype(float)
    for column in ("due", "submitted"):
        if column in frame:
            frame[column] = pd.to_datetime(frame[column])
    return Gradebook.of(frame, policies=policies or (Policy(),), **more)


def dated() -> st.SearchStrategy:
    return st.integers(0, 40).map(lambda days: START + timedelta(days=days))


@st.composite
def policies(draw: Any, of: list[dict[str, Any]], floor: Any = None) -> Policy:
    """Return a policy that these attempts support; ``floor`` fixes that part."""
    parts: dict[str, Any] = {"id": draw(st.sampled_from(["one", "two"]))}
    scope = draw(
        st.none()
        | st.just({"level": "district"})
        | st.sampled_from(["school", "course", "teacher"]).flatmap(
            lambda level: st.sampled_from(sorted({row[level] for row in of})).map(
                lambda name: {"level": level, "ids": [name]}
            )
        )
    )
    level = scope and scope["level"]
    held = [row for row in of if level in (None, "district") or row[level] in scope["ids"]]
    names = sorted({row["category"] for row in held if row["category"] is not None})
    parts["scope"] = scope
    parts["floor"] = floor or draw(
        or_none(st.fixed_dictionaries({"percent": PERCENTS, "on": st.sampled_from(["score", "mark"])}))
    )
    counts_as = ["zero", "excused"] + ["floor"] * bool(parts["floor"])
    codes = st.sampled_from([[], ["M"], ["M", "NHI"], [""]])
    there = {row["code"] for row in held if row["status"] == "missing"}
    parts["missing"] = draw(
        or_none(st.fixed_dictionaries({"codes": codes, "counts_as": st.sampled_from(counts_as)}))
    )
    if parts["missing"] and parts["missing"]["codes"] and not there & set(parts["missing"]["codes"]):
        parts["missing"] = {**parts["missing"], "codes": []}
    came = any(row["submitted"] is not None for row in of)
    if any(row["attempt"] > 1 for row in of):
        parts["retake"] = draw(
            or_none(
                st.fixed_dictionaries(
                    {
                        "below": PERCENTS,
                        "cap": PERCENTS,
                        "keep": st.sampled_from(["best", "last", "average"]),
                        "count": st.none() | st.integers(1, 2),
                        "window": FEW if came else st.none(),
                    }
                )
            )
        )
    if any(row["submitted"] is not None or row["days_late"] is not None for row in of):
        late = {"per_day": st.sampled_from([0, 3, 10, 33.3]), "lowest": PERCENTS, "window": FEW}
        parts["late"] = draw(or_none(st.fixed_dictionaries(late)))
        window = st.integers(0, 6)
        makeup = {"window": FEW if came else window, "credit": PERCENTS}
        if came:
            makeup["days"] = st.lists(dated(), min_size=1, max_size=20)
        parts["makeup"] = draw(or_none(st.fixed_dictionaries(makeup)))
    if any(row["due"] is not None for row in of):
        dates = draw(or_none(st.lists(or_none(dated()), min_size=2, max_size=2)))
        if dates:
            first, last = dates if None in dates else sorted(dates)
            parts["effective"] = {"from": first, "to": last}
    if names:
        parts["drop_lowest"] = draw(st.dictionaries(st.sampled_from(names), st.integers(0, 3)))
        parts["exclude"] = draw(st.lists(st.sampled_from(names), unique=True, max_size=len(names) - 1))
        left = [name for name in names if name not in parts["exclude"]]
        if draw(st.booleans()) and all(row["category"] is not None for row in held):
            shares = draw(st.sampled_from([[100, 0, 0], [40, 60, 0], [33.3, 33.3, 33.4], [50, 25, 25]]))
            shares = [*shares[: len(left) - 1], sum(shares[len(left) - 1 :])]
            parts["weights"] = dict(zip(left, shares, strict=True))
    parts["cuts"] = draw(st.none() | st.just({"A": 85, "B": 62.5, "C": 50, "F": 0}))
    parts["round"] = draw(st.sampled_from([None, 0, 1, 2]))
    parts["pass"] = draw(or_none(PERCENTS))
    return Policy(**{key: part for key, part in parts.items() if part is not None})


def plain_marks(regraded: Any, when: str = "") -> dict[Any, tuple[float, Any]]:
    """Return percent and letter by mark."""
    marks = regraded.marks
    out = {}
    for row in marks.to_dict("records"):
        key = tuple(None if row[k] is None or row[k] != row[k] else row[k]
                    for k in ("student", "school", "course", "term"))  # fmt: skip
        letter = row[f"letter{when}"]
        out[key] = (row[f"percent{when}"], letter if isinstance(letter, str) else None)
    return out


def same(one: dict[Any, tuple[float, Any]], other: dict[Any, tuple[Any, Any]]) -> bool:
    """Return whether two sets of marks are the same, to the last digits of a computer's number."""
    if one.keys() != other.keys():
        return False
    for key, (percent, letter) in one.items():
        wanted, called = other[key]
        wanted = np.nan if wanted is None else float(wanted)
        if not np.isclose(percent, wanted, rtol=1e-12, atol=1e-9, equal_nan=True) or letter != called:
            return False
    return True
