"""What a new release and the earlier ones of the same answers tell together and none tells alone."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import combinations

from relsurvey.disclosure.elimination import PRIME, Row, add
from relsurvey.disclosure.shown import PERSON, Key, Shown
from relsurvey.disclosure.unions import leave_few

# Of more small groups than this, no two are combined: a release that changes so many of them is new.
_MOST_COMBINED = 300


def differing(before: Sequence[Shown], now: Shown) -> tuple[str, ...] | None:
    """Return through which group variables a release would show few students who joined, left or changed.

    Parameters
    ----------
    before
        What was published of the same wave.
    now
        What would be.

    Returns
    -------
    tuple of str or None
        The variables at fault; none of them when already the units show it. None when nothing is shown.

    Notes
    -----
    A unit is the same by its school and team, whatever its id; one that bears a new name is the one that most
    of its students were in.

    Asked are three things. In each unit and row that an earlier release shows too: whether 1 to min_n - 1
    students joined, left or changed answers, in all or on a scale. Between any two sets of one unit, an
    earlier and a new one: the same of their difference (another threshold, or another variable on the same
    answers), also of several rows together. And over all units together, for each variable: whether a
    combination of earlier and new figures, such as what the whole gained less what its schools gained, leaves
    a small group that neither gives alone, in all or on a scale.

    Examples
    --------
    >>> who = [f"{i:012d}{0:012d}" for i in range(60)]
    >>> fall = Shown(11, {("all", "", ""): frozenset(who[:40])})
    >>> [differing([fall], Shown(11, {("all", "", ""): frozenset(who[:n])})) for n in (40, 44, 60)]
    [None, (), None]
    """
    found: set[str] = set()
    before = [_aligned(earlier, now) for earlier in before]
    of_scales = [([_of_scale(e, scale) for e in before], _of_scale(now, scale)) for scale in now.scales]
    for earlier in before:
        found.update(_alike(earlier, now), _nested(earlier, now), _of_unions(earlier, now))
    for past, today in of_scales:
        for earlier in past:
            found.update(_alike(earlier, today))
    if "" in found:
        return ()
    shown = dict.fromkeys(variable for _, variable, _ in now.sets)
    # The tables of an earlier release combine with the units of this one, whatever tables it has itself.
    variables = dict.fromkeys(["", *shown, *(v for earlier in before for _, v, _ in earlier.sets)])
    for past, today in ((before, now), *of_scales):
        for variable in variables:
            if variable not in found and _combined(past, today, variable):
                if not variable or variable not in shown:
                    return ()
                found.add(variable)
    return tuple(variable for variable in shown if variable in found) or None


def gives_back(earlier: Shown, now: Shown) -> bool:
    """Say whether two releases of the same students each tell what the other one left out for what it shows.

    Each was settled with what it shows itself. Where one shows nothing that the other does not, that one's
    settlement holds for both.

    Examples
    --------
    >>> who = frozenset(f"{i:012d}{0:012d}" for i in range(60))
    >>> page, rows = {("all", "", ""): who}, {("all", "ell", "no"): who}
    >>> told = Shown(11, page)
    >>> left_out = Shown(11, page | rows, withheld=frozenset({("all", "", "scale care")}))
    >>> gives_back(told, left_out), gives_back(left_out, left_out), gives_back(told, told)
    (True, False, False)
    """
    earlier = _aligned(earlier, now)
    same = {
        unit
        for unit, variable, _ in now.sets
        if not variable and earlier.sets.get((unit, "", "")) == now.sets[unit, "", ""]
    }

    def tells(release: Shown, other: Shown) -> set[Key]:
        """Return what one tells, in a place that it has, and the other one withholds."""
        places = {(unit, variable) for unit, variable, _ in release.sets}
        return {
            (unit, variable, of)
            for unit, variable, of in other.withheld - release.withheld
            if unit in same and (unit, variable) in places
        }

    def more(release: Shown, other: Shown) -> bool:
        return any(key[0] in same and other.sets.get(key) != some for key, some in release.sets.items())

    then, today = tells(earlier, now), tells(now, earlier)
    return bool(then and (today or more(now, earlier))) or bool(today and (then or more(earlier, now)))


def strangers(earlier: Shown, now: Shown, units: Iterable[str]) -> str | None:
    """Return a unit of which hardly anybody is in the earlier release, though it shows that unit too.

    Parameters
    ----------
    earlier, now
        Two releases of one wave.
    units
        The ids of the units that are asked about, as ``now`` has them.

    Examples
    --------
    >>> who = [f"{i:012d}{0:012d}" for i in range(60)]
    >>> fall = Shown(11, {("s", "", ""): frozenset(who[:30])})
    >>> [strangers(fall, Shown(11, {("s", "", ""): frozenset(some)}), ["s"]) for some in (who, who[25:])]
    [None, 's']
    """
    earlier = _aligned(earlier, now)
    for unit in units:
        # Who was forgotten cannot be found again.
        then = {student for student in _whole(earlier, unit) if not student.startswith("~")}
        today = _whole(now, unit)
        if 2 * len(then & today) < min(len(then), len(today)):
            return unit
    return None


def _aligned(earlier: Shown, now: Shown) -> Shown:
    """Return an earlier release with each unit under the id that it bears now."""
    new = dict.fromkeys(unit for unit, _, _ in now.sets)
    bears: dict[str, str | None]
    if earlier.units and now.units:
        ids = {name: unit for unit, name in now.units.items()}
        bears = {unit: ids.get(name) for unit, name in earlier.units.items()}
    else:
        bears = {unit: unit if unit in new else None for unit, _, _ in earlier.sets}
    were = {unit: _whole(earlier, unit) for unit, own in bears.items() if own is None}
    are = {unit: _whole(now, unit) for unit in new if unit not in bears.values()}
    shared = {(a, b): len(some & others) for a, some in were.items() for b, others in are.items()}
    for a, b in sorted(shared, key=shared.__getitem__, reverse=True):
        most = 2 * shared[a, b] > min(len(were[a]), len(are[b]))
        if most and bears[a] is None and b not in bears.values():
            bears[a] = b

    def here(unit: str) -> str:
        # With a sign that stands in no id, where a unit is no more.
        return bears.get(unit) or f"~{unit}"

    return replace(
        earlier,
        sets={(here(unit), v, row): some for (unit, v, row), some in earlier.sets.items()},
        withheld=frozenset((here(unit), v, of) for unit, v, of in earlier.withheld),
    )


def _whole(release: Shown, unit: str) -> set[str]:
    return _people(release.sets.get((unit, "", ""), ()))


def _alike(earlier: Shown, now: Shown) -> Iterator[str]:
    """Yield the variables of sets that both releases show and few students differ in."""
    for key in earlier.sets.keys() & now.sets.keys():
        out, into = earlier.sets[key] - now.sets[key], now.sets[key] - earlier.sets[key]
        left, joined = _people(out), _people(into)
        if any(0 < len(some) < now.min_n for some in (left - joined, joined - left, left & joined)):
            yield key[1]


def _code(release: Shown, student: str, scale: str) -> str:
    """Return what stands for a student's answers to a scale; 00 where the ledger does not say."""
    place = 2 * release.scales.index(scale)
    return release.answered.get(student, "")[place : place + 2] or "00"


def _of_scale(release: Shown, scale: str) -> Shown:
    """Return who stands behind the shares of a scale that a release tells, each with the answers to it."""
    told = scale in release.scales
    who = {
        s: s[:PERSON] + code for s in release.answered if told and (code := _code(release, s, scale)) != "00"
    }
    sets = {
        (unit, variable, row): frozenset(who[s] for s in students if s in who)
        for (unit, variable, row), students in release.sets.items()
        if (unit, variable, f"scale {scale}") not in release.withheld
    }
    return replace(release, sets={key: students for key, students in sets.items() if students})


def _nested(earlier: Shown, now: Shown) -> Iterator[str]:
    """Yield the variables of two different sets of a unit that few students differ in.

    What one of the releases shows alone is no difference between them.
    """
    few = min(earlier.min_n, now.min_n)
    old, new = set(earlier.sets.values()), set(now.sets.values())
    by_unit: dict[str, list[frozenset[str]]] = {}
    for (unit, _, _), students in earlier.sets.items():
        if students not in new:
            by_unit.setdefault(unit, []).append(students)
    for (unit, variable, _), students in now.sets.items():
        if students in old:
            continue
        for other in by_unit.get(unit, ()):
            close = abs(len(other) - len(students)) < few
            if close and 0 < len(_people(other ^ students)) < few:
                yield variable


def _of_unions(earlier: Shown, now: Shown) -> Iterator[str]:
    """Yield the variables of which several rows leave few of several rows of another one, shown earlier."""
    import numpy as np

    then, today = _tables(earlier, now), _tables(now, earlier)
    for (unit, variable), rows in today.items():
        page = now.sets.get((unit, "", ""))
        whole = [page] if page is not None and page == earlier.sets.get((unit, "", "")) else []
        for (where, other), others in then.items():
            if where != unit or other == variable:
                continue
            sets = [*rows, *others, *whole]
            both = np.array([[len(a & b) for b in sets] for a in sets])
            places = range(len(rows)), range(len(rows), len(rows) + len(others))
            if leave_few(both, *places, len(sets) - 1 if whole else None, min(earlier.min_n, now.min_n)):
                yield variable


def _tables(release: Shown, other: Shown) -> dict[tuple[str, str], list[frozenset[str]]]:
    """Return the rows of each table that another release does not show, row by row, as it is."""
    known = set(other.sets.values())
    tables: dict[tuple[str, str], list[frozenset[str]]] = {}
    for (unit, variable, _), students in release.sets.items():
        if variable and students:
            tables.setdefault((unit, variable), []).append(students)
    return {place: rows for place, rows in tables.items() if not known.issuperset(rows)}


def _people(students: Iterable[str]) -> set[str]:
    return {student[:PERSON] for student in students}


def _combined(before: Sequence[Shown], now: Shown, variable: str) -> bool:
    """Say whether earlier and new figures of a variable and the units give a small group together alone."""

    def of(release: Shown) -> set[frozenset[str]]:
        return {students for (_, own, _), students in release.sets.items() if own in ("", variable)}

    old, new = set().union(*map(of, before)), of(now)
    if new <= old:
        return False
    few = min(release.min_n for release in (*before, now))
    sets = sorted(old | new, key=len)
    atoms = _atoms(sets)
    people = [_people(students) for students in atoms.values()]
    vectors: list[Row] = [{} for _ in sets]
    for i, held in enumerate(atoms):
        for j in held:
            vectors[j][i] = 1
    sizes = [len(some) for some in people]
    earlier, later, both = (
        Span(sizes, [v for s, v in zip(sets, vectors, strict=True) if s in which])
        for which in (old, new, old | new)
    )
    return any(
        0 < len(set().union(*(people[i] for i in vector))) < few
        and earlier.rest(vector)
        and later.rest(vector)
        for vector in both.small(few)
    )


def _atoms(sets: Sequence[frozenset[str]]) -> dict[tuple[int, ...], list[str]]:
    """Return the students who are in the same sets, by these sets."""
    import numpy as np

    students = list(set().union(*sets))
    place = {student: i for i, student in enumerate(students)}
    member = np.zeros((len(students), len(sets)), dtype=bool)
    for j, some in enumerate(sets):
        member[[place[student] for student in some], j] = True
    packed = np.packbits(member, axis=1)
    width, held = packed.shape[1], packed.tobytes()
    atoms: dict[bytes, list[str]] = {}
    for i, student in enumerate(students):
        atoms.setdefault(held[i * width : (i + 1) * width], []).append(student)
    return {tuple(np.flatnonzero(member[place[inside[0]]]).tolist()): inside for inside in atoms.values()}


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
