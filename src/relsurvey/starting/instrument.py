"""A file, judged by itself, as the text of an instrument to be looked over."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from relsurvey.errors import InstrumentError
from relsurvey.escape import slug, yaml_scalar
from relsurvey.instrument.fold import fold
from relsurvey.instrument.keys import IDENTITY
from relsurvey.instrument.ladders import not_counted
from relsurvey.reading.answers import no_answer
from relsurvey.reading.look import Asked, Look
from relsurvey.starting.answers import Answer, AnswersOf, sets_of
from relsurvey.starting.plan import Plan, planned
from relsurvey.starting.text import identifier, shortened

#: An instrument is a text of at most a million characters; some of that is left for a person's own.
_MOST = 900_000
_TWO_OR_MORE = "two_or_more"
_HEAD = """\
# Made by relsurvey from a file of answers: a beginning, and no more than what the file itself says.
# Look it over from top to bottom. Lines that begin with # are for you, and can go. Remove a question or a
# group by removing its lines; a question's id must then go from its scale too. Look for a student's own words
# among the answers and categories, and take them out before you share this file.
# Then:  relsurvey check YOUR-FILE --instrument THIS-FILE"""


def starter(look: Look, *, id: str | None = None, title: str | None = None) -> str:  # noqa: A002
    """Return the YAML of an instrument that reads a file, to be looked over by a person.

    Parameters
    ----------
    look
        The file, judged by itself.
    id, title
        The instrument's; None makes them from the file's name.

    Returns
    -------
    str
        What :meth:`relsurvey.Instrument.parse` reads, with a comment wherever something was guessed.

    Raises
    ------
    InstrumentError
        If the file has no question, or headings too long for an instrument.

    Examples
    --------
    >>> from relsurvey import Instrument
    >>> from relsurvey.demo import demo_workbook
    >>> from relsurvey.reading.look import look
    >>> instrument = Instrument.parse(starter(look(demo_workbook()), id="ours", title="Our survey"))
    >>> len(instrument.items), list(instrument.groups)[:2], list(instrument.identity)
    (20, ['ninth_grade_team', 'describe_gender'], ['respondent', 'school', 'wave', 'date'])
    """
    plan = planned(look)
    if not plan.items:
        raise InstrumentError(
            f"{look.file} has no column, under a heading of its own, that looks like a question with answers "
            "to choose from. Start from the example instead: run `relsurvey new` without a file."
        )
    sets = sets_of(look, plan.items.values())
    name = look.file.rpartition(".")[0] or look.file
    lines = [
        *_HEAD.splitlines(),
        "format: 1",
        f"id: {yaml_scalar(id or slug(name))}",
        'version: "0.1"',
        f"title: {yaml_scalar(title or shortened(name))}",
        f"source: {yaml_scalar(f'Made from {look.file}. Say here who wrote the questions.')}",
        *_options(sets),
        *_scales(look, plan, sets),
        *_items(plan, sets),
        *_groups(plan),
        *_identity(plan),
        *_comments(plan),
        "privacy: {min_n: 10}",
        *_left_out(plan),
    ]
    text = "\n".join(lines) + "\n"
    if len(text) > _MOST:
        raise InstrumentError(
            f"The headings and answers of {look.file} are too long for an instrument. "
            "Shorten the longest ones in the file, or remove the columns that you do not need."
        )
    return text


def _options(sets: Sequence[AnswersOf]) -> Iterator[str]:
    yield ""
    yield "# The sets of answers, the lowest first. Favorable is what you are glad to read: check it in each."
    yield "options:"
    for key, found in _named(sets):
        many = f"{len(found.questions)} question{'s' * (len(found.questions) != 1)}"
        if found.known:
            yield f"  # Of {many}. Usual answers: check that your form had these, and which are favorable."
        else:
            yield f"  # Of {many}. CHECK THE ORDER, and which are favorable: both are a guess."
        yield f"  {key}:"
        for answer in found.answers:
            yield f"    - {_answer(answer)}"


def _named(sets: Sequence[AnswersOf]) -> list[tuple[str, AnswersOf]]:
    taken: set[str] = set()
    return [(identifier(found.name, taken, "answers"), found) for found in sets]


def _answer(answer: Answer) -> str:
    label = answer.label
    text = (
        yaml_scalar(label)
        if isinstance(label, str)
        else f"{{{', '.join(f'{key}: {yaml_scalar(value)}' for key, value in label.items())}}}"
    )
    if answer.code is None:
        return f"{{label: {text}, counted: false}}"
    code = int(answer.code) if answer.code.is_integer() else answer.code
    marked = ", favorable: true" if answer.favorable else ""
    return f"{{code: {code}, label: {text}{marked}}}" + (f"  # {answer.remark}" if answer.remark else "")


def _scales(look: Look, plan: Plan, sets: Sequence[AnswersOf]) -> Iterator[str]:
    yield ""
    yield "# Questions that are read together. Put them together by what they ask, and name the scales."
    yield "scales:"
    ids = {name: key for key, name in plan.items.items()}
    ranges = {name: found.range for found in sets for name in found.questions}
    taken: set[str] = set()
    for title, together in look.scales.items():
        names = [name for name in together if name in ids]
        if not names:
            continue
        key = identifier(title, taken, "scale")
        shown = shortened(title, 50)
        yield f"  {key}:"
        yield f"    title: {yaml_scalar(f'{shown[:1].upper()}{shown[1:]}: rename me')}"
        yield f"    items: [{', '.join(ids[name] for name in names)}]"
        if len({ranges[name] for name in names}) > 1:
            yield "    score: pomp  # their answers do not run over the same numbers"


def _items(plan: Plan, sets: Sequence[AnswersOf]) -> Iterator[str]:
    yield ""
    yield "# The questions, worded as in the file. To one that is asked the other way add  reverse: true"
    yield "# An English and a Spanish wording stand side by side:  text: {en: ..., es: ...}"
    yield "items:"
    options = {name: key for key, found in _named(sets) for name in found.questions}
    for key, name in plan.items.items():
        again = (
            "  # the same heading again: if it is one question, remove this one" if name in plan.again else ""
        )
        yield f"  {key}:{again}"
        yield f"    text: {yaml_scalar(plan.texts[name])}"
        yield f"    options: {options[name]}"


def _groups(plan: Plan) -> Iterator[str]:
    if not plan.groups:
        return
    yield ""
    yield "# What students may be compared by. Keep what you will use. merge: never joins a group that is too"
    yield "# small to show with no other; the ready instruments show the other ways."
    yield "groups:"
    for key, one in plan.groups.items():
        several = one.kind == "choices"
        yield f"  {key}:"
        yield f"    title: {yaml_scalar(plan.title_of(one))}"
        yield f"    text: {yaml_scalar(one.name)}"
        if several:
            yield "    multiple: true  # several in one cell"
            yield f"    combine: {_TWO_OR_MORE}  # who chose several is one group of its own"
        yield "    merge: never"
        yield "    categories:  # in the order in which they are to stand"
        yield from (f"      - {line}" for line in _categories(one, several=several))


def _categories(one: Asked, *, several: bool) -> Iterator[str]:
    labels = [label for label, _ in one.labels if not_counted(label) or not no_answer(label)]
    labels.sort(key=lambda label: not_counted(label) is not None)
    taken = {fold(label) for label in labels}
    both = {"en": "Two or more", "es": "Dos o más"}
    known = {fold(text) for text in both.values()}
    named = {label: _TWO_OR_MORE for label in labels if several and fold(label) in known}
    for label in labels:
        if label in named:
            key = named[label]
        else:
            key = identifier(label.lower(), taken - {fold(label)} | {_TWO_OR_MORE}, "category")
        taken.add(fold(key))
        apart = ", counted: false" if not_counted(label) else ""
        yield f"{{id: {yaml_scalar(key)}, label: {yaml_scalar(label)}{apart}}}"
    if several and not named:
        free = {language: text for language, text in both.items() if fold(text) not in taken}
        label = ", ".join(f"{language}: {yaml_scalar(text)}" for language, text in free.items())
        yield f"{{id: {_TWO_OR_MORE}, label: {{{label}}}}}"


def _identity(plan: Plan) -> Iterator[str]:
    if not plan.identity:
        return
    yield ""
    yield "# Which column says who a row is of, and when: a student number, never a name. A column with the"
    yield "# team of teachers belongs here too, as  team: ..."
    yield "identity:"
    for key in (key for key in IDENTITY if key in plan.identity):
        text = yaml_scalar(plan.identity[key])
        yield f"  {key}: {text if len(text) <= 60 else f'{{text: {text}}}'}"
    if "wave" in plan.identity:
        yield "# waves: [fall, spring]  # what that column says, the earliest first; else by the alphabet"


def _comments(plan: Plan) -> Iterator[str]:
    if not plan.comments:
        return
    yield ""
    yield "# What students answer in their own words: never published, and read here only because somebody is"
    yield "# named who looks for danger in it. PUT IN WHO THAT IS, AND WITHIN HOW MANY DAYS."
    yield "comments:"
    for key, one in plan.comments.items():
        yield f"  - {{id: {key}, text: {yaml_scalar(one.name)}}}"
    yield "safety: {contact: School counseling office, read_within_days: 2}"


def _left_out(plan: Plan) -> Iterator[str]:
    if plan.left_out:
        yield ""
        yield "# Left out:"
        yield from (f"#   {shortened(name, 80)} ({why})" for name, why in plan.left_out)
