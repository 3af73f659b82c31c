"""Indices of careless answers, one value a respondent, over all rows at once."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from relsurvey.aggregate.frame import moments

if TYPE_CHECKING:
    import numpy as np

# Squared deviations below this share of the answers' squares are rounding.
_NOISE = 1e-20


def longstring(values: np.ndarray) -> np.ndarray:
    """Return the longest run of the same answer in a row of questions.

    Parameters
    ----------
    values
        n × k answers in the order they were asked, not reversed; NaN is missing and ends a run.

    Examples
    --------
    >>> import numpy as np
    >>> longstring(np.array([[1.0, 2, 2, 2], [3, np.nan, 3, 3]])).tolist()
    [3, 2]
    """
    import numpy as np

    n, k = values.shape
    longest = np.full(n, min(k, 1))
    run = np.ones(n, dtype=int)
    for i in range(1, k):
        run = np.where(values[:, i] == values[:, i - 1], run + 1, 1)
        np.maximum(longest, run, out=longest)
    return longest


def average_string(values: np.ndarray) -> np.ndarray:
    """Return the mean length of runs of the same answer (see :func:`longstring`).

    Examples
    --------
    >>> import numpy as np
    >>> average_string(np.array([[1.0, 2, 2, 2], [3, 3, 3, 3]])).tolist()
    [2.0, 4.0]
    """
    import numpy as np

    k = values.shape[1]
    runs = 1 + (values[:, 1:] != values[:, :-1]).sum(axis=1)
    return np.asarray(k / runs, dtype=float)


def answer_sd(values: np.ndarray) -> np.ndarray:
    """Return each respondent's standard deviation over their answers: IRV (Dunn et al. 2018).

    Examples
    --------
    >>> import numpy as np
    >>> answer_sd(np.array([[1.0, 2, 3], [3, 3, np.nan], [1, np.nan, np.nan]])).tolist()
    [1.0, 0.0, nan]
    """
    import numpy as np

    there = ~np.isnan(values)
    n = there.sum(axis=1)
    filled = np.where(there, values, 0.0)
    apart = np.where(there, values - (filled.sum(axis=1) / np.maximum(n, 1))[:, None], 0.0)
    squares = np.square(apart).sum(axis=1)
    squares[squares <= _NOISE * np.square(filled).sum(axis=1)] = 0.0
    return np.where(n > 1, np.sqrt(squares / np.maximum(n - 1, 1)), np.nan)


def mahalanobis(values: np.ndarray) -> np.ndarray:
    """Return the squared distance of each respondent's answers from the mean answers.

    Notes
    -----
    R's ``psych::outlier``: pairwise covariance, missing answers count as the mean. All NaN where
    that matrix cannot be inverted or is no covariance matrix (a question without variance, or some that add
    up to another).
    """
    import numpy as np
    import pandas as pd

    n, k = values.shape
    nothing = np.full(n, np.nan)
    covariance = moments(pd.DataFrame(values)).covariance("pairwise")
    if not k or not np.isfinite(covariance).all():
        return nothing
    scale = np.sqrt(np.diag(covariance))
    if scale.min() <= 0 or np.linalg.eigvalsh(covariance / np.outer(scale, scale)).min() < 1e-10:
        return nothing
    there = ~np.isnan(values)
    mean = np.where(there, values, 0.0).sum(axis=0) / there.sum(axis=0)
    apart = np.where(there, values - mean, 0.0)
    return np.asarray(np.einsum("ij,ij->i", apart, np.linalg.solve(covariance, apart.T).T))


def even_odd(values: np.ndarray, scales: Sequence[Sequence[int]]) -> np.ndarray:
    """Return how far the halves of the scales agree within a respondent.

    Parameters
    ----------
    values
        n × k answers, reversed ones turned; NaN is missing.
    scales
        For each scale, the columns of its questions in order.

    Notes
    -----
    The correlation, over scales, of the mean of every second question with the mean of the others, stepped up
    by Spearman-Brown and not below -1 (Johnson 2005). R's ``careless::evenodd`` with the sign turned. NaN
    where a half does not vary.
    """
    import numpy as np

    if not scales:
        return np.full(len(values), np.nan)
    first, second = (
        np.column_stack([_row_means(values[:, list(columns)[start::2]]) for columns in scales])
        for start in (0, 1)
    )
    r = _row_correlation(first, second)
    with np.errstate(divide="ignore"):
        stepped = np.where(r <= -1 + 1e-12, -1.0, 2 * r / (1 + r))
    return np.asarray(np.maximum(stepped, -1.0))


def synonym_pairs(values: np.ndarray, above: float = 0.60) -> tuple[np.ndarray, np.ndarray]:
    """Return pairs of questions that most answer alike: the columns of the later and of the earlier one."""
    import numpy as np
    import pandas as pd

    m = moments(pd.DataFrame(values))
    covariance = m.covariance("pairwise")
    # The correlation of a pair is over the rows that have both.
    spread = np.sqrt(np.maximum(_pair_squares(values), 0.0))
    with np.errstate(invalid="ignore", divide="ignore"):
        r = covariance * np.maximum(m.pair_n - 1, 0) / (spread * spread.T)
    later, earlier = np.nonzero(np.tril(np.nan_to_num(r), -1) > above)
    order = np.lexsort((later, earlier))
    return later[order], earlier[order]


def synonyms(values: np.ndarray, pairs: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
    """Return how far a respondent, too, answers questions alike that most do (Meade & Craig 2012).

    Parameters
    ----------
    values
        n × k answers; NaN is missing.
    pairs
        Of :func:`synonym_pairs`; NaN is returned for fewer than three.

    Notes
    -----
    The correlation over the pairs within the respondent. ``careless::psychsyn`` turns pairs at random; this
    does not, so that it is the same each time.
    """
    import numpy as np

    if len(pairs[0]) < 3:
        return np.full(len(values), np.nan)
    return _row_correlation(values[:, pairs[0]], values[:, pairs[1]])


def _row_means(values: np.ndarray) -> np.ndarray:
    import numpy as np

    there = ~np.isnan(values)
    n = there.sum(axis=1)
    return np.where(n > 0, np.where(there, values, 0.0).sum(axis=1) / np.maximum(n, 1), np.nan)


def _row_correlation(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Return the correlation of two halves within each row, where both are there; NaN without variance."""
    import numpy as np

    there = ~np.isnan(a) & ~np.isnan(b)
    n = np.maximum(there.sum(axis=1), 1)
    apart = []
    for half in (a, b):
        filled = np.where(there, half, 0.0)
        centred = np.where(there, half - (filled.sum(axis=1) / n)[:, None], 0.0)
        squares = np.square(centred).sum(axis=1)
        apart.append((centred, np.where(squares <= _NOISE * np.square(filled).sum(axis=1), 0.0, squares)))
    (x, xx), (y, yy) = apart
    scale = np.sqrt(xx * yy)
    r = np.where(scale > 0, np.einsum("ij,ij->i", x, y) / np.where(scale > 0, scale, 1.0), np.nan)
    return np.asarray(np.clip(r, -1.0, 1.0))


def _pair_squares(values: np.ndarray) -> np.ndarray:
    """Return, for questions i and j, the squared deviations of i over the rows that have both."""
    import numpy as np

    there = ~np.isnan(values)
    weight = there.astype(float)
    middle = np.where(there, values, 0.0).sum(axis=0) / np.maximum(there.sum(axis=0), 1)
    apart = np.where(there, values - middle, 0.0)
    n = np.maximum(weight.T @ weight, 1)
    return np.asarray(np.square(apart).T @ weight - np.square(apart.T @ weight) / n)


def far_out(values: np.ndarray) -> float:
    """Return Tukey's (1977) far-out fence: three quartile ranges above the third; NaN without a range."""
    import numpy as np

    known = values[~np.isnan(values)]
    if not len(known):
        return math.nan
    q1, q3 = np.quantile(known, [0.25, 0.75])
    if q3 <= q1:
        return math.nan
    return float(q3 + 3 * (q3 - q1))
