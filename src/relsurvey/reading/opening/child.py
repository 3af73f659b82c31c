"""The process that parses a file nobody has vetted; run as ``python -m relsurvey.reading.opening.child``.

It reads paths and their limits from the command line and writes the sheets on standard output, as JSON and
plain numbers: never pickle, so that a file which takes over the parser still cannot run code in the parent.
Of several files only text is read: what a workbook does to its parser shall not touch another file.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

from relsurvey.reading.limits import Limits
from relsurvey.reading.opening import coding, statistics, text
from relsurvey.reading.opening.refused import RefusedError

_WORKBOOKS = (".xlsx", ".xlsm", ".xls", ".xlsb", ".ods")
_SAVE_AGAIN = "Open it in a spreadsheet and save it as .xlsx"
_UNPACK = "Unpack it and read the file inside"
_OLE = b"\xd0\xcf\x11\xe0"
_ZIPS = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
#: What the first bytes of a file that is no table say. `PK` or `PAR1` alone could be a column's name.
_OTHERS = (
    (b"%PDF", "it is a PDF, not a table. Export the answers as .csv or .xlsx"),
    (b"\x1f\x8b", f"it is compressed (gzip). {_UNPACK}"),
    *((b"BZh%d1AY&SY" % level, f"it is compressed (bzip2). {_UNPACK}") for level in range(1, 10)),
    (b"\xfd7zXZ\x00", f"it is compressed (xz). {_UNPACK}"),
    (b"\x28\xb5\x2f\xfd", f"it is compressed (Zstandard). {_UNPACK}"),
    (b"7z\xbc\xaf", f"it is compressed (7-Zip). {_UNPACK}"),
    (b"Rar!", f"it is compressed (RAR). {_UNPACK}"),
    (b"GIF8", "it is a picture, not a table. Export the answers as .csv or .xlsx"),
    (b"\x89PNG", "it is a picture, not a table. Export the answers as .csv or .xlsx"),
    (b"\xff\xd8\xff", "it is a picture, not a table. Export the answers as .csv or .xlsx"),
    (b"{\\rtf", "it is a text document, not a table. Export the answers as .csv or .xlsx"),
    (b"SQLite format 3", "it is a database. Export the answers as .csv or .xlsx"),
    (b"PAR1\x15", "it is a Parquet file. Read it into a DataFrame and hand that over"),
)
_PAGES = (
    b"<!doctype", b"<!--", b"<html", b"<table", b"<?xml", b"<head", b"<body", b"<meta", b"<style",
    b"mime-version:",
)  # fmt: skip
_JSON = re.compile(rb'\{\s*["}]|\[\s*[\[{\]]')


def tables(path: Path, limits: Limits) -> dict[str, Any]:
    """Return the file's sheets as columns of text: ``{"kind", "notes", "sheets"}``.

    Raises
    ------
    RefusedError
        If it cannot be read as a table.
    """
    with path.open("rb") as file:
        head = file.read(1024)
    if not head:
        raise RefusedError("the file is empty. Export it again")
    if path.stat().st_size > limits.megabytes * 1024**2:
        raise RefusedError(
            f"it has {path.stat().st_size / 1024**2:,.0f} MB, and one file may have {limits.megabytes:,}. "
            "Split it, or raise `limits`"
        )
    zipped = head.startswith(_ZIPS)
    if zipped or head.startswith(_OLE):
        # Not above: most files are text, and each is read by a process that starts anew.
        from relsurvey.reading.opening import workbook

        return workbook.read(path, limits, zipped=zipped)
    if head.startswith(statistics.SPSS):
        return statistics.read(path, limits, "spss")
    if head.startswith(statistics.STATA):
        return statistics.read(path, limits, "stata")
    if head[8:17] == b"ENCRYPTED":
        raise RefusedError("it is protected by a password. Save a copy without one")
    for start, sentence in _OTHERS:
        if head.startswith(start):
            raise RefusedError(sentence)
    if head[257:262] == b"ustar":
        raise RefusedError(f"it is an archive (tar). {_UNPACK}")
    folded = head.replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xfe\xff \t\r\n").lower()
    if folded.startswith(_PAGES):
        raise RefusedError(f"it is a web page (HTML or XML) under another name. {_SAVE_AGAIN}")
    if _JSON.match(folded):
        raise RefusedError("it is JSON, not a table. Export the answers as .csv or .xlsx")
    suffix = path.suffix.lower()
    if suffix in _WORKBOOKS:
        raise RefusedError(f"its name ends in {suffix}, but it is not a workbook. {_SAVE_AGAIN}")
    if suffix in (".sav", ".zsav", ".dta"):
        raise RefusedError(f"its name ends in {suffix}, but it is damaged or no such file. Export it again")
    return text.read(path, limits)


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
    # What is handed over was held in memory first, so it is never more.
    resource.setrlimit(resource.RLIMIT_FSIZE, (limits.megabytes * 1024**2,) * 2)


def main() -> int:
    """Read the paths and the limits from the command line, write the sheets on standard output."""
    *paths, said = sys.argv[1:]
    limits = Limits(**json.loads(said))
    _restrict(limits)
    for path in map(Path, paths):
        coding.write(_result(path, limits, shared=len(paths) > 1), sys.stdout.buffer)
    return 0


def _result(path: Path, limits: Limits, *, shared: bool) -> dict[str, Any]:
    try:
        if shared and not _is_text(path):
            return {"alone": True}
        return tables(path, limits)
    except RefusedError as refusal:
        return {"refused": str(refusal)}
    except PermissionError:
        return {"refused": "this account may not open it. Copy it to your own folder"}
    except MemoryError:
        if shared:
            return {"alone": True}
        return {"refused": "it needs more memory than a survey should. Copy the answers into a new workbook"}


def _is_text(path: Path) -> bool:
    """Say whether a file is read by Python's own reader of text tables, or refused by its first bytes."""
    with path.open("rb") as file:
        head = file.read(16)
    return not head.startswith((*_ZIPS, _OLE, *statistics.SPSS, *statistics.STATA))


if __name__ == "__main__":
    raise SystemExit(main())
