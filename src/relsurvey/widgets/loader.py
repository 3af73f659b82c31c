"""Files into a study or a gradebook, inside a notebook: choose them, look them over, use them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anywidget
import traitlets

from relsurvey.errors import MatchError, ReadError, RelsurveyError
from relsurvey.loading import GradeLoading, Loading, shown
from relsurvey.loading.both import GRADEBOOK, SURVEY, Both
from relsurvey.loading.grades_screen import GradeScreen
from relsurvey.loading.screen import Screen

if TYPE_CHECKING:
    from relsurvey import grading
    from relsurvey.grading import Gradebook, GradebookMapping
    from relsurvey.instrument import Instrument
    from relsurvey.reading import Limits, Source
    from relsurvey.study import Study

_STATIC = Path(__file__).parent.parent / "static"
#: What draws each of the two; both have one style sheet.
_DRAWN = {SURVEY: "loader.js", GRADEBOOK: "gradebook.js"}
#: An instrument is a short text.
_INSTRUMENT_MEGABYTES = 1
_TROUBLE = (
    "Something went wrong that should not have. Nothing was changed. Try again, or choose another file."
)


class Loader(anywidget.AnyWidget):
    """Loads a survey or gradebooks: drop the files, see how they were read, settle the rest, press *Use*.

    What the first files are, it finds out by itself: exports of Canvas, OneRoster, PowerSchool, Aeries and
    Google Classroom, and tables whose headings or mapping say everything, are gradebooks; all else is a
    survey. A menu changes that, and keeps what was settled on either side.

    No row of a file is ever sent to the browser or saved in the notebook: there are names of columns and
    work, labels of answers, codes, and counts from 10 on.

    Parameters
    ----------
    source
        A path, a :class:`relsurvey.Source` or :class:`relsurvey.grading.Source`, or a list; None waits
        for files to be dropped.
    instrument
        What was asked: a ready instrument's id, the path of a YAML file, or an instrument; None recognises a
        ready one.
    roster
        The path of a list of who was asked.
    wave, school
        The wave or school of every row of a survey, where the file does not say.
    gradebook
        Whether files are gradebooks (True) or surveys (False); None finds out.
    language
        ``"en"`` or ``"es"``; empty follows the browser.
    limits
        What reading one file may cost.

    Attributes
    ----------
    study
        What *Use* made of a survey, or None.
    gradebook
        What *Use* made of gradebooks, or None.
    mapping
        The mapping that the gradebooks needed, or None.
    code
        The :func:`relsurvey.read` or :func:`relsurvey.grading.read_gradebook` call that does the same; empty
        before *Use*.
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

    _esm = _STATIC / _DRAWN[SURVEY]
    _css = _STATIC / "loader.css"

    # Synced, and so stored in a saved notebook: nothing else is. All that is shown goes as messages.
    language = traitlets.Unicode().tag(sync=True)
    used = traitlets.Int(0)

    def __init__(
        self,
        source: str
        | Path
        | Source
        | grading.Source
        | Sequence[str | Path | Source | grading.Source]
        | None = None,
        instrument: str | Path | Instrument | None = None,
        *,
        roster: str | Path | None = None,
        wave: str | None = None,
        school: str | None = None,
        gradebook: bool | None = None,
        language: str = "",
        limits: Limits | None = None,
    ) -> None:
        loading = Loading(instrument, limits, wave=wave or "", school=school or "")
        grades = GradeLoading(loading.limits)
        self.study: Study | None = None
        self.gradebook: Gradebook | None = None
        self.mapping: GradebookMapping | None = None
        self.code = ""
        self._loading, self._grades = loading, grades
        self._screen, self._grade_screen = Screen(loading), GradeScreen(grades)
        told = "" if gradebook is None else GRADEBOOK if gradebook else SURVEY
        self._both = Both(loading, grades, told)
        self._role = ""
        self._coming: object = None
        #: Whether another script draws now, so that the focus has to be found anew; and what went wrong then.
        self._moved, self._late = False, ""
        self._drawn = SURVEY
        if source is not None:
            self._both.open(source, asked=instrument is not None)
        if roster is not None:
            loading.take_roster(Path(roster))
        super().__init__(language=language)
        self.on_msg(self._hear)
        self._draw()
        self._moved = False

    def use(self) -> Study:
        """Make the study from the file as it was looked over, as the button *Use* does.

        Raises
        ------
        RelsurveyError
            If the file does not fit yet, or is a gradebook.
        """
        if self._both.mode == GRADEBOOK:
            raise MatchError("These files are read as gradebooks: take them with use_gradebook().")
        study = self._make_study()
        self.used += 1
        return study

    def use_gradebook(self) -> Gradebook:
        """Make the gradebook from the files as they were looked over, as the button *Use* does.

        Raises
        ------
        RelsurveyError
            If something is left to say, or the file is a survey.
        """
        if self._both.mode == SURVEY:
            raise MatchError("This file is read as a survey: take it with use(), or say gradebook=True.")
        made = self._make_gradebook()
        self.used += 1
        return made

    def close(self) -> None:
        """Close the widget, and remove every file that was dropped on it."""
        # Also called for a widget that was never whole.
        if hasattr(self, "_both"):
            self._both.inbox.close()
        super().close()

    def _make_study(self) -> Study:
        study = self.study = self._loading.use()
        self.code = self._loading.code
        return study

    def _make_gradebook(self) -> Gradebook:
        made = self.gradebook = self._grades.use()
        self.code, self.mapping = self._grades.code, self._grades.mapping
        return made

    def _draw(self) -> None:
        """Let the browser draw the half of now; a view that is there is drawn anew."""
        if self._drawn != self._both.mode:
            self._drawn, self._moved = self._both.mode, True
            self.set_trait("_esm", (_STATIC / _DRAWN[self._drawn]).read_text("utf-8"))

    # The line to the browser.

    def _hear(self, _: Any, message: Any, buffers: Sequence[memoryview]) -> None:
        """Do what the browser asks for; whatever happens, it gets one sentence and no cell of a file."""
        sentence, used = "", False
        try:
            used = self._do(message, buffers)
        except RelsurveyError as error:
            screen = self._grade_screen if self._both.mode == GRADEBOOK else self._screen
            sentence = screen.sentence(str(error))
        except Exception:  # noqa: BLE001 - a traceback may quote cells, and a notebook would keep it
            sentence = _TROUBLE
        self._draw()
        if sentence:
            self._late = sentence if self._moved else ""
            self._answer(message, "refused", sentence=sentence)
            self._after_last(message)
        if used:
            # Not above: what an observer raises is its own.
            self.used += 1

    def _do(self, message: Any, buffers: Sequence[memoryview]) -> bool:
        """Do what a message asks for, answer it, and say whether something was taken into use."""
        students = None
        match message:
            case {"type": "hello"}:
                self._greet(message)
                return False
            case {"type": "begin", "role": "answers" | "roster" | "instrument" as role, "size": int(size)}:
                self._begin(role, str(message.get("name", "")), size)
                self._coming = message.get("id")
                self._answer(message, "ready")
                return False
            case {"type": "piece", "index": int(index)} if message.get("id") == self._coming:
                here = self._both.inbox.add(index, buffers[0] if buffers else b"")
                self._answer(message, "got", bytes=here)
                if not self._both.inbox.whole:
                    return False
                if message.get("more") is True and self._role == "answers":
                    self._both.batch.append(self._both.inbox.take())
                    self._answer(message, "taken")
                    return False
                self._together(message, self._take)
            case {"type": "change", "steps": [*steps]}:
                for step in steps:
                    self._step(step)
            case {"type": "mode", "mode": "survey" | "gradebook" as mode}:
                self._both.switch(mode)
            case {"type": "use"} if self._both.mode == GRADEBOOK:
                students = shown.students(self._make_gradebook().marks["student"].nunique())
            case {"type": "use"}:
                study = self._make_study()
                students = shown.students(study.responses["respondent"].nunique())
            case {"type": "cancel"}:
                self._both.inbox.cancel()
                if not self._both.batch:
                    return False
                self._together(message, self._both.settle)
            case _:
                return False
        self._answer(message, "state", state={**self._state(), "used": students})
        return students is not None

    def _after_last(self, message: Any) -> None:
        """Take the files that are here where the last of a choice could not come."""
        match message:
            case {"type": "begin" | "piece"} if self._both.batch and message.get("more") is not True:
                self._hear(None, {"type": "cancel", "id": message.get("id")}, [])

    def _together(self, message: Any, take: Callable[[], None]) -> None:
        """Take files; where one cannot be read, what became of the others is said too."""
        try:
            take()
        except RelsurveyError:
            self._answer(message, "state", state=self._state())
            raise

    def _step(self, step: Any) -> None:
        if self._both.mode == GRADEBOOK:
            if self._grade_screen.step(step):
                self._both.tidy()
        else:
            self._screen.step(step)

    def _state(self) -> dict[str, Any]:
        """Return all that may be shown."""
        screen = self._grade_screen if self._both.mode == GRADEBOOK else self._screen
        offered = [one.path.name for one in self._both.offered]
        return {**screen.state(), "mode": self._both.mode, "moved": False, "offered": offered, "used": None}

    def _greet(self, message: Any) -> None:
        """Answer a view that has just been drawn, also with what its forerunner was told last."""
        state = {**self._state(), "moved": self._moved}
        state["error"] = self._late or state["error"]
        self._moved, self._late = False, ""
        self._answer(message, "state", state=state)

    def _answer(self, message: Any, kind: str, **content: Any) -> None:
        self.send({"type": kind, "to": message.get("id"), **content})

    def _begin(self, role: str, name: str, size: int) -> None:
        if role == "instrument" and size > _INSTRUMENT_MEGABYTES * 1024**2:
            raise ReadError(
                "An instrument is a text of at most 1 MB; this file is larger. Is it the right file?"
            )
        self._role = role
        self._both.inbox.begin(name, size)

    def _take(self) -> None:
        """Take a file that is here whole, in place of the one before."""
        path, loading = self._both.inbox.take(), self._loading
        if self._role == "answers":
            self._both.batch.append(path)
            self._both.settle()
            return
        try:
            if self._role == "instrument":
                loading.take_instrument(path)
            else:
                loading.take_roster(path, uploaded=True)
        finally:
            self._both.tidy()
