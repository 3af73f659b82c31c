"""Sentences by key, one YAML file a language; others add theirs by adding a file with the same keys."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from importlib import resources
from typing import Literal

Text = dict[str, str]
Subject = Literal["answers", "marks"]

_FALLBACK = "en"
_SUBJECT: ContextVar[Subject] = ContextVar("subject", default="answers")


@cache
def _catalogue(language: str) -> dict[str, str]:
    import yaml

    file = resources.files("relsurvey.words") / f"{language}.yaml"
    if not file.is_file():
        return {} if language != _FALLBACK else _missing()
    # The same safe loader in C, where PyYAML was built with it, reads the sentences ten times quicker.
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    data = yaml.load(file.read_text("utf-8"), loader)  # noqa: S506
    return {f"{part}.{key}": str(text) for part, entries in data.items() for key, text in entries.items()}


def _missing() -> dict[str, str]:
    raise FileNotFoundError("the English catalogue is missing from the package")


def languages() -> tuple[str, ...]:
    """Return the languages that have a catalogue.

    Examples
    --------
    >>> languages()
    ('en', 'es')
    """
    names = (entry.name for entry in resources.files("relsurvey.words").iterdir())
    return tuple(sorted(name.removesuffix(".yaml") for name in names if name.endswith(".yaml")))


def agree(one: Text, other: Text) -> bool:
    """Return whether two texts say the same in a language that both have.

    Examples
    --------
    >>> agree({"en": "North", "es": "Norte"}, {"es": "Norte"}), agree({"en": "North"}, {"es": "North"})
    (True, False)
    """
    return any(other.get(language) == text for language, text in one.items())


@contextmanager
def speaking_of(subject: Subject) -> Iterator[None]:
    """Within it, sentences speak of students' marks where the part ``marks`` has them, not of their answers.

    Examples
    --------
    >>> with speaking_of("marks"):
    ...     say("en", "reliability.report.counted")
    'Counted from marks, not asked.'
    """
    before = _SUBJECT.set(subject)
    try:
        yield
    finally:
        _SUBJECT.reset(before)


def _template(language: str, key: str) -> str | None:
    found = _catalogue(language)
    own = found.get(f"{_SUBJECT.get()}.{key}")
    return found.get(key) if own is None else own


def say(language: str, key: str, **values: object) -> str:
    """Return a sentence of the catalogue in a language, or in English where that language lacks it.

    Parameters
    ----------
    language
        A language code.
    key
        ``part.name`` in the catalogue.
    **values
        What stands in braces there; a text of several languages gives its own language's.

    Examples
    --------
    >>> say("es", "share.tenths", k=7)
    'cerca de 7 de cada 10'
    """
    template = _template(language, key) or _template(_FALLBACK, key)
    if template is None:
        raise KeyError(key)
    chosen = {
        name: pick(value, language) if isinstance(value, dict) else value for name, value in values.items()
    }
    return template.format_map(chosen)


def pick(text: Text, language: str) -> str:
    """Return a text in a language, else as it is given for all, else in English."""
    return text.get(language) or text.get("*") or text.get(_FALLBACK) or next(iter(text.values()))


def texts(wanted: Sequence[str], key: str, **values: object) -> Text:
    """Return a sentence in each of some languages."""
    return {language: say(language, key, **values) for language in wanted}
