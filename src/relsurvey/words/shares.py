"""Shares and gaps in words (rules.md 13)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

from relsurvey.words.catalogue import Text, texts

#: Coding: at or past these a share is "nearly all" or "almost none" (rules.md 13, 19).
TOP, BOTTOM = 0.95, 0.05

_BANDS = ((10, 19), (20, 39), (40, 99), (100, 299))


def half_up(number: float) -> int:
    """Return the nearest whole number, half up.

    Examples
    --------
    >>> half_up(2.5), half_up(2.4999)
    (3, 2)
    """
    # A hair up, so that 1.5 reckoned as 1.499999999... still counts as half.
    return math.floor(number + 0.5 + 1e-9)


def tenths(share: float) -> int:
    """Return a share in tenths, half up.

    Examples
    --------
    >>> tenths(0.65), tenths(0.649)
    (7, 6)
    """
    return half_up(share * 10)


def hundredths(share: float) -> int:
    """Return a share in whole percents, half up.

    Examples
    --------
    >>> hundredths(0.125), hundredths(0.1249)
    (13, 12)
    """
    return half_up(share * 100)


def outward(low: float, high: float, parts: int = 100) -> tuple[int, int]:
    """Return an interval in whole parts of one, rounded outward.

    Examples
    --------
    >>> outward(0.643, 0.771), outward(0.643, 0.771, 10), outward(0.6, 0.8, 10)
    ((64, 78), (6, 8), (6, 8))
    """
    return math.floor(low * parts + 1e-9), math.ceil(high * parts - 1e-9)


def signed(points: float) -> str:
    """Return a difference in points with its sign; none has no sign.

    Examples
    --------
    >>> signed(6), signed(-2.5), signed(0)
    ('+6', '−2.5', '0')
    """
    return f"{points:+g}".replace("-", "\N{MINUS SIGN}") if points else "0"


def share_words(
    languages: Sequence[str], share: float, n: int, *, of: Literal["share", "of_students"] = "share"
) -> Text:
    """Return a share of students as words: 'about 7 in 10'; 'few', 'about half' or 'most' of fewer than 20.

    With ``of="of_students"`` the students are named, as a sentence begins.

    Examples
    --------
    >>> share_words(["en"], 0.71, 150), share_words(["en"], 0.71, 15), share_words(["en"], 0.97, 150)
    ({'en': 'about 7 in 10'}, {'en': 'most'}, {'en': 'nearly all'})
    >>> share_words(["en"], 0.02, 150, of="of_students")
    {'en': 'almost no students'}
    """
    if share >= TOP:
        return texts(languages, f"{of}.nearly_all")
    if share <= BOTTOM:
        return texts(languages, f"{of}.almost_none")
    if n < 20:
        return texts(
            languages, f"{of}.few" if share < 0.35 else f"{of}.most" if share > 0.65 else f"{of}.half"
        )
    return texts(languages, f"{of}.tenths", k=tenths(share))


def range_words(languages: Sequence[str], low: float, high: float) -> Text:
    """Return an interval in tenths, rounded outward: 'between 6 and 8'.

    Examples
    --------
    >>> range_words(["en"], 0.64, 0.77)
    {'en': 'between 6 and 8'}
    """
    lower, upper = outward(low, high, 10)
    return texts(languages, "share.range", a=lower, b=upper)


def gap_words(languages: Sequence[str], a: float, b: float) -> Text:
    """Return the size of a difference a - b: 'about 2 in 10'.

    Where the two shares' own tenths would say another gap, whole percents are said instead.

    Examples
    --------
    >>> gap_words(["en"], 0.41, 0.63), gap_words(["en"], 0.44, 0.56)
    ({'en': 'about 2 in 10'}, {'en': '12 in 100'})
    """
    k = tenths(abs(a - b))
    if k != abs(tenths(a) - tenths(b)) or k == 0:
        return texts(languages, "share.percent_gap", k=hundredths(abs(a - b)))
    return texts(languages, "share.tenths", k=k)


def students_words(languages: Sequence[str], n: int) -> Text:
    """Return how many students, as a band: a band is for reading and protects nothing (rules.md 15).

    Examples
    --------
    >>> [students_words(["en"], n)["en"] for n in (4, 57, 1200)]
    ['fewer than 10 students', '40 to 99 students', '300 or more students']
    """
    if n < _BANDS[0][0]:
        return texts(languages, "students.under", a=_BANDS[0][0])
    for low, high in _BANDS:
        if low <= n <= high:
            return texts(languages, "students.band", a=low, b=high)
    return texts(languages, "students.many", a=300)
