"""Thresholds and polychoric correlations of one group's answers, and how surely they are known together.

This part needs rows: how two correlations vary together depends on up to four answers of one respondent.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from relsurvey.analysis.models.bivariate import EDGE, cell_probabilities, resolved, threshold_slopes
from relsurvey.analysis.polychoric import polychoric

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from relsurvey.aggregate.tables import PairCounts

# Rows looked up at once, in numbers held: memory does not grow with the rows.
_NUMBERS_AT_ONCE = 1 << 22


@dataclass(frozen=True, eq=False)
class OrdinalMoments:
    """What a factor model of answers in steps is fitted to: one group's complete rows.

    Attributes
    ----------
    name
        The group.
    items
        The p questions.
    n
        Complete rows.
    codes
        For each question the answers that were given.
    thresholds
        For each question its thresholds, ascending.
    correlation
        p × p polychoric correlations.
    mean, covariance
        p means and p × p covariances (divisor n - 1) of the codes themselves.
    gamma
        Asymptotic covariances of all thresholds, in the order of the questions, and of the correlations below
        the diagonal, column by column: n times those of the estimates.
    empty
        Pairs of questions with a combination of given answers that nobody chose.
    at_bound
        p × p: whether a correlation could not be told from ±1.
    """

    name: str
    items: tuple[str, ...]
    n: int
    codes: tuple[tuple[float, ...], ...]
    thresholds: tuple[np.ndarray, ...]
    correlation: np.ndarray
    mean: np.ndarray
    covariance: np.ndarray
    gamma: np.ndarray
    empty: int
    at_bound: np.ndarray

    @property
    def steps(self) -> int:
        """How many thresholds there are in all: the place of the first correlation in ``gamma``."""
        return sum(len(own) for own in self.thresholds)

    @property
    def correlations(self) -> np.ndarray:
        """The correlations below the diagonal, in the order of ``gamma``."""
        i, j = pairs_of(len(self.items))
        found: np.ndarray = self.correlation[i, j]
        return found


def pairs_of(p: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the two places of every pair: the first with all that follow, then the second.

    Examples
    --------
    >>> [place.tolist() for place in pairs_of(3)]
    [[0, 0, 1], [1, 2, 2]]
    """
    import numpy as np

    i, j = np.triu_indices(p, 1)
    return i, j


def ordinal_moments(frame: pd.DataFrame, name: str = "") -> OrdinalMoments:
    """Estimate thresholds, polychoric correlations and their asymptotic covariances from complete rows.

    Parameters
    ----------
    frame
        Codes, n rows and p columns, none missing.
    name
        What the group is called.

    Returns
    -------
    OrdinalMoments
        NaN in ``gamma``, and in its ``correlation``, where a question has one answer only.

    Notes
    -----
    Two steps: thresholds from each question's counts, each correlation with these thresholds held. A
    respondent's influence on a correlation is the score of the pair of answers, less what the answers'
    influence on the thresholds takes of it (Muthén 1984; Muthén & Satorra 1995); sums of squares stand in
    place of expectations, as in R's lavaan, whose ``lavInspect(fit, "gamma")`` this is.

    Examples
    --------
    >>> import pandas as pd
    >>> answers = pd.DataFrame({"a": [1, 1, 2, 2, 3, 3, 1, 3], "b": [1, 2, 1, 2, 2, 3, 1, 3]})
    >>> found = ordinal_moments(answers)
    >>> found.gamma.shape, round(float(found.correlations[0]), 3)
    ((5, 5), 0.867)
    """
    import numpy as np

    from relsurvey.aggregate.frame import pair_counts

    counts = pair_counts(frame)
    p, n = len(counts.names), len(frame)
    if not n:
        lost = np.full((p, p), np.nan)
        none, pairs = ((),) * p, p * (p - 1) // 2
        bounds, unknown = np.zeros((p, p), dtype=bool), np.full((pairs, pairs), np.nan)
        lines = (np.empty(0),) * p
        return OrdinalMoments(name, counts.names, 0, none, lines, lost, lost[0], lost, unknown, 0, bounds)
    found = polychoric(counts, missing="listwise")
    raw = counts.moments()
    given = [np.array(own) for own in found.codes]
    place = np.column_stack([np.searchsorted(own, frame.iloc[:, i]) for i, own in enumerate(given)])
    i, j = pairs_of(p)
    return OrdinalMoments(
        name,
        counts.names,
        n,
        found.codes,
        found.thresholds,
        found.correlation,
        raw.complete_mean,
        raw.complete_products / max(n - 1, 1),
        _gamma(counts, found.correlation, found.thresholds, place),
        int((found.empty[i, j] > 0).sum()),
        found.at_bound,
    )


def _gamma(
    counts: PairCounts, correlation: np.ndarray, thresholds: tuple[np.ndarray, ...], place: np.ndarray
) -> np.ndarray:
    """Sum the products of the respondents' influences: looked up by answer, multiplied once."""
    import numpy as np

    n, p = place.shape
    steps = np.array([len(own) for own in thresholds])
    i, j = pairs_of(p)
    total = int(steps.sum()) + len(i)
    if not (steps > 0).all() or not n:
        return np.full((total, total), np.nan)
    c = int(steps.max()) + 1
    edges = np.full((p, c - 1), EDGE)
    shares = np.zeros((p, c))
    for k, own in enumerate(thresholds):
        edges[k, : len(own)] = own
        margin = np.diag(counts.of(k, k, "listwise"))
        shares[k, : len(own) + 1] = margin[margin > 0] / n
    single = _threshold_influences(edges, shares)
    double = _correlation_influences(counts, correlation[i, j], edges, single)
    # A column each for the thresholds that there are, and the place of its answers in the look-up table.
    owner, step = np.nonzero(np.arange(c - 1) < steps[:, None])
    table = np.concatenate([single[owner, step].ravel(), double.ravel()])
    first = np.arange(len(owner)) * c
    second = single[owner, step].size + np.arange(len(i)) * c * c
    result = np.zeros((total, total))
    at_once = max(1, _NUMBERS_AT_ONCE // total)
    for start in range(0, n, at_once):
        rows = place[start : start + at_once]
        at = np.concatenate([first + rows[:, owner], second + rows[:, i] * c + rows[:, j]], axis=1)
        influence = table[at]
        # What is known of a correlation at ±1 may be beyond all numbers: it is no figure then.
        with np.errstate(over="ignore", invalid="ignore"):
            result += influence.T @ influence
    result /= n
    return result


def _threshold_influences(edges: np.ndarray, shares: np.ndarray) -> np.ndarray:
    """Return p × (C - 1) × C: what one answer of each kind does to each threshold, times n."""
    import numpy as np

    c = shares.shape[1]
    below = np.cumsum(shares, axis=1)[:, :-1, None]
    density = np.exp(-(edges**2) / 2) / np.sqrt(2 * np.pi)
    counted = (np.arange(c) <= np.arange(c - 1)[:, None]).astype(float)
    with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
        found = (counted - below) / density[:, :, None]
    return np.where(edges[:, :, None] < EDGE, found, 0.0)


def _correlation_influences(
    counts: PairCounts, rho: np.ndarray, edges: np.ndarray, single: np.ndarray
) -> np.ndarray:
    """Return pairs × C × C: what one pair of answers does to its correlation, times n."""
    import numpy as np

    i, j = pairs_of(len(edges))
    c = single.shape[2]
    f = np.zeros((len(i), c, c))
    for k, (a, b) in enumerate(zip(i, j, strict=True)):
        table = counts.of(int(a), int(b), "listwise")
        table = table[table.any(axis=1)][:, table.any(axis=0)]
        f[k, : table.shape[0], : table.shape[1]] = table
    rows, columns = edges[i], edges[j]
    p, slope = cell_probabilities(rho, rows, columns)
    p = resolved(p, f, rho, rows, columns)
    chosen = (f > 0) & (p > 0)
    safe = np.where(chosen, p, 1.0)
    score = np.where(chosen, slope / safe, 0.0)
    information = (f * score**2).sum(axis=(1, 2))[:, None, None]
    pressed = f * score / safe
    # What a threshold does to the score: its own cells grow, those above it shrink.
    across = -np.diff(pressed, axis=1)
    along = -np.diff(pressed.transpose(0, 2, 1), axis=1)
    taken = (threshold_slopes(rho, rows, columns) * across).sum(axis=2)
    taken_too = (threshold_slopes(rho, columns, rows) * along).sum(axis=2)
    by_row = np.einsum("kt,ktx->kx", taken, single[i])
    by_column = np.einsum("kt,ktx->kx", taken_too, single[j])
    n = f.sum(axis=(1, 2))[:, None, None]
    with np.errstate(divide="ignore", invalid="ignore"):
        found: np.ndarray = (n * score - by_row[:, :, None] - by_column[:, None, :]) / information
    return np.where(information > 0, found, np.nan)
