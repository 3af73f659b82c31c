"""Exact elimination over a prime field: what can be computed from published sums."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

# Elimination over a prime field is exact but for a chance of about one in the prime; products fit 64 bits.
PRIME = 2_147_483_629

# A search for small groups that takes more steps than this counts as having found one.
_MOST_STEPS = 1_000

Row = dict[int, int]
Mixed = tuple[Row, "np.ndarray"]


def reduced(matrix: np.ndarray, columns: int | None = None) -> np.ndarray:
    """Return the rows of the reduced echelon form over the prime field, without empty ones.

    Parameters
    ----------
    matrix
        Whole numbers, one published sum a row.
    columns
        How many columns are eliminated; the others are carried along. All by default.

    Examples
    --------
    >>> import numpy as np
    >>> reduced(np.array([[1, 1, 0], [1, 0, 0]])).tolist()
    [[1, 0, 0], [0, 1, 0]]
    """
    import numpy as np

    m = matrix.astype(np.int64) % PRIME
    pivot = 0
    for j in range(m.shape[1] if columns is None else columns):
        candidates = np.flatnonzero(m[pivot:, j])
        if len(candidates) == 0:
            continue
        chosen = pivot + int(candidates[0])
        m[[pivot, chosen]] = m[[chosen, pivot]]
        m[pivot] = m[pivot] * pow(int(m[pivot, j]), -1, PRIME) % PRIME
        others = np.flatnonzero(m[:, j])
        others = others[others != pivot]
        m[others] = (m[others] - m[others, j][:, None] * m[pivot] % PRIME) % PRIME
        pivot += 1
        if pivot == m.shape[0]:
            break
    kept: np.ndarray = m[m.any(axis=1)]
    return kept


class Elimination:
    """Sums that are known, kept reduced while one cell after the other is published.

    Parameters
    ----------
    rank
        Every column that is no small group, the more willingly hidden the higher.
    small
        Respondents of each column that must stay hidden.
    min_n
        Fewest respondents of anything that can be computed.

    Notes
    -----
    Rows are solved for a column that may be computed wherever they have one. So the rows without such a
    column span all that is known of the small groups alone, and publishing a cell can only tell of them when
    it adds such a row.
    """

    def __init__(self, rank: Mapping[int, int], small: Mapping[int, int], min_n: int) -> None:
        import numpy as np

        self._rank, self._min_n = rank, min_n
        self._sizes = list(small.values())
        self._place = {column: k for k, column in enumerate(small)}
        self._rows: dict[int, Mixed] = {}  # by the column it is solved for
        self._holders: dict[int, set[int]] = {}  # by column: the rows it stands in, but for its own
        self._known = np.zeros((0, len(small)), dtype=np.int64)  # of the small groups alone
        self._known_pivots: list[int] = []

    def relate(self, row: Mapping[int, int]) -> None:
        """Add a sum that everybody knows, since it holds for any counts."""
        import numpy as np

        few = np.zeros(len(self._sizes), dtype=np.int64)
        large = {}
        for column, value in row.items():
            if column in self._place:
                few[self._place[column]] = value % PRIME
            else:
                large[column] = value % PRIME
        for column in [column for column in large if column in self._rows]:
            few = _take(large, few, large[column], self._rows[column])
        if large:
            self._solve(large, few)
        else:
            self._keep(self._with(few)[0])

    def publish(self, column: int) -> bool:
        """Publish a column unless a small group could then be computed; return whether it is published."""
        if column not in self._rows:
            for holder in self._holders.pop(column, ()):
                del self._rows[holder][0][column]
            return True
        large, few = self._rows[column]
        rest = {other: value for other, value in large.items() if other != column}
        if rest:
            del self._rows[column]
            for other in rest:
                self._holders[other].discard(column)
            self._solve(rest, few)
            return True
        known, first = self._with(few)
        if len(known) > len(self._known) and small_group(known, self._sizes, self._min_n, first):
            return False
        del self._rows[column]
        self._keep(known)
        return True

    def _solve(self, large: Row, few: np.ndarray) -> None:
        """Solve a row for its most willingly hidden column, and take it away from the others."""
        pivot = max(large, key=lambda column: (self._rank[column], column))
        inverse = pow(large[pivot], -1, PRIME)
        row = {column: value * inverse % PRIME for column, value in large.items()}
        few = few * inverse % PRIME
        holding = self._holders.pop(pivot, set())
        entries = [
            (column, value, self._holders.setdefault(column, set()))
            for column, value in row.items()
            if column != pivot
        ]
        for holder in holding:
            other, others_few = self._rows[holder]
            times = other.pop(pivot)
            for column, value, holders in entries:
                before = other.get(column, 0)
                after = (before - times * value) % PRIME
                if after:
                    other[column] = after
                    if not before:
                        holders.add(holder)
                elif before:
                    del other[column]
                    holders.discard(holder)
            self._rows[holder] = other, (others_few - times * few) % PRIME
        self._rows[pivot] = row, few
        for _, _, holders in entries:
            holders.add(pivot)

    def _with(self, few: np.ndarray) -> tuple[np.ndarray, list[int]]:
        """Return what is known of the small groups with one more sum of them, and which rows are new."""
        import numpy as np

        pivots = self._known_pivots
        times = few[pivots]
        taken = np.flatnonzero(times)
        left = (few - (times[taken][:, None] * self._known[taken] % PRIME).sum(axis=0)) % PRIME
        columns = np.flatnonzero(left)
        if not len(columns):
            return self._known, []
        # Solved for the column that the fewest rows have, so that few rows change.
        pivot = int(columns[np.count_nonzero(self._known[:, columns], axis=0).argmin()])
        left = left * pow(int(left[pivot]), -1, PRIME) % PRIME
        times = self._known[:, pivot]
        changed = np.flatnonzero(times)
        known = np.vstack([self._known, left])
        known[changed] = (known[changed] - times[changed][:, None] * left % PRIME) % PRIME
        return known, [len(self._known), *changed.tolist()]

    def _keep(self, known: np.ndarray) -> None:
        """Take a sum more, or none, as known of the small groups."""
        import numpy as np

        if len(known) > len(self._known):
            alone = (known[-1] == 1) & (np.count_nonzero(known, axis=0) == 1)
            self._known_pivots.append(int(np.flatnonzero(alone)[0]))
        self._known = known


def small_group(
    rows: np.ndarray, sizes: Sequence[int], min_n: int, first: Iterable[int] | None = None
) -> bool:
    """Say whether reduced rows combine to one column, or to a union of columns with few respondents.

    Parameters
    ----------
    rows
        Reduced rows over columns that must stay hidden.
    sizes
        Respondents of each column.
    min_n
        Fewest respondents of a union that may be computed.
    first
        The rows of which a combination must have one; all by default.

    Notes
    -----
    Each row has a column of its own, so a union takes a row once or not at all, and the respondents of these
    columns add up. The search follows columns: a row is added where it can still change what stands there.
    A search that takes too many steps counts as having found a group.

    Examples
    --------
    >>> import numpy as np
    >>> small_group(np.array([[1, 1]]), [4, 5], 11), small_group(np.array([[1, 1]]), [4, 9], 11)
    (True, False)
    >>> small_group(np.array([[1, 1, 0], [0, PRIME - 1, 1]]), [4, 9, 3], 11)
    True
    """
    import numpy as np

    if (np.count_nonzero(rows, axis=1) == 1).any():
        return True
    respondents = np.array(sizes)
    stands = rows != 0
    steps = 0

    def search(total: np.ndarray, open_rows: np.ndarray, rest: np.ndarray) -> bool:
        """Go on from a sum of rows; rest: by column, how many open rows could still change it."""
        nonlocal steps
        steps += 1
        if steps > _MOST_STEPS:
            return True
        settled = total[rest == 0]
        if (settled > 1).any() or respondents[rest == 0] @ settled >= min_n:
            return False
        changing = np.flatnonzero((total != 0) & (rest != 0))
        if not len(changing):
            return True
        # Columns with a value that no union has come first: something must change there.
        column = changing[(rest[changing] + len(rows) * (total[changing] == 1)).argmin()]
        return grow(total, open_rows, rest, np.flatnonzero(stands[:, column] & open_rows))

    def grow(total: np.ndarray, open_rows: np.ndarray, rest: np.ndarray, some: Iterable[int]) -> bool:
        """Add each of some rows in turn, or none of them."""
        open_rows = open_rows.copy()
        for index in some:
            open_rows[index] = False
            rest = rest - stands[index]
            if search((total + rows[index]) % PRIME, open_rows, rest):
                return True
        return bool(total.any()) and search(total, open_rows, rest)

    some = range(len(rows)) if first is None else first
    return grow(np.zeros_like(respondents), np.ones(len(rows), dtype=bool), stands.sum(axis=0), some)


def add(row: Row, times: int, other: Row) -> None:
    """Add a multiple of another row, in place."""
    for column, value in other.items():
        sum_ = (row.get(column, 0) + times * value) % PRIME
        if sum_:
            row[column] = sum_
        else:
            row.pop(column, None)


def _take(large: Row, few: np.ndarray, times: int, other: Mixed) -> np.ndarray:
    """Take a multiple of another row away from a row, and return what is left of its small groups."""
    add(large, PRIME - times, other[0])
    left: np.ndarray = (few - times * other[1]) % PRIME
    return left
