"""A comment as it sounds: without accents, capitals and tricks of spelling, each letter with its place."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

_APOSTROPHES = frozenset("'’‘`´ʼ＇")
#: Signs that stand for letters inside a word; a 1 may be an i or an l.
_LEET = str.maketrans(
    {"0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "7": "t", "@": "a", "$": "s", "!": "i"}
)
_ELL = str.maketrans(
    {"0": "o", "1": "l", "3": "e", "4": "a", "5": "s", "7": "t", "@": "a", "$": "s", "!": "l"}
)
_MIXED = re.compile(r"(?=[a-z0-9@$!]*[a-z])(?=[a-z0-9@$!]*[013457@$!])[a-z0-9@$!]+")
_RUN = re.compile(r"([a-z])\1{2,}")
_LAST = re.compile(r"([a-z])\1+(?![a-z])")
#: Letters of other scripts that look like those of ours.
_ALIKE = str.maketrans("аеорсухіјѕһԁցԛѡкмтвнνοαερικτυ", "aeopcyxijshdgqwkmtbhvoaepiktu")
_SPACED = re.compile(r"(?<![a-z0-9])[a-z](?:[ .\-_*]+[a-z](?![a-z0-9])){2,}")


@dataclass(frozen=True)
class Folded:
    """A spelling of a text, and the place of each of its signs in the text itself."""

    text: str
    places: tuple[int, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return where in the text itself a part of the spelling stands."""
        return self.places[start], self.places[end - 1] + 1

    def replaced(self, pattern: re.Pattern[str], by: str) -> Folded:
        """Return the spelling with each match made shorter: the text of a group, or its letters joined."""
        signs: list[str] = []
        places: list[int] = []
        last = 0
        for match in pattern.finditer(self.text):
            signs.append(self.text[last : match.start()])
            places += self.places[last : match.start()]
            kept = (
                [i for i in range(*match.span()) if self.text[i].isalnum()]
                if not by
                else list(range(match.start(), match.start() + len(match.expand(by))))
            )
            signs.append("".join(self.text[i] for i in kept))
            places += [self.places[i] for i in kept]
            # What was cut off belongs to the last sign that is left.
            places[-1] = self.places[match.end() - 1]
            last = match.end()
        signs.append(self.text[last:])
        places += self.places[last:]
        return Folded("".join(signs), tuple(places))

    def mapped(self, table: dict[int, str]) -> Folded:
        """Return the spelling with signs inside words read as the letters they stand for."""
        text = _MIXED.sub(lambda match: match[0].translate(table), self.text)
        return Folded(text, self.places)


def folded(text: str) -> Folded:
    """Return a text without accents, capitals and apostrophes.

    Examples
    --------
    >>> folded("DON’T, mamá").text
    'dont, mama'
    """
    signs: list[str] = []
    places: list[int] = []
    for place, sign in enumerate(text):
        if sign in _APOSTROPHES:
            continue
        for part in unicodedata.normalize("NFKD", sign):
            if unicodedata.combining(part) or unicodedata.category(part) == "Cf":
                continue
            for letter in part.casefold().translate(_ALIKE):
                signs.append(letter)
                places.append(place)
    return Folded("".join(signs), tuple(places))


def spellings(text: str) -> Iterator[Folded]:
    """Yield the ways in which a text may be meant: as it is, and with each trick of spelling undone.

    Examples
    --------
    >>> [spelling.text for spelling in spellings("st4b, s.u.i.c.i.d.e")]
    ['st4b, s.u.i.c.i.d.e', 'stab, s.u.i.c.i.d.e', 'st4b, suicide']
    """
    plain = folded(text)
    seen: set[str] = set()
    for way in (plain, plain.mapped(_LEET), plain.mapped(_ELL), plain.replaced(_SPACED, "")):
        runs = _RUN.search(way.text) is not None
        drawn = [way.replaced(_RUN, by) for by in (r"\1", r"\1\1")] if runs else []
        for one in (way, *drawn, *(shorter.replaced(_LAST, r"\1") for shorter in drawn[:1])):
            if one.text not in seen:
                seen.add(one.text)
                yield one
