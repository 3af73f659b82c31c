"""A survey export into a study, inside a notebook: choose it, look it over, use it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anywidget
import traitlets

from relsurvey.errors import ReadError, RelsurveyError
from relsurvey.loading import Inbox, Loading, shown
from relsurvey.loading.screen import Screen

if TYPE_CHECKING:
    from relsurvey.instrument import Instrument
    from relsurvey.reading import Limits, Source
    from relsurvey.study import Study

_STATIC = Path(__file__).parent.parent / "static"
#: An instrument is a short text.
_INSTRUMENT_MEGABYTES = 1
_TROUBLE = (
    "Something went wrong that should not have. Nothing was changed. Try again, or choose another file."
)


class Loader(anywidget.AnyWidget):
    """Loads a survey export: drop it, see how it was read, settle what does not fit, press *Use*.

    No row of the file is ever sent to the browser or saved in the notebook: there are names of columns,
    labels of answers, and counts from 10 on.

    Parameters
    ----------
    source
        A path, a :class:`relsurvey.Source`, or a list of them; None waits for a file to be dropped.
    instrument
        What was asked: a ready instrument's id, the path of a YAML file, or an instrument; None recognises a
        ready one.
    roster
        The path of a list of who was asked.
    wave, school
        The wave or school of every row, where the file does not say.
    language
        ``"en"`` or ``"es"``; empty follows the browser.
    limits
        What reading one file may cost.

    Attributes
    ----------
    study
        What *Use* made, or None.
    code
        The :func:`relsurvey.read` call that does the same; empty before *Use*.
    used
        How often *Use* was pressed: observe it to go on.

    Raises
    ------
    RelsurveyError
        If a file that was named cannot be read, or the instrument is not right.

    Examples
    --------
    >>> from relsurvey.demo import demo_workbook
    >>> loader = Loader(demo_workbook(), wave="spring")
    >>> loader.use().waves, loader.used
    (('spring',), 1)
    >>> loader.code.splitlines()[0], loader.code.splitlines()[-2:]
    ('study = rs.read(', ['    wave="spring",', ')'])
    """

    _esm = _STATIC / "loader.js"
    _css = _STATIC / "loader.css"

    # Synced, and so stored in a saved notebook: nothing else is. All that is shown goes as messages.
    language = traitlets.Unicode().tag(sync=True)
    used = traitlets.Int(0)

    def __init__(
        self,
        source: str | Path | Source | Sequence[str | Path | Source] | None = None,
        instrument: str | Path | Instrument | None = None,
        *,
        roster: str | Path | None = None,
        wave: str | None = None,
        school: str | None = None,
        language: str = "",
        limits: Limits | None = None,
    ) -> None:
        loading = Loading(instrument, limits, wave=wave or "", school=school or "")
        if source is not None:
            several = isinstance(source, Sequence) and not isinstance(source, str)
            loading.open(source if several else [source])  # type: ignore[arg-type, list-item]
        if roster is not None:
            loading.take_roster(Path(roster))
        self.study: Study | None = None
        self.code = ""
        self._loading = loading
        self._screen = Screen(loading)
        self._inbox = Inbox(loading.limits.megabytes)
        self._role = ""
        self._coming: object = None
        super().__init__(language=language)
        self.on_msg(self._hear)

    def use(self) -> Study:
        """Make the study from the file as it was looked over, as the button *Use* does.

        Raises
        ------
        RelsurveyError
            If the file does not fit yet.
        """
        study = self._make()
        self.used += 1
        return study

    def _make(self) -> Study:
        study = self.study = self._loading.use()
        self.code = self._loading.code
        return study

    def close(self) -> None:
        """Close the widget, and remove every file that was dropped on it."""
        # Also called for a widget that was never whole.
        if hasattr(self, "_inbox"):
            self._inbox.close()
        super().close()

    def _hear(self, _: Any, message: Any, buffers: Sequence[memoryview]) -> None:
        """Do what the browser asks for; whatever happens, it gets one sentence and no cell of a file."""
        sentence, used = "", False
        try:
            used = self._do(message, buffers)
        except RelsurveyError as error:
            sentence = self._screen.sentence(str(error))
        except Exception:  # noqa: BLE001 - a traceback may quote cells, and a notebook would keep it
            sentence = _TROUBLE
        if sentence:
            self._answer(message, "refused", sentence=sentence)
        if used:
            # Not above: what an observer raises is its own.
            self.used += 1

    def _do(self, message: Any, buffers: Sequence[memoryview]) -> bool:
        """Do what a message asks for, answer it, and say whether a study was made."""
        students = None
        match message:
            case {"type": "hello"}:
                pass
            case {"type": "begin", "role": "answers" | "roster" | "instrument" as role, "size": int(size)}:
                self._begin(role, str(message.get("name", "")), size)
                self._coming = message.get("id")
                self._answer(message, "ready")
                return False
            case {"type": "piece", "index": int(index)} if message.get("id") == self._coming:
                here = self._inbox.add(index, buffers[0] if buffers else b"")
                self._answer(message, "got", bytes=here)
                if not self._inbox.whole:
                    return False
                self._take()
            case {"type": "change", "steps": [*steps]}:
                for step in steps:
                    self._screen.step(step)
            case {"type": "use"}:
                study = self._make()
                students = shown.students(study.responses["respondent"].nunique())
            case {"type": "cancel"}:
                self._inbox.cancel()
                return False
            case _:
                return False
        self._answer(message, "state", state={**self._screen.state(), "used": students})
        return students is not None

    def _answer(self, message: Any, kind: str, **content: Any) -> None:
        self.send({"type": kind, "to": message.get("id"), **content})

    def _begin(self, role: str, name: str, size: int) -> None:
        if role == "instrument" and size > _INSTRUMENT_MEGABYTES * 1024**2:
            raise ReadError(
                "An instrument is a text of at most 1 MB; this file is larger. Is it the right file?"
            )
        self._role = role
        self._inbox.begin(name, size)

    def _take(self) -> None:
        """Take a file that is here whole, in place of the one before."""
        path, loading = self._inbox.take(), self._loading
        before: Path | None = path
        try:
            if self._role == "instrument":
                loading.take_instrument(path)
            elif self._role == "roster":
                before = loading.roster
                loading.take_roster(path, uploaded=True)
            else:
                before = Path(loading.sources[0].path) if loading.sources else None
                loading.open([path], uploaded=True)
        except BaseException:
            before = path
            raise
        finally:
            if before is not None:
                self._inbox.discard(before)
