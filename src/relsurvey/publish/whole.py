"""A release is written whole or not at all: made ready beside, decided by one file, then moved into place.

The doors of a folder lie where people look for them, so they cannot all be replaced in one step. Until the
one file is there, the older release stands; from then on the new one does, and whoever opens the folder next
completes what a kill broke off.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from relsurvey.errors import PublishError
from relsurvey.files import home, write_atomic
from relsurvey.sealed import held

_READY = ".relsurvey-"
_DECIDED = f"{_READY}release.json"

# A folder can come from anybody: what its file names lies in it or in a folder of it, and nowhere else.
_PLACE = re.compile(r"([a-z0-9-]+/)?[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)+")


def write_release(directory: Path, contents: Mapping[str, str | bytes], retired: Sequence[str] = ()) -> None:
    """Replace a release by another: whatever happens, the older or the new one is there as a whole.

    Parameters
    ----------
    directory
        Where; it must exist.
    contents
        What each file holds, by its name; ``folder/name`` for one in a folder.
    retired
        Files of an earlier release that this one does not have, named likewise.

    Raises
    ------
    PublishError
        If the folder cannot be written to, or a file that is open elsewhere cannot be replaced.
    """
    with held(_lock()):
        _settle(directory)
        try:
            ready = Path(tempfile.mkdtemp(prefix=_READY, dir=directory))
        except OSError as cause:
            raise PublishError(
                f"Cannot write to the folder {directory}: {cause.strerror}. Choose another one."
            ) from cause
        try:
            for name, content in contents.items():
                (ready / name).parent.mkdir(exist_ok=True)
                write_atomic(ready / name, content)
            decided = {"ready": ready.name, "files": list(contents), "retired": list(retired)}
            write_atomic(ready / _DECIDED, json.dumps(decided, indent=1) + "\n")
            _sync({ready, *((ready / name).parent for name in contents)})
            os.replace(ready / _DECIDED, directory / _DECIDED)
            _sync([directory])
        finally:
            _settle(directory)


def settle(directory: Path) -> None:
    """Complete the release of a folder that a kill broke off; without its one file, throw it away.

    Parameters
    ----------
    directory
        A folder that ``publish`` wrote, or one of several that it wrote together.

    Raises
    ------
    PublishError
        If there is a release to complete and its files cannot be replaced.
    """
    for folder in (directory, directory.absolute().parent):
        if any(folder.glob(f"{_READY}*")):
            with held(_lock()):
                _settle(folder)


def _lock() -> Path:
    return home() / "releases.lock"


def _settle(directory: Path) -> None:
    decided = _decided(directory)
    if decided is not None:
        try:
            _move(directory, *decided)
        except OSError as cause:
            raise PublishError(
                f"The release to {directory} is not complete: a file of it cannot be replaced "
                f"({cause.strerror}). Close the program that has it open, or copy the folder to where files "
                f"can be written; then `relsurvey verify` completes it."
            ) from cause
    for left in directory.glob(f"{_READY}*"):
        # Where nothing can be written it stays, and nobody reads it.
        if left.is_dir() and not left.is_symlink():
            shutil.rmtree(left, ignore_errors=True)
        else:
            with contextlib.suppress(OSError):
                left.unlink()


def _decided(directory: Path) -> tuple[Path, list[str], list[str]] | None:
    """Return where the files of a release are ready, which they are and which go; None if none is decided."""
    try:
        decided = json.loads((directory / _DECIDED).read_text("utf-8"))
        ready, files, retired = decided["ready"], decided["files"], decided["retired"]
        plain = ready.startswith(_READY) and Path(ready).name == ready
        if not plain or not all(map(_PLACE.fullmatch, [*files, *retired])):
            return None
        return directory / ready, files, retired
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _move(directory: Path, ready: Path, files: Sequence[str], retired: Sequence[str]) -> None:
    places = [directory / name for name in (*files, *retired)]
    if ready.is_dir():
        for folder in {place.parent for place in places} - {directory}:
            if folder.is_symlink():
                raise PublishError(f"{folder} is a link: a release is written to folders of its own.")
            folder.mkdir(exist_ok=True)
        for name in files:
            if (ready / name).is_file():
                os.replace(ready / name, directory / name)
        for name in retired:
            (directory / name).unlink(missing_ok=True)
        _sync({place.parent for place in places})
    (directory / _DECIDED).unlink()


def _sync(folders: Iterable[Path]) -> None:
    """Bring what folders list to the disk, where a system has that."""
    if os.name != "posix":
        return
    for folder in folders:
        with contextlib.suppress(OSError):
            handle = os.open(folder, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)
