"""Students in clusters: ICC, random intercept, cluster-robust standard errors: lme4, clubSandwich, survey."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import numpy as np
import pandas as pd

from relsurvey.aggregate.moments import Sums
from relsurvey.analysis.clusters import Generalised, cluster_difference, cluster_mean, cluster_model
from relsurvey.analysis.nesting import Nesting, nesting
from relsurvey.analysis.sampling.columns import by_cluster
from relsurvey.analysis.sampling.random_intercept import Components, components, design_effect, shrunken
from relsurvey.analysis.weights import weighted_mean
from tests.reference.oracle import LEFT, Figure, Record, data, keyed, reproduces, rows

LEFT["*/icc_multilevel"] = (
    "multilevel::ICC1 takes the mean cluster size for Donner's n0; ours, and ICC2, is the record icc_anova"
)
LEFT["autonomy_support/rwgj"] = "agreement within a group (rwg) was not asked for"
LEFT["autonomy_support/alpha_group_means"] = (
    "alpha of the teachers' means: means of teachers are never published"
)
LEFT["mathachieve/svyglm"] = (
    "the same model with clusters / (clusters - 1) in the standard error; ours is CR1 and CR2"
)


@cache
def rows_of(dataset: str, part: str) -> tuple[np.ndarray, np.ndarray]:
    """Return scores and clusters of a comparison as R's script makes them."""
    frame = data(dataset)
    if part == "AUT_in_teacher":
        return keyed(dataset, "AUT").mean(axis=1).to_numpy(), frame["Teacher"].to_numpy()
    if part == "in_school":
        return frame["MathAch"].to_numpy(), frame["School"].to_numpy()
    return frame["like"].to_numpy(float), frame["Class" if part == "like_in_class" else "school"].to_numpy()


@cache
def sums_of(dataset: str, part: str) -> dict[str, Sums]:
    return by_cluster(*rows_of(dataset, part))


@cache
def ours(dataset: str, part: str) -> Nesting:
    return nesting(sums_of(dataset, part))


@cache
def fit(dataset: str, part: str, method: str) -> Components:
    return components(list(sums_of(dataset, part).values()), method)


PARTS = ("autonomy_support/AUT_in_teacher", "daag_science/like_in_*", "mathachieve/in_school")


@reproduces(*[f"{p}/n" for p in PARTS], tolerance=1e-8, what="Nesting: sizes of clusters")
def sizes(record: Record) -> Iterator[Figure]:
    found = ours(record.dataset, record.part)
    each = [m.n for m in found.means]
    for name, value in {
        "n": found.n,
        "clusters": found.clusters,
        "mean_size": found.mean_size,
        "min_size": min(each),
        "max_size": max(each),
        "n0": found.n0,
    }.items():
        yield Figure(name, record.value[name], value)


@reproduces("*/icc_anova", tolerance=1e-8, what="Nesting: ICC by analysis of variance")
def icc_anova(record: Record) -> Iterator[Figure]:
    found = ours(record.dataset, record.part)
    names = {"icc1_n0": "icc1", "icc2": "icc2", "msb": "between", "msw": "within", "F": "f", "n0": "n0"}
    for theirs, name in names.items():
        yield Figure(theirs, record.value[theirs], getattr(found, name))
    yield Figure("p", record.value["p"], found.p, 1e-6, True)


@reproduces(*[f"{p}/anova_ms" for p in PARTS], tolerance=1e-8, what="Nesting: ICC by analysis of variance")
def anova_ms(record: Record) -> Iterator[Figure]:
    found = ours(record.dataset, record.part)
    for theirs, value in {"msb": found.between, "msw": found.within, "F": found.f}.items():
        yield Figure(theirs, record.value[theirs], value)
    yield Figure("df1", record.value["df1"], found.clusters - 1)
    yield Figure("df2", record.value["df2"], found.n - found.clusters)
    yield Figure("p", record.value["p"], found.p, 1e-6, True)


@reproduces("autonomy_support/icc1_item/*", tolerance=1e-8, what="Nesting: ICC by analysis of variance")
def icc_item(record: Record) -> Iterator[Figure]:
    frame = data(record.dataset)
    yield Figure("icc1", record.value, nesting(frame[record.figure], frame["Teacher"]).icc1)


@reproduces("*/lmer_null", tolerance=1e-4, relative=True, what="Nesting: random intercept by REML")
def lmer_null(record: Record) -> Iterator[Figure]:
    found = fit(record.dataset, record.part, "REML")
    size = ours(record.dataset, record.part).mean_size
    for theirs, value in {
        "tau2": found.tau2,
        "sigma2": found.sigma2,
        "intercept": found.mean,
        "se": found.se,
        "icc1": found.icc,
        "icc2_meank": found.reliability(size),
        "deff_meank": design_effect(found.icc, size),
        "reml_crit": found.deviance,
    }.items():
        yield Figure(theirs, record.value[theirs], value)


@reproduces("*/lmer_null_ml", tolerance=1e-4, relative=True, what="Nesting: random intercept by ML")
def lmer_null_ml(record: Record) -> Iterator[Figure]:
    found = fit(record.dataset, record.part, "ML")
    for theirs, value in {
        "tau2": found.tau2,
        "sigma2": found.sigma2,
        "icc1": found.icc,
        "logLik": -found.deviance / 2,
        "lr_vs_no_cluster": found.deviance_without - found.deviance,
    }.items():
        yield Figure(theirs, record.value[theirs], value)


@reproduces("*/cluster_means", tolerance=1e-8, what="Nesting: empirical-Bayes means")
def cluster_means(record: Record) -> Iterator[Figure]:
    found = shrunken(sums_of(record.dataset, record.part), fit(record.dataset, record.part, "REML"))
    theirs = rows(record.value, "cluster")
    assert {m.name for m in found} == set(theirs)
    for m in found:
        yield Figure(f"{m.name} blup", theirs[m.name]["blup"], m.shrunk, 1e-4, True)
        yield Figure(f"{m.name} mean", theirs[m.name]["mean"], m.mean)
        yield Figure(f"{m.name} n", theirs[m.name]["n"], m.n)


@reproduces("*/mean_cluster_robust", tolerance=1e-8, what="Clusters: CR2 and Satterthwaite's df")
def mean_cluster_robust(record: Record) -> Iterator[Figure]:
    (term,) = cluster_mean(sums_of(record.dataset, record.part)).terms
    for theirs, value in {
        "se_CR2": term.se,
        "df_satt": term.df,
        "mean": term.estimate,
        "lo": term.low,
        "hi": term.high,
        "se_naive": term.se_naive,
        "se_CR0": term.se_cr0,
    }.items():
        yield Figure(theirs, record.value[theirs], value)


@reproduces("*/svymean_cluster", tolerance=1e-8, what="Weights: linearised standard errors")
def svymean_cluster(record: Record) -> Iterator[Figure]:
    y, clusters = rows_of(record.dataset, record.part)
    found = weighted_mean(y, np.ones(len(y)), clusters=clusters).estimates[0]
    for theirs, value in {
        "se": found.se,
        "mean": found.value,
        "df": found.df,
        "lo": found.low,
        "hi": found.high,
        "deff": found.design_effect,
    }.items():
        yield Figure(theirs, record.value[theirs], value)


def _terms(record: Record, found: Generalised, names: dict[str, str], p: str) -> Iterator[Figure]:
    theirs = rows(record.value)
    for term, name in zip(found.terms, names, strict=True):
        row = theirs[names[name]]
        yield Figure(f"{name} se_CR2", row["se_CR2"], term.se)
        yield Figure(f"{name} df", row["df_satt"], term.df)
        yield Figure(f"{name} est", row["est"], term.estimate)
        yield Figure(f"{name} se_CR1", row["se_CL_HC1"], term.se_cr1)
        yield Figure(f"{name} p", row[p], term.p, 1e-6, True)
        if "se_CR0" in row:
            yield Figure(f"{name} se_CR0", row["se_CR0"], term.se_cr0)
            yield Figure(f"{name} se_ols", row["se_ols"], term.se_naive)


@reproduces("daag_science/cluster_robust_sex", tolerance=1e-8, what="Clusters: CR2 and Satterthwaite's df")
def cluster_robust_sex(record: Record) -> Iterator[Figure]:
    frame = data("daag_science")
    difference = cluster_difference(frame["like"], frame["sex"], frame["Class"], a="m", b="f")
    yield from _terms(record, difference, {"m - f": "sexm"}, "p_CR2")
    model = cluster_model(frame["like"], frame[["sex"]], frame["Class"])
    yield from _terms(record, model, {"intercept": "(Intercept)", "sex: m": "sexm"}, "p_CR2")


@reproduces("mathachieve/cluster_robust", tolerance=1e-8, what="Clusters: CR2 and Satterthwaite's df")
def cluster_robust(record: Record) -> Iterator[Figure]:
    from tests.reference.oracle import SHARED

    frame = data("mathachieve")
    schools = pd.read_csv(SHARED / "mathachieve" / "mathachschool.csv").set_index("School")["Sector"]
    covariates = pd.DataFrame({"SES": frame["SES"], "Sector": frame["School"].map(schools)})
    found = cluster_model(frame["MathAch"], covariates, frame["School"])
    names = {"intercept": "(Intercept)", "SES": "SES", "Sector: Public": "SectorPublic"}
    yield from _terms(record, found, names, "p")
