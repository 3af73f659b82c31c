"""The answers that a file holds, as the option sets of an instrument: their order, codes and languages."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from relsurvey.instrument.fold import fold
from relsurvey.instrument.ladders import Ladder, Rung, climbed, not_counted
from relsurvey.reading.answers import no_answer
from relsurvey.reading.look import Asked, Look

_NUMBER = re.compile(r"[(\[]?(-?\d{1,9}(?:[.,]\d{1,9})?)(?:[)\]]?\s*[-–—=:.)]?\s+\D.*)?\Z", re.DOTALL)

Label = dict[str, str] | str


@dataclass(frozen=True)
class Answer:
    """One answer: its code, or None where no score counts it; its label; and what there is to check."""

    code: float | None
    label: Label
    favorable: bool = False
    remark: str = ""


@dataclass(frozen=True)
class AnswersOf:
    """An option set, and the questions that use it.

    Attributes
    ----------
    name
        What it may be called.
    answers
        The answers in order.
    questions
        Names of columns.
    known
        Whether they stand on a known ladder; their order is a guess otherwise.
    """

    name: str
    answers: tuple[Answer, ...]
    questions: tuple[str, ...]
    known: bool

    @property
    def range(self) -> tuple[float, float]:
        """The smallest and the largest code."""
        codes = [answer.code for answer in self.answers if answer.code is not None]
        return min(codes), max(codes)


def sets_of(look: Look, questions: Collection[str] | None = None) -> list[AnswersOf]:
    """Return the option sets of a file's questions.

    Parameters
    ----------
    look
        The file, judged by itself.
    questions
        The names of those that count; None takes all.

    Examples
    --------
    >>> from relsurvey.demo import demo_workbook
    >>> from relsurvey.reading.look import look
    >>> [(found.name, len(found.answers), len(found.questions)) for found in sets_of(look(demo_workbook()))]
    [('often5_almost', 6, 20)]
    """
    asked = {one.name: one for one in look.asked}
    return [
        part
        for answers in look.answer_sets
        for part in _parted(
            [asked[name] for name in answers.questions if questions is None or name in questions],
            answers.labels,
        )
    ]


def _parted(questions: Sequence[Asked], order: Sequence[str]) -> list[AnswersOf]:
    """Return one set, or several where two of the questions write one answer of a ladder in two ways."""
    parts: list[list[Asked]] = []
    for one in questions:
        for part in parts:
            if (rungs := _rungs([*part, one])) is None or _spoken(*rungs) is not None:
                part.append(one)
                break
        else:
            parts.append([one])
    return [_set(part, order) for part in parts]


def _labels(questions: Sequence[Asked]) -> list[str]:
    """Return the labels of some questions, each once however it is spelled."""
    found: dict[str, str] = {}
    for one in questions:
        for label, _ in one.labels:
            found.setdefault(fold(label), label)
    # Reading takes for a blank what nobody can see.
    found.pop("", None)
    return list(found.values())


def _rungs(questions: Sequence[Asked]) -> tuple[Ladder, list[str]] | None:
    counted = [label for label in _labels(questions) if not (not_counted(label) or no_answer(label))]
    ladder = climbed(counted)
    return None if ladder is None else (ladder, counted)


def _spoken(ladder: Ladder, labels: Sequence[str]) -> list[dict[str, str]] | None:
    """Return the label of each rung, as the file writes it; None where it writes two answers on one rung."""
    written: list[list[str]] = [[] for _ in ladder.rungs]
    for label in labels:
        written[ladder.spellings[fold(label)]].append(label)
    exact = {
        language: sum(
            fold(rung.label[language]) in map(fold, found)
            for rung, found in zip(ladder.rungs, written, strict=True)
        )
        for language in ("en", "es")
    }
    first, second = ("es", "en") if exact["es"] > exact["en"] else ("en", "es")
    result: list[dict[str, str]] = []
    for rung, found in zip(ladder.rungs, written, strict=True):
        spoken = dict(rung.label)
        left = [text for text in found if fold(text) not in map(fold, spoken.values())]
        # An answer that is written otherwise than on the ladder is written so in the language of the others.
        for language in (first, second) if exact[second] else (first,):
            if left and fold(spoken[language]) not in map(fold, found):
                spoken[language] = left.pop(0)
        if left:
            return None
        result.append(spoken)
    texts = [fold(text) for spoken in result for text in set(spoken.values())]
    return result if len(set(texts)) == len(texts) else None


def _set(questions: Sequence[Asked], order: Sequence[str]) -> AnswersOf:
    names = tuple(one.name for one in questions)
    labels = _labels(questions)
    apart = [label for label in labels if not_counted(label)]
    rungs = _rungs(questions)
    spoken = _spoken(*rungs) if rungs is not None else None
    if rungs is not None and spoken is not None:
        ladder, counted = rungs
        met = {ladder.spellings[fold(label)] for label in counted}
        answers = [
            Answer(place + 1.0, label, rung.favorable, "" if place in met else "nobody chose it")
            for place, (rung, label) in enumerate(zip(ladder.rungs, spoken, strict=True))
        ]
        name = ladder.id
    else:
        counted = _ordered([label for label in labels if label not in apart and not no_answer(label)], order)
        if len(counted) < 2:
            # By custom no answer; but with nothing else to choose they were answers.
            counted = _ordered([label for label in labels if label not in apart], order)
        if len(counted) < 2:
            counted, apart = _ordered(labels, order), []
        codes = codes_of(counted)
        # A top-two rule of four or five answers, top-three of seven, top-one of two or three.
        least = len(counted) - len(counted) // 2
        answers = [
            Answer(code, label, place >= least)
            for place, (code, label) in enumerate(zip(codes, counted, strict=True))
        ]
        name = "answers"
    return AnswersOf(name, (*answers, *_uncounted(apart, answers)), names, spoken is not None)


def _ordered(labels: Sequence[str], order: Sequence[str]) -> list[str]:
    place = {fold(label): number for number, label in enumerate(order)}
    # Those that the look set apart have no place: they stand by their number.
    return sorted(labels, key=lambda label: (place.get(fold(label), len(place)), number_in(label) or 0.0))


def codes_of(labels: Sequence[str]) -> list[float]:
    """Return the codes of labels in order: their own numbers where each has one and they rise, else 1, 2, ….

    Examples
    --------
    >>> codes_of(["0 - Never", "1 - Once", "2 - Often"]), codes_of(["Red", "2 Blue"])
    ([0.0, 1.0, 2.0], [1.0, 2.0])
    """
    numbers = [number_in(label) for label in labels]
    own = [number for number in numbers if number is not None]
    if len(own) == len(labels) and own == sorted(set(own)):
        return own
    return [float(code) for code in range(1, len(labels) + 1)]


def number_in(label: str) -> float | None:
    """Return the number that a label is or starts with, or None."""
    match = _NUMBER.match(label)
    return float(match[1].replace(",", ".")) if match else None


def _uncounted(labels: Sequence[str], answers: Sequence[Answer]) -> list[Answer]:
    """Return answers such as "Not sure", in both languages where no other answer is written so."""
    taken = {fold(text) for answer in answers for text in texts_of(answer.label)}
    taken |= {fold(label) for label in labels}
    result = []
    for label in labels:
        rung = not_counted(label)
        both = _in_both(label, rung) if rung else label
        own = {fold(text) for text in texts_of(both)} - {fold(label)}
        result.append(Answer(None, label if own & taken else both))
        taken |= own
    return result


def _in_both(label: str, rung: Rung) -> Label:
    written = "es" if fold(label) == fold(rung.label["es"]) else "en"
    return {**rung.label, written: label}


def texts_of(label: Label) -> tuple[str, ...]:
    """Return a label's text in each of its languages."""
    return (label,) if isinstance(label, str) else tuple(label.values())
