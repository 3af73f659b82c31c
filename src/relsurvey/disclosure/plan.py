"""What a view wants to show, and what may be shown of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Literal

#: The unit that holds every student.
ALL = "all"

#: Of fewer students only words are given, and no marks (rules.md 13); from so many on every answer is shown.
WORDS_UNDER, EVERY_ANSWER = 20, 40

Category = str | None  # None: declined, blank, or an answer that is not counted
Merge = Literal["never", "ordered", "any"]
Why = Literal["too_few", "linked", "narrow", "left_out"]
Kind = Literal["scale", "item", "classes", "answers", "not_counted"]
UnitKind = Literal["all", "school", "team"]


@dataclass(frozen=True)
class Students:
    """How many students stand behind each figure of a cell: the cell itself, then each scale or question.

    A scale may have fewer answers than the cell has students, and each figure must stay hidden when its own
    students are few.

    Attributes
    ----------
    figures
        How many students.
    counts
        How many of them are counted in each figure of the plan (:attr:`Plan.figures`), from its first on.

    Examples
    --------
    >>> (Students((14, 9)) + Students((8, 8))).figures, Students((14, 9)).few(11), Students((0, 0)).few(11)
    ((22, 17), True, False)
    """

    figures: tuple[int, ...]
    counts: tuple[int, ...] = ()

    def __add__(self, other: Students) -> Students:
        return self._with(other, 1)

    def __sub__(self, other: Students) -> Students:
        return self._with(other, -1)

    def _with(self, other: Students, sign: int) -> Students:
        return Students(
            tuple(a + sign * b for a, b in zip(self.figures, other.figures, strict=True)),
            tuple(a + sign * b for a, b in zip(self.counts, other.counts, strict=True)),
        )

    def at(self, positions: Iterable[int]) -> Students:
        """Return the students behind some of the figures alone.

        Examples
        --------
        >>> Students((14, 9, 12), (3, 4)).at((0, 2)).figures
        (14, 12)
        """
        return Students(tuple(self.figures[position] for position in positions))

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
    several = list(parts)
    return Students(
        tuple(map(sum, zip(*(part.figures for part in several), strict=True))),
        tuple(map(sum, zip(*(part.counts for part in several), strict=True))),
    )


@dataclass(frozen=True)
class Figure:
    """A share that a view shows: how many students count, of how many.

    Attributes
    ----------
    of
        The scale or item.
    students
        Whose share: the position in :attr:`Students.figures`.
    kind
        Those favorable on a scale or an item; of an item also those of one class (under 40 students), of one
        answer, or of an answer that is not counted.
    """

    of: str
    students: int
    kind: Kind


#: What falls with a figure: who may not see the share may not see what it is made of.
_FALLS: dict[Kind, tuple[Kind, ...]] = {
    "scale": ("scale",),
    "item": ("item", "classes", "answers", "not_counted"),
    "classes": ("classes", "answers"),
    "answers": ("answers",),
    "not_counted": ("not_counted",),
}


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
class Profile:
    """Students who are alike in their unit and in every group variable.

    Attributes
    ----------
    unit
        The smallest unit they are in.
    categories
        One a variable of the plan, in the order of its tables.
    figures
        How many they are, as the first of :attr:`Students.figures` of a table's cell.
    counts
        How many of them are counted, as the :attr:`Students.counts` of a table's cell; not known to anyone.
        With them most groups are seen to be open at once; without, programs look for counts that fit.
    """

    unit: str
    categories: tuple[Category, ...]
    figures: tuple[int, ...]
    counts: tuple[int, ...] = field(default=(), repr=False)


@dataclass(frozen=True)
class Plan:
    """The exact list of what a view would show: nothing else can be asked of it.

    Attributes
    ----------
    units, tables
        Pages, and tables in them.
    figures
        The shares of a page; the first of them, on scales, stand in tables too.
    inside
        The cells of units that have no tables (teams): not to be shown, but known to who knows the roster.
    profiles
        Who is in which unit and in which category of every variable: known likewise.
    made_of
        By scale: the items that it is made of.
    by
        The group variables, in the order of the profiles' categories; without it that of the tables.
    without
        Tables that people left out, by unit and variable: they are not shown, and the audit protects their
        groups all the same.
    """

    units: tuple[Unit, ...]
    tables: tuple[PlannedTable, ...]
    figures: tuple[Figure, ...] = ()
    inside: tuple[PlannedTable, ...] = ()
    profiles: tuple[Profile, ...] = ()
    made_of: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    by: tuple[str, ...] = ()
    without: frozenset[tuple[str, str]] = frozenset()

    @cached_property
    def variables(self) -> tuple[str, ...]:
        """The group variables in order, also those of which no table is shown."""
        return self.by or tuple(dict.fromkeys(table.variable for table in self.tables))

    @cached_property
    def _by_id(self) -> dict[str, Unit]:
        return {unit.id: unit for unit in self.units}

    @cached_property
    def falls_with(self) -> tuple[tuple[int, ...], ...]:
        """What falls with each figure: itself, and what it is made of."""
        of: dict[str, list[int]] = {}
        for i, figure in enumerate(self.figures):
            of.setdefault(figure.of, []).append(i)
        return tuple(
            tuple(i for i in of[figure.of] if self.figures[i].kind in _FALLS[figure.kind])
            for figure in self.figures
        )

    @cached_property
    def behind(self) -> dict[int, tuple[int, ...]]:
        """The shares on each position of :attr:`Students.figures`; none on that of all students."""
        found: dict[int, tuple[int, ...]] = {0: ()}
        for i, figure in enumerate(self.figures):
            found[figure.students] = (*found.get(figure.students, ()), i)
        return found

    def shows(self, released: Released, unit: str, variable: str | None, position: int) -> bool:
        """Whether a table or page that is shown says anything of those at a position of Students.figures."""
        return not self.behind.get(position) or any(
            (unit, variable, figure) not in released.withheld for figure in self.behind[position]
        )

    def positions(self, students: Students) -> tuple[int, ...]:
        """Return the positions of Students.figures that count: all of them in a plan without shares.

        Of a table's students only those whose shares stand in tables.
        """
        known = len(students.figures)
        return tuple(k for k in self.behind if k < known) if self.figures else tuple(range(known))

    @cached_property
    def share_of(self) -> dict[tuple[Kind, str], int]:
        """The position of each scale's and item's share."""
        shares: tuple[Kind, ...] = ("scale", "item")
        return {(figure.kind, figure.of): i for i, figure in enumerate(self.figures) if figure.kind in shares}

    def places(self, named: Iterable[tuple[str, str, str]]) -> list[Place]:
        """Return its figures by name: unit, variable (empty for the page), and ``scale care`` or ``item c1``.

        What else a page may have, such as weeks of work, is not its own.
        """
        figures = {f"{kind} {of}": figure for (kind, of), figure in self.share_of.items()}
        return [(unit, variable or None, figures[of]) for unit, variable, of in named if of in figures]

    def tellers(self, unit: str, figure: int) -> tuple[tuple[int, int], ...]:
        """Return the items whose shares on a unit's page tell a scale's there, since few answered the others.

        Each with how many did at most. Of a scale of one question that question says the same.
        """
        what, n = self.figures[figure], self.unit(unit).students.figures
        if what.kind != "scale" or what.of not in self.made_of:
            return ()
        items = [self.share_of["item", item] for item in self.made_of[what.of]]
        answered = [n[self.figures[item].students] for item in items]
        others = [sum(answered) - of for of in answered]
        return tuple((item, m) for item, of, m in zip(items, answered, others, strict=True) if 2 * m < of)

    def holders(self, name: str) -> tuple[str, ...]:
        """Return a unit and those it is part of, the smallest first."""
        found = [name]
        while (parent := self.unit(found[-1]).parent) is not None:
            found.append(parent)
        return tuple(found)

    def unit(self, name: str) -> Unit:
        """Return a unit by its id."""
        return self._by_id[name]

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


#: A figure of a table; the variable None is the unit's own page.
Place = tuple[str, str | None, int]


@dataclass(frozen=True)
class Released:
    """What may be shown: units, and rows or a reason for each table; everything else stays hidden.

    Attributes
    ----------
    units
        Who has a page.
    tables
        By unit and variable.
    withheld
        Figures that are left out of a table or page that is shown: unit, variable (None for the unit's own
        page) and the figure's position in the plan.
    """

    units: frozenset[str]
    tables: dict[tuple[str, str], tuple[Row, ...] | Dropped]
    withheld: frozenset[Place] = frozenset()

    def rows(self, unit: str, variable: str) -> tuple[Row, ...]:
        """Return the rows of a table that is shown, none for one that is not."""
        found = self.tables.get((unit, variable), ())
        return () if isinstance(found, Dropped) else found

    def without(self, unit: str, variable: str, why: Why) -> Released:
        """Return the same with one table dropped."""
        return replace(self, tables={**self.tables, (unit, variable): Dropped(why)})

    def withholding(self, plan: Plan, places: Iterable[Place]) -> Released:
        """Return the same without some figures, and without what these are made of, or what tells them."""
        more = {
            (unit, variable, position)
            for unit, variable, figure in places
            for told in (figure, *(() if variable else (item for item, _ in plan.tellers(unit, figure))))
            for position in plan.falls_with[told]
        }
        return replace(self, withheld=self.withheld | more)

    def hides(self, plan: Plan, unit: str, variable: str | None, of: str, kind: Kind) -> bool:
        """Whether a kind of figure of a scale or item is left out of a table or page."""
        return any(
            (unit, variable, position) in self.withheld
            for position, figure in enumerate(plan.figures)
            if figure.of == of and figure.kind == kind
        )
