"""Which units and rows may be shown: thresholds, merging, and the cells that would give a hidden one away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from relsurvey.disclosure.plan import (
    ALL,
    Category,
    Dropped,
    Plan,
    PlannedCell,
    PlannedTable,
    Released,
    Row,
    Students,
    Unit,
    together,
)


def suppress(plan: Plan, min_n: int) -> Released:
    """Decide over all tables of a view together (rules.md 16-17).

    Parameters
    ----------
    plan
        Everything the view would show.
    min_n
        Fewest students of anything shown.

    Returns
    -------
    Released
        Still to be audited.
    """
    released = _few_answers(plan, Released(_units(plan, min_n), {}), min_n)
    for table in plan.tables:
        if table.unit not in released.units:
            continue
        if (table.unit, table.variable) in plan.without:
            released = released.without(table.unit, table.variable, "left_out")
        else:
            released = _with_table(plan, released, table, min_n)
    return _against_all(plan, released, min_n)


def _units(plan: Plan, min_n: int) -> frozenset[str]:
    """Hide small units, and as many more that what is left over of the whole is nobody or min_n."""
    shown = {unit.id for unit in plan.units if _has_page(plan, unit.students, min_n)}

    def left_over(whole: Students, parts: Sequence[Students]) -> bool:
        return bool(parts) and _whom(plan, whole - together(parts)).few(min_n)

    for school in [unit for unit in plan.units if unit.kind == "school"]:
        inside = [team for team in plan.within(school.id) if team.id in shown]
        if school.id not in shown:
            shown -= {team.id for team in inside}
            continue
        teams = sorted(inside, key=lambda team: _whom(plan, team.students).fewest)
        while left_over(school.students, [team.students for team in teams]):
            shown.discard(teams.pop(0).id)
    if ALL in shown:
        schools = [unit.students for unit in plan.within(ALL) if unit.id in shown]
        # A school needs its page more than the whole does.
        if left_over(plan.unit(ALL).students, schools):
            shown.discard(ALL)
    return frozenset(shown)


def _whom(plan: Plan, students: Students) -> Students:
    """Return the students alone, where a share that few of them answered can be left out by itself."""
    return students.at((0,)) if plan.figures else students


def _has_page(plan: Plan, students: Students, min_n: int) -> bool:
    """Whether a unit has enough students, and a share of which enough answered."""
    shares = [position for position in plan.positions(students) if position]
    return _whom(plan, students).enough(min_n) and (
        not shares or any(students.at((position,)).enough(min_n) for position in shares)
    )


def _few_answers(plan: Plan, released: Released, min_n: int) -> Released:
    """Withhold the shares that few in a unit answered, and those that would leave a few of them over."""
    few = [
        (unit.id, None, figure)
        for unit in plan.units
        if unit.id in released.units
        for position in plan.positions(unit.students)
        for figure in plan.behind.get(position, ())
        if unit.students.figures[position] < min_n
    ]
    released = released.withholding(plan, few)
    for whole in plan.units:
        if whole.id in released.units and whole.kind != "team":
            parts = [part for part in plan.within(whole.id) if part.id in released.units]
            for position in plan.behind if parts else ():
                released = _none_left_over(plan, released, whole, parts, position, min_n)
    return released


def _none_left_over(
    plan: Plan, released: Released, whole: Unit, parts: Sequence[Unit], position: int, min_n: int
) -> Released:
    """Withhold the shares on a position where a whole less its parts would leave a few students."""

    def answered(unit: Unit) -> int:
        return unit.students.figures[position]

    while plan.behind[position] and plan.shows(released, whole.id, None, position):
        open_ = [part for part in parts if plan.shows(released, part.id, None, position)]
        if not open_ or not 0 < answered(whole) - sum(map(answered, open_)) < min_n:
            break
        # A school needs its page more than the whole does, and more than its smallest team does.
        weakest = whole if whole.id == ALL else min(open_, key=answered)
        released = released.withholding(plan, [(weakest.id, None, f) for f in plan.behind[position]])
    return released


def _with_table(plan: Plan, released: Released, table: PlannedTable, min_n: int) -> Released:
    """Decide on a table's rows, and leave out the scales that too few answered for any rows.

    A scale that most of the unit answered has a say in which categories are joined; one that most did not
    answer has none. Where no rows can be shown with all of them, the one with the fewest answers goes first.
    """
    everyone = together(cell.students for cell in table.cells)
    told = [k for k in plan.positions(everyone) if plan.shows(released, table.unit, None, k)]
    most = sorted(
        (k for k in told if 2 * everyone.figures[k] >= everyone.figures[0]),
        key=lambda k: (k == 0, everyone.figures[k]),
    )
    rows = rows_of(_only(table, most), min_n)
    if (
        isinstance(rows, Dropped)
        and plan.figures
        and not isinstance(rows_of(_only(table, (0,)), min_n), Dropped)
    ):
        while isinstance(rows, Dropped) and len(most) > 2:
            most = most[1:]
            rows = rows_of(_only(table, most), min_n)
    if not isinstance(rows, Dropped):
        hidden = [
            (table.unit, table.variable, figure)
            for k in plan.positions(everyone)
            for figure in plan.behind.get(k, ())
            if k not in told or not all(students_of(row, table).at((k,)).enough(min_n) for row in rows)
        ]
        released = released.withholding(plan, hidden)
    released.tables[table.unit, table.variable] = rows
    return released


def _only(table: PlannedTable, positions: Sequence[int]) -> PlannedTable:
    return replace(
        table, cells=tuple(replace(cell, students=cell.students.at(positions)) for cell in table.cells)
    )


def rows_of(table: PlannedTable, min_n: int) -> tuple[Row, ...] | Dropped:
    """Return the rows of one table by the variable's own merging rule (rules.md 17).

    Examples
    --------
    >>> from relsurvey.disclosure import PlannedCell, PlannedTable, Students
    >>> sizes = {"girl": 70, "boy": 80, "nonbinary": 7, None: 5}
    >>> cells = tuple(PlannedCell(category, Students((n,))) for category, n in sizes.items())
    >>> [row.categories for row in rows_of(PlannedTable("a", "gender", "never", cells), 11)]
    [('girl',), ('boy',), ('nonbinary', None)]
    >>> rows_of(PlannedTable("a", "gender", "never", cells[:3]), 11)
    Dropped(why='too_few')
    """
    cells = [cell for cell in table.cells if not cell.students.none]
    if table.merge == "never":
        rows = _pool(cells, min_n)
    else:
        rows = _join([Row((c.category,), c.category is None) for c in cells], table, min_n)
    if len(rows) < 2 or not all(students_of(row, table).enough(min_n) for row in rows):
        return Dropped("too_few")
    return tuple(rows)


def students_of(row: Row, table: PlannedTable) -> Students:
    """Return the students of a row's categories together."""
    return together(cell.students for cell in table.cells if cell.category in row.categories)


def _pool(cells: Sequence[PlannedCell], min_n: int) -> list[Row]:
    """Join small categories with those who gave no answer; leave the others alone."""
    alone = [cell for cell in cells if cell.category is not None and cell.students.enough(min_n)]
    pooled = tuple(cell.category for cell in cells if cell not in alone)
    return [*(Row((cell.category,)) for cell in alone), *([Row(pooled, pooled=True)] if pooled else [])]


def _join(rows: list[Row], table: PlannedTable, min_n: int) -> list[Row]:
    """Join the smallest row with the next smallest, or with its smaller neighbour, until none is small."""

    def size(row: Row) -> int:
        return students_of(row, table).fewest

    while len(rows) > 1 and min(map(size, rows)) < min_n:
        rows = _joined(rows, min(rows, key=size), table)
    return rows


def _joined(rows: list[Row], row: Row, table: PlannedTable) -> list[Row]:
    """Join one row with the smallest other one that it may join."""
    at = rows.index(row)
    near = [k for k in (at - 1, at + 1) if 0 <= k < len(rows)]
    others = near if table.merge == "ordered" else [k for k in range(len(rows)) if k != at]
    other = min(others, key=lambda k: students_of(rows[k], table).fewest)
    first, second = min(at, other), max(at, other)
    both = Row((*rows[first].categories, *rows[second].categories))
    return [both if k == first else r for k, r in enumerate(rows) if k != second]


def _against_all(plan: Plan, released: Released, min_n: int) -> Released:
    """Join or drop rows of all schools that, less the schools' own rows, would leave a small group."""
    for table in plan.tables:
        if table.unit != ALL or not (rows := list(released.rows(ALL, table.variable))):
            continue
        schools = [
            own
            for own in plan.tables
            if own.variable == table.variable and own.unit != ALL and released.rows(own.unit, own.variable)
        ]
        told = [
            k for k in plan.positions(table.cells[0].students) if plan.shows(released, ALL, table.variable, k)
        ]
        # A share that would leave few can be left out by itself; students cannot.
        shares = [k for k in told if plan.behind.get(k)]
        everyone = [k for k in told if k not in shares]
        while len(rows) > 1 and (risky := _risky(released, schools, table, rows, everyone, min_n)):
            rows = _pooled(rows, risky) if table.merge == "never" else _joined(rows, risky[0], table)
        released.tables[ALL, table.variable] = tuple(rows) if len(rows) > 1 else Dropped("linked")
        for k in shares if len(rows) > 1 else ():
            own = [one for one in schools if plan.shows(released, one.unit, one.variable, k)]
            if _risky(released, own, table, rows, [k], min_n):
                places = [(ALL, table.variable, figure) for figure in plan.behind[k]]
                released = released.withholding(plan, places)
    return released


def _pooled(rows: list[Row], risky: Sequence[Row]) -> list[Row]:
    """Move risky rows to 'another answer or none'; where that is the risky one, there is nothing to show."""
    pool = [row for row in rows if row.pooled]
    if not pool or all(row.pooled for row in risky):
        return []
    moved = [*(row for row in risky if not row.pooled), *pool]
    together_now = Row(tuple(category for row in moved for category in row.categories), pooled=True)
    return [*(row for row in rows if row not in moved), together_now]


def _risky(
    released: Released,
    schools: Sequence[PlannedTable],
    table: PlannedTable,
    rows: Sequence[Row],
    positions: Sequence[int],
    min_n: int,
) -> list[Row]:
    """Return the rows of all schools that leave a small group once the schools' own rows are taken away."""
    found = []
    for row in rows:
        left = students_of(row, table)
        for own in schools:
            for other in released.rows(own.unit, own.variable):
                if _within(other.categories, row.categories):
                    left = left - students_of(other, own)
        if left.at(positions).few(min_n):
            found.append(row)
    return found


def _within(inner: Sequence[Category], outer: Sequence[Category]) -> bool:
    return set(inner) <= set(outer)
