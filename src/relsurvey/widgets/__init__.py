"""Widgets for notebooks: thin, and holding nothing that has not passed the gate.

Each is imported when first used: the app that Voilà serves needs the viewer alone.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from relsurvey.widgets.comments import Comments
    from relsurvey.widgets.compare import Compare
    from relsurvey.widgets.loader import Loader
    from relsurvey.widgets.policy_lab import PolicyLab
    from relsurvey.widgets.publishing import Publish
    from relsurvey.widgets.reliability import Reliability
    from relsurvey.widgets.viewer import Viewer

_HOMES = {
    "Comments": "relsurvey.widgets.comments",
    "Compare": "relsurvey.widgets.compare",
    "Loader": "relsurvey.widgets.loader",
    "PolicyLab": "relsurvey.widgets.policy_lab",
    "Publish": "relsurvey.widgets.publishing",
    "Reliability": "relsurvey.widgets.reliability",
    "Viewer": "relsurvey.widgets.viewer",
}

__all__ = ["Comments", "Compare", "Loader", "PolicyLab", "Publish", "Reliability", "Viewer"]


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        # What a server shows to others neither tells of lists nor deletes them.
        if name != "Viewer":
            _clear_lists()
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"relsurvey.widgets has no {name!r}. It has: {', '.join(__all__)}.")


def _clear_lists() -> None:
    from relsurvey.keeping.until import clear_lists

    for sentence in clear_lists():
        print(sentence)
