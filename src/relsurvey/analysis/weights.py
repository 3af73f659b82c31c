"""Weights to the roster, and weighted means, shares and differences with linearised standard errors."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from relsurvey.analysis.finding import MIN_N_SHOWN, Face, Finding, Value, fewest
from relsurvey.analysis.sampling.columns import numbers
from relsurvey.analysis.sampling.design import Design, design_of
from relsurvey.analysis.sampling.raking import Weights, rake
from relsurvey.analysis.sampling.sandwich import MIN_CLUSTERS
from relsurvey.errors import AnalysisError
from relsurvey.words import say

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from relsurvey.analysis.sampling.design import Labels

__all__ = [
    "Difference",
    "Estimate",
    "Weighted",
    "Weights",
    "rake",
    "weighted_difference",
    "weighted_mean",
    "weighted_share",
]


@dataclass(frozen=True)
class Estimate:
    """A weighted mean or share; NaN where it cannot be given.

    Attributes
    ----------
    group
        The group it speaks of; None for all respondents.
    n
        Respondents behind it.
    value, se, df, low, high
        With its linearised standard error, and the 95 % interval: t, for a share on the logit scale.
    design_effect
        Its variance over that of as many students drawn one by one, with replacement.
    unweighted
        The plain mean or share.
    clusters
        How many clusters are behind it; None where each respondent is drawn alone.
    """

    group: str | None
    n: int
    value: float
    se: float
    df: float
    low: float
    high: float
    design_effect: float
    unweighted: float
    clusters: int | None

    @property
    def known(self) -> bool:
        """Whether its interval can be given: it varies, and five clusters or more are behind it."""
        return not math.isnan(self.low) and (self.clusters is None or self.clusters >= MIN_CLUSTERS)


@dataclass(frozen=True)
class Difference:
    """The weighted mean of ``a`` minus that of ``b``, and its t test."""

    a: str
    b: str
    value: float
    se: float
    t: float
    df: float
    p: float
    low: float
    high: float


@dataclass(frozen=True, repr=False)
class Weighted(Finding):
    """Weighted figures: numbers once, and every face of them.

    Attributes
    ----------
    kind
        ``mean`` or ``share``.
    scale, by
        What was measured, and what the groups are.
    estimates
        All respondents first, then the groups; of a difference, its two groups.
    difference
        Where two groups were compared.
    raked
        Whether the standard errors know that the weights were raked.
    """

    kind: Literal["mean", "share"]
    scale: str
    by: str
    estimates: tuple[Estimate, ...]
    difference: Difference | None
    raked: bool

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """``weighted``: one row an estimate; ``difference``, where there is one. Shares are 0-1."""
        import pandas as pd

        names = ("group", "n", "value", "se", "df", "low", "high", "design_effect", "unweighted")
        rows = [(self.scale, self.by, *(getattr(e, name) for name in names)) for e in self.estimates]
        found = {"weighted": pd.DataFrame(rows, columns=["scale", "by", *names])}
        if self.difference is not None:
            names = ("a", "b", "value", "se", "t", "df", "p", "low", "high")
            found["difference"] = pd.DataFrame([{name: getattr(self.difference, name) for name in names}])
        return found

    def in_words(self, language: str = "en") -> str:
        """Say the weighted figure beside the plain one, or the difference, and what is not known."""
        if any(e.n < fewest() for e in self.estimates[: 1 if self.difference is None else 2]):
            return say(language, "weights.too_few", min_n=fewest())
        if self.difference is not None:
            said = self._difference(self.difference, language)
        else:
            first = self.estimates[0]
            value, low, high, plain = (
                self._number(x) for x in (first.value, first.low, first.high, first.unweighted)
            )
            said = say(language, f"weights.{self.kind}", value=value, plain=plain)
            said += " " + (
                say(language, "weights.range", low=low, high=high)
                if first.known
                else say(language, "weights.no_range", least=MIN_CLUSTERS)
            )
        return said + " " + say(language, "weights.cannot")

    def _difference(self, d: Difference, language: str) -> str:
        if math.isnan(d.p) or not all(e.known for e in self.estimates):
            return say(language, "weights.difference_unknown", a=d.a, b=d.b, least=MIN_CLUSTERS)
        if d.p >= 0.05:
            return say(
                language,
                "weights.difference_cannot_tell",
                a=d.a,
                b=d.b,
                low=self._number(d.low),
                high=self._number(d.high),
            )
        up = d.value > 0
        limits = (d.low, d.high) if up else (-d.high, -d.low)
        low, high = (self._number(limit) for limit in limits)
        a, b = (d.a, d.b) if up else (d.b, d.a)
        value = self._number(abs(d.value))
        return say(language, f"weights.difference_{self.kind}", a=a, b=b, value=value, low=low, high=high)

    def _number(self, value: float) -> str:
        if math.isnan(value):
            return ""
        return f"{value:.2f}" if self.kind == "mean" else f"{100 * value:.0f}"

    def faces(self, language: str = "en", min_n: int = MIN_N_SHOWN) -> tuple[Face, ...]:
        """Return the estimates, shares in percent; groups under ``min_n`` masked."""
        times = 1 if self.kind == "mean" else 100
        rows: list[tuple[Value, ...]] = []
        for e in self.estimates:
            name = say(language, "weights.all") if e.group is None else e.group
            if e.n < min_n:
                rows.append((name, say(language, "weights.under", min_n=min_n), *[None] * 4))
                continue
            limits = (times * e.low, times * e.high) if e.known else (None, None)
            rows.append((name, e.n, times * e.unweighted, times * e.value, *limits))
        keys = ("group", "students", "plain", self.kind, "low", "high")
        head = tuple(say(language, f"weights.head.{key}") for key in keys)
        title = say(language, "weights.title_estimates")
        return (Face(title, head, tuple(rows), decimals=2 if self.kind == "mean" else 1),)


def _estimate(
    y: np.ndarray, chosen: np.ndarray, design: Design, kind: Literal["mean", "share"], group: str | None
) -> Estimate:
    """Return the estimate of the chosen rows: a domain of the design, all of whose units count."""
    import numpy as np
    from scipy.stats import t

    n = int(chosen.sum())
    units, strata = design.units(chosen)
    clusters = None if design.cluster is None else units
    if not n:
        return Estimate(group, 0, *(math.nan,) * 7, clusters)
    weight = np.where(chosen, design.weight, 0.0)
    total = float(weight.sum())
    own = np.where(chosen, y, 0.0)
    plain = float(own.sum()) / n
    value = float((weight * own).sum()) / total
    apart = np.where(chosen, y - value, 0.0)
    se = design.se(weight * apart / total)
    spread = float((weight * apart**2).sum()) / total
    if n < 2 or not spread > 1e-20 * max(1.0, value**2):
        # Nothing varies among them: how far another day could differ is not known.
        return Estimate(group, n, value, *(math.nan,) * 5, plain, clusters)
    effect = se**2 / (spread / (n - 1))
    df = units - strata
    if df < 1:
        return Estimate(group, n, value, se, *(math.nan,) * 3, effect, plain, clusters)
    half = float(t.ppf(0.975, df)) * se
    low, high = value - half, value + half
    if kind == "share":
        logit = math.log(value / (1 - value))
        half /= value * (1 - value)
        low, high = (1 / (1 + math.exp(-x)) for x in (logit - half, logit + half))
    return Estimate(group, n, value, se, df, low, high, effect, plain, clusters)


def weighted_mean(
    scores: pd.Series | np.ndarray,
    weights: Weights | pd.Series | np.ndarray,
    *,
    groups: Labels | None = None,
    strata: Labels | None = None,
    clusters: Labels | None = None,
    scale: str = "",
    by: str = "",
) -> Weighted:
    """Give weighted means with linearised standard errors, of all respondents and of each group.

    Parameters
    ----------
    scores
        One a respondent, NaN for missing.
    weights
        One a respondent, over 0, NaN for who has none; or the
        :class:`~relsurvey.analysis.sampling.raking.Weights` of the same rows, and then the standard errors
        know of the raking.
    groups
        Each respondent's group; each is estimated as a part of the whole design.
    strata, clusters
        How respondents were drawn; rows without one of them are left out.
    scale, by
        Names that stand in the result.

    Raises
    ------
    AnalysisError
        If a weight is zero or negative, a stratum has a single unit, or a cluster lies in two strata.

    Notes
    -----
    Reads rows, once. Taylor linearisation with replacement of the first-stage units, no finite-population
    correction (rules.md 4); df = units - strata of the rows in question. After raking, the influences lose
    what the margins explain (Deville & Särndal 1992). Equal to R's ``survey``: ``svymean``, ``svyby``, and
    ``svymean`` on a ``rake``.

    Examples
    --------
    >>> found = weighted_mean([1.0, 2.0, 3.0, 4.0], [2.0, 1.0, 1.0, 1.0])
    >>> [round(x, 4) for x in (found.estimates[0].value, found.estimates[0].se)]
    [2.2, 0.7185]
    """
    return _weighted(numbers(scores, "scores"), weights, (groups, strata, clusters), "mean", scale, by)


def weighted_share(
    favorable: pd.Series | np.ndarray,
    weights: Weights | pd.Series | np.ndarray,
    *,
    groups: Labels | None = None,
    strata: Labels | None = None,
    clusters: Labels | None = None,
    scale: str = "",
    by: str = "",
) -> Weighted:
    """Give weighted shares, with intervals on the logit scale, of all respondents and of each group.

    Parameters
    ----------
    favorable
        1 for who is, 0 for who is not, NaN for missing.
    weights, groups, strata, clusters, scale, by
        As for :func:`weighted_mean`.

    Raises
    ------
    AnalysisError
        If ``favorable`` holds anything but 0 and 1; else as :func:`weighted_mean`.

    Notes
    -----
    Equal to R's ``survey::svyciprop(method="logit")``.

    Examples
    --------
    >>> found = weighted_share([1.0, 0.0, 1.0, 1.0], [2.0, 1.0, 1.0, 1.0])
    >>> [round(x, 3) for x in (found.estimates[0].value, found.estimates[0].low, found.estimates[0].high)]
    [0.8, 0.051, 0.997]
    """
    y = _zeros_and_ones(favorable)
    return _weighted(y, weights, (groups, strata, clusters), "share", scale, by)


def _zeros_and_ones(favorable: pd.Series | np.ndarray) -> np.ndarray:
    import numpy as np

    y = numbers(favorable, "shares")
    if not (np.isin(y, (0, 1)) | np.isnan(y)).all():
        raise AnalysisError("A share counts who is favorable: give 1, 0, or NaN for missing.")
    return y


def _weighted(
    y: np.ndarray,
    weights: Weights | pd.Series | np.ndarray,
    columns: tuple[Labels | None, Labels | None, Labels | None],
    kind: Literal["mean", "share"],
    scale: str,
    by: str,
) -> Weighted:
    import numpy as np

    groups, strata, clusters = columns
    design = design_of(weights, strata, clusters, len(y))
    own = y[design.rows]
    there = ~np.isnan(own)
    found = [_estimate(own, there, design, kind, None)]
    if groups is not None:
        names, which = design.labels(groups, len(y), "groups")
        found += [
            _estimate(own, there & (which == place), design, kind, name) for place, name in enumerate(names)
        ]
    return Weighted(kind, scale, by, tuple(found), None, bool(design.calibrated))


def weighted_difference(
    scores: pd.Series | np.ndarray,
    groups: Labels,
    weights: Weights | pd.Series | np.ndarray,
    *,
    a: str,
    b: str,
    strata: Labels | None = None,
    clusters: Labels | None = None,
    kind: Literal["mean", "share"] = "mean",
    scale: str = "",
    by: str = "",
) -> Weighted:
    """Give the weighted mean of group ``a`` minus that of ``b``, with its t test.

    Parameters
    ----------
    scores, groups
        One a respondent, NaN or None for missing; for ``kind="share"`` scores of 0 and 1.
    weights, strata, clusters, scale, by
        As for :func:`weighted_mean`.
    a, b
        The groups.
    kind
        Whether sentences speak of means or of shares.

    Raises
    ------
    AnalysisError
        If nobody of a group has a score and a weight; else as :func:`weighted_mean`.

    Notes
    -----
    df = units - strata - 1. Equal to R's ``survey::svyttest``.

    Examples
    --------
    >>> found = weighted_difference([1.0, 2, 3, 4], list("xxyy"), [2.0, 1, 1, 1], a="y", b="x")
    >>> round(found.difference.value, 4), found.difference.df
    (2.1667, 2)
    """
    import numpy as np
    from scipy.stats import t

    y = numbers(scores, "scores") if kind == "mean" else _zeros_and_ones(scores)
    design = design_of(weights, strata, clusters, len(y))
    names, which = design.labels(groups, len(y), "groups")
    own = y[design.rows]
    there = ~np.isnan(own)
    sides = []
    for side in (a, b):
        chosen = there & (which == (names.index(side) if side in names else len(names)))
        if a == b or not chosen.any():
            raise AnalysisError(
                f"A difference needs two groups with scores and weights; {side!r} gives none. Name others."
            )
        sides.append(chosen)
    found = tuple(
        _estimate(own, chosen, design, kind, side) for side, chosen in zip((a, b), sides, strict=True)
    )
    z = np.zeros(len(own))
    for sign, chosen, e in zip((1, -1), sides, found, strict=True):
        weight = np.where(chosen, design.weight, 0.0)
        z += sign * weight * np.where(chosen, own - e.value, 0.0) / float(weight.sum())
    units, strata_there = design.units(sides[0] | sides[1])
    df = units - strata_there - 1
    value, se = found[0].value - found[1].value, design.se(z)
    if df < 1 or not se > 0:
        difference = Difference(a, b, value, *(math.nan,) * 6)
    else:
        half = float(t.ppf(0.975, df)) * se
        p = 2 * float(t.sf(abs(value) / se, df))
        difference = Difference(a, b, value, se, value / se, df, p, value - half, value + half)
    return Weighted(kind, scale, by, found, difference, bool(design.calibrated))
