"""Google Forms: the linked sheet or its CSV.

The first column is the time of the answer, named in the form's language; a header is the question's wording.
"""

from __future__ import annotations

from relsurvey.instrument.fold import fold
from relsurvey.reading.formats.table import Layout, Table
from relsurvey.reading.opening import Sheet

NAME = "Google Forms"
_TIMESTAMPS = {
    fold(name)
    for name in ("Timestamp", "Marca temporal", "Horodateur", "Zeitstempel", "Carimbo de data/hora")
}


def detect(sheet: Sheet) -> bool:
    """Say whether the first column is a form's time stamp."""
    return (
        not sheet.variables
        and sheet.height > 0
        and bool(sheet.columns)
        and fold(sheet.row(0)[0]) in _TIMESTAMPS
    )


def read(sheet: Sheet) -> Table:
    """Name the time stamp as the date; choices of one cell stand apart by comma and blank."""
    names = sheet.row(0)
    return Layout(
        sheet, NAME, (0,), names, roles={0: "date"}, separators=dict.fromkeys(range(1, len(names)), ", ")
    ).table()
