"""How many students a comparison takes, and what so many students can show: asked before the survey."""

from __future__ import annotations

import math
from collections.abc import Callable
from inspect import signature
from typing import Any

from relsurvey.analysis.planning.planned import (
    LEVEL,
    MOST_STUDENTS,
    POWER,
    Power,
    Said,
    above_zero,
    ask,
    between,
    not_zero,
    percent,
    plan,
    points,
    quantile,
    sections_of,
    sentence,
    solution,
    whole,
    whole_number,
)
from relsurvey.analysis.planning.precision import alpha_within, share_within
from relsurvey.analysis.shares import smallest_gap
from relsurvey.errors import AnalysisError


def two_shares(
    *,
    gap: float | None = None,
    students: int | None = None,
    share: float = 0.5,
    part: float = 0.5,
    power: float | None = None,
    icc: float = 0.0,
    section_size: int = 1,
) -> Power:
    """Plan to see a gap between the shares of two groups of students.

    Parameters
    ----------
    gap
        Share of the first group minus share of the other, 0-1 (10 points are 0.10).
    students
        How many answer, in both groups together. Give the gap or the students and the other is answered;
        give both and the power is.
    share
        The share in both groups together; one half needs the most students.
    part
        The part of the students that is in the first group.
    power
        The chance that such a gap shows; 0.80 unless asked otherwise.
    icc, section_size
        Where whole sections are compared: how alike students of a section answer, and how many a section
        has. Leave them where the groups are mixed within sections, as girls and boys are.

    Returns
    -------
    Power
        The figures, in a table and in words.

    Raises
    ------
    AnalysisError
        If a share, a gap or a number cannot be.

    Notes
    -----
    Number and power: two-sided z test at 5 %, pooled variance under no gap and that of each group under the
    gap: R's ``power.prop.test``, here for unequal groups too. The gap is
    :func:`relsurvey.analysis.shares.smallest_gap`, which the verdicts of a view use, so that one and the same
    gap stands everywhere: it takes the pooled variance alone, and is a little wider than R's (by 1 point in
    two groups of 20, by 0.1 in two of 120). Sections multiply the number by 1 + (size - 1) · icc (Kish 1965).

    Examples
    --------
    >>> plan = two_shares(gap=0.10)
    >>> plan["students"]
    784
    >>> round(two_shares(students=240)["gap"], 2)
    0.18
    """
    from statsmodels.stats.proportion import power_proportions_2indep, samplesize_proportions_2indep_onetail

    solved, d, n, target = ask("gap", gap, students, power)
    between("The share in both groups together", share, 0, 1)
    between("The part in the first group", part, 0, 1)
    sections = sections_of(icc, section_size)
    deff, ratio = sections.design_effect, (1 - part) / part
    goal = POWER if solved == "power" else target
    high, low = share + d * (1 - part), share - d * part
    about = ("part", f"{100 * part:.3g}")
    said: list[Said] = []
    exact = reached = math.nan
    groups = 0, 0
    if solved != "gap":
        if not (0 < high < 1 and 0 < low < 1):
            raise AnalysisError(
                f"A gap of {d:g} about a share of {share:g} takes shares outside 0 to 1: ask for less."
            )
        first = deff * float(samplesize_proportions_2indep_onetail(not_zero("A gap", d), low, goal, ratio))
        exact, groups = first / part, (sections.whole(first), sections.whole(first * ratio))
        said = [sentence("two_shares_students", f"{100 * abs(d):.3g}", sum(groups), about)]
    if solved != "students":
        groups = sections.split(n, part)
        # smallest_gap is for a power of 80 %; another power scales it.
        scale = (quantile(1 - LEVEL / 2) + quantile(goal)) / (quantile(1 - LEVEL / 2) + quantile(POWER))
        reached = min(1.0, smallest_gap(share, *groups) * math.sqrt(deff) * scale)
        shown = reached < max(
            min((1 - share) / (1 - part), share / part), min(share / (1 - part), (1 - share) / part)
        )
        said.append(sentence("two_shares_gap" if shown else "two_shares_none", points(reached), n, about))
    if solved == "power":
        seen = power_proportions_2indep(d, low, groups[0] / deff, groups[1] / groups[0], return_results=False)
        target = float(seen)
        said.insert(
            0, sentence("two_shares_power", f"{100 * abs(d):.3g}", n, about, ("chance", percent(target)))
        )
    figures: dict[str, float] = {
        "gap": reached if solved == "gap" else d,
        "share": share,
        "part": part,
        "power": target,
        "students": sum(groups),
        "group_a": groups[0],
        "group_b": groups[1],
        "exact": exact,
        "smallest_gap": reached if solved == "power" else math.nan,
    }
    return plan("two_shares", solved, figures, said, sections=sections)


def two_means(
    *,
    difference: float | None = None,
    students: int | None = None,
    sd: float = 1.0,
    part: float = 0.5,
    power: float | None = None,
    icc: float = 0.0,
    section_size: int = 1,
) -> Power:
    """Plan to see a difference between the mean scores of two groups of students.

    Parameters
    ----------
    difference
        Between the two means, in points of the scale (with ``sd=1``: in standard deviations).
    students
        How many answer, in both groups together; see :func:`two_shares`.
    sd
        Standard deviation of students' scores within a group.
    part, power, icc, section_size
        As in :func:`two_shares`.

    Raises
    ------
    AnalysisError
        If a number cannot be.

    Notes
    -----
    Two-sided t test at 5 %, non-central t with both tails (pingouin): R's ``power.t.test(strict = TRUE)``,
    for unequal groups too. With sections, the t test on their means, exact for sections of one size.

    Examples
    --------
    >>> round(two_means(difference=1, sd=1, students=40)["power"], 6)
    0.868953
    """
    from pingouin import power_ttest2n
    from scipy.optimize import brentq

    solved, d, n, target = ask("difference", difference, students, power)
    not_zero("A difference", d)
    between("The part in the first group", part, 0, 1)
    sections = sections_of(icc, section_size)
    # What is drawn is a section; its mean varies by this much.
    spread = above_zero("The standard deviation", sd) * math.sqrt(sections.design_effect / section_size)
    ratio, exact = (1 - part) / part, math.nan
    if solved == "students":
        # The smaller group holds two units or more: one alone has no standard deviation.
        least, most = max(2.0, 2 / ratio), MOST_STUDENTS

        def lacking(units: float) -> float:
            return float(power_ttest2n(units, units * ratio, d=d / spread, alpha=LEVEL)) - target

        units = least if lacking(least) >= 0 else most if lacking(most) < 0 else brentq(lacking, least, most)
        exact = units * section_size / part
        groups = sections.whole(exact * part), sections.whole(exact * (1 - part))
    else:
        groups = sections.split(n, part)
        units_a, units_b = (n_group / section_size for n_group in groups)
        if solved == "power":
            target = float(power_ttest2n(units_a, units_b, d=d / spread, alpha=LEVEL))
        else:
            d = spread * solution(power_ttest2n(units_a, units_b, power=target, alpha=LEVEL))
    figures: dict[str, float] = {
        "difference": d,
        "sd": sd,
        "part": part,
        "power": target,
        "students": sum(groups),
        "group_a": groups[0],
        "group_b": groups[1],
        "exact": exact,
    }
    about = ("part", f"{100 * part:.3g}"), ("sd", f"{sd:g}"), ("chance", percent(target))
    said = [sentence(f"two_means_{solved}", f"{abs(d):.2g}", sum(groups), *about)]
    return plan("two_means", solved, figures, said, sections=sections)


def same_students(
    *,
    difference: float | None = None,
    students: int | None = None,
    sd: float = 1.0,
    r: float = 0.5,
    power: float | None = None,
) -> Power:
    """Plan to see a change in the mean of the same students, asked twice.

    Parameters
    ----------
    difference
        The change, in points of the scale (with ``sd=1``: in standard deviations).
    students
        How many answer both times; see :func:`two_shares`.
    sd
        Standard deviation of students' scores at each time.
    r
        Correlation of the two scores; for scales of a few questions some .5 to .7 within a year.
    power
        As in :func:`two_shares`.

    Raises
    ------
    AnalysisError
        If a number cannot be.

    Notes
    -----
    Paired t test (pingouin): changes vary by sd · sqrt(2 (1 - r)). R's
    ``power.t.test(type = "paired", strict = TRUE)``.

    Examples
    --------
    >>> same_students(difference=0.2, r=0.6)["students"]
    159
    """
    from pingouin import power_ttest

    solved, d, n, target = ask("difference", difference, students, power)
    not_zero("A change", d)
    spread = above_zero("The standard deviation", sd) * math.sqrt(
        2 * (1 - between("The correlation", r, -1, 1))
    )
    exact = math.nan
    if solved == "students":
        exact = 2.0
        if power_ttest(d / spread, n=2, alpha=LEVEL, contrast="paired") < target:
            exact = solution(power_ttest(d / spread, power=target, alpha=LEVEL, contrast="paired"))
        n = whole(exact)
    elif solved == "power":
        target = float(power_ttest(d / spread, n=n, alpha=LEVEL, contrast="paired"))
    else:
        d = spread * solution(power_ttest(n=n, power=target, alpha=LEVEL, contrast="paired"))
    figures = {"difference": d, "sd": sd, "r": r, "power": target, "students": n, "exact": exact}
    about = ("sd", f"{sd:g}"), ("r", f"{r:g}"), ("chance", percent(target))
    return plan(
        "same_students", solved, figures, [sentence(f"same_students_{solved}", f"{abs(d):.2g}", n, *about)]
    )


def several_groups(
    *,
    eta_squared: float | None = None,
    students: int | None = None,
    groups: int = 3,
    power: float | None = None,
) -> Power:
    """Plan to see that the mean scores of several groups differ at all (ANOVA, groups of one size).

    Parameters
    ----------
    eta_squared
        The part of the scores' variance that lies between groups, 0-1 (.01 is small, .06 medium).
    students
        How many answer, in all groups together; see :func:`two_shares`.
    groups
        How many groups, 2 or more.
    power
        As in :func:`two_shares`.

    Raises
    ------
    AnalysisError
        If a number cannot be.

    Notes
    -----
    Non-central F (pingouin): R's ``power.anova.test``.

    Examples
    --------
    >>> several_groups(eta_squared=0.01, groups=4)["students"]
    1084
    """
    from pingouin import power_anova

    k = whole_number(groups, 2, "groups")
    solved, size, n, target = ask("eta_squared", eta_squared, students, power, least=2 * k)
    exact = math.nan
    if solved != "eta_squared":
        between("Eta squared", size, 0, 1)
    if solved == "students":
        each = 2.0
        if power_anova(eta_squared=size, k=k, n=2, alpha=LEVEL) < target:
            each = solution(power_anova(eta_squared=size, k=k, power=target, alpha=LEVEL))
        exact, n = k * each, k * whole(each)
    elif solved == "power":
        target = float(power_anova(eta_squared=size, k=k, n=n / k, alpha=LEVEL))
    else:
        size = solution(power_anova(k=k, n=n / k, power=target, alpha=LEVEL))
    figures = {"eta_squared": size, "groups": k, "power": target, "students": n, "exact": exact}
    about = ("k", str(k)), ("chance", percent(target))
    return plan(
        "several_groups", solved, figures, [sentence(f"several_groups_{solved}", points(size), n, *about)]
    )


def crossed_table(
    *,
    v: float | None = None,
    students: int | None = None,
    rows: int = 2,
    columns: int = 2,
    power: float | None = None,
) -> Power:
    """Plan to see that two sets of categories go together (chi-square).

    Parameters
    ----------
    v
        Cramér's V, 0-1.
    students
        How many answer; see :func:`two_shares`.
    rows, columns
        Size of the table.
    power
        As in :func:`two_shares`.

    Raises
    ------
    AnalysisError
        If a number cannot be.

    Notes
    -----
    Non-central chi-square with Cohen's w = V · sqrt(min(rows, columns) - 1) (pingouin).

    Examples
    --------
    >>> crossed_table(v=0.1, rows=5, columns=2)["students"]
    1194
    """
    from pingouin import power_chi2

    solved, size, n, target = ask("v", v, students, power)
    df = (whole_number(rows, 2, "rows") - 1) * (whole_number(columns, 2, "columns") - 1)
    scale, exact = math.sqrt(min(rows, columns) - 1), math.nan
    if solved != "v":
        between("Cramér's V", size, 0, 1)
    if solved == "students":
        exact = 2.0
        if power_chi2(df, w=size * scale, n=2, alpha=LEVEL) < target:
            exact = solution(power_chi2(df, w=size * scale, power=target, alpha=LEVEL))
        n = whole(exact)
    elif solved == "power":
        target = float(power_chi2(df, w=size * scale, n=n, alpha=LEVEL))
    else:
        size = solution(power_chi2(df, n=n, power=target, alpha=LEVEL)) / scale
    figures = {"v": size, "rows": rows, "columns": columns, "power": target, "students": n, "exact": exact}
    about = ("rows", str(rows)), ("columns", str(columns)), ("chance", percent(target))
    key = f"crossed_table_{solved}" if size <= 1 else "crossed_table_none"
    return plan("crossed_table", solved, figures, [sentence(key, f"{size:.2f}", n, *about)])


#: Every question by its name.
QUESTIONS: dict[str, Callable[..., Power]] = {
    ask_for.__name__: ask_for
    for ask_for in (
        two_shares,
        two_means,
        same_students,
        several_groups,
        crossed_table,
        share_within,
        alpha_within,
    )
}


def power(question: str, **given: Any) -> Power:
    """Answer how many students a question takes, or what so many students can show.

    Parameters
    ----------
    question
        ``"two_shares"``, ``"two_means"``, ``"same_students"``, ``"several_groups"``, ``"crossed_table"``,
        ``"share_within"`` or ``"alpha_within"``: the function of that name says what it asks.
    **given
        What that function takes. What is left out is answered.

    Returns
    -------
    Power
        The figures, in a table and in words.

    Raises
    ------
    AnalysisError
        If there is no such question, it does not take what is given, or a number cannot be.

    Examples
    --------
    >>> power("two_shares", gap=0.10)["students"]
    784
    """
    if question not in tuple(QUESTIONS):
        raise AnalysisError(f"There is no such question. Ask one of {', '.join(QUESTIONS)}.")
    asked = QUESTIONS[question]
    takes = signature(asked)
    try:
        takes.bind(**given)
    except TypeError:
        raise AnalysisError(f"{question} takes {', '.join(takes.parameters)}. Give those, by name.") from None
    return asked(**given)
