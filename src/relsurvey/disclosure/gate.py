"""Suppress, audit, and suppress more until the audit passes: no pass, no view."""

from __future__ import annotations

from relsurvey.disclosure.audit import audit
from relsurvey.disclosure.plan import ALL, Plan, Released
from relsurvey.disclosure.suppress import suppress
from relsurvey.errors import DisclosureError


def protect(plan: Plan, min_n: int) -> Released:
    """Return what may be shown of a plan, after the audit has passed.

    Parameters
    ----------
    plan
        Everything a view would show, over all units and variables together.
    min_n
        Fewest students of anything shown.

    Raises
    ------
    DisclosureError
        If even with every group table dropped a small group could be computed.

    Notes
    -----
    Where the audit still finds a small group through linked tables, the table of all schools is dropped
    first, then the smallest school's, one at a time: a school's own page is worth more to it than the whole.
    """
    released = suppress(plan, min_n)
    while exposures := audit(plan, released, min_n):
        variable = next((e.variable for e in exposures if e.variable is not None), None)
        shown = [t for t in plan.tables if t.variable == variable and released.rows(t.unit, t.variable)]
        if variable is None or not shown:
            raise DisclosureError(
                "A group of fewer than "
                f"{min_n} students could be computed from the units alone, so nothing is published. "
                "Publish schools without teams, or join the smallest schools."
            )
        weakest = min(shown, key=lambda t: (t.unit != ALL, plan.unit(t.unit).students.fewest))
        released = released.without(weakest.unit, variable, "linked")
    return released
