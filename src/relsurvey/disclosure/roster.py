"""What a roster and all tables together tell of small groups: the audit's own path."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from relsurvey.disclosure.bounds import Published, each_too_narrow
from relsurvey.disclosure.exchanges import exchanged
from relsurvey.disclosure.plan import Category, Plan, Released, Students, Unit, together
from relsurvey.disclosure.systems import Shown, known

if TYPE_CHECKING:
    import numpy as np

# In units of up to so many kinds of students, linear and integer programs take all tables together.
_FEW = 200

# Behind a unit's id: those in none of its parts.
_ALONE = " alone"

#: A share must leave this much open, to whoever knows the roster.
_OPEN = 0.5

# A unit, or a row of one of its tables; those whom the rows leave over have the row -1.
_Place = tuple[Hashable, ...]

# A unit (or those in none of its parts), and maybe a category of a variable.
_Group = tuple[str, str | None, Category]


def overheard(
    plan: Plan, released: Released, min_n: int, *, solve: bool = True
) -> Iterator[tuple[str | None, str]]:
    """Yield the small groups whose share on a scale is told too closely: by which variable, and the scale.

    Parameters
    ----------
    plan, released, min_n
        As for :func:`~relsurvey.disclosure.exposures.exposures`.
    solve
        Whether linear and integer programs are asked too: what is refused already needs none.

    Notes
    -----
    Students of the roster are set out by unit and by every table's rows. From a unit down to its parts, each
    table says how many favorable answers at least and at most fall on the group's students in each row. Where
    that finds nothing, linear and integer programs say what all tables of a small unit tell together; none is
    needed for a group whose count can be exchanged with others' far enough while every sum stays.
    """
    if plan.profiles and plan.tables and plan.tables[0].cells[0].students.counts:
        yield from _Roster(plan, released).told(min_n, solve)


class _Roster:
    def __init__(self, plan: Plan, released: Released) -> None:
        import numpy as np

        self.plan, self.released = plan, released
        self.figures = range(len(plan.tables[0].cells[0].students.counts))
        of = [plan.figures[f].students for f in self.figures]
        self.n = np.array([[profile.figures[i] for i in of] for profile in plan.profiles])
        self.counts = np.array([profile.counts for profile in plan.profiles], dtype=np.int64)
        self.chain = {unit.id: plan.holders(unit.id)[::-1] for unit in plan.units}
        self.low: dict[_Place, np.ndarray] = {}
        self.high: dict[_Place, np.ndarray] = {}
        self.size: dict[_Place, np.ndarray] = {}
        self.held: dict[_Place, list[int]] = {}
        self.parts: dict[str, list[dict[int, _Place]]] = {}
        inside: dict[str, list[int]] = {unit.id: [] for unit in plan.units}
        for i, profile in enumerate(plan.profiles):
            for holder in self.chain[profile.unit]:
                inside[holder].append(i)
        for unit in plan.units:
            self._note((unit.id,), unit.students if unit.id in released.units else None, inside[unit.id])
        for unit in plan.units:
            self.parts[unit.id] = [*self._by_rows(unit, inside[unit.id]), *self._by_units(unit, inside)]
        self._narrow_down()

    def _note(self, place: _Place, shown: Students | None, held: Sequence[int]) -> None:
        """Note how many students stand behind each figure of a place, and what is published of it."""
        self.held[place], self.size[place] = list(held), self.n[held].sum(axis=0)
        self.low[place], self.high[place] = 0 * self.size[place], self.size[place].copy()
        if shown is None:
            return
        unit, variable = str(place[0]), str(place[1]) if len(place) > 1 else None
        for f in self.figures:
            if span := known(self.plan, self.released, Shown(unit, variable, frozenset(), shown), f):
                self.low[place][f], self.high[place][f] = span

    def _by_rows(self, unit: Unit, inside: Sequence[int]) -> Iterator[dict[int, _Place]]:
        """Yield for each table of a unit in which row each student is."""
        for table in self.plan.tables:
            rows = self.released.rows(unit.id, table.variable)
            if table.unit != unit.id or not rows:
                continue
            row_of = {category: r for r, row in enumerate(rows) for category in row.categories}
            where: dict[int, _Place] = {}
            for i in inside:
                category = self.plan.profiles[i].categories[self.plan.variables.index(table.variable)]
                where[i] = (unit.id, table.variable, row_of.get(category, -1))
            for r in range(-1, len(rows)):
                place = (unit.id, table.variable, r)
                cells = [c.students for c in table.cells if row_of.get(c.category, -1) == r]
                shown = together(cells) if r >= 0 and cells else None
                self._note(place, shown, [i for i in inside if where[i] == place])
            yield where

    def _by_units(self, unit: Unit, inside: dict[str, list[int]]) -> Iterator[dict[int, _Place]]:
        """Yield in which of a unit's own units each student is."""
        inner = self.plan.within(unit.id)
        if not inner:
            return
        where: dict[int, _Place] = dict.fromkeys(inside[unit.id], (unit.id, "none"))
        for part in inner:
            where |= dict.fromkeys(inside[part.id], (part.id,))
        left = [i for i, place in where.items() if place == (unit.id, "none")]
        self._note((unit.id, "none"), None, left)
        yield where

    def _narrow_down(self) -> None:
        """Take from every whole what its other parts have at least, until nothing new follows."""
        import numpy as np

        low, high = self.low, self.high
        sums = [
            ((unit,), list(dict.fromkeys(where.values())))
            for unit, ways in self.parts.items()
            for where in ways
        ]
        changed = True
        while changed:
            before = sum(int((high[place] - low[place]).sum()) for place in low)
            for whole, parts in sums:
                if not parts:
                    continue
                least, most = sum(low[p] for p in parts), sum(high[p] for p in parts)
                low[whole], high[whole] = np.maximum(low[whole], least), np.minimum(high[whole], most)
                for part in parts:
                    others_least, others_most = least - low[part], most - high[part]
                    low[part] = np.maximum(low[part], low[whole] - others_most)
                    high[part] = np.minimum(high[part], high[whole] - others_least)
                    least, most = others_least + low[part], others_most + high[part]
            changed = 0 < sum(int((high[place] - low[place]).sum()) for place in low) < before

    def _between(self, place: _Place, held: Sequence[int]) -> tuple[np.ndarray, np.ndarray]:
        """Return how many of some students of a place are favorable, at least and at most."""
        import numpy as np

        n = self.n[list(held)].sum(axis=0)
        least = np.maximum(0, self.low[place] - (self.size[place] - n))
        most = np.minimum(n, self.high[place])
        for where in self.parts[str(place[0])] if len(place) == 1 else ():
            split: dict[_Place, list[int]] = {}
            for i in held:
                split.setdefault(where[i], []).append(i)
            spans = [self._between(part, some) for part, some in split.items()]
            least = np.maximum(least, sum(a for a, _ in spans))
            most = np.minimum(most, sum(b for _, b in spans))
        return least, most

    def told(self, min_n: int, solve: bool) -> Iterator[tuple[str | None, str]]:
        """Yield the variable and scale of every small group of the roster that is told too closely."""
        import numpy as np

        groups = self._groups()
        for (_, variable, _), held in groups.items():
            n = self.n[held].sum(axis=0)
            small = (n > 0) & (n < min_n)
            if not small.any():
                continue
            # A group lies in one unit, so under one of those that are in none.
            least, most = self._between((self.chain[self.plan.profiles[held[0]].unit][0],), held)
            for f in np.flatnonzero(small & (most - least < _OPEN * n)):
                solve = False
                yield variable, self.plan.figures[f].of
        if solve:
            yield from self._solved(groups, min_n)

    def _groups(self) -> dict[_Group, list[int]]:
        """Return who is in each unit, in none of its parts, and in either by every variable's categories."""
        groups: dict[_Group, list[int]] = {}
        split = {unit.id for unit in self.plan.units if self.plan.within(unit.id)}
        planned = {(table.unit, table.variable) for table in (*self.plan.tables, *self.plan.inside)}
        for i, profile in enumerate(self.plan.profiles):
            alone = [profile.unit + _ALONE] if profile.unit in split else []
            for unit in (*self.chain[profile.unit], *alone):
                groups.setdefault((unit, None, None), []).append(i)
                for variable, category in zip(self.plan.variables, profile.categories, strict=True):
                    if (unit.removesuffix(_ALONE), variable) in planned:
                        groups.setdefault((unit, variable, category), []).append(i)
        return groups

    def _solved(self, groups: Mapping[_Group, list[int]], min_n: int) -> Iterator[tuple[str | None, str]]:
        """Yield the same for each small unit, by programs over its students and all that is shown of them."""
        asked, which = [], []
        for unit in dict.fromkeys(table.unit for table in self.plan.tables):
            held = self.held[unit,]
            if not 0 < len(held) <= _FEW:
                continue
            atom = {i: k for k, i in enumerate(held)}
            places = {
                p: [atom[i] for i in of] for p, of in self.held.items() if of and atom.keys() >= set(of)
            }
            within = {key: [atom[i] for i in of] for key, of in groups.items() if atom.keys() >= set(of)}
            for f, keys in self._in_question(held, places, within, min_n):
                sets = tuple(
                    (frozenset(some), int(self.low[place][f]), int(self.high[place][f]))
                    for place, some in places.items()
                    if self.low[place][f] > 0 or self.high[place][f] < self.size[place][f]
                )
                counts = tuple(self.counts[held, f].tolist()) if self.counts.size else None
                published = Published(tuple(self.n[held, f].tolist()), sets, counts)
                asked.append((published, [frozenset(within[key]) for key in keys]))
                which.append((f, keys))
        for (f, keys), told in zip(which, each_too_narrow(asked, width=_OPEN), strict=True):
            for k in told:
                yield keys[k][1], self.plan.figures[f].of

    def _in_question(
        self,
        held: Sequence[int],
        places: Mapping[_Place, list[int]],
        within: Mapping[_Group, list[int]],
        min_n: int,
    ) -> Iterator[tuple[int, list[_Group]]]:
        """Yield for each scale the small groups of a unit that exchanges do not show to be open."""
        import numpy as np

        n, counts = self.n[held], self.counts[held]
        sets, groups = (_rows(of.values(), len(held)) for of in (places, within))
        size = groups @ n
        asked = (size > 0) & (size < min_n)
        if counts.size:
            low, high = (np.array([of[place] for place in places]) for of in (self.low, self.high))
            told = (low > 0) | (high < sets @ n)
            fits = ((low <= sets @ counts) & (sets @ counts <= high)).all(axis=0)
            for alike in np.unique(told[:, fits], axis=1).T:
                some = np.flatnonzero(fits & (told == alike[:, None]).all(axis=0))
                least, most = exchanged(sets[alike], n[:, some], counts[:, some], groups)
                asked[:, some] &= most - least < _OPEN * size[:, some]
        keys = list(within)
        for f in np.flatnonzero(asked.any(axis=0)).tolist():
            yield f, [keys[g] for g in np.flatnonzero(asked[:, f])]


def _rows(some: Iterable[Sequence[int]], width: int) -> np.ndarray:
    import numpy as np

    of = list(some)
    rows = np.zeros((len(of), width), dtype=np.int64)
    for row, columns in zip(rows, of, strict=True):
        row[columns] = 1
    return rows
