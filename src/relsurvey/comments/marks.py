"""The words that the screen looks for, as ``marks.yaml`` lists them."""

from __future__ import annotations

import unicodedata
from functools import cache
from importlib import resources
from typing import Any


@cache
def words() -> dict[str, Any]:
    """Return the lists; every entry is text."""
    import yaml

    text = (resources.files("relsurvey.comments") / "marks.yaml").read_text("utf-8")
    loaded: dict[str, Any] = yaml.load(text, yaml.BaseLoader)  # noqa: S506 - this loader makes texts alone
    return loaded


@cache
def listed(*names: str) -> frozenset[str]:
    """Return a list as a set of words without accents and capitals.

    Examples
    --------
    >>> "profesora" in listed("titles", "with_capital"), "señora" in listed("titles", "with_capital")
    (True, False)
    """
    found: Any = words()
    for name in names:
        found = found[name]
    return frozenset(map(bare, found))


def bare(word: str) -> str:
    """Return a word without accents and capitals.

    Examples
    --------
    >>> bare("Señora"), bare("O’Neil")
    ('senora', "o'neil")
    """
    plain = unicodedata.normalize("NFKD", word.replace("’", "'"))
    return "".join(sign for sign in plain if not unicodedata.combining(sign)).casefold()
