"""One survey and the answers of some students, which every export format's fixtures lay out their own way.

A fixture module offers ``VARIANTS``: by a variant's name a function that writes the canon into a folder as
that program would export it, and returns the file's path. Whatever the layout, reading it gives the same.
"""

from __future__ import annotations

from dataclasses import dataclass

from relsurvey.instrument import Instrument

INSTRUMENT = Instrument.parse(
    """\
format: 1
id: canon
version: "1.0"
title: {en: Belonging, es: Pertenencia}
source: Written for relsurvey. BSD-3-Clause.
options:
  agree5:
    - {code: 1, label: {en: Strongly disagree, es: Muy en desacuerdo}}
    - {code: 2, label: {en: Disagree, es: En desacuerdo}}
    - {code: 3, label: {en: Don't agree or disagree, es: Ni de acuerdo ni en desacuerdo}}
    - {code: 4, label: {en: Agree, es: De acuerdo}, favorable: true}
    - {code: 5, label: {en: Strongly agree, es: Muy de acuerdo}, favorable: true}
    - {label: {en: Not sure, es: No sé}, counted: false}
  days:
    - {code: 0, label: {en: "0", es: "0"}}
    - {code: 1, label: {en: 1-2, es: 1-2}}
    - {code: 2, label: {en: 3-4, es: 3-4}, favorable: true}
    - {code: 3, label: {en: "5", es: "5"}, favorable: true}
scales:
  belonging: {title: {en: Belonging, es: Pertenencia}, items: [b1, b2, b3]}
  greeting: {title: {en: Greeting, es: Saludo}, items: [d1]}
items:
  b1: {text: {en: I belong here., es: Soy parte de esta escuela.}, options: agree5}
  b2:
    text: {en: "People here know me, and I know them.", es: Aquí me conocen y los conozco.}
    options: agree5
  b3: {text: {en: I’m left out here., es: Aquí me siento excluido.}, options: agree5, reverse: true}
  d1:
    text:
      en: On how many days last week did an adult greet you by name?
      es: ¿Cuántos días de la semana pasada te saludó un adulto por tu nombre?
    options: days
groups:
  gender:
    title: {en: Gender, es: Género}
    text: {en: "How do you describe your gender?", es: "¿Cómo describes tu género?"}
    categories:
      - {id: girl, label: {en: Girl, es: Chica}}
      - {id: boy, label: {en: Boy, es: Chico}}
      - {id: nonbinary, label: {en: Nonbinary, es: No binario}}
  race:
    title: {en: Race or ethnicity, es: Raza u origen étnico}
    text:
      en: What is your race or ethnicity? Choose all that apply.
      es: ¿Cuál es tu raza u origen étnico? Marca todo lo que corresponda.
    multiple: true
    combine: two_or_more
    categories:
      - {id: asian, label: {en: Asian, es: Asiático}}
      - {id: black, label: {en: "Black, or African American", es: Negro o afroamericano}}
      - {id: latino, label: {en: "Hispanic, Latino, or Latina", es: "Hispano o latino"}}
      - {id: white, label: {en: White, es: Blanco}}
identity:
  respondent: {text: {en: Student ID, es: Número de estudiante}}
  school: {text: {en: "What school do you go to?", es: "¿A qué escuela vas?"}}
  wave: wave
waves: [fall, spring]
comments:
  - {id: more, text: {en: "Is there anything else?\\nPlease don't name anyone.", es: "¿Algo más?"}}
safety: {contact: School counseling office, read_within_days: 2}
"""
)


@dataclass(frozen=True)
class Student:
    """What one student answered: labels in English, '' for nothing."""

    id: str
    school: str
    gender: str
    race: tuple[str, ...]
    b1: str
    b2: str
    b3: str
    d1: str
    more: str


#: The texts of the questions, by id, as a form asks them.
TEXT = {
    "student_id": "Student ID",
    "school": "What school do you go to?",
    "gender": "How do you describe your gender?",
    "race": "What is your race or ethnicity? Choose all that apply.",
    "b1": "I belong here.",
    "b2": "People here know me, and I know them.",
    "b3": "I’m left out here.",
    "d1": "On how many days last week did an adult greet you by name?",
    "more": "Is there anything else?\nPlease don't name anyone.",
}
#: The choices of race, as a form offers them.
RACES = ("Asian", "Black, or African American", "Hispanic, Latino, or Latina", "White")

A5 = ("Strongly disagree", "Disagree", "Don’t agree or disagree", "Agree", "Strongly agree", "Not sure")

STUDENTS = (
    Student("00101", "North High", "Girl", ("Asian",), A5[3], A5[4], A5[1], "1-2", ""),
    Student("00102", "North High", "Boy", ("Asian", "White"), A5[2], A5[5], A5[0], "3-4", "=1+1"),
    Student(
        "00103", "Escuela Peña", "Nonbinary", (RACES[1],), A5[0], "", A5[4], "0", "Más tutoría, por favor"
    ),
    Student(
        "00104", "Escuela Peña", "Girl", (RACES[1], RACES[2]), A5[4], A5[3], "", "5", 'She said "hi",\nonce'
    ),
    Student("00105", "Escuela Peña", "", (), A5[1], A5[1], A5[2], "1-2", "<b>ok</b>"),
    Student("00106", "North High", "Boy", (RACES[2],), "", "", "", "", ""),
)

#: What every variant must read to, in order: the codes of b1, b2, b3 and d1, None for no counted answer.
CODES = [
    [4, 5, 2, 1],
    [3, None, 1, 2],
    [1, None, 5, 0],
    [5, 4, None, 3],
    [2, 2, 3, 1],
    [None, None, None, None],
]
RACE = ["asian", "two_or_more", "black", "two_or_more", None, "latino"]
GENDER = ["girl", "boy", "nonbinary", "girl", None, "boy"]
SCHOOL = [student.school for student in STUDENTS]
MORE = [student.more for student in STUDENTS if student.more]
