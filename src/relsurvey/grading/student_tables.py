"""Tables with rows about students, as schools keep them: columns by their headings, ids as in the file."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from relsurvey.analysis.sampling.columns import name_of
from relsurvey.errors import AnalysisError
from relsurvey.grading.cells import number
from relsurvey.grading.counting import many
from relsurvey.grading.mark_groups import NO_ENTRY, group_label, in_order
from relsurvey.grading.shares import FEWEST_SPREAD, limits_words
from relsurvey.instrument.fold import fold
from relsurvey.reading.headings import key_of
from relsurvey.reading.identity import plain, rounded
from relsurvey.reading.match import nearest

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

By = str | Sequence[str] | None

#: How schools head these columns, without accents.
HEADINGS: dict[str, tuple[str, ...]] = {
    "student": ("student", "respondent", "estudiante", "alumno", "alumna", "id de estudiante"),
    "lane": ("lane", "lanes", "readiness lane", "college readiness lane", "carril", "carriles"),
    "date": ("date", "day", "attendance date", "fecha", "dia"),
    "attendance": (
        "attendance", "attendance rate", "attendance %", "% attendance", "percent attendance",
        "attendance percent", "percent present", "% present", "rate", "asistencia", "tasa de asistencia",
        "porcentaje de asistencia", "% de asistencia", "% asistencia",
    ),
    "enrolled": (
        "days enrolled", "enrolled", "enrolled days", "days of enrollment", "membership",
        "days in membership", "days possible", "possible days", "dias inscritos", "dias de inscripcion",
        "dias matriculados", "dias lectivos",
    ),
    "present": (
        "days present", "present", "present days", "days attended", "attended days", "dias presentes",
        "presente", "dias de asistencia", "dias asistidos",
    ),
    "absent": (
        "days absent", "absent", "absences", "total absences", "absent days", "ausencias", "dias ausentes",
        "dias de ausencia", "inasistencias", "faltas",
    ),
    "status": ("status", "attendance status", "attendance code", "code", "estado", "codigo"),
    "suspensions": ("suspensions", "suspension", "suspension count", "suspensiones"),
    "program": ("program", "programme", "activity", "programa", "actividad"),
    "came": (
        "came", "attended", "participated", "participation", "present", "asistio", "participo", "vino",
        "participacion",
    ),
}  # fmt: skip

_TEACHERS = frozenset(("teacher", "section"))


@dataclass(frozen=True, eq=False)
class StudentTable:
    """Rows that name a student.

    Attributes
    ----------
    frame
        The rows, with the columns as they were given.
    where
        What messages call it.
    names
        The id of each row as it is in the file, as text.
    keys
        The same in the form in which spellings are equal.
    unnamed
        How many rows name no student; they are left out.
    """

    frame: pd.DataFrame
    where: str
    names: NDArray[np.object_]
    keys: NDArray[np.object_]
    unnamed: int

    def __len__(self) -> int:
        return len(self.keys)

    def find(self, what: str) -> str | None:
        """Return the column that holds one of ``HEADINGS``, by the heading that comes first there."""
        by = {_heading(name): str(name) for name in reversed(list(self.frame))}
        return next((by[text] for text in HEADINGS[what] if text in by), None)

    def texts(self, column: str) -> list[str]:
        """Return a column as text, "" where it is empty."""
        return ["" if _empty(cell) else name_of(cell).strip() for cell in self.frame[column]]

    def numbers(self, column: str, what: str) -> NDArray[np.float64]:
        """Return a column as numbers, NaN where it is empty; of ``97 %`` the 97.

        Raises
        ------
        AnalysisError
            If a cell holds anything else.
        """
        import numpy as np

        found = np.full(len(self), np.nan)
        bad = 0
        for place, text in enumerate(self.texts(column)):
            if text:
                value = number(text)
                bad += value is None
                found[place] = np.nan if value is None else value[0]
        if bad:
            raise AnalysisError(
                f"{self.where}: {many(bad, 'cell')} of the column of {what} that {_is(bad)} no number. "
                "Write a number there, or leave it empty."
            )
        return found

    def one_row(self, what: str) -> None:
        """Refuse a student with two rows.

        Raises
        ------
        AnalysisError
            With how many there are.
        """
        twice = len(self) - len(set(self.keys))
        if twice:
            rows = "rows name" if twice > 1 else "row names"
            raise AnalysisError(
                f"{self.where}: {twice:,} {rows} a student named before. "
                f"Keep one row a student, with one {what}."
            )


def _is(n: int) -> str:
    return "are" if n > 1 else "is"


def _empty(cell: object) -> bool:
    import pandas as pd

    return bool(pd.api.types.is_scalar(cell) and pd.isna(cell))  # type: ignore[call-overload]


def _heading(name: object) -> str:
    text = unicodedata.normalize("NFD", fold(str(name)).replace("_", " "))
    return re.sub(r"\s+", " ", "".join(c for c in text if not unicodedata.combining(c))).strip(" *:")


def student_table(source: Any, what: str) -> StudentTable:
    """Return a table's rows that name a student.

    Parameters
    ----------
    source
        A table, a file with one, a column indexed by student, or a result that has ``.students``.
    what
        What messages call it.

    Raises
    ------
    AnalysisError
        If it is none of these, or has no column with the students' ids.
    ReadError
        If the file cannot be read.
    """
    import numpy as np
    import pandas as pd

    where = what
    source = getattr(source, "students", source)
    if isinstance(source, (str, Path)):
        from relsurvey.reading.choose import fullest_table
        from relsurvey.reading.limits import Limits
        from relsurvey.reading.opening import open_file

        opened = open_file(Path(source), Limits())
        where = f"{what} ({opened.file})"
        read = fullest_table(opened)
        columns = {} if read is None else {c.name: c.cells.objects() for c in read.columns}
        frame = pd.DataFrame(columns)
    elif isinstance(source, pd.Series):
        name = source.name if isinstance(source.name, str) else "value"
        frame = pd.DataFrame({"student": np.asarray(source.index, object), name: source.to_numpy()})
    elif isinstance(source, pd.DataFrame):
        frame = source.reset_index() if _heading(source.index.name) in HEADINGS["student"] else source
        frame = frame.reset_index(drop=True)
    else:
        raise AnalysisError(f"{what} is a {type(source).__name__}. Give a table or the path of a file.")
    frame = frame.rename(columns=str)
    if not frame.columns.is_unique:
        raise AnalysisError(f"{where} has two columns of one name. Rename one of them.")
    ids = _ids(frame)
    if ids is None:
        raise AnalysisError(f"{where} has no column with the students' ids. Head that column `student`.")
    names = np.array(["" if _empty(cell) else name_of(cell).strip() for cell in frame[ids]], object)
    lost = sum(rounded(name) for name in names)
    if lost:
        raise AnalysisError(
            f"{where}: a spreadsheet has rounded {lost:,} of the ids (such as 1.2E+05). "
            "Export the table again with ids as text."
        )
    full = names != ""
    kept = frame[full].drop(columns=[ids]).reset_index(drop=True)
    names = names[full]
    keys = np.array([plain(name) for name in names], object)
    return StudentTable(kept, where, names, keys, int((~full).sum()))


def _ids(frame: pd.DataFrame) -> Any:
    by = {_heading(name): name for name in reversed(list(frame))}
    for text in HEADINGS["student"]:
        if text in by:
            return by[text]
    return next((name for name in frame if key_of(str(name)) == "respondent"), None)


def spread(language: str, row: pd.Series, name: str, n: int) -> str | None:
    """Return the interval of a share as it is shown; of fewer than 20 students it would give the count away.

    Parameters
    ----------
    language
        Its words.
    row, name
        Where the limits stand: ``name`` with ``_low`` and ``_high``, or these alone.
    n
        How many students the share is of.
    """
    head = f"{name}_" if name else ""
    return None if n < FEWEST_SPREAD else limits_words(language, row[f"{head}low"], row[f"{head}high"])


def by_names(by: By) -> tuple[str, ...]:
    """Return the columns that make the groups.

    Raises
    ------
    AnalysisError
        If one of them is a teacher's or section's.
    """
    names = () if by is None else (by,) if isinstance(by, str) else tuple(by)
    for name in names:
        if name.strip().casefold() in _TEACHERS or key_of(name) in _TEACHERS:
            raise AnalysisError(f"Students are not counted by {name}: teachers are not compared.")
    return names


@dataclass(frozen=True, eq=False)
class Grouped:
    """In which group each student stands: the columns, one tuple of texts a group in order, and its place."""

    by: tuple[str, ...]
    labels: tuple[tuple[str, ...], ...]
    of: NDArray[np.intp]

    def columns(self) -> dict[str, object]:
        """Return the names of the groups as the first columns of a table."""
        return {name: [label[i] for label in self.labels] for i, name in enumerate(self.by)}


def grouped(keys: Iterable[str], tables: Sequence[StudentTable], by: By) -> Grouped:
    """Return in which group each student stands, by the first table that has an entry for them.

    Parameters
    ----------
    keys
        The students.
    tables
        Where the columns may stand.
    by
        The columns.

    Raises
    ------
    AnalysisError
        If no table has such a column, or it is a teacher's or section's.
    """
    import numpy as np

    names, keys = by_names(by), list(keys)
    if not names:
        return Grouped((), ((),), np.zeros(len(keys), np.intp))
    columns = []
    for name in names:
        having = [table for table in tables if name in table.frame]
        if not having:
            near = nearest(name, (str(one) for table in tables for one in table.frame))
            raise AnalysisError(
                f"There is no column {name!r}{f' (nearest: {near[0]!r})' if near else ''}. Name another one."
            )
        label: dict[str, str] = {}
        for table in having:
            for key, cell in zip(table.keys, table.frame[name], strict=True):
                text = group_label(cell)
                if label.get(key, NO_ENTRY) == NO_ENTRY:
                    label[key] = text
        columns.append([label.get(key, NO_ENTRY) for key in keys])
    rows = list(zip(*columns, strict=True))
    labels = in_order(names, tuple(set(rows)))
    place = {row: i for i, row in enumerate(labels)}
    return Grouped(names, labels, np.array([place[row] for row in rows], np.intp))
