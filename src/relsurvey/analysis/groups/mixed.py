"""Linear models of students in clusters: one random intercept, and whatever covariates are asked for.

Fitted by restricted maximum likelihood from products and the clusters' means, so that its cost does not grow
with the rows once these are made. Degrees of freedom by Satterthwaite, as few clusters need them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True, eq=False)
class Mixed:
    """A fitted random-intercept model.

    Attributes
    ----------
    estimate, covariance
        The p coefficients and their covariance.
    between, within
        Variance between clusters and within them.
    clusters, n
        How many.
    deviance
        -2 restricted log likelihood: R's ``REMLcrit``.
    """

    estimate: np.ndarray
    covariance: np.ndarray
    between: float
    within: float
    clusters: int
    n: int
    deviance: float
    _slope: np.ndarray
    _curvature: np.ndarray

    @property
    def icc(self) -> float:
        """The share of the variance not explained that lies between clusters."""
        return self.between / (self.between + self.within)

    def df(self, contrast: np.ndarray) -> float:
        """Return Satterthwaite's degrees of freedom of a contrast of the coefficients (one line).

        Where no variance lies between clusters they are those of a regression.
        """
        import numpy as np

        if not self.between:
            return float(self.n - len(self.estimate))
        variance = float(contrast @ self.covariance @ contrast)
        gradient = np.array([contrast @ self._slope @ contrast, variance / self.within])
        return variance**2 / float(gradient @ np.linalg.solve(self._curvature, gradient))

    def f(self, contrasts: np.ndarray) -> tuple[float, float, float]:
        """Return F and its degrees of freedom: are several contrasts all 0 (Fai & Cornelius 1996)."""
        import numpy as np

        spread = contrasts @ self.covariance @ contrasts.T
        values, vectors = np.linalg.eigh(spread)
        turned = vectors.T @ contrasts
        q = len(values)
        f = float(((turned @ self.estimate) ** 2 / values).sum()) / q
        df = np.array([self.df(line) for line in turned])
        if q == 1:
            return f, 1.0, float(df[0])
        above = df[df > 2]
        e = float((above / (above - 2)).sum())
        return f, float(q), 2 * e / (e - q) if e > q else math.nan


def fit(y: np.ndarray, x: np.ndarray, cluster: np.ndarray) -> Mixed | None:
    """Fit a random-intercept model by restricted maximum likelihood.

    Parameters
    ----------
    y, x, cluster
        n scores, an n × p design of full rank, and each row's cluster as a number from 0.

    Returns
    -------
    Mixed or None
        None where clusters and students cannot be told apart: one cluster, one student each, or no spread.

    Notes
    -----
    The deviance with the coefficients and the variance within profiled out has one unknown, the ratio of the
    two variances (Bates et al. 2015); its zero slope is found from a grid. Equal to R's ``lme4::lmer``, df to
    ``lmerTest`` (Satterthwaite).

    Examples
    --------
    >>> import numpy as np
    >>> y = np.array([1.0, 2, 3, 4, 5, 6, 8, 9, 10])
    >>> found = fit(y, np.ones((9, 1)), np.repeat([0, 1, 2], 3))
    >>> round(found.between, 3), round(found.within, 3), round(found.df(np.ones(1)), 3)
    (12.0, 1.0, 2.0)
    """
    import numpy as np
    from scipy.optimize import brentq

    n, p = (int(length) for length in x.shape)
    size = np.bincount(cluster).astype(float)
    k = len(size)
    if k < 2 or n - p < 1 or size.max() < 2:
        return None
    # All that the likelihood needs: the clusters' means, and products of the deviations from them.
    columns = np.column_stack([x, y])
    means = np.column_stack([np.bincount(cluster, column) for column in columns.T]) / size[:, None]
    apart = columns - means[cluster]
    inside = apart.T @ apart

    def parts(ratio: float, order: int) -> np.ndarray:
        """Return the products weighted by the inverse covariance, or a derivative of them by the ratio."""
        base = 1 + size * ratio
        weight = (size / base, -(size**2) / base**2, 2 * size**3 / base**3)[order]
        between = means.T @ (means * weight[:, None])
        found: np.ndarray = between + inside if order == 0 else between
        return found

    def solved(ratio: float) -> tuple[np.ndarray, np.ndarray, float]:
        m = parts(ratio, 0)
        inverse = np.linalg.inv(m[:p, :p])
        b = inverse @ m[:p, p]
        return inverse, b, float(m[p, p] - m[:p, p] @ b)

    def deviance(ratio: float) -> float:
        inverse, _, squares = solved(ratio)
        spread = float(np.log1p(size * ratio).sum()) - float(np.linalg.slogdet(inverse)[1])
        return (n - p) * (1 + math.log(2 * math.pi * squares / (n - p))) + spread

    def slope(ratio: float) -> float:
        inverse, b, squares = solved(ratio)
        first = parts(ratio, 1)
        error = np.append(-b, 1.0)
        pulled = (n - p) * float(error @ first @ error) / squares
        return pulled + float((size / (1 + size * ratio)).sum()) + float(np.trace(inverse @ first[:p, :p]))

    if min(solved(0.0)[2], inside[p, p]) <= 1e-12 * float(((y - y.mean()) ** 2).sum()):
        return None
    grid = [0.0, *np.geomspace(1e-7, 1e7, 57)]
    heights = [deviance(ratio) for ratio in grid]
    best = int(np.argmin(heights))
    low, high = grid[max(best - 1, 0)], grid[min(best + 1, len(grid) - 1)]
    ratio = grid[best]
    if slope(low) < 0 < slope(high):
        ratio = float(brentq(slope, low, high, xtol=1e-300, rtol=1e-14))
    inverse, b, squares = solved(ratio)
    within = squares / (n - p)
    first, second = parts(ratio, 1), parts(ratio, 2)
    error = np.append(-b, 1.0)
    moved = inverse @ (first[:p, p] - first[:p, :p] @ b)
    bent = float(error @ second @ error) - 2 * float((first[:p, p] - first[:p, :p] @ b) @ moved)
    turned = inverse @ first[:p, :p]
    # Second derivatives of the deviance by the ratio and by the variance within.
    curvature = np.array(
        [
            [
                bent / within
                - float((size**2 / (1 + size * ratio) ** 2).sum())
                + float(np.trace(inverse @ second[:p, :p]))
                - float(np.trace(turned @ turned)),
                -float(error @ first @ error) / within**2,
            ],
            [-float(error @ first @ error) / within**2, (n - p) / within**2],
        ]
    )
    return Mixed(
        b,
        within * inverse,
        ratio * within,
        within,
        k,
        n,
        deviance(ratio),
        -within * turned @ inverse,
        curvature,
    )
