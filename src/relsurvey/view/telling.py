"""What every part of a view needs to put a finding into words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from relsurvey.aggregate import ScaleSums
from relsurvey.disclosure import Released
from relsurvey.view import model, shares
from relsurvey.view.asked import Answering, Reach, reach
from relsurvey.view.cells import Cells
from relsurvey.view.pages import in_languages
from relsurvey.words import Subject, Text, texts

if TYPE_CHECKING:
    from relsurvey.analysis.comparable import Comparability
    from relsurvey.instrument import Instrument


@dataclass(frozen=True)
class Telling:
    """The numbers of one view, what of them is released, and the languages to say it in.

    Attributes
    ----------
    cells, released
        Aggregates of every cell, and which of them may be shown.
    instrument, languages
        What was asked, and the view's languages.
    alike
        Whether the scales are answered much alike (rules.md 8).
    min_n, same_within
        The view's thresholds: students, and a share of 0-1.
    checked
        By variable and scale: whether the groups read its questions alike (rules.md 10).
    answering
        Who was asked and how many of them answered; None without a roster.
    subject
        What the view is of.
    """

    cells: Cells
    released: Released
    instrument: Instrument
    languages: Sequence[str]
    alike: bool
    min_n: int
    same_within: float
    checked: dict[str, dict[str, Comparability]]
    answering: Answering | None = None
    subject: Subject = "answers"

    def say(self, key: str, **values: object) -> Text:
        """Return a sentence of the catalogue in the view's languages."""
        return texts(self.languages, key, **values)

    def reach(self, unit: str) -> Reach:
        """Return how far sentences on a unit's students may go, by how many of them answered."""
        if self.answering is None:
            return "nearly"
        return reach(self.answering.of(self.cells.titles[unit], self.min_n), self.min_n)

    def scale_title(self, key: str) -> Text:
        """Return a scale's title in the view's languages."""
        return in_languages(self.instrument.scales[key].title, self.languages)

    def share(self, sums: ScaleSums) -> shares.Shown:
        """Return what may be said of the share of students who are favorable on a scale."""
        return shares.shown(self.languages, sums.favorable, sums.n)

    def kept_back(self, answered: int) -> tuple[Text, model.Reason]:
        """Return what stands in place of a share that the gate withheld, and why.

        Parameters
        ----------
        answered
            How many students answered what it is of.
        """
        if answered >= self.min_n:
            return self.say("cell.protected"), "protected"
        return self.say("cell.few" if answered else "cell.nobody", min_n=self.min_n), "too_few"

    def one_by_one(self, key: str) -> Text:
        """Return what stands in place of the share of a scale that is not read as one."""
        k = len(self.instrument.scales[key].items)
        return self.say("cell.one_by_one" if k > 1 else "cell.one_by_one_single", k=k)
