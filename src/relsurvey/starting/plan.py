"""What becomes of each column of a file: a question, a group variable, who answers, a comment, or nothing."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from relsurvey.instrument.fold import fold
from relsurvey.instrument.keys import IDENTITY
from relsurvey.instrument.ladders import ladders, not_counted
from relsurvey.reading.answers import no_answer
from relsurvey.reading.look import Asked, Look
from relsurvey.starting.answers import number_in
from relsurvey.starting.text import identifier, shortened, words_of

#: How a table, and how a form's workbook, names a column whose heading stands in it already.
_AGAIN = re.compile(r"(.*) \(\d+\)\Z", re.DOTALL)
_AGAIN_IN_A_FORM = re.compile(r"(.*?)(?: \(\d+\)|\s?\d\d?)\Z", re.DOTALL)


@dataclass
class Plan:
    """What becomes of a file's columns.

    Attributes
    ----------
    texts
        By each column's name the wording that it is known by.
    spoken
        Everything that the file says, folded: the names of its columns, and its answers.
    places
        By each column's name, the part of the instrument in which it belongs.
    items, groups, comments, identity
        By id, the columns that hold them.
    left_out
        Names of columns that the instrument does not read, and why.
    again
        Names of columns whose heading stood over another one before.
    common
        Words that stand in so many questions that an id says more without them.
    """

    texts: dict[str, str]
    spoken: set[str]
    places: dict[str, str | None] = field(default_factory=dict)
    items: dict[str, str] = field(default_factory=dict)
    groups: dict[str, Asked] = field(default_factory=dict)
    comments: dict[str, Asked] = field(default_factory=dict)
    identity: dict[str, str] = field(default_factory=dict)
    left_out: list[tuple[str, str]] = field(default_factory=list)
    again: set[str] = field(default_factory=set)
    common: set[str] = field(default_factory=set)
    _ids: set[str] = field(default_factory=lambda: {*IDENTITY, "row"})

    def id_of(self, one: Asked, otherwise: str) -> str:
        """Return an id of its own for a column: reading must take it for no other column, and no answer."""
        taken = self.spoken - {fold(one.name)} | self._ids
        common = self.common if one.kind == "question" else set()
        found = identifier(self.texts[one.name], taken, otherwise, common)
        self._ids.add(fold(found))
        return found

    def title_of(self, one: Asked) -> str:
        """Return a short title for a column, which names no other column either."""
        title = shortened(one.name)
        return title if fold(title) not in self.spoken - {fold(one.name)} else one.name


def planned(look: Look) -> Plan:
    """Decide what becomes of each column."""
    texts = _texts(look)
    spoken = {fold(label) for one in look.asked for label, _ in one.labels}
    plan = Plan(texts, spoken | {fold(text) for pair in texts.items() for text in pair})
    plan.common = _common([texts[one.name] for one in look.asked if one.kind == "question"])
    answers = spoken.union(*(ladder.spellings for ladder in ladders()))
    keys = set()
    for one in look.asked:
        place = _place(one)
        if fold(one.name) in answers and number_in(one.name) is None:
            place = None  # under an answer stands no question: the file has no header there
        if place == "identity":
            place = None if one.key in keys else place
            keys.add(one.key)
        plan.places[one.name] = place
    # Of one heading, reading could not tell a column that is used from one that is not.
    alike = _alike(look).values()
    unclear = {name for same in alike if not all(plan.places[n] for n in same) for name in same}
    plan.again = {name for same in alike for name in same[1:]}
    for one in look.asked:
        match None if one.name in unclear else plan.places[one.name]:
            case "items":
                plan.items[plan.id_of(one, "question")] = one.name
            case "identity":
                plan.identity[one.key or ""] = one.name
            case "groups":
                plan.groups[plan.id_of(one, "group")] = one
            case "comments":
                plan.comments[plan.id_of(one, "comment")] = one
            case _:
                plan.left_out.append((one.name, _WHY["unclear" if one.name in unclear else one.kind]))
    return plan


def _place(one: Asked) -> str | None:
    """Return the part of an instrument in which a column belongs, or None."""
    if not fold(one.name):
        return None  # nothing that can be seen heads it, and so nothing can name it
    match one.kind:
        case "question":
            return "items"
        case "identity":
            return "identity" if one.key is not None else None
        case "group" | "choices" if _is_group(one):
            return "groups"
        case "group" | "text" if _is_asked(one.name):
            return "comments"
    return None


def _alike(look: Look) -> dict[str, list[str]]:
    """Return by the name of a column those whose heading is the same, itself the first of them."""
    again = _AGAIN_IN_A_FORM if look.form in ("Google Forms", "Microsoft Forms") else _AGAIN
    names = {fold(one.name): one.name for one in look.asked}
    alike: dict[str, list[str]] = {}
    for one in look.asked:
        match = again.match(one.name)
        if match is not None and (first := names.get(fold(match[1]))) is not None:
            alike.setdefault(first, [first]).append(one.name)
    return alike


def _common(questions: Sequence[str]) -> set[str]:
    """Return the words that stand in more than a third of the questions, where there are some."""
    counts = Counter(word for text in questions for word in set(words_of(text)))
    return {word for word, number in counts.items() if number > max(2, len(questions) / 3)}


def _texts(look: Look) -> dict[str, str]:
    """Return by each column's name the wording that it is known by: of a form's grid, the row alone."""
    names = {fold(one.name) for one in look.asked}
    rows = {one.name: row for one in look.asked if (row := _row(one, look.form))}
    folded = [fold(row) for row in rows.values()]
    return {
        one.name: rows[one.name]
        if one.name in rows and folded.count(fold(rows[one.name])) == 1 and fold(rows[one.name]) not in names
        else one.name
        for one in look.asked
    }


def _row(one: Asked, form: str) -> str:
    if form != "Google Forms" or one.kind != "question" or not one.name.endswith("]"):
        return ""
    return one.name[:-1].rpartition("[")[2].strip() if "[" in one.name else ""


def _is_group(one: Asked) -> bool:
    """Say whether a column's few texts are categories, and not what one or two students wrote."""
    counted = [number for label, number in one.labels if not not_counted(label) and not no_answer(label)]
    return len(counted) > 1 and (one.kind == "choices" or sum(counted) >= 2 * len(counted))


def _is_asked(name: str) -> bool:
    return name.rstrip(" *").endswith("?") or len(name.split()) >= 4


_WHY = {
    "unclear": "its heading stands over another column too: give each its own",
    "question": "no heading of its own stands over it",
    "group": "too few answers, or all the same",
    "choices": "too few answers, or all the same",
    "identity": "another column says it already, or the format does",
    "meta": "written by a program, or a person's name or address",
    "number": "numbers",
    "date": "dates",
    "text": "own words, and not headed by a question",
    "empty": "empty",
}
