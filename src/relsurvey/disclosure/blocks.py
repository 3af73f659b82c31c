"""Hidden counts that hang together through published sums, and the programs that bound them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, groupby, pairwise
from typing import TYPE_CHECKING

from relsurvey.errors import DisclosureError

if TYPE_CHECKING:
    import numpy as np

#: What the solver may be off by.
NEAR = 1e-6

#: Up to so many hidden atoms that hang together, counts are proven as integers; beyond, as fractions.
SMALL = 60

# How often bounds are taken through all sums; mostly a few times are enough.
_MOST_ROUNDS = 100

# How many feasible counts are remembered, to see groups wide without a further solution.
_MOST_POINTS = 100

# Of several programs, so many unknowns are solved for at once.
_MOST_UNKNOWN = 2_000


class Block:
    """Atoms that hang together through published sums, with bounds of their own.

    Atoms that lie in the same sums are of one kind: whatever counts fit, those of a kind may be exchanged
    among its atoms. So only the total of each kind is remembered, and solved for.
    """

    def __init__(
        self,
        low: np.ndarray,
        high: np.ndarray,
        sums: Entries,
        lowest: np.ndarray,
        highest: np.ndarray,
        true: np.ndarray | None,
    ) -> None:
        import numpy as np

        self.low, self.high = low, high
        self.sums, self.lowest, self.highest = sums, lowest, highest
        self.found = 0
        #: The highest value in each direction that a linear program was solved for.
        self.values: dict[bytes, float] = {}
        if self.closed and (low.sum() > highest[0] or high.sum() < lowest[0]):
            raise DisclosureError(CONTRADICTION)
        self.fits = self.closed or true is not None
        if self.closed:
            return
        self._tighten()
        self.kind, self.kinds = sums.kinds()
        self._totals = np.zeros((_MOST_POINTS, self.kinds.columns))
        if true is not None:
            self._remember(self.of_kinds(true))

    def _tighten(self) -> None:
        """Take into an atom's bounds what each sum leaves to it when the others are lowest, or highest."""
        import numpy as np

        row, column = self.sums.row, self.sums.column
        low, high = self.low.copy(), self.high.copy()
        for _ in range(_MOST_ROUNDS):
            before = int((high - low).sum())
            least, most = self.sums.of(low), self.sums.of(high)
            np.maximum.at(low, column, (self.lowest - most)[row] + high[column])
            np.minimum.at(high, column, (self.highest - least)[row] + low[column])
            if (low > high).any():
                raise DisclosureError(CONTRADICTION)
            if int((high - low).sum()) == before:
                break
        self.low, self.high = low, high

    def of_kinds(self, values: np.ndarray) -> np.ndarray:
        """Return the total of each kind."""
        import numpy as np

        return np.bincount(self.kind, values, self.kinds.columns)

    def _remember(self, totals: np.ndarray) -> None:
        if not self.found:
            self._start = totals
        self._totals[self.found % _MOST_POINTS] = totals
        self.found += 1

    @property
    def size(self) -> int:
        """How many atoms there are."""
        return len(self.low)

    @cached_property
    def closed(self) -> bool:
        """Whether there is one sum only: its Fréchet bounds are exact, and no solver is needed."""
        return len(self.lowest) == 1

    @cached_property
    def bounds(self) -> tuple[np.ndarray, np.ndarray]:
        """The bounds of each kind's total."""
        return self.of_kinds(self.low), self.of_kinds(self.high)

    def since(self, found: int) -> tuple[np.ndarray, int]:
        """Return the totals found after so many others, but for forgotten ones; and how many were found."""
        import numpy as np

        new = np.arange(max(found, self.found - _MOST_POINTS), self.found) % _MOST_POINTS
        return self._totals[new], self.found

    def extreme(self, direction: np.ndarray, integer: bool) -> float:
        """Return the highest value in a direction; and remember the counts that reach it."""
        if not integer:
            if direction.tobytes() not in self.values:
                solve([(self, direction)])
            return self.values[direction.tobytes()]
        program = self.program(direction, integer)
        return self.learn(program, _solution([(self, program)], integer=True)[0])

    def program(self, direction: np.ndarray, integer: bool = False) -> Program:
        """Return the program for a direction: atoms of a kind that it treats alike are one unknown."""
        import numpy as np

        order = np.lexsort((direction, self.kind))
        kinds, parts = self.kind[order], direction[order]
        new = np.ones(self.size, dtype=bool)
        new[1:] = (kinds[1:] != kinds[:-1]) | (parts[1:] != parts[:-1])
        first = np.flatnonzero(new)
        low, high = np.add.reduceat(self.low[order], first), np.add.reduceat(self.high[order], first)
        kind, along = kinds[first], parts[first]
        if integer or not self.found:
            every, plus = np.arange(len(kind)), np.ones(len(kind))
            return Program(
                kind, along, np.zeros(len(kind)), every, plus, low, high, self.lowest, self.highest
            )
        # Of a kind's total as much as goes into its first unknown: any way to spread it will do.
        room = np.cumsum(high - low) - (high - low)
        room -= room[np.searchsorted(kind, kind)]
        start = low + np.clip((self._start - self.bounds[0])[kind] - room, 0, high - low)
        # How far counts may go up and down from some that fit: few sums then bind when one group moves.
        up, down = np.flatnonzero(start < high), np.flatnonzero(low < start)
        now = self.kinds.of(self._start)
        return Program(
            kind,
            along,
            start,
            np.concatenate([up, down]),
            np.repeat([1.0, -1.0], [len(up), len(down)]),
            np.zeros(len(up) + len(down)),
            np.concatenate([(high - start)[up], (start - low)[down]]),
            self.lowest - now,
            self.highest - now,
        )

    def learn(self, program: Program, found: np.ndarray) -> float:
        """Remember the counts that solve a program, and return its value."""
        import numpy as np

        self.fits = True
        counts = np.round(found)
        whole = np.abs(found - counts).max() < NEAR
        if whole or self.size > SMALL:
            counts = counts if whole else found
            self._remember(np.bincount(program.kind, counts, self.kinds.columns))
        return float(program.along @ found)


class Parts:
    """What is known of the counts of several groups' atoms in a block.

    Parameters
    ----------
    block
        The block.
    group, column
        Whose atom each entry is, numbered from 0 and in order, and which of the block's.
    """

    def __init__(self, block: Block, group: np.ndarray, column: np.ndarray) -> None:
        import numpy as np

        self.block, self._column = block, column
        self.ends = np.concatenate([[0], np.cumsum(np.bincount(group))])
        self._lowest, self._highest = (self._sums(of[column]) for of in (block.low, block.high))
        self._seen = np.full(len(self._lowest), np.inf), np.full(len(self._lowest), -np.inf)
        self._upto = 0
        self._ranges: dict[tuple[int, bool], tuple[float, float]] = {}

    def columns(self, k: int) -> np.ndarray:
        """Return the columns of a group's atoms."""
        return self._column[self.ends[k] : self.ends[k + 1]]

    def direction(self, groups: np.ndarray, weights: np.ndarray) -> np.ndarray:
        """Return the direction that pushes some groups by their weights."""
        import numpy as np

        of = np.zeros(len(self._lowest))
        of[groups] = weights
        return np.bincount(self._column, np.repeat(of, np.diff(self.ends)), self.block.size)

    def _sums(self, of: np.ndarray) -> np.ndarray:
        import numpy as np

        sums: np.ndarray = np.add.reduceat(of, self.ends[:-1])
        return sums

    def seen(self) -> tuple[np.ndarray, np.ndarray] | None:
        """Return the range of each group that the counts found so far prove, exchanges within kinds included.

        In a small block it is one of whole counts. None where no counts are found.
        """
        import numpy as np

        if self.block.closed:
            return self._frechet
        if self._upto < self.block.found:
            totals, self._upto = self.block.since(self._upto)
            first, kind, own_low, own_high, rest_low, rest_high = self._of_kinds
            least = np.add.reduceat(np.maximum(own_low, totals[:, kind] - rest_high), first, axis=1)
            most = np.add.reduceat(np.minimum(own_high, totals[:, kind] - rest_low), first, axis=1)
            self._seen = (
                np.minimum(self._seen[0], least.min(axis=0)),
                np.maximum(self._seen[1], most.max(axis=0)),
            )
        return self._seen if self._upto else None

    @cached_property
    def _of_kinds(self) -> tuple[np.ndarray, ...]:
        """Where each group starts, the kinds of its atoms, bounds of their counts and of others alike."""
        import numpy as np

        block = self.block
        kinds = block.kinds.columns
        group = np.repeat(np.arange(len(self._lowest)), np.diff(self.ends))
        both, place = np.unique(group * kinds + block.kind[self._column], return_inverse=True)
        kind = both % kinds
        own = [np.bincount(place.reshape(-1), of[self._column]) for of in (block.low, block.high)]
        rest = [of[kind] - some for of, some in zip(block.bounds, own, strict=True)]
        return np.flatnonzero(np.diff(both // kinds, prepend=-1)), kind, *own, *rest

    def range(self, k: int, integer: bool) -> tuple[float, float]:
        """Return the lowest and highest count of a group."""
        if self.block.closed:
            return float(self._frechet[0][k]), float(self._frechet[1][k])
        if (k, integer) not in self._ranges:
            low, high = float(self._lowest[k]), float(self._highest[k])
            down, up = self._directions(k)
            if down is not None:
                low = -self.block.extreme(down, integer)
            if up is not None:
                high = self.block.extreme(up, integer)
            self._ranges[k, integer] = low, high
        return self._ranges[k, integer]

    def asked(self, k: int) -> Iterator[tuple[Block, np.ndarray]]:
        """Yield the directions that linear programs must be solved for to know a group's range."""
        if not self.block.closed and (k, False) not in self._ranges:
            yield from ((self.block, way) for way in self._directions(k) if way is not None)

    def _directions(self, k: int) -> tuple[np.ndarray | None, np.ndarray | None]:
        """Return the directions downwards and upwards.

        What each atom's bounds allow and some counts reach needs no solver.
        """
        import numpy as np

        direction = np.zeros(self.block.size)
        direction[self.columns(k)] = 1
        seen = self.seen()
        down = seen is None or self._lowest[k] < seen[0][k] - NEAR
        up = seen is None or self._highest[k] > seen[1][k] + NEAR
        return -direction if down else None, direction if up else None

    @cached_property
    def _frechet(self) -> tuple[np.ndarray, np.ndarray]:
        import numpy as np

        block = self.block
        low, high = self._lowest, self._highest
        rest_low, rest_high = block.low.sum() - low, block.high.sum() - high
        return np.maximum(low, block.lowest[0] - rest_high), np.minimum(high, block.highest[0] - rest_low)


@dataclass(frozen=True)
class Program:
    """The highest value in a direction that sums and bounds allow.

    Attributes
    ----------
    kind, along, start
        Of atoms that are alike: their kind, their part in the direction, and the count they start from.
    which, sign, low, high
        Of each unknown: whose count it adds to (1) or takes from (-1), and its bounds.
    lowest, highest
        The range of each sum, less what it starts from.
    """

    kind: np.ndarray
    along: np.ndarray
    start: np.ndarray
    which: np.ndarray
    sign: np.ndarray
    low: np.ndarray
    high: np.ndarray
    lowest: np.ndarray
    highest: np.ndarray


def solve(asked: Iterable[tuple[Block, np.ndarray]]) -> None:
    """Find the highest value in directions of blocks, several side by side, and remember what fits."""
    programs = [(block, direction, block.program(direction)) for block, direction in asked]
    ends = list(accumulate(len(program.which) for _, _, program in programs))
    for _, batch in groupby(range(len(programs)), lambda k: ends[k] // _MOST_UNKNOWN):
        some = [programs[k] for k in batch]
        found = _solution([(block, program) for block, _, program in some], integer=False)
        for (block, direction, program), counts in zip(some, found, strict=True):
            block.values[direction.tobytes()] = block.learn(program, counts)


def _solution(programs: Sequence[tuple[Block, Program]], *, integer: bool) -> list[np.ndarray]:
    """Return the counts that solve several programs side by side."""
    import numpy as np
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import csc_array

    if not any(len(program.which) for _, program in programs):
        return [program.start for _, program in programs]
    parts = [block.kinds.take(program.kind[program.which]) for block, program in programs]
    first = np.cumsum([0, *(part.rows for part in parts)])
    values = [program.sign[part.column] for (_, program), part in zip(programs, parts, strict=True)]
    held = np.concatenate([[0], *(part.held for part in parts)])
    sums = csc_array(
        (
            np.concatenate(values),
            np.concatenate([part.row + above for part, above in zip(parts, first, strict=False)]),
            np.cumsum(held),
        ),
        shape=(first[-1], len(held) - 1),
    )

    def all_of(name: str) -> np.ndarray:
        return np.concatenate([getattr(program, name) for _, program in programs])

    found = milp(
        -np.concatenate([program.along[program.which] * program.sign for _, program in programs]),
        integrality=np.full(len(held) - 1, int(integer)),
        bounds=Bounds(all_of("low"), all_of("high")),
        constraints=LinearConstraint(sums, all_of("lowest"), all_of("highest")),
        options={"mip_rel_gap": 0} if integer else {"presolve": False},
    )
    if found.x is None:
        raise DisclosureError(CONTRADICTION)
    last = np.cumsum([len(program.which) for _, program in programs])[:-1]
    return [
        program.start + np.bincount(program.which, program.sign * steps, len(program.start))
        for (_, program), steps in zip(programs, np.split(found.x, last), strict=True)
    ]


CONTRADICTION = (
    "The published sums contradict each other: no counts fit all of them. "
    "Check that all tables count the same respondents."
)


class Entries:
    """Which columns are in which rows: a matrix of zeros and ones, by columns."""

    def __init__(self, row: np.ndarray, held: np.ndarray, rows: int) -> None:
        import numpy as np

        #: The rows of each entry, one column after the other; and how many each column has.
        self.row, self.held = row, held
        self.rows, self.columns = rows, len(held)
        self.column = np.repeat(np.arange(len(held)), held)

    @classmethod
    def at(cls, row: np.ndarray, column: np.ndarray, rows: int, columns: int) -> Entries:
        """Return the matrix with entries at some places, sorted by their rows."""
        import numpy as np

        order = np.argsort(column, kind="stable")
        return cls(row[order], np.bincount(column, minlength=columns), rows)

    def of(self, values: np.ndarray) -> np.ndarray:
        """Return the sum of each row's values, one value a column; whole numbers stay whole."""
        import numpy as np

        sums = np.bincount(self.row, values[self.column], self.rows)
        return sums.astype(values.dtype)

    def take(self, columns: np.ndarray) -> Entries:
        """Return the matrix of some columns."""
        import numpy as np

        held = self.held[columns]
        before = np.cumsum(self.held) - self.held
        places = np.repeat(before[columns] - (np.cumsum(held) - held), held) + np.arange(held.sum())
        return Entries(self.row[places], held, self.rows)

    def kinds(self) -> tuple[np.ndarray, Entries]:
        """Return the kind of each column, numbered by those that are alike, and one column of each kind."""
        import numpy as np

        numbers: dict[bytes, int] = {}
        ends = [0, *np.cumsum(self.held).tolist()]
        rows = (self.row[a:b].tobytes() for a, b in pairwise(ends))
        kind = np.array([numbers.setdefault(of, len(numbers)) for of in rows], dtype=np.int64)
        return kind, self.take(np.unique(kind, return_index=True)[1])
