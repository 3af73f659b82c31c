"""Each week's work of a unit as run charts that a view may hold."""

from __future__ import annotations

import datetime
import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from relsurvey.analysis.runchart import RunChart, runchart
from relsurvey.disclosure import ALL
from relsurvey.disclosure.plan import WORDS_UNDER
from relsurvey.errors import AnalysisError
from relsurvey.escape import one_line, plain_text
from relsurvey.grading import weeks
from relsurvey.grading.weeks import FEWEST_OF_A_PHASE, MEASURES, Weeks
from relsurvey.practices.hands import several
from relsurvey.reading.match import shown
from relsurvey.view import model
from relsurvey.view.pages import in_languages
from relsurvey.view.shares import percent
from relsurvey.words import Text, say, texts

if TYPE_CHECKING:
    import pandas as pd

    from relsurvey.disclosure.shown import Key
    from relsurvey.grading import Gradebook, Policy, Snapshots

Given = Any
"""A policy, or a day (a date or its ISO text) and a few words."""

#: Fewer weeks than this are no line.
_FEWEST_WEEKS = 4
_LONGEST = 80


@dataclass(frozen=True)
class Change:
    """A day on which a policy changed.

    Attributes
    ----------
    day
        The first day of it.
    title
        What changed, by language.
    schools
        Where; none is everywhere.
    """

    day: datetime.date
    title: Text
    schools: tuple[str, ...] = ()

    def holds(self, school: str | None) -> bool:
        """Whether it is one of a school's changes; of all schools together only what holds everywhere is."""
        return not self.schools or school in self.schools


def changes_of(given: Sequence[Given] | None, policies: Sequence[Policy]) -> tuple[Change, ...]:
    """Return the days on which a policy changed: as given, else those from which a course's own rules hold.

    Raises
    ------
    AnalysisError
        If a change is neither a policy that begins on a day, nor a day and a few words.
    """
    from relsurvey.grading import Policy

    if given is None:
        return tuple(change for policy in policies if (change := _of_policy(policy)) is not None)
    found = []
    for one in given:
        if isinstance(one, Policy):
            change = _of_policy(one)
            if change is None:
                raise AnalysisError(
                    f"The policy {shown(one.id, 40)} marks no change: it needs `effective: {{from: ...}}`, "
                    "and a district or schools as its `scope`, never one course or teacher."
                )
            found.append(change)
            continue
        try:
            day, text = one
            when = datetime.date.fromisoformat(day) if isinstance(day, str) else day
            found.append(Change(datetime.date(when.year, when.month, when.day), {"*": _title(str(text))}))
        except (TypeError, ValueError, AttributeError):
            raise AnalysisError(
                "A change is a policy with a first day, or a day and a few words, such as "
                '("2026-01-12", "50 % minimum"). Write each so.'
            ) from None
    return tuple(found)


def _of_policy(policy: Policy) -> Change | None:
    """Return the change that a policy is; None where it has no first day, or is one course's or teacher's."""
    first = None if policy.effective is None else policy.effective.from_
    if first is None or (policy.scope is not None and policy.scope.level in ("course", "teacher")):
        return None
    schools = policy.scope.ids if policy.scope is not None and policy.scope.level == "school" else ()
    title = {language: _title(text) for language, text in (policy.title or {"*": policy.id}).items()}
    return Change(first, title, schools)


def _title(text: str) -> str:
    """Return what a change is called, on one line that fits beside a chart."""
    said = one_line(plain_text(text))
    return said if len(said) <= _LONGEST else said[: _LONGEST - 1] + "…"


def runs(
    source: Gradebook | Snapshots,
    changes: Sequence[Change],
    schools: Mapping[str, str],
    pages: Sequence[str],
    languages: Sequence[str],
    left_out: Collection[Key] = (),
) -> dict[str, list[model.Run]]:
    """Return the run charts of each unit that has any.

    Parameters
    ----------
    source
        What is followed: scores with due dates, or snapshots.
    changes
        The days on which a policy changed.
    schools
        By unit id the name of each school with marks.
    pages
        The units that have a page.
    languages
        The view's.
    left_out
        Weeks that are not drawn on a page: unit, an empty variable, and ``week 2026-09-21``.

    Notes
    -----
    A week is drawn where 20 students or more had work in it, of three teachers or more, and 20 without any
    one of these. In the line of all schools together, a week is left out too where what the schools do not
    draw is of fewer: all less the others would tell of it.
    """
    found: dict[str, Weeks] = {}
    for unit, name in ((ALL, None), *schools.items()):
        if unit in pages or unit in schools:
            of = None if name is None else {"school": name}
            here = [(change.day, str(k)) for k, change in enumerate(changes) if change.holds(name)]
            try:
                found[unit] = weeks(source, changes=here, of=of)
            except AnalysisError:
                # A school whose work has no days has no line; of all together this is an error.
                if name is None:
                    raise
    few = {
        unit: _few(one) | {of.removeprefix("week ") for where, _, of in left_out if where == unit}
        for unit, one in found.items()
    }
    lines = {unit for unit, one in found.items() if len(one.weeks) - len(few[unit]) >= _FEWEST_WEEKS}
    if ALL in found:
        drawn = {
            schools[unit]: set(found[unit].weeks["week"].map(str)) - few[unit]
            for unit in schools
            if unit in lines and unit in pages
        }
        few[ALL] |= _left_over(found[ALL], drawn)
    return {
        unit: sorted(
            (_run(one, measure, few[unit], changes, languages) for measure in MEASURES),
            key=lambda run: not _better(one, run.id, few[unit]),
        )
        for unit, one in found.items()
        if unit in pages and len(one.weeks) - len(few[unit]) >= _FEWEST_WEEKS
    }


def _better(found: Weeks, measure: str, few: Collection[str]) -> bool:
    """Whether less is under passing or missing since the last change than before it: strengths come first."""
    if len(found.phases) < 2:
        return False
    before, after = _middles(found, measure, few)
    return after < before


def _middles(found: Weeks, measure: str, few: Collection[str]) -> tuple[float, float]:
    """Return the medians before and since the last change, of the weeks drawn; NaN for fewer than 8."""
    table = found.weeks[~found.weeks["week"].map(str).isin(few)]
    last = len(found.phases)
    shares = [table.loc[table["phase"] == phase, measure].dropna() for phase in (last - 1, last)]
    before, after = (float(s.median()) if len(s) >= FEWEST_OF_A_PHASE else math.nan for s in shares)
    return before, after


def _few(found: Weeks) -> set[str]:
    """Return the weeks that are not drawn."""
    table = found.weeks
    few = set(table.loc[(table["left_out"] != "") | (table["n_students"] < WORDS_UNDER), "week"].map(str))
    return few | _of_few(found._weekly.work)


def _of_few(work: pd.DataFrame) -> set[str]:
    """Return the weeks whose work is of few students or teachers."""
    return {
        str(week)
        for week, part in work.groupby("week")
        if part["student"].nunique() < WORDS_UNDER or not several(part, WORDS_UNDER)
    }


def _left_over(whole: Weeks, drawn: Mapping[str, Collection[str]]) -> set[str]:
    """Return the weeks in which all schools less those that draw them are of few students or teachers."""
    import numpy as np
    import pandas as pd

    work = whole._weekly.work
    school, schools = pd.factorize(work["school"], use_na_sentinel=False)
    week, weeks_ = pd.factorize(work["week"])
    told = np.array([[one in drawn.get(name, ()) for one in weeks_] for name in schools])
    return _of_few(work[~told[school, week]])


def _run(
    found: Weeks, measure: str, few: set[str], changes: Sequence[Change], languages: Sequence[str]
) -> model.Run:
    table = found.weeks
    names = table["week"].map(str).tolist()
    drawn = ~table["week"].map(str).isin(few)
    shares = table[measure].where(drawn)
    days = [_day(week, languages) for week in table["week"]]
    points = [
        model.Point(week=week, label=day, percent=percent(share) if seen else None)
        for week, day, share, seen in zip(names, days, shares, drawn, strict=True)
    ]
    own = measure == "under_passing" and found.passing is None
    key = f"practices.run_{measure}{'_own' if own else ''}"
    phases = []
    for phase in found.phases:
        if phase.first is None:
            continue
        # A change in the middle of a week begins in it.
        first = next((week for week in names if week >= str(_monday(phase.first))), None)
        if first is not None:
            phases.append(
                model.Phase(week=first, title=in_languages(changes[int(phase.text)].title, languages))
            )
    counts, totals = (shares * table["n"]).round(), table["n"].astype(float).where(drawn)
    chart = runchart(counts.tolist(), totals.tolist(), periods=names)
    return model.Run.model_validate(
        {
            "id": measure,
            "title": texts(languages, key, passing=f"{found.passing or 0:g}"),
            "points": points,
            "middle": percent(shares.median()),
            "phases": phases,
            "sentence": _sentence(found, measure, few, chart, changes, days, languages),
            "note": _note(chart, not drawn.all(), languages),
        }
    )


def _monday(day: datetime.date) -> datetime.date:
    return day - datetime.timedelta(days=day.weekday())


def _day(week: datetime.date, languages: Sequence[str]) -> Text:
    return {
        language: say(
            language, "practices.day", day=week.day, month=say(language, f"practices.month_{week.month}")
        )
        for language in languages
    }


def _sentence(
    found: Weeks,
    measure: str,
    few: Collection[str],
    chart: RunChart,
    changes: Sequence[Change],
    days: Sequence[Text],
    languages: Sequence[str],
) -> Text:
    """Return what was before and after the last change, where both have weeks enough, and what rules say."""
    told = _told(chart, days, languages)
    if len(found.phases) < 2:
        return told
    after = found.phases[-1]
    middles = _middles(found, measure, few)
    if any(map(math.isnan, middles)):
        return told
    low, high = (percent(one) for one in middles)
    side = "chance" if chart.verdict != "signal" or low == high else "down" if high < low else "up"
    values = {"change": in_languages(changes[int(after.text)].title, languages), "before": low, "after": high}
    return _one_after_other(texts(languages, f"practices.phase_{side}", **values), told, languages)


def _told(chart: RunChart, days: Sequence[Text], languages: Sequence[str]) -> Text:
    """Return what the two rules say, in a sentence for people who draw no run charts."""
    if chart.verdict != "signal":
        key = "chance" if chart.verdict == "chance" else "cannot"
        return texts(languages, f"practices.told_{key}")
    cannot = texts(languages, "practices.told_not_why")
    if chart.run is None or not chart.longest > chart.longest_limit:
        said = texts(languages, "practices.told_crossings", k=int(chart.crossings))
    else:
        key = "practices.told_run_last" if chart.run[1] == len(chart.periods) - 1 else "practices.told_run"
        first, last = chart.run
        side = texts(languages, f"practices.side_{chart.periods[first].side}")
        values = {"k": int(chart.longest), "side": side, "first": days[first], "last": days[last]}
        said = texts(languages, key, **values)
    return _one_after_other(said, cannot, languages)


def _one_after_other(first: Text, second: Text, languages: Sequence[str]) -> Text:
    return {language: f"{first[language]} {second[language]}" for language in languages}


def _note(chart: RunChart, gaps: bool, languages: Sequence[str]) -> Text | None:
    """Return by which rule it is told, and which weeks are not drawn."""
    said = []
    if chart.verdict == "signal":
        limits = {"run": int(chart.longest_limit), "crossings": int(chart.crossings_limit)}
        said.append(texts(languages, "practices.rule", **limits))
    if gaps:
        said.append(texts(languages, "practices.run_gaps", min_n=WORDS_UNDER))
    return {language: " ".join(text[language] for text in said) for language in languages} if said else None
