"""Groups compared among students alike in what else is known of them: ANCOVA and mixed models, on rows."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any

from relsurvey.analysis.finding import MIN_N_FILE, MIN_N_SHOWN, Face, Finding, Value
from relsurvey.analysis.groups.compare_pairs import frame
from relsurvey.analysis.groups.compare_words import signed
from relsurvey.analysis.groups.effects import eta_squared
from relsurvey.analysis.groups.linear import Design, Ordinary, Variable, design, ordinary, separable
from relsurvey.analysis.groups.mixed import Mixed, fit
from relsurvey.analysis.groups.twosample import Effect, Test, holm
from relsurvey.analysis.sampling.columns import numbers
from relsurvey.errors import AnalysisError
from relsurvey.words import say

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

#: A covariate with more categories is an id, not something to be alike in.
MOST_CATEGORIES = 50


@dataclass(frozen=True, eq=False, repr=False)
class Adjusted(Finding):
    """Groups compared among students alike in the covariates.

    Attributes
    ----------
    scale, by
        What was compared, by what.
    covariates
        In what the students are made alike.
    interaction
        The covariate on which the gap may depend; None where that was not asked.
    cluster
        The name of what the students are nested in; None where nothing was said of it.
    n, left_out
        Rows with all values, and rows without one of them, which count for nothing (listwise).
    model
        The fitted model; None where groups and covariates, or clusters and students, cannot be told apart.
    """

    scale: str
    by: str
    covariates: tuple[str, ...]
    interaction: str | None
    cluster: str | None
    n: int
    left_out: int
    model: Ordinary | Mixed | None
    _tables: dict[str, pd.DataFrame]

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """``groups``, ``pairs``, ``terms``, ``coefficients``, and with clusters ``variance``; exact."""
        return dict(self._tables)

    def in_words(self, language: str = "en") -> str:
        """Return whether the groups still differ among students alike in the covariates."""
        listed = ", ".join(self.covariates)
        if self.model is None:
            return say(language, "compare.adjusted_inseparable", covariates=listed)
        large = [str(g["group"]) for g in self.table.to_dict("records") if g["n"] >= MIN_N_FILE]
        if len(large) < 2:
            return say(language, "compare.adjusted_small")
        parts = [self._gap(large, listed, language)]
        terms = self.tables["terms"].set_index("term")
        if self.interaction is not None:
            p = float(terms.p[f"{self.by} × {self.interaction}"])
            key = "compare.adjusted_depends" if p < 0.05 else "compare.adjusted_depends_not"
            parts.append(say(language, key, covariate=self.interaction))
        if isinstance(self.model, Mixed):
            percent = f"{100 * self.model.icc:.0f}"
            parts.append(say(language, "compare.adjusted_cluster", name=self.cluster, percent=percent))
        parts.append(say(language, "compare.adjusted_not_why"))
        return " ".join(parts)

    def _gap(self, large: list[str], listed: str, language: str) -> str:
        pairs = [p for p in self.tables["pairs"].to_dict("records") if p["a"] in large and p["b"] in large]
        if all(math.isnan(p["low"]) for p in pairs):
            return say(language, "compare.untested")
        if len(pairs) == 1 == len(self.tables["pairs"]):
            (pair,) = pairs
            low, high = (
                signed(pair[limit], False, to, language)
                for limit, to in (("low", math.floor), ("high", math.ceil))
            )
            about = {"a": pair["a"], "b": pair["b"], "low": low, "high": high}
            return say(language, "compare.adjusted_gap", covariates=listed, **about)
        clear = [p for p in pairs if p["p_adjusted"] < 0.05]
        if not clear:
            return say(language, "compare.adjusted_alike", covariates=listed)
        widest = max(clear, key=lambda p: abs(p["difference"]))
        ends = (widest["a"], widest["b"]) if widest["difference"] > 0 else (widest["b"], widest["a"])
        return say(language, "compare.adjusted_differ", covariates=listed, a=ends[0], b=ends[1])

    def faces(self, language: str = "en", min_n: int = MIN_N_SHOWN) -> tuple[Face, ...]:
        """Return means and adjusted means; groups under ``min_n`` masked."""
        rows: list[tuple[Value, ...]] = []
        for g in self.table.to_dict("records"):
            if g["n"] < min_n:
                under = say(language, "compare.under", min_n=min_n)
                rows.append((str(g["group"]), under, None, None, None, None))
            else:
                figures = (float(g[key]) for key in ("mean", "adjusted_mean", "low", "high"))
                rows.append((str(g["group"]), int(g["n"]), *figures))
        keys = ("group", "students", "mean", "adjusted", "from", "to")
        head = tuple(say(language, f"compare.head_{key}") for key in keys)
        title = say(language, "compare.title_adjusted", covariates=", ".join(self.covariates))
        return (Face(title, head, tuple(rows)),)


def adjusted(
    scores: pd.Series | np.ndarray,
    groups: pd.Series | np.ndarray,
    covariates: pd.DataFrame,
    *,
    interaction: str | None = None,
    cluster: pd.Series | np.ndarray | None = None,
    order: Sequence[str] = (),
    scale: str = "",
    by: str = "group",
) -> Adjusted:
    """Compare groups among students alike in covariates: ANCOVA, or with clusters a mixed model.

    Parameters
    ----------
    scores, groups
        One a respondent, in the same order.
    covariates
        One column a covariate: numbers are taken as they are, labels as categories. Rows without a score, a
        group, a cluster or any covariate are left out.
    interaction
        A covariate on which the gap between the groups may depend. Terms are then of type III, else type II.
    cluster
        What each respondent is nested in, as the school: a random intercept of its own.
    order
        Groups that come first, the first of all being the reference; the others follow sorted.
    scale, by
        Names that stand in the result.

    Raises
    ------
    AnalysisError
        If columns differ in length, hold what cannot be, or fewer than two groups have complete rows.

    Notes
    -----
    Adjusted means are at the covariates' means, every category of a covariate counting alike (R's
    ``emmeans``). Terms are ``car::Anova``'s; their second F and the second standard errors hold under unequal
    spread (HC3, Long & Ervin 2000). A number in an interaction is centred at its mean. Mixed models by REML
    with Satterthwaite's df (``lmerTest``). Differences of adjusted means have Holm's p.

    Examples
    --------
    >>> import pandas as pd
    >>> scores, groups = [2.0, 3, 4.5, 3, 4, 5, 1.5, 6], list("aaabbbab")
    >>> found = adjusted(scores, groups, pd.DataFrame({"grade": [9.0, 10, 11, 9, 10, 11, 9, 12]}))
    >>> found.table["mean"].tolist(), found.table.adjusted_mean.round(2).tolist()
    ([2.75, 4.5], [3.17, 4.08])
    """
    import numpy as np
    import pandas as pd

    rows = covariates.copy(deep=False).reset_index(drop=True)
    names = tuple(str(name) for name in rows.columns)
    if not names or len(set(names)) < len(names) or by in names:
        raise AnalysisError(
            "Groups are made alike in at least one covariate, each with a name of its own that is not the "
            "groups'. Give covariates as columns with different names."
        )
    for column, what in ((groups, "group labels"), (covariates, "rows of covariates"), (cluster, "clusters")):
        if column is not None and len(column) != len(scores):
            raise AnalysisError(f"There are {len(scores)} scores but {len(column)} {what}. Give one a score.")
    y = numbers(scores, "scores")
    label = pd.Series(np.asarray(groups, dtype=object))
    nested = None if cluster is None else pd.Series(np.asarray(cluster, dtype=object))
    columns = {name: _column(rows.iloc[:, i], name) for i, name in enumerate(names)}
    known = ~np.isnan(y) & label.notna().to_numpy()
    for values in columns.values():
        known &= values.notna().to_numpy()
    if nested is not None:
        known &= nested.notna().to_numpy()
    of_groups = _categories(by, label[known], order)
    if len(of_groups.levels) < 2:
        raise AnalysisError(
            f"Comparing {scale or 'scores'} by {by} needs two groups with complete rows; "
            f"there is {len(of_groups.levels)}. Leave out a covariate that few have."
        )
    variables = tuple(
        Variable(name, values[known].to_numpy(dtype=float))
        if pd.api.types.is_numeric_dtype(values)
        else _categories(name, values[known])
        for name, values in columns.items()
    )
    # What all share makes no one more alike, and would make the design singular.
    varied = tuple(v for v in variables if len(np.unique(v.column)) > 1)
    if interaction is not None and interaction not in {v.name for v in varied}:
        raise AnalysisError(
            f"The gap cannot depend on {interaction}: it is no covariate, or the same for all. Name another."
        )
    plain = design(of_groups, varied, interaction, "treatment")
    summed = plain if interaction is None else design(of_groups, varied, interaction, "sum")
    numbered = None if nested is None else np.unique(nested[known].astype(str), return_inverse=True)[1]
    y = y[known]
    model = _fit(y, plain.x, numbered)
    chosen = [y[of_groups.column == i] for i in range(len(of_groups.levels))]
    means = [(len(own), float(own.mean())) for own in chosen]
    tables = _tables(of_groups.levels, means, plain, model)
    terms = _terms(plain, model)[1:] if interaction is None else _terms(summed, _fit(y, summed.x, numbered))
    name = None if cluster is None else str(getattr(cluster, "name", None) or "cluster")
    left_out = int((~known).sum())
    tables["terms"] = frame(
        "term squares df1 df2 f p partial_eta2 partial_eta2_low partial_eta2_high f_hc3 p_hc3", terms
    )
    return Adjusted(scale, by, names, interaction, name, len(y), left_out, model, tables)


def _column(values: pd.Series, name: str) -> pd.Series:
    """Return a covariate as numbers, or as text."""
    import pandas as pd

    if pd.api.types.is_numeric_dtype(values):
        return pd.Series(numbers(values, f"values of {name}"))
    return values.astype(object).where(values.notna(), None)


def _categories(name: str, values: pd.Series, order: Sequence[str] = ()) -> Variable:
    import numpy as np

    text = values.astype(str).to_numpy()
    found = sorted(set(text))
    if len(found) > MOST_CATEGORIES:
        raise AnalysisError(
            f"{name} has {len(found)} categories; more than {MOST_CATEGORIES} cannot be held alike. "
            "Give it as numbers if it is some, or as the cluster."
        )
    levels = [*[v for v in dict.fromkeys(order) if v in found], *[v for v in found if v not in order]]
    place = {level: i for i, level in enumerate(levels)}
    return Variable(name, np.array([place[v] for v in text]), tuple(levels))


def _fit(y: np.ndarray, x: np.ndarray, cluster: np.ndarray | None) -> Ordinary | Mixed | None:
    if not separable(x):
        return None
    return ordinary(y, x) if cluster is None else fit(y, x, cluster)


def _estimate(
    model: Ordinary | Mixed | None, contrast: np.ndarray
) -> tuple[float, float, float, float, float, float]:
    """Return a contrast, its standard error, df, limits and p."""
    from scipy.special import stdtr, stdtrit

    if model is None:
        return (math.nan,) * 6
    value = float(contrast @ model.estimate)
    se = math.sqrt(max(0.0, float(contrast @ model.covariance @ contrast)))
    if not se:
        return value, 0.0, math.nan, math.nan, math.nan, math.nan
    df = model.df(contrast)
    half = float(stdtrit(df, 0.975)) * se
    return value, se, df, value - half, value + half, float(2 * stdtr(df, -abs(value) / se))


def _tables(
    groups: Sequence[str], means: Sequence[tuple[int, float]], plain: Design, model: Ordinary | Mixed | None
) -> dict[str, pd.DataFrame]:
    import numpy as np

    rows: list[tuple[Any, ...]] = [
        (group, *mean, *_estimate(model, line)[:5])
        for group, mean, line in zip(groups, means, plain.grid, strict=True)
    ]
    found = {"groups": frame("group n mean adjusted_mean se df low high", rows)}
    pairs = list(combinations(range(len(groups)), 2))
    gaps = [_estimate(model, plain.grid[i] - plain.grid[j]) for i, j in pairs]
    found["pairs"] = frame(
        "a b difference se df low high p p_adjusted",
        [
            (groups[i], groups[j], *gap, p)
            for (i, j), gap, p in zip(pairs, gaps, holm([gap[5] for gap in gaps]), strict=True)
        ],
    )
    unit = np.eye(len(plain.labels))
    robust = np.full(len(unit), math.nan)
    if isinstance(model, Ordinary):
        robust = np.sqrt(np.diag(model.robust).clip(min=0))
    found["coefficients"] = frame(
        "coefficient estimate se df low high p se_hc3",
        [
            (label, *_estimate(model, line), r)
            for label, line, r in zip(plain.labels, unit, robust.tolist(), strict=True)
        ],
    )
    if isinstance(model, Mixed):
        found["variance"] = frame(
            "between within icc clusters n deviance",
            [(model.between, model.within, model.icc, model.clusters, model.n, model.deviance)],
        )
    return found


def _terms(of: Design, model: Ordinary | Mixed | None) -> list[tuple[Any, ...]]:
    """Return the test of each term, the intercept's first, and what is left."""
    import numpy as np
    from scipy.special import fdtrc

    unit, rows = np.eye(len(of.labels)), []
    for name, columns in of.terms:
        squares, hc3 = math.nan, Test(math.nan, math.nan, math.nan, math.nan)
        test, share = hc3, Effect(math.nan, math.nan, math.nan)
        if isinstance(model, Ordinary):
            test, hc3 = model.f(unit[columns]), model.f(unit[columns], robust=True)
            squares, share = test.statistic * test.df1 * model.residual / model.rest, eta_squared(test)
        elif model is not None:
            f, df1, df2 = model.f(unit[columns])
            test = Test(f, df1, df2, float(fdtrc(df1, df2, f)))
        size = (share.value, share.low, share.high)
        rows.append((name, squares, test.df1, test.df2, test.statistic, test.p, *size, hc3.statistic, hc3.p))
    if isinstance(model, Ordinary):
        rows.append(("residual", model.residual, float(model.rest), *(math.nan,) * 8))
    return rows
