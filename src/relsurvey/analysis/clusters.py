"""Means and differences that speak of schools or classes in general, not only of these (rules.md 5)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

from relsurvey.aggregate.moments import Sums
from relsurvey.analysis.finding import MIN_N_SHOWN, Face, Finding, Value, fewest
from relsurvey.analysis.sampling.columns import by_cluster, cell_sums, members, numbers
from relsurvey.analysis.sampling.sandwich import MIN_CLUSTERS, Least, Term, terms
from relsurvey.errors import AnalysisError
from relsurvey.words import say

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

#: What the clusters are; sentences speak of them by that name.
Level = Literal["school", "team", "section", "teacher"]
LEVELS: tuple[str, ...] = get_args(Level)
Kind = Literal["mean", "difference", "model"]

#: Standard errors below this share of the scores are rounding.
_NOISE = 1e-12


@dataclass(frozen=True, repr=False)
class Generalised(Finding):
    """Figures over clusters in general: numbers once, and every face of them.

    Attributes
    ----------
    kind
        A ``mean``, a ``difference`` of two groups, or a ``model`` with covariates.
    scale, level
        What was measured, and what the clusters are.
    terms
        The figures.
    sides
        The two groups of a difference: first minus second; nothing otherwise.
    n, clusters
        Students and clusters in all.
    """

    kind: Kind
    scale: str
    level: Level
    terms: tuple[Term, ...]
    sides: tuple[str, ...]
    n: int
    clusters: int

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """``terms``: one row a figure; exact, for this kernel alone."""
        import pandas as pd

        head = (
            "estimate",
            "se",
            "df",
            "low",
            "high",
            "p",
            "se_cr1",
            "se_cr0",
            "se_naive",
            "n",
            "clusters",
            "verdict",
        )
        rows = [(self.scale, term.name, *(getattr(term, name) for name in head)) for term in self.terms]
        return {"terms": pd.DataFrame(rows, columns=["scale", "term", *head])}

    def in_words(self, language: str = "en") -> str:
        """Say what holds over clusters in general, or that it cannot be told."""
        # An intercept is the mean of students whose covariates are all 0: often of nobody.
        told = self.terms[1:] if self.kind == "model" else self.terms
        return " ".join(
            [
                *(self._term(term, language) for term in told),
                say(language, "nesting.own_figures", units=say(language, f"nesting.units.{self.level}")),
            ]
        )

    def _term(self, term: Term, language: str) -> str:
        units = say(language, f"nesting.units.{self.level}")
        name = f"{term.name}: " if self.kind == "model" else ""
        if term.n < fewest():
            return name + say(language, "nesting.too_few_students", min_n=fewest())
        if term.verdict in {"too_few_clusters", "no_spread"}:
            return name + say(language, f"nesting.{term.verdict}", units=units, least=MIN_CLUSTERS)
        values = {
            "units": units,
            "estimate": f"{abs(term.estimate):.2f}",
            "low": f"{term.low:.2f}",
            "high": f"{term.high:.2f}",
        }
        if self.kind == "mean":
            return say(language, "nesting.mean", **values | {"estimate": f"{term.estimate:.2f}"})
        if self.kind == "model":
            key = "nesting.term_not_zero" if term.verdict == "not_zero" else "nesting.term_cannot_tell"
            return name + say(language, key, **values | {"estimate": f"{term.estimate:.2f}"})
        first, second = self.sides
        if term.verdict == "cannot_tell":
            return say(language, "nesting.difference_cannot_tell", a=first, b=second, **values)
        if term.estimate < 0:
            # Told from the higher side, so that no gap is negative.
            first, second = second, first
            values |= {"low": f"{-term.high:.2f}", "high": f"{-term.low:.2f}"}
        return say(language, "nesting.difference", a=first, b=second, **values)

    def faces(self, language: str = "en", min_n: int = MIN_N_SHOWN) -> tuple[Face, ...]:
        """Return the figures; what rests on a side under ``min_n``, or on too few clusters, is masked."""
        rows: list[tuple[Value, ...]] = []
        for term in self.terms:
            name = self._named(term, language)
            if term.n < min_n:
                rows.append((name, say(language, "nesting.under", min_n=min_n), "", None, None, None))
            elif term.verdict == "too_few_clusters":
                rows.append((name, term.n, term.clusters, term.estimate, None, None))
            else:
                rows.append((name, term.n, term.clusters, term.estimate, term.low, term.high))
        units = say(language, f"nesting.units.{self.level}")
        keys = ("what", "students", "units_head", "value", "low", "high")
        head = tuple(say(language, f"nesting.head.{key}", units=units) for key in keys)
        return (Face(say(language, "nesting.general_title", units=units), head, tuple(rows)),)

    def _named(self, term: Term, language: str) -> str:
        if self.kind == "mean":
            return say(language, "nesting.head.mean")
        return " − ".join(self.sides) if self.kind == "difference" else term.name


def known_level(level: str) -> None:
    """Refuse a level that sentences have no word for.

    Raises
    ------
    AnalysisError
        If it is none of :data:`LEVELS`.
    """
    if level not in LEVELS:
        raise AnalysisError(f"{level!r} is no level. It is one of {', '.join(LEVELS)}.")


def cluster_mean(
    scores: pd.Series | np.ndarray | Mapping[str, Sums],
    clusters: pd.Series | np.ndarray | Sequence[object] | None = None,
    *,
    scale: str = "",
    level: Level = "school",
) -> Generalised:
    """Give the mean over clusters in general, with an interval that holds when students in one are alike.

    Parameters
    ----------
    scores
        One a respondent, NaN for missing; or the sums of each cluster by name, and then no ``clusters``.
    clusters
        Each respondent's school, class or teacher; rows without one are left out.
    scale, level
        Names that stand in the result.

    Raises
    ------
    AnalysisError
        If there is no score, or ``level`` is none that is known.

    Notes
    -----
    The mean of all students, not of the clusters' means. Equal to ``clubSandwich`` on ``lm(y ~ 1)``.

    Examples
    --------
    >>> found = cluster_mean([1.0, 2, 2, 3, 4, 4], ["a", "a", "b", "b", "c", "c"])
    >>> round(found.terms[0].se, 4), found.terms[0].verdict
    (0.7265, 'too_few_clusters')
    """
    sums = by_cluster(scores, clusters)
    cells = {(name, "mean"): s for name, s in sums.items()}
    return _generalised(cells, ("mean",), scale, level)


def cluster_difference(
    scores: pd.Series | np.ndarray | Mapping[tuple[str, str], Sums],
    groups: pd.Series | np.ndarray | Sequence[object] | None = None,
    clusters: pd.Series | np.ndarray | Sequence[object] | None = None,
    *,
    a: str,
    b: str,
    scale: str = "",
    level: Level = "school",
) -> Generalised:
    """Give the difference of two groups over clusters in general: mean of ``a`` minus mean of ``b``.

    Parameters
    ----------
    scores
        One a respondent, NaN for missing; or the sums by cluster and group, and then no ``groups`` and
        ``clusters``.
    groups, clusters
        Each respondent's group, and school, class or teacher; rows without one of them are left out.
    a, b
        The groups. They may lie within clusters (gender) or be whole clusters (a practice given by school).
    scale, level
        Names that stand in the result.

    Raises
    ------
    AnalysisError
        If one of the groups has no score, or ``level`` is none that is known.

    Notes
    -----
    Equal to ``clubSandwich`` on ``lm(y ~ group)``. Fewer than 5 clusters on one side is "cannot tell".

    Examples
    --------
    >>> schools = list("aabbccddeeff")
    >>> scores = [1.0, 2, 2, 3, 1, 3, 2, 4, 3, 3, 2, 5]
    >>> found = cluster_difference(scores, ["x", "y"] * 6, schools, a="y", b="x")
    >>> round(found.terms[0].estimate, 2), round(found.terms[0].df, 2), found.terms[0].clusters
    (1.5, 5.0, 6)
    """
    if isinstance(scores, Mapping):
        cells = {(str(c), str(g)): s for (c, g), s in scores.items()}
    elif groups is None or clusters is None:
        raise AnalysisError("Give each respondent's group and cluster, or the sums by cluster and group.")
    else:
        cells = cell_sums(scores, clusters, groups)
    if a == b:
        raise AnalysisError("A difference needs two groups: a and b are the same.")
    for side in (a, b):
        if not any(s.n for (_, group), s in cells.items() if group == side):
            raise AnalysisError(f"Nobody in the group {side!r} has a score. Name a group that has some.")
    return _generalised(cells, (a, b), scale, level)


def _generalised(
    cells: Mapping[tuple[str, str], Sums],
    groups: tuple[str, ...],
    scale: str,
    level: Level,
) -> Generalised:
    """Fit one mean a group: what all students of a cell share is all that the design knows of them."""
    import numpy as np

    known_level(level)
    kept = {key: s for key, s in cells.items() if key[1] in groups and s.n}
    names = sorted({cluster for cluster, _ in kept})
    row = {name: i for i, name in enumerate(names)}
    # About the first mean, so that large scores lose no digits.
    first = next(iter(kept.values())).mean
    n = np.zeros((len(names), len(groups)))
    mean = np.zeros_like(n)
    for (cluster, group), s in kept.items():
        n[row[cluster], groups.index(group)] = s.n
        mean[row[cluster], groups.index(group)] = s.mean - first
    total = n.sum(axis=0)
    fitted = (n * mean).sum(axis=0) / total
    residual = n * (mean - fitted)
    fit = Least(
        gram=n[:, :, None] * np.eye(len(groups)),
        residual=residual,
        coefficients=fitted + first,
        squares=sum(s.squares for s in kept.values()) + float((residual * (mean - fitted)).sum()),
        rows=int(total.sum()),
        noise=_NOISE * max(abs(s.mean) for s in kept.values()),
    )
    contrast = [[1.0]] if len(groups) == 1 else [[1.0, -1.0]]
    side = (int(total.min()), int((n > 0).sum(axis=0).min()))
    found = terms(fit, [" - ".join(groups)], np.array(contrast), [side])
    kind: Kind = "mean" if len(groups) == 1 else "difference"
    return Generalised(
        kind, scale, level, found, groups if kind == "difference" else (), fit.rows, len(names)
    )


def cluster_model(
    scores: pd.Series | np.ndarray,
    covariates: pd.DataFrame,
    clusters: pd.Series | np.ndarray | Sequence[object],
    *,
    scale: str = "",
    level: Level = "school",
) -> Generalised:
    """Give least-squares coefficients over clusters in general: a difference with other things held equal.

    Parameters
    ----------
    scores
        One a respondent, NaN for missing.
    covariates
        One row a respondent. Numbers enter as they are; any other column as one term a category, against its
        first category in sorted order.
    clusters
        Each respondent's school, class or teacher. Rows without score, cluster or a covariate are left out.
    scale, level
        Names that stand in the result.

    Raises
    ------
    AnalysisError
        If there are fewer complete rows than terms, or a covariate says nothing that others do not say.

    Notes
    -----
    Reads rows, once; the standard errors come from each cluster's cross-products. Equal to ``clubSandwich``
    (CR2, Satterthwaite) and ``sandwich::vcovCL(type="HC1")`` (CR1) on ``lm``.

    Examples
    --------
    >>> import pandas as pd
    >>> hours = pd.DataFrame({"hours": [1, 2, 3, 4, 1, 3, 2, 5, 4, 2, 1, 2]})
    >>> found = cluster_model([1.0, 2, 3, 3, 1, 3, 2, 5, 3, 3, 2, 1], hours, list("aabbccddeeff"))
    >>> [(term.name, round(term.estimate, 2)) for term in found.terms]
    [('intercept', 0.51), ('hours', 0.76)]
    """
    import numpy as np

    known_level(level)
    y = numbers(scores, "scores")
    _, which = members(clusters, len(y), "clusters")
    if len(covariates) != len(y):
        raise AnalysisError(f"There are {len(y)} scores but {len(covariates)} rows of covariates.")
    labels, columns = _design(covariates)
    x = np.column_stack([np.ones(len(y)), *columns])
    known = ~np.isnan(y) & (which >= 0) & ~np.isnan(x).any(axis=1)
    y, x = y[known], x[known]
    found, which = np.unique(which[known], return_inverse=True)
    if len(y) <= x.shape[1]:
        raise AnalysisError(
            f"{len(y)} complete respondents are too few for {x.shape[1]} terms. Take fewer covariates."
        )
    # About their means and in units of their spread, so that cross-products lose no digits.
    middle, unit = x[:, 1:].mean(axis=0), x[:, 1:].std(axis=0)
    for label, spread in zip(labels, unit, strict=True):
        if not spread > _NOISE * max(1.0, float(np.abs(x).max())):
            raise AnalysisError(f"The covariate {label!r} is the same for all. Leave it out.")
    z = np.column_stack([np.ones(len(y)), (x[:, 1:] - middle) / unit])
    if np.linalg.eigvalsh(z.T @ z / len(y))[0] < 1e-10:
        raise AnalysisError(
            "One covariate follows from the others, so they cannot be told apart. Leave it out."
        )
    centre = float(y.mean())
    b = np.linalg.solve(z.T @ z, z.T @ (y - centre))
    e = y - centre - z @ b
    p, k = z.shape[1], len(found)
    order = np.argsort(which, kind="stable")
    parts = np.split(order, np.flatnonzero(np.diff(which[order])) + 1)
    gram = np.stack([z[mine].T @ z[mine] for mine in parts])
    residual = np.stack([z[mine].T @ e[mine] for mine in parts])
    # Back to the covariates' own units: a slope by its spread, the intercept where all covariates are 0.
    contrasts = np.diag(np.concatenate([[1.0], 1 / unit]))
    contrasts[0, 1:] = -middle / unit
    fit = Least(
        gram,
        residual,
        b + centre * (np.arange(p) == 0),
        float(e @ e),
        len(y),
        _NOISE * float(np.abs(y).max()),
    )
    sides = [(len(y), k), *(_sides(x[:, i], which, k) for i in range(1, p))]
    return Generalised(
        "model", scale, level, terms(fit, ["intercept", *labels], contrasts, sides), (), len(y), k
    )


def _design(covariates: pd.DataFrame) -> tuple[list[str], list[np.ndarray]]:
    """Return the terms and their columns: numbers as they are, categories but the first as 0 and 1."""
    import numpy as np
    import pandas as pd

    labels, columns = [], []
    for name in covariates:
        column = covariates[name]
        if pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column):
            labels.append(str(name))
            columns.append(numbers(column, "covariates"))
            continue
        found, which = members(column, len(column), "covariates")
        for place, category in enumerate(found[1:], 1):
            labels.append(f"{name}: {category}")
            columns.append(np.where(which < 0, np.nan, (which == place).astype(float)))
    if not labels:
        raise AnalysisError("There is no covariate that varies. Use cluster_mean for the mean alone.")
    return labels, columns


def _sides(column: np.ndarray, which: np.ndarray, clusters: int) -> tuple[int, int]:
    """Return students and clusters of a term's smaller side; all of them where it has no two sides."""
    import numpy as np

    values = np.unique(column)
    if len(values) > 2:
        return len(column), clusters
    sides = [column == value for value in values]
    return min(int(s.sum()) for s in sides), min(len(np.unique(which[s])) for s in sides)
