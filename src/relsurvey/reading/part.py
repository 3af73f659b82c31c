"""A part of the rows that were read: some waves, schools or teams."""

from __future__ import annotations

from typing import TYPE_CHECKING

from relsurvey.errors import AnalysisError
from relsurvey.reading.ledger import Entry

if TYPE_CHECKING:
    import pandas as pd


def part(
    responses: pd.DataFrame, answers: pd.DataFrame, comments: pd.DataFrame, wanted: dict[str, str | None]
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame, Entry | None]:
    """Return the rows, answers and comments that are wanted, and the ledger line of it.

    Parameters
    ----------
    responses, answers
        One row a respondent and wave.
    comments
        One row a comment; its index is the position of its row in ``responses``.
    wanted
        By identity key the value to keep; None keeps all.

    Raises
    ------
    AnalysisError
        If no row is left, naming what there is.
    """
    import numpy as np

    chosen = np.ones(len(responses), dtype=bool)
    said = []
    for key, value in wanted.items():
        if value is None:
            continue
        there = sorted(map(str, responses[key].dropna().unique())) if key in responses else []
        if value not in there:
            known = f"It has: {', '.join(there)}." if there else f"It has no column for {key}."
            raise AnalysisError(f"This study has no {key} {value!r}. {known}")
        chosen &= (responses[key] == value).to_numpy()
        said.append(f"{key} {value!r}")
    if not said:
        return responses, answers, comments, None
    if not chosen.any():
        raise AnalysisError(f"No row of this study is in {' and '.join(said)} together. Choose another one.")
    # A student's comments of other waves stay behind with their rows.
    kept = comments[chosen[comments.index.to_numpy(dtype=int)]]
    positions = np.cumsum(chosen) - 1
    what = f"rows outside {', '.join(said)} set aside"
    return (
        responses[chosen].reset_index(drop=True),
        answers[chosen].reset_index(drop=True),
        kept.set_axis(positions[kept.index.to_numpy(dtype=int)], axis=0),
        Entry("where", "all files", int((~chosen).sum()), what, "the caller asked for a part"),
    )
