"""Alpha, its intervals, item figures, lambda, split halves, SEM, omega: psych, lavaan and semTools."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import numpy as np

from relsurvey.aggregate import Moments, moments, pair_counts
from relsurvey.analysis.alpha import classical, split_half
from relsurvey.analysis.factor import one_factor
from relsurvey.analysis.models.reliability_finding import ScaleReliability
from relsurvey.analysis.omega import robust_omega_se
from relsurvey.analysis.reliability import reliability
from tests.reference.oracle import (
    DIFFERS,
    LEFT,
    Figure,
    Record,
    data,
    keyed,
    matrix,
    records,
    reproduces,
    rows,
)


@cache
def ours(dataset: str, part: str, missing: str = "listwise") -> ScaleReliability:
    return reliability(keyed(dataset, part), missing=missing).scales[0]


@cache
def moments_of(dataset: str, part: str) -> Moments:
    return moments(keyed(dataset, part))


_SINGULAR = "cronbach_wide_missing/Q/alpha"
DIFFERS[_SINGULAR] = (
    "Nine complete respondents for eleven items: their correlation matrix has no inverse, so there is no "
    "squared multiple correlation. psych takes a pseudo-inverse for lambda-6, ours is missing."
)
LEFT["cronbach_wide_missing/Q/guttman"] = DIFFERS[_SINGULAR]
LEFT["cronbach_wide_missing/Q/split_half_all"] = DIFFERS[_SINGULAR]
LEFT["cronbach_wide_missing/Q/omega_psych_1f"] = (
    "psych::omega turns an item with a negative loading around before it adds up; here items count as they "
    "were keyed, and one that goes against the others is named instead."
)


@reproduces("*/alpha", tolerance=1e-8, what="Alpha")
def alpha(record: Record) -> Iterator[Figure]:
    s = ours(record.dataset, record.part)
    names = {"raw_alpha": "alpha", "std.alpha": "alpha_std", "average_r": "mean_r"}
    names |= {"G6(smc)": "lambda6", "ase": "alpha_se"}
    if record.id == _SINGULAR:
        del names["G6(smc)"]
    for theirs, name in names.items():
        yield Figure(theirs, record.value[theirs], getattr(s, name))


@reproduces("*/alpha_pairwise", tolerance=1e-8, what="Alpha, pairwise")
def alpha_pairwise(record: Record) -> Iterator[Figure]:
    s = ours(record.dataset, record.part, "pairwise")
    for theirs, name in (("raw_alpha", "alpha"), ("std.alpha", "alpha_std"), ("average_r", "mean_r")):
        yield Figure(theirs, record.value[theirs], getattr(s, name))


@reproduces("*/alpha_raw_pairwise_cov", tolerance=1e-8, what="Alpha, pairwise")
def alpha_raw_pairwise(record: Record) -> Iterator[Figure]:
    yield Figure("alpha", record.value, ours(record.dataset, record.part, "pairwise").alpha)


@reproduces("*/alpha_ci_feldt", tolerance=1e-8, what="Alpha: Feldt's interval")
def alpha_feldt(record: Record) -> Iterator[Figure]:
    s = ours(record.dataset, record.part)
    yield Figure("lower.ci", record.value["lower.ci"], s.alpha_low)
    yield Figure("upper.ci", record.value["upper.ci"], s.alpha_high)


@reproduces("*/alpha_ci_duhachek", tolerance=1e-8, what="Alpha: Duhachek's interval")
def alpha_duhachek(record: Record) -> Iterator[Figure]:
    s = ours(record.dataset, record.part)
    yield Figure("ase", record.value["ase"], s.alpha_se)
    yield Figure("lower", record.value["lower"], s.alpha - 1.96 * s.alpha_se)
    yield Figure("upper", record.value["upper"], s.alpha + 1.96 * s.alpha_se)


@reproduces("*/alpha_drop", tolerance=1e-8, what="Alpha if an item is deleted")
def alpha_if_deleted(record: Record) -> Iterator[Figure]:
    dropped = rows(record.value)
    for item in ours(record.dataset, record.part).items:
        yield Figure(item.item, dropped[item.item]["raw_alpha"], item.alpha_if_deleted)


@reproduces("*/item_stats", tolerance=1e-8, what="Items: mean, SD, correlation with the rest")
def item_statistics(record: Record) -> Iterator[Figure]:
    stats = rows(record.value)
    names = {"n": "n", "r.drop": "r_item_rest", "raw.r": "r_item_total", "mean": "mean", "sd": "sd"}
    for item in ours(record.dataset, record.part).items:
        for theirs, name in names.items():
            yield Figure(f"{item.item} {theirs}", stats[item.item][theirs], getattr(item, name))


@reproduces("*/item_describe_available", tolerance=1e-8, what="Items: available answers")
def item_available(record: Record) -> Iterator[Figure]:
    described = rows(record.value)
    for item in ours(record.dataset, record.part, "pairwise").items:
        for name in ("n", "mean", "sd"):
            yield Figure(f"{item.item} {name}", described[item.item][name], getattr(item, name))


@reproduces("*/item_missing", tolerance=1e-8, what="Items: missing answers")
def item_missing(record: Record) -> Iterator[Figure]:
    total = len(keyed(record.dataset, record.part))
    for item in ours(record.dataset, record.part, "pairwise").items:
        yield Figure(item.item, record.value[item.item], total - item.n)


@reproduces("*/item_freq", tolerance=1e-8, what="Items: counts of every answer")
def item_frequencies(record: Record) -> Iterator[Figure]:
    items = keyed(record.dataset, record.part)
    codes = [[float(code) for code in record.value["cols"]]] * len(items.columns)
    counted = pair_counts(items, codes)
    for i, name in enumerate(counted.names):
        line = record.value["data"][record.value["rows"].index(name)]
        for code, r, own in zip(codes[i], line, counted.of(i, i).diagonal(), strict=True):
            yield Figure(f"{name} = {code:g}", r, own)


_SCALE_N = [name for name, r in records().items() if name.endswith("/n") and "complete" in r.value]


@reproduces(*_SCALE_N, tolerance=1e-8, what="Items: missing answers")
def rows_and_complete(record: Record) -> Iterator[Figure]:
    s, total = ours(record.dataset, record.part, "pairwise"), len(keyed(record.dataset, record.part))
    yield Figure("complete", record.value["complete"], s.complete)
    yield Figure("all missing", record.value["all_missing"], total - s.n)


@reproduces("*/inter_item_cor", tolerance=1e-8, what="Correlations and covariances")
def correlations(record: Record) -> Iterator[Figure]:
    cov = moments_of(record.dataset, record.part).covariance("listwise")
    sd = np.sqrt(cov.diagonal())
    yield from matrix(record, cov / np.outer(sd, sd))


@reproduces("*/cov", tolerance=1e-8, what="Correlations and covariances")
def covariances(record: Record) -> Iterator[Figure]:
    yield from matrix(record, moments_of(record.dataset, record.part).covariance("listwise"))


def _regular(figure: str) -> list[str]:
    return [n for n in records() if n.endswith(f"/{figure}") and not n.startswith("cronbach_wide_missing")]


@reproduces(*_regular("guttman"), tolerance=1e-8, what="Guttman's bounds")
def guttman(record: Record) -> Iterator[Figure]:
    yield Figure("lambda6", record.value["lambda6"], ours(record.dataset, record.part).lambda6)


@reproduces("*/lambda2_raw", tolerance=1e-8, what="Guttman's bounds")
def lambda2(record: Record) -> Iterator[Figure]:
    yield Figure("lambda2", record.value, ours(record.dataset, record.part).lambda2)


@reproduces("*/split_half_odd_even", tolerance=1e-8, what="Split halves")
def odd_even(record: Record) -> Iterator[Figure]:
    found = split_half(moments_of(record.dataset, record.part), "listwise")
    yield Figure("spearman_brown", record.value["spearman_brown"], found.odd_even)
    yield Figure("guttman_flanagan", record.value["guttman_flanagan"], found.flanagan)


DIFFERS["*/split_half_all"] = (
    "Of an odd number of items psych::splitHalf looks at half of the ways to split them, and its mean then "
    "is no mean of halves (above its own maximum for three items). Ours are the lowest and highest of all "
    "ways, so there only the alpha that psych gives beside them is compared. Of more than 12 items both draw "
    "ways at random: the highest of them is compared, the lowest one depends on the draw."
)


@reproduces(*_regular("split_half_all"), tolerance=1e-8, what="Split halves")
def all_halves(record: Record) -> Iterator[Figure]:
    # psych splits standardised items.
    answers = keyed(record.dataset, record.part).dropna()
    found, k = split_half(moments((answers - answers.mean()) / answers.std())), len(answers.columns)
    yield Figure("alpha", record.value["alpha"], ours(record.dataset, record.part).alpha_std)
    if k % 2 == 0:
        yield Figure("max", record.value["max"], found.highest, None if k <= 12 else 0.01)
    if k % 2 == 0 and k <= 12:
        yield Figure("min", record.value["min"], found.lowest)


@reproduces("*/sem", tolerance=1e-8, what="Standard error of measurement")
def sem(record: Record) -> Iterator[Figure]:
    s = ours(record.dataset, record.part)
    yield Figure("sem_mean", record.value["sem_mean"], s.sem)
    yield Figure("sem_sum", record.value["sem_sum"], s.sem * s.n_items)


@reproduces("*/omega_cfa_ml", tolerance=1e-5, what="Omega")
def omega(record: Record) -> Iterator[Figure]:
    s = ours(record.dataset, record.part)
    yield Figure("omega", record.value["omega"], s.omega)
    yield Figure("alpha", record.value["alpha"], s.alpha, 1e-8)


@reproduces("*/omega_delta_ci_ml", tolerance=1e-5, what="Omega: interval")
def omega_interval(record: Record) -> Iterator[Figure]:
    s = ours(record.dataset, record.part)
    for theirs, own in (("omega", s.omega), ("lo", s.omega_low), ("hi", s.omega_high)):
        yield Figure(theirs, record.value[theirs], own)


@reproduces("*/omega_delta_ci_mlr", tolerance=1e-5, what="Omega: interval")
def omega_robust(record: Record) -> Iterator[Figure]:
    m = moments_of(record.dataset, record.part)
    fitted = one_factor(m.covariance("listwise"), m.complete_n)
    answers = keyed(record.dataset, record.part).dropna().to_numpy()
    yield Figure("se", record.value["se"], robust_omega_se(answers, fitted))


@reproduces("mathexam14w/kr20", tolerance=1e-8, what="Alpha")
def kr20(record: Record) -> Iterator[Figure]:
    # KR-20 is alpha of right and wrong answers; with both variances over n or both over n - 1 it is the same.
    s = ours("mathexam14w", "EXAM")
    yield Figure("kr20_n", record.value["kr20_n"], s.alpha)
    yield Figure("kr20_n1", record.value["kr20_n1"], s.alpha)


def _sasr():
    levels = {"Strongly Disagree": 1, "Disagree": 2, "Neither": 3, "Agree": 4, "Strongly Agree": 5}
    frame = data("sasr")
    return frame[frame.columns[1:]].apply(lambda column: column.map(levels)).astype(float)


@cache
def _sasr_classical():
    return classical(moments(_sasr().dropna()), "listwise")


@reproduces("sasr/alpha_all63", tolerance=1e-8, what="Alpha")
def wide(record: Record) -> Iterator[Figure]:
    c = _sasr_classical()
    names = {"raw_alpha": c.alpha, "std.alpha": c.alpha_std, "average_r": c.mean_r, "G6(smc)": c.lambda6}
    for theirs, own in names.items():
        yield Figure(theirs, record.value[theirs], own)


@reproduces("sasr/item_total_sign", tolerance=1e-8, what="Items: mean, SD, correlation with the rest")
def wide_items(record: Record) -> Iterator[Figure]:
    ours_by_item = {item.item: item.r_item_rest for item in _sasr_classical().items}
    for name, r in record.value.items():
        yield Figure(name, r, ours_by_item[_sasr_name(name)])


@reproduces("sasr/auto_keys", tolerance=1e-8, what="Items that go against the others")
def against(record: Record) -> Iterator[Figure]:
    # psych turns every item with a negative loading; we name those at -.30 or below.
    c = _sasr_classical()
    for name in c.unreversed:
        theirs = next(key for key in record.value if _sasr_name(key) == name)
        yield Figure(name, record.value[theirs], -1.0)


def _sasr_name(name: str) -> str:
    """Return the column that R's data.frame() calls so."""
    import re

    return next(c for c in data("sasr").columns if re.sub(r"[^A-Za-z0-9_.]", ".", c) == name)


LEFT["sasr/missing"] = (
    "How many answers are missing in a wide file is counted while reading, and tested there."
)
