"""Suppress, audit, and suppress more until the audit passes: no pass, no view."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from relsurvey.disclosure.across import Across, Told
from relsurvey.disclosure.crossings import crossings
from relsurvey.disclosure.exposures import Exposure, computable, exposures
from relsurvey.disclosure.fewest import fewest
from relsurvey.disclosure.pairs import told_by_pairs
from relsurvey.disclosure.plan import ALL, Place, Plan, Released, Row
from relsurvey.disclosure.suppress import students_of, suppress
from relsurvey.disclosure.systems import System, known, systems
from relsurvey.disclosure.widths import Asked, Narrow, narrowed
from relsurvey.errors import DisclosureError
from relsurvey.instrument.crossing import pair


def release(plan: Plan, min_n: int, left_out: Iterable[Place] = ()) -> Released:
    """Return what may be shown of a plan, after the audit has passed.

    Parameters
    ----------
    plan
        Everything a view would show, over all units and variables together.
    min_n
        Fewest students of anything shown.
    left_out
        Figures that are not to be shown in any case, as beside earlier releases.

    Raises
    ------
    DisclosureError
        If even with every group table dropped a small group could be computed.

    Notes
    -----
    Where the audit still finds a small group through linked tables, the table of all schools is dropped
    first, then the smallest school's, one at a time: a school's own page is worth more to it than the whole.
    Those that turn out not to have helped are shown again.
    Where few follow of one scale or item alone, that one is withheld instead.
    Where the share of a small group could be told too closely on a scale or item, by tables of its own
    variable or of others, that one is withheld where it helps: from the table of all schools, the school's
    own, at last from the pages, a team's before its school's.
    """
    released = suppress(plan, min_n)
    taken: dict[tuple[str, str], tuple[Row, ...]] = {}
    while found := computable(plan, released, min_n):
        if all(exposure.figure is not None for exposure in found):
            released = _less_told(plan, released, found[0])
            continue
        variable = next((e.variable for e in found if e.figure is None and e.variable is not None), None)
        shown = [t for t in plan.tables if t.variable == variable and released.rows(t.unit, t.variable)]
        if variable is None or not shown:
            raise DisclosureError(
                "A group of fewer than "
                f"{min_n} students could be computed from the units alone, so nothing is published. "
                "Publish schools without teams, or join the smallest schools."
            )
        weakest = min(shown, key=lambda t: (t.unit != ALL, plan.unit(t.unit).students.figures[0]))
        taken.setdefault((weakest.unit, variable), released.rows(weakest.unit, variable))
        released = _less(plan, released, weakest.unit, variable)
    released = _given_back(plan, released, taken, min_n)
    while pairs := crossings(plan, released, min_n):
        whole = [pair for pair in pairs if pair.position == 0]
        if whole:
            places = {place for pair in whole for place in (pair.first, pair.second)}
            released = _without_weakest(plan, released, places)
        else:
            one = pairs[0]
            figures = plan.behind[one.position]
            released = _without_figures(plan, released, (one.first, one.second), figures)
    released = _withheld_across(plan, _withheld(plan, released, min_n), min_n)
    released = released.withholding(plan, told_by_pairs(plan, released, min_n))
    # Last: what the tables themselves need is then settled as it was before.
    released = _emptied(plan, released.withholding(plan, left_out))
    if exposures(plan, released, min_n):
        raise DisclosureError(
            "The share of a small group could be told too closely from the tables together, so nothing is "
            "published. Leave a group variable out of `by`, or join the smallest schools."
        )
    return released


def _given_back(
    plan: Plan, released: Released, taken: Mapping[tuple[str, str], tuple[Row, ...]], min_n: int
) -> Released:
    """Show tables again that need not have gone, the largest unit's first."""
    for place, rows in reversed([*taken.items()]):
        again = replace(released, tables={**released.tables, place: rows})
        if not computable(plan, again, min_n):
            released = again
    return released


def _less_told(plan: Plan, released: Released, exposure: Exposure) -> Released:
    """Withhold the figure by which few can be computed, in a table of the variable or on a page."""
    figures = [f for f, figure in enumerate(plan.figures) if figure.of == exposure.figure]
    tables = [(t.unit, t.variable) for t in plan.tables if t.variable == exposure.variable]
    pages = [(unit, None) for unit in sorted(released.units)]
    shown = [place for place in tables if released.rows(*place)]
    return _without_figures(plan, released, [*shown, *pages], figures)


def _without_figures(
    plan: Plan,
    released: Released,
    places: Iterable[tuple[str, str | None]],
    figures: Sequence[int],
) -> Released:
    """Withhold figures in one place that shows them: in a table, else on a page; of all schools first."""
    open_ = [(u, v) for u, v in places if any((u, v, figure) not in released.withheld for figure in figures)]

    def worth(place: tuple[str, str | None]) -> tuple[bool, bool, int, str, str]:
        unit, variable = place
        return variable is None, unit != ALL, plan.unit(unit).students.figures[0], unit, variable or ""

    unit, variable = min(open_, key=worth)
    return released.withholding(plan, [(unit, variable, figure) for figure in figures])


def _without_weakest(plan: Plan, released: Released, places: Iterable[tuple[str, str | None]]) -> Released:
    """Drop a table that leaves a small group of another: of all schools, or else the last variable's."""
    tables = [(unit, variable) for unit, variable in places if variable is not None]
    if not tables:
        raise DisclosureError(
            "Two schools or teams leave a small group of each other, so nothing is published. "
            "Publish schools without teams, or join the smallest schools."
        )
    unit, variable = min(tables, key=lambda place: (place[0] != ALL, -plan.variables.index(place[1]), place))
    return _less(plan, released, unit, variable)


def _less(plan: Plan, released: Released, unit: str, variable: str) -> Released:
    """Drop a table; of two variables together, first join its smallest group with another answer or none."""
    rows = released.rows(unit, variable)
    named = [row for row in rows if not row.pooled]
    if pair(variable) is None or len(named) < 3:
        return released.without(unit, variable, "linked")
    table = next(t for t in plan.tables if (t.unit, t.variable) == (unit, variable))
    smallest = min(named, key=lambda row: students_of(row, table).fewest)
    joined = [smallest, *(row for row in rows if row.pooled)]
    pooled = Row(tuple(category for row in joined for category in row.categories), pooled=True)
    left = (*(row for row in named if row != smallest), pooled)
    return replace(released, tables={**released.tables, (unit, variable): left})


def _withheld(plan: Plan, released: Released, min_n: int) -> Released:
    """Withhold figures until no small group's share can be told too closely: each round has fewer left."""
    for system in systems(plan, released):
        found = narrowed(plan, released, system, min_n).found
        asked = Asked(plan, released, system, found)
        while found:
            for one in found:
                if asked.narrow(released, one):
                    released = released.withholding(plan, _places(plan, released, system, one, asked))
            # What is withheld makes no range narrower, so only these can still be too narrow.
            found = tuple(one for one in found if asked.narrow(released, one))
    return released


def _withheld_across(plan: Plan, released: Released, min_n: int) -> Released:
    """Withhold figures until no table of another variable tells a small group's share too closely."""
    across = Across(plan, released, min_n)
    for told, still in ((across.told, across.still), (across.told_together, across.still_together)):
        for one in told(released):
            if still(released, one):
                released = released.withholding(plan, _places_across(plan, released, across, one, still))
    return released


def _places(plan: Plan, released: Released, system: System, one: Narrow, asked: Asked) -> list[Place]:
    """Return where to withhold a figure so that a group's share stays open: one place if one is enough."""
    units = {system.atoms[a][0] for a in one.group}
    tables = {
        (shown.unit, shown.variable)
        for shown in system.shown
        if known(plan, released, shown, one.figure) is not None
    }

    def enough(places: Iterable[Place]) -> bool:
        return not asked.narrow(released.withholding(plan, places), one)

    return _fewest(plan, one.figure, tables, units, enough)


def _places_across(
    plan: Plan, released: Released, across: Across, one: Told, still: Callable[[Released, Told], bool]
) -> list[Place]:
    """Return the same of a group that tables of several variables tell together."""
    units, tables = across.around(one)

    def enough(places: Iterable[Place]) -> bool:
        return not still(released.withholding(plan, places), one)

    tables = [table for table in tables if (*table, one.figure) not in released.withheld]
    return _fewest(plan, one.figure, tables, units, enough)


def _fewest(
    plan: Plan,
    figure: int,
    tables: Collection[tuple[str, str | None]],
    units: Collection[str],
    enough: Callable[[Sequence[Place]], bool],
) -> list[Place]:
    """Return one place if that is enough, else as few as are found: what is the least wanted first."""

    def worth(place: tuple[str, str | None]) -> tuple[bool, bool, bool, bool, int, str, int]:
        unit, variable = place
        return (
            variable is None,
            # Two teams' pages may save their school's.
            plan.unit(unit).kind != "team" or plan.unit(unit).parent not in units,
            unit != ALL,
            unit not in units,
            plan.unit(unit).students.figures[0],
            unit,
            0 if variable is None else -plan.variables.index(variable),
        )

    order: list[Place] = [(unit, variable, figure) for unit, variable in sorted(tables, key=worth)]
    for place in order:
        if (place[0] in units or place[0] == ALL) and enough([place]):
            return [place]
    return fewest(order, enough)


def _emptied(plan: Plan, released: Released) -> Released:
    """Drop the tables of which every figure is withheld."""
    for table in plan.tables:
        figures = range(len(table.cells[0].students.counts))
        places = {(table.unit, table.variable, figure) for figure in figures}
        if places and places <= released.withheld and released.rows(table.unit, table.variable):
            released = released.without(table.unit, table.variable, "narrow")
            released = replace(released, withheld=released.withheld - places)
    return released
