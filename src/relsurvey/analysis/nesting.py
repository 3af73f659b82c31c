"""How much of the differences between students lies between their schools, classes or teachers."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from relsurvey.aggregate.moments import Sums
from relsurvey.analysis.clusters import Level, known_level
from relsurvey.analysis.finding import MIN_N_SHOWN, Face, Finding, Value
from relsurvey.analysis.sampling.columns import by_cluster
from relsurvey.analysis.sampling.random_intercept import (
    NOISE,
    Components,
    Shrunk,
    components,
    design_effect,
    shrunken,
)
from relsurvey.analysis.sampling.sandwich import MIN_CLUSTERS
from relsurvey.errors import AnalysisError
from relsurvey.escape import html_text
from relsurvey.words import say

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd


@dataclass(frozen=True, repr=False)
class Nesting(Finding):
    """Students in clusters: numbers once, and every face of them.

    Attributes
    ----------
    scale, level
        What was measured, and what the clusters are.
    n, clusters
        Students and clusters.
    mean_size, n0
        Students a cluster: their mean, and Donner's size for unequal clusters.
    between, within, f, p
        Mean squares of the analysis of variance, their ratio and its p value.
    icc1, icc1_low, icc1_high
        The share of the variance between clusters, with its 95 % interval; it can be negative.
    icc2
        The reliability of the clusters' means, from the mean squares.
    design_effect, effective_n
        By ICC(1) and the sizes there are; students drawn one by one who would tell as much.
    fit
        The random-intercept model by REML.
    means
        Each cluster's mean and, at or over ``min_n``, its empirical-Bayes mean.
    min_n
        Clusters under it get no empirical-Bayes mean, and are masked.
    """

    scale: str
    level: Level
    n: int
    clusters: int
    mean_size: float
    n0: float
    between: float
    within: float
    f: float
    p: float
    icc1: float
    icc1_low: float
    icc1_high: float
    icc2: float
    design_effect: float
    effective_n: float
    fit: Components
    means: tuple[Shrunk, ...]
    min_n: int = MIN_N_SHOWN

    @property
    def mean_interval(self) -> tuple[float, float]:
        """The 95 % interval of the mean over clusters, t with clusters - 1 degrees of freedom."""
        from scipy.stats import t

        if self.clusters < 2:
            return math.nan, math.nan
        half = float(t.ppf(0.975, self.clusters - 1)) * self.fit.se
        return self.fit.mean - half, self.fit.mean + half

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """``nesting``: one row; ``clusters``: one row a cluster, by name and never ranked."""
        import pandas as pd

        names = (
            "scale",
            "level",
            "n",
            "clusters",
            "mean_size",
            "n0",
            "between",
            "within",
            "f",
            "p",
            "icc1",
            "icc1_low",
            "icc1_high",
            "icc2",
            "design_effect",
            "effective_n",
        )
        low, high = self.mean_interval
        row = {name: getattr(self, name) for name in names}
        row |= {"tau2": self.fit.tau2, "sigma2": self.fit.sigma2, "icc_reml": self.fit.icc}
        row |= {"mean": self.fit.mean, "mean_se": self.fit.se, "mean_low": low, "mean_high": high}
        means = pd.DataFrame(
            [(m.name, m.n, m.mean, m.shrunk, m.low, m.high) for m in self.means],
            columns=["cluster", "n", "mean", "shrunk", "low", "high"],
        )
        return {"nesting": pd.DataFrame([row]), "clusters": means}

    def in_words(self, language: str = "en") -> str:
        """Say how much lies between clusters, and what that means for reading."""
        units = say(language, f"nesting.units.{self.level}")
        unit = say(language, f"nesting.same.{self.level}")
        own = say(language, "nesting.own_figures", units=units)
        if self.n < self.min_n:
            return say(language, "nesting.too_few_students", min_n=self.min_n)
        if math.isnan(self.icc1):
            key = "no_spread" if self.clusters >= MIN_CLUSTERS and self.n > self.clusters else "not_nested"
            return say(language, f"nesting.{key}", units=units)
        if self.clusters < MIN_CLUSTERS:
            return say(language, "nesting.too_few_clusters", units=units, least=MIN_CLUSTERS) + " " + own
        parts = [self._parts(language, units, unit)]
        if not math.isnan(self.icc1_low):
            low, high = (max(0.0, limit) * 100 for limit in (self.icc1_low, self.icc1_high))
            parts.append(say(language, "nesting.parts_range", low=math.floor(low), high=math.ceil(high)))
        parts.append(own)
        if self.icc1 > 0:
            parts.append(say(language, "nesting.effective", units=units, n=self.n, m=round(self.effective_n)))
        return " ".join(parts)

    def _parts(self, language: str, units: str, unit: str) -> str:
        if self.icc1 < 0:
            return say(language, "nesting.negative", units=units, unit=unit, icc=f"{self.icc1:.3f}")
        x = math.floor(100 * self.icc1 + 0.5)
        key = "nesting.parts" if x else "nesting.parts_none"
        return say(language, key, units=units, unit=unit, x=x, rest=100 - x)

    def faces(self, language: str = "en", min_n: int = MIN_N_SHOWN) -> tuple[Face, ...]:
        """Return the figures of all clusters together. What a cluster's own mean is stays in this kernel."""
        units = say(language, f"nesting.units.{self.level}")
        keys = ("students", "units_head", "icc1", "low", "high", "icc2", "design_effect", "effective_n")
        head = tuple(say(language, f"nesting.head.{key}", units=units) for key in keys)
        title = say(language, "nesting.title", units=units)
        if self.n < min_n:
            row: tuple[Value, ...] = (say(language, "nesting.under", min_n=min_n), *[None] * 7)
        else:
            figures = (self.icc1, self.icc1_low, self.icc1_high, self.icc2, self.design_effect)
            effective = None if math.isnan(self.effective_n) else round(self.effective_n)
            row = (self.n, self.clusters, *figures, effective)
        return (Face(title, head, (row,)),)

    def notebook_face(self, language: str = "en") -> Face:
        """Return the clusters' means for the analyst's notebook, by name; those under ``min_n`` masked."""
        keys = ("name", "students", "mean", "shrunk", "low", "high")
        rows: list[tuple[Value, ...]] = [
            (m.name, m.n, m.mean, m.shrunk, m.low, m.high)
            if m.n >= self.min_n
            else (m.name, say(language, "nesting.under", min_n=self.min_n), *[None] * 4)
            for m in self.means
        ]
        head = tuple(say(language, f"nesting.head.{key}") for key in keys)
        return Face(say(language, "nesting.notebook"), head, tuple(rows))

    def _repr_html_(self) -> str:
        # Teachers' and classes' means stay in the table: whoever looks over a shoulder sees no teacher.
        if self.level in {"teacher", "section"}:
            note = say("en", "nesting.kept", units=say("en", f"nesting.units.{self.level}"))
            return f"{super()._repr_html_()}<p>{html_text(note)}</p>"
        return super()._repr_html_() + self.notebook_face().html()


def nesting(
    scores: pd.Series | np.ndarray | Mapping[str, Sums] | Sequence[Sums],
    clusters: pd.Series | np.ndarray | Sequence[object] | None = None,
    *,
    scale: str = "",
    level: Level = "school",
    min_n: int = MIN_N_SHOWN,
) -> Nesting:
    """Measure how much of the differences between students lies between clusters.

    Parameters
    ----------
    scores
        One a respondent, NaN for missing; or the sums of each cluster, by name or in a list, and then no
        ``clusters``.
    clusters
        Each respondent's school, class or teacher; rows without one are left out.
    scale, level
        Names that stand in the result: ``level`` is ``"school"``, ``"team"``, ``"section"`` or ``"teacher"``.
    min_n
        Clusters under it get no empirical-Bayes mean; 10 or more.

    Returns
    -------
    Nesting
        ``.table``, ``.tables["clusters"]``, ``.in_words("es")``.

    Raises
    ------
    AnalysisError
        If nobody has a score and a cluster, ``level`` is none that is known, or ``min_n`` is under 10.

    Notes
    -----
    ICC(1) = (MSB - MSW) / (MSB + (n0 - 1) MSW), n0 = (N - Σn²/N) / (k - 1) (Donner 1986); its interval turns
    the limits of F (Searle 1971), with n0 for unequal sizes (Donner 1979): exact where all clusters are of
    one size. ICC(2) = (MSB - MSW) / MSB. ``multilevel::ICC1`` puts the mean size for n0 and differs.

    Examples
    --------
    >>> found = nesting({"a": Sums(30, 3.0, 29.0), "b": Sums(30, 3.5, 29.0), "c": Sums(30, 2.8, 29.0),
    ...                  "d": Sums(30, 3.1, 29.0), "e": Sums(30, 3.9, 29.0)})
    >>> round(found.icc1, 3), [round(m.shrunk, 2) for m in found.means]
    (0.138, [3.04, 3.46, 2.88, 3.13, 3.79])
    """
    if min_n < MIN_N_SHOWN:
        raise AnalysisError(f"min_n is {min_n}; it may be raised, never set under {MIN_N_SHOWN}.")
    known_level(level)
    sums = by_cluster(scores, clusters)
    each = list(sums.values())
    k, n = len(each), sum(s.n for s in each)
    squared = sum(s.n**2 for s in each)
    n0 = (n - squared / n) / (k - 1) if k > 1 else math.nan
    whole = sum(each[1:], each[0])
    inside = sum(s.squares for s in each)
    noise = NOISE * n * whole.mean**2
    within = between = math.nan
    if n > k and whole.squares > noise:
        within = inside / (n - k) if inside > noise else 0.0
        between = (whole.squares - inside) / (k - 1) if k > 1 else math.nan
    f = between / within if within > 0 else math.nan
    fit = components(each)
    icc1 = (between - within) / (between + (n0 - 1) * within)
    low, high, p = _limits(f, k, n, n0)
    effect = design_effect(icc1, squared / n)
    means = shrunken(sums, fit)
    return Nesting(
        scale=scale,
        level=level,
        n=n,
        clusters=k,
        mean_size=n / k,
        n0=n0,
        between=between,
        within=within,
        f=f,
        p=p,
        icc1=icc1,
        icc1_low=low,
        icc1_high=high,
        icc2=(between - within) / between if between > 0 else math.nan,
        design_effect=effect,
        effective_n=n / effect,
        fit=fit,
        means=tuple(m if m.n >= min_n else Shrunk(m.name, m.n, m.mean, *(math.nan,) * 3) for m in means),
        min_n=min_n,
    )


def _limits(f: float, k: int, n: int, n0: float) -> tuple[float, float, float]:
    """Return the limits of ICC(1) that go with an F, and its p value."""
    from scipy.stats import f as distribution

    if math.isnan(f):
        return math.nan, math.nan, math.nan
    least = f / float(distribution.ppf(0.975, k - 1, n - k))
    most = f * float(distribution.ppf(0.975, n - k, k - 1))
    low, high = ((limit - 1) / (limit + n0 - 1) for limit in (least, most))
    return low, high, float(distribution.sf(f, k - 1, n - k))
