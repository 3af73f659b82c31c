"""Where two releases tell of few students: in one place of both, or between two sets of a unit."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from relsurvey.disclosure.behind import Behind, Page, in_both
from relsurvey.disclosure.unions import leave_few

if TYPE_CHECKING:
    import numpy as np


def alike(earlier: Behind, now: Behind, min_n: int) -> Iterator[Page]:
    """Yield where both releases tell of the same but for few students."""
    changed = earlier.codes != now.codes
    for (unit, variable, _), then, today in in_both(earlier, now):
        left, joined = then & ~today, today & ~then
        anew = then & today & changed
        if any(0 < some.sum() < min_n for some in (left, joined, anew)):
            yield unit, variable


def nested(earlier: Behind, now: Behind, few: int) -> Iterator[Page]:
    """Yield where there are two different sets of a unit that few students differ in.

    What one of the releases shows alone is no difference between them.
    """
    old, new = set(earlier.marks), set(now.marks)
    lone = earlier.where(one not in new for one in earlier.marks)
    mine = now.where(one not in old for one in now.marks)
    same = earlier.codes == now.codes
    apart = {unit for unit, _, _ in lone.keys} & {unit for unit, _, _ in mine.keys}
    for unit in apart:
        one, other = (told.where(own == unit for own, _, _ in told.keys) for told in (lone, mine))
        sizes = one.members.sum(1)[:, None], other.members.sum(1)[None, :]
        differ = sizes[0] + sizes[1] - _shared(one.members, other.members)
        differ -= _shared(one.members & same, other.members)
        close = (abs(sizes[0] - sizes[1]) < few) & (differ > 0) & (differ < few)
        yield from ((unit, own) for (_, own, _), yes in zip(other.keys, close.any(0), strict=True) if yes)


def _shared(some: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Return how many students any two sets have in common."""
    import numpy as np

    # Floats multiply by far faster, and are exact up to 16 million students.
    common: np.ndarray = np.rint(some.astype(np.float32) @ others.astype(np.float32).T).astype(np.int64)
    return common


def of_unions(earlier: Behind, now: Behind, few: int) -> Iterator[Page]:
    """Yield the tables of which several rows leave few of several rows of another one, shown earlier."""
    import numpy as np

    then, today = _tables(earlier, now), _tables(now, earlier)
    same = earlier.codes == now.codes
    pages = {
        unit: inside
        for (unit, variable, _), before, inside in in_both(earlier, now)
        if not variable and (before == inside).all() and same[inside].all()
    }
    for (unit, variable), rows in today.items():
        page = [pages[unit]] if unit in pages else []
        for (where, other), others in then.items():
            if where != unit or other == variable:
                continue
            mine, theirs = np.array([*rows, *page]), np.array(others)
            k, m = len(rows), len(others)
            both = np.zeros((k + m + len(page),) * 2, dtype=np.int64)
            own = [*range(k), *range(k + m, len(both))]
            both[np.ix_(own, own)] = _shared(mine, mine)
            both[k : k + m, k : k + m] = _shared(theirs, theirs)
            across = _shared(mine & same, theirs)
            both[np.ix_(own, range(k, k + m))] = across
            both[np.ix_(range(k, k + m), own)] = across.T
            if leave_few(both, range(k), range(k, k + m), k + m if page else None, few):
                yield unit, variable


def _tables(release: Behind, other: Behind) -> dict[Page, list[np.ndarray]]:
    """Return the rows of each table that another release does not show, row by row, as it is."""
    known = set(other.marks)
    tables: dict[Page, list[np.ndarray]] = {}
    fresh: set[Page] = set()
    for (unit, variable, _), one, inside in zip(release.keys, release.marks, release.members, strict=True):
        if variable:
            tables.setdefault((unit, variable), []).append(inside)
            if one not in known:
                fresh.add((unit, variable))
    return {place: rows for place, rows in tables.items() if place in fresh}
