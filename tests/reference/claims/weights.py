"""Raking and weighted figures with linearised standard errors: survey."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import cache

import numpy as np
import pandas as pd

from relsurvey.analysis.weights import (
    Estimate,
    Weighted,
    Weights,
    rake,
    weighted_difference,
    weighted_mean,
    weighted_share,
)
from tests.reference.oracle import LEFT, SHARED, Figure, Record, data, keyed, reproduces, rows

NO_FPC = "a finite-population correction, which these figures never have (rules.md 4)"
for name in ("strat_fpc_mean", "clus1_fpc_mean", "strat_by_stype", "strat_svyttest", "clus1_svyttest"):
    LEFT[f"api/{name}"] = NO_FPC
LEFT["api/strat_total"] = "totals were not asked for, and it has a finite-population correction"
LEFT["api/strat_quantile"] = "weighted quantiles were not asked for"
LEFT["api/strat_svychisq"] = "the Rao-Scott test was not asked for, and it has a finite-population correction"
LEFT["pisa_be_2003/*_brr"] = "replicate weights were not asked for: a school's survey has none"

RAKING = "Weights: raking"
LINEARISED = "Weights: linearised standard errors"


@cache
def api(name: str) -> pd.DataFrame:
    return pd.read_csv(SHARED / "api" / f"{name}.csv")


def _estimate(record: Record, e: Estimate, names: dict[str, str]) -> Iterator[Figure]:
    for theirs, ours in names.items():
        yield Figure(theirs, record.value[theirs], getattr(e, ours))


@reproduces("api/weights_only_mean", "api/*_nofpc_mean", tolerance=1e-8, what=LINEARISED)
def api_mean(record: Record) -> Iterator[Figure]:
    frame = api("apiclus1" if "clus1" in record.id else "apistrat")
    e = weighted_mean(
        frame["api00"],
        frame["pw"],
        strata=frame["stype"] if "strat" in record.id else None,
        clusters=frame["dnum"] if "clus1" in record.id else None,
    ).estimates[0]
    yield from _estimate(record, e, {"se": "se", "mean": "value", "lo": "low", "hi": "high", "df": "df"})
    # R's default compares with a draw without replacement from the sum of the weights.
    drawn = 1 - e.n / frame["pw"].sum()
    yield Figure("deff", record.value["deff"], e.design_effect / drawn)


@reproduces("api/strat_prop_ci", tolerance=1e-8, what=LINEARISED)
def proportion(record: Record) -> Iterator[Figure]:
    from scipy.stats import t

    frame = api("apistrat")
    e = weighted_share(frame["sch.wide"] == "Yes", frame["pw"], strata=frame["stype"]).estimates[0]
    # R's logit goes through a fitted model, its xlogit through the share; "mean" is the plain t interval. Its
    # fourth, "beta", is not one of ours.
    half = float(t.ppf(0.975, e.df)) * e.se
    for method, low, high in (
        ("logit", e.low, e.high),
        ("xlogit", e.low, e.high),
        ("mean", e.value - half, e.value + half),
    ):
        yield Figure(f"{method} lo", record.value[method]["lo"], low)
        yield Figure(f"{method} hi", record.value[method]["hi"], high)
        yield Figure(f"{method} p", record.value[method]["p"], e.value)


def _test(theirs: dict[str, float], found: Weighted) -> Iterator[Figure]:
    d = found.difference
    yield Figure("t", theirs["t"], d.t)
    yield Figure("df", theirs["df"], d.df)
    yield Figure("diff", theirs["diff"], d.value)
    yield Figure("p", theirs["p"], d.p, 1e-6, True)


@reproduces("api/clus1_nofpc_svyttest", tolerance=1e-8, what=LINEARISED)
def cluster_test(record: Record) -> Iterator[Figure]:
    c = api("apiclus1")
    yield from _test(
        record.value,
        weighted_difference(c["api00"], c["sch.wide"], c["pw"], a="Yes", b="No", clusters=c["dnum"]),
    )


@reproduces("daag_science/svyttest_sex", tolerance=1e-8, what=LINEARISED)
def sex_test(record: Record) -> Iterator[Figure]:
    from scipy.stats import t

    d = data("daag_science").dropna(subset=["sex"])
    ones = np.ones(len(d))
    found = weighted_difference(d["like"], d["sex"], ones, a="m", b="f", clusters=d["Class"])
    yield from _test(record.value["test"], found)
    yield Figure("lo", record.value["test"]["lo"], found.difference.low)
    yield Figure("hi", record.value["test"]["hi"], found.difference.high)
    by = weighted_mean(d["like"], ones, groups=d["sex"], clusters=d["Class"]).estimates[1:]
    limits = dict(zip(record.value["ci"]["rows"], record.value["ci"]["data"], strict=True))
    for e, theirs in zip(by, record.value["by"], strict=True):
        yield Figure(f"{e.group} mean", theirs["mean"], e.value)
        yield Figure(f"{e.group} se", theirs["se"], e.se)
        # The record takes the whole design's df; ours is that of the classes that have such students.
        half = float(t.ppf(0.975, 65)) * e.se
        yield Figure(f"{e.group} lo", limits[e.group][0], e.value - half)
        yield Figure(f"{e.group} hi", limits[e.group][1], e.value + half)


@cache
def raked_bfi() -> tuple[pd.DataFrame, Weights]:
    frame = data("bfi").copy()
    items = keyed("bfi", "A")
    frame["score"] = items.mean(axis=1).where(items.notna().sum(axis=1) >= 3)
    frame = frame.dropna(subset=["gender", "education"])
    frame["gender"] = frame["gender"].replace({1: "male", 2: "female"})
    education = dict(zip(range(1, 6), (300, 400, 900, 500, 477), strict=True))
    return frame, rake(frame, {"gender": {"male": 1200, "female": 1377}, "education": education})


@reproduces("bfi/rake_cells", tolerance=1e-6, what=RAKING)
def rake_cells(record: Record) -> Iterator[Figure]:
    _, found = raked_bfi()
    ours = {c.categories: c.weight for c in found.cells}
    for row in record.value:
        yield Figure(f"{row['gender']} {row['edu']}", row["w"], ours[row["gender"], row["edu"]])


@reproduces("bfi/rake_summary", tolerance=1e-6, what=RAKING)
def rake_summary(record: Record) -> Iterator[Figure]:
    _, found = raked_bfi()
    mean = found.total / found.n
    for name, value in {
        "kish_deff": found.design_effect,
        "n": found.n,
        "sum": found.total,
        "min": found.smallest * mean,
        "max": found.largest * mean,
        "neff": found.effective_n,
    }.items():
        yield Figure(name, record.value[name], value)


@reproduces("bfi/rake_svymean", tolerance=1e-8, what=RAKING)
def rake_svymean(record: Record) -> Iterator[Figure]:
    frame, found = raked_bfi()
    e = weighted_mean(frame["score"], found).estimates[0]
    yield from _estimate(record, e, {"se": "se", "mean": "value"})


@reproduces("bfi/rake_weighted_plain", tolerance=1e-8, what=RAKING)
def rake_weighted_plain(record: Record) -> Iterator[Figure]:
    frame, found = raked_bfi()
    known = frame["score"].notna()
    score, gender, weight = frame["score"][known], frame["gender"][known], found.weight[known]
    whole, *by = weighted_mean(score, weight, groups=gender).estimates
    yield from _estimate(record, whole, {"se": "se", "mean": "value"})
    theirs = rows(record.value["by"], "gender")
    for e in by:
        yield Figure(f"{e.group} mean", theirs[e.group]["mean"], e.value)
        yield Figure(f"{e.group} se", theirs[e.group]["se"], e.se)
    test = weighted_difference(score, gender, weight, a="female", b="male")
    yield from _test(record.value["svyttest"], test)


@reproduces("api/clus1_rake", tolerance=1e-8, what=RAKING)
def clus1_rake(record: Record) -> Iterator[Figure]:
    c = api("apiclus1")
    stype, wide = {"E": 4421, "H": 755, "M": 1018}, {"No": 1072, "Yes": 5122}
    found = rake(c, {"stype": stype, "sch.wide": wide}, start=c["pw"])
    e = weighted_mean(c["api00"], found, clusters=c["dnum"]).estimates[0]
    yield from _estimate(record, e, {"se": "se", "mean": "value"})
    yield Figure("total", record.value["total"], float(found.weight @ c["enroll"]), 1e-8, True)
    ours = {cell.categories: cell.weight for cell in found.cells}
    for row in record.value["weights"]:
        key = (row["stype"], row["sch.wide"])
        yield Figure(" ".join(key), row["w"], ours[key], 1e-6)


@reproduces("api/clus1_poststrat", tolerance=1e-8, what=RAKING)
def clus1_poststrat(record: Record) -> Iterator[Figure]:
    c = api("apiclus1")
    found = rake(c, {"stype": {"E": 4421, "H": 755, "M": 1018}}, start=c["pw"])
    e = weighted_mean(c["api00"], found, clusters=c["dnum"]).estimates[0]
    yield from _estimate(record, e, {"se": "se", "mean": "value"})


@cache
def pisa() -> pd.DataFrame:
    frame = data("pisa_be_2003").copy()
    frame["gender"] = frame["gender"].map({1: "female", 2: "male"})
    for name, scale in (("eff", "EFFICACY"), ("self", "SELFCON")):
        items = keyed("pisa_be_2003", scale)
        least = math.ceil(0.8 * items.shape[1] - 1e-9)
        frame[name] = items.mean(axis=1).where(items.notna().sum(axis=1) >= least)
    return frame


@reproduces("pisa_be_2003/svymean_weights", tolerance=1e-8, what=LINEARISED)
def pisa_mean(record: Record) -> Iterator[Figure]:
    for name, theirs in record.value.items():
        e = weighted_mean(pisa()[name], pisa()["W_FSTUWT"]).estimates[0]
        yield Figure(f"{name} se", theirs["se"], e.se)
        yield Figure(f"{name} mean", theirs["mean"], e.value)


@reproduces("pisa_be_2003/svyby_gender_weights", tolerance=1e-8, what=LINEARISED)
def pisa_by(record: Record) -> Iterator[Figure]:
    found = weighted_mean(pisa()["self"], pisa()["W_FSTUWT"], groups=pisa()["gender"])
    theirs = rows(record.value, "gender")
    for e in found.estimates[1:]:
        yield Figure(f"{e.group} se", theirs[e.group]["se"], e.se)
        yield Figure(f"{e.group} mean", theirs[e.group]["mean"], e.value)


@reproduces("pisa_be_2003/svyttest_weights", tolerance=1e-8, what=LINEARISED)
def pisa_test(record: Record) -> Iterator[Figure]:
    d = pisa()
    yield from _test(
        record.value, weighted_difference(d["self"], d["gender"], d["W_FSTUWT"], a="male", b="female")
    )


@reproduces("pisa_be_2003/weighted_top_box", tolerance=1e-8, what=LINEARISED)
def pisa_share(record: Record) -> Iterator[Figure]:
    d = pisa()
    agrees = (d["ST32Q04"] <= 2).astype(float).where(d["ST32Q04"].notna())
    found = weighted_share(agrees, d["W_FSTUWT"], groups=d["gender"])
    theirs = rows(record.value, "gender")
    for e in found.estimates[1:]:
        for name, value in (("lo", e.low), ("hi", e.high), ("p", e.value)):
            yield Figure(f"{e.group} {name}", theirs[e.group][name], value)
