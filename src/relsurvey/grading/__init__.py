"""Grading practices: gradebooks and policies, and what each policy would do to a school's own marks.

The names are imported when first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

# Bound at once: a module of the same name would otherwise take its place when it is imported.
from relsurvey.grading.attendance import attendance
from relsurvey.grading.consistency import consistency
from relsurvey.grading.formative import formative
from relsurvey.grading.lanes import lanes
from relsurvey.grading.movement import movement
from relsurvey.grading.owed import owed
from relsurvey.grading.participation import participation
from relsurvey.grading.placement import placement
from relsurvey.grading.regrade import regrade
from relsurvey.grading.weeks import weeks

if TYPE_CHECKING:
    from relsurvey.errors import BlankChoiceError, PolicyError
    from relsurvey.grading.agpace import ag_pace
    from relsurvey.grading.bounded import retake_bounds
    from relsurvey.grading.compared import compare_policies
    from relsurvey.grading.explained import example, explain
    from relsurvey.grading.gradebook import Gradebook
    from relsurvey.grading.lane_rules import LaneRules
    from relsurvey.grading.lists import ProtocolList, kid_talk, on_the_cusp, student_list
    from relsurvey.grading.mapping import GradebookMapping
    from relsurvey.grading.ontrack import on_track
    from relsurvey.grading.policy import Policy
    from relsurvey.grading.policy_sentences import policy_words
    from relsurvey.grading.practices import adoption
    from relsurvey.grading.proof import prove
    from relsurvey.grading.rates import df_rates
    from relsurvey.grading.reading import Source, read_gradebook
    from relsurvey.grading.snapshots import Snapshots
    from relsurvey.grading.split import split_change
    from relsurvey.grading.trackrule import Rule, track_rules
    from relsurvey.grading.weekly import with_due
    from relsurvey.grading.weeks import term_marks

_HOMES = {
    "adoption": "relsurvey.grading.practices",
    "BlankChoiceError": "relsurvey.errors",
    "Gradebook": "relsurvey.grading.gradebook",
    "GradebookMapping": "relsurvey.grading.mapping",
    "LaneRules": "relsurvey.grading.lane_rules",
    "Policy": "relsurvey.grading.policy",
    "PolicyError": "relsurvey.errors",
    "ProtocolList": "relsurvey.grading.lists",
    "Rule": "relsurvey.grading.trackrule",
    "Snapshots": "relsurvey.grading.snapshots",
    "ag_pace": "relsurvey.grading.agpace",
    "compare_policies": "relsurvey.grading.compared",
    "df_rates": "relsurvey.grading.rates",
    "example": "relsurvey.grading.explained",
    "explain": "relsurvey.grading.explained",
    "kid_talk": "relsurvey.grading.lists",
    "on_the_cusp": "relsurvey.grading.lists",
    "on_track": "relsurvey.grading.ontrack",
    "policy_words": "relsurvey.grading.policy_sentences",
    "prove": "relsurvey.grading.proof",
    "Source": "relsurvey.grading.reading",
    "read_gradebook": "relsurvey.grading.reading",
    "retake_bounds": "relsurvey.grading.bounded",
    "split_change": "relsurvey.grading.split",
    "student_list": "relsurvey.grading.lists",
    "term_marks": "relsurvey.grading.weeks",
    "track_rules": "relsurvey.grading.trackrule",
    "with_due": "relsurvey.grading.weekly",
}

__all__ = [
    "BlankChoiceError",
    "Gradebook",
    "GradebookMapping",
    "LaneRules",
    "Policy",
    "PolicyError",
    "ProtocolList",
    "Rule",
    "Snapshots",
    "Source",
    "adoption",
    "ag_pace",
    "attendance",
    "compare_policies",
    "consistency",
    "df_rates",
    "example",
    "explain",
    "formative",
    "kid_talk",
    "lanes",
    "movement",
    "on_the_cusp",
    "on_track",
    "owed",
    "participation",
    "placement",
    "policy_words",
    "prove",
    "read_gradebook",
    "regrade",
    "retake_bounds",
    "split_change",
    "student_list",
    "term_marks",
    "track_rules",
    "weeks",
    "with_due",
]


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"relsurvey.grading has no {name!r}. It has: {', '.join(__all__)}.")
