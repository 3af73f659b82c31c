"""A student leaves the ledgers of releases; what was published of them is still protected."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from relsurvey.disclosure.ledger import Book, ledger_key, locked
from relsurvey.disclosure.shown import person
from relsurvey.sealed import last_seal, remember


def holds(ledger: Path, respondents: Sequence[str]) -> bool:
    """Say whether a ledger has a line of a student.

    Parameters
    ----------
    ledger
        Its place.
    respondents
        What may stand for the student in a study with hashed ids.

    Raises
    ------
    DisclosureError
        If the ledger is not as it was written.
    """
    key, people = ledger_key(), _people(respondents)
    with locked(ledger) as head:
        book = Book.read(ledger, key, last_seal(head))
    return any(line.startswith(people) for entry in book.entries for line in entry["students"])


def forget(ledger: Path, respondents: Sequence[str]) -> None:
    """Take a student's lines out of a ledger, and seal it anew.

    From how many students of each school and team of a release lines were taken out is kept, as a number:
    beside such a release no other one of the same students can stand.

    Parameters
    ----------
    ledger, respondents
        As for :func:`holds`.

    Raises
    ------
    DisclosureError
        If the ledger is not as it was written.
    PublishError
        If it cannot be written.
    """
    key, people = ledger_key(), _people(respondents)
    with locked(ledger) as head:
        old = Book.read(ledger, key, last_seal(head))
        new = Book(key, [], [], "")
        for entry in old.entries:
            new.append(_without(entry, people))
        # A kill in between leaves the old ledger or the new one, and neither lacks its end.
        remember(head, "")
        new.write(ledger)
        remember(head, new.seal)


def _without(entry: dict[str, Any], people: tuple[str, ...]) -> dict[str, Any]:
    gone = [line for line in entry["students"] if line.startswith(people)]
    if not gone:
        return entry
    held = Counter(entry.get("forgotten", {}))
    for line in gone:
        held.update(number for number in line.split()[1:] if not entry["shown"][int(number)][1])
    kept = [line for line in entry["students"] if not line.startswith(people)]
    return {**entry, "students": kept, "forgotten": dict(sorted(held.items()))}


def _people(respondents: Sequence[str]) -> tuple[str, ...]:
    key = ledger_key()
    return tuple(person(key, respondent) for respondent in respondents)
