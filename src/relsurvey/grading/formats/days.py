"""Whether dates in a gradebook begin with the day."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from relsurvey.reading import dates

_YEAR_FIRST, _DOTTED = re.compile(r"\d{4}\D"), re.compile(r"\d{1,2}\.\d{1,2}\.\d\d")


def day_first(texts: Sequence[str]) -> bool | None:
    """Say whether dates begin with the day; parted by dots they do, unless one shows otherwise.

    Examples
    --------
    >>> day_first(["01.03.2026"]), day_first(["01.13.2026"]), day_first(["1/3/2026"])
    (True, False, None)
    """
    first = dates.day_first(texts)
    ended = [text.strip() for text in texts if text.strip() and not _YEAR_FIRST.match(text.strip())]
    return True if first is None and ended and all(map(_DOTTED.match, ended)) else first


def dotted(counts: Mapping[str, int]) -> int:
    """Return of how many dates nothing but the dots says that they begin with the day.

    Parameters
    ----------
    counts
        The dates, and how often each stands there.

    Examples
    --------
    >>> dotted({"01.03.2026": 2, "2026-03-01": 1}), dotted({"01.03.2026": 2, "13.03.2026": 1})
    (2, 0)
    """
    texts = list(counts)
    if dates.day_first(texts) is not None or not day_first(texts):
        return 0
    return sum(n for text, n in counts.items() if _DOTTED.match(text.strip()))
