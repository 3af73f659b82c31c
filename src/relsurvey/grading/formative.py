"""Formative checks: who meets a standard, week by week, with what was done about it noted beside it."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from relsurvey.analysis.finding import MIN_N_SHOWN, Face, Finding, Value, fewest
from relsurvey.analysis.runchart import RunChart, runchart
from relsurvey.analysis.shares import wilson
from relsurvey.errors import AnalysisError
from relsurvey.escape import one_line, plain_text
from relsurvey.grading.shares import limits_words, percent_words
from relsurvey.instrument.fold import fold
from relsurvey.reading import dates
from relsurvey.reading.limits import Limits
from relsurvey.reading.match import shown
from relsurvey.reading.opening import open_file
from relsurvey.words import say, students_words

if TYPE_CHECKING:
    import pandas as pd

_YES = frozenset(("1", "1.0", "true", "yes", "y", "met", "meets", "sí", "si", "logrado"))
_NO = frozenset(("0", "0.0", "false", "no", "n", "not met", "not yet", "no logrado", "todavía no"))
#: More moves than this in one week are a list, not a note.
_MOVES = 5
_DIGITS = re.compile(r"\d+")
_SLASHED = re.compile(r"#\s*/\s*#")


@dataclass(frozen=True, repr=False, eq=False)
class Formative(Finding):
    """The share of students who meet each standard, by week: numbers once, and every face of them.

    Attributes
    ----------
    rows
        One row a standard and week: see :func:`formative`.
    standard
        The one that was checked in the most weeks (the first of several); None if there is none.
    chart
        Its run chart; None if there is none.
    notes
        What was left out: each a key of the catalogue and a number.
    """

    rows: pd.DataFrame
    standard: str | None
    chart: RunChart | None
    notes: tuple[tuple[str, int], ...]

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """``standards``: a row a standard and week; ``run``: the run chart's periods."""
        run = {} if self.chart is None else {"run": self.chart.tables["periods"]}
        return {"standards": self.rows, **run}

    def in_words(self, language: str = "en") -> str:
        """Say how much was checked, and whether the standard with the most weeks changed."""
        many = self.rows[self.rows["n"] >= fewest()]
        if not len(many):
            return say(language, "grading.formative_too_few", min_n=fewest())
        standards, weeks = many["standard"].nunique(), many["week"].nunique()
        parts = [say(language, "grading.formative_said", standards=standards, weeks=weeks)]
        if self.chart is not None and self.standard is not None:
            k = int((self.rows["standard"] == self.standard).sum())
            parts.append(say(language, "grading.formative_one", standard=self.standard, weeks=k))
            parts.append(self.chart.in_words(language))
        parts.append(say(language, "grading.formative_cannot"))
        parts += [say(language, f"grading.{key}", n=f"{n:,}") for key, n in self.notes]
        return " ".join(parts)

    def faces(self, language: str = "en", min_n: int = MIN_N_SHOWN) -> tuple[Face, ...]:
        """Return the standards by week; those of fewer than ``min_n`` students are masked."""
        keys = ("standard", "week", "n", "share", "range", "move")
        rows: list[tuple[Value, ...]] = []
        for _, row in self.rows.iterrows():
            n = int(row["n"])
            about = (row["standard"], row["week"])
            if n < min_n:
                under = say(language, "grading.formative_under", min_n=min_n)
                rows.append((*about, under, "", "", row["move"]))
                continue
            share = percent_words(language, row["share"], n)
            spread = limits_words(language, row["low"], row["high"])
            rows.append((*about, students_words([language], n)[language], share, spread, row["move"]))
        head = tuple(say(language, f"grading.formative_head_{key}") for key in keys)
        return (Face(say(language, "grading.formative_title"), head, tuple(rows)),)


def formative(checks: pd.DataFrame | str | Path, columns: Mapping[str, str] | None = None) -> Formative:
    """Follow formative checks: the share of students who meet each standard, week by week.

    Parameters
    ----------
    checks
        A table, or the path of one, with ``standard`` and ``week`` (dates, which are joined by their week, or
        numbers, alone or in one text such as ``Week 2``), and either counts (``n`` students, of whom
        ``meeting`` meet it: a row a class, say) or students (``student, meets``: yes or no). ``move``, what
        was done about it, stands beside its week. Other columns, such as a section or a teacher, are added up
        and shown nowhere.
    columns
        What the table calls them: its name by ours.

    Returns
    -------
    Formative
        ``.table`` has one row a standard and week, in the order of time: ``standard, week`` (of dates its
        Monday), ``n, meeting, share, low, high`` (95 %, Wilson) and ``move``.

    Raises
    ------
    AnalysisError
        If a column is missing, a count is not between 0 and its ``n``, a cell of ``meets`` is neither yes nor
        no, or nothing tells in which order the weeks come.

    Examples
    --------
    >>> import pandas as pd
    >>> checks = pd.DataFrame({"standard": "A.REI.3", "week": [1, 1, 2], "section": ["1", "2", "1"],
    ...                        "n": [20, 20, 40], "meeting": [8, 12, 30], "move": ["", "", "number lines"]})
    >>> formative(checks).table[["week", "n", "share", "move"]].values.tolist()
    [['1', 40, 0.5, ''], ['2', 40, 0.75, 'number lines']]
    """
    import pandas as pd

    table = _named(checks, columns or {})
    notes: list[tuple[str, int]] = []
    by_student = "student" in table and "meets" in table
    needed = ("standard", "week", *(("student", "meets") if by_student else ("n", "meeting")))
    for column in needed:
        if column not in table:
            raise AnalysisError(
                f"The checks have no column `{column}`. Give standard, week, and n and meeting "
                "(or student and meets); `columns` says what the table calls them."
            )
    texts = table[[*needed, *(["move"] if "move" in table else [])]].astype(object)
    texts = texts.where(texts.notna(), "").map(lambda cell: one_line(plain_text(str(cell))))
    there = (texts[list(needed)] != "").all(axis=1)
    if not there.all():
        notes.append(("formative_unnamed", int((~there).sum())))
    texts = texts[there].reset_index(drop=True)
    weeks = _weeks(texts["week"].unique().tolist())
    places = [(s, weeks[week][0]) for s, week in zip(texts["standard"], texts["week"], strict=True)]
    # In the order of time, the last check of a student is the latest.
    texts = texts.loc[sorted(texts.index, key=places.__getitem__)].reset_index(drop=True)
    texts["week"] = [weeks[week][1] for week in texts["week"]]
    counted = _of_students(texts, notes) if by_student else _of_counts(texts)
    moves = texts["move"] if "move" in texts else pd.Series("", index=texts.index)
    noted = texts.assign(move=moves).groupby(["standard", "week"], sort=False)
    told = {key: _moves(part["move"].tolist()) for key, part in noted}
    rows = counted.groupby(["standard", "week"], sort=False, as_index=False)[["n", "meeting"]].sum()
    limits = [wilson(int(k), int(n)) for k, n in zip(rows["meeting"], rows["n"], strict=True)]
    rows = rows.assign(
        share=[k / n if n else math.nan for k, n in zip(rows["meeting"], rows["n"], strict=True)],
        low=[low for low, _ in limits],
        high=[high for _, high in limits],
        move=[told[key] for key in zip(rows["standard"], rows["week"], strict=True)],
    )
    standard, chart = _charted(rows)
    return Formative(rows, standard, chart, tuple(notes))


def _named(checks: pd.DataFrame | str | Path, columns: Mapping[str, str]) -> pd.DataFrame:
    import pandas as pd

    if isinstance(checks, pd.DataFrame):
        table = checks.reset_index(drop=True)
    else:
        sheet = open_file(Path(checks), Limits()).sheets[0]
        table = pd.DataFrame({column[0]: column.cells()[1:] for column in sheet.columns}, dtype=object)
    theirs = {fold(name): ours for ours, name in columns.items()}
    return table.rename(columns=lambda name: theirs.get(fold(str(name)), fold(str(name))))


def _of_counts(texts: pd.DataFrame) -> pd.DataFrame:
    import pandas as pd

    try:
        n, meeting = (pd.to_numeric(texts[name]).astype(float) for name in ("n", "meeting"))
    except (ValueError, TypeError):
        raise AnalysisError("`n` or `meeting` of the checks holds something that is no number.") from None
    whole = (n % 1 == 0) & (meeting % 1 == 0)
    if not (whole & (meeting >= 0) & (meeting <= n)).all():
        raise AnalysisError(
            "A check has a count that is not a whole number from 0 to its `n`. Give counts of students."
        )
    return texts[["standard", "week"]].assign(n=n.astype(int), meeting=meeting.astype(int))


def _of_students(texts: pd.DataFrame, notes: list[tuple[str, int]]) -> pd.DataFrame:
    said = texts["meets"].str.casefold()
    if not said.isin(_YES | _NO).all():
        raise AnalysisError(
            "`meets` of the checks holds something that is neither yes nor no. Write yes or no (1 or 0)."
        )
    meets = texts.assign(meeting=said.isin(_YES).astype(int), n=1)
    once = meets.drop_duplicates(["standard", "week", "student"], keep="last")
    if len(once) < len(meets):
        notes.append(("formative_twice", len(meets) - len(once)))
    return once[["standard", "week", "n", "meeting"]].copy()


def _weeks(texts: Sequence[str]) -> dict[str, tuple[tuple[int, ...], str]]:
    """Return of each week, as it is written, its place in time and its one name."""
    if texts and all(dates.moment(text, day_first=True) for text in texts):
        days = {text: _day(text, texts) for text in texts}
        mondays = {text: day - timedelta(days=day.weekday()) for text, day in days.items()}
        return {text: ((day.toordinal(),), f"{mondays[text]:%Y-%m-%d}") for text, day in days.items()}
    bare = {text: text.removesuffix(".0") for text in texts}
    kinds = {_DIGITS.sub("#", fold(text)) for text in bare.values()}
    if any(_SLASHED.search(kind) for kind in kinds):
        raise AnalysisError(
            "`week` of the checks holds dates without their year, or among other texts. Write dates as "
            "2026-03-06, and nothing else."
        )
    if len(kinds) > 1:
        raise AnalysisError(
            "`week` of the checks holds weeks of several kinds, so their order is not known. Write them all "
            "as dates (2026-03-06), as numbers, or as one text with a number (Week 2)."
        )
    places = {text: tuple(map(int, _DIGITS.findall(fold(one)))) for text, one in bare.items()}
    names: dict[tuple[int, ...], str] = {}
    for text, one in bare.items():
        names.setdefault(places[text], one)
    return {text: (place, names[place]) for text, place in places.items()}


def _day(text: str, others: Sequence[str]) -> date:
    """Return one date, read as those beside it show."""
    first = dates.day_first(others)
    found = set()
    for way in (True, False) if first is None else (first,):
        year, month, day, *_ = dates.moment(text, day_first=way) or (0,) * 6
        with suppress(ValueError):
            found.add(date(year, month, day))
    if not found:
        raise AnalysisError(
            "`week` of the checks holds no date that can be read in some rows. Write dates as 2026-03-06."
        )
    if len(found) > 1:
        one, other = sorted(f"{day:%Y-%m-%d}" for day in found)
        raise AnalysisError(
            f"{shown(text, 20)} in `week` can be {one} or {other}. Write dates as 2026-03-06."
        )
    return found.pop()


def _moves(moves: list[str]) -> str:
    known = list(dict.fromkeys(move for move in moves if move))
    return "; ".join(known[:_MOVES]) + (" …" if len(known) > _MOVES else "")


def _charted(rows: pd.DataFrame) -> tuple[str | None, RunChart | None]:
    """Return the standard that was checked in the most weeks, and its run chart."""
    if not len(rows):
        return None, None
    standard = str(rows["standard"].value_counts(sort=False).idxmax())
    own = rows[rows["standard"] == standard]
    weeks = [int(week) if week.isdecimal() else week for week in own["week"]]
    return standard, runchart(own["meeting"].tolist(), own["n"].tolist(), periods=weeks)
