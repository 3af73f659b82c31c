"""One common factor by least squares on the correlations (minres), which omega of polychorics rests on."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import numpy as np

#: The least uniqueness: a solution that wants less is a Heywood case.
FLOOR = 0.005
_LIMIT = math.sqrt(1 - FLOOR)
_MOST_SWEEPS = 500


class Minres(NamedTuple):
    """A one-factor solution of a k × k correlation matrix: k loadings, k uniquenesses, 1 - loading²."""

    loadings: np.ndarray
    uniquenesses: np.ndarray

    @property
    def heywood(self) -> bool:
        """Whether a uniqueness stands at its bound: one question then is the factor, and omega too large."""
        return bool((self.uniquenesses <= FLOOR * 1.0001).any())


def minres_one_factor(correlation: np.ndarray) -> Minres:
    """Fit one factor to the correlations off the diagonal, each counting the same.

    Parameters
    ----------
    correlation
        k × k; it need not be positive definite.

    Returns
    -------
    Minres
        All NaN for fewer than three variables, a missing correlation, or correlations that are all zero:
        nothing says then what the factor is.

    Notes
    -----
    Minimises the sum of (r_ij - l_i · l_j)² over i < j (Harman & Jones 1966) with l² ≤ 1 - :data:`FLOOR`.
    Equal to R's ``psych::fa(nfactors=1, fm="minres")`` unless that ends in a Heywood case: what psych bounds
    then is not the uniqueness it returns, which may be less. The loadings' sum is not negative.

    Examples
    --------
    >>> import numpy as np
    >>> l = np.array([0.9, 0.6, 0.5])
    >>> minres_one_factor(np.outer(l, l) + np.diag(1 - l**2)).loadings.round(6).tolist()
    [0.9, 0.6, 0.5]
    """
    import numpy as np

    k = len(correlation)
    off = np.where(np.eye(k, dtype=bool), 0.0, correlation)
    if k < 3 or not np.isfinite(off).all() or not off.any():
        return Minres(np.full(k, math.nan), np.full(k, math.nan))
    # Of questions that hardly go together, the first principal axis may lead to a lesser optimum.
    values, vectors = np.linalg.eigh(off + np.diag(np.abs(off).max(axis=1)))
    fits = [_fitted(vectors[:, -axis] * math.sqrt(max(values[-axis], 0.01)), off) for axis in (1, 2, 3)]
    loadings = min(fits, key=lambda x: _loss(x, off))
    loadings = loadings if loadings.sum() >= 0 else -loadings
    return Minres(loadings, 1 - loadings**2)


def _rest(x: np.ndarray, off: np.ndarray) -> np.ndarray:
    """Return what one factor leaves of the correlations off the diagonal."""
    import numpy as np

    rest: np.ndarray = off - np.outer(x, x)
    np.fill_diagonal(rest, 0.0)
    return rest


def _loss(x: np.ndarray, off: np.ndarray) -> float:
    return float((_rest(x, off) ** 2).sum())


def _fitted(start: np.ndarray, off: np.ndarray) -> np.ndarray:
    """Return the loadings that a start leads to.

    The loss is a parabola in each loading when the others are held: a sweep over them never fails and never
    raises it. Newton steps, where they lower it, take the last digits.
    """
    import numpy as np

    x = start.clip(-_LIMIT, _LIMIT)
    for _ in range(_MOST_SWEEPS):
        before = x.copy()
        for i in range(len(x)):
            others = x @ x - x[i] ** 2
            x[i] = min(max(off[i] @ x / others, -_LIMIT), _LIMIT) if others > 0 else 0.0
        newton = _newton(x, off)
        if _loss(newton, off) < _loss(x, off):
            x = newton
        if np.abs(x - before).max() < 1e-13:
            break
    return x


def _newton(x: np.ndarray, off: np.ndarray) -> np.ndarray:
    """Take a Newton step over the loadings that are not at their bound, if it leads to a minimum."""
    import numpy as np

    free = np.abs(x) < _LIMIT
    rest = _rest(x, off)
    curvature = (np.outer(x, x) + np.diag(x @ x - 2 * x**2) - rest)[np.ix_(free, free)]
    try:
        np.linalg.cholesky(curvature)
        step = np.linalg.solve(curvature, (rest @ x)[free])
    except np.linalg.LinAlgError:
        return x
    moved = x.copy()
    moved[free] += step
    result: np.ndarray = moved.clip(-_LIMIT, _LIMIT)
    return result


def minres_omega(correlation: np.ndarray) -> float:
    """Return omega total of one minres factor: 1 - sum of uniquenesses / sum of the correlation matrix.

    Parameters
    ----------
    correlation
        k × k; NaN is returned where the factor is not identified.

    Notes
    -----
    R's ``psych::omega(nfactors=1)$omega.tot``, except that negative loadings are left negative: psych turns
    such items around first.

    Examples
    --------
    >>> import numpy as np
    >>> round(minres_omega(np.full((4, 4), 0.5) + np.eye(4) / 2), 4)
    0.8
    """
    total = float(correlation.sum())
    return 1 - float(minres_one_factor(correlation).uniquenesses.sum()) / total if total > 0 else math.nan
