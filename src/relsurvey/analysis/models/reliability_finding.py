"""Reliability of scales as a result: its tables, its words, what a notebook shows of it."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from relsurvey.aggregate.moments import Missing
from relsurvey.analysis.alpha import ItemStatistics
from relsurvey.analysis.finding import MIN_N_SHOWN, Face, Finding, fewest
from relsurvey.analysis.verdict import Reading
from relsurvey.words import say

if TYPE_CHECKING:
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
            if s.by is not None and s.n < fewest():
                continue
            words = say(language, f"reliability.{s.verdict.reading}.{s.verdict.reason}", k=s.n_items)
            name = ", ".join(part for part in (s.scale, s.group) if part)
            sentences.append(f"{name}: {words}" if name else words)
            if s.unreversed:
                sentences.append(say(language, "reliability.unreversed", items=", ".join(s.unreversed)))
        for found in self.stability:
            if found.n >= fewest() and not math.isnan(found.r):
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
