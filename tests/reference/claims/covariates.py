"""Groups made alike in covariates: car, emmeans, effectsize, sandwich, lmerTest."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import numpy as np
import pandas as pd

from relsurvey.analysis.covariates import Adjusted, adjusted
from tests.reference.claims.compare import labels, mathachieve, pisa, scores_of
from tests.reference.oracle import Figure, Record, data, reproduces

_CLOSED = {"tolerance": 1e-8}


def _frame(**columns: pd.Series) -> pd.DataFrame:
    return pd.DataFrame({name: column.to_numpy() for name, column in columns.items()})


@cache
def model(name: str) -> Adjusted:
    if name.startswith("bfi/"):
        frame = data("bfi")
        covariates = _frame(edu=labels(frame["education"]), age=frame["age"])
        gender = frame["gender"].map({1: "male", 2: "female"})
        interaction = "edu" if name == "bfi/ancova_type3" else None
        return adjusted(
            scores_of("bfi", "N", 3),
            gender,
            covariates,
            interaction=interaction,
            order=("male",),
            by="gender",
        )
    if name == "mathexam14w/ancova_nsolved":
        frame = data("mathexam14w")
        return adjusted(
            frame["nsolved"],
            frame["gender"],
            _frame(study=labels(frame["study"]).astype(str), tests=frame["tests"]),
            by="gender",
        )
    if name == "soc_grades/ancova_final_pretest":
        frame = data("soc_grades")
        return adjusted(frame["final"], labels(frame["class"]), frame[["pretest"]], by="class")
    if name == "pisa_be_2003/ancova_self":
        frame = data("pisa_be_2003")
        scores, gender = pisa("self_by_gender")
        covariates = _frame(**{"school.type": labels(frame["school.type"]), "PV1MATH1": frame["PV1MATH1"]})
        return adjusted(scores, gender, covariates, by="gender")
    if name == "mathachieve/ancova_type2":
        frame = mathachieve()
        return adjusted(frame["MathAch"], frame["Sex"], frame[["Minority", "SES"]], by="Sex")
    if name == "first_year_gpa/lm":
        frame = data("first_year_gpa")
        return adjusted(frame["GPA"], labels(frame["FirstGen"]), frame[["HSGPA", "SATV"]], by="FirstGen")
    if name == "mathachieve/lmer_ri":
        frame = mathachieve()
        return adjusted(
            frame["MathAch"], frame["Sector"], frame[["SES"]], cluster=frame["School"], by="Sector"
        )
    assert name == "daag_science/lmer_class"
    frame = data("daag_science")
    return adjusted(frame["like"], frame["sex"], frame[["PrivPub"]], cluster=frame["Class"], by="sex")


def _terms(record: Record, theirs: list[dict]) -> Iterator[Figure]:
    found = model(record.id).tables["terms"].set_index("term")
    names = {"Residuals": "residual", "gender:edu": "gender × edu"}
    assert len(theirs) == len(found)
    for row in theirs:
        own = found.loc[names.get(row["term"], row["term"])]
        # Sums of squares of grades are large: they are compared as shares of what they are.
        yield Figure(f"{row['term']} ss", row["ss"], own.squares, 1e-8, True)
        yield Figure(f"{row['term']} df", row["df"], own.df1)
        if row["term"] != "Residuals":
            yield Figure(f"{row['term']} F", row["F"], own.f)
            yield Figure(f"{row['term']} p", row["p"], own.p, 1e-6, True)


def _means(record: Record, theirs: list[dict], by: str) -> Iterator[Figure]:
    found = model(record.id).table.set_index("group")
    for row in theirs:
        own = found.loc[str(row[by])]
        names = {"emmean": "adjusted_mean", "SE": "se", "df": "df", "lower.CL": "low", "upper.CL": "high"}
        for r, name in names.items():
            yield Figure(f"{row[by]} {r}", row[r], own[name])


@reproduces("*/ancova_type[23]", **_CLOSED, what="Covariates: ANCOVA")
def ancova(record: Record) -> Iterator[Figure]:
    yield from _terms(record, record.value)


@reproduces("bfi/ancova_partial_eta2", **_CLOSED, what="Covariates: ANCOVA")
def partial_eta2(record: Record) -> Iterator[Figure]:
    found = model(record.id).tables["terms"].set_index("term")
    for row in record.value:
        own = found.loc[row["Parameter"]]
        yield Figure(f"{row['Parameter']} Eta2", row["Eta2_partial"], own.partial_eta2)
        yield Figure(f"{row['Parameter']} low", row["CI_low"], own.partial_eta2_low, 1e-4)
        yield Figure(f"{row['Parameter']} high", row["CI_high"], own.partial_eta2_high, 1e-4)


@reproduces("bfi/ancova_emmeans_gender", **_CLOSED, what="Covariates: adjusted means")
def emmeans(record: Record) -> Iterator[Figure]:
    yield from _means(record, record.value, "gender")


@reproduces(
    "mathexam14w/ancova_nsolved", "soc_grades/ancova_final_pretest", **_CLOSED, what="Covariates: ANCOVA"
)
def ancova_and_means(record: Record) -> Iterator[Figure]:
    yield from _terms(record, record.value["type2"])
    by = "class" if record.dataset == "soc_grades" else "gender"
    yield from _means(record, record.value["emmeans"], by)


@reproduces("pisa_be_2003/ancova_self", **_CLOSED, what="Covariates: ANCOVA")
def ancova_self(record: Record) -> Iterator[Figure]:
    found = model(record.id)
    yield Figure("n", record.value["n"], found.n)
    yield from _terms(record, record.value["type2"])
    yield from _means(record, record.value["emmeans_gender"], "gender")
    # Standardised coefficients: ours times the spread of the covariate over that of the score.
    frame = data("pisa_be_2003")
    kept = frame[["gender", "school.type", "PV1MATH1"]].notna().all(axis=1)
    scores = pisa("self_by_gender")[0]
    kept &= scores.notna()
    spread, own = scores[kept].std(), found.tables["coefficients"].set_index("coefficient").estimate
    score = frame["PV1MATH1"][kept]
    names = {
        "gendermale": own["gender: male"],
        "school.type2": own["school.type: 2"],
        "school.type3": own["school.type: 3"],
        "scale(PV1MATH1)": own["PV1MATH1"] * score.std(),
        "(Intercept)": own["(Intercept)"] + own["PV1MATH1"] * score.mean() - scores[kept].mean(),
    }
    assert set(names) == set(record.value["std_beta"])
    for name, value in names.items():
        yield Figure(name, record.value["std_beta"][name], value / spread)


@reproduces("bfi/lm_coef", "first_year_gpa/lm", **_CLOSED, what="Covariates: regression, HC3")
def coefficients(record: Record) -> Iterator[Figure]:
    found = model(record.id).tables["coefficients"]
    names = dict(zip(found.coefficient.map(_as_r), found.to_dict("records"), strict=True))
    assert len(names) == len(record.value)
    for row in record.value:
        own = names["FirstGen1" if row["term"] == "FirstGen" else row["term"]]
        for theirs, name in {"est": "estimate", "se": "se", "se_HC3": "se_hc3"}.items():
            if theirs in row:
                yield Figure(f"{row['term']} {theirs}", row[theirs], own[name])
        if "p" in row:
            yield Figure(f"{row['term']} p", row["p"], own["p"], 1e-6, True)


def _as_r(coefficient: str) -> str:
    return coefficient.replace(": ", "")


@reproduces("mathachieve/lmer_ri", tolerance=1e-4, relative=True, what="Covariates: mixed models")
def lmer_ri(record: Record) -> Iterator[Figure]:
    variance = model(record.id).tables["variance"].iloc[0]
    for theirs, name in {"tau2": "between", "sigma2": "within", "reml": "deviance"}.items():
        yield Figure(theirs, record.value[theirs], variance[name])
    yield from _fixed(record, record.value["fixed"])


@reproduces("daag_science/lmer_class", tolerance=1e-4, relative=True, what="Covariates: mixed models")
def lmer_class(record: Record) -> Iterator[Figure]:
    yield from _fixed(record, record.value)


def _fixed(record: Record, theirs: list[dict]) -> Iterator[Figure]:
    found = model(record.id).tables["coefficients"]
    names = dict(zip(found.coefficient.map(_as_r), found.to_dict("records"), strict=True))
    assert len(names) == len(theirs)
    for row in theirs:
        own = names[row["term"]]
        values = {
            "est": own["estimate"],
            "se": own["se"],
            "df": own["df"],
            "t": own["estimate"] / own["se"],
        }
        for name, value in values.items():
            yield Figure(f"{row['term']} {name}", row[name], value)
        # A p of 1e-96 moves with every digit of t and df: its logarithm is what can be compared.
        yield Figure(f"{row['term']} log p", np.log(row["p"]), np.log(own["p"]))
