"""How much of a change comes from who answered, and how much a low start rises by itself."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from relsurvey.aggregate.moments import Sums
from relsurvey.errors import AnalysisError


@dataclass(frozen=True)
class Split:
    """A change of a mean or share in two parts that add up to it.

    Attributes
    ----------
    by
        What the parts are told apart by: a variable, or ``"respondent"`` for those who came and went.
    figure
        ``"favorable"`` (a share, 0-1) or ``"score"``.
    total, within, who
        The change of all students; the part that is a change of the same students or within the same groups;
        the part that comes from who answered.
    joined, left
        Of ``who``: through those there after only, and before only; NaN for a variable.
    smallest
        The fewest students that one part rests on: of those who stayed, joined and left where there are any,
        or of the groups.
    """

    by: str
    figure: str
    total: float
    within: float
    who: float
    joined: float
    left: float
    smallest: int


def by_respondent(figure: str, before: Sums, after: Sums, same_before: Sums, same_after: Sums) -> Split:
    """Split a change into that of the students who answered both times, and the comings and goings.

    Parameters
    ----------
    figure
        What the sums are of.
    before, after
        All students.
    same_before, same_after
        Those who answered both times.

    Notes
    -----
    total = change of the same students + share joined · (joined - same after) - share left · (left - same
    before). NaN where nobody answered both times.

    Examples
    --------
    >>> same = Sums(10, 3.0, 0.0)
    >>> split = by_respondent("score", same + Sums(10, 2.0, 0.0), same, same, same)
    >>> split.total, split.within, split.left
    (0.5, 0.0, 0.5)
    """
    joiners, leavers = after - same_after, before - same_before
    total = after.mean - before.mean
    if not same_before.n:
        return Split("respondent", figure, total, math.nan, math.nan, math.nan, math.nan, 0)
    joined = joiners.n / after.n * (joiners.mean - same_after.mean) if joiners.n else 0.0
    left = -leavers.n / before.n * (leavers.mean - same_before.mean) if leavers.n else 0.0
    sizes = [n for n in (joiners.n, leavers.n, same_before.n) if n]
    within = same_after.mean - same_before.mean
    return Split("respondent", figure, total, within, joined + left, joined, left, min(sizes))


def by_groups(by: str, figure: str, before: Sequence[Sums], after: Sequence[Sums]) -> Split:
    """Split a change into changes within groups, and a change of their sizes (Kitagawa 1955).

    Parameters
    ----------
    by, figure
        The variable, and what the sums are of.
    before, after
        One entry a group, in the same order; together all students.

    Notes
    -----
    within = Σ mean share of the group · change of its mean; who = Σ change of its share · mean of its two
    means. A group that is there once only has no change: all of it is *who*.

    Examples
    --------
    >>> girls, boys = (Sums(30, 0.8, 0.0), Sums(10, 0.8, 0.0)), (Sums(10, 0.4, 0.0), Sums(30, 0.4, 0.0))
    >>> split = by_groups("gender", "favorable", [girls[0], boys[0]], [girls[1], boys[1]])
    >>> round(split.total, 3), round(split.within, 3), round(split.who, 3)
    (-0.2, 0.0, -0.2)
    """
    n_before, n_after = sum(s.n for s in before), sum(s.n for s in after)
    nan = math.nan
    if not n_before or not n_after:
        return Split(by, figure, nan, nan, nan, nan, nan, 0)
    within = who = 0.0
    for then, now in zip(before, after, strict=True):
        if not then.n and not now.n:
            continue
        share_then, share_now = then.n / n_before, now.n / n_after
        mean_then, mean_now = then.mean if then.n else now.mean, now.mean if now.n else then.mean
        within += (share_then + share_now) / 2 * (mean_now - mean_then)
        who += (share_now - share_then) * (mean_then + mean_now) / 2
    smallest = min(s.n for pair in zip(before, after, strict=True) for s in pair if s.n)
    return Split(by, figure, within + who, within, who, nan, nan, smallest)


def expected_rise(start: float, mean: float, correlation: float) -> float:
    """Return how much a unit that started low rises by itself: regression to the mean.

    Parameters
    ----------
    start
        Where the picked student, group or school started.
    mean
        The mean of all, of those not picked too.
    correlation
        Of the two times over all units, or the reliability of the start where nothing real changes, 0-1.

    Returns
    -------
    float
        What to expect without any real change, in units of the score; negative for a high start.

    Raises
    ------
    AnalysisError
        If the correlation is not between 0 and 1.

    Notes
    -----
    (1 - r) · (mean - start) (Galton 1886).

    Examples
    --------
    >>> expected_rise(2.0, 3.0, 0.75)
    0.25
    """
    if not 0 <= correlation <= 1:
        raise AnalysisError(
            f"A correlation of two times, or a reliability, is between 0 and 1; {correlation:g} is not. "
            "Give that of all units, not of the picked ones."
        )
    return (1 - correlation) * (mean - start)


def start_reliability(starts: Sequence[Sums]) -> list[float]:
    """Return how far each unit's mean can be relied on to tell it from the others, 0-1.

    Parameters
    ----------
    starts
        Sums of the students of each unit, at the first time.

    Notes
    -----
    ICC from one-way analysis of variance with n0 for unequal sizes, then n · ICC / (1 + (n - 1) · ICC);
    0 where units differ no more than chance would have it. NaN where there are no two units, or no two
    students in any.
    """
    filled = [s for s in starts if s.n]
    n, k = sum(s.n for s in filled), len(filled)
    if k < 2 or n <= k:
        return [math.nan for _ in starts]
    mean = sum(s.n * s.mean for s in filled) / n
    between = sum(s.n * (s.mean - mean) ** 2 for s in filled) / (k - 1)
    within = sum(s.squares for s in filled) / (n - k)
    size = (n - sum(s.n**2 for s in filled) / n) / (k - 1)
    if between + (size - 1) * within <= 0:
        return [math.nan for _ in starts]
    icc = max(0.0, (between - within) / (between + (size - 1) * within))
    return [s.n * icc / (1 + (s.n - 1) * icc) if s.n else math.nan for s in starts]
