"""Columns → items, groups and identity keys, by their names and wordings or through a mapping."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from relsurvey.errors import MatchError, Unmatched
from relsurvey.instrument import Instrument
from relsurvey.instrument.fold import fold
from relsurvey.instrument.keys import IDENTITY
from relsurvey.reading.formats import Table, TableColumn

KINDS = ("identity", "groups", "items", "comments")


@dataclass(frozen=True)
class Found:
    """A column that holds what an instrument asks for: its position in the table, and how it was known."""

    position: int
    why: str


@dataclass(frozen=True)
class Columns:
    """Which columns of a table hold what.

    Attributes
    ----------
    identity, groups, items, comments
        By key, the columns that hold it; more than one where a question stands in the table again.
    unused
        Positions of columns that hold nothing that was asked for.
    left_out
        Positions of columns that the mapping leaves out.
    """

    identity: dict[str, list[Found]] = field(default_factory=dict)
    groups: dict[str, list[Found]] = field(default_factory=dict)
    items: dict[str, list[Found]] = field(default_factory=dict)
    comments: dict[str, list[Found]] = field(default_factory=dict)
    unused: tuple[int, ...] = ()
    left_out: tuple[int, ...] = ()

    def of(self, kind: str) -> dict[str, list[Found]]:
        """Return what was found of one kind."""
        found: dict[str, list[Found]] = getattr(self, kind)
        return found

    @property
    def score(self) -> int:
        """How well the table fits: each question counts twice."""
        return 2 * len(self.items) + len(self.identity) + len(self.groups) + len(self.comments)


Wanted = tuple[str, str]


def names_of(instrument: Instrument, wave: str | None = None) -> dict[str, tuple[Wanted, str]]:
    """Return by folded spelling what an instrument asks for under it, and how such a match is called.

    Parameters
    ----------
    instrument
        The instrument.
    wave
        The wave of all rows, where it is known: its own crosswalk then comes first. Otherwise old names count
        that mean the same in every wave.
    """
    known: dict[str, tuple[Wanted, str]] = {}

    def add(spellings: Iterable[str], kind: str, key: str, why: str) -> None:
        for spelling in spellings:
            if folded := fold(spelling):
                known.setdefault(folded, ((kind, key), why))

    older: dict[str, set[str]] = defaultdict(set)
    for renamed in instrument.crosswalk.values():
        for old, item in renamed.items():
            older[old].add(item)
    for old, item in instrument.crosswalk.get(wave or "", {}).items():
        add([old], "items", item, "by the crosswalk")
    for key, place in instrument.identity.items():
        by = "by its name" if place.column else "by its wording"
        add([place.column] if place.column else (place.text or {}).values(), "identity", key, by)
    for key, group in instrument.groups.items():
        if group.column:
            add([group.column], "groups", key, "by its name")
        else:
            add([key], "groups", key, "by its name")
            add([*(group.text or {}).values(), *group.title.values()], "groups", key, "by its wording")
    for key, question in instrument.items.items():
        add([key], "items", key, "by its name")
        add(question.text.values(), "items", key, "by its wording")
        add(question.was, "items", key, "by an older wording")
    for comment in instrument.comments:
        add([comment.id], "comments", comment.id, "by its name")
        add((comment.text or {}).values(), "comments", comment.id, "by its wording")
    for old, items in older.items():
        if len(items) == 1:
            add([old], "items", next(iter(items)), "by the crosswalk")
    return known


def columns(
    table: Table,
    instrument: Instrument,
    chosen: Mapping[str, str | None] | None = None,
    wave: str | None = None,
) -> Columns:
    """Find the instrument's columns in a table.

    Parameters
    ----------
    table, instrument
        The two to be matched.
    chosen
        A mapping's ``columns``: by the column's name the id it holds, or None to leave it out.
    wave
        The wave of all rows, where it is known.

    Raises
    ------
    MatchError
        If the mapping names a column that is not there.
    """
    known = names_of(instrument, wave)
    found: dict[Wanted, list[Found]] = defaultdict(list)
    left_out: list[int] = []
    open_: list[int] = []
    by_name = _chosen(table, chosen or {}, instrument)
    for position, column in enumerate(table.columns):
        if position in by_name:
            wanted = by_name[position]
            if wanted is None:
                left_out.append(position)
            else:
                found[wanted].append(Found(position, "through the mapping"))
        elif hit := known.get(fold(column.name)) or known.get(fold(column.header)):
            found[hit[0]].append(Found(position, hit[1]))
        else:
            open_.append(position)
    # What a mapping says of a question is all there is to it.
    for wanted, places in found.items():
        if any(place.why == "through the mapping" for place in places):
            open_ += [p.position for p in places if p.why != "through the mapping"]
            found[wanted] = [p for p in places if p.why == "through the mapping"]
    unused: list[int] = []
    later: dict[Wanted, list[Found]] = defaultdict(list)
    for position in sorted(open_):
        hit = _by_alias(table.columns[position], known, found)
        if hit is None:
            unused.append(position)
        else:
            later[hit[0]].append(Found(position, hit[1]))
    found.update(later)
    for position in list(unused):
        role = table.columns[position].role
        if role in IDENTITY and ("identity", role) not in found:
            found["identity", role].append(Found(position, f"{table.form} writes it there"))
            unused.remove(position)
    parts: dict[str, dict[str, list[Found]]] = {kind: {} for kind in KINDS}
    for (kind, key), places in found.items():
        parts[kind][key] = places
    return Columns(**parts, unused=tuple(unused), left_out=tuple(left_out))


def _by_alias(
    column: TableColumn, known: dict[str, tuple[Wanted, str]], found: Mapping[Wanted, list[Found]]
) -> tuple[Wanted, str] | None:
    for alias, why in column.also:
        hit = known.get(fold(alias))
        if hit is not None and hit[0] not in found:
            return hit[0], why
    return None


def _chosen(
    table: Table, chosen: Mapping[str, str | None], instrument: Instrument
) -> dict[int, Wanted | None]:
    positions = {fold(column.name): i for i, column in enumerate(table.columns)}
    headers: dict[str, list[int]] = defaultdict(list)
    for i, column in enumerate(table.columns):
        headers[fold(column.header)].append(i)
    result: dict[int, Wanted | None] = {}
    for name, target in chosen.items():
        position = positions.get(fold(name))
        if position is None and len(headers[fold(name)]) == 1:
            position = headers[fold(name)][0]
        if position is None:
            near = nearest(name, table.names)
            raise MatchError(
                f"The mapping names a column {shown(name)}, which {table.where} does not have"
                f"{_nearest_words(near)}. Correct the mapping or remove the line."
            )
        result[position] = None if target is None else kind_of(target, instrument)
    return result


def kind_of(key: str, instrument: Instrument) -> Wanted:
    """Return the kind of an id that a mapping names.

    Raises
    ------
    MatchError
        If the instrument has nothing of that name.
    """
    comments = [question.id for question in instrument.comments]
    for kind, keys in (
        ("items", instrument.items),
        ("groups", instrument.groups),
        ("identity", IDENTITY),
        ("comments", comments),
    ):
        if key in keys:
            return kind, key
    near = nearest(key, [*instrument.items, *instrument.groups, *IDENTITY, *comments])
    raise MatchError(
        f"The mapping names `{key}`, which is no question, group variable, identity key or open question of "
        f"`{instrument.id}`{_nearest_words(near)}. Correct the mapping."
    )


def alike(first: str, second: str) -> float:
    """Return how alike two texts are, 0 to 1: as they stand, or with their words in any order.

    Examples
    --------
    >>> round(alike("People here know me.", "People here kno me"), 2), alike("a b", "b a") > 0.8
    (0.95, True)
    """
    from rapidfuzz import fuzz

    one, other = fold(first), fold(second)
    return float(max(fuzz.ratio(one, other), 0.9 * fuzz.token_sort_ratio(one, other))) / 100


def nearest(name: str, among: Iterable[str], *, number: int = 3, at_least: float = 0.4) -> tuple[str, ...]:
    """Return the spellings among some that are most like a name, the most alike first."""
    by_fold = {fold(candidate): candidate for candidate in reversed(list(among)) if candidate}
    if len(name) > 300:
        name = name[:300]
    scores = sorted(((alike(name, folded), folded) for folded in by_fold), key=lambda s: (-s[0], s[1]))
    return tuple(by_fold[folded] for score, folded in scores[:number] if score >= at_least)


def shown(text: str, limit: int = 60) -> str:
    """Return a label as a message may quote it: one line, cut, in quotes."""
    return repr(text if len(text) <= limit else text[: limit - 1] + "…")


def _nearest_words(near: Sequence[str]) -> str:
    return f" (nearest: {', '.join(shown(text, 40) for text in near)})" if near else ""


def unmatched_error(problems: Sequence[Unmatched], what: str, advice: str) -> MatchError:
    """Make the error for columns or labels that fit nothing; it names the first few, and the line to add."""
    first = "; ".join(f"{p.where}: {shown(p.found, 40)}{_nearest_words(p.nearest)}" for p in problems[:2])
    more = f"; and {len(problems) - 2} more" if len(problems) > 2 else ""
    line = next((p.line for p in problems if p.line), "")
    said = f" In a mapping: `{line}`." if line else ""
    return MatchError(f"{what}: {first}{more}. {advice}{said}", tuple(problems))
