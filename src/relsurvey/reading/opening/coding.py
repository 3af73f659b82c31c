"""Rows of text → columns of codes, as the reading process hands them over.

A survey's column has thousands of cells and a handful of answers, so each distinct text is kept once and a
cell is its number: a tenth of the memory of a list of texts, and labels are matched once, not once a row.
"""

from __future__ import annotations

import datetime
import json
from array import array
from collections.abc import Iterable, Sequence
from itertools import chain, repeat
from typing import Any, BinaryIO

from relsurvey.reading.opening.refused import RefusedError

#: No cell is longer; a longer one is a part of the file that lost its end.
LONGEST_CELL = 1_000_000
_BATCH = 256
_INT32 = "i"


class _Numbers(dict[str, int]):
    """The number of each text seen so far; a new text gets the next one. An empty cell is 0."""

    def __missing__(self, text: str) -> int:
        if len(text) > LONGEST_CELL:
            raise RefusedError(f"a cell holds more than {LONGEST_CELL:,} characters. Shorten it or delete it")
        number = self[text] = len(self)
        return number


class Coder:
    """Takes rows of any width and keeps them as columns of numbers."""

    def __init__(self) -> None:
        self._texts: list[_Numbers] = []
        self._codes: list[array[int]] = []
        self._batch: list[Sequence[str]] = []
        self.height = 0

    def add(self, rows: Iterable[Sequence[str]]) -> None:
        """Append rows."""
        for row in rows:
            self._batch.append(row)
            if len(self._batch) == _BATCH:
                self._flush()

    def _flush(self) -> None:
        batch, self._batch = self._batch, []
        if not batch:
            return
        width = max(map(len, batch))
        while len(self._texts) < width:
            self._texts.append(_Numbers({"": 0}))
            self._codes.append(array(_INT32, bytes(4 * self.height)))
        if any(len(row) < width for row in batch):
            batch = [
                row if len(row) == width else tuple(chain(row, repeat("", width - len(row)))) for row in batch
            ]
        for position, column in enumerate(zip(*batch, strict=True)):
            self._codes[position].extend(map(self._texts[position].__getitem__, column))
        blank = array(_INT32, bytes(4 * len(batch)))
        for codes in self._codes[width:]:
            codes.extend(blank)
        self.height += len(batch)

    def finish(self, name: str, **more: Any) -> dict[str, Any]:
        """Return the sheet: its name, height, and a list of ``(texts, codes)``, one a column."""
        self._flush()
        columns = [(list(texts), codes) for texts, codes in zip(self._texts, self._codes, strict=True)]
        return {"name": name, "height": self.height, "columns": columns, **more}


def cell_text(value: Any) -> str:
    """Return a cell's value as text: a whole number without its point, a date year first."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime.datetime):
        midnight = value.time() == datetime.time()
        return value.date().isoformat() if midnight else value.isoformat(sep=" ")
    if isinstance(value, (datetime.date, datetime.time)):
        return value.isoformat()
    return str(value)


def write(result: dict[str, Any], stream: BinaryIO) -> None:
    """Write sheets: a line of JSON with all texts, then every column's codes as 32-bit numbers."""
    blocks: list[array[int]] = []
    for sheet in result.get("sheets", ()):
        blocks += [codes for _, codes in sheet["columns"]]
        sheet["columns"] = [texts for texts, _ in sheet["columns"]]
    stream.write(json.dumps(result).encode() + b"\n")
    stream.writelines(blocks)
