"""Whether a share rises or falls over ordered groups, within strata."""

from __future__ import annotations

import math
from collections.abc import Sequence

from relsurvey.analysis.groups.twosample import Test

#: Of each ordered group: how many are meant, and of how many.
Stratum = Sequence[tuple[int, int]]


def trend(strata: Sequence[Stratum]) -> Test:
    """Test whether a share rises or falls over ordered groups, within strata.

    Parameters
    ----------
    strata
        Of each stratum, such as a school, and of each group in order: how many are meant, and of how many.
        The groups are scored 0, 1, 2, …

    Returns
    -------
    Test
        The statistic is z: below 0 where the share falls from the first group to the last. NaN where nothing
        differs: one group alone, or all or none of them meant.

    Notes
    -----
    Mantel (1963): over the strata, the sum of the scores of those who are meant less its expectation, by the
    root of its variance when in each stratum they fall on the groups by chance (hypergeometric). So a stratum
    with a high share does not make a trend. With one stratum it is the Cochran-Armitage test: the square of z
    times n / (n - 1) is R's ``prop.trend.test``. With two groups it is R's
    ``mantelhaen.test(correct=FALSE)``.

    Examples
    --------
    >>> found = trend([[(83, 86), (90, 93), (129, 136), (70, 82)]])
    >>> round(found.statistic**2 * 397 / 396, 4), round(found.p, 4)
    (8.2249, 0.0042)
    """
    apart = spread = 0.0
    for groups in strata:
        n = sum(of for _, of in groups)
        meant = sum(hits for hits, _ in groups)
        if n < 2:
            continue
        total = sum(score * of for score, (_, of) in enumerate(groups))
        squares = sum(score * score * of for score, (_, of) in enumerate(groups))
        apart += sum(score * hits for score, (hits, _) in enumerate(groups)) - meant * total / n
        # In whole numbers, so that groups that are all alike spread by exactly 0.
        spread += meant * (n - meant) * (n * squares - total * total) / (n * n * (n - 1))
    if not spread:
        return Test(math.nan, math.nan, math.nan, math.nan)
    z = apart / math.sqrt(spread)
    return Test(z, math.nan, math.nan, math.erfc(abs(z) / math.sqrt(2)))
