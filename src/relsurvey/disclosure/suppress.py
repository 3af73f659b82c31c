"""Which units and rows may be shown: thresholds, merging, and the cells that would give a hidden one away."""

from __future__ import annotations

from collections.abc import Sequence

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
    units = _units(plan, min_n)
    released = Released(units, {})
    for table in plan.tables:
        if table.unit in units:
            released.tables[table.unit, table.variable] = rows_of(table, min_n)
    return _against_all(plan, released, min_n)


def _units(plan: Plan, min_n: int) -> frozenset[str]:
    """Hide small units, and as many more that what is left over of the whole is nobody or min_n."""
    shown = {unit.id for unit in plan.units if unit.students.enough(min_n)}

    def left_over(whole: Students, parts: Sequence[Students]) -> bool:
        return bool(parts) and (whole - together(parts)).few(min_n)

    for school in [unit for unit in plan.units if unit.kind == "school"]:
        inside = [team for team in plan.within(school.id) if team.id in shown]
        if school.id not in shown:
            shown -= {team.id for team in inside}
            continue
        teams = sorted(inside, key=lambda team: team.students.fewest)
        while left_over(school.students, [team.students for team in teams]):
            shown.discard(teams.pop(0).id)
    if ALL in shown:
        schools = [unit.students for unit in plan.within(ALL) if unit.id in shown]
        # A school needs its page more than the whole does.
        if left_over(plan.unit(ALL).students, schools):
            shown.discard(ALL)
    return frozenset(shown)


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
        if table.unit != ALL:
            continue
        rows = list(released.rows(ALL, table.variable))
        while len(rows) > 1 and (risky := _risky(plan, released, table, rows, min_n)):
            rows = _pooled(rows, risky) if table.merge == "never" else _joined(rows, risky[0], table)
        if released.rows(ALL, table.variable):
            released.tables[ALL, table.variable] = tuple(rows) if len(rows) > 1 else Dropped("linked")
    return released


def _pooled(rows: list[Row], risky: Sequence[Row]) -> list[Row]:
    """Move risky rows to 'another answer or none'; where that is the risky one, there is nothing to show."""
    pool = [row for row in rows if row.pooled]
    if not pool or all(row.pooled for row in risky):
        return []
    moved = [*(row for row in risky if not row.pooled), *pool]
    together_now = Row(tuple(category for row in moved for category in row.categories), pooled=True)
    return [*(row for row in rows if row not in moved), together_now]


def _risky(plan: Plan, released: Released, table: PlannedTable, rows: Sequence[Row], min_n: int) -> list[Row]:
    """Return the rows of all schools that leave a small group once the schools' own rows are taken away."""
    found = []
    for row in rows:
        left = students_of(row, table)
        for own in plan.tables:
            if own.variable != table.variable or own.unit == ALL:
                continue
            for other in released.rows(own.unit, table.variable):
                if _within(other.categories, row.categories):
                    left = left - students_of(other, own)
        if left.few(min_n):
            found.append(row)
    return found


def _within(inner: Sequence[Category], outer: Sequence[Category]) -> bool:
    return set(inner) <= set(outer)
