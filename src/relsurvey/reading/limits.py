"""How much a file may ask of this machine before it is refused."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """Limits on one file.

    Attributes
    ----------
    megabytes
        Size of the file, and memory that the reading process may use.
    seconds
        Time it may take.
    rows, columns
        Size of one sheet.
    unzipped_megabytes
        Size of a workbook's parts together once unzipped.
    """

    megabytes: int = 1024
    seconds: int = 60
    rows: int = 8_000_000
    columns: int = 2_000
    unzipped_megabytes: int = 500
