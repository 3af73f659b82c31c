"""What stands for each student's work, so that a release can be held against those before it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from relsurvey.grades.join import HASHED
from relsurvey.reading.identity import local_key, replaced

if TYPE_CHECKING:
    import pandas as pd

    from relsurvey.grading import Gradebook, Snapshots

_NUMBERS = ("points_possible", "raw", "attempt")
_TOLD = ("school", "course", "term", "item", "category", "due", "points_possible", "raw", "status", "attempt")


def standing_for(books: Sequence[Gradebook]) -> pd.DataFrame | None:
    """Return ``respondent`` (hashed), ``school`` and ``work``, a number made of all of a student's scores.

    Examples
    --------
    >>> import pandas as pd
    >>> from relsurvey.grading import Gradebook
    >>> rows = pd.DataFrame({"student": ["a", "a"], "item": ["x", "y"], "raw": [1, 2], "points_possible": 2})
    >>> found = [standing_for([Gradebook.of(part)]) for part in (rows, rows[::-1], rows.assign(raw=[1, 1]))]
    >>> [bool(one.loc[0, "work"] == found[0].loc[0, "work"]) for one in found]
    [True, True, False]
    """
    import pandas as pd

    parts = []
    for book in books:
        scores = book.scores
        if len(scores):
            told = scores[list(_TOLD)].assign(
                due=pd.to_datetime(scores["due"]).astype("datetime64[s]").astype(str),
                # One number, however a file's column is held.
                **{name: pd.to_numeric(scores[name]).astype(float) for name in _NUMBERS},
            )
            told = told.astype(object).where(told.notna(), "").astype(str)
            parts.append(
                pd.DataFrame(
                    {
                        "respondent": scores["student"].to_numpy(),
                        "school": scores["school"].to_numpy(),
                        # The sum is the same in whatever order the rows are.
                        "work": pd.util.hash_pandas_object(told, index=False).to_numpy(),
                    }
                )
            )
    if not parts:
        return None
    each = pd.concat(parts, ignore_index=True).dropna(subset="respondent")
    each["respondent"] = _hashed(each["respondent"])
    return each.groupby("respondent", as_index=False, sort=False).agg(
        school=("school", "last"), work=("work", "sum")
    )


def standing_by_week(source: Gradebook | Snapshots) -> pd.DataFrame:
    """Return ``respondent`` (hashed), ``school``, ``week``, and ``work``: what each did in each week.

    Examples
    --------
    >>> import pandas as pd
    >>> from relsurvey.grading import Gradebook
    >>> rows = pd.DataFrame({"student": ["a", "a"], "item": ["x", "y"], "raw": [0, 2], "points_possible": 2})
    >>> rows = rows.assign(due=["2026-09-21", "2026-09-22"], course="Art", school="North")
    >>> standing_by_week(Gradebook.of(rows))[["school", "week", "work"]].values.tolist()
    [['North', '2026-09-21', '2 1 1']]
    """
    from relsurvey.grading import weeks

    work = weeks(source)._weekly.work.dropna(subset="student")
    grouped = work.groupby(["student", "week"], as_index=False, sort=False, observed=True)
    each = grouped.agg(
        school=("school", "last"),
        n=("week", "size"),
        under=("under_passing", "sum"),
        missing=("missing", "sum"),
    )
    counts = each[["n", "under", "missing"]].astype(int).astype(str)
    return each.assign(
        respondent=_hashed(each["student"]), week=each["week"].astype(str), work=counts.agg(" ".join, axis=1)
    )[["respondent", "school", "week", "work"]]


def _hashed(students: pd.Series) -> pd.Series:
    """Return what stands for students: what is followed week by week may have the ids of its files."""
    key = local_key()
    stands = {
        one: str(one) if HASHED.match(str(one)) else replaced(str(one), key) for one in students.unique()
    }
    return students.map(stands)
