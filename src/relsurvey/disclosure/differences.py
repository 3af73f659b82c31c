"""What a new release and the earlier ones of the same answers tell together and none tells alone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from relsurvey.disclosure.compared import Compared
from relsurvey.disclosure.shown import PERSON, WEEK, Key, Shown


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
    students joined, left or changed answers. Between any two sets of one unit, an earlier and a new one: the
    same of their difference (another threshold, or another variable on the same answers), also of several
    rows together. And over all units together, for each variable: whether a combination of earlier and new
    figures, such as what the whole gained less what its schools gained, leaves a small group that neither
    gives alone.

    Of single scales and questions see :func:`few_told`.

    Examples
    --------
    >>> who = [f"{i:012d}{0:012d}" for i in range(60)]
    >>> fall = Shown(11, {("all", "", ""): frozenset(who[:40])})
    >>> [differing([fall], Shown(11, {("all", "", ""): frozenset(who[:n])})) for n in (40, 44, 60)]
    [None, (), None]
    """
    return _compared(before, now).differing()


def tables_apart(before: Sequence[Shown], now: Shown) -> frozenset[tuple[str, str]]:
    """Return the tables without which a release shows no few students who joined, left or changed.

    Parameters
    ----------
    before, now
        As for :func:`differing`.

    Returns
    -------
    frozenset of (unit, variable)
        With an empty variable where already a unit's page shows them.

    Examples
    --------
    Of 24 who answered late, 4 are in the first group: its school's table would tell of them.

    >>> who = [f"{i:012d}{0:012d}" for i in range(100)]
    >>> def shown(n, late):
    ...     rows = {("s", "home", "yes"): who[:n], ("s", "home", "no"): who[30:80] + who[80 : 80 + late]}
    ...     sets = {("s", "", ""): [one for row in rows.values() for one in row], **rows}
    ...     return Shown(11, {key: frozenset(some) for key, some in sets.items()})
    >>> tables_apart([shown(26, 0)], shown(30, 20))
    frozenset({('s', 'home')})
    """
    return _compared(before, now).tables()


def few_told(before: Sequence[Shown], now: Shown) -> frozenset[Key]:
    """Return the scales and questions to leave out so that no few who answered them anew are told.

    Parameters
    ----------
    before, now
        As for :func:`differing`.

    Returns
    -------
    frozenset of (unit, variable, what)
        Of a page where the variable is empty; ``scale care`` or ``item c1``.

    Notes
    -----
    Asked as of all answers: in each unit and row that an earlier release shows too, and over all units
    together. Where a page is at fault, so are the tables below it, whose rows sum up to it. What stands in a
    page just as it stood before tells nothing new and is left out in no case.

    Examples
    --------
    Of 12 students who answered more, 5 answered the first question only now.

    >>> who = [f"{i:012d}" for i in range(40)]
    >>> def told(first, second):
    ...     answers = {w + f"{first[i]:06d}{second[i]:06d}": f"{first[i]:04x}{second[i]:04x}"
    ...         for i, w in enumerate(who)}
    ...     asked = {"c1": "First?", "c2": "Second?"}
    ...     return Shown(11, {("s", "", ""): frozenset(answers)}, questions=asked, answered=answers)
    >>> early, late = told([0] * 5 + [3] * 35, [3] * 5 + [0] * 7 + [3] * 28), told([3] * 40, [3] * 40)
    >>> differing([early], late), sorted(few_told([early], late))
    (None, [('s', '', 'item c1'), ('s', '', 'item c2')])
    """
    return _compared(before, now).few_told()


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
    earlier = aligned(earlier, now)
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
            for unit, variable, of in other.withheld - release.withheld - release.untold
            if unit in same and (unit, variable) in places
        }

    def more(release: Shown, other: Shown) -> bool:
        return any(
            key[0] in same and key[1] != WEEK and other.sets.get(key) != some
            for key, some in release.sets.items()
        )

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
    earlier = aligned(earlier, now)
    for unit in units:
        then, today = people_of(earlier, unit), people_of(now, unit)
        if 2 * len(then & today) < min(len(then), len(today)):
            return unit
    return None


def _compared(before: Sequence[Shown], now: Shown) -> Compared:
    return Compared([aligned(earlier, now) for earlier in before], now)


def aligned(earlier: Shown, now: Shown) -> Shown:
    """Return an earlier release with each unit, scale and question under the id that it bears now.

    Parameters
    ----------
    earlier, now
        Two releases of one wave.
    """
    new = dict.fromkeys(unit for unit, _, _ in now.sets)
    bears: dict[str, str | None]
    if earlier.units and now.units:
        ids = {name: unit for unit, name in now.units.items()}
        bears = {unit: ids.get(name) for unit, name in earlier.units.items()}
    else:
        bears = {unit: unit if unit in new else None for unit, _, _ in earlier.sets}
    were = {unit: people_of(earlier, unit) for unit, own in bears.items() if own is None}
    are = {unit: people_of(now, unit) for unit in new if unit not in bears.values()}
    shared = {(a, b): len(some & others) for a, some in were.items() for b, others in are.items()}
    for a, b in sorted(shared, key=shared.__getitem__, reverse=True):
        most = 2 * shared[a, b] > min(len(were[a]), len(are[b]))
        if most and bears[a] is None and b not in bears.values():
            bears[a] = b

    def here(unit: str) -> str:
        # With a sign that stands in no id, where a unit is no more.
        return bears.get(unit) or f"~{unit}"

    of = _names(earlier, now)
    return replace(
        earlier,
        sets={(here(unit), v, row): some for (unit, v, row), some in earlier.sets.items()},
        withheld=frozenset((here(unit), v, of.get(what, what)) for unit, v, what in earlier.withheld),
        untold=frozenset((here(unit), v, of.get(what, what)) for unit, v, what in earlier.untold),
        scales={
            of[f"scale {scale}"].partition(" ")[2]: tuple(
                of[f"item {item}"].partition(" ")[2] for item in items
            )
            for scale, items in earlier.scales.items()
        },
        questions={of[f"item {item}"].partition(" ")[2]: words for item, words in earlier.questions.items()},
    )


def _names(earlier: Shown, now: Shown) -> dict[str, str]:
    """Return what each scale and question of an earlier release is called now.

    One with another id is the one in the same words, a scale that which is made of the same questions.
    """
    words = {said: item for item, said in now.questions.items() if item not in earlier.questions}
    item_of = {
        item: item if item in now.questions else words.get(said, item)
        for item, said in earlier.questions.items()
    }
    made_of = {frozenset(items): scale for scale, items in now.scales.items() if scale not in earlier.scales}
    scale_of = {
        scale: scale
        if scale in now.scales
        else made_of.get(frozenset(item_of[item] for item in items), scale)
        for scale, items in earlier.scales.items()
    }
    return {f"item {old}": f"item {new}" for old, new in item_of.items()} | {
        f"scale {old}": f"scale {new}" for old, new in scale_of.items()
    }


def people_of(release: Shown, unit: str) -> set[str]:
    """Return who stands behind a unit, whatever each answered."""
    return {student[:PERSON] for student in release.sets.get((unit, "", ""), ())}
