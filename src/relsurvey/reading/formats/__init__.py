"""One small module an export format: ``detect`` says whether a sheet is one, ``read`` makes a table of it.

``FORMATS`` is asked in order, the most particular first; a plain table is what nothing else claims.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from relsurvey.reading.formats import (
    google_forms,
    limesurvey,
    long,
    microsoft_forms,
    qualtrics,
    redcap,
    statistics,
    surveymonkey,
)
from relsurvey.reading.formats.table import Table, TableColumn
from relsurvey.reading.opening import Sheet


class Format(Protocol):
    """What a module of this room offers."""

    @property
    def NAME(self) -> str:  # noqa: N802
        """What the ledger calls it."""

    @property
    def detect(self) -> Callable[[Sheet], bool]:
        """Says whether a sheet has this format's layout."""

    @property
    def read(self) -> Callable[[Sheet], Table]:
        """Makes a table of a sheet that was detected."""


# A long table comes before files of statistics packages, which may hold one, and before Google Forms, which
# starts with a time stamp as a long table may.
FORMATS: tuple[Format, ...] = (
    qualtrics,
    surveymonkey,
    microsoft_forms,
    redcap,
    limesurvey,
    long,
    statistics,
    google_forms,
)

__all__ = ["FORMATS", "Format", "Table", "TableColumn"]
