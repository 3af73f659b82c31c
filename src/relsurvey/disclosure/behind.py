"""Who stands behind what a release tells of one thing: sets of students, and what each answered."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

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
