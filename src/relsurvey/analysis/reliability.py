"""Reliability of a scale: how far its questions measure one thing, with intervals.

Figures equal R's psych, lavaan and semTools (see ``docs/equal-to-r.md``).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from relsurvey.aggregate.moments import Missing, Moments
from relsurvey.aggregate.tables import PairCounts
from relsurvey.analysis.alpha import ItemStatistics, classical, feldt, robust_alpha, split_half
from relsurvey.analysis.factor import one_factor
from relsurvey.analysis.finding import MIN_N_SHOWN, Face, Finding
from relsurvey.analysis.omega import Omega, categorical, omega, ordinal
from relsurvey.analysis.sampling.columns import answers
from relsurvey.analysis.verdict import Reading, reliability_verdict
from relsurvey.errors import AnalysisError
from relsurvey.instrument.model import Thresholds
from relsurvey.words import say

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd


@dataclass(frozen=True)
class ScaleReliability:
    """All reliability figures of one scale in one group; NaN where a figure does not exist.

    Attributes
    ----------
    scale, wave, by, group
        Whose figures these are; None where it does not apply.
    n_items, n, complete
        Items; respondents with any answer (pairwise) or complete (listwise); complete respondents.
    alpha, alpha_low, alpha_high
        Cronbach's alpha with its 95 % interval (Feldt).
    alpha_se
        Its standard error by Duhachek & Iacobucci: alpha plus and minus 1.96 of it is their interval.
    alpha_robust_low, alpha_robust_high
        The 95 % interval that does not assume normal answers; from rows, complete ones.
    alpha_std, mean_r, lambda2, lambda6
        Alpha of the correlations, their mean, and Guttman's lower bounds.
    omega, omega_low, omega_high
        Omega total from one factor by ML on complete rows, with its 95 % interval (delta method).
    omega_robust_low, omega_robust_high
        The 95 % interval that does not assume normal answers; from rows, complete ones.
    ordinal_alpha, ordinal_omega
        Of the polychoric correlations: of the traits behind the answers, not of the scores.
    omega_categorical
        Omega of the scores, from a factor model of answers in steps (Green & Yang); from rows.
    split_half, split_half_low, split_half_high
        Odd against even items (Guttman-Flanagan), and the lowest and highest of all halves.
    sem
        Standard error of measurement of the mean score.
    srmr
        Fit of the one factor.
    missing
        How alpha and the item figures treat missing answers.
    items
        One entry an item.
    omega_if_deleted
        Omega of the others, one an item.
    unreversed
        Items that go against the others, as if a negatively worded one had not been turned.
    verdict
        Whether the scale may be reported as one (rules.md 9), and why.
    """

    scale: str
    wave: str | None
    by: str | None
    group: str | None
    n_items: int
    n: int
    complete: int
    alpha: float
    alpha_low: float
    alpha_high: float
    alpha_se: float
    alpha_robust_low: float
    alpha_robust_high: float
    alpha_std: float
    omega: float
    omega_low: float
    omega_high: float
    omega_robust_low: float
    omega_robust_high: float
    ordinal_alpha: float
    ordinal_omega: float
    omega_categorical: float
    lambda2: float
    lambda6: float
    split_half: float
    split_half_low: float
    split_half_high: float
    mean_r: float
    sem: float
    srmr: float
    missing: Missing
    items: tuple[ItemStatistics, ...]
    omega_if_deleted: tuple[float, ...]
    unreversed: tuple[str, ...]
    verdict: Reading

    @property
    def omega_or_alpha(self) -> float:
        """Omega, or alpha where one factor tells nothing of the scale."""
        return self.alpha if math.isnan(self.omega) else self.omega


#: What stands in the table as it is called above.
_COLUMNS = tuple(f.name for f in fields(ScaleReliability))[:-4]


@dataclass(frozen=True)
class Stability:
    """How far the same students keep their order from one wave to the next.

    Attributes
    ----------
    scale, before, after
        The scale and the two waves.
    n
        Students with a score in both.
    r, low, high
        The correlation of the two scores with its 95 % interval (Fisher's z).
    disattenuated
        The same as it would be without measurement error; above 1 it says only that error was overrated.
    """

    scale: str
    before: str
    after: str
    n: int
    r: float
    low: float
    high: float
    disattenuated: float


@dataclass(frozen=True, repr=False)
class Reliability(Finding):
    """Reliability of one or more scales: numbers once, and every face of them.

    Attributes
    ----------
    scales
        One entry a scale (and group, or wave).
    stability
        One entry a scale and two waves; empty where one wave was looked at.
    """

    scales: tuple[ScaleReliability, ...]
    stability: tuple[Stability, ...] = ()

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """``reliability``: a row a scale (and group); ``items``; ``stability`` where there are waves."""
        import pandas as pd

        made = {
            "reliability": pd.DataFrame(
                [[*(getattr(s, name) for name in _COLUMNS), s.verdict.reading] for s in self.scales],
                columns=[*_COLUMNS, "verdict"],
            ),
            "items": pd.DataFrame(
                [
                    (s.scale, s.wave, s.group, *_item_values(item), without, item.item in s.unreversed)
                    for s in self.scales
                    for item, without in zip(s.items, s.omega_if_deleted, strict=True)
                ],
                columns=["scale", "wave", "group", *_ITEM_COLUMNS, "omega_if_deleted", "unreversed"],
            ),
        }
        if self.stability:
            columns = [f.name for f in fields(Stability)]
            made["stability"] = pd.DataFrame(
                [[getattr(s, name) for name in columns] for s in self.stability], columns=columns
            )
        return made

    def in_words(self, language: str = "en") -> str:
        """Return the verdicts in words, and what may be wrong with a question."""
        sentences = []
        for s in self.scales:
            if s.by is not None and s.n < MIN_N_SHOWN:
                continue
            words = say(language, f"reliability.{s.verdict.reading}.{s.verdict.reason}", k=s.n_items)
            name = ", ".join(part for part in (s.scale, s.group) if part)
            sentences.append(f"{name}: {words}" if name else words)
            if s.unreversed:
                sentences.append(say(language, "reliability.unreversed", items=", ".join(s.unreversed)))
        for found in self.stability:
            if found.n >= MIN_N_SHOWN and not math.isnan(found.r):
                key = "high" if found.r >= 0.7 else "middling" if found.r >= 0.5 else "low"
                sentences.append(
                    say(
                        language,
                        f"reliability.stable_{key}",
                        scale=found.scale,
                        before=found.before,
                        after=found.after,
                    )
                )
        return " ".join(sentences)

    def faces(self, language: str = "en", min_n: int = MIN_N_SHOWN) -> tuple[Face, ...]:
        """Return the figures as they are shown: groups under ``min_n`` masked."""

        def head(*keys: str) -> tuple[str, ...]:
            return tuple(say(language, f"reliability.head_{key}") for key in keys)

        rows: list[tuple[str | int | float | None, ...]] = []
        items: list[tuple[str | int | float | None, ...]] = []
        for s in self.scales:
            name = (s.scale, s.group or s.wave or "")
            if s.n < min_n:
                few = say(language, "reliability.under", min_n=min_n)
                rows.append((*name, few, s.n_items, *[None] * 5, say(language, "verdict.too_few")))
                continue
            rows.append(
                (
                    *name,
                    s.n,
                    s.n_items,
                    _interval(language, s.alpha, s.alpha_low, s.alpha_high),
                    _interval(language, s.omega, s.omega_low, s.omega_high),
                    s.ordinal_alpha,
                    s.mean_r,
                    s.sem,
                    say(language, f"reliability.read_{s.verdict.reading}"),
                )
            )
            items += [
                (
                    *name,
                    i.item,
                    *(
                        (i.n, i.mean, i.sd, i.r_item_rest, i.alpha_if_deleted, w)
                        if i.n >= min_n
                        else [None] * 6
                    ),
                )
                for i, w in zip(s.items, s.omega_if_deleted, strict=True)
            ]
        keys = ("scale", "group", "n", "questions", "alpha", "omega", "ordinal", "mean_r", "sem", "read")
        faces = [
            Face(say(language, "reliability.title"), head(*keys), tuple(rows)),
            Face(
                say(language, "reliability.title_items"),
                head("scale", "group", "item", "n", "mean", "sd", "rest", "alpha_without", "omega_without"),
                tuple(items),
            ),
        ]
        shown = [s for s in self.stability if s.n >= min_n]
        if shown:
            faces.append(
                Face(
                    say(language, "reliability.title_stability"),
                    head("scale", "before", "after", "n", "r", "disattenuated"),
                    tuple(
                        (
                            s.scale,
                            s.before,
                            s.after,
                            s.n,
                            _interval(language, s.r, s.low, s.high),
                            s.disattenuated,
                        )
                        for s in shown
                    ),
                )
            )
        return tuple(faces)


_ITEM_COLUMNS = tuple(f.name for f in fields(ItemStatistics))


def _item_values(item: ItemStatistics) -> list[str | int | float]:
    return [getattr(item, name) for name in _ITEM_COLUMNS]


def _interval(language: str, value: float, low: float, high: float) -> str:
    if math.isnan(value):
        return ""
    if math.isnan(low):
        return f"{value:.2f}"
    return say(language, "reliability.interval", value=f"{value:.2f}", low=f"{low:.2f}", high=f"{high:.2f}")


def reliability(
    items: pd.DataFrame | PairCounts | Moments,
    *,
    missing: Missing = "pairwise",
    scale: str = "",
    wave: str | None = None,
    by: str | None = None,
    group: str | None = None,
    thresholds: Thresholds | None = None,
) -> Reliability:
    """Measure the reliability of one scale.

    Parameters
    ----------
    items
        One row a respondent and one column an item, keyed (reversed items already turned), NaN for missing;
        or the :class:`~relsurvey.aggregate.PairCounts` or :class:`~relsurvey.aggregate.Moments` of it. From
        counts there are no intervals without normality; from moments no ordinal alpha and omega either.
    missing
        How alpha and item figures treat missing answers: ``"pairwise"`` (psych's default) or ``"listwise"``.
        Omega always rests on complete rows.
    scale, wave, by, group
        Names that stand in the table.
    thresholds
        When to report the scale as one; the rules' defaults when None.

    Returns
    -------
    Reliability
        With one scale; ``.table``, ``.tables["items"]``, ``.sentence``.

    Raises
    ------
    AnalysisError
        If there is no item, no respondent, or an answer that is no number.

    Notes
    -----
    See :mod:`relsurvey.analysis.alpha` and :mod:`relsurvey.analysis.omega` for each formula. Equal to R:
    ``psych::alpha``, ``psych::alpha.ci``, ``psych::guttman``, ``semTools::reliability``, ``lavaan``.

    Examples
    --------
    >>> import pandas as pd
    >>> answers = pd.DataFrame({"a": [1.0, 2, 4, 5, 3], "b": [2.0, 2, 4, 4, 3], "c": [1.0, 3, 3, 5, 2]})
    >>> found = reliability(answers)
    >>> round(float(found.table.alpha[0]), 4), found.table.verdict[0]
    (0.9184, 'too_few')
    """
    from relsurvey.aggregate.frame import moments, pair_counts

    rows: np.ndarray | None = None
    counts: PairCounts | None = None
    of_steps = math.nan
    if isinstance(items, Moments):
        m = items
    elif isinstance(items, PairCounts):
        counts, m = items, items.moments()
    else:
        table = answers(items)
        m = moments(table)
        rows = table.dropna().to_numpy()
        if (table.nunique() <= MOST_POINTS).all():
            counts = pair_counts(table)
            of_steps = categorical(table)
    k = len(m.names)
    n = m.n(missing)
    if k == 0 or m.rows == 0:
        raise AnalysisError(
            f"There are no answers to the questions of {scale or 'this scale'}, "
            "so there is nothing to measure."
        )
    c = classical(m, missing)
    o = omega(m.covariance("listwise"), m.complete_n, rows)
    halves = split_half(m, missing)
    ordinal_alpha, ordinal_omega = (math.nan, math.nan) if counts is None else ordinal(counts, missing)
    robust = (math.nan, math.nan) if rows is None else robust_alpha(rows)
    # Two items: Spearman-Brown is alpha of the correlation, with Feldt's interval about it (rules.md 9).
    if not math.isnan(o.omega):
        value, interval = o.omega, (o.low, o.high)
    elif k == 2:
        value, interval = c.alpha_std, feldt(c.alpha_std, n, k)
    else:
        value, interval = c.alpha, (c.alpha_low, c.alpha_high)
    verdict = reliability_verdict(
        n=n,
        items=k,
        value=value,
        low=interval[0],
        high=interval[1],
        item_rest=tuple(s.r_item_rest for s in c.items),
        srmr=o.srmr,
        thresholds=thresholds or Thresholds(),
        unreversed=len(c.unreversed) > 0,
    )
    return Reliability(
        (
            ScaleReliability(
                scale=scale,
                wave=wave,
                by=by,
                group=group,
                n_items=k,
                n=n,
                complete=m.complete_n,
                alpha=c.alpha,
                alpha_low=c.alpha_low,
                alpha_high=c.alpha_high,
                alpha_se=c.alpha_se,
                alpha_robust_low=robust[0],
                alpha_robust_high=robust[1],
                alpha_std=c.alpha_std,
                omega=o.omega,
                omega_low=o.low,
                omega_high=o.high,
                omega_robust_low=o.robust_low,
                omega_robust_high=o.robust_high,
                ordinal_alpha=ordinal_alpha,
                ordinal_omega=ordinal_omega,
                omega_categorical=of_steps,
                lambda2=c.lambda2,
                lambda6=c.lambda6,
                split_half=halves.flanagan,
                split_half_low=halves.lowest,
                split_half_high=halves.highest,
                mean_r=c.mean_r,
                sem=c.sem,
                srmr=o.srmr,
                missing=missing,
                items=c.items,
                omega_if_deleted=_omega_if_deleted(m, o),
                unreversed=c.unreversed,
                verdict=verdict,
            ),
        )
    )


#: Answers with more points than this are numbers, not ordered categories.
MOST_POINTS = 11


def _omega_if_deleted(m: Moments, whole: Omega) -> tuple[float, ...]:
    import numpy as np

    k = len(m.names)
    if math.isnan(whole.omega) or k < 4:
        return (math.nan,) * k
    covariance = m.covariance("listwise")
    without = []
    for i in range(k):
        rest = np.delete(np.delete(covariance, i, 0), i, 1)
        fitted = one_factor(rest, m.complete_n)
        without.append(fitted.omega if fitted else math.nan)
    return tuple(without)


def stability(
    scores: Moments, *, scale: str, before: str, after: str, reliabilities: tuple[float, float]
) -> Stability:
    """Return how far students keep their order from one wave to the next.

    Parameters
    ----------
    scores
        Moments of two columns: the score before, and after, of the same students.
    scale, before, after
        Names.
    reliabilities
        Of the scale in each wave; NaN where unknown.

    Notes
    -----
    Pearson's r with Fisher's z interval; disattenuated by the root of both reliabilities (Spearman 1904).

    Examples
    --------
    >>> import pandas as pd
    >>> from relsurvey.aggregate import moments
    >>> two = moments(pd.DataFrame({"fall": [1.0, 2, 3, 4, 5, 4], "spring": [2.0, 1, 3, 5, 4, 4]}))
    >>> found = stability(two, scale="s", before="fall", after="spring", reliabilities=(0.8, 0.9))
    >>> round(found.r, 2), found.n
    (0.82, 6)
    """
    cov, n = scores.covariance("listwise"), scores.complete_n
    product = float(cov[0, 0] * cov[1, 1]) if n > 1 else math.nan
    r = float(cov[0, 1]) / math.sqrt(product) if product > 0 else math.nan
    low = high = math.nan
    if n > 3 and abs(r) < 1:
        half = 1.959963984540054 / math.sqrt(n - 3)
        low, high = math.tanh(math.atanh(r) - half), math.tanh(math.atanh(r) + half)
    both = reliabilities[0] * reliabilities[1] if min(reliabilities) > 0 else math.nan
    return Stability(scale, before, after, n, r, low, high, r / math.sqrt(both) if both > 0 else math.nan)


def joined(parts: Sequence[Reliability], stable: tuple[Stability, ...] = ()) -> Reliability:
    """Return one result of several, with the stability of their scales."""
    return Reliability(tuple(s for part in parts for s in part.scales), stable)
