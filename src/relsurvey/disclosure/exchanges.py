"""How far counts of small groups can be exchanged without changing any published sum."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np


def exchanged(
    sets: np.ndarray, sizes: np.ndarray, counts: np.ndarray, groups: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return between which counts each group's count can be moved, groups by figures.

    Parameters
    ----------
    sets
        Which atoms are in each set of which a sum is published, sets by atoms.
    sizes, counts
        Of each atom how many respondents it has and how many of them are counted, atoms by figures.
    groups
        Which atoms are in each group, groups by atoms.

    Notes
    -----
    Atoms that lie in the same sets are of one kind. Of those counted in a kind as many may be in the group as
    it has respondents of that kind, and as few as all others of the kind leave over; no sum changes.

    Examples
    --------
    >>> import numpy as np
    >>> sizes, counts = np.array([[10], [20], [5]]), np.array([[4], [10], [5]])
    >>> low, high = exchanged(np.array([[1, 1, 0], [1, 1, 1]]), sizes, counts, np.array([[1, 0, 1]]))
    >>> low.tolist(), high.tolist()
    ([[5]], [[15]])
    """
    import numpy as np

    numbers: dict[bytes, int] = {}
    lies_in = (atom.tobytes() for atom in np.ascontiguousarray(sets.T, dtype=bool))
    kind = np.array([numbers.setdefault(of, len(numbers)) for of in lies_in])
    order = np.argsort(kind, kind="stable")
    first = np.flatnonzero(np.diff(kind[order], prepend=-1))
    size, count = np.add.reduceat(sizes[order], first), np.add.reduceat(counts[order], first)
    own = np.add.reduceat(groups[:, order, None] * sizes[order], first, axis=1)
    low: np.ndarray = np.maximum(0, own - (size - count)).sum(axis=1)
    high: np.ndarray = np.minimum(own, count).sum(axis=1)
    return low, high
