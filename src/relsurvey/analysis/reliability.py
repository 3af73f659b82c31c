"""Reliability of a scale: how far its questions measure one thing, with intervals.

Figures equal R's psych, lavaan and semTools (see ``tests/reference``).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from relsurvey.aggregate.moments import Missing, Moments
from relsurvey.analysis.factor import one_factor
from relsurvey.analysis.verdict import Reading, reliability_verdict
from relsurvey.errors import AnalysisError
from relsurvey.escape import html_text
from relsurvey.instrument.model import Thresholds
from relsurvey.words import say

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd


@dataclass(frozen=True)
class ItemStatistics:
    """One item among its scale: n, mean, SD, corrected item-total r, and alpha without it."""

    item: str
    n: int
    mean: float
    sd: float
    r_item_rest: float
    alpha_if_deleted: float


@dataclass(frozen=True)
class ScaleReliability:
    """All reliability figures of one scale in one group; NaN where a figure does not exist.

    Attributes
    ----------
    scale, wave, by, group
        Whose figures these are; None where it does not apply.
    n_items, n, complete
        Items; respondents with any answer (pairwise) or complete (listwise); complete respondents.
    missing
        How alpha and the item figures treat missing answers.
    alpha, alpha_low, alpha_high, alpha_std
        Cronbach's alpha, its 95 % interval (Feldt), and alpha of the correlations.
    omega, omega_low, omega_high
        Omega total from one factor by ML on complete rows, with its 95 % interval (delta method).
    mean_r, sem
        Mean inter-item correlation; standard error of measurement of the mean score.
    srmr
        Fit of the one factor.
    items
        One entry an item.
    verdict
        Whether the scale may be reported as one (rules.md 9), and why.
    """

    scale: str
    wave: str | None
    by: str | None
    group: str | None
    n_items: int
    n: int
    complete: int
    missing: Missing
    alpha: float
    alpha_low: float
    alpha_high: float
    alpha_std: float
    omega: float
    omega_low: float
    omega_high: float
    mean_r: float
    sem: float
    srmr: float
    items: tuple[ItemStatistics, ...]
    verdict: Reading


@dataclass(frozen=True)
class Reliability:
    """Reliability of one or more scales: numbers once, and every face of them.

    Attributes
    ----------
    scales
        One entry a scale (and group).
    """

    scales: tuple[ScaleReliability, ...]
    min_n: int = 10

    @property
    def table(self) -> pd.DataFrame:
        """The figures as a table, one row a scale (and group); exact, for this kernel alone."""
        import pandas as pd

        names = (
            "scale",
            "wave",
            "by",
            "group",
            "n_items",
            "n",
            "alpha",
            "alpha_low",
            "alpha_high",
            "alpha_std",
            "omega",
            "omega_low",
            "omega_high",
            "mean_r",
            "sem",
            "srmr",
            "missing",
        )
        rows = [
            {**{name: getattr(s, name) for name in names}, "verdict": s.verdict.reading} for s in self.scales
        ]
        return pd.DataFrame(rows, columns=[*names, "verdict"])

    @property
    def sentence(self) -> str:
        """The verdicts in words."""
        sentences = []
        for s in self.scales:
            words = say("en", f"reliability.{s.verdict.reading}.{s.verdict.reason}", k=s.n_items)
            sentences.append(f"{s.scale}: {words}" if s.scale else words)
        return " ".join(sentences)

    def _repr_html_(self) -> str:
        head = ("scale", "group", "students", "questions", "alpha", "omega", "verdict")
        body = "".join(
            "<tr>" + "".join(f"<td>{html_text(cell)}</td>" for cell in self._shown(s)) + "</tr>"
            for s in self.scales
        )
        return (
            "<table><thead><tr>"
            + "".join(f"<th>{h}</th>" for h in head)
            + f"</tr></thead><tbody>{body}</tbody></table>"
            f"<p>{html_text(self.sentence)}</p>"
        )

    def _shown(self, s: ScaleReliability) -> tuple[str, ...]:
        if s.n < self.min_n:
            return (s.scale, s.group or "", f"under {self.min_n}", str(s.n_items), "", "", "too few")
        return (
            s.scale,
            s.group or "",
            str(s.n),
            str(s.n_items),
            _interval(s.alpha, s.alpha_low, s.alpha_high),
            _interval(s.omega, s.omega_low, s.omega_high),
            s.verdict.reading.replace("_", " "),
        )


def _interval(value: float, low: float, high: float) -> str:
    return "" if math.isnan(value) else f"{value:.2f} ({low:.2f} to {high:.2f})"


def reliability(
    items: pd.DataFrame | Moments,
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
        or the :class:`~relsurvey.aggregate.Moments` of such a table.
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
        With one scale; ``.table``, ``.sentence``.

    Raises
    ------
    AnalysisError
        If there is no item, or no respondent.

    Notes
    -----
    alpha = k/(k-1) · (1 - Σ var / sum of the covariance matrix) (Cronbach 1951). Interval: Feldt, Woodruff &
    Salih (1987): 1 - (1 - alpha) · F with n - 1 and (n - 1)(k - 1) degrees of freedom. SEM of the mean score:
    sd · sqrt(1 - alpha). Equal to R: ``psych::alpha``, ``psych::alpha.ci``, ``semTools::reliability``.

    Examples
    --------
    >>> import pandas as pd
    >>> answers = pd.DataFrame({"a": [1.0, 2, 4, 5, 3], "b": [2.0, 2, 4, 4, 3], "c": [1.0, 3, 3, 5, 2]})
    >>> round(float(reliability(answers).table.alpha[0]), 4)
    0.9184
    """
    from relsurvey.aggregate.frame import moments

    m = items if isinstance(items, Moments) else moments(items)
    k = len(m.names)
    n = m.n(missing)
    if k == 0 or m.rows == 0:
        raise AnalysisError(
            f"There are no answers to the questions of {scale or 'this scale'}, "
            "so there is nothing to measure."
        )
    cov = m.covariance(missing)
    alpha = _alpha(cov)
    low, high = _feldt(alpha, n, k)
    correlation = _correlation(cov)
    mean_r = float(correlation[~_diagonal(k)].mean()) if k > 1 else math.nan
    alpha_std = k * mean_r / (1 + (k - 1) * mean_r) if k > 1 else math.nan
    sd_mean = math.sqrt(max(0.0, float(cov.sum()))) / k
    fitted = one_factor(m.covariance("listwise"), m.complete_n)
    omega, omega_se = (fitted.omega, fitted.omega_se) if fitted else (math.nan, math.nan)
    statistics = tuple(_item(m, cov, i, missing) for i in range(k))
    # Two items: Spearman-Brown is alpha of the correlation, with Feldt's interval about it (rules.md 9).
    if fitted is not None:
        value, interval = omega, (omega - 1.959963984540054 * omega_se, omega + 1.959963984540054 * omega_se)
    elif k == 2:
        value, interval = alpha_std, _feldt(alpha_std, n, k)
    else:
        value, interval = alpha, (low, high)
    verdict = reliability_verdict(
        n=n,
        items=k,
        value=value,
        low=interval[0],
        high=interval[1],
        item_rest=tuple(s.r_item_rest for s in statistics),
        srmr=fitted.srmr if fitted else math.nan,
        thresholds=thresholds or Thresholds(),
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
                missing=missing,
                alpha=alpha,
                alpha_low=low,
                alpha_high=high,
                alpha_std=alpha_std,
                omega=omega,
                omega_low=omega - 1.959963984540054 * omega_se,
                omega_high=omega + 1.959963984540054 * omega_se,
                mean_r=mean_r,
                sem=sd_mean * math.sqrt(max(0.0, 1 - alpha)) if not math.isnan(alpha) else math.nan,
                srmr=fitted.srmr if fitted else math.nan,
                items=statistics,
                verdict=verdict,
            ),
        )
    )


def _alpha(cov: np.ndarray) -> float:
    k = len(cov)
    total = float(cov.sum())
    if k < 2 or not total > 0:
        return math.nan
    return k / (k - 1) * (1 - float(cov.trace()) / total)


def _feldt(alpha: float, n: int, k: int) -> tuple[float, float]:
    from scipy.stats import f

    if math.isnan(alpha) or n < 2 or k < 2:
        return math.nan, math.nan
    df1, df2 = n - 1, (n - 1) * (k - 1)
    return 1 - (1 - alpha) * float(f.ppf(0.975, df1, df2)), 1 - (1 - alpha) * float(f.ppf(0.025, df1, df2))


def _correlation(cov: np.ndarray) -> np.ndarray:
    import numpy as np

    with np.errstate(divide="ignore", invalid="ignore"):
        sd = np.sqrt(np.diag(cov))
        result: np.ndarray = cov / np.outer(sd, sd)
    return result


def _diagonal(k: int) -> np.ndarray:
    import numpy as np

    return np.eye(k, dtype=bool)


def _item(m: Moments, cov: np.ndarray, i: int, missing: Missing) -> ItemStatistics:
    """Return an item's figures; the rest score is the sum of the others, from the same covariances."""
    import numpy as np

    rest = [j for j in range(len(m.names)) if j != i]
    inner = cov[np.ix_(rest, rest)]
    shared, variance = float(cov[i, rest].sum()), float(inner.sum())
    r = shared / math.sqrt(cov[i, i] * variance) if rest and cov[i, i] > 0 and variance > 0 else math.nan
    own = m.of(i, missing)
    sd = math.sqrt(max(0.0, float(cov[i, i]))) if not math.isnan(cov[i, i]) else math.nan
    return ItemStatistics(m.names[i], own.n, own.mean, sd, r, _alpha(inner))
