"""A student leaves the ledgers of releases; what was published of them is still protected."""

from __future__ import annotations

import hmac
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from relsurvey.disclosure.release import _Book, _last_seal, _locked, _remember
from relsurvey.disclosure.shown import person
from relsurvey.reading import identity


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
    key, people = _key(), _people(respondents)
    with _locked(ledger) as head:
        book = _Book.read(ledger, key, _last_seal(head))
    return any(line.startswith(people) for entry in book.entries for line in entry["students"])


def forget(ledger: Path, respondents: Sequence[str]) -> None:
    """Take a student's lines out of a ledger, and seal it anew.

    In which groups the student was shown is kept as a number a group, and without it a later release could
    be told from this one by that one student.

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
    key, people = _key(), _people(respondents)
    with _locked(ledger) as head:
        old = _Book.read(ledger, key, _last_seal(head))
        new = _Book(key, [], [], "")
        for entry in old.entries:
            new.append(_without(entry, people))
        # A kill in between leaves the old ledger or the new one, and neither lacks its end.
        _remember(head, " " * 64)
        new.write(ledger)
        _remember(head, new.seal)


def _without(entry: dict[str, Any], people: tuple[str, ...]) -> dict[str, Any]:
    gone = [line for line in entry["students"] if line.startswith(people)]
    if not gone:
        return entry
    held = Counter(entry.get("forgotten", {}))
    for line in gone:
        held.update(line.split()[1:])
    kept = [line for line in entry["students"] if not line.startswith(people)]
    return {**entry, "students": kept, "forgotten": dict(sorted(held.items()))}


def _people(respondents: Sequence[str]) -> tuple[str, ...]:
    key = _key()
    return tuple(person(key, respondent) for respondent in respondents)


def _key() -> bytes:
    return hmac.digest(identity.local_key(), b"ledger of releases", "sha256")
