"""Which answers which group gives more often: chi-square, Cramér's V, adjusted residuals."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from relsurvey.analysis.finding import MIN_N_FILE, MIN_N_SHOWN, Face, Finding, Value
from relsurvey.analysis.groups.effects import cramers_v
from relsurvey.analysis.groups.twosample import Effect, Test, holm
from relsurvey.errors import AnalysisError
from relsurvey.words import say

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

#: A table with more lines is no question and no group.
MOST_LINES = 100


@dataclass(frozen=True, eq=False)
class Association:
    """How the two sides of a table of counts go together; NaN where a side has one line only.

    Attributes
    ----------
    chi_square
        Pearson's, without continuity correction.
    smallest_expected
        The least expected count: under 5 the p is rough.
    v, v_corrected
        Cramér's V, and the same less what chance adds.
    residuals
        Adjusted (standardised) residual of every cell: past 2 or so, more than chance.
    """

    chi_square: Test
    smallest_expected: float
    v: Effect
    v_corrected: Effect
    residuals: np.ndarray


def association(counts: np.ndarray) -> Association:
    """Return how lines and columns of a table of counts go together; R's ``chisq.test(correct=FALSE)``.

    Parameters
    ----------
    counts
        Two-dimensional; empty lines and columns do not count, and their residuals are NaN.

    Notes
    -----
    Adjusted residuals by Haberman (1973): R's ``stdres``.

    Examples
    --------
    >>> import numpy as np
    >>> found = association(np.array([[10, 20], [20, 10]]))
    >>> round(found.chi_square.statistic, 3), found.residuals.round(2).tolist()
    (6.667, [[-2.58, 2.58], [2.58, -2.58]])
    """
    import numpy as np
    from scipy.special import chdtrc

    table = np.asarray(counts, dtype=float)
    lines, columns, n = table.sum(axis=1), table.sum(axis=0), table.sum()
    rows, across = np.flatnonzero(lines), np.flatnonzero(columns)
    residuals = np.full(table.shape, math.nan)
    if len(rows) < 2 or len(across) < 2:
        none = Effect(math.nan, math.nan, math.nan)
        return Association(Test(math.nan, math.nan, math.nan, math.nan), math.nan, none, none, residuals)
    used = np.ix_(rows, across)
    expected = np.outer(lines, columns)[used] / n
    apart = table[used] - expected
    chi2 = float((apart**2 / expected).sum())
    free = np.outer(1 - lines / n, 1 - columns / n)[used]
    residuals[used] = apart / np.sqrt(expected * free)
    df = (len(rows) - 1) * (len(across) - 1)
    size = (len(rows), len(across), int(n))
    return Association(
        Test(chi2, df, math.nan, float(chdtrc(df, chi2))),
        float(expected.min()),
        cramers_v(chi2, *size),
        cramers_v(chi2, *size, corrected=True),
        residuals,
    )


@dataclass(frozen=True, eq=False, repr=False)
class Crosstab(Finding):
    """Answers by group.

    Attributes
    ----------
    answer, by
        The names of the two sides.
    answers, groups
        The lines and the columns, in order.
    counts
        How many gave each answer, one line an answer and one column a group.
    """

    answer: str
    by: str
    answers: tuple[str, ...]
    groups: tuple[str, ...]
    counts: np.ndarray

    @cached_property
    def association(self) -> Association:
        """How the two sides go together."""
        return association(self.counts)

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """``cells``: one row an answer and group; ``association``: one row for the whole; exact."""
        import numpy as np
        import pandas as pd

        found, n = self.association, self.counts.sum(axis=0)
        adjusted = self._adjusted()
        cells = [
            (
                a,
                g,
                int(self.counts[i, j]),
                self.counts[i, j] / n[j] if n[j] else math.nan,
                found.residuals[i, j],
                adjusted[i, j],
            )
            for i, a in enumerate(self.answers)
            for j, g in enumerate(self.groups)
        ]
        chi, v, corrected = found.chi_square, found.v, found.v_corrected
        whole = [
            (
                int(np.sum(self.counts)),
                chi.statistic,
                chi.df1,
                chi.p,
                found.smallest_expected,
                v.value,
                v.low,
                v.high,
                corrected.value,
                corrected.low,
                corrected.high,
            )
        ]
        return {
            "cells": pd.DataFrame(
                cells, columns=["answer", "group", "n", "share", "adjusted_residual", "p_adjusted"]
            ),
            "association": pd.DataFrame(
                whole,
                columns=[
                    "n",
                    "chi_square",
                    "df",
                    "p",
                    "smallest_expected",
                    "v",
                    "v_low",
                    "v_high",
                    "v_corrected",
                    "v_corrected_low",
                    "v_corrected_high",
                ],
            ),
        }

    def _adjusted(self) -> np.ndarray:
        """Return each cell's p, Holm over all cells."""
        import numpy as np

        flat = [math.erfc(abs(r) / math.sqrt(2)) for r in self.association.residuals.ravel()]
        return np.array(holm(flat)).reshape(self.counts.shape)

    def in_words(self, language: str = "en") -> str:
        """Return which answers stand out where, or that none can be told."""
        chi, n = self.association.chi_square, self.counts.sum(axis=0)
        if math.isnan(chi.p) or (n >= MIN_N_FILE).sum() < 2:
            return say(language, "compare.nothing")
        if chi.p >= 0.05:
            return self._rough(language, [say(language, "compare.answers_alike")])
        adjusted, parts = self._adjusted(), []
        for sign, key in ((1, "compare.answers_more"), (-1, "compare.answers_fewer")):
            for j, group in enumerate(self.groups):
                found = [
                    say(language, "page.quoted", text=answer)
                    for i, answer in enumerate(self.answers)
                    if n[j] >= MIN_N_FILE
                    and adjusted[i, j] < 0.05
                    and sign * self.association.residuals[i, j] > 0
                ]
                if found:
                    parts.append(say(language, key, group=group, answers=", ".join(found)))
        return self._rough(language, parts or [say(language, "compare.answers_somewhere")])

    def _rough(self, language: str, parts: list[str]) -> str:
        if self.association.smallest_expected < 5:
            parts.append(say(language, "compare.answers_rough"))
        return " ".join(parts)

    def faces(self, language: str = "en", min_n: int = MIN_N_SHOWN) -> tuple[Face, ...]:
        """Return the shares; groups under ``min_n`` are masked."""
        n = self.counts.sum(axis=0)
        under = say(language, "compare.under", min_n=min_n)
        rows: list[tuple[Value, ...]] = [
            (
                answer,
                *(
                    under if n[j] < min_n else f"{100 * self.counts[i, j] / n[j]:.0f} %"
                    for j in range(len(self.groups))
                ),
            )
            for i, answer in enumerate(self.answers)
        ]
        rows.append((say(language, "compare.head_students"), *(under if k < min_n else int(k) for k in n)))
        head = (self.answer or say(language, "compare.head_answer"), *self.groups)
        return (Face(say(language, "compare.title_answers"), head, tuple(rows)),)


def crosstab(
    answers: pd.Series | np.ndarray | pd.DataFrame,
    groups: pd.Series | np.ndarray | None = None,
    *,
    order: Sequence[str] = (),
    answer: str = "",
    by: str = "",
) -> Crosstab:
    """Count answers by group and say where they differ.

    Parameters
    ----------
    answers
        One answer a respondent (a label or a code), or a table of counts: one line an answer, one column a
        group.
    groups
        One group a respondent, in the same order; rows without one of the two are left out.
    order
        Groups that come first; the others follow sorted, as do the answers.
    answer, by
        Names that stand in the result.

    Raises
    ------
    AnalysisError
        If the columns differ in length, there are more than 100 answers or groups, or counts are none.

    Examples
    --------
    >>> import pandas as pd
    >>> found = crosstab(pd.Series(["no"] * 40 + ["yes"] * 40), pd.Series((["a"] * 30 + ["b"] * 10) * 2))
    >>> found.table.share.tolist()
    [0.5, 0.5, 0.5, 0.5]
    """
    import numpy as np
    import pandas as pd

    if isinstance(answers, pd.DataFrame):
        counts = answers.to_numpy()
        number = np.issubdtype(counts.dtype, np.number)
        if not number or not np.isfinite(counts).all() or (counts < 0).any() or (counts % 1 != 0).any():
            raise AnalysisError(
                "A table of counts holds whole numbers from 0 up. Give the counts themselves."
            )
        lines, columns = [str(x) for x in answers.index], [str(x) for x in answers.columns]
        counts = counts.astype(np.int64)
    else:
        a = pd.Series(np.asarray(answers, dtype=object))
        b = pd.Series(np.asarray([] if groups is None else groups, dtype=object))
        if len(a) != len(b):
            raise AnalysisError(
                f"There are {len(a)} answers but {len(b)} group labels. Give one label an answer."
            )
        known = (a.notna() & b.notna()).to_numpy()
        a, b = a[known], b[known].astype(str)
        try:
            lines_found = sorted(a.unique())
        except TypeError:
            lines_found = sorted(a.unique(), key=str)
        names = sorted(b.unique())
        columns = [*[g for g in dict.fromkeys(order) if g in names], *[g for g in names if g not in order]]
        place = pd.Categorical(a, categories=lines_found).codes.astype(np.int64)
        counts = np.bincount(
            place * len(columns) + pd.Categorical(b, categories=columns).codes,
            minlength=len(lines_found) * len(columns),
        ).reshape(len(lines_found), len(columns))
        lines = [_label(x) for x in lines_found]
    if max(counts.shape, default=0) > MOST_LINES:
        raise AnalysisError(
            f"There are {counts.shape[0]} answers and {counts.shape[1]} groups; a table of more than "
            f"{MOST_LINES} is none to read. Compare scores with compare() instead."
        )
    return Crosstab(answer, by, tuple(lines), tuple(columns), counts)


def _label(value: object) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
