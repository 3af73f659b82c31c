"""Whether scales are answered so much alike that they say one thing (rules.md 8)."""

from __future__ import annotations

import math
from collections.abc import Sequence

from relsurvey.aggregate.moments import Moments

#: Above this disattenuated correlation two scales are answered much alike.
ALIKE = 0.90


def disattenuated(scores: Moments, reliability: Sequence[float]) -> list[float]:
    """Return the correlations of every two scales, as they would be without measurement error.

    Parameters
    ----------
    scores
        Moments of k scale scores.
    reliability
        k coefficients, 0-1.

    Notes
    -----
    r_xy / sqrt(r_xx · r_yy) (Spearman 1904); pairs with an unknown or non-positive reliability are NaN. Where
    scores are missing, each scale's variance is that of all who have it: R's ``cor(use = "pairwise")``, which
    takes both variances over the pair's rows, then differs in the fifth digit or so.

    Examples
    --------
    >>> import pandas as pd
    >>> from relsurvey.aggregate import moments
    >>> m = moments(pd.DataFrame({"a": [1.0, 2, 3, 4], "b": [1.0, 3, 2, 4]}))
    >>> [round(r, 2) for r in disattenuated(m, [0.8, 0.8])]
    [1.0]
    """
    cov = scores.covariance("pairwise")
    result = []
    for i in range(len(scores.names)):
        for j in range(i):
            product = cov[i, i] * cov[j, j] * reliability[i] * reliability[j]
            known = reliability[i] > 0 and reliability[j] > 0 and product > 0
            result.append(float(cov[i, j]) / math.sqrt(product) if known else math.nan)
    return result


def much_alike(correlations: Sequence[float]) -> bool:
    """Say whether every two scales are answered much alike.

    Parameters
    ----------
    correlations
        Of every two scales, without measurement error (:func:`disattenuated`); NaN is not alike.

    Examples
    --------
    >>> much_alike([0.95, 0.93, 0.97]), much_alike([0.95, 0.6]), much_alike([])
    (True, False, False)
    """
    return len(correlations) > 0 and all(r > ALIKE for r in correlations)
