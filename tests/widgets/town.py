"""A town of three schools that answered for real: quick to publish, with groups that are too small."""

from __future__ import annotations

import random

import pandas as pd

import relsurvey as rs
from tests.reading import belonging

_LABELS = ["Strongly disagree", "Disagree", "I don't know what to say", "Agree", "Strongly agree"]
#: No student's, and in no message: ids, and a comment.
COMMENT = "my homeroom is loud"


def answers(students: int = 180) -> pd.DataFrame:
    """Return the rows of a form: every student answers the three questions much alike."""
    draw = random.Random(5)
    rows = []
    for number in range(students):
        level = draw.choices(range(5), [1, 2, 2, 4, 3])[0]
        said = [min(4, max(0, level + draw.choice((-1, 0, 0, 1)))) for _ in range(3)]
        said[2] = 4 - said[2]
        rows.append(
            [
                f"st-{number:05d}",
                ("North", "South", "East")[number % 3],
                "fall",
                "Nonbinary" if number % 3 == 0 and number < 12 else ("Girl", "Boy")[number // 3 % 2],
                draw.choices(("Asian", "Black, or African American", "White"), [25, 35, 40])[0],
                *(_LABELS[code] for code in said),
                COMMENT if number == 7 else "",
            ]
        )
    return pd.DataFrame(rows, columns=belonging.HEADER)


def town(students: int = 180) -> rs.Study:
    return rs.read(answers(students), belonging.INSTRUMENT)
