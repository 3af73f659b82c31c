"""The models behind a check of how groups read one question: nested, at equal overall answers."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from relsurvey.analysis.functioning.proportional_odds import (
    ProportionalOdds,
    mean_difference,
    proportional_odds,
)
from relsurvey.analysis.groups.twosample import hochberg_q, holm
from relsurvey.analysis.normal import Z95

if TYPE_CHECKING:
    import numpy as np

    from relsurvey.aggregate.matching import MatchingCounts

Effect = Literal["negligible", "moderate", "large", "not checked"]
Mark = Literal["differs", "none", "not checked"]
Kind = Literal["uniform", "non-uniform", "both", "none"]

#: From how large a change of Nagelkerke's R² a difference is moderate and large: Jodoin & Gierl (2001), whose
#: bounds decide, and the wider ones of Zumbo & Thomas (1997).
JODOIN_GIERL, ZUMBO_THOMAS = (0.035, 0.070), (0.13, 0.26)
#: The share of a question's range from which a difference in points is more than negligible: the bound of the
#: standardised difference (Dorans & Kulick 1986; for more than two answers Dorans & Schmitt 1991).
NOTICEABLE = 0.05
#: The level of the adjusted p under which a difference counts (rules.md 6).
LEVEL = 0.05

# A log-likelihood nearer to 0 than this, for each respondent, is that of answers that follow exactly.
_EXACT = 1e-7


@dataclass(frozen=True)
class Step:
    """What a model gains over a smaller one: likelihood-ratio test and change of Nagelkerke's R²."""

    chi2: float
    df: int
    p: float
    r2: float


@dataclass(frozen=True)
class Nested:
    """One question in several groups: by total, by total and group, by total, group and their product.

    Attributes
    ----------
    n
        Respondents.
    log_likelihoods
        Of no predictor, and of the three models.
    by_total, by_group, by_both
        The fitted models; the first group is the base.
    uniform, nonuniform, total
        The second beside the first, the third beside the second, the third beside the first.
    problem
        ``constant``: one answer only; ``unmatched``: the total leaves nothing to compare (the answers follow
        it exactly, or it is the same for all); ``not_converged``; or nothing.
    """

    n: int
    log_likelihoods: tuple[float, float, float, float]
    by_total: ProportionalOdds
    by_group: ProportionalOdds
    by_both: ProportionalOdds
    uniform: Step
    nonuniform: Step
    total: Step
    problem: str

    @property
    def separated(self) -> bool:
        """Whether a difference between groups has no upper limit."""
        return self.by_group.separated or self.by_both.separated


@dataclass(frozen=True)
class Contrast:
    """One group beside all others, or beside the reference group.

    Attributes
    ----------
    group, beside
        Which group; the index of the reference group, None for all others.
    n, n_beside
        Respondents of both sides.
    nested
        The models of the two sides.
    points, points_low, points_high
        How much higher the expected answer of the group is at equal scores, in points of the answers,
        averaged over the scores of both sides, by the model that lets the difference change with the score;
        95 % interval by the delta method.
    points_apart
        The same without its sign: it does not vanish where the difference changes direction.
    log_odds, log_odds_low, log_odds_high
        The group's coefficient in the second model: log odds of a higher answer; 95 % interval (Wald).
    """

    group: int
    beside: int | None
    n: int
    n_beside: int
    nested: Nested
    points: float
    points_low: float
    points_high: float
    points_apart: float
    log_odds: float
    log_odds_low: float
    log_odds_high: float

    @property
    def effect(self) -> Effect:
        """The class of the change of R², by Jodoin & Gierl (2001)."""
        return effect_class(self.nested, JODOIN_GIERL)

    def turned(self, group: int) -> Contrast:
        """Return the same contrast seen from the other of two groups."""
        return replace(
            self,
            group=group,
            n=self.n_beside,
            n_beside=self.n,
            points=-self.points,
            points_low=-self.points_high,
            points_high=-self.points_low,
            log_odds=-self.log_odds,
            log_odds_low=-self.log_odds_high,
            log_odds_high=-self.log_odds_low,
        )

    def noticeable(self, span: float) -> bool:
        """Say whether the effect is not negligible: by the change of R², or by points without their sign."""
        return self.effect in {"moderate", "large"} or self.points_apart >= NOTICEABLE * span


@dataclass(frozen=True)
class Matched:
    """One question, matched on one score: all groups together, and each beside the others."""

    item: str
    codes: tuple[float, ...]
    nested: Nested
    contrasts: tuple[Contrast, ...]

    @property
    def span(self) -> float:
        """How many points lie between its lowest and its highest answer."""
        return self.codes[-1] - self.codes[0] if self.codes else 0.0

    @property
    def widest(self) -> Contrast:
        """The contrast with the largest difference; of two equal ones, of the group with higher answers."""
        return max(self.contrasts, key=lambda c: (_or_none(abs(c.points)), _or_none(c.points)))

    @property
    def effect(self) -> Effect:
        """The class of the change of R², by Jodoin & Gierl (2001)."""
        return effect_class(self.nested, JODOIN_GIERL)

    @property
    def noticeable(self) -> bool:
        """Whether the effect is not negligible: of all groups together by R², or of one of them."""
        return self.effect in {"moderate", "large"} or any(c.noticeable(self.span) for c in self.contrasts)

    @property
    def group_p(self) -> list[float]:
        """Each contrast's p, by Holm over the groups; two groups are one contrast seen from two sides."""
        p = [contrast.nested.total.p for contrast in self.contrasts]
        return p if len({id(contrast.nested) for contrast in self.contrasts}) == 1 else holm(p)

    @property
    def marks(self) -> tuple[Mark, ...]:
        """For each contrast of a question that differs, whether that group does."""
        return tuple(
            "not checked"
            if math.isnan(p)
            else "differs"
            if p < LEVEL and contrast.noticeable(self.span)
            else "none"
            for p, contrast in zip(self.group_p, self.contrasts, strict=True)
        )


@dataclass(frozen=True)
class Judged:
    """What is concluded of one question among all questions of its scale."""

    p_adjusted: float
    q: float
    kind: Kind
    mark: Mark


def nested(counts: np.ndarray, scores: np.ndarray, same_total: ProportionalOdds | None = None) -> Nested:
    """Fit the three models of one question.

    Parameters
    ----------
    counts
        g × m × K: group by score by answer; the first group is the base.
    scores
        The m scores that are matched on; they are standardised here.
    same_total
        The first model, where these are the respondents of another split whose models were fitted.

    Notes
    -----
    Swaminathan & Rogers (1990) and, for ordered answers, Zumbo (1999). R² is Nagelkerke's (1991).
    """
    from scipy.special import chdtrc, xlogy

    g, m, k = counts.shape
    design = _design(counts, scores)
    cells = counts.reshape(g * m, k)
    pooled = counts.sum(axis=0)
    n = int(pooled.sum())
    # The score is the same for all groups in a cell, so the first model needs no groups.
    by_total = same_total or proportional_odds(pooled, design[:m, :1])
    by_group = proportional_odds(cells, design[:, :g], by_total)
    by_both = proportional_odds(cells, design, by_group)
    fits = (by_total, by_group, by_both)
    chosen = pooled.sum(axis=0)
    nothing = float(xlogy(chosen, chosen / max(n, 1)).sum())
    likelihoods = (nothing, by_total.log_likelihood, by_group.log_likelihood, by_both.log_likelihood)
    problem = ""
    if not len(by_total.thresholds):
        problem = "constant"
    elif not by_total.df or by_total.log_likelihood > -_EXACT * n:
        problem = "unmatched"
    elif not all(fit.converged for fit in fits):
        problem = "not_converged"

    def r2(value: float) -> float:
        cox_snell = -math.expm1(2 * (likelihoods[0] - value) / n)
        return cox_snell / -math.expm1(2 * likelihoods[0] / n)

    def step(small: ProportionalOdds, large: ProportionalOdds) -> Step:
        df = large.df - small.df
        if problem or df < 1:
            return Step(math.nan, max(df, 0), math.nan, math.nan)
        gain = max(2 * (large.log_likelihood - small.log_likelihood), 0.0)
        change = r2(large.log_likelihood) - r2(small.log_likelihood)
        return Step(gain, df, float(chdtrc(df, gain)), change)

    return Nested(
        n,
        likelihoods,
        by_total,
        by_group,
        by_both,
        step(by_total, by_group),
        step(by_group, by_both),
        step(by_total, by_both),
        problem,
    )


def matched(counts: MatchingCounts, item: int, reference: int | None, *, rest: bool = False) -> Matched:
    """Fit one question matched on the total, or on the rest of it.

    Parameters
    ----------
    counts
        Two groups or more, each with someone in it.
    item, rest
        Which question, and whether it is left out of the score.
    reference
        The group that the others stand beside; all others of each group when None.
    """
    import numpy as np

    scores, table = counts.matched(item, rest=rest)
    codes = np.asarray(counts.codes[item])
    base = reference or 0
    order = [base, *(g for g in range(len(table)) if g != base)]
    whole = nested(table[order], scores)
    if len(table) == 2:
        # The contrast is the whole.
        only = _contrast(table[order], scores, codes, order[1], reference, whole)
        contrasts = [only.turned(order[0]), only] if reference is None else [only]
    else:
        contrasts = []
        same = whole.by_total if reference is None else None
        for group in range(len(table)):
            if group == reference:
                continue
            others = table.sum(axis=0) - table[group] if reference is None else table[reference]
            sides = np.stack([others, table[group]])
            models = whole if whole.problem else nested(sides, scores, same)
            contrasts.append(_contrast(sides, scores, codes, group, reference, models))
    return Matched(counts.names[item], counts.codes[item], whole, tuple(contrasts))


def judged(items: list[Matched]) -> list[Judged]:
    """Say of each question of a scale whether it differs: p adjusted by Holm over the questions."""
    p = [item.nested.total.p for item in items]
    adjusted, q = holm(p), hochberg_q(p)
    uniform = holm([item.nested.uniform.p for item in items])
    nonuniform = holm([item.nested.nonuniform.p for item in items])
    kinds: dict[tuple[bool, bool], Kind] = {
        (True, True): "both",
        (True, False): "uniform",
        (False, True): "non-uniform",
        (False, False): "none",
    }
    return [
        Judged(
            adjusted[i],
            q[i],
            kinds[uniform[i] < LEVEL, nonuniform[i] < LEVEL],
            "not checked"
            if math.isnan(p[i])
            else "differs"
            if adjusted[i] < LEVEL and item.noticeable
            else "none",
        )
        for i, item in enumerate(items)
    ]


def disagree(total: tuple[Matched, Judged], rest: tuple[Matched, Judged]) -> bool | None:
    """Say whether total and rest score lead to other conclusions; None where one of them was not checked.

    Conclusions differ where the mark differs, or what kind of difference there is, or its direction.
    """
    (a, on_total), (b, on_rest) = total, rest
    if "not checked" in {on_total.mark, on_rest.mark}:
        return None
    if on_total.mark != on_rest.mark or on_total.kind != on_rest.kind:
        return True
    return on_total.kind in {"uniform", "both"} and turned(a, b)


def turned(total: Matched, rest: Matched) -> bool:
    """Say whether the group that differs most on the total differs the other way on the rest score."""
    widest = total.widest
    other = next(contrast for contrast in rest.contrasts if contrast.group == widest.group)
    return widest.points * other.points < 0


def effect_class(nested: Nested, bounds: tuple[float, float]) -> Effect:
    """Return the class of the change of R² between the first and the third model."""
    change = nested.total.r2
    if math.isnan(change):
        return "not checked"
    return "negligible" if change < bounds[0] else "moderate" if change < bounds[1] else "large"


def _design(counts: np.ndarray, scores: np.ndarray) -> np.ndarray:
    """Return the cells' columns: standardised score, one for each group but the first, products."""
    import numpy as np

    groups, m, _ = counts.shape
    weights = counts.sum(axis=(0, 2))
    n = weights.sum()
    apart = scores - weights @ scores / max(n, 1)
    sd = math.sqrt(weights @ apart**2 / max(n - 1, 1))
    z = np.tile(apart / sd if sd > 0 else apart * 0, groups)[:, None]
    member = np.repeat(np.eye(groups)[:, 1:], m, axis=0)
    return np.hstack([z, member, member * z])


def _contrast(
    sides: np.ndarray, scores: np.ndarray, codes: np.ndarray, group: int, beside: int | None, models: Nested
) -> Contrast:
    """Return a group (second) beside others (first), with the difference in points."""
    import numpy as np

    weights = sides.sum(axis=(0, 2))
    n_beside, n = (int(side.sum()) for side in sides)
    points = half = apart = log_odds = log_half = math.nan
    if not models.problem:
        design = _design(sides, scores)
        m = len(scores)
        points, error, apart = mean_difference(
            models.by_both, codes, design[m:], design[:m], weights / np.maximum(weights.sum(), 1)
        )
        half = Z95 * error
        log_odds = math.nan if models.by_group.separated else float(models.by_group.coefficients[1])
        log_half = Z95 * float(models.by_group.standard_errors[1])
    return Contrast(
        group,
        beside,
        n,
        n_beside,
        models,
        points,
        points - half,
        points + half,
        apart,
        log_odds,
        log_odds - log_half,
        log_odds + log_half,
    )


def _or_none(value: float) -> float:
    return -math.inf if math.isnan(value) else value
