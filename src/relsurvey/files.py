"""Whole-or-nothing writes, hashes and manifests."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from pathlib import Path

from relsurvey.errors import PublishError

MANIFEST = "manifest.json"


def sha256(content: bytes | str | Path) -> str:
    """Return the SHA-256 of some bytes, of text as UTF-8, or of a file, in hex.

    Examples
    --------
    >>> sha256("relsurvey")[:12]
    'c0786f030df3'
    """
    if isinstance(content, Path):
        with content.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    return hashlib.sha256(content.encode() if isinstance(content, str) else content).hexdigest()


def write_atomic(path: Path, content: str | bytes, *, mode: int = 0o644) -> None:
    """Write a file so that a reader sees the old one or the new one, never a part.

    Parameters
    ----------
    path
        Where; the folder must exist.
    content
        Bytes, or text written as UTF-8 with its line ends kept.
    mode
        The file's permissions where the system has them.

    Raises
    ------
    PublishError
        If the folder cannot be written to.
    """
    data = content.encode() if isinstance(content, str) else content
    try:
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    except OSError as cause:
        raise PublishError(
            f"Cannot write to the folder {path.parent}: {cause.strerror}. Choose another one."
        ) from cause
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, mode)
        os.replace(temporary, path)
    except OSError as cause:
        os.unlink(temporary)
        raise PublishError(f"Cannot write {path.name} to {path.parent}: {cause.strerror}.") from cause
    except BaseException:
        os.unlink(temporary)
        raise


def write_manifest(directory: Path, names: list[str]) -> None:
    """Write ``manifest.json``: the SHA-256 and size of each named file, last of all files of a release."""
    files = {
        name: {"sha256": sha256(directory / name), "bytes": (directory / name).stat().st_size}
        for name in names
    }
    write_atomic(directory / MANIFEST, json.dumps({"format": 1, "files": files}, indent=1) + "\n")


def read_manifest(directory: Path) -> dict[str, str]:
    """Return file name → SHA-256 of a published folder, after checking each file against it.

    Raises
    ------
    PublishError
        If there is no manifest, or a file is missing, cut short or changed.
    """
    path = directory / MANIFEST
    try:
        files = json.loads(path.read_text("utf-8"))["files"]
        hashes = {name: entry["sha256"] for name, entry in files.items()}
    except FileNotFoundError as cause:
        raise PublishError(
            f"{directory} holds no published view (no {MANIFEST}): "
            "publish one there with `relsurvey publish`."
        ) from cause
    except (ValueError, KeyError, TypeError, AttributeError) as cause:
        raise PublishError(f"{path} is damaged: publish the view again.") from cause
    for name, expected in hashes.items():
        file = directory / name
        if not file.is_file() or sha256(file) != expected:
            raise PublishError(
                f"{name} in {directory} is missing or was changed after publishing: publish it again."
            )
    return hashes
