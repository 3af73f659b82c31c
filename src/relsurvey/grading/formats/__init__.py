"""Gradebook exports, one small module a layout: ``detect`` says whether a sheet is one, ``read`` reads it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from relsurvey.grading.policy import Policy
from relsurvey.reading.ledger import Entry

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, eq=False)
class Part:
    """What one file gave: tables of a gradebook before the files are put together.

    Attributes
    ----------
    scores, marks, totals
        As in :class:`relsurvey.grading.Gradebook`. An empty cell has the status ``ungraded`` and the code "".
    policies
        The course's own rules, as far as the file shows them.
    entries
        How it was read.
    """

    scores: pd.DataFrame
    marks: pd.DataFrame
    totals: pd.DataFrame
    policies: tuple[Policy, ...]
    entries: tuple[Entry, ...]
