"""What the letters on a report card mean, in one place."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

#: Grade points without extra weight for advanced courses.
POINTS = {"A": 4.0, "B": 3.0, "C": 2.0, "D": 1.0, "F": 0.0}

#: By a letter as it may stand on a report card, what it is: a letter, passed (P) or not passed (NP).
_MEANING = {
    **{letter: letter for letter in POINTS},
    "E": "F",
    **dict.fromkeys(("P", "PASS", "CR", "S"), "P"),
    **dict.fromkeys(("NP", "NC", "NOT PASS", "FAIL", "U"), "NP"),
    **{str(int(point)): letter for letter, point in POINTS.items()},
}


def meaning(letter: object) -> str | None:
    """Return what a letter is without its sign, or None where it is no final mark (``I``, ``W``, blank).

    Examples
    --------
    >>> meaning("B+"), meaning("E"), meaning("CR"), meaning("3"), meaning("I")
    ('B', 'F', 'P', 'B', None)
    """
    if not isinstance(letter, str):
        return None
    text = letter.strip().upper().replace("\N{MINUS SIGN}", "-")
    return _MEANING.get(text.rstrip("+-")) if text else None


def meanings(column: pd.Series) -> NDArray[np.object_]:
    """Return what each letter of a column is."""
    import numpy as np

    by = {letter: meaning(letter) for letter in column.unique()}
    return np.array([by.get(letter) for letter in column], object)


def is_df(what: NDArray[np.object_]) -> NDArray[np.bool_]:
    """Return which marks are D, F or not passed."""
    import numpy as np

    return np.isin(what.astype(str), ("D", "F", "NP"))


def is_c_or_better(what: NDArray[np.object_]) -> NDArray[np.bool_]:
    """Return which marks are A, B or C; a passed course without a letter is not one of them."""
    import numpy as np

    return np.isin(what.astype(str), ("A", "B", "C"))


def is_passed(what: NDArray[np.object_]) -> NDArray[np.bool_]:
    """Return which marks earn credit."""
    import numpy as np

    return np.isin(what.astype(str), ("A", "B", "C", "D", "P"))


def grade_points(what: NDArray[np.object_]) -> NDArray[np.float64]:
    """Return grade points, 0-4; NaN where a mark has no letter."""
    import numpy as np

    return np.array([POINTS.get(letter, np.nan) for letter in what], float)
