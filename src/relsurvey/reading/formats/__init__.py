"""One small module an export format: ``detect`` says whether a sheet is one, ``read`` makes it plain."""

from __future__ import annotations

from relsurvey.reading.formats import google_forms, plain
from relsurvey.reading.formats.table import Table

FORMATS = (google_forms, plain)

__all__ = ["FORMATS", "Table"]
