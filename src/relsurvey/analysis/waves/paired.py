"""One variable at two times, which some gave both times: differences, tests, effects, intervals."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING

from relsurvey.aggregate.frame import sums as sums_of
from relsurvey.aggregate.moments import Sums
from relsurvey.aggregate.tables import weighted_sums
from relsurvey.analysis.groups.twosample import Test, noncentrality
from relsurvey.analysis.shares import wilson

if TYPE_CHECKING:
    import numpy as np

#: Differences are rounded to this many digits of the largest value before they are counted and ranked:
#: the same difference of two means comes out with other last digits, which would break ties.
_DIGITS = 10
# A standard error below this share of the values is rounding.
_NOISE = 1e-12
_NONE = Test(math.nan, math.nan, math.nan, math.nan)


@dataclass(frozen=True)
class Overlap:
    """A number at two times: all who have it, and those who have it both times.

    Attributes
    ----------
    before, after
        Sums of all who have it at that time.
    same_before, same_after, product
        Sums of those who have it both times, and the sum of the products of their deviations.
    differences, counts
        The m different changes of those (after minus before, rounded), ascending, and how many have each.
    """

    before: Sums
    after: Sums
    same_before: Sums
    same_after: Sums
    product: float
    differences: np.ndarray
    counts: np.ndarray

    @property
    def matched(self) -> int:
        """How many have it both times."""
        return self.same_before.n

    @property
    def change(self) -> Sums:
        """Sums of the changes of those who have it both times."""
        return weighted_sums(self.differences, self.counts)

    @property
    def r(self) -> float:
        """The correlation of the two times; NaN where one does not vary."""
        scale = math.sqrt(self.same_before.squares * self.same_after.squares)
        return max(-1.0, min(1.0, self.product / scale)) if scale > 0 else math.nan


def overlap(before: np.ndarray, after: np.ndarray, pairs: tuple[np.ndarray, np.ndarray]) -> Overlap:
    """Return the sums of a number at two times, in one pass over the rows.

    Parameters
    ----------
    before, after
        One value a respondent; NaN is missing.
    pairs
        Places in ``before`` and in ``after`` of the same respondents.

    Examples
    --------
    >>> import numpy as np
    >>> both = np.array([0, 1, 2])
    >>> o = overlap(np.array([1.0, 2, 3, 9]), np.array([2.0, 4, 3]), (both, both))
    >>> o.before.n, o.matched, o.change.mean, o.differences.tolist()
    (4, 3, 1.0, [0.0, 1.0, 2.0])
    """
    import numpy as np

    a, b = before[pairs[0]], after[pairs[1]]
    there = ~np.isnan(a) & ~np.isnan(b)
    a, b = a[there], b[there]
    of_a, of_b = sums_of(a), sums_of(b)
    product = float((a - of_a.mean) @ (b - of_b.mean)) if len(a) else 0.0
    largest = float(max(np.abs(a).max(), np.abs(b).max())) if len(a) else 0.0
    decimals = _DIGITS - (math.floor(math.log10(largest)) if largest > 0 else 0)
    differences, counts = np.unique(np.round(b - a, decimals), return_counts=True)
    return Overlap(sums_of(before), sums_of(after), of_a, of_b, product, differences, counts)


@dataclass(frozen=True)
class Difference:
    """A difference, after minus before, with its 95 % interval and its test."""

    value: float
    low: float
    high: float
    test: Test


def _by_t(value: float, error: float, df: float, scale: float) -> Difference:
    from scipy.stats import t

    if not df >= 1 or not error > _NOISE * scale:
        return Difference(value, math.nan, math.nan, _NONE)
    half = float(t.ppf(0.975, df)) * error
    test = Test(value / error, df, math.nan, 2 * float(t.sf(abs(value / error), df)))
    return Difference(value, value - half, value + half, test)


def matched_difference(o: Overlap) -> Difference:
    """Return the mean change of those with both values; R's ``t.test(paired=TRUE)``."""
    d = o.change
    if d.n < 2:
        return Difference(d.mean, math.nan, math.nan, _NONE)
    return _by_t(d.mean, d.sd / math.sqrt(d.n), d.n - 1, abs(o.same_before.mean) + abs(o.same_after.mean))


def overlapping_difference(o: Overlap, *, use_matches: bool = True) -> Difference:
    """Return the difference of the means of all, with the covariance of those with both values.

    Parameters
    ----------
    o
        The sums.
    use_matches
        False leaves the covariance out: Welch's test of two independent samples.

    Notes
    -----
    Derrick, Russ, Toher & White (2017), the statistic for unequal variances, as in the R package
    Partiallyoverlapping: Welch's test where nobody has both values, the paired t test where all have.

    Examples
    --------
    >>> import numpy as np
    >>> a = np.array([20.0, 21, 16, 18, 14, 12, 14, 17, 14, 15, 18, 20, 11, 19, 14, 15])
    >>> b = np.array([10.0, 16, 18, 16, 15, 14, 13, 10, 15, 10, 15, 17, 13, 19, 12, 13])
    >>> last = np.arange(8, 16)
    >>> found = overlapping_difference(overlap(a, b, (last, last)))
    >>> round(found.value, 4), round(found.test.p, 3)
    (-2.0, 0.026)
    """
    a, b, same = o.before, o.after, o.matched if use_matches else 0
    value = b.mean - a.mean
    if a.n < 2 or b.n < 2:
        return Difference(value, math.nan, math.nan, _NONE)
    va, vb = a.variance / a.n, b.variance / b.n
    if va + vb == 0:
        return Difference(value, math.nan, math.nan, _NONE)
    r = 0.0 if same < 2 or math.isnan(o.r) else o.r
    error = math.sqrt(max(0.0, va + vb - 2 * r * same * a.sd * b.sd / (a.n * b.n)))
    welch = (va + vb) ** 2 / (va**2 / (a.n - 1) + vb**2 / (b.n - 1))
    unpaired = a.n + b.n - 2 * same
    df = (same - 1) + (welch - same + 1) / (a.n + b.n) * unpaired
    return _by_t(value, error, df, abs(a.mean) + abs(b.mean))


def wilcoxon(o: Overlap) -> Test:
    """Return the signed-rank test of the changes: V, the sum of the positive ranks, and p.

    Notes
    -----
    Equal to R's ``wilcox.test(d, exact=FALSE, correct=FALSE)`` on the rounded differences d: students
    who did not change are left out, ties share their ranks.
    """
    import numpy as np

    moved = o.differences != 0
    sizes, counts = np.abs(o.differences[moved]), o.counts[moved]
    n = int(counts.sum())
    if not n:
        return _NONE
    size, place = np.unique(sizes, return_inverse=True)
    tied = np.bincount(place, weights=counts, minlength=len(size))
    rank = np.cumsum(tied) - (tied - 1) / 2
    positive = float((rank[place] * counts)[o.differences[moved] > 0].sum())
    variance = n * (n + 1) * (2 * n + 1) / 24 - float((tied**3 - tied).sum()) / 48
    z = (positive - n * (n + 1) / 4) / math.sqrt(variance)
    return Test(positive, math.nan, math.nan, math.erfc(abs(z) / math.sqrt(2)))


@dataclass(frozen=True)
class PairedEffect:
    """A standardised mean change with its 95 % interval, plain and corrected by Hedges' J."""

    name: str
    value: float
    low: float
    high: float
    corrected: float
    corrected_low: float
    corrected_high: float


def paired_effects(o: Overlap) -> tuple[PairedEffect, ...]:
    """Return the mean change of those with both values in three kinds of standard deviations.

    Notes
    -----
    ``d_z`` divides by the SD of the changes, ``d_av`` by the root of the mean of the two variances, ``d_rm``
    is d_z · sqrt(2 (1 - r)) (Lakens 2013). The interval of d_z turns t into limits of its non-centrality (R's
    ``effectsize``); the others are the same limits in their own unit (Algina & Keselman 2003), r taken as
    known. Corrected: times J = Γ(m/2) / (sqrt(m/2) · Γ((m-1)/2)), m = n - 1.
    """
    t, n, d = matched_difference(o).test.statistic, o.matched, o.change
    if math.isnan(t) or n < 3:
        nan = math.nan
        return tuple(PairedEffect(name, nan, nan, nan, nan, nan, nan) for name in ("d_z", "d_av", "d_rm"))
    low, high = (noncentrality(t, n - 1, p) / math.sqrt(n) for p in (0.975, 0.025))
    m = n - 1
    j = math.exp(math.lgamma(m / 2) - 0.5 * math.log(m / 2) - math.lgamma((m - 1) / 2))
    average = math.sqrt((o.same_before.variance + o.same_after.variance) / 2)
    units = {"d_z": 1.0, "d_av": d.sd / average, "d_rm": math.sqrt(max(0.0, 2 * (1 - o.r)))}
    z = d.mean / d.sd
    return tuple(
        PairedEffect(name, z * u, low * u, high * u, j * z * u, j * low * u, j * high * u)
        for name, u in units.items()
    )


@dataclass(frozen=True)
class SharesTwice:
    """Favorable students at two times: all, and the four cells of those who are there both times.

    Attributes
    ----------
    before, n_before, after, n_after
        Favorable and scored students.
    both, only_before, only_after, neither
        Of those scored both times: favorable both times, before only, after only, never.
    """

    before: int
    n_before: int
    after: int
    n_after: int
    both: int
    only_before: int
    only_after: int
    neither: int

    @property
    def matched(self) -> int:
        """How many are scored both times."""
        return self.both + self.only_before + self.only_after + self.neither

    @property
    def share_before(self) -> float:
        """The share of favorable students before, 0-1."""
        return self.before / self.n_before if self.n_before else math.nan

    @property
    def share_after(self) -> float:
        """The share of favorable students after, 0-1."""
        return self.after / self.n_after if self.n_after else math.nan

    @property
    def same(self) -> SharesTwice:
        """Those alone who are scored both times."""
        cells = (self.both, self.only_before, self.only_after, self.neither)
        n = self.matched
        return SharesTwice(self.both + self.only_before, n, self.both + self.only_after, n, *cells)

    def phi(self, *, corrected: bool = False) -> float:
        """Return the correlation of the two times, 0 if undefined; ``corrected`` as in Newcombe (1998b)."""
        a, b, c, d = self.both, self.only_before, self.only_after, self.neither
        scale = math.sqrt((a + b) * (c + d) * (a + c) * (b + d))
        product = a * d - b * c
        if scale == 0:
            return 0.0
        if corrected and product > 0:
            return max(0.0, product - self.matched / 2) / scale
        return product / scale

    def shared(self) -> float:
        """Return n_both / sqrt(n_before · n_after): 0 for different students, 1 for the same ones."""
        return self.matched / math.sqrt(self.n_before * self.n_after)


def shares_twice(before: np.ndarray, after: np.ndarray, pairs: tuple[np.ndarray, np.ndarray]) -> SharesTwice:
    """Count favorable students at two times; 1 is favorable, 0 not, NaN missing (see :func:`overlap`)."""
    import numpy as np

    a, b = before[pairs[0]], after[pairs[1]]
    there = ~np.isnan(a) & ~np.isnan(b)
    cells = np.bincount((2 * a[there] + b[there]).astype(int), minlength=4)
    return SharesTwice(
        int(np.nansum(before)),
        int((~np.isnan(before)).sum()),
        int(np.nansum(after)),
        int((~np.isnan(after)).sum()),
        int(cells[3]),
        int(cells[2]),
        int(cells[1]),
        int(cells[0]),
    )


def share_interval(s: SharesTwice, level: float = 0.95, *, use_matches: bool = True) -> tuple[float, float]:
    """Return the interval of the change of a share, after minus before.

    Notes
    -----
    Two Wilson intervals, squared and added with the correlation of the two shares: phi of those who are there
    both times (with Newcombe's correction) times n_both / sqrt(n_before · n_after) (Zou & Donner 2008). Where
    all are, this is Newcombe (1998b), method 10; where none is, Newcombe (1998a), method 10.

    Examples
    --------
    >>> [round(limit, 4) for limit in share_interval(SharesTwice(65, 161, 75, 161, 59, 6, 16, 80))]
    [0.0046, 0.1186]
    """
    if not s.n_before or not s.n_after:
        return math.nan, math.nan
    p, q = s.share_before, s.share_after
    p_low, p_high = wilson(s.before, s.n_before, level)
    q_low, q_high = wilson(s.after, s.n_after, level)
    r = s.phi(corrected=True) * s.shared() if use_matches else 0.0

    def half(x: float, y: float) -> float:
        return math.sqrt(max(0.0, x * x + y * y - 2 * r * x * y))

    return q - p - half(q - q_low, p_high - p), q - p + half(q_high - q, p - p_low)


def share_test(s: SharesTwice, *, use_matches: bool = True) -> Test:
    """Return the z test of the change of a share.

    Notes
    -----
    Derrick, Dobson-McKittrick, Toher & White (2015), z8, as in the R package Partiallyoverlapping: the pooled
    share, and the correlation of those who are there both times; without them Pearson's chi-square.

    Examples
    --------
    >>> round(share_test(SharesTwice(14, 24, 17, 21, 8, 1, 3, 3)).p, 3)
    0.053
    """
    if not s.n_before or not s.n_after:
        return _NONE
    pooled = (s.before + s.after) / (s.n_before + s.n_after)
    r = s.phi() * s.shared() if use_matches else 0.0
    na, nb = s.n_before, s.n_after
    error = math.sqrt(max(0.0, pooled * (1 - pooled) * (1 / na + 1 / nb - 2 * r / math.sqrt(na * nb))))
    if error < _NOISE:
        # All alike both times, or the same students with the same answers: nothing speaks of a change.
        return Test(math.nan, math.nan, math.nan, 1.0)
    z = (s.share_after - s.share_before) / error
    return Test(z, math.nan, math.nan, math.erfc(abs(z) / math.sqrt(2)))


def mcnemar(s: SharesTwice) -> tuple[Test, Test]:
    """Return McNemar's test of those who are there both times: chi-square without correction, and exact."""
    from scipy.stats import binomtest, chi2

    b, c = s.only_before, s.only_after
    if not b + c:
        return _NONE, _NONE
    statistic = (b - c) ** 2 / (b + c)
    exact = float(binomtest(c, b + c).pvalue)
    return Test(statistic, 1, math.nan, float(chi2.sf(statistic, 1))), Test(c, math.nan, math.nan, exact)


def smallest_change(s: SharesTwice, *, use_matches: bool = True) -> float:
    """Return the change of a share these students would show at the 5 % level with 80 % power, 0-1."""
    # A pooled share at 0 or 1 would claim that any change is seen.
    p = min(max((s.before + s.after) / (s.n_before + s.n_after), 0.05), 0.95)
    r = s.phi() * s.shared() if use_matches else 0.0
    na, nb = s.n_before, s.n_after
    error = math.sqrt(max(0.0, p * (1 - p) * (1 / na + 1 / nb - 2 * r / math.sqrt(na * nb))))
    normal = NormalDist()
    return min(1.0, (normal.inv_cdf(0.975) + normal.inv_cdf(0.80)) * error)
