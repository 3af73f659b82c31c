"""One wave beside another: its rows, its numbers, and what of them may be shown."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from relsurvey import scoring
from relsurvey.disclosure import Released
from relsurvey.disclosure.gate import release
from relsurvey.errors import DisclosureError
from relsurvey.view import cells as _cells
from relsurvey.view.cells import Cells
from relsurvey.view.material import Material

if TYPE_CHECKING:
    import numpy as np

    from relsurvey.disclosure.shown import Key
    from relsurvey.scoring import Scored


@dataclass(frozen=True)
class Students:
    """The rows of one wave: who, whether they answered anything, in which units, and what on each scale."""

    respondents: np.ndarray
    answered: np.ndarray
    members: dict[str, np.ndarray]
    scored: dict[str, Scored]


@dataclass(frozen=True)
class Wave:
    """One wave of a view.

    Attributes
    ----------
    material, cells, released
        Its rows, aggregates of every cell, and which of them may be shown.
    """

    material: Material
    cells: Cells
    released: Released

    @classmethod
    def before(
        cls, material: Material, by: tuple[str, ...], min_n: int, left_out: Collection[Key] = ()
    ) -> Wave:
        """Return an earlier wave as its own view would be released; nothing of it where the gate refuses.

        Its tables are planned too, though of this wave only shares of units are shown beside a later one: so
        nothing is told of it there that its own view does not tell.
        """
        cells = _cells.make(material.responses, material.answers, material.instrument, by, material.reported)
        try:
            return cls(material, cells, release(cells.plan, min_n, cells.plan.places(left_out)))
        except DisclosureError:
            return cls(material, cells, Released(frozenset(), {}))

    @cached_property
    def students(self) -> Students:
        """The rows, one a student."""
        responses = self.material.responses[_cells.once(self.material.responses)]
        instrument = self.material.instrument
        return Students(
            responses["respondent"].to_numpy(dtype=object),
            responses[list(self.cells.items)].notna().any(axis=1).to_numpy(dtype=bool),
            _cells.members(responses)[0],
            {key: scoring.score(responses, instrument, key) for key in self.cells.reported},
        )

    def unit(self, titles: tuple[str, ...]) -> str | None:
        """Return the unit with the names of a school, or a school and team; without names, all students."""
        return next((unit for unit, own in self.cells.titles.items() if own == titles), None)

    def hides(self, unit: str, scale: str) -> bool:
        """Whether a scale's share is left out of a unit's page."""
        return self.released.hides(self.cells.plan, unit, None, scale, "scale")
