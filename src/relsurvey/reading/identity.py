"""Ids that point at no one outside this machine (rules.md 24)."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from pathlib import Path

from relsurvey.errors import ReadError
from relsurvey.files import write_atomic

_LENGTH = 32


def home() -> Path:
    """Return the folder where relsurvey keeps its key: ``RELSURVEY_HOME``, or the user's data folder."""
    from platformdirs import user_data_path

    return Path(os.environ.get("RELSURVEY_HOME") or user_data_path("relsurvey", appauthor=False))


def local_key() -> bytes:
    """Return this machine's key; it is made once, whole, and readable by its owner alone.

    Raises
    ------
    ReadError
        If the key was damaged: ids hashed with another one could not be matched with earlier ones.
    """
    path = home() / "id.key"
    if not path.is_file():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        new = path.with_name(f"id.key.{secrets.token_hex(8)}")
        write_atomic(new, secrets.token_bytes(_LENGTH), mode=0o600)
        try:
            # A link appears whole or not at all, and not over the key of a process that was first.
            os.link(new, path)
        except FileExistsError:
            pass
        finally:
            new.unlink()
    key = path.read_bytes()
    if len(key) != _LENGTH:
        raise ReadError(
            f"The key for ids at {path} is damaged. Restore it, or delete it: ids then change once."
        )
    return key


def hashed(value: str, key: bytes) -> str:
    """Return the keyed hash of an id: 16 hex digits, the same for the same id on this machine."""
    return hmac.new(key, value.strip().encode(), hashlib.sha256).hexdigest()[:16]
