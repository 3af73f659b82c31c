"""Standard errors that hold when answers within a cluster are alike: CR1, and CR2 with Satterthwaite's df."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

#: Fewest clusters a side (rules.md 5).
MIN_CLUSTERS = 5
#: Eigenvalues below it count as zero, as in clubSandwich.
_ZERO = 1e-12


@dataclass(frozen=True)
class Sandwich:
    """Standard errors of some contrasts of the coefficients, one a contrast.

    Attributes
    ----------
    cr0
        Without any correction.
    cr2, df
        Bell and McCaffrey's, and its degrees of freedom.
    """

    cr0: np.ndarray
    cr2: np.ndarray
    df: np.ndarray


def sandwich(gram: np.ndarray, residual: np.ndarray, contrasts: np.ndarray) -> Sandwich:
    """Return cluster-robust standard errors of least squares from each cluster's cross-products.

    Parameters
    ----------
    gram
        k × p × p: X'X of each of k clusters.
    residual
        k × p: X'e of each cluster, e its residuals from the fit over all clusters.
    contrasts
        t × p: what is asked of the p coefficients.

    Notes
    -----
    CR2 multiplies the residuals of a cluster by the symmetric square root of the inverse of I - H, where H is
    its block of the hat matrix (Bell & McCaffrey 2002; Pustejovsky & Tipton 2018; the working model is
    independent errors of one variance). H acts on the columns of X alone, so the clusters' cross-products
    are all that is needed, whatever the number of rows. Equal to R's ``clubSandwich`` with ``type="CR2"``.
    """
    import numpy as np

    bread = np.linalg.inv(gram.sum(axis=0))
    values, vectors = np.linalg.eigh(gram)
    kept = values > _ZERO * values.max()
    root = np.sqrt(np.where(kept, values, 0.0))
    # A cluster's rows, turned so that only p of them are not zero: B'B = X'X, and B⁺'X'e are its residuals.
    rows = np.einsum("kij,kj,klj->kil", vectors, root, vectors)
    back = np.where(kept, 1 / np.where(kept, root, 1.0), 0.0)
    turned = np.einsum("kij,kj,klj,kl->ki", vectors, back, vectors, residual)
    left, axes = np.linalg.eigh(np.eye(len(bread)) - rows @ bread @ rows)
    grown = np.where(left > _ZERO, 1 / np.sqrt(np.where(left > _ZERO, left, 1.0)), 0.0)
    adjusted = np.einsum("kij,kj,klj->kil", axes, grown, axes)
    asked = contrasts @ bread
    cr0 = np.sqrt((np.square(residual @ asked.T)).sum(axis=0))
    scores = np.einsum("kij,kjl,kl->ki", rows, adjusted, turned)
    cr2 = np.sqrt((np.square(scores @ asked.T)).sum(axis=0))
    df = np.full(len(contrasts), np.nan)
    for t, weights in enumerate(asked):
        parts = np.einsum("kij,kjl,l->ki", adjusted, rows, weights)
        own = np.square(parts).sum(axis=1)
        shared = np.einsum("kij,kj->ki", rows, parts)
        lost = np.einsum("ki,ij,kj->k", shared, bread, shared)
        crossed = bread @ (shared.T @ shared)
        squared = float((own**2).sum() - 2 * (own * lost).sum() + np.trace(crossed @ crossed))
        trace = float((own - lost).sum())
        if squared > _ZERO * float(own.sum()) ** 2:
            df[t] = trace**2 / squared
    return Sandwich(cr0, cr2, df)


@dataclass(frozen=True)
class Term:
    """One figure over clusters in general.

    Attributes
    ----------
    name
        What it is: ``mean``, ``a - b``, or a covariate.
    estimate, se, df, low, high, p
        With the CR2 standard error, Satterthwaite's degrees of freedom and the 95 % interval.
    se_cr1, se_cr0, se_naive
        With Stata's correction; with none; as if all students were drawn one by one.
    n, clusters
        Students and clusters; of the smaller side where two sides are compared.
    """

    name: str
    estimate: float
    se: float
    df: float
    low: float
    high: float
    p: float
    se_cr1: float
    se_cr0: float
    se_naive: float
    n: int
    clusters: int

    @property
    def verdict(self) -> str:
        """``too_few_clusters`` (rules.md 5), ``no_spread``, ``not_zero`` or ``cannot_tell``."""
        if self.clusters < MIN_CLUSTERS:
            return "too_few_clusters"
        if math.isnan(self.p):
            return "no_spread"
        return "not_zero" if self.p < 0.05 else "cannot_tell"


@dataclass(frozen=True)
class Least:
    """Least squares over clusters, as its aggregates.

    Attributes
    ----------
    gram, residual
        k × p × p and k × p: X'X and X'e of each cluster.
    coefficients
        The p coefficients.
    squares
        The sum of squared residuals of all rows.
    rows
        How many rows there are.
    noise
        Standard errors up to it are rounding: nothing varies.
    """

    gram: np.ndarray
    residual: np.ndarray
    coefficients: np.ndarray
    squares: float
    rows: int
    noise: float


def terms(
    fit: Least, names: Sequence[str], contrasts: np.ndarray, sides: Sequence[tuple[int, int]]
) -> tuple[Term, ...]:
    """Return contrasts of a fit with their standard errors and intervals.

    Parameters
    ----------
    fit
        The fit.
    names, contrasts
        One name, and one row of p, a contrast.
    sides
        Students and clusters of each contrast's smaller side.
    """
    import numpy as np
    from scipy.stats import t

    found = sandwich(fit.gram, fit.residual, contrasts)
    k, p, n = len(fit.gram), fit.gram.shape[1], fit.rows
    bread = np.linalg.inv(fit.gram.sum(axis=0))
    spread = math.sqrt(fit.squares / (n - p)) if n > p else math.nan
    naive = spread * np.sqrt(np.einsum("ti,ij,tj->t", contrasts, bread, contrasts))
    stata = math.sqrt(k / (k - 1) * (n - 1) / (n - p)) if k > 1 and n > p else math.nan
    result = []
    for i, (name, (students, clusters)) in enumerate(zip(names, sides, strict=True)):
        # With one cluster on a side nothing is left to measure the spread between clusters.
        known = clusters > 1 and found.cr2[i] > fit.noise
        value = float(contrasts[i] @ fit.coefficients)
        se, df = (float(found.cr2[i]), float(found.df[i])) if known else (math.nan, math.nan)
        half = float(t.ppf(0.975, df)) * se
        result.append(
            Term(
                name,
                value,
                se,
                df,
                value - half,
                value + half,
                2 * float(t.sf(abs(value) / se, df)),
                float(found.cr0[i]) * stata,
                float(found.cr0[i]),
                float(naive[i]),
                students,
                clusters,
            )
        )
    return tuple(result)
