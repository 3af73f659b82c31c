"""What follows of published sums by adding and taking away."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from itertools import combinations

from relsurvey.disclosure.elimination import PRIME, Row, add

# Of more small groups than this, no two are combined: a release that changes so many of them is new.
_MOST_COMBINED = 300


class Span:
    """All that follows from some published sums by adding and taking away.

    Parameters
    ----------
    sizes
        How many students each atom has.
    vectors
        The sums, sparse: atom and coefficient.

    Notes
    -----
    Kept reduced, each row led by the largest atom it has: a combination of small atoms alone is then made of
    rows led by small ones.

    Examples
    --------
    >>> span = Span([30, 4, 9], [{0: 1}, {0: 1, 1: 1}])
    >>> span.rest({1: 1}), span.rest({1: 1, 2: 1}), list(span.small(11))
    ({}, {2: 1}, [{1: 1}])
    """

    def __init__(self, sizes: Sequence[int], vectors: Collection[Row]) -> None:
        self._sizes = sizes
        self._rows: dict[int, Row] = {}
        self._holders: dict[int, set[int]] = {}
        for vector in sorted(vectors, key=len):
            self._add(vector)

    def rest(self, vector: Row) -> Row:
        """Return what is left of a sum once all that follows is taken away: nothing where it follows."""
        left = dict(vector)
        for lead in [i for i in vector if i in self._rows]:
            add(left, PRIME - left[lead], self._rows[lead])
        return left

    def small(self, few: int) -> Iterator[Row]:
        """Yield combinations of atoms that each have fewer students than that, one by one and in twos."""
        rows = [row for lead, row in self._rows.items() if self._sizes[lead] < few]
        yield from rows
        if len(rows) > _MOST_COMBINED:
            return
        for one, other in combinations(rows, 2):
            for atom in one.keys() & other.keys():
                combination = {i: c * other[atom] % PRIME for i, c in one.items()}
                add(combination, PRIME - one[atom], other)
                yield combination

    def _add(self, vector: Row) -> None:
        left = self.rest(vector)
        if not left:
            return
        lead = max(left, key=lambda i: self._sizes[i])
        inverse = pow(left[lead], -1, PRIME)
        row = {i: c * inverse % PRIME for i, c in left.items()}
        for other in self._holders.pop(lead, set()):
            own = self._rows[other]
            add(own, PRIME - own[lead], row)
            for i in row:
                if i in own:
                    self._holders.setdefault(i, set()).add(other)
                elif i in self._holders:
                    self._holders[i].discard(other)
        self._rows[lead] = row
        for i in row:
            self._holders.setdefault(i, set()).add(lead)
