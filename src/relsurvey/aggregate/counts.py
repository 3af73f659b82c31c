"""How many students gave which answer, in a cell: a unit, or one category of a group in a unit."""

from __future__ import annotations

from dataclasses import dataclass

from relsurvey.aggregate.moments import Sums


@dataclass(frozen=True)
class ScaleSums:
    """One scale in one cell.

    Attributes
    ----------
    score, percent
        Sums of the scores, and of the same as percent of the maximum.
    favorable
        How many scored students are favorable.
    answers
        Sums of each student's share of favorable answers.
    """

    score: Sums
    percent: Sums
    favorable: int
    answers: Sums

    @property
    def n(self) -> int:
        """Scored students."""
        return self.score.n

    @property
    def share(self) -> float:
        """The share of scored students who are favorable; NaN when there is none."""
        return self.favorable / self.n if self.n else float("nan")

    def __sub__(self, other: ScaleSums) -> ScaleSums:
        return ScaleSums(
            self.score - other.score,
            self.percent - other.percent,
            self.favorable - other.favorable,
            self.answers - other.answers,
        )

    def __add__(self, other: ScaleSums) -> ScaleSums:
        return ScaleSums(
            self.score + other.score,
            self.percent + other.percent,
            self.favorable + other.favorable,
            self.answers + other.answers,
        )


@dataclass(frozen=True)
class Counts:
    """Answers to one item in one cell: how many chose each keyed code, and how many one not counted."""

    codes: tuple[tuple[float, int], ...]
    not_counted: int

    @property
    def n(self) -> int:
        """Students with a counted answer."""
        return sum(count for _, count in self.codes)

    def __sub__(self, other: Counts) -> Counts:
        return self._with(other, -1)

    def __add__(self, other: Counts) -> Counts:
        return self._with(other, 1)

    def _with(self, other: Counts, sign: int) -> Counts:
        theirs = dict(other.codes)
        return Counts(
            tuple((code, count + sign * theirs.get(code, 0)) for code, count in self.codes),
            self.not_counted + sign * other.not_counted,
        )


@dataclass(frozen=True)
class Cell:
    """All aggregates of one cell.

    Attributes
    ----------
    respondents
        Distinct students with at least one counted answer.
    scales, items
        By id.
    overall
        Sums of each student's mean over the scales named when the cell was made, in percent of the maximum.
    """

    respondents: int
    scales: dict[str, ScaleSums]
    items: dict[str, Counts]
    overall: Sums

    @property
    def figures(self) -> tuple[int, ...]:
        """How many students stand behind each figure: the cell itself, each scale, each item."""
        return (
            self.respondents,
            *(scale.n for scale in self.scales.values()),
            *(item.n for item in self.items.values()),
        )

    def __sub__(self, other: Cell) -> Cell:
        return Cell(
            self.respondents - other.respondents,
            {key: self.scales[key] - other.scales[key] for key in self.scales},
            {key: self.items[key] - other.items[key] for key in self.items},
            self.overall - other.overall,
        )

    def __add__(self, other: Cell) -> Cell:
        return Cell(
            self.respondents + other.respondents,
            {key: self.scales[key] + other.scales[key] for key in self.scales},
            {key: self.items[key] + other.items[key] for key in self.items},
            self.overall + other.overall,
        )
