"""Tests and effect sizes on ranks, from how often each score occurs in each group."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from relsurvey.aggregate.tables import ScoreCounts
from relsurvey.analysis.groups.twosample import Effect, Test
from relsurvey.analysis.normal import Z95, fisher_limits

if TYPE_CHECKING:
    import numpy as np

_NONE = Effect(math.nan, math.nan, math.nan)


def _midranks(totals: np.ndarray) -> np.ndarray:
    """Return the rank of each score: ties share the middle of theirs."""
    import numpy as np

    found: np.ndarray = np.cumsum(totals) - (totals - 1) / 2
    return found


def _ties(totals: np.ndarray) -> float:
    """Return the sum of t^3 - t over tied scores."""
    t = totals.astype(float)
    return float((t * (t - 1) * (t + 1)).sum())


def kruskal(table: ScoreCounts) -> Test:
    """Return Kruskal and Wallis' test that no group tends to higher scores; R's ``kruskal.test``.

    Parameters
    ----------
    table
        Groups without scores do not count; NaN is returned for fewer than two, or where all scores are one.

    Examples
    --------
    >>> import numpy as np
    >>> table = ScoreCounts(("a", "b"), np.arange(1.0, 7), np.array([[1, 1, 1, 0, 0, 0], [0, 0, 0, 1, 1, 1]]))
    >>> round(kruskal(table).statistic, 4)
    3.8571
    """
    from scipy.special import chdtrc

    counts = table.counts[table.counts.sum(axis=1) > 0]
    totals = counts.sum(axis=0)
    n, size = float(totals.sum()), counts.sum(axis=1)
    if len(counts) < 2 or _ties(totals) >= n**3 - n:
        return Test(math.nan, math.nan, math.nan, math.nan)
    apart = counts @ _midranks(totals) / size - (n + 1) / 2
    h = float(12 / (n * (n + 1)) * (size @ apart**2) / (1 - _ties(totals) / (n**3 - n)))
    return Test(h, len(counts) - 1, math.nan, float(chdtrc(len(counts) - 1, h)))


def rank_epsilon_squared(h: Test, n: int) -> float:
    """Return how much of the ranks' variance lies between groups: H / (n - 1) (Tomczak & Tomczak 2014).

    Examples
    --------
    >>> rank_epsilon_squared(Test(9.9, 2, float("nan"), 0.007), 100)
    0.1
    """
    return h.statistic / (n - 1) if n > 1 else math.nan


def rank_eta_squared(h: Test, n: int) -> float:
    """Return the same less what chance adds: (H - k + 1) / (n - k), not below 0.

    Examples
    --------
    >>> round(rank_eta_squared(Test(9.9, 2, float("nan"), 0.007), 100), 4)
    0.0814
    """
    left = n - h.df1 - 1
    return max(0.0, (h.statistic - h.df1) / left) if left > 0 else math.nan


@dataclass(frozen=True)
class RankPair:
    """Two groups by ranks: a against b.

    Attributes
    ----------
    w
        Pairs of one of each in which a's score is higher, ties counted half: R's W.
    p
        Mann and Whitney's test, normal approximation for ties, with continuity correction (R's default).
    p_uncorrected
        The same without that correction.
    delta
        Cliff's delta: the chance that a's score is higher less that b's is; interval by Fisher's z.
    superiority
        The chance that one of a scores higher than one of b, ties counted half: the common-language size.
    """

    w: float
    p: float
    p_uncorrected: float
    delta: Effect
    superiority: float


def mann_whitney(a: np.ndarray, b: np.ndarray) -> RankPair:
    """Compare two groups by ranks; R's ``wilcox.test(exact=FALSE)`` and ``effectsize::cliffs_delta``.

    Parameters
    ----------
    a, b
        How often each score occurs in the two groups, scores ascending. NaN is returned where one is empty;
        p is NaN where all scores are one.

    Examples
    --------
    >>> import numpy as np
    >>> found = mann_whitney(np.array([1, 1, 1, 0, 0, 0]), np.array([0, 0, 0, 1, 1, 1]))
    >>> found.w, found.delta.value, round(found.p, 4), round(found.p_uncorrected, 4)
    (0.0, -1.0, 0.0809, 0.0495)
    """
    import numpy as np

    n_a, n_b = float(a.sum()), float(b.sum())
    n = n_a + n_b
    if not n_a or not n_b:
        return RankPair(math.nan, math.nan, math.nan, _NONE, math.nan)
    w = float(a @ (np.cumsum(b) - b / 2))
    apart = w - n_a * n_b / 2
    left = n**3 - n - _ties(a + b)
    error = math.sqrt(n_a * n_b / 12 * left / (n * (n - 1))) if left > 0 else math.nan

    def p(correction: float) -> float:
        return math.erfc(max(abs(apart) - correction, 0.0) / error / math.sqrt(2))

    delta = 2 * w / (n_a * n_b) - 1
    # At the ends Fisher's z has no finite value, and R's interval is the point itself: no interval is honest.
    if abs(delta) < 1:
        half = Z95 * math.sqrt((n + 1) / (3 * n_a * n_b))
        effect = Effect(delta, *fisher_limits(delta, half))
    else:
        effect = Effect(delta, math.nan, math.nan)
    return RankPair(w, p(0.5), p(0.0), effect, w / (n_a * n_b))


def dunn(table: ScoreCounts) -> dict[tuple[int, int], tuple[float, float]]:
    """Return Dunn's z and its unadjusted p for every two groups, a against b, all groups ranked together.

    Parameters
    ----------
    table
        Pairs with an empty group, and all pairs where all scores are one, are NaN.

    Notes
    -----
    Dunn (1964), with the correction for ties. R's ``rstatix::dunn_test``, whose z is b against a.

    Examples
    --------
    >>> import numpy as np
    >>> table = ScoreCounts(("a", "b"), np.array([1.0, 2.0]), np.array([[9, 3], [3, 9]]))
    >>> [round(x, 3) for x in dunn(table)[0, 1]]
    [-2.398, 0.016]
    """
    import numpy as np

    totals = table.counts.sum(axis=0)
    size = table.counts.sum(axis=1)
    n = float(totals.sum())
    rank = table.counts @ _midranks(totals) / np.maximum(size, 1)
    spread = (n * (n + 1) - _ties(totals) / (n - 1)) / 12 if n > 1 else 0.0
    found = {}
    for i in range(len(size)):
        for j in range(i + 1, len(size)):
            if size[i] and size[j] and spread > 1e-9 * n * n:
                z = float((rank[i] - rank[j]) / math.sqrt(spread * (1 / size[i] + 1 / size[j])))
                found[i, j] = z, math.erfc(abs(z) / math.sqrt(2))
            else:
                found[i, j] = math.nan, math.nan
    return found
