"""Who was asked, and who of them answered: as a view may say it (rules.md 4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from relsurvey.analysis.nonresponse import ENOUGH, HALF
from relsurvey.analysis.response import Invited, response
from relsurvey.words import Text, hundredths, outward, share_words, texts
from relsurvey.words.shares import BOTTOM, TOP

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

#: How far sentences may go: *nearly* speaks of students, *some* of those who answered, *half* gives no tenth.
Reach = Literal["nearly", "some", "half"]


@dataclass(frozen=True)
class Answering:
    """Who was asked, and how many of them answered.

    Attributes
    ----------
    whole
        All students.
    groups
        By variable that the roster has: each of its groups.
    units
        By school, and by school and team.
    scored
        By school, by school and team, and of all (an empty name): by scale, how many of those asked have a
        score.
    """

    whole: Invited
    groups: Mapping[str, tuple[Invited, ...]]
    units: Mapping[tuple[str, ...], Invited]
    scored: Mapping[tuple[str, ...], Mapping[str, int]]

    def of(self, unit: tuple[str, ...], min_n: int) -> Invited:
        """Return who was asked in a school or team; in what it is part of where the roster names too few."""
        for names in (unit, unit[:1]):
            if names in self.units and self.units[names].invited >= min_n:
                return self.units[names]
        return self.whole


def answering(
    students: pd.DataFrame, came: np.ndarray, scored: Mapping[str, np.ndarray], by: Sequence[str]
) -> Answering:
    """Count who was asked and who answered.

    Parameters
    ----------
    students
        One row a student who was asked.
    came
        Whether each of them answered.
    scored
        By scale: whether each of them has a score.
    by
        Group variables; those that the roster lacks are passed over.
    """
    import pandas as pd

    students = students.reset_index(drop=True)
    answered = pd.Series(came, index=students.index)
    known = [v for v in by if v in students and students[v].notna().any()]
    whole, *rest = response(students, answered, known).groups
    units: dict[tuple[str, ...], Invited] = {}
    sums: dict[tuple[str, ...], dict[str, int]] = {(): {s: int(marks.sum()) for s, marks in scored.items()}}
    for columns in (["school"], ["school", "team"]):
        if set(columns) <= set(students.columns):
            for names, part in answered.groupby([students[c] for c in columns]):
                unit = tuple(map(str, names))
                units[unit] = Invited(columns[-1], unit[-1], len(part), int(part.sum()))
                sums[unit] = {s: int(marks[part.index].sum()) for s, marks in scored.items()}
    return Answering(
        whole,
        {v: tuple(g for g in rest if g.by == v) for v in known},
        units,
        sums,
    )


def reach(asked: Invited | None, min_n: int) -> Reach:
    """Say how far sentences on these students may go; as far as ever where nobody knows who was asked."""
    if asked is None or asked.invited < min_n or asked.rate >= ENOUGH:
        return "nearly"
    return "some" if asked.rate >= HALF else "half"


def share_that_answered(known: Sequence[str], asked: Invited, min_n: int) -> Text:
    """Return the share of those asked that answered, in tenths; in words where few did not."""
    if 0 < asked.invited - asked.answered < min_n and asked.rate < TOP:
        return texts(known, "share.most")
    return share_words(known, asked.rate, asked.invited)


def who_answered(known: Sequence[str], asked: Invited | None, min_n: int) -> Text:
    """Say which share of those asked answered, in tenths; without a roster that it is not known.

    Parameters
    ----------
    known
        Languages.
    asked
        How many were asked, and how many of them answered; None where nobody knows.
    min_n
        Where fewer than this did not answer, it is nearly all or most, and no tenth.
    """
    if asked is None or asked.invited < min_n:
        return texts(known, "about.not_who")
    said = share_that_answered(known, asked, min_n)
    return texts(known, f"about.who_{reach(asked, min_n)}", share=said)


def percent_words(known: Sequence[str], share: float) -> Text:
    """Return a share as a whole percent, coded at 5 and 95.

    Examples
    --------
    >>> percent_words(["en"], 0.714), percent_words(["en"], 0.99)
    ({'en': '71 %'}, {'en': '95 % or more'})
    """
    if share >= TOP:
        return texts(known, "about.top")
    if share <= BOTTOM:
        return texts(known, "about.bottom")
    return texts(known, "about.percent", k=hundredths(share))


def rate_words(known: Sequence[str], asked: Invited, min_n: int) -> Text:
    """Return the share of a group that answered, as a whole percent; in words where few did not."""
    if 0 < asked.invited - asked.answered < min_n:
        return share_words(known, asked.rate, 1)
    return percent_words(known, asked.rate)


def shown_groups(groups: Sequence[Invited], min_n: int) -> tuple[Invited, ...]:
    """Return the groups whose response may be shown, those too small joined (``group`` None); else none.

    Nothing answered stands in these shares, and who knows every n knows them. They are held back so that no
    page says of a handful of students that they did not answer.

    Examples
    --------
    >>> many, few = Invited("gender", "girl", 80, 60), Invited("gender", "nonbinary", 6, 2)
    >>> shown_groups([many, Invited("gender", "boy", 90, 70), few], 11)
    ()
    """
    large = [g for g in groups if g.invited >= min_n and g.answered >= min_n]
    small = [g for g in groups if g not in large and g.invited]
    if small:
        together = Invited(small[0].by, None, sum(g.invited for g in small), sum(g.answered for g in small))
        if together.invited < min_n or together.answered < min_n:
            return ()
        large.append(together)
    return tuple(large) if len(large) > 1 else ()


def bounds_words(known: Sequence[str], favorable: float, answered: int, invited: int) -> Text:
    """Return the share of all asked that is favorable, whatever the others think, in whole percents.

    Parameters
    ----------
    known
        Languages.
    favorable
        The share of those who answered, 0-1; one that is coded enters as all or none of what its code allows.
    answered, invited
        Counts.

    Examples
    --------
    >>> bounds_words(["en"], 0.6, 80, 100)
    {'en': 'between 48 % and 68 %'}
    """
    rate = answered / invited
    least = TOP if favorable >= TOP else 0.0 if favorable <= BOTTOM else favorable
    most = 1.0 if favorable >= TOP else max(BOTTOM, favorable)
    return percents_words(known, least * rate, most * rate + 1 - rate)


def percents_words(known: Sequence[str], low: float, high: float) -> Text:
    """Return an interval of shares in whole percents, rounded outward, its ends coded at 5 and 95.

    Examples
    --------
    >>> percents_words(["en"], 0.482, 0.675), percents_words(["en"], 0.02, 0.22)
    ({'en': 'between 48 % and 68 %'}, {'en': 'from 5 % or less to 22 %'})
    """
    lower, upper = (end / 100 for end in outward(low, high))
    key = "about.from_to" if lower <= BOTTOM or upper >= TOP else "about.between"
    return texts(known, key, low=percent_words(known, lower), high=percent_words(known, upper))
