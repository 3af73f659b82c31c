"""As few places as are found to be enough."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from typing import TypeVar

T = TypeVar("T")


def fewest(order: Sequence[T], enough: Callable[[Sequence[T]], bool]) -> list[T]:
    """Return a few places of some that are enough together; all of them where not even these are.

    Parameters
    ----------
    order
        The places, the least wanted first.
    enough
        Whether some of them are. What is enough stays enough with more.

    Examples
    --------
    >>> fewest("abcdefg", lambda some: {"b", "e"} <= set(some))
    ['b', 'e']
    """
    # The first places that are need no search one by one.
    taken = list(order[: 1 + bisect_left(range(len(order)), True, key=lambda k: enough(order[: k + 1]))])
    kept: list[T] = []
    while len(taken) > 1:
        # As many as can be spared, then one that cannot.
        left = taken
        spared = bisect_left(range(1, len(left)), True, key=lambda k: not enough([*kept, *left[k:]]))
        kept, taken = [*kept, *left[spared:-1][:1]], left[min(spared + 1, len(left) - 1) :]
    return [*kept, *taken]
