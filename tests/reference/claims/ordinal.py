"""Factor models of answers in steps, omega of their sum, invariance of thresholds: lavaan, semTools."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import pandas as pd

from relsurvey.analysis.ordinal_cfa import OrdinalFactor, ordinal_factor
from relsurvey.analysis.ordinal_invariance import OrdinalInvariance, ordinal_invariance
from tests.reference.claims.factor import MODELS
from tests.reference.oracle import Figure, Record, data, keyed, reproduces

MEASURES = {
    "chisq": "chisq",
    "df": "df",
    "cfi": "cfi",
    "tli": "tli",
    "rmsea": "rmsea",
    "srmr": "srmr",
    "chisq.scaled": "chisq_scaled",
    "df.scaled": "df",
    "pvalue.scaled": "p_scaled",
    "cfi.scaled": "cfi_scaled",
    "tli.scaled": "tli_scaled",
    "rmsea.scaled": "rmsea_scaled",
    "rmsea.ci.lower.scaled": "rmsea_low",
    "rmsea.ci.upper.scaled": "rmsea_high",
}
#: R's name of each step, and ours.
STEPS = {
    "configural": "configural",
    "thresholds": "thresholds",
    "thresholds_loadings": "loadings",
    "thr_load_intercepts": "intercepts",
}
#: Columns of the groups that R's ids name.
GROUPS = {"gender": "gender", "school_type": "school.type"}


@cache
def one(dataset: str, part: str) -> OrdinalFactor:
    return ordinal_factor(keyed(dataset, part))


@cache
def several(dataset: str, part: str) -> OrdinalFactor:
    scales = {name: keyed(dataset, scale) for name, scale in MODELS[f"{dataset}/{part}"].items()}
    frame = pd.concat(list(scales.values()), axis=1)
    return ordinal_factor(frame, {name: list(own.columns) for name, own in scales.items()})


@cache
def groups(dataset: str, part: str) -> OrdinalInvariance:
    scale, group = part.split("_by_")
    return ordinal_invariance(keyed(dataset, scale), data(dataset)[GROUPS[group]], by=group)


def fit_figures(record: Record, ours: pd.Series) -> Iterator[Figure]:
    for name, value in record.value.items():
        # R's optimiser stops a little before the least; chi² has up to four digits before the point.
        yield Figure(name, value, ours[MEASURES[name]], tolerance=1e-3 if "chisq" in name else None)


@reproduces("*/cfa1_wlsmv_fit", tolerance=1e-5, what="Factor model of answers in steps (WLSMV): fit")
def one_fit(record: Record) -> Iterator[Figure]:
    yield from fit_figures(record, one(record.dataset, record.part).fit.iloc[0])


@reproduces("*/cfa_wlsmv_fit", tolerance=1e-5, what="Factor model of answers in steps (WLSMV): fit")
def several_fit(record: Record) -> Iterator[Figure]:
    yield from fit_figures(record, several(record.dataset, record.part).fit.iloc[0])


@reproduces(
    "*/cfa1_wlsmv_loadings", tolerance=1e-5, what="Factor model of answers in steps (WLSMV): loadings"
)
def one_loadings(record: Record) -> Iterator[Figure]:
    ours = one(record.dataset, record.part).loadings.set_index("item")["loading"]
    for item, value in record.value.items():
        yield Figure(item, value, ours[item])


@reproduces("*/cfa_wlsmv_std", tolerance=1e-5, what="Factor model of answers in steps (WLSMV): loadings")
def several_std(record: Record) -> Iterator[Figure]:
    found = several(record.dataset, record.part)
    loadings = found.loadings.set_index("item")["loading"]
    between = found.correlations.set_index(["a", "b"])["latent"]
    for row in record.value:
        lhs, op, rhs = row["lhs"], row["op"], row["rhs"]
        ours = loadings[rhs] if op == "=~" else between[lhs, rhs]
        yield Figure(f"{lhs} {op} {rhs}", row["est.std"], ours)


@reproduces("*/omega_categorical", tolerance=1e-6, what="Omega of answers in steps (Green & Yang)")
def omega(record: Record) -> Iterator[Figure]:
    ours = one(record.dataset, record.part).omega.iloc[0]
    # Each item is on one factor: semTools' omega2 is its omega.
    names = {
        "alpha": "alpha",
        "alpha.ord": "ordinal_alpha",
        "omega": "omega",
        "omega2": "omega",
        "omega3": "omega_observed",
        "avevar": "explained",
    }
    for name, value in record.value.items():
        yield Figure(name, value, ours[names[name]])


@reproduces("*/invariance_wlsmv/*", tolerance=1e-5, what="Invariance of answers in steps (WLSMV)")
def invariance(record: Record) -> Iterator[Figure]:
    part = record.part.removesuffix("/invariance_wlsmv")
    steps = groups(record.dataset, part).fit.set_index("step")
    yield from fit_figures(record, steps.loc[STEPS[record.figure]])
