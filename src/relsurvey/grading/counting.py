"""A count with its noun, for errors and the ledger."""

from __future__ import annotations


def many(n: int, one: str, several: str = "") -> str:
    """Return a count and what is counted; several of it end in s where nothing else is said.

    Examples
    --------
    >>> many(1, "row"), many(2, "row"), many(2000, "entry", "entries")
    ('1 row', '2 rows', '2,000 entries')
    """
    return f"{n:,} {one if n == 1 else several or one + 's'}"
