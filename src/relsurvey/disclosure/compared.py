"""A release beside earlier ones of the same answers, student by student, in arrays."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING

from relsurvey.disclosure.apart import alike, nested, of_unions
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
from relsurvey.disclosure.fewest import fewest
from relsurvey.disclosure.ranges import Ranges
from relsurvey.disclosure.shown import (
    FAVORABLE_ANSWER,
    FAVORABLE_SHARE,
    NAMELESS,
    NOT_COUNTED,
    PERSON,
    WEEK,
    WORK,
    Key,
    Shown,
)
from relsurvey.disclosure.spans import Span
from relsurvey.instrument.crossing import pair

if TYPE_CHECKING:
    import numpy as np

    from relsurvey.disclosure.elimination import Row


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
        import numpy as np

        self._releases = [*before, now]
        self._min_n, self._few = now.min_n, min(release.min_n for release in self._releases)
        own = dict.fromkeys(s[:PERSON] for r in self._releases for some in r.sets.values() for s in some)
        own |= dict.fromkeys(person for cells in now.cells.values() for cell in cells for person in cell)
        self._place = {person: i for i, person in enumerate(own)}
        self._nameless = np.array([person.startswith(NAMELESS) for person in own], dtype=bool)

    def differing(self) -> tuple[str, ...] | None:
        """See :func:`relsurvey.disclosure.differences.differing`."""
        found: set[str] = set()
        every = [told for told in (self._all, self._work, self._heads()) if told]
        for *past, today in every:
            found.update(variable for earlier in past for _, variable in self._apart(earlier, today))
        if "" in found:
            return ()
        shown = dict.fromkeys(variable for _, variable, _ in self._releases[-1].sets)
        for *past, today in every:
            for together in _variables(past, today):
                left = today.where(variable not in found for _, variable, _ in today.keys)
                if _combined(past, left, together, self._few):
                    mine = [variable for variable in together if variable in shown and variable]
                    if not mine:
                        return ()
                    found.add(mine[-1])
        return tuple(variable for variable in shown if variable in found) or None

    def tables(self) -> frozenset[Page]:
        """See :func:`relsurvey.disclosure.differences.tables_apart`."""
        return frozenset(page for told in (self._all, self._heads()) if told for page in self._too_much(told))

    def _apart(self, earlier: Behind, now: Behind) -> Iterator[Page]:
        """Yield where a release and an earlier one tell of few students, in a unit or row or between two."""
        yield from alike(earlier, now, self._min_n)
        # A unit has one page: of two sets in it one is a row.
        if any(variable for one in (earlier, now) for _, variable, _ in one.keys):
            yield from nested(earlier, now, self._few)
            yield from of_unions(earlier, now, self._few)

    def few_told(self) -> frozenset[Key]:
        """See :func:`relsurvey.disclosure.differences.few_told`."""
        if len(self._releases) == 1:
            return frozenset()
        weeks = dict.fromkeys(week for _, variable, week in self._releases[-1].sets if variable == WEEK)
        told = chain(
            (
                (of, self._too_much(each) or self._too_close(of, each, liked))
                for of, each, liked in self._figures()
            ),
            ((f"week {week}", self._too_much(self._week(week))) for week in weeks),
        )
        return frozenset((*page, of) for of, pages in told for page in pages)

    def _too_close(self, of: str, told: Sequence[Behind], favorable: np.ndarray | None) -> set[Page]:
        """Return the pages and tables of the new release by which a small group is told too closely.

        Parameters
        ----------
        of
            The scale or question.
        told
            Who stands behind it in each release.
        favorable
            Which codes are; None where that cannot be said.

        Notes
        -----
        What the new release tells by itself of a scale, by the variables that it is made by, was settled when
        it was made; by a question no groups are settled, since it stands in no table. Of these is asked what
        several releases tell together.
        """
        now, scale = self._releases[-1], of.startswith("scale ")
        if favorable is None or not new_pages(told[:-1], told[-1]):
            return set()
        ranges = Ranges(told, favorable, now.min_n)
        before = [variable for variable in self._cells if scale and variable not in ("", *now.by)]
        groups, others = (
            ranges.of(cell for variable in some for cell in self._cells[variable])
            for some in ([variable for variable in self._cells if variable not in before], before)
        )
        if not self._nameless.any():
            everyone = self._all if scale else self._pages
            groups += ranges.apart(
                [replace(one, codes=own.codes) for one, own in zip(everyone, told, strict=True)]
            )
        return ranges.too_close(groups, lone=False) | ranges.too_close(others, lone=True)

    @cached_property
    def _cells(self) -> dict[str, list[np.ndarray]]:
        """Which students are in each cell of the new release, by variable."""
        import numpy as np

        return {
            variable: [
                np.array(sorted(self._place[person] for person in cell), dtype=np.int64) for cell in cells
            ]
            for variable, cells in self._releases[-1].cells.items()
        }

    def _too_much(self, told: Sequence[Behind]) -> set[Page]:
        """Return the pages and tables of the new release that tell of few."""
        *past, today = told
        found: set[Page] = set()
        for earlier in past:
            found |= with_tables(today, self._apart(earlier, today))
        for together in _variables(past, today):
            found |= self._fewest(past, today, together, found)
        return found

    def _fewest(
        self, past: Sequence[Behind], today: Behind, together: Collection[str], found: set[Page]
    ) -> set[Page]:
        """Return what more is to go so that some variables and the units give no small group: few places."""

        def enough(places: Iterable[Page]) -> bool:
            gone = found | with_tables(today, places)
            left = today.where((unit, variable) not in gone for unit, variable, _ in today.keys)
            return not _combined(past, left, together, self._few)

        if enough(()):
            return set()
        new = new_pages(past, today) - found
        order = least_wanted(today, (page for page in new if page[1] in together))
        return with_tables(today, fewest(order, enough))

    def _heads(self) -> list[Behind]:
        """Return who is in each unit and row, those without an id by where they are alone."""
        import numpy as np

        if not self._nameless.any():
            return []
        return self._matched(
            Behind(one.keys, one.members, np.where(one.members.any(axis=0), 1, 0)) for one in self._all
        )

    def _matched(self, told: Iterable[Behind]) -> list[Behind]:
        """Return releases with those without an id taken for new ones who are and say the same.

        A reader sees sums alone: what one of them leaves and another one brings is no difference.
        """
        *past, today = told
        if self._nameless.any():
            past = [self._taken_for(earlier, today) for earlier in past]
        return [*past, today]

    def _taken_for(self, earlier: Behind, now: Behind) -> Behind:
        import numpy as np

        then, today = (one.members.any(axis=0) & self._nameless for one in (earlier, now))
        gone, came = np.flatnonzero(then & ~today), np.flatnonzero(today & ~then)
        if not len(gone) or not len(came):
            return earlier
        both = [key for key, _, _ in in_both(earlier, now)]
        free: dict[tuple[bytes, int], list[int]] = {}
        for i, where in zip(came.tolist(), now.among(both, came), strict=True):
            free.setdefault((where, int(now.codes[i])), []).append(i)
        to = np.arange(len(self._place))
        for i, where in zip(gone.tolist(), earlier.among(both, gone), strict=True):
            if places := free.get((where, int(earlier.codes[i]))):
                to[i] = places.pop()
        moved = np.flatnonzero(to != np.arange(len(to)))
        members, codes = earlier.members.copy(), earlier.codes.copy()
        members[:, to[moved]], codes[to[moved]] = earlier.members[:, moved], earlier.codes[moved]
        members[:, moved], codes[moved] = False, 0
        return Behind(earlier.keys, members, codes)

    @cached_property
    def _all(self) -> list[Behind]:
        """Who stands behind each unit and row, by all that each answered."""
        return self._sets(lambda key: None if key[1] in (WORK, WEEK) else key)

    @cached_property
    def _work(self) -> list[Behind]:
        """Whose work stands behind the weeks and policies of a unit."""
        return self._sets(lambda key: key if key[1] == WORK else None)

    def _week(self, week: str) -> list[Behind]:
        """Return whose work stands behind a week on each unit's page."""
        return self._sets(lambda key: (key[0], "", "") if key[1:] == (WEEK, week) else None)

    def _sets(self, named: Callable[[Key], Key | None]) -> list[Behind]:
        """Return who stands behind some sets, under the keys that they are given, by all that is hashed."""
        import numpy as np

        suffixes: dict[str, int] = {}
        told = []
        for release in self._releases:
            sets = {own: some for key, some in release.sets.items() if some and (own := named(key))}
            members = np.zeros((len(sets), len(self._place)), dtype=bool)
            codes = np.zeros(len(self._place), dtype=np.int64)
            for inside, some in zip(members, sets.values(), strict=True):
                places = [self._place[student[:PERSON]] for student in some]
                inside[places] = True
                codes[places] = [suffixes.setdefault(s[PERSON:], 1 + len(suffixes)) for s in some]
            told.append(Behind([*sets], members, codes))
        return told

    def _figures(self) -> Iterator[tuple[str, list[Behind], np.ndarray | None]]:
        """Yield each scale and question that is told now, with who is behind it and what is favorable."""
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
            # What counts as no answer is none in a scale.
            of = np.vstack(
                [answers * own * (answers < NOT_COUNTED) for answers, own in zip(said, made_of, strict=True)]
            )
            alike = np.unique(of[:, np.any(made_of, axis=0)], axis=0, return_inverse=True)[1]
            codes = 1 + alike.reshape(len(said), -1)
            none = np.zeros(len(self._place), dtype=np.int64)
            has = np.array([own.get(scale, none) for own in scored])
            codes = codes * (has > 0)
            told = self._telling(f"scale {scale}", codes, self._all)
            yield f"scale {scale}", told, _favorable(codes, has == FAVORABLE_SHARE)
        for question in now.questions:
            given = np.array([answers[:, columns[question]] for answers in said])
            codes = given & ~FAVORABLE_ANSWER
            what, counted = f"item {question}", np.where(codes < NOT_COUNTED, codes, 0)
            liked = _favorable(counted, given & FAVORABLE_ANSWER > 0)
            yield what, self._telling(what, counted, self._pages), liked
            if (codes >= NOT_COUNTED).any():
                yield what, self._telling(what, codes, self._pages), None

    @cached_property
    def _pages(self) -> list[Behind]:
        """Who stands behind each unit: questions stand in no table."""
        return [told.where(not variable for _, variable, _ in told.keys) for told in self._all]

    def _telling(self, what: str, codes: np.ndarray, places: Sequence[Behind]) -> list[Behind]:
        """Return who stands behind a scale or question where each release tells it."""
        return self._matched(
            told.where(
                not {(unit, variable, what)} & (release.withheld | release.untold)
                for unit, variable, _ in told.keys
            ).answering(own, release.min_n)
            for release, told, own in zip(self._releases, places, codes, strict=True)
        )

    def _answered(
        self, release: Shown, columns: Mapping[str, int]
    ) -> tuple[dict[str, np.ndarray], np.ndarray]:
        """Return who has a share in each scale, and what stands for the answer to each question."""
        import numpy as np

        known = [student for student in release.answered if student[:PERSON] in self._place]
        places = [self._place[student[:PERSON]] for student in known]
        told = bytes.fromhex("".join(release.answered[student] for student in known))
        table = np.zeros((len(self._place), len(release.scales) + len(release.questions)), dtype=np.int64)
        table[places] = np.frombuffer(told, dtype=">u2").reshape(len(known), table.shape[1])
        scored = {scale: table[:, i] for i, scale in enumerate(release.scales)}
        said = np.zeros((len(self._place), len(columns)), dtype=np.int64)
        said[:, [columns[name] for name in release.questions]] = table[:, len(release.scales) :]
        return scored, said


def _favorable(codes: np.ndarray, liked: np.ndarray) -> np.ndarray | None:
    """Return which codes are favorable, given releases by students; None where releases differ on that."""
    import numpy as np

    yes, no = np.zeros((2, 1 + codes.max(initial=0)), dtype=bool)
    yes[codes[liked]] = True
    no[codes[~liked & (codes > 0)]] = True
    return None if (yes & no).any() else yes


def _variables(past: Sequence[Behind], today: Behind) -> list[tuple[str, ...]]:
    """Return the variables that are combined: none but the units, each, some two together.

    The tables of an earlier release combine with the units of this one, whatever tables it has itself; those
    of two variables together with those of each; and those of a variable that goes with those of one that
    comes, which may be the same under another name.
    """
    new, old = (
        dict.fromkeys(variable for one in some for _, variable, _ in one.keys if variable)
        for some in ([today], past)
    )
    told = old | new
    pairs = [(one, variable) for variable in told for one in pair(variable) or ()]
    renamed = [(gone, comes) for gone in old for comes in new if gone not in new and comes not in old]
    return [("",), *(("", variable) for variable in told), *(("", *two) for two in (*pairs, *renamed))]


def _combined(past: Sequence[Behind], today: Behind, together: Collection[str], few: int) -> bool:
    """Say whether earlier and new figures of some variables give a small group together alone."""
    told = [one.where(own in together for _, own, _ in one.keys) for one in (*past, today)]
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


def _atoms(told: Sequence[Behind]) -> tuple[np.ndarray, list[list[int]]]:
    """Return which sets each atom is in, and its students: those of one answer who are in the same sets."""
    import numpy as np

    every, sets, width = answers(told, [np.asarray(one.members.any(axis=0)) for one in told])
    packed = lines(np.packbits(sets.T, axis=1))
    _, index, inverse, n = np.unique(packed, return_index=True, return_inverse=True, return_counts=True)
    order = np.argsort(inverse, kind="stable")
    people = [some.tolist() for some in np.split(every[order] // width, np.cumsum(n)[:-1])]
    return sets.T[index], people
