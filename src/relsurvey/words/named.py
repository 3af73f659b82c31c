"""Names that sentences put together: groups joined by *or*, and waves that are seasons or months."""

from __future__ import annotations

import re
from collections.abc import Sequence

from relsurvey.words.catalogue import Text, say, texts

_OTHER = re.compile(r"(?:an)?other\b|otr[oa]s?\b", re.IGNORECASE)
# What is spoken with an o at its start, figures too: ocho, once, ochenta.
_O = re.compile(r"h?[oó]|8|11\b", re.IGNORECASE)

_SEASONS = ("fall", "winter", "spring", "summer")
_MONTHS = (
    *("january", "february", "march", "april", "may", "june", "july"),
    *("august", "september", "october", "november", "december"),
)
_WAVE = re.compile(r"(?:((?:19|20)\d\d)[ _-])?([a-z]+)(?:[ _-]((?:19|20)\d\d))?", re.IGNORECASE)


def either(language: str, a: str, b: str) -> str:
    """Join two groups' labels by *or*; an *Other* within loses its capital letter.

    Examples
    --------
    >>> either("en", "Mixteco", "Other language"), either("es", "Mixteco", "Otro idioma")
    ('Mixteco or other language', 'Mixteco u otro idioma')
    """
    b = b[:1].lower() + b[1:] if _OTHER.match(b) else b
    return say(language, "group.or_before_o" if _O.match(b) else "group.or", a=a, b=b)


def wave_name(languages: Sequence[str], wave: str) -> Text:
    """Return a wave's name: a season or a month, with its year where it has one; any other as it is.

    Examples
    --------
    >>> wave_name(["en", "es"], "fall_2025"), wave_name(["es"], "oct"), wave_name(["es"], "round 2")
    ({'en': 'Fall 2025', 'es': 'Otoño de 2025'}, {'es': 'Octubre'}, {'es': 'round 2'})
    """
    word, year = _read(wave)
    if word is None:
        return dict.fromkeys(languages, wave)
    named = texts(languages, f"wave.{word}" if word in _SEASONS else f"month.{_MONTHS.index(word) + 1}")
    return {k: v[:1].upper() + v[1:] for k, v in _of_year(languages, named, year).items()}


def wave_phrase(languages: Sequence[str], key: str, wave: str, title: Text | None = None) -> Text:
    """Return a phrase with a wave's name, such as *since fall*; a title, or no season or month, is quoted.

    Examples
    --------
    >>> wave_phrase(["en", "es"], "change.since", "2025-october")
    {'en': 'since October 2025', 'es': 'desde octubre de 2025'}
    >>> wave_phrase(["en"], "since.in", "fall"), wave_phrase(["en"], "since.in", "2025")
    ({'en': 'in fall'}, {'en': 'in “2025”'})
    """
    word, year = _read(wave)
    if title is not None or word is None:
        return texts(languages, f"{key}_named", wave=wave if title is None else title)
    if word in _SEASONS:
        return _of_year(languages, texts(languages, f"{key}_{word}"), year)
    month = texts(languages, f"month.{_MONTHS.index(word) + 1}")
    return _of_year(languages, texts(languages, f"{key}_month", month=month), year)


def _read(wave: str) -> tuple[str | None, str | None]:
    """Return the season or month in full of a wave's name, and its year; None where it has none."""
    found = _WAVE.fullmatch(wave)
    if found is None or (found[1] and found[3]):
        return None, None
    said = found[2].lower()
    known = (w for w in (*_SEASONS, *_MONTHS) if said == w or (w in _MONTHS and said == w[:3]))
    word = next(known, None)
    return word, (found[1] or found[3]) if word else None


def _of_year(languages: Sequence[str], named: Text, year: str | None) -> Text:
    return named if year is None else texts(languages, "wave.of_year", wave=named, year=year)
