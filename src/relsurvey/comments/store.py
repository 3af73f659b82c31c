"""What was decided of each comment, kept without its words: a comment is known by its hash alone."""

from __future__ import annotations

import datetime
import hmac
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, get_args

from relsurvey.errors import DisclosureError
from relsurvey.keeping import books, log
from relsurvey.reading import identity
from relsurvey.sealed import BROKEN, Book

if TYPE_CHECKING:
    from relsurvey.instrument import Instrument

Decision = Literal["released", "held", "passed on"]
_DECISIONS: tuple[str, ...] = get_args(Decision)
_ROW_NUMBER = re.compile(r"row-\d+\Z")


@dataclass(frozen=True)
class Decided:
    """A decision: what, when (UTC, ISO 8601), and to whom a comment was passed on."""

    what: Decision
    when: str
    to: str = ""


@dataclass
class Store:
    """The decisions on the comments to one instrument.

    Attributes
    ----------
    decided
        The decision that stands, by comment; one that was taken back is not in it.
    arrived
        The day on which each comment was first seen on this computer.
    """

    book: Book
    decided: dict[str, Decided] = field(default_factory=dict)
    arrived: dict[str, datetime.date] = field(default_factory=dict)

    @classmethod
    def of(cls, instrument: Instrument, *, simulated: bool = False) -> Store:
        """Return the decisions on an instrument's comments, after checking that nobody changed them.

        Raises
        ------
        DisclosureError
            If the file was changed, cut short, or is open to others.
        """
        store = cls(books.decisions(instrument, simulated=simulated))
        pages = store.book.read()
        broken = pages.broken or next((str(e[BROKEN]) for e in pages.entries if BROKEN in e), "")
        if broken:
            raise DisclosureError(
                f"What was decided of the comments, at {store.book.path}, is not as it was written: {broken}."
                " No comment is released on its word. Bring that file back from a backup, or delete it and "
                f"{store.book.lock.name} beside it: all comments are then unread again."
            )
        for entry in pages.entries:
            store._take(entry)
        return store

    def arrive(self, comments: Iterable[str], today: datetime.date | None = None) -> None:
        """Note the day on which comments came that were never seen before."""
        new = sorted({comment for comment in comments if comment not in self.arrived})
        if new:
            self._write({"arrived": (today or datetime.date.today()).isoformat(), books.COMMENTS: new})

    def decide(self, comment: str, what: Decision, to: str = "") -> None:
        """Note a decision on a comment, in place of the one before."""
        who = {"to": to} if to else {}
        self._write({books.COMMENTS: [comment], "decided": what, "when": log.now(), "who": log.user(), **who})

    def take_back(self, comment: str) -> None:
        """Take back the decision on a comment: it is unread again."""
        self._write({books.COMMENTS: [comment], "decided": None, "when": log.now(), "who": log.user()})

    def _write(self, entry: dict[str, Any]) -> None:
        self.book.add(entry)
        self._take(entry)

    def _take(self, entry: Mapping[str, Any]) -> None:
        comments = entry.get(books.COMMENTS, ())
        if "arrived" in entry:
            day = datetime.date.fromisoformat(entry["arrived"])
            self.arrived.update({comment: day for comment in comments if comment not in self.arrived})
        elif entry.get("decided") in _DECISIONS:
            found = Decided(entry["decided"], entry["when"], entry.get("to", ""))
            self.decided.update(dict.fromkeys(comments, found))
        else:
            for comment in comments:
                self.decided.pop(comment, None)


class Keys:
    """Says what stands for a comment: a hash of its student, and one of student, wave, question and text.

    With the first the comments of a student can be forgotten; neither says who it is or what was written.

    Parameters
    ----------
    ids
        Whether the respondents are hashed already.
    """

    def __init__(self, ids: Literal["hashed", "as-is"]) -> None:
        self._local = identity.local_key()
        self._students = books.own_key(books.STUDENTS)
        self._comments = books.own_key("comments")
        self._ids = ids

    def of(self, respondent: str, wave: str, question: str, text: str) -> str:
        """Return what stands for one comment."""
        if _ROW_NUMBER.match(respondent):
            # No id: known by what is said, which a later file with more rows says too.
            respondent = f"row\x1f{wave}\x1f{text}"
        elif self._ids == "as-is":
            number, *school = respondent.split(" @ ")
            respondent = identity.replaced("\x1f".join([number, *school]), self._local)
        whole = f"{respondent}\x1f{wave}\x1f{question}\x1f{text}".encode("utf-8", "surrogatepass")
        own = hmac.digest(self._comments, whole, "sha256").hex()[:24]
        return f"{books.student(respondent, self._students)}.{own}"
