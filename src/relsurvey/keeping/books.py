"""The books that lie in relsurvey's own folder: where each is, and what its lines are sealed with."""

from __future__ import annotations

import hmac
from pathlib import Path

from relsurvey.escape import slug
from relsurvey.instrument import Instrument
from relsurvey.reading import identity
from relsurvey.sealed import Book

#: The field of an entry that names comments, each as the hash of its student and a hash of its own.
COMMENTS = "comments"
#: The purpose of the key that students are hashed with there.
STUDENTS = "students of comments"


def log() -> Book:
    """Return the log of who did what."""
    return Book(identity.home() / "log.jsonl", own_key("log"))


def decisions(instrument: Instrument, *, simulated: bool = False) -> Book:
    """Return what was decided of the comments to an instrument; those of invented answers lie apart."""
    name = slug(f"{instrument.id}-simulated" if simulated else instrument.id)
    return decisions_at(identity.home() / "comments" / f"{name}.jsonl")


def decisions_at(path: Path) -> Book:
    """Return the decisions that lie at a place."""
    return Book(path, own_key("decisions on comments"))


def student(respondent: str, key: bytes | None = None) -> str:
    """Return what stands for a respondent in the decisions: nothing that another book holds.

    Parameters
    ----------
    respondent
        The respondent as a study with hashed ids has it.
    key
        The key for it, where many are asked for (``own_key(STUDENTS)``).
    """
    return hmac.digest(key or own_key(STUDENTS), respondent.encode("utf-8", "surrogatepass"), "sha256").hex()[
        :16
    ]


def own_key(purpose: str) -> bytes:
    """Return this machine's key for one purpose."""
    return hmac.digest(identity.local_key(), purpose.encode(), "sha256")
