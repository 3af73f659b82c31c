"""Which assignment group each item belongs to, and what a group weighs: worked out from exported totals.

A Canvas file names its groups in the heads of their totals alone. A group's points are the sum of its items'
scores, and its score that sum of what they are worth: equations in zeros and ones, which least squares solve
where there are enough students, and a linear program where the answer is the only one between 0 and 1. What
comes of it is put back into the equations, and kept only if it gives every exported total.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

#: Exports hold two decimals.
_HALF = 0.005 + 1e-6
#: A value that is surer than this (one standard deviation) is rounded to the whole one beside it.
_SURE = 0.1
#: A linear program of more unknowns, or more rows, takes longer than its answer is worth.
_MOST_UNKNOWN, _MOST_ROWS, _MOST_DOUBTS = 600, 800, 60

UNKNOWN, NOT_COUNTED = -1, -2


@dataclass(frozen=True, eq=False)
class Group:
    """A group's totals by student, NaN where the cell is empty.

    Attributes
    ----------
    name
        What it is called.
    points
        Its points, NaN everywhere in a weighted course, and where hidden scores make it another sum.
    current, final
        Its scores in percent: of graded work, and with ungraded work as zero.
    """

    name: str
    points: NDArray[np.float64]
    current: NDArray[np.float64]
    final: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Items:
    """The items' scores: arrays of students by items; ``points`` of items.

    Attributes
    ----------
    raw
        0 where there is none.
    graded, assigned
        What counts in current and in final totals.
    points
        Points possible.
    """

    raw: NDArray[np.float64]
    graded: NDArray[np.bool_]
    assigned: NDArray[np.bool_]
    points: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class _Equations:
    """``left @ counts = right`` for one group, each row in units of what rounding allows."""

    left: NDArray[np.float64]
    right: NDArray[np.float64]

    def hold(self, counts: NDArray[np.float64]) -> bool:
        import numpy as np

        return bool((np.abs(self.left @ counts - self.right) <= 1.0 + 1e-9).all())


def proposed(items: Items, groups: Sequence[Group]) -> NDArray[np.intp]:
    """Return the group of each item: its place, ``UNKNOWN``, or ``NOT_COUNTED`` where it is in none.

    Items that are alike for every student (no one has a score in them, and they are worth the same) are
    shared out as the totals ask: which of them is where changes no mark under any rule.
    """
    import numpy as np

    places = np.full(len(items.points), UNKNOWN, np.intp)
    if not len(items.points) or not groups or not len(items.raw):
        return places
    kind, firsts, sizes = _alike(items)
    equations = [_equations(items, firsts, group) for group in groups]
    alone = _each(equations, sizes)
    counts = alone
    if alone is None or np.isnan(alone).any():
        counts = _together(equations, sizes, len(groups))
        counts = alone if counts is None else counts
    if counts is None:
        return places
    for c, row in enumerate(counts):
        members = np.flatnonzero(kind == c)
        if np.isnan(row).any():
            continue
        given = np.repeat(np.arange(len(groups)), row.astype(int))
        places[members] = NOT_COUNTED
        places[members[: len(given)]] = given
    return places


def _alike(items: Items) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.float64]]:
    """Return the kind of each item (alike for every student), the first of each, and how many there are."""
    import numpy as np

    seen: dict[bytes, int] = {}
    kind = np.zeros(len(items.points), np.intp)
    firsts: list[int] = []
    for i, worth in enumerate(items.points):
        key = items.raw[:, i].tobytes() + items.graded[:, i].tobytes() + items.assigned[:, i].tobytes()
        kind[i] = seen.setdefault(key + worth.tobytes(), len(seen))
        if kind[i] == len(firsts):
            firsts.append(i)
    return kind, np.array(firsts, np.intp), np.bincount(kind).astype(float)


def _equations(items: Items, at: NDArray[np.intp], group: Group) -> _Equations:
    import numpy as np

    points = np.where(items.points[at] > 0, items.points[at], 0.0)
    raw = np.where(items.graded[:, at], items.raw[:, at], 0.0)
    lefts, rights = [], []
    has = ~np.isnan(group.points)
    if has.any():
        # Scores may have had more decimals than the export shows.
        slack = _HALF * (1 + items.graded[has].sum(axis=1))
        lefts.append(raw[has] / slack[:, None])
        rights.append(group.points[has] / slack)
    for percent, counts in ((group.current, items.graded), (group.final, items.assigned)):
        worth = np.where(counts[:, at], points, 0.0)
        has = ~np.isnan(percent)
        slack = _HALF * (worth[has].sum(axis=1) + 100 * items.graded[has].sum(axis=1)) + 1e-9
        lefts.append((100 * raw[has] - percent[has, None] * worth[has]) / slack[:, None])
        rights.append(np.zeros(int(has.sum())))
        # A group without a score has no work of that student in it.
        lefts.append(worth[~has] / _HALF)
        rights.append(np.zeros(int((~has).sum())))
    left, right = np.vstack(lefts), np.concatenate(rights)
    tells = np.abs(left).max(axis=1) > 0
    return _Equations(left[tells], right[tells])


def _together(
    equations: Sequence[_Equations], sizes: NDArray[np.float64], g: int
) -> NDArray[np.float64] | None:
    """Return how many of each kind every group has if each item is in one group; NaN where it is not sure.

    None if nothing fits.
    """
    import numpy as np

    k = len(sizes)
    if g == 1:
        counts = sizes[:, None].copy()
        return counts if equations[0].hold(counts[:, 0]) else None
    # The last group has what the others leave.
    squares = [e.left.T @ e.left for e in equations]
    n = (g - 1) * k
    matrix = np.tile(squares[-1], (g - 1, g - 1))
    right = np.empty(n)
    rest = squares[-1] @ sizes - equations[-1].left.T @ equations[-1].right
    for i in range(g - 1):
        here = slice(i * k, (i + 1) * k)
        matrix[here, here] += squares[i]
        right[here] = equations[i].left.T @ equations[i].right + rest
    solved, spread = _solved(matrix, right)
    first, spread = solved.reshape(g - 1, k), spread.reshape(g - 1, k)
    counts = np.vstack([first, sizes - first.sum(axis=0)]).T
    sure = np.asarray((spread < _SURE).all(axis=0))
    whole = np.round(counts)
    sure &= (np.abs(counts - whole) < 0.25).all(axis=1) & (whole >= 0).all(axis=1)
    if sure.all():
        return whole if _all_hold(equations, whole) else None
    return _programmed(equations, sizes, whole, sure)


def _solved(
    matrix: NDArray[np.float64], right: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the least squares' answer, and how unsure each value is; very, where it is left open."""
    import numpy as np

    floor = max(1e-2, float(np.trace(matrix)) * 1e-11)
    lower = np.linalg.cholesky(matrix + floor * np.eye(len(matrix)))
    # Row by row: on a busy machine a library that shares so small an inverse among threads waits for them.
    inverse = np.zeros_like(lower)
    for i, pivot in enumerate(np.diag(lower)):
        inverse[i, :i] = -np.einsum("j,jk->k", lower[i, :i], inverse[:i, :i]) / pivot
        inverse[i, i] = 1 / pivot
    return inverse.T @ (inverse @ right), np.sqrt((inverse**2).sum(axis=0))


def _all_hold(equations: Sequence[_Equations], counts: NDArray[np.float64]) -> bool:
    return all(e.hold(counts[:, i]) for i, e in enumerate(equations))


def _programmed(
    equations: Sequence[_Equations],
    sizes: NDArray[np.float64],
    whole: NDArray[np.float64],
    sure: NDArray[np.bool_],
) -> NDArray[np.float64] | None:
    """Solve what least squares leave open between 0 and the number there is; NaN where more than one fits."""
    import numpy as np
    from scipy import optimize
    from scipy.sparse import block_diag, csr_array, hstack, identity

    # What is known of its types leaves sparse arrays out.
    linprog: Any = optimize.linprog
    g = len(equations)
    open_ = np.flatnonzero(~sure)
    k = len(open_)
    if k * g > _MOST_UNKNOWN:
        return None
    blocks, rights = [], []
    for i, e in enumerate(equations):
        here = e.left[:, open_]
        tells = np.flatnonzero(np.abs(here).max(axis=1) > 0)[: _MOST_ROWS // g]
        blocks.append(here[tells])
        rights.append((e.right - e.left[:, sure] @ whole[sure, i])[tells])
    left = csr_array(block_diag(blocks))
    right = np.concatenate(rights)
    both = csr_array(np.vstack([left.toarray(), -left.toarray()]))
    sums = csr_array(hstack([identity(k)] * g))
    limits = [(0.0, float(size)) for _ in range(g) for size in sizes[open_]]
    found = linprog(np.zeros(g * k), both, np.concatenate([right + 1, 1 - right]), sums, sizes[open_], limits)
    if not found.success:
        return None
    counts = whole.copy()
    counts[open_] = np.round(found.x.reshape(g, k).T)
    if not (counts.sum(axis=1) == sizes).all() or not _all_hold(equations, counts):
        return None
    if k > _MOST_DOUBTS:
        counts[open_] = np.nan
        return counts
    # Another answer would take one whole item out of a group that has it here.
    taken = counts[open_].T.ravel()
    moves = [(-now, high - now) for now, (_, high) in zip(taken, limits, strict=True)]
    two, none = np.full(2 * len(right), 2.0), np.zeros(k)
    for c in range(k):
        for group in np.flatnonzero(counts[open_[c]] > 0).tolist():
            cost = np.zeros(g * k)
            cost[group * k + c] = 1.0
            other = linprog(cost, both, two, sums, none, moves)
            if not other.success or other.fun <= -1 + 1e-6:
                counts[open_[c]] = np.nan
                break
    return counts


def _each(equations: Sequence[_Equations], sizes: NDArray[np.float64]) -> NDArray[np.float64] | None:
    """Solve each group by itself: some items may be in none, and a group may follow a rule not seen here.

    What is left is the last group's if it is the only one that stays open.
    """
    import numpy as np

    k, g = len(sizes), len(equations)
    counts = np.full((k, g), np.nan)
    for i, e in enumerate(equations):
        # Equations that all say zero hold for no items at all.
        if not e.right.any():
            continue
        solved, spread = _solved(e.left.T @ e.left, e.left.T @ e.right)
        whole = np.round(solved)
        fits = (whole >= 0).all() and (whole <= sizes).all() and np.abs(solved - whole).max() < 0.25
        if fits and (spread < _SURE).all() and e.hold(whole):
            counts[:, i] = whole
    solved_ = ~np.isnan(counts).any(axis=0)
    if not solved_.any() or (counts[:, solved_].sum(axis=1) > sizes).any():
        return None
    left = np.flatnonzero(~solved_)
    rest = sizes - counts[:, solved_].sum(axis=1)
    if len(left) == 1:
        counts[:, left[0]] = rest
    elif len(left):
        counts[np.ix_(rest == 0, left)] = 0.0
    return counts


def weights(
    current: NDArray[np.float64], final: NDArray[np.float64], groups: Sequence[Group]
) -> dict[str, float] | None:
    """Return what each group weighs in percent, so that their scores give the course's; None if nothing does.

    Parameters
    ----------
    current, final
        The course's totals by student, NaN where there is none.
    groups
        Their scores; a group without work leaves its weight to the others.

    Examples
    --------
    >>> import numpy as np
    >>> none = np.full(3, np.nan)
    >>> tests, work = np.array([80.0, 60, 90]), np.array([100.0, 50, 20])
    >>> groups = [Group("Tests", none, tests, tests), Group("Work", none, work, work)]
    >>> weights(0.7 * tests + 0.3 * work, 0.7 * tests + 0.3 * work, groups)
    {'Tests': 70.0, 'Work': 30.0}
    """
    import numpy as np

    percent = np.concatenate([current, final])
    of = np.column_stack([np.concatenate([group.current, group.final]) for group in groups])
    told = ~np.isnan(percent) & ~np.isnan(of).all(axis=1)
    percent, of = percent[told], of[told]
    worked = np.flatnonzero((~np.isnan(of)).any(axis=0))
    if not len(percent) or not len(worked):
        return None
    has = ~np.isnan(of[:, worked])
    share = np.where(has, of[:, worked], 0.0)
    free = np.arange(len(worked))
    while True:
        # Weights add up to 100, so the last of them is what the others leave.
        gap = np.where(has, share - percent[:, None], 0.0)[:, free]
        base, others = gap[:, -1], gap[:, :-1] - gap[:, -1:]
        square = others.T @ others
        if len(free) > 1 and np.linalg.eigvalsh(square)[0] < 1.0:
            return None
        weight = np.linalg.solve(square, -100 * (others.T @ base)) if len(free) > 1 else np.zeros(0)
        weight = np.append(weight, 100 - weight.sum())
        if (weight > -1e-3).all():
            break
        free = np.delete(free, weight.argmin())
    whole = np.zeros(len(worked))
    for decimals in (0, 1, 2, 6):
        whole[free] = np.round(np.maximum(weight, 0), decimals)
        if abs(whole.sum() - 100) > 10.0**-decimals / 2 and decimals < 6:
            continue
        total = (has * whole).sum(axis=1)
        with np.errstate(invalid="ignore", divide="ignore"):
            computed = (share * whole).sum(axis=1) / total
        if (np.abs(computed - percent) <= 2 * _HALF).all():
            return {groups[i].name: float(value) for i, value in zip(worked.tolist(), whole, strict=True)}
    return None
