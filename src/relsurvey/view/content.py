"""Whether there is anything to see on a page of a unit, and if not, why: then it has no page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from relsurvey.view import model
from relsurvey.words import Text


def has_content(part: model.GroupTable | model.Change) -> bool:
    """Return whether a table or a page of changes says anything of students, not only why nothing is shown.

    Examples
    --------
    >>> cell = {"scale": "voice", "words": {"en": "Most"}}
    >>> rows = [{"id": "a", "label": {"en": "A"}, "students": {"en": "11 to 19"}, "cells": [cell]}]
    >>> has_content(model.GroupTable.model_validate({"variable": "team", "rows": rows}))
    False
    >>> cell["reason"] = "words_only"
    >>> has_content(model.GroupTable.model_validate({"variable": "team", "rows": rows}))
    True
    """
    if isinstance(part, model.Change):
        return any(cell.now is not None for cell in part.cells)
    cells = [cell for row in part.rows for cell in row.cells]
    return any(cell.share is not None or cell.reason == "words_only" for cell in cells)


def why_no_page(unit: model.Unit, titles: Mapping[str, Text], not_compared: Text) -> list[Text]:
    """Say of groups and changes that have no page why they have none.

    Parameters
    ----------
    unit
        A unit with all that was made of it.
    titles
        The names of its group variables.
    not_compared
        What is said where no scale is read as one.

    Returns
    -------
    list
        A line for each reason.
    """
    change = unit.change
    groups_gone = bool(unit.groups) and not any(map(has_content, unit.groups))
    change_gone = change is not None and not has_content(change)
    if (groups_gone or change_gone) and all(cell.reason == "one_by_one" for cell in unit.scales):
        return [not_compared]
    found: list[Text] = []
    if groups_gone:
        notes = [(titles[t.variable], t.note) for t in unit.groups if t.note is not None and not t.rows]
        found += [
            _told([title for title, other in notes if other == note], [note])
            for note in _each_once(note for _, note in notes)
        ]
    if change is not None and change_gone:
        # The first page has said of some scales why nothing is shown.
        said = [cell.words for cell in unit.scales]
        words = [cell.words for cell in change.cells] or [*change.say, change.who]
        why = [text for text in _each_once(words) if text not in said]
        if why:
            found.append(_told([change.title], why))
    return found


def _each_once(texts: Iterable[Text]) -> list[Text]:
    found: list[Text] = []
    for text in texts:
        if text not in found:
            found.append(text)
    return found


def _told(titles: list[Text], why: list[Text]) -> Text:
    def joined(texts: list[Text], language: str, by: str) -> str:
        return by.join(text[language] for text in texts)

    return {
        language: f"{joined(titles, language, ', ')}: {joined(why, language, ' ')}" for language in titles[0]
    }
