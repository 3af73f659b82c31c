"""A student leaves the ledgers of releases; what was published of them is still protected."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from relsurvey.disclosure.release import _Book, ledger_key, locked
from relsurvey.disclosure.shown import NOT_COUNTED, person
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
        book = _Book.read(ledger, key, last_seal(head))
    return any(line.startswith(people) for entry in book.entries for line in entry["students"])


def forget(ledger: Path, respondents: Sequence[str]) -> None:
    """Take a student's lines out of a ledger, and seal it anew.

    In which groups the student was shown, and which scales and questions the student answered, is kept as
    numbers a group: without them a later release could be told from this one by that one student.

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
        old = _Book.read(ledger, key, last_seal(head))
        new = _Book(key, [], [], "")
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
    answered = {number: Counter(n) for number, n in entry.get("forgotten_answered", {}).items()}
    for line in gone:
        named, *numbers = line.split()
        codes = named.partition(":")[2]
        held.update(numbers)
        told = [*_told(entry, bytes.fromhex(codes))]
        for number in numbers:
            answered.setdefault(number, Counter()).update(told)
    kept = [line for line in entry["students"] if not line.startswith(people)]
    return {
        **entry,
        "students": kept,
        "forgotten": dict(sorted(held.items())),
        "forgotten_answered": {number: dict(sorted(n.items())) for number, n in sorted(answered.items())},
    }


def _told(entry: dict[str, Any], codes: bytes) -> Iterator[str]:
    """Yield the scales that a student has a share in, and the questions that the student answered."""
    if "questions" not in entry or not codes:
        return
    scales, questions = entry["scales"], entry["questions"]
    yield from (f"scale {scale}" for (scale, _), code in zip(scales, codes, strict=False) if code)
    for question, code in zip(questions, codes[len(scales) :], strict=True):
        if code:
            yield f"{'item' if code < NOT_COUNTED else 'not counted'} {question}"


def _people(respondents: Sequence[str]) -> tuple[str, ...]:
    key = ledger_key()
    return tuple(person(key, respondent) for respondent in respondents)
