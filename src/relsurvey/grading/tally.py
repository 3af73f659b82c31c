"""Marks as counts need them: what each one is, whose it is, and in which group it stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from relsurvey.analysis.finding import MIN_N_SHOWN
from relsurvey.analysis.sampling.columns import name_of
from relsurvey.analysis.shares import wilson
from relsurvey.errors import AnalysisError
from relsurvey.grading import letters
from relsurvey.grading.gradebook import KEYS, Gradebook
from relsurvey.grading.policy import CUTS
from relsurvey.grading.regrade import Regraded, _taken, regrade
from relsurvey.grading.values import letters as letters_of
from relsurvey.grading.work import _together
from relsurvey.reading.identity import plain
from relsurvey.reading.match import nearest
from relsurvey.words import say, share_words

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

Marks = Any
"""A table of marks, a gradebook, or marks regraded."""

#: Marks that stand for work still to come: they may yet become any letter.
_OPEN = frozenset(("", "I", "INC", "INCOMPLETE", "IP"))

#: Of fewer students than this a share is said in words, without its interval (rules.md 13).
FEWEST_SPREAD = 20

#: What a group is called whose students have no entry.
NO_ENTRY = "no entry"

_STUDENT = ("student", "respondent")


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
    twice
        How many marks stand beside another of the same student, course and term.
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
    twice: int
    computed: bool

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
        """Return a column as numbers, NaN for what is none; None where it is not there or holds nothing."""
        import numpy as np
        import pandas as pd

        column = self.column(name)
        if column is None:
            return None
        values = pd.to_numeric(column, errors="coerce")
        return values.to_numpy(dtype=float, na_value=np.nan)

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
        percent = pd.to_numeric(frame["percent"], errors="coerce").to_numpy(dtype=float, na_value=np.nan)
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
        _twice(frame, student),
        computed,
    )


def _twice(frame: pd.DataFrame, student: NDArray[np.intp]) -> int:
    """Return how many marks stand beside another of the same student, course and term."""
    if any(key not in frame or frame[key].isna().all() for key in ("course", "term")):
        return 0
    import pandas as pd

    rest = [frame[name] for name in KEYS[1:] if name in frame]
    key, firsts = _together([pd.Series(student), *rest])
    return len(key) - len(firsts)


@dataclass(frozen=True, eq=False)
class Groups:
    """In which group each mark stands.

    Attributes
    ----------
    by
        The columns; none for all marks together.
    labels
        One tuple of texts a group, in order.
    of
        The group of each mark.
    unmatched
        Marks whose student the roster does not name; None without a roster.
    without
        Students of the roster without any mark; None without a roster.
    again
        Rows of the roster that name a student named before; they are left out.
    """

    by: tuple[str, ...]
    labels: tuple[tuple[str, ...], ...]
    of: NDArray[np.intp]
    unmatched: int | None = None
    without: int | None = None
    again: int = 0


def groups_of(
    found: Tally, by: str | Sequence[str] | None, roster: pd.DataFrame | str | Path | None
) -> Groups:
    """Return in which group each mark stands.

    Parameters
    ----------
    found
        The marks.
    by
        A column of the marks, or else of the roster; several for their combinations.
    roster
        One row a student, with the ids in ``student``, or a file with such a table.

    Raises
    ------
    AnalysisError
        If there is no such column, or it is a teacher's or section's.
    """
    import numpy as np
    import pandas as pd

    names = () if by is None else (by,) if isinstance(by, str) else tuple(by)
    for name in names:
        if name.strip().casefold() in {"teacher", "section"}:
            raise AnalysisError(
                f"Marks are not counted by {name}: teachers are not compared. "
                "`relsurvey.grading.consistency` says in one number how far marks depend on them."
            )
    table = None if roster is None else roster_of(roster)
    at = unmatched = without = None
    again = 0
    if table is not None:
        ids = table["student"].to_numpy()
        first = ~pd.Series(ids).duplicated().to_numpy()
        again = int((~first).sum())
        table, ids = table[first].reset_index(drop=True), ids[first]
        place = {one: i for i, one in enumerate(ids)}
        of_student = np.array([place.get(plain(name), -1) for name in found.names])
        at = of_student[found.student]
        unmatched = int((at < 0).sum())
        without = len(ids) - len(np.unique(of_student[of_student >= 0]))
    columns = []
    for name in names:
        column = found.column(name)
        if column is None and table is not None and name in table and at is not None:
            column = _taken(table[name], at)
        if column is None:
            have = [str(key) for key in found.frame if found.column(str(key)) is not None]
            have += [] if table is None else list(map(str, table))
            near = nearest(name, (key for key in have if key not in {"student", "teacher", "section"}))
            raise AnalysisError(
                f"Neither the marks nor the roster have a column {name!r} with an entry"
                f"{f' (nearest: {near[0]!r})' if near else ''}. Name another one, or give a roster."
            )
        columns.append(column)
    if not columns:
        return Groups((), ((),), np.zeros(len(found.student), np.intp), unmatched, without, again)
    key, firsts = _together(columns)
    rows = [tuple(_label(column.iloc[i]) for column in columns) for i in firsts]
    order = sorted(range(len(rows)), key=lambda i: [_in_order(text) for text in rows[i]])
    rank = np.empty(len(rows), np.intp)
    rank[order] = np.arange(len(rows))
    return Groups(names, tuple(rows[i] for i in order), rank[key], unmatched, without, again)


def _label(value: object) -> str:
    import pandas as pd

    return NO_ENTRY if pd.isna(value) or value == "" else name_of(value)  # type: ignore[call-overload]


def _in_order(text: str) -> tuple[bool, float, str]:
    """Return what to sort by: numbers by size, then texts, then those without an entry."""
    number = text.isdecimal()
    return text == NO_ENTRY, float(text) if number else float("inf"), text


def roster_of(roster: pd.DataFrame | str | Path) -> pd.DataFrame:
    """Return a table of students whose ids stand in ``student``, in the form in which spellings are equal.

    Raises
    ------
    AnalysisError
        If it has no column with the students' ids.
    """
    import pandas as pd

    from relsurvey.reading.choose import fullest_table
    from relsurvey.reading.headings import key_of
    from relsurvey.reading.limits import Limits
    from relsurvey.reading.opening import open_file

    where = "The roster"
    if isinstance(roster, (str, Path)):
        opened = open_file(Path(roster), Limits())
        where = f"The roster {opened.file}"
        read = fullest_table(opened)
        columns = {} if read is None else {c.name: c.cells.objects() for c in read.columns}
        table = pd.DataFrame(columns)
    else:
        table = roster.reset_index(drop=True)
    ids = next((name for name in table if str(name).strip().casefold() in _STUDENT), None)
    if ids is None:
        ids = next((name for name in table if key_of(str(name)) == "respondent"), None)
    if ids is None:
        raise AnalysisError(f"{where} has no column with the students' ids. Head that column `student`.")
    table = table[table[ids].notna()].reset_index(drop=True)
    named = table[ids].map(lambda one: plain(name_of(one)))
    return table.drop(columns=[ids]).assign(student=named)


def shares(hits: Sequence[int], of: Sequence[int]) -> list[tuple[float, float, float]]:
    """Return each share with its Wilson interval; NaN where there is nobody.

    Examples
    --------
    >>> [round(limit, 4) for limit in shares([6], [10])[0]]
    [0.6, 0.3127, 0.8318]
    """
    return [(h / n if n else float("nan"), *wilson(int(h), int(n))) for h, n in zip(hits, of, strict=True)]


def units_of(group: NDArray[np.intp], student: NDArray[np.intp]) -> tuple[NDArray[np.intp], ...]:
    """Return for each mark its student in its group, and the group and student of each of those."""
    import numpy as np

    both = group.astype(np.int64) * (int(student.max(initial=-1)) + 1) + student
    kept, unit = np.unique(both, return_inverse=True)
    width = int(student.max(initial=-1)) + 1
    return unit, kept // max(width, 1), kept % max(width, 1)


def percent_words(language: str, share: float, n: int, digits: int = 0) -> str:
    """Return a share of so many students: in percent, half up; in words where they are fewer than 20.

    Examples
    --------
    >>> percent_words("en", 0.125, 80), percent_words("en", 0.5, 12)
    ('13 %', 'about half')
    """
    if n < FEWEST_SPREAD:
        return share_words([language], share, n)[language]
    scale = float(10**digits)
    return f"{int(100 * share * scale + 0.5 + 1e-9) / scale:.{digits}f} %"


def limits_words(language: str, low: float, high: float) -> str:
    """Return an interval in percent, rounded outward."""
    import math

    lower, upper = math.floor(100 * low + 1e-9), math.ceil(100 * high - 1e-9)
    return say(language, "grading.rates_range", low=lower, high=upper)


def count_words(language: str, n: int, min_n: int = MIN_N_SHOWN) -> str:
    """Return how many, a small number but not none as "fewer than 10".

    Examples
    --------
    >>> count_words("en", 3), count_words("en", 1200), count_words("en", 0)
    ('fewer than 10', '1,200', '0')
    """
    return say(language, "grading.rates_fewer", min_n=min_n) if 0 < n < min_n else f"{n:,}"
