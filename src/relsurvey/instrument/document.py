"""A file of YAML → a checked model, or one sentence that names the file, the line and the fix."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from relsurvey.errors import InstrumentError
from relsurvey.instrument import checks, source

M = TypeVar("M")


def text_of(path: Path, what: str) -> str:
    """Return the text of a file that is called ``what`` in messages.

    Raises
    ------
    InstrumentError
        If it is not there, or is not UTF-8.
    """
    try:
        return path.read_text("utf-8-sig")
    except FileNotFoundError as cause:
        raise InstrumentError(f"There is no {what} at {path}. Check the path.") from cause
    except (OSError, UnicodeDecodeError) as cause:
        raise InstrumentError(f"{path.name} cannot be read as UTF-8 text. Save it as UTF-8.") from cause


def first(cause: ValidationError) -> tuple[source.Place, str]:
    """Return the place of the first thing that pydantic found wrong, and a sentence with the fix.

    A key that is misspelled comes before the one that is missing for it.
    """
    errors = cause.errors()
    error = next((one for one in errors if one["type"] == "extra_forbidden"), errors[0])
    place = error["loc"]
    return place, checks.plain_words(error["type"], place, error["msg"], error.get("input"))


def parsed(
    make: Callable[[dict[str, Any]], M],
    text: str,
    name: str,
    problems: Callable[[M], Iterable[tuple[source.Place, str]]],
    kind: str = "an instrument",
) -> M:
    """Return what a YAML text describes.

    Parameters
    ----------
    make
        Makes a model of the document's plain data, or raises pydantic's own error.
    text
        The YAML.
    name
        What messages call it.
    problems
        What is wrong with a model that is well formed, each with its place.
    kind
        What messages call such a file.

    Raises
    ------
    InstrumentError
        Naming the line and the fix.
    """
    data, lines = source.parse(text, name, kind)
    try:
        found = make(data)
    except ValidationError as cause:
        place, sentence = first(cause)
        raise InstrumentError(f"{name}, line {source.line_of(place, lines)}: {sentence}") from cause
    for place, sentence in problems(found):
        raise InstrumentError(f"{name}, line {source.line_of(place, lines)}: {sentence}")
    return found
