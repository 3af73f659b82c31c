"""Any file → rows that fit an instrument."""

from relsurvey.reading.ledger import Entry
from relsurvey.reading.limits import Limits
from relsurvey.reading.mapping import Mapping
from relsurvey.reading.read import Reading, Source, read
from relsurvey.reading.roster import Roster, read_roster

__all__ = ["Entry", "Limits", "Mapping", "Reading", "Roster", "Source", "read", "read_roster"]
