"""Ids that point at no one outside this machine (rules.md 24)."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from pathlib import Path


def home() -> Path:
    """Return the folder where relsurvey keeps its key: ``RELSURVEY_HOME``, or the user's data folder."""
    from platformdirs import user_data_path

    return Path(os.environ.get("RELSURVEY_HOME") or user_data_path("relsurvey", appauthor=False))


def local_key() -> bytes:
    """Return this machine's key; it is made once and readable by its owner alone."""
    path = home() / "id.key"
    if not path.is_file():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            # Another process was first; its key is the one to use.
            return path.read_bytes()
        with os.fdopen(handle, "wb") as file:
            file.write(secrets.token_bytes(32))
    return path.read_bytes()


def hashed(value: str, key: bytes) -> str:
    """Return the keyed hash of an id: 16 hex digits, the same for the same id on this machine."""
    return hmac.new(key, value.strip().encode(), hashlib.sha256).hexdigest()[:16]
