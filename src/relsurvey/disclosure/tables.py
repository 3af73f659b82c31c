"""Which cells of any tables of counts may leave, decided over all tables together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import ceil, floor
from typing import TYPE_CHECKING, Any

from relsurvey.disclosure.attack import audit
from relsurvey.disclosure.bounds import Published, feasible, too_narrow
from relsurvey.disclosure.elimination import Elimination
from relsurvey.disclosure.frames import Cell, Cells, Key, read_cells
from relsurvey.errors import DisclosureError

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from scipy.sparse import csc_array

# Among so many cells is first looked for what must be hidden beside a small group.
_FIRST = 1_000


@dataclass(frozen=True)
class TableCertificate:
    """What was decided, and that the audit has passed; no counts of respondents.

    Attributes
    ----------
    shown, hidden
        How many cells are shown and hidden, over all tables.
    min_n, width
        The thresholds.
    narrowest
        The narrowest range in which the share of a hidden small group can lie, 1 when none is hidden; None
        for tables without counts of favorable.
    version
        Of this package.
    """

    shown: int
    hidden: int
    min_n: int
    width: float
    narrowest: float | None
    version: str


@dataclass(frozen=True)
class Protected:
    """Tables that may be published.

    Attributes
    ----------
    tables
        The tables that were given, with a column ``shown`` and without the columns ``primary`` and ``keep``;
        ``n`` and ``count`` are missing where hidden.
    certificate
        What was decided.
    """

    tables: tuple[pd.DataFrame, ...]
    certificate: TableCertificate


def protect(
    tables: pd.DataFrame | Sequence[pd.DataFrame],
    min_n: int = 11,
    *,
    primary: str | None = None,
    keep: str | None = None,
    width: float = 0.5,
) -> Protected:
    """Hide the cells of small groups, and as many others that no small group can be computed.

    Parameters
    ----------
    tables
        Long frames over the same respondents: dimension columns, ``n`` (respondents) and, in all or none,
        ``count`` (the favorable among them). A dimension that a table lacks, or whose label is missing, is
        summed over. An absent row is a cell of nobody.
    min_n
        Fewest respondents of a cell that is shown. A cell of nobody is shown: nobody's answer is in it.
    primary
        A column of true and false: further cells to hide and to protect like small groups.
    keep
        A column of numbers: cells with a larger one are kept first, those alike by their ``n``.
    width
        Those who know every n may not tell the share of a hidden small group to less than this.

    Raises
    ------
    DisclosureError
        If the tables are no counts, or cannot be of the same respondents.

    Notes
    -----
    Cells are walked from the most wanted to the least, and each is published unless a small group, or a union
    of small groups with fewer than ``min_n`` respondents, could then be computed from all published sums by
    exact elimination: the idea of Langsrud's GaussSuppression (Statistics Norway). Where the share of a small
    group is still told too closely, what is hidden beside it may not be computed as one either. The result is
    audited by :func:`audit`, which shares no code with this but the elimination and the bounds.

    Examples
    --------
    >>> import pandas as pd
    >>> grades = pd.DataFrame({"grade": ["9", "10", "11"], "n": [40, 52, 6], "count": [25, 31, 3]})
    >>> everyone = pd.DataFrame({"n": [98], "count": [59]})
    >>> by_grade, whole = protect([grades, everyone]).tables
    >>> by_grade[["grade", "shown"]].values.tolist(), whole["shown"].tolist()
    ([['9', False], ['10', True], ['11', False]], [True])
    """
    if min_n < 2 or not 0 < width <= 1:
        raise DisclosureError("min_n must be 2 or more, and width over 0 up to 1.")
    cells = read_cells(tables, primary=primary, keep=keep)
    linked = _Linked(cells, min_n)
    shown = linked.decide(width)
    reasons = [name for name in (primary, keep) if name is not None]
    released = _released(cells, {key for index in shown if (key := linked.keys[index]) is not None}, reasons)
    known = [frame.assign(known_n=before["n"]) for frame, before in zip(released, cells.frames, strict=True)]
    found = audit(known, min_n, width=width)
    if found.exposed:
        raise DisclosureError("A small group could still be computed, so nothing is published.")
    count = sum(int(frame["shown"].sum()) for frame in released)
    return Protected(
        released,
        TableCertificate(count, sum(map(len, released)) - count, min_n, width, found.narrowest, _version()),
    )


def _version() -> str:
    from importlib.metadata import version

    return version("relsurvey")


def _released(cells: Cells, shown: set[Key], reasons: Sequence[str]) -> tuple[pd.DataFrame, ...]:
    """Return the tables with what is hidden taken out, and the columns that say why."""
    import pandas as pd

    visible = {place for key in shown for place in cells.by_key[key].places}
    frames = []
    for index, frame in enumerate(cells.frames):
        column = pd.Series([(index, row) in visible for row in range(len(frame))], index=frame.index)
        hidden = {name: frame[name].astype(float).where(column) for name in ("n", "count") if name in frame}
        frames.append(frame.assign(**hidden, shown=column).drop(columns=reasons, errors="ignore"))
    return tuple(frames)


class _Linked:
    """All cells with the sums that link them: each cell is the sum of its parts by one more dimension.

    What no table has, but everybody can add up, is here too: the margins that two tables share, and what a
    table leaves of a margin ('declined or blank').
    """

    def __init__(self, cells: Cells, min_n: int) -> None:
        self.min_n, self.counted = min_n, cells.counted
        self.keys: list[Key | None] = []
        self.n: list[int] = []
        self.count: list[int] = []
        self.given: list[Cell | None] = []
        self.sums: list[tuple[int, list[int]]] = []
        levels: dict[frozenset[int], dict[Key, int]] = {}
        for key, cell in cells.by_key.items():
            levels.setdefault(_level(key), {})[key] = self._add(key, cell.n or 0, cell.count or 0, cell)
        for level in _closed(levels):
            self._sum_up(level, levels)

    def _add(self, key: Key | None, n: int, count: int, cell: Cell | None) -> int:
        self.keys.append(key)
        self.n.append(n)
        self.count.append(count)
        self.given.append(cell)
        return len(self.n) - 1

    def _sum_up(self, level: frozenset[int], levels: dict[frozenset[int], dict[Key, int]]) -> None:
        """Link the cells of a margin to those of each table that has more dimensions.

        A table that is linked through another one tells something more only where it leaves somebody out.
        """
        finer = [other for other in levels if level < other]
        own = levels.setdefault(level, {})
        parts: dict[Key, list[tuple[bool, list[int]]]] = {}
        for other in finer:
            direct = not any(between < other for between in finer)
            inside: dict[Key, list[int]] = {}
            for key, index in levels[other].items():
                margin = tuple(label if place in level else None for place, label in enumerate(key))
                inside.setdefault(margin, []).append(index)
            for margin, some in inside.items():
                parts.setdefault(margin, []).append((direct, some))
        for margin, sums in parts.items():
            if margin not in own:
                fullest = max((some for _, some in sums), key=lambda some: sum(self.n[i] for i in some))
                own[margin] = self._add(
                    margin, sum(self.n[i] for i in fullest), sum(self.count[i] for i in fullest), None
                )
            for direct, some in sums:
                self._link(own[margin], some, direct)

    def _link(self, whole: int, parts: list[int], direct: bool) -> None:
        n = self.n[whole] - sum(self.n[i] for i in parts)
        count = self.count[whole] - sum(self.count[i] for i in parts)
        if not 0 <= count <= n:
            raise DisclosureError(
                "A table's cells are more than the same cells in another table or margin: "
                "all tables must count the same respondents."
            )
        if n:
            parts = [*parts, self._add(None, n, count, None)]
        if n or direct:
            self.sums.append((whole, parts))

    def _marked(self, index: int) -> bool:
        cell = self.given[index]
        return cell is not None and cell.marked

    def _protected(self) -> list[int]:
        """Return the small groups, and what the user marked."""
        return [i for i, n in enumerate(self.n) if 0 < n < self.min_n or self._marked(i)]

    def decide(self, width: float) -> set[int]:
        """Return the cells that may be shown."""
        shown = self._walk()
        narrow = [i for i in self._protected() if self.n[i]] if self.counted else []
        while narrow:
            published, atom = self._published(shown)
            told = too_narrow(published, [frozenset({atom[i]}) for i in narrow], width=width)
            narrow = [narrow[k] for k in told]
            ranges = feasible(published, [frozenset({atom[i]}) for i in narrow])
            before = len(shown)
            for index, between in zip(narrow, ranges, strict=True):
                hide = self._widening(index, between, width, shown)
                # Where nothing is to be hidden, what was hidden for another group may be enough.
                if hide is None or not (hide or len(shown) < before):
                    hide = self._nearest(index, shown)
                shown -= hide
        return shown

    def _walk(self) -> set[int]:
        """Publish cells from the most wanted to the least, unless they give a small group away."""
        small = {i: self.n[i] for i in self._protected()}
        wanted = [i for i, cell in enumerate(self.given) if cell is not None and self.n[i] and i not in small]
        wanted.sort(key=self._order)
        rank = {i: len(self.n) for i, n in enumerate(self.n) if n and i not in small}
        rank |= {i: place for place, i in enumerate(wanted)}
        known = Elimination(rank, small, self.min_n)
        for whole, parts in self.sums:
            row = {whole: 1} | dict.fromkeys(parts, -1)
            known.relate({i: value for i, value in row.items() if self.n[i] or i in small})
        nobody = {
            i for i, cell in enumerate(self.given) if cell is not None and not self.n[i] and not cell.marked
        }
        return nobody | {i for i in wanted if known.publish(i)}

    def _order(self, index: int) -> tuple[float, int, int]:
        cell = self.given[index]
        return -(cell.keep if cell else 0.0), -self.n[index], index

    def _widening(
        self, index: int, between: tuple[float, float], width: float, shown: set[int]
    ) -> set[int] | None:
        """Return shown cells whose hiding lets a group's share be as wide as it must, the cheapest found.

        Of all counts that fit together and give the group another share, those that leave as much as they can
        of what is shown as it is, and of the most wanted first: what they do not leave has to be hidden.
        """
        import numpy as np

        wide = ceil(width * self.n[index] - 1e-9)
        kept = [i for i in self._least_wanted if i in shown]
        cost = np.zeros(len(self.n))
        cost[kept] = 1.0 + np.arange(len(kept))
        count = np.array(self.count, dtype=float)
        # How far each cell's count goes up, then down, from what it is: that of the group is given.
        most = np.concatenate([np.array(self.n) - count, count])
        most[[index, len(count) + index]] = 0
        best: tuple[float, set[int] | None] = (np.inf, None)
        for target in (ceil(between[0] - 1e-6) + wide, floor(between[1] + 1e-6) - wide):
            if not 0 <= target <= self.n[index] or best[1] == set():
                continue
            given = self._changes[:, [index]].toarray()[:, 0] * (count[index] - target)
            found = self._cheapest(np.concatenate([cost, cost]), most, given, len(kept))
            if found is not None and found[0] < best[0]:
                up, down = np.split(found[1], 2)
                moved = np.abs(up - down) > 1e-6
                best = found[0], {i for i in kept if moved[i]}
        return best[1]

    def _cheapest(
        self, cost: np.ndarray, most: np.ndarray, given: np.ndarray, dearest: int
    ) -> tuple[float, np.ndarray] | None:
        """Return what the cheapest changes cost, and which: looked for among the cheapest cells first.

        Prices of the sums tell whether a cell that was left out would make them any cheaper.
        """
        import numpy as np
        from scipy.optimize import linprog

        for among in sorted({min(_FIRST, dearest), dearest}):
            some = np.flatnonzero((most > 0) & (cost <= among))
            # A sparse matrix, which scipy's stubs do not know of.
            sums: Any = self._changes[:, some]
            found = linprog(
                cost[some],
                A_eq=sums,
                b_eq=given,
                bounds=[(0.0, far) for far in most[some].tolist()],
                # Few sums change: what is looked for lies near the start.
                options={"presolve": False},
            )
            if found.x is None:
                continue
            cheaper = cost - found.eqlin.marginals @ self._changes < -1e-6
            if among == dearest or not (cheaper & (most > 0) & (cost > among)).any():
                changes = np.zeros(len(cost))
                changes[some] = found.x
                return float(cost @ changes), changes
        return None

    @cached_property
    def _least_wanted(self) -> list[int]:
        """Cells of somebody that are given, the least wanted first."""
        return sorted((i for i, n in enumerate(self.n) if n and self.given[i]), key=self._order, reverse=True)

    @cached_property
    def _changes(self) -> csc_array:
        """What each cell's count adds to every sum, then what it takes: nothing is left over."""
        import numpy as np
        from scipy.sparse import csc_array, hstack

        rows = np.repeat(np.arange(len(self.sums)), [1 + len(parts) for _, parts in self.sums])
        columns = [i for whole, parts in self.sums for i in (whole, *parts)]
        signs = [sign for _, parts in self.sums for sign in (-1.0, *(1.0 for _ in parts))]
        sums = csc_array((signs, (rows, columns)), shape=(len(self.sums), len(self.n)))
        both: csc_array = hstack([sums, -sums], format="csc")
        return both

    def _nearest(self, index: int, shown: set[int]) -> set[int]:
        """Return the least wanted shown cell in the sums around a group."""
        reached, size = {index}, 0
        while len(reached) > size:
            size = len(reached)
            for whole, parts in self.sums:
                if not reached.isdisjoint((whole, *parts)):
                    reached |= {whole, *parts}
            near = [i for i in reached & shown if self.n[i]]
            if near:
                return {max(near, key=self._order)}
        return set()

    def _published(self, shown: set[int]) -> tuple[Published, dict[int, int]]:
        """Return what is known of hidden counts; the others of a hidden sum's respondents are an atom too."""
        hidden = [i for i, n in enumerate(self.n) if n and i not in shown]
        atom = {i: k for k, i in enumerate(hidden)}
        sizes = [self.n[i] for i in hidden]
        sets = []
        others: dict[int, int] = {}
        for whole, parts in self.sums:
            inside = {atom[i] for i in parts if i in atom}
            known = sum(self.count[i] for i in parts if i not in atom)
            total = self.count[whole]
            if whole in atom:
                if whole not in others:
                    others[whole] = len(sizes)
                    sizes.append(self.n[whole])
                    sets.append((frozenset({atom[whole], others[whole]}), self.n[whole], self.n[whole]))
                inside.add(others[whole])
                total = self.n[whole]
            sets.append((frozenset(inside), total - known, total - known))
        return Published(tuple(sizes), tuple(sets)), atom


def _level(key: Key) -> frozenset[int]:
    return frozenset(place for place, label in enumerate(key) if label is not None)


def _closed(levels: Iterable[frozenset[int]]) -> list[frozenset[int]]:
    """Return the sets of dimensions of all tables and what any of them share, the finest first."""
    closed = set(levels)
    while added := {a & b for a in closed for b in closed} - closed:
        closed |= added
    return sorted(closed, key=lambda level: (-len(level), sorted(level)))
