"""Which lane each student is in, as a column says it or as a school's own rule table does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from relsurvey.analysis.finding import MIN_N_SHOWN, Face, Finding, Value, fewest
from relsurvey.errors import AnalysisError
from relsurvey.grading.cells import number
from relsurvey.grading.lane_names import lane_name, lane_places, lanes_words, ordered, vulnerable_lanes
from relsurvey.grading.lane_rules import LaneRules, lane_rules
from relsurvey.grading.shares import count_words, limits_words, percent_words, shares
from relsurvey.grading.student_tables import (
    By,
    Grouped,
    StudentTable,
    _heading,
    grouped,
    spread,
    student_table,
)
from relsurvey.grading.tally import Marks, frame_of, tally
from relsurvey.reading.match import nearest
from relsurvey.words import say, students_words

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray


@dataclass(frozen=True, repr=False, eq=False)
class Lanes(Finding):
    """Which lane each student is in: numbers once, and every face of them.

    Attributes
    ----------
    order
        The lanes, the readiest first.
    vulnerable
        The places of those that are counted as vulnerable.
    rules
        The rule table; None where a column says the lane.
    by
        The columns that make the groups.
    groups, whole
        One row a group, and all students: see :func:`lanes`.
    students
        One row a student: ``student, lane`` (None: no lane) and ``why``, the columns that could not tell;
        then the columns of ``by``. For this kernel alone: no face shows it and no file has it.
    """

    order: tuple[str, ...]
    vulnerable: tuple[int, ...]
    rules: LaneRules | None
    by: tuple[str, ...]
    groups: pd.DataFrame
    whole: pd.DataFrame
    students: pd.DataFrame
    unnamed: int

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """``lanes``: one row a group; ``all``: all students."""
        return {"lanes": self.groups, "all": self.whole}

    def in_words(self, language: str = "en") -> str:
        """Say what share of students is in vulnerable lanes, how many are in none, and by what rule."""
        row = self.whole.iloc[0]
        n = int(row["n_lane"])
        parts = []
        if n < fewest():
            parts.append(say(language, "grading.lanes_too_few", min_n=fewest()))
        elif self.vulnerable:
            parts.append(
                say(
                    language,
                    "grading.lanes_share" if n >= 20 else "grading.lanes_share_small",
                    lanes=lanes_words(language, self.order, self.vulnerable),
                    share=percent_words(language, row["vulnerable_share"], n),
                    range=limits_words(language, row["vulnerable_share_low"], row["vulnerable_share_high"]),
                )
            )
        else:
            parts.append(say(language, "grading.lanes_none_vulnerable"))
        if int(row["no_lane"]):
            parts.append(say(language, "grading.lanes_no_lane", n=count_words(language, int(row["no_lane"]))))
        if self.unnamed:
            parts.append(say(language, "grading.lanes_unnamed", n=count_words(language, self.unnamed)))
        if self.rules is None:
            parts.append(say(language, "grading.lanes_given"))
        else:
            title, text = (
                texts.get(language) or texts.get("en") or next(iter(texts.values()))
                for texts in (self.rules.title, self.rules.text)
            )
            values = {"version": self.rules.version, "source": self.rules.source}
            parts.append(say(language, "grading.lanes_rule", title=title, text=text, **values))
        return " ".join(parts)

    def faces(self, language: str = "en", min_n: int = MIN_N_SHOWN) -> tuple[Face, ...]:
        """Return the share of each group in each lane; groups under ``min_n`` are masked."""
        keys = ("students", "vulnerable", "range", "no_lane")
        names = [lane_name(language, one) for one in self.order]
        head = (*(self.by or ("",)), *(say(language, f"grading.lanes_head_{key}") for key in keys), *names)
        rows: list[tuple[Value, ...]] = []
        for _, row in self.groups.iterrows():
            name = tuple(str(row[column]) for column in self.by) or (say(language, "grading.rates_all"),)
            n = int(row["n_lane"])
            if n < min_n:
                under = say(language, "grading.rates_under", min_n=min_n)
                rows.append((*name, under, *[None] * (3 + len(names))))
                continue
            share = percent_words(language, row["vulnerable_share"], n) if self.vulnerable else None
            rows.append(
                (
                    *name,
                    students_words([language], n)[language],
                    share,
                    spread(language, row, "vulnerable_share", n) if self.vulnerable else None,
                    count_words(language, int(row["no_lane"]), min_n),
                    *(percent_words(language, row[lane] / n, n) for lane in self.order),
                )
            )
        return (Face(say(language, "grading.lanes_title"), head, tuple(rows)),)


def lanes(
    students: pd.DataFrame | pd.Series | str | Path | None = None,
    rules: str | Path | dict[str, Any] | LaneRules | None = None,
    *,
    marks: Marks | None = None,
    attendance: Any = None,
    by: By = None,
    order: Sequence[object] | None = None,
    vulnerable: Sequence[object] | None = None,
) -> Lanes:
    """Return which lane each student is in.

    Parameters
    ----------
    students
        One row a student with ``student`` and ``lane``, or with the columns that the rules look at; a file
        with such a table, or lanes indexed by student. None: the students of the marks.
    rules
        A school's own rule table: the path of a YAML file, the same as a dict, or :class:`LaneRules`. None:
        the column ``lane`` says it. No table comes with the package.
    marks
        As for :func:`df_rates`; rules can then look at ``gpa`` (0-4, the mean of grade points),
        ``df_count`` (marks that are D, F or not passed) and ``failed_count`` too.
    attendance
        What :func:`attendance` returned, or such a table: rules can then look at ``attendance`` (0-100).
    by
        A column of the students that makes groups; several for their combinations; never a teacher's.
    order
        The lanes, the readiest first; None: the rules' order, or the network's five.
    vulnerable
        Which lanes count as vulnerable; None: those called so.

    Returns
    -------
    Lanes
        ``.table`` has one row a group: ``n_students, n_lane, no_lane``; a column a lane with the number of
        students in it; and ``vulnerable_share``, the share (0-1) in vulnerable lanes of those with a lane,
        with ``vulnerable_share_low, vulnerable_share_high`` (Wilson).

    Raises
    ------
    AnalysisError
        If a column is missing, a student has two rows, or a lane is none of the order.
    PolicyError
        If the rules are not as they must be.

    Notes
    -----
    The first row of the rules that holds wins, so a student is in one lane or in none. A row whose columns
    are empty for a student, and do not fail otherwise, cannot be told: the student is then in no lane,
    rather than in whichever lane comes after, and is counted so.

    Examples
    --------
    >>> import pandas as pd
    >>> rules = {
    ...     "id": "ours", "version": 1, "title": {"en": "Our lanes"}, "source": "Ninth-grade team",
    ...     "text": {"en": "Promising: a GPA of 3 or more."},
    ...     "lanes": [{"lane": "promising", "when": {"gpa": {"at_least": 3}}}, {"lane": "vulnerable"}],
    ... }
    >>> table = pd.DataFrame({"student": ["a", "b", "c"], "gpa": [3.0, 2.5, None]})
    >>> lanes(table, rules).students["lane"].tolist()
    ['promising', 'vulnerable', None]
    """
    import numpy as np
    import pandas as pd

    chosen = None if rules is None else lane_rules(rules)
    if students is None and marks is None:
        raise AnalysisError("There are no students. Give a table of them, or `marks=`.")
    counted = None if marks is None else _of_marks(marks)
    table = student_table(counted if students is None else students, "The table of students")
    table.one_row("lane" if chosen is None else "value of each column")
    names = ordered(order) if order is not None or chosen is None else ordered(chosen.names)
    why = np.full(len(table), "", object)
    if chosen is None:
        column = lane_column(table)
        place = lane_places(table.texts(column), names, table.where)
    else:
        more = [table]
        more += [] if counted is None else [student_table(counted, "The marks")]
        more += [] if attendance is None else [student_table(attendance, "The attendance")]
        lane, why = _ruled(table.keys, more, chosen)
        place = lane_places(lane, names, "The rules")
    groups = grouped(table.keys, [table], by)
    places = vulnerable_lanes(names, vulnerable)
    value = np.array([*names, None], object)[place]
    labels = {name: [groups.labels[i][j] for i in groups.of] for j, name in enumerate(groups.by)}
    # As objects: text columns of pandas would turn None into NaN.
    lane_of = pd.Series(value, dtype=object)
    each = pd.DataFrame({"student": table.names, "lane": lane_of, "why": why} | labels)
    everyone = Grouped((), ((),), np.zeros(len(table), np.intp))
    whole = _table(place, everyone, names, places)
    of = _table(place, groups, names, places) if groups.by else whole
    return Lanes(names, places, chosen, groups.by, of, whole, each, table.unnamed)


def lane_column(table: StudentTable) -> str:
    """Return the column that holds the lane: one headed so, or the only one there is.

    Raises
    ------
    AnalysisError
        If there is none.
    """
    column = table.find("lane")
    if column is None and len(table.frame.columns) == 1:
        column = str(table.frame.columns[0])
    if column is None:
        raise AnalysisError(
            f"{table.where} has no column with the lane. Head that column `lane`, or give `lanes()` rules."
        )
    return column


def _of_marks(marks: Marks) -> pd.DataFrame:
    """Return of each student the GPA and how many marks are D, F or not passed."""
    import numpy as np
    import pandas as pd

    found = tally(frame_of(marks)[0])
    n = len(found.names)
    has = ~np.isnan(found.points)
    of = np.bincount(found.student[has], minlength=n)
    with np.errstate(invalid="ignore", divide="ignore"):
        gpa = np.bincount(found.student[has], found.points[has], n) / of
    some = np.bincount(found.student[found.final], minlength=n) > 0

    def count(which: NDArray[np.bool_]) -> NDArray[np.float64]:
        return np.where(some, np.bincount(found.student[which], minlength=n), np.nan)

    data = {"student": found.names, "gpa": gpa}
    return pd.DataFrame(data | {"df_count": count(found.df), "failed_count": count(found.failed)})


def _ruled(
    keys: NDArray[np.object_], tables: Sequence[StudentTable], rules: LaneRules
) -> tuple[list[str], NDArray[np.object_]]:
    """Return each student's lane, "" for none, and the columns that could not tell."""
    import numpy as np

    cells: dict[str, dict[str, str]] = {}
    for name in rules.columns:
        own = cells.setdefault(name, {})
        here = [
            (table, column)
            for table in tables
            for column in map(str, table.frame)
            if _heading(column) == _heading(name)
        ]
        if not here:
            near = nearest(name, (str(one) for table in tables for one in table.frame))
            raise AnalysisError(
                f"The rules {rules.id} look at {name!r}, and no table has such a column"
                f"{f' (nearest: {near[0]!r})' if near else ''}. Add it, or give `marks=` or `attendance=`."
            )
        for table, column in here:
            table.one_row("value of each column")
            for key, text in zip(table.keys, table.texts(column), strict=True):
                own[key] = own.get(key) or text
    numbers = {name: {key: _number(text) for key, text in own.items()} for name, own in cells.items()}
    for name in rules.columns:
        asked = any(row.when[name].counts for row in rules.lanes if name in row.when)
        bad = sum(value is None and bool(cells[name][key]) for key, value in numbers[name].items())
        if asked and bad:
            raise AnalysisError(
                f"The rules {rules.id} look at {name!r} as a number, and {bad:,} "
                f"{'cells hold' if bad > 1 else 'cell holds'} none. Write a number there, or leave it empty."
            )
    lane, why = [], np.full(len(keys), "", object)
    for place, key in enumerate(keys):
        found = ""
        for row in rules.lanes:
            held = {
                name: condition.holds(cells[name].get(key, ""), numbers[name].get(key))
                for name, condition in row.when.items()
            }
            if False in held.values():
                continue
            unknown = [name for name, one in held.items() if one is None]
            why[place] = "; ".join(unknown)
            found = "" if unknown else row.lane
            break
        lane.append(found)
    return lane, why


def _number(text: str) -> float | None:
    value = number(text) if text else None
    return None if value is None else value[0]


def _table(
    place: NDArray[np.intp], groups: Grouped, order: Sequence[str], vulnerable: Sequence[int]
) -> pd.DataFrame:
    import numpy as np
    import pandas as pd

    k = len(groups.labels)
    n = np.bincount(groups.of, minlength=k)
    has = np.bincount(groups.of[place >= 0], minlength=k)
    data = groups.columns() | {"n_students": n, "n_lane": has, "no_lane": n - has}
    data |= {name: np.bincount(groups.of[place == i], minlength=k) for i, name in enumerate(order)}
    hits = np.bincount(groups.of[np.isin(place, vulnerable)], minlength=k)
    limits = shares(hits.tolist(), has.tolist() if vulnerable else [0] * k)
    for i, name in enumerate(("vulnerable_share", "vulnerable_share_low", "vulnerable_share_high")):
        data[name] = [limit[i] for limit in limits]
    return pd.DataFrame(data)
