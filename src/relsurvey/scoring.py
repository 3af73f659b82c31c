"""Scale scores and shares by the stated rules (rules.md 1-3)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from relsurvey.instrument import Instrument


@dataclass(frozen=True)
class Scored:
    """One scale, one value a row; NaN where too few items were answered.

    Attributes
    ----------
    score
        By the scale's own rule: mean, sum or POMP of the keyed, answered items.
    percent_of_maximum
        0-100: ``100 * (mean - min) / (max - min)``.
    favorable
        1.0 when more than half of the answered items are favorable, else 0.0.
    favorable_answers
        Share of the answered items that are favorable, 0-1.
    """

    score: np.ndarray
    percent_of_maximum: np.ndarray
    favorable: np.ndarray
    favorable_answers: np.ndarray


def keyed(responses: pd.DataFrame, instrument: Instrument, scale: str) -> pd.DataFrame:
    """Return a scale's items with reversed ones turned: min + max - code.

    Parameters
    ----------
    responses
        One row a respondent, float codes as answered, NaN for none.
    instrument, scale
        The instrument and the id of one of its scales.
    """
    frame = responses[list(instrument.scales[scale].items)].copy()
    for item in frame.columns:
        if instrument.items[item].reverse:
            frame[item] = instrument.options_of(item).turned(frame[item])
    return frame


def favorable_shares(responses: pd.DataFrame, instrument: Instrument, scale: str) -> dict[str, float]:
    """Return each item's share of favorable answers, 0-1; NaN where there is no answer.

    Parameters
    ----------
    responses
        One row a respondent, float codes as answered, NaN for none.
    instrument, scale
        The instrument and the id of one of its scales.
    """
    shares = {}
    for item, answers in keyed(responses, instrument, scale).items():
        answered = answers.dropna()
        favorable = answered.isin(instrument.favorable_codes(str(item)))
        shares[str(item)] = float(favorable.mean()) if len(answered) else math.nan
    return shares


def enough_answers(responses: pd.DataFrame, instrument: Instrument, scale: str) -> np.ndarray:
    """Return which rows answered enough of a scale's items to be scored: ``ceil(min_answered * k)``.

    Parameters
    ----------
    responses
        One row a respondent, float codes as answered, NaN for none.
    instrument, scale
        The instrument and the id of one of its scales.
    """
    definition = instrument.scales[scale]
    # The small step back keeps 0.8 * 5 = 4.000000000000001 from asking for five.
    needed = max(1, math.ceil(definition.min_answered * len(definition.items) - 1e-9))
    enough: np.ndarray = responses[list(definition.items)].notna().to_numpy().sum(axis=1) >= needed
    return enough


def score(responses: pd.DataFrame, instrument: Instrument, scale: str) -> Scored:
    """Score one scale.

    Parameters
    ----------
    responses
        One row a respondent, float codes as answered, NaN for none.
    instrument, scale
        The instrument and the id of one of its scales.

    Notes
    -----
    A row is scored when at least ``ceil(min_answered * k)`` of the k items were answered (and at least one).
    A sum is the mean of the answered items times k, so that a skipped item does not lower it.

    Examples
    --------
    >>> import relsurvey as rs, pandas as pd
    >>> instrument = rs.instruments()["teacher-autonomy"]
    >>> rows = pd.DataFrame([[4, 5, 5, 4, 2, 1, 5], [5, None, None, None, None, None, 5]],
    ...                     columns=list(instrument.items))
    >>> [round(float(x), 3) for x in score(rows, instrument, "autonomy").score]
    [3.714, nan]
    """
    import numpy as np

    definition = instrument.scales[scale]
    frame = keyed(responses, instrument, scale)
    values = frame.to_numpy(dtype=float)
    answered = ~np.isnan(values)
    count = answered.sum(axis=1)
    enough = enough_answers(responses, instrument, scale)

    low = np.array([instrument.options_of(item).low for item in frame.columns])
    high = np.array([instrument.options_of(item).high for item in frame.columns])
    favorable = np.column_stack(
        [
            np.isin(values[:, i], sorted(instrument.favorable_codes(item)))
            for i, item in enumerate(frame.columns)
        ]
    )
    divisor = np.where(enough, count, np.nan)

    def mean_of(matrix: np.ndarray) -> np.ndarray:
        result: np.ndarray = np.where(answered, matrix, 0.0).sum(axis=1) / divisor
        return result

    percent = mean_of(100 * (values - low) / (high - low))
    match definition.score:
        case "mean":
            result = mean_of(values)
        case "sum":
            result = mean_of(values) * len(definition.items)
        case "pomp":
            result = percent
    answers = mean_of(favorable.astype(float))
    return Scored(result, percent, np.where(enough, (answers > 0.5).astype(float), np.nan), answers)


def question(responses: pd.DataFrame, instrument: Instrument, item: str) -> Scored:
    """Score one question by itself: its keyed code, and whether the answer is favorable.

    Parameters
    ----------
    responses
        One row a respondent, float codes as answered, NaN for none.
    instrument, item
        The instrument and the id of one of its questions.

    Examples
    --------
    >>> import relsurvey as rs, pandas as pd
    >>> instrument = rs.instruments()["teacher-autonomy"]
    >>> item = next(iter(instrument.items))
    >>> question(pd.DataFrame({item: [5.0, 1.0, None]}), instrument, item).favorable.tolist()
    [1.0, 0.0, nan]
    """
    import numpy as np

    options = instrument.options_of(item)
    codes = responses[item].to_numpy(dtype=float)
    if instrument.items[item].reverse:
        codes = options.turned(codes)
    known = ~np.isnan(codes)
    favorable = np.where(
        known, np.isin(codes, sorted(instrument.favorable_codes(item))).astype(float), np.nan
    )
    return Scored(codes, 100 * (codes - options.low) / (options.high - options.low), favorable, favorable)
