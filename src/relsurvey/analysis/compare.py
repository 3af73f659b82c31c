"""How groups differ on a scale or a question: means, shares, ranks, tests, pairs, and within schools."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from relsurvey.aggregate.frame import MOST_CODES, score_counts
from relsurvey.aggregate.moments import Sums
from relsurvey.aggregate.tables import ScoreCounts, weighted_sums
from relsurvey.analysis.crosstab import association
from relsurvey.analysis.finding import MIN_N_SHOWN, Face, Finding
from relsurvey.analysis.groups import compare_pairs, compare_words
from relsurvey.analysis.groups.compare_others import Beside, beside_others
from relsurvey.analysis.groups.compare_pairs import frame
from relsurvey.analysis.groups.distribution import levene, quantile
from relsurvey.analysis.groups.effects import epsilon_squared, eta_squared, omega_squared
from relsurvey.analysis.groups.ranks import kruskal, mann_whitney, rank_epsilon_squared, rank_eta_squared
from relsurvey.analysis.groups.strata import Within, within_strata
from relsurvey.analysis.groups.twosample import (
    Effect,
    Test,
    anova_from_sums,
    mean_interval,
    student_from_sums,
    welch_anova_from_sums,
    welch_from_sums,
)
from relsurvey.analysis.sampling.columns import numbers
from relsurvey.analysis.shares import wilson
from relsurvey.errors import AnalysisError

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from relsurvey.analysis.verdict import Difference

Comparable = Literal["comparable", "differs", "not checked"]


@dataclass(frozen=True, eq=False, repr=False)
class Comparison(Finding):
    """A comparison of groups on a scale or a question: numbers once, and every face of them.

    Attributes
    ----------
    scale, by, wave
        What was compared, by what, when.
    counts
        How many of each group have each score, in the order of the variable's categories; no group is empty.
    verdicts
        Each group beside all others (rules.md 6), where they were given with the view's family of
        comparisons; else this comparison is a family of its own.
    comparable
        Whether the scale means the same to the groups: ``"comparable"``, ``"differs"``, or ``"not checked"``
        until it was tested.
    within
        The groups within strata, where these were given.
    within_name
        What the strata are.
    """

    scale: str
    by: str
    wave: str | None
    counts: ScoreCounts
    verdicts: Mapping[str, Difference] | None = None
    comparable: Comparable = "not checked"
    within: tuple[Within, ...] = ()
    within_name: str = ""

    @property
    def groups(self) -> tuple[str, ...]:
        """The groups, in the order of the tables."""
        return self.counts.groups

    @cached_property
    def apart(self) -> tuple[Sums, ...]:
        """Count, mean and squared deviations of each group's scores, less the middle score of all.

        Differences of means are of these: of means near a million no digit of a difference is lost.
        """
        import numpy as np

        values = self.counts.values - self._middle  # noqa: PD011
        return tuple(
            # One score given by all has no spread at all, whatever rounding makes of it.
            Sums(int(own.sum()), float(values[own > 0][0]), 0.0)
            if np.count_nonzero(own) == 1
            else weighted_sums(values, own)
            for own in self.counts.counts
        )

    @property
    def _middle(self) -> float:
        return float(self.counts.values[len(self.counts.values) // 2])  # noqa: PD011

    @cached_property
    def sums(self) -> tuple[Sums, ...]:
        """Count, mean and squared deviations of each group."""
        return tuple(Sums(s.n, s.mean + self._middle, s.squares) for s in self.apart)

    @cached_property
    def others(self) -> tuple[Beside, ...]:
        """Each group beside all other students, on shares where there are any, else on means."""
        read_apart = self.comparable == "differs"
        return beside_others(self.scale, self.counts, self.apart, self.verdicts, read_apart=read_apart)

    @property
    def table(self) -> pd.DataFrame:
        """One row a group; exact, for this kernel alone. Shares are 0-1."""
        rows = []
        for i, (name, s, beside) in enumerate(zip(self.groups, self.sums, self.others, strict=True)):
            k, answers = self.counts.favorable, self.counts.answers
            share = (k[i] / s.n, *wilson(k[i], s.n)) if k is not None else (math.nan,) * 3
            mean = math.nan if answers is None else answers[i].mean
            rows.append(
                (self.scale, self.wave, name, s.n, s.mean, s.sd, *share, mean, beside.verdict_by_rule)
            )
        return frame(
            "scale wave group n mean sd favorable favorable_low favorable_high favorable_answers verdict",
            rows,
        )

    @property
    def spread(self) -> pd.DataFrame:
        """One row a group: intervals of the means, median and quartiles."""
        rows = []
        for i, (name, s) in enumerate(zip(self.groups, self.sums, strict=True)):
            mean = mean_interval(s)
            middle = [quantile(self.counts.values, self.counts.counts[i], q) for q in (0.25, 0.5, 0.75)]
            answers = Effect(math.nan, math.nan, math.nan)
            if self.counts.answers is not None:
                answers = mean_interval(self.counts.answers[i])
            rows.append(
                (name, s.n, s.sd / math.sqrt(s.n), mean.low, mean.high, *middle, answers.low, answers.high)
            )
        return frame(
            "group n se mean_low mean_high q1 median q3 favorable_answers_low favorable_answers_high", rows
        )

    @property
    def distribution(self) -> pd.DataFrame:
        """One row a group and score: how many; no rows where there are more than 100 different scores."""
        values, table = self.counts.values, self.counts.counts  # noqa: PD011
        rows = (
            [
                (name, float(value), int(table[i, j]), table[i, j] / self.sums[i].n)
                for i, name in enumerate(self.groups)
                for j, value in enumerate(values)
            ]
            if len(values) <= MOST_CODES
            else []
        )
        return frame("group score n share", rows)

    @cached_property
    def overall(self) -> dict[str, Test]:
        """Tests over all groups, and for two groups the usual tests of two, by name."""
        found = {
            "welch_anova": welch_anova_from_sums(self.apart),
            "anova": anova_from_sums(self.apart),
            "kruskal": kruskal(self.counts),
            "levene": levene(self.counts),
        }
        if self.counts.favorable is not None:
            found["favorable_chi_square"] = association(self._favorable_or_not()).chi_square
        if len(self.groups) == 2:
            ranks = mann_whitney(*self.counts.counts)
            found["welch_t"] = welch_from_sums(*self.apart)
            found["student_t"] = student_from_sums(*self.apart)
            found["mann_whitney"] = Test(ranks.w, math.nan, math.nan, ranks.p)
        return found

    @property
    def tests(self) -> pd.DataFrame:
        """One row a test. ``mann_whitney`` is W with the continuity correction (without: ``pairs_ranks``)."""
        rows = [(self.scale, name, t.statistic, t.df1, t.df2, t.p) for name, t in self.overall.items()]
        return frame("scale test statistic df1 df2 p", rows)

    @property
    def effects(self) -> pd.DataFrame:
        """How much the groups have to do with the scores: one row a measure."""
        f, h, n = self.overall["anova"], self.overall["kruskal"], sum(s.n for s in self.sums)
        found = {
            "eta_squared": eta_squared(f),
            "omega_squared": omega_squared(f),
            "epsilon_squared": epsilon_squared(f),
            "rank_epsilon_squared": Effect(rank_epsilon_squared(h, n), math.nan, math.nan),
            "rank_eta_squared": Effect(rank_eta_squared(h, n), math.nan, math.nan),
        }
        if self.counts.favorable is not None:
            of_shares = association(self._favorable_or_not())
            found["favorable_cramers_v"] = of_shares.v
            found["favorable_cramers_v_corrected"] = of_shares.v_corrected
        rows = [(self.scale, name, e.value, e.low, e.high) for name, e in found.items()]
        return frame("scale effect value low high", rows)

    def _favorable_or_not(self) -> np.ndarray:
        import numpy as np

        favorable = np.array(self.counts.favorable)
        return np.column_stack([favorable, [s.n for s in self.sums] - favorable])

    @cached_property
    def pairs(self) -> pd.DataFrame:
        """One row for every two groups; a minus b in points of the scale, with Hedges' g. p is Welch's."""
        return compare_pairs.pairs(self.scale, self.groups, self.apart)

    @cached_property
    def pairs_means(self) -> pd.DataFrame:
        """Every two groups' means: Cohen's d, equivalence, Games and Howell's and Tukey's intervals."""
        return compare_pairs.means(self.scale, self.groups, self.apart)

    @cached_property
    def pairs_ranks(self) -> pd.DataFrame:
        """Every two groups by ranks: Mann and Whitney (Holm), Cliff's delta, Dunn (Holm)."""
        return compare_pairs.ranks(self.scale, self.counts)

    @cached_property
    def pairs_shares(self) -> pd.DataFrame:
        """Every two groups' favorable shares, a minus b with Newcombe's interval; no rows without shares."""
        return compare_pairs.shares(self.scale, self.counts)

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """All tables by name; exact, for this kernel alone."""
        found = {
            "groups": self.table,
            "spread": self.spread,
            "others": frame(
                "group difference low high smallest verdict",
                [(b.group, b.gap.value, b.gap.low, b.gap.high, b.smallest, b.verdict) for b in self.others],
            ),
            "distribution": self.distribution,
            "tests": self.tests,
            "effects": self.effects,
            "pairs": self.pairs,
            "pairs_means": self.pairs_means,
            "pairs_ranks": self.pairs_ranks,
            "pairs_shares": self.pairs_shares,
        }
        if self.within:
            found["within"], found["strata"] = (
                compare_pairs.within(self.within),
                compare_pairs.strata(self.within),
            )
        return found

    def in_words(self, language: str = "en") -> str:
        """Return what can be said of each group beside all other students, and what cannot."""
        return compare_words.sentence(self, language)

    def faces(self, language: str = "en", min_n: int = MIN_N_SHOWN) -> tuple[Face, ...]:
        """Return groups, pairs and strata as they are shown: groups under ``min_n`` masked."""
        return compare_words.faces(self, language, min_n)


def compare(
    scores: pd.Series | np.ndarray | ScoreCounts,
    groups: pd.Series | np.ndarray | None = None,
    favorable: pd.Series | np.ndarray | None = None,
    *,
    favorable_answers: pd.Series | np.ndarray | None = None,
    order: Sequence[str] | None = None,
    scale: str = "",
    by: str = "",
    wave: str | None = None,
    verdicts: Mapping[str, Difference] | None = None,
    comparable: Comparable = "not checked",
    within: pd.Series | np.ndarray | Mapping[str, ScoreCounts] | None = None,
) -> Comparison:
    """Compare groups on a scale, or on one question.

    Parameters
    ----------
    scores
        One score a respondent, of a scale or a question, NaN rows left out; or how many of each group have
        each score.
    groups
        One group label a respondent, in the same order; missing ones are left out.
    favorable
        1 where the respondent is favorable, 0 where not; without it there are no shares.
    favorable_answers
        Each respondent's share of favorable answers, 0-1.
    order
        Group labels in the order of the table; else sorted.
    scale, by, wave
        Names that stand in the result.
    verdicts
        Each group's verdict in a larger family of comparisons (rules.md 6). None makes this comparison its
        own family; an empty one gives intervals without verdicts, as for single questions.
    comparable
        Whether invariance and DIF were looked at, and what came of it.
    within
        One stratum a respondent, as the school: does the gap keep its sign within them? Or a table of scores
        by stratum.

    Returns
    -------
    Comparison
        ``.table`` (groups), ``.tests``, ``.pairs``, ``.effects``, ``.sentence``, and all in ``.tables``.

    Raises
    ------
    AnalysisError
        If fewer than two groups have scores, columns differ in length, or values are none that can be.

    Notes
    -----
    All figures come from one table of counts. Equal to R: ``t.test``, ``aov``, ``oneway.test``,
    ``kruskal.test``, ``wilcox.test(exact=FALSE)``, ``car::leveneTest``, ``TukeyHSD``, ``rstatix``'s
    ``games_howell_test`` and ``dunn_test``, ``effectsize``. A group of one has no spread: tests that need
    it are NaN.

    Examples
    --------
    >>> import pandas as pd
    >>> result = compare(pd.Series([1.0, 2, 3, 4, 5, 6]), pd.Series(list("aaabbb")))
    >>> result.tests[result.tests.test == "welch_t"].statistic.round(3).tolist()
    [-3.674]
    """
    if isinstance(scores, ScoreCounts):
        table = scores
        strata = within
    else:
        import numpy as np

        if groups is None:
            raise AnalysisError("Scores alone cannot be compared. Give one group label a score.")
        y = numbers(scores, "scores")
        marks = None if favorable is None else numbers(favorable, "marks of favorable respondents")
        if marks is not None and not np.isin(marks[~np.isnan(marks)], (0, 1)).all():
            raise AnalysisError("A respondent is favorable (1) or not (0). Give 1, 0 or nothing.")
        answers = (
            None if favorable_answers is None else numbers(favorable_answers, "shares of favorable answers")
        )

        def count(chosen: np.ndarray | slice) -> ScoreCounts:
            return score_counts(
                y[chosen],
                np.asarray(groups, dtype=object)[chosen],
                None if marks is None else marks[chosen],
                favorable_answers=None if answers is None else answers[chosen],
                order=order or (),
            )

        columns = [groups, *(c for c in (marks, answers) if c is not None)]
        columns += [] if within is None or isinstance(within, Mapping) else [within]
        if any(len(column) != len(y) for column in columns):
            lengths = ", ".join(str(len(column)) for column in columns)
            raise AnalysisError(
                f"There are {len(y)} scores but columns of {lengths} group labels or marks. "
                "Give one of each a score."
            )
        table = count(slice(None))
        strata = within if within is None or isinstance(within, Mapping) else _by_stratum(within, count)
    table = _present(table)
    if len(table.groups) < 2:
        raise AnalysisError(
            f"Comparing {scale or 'scores'} by {by or 'group'} needs two groups with scores; "
            f"there is {len(table.groups)}."
        )
    found: tuple[Within, ...] = ()
    if strata is not None:
        if not isinstance(strata, Mapping):
            raise AnalysisError(
                "Counts of scores need counts of scores by stratum. Give one table a stratum."
            )
        names = table.groups
        parts = {name: strata[name] for name in sorted(strata)}
        found = (
            (within_strata(parts, *names),)
            if len(names) == 2
            else tuple(within_strata(parts, name) for name in names)
        )
    return Comparison(
        scale, by, wave, table, verdicts, comparable, found, str(getattr(within, "name", None) or "")
    )


def _by_stratum(within: Any, count: Callable[[np.ndarray], ScoreCounts]) -> dict[str, ScoreCounts]:
    import numpy as np
    import pandas as pd

    labels = pd.Series(np.asarray(within, dtype=object))
    text = labels.dropna().astype(str)
    places = text.groupby(text).indices
    there = np.flatnonzero(labels.notna())
    return {str(name): count(there[rows]) for name, rows in places.items()}


def _present(table: ScoreCounts) -> ScoreCounts:
    """Return the table without groups and scores that no one has."""
    rows = [i for i, own in enumerate(table.counts) if own.any()]
    used = table.counts.any(axis=0)

    def only(column: tuple[Any, ...] | None) -> tuple[Any, ...] | None:
        return None if column is None else tuple(column[i] for i in rows)

    return replace(
        table,
        groups=tuple(table.groups[i] for i in rows),
        values=table.values[used],  # noqa: PD011
        counts=table.counts[rows][:, used],
        favorable=only(table.favorable),
        answers=only(table.answers),
    )
