"""How a plain gradebook is read, as far as its headings tell, and what a person changed about that."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from relsurvey.escape import slug
from relsurvey.grading.mapping import GROUP, IGNORE, OWN, ROLES, GradebookMapping
from relsurvey.grading.mapping_sources import candidates

if TYPE_CHECKING:
    from relsurvey.loading.grades_choices import GradeChoices
    from relsurvey.reading.formats import Table
    from relsurvey.reading.opening import Opened

#: What a column of a student's group is called on the screen; the column names it.
A_GROUP = "group"
LAYOUTS = ("wide", "long", "marks")


@dataclass(frozen=True)
class Draft:
    """A mapping for a plain gradebook.

    Attributes
    ----------
    base
        As it was proposed, or made before.
    table
        The sheet.
    settled
        Whether it leaves nothing open, so that the file is read without one.
    known
        Whether a person made it before.
    """

    base: GradebookMapping
    table: Table
    settled: bool
    known: bool

    def layout(self, now: GradeChoices) -> str:
        """Return the layout that holds now."""
        return now.layout or self.base.layout

    def role(self, name: str, now: GradeChoices) -> str:
        """Return what a column holds now."""
        layout = self.layout(now)
        usual = "item" if name in self.base.items and layout == "wide" else IGNORE
        role = now.columns.get(name, self.base.columns.get(name, usual))
        return role if role.startswith(GROUP) or role in ROLES[layout] else IGNORE

    def points(self, name: str, now: GradeChoices) -> float | None:
        """Return the points possible that are said of a column of scores."""
        if name in now.points:
            return now.points[name]
        item = self.base.items.get(name)
        return None if item is None else item.points

    def parts(self, now: GradeChoices) -> dict[str, Any]:
        """Return the mapping's parts as :func:`relsurvey.grading.read_gradebook` takes them.

        Parameters
        ----------
        now
            What a person changed.
        """
        layout = self.layout(now)
        said = self.base.model_dump(exclude_defaults=True, exclude_none=True)
        for name in ("format", "fingerprint", "confirmed", "layout", "columns", "items", "rows"):
            said.pop(name, None)
        roles = {column.name: self.role(column.name, now) for column in self.table.columns}
        parts: dict[str, Any] = {"layout": layout, "columns": roles}
        if layout == "wide":
            items: dict[str, dict[str, Any]] = {}
            for name, role in roles.items():
                if role != "item":
                    continue
                item = self.base.items.get(name)
                about = {} if item is None else item.model_dump(exclude_none=True)
                about |= {"points": tidy(now.points[name])} if name in now.points else {}
                items |= {name: about} if about else {}
            parts |= {"items": items} if items else {}
            rows = self.base.rows.model_dump(exclude_none=True)
            parts |= {"rows": rows} if rows else {}
        parts |= said
        for name in ("decimal", "dates"):
            if value := getattr(now, name):
                parts[name] = value
        if now.all_points is not None:
            parts["points"] = tidy(now.all_points)
        return parts


def tidy(number: float) -> float | int:
    """Return a number as a person writes it: 10, not 10.0."""
    return int(number) if number == int(number) else number


def group_role(name: str) -> str:
    """Return the role of a column that holds a group of students.

    Examples
    --------
    >>> group_role("English learner?"), group_role("504")
    ('group:english_learner', 'group:group_504')
    """
    word = slug(name).replace("-", "_")
    return GROUP + (word if word[:1].isalpha() else f"group_{word}")


def draft_of(path: Path, opened: Opened) -> Draft:
    """Return how a plain gradebook is read: as a person said before, or as its headings tell.

    Parameters
    ----------
    path, opened
        The file: a mapping may lie beside it.

    Raises
    ------
    ReadError
        If the file has no table.
    MatchError
        If the mapping beside it is none.
    """
    from relsurvey.grading.propose import propose

    proposal = propose(opened)
    for _, found in candidates(path, proposal.table.fingerprint):
        if found.confirmed and found.layout not in OWN:
            return Draft(found, proposal.table, True, True)
    return Draft(proposal.mapping, proposal.table, proposal.complete, False)
