"""Any file → rows that fit an instrument."""

from relsurvey.reading.ledger import Entry
from relsurvey.reading.limits import Limits
from relsurvey.reading.read import Reading, Source, read

__all__ = ["Entry", "Limits", "Reading", "Source", "read"]
