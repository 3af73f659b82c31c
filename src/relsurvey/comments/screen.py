"""What a person should see first in a comment: words of danger, then what names or finds somebody.

It is a highlighter, and decides nothing. It neither understands a sentence nor trusts a denial: *I would
never hurt anyone* is marked like its opposite. What it cannot see is what is said in other words, a nickname,
or *I am the only girl in band*: every comment is read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Literal, get_args

from relsurvey.comments.folding import Folded, folded, spellings
from relsurvey.comments.marks import bare, listed, words

Danger = Literal["self_harm", "abuse", "weapons", "threat"]
Kind = Literal[
    "self_harm",
    "abuse",
    "weapons",
    "threat",
    "adult",
    "email",
    "url",
    "phone",
    "address",
    "handle",
    "id",
    "name",
    "role",
]
DANGER: tuple[Danger, ...] = get_args(Danger)
#: Where two marks overlap, the one that comes first here stands.
KINDS: tuple[Kind, ...] = get_args(Kind)

_EMAIL = re.compile(
    r"[\w.+-]+\s?(?:@|\(at\)|\[at\])\s?[\w-]+(?:\s?(?:\.|\(dot\)|\[dot\])\s?[\w-]+)+", re.IGNORECASE
)
_URL = re.compile(
    r"(?:https?://|www\.)\S+|\b[\w-]+\.(?:com|org|net|edu|gov|io|gg|me|tv|app|us|mx|es)\b(?:/\S*)?",
    re.IGNORECASE,
)
_PHONE = re.compile(r"(?<![\w.])\+?(?:\(\d{1,4}\)|\d)(?:[ .\-()/]{0,2}\d){6,14}(?!\w)")
_HANDLE = re.compile(
    r"(?<![\w.@])@\w[\w.]{2,}|\b(?:snap|snapchat|insta|instagram|ig|tiktok|discord|whatsapp|telegram)\b"
    r"\s*(?:is|es|:|=)\s*@?[\w.#]{3,}",
    re.IGNORECASE,
)
_ID = re.compile(r"(?<![\w.,:$%])#?(?:[A-Za-z]{1,3}-?)?\d{4,}(?:-\d+)*(?![\w%])")
_YEAR = re.compile(r"(?:19|20)\d\d\Z")
_WORD = re.compile(r"[^\W\d_]+(?:['’\-][^\W\d_]+)*\.?@?[^\W\d_]*")
#: A capital after these begins a sentence, and tells nothing.
_BEGINS = re.compile(r"(?:\A|[.!?…:;\n\"“”«»¿¡(\[*•-]|\d\.)\s*\Z")


@dataclass(frozen=True)
class Mark:
    """A place in a comment, from its first sign to the one after its last, and what it looks like."""

    start: int
    end: int
    kind: Kind


@dataclass(frozen=True)
class Screened:
    """What was marked in a comment.

    Attributes
    ----------
    marks
        In the order of the text; none overlaps another.
    danger
        The kinds of danger found, the gravest first.
    names_adult
        Whether it names an adult: such a comment cannot be released.
    """

    marks: tuple[Mark, ...]
    danger: tuple[Danger, ...]
    names_adult: bool

    @property
    def rank(self) -> tuple[int, int]:
        """Where it stands in the order of reading: danger first, then what names somebody, then the rest."""
        gravest = DANGER.index(self.danger[0]) if self.danger else len(DANGER)
        return gravest, 0 if any(mark.kind != "role" for mark in self.marks) else 1


@dataclass(frozen=True, repr=False)
class Names:
    """Names of a school's people, to be marked where they stand in a comment; kept in memory alone.

    Parameters
    ----------
    students, staff
        Names as lists have them: ``"Ana Torres"``, ``"Torres, Ana"``.
    """

    students: frozenset[str] = field(default_factory=frozenset)
    staff: frozenset[str] = field(default_factory=frozenset)

    @classmethod
    def of(cls, students: Iterable[str] = (), staff: Iterable[str] = ()) -> Names:
        """Take names apart into the words to look for."""
        return cls(frozenset(_parts(students)), frozenset(_parts(staff)))


def screen(text: str, names: Names | None = None) -> Screened:
    """Mark what a person should see first in a comment.

    Parameters
    ----------
    text
        The comment, as it is shown (:func:`relsurvey.escape.plain_text`).
    names
        Names of the school's people; None knows none but what looks like one.

    Examples
    --------
    >>> text = "Mr. Ruiz helps. I dont want 2 live anymore, call 555-010-7788"
    >>> found = screen(text)
    >>> [(mark.kind, text[mark.start:mark.end]) for mark in found.marks]
    [('adult', 'Mr. Ruiz'), ('self_harm', 'dont want 2 live'), ('phone', '555-010-7788')]
    >>> found.danger, found.names_adult
    (('self_harm',), True)
    """
    marks = [*_dangers(text), *_found(text), *_named(text, names or Names())]
    danger = {mark.kind for mark in marks}
    return Screened(
        _apart(marks),
        tuple(kind for kind in DANGER if kind in danger),
        any(mark.kind == "adult" for mark in marks),
    )


def _dangers(text: str) -> Iterator[Mark]:
    for spelling in spellings(text):
        for kind in DANGER:
            for match in _phrases(kind).finditer(spelling.text):
                yield _mark(spelling, match, kind)


def _found(text: str) -> Iterator[Mark]:
    for kind, pattern in _patterns():
        for match in pattern.finditer(text):
            if kind == "id" and _YEAR.match(match[0]):
                continue
            # As many digits without a gap as few telephones have.
            short = kind == "phone" and match[0].isdigit() and len(match[0]) < 10
            yield Mark(match.start(), match.end(), "id" if short else kind)
    plain = folded(text)
    for pattern in _addresses():
        for match in pattern.finditer(plain.text):
            yield _mark(plain, match, "address")
    for match in _phrases("roles").finditer(plain.text):
        yield _mark(plain, match, "role")


def _named(text: str, names: Names) -> Iterator[Mark]:
    found = list(_WORD.finditer(text))
    plain = [bare(word[0].rstrip(".")) for word in found]
    joint = [word.replace("'", "") for word in plain]
    # Where all is in capitals, a capital tells nothing.
    shouted = sum(w[0].isupper() and len(w[0]) > 1 for w in found) * 2 > max(len(found), 2)
    sure, unsure = listed("titles", "sure"), listed("titles", "with_capital")
    common, also, few = listed("capitals"), listed("words_too"), listed("after_a_title")

    def capital(i: int) -> bool:
        return found[i][0][0].isupper() and not shouted

    def joined(i: int) -> bool:
        return i + 1 < len(found) and not text[found[i].end() : found[i + 1].start()].strip()

    def name(i: int) -> bool:
        return capital(i) and joint[i] not in common and not (found[i][0].isupper() and len(plain[i]) > 3)

    for i, word in enumerate(found):
        titled = plain[i] in sure or (plain[i] in unsure and not shouted)
        if titled and joined(i):
            after = plain[i + 1]
            said = (
                name(i + 1)
                if plain[i] in unsure
                else after not in few and (after not in common or name(i + 1))
            )
            # "I miss Ana" is no title.
            if said and not (plain[i] == "miss" and not capital(i)):
                end = found[i + 2] if joined(i + 1) and i + 2 < len(found) and name(i + 2) else found[i + 1]
                yield Mark(word.start(), end.end(), "adult")
        for part in {plain[i], *re.split(r"['’\-]", plain[i])}:
            known = len(part) > 2 and (part not in also or capital(i))
            if known and part in names.staff:
                yield Mark(word.start(), word.end(), "adult")
            elif known and part in names.students:
                yield Mark(word.start(), word.end(), "name")
        if name(i) and len(plain[i]) > 1:
            begins = _BEGINS.search(text, 0, word.start()) is not None
            # Two capitals in a row are a name, wherever they stand.
            if not begins or (joined(i) and text[word.end() - 1] != "." and name(i + 1)):
                yield Mark(word.start(), word.end(), "name")


def _apart(marks: Sequence[Mark]) -> tuple[Mark, ...]:
    """Return marks of which none overlaps another: of one that does, what a graver one leaves of it."""
    taken: list[Mark] = []
    for mark in sorted(marks, key=lambda m: (KINDS.index(m.kind), m.start - m.end, m.start)):
        free = [(mark.start, mark.end)]
        for other in taken:
            free = [
                part
                for start, end in free
                for part in ((start, min(end, other.start)), (max(start, other.end), end))
                if part[0] < part[1]
            ]
        taken += [Mark(start, end, mark.kind) for start, end in free]
    return tuple(sorted(taken, key=lambda m: m.start))


def _mark(spelling: Folded, match: re.Match[str], kind: Kind) -> Mark:
    start, end = spelling.span(match.start(), match.end())
    return Mark(start, end, kind)


def _parts(names: Iterable[str]) -> Iterator[str]:
    for name in names:
        for part in re.split(r"[^\w]+", bare(name)):
            if len(part) > 2 and not part.isdigit():
                yield part


@cache
def _patterns() -> tuple[tuple[Kind, re.Pattern[str]], ...]:
    return (("email", _EMAIL), ("url", _URL), ("phone", _PHONE), ("handle", _HANDLE), ("id", _ID))


@cache
def _addresses() -> tuple[re.Pattern[str], ...]:
    streets, calles = (
        "|".join(sorted(map(bare, words()[name]), key=len, reverse=True)) for name in ("streets", "calles")
    )
    return (
        re.compile(rf"\b\d{{1,5}}[a-z]? (?:[\w.]+ ){{1,3}}(?:{streets})\b\.?"),
        re.compile(rf"\b(?:{calles})\b\.? (?:[\w.]+,? ){{0,4}}(?:no\.? ?|num\.? ?|# ?)?\d{{1,5}}\b"),
    )


@cache
def _phrases(kind: str) -> re.Pattern[str]:
    """Return the pattern of a list of phrases, for folded text."""
    lines = words()["roles"] if kind == "roles" else words()["danger"][kind]
    phrases = {phrase for line in lines for phrase in line.split(" | ")}
    # The longest first, so that a mark holds all that belongs to it.
    found = sorted((_phrase(phrase) for phrase in phrases), key=len, reverse=True)
    return re.compile(rf"(?<![a-z0-9])(?:{'|'.join(found)})(?![a-z0-9])")


def _phrase(phrase: str) -> str:
    between, pattern, gap = "[^a-z0-9]+", "", ""
    for token in phrase.split():
        if token == "~":
            gap = f"{between}(?:[a-z0-9]+{between}){{0,3}}"
            continue
        options = [
            between.join(re.escape(word).replace(r"\*", "[a-z0-9]*") for word in option.split("_"))
            for option in token.split("|")
        ]
        pattern += (gap or between if pattern else "") + f"(?:{'|'.join(options)})"
        gap = ""
    return pattern
