"""Files written whole or not at all, hashes and manifests, and when a file came."""

from __future__ import annotations

import datetime
import hashlib
import json
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

from relsurvey.errors import PublishError

MANIFEST = "manifest.json"


def home() -> Path:
    """Return the folder where relsurvey keeps its key: ``RELSURVEY_HOME``, or the user's data folder."""
    from platformdirs import user_data_path

    return Path(os.environ.get("RELSURVEY_HOME") or user_data_path("relsurvey", appauthor=False))


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


def came_on(path: Path, today: datetime.date) -> datetime.date:
    """Return when a file came: the day it was written last, if that is before today."""
    try:
        written = datetime.date.fromtimestamp(path.stat().st_mtime)
    except (OSError, ValueError, OverflowError):
        return today
    return min(written, today)


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


def with_manifest(contents: Mapping[str, str | bytes], release: str) -> dict[str, str | bytes]:
    """Return the files of a folder, and last its manifest: the hash of each, and what the release is called.

    Examples
    --------
    >>> list(with_manifest({"view.html": "<p>"}, release="of spring"))
    ['view.html', 'manifest.json']
    """
    files = {name: {"sha256": sha256(content)} for name, content in contents.items()}
    manifest = {"format": 1, "release": release, "files": files}
    return {**contents, MANIFEST: json.dumps(manifest, indent=1) + "\n"}


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
        hashes: dict[str, str] = {name: entry["sha256"] for name, entry in files.items()}
    except (FileNotFoundError, NotADirectoryError) as cause:
        raise PublishError(
            f"{directory} holds no published view (no {MANIFEST}): "
            "publish one there with `relsurvey publish`."
        ) from cause
    except (ValueError, KeyError, TypeError, AttributeError) as cause:
        raise PublishError(f"{path} is damaged: publish the view again.") from cause
    for name, expected in hashes.items():
        if not (directory / name).is_file() or sha256(directory / name) != expected:
            raise PublishError(
                f"{name} in {directory} is missing or was changed after publishing: publish it again."
            )
    return hashes
