"""Whether a small group can be computed from what is shown: separate from what decided it (rules.md 18)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import comb
from typing import TYPE_CHECKING

from relsurvey.disclosure.crossings import crossings
from relsurvey.disclosure.elimination import PRIME, reduced
from relsurvey.disclosure.pairs import pair_systems, told_by_pairs
from relsurvey.disclosure.plan import Plan, Released, Students
from relsurvey.disclosure.roster import overheard
from relsurvey.disclosure.systems import System, systems
from relsurvey.disclosure.widths import narrowed

if TYPE_CHECKING:
    import numpy as np

# Of many small atoms, every three of them (or two) are too many to try; their unions are tried all the same.
_MOST_TRIED = 20_000


@dataclass(frozen=True)
class Exposure:
    """What an attacker who knows every count could compute, by table; no counts.

    Attributes
    ----------
    variable
        Through whose tables; None: through the units alone.
    what
        In words.
    figure
        Of which scale or item; None: of every one.
    """

    variable: str | None
    what: str
    figure: str | None = None


def exposures(plan: Plan, released: Released, min_n: int) -> tuple[Exposure, ...]:
    """Return every small group that can be computed, or told too closely, from what is released.

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
    Every published figure is the sum of a set of disjoint atoms: a school (or team) by a category. What an
    attacker who knows every n can tell of a small group's count is asked in four ways: whether it follows
    exactly (:func:`computable`), also from two groups of different variables
    (:func:`~relsurvey.disclosure.crossings.crossings`), and whether its range is narrower than half the
    group: by its own variable's tables (:func:`~relsurvey.disclosure.widths.narrowed`), or by those of others
    and a roster (:func:`~relsurvey.disclosure.roster.overheard`).
    """
    found = list(computable(plan, released, min_n))
    found += [
        Exposure(pair.second[1] or pair.first[1], "two groups leave a small one of each other")
        for pair in crossings(plan, released, min_n)
    ]
    for system in systems(plan, released):
        found += [
            Exposure(
                system.variable,
                "the share of a small group can be told too closely",
                plan.figures[one.figure].of,
            )
            for one in narrowed(plan, released, system, min_n).found
        ]
    found += [
        Exposure(variable, "the tables together tell the share of a small group too closely", figure)
        for variable, figure in dict.fromkeys(overheard(plan, released, min_n, solve=not found))
    ]
    found += [
        Exposure(variable, "a table of two variables tells the share of a small group", plan.figures[f].of)
        for _, variable, f in told_by_pairs(plan, released, min_n)
    ]
    return tuple(found)


def computable(plan: Plan, released: Released, min_n: int) -> tuple[Exposure, ...]:
    """Return every small group whose figures follow exactly from what is released.

    Parameters
    ----------
    plan, released, min_n
        As for :func:`exposures`.

    Notes
    -----
    The published sets are the rows of a 0/1 matrix, and what an attacker can compute exactly is what their
    combinations give: a group is exposed when its own 0/1 row lies in the row space. Tried are every small
    atom, every two and three of them (where these are not too many), all small atoms of a unit and of a
    category, what the published sets leave of each other, and what the reduced matrix itself singles out.
    """
    linked = (*systems(plan, released), *pair_systems(plan, released))
    return tuple(
        found
        for system in linked
        for shown, positions in _alike(plan, released, system)
        for found in _computable(plan, system, shown, positions, min_n)
    )


def _alike(
    plan: Plan, released: Released, system: System
) -> Iterator[tuple[list[frozenset[int]], list[int]]]:
    """Yield the sets of which something is shown, and the positions of figures that all of these show."""
    sets = [one for one in system.shown if one.atoms]
    alike: dict[tuple[bool, ...], list[int]] = {}
    for position in plan.positions(system.students[0]) if system.students else ():
        told = tuple(plan.shows(released, one.unit, one.variable, position) for one in sets)
        alike.setdefault(told, []).append(position)
    for told, positions in alike.items():
        shown = dict.fromkeys(one.atoms for one, is_told in zip(sets, told, strict=True) if is_told)
        yield list(shown), positions


def _computable(
    plan: Plan, system: System, shown: Sequence[frozenset[int]], positions: Sequence[int], min_n: int
) -> Iterator[Exposure]:
    """Yield what follows of the figures at some positions from the sets that show them."""
    import numpy as np

    sizes = np.array([students.at(positions).figures for students in system.students], dtype=np.int64)

    def size(group: Iterable[int]) -> Students:
        return Students(tuple(sizes[list(group)].sum(axis=0).tolist()))

    figure = None if 0 in positions else plan.figures[plan.behind[positions[0]][0]].of
    if any(not size(part).enough(min_n) for part in shown):
        yield Exposure(system.variable, "a group under the threshold is shown", figure)
    small = np.flatnonzero((sizes < min_n).any(axis=1)).tolist()
    # Large atoms first: what is left over combines small ones alone.
    order = [*(a for a in range(len(system.atoms)) if a not in set(small)), *small]
    column = {atom: i for i, atom in enumerate(order)}
    if not shown:
        return
    matrix = np.zeros((len(shown), len(order)), dtype=np.int64)
    for row, part in zip(matrix, shown, strict=True):
        row[[column[a] for a in part]] = 1
    rows = reduced(matrix)
    # What a set lacks to follow from the sums: nothing when its 0/1 row lies in their row space.
    lacks = np.eye(len(order), dtype=np.int64)
    lacks[[int(np.flatnonzero(row)[0]) for row in rows]] -= rows
    lacks = lacks[[column[a] for a in range(len(order))]] % PRIME
    # A random sum of it tells most that lack something; a chance hit does no harm, since all are tested.
    mixed = (lacks * np.random.default_rng(1).integers(1, PRIME, len(order)) % PRIME).sum(axis=1) % PRIME
    plain = [frozenset(order[i] for i in np.flatnonzero(row)) for row in rows if (row <= 1).all()]
    suspects = [*_together(small, mixed), *_suspects(system, shown, small), *plain]
    for some in dict.fromkeys(s for s in suspects if s and not mixed[list(s)].sum() % PRIME):
        if size(some).few(min_n) and not (lacks[list(some)].sum(axis=0) % PRIME).any():
            units = {system.atoms[a][0] for a in some}
            yield Exposure(system.variable, f"a small group can be computed ({len(units)} units)", figure)


def _together(small: Sequence[int], mixed: np.ndarray) -> Iterator[frozenset[int]]:
    """Yield one, two and three small atoms that seem to lack nothing; of many, not every three."""
    import numpy as np

    for size in (1, 2, 3):
        if comb(len(small), size) > _MOST_TRIED:
            break
        some = np.array(list(combinations(small, size)), dtype=np.int64).reshape(-1, size)
        for found in some[mixed[some].sum(axis=1) % PRIME == 0].tolist():
            yield frozenset(found)


def _suspects(
    system: System, shown: Sequence[frozenset[int]], small: Sequence[int]
) -> Iterable[frozenset[int]]:
    """Return the larger groups that are tried: see :func:`computable`."""
    for place in (0, 1):
        for value in {system.atoms[a][place] for a in small}:
            yield frozenset(a for a in small if system.atoms[a][place] == value)
    yield from system.planned
    for whole in shown:
        inside = [part for part in shown if part < whole]
        yield from (whole - part for part in inside)
        yield whole.difference(*inside)
