"""Reliability of a scale: how far its questions measure one thing, with intervals.

Figures equal R's psych, lavaan and semTools (see ``docs/equal-to-r.md``).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from relsurvey.aggregate.moments import Missing, Moments
from relsurvey.aggregate.tables import PairCounts
from relsurvey.analysis.alpha import classical, feldt, robust_alpha, split_half
from relsurvey.analysis.factor import one_factor
from relsurvey.analysis.models.reliability_finding import Reliability, ScaleReliability, Stability
from relsurvey.analysis.normal import Z95, fisher_limits
from relsurvey.analysis.omega import Omega, categorical, omega, ordinal
from relsurvey.analysis.sampling.columns import answers
from relsurvey.analysis.verdict import reliability_verdict
from relsurvey.errors import AnalysisError
from relsurvey.instrument.model import Thresholds

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd


def reliability(
    items: pd.DataFrame | PairCounts | Moments,
    *,
    missing: Missing = "pairwise",
    scale: str = "",
    wave: str | None = None,
    by: str | None = None,
    group: str | None = None,
    thresholds: Thresholds | None = None,
) -> Reliability:
    """Measure the reliability of one scale.

    Parameters
    ----------
    items
        One row a respondent and one column an item, keyed (reversed items already turned), NaN for missing;
        or the :class:`~relsurvey.aggregate.PairCounts` or :class:`~relsurvey.aggregate.Moments` of it. From
        counts there are no intervals without normality; from moments no ordinal alpha and omega either.
    missing
        How alpha and item figures treat missing answers: ``"pairwise"`` (psych's default) or ``"listwise"``.
        Omega always rests on complete rows.
    scale, wave, by, group
        Names that stand in the table.
    thresholds
        When to report the scale as one; the rules' defaults when None.

    Returns
    -------
    Reliability
        With one scale; ``.table``, ``.tables["items"]``, ``.sentence``.

    Raises
    ------
    AnalysisError
        If there is no item, no respondent, or an answer that is no number.

    Notes
    -----
    See :mod:`relsurvey.analysis.alpha` and :mod:`relsurvey.analysis.omega` for each formula. Equal to R:
    ``psych::alpha``, ``psych::alpha.ci``, ``psych::guttman``, ``semTools::reliability``, ``lavaan``.

    Examples
    --------
    >>> import pandas as pd
    >>> answers = pd.DataFrame({"a": [1.0, 2, 4, 5, 3], "b": [2.0, 2, 4, 4, 3], "c": [1.0, 3, 3, 5, 2]})
    >>> found = reliability(answers)
    >>> round(float(found.table.alpha[0]), 4), found.table.verdict[0]
    (0.9184, 'too_few')
    """
    from relsurvey.aggregate.frame import moments, pair_counts

    rows: np.ndarray | None = None
    counts: PairCounts | None = None
    of_steps = math.nan
    if isinstance(items, Moments):
        m = items
    elif isinstance(items, PairCounts):
        counts, m = items, items.moments()
    else:
        table = answers(items)
        m = moments(table)
        rows = table.dropna().to_numpy()
        if (table.nunique() <= MOST_POINTS).all():
            counts = pair_counts(table)
            of_steps = categorical(table)
    k = len(m.names)
    n = m.n(missing)
    if k == 0 or m.rows == 0:
        raise AnalysisError(
            f"There are no answers to the questions of {scale or 'this scale'}, "
            "so there is nothing to measure."
        )
    c = classical(m, missing)
    o = omega(m.covariance("listwise"), m.complete_n, rows)
    halves = split_half(m, missing)
    ordinal_alpha, ordinal_omega = (math.nan, math.nan) if counts is None else ordinal(counts, missing)
    robust = (math.nan, math.nan) if rows is None else robust_alpha(rows)
    # Two items: Spearman-Brown is alpha of the correlation, with Feldt's interval about it (rules.md 9).
    if not math.isnan(o.omega):
        value, interval = o.omega, (o.low, o.high)
    elif k == 2:
        value, interval = c.alpha_std, feldt(c.alpha_std, n, k)
    else:
        value, interval = c.alpha, (c.alpha_low, c.alpha_high)
    verdict = reliability_verdict(
        n=n,
        items=k,
        value=value,
        low=interval[0],
        high=interval[1],
        item_rest=tuple(s.r_item_rest for s in c.items),
        srmr=o.srmr,
        thresholds=thresholds or Thresholds(),
        unreversed=len(c.unreversed) > 0,
    )
    return Reliability(
        (
            ScaleReliability(
                scale=scale,
                wave=wave,
                by=by,
                group=group,
                n_items=k,
                n=n,
                complete=m.complete_n,
                alpha=c.alpha,
                alpha_low=c.alpha_low,
                alpha_high=c.alpha_high,
                alpha_se=c.alpha_se,
                alpha_robust_low=robust[0],
                alpha_robust_high=robust[1],
                alpha_std=c.alpha_std,
                omega=o.omega,
                omega_low=o.low,
                omega_high=o.high,
                omega_robust_low=o.robust_low,
                omega_robust_high=o.robust_high,
                ordinal_alpha=ordinal_alpha,
                ordinal_omega=ordinal_omega,
                omega_categorical=of_steps,
                lambda2=c.lambda2,
                lambda6=c.lambda6,
                split_half=halves.flanagan,
                split_half_low=halves.lowest,
                split_half_high=halves.highest,
                mean_r=c.mean_r,
                sem=c.sem,
                srmr=o.srmr,
                missing=missing,
                items=c.items,
                omega_if_deleted=_omega_if_deleted(m, o),
                unreversed=c.unreversed,
                verdict=verdict,
            ),
        )
    )


#: Answers with more points than this are numbers, not ordered categories.
MOST_POINTS = 11


def _omega_if_deleted(m: Moments, whole: Omega) -> tuple[float, ...]:
    import numpy as np

    k = len(m.names)
    if math.isnan(whole.omega) or k < 4:
        return (math.nan,) * k
    covariance = m.covariance("listwise")
    without = []
    for i in range(k):
        rest = np.delete(np.delete(covariance, i, 0), i, 1)
        fitted = one_factor(rest, m.complete_n)
        without.append(fitted.omega if fitted else math.nan)
    return tuple(without)


def stability(
    scores: Moments, *, scale: str, before: str, after: str, reliabilities: tuple[float, float]
) -> Stability:
    """Return how far students keep their order from one wave to the next.

    Parameters
    ----------
    scores
        Moments of two columns: the score before, and after, of the same students.
    scale, before, after
        Names.
    reliabilities
        Of the scale in each wave; NaN where unknown.

    Notes
    -----
    Pearson's r with Fisher's z interval; disattenuated by the root of both reliabilities (Spearman 1904).

    Examples
    --------
    >>> import pandas as pd
    >>> from relsurvey.aggregate import moments
    >>> two = moments(pd.DataFrame({"fall": [1.0, 2, 3, 4, 5, 4], "spring": [2.0, 1, 3, 5, 4, 4]}))
    >>> found = stability(two, scale="s", before="fall", after="spring", reliabilities=(0.8, 0.9))
    >>> round(found.r, 2), found.n
    (0.82, 6)
    """
    cov, n = scores.covariance("listwise"), scores.complete_n
    product = float(cov[0, 0] * cov[1, 1]) if n > 1 else math.nan
    r = float(cov[0, 1]) / math.sqrt(product) if product > 0 else math.nan
    low = high = math.nan
    if n > 3 and abs(r) < 1:
        low, high = fisher_limits(r, Z95 / math.sqrt(n - 3))
    both = reliabilities[0] * reliabilities[1] if min(reliabilities) > 0 else math.nan
    return Stability(scale, before, after, n, r, low, high, r / math.sqrt(both) if both > 0 else math.nan)


def joined(parts: Sequence[Reliability], stable: tuple[Stability, ...] = ()) -> Reliability:
    """Return one result of several, with the stability of their scales."""
    return Reliability(tuple(s for part in parts for s in part.scales), stable)
