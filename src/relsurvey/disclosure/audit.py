"""Whether a small group can be computed from what is shown: exact, and separate from what decided it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from relsurvey.disclosure.plan import ALL, Category, Plan, Released

if TYPE_CHECKING:
    import numpy as np

# Elimination over a prime field is exact but for a chance of about one in the prime.
_PRIME = 2_147_483_629

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
    Every published figure is the sum of a set of disjoint atoms: a school (or team) by a category. The sets are
    the rows of a 0/1 matrix; whatever an attacker can compute is a combination of them. The matrix is reduced
    with the large atoms first, so that the rows left over combine small atoms alone. Such a row is harmless only
    if it is a plain sum of at least ``min_n`` students.
    """
    found = list(_audit_units(plan, released, min_n))
    for variable in dict.fromkeys(table.variable for table in plan.tables):
        found += _audit_variable(plan, released, variable, min_n)
    return tuple(found)


def _audit_units(plan: Plan, released: Released, min_n: int) -> Iterable[Exposure]:
    """Atoms: each team, and per school those in no team; published: the units shown."""
    sizes: dict[Atom, tuple[int, int]] = {}
    members: dict[str, set[Atom]] = {unit.id: set() for unit in plan.units}
    for unit in plan.units:
        inside = plan.within(unit.id)
        rest = (unit.low - sum(u.high for u in inside), unit.high - sum(u.high for u in inside))
        if rest[1] > 0:
            atom = (unit.id, None)
            sizes[atom] = rest
            holder: str | None = unit.id
            while holder is not None:
                members[holder].add(atom)
                holder = plan.unit(holder).parent
    published = [frozenset(members[name]) for name in sorted(released.units)]
    yield from _exposures(published, sizes, min_n, None)


def _audit_variable(plan: Plan, released: Released, variable: str, min_n: int) -> Iterable[Exposure]:
    """Atoms: each school by category, and what of the whole is in no school; published: totals and rows shown."""
    tables = {table.unit: table for table in plan.tables if table.variable == variable}
    sizes: dict[Atom, tuple[int, int]] = {}
    members: dict[tuple[str, Category], set[Atom]] = {}
    for name, table in tables.items():
        for cell in table.cells:
            low, high = cell.low, cell.high
            for inner in plan.within(name):
                if inner.id in tables:
                    for own in tables[inner.id].cells:
                        if own.category == cell.category:
                            low, high = low - own.high, high - own.high
            if high > 0:
                atom = (name, cell.category)
                sizes[atom] = (low, high)
                holder: str | None = name
                while holder is not None:
                    members.setdefault((holder, cell.category), set()).add(atom)
                    holder = plan.unit(holder).parent
    published = []
    for name in tables:
        if name in released.units:
            published.append(frozenset(a for (unit, _), atoms in members.items() if unit == name for a in atoms))
        for row in released.rows(name, variable):
            published.append(frozenset(a for c in row.categories for a in members.get((name, c), ())))
    yield from _exposures(published, sizes, min_n, variable)


def _exposures(
    published: list[frozenset[Atom]], sizes: dict[Atom, tuple[int, int]], min_n: int, variable: str | None
) -> Iterable[Exposure]:
    import numpy as np

    for part in published:
        if part and sum(sizes[a][0] for a in part) < min_n:
            yield Exposure(variable, "a group under the threshold is shown")
    small = [a for a, (low, _) in sizes.items() if low < min_n]
    large = [a for a in sizes if a not in set(small)]
    order = [*large, *small]
    column = {atom: i for i, atom in enumerate(order)}
    if not published or not small:
        return
    matrix = np.zeros((len(published), len(order)), dtype=np.int64)
    for i, part in enumerate(published):
        for atom in part:
            matrix[i, column[atom]] = 1
    for row in _reduced(matrix):
        support = np.flatnonzero(row)
        if len(support) == 0 or support[0] < len(large):
            continue
        plain = bool((row[support] == 1).all())
        total = sum(sizes[order[i]][0] for i in support)
        if not plain or total < min_n:
            where = sorted({str(order[i][0]) for i in support if order[i][0] not in (None, ALL)})
            yield Exposure(variable, f"small groups can be computed ({len(where) or 1} units)")


def _reduced(matrix: np.ndarray) -> np.ndarray:
    """Return the reduced row echelon form over the prime field."""
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
    return m
