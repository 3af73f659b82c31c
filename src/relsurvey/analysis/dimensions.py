"""In how many ways answers vary: eigenvalues of their correlations, beside those of random answers."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from relsurvey.aggregate.moments import Missing, Moments
from relsurvey.analysis.finding import MIN_N_SHOWN, Face, Finding, Value, fewest
from relsurvey.errors import AnalysisError
from relsurvey.words import say

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

#: Random draws, and the seed that makes them the same ones each time.
REPLICATIONS, SEED = 500, 20240101
# Matrix cells drawn at once, so that memory does not grow with the number of draws.
_CELLS_AT_ONCE = 1 << 21


@dataclass(frozen=True, repr=False)
class Dimensions(Finding):
    """Eigenvalues of the correlations of k questions, and of random answers to as many.

    Attributes
    ----------
    names
        The k questions that vary.
    constant
        Questions without variance, or answered by fewer than two: they are left out.
    n
        Respondents: complete rows, or with pairwise correlations those of the pair with the fewest.
    missing
        How correlations treat missing answers; None where they were given.
    eigenvalues
        k of them, descending; their sum is k. NaN where a correlation is missing.
    random_mean, random_95
        Mean and 95th percentile of the eigenvalues of random answers.
    replications, seed
        How many random draws there were, and the seed they come from.
    """

    names: tuple[str, ...]
    constant: tuple[str, ...]
    n: int
    missing: Missing | None
    eigenvalues: np.ndarray
    random_mean: np.ndarray
    random_95: np.ndarray
    replications: int
    seed: int

    @property
    def count(self) -> float:
        """How many eigenvalues, from the first on, exceed 95 of 100 random ones; NaN where unknown."""
        return _leading(self.eigenvalues, self.random_95)

    @property
    def count_mean(self) -> float:
        """The same against the mean of random ones: Horn's own rule, which counts more."""
        return _leading(self.eigenvalues, self.random_mean)

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """``eigenvalues``: one row a dimension, its share of all variance, and the random ones beside it."""
        import pandas as pd

        k = len(self.names)
        return {
            "eigenvalues": pd.DataFrame(
                {
                    "dimension": range(1, k + 1),
                    "eigenvalue": self.eigenvalues,
                    "share": self.eigenvalues / max(k, 1),
                    "random_mean": self.random_mean,
                    "random_95": self.random_95,
                    "counts": [number < self.count for number in range(k)],
                }
            )
        }

    def in_words(self, language: str = "en") -> str:
        """Return in how many ways the answers vary, by which method, and what that does not tell."""
        k, found = len(self.names), self.count
        parts = []
        if k + len(self.constant) == 1:
            parts.append(say(language, "dimensions.single"))
        elif math.isnan(found):
            parts.append(say(language, "dimensions.apart" if k > 1 else "dimensions.nothing"))
        elif self.n < fewest():
            parts.append(say(language, "dimensions.few", min_n=fewest()))
        else:
            key = "none" if found == 0 else "one" if found == 1 else "several"
            parts.append(say(language, f"dimensions.{key}", k=k, m=int(found)))
            parts.append(say(language, "dimensions.method", draws=self.replications, seed=self.seed))
            if self.count_mean != found:
                parts.append(say(language, "dimensions.by_mean", m=int(self.count_mean)))
            if self.eigenvalues[-1] < -1e-8:
                parts.append(say(language, "dimensions.indefinite"))
            parts.append(say(language, "dimensions.not_what"))
        if self.constant and len(self.names) + len(self.constant) > 1:
            parts.append(say(language, "dimensions.constant", items=", ".join(self.constant)))
        return " ".join(parts)

    def faces(self, language: str = "en", min_n: int = MIN_N_SHOWN) -> tuple[Face, ...]:
        """Return the eigenvalues and the random ones; under ``min_n`` respondents, that alone."""
        if self.n < min_n:
            under = say(language, "dimensions.under", min_n=min_n)
            return (Face(say(language, "dimensions.title", n=under), (), ()),)
        title = say(language, "dimensions.title", n=self.n)
        columns = ("dimension", "eigenvalue", "share", "random_mean", "random_95")
        rows: tuple[tuple[Value, ...], ...] = tuple(
            (int(row[0]), *(float(value) for value in row[1:]))
            for row in self.table[list(columns)].itertuples(index=False)
        )
        return (Face(title, tuple(say(language, f"dimensions.{column}") for column in columns), rows),)


def _leading(eigenvalues: np.ndarray, limits: np.ndarray) -> float:
    import numpy as np

    if not len(eigenvalues) or np.isnan(eigenvalues).any():
        return math.nan
    return float(np.cumprod(eigenvalues > limits).sum())


def dimensions(
    items: pd.DataFrame | Moments | np.ndarray,
    *,
    n: int | None = None,
    missing: Missing = "pairwise",
    replications: int = REPLICATIONS,
    seed: int = SEED,
) -> Dimensions:
    """Count in how many ways the answers to some questions vary, by parallel analysis.

    Parameters
    ----------
    items
        Answers, one row a respondent and one column a question, NaN for missing; or the
        :class:`~relsurvey.aggregate.Moments` of such a table; or a k × k correlation matrix.
    n
        Respondents behind a correlation matrix; said for a matrix only.
    missing
        How correlations treat missing answers: ``"pairwise"`` or ``"listwise"``.
    replications, seed
        How many random draws, and where they start: the same seed gives the same figures.

    Returns
    -------
    Dimensions
        ``.count``, ``.eigenvalues``, ``.table``, ``.sentence``.

    Raises
    ------
    AnalysisError
        If there is no question or no answer, ``items`` is an array but no correlation matrix, or ``n`` is
        missing there.

    Notes
    -----
    Horn (1965) with the 95th percentile (Glorfeld 1995): eigenvalues of the whole correlation matrix, as in
    principal components. Random correlation matrices of independent normal answers are drawn from the
    Wishart distribution itself, by Bartlett's decomposition (Smith & Hocking 1972): exact, and as fast for a
    million respondents as for a hundred. Other rules count otherwise: ``psych::fa.parallel`` also gives a
    number of common factors, which is often larger.

    Examples
    --------
    >>> import numpy as np
    >>> one_way = np.full((6, 6), 0.4) + 0.6 * np.eye(6)
    >>> dimensions(one_way, n=500).sentence
    "The answers to these 6 questions vary mainly in one way. This count comes from one method (..."
    """
    import numpy as np

    from relsurvey.aggregate.frame import moments
    from relsurvey.analysis.sampling.columns import answers

    if replications < 1 or seed < 0:
        raise AnalysisError(
            f"Parallel analysis needs a random draw, and a seed from 0 on; it was given {replications} draws "
            f"and seed {seed}. Leave them out, or give replications=500, seed=1."
        )
    if isinstance(items, np.ndarray):
        names, correlation, how = _given(items, n), items, None
        rows = n or 0
    else:
        if n is not None:
            raise AnalysisError("n is said of a correlation matrix alone: answers are counted. Leave n out.")
        m = items if isinstance(items, Moments) else moments(answers(items))
        if not m.names or not m.n(missing):
            raise AnalysisError(
                "There are no answers whose variety could be counted. Give a table of answers."
            )
        names, how = m.names, missing
        correlation, rows = _correlation(m, missing)
    varies = np.isfinite(np.diag(correlation))
    kept = correlation[np.ix_(varies, varies)]
    k = len(kept)
    mean = high = values = np.full(k, math.nan)
    if k > 1 and np.isfinite(kept).all():
        values = np.linalg.eigvalsh(kept)[::-1]
        drawn = random_eigenvalues(k, rows, replications, seed)
        mean, high = drawn.mean(axis=0), np.quantile(drawn, 0.95, axis=0)
    vary = [name for name, there in zip(names, varies, strict=True) if there]
    constant = [name for name, there in zip(names, varies, strict=True) if not there]
    return Dimensions(tuple(vary), tuple(constant), rows, how, values, mean, high, replications, seed)


def _given(correlation: np.ndarray, n: int | None) -> tuple[str, ...]:
    """Check a correlation matrix; return names for its variables."""
    import numpy as np

    square = correlation.ndim == 2 and correlation.shape[0] == correlation.shape[1] > 0
    known = correlation[np.isfinite(correlation)] if square and correlation.dtype.kind == "f" else None
    if (
        known is None
        or not np.allclose(correlation, correlation.T, atol=1e-8, equal_nan=True)
        or not np.allclose(np.diag(correlation)[np.isfinite(np.diag(correlation))], 1.0)
        or (np.abs(known) > 1 + 1e-8).any()
    ):
        raise AnalysisError(
            "This array is no correlation matrix: square, the same on both sides of a diagonal of ones. "
            "Give one, or the answers as a DataFrame."
        )
    if n is None or n < 2:
        raise AnalysisError("How many respondents the correlations rest on is not known. Give n, 2 or more.")
    return tuple(str(number) for number in range(1, len(correlation) + 1))


def _correlation(m: Moments, missing: Missing) -> tuple[np.ndarray, int]:
    """Return correlations, NaN for what does not vary, and the respondents they rest on."""
    import numpy as np

    covariance = m.covariance(missing)
    variance = np.diag(covariance)
    # Answers that are all the same leave rounding of their mean, not variance.
    mean = np.array([m.of(i, missing).mean for i in range(len(m.names))])
    varies = variance > 1e-20 * np.maximum(1.0, mean**2)
    sd = np.sqrt(np.where(varies, variance, np.nan))
    correlation = covariance / np.outer(sd, sd)
    if missing == "listwise" or varies.sum() < 2:
        return correlation, m.n(missing)
    return correlation, int(m.pair_n[np.ix_(varies, varies)].min())


def random_eigenvalues(k: int, n: int, replications: int, seed: int) -> np.ndarray:
    """Return the eigenvalues of correlations among independent normal variables.

    Parameters
    ----------
    k, n
        Variables and rows, 2 or more of each.
    replications, seed
        How many sets, and the seed they come from.

    Returns
    -------
    numpy.ndarray
        replications × k, each row descending.

    Notes
    -----
    A sum of products of n rows about their mean is a Wishart matrix of n - 1 degrees of freedom, which is
    L·Lᵀ with L lower triangular: normal below the diagonal, roots of chi squares on it (Bartlett 1933). With
    fewer degrees than variables L has as many columns as there are degrees.

    Examples
    --------
    >>> random_eigenvalues(3, 1_000_000, 2, seed=1).round(2).tolist()
    [[1.0, 1.0, 1.0], [1.0, 1.0, 1.0]]
    """
    import numpy as np

    rng = np.random.default_rng(seed)
    df = n - 1
    columns = min(df, k)
    at_once = max(1, _CELLS_AT_ONCE // k**2)
    found = []
    for start in range(0, replications, at_once):
        sets = min(at_once, replications - start)
        lower = np.tril(rng.standard_normal((sets, k, columns)), -1)
        place = np.arange(columns)
        lower[:, place, place] = np.sqrt(rng.chisquare(df - place, size=(sets, columns)))
        lower /= np.linalg.norm(lower, axis=2, keepdims=True)
        found.append(np.linalg.eigvalsh(lower @ lower.transpose(0, 2, 1))[:, ::-1])
    result: np.ndarray = np.concatenate(found)
    return result
