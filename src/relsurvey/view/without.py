"""Tables of groups that people leave out of a view, by the names that they know."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from relsurvey.disclosure import ALL
from relsurvey.errors import AnalysisError
from relsurvey.reading.match import nearest, shown

if TYPE_CHECKING:
    from relsurvey.view.cells import Cells

#: By school, or ``"all"`` for all schools together: the group variables of the tables that are left out.
Without = Mapping[str, str | Sequence[str]]


def tables_left_out(cells: Cells, without: Without) -> frozenset[tuple[str, str]]:
    """Return the tables that are left out, by unit and variable.

    Parameters
    ----------
    cells
        The cells of the view, with its whole plan.
    without
        What is left out. Teams have no tables of groups, so none of theirs can be.

    Raises
    ------
    AnalysisError
        If there is no such school or table.

    Examples
    --------
    >>> from types import SimpleNamespace as Cells
    >>> table, plan = Cells(unit="lincoln", variable="home"), Cells(inside=())
    >>> plan.tables = [table]
    >>> plan.unit = lambda name: Cells(kind="school")
    >>> tables_left_out(Cells(titles={"lincoln": ("Lincoln",)}, plan=plan), {"Lincoln": "home"})
    frozenset({('lincoln', 'home')})
    """
    plan = cells.plan
    planned: dict[str, dict[str, None]] = {}
    for table in (*plan.tables, *plan.inside):
        if plan.unit(table.unit).kind != "team":
            planned.setdefault(table.unit, {})[table.variable] = None
    # All schools come last, so that no school of that name stands for them.
    by_name = {(cells.titles[unit] or (ALL,))[0]: unit for unit in reversed(planned)}
    found = set()
    for name, variables in without.items():
        if name not in by_name:
            raise AnalysisError(
                f"{shown(name)} has no tables to leave out{_near(name, by_name)}: name a school, or "
                f"{ALL!r} for all schools together."
            )
        unit = by_name[name]
        for variable in [variables] if isinstance(variables, str) else variables:
            if variable not in planned[unit]:
                raise AnalysisError(
                    f"{shown(name)} has no table by {shown(variable)} to leave out"
                    f"{_near(variable, planned[unit])}: name a group variable that is shown."
                )
            found.add((unit, variable))
    return frozenset(found)


def _near(name: str, among: Iterable[str]) -> str:
    near = nearest(name, among)
    return f" (nearest: {', '.join(shown(one, 40) for one in near)})" if near else ""
