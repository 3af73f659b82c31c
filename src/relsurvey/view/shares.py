"""Shares as a view may hold them: rounded, coded, in words."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from relsurvey.analysis.shares import wilson
from relsurvey.disclosure.plan import WORDS_UNDER
from relsurvey.view.model import Reason, Reference, Share
from relsurvey.words import Text, gap_words, hundredths, outward, range_words, share_words, texts
from relsurvey.words.shares import BOTTOM, TOP


@dataclass(frozen=True)
class Shown:
    """A share as numbers, words and range; ``reason`` says why a part is missing."""

    share: Share | None
    words: Text
    range: Text | None
    reason: Reason | None


def percent(share: float) -> int:
    """Return a share as a whole percent, half up, coded at 5 and 95."""
    return min(95, max(5, hundredths(share)))


def shown(languages: Sequence[str], favorable: int, n: int) -> Shown:
    """Return what may be said of a share of n students that passed the gate."""
    share = favorable / n
    words = share_words(languages, share, n)
    if n < WORDS_UNDER:
        return Shown(None, words, None, "words_only")
    if share >= TOP:
        return Shown(Share(percent=95, low=95, high=95, coded="top"), words, None, None)
    if share <= BOTTOM:
        return Shown(Share(percent=5, low=5, high=5, coded="bottom"), words, None, None)
    low, high = wilson(favorable, n)
    lower, upper = outward(low, high)
    numbers = Share(percent=percent(share), low=max(5, lower), high=min(95, upper), coded=None)
    return Shown(numbers, words, range_words(languages, low, high), None)


def reference(
    kind: Literal["other_schools", "rest_of_school"], favorable: int, n: int, words: Text
) -> Reference | None:
    """Return a mark for comparison; none where fewer than 20 students make it."""
    if n < WORDS_UNDER:
        return None
    return Reference(percent=percent(favorable / n), kind=kind, words=words)


def gap(languages: Sequence[str], a: float, b: float) -> Text:
    """Return the size of a difference between two shares, coded as these are: it gives no coded one back.

    Examples
    --------
    >>> gap(["en"], 0.99, 0.72)
    {'en': '23 in 100'}
    """
    return gap_words(languages, *(min(TOP, max(BOTTOM, share)) for share in (a, b)))


def least_seen(languages: Sequence[str], gaps: Sequence[float]) -> Text:
    """Return the gap that would have shown, in tenths, rounded up: too sharp an eye is not promised.

    Examples
    --------
    >>> least_seen(["en"], [0.08, 0.13])
    {'en': 'about 2 in 10'}
    """
    return texts(languages, "share.tenths", k=min(10, max(1, math.ceil(max(gaps) * 10))))


def parts(counts: Sequence[int], favorable: Sequence[bool]) -> list[int]:
    """Return whole percents that add up to 100, and the favorable ones to their share, by largest remainders.

    Examples
    --------
    >>> parts([1, 1, 1], [False, False, True]), parts([10, 25, 25], [False, True, False])
    ([34, 33, 33], [17, 42, 41])
    """
    total = sum(counts)
    exact = [100 * count / total for count in counts]
    result = [math.floor(value) for value in exact]
    good = hundredths(sum(n for n, is_good in zip(counts, favorable, strict=True) if is_good) / total)
    for side, whole in ((True, good), (False, 100 - good)):
        own = [i for i, is_good in enumerate(favorable) if is_good == side]
        own.sort(key=lambda i: (result[i] - exact[i], i))
        for i in own[: whole - sum(result[i] for i in own)]:
            result[i] += 1
    return result
