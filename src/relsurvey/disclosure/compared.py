"""A release beside earlier ones of the same answers, student by student, in arrays."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from relsurvey.disclosure.shown import NOT_COUNTED, PERSON, WORK, Key, Shown
from relsurvey.disclosure.spans import Span
from relsurvey.disclosure.unions import leave_few

if TYPE_CHECKING:
    import numpy as np

    from relsurvey.disclosure.elimination import Row

#: A unit and a group variable, which is empty for the unit's page.
Page = tuple[str, str]


@dataclass(frozen=True)
class _Told:
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

    def where(self, chosen: Iterable[object]) -> _Told:
        """Return the same of some keys."""
        places = [i for i, yes in enumerate(chosen) if yes]
        return _Told([self.keys[i] for i in places], self.members[places], self.codes)

    def answering(self, codes: np.ndarray, min_n: int) -> _Told:
        """Return the same of who answered one thing, without the keys of which few did: they are not told."""
        told = _Told(self.keys, self.members & (codes > 0), codes)
        return told.where(inside.sum() >= min_n for inside in told.members)


class Compared:
    """A release and the earlier ones of the same answers.

    Parameters
    ----------
    before
        What was published of the same wave, each unit under the id that it bears now.
    now
        What would be.
    """

    def __init__(self, before: Sequence[Shown], now: Shown) -> None:
        self._releases = [*before, now]
        self._min_n, self._few = now.min_n, min(release.min_n for release in self._releases)
        own = dict.fromkeys(s[:PERSON] for r in self._releases for some in r.sets.values() for s in some)
        self._place = {person: i for i, person in enumerate(own)}

    def differing(self) -> tuple[str, ...] | None:
        """See :func:`relsurvey.disclosure.differences.differing`."""
        *past, today = self._all
        found: set[str] = set()
        for *others, mine in (self._all, self._work):
            for earlier in others:
                found.update(variable for _, variable in _alike(earlier, mine, self._min_n))
        for earlier in past:
            found.update(_nested(earlier, today, self._few), _of_unions(earlier, today, self._few))
        if "" in found:
            return ()
        shown = dict.fromkeys(variable for _, variable, _ in self._releases[-1].sets)
        for *others, mine in (self._all, self._work):
            for variable in _variables(others, mine):
                if variable not in found and _combined(others, mine, variable, self._few):
                    if not variable or variable not in shown:
                        return ()
                    found.add(variable)
        return tuple(variable for variable in shown if variable in found) or None

    def few_told(self) -> frozenset[Key]:
        """See :func:`relsurvey.disclosure.differences.few_told`."""
        return frozenset((*page, of) for of, told in self._figures() for page in self._too_much(told))

    def _too_much(self, told: Sequence[_Told]) -> set[Page]:
        """Return the pages and tables of the new release that tell of few."""
        *past, today = told
        pages = dict.fromkeys((unit, variable) for unit, variable, _ in today.keys)
        found = {page for earlier in past for page in _alike(earlier, today, self._min_n)}
        # The rows of a table sum up to its page.
        found.update(page for page in pages if (page[0], "") in found)
        new = _new(past, today)
        for variable in _variables(past, today):
            # Tables go before the pages do.
            for go in ({page for page in new if variable and page[1] == variable}, new):
                left = today.where((unit, own) not in found for unit, own, _ in today.keys)
                if _combined(past, left, variable, self._few):
                    found |= go
        return found

    @cached_property
    def _all(self) -> list[_Told]:
        """Who stands behind each unit and row, by all that each answered."""
        return self._by_suffix(work=False)

    @cached_property
    def _work(self) -> list[_Told]:
        """Whose work stands behind the weeks and policies of a unit."""
        return self._by_suffix(work=True)

    def _by_suffix(self, *, work: bool) -> list[_Told]:
        import numpy as np

        suffixes: dict[str, int] = {}
        told = []
        for release in self._releases:
            sets = {key: some for key, some in release.sets.items() if some and (key[1] == WORK) is work}
            members = np.zeros((len(sets), len(self._place)), dtype=bool)
            codes = np.zeros(len(self._place), dtype=np.int64)
            for inside, some in zip(members, sets.values(), strict=True):
                places = [self._place[student[:PERSON]] for student in some]
                inside[places] = True
                codes[places] = [suffixes.setdefault(s[PERSON:], 1 + len(suffixes)) for s in some]
            told.append(_Told([*sets], members, codes))
        return told

    def _figures(self) -> Iterator[tuple[str, list[_Told]]]:
        """Yield each scale and question that is told now, with who stands behind it in each release."""
        import numpy as np

        now = self._releases[-1]
        names = dict.fromkeys(name for release in self._releases for name in release.questions)
        columns = {name: i for i, name in enumerate(names)}
        scored, said = zip(*(self._answered(release, columns) for release in self._releases), strict=True)
        for scale in now.scales:
            made_of = [
                np.isin(range(len(columns)), [columns[name] for name in release.scales.get(scale, ())])
                for release in self._releases
            ]
            of = np.vstack([answers * own for answers, own in zip(said, made_of, strict=True)])
            alike = np.unique(of[:, np.any(made_of, axis=0)], axis=0, return_inverse=True)[1]
            codes = 1 + alike.reshape(len(said), -1)
            none = np.zeros(len(self._place), dtype=bool)
            has = [own.get(scale, none) for own in scored]
            yield f"scale {scale}", self._telling(f"scale {scale}", codes * has, self._all)
        for question in now.questions:
            codes = np.array([answers[:, columns[question]] for answers in said], dtype=np.int64)
            what = f"item {question}"
            yield what, self._telling(what, np.where(codes < NOT_COUNTED, codes, 0), self._pages)
            if (codes >= NOT_COUNTED).any():
                yield what, self._telling(what, codes, self._pages)

    @cached_property
    def _pages(self) -> list[_Told]:
        """Who stands behind each unit: questions stand in no table."""
        return [told.where(not variable for _, variable, _ in told.keys) for told in self._all]

    def _telling(self, what: str, codes: np.ndarray, places: Sequence[_Told]) -> list[_Told]:
        """Return who stands behind a scale or question where each release does not withhold it."""
        return [
            told.where(
                (unit, variable, what) not in release.withheld for unit, variable, _ in told.keys
            ).answering(own, release.min_n)
            for release, told, own in zip(self._releases, places, codes, strict=True)
        ]

    def _answered(
        self, release: Shown, columns: Mapping[str, int]
    ) -> tuple[dict[str, np.ndarray], np.ndarray]:
        """Return who has a share in each scale, and what stands for the answer to each question."""
        import numpy as np

        known = [student for student in release.answered if student[:PERSON] in self._place]
        places = [self._place[student[:PERSON]] for student in known]
        told = bytes.fromhex("".join(release.answered[student] for student in known))
        table = np.zeros((len(self._place), len(release.scales) + len(release.questions)), dtype=np.uint8)
        table[places] = np.frombuffer(told, dtype=np.uint8).reshape(len(known), table.shape[1])
        scored = {scale: table[:, i] > 0 for i, scale in enumerate(release.scales)}
        said = np.zeros((len(self._place), len(columns)), dtype=np.uint8)
        said[:, [columns[name] for name in release.questions]] = table[:, len(release.scales) :]
        return scored, said


def _variables(past: Sequence[_Told], today: _Told) -> list[str]:
    """Return the units, then each variable of which a table is or was told.

    The tables of an earlier release combine with the units of this one, whatever tables it has itself.
    """
    return [*dict.fromkeys(["", *(variable for one in (today, *past) for _, variable, _ in one.keys)])]


def _both(earlier: _Told, now: _Told) -> Iterator[tuple[Key, np.ndarray, np.ndarray]]:
    """Yield the keys that both releases tell, with who is behind each then and now."""
    place = {key: i for i, key in enumerate(earlier.keys)}
    for inside, key in zip(now.members, now.keys, strict=True):
        if key in place:
            yield key, earlier.members[place[key]], inside


def _alike(earlier: _Told, now: _Told, min_n: int) -> Iterator[Page]:
    """Yield where both releases tell of the same but for few students."""
    changed = earlier.codes != now.codes
    for (unit, variable, _), then, today in _both(earlier, now):
        left, joined = then & ~today, today & ~then
        anew = then & today & changed
        if any(0 < some.sum() < min_n for some in (left, joined, anew)):
            yield unit, variable


def _new(past: Sequence[_Told], today: _Told) -> set[Page]:
    """Return the pages and tables of a release that tell anything that no earlier one told."""
    known: set[Key] = set()
    for earlier in past:
        changed = earlier.codes != today.codes
        known.update(
            key for key, then, now in _both(earlier, today) if not ((then != now) | (now & changed)).any()
        )
    return {(unit, variable) for unit, variable, row in today.keys if (unit, variable, row) not in known}


def _sets(told: _Told) -> list[bytes]:
    """Return what stands for each key's students and their answers: the same for the same."""
    return [(inside * told.codes).tobytes() for inside in told.members]


def _nested(earlier: _Told, now: _Told, few: int) -> Iterator[str]:
    """Yield the variables of two different sets of a unit that few students differ in.

    What one of the releases shows alone is no difference between them.
    """
    then, today = _sets(earlier), _sets(now)
    old, new = set(then), set(today)
    lone = earlier.where(one not in new for one in then)
    mine = now.where(one not in old for one in today)
    same = earlier.codes == now.codes
    apart = {unit for unit, _, _ in lone.keys} & {unit for unit, _, _ in mine.keys}
    for unit in apart:
        one, other = (told.where(own == unit for own, _, _ in told.keys) for told in (lone, mine))
        sizes = one.members.sum(1)[:, None], other.members.sum(1)[None, :]
        differ = sizes[0] + sizes[1] - _shared(one.members, other.members)
        differ -= _shared(one.members & same, other.members)
        close = (abs(sizes[0] - sizes[1]) < few) & (differ > 0) & (differ < few)
        yield from (variable for (_, variable, _), yes in zip(other.keys, close.any(0), strict=True) if yes)


def _shared(some: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Return how many students any two sets have in common."""
    import numpy as np

    # Floats multiply by far faster, and are exact up to 16 million students.
    common: np.ndarray = np.rint(some.astype(np.float32) @ others.astype(np.float32).T).astype(np.int64)
    return common


def _of_unions(earlier: _Told, now: _Told, few: int) -> Iterator[str]:
    """Yield the variables of which several rows leave few of several rows of another one, shown earlier."""
    import numpy as np

    then, today = _tables(earlier, now), _tables(now, earlier)
    same = earlier.codes == now.codes
    pages = {
        unit: inside
        for (unit, variable, _), before, inside in _both(earlier, now)
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
                yield variable


def _tables(release: _Told, other: _Told) -> dict[Page, list[np.ndarray]]:
    """Return the rows of each table that another release does not show, row by row, as it is."""
    known = set(_sets(other))
    tables: dict[Page, list[np.ndarray]] = {}
    fresh: set[Page] = set()
    for (unit, variable, _), one, inside in zip(release.keys, _sets(release), release.members, strict=True):
        if variable:
            tables.setdefault((unit, variable), []).append(inside)
            if one not in known:
                fresh.add((unit, variable))
    return {place: rows for place, rows in tables.items() if place in fresh}


def _combined(past: Sequence[_Told], today: _Told, variable: str, few: int) -> bool:
    """Say whether earlier and new figures of a variable and the units give a small group together alone."""
    told = [one.where(own in ("", variable) for _, own, _ in one.keys) for one in (*past, today)]
    columns = [len(one.keys) for one in told]
    if not columns[-1]:
        return False
    held, people = _atoms(told)
    sizes = [len(some) for some in people]
    vectors: list[Row] = [{} for _ in range(sum(columns))]
    for i, j in zip(*held.nonzero(), strict=True):
        vectors[int(j)][int(i)] = 1
    old = vectors[: -columns[-1]]
    earlier, later, both = (Span(sizes, some) for some in (old, vectors[-columns[-1] :], vectors))
    return any(
        0 < len(set().union(*(people[i] for i in vector))) < few
        and earlier.rest(vector)
        and later.rest(vector)
        for vector in both.small(few)
    )


def _atoms(told: Sequence[_Told]) -> tuple[np.ndarray, list[list[int]]]:
    """Return which sets each atom is in, and its students: those of one answer who are in the same sets."""
    import numpy as np

    inside = [np.flatnonzero(one.members.any(axis=0)) for one in told]
    width = 1 + max(int(one.codes.max(initial=0)) for one in told)
    elements = [places * width + one.codes[places] for places, one in zip(inside, told, strict=True)]
    every = np.unique(np.concatenate(elements))
    member = np.zeros((len(every), sum(len(one.keys) for one in told)), dtype=bool)
    first = 0
    for places, own, one in zip(inside, elements, told, strict=True):
        member[np.searchsorted(every, own), first : first + len(one.keys)] = one.members[:, places].T
        first += len(one.keys)
    packed = np.packbits(member, axis=1)
    rows = np.ascontiguousarray(packed).view(np.dtype((np.void, packed.shape[1]))).ravel()
    _, index, inverse, n = np.unique(rows, return_index=True, return_inverse=True, return_counts=True)
    order = np.argsort(inverse, kind="stable")
    people = [some.tolist() for some in np.split(every[order] // width, np.cumsum(n)[:-1])]
    return member[index], people
