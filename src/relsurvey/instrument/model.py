"""What was asked: an instrument, its scales, items, response options and group variables."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from relsurvey.errors import InstrumentError
from relsurvey.instrument import source

#: Keys of ``identity``; the first seven become columns of ``study.responses``.
IDENTITY = (
    "respondent", "school", "team", "section", "teacher", "grade_level", "wave", "weight", "date", "duration",
)  # fmt: skip
#: These describe adults: they serve statistics and are never a published cell (rules.md 26).
NEVER_PUBLISHED = ("teacher", "section")

_ID = re.compile(r"[A-Za-z][A-Za-z0-9_]*\Z")
_ANY = "*"  # the language of a text that was given as one string


def _text(value: Any) -> Any:
    if isinstance(value, (str, int, float)) and not isinstance(value, bool):
        return {_ANY: str(value)}
    return value


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
        return {self.low + self.high - code for code in self.codes} == set(self.codes)


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
        if isinstance(data, (str, int, float)) and not isinstance(data, bool):
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
    categories: tuple[Category, ...] = ()


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
    """The instrument's own threshold; the rules' thresholds win when they are larger."""

    min_n: int = Field(10, ge=1)


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
    waves: tuple[str, ...] = ()
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
        for part in ("scales", "items", "groups"):
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
        return frozenset(option.code for option in self.options_of(item).counted if option.favorable and option.code is not None)

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
        try:
            text = path.read_text("utf-8-sig")
        except FileNotFoundError as cause:
            raise InstrumentError(f"There is no instrument file at {path}. Check the path.") from cause
        except (OSError, UnicodeDecodeError) as cause:
            raise InstrumentError(f"{path.name} cannot be read as UTF-8 text. Save it as UTF-8.") from cause
        return cls.parse(text, path.name)

    @classmethod
    def parse(cls, text: str, name: str = "instrument") -> Instrument:
        """Read an instrument from YAML text; ``name`` stands in messages."""
        data, lines = source.parse(text, name)
        try:
            instrument = cls.model_validate(data)
        except ValidationError as cause:
            error = cause.errors()[0]
            place = error["loc"]
            line = source.line_of(place, lines)
            raise InstrumentError(f"{name}, line {line}: {_plain(error['type'], place, error['msg'], error.get('input'))}") from cause
        for place, sentence in instrument._problems():
            raise InstrumentError(f"{name}, line {source.line_of(place, lines)}: {sentence}")
        return instrument

    def to_yaml(self, path: str | Path | None = None) -> str:
        """Return the instrument as YAML in the shape :meth:`from_yaml` reads; write it too when given a path."""
        text: str = yaml.safe_dump(self._plain(), allow_unicode=True, sort_keys=False, width=110)
        if path is not None:
            from relsurvey.files import write_atomic

            write_atomic(Path(path), text)
        return text

    def _plain(self) -> dict[str, Any]:
        data = self.model_dump(mode="json", exclude_defaults=True)
        data["format"] = self.format
        for part in ("scales", "items", "groups"):
            for value in data.get(part, {}).values():
                value.pop("id")
        data["options"] = {key: value["options"] for key, value in data["options"].items()}
        for key, value in data.get("identity", {}).items():
            data["identity"][key] = value["column"] if set(value) == {"column"} else value
        result: dict[str, Any] = _unwrap(data)
        return result

    def _problems(self) -> Iterator[tuple[tuple[str | int, ...], str]]:
        """Yield what the parts say against each other, with the place."""
        yield from self._problems_of_options()
        yield from self._problems_of_items()
        yield from self._problems_of_scales()
        yield from self._problems_of_groups()

    def _problems_of_options(self) -> Iterator[tuple[tuple[str | int, ...], str]]:
        if not self.items:
            yield ("items",), "there are no items. Add at least one question."
        for key, options in self.options.items():
            codes: list[float] = []
            for index, option in enumerate(options.options):
                place = ("options", key, index)
                if option.counted and option.code is None:
                    yield place, "a counted answer needs a `code`. Add one, or set `counted: false`."
                if not option.counted and option.favorable:
                    yield place, "an answer that is not counted cannot be favorable. Remove one of the two."
                if option.counted and option.code in codes:
                    yield place, f"the code {option.code:g} stands twice in `{key}`. Give each answer its own."
                if option.counted and option.code is not None:
                    codes.append(option.code)
            if len(codes) < 2:
                yield ("options", key), f"`{key}` needs at least two counted answers with codes."
            elif codes != sorted(codes) and codes != sorted(codes, reverse=True):
                yield ("options", key), f"the codes of `{key}` do not rise or fall in order. Put the answers in order."

    def _problems_of_items(self) -> Iterator[tuple[tuple[str | int, ...], str]]:
        for key, item in self.items.items():
            if not _ID.match(key):
                yield ("items", key), f"`{key}` is no id. Use letters, digits and _, starting with a letter."
            if item.options not in self.options:
                yield (
                    ("items", key, "options"),
                    f"`{item.options}` is not among the option sets ({', '.join(self.options)}). Correct the name or add the set.",
                )
                continue
            options = self.options[item.options]
            if item.favorable is None:
                marked = [option for option in options.counted if option.favorable]
                if not marked or len(marked) == len(options.counted):
                    yield (
                        ("options", item.options),
                        f"`{item.options}` must say which answers are favorable. Set `favorable: true` on some, not all.",
                    )
                if item.reverse and not options.mirrored:
                    yield (
                        ("items", key),
                        f"`{key}` is reversed, but the codes of `{item.options}` have no exact mirror. Name its `favorable` codes on the item.",
                    )
            elif not item.favorable <= {options.low + options.high - code if item.reverse else code for code in options.codes}:
                yield ("items", key, "favorable"), f"`favorable` names a code that `{item.options}` does not have."
        reserved = set(IDENTITY) | {"row"}
        seen: set[str] = set()
        for part, ids in (("items", list(self.items)), ("groups", list(self.groups)), ("comments", [q.id for q in self.comments])):
            for index, key in enumerate(ids):
                if key in reserved or key in seen:
                    yield (
                        (part, key if part != "comments" else index),
                        f"`{key}` is used twice or is a name relsurvey keeps for itself. Choose another id.",
                    )
                seen.add(key)

    def _problems_of_scales(self) -> Iterator[tuple[tuple[str | int, ...], str]]:
        if not self.scales:
            yield ("scales",), "there are no scales. Add at least one, of one item or more."
        for key, scale in self.scales.items():
            if not _ID.match(key):
                yield ("scales", key), f"`{key}` is no id. Use letters, digits and _, starting with a letter."
            if not scale.items:
                yield ("scales", key), f"the scale `{key}` has no items. Name some of: {', '.join(self.items)}."
            for index, item in enumerate(scale.items):
                if item not in self.items:
                    yield (
                        ("scales", key, "items", index),
                        f"`{item}` is not among the items ({', '.join(self.items)}). Correct the name or add the item.",
                    )
                elif item in scale.items[:index]:
                    yield ("scales", key, "items", index), f"`{item}` stands twice in `{key}`. Keep one."
            ranges = {(o.low, o.high) for o in (self.options_of(i) for i in scale.items if i in self.items)}
            if scale.score != "pomp" and len(ranges) > 1:
                yield (
                    ("scales", key, "score"),
                    f"the items of `{key}` have options of different range, so their {scale.score} means nothing. Set `score: pomp`.",
                )

    def _problems_of_groups(self) -> Iterator[tuple[tuple[str | int, ...], str]]:
        for key, group in self.groups.items():
            if not _ID.match(key):
                yield ("groups", key), f"`{key}` is no id. Use letters, digits and _, starting with a letter."
            ids = [category.id for category in group.categories]
            if len(set(ids)) < len(ids):
                yield ("groups", key, "categories"), f"a category of `{key}` stands twice. Keep one."
            if group.merge == "ordered" and not group.ordered:
                yield ("groups", key, "merge"), f"`merge: ordered` needs `ordered: true` on `{key}`."
            if group.combine and not group.multiple:
                yield ("groups", key, "combine"), f"`combine` needs `multiple: true` on `{key}`."
        for key in self.identity:
            if key not in IDENTITY:
                yield ("identity", key), f"`{key}` is not an identity key. Use one of: {', '.join(IDENTITY)}."
        for key, place in self.identity.items():
            if (place.column is None) == (place.text is None):
                yield ("identity", key), f"`{key}` needs a column name or a `text`. Give one."
        for wave, renamed in self.crosswalk.items():
            if wave not in self.waves:
                yield ("crosswalk", wave), f"`{wave}` is not among the waves ({', '.join(self.waves)}). Correct the name."
            for old, item in renamed.items():
                if item not in self.items:
                    yield ("crosswalk", wave, old), f"`{item}` is not among the items. Correct the name."


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


def _plain(kind: str, place: tuple[str | int, ...], message: str, given: Any) -> str:
    """Turn a pydantic error into a sentence with the fix."""
    name = ".".join(str(part) for part in place if part != "options" or place.index(part) == 0) or "the file"
    key = str(place[-1]) if place else ""
    match kind:
        case "missing":
            return f"`{name}` is missing. Add `{key}:`."
        case "extra_forbidden":
            return f"`{name}` is not a key that relsurvey knows. Check its spelling or remove it."
        case "literal_error":
            return f"`{name}` cannot be {given!r}: {message[0].lower()}{message[1:]}."
        case "dict_type" | "model_type" | "model_attributes_type":
            return f"`{name}` must be a mapping (`key: value`), not {type(given).__name__}. Indent its parts under it."
        case "tuple_type" | "list_type" | "frozen_set_type":
            return f"`{name}` must be a list. Write it as `[a, b]` or one `- entry` a line."
        case _:
            return f"`{name}` is not right: {message[0].lower()}{message[1:]}."
