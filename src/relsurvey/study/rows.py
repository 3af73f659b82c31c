"""The rows of a study, and what every verb asks of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, Self

from relsurvey.errors import AnalysisError
from relsurvey.instrument import Instrument
from relsurvey.instrument.keys import NEVER_PUBLISHED
from relsurvey.reading import Entry, Roster

if TYPE_CHECKING:
    import pandas as pd

    from relsurvey.grading import Gradebook


@dataclass(frozen=True, eq=False)
class Rows:
    """What a :class:`~relsurvey.Study` holds; its attributes are described there."""

    instrument: Instrument
    responses: pd.DataFrame
    answers: pd.DataFrame
    comments: pd.DataFrame
    flags: pd.DataFrame
    _ledger: tuple[Entry, ...]
    _sha256: tuple[str, ...]
    simulated: bool = False
    _ids: Literal["hashed", "as-is"] = "hashed"
    _roster: Roster | None = None
    _gradebook: Gradebook | None = None

    @property
    def roster(self) -> pd.DataFrame | None:
        """Who was asked: one row a student, or None without a roster; nobody who opted out is in it."""
        return None if self._roster is None else self._roster.students

    @property
    def waves(self) -> tuple[str, ...]:
        """The waves there are, in the instrument's order, others last."""
        if "wave" not in self.responses:
            return ()
        found = [str(w) for w in self.responses["wave"].dropna().unique()]
        known = [w for w in self.instrument.waves if w in found]
        return (*known, *sorted(w for w in found if w not in known))

    @property
    def wave(self) -> str | None:
        """The latest wave, which every verb uses."""
        return self.waves[-1] if self.waves else None

    def _chosen(self, keep: pd.Series) -> Self:
        """Return some of the rows, with their index kept; no verb of a person, so it has no ledger line."""
        return replace(self, responses=self.responses[keep], answers=self.answers[keep])

    def _of_wave(self, wave: str) -> Self:
        return self._chosen(self.responses["wave"] == wave)

    def _latest(self) -> Self:
        """Return the rows of the latest wave."""
        return self if self.wave is None else self._of_wave(self.wave)

    def _before(self) -> Self | None:
        """Return the rows of the wave before the latest; None where there is one wave or none."""
        return self._of_wave(self.waves[-2]) if len(self.waves) > 1 else None

    def _known(self, scale: str) -> None:
        if scale not in self.instrument.scales:
            raise AnalysisError(
                f"There is no scale {scale!r} in {self.instrument.id}. "
                f"It has: {', '.join(self.instrument.scales)}."
            )

    def _group(self, by: str) -> str:
        """Return a variable that students may be compared by, with values in the latest wave."""
        if by in NEVER_PUBLISHED:
            raise AnalysisError(
                f"Students are never compared by {by}: that would rank adults. "
                "Use a group variable, school or team."
            )
        if by not in self.instrument.groups and by not in ("school", "team", "grade_level"):
            raise AnalysisError(
                f"{by!r} is not a group variable of {self.instrument.id}. "
                f"It has: {', '.join(self.instrument.groups) or 'none'}."
            )
        if by not in self.responses or not self._latest().responses[by].notna().any():
            raise AnalysisError(
                f"No row of this study has a value for {by!r}, so nothing can be compared by it."
            )
        return by

    def _column(self, by: str) -> pd.Series:
        """Return each row's group; a team whose name stands in several schools is named with its school."""
        column = self.responses[self._group(by)]
        if by == "team" and "school" in self.responses:
            school = self.responses["school"]
            if self.responses[["school", "team"]].drop_duplicates()["team"].dropna().duplicated().any():
                return (school + ": " + column).rename("team")
        return column

    def _order(self, by: str, column: pd.Series) -> tuple[str, ...]:
        found = [str(v) for v in column.dropna().unique()]
        listed = [c.id for c in self.instrument.groups[by].categories] if by in self.instrument.groups else []
        return (*[c for c in listed if c in found], *sorted(v for v in found if v not in listed))

    def _answered(self) -> tuple[str, ...]:
        rows = self._latest().responses
        return tuple(
            k for k, s in self.instrument.scales.items() if rows[list(s.items)].notna().any(axis=None)
        )
