"""Who is missing, and what the others could change: response by group, and bounds that hold in any case."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from relsurvey.analysis.finding import MIN_N_SHOWN, Face, Finding, Value, fewest
from relsurvey.analysis.response import Response
from relsurvey.analysis.shares import newcombe, wilson
from relsurvey.errors import AnalysisError
from relsurvey.words import hundredths, outward, say

if TYPE_CHECKING:
    import pandas as pd

#: Response under these is said so (rules.md 4).
ENOUGH, HALF = 0.85, 0.50
#: A group that answered less by so much stands out, if its interval agrees.
_STANDS_OUT = 0.05


@dataclass(frozen=True)
class Asked:
    """One group of the roster.

    Attributes
    ----------
    by, group
        The variable and its category; None for all students.
    invited, answered
        How many were asked, and how many answered: the scale in question where ``favorable`` is given.
    favorable
        How many of those who answered are favorable; None where only response is looked at.
    """

    by: str | None
    group: str | None
    invited: int
    answered: int
    favorable: int | None = None

    @property
    def rate(self) -> float:
        """The share of those asked that answered; NaN where nobody was asked."""
        return self.answered / self.invited if self.invited else math.nan

    @property
    def bounds(self) -> tuple[float, float]:
        """The share favorable of all asked if nobody, and if everybody else, is favorable."""
        return bounds(self.favorable, self.answered, self.invited)

    def hidden(self, min_n: int) -> bool:
        """Whether too few were asked, answered, or did not answer."""
        return self.answered < min_n or 0 < self.invited - self.answered < min_n


def bounds(favorable: int | None, answered: int, invited: int) -> tuple[float, float]:
    """Return what the share favorable of all who were asked lies between, whatever the others think.

    Parameters
    ----------
    favorable, answered, invited
        Counts; NaN is returned where ``favorable`` is None or nobody was asked.

    Returns
    -------
    tuple of float
        p·r and p·r + (1 - r), with p the share favorable of those who answered and r the share that answered.

    Notes
    -----
    Cochran (1977, section 13.2); Manski (1989). No interval: sampling comes on top.

    Examples
    --------
    >>> bounds(48, 80, 100)
    (0.48, 0.68)
    """
    if favorable is None or not invited:
        return math.nan, math.nan
    return favorable / invited, (favorable + invited - answered) / invited


@dataclass(frozen=True, repr=False)
class Nonresponse(Finding):
    """Who is missing: numbers once, and every face of them.

    Attributes
    ----------
    scale
        What ``favorable`` speaks of.
    groups
        All students first, then the groups of each variable.
    """

    scale: str
    groups: tuple[Asked, ...]

    def behind(self, g: Asked) -> tuple[float, float, float]:
        """Return a group's response rate minus that of all, with its 95 % interval.

        All students hold the group, so the interval is that of the group against all others (Newcombe), times
        the others' share of those asked: the two differences are one but for that factor.
        """
        whole = self.groups[0]
        others = Asked(None, None, whole.invited - g.invited, whole.answered - g.answered)
        if g is whole or not g.invited or not others.invited:
            return math.nan, math.nan, math.nan
        low, high = newcombe(g.answered, g.invited, others.answered, others.invited)
        factor = others.invited / whole.invited
        return g.rate - whole.rate, factor * low, factor * high

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """``response``: one row a group; ``bounds``: the groups whose favorable answers were counted."""
        import pandas as pd

        totals: dict[str | None, tuple[int, int]] = {}
        for g in self.groups:
            asked, came = totals.get(g.by, (0, 0))
            totals[g.by] = (asked + g.invited, came + g.answered)
        rows = []
        for g in self.groups:
            asked, came = totals[g.by]
            rows.append(
                (
                    g.by,
                    g.group,
                    g.invited,
                    g.answered,
                    g.rate,
                    *wilson(g.answered, g.invited),
                    *self.behind(g),
                    g.invited / asked if asked else math.nan,
                    g.answered / came if came else math.nan,
                )
            )
        names = ("by", "group", "invited", "answered", "rate", "rate_low", "rate_high")
        more = ("difference", "difference_low", "difference_high", "of_roster", "of_respondents")
        found = {"response": pd.DataFrame(rows, columns=[*names, *more])}
        counted = [g for g in self.groups if g.favorable is not None]
        if counted:
            lines = [
                (
                    self.scale,
                    g.by,
                    g.group,
                    g.favorable,
                    g.answered,
                    g.invited,
                    _share(g),
                    *wilson(g.favorable or 0, g.answered),
                    *g.bounds,
                )
                for g in counted
            ]
            head = ("scale", "by", "group", "favorable", "answered", "invited")
            shares = ("share", "share_low", "share_high", "bound_low", "bound_high")
            found["bounds"] = pd.DataFrame(lines, columns=[*head, *shares])
        return found

    def in_words(self, language: str = "en") -> str:
        """Say who answered, what the others could change, and which groups are missing most."""
        whole = self.groups[0]
        if whole.invited < fewest() or whole.answered < fewest():
            return say(language, "nonresponse.too_few", min_n=fewest())
        if whole.answered == whole.invited:
            parts = [say(language, "nonresponse.everybody")]
        else:
            # Rounded down: with one missing, it is not said that all answered.
            answered = math.floor(100 * whole.rate + 1e-9)
            parts = [say(language, "nonresponse.answered", answered=answered)]
        if whole.favorable is not None:
            parts.append(self._share_words(whole, language))
        parts += self._missing(language)
        if whole.answered < whole.invited:
            parts.append(say(language, "nonresponse.cannot"))
        return " ".join(parts)

    def _share_words(self, whole: Asked, language: str) -> str:
        low, high = outward(*whole.bounds)
        values = {"share": hundredths(_share(whole)), "low": low, "high": high}
        if whole.answered == whole.invited:
            return say(language, "nonresponse.share_of_all", **values)
        if whole.rate < HALF:
            return say(language, "nonresponse.half", **values)
        said = say(language, "nonresponse.some" if whole.rate < ENOUGH else "nonresponse.nearly", **values)
        return said + " " + say(language, "nonresponse.bounds", **values)

    def _missing(self, language: str) -> list[str]:
        """Return the groups that answered clearly less than all, or that none did."""
        shown = [g for g in self.groups[1:] if g.invited >= fewest() and not g.hidden(fewest())]
        less = []
        for g in shown:
            difference, _, high = self.behind(g)
            if difference <= -_STANDS_OUT and high < 0:
                percent = math.floor(100 * g.rate + 0.5)
                less.append(say(language, "nonresponse.group", by=g.by, group=g.group, percent=percent))
        if less:
            return [say(language, "nonresponse.less", groups="; ".join(less))]
        return [say(language, "nonresponse.no_less")] if shown else []

    def faces(self, language: str = "en", min_n: int = MIN_N_SHOWN) -> tuple[Face, ...]:
        """Return response and bounds in percent; a group is masked where few were asked, came, or did not."""
        rows: list[tuple[Value, ...]] = []
        counted = any(g.favorable is not None for g in self.groups)
        table = self.tables["response"]
        for place, g in enumerate(self.groups):
            name = say(language, "nonresponse.all") if g.by is None else f"{g.by}: {g.group}"
            blank: tuple[Value, ...] = (None,) * (9 if counted else 6)
            if g.invited < min_n:
                rows.append((name, say(language, "nonresponse.under", min_n=min_n), *blank))
                continue
            if g.hidden(min_n):
                few = "few_came" if g.answered < min_n else "few_missing"
                said = say(language, f"nonresponse.{few}", min_n=min_n)
                rows.append((name, g.invited, said, *blank[1:]))
                continue
            line = table.iloc[place]
            keys = ("rate", "rate_low", "rate_high", "difference", "of_roster", "of_respondents")
            figures: tuple[Value, ...] = tuple(100 * float(line[key]) for key in keys)
            if counted:
                figures += (100 * _share(g), *(100 * bound for bound in g.bounds))
            rows.append((name, g.invited, *figures))
        names = ["who", "invited", "rate", "low", "high", "difference", "of_roster", "of_respondents"]
        names += ["share", "bound_low", "bound_high"] if counted else []
        head = tuple(say(language, f"nonresponse.head.{key}") for key in names)
        return (Face(say(language, "nonresponse.title"), head, tuple(rows), decimals=0),)


def _share(g: Asked) -> float:
    return math.nan if g.favorable is None or not g.answered else g.favorable / g.answered


def nonresponse(groups: Response | Sequence[Asked], *, scale: str = "") -> Nonresponse:
    """Say who is missing and, where favorable answers are counted, what the others could change.

    Parameters
    ----------
    groups
        All students first (``by`` None), then the groups of each variable, by counts; or the
        :class:`~relsurvey.analysis.response.Response` of a study, for response alone.
    scale
        What ``favorable`` speaks of.

    Returns
    -------
    Nonresponse
        ``.table``, ``.tables["bounds"]``, ``.in_words("es")``.

    Raises
    ------
    AnalysisError
        If nobody was asked, the first group is not all students, or counts do not fit each other.

    Notes
    -----
    Rates with Wilson's interval; a group's difference from all with Newcombe's. Bounds as
    :func:`bounds`, which assume nothing about who did not answer.

    Examples
    --------
    >>> found = nonresponse([Asked(None, None, 100, 80, 48)])
    >>> found.sentence[:94]
    'Of 100 students asked, 80 answered. Of 100 students who answered, 60 answered favorably. Whate'
    """
    if isinstance(groups, Response):
        asked = tuple(Asked(g.by, g.group, g.invited, g.answered) for g in groups.groups)
    else:
        asked = tuple(groups)
    if not asked or asked[0].by is not None or not asked[0].invited:
        raise AnalysisError(
            "The first group must be all students (by=None), with at least one who was asked."
        )
    for g in asked:
        name = "all students" if g.by is None else f"{g.by}: {g.group}"
        if not 0 <= g.answered <= g.invited <= asked[0].invited or g.answered > asked[0].answered:
            raise AnalysisError(
                f"The counts of {name} do not fit: answered is at most invited, a group at most all students."
            )
        if g.favorable is not None and not 0 <= g.favorable <= g.answered:
            raise AnalysisError(f"More are favorable than answered in {name}. Count both for one scale.")
    return Nonresponse(scale, asked)
