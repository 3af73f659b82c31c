"""A file → sheets of text columns, through a child process with limits on memory and time."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, TypeVar

from relsurvey.errors import ReadError
from relsurvey.reading.limits import Limits
from relsurvey.reading.opening.sheet import Column, Sheet, Variable

if TYPE_CHECKING:
    import pandas as pd

_Kind = TypeVar("_Kind", str, int)

#: Files share a process up to so many bytes together, and so many files.
_SHARED, _MOST_SHARED = 8 * 1024**2, 50
#: How the name begins of what Excel writes beside a workbook that is open.
_LOCK = "~$"


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
    before = _looked_at(path, limits)
    return _opened(path, before, _run_child(path, limits))


def open_files(paths: Sequence[Path], limits: Limits) -> list[Opened]:
    """Open several files, in their order; small text files share a child process, to start one takes time.

    Parameters
    ----------
    paths
        As of :func:`open_file`.
    limits
        What each may cost; those that share a process may cost so much together, or are read alone.

    Raises
    ------
    ReadError
        As :func:`open_file`, for the first file that cannot be read.
    """
    before = [_looked_at(path, limits) for path in paths]
    results: dict[int, dict[str, Any]] = {}
    for batch in _batches([there.size for there in before]):
        try:
            together = _run([paths[i] for i in batch], limits)
        except ReadError:
            # Whose fault it was is seen when each is read alone.
            continue
        results.update(zip(batch, together, strict=True))
    for i, path in enumerate(paths):
        if i not in results or results[i].get("alone"):
            results[i] = _run_child(path, limits)
    return [
        _opened(path, there, results[i]) for i, (path, there) in enumerate(zip(paths, before, strict=True))
    ]


def _batches(sizes: Sequence[int]) -> Iterator[list[int]]:
    """Yield which files share a process: two or more that are small together."""
    batch: list[int] = []
    total = 0
    for i, size in enumerate(sizes):
        if size > _SHARED:
            continue
        if batch and (total + size > _SHARED or len(batch) == _MOST_SHARED):
            if len(batch) > 1:
                yield batch
            batch, total = [], 0
        batch.append(i)
        total += size
    if len(batch) > 1:
        yield batch


@dataclass(frozen=True)
class _There:
    """A file as it was before it was read."""

    size: int
    changed: int
    sha256: str


def _looked_at(path: Path, limits: Limits) -> _There:
    from relsurvey.files import sha256

    name = _shown(path.name)
    try:
        if path.is_dir():
            raise ReadError(f"{name} is a folder. Name the file in it, or give a list of files.")
        if not path.exists():
            # Where a folder lies on this machine is nobody else's business.
            place = Path(*path.parts[-2:]) if path.is_absolute() else path
            raise ReadError(f"There is no file at {_shown(str(place))}. Check the name and the folder.")
        if not path.is_file():
            raise ReadError(f"{name} is not an ordinary file. Copy the answers into one.")
        if path.name.startswith(_LOCK):
            own = _shown(path.name.removeprefix(_LOCK))
            raise ReadError(
                f"{name} holds no answers: Excel keeps it beside {own} while that workbook is open. "
                f"Close the workbook, or choose {own}."
            )
        before = path.stat()
        digest = sha256(path) if before.st_size <= limits.megabytes * 1024**2 else ""
        return _There(before.st_size, before.st_mtime_ns, digest)
    except (OSError, ValueError) as cause:
        said = getattr(cause, "strerror", None) or "its name is not one"
        raise ReadError(
            f"{name} cannot be opened ({said}). Close it in other programs and try again."
        ) from cause


def _opened(path: Path, before: _There, result: dict[str, Any]) -> Opened:
    name = _shown(path.name)
    if "refused" in result:
        said = result["refused"]
        raise ReadError(f"{name} cannot be read: {said}{'' if said.endswith('?') else '.'}")
    if _changed(path, before):
        raise ReadError(f"{name} changed while it was read. Wait until it is written, then try again.")
    if not result["sheets"]:
        raise ReadError(f"{name} cannot be read: it has no sheet with cells. Export it again.")
    return Opened(name, tuple(result["sheets"]), tuple(result["notes"]), before.sha256)


def _shown(text: str, longest: int = 80) -> str:
    """Return a name as a message may hold it: on one line, of signs that can be printed, and not long."""
    text = "".join(sign if sign.isprintable() else " " if sign.isspace() else "\ufffd" for sign in text)
    return text if len(text) <= longest else f"{text[: longest - 30]}…{text[-29:]}"


def _changed(path: Path, before: _There) -> bool:
    try:
        after = path.stat()
    except OSError:
        return True
    return (before.size, before.changed) != (after.st_size, after.st_mtime_ns)


def _run_child(path: Path, limits: Limits) -> dict[str, Any]:
    return _run([path], limits)[0]


def _run(paths: Sequence[Path], limits: Limits) -> list[dict[str, Any]]:
    """Return what a child process makes of each file; several may be answered with ``{"alone": True}``."""
    import psutil

    command = [
        sys.executable,
        # Without -P, a file named json.py in the folder of the answers would run.
        "-P",
        "-m",
        "relsurvey.reading.opening.child",
        *(str(path.resolve()) for path in paths),
        json.dumps(asdict(limits)),
    ]
    name = _shown(paths[0].name)
    too_much = (
        f"{name} cannot be read: it needs more {{}} than a survey should. "
        "Copy the answers into a new workbook."
    )
    # Output goes to files: a pipe would have to be drained while the parent watches.
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as complaints:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=complaints)
        deadline = time.monotonic() + limits.seconds
        try:
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
                        used = psutil.Process(process.pid).memory_info().rss
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
                f"{name} cannot be read: its contents made the reader stop. "
                "Open it in a spreadsheet and save it as a new .xlsx."
            )
        try:
            output.seek(0)
            return [_take(output, _shown(path.name)) for path in paths]
        except (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError) as cause:
            raise ReadError(
                f"{name} cannot be read: its contents bent the reader. Save it as a new .xlsx."
            ) from cause


def _take(output: IO[bytes], file: str) -> dict[str, Any]:
    """Take the sheets that the child wrote; all of it is checked, since a file may have bent the child.

    Raises
    ------
    ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError
        If it is not what the child writes.
    """
    here = output.tell()
    size = output.seek(0, os.SEEK_END)
    output.seek(here)
    result = json.loads(output.readline())
    if "alone" in result:
        return {"alone": True}
    if "refused" in result:
        return {"refused": _shown(result["refused"], 400)}
    kind, notes = _known(result["kind"], str), [_shown(note, 200) for note in result["notes"]]
    sheets = []
    for sheet in result["sheets"]:
        height, number = _known(sheet["height"], int), len(sheet["columns"])
        if not 0 <= 4 * height * number <= size:
            raise ValueError("more rows than were written")
        values = sheet.get("values") or [None] * number
        missing = sheet.get("missing") or [()] * number
        columns = [
            _column(output.read(4 * height), height, *parts)
            for parts in zip(sheet["columns"], values, missing, strict=True)
        ]
        variables = tuple(
            Variable(_known(name, str), _known(label, str)) for name, label in sheet.get("variables", ())
        )
        first = _known(sheet.get("first", 1), int)
        sheets.append(Sheet(file, _shown(sheet["name"]), tuple(columns), height, kind, variables, first))
    return {"notes": notes, "sheets": sheets}


def _column(
    data: bytes, height: int, texts: list[str], values: list[str] | None, missing: list[int]
) -> Column:
    import numpy as np

    codes = np.frombuffer(data, np.int32)
    if len(codes) != height or (height and not 0 <= codes.min() <= codes.max() < len(texts)):
        raise ValueError("a cell without its text")
    if texts[0] or (values and len(values) != len(texts)) or not set(missing) <= set(range(len(texts))):
        raise ValueError("a text without its value")
    known = tuple(_whole(_known(text, str)) for text in texts)
    if len(set(known)) < len(known):
        raise ValueError("a text twice")
    return Column(known, codes, tuple(_known(v, str) for v in values) if values else None, frozenset(missing))


def _known(value: Any, kind: type[_Kind]) -> _Kind:
    if not isinstance(value, kind):
        raise TypeError(f"no {kind.__name__}")
    return value


def from_frame(frame: pd.DataFrame) -> Opened:
    """Take a DataFrame as a table of text; a missing value is an empty cell."""
    from relsurvey.files import sha256

    columns = []
    for index in range(frame.shape[1]):
        cells = Column.of([_text(frame.columns[index]), *(_text(value) for value in frame.iloc[:, index])])
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
    return _whole(str(value))


def _whole(text: str) -> str:
    """Return a text in which half a pair of UTF-16 is spelled out: it could be neither hashed nor written."""
    return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode()
