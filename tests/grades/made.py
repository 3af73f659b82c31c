"""A small survey, and students whose answers and marks are known."""

from __future__ import annotations

import pandas as pd

from relsurvey.grading import Gradebook
from relsurvey.instrument import Instrument

INSTRUMENT = Instrument.parse(
    """\
format: 1
id: care-and-power
version: "1.0"
title: {en: Care and power, es: Interés y decisiones}
source: Written for relsurvey. BSD-3-Clause.
options:
  agree4:
    - {code: 1, label: {en: Never, es: Nunca}}
    - {code: 2, label: {en: Seldom, es: Rara vez}}
    - {code: 3, label: {en: Often, es: A menudo}, favorable: true}
    - {code: 4, label: {en: Always, es: Siempre}, favorable: true}
scales:
  care: {title: {en: Care, es: Interés}, items: [c1, c2, c3], min_answered: 0.6}
  power: {title: {en: Power, es: Decisiones}, items: [p1, p2, p3], min_answered: 0.6}
items:
  c1: {text: They care., options: agree4}
  c2: {text: They listen., options: agree4}
  c3: {text: They ignore me., options: agree4, reverse: true}
  p1: {text: They ask me., options: agree4}
  p2: {text: They let me choose., options: agree4}
  p3: {text: They let me lead., options: agree4}
groups:
  gender: {title: {en: Gender, es: Género}, categories: [Girl, Boy]}
identity: {respondent: student_id, school: school, team: team, section: section, wave: wave}
waves: [fall, spring]
"""
)
ITEMS = ("c1", "c2", "c3", "p1", "p2", "p3")
#: Answers whose share of favorable ones is 6, 3 and 0 of 6; c3 is turned.
ANSWERS = {
    "strong": ("Always", "Often", "Never", "Often", "Always", "Often"),
    "mixed": ("Always", "Seldom", "Always", "Often", "Always", "Never"),
    "few": ("Never", "Seldom", "Always", "Seldom", "Never", "Never"),
}


def row(student, band, school="Hill", wave="spring", **more):
    answers = dict(zip(ITEMS, ANSWERS[band], strict=True))
    return {"student_id": student, "school": school, "wave": wave, **answers, **more}


def town(sizes):
    """Return answers and marks: of each school and band how many students, and how many with a D or F.

    Student ids are numbers with zeros in front, from 00001.
    """
    answers, marks, k = [], [], 0
    for name, bands in sizes.items():
        for band, (n, bad) in bands.items():
            for i in range(n):
                k += 1
                student = f"{k:05d}"
                answers.append(row(student, band, name))
                letters = ["A", "D" if i < bad else "B"]
                marks += [
                    {"student": student, "school": name, "course": course, "term": "S1", "letter": letter}
                    for course, letter in zip(("Math", "Art"), letters, strict=True)
                ]
    return pd.DataFrame(answers), Gradebook.of(marks=pd.DataFrame(marks))


HILL = {"strong": (40, 8), "mixed": (30, 12), "few": (25, 15)}
LAKE = {"strong": (30, 3), "mixed": (20, 6), "few": (20, 8)}
#: A school that may not be shown.
TINY = {"strong": (25, 5), "mixed": (22, 8), "few": (19, 9)}
