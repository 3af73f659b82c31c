"""Text files: which letters, which delimiter, which rows; nothing is held in memory whole."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from relsurvey.reading.limits import Limits
from relsurvey.reading.opening.coding import LONGEST_CELL, Coder
from relsurvey.reading.opening.refused import RefusedError

_DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
_MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
_CONTROLS = [chr(code) for code in range(32) if chr(code) not in "\t\n\v\f\r\x1b"]
_ONE_BYTE = {"cp1252": "Windows (cp1252)", "mac-roman": "older Macs (Mac Roman)"}
_NO_TABLE = "it is not a table of text. Export it as .csv or .xlsx"
_BLOCK = 1 << 20
_SAMPLE = 200_000
_LETTER = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_CUT_LETTER = re.compile(rb"[\xc2-\xf4][\x80-\xbf]{0,2}\Z")
_BEYOND_ASCII = bytes(range(128, 256))
#: Spanish letters that are signs in the other encoding: a dash or an apostrophe proves nothing.
_WINDOWS = re.compile(r"(?<=[A-Za-z])[áéíóúñ]|[áéíóúñ](?=[a-z])|¿(?=\w)")
_MAC = re.compile(r"(?<=[A-Za-z])[áéú]|[áéú](?=[a-z])|¿(?=\w)")


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
        while sample and not sample.strip():
            sample = file.read(_SAMPLE)
    if sum(map(sample.count, _CONTROLS)) > len(sample) / 100:
        raise RefusedError(_NO_TABLE)
    if not sample.strip():
        raise RefusedError("the file is empty. Export it again")
    first = 1
    csv.field_size_limit(LONGEST_CELL)
    named = _named_delimiter(sample)
    delimiter = named or _delimiter(sample)
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
    if not widths:
        raise RefusedError("the file is empty. Export it again")
    notes = [f"{encoding}, columns parted by {_DELIMITERS[delimiter]}"]
    usual = max(widths, key=lambda width: (widths[width], width))
    short = sum(number for width, number in widths.items() if 1 < width < usual)
    if short:
        notes.append(f"{short:,} rows with fewer cells than the others were filled up with empty ones")
    if encoding in _ONE_BYTE:
        notes.append(f"not UTF-8, so its letters were taken as those of {_ONE_BYTE[encoding]}")
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
    if "field larger" in cause:
        return (
            f"row {row:,} holds a cell of more than {LONGEST_CELL:,} characters, as when a quotation mark is "
            "never closed. Open it in a spreadsheet, check that row, and save it as .xlsx"
        )
    if "unexpected end" in cause:
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
        if encoding == "utf-8":
            _refuse_damage(path)
    raise RefusedError(_NO_TABLE)


def _refuse_damage(path: Path) -> None:
    """Refuse a file of UTF-8 in which some bytes are none: with other letters, all of it would read wrong.

    Raises
    ------
    RefusedError
        If most of its bytes beyond ASCII are letters of UTF-8.
    """
    whole = other = cut = lines = first = 0
    with path.open("rb") as file:
        for line in iter(lambda: file.readline(_BLOCK), b""):
            lines += 1
            if line.isascii():
                continue
            rest, letters = _LETTER.subn(b"", line)
            rest, cut = _CUT_LETTER.subn(b"", rest)
            strange = len(rest) - len(rest.translate(None, _BEYOND_ASCII))
            whole, other = whole + letters, other + strange
            if other > 1_000 + 10 * whole:
                return
            if not first and not _is_utf8(line):
                first = lines
    # In other encodings two bytes look like one letter of UTF-8 now and then.
    if first and ((whole > 1 and 10 * whole > other) or (cut and whole and not other)):
        raise RefusedError(
            f"its letters are UTF-8, but in line {first:,} they are damaged, cut short or of another kind. "
            "Export it again, or save it as .xlsx"
        )


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True


def _guesses(head: bytes) -> Iterator[str]:
    """Yield what a file without a mark may be written in, the likeliest first."""
    if b"\x00" in head:
        # Every other byte of UTF-16 is a zero, in the languages of our schools.
        first, second = (part.count(0) / max(1, len(part)) for part in (head[::2], head[1::2]))
        if max(first, second) > 0.4 and min(first, second) < 0.05:
            yield "utf-16-be" if first > second else "utf-16-le"
        return
    yield "utf-8"
    yield _one_byte(head)
    # The guesser is asked once nothing usual has fitted: a survey's one-byte file comes from Windows.
    from charset_normalizer import from_bytes

    guess = from_bytes(head).best()
    if guess:
        yield guess.encoding


def _one_byte(head: bytes) -> str:
    """Return the encoding of Windows or of older Macs: the one that has more letters where letters stand."""
    windows = len(_WINDOWS.findall(head.decode("cp1252", "replace")))
    mac = len(_MAC.findall(head.decode("mac-roman")))
    # Every byte is a letter of Mac Roman, so it is no fallback.
    return "mac-roman" if mac > windows else "cp1252"


def _decodes(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    with path.open("rb") as file:
        try:
            while block := file.read(_BLOCK):
                if "\x00" in decoder.decode(block):
                    return False
            return "\x00" not in decoder.decode(b"", True)
        except (UnicodeError, LookupError):
            return False


def _named_delimiter(sample: str) -> str | None:
    """Return the delimiter of a first line ``sep=;``, which Excel writes and hides."""
    line = sample.split("\n", 1)[0].strip().lstrip("\ufeff")
    return line[4] if len(line) == 5 and line[:4].lower() == "sep=" and line[4] in _DELIMITERS else None


def _delimiter(sample: str) -> str:
    """Choose the delimiter that cuts the first rows into the same number of columns, the more the better.

    Those come first between which quotation marks stand as they should.
    """

    def score(delimiter: str) -> tuple[bool, int, int]:
        widths, right = _widths(sample, delimiter, strict=True)
        if not right:
            widths, _ = _widths(sample, delimiter, strict=False)
        widest = max(widths, default=1)
        if widest == 1:
            return False, 0, 1
        return right, sum(width == widest for width in widths), widest

    return max(_DELIMITERS, key=score)


def _widths(sample: str, delimiter: str, *, strict: bool) -> tuple[list[int], bool]:
    """Return the widths of the first rows, and whether quotation marks stand as they should."""
    widths: list[int] = []
    try:
        for row in csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter, strict=strict):
            if row:
                widths.append(len(row))
            if len(widths) == 50:
                break
    except csv.Error as cause:
        # The sample may end within a cell.
        return widths, "unexpected end" in str(cause)
    return widths, True
