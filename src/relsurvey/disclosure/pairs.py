"""A table of two variables together beside the tables of each: their sums hang together (rules.md 18)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from relsurvey.disclosure.plan import ALL, Category, Place, Plan, Released, Students, together
from relsurvey.disclosure.systems import Shown, System, known
from relsurvey.disclosure.widths import WIDTH
from relsurvey.instrument.crossing import pair

# A school, or those in none, by the categories of both variables and of the pair.
_Kind = tuple[str, Category, Category, Category]


def pair_systems(plan: Plan, released: Released) -> Iterator[System]:
    """Return a system of sums for every pair that is shown: its rows, and those of its variables anywhere.

    Parameters
    ----------
    plan, released
        What would be shown, and what is.

    Notes
    -----
    Atoms are schools by the categories of both variables, as the roster tells; they have no counts. Planned
    are the pair's cells, and what is left of each set beside the pair's rows in it.
    """
    for variable in plan.variables:
        if pair(variable) is not None and released.rows(ALL, variable) and plan.profiles:
            yield _system(plan, released, variable)


def told_by_pairs(plan: Plan, released: Released, min_n: int) -> tuple[Place, ...]:
    """Return the pairs' figures by which a small group's share is told too closely.

    Parameters
    ----------
    plan, released, min_n
        As for :func:`~relsurvey.disclosure.gate.release`.
    """
    from relsurvey.disclosure.bounds import Published, too_narrow

    found: list[Place] = []
    for system in pair_systems(plan, released):
        table = next(t for t in plan.tables if (t.unit, t.variable) == (ALL, system.variable))
        for f in range(len(table.cells[0].students.counts)):
            at = plan.figures[f].students
            sizes = tuple(s.figures[at] for s in system.students)
            groups = [g for g in system.planned if 0 < sum(sizes[a] for a in g) < min_n]
            spans = ((shown.atoms, known(plan, released, shown, f)) for shown in system.shown)
            sets = tuple((atoms, *span) for atoms, span in spans if span is not None)
            if groups and too_narrow(Published(sizes, sets), groups, width=WIDTH):
                found.append((ALL, system.variable, f))
    return tuple(found)


def _system(plan: Plan, released: Released, variable: str) -> System:
    k = plan.variables.index(variable)
    singles = [plan.variables.index(v) if v in plan.variables else None for v in pair(variable) or ()]
    students: dict[_Kind, list[Students]] = {}
    for profile in plan.profiles:
        holders = plan.holders(profile.unit)
        school = holders[-2] if len(holders) > 1 else holders[0]
        a, b = (None if at is None else profile.categories[at] for at in singles)
        students.setdefault((school, a, b, profile.categories[k]), []).append(Students(profile.figures))
    kinds = list(students)
    where = {variable: 3} | {v: 1 + i for i, v in enumerate(pair(variable) or ()) if v in plan.variables}
    schools = {unit.id for unit in plan.within(ALL)}

    def held(unit: str, place: int | None, categories: Iterable[Category]) -> frozenset[int]:
        wanted = set(categories)
        return frozenset(
            i
            for i, kind in enumerate(kinds)
            if unit in (ALL, kind[0]) and (place is None or kind[place] in wanted)
        )

    shown = [
        Shown(unit.id, None, held(unit.id, None, ()), unit.students)
        for unit in plan.units
        if unit.id in released.units and unit.id in {ALL, *schools}
    ]
    for table in plan.tables:
        for row in released.rows(table.unit, table.variable) if table.variable in where else ():
            own = together(cell.students for cell in table.cells if cell.category in row.categories)
            atoms = held(table.unit, where[table.variable], row.categories)
            shown.append(Shown(table.unit, table.variable, atoms, own))
    rows = [one.atoms for one in shown if one.variable == variable]
    planned = [held(ALL, 3, [category]) for category in dict.fromkeys(kind[3] for kind in kinds)]
    for one in shown:
        inside = [row for row in rows if row < one.atoms]
        planned += [one.atoms - row for row in inside]
        planned.append(one.atoms.difference(*inside))
    return System(
        variable,
        tuple((kind[0], "*".join(str(c) for c in kind[1:])) for kind in kinds),
        tuple(together(some) for some in students.values()),
        tuple(group for group in dict.fromkeys(planned) if group),
        tuple(one for one in shown if one.atoms),
    )
