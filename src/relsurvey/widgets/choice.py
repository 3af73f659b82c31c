"""What a coach chooses to publish, as one value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from relsurvey.publish.each import Each
from relsurvey.publish.write import Format


@dataclass(frozen=True)
class Choice:
    """All that a coach may choose, as one value.

    Attributes
    ----------
    by
        Group variables, in the instrument's order.
    formats
        The doors.
    min_n
        A threshold that was raised; 0 where it was not.
    each
        ``"school"``, ``"team"``, or empty for one view.
    out
        The folder.
    strategies
        The file of strategy cards; empty for the ready ones.
    left
        Tables that are left out: the school (or ``"all"``) and the variable of each.
    """

    by: tuple[str, ...]
    formats: tuple[Format, ...]
    min_n: int
    each: Each | Literal[""]
    out: str
    strategies: str = ""
    left: tuple[tuple[str, str], ...] = ()

    @property
    def tables(self) -> tuple[tuple[str, str], ...]:
        """Those of the tables that are left out whose variable is shown, in order."""
        return tuple(sorted(table for table in self.left if table[1] in self.by))

    @property
    def without(self) -> dict[str, list[str]]:
        """The same by school, as :meth:`relsurvey.Study.publish` takes them."""
        found: dict[str, list[str]] = {}
        for school, variable in self.tables:
            found.setdefault(school, []).append(variable)
        return found
