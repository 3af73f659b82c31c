"""What is counted of each student's marks: as answers to an instrument, so that the gate knows them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

from relsurvey.analysis.models.reliability_finding import ScaleReliability
from relsurvey.analysis.sampling.columns import name_of
from relsurvey.analysis.verdict import Reading
from relsurvey.errors import AnalysisError
from relsurvey.grading.ontrack import on_track
from relsurvey.grading.tally import frame_of, tally
from relsurvey.grading.terms import in_time
from relsurvey.grading.trackrule import Rule, rule_of
from relsurvey.grading.year import flags
from relsurvey.instrument import Instrument
from relsurvey.reading import Entry
from relsurvey.reading.match import shown

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from relsurvey.grading.tally import Marks

#: Who is on track while the year goes on, where no other rule is asked for.
RULE = "core-failures"
#: The one item of each measure.
ITEMS = {"no_df": "df_count", "on_track": "track", "a_g": "ag_all"}
#: The measures that count all terms so far: under most rules such a one can only fall within a year.
CUMULATIVE = ("on_track",)
_MANY = 3
_MOST_SAID = 12


@cache
def instrument() -> Instrument:
    """Return the measures as an instrument; nobody was asked its questions.

    Examples
    --------
    >>> list(instrument().scales)
    ['no_df', 'on_track', 'a_g']
    """
    return Instrument.from_yaml(str(resources.files(__package__) / "measures.yaml"))


@dataclass(frozen=True, eq=False)
class Counted:
    """Each student's measures in each term.

    Attributes
    ----------
    rows
        One row a student and term: as :func:`measured` returns them, and ``wave``, the term.
    terms
        In order of time; none where the marks name none.
    rule
        Who is on track; None where that is not counted.
    entries
        What was left out, and an order of terms that is only that of the marks.
    """

    rows: pd.DataFrame
    terms: tuple[str, ...]
    rule: Rule | None
    entries: tuple[Entry, ...]


def by_term(
    marks: Marks,
    rule: str | Path | dict[str, Any] | Rule | None,
    terms: Sequence[str] | None = None,
    year_course: float | None = None,
    attendance: pd.DataFrame | None = None,
) -> Counted:
    """Count each student's marks, term by term.

    Parameters
    ----------
    marks
        As for :func:`measured`.
    rule
        As for :func:`relsurvey.grading.on_track`; ``"auto"`` takes :data:`RULE` where the marks can answer
        it.
    terms
        The terms in order of time; None takes it from their names (:func:`relsurvey.grading.terms.in_time`),
        and where these do not tell it, the order of the marks.
    year_course, attendance
        As for :func:`measured`.

    Raises
    ------
    AnalysisError
        If there is no final mark, a term that is named has none, or the rule asks for what the marks lack.
    PolicyError
        If there is no such rule.
    """
    import pandas as pd

    frame, _ = frame_of(marks)
    found = [str(term) for term in frame["term"].dropna().unique()] if "term" in frame else []
    given = [terms] if isinstance(terms, str) else terms
    entries = []
    if given is None:
        known = in_time(found)
        order = found if known is None else list(known)
        if known is None:
            said = ", ".join(shown(term, 40) for term in order[:_MOST_SAID])
            what = f"the terms are taken in this order: {said}{' …' if len(order) > _MOST_SAID else ''}"
            why = "their names do not tell which came first, so it is that of the file; `terms=` changes it"
            entries.append(Entry("terms", "", 0, what, why))
    else:
        order = [name_of(term) for term in given]
    missing = [term for term in order if term not in found]
    if missing:
        there = ", ".join(shown(term, 40) for term in found) or "none"
        raise AnalysisError(f"No mark is of the term {shown(missing[0], 40)}. There are: {there}.")
    chosen = None if rule is None else rule_of(RULE if rule == "auto" else rule)
    if chosen is not None:
        try:
            if few := on_track(frame, chosen, attendance, year_course=year_course).few_credits:
                raise AnalysisError(f"{few} Name a rule without credits, such as rule={RULE!r}.")
        except AnalysisError as error:
            if rule != "auto":
                raise
            chosen = None
            entries.append(Entry("measures", "", 0, "on track is not counted", str(error)))
    if not order:
        whole = measured(frame, chosen, None, year_course, attendance).assign(wave=None)
        return Counted(whole, (), chosen, tuple(entries))
    parts = [
        measured(frame, chosen, order[: k + 1], year_course, attendance).assign(wave=term)
        for k, term in enumerate(order)
    ]
    return Counted(pd.concat(parts, ignore_index=True), tuple(order), chosen, tuple(entries))


def measured(
    marks: Marks,
    rule: Rule | None,
    terms: Sequence[str] | None = None,
    year_course: float | None = None,
    attendance: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Count each student's marks.

    Parameters
    ----------
    marks
        A table of marks, a gradebook, or marks regraded.
    rule
        Who is on track; None leaves that measure out.
    terms
        The last of these is the term that is counted, and on track is told by the marks of all of them; None
        takes every mark for both.
    year_course
        The credits of a course of a whole year, as ``on_track`` takes them.
    attendance
        By student, as ``on_track`` takes it.

    Returns
    -------
    pandas.DataFrame
        One row a student with a final mark: ``student``, ``school`` and the items of :data:`ITEMS` as codes,
        NaN where it cannot be told. For this kernel alone.

    Raises
    ------
    AnalysisError
        If there is no final mark of any student, or the rule asks for what the marks lack.

    Examples
    --------
    >>> import pandas as pd
    >>> marks = pd.DataFrame({"student": list("aaabbb"), "letter": list("ABCDFF")})
    >>> measured(marks, None)[["student", "df_count"]].values.tolist()
    [['a', 3.0], ['b', 1.0]]
    """
    import numpy as np
    import pandas as pd

    frame, _ = frame_of(marks)
    so_far = frame
    if terms is not None:
        so_far, frame = frame[frame["term"].isin(terms)], frame[frame["term"] == terms[-1]]
    found = tally(frame)
    n = len(found.names)
    final = np.bincount(found.student[found.final], minlength=n)
    if not final.any():
        raise AnalysisError("No student has a final mark, so there is nothing to show.")
    df = np.bincount(found.student[found.df], minlength=n)
    table = pd.DataFrame({"student": found.names, "school": _schools(found.frame, found.student, n)})
    table["df_count"] = np.where(df >= _MANY, 1.0, np.where(df > 0, 2.0, 3.0))
    table["track"] = np.nan
    if rule is not None:
        track = on_track(so_far, rule, attendance, year_course=year_course).students
        standing = track.set_index("student")["on_track"]
        table["track"] = standing.map({True: 2.0, False: 1.0}).reindex(found.names).to_numpy(dtype=float)
    table["ag_all"] = np.nan
    counted = flags(found, "ag")
    if counted is not None:
        mine = (counted == 1) & found.final
        of = np.bincount(found.student[mine], minlength=n)
        reached = np.bincount(found.student[mine & found.c_or_better], minlength=n)
        table["ag_all"] = np.where(of == 0, np.nan, np.where(reached == of, 2.0, 1.0))
    return table[final > 0].reset_index(drop=True)


def _schools(frame: pd.DataFrame, student: NDArray[np.intp], n: int) -> list[str | None]:
    """Return each student's school: of several the last one named."""
    import pandas as pd

    schools = frame.get("school")
    if schools is None:
        return [None] * n
    named = pd.Series(schools.to_numpy()).groupby(student).last().reindex(range(n))
    found: list[str | None] = named.astype(object).where(named.notna(), None).tolist()
    return found


def counted(scale: str, n: int) -> ScaleReliability:
    """Return what stands for a scale's reliability where nothing was asked: it is read as it is counted."""
    said: dict[str, Any] = {"scale": scale, "n_items": 1, "n": n, "complete": n, "missing": "pairwise"}
    none: dict[str, Any] = {"float": math.nan, "str | None": None}
    figures = {field.name: none.get(str(field.type), ()) for field in fields(ScaleReliability)}
    return ScaleReliability(**{**figures, **said, "verdict": Reading("report", "counted")})
