"""In which language a comment is written, as far as a few common words tell."""

from __future__ import annotations

import re
from functools import cache

from relsurvey.comments.folding import folded
from relsurvey.comments.marks import words

_SPANISH = re.compile("[ñÑ¿¡]")
_LETTERS = re.compile(r"[^\W\d_]")
#: A text of so few words may be in any language: names, numbers, "ok".
_FEW = 3


def language(text: str) -> str | None:
    """Return ``"en"``, ``"es"``, ``"other"`` for a language that is neither, or None where it cannot be told.

    Examples
    --------
    >>> [language(text) for text in ("More time, please", "Todo bien.", "Mwen renmen lekòl la anpil", "ok!!")]
    ['en', 'es', 'other', None]
    """
    said = re.findall(r"[a-z]+", folded(text).text)
    found = {key: sum(word in known for word in said) for key, known in _common().items()}
    found["es"] += 2 * len(_SPANISH.findall(text))
    first = max(found, key=lambda key: found[key])
    other = found["es" if first == "en" else "en"]
    # Of a longer text one word tells nothing: other languages have it too.
    enough = max(len(said) / 5, 2 if len(said) > _FEW else 1)
    if found[first] > other and found[first] >= enough:
        return first
    foreign = sum(ord(sign) > 0x24F for sign in _LETTERS.findall(text))
    return "other" if len(said) > _FEW or foreign > 1 else None


@cache
def _common() -> dict[str, frozenset[str]]:
    return {key: frozenset(common) for key, common in words()["languages"].items()}
