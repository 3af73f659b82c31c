"""Each week's work of a unit as run charts that a view may hold."""

from __future__ import annotations

import datetime
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from relsurvey.analysis.runchart import RunChart, runchart
from relsurvey.disclosure import ALL
from relsurvey.disclosure.plan import WORDS_UNDER
from relsurvey.errors import AnalysisError
from relsurvey.escape import one_line, plain_text
from relsurvey.grading import weeks
from relsurvey.grading.weeks import MEASURES, Weeks
from relsurvey.reading.match import shown
from relsurvey.view import model
from relsurvey.view.pages import in_languages
from relsurvey.view.shares import percent
from relsurvey.words import Text, say, texts

if TYPE_CHECKING:
    from relsurvey.grading import Gradebook, Policy, Snapshots

Given = Any
"""A policy, or a day (a date or its ISO text) and a few words."""

#: Fewer weeks than this are no line.
_FEWEST_WEEKS = 4


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
            title = one_line(plain_text(str(text)))
            found.append(Change(datetime.date(when.year, when.month, when.day), {"*": title}))
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
    return Change(first, policy.title or {"*": policy.id}, schools)


def runs(
    source: Gradebook | Snapshots,
    changes: Sequence[Change],
    schools: Mapping[str, str],
    pages: Sequence[str],
    languages: Sequence[str],
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

    Notes
    -----
    A week is drawn where 20 students or more had work in it. In the line of all schools together, a week is
    left out too where the schools without a page had work of 1 to 19 students in it: all less the others
    would tell of them.
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
    few = {unit: _few(one) for unit, one in found.items()}
    if ALL in found:
        hidden = [found[unit] for unit in schools if unit not in pages and unit in found]
        few[ALL] |= _alone(hidden)
    return {
        unit: sorted(
            (_run(one, measure, few[unit], changes, languages) for measure in MEASURES),
            key=lambda run: not _better(one, run.id),
        )
        for unit, one in found.items()
        if unit in pages and len(one.weeks) - len(few[unit]) >= _FEWEST_WEEKS
    }


def _better(found: Weeks, measure: str) -> bool:
    """Whether less is under passing or missing since the last change than before it: strengths come first."""
    if len(found.phases) < 2:
        return False
    before, after = (phase.medians[measure] for phase in found.phases[-2:])
    return after < before


def _few(found: Weeks) -> set[str]:
    """Return the weeks that are not drawn."""
    table = found.weeks
    return set(table.loc[(table["left_out"] != "") | (table["n_students"] < WORDS_UNDER), "week"].map(str))


def _alone(hidden: Sequence[Weeks]) -> set[str]:
    """Return the weeks in which all schools less those with a page are a few students."""
    students: dict[str, int] = {}
    for one in hidden:
        for week, n in zip(one.weeks["week"].map(str), one.weeks["n_students"], strict=True):
            students[week] = students.get(week, 0) + int(n)
    return {week for week, n in students.items() if 0 < n < WORDS_UNDER}


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
            "sentence": _sentence(found, measure, chart, changes, days, languages),
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
    chart: RunChart,
    changes: Sequence[Change],
    days: Sequence[Text],
    languages: Sequence[str],
) -> Text:
    """Return what was before and after the last change, where both have weeks enough, and what rules say."""
    told = _told(chart, days, languages)
    if len(found.phases) < 2:
        return told
    before, after = found.phases[-2:]
    middles = (before.medians[measure], after.medians[measure])
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
