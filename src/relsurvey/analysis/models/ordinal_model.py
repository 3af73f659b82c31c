"""A factor model of one group's answers in steps: what can stand in its way, and its solution."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from relsurvey.analysis.models.cfa import HEYWOOD
from relsurvey.analysis.models.cfa_model import Structure
from relsurvey.analysis.models.ordinal_dwls import Minimum, OrdinalMeasures, Target, measures, minimise
from relsurvey.analysis.models.ordinal_gamma import OrdinalMoments, pairs_of

if TYPE_CHECKING:
    import numpy as np

State = Literal["fitted", "improper", "not_converged", "not_identified", "too_few", "no_variance", "perfect"]

# A correlation matrix of factors with a smaller eigenvalue is none of factors that can be told apart.
_SINGULAR = 1e-8


@dataclass(frozen=True, eq=False)
class OrdinalSolution:
    """What came of one group's model; ``loadings`` is None where nothing did.

    Attributes
    ----------
    state
        ``"fitted"``; ``"improper"``: converged to what cannot be (a loading of 1 or more, factors that
        correlate at 1 or more); else why there are no estimates.
    trouble
        The questions or factors that the state is about.
    starts
        How many starting points were tried.
    structure, moments
        The model and what it was fitted to.
    loadings, factors
        p standardised loadings; m × m correlations of the factors.
    spread
        Sampling covariances of the loadings, then of the factors' correlations (pair by pair).
    influence
        What one correlation moves each of these by.
    fit
        How well it fits.
    minimum
        What ``loadings``, ``factors`` and ``fit`` come from.
    """

    state: State
    trouble: tuple[str, ...]
    starts: int
    structure: Structure
    moments: OrdinalMoments
    fit: OrdinalMeasures
    loadings: np.ndarray | None = None
    factors: np.ndarray | None = None
    spread: np.ndarray | None = None
    influence: np.ndarray | None = None
    minimum: Minimum | None = None


def obstacle(structure: Structure, moments: OrdinalMoments) -> tuple[State, tuple[str, ...]] | None:
    """Say why a model cannot be fitted to one group at all, and what stands in the way; None if it can."""
    import numpy as np

    p, m = len(structure.items), len(structure.factors)
    short = 3 if m == 1 else 2
    lonely = [name for f, name in enumerate(structure.factors) if len(structure.members(f)) < short]
    if lonely:
        return "not_identified", tuple(lonely)
    if moments.n <= p:
        return "too_few", (moments.name,) if moments.name else ()
    constant = [item for item, own in zip(structure.items, moments.thresholds, strict=True) if not len(own)]
    if constant:
        return "no_variance", tuple(constant)
    i, j = pairs_of(p)
    variances = moments.gamma.diagonal()[moments.steps :]
    sure = moments.at_bound[i, j] | ~((variances > 1e-12) & np.isfinite(variances))
    if sure.any():
        named = {structure.items[k] for k in np.concatenate([i[sure], j[sure]])}
        return "perfect", tuple(item for item in structure.items if item in named)
    return None


def fit(structure: Structure, moments: OrdinalMoments) -> OrdinalSolution:
    """Fit one factor a scale to one group's polychoric correlations.

    Parameters
    ----------
    structure
        Which question belongs to which factor.
    moments
        The questions in the structure's order.

    Notes
    -----
    Every factor and everything behind the answers has variance 1, and thresholds are free: then they fit
    exactly, and only loadings and factor correlations are left to fit.

    Examples
    --------
    >>> import pandas as pd
    >>> from relsurvey.analysis.models.ordinal_gamma import ordinal_moments
    >>> answers = pd.DataFrame({"a": [1, 1, 2, 2, 3], "b": [1, 2, 2, 3, 3], "c": [1, 1, 1, 2, 2]})
    >>> found = fit(Structure.of({"f": "abc"}), ordinal_moments(answers.iloc[[0, 1, 2]]))
    >>> found.state, found.loadings is None
    ('too_few', True)
    """
    import numpy as np

    nothing = obstacle(structure, moments)
    if nothing is not None:
        return OrdinalSolution(*nothing, 0, structure, moments, OrdinalMeasures(moments.n))
    p, m = len(structure.items), len(structure.factors)
    i, j = pairs_of(p)
    owner = np.array(structure.owner)
    first, second = pairs_of(m)
    place = np.full((m, m), -1)
    place[first, second] = place[second, first] = p + np.arange(len(first))
    between = place[owner[i], owner[j]]
    apart = between >= 0
    line = np.arange(len(i))

    def implied(x: np.ndarray) -> list[tuple[np.ndarray, np.ndarray]]:
        phi = np.where(apart, x[between], 1.0)
        slope = np.zeros((len(i), len(x)))
        slope[line, i], slope[line, j] = x[j] * phi, x[i] * phi
        slope[line[apart], between[apart]] = (x[i] * x[j])[apart]
        return [(x[i] * x[j] * phi, slope)]

    parameters = p + len(first)
    df = len(i) - parameters
    target = Target(moments.correlations, moments.gamma[moments.steps :, moments.steps :], moments.n)
    found, state, tried = minimise([target], implied, _starts(structure, moments.correlation))
    if found is None:
        return OrdinalSolution(
            state, structure.factors, tried, structure, moments, OrdinalMeasures(moments.n)
        )
    sign = np.array([1.0 if found.x[structure.members(f)].sum() >= 0 else -1.0 for f in range(m)])
    turn = np.concatenate([sign[owner], sign[first] * sign[second]])
    x = found.x * turn
    factors = np.eye(m)
    factors[first, second] = factors[second, first] = x[p:]
    trouble = improper(structure, x[:p] ** 2, factors)
    return OrdinalSolution(
        "improper" if trouble else "fitted",
        trouble,
        tried,
        structure,
        moments,
        measures([moments], found.left, [found], df, parameters + moments.steps),
        x[:p],
        factors,
        found.spread * np.outer(turn, turn),
        found.influence[0] * turn[:, None],
        found,
    )


def _starts(structure: Structure, correlation: np.ndarray) -> list[np.ndarray]:
    """Return points to begin from: each scale's first principal axis, and flatter ones."""
    import numpy as np

    owner = np.array(structure.owner)
    m = len(structure.factors)
    axis = np.zeros(len(owner))
    for f in range(m):
        mine = structure.members(f)
        values, vectors = np.linalg.eigh(correlation[np.ix_(mine, mine)])
        axis[mine] = (vectors[:, -1] * np.sqrt(max(values[-1], 0.0))).clip(-0.9, 0.9)
        axis[mine] *= 1.0 if axis[mine].sum() >= 0 else -1.0
    scores = np.equal.outer(np.arange(m), owner) * axis
    together = scores @ correlation @ scores.T
    spread = np.sqrt(np.diag(together))
    between = (together / np.outer(spread, spread)).clip(-0.8, 0.8)[pairs_of(m)]
    flat = np.where(axis < 0, -0.5, 0.5)
    return [
        np.concatenate([axis, between]),
        np.concatenate([flat, between / 2]),
        np.concatenate([np.full(len(owner), 0.5), np.zeros(len(between))]),
    ]


def improper(structure: Structure, common: np.ndarray, factors: np.ndarray) -> tuple[str, ...]:
    """Name the questions and the factors whose figures cannot be.

    Parameters
    ----------
    structure
        Which question belongs to which factor.
    common
        p: the share of what stands behind each answer that the factor explains.
    factors
        m × m covariances of the factors.
    """
    import numpy as np

    named = [structure.items[k] for k in np.flatnonzero(1 - common <= HEYWOOD)]
    variance = factors.diagonal()
    wrong = np.flatnonzero(variance <= 0)
    if not len(wrong):
        correlation = factors / np.sqrt(np.outer(variance, variance))
        if np.linalg.eigvalsh(correlation)[0] <= _SINGULAR:
            apart = np.abs(correlation) - np.eye(len(variance))
            wrong = np.sort(np.unravel_index(int(apart.argmax()), apart.shape))
    return (*named, *(structure.factors[int(f)] for f in wrong))
