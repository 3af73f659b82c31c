"""Omega of a sum of answers in steps, from a factor model of what stands behind them (Green & Yang 2009)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from relsurvey.analysis.models.bivariate import bivariate_normal_cdf, bivariate_normal_density

if TYPE_CHECKING:
    import numpy as np


class CategoricalOmega(NamedTuple):
    """Omega of a sum score, and its slopes.

    Attributes
    ----------
    value
        Share of the sum's variance that the factor brings about.
    by_threshold, by_loading
        What a small rise of each threshold, and of each loading, does to it.
    """

    value: float
    by_threshold: np.ndarray
    by_loading: np.ndarray


def categorical_omega(thresholds: Sequence[np.ndarray], loadings: np.ndarray) -> CategoricalOmega:
    """Return omega of the sum of answers whose correlations are as one factor has them.

    Parameters
    ----------
    thresholds
        For each of p questions its thresholds, ascending.
    loadings
        p standardised loadings.

    Returns
    -------
    CategoricalOmega
        NaN where a loading is 1 or more.

    Notes
    -----
    Green & Yang (2009), equation 21: the answers' covariances are sums over pairs of thresholds of what two
    normal variables have below both. Counts answers by their place (first, second, ...), not by their code.
    Equal to ``omega`` of R's ``semTools::reliability`` for an ordered fit.

    Examples
    --------
    >>> import numpy as np
    >>> cut = [np.array([-0.5, 0.5])] * 4
    >>> round(categorical_omega(cut, np.full(4, 0.7)).value, 4)
    0.7298
    """
    import numpy as np
    from scipy.special import ndtr

    p = len(loadings)
    if not (np.abs(loadings) < 1).all():
        return CategoricalOmega(
            math.nan, np.full(sum(len(t) for t in thresholds), math.nan), np.full(p, math.nan)
        )
    t, owner = _line(thresholds)
    rho = np.outer(loadings, loadings)[np.ix_(owner, owner)]
    below = bivariate_normal_cdf(t[:, None], t, rho)
    same = np.equal.outer(owner, owner)
    middle = float(ndtr(t).sum())
    common = float(below.sum()) - middle**2
    total = common + float((ndtr(np.minimum.outer(t, t)) - below)[same].sum())
    value = common / total
    density = np.exp(-(t**2) / 2) / math.sqrt(2 * math.pi)
    beside = ndtr((t - rho * t[:, None]) / np.sqrt(1 - rho**2))
    up = 2 * density * (beside.sum(axis=1) - middle)
    # A question with itself: all of what is behind the answer is shared, so the lower threshold counts.
    ranks = density * (2 * (same & (t > t[:, None])).sum(axis=1) + 1)
    up_total = up + ranks - 2 * density * (beside * same).sum(axis=1)
    member = np.equal.outer(np.arange(p), owner).astype(float)
    slopes = member @ bivariate_normal_density(t[:, None], t, rho) @ member.T
    rise, rise_total = 2 * slopes @ loadings, 2 * (slopes - np.diag(np.diag(slopes))) @ loadings
    return CategoricalOmega(value, (up - value * up_total) / total, (rise - value * rise_total) / total)


def observed_omega(thresholds: Sequence[np.ndarray], loadings: np.ndarray, correlation: np.ndarray) -> float:
    """Return the same share, of the variance that the observed polychoric correlations give the sum.

    Parameters
    ----------
    thresholds, loadings
        As for :func:`categorical_omega`.
    correlation
        p × p polychoric correlations.

    Notes
    -----
    ``omega3`` of R's ``semTools::reliability`` for an ordered fit.

    Examples
    --------
    >>> import numpy as np
    >>> cut, loadings = [np.array([0.0])] * 3, np.full(3, 0.6)
    >>> round(observed_omega(cut, loadings, np.full((3, 3), 0.5) + np.eye(3) / 2), 4)
    0.422
    """
    import numpy as np
    from scipy.special import ndtr

    if not (np.abs(loadings) < 1).all():
        return math.nan
    t, owner = _line(thresholds)
    middle = float(ndtr(t).sum())
    at = np.ix_(owner, owner)
    common = float(bivariate_normal_cdf(t[:, None], t, np.outer(loadings, loadings)[at]).sum())
    same = np.equal.outer(owner, owner)
    both = bivariate_normal_cdf(t[:, None], t, np.where(same, 0.0, correlation[at]))
    total = float(np.where(same, ndtr(np.minimum.outer(t, t)), both).sum())
    return (common - middle**2) / (total - middle**2)


def _line(thresholds: Sequence[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Return all thresholds in a row, and whose each is."""
    import numpy as np

    return np.concatenate(thresholds), np.repeat(np.arange(len(thresholds)), [len(t) for t in thresholds])
