"""Whether questions are answered as their scales group them: one common factor, or one a scale, by ML."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from relsurvey.aggregate.moments import Moments
from relsurvey.analysis.models.cfa import fit
from relsurvey.analysis.models.cfa_fit import measures, omega
from relsurvey.analysis.models.cfa_model import Sample, Structure, chosen
from relsurvey.analysis.models.factor_finding import Factor
from relsurvey.analysis.sampling.columns import answers
from relsurvey.errors import AnalysisError

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

# A standard error of omega over this leaves it open.
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
    Omega = (Σλ)² / ((Σλ)² + Σθ) is semTools' ``omega`` (model-implied variance); its standard error comes
    from the expected information, as lavaan's for a defined parameter. Tested against both.

    Examples
    --------
    >>> import numpy as np
    >>> found = one_factor(np.full((4, 4), 0.5) + 0.5 * np.eye(4), 400)
    >>> round(found.omega, 6), found.loadings.round(4).tolist()
    (0.8, [0.7071, 0.7071, 0.7071, 0.7071])
    """
    import numpy as np

    k = len(covariance)
    structure = Structure(tuple(str(i) for i in range(k)), ("",), (0,) * k)
    found = fit(structure, [Sample("", n, np.zeros(k), np.asarray(covariance, dtype=float))])
    if found.state != "fitted":
        return None
    own = found.estimates[0]
    total_omega, error = omega(found, 0)
    # Loadings that cancel out or vanish: omega could be anything, so the model tells nothing.
    if not error < _UNKNOWABLE:
        return None
    sd = np.sqrt(np.diag(covariance))
    residual = (covariance - found.implied()[0]) / np.outer(sd, sd)
    srmr = math.sqrt(float(np.sum(np.tril(residual) ** 2)) / (k * (k + 1) / 2))
    return OneFactor(own.loadings, own.residuals, srmr, total_omega, error)


def factor(
    items: pd.DataFrame | Moments,
    scales: Mapping[str, Sequence[str]] | None = None,
    *,
    scale: str = "",
    wave: str | None = None,
) -> Factor:
    """Fit one factor a scale, and compare it with one factor over all questions.

    Parameters
    ----------
    items
        One row a respondent and one column an item, keyed, NaN for missing; or their
        :class:`~relsurvey.aggregate.Moments`. Only complete rows count: over the scales' items, or over all
        of the moments' columns.
    scales
        Items by scale; each item on one. All columns as one scale when None.
    scale, wave
        What that one scale is called, and when it was asked.

    Returns
    -------
    Factor
        ``.table`` (loadings), ``.fit``, ``.scales``, ``.correlations``, ``.much_alike``.

    Raises
    ------
    AnalysisError
        If a question is not among the columns or stands in two scales, or no one answered any.

    Notes
    -----
    Maximum likelihood on covariances with divisor n, expected information; equal to R's lavaan (``cfa(...,
    std.lv = TRUE)``, ``standardizedSolution``) and semTools (``reliability``: ``omega``, ``omega3`` is
    ``omega_observed``, ``avevar`` is ``explained``). A residual variance under zero is allowed and named.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> rng = np.random.default_rng(1)
    >>> common = rng.normal(size=(400, 1))
    >>> found = factor(pd.DataFrame(common + rng.normal(size=(400, 4)), columns=list("abcd")))
    >>> found.fit[["n", "df"]].values.tolist(), bool(found.table["std"].between(0.6, 0.8).all())
    ([[400, 2]], True)
    """
    from relsurvey.aggregate.frame import moments

    names = [str(name) for name in (items.names if isinstance(items, Moments) else items.columns)]
    if not names:
        raise AnalysisError("There are no questions here. Give a table with one column a question.")
    structure, places = chosen(names, scales, scale)
    m = items.only(places) if isinstance(items, Moments) else moments(answers(items.iloc[:, places]))
    if m.rows == 0:
        raise AnalysisError(
            f"There are no answers to the questions of {scale or 'these scales'}, so there is nothing to fit."
        )
    sample = Sample.of(m)
    given = fit(structure, [sample])
    single = None
    if len(structure.factors) > 1:
        single = fit(Structure(structure.items, ("",), (0,) * len(structure.items)), [sample])
    return Factor(given, measures(given), single, measures(single) if single else None, m, wave)
