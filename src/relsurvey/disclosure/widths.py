"""How closely the share of a small group can be told from what is shown (rules.md 18)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import permutations
from typing import TYPE_CHECKING

from relsurvey.disclosure.exchanges import exchanged
from relsurvey.disclosure.plan import Plan, Released
from relsurvey.disclosure.systems import System, known

if TYPE_CHECKING:
    import numpy as np


#: Of a hidden group's share, what anyone can tell must leave at least this much open.
WIDTH = 0.5


@dataclass(frozen=True)
class Narrow:
    """A small group whose share on a figure can be told too closely: positions of atoms, and the figure."""

    group: frozenset[int]
    figure: int


@dataclass(frozen=True)
class Widths:
    """What one system gives away.

    Attributes
    ----------
    found
        The groups whose share can be told too closely.
    groups
        How many groups were tried, each on each figure.
    narrowest
        The narrowest range of any group that passed, 0-1, as far as it was proven; 1 without any.
    """

    found: tuple[Narrow, ...]
    groups: int
    narrowest: float


def narrowed(plan: Plan, released: Released, system: System, min_n: int) -> Widths:
    """Return every small group whose share can be told to less than 50 points, or is all or none.

    Parameters
    ----------
    plan, released
        What would be shown, and what is.
    system
        Atoms and sets shown of one variable.
    min_n
        A group is small under this many students.

    Notes
    -----
    The true counts are one solution of the published sums. From it, students who count are moved between
    atoms so that no published sum changes: what a group's count can be moved to, it can be. Most groups pass
    by this alone, for all figures at once; for the others linear and integer programs find the range.
    """
    import numpy as np

    figures = range(len(system.students[0].counts) if system.students else 0)
    groups = _groups(system, min_n)
    if not groups or not figures:
        return Widths((), 0, 1.0)
    member = _member(groups, len(system.atoms))
    sizes, counts = _columns(plan, system)
    ranges = [_ranges(plan, released, system, f) for f in figures]
    n = member @ sizes
    small = (n > 0) & (n < min_n)
    alike: dict[tuple[frozenset[int], ...], list[int]] = defaultdict(list)
    for f in figures:
        alike[_parts(ranges[f])].append(f)
    low, high = np.zeros_like(n), np.zeros_like(n)
    # What keeps every sum that is shown of any figure keeps those of each.
    moves = _Moves(system, dict.fromkeys(part for parts in alike for part in parts))
    for parts, some in alike.items():
        sets = _member(parts, len(system.atoms))
        low[:, some], high[:, some] = exchanged(sets, sizes[:, some], counts[:, some], member)
    _move(moves, groups, member, sizes, counts, small, low, high)
    for parts, some in alike.items():
        if len(parts) < len(moves.sets):
            own, of = _Moves(system, parts), np.ix_(range(len(groups)), some)
            spans = low[of], high[of]
            _move(own, groups, member, sizes[:, some], counts[:, some], small[of], *spans)
            low[of], high[of] = spans
    width = (high - low) / np.maximum(n, 1)
    open_ = small & (width < WIDTH)
    narrowest = float(width[small & ~open_].min(initial=1.0))
    left = [[groups[g] for g in np.flatnonzero(open_[:, f])] for f in figures]
    found: list[Narrow] = []
    for f, told in zip(figures, _told(sizes, counts, ranges, left), strict=True):
        found += [Narrow(group, f) for group in told]
        if len(told) < len(left[f]):
            narrowest = WIDTH
    return Widths(tuple(found), int(small.sum()), narrowest)


class Asked:
    """Whether groups of one system can be told too closely, asked again as more and more is withheld.

    Parameters
    ----------
    plan, released
        What would be shown, and what is.
    system
        Atoms and sets shown of one variable.
    found
        What :func:`narrowed` finds in it.
    """

    def __init__(self, plan: Plan, released: Released, system: System, found: Iterable[Narrow]) -> None:
        self._plan, self._system = plan, system
        self._answers = {(one, _ranges(plan, released, system, one.figure)): True for one in found}
        self._moves: dict[tuple[frozenset[int], ...], _Moves] = {}

    def narrow(self, released: Released, one: Narrow) -> bool:
        """Say whether one group's share can be told too closely on one figure."""
        sets = _ranges(self._plan, released, self._system, one.figure)
        if (one, sets) not in self._answers:
            self._answers[one, sets] = self._told(sets, one)
        return self._answers[one, sets]

    def _told(self, sets: _Ranges, one: Narrow) -> bool:
        import numpy as np

        sizes, counts = (of[:, [one.figure]] for of in self._of_figures)
        if _from_one(sizes[:, 0], sets, one.group):
            return True
        parts = _parts(sets)
        moves = self._moves.setdefault(parts, _Moves(self._system, parts))
        member = _member([one.group], len(self._system.atoms))
        low, high = exchanged(moves.sets, sizes, counts, member)
        _move(moves, [one.group], member, sizes, counts, np.ones((1, 1), dtype=bool), low, high)
        if (high - low)[0, 0] >= WIDTH * (member @ sizes)[0, 0]:
            return False
        return bool(_told(sizes, counts, [sets], [[one.group]])[0])

    @cached_property
    def _of_figures(self) -> tuple[np.ndarray, np.ndarray]:
        return _columns(self._plan, self._system)


def _groups(system: System, min_n: int) -> list[frozenset[int]]:
    """Return the small groups: planned cells and units, and what nested sets leave of each other."""
    import numpy as np

    found = list(system.planned)
    shown = list(dict.fromkeys(s.atoms for s in system.shown))
    for whole in shown:
        inside = [part for part in shown if part < whole]
        found += [whole - part for part in inside]
        found.append(whole.difference(*inside))
    groups = [group for group in dict.fromkeys(found) if group]
    if not groups:
        return []
    n = _member(groups, len(system.atoms)) @ np.array([s.figures for s in system.students])
    few = ((n > 0) & (n < min_n)).any(axis=1)
    return [group for group, is_few in zip(groups, few, strict=True) if is_few]


def _member(groups: Sequence[frozenset[int]], atoms: int) -> np.ndarray:
    import numpy as np

    member = np.zeros((len(groups), atoms), dtype=np.int64)
    for i, group in enumerate(groups):
        member[i, list(group)] = 1
    return member


_Ranges = tuple[tuple[frozenset[int], int, int], ...]


def _ranges(plan: Plan, released: Released, system: System, figure: int) -> _Ranges:
    """Return the sets shown of a figure, and the range of each one's count."""
    found = ((shown.atoms, known(plan, released, shown, figure)) for shown in system.shown)
    return tuple((atoms, *of) for atoms, of in found if of is not None)


def _parts(ranges: _Ranges) -> tuple[frozenset[int], ...]:
    return tuple(dict.fromkeys(part for part, _, _ in ranges))


def _columns(plan: Plan, system: System) -> tuple[np.ndarray, np.ndarray]:
    """Return the students and the counts of each atom, one column a figure."""
    import numpy as np

    counts = np.array([s.counts for s in system.students], dtype=np.int64)
    at = [figure.students for figure in plan.figures[: counts.shape[-1]]]
    return np.array([s.figures for s in system.students], dtype=np.int64)[:, at], counts


def _told(
    sizes: np.ndarray,
    counts: np.ndarray,
    ranges: Sequence[_Ranges],
    groups: Sequence[Sequence[frozenset[int]]],
) -> list[list[frozenset[int]]]:
    """Return of each figure which groups can be told too closely: from one set, or by programs."""
    from relsurvey.disclosure import bounds

    found, left, asked = [], [], []
    for f, (sets, wanted) in enumerate(zip(ranges, groups, strict=True)):
        found.append([group for group in wanted if _from_one(sizes[:, f], sets, group)])
        left.append([group for group in wanted if group not in set(found[f])])
        if left[f]:
            published = bounds.Published(tuple(sizes[:, f].tolist()), sets, tuple(counts[:, f].tolist()))
            asked.append((published, left[f]))
    told = iter(bounds.each_too_narrow(asked, width=WIDTH))
    return [
        one + [wanted[i] for i in next(told)] if wanted else one
        for one, wanted in zip(found, left, strict=True)
    ]


def _from_one(sizes: np.ndarray, sets: _Ranges, group: frozenset[int]) -> bool:
    """Say whether a single set around a group tells its share too closely (Fréchet's bounds)."""
    n = int(sizes[list(group)].sum())
    low, high = 0, n
    for atoms, least, most in sets:
        if group <= atoms:
            low, high = max(low, least - int(sizes[list(atoms)].sum()) + n), min(high, most)
    return high - low < WIDTH * n


Move = tuple[list[int], list[int]]


def _move(
    moves: _Moves,
    groups: Sequence[frozenset[int]],
    member: np.ndarray,
    sizes: np.ndarray,
    counts: np.ndarray,
    small: np.ndarray,
    low: np.ndarray,
    high: np.ndarray,
) -> None:
    """Note how far each small group's count is moved, groups by figures, without changing any shown sum."""
    import numpy as np

    enough = np.where(small, WIDTH * (member @ sizes), 0)
    for i, group in enumerate(groups):
        # Walks for one group move others too: most need none of their own.
        short = np.flatnonzero(high[i] - low[i] < enough[i])
        if len(short) and (steps := moves.of(group)):
            # Those who do not count go up when those who do go down.
            up, down = np.split(_walk(*_both(counts[:, short], sizes[:, short]), steps), 2, axis=1)
            for sums in (member @ up, member @ (sizes[:, short] - down)):
                low[:, short] = np.minimum(low[:, short], sums)
                high[:, short] = np.maximum(high[:, short], sums)


def _both(counts: np.ndarray, sizes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return who counts and who does not, beside who does not and who does."""
    import numpy as np

    return np.hstack([counts, sizes - counts]), np.hstack([sizes - counts, counts])


def _walk(have: np.ndarray, room: np.ndarray, steps: Sequence[Move]) -> np.ndarray:
    """Take each step as far as it goes, one after another, adding to its first atoms."""
    import numpy as np

    has, left = list(have), list(room)
    for more, less in steps:
        far = np.minimum(left[more[0]], has[less[0]])
        for a, b in zip(more[1:], less[1:], strict=True):
            np.minimum(far, np.minimum(left[a], has[b]), out=far)
        if far.any():
            for a, b in zip(more, less, strict=True):
                has[a] += far
                left[a] -= far
                has[b] -= far
                left[b] += far
    return have


class _Moves:
    """Steps between atoms that leave every shown sum as it is."""

    def __init__(self, system: System, parts: Iterable[frozenset[int]]) -> None:
        self._system = system
        self.sets = _member(list(parts), len(system.atoms))
        # The sets an atom lies in, one bit each.
        self._bits = [int("".join(map(str, of)) or "0", 2) for of in self.sets.T]
        self._units: dict[str, list[int]] = defaultdict(list)
        self._alike: dict[int, list[int]] = defaultdict(list)
        for a, (unit, _) in enumerate(system.atoms):
            self._units[unit].append(a)
            self._alike[self._bits[a]].append(a)

    @cached_property
    def _pairs(self) -> dict[tuple[int, int], list[tuple[int, int]]]:
        """Two atoms of a unit each, by the sets that they lie apart in."""
        pairs: dict[tuple[int, int], list[tuple[int, int]]] = defaultdict(list)
        for some in self._units.values():
            for a, b in permutations(some, 2):
                # Two that lie in the same sets are a step of their own.
                if self._bits[a] != self._bits[b]:
                    pairs[self._difference(a, b)].append((a, b))
        return pairs

    def _difference(self, a: int, b: int) -> tuple[int, int]:
        """Return the sets that hold the first atom alone, and the second alone."""
        both = self._bits[a] & self._bits[b]
        return self._bits[a] ^ both, self._bits[b] ^ both

    def of(self, group: frozenset[int]) -> list[Move]:
        """Return the steps that change a group's sum, as the atoms that gain and those that lose.

        Two atoms that lie in the same sets; or, of two units, two atoms each that lie apart in the same way.
        """
        steps: list[Move] = []
        for a in sorted(group):
            steps += [([a], [b]) for b in self._alike[self._bits[a]] if b not in group]
        for a in sorted(group):
            for b in self._units[self._system.atoms[a][0]]:
                if self._bits[a] == self._bits[b]:
                    continue
                # What the step takes from b and gives to a, a pair of another unit gives back.
                for c, d in self._pairs[self._difference(a, b)]:
                    gain = 1 + (d in group) - (b in group) - (c in group)
                    if gain > 0 and len({a, b, c, d}) == 4:
                        steps.append(([a, d], [b, c]))
        return steps
