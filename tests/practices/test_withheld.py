"""A measure that is not shown, to protect a few, is not told by its own bar on the next page."""

from __future__ import annotations

import numpy as np
import pandas as pd

from relsurvey.grading import Gradebook
from relsurvey.practices import GradingPractices
from tests.practices.made import marks

SIZES = dict(zip((f"School {k}" for k in range(10)), (60, 45, 41, 40, 30, 24, 22, 21, 14, 12), strict=True))


def test_what_is_withheld_of_a_measure_is_withheld_of_the_question_that_it_is():
    found = 0
    for seed in range(8):
        letters = marks(SIZES, seed=seed)
        draw = np.random.default_rng(seed)
        students = pd.DataFrame({"student_id": letters["student"].unique()})
        for name, categories, p in (
            ("gender", ["Girl", "Boy", "Nonbinary"], [0.5, 0.4, 0.1]),
            ("english_learner", ["Yes", "No"], [0.2, 0.8]),
        ):
            students[name] = draw.choice(categories, len(students), p=p)
        made = GradingPractices.of(Gradebook.of(marks=letters), students=students)
        view = made.view(by=["gender", "english_learner"])
        made_of = {scale.id: scale.items for scale in view.scales}
        for unit in view.units:
            questions = {cell.item: cell for cell in unit.items}
            for scale in unit.scales:
                (question,) = made_of[scale.scale]
                assert (scale.reason == "protected") == (questions[question].reason == "protected")
                found += scale.reason == "protected"
    assert found
