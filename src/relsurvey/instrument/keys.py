"""The names relsurvey keeps for itself: the keys of ``identity``."""

from __future__ import annotations

#: Keys of ``identity``, in the order in which they stand in ``study.responses``.
IDENTITY = (
    "respondent",
    "school",
    "team",
    "section",
    "teacher",
    "grade_level",
    "wave",
    "weight",
    "date",
    "duration",
)
#: These describe adults: they serve statistics and are never a published cell (rules.md 26).
NEVER_PUBLISHED = ("teacher", "section")
