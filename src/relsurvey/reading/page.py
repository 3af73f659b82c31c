"""What was read, as a page that a person reads: sections of lines, from a ledger or from a look at a file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from relsurvey.errors import Unmatched
from relsurvey.reading.ledger import Entry
from relsurvey.reading.look import Look
from relsurvey.reading.match import shown

_KINDS = {
    "question": "question",
    "group": "a few categories",
    "choices": "several choices in one cell",
    "identity": "who and when",
    "meta": "about the answering",
    "number": "numbers",
    "date": "dates",
    "text": "own words",
    "empty": "empty",
}


@dataclass(frozen=True)
class Section:
    """A heading, and lines of as many cells as there are columns."""

    title: str
    columns: tuple[str, ...]
    lines: tuple[tuple[str, ...], ...]


def account(ledger: Sequence[Entry]) -> list[Section]:
    """Return a ledger as sections; every entry stands in one of them, and the rows add up.

    Parameters
    ----------
    ledger
        Every decision taken while reading.
    """
    several = len({entry.where for entry in ledger if entry.step == "open"}) > 1

    def place(entry: Entry) -> tuple[str, ...]:
        return (entry.where,) if several else ()

    def lines(*effects: str) -> tuple[tuple[str, ...], ...]:
        chosen = [entry for entry in ledger if entry.effect in effects]
        return tuple((f"{e.rows:,}", e.what, e.why, *place(e)) for e in chosen)

    rows = []
    for entry in ledger:
        if entry.effect in ("rows in", "rows out", "rows kept", "set aside"):
            sign = {"rows in": "", "rows kept": "= "}.get(entry.effect, "- ")
            rows.append((f"{sign}{entry.rows:,}", f"{entry.step}: {entry.what}", entry.why, entry.where))
    columns = [
        (entry.where.rpartition(", ")[2], entry.what, entry.why, *((entry.where,) if several else ()))
        for entry in ledger
        if entry.effect == "columns"
    ]
    more = ("where",) if several else ()
    return [
        section
        for section in (
            Section("Rows", ("rows", "what", "why", "where"), tuple(rows)),
            Section("Columns", ("column", "what", "why", *more), tuple(columns)),
            Section("Answers", ("answers", "what", "why", *more), lines("answers")),
            Section("Groups", ("rows", "what", "why", *more), lines("group answers")),
            Section("Scores", ("scores", "what", "why", *more), lines("scores")),
            Section("Marks", ("marks", "what", "why", *more), lines("marks")),
            Section("Good to know", ("rows", "what", "why", *more), lines("note")),
        )
        if section.lines
    ]


def found(look: Look) -> list[Section]:
    """Return a look at a file as sections: its columns, its sets of answers, what seems to belong together.

    Parameters
    ----------
    look
        The file, judged by itself.
    """
    number = {name: n for n, answers in enumerate(look.answer_sets, 1) for name in answers.questions}
    columns = tuple(
        (
            one.place.removeprefix("column "),
            shown(one.name, 70),
            _KINDS[one.kind] + (f" (`{one.key}`)" if one.kind == "identity" and one.key else ""),
            f"{one.filled:,}",
            f"set {number[one.name]}" if one.name in number else _some([label for label, _ in one.labels]),
        )
        for one in look.asked
    )
    sets = tuple(
        (
            f"set {n}",
            f"{len(answers.questions)} question{'s' * (len(answers.questions) != 1)}",
            " < ".join(shown(label, 40) for label in answers.labels),
            ", ".join(shown(label, 40) for label in answers.apart),
            "a known ladder" if answers.ladder else "order guessed: check it",
        )
        for n, answers in enumerate(look.answer_sets, 1)
    )
    scales = tuple(
        (name, f"{len(names)} questions", shown(names[0], 70)) for name, names in look.scales.items()
    )
    return [
        section
        for section in (
            Section("Columns", ("column", "name", "looks like", "filled", "answers"), columns),
            Section("Sets of answers", ("", "used by", "lowest to highest", "not counted", "order"), sets),
            Section("Seem to belong together", ("name", "questions", "the first"), scales),
        )
        if section.lines
    ]


def _some(labels: Sequence[str]) -> str:
    return ", ".join(shown(label, 30) for label in labels[:6]) + (" …" if len(labels) > 6 else "")


def problems(unmatched: Sequence[Unmatched]) -> Section:
    """Return what fits nothing, with the nearest that exists and the line of a mapping that settles it.

    Parameters
    ----------
    unmatched
        Of a :class:`relsurvey.errors.MatchError`.
    """
    lines = tuple(
        (
            f"{p.rows:,}",
            p.where,
            shown(p.found, 70),
            ", ".join(shown(n, 40) for n in p.nearest) or "nothing",
            p.line,
        )
        for p in unmatched
    )
    return Section("Does not fit", ("rows", "where", "found", "nearest", "in a mapping"), lines)
