"""What is counted of each student's marks: as answers to an instrument, so that the gate knows them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

from relsurvey.analysis.finding import fewest
from relsurvey.analysis.models.reliability_finding import ScaleReliability
from relsurvey.analysis.nonresponse import ENOUGH
from relsurvey.analysis.sampling.columns import name_of
from relsurvey.analysis.verdict import Reading
from relsurvey.errors import AnalysisError
from relsurvey.grading.ontrack import on_track
from relsurvey.grading.shares import limits_words
from relsurvey.grading.tally import frame_of, tally
from relsurvey.grading.terms import beside_the_year, in_time
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
#: What is missing where a requirement cannot be told.
_LACKING = {
    "credits": "the credits of a whole year",
    "core_failed": "which courses are core, or how marks that are not final end",
    "gpa": "marks with points",
    "no_df": "final marks in English or math, or of another subject that the rule names",
    "df_count": "how marks that are not final end",
}


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
        One row a student and term: as :func:`measured` returns them, with ``wave``, the term, for ``ruled``.
    terms
        In order of time; none where the marks name none.
    rule
        Who is on track; None where that is not counted.
    entries
        What was left out: a measure, schools in which it cannot be told, terms.
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
        without the summer terms that stand beside others.
    year_course, attendance
        As for :func:`measured`.

    Raises
    ------
    AnalysisError
        If there is no final mark, a term that is named has none, the names of terms do not tell which came
        first, or the rule asks for what the marks lack.
    PolicyError
        If there is no such rule.

    Notes
    -----
    Where in a school it cannot be told of more than 15 in 100 students who is on track, this is counted of
    nobody there, nor in any share that holds the school: those of whom it can be told are no fair part, since
    one requirement that fails is enough to be off track.
    """
    import pandas as pd

    frame, _ = frame_of(marks)
    found = [str(term) for term in frame["term"].dropna().unique()] if "term" in frame else []
    given = [terms] if isinstance(terms, str) else terms
    entries: list[Entry] = []
    if given is None:
        order, beside = _ordered(found)
        if beside:
            n = int(frame["term"].astype(str).isin(beside).sum())
            what = f"marks of terms beside the school year are left out: {_quoted(beside)}"
            entries.append(Entry("terms", "", n, what, "the page is of the year; `terms=` takes them in"))
    else:
        order = [name_of(term) for term in given]
    missing = [term for term in order if term not in found]
    if missing:
        there = ", ".join(shown(term, 40) for term in found) or "none"
        raise AnalysisError(f"No mark is of the term {shown(missing[0], 40)}. There are: {there}.")
    chosen = None if rule is None else rule_of(RULE if rule == "auto" else rule)
    spans: list[list[str] | None] = [None] if not order else [order[: k + 1] for k in range(len(order))]

    def each(rule: Rule | None) -> list[pd.DataFrame]:
        return [measured(frame, rule, span, year_course, attendance) for span in spans]

    if chosen is not None:
        try:
            so_far = frame if not order else frame[frame["term"].isin(order)]
            track = on_track(so_far, chosen, attendance, year_course=year_course)
            if few := track.few_credits:
                raise AnalysisError(f"{few} Name a rule without credits, such as rule={RULE!r}.")
            parts = each(chosen)
            entries += _untold_entries(parts[-1], track.students, chosen)
        except AnalysisError as error:
            if rule != "auto":
                raise
            chosen = None
            entries.append(Entry("measures", "", 0, "on track is not counted", str(error)))
    if chosen is None:
        parts = each(None)
    rows = [
        part.assign(track=part["track"].mask(untold(part)), wave=span and span[-1]).drop(columns="ruled")
        for part, span in zip(parts, spans, strict=True)
    ]
    return Counted(pd.concat(rows, ignore_index=True), tuple(order), chosen, tuple(entries))


def _ordered(found: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return terms in order of time, and those beside the school year."""
    beside = [term for term in found if beside_the_year(term)]
    if len(beside) == len(found):
        beside = []
    order = [term for term in found if term not in beside]
    known = in_time(order)
    if known is None:
        raise AnalysisError(
            f"The names of the terms do not tell which came first: {_quoted(order)}. Give them in order of "
            "time, the earliest first: terms=[…]."
        )
    return list(known), beside


def _quoted(terms: Sequence[str]) -> str:
    said = ", ".join(shown(term, 40) for term in terms[:_MOST_SAID])
    return f"{said} …" if len(terms) > _MOST_SAID else said


def untold(table: pd.DataFrame) -> pd.Series:
    """Say of each row of :func:`measured` whether it is of a school where on track cannot be told of many.

    These are schools where it can be told of fewer than 85 in 100 students, as of an answer (rules.md 4).
    """
    known = table["track"].notna().where(table["ruled"]).astype(float)
    share: pd.Series = known.groupby(table["school"].fillna("")).transform("mean")
    return table["ruled"] & (share < ENOUGH)


def _untold_entries(table: pd.DataFrame, students: pd.DataFrame, rule: Rule) -> list[Entry]:
    """Return where and why on track is counted of nobody, and of how many others it cannot be told.

    Raises
    ------
    AnalysisError
        If that is so in every school.
    """
    table = table[table["ruled"]]
    out = untold(table)
    reasons = students.set_index("student")["why"].reindex(table["student"]).to_numpy(dtype=object)
    whole = table.assign(why=reasons, school=table["school"].fillna(""))
    unknown = whole["track"].isna()
    if out.all():
        raise AnalysisError(
            f"Of too many students it cannot be told who is on track by the rule {rule.id}. Not known: "
            f"{_lacking(whole.loc[unknown, 'why'])}. Add that, name another rule, or none: rule=None."
        )
    entries = []
    for school, mine in whole[unknown & out].groupby("school"):
        where = f"in {shown(str(school))}" if school else "without a school"
        what = f"it can be told of fewer than {100 * ENOUGH:.0f} in 100 students there"
        why = f"{what}; not known: {_lacking(mine['why'])}"
        entries.append(Entry("untold", "", len(mine), f"on track is counted of nobody {where}", why))
    counted = whole[~out]
    n, known, on = len(counted), int(counted["track"].notna().sum()), int((counted["track"] == 2).sum())
    if n > known:
        either = ""
        if min(known, n - known) >= fewest():
            limits = limits_words("en", on / n, (on + n - known) / n)
            either = f"; whatever they are, the share of all students lies within {limits}"
        lacking = _lacking(whole.loc[unknown & ~out, "why"])
        what = "students of whom it cannot be told who is on track are in no share"
        entries.append(Entry("cannot tell", "", n - known, what, f"not known: {lacking}{either}"))
    return entries


def _lacking(why: pd.Series) -> str:
    """Return what is not known of students, what most lack first."""
    counts = why.str.split("; ").explode().str.split(" ").str[0].value_counts()
    return ", ".join(dict.fromkeys(_LACKING.get(one, one) for one in counts.index if one)) or "final marks"


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
        One row a student with a final mark: ``student``, ``school``, the items of :data:`ITEMS` as codes, NaN
        where it cannot be told, and ``ruled``, whether the rule speaks of the student's grade. For this
        kernel alone.

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
    table["track"], table["ruled"] = np.nan, False
    if rule is not None:
        track = on_track(so_far, rule, attendance, year_course=year_course).students
        standing = track.set_index("student")["on_track"]
        table["ruled"] = table["student"].isin(standing.index)
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
