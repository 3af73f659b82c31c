"""A school's own table as scores: a row a student, or a row a score."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from relsurvey.errors import ReadError
from relsurvey.escape import yaml_scalar
from relsurvey.grading import cells
from relsurvey.grading.counting import many
from relsurvey.grading.formats import ROW
from relsurvey.grading.formats.columns import Columns, empties
from relsurvey.grading.gradebook import KEYS, SCORES, table
from relsurvey.grading.mapping import Item
from relsurvey.instrument.fold import fold
from relsurvey.reading.match import shown

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray


_ABOUT = ("student", "school", "course", "section", "teacher", "term")

#: What a column of statuses may say in words of its own.
_STATUS = {
    "": "scored", "scored": "scored", "graded": "scored", "calificado": "scored",
    "late": "late", "tarde": "late", "con retraso": "late",
    "missing": "missing", "faltante": "missing", "no entregado": "missing",
    "excused": "excused", "exempt": "excused", "justificado": "excused", "exento": "excused",
    "not assigned": "not_assigned", "not_assigned": "not_assigned", "no asignado": "not_assigned",
    "ungraded": "scored", "not graded": "scored", "sin calificar": "scored",
}  # fmt: skip


def _about(c: Columns) -> dict[str, Any]:
    return {**{role: c.objects(role) for role in _ABOUT}, ROW: c.table.numbers[c.rows]}


def wide(c: Columns) -> pd.DataFrame:
    """Return the scores of a table with a row a student and a column a piece of work.

    Raises
    ------
    ReadError
        If points possible are not known, two columns have one title, or a student has two scores of a work.
    """
    import numpy as np

    about = _about(c)
    details = {fold(name): item for name, item in c.mapping.items.items()}
    kinds = c.mapping.kinds
    titles: dict[str, str] = {}
    without: list[str] = []
    once: dict[str, list[Any]] = {"item": [], "category": [], "due": []}
    each: dict[str, list[Any]] = {"points_possible": [], "raw": [], "status": [], "code": []}
    percents = 0
    known = [details.get(fold(column.name), Item()) for column in c.items]
    dues = [item.due or c.head("due", column) for item, column in zip(known, c.items, strict=True)]
    c.note_dots(Counter(dues))
    for (column, read), item, due in zip(c.scores_of(c.items), known, dues, strict=True):
        title = item.title or column.name
        if titles.setdefault(fold(title), column.name) != column.name:
            raise ReadError(
                f"{c.where}: the columns {shown(titles[fold(title)])} and {shown(column.name)} have one "
                "title. Give each a `title` of its own under `items` in the mapping."
            )
        points = item.points
        if points is None and c.head("points", column):
            points = cells.plain_number(c.head("points", column), c.decimal)
            if points is None or points < 0:
                raise ReadError(
                    f"{c.where}: the row of points holds no number in the column {shown(column.name)}, or "
                    "one below 0. Correct it, or write "
                    f"`items: {{{yaml_scalar(column.name[:40])}: {{points: 10}}}}` into the mapping."
                )
        said = np.full(len(c.rows), np.nan if points is None else points)
        _check_points(c, read, said, column.name)
        named = np.unique(read.of[_fractions(read)])
        if points is None:
            said[:] = named[0] if len(named) == 1 else np.nan
            said = np.where(_fractions(read), read.of, said)
            if not len(named) and c.mapping.points is not None:
                said[:] = c.mapping.points
        raw, of, alone = _in_points(read, read.percent, said)
        if alone.any():
            # Without a number a cell is of as many points as the percents beside it; a number stays unclear.
            of[np.isnan(of) & np.isnan(read.number)] = 100
        if np.isnan(of).any():
            without.append(column.name)
        _check_percents(c, read, of, column.name, np.zeros(len(c.rows), np.intp))
        percents += int(alone.sum())
        once["item"].append(title)
        once["category"].append(
            item.category
            or kinds.get(fold(title))
            or kinds.get(fold(column.name))
            or c.head("category", column)
            or None
        )
        day = c.moment(due, list(filter(None, dues)), c.where, column.name) if due else np.datetime64("NaT")
        once["due"].append(day)
        for name, values in zip(each, (of, raw, read.status, read.code), strict=True):
            each[name].append(values)
    if without:
        raise _no_points(c.where, without, "columns")
    _note_percents(c, percents)
    n, k = len(c.rows), len(titles)
    rows: dict[str, Any] = {name: np.tile(values, k) for name, values in about.items()}
    for name, entries in once.items():
        values = np.empty(k, "datetime64[s]" if name == "due" else object)
        values[:] = entries
        rows[name] = np.repeat(values, n)
    rows |= {name: np.concatenate(parts) for name, parts in each.items()}
    return _once(c, _noted(c, table(SCORES, rows, n * k)))


def long(c: Columns) -> pd.DataFrame:
    """Return the scores of a table with a row a score.

    Raises
    ------
    ReadError
        If points possible are not known, a row names no work, or nothing tells two scores of one work apart.
    """
    import numpy as np

    role = "raw" if "raw" in c.columns else "percent"
    column = c.columns[role]
    read = c.percents() if role == "percent" else c.scores_of([column])[0][1]
    item = c.objects("item")
    if empties(item).any():
        first = c.table.numbers[c.rows[empties(item).argmax()]]
        raise ReadError(
            f"{c.where}, row {first}: the column {shown(c.columns['item'].name)} names no work. "
            "Fill it in, or delete the row."
        )
    points = c.numbers("points_possible", "points possible")
    if (points < 0).any():
        raise ReadError(
            f"{c.where}, row {c.table.numbers[c.rows[(points < 0).argmax()]]}: the points possible are below "
            "0. Correct the cell."
        )
    _check_points(c, read, points, column.name)
    percent = read.percent | (~np.isnan(read.number) & ~_fractions(read) & (role == "percent"))
    points = _filled_points(c, item, np.where(np.isnan(points) & _fractions(read), read.of, points))
    raw, of, alone = _in_points(read, percent, points)
    empty = np.isnan(of) & np.isnan(read.number)
    of[empty] = 100 if role == "percent" else _filled_points(c, item, of)[empty]
    if role == "raw":
        _check_percents(c, read, points, column.name, np.unique(item.astype(str), return_inverse=True)[1])
    if np.isnan(of).any():
        raise _no_points(c.where, list(dict.fromkeys(item[np.isnan(of)])), "work")
    _note_percents(c, int(alone.sum()))
    status, code = _statuses(c, read)
    rows: dict[str, Any] = _about(c)
    rows |= {"item": item, "points_possible": of, "raw": raw, "status": status, "code": code}
    kinds = c.mapping.kinds
    by = {title: kinds.get(fold(title)) for title in set(item)}
    named = np.array([by[title] for title in item], object)
    rows["category"] = np.where(empties(named), c.objects("category"), named)
    for name in ("due", "submitted"):
        if name in c.columns:
            rows[name] = c.moments(name)
    if "days_late" in c.columns:
        rows["days_late"] = c.numbers("days_late", "days late")
    if "attempt" in c.columns:
        attempt = c.numbers("attempt", "attempts")
        attempt = np.where(np.isnan(attempt), 1, attempt)
        if (attempt != np.floor(attempt)).any() or (attempt < 1).any():
            raise ReadError(
                f"{c.where}: {shown(c.columns['attempt'].name)} numbers attempts by other than 1, 2, 3. "
                "Correct it, or its role in the mapping."
            )
        rows["attempt"] = attempt.astype(np.int16)
    return _once(c, _noted(c, table(SCORES, rows, len(c.rows))))


def _noted(c: Columns, scores: pd.DataFrame) -> pd.DataFrame:
    """Note scores above their points possible and below zero."""
    above = int((scores["raw"].gt(scores["points_possible"]) & scores["points_possible"].gt(0)).sum())
    if above:
        c.note("score cells", above, "scores are above their points possible", "kept: extra credit")
    below = int(scores["raw"].lt(0).sum())
    if below:
        c.note("score cells", below, "scores are below zero", "kept: points were taken off")
    return scores


def _check_percents(
    c: Columns, read: cells.Cells, points: NDArray[np.float64], name: str, work: NDArray[np.intp]
) -> None:
    """Refuse work with percents among its scores, and a number that may be points or percent.

    Raises
    ------
    ReadError
        If there is one; 0 is the same either way, and without points possible those are asked for.
    """
    import numpy as np

    bare = ~np.isnan(read.number) & np.isnan(read.of) & (read.number != 0) & empties(read.code)
    mixed = bare & ~np.isnan(points) & np.isin(work, work[read.percent])
    if mixed.any():
        raise ReadError(
            f"{c.where}, row {c.table.numbers[c.rows[mixed.argmax()]]}: the column {shown(name)} has scores "
            "in percent, and a number there without the sign. Write all of them alike."
        )


def _filled_points(c: Columns, item: NDArray[np.object_], of: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return points possible, where a row says none those of the same work, else the mapping's."""
    import numpy as np
    import pandas as pd

    empty = np.isnan(of)
    if empty.any():
        known = pd.DataFrame({"course": c.objects("course"), "item": item, "of": of})
        by = known.groupby(["course", "item"], dropna=False)["of"]
        one = np.where(by.transform("nunique") == 1, by.transform("max"), np.nan)
        of = np.where(empty, one, of)
        if c.mapping.points is not None:
            of = np.where(np.isnan(of), c.mapping.points, of)
    return of


def _statuses(c: Columns, read: cells.Cells) -> tuple[NDArray[np.object_], NDArray[np.object_]]:
    """Return what became of each score: as its own cell says, or the column of statuses."""
    import numpy as np

    if "status" not in c.columns:
        return read.status, read.code
    column = c.columns["status"]
    picked = column.cells.take(c.rows)
    words = {fold(code): meant for code, meant in c.known.items() if isinstance(meant, str)}
    meant = np.full(len(picked.texts), None, object)
    spelled = {fold(code): code for code in c.known}
    unexplained: Counter[str] = Counter()
    coded: Counter[str] = Counter()
    counts = picked.counts()
    for place in picked.used:
        text = fold(picked.texts[place])
        meant[place] = words.get(text) or _STATUS.get(text)
        if meant[place] is None:
            unexplained[picked.texts[place].strip()] += counts[picked.texts[place]]
        elif text in words or meant[place] != "scored":
            coded[text] += counts[picked.texts[place]]
    if unexplained:
        place = next(i for i in picked.used if meant[i] is None)
        first = f"row {c.first_row(picked, place)}, column {shown(column.name)}"
        raise cells.unexplained_error([(column.name, unexplained)], c.where, first, c.known)
    for text, n in coded.items():
        what = f"{shown(spelled.get(text, text), 20)} was read as {words.get(text) or _STATUS[text]}"
        why = "the code table says so" if text in words else "its word says so in any school"
        c.note("score codes", n, what, why)
    said = meant[picked.codes]
    texts = picked.objects()
    numbered = ~np.isnan(read.number)
    # Without a number, scored and late work waits to be graded; a code in the score's own cell stands.
    empty = ~numbered & (read.code == "")
    firm = np.isin(said, ("missing", "excused", "not_assigned"))
    status = np.where(firm | (numbered & (said == "late")), said, read.status)
    code = np.where(empty & firm, texts, read.code)
    return status, code


def _once(c: Columns, scores: pd.DataFrame) -> pd.DataFrame:
    """Return scores of which no two are of one student, course, term, item and attempt.

    Raises
    ------
    ReadError
        If nothing tells two of them apart.
    """
    import numpy as np

    keys = [*KEYS, "item", *(["attempt"] if "attempt" in c.columns else [])]
    twice = scores.duplicated(keys, keep=False).to_numpy()
    if not twice.any():
        return scores
    empty = (scores["status"] == "ungraded").to_numpy()
    unit = scores.groupby(keys, dropna=False, sort=False).ngroup().to_numpy()
    filled = np.bincount(unit, weights=~empty) > 0
    spare = empty & (filled[unit] | scores.duplicated(keys).to_numpy())
    if spare.any():
        what = "empty cells beside another cell of the same student and work were left out"
        why = "a student stands in two rows, as after a change of section"
        c.note("layout", int(spare.sum()), what, why)
        scores = scores[~spare].reset_index(drop=True)
        twice = scores.duplicated(keys, keep=False).to_numpy()
    if not twice.any():
        return scores
    if "attempt" not in c.columns and "submitted" in scores and _by_date(c, scores, twice):
        return scores
    again = scores.duplicated(keys).to_numpy()
    which = (
        "`course`, `term` or `school`"
        if c.mapping.layout == "wide"
        else "`attempt`, `submitted`, `course`, `term` or `school`"
    )
    raise ReadError(
        f"{c.where}: {many(int(again.sum()), 'score')} of a student, course, term and work that have one "
        f"already, the first in row {scores.loc[again, ROW].iloc[0]}. Name the column that tells them apart "
        f"in the mapping ({which}), or delete the rows that repeat."
    )


def _by_date(c: Columns, scores: pd.DataFrame, twice: NDArray[np.bool_]) -> bool:
    """Set attempts by when they were handed in, and say whether that tells all of them apart."""
    keys = [*KEYS, "item"]
    if scores.loc[twice, "submitted"].isna().any() or scores.duplicated([*keys, "submitted"]).any():
        return False
    order = scores.sort_values("submitted", kind="stable")
    scores["attempt"] = order.groupby(keys, dropna=False, sort=False).cumcount().add(1).astype("int16")
    what = "scores of the same student and work were numbered as attempts"
    c.note("layout", int(twice.sum()), what, "in the order in which they were handed in")
    return True


def _note_percents(c: Columns, n: int) -> None:
    if n:
        what = "scores in percent were taken as of 100 points"
        c.note("layout", n, what, "nothing says of how many points")


def _fractions(read: cells.Cells) -> NDArray[np.bool_]:
    """Return which cells name the points possible themselves, as ``8/10`` does."""
    import numpy as np

    return ~np.isnan(read.of) & ~read.percent


def _check_points(c: Columns, read: cells.Cells, points: NDArray[np.float64], name: str) -> None:
    """Refuse a cell such as ``8/10`` that says otherwise than the points possible that are known.

    Raises
    ------
    ReadError
        If there is one.
    """
    import numpy as np

    other = np.flatnonzero(_fractions(read) & ~np.isnan(points) & (read.of != points))
    if len(other):
        raise ReadError(
            f"{c.where}: the column {shown(name)} has scores out of {read.of[other[0]]:g}, and the points "
            f"possible are {points[other[0]]:g}. Correct one of the two."
        )


def _in_points(
    read: cells.Cells, percent: NDArray[np.bool_], points: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.bool_]]:
    """Return scores in points, of how many they are, and which are percents of a number nobody knows."""
    import numpy as np

    alone = percent & np.isnan(points)
    raw = np.where(percent & ~alone, read.number * points / 100, read.number)
    return raw, np.where(alone, 100.0, points), alone


def _no_points(where: str, names: Sequence[str], what: str) -> ReadError:
    listed = ", ".join(shown(name, 40) for name in names[:6])
    more = f" and {len(names) - 6} more" if len(names) > 6 else ""
    fix = "give a column the role `points_possible`"
    if what == "columns":
        fix = f"`items: {{{yaml_scalar(names[0][:40])}: {{points: 10}}}}`"
    return ReadError(
        f"{where} does not say how many points are possible for the {what} {listed}{more}. "
        f"Say it in the mapping: {fix}, or `points: 10` for all."
    )
