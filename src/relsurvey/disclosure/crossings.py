"""Rows of different variables that leave a small group of each other, alone or several together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from relsurvey.disclosure.plan import Plan, Released, Students
from relsurvey.disclosure.unions import left_by_unions

if TYPE_CHECKING:
    import numpy as np
    from scipy import sparse


@dataclass(frozen=True)
class Crossing:
    """Two shown sets that give a small group away: each a unit, and a variable or None for the page.

    ``position`` is that of the figures that are few, in :attr:`~relsurvey.disclosure.Students.figures`.
    """

    first: tuple[str, str | None]
    second: tuple[str, str | None]
    position: int = 0


def crossings(plan: Plan, released: Released, min_n: int) -> tuple[Crossing, ...]:
    """Return the pairs of shown sets, of any variables, that leave a small group of each other.

    Parameters
    ----------
    plan, released, min_n
        As for :func:`~relsurvey.disclosure.exposures.exposures`.

    Notes
    -----
    Two sets cut the students of the unit around them into four parts: both, either alone, neither. Where one
    part is empty, as the roster tells, the sums of the sets and of the unit give the others exactly: none of
    them may be small. Without the unit's own sums this holds for a set inside another one. Several rows of
    one variable may leave a small group of several of another one, such as *free* and *reduced* lunch of *low
    income*: :func:`~relsurvey.disclosure.unions.left_by_unions`.
    """
    import numpy as np

    if not plan.profiles or not released.units:
        return ()
    holders = {unit.id: frozenset(plan.holders(unit.id)) for unit in plan.units}
    member, names = _sets(plan, released, holders)
    inside = {
        page: np.array([page in holders[unit] for unit, _ in names]).nonzero()[0]
        for page, variable in names
        if variable is None
    }
    found: dict[Crossing, None] = {}
    figures = np.array([p.figures for p in plan.profiles])
    positions = plan.positions(Students(plan.profiles[0].figures))
    told_of = [[plan.shows(released, unit, variable, k) for unit, variable in names] for k in positions]
    columns = np.hstack([figures[:, positions].T, np.array(told_of)])
    for first in sorted(np.unique(columns, axis=0, return_index=True)[1].tolist()):
        figure, told = figures[:, positions[first]], np.array(told_of[first])
        both = (member.multiply(figure[None, :]) @ member.T).toarray()
        n = np.diag(both)
        # The second set lies in the first one, and all but a few of it.
        open_ = (both == n) & _few(n[:, None] - both, min_n)
        for page, held in inside.items():
            at = names.index((page, None))
            if not told[at]:
                continue
            some = np.ix_(held, held)
            shared, own = both[some], n[held]
            alone = own[:, None] - shared
            neither = n[at] - own[:, None] - own + shared
            parts = np.array([shared, alone, alone.T, neither])
            open_[some] |= (parts == 0).any(axis=0) & _few(parts, min_n).any(axis=0)
        for i, j in np.argwhere(open_ & told[:, None] & told):
            if i != j:
                found[Crossing(names[i], names[j], positions[first])] = None
        for one, other in left_by_unions(plan, names, both, told, min_n):
            found[Crossing(one, other, positions[first])] = None
    return tuple(found)


def _few(n: np.ndarray, min_n: int) -> np.ndarray:
    few: np.ndarray = (n > 0) & (n < min_n)
    return few


def _sets(
    plan: Plan, released: Released, holders: Mapping[str, frozenset[str]]
) -> tuple[sparse.csr_array, list[tuple[str, str | None]]]:
    """Return the shown sets by the profiles in them, and which they are."""
    import numpy as np
    from scipy.sparse import csr_array

    inside = {
        unit: np.array([unit in holders[p.unit] for p in plan.profiles], dtype=bool)
        for unit in sorted(released.units)
    }
    names: list[tuple[str, str | None]] = [(unit, None) for unit in inside]
    masks = list(inside.values())
    for k, variable in enumerate(plan.variables):
        position = {c: i for i, c in enumerate(dict.fromkeys(p.categories[k] for p in plan.profiles))}
        codes = np.array([position[p.categories[k]] for p in plan.profiles])
        for unit in inside:
            for row in released.rows(unit, variable):
                names.append((unit, variable))
                masks.append(
                    inside[unit] & np.isin(codes, [position[c] for c in row.categories if c in position])
                )
    return csr_array(np.array(masks, dtype=np.int64)), names
