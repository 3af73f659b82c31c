"""The desk at which a person reads comments and decides, whatever it is drawn on."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from relsurvey.comments.screen import Names, Screened, screen
from relsurvey.comments.store import Decision, Keys, Store
from relsurvey.errors import DisclosureError
from relsurvey.escape import one_line, plain_text
from relsurvey.instrument import say
from relsurvey.keeping import log

if TYPE_CHECKING:
    import pandas as pd

    from relsurvey.instrument import Instrument

_LONGEST_NAME = 80


@dataclass(frozen=True)
class Comment:
    """A comment as a person reads it.

    Attributes
    ----------
    key
        What stands for it in the decisions.
    text
        Its words, without what cannot be seen.
    screened
        What was marked in it.
    question
        The question, in each language it was asked in.
    wave, school
        Empty where the file has none.
    arrived
        The day on which it was first seen on this computer.
    """

    key: str
    # Not in a repr: a notebook would keep it, a traceback would quote it.
    text: str = field(repr=False)
    screened: Screened = field(repr=False)
    question: dict[str, str] = field(repr=False)
    wave: str
    school: str
    arrived: datetime.date


@dataclass(frozen=True)
class Unread:
    """How many comments nobody has decided on, and since when.

    Attributes
    ----------
    count
        How many.
    since
        The day on which the oldest of them came; None without any.
    by
        The day by which that one is to be read.
    late
        Whether that day has passed.
    """

    count: int
    since: datetime.date | None = None
    by: datetime.date | None = None
    late: bool = False


class Desk:
    """Comments in the order in which they are to be read, and what is decided of them.

    Parameters
    ----------
    responses, comments
        As a :class:`relsurvey.Study` has them.
    instrument
        What was asked.
    ids
        Whether the respondents are hashed.
    simulated
        Whether the answers are invented: decisions on them lie apart.
    names
        Names of the school's people.

    Raises
    ------
    DisclosureError
        If there is no comment to read, or what was decided before is not as it was written.
    """

    def __init__(
        self,
        responses: pd.DataFrame,
        comments: pd.DataFrame,
        instrument: Instrument,
        *,
        ids: Literal["hashed", "as-is"] = "hashed",
        simulated: bool = False,
        names: Names | None = None,
    ) -> None:
        safety = instrument.safety
        if safety is None or comments.empty:
            raise DisclosureError(
                "There are no comments to read: no open question was answered. An instrument with one needs "
                "`safety: {contact: …, read_within_days: …}`, or its comments are not read at all."
            )
        self.contact: dict[str, str] = safety.contact
        self._store = Store.of(instrument, simulated=simulated)
        self._within = safety.read_within_days
        self._simulated = simulated
        self._instrument = instrument.id
        keyed = keys(responses, comments, ids)
        self._store.arrive(keyed)
        questions = {question.id: question.text or {"*": question.id} for question in instrument.comments}
        waves, schools = _column(responses, comments, "wave"), _column(responses, comments, "school")
        found: dict[str, Comment] = {}
        for key, question, text, wave, school in zip(
            keyed, comments["question"], comments["text"], waves, schools, strict=True
        ):
            if key not in found:
                shown = plain_text(text)
                screened = screen(shown, names)
                arrived = self._store.arrived[key]
                place = one_line(plain_text(wave)), one_line(plain_text(school))
                found[key] = Comment(key, shown, screened, questions[question], *place, arrived)
        # Keys are hashes: among equals the order is no file's.
        self._comments = dict(sorted(found.items(), key=lambda item: (item[1].screened.rank, item[0])))
        self._waiting = [key for key in self._comments if key not in self._store.decided]
        self._done: list[tuple[str, bool]] = []

    @property
    def current(self) -> Comment | None:
        """The comment to be read now; None when all are decided."""
        return self._comments[self._waiting[0]] if self._waiting else None

    @property
    def unread(self) -> Unread:
        """How many nobody has decided on, and since when."""
        return _unread([self._comments[key].arrived for key in self._waiting], self._within)

    @property
    def dangers(self) -> int:
        """How many of the unread hold words of danger."""
        return sum(bool(self._comments[key].screened.danger) for key in self._waiting)

    @property
    def counts(self) -> dict[Decision, int]:
        """How many of these comments were released, held and passed on."""
        decided = [d.what for key, d in self._store.decided.items() if key in self._comments]
        return {
            "released": decided.count("released"),
            "held": decided.count("held"),
            "passed on": decided.count("passed on"),
        }

    @property
    def released(self) -> list[Comment]:
        """The comments that were released, in this sitting or before, in the order of reading."""
        decided = self._store.decided
        return [c for key, c in self._comments.items() if key in decided and decided[key].what == "released"]

    @property
    def can_undo(self) -> bool:
        """Whether a step of this sitting can be taken back."""
        return bool(self._done)

    def release(self, *, sure: bool = False) -> None:
        """Release the current comment: it may be shown.

        Parameters
        ----------
        sure
            Whether the person has said twice that its words of danger mean none.

        Raises
        ------
        DisclosureError
            If it names an adult, or holds words of danger and the person is not sure.
        """
        comment = self._here()
        if comment.screened.names_adult:
            raise DisclosureError(
                "This comment names an adult, so it cannot be released. Hold it, or pass it on."
            )
        if comment.screened.danger and not sure:
            raise DisclosureError(
                "This comment has words of danger. Release it only if they mean none: say so once more."
            )
        self._decide("released")
        self._log("released a comment")

    def hold(self) -> None:
        """Hold the current comment: it is read, and stays unpublished."""
        self._decide("held")

    def pass_on(self, to: str) -> None:
        """Pass the current comment on: somebody has been told, or is told now. It stays unpublished.

        Parameters
        ----------
        to
            Who; it stands in the log, with the time.

        Raises
        ------
        DisclosureError
            If nobody is named.
        """
        named = one_line(plain_text(to))[:_LONGEST_NAME]
        if not named:
            raise DisclosureError("Say to whom it is passed on: a name or an office.")
        self._decide("passed on", named)
        self._log("passed on a comment", to=named)

    def skip(self) -> None:
        """Put the current comment behind all others, without a decision."""
        key = self._here().key
        self._waiting.append(self._waiting.pop(0))
        self._done.append((key, False))

    def withdraw(self, comment: Comment) -> None:
        """Take a release back, however long ago it was made: the comment is held from now on.

        Views that were published keep it; one that is published from now on does not show it.

        Parameters
        ----------
        comment
            One of :attr:`released`.

        Raises
        ------
        DisclosureError
            If it is not released.
        """
        if comment not in self.released:
            raise DisclosureError("This comment is not released, so there is nothing to take back.")
        self._store.decide(comment.key, "held")
        # Undone, it is unread, so that its marks are looked at anew: what was done with it before is no step.
        self._done = [step for step in self._done if step[0] != comment.key]
        self._done.append((comment.key, True))
        self._log("took back a comment")

    def undo(self) -> None:
        """Take back the last step of this sitting: the comment is current and unread again.

        Raises
        ------
        DisclosureError
            If there is none.
        """
        if not self._done:
            raise DisclosureError("There is nothing to take back in this sitting.")
        key, decided = self._done.pop()
        if decided:
            was = self._store.decided[key].what
            self._store.take_back(key)
            if was != "held":
                self._log("took back a comment")
        else:
            self._waiting.remove(key)
        self._waiting.insert(0, key)

    def _here(self) -> Comment:
        comment = self.current
        if comment is None:
            raise DisclosureError("All comments are read.")
        return comment

    def _decide(self, what: Decision, to: str = "") -> None:
        key = self._here().key
        self._store.decide(key, what, to)
        self._waiting.pop(0)
        self._done.append((key, True))

    def _log(
        self, what: Literal["released a comment", "passed on a comment", "took back a comment"], **facts: str
    ) -> None:
        simulated = {"simulated": "yes"} if self._simulated else {}
        log.note(what, instrument=self._instrument, **simulated, **facts)


def unread(
    responses: pd.DataFrame,
    comments: pd.DataFrame,
    instrument: Instrument,
    *,
    ids: Literal["hashed", "as-is"] = "hashed",
    simulated: bool = False,
) -> Unread:
    """Return how many comments nobody has decided on, and since when; note those that came now.

    Parameters
    ----------
    responses, comments, instrument, ids, simulated
        As for :class:`Desk`.
    """
    if instrument.safety is None or comments.empty:
        return Unread(0)
    store = Store.of(instrument, simulated=simulated)
    keyed = set(keys(responses, comments, ids))
    store.arrive(keyed)
    waiting = [store.arrived[key] for key in keyed if key not in store.decided]
    return _unread(waiting, instrument.safety.read_within_days)


def keys(responses: pd.DataFrame, comments: pd.DataFrame, ids: Literal["hashed", "as-is"]) -> list[str]:
    """Return what stands for each comment, in their order."""
    waves = _column(responses, comments, "wave")
    key = Keys(ids)
    return [
        key.of(str(respondent), wave, question, text)
        for respondent, wave, question, text in zip(
            comments["respondent"], waves, comments["question"], comments["text"], strict=True
        )
    ]


def _column(responses: pd.DataFrame, comments: pd.DataFrame, name: str) -> list[str]:
    """Return what a column of the responses says of each comment's row."""
    if name not in responses:
        return [""] * len(comments)
    return [str(value) for value in responses[name].fillna("").loc[comments.index]]


def _unread(arrived: list[datetime.date], within: int) -> Unread:
    if not arrived:
        return Unread(0)
    since = min(arrived)
    by = since + datetime.timedelta(days=within)
    return Unread(len(arrived), since, by, datetime.date.today() > by)


def question_of(comment: Comment, language: str) -> str:
    """Return the question a comment answers."""
    return say(comment.question, language)
