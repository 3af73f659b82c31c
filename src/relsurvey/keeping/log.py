"""The log: who read, published, released, raised a threshold, made or revoked a token, wrote a list, deleted.

It names no student, no label and no content of a file. It only grows, and each line is sealed together with
those before it.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Literal, get_args

from relsurvey.errors import ReadError
from relsurvey.keeping import books
from relsurvey.sealed import BROKEN

What = Literal[
    "read",
    "published",
    "released a comment",
    "took back a comment",
    "passed on a comment",
    "raised a threshold",
    "made a token",
    "revoked a token",
    "wrote a list",
    "deleted",
]
WHATS: tuple[str, ...] = get_args(What)


@dataclass(frozen=True)
class Entry:
    """One line of the log.

    Attributes
    ----------
    when
        In UTC, ISO 8601, to the second; empty where a broken log says so of itself.
    who
        The user of this computer.
    what
        One of :data:`WHATS`.
    facts
        What else is known of it, by name.
    """

    when: str
    who: str
    what: str
    facts: dict[str, str]


@dataclass(frozen=True)
class Log:
    """The log, or a part of it.

    Attributes
    ----------
    entries
        The oldest first.
    broken
        What is wrong with the whole log, in words; empty when it is as it was written.
    """

    entries: tuple[Entry, ...]
    broken: str


def note(what: What, **facts: object) -> None:
    """Write one line.

    Parameters
    ----------
    what
        What was done.
    **facts
        What else is to be known of it: an instrument, a wave, a hash; never a student, a label or an answer.

    Raises
    ------
    PublishError
        If relsurvey's own folder cannot be written to.

    Examples
    --------
    >>> note("published", instrument="five-elements", wave="fall")
    >>> read(what="published").entries[-1].facts
    {'instrument': 'five-elements', 'wave': 'fall'}
    """
    told = {name: str(value) for name, value in facts.items() if value is not None}
    books.log().add({"when": now(), "who": user(), "what": what, **({"facts": told} if told else {})})


def read(since: datetime.date | None = None, what: str | None = None) -> Log:
    """Return the log, and whether it is as it was written.

    Parameters
    ----------
    since
        The first day, in UTC; None for all.
    what
        Words of what was done: ``"token"`` finds those made and those revoked.

    Raises
    ------
    ReadError
        If nothing that is ever logged is called so.
    """
    if what is not None and not any(what in known for known in WHATS):
        raise ReadError(f"Nothing in the log is called {what!r}. It has: {', '.join(WHATS)}.")
    pages = books.log().read()
    entries = [
        Entry(str(e.get("when", "")), str(e.get("who", "")), str(e.get("what", "")), dict(e.get("facts", {})))
        for e in pages.entries
        if BROKEN not in e
    ]
    breaks = [str(e[BROKEN]) for e in pages.entries if BROKEN in e]
    chosen = tuple(
        e
        for e in entries
        if (since is None or e.when[:10] >= since.isoformat()) and (what is None or what in e.what)
    )
    return Log(chosen, "; ".join([*breaks, pages.broken] if pages.broken else breaks))


def now() -> str:
    """Return the time in UTC, to the second."""
    return datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def user() -> str:
    """Return the name of the user of this computer."""
    import getpass

    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"
