"""Differential item functioning by ordinal and binary logistic regression: MASS, stats and VGAM."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import cache

from relsurvey.analysis.dif import DIF, ItemDIF, dif
from relsurvey.analysis.functioning.dif_models import Matched
from tests.reference.oracle import Figure, Record, data, keyed, reproduces, rows


@cache
def ours(dataset: str, part: str) -> DIF:
    """Return our figures for ``A_by_gender``: all groups, and not purified, as in R's script."""
    scale, by = part.split("_by_")
    groups = data(dataset)[by.replace("school_type", "school.type")]
    return dif(keyed(dataset, scale), groups, purify=False, min_n=1)


def item_of(record: Record) -> tuple[ItemDIF, str]:
    """Return the question of ``dif_A1_total``, and on what it is matched."""
    _, name, score = record.figure.removesuffix("_coef").split("_")
    return next(item for item in ours(record.dataset, record.part).items if item.name == name), score


def models_of(record: Record) -> Matched:
    item, score = item_of(record)
    found = item.rest if score == "rest" else item.total
    assert found is not None
    return found


@reproduces("*/dif_*_total", "*/dif_*_rest", tolerance=1e-6, what="Differential item functioning")
def tests(record: Record) -> Iterator[Figure]:
    nested = models_of(record).nested
    for step in ("total", "uniform", "nonuniform"):
        theirs, found = record.value[step], getattr(nested, step)
        yield Figure(f"{step} chi2", theirs["chi2"], found.chi2)
        yield Figure(f"{step} df", theirs["df"], found.df, 0)
        yield Figure(f"{step} p", theirs["p"], found.p, 1e-6, True)
        yield Figure(f"{step} Nagelkerke", record.value["d_nagelkerke"][step], found.r2, 1e-8)
    likelihoods = nested.log_likelihoods
    for i, value in enumerate(record.value["logLik"]):
        yield Figure(f"logLik {i}", value, likelihoods[i])
    # The other two pseudo-R² follow from the log-likelihoods; only Nagelkerke's is named in the result.
    mcfadden = [1 - value / likelihoods[0] for value in likelihoods]
    cox_snell = [-math.expm1(2 * (likelihoods[0] - value) / nested.n) for value in likelihoods]
    for step, large, small in (("uniform", 2, 1), ("nonuniform", 3, 2), ("total", 3, 1)):
        for name, r2 in (("d_mcfadden", mcfadden), ("d_coxsnell", cox_snell)):
            if step in record.value[name]:
                yield Figure(f"{step} {name}", record.value[name][step], r2[large] - r2[small], 1e-8)


# R's polr stops where the likelihood is right to twelve digits; its coefficients are so to four or five.
@reproduces("*/dif_*_coef", tolerance=1e-4, what="Differential item functioning: coefficients")
def coefficients(record: Record) -> Iterator[Figure]:
    item, score = item_of(record)
    table = ours(record.dataset, record.part).tables["coefficients"]
    own = table[(table["item"] == item.name) & (table["matched"] == score)]
    # A group's code beside missing ones is a number with a point: 2.0.
    figures = {row.term.removesuffix(".0"): (row.estimate, row.se) for row in own.itertuples()}
    groups = [term for term in figures if term != "score" and "|" not in term]
    for term, theirs in rows(record.value).items():
        name, sign = term, 1.0
        if term == "z":
            name = "score"
        elif term == "(Intercept)":
            # glm's intercept is the threshold with its sign turned.
            name, sign = "0|1", -1.0
        elif term.startswith("g"):
            # The data have codes where R's script has labels; with more than two groups it has codes too.
            name = groups[0] if len(groups) == 1 else term[1:]
        yield Figure(f"{term} estimate", theirs["estimate"], sign * figures[name][0])
        yield Figure(f"{term} se", theirs["se"], figures[name][1])


@reproduces("*/dif_*_vgam", tolerance=1e-6, what="Differential item functioning: the same by VGAM")
def vgam(record: Record) -> Iterator[Figure]:
    nested = models_of(record).nested
    yield Figure("uniform", record.value["uniform"], nested.uniform.chi2)
    yield Figure("nonuniform", record.value["nonuniform"], nested.nonuniform.chi2)
