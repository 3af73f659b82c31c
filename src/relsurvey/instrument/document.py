"""A file of YAML → a checked model, or one sentence that names the file, the line and the fix."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from relsurvey.errors import InstrumentError
from relsurvey.instrument import checks, source

M = TypeVar("M", bound=BaseModel)


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


def parsed(
    model: type[M],
    text: str,
    name: str,
    problems: Callable[[M], Iterable[tuple[source.Place, str]]],
    kind: str = "an instrument",
) -> M:
    """Return the model that a YAML text describes.

    Parameters
    ----------
    model
        What it has to be.
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
        found = model.model_validate(data)
    except ValidationError as cause:
        error = cause.errors()[0]
        place = error["loc"]
        sentence = checks.plain_words(error["type"], place, error["msg"], error.get("input"))
        raise InstrumentError(f"{name}, line {source.line_of(place, lines)}: {sentence}") from cause
    for place, sentence in problems(found):
        raise InstrumentError(f"{name}, line {source.line_of(place, lines)}: {sentence}")
    return found
