"""Answers that surveys use again and again: their order, which are favorable, and both languages."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, cached_property
from importlib import resources

from relsurvey.instrument.fold import fold


@dataclass(frozen=True)
class Rung:
    """One answer of a ladder, in every language, and other ways in which it is written."""

    label: dict[str, str]
    match: tuple[str, ...] = ()
    favorable: bool = False

    @cached_property
    def spellings(self) -> set[str]:
        """Every spelling, folded."""
        return {fold(text) for text in (*self.label.values(), *self.match)}


@dataclass(frozen=True)
class Ladder:
    """Answers in order, the lowest first."""

    id: str
    rungs: tuple[Rung, ...]

    @cached_property
    def spellings(self) -> dict[str, int]:
        """The place of each folded spelling."""
        return {text: place for place, rung in enumerate(self.rungs) for text in rung.spellings}


@cache
def _file() -> tuple[tuple[Ladder, ...], tuple[Rung, ...]]:
    import yaml

    data = yaml.safe_load((resources.files(__name__) / "ladders.yaml").read_text("utf-8"))

    def rung(entry: dict[str, object]) -> Rung:
        label = {"en": str(entry["en"]), "es": str(entry["es"])}
        more = entry.get("match", ())
        assert isinstance(more, (list, tuple))
        return Rung(label, tuple(map(str, more)), bool(entry.get("favorable", False)))

    found = tuple(Ladder(key, tuple(map(rung, rungs))) for key, rungs in data["ladders"].items())
    return found, tuple(map(rung, data["not_counted"]))


def ladders() -> tuple[Ladder, ...]:
    """Return the known ladders.

    Examples
    --------
    >>> [rung.label["en"] for rung in ladders()[0].rungs][:2]
    ['Strongly disagree', 'Disagree']
    """
    return _file()[0]


def not_counted(label: str) -> Rung | None:
    """Return the answer such as "Not sure" that a label is, which no score counts, or None.

    Examples
    --------
    >>> not_counted("I don’t know").label["es"], not_counted("Agree")
    ('No sé', None)
    """
    folded = fold(label)
    return next((rung for rung in _file()[1] if folded in rung.spellings), None)


def climbed(labels: Iterable[str]) -> Ladder | None:
    """Return the smallest known ladder on which all of some labels stand, at least two of them apart.

    Examples
    --------
    >>> climbed(["Agree", "Strongly disagree", "Not sure"]).id
    'agree4'
    >>> climbed(["Red", "Green"]) is None
    True
    """
    folded = {fold(label) for label in labels if label and not_counted(label) is None}
    fits = [
        ladder
        for ladder in ladders()
        if len({ladder.spellings[text] for text in folded if text in ladder.spellings}) >= 2
        and folded <= ladder.spellings.keys()
    ]
    return min(fits, key=lambda ladder: len(ladder.rungs), default=None)
