"""What the gate proved of a view, without a count of students."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from relsurvey.disclosure.across import Across
from relsurvey.disclosure.plan import Dropped, Plan, Released
from relsurvey.disclosure.systems import systems
from relsurvey.disclosure.widths import WIDTH, narrowed

#: What the audit runs, in this order: elimination over a prime field; overlaps of every two sets shown;
#: Fréchet's bounds by every variable's tables; counts moved between hidden groups; linear programs; integer
#: programs on small systems.
METHODS = ("rank", "overlaps", "frechet", "moves", "linear", "integer")


@dataclass(frozen=True)
class Certificate:
    """What was asked of a view, and what was found.

    Attributes
    ----------
    min_n
        Fewest students of anything shown.
    width
        Fewest points that a small group's share must leave open.
    tables_shown, tables_hidden
        Tables of groups.
    groups_shown, groups_hidden
        Rows of these tables, and categories that have no row of their own in them.
    figures_withheld
        Scales and items left out of a table or page that is shown.
    narrowest
        Points that every small group's share leaves open at least, rounded down; None where none is hidden.
    methods
        What the audit ran.
    """

    min_n: int
    width: int
    tables_shown: int
    tables_hidden: int
    groups_shown: int
    groups_hidden: int
    figures_withheld: int
    narrowest: int | None
    methods: tuple[str, ...]

    def beside(self, earlier: Certificate) -> Certificate:
        """Return the same with the narrowest range of an earlier wave too, whose shares stand beside."""
        found = [c.narrowest for c in (self, earlier) if c.narrowest is not None]
        return replace(self, narrowest=min(found, default=None))


def certify(plan: Plan, released: Released, min_n: int) -> Certificate:
    """Return the certificate of a release that has passed the audit.

    Parameters
    ----------
    plan, released, min_n
        As for :func:`~relsurvey.disclosure.gate.release`.

    Examples
    --------
    >>> from relsurvey.disclosure import Plan, Students, Unit
    >>> from relsurvey.disclosure.gate import release
    >>> plan = Plan((Unit("a", "school", None, Students((40,))),), ())
    >>> certify(plan, release(plan, 11), 11).narrowest is None
    True
    """
    found = [narrowed(plan, released, system, min_n) for system in systems(plan, released)]
    tables = [(table, released.tables.get((table.unit, table.variable))) for table in plan.tables]
    shown = [(table, rows) for table, rows in tables if rows is not None and not isinstance(rows, Dropped)]
    rows = [row for _, of in shown for row in of]
    planned = sum(not cell.students.none for table in plan.tables for cell in table.cells)
    alone = sum(len(row.categories) == 1 for row in rows)
    withheld = {(unit, variable, plan.figures[figure].of) for unit, variable, figure in released.withheld}
    narrowest = min((f.narrowest for f in found if f.groups), default=None)
    if narrowest is not None:
        narrowest = min(narrowest, Across(plan, released, min_n).narrowest(released))
    return Certificate(
        min_n=min_n,
        width=round(100 * WIDTH),
        tables_shown=len(shown),
        tables_hidden=len(tables) - len(shown),
        groups_shown=len(rows),
        groups_hidden=planned - alone,
        figures_withheld=len(withheld),
        narrowest=None if narrowest is None else math.floor(100 * narrowest + 1e-9),
        methods=METHODS,
    )
