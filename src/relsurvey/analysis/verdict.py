"""The rules that turn figures into verdicts: rules.md 6 (differences) and 9 (reliability)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from relsurvey.aggregate.counts import Cell
from relsurvey.analysis.groups.twosample import hochberg_q, holm, welch_from_sums
from relsurvey.analysis.shares import newcombe, smallest_gap, two_shares_p
from relsurvey.instrument.model import Thresholds

ReadAs = Literal["report", "with_care", "one_by_one", "too_few"]
Difference = Literal["clear", "maybe", "about_the_same", "cannot_tell", "too_few"]


@dataclass(frozen=True)
class Reading:
    """How a scale may be read, and the reason: the key of a sentence."""

    reading: ReadAs
    reason: str


def reliability_verdict(
    *,
    n: int,
    items: int,
    value: float,
    low: float,
    high: float,
    item_rest: Sequence[float],
    srmr: float,
    thresholds: Thresholds,
    unreversed: bool = False,
) -> Reading:
    """Say whether a scale may be reported as one (rules.md 9).

    Parameters
    ----------
    n, items
        Respondents and questions.
    value, low, high
        Omega, or alpha where one factor is not identified, or Spearman-Brown for two items; its 95 %
        interval.
    item_rest
        Corrected item-total correlations.
    srmr
        Fit of one factor; NaN where it was not fitted.
    thresholds
        The instrument's.
    unreversed
        Whether an item goes against the others, as if a negatively worded one had not been turned.

    Examples
    --------
    >>> reliability_verdict(n=259, items=7, value=0.68, low=0.62, high=0.74, item_rest=[0.3] * 7, srmr=0.09,
    ...                     thresholds=Thresholds())
    Reading(reading='with_care', reason='loose')
    """
    if items == 1:
        return Reading("one_by_one", "single")
    if n < thresholds.min_n:
        return Reading("too_few", "few")
    if unreversed:
        return Reading("one_by_one", "unreversed")
    # An interval wholly under the bound tells enough, however wide it is.
    if high < thresholds.read_singly:
        return Reading("one_by_one", "apart")
    if math.isnan(value) or high - low > 0.20:
        return Reading("too_few", "wide")
    if value < thresholds.read_singly:
        return Reading("one_by_one", "apart")
    # An item without variance has no correlation: it says nothing of its scale, and counts as apart.
    if any(math.isnan(r) or r < 0.20 for r in item_rest):
        return Reading("one_by_one", "odd_item")
    if value >= thresholds.report and low >= thresholds.read_singly and (math.isnan(srmr) or srmr <= 0.08):
        return Reading("report", "together")
    if value >= thresholds.report and not math.isnan(srmr) and srmr > 0.08:
        return Reading("with_care", "not_one")
    return Reading("with_care", "loose")


@dataclass(frozen=True)
class Contrast:
    """One group beside all other students of its unit, on one scale.

    Attributes
    ----------
    key
        The group, as the caller names it.
    scale
        The scale.
    difference, low, high
        Share of the group minus share of all others (0-1 scale), with its 95 % interval (Newcombe).
    verdict
        By rules.md 6.
    smallest
        The gap this sample would have shown with 80 % power, 0-1.
    """

    key: tuple[str, str]
    scale: str
    difference: float
    low: float
    high: float
    verdict: Difference
    smallest: float


def contrasts(
    groups: Sequence[tuple[tuple[str, str], Cell]],
    whole: Cell,
    scales: Sequence[str],
    *,
    min_n: int,
    same_within: float = 0.10,
    no_verdict: frozenset[tuple[tuple[str, str], str]] = frozenset(),
) -> tuple[Contrast, ...]:
    """Compare groups with all other students of a unit, as one family (rules.md 6).

    Parameters
    ----------
    groups
        Each group's name and aggregates, over all variables that the view shows.
    whole
        The unit's aggregates: the others are the whole without the group.
    scales
        The scales that are reported.
    min_n
        A side under it is *too few*.
    same_within
        Shares closer than this, by the 90 % interval, are about the same (0-1).
    no_verdict
        Pairs of group and scale with a DIF mark: they cannot be *clear*.

    Notes
    -----
    A group passes the gate by Welch's test on each student's mean over the scales, Holm over all groups.
    *clear* needs the gate, Holm over the group's scales below .05, five points or more, and a mean difference
    of the same sign. *maybe*: the gate, or a Benjamini-Hochberg q below .10 over all contrasts.
    """
    pairs = [(key, cell, whole - cell) for key, cell in groups]
    # A scale that few answered says nothing of the others.
    large = [
        [min(cell.scales[s].n, others.scales[s].n) >= min_n for s in scales] for _, cell, others in pairs
    ]
    gate = holm(
        [
            welch_from_sums(cell.overall, others.overall).p if any(enough) else math.nan
            for (_, cell, others), enough in zip(pairs, large, strict=True)
        ]
    )
    shares = [
        [
            two_shares_p(c.scales[s].favorable, c.scales[s].n, o.scales[s].favorable, o.scales[s].n)
            if is_large
            else math.nan
            for s, is_large in zip(scales, enough, strict=True)
        ]
        for (_, c, o), enough in zip(pairs, large, strict=True)
    ]
    q = hochberg_q([p for row in shares for p in row])
    result = []
    for i, (key, cell, others) in enumerate(pairs):
        adjusted = holm(shares[i])
        for j, scale in enumerate(scales):
            mine, theirs = cell.scales[scale], others.scales[scale]
            if not large[i][j]:
                result.append(Contrast(key, scale, math.nan, math.nan, math.nan, "too_few", math.nan))
                continue
            d = mine.share - theirs.share
            low, high = newcombe(mine.favorable, mine.n, theirs.favorable, theirs.n, 0.95)
            narrow = newcombe(mine.favorable, mine.n, theirs.favorable, theirs.n, 0.90)
            same_sign = (mine.score.mean - theirs.score.mean) * d > 0
            passed = gate[i] < 0.05
            verdict: Difference
            if (
                passed
                and adjusted[j] < 0.05
                and abs(d) >= 0.05
                and same_sign
                and (key, scale) not in no_verdict
            ):
                verdict = "clear"
            elif passed or q[i * len(scales) + j] < 0.10:
                verdict = "maybe"
            elif -same_within < narrow[0] and narrow[1] < same_within:
                verdict = "about_the_same"
            else:
                verdict = "cannot_tell"
            gap = smallest_gap((mine.favorable + theirs.favorable) / (mine.n + theirs.n), mine.n, theirs.n)
            result.append(Contrast(key, scale, d, low, high, verdict, gap))
    return tuple(result)
