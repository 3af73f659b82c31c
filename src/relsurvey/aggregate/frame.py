"""Aggregates of rows in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from relsurvey.aggregate.counts import Cell, Counts, ScaleSums
from relsurvey.aggregate.moments import Moments, Sums

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from relsurvey.scoring import Scored


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
    filled = np.where(present, values, 0.0)
    there = present.astype(float)
    complete = present.all(axis=1)
    whole = values[complete]
    return Moments(
        names=tuple(str(name) for name in frame.columns),
        rows=int(present.any(axis=1).sum()),
        pair_n=(there.T @ there).astype(int),
        pair_sum=filled.T @ there,
        pair_cross=filled.T @ filled,
        complete_n=int(complete.sum()),
        complete_sum=whole.sum(axis=0),
        complete_cross=whole.T @ whole,
    )


def sums(values: np.ndarray) -> Sums:
    """Return count, sum and squares of the values present."""
    import numpy as np

    there = values[~np.isnan(values)]
    return Sums(len(there), float(there.sum()), float((there**2).sum()))


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
