"""What widgets that answer a browser share: a message in, and whatever happens, no row out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import anywidget
import traitlets

from relsurvey.errors import RelsurveyError

_TROUBLE = "Something went wrong that should not have. Nothing was changed. Choose something else."


class Talking(anywidget.AnyWidget):
    """A notebook widget all of whose figures go to the browser as messages, never as a synced trait."""

    # Synced, and so stored in a saved notebook: nothing else is.
    language = traitlets.Unicode().tag(sync=True)

    def __init__(self, language: str) -> None:
        super().__init__(language=language)
        self.on_msg(self._hear)

    def _do(self, message: Any) -> None:
        """Do what a message asks for, and answer it."""
        raise NotImplementedError

    def _state(self) -> dict[str, Any]:
        """Return all that is shown, as plain data; of figures only what the result's faces show."""
        raise NotImplementedError

    def _hear(self, _: Any, message: Any, buffers: Sequence[memoryview]) -> None:
        """Do what the browser asks for; whatever happens, it gets one sentence and no row."""
        del buffers
        try:
            self._do(message)
        except RelsurveyError as error:
            self._answer(message, "refused", sentence=str(error))
        except Exception:  # noqa: BLE001 - a traceback may quote figures, and a notebook would keep it
            self._answer(message, "refused", sentence=_TROUBLE)

    def _tell(self) -> None:
        self.send({"type": "state", "state": self._state()})

    def _answer(self, message: Any, kind: str, buffers: list[bytes] | None = None, **content: Any) -> None:
        self.send({"type": kind, "to": message.get("id"), **content}, buffers=buffers)
