"""The browser's side of the loader, as its Python half sees it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from relsurvey.widgets import Loader


class Browser:
    """What the browser sends, and all that it ever hears."""

    def __init__(self, loader: Loader) -> None:
        self.loader = loader
        self.heard: list[dict[str, Any]] = []
        loader.send = lambda content, buffers=None: self.heard.append(content)  # type: ignore[method-assign]

    def say(self, content: dict[str, Any], piece: bytes | None = None) -> dict[str, Any]:
        """Send a message and return the last answer."""
        self.loader._hear(None, {"id": "me 1", **content}, [] if piece is None else [memoryview(piece)])
        return self.heard[-1]

    def drop(
        self,
        path: Path,
        role: str = "answers",
        name: str | None = None,
        piece: int = 500_000,
        *,
        more: bool = False,
    ) -> Any:
        """Send a file in pieces and return the last answer; ``more`` says that others follow."""
        data = path.read_bytes()
        about = {"role": role, "name": name or path.name, "size": len(data), "more": more}
        answer = self.say({"type": "begin", **about})
        for index, start in enumerate(range(0, len(data), piece)):
            if answer["type"] == "refused":
                break
            answer = self.say({"type": "piece", "index": index, "more": more}, data[start : start + piece])
        return answer

    def drop_all(self, *paths: Path) -> Any:
        """Send files of one choice and return the last answer."""
        return [self.drop(path, more=path != paths[-1]) for path in paths][-1]

    def do(self, **step: Any) -> dict[str, Any]:
        """Change one thing and return the state."""
        answer = self.say({"type": "change", "steps": [step]})
        assert answer["type"] == "state", answer
        state: dict[str, Any] = answer["state"]
        return state

    def state(self) -> dict[str, Any]:
        state: dict[str, Any] = self.say({"type": "hello"})["state"]
        return state

    def everything(self) -> str:
        """Return all that was ever heard, and what a saved notebook would hold."""
        traits = {name: str(value) for name, value in self.loader.get_state().items() if name != "_esm"}
        return json.dumps([self.heard, traits], ensure_ascii=False)
