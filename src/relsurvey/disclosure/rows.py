"""Who is in each row of a published table, as its label says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from relsurvey.errors import DisclosureError
from relsurvey.words import either, say
from relsurvey.words.catalogue import pick

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from relsurvey.disclosure.plan import Category
    from relsurvey.instrument import GroupVariable


def rows_of(
    labels: Sequence[str], column: pd.Series, group: GroupVariable, language: str
) -> Iterator[tuple[str, np.ndarray]]:
    """Yield each row of a table: its name, and which of the unit's students are in it."""
    import numpy as np

    names = _names(column, group, language)
    others = {say(language, "group.other_or_none"), say(language, "group.none")}
    if taken := [name for category, name in names.items() if category is not None and name in others]:
        raise DisclosureError(
            f"The instrument calls a category of {group.id} {taken[0]!r}, and so are those called who gave "
            "no answer: give the category a label of its own, such as 'Declined to say'."
        )
    left = np.ones(len(column), dtype=bool)
    for label in (label for label in labels if label not in others):
        categories = _joined(label, names, language)
        if categories is None:
            raise DisclosureError(
                f"It cannot be told who is in the group {label!r} of {group.id}: give each category of the "
                "instrument a label of its own."
            )
        members = column.isin([c for c in categories if c is not None]).to_numpy(dtype=bool)
        if None in categories:
            members = members | ~column.isin([c for c in names if c is not None]).to_numpy(dtype=bool)
        left &= ~members
        yield "+".join(sorted(c or "-" for c in categories)), members
    if any(label in others for label in labels):
        yield "-", left


def _names(column: pd.Series, group: GroupVariable, language: str) -> dict[Category, str]:
    """Return the categories that may have a row, each with its label; None for those without an answer."""
    listed = {c.id: c for c in group.categories}
    found = [str(value) for value in column.dropna().unique() if value not in listed]
    return {
        **{c.id: pick(c.label, language) for c in group.categories if c.counted},
        **{v: say(language, "group.two_or_more") if v == "two_or_more" else v for v in found},
        None: say(language, "group.none"),
    }


def _joined(label: str, names: Mapping[Category, str], language: str) -> tuple[Category, ...] | None:
    """Return the categories whose labels, joined by 'or', make a row's label."""
    single = [category for category, name in names.items() if name == label]
    if single:
        return (single[0],) if len(single) == 1 else None
    waiting: list[tuple[str, tuple[Category, ...]]] = [(name, (c,)) for c, name in names.items()]
    while waiting:
        text, chosen = waiting.pop()
        if text == label:
            return chosen
        for category, name in names.items():
            # Within a label, that of those without an answer begins with a small letter.
            word = name[:1].lower() + name[1:] if category is None else name
            longer = either(language, text, word)
            if category not in chosen and label.startswith(longer):
                waiting.append((longer, (*chosen, category)))
    return None
