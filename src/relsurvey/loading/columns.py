"""The columns of a file as a screen shows them: what each is, what it holds, and what it could hold."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from relsurvey.errors import ReadError
from relsurvey.instrument import Instrument
from relsurvey.instrument.keys import IDENTITY
from relsurvey.loading.shown import column_name, count, may_be_shown
from relsurvey.reading import match

if TYPE_CHECKING:
    from relsurvey.loading.choices import Choices
    from relsurvey.loading.load import Loading
    from relsurvey.reading.formats import Table, TableColumn
    from relsurvey.reading.look import Asked

#: Of a column's answers this many are shown.
_ANSWERS = 6
_HOW = {
    "by its name": "name",
    "by its wording": "wording",
    "by an older wording": "older",
    "by the crosswalk": "older",
}


def seen(loading: Loading, table: Table) -> dict[int, Asked]:
    """Return by position what each column of a table is by itself; of one left out that is not known."""
    from relsurvey.reading.look import look_at

    opened = loading.opened[0]
    sheets = tuple(sheet for sheet in opened.sheets if sheet.where == table.where) or opened.sheets
    try:
        asked = look_at(replace(opened, sheets=sheets)).asked
    except ReadError:
        return {}
    by_name = {(one.name, one.place): one for one in asked}
    found = {i: by_name.get((column.name, column.place)) for i, column in enumerate(table.columns)}
    return {position: one for position, one in found.items() if one is not None}


def lines(loading: Loading, looks: Mapping[int, Asked], parts: dict[str, str]) -> Iterator[dict[str, Any]]:
    """Yield one line a column; none where there is no mapping to be made.

    Parameters
    ----------
    loading
        The loading.
    looks
        What :func:`seen` found.
    parts
        By a column's name, the part of the screen in which its line stands; what is missing is added. Once
        said, it stays: a line does not move away under the hand that changes it.
    """
    if loading.matched is None:
        return
    instrument, table, columns = loading.matched
    held = {
        place.position: (kind, key, place.why)
        for kind in match.KINDS
        for key, places in columns.of(kind).items()
        for place in places
    }
    twice = {
        name
        for problem in loading.tried.problems
        if problem.found in table.names
        for name in (problem.found, *problem.nearest)
    }
    lacking = len(columns.items) < len(instrument.items)
    for position, column in enumerate(table.columns):
        kind, target, why = held.get(position, ("", "", ""))
        one = looks.get(position)
        open_ = not target and lacking and one is not None and one.kind == "question"
        settled = "matched" if target else "left"
        part = "check" if column.name in loading.guess.columns or open_ else settled
        yield {
            **described(position, column.name, column.place, one, _known(instrument, kind, target)),
            "target": target,
            "how": _how(loading, column, target, why),
            "part": parts.setdefault(column.name, part),
            "twice": column.name in twice,
        }


def described(
    position: int, name: str, place: str, one: Asked | None, known: Iterable[str] = ()
) -> dict[str, Any]:
    """Return what a column is by itself, with the answers that may be shown.

    Parameters
    ----------
    position, name, place
        Which column.
    one
        What it is by itself, or None where that is not known.
    known
        Answers that are known of what it holds.
    """
    known = list(known)
    labels = [] if one is None else [text for text, rows in one.labels if may_be_shown(text, rows, known)]
    return {
        "position": position,
        "name": column_name(name, place),
        "place": place,
        "kind": "text" if one is None else one.kind,
        "filled": "" if one is None else count(one.filled),
        "answers": labels[:_ANSWERS],
        "more": one is not None and len(one.labels) > len(labels[:_ANSWERS]),
    }


def targets(instrument: Instrument) -> list[dict[str, Any]]:
    """Return what a column may hold, by kind: an id and its text by language."""
    found: dict[str, dict[str, Mapping[str, str]]] = {
        "items": {key: item.text for key, item in instrument.items.items()},
        "groups": {key: group.title for key, group in instrument.groups.items()},
        "identity": {key: {} for key in IDENTITY},
        "comments": {question.id: question.text or {} for question in instrument.comments},
    }
    return [
        {"kind": kind, "options": [{"id": key, "text": dict(text)} for key, text in options.items()]}
        for kind, options in found.items()
        if options
    ]


def missing(instrument: Instrument, columns: match.Columns, now: Choices) -> dict[str, Any]:
    """Return what an instrument asks for and no column holds."""
    given = {key for key, text in (("wave", now.wave), ("school", now.school)) if text}
    return {
        "items": [
            {"id": key, "text": dict(item.text), "declared": key in now.missing}
            for key, item in instrument.items.items()
            if key not in columns.items
        ],
        "groups": [
            {"id": key, "text": dict(group.title)}
            for key, group in instrument.groups.items()
            if key not in columns.groups
        ],
        "identity": [k for k in instrument.identity if k not in columns.identity and k not in given],
    }


def _known(instrument: Instrument, kind: str, target: str) -> list[str]:
    if kind == "items":
        return [text for option in instrument.options_of(target).options for text in option.label.values()]
    if kind == "groups":
        return [text for category in instrument.groups[target].categories for text in category.label.values()]
    return []


def _how(loading: Loading, column: TableColumn, target: str, why: str) -> str:
    """Return in a word how it is known what a column holds."""
    chosen = loading.history.now.columns
    if column.name in chosen:
        likeliest, score = loading.guess.columns.get(column.name, ("", ""))
        if likeliest == target and target:
            return score
        kept = {} if loading.remembered is None else loading.remembered.columns
        return "remembered" if column.name in kept and (kept[column.name] or "") == target else "chosen"
    if not target:
        return "meta" if column.role == "meta" else ""
    return _HOW.get(why, "alias")
