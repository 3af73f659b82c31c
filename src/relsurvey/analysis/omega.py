"""Omega of a scale: from one factor, from the complete rows, with intervals; and from polychorics."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from relsurvey.aggregate.moments import Missing
from relsurvey.analysis.factor import OneFactor, one_factor
from relsurvey.analysis.normal import Z95

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from relsurvey.aggregate.tables import PairCounts


@dataclass(frozen=True)
class Omega:
    """Omega total of one scale, with its intervals, and the fit of the one factor; NaN where there is none.

    Attributes
    ----------
    omega, low, high
        With the model-implied variance; 95 % interval by the delta method under normality.
    robust_low, robust_high
        The 95 % interval that does not assume normal answers.
    srmr
        Standardised root mean square residual of the factor.
    """

    omega: float
    low: float
    high: float
    robust_low: float
    robust_high: float
    srmr: float


def omega(covariance: np.ndarray, n: int, items: np.ndarray | None = None) -> Omega:
    """Return omega total of one scale.

    Parameters
    ----------
    covariance
        k × k, of complete rows, divisor n - 1.
    n
        Complete rows.
    items
        The n × k rows themselves, for the interval without normality; None where only moments are known.

    Notes
    -----
    (Σλ)² / ((Σλ)² + Σθ) of one factor by ML (McDonald 1999): ``omega`` of ``semTools::reliability``. Robust
    limits are taken on log(1 - omega), where the estimate is less skewed (Bonett & Wright 2015 for alpha),
    with t of n - 1 degrees of freedom.

    Examples
    --------
    >>> import numpy as np
    >>> one = np.full((4, 4), 0.5) + 0.5 * np.eye(4)
    >>> round(omega(one, 200).omega, 3)
    0.8
    """
    from scipy.special import stdtrit

    fitted = one_factor(covariance, n)
    if fitted is None:
        return Omega(*[math.nan] * 6)
    half = Z95 * fitted.omega_se
    low = high = math.nan
    if items is not None and fitted.omega < 1:
        wide = float(stdtrit(n - 1, 0.975)) * robust_omega_se(items, fitted) / (1 - fitted.omega)
        low, high = 1 - (1 - fitted.omega) * math.exp(wide), 1 - (1 - fitted.omega) * math.exp(-wide)
    return Omega(fitted.omega, fitted.omega - half, fitted.omega + half, low, high, fitted.srmr)


def ordinal(counts: PairCounts, missing: Missing) -> tuple[float, float]:
    """Return alpha and omega of the polychoric correlations; NaN where these do not exist.

    Parameters
    ----------
    counts
        Of answers to every two items.
    missing
        ``"pairwise"`` or ``"listwise"``.

    Notes
    -----
    Zumbo, Gadermann & Zeisser (2007): the reliability that the traits behind the answers would have, not that
    of the scores. Omega is 1 - Σ uniqueness / sum of the correlations, one factor by minimum residuals, as
    ``psych::omega(nfactors = 1)``.
    """
    import numpy as np

    from relsurvey.analysis.models.minres import minres_omega
    from relsurvey.analysis.polychoric import ordinal_alpha, polychoric

    if len(counts.names) < 2 or (missing == "listwise" and not counts.complete_n):
        return math.nan, math.nan
    correlation = polychoric(counts, missing=missing).correlation
    if not np.isfinite(correlation).all():
        return math.nan, math.nan
    return ordinal_alpha(correlation), minres_omega(correlation)


def categorical(items: pd.DataFrame) -> float:
    """Return omega of the sum of answers in steps (Green & Yang 2009); NaN where there is none.

    Parameters
    ----------
    items
        One row a respondent and one column an item, codes, NaN for missing; complete rows count.
    """
    from relsurvey.analysis.ordinal_cfa import ordinal_factor

    complete = items.dropna()
    if len(complete) <= len(items.columns) or len(items.columns) < 3 or (complete.nunique() < 2).any():
        return math.nan
    return float(ordinal_factor(complete).omega["omega"].iloc[0])


def robust_omega_se(items: np.ndarray, fitted: OneFactor) -> float:
    """Return omega's standard error without assuming normal answers; NaN where there is none.

    Parameters
    ----------
    items
        n × k, complete rows.
    fitted
        The one factor of their covariance matrix.

    Notes
    -----
    Sandwich of the observed information and the respondents' own scores (Yuan & Bentler 2000), then the delta
    method: lavaan's estimator ``MLR`` for a defined parameter. Tested against it.

    Examples
    --------
    >>> import numpy as np
    >>> from relsurvey.analysis.factor import one_factor
    >>> rng = np.random.default_rng(1)
    >>> rows = rng.normal(size=(200, 1)) + rng.normal(size=(200, 4))
    >>> fitted = one_factor(np.cov(rows.T), 200)
    >>> 0.5 < robust_omega_se(rows, fitted) / fitted.omega_se < 2
    True
    """
    import numpy as np

    n, k = items.shape
    # The maximum of the likelihood has divisor n, the given covariance n - 1.
    loading, theta = fitted.loadings * math.sqrt((n - 1) / n), fitted.uniquenesses * (n - 1) / n
    apart = items - items.mean(axis=0)
    sample = apart.T @ apart / n

    def gradient(parameters: np.ndarray) -> np.ndarray:
        """Return the mean log-likelihood's derivative by loadings and residual variances."""
        own, left = parameters[:k], parameters[k:]
        inverse = np.linalg.inv(np.outer(own, own) + np.diag(left))
        pull = inverse @ (sample @ inverse) - inverse
        return np.concatenate([pull @ own, pull.diagonal() / 2])

    at = np.concatenate([loading, theta])
    step = 1e-5 * np.maximum(np.abs(at), 1e-3)
    information = -np.array(
        [(gradient(at + d) - gradient(at - d)) / (2 * h) for d, h in zip(np.diag(step), step, strict=True)]
    )
    inverse = np.linalg.inv(np.outer(loading, loading) + np.diag(theta))
    pulled = apart @ inverse
    scores = np.hstack(
        [
            pulled * (pulled @ loading)[:, None] - inverse @ loading,
            (pulled**2 - inverse.diagonal()) / 2,
        ]
    )
    total, error = float(loading.sum()), float(theta.sum())
    whole = total**2 + error
    by = np.concatenate([np.full(k, 2 * total * error / whole**2), np.full(k, -(total**2) / whole**2)])
    try:
        turned = np.linalg.solve((information + information.T) / 2, by)
    except np.linalg.LinAlgError:
        return math.nan
    return math.sqrt(float(turned @ (scores.T @ scores / n) @ turned) / n)
