"""Shares of students and their differences, with intervals."""

from __future__ import annotations

import math
from statistics import NormalDist


def _z(level: float) -> float:
    return NormalDist().inv_cdf(0.5 + level / 2)


def wilson(favorable: int, n: int, level: float = 0.95) -> tuple[float, float]:
    """Return the Wilson score interval of a share.

    Parameters
    ----------
    favorable, n
        Counts.
    level
        Coverage.

    Returns
    -------
    tuple of float
        Lower and upper limit, 0-1; NaN when n is 0.

    Notes
    -----
    Wilson (1927). Equal to R's ``prop.test(correct=FALSE)$conf.int``.

    Examples
    --------
    >>> [round(limit, 4) for limit in wilson(6, 10)]
    [0.3127, 0.8318]
    """
    if n == 0:
        return math.nan, math.nan
    z = _z(level)
    share = favorable / n
    centre = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return max(0.0, centre - half), min(1.0, centre + half)


def newcombe(
    favorable_a: int, n_a: int, favorable_b: int, n_b: int, level: float = 0.95
) -> tuple[float, float]:
    """Return the interval of a difference of two independent shares, a minus b.

    Parameters
    ----------
    favorable_a, n_a, favorable_b, n_b
        Counts of the two groups.
    level
        Coverage.

    Returns
    -------
    tuple of float
        Lower and upper limit, -1 to 1; NaN when a group is empty.

    Notes
    -----
    Newcombe (1998), method 10: from the two Wilson intervals. Equal to statsmodels' ``newcomb``.

    Examples
    --------
    >>> [round(limit, 4) for limit in newcombe(56, 70, 48, 80)]
    [0.0524, 0.3339]
    """
    if n_a == 0 or n_b == 0:
        return math.nan, math.nan
    a, b = favorable_a / n_a, favorable_b / n_b
    a_low, a_high = wilson(favorable_a, n_a, level)
    b_low, b_high = wilson(favorable_b, n_b, level)
    d = a - b
    return d - math.hypot(a - a_low, b_high - b), d + math.hypot(a_high - a, b - b_low)


def two_shares_p(favorable_a: int, n_a: int, favorable_b: int, n_b: int) -> float:
    """Return the p value of Pearson's chi-square for two shares, without continuity correction.

    Parameters
    ----------
    favorable_a, n_a, favorable_b, n_b
        Counts of the two groups; NaN is returned when one is empty.

    Examples
    --------
    >>> round(two_shares_p(56, 70, 48, 80), 5)
    0.00805
    """
    if n_a == 0 or n_b == 0:
        return math.nan
    pooled = (favorable_a + favorable_b) / (n_a + n_b)
    error = math.sqrt(pooled * (1 - pooled) * (1 / n_a + 1 / n_b))
    if error == 0:
        return 1.0
    return math.erfc(abs(favorable_a / n_a - favorable_b / n_b) / error / math.sqrt(2))


def smallest_gap(share: float, n_a: int, n_b: int) -> float:
    """Return the difference two samples would show at the 5 % level with 80 % power (normal approximation).

    Parameters
    ----------
    share
        The share in both together, 0-1.
    n_a, n_b
        Sizes of the two groups, 1 or more.

    Examples
    --------
    >>> round(smallest_gap(0.5, 120, 120), 2)
    0.18
    """
    # A pooled share at 0 or 1 would claim that any gap is seen.
    p = min(max(share, 0.05), 0.95)
    return min(1.0, (_z(0.95) + NormalDist().inv_cdf(0.80)) * math.sqrt(p * (1 - p) * (1 / n_a + 1 / n_b)))
