"""Run charts: a figure over time, and whether its ups and downs are more than chance (rules.md 12)."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise
from numbers import Integral
from statistics import median
from typing import TYPE_CHECKING, Any, Literal

from relsurvey.analysis.finding import MIN_N_SHOWN, Face, Finding, Value
from relsurvey.analysis.planning.planned import whole_number
from relsurvey.analysis.shares import wilson
from relsurvey.errors import AnalysisError
from relsurvey.words import say

if TYPE_CHECKING:
    import pandas as pd

Side = Literal["above", "below", "on"]
Verdict = Literal["signal", "chance", "cannot_tell", "without_rules"]

#: Fewest points off the middle line that the rules speak of (Anhøj & Wentzel-Larsen 2020: 10 to 100).
FEWEST_USEFUL = 10


@dataclass(frozen=True)
class Period:
    """One period of a run chart.

    Attributes
    ----------
    label
        As given; a date in its ISO form.
    value
        What is drawn, NaN where there is none; a share is 0-1.
    count, n
        What a share is of: so many of ``n``; NaN where values were given without them.
    side
        Where it lies about the middle line; None where it is not counted.
    left_out
        Why it is not counted: ``"gap"`` (no value) or ``"small"`` (fewer than 10); empty where it is.
    """

    label: str
    value: float
    count: float
    n: float
    side: Side | None
    left_out: Literal["", "gap", "small"]


# repr=False: a dataclass's own repr would show what is masked.
@dataclass(frozen=True, repr=False)
class RunChart(Finding):
    """A run chart: its line, its middle line, and what the two rules of Anhøj say of it.

    Attributes
    ----------
    periods
        In the order given; periods that the dates or numbers skip are in it, as gaps.
    shares
        Whether values are shares of a count.
    centre
        The median of the counted points, or of those of the baseline; NaN without rules or points.
    baseline
        How many periods, from the first, the middle line comes from; None: all.
    target
        A goal, drawn as a line; no rule uses it.
    verdict
        ``"signal"``: more than chance; ``"chance"``: not; ``"cannot_tell"``: too few points;
        ``"without_rules"``: a cumulative figure.
    useful
        Points that do not lie on the middle line: the ones that the rules count.
    longest, longest_limit
        Most points in a row on one side, and the most that chance lets pass; NaN without rules.
    crossings, crossings_limit
        How often the line crosses the middle, and the fewest that chance lets pass; NaN without rules.
    run
        First and last place of the longest run in ``periods`` (the latest of equally long ones), or None.
    """

    periods: tuple[Period, ...]
    shares: bool
    centre: float
    baseline: int | None
    target: float | None
    verdict: Verdict
    useful: int = 0
    longest: float = math.nan
    longest_limit: float = math.nan
    crossings: float = math.nan
    crossings_limit: float = math.nan
    run: tuple[int, int] | None = None

    @property
    def rules(self) -> tuple[str, ...]:
        """The rules that found a signal: of ``"longest_run"`` and ``"crossings"``."""
        if self.verdict != "signal":
            return ()
        too_long = ("longest_run",) if self.longest > self.longest_limit else ()
        too_few = ("crossings",) if self.crossings < self.crossings_limit else ()
        return too_long + too_few

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """``periods``: a row each, shares with 95 % Wilson intervals; ``rules``: a row each."""
        import pandas as pd

        rows = []
        for p in self.periods:
            low, high = wilson(int(p.count), int(p.n)) if p.n > 0 else (math.nan, math.nan)
            rows.append((p.label, p.count, p.n, p.value, low, high, self.centre, p.side, p.left_out))
        head = ["period", "count", "n", "value", "low", "high", "centre", "side", "left_out"]
        first, last = (self.periods[place].label for place in self.run) if self.run else (None, None)
        rules = [
            ("longest_run", self.longest, self.longest_limit, "longest_run" in self.rules, first, last),
            ("crossings", self.crossings, self.crossings_limit, "crossings" in self.rules, None, None),
        ]
        return {
            "periods": pd.DataFrame(rows, columns=head),
            "rules": pd.DataFrame(
                [(name, self.useful, *rest) for name, *rest in rules],
                columns=["rule", "useful", "found", "limit", "signal", "first", "last"],
            ),
        }

    def in_words(self, language: str = "en") -> str:
        """Return whether something changed, by which rule, and what this cannot tell."""
        return " ".join(text for _, text in self.told(language))

    def told(self, language: str = "en") -> list[tuple[str, str]]:
        """Return the sentences of :meth:`in_words` one by one, each with the key of its words."""
        drawn = [p for p in self.periods if not p.left_out]
        said: list[tuple[str, dict[str, object]]]
        if not drawn:
            said = [("nothing", {})]
        elif self.verdict == "without_rules":
            said = [("without_rules", {})]
        elif self.useful == 0:
            said = [("flat", {})]
        elif self.verdict == "cannot_tell":
            said = [("too_few", {"k": self.useful, "fewest": FEWEST_USEFUL})]
        elif self.verdict == "chance":
            said = [("chance", {}), ("chance_cannot", {})]
        else:
            said = [*self._signal(language), ("signal_cannot", {})]
        judged = self.verdict in ("signal", "chance")
        if judged and self.useful < len(drawn):
            said.append(("on_line", {"k": len(drawn) - self.useful}))
        if judged and self.baseline and 2 * self._points_of_baseline() < len(drawn):
            said.append(("short_baseline", {"k": self._points_of_baseline()}))
        if drawn and self.target is not None:
            over = sum(p.value > self.target for p in drawn)
            said.append(("target", {"target": self._number(self.target), "k": over, "n": len(drawn)}))
        for reason in ("small", "gap"):
            k = sum(p.left_out == reason for p in self.periods)
            if k:
                said.append((reason, {"k": k, "min_n": MIN_N_SHOWN}))
        return [(key, say(language, f"runchart.{key}", **values)) for key, values in said]

    def _points_of_baseline(self) -> int:
        return sum(not p.left_out for p in self.periods[: self.baseline])

    def _signal(self, language: str) -> list[tuple[str, dict[str, object]]]:
        """Return the sentences of the rules that found something."""
        said: list[tuple[str, dict[str, object]]] = []
        values: dict[str, object]
        if "longest_run" in self.rules and self.run:
            first, last = (self.periods[place] for place in self.run)
            newest = all(p.left_out for p in self.periods[self.run[1] + 1 :])
            values = {
                "k": self.longest,
                "limit": self.longest_limit,
                "first": first.label,
                "last": last.label,
            }
            values["side"] = say(language, f"runchart.{last.side}")
            said.append(("run_last" if newest else "run", values))
        if "crossings" in self.rules:
            values = {"k": self.crossings, "limit": self.crossings_limit}
            said.append(("crossings_too" if said else "crossings", values))
        return said

    def _number(self, value: float) -> str:
        return f"{100 * value:.0f} %" if self.shares else f"{value:.2f}"

    def faces(self, language: str = "en", min_n: int = MIN_N_SHOWN) -> tuple[Face, ...]:
        """Return the periods, with those that rest on fewer than ``min_n`` masked, and the two rules."""
        words = {key: say(language, f"runchart.{key}") for key in ("above", "below", "on")}
        rows: list[tuple[Value, ...]] = []
        for p in self.periods:
            if p.left_out == "small" or p.n < min_n:
                rows.append((p.label, say(language, "runchart.under", min_n=min_n), "", "", ""))
            elif p.left_out == "gap":
                rows.append((p.label, "", "", "", ""))
            else:
                n, limits = ("", ()) if math.isnan(p.n) else (int(p.n), wilson(int(p.count), int(p.n)))
                span = "–".join(f"{100 * limit:.0f}" for limit in limits)
                rows.append((p.label, n, self._number(p.value), span, words[p.side] if p.side else ""))
        columns: tuple[str, ...] = ("period", "n", "share", "span", "side")
        if not self.shares:
            columns = ("period", "value", "side")
            rows = [(label, value, side) for label, _, value, _, side in rows]
        head = tuple(say(language, f"runchart.head_{column}") for column in columns)
        faces = (Face(say(language, "runchart.title"), head, tuple(rows)),)
        if self.verdict in ("cannot_tell", "without_rules"):
            return faces
        found = (
            (say(language, "runchart.rule_longest_run"), int(self.longest), int(self.longest_limit)),
            (say(language, "runchart.rule_crossings"), int(self.crossings), int(self.crossings_limit)),
        )
        head = tuple(say(language, f"runchart.head_{column}") for column in ("rule", "found", "limit"))
        return (*faces, Face(say(language, "runchart.rules"), head, found))


def limits(useful: int) -> tuple[int, int]:
    """Return the most points in a row and the fewest crossings that chance lets pass.

    Parameters
    ----------
    useful
        Points off the middle line, 1 or more.

    Notes
    -----
    Longest run: log2(n) + 3, rounded (Schilling 2012). Crossings: the 5th percentile of the binomial
    distribution of n - 1 crossings with chance one half (Chen 2010). Together they are the rules that
    Anhøj & Olesen (2014, PLoS ONE 9(11), e113825) and Anhøj (2015, PLoS ONE 10(3), e0121349) studied and
    R's ``qicharts2`` uses: ``round(log2(n)) + 3`` and ``qbinom(0.05, n - 1, 0.5)``.

    Examples
    --------
    >>> limits(24)
    (8, 8)
    """
    from scipy.stats import binom

    return round(math.log2(useful)) + 3, int(binom.ppf(0.05, useful - 1, 0.5)) if useful > 1 else 0


def runchart(
    values: Iterable[float],
    totals: Iterable[float] | None = None,
    *,
    periods: Iterable[object] | None = None,
    baseline: int | None = None,
    cumulative: bool = False,
    target: float | None = None,
) -> RunChart:
    """Draw a figure over time, and say whether it changed more than chance would have it.

    Parameters
    ----------
    values
        One number a period, in order of time, NaN where there is none; with ``totals``, counts
        (marks of D or F, students who miss work). A Series brings its index as ``periods``.
    totals
        What the counts are of, one whole number a period. The chart is then of shares, and a period of
        fewer than 10 is neither shown nor counted.
    periods
        Dates, numbers or names of the periods. Where weekly (or longer) dates or numbers go up in steps, one
        that is skipped becomes a gap.
    baseline
        The middle line comes from so many first periods alone: those before a change was tried.
    cumulative
        Whether each value holds those before it, as a cumulative grade does: then no rule is applied.
    target
        A goal, in the unit of what is drawn (a share: 0-1).

    Returns
    -------
    RunChart
        Its line, its middle line and a verdict.

    Raises
    ------
    AnalysisError
        If there is no period, lengths differ, a count is not between 0 and its total, a value is infinite,
        dates go back, or a baseline or target cannot be.

    Notes
    -----
    Anhøj & Olesen (2014): a signal is a run longer, or crossings fewer, than :func:`limits` of the points
    that do not lie on the median. About a median of the same points, charts without any change give a signal
    in some 1 to 5 of 100. A rule for trends is left out: the same study found it of no use. A cumulative
    figure is autocorrelated, and the rules would be wrong for it (rules.md 12).

    Examples
    --------
    >>> chart = runchart([31, 28, 33, 29, 32, 30, 27, 24, 22, 21, 23, 20, 19], [100] * 13, baseline=6)
    >>> chart.verdict, chart.centre, chart.longest, chart.longest_limit
    ('signal', 0.305, 8, 7)
    """
    import pandas as pd

    if isinstance(values, pd.Series):
        if isinstance(totals, pd.Series) and not totals.index.equals(values.index):
            raise AnalysisError("Counts and totals have different periods. Bring both to the same index.")
        if periods is None and not isinstance(values.index, pd.RangeIndex):
            periods = values.index
    numbers = _numbers(values, "value")
    if not numbers:
        raise AnalysisError("There is no period to draw. Give one value a period, in order of time.")
    of = [math.nan] * len(numbers) if totals is None else _numbers(totals, "total")
    places = [_place(p) for p in (range(1, len(numbers) + 1) if periods is None else pd.Index(list(periods)))]
    for what, given in (("totals", len(of)), ("periods", len(places))):
        if given != len(numbers):
            raise AnalysisError(
                f"There are {len(numbers)} values and {given} {what}. Give one of each for every period."
            )
    if baseline is not None:
        baseline = whole_number(baseline, 1, "periods in the baseline")
        if baseline > len(numbers):
            raise AnalysisError(
                f"A baseline of {baseline} periods needs more than the {len(numbers)} there are."
            )
    if target is not None:
        (target,) = _numbers([target], "target")
        if math.isnan(target) or not (totals is None or 0 <= target <= 1):
            raise AnalysisError("The target is a number; of shares it lies between 0 and 1 (20 % is 0.20).")
    drawn = [
        _period(label, number, n, totals is not None)
        for (label, _), number, n in zip(places, numbers, of, strict=True)
    ]
    counted = [p.value for p in drawn if not p.left_out]
    centre = math.nan
    if counted and not cumulative:
        base = [p.value for p in drawn[:baseline] if not p.left_out]
        if not base:
            raise AnalysisError(
                f"None of the first {baseline} periods has a value, so they give no middle line. "
                "Take a longer baseline."
            )
        centre = median(base)
    # Shares such as 0.1 + 0.2 and 0.3 lie on the same line.
    noise = 1e-9 * max((abs(value) for value in counted), default=0.0)
    sided = [_sided(p, centre, noise) for p in drawn]
    whole = _with_gaps([place for _, place in places], sided)
    if baseline is not None and len(whole) > len(sided):
        baseline = whole.index(sided[baseline - 1]) + 1
    verdict: Verdict = "without_rules" if cumulative else "cannot_tell"
    return _judged(RunChart(tuple(whole), totals is not None, centre, baseline, target, verdict))


def _judged(chart: RunChart) -> RunChart:
    """Return the chart with what the two rules say of it."""
    useful = [place for place, p in enumerate(chart.periods) if p.side in ("above", "below")]
    if not useful:
        return chart
    sides = [chart.periods[place].side for place in useful]
    starts = [0, *(i for i in range(1, len(sides)) if sides[i] != sides[i - 1])]
    runs = list(pairwise([*starts, len(sides)]))
    first, end = max(runs, key=lambda run: (run[1] - run[0], run[0]))
    longest, crossings = end - first, len(runs) - 1
    most, fewest = limits(len(useful))
    verdict: Verdict = "signal" if longest > most or crossings < fewest else "chance"
    return replace(
        chart,
        verdict=verdict if len(useful) >= FEWEST_USEFUL else "cannot_tell",
        useful=len(useful),
        longest=longest,
        longest_limit=most,
        crossings=crossings,
        crossings_limit=fewest,
        run=(useful[first], useful[end - 1]),
    )


def _numbers(values: Iterable[Any], what: str) -> list[float]:
    """Return numbers, NaN for what is missing."""
    import pandas as pd

    try:
        numbers = [math.nan if pd.isna(value) else float(value) for value in values]
    except (TypeError, ValueError):
        raise AnalysisError(f"A {what} of the run chart is not a number. Give one number a period.") from None
    if any(math.isinf(number) for number in numbers):
        raise AnalysisError(
            f"A {what} of the run chart is infinite. Leave it empty (NaN) where there is none."
        )
    return numbers


def _period(label: str, number: float, n: float, shares: bool) -> Period:
    if not shares:
        return Period(label, number, math.nan, math.nan, None, "gap" if math.isnan(number) else "")
    if math.isnan(number) or math.isnan(n) or n == 0:
        return Period(label, math.nan, math.nan, math.nan, None, "gap")
    if not (0 <= number <= n and number.is_integer() and n.is_integer()):
        raise AnalysisError(
            f"Period {label!r} has a count that is not a whole number between 0 and its total. "
            "With totals, give counts, not shares."
        )
    return Period(label, number / n, number, n, None, "small" if n < MIN_N_SHOWN else "")


def _sided(p: Period, centre: float, noise: float) -> Period:
    if p.left_out or math.isnan(centre):
        return p
    off = p.value - centre
    side: Side = "on" if abs(off) <= noise else "above" if off > 0 else "below"
    return Period(p.label, p.value, p.count, p.n, side, "")


def _place(period: object) -> tuple[str, object]:
    """Return a period's label, and its date or whole number where it is one."""
    if isinstance(period, str):
        try:
            return period, date.fromisoformat(period)
        except ValueError:
            return period, None
    if isinstance(period, date) and period == period:  # a missing date is not itself
        return str(period)[:10], date(period.year, period.month, period.day)
    if isinstance(period, Integral):
        return str(period), int(period)
    return str(period), None


def _with_gaps(places: Sequence[object], periods: list[Period]) -> list[Period]:
    """Return the periods with a gap for each that regular dates or numbers skip."""
    dates = [place for place in places if isinstance(place, date)]
    days = [d.toordinal() for d in dates] or [place for place in places if isinstance(place, int)]
    if len(days) < len(periods):
        return periods
    steps = [b - a for a, b in pairwise(days)]
    step = min(steps, default=0)
    if dates and any(s <= 0 for s in steps):
        raise AnalysisError("The dates of the periods do not go forward. Put them in order of time.")
    # School days skip weekends, and months are not of one length: neither is a gap. Nor is what skips more
    # than it gives, such as 202312, 202401.
    if step < (7 if dates else 1) or any(s % step for s in steps) or sum(steps) // step > 2 * len(periods):
        return periods
    whole = periods[:1]
    for (before, day), p in zip(pairwise(days), periods[1:], strict=True):
        for missed in range(before + step, day, step):
            label = str(date.fromordinal(missed) if dates else missed)
            whole.append(Period(label, math.nan, math.nan, math.nan, None, "gap"))
        whole.append(p)
    return whole
