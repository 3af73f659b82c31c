"""Gradebook exports, one small module a layout: ``detect`` says whether a sheet is one, ``read`` reads it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from relsurvey.grading.policy import Policy
from relsurvey.reading.ledger import Entry

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

#: What a layout may put into its scores beside what a gradebook has, for the files to be put together: the
#: number of the row in the file, and what tells two items of one title apart ("" where nothing does).
ROW, ITEM_ID = "_row", "_item_id"


@dataclass(frozen=True)
class Settings:
    """What a caller says of a file, which wins over what the file says.

    Attributes
    ----------
    course, teacher, term, school, section
        Of every row in it; None where nobody said.
    codes
        What stands in place of a number, before a mapping's own codes: as ``codes.table`` returns it.
    path
        Where the file is; None for a DataFrame.
    """

    course: str | None = None
    teacher: str | None = None
    term: str | None = None
    school: str | None = None
    section: str | None = None
    codes: Mapping[str, float | str] = field(default_factory=dict)
    path: Path | None = None


@dataclass(frozen=True, eq=False)
class Part:
    """What one file gave: tables of a gradebook before the files are put together.

    Attributes
    ----------
    scores, marks, totals
        As in :class:`relsurvey.grading.Gradebook`. An empty cell has the status ``ungraded`` and the code "".
        ``course`` is None where neither the file nor the caller says it. Scores and marks may have the
        columns ``ROW`` and ``ITEM_ID``, which do not stay.
    policies
        The course's own rules, as far as the file shows them, without a scope; empty where it shows none.
    entries
        How it was read.
    """

    scores: pd.DataFrame
    marks: pd.DataFrame
    totals: pd.DataFrame
    policies: tuple[Policy, ...]
    entries: tuple[Entry, ...]


def empty(values: NDArray[np.object_]) -> NDArray[np.bool_]:
    """Return which of some objects are None."""
    import numpy as np

    return np.fromiter((value is None for value in values), bool, len(values))
