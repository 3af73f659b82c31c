"""Scores as arrays: what the simulator computes with, made once for a gradebook."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from relsurvey.errors import AnalysisError
from relsurvey.grading.gradebook import KEYS, STATUSES

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from relsurvey.grading.gradebook import Gradebook

SCORED, LATE, MISSING, EXCUSED, NOT_ASSIGNED, UNGRADED = range(len(STATUSES))

_DAY = 86_400


@dataclass(frozen=True, eq=False, repr=False)
class Work:
    """Every attempt, in order of mark, item and attempt; all arrays are as long as there are attempts.

    Attributes
    ----------
    mark
        The row of ``marks`` that it counts for.
    start
        Where each item of a student begins; as long as there are such items.
    category
        Its place in ``categories``, or -1.
    raw, points
        In points; NaN where there is none, and 0 where an item only adds.
    status
        Its place in ``STATUSES``.
    code
        Its place in ``codes``: what the cell held in place of a number; -1 for a number.
    due
        The day, in days since 1970; the smallest number there is where it is not known.
    handed_in
        Likewise, the day of handing in.
    late
        Days late, each day begun counted, 0 where it was in time; NaN where it is not known.
    marks
        One row a mark: ``student, school, course, term``, and section and teacher as its first score has
        them.
    """

    mark: NDArray[np.int32]
    start: NDArray[np.intp]
    category: NDArray[np.int32]
    raw: NDArray[np.float64]
    points: NDArray[np.float64]
    status: NDArray[np.int8]
    code: NDArray[np.int32]
    due: NDArray[np.int64]
    handed_in: NDArray[np.int64]
    late: NDArray[np.float64]
    categories: tuple[str, ...]
    codes: tuple[str, ...]
    marks: pd.DataFrame

    @property
    def has_attempts(self) -> bool:
        """Whether any item has more than one attempt."""
        return len(self.start) < len(self.mark)


UNKNOWN = -(2**63)


def work_of(gradebook: Gradebook) -> Work:
    """Return a gradebook's scores as arrays.

    Raises
    ------
    AnalysisError
        If an item of a student has two scores of one attempt, or a score has no student.
    """
    import numpy as np

    scores = gradebook.scores
    n = len(scores)
    mark_code, firsts = _together([scores[key] for key in KEYS])
    if n and scores["student"].isna().any():
        raise AnalysisError("Some scores name no student. Give each a student, or leave the row out.")
    item_code = _codes(scores["item"])[0].astype(np.int64)
    attempt = np.nan_to_num(_numbers(scores["attempt"]), nan=1)
    unit = mark_code.astype(np.int64) * (int(item_code.max(initial=-1)) + 2) + item_code + 1
    order = np.lexsort((attempt, unit))
    unit, attempt = unit[order], attempt[order]
    same = unit[1:] == unit[:-1]
    twice = int((same & (attempt[1:] == attempt[:-1])).sum())
    if twice:
        raise AnalysisError(
            f"{twice} scores stand beside another of the same student, course, term, item and attempt. "
            "Number the attempts in `attempt`, or name the items apart."
        )
    start = np.flatnonzero(np.r_[True, ~same]) if n else np.zeros(0, np.intp)
    category, categories = _codes(scores["category"])
    code, codes = _codes(scores["code"]) if "code" in scores else (np.full(n, -1, np.int64), ())
    place = {name: i for i, name in enumerate(STATUSES)}
    status = scores["status"].map(place).to_numpy(dtype=np.float64, na_value=np.nan)
    if np.isnan(status).any():
        raise AnalysisError(f"A score's `status` is one of: {', '.join(STATUSES)}. Correct the others.")
    raw, points = _numbers(scores["raw"]), _numbers(scores["points_possible"])
    counts = status <= MISSING
    if (counts & ~(np.isfinite(points) & (points >= 0))).any():
        raise AnalysisError(
            "Some scores do not say of how many points they are, or say a number under 0. "
            "Correct `points_possible` there; 0 is extra credit."
        )
    if ((status <= LATE) & ~np.isfinite(raw)).any():
        raise AnalysisError(
            "Some scores are `scored` or `late` and have no number in `raw`. "
            "Correct them, or call them `missing`, `excused` or `ungraded`."
        )
    due = _seconds(scores.get("due"), n)
    handed_in = _seconds(scores.get("submitted"), n)
    # A due date without an hour is the end of that day.
    last = np.where((due != UNKNOWN) & (due % _DAY == 0), due + _DAY - 1, due)
    known = (due != UNKNOWN) & (handed_in != UNKNOWN)
    late = np.where(known, np.ceil(np.maximum(handed_in - last, 0) / _DAY), np.nan)
    if "days_late" in scores:
        given = _numbers(scores["days_late"])
        late = np.where(np.isnan(given), late, np.ceil(np.maximum(given, 0)))
    marks = scores.loc[scores.index[firsts], [*KEYS, "section", "teacher"]].reset_index(drop=True)
    return Work(
        mark=mark_code[order].astype(np.int32),
        start=start,
        category=category[order].astype(np.int32),
        raw=raw[order],
        points=points[order],
        status=status.astype(np.int8)[order],
        code=code[order].astype(np.int32),
        due=np.where(due == UNKNOWN, UNKNOWN, due // _DAY)[order],
        handed_in=np.where(handed_in == UNKNOWN, UNKNOWN, handed_in // _DAY)[order],
        late=late[order],
        categories=categories,
        codes=codes,
        marks=marks,
    )


def _codes(column: pd.Series) -> tuple[NDArray[Any], tuple[str, ...]]:
    """Return a column's values as places in a list of texts, -1 for none."""
    import pandas as pd

    if isinstance(column.dtype, pd.CategoricalDtype):
        return column.cat.codes.to_numpy(), tuple(map(str, column.cat.categories))
    codes, values = pd.factorize(column)
    return codes, tuple(map(str, values))


def _together(columns: list[pd.Series]) -> tuple[NDArray[np.int64], NDArray[np.intp]]:
    """Return which combination of values each row has, in order of appearance, and each one's first row."""
    import numpy as np
    import pandas as pd

    key = np.zeros(len(columns[0]), np.int64)
    for column in columns:
        codes, values = _codes(column)
        key = key * (len(values) + 1) + codes + 1
        # Taken together step by step, so that no product of sizes can pass 64 bits.
        key = pd.factorize(key)[0].astype(np.int64)
    firsts = np.zeros(int(key.max(initial=-1)) + 1, np.intp)
    firsts[key[::-1]] = np.arange(len(key), dtype=np.intp)[::-1]
    return key, firsts


def _numbers(column: pd.Series) -> NDArray[np.float64]:
    """Return a column as numbers, NaN for none."""
    import numpy as np
    import pandas as pd

    try:
        numbers: NDArray[np.float64] = pd.to_numeric(column).to_numpy(dtype=np.float64, na_value=np.nan)
    except (TypeError, ValueError):
        raise AnalysisError(f"`{column.name}` holds something that is no number. Correct it.") from None
    return numbers


def _seconds(column: pd.Series | None, n: int) -> NDArray[np.int64]:
    """Return dates as seconds since 1970, the smallest number there is for none."""
    import numpy as np
    import pandas as pd

    if column is None:
        return np.full(n, UNKNOWN, np.int64)
    try:
        if pd.api.types.is_numeric_dtype(column) and column.notna().any():
            raise TypeError
        read = pd.to_datetime(column, format="ISO8601")
        # The day and the hour as they are written, wherever that is.
        stamps = read.dt.tz_localize(None).to_numpy(dtype="datetime64[s]")
    except (AttributeError, TypeError, ValueError, OverflowError):
        raise AnalysisError(
            f"`{column.name}` holds something that is no date. Correct it; dates are written 2026-03-06."
        ) from None
    seconds: NDArray[np.int64] = stamps.astype(np.int64)
    return seconds
