"""Next steps that teams saved in earlier waves: read strictly, and set beside the units they are of."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from relsurvey.errors import ReadError
from relsurvey.escape import one_line
from relsurvey.instrument.model import Wave
from relsurvey.view import model
from relsurvey.view.pages import wave_name, wave_phrase
from relsurvey.view.units import at_a_glance
from relsurvey.words import Text, agree, texts

#: Largest file in bytes, most files at once, and most cards a unit is shown with.
_LARGEST, _MOST_FILES, MOST_CARDS = 100_000, 5_000, 3
# What a screen does not show, or shows in another order than it stands in the file; a line end stays.
_UNSEEN = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]")


def _plain(text: str) -> str:
    return _UNSEEN.sub(" ", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


_Id = Annotated[str, StringConstraints(max_length=200)]
_Line = Annotated[str, StringConstraints(max_length=200), AfterValidator(_plain)]
_Lines = Annotated[str, StringConstraints(max_length=1000), AfterValidator(_plain)]
_Title = Annotated[dict[_Id, Annotated[str, StringConstraints(max_length=1000)]], Field(max_length=20)]


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class SavedCard(_Strict):
    """The card of a team's file: its own words."""

    scale: _Id | None
    strategy: _Id | None
    noticed: _Lines
    trying: _Lines
    who: _Line
    by_when: _Line
    looking_at: _Lines


class TeamFile(_Strict):
    """A file that a team saved from a page: ``widgets/core/team.ts`` writes it, with the same limits."""

    format: Literal[1]
    kind: Literal["relsurvey-team"]
    view: _Id
    unit: _Id
    title: _Title | None = None
    wave: Annotated[dict[_Id, _Id], Field(max_length=20)] | None
    made: datetime.date
    guesses: dict[_Id, Annotated[int, Field(ge=0, le=10)]] = Field(max_length=200)
    surprise: _Lines
    card: SavedCard


def read(cards: str | Path | Sequence[str | Path]) -> dict[str, TeamFile]:
    """Read teams' files.

    Parameters
    ----------
    cards
        A folder, of which every ``.json`` is read; a file; or a list of either.

    Returns
    -------
    dict
        What each file says, by its name.

    Raises
    ------
    ReadError
        If there is no file, or one is none that the page *Next step* saved, naming it.
    """
    found: dict[str, TeamFile] = {}
    for path in _paths(cards):
        name = one_line(path.name)[:80]
        try:
            with path.open("rb") as file:
                data = file.read(_LARGEST + 1)
        except OSError as cause:
            raise ReadError(f"{name} cannot be read: {cause.strerror}. Check the path.") from cause
        if len(data) > _LARGEST:
            raise ReadError(f"{name} is larger than a team's file can be (100 kB). Leave it out.")
        try:
            found[str(path)] = TeamFile.model_validate_json(data)
        except ValidationError as cause:
            error = cause.errors(include_input=False, include_url=False, include_context=False)[0]
            where = one_line(".".join(map(str, error["loc"])))[:80] or "its text"
            why = one_line(error["msg"])[:120]
            raise ReadError(
                f"{name} is not a file that the page Next step saved ({where}: {why[:1].lower()}{why[1:]}). "
                "Save it there again, or leave it out."
            ) from cause
    return found


def _paths(cards: str | Path | Sequence[str | Path]) -> list[Path]:
    paths: list[Path] = []
    for given in [cards] if isinstance(cards, (str, Path)) else cards:
        path = Path(given)
        if path.is_dir():
            inside = sorted(p for p in path.glob("*.json") if p.is_file())
            if not inside:
                raise ReadError(f"There is no team's file (.json) in the folder {path}. Check the path.")
            paths += inside
        elif path.is_file():
            paths.append(path)
        else:
            raise ReadError(f"There is no team's file or folder at {path}. Check the path.")
    if len(paths) > _MOST_FILES:
        raise ReadError(f"There are {len(paths)} teams' files. Give at most {_MOST_FILES} at once.")
    return paths


def attach(
    view: model.View,
    saved: dict[str, TeamFile],
    *,
    instrument: str,
    wave: str | None,
    waves: Mapping[str, Wave],
) -> tuple[model.View, tuple[str, ...]]:
    """Set the cards of earlier waves beside the units they are of, the latest first, at most three each.

    Parameters
    ----------
    view
        The view to come.
    saved
        Teams' files by name.
    instrument, wave
        What the view is of: views are called after it.
    waves
        The instrument's waves, by which a card's own is named.

    Returns
    -------
    tuple
        The view, and a sentence for each file that it cannot show.

    Notes
    -----
    A file of the view's own wave, or of a day after the view was made, is no earlier step and is passed over,
    as is one without a card. Days tell which wave is earlier: next year's fall is called fall again. A scale
    or strategy that the view does not have is left away. A file is of the unit with its title: the same id
    may have been another team's in another wave.
    """
    units = {unit.id for unit in view.units}
    notes: list[str] = []
    cards: dict[str, list[tuple[model.Card, Text]]] = {}
    for path, file in saved.items():
        name = one_line(Path(path).name)[:80]
        if file.view != instrument and not file.view.startswith(f"{instrument}-"):
            notes.append(f"{name} was saved from the view of another survey, so it is left out.")
            continue
        if file.title is None:
            notes.append(f"{name} does not name its school or team, so it is left out.")
            continue
        unit = _owner(view, file.title, file.unit)
        if unit is None:
            unknown = one_line(next(iter(file.title.values()), file.unit))[:60]
            notes.append(f"{name} is of {unknown!r}, which this view does not show, so it is left out.")
            continue
        own = _wave(file.view.removeprefix(instrument).removeprefix("-"), units | {file.unit})
        if own != wave and file.made.isoformat() <= view.made:
            card = _card(file, view, own, waves)
            found = None if card is None else (card, _when(file, view.languages, own, waves))
            if found is not None and found not in cards.setdefault(unit, []):
                cards[unit].append(found)
    shown = [_with_cards(unit, cards[unit.id], view) if cards.get(unit.id) else unit for unit in view.units]
    return view.model_copy(update={"units": shown}), tuple(notes)


def _owner(view: model.View, title: Text, unit: str) -> str | None:
    """Return the id of the unit with a title; of several, the one that had this id."""
    named = [own.id for own in view.units if agree(own.title, title)]
    return named[0] if len(named) == 1 else next((own for own in named if own == unit), None)


def _wave(name: str, units: AbstractSet[str]) -> str | None:
    """Return the wave in what a view's name adds to its instrument; a team's own view adds the unit too.

    Examples
    --------
    >>> _wave("fall", {"north"}), _wave("fall-north", {"north"}), _wave("north", {"north"})
    ('fall', 'fall', None)
    """
    for unit in sorted(units, key=len, reverse=True):
        if name == unit or name.endswith(f"-{unit}"):
            name = name.removesuffix(unit).removesuffix("-")
            break
    return name or None


def _card(file: TeamFile, view: model.View, wave: str | None, waves: Mapping[str, Wave]) -> model.Card | None:
    """Return a file's card as a view shows it, or None where nothing was written or chosen."""
    words = file.card.model_dump(exclude={"scale", "strategy"})
    strategy = file.card.strategy if any(s.id == file.card.strategy for s in view.strategies) else None
    if strategy is None and not any(words.values()):
        return None
    return model.Card(
        made=file.made.isoformat(),
        wave=wave_name(wave, view.languages, waves),
        scale=file.card.scale if any(s.id == file.card.scale for s in view.scales) else None,
        strategy=strategy,
        **words,
    )


def _when(file: TeamFile, known: Sequence[str], wave: str | None, waves: Mapping[str, Wave]) -> Text:
    """Return when a card was made, as in *in fall*: by its wave, else by its month."""
    if wave is not None:
        return wave_phrase("since.in", wave, known, waves)
    return texts(known, "since.in_month", month=texts(known, f"month.{file.made.month}"))


def _with_cards(unit: model.Unit, cards: list[tuple[model.Card, Text]], view: model.View) -> model.Unit:
    """Return a unit with its latest cards, of which the last is told among the first page's sentences."""
    latest = sorted(cards, key=lambda pair: pair[0].made, reverse=True)[:MOST_CARDS]
    told = _sentence(*latest[0], unit, view)
    # It comes to stand below what was found, whose first sentence it never takes the place of.
    say = at_a_glance([*unit.say[:1], told, *unit.say[1:]])
    say.sort(key=lambda text: text == told)
    return unit.model_copy(update={"cards": [card for card, _ in latest], "say": say})


def _sentence(card: model.Card, when: Text, unit: model.Unit, view: model.View) -> Text:
    """Say what a team chose, or that it made a plan, and for which scale where that one is shown now."""
    titles = {strategy.id: strategy.title for strategy in view.strategies}
    shown = {cell.scale for cell in unit.scales if cell.share is not None or cell.reason == "words_only"}
    scale = next((s.title for s in view.scales if s.id == card.scale and s.id in shown), None)
    key = f"card.{'wrote' if card.strategy is None else 'chose'}{'' if scale is None else '_for'}"
    said = texts(view.languages, key, when=when, strategy=titles.get(card.strategy or ""), scale=scale)
    return {language: text[:1].upper() + text[1:] for language, text in said.items()}
