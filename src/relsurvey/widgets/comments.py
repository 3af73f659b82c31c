"""The release screen inside a notebook: read what students wrote, danger first, and decide."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anywidget
import traitlets

from relsurvey.comments.desk import Comment, Desk
from relsurvey.comments.people import names_in
from relsurvey.errors import RelsurveyError

if TYPE_CHECKING:
    from relsurvey.study import Study

_STATIC = Path(__file__).parent.parent / "static"
_TROUBLE = "Something went wrong that should not have. Nothing was decided. Try again."


class Comments(anywidget.AnyWidget):
    """Shows the comments of a study one by one: release each, hold it, or pass it on; or take one back.

    No comment is saved in the notebook: each goes to the page as a message when it is to be read, and is gone
    when the page is closed. What is decided is kept in relsurvey's own folder, without a word of it.

    Parameters
    ----------
    study
        A study whose instrument has an open question and names a safety contact.
    roster, staff
        The paths of lists with names of students and of adults, which are marked; a comment that holds an
        adult's cannot be released. They are kept in memory alone.
    language
        ``"en"`` or ``"es"``; empty follows the browser.

    Raises
    ------
    DisclosureError
        If there is no comment to read, or what was decided before is not as it was written.
    ReadError
        If a list cannot be read.

    Examples
    --------
    >>> import relsurvey as rs
    >>> from relsurvey.demo import demo_workbook
    >>> screen = Comments(rs.read(demo_workbook()))
    >>> [name for name in screen.get_state() if "comment" in name], screen.unread.count > 50
    ([], True)
    """

    _esm = _STATIC / "comments.js"
    _css = _STATIC / "comments.css"

    # Synced, and so stored in a saved notebook: nothing else is. Comments go as messages.
    language = traitlets.Unicode().tag(sync=True)

    def __init__(
        self,
        study: Study,
        *,
        roster: str | Path | None = None,
        staff: str | Path | None = None,
        language: str = "",
    ) -> None:
        self._desk = Desk(
            study.responses,
            study.comments,
            study.instrument,
            ids=study._ids,
            simulated=study.simulated,
            names=names_in(Path(roster) if roster else None, Path(staff) if staff else None),
        )
        # Which comment the page shows: a click that was meant for the one before decides nothing.
        self._turn = 0
        super().__init__(language=language)
        self.on_msg(self._hear)

    @property
    def unread(self) -> Any:
        """How many comments nobody has decided on, and since when."""
        return self._desk.unread

    def _hear(self, _: Any, message: Any, buffers: Sequence[memoryview]) -> None:
        """Do what the page asks for, and answer; a traceback may quote a comment, so none leaves."""
        try:
            self._do(message)
        except RelsurveyError as error:
            self._answer(message, "refused", sentence=str(error))
        except Exception:  # noqa: BLE001 - a traceback may quote a comment, and a notebook would keep it
            self._answer(message, "refused", sentence=_TROUBLE)

    def _do(self, message: Any) -> None:
        match message:
            case {"type": "hello"}:
                pass
            case {"type": "released"}:
                released = [_shown(comment) for comment in self._desk.released]
                self._answer(message, "state", state=self._state(), released=released)
                return
            case {"type": "step", "turn": int(turn), "do": str(step)} if turn == self._turn:
                self._step(step, message)
                self._turn += 1
            case {"type": "step"}:
                pass
            case _:
                return
        self._answer(message, "state", state=self._state())

    def _step(self, step: str, message: Any) -> None:
        match step:
            case "release":
                self._desk.release(sure=message.get("sure") is True)
            case "hold":
                self._desk.hold()
            case "pass on":
                self._desk.pass_on(str(message.get("to", "")))
            case "skip":
                self._desk.skip()
            case "take back":
                # By its place among those that were shown: within a turn they stay the same.
                self._desk.withdraw(dict(enumerate(self._desk.released))[message.get("at")])
            case "undo":
                self._desk.undo()

    def _answer(self, message: Any, kind: str, **content: Any) -> None:
        self.send({"type": kind, "to": message.get("id"), **content})

    def _state(self) -> dict[str, Any]:
        desk, unread = self._desk, self._desk.unread
        counts = desk.counts
        return {
            "turn": self._turn,
            "unread": unread.count,
            "since": str(unread.since or ""),
            "by": str(unread.by or ""),
            "late": unread.late,
            "dangers": desk.dangers,
            "released": counts["released"],
            "held": counts["held"],
            "passedOn": counts["passed on"],
            "contact": desk.contact,
            "undo": desk.can_undo,
            "comment": None if desk.current is None else _shown(desk.current),
        }


def _shown(comment: Comment) -> dict[str, Any]:
    """Return a comment in pieces, each with what it was marked as."""
    pieces, last = [], 0
    for mark in comment.screened.marks:
        if mark.start > last:
            pieces.append({"text": comment.text[last : mark.start], "kind": ""})
        pieces.append({"text": comment.text[mark.start : mark.end], "kind": mark.kind})
        last = mark.end
    if last < len(comment.text):
        pieces.append({"text": comment.text[last:], "kind": ""})
    return {
        "pieces": pieces,
        "danger": bool(comment.screened.danger),
        "adult": comment.screened.names_adult,
        "question": comment.question,
        "wave": comment.wave,
        "school": comment.school,
    }
