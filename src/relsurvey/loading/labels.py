"""Labels of a file that fit no answer of an instrument, and what they may mean."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from relsurvey.errors import Unmatched
from relsurvey.instrument import GroupVariable, Instrument, Options, say
from relsurvey.instrument.fold import fold
from relsurvey.loading.choices import Choices
from relsurvey.loading.shown import may_be_shown
from relsurvey.reading.answers import Reader, beside_number, no_answer
from relsurvey.reading.formats import Table
from relsurvey.reading.labels import categories_of, choices, yes_or_no
from relsurvey.reading.match import Columns, alike

#: Answers of more kinds than this are no answers but students' own words.
_MOST = 60
#: Cells are shown of such columns alone; ``wave`` is a column that is headed so.
ANSWERS = ("question", "group", "choices", "wave")


@dataclass(frozen=True)
class Meaning:
    """What a label may mean: as a mapping says it, by language, and how else a mapping may say it."""

    value: str
    text: Mapping[str, str]
    also: frozenset[str] = frozenset()

    def said(self, target: float | str) -> bool:
        """Say whether a mapping's target is this meaning."""
        word = f"{target:g}" if isinstance(target, float) else target
        return fold(word) in {fold(self.value), *map(fold, self.text.values()), *self.also}


@dataclass
class Label:
    """A label that fits nothing by itself.

    Attributes
    ----------
    key
        Under which a mapping explains it: an option set, a question, a group variable or ``wave``.
    text
        The label.
    rows
        How many cells hold it.
    meanings
        What it may mean.
    needed
        Whether the file cannot be read before it is explained.
    """

    key: str
    text: str
    rows: int
    meanings: Sequence[Meaning]
    needed: bool


@dataclass
class Labels:
    """The labels that may be shown, and how many cells hold texts that may not.

    Attributes
    ----------
    shown
        One entry a key and label.
    kept_back
        By key how many cells hold texts that are not shown; only where the file cannot be read with them.
    """

    shown: list[Label]
    kept_back: dict[str, int]


def unexplained(
    table: Table,
    columns: Columns,
    instrument: Instrument,
    chosen: Choices,
    kinds: Mapping[int, str],
    problems: Iterable[Unmatched] = (),
) -> Labels:
    """Return the labels that fit nothing by themselves, those that a person explained too.

    Parameters
    ----------
    table, columns, instrument
        The file, which of its columns hold what, and what was asked.
    chosen
        What a person explained.
    kinds
        By the position of a column, what it is by itself, ``wave`` if it is headed so: of texts, ids, numbers
        and dates no cell is shown.
    problems
        What reading the file complained of: codes too, where numbers run another way than the instrument's.
    """
    found = _Found(chosen, kinds)
    for name, options in instrument.options.items():
        reader, meanings = Reader(options), _answers(options)
        known = [text for option in options.options for text in option.label.values()]
        for item in (i for i, asked in instrument.items.items() if asked.options == name):
            key = item if item in chosen.labels else name
            for place in columns.items.get(item, ()):
                for text, rows in _cells(table, place.position):
                    if reader.meaning(text).kind == "unmatched labels":
                        found.add(key, text, rows, place.position, meanings, known)
        for problem in problems:
            if problem.key == name and re.fullmatch(r"-?\d{1,2}", problem.found):
                found.complain(name, problem, meanings)
    for name, group in instrument.groups.items():
        categories = [Meaning(category.id, category.label) for category in group.categories]
        known = [text for category in group.categories for text in (category.id, *category.label.values())]
        for place in columns.groups.get(name, ()) if categories else ():
            separator = table.columns[place.position].separator or ", "
            cells = _cells(table, place.position)
            usual = yes_or_no(group, [text for text, _ in cells])
            for text, rows in cells:
                if fold(text) not in usual and not _belongs(text, group, separator):
                    found.add(name, text, rows, place.position, categories, known, needed=False)
    if instrument.waves and not chosen.wave:
        waves = [Meaning(key, wave.title or {"en": key}) for key, wave in instrument.waves.items()]
        for place in columns.identity.get("wave", ()):
            for text, rows in _cells(table, place.position):
                if fold(text) not in map(fold, instrument.waves):
                    found.add("wave", text, rows, place.position, waves, instrument.waves)
    return found.labels()


class _Found:
    """Labels under way."""

    def __init__(self, chosen: Choices, kinds: Mapping[int, str]) -> None:
        self._kinds = kinds
        self._meant = {key: {fold(text) for text in meant} for key, meant in chosen.labels.items()}
        self._shown: dict[tuple[str, str], Label] = {}
        self._hidden: Counter[str] = Counter()

    def add(
        self,
        key: str,
        text: str,
        rows: int,
        position: int,
        meanings: Sequence[Meaning],
        known: Iterable[str],
        *,
        needed: bool = True,
    ) -> None:
        if self._kinds.get(position) in ANSWERS and may_be_shown(text, rows, known):
            label = self._shown.setdefault((key, fold(text)), Label(key, text, 0, meanings, needed))
            label.rows += rows
        elif needed and fold(text) not in self._meant.get(key, ()):
            self._hidden[key] += rows

    def complain(self, key: str, problem: Unmatched, meanings: Sequence[Meaning]) -> None:
        label = Label(key, problem.found, problem.rows, meanings, needed=True)
        self._shown.setdefault((key, fold(problem.found)), label)

    def labels(self) -> Labels:
        counts: Counter[str] = Counter(key for key, _ in self._shown)
        shown, kept_back = [], Counter(self._hidden)
        for (key, _), label in self._shown.items():
            if counts[key] <= _MOST:
                shown.append(label)
            elif label.needed:
                kept_back[key] += label.rows
        shown.sort(key=lambda label: (not label.needed, -label.rows, label.text))
        return Labels(shown, kept_back)


def _cells(table: Table, position: int) -> list[tuple[str, int]]:
    column = table.columns[position].cells
    gone = {column.texts[i] for i in column.missing}
    return [(text, rows) for text, rows in column.counts().items() if text and text not in gone]


def _answers(options: Options) -> list[Meaning]:
    return [
        Meaning(
            say(option.label, "en"),
            option.label,
            frozenset() if option.code is None else frozenset({f"{option.code:g}"}),
        )
        for option in options.options
    ]


def _belongs(text: str, group: GroupVariable, separator: str) -> bool:
    known = categories_of(group)
    if fold(text) in known or no_answer(text) or any(bare in known for bare, _ in beside_number(fold(text))):
        return True
    return group.multiple and all(fold(part) in known for part in choices(text, known, separator))


def likeness(first: str, second: str) -> str:
    """Return in a word how alike two texts are.

    Examples
    --------
    >>> likeness("Oftn", "Often"), likeness("Oft", "Often")
    ('very', 'somewhat')
    """
    return in_a_word(alike(first, second))


def in_a_word(score: float) -> str:
    """Return in a word what a score of likeness says, 0 to 1."""
    return "very" if score >= 0.85 else "somewhat"
