"""Week by week: each week's work as run chart and p-chart, with the days on which a policy changed."""

from __future__ import annotations

import datetime
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import TYPE_CHECKING

from relsurvey.analysis.finding import MIN_N_SHOWN, Face, Finding
from relsurvey.analysis.runchart import RunChart, runchart
from relsurvey.analysis.sampling.columns import name_of
from relsurvey.errors import AnalysisError
from relsurvey.escape import one_line, plain_text
from relsurvey.grading import weekly_words
from relsurvey.grading.gradebook import Gradebook
from relsurvey.grading.letters import is_df, meanings
from relsurvey.grading.terms import in_time
from relsurvey.grading.weekly import Weekly, marks_of, weekly_of
from relsurvey.words import say

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from relsurvey.grading.snapshots import Snapshots

#: Fewest weeks that a phase's own middle line and limits come from.
FEWEST_OF_A_PHASE = 8

MEASURES = ("under_passing", "missing")
#: What the mean distance of two normal values is, in standard deviations.
_D2 = 1.128


@dataclass(frozen=True)
class Phase:
    """The weeks between two changes.

    Attributes
    ----------
    first
        The day on which it began; None for the time before the first change.
    text
        What changed, as a person wrote it: hostile until it is escaped.
    points
        How many of its weeks are drawn.
    medians
        By measure the median of its weeks; NaN where it has fewer than 8.
    spread
        By measure how much wider the limits are than separate scores would make them (Laney); 1 is not
        wider; NaN where it has no limits of its own.
    """

    first: datetime.date | None
    text: str
    points: int
    medians: dict[str, float]
    spread: dict[str, float]


@dataclass(frozen=True, repr=False, eq=False)
class Weeks(Finding):
    """Each week's work: numbers once, and every face of them.

    Attributes
    ----------
    weeks
        One row a week: see :func:`weeks`.
    charts
        The run charts of ``"under_passing"`` and ``"missing"``, about the median of all weeks.
    phases
        The time before the first change, and after each.
    passing
        Under how many percent a score is under passing, 0-100; None where courses differ.
    notes
        What was taken for granted, and what was left out: each a key of the catalogue and its values.
    """

    weeks: pd.DataFrame
    charts: dict[str, RunChart]
    phases: tuple[Phase, ...]
    passing: float | None
    notes: tuple[tuple[str, dict[str, object]], ...]
    _weekly: Weekly

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """``weeks``: a row each; ``signals``; ``phases``."""
        import pandas as pd

        head = ["phase", "first", "text", "points", *MEASURES]
        rows = [
            (k, phase.first, phase.text, phase.points, *(phase.medians[m] for m in MEASURES))
            for k, phase in enumerate(self.phases, 1)
        ]
        return {"weeks": self.weeks, "signals": self.signals, "phases": pd.DataFrame(rows, columns=head)}

    @property
    def signals(self) -> pd.DataFrame:
        """What is more than chance: ``measure, rule, first, last, found, limit``.

        The rules are ``longest_run`` and ``crossings`` of the run chart, and ``outside_limits`` of the
        p-chart, a row for each week there.
        """
        import pandas as pd

        rows: list[tuple[object, ...]] = []
        for measure, chart in self.charts.items():
            rules = chart.tables["rules"]
            for _, rule in rules[rules["signal"]].iterrows():
                rows.append(
                    (measure, rule["rule"], rule["first"], rule["last"], rule["found"], rule["limit"])
                )
            rows += [(measure, "outside_limits", *found) for found in self._outside(measure)]
        return pd.DataFrame(rows, columns=["measure", "rule", "first", "last", "found", "limit"])

    def _outside(self, measure: str) -> list[tuple[str, str, float, float]]:
        low, high = ("low", "high") if measure == "under_passing" else ("missing_low", "missing_high")
        found = []
        for _, row in self.weeks[self.weeks["left_out"] == ""].iterrows():
            for end, over in ((row[low], row[measure] < row[low]), (row[high], row[measure] > row[high])):
                if over:
                    week = str(row["week"])
                    found.append((week, week, float(row[measure]), float(end)))
        return found

    @cached_property
    def cumulative(self) -> RunChart | None:
        """Marks so far that are D, F or not passed, by week, without any rule; None where none are known.

        Each value holds those before it, so the line drifts even when nothing changes, and the rules of a run
        chart would find false signs in it (27 in 100 such lines in simulation, where 1 in 100 is usual).
        """
        counts, totals, days = [], [], []
        for day, marks in marks_of(self._weekly):
            what = meanings(marks["letter"])
            final = what.astype(bool)
            many = marks["student"][final].nunique() >= MIN_N_SHOWN
            counts.append(float(is_df(what)[final].sum()) if many else math.nan)
            totals.append(float(final.sum()) if many else math.nan)
            days.append(day)
        if not any(not math.isnan(count) for count in counts):
            return None
        return runchart(counts, totals, periods=days, cumulative=True)

    def in_words(self, language: str = "en") -> str:
        """Return what each week's work shows, by which rule, and what was left out."""
        return weekly_words.in_words(self, language)

    def faces(self, language: str = "en", min_n: int = MIN_N_SHOWN) -> tuple[Face, ...]:
        """Return the weeks; those of fewer than ``min_n`` students are masked, those without work empty."""
        return weekly_words.faces(self, language, min_n)


def weeks(
    source: Gradebook | Snapshots,
    *,
    changes: Sequence[tuple[datetime.date | str, str]] = (),
    passing: float | None = None,
    of: Mapping[str, str] | None = None,
) -> Weeks:
    """Follow each week's work: the share of scores under passing, and the share missing.

    Parameters
    ----------
    source
        A gradebook whose scores have due dates (:func:`with_due` adds them), or dated snapshots. Of snapshots
        with due dates each week counts as it stood when it ended; without them it is what is new or changed
        since the snapshot before.
    changes
        The days on which a policy changed, each with a few words.
    passing
        The percent that passes; None takes ``pass`` of the course's own rules, else 60.
    of
        Which scores: by ``school``, ``course`` or ``term`` the one that is meant.

    Returns
    -------
    Weeks
        ``.table`` has one row a week: ``week`` (its Monday, or the day of the snapshot), ``phase``, ``n``
        scores of ``n_students``, ``under_passing`` and ``missing`` (shares 0-1), ``low, high`` (limits of the
        p-chart for ``under_passing``), ``median`` (of its phase, where that has 8 weeks or more),
        ``missing_low, missing_high, missing_median``, and ``left_out``: ``"gap"`` for a week without work,
        ``"small"`` for one of fewer than 10 students.

    Raises
    ------
    AnalysisError
        If there are no due dates and no two snapshots, or a change, a part or a percent cannot be.

    Notes
    -----
    Missing is what was not handed in and what has no point; it is under passing too. Excused work, extra
    credit, empty cells and categories that are no part of the mark are not counted; of several attempts the
    highest is. Run chart: the rules of Anhøj about the median of all weeks (see
    :func:`relsurvey.analysis.runchart.runchart`); the median of the 9 weeks before a change alone gave a
    false sign in 9 of 100 simulated terms without any, that of all 18 weeks in 1. p-chart:
    p +- 3 sqrt(p (1 - p) / n) of each phase with 8 weeks or more, times Laney's sigma of the weeks' z-scores
    (the mean moving range / 1.128) where that is above 1; a shorter phase keeps the limits before it.

    Examples
    --------
    >>> import pandas as pd
    >>> from relsurvey.grading import Gradebook
    >>> scores = pd.DataFrame([
    ...     (f"s{i}", f"Quiz {week}", f"2025-09-{1 + 7 * week:02d}", 4.0 if i < week else 8.0, 10.0)
    ...     for week in range(4) for i in range(12)
    ... ], columns=["student", "item", "due", "raw", "points_possible"])
    >>> found = weeks(Gradebook.of(scores))
    >>> found.table[["n", "n_students", "under_passing"]].round(3).values.tolist()
    [[12.0, 12.0, 0.0], [12.0, 12.0, 0.083], [12.0, 12.0, 0.167], [12.0, 12.0, 0.25]]
    """
    import numpy as np
    import pandas as pd

    if passing is not None and not 0 < passing <= 100:
        raise AnalysisError(f"`passing` is {passing:g}; it is a percent over 0 and up to 100.")
    days = _changes(changes)
    weekly = weekly_of(source, passing, of)
    frame = weekly.weeks
    small = (frame["n_students"] < MIN_N_SHOWN).to_numpy(dtype=bool)
    starts = [day for day, _ in days]
    phase = np.searchsorted(np.array(starts, "datetime64[D]"), weekly.ends, side="right")
    charts = {m: _chart(frame, f"n_{m}", small) for m in MEASURES}
    whole = [period.label for period in charts["under_passing"].periods]
    rows = frame.assign(phase=phase + 1, left_out=np.where(small, "small", "")).set_index("week")
    rows = rows.reindex(whole)
    gap = rows["n"].isna().to_numpy()
    rows["left_out"] = np.where(gap, "gap", rows["left_out"])
    rows["phase"] = rows["phase"].ffill().astype(int)
    phases = []
    for k in range(len(days) + 1):
        drawn = ((rows["phase"] == k + 1) & (rows["left_out"] == "")).to_numpy()
        first, text = (None, "") if k == 0 else days[k - 1]
        phases.append(Phase(first, text, int(drawn.sum()), {}, {}))
    for measure in MEASURES:
        _limits(rows, measure, phases)
    rows = rows.reset_index()
    for name in ("n", "n_students"):
        rows[name] = rows[name].fillna(0).astype(int)
    table = pd.DataFrame({"week": rows["week"].map(datetime.date.fromisoformat).astype(object)})
    for name in (
        "phase", "n", "n_students", "under_passing", "missing", "low", "high", "median",
        "missing_low", "missing_high", "missing_median", "left_out",
    ):  # fmt: skip
        table[name] = rows[name]
    return Weeks(table, charts, tuple(phases), weekly.passing, weekly.notes, weekly)


@dataclass(frozen=True, repr=False)
class TermMarks(RunChart):
    """A run chart of terms.

    Attributes
    ----------
    as_in_file
        Whether the terms stand in the order of the marks, since their names do not tell which came first.
    """

    as_in_file: bool = False

    def told(self, language: str = "en") -> list[tuple[str, str]]:
        """Return the sentences of a run chart, and whose order that of the terms is."""
        more = [("as_in_file", say(language, "runchart.as_in_file"))] if self.as_in_file else []
        return [*super().told(language), *more]


def term_marks(
    gradebook: Gradebook, terms: Sequence[str] | None = None, *, of: Mapping[str, str] | None = None
) -> TermMarks:
    """Follow marks from term to term: the share that is D, F or not passed, as a run chart.

    Parameters
    ----------
    gradebook
        Marks of several terms.
    terms
        The terms in order of time; None takes it from their names (:func:`relsurvey.grading.terms.in_time`),
        and where these do not tell it, the order of the marks.
    of
        Which marks: by ``school``, ``course`` or ``term`` the one that is meant.

    Raises
    ------
    AnalysisError
        If marks name no term.

    Examples
    --------
    >>> import pandas as pd
    >>> from relsurvey.grading import Gradebook
    >>> marks = pd.DataFrame([(f"s{i}", term, "F" if i < k else "B") for k, term in enumerate(("Q1", "Q2"))
    ...                       for i in range(20)], columns=["student", "term", "letter"])
    >>> [period.value for period in term_marks(Gradebook.of(marks=marks)).periods]
    [0.0, 0.05]
    """
    from relsurvey.grading.weekly import chosen

    marks = chosen(gradebook.marks, of)
    known = list(dict.fromkeys(marks["term"].dropna()))
    if not known:
        raise AnalysisError("The marks name no term. Say it when the gradebook is read: term=.")
    told = in_time([name_of(term) for term in known]) if terms is None else None
    if told is not None:
        known.sort(key=lambda term: told.index(name_of(term)))
    order = list(terms) if terms is not None else known
    unknown = [term for term in order if term not in known]
    if unknown:
        there = ", ".join(map(str, known))
        raise AnalysisError(f"No mark is of the term {unknown[0]!r}. There are: {there}.")
    counts, totals, small = [], [], []
    for term in order:
        here = marks[marks["term"] == term]
        what = meanings(here["letter"])
        final = what.astype(bool)
        few = here["student"][final].nunique() < MIN_N_SHOWN
        small.append(few)
        counts.append(math.nan if few else float(is_df(what)[final].sum()))
        totals.append(math.nan if few else float(final.sum()))
    chart = _told_small(runchart(counts, totals, periods=[str(term) for term in order]), order, small)
    parts = {part.name: getattr(chart, part.name) for part in fields(chart)}
    return TermMarks(**parts, as_in_file=terms is None and told is None)


def _changes(changes: Sequence[tuple[datetime.date | str, str]]) -> list[tuple[datetime.date, str]]:
    found = []
    for change in changes:
        try:
            day, text = change
            if isinstance(day, str):
                day = datetime.date.fromisoformat(day)
            found.append((datetime.date(day.year, day.month, day.day), one_line(plain_text(str(text)))))
        except (TypeError, ValueError, AttributeError):
            raise AnalysisError(
                'A change is a day and a few words, such as ("2026-01-12", "50 % minimum"). Write each so.'
            ) from None
    return sorted(found, key=lambda one: one[0])


def _chart(frame: pd.DataFrame, column: str, small: NDArray[np.bool_]) -> RunChart:
    counts = frame[column].astype(float).mask(small)
    totals = frame["n"].astype(float).mask(small)
    chart = runchart(counts.tolist(), totals.tolist(), periods=frame["week"].tolist())
    return _told_small(chart, frame["week"].tolist(), small.tolist())


def _told_small(chart: RunChart, labels: Sequence[object], small: Sequence[bool]) -> RunChart:
    """Return a chart that says of periods of few students that they are small, and not that they are gaps."""
    few = {str(label) for label, one in zip(labels, small, strict=True) if one}
    periods = tuple(replace(p, left_out="small") if p.label in few else p for p in chart.periods)
    return replace(chart, periods=periods)


def _limits(rows: pd.DataFrame, measure: str, phases: Sequence[Phase]) -> None:
    """Put a measure's medians and limits into the weeks and phases, where a phase has enough weeks."""
    import numpy as np

    prefix = "" if measure == "under_passing" else "missing_"
    drawn = (rows["left_out"] == "").to_numpy()
    count, n = (rows[name].to_numpy(dtype=float) for name in (f"n_{measure}", "n"))
    median, low, high = (np.full(len(rows), np.nan) for _ in range(3))
    number = rows["phase"].to_numpy()
    # Before there are enough weeks, the limits are those of all.
    centre, spread = _centre(count[drawn], n[drawn])
    if drawn.sum() < FEWEST_OF_A_PHASE:
        centre = math.nan
    for k, phase in enumerate(phases, 1):
        here = drawn & (number == k)
        enough = phase.points >= FEWEST_OF_A_PHASE
        if enough:
            median[here] = np.median(count[here] / n[here])
            centre, spread = _centre(count[here], n[here])
        phase.medians[measure] = float(median[here][0]) if enough else math.nan
        phase.spread[measure] = spread if enough else math.nan
        wide = 3 * spread * np.sqrt(centre * (1 - centre) / n[here])
        low[here], high[here] = np.maximum(centre - wide, 0), np.minimum(centre + wide, 1)
    rows[f"{prefix}median"], rows[f"{prefix}low"], rows[f"{prefix}high"] = median, low, high
    rows[measure] = np.where(drawn, count / n, np.nan)


def _centre(count: NDArray[np.float64], n: NDArray[np.float64]) -> tuple[float, float]:
    """Return the share of all together, and how much more weeks differ than separate scores would (Laney)."""
    import numpy as np

    if not len(n):
        return math.nan, 1.0
    share = float(count.sum() / n.sum())
    if len(n) < 2 or not 0 < share < 1:
        return share, 1.0
    z = (count / n - share) / np.sqrt(share * (1 - share) / n)
    return share, max(1.0, float(np.abs(np.diff(z)).mean()) / _D2)
