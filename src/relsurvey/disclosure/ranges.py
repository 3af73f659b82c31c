"""How closely several releases together tell the share of a small group (rules.md 18)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from functools import cached_property
from itertools import combinations
from typing import TYPE_CHECKING

from relsurvey.disclosure.behind import (
    Behind,
    Page,
    answers,
    in_both,
    least_wanted,
    lines,
    new_pages,
    with_tables,
)
from relsurvey.disclosure.bounds import Published, too_narrow
from relsurvey.disclosure.fewest import fewest
from relsurvey.disclosure.systems import as_shown
from relsurvey.disclosure.widths import WIDTH

if TYPE_CHECKING:
    import numpy as np


class Ranges:
    """One scale or question in several releases, and the small groups whose share they must leave open.

    Parameters
    ----------
    told
        Who stands behind what each release tells of it, the new one last.
    favorable
        By code: whether such an answer is favorable.
    few
        A group is small under this many who answered.

    Notes
    -----
    An answer that stands in two releases is counted once; whoever answered otherwise counts twice, as then
    and as now. So what was told before and what is told now are sums over the same answers, and late answers
    are the difference of two of them. A group is asked about as it answered in each release. Asked are the
    pages alone, and with them the tables of each variable and of each two.

    Examples
    --------
    Of 12 who answered late, 9 are a small group: 11 of the 12 are favorable, so at least 8 of the 9 are.

    >>> import numpy as np
    >>> page, codes = ("s", "", ""), np.array([1, 2] * 15 + [2] * 11 + [1])
    >>> early = np.where(np.arange(42) < 30, codes, 0)
    >>> then, now = (Behind([page], np.array([own > 0]), own) for own in (early, codes))
    >>> ranges = Ranges([then, now], np.array([False, False, True]), 11)
    >>> ranges.too_close(ranges.of([np.arange(30, 39)]), lone=False)
    {('s', '')}
    """

    def __init__(self, told: Sequence[Behind], favorable: np.ndarray, few: int) -> None:
        import numpy as np

        self._told, self._few = told, few
        self._every, self._sets, self._width = answers(told, [one.codes > 0 for one in told])
        self._favorable = favorable[self._every % self._width]
        self._keys = [key for one in told for key in one.keys]
        self._fresh = np.repeat([False, True], [len(self._keys) - len(told[-1].keys), len(told[-1].keys)])

    def _answered(self, one: Behind, students: np.ndarray) -> np.ndarray:
        """Return the places of some students' answers in a release, of those who gave one."""
        import numpy as np

        given = students[one.codes[students] > 0]
        places: np.ndarray = np.searchsorted(self._every, given * self._width + one.codes[given])
        return places

    def of(self, groups: Iterable[np.ndarray]) -> list[np.ndarray]:
        """Return the answers of those groups of students that are small, as each release has them."""
        return self._small(self._answered(one, group) for group in groups for one in self._told)

    def apart(self, everyone: Sequence[Behind]) -> list[np.ndarray]:
        """Return the answers of few that of a unit or row one release has alone: the new one or another.

        Parameters
        ----------
        everyone
            Who is in each unit and row, whether it is told or not.
        """
        import numpy as np

        *past, now = everyone
        found = []
        for earlier, one in zip(past, self._told, strict=False):
            for _, then, today in in_both(earlier, now):
                before = self._answered(one, np.flatnonzero(then))
                after = self._answered(self._told[-1], np.flatnonzero(today))
                found += [np.setdiff1d(before, after), np.setdiff1d(after, before)]
        return self._small(found)

    def _small(self, groups: Iterable[np.ndarray]) -> list[np.ndarray]:
        return [*{group.tobytes(): group for group in groups if 0 < len(group) < self._few}.values()]

    def too_close(self, groups: Sequence[np.ndarray], *, lone: bool) -> set[Page]:
        """Return the pages and tables of the new release to leave out so that every small group stays open.

        Parameters
        ----------
        groups
            As :meth:`of` and :meth:`apart` return them.
        lone
            Whether to ask also of what the new release tells by itself.

        Notes
        -----
        What earlier releases alone tell too closely cannot be taken back, and is not asked about.
        """
        if not groups:
            return set()
        gone: set[Page] = set()
        variables = [variable for variable in dict.fromkeys(key[1] for key in self._keys) if variable]
        every = [("", *some) for k in range(3) for some in combinations(variables, k)]
        for together in every:
            told = self._narrow(groups, self._left(together, gone))
            told = _without(told, self._narrow(told, self._left(together, ()) & ~self._fresh))
            if not lone:
                told = _without(told, self._narrow(told, self._left(together, gone) & self._fresh))
            for group in told:
                gone |= self._fewest(group, together, gone)
        return gone

    @cached_property
    def _order(self) -> list[Page]:
        """What tells anything new, the least wanted first."""
        *past, now = self._told
        return least_wanted(now, new_pages(past, now))

    def _fewest(self, group: np.ndarray, together: Collection[str], gone: Collection[Page]) -> set[Page]:
        """Return what more is to go so that a group stays open."""

        def enough(places: Collection[Page]) -> bool:
            return not self._narrow([group], self._left(together, {*gone, *places}))

        if enough(()):
            return set()
        left = [page for page in self._order if page not in gone and page[1] in together]
        return with_tables(self._told[-1], fewest(left, enough))

    def _left(self, together: Collection[str], gone: Collection[Page]) -> np.ndarray:
        """Return which sums are told of some variables once the new release leaves some out."""
        import numpy as np

        out = with_tables(self._told[-1], gone)
        return np.array(
            [
                variable in together and not (fresh and (unit, variable) in out)
                for (unit, variable, _), fresh in zip(self._keys, self._fresh.tolist(), strict=True)
            ],
            dtype=bool,
        )

    def _narrow(self, groups: Sequence[np.ndarray], chosen: np.ndarray) -> list[np.ndarray]:
        """Return the groups whose share some sums tell to less than 50 points, or to all or none."""
        import numpy as np

        if not groups or not chosen.any():
            return []
        sets = self._sets[chosen]
        kind = _alike(np.packbits(sets, axis=0).T)
        size, count = np.bincount(kind), np.bincount(kind, self._favorable).astype(np.int64)
        which = np.repeat(np.arange(len(groups)), [len(group) for group in groups])
        pairs, n = np.unique(which * len(size) + kind[np.concatenate(groups)], return_counts=True)
        group, own = np.divmod(pairs, len(size))
        # Answers that lie in the same sums can be exchanged, and no sum changes.
        open_ = np.minimum(n, count[own]) - np.maximum(0, n - (size - count)[own])
        width = np.bincount(group, open_) / np.bincount(which)
        left = [groups[g] for g in np.flatnonzero(width < WIDTH).tolist()]
        if not left:
            return []
        atoms = np.zeros((len(left), len(kind)), dtype=bool)
        for inside, some in zip(atoms, left, strict=True):
            inside[some] = True
        atom = _alike(
            np.hstack([kind[:, None].view(np.uint8).reshape(len(kind), -1), np.packbits(atoms, axis=0).T])
        )
        size, count = np.bincount(atom), np.bincount(atom, self._favorable).astype(np.int64)
        sums = {}
        for inside in sets:
            made_of = np.unique(atom[inside])
            sums[frozenset(made_of.tolist())] = as_shown(int(size[made_of].sum()), int(count[made_of].sum()))
        published = Published(
            tuple(size.tolist()), tuple((of, *span) for of, span in sums.items()), tuple(count.tolist())
        )
        return [
            left[i]
            for i in too_narrow(published, [frozenset(atom[some].tolist()) for some in left], width=WIDTH)
        ]


def _alike(bits: np.ndarray) -> np.ndarray:
    """Return a number for each line of bytes: the same for the same."""
    import numpy as np

    numbers: np.ndarray = np.unique(lines(bits), return_inverse=True)[1]
    return numbers.ravel()


def _without(groups: Iterable[np.ndarray], others: Iterable[np.ndarray]) -> list[np.ndarray]:
    known = {group.tobytes() for group in others}
    return [group for group in groups if group.tobytes() not in known]
