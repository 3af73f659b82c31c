"""Which units and rows may be shown: thresholds, merging, and the cells that would give a hidden one away."""

from __future__ import annotations

from collections.abc import Sequence

from relsurvey.disclosure.plan import ALL, Category, Dropped, Plan, PlannedCell, PlannedTable, Released, Row


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
    shown = {unit.id for unit in plan.units if unit.low >= min_n}
    for school in [unit for unit in plan.units if unit.kind == "school"]:
        teams = sorted((t for t in plan.within(school.id) if t.id in shown), key=lambda t: t.low)
        if school.id not in shown:
            shown -= {t.id for t in plan.within(school.id)}
            continue
        while teams and 0 < school.high - sum(t.high for t in teams) and school.low - sum(t.high for t in teams) < min_n:
            shown.discard(teams.pop(0).id)
    whole = [unit for unit in plan.units if unit.id == ALL]
    schools = [unit for unit in plan.within(ALL) if unit.id in shown]
    if whole and schools:
        left = (whole[0].low - sum(s.high for s in schools), whole[0].high - sum(s.high for s in schools))
        # A school needs its page more than the whole does.
        if left[1] > 0 and left[0] < min_n:
            shown.discard(ALL)
    return frozenset(shown)


def rows_of(table: PlannedTable, min_n: int) -> tuple[Row, ...] | Dropped:
    """Return the rows of one table by the variable's own merging rule (rules.md 17).

    Examples
    --------
    >>> from relsurvey.disclosure import PlannedCell, PlannedTable
    >>> cells = (PlannedCell("girl", 70, 70), PlannedCell("boy", 80, 80), PlannedCell("nonbinary", 7, 7),
    ...          PlannedCell(None, 5, 5))
    >>> [row.categories for row in rows_of(PlannedTable("a", "gender", "never", cells), 11)]
    [('girl',), ('boy',), ('nonbinary', None)]
    >>> rows_of(PlannedTable("a", "gender", "never", cells[:3]), 11)
    Dropped(why='too_few')
    """
    cells = [cell for cell in table.cells if cell.high > 0]
    if table.merge == "never":
        rows = _pool(cells, min_n)
    else:
        rows = _merge(cells, min_n, neighbours=table.merge == "ordered")
    sizes = {cell.category: cell for cell in cells}
    if len(rows) < 2 or any(sum(sizes[c].low for c in row.categories) < min_n for row in rows):
        return Dropped("too_few")
    return tuple(rows)


def _pool(cells: Sequence[PlannedCell], min_n: int) -> list[Row]:
    """Join small categories with those who gave no answer; leave the others alone."""
    alone = [cell for cell in cells if cell.category is not None and not cell.small(min_n)]
    pooled = [cell for cell in cells if cell not in alone]
    rows = [Row((cell.category,)) for cell in alone]
    if pooled:
        rows.append(Row(tuple(cell.category for cell in pooled), pooled=True))
    return rows


def _merge(cells: Sequence[PlannedCell], min_n: int, *, neighbours: bool) -> list[Row]:
    """Join the smallest row with the next smallest one, or with its smaller neighbour, until none is small."""
    rows: list[list[PlannedCell]] = [[cell] for cell in cells]

    def size(row: list[PlannedCell]) -> int:
        return sum(cell.low for cell in row)

    while len(rows) > 1 and min(map(size, rows)) < min_n:
        i = min(range(len(rows)), key=lambda k: size(rows[k]))
        others = [k for k in (i - 1, i + 1) if 0 <= k < len(rows)] if neighbours else [k for k in range(len(rows)) if k != i]
        j = min(others, key=lambda k: size(rows[k]))
        first, second = min(i, j), max(i, j)
        rows[first] += rows.pop(second)
    return [Row(tuple(cell.category for cell in row), pooled=[c.category for c in row] == [None]) for row in rows]


def _against_all(plan: Plan, released: Released, min_n: int) -> Released:
    """Take from the table of all schools what, less the schools' own tables, would leave a small group."""
    for table in plan.tables:
        if table.unit != ALL or not released.rows(ALL, table.variable):
            continue
        rows = released.rows(ALL, table.variable)
        cells = {cell.category: cell for cell in table.cells}
        risky = _risky(plan, released, table, rows, min_n)
        if not risky:
            continue
        pool = next((row for row in rows if row.pooled), Row((), pooled=True))
        joined = Row(tuple(c for row in rows if row in risky or row == pool for c in row.categories), pooled=True)
        kept = tuple(row for row in rows if row not in risky and row != pool)
        coarser = (*kept, joined)
        enough = sum(cells[c].low for c in joined.categories) >= min_n and len(coarser) > 1 and table.merge == "never"
        if enough and not _risky(plan, released, table, coarser, min_n):
            released.tables[ALL, table.variable] = coarser
        else:
            released.tables[ALL, table.variable] = Dropped("linked")
    return released


def _risky(plan: Plan, released: Released, table: PlannedTable, rows: Sequence[Row], min_n: int) -> list[Row]:
    """Return the rows of all schools that leave 1 to min_n - 1 students once the schools' rows are taken away."""
    by_unit: dict[str, dict[Category, PlannedCell]] = {
        t.unit: {c.category: c for c in t.cells} for t in plan.tables if t.variable == table.variable
    }
    cells = by_unit[ALL]
    found = []
    for row in rows:
        low = sum(cells[c].low for c in row.categories)
        high = sum(cells[c].high for c in row.categories)
        for unit, own in by_unit.items():
            if unit == ALL or unit not in released.units:
                continue
            for other in released.rows(unit, table.variable):
                if set(other.categories) <= set(row.categories):
                    low -= sum(own[c].high for c in other.categories)
                    high -= sum(own[c].high for c in other.categories)
        if high > 0 and low < min_n:
            found.append(row)
    return found
