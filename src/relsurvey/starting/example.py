"""A small instrument to begin with, where there is no file yet: its own words, in both languages."""

from __future__ import annotations

from relsurvey.escape import yaml_scalar

ID = "homework-and-time"

_YAML = """\
# A small survey to begin with. Change the words to yours; lines that begin with # are for you, and can go.
# Then make the form anew:  relsurvey new THIS-FILE --force
format: 1
id: @ID@
version: "0.1"
title: @TITLE@
source: An example that comes with relsurvey. Say here who wrote the questions.
waves: [fall, spring]  # when you ask, the earliest first

# The answers, the lowest first. Favorable is what you are glad to read; counted: false stays out of scores.
options:
  agree:
    - {code: 1, label: {en: Disagree, es: En desacuerdo}}
    - {code: 2, label: {en: Disagree a little, es: Un poco en desacuerdo}}
    - {code: 3, label: {en: Agree a little, es: Un poco de acuerdo}, favorable: true}
    - {code: 4, label: {en: Agree, es: De acuerdo}, favorable: true}
    - {label: {en: Not sure, es: No sé}, counted: false}

# Questions that are read together: three or more that ask about the same thing.
scales:
  useful_homework:
    title: {en: Homework that helps, es: Tarea que ayuda}
    items: [helps_learn, know_why, busy_work]
  own_time:
    title: {en: Time of my own, es: Tiempo propio}
    items: [enough_sleep, time_for_others, finish_in_time]

# The questions. reverse: true where agreeing is not good news.
items:
  helps_learn:
    text: {en: My homework helps me learn., es: La tarea me ayuda a aprender.}
    options: agree
  know_why:
    text: {en: I know what my homework is for., es: Sé para qué sirve la tarea que me dejan.}
    options: agree
  busy_work:
    text:
      en: Much of my homework only keeps me busy.
      es: Mucha de mi tarea solo sirve para mantenerme ocupado.
    options: agree
    reverse: true
  enough_sleep:
    text: {en: On school nights I get enough sleep., es: Entre semana duermo lo suficiente.}
    options: agree
  time_for_others:
    text:
      en: I have time for my family and my friends.
      es: Tengo tiempo para mi familia y mis amigos.
    options: agree
  finish_in_time:
    text:
      en: I can finish my homework before it gets late.
      es: Puedo terminar la tarea antes de que se haga tarde.
    options: agree

# What students may be compared by. merge: never joins a group that is too small to show with no other;
# ordered: true with merge: ordered lets those who gave no answer join the last one.
groups:
  after_school:
    title: {en: After school, es: Después de clases}
    text:
      en: What do you do after school? Choose all that apply.
      es: ¿Qué haces después de clases? Marca todo lo que corresponda.
    multiple: true
    combine: two_or_more
    merge: never
    categories:
      - {id: sport_or_club, label: {en: A sport or a club, es: Un deporte o un club}}
      - {id: family, label: {en: Help my family, es: Ayudar a mi familia}}
      - {id: job, label: {en: A paid job, es: Un trabajo pagado}}
      - {id: none_of_these, label: {en: None of these, es: Nada de esto}}
      - {id: two_or_more, label: {en: Two or more, es: Dos o más}}
  quiet_place:
    title: {en: A quiet place, es: Un lugar tranquilo}
    text:
      en: Do you have a quiet place for homework?
      es: ¿Tienes un lugar tranquilo para hacer la tarea?
    ordered: true
    merge: ordered
    categories:
      - {id: "yes", label: {en: "Yes", es: Sí}}
      - {id: "no", label: {en: "No", es: "No"}}

# Who answers, and when: a student number, never a name. Without it the same students cannot be followed.
identity:
  respondent: {text: {en: "What is your student number?", es: "¿Cuál es tu número de estudiante?"}}
  school: {text: {en: "What school do you go to?", es: "¿A qué escuela vas?"}}
  wave: wave

# What students answer in their own words is never published. Somebody must be named who looks for danger in
# it: PUT IN WHO THAT IS, AND WITHIN HOW MANY DAYS, or remove both parts.
comments:
  - id: more
    text:
      en: What else should we know about homework? Please don't name anyone.
      es: ¿Qué más deberíamos saber sobre la tarea? Por favor, no menciones nombres.
safety:
  contact: {en: School counseling office, es: Oficina de consejería de la escuela}
  read_within_days: 2

# Nothing is shown for fewer students than this; a larger number is kept, a smaller one changes nothing.
privacy: {min_n: 10}
"""


def example(*, id: str | None = None, title: str | None = None) -> str:  # noqa: A002
    """Return the YAML of a survey of six questions on homework and time, to be changed.

    Parameters
    ----------
    id, title
        The instrument's, in place of the example's.

    Examples
    --------
    >>> from relsurvey import Instrument
    >>> instrument = Instrument.parse(example(title="Our survey"))
    >>> instrument.id, len(instrument.items), instrument.languages
    ('homework-and-time', 6, ('en', 'es'))
    """
    named = yaml_scalar(title) if title else "{en: Homework and time, es: Tarea y tiempo}"
    return _YAML.replace("@TITLE@", named).replace("@ID@", yaml_scalar(id or ID))
