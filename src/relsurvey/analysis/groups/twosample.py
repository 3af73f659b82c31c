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
    return Test(float(result.statistic), welch_error(a, b)[1], math.nan, float(result.pvalue))


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
    """A size and its 95 % interval; NaN where there is none."""

    value: float
    low: float
    high: float


_NO_EFFECT = Effect(math.nan, math.nan, math.nan)


def mean_interval(a: Sums, level: float = 0.95) -> Effect:
    """Return a mean with its t interval.

    Examples
    --------
    >>> found = mean_interval(Sums(4, 2.5, 5.0))
    >>> round(found.low, 3), round(found.high, 3)
    (0.446, 4.554)
    """
    from scipy.special import stdtrit

    if a.n < 2:
        return Effect(a.mean, math.nan, math.nan)
    half = float(stdtrit(a.n - 1, 0.5 + level / 2)) * math.sqrt(a.variance / a.n)
    return Effect(a.mean, a.mean - half, a.mean + half)


def mean_difference(a: Sums, b: Sums, level: float = 0.95) -> Effect:
    """Return the difference of two means, a minus b, with Welch's interval; R's ``t.test``.

    Parameters
    ----------
    a, b
        The two groups; limits are NaN where one has fewer than two values, or none varies.

    Examples
    --------
    >>> found = mean_difference(Sums(3, 2.0, 2.0), Sums(3, 5.0, 2.0))
    >>> round(found.value, 3), round(found.low, 3), round(found.high, 3)
    (-3.0, -5.267, -0.733)
    """
    from scipy.special import stdtrit

    error, df = welch_error(a, b)
    half = float(stdtrit(df, 0.5 + level / 2)) * error if df > 0 else math.nan
    d = a.mean - b.mean
    return Effect(d, d - half, d + half)


def welch_error(a: Sums, b: Sums) -> tuple[float, float]:
    """Return the standard error of a difference of means, and Welch's degrees of freedom."""
    if a.n < 2 or b.n < 2 or a.variance + b.variance == 0:
        return math.nan, math.nan
    va, vb = a.variance / a.n, b.variance / b.n
    return math.sqrt(va + vb), (va + vb) ** 2 / (va**2 / (a.n - 1) + vb**2 / (b.n - 1))


def pooled_sd(a: Sums, b: Sums) -> float:
    """Return the standard deviation within two groups; NaN where neither varies or one is too small."""
    if a.n < 2 or b.n < 2 or a.squares + b.squares == 0:
        return math.nan
    return math.sqrt((a.squares + b.squares) / (a.n + b.n - 2))


def cohens_d(a: Sums, b: Sums) -> Effect:
    """Return Cohen's d, a minus b in pooled standard deviations, with the interval of the non-central t.

    Parameters
    ----------
    a, b
        The two groups; NaN is returned where one has fewer than two values, or none varies.

    Notes
    -----
    The interval turns the pooled t into limits of its non-centrality (Steiger & Fouladi 1997). Equal to R's
    ``effectsize::cohens_d``, whose root finder stops earlier.

    Examples
    --------
    >>> found = cohens_d(Sums(10, 3.0, 9.0), Sums(10, 2.0, 9.0))
    >>> round(found.value, 3), round(found.low, 3), round(found.high, 3)
    (1.0, 0.053, 1.922)
    """
    sd = pooled_sd(a, b)
    if math.isnan(sd):
        return _NO_EFFECT
    d, scale, m = (a.mean - b.mean) / sd, math.sqrt(a.n * b.n / (a.n + b.n)), a.n + b.n - 2
    return Effect(d, noncentrality(d * scale, m, 0.975) / scale, noncentrality(d * scale, m, 0.025) / scale)


def hedges_g(a: Sums, b: Sums) -> Effect:
    """Return Hedges' g, a minus b: Cohen's d with the exact correction for small groups.

    Parameters
    ----------
    a, b
        The two groups; NaN is returned where one has fewer than two values, or none varies.

    Notes
    -----
    g = J · d with J = Γ(m/2) / (sqrt(m/2) · Γ((m-1)/2)), m = n_a + n_b - 2 (Hedges 1981).
    """
    m = a.n + b.n - 2
    if m < 2:
        return _NO_EFFECT
    d = cohens_d(a, b)
    j = math.exp(math.lgamma(m / 2) - 0.5 * math.log(m / 2) - math.lgamma((m - 1) / 2))
    return Effect(j * d.value, j * d.low, j * d.high)


def noncentrality(t: float, df: float, probability: float) -> float:
    """Return the non-centrality under which a t is exceeded with probability 1 - p; NaN past all numbers."""
    from scipy.optimize import brentq
    from scipy.stats import nct

    reach = 5 + 2 * abs(t) / math.sqrt(2 * df)

    def miss(centre: float) -> float:
        return float(nct.cdf(t, df, centre)) - probability

    low, high = t - reach, t + reach
    while miss(low) < 0:
        low -= reach
    while miss(high) > 0:
        high += reach
    # SciPy has no figure for a t of some 100,000: then neither has the interval.
    if math.isnan(miss(low)) or math.isnan(miss(high)):
        return math.nan
    found = float(brentq(miss, low, high, xtol=1e-12, rtol=1e-14))
    return found if math.isfinite(found) else math.nan


#: Means closer than this many pooled standard deviations count as the same: between small and medium.
SAME_WITHIN_SD = 0.3


def equivalence(a: Sums, b: Sums, bound: float) -> float:
    """Return the p of two one-sided Welch tests: small, the means differ by less than the bound.

    Parameters
    ----------
    a, b
        The two groups; NaN is returned where one has fewer than two values, or none varies.
    bound
        The difference that would not matter, in points of the score.

    Notes
    -----
    Schuirmann (1987). Below .05 when the 90 % Welch interval lies within plus and minus the bound.

    Examples
    --------
    >>> round(equivalence(Sums(100, 3.0, 99.0), Sums(100, 3.1, 99.0), 0.5), 4)
    0.0026
    """
    from scipy.special import stdtr

    error, df = welch_error(a, b)
    if math.isnan(df):
        return math.nan
    d = a.mean - b.mean
    return float(max(stdtr(df, -(d + bound) / error), stdtr(df, (d - bound) / error)))


def smallest_difference(a: Sums, b: Sums) -> float:
    """Return the difference of means two groups would show at the 5 % level with 80 % power.

    Parameters
    ----------
    a, b
        The two groups; NaN is returned where one has fewer than two values, or none varies.

    Notes
    -----
    From the power of Welch's t: its standard error times the non-centrality that gives 80 % (Cohen 1988).
    R's ``power.t.test`` for groups of one size and spread.

    Examples
    --------
    >>> round(smallest_difference(Sums(64, 0.0, 63.0), Sums(64, 0.0, 63.0)), 3)
    0.499
    """
    from scipy.optimize import brentq
    from scipy.special import stdtrit
    from scipy.stats import nct

    error, df = welch_error(a, b)
    if math.isnan(df):
        return math.nan
    least = float(stdtrit(df, 0.975))
    return error * float(brentq(lambda centre: float(nct.sf(least, df, centre)) - 0.80, 0.0, least + 30))


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
