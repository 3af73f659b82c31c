"""How many students a narrow range takes: of a share, and of a scale's reliability."""

from __future__ import annotations

import math

from relsurvey.analysis.planning.planned import (
    LEVEL,
    Power,
    between,
    plan,
    points,
    quantile,
    sentence,
    whole,
    whole_number,
)
from relsurvey.errors import AnalysisError
from relsurvey.instrument.model import Thresholds


def share_within(*, within: float | None = None, students: int | None = None, share: float = 0.5) -> Power:
    """Plan how narrow the range of a share is.

    Parameters
    ----------
    within
        Half the width of the 95 % interval, 0-1 (plus or minus 5 points is 0.05).
    students
        How many answer; give the one or the other.
    share
        The share that is expected; one half needs the most students.

    Returns
    -------
    Power
        The figures, in a table and in words.

    Raises
    ------
    AnalysisError
        If a number cannot be, or both or none are given.

    Notes
    -----
    Half the width of Wilson's interval, solved for n: the interval that every share has here. The textbook's
    z² p (1 - p) / w² is of Wald's interval; at a share of one half it asks for z² (4) students more.

    Examples
    --------
    >>> share_within(within=0.05)["students"]
    381
    """
    from statsmodels.stats.proportion import proportion_confint

    solved = _left_out("within", within, students)
    between("The share", share, 0, 1)
    exact = math.nan
    if within is not None:
        between("Half the width", within, 0, 0.5)
        z2, spread = quantile(1 - LEVEL / 2) ** 2, share * (1 - share)
        a, b, c = z2 * z2 * (within**2 - 0.25), z2 * (2 * within**2 - spread), within**2
        # Of a u² + b u + c with u = 1 / n, one root is positive.
        exact = (-b + math.sqrt(b * b - 4 * a * c)) / (2 * c)
        half, n = within, whole(exact)
    else:
        n = whole_number(students or 0, 2, "students")
        low, high = proportion_confint(share * n, n, alpha=LEVEL, method="wilson")
        half = float(high - low) / 2
    size = points(half) if within is None else f"{100 * within:.3g}"
    said = sentence(f"share_within_{solved}", size, n, ("share", f"{100 * share:g}"))
    return plan(
        "share_within", solved, {"within": half, "share": share, "students": n, "exact": exact}, [said]
    )


def alpha_within(
    *, width: float | None = None, students: int | None = None, items: int, alpha: float = 0.8
) -> Power:
    """Plan how narrow the range of a scale's reliability is.

    Parameters
    ----------
    width
        From the lower to the upper limit of alpha's 95 % interval, 0-1.
    students
        How many answer all questions; give the one or the other.
    items
        How many questions the scale has, 2 or more.
    alpha
        The alpha that is expected.

    Returns
    -------
    Power
        The figures, in a table and in words.

    Raises
    ------
    AnalysisError
        If a number cannot be, or both or none are given.

    Notes
    -----
    Bonett (2002, J. Educational and Behavioral Statistics 27, 335-340): ln(1 - alpha) has the variance
    2 k / ((k - 1)(n - 2)). Its interval is 2 (1 - alpha) sinh(z · s) wide, solved for n in one step where
    he takes two that approximate. Feldt's interval, which the table of reliability shows, is about as wide;
    so is omega's where the questions serve their scale about equally.

    Examples
    --------
    >>> alpha_within(width=0.10, items=5)["students"]
    159
    """
    solved = _left_out("width", width, students)
    k = whole_number(items, 2, "items")
    between("Alpha", alpha, 0, 1)
    z, exact = quantile(1 - LEVEL / 2), math.nan
    if width is not None:
        between("The width", width, 0, 1)
        exact = 2 * k / (k - 1) * (z / math.asinh(width / (2 * (1 - alpha)))) ** 2 + 2
        wide, n = width, whole(exact)
    else:
        n = whole_number(students or 0, 3, "students")
        wide = 2 * (1 - alpha) * math.sinh(z * math.sqrt(2 * k / ((k - 1) * (n - 2))))
    said = [sentence(f"alpha_within_{solved}", f"{wide:.2f}", n, ("alpha", f"{alpha:.2f}"), ("k", str(k)))]
    if n < Thresholds().min_n:
        said.append(("alpha_floor", (("least", str(Thresholds().min_n)),)))
    figures = {"width": wide, "alpha": alpha, "items": k, "students": n, "exact": exact}
    return plan("alpha_within", solved, figures, said)


def _left_out(name: str, width: float | None, students: int | None) -> str:
    if (width is None) == (students is None):
        raise AnalysisError(f"Give {name} or students, one of them: the other is then answered.")
    return "students" if students is None else name
