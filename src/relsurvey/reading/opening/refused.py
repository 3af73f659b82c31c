"""How the reading process says no."""

from __future__ import annotations


class RefusedError(Exception):
    """A sentence for the person who chose the file, without its full stop."""
