"""Tables of answers to two questions, seen as a normal surface cut into cells.

All pairs of questions are worked on at once. Cell probabilities and their slopes are functions of their own:
a weighted least squares fit of the same answers needs them too.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

#: Correlations are looked for between plus and minus this: beyond, the likelihood is flat or has no maximum.
BOUND = 0.9999
# A threshold no one stands beyond: further out, the normal curve holds nothing that a double can show.
EDGE = 38.0
# Below this, a difference of four probabilities has too few digits left.
_TINY = 1e-9
_CLOSE = 1e-10
_INTEGRALS_AT_ONCE = 4096
_BISECT_AFTER, _MOST_STEPS = 25, 80


def bivariate_normal_cdf(h: np.ndarray, k: np.ndarray, rho: np.ndarray) -> np.ndarray:
    """Return the probability that X ≤ h and Y ≤ k of two standard normal variables.

    Parameters
    ----------
    h, k
        Finite limits.
    rho
        Their correlation, between -1 and 1 and neither of them; all three are broadcast.

    Notes
    -----
    By Owen's T function (Owen 1956, formula 2.1): exact to about 1e-16.

    Examples
    --------
    >>> import numpy as np
    >>> float(bivariate_normal_cdf(np.array(0.0), np.array(0.0), np.array(0.5)).round(6))
    0.333333
    """
    import numpy as np
    from scipy.special import ndtr, owens_t

    h, k, rho = np.broadcast_arrays(h, k, rho)
    root = np.sqrt((1 - rho) * (1 + rho))
    # A limit of exactly 0 stands for one a hair above it: T takes the infinite slope that comes of it.
    h, k = np.where(h == 0, 1e-300, h), np.where(k == 0, 1e-300, k)
    with np.errstate(over="ignore"):
        over_h, over_k = (k / h - rho) / root, (h / k - rho) / root
    found = (ndtr(h) + ndtr(k)) / 2 - owens_t(h, over_h) - owens_t(k, over_k)
    result: np.ndarray = np.where((h < 0) != (k < 0), found - 0.5, found).clip(0.0, 1.0)
    return result


def bivariate_normal_density(h: np.ndarray, k: np.ndarray, rho: np.ndarray) -> np.ndarray:
    """Return the density of two standard normal variables: also the slope of their distribution in rho.

    Examples
    --------
    >>> import numpy as np
    >>> float(bivariate_normal_density(np.array(0.0), np.array(0.0), np.array(0.6)).round(6))
    0.198944
    """
    import numpy as np

    left = (1 - rho) * (1 + rho)
    # (h - rho k)² / left + k² is the same form without the cancellation near rho = 1.
    form = (h - rho * k) ** 2 / left + k**2
    found: np.ndarray = np.exp(-form / 2) / (2 * math.pi * np.sqrt(left))
    return found


def cell_probabilities(
    rho: np.ndarray, rows: np.ndarray, columns: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return the probability of every pair of answers, and its slope in the correlation.

    Parameters
    ----------
    rho
        P correlations.
    rows, columns
        P × (C - 1) thresholds of the two questions of each pair, ascending.

    Returns
    -------
    tuple
        Two P × C × C arrays.

    Examples
    --------
    >>> import numpy as np
    >>> p, slope = cell_probabilities(np.array([0.5]), np.array([[0.0]]), np.array([[0.0]]))
    >>> p.round(4).tolist(), slope.round(4).tolist()
    ([[[0.3333, 0.1667], [0.1667, 0.3333]]], [[[0.1838, -0.1838], [-0.1838, 0.1838]]])
    """
    import numpy as np
    from scipy.special import ndtr

    pairs, c = rows.shape[0], rows.shape[1] + 1
    h, k, r = rows[:, :, None], columns[:, None, :], rho[:, None, None]
    below = np.zeros((pairs, c + 1, c + 1))
    below[:, 1:c, 1:c] = bivariate_normal_cdf(h, k, r)
    below[:, 1:c, c], below[:, c, 1:c], below[:, c, c] = ndtr(rows), ndtr(columns), 1.0
    slope = np.zeros_like(below)
    slope[:, 1:c, 1:c] = bivariate_normal_density(h, k, r)
    return tuple(np.diff(np.diff(grid, axis=1), axis=2) for grid in (below, slope))  # type: ignore[return-value]


def threshold_slopes(rho: np.ndarray, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """Return how fast the probabilities of answers grow when a threshold of the row question moves up.

    Parameters
    ----------
    rho, rows, columns
        As for :func:`cell_probabilities`; exchange rows and columns for the other question's thresholds.

    Returns
    -------
    numpy.ndarray
        P × (C - 1) × C: threshold t and answer y. The cell (t, y) grows by it, the cell (t + 1, y) shrinks.
    """
    import numpy as np
    from scipy.special import ndtr

    root = np.sqrt((1 - rho) * (1 + rho))[:, None, None]
    below = ndtr((columns[:, None, :] - rho[:, None, None] * rows[:, :, None]) / root)
    steps = np.diff(below, axis=2, prepend=0.0, append=1.0)
    found: np.ndarray = _density(rows)[:, :, None] * steps
    return found


def thresholds(counts: np.ndarray) -> np.ndarray:
    """Return where the answers to one question divide a standard normal scale.

    Parameters
    ----------
    counts
        How many gave each of C answers; each at least once.

    Returns
    -------
    numpy.ndarray
        C - 1 thresholds, ascending.

    Examples
    --------
    >>> import numpy as np
    >>> thresholds(np.array([25, 50, 25])).round(4).tolist()
    [-0.6745, 0.6745]
    """
    import numpy as np
    from scipy.special import ndtri

    found: np.ndarray = ndtri(np.cumsum(counts)[:-1] / np.sum(counts))
    return found


def halved(tables: np.ndarray, two_by_two: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Put half an answer into the one empty cell of each table of two by two, margins kept.

    Parameters
    ----------
    tables
        P × C × C counts.
    two_by_two
        Which of them have two answers each way.

    Returns
    -------
    tuple
        The tables, and which of them got it.
    """
    import numpy as np

    corner = tables[:, :2, :2]
    half: np.ndarray = two_by_two & ((corner == 0).sum(axis=(1, 2)) == 1)
    on_diagonal = (corner[:, 0, 0] == 0) | (corner[:, 1, 1] == 0)
    shift = 0.5 * half * np.where(on_diagonal, 1, -1)
    moved = tables.copy()
    moved[:, :2, :2] += shift[:, None, None] * np.array([[1.0, -1.0], [-1.0, 1.0]])
    return moved, half


def resolved(
    p: np.ndarray, f: np.ndarray, rho: np.ndarray, rows: np.ndarray, columns: np.ndarray
) -> np.ndarray:
    """Return cell probabilities with all digits where someone gave an answer that is next to impossible.

    One careless answer among many thousands has such a probability, and moves the correlation by it.
    """
    import numpy as np

    pair, x, y = np.nonzero((f > 0) & (p < _TINY))
    if not len(pair):
        return p
    sides = [np.pad(t, [(0, 0), (1, 1)], constant_values=(-EDGE, EDGE)) for t in (rows, columns)]
    found = p.copy()
    for start in range(0, len(pair), _INTEGRALS_AT_ONCE):
        one, i, j = (place[start : start + _INTEGRALS_AT_ONCE] for place in (pair, x, y))
        across, along = ((t[one, at], t[one, at + 1]) for t, at in zip(sides, (i, j), strict=True))
        found[one, i, j] = _integrals(rho[one], *across, *along)
    return found


def _integrals(
    rho: np.ndarray, left: np.ndarray, right: np.ndarray, low: np.ndarray, high: np.ndarray
) -> np.ndarray:
    """Integrate the normal surface over cells, in panels that narrow towards its highest point there."""
    import numpy as np
    from scipy.special import ndtr

    root = np.sqrt((1 - rho) * (1 + rho))
    # The least of a convex form over a cell lies on one of its four sides.
    across = np.stack([left, right, (rho * low).clip(left, right), (rho * high).clip(left, right)])
    along = np.stack([(rho * left).clip(low, high), (rho * right).clip(low, high), low, high])
    form = across**2 + ((along - rho * across) / root) ** 2
    peak = np.take_along_axis(across, form.argmin(axis=0)[None], axis=0)[0]
    away = 2.0 ** np.arange(-16, 6)
    knots = peak[:, None] + np.concatenate([-away[::-1], [0.0], away])
    knots = knots.clip(left[:, None], right[:, None])
    nodes, weights = np.polynomial.legendre.leggauss(10)
    half = np.diff(knots)[:, :, None] / 2
    at = knots[:, :-1, None] + half * (nodes + 1)
    lower, upper = (
        (side[:, None, None] - rho[:, None, None] * at) / root[:, None, None] for side in (low, high)
    )
    # In the upper tail the difference is taken from the other side, where it keeps its digits.
    turned = lower > 0
    between = ndtr(np.where(turned, -lower, upper)) - ndtr(np.where(turned, -upper, lower))
    found: np.ndarray = (_density(at) * between * weights * half).sum(axis=(1, 2))
    return found


def _score(
    f: np.ndarray, rho: np.ndarray, rows: np.ndarray, columns: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return the slope of each pair's log-likelihood and its expected curvature."""
    import numpy as np

    p, slope = cell_probabilities(rho, rows, columns)
    p = resolved(p, f, rho, rows, columns)
    there = p > 0
    safe = np.where(there, p, 1.0)
    score = (f * slope / safe).sum(axis=(1, 2))
    # An answer without any probability: the correlation is too far out, whatever the other cells say.
    impossible = (~there & (f > 0)).any(axis=(1, 2))
    score = np.where(impossible, np.where(rho > 0, -np.inf, np.inf), score)
    return score, f.sum(axis=(1, 2)) * np.where(p > _TINY, slope**2 / safe, 0.0).sum(axis=(1, 2))


def solve(f: np.ndarray, rows: np.ndarray, columns: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the correlation of each pair of questions with the greatest likelihood.

    Parameters
    ----------
    f
        P × C × C counts, zeros where a question has fewer than C answers.
    rows, columns
        P × (C - 1) thresholds of the two questions, :data:`EDGE` where there are fewer.

    Returns
    -------
    tuple
        P correlations, and whether each stands at the bound.

    Notes
    -----
    Fisher scoring, kept within a bracket of the score's change of sign and finished by halving it: it always
    ends. The table of a few dozen answers may have two maxima; the one met first on the way from 0 is taken.
    """
    import numpy as np

    pairs = len(f)
    rho, low, high = np.zeros(pairs), np.full(pairs, -1.0), np.ones(pairs)
    reached = np.zeros(pairs, dtype=bool)
    active = np.arange(pairs)
    for step in range(_MOST_STEPS):
        at = rho[active]
        score, curvature = _score(f[active], at, rows[active], columns[active])
        reached[active] = (np.abs(at) == BOUND) & (score * at > 0)
        low[active] = np.where(score > 0, at, low[active])
        high[active] = np.where(score <= 0, at, high[active])
        lowest, highest = low[active], high[active]
        new = (lowest + highest) / 2
        if step < _BISECT_AFTER:
            with np.errstate(divide="ignore", invalid="ignore"):
                move = at + score / curvature
            # Until the score has pointed inwards on a side, a step beyond it tries the bound itself.
            new = np.where((move > highest) & (highest == 1.0), 1.0, new)
            new = np.where((move < lowest) & (lowest == -1.0), -1.0, new)
            new = np.where((move >= lowest) & (move <= highest), move, new)
        new = new.clip(-BOUND, BOUND)
        rho[active] = np.where(reached[active], at, new)
        active = active[~reached[active] & (np.abs(new - at) > _CLOSE)]
        if not len(active):
            break
    return rho, reached


def _density(x: np.ndarray) -> np.ndarray:
    import numpy as np

    found: np.ndarray = np.exp(-(x**2) / 2) / math.sqrt(2 * math.pi)
    return found


def standard_errors(
    f: np.ndarray,
    rho: np.ndarray,
    rows: np.ndarray,
    columns: np.ndarray,
    row_counts: np.ndarray,
    column_counts: np.ndarray,
) -> np.ndarray:
    """Return the standard error of each correlation, thresholds estimated from P × C counts of answers.

    Parameters
    ----------
    f, rho, rows, columns
        As for :func:`solve`; the counts as they were given, no half answers.
    row_counts, column_counts
        P × C: all answers to each question, those of the pair's tables among them.

    Notes
    -----
    Each answer's influence is the score of its cell, less what its share in the thresholds takes of it; those
    who answered one of the two questions only have a share in its thresholds (Muthén 1984, with sums of
    squares in place of expectations, as lavaan has it).
    """
    import numpy as np

    p, slope = cell_probabilities(rho, rows, columns)
    p = resolved(p, f, rho, rows, columns)
    chosen = (f > 0) & (p > 0)
    safe = np.where(chosen, p, 1.0)
    u = np.where(chosen, slope / safe, 0.0)
    information = (f * u**2).sum(axis=(1, 2))
    pressed = f * u / safe

    def share(t: np.ndarray, other: np.ndarray, weight: np.ndarray, counts: np.ndarray) -> np.ndarray:
        """Return P × C: what one answer of each kind moves the score by, through the thresholds."""
        cross = (threshold_slopes(rho, t, other) * -np.diff(weight, axis=1)).sum(axis=2)
        density = _density(t)
        weighted = np.where(density > 0, cross / np.where(density > 0, density, 1.0), 0.0)
        below = np.cumsum(counts, axis=1)[:, :-1] / counts.sum(axis=1, keepdims=True)
        # The answer x counts towards all thresholds from x upwards.
        tail = np.cumsum(weighted[:, ::-1], axis=1)[:, ::-1]
        after = np.concatenate([tail, np.zeros((len(t), 1))], axis=1)
        mean = (weighted * below).sum(axis=1, keepdims=True)
        found: np.ndarray = (after - mean) / counts.sum(axis=1, keepdims=True)
        return found

    a = share(rows, columns, pressed, row_counts)
    b = share(columns, rows, pressed.transpose(0, 2, 1), column_counts)
    both = (f * (u - a[:, :, None] - b[:, None, :]) ** 2).sum(axis=(1, 2))
    alone_a = ((row_counts - f.sum(axis=2)) * a**2).sum(axis=1)
    alone_b = ((column_counts - f.sum(axis=1)) * b**2).sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        found: np.ndarray = np.sqrt(both + alone_a + alone_b) / information
    return np.where(information > 0, found, np.nan)
