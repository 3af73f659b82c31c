"""Proportional-odds regression on counted cells."""

from __future__ import annotations

import math
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

#: Newton steps, and halvings of one of them, before a fit is given up.
MOST_STEPS, MOST_HALVINGS = 100, 40

# A step that gains less log-likelihood than this is the last one: the next would gain about its square.
_LAST_GAIN = 1e-9
# Where the likelihood only rises towards infinity, each Newton step gains about 1/e of the one before.
_SLOW = 0.1
# A likelihood that rises by less than this, for each respondent and unit of a column, has reached its limit.
_FLAT = 1e-6
# A column with less than this share of its squares left beside the columns before it adds nothing to them.
_REPEATED = 1e-10


@dataclass(frozen=True, eq=False)
class ProportionalOdds:
    """A fitted proportional-odds model: logit P(Y <= k) = threshold_k - x · coefficients.

    Attributes
    ----------
    n
        Respondents.
    log_likelihood
        At the estimates; where ``separated``, the limit it rises to.
    used
        For each category, whether anyone chose it; the others are left out.
    kept
        For each column of the design, whether it tells more than the columns before it; the others are left
        out.
    thresholds, coefficients
        One threshold fewer than categories used, and one coefficient a column, NaN where left out.
    covariance
        Of thresholds and kept coefficients, in this order: the inverse of the observed information. NaN where
        an estimate is infinite or was not reached.
    converged
        Whether the likelihood has reached its maximum, or its limit.
    separated
        Whether an estimate runs off to infinity: a column tells some answers apart without exception.
    steps
        Newton steps taken.
    """

    n: float
    log_likelihood: float
    used: np.ndarray
    kept: np.ndarray
    thresholds: np.ndarray
    coefficients: np.ndarray
    covariance: np.ndarray
    converged: bool
    separated: bool
    steps: int

    @property
    def df(self) -> int:
        """How many columns were kept."""
        return int(self.kept.sum())

    @property
    def standard_errors(self) -> np.ndarray:
        """Standard errors of the coefficients, NaN where left out or infinite."""
        import numpy as np

        errors = np.full(len(self.kept), np.nan)
        errors[self.kept] = np.sqrt(np.diag(self.covariance)[len(self.thresholds) :])
        return errors


def proportional_odds(
    counts: np.ndarray, design: np.ndarray, start: ProportionalOdds | None = None
) -> ProportionalOdds:
    """Fit a proportional-odds model to counted cells by maximum likelihood.

    Parameters
    ----------
    counts
        C × K: how many respondents of each cell chose each of K ordered categories.
    design
        C × P: the predictors of each cell, without a constant.
    start
        A fit of the same counts to the first columns of the design, to start from.

    Notes
    -----
    McCullagh (1980); sign and thresholds as in R's ``MASS::polr``, two categories are its ``glm(binomial)``
    with the intercept's sign turned. The likelihood of a category between two thresholds a > b is
    F(a) (1 - F(b)) (1 - exp(b - a)), so the cells enter as in K - 1 binary regressions and the spacing of the
    thresholds by the total counts alone. It is concave (Pratt 1981): Newton's method with halved steps finds
    its maximum. The time it takes depends on the number of cells, not of respondents.

    Examples
    --------
    >>> import numpy as np
    >>> fit = proportional_odds(np.array([[10, 20], [20, 10]]), np.array([[0.0], [1.0]]))
    >>> bool(np.isclose(fit.coefficients[0], -2 * np.log(2)))
    True
    """
    import numpy as np

    counts = np.asarray(counts, dtype=float)
    design = np.asarray(design, dtype=float)
    used = counts.sum(axis=0) > 0
    cells = counts.sum(axis=1) > 0
    y, x = counts[cells][:, used], design[cells]
    n = float(y.sum())
    kept = _telling(x, y.sum(axis=1))
    thresholds = max(int(used.sum()) - 1, 0)
    if not thresholds:
        # Everyone gave the same answer, or there is no one: nothing to explain.
        empty = np.zeros((0, 0))
        nothing = np.zeros(len(kept), dtype=bool)
        unknown = np.full(len(kept), np.nan)
        return ProportionalOdds(n, 0.0, used, nothing, np.zeros(0), unknown, empty, True, False, 0)
    x = x[:, kept]
    at = np.zeros(thresholds + x.shape[1])
    if start is not None and start.converged and not start.separated:
        at[:thresholds] = start.thresholds
        known = start.coefficients[kept[: len(start.kept)]]
        at[thresholds : thresholds + len(known)] = known
    else:
        below = np.cumsum(y.sum(axis=0))[:-1] / n
        at[:thresholds] = np.log(below / (1 - below))
    at, value, information, converged, separated, steps = _climb(y, x, at)
    coefficients = np.full(len(kept), np.nan)
    coefficients[kept] = at[thresholds:]
    covariance = np.full_like(information, np.nan)
    if converged and not separated:
        # A singular one is that of estimates at the edge of what the numbers can hold.
        with suppress(np.linalg.LinAlgError):
            covariance = np.linalg.inv(information)
    return ProportionalOdds(
        n,
        value,
        used,
        kept,
        at[:thresholds],
        coefficients,
        covariance,
        converged,
        separated,
        steps,
    )


def mean_difference(
    fit: ProportionalOdds, codes: np.ndarray, a: np.ndarray, b: np.ndarray, shares: np.ndarray
) -> tuple[float, float, float]:
    """Return how much higher the expected code is in cells a than in cells b, on average.

    Parameters
    ----------
    fit
        A fitted model.
    codes
        The code of each of its K categories, ascending.
    a, b
        C × P: the predictors of the cells that are compared, line by line.
    shares
        The weight of each line; they add to 1.

    Returns
    -------
    tuple of float
        The average difference, its standard error by the delta method (NaN where the fit is separated), and
        the average of the difference without its sign.
    """
    import numpy as np
    from scipy.special import expit

    k = len(fit.thresholds)
    if not k:
        return 0.0, math.nan, 0.0
    steps = np.diff(np.asarray(codes, dtype=float)[fit.used])
    beta = fit.coefficients[fit.kept]
    gradient = np.zeros(k + len(beta))
    expected = []
    for cells, sign in ((a, 1.0), (b, -1.0)):
        x = cells[:, fit.kept]
        under = expit(fit.thresholds - (x @ beta)[:, None])
        # The expected code is the lowest one and every step up times the probability to go beyond it.
        expected.append((1 - under) @ steps)
        slope = sign * shares[:, None] * under * (1 - under) * steps
        gradient[:k] -= slope.sum(axis=0)
        gradient[k:] += x.T @ slope.sum(axis=1)
    apart = expected[0] - expected[1]
    variance = float(gradient @ fit.covariance @ gradient)
    return (
        float(shares @ apart),
        math.sqrt(variance) if variance >= 0 else math.nan,
        float(shares @ np.abs(apart)),
    )


def _telling(x: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Say of each column whether it tells more than a constant and the columns before it."""
    import numpy as np

    kept = np.ones(x.shape[1], dtype=bool)
    n = weights.sum()
    if not len(x) or not x.shape[1]:
        return kept & bool(n)
    apart = x - weights @ x / n
    size = np.sqrt(weights @ apart**2)
    varies = size > _REPEATED * np.sqrt(weights @ x**2)
    unit = apart / np.where(varies, size, 1.0) * np.sqrt(weights)[:, None]
    if varies.all() and np.linalg.eigvalsh(unit.T @ unit)[0] > _REPEATED:
        return kept
    basis: list[np.ndarray] = []
    for column in range(x.shape[1]):
        left = unit[:, column]
        # Twice, so that rounding of the first pass is taken out too.
        for direction in basis * 2:
            left = left - (direction @ left) * direction
        length = float(left @ left)
        kept[column] = bool(varies[column]) and length > _REPEATED
        if kept[column]:
            basis.append(left / math.sqrt(length))
    return kept


def _climb(
    y: np.ndarray, x: np.ndarray, at: np.ndarray
) -> tuple[np.ndarray, float, np.ndarray, bool, bool, int]:
    """Take Newton steps to the maximum.

    Returns estimates, log-likelihood, information, converged, separated, steps.
    """
    import numpy as np

    k = y.shape[1] - 1
    both = np.ascontiguousarray(y[:, :-1] + y[:, 1:])
    lower = np.ascontiguousarray(y[:, :-1])
    between = y.sum(axis=0)[1:-1]
    above, cell_above = y[:, 1:].sum(axis=0), y[:, 1:].sum(axis=1)
    # A column of ones in front: its products are those of the thresholds.
    wide = np.hstack([np.ones((len(x), 1)), x]).T
    ones = np.ones(k)
    place = np.arange(k)

    def value(point: np.ndarray) -> tuple[float, np.ndarray]:
        gaps = point[1:k] - point[: k - 1]
        if (gaps <= 0).any():
            return -math.inf, point
        eta = x @ point[k:]
        # A step far too long may overflow: its value is then no number, and it is halved.
        with np.errstate(over="ignore", invalid="ignore"):
            odds_above = np.exp(eta[:, None] - point[:k])
            reached = -np.vdot(both, np.log1p(odds_above)) - above @ point[:k] + cell_above @ eta
        if k > 1:
            reached += between @ np.log(-np.expm1(-gaps))
        return float(reached), 1 / (1 + odds_above)

    def slopes(point: np.ndarray, under: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        expected = both * under
        weight = expected * (1 - under)
        first = wide @ (lower - expected)
        second = wide @ weight
        gradient = np.concatenate([first[0], -(first[1:] @ ones)])
        information = np.empty((len(point), len(point)))
        information[:k, :k] = 0
        information[k:, :k] = -second[1:]
        information[:k, k:] = -second[1:].T
        information[k:, k:] = (wide[1:] * (weight @ ones)) @ x
        information[place, place] = second[0]
        if k > 1:
            # As written, so that wide gaps do not overflow.
            gaps = point[1:k] - point[: k - 1]
            room = -np.expm1(-gaps)
            pull = between * np.exp(-gaps) / room
            bend = pull / room
            gradient[1:k] += pull
            gradient[: k - 1] -= pull
            information[place[1:], place[1:]] += bend
            information[place[:-1], place[:-1]] += bend
            information[place[1:], place[:-1]] -= bend
            information[place[:-1], place[1:]] -= bend
        return gradient, information

    now, under = value(at)
    before = math.inf
    for steps in range(1, MOST_STEPS + 1):
        gradient, information = slopes(at, under)
        try:
            step = np.linalg.solve(information, gradient)
        except np.linalg.LinAlgError:
            step = np.full_like(gradient, np.nan)
        gain = float(step @ gradient)
        if not gain >= 0:
            # Information lost in rounding: the estimates are out where nothing changes any more.
            flat = bool(np.abs(gradient).max() < _FLAT * both.sum())
            return at, now, information, flat, flat, steps
        for _ in range(MOST_HALVINGS):
            reached, there = value(at + step)
            if reached >= now - 1e-12 * abs(now):
                break
            step = step / 2
        else:
            return at, now, information, gain < math.sqrt(_LAST_GAIN), False, steps
        at, now, under = at + step, reached, there
        if gain < _LAST_GAIN:
            return at, now, slopes(at, under)[1], True, gain > _SLOW * before, steps
        before = gain
    return at, now, slopes(at, under)[1], False, False, MOST_STEPS
