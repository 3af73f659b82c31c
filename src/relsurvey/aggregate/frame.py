"""Aggregates of rows in memory."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from relsurvey.aggregate.counts import Cell, Counts, ScaleSums
from relsurvey.aggregate.moments import Moments, Sums
from relsurvey.aggregate.tables import PairCounts, ScoreCounts, weighted_sums
from relsurvey.errors import AnalysisError

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from relsurvey.scoring import Scored


#: A column with more different values is no question.
MOST_CODES = 100


def moments(frame: pd.DataFrame) -> Moments:
    """Return the moments of a table's columns in one pass.

    Parameters
    ----------
    frame
        Numbers, one row a respondent; NaN is missing.

    Examples
    --------
    >>> import pandas as pd
    >>> m = moments(pd.DataFrame({"a": [1.0, 2.0, None], "b": [2.0, 4.0, 6.0]}))
    >>> m.pair_n.tolist(), m.complete_n, m.covariance().tolist()
    ([[2, 2], [2, 3]], 2, [[0.5, 1.0], [1.0, 4.0]])
    """
    import numpy as np

    values = frame.to_numpy(dtype=float)
    present = ~np.isnan(values)
    complete = present.all(axis=1)
    n = (present.T.astype(float) @ present.astype(float)).astype(int)
    own = np.diag(n)
    about = np.where(present, values, 0.0).sum(axis=0) / np.maximum(own, 1)
    # About each variable's own mean first: what a pair's rows shift it by is then small.
    apart = np.where(present, values - about, 0.0)
    mean = apart.T @ present / np.maximum(n, 1)
    whole = values[complete] - about
    rows = max(len(whole), 1)
    middle = whole.sum(axis=0) / rows
    return Moments(
        names=tuple(str(name) for name in frame.columns),
        rows=int(present.any(axis=1).sum()),
        pair_n=n,
        pair_mean=mean + about[:, None],
        pair_products=apart.T @ apart - mean * mean.T * n,
        complete_n=len(whole),
        complete_mean=middle + about,
        complete_products=whole.T @ whole - np.outer(middle, middle) * len(whole),
    )


#: Rows counted at once: single-precision counts are exact up to 2^24.
_ROWS_AT_ONCE = 1 << 18


def pair_counts(frame: pd.DataFrame, codes: Sequence[Sequence[float]] | None = None) -> PairCounts:
    """Count the answers to every two questions together.

    Parameters
    ----------
    frame
        Codes, one row a respondent and one column a question; NaN is missing.
    codes
        The answers there can be, for each question; the ones that were given when None.

    Raises
    ------
    AnalysisError
        If there is no question, an answer is not among the codes, or there are more than 100 different ones.

    Examples
    --------
    >>> import pandas as pd
    >>> found = pair_counts(pd.DataFrame({"a": [1.0, 2, 2], "b": [1.0, 1, None]}))
    >>> found.of(0, 1).tolist(), found.complete_n
    ([[1], [1]], 2)
    """
    import numpy as np

    values = frame.to_numpy(dtype=float)
    names = tuple(str(name) for name in frame.columns)
    if not names:
        raise AnalysisError("There is no question to count answers of. Give a column a question.")
    present = ~np.isnan(values)
    places = []
    known = []
    for i, name in enumerate(names):
        there = values[present[:, i], i]
        own = np.unique(there) if codes is None else np.unique(np.asarray(codes[i], dtype=float))
        place = np.searchsorted(own, values[:, i]).clip(max=max(len(own) - 1, 0))
        if len(there) and (not len(own) or (own[place] != values[:, i])[present[:, i]].any()):
            raise AnalysisError(f"{name} has an answer that is not one of its codes. Give all codes it has.")
        if len(own) > MOST_CODES:
            raise AnalysisError(
                f"{name} has {len(own)} different answers, so it is no question with a few of them. "
                "Give questions, or scores to compare()."
            )
        places.append(place)
        known.append(tuple(float(code) for code in own))
    ends = np.concatenate([[0], np.cumsum([len(own) for own in known])])
    complete = present.all(axis=1)
    pair = np.zeros((ends[-1], ends[-1]))
    whole = np.zeros_like(pair)
    for start in range(0, len(values), _ROWS_AT_ONCE):
        rows = slice(start, start + _ROWS_AT_ONCE)
        chosen = np.zeros((len(values[rows]), ends[-1]), dtype=np.float32)
        for i in range(len(names)):
            there = np.flatnonzero(present[rows, i])
            chosen[there, ends[i] + places[i][rows][there]] = 1
        pair += chosen.T @ chosen
        part = chosen[complete[rows]]
        whole += part.T @ part
    return PairCounts(
        names,
        tuple(known),
        int(present.any(axis=1).sum()),
        np.rint(pair).astype(np.int64),
        int(complete.sum()),
        np.rint(whole).astype(np.int64),
    )


def score_counts(
    scores: pd.Series | np.ndarray,
    groups: pd.Series | np.ndarray,
    favorable: pd.Series | np.ndarray | None = None,
    *,
    favorable_answers: pd.Series | np.ndarray | None = None,
    order: Sequence[str] = (),
) -> ScoreCounts:
    """Count how many respondents of each group have each score.

    Parameters
    ----------
    scores, groups
        One a respondent; rows without one of them are left out.
    favorable
        1 where the respondent is favorable, 0 where not.
    favorable_answers
        Each respondent's share of favorable answers, 0-1.
    order
        Groups that come first, if they are there; the others follow sorted.

    Raises
    ------
    AnalysisError
        If the columns differ in length.

    Examples
    --------
    >>> import numpy as np
    >>> found = score_counts(np.array([1.0, 2, 2, 3]), np.array(["b", "a", "a", None]))
    >>> found.groups, found.values.tolist(), found.counts.tolist()
    (('a', 'b'), [1.0, 2.0], [[0, 2], [1, 0]])
    """
    import numpy as np
    import pandas as pd

    y = np.asarray(scores, dtype=float)
    labels = pd.Series(np.asarray(groups, dtype=object))
    for column in (labels, favorable, favorable_answers):
        if column is not None and len(column) != len(y):
            raise AnalysisError(
                f"There are {len(y)} scores but {len(column)} group labels or marks. Give one a score."
            )
    known = ~np.isnan(y) & labels.notna().to_numpy()
    y = y[known]
    text = labels[known].astype(str)
    found = sorted(text.unique())
    names = (*[name for name in order if name in found], *[name for name in found if name not in order])
    # Categorical's own codes may be int8, too narrow for what they are multiplied by.
    member = pd.Categorical(text, categories=list(names)).codes.astype(np.int64)
    distinct = np.unique(y)
    if len(distinct) > 1:
        # The same answers added in another order differ in their last digits: they are one score.
        step = 4 * np.finfo(float).eps * np.abs(distinct).max()
        first = np.concatenate([[True], np.diff(distinct) > step])
        place = (np.cumsum(first) - 1)[np.searchsorted(distinct, y)]
        distinct = distinct[first]
    else:
        place = np.zeros(len(y), dtype=int)
    counted = np.bincount(member * len(distinct) + place, minlength=len(names) * len(distinct))
    marks = None if favorable is None else np.asarray(favorable, dtype=float)[known]
    shares = None if favorable_answers is None else np.asarray(favorable_answers, dtype=float)[known]
    return ScoreCounts(
        names,
        distinct,
        counted.reshape(len(names), len(distinct)),
        None if marks is None else tuple(int(np.nansum(marks[member == g])) for g in range(len(names))),
        None if shares is None else tuple(sums(shares[member == g]) for g in range(len(names))),
    )


def sums(values: np.ndarray) -> Sums:
    """Return count, mean and squared deviations of the values present.

    Examples
    --------
    >>> import numpy as np
    >>> sums(np.array([1.0, np.nan, 3.0]))
    Sums(n=2, mean=2.0, squares=2.0)
    """
    import numpy as np

    there = values[~np.isnan(values)]
    return weighted_sums(there, np.ones(len(there)))


def counts(values: np.ndarray, codes: tuple[float, ...], not_counted: int) -> Counts:
    """Count the answers to one item by code."""
    import numpy as np

    return Counts(tuple((code, int(np.count_nonzero(values == code))) for code in codes), not_counted)


def cell(
    scored: dict[str, Scored],
    overall: np.ndarray,
    keyed: dict[str, np.ndarray],
    codes: dict[str, tuple[float, ...]],
    not_counted: dict[str, np.ndarray],
    answered: np.ndarray,
    chosen: np.ndarray,
) -> Cell:
    """Return the aggregates of the chosen rows.

    Parameters
    ----------
    scored
        Scales by id, one value a row.
    overall
        Each row's mean over the reported scales, in percent of the maximum.
    keyed, codes
        Items by id: keyed codes, one a row, and the codes there are.
    not_counted
        Items by id: whether the row gave an answer that is not counted.
    answered
        Whether the row has any counted answer.
    chosen
        Which rows, one boolean each.
    """
    import numpy as np

    return Cell(
        respondents=int((answered & chosen).sum()),
        scales={
            key: ScaleSums(
                sums(s.score[chosen]),
                sums(s.percent_of_maximum[chosen]),
                int(np.nansum(s.favorable[chosen])),
                sums(s.favorable_answers[chosen]),
            )
            for key, s in scored.items()
        },
        items={
            key: counts(values[chosen], codes[key], int((not_counted[key] & chosen).sum()))
            for key, values in keyed.items()
        },
        overall=sums(overall[chosen]),
    )
