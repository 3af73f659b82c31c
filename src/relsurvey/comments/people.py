"""Names of a school's people, from the lists it has: to be looked for in comments, and kept nowhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from relsurvey.comments.screen import Names
from relsurvey.errors import ReadError
from relsurvey.instrument.fold import fold
from relsurvey.reading import Limits
from relsurvey.reading.opening import open_file

_NAME = re.compile(r"\b(?:name|nombres?|apellidos?|student|staff|teacher|maestr[oa]|docente|alumn[oa])\b")
#: Headings that say name and mean something else.
_OTHER = re.compile(r"\b(?:school|escuela|id|e-?mail|course|section|user)\b")


def names_in(roster: Path | None = None, staff: Path | None = None, limits: Limits | None = None) -> Names:
    """Return the names that lists of students and of staff hold.

    Parameters
    ----------
    roster
        A list of students: columns headed as names are read, if it has any.
    staff
        A list of adults: the same, or a list of names without heads.
    limits
        What reading a file may cost.

    Raises
    ------
    ReadError
        If a file cannot be read, or the list of staff holds no name.
    """
    students = list(_names(roster, limits)) if roster is not None else []
    adults = list(_names(staff, limits, plain=True)) if staff is not None else []
    if staff is not None and not adults:
        raise ReadError(
            f"{staff.name} holds no names: head a column `name`, or write one name a line and nothing else."
        )
    return Names.of(students, adults)


def _names(path: Path, limits: Limits | None, *, plain: bool = False) -> Iterator[str]:
    for sheet in open_file(path, limits or Limits()).sheets:
        columns = [column.cells() for column in sheet.columns]
        # Above the heads of a table there may be a title.
        heads = [next((i for i, cell in enumerate(cells[:10]) if _is_name(cell)), None) for cells in columns]
        for cells, head in zip(columns, heads, strict=True):
            if head is not None:
                yield from cells[head + 1 :]
        if plain and not any(head is not None for head in heads):
            yield from (cell for cells in columns for cell in cells)


def _is_name(heading: str) -> bool:
    text = fold(heading).replace("_", " ")
    return len(text.split()) <= 4 and bool(_NAME.search(text)) and not _OTHER.search(text)
