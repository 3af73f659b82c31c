"""Columns → items and groups, labels → codes; what fits nothing is said, with the nearest that exists."""

from __future__ import annotations

import difflib
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from relsurvey.errors import MatchError, Unmatched
from relsurvey.instrument import GroupVariable, Instrument, Options
from relsurvey.instrument.fold import fold


@dataclass(frozen=True)
class Columns:
    """Which column of a table holds what, by position.

    ``unused`` holds nothing that was asked for; ``repeated`` names two columns and the id that both fit.
    """

    identity: dict[str, int] = field(default_factory=dict)
    groups: dict[str, int] = field(default_factory=dict)
    items: dict[str, int] = field(default_factory=dict)
    comments: dict[str, int] = field(default_factory=dict)
    unused: tuple[int, ...] = ()
    repeated: tuple[tuple[str, str, str], ...] = ()

    @property
    def found(self) -> int:
        """How many columns hold something."""
        return len(self.identity) + len(self.groups) + len(self.items) + len(self.comments)


def names_of(instrument: Instrument) -> dict[tuple[str, str], list[str]]:
    """Return the spellings under which each wanted column may stand, by kind and id."""
    names: dict[tuple[str, str], list[str]] = {}
    for key, place in instrument.identity.items():
        names["identity", key] = [place.column] if place.column else list((place.text or {}).values())
    for key, group in instrument.groups.items():
        names["groups", key] = (
            [group.column] if group.column else [key, *(group.text or {}).values(), *group.title.values()]
        )
    for key, item in instrument.items.items():
        names["items", key] = [key, *item.text.values(), *item.was]
    for wave in instrument.crosswalk.values():
        for old, item_id in wave.items():
            names["items", item_id].append(old)
    for question in instrument.comments:
        names["comments", question.id] = [question.id, *(question.text or {}).values()]
    return names


def columns(header: Sequence[str], instrument: Instrument) -> Columns:
    """Find the instrument's columns in a header.

    Of two columns that fit one question the first is taken, and both are named in ``repeated``.
    """
    known: dict[str, tuple[str, str]] = {}
    for wanted, spellings in names_of(instrument).items():
        for spelling in spellings:
            known.setdefault(fold(spelling), wanted)
    found: dict[str, dict[str, int]] = {"identity": {}, "groups": {}, "items": {}, "comments": {}}
    unused, repeated = [], []
    for position, name in enumerate(header):
        target = known.get(fold(name)) if name else None
        if target is None:
            unused.append(position)
            continue
        kind, key = target
        if key in found[kind]:
            repeated.append((header[found[kind][key]], name, key))
            continue
        found[kind][key] = position
    return Columns(
        found["identity"], found["groups"], found["items"], found["comments"], tuple(unused), tuple(repeated)
    )


def nearest(name: str, among: Iterable[str]) -> str | None:
    """Return the spelling among some that is most like a name, or None when none is alike."""
    by_fold = {fold(candidate): candidate for candidate in among if candidate}
    close = difflib.get_close_matches(fold(name), by_fold, n=1, cutoff=0.5)
    return by_fold[close[0]] if close else None


def shown(text: str, limit: int = 60) -> str:
    """Return a label as a message may quote it: one line, cut, in quotes."""
    return repr(text if len(text) <= limit else text[: limit - 1] + "…")


def code_of(label: str, options: Options, known: dict[str, float]) -> float | None:
    """Return the code of an answer in a cell: NaN when it is not counted, None when it fits nothing.

    Parameters
    ----------
    label
        The cell's text, not blank.
    options
        The item's options.
    known
        :func:`labels_of` the options.
    """
    folded = fold(label)
    if folded in known:
        return known[folded]
    try:
        number = float(folded.replace(",", "."))
    except ValueError:
        return None
    return number if number in options.codes else None


def labels_of(options: Options) -> dict[str, float]:
    """Return the code of each folded label in every language; NaN for one that is not counted."""
    return {
        fold(text): option.code if option.counted and option.code is not None else math.nan
        for option in options.options
        for text in option.label.values()
    }


def categories_of(group: GroupVariable) -> dict[str, str]:
    """Return the category id of each folded spelling."""
    return {
        fold(text): category.id
        for category in group.categories
        for text in (category.id, *category.label.values(), *category.match)
    }


def choices(cell: str, known: Iterable[str], separator: str) -> list[str]:
    """Cut a cell with several choices, keeping a choice whole that itself holds the separator.

    Examples
    --------
    >>> choices("Asian, Black, or African American", ["asian", "black, or african american"], ", ")
    ['Asian', 'Black, or African American']
    """
    whole = set(known)
    pieces = cell.split(separator) if separator in cell else cell.replace(";", separator).split(separator)
    found: list[str] = []
    while pieces:
        for length in range(len(pieces), 0, -1):
            candidate = separator.join(pieces[:length])
            if length == 1 or fold(candidate) in whole:
                if candidate.strip():
                    found.append(candidate.strip())
                pieces = pieces[length:]
                break
    return found


def unmatched_error(problems: Sequence[Unmatched], what: str, advice: str) -> MatchError:
    """Make the error for columns or labels that fit nothing; it names the first few."""
    first = "; ".join(
        f"{p.where}: {shown(p.found)}" + (f" (nearest: {shown(p.nearest)})" if p.nearest else "")
        for p in problems[:4]
    )
    more = f"; and {len(problems) - 4} more" if len(problems) > 4 else ""
    return MatchError(f"{what}: {first}{more}. {advice}", tuple(problems))
