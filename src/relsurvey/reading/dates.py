"""When an answer was handed in, as forms write it; a date that could mean two days is not guessed."""

from __future__ import annotations

import re
from collections.abc import Sequence

_TIME = (
    r"(?:[ ,tT]+(\d{1,2}):(\d\d)(?::(\d\d)(?:\.\d+)?)?\s*([ap]\.?\s?m\.?)?"
    r"(?:\s*(?:z|utc|gmt|[+-])\S*|\s[a-z]{2,5})?)?\s*\Z"
)
_YEAR_FIRST = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})" + _TIME, re.IGNORECASE)
_YEAR_LAST = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4}|\d\d)" + _TIME, re.IGNORECASE)

Moment = tuple[int, int, int, int, int, int]


def sortable(dates: Sequence[str]) -> list[Moment] | None:
    """Return dates as they sort, or None when any is no date, or when day and month cannot be told apart.

    Examples
    --------
    >>> sortable(["5/13/2026 9:15:00", "5/2/2026 14:00:00"])
    [(2026, 5, 13, 9, 15, 0), (2026, 5, 2, 14, 0, 0)]
    >>> sortable(["5/10/2026 9:15:00", "6/2/2026 14:00:00"]) is None
    True
    """
    found = [_YEAR_FIRST.match(text.strip()) for text in dates]
    if all(found):
        return [(int(m[1]), int(m[2]), int(m[3]), *_time(m[4], m[5], m[6], m[7])) for m in found if m]
    found = [_YEAR_LAST.match(text.strip()) for text in dates]
    matches = [m for m in found if m]
    if len(matches) < len(dates) or not matches:
        return None
    first, second = max(int(m[1]) for m in matches), max(int(m[2]) for m in matches)
    same = all(m[1] == m[2] for m in matches) or len({(m[1], m[2], m[3]) for m in matches}) == 1
    if not same and (first > 12) == (second > 12):
        return None
    month, day = (2, 1) if first > 12 else (1, 2)
    return [
        (int(m[3]) % 100 + 2000, int(m[month]), int(m[day]), *_time(m[4], m[5], m[6], m[7])) for m in matches
    ]


def _time(hour: str | None, minute: str | None, second: str | None, half: str | None) -> tuple[int, int, int]:
    hours = int(hour or 0)
    if half:
        hours = hours % 12 + (12 if half.lower().startswith("p") else 0)
    return hours, int(minute or 0), int(second or 0)
