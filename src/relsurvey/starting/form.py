"""An instrument as a form that students fill in: every question in order, whatever program asks it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from relsurvey.escape import one_line
from relsurvey.instrument import GroupVariable, Instrument, say
from relsurvey.instrument.fold import fold
from relsurvey.starting.words import WORDS, Language, assent

Kind = Literal["one", "several", "line", "paragraph"]


@dataclass(frozen=True)
class Question:
    """One question.

    Attributes
    ----------
    id
        The instrument's id, or the identity key.
    text
        What is asked; reading knows the answers by it.
    kind
        One answer, several, a line of text, or a paragraph.
    choices
        The answers in order.
    codes
        The code of each answer; None for one that is not counted. Empty where answers have no codes.
    options
        The option set, for questions that have one.
    hint
        A line under the question.
    """

    id: str
    text: str
    kind: Kind
    choices: tuple[str, ...] = ()
    codes: tuple[float | None, ...] = ()
    options: str = ""
    hint: str = ""


@dataclass(frozen=True)
class Form:
    """A form in one language.

    Attributes
    ----------
    title
        Its title.
    assent
        What stands before the choice to take part, a paragraph each.
    who
        The student number, then school and team, whose names a person fills in.
    items, groups, comments
        The questions of the scales, those by which students are compared, those for their own words.
    """

    title: str
    assent: tuple[str, ...]
    who: tuple[Question, ...]
    items: tuple[Question, ...]
    groups: tuple[Question, ...]
    comments: tuple[Question, ...]

    @property
    def questions(self) -> tuple[Question, ...]:
        """Every question in order."""
        return (*self.who, *self.items, *self.groups, *self.comments)


def form_of(instrument: Instrument, language: Language) -> Form:
    """Return the form of an instrument.

    Parameters
    ----------
    instrument
        What is asked.
    language
        The form's; a text that the instrument does not have in it stands in English.

    Examples
    --------
    >>> import relsurvey as rs
    >>> form = form_of(rs.instruments()["five-elements"], "es")
    >>> form.who[0].text, form.items[0].choices[0], len(form.questions)
    ('Student ID', 'Casi nunca', 30)
    """
    return Form(
        one_line(say(instrument.title, language)),
        assent(instrument, language),
        _who(instrument, language),
        tuple(_item(instrument, key, language) for key in instrument.items),
        tuple(_group(group, language) for group in instrument.groups.values()),
        tuple(_comment(instrument, number, language) for number in range(len(instrument.open_questions))),
    )


def _who(instrument: Instrument, language: Language) -> tuple[Question, ...]:
    words = WORDS[language]
    found = []
    for key in ("respondent", "school", "team"):
        place = instrument.identity.get(key)
        if place is None:
            continue
        text = one_line(place.column or say(place.text or {}, language))
        if key == "respondent":
            found.append(Question(key, text, "line", hint=words["number"]))
        else:
            names = tuple(words["place"].format(name=words[key], number=number) for number in (1, 2))
            found.append(Question(key, text, "one", names))
    return tuple(found)


def _item(instrument: Instrument, key: str, language: Language) -> Question:
    item = instrument.items[key]
    options = instrument.options_of(key).options
    return Question(
        key,
        one_line(say(item.text, language)),
        "one",
        tuple(one_line(say(option.label, language)) for option in options),
        tuple(option.code if option.counted else None for option in options),
        item.options,
    )


def _group(group: GroupVariable, language: Language) -> Question:
    # A column that the instrument names is all that reading looks for.
    text = one_line(group.column or say(group.text or group.title, language))
    # Nobody ticks "Two or more": ticking two says it.
    offered = [c for c in group.categories if not (group.multiple and c.id == group.combine)]
    choices = tuple(one_line(say(category.label, language)) for category in offered)
    if not choices:
        return Question(group.id, text, "line")
    several = WORDS[language]["all that apply"] if group.multiple else ""
    return Question(
        group.id,
        text,
        "several" if group.multiple else "one",
        choices,
        # A hint stands with the wording in some exports, and a column is known by its whole name.
        hint="" if group.column or fold(several) in fold(text) else several,
    )


def _comment(instrument: Instrument, number: int, language: Language) -> Question:
    question = instrument.open_questions[number]
    text = one_line(say(question.text, language) if question.text else question.id)
    hint = WORDS[language]["no names"]
    return Question(question.id, text, "paragraph", hint=hint if fold(hint) not in fold(text) else "")
