"""Tests and effect sizes from counts, sums and squares; adjustments for many of them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from relsurvey.aggregate.moments import Sums


@dataclass(frozen=True)
class Test:
    """A test's statistic, degrees of freedom and p; NaN where it cannot be done."""

    statistic: float
    df1: float
    df2: float
    p: float


_NONE = Test(math.nan, math.nan, math.nan, math.nan)


def welch_from_sums(a: Sums, b: Sums) -> Test:
    """Return Welch's t test of two means; R's ``t.test``."""
    from scipy.stats import ttest_ind_from_stats

    if a.n < 2 or b.n < 2 or a.variance + b.variance == 0:
        return _NONE
    result = ttest_ind_from_stats(a.mean, a.sd, a.n, b.mean, b.sd, b.n, equal_var=False)
    va, vb = a.variance / a.n, b.variance / b.n
    df = (va + vb) ** 2 / (va**2 / (a.n - 1) + vb**2 / (b.n - 1))
    return Test(float(result.statistic), df, math.nan, float(result.pvalue))


def student_from_sums(a: Sums, b: Sums) -> Test:
    """Return Student's t test of two means; R's ``t.test(var.equal=TRUE)``."""
    from scipy.stats import ttest_ind_from_stats

    if a.n < 2 or b.n < 2 or a.variance + b.variance == 0:
        return _NONE
    result = ttest_ind_from_stats(a.mean, a.sd, a.n, b.mean, b.sd, b.n, equal_var=True)
    return Test(float(result.statistic), a.n + b.n - 2, math.nan, float(result.pvalue))


def anova_from_sums(groups: Sequence[Sums]) -> Test:
    """Return one-way analysis of variance; R's ``aov``."""
    from scipy.stats import f

    groups = [g for g in groups if g.n]
    n, k = sum(g.n for g in groups), len(groups)
    if k < 2 or n <= k:
        return _NONE
    # Means about the first one: grand means of large numbers lose their last digits.
    apart = [g.mean - groups[0].mean for g in groups]
    mean = sum(g.n * d for g, d in zip(groups, apart, strict=True)) / n
    between = sum(g.n * (d - mean) ** 2 for g, d in zip(groups, apart, strict=True)) / (k - 1)
    within = sum(g.squares for g in groups) / (n - k)
    if within == 0:
        return _NONE
    return Test(between / within, k - 1, n - k, float(f.sf(between / within, k - 1, n - k)))


def welch_anova_from_sums(groups: Sequence[Sums]) -> Test:
    """Return Welch's analysis of variance (Welch 1951); R's ``oneway.test``."""
    from scipy.stats import f

    k = len(groups)
    if k < 2 or any(g.n < 2 or g.variance == 0 for g in groups):
        return _NONE
    weights = [g.n / g.variance for g in groups]
    total = sum(weights)
    mean = sum(w * g.mean for w, g in zip(weights, groups, strict=True)) / total
    spread = sum((1 - w / total) ** 2 / (g.n - 1) for w, g in zip(weights, groups, strict=True))
    between = sum(w * (g.mean - mean) ** 2 for w, g in zip(weights, groups, strict=True)) / (k - 1)
    statistic = between / (1 + 2 * (k - 2) / (k**2 - 1) * spread)
    df2 = (k**2 - 1) / (3 * spread)
    return Test(statistic, k - 1, df2, float(f.sf(statistic, k - 1, df2)))


@dataclass(frozen=True)
class Effect:
    """A standardised mean difference and its 95 % interval."""

    value: float
    low: float
    high: float


def hedges_g(a: Sums, b: Sums) -> Effect:
    """Return Hedges' g, a minus b, with the exact correction and the interval of the non-central t.

    Parameters
    ----------
    a, b
        The two groups; NaN is returned where one has fewer than two values, or none varies.

    Notes
    -----
    g = J · d with J = Γ(m/2) / (sqrt(m/2) · Γ((m-1)/2)), m = n_a + n_b - 2 (Hedges 1981). The interval turns
    the pooled t into limits of its non-centrality (Steiger & Fouladi 1997). Equal to R's
    ``effectsize::hedges_g``, whose root finder stops earlier.
    """
    from scipy.optimize import brentq
    from scipy.stats import nct

    m = a.n + b.n - 2
    if a.n < 2 or b.n < 2 or a.variance + b.variance == 0:
        return Effect(math.nan, math.nan, math.nan)
    pooled = math.sqrt(((a.n - 1) * a.variance + (b.n - 1) * b.variance) / m)
    d = (a.mean - b.mean) / pooled
    scale = math.sqrt(a.n * b.n / (a.n + b.n))
    j = math.exp(math.lgamma(m / 2) - 0.5 * math.log(m / 2) - math.lgamma((m - 1) / 2))
    t = d * scale

    def limit(probability: float) -> float:
        reach = 5 + 2 * abs(t) / math.sqrt(2 * m)

        def miss(centre: float) -> float:
            return float(nct.cdf(t, m, centre)) - probability

        low, high = t - reach, t + reach
        while miss(low) < 0:
            low -= reach
        while miss(high) > 0:
            high += reach
        return float(brentq(miss, low, high, xtol=1e-12, rtol=1e-14))

    return Effect(j * d, j * limit(0.975) / scale, j * limit(0.025) / scale)


def holm(p: Sequence[float]) -> list[float]:
    """Return p values adjusted by Holm's method; NaN stays NaN and does not count (R's ``p.adjust``).

    Examples
    --------
    >>> [round(x, 3) for x in holm([0.01, 0.04, 0.03])]
    [0.03, 0.06, 0.06]
    """
    order = sorted((i for i in range(len(p)) if not math.isnan(p[i])), key=lambda i: p[i])
    result, largest = [math.nan] * len(p), 0.0
    for rank, i in enumerate(order):
        largest = max(largest, min(1.0, p[i] * (len(order) - rank)))
        result[i] = largest
    return result


def hochberg_q(p: Sequence[float]) -> list[float]:
    """Return Benjamini-Hochberg q values; NaN stays NaN and does not count (R's ``p.adjust(method="BH")``).

    Examples
    --------
    >>> [round(x, 3) for x in hochberg_q([0.01, 0.04, 0.03])]
    [0.03, 0.04, 0.04]
    """
    order = sorted((i for i in range(len(p)) if not math.isnan(p[i])), key=lambda i: p[i], reverse=True)
    result, smallest = [math.nan] * len(p), 1.0
    for back, i in enumerate(order):
        smallest = min(smallest, p[i] * len(order) / (len(order) - back))
        result[i] = smallest
    return result
