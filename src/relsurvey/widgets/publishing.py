"""A study published from a notebook: choose, see what would be hidden and why, look at it, write it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Lock, Thread
from typing import TYPE_CHECKING, Any, get_args

import anywidget
import traitlets

from relsurvey.errors import AnalysisError, PublishError, RelsurveyError
from relsurvey.files import sha256
from relsurvey.loading.choices import History, literal
from relsurvey.publish.each import Each, parts
from relsurvey.publish.write import Format, least
from relsurvey.view.pages import wave_name
from relsurvey.widgets.choice import Choice
from relsurvey.widgets.explorer import variables
from relsurvey.widgets.previewing import holds_view, preview, written
from relsurvey.words import languages

if TYPE_CHECKING:
    from relsurvey.publish import Published
    from relsurvey.study import Study
    from relsurvey.view.model import View
    from relsurvey.view.without import Without

_STATIC = Path(__file__).parent.parent / "static"
_TROUBLE = (
    "Something went wrong that should not have. Nothing was written. Choose something else, or try again."
)
_USUAL: tuple[Format, ...] = ("voila", "html")
_EACH: tuple[Each, ...] = get_args(Each)
_LARGEST_MIN_N = 1000
_LONGEST_FOLDER = 500
_WIDTH = 100


#: What a view depends on.
_Key = tuple[tuple[str, ...], int, str, tuple[tuple[str, str], ...]]


@dataclass(frozen=True)
class _Look:
    """What the gate said to a choice: a view, or the sentence with which it refused."""

    view: View | None
    sentence: str = ""
    key: str = ""
    json: str = ""


class Publish(anywidget.AnyWidget):
    """Publishes a study: choose, see what would be hidden and why, look at the view, press *Write*.

    Nothing is written before the button is pressed. What is seen has passed the same gate, at the threshold
    that the chosen doors need; a saved notebook keeps the call that does the same, and nothing else.

    Parameters
    ----------
    study
        The study.
    out
        The folder to begin with; it is made when something is written.
    by
        Group variables to begin with; None takes the instrument's.
    formats
        Doors to begin with, as for :meth:`relsurvey.Study.publish`.
    min_n
        Fewest students of anything shown; it raises the thresholds of the doors and never lowers them.
    each
        ``"school"`` or ``"team"``: a folder for each one; None writes one view.
    strategies
        A file of strategy cards to begin with, as for :meth:`relsurvey.Study.publish`.
    without
        Tables to leave out to begin with, as for :meth:`relsurvey.Study.publish`.
    language
        ``"en"`` or ``"es"``; empty follows the browser.

    Attributes
    ----------
    published
        What was written last, or None.
    code
        The :meth:`relsurvey.Study.publish` call that does the same.

    Raises
    ------
    AnalysisError, PublishError
        If there is no such variable, door or threshold.

    Examples
    --------
    >>> import relsurvey as rs
    >>> from relsurvey.demo import demo_workbook
    >>> widget = Publish(rs.read(demo_workbook()), "spring", by="gender", formats=["html"])
    >>> widget.code
    'study.publish("spring", by=["gender"], formats=["html"])'
    """

    _esm = _STATIC / "publish.js"
    _css = _STATIC / "publish.css"

    # Synced, and so stored in a saved notebook: nothing else is. All that is shown goes as messages.
    language = traitlets.Unicode().tag(sync=True)
    _code = traitlets.Unicode().tag(sync=True)

    def __init__(
        self,
        study: Study,
        out: str | Path = "relsurvey-view",
        by: str | Sequence[str] | None = None,
        formats: Sequence[Format] = _USUAL,
        min_n: int | None = None,
        each: Each | None = None,
        strategies: str | Path | None = None,
        without: Without | None = None,
        *,
        language: str = "",
    ) -> None:
        self._study = study
        self._variables = study._published_groups()
        wanted = self._variables if by is None else (by,) if isinstance(by, str) else tuple(by)
        left = tuple(
            (school, variable)
            for school, some in (without or {}).items()
            for variable in ([some] if isinstance(some, str) else some)
        )
        first = Choice(wanted, tuple(formats), min_n or 0, each or "", str(out), str(strategies or ""), left)
        self._history = History(self._allowed(first))
        self.published: Published | None = None
        self._written: tuple[Choice, Published] | None = None
        self._looks: dict[_Key, _Look] = {}
        # One look at the rows at a time, by whoever; and what the worker does next, decided in one place.
        self._gate, self._turn = Lock(), Lock()
        self._worker: Thread | None = None
        self._wanted: tuple[Choice, Any] | None = None
        super().__init__(language=language, _code=self.code)
        self.on_msg(self._hear)

    @property
    def code(self) -> str:
        """The call that does the same, for a cell in which the study is called ``study``."""
        out, more = self._call(self._history.now)
        words = [literal(out), *(f"{name}={literal(value)}" for name, value in more.items())]
        line = f"study.publish({', '.join(words)})"
        if len(line) <= _WIDTH:
            return line
        return "study.publish(\n" + "".join(f"    {word},\n" for word in words) + ")"

    def write(self) -> Published:
        """Write what is chosen, as the button *Write* does.

        Raises
        ------
        RelsurveyError
            As :meth:`relsurvey.Study.publish` does.
        """
        published = self._write(self._history.now)
        self._tell()
        return published

    # What may be chosen

    def _allowed(self, choice: Choice) -> Choice:
        """Return a choice in the order of the menus.

        Raises
        ------
        AnalysisError, PublishError
            If something in it cannot be chosen.
        """
        for variable in choice.by:
            if variable not in self._variables:
                self._study._group(variable)
                raise AnalysisError(
                    f"{variable!r} cannot be shown. Choose from: {', '.join(self._variables)}."
                )
        known = get_args(Format)
        unknown = [name for name in choice.formats if name not in known]
        if unknown or not choice.formats:
            raise PublishError(
                f"There is no {unknown[0]!r} to write. Choose from: {', '.join(known)}."
                if unknown
                else "Choose at least one thing to write."
            )
        if choice.each not in ("", *_EACH):
            raise PublishError(f"Cannot publish for each {choice.each}. Choose from: {', '.join(_EACH)}.")
        if not 0 <= choice.min_n <= _LARGEST_MIN_N:
            raise PublishError(f"The fewest students shown are a number up to {_LARGEST_MIN_N}.")
        out, strategies = (
            "".join(letter for letter in path if letter.isprintable()).strip()
            for path in (choice.out, choice.strategies)
        )
        if not 0 < len(out) <= _LONGEST_FOLDER:
            raise PublishError("Name the folder to write to.")
        if len(strategies) > _LONGEST_FOLDER:
            raise PublishError("Name the file of strategies, or none.")
        return replace(
            choice,
            by=tuple(variable for variable in self._variables if variable in choice.by),
            formats=tuple(name for name in known if name in choice.formats),
            min_n=choice.min_n if choice.min_n > self._least(choice) else 0,
            out=out,
            strategies=strategies,
        )

    def _least(self, choice: Choice) -> int:
        """Return the threshold that the chosen doors need."""
        return least(choice.formats, self._study.instrument)

    def _min_n(self, choice: Choice) -> int:
        return max(self._least(choice), choice.min_n)

    def _call(self, choice: Choice) -> tuple[str, dict[str, Any]]:
        """Return what :meth:`relsurvey.Study.publish` is called with, where it is not its own default."""
        more: dict[str, Any] = {
            "by": None if choice.by == self._variables else list(choice.by),
            "formats": None if choice.formats == _USUAL else list(choice.formats),
            "min_n": choice.min_n or None,
            "strategies": choice.strategies or None,
            "each": choice.each or None,
            "without": choice.without or None,
        }
        return choice.out, {name: value for name, value in more.items() if value is not None}

    def _step(self, step: Any) -> None:
        """Change one thing, or go back or forward."""
        now, go = self._history.now, self._history
        match step:
            case {"do": "undo"}:
                go.move(-1)
            case {"do": "redo"}:
                go.move(1)
            case {"do": "by", "id": str(variable), "on": bool(on)}:
                go.add(self._allowed(replace(now, by=_with(now.by, variable, on=on))))
            case {"do": "door", "id": str(door), "on": bool(on)}:
                formats: Any = _with(now.formats, door, on=on)
                go.add(self._allowed(replace(now, formats=formats)))
            case {"do": "each", "each": "" | "school" | "team" as each}:
                go.add(self._allowed(replace(now, each=each)))
            case {"do": "min_n", "n": int(n)}:
                go.add(self._allowed(replace(now, min_n=n)))
            case {"do": "out", "text": str(text)}:
                go.add(self._allowed(replace(now, out=text)))
            case {"do": "strategies", "text": str(text)}:
                go.add(self._allowed(replace(now, strategies=text)))
            case {"do": "table", "school": str(school), "id": str(variable), "on": bool(on)}:
                rest = tuple(one for one in now.left if one != (school, variable))
                left = rest if on else (*rest, (school, variable))
                go.add(self._allowed(replace(now, left=left)))

    # The gate, on a thread of its own: the notebook goes on meanwhile

    def _work_on(self) -> None:
        """Set the worker to what is to be done next, unless it is at work."""
        with self._turn:
            if self._worker is None:
                self._worker = Thread(target=self._work, name="relsurvey-publish", daemon=True)
                self._worker.start()

    def _work(self) -> None:
        while True:
            with self._turn:
                wanted, choice = self._wanted, self._history.now
                if wanted is None and self._found(choice) is not None:
                    self._worker = None
                    return
            if wanted is None:
                self._looks[self._key(choice)] = self._look(choice)
            else:
                self._answer_write(*wanted)
            self._tell()

    def _key(self, choice: Choice) -> _Key:
        """Return what a view depends on: neither folder nor kind of file changes a number in it."""
        return choice.by, self._min_n(choice), choice.strategies, choice.tables

    def _found(self, choice: Choice) -> _Look | None:
        return self._looks.get(self._key(choice))

    def _look(self, choice: Choice) -> _Look:
        try:
            with self._gate:
                view = self._study._rehearsed(
                    choice.by, self._min_n(choice), choice.strategies or None, choice.without
                )
            json = view.to_json()
            return _Look(view, key=sha256(json), json=json)
        except RelsurveyError as error:
            return _Look(None, str(error))
        except Exception:  # noqa: BLE001 - a traceback may quote answers, and a notebook would keep it
            return _Look(None, _TROUBLE)

    def _write(self, choice: Choice) -> Published:
        out, more = self._call(choice)
        with self._gate:
            published = self.published = self._study.publish(out, **more)
        self._written = choice, published
        # Other choices were looked at beside an earlier ledger.
        own = self._key(choice)
        self._looks = {key: look for key, look in self._looks.items() if key == own}
        return published

    def _answer_write(self, choice: Choice, message: Any) -> None:
        sentence = ""
        try:
            self._write(choice)
        except RelsurveyError as error:
            sentence = str(error)
        except Exception:  # noqa: BLE001 - a traceback may quote answers, and a notebook would keep it
            sentence = _TROUBLE
        self._wanted = None
        if sentence:
            self._answer(message, "refused", sentence=sentence)
        else:
            self._answer(message, "state", state=self._state())

    # Both ways between here and a browser

    def _hear(self, _: Any, message: Any, buffers: Sequence[memoryview]) -> None:
        """Do what the browser asks for; whatever happens, it gets one sentence and no row of the study."""
        del buffers
        try:
            self._do(message)
        except RelsurveyError as error:
            self._answer(message, "refused", sentence=str(error))
            # Of several changes the first ones may stand.
            self._tell()
            self._work_on()
        except Exception:  # noqa: BLE001 - a traceback may quote answers, and a notebook would keep it
            self._answer(message, "refused", sentence=_TROUBLE)

    def _do(self, message: Any) -> None:
        match message:
            case {"type": "hello"}:
                pass
            case {"type": "change", "steps": [*steps]}:
                try:
                    for step in steps:
                        self._step(step)
                finally:
                    self._code = self.code
            case {"type": "look", "key": str(key)}:
                json = next((look.json for look in list(self._looks.values()) if look.key == key), None)
                if json:
                    self._answer(message, "view", key=key, view=json)
                return
            case {"type": "write", "code": str(code)}:
                self._want(code, message)
                self._tell()
                return
            case _:
                return
        self._answer(message, "state", state=self._state())
        self._work_on()

    def _want(self, code: str, message: Any) -> None:
        """Have the worker write what was seen, as it was chosen there and let through by the gate."""
        choice = self._history.now
        look = self._found(choice)
        if self._wanted is not None or look is None or code != self.code:
            raise PublishError("This is not what was checked last. Look at what would be hidden, then write.")
        if error := self._error(choice, look):
            raise PublishError(error)
        self._wanted = choice, message
        self._work_on()

    def _tell(self) -> None:
        self.send({"type": "state", "state": self._state()})

    def _answer(self, message: Any, kind: str, **content: Any) -> None:
        self.send({"type": kind, "to": message.get("id"), **content})

    def _error(self, choice: Choice, look: _Look) -> str:
        """Return why a choice cannot be written, as far as it is known before."""
        if look.view is None or not choice.each:
            return look.sentence
        try:
            parts(look.view, choice.each)
        except PublishError as error:
            return str(error)
        return ""

    def _state(self) -> dict[str, Any]:
        """Return all that is shown, as plain data: of the study only what a view holds."""
        known, study, choice = languages(), self._study, self._history.now
        look = self._found(choice)
        return {
            "menu": variables(study, units=()),
            "choice": {
                "by": list(choice.by),
                "doors": list(choice.formats),
                "each": choice.each,
                "min_n": self._min_n(choice),
                "out": choice.out,
                "strategies": choice.strategies,
                "left": [list(one) for one in choice.left],
            },
            "least": self._least(choice),
            "undo": self._history.behind,
            "redo": self._history.ahead,
            "wave": wave_name(study.wave, known, study.instrument.waves),
            "simulated": study.simulated,
            "comments": not study.comments.empty,
            "there": holds_view(choice.out),
            "code": self.code,
            "doing": "write" if self._wanted is not None else "look" if look is None else "",
            "error": "" if look is None else self._error(choice, look),
            "preview": None
            if look is None or look.view is None
            else preview(look.view, choice.each, look.key),
            "written": None
            if self._written is None or self._written[0] != choice
            else written(self._written[1], served="voila" in choice.formats),
        }


def _with(chosen: Sequence[str], one: str, *, on: bool) -> tuple[str, ...]:
    rest = tuple(name for name in chosen if name != one)
    return (*rest, one) if on else rest
