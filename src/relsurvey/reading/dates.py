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
        return [_moment(m, 1, 2, 3) for m in found if m]
    found = [_YEAR_LAST.match(text.strip()) for text in dates]
    matches = [m for m in found if m]
    if len(matches) < len(dates) or not matches:
        return None
    same = all(m[1] == m[2] for m in matches) or len({(m[1], m[2], m[3]) for m in matches}) == 1
    proven = day_first(dates)
    if not same and proven is None:
        return None
    day, month = (1, 2) if _largest(matches)[0] > 12 else (2, 1)
    return [_moment(m, 3, month, day) for m in matches]


def day_first(dates: Sequence[str]) -> bool | None:
    """Say whether dates that end in the year begin with the day; None where nothing proves it.

    Examples
    --------
    >>> day_first(["13/5/2026", "2/5/2026"]), day_first(["5/13/2026"]), day_first(["5/10/2026"])
    (True, False, None)
    """
    matches = [m for text in dates if (m := _YEAR_LAST.match(text.strip()))]
    if not matches:
        return None
    first, second = _largest(matches)
    return None if (first > 12) == (second > 12) else first > 12


def moment(date: str, *, day_first: bool | None) -> Moment | None:
    """Return one date as it sorts; None where it is none, or where day and month cannot be told apart.

    Parameters
    ----------
    date
        The text.
    day_first
        Whether a date that ends in the year begins with the day; None where that is not known.

    Examples
    --------
    >>> moment("13/5/2026", day_first=True), moment("2026-05-13 23:59", day_first=None)
    ((2026, 5, 13, 0, 0, 0), (2026, 5, 13, 23, 59, 0))
    """
    found = _YEAR_FIRST.match(date.strip())
    if found:
        return _moment(found, 1, 2, 3)
    found = _YEAR_LAST.match(date.strip())
    if found is None or (day_first is None and found[1] != found[2]):
        return None
    return _moment(found, 3, 2, 1) if day_first else _moment(found, 3, 1, 2)


def _largest(matches: Sequence[re.Match[str]]) -> tuple[int, int]:
    return max(int(m[1]) for m in matches), max(int(m[2]) for m in matches)


def _moment(m: re.Match[str], year: int, month: int, day: int) -> Moment:
    full = int(m[year]) + (2000 if len(m[year]) == 2 else 0)
    return (full, int(m[month]), int(m[day]), *_time(m[4], m[5], m[6], m[7]))


def _time(hour: str | None, minute: str | None, second: str | None, half: str | None) -> tuple[int, int, int]:
    hours = int(hour or 0)
    if half:
        hours = hours % 12 + (12 if half.lower().startswith("p") else 0)
    return hours, int(minute or 0), int(second or 0)
