"""How many students would change lane by chance of measurement alone, if nothing about them changed."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from relsurvey.errors import AnalysisError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def checked(reliability: float | None) -> float | None:
    """Return a reliability.

    Raises
    ------
    AnalysisError
        If it is not between 0 and 1.
    """
    if reliability is not None and not 0 < reliability <= 1:
        raise AnalysisError(
            "A reliability lies between 0 and 1. Give that of the measure that makes the lanes, over all "
            "students."
        )
    return reliability


def by_chance(counts: Sequence[int], reliability: float) -> NDArray[np.float64]:
    """Return of each lane what shares of its students would move up and down by chance of measurement alone.

    Parameters
    ----------
    counts
        Students in each lane, the readiest first.
    reliability
        Of the measure that makes the lanes, above 0 and at most 1.

    Returns
    -------
    ndarray
        One row a lane: the share that moves up, and the share that moves down; NaN where nobody is in it.

    Notes
    -----
    Two measurements of students who stay as they are, each with its own error, are taken as normal with the
    reliability as their correlation, and cut where the lanes of these students lie. So it holds for all
    students of a measure, not for some who were picked by it.

    Examples
    --------
    >>> equal = by_chance([20] * 5, 0.8)
    >>> round(float(equal[1:, 0].mean()), 3)
    0.333
    """
    import numpy as np
    from scipy.special import ndtri

    from relsurvey.analysis.models.bivariate import EDGE, bivariate_normal_cdf

    n = np.asarray(counts, float)
    total = n.sum()
    if not total:
        return np.full((len(n), 2), math.nan)
    # The readiest lane lies lowest here: which end is up does not matter to a symmetric surface.
    edges = np.r_[0.0, np.cumsum(n) / total]
    edges[-1] = 1.0
    at = ndtri(edges).clip(-EDGE, EDGE)
    if reliability == 1:
        rest = np.where(n > 0, 0.0, math.nan)
        return np.column_stack([rest, rest])
    upper, lower = at[1:], at[:-1]
    rho = np.array(reliability)
    own = n / total

    def below(limit: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the chance of starting in each lane and ending before a limit."""
        found: NDArray[np.float64] = bivariate_normal_cdf(upper, limit, rho) - bivariate_normal_cdf(
            lower, limit, rho
        )
        return found

    with np.errstate(invalid="ignore", divide="ignore"):
        moved = np.column_stack([below(lower), own - below(upper)]) / own[:, None]
    return np.where(n[:, None] > 0, moved.clip(0.0, 1.0), math.nan)
