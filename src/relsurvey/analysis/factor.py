"""One common factor by maximum likelihood, from a covariance matrix."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

_FLOOR = 0.005
_UNKNOWABLE = 0.25


@dataclass(frozen=True)
class OneFactor:
    """A one-factor solution in the metric of the items.

    Attributes
    ----------
    loadings, uniquenesses
        k unstandardised loadings (the factor has variance 1) and k residual variances.
    srmr
        Standardised root mean square residual, over the k(k+1)/2 distinct elements.
    omega, omega_se
        McDonald's omega total with the model-implied variance, and its standard error by the delta method.
    """

    loadings: np.ndarray
    uniquenesses: np.ndarray
    srmr: float
    omega: float
    omega_se: float


def one_factor(covariance: np.ndarray, n: int) -> OneFactor | None:
    """Fit one factor by maximum likelihood.

    Parameters
    ----------
    covariance
        k × k, k of 3 or more; the divisor does not matter.
    n
        Complete rows it rests on.

    Returns
    -------
    OneFactor or None
        None where the model is not identified (fewer than three items, an item without variance), does not
        converge, ends in a Heywood case (a residual variance at its bound), or leaves omega open (a standard
        error over .25).

    Notes
    -----
    Jöreskog (1967): the likelihood is concentrated on the uniquenesses, whose loadings follow from the
    largest eigenvalue. Omega = (Σλ)² / ((Σλ)² + Σθ) is semTools' ``omega`` (model-implied variance); its
    standard error comes from the expected information, as lavaan's for a defined parameter. Tested against
    both.
    """
    import numpy as np
    from scipy.optimize import minimize

    k = covariance.shape[0]
    if k < 3 or n <= k or not np.isfinite(covariance).all() or (np.diag(covariance) <= 0).any():
        return None
    sd = np.sqrt(np.diag(covariance))
    correlation = covariance / np.outer(sd, sd)
    if np.linalg.eigvalsh(correlation)[0] <= 1e-8:
        return None

    def loadings_at(psi: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        root = np.sqrt(psi)
        values, vectors = np.linalg.eigh(correlation / np.outer(root, root))
        return root * vectors[:, -1] * math.sqrt(max(values[-1] - 1, 0.0)), values

    def loss(psi: np.ndarray) -> tuple[float, np.ndarray]:
        found, values = loadings_at(psi)
        implied = np.outer(found, found) + np.diag(psi)
        rest = values[:-1]
        return float(np.sum(rest - np.log(rest)) - (k - 1)), np.diag(implied - correlation) / psi**2

    # 1 / (R^-1)_ii is an item's residual variance given the others: a lower bound to start from.
    start = np.clip((1 - 0.5 / k) / np.diag(np.linalg.inv(correlation)), _FLOOR * 2, 0.99)
    fit = minimize(
        loss,
        start,
        jac=True,
        method="L-BFGS-B",
        bounds=[(_FLOOR, 1.0)] * k,
        options={"ftol": 1e-15, "gtol": 1e-10, "maxiter": 2000},
    )
    psi = fit.x
    gradient = np.asarray(fit.jac)
    if (psi <= _FLOOR * 1.0001).any() or np.abs(gradient[psi < 1.0]).max(initial=0.0) > 1e-4:
        return None
    standardised, _ = loadings_at(psi)
    if standardised.sum() < 0:
        standardised = -standardised
    residual = correlation - np.outer(standardised, standardised) - np.diag(psi)
    srmr = math.sqrt(float(np.sum(np.tril(residual) ** 2)) / (k * (k + 1) / 2))
    loadings, theta = standardised * sd, psi * sd**2
    total, error = float(loadings.sum()), float(theta.sum())
    omega = total**2 / (total**2 + error)
    error_of_omega = _omega_se(loadings, theta, n)
    # Loadings that cancel out or vanish: omega could be anything, so the model tells nothing.
    if not error_of_omega < _UNKNOWABLE:
        return None
    return OneFactor(loadings, theta, srmr, omega, error_of_omega)


def _omega_se(loadings: np.ndarray, theta: np.ndarray, n: int) -> float:
    import numpy as np

    k = len(loadings)
    inverse = np.linalg.inv(np.outer(loadings, loadings) + np.diag(theta))
    derivatives = []
    for i in range(k):
        d = np.zeros((k, k))
        d[i, :] += loadings
        d[:, i] += loadings
        derivatives.append(inverse @ d)
    for i in range(k):
        d = np.zeros((k, k))
        d[i, i] = 1.0
        derivatives.append(inverse @ d)
    information = np.array([[0.5 * n * np.sum(a * b.T) for b in derivatives] for a in derivatives])
    total, error = loadings.sum(), theta.sum()
    variance = total**2 + error
    gradient = np.concatenate(
        [np.full(k, 2 * total * error / variance**2), np.full(k, -(total**2) / variance**2)]
    )
    return math.sqrt(max(0.0, float(gradient @ np.linalg.solve(information, gradient))))
