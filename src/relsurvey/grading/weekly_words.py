"""What each week's work shows, in words and as a table."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from relsurvey.analysis.finding import Face, Value
from relsurvey.grading.shares import count_words, limits_words, percent_words
from relsurvey.words import say

if TYPE_CHECKING:
    from relsurvey.grading.weeks import Phase, Weeks

#: What the two charts say of themselves, not of what they found.
_OF_BOTH = ("signal_cannot", "chance_cannot", "small", "gap")

#: A share of many scores is said in percent.
_MANY = 100


def in_words(found: Weeks, language: str) -> str:
    """Return the sentences of :class:`Weeks`."""
    from relsurvey.analysis.finding import MIN_N_SHOWN
    from relsurvey.grading.weeks import MEASURES

    drawn = found.weeks[found.weeks["left_out"] == ""]
    if not len(drawn):
        return say(language, "grading.weeks_too_few", min_n=MIN_N_SHOWN)
    parts = []
    for measure in MEASURES:
        share = float((drawn[measure] * drawn["n"]).sum() / drawn["n"].sum())
        own = measure == "under_passing" and found.passing is None
        parts.append(
            say(
                language,
                f"grading.weeks_{measure}{'_own' if own else ''}",
                passing=f"{found.passing or 0:g}",
                share=_percent(language, share),
            )
        )
        # What holds of both charts alike is said once.
        told = found.charts[measure].told(language)
        parts += [text for key, text in told if key not in _OF_BOTH or text not in parts]
    parts += [_phase(found.phases[k - 1], found.phases[k], language) for k in range(1, len(found.phases))]
    signals = found.signals
    outside = signals.loc[signals["rule"] == "outside_limits", "first"]
    if len(outside):
        weeks = ", ".join(sorted(set(outside)))
        parts.append(say(language, "grading.weeks_outside", weeks=weeks))
    if any(spread > 1 for phase in found.phases for spread in phase.spread.values()):
        parts.append(say(language, "grading.weeks_spread"))
    if len(found.phases) > 1:
        parts.append(say(language, "grading.weeks_cannot"))
    parts += [say(language, f"grading.{key}", **values) for key, values in found.notes]
    return " ".join(parts)


def faces(found: Weeks, language: str, min_n: int) -> tuple[Face, ...]:
    """Return the weeks, and the phases where there are several."""
    from relsurvey.grading.weeks import MEASURES

    keys = ("week", "phase", "n", "students", "under_passing", "limits", "median", "missing")
    rows: list[tuple[Value, ...]] = []
    for _, row in found.weeks.iterrows():
        start: tuple[Value, ...] = (str(row["week"]), int(row["phase"]))
        if row["left_out"] == "gap":
            rows.append((*start, say(language, "grading.weeks_gap"), *[""] * 5))
        elif row["left_out"] == "small" or row["n_students"] < min_n:
            rows.append((*start, say(language, "grading.weeks_under", min_n=min_n), *[""] * 5))
        else:
            limits = "" if math.isnan(row["low"]) else limits_words(language, row["low"], row["high"])
            middle = _percent(language, row["median"])
            students = int(row["n_students"])
            under, missing = (percent_words(language, row[name], students) for name in MEASURES)
            many = (f"{int(row['n']):,}", count_words(language, students, min_n))
            rows.append((*start, *many, under, limits, middle, missing))
    head = tuple(say(language, f"grading.weeks_head_{key}") for key in keys)
    out = [Face(say(language, "grading.weeks_title"), head, tuple(rows))]
    if len(found.phases) > 1:
        of_phase = ("phase", "from", "text", "points", "median_under_passing", "median_missing")
        head = tuple(say(language, f"grading.weeks_head_{key}") for key in of_phase)
        phases = tuple(_row(k, phase, language) for k, phase in enumerate(found.phases, 1))
        out.append(Face(say(language, "grading.weeks_phases_title"), head, phases))
    return tuple(out)


def _row(number: int, phase: Phase, language: str) -> tuple[Value, ...]:
    first = str(phase.first) if phase.first else say(language, "grading.weeks_start")
    few = say(language, "grading.weeks_few")
    middles = [_percent(language, middle) or few for middle in phase.medians.values()]
    return (number, first, phase.text, phase.points, *middles)


def _phase(before: Phase, after: Phase, language: str) -> str:
    from relsurvey.grading.weeks import FEWEST_OF_A_PHASE

    values: dict[str, object] = {"day": str(after.first), "text": after.text}
    if any(math.isnan(middle) for phase in (before, after) for middle in phase.medians.values()):
        k = min(before.points, after.points)
        return say(language, "grading.weeks_phase_short", k=k, fewest=FEWEST_OF_A_PHASE, **values)
    for name, phase in (("before", before), ("after", after)):
        values[name] = _percent(language, phase.medians["under_passing"])
        values[f"missing_{name}"] = _percent(language, phase.medians["missing"])
    return say(language, "grading.weeks_phase", **values)


def _percent(language: str, share: float) -> str:
    return "" if math.isnan(share) else percent_words(language, share, _MANY)
