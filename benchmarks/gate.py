"""Measure the gate on a large and a small study, and on tables from elsewhere; with and without its bounds.

    python benchmarks/gate.py [--students 22000 1500] [--schools 10] [--figures 25] [--teams 0]
                              [--shape 100 6 5]

A study has 6 group variables; a small one has more small groups, and takes longer. The tables are those of
three dimensions and all their margins, with a fifth of the cells small. Without bounds is what only
thresholds and exact elimination find: the ratio is what it costs to know that no small group's share can be
told too closely. Seconds are the processor's and vary from machine to machine; read the ratio.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from itertools import combinations

import numpy as np
import pandas as pd

# Loaded before anything is measured.
import scipy.optimize  # noqa: F401

from relsurvey.disclosure import (
    ALL,
    Figure,
    Plan,
    PlannedCell,
    PlannedTable,
    Students,
    Unit,
    certify,
    protect,
)
from relsurvey.disclosure.exposures import computable
from relsurvey.disclosure.gate import release
from relsurvey.disclosure.plan import Profile
from relsurvey.disclosure.suppress import suppress

#: Shares of each variable's categories, those without an answer last.
VARIABLES = {
    "gender": (0.48, 0.48, 0.02, 0.02),
    "race": (0.3, 0.3, 0.2, 0.1, 0.04, 0.02, 0.01, 0.005, 0.025),
    "home_language": (0.55, 0.3, 0.06, 0.03, 0.02, 0.01, 0.03),
    "learner": (0.15, 0.82, 0.03),
    "disability": (0.12, 0.85, 0.03),
    "grade": (0.26, 0.25, 0.25, 0.23, 0.01),
}


def district(students: int, schools: int, figures: int, teams: int) -> Plan:
    """Return the plan of a district whose schools differ in size fifteenfold."""
    draw = np.random.default_rng(1)
    weights = np.geomspace(1, 15, schools)
    school = draw.choice(schools, size=students, p=weights / weights.sum())
    team = draw.integers(0, teams, students) if teams else np.full(students, -1)
    answers = draw.random((students, figures)) < np.linspace(0.3, 0.9, figures)
    scored = draw.random((students, figures)) < 0.98
    groups = {name: draw.choice(len(p), size=students, p=p) for name, p in VARIABLES.items()}

    def of(chosen: np.ndarray) -> Students:
        n = (scored & chosen[:, None]).sum(axis=0)
        return Students(
            (int(chosen.sum()), *n.tolist()),
            tuple((answers & scored & chosen[:, None]).sum(axis=0).tolist()),
        )

    masks = {ALL: np.ones(students, bool)} | {f"s{s}": school == s for s in range(schools)}
    masks |= {f"s{s}-{t}": (school == s) & (team == t) for s in range(schools) for t in range(teams)}
    units, tables, inside = [], [], []
    for name, mask in masks.items():
        kind = "all" if name == ALL else "team" if "-" in name else "school"
        parent = None if name == ALL else name.split("-")[0] if kind == "team" else ALL
        units.append(Unit(name, kind, parent, of(mask)))
        for variable, p in VARIABLES.items():
            cells = tuple(
                PlannedCell(None if c == len(p) - 1 else f"c{c}", of(mask & (groups[variable] == c)))
                for c in range(len(p))
            )
            (inside if kind == "team" else tables).append(PlannedTable(name, variable, "never", cells))
    named = tuple(Figure(f"f{f}", 1 + f, "scale") for f in range(figures))
    leaf = [f"s{s}-{t}" if teams else f"s{s}" for s, t in zip(school, team, strict=True)]
    labels = [
        [None if c == len(p) - 1 else f"c{c}" for c in groups[variable]] for variable, p in VARIABLES.items()
    ]
    found: dict[tuple[str | None, ...], np.ndarray] = {}
    base = np.column_stack([np.ones(students, int), scored, scored & answers])
    for i, of_student in enumerate(zip(leaf, *labels, strict=True)):
        found[of_student] = found.get(of_student, 0) + base[i]
    profiles = tuple(
        Profile(str(unit), tuple(of), tuple(n[: 1 + figures].tolist()), tuple(n[1 + figures :].tolist()))
        for (unit, *of), n in found.items()
    )
    return Plan(tuple(units), tuple(tables), named, tuple(inside), profiles)


def tables(shape: tuple[int, int, int]) -> list[pd.DataFrame]:
    """Return the cells of three dimensions and all their margins."""
    draw = np.random.default_rng(1)
    n = draw.negative_binomial(1.5, 1.5 / 31.5, shape)
    counted = {"n": n, "count": draw.binomial(n, 0.6)}
    found = []
    for keep in (keep for k in (3, 2, 1, 0) for keep in combinations(range(3), k)):
        summed = tuple(axis for axis in range(3) if axis not in keep)
        places = np.array(list(np.ndindex(*(shape[axis] for axis in keep))))
        labels = {name: places[:, i] for i, name in enumerate(("school", "group", "grade")[a] for a in keep)}
        sums = {name: of.sum(axis=summed).reshape(-1) for name, of in counted.items()}
        found.append(pd.DataFrame(labels | sums))
    return found


def seconds(*run: Callable[[], object]) -> tuple[float, object]:
    """Return how long the processor takes for some steps, and what the last one returns."""
    start = time.process_time()
    found = [step() for step in run]
    return time.process_time() - start, found[-1]


def main() -> None:
    """Print seconds and ratios."""
    options = argparse.ArgumentParser()
    options.add_argument("--students", type=int, nargs="+", default=[22_000, 1_500])
    options.add_argument("--shape", type=int, nargs=3, default=(100, 6, 5))
    for name, default in (("schools", 10), ("figures", 25), ("teams", 0)):
        options.add_argument(f"--{name}", type=int, default=default)
    chosen = options.parse_args()
    for students in chosen.students:
        plan = district(students, chosen.schools, chosen.figures, chosen.teams)
        plain, _ = seconds(lambda plan=plan: computable(plan, suppress(plan, 11), 11))
        whole, certificate = seconds(lambda plan=plan: certify(plan, release(plan, 11), 11))
        named = f"{students:,} students"
        print(f"{named}: without bounds {plain:.2f} s, with them {whole:.2f} s: {whole / plain:.1f} times")
        print(f"  {certificate}")
    given = tables(tuple(chosen.shape))
    plain, _ = seconds(lambda: protect([table.drop(columns="count") for table in given]))
    whole, protected = seconds(lambda: protect(given))
    named = f"tables of {' x '.join(map(str, chosen.shape))}"
    print(f"{named}: without bounds {plain:.2f} s, with them {whole:.2f} s: {whole / plain:.1f} times")
    print(f"  {protected.certificate}")


if __name__ == "__main__":
    main()
