"""Who stands behind what a release tells of one thing: sets of students, and what each answered."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from relsurvey.disclosure.plan import ALL
from relsurvey.disclosure.shown import Key

if TYPE_CHECKING:
    import numpy as np

#: A unit and a group variable, which is empty for the unit's page.
Page = tuple[str, str]


@dataclass(frozen=True)
class Behind:
    """Who stands behind what a release tells of one thing.

    Attributes
    ----------
    keys
        Units and rows.
    members
        Which students are in each: keys by students.
    codes
        What stands for each student's answers; 0 for none.
    """

    keys: list[Key]
    members: np.ndarray
    codes: np.ndarray

    def where(self, chosen: Iterable[object]) -> Behind:
        """Return the same of some keys."""
        places = [i for i, yes in enumerate(chosen) if yes]
        return Behind([self.keys[i] for i in places], self.members[places], self.codes)

    @cached_property
    def marks(self) -> list[bytes]:
        """What stands for each key's students and their answers: the same for the same."""
        import numpy as np

        codes = self.codes.astype(np.int32)
        return [(inside * codes).tobytes() for inside in self.members]

    def among(self, keys: Sequence[Key], students: np.ndarray) -> list[bytes]:
        """Return in which of some keys each of some students is."""
        place = {key: i for i, key in enumerate(self.keys)}
        inside = self.members[[place[key] for key in keys]][:, students]
        return [row.tobytes() for row in inside.T]

    def answering(self, codes: np.ndarray, min_n: int) -> Behind:
        """Return the same of who answered one thing, without the keys of which few did: they are not told."""
        told = Behind(self.keys, self.members & (codes > 0), codes)
        return told.where(inside.sum() >= min_n for inside in told.members)


def in_both(earlier: Behind, now: Behind) -> Iterator[tuple[Key, np.ndarray, np.ndarray]]:
    """Yield the keys that both releases tell, with who is behind each then and now."""
    place = {key: i for i, key in enumerate(earlier.keys)}
    for inside, key in zip(now.members, now.keys, strict=True):
        if key in place:
            yield key, earlier.members[place[key]], inside


def new_pages(past: Sequence[Behind], today: Behind) -> set[Page]:
    """Return the pages and tables of a release that tell anything that no earlier one told."""
    known: set[Key] = set()
    for earlier in past:
        changed = earlier.codes != today.codes
        known.update(
            key for key, then, now in in_both(earlier, today) if not ((then != now) | (now & changed)).any()
        )
    return {(unit, variable) for unit, variable, row in today.keys if (unit, variable, row) not in known}


def least_wanted(today: Behind, pages: Iterable[Page]) -> list[Page]:
    """Return places, the least wanted first: tables before pages, all schools, then the smallest unit."""
    n = {
        unit: inside.sum()
        for (unit, variable, _), inside in zip(today.keys, today.members, strict=True)
        if not variable
    }
    return sorted(pages, key=lambda page: (not page[1], page[0] != ALL, n.get(page[0], 0), page))


def with_tables(today: Behind, pages: Iterable[Page]) -> set[Page]:
    """Return pages and tables with the tables below the pages, whose rows sum up to them."""
    chosen = set(pages)
    whole = {unit for unit, variable in chosen if not variable}
    return chosen.union((unit, variable) for unit, variable, _ in today.keys if unit in whole)


def answers(told: Sequence[Behind], given: Sequence[np.ndarray]) -> tuple[np.ndarray, np.ndarray, int]:
    """Return each answer of some students once, and which of them are behind each key of each release.

    Parameters
    ----------
    told
        The releases.
    given
        Of each, whose answers.

    Returns
    -------
    numbers, sets, width
        Of each answer, sorted, the student's position times the width and the code; keys by answers.
    """
    import numpy as np

    width = 1 + max(int(one.codes.max(initial=0)) for one in told)
    students = [np.flatnonzero(chosen) for chosen in given]
    own = [some * width + one.codes[some] for some, one in zip(students, told, strict=True)]
    every = np.unique(np.concatenate(own))
    sets = np.zeros((sum(len(one.keys) for one in told), len(every)), dtype=bool)
    first = 0
    for some, numbers, one in zip(students, own, told, strict=True):
        sets[first : first + len(one.keys), np.searchsorted(every, numbers)] = one.members[:, some]
        first += len(one.keys)
    return every, sets, width


def lines(bits: np.ndarray) -> np.ndarray:
    """Return each line of bytes as one value, to be told from others."""
    import numpy as np

    whole: np.ndarray = np.ascontiguousarray(bits).view(np.dtype((np.void, bits.shape[1]))).ravel()
    return whole
