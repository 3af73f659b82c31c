"""Between which values a hidden count lies for those who know every n and every published sum."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import ceil, floor
from typing import TYPE_CHECKING

from relsurvey.disclosure.blocks import NEAR, SMALL, Block, Parts, solve
from relsurvey.disclosure.connected import System

if TYPE_CHECKING:
    import numpy as np

# How many pairs of feasible counts are tried for all groups at once before each group is solved for alone.
_MOST_PAIRS = 40


@dataclass(frozen=True)
class Published:
    """What is known of hidden counts.

    An atom is a set of respondents of which some are favorable; atoms do not overlap.

    Attributes
    ----------
    sizes
        How many respondents each atom has; all of them are known.
    sets
        Sets of atoms, each with the lowest and highest possible sum of its atoms' counts: equal when the sum
        is published exactly.
    counts
        The true counts, where known: they fit, which then needs no solver to tell.
    """

    sizes: tuple[int, ...]
    sets: tuple[tuple[frozenset[int], int, int], ...]
    counts: tuple[int, ...] | None = None

    @cached_property
    def system(self) -> System:
        """What hangs together, with all that was found of it so far."""
        return System(self.sizes, self.sets, self.counts)


def feasible(
    published: Published, wanted: Sequence[frozenset[int]], *, integer: bool = False
) -> list[tuple[float, float]]:
    """Return the lowest and the highest count that each wanted group of atoms may have.

    Parameters
    ----------
    published
        Sizes of atoms, and sums of their counts.
    wanted
        Groups of atoms.
    integer
        Whether counts are whole numbers. Fractions are faster and give bounds at least as wide.

    Raises
    ------
    DisclosureError
        If no counts fit what is published.

    Examples
    --------
    Of 10 and 20 respondents together 28 are favorable:

    >>> both = frozenset({0, 1})
    >>> feasible(Published((10, 20), ((both, 28, 28),)), [frozenset({0}), both])
    [(8.0, 10.0), (28.0, 28.0)]
    """
    groups = _Groups(published, wanted, 0.0)
    published.system.check()
    return [groups.range(k, integer) for k in range(len(wanted))]


def too_narrow(published: Published, wanted: Sequence[frozenset[int]], *, width: float = 0.5) -> list[int]:
    """Return which groups' share of favorable can be told too closely.

    Parameters
    ----------
    published
        Sizes of atoms, and sums of their counts.
    wanted
        Groups of atoms; a group of nobody is never told.
    width
        A share known to less than this fails, and one that must be none or all.

    Raises
    ------
    DisclosureError
        If no counts fit what is published.

    Notes
    -----
    Two feasible sets of counts that lie far enough apart prove a group wide; from each, counts may also be
    exchanged between atoms that lie in the same sums. Vertices of the linear program in random directions do
    so for most groups at once; the others are solved for one by one. Counts are whole numbers: the bounds of
    the linear program are rounded inwards, and up to 60 atoms that hang together the integer program decides.

    Examples
    --------
    >>> both = frozenset({0, 1})
    >>> groups = [frozenset({0}), frozenset({1})]
    >>> too_narrow(Published((10, 20), ((both, 28, 28),)), groups)
    [0, 1]
    >>> too_narrow(Published((10, 20), ((both, 15, 15),)), groups)
    []
    """
    return each_too_narrow([(published, wanted)], width=width)[0]


def each_too_narrow(
    asked: Sequence[tuple[Published, Sequence[frozenset[int]]]], *, width: float = 0.5
) -> list[list[int]]:
    """Return the same of several systems, whose programs are solved side by side.

    Parameters
    ----------
    asked
        Of each system what is published, and the groups wanted.
    width
        As for :func:`too_narrow`.

    Examples
    --------
    >>> both = frozenset({0, 1})
    >>> each_too_narrow([(Published((10, 20), ((both, n, n),)), [both]) for n in (28, 15)])
    [[0], [0]]
    """
    several = [_Groups(published, wanted, width) for published, wanted in asked]
    _search(several)
    for published, _ in asked:
        published.system.check()
    found: list[list[int]] = [[] for _ in several]
    waiting = [(groups, groups.waiting.tolist(), told) for groups, told in zip(several, found, strict=True)]
    while waiting := [(groups, left, told) for groups, left, told in waiting if left]:
        # One of each system at a time: counts that are found for it prove others wide.
        solve(one for groups, left, _ in waiting for one in groups.asked(left[0]))
        for groups, left, told in waiting:
            k = left.pop(0)
            if groups.narrow(k):
                told.append(k)
            left[:] = sorted(set(left) & set(groups.waiting.tolist()))
    return found


def narrowest(published: Published, wanted: Sequence[frozenset[int]]) -> float:
    """Return the narrowest range in which the share of any wanted group can lie; 1 if there is none.

    Parameters
    ----------
    published
        Sizes of atoms, and sums of their counts.
    wanted
        Groups of atoms.

    Examples
    --------
    >>> both = frozenset({0, 1})
    >>> narrowest(Published((10, 20), ((both, 15, 15),)), [frozenset({0}), frozenset({1})])
    0.5
    """
    groups = _Groups(published, wanted, 1.0)
    _search([groups])
    published.system.check()
    least = 1.0
    # What has been seen of a group is less than its whole range, so few groups need a solution.
    before = groups.widths_seen()
    for k in before.argsort().tolist():
        if max(before[k], groups.widths_seen()[k]) < least:
            least = min(least, groups.width(k))
    return least


class _Groups:
    """Groups of one system whose widths are in question."""

    def __init__(self, published: Published, wanted: Sequence[frozenset[int]], width: float) -> None:
        import numpy as np

        self._sizes = np.array([sum(published.sizes[atom] for atom in group) for group in wanted])
        self._enough = width * self._sizes - NEAR
        self._low, self._high, self.parts = published.system.split(wanted)
        self._in: list[list[tuple[Parts, int]]] = [[] for _ in wanted]
        for part, which in self.parts:
            for i, k in enumerate(which.tolist()):
                self._in[k].append((part, i))

    @property
    def waiting(self) -> np.ndarray:
        """The groups that the counts found so far do not prove wide."""
        import numpy as np

        low, high = self._seen()
        wide = (high - low >= self._enough) & (low < self._sizes) & (high > 0)
        return np.flatnonzero(~wide & (self._sizes > 0))

    def _seen(self) -> tuple[np.ndarray, np.ndarray]:
        """Return the lowest and highest counts found so far."""
        import numpy as np

        low, high = self._low.astype(float), self._high.astype(float)
        for part, which in self.parts:
            least, most = part.seen() or (np.inf, -np.inf)
            low[which] += np.ceil(least - NEAR)
            high[which] += np.floor(most + NEAR)
        return low, high

    def widths_seen(self) -> np.ndarray:
        """Return how wide counts prove each share; infinite for a group of nobody."""
        import numpy as np

        low, high = self._seen()
        widths: np.ndarray = np.where(self._sizes > 0, (high - low) / np.maximum(self._sizes, 1), np.inf)
        return widths

    def range(self, k: int, integer: bool) -> tuple[float, float]:
        """Return the lowest and highest count of a group."""
        ranges = [part.range(i, integer) for part, i in self._in[k]]
        low, high = float(self._low[k]), float(self._high[k])
        return low + sum(a for a, _ in ranges), high + sum(b for _, b in ranges)

    def asked(self, k: int) -> Iterator[tuple[Block, np.ndarray]]:
        """Yield what linear programs must solve for to know a group's range."""
        return (one for part, i in self._in[k] for one in part.asked(i))

    def _left(self, k: int, *, integer: bool) -> tuple[int, int]:
        """Return the lowest and highest count, as whole numbers; integer: in small blocks these are exact."""
        low, high = int(self._low[k]), int(self._high[k])
        for part, i in self._in[k]:
            lowest, highest = part.range(i, integer and part.block.size <= SMALL)
            low, high = low + ceil(lowest - NEAR), high + floor(highest + NEAR)
        return low, high

    def width(self, k: int) -> float:
        """Return how wide the range of a group's share is."""
        low, high = self._left(k, integer=True)
        return float((high - low) / self._sizes[k])

    def narrow(self, k: int) -> bool:
        """Say whether a group's share can be told too closely."""

        def enough(low: int, high: int) -> bool:
            return bool(high - low >= self._enough[k] and low < self._sizes[k] and high > 0)

        # The linear program is the faster filter.
        if not enough(*self._left(k, integer=False)):
            return True
        return k in self.waiting and not enough(*self._left(k, integer=True))


def _search(several: Iterable[_Groups]) -> None:
    """Look for counts that prove groups wide, in all blocks side by side."""
    running = [
        (part.block, _directions(groups, part, which))
        for groups in several
        for part, which in groups.parts
        if not part.block.closed
    ]
    while running:
        asked = [
            (block, direction, directions)
            for block, directions in running
            if (direction := next(directions, None)) is not None
        ]
        solve((block, sign * direction) for block, direction, _ in asked for sign in (1, -1))
        running = [(block, directions) for block, _, directions in asked]


def _directions(groups: _Groups, part: Parts, which: np.ndarray) -> Iterator[np.ndarray]:
    """Yield directions that push many groups at once, each to be solved both ways before the next."""
    import numpy as np

    random = np.random.default_rng(1)

    def waiting(some: np.ndarray) -> np.ndarray:
        return some[np.isin(which[some], groups.waiting)]

    left = waiting(np.arange(len(which)))
    for turn in range(_MOST_PAIRS if len(left) > 1 else 0):
        signs = random.choice([-1.0, 1.0], len(left))
        yield part.direction(left, signs * random.uniform(0.5, 1.5, len(left)))
        before, left = left, waiting(left)
        # What settles fewer than two groups costs more than to solve for each alone.
        if len(left) < 2 or (turn and len(before) - len(left) < 2):
            break
    # Those that share no sum are not in each other's way.
    for apart in _apart(part, left.tolist()):
        some = waiting(np.array(apart))
        if len(some) > 1:
            yield part.direction(some, np.ones(len(some)))


def _apart(part: Parts, groups: Iterable[int]) -> list[list[int]]:
    """Split groups into some that share no sum with each other."""
    import numpy as np

    sums = part.block.sums
    found: list[list[int]] = []
    taken: list[np.ndarray] = []
    for k in groups:
        own = np.bincount(sums.take(part.columns(k)).row, minlength=sums.rows) > 0
        place = next((i for i, other in enumerate(taken) if not (own & other).any()), len(taken))
        if place == len(taken):
            taken.append(own)
            found.append([])
        taken[place] = taken[place] | own
        found[place].append(k)
    return found
