"""Where a gradebook's mapping comes from: the caller, a file beside the gradebook, or this machine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from relsurvey.errors import MatchError, ReadError
from relsurvey.grading.mapping import GradebookMapping, problems
from relsurvey.instrument import checks
from relsurvey.reading.mapping import beside, keep, kept_at, lying_beside

#: A mapping as a caller gives it.
Given = str | Path | GradebookMapping | dict[str, Any] | None


def given_mapping(given: Given) -> GradebookMapping | None:
    """Return the mapping that a caller gave: a path, a mapping, or its parts as a dict.

    Raises
    ------
    MatchError
        If it is not as it must be: one sentence with the fix.
    """
    if given is None:
        return None
    if isinstance(given, (str, Path)):
        return GradebookMapping.from_yaml(given)
    if isinstance(given, dict):
        try:
            given = GradebookMapping.model_validate(given)
        except ValidationError as cause:
            error = cause.errors()[0]
            sentence = checks.plain_words(error["type"], error["loc"], error["msg"], error.get("input"))
            raise MatchError(f"mapping: {sentence}") from cause
    for _, sentence in problems(given):
        raise MatchError(f"mapping: {sentence}")
    return given


def remembered(fingerprint: str) -> Path:
    """Return where the mapping of a gradebook's header is kept on this machine."""
    return kept_at("gradebook", fingerprint)


def candidates(path: Path | None, fingerprint: str) -> Iterator[tuple[Path, GradebookMapping]]:
    """Yield the mappings made for a header: first those beside the file, then the one remembered.

    The one named after the file is meant for it, whatever header it was made for.

    Raises
    ------
    MatchError
        If the one named after the file, or the one remembered, is not a mapping.
    """
    for place in lying_beside(path) if path is not None else ():
        own = path is not None and place == beside(path)
        try:
            found = GradebookMapping.from_yaml(place)
        except MatchError:
            if own:
                raise
            continue
        if own or found.fingerprint == fingerprint:
            yield place, found
    kept = remembered(fingerprint)
    if kept.is_file():
        with naming(kept):
            known = GradebookMapping.from_yaml(kept)
        yield kept, known


@contextmanager
def naming(kept: Path | None) -> Iterator[None]:
    """Let an error that follows from a remembered mapping say which one it was, and how to be rid of it.

    Parameters
    ----------
    kept
        The mapping; None where it is no remembered one.
    """
    try:
        yield
    except ReadError as error:
        if kept is not None:
            said = f"its mapping is the one remembered from an earlier file, {kept}"
            fix = "give another one as mapping=, or delete that file"
            error.args = (f"{str(error).removesuffix('.')} ({said}: {fix}).",)
        raise


def remember(mapping: GradebookMapping, fingerprint: str) -> None:
    """Keep a mapping for the next gradebook with this header."""
    kept = mapping.model_copy(update={"fingerprint": fingerprint, "confirmed": True})
    keep(remembered(fingerprint), kept.to_yaml())
