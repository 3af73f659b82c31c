"""How many marks are D or F, how many students have any, and the pace to the A-G courses."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from relsurvey.analysis.finding import MIN_N_SHOWN, Face, Finding, Value, fewest
from relsurvey.analysis.sampling.sandwich import Least, terms
from relsurvey.analysis.shares import wilson
from relsurvey.errors import AnalysisError
from relsurvey.grading.mark_groups import Groups, groups_of, units_of
from relsurvey.grading.shares import FEWEST_SPREAD, count_words, limits_words, percent_words, shares
from relsurvey.grading.tally import Marks, Tally, tally
from relsurvey.words import say, students_words

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

_SHARES = ("any_df", "df_1_2", "df_3_plus")


@dataclass(frozen=True, repr=False, eq=False)
class Rates(Finding):
    """D/F rates of groups: numbers once, and every face of them.

    Attributes
    ----------
    by
        The columns that make the groups.
    groups
        One row a group: see :func:`df_rates`.
    whole
        The same for all marks together.
    left_out
        By letter how many marks are no final mark.
    passed
        How many marks are passed without a letter (P): they are neither D/F nor C or better.
    notes
        What else was done to the marks, and to how many.
    """

    by: tuple[str, ...]
    groups: pd.DataFrame
    whole: pd.DataFrame
    left_out: pd.DataFrame
    passed: int
    notes: tuple[tuple[str, int], ...]

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """``rates``: one row a group; ``all``: all marks; ``left_out``: marks that are no final mark."""
        return {"rates": self.groups, "all": self.whole, "left_out": self.left_out}

    def in_words(self, language: str = "en") -> str:
        """Say how many marks are C or better and how many D or F, and how many students have how many."""
        row = self.whole.iloc[0]
        n = int(row["n_students"])
        if n < fewest():
            return say(language, "grading.rates_too_few", min_n=fewest())
        none = 1 - row["any_df"]
        of = {
            "none": percent_words(language, none, n),
            "cusp": percent_words(language, row["df_1_2"], n),
            "more": percent_words(language, row["df_3_plus"], n),
        }
        parts = []
        if n >= FEWEST_SPREAD:
            parts.append(
                say(
                    language,
                    "grading.rates_marks",
                    c=percent_words(language, row["c_or_better"], n),
                    df=percent_words(language, row["df"], n),
                    range=limits_words(language, row["df_low_students"], row["df_high_students"]),
                )
            )
        parts.append(say(language, "grading.rates_students", **of))
        if min(n, row["n_gpa"]) >= FEWEST_SPREAD and _tells_gpa(row):
            figures = {key: f"{row[key]:.2f}" for key in ("gpa", "gpa_low", "gpa_high")}
            parts.append(say(language, "grading.rates_gpa", **figures))
        out = int(self.left_out["marks"].sum())
        said = [*(("left_out", out),) * bool(out), *(("passed", self.passed),) * bool(self.passed)]
        parts += [
            say(language, f"grading.rates_{key}", n=count_words(language, count))
            for key, count in (*said, *self.notes)
        ]
        return " ".join(parts)

    def faces(self, language: str = "en", min_n: int = MIN_N_SHOWN) -> tuple[Face, ...]:
        """Return the rates of each group; groups of fewer than ``min_n`` students are masked."""
        lone = ("passed",) if self.passed else ()
        keys = ("students", "c_or_better", *lone, "df", "df_range", "none", "df_1_2", "df_3_plus", "gpa")
        head = (*(self.by or ("",)), *(say(language, f"grading.rates_head_{key}") for key in keys))
        rows: list[tuple[Value, ...]] = []
        for _, row in self.groups.iterrows():
            name = tuple(str(row[column]) for column in self.by) or (say(language, "grading.rates_all"),)
            n = int(row["n_students"])
            if n < min_n:
                under = say(language, "grading.rates_under", min_n=min_n)
                rows.append((*name, under, *[None] * (len(keys) - 1)))
                continue
            low, high = row["df_low_students"], row["df_high_students"]
            few = n < FEWEST_SPREAD
            spread = None if few or math.isnan(low) else limits_words(language, low, high)
            parts = tuple(row[key] for key in ("c_or_better", *lone, "df"))
            students = (1 - row["any_df"], row["df_1_2"], row["df_3_plus"])
            first, rest = ([percent_words(language, x, n) for x in some] for some in (parts, students))
            # The mean of a few would give what each of them has.
            gpa = None if few or not _tells_gpa(row) else float(row["gpa"])
            rows.append((*name, students_words([language], n)[language], *first, spread, *rest, gpa))
        return (Face(say(language, "grading.rates_title"), head, tuple(rows)),)


def _tells_gpa(row: pd.Series) -> bool:
    """Say whether the GPA speaks of most students and of most marks: P has no grade points."""
    return bool(2 * row["n_gpa"] >= row["n_students"] and row["passed"] <= 0.5)


def df_rates(
    marks: Marks, by: str | Sequence[str] | None = None, roster: pd.DataFrame | str | Path | None = None
) -> Rates:
    """Return D/F rates two ways: of marks, and of students.

    Parameters
    ----------
    marks
        A table with at least ``student`` and one of ``letter`` and ``percent``; a gradebook, or marks
        regraded. Where a letter is missing and a percent is not, the percent makes it by 90, 80, 70, 60.
    by
        A column of the marks, or else of the roster; several for their combinations; never a teacher's.
    roster
        One row a student with the ids in ``student``, or a file with such a table.

    Returns
    -------
    Rates
        ``.table`` has one row a group: ``n_marks, n_students``; of marks the shares (0-1) ``passed`` (P),
        ``df`` (D, F and not passed) and ``c_or_better``, which add up to 1; of students ``any_df, df_1_2,
        df_3_plus``; each but ``passed`` with ``_low, _high`` (Wilson); ``df`` and ``c_or_better`` also with
        ``_low_students, _high_students``; ``gpa, gpa_low, gpa_high`` (0-4) over ``n_gpa`` students;
        ``credits``, earned by a student on average, over ``n_credits`` students.

    Raises
    ------
    AnalysisError
        If there is no final mark, or no such column.

    Notes
    -----
    Letters, P and NP are final marks; I, W and blanks are left out and counted. Marks of one student hang
    together, so the interval that matters is the one over students: the share is a ratio of two totals over
    students, its standard error CR2 with Satterthwaite's degrees of freedom (students are the clusters), its
    interval on the logit scale. Wilson's, beside it, takes every mark for itself and is too narrow. Where no
    mark or every mark is D or F, it is Wilson's for as many students; where each student has one mark, too.
    GPA is unweighted: the mean over students of each one's mean grade points, with a t interval.

    Examples
    --------
    >>> import pandas as pd
    >>> letters = ["A", "D", "B", "C", "F", "F"]
    >>> found = df_rates(pd.DataFrame({"student": list("aabbcc"), "letter": letters}))
    >>> found.table[["n_marks", "df", "any_df", "df_1_2", "gpa"]].round(2).values.tolist()
    [[6.0, 0.5, 0.67, 0.67, 1.67]]
    """
    found = tally(marks)
    groups = groups_of(found, by, roster)
    return rates_of(found, groups)


def rates_of(found: Tally, groups: Groups) -> Rates:
    """Return the rates of marks that are counted already.

    Raises
    ------
    AnalysisError
        If there is no final mark.
    """
    import numpy as np

    if not found.final.any():
        raise AnalysisError(
            "No mark is final: none is a letter, P or NP that is known, or has a percent. All work may be "
            "excused or not graded yet; else give letters, or percents in `percent`."
        )
    whole = _table(found, np.zeros(len(found.student), np.intp), ((),), ())
    table = _table(found, groups.of, groups.labels, groups.by) if groups.by else whole
    of = found.what[found.code]
    said = (
        ("from_percent", found.from_percent),
        ("unnamed", found.unnamed),
        ("twice", found.twice),
        ("unmatched", groups.unmatched or 0),
        ("without", groups.without or 0),
        ("again", groups.again),
    )
    notes = tuple((key, n) for key, n in said if n)
    return Rates(groups.by, table, whole, found.left_out(), int((of == "P").sum()), notes)


def _table(
    found: Tally, group: NDArray[np.intp], labels: tuple[tuple[str, ...], ...], by: tuple[str, ...]
) -> pd.DataFrame:
    import numpy as np
    import pandas as pd

    k = len(labels)
    final = found.final
    group = group[final]
    unit, unit_group, _ = units_of(group, found.student[final])
    units = len(unit_group)
    marks = np.bincount(unit, minlength=units)
    bad = np.bincount(unit, found.df[final], units).astype(int)
    good = np.bincount(unit, found.c_or_better[final], units).astype(int)

    def count(which: NDArray[np.generic]) -> NDArray[np.intp]:
        return np.bincount(unit_group, which, k).astype(np.intp)

    n_marks, n_students = count(marks), np.bincount(unit_group, minlength=k)
    data: dict[str, object] = {name: [label[i] for label in labels] for i, name in enumerate(by)}
    data |= {"n_marks": n_marks, "n_students": n_students}
    lone = np.bincount(unit, (found.what[found.code] == "P")[final], units)
    data["passed"] = count(lone) / np.maximum(n_marks, 1)
    for name, hits in (("df", bad), ("c_or_better", good)):
        _three(data, name, count(hits), n_marks)
        wide = over_students(hits, marks, unit_group, k)
        data[f"{name}_low_students"] = [low for low, _ in wide]
        data[f"{name}_high_students"] = [high for _, high in wide]
    cusp = (bad >= 1) & (bad <= 2)
    for name, which in zip(_SHARES, (bad >= 1, cusp, bad >= 3), strict=True):
        _three(data, name, count(which), n_students)
    points = found.points[final]
    data |= _means(points, ~np.isnan(points), unit, unit_group, k)
    data |= _credits(found, unit, unit_group, k)
    return pd.DataFrame(data)


def _three(data: dict[str, object], name: str, hits: NDArray[np.intp], of: NDArray[np.intp]) -> None:
    limits = shares(hits.tolist(), of.tolist())
    for i, key in enumerate((name, f"{name}_low", f"{name}_high")):
        data[key] = [limit[i] for limit in limits]


def over_students(
    hits: NDArray[np.intp], of: NDArray[np.intp], group: NDArray[np.intp], k: int
) -> list[tuple[float, float]]:
    """Return for each of ``k`` groups of students the interval of their share of marks."""
    import numpy as np

    order = np.argsort(group, kind="stable")
    parts = np.split(order, np.cumsum(np.bincount(group, minlength=k))[:-1])
    return [clustered(hits[part], of[part]) for part in parts]


def clustered(hits: NDArray[np.intp], of: NDArray[np.intp]) -> tuple[float, float]:
    """Return the 95 % interval of a share of marks over students.

    Parameters
    ----------
    hits, of
        One a student: how many marks are meant, of how many.

    Notes
    -----
    On the logit scale, as R's ``svyciprop(method="logit")``, with the CR2 standard error; NaN for fewer than
    5 students. Wilson's where each student has one mark.

    Examples
    --------
    >>> import numpy as np
    >>> low, high = clustered(np.array([0, 1, 6, 0, 2, 0]), np.full(6, 6))
    >>> round(low, 3), round(high, 3)
    (0.036, 0.748)
    """
    import numpy as np
    from scipy.stats import t

    total, n = int(of.sum()), len(of)
    if not n:
        return math.nan, math.nan
    share = float(hits.sum() / total)
    if total == n:
        return wilson(int(hits.sum()), n)
    if share in (0, 1):
        # Marks that are all alike say nothing of how much students differ: each counts as one.
        return wilson(n if share else 0, n)
    fit = Least(
        gram=of.astype(float)[:, None, None],
        residual=(hits - share * of)[:, None],
        coefficients=np.array([share]),
        squares=total * share * (1 - share),
        rows=total,
        noise=1e-12,
    )
    (term,) = terms(fit, ["share"], np.eye(1), [(n, n)])
    if term.verdict == "too_few_clusters":
        return math.nan, math.nan
    if math.isnan(term.se):
        # Students who all have the same share do not hang together: each mark counts.
        return wilson(int(hits.sum()), total)
    middle, half = math.log(share / (1 - share)), float(t.ppf(0.975, term.df)) * term.se
    half /= share * (1 - share)
    # 1 / (1 + exp(-x)) without overflow.
    low, high = (0.5 * (1 + math.tanh(x / 2)) for x in (middle - half, middle + half))
    return low, high


def _means(
    points: NDArray[np.float64],
    has: NDArray[np.bool_],
    unit: NDArray[np.intp],
    unit_group: NDArray[np.intp],
    k: int,
) -> dict[str, object]:
    """Return the mean over students of their own means, with a t interval."""
    import numpy as np
    from scipy.stats import t

    units = len(unit_group)
    n_of = np.bincount(unit[has], minlength=units)
    some = n_of > 0
    own = np.bincount(unit[has], points[has], units)[some] / n_of[some]
    of = unit_group[some]
    n = np.bincount(of, minlength=k)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.bincount(of, own, k) / n
        squares = np.bincount(of, (own - mean[of]) ** 2, k)
        half = t.ppf(0.975, n - 1) * np.sqrt(squares / (n - 1) / n)
    half = np.where(n > 1, half, np.nan)
    return {"gpa": mean, "gpa_low": mean - half, "gpa_high": mean + half, "n_gpa": n}


def _credits(found: Tally, unit: NDArray[np.intp], unit_group: NDArray[np.intp], k: int) -> dict[str, object]:
    """Return what a student earned on average: the credits of marks that pass."""
    import numpy as np

    credits_ = found.numbers("credits")
    if credits_ is None:
        return {"credits": np.full(k, np.nan), "n_credits": np.zeros(k, int)}
    final = found.final
    given, passed = credits_[final], found.passed[final]
    units = len(unit_group)
    # A student whose passed mark has no number of credits has earned nobody knows how many.
    unknown = np.bincount(unit[passed & np.isnan(given)], minlength=units) > 0
    own = np.bincount(unit[passed], np.nan_to_num(given[passed]), units)
    n = np.bincount(unit_group[~unknown], minlength=k)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.bincount(unit_group[~unknown], own[~unknown], k) / n
    return {"credits": mean, "n_credits": n}
