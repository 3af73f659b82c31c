"""Signs of careless answers: flags, one row a respondent. Nothing is removed, and no team sees them."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from relsurvey.analysis import careless
from relsurvey.analysis.finding import MIN_N_SHOWN, Face, Finding, Value, fewest
from relsurvey.errors import AnalysisError
from relsurvey.words import say

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

#: Respondents with fewer answers are not judged: too little to see a pattern in.
FEWEST_ANSWERS = 10
#: With fewer scales than the inventories had from which its cut-off comes, the agreement of halves within one
#: respondent is mostly chance: of ten scales, it would flag six careful respondents in ten.
FEWEST_SCALES = 20
#: Seconds a question (Huang et al. 2012).
SECONDS = 2.0
#: Flags whose index is high, not low.
_HIGH = frozenset({"longstring", "average_string", "mahalanobis"})


@dataclass(frozen=True)
class Cut:
    """One flag: where its index is cut, whom it judges, whom it flags; NaN where it cannot judge."""

    name: str
    cut_off: float
    judged: int
    flagged: int

    @property
    def source(self) -> str:
        """Where the cut-off is from, in English."""
        return say("en", f"screening.source_{self.name}")


@dataclass(frozen=True, repr=False)
class Screening(Finding):
    """Signs of careless answers: numbers once, and every face of them.

    Attributes
    ----------
    indices, flags
        One row a respondent in the order given, one column an index; values, and whether they are past the
        cut-off. Respondents with fewer than ten answers carry no flag.
    cuts
        One entry a flag.
    n
        Respondents with any answer.
    """

    indices: pd.DataFrame
    flags: pd.DataFrame
    cuts: tuple[Cut, ...]
    n: int

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """``flags``: one row a flag; exact, for this kernel alone."""
        import pandas as pd

        rows = [
            (c.name, c.judged, c.flagged, c.flagged / c.judged if c.judged else math.nan, c.cut_off, c.source)
            for c in self.cuts
        ]
        return {
            "flags": pd.DataFrame(
                rows, columns=["flag", "judged", "flagged", "share", "cut_off", "source"]
            ).astype({"cut_off": float})
        }

    @property
    def flagged(self) -> int:
        """Respondents with any flag."""
        return int(self.flags.any(axis=1).sum())

    def in_words(self, language: str = "en") -> str:
        """Return how many have which flag, what was not judged, and that a flag is no verdict."""
        if self.n < fewest():
            return say(language, "screening.too_few", min_n=fewest())
        parts = []
        for cut in self.cuts:
            if cut.name in ("longstring", "speed", "mahalanobis") and not math.isnan(cut.cut_off):
                count = self._count(cut.flagged, cut.judged, language, fewest())
                figures = {"n": self.n, "count": count, "k": round(cut.cut_off)}
                parts.append(say(language, f"screening.say_{cut.name}", **figures))
        parts.append(
            say(language, "screening.say_any", count=self._count(self.flagged, self.n, language, fewest()))
        )
        without = [c.name for c in self.cuts if math.isnan(c.cut_off) or not c.judged]
        if without:
            names = ", ".join(say(language, f"screening.{name}") for name in without)
            parts.append(say(language, "screening.not_judged", names=names))
        parts.append(say(language, "screening.no_verdict"))
        return " ".join(parts)

    def _count(self, k: int, of: int, language: str, min_n: int) -> str:
        """Return a count; few, or all but a few, are said as such."""
        if k < min_n:
            return say(language, "screening.few", min_n=min_n)
        return str(k) if of - k >= min_n else say(language, "screening.nearly_all")

    def faces(self, language: str = "en", min_n: int = MIN_N_SHOWN) -> tuple[Face, ...]:
        """Return the flags as they are shown: counts under ``min_n`` masked."""
        rows: list[tuple[Value, ...]] = []
        for cut in self.cuts:
            name = say(language, f"screening.{cut.name}")
            source = say(language, f"screening.source_{cut.name}")
            if math.isnan(cut.cut_off) or not cut.judged:
                rows.append((name, say(language, "screening.not_possible"), None, source))
                continue
            shown = self._count(cut.flagged, cut.judged, language, min_n)
            rows.append((name, shown, cut.cut_off, source))
        heads = ("flag", "flagged", "cut_off", "source")
        head = tuple(say(language, f"screening.head_{name}") for name in heads)
        return (Face(say(language, "screening.title"), head, tuple(rows)),)


def screening(
    items: pd.DataFrame,
    *,
    scales: Mapping[str, Sequence[str]] | None = None,
    reverse: Sequence[str] = (),
    seconds: pd.Series | np.ndarray | Sequence[float] | None = None,
) -> Screening:
    """Flag answers that may have been given without care.

    It runs on rows, by its nature. For analysts alone: a team never sees it.

    Parameters
    ----------
    items
        Codes as they were answered (not reversed), one row a respondent, one column a question in the order
        it was asked; NaN is missing.
    scales
        The questions of each scale, in order; without them the halves of scales are not compared.
    reverse
        Questions whose codes are turned before halves of scales are compared, about the lowest and highest
        answer given in their scale.
    seconds
        How long each respondent took, one a row; NaN where unknown.

    Returns
    -------
    Screening
        ``.flags``, ``.indices``, ``.table``, ``.sentence``.

    Raises
    ------
    AnalysisError
        If there is no question, an answer is no number, a scale or ``reverse`` names a question that is not
        there, or there is not one time a row.

    Notes
    -----
    The cut-offs are on the careful side, and an honest student can be past one: who agrees with everything
    gives the same answer many times. Indices: :mod:`relsurvey.analysis.careless`, equal to R's ``careless``
    and ``psych``.

    Examples
    --------
    >>> import pandas as pd
    >>> rows = [[1 + (i * (j + 3) + j * j) % 5 for j in range(20)] for i in range(1, 12)] + [[3] * 20]
    >>> found = screening(pd.DataFrame(rows))
    >>> found.flags.longstring.tolist()[-2:], found.cuts[0].cut_off
    ([False, True], 10.0)
    """
    import numpy as np
    import pandas as pd
    from scipy.stats import chi2

    names = [str(name) for name in items.columns]
    if not names or len(set(names)) < len(names):
        raise AnalysisError("Screening takes one column a question, each with a name of its own.")
    try:
        values = items.to_numpy(dtype=float, na_value=np.nan)
    except (TypeError, ValueError):
        raise AnalysisError("Some answers are no numbers. Give the codes of the answers.") from None
    if np.isinf(values).any():
        raise AnalysisError("Some answers are infinite. Give the codes of the answers, NaN for none.")
    columns = _columns(names, scales or {}, reverse)
    k = values.shape[1]
    answers = (~np.isnan(values)).sum(axis=1)
    judged = answers >= FEWEST_ANSWERS
    indices = {
        "longstring": careless.longstring(values).astype(float),
        "average_string": careless.average_string(values),
        "irv": careless.answer_sd(values),
        "mahalanobis": careless.mahalanobis(values),
        "even_odd": careless.even_odd(_keyed(values, names, columns, reverse), columns),
        "synonyms": careless.synonyms(values, careless.synonym_pairs(values)),
        "speed": _pace(seconds, answers),
    }
    cut_offs = {
        "longstring": float(max(FEWEST_ANSWERS, math.ceil(k / 2))) if k >= FEWEST_ANSWERS else math.nan,
        "average_string": careless.far_out(indices["average_string"][judged]),
        "irv": 0.0 if k >= FEWEST_ANSWERS else math.nan,
        "mahalanobis": math.nan if np.isnan(indices["mahalanobis"]).all() else float(chi2.ppf(0.999, k)),
        "even_odd": 0.30 if len(columns) >= FEWEST_SCALES else math.nan,
        "synonyms": math.nan,
        "speed": math.nan if seconds is None else SECONDS,
    }
    flags, cuts = {}, []
    for name, index in indices.items():
        known = judged & ~np.isnan(index) & (not math.isnan(cut_offs[name]))
        flags[name] = known & _past(name, index, cut_offs[name])
        cuts.append(Cut(name, cut_offs[name], int(known.sum()), int(flags[name].sum())))
    return Screening(
        pd.DataFrame(indices, index=items.index),
        pd.DataFrame(flags, index=items.index),
        tuple(cuts),
        int((answers > 0).sum()),
    )


def _past(name: str, index: np.ndarray, cut_off: float) -> np.ndarray:
    """Return which values are past a cut-off; a run may be as long as it, no variation is none at all."""
    if name == "longstring":
        return index >= cut_off
    if name == "irv":
        return index <= cut_off
    return index > cut_off if name in _HIGH else index < cut_off


def _columns(
    names: Sequence[str], scales: Mapping[str, Sequence[str]], reverse: Sequence[str]
) -> list[list[int]]:
    """Return the columns of the scales that have two halves."""
    place = {name: i for i, name in enumerate(names)}
    for wanted in (*scales.values(), reverse):
        for name in wanted:
            if str(name) not in place:
                raise AnalysisError(f"{name!s} is named by a scale or as reversed, but it is no column.")
    return [[place[str(name)] for name in own] for own in scales.values() if len(own) > 1]


def _keyed(
    values: np.ndarray, names: Sequence[str], scales: Sequence[Sequence[int]], reverse: Sequence[str]
) -> np.ndarray:
    import numpy as np

    if not reverse or not scales:
        return values
    turned = values.copy()
    wanted = {str(name) for name in reverse}
    for columns in scales:
        given = values[:, list(columns)]
        if np.isnan(given).all():
            continue
        ends = float(np.nanmin(given)) + float(np.nanmax(given))
        for column in columns:
            if names[column] in wanted:
                turned[:, column] = ends - values[:, column]
    return turned


def _pace(seconds: pd.Series | np.ndarray | Sequence[float] | None, answers: np.ndarray) -> np.ndarray:
    """Return seconds a question answered; NaN where no time is known."""
    import numpy as np

    if seconds is None:
        return np.full(len(answers), np.nan)
    try:
        time = np.asarray(seconds, dtype=float)
    except (TypeError, ValueError):
        raise AnalysisError("Some times are no numbers. Give seconds, NaN where unknown.") from None
    if time.shape != answers.shape:
        raise AnalysisError(
            f"There are {len(answers)} respondents but {time.size} times. Give one a respondent."
        )
    known = np.isfinite(time) & (time > 0) & (answers > 0)
    return np.where(known, time / np.maximum(answers, 1), np.nan)


def with_and_without(
    rows: pd.DataFrame,
    flags: pd.Series | pd.DataFrame | np.ndarray,
    result: Callable[[pd.DataFrame], pd.DataFrame],
) -> pd.DataFrame:
    """Return a result twice, side by side: of all rows, and of those without a flag.

    For notebooks alone: on a page the two would show the few that were flagged (rules.md 20).

    Parameters
    ----------
    rows
        One row a respondent.
    flags
        Truth values, one a row in the same order; of a table, any flag counts.
    result
        Makes a table of rows; its columns of text say which line is which.

    Returns
    -------
    DataFrame
        Columns ``(with, …)`` and ``(without, …)``; a line that one of the two lacks is NaN there.

    Raises
    ------
    AnalysisError
        If there is not one flag a row, or no row is left.

    Examples
    --------
    >>> import pandas as pd
    >>> rows = pd.DataFrame({"score": [1.0, 2.0, 9.0]})
    >>> flags = pd.Series([False, False, True])
    >>> found = with_and_without(rows, flags, lambda part: part.mean().to_frame("mean"))
    >>> found.loc["score"].tolist()
    [4.0, 1.5]
    """
    import numpy as np
    import pandas as pd

    given = np.asarray(flags)
    marked = np.asarray(given.any(axis=1)) if given.ndim == 2 else given
    if marked.dtype != bool or len(marked) != len(rows):
        raise AnalysisError(f"There are {len(rows)} rows. Give one flag (true or false) for each.")
    if marked.all():
        raise AnalysisError("Every row carries a flag, so nothing is left without them. Choose fewer flags.")
    tables = []
    for part in (rows, rows[~marked]):
        table = result(part)
        text = [name for name in table.columns if not pd.api.types.is_numeric_dtype(table[name])]
        text = [name for name in text if table[name].map(lambda v: isinstance(v, str)).all()]
        tables.append(table.set_index(text) if text else table)
    if not all(table.index.is_unique for table in tables):
        raise AnalysisError(
            "Two lines of the result have the same names, so they cannot be laid side by side."
        )
    return pd.concat(tables, axis=1, keys=["with", "without"])
