"""How closely tables of other variables tell the share of a small group: Fréchet's bounds (rules.md 18)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from relsurvey.disclosure.plan import ALL, Category, Place, Plan, Released, Students, together
from relsurvey.disclosure.systems import Shown, known
from relsurvey.disclosure.widths import WIDTH

if TYPE_CHECKING:
    import numpy as np
    from scipy import sparse

    from relsurvey.disclosure.bounds import Published

# In units of up to so many kinds of students, all that is shown is taken together.
_SMALL = 200

#: A table of a unit; the variable None is the unit's own page.
Table = tuple[str, str | None]


@dataclass(frozen=True)
class Told:
    """A small group, by its position, whose share on a figure is told too closely."""

    group: int
    figure: int


@dataclass(frozen=True)
class _Set:
    """A unit, a row of a table, or those that a partition leaves over: then without a table."""

    table: Table | None
    students: Students | None


class Across:
    r"""Small groups beside all that is shown of any variable, for who knows the roster.

    Parameters
    ----------
    plan, released
        What would be shown, and what is. Figures may be withheld later; rows and units stay.
    min_n
        A group is small under this many students.

    Attributes
    ----------
    figures
        The figures that stand in tables.

    Notes
    -----
    Of a group h and a partition of the students around it into sets S, at least the sum of
    max(0, \|h and S\| - unfavorable in S) of the group are favorable, and at most the sum of
    min(\|h and S\|, favorable in S). Partitions are the rows of every table, what they leave over, and a
    unit's own units, each of these parted in its own best way.

    Examples
    --------
    Of 8 hidden by language, the table by home tells that all are favorable:

    >>> from relsurvey.disclosure import Figure, Plan, PlannedCell, PlannedTable, Row, Unit
    >>> from relsurvey.disclosure.plan import Profile
    >>> def table(variable, **cells):
    ...     planned = [PlannedCell(name, Students((n, n), (count,))) for name, (n, count) in cells.items()]
    ...     return PlannedTable("a", variable, "never", tuple(planned))
    >>> language = table("language", en=(52, 22), es=(8, 8))
    >>> home = table("home", here=(40, 10), there=(20, 20))
    >>> roster = [("en", "here", 40), ("en", "there", 12), ("es", "there", 8)]
    >>> unit = Unit("a", "school", None, Students((60, 60), (30,)))
    >>> plan = Plan((unit,), (language, home), (Figure("care", 1, "scale"),), (),
    ...             tuple(Profile("a", tuple(of), (n, n)) for *of, n in roster))
    >>> shown = Released(frozenset({"a"}), {("a", "home"): (Row(("here",)), Row(("there",)))})
    >>> across = Across(plan, shown, 11)
    >>> across.told(shown), across.told(shown.withholding(plan, [("a", "home", 0)]))
    ([Told(group=0, figure=0)], [])
    """

    def __init__(self, plan: Plan, released: Released, min_n: int) -> None:
        import numpy as np

        self._plan = plan
        self._at = {unit.id: u for u, unit in enumerate(plan.units)}
        counts = len(plan.tables[0].cells[0].students.counts) if plan.tables else 0
        self.figures: Sequence[int] = range(counts if plan.profiles else 0)
        if not self.figures:
            return
        base = [plan.figures[f].students for f in self.figures]
        self._base = np.array([p.figures for p in plan.profiles], dtype=np.int64)[:, base]
        self._counts = np.array([p.counts for p in plan.profiles], dtype=np.int64)
        self._codes, self._code = _codes(plan)
        held: list[list[int]] = [[] for _ in plan.units]
        for i, profile in enumerate(plan.profiles):
            for holder in plan.holders(profile.unit):
                held[self._at[holder]].append(i)
        self._held = [np.array(some, dtype=np.int64) for some in held]
        self._parts_of: dict[int, np.ndarray] = {}
        self._asked: dict[tuple[int, frozenset[Table]], tuple[np.ndarray, np.ndarray]] = {}
        self._overlaps: dict[Told, tuple[np.ndarray, ...]] = {}
        self._find_sets(released)
        self._find_groups(min_n)
        self._know(replace(released, withheld=frozenset()))

    def _find_sets(self, released: Released) -> None:
        """List units, then rows and what is left over; each but the roots lies in one partition."""
        import numpy as np

        plan = self._plan
        sets = [_Set((u.id, None) if u.id in released.units else None, u.students) for u in plan.units]
        members = list(self._held)
        inside, whole = [-1] * len(sets), list[int]()

        def leave_over(u: int, parts: Sequence[np.ndarray]) -> None:
            left = np.setdiff1d(self._held[u], np.concatenate(parts), assume_unique=True)
            if len(left):
                sets.append(_Set(None, None))
                members.append(left)
                inside.append(len(whole))
            whole.append(u)

        for table in plan.tables:
            u, k = self._at[table.unit], plan.variables.index(table.variable)
            rows = released.rows(table.unit, table.variable)
            parts = [self._of(u, k, row.categories) for row in rows]
            for row, part in zip(rows, parts, strict=True):
                own = [cell.students for cell in table.cells if cell.category in row.categories]
                sets.append(_Set((table.unit, table.variable), together(own)))
                members.append(part)
                inside.append(len(whole))
            if rows:
                leave_over(u, parts)
        self._tables = len(whole)
        for u, unit in enumerate(plan.units):
            if parts_of := [self._at[inner.id] for inner in plan.within(unit.id)]:
                for inner_unit in parts_of:
                    inside[inner_unit] = len(whole)
                leave_over(u, [self._held[inner_unit] for inner_unit in parts_of])
        self._sets, self._member = sets, _matrix(members, len(plan.profiles)).T.tocsr()
        self._inside, self._whole = np.array(inside), np.array(whole, dtype=np.int64)
        self._sizes = self._member.T @ self._base

    def _of(self, u: int, k: int, categories: Iterable[Category]) -> np.ndarray:
        """Return who of a unit is in some categories."""
        import numpy as np

        held = self._held[u]
        wanted = [self._code[k][c] for c in categories if c in self._code[k]]
        of: np.ndarray = held[np.isin(self._codes[held, k], wanted)]
        return of

    def _find_groups(self, min_n: int) -> None:
        """List units, those in none of a unit's parts, and either's cells by every variable."""
        import numpy as np

        planned = {(table.unit, table.variable) for table in (*self._plan.tables, *self._plan.inside)}
        found: dict[bytes, np.ndarray] = {}
        for unit, held in zip(self._plan.units, self._held, strict=True):
            inner = [self._held[self._at[part.id]] for part in self._plan.within(unit.id)]
            rest = np.setdiff1d(held, np.concatenate(inner), assume_unique=True) if inner else held
            own = [k for k, variable in enumerate(self._plan.variables) if (unit.id, variable) in planned]
            for some in (held, rest) if inner else (held,):
                cells = [some, *(cell for k in own for cell in _split(some, self._codes[some, k]))]
                n = [self._base[cell].sum(axis=0) for cell in cells]
                found |= {
                    cell.tobytes(): cell
                    for cell, of in zip(cells, n, strict=True)
                    if ((of > 0) & (of < min_n)).any()
                }
        self._groups = list(found.values())
        self._in_groups = _matrix(self._groups, len(self._plan.profiles))
        self._n: np.ndarray = self._in_groups @ self._base
        self._small = (self._n > 0) & (self._n < min_n)

    def _know(self, released: Released) -> None:
        """Note what is shown of each set, as long as nothing is withheld."""
        import numpy as np

        self._low, self._high = np.zeros_like(self._sizes), self._sizes.copy()
        self._of_table: dict[Table, list[int]] = {}
        for i, one in enumerate(self._sets):
            if one.table is None or one.students is None:
                continue
            self._of_table.setdefault(one.table, []).append(i)
            shown = Shown(*one.table, frozenset(), one.students)
            for f in self.figures:
                if (of := known(self._plan, released, shown, f)) is not None:
                    self._low[i, f], self._high[i, f] = of

    def told(self, released: Released) -> list[Told]:
        """Return every small group whose share is told to less than 50 points, or is all or none."""
        return [
            Told(int(group), f)
            for f, small, widths in self._each_width(released)
            for group in small[widths < WIDTH]
        ]

    def still(self, released: Released, one: Told) -> bool:
        """Say whether a group's share is told too closely."""
        import numpy as np

        if one not in self._overlaps:
            self._overlaps[one] = self._overlap(one.figure, np.array([one.group]))
        low, high = self._settled_of(one.figure, released.withheld)
        size = self._n[one.group, one.figure]
        return bool(self._between(1, one.figure, self._overlaps[one], low, high)[0] < WIDTH * size)

    def told_together(self, released: Released) -> list[Told]:
        """Return the groups that all sets of a small unit tell together, by linear and integer programs.

        Most are seen to be open without: see :func:`~relsurvey.disclosure.exchanges.exchanged`.
        """
        import numpy as np

        from relsurvey.disclosure.bounds import each_too_narrow

        if not self._whole_small:
            return []
        low, high = self._settled(self.figures, released.withheld)
        asked, which = [], []
        for u in self._whole_small:
            wanted = np.flatnonzero(self._inside_of[u])
            left = self._small[wanted] & ~self._open(u, wanted, low, high)
            for f in np.flatnonzero(left.any(axis=0)).tolist():
                some = wanted[left[:, f]]
                asked.append(
                    (self._published(u, f, low[:, f], high[:, f]), [self._atoms(u, g) for g in some])
                )
                which.append((f, some))
        told = each_too_narrow(asked, width=WIDTH)
        found = [Told(int(some[k]), f) for (f, some), of in zip(which, told, strict=True) for k in of]
        return list(dict.fromkeys(found))

    def still_together(self, released: Released, one: Told) -> bool:
        """Say whether all sets of a small unit tell a group's share too closely together."""
        from relsurvey.disclosure.bounds import too_narrow

        low, high = self._settled_of(one.figure, released.withheld)
        return any(
            too_narrow(self._published(u, one.figure, low, high), [self._atoms(u, one.group)], width=WIDTH)
            for u in self._whole_small
            if self._inside_of[u][one.group]
        )

    @cached_property
    def _whole_small(self) -> list[int]:
        """The largest units with tables that are small enough for a program over all their students."""
        if not self.figures:
            return []
        plan = self._plan
        split = [u.id for u in plan.units if u.id in {table.unit for table in plan.tables}]
        small = [unit for unit in split if 0 < len(self._held[self._at[unit]]) <= _SMALL]
        return [self._at[unit] for unit in small if not set(small) & set(plan.holders(unit)[1:])]

    @cached_property
    def _inside_of(self) -> dict[int, np.ndarray]:
        """Which groups lie in each of those units."""
        import numpy as np

        held = self._in_groups @ self._member[:, self._whole_small].toarray()
        size = np.array([len(group) for group in self._groups])
        return {u: held[:, k] == size for k, u in enumerate(self._whole_small)}

    def _atoms(self, u: int, group: int) -> frozenset[int]:
        import numpy as np

        return frozenset(np.searchsorted(self._held[u], self._groups[group]).tolist())

    def _open(self, u: int, groups: np.ndarray, low: np.ndarray, high: np.ndarray) -> np.ndarray:
        """Return which groups' shares stay open whatever is known of a unit, by figures."""
        import numpy as np

        from relsurvey.disclosure.exchanges import exchanged

        open_ = np.zeros((len(groups), len(self.figures)), dtype=bool)
        if not self._counts.size:
            return open_
        held = self._held[u]
        told, part = self._known_in(u, self.figures, low, high), self._part(u)
        counts = self._counts[held]
        sums = part @ counts
        fits = ~(told & ((sums < low) | (sums > high))).any(axis=0)
        member = self._in_groups[groups][:, held].toarray()
        for alike in np.unique(told, axis=1).T:
            figures = np.flatnonzero(fits & (told == alike[:, None]).all(axis=0))
            if len(figures):
                least, most = exchanged(part[alike], self._base[held][:, figures], counts[:, figures], member)
                n = self._n[groups][:, figures]
                open_[:, figures] = most - least >= WIDTH * n
        return open_

    def _known_in(self, u: int, figures: Sequence[int], low: np.ndarray, high: np.ndarray) -> np.ndarray:
        """Return which sets lie in a unit and have a known range, by the figures that low and high are of."""
        chosen = list(figures)
        sizes = self._sizes[:, chosen]
        inside: np.ndarray = self._part(u) @ self._base[self._held[u]][:, chosen] == sizes
        return inside & (sizes > 0) & ((low > 0) | (high < sizes))

    def _part(self, u: int) -> np.ndarray:
        """Return which of a unit's students are in each set."""
        if u not in self._parts_of:
            self._parts_of[u] = self._member[self._held[u]].T.toarray()
        return self._parts_of[u]

    def _published(self, u: int, figure: int, low: np.ndarray, high: np.ndarray) -> Published:
        """Return what is known of a unit: its students as atoms, and all sets shown in it."""
        import numpy as np

        from relsurvey.disclosure.bounds import Published

        held, part = self._held[u], self._part(u)
        told = self._known_in(u, [figure], low[:, None], high[:, None])[:, 0]
        sets = tuple(
            (frozenset(np.flatnonzero(part[one]).tolist()), int(low[one]), int(high[one]))
            for one in np.flatnonzero(told)
        )
        counts = tuple(self._counts[held, figure].tolist()) if self._counts.size else None
        return Published(tuple(self._base[held, figure].tolist()), sets, counts)

    def narrowest(self, released: Released) -> float:
        """Return the narrowest range that a small group's share has, 0-1; 1 without any."""
        return min(
            (float(widths.min(initial=1.0)) for _, _, widths in self._each_width(released)), default=1.0
        )

    def _each_width(self, released: Released) -> Iterator[tuple[int, np.ndarray, np.ndarray]]:
        """Yield the small groups of each figure, and how wide the range of their shares is."""
        import numpy as np

        if not self.figures:
            return
        low, high = self._settled(self.figures, released.withheld)
        for f in self.figures:
            small = np.flatnonzero(self._small[:, f])
            yield f, small, self._widths(f, small, low[:, f], high[:, f])

    def around(self, one: Told) -> tuple[frozenset[str], list[Table]]:
        """Return the units that a group's students are in, and the tables and pages that are shown."""
        units = {self._plan.profiles[i].unit for i in self._groups[one.group]}
        holders = frozenset(holder for unit in units for holder in self._plan.holders(unit))
        return holders - {ALL}, list(self._of_table)

    def _widths(self, figure: int, groups: np.ndarray, low: np.ndarray, high: np.ndarray) -> np.ndarray:
        """Return how wide the range of each group's share is, by those of the sets."""
        overlap = self._overlap(figure, groups)
        widths: np.ndarray = self._between(len(groups), figure, overlap, low, high) / self._n[groups, figure]
        return widths

    def _overlap(self, figure: int, groups: np.ndarray) -> tuple[np.ndarray, ...]:
        """Return how many students groups have in each set: the groups from 0, the sets, the students."""
        own = self._in_groups[groups]
        own.data = self._base[own.indices, figure]
        overlap = (own @ self._member).tocoo()
        return overlap.row, overlap.col, overlap.data

    def _between(
        self, groups: int, figure: int, overlap: tuple[np.ndarray, ...], low: np.ndarray, high: np.ndarray
    ) -> np.ndarray:
        """Return how many counts lie between the lowest and the highest of each group."""
        import numpy as np

        g, s, n = overlap
        least = np.maximum(0, n - (self._sizes[s, figure] - low[s]))
        most = np.minimum(n, high[s])
        # The most that all ways say at least is the least of its negative.
        counts: np.ndarray = self._best(groups, g, s, most) + self._best(groups, g, s, -least)
        return counts

    def _best(self, groups: int, g: np.ndarray, s: np.ndarray, of: np.ndarray) -> np.ndarray:
        """Return the least that any way of parting the students says of each group: sums over its sets."""
        import numpy as np

        units, parts = len(self._held), len(self._whole)
        best = np.zeros((units, groups), dtype=np.int64)
        page = s < units
        best[s[page], g[page]] = of[page]
        row = ~page
        place = self._inside[s[row]] * groups + g[row]
        sums = np.bincount(place, of[row], parts * groups).astype(np.int64).reshape(parts, groups)
        for some in self._rounds:
            tables = some[some < self._tables]
            whole = self._whole[tables]
            best[whole] = np.minimum(best[whole], sums[tables])
        for part, within in self._upwards:
            u = self._whole[part]
            best[u] = np.minimum(best[u], sums[part] + best[within].sum(axis=0))
        found: np.ndarray = best[self._inside[:units] < 0].sum(axis=0)
        return found

    @cached_property
    def _upwards(self) -> list[tuple[int, np.ndarray]]:
        """The partitions of units into units, the smallest units first, with the units in each."""
        import numpy as np

        depth = [len(self._plan.holders(unit.id)) for unit in self._plan.units]
        order = sorted(range(self._tables, len(self._whole)), key=lambda part: -depth[self._whole[part]])
        return [(part, np.flatnonzero(self._inside[: len(depth)] == part)) for part in order]

    def _settled(self, figures: Sequence[int], withheld: Collection[Place]) -> tuple[np.ndarray, np.ndarray]:
        """Return the range of each set's count, by its own figures and those of the sets around and in it."""
        import numpy as np

        chosen = list(figures)
        low, high = self._low[:, chosen], self._high[:, chosen]
        for k, figure in enumerate(chosen):
            for table in [table for table in self._of_table if (*table, figure) in withheld]:
                of = self._of_table[table]
                low[of, k], high[of, k] = 0, self._sizes[of, figure]
        parted = np.flatnonzero(self._inside >= 0)
        part = self._inside[parted]
        around = self._whole[part]
        while True:
            before = int((high - low).sum())
            least, most = self._parts @ low, self._parts @ high
            for some in self._rounds:
                whole = self._whole[some]
                low[whole] = np.maximum(low[whole], least[some])
                high[whole] = np.minimum(high[whole], most[some])
            lower = low[around] - (most[part] - high[parted])
            upper = high[around] - (least[part] - low[parted])
            low[parted], high[parted] = np.maximum(low[parted], lower), np.minimum(high[parted], upper)
            if not 0 < int((high - low).sum()) < before:
                return low, high

    def _settled_of(self, figure: int, withheld: Collection[Place]) -> tuple[np.ndarray, np.ndarray]:
        """Return the same of one figure: asked for many groups and places."""
        name = figure, frozenset(table for table in self._of_table if (*table, figure) in withheld)
        if name not in self._asked:
            low, high = self._settled([figure], withheld)
            self._asked[name] = low[:, 0], high[:, 0]
        return self._asked[name]

    @cached_property
    def _parts(self) -> sparse.csr_array:
        """Which sets are in each partition."""
        import numpy as np

        inside = [np.flatnonzero(self._inside == part) for part in range(len(self._whole))]
        return _matrix(inside, len(self._sets))

    @cached_property
    def _rounds(self) -> list[np.ndarray]:
        """The partitions, no two of a unit in one round."""
        import numpy as np

        before = np.array([int((self._whole[:k] == u).sum()) for k, u in enumerate(self._whole)], dtype=int)
        return [np.flatnonzero(before == turn) for turn in range(before.max(initial=-1) + 1)]


def _codes(plan: Plan) -> tuple[np.ndarray, list[dict[Category, int]]]:
    """Return each profile's category as a number, one column a variable, and which number is which."""
    import numpy as np

    numbers: list[dict[Category, int]] = [{} for _ in plan.variables]
    codes = [
        [numbers[k].setdefault(c, len(numbers[k])) for k, c in enumerate(p.categories)] for p in plan.profiles
    ]
    return np.array(codes, dtype=np.int64).reshape(len(plan.profiles), len(plan.variables)), numbers


def _split(some: np.ndarray, codes: np.ndarray) -> Iterator[np.ndarray]:
    for code in dict.fromkeys(codes.tolist()):
        yield some[codes == code]


def _matrix(members: Sequence[np.ndarray], width: int) -> sparse.csr_array:
    """Return sets as rows of ones."""
    import numpy as np
    from scipy.sparse import csr_array

    ends = np.cumsum([0, *(len(some) for some in members)])
    columns = np.concatenate([*members, np.zeros(0, dtype=np.int64)])
    return csr_array((np.ones(len(columns), dtype=np.int64), columns, ends), shape=(len(members), width))
