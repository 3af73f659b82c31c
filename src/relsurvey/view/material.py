"""What a view is made from: one wave's rows and what is known of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from relsurvey.aggregate import moments
from relsurvey.analysis.alike import disattenuated, much_alike
from relsurvey.analysis.models.reliability_finding import ScaleReliability
from relsurvey.instrument.crossing import crossed, pair
from relsurvey.scoring import keyed, score
from relsurvey.words import Subject

if TYPE_CHECKING:
    import pandas as pd

    from relsurvey.analysis.comparable import Comparability
    from relsurvey.instrument import Instrument
    from relsurvey.reading import Entry
    from relsurvey.view.asked import Answering


@dataclass(frozen=True)
class Material:
    """All that a view is made from: one wave's rows and what is known of them.

    Attributes
    ----------
    responses, answers
        One row a respondent of one wave.
    reliability
        One entry a scale, over all respondents of the wave.
    ledger, sha256
        How the rows were read, and the hashes of the files.
    answering
        Who was asked and how many of them answered; None without a roster.
    subject
        What the rows hold: what students answered, or what is counted of their marks.
    cumulative
        The scales that count all that was before too: no wave is set beside another on them.
    """

    instrument: Instrument
    responses: pd.DataFrame
    answers: pd.DataFrame
    wave: str | None
    reliability: tuple[ScaleReliability, ...]
    ledger: tuple[Entry, ...]
    sha256: tuple[str, ...]
    simulated: bool
    answering: Answering | None = None
    subject: Subject = "answers"
    cumulative: tuple[str, ...] = ()

    @property
    def reported(self) -> tuple[str, ...]:
        """The scales that are read as one."""
        return tuple(r.scale for r in self.reliability if r.verdict.reading != "one_by_one")

    def crossing(self, by: Sequence[str]) -> Material:
        """Return the same with each pair of ``by`` as a group variable of its own."""
        found, rows = self.instrument, self.responses
        for name in by:
            if pair(name) is not None:
                group, column = crossed(found, rows, name)
                found = found.model_copy(update={"groups": {**found.groups, name: group}})
                rows = rows.assign(**{name: column})
        return replace(self, instrument=found, responses=rows)

    def comparability(self, variable: str) -> dict[str, Comparability]:
        """Say of each reported scale whether a variable's groups read its questions alike (rules.md 10).

        Over all respondents at hand, never one school's. Marks were not asked for: nothing can be misread.
        """
        from relsurvey.analysis.comparable import comparability

        if self.subject == "marks":
            return {}
        groups = self.responses[variable]
        return {
            key: comparability(keyed(self.responses, self.instrument, key), groups, scale=key, by=variable)
            for key in self.reported
        }

    @property
    def alike(self) -> bool:
        """Whether there are several scales and they are answered much alike (rules.md 8)."""
        import pandas as pd

        if len(self.reliability) < 2 or self.subject == "marks":
            return False
        scores = pd.DataFrame(
            {r.scale: score(self.responses, self.instrument, r.scale).score for r in self.reliability}
        )
        values = [r.omega_or_alpha for r in self.reliability]
        return much_alike(disattenuated(moments(scores), values))
