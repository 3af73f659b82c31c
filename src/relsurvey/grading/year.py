"""What part of a school year marks are of, and what a course of a whole year is worth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from relsurvey.errors import AnalysisError
from relsurvey.grading.tally import Tally
from relsurvey.instrument.fold import fold

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_TRUE = frozenset(("true", "yes", "y", "1", "x", "sí", "si"))
_FALSE = frozenset(("false", "no", "n", "0"))


@dataclass(frozen=True, eq=False)
class Year:
    """What part of a school year the marks are of.

    Attributes
    ----------
    terms
        How many marks a course of a whole year has.
    counts
        Which marks count: not those of terms that a rule leaves out.
    seen
        How many terms there are in the marks; ``terms`` where they name none.
    of_student
        Likewise, of each student.
    how
        How ``terms`` is known: ``given``, ``credits`` or ``convention``.
    """

    terms: int
    counts: NDArray[np.bool_]
    seen: int
    of_student: NDArray[np.intp]
    how: str


def year_of(
    found: Tally, terms: int | None, year_course: float | None = None, without: Sequence[str] = ()
) -> Year:
    """Return what part of a year the marks are of.

    Parameters
    ----------
    found
        The marks.
    terms
        How many marks a course of a whole year has, if it is known.
    year_course
        How many credits it earns; None: 1.
    without
        Words in a term's name that leave its marks out.

    Raises
    ------
    AnalysisError
        If nothing tells whether a mark is of a semester or of a year.
    """
    import numpy as np
    import pandas as pd

    if terms is not None and terms < 1:
        raise AnalysisError(f"`terms` is {terms}; it is 1 for marks of a whole year, 2 for semesters.")
    column = found.column("term")
    n, names = len(found.student), len(found.names)
    counts, how = np.ones(n, bool), "given"
    code = np.full(n, -1, np.intp)
    if column is not None:
        code, values = pd.factorize(column)
        words = [fold(word) for word in without]
        out = np.array([*(any(word in fold(str(value)) for word in words) for value in values), False])
        counts = ~out[code]
    in_year = (code >= 0) & counts
    pairs = np.unique(found.student[in_year] * (int(code.max(initial=0)) + 1) + code[in_year])
    of_student = np.bincount(pairs // (int(code.max(initial=0)) + 1), minlength=names)
    seen = len(np.unique(code[in_year]))
    if terms is None:
        terms, how = _terms(found, year_course, seen if column is not None else 0)
    if column is None:
        seen, of_student = terms, np.full(names, terms)
    return Year(terms, counts, seen, of_student, how)


def _terms(found: Tally, year_course: float | None, seen: int) -> tuple[int, str]:
    """Return how many marks a course of a whole year has, from the credits or by convention."""
    usual = usual_credit(found)
    whole = 1.0 if year_course is None else year_course
    if usual is not None and usual <= whole:
        return max(1, round(whole / usual)), "credits"
    if not seen:
        raise AnalysisError(
            "The marks have neither `credits` nor `term`, so a mark could be of a semester or of a year. "
            "Say which: `terms=2` or `terms=1`."
        )
    if seen > 2:
        raise AnalysisError(
            f"The marks name {seen} terms and no credits that tell what each is of. Say how many marks a "
            "course of a whole year has, such as `terms=2`, and leave marks out that are not final."
        )
    return 2, "convention"


def usual_credit(found: Tally) -> float | None:
    """Return what most marks that pass earn; None where no credits are known."""
    import numpy as np

    given = found.numbers("credits")
    if given is None:
        return None
    earned = given[found.passed & (given > 0)]
    if not len(earned):
        return None
    values, counts = np.unique(earned, return_counts=True)
    return float(values[counts.argmax()])


def flags(found: Tally, name: str) -> NDArray[np.int8] | None:
    """Return a column of yes and no as 1, 0 and -1 for unknown; None where it is not there or holds nothing.

    Raises
    ------
    AnalysisError
        If an entry is neither yes nor no.
    """
    import numpy as np
    import pandas as pd

    column = found.column(name)
    if column is None:
        return None
    code, values = pd.factorize(column)
    meant = []
    for value in values:
        text = f"{value:g}" if isinstance(value, float) else fold(str(value))
        if text and text not in _TRUE | _FALSE:
            raise AnalysisError(
                f"`{name}` says of some marks what is neither yes nor no. Write true or false."
            )
        meant.append(-1 if not text else int(text in _TRUE))
    return np.array([*meant, -1], np.int8)[code]
