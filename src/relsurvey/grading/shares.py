"""Shares of students with their intervals, and how shares and counts are said."""

from __future__ import annotations

from collections.abc import Sequence

from relsurvey.analysis.finding import fewest
from relsurvey.analysis.shares import wilson
from relsurvey.words import half_up, outward, say, share_words

#: Of fewer students than this a share is said in words, without its interval (rules.md 13).
FEWEST_SPREAD = 20


def shares(hits: Sequence[int], of: Sequence[int]) -> list[tuple[float, float, float]]:
    """Return each share with its Wilson interval; NaN where there is nobody.

    Examples
    --------
    >>> [round(limit, 4) for limit in shares([6], [10])[0]]
    [0.6, 0.3127, 0.8318]
    """
    return [(h / n if n else float("nan"), *wilson(int(h), int(n))) for h, n in zip(hits, of, strict=True)]


def points_of_100(share: float, digits: int = 0) -> float:
    """Return a share in points of 100, half up.

    Examples
    --------
    >>> points_of_100(0.125), points_of_100(0.12345, 2)
    (13.0, 12.35)
    """
    scale = float(10**digits)
    return half_up(100 * share * scale) / scale


def percent_words(language: str, share: float, n: int, digits: int = 0) -> str:
    """Return a share of so many students: in percent, half up; in words where they are fewer than 20.

    Examples
    --------
    >>> percent_words("en", 0.125, 80), percent_words("en", 0.5, 12)
    ('13 %', 'about half')
    """
    if n < FEWEST_SPREAD:
        return share_words([language], share, n)[language]
    return f"{points_of_100(share, digits):.{digits}f} %"


def limits_words(language: str, low: float, high: float) -> str:
    """Return an interval in percent, rounded outward."""
    lower, upper = outward(low, high)
    return say(language, "grading.rates_range", low=lower, high=upper)


def count_words(language: str, n: int, min_n: int | None = None) -> str:
    """Return how many, a small number but not none as "fewer than 10".

    Examples
    --------
    >>> count_words("en", 3), count_words("en", 1200), count_words("en", 0)
    ('fewer than 10', '1,200', '0')
    """
    least = fewest() if min_n is None else min_n
    return say(language, "grading.rates_fewer", min_n=least) if 0 < n < least else f"{n:,}"
