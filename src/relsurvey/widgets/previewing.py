"""What a view hides and why, in short: for the one who publishes it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

from relsurvey.publish.each import Each, parts

if TYPE_CHECKING:
    from relsurvey.view.model import GroupTable, Unit, View

#: Why a table leaves a figure out of a row that it shows, to protect students.
_PROTECTED = frozenset({"too_few", "protected", "dropped"})


def preview(view: View, each: Each | Literal[""], key: str) -> dict[str, Any]:
    """Return what a view hides and why, as plain data.

    Parameters
    ----------
    view
        A view that passed the gate.
    each
        For whom a folder would be written; empty for one view.
    key
        What tells this view from another.

    Returns
    -------
    dict
        ``counts`` of tables, groups and figures from its certificate; ``costs``, a variable each, the one
        that hides most first; ``pages`` on which something is hidden, each with its sentences and its tables'
        notes; how many pages are ``whole``; and the ``folders``.
    """
    titles = {variable.id: variable.title for variable in view.variables}
    pages = [
        {
            "title": unit.title,
            "hidden": unit.hidden,
            "tables": [
                {"title": titles[t.variable], "note": t.note} for t in unit.groups if t.note is not None
            ],
        }
        for unit in view.units
    ]
    open_pages = [page for page in pages if page["hidden"] or page["tables"]]
    certificate = view.provenance.certificate
    folders: list[str] = []
    if each and any(unit.kind == each for unit in view.units):
        folders = list(parts(view, each))
    return {
        "key": key,
        "counts": None
        if certificate is None
        else {
            "tables": [certificate.tables_shown, certificate.tables_hidden],
            "groups": [certificate.groups_shown, certificate.groups_hidden],
            "figures": certificate.figures_withheld,
            "narrowest": certificate.narrowest,
        },
        "costs": sorted(
            (
                {"id": variable, "title": title, **_cost(view.units, variable)}
                for variable, title in titles.items()
            ),
            key=lambda cost: (-cost["hidden"], -cost["figures"], -cost["joined"]),
        ),
        "pages": open_pages,
        "whole": len(pages) - len(open_pages),
        "folders": folders,
    }


def _cost(units: Sequence[Unit], variable: str) -> dict[str, int]:
    """Return on how many pages a variable has a table, none that is shown, or one with something joined."""
    tables: list[GroupTable] = [t for unit in units for t in unit.groups if t.variable == variable]
    return {
        "pages": len(tables),
        "hidden": sum(not table.rows for table in tables),
        "joined": sum(bool(table.rows) and table.note is not None for table in tables),
        "figures": sum(c.reason in _PROTECTED for t in tables for row in t.rows for c in row.cells),
    }
