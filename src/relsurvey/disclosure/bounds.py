"""Between which values a hidden count lies for those who know every n and every published sum."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import ceil, floor
from typing import TYPE_CHECKING

from relsurvey.errors import DisclosureError

if TYPE_CHECKING:
    import numpy as np
    from scipy.optimize import Bounds, LinearConstraint
    from scipy.sparse import csr_array

# What the solver may be off by.
_NEAR = 1e-6

# Up to so many hidden atoms that hang together, counts are proven as integers; beyond, as fractions.
_SMALL = 60

# How many pairs of feasible counts are tried for all groups at once before each group is solved for alone.
_MOST_PAIRS = 40

# How often bounds are taken through all sums; mostly a few times are enough.
_MOST_ROUNDS = 100

# How many feasible counts are remembered, to see groups wide without a further solution.
_MOST_POINTS = 100


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
    def system(self) -> _System:
        """What hangs together, with all that was found of it so far."""
        return _System.of(self)


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
    published.system.check()
    found = []
    for group in wanted:
        low, high, parts = published.system.split(group)
        ranges = [block.range(columns, integer) for block, columns in parts]
        found.append((float(low + sum(a for a, _ in ranges)), float(high + sum(b for _, b in ranges))))
    return found


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
    Two feasible sets of counts that lie far enough apart prove a group wide. Vertices of the linear program
    in random directions do so for most groups at once; the others are solved for one by one. Counts are whole
    numbers: the bounds of the linear program are rounded inwards, and up to 60 atoms that hang together the
    integer program decides.

    Examples
    --------
    >>> both = frozenset({0, 1})
    >>> groups = [frozenset({0}), frozenset({1})]
    >>> too_narrow(Published((10, 20), ((both, 28, 28),)), groups)
    [0, 1]
    >>> too_narrow(Published((10, 20), ((both, 15, 15),)), groups)
    []
    """
    # Points that prove some wide are forgotten while others are solved for.
    left = [group for group in _groups(published, wanted, width) if not group.enough(*group.seen())]
    return [group.index for group in left if group.narrow()]


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
    least = 1.0
    # What has been seen of a group is less than its whole range, so few groups need a solution.
    seen = [(group.width_seen(), group) for group in _groups(published, wanted, 1.0)]
    for before, group in sorted(seen, key=lambda one: one[0]):
        if max(before, group.width_seen()) < least:
            least = min(least, group.width_left())
    return least


def _groups(published: Published, wanted: Sequence[frozenset[int]], width: float) -> list[_Group]:
    """Return the groups that have respondents, after a search for counts that prove them wide."""
    groups = []
    for index, group in enumerate(wanted):
        size = sum(published.sizes[atom] for atom in group)
        if size:
            groups.append(_Group(index, size, width, *published.system.split(group)))
    for block in {id(block): block for group in groups for block, _ in group.parts}.values():
        _try_pairs(block, [group for group in groups if any(b is block for b, _ in group.parts)])
    published.system.check()
    return groups


@dataclass
class _Group:
    """A group whose width is in question: the settled part of its count, and its part in each block."""

    index: int
    size: int
    width: float
    low: int
    high: int
    parts: list[tuple[_Block, np.ndarray]]

    def enough(self, low: int, high: int) -> bool:
        """Say whether such a range leaves its share open."""
        wide = high - low >= self.width * self.size - _NEAR
        return wide and low < self.size - _NEAR and high > _NEAR

    def seen(self) -> tuple[int, int]:
        """Return the lowest and highest of the feasible counts found so far."""
        low, high = self.low, self.high
        for block, columns in self.parts:
            values = block.values(columns)
            if not len(values):
                return 0, 0
            low, high = low + ceil(values.min() - _NEAR), high + floor(values.max() + _NEAR)
        return low, high

    def width_seen(self) -> float:
        """Return how wide feasible counts prove its share."""
        low, high = self.seen()
        return (high - low) / self.size

    def left(self, *, integer: bool) -> tuple[int, int]:
        """Return the lowest and highest count, as whole numbers; integer: in small blocks these are exact."""
        low, high = self.low, self.high
        for block, columns in self.parts:
            lowest, highest = block.range(columns, integer and block.size <= _SMALL)
            low, high = low + ceil(lowest - _NEAR), high + floor(highest + _NEAR)
        return low, high

    def width_left(self) -> float:
        low, high = self.left(integer=True)
        return (high - low) / self.size

    def narrow(self) -> bool:
        if self.enough(*self.seen()):
            return False
        # The linear program is the faster filter.
        return not self.enough(*self.left(integer=False)) or not (
            self.enough(*self.seen()) or self.enough(*self.left(integer=True))
        )


def _try_pairs(block: _Block, groups: Sequence[_Group]) -> None:
    """Look for counts that lie far apart, in directions that push many groups at once."""
    import numpy as np

    if block.closed:
        return
    random = np.random.default_rng(1)
    waiting = [group for group in groups if not group.enough(*group.seen())]
    for turn in range(_MOST_PAIRS if len(waiting) > 1 else 0):
        direction = np.zeros(block.size)
        for group in waiting:
            sign = random.choice([-1.0, 1.0])
            for other, columns in group.parts:
                if other is block:
                    direction[columns] += sign * random.uniform(0.5, 1.5)
        block.extreme(direction, integer=False)
        block.extreme(-direction, integer=False)
        before, waiting = waiting, [group for group in waiting if not group.enough(*group.seen())]
        # What settles fewer than two groups costs more than to solve for each alone.
        if len(waiting) < 2 or (turn and len(before) - len(waiting) < 2):
            break
    # Those that share no sum are not in each other's way.
    for apart in _apart(block, waiting):
        left = [columns for group, columns in apart if not group.enough(*group.seen())]
        if len(left) > 1:
            direction = np.zeros(block.size)
            direction[np.concatenate(left)] = 1
            block.extreme(direction, integer=False)
            block.extreme(-direction, integer=False)


def _apart(block: _Block, groups: Iterable[_Group]) -> list[list[tuple[_Group, np.ndarray]]]:
    """Split groups into some that share no sum with each other."""
    import numpy as np

    sums = block.sums.tocsc()
    found: list[list[tuple[_Group, np.ndarray]]] = []
    taken: list[np.ndarray] = []
    for group in groups:
        columns = next(columns for other, columns in group.parts if other is block)
        own = np.diff(sums[:, columns].tocsr().indptr) > 0
        place = next((k for k, other in enumerate(taken) if not (own & other).any()), len(taken))
        if place == len(taken):
            taken.append(own)
            found.append([])
        taken[place] = taken[place] | own
        found[place].append((group, columns))
    return found


class _Block:
    """Atoms that hang together through published sums, with bounds of their own."""

    def __init__(
        self,
        low: np.ndarray,
        high: np.ndarray,
        sums: csr_array,
        lowest: np.ndarray,
        highest: np.ndarray,
        true: np.ndarray | None,
    ) -> None:
        import numpy as np

        self.low, self.high = low, high
        self.sums, self.lowest, self.highest = sums, lowest, highest
        self._points = np.zeros((_MOST_POINTS, 0 if self.closed else self.size))
        self._found = 0
        self._ranges: dict[tuple[bytes, bool], tuple[float, float]] = {}
        if self.closed and (low.sum() > highest[0] or high.sum() < lowest[0]):
            raise DisclosureError(_CONTRADICTION)
        self.fits = self.closed or true is not None
        if self.closed:
            return
        self._tighten()
        if true is not None:
            if not self._fits(true):
                raise DisclosureError(_CONTRADICTION)
            self._remember(true)

    def _tighten(self) -> None:
        """Take into an atom's bounds what each sum leaves to it when the others are lowest, or highest."""
        import numpy as np

        sums = self.sums.tocoo()
        low, high = self.low.copy(), self.high.copy()
        for _ in range(_MOST_ROUNDS):
            before = int((high - low).sum())
            least, most = self.sums @ low, self.sums @ high
            lower = self.lowest[sums.row] - most[sums.row] + high[sums.col]
            upper = self.highest[sums.row] - least[sums.row] + low[sums.col]
            np.maximum.at(low, sums.col, lower.astype(low.dtype))
            np.minimum.at(high, sums.col, upper.astype(high.dtype))
            if (low > high).any():
                raise DisclosureError(_CONTRADICTION)
            if int((high - low).sum()) == before:
                break
        self.low, self.high = low, high

    def _fits(self, point: np.ndarray) -> bool:
        sums = self.sums @ point
        return bool(
            ((self.low <= point) & (point <= self.high)).all()
            and ((self.lowest <= sums) & (sums <= self.highest)).all()
        )

    def _remember(self, point: np.ndarray) -> None:
        self._points[self._found % _MOST_POINTS] = point
        self._found += 1

    @property
    def size(self) -> int:
        return len(self.low)

    @cached_property
    def closed(self) -> bool:
        """Whether there is one sum only: its Fréchet bounds are exact, and no solver is needed."""
        return len(self.lowest) == 1

    def values(self, columns: np.ndarray) -> np.ndarray:
        """Return feasible counts of some atoms together found so far, in a small block as integers."""
        import numpy as np

        if self.closed:
            return np.array(self._frechet(columns))
        sums: np.ndarray = self._points[: min(self._found, _MOST_POINTS), columns].sum(axis=1)
        return sums

    def range(self, columns: np.ndarray, integer: bool) -> tuple[float, float]:
        """Return the lowest and highest count of some atoms together."""
        import numpy as np

        if self.closed:
            return self._frechet(columns)
        name = columns.tobytes(), integer
        if name not in self._ranges:
            direction = np.zeros(self.size)
            direction[columns] = 1
            values = self.values(columns)
            # What each atom's bounds allow and some counts reach needs no solver.
            low, high = self.low[columns].sum(), self.high[columns].sum()
            if low < values.min(initial=high) - _NEAR:
                low = -self.extreme(-direction, integer)
            if high > values.max(initial=low) + _NEAR:
                high = self.extreme(direction, integer)
            self._ranges[name] = float(low), float(high)
        return self._ranges[name]

    def extreme(self, direction: np.ndarray, integer: bool) -> float:
        """Return the highest value in a direction; and remember the counts that reach it."""
        import numpy as np
        from scipy.optimize import Bounds, LinearConstraint, milp

        if integer or not self._found:
            found = milp(
                -direction,
                integrality=np.full(self.size, int(integer)),
                bounds=Bounds(self.low, self.high),
                constraints=LinearConstraint(self.sums, self.lowest, self.highest),
                options={"mip_rel_gap": 0},
            )
        else:
            found = milp(
                np.concatenate([-direction, direction]),
                bounds=self._steps[0],
                constraints=self._steps[1],
                options={"presolve": False},
            )
        if found.x is None:
            raise DisclosureError(_CONTRADICTION)
        self.fits = True
        counts = found.x
        if len(counts) > self.size:
            counts = self._start + found.x[: self.size] - found.x[self.size :]
        point = np.round(counts)
        whole = np.abs(counts - point).max() < _NEAR
        if whole or self.size > _SMALL:
            self._remember(point if whole else counts)
        return float(direction @ counts)

    @cached_property
    def _steps(self) -> tuple[Bounds, LinearConstraint]:
        """How far counts may go up and down from some that fit: few sums then bind when one group moves."""
        import numpy as np
        from scipy.optimize import Bounds, LinearConstraint
        from scipy.sparse import hstack

        now = self.sums @ self._start
        return (
            Bounds(0, np.concatenate([self.high - self._start, self._start - self.low])),
            LinearConstraint(
                hstack([self.sums, -self.sums], format="csc"), self.lowest - now, self.highest - now
            ),
        )

    @cached_property
    def _start(self) -> np.ndarray:
        import numpy as np

        start: np.ndarray = np.clip(self._points[0], self.low, self.high)
        return start

    def _frechet(self, columns: np.ndarray) -> tuple[int, int]:
        low, high = int(self.low[columns].sum()), int(self.high[columns].sum())
        rest_low, rest_high = int(self.low.sum()) - low, int(self.high.sum()) - high
        return max(low, int(self.lowest[0]) - rest_high), min(high, int(self.highest[0]) - rest_low)


_CONTRADICTION = (
    "The published sums contradict each other: no counts fit all of them. "
    "Check that all tables count the same respondents."
)


@dataclass(frozen=True)
class _System:
    """Atoms whose count is settled or free, and blocks of those that published sums bind."""

    low: list[int]
    high: list[int]
    place: dict[int, tuple[_Block, int]]

    @classmethod
    def of(cls, published: Published) -> _System:
        low, high, sets = _settled(published)
        place = {}
        for atoms, inside in _connected(sets):
            block = _block(low, high, atoms, inside, published.counts)
            place.update({atom: (block, column) for column, atom in enumerate(atoms)})
        return cls(low, high, place)

    def check(self) -> None:
        """Look for counts that fit in every block where none are known yet."""
        import numpy as np

        for block, _ in self.place.values():
            if not block.fits:
                block.extreme(np.zeros(block.size), integer=False)

    def split(self, group: Iterable[int]) -> tuple[int, int, list[tuple[_Block, np.ndarray]]]:
        """Return the bounds of a group's atoms that no sum binds, and its columns in each block."""
        import numpy as np

        low = high = 0
        columns: dict[int, tuple[_Block, list[int]]] = {}
        for atom in group:
            if atom in self.place:
                block, column = self.place[atom]
                columns.setdefault(id(block), (block, []))[1].append(column)
            else:
                low, high = low + self.low[atom], high + self.high[atom]
        return low, high, [(block, np.array(some)) for block, some in columns.values()]


_Sets = list[tuple[frozenset[int], int, int]]


def _settled(published: Published) -> tuple[list[int], list[int], _Sets]:
    """Take sums of one atom into its bounds and known atoms out of the sums, until nothing changes."""
    low, high = [0] * len(published.sizes), list(published.sizes)
    sets: _Sets = list(published.sets)
    changed = True
    while changed:
        changed = False
        tightest: dict[frozenset[int], tuple[int, int]] = {}
        for atoms, lowest, highest in sets:
            known = [atom for atom in atoms if low[atom] == high[atom]]
            taken = sum(low[atom] for atom in known)
            left = atoms.difference(known) if known else atoms
            before = tightest.get(left, (lowest - taken, highest - taken))
            tightest[left] = max(before[0], lowest - taken), min(before[1], highest - taken)
        sets = []
        for left, (lowest, highest) in tightest.items():
            if lowest > highest or (not left and not lowest <= 0 <= highest):
                raise DisclosureError(_CONTRADICTION)
            if len(left) == 1:
                (atom,) = left
                low[atom], high[atom] = max(low[atom], lowest), min(high[atom], highest)
                if low[atom] > high[atom]:
                    raise DisclosureError(_CONTRADICTION)
                changed = True
            elif left:
                sets.append((left, lowest, highest))
    return low, high, sets


def _connected(sets: _Sets) -> Iterable[tuple[list[int], _Sets]]:
    """Split sums into those that share atoms, directly or through others."""
    holder: dict[int, int] = {}

    def top(atom: int) -> int:
        while holder[atom] != atom:
            holder[atom] = holder[holder[atom]]
            atom = holder[atom]
        return atom

    for atoms, _, _ in sets:
        first = min(atoms)
        for atom in atoms:
            holder.setdefault(atom, atom)
        for atom in atoms:
            holder[top(atom)] = top(first)
    inside: dict[int, _Sets] = {}
    members: dict[int, list[int]] = {}
    for one in sets:
        inside.setdefault(top(min(one[0])), []).append(one)
    for atom in sorted(holder):
        members.setdefault(top(atom), []).append(atom)
    return [(members[name], inside[name]) for name in inside]


def _block(
    low: Sequence[int],
    high: Sequence[int],
    atoms: Sequence[int],
    sets: _Sets,
    counts: Sequence[int] | None,
) -> _Block:
    import numpy as np
    from scipy.sparse import csr_array

    column = {atom: k for k, atom in enumerate(atoms)}
    rows = np.repeat(np.arange(len(sets)), [len(inside) for inside, _, _ in sets])
    columns = np.array([column[atom] for inside, _, _ in sets for atom in sorted(inside)])
    return _Block(
        np.array([low[atom] for atom in atoms]),
        np.array([high[atom] for atom in atoms]),
        csr_array((np.ones(len(rows)), (rows, columns)), shape=(len(sets), len(atoms))),
        np.array([lowest for _, lowest, _ in sets]),
        np.array([highest for _, _, highest in sets]),
        None if counts is None else np.array([counts[atom] for atom in atoms], dtype=float),
    )
