"""Answers by group: chi-square, Cramér's V, residuals; and gaps within strata."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import numpy as np

from relsurvey.aggregate.tables import ScoreCounts
from relsurvey.analysis.crosstab import Crosstab, crosstab
from relsurvey.analysis.groups.strata import Within, within_strata
from relsurvey.analysis.shares import two_shares_p
from tests.reference.claims.compare import mass_survey
from tests.reference.oracle import LEFT, Figure, Record, data, reproduces

LEFT["*/chisq_yates"] = "the chi-square is without Yates' correction, which makes it too careful"
LEFT["*/fisher"] = "Fisher's exact test is for smaller tables than may be shown"


@cache
def ours(name: str) -> Crosstab:
    if name == "bfi/education_by_gender":
        frame = data("bfi")
        gender = frame["gender"].map({1: "male", 2: "female"})
        return crosstab(frame["education"], gender, order=("male", "female"))
    if name.startswith("mathexam14w/"):
        frame = data("mathexam14w")
        passed = frame["nsolved"].ge(8).map({True: "pass", False: "fail"})
        return crosstab(passed if "pass" in name else frame["attempt"], frame["gender"])
    frame, (answer, by) = mass_survey(), name.split("/")[1].title().split("_By_")
    return crosstab(frame[answer], frame[by])


def of(record: Record) -> Crosstab:
    return ours(f"{record.dataset}/{record.part}")


def _matrix(record: Record, found: np.ndarray) -> Iterator[Figure]:
    assert tuple(record.value["rows"]) == of(record).answers
    assert tuple(record.value["cols"]) == of(record).groups
    for name, theirs, own in zip(record.value["rows"], record.value["data"], found, strict=True):
        for group, r, value in zip(record.value["cols"], theirs, own, strict=True):
            yield Figure(f"{name}, {group}", r, value)


@reproduces("*/table", tolerance=1e-8, what="Answers by group")
def table(record: Record) -> Iterator[Figure]:
    yield from _matrix(record, of(record).counts)


@reproduces("*/adj_residuals", tolerance=1e-8, what="Answers by group")
def adj_residuals(record: Record) -> Iterator[Figure]:
    yield from _matrix(record, of(record).association.residuals)


@reproduces("*/chisq", tolerance=1e-8, what="Answers by group")
def chisq(record: Record) -> Iterator[Figure]:
    found = of(record).tables["association"].iloc[0]
    for theirs, value in {
        "chi2": found.chi_square,
        "df": found["df"],
        "min_expected": found.smallest_expected,
    }.items():
        yield Figure(theirs, record.value[theirs], value)
    yield Figure("p", record.value["p"], found.p, 1e-6, True)


@reproduces("*/cramers_v", tolerance=1e-8, what="Answers by group")
def cramers_v(record: Record) -> Iterator[Figure]:
    found = of(record).tables["association"].iloc[0]
    for theirs, name, tolerance in (
        ("V", "v", 1e-8),
        ("ci_low", "v_low", 1e-4),
        ("ci_high", "v_high", 1e-4),
        ("V_bias_corrected", "v_corrected", 1e-8),
        ("adj_ci_low", "v_corrected_low", 1e-4),
        ("adj_ci_high", "v_corrected_high", 1e-4),
    ):
        yield Figure(theirs, record.value[theirs], found[name], tolerance)


@cache
def admissions() -> dict[str, ScoreCounts]:
    """Return admitted (1) or not by gender, one table a department."""
    parts = {}
    for department, rows in data("ucb_admissions").groupby("Dept"):
        counts = rows.pivot_table(index="Gender", columns="Admit", values="Freq")
        table = counts.loc[["Female", "Male"], ["Rejected", "Admitted"]].to_numpy().astype(int)
        parts[str(department)] = ScoreCounts(
            ("Female", "Male"), np.array([0.0, 1.0]), table, tuple(table[:, 1])
        )
    return parts


@cache
def within() -> Within:
    return within_strata(admissions(), "Female", "Male")


@reproduces("ucb_admissions/aggregate", tolerance=1e-8, what="Gaps within strata")
def aggregate(record: Record) -> Iterator[Figure]:
    frame = data("ucb_admissions")
    frame = frame.loc[frame.index.repeat(frame["Freq"])]
    found = crosstab(frame["Gender"], frame["Admit"])
    for i, gender in enumerate(("Female", "Male")):
        for j, theirs in enumerate(record.value["table"]["data"][i]):
            yield Figure(f"{gender} {found.groups[j]}", theirs, found.counts[i, j])
        side = sum((sides[1 + i] for sides in within().strata[1:]), within().strata[0][1 + i])
        yield Figure(f"{gender} rate", record.value["rate"][gender], side.share)
    chi = found.association.chi_square
    yield Figure("chi2", record.value["chisq"]["chi2"], chi.statistic)
    yield Figure("p", record.value["chisq"]["p"], chi.p, 1e-6, True)
    # One stratum of all: the common odds ratio is the odds ratio.
    whole = np.array(record.value["table"]["data"])[:, ::-1]
    one = ScoreCounts(("Female", "Male"), np.array([0.0, 1.0]), whole, tuple(whole[:, 1]))
    yield Figure("or", record.value["or"], within_strata({"all": one}, "Female", "Male").odds_ratio.value)


@reproduces("ucb_admissions/by_dept", tolerance=1e-8, what="Gaps within strata")
def by_department(record: Record) -> Iterator[Figure]:
    found = {name: (a, b) for name, a, b in within().strata}
    for row in record.value:
        a, b = found[row["dept"]]
        alone = within_strata({row["dept"]: admissions()[row["dept"]]}, "Female", "Male")
        yield Figure(f"{row['dept']} female", row["female"], a.share)
        yield Figure(f"{row['dept']} male", row["male"], b.share)
        yield Figure(f"{row['dept']} or", row["or"], alone.odds_ratio.value)
        p = two_shares_p(a.favorable, a.score.n, b.favorable, b.score.n)
        yield Figure(f"{row['dept']} p", row["p"], p, 1e-6, True)


@reproduces("ucb_admissions/mantel_haenszel", tolerance=1e-8, what="Gaps within strata")
def mantel_haenszel(record: Record) -> Iterator[Figure]:
    odds, test = within().odds_ratio, within().test
    for theirs, value in {
        "or_mh": odds.value,
        "lo": odds.low,
        "hi": odds.high,
        "chi2": test.statistic,
    }.items():
        yield Figure(theirs, record.value[theirs], value)
    yield Figure("p", record.value["p"], test.p, 1e-6, True)


@reproduces("ucb_admissions/standardised", tolerance=1e-8, what="Gaps within strata")
def standardised(record: Record) -> Iterator[Figure]:
    yield Figure("female", record.value["female"], within().share_a)
    yield Figure("male", record.value["male"], within().share_b)
