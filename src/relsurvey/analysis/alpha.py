"""Classical reliability of a scale, all of it from one covariance matrix."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from relsurvey.aggregate.moments import Missing, Moments

if TYPE_CHECKING:
    import numpy as np

#: An item that goes against the others by at least this loading seems to be worded the other way round.
_AGAINST = -0.30
# Up to here all halves are looked at; above, this many of them.
_ALL_HALVES, _SOME_HALVES = 12, 10_000


@dataclass(frozen=True)
class ItemStatistics:
    """One item among its scale; NaN where a figure does not exist.

    Attributes
    ----------
    item, n, mean, sd
        Over the rows where it was answered, or the complete ones.
    r_item_rest, r_item_total
        Its correlation with the sum of the others (corrected), and with the whole sum.
    alpha_if_deleted
        Alpha of the others.
    """

    item: str
    n: int
    mean: float
    sd: float
    r_item_rest: float
    r_item_total: float
    alpha_if_deleted: float


@dataclass(frozen=True)
class Classical:
    """The classical figures of one scale; NaN where one does not exist.

    Attributes
    ----------
    alpha, alpha_low, alpha_high
        Cronbach's alpha with its 95 % interval by Feldt.
    alpha_se
        Its standard error (Duhachek & Iacobucci 2004); alpha plus and minus 1.96 of it is their interval.
    alpha_std, mean_r
        Alpha of the correlations, and their mean.
    lambda2, lambda6
        Guttman's lower bounds, of the covariances and of the correlations.
    sem
        Standard error of measurement of the mean score.
    items
        One entry an item.
    unreversed
        Items that go against the others, as if a negatively worded one had not been turned.
    """

    alpha: float
    alpha_low: float
    alpha_high: float
    alpha_se: float
    alpha_std: float
    mean_r: float
    lambda2: float
    lambda6: float
    sem: float
    items: tuple[ItemStatistics, ...]
    unreversed: tuple[str, ...]


def classical(moments: Moments, missing: Missing = "pairwise") -> Classical:
    """Return the classical figures of a scale.

    Parameters
    ----------
    moments
        Of k items, keyed.
    missing
        ``"pairwise"`` (psych's default) or ``"listwise"``.

    Notes
    -----
    alpha = k/(k-1) · (1 - Σ var / sum of the covariance matrix) (Cronbach 1951); intervals: see
    :func:`feldt` and :func:`duhachek_se`. lambda-2 = (Σ off-diagonal + sqrt(k/(k-1) · Σ off-diagonal²)) / sum
    (Guttman 1945); lambda-6 = 1 - Σ(1 - smc) / sum of the correlations. SEM of the mean score:
    sd · sqrt(1 - alpha). Equal to R's ``psych::alpha`` and ``psych::guttman``.

    Examples
    --------
    >>> import pandas as pd
    >>> from relsurvey.aggregate import moments
    >>> answers = pd.DataFrame({"a": [1.0, 2, 4, 5, 3], "b": [2.0, 2, 4, 4, 3], "c": [1.0, 3, 3, 5, 2]})
    >>> found = classical(moments(answers))
    >>> round(found.alpha, 4), [round(item.r_item_rest, 3) for item in found.items]
    (0.9184, [0.971, 0.848, 0.793])
    """
    import numpy as np

    cov = moments.covariance(missing)
    k, n = len(moments.names), moments.n(missing)
    with np.errstate(divide="ignore", invalid="ignore"):
        variance = cov.diagonal()
        row = cov.sum(axis=1)
        total, trace = float(row.sum()), float(variance.sum())
        alpha = cronbach(trace, total, k)
        # Of the others: what is left of the sum and of its variance without the item.
        left = total - 2 * row + variance
        left = np.where(left > 1e-12 * max(total, 0.0), left, np.nan)
        spread = np.where(variance > 0, variance, np.nan)
        r_rest = (row - variance) / np.sqrt(spread * left) if k > 1 else np.full(k, np.nan)
        r_total = row / np.sqrt(spread * (total if total > 0 else math.nan))
        deleted = (k - 1) / (k - 2) * (1 - (trace - variance) / left) if k > 2 else np.full(k, np.nan)
        correlation = cov / np.sqrt(np.outer(variance, variance))
    mean_r = (float(correlation.sum()) - k) / (k * (k - 1)) if k > 1 else math.nan
    alpha_std = k * mean_r / (1 + (k - 1) * mean_r) if k > 1 and 1 + (k - 1) * mean_r > 0 else math.nan
    low, high = feldt(alpha, n, k)
    own = [moments.of(i, missing) for i in range(k)]
    return Classical(
        alpha=alpha,
        alpha_low=low,
        alpha_high=high,
        alpha_se=duhachek_se(cov, n),
        alpha_std=alpha_std,
        mean_r=mean_r,
        lambda2=_lambda2(cov),
        lambda6=_lambda6(correlation),
        sem=math.sqrt(max(0.0, total) * (1 - min(alpha, 1.0))) / k if not math.isnan(alpha) else math.nan,
        items=tuple(
            ItemStatistics(
                name,
                own[i].n,
                own[i].mean,
                math.sqrt(max(0.0, float(variance[i]))) if variance[i] == variance[i] else math.nan,
                float(r_rest[i]),
                float(r_total[i]),
                float(deleted[i]),
            )
            for i, name in enumerate(moments.names)
        ),
        unreversed=_against(moments.names, correlation),
    )


def cronbach(trace: float, total: float, k: int) -> float:
    """Return alpha from the sum of the k variances and the variance of the sum; NaN where there is none."""
    return k / (k - 1) * (1 - trace / total) if k > 1 and total > 0 else math.nan


def feldt(alpha: float, n: int, k: int) -> tuple[float, float]:
    """Return the 95 % interval of alpha under normality.

    Parameters
    ----------
    alpha, n, k
        Alpha, respondents, items.

    Notes
    -----
    1 - (1 - alpha) · F with n - 1 and (n - 1)(k - 1) degrees of freedom (Feldt, Woodruff & Salih 1987).

    Examples
    --------
    >>> [round(limit, 3) for limit in feldt(0.8, 100, 5)]
    [0.731, 0.856]
    """
    from scipy.special import fdtri

    if math.isnan(alpha) or n < 2 or k < 2:
        return math.nan, math.nan
    df1, df2 = n - 1, (n - 1) * (k - 1)
    return tuple(1 - (1 - alpha) * float(fdtri(df1, df2, p)) for p in (0.975, 0.025))  # type: ignore[return-value]


def duhachek_se(covariance: np.ndarray, n: int) -> float:
    """Return the standard error of alpha under normality.

    Parameters
    ----------
    covariance
        k × k.
    n
        Respondents.

    Notes
    -----
    Duhachek & Iacobucci (2004), after van Zyl, Neudecker & Nel (2000).
    """
    k = len(covariance)
    row = covariance.sum(axis=1)
    total, trace = float(row.sum()), float(covariance.trace())
    if k < 2 or n < 1 or not total > 0:
        return math.nan
    squares, longest = float((covariance**2).sum()), float(row @ row)
    q = 2 * k**2 / ((k - 1) ** 2 * total**3) * (total * (squares + trace**2) - 2 * trace * longest)
    return math.sqrt(max(0.0, q) / n)


def robust_alpha(items: np.ndarray) -> tuple[float, float]:
    """Return the 95 % interval of alpha without assuming normal answers; NaN where there is none.

    Parameters
    ----------
    items
        n × k, complete rows.

    Notes
    -----
    Delete-one jackknife (Efron & Tibshirani 1993, chapter 11) on log(1 - alpha), where the estimate is less
    skewed (Bonett & Wright 2015), with t of n - 1 degrees of freedom. It agrees with the distribution-free
    standard error (Maydeu-Olivares, Coffman & Hartmann 2007) in large samples and holds better in small ones:
    see ``docs/coverage.md``.

    Examples
    --------
    >>> import numpy as np
    >>> rows = np.array([[1.0, 2, 1], [2, 2, 3], [4, 4, 3], [5, 4, 5], [3, 3, 2]])
    >>> [round(limit, 2) for limit in robust_alpha(rows)]
    [0.46, 0.99]
    """
    import numpy as np
    from scipy.special import stdtrit

    n, k = items.shape
    if n < 4 or k < 2:
        return math.nan, math.nan
    apart = items - items.mean(axis=0)
    own, whole = (apart**2).sum(axis=1), apart.sum(axis=1) ** 2
    trace, total = float(own.sum()), float(whole.sum())
    # Leaving a row out takes its squared distance from the mean, n / (n - 1) times.
    left = total - whole * (n / (n - 1))
    if not left.min() > 1e-12 * total:
        return math.nan, math.nan
    error = 1 - k / (k - 1) * (1 - (trace - own * (n / (n - 1))) / left)
    alpha = cronbach(trace, total, k)
    if alpha > 1 - 1e-12 or not error.min() > 0:
        return math.nan, math.nan
    logs = np.log(error)
    half = float(stdtrit(n - 1, 0.975)) * math.sqrt((n - 1) / n * float(((logs - logs.mean()) ** 2).sum()))
    return 1 - (1 - alpha) * math.exp(half), 1 - (1 - alpha) * math.exp(-half)


def _lambda2(cov: np.ndarray) -> float:
    k, total = len(cov), float(cov.sum())
    if k < 2 or not total > 0:
        return math.nan
    apart = total - float(cov.trace())
    squares = float((cov**2).sum()) - float((cov.diagonal() ** 2).sum())
    return (apart + math.sqrt(k / (k - 1) * squares)) / total


def _lambda6(correlation: np.ndarray) -> float:
    import numpy as np

    if len(correlation) < 2 or not np.isfinite(correlation).all():
        return math.nan
    values, vectors = np.linalg.eigh(correlation)
    if values[0] < 1e-10:
        return math.nan
    left = 1 / ((vectors / values) * vectors).sum(axis=1)
    return 1 - float(left.sum()) / float(correlation.sum())


def _against(names: tuple[str, ...], correlation: np.ndarray) -> tuple[str, ...]:
    """Return the items whose loading on the first component has the other sign than most."""
    import numpy as np

    if len(names) < 3 or not np.isfinite(correlation).all():
        return ()
    values, vectors = np.linalg.eigh(correlation)
    loading = vectors[:, -1] * math.sqrt(max(float(values[-1]), 0.0))
    if loading.sum() < 0:
        loading = -loading
    return tuple(name for name, value in zip(names, loading, strict=True) if value < _AGAINST)


@dataclass(frozen=True)
class SplitHalf:
    """Reliability of the whole scale from two halves of it; NaN where there is none.

    Attributes
    ----------
    odd_even
        The first, third, fifth item against the others, by Spearman and Brown.
    flanagan
        The same two halves by Guttman and Flanagan, for which the halves may differ in spread.
    lowest, highest
        By Guttman and Flanagan, over all ways to halve the items; of more than 12 items, over 10,000 of the
        ways. One of an odd number of items makes a half longer, which lowers both a little.
    """

    odd_even: float
    flanagan: float
    lowest: float
    highest: float


def split_half(moments: Moments, missing: Missing = "pairwise") -> SplitHalf:
    """Return the split-half reliability of a scale.

    Parameters
    ----------
    moments
        Of k items, keyed.
    missing
        ``"pairwise"`` or ``"listwise"``.

    Notes
    -----
    2r / (1 + r) of the two half scores (Spearman 1910, Brown 1910), and 4 · cov / var of the whole (Guttman
    1945). R's ``psych::splitHalf`` takes standardised items, and of an odd number of items looks at half of
    the ways to split them only.

    Examples
    --------
    >>> import pandas as pd
    >>> from relsurvey.aggregate import moments
    >>> answers = pd.DataFrame({"a": [1.0, 2, 4, 5, 3], "b": [2.0, 2, 4, 4, 3]})
    >>> round(split_half(moments(answers)).odd_even, 3)
    0.974
    """
    import numpy as np

    cov = moments.covariance(missing)
    k = len(cov)
    if k < 2 or not np.isfinite(cov).all() or not (cov.diagonal() > 0).all():
        return SplitHalf(math.nan, math.nan, math.nan, math.nan)
    odd = (np.arange(k) % 2 == 0).astype(float)
    shared = float(odd @ cov @ (1 - odd))
    first, whole = float(odd @ cov @ odd), float(cov.sum())
    second = whole - first - 2 * shared
    r = shared / math.sqrt(first * second) if first > 0 and second > 0 else math.nan
    chosen = _all_halves(k)
    between = ((chosen @ cov) * (1 - chosen)).sum(axis=1) * (4 / whole if whole > 0 else math.nan)
    return SplitHalf(
        2 * r / (1 + r) if r > -1 else math.nan,
        4 * shared / whole if whole > 0 else math.nan,
        float(between.min()),
        float(between.max()),
    )


def _all_halves(k: int) -> np.ndarray:
    import numpy as np

    size = k // 2
    if k > _ALL_HALVES:
        # Which ways are drawn is the same each time, so that a figure does not change from run to run.
        places = np.random.default_rng(k).permuted(np.tile(np.arange(k), (_SOME_HALVES, 1)), axis=1)
        some: np.ndarray = (places < size).astype(float)
        return some
    masks = np.arange(1, 2**k)
    bits = (masks[:, None] >> np.arange(k)) & 1
    bits = bits[bits.sum(axis=1) == size]
    # Of an even number each way stands twice: as itself and as its other half.
    once: np.ndarray = (bits[bits[:, 0] == 1] if k % 2 == 0 else bits).astype(float)
    return once
