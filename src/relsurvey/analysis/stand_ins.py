"""Whose number may be shown for each of several results, so that no two shown tell of few people."""

from __future__ import annotations

from collections.abc import Callable, Sequence


def stand_ins(
    order: Sequence[int],
    near: Callable[[int, int], bool],
    allowed: Callable[[int, int], bool] = lambda i, j: True,
) -> dict[int, int]:
    """Return for each result the one whose number stands for it: another one's, or its own.

    Each in turn takes that of the first before it that shows its own and that it is near, else its own.

    Parameters
    ----------
    order
        The results; the first shows its own number.
    near
        Whether the number of a result beside that of another would tell of few people.
    allowed
        Whether a result may show the number of another, or its own; else it shows the first's.

    Examples
    --------
    >>> counts = [60, 68, 72, 75]
    >>> stand_ins(range(4), lambda i, j: abs(counts[i] - counts[j]) < 11)
    {0: 0, 1: 0, 2: 2, 3: 2}
    """
    first = order[0]
    found = {first: first}
    for i in order[1:]:
        own = (j for j in found if found[j] == j)
        shown = next((j for j in own if near(i, j)), i)
        found[i] = shown if allowed(i, shown) else first
    return found
