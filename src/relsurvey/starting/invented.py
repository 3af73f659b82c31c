"""Invented answers to any instrument, so that everything runs before a student is asked."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING

from relsurvey.errors import InstrumentError
from relsurvey.instrument import GroupVariable, Instrument, Options, say
from relsurvey.instrument.fold import fold
from relsurvey.reading.match import names_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

#: School → its part of the students. What stands in brackets marks whatever is made of the file.
_SCHOOLS = {"Alder High (simulated)": 0.45, "Birch High (simulated)": 0.33, "Cedar High (simulated)": 0.22}
_TEAMS = ("Team Blue", "Team Gold")
_WAVES = ("fall", "spring")
#: Of the students of one wave, how many answer in the next.
_STAYING = 0.8

#: Alpha that a scale of any length has, about; how far two scales, and two waves of one, go together.
_ALPHA = 0.84
_BETWEEN_SCALES = 0.5
_BETWEEN_WAVES = 0.7
#: How much a correlation loses when a latent answer becomes one of so many options.
_KEPT = {2: 0.65, 3: 0.80, 4: 0.87}

_BLANK = (0.01, 0.03)
_NOT_SURE = 0.03
_NO_GROUP = 0.03
_SEVERAL = 0.15
_COMMENTING = 0.12
#: A category has this many students for each one of the category before it; few choose one not counted.
_FEWER, _FEW = 0.55, 0.04

_COMMENTS = (
    "Thank you for asking.",
    "Nothing else.",
    "I liked that it was short.",
    "More time for this, please.",
    "Some weeks are better than others.",
    "It depends on the day.",
    "Gracias por preguntar.",
    "Todo bien por ahora.",
    "Me gustaría tener más tiempo.",
    "Depende del día.",
)
_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)?\Z")


@dataclass(frozen=True)
class _Wave:
    """Who answers in a wave: positions among all students, and a value a scale for each."""

    name: str
    students: NDArray[np.int_]
    traits: NDArray[np.float64]


def invented_answers(
    instrument: Instrument, n: int = 200, seed: int = 1, language: str | None = None
) -> list[list[str]]:
    """Return invented answers as a table: the wordings of the questions, then one row a student and wave.

    The questions of a scale share one latent trait, so that its alpha is about .84 whatever its length;
    scales go together, and no group and no school differs. One to three answers in a hundred are blank.

    Parameters
    ----------
    instrument
        What is asked. With waves, there are two, and four students in five answer in both.
    n
        How many students answer in each wave.
    seed
        The same seed gives the same answers.
    language
        Of questions and answers; None takes the instrument's first.

    Raises
    ------
    InstrumentError
        If a question of the instrument has no wording and no id of its own.

    Examples
    --------
    >>> import relsurvey as rs
    >>> rows = invented_answers(rs.instruments()["five-elements"], n=50)
    >>> len(rows), rows[0][:4]
    (101, ['Student ID', 'What school do you go to?', 'Which ninth-grade team are you on?', 'Survey'])
    """
    import numpy as np

    spoken = language or instrument.languages[0]
    # The legacy generator: its stream is frozen, while that of default_rng may change.
    draw = np.random.RandomState(seed)
    waves = _waves(draw, instrument, n)
    people = max(int(wave.students.max()) for wave in waves) + 1
    numbers = draw.permutation(people) + 1
    schools = draw.choice(list(_SCHOOLS), people, p=list(_SCHOOLS.values()))
    teams = draw.choice(_TEAMS, people)
    width = max(5, len(str(people)) + 1)
    columns: list[tuple[str, str, Callable[[_Wave], list[str]]]] = [
        ("identity", "respondent", lambda wave: [f"{numbers[i]:0{width}d}" for i in wave.students]),
        ("identity", "school", lambda wave: [str(schools[i]) for i in wave.students]),
        ("identity", "team", lambda wave: [str(teams[i]) for i in wave.students]),
        ("identity", "wave", lambda wave: [wave.name] * len(wave.students)),
    ]
    columns = [column for column in columns if column[1] in instrument.identity]
    columns += [("items", key, _items(draw, instrument, key, spoken)) for key in instrument.items]
    columns += [
        ("groups", key, _group(draw, group, people, spoken))
        for key, group in instrument.groups.items()
        if any(category.id != group.combine for category in group.categories)
    ]
    columns += [("comments", question.id, _comments(draw)) for question in instrument.open_questions]
    table = [_headings(instrument, [(kind, key) for kind, key, _ in columns], spoken)]
    for wave in waves:
        cells = [fill(wave) for _, _, fill in columns]
        table += [list(row) for row in zip(*cells, strict=True)]
    return table


def as_csv(table: Sequence[Sequence[str]]) -> str:
    r"""Return a table as CSV that a spreadsheet shows as it is: Spanish as Spanish, nothing as a formula.

    Examples
    --------
    >>> as_csv([["=1+1", "-2"]])
    '\ufeff" =1+1","-2"\r\n'
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text, quoting=csv.QUOTE_ALL)
    # A blank in front makes a text of a formula; reading takes it off again.
    writer.writerows(
        [f" {cell}" if cell[:1] in ("=", "+", "-", "@") and not _NUMBER.match(cell) else cell for cell in row]
        for row in table
    )
    return "\ufeff" + text.getvalue()


def _headings(instrument: Instrument, wanted: Sequence[tuple[str, str]], language: str) -> list[str]:
    """Return for each part of the instrument a heading by which reading knows it: its wording, or its id."""
    known = names_of(instrument)
    headings = []
    for kind, key in wanted:
        spellings = [text for text in (*_wordings(instrument, kind, key, language), key) if fold(text)]
        own = [text for text in spellings if fold(text) in known and known[fold(text)][0] == (kind, key)]
        if not own:
            raise InstrumentError(
                f"Every wording of `{key}` in `{instrument.id}` is that of something else too, so no column "
                "could be known as its own. Reword it."
            )
        headings.append(own[0])
    return headings


def _wordings(instrument: Instrument, kind: str, key: str, language: str) -> list[str]:
    match kind:
        case "identity":
            place = instrument.identity[key]
            return [place.column or "", say(place.text or {}, language)]
        case "items":
            return [say(instrument.items[key].text, language)]
        case "groups":
            group = instrument.groups[key]
            return [group.column or "", say(group.text or {}, language), say(group.title, language)]
        case _:
            return [say(q.text or {}, language) for q in instrument.open_questions if q.id == key]


def _waves(draw: np.random.RandomState, instrument: Instrument, n: int) -> list[_Wave]:
    """Draw who answers in each wave, and how much of each scale's trait each student has then."""
    import numpy as np

    names = [""]
    if "wave" in instrument.identity:
        names = list(instrument.waves or _WAVES)[:2]
    leaving = round((1 - _STAYING) * n) if len(names) > 1 else 0
    scales = len(instrument.scales)

    def traits() -> NDArray[np.float64]:
        shared, own = draw.standard_normal((n + leaving, 1)), draw.standard_normal((n + leaving, scales))
        values: NDArray[np.float64] = np.sqrt(_BETWEEN_SCALES) * shared + np.sqrt(1 - _BETWEEN_SCALES) * own
        return values

    lasting = traits()
    waves = []
    for place, name in enumerate(names):
        now = np.sqrt(_BETWEEN_WAVES) * lasting + np.sqrt(1 - _BETWEEN_WAVES) * traits()
        students = np.arange(place * leaving, place * leaving + n)
        waves.append(_Wave(name, students, now[students]))
    return waves


def _items(
    draw: np.random.RandomState, instrument: Instrument, key: str, language: str
) -> Callable[[_Wave], list[str]]:
    """Return what fills a question's column, by the graded model: a latent answer, cut into options."""
    import numpy as np

    options = instrument.options_of(key)
    scales = [number for number, scale in enumerate(instrument.scales.values()) if key in scale.items]
    length = len(list(instrument.scales.values())[scales[0]].items) if scales else 1
    loading = np.sqrt(_correlation(length, len(options.codes)))
    ease = draw.uniform(-0.1, 0.5)
    cuts = [NormalDist().inv_cdf(k / len(options.codes)) - ease for k in range(1, len(options.codes))]
    number = list(instrument.items).index(key)
    blank = _BLANK[0] + (_BLANK[1] - _BLANK[0]) * number / max(1, len(instrument.items) - 1)
    labels, apart = _labels(options, language, reverse=instrument.items[key].reverse)

    def fill(wave: _Wave) -> list[str]:
        size = len(wave.students)
        trait = wave.traits[:, scales[0]] if scales else draw.standard_normal(size)
        latent = loading * trait + np.sqrt(1 - loading**2) * draw.standard_normal(size)
        chosen = [labels[i] for i in np.searchsorted(cuts, latent)]
        chance, other = draw.random_sample(size), draw.randint(max(1, len(apart)), size=size)
        for i in np.flatnonzero(chance < blank + (_NOT_SURE if apart else 0)):
            chosen[i] = "" if chance[i] < blank else apart[other[i]]
        return chosen

    return fill


def _correlation(items: int, options: int) -> float:
    """Return the latent correlation of two items that gives a scale of so many its alpha."""
    seen = _ALPHA / (items - _ALPHA * (items - 1)) if items > 1 else 0.5
    return float(min(0.9, seen / _KEPT.get(options, 0.92)))


def _labels(options: Options, language: str, *, reverse: bool) -> tuple[list[str], list[str]]:
    """Return the counted labels, those that a high trait chooses last, and those that are not counted."""
    rising = sorted(options.counted, key=lambda option: option.code or 0.0, reverse=reverse)
    apart = [option for option in options.options if not option.counted]
    return [say(option.label, language) for option in rising], [say(o.label, language) for o in apart]


def _group(
    draw: np.random.RandomState, group: GroupVariable, people: int, language: str
) -> Callable[[_Wave], list[str]]:
    """Return what fills a group variable's column: each student's category, the first being the largest."""
    import numpy as np

    offered = [category for category in group.categories if category.id != group.combine]
    labels: list[str] = [say(category.label, language) for category in offered]
    parts = np.array([_FEWER**place if c.counted else _FEW for place, c in enumerate(offered)])
    first = draw.choice(len(labels), people, p=parts / parts.sum())
    second = draw.randint(len(labels), size=people)
    several, blank = draw.random_sample(people) < _SEVERAL, draw.random_sample(people) < _NO_GROUP

    def cell(student: int) -> str:
        chosen: list[int] = list(dict.fromkeys((int(first[student]), int(second[student]))))
        if blank[student]:
            return ""
        if group.multiple and several[student] and all(offered[k].counted for k in chosen):
            return ", ".join(labels[k] for k in chosen)
        return labels[chosen[0]]

    return lambda wave: [cell(i) for i in wave.students]


def _comments(draw: np.random.RandomState) -> Callable[[_Wave], list[str]]:
    def fill(wave: _Wave) -> list[str]:
        size = len(wave.students)
        which, chance = draw.randint(len(_COMMENTS), size=size), draw.random_sample(size)
        return [_COMMENTS[k] if c < _COMMENTING else "" for k, c in zip(which, chance, strict=True)]

    return fill
