"""Every two of several groups, with limits that hold for all pairs together."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from relsurvey.aggregate.moments import Sums
from relsurvey.analysis.groups.studentized import range_quantile, range_sf
from relsurvey.analysis.groups.twosample import welch_error


@dataclass(frozen=True)
class Together:
    """Two means, a minus b; interval and p hold for all pairs together, and are NaN where there is none."""

    difference: float
    low: float
    high: float
    statistic: float
    df: float
    p: float


def games_howell(groups: Sequence[Sums]) -> dict[tuple[int, int], Together]:
    """Compare every two means where groups may differ in spread and size (Games & Howell 1976).

    Parameters
    ----------
    groups
        Two or more; a pair with a group of fewer than two, or without any spread, is NaN.

    Notes
    -----
    Welch's t of each pair against the studentised range of all groups. R's ``rstatix::games_howell_test``,
    whose difference is b minus a; SciPy's ``tukey_hsd(equal_var=False)``.

    Examples
    --------
    >>> found = games_howell([Sums(10, 2.0, 9.0), Sums(12, 3.0, 11.0), Sums(9, 3.2, 20.0)])
    >>> round(found[0, 1].p, 4), round(found[0, 1].low, 3)
    (0.0745, -2.086)
    """
    return {
        (i, j): _pair(groups[i], groups[j], len(groups), *welch_error(groups[i], groups[j]))
        for i, j in combinations(range(len(groups)), 2)
    }


def tukey(groups: Sequence[Sums]) -> dict[tuple[int, int], Together]:
    """Compare every two means with one spread for all groups (Tukey & Kramer); R's ``TukeyHSD``.

    Parameters
    ----------
    groups
        Two or more; all pairs are NaN where no group spreads.

    Examples
    --------
    >>> found = tukey([Sums(10, 2.0, 9.0), Sums(12, 3.0, 11.0), Sums(9, 3.2, 20.0)])
    >>> round(found[0, 1].p, 4), found[0, 1].df
    (0.1426, 28)
    """
    df = sum(g.n for g in groups) - len(groups)
    variance = sum(g.squares for g in groups) / df if df > 0 else 0.0
    return {
        (i, j): _pair(a, b, len(groups), math.sqrt(variance * (1 / a.n + 1 / b.n)) or math.nan, df)
        for i, j in combinations(range(len(groups)), 2)
        for a, b in [(groups[i], groups[j])]
    }


def _pair(a: Sums, b: Sums, groups: int, error: float, df: float) -> Together:
    d = a.mean - b.mean
    if math.isnan(error) or df <= 0:
        return Together(d, math.nan, math.nan, math.nan, math.nan, math.nan)
    half = range_quantile(0.95, groups, df) / math.sqrt(2) * error
    return Together(d, d - half, d + half, d / error, df, range_sf(abs(d) / error * math.sqrt(2), groups, df))
