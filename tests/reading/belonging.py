"""A small instrument and files of answers to it."""

from __future__ import annotations

from relsurvey.instrument import Instrument

INSTRUMENT = Instrument.parse(
    """\
format: 1
id: belonging-short
version: "1.0"
title: {en: Belonging, es: Pertenencia}
source: Written for relsurvey. BSD-3-Clause.
options:
  agree5:
    - {code: 1, label: {en: Strongly disagree, es: Muy en desacuerdo}}
    - {code: 2, label: {en: Disagree, es: En desacuerdo}}
    - {code: 3, label: {en: "I don't know what to say", es: Ni de acuerdo ni en desacuerdo}}
    - {code: 4, label: {en: Agree, es: De acuerdo}, favorable: true}
    - {code: 5, label: {en: Strongly agree, es: Muy de acuerdo}, favorable: true}
    - {label: {en: Not sure, es: No sé}, counted: false}
scales:
  belonging: {title: {en: Belonging, es: Pertenencia}, items: [b1, b2, b3]}
items:
  b1: {text: {en: I belong here., es: Soy parte de esta escuela.}, options: agree5}
  b2: {text: {en: People here know me., es: Aquí me conocen.}, options: agree5}
  b3: {text: {en: I feel left out here., es: Aquí me siento excluido.}, options: agree5, reverse: true}
groups:
  gender: {title: {en: Gender, es: Género}, categories: [Girl, Boy, Nonbinary]}
  race:
    title: Race
    multiple: true
    combine: two_or_more
    categories: [Asian, "Black, or African American", White]
identity: {respondent: student_id, school: school, wave: wave}
waves: [fall, spring]
comments: [more]
safety: {contact: School counseling office, read_within_days: 2}
"""
)

HEADER = ["student_id", "school", "wave", "gender", "race", "b1", "b2", "b3", "more"]
ROWS = [
    ["001", "North", "fall", "Girl", "Asian", "Agree", "Strongly agree", "Disagree", ""],
    ["002", "North", "fall", "Boy", "Asian, White", "I don’t know what to say", "Not sure", "2", "=1+1"],
    [
        "003",
        "South",
        "Fall ",
        "Nonbinary",
        "Black, or African American",
        "De acuerdo",
        "",
        "Muy en desacuerdo",
        "",
    ],
    ["001", "North", "spring", "Girl", "Asian", "Strongly agree", "Agree", "Disagree", "<b>hi</b>"],
]


def as_csv(rows=ROWS, header=HEADER, delimiter=","):
    """Return rows as text, every cell in quotation marks."""
    return "".join(delimiter.join(f'"{cell}"' for cell in row) + "\r\n" for row in [header, *rows])
