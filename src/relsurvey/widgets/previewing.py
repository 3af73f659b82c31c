"""What the one who publishes is told: what a view hides and why, and what lies in the folder."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from relsurvey.disclosure import ALL
from relsurvey.files import MANIFEST
from relsurvey.loading.choices import literal
from relsurvey.publish.each import TEAMS, Each, parts

if TYPE_CHECKING:
    from relsurvey.publish import Published
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
        notes; how many pages are ``whole``; the ``folders``; and the ``tables`` that can be left out, of each
        school by the name that :meth:`relsurvey.Study.publish` knows it by.
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
        "tables": [
            {
                "school": ALL if unit.id == ALL else unit.title[view.languages[0]],
                "title": unit.title,
                "variables": [{"id": t.variable, "title": titles[t.variable]} for t in unit.groups],
            }
            for unit in view.units
            if unit.groups
        ],
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


def holds_view(folder: str) -> bool:
    """Say whether a view lies in a folder already."""
    try:
        return any(Path(folder, name).is_file() for name in (MANIFEST, TEAMS))
    except OSError:
        # No folder can have that name.
        return False


def written(published: Published, *, served: bool) -> dict[str, Any]:
    """Return what was written, as plain data, and the command that serves it where it can be ``served``."""
    folder = published.directory
    return {
        "folder": str(folder.resolve()),
        "files": list(published.files),
        "notes": list(published.notes),
        "serve": f"relsurvey serve {_argument(str(folder))}" if served else "",
    }


def _argument(path: str) -> str:
    """Return a path as every command line takes it."""
    return path if path.replace("-", "").replace("_", "").isalnum() else literal(path)
