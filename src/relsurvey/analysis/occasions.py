"""The same students at three or more occasions: repeated-measures and mixed analysis of variance, on rows."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from relsurvey.aggregate.frame import sums as sums_of
from relsurvey.aggregate.moments import Sums
from relsurvey.analysis.finding import MIN_N_SHOWN, Face, Finding, Value
from relsurvey.analysis.groups.twosample import holm, mean_interval
from relsurvey.analysis.waves.paired import Difference, matched_difference, overlap
from relsurvey.errors import AnalysisError
from relsurvey.words import say, share_words

if TYPE_CHECKING:
    import pandas as pd

#: Fewest students who answered every time, and fewest of a group (rules.md 16).
MIN_N_OCCASIONS = 20


@dataclass(frozen=True)
class Effect:
    """One line of the analysis of variance; NaN where nothing varies.

    Attributes
    ----------
    source
        ``occasion``, the group variable, or ``interaction``.
    f, df1, df2, p
        F, its degrees of freedom and its p.
    eta_generalised
        Generalised eta squared (Bakeman 2005).
    epsilon, p_corrected
        Greenhouse and Geisser's epsilon, and p with it: what is judged, sphericity is not taken for granted.
    """

    source: str
    f: float
    df1: float
    df2: float
    p: float
    eta_generalised: float
    epsilon: float
    p_corrected: float


@dataclass(frozen=True)
class Level:
    """One occasion (of one group, or of all): those who answered it, and those who answered every time."""

    group: str | None
    occasion: str
    everyone: Sums
    complete: Sums


@dataclass(frozen=True, repr=False)
class Occasions(Finding):
    """How scores differ between occasions: numbers once, and every face of them.

    Attributes
    ----------
    scale, by
        What was measured; the group variable, or None.
    occasions
        In their order.
    complete, ever
        Students who answered every time, and at least once.
    effects
        Lines of the analysis of variance; none under 20 students.
    levels
        One entry an occasion, then one a group and occasion.
    pairs
        Every two occasions: first, second, the change, p adjusted by Holm.
    left_out
        Groups that are too small to compare.
    """

    scale: str
    by: str | None
    occasions: tuple[str, ...]
    complete: int
    ever: int
    effects: tuple[Effect, ...]
    levels: tuple[Level, ...]
    pairs: tuple[tuple[str, str, Difference, float], ...]
    left_out: int

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """``effects``, ``means`` and ``pairs``; exact, for this kernel alone."""
        import pandas as pd

        means = []
        for level in self.levels:
            of = mean_interval(level.complete)
            n, everyone = level.complete.n, level.everyone
            row = (self.scale, level.group, level.occasion, n, of.value, of.low, of.high, level.complete.sd)
            means.append((*row, everyone.n, everyone.mean))
        return {
            "effects": pd.DataFrame(
                [(self.scale, *vars(effect).values()) for effect in self.effects],
                columns=[
                    "scale",
                    "source",
                    "f",
                    "df1",
                    "df2",
                    "p",
                    "eta_generalised",
                    "epsilon",
                    "p_corrected",
                ],
            ),
            "means": pd.DataFrame(
                means,
                columns=[
                    *("scale", "group", "occasion", "n", "mean", "low", "high", "sd"),
                    *("n_all", "mean_all"),
                ],
            ),
            "pairs": pd.DataFrame(
                [
                    (
                        self.scale,
                        a,
                        b,
                        d.value,
                        d.low,
                        d.high,
                        d.test.statistic,
                        d.test.df1,
                        d.test.p,
                        adjusted,
                    )
                    for a, b, d, adjusted in self.pairs
                ],
                columns=["scale", "a", "b", "difference", "low", "high", "t", "df", "p", "p_adjusted"],
            ),
        }

    def in_words(self, language: str = "en") -> str:
        """Return whether scores differ between the occasions, and whether groups changed alike."""
        k = len(self.occasions)
        if not self.effects:
            return say(language, "change.occasions_too_few", min_n=MIN_N_OCCASIONS)
        by_source = {effect.source: effect for effect in self.effects}
        found = "differ" if by_source["occasion"].p_corrected < 0.05 else "cannot_tell"
        parts = [say(language, f"change.occasions_{found}", k=k)]
        if self.by is not None:
            found = "differ" if by_source["interaction"].p_corrected < 0.05 else "cannot_tell"
            parts.append(say(language, f"change.occasions_groups_{found}", by=self.by))
        if self.left_out:
            parts.append(say(language, "change.occasions_left_out", k=self.left_out, min_n=MIN_N_OCCASIONS))
        share = share_words([language], self.complete / self.ever, self.ever)[language]
        parts += [say(language, "change.occasions_basis", share=share), say(language, "change.cannot_why")]
        return " ".join(parts)

    def faces(self, language: str = "en", min_n: int = MIN_N_SHOWN) -> tuple[Face, ...]:
        """Return means by occasion; occasions and groups under 20 students masked."""
        fewest = max(MIN_N_OCCASIONS, min_n)
        rows: list[tuple[Value, ...]] = []
        for level in self.levels:
            name = level.group or say(language, "unit.all_students")
            if level.complete.n < fewest:
                rows.append((name, level.occasion, say(language, "change.under", min_n=fewest), None, None))
                continue
            of = mean_interval(level.complete)
            between = {"low": f"{of.low:.2f}", "high": f"{of.high:.2f}"}
            text = "" if math.isnan(of.low) else say(language, "change.range", **between)
            rows.append((name, level.occasion, level.complete.n, f"{of.value:.2f}", text))
        heads = ("who", "occasion", "n", "mean", "range")
        head = tuple(say(language, f"change.head_{name}") for name in heads)
        return (Face(say(language, "change.title_occasions"), head, tuple(rows)),)


def occasions(
    rows: pd.DataFrame,
    *,
    by: str | None = None,
    order: Sequence[str] = (),
    scale: str = "",
) -> Occasions:
    """Say whether the scores of the same students differ between three or more occasions.

    It runs on rows, on the students who answered every time.

    Parameters
    ----------
    rows
        One row a respondent and occasion: columns ``respondent``, ``wave``, ``score``, and that of ``by``.
        Rows without one of the first three are left out.
    by
        A column of groups: did they change alike? A student counts where they were first.
    order
        The occasions in their order; else sorted.
    scale
        Its name.

    Returns
    -------
    Occasions
        ``.table`` (the analysis of variance), ``.tables["means"]``, ``.tables["pairs"]``, ``.sentence``.

    Raises
    ------
    AnalysisError
        If a column is missing, a respondent has two rows at an occasion, there are too few occasions (three;
        two with groups), or fewer than two groups of 20 students.

    Notes
    -----
    Repeated-measures, with groups mixed analysis of variance by pingouin; R's ``aov(score ~ wave * by +
    Error(respondent / wave))``. What is judged is p after Greenhouse and Geisser, always: Mauchly's test
    decides nothing. Changes between two occasions are paired t tests, Holm over all.

    Examples
    --------
    >>> import pandas as pd
    >>> waves = [("fall", 0.0), ("winter", 0.5), ("spring", 1.0)]
    >>> rows = pd.DataFrame(
    ...     [(i, w, i % 4 + step + (i * 7 + len(w)) % 3 / 5) for i in range(30) for w, step in waves],
    ...     columns=["respondent", "wave", "score"],
    ... )
    >>> found = occasions(rows, order=["fall", "winter", "spring"])
    >>> found.complete, found.effects[0].df1, found.effects[0].p_corrected < 0.001
    (30, 2.0, True)
    """
    wanted = ["respondent", "wave", "score", *([by] if by else [])]
    missing = [name for name in wanted if name not in rows]
    if missing:
        raise AnalysisError(f"The rows have no column {missing[0]!r}. It takes: {', '.join(wanted)}.")
    long = rows[wanted].dropna(subset=["respondent", "wave", "score"])
    try:
        long = long.assign(wave=long["wave"].astype(str), score=long["score"].astype(float))
    except (TypeError, ValueError):
        raise AnalysisError("Some scores are no numbers. Give scores as numbers, NaN for none.") from None
    if long.duplicated(["respondent", "wave"]).any():
        raise AnalysisError("Some respondents have two rows at one occasion. Keep one row each.")
    there = set(long["wave"])
    names = tuple(name for name in order if name in there)
    names = (*names, *sorted(there - set(names)))
    fewest = 2 if by else 3
    if len(names) < fewest:
        raise AnalysisError(
            f"It takes {fewest} occasions with scores; there are {len(names)}. For two see change()."
        )
    wide = long.pivot_table(index="respondent", columns="wave", values="score", sort=False)[list(names)]
    complete = wide.dropna()
    first = group = None
    left_out = 0
    if by:
        first, group, left_out = _groups(long, by, names, complete.index)
        complete = complete.loc[group.index]
    levels = [Level(None, w, sums_of(wide[w].to_numpy()), sums_of(complete[w].to_numpy())) for w in names]
    if first is not None and group is not None:
        for label in sorted(group.unique()):
            own, all_of = complete[group == label], wide.loc[wide.index.isin(first.index[first == label])]
            levels += [
                Level(label, w, sums_of(all_of[w].to_numpy()), sums_of(own[w].to_numpy())) for w in names
            ]
    enough = len(complete) >= MIN_N_OCCASIONS
    effects = _effects(complete, group, by) if enough else ()
    return Occasions(
        scale, by, names, len(complete), len(wide), effects, tuple(levels), _pairs(complete, names), left_out
    )


def _groups(
    long: pd.DataFrame, by: str, names: Sequence[str], complete: pd.Index
) -> tuple[pd.Series[str], pd.Series[str], int]:
    """Return everyone's first group, that of the complete ones in large groups, and how many are small."""
    import pandas as pd

    rows = long.assign(wave=pd.Categorical(long["wave"], list(names))).sort_values("wave").dropna(subset=[by])
    first = rows.drop_duplicates("respondent").set_index("respondent")[by].astype(str)
    group = first.reindex(complete)
    sizes = group.value_counts()
    large = sizes[sizes >= MIN_N_OCCASIONS].index
    if len(large) < 2:
        raise AnalysisError(
            f"Comparing groups takes two with {MIN_N_OCCASIONS} students who answered every time; "
            f"there are {len(large)}. Leave out by, or join groups."
        )
    return first, group[group.isin(large)], int(first.nunique()) - len(large)


def _pairs(complete: pd.DataFrame, names: Sequence[str]) -> tuple[tuple[str, str, Difference, float], ...]:
    import numpy as np

    same = np.arange(len(complete))
    found = [
        (a, b, matched_difference(overlap(complete[a].to_numpy(), complete[b].to_numpy(), (same, same))))
        for i, a in enumerate(names)
        for b in names[i + 1 :]
    ]
    adjusted = holm([d.test.p for _, _, d in found])
    return tuple((a, b, d, p) for (a, b, d), p in zip(found, adjusted, strict=True))


def _effects(complete: pd.DataFrame, group: pd.Series | None, by: str | None) -> tuple[Effect, ...]:
    """Return the lines of the analysis of variance: pingouin's F and epsilon, p by Greenhouse-Geisser."""
    import warnings

    import numpy as np
    import pandas as pd
    import pingouin
    from scipy.stats import f

    # About the grand mean, so that large scores lose no digits; numbers for names, which pingouin sorts by.
    values = complete.to_numpy() - complete.to_numpy().mean()
    n, k = values.shape
    frame = pd.DataFrame(
        {
            "respondent": np.repeat(np.arange(n), k),
            "occasion": np.tile(np.arange(k), n),
            "score": values.ravel(),
        }
    )
    what = {"data": frame, "dv": "score", "within": "occasion", "subject": "respondent", "effsize": "ng2"}
    try:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            if group is None:
                table = pingouin.rm_anova(**what, correction=True)
                table = table.rename(columns={"ddof1": "DF1", "ddof2": "DF2"})
                sources = ["occasion"]
            else:
                frame["group"] = np.repeat(group.to_numpy(), k)
                table = pingouin.mixed_anova(**what, between="group", correction=True)
                sources = [str(by), "occasion", "interaction"]
    except (AssertionError, ValueError, KeyError, ZeroDivisionError, np.linalg.LinAlgError):
        raise AnalysisError(
            "The occasions cannot be compared: the scores vary too little. Look at fewer occasions or groups."
        ) from None
    # Where everyone moves alike there is no error to measure a change by; what is left is rounding.
    size = 1e-12 * (1 + float(np.abs(complete.to_numpy()).max()))
    moved = values - values.mean(axis=1, keepdims=True)
    alike = float(np.abs(moved - moved.mean(axis=0)).max()) < size
    flat = float(np.ptp(values.mean(axis=1))) < size
    found = []
    for source, row in zip(sources, table.to_dict("records"), strict=True):
        within = source != by
        known = math.isfinite(row.get("F", math.nan)) and not (alike if within else flat)
        statistic = max(0.0, float(row["F"])) if known else math.nan
        epsilon = float(row["eps"]) if within and k > 2 and known else 1.0
        df1, df2 = float(row["DF1"]), float(row["DF2"])
        found.append(
            Effect(
                source,
                statistic,
                df1,
                df2,
                float(f.sf(statistic, df1, df2)),
                float(row["ng2"]) if known else math.nan,
                epsilon,
                float(f.sf(statistic, df1 * epsilon, df2 * epsilon)),
            )
        )
    return tuple(found)
