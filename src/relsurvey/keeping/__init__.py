"""Keeping and forgetting: who did what, where rows lie and until when, and how they are forgotten.

All of it lies in relsurvey's own folder, readable by its owner alone. What was published is not in it: that
is aggregates, and lies where it was published to.
"""

from relsurvey.keeping.places import note_published, note_read
from relsurvey.keeping.until import Until, kept_until

__all__ = ["Until", "kept_until", "note_published", "note_read"]
