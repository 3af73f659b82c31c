"""Bytes → tables of text: a file nobody has vetted is parsed in a child process with limits.

The names are imported when first used: that process imports this room too, and one is started for each file.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from relsurvey.reading.opening.open import Opened, from_frame, open_file, open_files
    from relsurvey.reading.opening.sheet import Column, Sheet, Variable

_HOMES = {
    "Column": "sheet",
    "Opened": "open",
    "Sheet": "sheet",
    "Variable": "sheet",
    "from_frame": "open",
    "open_file": "open",
    "open_files": "open",
}

__all__ = ["Column", "Opened", "Sheet", "Variable", "from_frame", "open_file", "open_files"]


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(f"relsurvey.reading.opening.{_HOMES[name]}"), name)
    raise AttributeError(f"relsurvey.reading.opening has no {name!r}")
