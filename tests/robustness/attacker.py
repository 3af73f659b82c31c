"""An attacker of published tables who knows every n: repeated subtraction, linear and integer programs.

Written without any of the gate's code but the call that is attacked. So many random sets of linked tables:
``python -m tests.robustness.attacker 5000``.
"""

from __future__ import annotations

import sys
from itertools import combinations
from math import ceil, floor

import numpy as np
import pandas as pd
from scipy.optimize import Bounds, LinearConstraint, linprog, milp

from relsurvey.disclosure.tables import protect

MIN_N = 11
NAMES = ("school", "gender", "grade")


class Case:
    """Random tables: all that are given, and the atoms that an attacker takes them apart into."""

    def __init__(self, seed: int) -> None:
        random = np.random.default_rng(seed)
        dimensions = int(random.integers(1, 4))
        self.names = NAMES[:dimensions]
        shape = [int(random.integers(2, 5)) for _ in range(dimensions)]
        mean = random.choice([6, 14, 30])
        n = random.negative_binomial(1.5, 1.5 / (1.5 + mean), shape)
        count = random.binomial(n, random.choice([0.1, 0.5, 0.5, 0.9]))
        margins = [m for k in range(dimensions + 1) for m in combinations(range(dimensions), k)]
        finest = [margins[-1]]
        if dimensions == 3 and random.random() < 0.5:
            # Two tables that share a dimension, and no table of all three.
            finest = [(0, 1), (0, 2)]
        wanted = [
            m
            for m in margins
            if m in finest or (any(set(m) < set(f) for f in finest) and random.random() < 0.7)
        ]
        #: A label that no table has: a dimension that some left blank.
        blank = (int(random.integers(dimensions)), 0) if random.random() < 0.3 else None
        self.atoms: dict[tuple, tuple[int, int]] = {}
        for f in finest:
            axes = tuple(k for k in range(dimensions) if k not in f)
            for place in np.ndindex(*(shape[k] for k in f)):
                key = tuple(int(place[f.index(k)]) if k in f else None for k in range(dimensions))
                self.atoms[key] = (int(n.sum(axis=axes)[place]), int(count.sum(axis=axes)[place]))
        self.same = []
        if len(finest) == 2:
            self.same = [
                (self._inside((a, None, None), finest[0]), self._inside((a, None, None), finest[1]))
                for a in range(shape[0])
            ]
        self.cells = []
        tables = []
        for m in wanted:
            rows, places = [], []
            axes = tuple(k for k in range(dimensions) if k not in m)
            for place in np.ndindex(*(shape[k] for k in m)):
                key = tuple(int(place[m.index(k)]) if k in m else None for k in range(dimensions))
                if blank is not None and key[blank[0]] == blank[1]:
                    continue
                labels = {self.names[k]: f"{self.names[k]}{key[k]}" for k in m}
                rows.append(labels | {"n": n.sum(axis=axes)[place], "count": count.sum(axis=axes)[place]})
                places.append(self._inside(key, next(f for f in finest if set(m) <= set(f))))
            columns = [*(self.names[k] for k in m), "n", "count"]
            tables.append(pd.DataFrame(rows, columns=columns).astype({"n": int, "count": int}))
            self.cells.append(places)
        self.tables = tables

    def _inside(self, key: tuple, finest: tuple) -> frozenset:
        return frozenset(
            atom
            for atom in self.atoms
            if all((atom[k] is not None) == (k in finest) for k in range(len(key)))
            and all(label is None or atom[k] == label for k, label in enumerate(key))
        )

    def small(self) -> list[frozenset]:
        """Return the small groups: cells of the tables, and what a table leaves over of another's cells."""
        groups = {cell for places in self.cells for cell in places}
        for places in self.cells:
            for cell in list(groups):
                inside = [other for other in places if other < cell]
                groups.add(cell.difference(*inside) if inside else cell)
        return [g for g in groups if 0 < sum(self.atoms[a][0] for a in g) < MIN_N]

    def published(self, frames: tuple[pd.DataFrame, ...]) -> list[tuple[frozenset, int]]:
        """Return the atoms and count of every shown cell."""
        return [
            (cell, int(row["count"]))
            for places, frame in zip(self.cells, frames, strict=True)
            for cell, (_, row) in zip(places, frame.iterrows(), strict=True)
            if not np.isnan(row["count"])
        ]


def by_subtraction(sums: list[tuple[frozenset, int]]) -> list[frozenset]:
    """Return what repeated subtraction of published sums from those around them gives."""
    known = {atoms for atoms, _ in sums if atoms}
    while more := {a - b for a in known for b in known if b < a} - known:
        known |= more
        if len(known) > 300:
            break
    return list(known)


def breaches(case: Case, frames: tuple[pd.DataFrame, ...], *, integer: bool = True) -> list[str]:
    """Return how a small group's share is told to less than 50 points."""
    sums = case.published(frames)
    found = [
        "subtraction" for group in by_subtraction(sums) if 0 < sum(case.atoms[a][0] for a in group) < MIN_N
    ]
    atoms = list(case.atoms)
    place = {a: k for k, a in enumerate(atoms)}
    matrix = [[float(a in cell) for a in atoms] for cell, _ in sums]
    right = [float(count) for _, count in sums]
    for one, other in case.same:
        matrix.append([float(a in one) - float(a in other) for a in atoms])
        right.append(0.0)
    high = np.array([float(case.atoms[a][0]) for a in atoms])
    for group in case.small():
        size = sum(case.atoms[a][0] for a in group)
        aim = np.zeros(len(atoms))
        aim[[place[a] for a in group]] = 1
        ends = []
        for sign in (1, -1):
            solved = linprog(
                sign * aim,
                A_eq=np.array(matrix) if matrix else None,
                b_eq=right or None,
                bounds=np.column_stack([np.zeros(len(atoms)), high]),
            )
            ends.append(sign * solved.fun)
        wide = floor(ends[1] + 1e-6) - ceil(ends[0] - 1e-6) >= 0.5 * size
        if not wide:
            found.append("linear program")
        elif integer:
            ends = [
                sign
                * milp(
                    sign * aim,
                    integrality=np.ones(len(atoms)),
                    bounds=Bounds(np.zeros(len(atoms)), high),
                    constraints=LinearConstraint(np.array(matrix), right, right) if matrix else None,
                ).fun
                for sign in (1, -1)
            ]
            if round(ends[1]) - round(ends[0]) < 0.5 * size:
                found.append("integer program")
    return found


def main(cases: int) -> None:
    """Attack so many random sets of tables, and say which gave something away."""
    hidden = shown = 0
    for seed in range(cases):
        case = Case(seed)
        protected = protect(case.tables, MIN_N)
        hidden, shown = hidden + protected.certificate.hidden, shown + protected.certificate.shown
        if found := breaches(case, protected.tables):
            print(f"seed {seed}: {found}", flush=True)
    print(f"{cases} sets of tables attacked; {shown} cells shown, {hidden} hidden")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)
