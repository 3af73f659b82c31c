"""What a proposed mapping says of a column of marks: what full marks are, and whose a letter is."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterable

from relsurvey.grading import cells
from relsurvey.grading.gradebook import KEYS
from relsurvey.grading.headings import POINTS
from relsurvey.instrument.fold import fold
from relsurvey.reading.formats import Table

_PERCENT = re.compile(r"%|\b(?:percent|porcentaje)")


def points_said(header: str) -> float | None:
    """Return how many points a heading says are possible.

    Examples
    --------
    >>> points_said("Quiz 1 (10 pts)"), points_said("Essay / 7,5"), points_said("Quiz 1")
    (10.0, 7.5, None)
    """
    found = POINTS.search(header)
    return float((found[1] or found[2]).replace(",", ".")) if found else None


def full_marks(header: str, below: str, texts: Iterable[str]) -> tuple[float | None, bool]:
    """Return what full marks are by what a column's heading or the row of points says; None: 100.

    Parameters
    ----------
    header
        The column's heading.
    below
        What the row of points holds there.
    texts
        The column's other cells.

    Returns
    -------
    tuple
        The points, and whether the column may be of so many: no number is above, and no percent is named.

    Examples
    --------
    >>> full_marks("Overall (30 pts)", "", ["26", "29"]), full_marks("Overall", "30", ["26", "97"])
    ((30.0, True), (30.0, False))
    >>> full_marks("Overall", "30", ["26%", "97%"])
    (None, True)
    """
    said, row = points_said(header), cells.number(below.strip())
    of = said if said is not None else row[0] if row else None
    numbers = [read[0] for text in texts if (read := cells.number(text.strip())) and math.isnan(read[1])]
    if of in (None, 0, 100) or not numbers:
        return None, True
    return of, max(numbers) <= of and not _PERCENT.search(fold(header))


def differs(table: Table, name: str, columns: dict[str, str], heads: Collection[int]) -> bool:
    """Say whether a column of a long table has several entries of one student, course and term.

    Parameters
    ----------
    table, columns
        The table, and by a column's name what it holds.
    name
        The column.
    heads
        The rows that speak of no student.
    """
    import pandas as pd

    keys = [key for key, role in columns.items() if role in KEYS]
    used = [column for column in table.columns if column.name in (name, *keys)]
    rows = pd.DataFrame({column.name: column.cells.map(cells.bare).objects() for column in used})
    told = rows.drop(index=list(heads)).dropna(subset=[name]).drop_duplicates()
    return bool(told.duplicated(keys).any()) if keys else len(told) > 1
