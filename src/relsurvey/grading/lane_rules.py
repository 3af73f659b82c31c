"""A rule table that puts students into lanes: a school's own file, never one that comes with the package."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, ClassVar

from pydantic import BeforeValidator, Field

from relsurvey.grading.values import HAIR
from relsurvey.grading.written import Part, Written
from relsurvey.instrument.fold import fold
from relsurvey.instrument.source import Place

Limit = Annotated[float, Field(allow_inf_nan=False)]


class Condition(Part):
    """What a column has to hold: all of what is named; ``one_of`` is for texts."""

    at_least: Limit | None = None
    above: Limit | None = None
    at_most: Limit | None = None
    below: Limit | None = None
    one_of: tuple[str, ...] | None = None

    def holds(self, cell: str, value: float | None) -> bool | None:
        """Say whether a cell holds it; None where that cannot be told of an empty one.

        Parameters
        ----------
        cell, value
            The text, and the number that it is; None where it is none.
        """
        if not cell:
            return None
        if self.one_of is not None and fold(cell) not in {fold(text) for text in self.one_of}:
            return False
        limits = (self.at_least, self.above, self.at_most, self.below)
        if limits == (None,) * 4:
            return True
        if value is None:
            return None
        return (
            (self.at_least is None or value >= self.at_least - HAIR)
            and (self.above is None or value > self.above + HAIR)
            and (self.at_most is None or value <= self.at_most + HAIR)
            and (self.below is None or value < self.below - HAIR)
        )

    @property
    def counts(self) -> bool:
        """Whether it asks for a number."""
        return (self.at_least, self.above, self.at_most, self.below) != (None,) * 4


def _condition(given: Any) -> Any:
    """Return the long form of ``3``, ``yes`` and ``[a, b]``."""
    if isinstance(given, bool):
        return {"one_of": ["true", "yes", "1"] if given else ["false", "no", "0"]}
    if isinstance(given, (int, float)):
        return {"at_least": given, "at_most": given}
    if isinstance(given, str):
        return {"one_of": [given]}
    return {"one_of": given} if isinstance(given, (list, tuple)) else given


class LaneRow(Part):
    """A lane, and by column what a student in it has; nothing asked for: everybody who is left."""

    lane: str
    when: dict[str, Annotated[Condition, BeforeValidator(_condition)]] = Field(default_factory=dict)


class LaneRules(Written):
    """A rule table that puts each student into one lane: the first row that holds wins.

    Attributes
    ----------
    id, version
        Its name, and which wording of it.
    title, text
        By language: what it is called, and what it says.
    source
        Who decided it.
    order
        The lanes, the one that is readiest first; empty: as they first stand in ``lanes``.
    lanes
        Its rows.

    Raises
    ------
    PolicyError
        If a part is not as it must be: one sentence with the fix.
    """

    called: ClassVar[str] = "lanes"
    file: ClassVar[str] = "rule table"
    kind: ClassVar[str] = "a rule table of lanes"

    version: str
    title: dict[str, str]
    text: dict[str, str]
    source: str
    order: tuple[str, ...] = ()
    lanes: tuple[LaneRow, ...]

    def problems(self) -> Iterator[tuple[Place, str]]:
        """Yield what the parts say against each other: the place, and a sentence with the fix."""
        return _problems(self)

    @property
    def names(self) -> tuple[str, ...]:
        """The lanes in order."""
        return self.order or tuple(dict.fromkeys(row.lane for row in self.lanes))

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that its conditions look at."""
        return tuple(dict.fromkeys(name for row in self.lanes for name in row.when))


def _problems(rules: LaneRules) -> Iterator[tuple[Place, str]]:
    for key, texts in (("title", rules.title), ("text", rules.text)):
        if not texts:
            yield (key,), f"`{key}` has no words. Write `{key}: {{en: ...}}`: it stands beside every number."
    if not rules.lanes:
        yield (
            ("lanes",),
            "`lanes` has no row. Add one such as `- {lane: promising, when: {gpa: {at_least: 3}}}`.",
        )
    used = [row.lane for row in rules.lanes]
    if rules.order:
        wrong = [one for one in used if one not in rules.order]
        if wrong:
            yield ("order",), f"`order` does not name the lane {wrong[0]!r}. Add it at its place."
        if len(set(rules.order)) < len(rules.order):
            yield ("order",), "`order` names a lane twice. Name each one once."
    if len(set(rules.order or used)) < 2:
        yield ("lanes",), "There is one lane only. Name two or more."
    for place, row in enumerate(rules.lanes):
        if not row.when and place < len(rules.lanes) - 1:
            yield (
                ("lanes", place),
                f"The row of {row.lane!r} asks for nothing, so no row after it is reached. Put it last.",
            )
        for name, condition in row.when.items():
            if condition == Condition():
                yield (
                    ("lanes", place, "when", name),
                    f"`{name}` asks for nothing. Write a part such as `{name}: {{at_least: 3}}`.",
                )
            if condition.one_of is not None and not condition.one_of:
                yield ("lanes", place, "when", name), f"`{name}` lists nothing. Name what it may hold."


def lane_rules(rules: str | Path | dict[str, Any] | LaneRules) -> LaneRules:
    """Return a rule table given itself, its parts, or the path of a YAML file.

    Raises
    ------
    PolicyError
        If it is not as it must be.
    """
    if isinstance(rules, LaneRules):
        return rules
    return LaneRules(**rules) if isinstance(rules, dict) else LaneRules.from_yaml(rules)
