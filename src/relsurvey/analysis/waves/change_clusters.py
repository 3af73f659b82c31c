"""The change of a mean from a model with a random intercept for each school, from sums by school."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from relsurvey.aggregate.moments import Sums
from relsurvey.analysis.groups.twosample import Test
from relsurvey.analysis.normal import Z95

# Log ratios of the two variances that are tried first: the profile may have a flat foot.
_LOWEST, _HIGHEST, _TRIED = -16, 7, 47


@dataclass(frozen=True)
class InterceptChange:
    """A change, after minus before, and what varies between and within clusters; NaN where nothing varies.

    Attributes
    ----------
    difference, error, low, high
        The change, its standard error and its 95 % interval (normal).
    test
        z and its p.
    between, within
        Variances between clusters and within them.
    """

    difference: float
    error: float
    low: float
    high: float
    test: Test
    between: float
    within: float


def random_intercept_change(before: Sequence[Sums], after: Sequence[Sums]) -> InterceptChange:
    """Return the change of a mean when each cluster has a level of its own that lasts.

    Parameters
    ----------
    before, after
        Sums of each cluster's students, one entry a cluster in the same order; empty where it was not there.

    Notes
    -----
    y = wave + u(cluster) + e by REML, profiled over the ratio of the two variances; R's
    ``lme4::lmer(y ~ wave + (1 | cluster))``. It weighs clusters by what they tell of the change, so it is
    another estimate than the difference of all students' means. Matched students are not told apart here.

    Examples
    --------
    >>> level = [1.0, 2.0, 3.0, 4.0, 5.0]
    >>> fall, spring = [Sums(9, x, 8.0) for x in level], [Sums(9, x + 0.5, 8.0) for x in level]
    >>> found = random_intercept_change(fall, spring)
    >>> round(found.difference, 6), found.between > found.within
    (0.5, True)
    """
    import numpy as np
    from scipy.optimize import minimize_scalar

    nan = math.nan
    nothing = InterceptChange(nan, nan, nan, nan, Test(nan, nan, nan, nan), nan, nan)
    sizes = np.array([[s.n for s in before], [s.n for s in after]], dtype=float)
    n, size = float(sizes.sum()), sizes.sum(axis=0)
    if sizes.sum(axis=1).min() < 1 or n < 4:
        return nothing
    totals = np.array([[s.n * s.mean if s.n else 0.0 for s in side] for side in (before, after)])
    middle = float(totals.sum()) / n
    totals = totals - sizes * middle
    squares = sum(s.squares + s.n * (s.mean - middle) ** 2 for side in (before, after) for s in side if s.n)
    total, rows, sums = totals.sum(axis=0), np.diag(sizes.sum(axis=1)), totals.sum(axis=1)

    def solve(ratio: float) -> tuple[np.ndarray, np.ndarray, float]:
        shrink = ratio / (1 + ratio * size)
        cross = rows - (sizes * shrink) @ sizes.T
        asked = sums - (sizes * shrink) @ total
        level = np.linalg.solve(cross, asked)
        return cross, level, squares - float((shrink * total**2).sum()) - float(level @ asked)

    if solve(0.0)[2] <= 1e-12 * squares or squares <= 1e-24 * n * middle**2:
        return nothing

    def deviance(log_ratio: float) -> float:
        ratio = math.exp(log_ratio)
        cross, _, rest = solve(ratio)
        spread = float(np.log1p(ratio * size).sum() + np.linalg.slogdet(cross)[1])
        return spread + (n - 2) * math.log(max(rest, 1e-12 * squares))

    grid = np.linspace(_LOWEST, _HIGHEST, _TRIED)
    best = int(np.argmin([deviance(x) for x in grid]))
    around = (float(grid[max(best - 1, 0)]), float(grid[min(best + 1, _TRIED - 1)]))
    found = minimize_scalar(deviance, bounds=around, method="bounded", options={"xatol": 1e-9})
    # At the foot of the grid there is no variance between.
    ratio = math.exp(float(found.x)) if best else 0.0
    cross, level, rest = solve(ratio)
    within = max(float(rest), 0.0) / (n - 2)
    contrast = np.array([-1.0, 1.0])
    error = math.sqrt(within * float(contrast @ np.linalg.solve(cross, contrast)))
    change = float(contrast @ level)
    if error == 0:
        return nothing
    z, half = change / error, Z95 * error
    test = Test(z, math.nan, math.nan, math.erfc(abs(z) / math.sqrt(2)))
    return InterceptChange(change, error, change - half, change + half, test, ratio * within, within)
