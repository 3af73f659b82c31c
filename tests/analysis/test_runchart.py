"""Run charts: the rules of Anhøj, and what is shown of a chart."""

from __future__ import annotations

import datetime
import itertools
import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from relsurvey.analysis.runchart import limits, runchart
from relsurvey.errors import AnalysisError

# n: round(log2(n)) + 3, qbinom(0.05, n - 1, 0.5), from R 4.2.2 by the formulas of Anhøj & Olesen (2014).
LIMITS = """
10:6,2 11:6,2 12:7,3 13:7,3 14:7,4 15:7,4 16:7,4 17:7,5 18:7,5 19:7,6 20:7,6 21:7,6 22:7,7 23:8,7 24:8,8
25:8,8 26:8,8 27:8,9 28:8,9 29:8,10 30:8,10 31:8,11 32:8,11 33:8,11 34:8,12 35:8,12 36:8,13 37:8,13 38:8,14
39:8,14 40:8,14 41:8,15 42:8,15 43:8,16 44:8,16 45:8,17 46:9,17 47:9,17 48:9,18 49:9,18 50:9,19 51:9,19
52:9,20 53:9,20 54:9,21 55:9,21 56:9,21 57:9,22 58:9,22 59:9,23 60:9,23
"""


def weeks(k, skip=()):
    """Return Mondays, without some."""
    first = datetime.date(2025, 1, 6)
    return [first + datetime.timedelta(days=7 * i) for i in range(k) if i not in skip]


def test_the_limits_are_those_of_the_published_formulas():
    for entry in LIMITS.split():
        n, both = entry.split(":")
        assert limits(int(n)) == tuple(int(x) for x in both.split(","))
    assert len(LIMITS.split()) == 51
    assert limits(1) == (3, 0)


def test_a_worked_chart():
    # Middle 5; above: 1-3, 5, 8-10; below: 4, 6, 7, 11, 13, 14; on the line: 12, 15. Runs 3 1 1 2 3 3.
    chart = runchart([6, 7, 8, 4, 9, 3, 2, 6, 7, 8, 4, 5, 3, 1, 5])
    assert (chart.centre, chart.useful, chart.longest, chart.crossings) == (5, 13, 3, 5)
    assert (chart.longest_limit, chart.crossings_limit) == (7, 3)
    assert chart.verdict == "chance" and chart.rules == ()
    # Of the runs of three, the latest: 11, 13, 14 with the point on the line between them.
    assert chart.run == (10, 13)
    assert [p.side for p in chart.periods[10:]] == ["below", "on", "below", "below", "on"]
    assert chart.in_words().startswith("Ups and downs like these happen by chance.")
    assert "Points on the middle line are not counted (2)." in chart.in_words()


def test_a_long_run_is_a_signal_and_says_where():
    zigzag = [1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3]
    chart = runchart([*zigzag, *[4] * 8], baseline=12)
    assert chart.centre == 2 and chart.rules == ("longest_run",)
    # The last 3 of the zigzag lies above too.
    assert chart.longest == 9 and chart.run == (11, 19)
    said = chart.in_words()
    assert "The last 9 points all lie above the middle line (12 to 20)" in said
    assert "more than 7 in a row: something changed." in said
    assert "Los últimos 9 puntos están todos por encima de la línea central" in chart.in_words("es")
    later = runchart([*zigzag, *[4] * 8, 1, 3], baseline=12)
    assert "9 points in a row lie above the middle line (12 to 20)" in later.in_words()
    assert "Hay 9 puntos seguidos por encima de" in later.in_words("es")


def test_few_crossings_are_a_signal_without_a_long_run():
    # 24 points in runs of 6 (at most 8 pass); 3 crossings where 8 are the fewest.
    chart = runchart([1] * 6 + [3] * 6 + [1] * 6 + [3] * 6)
    assert (chart.longest, chart.crossings, chart.rules) == (6, 3, ("crossings",))
    assert "Crossings of the middle line: only 3, and chance seldom makes fewer than 8." in chart.in_words()
    assert "Cruces de la línea central: solo 3" in chart.in_words("es")


def test_what_just_meets_a_limit_is_chance():
    run_of_seven = runchart([1, 3] * 6 + [4] * 6, baseline=12)
    assert (run_of_seven.longest, run_of_seven.longest_limit) == (7, 7)
    assert run_of_seven.verdict == "chance"
    crossed = {}
    for runs in ([3] * 6 + [2] * 3, [3] * 8):
        sides = [1 + 2 * (i % 2) for i, length in enumerate(runs) for _ in range(length)]
        chart = runchart(sides, baseline=6)
        assert (chart.useful, chart.crossings_limit) == (24, 8)
        crossed[chart.crossings] = chart.verdict
    assert crossed == {8: "chance", 7: "signal"}


def test_noise_of_floating_point_is_no_side():
    values = [0.2, 0.1 + 0.2, 0.3, 0.4, 0.3]
    assert runchart(values).table.side.tolist() == ["below", "on", "on", "above", "on"]


def test_both_rules_speak():
    chart = runchart(range(20))
    assert chart.rules == ("longest_run", "crossings")
    assert "are few too: 1" in chart.in_words()


def test_a_cumulative_figure_is_drawn_without_rules():
    values = np.cumsum(np.random.default_rng(4).normal(size=30)) / np.arange(1, 31)
    chart = runchart(values, cumulative=True)
    assert chart.verdict == "without_rules" and not chart.rules
    assert math.isnan(chart.centre) and math.isnan(chart.longest)
    assert [p.value for p in chart.periods] == list(values)
    assert "27 of 100" in chart.in_words() and "27 de cada 100" in chart.in_words("es")
    assert len(chart.faces()) == 1


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ([1, 2, 3], "it takes 10 or more points off the middle line, and here are 2."),
        ([5], "every point lies on the middle line"),
        ([5] * 30, "every point lies on the middle line"),
        ([math.nan] * 12, "there is no point to draw"),
        ([None, math.nan], "there is no point to draw"),
    ],
)
def test_too_little_to_tell(values, said):
    chart = runchart(values)
    assert chart.verdict == "cannot_tell" and chart.rules == ()
    assert said in chart.in_words()
    assert chart.in_words("es").startswith("No se puede saber si algo cambió")
    assert len(chart.table) == len(values) and len(chart.faces()) == 1
    assert chart._repr_html_()


def test_nine_useful_points_cannot_tell_and_ten_can():
    assert runchart([1] * 4 + [3] * 5, baseline=None).verdict == "cannot_tell"
    assert runchart([1] * 5 + [3] * 5).verdict == "signal"


def test_shares_have_wilson_intervals_and_small_periods_are_out_of_it():
    # 9 is too small, 10 is not; what the small one holds changes nothing but its own row.
    counts, totals = [30, 6, 3, 28, 0], [100, 10, 9, 90, 0]
    chart = runchart(counts, totals)
    table = chart.table
    assert table.left_out.tolist() == ["", "", "small", "", "gap"]
    assert chart.centre == pytest.approx(28 / 90)
    # prop.test(30, 100, correct = FALSE)$conf.int
    assert table.low[0] == pytest.approx(0.218948852949328, abs=1e-9)
    assert table.high[0] == pytest.approx(0.395848546333467, abs=1e-9)
    other = runchart([30, 6, 9, 28, 0], totals)
    assert other.in_words() == chart.in_words() and other.faces() == chart.faces()
    assert "fewer than 10 are neither shown nor counted (1)" in chart.in_words()


def test_what_is_shown_masks_small_periods():
    chart = runchart([30, 7, 8, 28, 12], [100, 10, 9, 90, 80])
    (shown,) = chart.faces()
    assert shown.rows[2] == ("3", "under 10", "", "", "")
    assert shown.rows[1][1:3] == (10, "70 %")
    (travels,) = chart.faces("es", 11)
    assert travels.rows[1] == ("2", "menos de 11", "", "", "")
    for text in (repr(chart), chart._repr_html_(), chart.in_words("es")):
        assert "0.888" not in text and "89 %" not in text


def test_a_label_is_only_shown_escaped():
    chart = runchart(range(20), periods=["<script>alert(1)</script>"] * 20)
    assert "<script>" not in chart._repr_html_()
    assert "&lt;script&gt;" in chart._repr_html_()


def test_skipped_weeks_are_gaps():
    chart = runchart(range(18), periods=weeks(20, skip=(5, 6)))
    assert len(chart.periods) == 20
    assert [p.left_out for p in chart.periods[4:8]] == ["", "gap", "gap", ""]
    assert chart.periods[5].label == "2025-02-10"
    assert chart.useful == 18 and "left as gaps (2)" in chart.in_words()
    # A gap in the first weeks belongs to the baseline that it lies in.
    assert runchart(range(18), periods=weeks(20, skip=(5, 6)), baseline=6).baseline == 8
    assert runchart(range(18), periods=weeks(20, skip=(5, 6)), baseline=5).baseline == 5
    given = runchart([0, 1, math.nan, 2, 3] * 4, periods=weeks(20))
    assert [p.left_out for p in given.periods[:4]] == ["", "", "gap", ""]


@pytest.mark.parametrize(
    ("periods", "rows"),
    [
        ([1, 2, 4, 5], 5),
        ([36, 37, 1, 2], 4),  # a school year
        ([202311, 202312, 202401, 202402], 4),
        (["a", "b", "d", "e"], 4),
        ([datetime.date(2025, m, 1) for m in (1, 2, 4, 5)], 4),
        ([datetime.date(2025, 1, d) for d in (2, 3, 6, 7)], 4),  # a weekend
        (["2025-01-06", "2025-01-13", "2025-01-27", "2025-02-03"], 5),
        (pd.to_datetime(["2025-01-06", "2025-01-13", "2025-01-27", "2025-02-03"]), 5),
        (np.array(["2025-01-06", "2025-01-13", "2025-01-27", "2025-02-03"], dtype="datetime64[ns]"), 5),
        (pd.period_range("2025-01", periods=4, freq="M"), 4),
        ([pd.NaT, pd.NaT, None, 3], 4),
    ],
)
def test_only_what_is_regular_has_gaps(periods, rows):
    assert len(runchart([1, 2, 3, 4], periods=periods).periods) == rows


def test_a_series_brings_its_periods():
    counts = pd.Series([20, 25, 30], index=pd.to_datetime(weeks(3)))
    chart = runchart(counts, pd.Series([100, 100, 100], index=counts.index))
    assert chart.table.period.tolist() == ["2025-01-06", "2025-01-13", "2025-01-20"]
    assert runchart(pd.Series([1.0, 2.0])).table.period.tolist() == ["1", "2"]
    with pytest.raises(AnalysisError, match="different periods"):
        runchart(counts, pd.Series([100, 100, 100]))


def test_a_short_baseline_warns_and_a_goal_is_counted():
    values = [30, 20] * 3 + [18, 24] * 8
    chart = runchart(values, [100] * 22, baseline=6, target=0.20)
    assert chart.centre == pytest.approx(0.25)
    assert "comes from few points (6)" in chart.in_words() and "pocos puntos (6)" in chart.in_words("es")
    assert "Above the goal of 20 %: 11 of 22 points." in chart.in_words()
    assert "few points" not in runchart(values, [100] * 22, baseline=11).in_words()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"values": []}, "no period"),
        ({"values": [1, 2], "totals": [3]}, "2 values and 1 totals"),
        ({"values": [1, 2], "periods": ["a"]}, "2 values and 1 periods"),
        ({"values": [5], "totals": [3]}, "whole number between 0 and its total"),
        ({"values": [0.3], "totals": [10]}, "give counts"),
        ({"values": [-1], "totals": [10]}, "give counts"),
        ({"values": ["many"]}, "not a number"),
        ({"values": [math.inf]}, "infinite"),
        ({"values": [1, 2], "baseline": 3}, "baseline of 3 periods"),
        ({"values": [1, 2], "baseline": 0}, "periods in the baseline is whole, and 1 or more"),
        ({"values": [1, 2], "baseline": 1.5}, "periods in the baseline is whole, and 1 or more"),
        ({"values": [math.nan, 2], "baseline": 1}, "longer baseline"),
        ({"values": [5], "totals": [30], "target": 20}, "20 % is 0.20"),
        ({"values": [5], "target": "low"}, "target of the run chart is not a number"),
        ({"values": [1, 2], "periods": ["2025-02-03", "2025-01-06"]}, "order of time"),
    ],
)
def test_misuse_is_said_in_a_sentence(arguments, message):
    with pytest.raises(AnalysisError, match=message):
        runchart(**arguments)


def rate(draw, n, charts, **options):
    return sum(runchart(draw(n), **options).verdict == "signal" for _ in range(charts)) / charts


def test_false_signals_are_as_rare_as_published_and_a_change_is_found():
    # Anhøj & Olesen (2014): some 5 % whatever the number of points, about a known centre; fewer about the
    # median of the points themselves.
    rng = np.random.default_rng(20141125)
    for n in (12, 24, 36):
        assert rate(lambda k: rng.normal(size=k), n, 500) < 0.065
    known = [runchart([-1, 1, *rng.normal(size=24)], baseline=2).verdict == "signal" for _ in range(500)]
    assert 0.02 < np.mean(known) < 0.10
    shifted = [
        runchart([*rng.normal(size=12), *rng.normal(3, 1, size=12)], baseline=12).verdict for _ in range(200)
    ]
    assert shifted.count("signal") > 190
    # Why a cumulative grade has no rule.
    drifting = rate(lambda k: np.cumsum(rng.normal(size=k)) / np.arange(1, k + 1), 24, 200)
    assert drifting > 0.25


plain = st.lists(st.integers(-50, 50), min_size=1, max_size=40)


@given(plain, st.integers(1, 9), st.integers(-20, 20))
def test_another_unit_or_another_direction_changes_no_verdict(values, slope, shift):
    chart = runchart(values)
    moved = runchart([slope * v / 7 + shift for v in values])
    for attribute in ("verdict", "useful", "run"):
        assert getattr(moved, attribute) == getattr(chart, attribute)
    mirrored = runchart([-v for v in values])
    assert (mirrored.verdict, mirrored.run) == (chart.verdict, chart.run)
    assert chart.table.side.tolist() == moved.table.side.tolist()


@given(plain)
def test_time_backwards_and_gaps_change_no_count(values):
    chart = runchart(values)
    backwards = runchart(values[::-1])
    with_gaps = runchart([x for v in values for x in (v, math.nan)])
    for other in (backwards, with_gaps):
        assert other.verdict == chart.verdict and other.useful == chart.useful
        np.testing.assert_equal((other.longest, other.crossings), (chart.longest, chart.crossings))


@given(plain)
def test_the_pieces_add_up(values):
    chart = runchart(values)
    sides = [s for s in chart.table.side if s in ("above", "below")]
    assert chart.useful == len(sides)
    assert sum(p.side == "on" for p in chart.periods) == len(values) - chart.useful
    if chart.useful:
        assert chart.crossings == sum(a != b for a, b in itertools.pairwise(sides))
        assert 1 <= chart.longest <= chart.useful - chart.crossings
        first, last = chart.run
        inside = [p.side for p in chart.periods[first : last + 1] if p.side != "on"]
        assert len(inside) == chart.longest and len(set(inside)) == 1
