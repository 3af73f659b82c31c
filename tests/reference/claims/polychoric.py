"""Polychoric correlations, their thresholds, alpha and omega of them: psych and lavaan."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from math import nan

import numpy as np

from relsurvey.aggregate import moments
from relsurvey.analysis.models.minres import minres_omega
from relsurvey.analysis.polychoric import Polychoric, ordinal_alpha, polychoric
from tests.reference.oracle import Figure, Record, keyed, matrix, records, reproduces


@cache
def ours(dataset: str, part: str) -> Polychoric:
    return polychoric(keyed(dataset, part), missing="listwise")


@reproduces("*/polychoric_lavaan", tolerance=1e-7, what="Polychoric correlations")
def lavaan(record: Record) -> Iterator[Figure]:
    yield from matrix(record, ours(record.dataset, record.part).correlation)


@reproduces("*/polychoric", tolerance=5e-5, what="Polychoric correlations")
def psych(record: Record) -> Iterator[Figure]:
    yield from matrix(record, ours(record.dataset, record.part).correlation)


@reproduces("*/polychoric_tau", tolerance=1e-8, what="Polychoric correlations: thresholds")
def thresholds(record: Record) -> Iterator[Figure]:
    found = ours(record.dataset, record.part).thresholds
    for name, theirs, own in zip(record.value["rows"], record.value["data"], found, strict=True):
        for place, value in enumerate(theirs):
            yield Figure(f"{name}, {place + 1}", value, own[place] if place < len(own) else nan)


@reproduces("*/ordinal_alpha", tolerance=1e-5, what="Ordinal alpha")
def alpha(record: Record) -> Iterator[Figure]:
    value = ordinal_alpha(ours(record.dataset, record.part).correlation)
    yield Figure("lavaan_rho", record.value["lavaan_rho"], value)
    yield Figure("psych_rho", record.value["psych_rho"], value, 5e-5)


@reproduces("*/ordinal_omega_psych_1f", tolerance=5e-5, what="Ordinal omega")
def ordinal_omega(record: Record) -> Iterator[Figure]:
    yield Figure("omega", record.value, minres_omega(ours(record.dataset, record.part).correlation))


# Of nine respondents to eleven items another claim says why they are left.
_OMEGAS = [
    n for n in records() if n.endswith("/omega_psych_1f") and not n.startswith("cronbach_wide_missing")
]


@reproduces(*_OMEGAS, tolerance=1e-6, what="Omega of one minres factor")
def omega(record: Record) -> Iterator[Figure]:
    covariance = moments(keyed(record.dataset, record.part)).covariance("listwise")
    sd = np.sqrt(covariance.diagonal())
    yield Figure("omega", record.value, minres_omega(covariance / np.outer(sd, sd)))
