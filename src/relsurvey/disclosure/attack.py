"""What can be computed of small groups from published tables of counts: by what is published alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from relsurvey.disclosure.bounds import Published, narrowest, too_narrow
from relsurvey.disclosure.elimination import PRIME, reduced
from relsurvey.disclosure.frames import Cell, read_cells
from relsurvey.errors import DisclosureError

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

Kind = Literal["shown", "computed", "narrow"]

# Of more small groups than this, unions of three are not tried; those that a sum leaves over always are.
_MOST_TRIED = 1_500


@dataclass(frozen=True)
class Exposed:
    """A small group that is not hidden; no counts.

    Attributes
    ----------
    cells
        Where it stands: table and row, from 0; several for a union, and for a margin or a remainder that no
        table has.
    kind
        *shown*; *computed*: it follows exactly from what is shown; *narrow*: its share lies in a range that
        is too narrow.
    """

    cells: tuple[tuple[int, int], ...]
    kind: Kind


@dataclass(frozen=True)
class Audit:
    """What was found.

    Attributes
    ----------
    exposed
        Every small group that is not hidden.
    every_n_known
        Whether the respondents of all hidden cells were known, so that shares were bounded too.
    narrowest
        The narrowest range in which the share of a hidden small group can lie, 1 when none is hidden; None
        where shares were not bounded.
    """

    exposed: tuple[Exposed, ...]
    every_n_known: bool
    narrowest: float | None

    @property
    def passed(self) -> bool:
        """Whether nothing was found."""
        return not self.exposed


def audit(tables: pd.DataFrame | Sequence[pd.DataFrame], min_n: int = 11, *, width: float = 0.5) -> Audit:
    """Return every small group that can be seen or computed in published tables.

    Parameters
    ----------
    tables
        Long frames as published: dimension columns, ``n`` and, in all or none, ``count``; missing where
        hidden. A column ``known_n`` says what the attacker knows of hidden cells.
    min_n
        Fewest respondents of a group that may be known.
    width
        The narrowest range allowed for the share of a small group.

    Notes
    -----
    Tried are all hidden groups, two and three small ones together, what each sum leaves over, and what the
    reduced sums single out. Where the n of hidden cells are not known, those that follow from sums are taken
    as known; if others stay unknown, shares are not bounded (see :attr:`Audit.every_n_known`). A row that is
    not there is a cell of nobody, unless a sum shows that somebody is missing: those are one group then.

    Examples
    --------
    >>> import pandas as pd
    >>> one_hidden = pd.DataFrame(
    ...     {"grade": ["9", "10", "11", None], "n": [40, 52, None, 98], "count": [25, 31, None, 59]}
    ... )
    >>> audit(one_hidden).exposed
    (Exposed(cells=((0, 2),), kind='computed'),)
    """
    cells = read_cells(tables, hidden=True)
    codes: list[dict[object, int]] = [{} for _ in cells.dimensions]
    system = _System(cells.counted)
    for key, cell in cells.by_key.items():
        place = tuple(
            -1 if label is None else codes[k].setdefault(label, len(codes[k])) for k, label in enumerate(key)
        )
        system.add(place, cell)
    system.close()
    return system.audit(min_n, width)


@dataclass
class _Group:
    """A cell, a margin that no table has, or those a table leaves out of a margin."""

    places: tuple[tuple[int, int], ...]
    size: int | None
    sum: tuple[int, int] | None  # n and count where shown


@dataclass
class _System:
    """Groups as an attacker lists them, and the equations between them: coefficients that sum to nothing."""

    counted: bool
    groups: list[_Group] = field(default_factory=list)
    at: dict[tuple[int, ...], int] = field(default_factory=dict)
    equations: list[dict[int, int]] = field(default_factory=list)

    def add(self, place: tuple[int, ...], cell: Cell) -> None:
        shown = cell.n is not None and not (self.counted and cell.count is None)
        size = cell.known_n if cell.n is None else cell.n
        self.at[place] = len(self.groups)
        self.groups.append(
            _Group(tuple(cell.places), size, (cell.n or 0, cell.count or 0) if shown else None)
        )

    def close(self) -> None:
        """Add the margins that tables share, and an equation for each margin and table inside it."""
        import numpy as np

        masks = {self._mask(place) for place in self.at}
        while more := {a & b for a in masks for b in masks} - masks:
            masks |= more
        for mask in sorted(masks, key=lambda mask: -mask.bit_count()):
            above = [other for other in masks if other != mask and other & mask == mask]
            keep = np.array([bool(mask >> k & 1) for k in range(len(next(iter(self.at))))], dtype=bool)
            tables: list[tuple[bool, dict[tuple[int, ...], list[int]]]] = []
            for other in above:
                places = [place for place in self.at if self._mask(place) == other]
                margins = np.where(keep, np.array(places, dtype=int).reshape(len(places), -1), -1)
                parts: dict[tuple[int, ...], list[int]] = {}
                for margin, place in zip(map(tuple, margins.tolist()), places, strict=True):
                    parts.setdefault(margin, []).append(self.at[place])
                tables.append((not any(other != b and other & b == b for b in above), parts))
            for margin in dict.fromkeys(margin for _, parts in tables for margin in parts):
                self._equate(margin, [(near, parts[margin]) for near, parts in tables if margin in parts])

    @staticmethod
    def _mask(place: tuple[int, ...]) -> int:
        return sum(1 << k for k, code in enumerate(place) if code >= 0)

    def _equate(self, margin: tuple[int, ...], sums: list[tuple[bool, list[int]]]) -> None:
        """Set a margin equal to its parts in each table, and what they leave over.

        A table that is not next to the margin says the same as those between, but for what it leaves over.
        """
        sizes = [self._size(parts) for _, parts in sums]
        if margin not in self.at:
            most = max((parts for _, parts in sums), key=len)
            places = tuple(place for i in most for place in self.groups[i].places)
            self.at[margin] = len(self.groups)
            self.groups.append(_Group(places, None, None))
        whole = self.at[margin]
        if self.groups[whole].size is None:
            self.groups[whole].size = max((size for size in sizes if size is not None), default=None)
        for (near, parts), size in zip(sums, sizes, strict=True):
            equation = {whole: -1} | dict.fromkeys(parts, 1)
            all_of_them = self.groups[whole].size
            if size is not None and all_of_them is not None and size != all_of_them:
                if size > all_of_them:
                    raise DisclosureError(
                        "A table's cells are more than the same cells in another table or margin: "
                        "all tables must count the same respondents."
                    )
                equation[len(self.groups)] = 1
                self.groups.append(_Group(self.groups[whole].places, all_of_them - size, None))
            elif not near:
                continue
            self.equations.append(equation)

    def _size(self, parts: Iterable[int]) -> int | None:
        sizes = [self.groups[i].size for i in parts]
        return None if None in sizes else sum(size for size in sizes if size is not None)

    def audit(self, min_n: int, width: float) -> Audit:
        found = [
            Exposed(group.places, "shown")
            for group in self.groups
            if group.sum is not None and 0 < group.sum[0] < min_n
        ]
        # Whoever has no respondents has no count to hide.
        hidden = [i for i, group in enumerate(self.groups) if group.sum is None and group.size != 0]
        computed = dict.fromkeys(self._computed(hidden, min_n))
        found += [Exposed(self._places(some), "computed") for some in computed]
        every = all(self.groups[i].size is not None for i in hidden)
        least = None
        if self.counted and every:
            narrow, least = self._narrow(hidden, min_n, width)
            found += [Exposed(self._places({i}), "narrow") for i in narrow if frozenset({i}) not in computed]
        return Audit(tuple(dict.fromkeys(found)), every, least)

    def _places(self, some: Iterable[int]) -> tuple[tuple[int, int], ...]:
        return tuple(sorted({place for i in some for place in self.groups[i].places}))

    def _computed(self, hidden: Sequence[int], min_n: int) -> Iterator[frozenset[int]]:
        """Yield small groups that are sums of what is shown."""
        import numpy as np

        def small(i: int) -> bool:
            size = self.groups[i].size
            return size is None or size < min_n

        # Large groups first: what is left over combines small ones alone.
        order = sorted(hidden, key=small)
        column = {i: k for k, i in enumerate(order)}
        width = len(order)
        matrix = np.zeros((len(self.equations), width + 2), dtype=np.int64)
        for row, equation in enumerate(self.equations):
            for i, sign in equation.items():
                if i in column:
                    matrix[row, column[i]] = sign
                else:
                    matrix[row, width:] -= sign * np.array(self.groups[i].sum or (0, 0))
        rows = reduced(matrix, width)
        pivots = {int(np.flatnonzero(row[:width])[0]): k for k, row in enumerate(rows) if row[:width].any()}
        if len(pivots) < len(rows):
            raise DisclosureError("The published sums contradict each other.")
        plain = [frozenset(np.flatnonzero(row[:width]).tolist()) for row in rows if (row[:width] <= 1).all()]
        left_over = [
            frozenset(column[i] for i, sign in equation.items() if sign > 0 and i in column)
            for equation in self.equations
        ]
        one = [k for k, i in enumerate(order) if small(i)]
        tried = [*(frozenset({k}) for k in one), *left_over, *plain, *_unions(rows[:, :width], pivots, one)]
        for some in dict.fromkeys(tried):
            taken = [pivots[k] for k in some if k in pivots]
            rest = -rows[taken].sum(axis=0) if taken else np.zeros(width + 2, dtype=np.int64)
            rest[list(some)] += 1
            if not some or (rest[:width] % PRIME).any():
                continue
            group = frozenset(order[k] for k in some)
            n, count = (int(value) for value in -rest[width:] % PRIME)
            size = self._size(group)
            if 0 < (n if size is None else size) < min_n:
                yield group
            elif size is None and self.counted and n and count in {0, n}:
                yield from (frozenset({i}) for i in group if self.groups[i].size is None)

    def _narrow(self, hidden: Sequence[int], min_n: int, width: float) -> tuple[list[int], float]:
        """Return small groups whose share is told too closely, and the narrowest range of any."""
        sizes = [self.groups[i].size or 0 for i in hidden]
        atom = {i: k for k, i in enumerate(hidden)}
        sets = []
        others: dict[int, int] = {}
        for equation in self.equations:
            inside, total = set(), 0
            for i, sign in equation.items():
                if i not in atom:
                    total -= sign * (self.groups[i].sum or (0, 0))[1]
                elif sign > 0:
                    inside.add(atom[i])
                else:
                    # The whole is hidden: those in it who are not favorable stand on the other side.
                    if i not in others:
                        others[i] = len(sizes)
                        sizes.append(sizes[atom[i]])
                        sets.append((frozenset({atom[i], others[i]}), sizes[atom[i]], sizes[atom[i]]))
                    inside.add(others[i])
                    total += sizes[atom[i]]
            sets.append((frozenset(inside), total, total))
        published = Published(tuple(sizes), tuple(sets))
        small = [i for i in hidden if sizes[atom[i]] < min_n]
        wanted = [frozenset({atom[i]}) for i in small]
        told = [small[k] for k in too_narrow(published, wanted, width=width)]
        return told, narrowest(published, wanted)


def _unions(rows: np.ndarray, pivots: dict[int, int], small: Sequence[int]) -> Iterator[frozenset[int]]:
    """Yield two and three small groups whose sum seems to follow: what is missing of each adds up to nothing.

    What is missing is told by a random sum of it; a chance hit does no harm, since all are tested.
    """
    import numpy as np

    random = np.random.default_rng(1).integers(1, PRIME, rows.shape[1:])
    mixed = [int((row * random % PRIME).sum()) for row in rows]
    missing = [(int(random[k]) - (mixed[pivots[k]] if k in pivots else 0)) % PRIME for k in small]
    where: dict[int, list[int]] = {}
    for k, value in enumerate(missing):
        where.setdefault(value, []).append(k)
    for k, value in enumerate(missing):
        yield from (frozenset({small[k], small[j]}) for j in where.get(-value % PRIME, ()) if j < k)
        for j in range(k if len(small) <= _MOST_TRIED else 0):
            rest = where.get(-(value + missing[j]) % PRIME, ())
            yield from (frozenset({small[k], small[j], small[i]}) for i in rest if i < j)
