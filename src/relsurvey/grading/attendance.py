"""Attendance by student: the rate, who misses more than a tenth of the days, and who reaches 96 %."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from relsurvey.analysis.finding import MIN_N_SHOWN, Face, Finding, Value, fewest
from relsurvey.errors import AnalysisError
from relsurvey.grading.cells import number
from relsurvey.grading.shares import count_words, limits_words, percent_words, shares
from relsurvey.grading.student_tables import By, Grouped, StudentTable, grouped, spread, student_table
from relsurvey.grading.values import HAIR
from relsurvey.instrument.fold import fold
from relsurvey.words import say, students_words

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

#: Under the first, a student is chronically absent; the second is what the education-to-workforce rule asks.
CHRONIC, REACHED = 90.0, 96.0

#: What a day's cell means as a part of the day that the student was there; others are a school's codes.
_DAY: dict[str, float] = {
    **dict.fromkeys(("present", "p", "presente", "yes", "y", "sí", "si", "true"), 1.0),
    **dict.fromkeys(("tardy", "late", "retardo", "tarde"), 1.0),
    **dict.fromkeys(("absent", "ausente", "falta", "no", "n", "false"), 0.0),
    **dict.fromkeys(
        ("excused absence", "unexcused absence", "falta justificada", "falta injustificada"), 0.0
    ),
}
_MEANT = {"present": 1.0, "absent": 0.0, "not enrolled": math.nan}


@dataclass(frozen=True, repr=False, eq=False)
class Attendance(Finding):
    """Attendance of students: numbers once, and every face of them.

    Attributes
    ----------
    by
        The columns that make the groups.
    groups, whole
        One row a group, and all students: see :func:`attendance`.
    students
        One row a student: ``student, attendance`` (percent, 0-100; NaN where it is not known), ``enrolled``
        and ``present`` (days; NaN where only the rate is given), and ``suspensions`` where the table has
        them. For this kernel alone: no face shows it and no file has it. It is what
        ``on_track(attendance=)`` takes.
    notes
        What was taken for granted and left out: each a key of the catalogue and a number.
    """

    by: tuple[str, ...]
    groups: pd.DataFrame
    whole: pd.DataFrame
    students: pd.DataFrame
    notes: tuple[tuple[str, int], ...]

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """``attendance``: one row a group; ``all``: all students."""
        return {"attendance": self.groups, "all": self.whole}

    def in_words(self, language: str = "en") -> str:
        """Say what share of students attends less than 90 % of days, and what share 96 % or more."""
        row = self.whole.iloc[0]
        n = int(row["known"])
        if n < fewest():
            return say(language, "grading.attendance_too_few", min_n=fewest())
        parts = [
            say(
                language,
                f"grading.attendance_{key}" if n >= 20 else f"grading.attendance_{key}_small",
                share=percent_words(language, row[key], n),
                range=limits_words(language, row[f"{key}_low"], row[f"{key}_high"]),
            )
            for key in ("chronic", "reached")
        ]
        said = (("at_90", int(row["at_90"])), ("unknown", int(row["cannot_tell"])), *self.notes)
        parts += [
            say(language, f"grading.attendance_{key}", n=count_words(language, count))
            for key, count in said
            if count
        ]
        return " ".join(parts)

    def faces(self, language: str = "en", min_n: int = MIN_N_SHOWN) -> tuple[Face, ...]:
        """Return the shares of each group; groups of fewer than ``min_n`` students are masked."""
        keys = ("students", "mean", "chronic", "range", "reached", "reached_range")
        head = (*(self.by or ("",)), *(say(language, f"grading.attendance_head_{key}") for key in keys))
        rows: list[tuple[Value, ...]] = []
        for _, row in self.groups.iterrows():
            name = tuple(str(row[column]) for column in self.by) or (say(language, "grading.rates_all"),)
            n = int(row["known"])
            if n < min_n:
                rows.append((*name, say(language, "grading.rates_under", min_n=min_n), *[None] * 5))
                continue
            two = [
                cell
                for key in ("chronic", "reached")
                for cell in (
                    percent_words(language, row[key], n),
                    spread(language, row, key, n),
                )
            ]
            rows.append((*name, students_words([language], n)[language], float(row["mean"]), *two))
        return (Face(say(language, "grading.attendance_title"), head, tuple(rows), decimals=1),)


def attendance(
    table: pd.DataFrame | str | Path,
    *,
    by: By = None,
    roster: pd.DataFrame | str | Path | None = None,
    codes: Mapping[str, str] | None = None,
) -> Attendance:
    """Return how much students attend.

    Parameters
    ----------
    table
        One row a student with ``student`` and ``attendance`` (a rate), or with ``days enrolled`` and ``days
        present`` or ``days absent``; or one row a day with ``student``, ``date`` and ``present`` (1, 0, a
        part of the day) or ``status``. Headings may be Spanish. A file with such a table.
    by
        A column of the table, or else of the roster, that makes groups; never a teacher's.
    roster
        One row a student with groups.
    codes
        In a table of days: what a school's code means, ``present``, ``absent`` or ``not enrolled``.

    Returns
    -------
    Attendance
        ``.table`` has one row a group: ``n_students``; ``known``, of how many the rate is known; ``mean``
        rate (percent); the shares (0-1) ``chronic``, under 90 %, and ``reached``, 96 % or more, each with
        ``_low, _high`` (Wilson); ``at_90``, how many are at exactly 90 %; ``cannot_tell``. ``.students`` goes
        into ``on_track(attendance=)`` and ``lanes(attendance=)``.

    Raises
    ------
    AnalysisError
        If the columns are not there, a student has two rows, a day has an unknown code, or a rate cannot be.
    ReadError
        If the file cannot be read.

    Notes
    -----
    Excused absences are absences, and who is late is there. Exactly 90 % is not under 90 %; where a state
    counts who misses a tenth of the days or more, it is: ``at_90`` says how many. Rates that all lie between
    0 and 1 are taken as shares. Of several rows of a student's day each is a part of it.

    Examples
    --------
    >>> import pandas as pd
    >>> days = pd.DataFrame({"student": ["a", "b"], "days enrolled": [180, 90], "days present": [171, 90]})
    >>> attendance(days).students["attendance"].tolist()
    [95.0, 100.0]
    """
    import numpy as np

    found, each, notes = read_attendance(table, codes)
    if "attendance" not in each:
        raise AnalysisError(
            f"{found.where} has neither a rate (`attendance`) nor days (`days enrolled` and `days present`), "
            "nor one row a day (`date` and `status`). Head its columns so."
        )
    tables = [found] if roster is None else [found, student_table(roster, "The roster")]
    if roster is not None:
        listed, known = set(tables[1].keys), set(each["key"])
        notes += [("unmatched", len(known - listed)), ("without", len(listed - known))]
    groups = grouped(each["key"].tolist(), tables, by)
    rate = each["attendance"].to_numpy(dtype=float)
    everyone = Grouped((), ((),), np.zeros(len(each), np.intp))
    whole = _table(rate, everyone)
    table_of = _table(rate, groups) if groups.by else whole
    students: pd.DataFrame = each.drop(columns="key")
    said = tuple((key, n) for key, n in notes if n)
    return Attendance(groups.by, table_of, whole, students, said)


def read_attendance(
    table: pd.DataFrame | str | Path, codes: Mapping[str, str] | None = None
) -> tuple[StudentTable, pd.DataFrame, list[tuple[str, int]]]:
    """Return a table as it was given, what it says of each student, and what was taken for granted.

    Parameters
    ----------
    table, codes
        As for :func:`attendance`.

    Returns
    -------
    tuple
        The table; one row a student with ``key``, ``student`` and, as far as the table has them,
        ``attendance`` (percent, 0-100), ``enrolled``, ``present`` (days) and ``suspensions``, NaN where it is
        not known; and keys of the catalogue with numbers.

    Raises
    ------
    AnalysisError
        As :func:`attendance`, except where there is neither a rate nor days.
    """
    found = student_table(table, "The attendance")
    if _daily(found):
        each, notes = _of_days(found, codes or {})
    else:
        found.one_row("rate")
        each, notes = _of_students(found)
    return found, each, [one for one in (("unnamed", found.unnamed), *notes) if one[1]]


def _daily(found: StudentTable) -> bool:
    """Say whether a table has one row a day: it has dates, and students stand in it more than once."""
    if found.find("date") is None:
        return False
    return len(set(found.keys)) < len(found) or (found.find("status") is not None and not _has_rate(found))


def _has_rate(found: StudentTable) -> bool:
    return any(found.find(what) is not None for what in ("attendance", "enrolled"))


def _of_students(found: StudentTable) -> tuple[pd.DataFrame, list[tuple[str, int]]]:
    import numpy as np
    import pandas as pd

    n = len(found)
    rate, enrolled, present = (np.full(n, np.nan) for _ in range(3))
    notes: list[tuple[str, int]] = []
    days, rate_column = found.find("enrolled"), found.find("attendance")
    there, gone = found.find("present"), found.find("absent")
    counted = days is not None and (there or gone) is not None
    data: dict[str, object] = {"key": found.keys, "student": found.names}
    if days is not None and counted:
        enrolled = found.numbers(days, "days enrolled")
        if there is not None:
            present = found.numbers(there, "days present")
        else:
            assert gone is not None
            present = enrolled - found.numbers(gone, "days absent")
        _refuse(
            found, "more days present than enrolled, or fewer than none", (present > enrolled) | (present < 0)
        )
        with np.errstate(invalid="ignore", divide="ignore"):
            rate = np.where(enrolled > 0, 100 * present / enrolled, np.nan)
    # Without days a rate stands for itself, as in what `attendance` returns.
    alone = np.isnan(enrolled) & np.isnan(present)
    if rate_column is not None and alone.any():
        given = found.numbers(rate_column, "attendance")
        with np.errstate(invalid="ignore"):
            written = any(text.endswith("%") for text in found.texts(rate_column))
            if not written and np.nanmax(given, initial=0) <= 1 and not np.isnan(given).all():
                given = 100 * given
                notes.append(("from_share", int((~np.isnan(given)).sum())))
        _refuse(found, "an attendance that is not between 0 and 100 %", (given < 0) | (given > 100))
        rate = np.where(alone, given, rate)
    if counted or rate_column is not None:
        data |= {"attendance": rate, "enrolled": enrolled, "present": present}
    out = found.find("suspensions")
    if out is not None:
        data["suspensions"] = found.numbers(out, "suspensions")
    return pd.DataFrame(data), notes


def _refuse(found: StudentTable, what: str, which: NDArray[np.bool_]) -> None:
    n = int(which.sum())
    if n:
        raise AnalysisError(
            f"{found.where}: {n:,} {'rows have' if n > 1 else 'row has'} {what}. Correct the table."
        )


def _of_days(found: StudentTable, codes: Mapping[str, str]) -> tuple[pd.DataFrame, list[tuple[str, int]]]:
    """Return what rows of days come to by student."""
    import numpy as np
    import pandas as pd

    date = found.find("date")
    column = found.find("status") or found.find("present") or found.find("attendance")
    if column is None or date is None:
        raise AnalysisError(
            f"{found.where} has no column with the day's `status` (present, absent). Head it so."
        )
    wrong = [meant for meant in codes.values() if meant not in _MEANT]
    if wrong:
        raise AnalysisError(f"{wrong[0]!r} is no meaning of a code. Use present, absent or not enrolled.")
    known = _DAY | {fold(code): _MEANT[meant] for code, meant in codes.items()}
    texts, days = found.texts(column), found.texts(date)
    value = np.full(len(found), np.nan)
    unknown: dict[str, int] = {}
    blank = 0
    for place, text in enumerate(texts):
        if not text:
            blank += 1
        elif fold(text) in known:
            value[place] = known[fold(text)]
        elif (share := _part(text)) is not None:
            value[place] = share
        else:
            unknown[text] = unknown.get(text, 0) + 1
    if unknown:
        # A longer text may be anything that was typed into a cell, and is never repeated.
        short = [text for text in sorted(unknown, key=lambda one: -unknown[one]) if len(text) <= 12][:5]
        named = f", such as {', '.join(map(repr, short))}" if short else ""
        fix = short[0] if short else "A"
        raise AnalysisError(
            f"{found.where}: {sum(unknown.values()):,} cells hold a code that is not known{named}. "
            f'Say what each means: `codes={{"{fix}": "absent"}}` (or present, not enrolled).'
        )
    undated = sum(not day for day in days)
    if undated:
        raise AnalysisError(
            f"{found.where}: {undated:,} rows have no date. Fill it in, or leave the rows out."
        )
    rows = pd.DataFrame({"key": found.keys, "student": found.names, "day": days, "value": value})
    counted = rows[rows["value"].notna()]
    # The parts of a day, such as periods, make one day together.
    by_day = counted.groupby(["key", "day"], sort=False)["value"]
    several = int((by_day.size() > 1).sum())
    day = by_day.mean().groupby("key", sort=False)
    enrolled, present = day.size(), day.sum()
    each = rows.drop_duplicates("key")[["key", "student"]].reset_index(drop=True)
    each["enrolled"] = each["key"].map(enrolled).fillna(0.0).astype(float)
    each["present"] = each["key"].map(present).fillna(0.0).astype(float)
    with np.errstate(invalid="ignore", divide="ignore"):
        each["attendance"] = np.where(each["enrolled"] > 0, 100 * each["present"] / each["enrolled"], np.nan)
    each = each[["key", "student", "attendance", "enrolled", "present"]]
    return each, [("blank_days", blank), ("parts", several)]


def _part(text: str) -> float | None:
    """Return the part of a day that a number is, or a percent; None for anything else."""
    found = number(text)
    if found is None:
        return None
    value, of, percent = found
    share = value / of if percent else value
    return share if 0 <= share <= 1 else None


def _table(rate: NDArray[np.float64], groups: Grouped) -> pd.DataFrame:
    import numpy as np
    import pandas as pd

    k = len(groups.labels)
    known = ~np.isnan(rate)

    def count(which: NDArray[np.bool_]) -> NDArray[np.intp]:
        return np.bincount(groups.of[which & known], minlength=k)

    n, has = np.bincount(groups.of, minlength=k), count(known)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.bincount(groups.of[known], rate[known], k) / has
        at = np.abs(rate - CHRONIC) <= HAIR
        low, high = (rate < CHRONIC) & ~at, rate >= REACHED - HAIR
    data = groups.columns() | {"n_students": n, "known": has, "mean": mean}
    for name, which in (("chronic", low), ("reached", high)):
        limits = shares(count(which).tolist(), has.tolist())
        for i, key in enumerate((name, f"{name}_low", f"{name}_high")):
            data[key] = [limit[i] for limit in limits]
    return pd.DataFrame(data | {"at_90": count(at), "cannot_tell": n - has})
