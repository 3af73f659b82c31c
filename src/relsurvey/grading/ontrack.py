"""Who is on track by a named rule: each requirement is met, not met, or cannot be told."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from relsurvey.errors import AnalysisError
from relsurvey.grading.attendance import read_attendance
from relsurvey.grading.mark_groups import groups_of
from relsurvey.grading.standing import Track, standing
from relsurvey.grading.tally import Marks, Tally, tally
from relsurvey.grading.trackrule import Rule, rule_of
from relsurvey.grading.values import HAIR
from relsurvey.grading.year import Year, flags, usual_credit, year_of
from relsurvey.instrument.fold import fold
from relsurvey.reading.identity import plain

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray


def on_track(
    marks: Marks,
    rule: str | Path | dict[str, Any] | Rule = "chicago",
    attendance: pd.DataFrame | str | Path | None = None,
    *,
    by: str | Sequence[str] | None = None,
    roster: pd.DataFrame | str | Path | None = None,
    terms: int | None = None,
    year_course: float | None = None,
) -> Track:
    """Return who is on track by a named rule.

    Parameters
    ----------
    marks
        As for :func:`df_rates`.
    rule
        The id of a rule that comes with the package (see :func:`track_rules`), the path of a YAML file, the
        same as a dict, or a :class:`Rule`.
    attendance
        What :func:`attendance` reads, or its ``.students``: as far as the rule asks, the rate of each student
        and ``suspensions`` (how many).
    by, roster
        As for :func:`df_rates`. A student with marks in two groups stands in both.
    terms
        How many marks a course of a whole year has: 2 for semesters. None: what the credits say, else 2.
    year_course
        How many credits a course of a whole year earns: 1 in most states, 10 in many schools of California.

    Returns
    -------
    Track
        ``.table`` by group, ``.students`` for this kernel alone, ``.rule``.

    Raises
    ------
    AnalysisError
        If the rule asks for what nobody gave.
    PolicyError
        If there is no such rule, or it is not as it must be.

    Notes
    -----
    A student is off track as soon as one requirement fails, on track when all hold, and otherwise "cannot
    tell": counted, and in no share. Without credits each mark that passes counts one part of a year-long
    course, so that 10 semesters are 5 credits. Marks that are not final (incomplete, blank) could become
    anything; a student with fewer terms than the year has could still earn credits. Where no student's marks
    could reach the credits, all of them passed, courses are missing from the marks: of whom only the credits
    would decide it cannot be told.

    Examples
    --------
    >>> import pandas as pd
    >>> marks = pd.DataFrame({
    ...     "student": ["s1"] * 10 + ["s2"] * 10, "letter": ["B"] * 10 + ["F", "F"] + ["C"] * 8,
    ...     "term": ["S1", "S2"] * 10, "core": True,
    ... })
    >>> found = on_track(marks, "chicago")
    >>> found.table[["known", "on_track"]].values.tolist(), found.students["why"].tolist()
    ([[2.0, 0.5]], ['', 'credits; core_failed'])
    """
    import numpy as np

    chosen = rule_of(rule)
    found = tally(marks)
    notes: list[tuple[str, float]] = []
    if chosen.grade is not None:
        found, notes = _of_grade(found, chosen)
    asked = chosen.requires
    year = None
    if asked.credits is not None or chosen.without_terms:
        # The number of marks a year has matters to credits alone.
        year = year_of(found, terms if asked.credits is not None else 1, year_course, chosen.without_terms)
    counts = np.ones(len(found.student), bool) if year is None else year.counts
    parts = dict(_parts(found, chosen, attendance, year, counts, year_course, notes))
    state = np.ones(len(found.names), np.int8)
    table = np.array(list(parts.values()), np.int8)
    state[(table < 0).any(axis=0)] = -1
    state[(table == 0).any(axis=0)] = 0
    # What decides: what fails, or else what is not known.
    why = np.full(len(state), "", object)
    for name, part in parts.items():
        reason = (part == state) & (state != 1)
        why[reason] = [f"{text}; {name}" if text else name for text in why[reason]]
    groups = groups_of(found, by, roster)
    return standing(found, groups, state, why, None, chosen, year, tuple(notes))


def _of_grade(found: Tally, rule: Rule) -> tuple[Tally, list[tuple[str, float]]]:
    """Return the marks of the rule's grade, or that may be, of students in it, and what was left out."""
    import numpy as np

    level = found.numbers("grade_level")
    if level is None:
        return found, []
    highest = np.full(len(found.names), -np.inf)
    np.maximum.at(highest, found.student, np.nan_to_num(level, nan=-np.inf))
    kept = (highest == rule.grade) | np.isinf(highest)
    # A credit earned in eighth grade is none of ninth grade's.
    mine = kept[found.student] & ((level == rule.grade) | np.isnan(level))
    if mine.all():
        return found, []
    if not kept.any():
        raise AnalysisError(
            f"The rule {rule.id} speaks of grade {rule.grade}, and no student of these marks is in it. "
            "Choose another rule, or write one without `grade`."
        )
    earlier = int((kept[found.student] & ~mine).sum())
    return tally(found.frame[mine]), [
        ("unnamed", found.unnamed),
        ("others", int((~kept).sum())),
        ("other_grade", earlier),
    ]


def _parts(
    found: Tally,
    rule: Rule,
    attendance: pd.DataFrame | str | Path | None,
    year: Year | None,
    counts: NDArray[np.bool_],
    year_course: float | None,
    notes: list[tuple[str, float]],
) -> Iterator[tuple[str, NDArray[np.int8]]]:
    """Yield for each requirement whether each student meets it: 1, 0, or -1 for cannot tell."""
    import numpy as np

    asked = rule.requires
    n = len(found.names)

    def count(which: NDArray[np.bool_]) -> NDArray[np.intp]:
        return np.bincount(found.student[which & counts], minlength=n)

    if asked.credits is not None and year is not None:
        yield "credits", _enough(found, asked.credits, year, year_course, notes)
    if asked.core_failed is not None:
        core = flags(found, "core")
        if core is None:
            raise AnalysisError(_needs(rule, "which courses are core", "`core` (true or false) to the marks"))
        sure = count(found.failed & (core == 1))
        most = sure + count(found.failed & (core < 0)) + count(found.open & (core != 0))
        # Where no course is known to be core, there may be none.
        none = count((found.final | found.open) & (core == 1)) == 0
        yield "core_failed", _between(sure, most, asked.core_failed, none)
    if asked.gpa is not None:
        has = ~np.isnan(found.points) & counts
        of = count(has)
        with np.errstate(invalid="ignore", divide="ignore"):
            mean = np.bincount(found.student[has], found.points[has], n) / of
        yield "gpa", np.where(of == 0, -1, mean >= asked.gpa - HAIR).astype(np.int8)
    if asked.no_df:
        yield from _subjects(found, rule, counts)
    if asked.attendance is not None or asked.suspensions is not None:
        yield from _presence(found, rule, attendance, notes)
    elif attendance is not None:
        notes.append(("attendance", 1.0))
    if asked.df_count is not None:
        sure = count(found.df)
        yield "df_count", _between(sure, sure + count(found.open), asked.df_count, count(found.final) == 0)


def _needs(rule: Rule, what: str, add: str) -> str:
    return f"The rule {rule.id} needs to know {what}. Add {add}, or choose another rule."


def _between(
    sure: NDArray[np.intp], most: NDArray[np.intp], limit: int, none: NDArray[np.bool_]
) -> NDArray[np.int8]:
    """Return whether a number that lies between two others is at most ``limit``."""
    import numpy as np

    return np.where(sure > limit, 0, np.where((most > limit) | none, -1, 1)).astype(np.int8)


def _enough(
    found: Tally, least: float, year: Year, year_course: float | None, notes: list[tuple[str, float]]
) -> NDArray[np.int8]:
    import numpy as np

    n = len(found.names)
    usual = usual_credit(found)
    passed = found.passed & year.counts
    if usual is None:
        worth = if_passed = np.full(len(passed), 1 / year.terms)
    else:
        if year_course is None and usual > 1:
            raise AnalysisError(
                f"Most marks earn {usual:g} credits. Say how many a course of a whole year earns, such as "
                f"`year_course={2 * usual:g}` for semesters."
            )
        given = found.numbers("credits")
        assert given is not None
        whole = 1.0 if year_course is None else year_course
        # An incomplete course earns nothing yet: it could earn what most do.
        worth = np.where(found.open & ~(given > 0), usual, given) / whole
        if_passed = np.where((given > 0) | (found.passed & (given == 0)), given, usual) / whole
    got = np.bincount(found.student[passed], np.nan_to_num(worth[passed]), n)
    unknown = np.bincount(found.student[passed & np.isnan(worth)], minlength=n) > 0
    still = found.open & year.counts
    most = got + np.bincount(found.student[still], worth[still], n)
    held = np.bincount(found.student[year.counts], if_passed[year.counts], n)
    short = unknown | (most >= least - HAIR) | (year.of_student < year.terms)
    if held.max() < least - HAIR:
        # It is courses that lack here, and not students who failed them.
        notes.append(("few_credits", round(float(held.max()), 2)))
        short[:] = True
    else:
        notes.append(("few_courses", float((~short & (held < least - HAIR)).sum())))
    return np.where(got >= least - HAIR, 1, np.where(short, -1, 0)).astype(np.int8)


def _subjects(found: Tally, rule: Rule, counts: NDArray[np.bool_]) -> Iterator[tuple[str, NDArray[np.int8]]]:
    import numpy as np
    import pandas as pd

    column = found.column("subject")
    if column is None:
        raise AnalysisError(_needs(rule, "each mark's subject", "`subject` to the marks"))
    code, values = pd.factorize(column)
    n = len(found.names)
    for called, names in rule.requires.no_df.items():
        known = {fold(name) for name in (called, *names)}
        mine = np.array([*(fold(str(value)) in known for value in values), False])[code] & counts
        if not mine.any():
            raise AnalysisError(
                f"The rule {rule.id} looks at {called}, and no mark's `subject` is called so. "
                f"It knows: {', '.join(names)}. Rename the subject, or name it in a rule of this kind."
            )
        bad = np.bincount(found.student[mine & found.df], minlength=n)
        some = np.bincount(found.student[mine & found.final], minlength=n)
        still = np.bincount(found.student[mine & found.open], minlength=n)
        yield f"no_df {called}", _between(bad, bad + still, 0, some == 0)


def _presence(
    found: Tally,
    rule: Rule,
    attendance: pd.DataFrame | str | Path | None,
    notes: list[tuple[str, float]],
) -> Iterator[tuple[str, NDArray[np.int8]]]:
    import numpy as np

    asked = rule.requires
    wanted = [name for name in ("attendance", "suspensions") if getattr(asked, name) is not None]
    if attendance is None:
        named = " and ".join(f"`{name}`" for name in wanted)
        raise AnalysisError(
            _needs(rule, " and ".join(wanted), f"a table by student with {named} as `attendance=`")
        )
    _, table, read = read_attendance(attendance)
    place = {key: i for i, key in enumerate(table["key"])}
    at = np.array([place.get(plain(name), -1) for name in found.names])
    for name in wanted:
        if name not in table:
            raise AnalysisError(_needs(rule, name, f"the column `{name}` to the attendance"))
        own = np.where(at >= 0, np.r_[table[name].to_numpy(dtype=float), np.nan][at], np.nan)
        met = own >= asked.attendance - HAIR if name == "attendance" else own <= (asked.suspensions or 0)  # type: ignore[operator]
        yield name, np.where(np.isnan(own), -1, met).astype(np.int8)
    unmatched = len(place.keys() - {plain(name) for name in found.names})
    notes += [(f"attendance_{key}", float(n)) for key, n in (*read, ("unmatched", unmatched))]
