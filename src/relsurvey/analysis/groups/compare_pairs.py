"""The tables of a comparison that have one row for every two groups, or a stratum."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import TYPE_CHECKING, Any

from relsurvey.aggregate.moments import Sums
from relsurvey.aggregate.tables import ScoreCounts
from relsurvey.analysis.groups.pairwise import games_howell, tukey
from relsurvey.analysis.groups.ranks import dunn, mann_whitney
from relsurvey.analysis.groups.strata import Within
from relsurvey.analysis.groups.twosample import (
    SAME_WITHIN_SD,
    cohens_d,
    equivalence,
    hedges_g,
    hochberg_q,
    holm,
    mean_difference,
    pooled_sd,
    smallest_difference,
    welch_from_sums,
)
from relsurvey.analysis.shares import newcombe, smallest_gap, two_shares_p

if TYPE_CHECKING:
    import pandas as pd


def pairs(scale: str, groups: Sequence[str], sums: Sequence[Sums]) -> pd.DataFrame:
    """Return one row for every two groups: a minus b with Welch's interval and p, and Hedges' g."""
    both = list(combinations(range(len(groups)), 2))
    p = [welch_from_sums(sums[i], sums[j]).p for i, j in both]
    rows = []
    for (i, j), own, adjusted in zip(both, p, holm(p), strict=True):
        d, g = mean_difference(sums[i], sums[j]), hedges_g(sums[i], sums[j])
        rows.append(
            (scale, groups[i], groups[j], d.value, d.low, d.high, g.value, g.low, g.high, own, adjusted)
        )
    return frame("scale a b difference low high g g_low g_high p p_adjusted", rows)


def means(scale: str, groups: Sequence[str], sums: Sequence[Sums]) -> pd.DataFrame:
    """Return one row for every two groups: Cohen's d, equivalence, and intervals that hold for all pairs.

    ``q`` is Benjamini and Hochberg's of Welch's p; ``same_within`` is 0.3 pooled standard deviations, in
    points of the scale, and ``p_same`` is of the test that the means are closer than that; ``smallest`` is
    the difference that would have shown with 80 % power. Games and Howell's interval allows groups to differ
    in spread, Tukey's does not.
    """
    both = list(combinations(range(len(groups)), 2))
    q = hochberg_q([welch_from_sums(sums[i], sums[j]).p for i, j in both])
    apart, alike = games_howell(sums), tukey(sums)
    rows = []
    for (i, j), own in zip(both, q, strict=True):
        a, b = sums[i], sums[j]
        d, gh, t = cohens_d(a, b), apart[i, j], alike[i, j]
        bound = SAME_WITHIN_SD * pooled_sd(a, b)
        same = (own, bound, equivalence(a, b, bound), smallest_difference(a, b))
        simultaneous = (gh.low, gh.high, gh.p, t.low, t.high, t.p)
        rows.append((scale, groups[i], groups[j], d.value, d.low, d.high, *same, *simultaneous))
    return frame(
        "scale a b d d_low d_high q same_within p_same smallest games_howell_low games_howell_high "
        "games_howell_p tukey_low tukey_high tukey_p",
        rows,
    )


def ranks(scale: str, counts: ScoreCounts) -> pd.DataFrame:
    """Return one row for every two groups by ranks.

    ``w`` counts pairs of one of each in which a scores higher; ``p`` is Mann and Whitney's with continuity
    correction and ``p_uncorrected`` without, ``p_adjusted`` is Holm's of the former; ``superiority`` is the
    common-language size; Dunn's z ranks all groups together, its p are adjusted by Holm.
    """
    both = list(combinations(range(len(counts.groups)), 2))
    found = [mann_whitney(counts.counts[i], counts.counts[j]) for i, j in both]
    of_all = dunn(counts)
    adjusted = holm([r.p for r in found])
    dunn_adjusted = holm([of_all[pair][1] for pair in both])
    rows = []
    for (i, j), r, p, dunn_p in zip(both, found, adjusted, dunn_adjusted, strict=True):
        size = (r.delta.value, r.delta.low, r.delta.high, r.superiority)
        names = (scale, counts.groups[i], counts.groups[j])
        rows.append((*names, r.w, r.p, r.p_uncorrected, p, *size, *of_all[i, j], dunn_p))
    return frame(
        "scale a b w p p_uncorrected p_adjusted cliffs_delta cliffs_delta_low cliffs_delta_high superiority "
        "dunn_z dunn_p dunn_p_adjusted",
        rows,
    )


def shares(scale: str, counts: ScoreCounts) -> pd.DataFrame:
    """Return one row for every two groups' favorable shares; none where nothing was said of favorable ones.

    The interval is Newcombe's, p that of the chi-square of two shares, ``smallest`` the gap that would have
    shown with 80 % power.
    """
    k, n = counts.favorable, counts.counts.sum(axis=1).tolist()
    both = list(combinations(range(len(n)), 2)) if k is not None else []
    four = [(k[i], n[i], k[j], n[j]) for i, j in both if k is not None]
    p = [two_shares_p(*x) for x in four]
    rows = []
    for (i, j), (x, m, y, o), own, adjusted in zip(both, four, p, holm(p), strict=True):
        gap = (x / m - y / o, *newcombe(x, m, y, o))
        names = (scale, counts.groups[i], counts.groups[j])
        rows.append((*names, *gap, own, adjusted, smallest_gap((x + y) / (m + o), m, o)))
    return frame("scale a b difference low high p p_adjusted smallest", rows)


def within(found: Sequence[Within]) -> pd.DataFrame:
    """Return one row a contrast: over all, standardised to one mix of strata, and the common odds ratio."""
    rows = [
        (
            *(w.a, w.b or None, w.gap.value, w.gap.low, w.gap.high),
            *(w.gap_within.value, w.gap_within.low, w.gap_within.high, w.share_a, w.share_b),
            *(w.mean.value, w.mean_within.value, w.mean_within.low, w.mean_within.high),
            *(w.odds_ratio.value, w.odds_ratio.low, w.odds_ratio.high, w.test.statistic, w.test.p),
            *(w.same_way, w.compared, w.sign),
        )
        for w in found
    ]
    return frame(
        "a b difference low high within within_low within_high standardised_a standardised_b mean_difference "
        "mean_within mean_within_low mean_within_high odds_ratio odds_ratio_low odds_ratio_high chi_square p "
        "same_way compared sign",
        rows,
    )


def strata(found: Sequence[Within]) -> pd.DataFrame:
    """Return one row a contrast and stratum."""
    rows = [
        (w.a, w.b or None, name, a.score.n, b.score.n, a.score.mean, b.score.mean, a.share, b.share)
        for w in found
        for name, a, b in w.strata
    ]
    return frame("a b stratum n_a n_b mean_a mean_b favorable_a favorable_b", rows)


def frame(columns: str, rows: Sequence[tuple[Any, ...]]) -> pd.DataFrame:
    """Return a table; its columns' names stand in one text, parted by blanks."""
    import pandas as pd

    return pd.DataFrame(list(rows), columns=columns.split())
