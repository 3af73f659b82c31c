"""What is shown of a plan, as an attacker sees it: sums over disjoint atoms, one system a variable."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from relsurvey.disclosure.plan import (
    EVERY_ANSWER,
    WORDS_UNDER,
    Category,
    Plan,
    Released,
    Students,
    together,
)
from relsurvey.words.shares import BOTTOM, TOP

#: A school, or a team, by a category.
Atom = tuple[str, Category]

#: A mark for other schools needs this many of them (rules.md 8).
OTHER_SCHOOLS = 3


@dataclass(frozen=True)
class Shown:
    """One set of students of whom figures are shown.

    Attributes
    ----------
    unit, variable
        On which page, in which table; None is the page itself.
    atoms
        Positions of the atoms it is the sum of.
    students
        How many they are, and their counts.
    """

    unit: str
    variable: str | None
    atoms: frozenset[int]
    students: Students


@dataclass(frozen=True)
class System:
    """The atoms of one variable (None: of the units alone), and the sets planned and shown.

    Attributes
    ----------
    variable, atoms, students
        Of which variable, and how many students each atom has.
    planned
        Every cell or unit of the plan, shown or not, by its atoms; and what is left of one beside its parts.
    shown
        What is shown.
    """

    variable: str | None
    atoms: tuple[Atom, ...]
    students: tuple[Students, ...]
    planned: tuple[frozenset[int], ...]
    shown: tuple[Shown, ...]

    def size(self, group: Iterable[int]) -> Students:
        """Return the students of some atoms together."""
        return together(self.students[a] for a in group)


def systems(plan: Plan, released: Released) -> Iterator[System]:
    """Return every system of sums that a release publishes: the units' own, then one a variable."""
    yield _of_units(plan, released)
    for variable in plan.variables:
        yield _of_variable(plan, released, variable)


def _of_units(plan: Plan, released: Released) -> System:
    """Atoms: each team, per school those in no team, those in no school; sets: the units shown, and marks."""
    atoms: list[Atom] = []
    students: list[Students] = []
    members: dict[str, set[int]] = {unit.id: set() for unit in plan.units}
    for unit in plan.units:
        rest = unit.students
        for inner in plan.within(unit.id):
            rest = rest - inner.students
        if not rest.none:
            for holder in plan.holders(unit.id):
                members[holder].add(len(atoms))
            atoms.append((unit.id, None))
            students.append(rest)
    shown = [
        Shown(unit.id, None, frozenset(members[unit.id]), unit.students)
        for unit in plan.units
        if unit.id in released.units
    ]
    planned = (*(frozenset(held) for held in members.values()), *(frozenset([a]) for a in range(len(atoms))))
    return System(None, tuple(atoms), tuple(students), planned, tuple(shown))


def _of_variable(plan: Plan, released: Released, variable: str) -> System:
    """Atoms: each team, or school, by category, and those in none; sets: the totals and rows shown."""
    tables = {t.unit: t for t in (*plan.tables, *plan.inside) if t.variable == variable}
    own = {table.unit for table in plan.tables if table.variable == variable}
    atoms: list[Atom] = []
    students: list[Students] = []
    members: dict[tuple[str, Category], set[int]] = {}
    for name, table in tables.items():
        inside = [tables[inner.id] for inner in plan.within(name) if inner.id in tables]
        for cell in table.cells:
            rest = cell.students
            for part in (c for inner in inside for c in inner.cells if c.category == cell.category):
                rest = rest - part.students
            if not rest.none:
                for holder in plan.holders(name):
                    members.setdefault((holder, cell.category), set()).add(len(atoms))
                atoms.append((name, cell.category))
                students.append(rest)

    def shown(unit: str, where: str | None, categories: Iterable[Category]) -> Iterator[Shown]:
        held = frozenset().union(*(members.get((unit, category), set()) for category in categories))
        if held:
            yield Shown(unit, where, held, together(students[a] for a in held))

    sets: list[Shown] = []
    for name in tables:
        if name in released.units:
            sets += shown(name, None, [category for unit, category in members if unit == name])
        for row in released.rows(name, variable):
            sets += shown(name, variable, row.categories)
    planned = [frozenset(held) for held in members.values()]
    split = {name for name in own if any(inner.id in own for inner in plan.within(name))}
    planned += [frozenset([a]) for a, (unit, _) in enumerate(atoms) if unit in split]
    return System(variable, tuple(atoms), tuple(students), tuple(planned), tuple(sets))


def known(plan: Plan, released: Released, shown: Shown, figure: int) -> tuple[int, int] | None:
    """Return the range in which a shown set's count lies as far as a reader can know; None: not shown.

    A share is taken as known exactly, however it is rounded or put into words (rules.md 15); only a coded
    one is a range (rules.md 19), and what it is made of is not shown.
    """
    what = plan.figures[figure]
    if (shown.unit, shown.variable, figure) in released.withheld:
        return _told(plan, released, shown, figure)
    n, count = shown.students.figures[what.students], shown.students.counts[figure]
    if n == 0:
        return None
    if what.kind in ("scale", "item"):
        return as_shown(n, count)
    share = plan.share_of["item", what.of]
    asked = shown.students.figures[plan.figures[share].students]
    least = EVERY_ANSWER if what.kind == "answers" else WORDS_UNDER
    if asked < least or not BOTTOM < shown.students.counts[share] / asked < TOP:
        return None
    return count, count


def as_shown(n: int, count: int) -> tuple[int, int]:
    """Return the range of a count that its share tells: itself, or less where the share is coded.

    Parameters
    ----------
    n, count
        How many students, one or more, and how many of them are favorable.

    Examples
    --------
    >>> as_shown(40, 20), as_shown(40, 39), as_shown(40, 1)
    ((20, 20), (38, 40), (0, 2))
    """
    if count / n >= TOP:
        return math.ceil(TOP * n - 1e-9), n
    if count / n <= BOTTOM:
        return 0, math.floor(BOTTOM * n + 1e-9)
    return count, count


def _told(plan: Plan, released: Released, shown: Shown, figure: int) -> tuple[int, int] | None:
    """Return the range of a withheld scale's count that the items on the same page give.

    Those who answered one item alone are favorable on the scale if they are on the item.
    """
    if shown.variable is not None:
        return None
    n = shown.students.figures[plan.figures[figure].students]
    least, most = 0, n
    for item, others in plan.tellers(shown.unit, figure):
        own = Shown(shown.unit, None, shown.atoms, plan.unit(shown.unit).students)
        span = known(plan, released, own, item)
        if span is not None:
            asked = own.students.figures[plan.figures[item].students]
            least, most = max(least, span[0] - (asked - n + others)), min(most, span[1] + others)
    return (least, most) if n and (least, most) != (0, n) else None


def mark_of(plan: Plan, released: Released, unit: str, figure: int) -> tuple[str, ...]:
    """Return the units that the mark beside a share is made from; none where no mark stands there.

    A team's is the rest of its school, a school's all other schools, or those of them whose share is shown as
    it is. Nor does a unit have a mark that withholds or codes its own. So a mark is a sum of what the pages
    tell, and tells nothing beside them.
    """
    at = plan.figures[figure].students

    def plain(name: str) -> bool:
        students = plan.unit(name).students
        n = students.figures[at]
        return (
            name in released.units
            and n > 0
            and BOTTOM < students.counts[figure] / n < TOP
            and (name, None, figure) not in released.withheld
        )

    own = plan.unit(unit)
    if not plain(unit) or own.kind == "all":
        return ()
    if own.kind == "team":
        return (own.parent,) if own.parent is not None and plain(own.parent) else ()
    others = tuple(u.id for u in plan.units if u.kind == "school" and u.id != unit and plain(u.id))
    return others if len(others) >= OTHER_SCHOOLS else ()
