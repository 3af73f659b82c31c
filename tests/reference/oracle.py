"""R's figures and ours, side by side: who reproduces which record, and how near.

A function in ``tests/reference/claims`` takes a record and yields every figure of it that is reproduced.
``python -m tests.reference.oracle`` writes ``docs/equal-to-r.md``; with ``--all FILE`` every figure as CSV.
"""

from __future__ import annotations

import csv
import importlib
import json
import math
import pkgutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared" / "data"
PAGE = ROOT / "docs" / "equal-to-r.md"


@dataclass(frozen=True)
class Figure:
    """One number twice: R's and ours; ``tolerance`` and ``relative`` are the claim's unless given."""

    name: str
    r: float
    ours: float
    tolerance: float | None = None
    relative: bool | None = None


@dataclass(frozen=True)
class Record:
    """One record of R's figures; ``part`` is the id without data set and figure: a scale, a comparison."""

    id: str
    value: Any
    call: str

    @property
    def dataset(self) -> str:
        return self.id.split("/")[0]

    @property
    def part(self) -> str:
        return "/".join(self.id.split("/")[1:-1])

    @property
    def figure(self) -> str:
        return self.id.split("/")[-1]


@dataclass(frozen=True)
class Claim:
    """Records whose id fits a pattern, and the function that makes their figures anew."""

    pattern: str
    tolerance: float
    relative: bool
    what: str
    make: Callable[[Record], Iterator[Figure]]


INTRODUCTION = (
    "Every figure that R (psych, lavaan, semTools, survey, lme4, rstatix, effectsize, MASS) gives for real "
    "data, and ours. One line stands for one call of R: its first figure is shown, and the largest "
    "difference of all figures in it. *rel.* marks a relative difference. Made by "
    "`python -m tests.reference.oracle`; the tests look at every figure."
)

#: Patterns of records that no claim covers, and why: what is not named, or differs on purpose.
LEFT: dict[str, str] = {}
#: Patterns of claimed records in which some figure differs on purpose, and why.
DIFFERS: dict[str, str] = {}
_CLAIMS: list[Claim] = []


def reproduces(
    *patterns: str, tolerance: float, relative: bool = False, what: str
) -> Callable[[Callable[[Record], Iterator[Figure]]], Callable[[Record], Iterator[Figure]]]:
    """Say that a function makes the figures of the records that fit; ``what`` names them on the page."""

    def register(make: Callable[[Record], Iterator[Figure]]) -> Callable[[Record], Iterator[Figure]]:
        _CLAIMS.extend(Claim(pattern, tolerance, relative, what, make) for pattern in patterns)
        return make

    return register


@cache
def records() -> dict[str, Record]:
    """Return all of R's records by id; nothing where the shared data are not beside this checkout."""
    if not SHARED.is_dir():
        return {}
    found = {}
    for file in sorted((SHARED / "reference").glob("*.json")):
        if file.name != "index.json":
            for r in json.loads(file.read_text("utf-8"))["records"]:
                found[r["id"]] = Record(r["id"], r["value"], r.get("call") or "")
    return found


@cache
def claims() -> tuple[Claim, ...]:
    """Return all claims."""
    import tests.reference.claims as package

    for module in pkgutil.iter_modules(package.__path__):
        importlib.import_module(f"{package.__name__}.{module.name}")
    return tuple(_CLAIMS)


def claim_of(name: str) -> Claim | None:
    """Return the claim that covers a record; two would be a mistake."""
    found = [claim for claim in claims() if fnmatchcase(name, claim.pattern)]
    assert len(found) < 2, f"{name} is claimed by {[claim.pattern for claim in found]}"
    return found[0] if found else None


def left_because(name: str) -> str | None:
    """Return why a record is not reproduced, or None."""
    return next((why for pattern, why in LEFT.items() if fnmatchcase(name, pattern)), None)


def figures(record: Record, claim: Claim) -> list[Figure]:
    """Return every figure of a record, with its tolerance."""
    return [
        Figure(
            f.name,
            math.nan if f.r is None else float(f.r),
            float(f.ours),
            claim.tolerance if f.tolerance is None else f.tolerance,
            claim.relative if f.relative is None else f.relative,
        )
        for f in claim.make(record)
    ]


def difference(figure: Figure) -> float:
    """Return how far the two are apart, relative where so claimed; 0 where both are missing."""
    if math.isnan(figure.r) and math.isnan(figure.ours):
        return 0.0
    apart = abs(figure.ours - figure.r)
    return apart / abs(figure.r) if figure.relative and figure.r else apart


def near(figure: Figure) -> bool:
    """Say whether the two are as near as claimed; NaN is near nothing but NaN."""
    assert figure.tolerance is not None
    return difference(figure) <= figure.tolerance


@cache
def data(dataset: str) -> pd.DataFrame:
    """Return a data set as it lies in the shared folder."""
    folder = SHARED / dataset
    file = next(p for p in folder.iterdir() if p.name in (f"{dataset}.csv", f"{dataset}.csv.gz"))
    return pd.read_csv(file)


@cache
def scale(dataset: str, name: str) -> dict[str, Any]:
    """Return a scale's definition: items, reverse, min, max."""
    found: dict[str, Any] = json.loads((SHARED / dataset / "scales.json").read_text("utf-8"))[name]
    return found


#: Scales that R's scripts make of others: the data set's scale and what is taken of it.
_PARTS = {
    ("holzinger1939", "all9"): [f"x{i}" for i in range(1, 10)],
    ("autonomy_support", "AUT4"): ["Listen", "Help", "Accept", "Understand"],
}
_CONCERN = {"very concerned": 1, "slightly concerned": 2, "not very concerned": 3}


@cache
def keyed(dataset: str, name: str) -> pd.DataFrame:
    """Return a scale's items, reversed ones turned, NaN for missing; ``name`` as R's scripts have it."""
    frame = data(dataset)
    if (dataset, name) in _PARTS:
        return frame[_PARTS[dataset, name]].astype(float)
    if dataset == "environment":
        frame = frame.replace(_CONCERN)
    if dataset == "state_anxiety":
        name, time = name.split("_time")
        frame = frame[frame["time"] == int(time)]
    definition = scale(dataset, name)
    frame = frame[definition["items"]].astype(float)
    for item in definition["reverse"]:
        frame[item] = definition["min"] + definition["max"] - frame[item]
    return frame


def matrix(record: Record, ours: Any) -> Iterator[Figure]:
    """Compare a matrix cell by cell; ours has its rows and columns in the same order."""
    for i, row in enumerate(record.value["rows"]):
        for j, column in enumerate(record.value["cols"]):
            yield Figure(f"{row}, {column}", record.value["data"][i][j], ours[i, j])


def rows(value: list[dict[str, Any]], key: str = "_row") -> dict[str, dict[str, Any]]:
    """Return a table's rows by one of their columns."""
    return {str(row[key]): row for row in value}


def page() -> str:
    """Return the page of the docs: one line a record, with its first figure and its largest difference."""
    lines = [
        "# Equal to R",
        "",
        INTRODUCTION,
        "",
    ]
    by_what: dict[str, list[str]] = {}
    for name, record in records().items():
        claim = claim_of(name)
        if claim is None:
            continue
        found = figures(record, claim)
        worst = max(found, key=lambda f: difference(f) / (f.tolerance or 1))
        first = found[0]
        by_what.setdefault(claim.what, []).append(
            f"| `{name}` | {len(found)} | {first.name} | {first.r:.8g} | {first.ours:.8g} | "
            f"{difference(worst):.0e} | {worst.tolerance:.0e}{' rel.' if worst.relative else ''} |"
        )
    for what in sorted(by_what):
        lines += [f"## {what}", "", "| R's record | figures | the first | R | ours | apart | at most |"]
        lines += ["| --- | --: | --- | --: | --: | --: | --: |", *by_what[what], ""]
    lines += ["## Where we differ on purpose", ""]
    lines += [f"- `{pattern}`: {why}" for pattern, why in sorted(DIFFERS.items())]
    lines += ["", "## What is not here, and why", ""]
    reasons: dict[str, int] = {}
    for name in records():
        why = left_because(name)
        if claim_of(name) is None and why:
            reasons[why] = reasons.get(why, 0) + 1
    lines += [f"- {why} ({n} records)" for why, n in sorted(reasons.items())]
    return "\n".join(lines) + "\n"


def main(arguments: list[str]) -> int:
    """Write the page, or every figure."""
    if arguments[:1] == ["--all"]:
        with Path(arguments[1]).open("w", newline="", encoding="utf-8") as file:
            table = csv.writer(file)
            table.writerow(["record", "figure", "r", "ours", "difference", "tolerance", "relative"])
            for name, record in records().items():
                claim = claim_of(name)
                for f in figures(record, claim) if claim else []:
                    table.writerow([name, f.name, f.r, f.ours, difference(f), f.tolerance, f.relative])
        return 0
    PAGE.write_text(page(), "utf-8")
    return 0


if __name__ == "__main__":
    # The claims register with the module as others import it.
    from tests.reference import oracle

    sys.exit(oracle.main(sys.argv[1:]))
