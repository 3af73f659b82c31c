"""Whether a gap between two groups keeps its sign within schools: the check for Simpson's paradox."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from relsurvey.aggregate.moments import Sums
from relsurvey.aggregate.tables import ScoreCounts
from relsurvey.analysis.groups.twosample import Effect, Test, mean_difference
from relsurvey.analysis.normal import Z95
from relsurvey.analysis.shares import newcombe

_NO_EFFECT = Effect(math.nan, math.nan, math.nan)

Sign = Literal["turns", "shrinks", "appears", "keeps", "unclear"]


@dataclass(frozen=True)
class Side:
    """One group in one stratum: its scores, and how many are favorable (None if nothing was said of it)."""

    score: Sums
    favorable: int | None

    @property
    def share(self) -> float:
        """The share of favorable students, 0-1."""
        return math.nan if self.favorable is None or not self.score.n else self.favorable / self.score.n

    def __add__(self, other: Side) -> Side:
        both = None if self.favorable is None or other.favorable is None else self.favorable + other.favorable
        return Side(self.score + other.score, both)


@dataclass(frozen=True)
class Within:
    """Two groups over all and within strata, a minus b.

    Attributes
    ----------
    a, b
        Their names.
    strata
        Each stratum's name and its two sides.
    share, mean
        The gap over all: of shares (Newcombe's interval) and of mean scores (Welch's).
    share_within, mean_within
        The gap if both groups were spread over the strata as all students are (direct standardisation).
    share_a, share_b
        The two shares so standardised; NaN where nothing was said of favorable students.
    odds_ratio, test
        Mantel and Haenszel's common odds ratio of a favorable a to a favorable b; their test that it is 1.
    """

    a: str
    b: str
    strata: tuple[tuple[str, Side, Side], ...]
    share: Effect
    mean: Effect
    share_within: Effect
    mean_within: Effect
    share_a: float
    share_b: float
    odds_ratio: Effect
    test: Test

    @property
    def compared(self) -> int:
        """How many strata have students of both groups: only these can be compared within."""
        return sum(1 for _, a, b in self.strata if a.score.n and b.score.n)

    @property
    def same_way(self) -> int:
        """In how many of them the gap points where it does over all."""
        whole = self.gap.value
        return sum(
            1
            for _, a, b in self.strata
            if a.score.n
            and b.score.n
            and (
                (a.score.mean - b.score.mean if math.isnan(self.share.value) else a.share - b.share) * whole
                > 0
            )
        )

    @property
    def gap(self) -> Effect:
        """The gap over all that the sentences are on: of shares, or of means where there are none."""
        return self.mean if math.isnan(self.share.value) else self.share

    @property
    def gap_within(self) -> Effect:
        """The same within strata."""
        return self.mean_within if math.isnan(self.share.value) else self.share_within

    @property
    def sign(self) -> Sign:
        """What becomes of the gap within strata.

        A gap over all whose interval leaves out 0 *turns* where the standardised gap has the other sign,
        *shrinks* where less than half of it is left, and else *keeps* its sign. One whose interval holds 0
        *appears* where the standardised interval does not, and else is *unclear*.
        """
        whole, within = self.gap, self.gap_within
        if math.isnan(within.value) or math.isnan(whole.low):
            return "unclear"
        if whole.low > 0 or whole.high < 0:
            if whole.value * within.value < 0:
                return "turns"
            return "shrinks" if abs(within.value) < abs(whole.value) / 2 else "keeps"
        return "appears" if within.low > 0 or within.high < 0 else "unclear"


def within_strata(parts: Mapping[str, ScoreCounts], a: str, b: str | None = None) -> Within:
    """Compare two groups within strata: does each school show the gap that all together show.

    Parameters
    ----------
    parts
        Scores by group, one table a stratum; a stratum may lack a group.
    a, b
        The two groups; all others together where b is None.

    Notes
    -----
    Odds ratio by Mantel & Haenszel (1959), its interval by Robins, Breslow & Greenland (1986), test without
    continuity correction: R's ``mantelhaen.test(correct=FALSE)``. Standardised shares weight each stratum by
    all its students.

    Examples
    --------
    >>> import numpy as np
    >>> def school(girls, boys):
    ...     counts = np.array([girls, boys])
    ...     return ScoreCounts(("girl", "boy"), np.array([0.0, 1.0]), counts, tuple(counts[:, 1]))
    >>> schools = {"x": school([10, 10], [70, 30]), "y": school([80, 20], [18, 2])}
    >>> found = within_strata(schools, "girl", "boy")
    >>> round(found.share.value, 3), round(found.share_within.value, 3), found.sign
    (-0.017, 0.15, 'appears')
    """
    strata = tuple((name, *_sides(table, a, b)) for name, table in parts.items())
    none = Side(Sums(0, math.nan, 0.0), 0 if all(s.favorable is not None for _, s, _ in strata) else None)
    whole_a = sum((s for _, s, _ in strata), none)
    whole_b = sum((s for _, _, s in strata), none)
    both = [(x, y) for _, x, y in strata if x.score.n and y.score.n]
    share = share_within = odds_ratio = _NO_EFFECT
    test, standard = Test(math.nan, math.nan, math.nan, math.nan), (math.nan, math.nan)
    if (
        whole_a.favorable is not None
        and whole_b.favorable is not None
        and whole_a.score.n
        and whole_b.score.n
    ):
        share = Effect(
            whole_a.share - whole_b.share,
            *newcombe(whole_a.favorable, whole_a.score.n, whole_b.favorable, whole_b.score.n),
        )
        standard, share_within = _standardised([(x, y, x.share, y.share) for x, y in both], shares=True)
        odds_ratio, test = _mantel_haenszel(both)
    return Within(
        a,
        b or "",
        strata,
        share,
        mean_difference(whole_a.score, whole_b.score) if whole_a.score.n and whole_b.score.n else _NO_EFFECT,
        share_within,
        _standardised([(x, y, x.score.mean, y.score.mean) for x, y in both], shares=False)[1],
        *standard,
        odds_ratio,
        test,
    )


def _sides(table: ScoreCounts, a: str, b: str | None) -> tuple[Side, Side]:
    empty = Side(Sums(0, math.nan, 0.0), None if table.favorable is None else 0)
    mine = others = empty
    for i, name in enumerate(table.groups):
        side = Side(table.sums(i), None if table.favorable is None else int(table.favorable[i]))
        if name == a:
            mine = side
        elif b is None or name == b:
            others = others + side
    return mine, others


def _standardised(
    both: list[tuple[Side, Side, float, float]], *, shares: bool
) -> tuple[tuple[float, float], Effect]:
    """Return the two groups' figures with every stratum at its own weight, and their gap."""
    total = sum(x.score.n + y.score.n for x, y, _, _ in both)
    if not total:
        return (math.nan, math.nan), _NO_EFFECT
    # One spread for all strata: a stratum may hold a single student of a group.
    df = sum(x.score.n + y.score.n - 2 for x, y, _, _ in both)
    pooled = sum(x.score.squares + y.score.squares for x, y, _, _ in both) / df if df else math.nan
    first = second = variance = 0.0
    for x, y, of_x, of_y in both:
        weight = (x.score.n + y.score.n) / total
        first, second = first + weight * of_x, second + weight * of_y
        spread = (of_x * (1 - of_x), of_y * (1 - of_y)) if shares else (pooled, pooled)
        variance += weight**2 * (spread[0] / x.score.n + spread[1] / y.score.n)
    half = Z95 * math.sqrt(variance)
    return (first, second), Effect(first - second, first - second - half, first - second + half)


def _mantel_haenszel(both: list[tuple[Side, Side]]) -> tuple[Effect, Test]:
    from scipy.special import chdtrc

    r = s = ps = rs = qs = apart = spread = 0.0
    for x, y in both:
        a, c = float(x.favorable or 0), float(y.favorable or 0)
        b, d = x.score.n - a, y.score.n - c
        n = a + b + c + d
        r, s = r + a * d / n, s + b * c / n
        ps += (a + d) / n * a * d / n
        rs += (a + d) / n * b * c / n + (b + c) / n * a * d / n
        qs += (b + c) / n * b * c / n
        apart += a - (a + b) * (a + c) / n
        spread += (a + b) * (c + d) * (a + c) * (b + d) / (n * n * (n - 1))
    test = Test(math.nan, math.nan, math.nan, math.nan)
    if spread > 0:
        statistic = apart**2 / spread
        test = Test(statistic, 1, math.nan, float(chdtrc(1, statistic)))
    if not r or not s:
        return Effect(r / s if s else math.nan, math.nan, math.nan), test
    half = Z95 * math.sqrt(ps / (2 * r * r) + rs / (2 * r * s) + qs / (2 * s * s))
    return Effect(r / s, r / s * math.exp(-half), r / s * math.exp(half)), test
