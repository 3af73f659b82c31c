"""Each group beside all other students: the figures behind a comparison's sentences."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from relsurvey.aggregate.counts import Cell, ScaleSums
from relsurvey.aggregate.moments import Sums
from relsurvey.aggregate.tables import ScoreCounts
from relsurvey.analysis.finding import MIN_N_SHOWN
from relsurvey.analysis.groups.twosample import (
    SAME_WITHIN_SD,
    Effect,
    equivalence,
    holm,
    mean_difference,
    pooled_sd,
    smallest_difference,
    welch_from_sums,
)
from relsurvey.analysis.shares import newcombe, smallest_gap
from relsurvey.analysis.verdict import contrasts

if TYPE_CHECKING:
    from relsurvey.analysis.verdict import Difference


@dataclass(frozen=True)
class Beside:
    """One group beside all others.

    Attributes
    ----------
    group, n, n_others
        Its name and the two sizes.
    share, gap
        The group's favorable share, NaN without shares; the group minus all others, in shares or in points.
    smallest
        The gap that would have shown with 80 % power, in the same unit.
    verdict
        In the words of rules.md 6; None where none is to be given. On means, where there are no shares:
        *clear* by Holm over the groups, *about the same* within 0.3 standard deviations, else *cannot tell*.
    on_shares
        Whether the gap is one of shares.
    """

    group: str
    n: int
    n_others: int
    share: float
    gap: Effect
    smallest: float
    verdict: Difference | None
    on_shares: bool

    @property
    def verdict_by_rule(self) -> Difference | None:
        """The verdict where it is one of rules.md 6, which are on shares."""
        return self.verdict if self.on_shares else None


def beside_others(
    scale: str,
    counts: ScoreCounts,
    sums: Sequence[Sums],
    verdicts: Mapping[str, Difference] | None,
    *,
    read_apart: bool,
) -> tuple[Beside, ...]:
    """Return each group beside all others.

    Parameters
    ----------
    scale
        Its name.
    counts, sums
        The groups' scores.
    verdicts
        By group, where they were given; None makes the groups one family here.
    read_apart
        Whether the groups are known to read the questions in different ways: then nothing is *clear*.
    """
    others = [_joined([s for j, s in enumerate(sums) if j != i]) for i in range(len(sums))]
    if counts.favorable is None:
        return _on_means(counts.groups, sums, others, verdicts, read_apart)
    given: Mapping[str, Difference] = (
        verdicts if verdicts is not None else _verdicts(scale, counts, sums, read_apart)
    )
    all_favorable, found = sum(counts.favorable), []
    for name, s, o, k in zip(counts.groups, sums, others, counts.favorable, strict=True):
        rest = all_favorable - k
        gap = Effect(k / s.n - rest / o.n, *newcombe(k, s.n, rest, o.n))
        smallest = smallest_gap(all_favorable / (s.n + o.n), s.n, o.n)
        found.append(Beside(name, s.n, o.n, k / s.n, gap, smallest, given.get(name), True))
    return tuple(found)


def _joined(parts: Sequence[Sums]) -> Sums:
    return sum(parts, Sums(0, math.nan, 0.0))


def _verdicts(
    scale: str, counts: ScoreCounts, sums: Sequence[Sums], read_apart: bool
) -> dict[str, Difference]:
    """Give rules.md 6's verdicts with these groups as the only family."""
    none = Sums(0, math.nan, 0.0)
    # The verdicts need each student's mean over the scales; of one scale it is the score.
    cells = [
        Cell(s.n, {scale: ScaleSums(s, none, k, none)}, {}, s)
        for s, k in zip(sums, counts.favorable or (), strict=True)
    ]
    whole = cells[0]
    for cell in cells[1:]:
        whole = whole + cell
    keyed = [((name, name), cell) for name, cell in zip(counts.groups, cells, strict=True)]
    marked = frozenset((key, scale) for key, _ in keyed) if read_apart else frozenset()
    found = contrasts(keyed, whole, [scale], min_n=MIN_N_SHOWN, no_verdict=marked)
    return {c.key[0]: c.verdict for c in found}


def _on_means(
    groups: Sequence[str],
    sums: Sequence[Sums],
    others: Sequence[Sums],
    verdicts: Mapping[str, Difference] | None,
    read_apart: bool,
) -> tuple[Beside, ...]:
    large = [min(s.n, o.n) >= MIN_N_SHOWN for s, o in zip(sums, others, strict=True)]
    p = holm(
        [
            welch_from_sums(s, o).p if enough else math.nan
            for s, o, enough in zip(sums, others, large, strict=True)
        ]
    )
    found = []
    for name, s, o, own, enough in zip(groups, sums, others, p, large, strict=True):
        verdict: Difference
        if not enough:
            verdict = "too_few"
        elif own < 0.05:
            verdict = "maybe" if read_apart else "clear"
        elif equivalence(s, o, SAME_WITHIN_SD * pooled_sd(s, o)) < 0.05:
            verdict = "about_the_same"
        else:
            verdict = "cannot_tell"
        given = verdict if verdicts is None else verdicts.get(name)
        gap, smallest = mean_difference(s, o), smallest_difference(s, o)
        found.append(Beside(name, s.n, o.n, math.nan, gap, smallest, given, False))
    return tuple(found)
