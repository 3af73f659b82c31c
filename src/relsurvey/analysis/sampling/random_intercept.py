"""The random-intercept model from the sums of clusters: variance components and empirical-Bayes means."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from relsurvey.aggregate.moments import Sums
from relsurvey.analysis.normal import Z95

if TYPE_CHECKING:
    import numpy as np

#: Sums of squares below this share of the squared scores are rounding.
NOISE = 1e-20


@dataclass(frozen=True)
class Components:
    """The random-intercept model without covariates: score = mean + cluster + student.

    Attributes
    ----------
    mean, se
        The mean over clusters and its standard error.
    tau2, sigma2
        Variance between clusters, and between students of one cluster.
    deviance, deviance_without
        -2 log likelihood (REML: the restricted one), and the same with tau2 = 0.
    """

    mean: float
    se: float
    tau2: float
    sigma2: float
    deviance: float
    deviance_without: float

    @property
    def icc(self) -> float:
        """The share of the variance that lies between clusters; NaN where nothing varies."""
        total = self.tau2 + self.sigma2
        return self.tau2 / total if total > 0 else math.nan

    def reliability(self, n: float) -> float:
        """How much of what the means of clusters with n students differ by is the clusters' own, 0-1."""
        spread = self.tau2 + self.sigma2 / n
        return self.tau2 / spread if spread > 0 else math.nan


def components(sums: Sequence[Sums], method: Literal["REML", "ML"] = "REML") -> Components:
    """Fit the random-intercept model without covariates from the sums of the clusters.

    Parameters
    ----------
    sums
        One a cluster, none of them empty.
    method
        Restricted or full maximum likelihood.

    Notes
    -----
    The likelihood depends on lambda = tau2 / sigma2 alone once the mean and sigma2 are profiled out; its
    highest point is found on a grid and then to the last digit by the zero of its derivative. Equal to R's
    ``lme4::lmer(y ~ 1 + (1 | cluster))``.

    Examples
    --------
    >>> found = components([Sums(10, 3.0, 9.0), Sums(10, 4.0, 9.0), Sums(10, 5.0, 9.0)])
    >>> round(found.tau2, 4), round(found.sigma2, 4), round(found.se, 4)
    (0.9, 1.0, 0.5774)
    """
    import numpy as np
    from scipy.optimize import brentq

    n = np.array([s.n for s in sums], dtype=float)
    about = sums[0].mean
    mean = np.array([s.mean for s in sums]) - about
    rows, k = float(n.sum()), len(sums)
    within = sum(s.squares for s in sums)
    noise = NOISE * rows * float(np.max(np.abs(mean + about))) ** 2
    if k < 2 or rows == k:
        # One cluster, or one student each: what lies between and within cannot be told apart.
        sigma2 = within / (rows - k) if rows > k else math.nan
        return Components(float((n * mean).sum() / rows + about), *(math.nan,) * 2, sigma2, *(math.nan,) * 2)
    lost = 1 if method == "REML" else 0
    if within <= noise:
        tau2 = float(np.square(mean - mean.mean()).sum()) / (k - lost)
        tau2 = tau2 if tau2 > noise else 0.0
        se = math.sqrt(tau2 / k) if tau2 > 0 else math.nan
        return Components(float(mean.mean() + about), se, tau2, 0.0, math.nan, math.nan)

    def parts(ratio: float) -> tuple[np.ndarray, float, float]:
        weight = n / (1 + n * ratio)
        middle = float((weight * mean).sum() / weight.sum())
        return weight, middle, within + float((weight * (mean - middle) ** 2).sum())

    def deviance(ratio: float) -> float:
        weight, _, squares = parts(ratio)
        constant = (rows - lost) * (1 + math.log(2 * math.pi * squares / (rows - lost)))
        return constant + float(np.log1p(n * ratio).sum()) + lost * math.log(weight.sum())

    def slope(ratio: float) -> float:
        weight, middle, squares = parts(ratio)
        pulled = (rows - lost) * float((weight**2 * (mean - middle) ** 2).sum()) / squares
        return float(weight.sum() - lost * (weight**2).sum() / weight.sum()) - pulled

    grid = [0.0, *np.geomspace(1e-9, 1e12, 106)]
    best = int(np.argmin([deviance(ratio) for ratio in grid]))
    ratio = grid[best]
    low, high = grid[max(best - 1, 0)], grid[min(best + 1, len(grid) - 1)]
    if slope(low) < 0 < slope(high):
        ratio = float(brentq(slope, low, high, xtol=1e-300, rtol=1e-14))
    weight, middle, squares = parts(ratio)
    sigma2 = squares / (rows - lost)
    return Components(
        middle + about,
        math.sqrt(sigma2 / float(weight.sum())),
        ratio * sigma2,
        sigma2,
        deviance(ratio),
        deviance(0.0),
    )


@dataclass(frozen=True)
class Shrunk:
    """One cluster's mean, pulled toward the mean of all as far as its own is uncertain."""

    name: str
    n: int
    mean: float
    shrunk: float
    low: float
    high: float


def shrunken(sums: Mapping[str, Sums], fit: Components) -> tuple[Shrunk, ...]:
    """Return the empirical-Bayes mean of each cluster with its 95 % interval, in the order given.

    Parameters
    ----------
    sums, fit
        Of the same clusters.

    Notes
    -----
    mean + B (own mean - mean), B the reliability of the own mean. The interval is that of the prediction
    error, tau2 (1 - B) + (1 - B)² var(mean) (Robinson 1991); it takes tau2 and sigma2 as known. The means
    are equal to ``lme4``'s.

    Examples
    --------
    >>> sums = {"a": Sums(10, 3.0, 9.0), "b": Sums(10, 4.0, 9.0), "c": Sums(10, 5.0, 9.0)}
    >>> [round(one.shrunk, 2) for one in shrunken(sums, components(list(sums.values())))]
    [3.1, 4.0, 4.9]
    """
    result = []
    for name, s in sums.items():
        pull = 1 - fit.reliability(s.n)
        value = s.mean + pull * (fit.mean - s.mean)
        half = Z95 * math.sqrt(fit.tau2 * pull + (pull * fit.se) ** 2)
        result.append(Shrunk(name, s.n, s.mean, value, value - half, value + half))
    return tuple(result)


def design_effect(icc: float, size: float) -> float:
    """Return how many times as many students clusters of a size need as students drawn one by one.

    1 + (size - 1) · ICC (Kish 1965), where a negative ICC counts as none. For a mean over clusters of unequal
    sizes, ``size`` is the sum of the squared sizes over their sum (Holt 1980).

    Examples
    --------
    >>> round(design_effect(0.1, 21), 6)
    3.0
    """
    return 1 + (size - 1) * max(0.0, icc) if not math.isnan(icc) else math.nan
