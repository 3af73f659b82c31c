"""In which group each mark stands: by its own columns, or by a roster's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from relsurvey.analysis.sampling.columns import name_of
from relsurvey.errors import AnalysisError
from relsurvey.grading.regrade import _taken
from relsurvey.grading.tally import Tally
from relsurvey.grading.terms import in_time
from relsurvey.grading.work import _together
from relsurvey.reading.identity import plain
from relsurvey.reading.match import nearest

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

#: What a group is called whose students have no entry.
NO_ENTRY = "no entry"

_STUDENT = ("student", "respondent")


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
    rows = [tuple(group_label(column.iloc[i]) for column in columns) for i in firsts]
    labels = in_order(names, tuple(dict.fromkeys(rows)))
    place = {row: i for i, row in enumerate(labels)}
    rank = np.array([place[row] for row in rows], np.intp)
    return Groups(names, labels, rank[key], unmatched, without, again)


def group_label(value: object) -> str:
    """Return what a group is called: its entry, or that there is none."""
    import pandas as pd

    return NO_ENTRY if pd.isna(value) or value == "" else name_of(value)  # type: ignore[call-overload]


def in_order(by: Sequence[str], groups: Sequence[tuple[str, ...]]) -> tuple[tuple[str, ...], ...]:
    """Return groups in order: numbers by size, then texts, then those without an entry; terms by time.

    Parameters
    ----------
    by
        The columns.
    groups
        Different groups, an entry a column.

    Examples
    --------
    >>> in_order(["term"], [("Spring",), ("Fall",), ("no entry",)]), in_order(["grade"], [("10",), ("9",)])
    ((('Fall',), ('Spring',), ('no entry',)), (('9',), ('10',)))
    """
    times: dict[int, dict[str, int]] = {}
    for k, name in enumerate(by):
        if name.strip().casefold() == "term":
            terms = {group[k]: None for group in groups if group[k] != NO_ENTRY}
            times[k] = {term: place for place, term in enumerate(in_time([*terms]) or ())}

    def key(group: tuple[str, ...]) -> list[tuple[bool, float, str]]:
        found = []
        for k, text in enumerate(group):
            number = float(text) if text.isdecimal() else float("inf")
            found.append((text == NO_ENTRY, times.get(k, {}).get(text, number), text))
        return found

    return tuple(sorted(groups, key=key))


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


def units_of(group: NDArray[np.intp], student: NDArray[np.intp]) -> tuple[NDArray[np.intp], ...]:
    """Return for each mark its student in its group, and the group and student of each of those."""
    import numpy as np

    both = group.astype(np.int64) * (int(student.max(initial=-1)) + 1) + student
    kept, unit = np.unique(both, return_inverse=True)
    width = int(student.max(initial=-1)) + 1
    return unit, kept // max(width, 1), kept % max(width, 1)
