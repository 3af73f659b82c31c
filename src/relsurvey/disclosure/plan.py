"""What a view wants to show, and what may be shown of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

#: The unit that holds every student.
ALL = "all"

Category = str | None  # None: declined, blank, or an answer that is not counted
Merge = Literal["never", "ordered", "any"]
Why = Literal["too_few", "linked"]


@dataclass(frozen=True)
class PlannedCell:
    """Students of one category in one unit, in distinct respondents.

    Attributes
    ----------
    category
        Its id; None for those who declined or left it blank.
    low, high
        The fewest and the most students that any figure of the cell rests on: a scale may have fewer answers
        than the cell has students, and both must stay hidden when they are few.
    """

    category: Category
    low: int
    high: int

    def small(self, min_n: int) -> bool:
        """Whether the cell has students, but too few to show."""
        return self.high > 0 and self.low < min_n


@dataclass(frozen=True)
class PlannedTable:
    """One group variable in one unit.

    Attributes
    ----------
    unit, variable
        Whose table, by which variable.
    merge
        Whether small categories may join others: never (only those who gave no answer), their neighbours, or any.
    cells
        In the variable's order, those without an answer last.
    """

    unit: str
    variable: str
    merge: Merge
    cells: tuple[PlannedCell, ...]


@dataclass(frozen=True)
class Unit:
    """Those a page would speak of; ``low`` and ``high`` as in :class:`PlannedCell`."""

    id: str
    kind: Literal["all", "school", "team"]
    parent: str | None
    low: int
    high: int


@dataclass(frozen=True)
class Plan:
    """The exact list of what a view would show: nothing else can be asked of it."""

    units: tuple[Unit, ...]
    tables: tuple[PlannedTable, ...]

    def unit(self, name: str) -> Unit:
        """Return a unit by its id."""
        return next(unit for unit in self.units if unit.id == name)

    def within(self, name: str) -> tuple[Unit, ...]:
        """Return the units directly inside another."""
        return tuple(unit for unit in self.units if unit.parent == name)


@dataclass(frozen=True)
class Row:
    """A published row: one category, or several joined; ``pooled`` when it is 'another answer or none'."""

    categories: tuple[Category, ...]
    pooled: bool = False


@dataclass(frozen=True)
class Dropped:
    """A table that is not shown, and why."""

    why: Why


@dataclass(frozen=True)
class Released:
    """What may be shown: units, and rows or a reason for each table; everything else stays hidden."""

    units: frozenset[str]
    tables: dict[tuple[str, str], tuple[Row, ...] | Dropped]

    def rows(self, unit: str, variable: str) -> tuple[Row, ...]:
        """Return the rows of a table that is shown, none for one that is not."""
        found = self.tables.get((unit, variable), ())
        return () if isinstance(found, Dropped) else found

    def without(self, unit: str, variable: str, why: Why) -> Released:
        """Return the same with one table dropped."""
        return replace(self, tables={**self.tables, (unit, variable): Dropped(why)})
