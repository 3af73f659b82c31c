"""Whether a small group can be computed from what is shown: exact, and separate from what decided it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import comb
from typing import TYPE_CHECKING

from relsurvey.disclosure.plan import Category, Plan, Released, Students, together

if TYPE_CHECKING:
    import numpy as np

# Elimination over a prime field is exact but for a chance of about one in the prime.
_PRIME = 2_147_483_629

# Of many small atoms, every three of them (or two) are too many to try; their unions are tried all the same.
_MOST_TRIED = 60_000

Atom = tuple[str | None, Category]


@dataclass(frozen=True)
class Exposure:
    """What an attacker who knows every count could compute, by table; no counts."""

    variable: str | None
    what: str


def audit(plan: Plan, released: Released, min_n: int) -> tuple[Exposure, ...]:
    """Return every small group that can be computed from what is released.

    Parameters
    ----------
    plan
        Everything the view would have shown.
    released
        What it does show.
    min_n
        Fewest students of anything shown.

    Notes
    -----
    Every published figure is the sum of a set of disjoint atoms: a school (or team) by a category. The sets
    are the rows of a 0/1 matrix, and what an attacker can compute exactly is what their combinations give: a
    group is exposed when its own 0/1 row lies in the row space. Tried are every small atom, every two and
    three of them (where these are not too many), all small atoms of a unit and of a category, what the
    published sets leave of each other, and what the reduced matrix itself singles out.
    """
    found = list(_audit_units(plan, released, min_n))
    for variable in dict.fromkeys(table.variable for table in plan.tables):
        found += _audit_variable(plan, released, variable, min_n)
    return tuple(found)


def _audit_units(plan: Plan, released: Released, min_n: int) -> Iterable[Exposure]:
    """Atoms: each team, and per school those in no team; published: the units shown."""
    sizes: dict[Atom, Students] = {}
    members: dict[str, set[Atom]] = {unit.id: set() for unit in plan.units}
    for unit in plan.units:
        rest = unit.students
        for inner in plan.within(unit.id):
            rest = rest - inner.students
        if not rest.none:
            sizes[unit.id, None] = rest
            for holder in _holders(plan, unit.id):
                members[holder].add((unit.id, None))
    published = [frozenset(members[name]) for name in sorted(released.units)]
    yield from _exposures(published, sizes, min_n, None)


def _audit_variable(plan: Plan, released: Released, variable: str, min_n: int) -> Iterable[Exposure]:
    """Atoms: each school by category, and those in no school; published: the totals and rows shown."""
    tables = {table.unit: table for table in plan.tables if table.variable == variable}
    sizes: dict[Atom, Students] = {}
    members: dict[tuple[str, Category], set[Atom]] = {}
    for name, table in tables.items():
        inside = [tables[inner.id] for inner in plan.within(name) if inner.id in tables]
        for cell in table.cells:
            rest = cell.students
            for own in (c for inner in inside for c in inner.cells if c.category == cell.category):
                rest = rest - own.students
            if not rest.none:
                sizes[name, cell.category] = rest
                for holder in _holders(plan, name):
                    members.setdefault((holder, cell.category), set()).add((name, cell.category))
    published = []
    for name in tables:
        if name in released.units:
            published.append(
                frozenset(a for (unit, _), atoms in members.items() if unit == name for a in atoms)
            )
        published += [
            frozenset(a for c in row.categories for a in members.get((name, c), ()))
            for row in released.rows(name, variable)
        ]
    yield from _exposures(published, sizes, min_n, variable)


def _holders(plan: Plan, name: str) -> Iterable[str]:
    """Return a unit and those it is part of."""
    holder: str | None = name
    while holder is not None:
        yield holder
        holder = plan.unit(holder).parent


def _exposures(
    published: Sequence[frozenset[Atom]], sizes: dict[Atom, Students], min_n: int, variable: str | None
) -> Iterable[Exposure]:
    import numpy as np

    shown = [part for part in dict.fromkeys(published) if part]
    if any(not together(sizes[a] for a in part).enough(min_n) for part in shown):
        yield Exposure(variable, "a group under the threshold is shown")
    small = [a for a, students in sizes.items() if not students.enough(min_n)]
    # Large atoms first: what is left over combines small ones alone.
    order = [*(a for a in sizes if a not in set(small)), *small]
    column = {atom: i for i, atom in enumerate(order)}

    def vectors(sets: Sequence[frozenset[Atom]]) -> np.ndarray:
        matrix = np.zeros((len(sets), len(order)), dtype=np.int64)
        for i, part in enumerate(sets):
            matrix[i, [column[a] for a in part]] = 1
        return matrix

    if not shown:
        return
    reduced = _reduced(vectors(shown))
    plain = [frozenset(order[i] for i in np.flatnonzero(row)) for row in reduced if (row <= 1).all()]
    suspects = [s for s in dict.fromkeys([*_suspects(shown, small), *plain]) if s]
    suspects = [s for s in suspects if together(sizes[a] for a in s).few(min_n)]
    if not suspects:
        return
    pivots = [int(np.flatnonzero(row)[0]) for row in reduced]
    wanted = vectors(suspects)
    # A row lies in the row space when taking its pivots' rows away leaves nothing. No more than a few dozen
    # ones stand in a suspect, so the sums stay far below the limit of 64 bits.
    left = (wanted - wanted[:, pivots] @ reduced) % _PRIME
    for suspect, rest in zip(suspects, left, strict=True):
        if not rest.any():
            units = {unit for unit, _ in suspect}
            yield Exposure(variable, f"a small group can be computed ({len(units)} units)")


def _suspects(shown: Sequence[frozenset[Atom]], small: Sequence[Atom]) -> Iterable[frozenset[Atom]]:
    """Return the groups that are tried: see :func:`audit`."""
    for size in (1, 2, 3):
        if comb(len(small), size) > _MOST_TRIED:
            break
        yield from (frozenset(some) for some in combinations(small, size))
    for place in (0, 1):
        for value in {atom[place] for atom in small}:
            yield frozenset(atom for atom in small if atom[place] == value)
    for whole in shown:
        inside = [part for part in shown if part < whole]
        yield from (whole - part for part in inside)
        yield whole.difference(*inside)


def _reduced(matrix: np.ndarray) -> np.ndarray:
    """Return the rows of the reduced echelon form over the prime field that are not empty."""
    import numpy as np

    m = matrix.copy() % _PRIME
    pivot = 0
    for j in range(m.shape[1]):
        candidates = np.flatnonzero(m[pivot:, j])
        if len(candidates) == 0:
            continue
        chosen = pivot + int(candidates[0])
        m[[pivot, chosen]] = m[[chosen, pivot]]
        m[pivot] = m[pivot] * pow(int(m[pivot, j]), -1, _PRIME) % _PRIME
        others = np.flatnonzero(m[:, j])
        others = others[others != pivot]
        m[others] = (m[others] - m[others, j][:, None] * m[pivot] % _PRIME) % _PRIME
        pivot += 1
        if pivot == m.shape[0]:
            break
    return m[:pivot]
