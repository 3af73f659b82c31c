"""Grading practices: gradebooks and policies, and what each policy would do to a school's own marks.

The names are imported when first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from relsurvey.errors import BlankChoiceError, PolicyError
    from relsurvey.grading.gradebook import Gradebook
    from relsurvey.grading.policy import Policy
    from relsurvey.grading.proof import prove
    from relsurvey.grading.regrade import regrade

_HOMES = {
    "BlankChoiceError": "relsurvey.errors",
    "Gradebook": "relsurvey.grading.gradebook",
    "Policy": "relsurvey.grading.policy",
    "PolicyError": "relsurvey.errors",
    "prove": "relsurvey.grading.proof",
    "regrade": "relsurvey.grading.regrade",
}

__all__ = ["BlankChoiceError", "Gradebook", "Policy", "PolicyError", "prove", "regrade"]


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"relsurvey.grading has no {name!r}. It has: {', '.join(__all__)}.")
