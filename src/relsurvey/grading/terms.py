"""The order of terms in time, as their names tell it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

#: The parts of a school year that are numbered, by how many a year has.
_PARTS = {
    1: "y yr year yearlong annual fy año anual",
    2: "s sem semester semestre",
    3: "t tri trimester trimestre",
    4: "q qtr quarter bimestre",
}
_OF_A_YEAR = {word: n for n, words in _PARTS.items() for word in words.split()}
_SEASONS = {
    word: place
    for place, words in enumerate(
        ("fall autumn fa otoño", "winter wi invierno", "spring sp primavera", "summer su ss verano")
    )
    for word in words.split()
}
_WINTER, _SUMMER = 1, 3
#: Before a year a letter is a season: F25, S26.
_LETTERS = {"f": "fall", "w": "winter", "s": "spring"}
_BETWEEN = frozenset(("intersession", "intersesion", "intersesión"))
#: From August, with which a school year begins.
_MONTHS = {
    word: place
    for place, words in enumerate(
        (
            "august aug agosto ago",
            "september sept sep septiembre",
            "october oct octubre",
            "november nov noviembre",
            "december dec diciembre dic",
            "january jan enero ene",
            "february feb febrero",
            "march mar marzo",
            "april apr abril abr",
            "may mayo",
            "june jun junio",
            "july jul julio",
        )
    )
    for word in words.split()
}
_JANUARY = _MONTHS["january"]
_MOST_READ = 80
_SEASON, _PART, _MONTH = ("season",), ("part",), ("month",)
_ORDINALS = {
    word: k
    for k, words in enumerate(
        (
            "first primer primero primera one uno i",
            "second segundo segunda two dos ii",
            "third tercer tercero tercera three tres iii",
            "fourth cuarto cuarta four cuatro iv",
        ),
        1,
    )
    for word in words.split()
}
#: Words that say nothing of when a term is.
_FILLING = {"school", "sy", "of", "the", "de", "del", "escolar"}
#: What makes an ordinal of a number: 1st, 2.º, 3ro.
_ENDING = re.compile(r"(?<=\d)\s?\.?(?:st|nd|rd|th|er|era|[drt]?o|[drt]?a)\b")
#: What stands in brackets without a number: Term 1 (Aug-Oct).
_ASIDE = re.compile(r"\([^()\d]*\)")
#: 2024-25 or 24-25, but no part of a date.
_SCHOOL_YEAR = re.compile(r"(?<!\d)(?<!\d\d[-/])((?:19|20)?\d\d)\s*[-–/_]\s*((?:19|20)?\d\d)(?![-/]?\d)")
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)(?!\d)")


@dataclass(frozen=True)
class _Term:
    """What a name tells: terms of one kind are ordered by year, then by place in it.

    ``year`` is the one in which a school year begins, or, not ``of_school``, the one that is written; and
    ``otherwise`` says that this could be another one than is usual for such a term.
    """

    kind: tuple[str, ...]
    place: tuple[float, ...]
    year: int | None
    of_school: bool
    otherwise: bool = False

    def school_year(self, other: bool) -> int:
        """Return the year in which the term's school year begins, by the usual reading or by the other."""
        if self.year is None or self.of_school:
            return self.year or 0
        if self.kind == _SEASON:
            # A winter is named by its January, or else by its December.
            return self.year - (self.place > (0,) and not (self.otherwise and other))
        if self.kind == _MONTH:
            return self.year - (self.place >= (_JANUARY,))
        # The two semesters of 2025 are of one school year, or else the second is of the spring of 2025.
        return self.year - (self.otherwise and other)


def in_time(names: Sequence[str]) -> tuple[str, ...] | None:
    """Return the names of terms in order of time; None where they do not tell it.

    Parameters
    ----------
    names
        Different names. Known are quarters, trimesters, semesters and years, seasons (a school year begins in
        fall), months (from August), and names that differ by a number alone; each with a school year or a
        year, or none.

    Notes
    -----
    A single year is a calendar year (``S2 2026``) or stands for a school year (``S2 2025``): the reading by
    which the terms are of fewer school years counts, and where both are of as many and differ, neither.

    Examples
    --------
    >>> in_time(["S2", "Q3", "S1", "Q1"])
    ('Q1', 'S1', 'Q3', 'S2')
    >>> in_time(["Spring 2026", "Fall 2025", "Summer 2025"])
    ('Summer 2025', 'Fall 2025', 'Spring 2026')
    >>> in_time(["2025-26 S1", "S2 24-25", "P10", "P9"]) is None
    True
    >>> in_time(["P10", "P9"])
    ('P9', 'P10')
    """
    if len(names) < 2:
        return tuple(names)
    terms = (
        _alike([_read(name) for name in names])
        or _alike([_numbered(name) for name in names])
        or _alike([_read(_ASIDE.sub(" ", name)) for name in names])
    )
    if terms is None:
        return None
    orders, years = [], []
    for other in (False, True):
        of = [term.school_year(other) for term in terms]
        keys = [(year, term.place) for year, term in zip(of, terms, strict=True)]
        if len(set(keys)) < len(keys):
            return None
        orders.append(tuple(names[k] for k in sorted(range(len(names)), key=keys.__getitem__)))
        years.append(len(set(of)))
    if years[0] == years[1] and orders[0] != orders[1]:
        return None
    return orders[years[1] < years[0]]


def beside_the_year(name: str) -> bool:
    """Say whether a term's name is of a summer or an intersession.

    Examples
    --------
    >>> [beside_the_year(name) for name in ("Summer 2026", "Verano", "Intersession", "S2", "Spring/Summer")]
    [True, True, True, False, False]
    """
    tokens, _, _ = _parts(name)
    seasons = {_SEASONS[one] for one in tokens if one in _SEASONS}
    part = any(one in _OF_A_YEAR and after.isdecimal() for one, after in pairwise(tokens))
    return not part and (seasons == {_SUMMER} or not _BETWEEN.isdisjoint(tokens))


def _alike(found: Sequence[_Term | None]) -> list[_Term] | None:
    """Return terms of one kind, all with a year or none; None where they are not."""
    terms = [term for term in found if term is not None]
    parts = [term for term in terms if term.kind == _PART]
    if parts:
        # A summer stands beside semesters too: it is the last of its school year.
        summers = [term for term in terms if (term.kind, term.place) == (_SEASON, (_SUMMER,))]
        alone = len({term.year for term in summers}) == 1 and all(term.year is None for term in parts)
        terms = [
            _Term(_PART, (2.0,), None if alone or term.year is None else term.school_year(False), True)
            if term in summers
            else term
            for term in terms
        ]
    kinds = {(term.kind, term.year is None) for term in terms}
    if len(terms) < len(found) or len(kinds) > 1:
        return None
    # Of two numbers that differ, nothing tells which counts first.
    numbers = [] if terms[0].kind == _PART else zip(*(term.place for term in terms), strict=True)
    return None if sum(len(set(column)) > 1 for column in numbers) > 1 else terms


def _read(name: str) -> _Term | None:
    """Return what a name tells by its words; None where it tells nothing."""
    tokens, year, of_school = _parts(name)
    words = [one for one in tokens if not one.isdecimal()]
    numbers = [int(one) for one in tokens if one.isdecimal()]
    if len(words) == 1 and words[0] in _LETTERS and bool(numbers) != (year is not None):
        words = [_LETTERS[words[0]]] if not numbers or min(numbers) >= 10 else words
    if len(words) == 1 and words[0] in _MONTHS and not numbers:
        return _Term(_MONTH, (_MONTHS[words[0]],), year, of_school)
    if words in (["final"], ["finals"]) and not numbers:
        # A year's own mark, after all of its parts.
        return _Term(_PART, (1.0, 0.5), year, of_school)
    seasons = [one for one in words if one in _SEASONS]
    if len(seasons) == 1 and all(one in _OF_A_YEAR or one in (*seasons, "term") for one in words):
        if numbers and (year is not None or len(numbers) > 1 or not 10 <= numbers[0] <= 99):
            return None
        place = _SEASONS[seasons[0]]
        return _Term(_SEASON, (place,), 2000 + numbers[0] if numbers else year, of_school, place == _WINTER)
    if not tokens and year is not None:
        return _Term(_PART, (1.0, 0.0), year, of_school)
    n = _OF_A_YEAR.get(words[0], 0) if len(words) == 1 else 0
    k = numbers[0] if len(numbers) == 1 else 1 if n == 1 and not numbers else 0
    if 1 <= k <= n:
        # Of two that end together, the longer one is the later.
        return _Term(_PART, (k / n, -n), year, of_school, 2 * k > n > 1)
    return _numbered(name)


def _numbered(name: str) -> _Term | None:
    """Return what a name tells by its numbers alone; None where it tells nothing."""
    tokens, year, of_school = _parts(name)
    numbers = [float(one) for one in tokens if one.isdecimal()]
    # Two numbers without a word may be a day.
    if not numbers or 1 < len(numbers) == len(tokens):
        return None
    return _Term(tuple("#" if one.isdecimal() else one for one in tokens), tuple(numbers), year, of_school)


def _parts(name: str) -> tuple[list[str], int | None, bool]:
    """Return a name's words and numbers, the year that it names, and whether that is a school year."""
    text = unicodedata.normalize("NFKC", name).casefold()[:_MOST_READ]
    spans = [found for found in _SCHOOL_YEAR.finditer(text) if _follows(*found.groups())]
    written = spans or list(_YEAR.finditer(text))
    year = None
    if written:
        first = int(written[0].groups()[0])
        year = first if first >= 100 else 2000 + first
        text = f"{text[: written[0].start()]} {text[written[0].end() :]}"
    tokens = re.findall(r"[^\W\d_]+|\d+", _ENDING.sub(" ", text))
    return [str(_ORDINALS.get(one, one)) for one in tokens if one not in _FILLING], year, bool(spans)


def _follows(first: str, last: str) -> bool:
    return (int(first) + 1) % 100 == int(last) % 100
