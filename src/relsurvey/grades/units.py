"""D's and F's by band, in each school and in all of them: who may be shown, and what is to be said of it."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import NormalDist
from typing import TYPE_CHECKING

from relsurvey.analysis.groups.strata import Within, within_strata
from relsurvey.analysis.groups.trend import trend
from relsurvey.analysis.groups.twosample import Effect, Test, hochberg_q, holm
from relsurvey.analysis.normal import Z95
from relsurvey.analysis.shares import newcombe, smallest_gap
from relsurvey.analysis.verdict import Difference
from relsurvey.grades.bands import BANDS

if TYPE_CHECKING:
    import pandas as pd

#: Fewest students of a band at a school.
MIN_N_BAND = 20
#: Shares closer than the first are about the same, those further apart than the second may be clear.
SAME_WITHIN, CLEAR_FROM = 0.10, 0.05

_NARROW = NormalDist().inv_cdf(0.95) / Z95


@dataclass(frozen=True)
class Cell:
    """Students of one band: how many, with a D or F, whom a rule can tell of, and on track by it."""

    n: int = 0
    df: int = 0
    known: int = 0
    on_track: int = 0

    def __add__(self, other: Cell) -> Cell:
        return Cell(
            self.n + other.n, self.df + other.df, self.known + other.known, self.on_track + other.on_track
        )

    def __sub__(self, other: Cell) -> Cell:
        return Cell(
            self.n - other.n, self.df - other.df, self.known - other.known, self.on_track - other.on_track
        )


Cells = tuple[Cell, ...]
"""One a band, in the order of ``BANDS``."""

Found = Mapping[str | None, Cells]
"""By school; None for students of no known school."""


@dataclass(frozen=True)
class Unit:
    """A school, or schools together, with 20 or more students in each band.

    Attributes
    ----------
    school
        Its name; None for schools together.
    strata
        Its students by school, those of no known school for themselves.
    tracked
        Whether it may be shown who is on track.
    p_adjusted, q, verdict
        Of the trend, among all that were looked at with it (rules.md 6).
    """

    school: str | None
    strata: tuple[Cells, ...]
    tracked: bool = False
    p_adjusted: float = math.nan
    q: float = math.nan
    verdict: Difference = "cannot_tell"

    @property
    def cells(self) -> Cells:
        """Its students by band."""
        return _added(self.strata)

    @property
    def trend(self) -> Test:
        """Whether D's and F's rise from strong to few favorable answers, within schools."""
        return trend([[(cell.df, cell.n) for cell in cells] for cells in self.strata])

    @property
    def within(self) -> Within:
        """The band of few favorable answers beside the strong one, over all and within schools."""
        import numpy as np

        from relsurvey.aggregate.tables import ScoreCounts

        values = np.array([0.0, 1.0])
        parts = {
            str(place): ScoreCounts(
                BANDS,
                values,
                np.array([[cell.n - cell.df, cell.df] for cell in cells]),
                tuple(cell.df for cell in cells),
            )
            for place, cells in enumerate(self.strata)
        }
        return within_strata(parts, "few", "strong")

    @property
    def gap(self) -> Effect:
        """Share with a D or F, few less strong, with its 95 % interval; of several schools within them."""
        found = self.within
        return found.share if len(self.strata) == 1 else found.share_within

    @property
    def narrow(self) -> tuple[float, float]:
        """The 90 % interval of the gap."""
        if len(self.strata) == 1:
            strong, _, few = self.cells
            return newcombe(few.df, few.n, strong.df, strong.n, 0.90)
        gap = self.gap
        return gap.value - _NARROW * (gap.value - gap.low), gap.value + _NARROW * (gap.high - gap.value)

    @property
    def smallest(self) -> float:
        """The gap that would show with 80 % power, 0-1."""
        strong, _, few = self.cells
        return smallest_gap((strong.df + few.df) / (strong.n + few.n), strong.n, few.n)

    @property
    def turns(self) -> bool:
        """Whether the two outer bands of all students, the same within schools, and the trend disagree."""
        overall = self.within.share.value
        return overall * self.gap.value < 0 or overall * self.trend.statistic < 0


def _added(strata: Sequence[Cells]) -> Cells:
    return tuple(sum((cells[i] for cells in strata), Cell()) for i in range(len(BANDS)))


def cells_of(students: pd.DataFrame) -> Found:
    """Return the students of each school by band.

    Parameters
    ----------
    students
        One row a student: ``band``, ``school`` (None for none), ``df`` (whether there is a D or F), and
        ``on_track`` (1.0, 0.0, or NaN where it cannot be told).
    """
    found: dict[str | None, list[Cell]] = {}
    columns = (students[name].tolist() for name in ("school", "band", "df", "on_track"))
    for school, band, df, on in zip(*columns, strict=True):
        own = found.setdefault(None if school is None else str(school), [Cell()] * len(BANDS))
        told = not math.isnan(on)
        own[BANDS.index(band)] += Cell(1, int(df), int(told), int(told and on > 0))
    names = sorted((name for name in found if name is not None), key=lambda name: (name.casefold(), name))
    return {name: tuple(found[name]) for name in [*names, *([None] if None in found else [])]}


def units_of(found: Found) -> tuple[Unit, ...]:
    """Return what may be shown: schools together first, then each school.

    A school with fewer than 20 students in a band is left out whole. All together are then shown only where
    those who are left out are none or 20 or more in each band, so that all less the schools shown gives no
    smaller group; otherwise the schools shown are all there is.
    """
    shown: dict[str | None, Cells] = {
        name: cells for name, cells in found.items() if name is not None and _large(cell.n for cell in cells)
    }
    schools = [Unit(name, (cells,), _large(cell.known for cell in cells)) for name, cells in shown.items()]
    together: Found = found if _hidden_safely(found, shown, "n") else shown
    if not together or not _large(cell.n for cell in _added(tuple(together.values()))):
        return ()
    if len(together) == 1:
        [(name, cells)] = together.items()
        return (Unit(name, (cells,), _large(cell.known for cell in cells)),)
    whole = Unit(None, tuple(together.values()))
    told = _large(cell.known for cell in whole.cells) and _hidden_safely(
        together, [unit.school for unit in schools if unit.tracked], "known"
    )
    return (replace(whole, tracked=told), *schools)


def _large(sizes: Iterable[int]) -> bool:
    return all(n >= MIN_N_BAND for n in sizes)


def _hidden_safely(whole: Found, shown: Collection[str | None], what: str) -> bool:
    """Say whether those of all who stand in no school shown are none, or enough, in each band."""
    rest = [
        getattr(cell, what) for cell in _added([cells for name, cells in whole.items() if name not in shown])
    ]
    return not any(rest) or _large(rest)


def judged(families: Sequence[tuple[Unit, ...]]) -> tuple[Unit, ...]:
    """Return the first units with verdicts, judged among all that were looked at.

    Parameters
    ----------
    families
        The units of the questions asked for, then those of every other scale. Schools together are one
        family over the scales, single schools another.

    Notes
    -----
    *clear*: Holm's p below .05, a gap of five points or more whose interval leaves out 0, and all together
    and schools for themselves point the same way. *maybe*: that way too, and p by Benjamini and Hochberg
    below .10. *about the same*: the 90 % interval of the gap within 10 points. Otherwise *cannot tell*.
    """
    units = list(families[0])
    for first in (True, False):
        mine = [i for i in range(len(units)) if (i == 0) is first]
        others = [unit for family in families[1:] for unit in (family[:1] if first else family[1:])]
        p = [unit.trend.p for unit in (*(units[i] for i in mine), *others)]
        for i, adjusted, q in zip(mine, holm(p), hochberg_q(p), strict=False):
            units[i] = replace(units[i], p_adjusted=adjusted, q=q)
            units[i] = replace(units[i], verdict=_verdict(units[i]))
    return tuple(units)


def _verdict(unit: Unit) -> Difference:
    gap, (low, high) = unit.gap.value, unit.narrow
    # Where no school has students of both outer bands, nothing says which way it goes.
    if not unit.turns and not math.isnan(gap):
        # The gap stands beside the verdict: it can only weaken what the trend says.
        apart = unit.gap.low > 0 or unit.gap.high < 0
        if unit.p_adjusted < 0.05 and abs(gap) >= CLEAR_FROM and apart:
            return "clear"
        if unit.q < 0.10:
            return "maybe"
    return "about_the_same" if low > -SAME_WITHIN and high < SAME_WITHIN else "cannot_tell"
