"""The process that parses a file nobody has vetted; run as ``python -m relsurvey.reading.child``.

It reads one path and its limits from the command line and writes the tables as JSON on standard output:
never pickle, so that a file which takes over the parser still cannot run code in the parent.
"""

from __future__ import annotations

import csv
import datetime
import io
import json
import sys
import zipfile
from pathlib import Path
from typing import Any

from relsurvey.reading.limits import Limits

_DELIMITERS = (",", ";", "\t", "|")
_WORKBOOKS = (".xlsx", ".xlsm", ".xls", ".xlsb", ".ods")


class RefusedError(Exception):
    """A sentence for the person who chose the file."""


def tables(path: Path, limits: Limits) -> dict[str, Any]:
    """Return the file's sheets as text: ``{"kind", "notes", "sheets": [{"name", "rows"}]}``."""
    head = path.open("rb").read(8)
    if not head:
        raise RefusedError("the file is empty. Export it again")
    if head.startswith((b"PK", b"\xd0\xcf\x11\xe0")):
        return _workbook(path, limits, zipped=head.startswith(b"PK"))
    if path.suffix.lower() in _WORKBOOKS:
        raise RefusedError(
            f"its name ends in {path.suffix.lower()}, but it is not a workbook. "
            "Open it in a spreadsheet and save it again"
        )
    return _text(path, limits)


def _workbook(path: Path, limits: Limits, *, zipped: bool) -> dict[str, Any]:
    import python_calamine

    if zipped:
        _check_zip(path, limits)
    try:
        workbook = python_calamine.CalamineWorkbook.from_path(str(path))
        sheets = []
        for name in workbook.sheet_names:
            sheet = workbook.get_sheet_by_name(name)
            if sheet.total_height > limits.rows or sheet.total_width > limits.columns:
                raise RefusedError(
                    f"the sheet {name[:40]!r} reaches to row {sheet.total_height:,} "
                    f"and column {sheet.total_width:,}. "
                    "Delete stray cells far below or to the right of the table and save it again"
                )
            # From the sheet's first row on, so that a row number in a message is the one seen in Excel.
            rows = [[_cell(value) for value in row] for row in sheet.to_python(skip_empty_area=False)]
            sheets.append({"name": name, "rows": rows})
    except python_calamine.CalamineError as cause:
        locked = "password" in str(cause).lower()
        raise RefusedError(
            "it is protected by a password. Save a copy without one"
            if locked
            else "it is damaged or not a workbook. Open it in a spreadsheet and save it again"
        ) from cause
    return {"kind": "workbook", "notes": [], "sheets": sheets}


def _check_zip(path: Path, limits: Limits) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
    except zipfile.BadZipFile as cause:
        raise RefusedError("it is cut short or damaged. Export it again") from cause
    total = sum(part.file_size for part in parts)
    if len(parts) > 2000 or total > limits.unzipped_megabytes * 1_000_000:
        raise RefusedError(
            f"it unfolds to {len(parts):,} parts of {total / 1e6:,.0f} MB, more than a survey needs. "
            "Copy the answers into a new workbook"
        )


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, (datetime.datetime, datetime.date, datetime.time)):
        return value.isoformat(sep=" ") if isinstance(value, datetime.datetime) else value.isoformat()
    return str(value)


def _text(path: Path, limits: Limits) -> dict[str, Any]:
    data = path.read_bytes()
    text, encoding = _decode(data)
    if text.count("\x00") > 0:
        raise RefusedError("it is not a table of text. Export it as .csv or .xlsx")
    csv.field_size_limit(1_000_000)
    delimiter = _delimiter(text)
    rows: list[list[str]] = []
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            if len(row) > limits.columns or len(rows) >= limits.rows:
                raise RefusedError(
                    f"it has more than {limits.rows:,} rows or {limits.columns:,} columns. "
                    "Is it the right file?"
                )
            rows.append(row)
    except csv.Error as cause:
        raise RefusedError(
            f"row {len(rows) + 1} cannot be read ({cause}). Look for a quotation mark that is never closed"
        ) from cause
    name = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}[delimiter]
    return {
        "kind": "text",
        "notes": [f"{encoding}, columns parted by {name}"],
        "sheets": [{"name": "", "rows": rows}],
    }


def _decode(data: bytes) -> tuple[str, str]:
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if data.startswith(mark):
            try:
                return data.decode(encoding), encoding
            except UnicodeDecodeError as cause:
                raise RefusedError("it is cut short. Export it again") from cause
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        from charset_normalizer import from_bytes

        # Windows is where a survey's one-byte file comes from; the guesser is asked only when that fails.
        guess = from_bytes(data[:200_000]).best()
        encodings = (
            ["utf-16-le"] if b"\x00" in data[:200] else ["cp1252", *([guess.encoding] if guess else [])]
        )
        for encoding in encodings:
            try:
                return data.decode(encoding), encoding
            except UnicodeDecodeError:
                continue
    raise RefusedError("its letters cannot be read. Save it as UTF-8 .csv or as .xlsx")


def _delimiter(text: str) -> str:
    """Choose the delimiter that cuts the first lines into the same number of columns, the more the better."""
    sample = text[:200_000].splitlines()[:50]

    def score(delimiter: str) -> tuple[int, int]:
        widths = [len(row) for row in csv.reader(sample, delimiter=delimiter) if row]
        widest = max(widths, default=1)
        return (sum(width == widest for width in widths) * (widest > 1), widest)

    return max(_DELIMITERS, key=score)


def _restrict(limits: Limits) -> None:
    """Bound memory and time where the system can; elsewhere the parent watches."""
    try:
        import resource
    except ImportError:
        return
    if sys.platform == "linux":
        resource.setrlimit(resource.RLIMIT_AS, (limits.megabytes * 1024**2,) * 2)
    resource.setrlimit(resource.RLIMIT_CPU, (limits.seconds, limits.seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main() -> int:
    """Read the path and the limits from the command line, write JSON on standard output."""
    path, limits = Path(sys.argv[1]), Limits(**json.loads(sys.argv[2]))
    _restrict(limits)
    try:
        result: dict[str, Any] = tables(path, limits)
    except RefusedError as refusal:
        result = {"refused": str(refusal)}
    except MemoryError:
        result = {
            "refused": "it needs more memory than a survey should. Copy the answers into a new workbook"
        }
    sys.stdout.buffer.write(json.dumps(result).encode())
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
