"""Factor models fitted to thresholds and polychoric correlations by diagonally weighted least squares."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from relsurvey.analysis.models.cfa_fit import noncentrality_limits
from relsurvey.analysis.models.ordinal_gamma import OrdinalMoments

if TYPE_CHECKING:
    import numpy as np

State = Literal["fitted", "not_converged", "not_identified"]

# Steps a start may take; the squared distance to the optimum, in standard errors, that ends it.
_STEPS, _NEAR = 500, 1e-16
# Standardised loadings beyond this run away: the fit gets better for ever.
_RUNAWAY = 10.0
# The curvature of an identified model, scaled to a unit diagonal, has no smaller eigenvalue.
_FLAT = 1e-8


@dataclass(frozen=True)
class OrdinalMeasures:
    """Fit of an ordinal model, as lavaan's ``fitMeasures`` for WLSMV; NaN where it was not fitted.

    Attributes
    ----------
    n, parameters, df
        Respondents, free parameters (thresholds among them), degrees of freedom.
    chisq, cfi, tli, rmsea, srmr
        Of the least squares fit itself, whose chi² follows no chi² distribution.
    chisq_scaled, p_scaled
        The test corrected in mean and variance.
    cfi_scaled, tli_scaled, rmsea_scaled, rmsea_low, rmsea_high
        From the corrected test, RMSEA with its 90 % interval.
    """

    n: int
    parameters: int = 0
    df: int = 0
    chisq: float = math.nan
    cfi: float = math.nan
    tli: float = math.nan
    rmsea: float = math.nan
    srmr: float = math.nan
    chisq_scaled: float = math.nan
    p_scaled: float = math.nan
    cfi_scaled: float = math.nan
    tli_scaled: float = math.nan
    rmsea_scaled: float = math.nan
    rmsea_low: float = math.nan
    rmsea_high: float = math.nan


@dataclass(frozen=True, eq=False)
class Target:
    """What one group's model is fitted to: values, their asymptotic covariances, and respondents."""

    values: np.ndarray
    gamma: np.ndarray
    n: int

    @property
    def weights(self) -> np.ndarray:
        """One over each value's asymptotic variance."""
        return 1 / self.gamma.diagonal()


#: Free parameters to each group's implied values and their slopes.
Implied = Callable[["np.ndarray"], "list[tuple[np.ndarray, np.ndarray]]"]


@dataclass(frozen=True, eq=False)
class Minimum:
    """Where the weighted squares are least.

    Attributes
    ----------
    x
        The free parameters.
    spread
        Their sampling covariances, robust to the weights being diagonal.
    influence
        For each group: what one of its values moves the parameters by.
    chisq, trace, squares
        The discrepancy, and the traces of UΓ and UΓUΓ that its corrected test rests on.
    left
        Each group's values less what the model implies.
    """

    x: np.ndarray
    spread: np.ndarray
    influence: list[np.ndarray]
    chisq: float
    trace: float
    squares: float
    left: list[np.ndarray]


def minimise(
    targets: Sequence[Target], implied: Implied, starts: Sequence[np.ndarray]
) -> tuple[Minimum | None, State, int]:
    """Minimise the weighted squares of what a model leaves, by Gauss-Newton steps that are held short.

    Parameters
    ----------
    targets
        One entry a group.
    implied
        The model.
    starts
        Points to begin from, one after the other until one leads to a minimum.

    Returns
    -------
    tuple
        The minimum or None, ``"fitted"`` or why there is none, and how many starts were tried.

    Notes
    -----
    Σ (n_g / N) Σ w (s - σ)², w = 1 / asymptotic variance (Muthén, du Toit & Spisic 1997). chi² is Σ (n_g - 1)
    F_g as in lavaan; the sampling covariances are the sandwich (Muthén & Satorra 1995).
    """
    import numpy as np

    n = sum(target.n for target in targets)
    weights = [target.n / n * target.weights for target in targets]
    tried = 0
    for start in starts:
        tried += 1
        with np.errstate(all="ignore"):
            x = _descend(targets, weights, implied, start)
        if x is not None:
            break
    if x is None:
        return None, "not_converged", tried
    pieces = implied(x)
    left = [target.values - value for target, (value, _) in zip(targets, pieces, strict=True)]
    weighted = [slope.T * w for w, (_, slope) in zip(weights, pieces, strict=True)]
    curvature = sum(w @ slope for w, (_, slope) in zip(weighted, pieces, strict=True))
    inverse = _inverse(np.atleast_2d(curvature))
    if inverse is None:
        return None, "not_identified", tried
    influence = [inverse @ w for w in weighted]
    size = len(x)
    first, twice, total, squares = np.zeros((size, size)), np.zeros((size, size)), 0.0, 0.0
    for target, w, slope in zip(targets, weights, weighted, strict=True):
        share = target.n / n
        gamma = target.gamma / share
        first += slope @ gamma @ slope.T
        twice += slope @ gamma @ (w[:, None] * (gamma @ slope.T))
        crossed = w[:, None] * gamma
        total += float(crossed.trace())
        squares += float((crossed * crossed.T).sum())
    within = inverse @ first
    trace = total - float(within.trace())
    trace_squared = squares - 2 * float((inverse @ twice).trace()) + float((within * within.T).sum())
    chisq = sum(
        (target.n - 1) * float(target.weights @ e**2) for target, e in zip(targets, left, strict=True)
    )
    return (
        Minimum(x, within @ inverse / (n - len(targets)), influence, chisq, trace, trace_squared, left),
        "fitted",
        tried,
    )


def _descend(
    targets: Sequence[Target], weights: Sequence[np.ndarray], implied: Implied, start: np.ndarray
) -> np.ndarray | None:
    """Return the least point that a start leads to; None where it runs away or does not end."""
    import numpy as np

    def look(x: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
        value, gradient, curvature = 0.0, np.zeros(len(x)), np.zeros((len(x), len(x)))
        for target, w, (found, slope) in zip(targets, weights, implied(x), strict=True):
            e = target.values - found
            value += float(w @ e**2)
            gradient += slope.T @ (w * e)
            curvature += slope.T @ (w[:, None] * slope)
        return value, gradient, curvature

    n = sum(target.n for target in targets)
    x, damping = start.copy(), 1e-6
    value, gradient, curvature = look(x)
    for _ in range(_STEPS):
        scale = np.diag(curvature.diagonal() + 1e-12)
        step = np.linalg.lstsq(curvature + damping * scale, gradient, rcond=None)[0]
        if n * float(step @ gradient) < _NEAR and damping <= 1e-6:
            return x
        tried = look(x + step)
        # At the last digits of the sum a step that changes none of them is as good as one that lowers it.
        if math.isfinite(tried[0]) and tried[0] <= value * (1 + 1e-14):
            x, (value, gradient, curvature) = x + step, tried
            damping = max(damping / 10, 1e-12)
            if np.abs(x).max() > _RUNAWAY * max(1.0, float(np.abs(start).max())):
                return None
        else:
            damping = max(damping * 10, 1e-6)
            if damping > 1e12:
                return None
    return None


def _inverse(curvature: np.ndarray) -> np.ndarray | None:
    """Return the inverse of a matrix of second derivatives; None where it is flat in some direction."""
    import numpy as np

    diagonal = curvature.diagonal()
    if not (diagonal > 0).all():
        return None
    scale = 1 / np.sqrt(diagonal)
    values, vectors = np.linalg.eigh(curvature * np.outer(scale, scale))
    if values[0] < _FLAT:
        return None
    turned = scale[:, None] * vectors
    result: np.ndarray = (turned / values) @ turned.T
    return result


def _scaled(chisq: float, df: int, trace: float, squares: float) -> float:
    """Return chi² corrected in mean and variance: a · chi² + df - a · tr(UΓ), a² = df / tr(UΓUΓ)."""
    if not df or not squares > 0:
        return math.nan if df else 0.0
    stretch = math.sqrt(df / squares)
    return stretch * chisq + df - stretch * trace


def baseline(groups: Sequence[OrdinalMoments]) -> tuple[float, float, int]:
    """Return chi², corrected chi² and df of the model in which no two questions are related."""
    chisq, trace, squares, df = 0.0, 0.0, 0.0, 0
    for group in groups:
        gamma = group.gamma[group.steps :, group.steps :]
        w = 1 / gamma.diagonal()
        chisq += (group.n - 1) * float(w @ group.correlations**2)
        trace += len(w)
        squares += float((w[:, None] * gamma**2 * w).sum())
        df += len(w)
    return chisq, _scaled(chisq, df, trace, squares), df


def measures(
    groups: Sequence[OrdinalMoments],
    left: Sequence[np.ndarray],
    minima: Sequence[Minimum],
    df: int,
    parameters: int,
) -> OrdinalMeasures:
    """Return how well a model fits.

    Parameters
    ----------
    groups
        What it was fitted to.
    left
        Each group's correlations less the implied ones.
    minima
        Of the model; one a group where the groups share no parameter.
    df, parameters
        Of the model, thresholds among its parameters.

    Notes
    -----
    The corrected test is that of Asparouhov & Muthén (2010). As lavaan has them: RMSEA = sqrt(max(chi² - df,
    0) / (df · (N - groups))) · sqrt(groups); SRMR over the correlations, divided by the p(p + 1)/2 of a
    covariance matrix.
    """
    from scipy.special import chdtrc

    n, number = sum(group.n for group in groups), len(groups)
    chisq = sum(own.chisq for own in minima)
    # The traces of models without a common parameter add up.
    traces = sum(own.trace for own in minima), sum(own.squares for own in minima)
    scaled = _scaled(chisq, df, *traces)
    p = len(groups[0].items)
    base, base_scaled, base_df = baseline(groups)
    srmr = sum(
        group.n / n * math.sqrt(float((e**2).sum()) / (p * (p + 1) / 2))
        for group, e in zip(groups, left, strict=True)
    )
    root = math.sqrt(number / (df * (n - number))) if df else 0.0
    cfi, tli = _relative(chisq, base, df, base_df)
    cfi_scaled, tli_scaled = _relative(scaled, base_scaled, df, base_df)
    low, high = noncentrality_limits(scaled, df)
    return OrdinalMeasures(
        n,
        parameters,
        df,
        chisq,
        cfi,
        tli,
        math.sqrt(max(chisq - df, 0.0)) * root,
        srmr,
        scaled,
        float(chdtrc(df, max(scaled, 0.0))) if df else math.nan,
        cfi_scaled,
        tli_scaled,
        math.sqrt(max(scaled - df, 0.0)) * root,
        math.sqrt(low) * root,
        math.sqrt(high) * root,
    )


def _relative(chisq: float, base: float, df: int, base_df: int) -> tuple[float, float]:
    """Return CFI and TLI."""
    excess, base_excess = max(chisq - df, 0.0), max(chisq - df, base - base_df, 0.0)
    cfi = 1 - excess / base_excess if base_excess else 1.0
    if not df:
        return cfi, 1.0
    return cfi, (base / base_df - chisq / df) / (base / base_df - 1) if base > base_df else math.nan
