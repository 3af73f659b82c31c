"""relsurvey: hear what students say about school, and how far the numbers can be trusted.

Every public name is listed here and imported when first used, so that ``import relsurvey`` costs little.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from relsurvey import analysis, disclosure, grading, widgets
    from relsurvey.errors import RelsurveyError
    from relsurvey.instrument import Instrument, instruments
    from relsurvey.practices import GradingPractices
    from relsurvey.reading import Limits, Mapping, Source
    from relsurvey.study import Study, read
    from relsurvey.view import View

__version__ = "0.1.0"

_HOMES = {
    "GradingPractices": "relsurvey.practices",
    "Instrument": "relsurvey.instrument",
    "Limits": "relsurvey.reading",
    "Mapping": "relsurvey.reading",
    "RelsurveyError": "relsurvey.errors",
    "Source": "relsurvey.reading",
    "Study": "relsurvey.study",
    "View": "relsurvey.view",
    "instruments": "relsurvey.instrument",
    "read": "relsurvey.study",
}
_ROOMS = ("analysis", "disclosure", "grading", "widgets")

__all__ = [
    "GradingPractices",
    "Instrument",
    "Limits",
    "Mapping",
    "RelsurveyError",
    "Source",
    "Study",
    "View",
    "analysis",
    "disclosure",
    "grading",
    "instruments",
    "read",
    "widgets",
]


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    if name in _ROOMS:
        return import_module(f"relsurvey.{name}")
    raise AttributeError(f"relsurvey has no {name!r}. It has: {', '.join(__all__)}.")


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
