"""Factor models by ML: lavaan and semTools; correlations of scales."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import pandas as pd

from relsurvey.aggregate import moments
from relsurvey.analysis.alike import disattenuated
from relsurvey.analysis.factor import Factor, factor
from tests.reference.oracle import LEFT, Figure, Record, keyed, reproduces

LEFT["*/cfa_mlr_fit"] = "fit under a robust chi² needs the rows' fourth moments, and no verdict rests on it"
LEFT["*/cfa1_fiml"] = "factor models rest on complete rows; full information from rows with gaps is not given"

#: Models of several scales by R's name: data set, and R's name of each factor.
MODELS = {
    "bfi/all25": {name: name for name in "ACENO"},
    "pisa_be_2003/two": {"EFF": "EFFICACY", "SC": "SELFCON"},
    "holzinger1939/three": {name: name for name in ("visual", "textual", "speed")},
}
MEASURES = {
    "chisq": "chisq",
    "df": "df",
    "pvalue": "p",
    "cfi": "cfi",
    "tli": "tli",
    "rmsea": "rmsea",
    "rmsea.ci.lower": "rmsea_low",
    "rmsea.ci.upper": "rmsea_high",
    "srmr": "srmr",
    "aic": "aic",
    "bic": "bic",
    "logl": "loglik",
}
#: Those that chi² is part of.
LIKE_CHISQ = ("chisq", "aic", "bic", "logl")


@cache
def one(dataset: str, part: str) -> Factor:
    return factor(keyed(dataset, part))


@cache
def several(dataset: str, part: str) -> Factor:
    scales = {name: keyed(dataset, scale) for name, scale in MODELS[f"{dataset}/{part}"].items()}
    frame = pd.concat(list(scales.values()), axis=1)
    return factor(frame, {name: list(own.columns) for name, own in scales.items()})


def fit_figures(record: Record, ours: pd.Series) -> Iterator[Figure]:
    for name, value in record.value.items():
        yield Figure(name, value, ours[MEASURES[name]], tolerance=1e-3 if name in LIKE_CHISQ else None)


@reproduces("*/cfa1_ml_fit", tolerance=1e-5, what="Factor model by ML: fit")
def one_fit(record: Record) -> Iterator[Figure]:
    yield from fit_figures(record, one(record.dataset, record.part).fit.iloc[0])


@reproduces("*/cfa_ml_fit", tolerance=1e-5, what="Factor model by ML: fit")
def several_fit(record: Record) -> Iterator[Figure]:
    yield from fit_figures(record, several(record.dataset, record.part).fit.iloc[0])


@reproduces("*/cfa1_ml_loadings", tolerance=1e-5, what="Factor model by ML: loadings")
def one_loadings(record: Record) -> Iterator[Figure]:
    ours = one(record.dataset, record.part).loadings.set_index("item")
    names = {"std": "std", "std_se": "std_se", "unstd": "loading", "unstd_se": "se"}
    for row in record.value:
        for theirs, name in names.items():
            yield Figure(f"{row['item']} {theirs}", row[theirs], ours.loc[row["item"], name])


@reproduces("*/cfa_ml_std", tolerance=1e-5, what="Factor model by ML: loadings")
def several_std(record: Record) -> Iterator[Figure]:
    found = several(record.dataset, record.part)
    loadings = found.loadings.set_index("item")
    between = found.correlations.set_index(["a", "b"])
    for row in record.value:
        lhs, op, rhs = row["lhs"], row["op"], row["rhs"]
        if op == "=~":
            ours = loadings.loc[rhs, "std"], loadings.loc[rhs, "std_se"]
        elif lhs in loadings.index:
            ours = loadings.loc[lhs, "residual"], loadings.loc[lhs, "residual_se"]
        elif lhs == rhs:
            continue  # a factor's variance is 1 by definition
        else:
            ours = between.loc[(lhs, rhs), "latent"], between.loc[(lhs, rhs), "se"]
        yield Figure(f"{lhs} {op} {rhs}", row["est.std"], ours[0])
        yield Figure(f"{lhs} {op} {rhs} SE", row["se"], ours[1])


@reproduces("*/cfa_omega", tolerance=1e-5, what="Omega of several factors")
def omega(record: Record) -> Iterator[Figure]:
    ours = several(record.dataset, record.part).scales.set_index("scale")
    table = record.value["data"]
    # Each item is on one factor: semTools' omega2 is its omega.
    names = {
        "alpha": "alpha",
        "omega": "omega",
        "omega2": "omega",
        "omega3": "omega_observed",
        "avevar": "explained",
    }
    for statistic, row in zip(table["rows"], table["data"], strict=True):
        for scale, value in zip(table["cols"], row, strict=True):
            yield Figure(f"{scale} {statistic}", value, ours.loc[scale, names[statistic]])


@reproduces("*/omega_compRelSEM", tolerance=1e-5, what="Omega of one factor: observed variance")
def omega_observed(record: Record) -> Iterator[Figure]:
    ours = one(record.dataset, record.part).scales.iloc[0]
    yield Figure("obs_var_TRUE", record.value["obs_var_TRUE"], ours["omega_observed"])
    yield Figure("obs_var_FALSE", record.value["obs_var_FALSE"], ours["omega"])


@cache
def scores() -> pd.DataFrame:
    """Return the five scores: the mean of three answers or more."""
    means = {}
    for name in "ACENO":
        items = keyed("bfi", name)
        means[name] = items.mean(axis=1).where(items.notna().sum(axis=1) >= 3)
    return pd.DataFrame(means)


def _pairs(record: Record, reliability: dict[str, float]) -> Iterator[Figure]:
    names, table = record.value["rows"], record.value["data"]
    for i, a in enumerate(names):
        for j, b in enumerate(names[:i]):
            both = moments(scores()[[a, b]].dropna())
            yield Figure(f"{a} {b}", table[i][j], disattenuated(both, [reliability[a], reliability[b]])[0])


@reproduces("bfi/score_cor", tolerance=1e-8, what="Correlations of scales")
def score_correlations(record: Record) -> Iterator[Figure]:
    yield from _pairs(record, dict.fromkeys("ACENO", 1.0))


@reproduces("bfi/score_cor_disattenuated", tolerance=1e-8, what="Correlations of scales")
def corrected_correlations(record: Record) -> Iterator[Figure]:
    yield from _pairs(record, {name: one("bfi", name).scales["alpha"][0] for name in "ACENO"})
