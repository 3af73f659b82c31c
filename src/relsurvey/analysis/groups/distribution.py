"""Where the middle of a group's scores lies and how far they spread, from how often each score occurs."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from relsurvey.aggregate.tables import ScoreCounts, weighted_sums
from relsurvey.analysis.groups.twosample import Test, anova_from_sums

if TYPE_CHECKING:
    import numpy as np


def quantile(values: np.ndarray, counts: np.ndarray, share: float) -> float:
    """Return the score under which a share of a group lies, between two scores by their distance.

    Parameters
    ----------
    values, counts
        Scores, ascending, and how often each occurs; NaN is returned where none does.
    share
        0-1.

    Notes
    -----
    Hyndman and Fan's type 7: R's ``quantile``, NumPy's default.

    Examples
    --------
    >>> import numpy as np
    >>> quantile(np.array([1.0, 2.0, 4.0]), np.array([1, 1, 2]), 0.5)
    3.0
    """
    import numpy as np

    n = int(counts.sum())
    if not n:
        return math.nan
    place = (n - 1) * share
    below = math.floor(place + 1e-9)
    ends = np.cumsum(counts)
    low, high = (
        float(values[np.searchsorted(ends, i, side="right")]) for i in (below, min(below + 1, n - 1))
    )
    return low + (high - low) * max(0.0, place - below)


def levene(table: ScoreCounts) -> Test:
    """Return Levene's test that the groups spread alike, about their medians (Brown & Forsythe 1974).

    Parameters
    ----------
    table
        NaN is returned where no group spreads, or there are fewer than two groups.

    Notes
    -----
    R's ``car::leveneTest``.

    Examples
    --------
    >>> import numpy as np
    >>> table = ScoreCounts(("a", "b"), np.arange(1.0, 7), np.array([[1, 1, 1, 1, 0, 0], [1, 0, 1, 0, 1, 1]]))
    >>> round(levene(table).statistic, 4)
    1.8
    """
    import numpy as np

    return anova_from_sums(
        [
            weighted_sums(np.abs(table.values - quantile(table.values, own, 0.5)), own)
            for own in table.counts
            if own.any()
        ]
    )
