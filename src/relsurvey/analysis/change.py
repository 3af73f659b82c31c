"""Change between two waves: the same students where enough of them answered both times, else all."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from relsurvey.aggregate.moments import Sums
from relsurvey.analysis.clusters import cluster_difference
from relsurvey.analysis.finding import MIN_N_SHOWN, Face, Finding
from relsurvey.analysis.groups.twosample import hochberg_q, holm
from relsurvey.analysis.sampling.sandwich import MIN_CLUSTERS, Term
from relsurvey.analysis.waves import change_faces
from relsurvey.analysis.waves.change_clusters import InterceptChange, random_intercept_change
from relsurvey.analysis.waves.change_rows import NOBODY, by_cell, matches, scored
from relsurvey.analysis.waves.composition import (
    Split,
    by_groups,
    by_respondent,
    expected_rise,
    start_reliability,
)
from relsurvey.analysis.waves.paired import (
    Overlap,
    SharesTwice,
    overlap,
    share_interval,
    share_test,
    shares_twice,
    smallest_change,
)
from relsurvey.errors import AnalysisError

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from relsurvey.analysis.verdict import Difference
    from relsurvey.words import Text

#: Fewest students of each wave in whom a change is spoken of (rules.md 16).
MIN_N_CHANGE = 20
#: From this share of each wave that answered both times, the two are mostly the same students (rules.md 7).
SAME_STUDENTS = 0.70

Estimate = Literal["matched", "overlapping", "independent", "clusters"]


@dataclass(frozen=True)
class Unit:
    """One school (or team) at both times: shares where favorable is known, else scores."""

    name: str
    before: Sums
    after: Sums
    expected_rise: float


@dataclass(frozen=True)
class OverClusters:
    """The change judged over clusters: of shares (None without), of scores, and by a random intercept."""

    favorable: Term | None
    score: Term
    intercept: InterceptChange
    units: tuple[Unit, ...]


@dataclass(frozen=True, repr=False)
class Change(Finding):
    """A change on one scale between two waves: numbers once, and every face of them.

    Attributes
    ----------
    scale, wave_before, wave_after
        What was compared, and when.
    score, answers, shares
        Scores, each student's share of favorable answers, favorable students; the last two None where nothing
        was said of favorable answers.
    splits
        How much of the change comes from who answered.
    clusters
        The change judged over schools; None where it was not asked for.
    reliability
        Of the score, where it was given: then reliable changes are counted.
    followed
        Whether respondents have ids, so that the same ones can be found.
    min_n
        A wave under it is *too few*; 20 or more.
    same_within
        Shares closer than this, by the 90 % interval, are about the same (0-1).
    family
        How many scales were judged together.
    p_adjusted, q
        The headline's p by Holm and by Benjamini and Hochberg over them.
    verdict
        By rules.md 6 and 7; None without favorable answers.
    title_before
        What the first wave is called, in each language; None where it goes by its name.
    """

    scale: str
    wave_before: str | None
    wave_after: str | None
    score: Overlap
    answers: Overlap | None
    shares: SharesTwice | None
    splits: tuple[Split, ...]
    clusters: OverClusters | None
    reliability: float | None
    followed: bool
    min_n: int = MIN_N_CHANGE
    same_within: float = 0.10
    family: int = 0
    p_adjusted: float = math.nan
    q: float = math.nan
    verdict: Difference | None = None
    title_before: Text | None = None

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """All its tables by name; exact, for this kernel alone.

        ``change``: one row an estimate (``matched``: those who answered both times; ``overlapping``,
        ``independent``: all, with and without the covariance of those; ``clusters``), the headline marked.
        ``tests``, ``effects``, ``composition``; ``reliable_change`` and ``units`` where they were asked for.
        """
        return change_faces.tables(self)

    def in_words(self, language: str = "en") -> str:
        """Return whether students answer otherwise than before, on what it rests, and what it cannot tell."""
        return change_faces.in_words(self, language)

    def faces(self, language: str = "en", min_n: int = MIN_N_SHOWN) -> tuple[Face, ...]:
        """Return its tables as they are shown: waves and units under 20 students masked."""
        return change_faces.faces(self, language, min_n)

    @property
    def headline(self) -> Estimate:
        """Which estimate is told, by counts alone: it is chosen before anyone looks at a change."""
        if self.clusters is not None:
            return "clusters"
        o = self.score
        enough = o.matched >= self.min_n and o.matched >= SAME_STUDENTS * max(o.before.n, o.after.n)
        return "overlapping" if enough else "independent"

    @property
    def too_few(self) -> bool:
        """Whether one of the waves is under the threshold."""
        return min(self.score.before.n, self.score.after.n) < self.min_n

    @property
    def favorable_change(self) -> float:
        """The share of all students after minus before; NaN without favorable answers."""
        return math.nan if self.shares is None else self.shares.share_after - self.shares.share_before

    @property
    def p(self) -> float:
        """The p of the headline's change of the share, before any adjustment; NaN where it is not judged."""
        if self.shares is None or self.too_few:
            return math.nan
        if self.clusters is not None:
            term = self.clusters.favorable
            return math.nan if term is None or term.clusters < MIN_CLUSTERS else term.p
        return share_test(self.shares, use_matches=self.headline == "overlapping").p

    @property
    def smallest(self) -> float:
        """The change of the share that would show with 80 % power, 0-1; NaN where none is judged."""
        if self.shares is None or self.too_few:
            return math.nan
        if self.clusters is None:
            return smallest_change(self.shares, use_matches=self.headline == "overlapping")
        from scipy.stats import t

        term = self.clusters.favorable
        if term is None or term.clusters < MIN_CLUSTERS or math.isnan(term.se):
            return math.nan
        return min(1.0, float(t.ppf(0.975, term.df) + t.ppf(0.80, term.df)) * term.se)

    def _narrow(self) -> tuple[float, float]:
        """Return the 90 % interval of the headline's change of the share."""
        assert self.shares is not None
        if self.clusters is None:
            return share_interval(self.shares, 0.90, use_matches=self.headline == "overlapping")
        from scipy.stats import t

        term = self.clusters.favorable
        if term is None or term.clusters < MIN_CLUSTERS:
            return math.nan, math.nan
        half = float(t.ppf(0.95, term.df)) * term.se
        return term.estimate - half, term.estimate + half

    def judged(self, p_adjusted: float, q: float, family: int) -> Change:
        """Return the same change with its verdict in a family of scales."""
        verdict: Difference | None = None
        if self.too_few:
            verdict = "too_few"
        elif self.shares is not None:
            d = self.favorable_change
            same_sign = (self.score.after.mean - self.score.before.mean) * d > 0
            low, high = self._narrow()
            if p_adjusted < 0.05 and abs(d) >= 0.05 and same_sign:
                verdict = "clear"
            elif q < 0.10:
                verdict = "maybe"
            elif -self.same_within < low and high < self.same_within:
                verdict = "about_the_same"
            else:
                verdict = "cannot_tell"
        return replace(self, p_adjusted=p_adjusted, q=q, family=family, verdict=verdict)


def change(
    before: pd.DataFrame,
    after: pd.DataFrame,
    *,
    scale: str = "",
    waves: tuple[str | None, str | None] = (None, None),
    by: Sequence[str] = (),
    clusters: str | None = None,
    reliability: float | None = None,
    picked_for_low_start: bool = False,
    same_within: float = 0.10,
    min_n: int = MIN_N_CHANGE,
) -> Change:
    """Say whether students answer a scale otherwise than before.

    It runs on rows: the same students can be found in no other way.

    Parameters
    ----------
    before, after
        One row a respondent of each wave, with the column ``score``; ``respondent`` (without it nobody is
        matched), ``favorable`` (0 or 1), ``favorable_answers`` (0-1) where they are known. Rows without a
        score are left out.
    scale, waves
        The scale, and the names of the two waves.
    by
        Columns of groups, in both tables: how much of the change comes from another mix of these groups.
    clusters
        A column of schools (or classes, teachers), in both tables: the change is then judged over them, so
        that it speaks of schools like these (rules.md 5). Not for one school that describes itself.
    reliability
        Of the score, 0-1, at the first wave: counts students whose own change is more than its error.
    picked_for_low_start
        Whether these students, groups or schools were picked because they started low.
    same_within
        Shares closer than this, by the 90 % interval, are about the same (0-1).
    min_n
        Fewest students in each wave; never under 20.

    Returns
    -------
    Change
        ``.table`` (every estimate; the headline is marked), ``.sentence``. The verdict is that of a single
        scale: :func:`change_verdicts` judges the scales of a view together.

    Raises
    ------
    AnalysisError
        If a column is missing, a respondent has two rows in a wave, a wave has no score, or the units were
        picked for a low start.

    Notes
    -----
    The headline: where at least 70 % of *each* wave answered both times (the larger wave decides: else "the
    same students" would be untrue of it) and they are 20 or more, all students with the covariance of those
    who answered both times (:func:`~relsurvey.analysis.waves.paired.overlapping_difference`,
    :func:`~relsurvey.analysis.waves.paired.share_interval`); else all students as two independent samples.
    The share is what is judged, the mean can only weaken it (rules.md 11).

    Examples
    --------
    >>> import pandas as pd
    >>> ids = list(range(60))
    >>> fall = pd.DataFrame({"respondent": ids, "score": [2.0, 3.0, 4.0] * 20, "favorable": [0, 0, 1] * 20})
    >>> spring = fall.assign(score=fall.score + [0, 0.5, 0.5] * 20, favorable=[0, 1, 1] * 20)
    >>> found = change(fall, spring, waves=("fall", "spring"))
    >>> found.headline, found.verdict, round(found.favorable_change, 2)
    ('overlapping', 'clear', 0.33)
    """
    import numpy as np

    if picked_for_low_start:
        raise AnalysisError(
            "No change is reported for students, groups or schools that were picked for a low start: they "
            "rise by chance alone. Compare all of them; expected_rise() says how much chance alone gives."
        )
    if reliability is not None and not 0 < reliability <= 1:
        raise AnalysisError("A reliability lies between 0 and 1. Give that of the score at the first wave.")
    sides = [
        scored(frame, which, (*by, *([clusters] if clusters else [])))
        for frame, which in ((before, "first"), (after, "second"))
    ]
    followed = all("respondent" in frame for frame in sides)
    nobody = np.array([], dtype=int)
    pairs = matches(*(frame["respondent"] for frame in sides)) if followed else (nobody, nobody)

    def column(name: str) -> tuple[np.ndarray, np.ndarray] | None:
        if any(name not in frame for frame in sides):
            return None
        then, now = (frame[name].to_numpy(dtype=float) for frame in sides)
        return then, now

    scores, marks, parts = column("score"), column("favorable"), column("favorable_answers")
    assert scores is not None
    for side in marks or ():
        if not np.isin(side[~np.isnan(side)], (0.0, 1.0)).all():
            raise AnalysisError("The column 'favorable' holds 1 for favorable students, 0 for others.")
    score = overlap(*scores, pairs)
    if marks is not None and any(np.isnan(side).all() for side in marks):
        marks = None
    shares = None if marks is None else shares_twice(*marks, pairs)
    splits = [by_respondent("score", score.before, score.after, score.same_before, score.same_after)]
    if marks is not None:
        of = overlap(*marks, pairs)
        splits.insert(0, by_respondent("favorable", of.before, of.after, of.same_before, of.same_after))
    if not followed:
        splits = []
    for name in by:
        groups = [frame[name] for frame in sides]
        for figure, values in (("favorable", marks), ("score", scores)):
            if values is not None:
                splits.append(by_groups(name, figure, *by_cell(values, groups, keep_unknown=True)[1]))
    if clusters is not None and any(frame[clusters].isna().all() for frame in sides):
        raise AnalysisError(f"In one of the waves nobody has an entry in {clusters!r}. Leave out clusters.")
    over = None if clusters is None else _over_clusters(scores, marks, [frame[clusters] for frame in sides])
    found = Change(
        scale,
        waves[0],
        waves[1],
        score,
        None if parts is None else overlap(*parts, pairs),
        shares,
        tuple(splits),
        over,
        reliability,
        followed and len(pairs[0]) > 0,
        max(MIN_N_CHANGE, min_n),
        same_within,
    )
    return change_verdicts([found])[0]


def change_verdicts(changes: Sequence[Change]) -> tuple[Change, ...]:
    """Judge the changes of a view's scales together: Holm over all of them (rules.md 7).

    Parameters
    ----------
    changes
        One a scale.

    Returns
    -------
    tuple of Change
        The same, each with its verdict.

    Notes
    -----
    *clear*: Holm over the scales < .05, five points or more, and a mean difference of the same sign. *maybe*:
    a Benjamini-Hochberg q < .10 over the scales. *about the same*: the 90 % interval inside ±
    ``same_within``. *too few*: a wave under 20. Otherwise *cannot tell*.
    """
    p = [found.p for found in changes]
    judged = zip(changes, holm(p), hochberg_q(p), strict=True)
    return tuple(found.judged(adjusted, q, len(changes)) for found, adjusted, q in judged)


def _over_clusters(
    scores: tuple[np.ndarray, np.ndarray],
    marks: tuple[np.ndarray, np.ndarray] | None,
    labels: Sequence[pd.Series],
) -> OverClusters:
    def term(names: list[str], sides: tuple[list[Sums], list[Sums]]) -> Term:
        cells = {
            (name, when): sums
            for when, side in zip(("before", "after"), sides, strict=True)
            for name, sums in zip(names, side, strict=True)
        }
        return cluster_difference(cells, a="after", b="before").terms[0]

    names, of_scores = by_cell(scores, labels, keep_unknown=False)
    of_marks = None if marks is None else by_cell(marks, labels, keep_unknown=False)[1]
    then, now = of_scores if of_marks is None else of_marks
    everyone = sum((s for s in then if s.n), NOBODY)
    rises = [
        math.nan if math.isnan(r) else expected_rise(s.mean, everyone.mean, r)
        for s, r in zip(then, start_reliability(then), strict=True)
    ]
    units = tuple(Unit(*unit) for unit in zip(names, then, now, rises, strict=True))
    favorable = None if of_marks is None else term(names, of_marks)
    return OverClusters(favorable, term(names, of_scores), random_intercept_change(*of_scores), units)
