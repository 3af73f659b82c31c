"""Google Forms: the linked sheet or its CSV.

The first column is the time of the answer, named in the form's language; a header is the question's wording.
"""

from __future__ import annotations

from dataclasses import replace

from relsurvey.instrument.fold import fold
from relsurvey.reading.formats.table import Table

NAME = "Google Forms"
_TIMESTAMPS = {
    fold(name)
    for name in ("Timestamp", "Marca temporal", "Horodateur", "Zeitstempel", "Carimbo de data/hora")
}


def detect(table: Table) -> bool:
    """Say whether the first column is a form's time stamp."""
    return bool(table.header) and fold(table.header[0]) in _TIMESTAMPS


def read(table: Table) -> Table:
    """Name the time stamp as the date; choices of one cell stand apart by comma and blank."""
    return replace(table, dates=(table.header[0],), multiple_separator=", ")
