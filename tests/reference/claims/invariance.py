"""Measurement invariance by multi-group ML: lavaan."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import pandas as pd

from relsurvey.analysis.invariance import Invariance, invariance
from tests.reference.claims.factor import MODELS, fit_figures
from tests.reference.oracle import Figure, Record, data, keyed, reproduces, rows

_GENDER = {"bfi": {1: "male", 2: "female"}, "pisa_be_2003": {1: "female", 2: "male"}}


@cache
def ours(dataset: str, part: str, released: tuple[str, ...] = ()) -> Invariance:
    name, by = part.split("_by_") if "_by_" in part else ("three", part.removeprefix("by_"))
    # R's factor has another name than the scale in the PISA models.
    short = {"EFFICACY": "EFF", "SELFCON": "SC"}
    model = MODELS.get(f"{dataset}/{name}", {short.get(name, name): name})
    frames = {scale: keyed(dataset, own) for scale, own in model.items()}
    groups = data(dataset)[by if dataset != "pisa_be_2003" else by.replace("school_", "school.")]
    if by == "gender":
        groups = groups.map(_GENDER[dataset])
    return invariance(
        pd.concat(list(frames.values()), axis=1),
        groups,
        {scale: list(own.columns) for scale, own in frames.items()},
        minimum=1,
        released=released,
    )


def model_of(record: Record) -> Invariance:
    return ours(record.dataset, record.part.removesuffix("/invariance_ml"))


@reproduces("*/invariance_ml/*", tolerance=1e-5, what="Invariance by ML: fit")
def fit(record: Record) -> Iterator[Figure]:
    yield from fit_figures(record, model_of(record).fit.set_index("step").loc[record.figure])


@reproduces("*/by_school_partial_scalar", tolerance=1e-5, what="Invariance by ML: fit")
def partial(record: Record) -> Iterator[Figure]:
    steps = ours("holzinger1939", "by_school", ("x3", "x7")).fit.set_index("step")
    yield from fit_figures(record, steps.loc["scalar"])


@reproduces("*/invariance_ml_n", tolerance=0, what="Invariance by ML: groups")
def n(record: Record) -> Iterator[Figure]:
    counted = model_of(record).groups.set_index("group")["n"]
    for group, value in record.value.items():
        yield Figure(group, value, counted[group])


@reproduces("*/group_order", tolerance=0, what="Invariance by ML: groups")
def order(record: Record) -> Iterator[Figure]:
    found = list(model_of(record).groups["group"])
    assert len(found) == len(record.value)
    for place, group in enumerate(record.value):
        yield Figure(group, place, found.index(group))


@reproduces("*/invariance_ml_delta", tolerance=1e-5, what="Invariance by ML: change of fit")
def change(record: Record) -> Iterator[Figure]:
    steps = model_of(record).fit.set_index("step")
    for name, values in record.value.items():
        for step, value in values.items():
            yield Figure(f"{step} {name}", value, steps.loc[step, name])


@reproduces("*/invariance_ml_lrt", tolerance=1e-5, what="Invariance by ML: change of fit")
def lrt(record: Record) -> Iterator[Figure]:
    steps = model_of(record).fit
    names = {
        "Df": "df",
        "AIC": "aic",
        "BIC": "bic",
        "Chisq": "chisq",
        "Chisq diff": "delta_chisq",
        "RMSEA": "rmsea_of_change",
        "Df diff": "delta_df",
        "Pr(>Chisq)": "delta_p",
    }
    for place, row in enumerate(rows(record.value).values()):
        for theirs, name in names.items():
            loose = name in ("aic", "bic", "chisq", "delta_chisq")
            yield Figure(
                f"{steps['step'][place]} {theirs}",
                row[theirs],
                steps[name][place],
                tolerance=1e-3 if loose else None,
            )


@reproduces("*/latent_means_scalar", tolerance=1e-5, what="Invariance by ML: latent means")
def means(record: Record) -> Iterator[Figure]:
    found = model_of(record)
    table = found.means.set_index(["scale", "group"])
    for row in record.value:
        group = found.samples[row["group"] - 1].name
        own = table.loc[(row["lhs"], group)]
        for theirs, name in (("est", "difference"), ("se", "se"), ("pvalue", "p")):
            yield Figure(f"{row['lhs']} {group} {theirs}", row[theirs], own[name])
