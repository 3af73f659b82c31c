"""Which students keep the pace to the A-G courses that California's public universities ask for."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from relsurvey.errors import AnalysisError
from relsurvey.grading.mark_groups import groups_of
from relsurvey.grading.standing import Track, standing
from relsurvey.grading.tally import Marks, tally
from relsurvey.grading.trackrule import Stated
from relsurvey.grading.year import flags, year_of
from relsurvey.words import languages, texts

if TYPE_CHECKING:
    import pandas as pd

#: Year-long courses that California's public universities ask for, over so many years from grade 9.
AG_COURSES, AG_YEARS = 15, 4


def ag_pace(
    marks: Marks,
    count_c_minus: bool = True,
    *,
    by: str | Sequence[str] | None = None,
    roster: pd.DataFrame | str | Path | None = None,
    terms: int | None = None,
    years: int = 1,
) -> Track:
    """Return which students keep the pace to 15 A-G courses in four years of high school.

    Parameters
    ----------
    marks
        As for :func:`df_rates`; ``ag`` says whether a course is one of the A-G courses, ``grade_level`` 9-12.
    count_c_minus
        Whether C- counts as a C: sources differ.
    by, roster
        As for :func:`df_rates`.
    terms
        How many marks a course of a whole year has; None: as :func:`on_track` finds it.
    years
        How many years of high school the marks cover, up to the students' present one.

    Returns
    -------
    Track
        ``.table`` by group; ``.students`` has ``courses`` (year-long ones) and ``pace`` too.

    Raises
    ------
    AnalysisError
        If the marks do not say which courses are A-G, or in which grade students are.

    Notes
    -----
    A semester with a letter of C or better is half a course; P and I never count. The pace is a convention,
    15 / 4 = 3.75 courses a year: the universities ask for 15 in all, 11 of them before grade 12, and for no
    number after grade 9. Marks cannot say whether the seven subject areas are each filled, whether the
    university has approved the course, or which courses of grades 7 and 8 count. Where the marks cover fewer
    years than a student has been in high school, a student who lacks courses is "cannot tell".

    Examples
    --------
    >>> import pandas as pd
    >>> marks = pd.DataFrame({"student": ["s1"] * 8, "course": list("abcdabcd"), "letter": list("ABCCABCC"),
    ...                       "term": ["S1"] * 4 + ["S2"] * 4, "ag": True, "grade_level": 9})
    >>> ag_pace(marks).students[["courses", "pace", "on_track"]].values.tolist()
    [[4.0, 3.75, True]]
    """
    import numpy as np
    import pandas as pd

    found = tally(marks)
    ag, level = flags(found, "ag"), found.numbers("grade_level")
    if ag is None:
        raise AnalysisError(
            "The marks do not say which courses are A-G. Add the column `ag` (true or false)."
        )
    if level is None:
        raise AnalysisError(
            "The pace depends on the students' grade, and `grade_level` is empty. Fill it in (9 to 12)."
        )
    year = year_of(found, terms)
    counts = found.c_or_better & (found.c_minus <= count_c_minus) & year.counts
    n = len(found.names)
    courses = np.bincount(found.student, counts & (ag == 1), n) / year.terms
    # Good marks that may be of an A-G course, and marks of one that may become good.
    maybe = (counts & (ag < 0)) | (found.open & (ag != 0) & year.counts)
    most = courses + np.bincount(found.student, maybe, n) / year.terms
    grade = np.full(n, -np.inf)
    np.maximum.at(grade, found.student, np.nan_to_num(level, nan=-np.inf))
    in_school = grade - 8
    so_far = min(1.0, year.seen / year.terms)
    known = (in_school >= 1) & (in_school <= AG_YEARS)
    pace = np.where(known, AG_COURSES / AG_YEARS * (in_school - 1 + so_far), np.nan)
    reached = courses >= pace - 1e-9
    short = (in_school > years) | (most >= pace - 1e-9) | (year.of_student < min(year.seen, year.terms))
    state = np.where(~known, -1, np.where(reached, 1, np.where(short, -1, 0)))
    why = np.full(n, "", object)
    why[(state < 0) & ~known] = "grade level"
    why[(state < 0) & known] = "not all marks"
    why[state == 0] = "courses"
    students = pd.DataFrame({"courses": courses, "pace": pace})
    minus = "with" if count_c_minus else "without"
    rule = Stated(
        f"ag-pace-{minus}-c-minus",
        "1",
        texts(languages(), "grading.rates_ag_title"),
        texts(languages(), f"grading.rates_ag_{minus}_c_minus"),
        "San Diego Unified School District; University of California, subject requirement (A-G)",
    )
    return standing(found, groups_of(found, by, roster), state, why, students, rule, year)
