"""Measure the gate on 22,000 students, 10 schools, 6 group variables and 25 figures; and without its bounds.

    python benchmarks/gate.py [--schools 10] [--students 22000] [--figures 25] [--teams 0]

Without bounds is what only thresholds and exact elimination find: the ratio is what it costs to know that no
small group's share can be told too closely. Seconds vary from machine to machine; read the ratio.
"""

from __future__ import annotations

import argparse
import time

import numpy as np

from relsurvey.disclosure import ALL, Figure, Plan, PlannedCell, PlannedTable, Students, Unit, certify
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
    base = np.column_stack([np.ones(students, int), scored])
    for i, of_student in enumerate(zip(leaf, *labels, strict=True)):
        found[of_student] = found.get(of_student, 0) + base[i]
    profiles = tuple(Profile(str(unit), tuple(of), tuple(n.tolist())) for (unit, *of), n in found.items())
    return Plan(tuple(units), tuple(tables), named, tuple(inside), profiles)


def main() -> None:
    """Print seconds and the ratio."""
    options = argparse.ArgumentParser()
    for name, default in (("students", 22_000), ("schools", 10), ("figures", 25), ("teams", 0)):
        options.add_argument(f"--{name}", type=int, default=default)
    plan = district(**vars(options.parse_args()))
    start = time.perf_counter()
    computable(plan, suppress(plan, 11), 11)
    plain = time.perf_counter() - start
    start = time.perf_counter()
    released = release(plan, 11)
    certificate = certify(plan, released, 11)
    whole = time.perf_counter() - start
    print(f"without bounds {plain:.2f} s, with them {whole:.2f} s: {whole / plain:.1f} times")
    print(certificate)


if __name__ == "__main__":
    main()
