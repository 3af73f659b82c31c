"""Every decision taken while reading, counted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

#: Each kind of decision, and what its count speaks of. *Rows in* less *rows out* is *rows kept*; *answers*
#: add up to the questions times the rows that were matched, *group answers* likewise.
STEPS = {
    "open": "rows in",
    "title rows": "note",
    "other sheets": "note",
    "layout": "note",
    "mapping": "note",
    "headings": "note",
    "columns": "columns",
    "columns not used": "columns",
    "joined columns": "note",
    "missing columns": "note",
    "missing questions": "note",
    "blank rows": "rows out",
    "totals rows": "rows out",
    "test rows": "rows out",
    "given": "note",
    "labels": "answers",
    "not counted": "answers",
    "blank answers": "answers",
    "missing codes": "answers",
    "excel dates": "answers",
    "unmatched labels": "answers",
    "code direction": "note",
    "groups": "group answers",
    "waves": "note",
    "one wave only": "note",
    "comments": "note",
    "id spelling": "note",
    "no id": "note",
    "no number": "note",
    "shared ids": "note",
    "roster": "note",
    "gradebook": "note",
    "attendance": "note",
    "opted out": "rows out",
    "former rows": "rows out",
    "duplicates": "rows out",
    "duplicates kept": "note",
    "unfinished": "note",
    "few answers": "note",
    "no answers": "note",
    "ids": "note",
    "ppra": "note",
    "score cells": "scores",
    "score codes": "scores",
    "empty cells": "scores",
    "grading rules": "note",
    "marks": "marks",
    "terms": "note",
    "measures": "note",
    "untold": "note",
    "cannot tell": "note",
    "dials": "note",
    "rows kept": "rows kept",
    "where": "set aside",
    "without": "set aside",
}


@dataclass(frozen=True)
class Entry:
    """One decision.

    Attributes
    ----------
    step
        What kind of decision, one of ``STEPS``; the published ledger is made from these.
    where
        File, sheet, row or column.
    rows
        How many rows it touched; for a step that counts answers, how many answers.
    what
        What was done.
    why
        Why.
    """

    step: str
    where: str
    rows: int
    what: str
    why: str

    def __post_init__(self) -> None:
        if self.step not in STEPS:
            raise ValueError(f"{self.step!r} is no step of the ledger")

    @property
    def effect(self) -> str:
        """What the count speaks of."""
        return STEPS[self.step]


def as_table(entries: tuple[Entry, ...]) -> pd.DataFrame:
    """Return the ledger as a table with the columns ``step, where, rows, what, why, effect``."""
    import pandas as pd

    return pd.DataFrame(
        [(e.step, e.where, e.rows, e.what, e.why, e.effect) for e in entries],
        columns=["step", "where", "rows", "what", "why", "effect"],
    )
