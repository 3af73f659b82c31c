"""What a view wants to show, and what may be shown of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

#: The unit that holds every student.
ALL = "all"

Category = str | None  # None: declined, blank, or an answer that is not counted
Merge = Literal["never", "ordered", "any"]
Why = Literal["too_few", "linked"]
UnitKind = Literal["all", "school", "team"]


@dataclass(frozen=True)
class Students:
    """How many students stand behind each figure of a cell: the cell itself, then each scale or question.

    A scale may have fewer answers than the cell has students, and each figure must stay hidden when its own
    students are few.

    Examples
    --------
    >>> (Students((14, 9)) + Students((8, 8))).figures, Students((14, 9)).few(11), Students((0, 0)).few(11)
    ((22, 17), True, False)
    """

    figures: tuple[int, ...]

    def __add__(self, other: Students) -> Students:
        return Students(tuple(a + b for a, b in zip(self.figures, other.figures, strict=True)))

    def __sub__(self, other: Students) -> Students:
        return Students(tuple(a - b for a, b in zip(self.figures, other.figures, strict=True)))

    @property
    def none(self) -> bool:
        """Whether nobody is there."""
        return max(self.figures) == 0

    @property
    def fewest(self) -> int:
        """The fewest students any figure stands for."""
        return min(self.figures)

    def few(self, min_n: int) -> bool:
        """Whether some figure stands for a small group: 1 to min_n - 1 students."""
        return any(0 < n < min_n for n in self.figures)

    def enough(self, min_n: int) -> bool:
        """Whether every figure stands for min_n students or more."""
        return self.fewest >= min_n


def together(parts: Iterable[Students]) -> Students:
    """Return the students of at least one cell together."""
    first, *rest = parts
    for part in rest:
        first = first + part
    return first


@dataclass(frozen=True)
class PlannedCell:
    """Students of one category in one unit; the category None are those who declined or left it blank."""

    category: Category
    students: Students


@dataclass(frozen=True)
class PlannedTable:
    """One group variable in one unit.

    Attributes
    ----------
    unit, variable
        Whose table, by which variable.
    merge
        Whether small categories may join others: never (only those who gave no answer), their neighbours,
        or any.
    cells
        In the variable's order, those without an answer last.
    """

    unit: str
    variable: str
    merge: Merge
    cells: tuple[PlannedCell, ...]


@dataclass(frozen=True)
class Unit:
    """Those a page would speak of."""

    id: str
    kind: UnitKind
    parent: str | None
    students: Students


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
