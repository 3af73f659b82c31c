"""Who is on track, and of whom it cannot be told: counts, shares and sentences of any rule."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from relsurvey.analysis.finding import MIN_N_SHOWN, Face, Finding, Value, fewest
from relsurvey.grading.mark_groups import Groups, units_of
from relsurvey.grading.shares import FEWEST_SPREAD, count_words, limits_words, percent_words, shares
from relsurvey.grading.student_tables import spread
from relsurvey.grading.tally import Tally
from relsurvey.grading.trackrule import Rule, Stated
from relsurvey.grading.year import Year
from relsurvey.words import say, students_words

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray


@dataclass(frozen=True, repr=False, eq=False)
class Track(Finding):
    """Who is on track by one rule: numbers once, and every face of them.

    Attributes
    ----------
    rule
        The rule, with its text and source.
    by
        The columns that make the groups.
    groups
        One row a group: ``n_students``; ``known``, of how many it can be told; ``on_track``, the share of
        those, with ``on_track_low, on_track_high`` (Wilson); ``cannot_tell``, how many it cannot be told of;
        ``least, most``, the shares of all students if none or all of these were on track.
    whole
        The same for all students.
    reasons
        By reason, how many students are not on track or cannot be told for it; one can have several.
    students
        One row a student: ``student, on_track`` (True, False or None: cannot tell) and ``why``. For this
        kernel alone: no face shows it and no file has it.
    notes
        What was taken for granted, and what was left out: each a key of the catalogue and a number.
    """

    rule: Rule | Stated
    by: tuple[str, ...]
    groups: pd.DataFrame
    whole: pd.DataFrame
    reasons: pd.DataFrame
    students: pd.DataFrame
    notes: tuple[tuple[str, float], ...]

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """``on_track``: one row a group; ``all``: all students; ``reasons``."""
        return {"on_track": self.groups, "all": self.whole, "reasons": self.reasons}

    def in_words(self, language: str = "en") -> str:
        """Say what share is on track, by which rule, and of how many it cannot be told."""
        row = self.whole.iloc[0]
        known, cannot = int(row["known"]), int(row["cannot_tell"])
        title, text = (_pick(texts, language) for texts in (self.rule.title, self.rule.text))
        parts = [
            say(
                language,
                "grading.track_rule",
                title=title,
                version=self.rule.version,
                text=text,
                source=self.rule.source,
            )
        ]
        if self._held is not None:
            parts.insert(0, say(language, "grading.track_few_credits", **self._held))
        elif known < fewest():
            parts.insert(0, say(language, "grading.track_too_few", min_n=fewest()))
        else:
            share = percent_words(language, row["on_track"], known)
            limits = limits_words(language, row["on_track_low"], row["on_track_high"])
            key = "share" if known >= FEWEST_SPREAD else "share_small"
            parts.insert(0, say(language, f"grading.track_{key}", share=share, range=limits))
        if cannot:
            parts.append(say(language, "grading.track_cannot", n=count_words(language, cannot)))
            if min(known, cannot) >= fewest() and self._held is None:
                limits = limits_words(language, row["least"], row["most"])
                parts.append(say(language, "grading.track_either_way", range=limits))
        for key, number in self.notes:
            if key == "few_credits":
                continue
            terms = key in {"credits", "convention", "part"}
            n = f"{number:g}" if terms else count_words(language, int(number))
            parts.append(say(language, f"grading.track_note_{key}", n=n))
        return " ".join(parts)

    @property
    def few_credits(self) -> str:
        """Why it can be told of nobody: the marks hold fewer credits than the rule asks for; else nothing."""
        return "" if self._held is None else say("en", "grading.track_few_credits", **self._held)

    @property
    def _held(self) -> dict[str, str] | None:
        """The most credits that any student's marks could give, where the rule asks for more."""
        most = dict(self.notes).get("few_credits")
        if most is None or not isinstance(self.rule, Rule):
            return None
        return {"n": f"{most:g}", "least": f"{self.rule.requires.credits:g}"}

    def faces(self, language: str = "en", min_n: int = MIN_N_SHOWN) -> tuple[Face, ...]:
        """Return the share on track of each group; groups under ``min_n`` are masked."""
        keys = ("students", "on_track", "range", "cannot")
        head = (*(self.by or ("",)), *(say(language, f"grading.track_head_{key}") for key in keys))
        rows: list[tuple[Value, ...]] = []
        for _, row in self.groups.iterrows():
            name = tuple(str(row[column]) for column in self.by) or (say(language, "grading.rates_all"),)
            known, cannot = int(row["known"]), int(row["cannot_tell"])
            if known < min_n:
                rows.append((*name, say(language, "grading.rates_under", min_n=min_n), None, None, None))
                continue
            share = limits = None
            if self._held is None:
                share = percent_words(language, row["on_track"], known)
                limits = spread(language, row, "on_track", known)
            band = students_words([language], known)[language]
            rows.append((*name, band, share, limits, count_words(language, cannot, min_n)))
        return (Face(_pick(self.rule.title, language), head, tuple(rows)),)


def _pick(texts: dict[str, str], language: str) -> str:
    return texts.get(language) or texts.get("en") or next(iter(texts.values()))


def standing(
    found: Tally,
    groups: Groups,
    state: NDArray[np.int8],
    why: NDArray[np.object_],
    more: pd.DataFrame | None,
    rule: Rule | Stated,
    year: Year | None,
    notes: tuple[tuple[str, float], ...] = (),
) -> Track:
    """Return who is on track from what is known of each student.

    Parameters
    ----------
    found, groups
        The marks and where they stand.
    state, why
        Of each student: 1, 0 or -1 for cannot tell; and the reason.
    more
        Further columns about students, for this kernel.
    rule
        The rule.
    year
        What part of a year the marks are of, where it mattered.
    notes
        What else is to be said.
    """
    import numpy as np
    import pandas as pd

    value = np.array([None, False, True], object)[state + 1]
    students = pd.DataFrame({"student": found.names, "on_track": value, "why": why})
    if more is not None:
        students = pd.concat([students, more], axis=1)
    n = len(state)
    whole = _standing_table(np.zeros(n, np.intp), state, ((),), ())
    table = whole
    if groups.by:
        _, group, student = units_of(groups.of, found.student)
        table = _standing_table(group, state[student], groups.labels, groups.by)
    rows: dict[tuple[str, str], int] = {}
    for texts, one in zip(why, state, strict=True):
        for reason in filter(None, texts.split("; ")):
            key = reason, "cannot tell" if one < 0 else "not met"
            rows[key] = rows.get(key, 0) + 1
    reasons = pd.DataFrame([(*key, count) for key, count in rows.items()], columns=["what", "so", "students"])
    said: list[tuple[str, float]] = []
    if year is not None:
        said += [(year.how, year.terms)] if year.how != "given" else []
        said += [("part", year.seen)] if year.seen < year.terms else []
        said += [("summer", float((~year.counts).sum()))] if not year.counts.all() else []
    said += [
        ("from_percent", found.from_percent),
        ("unnamed", found.unnamed),
        ("twice", found.twice),
        ("without", groups.without or 0),
        ("unmatched", groups.unmatched or 0),
        ("again", groups.again),
        *notes,
    ]
    return Track(
        rule,
        groups.by,
        table,
        whole,
        reasons,
        students,
        tuple((key, number) for key, number in said if number),
    )


def _standing_table(
    group: NDArray[np.intp],
    state: NDArray[np.int8],
    labels: tuple[tuple[str, ...], ...],
    by: tuple[str, ...],
) -> pd.DataFrame:
    import numpy as np
    import pandas as pd

    k = len(labels)
    n = np.bincount(group, minlength=k)
    on, known = (np.bincount(group[which], minlength=k) for which in (state == 1, state >= 0))
    limits = shares(on.tolist(), known.tolist())
    data: dict[str, object] = {name: [label[i] for label in labels] for i, name in enumerate(by)}
    data |= {"n_students": n, "known": known}
    for i, name in enumerate(("on_track", "on_track_low", "on_track_high")):
        data[name] = [limit[i] for limit in limits]
    some = np.maximum(n, 1)
    data |= {"cannot_tell": n - known, "least": on / some, "most": (on + n - known) / some}
    return pd.DataFrame(data)
