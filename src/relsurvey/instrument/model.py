"""What was asked: an instrument, its scales, items, response options and group variables."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeVar

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from relsurvey.instrument import checks, document

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

#: One code, or a column of them.
Codes = TypeVar("Codes", float, "np.ndarray", "pd.Series")

_ANY = "*"  # the language of a text that was given as one string


def _is_word(value: Any) -> bool:
    return isinstance(value, (str, int, float)) and not isinstance(value, bool)


def _text(value: Any) -> Any:
    return {_ANY: str(value)} if _is_word(value) else value


Text = Annotated[dict[str, str], BeforeValidator(_text)]


def say(text: dict[str, str], language: str) -> str:
    """Return a text in a language, else in English, else as it is.

    Examples
    --------
    >>> say({"en": "Agree", "es": "De acuerdo"}, "es"), say({"*": "Agree"}, "es")
    ('De acuerdo', 'Agree')
    """
    return text.get(language) or text.get(_ANY) or text.get("en") or next(iter(text.values()), "")


class Model(BaseModel):
    """A frozen part of an instrument that accepts no unknown key."""

    model_config = ConfigDict(frozen=True, extra="forbid", coerce_numbers_to_str=True)


class ResponseOption(Model):
    """One answer a student may choose; ``favorable`` speaks of the keyed code (rules.md 1)."""

    code: float | None = None
    label: Text
    favorable: bool = False
    counted: bool = True


class Options(Model):
    """The answers of a question, in order of their codes."""

    id: str
    options: tuple[ResponseOption, ...]

    @model_validator(mode="before")
    @classmethod
    def _from_list(cls, data: Any) -> Any:
        return data if isinstance(data, dict) and "options" in data else {"id": "", "options": data}

    @property
    def counted(self) -> tuple[ResponseOption, ...]:
        """The options that enter scores and shares."""
        return tuple(option for option in self.options if option.counted)

    @property
    def codes(self) -> tuple[float, ...]:
        """The counted codes, in the order given."""
        return tuple(option.code for option in self.counted if option.code is not None)

    @property
    def low(self) -> float:
        """The smallest counted code."""
        return min(self.codes)

    @property
    def high(self) -> float:
        """The largest counted code."""
        return max(self.codes)

    @property
    def mirrored(self) -> bool:
        """Whether min + max - code maps the codes onto themselves."""
        return {self.turned(code) for code in self.codes} == set(self.codes)

    def turned(self, codes: Codes) -> Codes:
        """Return the codes of a reversed question as they count: min + max - code."""
        turned: Codes = self.low + self.high - codes
        return turned


class Item(Model):
    """One question."""

    id: str
    text: Text
    options: str
    reverse: bool = False
    element: str | None = None
    was: tuple[str, ...] = ()
    favorable: frozenset[float] | None = None


class Scale(Model):
    """Questions that are read together."""

    id: str
    title: Text
    items: tuple[str, ...]
    element: str | None = None
    score: Literal["mean", "sum", "pomp"] = "mean"
    min_answered: float = Field(0.5, gt=0, le=1)


class Category(Model):
    """One category of a group variable."""

    id: str
    label: Text
    match: tuple[str, ...] = ()
    counted: bool = True

    @model_validator(mode="before")
    @classmethod
    def _from_word(cls, data: Any) -> Any:
        if _is_word(data):
            return {"id": str(data), "label": str(data)}
        if isinstance(data, dict) and "id" in data and "label" not in data:
            return {**data, "label": str(data["id"])}
        return data


class GroupVariable(Model):
    """A variable by which students may be compared."""

    id: str
    title: Text
    text: Text | None = None
    column: str | None = None
    multiple: bool = False
    combine: Literal["two_or_more"] | None = None
    ordered: bool = False
    merge: Literal["never", "ordered", "any"] = "never"
    min_n: int | None = Field(None, ge=1)
    categories: tuple[Category, ...] = ()


class Wave(Model):
    """One time the survey is given; without a title it is called after its id."""

    id: str
    title: Text | None = None


class Place(Model):
    """Where an identity value stands: a column by its name, or by the question's wording."""

    column: str | None = None
    text: Text | None = None

    @model_validator(mode="before")
    @classmethod
    def _from_word(cls, data: Any) -> Any:
        return {"column": data} if isinstance(data, str) else data


class OpenQuestion(Model):
    """A question that students answer in their own words."""

    id: str
    text: Text | None = None

    @model_validator(mode="before")
    @classmethod
    def _from_word(cls, data: Any) -> Any:
        return {"id": data} if isinstance(data, str) else data


class Safety(Model):
    """Who reads comments, and how soon (rules.md 25)."""

    contact: Text
    read_within_days: int = Field(ge=0)


class Privacy(Model):
    """The instrument's own threshold, and until when rows are kept; the rules' thresholds win when larger."""

    min_n: int = Field(10, ge=1)
    keep_until: datetime.date | None = None


class Thresholds(Model):
    """When a scale is reported as one (rules.md 9)."""

    report: float = 0.70
    read_singly: float = 0.60
    min_n: int = 100


class Instrument(Model):
    """A survey: what was asked, how answers are coded, and what counts as favorable.

    Read one with :meth:`from_yaml`, or take a ready one from :func:`relsurvey.instruments`.

    Examples
    --------
    >>> import relsurvey as rs
    >>> instrument = rs.instruments()["five-elements"]
    >>> list(instrument.scales)[:2], len(instrument.items)
    (['express_care', 'challenge_growth'], 20)
    """

    format: Literal[1]
    id: str
    version: str
    title: Text
    source: Text
    options: dict[str, Options]
    scales: dict[str, Scale]
    items: dict[str, Item]
    groups: dict[str, GroupVariable] = Field(default_factory=dict)
    identity: dict[str, Place] = Field(default_factory=dict)
    waves: dict[str, Wave] = Field(default_factory=dict)
    comments: tuple[OpenQuestion, ...] = ()
    safety: Safety | None = None
    privacy: Privacy = Privacy()
    reliability: Thresholds = Thresholds()
    crosswalk: dict[str, dict[str, str]] = Field(default_factory=dict)
    ppra: bool = False

    @model_validator(mode="before")
    @classmethod
    def _ids_from_keys(cls, data: Any) -> Any:
        if not isinstance(data, dict):
            return data
        data = dict(data)
        if isinstance(data.get("waves"), list) and all(map(_is_word, data["waves"])):
            data["waves"] = {str(wave): {} for wave in data["waves"]}
        for part in ("scales", "items", "groups", "waves"):
            if isinstance(data.get(part), dict):
                data[part] = {
                    str(key): {**value, "id": str(key)} if isinstance(value, dict) else value
                    for key, value in data[part].items()
                }
        if isinstance(data.get("options"), dict):
            data["options"] = {
                str(key): {"id": str(key), "options": value} if isinstance(value, list) else value
                for key, value in data["options"].items()
            }
        return data

    @property
    def languages(self) -> tuple[str, ...]:
        """Languages in which every item has its text, English first."""
        found = [set(item.text) for item in self.items.values()]
        shared = set.intersection(*found) - {_ANY}
        return tuple(sorted(shared, key=lambda language: (language != "en", language))) or ("en",)

    def options_of(self, item: str) -> Options:
        """Return the option set of an item."""
        return self.options[self.items[item].options]

    def favorable_codes(self, item: str) -> frozenset[float]:
        """Return the keyed codes that are favorable on an item (rules.md 1)."""
        own = self.items[item].favorable
        if own is not None:
            return own
        return frozenset(
            option.code
            for option in self.options_of(item).counted
            if option.favorable and option.code is not None
        )

    @property
    def open_questions(self) -> tuple[OpenQuestion, ...]:
        """The open questions that may be read: none without a safety contact (rules.md 25)."""
        return self.comments if self.safety else ()

    @classmethod
    def from_yaml(cls, path: str | Path) -> Instrument:
        """Read an instrument from a YAML file.

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
        return cls.parse(document.text_of(path, "instrument file"), path.name)

    @classmethod
    def parse(cls, text: str, name: str = "instrument") -> Instrument:
        """Read an instrument from YAML text.

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
        return document.parsed(cls.model_validate, text, name, checks.problems)

    def to_yaml(self, path: str | Path | None = None) -> str:
        """Return the instrument as YAML, as :meth:`from_yaml` reads it; write it too when given a path."""
        text: str = yaml.safe_dump(self._plain(), allow_unicode=True, sort_keys=False, width=110)
        if path is not None:
            from relsurvey.files import write_atomic

            write_atomic(Path(path), text)
        return text

    def _plain(self) -> dict[str, Any]:
        data = self.model_dump(mode="json", exclude_defaults=True)
        data["format"] = self.format
        for part in ("scales", "items", "groups", "waves"):
            for value in data.get(part, {}).values():
                value.pop("id")
        if "waves" in data and not any(data["waves"].values()):
            data["waves"] = list(data["waves"])
        data["options"] = {key: value["options"] for key, value in data["options"].items()}
        for key, value in data.get("identity", {}).items():
            data["identity"][key] = value["column"] if set(value) == {"column"} else value
        result: dict[str, Any] = _unwrap(data)
        return result


def _unwrap(value: Any) -> Any:
    if isinstance(value, dict):
        if set(value) == {_ANY}:
            return value[_ANY]
        return {key: _unwrap(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_unwrap(part) for part in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value
