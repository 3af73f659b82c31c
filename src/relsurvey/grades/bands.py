"""Students in three bands, by how many of their answers are favorable."""

from __future__ import annotations

from typing import TYPE_CHECKING

from relsurvey.errors import AnalysisError
from relsurvey.instrument import Instrument
from relsurvey.scoring import enough_answers, keyed

if TYPE_CHECKING:
    import pandas as pd

#: From the most favorable answers to the fewest.
BANDS = ("strong", "mixed", "few")


def bands(responses: pd.DataFrame, instrument: Instrument, scale: str | None = None) -> pd.Series:
    """Return the band of each row: whether its answers are strongly, partly or seldom favorable.

    Parameters
    ----------
    responses
        One row a respondent, of one wave: float codes as answered, NaN for none.
    instrument
        What was asked.
    scale
        The id of a scale; None for the questions of all scales together.

    Returns
    -------
    pandas.Series
        ``"strong"`` where more than two thirds of the answered questions are favorable, ``"few"`` where less
        than one third are, ``"mixed"`` between; None where too few were answered to score the scale, or one
        of the scales. The index is that of ``responses``.

    Raises
    ------
    AnalysisError
        If there is no such scale, or it is a single question.

    Notes
    -----
    No published source gives cut points for such bands, so these are relsurvey's own: even thirds, set before
    any answer was seen, and so the same for every school, wave and instrument. A share on a cut point is
    mixed: otherwise nobody who answered all three questions of a scale could be. Questions of several scales
    differ in how often they are answered favorably, so a student who skipped a scale has no band over all of
    them. A scale that nobody here answered was not asked, and is passed over.

    Examples
    --------
    >>> import relsurvey as rs, pandas as pd
    >>> instrument = rs.instruments()["teacher-autonomy"]
    >>> rows = pd.DataFrame([[5] * 7, [5, 5, 5, 2, 2, 2, 2], [1] * 7, [5] + [None] * 6],
    ...                     columns=list(instrument.items))
    >>> bands(rows, instrument, "autonomy").tolist()
    ['strong', 'mixed', 'few', None]
    """
    import numpy as np
    import pandas as pd

    if scale is not None and scale not in instrument.scales:
        raise AnalysisError(
            f"There is no scale {scale!r} in {instrument.id}. It has: {', '.join(instrument.scales)}."
        )
    if scale is not None and len(instrument.scales[scale].items) == 1:
        raise AnalysisError(
            f"{scale!r} is a single question, whose answer is favorable or not: it makes no three bands. "
            "Take a scale of more questions, or all together."
        )
    wanted = instrument.scales if scale is None else (scale,)
    asked = [one for one in wanted if responses[list(instrument.scales[one].items)].notna().any(axis=None)]
    enough = np.full(len(responses), bool(asked))
    answered = np.zeros(len(responses), np.intp)
    favorable = np.zeros(len(responses), np.intp)
    seen: set[str] = set()
    for one in asked:
        enough &= enough_answers(responses, instrument, one)
        for item, codes in keyed(responses, instrument, one).items():
            if item not in seen:
                seen.add(str(item))
                answered += codes.notna().to_numpy()
                favorable += codes.isin(instrument.favorable_codes(str(item))).to_numpy()
    band = np.full(len(responses), None, object)
    band[enough] = "mixed"
    # In whole numbers: two of three is two thirds and not more.
    band[enough & (3 * favorable > 2 * answered)] = "strong"
    band[enough & (3 * favorable < answered)] = "few"
    return pd.Series(band.tolist(), index=responses.index, name="band", dtype=object)
