"""What the workbook and the slides share: a view in one language, its colours, files that stay the same."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from io import BytesIO
from typing import Literal

from relsurvey.analysis.finding import MIN_N_FILE
from relsurvey.errors import PublishError
from relsurvey.escape import one_line
from relsurvey.view import View
from relsurvey.view.content import has_content
from relsurvey.view.model import Item, ItemCell, Part, Scale, Share, Tone, Unit
from relsurvey.words import Text
from relsurvey.words.catalogue import pick, say

#: The colours of widgets/core/tokens.css, without the hash.
INK, SOFT, LINE, LINK = "1A2127", "565E65", "D9D8D3", "0A5C70"
PAPER, WASH = "FFFFFF", "F6F5F1"
FAVORABLE, FAVORABLE_MID, FAVORABLE_TINT = "12768A", "69AEBB", "CFE7EB"
UNFAVORABLE, UNFAVORABLE_MID, UNFAVORABLE_TINT = "97631B", "CFA464", "F3E3C7"
NEUTRAL, NEUTRAL_EDGE = "D5D8DA", "7D848A"
#: Groups of students are neither favorable nor not: apart by lightness and by place.
GROUPS = (LINK, FAVORABLE_MID, UNFAVORABLE, UNFAVORABLE_MID, SOFT, NEUTRAL)
#: Fills that bear white letters; the others bear dark ones.
DARK = frozenset((LINK, FAVORABLE, UNFAVORABLE, SOFT))

_FILLS: dict[Tone, tuple[str, str, str]] = {
    "unfavorable": (UNFAVORABLE, UNFAVORABLE_MID, UNFAVORABLE_TINT),
    "favorable": (FAVORABLE, FAVORABLE_MID, FAVORABLE_TINT),
    "neutral": (NEUTRAL, NEUTRAL, NEUTRAL),
}
_TONES: tuple[Tone, ...] = ("unfavorable", "neutral", "favorable")
_LONGEST = 30_000
# Office reads _x0041_ as a character of its own.
_OFFICE_ESCAPE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")


@dataclass(frozen=True)
class Answer:
    """One answer as a picture draws it: the same label is another answer where it counts otherwise."""

    label: str
    tone: Tone


class Told:
    """A view in one of its languages, as it may travel: no comments, no two variables together (rules.md 21).

    Parameters
    ----------
    view
        A view that passed the gate under the public threshold.
    language
        One of its languages; None takes its first one.

    Raises
    ------
    PublishError
        If the view was made with a lower threshold than files that travel need, or has not this language.
    """

    def __init__(self, view: View, language: str | None = None) -> None:
        if view.provenance.settings.min_n < MIN_N_FILE:
            raise PublishError(
                f"This view shows groups of {view.provenance.settings.min_n} students, and a file that "
                f"travels needs {MIN_N_FILE} or more: make the view with min_n={MIN_N_FILE}."
            )
        if language is not None and language not in view.languages:
            raise PublishError(
                f"This view has no language {language!r}. Choose from: {', '.join(view.languages)}."
            )
        self.view, self.language = view, language or view.languages[0]
        self.scales: dict[str, Scale] = {scale.id: scale for scale in view.scales}
        self.items: dict[str, Item] = {item.id: item for item in view.items}
        self.variables = {v.id: self.say(v.title) for v in view.variables if "*" not in v.id}
        self.units: list[Unit] = [self._as_told(unit) for unit in view.units]

    def _as_told(self, unit: Unit) -> Unit:
        """Return a unit with what travels and has content."""
        groups = [table for table in unit.groups if table.variable in self.variables]
        change = unit.change if unit.change is not None and has_content(unit.change) else None
        return unit.model_copy(
            update={
                "comments": [],
                "groups": groups if any(map(has_content, groups)) else [],
                "change": change,
            }
        )

    def say(self, text: Text | str | None, longest: int = _LONGEST) -> str:
        """Return a text on one line, without what a file cannot hold."""
        chosen = text if isinstance(text, str) else pick(text, self.language) if text else ""
        line = _OFFICE_ESCAPE.sub("-", one_line(chosen))
        return line if len(line) <= longest else line[: longest - 1] + "…"

    def word(self, key: str, **values: object) -> str:
        """Return a word of the doors' own."""
        return say(self.language, f"door.{key}", **values)

    def capital(self, text: Text | str | None) -> str:
        """Return a text that begins a line."""
        line = self.say(text)
        return line[:1].upper() + line[1:]

    def both(self, words: Text, span: Text | None) -> str:
        """Return a share in words, with its range in brackets."""
        return f"{self.capital(words)} ({self.say(span)})" if span else self.capital(words)

    def scale(self, scale: str | None) -> str:
        """Return a scale's title; of none, what other questions are called."""
        return self.word("other_questions") if scale is None else self.say(self.scales[scale].title)

    @cached_property
    def stamp(self) -> str:
        """For whom, by whom, when, that these are aggregates, and whether they are simulated."""
        view = self.view
        parts = [self.say(view.audience, 90), *self.publisher(90), self.word("made_on", day=self.day)]
        parts += [self.word("simulated")] * view.simulated
        return " ".join(part if part.endswith((".", "!", "?")) else f"{part}." for part in parts)

    def publisher(self, longest: int = _LONGEST) -> list[str]:
        """Return by whom, and that these are aggregates where that does not say it."""
        said, only = self.say(self.view.publisher, longest), self.word("aggregates")
        return [said] if only.rstrip(".").lower() in said.lower() else [said, only]

    @property
    def day(self) -> str:
        """The day the view was made, as it stands in the view."""
        return self.say(self.view.made, 40)

    def answers(self, cells: list[ItemCell]) -> list[Answer]:
        """Return the answers that questions have, from the least favorable on, each as often as it counts."""
        order: list[Answer] = []
        for cell in cells:
            at = 0
            for part in cell.parts:
                answer = self.answer(part)
                if answer in order:
                    at = order.index(answer) + 1
                else:
                    order.insert(at, answer)
                    at += 1
        return [answer for tone in _TONES for answer in order if answer.tone == tone]

    def answer(self, part: Part) -> Answer:
        """Return the answer that a part of a distribution tells of."""
        return Answer(self.say(part.label, 80), part.tone)

    def fill(self, answer: Answer, cells: list[ItemCell]) -> str:
        """Return an answer's colour: the outermost of a side is the strongest, as on the page."""
        for cell in cells:
            side = [self.answer(part) for part in cell.parts if part.tone == answer.tone]
            if answer in side:
                at, last = side.index(answer), len(side) - 1
                inner = at if answer.tone == "favorable" else last - at
                return _FILLS[answer.tone][0 if inner == last else 2 if inner == 0 else 1]
        return NEUTRAL

    def name(self, answer: Answer, among: list[Answer]) -> str:
        """Return an answer's label, with how it counts where the label alone does not tell."""
        alone = [other.label for other in among].count(answer.label) == 1
        return answer.label if alone else f"{answer.label} ({self.word(f'tone_{answer.tone}').lower()})"

    def facts(self) -> Iterator[tuple[str, str | int]]:
        """Yield where the numbers come from, and what the gate proved: a name and a value."""
        made, word = self.view.provenance, self.word
        yield word("fact_instrument"), self.say(f"{made.instrument} {made.instrument_version}")
        yield word("fact_license"), self.say(self.view.license)
        yield word("fact_package"), self.say(made.package)
        yield word("fact_min_n"), made.settings.min_n
        yield word("fact_same_within"), made.settings.same_within
        if (gate := made.certificate) is not None:
            yield word("fact_width"), gate.width
            if gate.narrowest is not None:
                yield word("fact_narrowest"), gate.narrowest
            yield word("fact_tables_shown"), gate.tables_shown
            yield word("fact_tables_hidden"), gate.tables_hidden
            yield word("fact_groups_shown"), gate.groups_shown
            yield word("fact_groups_hidden"), gate.groups_hidden
            yield word("fact_figures_withheld"), gate.figures_withheld
        yield word("fact_instrument_sha256"), self.say(made.instrument_sha256)
        for one in made.input_sha256:
            yield word("fact_input_sha256"), self.say(one)


def ends(share: Share | None) -> tuple[int | None, int | None]:
    """Return how many points an interval reaches below and above its share; none when that is coded."""
    if share is None or share.coded:
        return None, None
    return max(share.percent - share.low, 0), max(share.high - share.percent, 0)


def percent_format(told: Told, coded: Literal["top", "bottom"] | None = None) -> str:
    """Return how a whole percent is printed; a coded one says that it is (rules.md 19)."""
    if coded is None:
        return '0" %"'
    return f'0" % {told.word("or_more" if coded == "top" else "or_less")}"'


def day_of(view: View) -> datetime:
    """Return the day a view was made, for a file's properties."""
    try:
        return datetime.strptime(view.made[:10], "%Y-%m-%d")
    except ValueError:
        return datetime.fromtimestamp(0, UTC).replace(tzinfo=None)


def repacked(document: bytes, replaced: dict[str, bytes] | None = None) -> bytes:
    """Return an Office document without what differs from run to run: clock and system.

    Parameters
    ----------
    document
        A zip file.
    replaced
        Members that are written otherwise, by name.
    """
    from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

    fixed = BytesIO()
    with ZipFile(BytesIO(document)) as source, ZipFile(fixed, "w") as target:
        for name in source.namelist():
            member = ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            member.compress_type = ZIP_DEFLATED
            member.create_system = 3
            target.writestr(member, (replaced or {}).get(name) or source.read(name))
    return fixed.getvalue()


#: A file's properties as far as they say which program wrote it.
APP_XML = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    b'<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties">'
    b"<Application>relsurvey</Application></Properties>"
)
