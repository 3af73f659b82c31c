"""Short names and short lines made of a survey's text."""

from __future__ import annotations

import re

from relsurvey.escape import one_line, slug
from relsurvey.instrument.fold import fold

_ID = re.compile(r"[A-Za-z][A-Za-z0-9_]*\Z")
_LONGEST_ID = 40
#: What YAML takes for something else than a word.
_NO_WORDS = frozenset(("null", "true", "false"))
_WORDS = 3
#: Words that say little of what a question is about.
_SMALL = frozenset((
    "a", "about", "am", "an", "and", "are", "as", "at", "be", "by", "can", "do", "does", "did", "for", "from",
    "had", "has", "have", "how", "i", "if", "im", "in", "is", "it", "me", "my", "of", "on", "or", "our",
    "so", "that", "the", "their", "them", "there", "these", "they", "this", "those", "to", "us", "was",
    "we", "were", "what", "when", "where", "which", "who", "why", "will", "with", "would", "you", "your",
    "al", "como", "con", "cual", "cuales", "de", "del", "el", "en", "es", "esta", "este", "la", "las", "lo",
    "los", "me", "mi", "mis", "no", "o", "para", "por", "que", "se", "si", "sin", "su", "sus", "te", "tu",
    "tus", "un", "una", "y", "yo",
))  # fmt: skip


def shortened(text: str, limit: int = 60) -> str:
    """Return text on one line, cut where it is long.

    Examples
    --------
    >>> shortened("Is there anything else?", 12)
    'Is there an…'
    """
    line = one_line(text)
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def words_of(text: str) -> list[str]:
    """Return the words of a text that say what it is about.

    Examples
    --------
    >>> words_of("I have a say in what we do.")
    ['say']
    """
    return [word for word in slug(text).split("-") if word not in _SMALL and word != "unnamed"]


def identifier(
    text: str, taken: set[str], otherwise: str, common: frozenset[str] | set[str] = frozenset()
) -> str:
    """Return a short id made of a text, and add it, folded, to those that are taken.

    Parameters
    ----------
    text
        A question, or a column's name; one that is an id already stays as it is.
    taken
        Folded names that it may not have.
    otherwise
        The id of a text without letters of the Latin alphabet.
    common
        Words that tell nothing apart here.

    Examples
    --------
    >>> taken = {"mean"}
    >>> [identifier(text, taken, "question") for text in ("I belong here.", "A1", "¿Qué?", "Mean")]
    ['belong_here', 'A1', 'question', 'mean_2']
    """
    if _ID.match(text) and len(text) <= _LONGEST_ID and fold(text) not in taken | _NO_WORDS:
        taken.add(fold(text))
        return text
    words = words_of(text)
    telling = [word for word in words if word not in common] or words
    base = "_".join(telling[:_WORDS])[:_LONGEST_ID].strip("_") or otherwise
    if not base[0].isalpha() or base in _NO_WORDS:
        base = f"q_{base}"
    name, number = base, 1
    while fold(name) in taken:
        number += 1
        name = f"{base}_{number}"
    taken.add(fold(name))
    return name
