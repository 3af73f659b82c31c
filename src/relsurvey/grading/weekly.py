"""Whose work, of which week: from due dates, or from what changed between two snapshots."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from relsurvey.errors import AnalysisError
from relsurvey.grading import support
from relsurvey.grading.gradebook import KEYS, MARKS, Gradebook, table
from relsurvey.instrument.fold import fold
from relsurvey.reading.ledger import Entry
from relsurvey.reading.limits import Limits
from relsurvey.reading.match import shown
from relsurvey.reading.opening import open_file

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from relsurvey.grading.snapshots import Snapshots

#: What a score can be chosen by: never by whose class it is.
PARTS = ("school", "course", "term")
_PASSING = 60.0
_ITEM = [*KEYS, "item"]

#: Each a key of the catalogue and its values.
Notes = list[tuple[str, dict[str, object]]]


@dataclass(frozen=True, eq=False)
class Weekly:
    """Each week's work, counted.

    Attributes
    ----------
    weeks
        One row a week with work: ``week`` (ISO text), ``n`` scores, ``n_students``, ``n_under_passing``,
        ``n_missing``.
    ends
        The last day of each.
    passing
        The percent that passes; None where courses differ.
    notes
        What was left out or taken for granted.
    books
        The gradebook, or each snapshot's, by the day it stands for; its scores are those that were chosen.
    work
        One row a student and piece of work that counts: ``week`` as above, ``student, school, course,
        teacher``, and whether it is ``under_passing`` and ``missing``.
    """

    weeks: pd.DataFrame
    ends: NDArray[np.datetime64]
    passing: float | None
    notes: tuple[tuple[str, dict[str, object]], ...]
    books: tuple[tuple[datetime.date | None, Gradebook], ...]
    work: pd.DataFrame


def chosen(frame: pd.DataFrame, of: Mapping[str, str] | None) -> pd.DataFrame:
    """Return the rows that are meant.

    Raises
    ------
    AnalysisError
        If they are to be chosen by section, teacher or student, or there are none.
    """
    for part, name in (of or {}).items():
        if part not in PARTS:
            raise AnalysisError(
                f"`of` cannot choose by {part!r}: no picture is made of one teacher, section or student. "
                f"Choose by {', '.join(PARTS)}."
            )
        here = frame[part] == name
        if not here.any():
            known = ", ".join(shown(str(one), 40) for one in sorted(frame[part].dropna().unique())[:6])
            raise AnalysisError(f"No {part} is named {shown(str(name), 40)}. There are: {known or 'none'}.")
        frame = frame[here]
    return frame.reset_index(drop=True)


def weekly_of(source: Gradebook | Snapshots, passing: float | None, of: Mapping[str, str] | None) -> Weekly:
    """Return each week's work.

    Raises
    ------
    AnalysisError
        If neither due dates nor snapshots tell of any week.
    """
    notes: Notes = []
    if isinstance(source, Gradebook):
        books: list[tuple[datetime.date | None, Gradebook]] = [(None, _part(source, of))]
    else:
        found, broken = source.whole()
        books = [(day, _part(gradebook, of)) for day, gradebook in found.items()]
        if broken:
            notes.append(("weeks_broken", {"n": len(broken)}))
    dated = bool(books) and bool(books[-1][1].scores["due"].notna().any())
    if not dated and len(books) < 2:
        raise AnalysisError(
            "Nothing says of which week a score is: there are no due dates, and fewer than two snapshots. "
            "Add due dates with `with_due`, or keep a snapshot each week."
        )
    # What is not counted is told of the last one, which has the most.
    heard: list[Notes] = [[] for _ in books[1:]] + [notes]
    judged = [(day, _judged(book, passing, told)) for (day, book), told in zip(books, heard, strict=True)]
    if dated:
        long = _by_due(judged, notes)
    else:
        long = _by_change(judged)
        notes.append(("weeks_changed", {}))
    if not len(long):
        raise AnalysisError("No score counts in any week. Look at the gradebook's statuses and due dates.")
    counted, ends = _counted(long, dated=dated)
    # The weeks of `counted` are in the order of time, as these are numbered.
    number = long.groupby("week", sort=True).ngroup().to_numpy()
    work = long[["student", "school", "course", "teacher", "under_passing", "missing"]].assign(
        week=counted["week"].to_numpy()[number]
    )
    return Weekly(counted, ends, _passing_of(books[-1][1], passing), tuple(notes), tuple(books), work)


def _part(gradebook: Gradebook, of: Mapping[str, str] | None) -> Gradebook:
    if not of:
        return gradebook
    marks = gradebook.marks
    marks = chosen(marks, of) if len(marks) else marks
    return replace(gradebook, scores=chosen(gradebook.scores, of), marks=marks)


def _passing_of(gradebook: Gradebook, passing: float | None) -> float | None:
    if passing is not None:
        return passing
    known = {policy.pass_ or _PASSING for policy in gradebook.policies}
    return known.pop() if len(known) == 1 else None


def _judged(gradebook: Gradebook, passing: float | None, notes: Notes) -> pd.DataFrame:
    """Return one row a student and piece of work that counts: ``due, percent, under_passing, missing``."""
    import numpy as np
    import pandas as pd

    scores = gradebook.scores
    points = pd.to_numeric(scores["points_possible"]).to_numpy(dtype=float, na_value=np.nan)
    raw = pd.to_numeric(scores["raw"]).to_numpy(dtype=float, na_value=np.nan)
    status = scores["status"].astype(str).to_numpy()
    at_least = np.full(len(scores), _PASSING if passing is None else passing)
    out = np.zeros(len(scores), bool)
    for policy in gradebook.policies:
        here = support.holds(scores, policy)
        if passing is None:
            at_least[here] = policy.pass_ or _PASSING
        out[here] = scores["category"].isin(policy.exclude).to_numpy()[here]
    empty = int(((status == "ungraded") & ~out).sum())
    if empty:
        notes.append(("weeks_ungraded", {"n": f"{empty:,}"}))
    counts = np.isin(status, ("scored", "late", "missing")) & (points > 0) & ~out
    percent = np.where(status == "missing", 0.0, 100 * raw / np.where(points > 0, points, np.nan))
    frame = scores.loc[counts, [*_ITEM, "teacher", "due"]].assign(
        percent=percent[counts], at_least=at_least[counts], handed_in=percent[counts] > 0
    )
    frame["due"] = pd.to_datetime(frame["due"])
    # Of several attempts the highest; one that no attempt gave a point is missing.
    best = frame.groupby(_ITEM, dropna=False, sort=False, as_index=False).agg(
        teacher=("teacher", "first"),
        due=("due", "first"),
        percent=("percent", "max"),
        at_least=("at_least", "first"),
        handed_in=("handed_in", "max"),
    )
    best["under_passing"] = best["percent"] < best["at_least"] - 1e-9
    best["missing"] = best["percent"] <= 0
    return best


def _by_due(
    judged: list[tuple[datetime.date | None, pd.DataFrame]],
    notes: Notes,
) -> pd.DataFrame:
    """Return each week's work by due date: from the first snapshot that was kept when the week had ended."""
    import pandas as pd

    last = judged[-1][1]
    without = int(last["due"].isna().sum())
    if without:
        notes.append(("weeks_undated", {"n": f"{without:,}"}))
    if len(judged) == 1:
        notes.append(("weeks_now", {}))
    parts = []
    settled: set[object] = set()
    for k, (day, frame) in enumerate(judged):
        frame = frame[frame["due"].notna()]
        monday = (frame["due"] - pd.to_timedelta(frame["due"].dt.day_of_week, unit="D")).dt.normalize()
        frame = frame.assign(week=monday)
        if day is not None:
            frame = frame[frame["due"] < pd.Timestamp(day) + pd.Timedelta(days=1)]
            # School weeks end on Friday.
            ended = frame["week"] <= pd.Timestamp(day) - pd.Timedelta(days=4)
            if k < len(judged) - 1:
                frame = frame[ended]
        new = frame[~frame["week"].isin(settled)]
        settled |= set(new["week"])
        parts.append(new)
    return pd.concat(parts, ignore_index=True)


def _by_change(judged: list[tuple[datetime.date | None, pd.DataFrame]]) -> pd.DataFrame:
    """Return what is new or has another score since the snapshot before; the first has none before it."""
    import numpy as np
    import pandas as pd

    parts = []
    before: pd.DataFrame | None = None
    for day, frame in judged:
        # Work that nobody has a point in yet was only announced: its zeros are not missing work.
        of_item = frame.groupby(["school", "course", "term", "item"], dropna=False)
        begun = of_item["handed_in"].transform("max")
        frame = frame[begun.astype(bool)]
        if before is not None:
            both = frame.merge(before[[*_ITEM, "percent"]], how="left", on=_ITEM, suffixes=("", "_before"))
            was = both["percent_before"].to_numpy(dtype=float)
            now = both["percent"].to_numpy(dtype=float)
            fresh = np.isnan(was) | (np.abs(now - was) > 1e-9)
            parts.append(both[fresh].assign(week=pd.Timestamp(str(day))))
        before = frame
    changed: pd.DataFrame = pd.concat(parts, ignore_index=True)
    return changed


def _counted(long: pd.DataFrame, *, dated: bool) -> tuple[pd.DataFrame, NDArray[np.datetime64]]:
    import numpy as np

    weeks = long.groupby("week", as_index=False, sort=True).agg(
        n=("student", "size"),
        n_students=("student", "nunique"),
        n_under_passing=("under_passing", "sum"),
        n_missing=("missing", "sum"),
    )
    days = weeks["week"].to_numpy(dtype="datetime64[D]")
    ends: NDArray[np.datetime64] = days + np.timedelta64(6 if dated else 0, "D")  # type: ignore[assignment]
    return weeks.assign(week=days.astype(str).astype(object)), ends


def marks_of(weekly: Weekly) -> Iterator[tuple[datetime.date, pd.DataFrame]]:
    """Yield the marks so far: those of each snapshot, or those that the work due up to each week gives."""
    import pandas as pd

    if weekly.books[0][0] is not None:
        for day, book in weekly.books:
            if day is not None and len(book.marks):
                yield day, book.marks
        return
    book = weekly.books[0][1]
    due = pd.to_datetime(book.scores["due"])
    for start, end in zip(weekly.weeks["week"], weekly.ends, strict=True):
        scores = book.scores[(due < pd.Timestamp(end) + pd.Timedelta(days=1)).to_numpy()]
        then = replace(book, scores=scores.reset_index(drop=True))
        yield datetime.date.fromisoformat(start), marks_so_far(then)


def marks_so_far(gradebook: Gradebook) -> pd.DataFrame:
    """Return the marks that the scores give under the courses' own rules, whatever the exported marks are.

    Categories without any work yet leave their weight to the others.
    """
    marks = gradebook.own_marks.marks
    rows = {str(name): marks[name] for name in gradebook.work.marks if name != "teacher"}
    rows |= {"percent": marks["percent_before"], "letter": marks["letter_before"]}
    return table(MARKS, rows, len(marks))


def with_due(gradebook: Gradebook, items: pd.DataFrame | str | Path) -> Gradebook:
    """Return a gradebook whose scores have the due dates of a table of the work.

    Parameters
    ----------
    gradebook
        One without due dates, as every Canvas export is.
    items
        A table, or the path of one: ``item`` (the title), ``due`` (such as 2026-03-06), and ``course`` where
        courses have work of the same title.

    Raises
    ------
    AnalysisError
        If it lacks a column, names one piece of work twice or none of the gradebook, or holds something that
        is no date.

    Examples
    --------
    >>> import pandas as pd
    >>> from relsurvey.grading import Gradebook
    >>> scores = pd.DataFrame({"student": ["s1"], "item": "Quiz 1", "raw": 8.0, "points_possible": 10.0})
    >>> dated = with_due(Gradebook.of(scores), pd.DataFrame({"item": ["quiz 1"], "due": ["2026-03-06"]}))
    >>> dated.scores["due"].dt.date.tolist()
    [datetime.date(2026, 3, 6)]
    """
    import numpy as np
    import pandas as pd

    work = _table(items)
    for column in ("item", "due"):
        if column not in work:
            raise AnalysisError(f"The table of the work has no column `{column}`. Add it.")
    keys = ["course", "item"] if "course" in work else ["item"]
    try:
        due = pd.to_datetime(work["due"].replace("", None), format="ISO8601").dt.tz_localize(None)
    except (TypeError, ValueError, OverflowError, AttributeError):
        raise AnalysisError(
            "`due` in the table of the work holds something that is no date. Write it as 2026-03-06."
        ) from None
    names = pd.MultiIndex.from_arrays([work[key].astype(str).map(fold) for key in keys])
    if names.duplicated().any():
        raise AnalysisError(
            f"The table of the work names {shown(str(work['item'][names.duplicated()].iloc[0]), 40)} twice. "
            "Leave one row, or add a column `course`."
        )
    scores = gradebook.scores
    by = {key: {name: fold(str(name)) for name in scores[key].dropna().unique()} for key in keys}
    at = names.get_indexer(pd.MultiIndex.from_arrays([scores[key].map(by[key]) for key in keys]))
    strange = [shown(str(name), 40) for name in work["item"][~np.isin(np.arange(len(work)), at)]]
    if len(work) and len(strange) == len(work):
        raise AnalysisError(
            f"The gradebook has no work that is called as in the table of the work, such as {strange[0]}. "
            "Write the titles as the gradebook has them."
        )
    known = due.reindex(range(len(work))).to_numpy(dtype="datetime64[s]")
    given = pd.Series(known[at.clip(0)], index=scores.index).where(at >= 0)
    own = pd.to_datetime(scores["due"]).astype("datetime64[s]")
    entries = []
    if strange:
        more = ", …" if len(strange) > 4 else ""
        what = f"titles of the table of the work are not in the gradebook: {', '.join(strange[:4])}{more}"
        entries.append(Entry("given", "due dates", len(strange), what, "they may be misspelled"))
    scores = scores.assign(due=given.fillna(own))
    left = int(scores["due"].isna().sum())
    if left:
        entries.append(Entry("given", "due dates", left, "scores have no due date", "they are in no week"))
    what = "scores were given the due dates of a table of the work"
    entries.append(Entry("given", "due dates", int(given.notna().sum()), what, "with_due"))
    return replace(gradebook, scores=scores, entries=(*gradebook.entries, *entries))


def _table(items: pd.DataFrame | str | Path) -> pd.DataFrame:
    import pandas as pd

    if isinstance(items, pd.DataFrame):
        return items.rename(columns=lambda name: fold(str(name))).reset_index(drop=True)
    sheet = open_file(Path(items), Limits()).sheets[0]
    cells = {fold(column[0]): column.cells()[1:] for column in sheet.columns}
    return pd.DataFrame(cells, dtype=object)
