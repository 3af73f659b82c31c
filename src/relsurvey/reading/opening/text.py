"""Text files: which letters, which delimiter, which rows; nothing is held in memory whole."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TextIO

from relsurvey.reading.limits import Limits
from relsurvey.reading.opening.coding import Coder
from relsurvey.reading.opening.refused import RefusedError

_DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_CONTROLS = [chr(code) for code in range(32) if chr(code) not in "\t\n\v\f\r\x1b"]
_NO_TABLE = "it is not a table of text. Export it as .csv or .xlsx"
_CELL = 1_000_000
_BLOCK = 1 << 20
_SAMPLE = 200_000


def read(path: Path, limits: Limits) -> dict[str, Any]:
    """Return a text file's one sheet.

    Raises
    ------
    RefusedError
        If it is no table of text.
    """
    encoding = _encoding(path)
    with path.open(encoding=encoding, newline="") as file:
        sample = file.read(_SAMPLE)
    if sum(map(sample.count, _CONTROLS)) > len(sample) / 100:
        raise RefusedError(_NO_TABLE)
    if not sample.strip():
        raise RefusedError("the file is empty. Export it again")
    first = 1
    named = _named_delimiter(sample)
    delimiter = named or _delimiter(sample)
    csv.field_size_limit(_CELL)
    coder = Coder()
    widths: dict[int, int] = {}
    with path.open(encoding=encoding, newline="") as file:
        if named:
            file.readline()
            first = 2
        reader = csv.reader(file, delimiter=delimiter, strict=True)
        try:
            coder.add(_bounded(reader, limits, widths))
        except csv.Error as cause:
            row = sum(widths.values()) + first
            raise RefusedError(_quotes(str(cause), row)) from cause
    notes = [f"{encoding}, columns parted by {_DELIMITERS[delimiter]}"]
    usual = max(widths, key=lambda width: (widths[width], width))
    short = sum(number for width, number in widths.items() if 1 < width < usual)
    if short:
        notes.append(f"{short:,} rows with fewer cells than the others were filled up with empty ones")
    if encoding == "cp1252":
        notes.append("not UTF-8, so its letters were taken as those of Windows (cp1252)")
    sheet = coder.finish("", first=first)
    return {"kind": "text", "notes": notes, "sheets": [sheet]}


def _bounded(reader: Iterator[list[str]], limits: Limits, widths: dict[int, int]) -> Iterator[list[str]]:
    for rows, row in enumerate(reader, 1):
        width = len(row)
        widths[width] = widths.get(width, 0) + 1
        if width > limits.columns or rows > limits.rows:
            raise RefusedError(
                f"it has more than {limits.rows:,} rows or {limits.columns:,} columns. Is it the right file?"
            )
        yield row


def _quotes(cause: str, row: int) -> str:
    if "field larger" in cause or "unexpected end" in cause:
        return (
            f"a quotation mark in row {row:,} is never closed. Open it in a spreadsheet and save it as .xlsx"
        )
    return (
        f"a quotation mark in row {row:,} stands in the middle of a cell. "
        "Open it in a spreadsheet, check that row, and save it as .xlsx"
    )


def _encoding(path: Path) -> str:
    """Return the encoding in which the whole file can be read.

    Raises
    ------
    RefusedError
        If there is none, or if it is no text.
    """
    with path.open("rb") as file:
        head = file.read(_SAMPLE)
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            if not _decodes(path, encoding):
                raise RefusedError("it is cut short or its letters are damaged. Export it again")
            return encoding
    for encoding in _guesses(head):
        if _decodes(path, encoding):
            return encoding
    raise RefusedError(_NO_TABLE)


def _guesses(head: bytes) -> Iterator[str]:
    """Yield what a file without a mark may be written in, the likeliest first."""
    if b"\x00" in head:
        # Every other byte of UTF-16 is a zero, in the languages of our schools.
        first, second = (part.count(0) / max(1, len(part)) for part in (head[::2], head[1::2]))
        if max(first, second) > 0.4 and min(first, second) < 0.05:
            yield "utf-16-be" if first > second else "utf-16-le"
        return
    yield from ("utf-8", "cp1252")
    # The guesser is asked once nothing usual has fitted: a survey's one-byte file comes from Windows.
    from charset_normalizer import from_bytes

    guess = from_bytes(head).best()
    if guess:
        yield guess.encoding


def _decodes(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    with path.open("rb") as file:
        try:
            while block := file.read(_BLOCK):
                if "\x00" in decoder.decode(block):
                    return False
            return "\x00" not in decoder.decode(b"", True)
        except UnicodeDecodeError:
            return False


def _named_delimiter(sample: str) -> str | None:
    """Return the delimiter of a first line ``sep=;``, which Excel writes and hides."""
    line = sample.split("\n", 1)[0].strip().lstrip("\ufeff")
    return line[4] if len(line) == 5 and line[:4].lower() == "sep=" and line[4] in _DELIMITERS else None


def _delimiter(sample: str) -> str:
    """Choose the delimiter that cuts the first rows into the same number of columns, the more the better."""

    def score(delimiter: str) -> tuple[int, int]:
        lines: TextIO = io.StringIO(sample, newline="")
        widths = []
        try:
            for row in csv.reader(lines, delimiter=delimiter):
                if row:
                    widths.append(len(row))
                if len(widths) == 50:
                    break
        except csv.Error:
            return 0, 0
        widest = max(widths, default=1)
        return (sum(width == widest for width in widths) * (widest > 1), widest)

    return max(_DELIMITERS, key=score)
