"""Eigenvalues and parallel analysis: base R and psych."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import numpy as np
import pandas as pd

from relsurvey.aggregate import moments
from relsurvey.analysis.dimensions import Dimensions, dimensions
from relsurvey.analysis.models.minres import minres_one_factor
from tests.reference.oracle import LEFT, Figure, Record, data, keyed, reproduces

_NO_ROTATION = (
    "Exploratory loadings, their rotations and the tests before them: nobody asked for them here. Which "
    "questions make a scale is given, and whether they vary in one way is asked by parallel analysis."
)
LEFT.update(dict.fromkeys(("*/efa_*", "*/kmo", "*/bartlett"), _NO_ROTATION))

_SETS = {
    "bfi/all25": [("bfi", scale) for scale in "ACENO"],
    "pisa_be_2003/all13": [("pisa_be_2003", "EFFICACY"), ("pisa_be_2003", "SELFCON")],
    "holzinger1939/x1_x9": [("holzinger1939", "all9")],
}
_AGREE = ["Strongly Disagree", "Disagree", "Neither", "Agree", "Strongly Agree"]


@cache
def answers(dataset: str, part: str) -> pd.DataFrame:
    if (dataset, part) == ("sasr", "all63"):
        codes = {label: code for code, label in enumerate(_AGREE, 1)}
        return data("sasr").drop(columns="id").apply(lambda column: column.map(codes).astype(float))
    scales = _SETS.get(f"{dataset}/{part}", [(dataset, part)])
    return pd.concat([keyed(*scale) for scale in scales], axis=1)


@cache
def ours(dataset: str, part: str) -> Dimensions:
    return dimensions(answers(dataset, part), missing="listwise")


@reproduces("*/eigen_cor", tolerance=1e-8, what="Eigenvalues")
def eigenvalues(record: Record) -> Iterator[Figure]:
    found = ours(record.dataset, record.part).eigenvalues
    for place, (theirs, own) in enumerate(zip(record.value, found, strict=True), 1):
        yield Figure(str(place), theirs, own)


@reproduces("*/parallel_pca", tolerance=0.02, what="Parallel analysis")
def parallel(record: Record) -> Iterator[Figure]:
    found = ours(record.dataset, record.part)
    yield Figure("n_p95", record.value["n_p95"], found.count, 0)
    yield Figure("n_mean", record.value["n_mean"], found.count_mean, 0)
    for key, own in (("mean", found.random_mean), ("p95", found.random_95)):
        for place, (theirs, value) in enumerate(zip(record.value[key], own, strict=True), 1):
            yield Figure(f"{key} {place}", theirs, value)


@reproduces("*/fa_parallel", tolerance=1e-8, what="Parallel analysis")
def fa_parallel(record: Record) -> Iterator[Figure]:
    """Components, and both rows of eigenvalues; the number of common factors is a rule we do not give."""
    found = ours(record.dataset, record.part)
    # psych: from run to run the count may vary by 1.
    yield Figure("ncomp", record.value["ncomp"], found.count, 1)
    for place, (theirs, own) in enumerate(zip(record.value["pc_values"], found.eigenvalues, strict=True), 1):
        yield Figure(f"pc_values {place}", theirs, own)
    covariance = moments(answers(record.dataset, record.part)).covariance("listwise")
    sd = np.sqrt(covariance.diagonal())
    reduced = covariance / np.outer(sd, sd) - np.diag(
        minres_one_factor(covariance / np.outer(sd, sd)).uniquenesses
    )
    values = np.linalg.eigvalsh(reduced)[::-1]
    for place, (theirs, own) in enumerate(zip(record.value["fa_values"], values, strict=True), 1):
        yield Figure(f"fa_values {place}", theirs, own, 1e-4)
