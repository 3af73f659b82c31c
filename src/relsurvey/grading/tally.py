"""Marks as counts need them: what each one is, and whose it is."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from relsurvey.analysis.sampling.columns import name_of
from relsurvey.errors import AnalysisError
from relsurvey.grading import letters
from relsurvey.grading.cells import plain_number
from relsurvey.grading.gradebook import KEYS, Gradebook
from relsurvey.grading.policy import CUTS
from relsurvey.grading.regrade import Regraded, regrade
from relsurvey.grading.values import letters as letters_of
from relsurvey.grading.work import _together

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray


Marks = Any
"""A table of marks, a gradebook, or marks regraded."""

#: Marks that stand for work still to come: they may yet become any letter.
_OPEN = frozenset(("", "I", "INC", "INCOMPLETE", "IP"))


@dataclass(frozen=True, eq=False)
class Tally:
    """Every mark that names a student; all arrays are as long as there are such marks.

    Attributes
    ----------
    frame
        The marks as they were given.
    code
        The place of each one's letter in ``texts`` and ``what``.
    texts, what
        Each letter there is as it is written, and what it means; None where it is no final mark. The last
        one stands for marks without a letter.
    student
        The place of each one's student in ``names``.
    names
        The students' ids, as text.
    from_percent
        How many letters were made of a percent.
    unnamed
        How many marks name no student; they are left out.
    computed
        Whether the marks were computed from scores.
    """

    frame: pd.DataFrame
    code: NDArray[np.intp]
    texts: tuple[str, ...]
    what: NDArray[np.object_]
    student: NDArray[np.intp]
    names: NDArray[np.object_]
    from_percent: int
    unnamed: int
    computed: bool

    @cached_property
    def twice(self) -> int:
        """How many marks stand beside another of the same student, course and term."""
        import pandas as pd

        frame = self.frame
        if any(key not in frame or frame[key].isna().all() for key in ("course", "term")):
            return 0
        rest = [frame[name] for name in KEYS[1:] if name in frame]
        key, firsts = _together([pd.Series(self.student), *rest])
        return len(key) - len(firsts)

    @cached_property
    def final(self) -> NDArray[np.bool_]:
        """Which are final marks."""
        import numpy as np

        return np.array([one is not None for one in self.what])[self.code]

    @cached_property
    def df(self) -> NDArray[np.bool_]:
        """Which are D, F or not passed."""
        return letters.is_df(self.what)[self.code]

    @cached_property
    def failed(self) -> NDArray[np.bool_]:
        """Which are F or not passed."""
        import numpy as np

        return np.isin(self.what.astype(str), ("F", "NP"))[self.code]

    @cached_property
    def c_or_better(self) -> NDArray[np.bool_]:
        """Which are A, B or C."""
        return letters.is_c_or_better(self.what)[self.code]

    @cached_property
    def passed(self) -> NDArray[np.bool_]:
        """Which earn credit."""
        return letters.is_passed(self.what)[self.code]

    @cached_property
    def points(self) -> NDArray[np.float64]:
        """Grade points, 0-4; NaN without a letter."""
        return letters.grade_points(self.what)[self.code]

    @cached_property
    def open(self) -> NDArray[np.bool_]:
        """Which may still become a letter: incomplete, or blank."""
        import numpy as np

        return np.array([text.strip().upper() in _OPEN for text in self.texts])[self.code]

    @cached_property
    def c_minus(self) -> NDArray[np.bool_]:
        """Which are C-."""
        import numpy as np

        minus = (text.strip().upper().replace("\N{MINUS SIGN}", "-") == "C-" for text in self.texts)
        return np.array(list(minus))[self.code]

    def column(self, name: str) -> pd.Series | None:
        """Return a column of the marks, None where it is not there or holds nothing."""
        if name not in self.frame or self.frame[name].isna().all():
            return None
        return self.frame[name]

    def numbers(self, name: str) -> NDArray[np.float64] | None:
        """Return a column as numbers, NaN where it is blank; None where it is not there or holds nothing.

        Raises
        ------
        AnalysisError
            If it holds text that is no number.
        """
        column = self.column(name)
        return None if column is None else _numbers(column)

    def left_out(self) -> pd.DataFrame:
        """Return by letter how many marks are no final mark: ``letter, marks``."""
        import numpy as np
        import pandas as pd

        counts = np.bincount(self.code, minlength=len(self.texts))
        rows = [
            (text.strip(), int(n))
            for text, one, n in zip(self.texts, self.what, counts, strict=True)
            if one is None and n
        ]
        table = pd.DataFrame(rows, columns=["letter", "marks"])
        return table.groupby("letter", as_index=False, sort=True).sum()


def frame_of(marks: Marks) -> tuple[pd.DataFrame, bool]:
    """Return marks as a table, and whether they were computed from scores.

    Parameters
    ----------
    marks
        A table, a gradebook (its marks as exported; without any, what its scores give under the courses' own
        rules) or marks regraded (under the policy).

    Raises
    ------
    AnalysisError
        If it is none of these, or has no marks.
    """
    import pandas as pd

    computed = False
    if isinstance(marks, Regraded):
        frame, computed = marks.after, bool(len(marks.gradebook.scores))
    elif isinstance(marks, Gradebook):
        frame = marks.marks
        said = frame["letter"].notna().any() or frame["percent"].notna().any()
        if not said and len(marks.scores):
            frame, computed = regrade(marks, marks.policies).before, True
    elif isinstance(marks, pd.DataFrame):
        frame = marks
    else:
        raise AnalysisError("Give marks as a DataFrame, a gradebook, or what `regrade` returned.")
    if "student" not in frame:
        raise AnalysisError("The marks have no column `student`. Rename the one with the students' ids.")
    if "letter" not in frame and "percent" not in frame:
        raise AnalysisError("The marks have neither `letter` nor `percent`. Name one column so.")
    plain_frame: pd.DataFrame = frame.reset_index(drop=True)
    return plain_frame, computed


def tally(marks: Marks) -> Tally:
    """Return what marks are.

    Raises
    ------
    AnalysisError
        If there is no mark of a student.
    """
    import numpy as np
    import pandas as pd

    frame, computed = frame_of(marks)
    student, found = pd.factorize(frame["student"])
    unnamed = int((student < 0).sum())
    if unnamed:
        frame = frame[student >= 0].reset_index(drop=True)
        student = student[student >= 0]
    if not len(frame):
        raise AnalysisError("No mark names a student, so there is nothing to count.")
    empty = pd.Series([None] * len(frame), dtype=object)
    code, values = pd.factorize(frame.get("letter", empty))
    texts = [f"{value:g}" if isinstance(value, (int, float)) else str(value) for value in values]
    blank = np.array([not text.strip() for text in texts] + [True])
    none = blank[code]
    from_percent = 0
    if "percent" in frame and none.any():
        percent = _numbers(frame["percent"])
        fill = none & ~np.isnan(percent)
        from_percent = int(fill.sum())
        place = {letter: len(texts) + i for i, letter in enumerate(CUTS)}
        code = code.copy()
        code[fill] = [place[letter] for letter in letters_of(percent[fill], CUTS)]
        texts += CUTS
    texts.append("")
    # Objects, not text: None has to stay what it is.
    what = np.array([letters.meaning(text) for text in texts], object)
    code = np.where(code < 0, len(texts) - 1, code)
    names = np.array([name_of(value) for value in np.asarray(found, object)], object)
    return Tally(
        frame,
        code,
        tuple(texts),
        what,
        student,
        names,
        from_percent,
        unnamed,
        computed,
    )


def _numbers(column: pd.Series) -> NDArray[np.float64]:
    """Return a column's numbers, NaN where it is blank; text is read as a gradebook's cell is."""
    import numpy as np
    import pandas as pd

    values = pd.to_numeric(column, errors="coerce").to_numpy(dtype=float, na_value=np.nan)
    where = np.flatnonzero(np.isnan(values) & column.notna().to_numpy())
    texts = [str(text).strip() for text in column.to_numpy(dtype=object)[where]]
    read = {text: plain_number(text.removesuffix("%")) for text in set(texts) - {""}}
    wrong = sum(text != "" and read[text] is None for text in texts)
    if wrong:
        raise AnalysisError(
            f"In {wrong} rows the column `{column.name}` holds text that is no number. Write a number, or "
            "leave the cell empty."
        )
    if texts:
        values = values.copy()
        values[where] = [read.get(text) for text in texts]
    return values
