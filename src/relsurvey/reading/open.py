"""Bytes → tables of text, in a child process with limits on memory and time."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from relsurvey.errors import ReadError
from relsurvey.reading.limits import Limits

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Sheet:
    """One sheet of a file as text; ``rows[0]`` is row 1 of the file."""

    file: str
    name: str
    rows: list[list[str]]

    @property
    def where(self) -> str:
        """The file, and the sheet where there are several."""
        return f"{self.file}, sheet {self.name}" if self.name else self.file


@dataclass(frozen=True)
class Opened:
    """A file's sheets, what was noticed on opening it, and the hash of its bytes."""

    sheets: tuple[Sheet, ...]
    notes: tuple[str, ...]
    sha256: str


def open_file(path: Path, limits: Limits) -> Opened:
    """Open ``.xlsx``, ``.xls``, ``.xlsb``, ``.ods``, ``.csv``, ``.tsv`` or text as tables of text.

    Parameters
    ----------
    path
        The file.
    limits
        What it may cost.

    Raises
    ------
    ReadError
        In one sentence: what is wrong with the file and what to do.
    """
    from relsurvey.files import sha256

    if not path.is_file():
        raise ReadError(f"There is no file at {path}. Check the name and the folder.")
    try:
        digest = sha256(path)
    except OSError as cause:
        raise ReadError(
            f"{path.name} cannot be opened ({cause.strerror}). Close it in other programs and try again."
        ) from cause
    result = _run_child(path, limits)
    if "refused" in result:
        raise ReadError(f"{path.name} cannot be read: {result['refused']}.")
    sheets = tuple(Sheet(path.name, sheet["name"], sheet["rows"]) for sheet in result["sheets"])
    return Opened(sheets, tuple(result["notes"]), digest)


def _run_child(path: Path, limits: Limits) -> dict[str, Any]:
    import psutil

    command = [
        sys.executable,
        "-m",
        "relsurvey.reading.child",
        str(path.resolve()),
        json.dumps(asdict(limits)),
    ]
    too_much = (
        f"{path.name} cannot be read: it needs more {{}} than a survey should. "
        "Copy the answers into a new workbook."
    )
    # Output goes to files: a pipe would have to be drained while the parent watches.
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as complaints:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=complaints)
        deadline = time.monotonic() + limits.seconds
        try:
            watched = psutil.Process(process.pid)
            while True:
                try:
                    process.wait(timeout=0.05)
                    break
                except subprocess.TimeoutExpired:
                    if time.monotonic() > deadline:
                        raise ReadError(too_much.format("time")) from None
                    try:
                        used = watched.memory_info().rss
                    except psutil.Error:
                        continue
                    if used > limits.megabytes * 1024**2:
                        raise ReadError(too_much.format("memory")) from None
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()
        if process.returncode != 0:
            complaints.seek(0)
            last = complaints.read().decode("utf-8", "replace")
            if "memory allocation" in last or "MemoryError" in last:
                raise ReadError(too_much.format("memory"))
            raise ReadError(
                f"{path.name} cannot be read: its contents made the reader stop. "
                "Open it in a spreadsheet and save it as a new .xlsx."
            )
        output.seek(0)
        result: dict[str, Any] = json.load(output)
    return result


def from_frame(frame: pd.DataFrame) -> Opened:
    """Take a DataFrame as a table of text; a missing value is an empty cell."""
    from relsurvey.files import sha256

    columns = [[_text(value) for value in frame.iloc[:, index]] for index in range(frame.shape[1])]
    rows = [[str(name) for name in frame.columns], *(list(row) for row in zip(*columns, strict=True))]
    return Opened((Sheet("DataFrame", "", rows),), (), sha256(json.dumps(rows)))


def _text(value: Any) -> str:
    import pandas as pd

    if pd.isna(value):
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
