"""Relationships beside marks: D's and F's of students with strong, mixed and few favorable answers."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from relsurvey.analysis.finding import MIN_N_SHOWN, Face, Finding, Value
from relsurvey.analysis.groups.twosample import Effect
from relsurvey.grades.bands import BANDS
from relsurvey.grades.units import MIN_N_BAND, Unit, cells_of, judged, units_of
from relsurvey.grading.shares import count_words, limits_words, percent_words, shares
from relsurvey.grading.tally import Marks, tally
from relsurvey.grading.trackrule import Rule, Stated
from relsurvey.words import Text, hundredths, outward, say, share_words, signed, students_words, tenths
from relsurvey.words.shares import BOTTOM, TOP

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, repr=False, eq=False)
class Beside(Finding):
    """D's and F's by band: numbers once, and every face of them.

    No table has a student, and none has a band of fewer than 20.

    Attributes
    ----------
    scale
        Whose questions make the bands; None for all scales together.
    title
        What it is called.
    units
        What may be shown: schools together first, then each school; nothing where no band is large enough.
    schools, hidden
        How many schools there are, and how many of them are left out.
    everyone
        Whether schools together hold the students of the schools left out.
    not_counted
        Who is in no band, or has no marks: each a key of the catalogue and a number.
    rule
        By which rule students are on track; None where it was not asked.
    """

    scale: str | None
    title: Text
    units: tuple[Unit, ...]
    schools: int
    hidden: int
    everyone: bool
    not_counted: tuple[tuple[str, int], ...]
    rule: Rule | Stated | None = None

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """``bands``: one row a school and band; ``trend``: one row a school; None for schools together.

        ``bands``: ``school, band, n_students``; ``any_df``, the share with a D or F (0-1), with ``_low,
        _high`` (Wilson); where it was asked ``known``, of how many it can be told, and ``on_track`` likewise.
        ``trend``: ``gap``, the share with a D or F among few less that among strong, within schools, with
        ``_low, _high`` (95 %); ``z, p`` of the trend, ``p_adjusted`` (Holm), ``verdict``, and ``smallest``,
        the gap that would show with 80 % power.
        """
        import pandas as pd

        rows: list[tuple[object, ...]] = []
        for unit in self.units:
            for band, cell in zip(BANDS, unit.cells, strict=True):
                row: tuple[object, ...] = (unit.school, band, cell.n, *shares([cell.df], [cell.n])[0])
                if self.rule is not None:
                    on = shares([cell.on_track], [cell.known])[0] if unit.tracked else (math.nan,) * 3
                    row += (cell.known if unit.tracked else None, *on)
                rows.append(row)
        head = ["school", "band", "n_students", "any_df", "any_df_low", "any_df_high"]
        if self.rule is not None:
            head += ["known", "on_track", "on_track_low", "on_track_high"]
        trends = [
            (unit.school, sum(cell.n for cell in unit.cells), unit.gap.value, unit.gap.low, unit.gap.high,
             unit.trend.statistic, unit.trend.p, unit.p_adjusted, unit.verdict, unit.smallest)
            for unit in self.units
        ]  # fmt: skip
        names = ["school", "n_students", "gap", "gap_low", "gap_high", "z", "p", "p_adjusted", "verdict"]
        return {
            "bands": pd.DataFrame(rows, columns=head),
            "trend": pd.DataFrame(trends, columns=[*names, "smallest"]),
        }

    def in_words(self, language: str = "en") -> str:
        """Say whether favorable answers go with fewer D's and F's, and what that rests on and cannot tell."""
        if not self.units:
            parts = [say(language, "beside.too_few", scale=self.title, min_n=MIN_N_BAND)]
        else:
            unit = self.units[0]
            parts = [self._verdict(unit, language), self._shares(unit, "df", language)]
            if self.rule is not None:
                parts += self._track(unit, self.rule, language)
            parts.append(say(language, "beside.not_causes"))
            parts.append(say(language, "beside.what"))
            if len(unit.strata) > 1:
                parts.append(say(language, "beside.within"))
            if self.hidden:
                parts.append(self._left_out(unit, language))
        parts += [say(language, f"beside.{key}", n=count_words(language, n)) for key, n in self.not_counted]
        return " ".join(parts)

    def _verdict(self, unit: Unit, language: str) -> str:
        if unit.verdict in ("clear", "maybe"):
            way = "fewer" if unit.gap.value > 0 else "more"
            return say(language, f"beside.{unit.verdict}_{way}", scale=self.title)
        if unit.verdict == "about_the_same":
            return say(language, "beside.about_the_same", scale=self.title)
        if unit.turns and len(unit.strata) > 1:
            return say(language, "beside.turns", scale=self.title)
        gap = say(language, "share.percent_gap", k=math.ceil(100 * unit.smallest - 1e-9))
        return say(language, "beside.cannot_tell", scale=self.title, gap=gap)

    def _shares(self, unit: Unit, what: str, language: str) -> str:
        pairs = [(c.df, c.n) if what == "df" else (c.on_track, c.known) for c in unit.cells]
        found = [hits / of for hits, of in pairs]
        strong, _, few = found
        # Tenths alone where they say as large a gap as there is (rules.md 13).
        whole = unit.verdict in ("clear", "maybe")
        whole &= tenths(abs(few - strong)) == abs(tenths(few) - tenths(strong)) > 0
        words = {}
        for band, share, (_, of) in zip(BANDS, found, pairs, strict=True):
            if whole or not BOTTOM < share < TOP:
                words[band] = share_words([language], share, of)[language]
            else:
                words[band] = say(language, "share.percent_gap", k=hundredths(share))
        return say(language, f"beside.shares_{what}", **words)

    def _left_out(self, unit: Unit, language: str) -> str:
        key = ("hidden_one" if self.hidden == 1 else "hidden") + ("_counted" if self.everyone else "")
        said = say(language, f"beside.{key}", n=self.hidden, min_n=MIN_N_BAND)
        if unit.school is None:
            return said
        return f"{said} {say(language, 'beside.of_one', school=unit.school)}"

    def _track(self, unit: Unit, rule: Rule | Stated, language: str) -> list[str]:
        if not unit.tracked:
            return [say(language, "beside.track_hidden", min_n=MIN_N_BAND)]
        about = {"title": rule.title, "text": rule.text, "version": rule.version, "source": rule.source}
        return [self._shares(unit, "track", language), say(language, "grading.track_rule", **about)]

    def faces(self, language: str = "en", min_n: int = MIN_N_SHOWN) -> tuple[Face, ...]:
        """Return each school's bands, and how far they lie apart; there is no band of fewer than 20."""
        units = [unit for unit in self.units if all(cell.n >= min_n for cell in unit.cells)]
        if not units:
            return ()
        keys = ["school", "band", "students", "df", "range"]
        keys += ["track", "range"] if self.rule is not None else []
        rows: list[tuple[Value, ...]] = []
        for unit in units:
            for band, cell in zip(BANDS, unit.cells, strict=True):
                row: tuple[Value, ...] = (
                    self._name(unit, language),
                    say(language, f"beside.band_{band}"),
                    students_words([language], cell.n)[language],
                    *_shown(language, cell.df, cell.n),
                )
                if self.rule is not None:
                    row += _shown(language, cell.on_track, cell.known) if unit.tracked else (None, None)
                rows.append(row)
        trends = [
            (self._name(unit, language), *_points(language, unit.gap), self._label(unit, language))
            for unit in units
        ]
        return (
            Face.of(language, "beside", "bands", keys, rows),
            Face.of(language, "beside", "trend", ["school", "gap", "range", "verdict"], trends),
        )

    def _name(self, unit: Unit, language: str) -> str:
        if unit.school is not None:
            return unit.school
        return say(language, "beside.all" if self.everyone or not self.hidden else "beside.all_shown")

    def _label(self, unit: Unit, language: str) -> str:
        if unit.verdict in ("clear", "maybe"):
            way = "fewer" if unit.gap.value > 0 else "more"
            return say(language, f"beside.label_{unit.verdict}_{way}")
        return say(language, f"beside.label_{unit.verdict}")


def _shown(language: str, hits: int, of: int) -> tuple[Value, Value]:
    """Return a share and its interval; one that nearly all or almost none have is not said closer."""
    [(share, low, high)] = shares([hits], [of])
    if not BOTTOM < share < TOP:
        return share_words([language], share, of)[language], None
    return percent_words(language, share, of), limits_words(language, low, high)


def _points(language: str, gap: Effect) -> tuple[Value, Value]:
    """Return a gap and its interval, in points; none where no school has students of both bands."""
    if math.isnan(gap.value):
        return None, None
    low, high = outward(gap.low, gap.high)
    return (
        say(language, "beside.points", k=signed(hundredths(gap.value))),
        say(language, "beside.points_range", low=signed(low), high=signed(high)),
    )


def with_df(marks: Marks) -> dict[str, bool]:
    """Return of each student with a final mark whether one of them is D, F or not passed.

    Raises
    ------
    AnalysisError
        If there is no mark of a student.

    Examples
    --------
    >>> import pandas as pd
    >>> with_df(pd.DataFrame({"student": list("aabc"), "letter": ["A", "F", "C", "I"]}))
    {'a': True, 'b': False}
    """
    import numpy as np

    found = tally(marks)
    final = np.bincount(found.student[found.final], minlength=len(found.names))
    bad = np.bincount(found.student[found.final & found.df], minlength=len(found.names))
    return {str(name): bool(n) for name, of, n in zip(found.names, final, bad, strict=True) if of}


def beside(
    students: pd.DataFrame,
    df: Mapping[str, bool],
    *,
    scale: str | None = None,
    title: Text,
    in_gradebook: frozenset[str] | None = None,
    on_track: Mapping[str, bool | None] | None = None,
    rule: Rule | Stated | None = None,
    others: Sequence[pd.DataFrame] = (),
) -> Beside:
    """Return D's and F's of students by band.

    Parameters
    ----------
    students
        One row a respondent of one wave: ``student`` (None without an id), ``band`` (see
        :func:`~relsurvey.grades.bands.bands`) and ``school``. Of several rows of a student the last counts.
    df
        Of each student with a final mark, whether there is a D or F (see :func:`with_df`).
    scale, title
        Whose questions make the bands.
    in_gradebook
        Students of the gradebook, with and without final marks; None takes those of ``df``.
    on_track, rule
        Of each student whether they are on track by the rule; None where it cannot be told.
    others
        The same rows with the bands of other scales, which are looked at too: their trends count where this
        one is judged.

    Examples
    --------
    >>> import pandas as pd
    >>> rows = pd.DataFrame({"student": [f"s{i}" for i in range(90)], "band": ["strong", "mixed", "few"] * 30,
    ...                      "school": "Hill"})
    >>> bad = {f"s{i}": i % 3 >= i // 30 for i in range(90)}
    >>> found = beside(rows, bad, title={"en": "Care"})
    >>> found.table[["band", "n_students", "any_df"]].round(2).values.tolist()
    [['strong', 30, 0.33], ['mixed', 30, 0.67], ['few', 30, 1.0]]
    """
    last = _last(students)
    cells = cells_of(_counted(last, df, on_track or {}))
    units = units_of(cells)
    families = [units, *(units_of(cells_of(_counted(_last(one), df, {}))) for one in others)]
    named = [school for school in cells if school is not None]
    hidden = len(named) - sum(1 for name in named if any(unit.school == name for unit in units))
    together = units[0].strata if units else ()
    return Beside(
        scale,
        title,
        judged(families) if units else (),
        len(named),
        hidden,
        len(together) == len(cells),
        _not_counted(last, df, frozenset(df) if in_gradebook is None else in_gradebook),
        rule,
    )


def _last(students: pd.DataFrame) -> pd.DataFrame:
    again = students["student"].notna() & students.duplicated("student", keep="last")
    found: pd.DataFrame = students[~again]
    return found


def _counted(last: pd.DataFrame, df: Mapping[str, bool], on_track: Mapping[str, bool | None]) -> pd.DataFrame:
    """Return the students who have a band and a final mark."""
    rows = last[last["band"].notna() & last["student"].isin(df.keys())]
    known = {name: math.nan if one is None else float(one) for name, one in on_track.items()}
    school = rows["school"].astype(object)
    return rows.assign(
        school=school.where(school.notna(), None),
        df=[df[name] for name in rows["student"]],
        on_track=[known.get(name, math.nan) for name in rows["student"]],
    )


def _not_counted(
    last: pd.DataFrame, df: Mapping[str, bool], in_gradebook: frozenset[str]
) -> tuple[tuple[str, int], ...]:
    banded = last[last["band"].notna()]
    there = banded["student"].isin(in_gradebook)
    said = (
        ("few_answers", len(last) - len(banded)),
        ("not_found", int((~there).sum())),
        ("no_mark", int((there & ~banded["student"].isin(df.keys())).sum())),
        ("not_answered", len(df.keys() - set(last["student"].dropna()))),
    )
    return tuple((key, n) for key, n in said if n)
