"""A file → sheets of text columns, through a child process with limits on memory and time."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from relsurvey.errors import ReadError
from relsurvey.reading.limits import Limits
from relsurvey.reading.opening.sheet import Column, Sheet, Variable

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd


@dataclass(frozen=True)
class Opened:
    """A file's sheets, what was noticed on opening it, and the hash of its bytes."""

    file: str
    sheets: tuple[Sheet, ...]
    notes: tuple[str, ...]
    sha256: str


def open_file(path: Path, limits: Limits) -> Opened:
    """Open a workbook, a text table or a statistics package's file as columns of text.

    Parameters
    ----------
    path
        ``.xlsx``, ``.xls``, ``.xlsb``, ``.ods``, ``.csv``, ``.tsv``, ``.txt``, ``.sav``, ``.zsav``, ``.dta``.
    limits
        What it may cost.

    Raises
    ------
    ReadError
        In one sentence: what is wrong with the file and what to do.
    """
    from relsurvey.files import sha256

    name = path.name
    try:
        if path.is_dir():
            raise ReadError(f"{name} is a folder. Name the file in it, or give a list of files.")
        if not path.is_file():
            raise ReadError(f"There is no file at {path}. Check the name and the folder.")
        before = path.stat()
        digest = sha256(path) if before.st_size <= limits.megabytes * 1024**2 else ""
    except (OSError, ValueError) as cause:
        said = getattr(cause, "strerror", None) or "its name is not one"
        raise ReadError(
            f"{name!r} cannot be opened ({said}). Close it in other programs and try again."
        ) from cause
    result = _run_child(path, limits)
    if "refused" in result:
        raise ReadError(f"{name} cannot be read: {result['refused']}.")
    after = path.stat()
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
        raise ReadError(f"{name} changed while it was read. Wait until it is written, then try again.")
    if not result["sheets"]:
        raise ReadError(f"{name} cannot be read: it has no sheet with cells. Export it again.")
    return Opened(name, tuple(result["sheets"]), tuple(result["notes"]), digest)


def _run_child(path: Path, limits: Limits) -> dict[str, Any]:
    import psutil

    command = [
        sys.executable,
        "-m",
        "relsurvey.reading.opening.child",
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
            pause = 0.01
            while True:
                try:
                    process.wait(timeout=pause)
                    break
                except subprocess.TimeoutExpired:
                    pause = 0.05
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
            if time.monotonic() > deadline - 1:
                raise ReadError(too_much.format("time"))
            raise ReadError(
                f"{path.name} cannot be read: its contents made the reader stop. "
                "Open it in a spreadsheet and save it as a new .xlsx."
            )
        output.seek(0)
        return _take(output, path.name)


def _take(output: IO[bytes], file: str) -> dict[str, Any]:
    """Take the sheets that the child wrote; its numbers are checked, since a file may have bent it."""
    import numpy as np

    result: dict[str, Any] = json.loads(output.readline())
    sheets = []
    for sheet in result.get("sheets", ()):
        height = int(sheet["height"])
        values = sheet.get("values") or [None] * len(sheet["columns"])
        missing = sheet.get("missing") or [()] * len(sheet["columns"])
        columns = []
        for texts, behind, absent in zip(sheet["columns"], values, missing, strict=True):
            codes: np.ndarray = np.frombuffer(output.read(4 * height), np.int32)
            if len(codes) != height or (height and not 0 <= codes.min() <= codes.max() < len(texts)):
                raise ReadError(
                    f"{file} cannot be read: its contents bent the reader. Save it as a new .xlsx."
                )
            columns.append(Column(tuple(texts), codes, tuple(behind) if behind else None, frozenset(absent)))
        variables = tuple(Variable(name, label) for name, label in sheet.get("variables", ()))
        sheets.append(
            Sheet(
                file, sheet["name"], tuple(columns), height, result["kind"], variables, sheet.get("first", 1)
            )
        )
    return {**result, "sheets": sheets}


def from_frame(frame: pd.DataFrame) -> Opened:
    """Take a DataFrame as a table of text; a missing value is an empty cell."""
    from relsurvey.files import sha256

    columns = []
    for index in range(frame.shape[1]):
        cells = Column.of([str(frame.columns[index]), *(_text(value) for value in frame.iloc[:, index])])
        columns.append(cells)
    sheet = Sheet("DataFrame", "", tuple(columns), len(frame) + 1, "frame")
    content = json.dumps([column.cells() for column in columns])
    return Opened(sheet.file, (sheet,), (), sha256(content))


def _text(value: Any) -> str:
    import pandas as pd

    if pd.api.types.is_scalar(value) and pd.isna(value):
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
