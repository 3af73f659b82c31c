"""What an instrument's parts say against each other, and what is wrong with its shape, in plain words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from relsurvey.instrument.fold import fold
from relsurvey.instrument.keys import IDENTITY
from relsurvey.instrument.source import Place

if TYPE_CHECKING:
    from relsurvey.instrument.model import Instrument

#: What messages call what YAML made of a value.
_KINDS = {int: "a number", float: "a number", str: "text", list: "a list", bool: "yes or no"}
_ID = re.compile(r"[A-Za-z][A-Za-z0-9_]*\Z")


class Problem(NamedTuple):
    """Something to correct: its place in the YAML, and a sentence with the fix."""

    place: Place
    sentence: str


def problems(instrument: Instrument) -> Iterator[Problem]:
    """Yield what the parts of an instrument say against each other.

    A later problem may rest on there being no earlier one: the first is the one to report.

    Parameters
    ----------
    instrument
        An instrument whose shape is right: every key known, every value of its type.

    Examples
    --------
    >>> from relsurvey.instrument import instruments
    >>> list(problems(instruments()["five-elements"]))
    []
    """
    yield from _of_options(instrument)
    yield from _of_items(instrument)
    yield from _of_ids(instrument)
    yield from _of_scales(instrument)
    yield from _of_groups(instrument)
    yield from _of_identity(instrument)
    yield from _of_crosswalk(instrument)


def plain_words(kind: str, place: Place, message: str, given: Any) -> str:
    """Turn a pydantic error into a sentence with the fix.

    Parameters
    ----------
    kind, place, message
        The error's ``type``, ``loc`` and ``msg``.
    given
        The value that was refused.

    Examples
    --------
    >>> plain_words("missing", ("items", "b1", "text"), "Field required", {})
    '`items.b1.text` is missing. Add `text:`.'
    """
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
            found = _KINDS.get(type(given), "nothing" if given is None else type(given).__name__)
            return f"`{name}` must be a mapping (`key: value`), not {found}. Indent its parts under it."
        case "float_parsing" | "int_parsing" | "float_type" | "int_type" | "decimal_parsing":
            return f"`{name}` must be a number, such as 50 or 49.5, without %, not {str(given)[:40]!r}."
        case "date_from_datetime_parsing" | "date_parsing" | "date_type":
            return f"`{name}` must be a day such as 2026-01-31, not {str(given)[:40]!r}."
        case "invalid_key":
            return f"`{key}` is no key. Write each as `key: value`, and a decimal with a point, such as 49.5."
        case "tuple_type" | "list_type" | "frozen_set_type":
            return f"`{name}` must be a list. Write it as `[a, b]` or one `- entry` a line."
        case _:
            return f"`{name}` is not right: {message[0].lower()}{message[1:]}."


def _of_options(instrument: Instrument) -> Iterator[Problem]:
    if not instrument.items:
        yield Problem(("items",), "there are no items. Add at least one question.")
    for key, options in instrument.options.items():
        codes: list[float] = []
        labels: dict[str, int] = {}
        for index, option in enumerate(options.options):
            place = ("options", key, index)
            if option.counted and option.code is None:
                yield Problem(place, "a counted answer needs a `code`. Add one, or set `counted: false`.")
            if not option.counted and option.favorable:
                yield Problem(
                    place, "an answer that is not counted cannot be favorable. Remove one of the two."
                )
            if option.counted and option.code in codes:
                yield Problem(
                    place, f"the code {option.code:g} stands twice in `{key}`. Give each answer its own."
                )
            for label in option.label.values():
                if labels.setdefault(fold(label), index) != index:
                    yield Problem(
                        place,
                        f"the answer {label!r} stands twice in `{key}`, and a file could mean either. "
                        "Reword one.",
                    )
            if option.counted and option.code is not None:
                codes.append(option.code)
        if len(codes) < 2:
            yield Problem(("options", key), f"`{key}` needs at least two counted answers with codes.")
        elif codes != sorted(codes) and codes != sorted(codes, reverse=True):
            yield Problem(
                ("options", key),
                f"the codes of `{key}` do not rise or fall in order. Put the answers in order.",
            )


def _of_items(instrument: Instrument) -> Iterator[Problem]:
    for key, item in instrument.items.items():
        yield from _of_spelling("items", key)
        if item.options not in instrument.options:
            yield Problem(
                ("items", key, "options"),
                f"`{item.options}` is not among the option sets ({', '.join(instrument.options)}). "
                "Correct the name or add the set.",
            )
            continue
        options = instrument.options[item.options]
        if item.favorable is None:
            marked = [option for option in options.counted if option.favorable]
            if not marked or len(marked) == len(options.counted):
                yield Problem(
                    ("options", item.options),
                    f"`{item.options}` must say which answers are favorable. "
                    "Set `favorable: true` on some, not all.",
                )
            if item.reverse and not options.mirrored:
                yield Problem(
                    ("items", key),
                    f"`{key}` is reversed, but the codes of `{item.options}` have no exact mirror. "
                    "Name its `favorable` codes on the item.",
                )
        elif not item.favorable <= {options.turned(code) if item.reverse else code for code in options.codes}:
            yield Problem(
                ("items", key, "favorable"), f"`favorable` names a code that `{item.options}` does not have."
            )


def _of_ids(instrument: Instrument) -> Iterator[Problem]:
    """Items, groups and open questions become columns of one table: no two may share a name."""
    reserved = set(IDENTITY) | {"row"}
    seen: set[str] = set()
    for part, ids in (
        ("items", list(instrument.items)),
        ("groups", list(instrument.groups)),
        ("comments", [question.id for question in instrument.comments]),
    ):
        for index, key in enumerate(ids):
            if key in reserved or key in seen:
                yield Problem(
                    (part, key if part != "comments" else index),
                    f"`{key}` is used twice or is a name relsurvey keeps for itself. Choose another id.",
                )
            seen.add(key)


def _of_scales(instrument: Instrument) -> Iterator[Problem]:
    items = instrument.items
    if not instrument.scales:
        yield Problem(("scales",), "there are no scales. Add at least one, of one item or more.")
    for key, scale in instrument.scales.items():
        yield from _of_spelling("scales", key)
        if not scale.items:
            yield Problem(
                ("scales", key), f"the scale `{key}` has no items. Name some of: {', '.join(items)}."
            )
        for index, item in enumerate(scale.items):
            if item not in items:
                yield Problem(
                    ("scales", key, "items", index),
                    f"`{item}` is not among the items ({', '.join(items)}). "
                    "Correct the name or add the item.",
                )
            elif item in scale.items[:index]:
                yield Problem(("scales", key, "items", index), f"`{item}` stands twice in `{key}`. Keep one.")
        ranges = {(o.low, o.high) for o in (instrument.options_of(i) for i in scale.items if i in items)}
        if scale.score != "pomp" and len(ranges) > 1:
            yield Problem(
                ("scales", key, "score"),
                f"the items of `{key}` have options of different range, so their {scale.score} "
                "means nothing. Set `score: pomp`.",
            )


def _of_groups(instrument: Instrument) -> Iterator[Problem]:
    for key, group in instrument.groups.items():
        yield from _of_spelling("groups", key)
        ids = [category.id for category in group.categories]
        if len(set(ids)) < len(ids):
            yield Problem(("groups", key, "categories"), f"a category of `{key}` stands twice. Keep one.")
        spellings: dict[str, str] = {}
        for index, category in enumerate(group.categories):
            for text in (category.id, *category.label.values(), *category.match):
                if spellings.setdefault(fold(text), category.id) != category.id:
                    yield Problem(
                        ("groups", key, "categories", index),
                        f"{text!r} is a spelling of two categories of `{key}`, and a file could mean either. "
                        "Reword one.",
                    )
        if group.merge == "ordered" and not group.ordered:
            yield Problem(("groups", key, "merge"), f"`merge: ordered` needs `ordered: true` on `{key}`.")
        if group.combine and not group.multiple:
            yield Problem(("groups", key, "combine"), f"`combine` needs `multiple: true` on `{key}`.")


def _of_identity(instrument: Instrument) -> Iterator[Problem]:
    for key in instrument.identity:
        if key not in IDENTITY:
            yield Problem(
                ("identity", key), f"`{key}` is not an identity key. Use one of: {', '.join(IDENTITY)}."
            )
    for key, place in instrument.identity.items():
        if (place.column is None) == (place.text is None):
            yield Problem(("identity", key), f"`{key}` needs a column name or a `text`. Give one.")


def _of_crosswalk(instrument: Instrument) -> Iterator[Problem]:
    for wave, renamed in instrument.crosswalk.items():
        if wave not in instrument.waves:
            yield Problem(
                ("crosswalk", wave),
                f"`{wave}` is not among the waves ({', '.join(instrument.waves)}). Correct the name.",
            )
        for old, item in renamed.items():
            if item not in instrument.items:
                yield Problem(("crosswalk", wave, old), f"`{item}` is not among the items. Correct the name.")


def _of_spelling(part: str, key: str) -> Iterator[Problem]:
    if not _ID.match(key):
        yield Problem((part, key), f"`{key}` is no id. Use letters, digits and _, starting with a letter.")
