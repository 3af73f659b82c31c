"""An instrument as a text that Qualtrics imports: its Advanced Format."""

from __future__ import annotations

import re
from collections.abc import Iterator

from relsurvey.escape import one_line
from relsurvey.instrument import Instrument
from relsurvey.starting.form import Form, Question, form_of
from relsurvey.starting.text import identifier
from relsurvey.starting.words import WORDS, Language

#: What Qualtrics would take for a tag of the format, for HTML, or for a text to be piped in.
_MEANT_OTHERWISE = re.compile(r"\[(?=\[)|<(?=[A-Za-z/!?])|&(?=[#A-Za-z])|\$(?=e?\{)")
#: A blank without width; reading takes no note of it.
_APART = "\u200b"
#: Numbers that reading takes for no answer: for answers that are not counted, in an export of numbers.
_NO_ANSWER = (99, 98, 97, 999, 998, 997)
#: A row of answers that fits a screen; a longer one stands one under the other.
_IN_A_ROW = 80


def qualtrics_text(instrument: Instrument, language: Language) -> str:
    """Return a survey in Qualtrics' Advanced Format, whose field ids are the instrument's.

    Each question stands by itself, since the rows of a matrix have field ids that Qualtrics makes.

    Parameters
    ----------
    instrument
        What is asked.
    language
        The survey's.

    Examples
    --------
    >>> import relsurvey as rs
    >>> text = qualtrics_text(rs.instruments()["five-elements"], "en")
    >>> text.splitlines()[0], "[[ID:care_1]]" in text, text.count("[[Question:MC:SingleAnswer")
    ('[[AdvancedFormat]]', True, 28)
    """
    form = form_of(instrument, language)
    lines = ["[[AdvancedFormat]]"]
    for number, (questions, before) in enumerate(_blocks(form, instrument, language), 1):
        lines += ["", f"[[Block:{WORDS[language]['block'].format(number=number)}]]", *before]
        for question in questions:
            lines += ["", *_question(question)]
    return "\n".join(lines) + "\n"


def _blocks(
    form: Form, instrument: Instrument, language: Language
) -> Iterator[tuple[tuple[Question, ...], list[str]]]:
    """Yield the questions of each page, and what stands before them."""
    words = WORDS[language]
    taken = {question.id for question in form.questions}
    about, choice = (identifier(name, taken, name) for name in ("about_this_survey", "take_part"))
    text = "<br><br>".join(map(_plain, form.assent))
    yield (
        (Question(choice, words["take part"], "one", (words["yes"], words["no"])),),
        ["", "[[Question:DB]]", f"[[ID:{about}]]", text],
    )
    if form.who:
        yield form.who, []
    left = {question.id: question for question in form.items}
    for scale in instrument.scales.values():
        page = tuple(left.pop(item) for item in scale.items if item in left)
        if page:
            yield page, []
    for page in (tuple(left.values()), form.groups, form.comments):
        if page:
            yield page, []


def _question(question: Question) -> Iterator[str]:
    # The exported wording holds a hint too: a student number is known by its wording alone.
    hint = f"<br>{_plain(question.hint)}" if question.hint and question.kind != "line" else ""
    yield f"[[Question:{_kind(question)}]]"
    yield f"[[ID:{question.id}]]"
    yield _plain(question.text) + hint
    if question.codes:
        free = (code for code in _NO_ANSWER if code not in question.codes)
        yield "[[AdvancedChoices]]"
        for code, choice in zip(question.codes, question.choices, strict=True):
            yield f"[[Choice:{next(free) if code is None else f'{code:g}'}]]"
            yield _plain(choice)
    elif question.choices:
        yield "[[Choices]]"
        yield from map(_plain, question.choices)


def _kind(question: Question) -> str:
    match question.kind:
        case "line":
            return "TE:SingleLine"
        case "paragraph":
            return "TE:Essay"
        case "several":
            return "MC:MultipleAnswer:Vertical"
    short = question.codes and sum(map(len, question.choices)) <= _IN_A_ROW
    return f"MC:SingleAnswer:{'Horizontal' if short else 'Vertical'}"


def _plain(text: str) -> str:
    """Return text that is nothing but text to Qualtrics, and looks and reads as before.

    Examples
    --------
    >>> _plain("[[PageBreak]]").replace("\u200b", "|"), _plain("a < b")
    ('[|[PageBreak]]', 'a < b')
    """
    return _MEANT_OTHERWISE.sub(lambda found: found[0] + _APART, one_line(text))
