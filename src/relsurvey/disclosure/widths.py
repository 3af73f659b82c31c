"""How closely the share of a small group can be told from what is shown (rules.md 18)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import permutations
from typing import TYPE_CHECKING

from relsurvey.disclosure.plan import Plan, Released
from relsurvey.disclosure.systems import System, known

if TYPE_CHECKING:
    import numpy as np

    from relsurvey.disclosure.bounds import Published

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
    ranges = {f: _ranges(plan, released, system, f) for f in figures}
    alike: dict[tuple[frozenset[int], ...], list[int]] = defaultdict(list)
    for f, sets in ranges.items():
        alike[tuple(dict.fromkeys(part for part, _, _ in sets))].append(f)
    found: list[Narrow] = []
    tried, narrowest = 0, 1.0
    for parts, chosen in alike.items():
        sizes, counts = _columns(plan, system, chosen)
        n = member @ sizes
        small = (n > 0) & (n < min_n)
        tried += int(small.sum())
        width = _moved(_Moves(system, parts), groups, member, sizes, counts) / np.maximum(n, 1)
        open_ = small & (width < WIDTH)
        narrowest = min(narrowest, float(width[small & ~open_].min(initial=1.0)))
        for k, f in enumerate(chosen):
            left = [groups[g] for g in np.flatnonzero(open_[:, k])]
            bad = _told(sizes[:, k], counts[:, k], ranges[f], left) if left else []
            found += [Narrow(group, f) for group in bad]
            if len(bad) < len(left):
                narrowest = WIDTH
    return Widths(tuple(found), tried, narrowest)


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
        sizes, counts = _columns(self._plan, self._system, [one.figure])
        if _from_one(sizes[:, 0], sets, one.group):
            return True
        parts = tuple(dict.fromkeys(part for part, _, _ in sets))
        moves = self._moves.setdefault(parts, _Moves(self._system, parts))
        member = _member([one.group], len(self._system.atoms))
        if _moved(moves, [one.group], member, sizes, counts)[0, 0] >= WIDTH * (member @ sizes)[0, 0]:
            return False
        return bool(_told(sizes[:, 0], counts[:, 0], sets, [one.group]))


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


def _columns(plan: Plan, system: System, figures: Sequence[int]) -> tuple[np.ndarray, np.ndarray]:
    """Return the students and the counts of each atom, one column a figure."""
    import numpy as np

    at = [plan.figures[f].students for f in figures]
    return (
        np.array([[s.figures[i] for i in at] for s in system.students], dtype=np.int64),
        np.array([[s.counts[f] for f in figures] for s in system.students], dtype=np.int64),
    )


def _told(
    sizes: np.ndarray, counts: np.ndarray, sets: _Ranges, groups: list[frozenset[int]]
) -> list[frozenset[int]]:
    """Return the groups that can be told too closely: from one set, or by linear and integer programs."""
    from relsurvey.disclosure import bounds

    found = [group for group in groups if _from_one(sizes, sets, group)]
    groups = [group for group in groups if group not in set(found)]
    if not groups:
        return found
    published: Published = bounds.Published(tuple(sizes.tolist()), sets, tuple(counts.tolist()))
    return found + [groups[i] for i in bounds.too_narrow(published, groups, width=WIDTH)]


def _from_one(sizes: np.ndarray, sets: _Ranges, group: frozenset[int]) -> bool:
    """Say whether a single set around a group tells its share too closely (Fréchet's bounds)."""
    n = int(sizes[list(group)].sum())
    low, high = 0, n
    for atoms, least, most in sets:
        if group <= atoms:
            low, high = max(low, least - int(sizes[list(atoms)].sum()) + n), min(high, most)
    return high - low < WIDTH * n


Move = tuple[list[int], list[int]]


def _moved(
    moves: _Moves, groups: Sequence[frozenset[int]], member: np.ndarray, sizes: np.ndarray, counts: np.ndarray
) -> np.ndarray:
    """Return how far each group's count was moved, groups by figures, without changing any shown sum."""
    import numpy as np

    low, high = member @ counts, member @ counts
    enough = WIDTH * (member @ sizes)
    for i, group in enumerate(groups):
        # Walks for one group move others too: most need none of their own.
        short = np.flatnonzero(high[i] - low[i] < enough[i])
        if not len(short):
            continue
        steps = moves.of(group)
        for up in (True, False):
            sums = member @ _walk(counts[:, short], sizes[:, short], steps, up)
            low[:, short] = np.minimum(low[:, short], sums)
            high[:, short] = np.maximum(high[:, short], sums)
    width: np.ndarray = high - low
    return width


def _walk(counts: np.ndarray, sizes: np.ndarray, steps: Sequence[Move], up: bool) -> np.ndarray:
    """Take each step as far as it goes, one after another: up adds to the first atoms of a step."""
    import numpy as np

    have, room = counts.T.tolist(), (sizes - counts).T.tolist()
    for of, left in zip(have, room, strict=True):
        for step in steps:
            more, less = step if up else step[::-1]
            most = [left[a] for a in more] + [of[a] for a in less]
            if 0 not in most:
                far = min(most)
                for a in more:
                    of[a], left[a] = of[a] + far, left[a] - far
                for a in less:
                    of[a], left[a] = of[a] - far, left[a] + far
    return np.array(have, dtype=np.int64).T


class _Moves:
    """Steps between atoms that leave every shown sum as it is."""

    def __init__(self, system: System, parts: Sequence[frozenset[int]]) -> None:
        self._system = system
        self._sets = [
            frozenset(i for i, part in enumerate(parts) if a in part) for a in range(len(system.atoms))
        ]
        self._pairs: dict[tuple[frozenset[int], frozenset[int]], list[tuple[int, int]]] = defaultdict(list)
        self._units: dict[str, list[int]] = defaultdict(list)
        self._alike: dict[frozenset[int], list[int]] = defaultdict(list)
        for a, (unit, _) in enumerate(system.atoms):
            self._units[unit].append(a)
            self._alike[self._sets[a]].append(a)
        for some in self._units.values():
            for a, b in permutations(some, 2):
                # Two that lie in the same sets are a step of their own.
                if self._sets[a] != self._sets[b]:
                    self._pairs[self._difference(a, b)].append((a, b))

    def _difference(self, a: int, b: int) -> tuple[frozenset[int], frozenset[int]]:
        """Return the sets that hold the first atom alone, and the second alone."""
        return self._sets[a] - self._sets[b], self._sets[b] - self._sets[a]

    def of(self, group: frozenset[int]) -> list[Move]:
        """Return the steps that change a group's sum, as the atoms that gain and those that lose.

        Two atoms that lie in the same sets; or, of two units, two atoms each that lie apart in the same way.
        """
        steps: list[Move] = []
        for a in sorted(group):
            steps += [([a], [b]) for b in self._alike[self._sets[a]] if b not in group]
        for a in sorted(group):
            for b in self._units[self._system.atoms[a][0]]:
                if self._sets[a] == self._sets[b]:
                    continue
                # What the step takes from b and gives to a, a pair of another unit gives back.
                for c, d in self._pairs[self._difference(a, b)]:
                    gain = 1 + (d in group) - (b in group) - (c in group)
                    if gain > 0 and len({a, b, c, d}) == 4:
                        steps.append(([a, d], [b, c]))
        return steps
