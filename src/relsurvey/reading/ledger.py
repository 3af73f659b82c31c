"""Every decision taken while reading, counted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Entry:
    """One decision.

    Attributes
    ----------
    step
        What kind of decision, in one or two words; the published ledger is made from these.
    where
        File, sheet, row or column.
    rows
        How many rows it touched.
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


def as_table(entries: tuple[Entry, ...]) -> pd.DataFrame:
    """Return the ledger as a table with the columns ``step, where, rows, what, why``."""
    import pandas as pd

    return pd.DataFrame(
        [(e.step, e.where, e.rows, e.what, e.why) for e in entries],
        columns=["step", "where", "rows", "what", "why"],
    )
