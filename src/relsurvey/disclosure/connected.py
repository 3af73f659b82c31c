"""Which hidden counts are settled by published sums, and which of the others hang together."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING

from relsurvey.disclosure.blocks import CONTRADICTION, Block, Entries, Parts
from relsurvey.errors import DisclosureError

if TYPE_CHECKING:
    import numpy as np

#: Sets of atoms, each with the lowest and highest possible sum of their counts.
Sets = list[tuple[frozenset[int], int, int]]


class System:
    """Atoms whose count is settled or free, and blocks of those that published sums bind.

    Parameters
    ----------
    sizes
        How many respondents each atom has.
    published
        Sets of atoms, each with the lowest and highest possible sum of its atoms' counts.
    counts
        Counts that fit, where they are known.
    """

    def __init__(
        self,
        sizes: Sequence[int],
        published: Sequence[tuple[frozenset[int], int, int]],
        counts: Sequence[int] | None,
    ) -> None:
        import numpy as np

        low, high, sets = _settled(sizes, published)
        self._low, self._high = np.array(low), np.array(high)
        self._true = None if counts is None else np.array(counts)
        self._sums = Entries.at(
            np.repeat(np.arange(len(sets)), [len(atoms) for atoms, _, _ in sets]),
            np.fromiter(chain.from_iterable(atoms for atoms, _, _ in sets), dtype=np.int64),
            len(sets),
            len(sizes),
        )
        self._lowest, self._highest = (np.array([one[k] for one in sets], dtype=np.int64) for k in (1, 2))
        if self._true is not None:
            true, sums = self._true, self._sums.of(self._true)
            inside = ((self._low <= true) & (true <= self._high)).all()
            if not (inside and ((self._lowest <= sums) & (sums <= self._highest)).all()):
                raise DisclosureError(CONTRADICTION)
        self._block_of, self._blocks = _connected(self._sums), dict[int, Block]()

    def check(self) -> None:
        """Look for counts that fit in every block where none are known yet."""
        import numpy as np

        for number in np.unique(self._block_of[self._sums.held > 0]) if self._true is None else ():
            block = self._block(int(number))
            if not block.fits:
                block.extreme(np.zeros(block.size), integer=False)

    def split(
        self, groups: Sequence[frozenset[int]]
    ) -> tuple[np.ndarray, np.ndarray, list[tuple[Parts, np.ndarray]]]:
        """Return the bounds of groups' atoms that no sum binds, and by block the parts of groups in it."""
        import numpy as np

        atom = np.fromiter(chain.from_iterable(groups), dtype=np.int64)
        group = np.repeat(np.arange(len(groups)), [len(some) for some in groups])
        bound = self._sums.held[atom] > 0
        low, high = (
            np.bincount(group[~bound], of[atom[~bound]], len(groups)).astype(np.int64)
            for of in (self._low, self._high)
        )
        atom, group = atom[bound], group[bound]
        numbers = self._block_of[atom]
        parts = []
        for number in np.unique(numbers).tolist():
            inside = numbers == number
            which, place = np.unique(group[inside], return_inverse=True)
            block = self._block(number)
            parts.append((Parts(block, place.reshape(-1), self._place[atom[inside]]), which))
        return low, high, parts

    @cached_property
    def _place(self) -> np.ndarray:
        """The place of each atom among those of its block."""
        import numpy as np

        order = np.argsort(self._block_of, kind="stable")
        numbers = self._block_of[order]
        place = np.empty_like(order)
        place[order] = np.arange(len(order)) - np.searchsorted(numbers, numbers)
        return place

    def _block(self, number: int) -> Block:
        import numpy as np

        if number not in self._blocks:
            atoms = np.flatnonzero(self._block_of == number)
            part = self._sums.take(atoms)
            rows, row = np.unique(part.row, return_inverse=True)
            self._blocks[number] = Block(
                self._low[atoms],
                self._high[atoms],
                Entries(row.reshape(-1), part.held, len(rows)),
                self._lowest[rows],
                self._highest[rows],
                None if self._true is None else self._true[atoms],
            )
        return self._blocks[number]


def _settled(
    sizes: Sequence[int], published: Sequence[tuple[frozenset[int], int, int]]
) -> tuple[list[int], list[int], Sets]:
    """Take sums of one atom into its bounds and known atoms out of the sums, until nothing changes."""
    low, high = [0] * len(sizes), list(sizes)
    sets: Sets = list(published)
    changed = True
    while changed:
        changed = False
        known = {atom for atom, (a, b) in enumerate(zip(low, high, strict=True)) if a == b}
        tightest: dict[frozenset[int], tuple[int, int]] = {}
        for atoms, lowest, highest in sets:
            taken = sum(low[atom] for atom in atoms & known)
            left = atoms - known
            before = tightest.get(left, (lowest - taken, highest - taken))
            tightest[left] = max(before[0], lowest - taken), min(before[1], highest - taken)
        sets = []
        for left, (lowest, highest) in tightest.items():
            if lowest > highest or (not left and not lowest <= 0 <= highest):
                raise DisclosureError(CONTRADICTION)
            if len(left) == 1:
                (atom,) = left
                low[atom], high[atom] = max(low[atom], lowest), min(high[atom], highest)
                if low[atom] > high[atom]:
                    raise DisclosureError(CONTRADICTION)
                changed = True
            elif left:
                sets.append((left, lowest, highest))
    return low, high, sets


def _connected(sums: Entries) -> np.ndarray:
    """Return a number of each column, the same for those that share rows, directly or through others."""
    import numpy as np

    number = np.arange(sums.columns)
    while True:
        before = number
        lowest = np.full(sums.rows, sums.columns)
        np.minimum.at(lowest, sums.row, number[sums.column])
        number = number.copy()
        np.minimum.at(number, sums.column, lowest[sums.row])
        # Whoever has a number has that one's number too.
        number = number[number]
        if (number == before).all():
            return number
