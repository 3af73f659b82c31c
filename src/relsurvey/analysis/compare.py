"""How groups differ on a scale: means, shares, tests, pairs."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from relsurvey.aggregate.frame import sums as sums_of
from relsurvey.aggregate.moments import Sums
from relsurvey.analysis.shares import wilson
from relsurvey.analysis.twosample import (
    Effect,
    Test,
    anova_from_sums,
    hedges_g,
    holm,
    student_from_sums,
    welch_anova_from_sums,
    welch_from_sums,
)
from relsurvey.errors import AnalysisError
from relsurvey.escape import html_text
from relsurvey.words import say

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from relsurvey.analysis.verdict import Difference


@dataclass(frozen=True)
class Group:
    """One group on one scale; ``favorable`` is a count, None where nothing was said of favorable answers."""

    name: str
    score: Sums
    favorable: int | None
    favorable_answers: float
    verdict: Difference | None = None

    @property
    def share(self) -> float:
        """The share of favorable students, 0-1."""
        return math.nan if self.favorable is None or self.score.n == 0 else self.favorable / self.score.n


@dataclass(frozen=True)
class Pair:
    """Two groups: a minus b."""

    a: str
    b: str
    difference: float
    low: float
    high: float
    effect: Effect
    p: float
    p_adjusted: float


@dataclass(frozen=True)
class Comparison:
    """A comparison of groups on a scale: numbers once, and every face of them.

    Attributes
    ----------
    scale, by, wave
        What was compared, by what, when.
    groups
        In the order of the variable's categories.
    overall
        Tests over all groups by name.
    paired
        Every two groups, p adjusted by Holm.
    comparable
        Whether the scale means the same to the groups: ``"not checked"`` until it was tested.
    min_n
        Groups under it are masked in what a notebook shows.
    """

    scale: str
    by: str
    wave: str | None
    groups: tuple[Group, ...]
    overall: tuple[tuple[str, Test], ...]
    paired: tuple[Pair, ...]
    comparable: str = "not checked"
    min_n: int = 10

    @property
    def table(self) -> pd.DataFrame:
        """One row a group; exact, for this kernel alone. Shares are 0-1."""
        import pandas as pd

        rows = []
        for g in self.groups:
            low, high = wilson(g.favorable, g.score.n) if g.favorable is not None else (math.nan, math.nan)
            rows.append(
                (
                    self.scale,
                    self.wave,
                    g.name,
                    g.score.n,
                    g.score.mean,
                    g.score.sd,
                    g.share,
                    low,
                    high,
                    g.favorable_answers,
                    g.verdict,
                )
            )
        return pd.DataFrame(
            rows,
            columns=[
                "scale",
                "wave",
                "group",
                "n",
                "mean",
                "sd",
                "favorable",
                "favorable_low",
                "favorable_high",
                "favorable_answers",
                "verdict",
            ],
        )

    @property
    def tests(self) -> pd.DataFrame:
        """One row a test."""
        import pandas as pd

        rows = [(self.scale, name, t.statistic, t.df1, t.df2, t.p) for name, t in self.overall]
        return pd.DataFrame(rows, columns=["scale", "test", "statistic", "df1", "df2", "p"])

    @property
    def pairs(self) -> pd.DataFrame:
        """One row for every two groups; a minus b in points of the scale, with Hedges' g."""
        import pandas as pd

        rows = [
            (
                self.scale,
                p.a,
                p.b,
                p.difference,
                p.low,
                p.high,
                p.effect.value,
                p.effect.low,
                p.effect.high,
                p.p,
                p.p_adjusted,
            )
            for p in self.paired
        ]
        return pd.DataFrame(
            rows,
            columns=[
                "scale",
                "a",
                "b",
                "difference",
                "low",
                "high",
                "g",
                "g_low",
                "g_high",
                "p",
                "p_adjusted",
            ],
        )

    @property
    def sentence(self) -> str:
        """What can be said of each group beside all other students."""
        found = [g for g in self.groups if g.score.n >= self.min_n and g.verdict is not None]
        parts = [f"{g.name}: {say('en', f'verdict.{g.verdict}')}" for g in found]
        small = len(self.groups) - len([g for g in self.groups if g.score.n >= self.min_n])
        if small:
            parts.append(say("en", "compare.too_few", k=small, min_n=self.min_n))
        return "; ".join(parts) + "." if parts else say("en", "compare.nothing")

    def _repr_html_(self) -> str:
        head = ("group", "students", "mean", "share favorable", "compared with all others")
        body = ""
        for g in self.groups:
            if g.score.n < self.min_n:
                cells = (g.name, f"under {self.min_n}", "", "", "too few")
            else:
                share = "" if math.isnan(g.share) else f"{100 * g.share:.0f} %"
                cells = (
                    g.name,
                    str(g.score.n),
                    f"{g.score.mean:.2f}",
                    share,
                    (g.verdict or "").replace("_", " "),
                )
            body += "<tr>" + "".join(f"<td>{html_text(c)}</td>" for c in cells) + "</tr>"
        return (
            "<table><thead><tr>"
            + "".join(f"<th>{h}</th>" for h in head)
            + f"</tr></thead><tbody>{body}</tbody></table>"
            f"<p>{html_text(self.sentence)}</p>"
        )


def compare(
    scores: pd.Series | np.ndarray,
    groups: pd.Series | np.ndarray,
    favorable: pd.Series | np.ndarray | None = None,
    *,
    favorable_answers: pd.Series | np.ndarray | None = None,
    order: tuple[str, ...] | None = None,
    scale: str = "",
    by: str = "",
    wave: str | None = None,
    verdicts: dict[str, Difference] | None = None,
) -> Comparison:
    """Compare groups on a scale.

    Parameters
    ----------
    scores
        One score a respondent; NaN rows are left out.
    groups
        One group label a respondent; missing ones are left out.
    favorable
        1 where the respondent is favorable, 0 where not; without it there are no shares.
    favorable_answers
        Each respondent's share of favorable answers, 0-1.
    order
        Group labels in the order of the table; else sorted.
    scale, by, wave, verdicts
        Names and verdicts that stand in the result.

    Returns
    -------
    Comparison
        ``.table``, ``.tests``, ``.pairs``, ``.sentence``.

    Raises
    ------
    AnalysisError
        If fewer than two groups have scores.

    Notes
    -----
    Equal to R: ``t.test``, ``aov``, ``oneway.test``, ``kruskal.test``, ``wilcox.test(exact=FALSE)``,
    ``effectsize::hedges_g``. Intervals of differences are Welch's.

    Examples
    --------
    >>> import pandas as pd
    >>> result = compare(pd.Series([1.0, 2, 3, 4, 5, 6]), pd.Series(list("aaabbb")))
    >>> result.tests[result.tests.test == "welch_t"].statistic.round(3).tolist()
    [-3.674]
    """
    import numpy as np
    import pandas as pd

    y = np.asarray(scores, dtype=float)
    labels = np.asarray(groups, dtype=object)
    if len(y) != len(labels):
        raise AnalysisError(
            f"There are {len(y)} scores but {len(labels)} group labels. Give one label a score."
        )
    known = ~np.isnan(y) & ~pd.isna(labels)
    names = [str(name) for name in pd.unique(labels[known])]
    wanted = [name for name in order if name in names] if order else []
    names = wanted + sorted(name for name in names if name not in wanted)
    if len(names) < 2:
        raise AnalysisError(
            f"Comparing {scale or 'scores'} by {by or 'group'} needs two groups with scores; "
            f"there is {len(names)}."
        )
    masks = [known & (labels.astype(str) == name) for name in names]
    sums = [sums_of(y[m]) for m in masks]
    shares = None if favorable is None else np.asarray(favorable, dtype=float)
    answers = None if favorable_answers is None else np.asarray(favorable_answers, dtype=float)
    found = tuple(
        Group(
            name,
            s,
            None if shares is None else int(np.nansum(shares[m])),
            math.nan if answers is None else float(np.nanmean(answers[m])),
            (verdicts or {}).get(name),
        )
        for name, s, m in zip(names, sums, masks, strict=True)
    )
    return Comparison(
        scale, by, wave, found, tuple(_tests(sums, [y[m] for m in masks]).items()), _pairs(names, sums)
    )


def _tests(sums: list[Sums], values: list[np.ndarray]) -> dict[str, Test]:
    from scipy.stats import kruskal, mannwhitneyu

    result = {"welch_anova": welch_anova_from_sums(sums), "anova": anova_from_sums(sums)}
    varied = len({float(v) for group in values for v in group}) > 1
    if varied:
        h = kruskal(*values)
        result["kruskal"] = Test(float(h.statistic), len(values) - 1, math.nan, float(h.pvalue))
    else:
        result["kruskal"] = Test(math.nan, len(values) - 1, math.nan, math.nan)
    if len(sums) == 2:
        result["welch_t"] = welch_from_sums(*sums)
        result["student_t"] = student_from_sums(*sums)
        if varied:
            u = mannwhitneyu(values[0], values[1], method="asymptotic", use_continuity=True)
            result["mann_whitney"] = Test(float(u.statistic), math.nan, math.nan, float(u.pvalue))
        else:
            result["mann_whitney"] = Test(math.nan, math.nan, math.nan, math.nan)
    return result


def _pairs(names: list[str], sums: list[Sums]) -> tuple[Pair, ...]:
    from scipy.stats import t

    pairs: list[tuple[int, int]] = [(i, j) for i in range(len(names)) for j in range(i + 1, len(names))]
    tests = [welch_from_sums(sums[i], sums[j]) for i, j in pairs]
    adjusted = holm([test.p for test in tests])
    result = []
    for (i, j), test, p in zip(pairs, tests, adjusted, strict=True):
        a, b = sums[i], sums[j]
        d = a.mean - b.mean
        half = (
            float(t.ppf(0.975, test.df1)) * math.sqrt(a.variance / a.n + b.variance / b.n)
            if not math.isnan(test.p)
            else math.nan
        )
        result.append(Pair(names[i], names[j], d, d - half, d + half, hedges_g(a, b), test.p, p))
    return tuple(result)
