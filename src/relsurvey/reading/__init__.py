"""Any file → rows that fit an instrument.

The names are imported when first used: the process that parses a file imports this room too, and stays small.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from relsurvey.reading.ledger import Entry
    from relsurvey.reading.limits import Limits
    from relsurvey.reading.mapping import Mapping
    from relsurvey.reading.roster import Roster, read_roster
    from relsurvey.reading.survey import Reading, Source, read

_HOMES = {
    "Entry": "ledger",
    "Limits": "limits",
    "Mapping": "mapping",
    "Reading": "survey",
    "Roster": "roster",
    "Source": "survey",
    "read": "survey",
    "read_roster": "roster",
}

__all__ = ["Entry", "Limits", "Mapping", "Reading", "Roster", "Source", "read", "read_roster"]


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(f"relsurvey.reading.{_HOMES[name]}"), name)
    raise AttributeError(f"relsurvey.reading has no {name!r}")
