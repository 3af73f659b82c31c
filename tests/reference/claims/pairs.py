"""Every two of several groups: Games and Howell, Tukey, Dunn, Welch, Hedges' g."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import pandas as pd

from relsurvey.analysis.groups.twosample import welch_from_sums
from tests.reference.claims.compare import of
from tests.reference.oracle import Figure, Record, reproduces


def _by_pair(record: Record, table: pd.DataFrame) -> Iterator[tuple[dict[str, Any], dict[str, Any], int]]:
    """Yield R's row, ours, and the sign that turns our a minus b into R's group2 minus group1."""
    found = {(p["a"], p["b"]): p for p in table.to_dict("records")}
    assert len(record.value) == len(found)
    by_name = {f"{a}-{b}": (a, b) for pair in found for a, b in (pair, pair[::-1])}
    for row in record.value:
        # Labels hold dashes themselves: a Tukey pair is found by writing ours as R does.
        ends = by_name[row["pair"]] if "pair" in row else (row["group2"], row["group1"])
        yield (row, found[ends], 1) if ends in found else (row, found[ends[::-1]], -1)


def _limits(pair: dict[str, Any], sign: int, name: str) -> tuple[float, float]:
    low, high = pair[f"{name}_low"], pair[f"{name}_high"]
    return (low, high) if sign > 0 else (-high, -low)


@reproduces("*/games_howell", tolerance=1e-6, what="Pairs: Games and Howell, Tukey")
def games_howell(record: Record) -> Iterator[Figure]:
    found = of(record)
    for row, pair, sign in _by_pair(record, found.pairs_means):
        name = f"{row['group2']}-{row['group1']}"
        i, j = (found.groups.index(row[end]) for end in ("group2", "group1"))
        welch = welch_from_sums(found.sums[i], found.sums[j])
        difference = found.sums[i].mean - found.sums[j].mean
        low, high = _limits(pair, sign, "games_howell")
        for theirs, value in {
            "diff": difference,
            "se": difference / welch.statistic,
            "t": welch.statistic,
            "df": welch.df1,
            "p": pair["games_howell_p"],
            "lo": low,
            "hi": high,
        }.items():
            yield Figure(f"{name} {theirs}", row[theirs], value)


def _three_digits(p: float) -> float:
    """Round as rstatix does: three decimals, and under .001 three digits."""
    return round(p, 3) if p >= 0.001 else float(f"{p:.3g}")


@reproduces("*/games_howell_rstatix", tolerance=1e-6, what="Pairs: Games and Howell, Tukey")
def games_howell_rstatix(record: Record) -> Iterator[Figure]:
    found = of(record)
    for row, pair, sign in _by_pair(record, found.pairs_means):
        name = f"{row['group2']}-{row['group1']}"
        i, j = (found.groups.index(row[end]) for end in ("group2", "group1"))
        welch = welch_from_sums(found.sums[i], found.sums[j])
        difference = found.sums[i].mean - found.sums[j].mean
        low, high = _limits(pair, sign, "games_howell")
        # rstatix' standard error is Welch's over the root of 2, its t has no sign, its p three digits.
        for theirs, value in {
            "n1": found.sums[j].n,
            "n2": found.sums[i].n,
            "estimate": difference,
            "conf.low": low,
            "conf.high": high,
            "se": difference / welch.statistic / math.sqrt(2),
            "statistic": abs(welch.statistic),
            "df": welch.df1,
            "p.adj": _three_digits(pair["games_howell_p"]),
        }.items():
            yield Figure(f"{name} {theirs}", row[theirs], value)


@reproduces("*/tukey", tolerance=1e-6, what="Pairs: Games and Howell, Tukey")
def tukey(record: Record) -> Iterator[Figure]:
    found = of(record)
    means = dict(zip(found.groups, (s.mean for s in found.sums), strict=True))
    for row, pair, sign in _by_pair(record, found.pairs_means):
        low, high = _limits(pair, sign, "tukey")
        yield Figure(f"{row['pair']} diff", row["diff"], sign * (means[pair["a"]] - means[pair["b"]]))
        yield Figure(f"{row['pair']} lwr", row["lwr"], low)
        yield Figure(f"{row['pair']} upr", row["upr"], high)
        yield Figure(f"{row['pair']} p", row["p adj"], pair["tukey_p"])


@reproduces("*/dunn_holm", tolerance=1e-8, what="Pairs: ranks")
def dunn_holm(record: Record) -> Iterator[Figure]:
    found = of(record)
    n = dict(zip(found.groups, (s.n for s in found.sums), strict=True))
    for row, pair, sign in _by_pair(record, found.pairs_ranks):
        name = f"{row['group2']}-{row['group1']}"
        yield Figure(f"{name} statistic", row["statistic"], sign * pair["dunn_z"])
        yield Figure(f"{name} p", row["p"], pair["dunn_p"], 1e-6, True)
        yield Figure(f"{name} p.adj", row["p.adj"], pair["dunn_p_adjusted"], 1e-6, True)
        yield Figure(f"{name} n1", row["n1"], n[row["group1"]])
        yield Figure(f"{name} n2", row["n2"], n[row["group2"]])


def _pairwise(record: Record, table: pd.DataFrame, column: str) -> Iterator[Figure]:
    for row, pair, _ in _by_pair(record, table):
        yield Figure(f"{row['group1']}, {row['group2']}", row["p"], pair[column])


@reproduces("*/pairwise_welch_none", tolerance=1e-6, relative=True, what="Pairs: Welch")
def pairwise_welch(record: Record) -> Iterator[Figure]:
    yield from _pairwise(record, of(record).pairs, "p")


@reproduces("*/pairwise_welch_holm", tolerance=1e-6, relative=True, what="Pairs: Welch")
def pairwise_welch_holm(record: Record) -> Iterator[Figure]:
    yield from _pairwise(record, of(record).pairs, "p_adjusted")


@reproduces("*/pairwise_welch_BH", tolerance=1e-6, relative=True, what="Pairs: Welch")
def pairwise_welch_bh(record: Record) -> Iterator[Figure]:
    yield from _pairwise(record, of(record).pairs_means, "q")


@reproduces("*/pairwise_mw_holm", tolerance=1e-6, relative=True, what="Pairs: ranks")
def pairwise_mw_holm(record: Record) -> Iterator[Figure]:
    yield from _pairwise(record, of(record).pairs_ranks, "p_adjusted")


@reproduces("*/pairwise_hedges", tolerance=1e-8, what="Pairs: Hedges' g")
def pairwise_hedges(record: Record) -> Iterator[Figure]:
    # g is group1 minus group2, so the sign is the other way round here.
    for row, pair, sign in _by_pair(record, of(record).pairs):
        name, (low, high) = f"{row['group1']}-{row['group2']}", _limits(pair, -sign, "g")
        yield Figure(f"{name} g", row["g"], -sign * pair["g"])
        yield Figure(f"{name} lo", row["lo"], low, 1e-4)
        yield Figure(f"{name} hi", row["hi"], high, 1e-4)
