"""Strategy cards as their YAML gives them, and those that fit a view."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from importlib import resources
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import Field, model_validator

from relsurvey.instrument import checks, document, source
from relsurvey.instrument.model import Model, Text
from relsurvey.view import model
from relsurvey.words.catalogue import pick

_ID = re.compile(r"[a-z][a-z0-9_]{0,39}\Z")
#: Longest texts, in characters: a card is read in a meeting and printed on one sheet.
_LONGEST = {"title": 60, "what": 400, "steps": 240, "look_at": 240, "source": 400}
_MOST_STEPS, _MOST_CARDS = 6, 60


class StrategyCard(Model):
    """Something a team could try.

    Attributes
    ----------
    elements
        Elements of the instrument that it may help; none: it goes with any instrument.
    """

    id: str
    title: Text
    elements: tuple[str, ...] = ()
    what: Text
    steps: tuple[Text, ...]
    look_at: Text
    source: Text


class Strategies(Model):
    """The strategy cards of one file, in its order.

    Examples
    --------
    >>> cards = ready()
    >>> list(cards.strategies)[:2], cards.strategies["two_by_ten"].elements
    (['two_by_ten', 'greeting_by_name'], ('express_care',))
    >>> Strategies.parse(cards.to_yaml()) == cards
    True
    """

    format: Literal[1]
    strategies: dict[str, StrategyCard] = Field(default_factory=dict)

    @model_validator(mode="before")
    @classmethod
    def _ids_from_keys(cls, data: Any) -> Any:
        if not isinstance(data, dict) or not isinstance(data.get("strategies"), dict):
            return data
        cards = {
            str(key): {**value, "id": str(key)} if isinstance(value, dict) else value
            for key, value in data["strategies"].items()
        }
        return {**data, "strategies": cards}

    @classmethod
    def from_yaml(cls, path: str | Path) -> Strategies:
        """Read strategy cards from a YAML file.

        Parameters
        ----------
        path
            A path to the file (UTF-8).

        Raises
        ------
        InstrumentError
            Naming the file, the line and the fix.
        """
        path = Path(path)
        return cls.parse(document.text_of(path, "file of strategies"), path.name)

    @classmethod
    def parse(cls, text: str, name: str = "strategies") -> Strategies:
        """Read strategy cards from YAML text.

        Parameters
        ----------
        text
            The YAML.
        name
            What messages call it.

        Raises
        ------
        InstrumentError
            Naming the line and the fix.
        """
        return document.parsed(cls.model_validate, text, name, _problems, "a file of strategies")

    def to_yaml(self, path: str | Path | None = None) -> str:
        """Return the cards as YAML, as :meth:`from_yaml` reads it; write it too when given a path."""
        cards = self.model_dump(mode="json")["strategies"]
        data = {"format": self.format, "strategies": {k: _without_id(card) for k, card in cards.items()}}
        text: str = yaml.safe_dump(data, allow_unicode=True, sort_keys=False, width=110)
        if path is not None:
            from relsurvey.files import write_atomic

            write_atomic(Path(path), text)
        return text


def _without_id(card: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in card.items() if key != "id"}


def _problems(found: Strategies) -> Iterator[checks.Problem]:
    """Yield what is wrong with cards whose shape is right."""
    if not found.strategies:
        yield checks.Problem(("strategies",), "there are no strategies. Add at least one.")
    if len(found.strategies) > _MOST_CARDS:
        yield checks.Problem(
            ("strategies",),
            f"there are more than {_MOST_CARDS} strategies. Keep those that a team can choose from.",
        )
    for key, card in found.strategies.items():
        place: source.Place = ("strategies", key)
        if not _ID.match(key):
            yield checks.Problem(
                place, f"{key!r} cannot be an id. Use small letters, digits and _, such as `two_by_ten`."
            )
        if not 0 < len(card.steps) <= _MOST_STEPS:
            yield checks.Problem(
                (*place, "steps"), f"a strategy has 1 to {_MOST_STEPS} steps. This one has {len(card.steps)}."
            )
        for part, longest in _LONGEST.items():
            value = getattr(card, part)
            for at, text in enumerate(value if part == "steps" else (value,)):
                where = (*place, part, at) if part == "steps" else (*place, part)
                yield from _of_text(where, part, text, longest)


def _of_text(place: source.Place, part: str, text: dict[str, str], longest: int) -> Iterator[checks.Problem]:
    if not text or not all(value.strip() for value in text.values()):
        yield checks.Problem(place, f"`{part}` has no words. Write them, in each language that is named.")
    if any(len(value) > longest for value in text.values()):
        yield checks.Problem(place, f"`{part}` is longer than {longest} characters. Shorten it.")


def ready() -> Strategies:
    """Return the strategy cards that come with the package.

    Examples
    --------
    >>> len(ready().strategies)
    14
    """
    file = resources.files(__package__) / "ready.yaml"
    return Strategies.parse(file.read_text("utf-8"), "ready.yaml")


def find(strategies: str | Path | Strategies | None) -> Strategies:
    """Return strategy cards given themselves or the path of a YAML file; the ready ones when None.

    Raises
    ------
    InstrumentError
        If the file is not there or not right.
    """
    if strategies is None:
        return ready()
    return strategies if isinstance(strategies, Strategies) else Strategies.from_yaml(strategies)


def offered(
    strategies: Strategies, scales: Sequence[model.Scale], known: Sequence[str]
) -> list[model.Strategy]:
    """Return the cards that fit a view: those of its scales' elements, and those that go with any.

    Parameters
    ----------
    strategies
        All cards.
    scales
        The view's scales.
    known
        The view's languages; a text that lacks one is given as instrument texts are.
    """

    def said(text: dict[str, str]) -> dict[str, str]:
        return {language: pick(text, language) for language in known}

    found = []
    for card in strategies.strategies.values():
        helped = [scale.id for scale in scales if scale.element in card.elements]
        if helped or not card.elements:
            found.append(
                model.Strategy(
                    id=card.id,
                    title=said(card.title),
                    scales=helped,
                    what=said(card.what),
                    steps=[said(step) for step in card.steps],
                    look_at=said(card.look_at),
                    source=said(card.source),
                )
            )
    return found
