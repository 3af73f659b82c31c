"""Polychoric correlations: of what is thought to stand behind answers in steps."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from relsurvey.aggregate.moments import Missing
from relsurvey.aggregate.tables import PairCounts
from relsurvey.analysis.finding import MIN_N_SHOWN, Face, Finding, Value, fewest
from relsurvey.analysis.models.bivariate import BOUND, EDGE, halved, solve, standard_errors, thresholds
from relsurvey.analysis.normal import Z95, fisher_limits
from relsurvey.analysis.sampling.columns import answers
from relsurvey.errors import AnalysisError
from relsurvey.words import say

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

# Cells worked on at once, so that memory does not grow with the number of pairs.
_CELLS_AT_ONCE = 1 << 20


def ordinal_alpha(correlation: np.ndarray) -> float:
    """Return alpha of a matrix of polychoric correlations (Zumbo, Gadermann & Zeisser 2007).

    Parameters
    ----------
    correlation
        k × k; NaN is returned for fewer than two items, or where a correlation is missing.

    Notes
    -----
    k/(k-1) · (1 - k / sum of the matrix), as R's ``psych::alpha`` of the matrix.

    Examples
    --------
    >>> import numpy as np
    >>> round(ordinal_alpha(np.array([[1.0, 0.5], [0.5, 1.0]])), 4)
    0.6667
    """
    k, total = len(correlation), float(correlation.sum())
    return k / (k - 1) * (1 - k / total) if k > 1 and total > 0 else math.nan


@dataclass(frozen=True, repr=False)
class Polychoric(Finding):
    """Polychoric correlations of k questions.

    Attributes
    ----------
    names
        The k questions.
    missing
        ``"pairwise"``: each pair rests on those who answered both. ``"listwise"``: on complete rows.
    n
        k × k: respondents each correlation rests on.
    correlation, se
        k × k. NaN for a question with fewer than two different answers and for a pair no one answered; no
        standard error at the bound.
    codes, thresholds
        For each question the C answers that were given, and the C - 1 thresholds between them.
    empty
        k × k: how many combinations of given answers nobody chose.
    halved
        k × k: whether half an answer was put into the empty cell of a table of two by two.
    at_bound
        k × k: whether the correlation stands at ±:data:`BOUND`.
    """

    names: tuple[str, ...]
    missing: Missing
    n: np.ndarray
    correlation: np.ndarray
    se: np.ndarray
    codes: tuple[tuple[float, ...], ...]
    thresholds: tuple[np.ndarray, ...]
    empty: np.ndarray
    halved: np.ndarray
    at_bound: np.ndarray

    @property
    def smallest_eigenvalue(self) -> float:
        """The least eigenvalue of the matrix; NaN where a correlation is missing."""
        import numpy as np

        if np.isnan(self.correlation).any():
            return math.nan
        return float(np.linalg.eigvalsh(self.correlation)[0])

    @property
    def positive_definite(self) -> bool:
        """Whether the matrix may be that of real variables; False where a correlation is missing."""
        return self.smallest_eigenvalue > 1e-10

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """``correlation``: a row a pair, with 95 % intervals; ``thresholds``: a row a threshold."""
        import pandas as pd

        pairs = []
        for i, j in self._pairs():
            r, se = float(self.correlation[i, j]), float(self.se[i, j])
            pairs.append(
                (
                    *(self.names[i], self.names[j], int(self.n[i, j]), r, se, *_interval(r, se)),
                    *(int(self.empty[i, j]), bool(self.halved[i, j]), bool(self.at_bound[i, j])),
                )
            )
        steps = [
            (name, int(self.n[i, i]), code, above, float(threshold))
            for i, name in enumerate(self.names)
            for code, above, threshold in zip(
                self.codes[i][:-1], self.codes[i][1:], self.thresholds[i], strict=True
            )
        ]
        head = ["a", "b", "n", "r", "se", "low", "high", "empty_cells", "half_answer", "at_bound"]
        return {
            "correlation": pd.DataFrame(pairs, columns=head),
            "thresholds": pd.DataFrame(steps, columns=["item", "n", "code", "next_code", "threshold"]),
        }

    def in_words(self, language: str = "en") -> str:
        """Return how the answers correlate, and what stands in the way of trusting it."""
        import numpy as np

        k = len(self.names)
        if k == 1:
            return say(language, "polychoric.single")
        pairs = self._pairs()
        counted = [(i, j) for i, j in pairs if not math.isnan(self.correlation[i, j])]
        alone = [name for name, own in zip(self.names, self.codes, strict=True) if len(own) < 2]
        parts = []
        if any(self.n[i, j] < fewest() for i, j in counted):
            parts.append(say(language, "polychoric.few", min_n=fewest()))
        elif counted:
            found = [self.correlation[i, j] for i, j in counted]
            low, high, mean = (f"{x:.2f}" for x in (min(found), max(found), np.mean(found)))
            parts.append(say(language, "polychoric.found", k=k, low=low, high=high, mean=mean))
        else:
            parts.append(say(language, "polychoric.none", k=k))
        if alone:
            parts.append(say(language, "polychoric.constant", items=", ".join(alone)))
        apart = sum(self.n[i, j] == 0 for i, j in pairs)
        marks = (
            ("apart", apart),
            ("bound", sum(self.at_bound[i, j] for i, j in pairs)),
            ("half", sum(self.halved[i, j] for i, j in pairs)),
        )
        parts += [
            say(language, f"polychoric.{mark}", pairs=int(number), all=len(pairs), bound=BOUND)
            for mark, number in marks
            if number
        ]
        if len(counted) == len(pairs) and not self.positive_definite:
            parts.append(say(language, "polychoric.indefinite"))
        if counted:
            parts.append(say(language, "polychoric.supposes"))
        return " ".join(parts)

    def faces(self, language: str = "en", min_n: int = MIN_N_SHOWN) -> tuple[Face, ...]:
        """Return the square of correlations; the tables alone hold thresholds, which give counts away."""
        under = say(language, "polychoric.under", min_n=min_n)
        rows: list[tuple[Value, ...]] = []
        for i, name in enumerate(self.names):
            cells = [
                "" if j > i else under if self.n[i, j] < min_n else float(self.correlation[i, j])
                for j in range(len(self.names))
            ]
            rows.append((name, *cells))
        return (Face(say(language, "polychoric.title"), ("", *self.names), tuple(rows)),)

    def _pairs(self) -> list[tuple[int, int]]:
        return [(i, j) for i in range(len(self.names)) for j in range(i + 1, len(self.names))]


def _interval(r: float, se: float) -> tuple[float, float]:
    """Return the 95 % interval, by Fisher's z."""
    if math.isnan(se):
        return math.nan, math.nan
    return fisher_limits(r, Z95 * se / (1 - r**2))


def polychoric(items: pd.DataFrame | PairCounts, *, missing: Missing = "pairwise") -> Polychoric:
    """Correlate answers in steps as if each question cut a normal scale into steps.

    Parameters
    ----------
    items
        Codes, one row a respondent and one column a question, NaN for missing; or the
        :class:`~relsurvey.aggregate.PairCounts` of such a table. Questions of two answers give tetrachoric
        correlations.
    missing
        ``"pairwise"``: thresholds from all answers to a question, correlations from those who answered both.
        ``"listwise"``: all from complete rows.

    Returns
    -------
    Polychoric
        ``.correlation``, ``.thresholds``, ``.table``, ``.sentence``.

    Raises
    ------
    AnalysisError
        If there is no question or no answer, or a column holds no codes.

    Notes
    -----
    Maximum likelihood in two steps (Olsson 1979): thresholds from each question's own counts, then the one
    correlation of each pair, by Fisher scoring within a bracket. Equal to R's ``lavaan::lavCor`` and, up to
    its optimiser, to ``psych::polychoric(correct=0)``. Standard errors allow for the estimated thresholds
    (Muthén 1984); those of ``lavCor(se="standard")`` are larger by sqrt(n / (n - 1)). As lavaan does, a table
    of two by two with one empty cell gets half an answer there, margins kept: without it the correlation
    would be ±1 whatever the others are. Larger tables are taken as they are. The matrix is not smoothed: see
    ``positive_definite``.

    Examples
    --------
    >>> import pandas as pd
    >>> answers = pd.DataFrame({"a": [1, 1, 2, 2, 3, 3, 1, 3], "b": [1, 2, 1, 2, 2, 3, 1, 3]})
    >>> round(float(polychoric(answers).table.r[0]), 3)
    0.867
    """
    import numpy as np

    from relsurvey.aggregate.frame import pair_counts

    counts = items if isinstance(items, PairCounts) else pair_counts(answers(items))
    k = len(counts.names)
    if k == 0 or counts.rows == 0 or (missing == "listwise" and counts.complete_n == 0):
        raise AnalysisError(
            "There are no answers to correlate. Give a table of answers"
            + (", or missing='pairwise': nobody answered all questions." if counts.rows else ".")
        )
    margins = [np.diag(counts.of(i, i, missing)) for i in range(k)]
    given = [margin > 0 for margin in margins]
    own = [thresholds(m[g]) if g.any() else np.empty(0) for m, g in zip(margins, given, strict=True)]
    codes = tuple(
        tuple(code for code, there in zip(all_codes, g, strict=True) if there)
        for all_codes, g in zip(counts.codes, given, strict=True)
    )
    result = Polychoric(
        names=counts.names,
        missing=missing,
        n=np.diag([int(margin.sum()) for margin in margins]),
        correlation=np.where(np.eye(k, dtype=bool) & [len(one) > 1 for one in codes], 1.0, np.nan),
        se=np.full((k, k), np.nan),
        codes=codes,
        thresholds=tuple(own),
        empty=np.zeros((k, k), dtype=int),
        halved=np.zeros((k, k), dtype=bool),
        at_bound=np.zeros((k, k), dtype=bool),
    )
    pairs, tables = [], []
    c = max(len(one) for one in codes)
    for i in range(k):
        for j in range(i + 1, k):
            table = counts.of(i, j, missing)[np.ix_(given[i], given[j])]
            result.n[i, j] = result.n[j, i] = table.sum()
            if table.sum() and min(table.shape) > 1:
                pairs.append((i, j))
                tables.append(np.pad(table, [(0, c - size) for size in table.shape]))
                result.empty[i, j] = result.empty[j, i] = (table == 0).sum()
    edges, shown = np.full((k, c - 1), EDGE), np.zeros((k, c))
    for i in range(k):
        edges[i, : len(own[i])], shown[i, : len(codes[i])] = own[i], margins[i][given[i]]
    at_once = max(1, _CELLS_AT_ONCE // c**2)
    for start in range(0, len(pairs), at_once):
        some = slice(start, start + at_once)
        _fill(result, np.array(pairs[some]), np.array(tables[some], dtype=float), edges, shown)
    return result


def _fill(
    result: Polychoric, pairs: np.ndarray, tables: np.ndarray, edges: np.ndarray, shown: np.ndarray
) -> None:
    """Put the figures of some pairs into their places."""
    import numpy as np

    i, j = pairs.T
    answers = np.array([len(one) for one in result.codes])
    solvable, half = halved(tables, (answers[i] == 2) & (answers[j] == 2))
    found, reached = solve(solvable, edges[i], edges[j])
    errors = standard_errors(tables, found, edges[i], edges[j], shown[i], shown[j])
    for full, values in (
        (result.correlation, found),
        (result.se, np.where(reached, np.nan, errors)),
        (result.halved, half),
        (result.at_bound, reached),
    ):
        full[i, j] = full[j, i] = values
