"""A part of the rows that were read: some waves, schools or teams, or those without a flag."""

from __future__ import annotations

from typing import TYPE_CHECKING

from relsurvey.errors import AnalysisError
from relsurvey.reading.ledger import Entry

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd


def without(
    keep: np.ndarray,
    responses: pd.DataFrame,
    answers: pd.DataFrame,
    comments: pd.DataFrame,
    flags: pd.DataFrame,
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Return the frames of a study with some rows alone.

    Parameters
    ----------
    keep
        A mask, one entry a row of ``responses``.
    responses, answers, flags
        One row a respondent and wave.
    comments
        One row a comment; its index is the position of its row in ``responses``.
    """
    import numpy as np

    # A student's comments of other waves stay behind with their rows.
    said = comments[keep[comments.index.to_numpy(dtype=int)]]
    positions = np.cumsum(keep) - 1
    return (
        responses[keep].reset_index(drop=True),
        answers[keep].reset_index(drop=True),
        said.set_axis(positions[said.index.to_numpy(dtype=int)], axis=0),
        flags[keep].reset_index(drop=True),
    )


def chosen(responses: pd.DataFrame, wanted: dict[str, str | None]) -> tuple[np.ndarray, Entry | None]:
    """Return which rows are in a part of a study, and the ledger line of it.

    Parameters
    ----------
    responses
        One row a respondent and wave.
    wanted
        By identity key the value to keep; None keeps all.

    Raises
    ------
    AnalysisError
        If no row is left, naming what there is.
    """
    import numpy as np

    keep = np.ones(len(responses), dtype=bool)
    said = []
    for key, value in wanted.items():
        if value is None:
            continue
        there = sorted(map(str, responses[key].dropna().unique())) if key in responses else []
        if value not in there:
            known = f"It has: {', '.join(there)}." if there else f"It has no column for {key}."
            raise AnalysisError(f"This study has no {key} {value!r}. {known}")
        keep &= (responses[key] == value).to_numpy()
        said.append(f"{key} {value!r}")
    if not said:
        return keep, None
    if not keep.any():
        raise AnalysisError(f"No row of this study is in {' and '.join(said)} together. Choose another one.")
    what = f"rows outside {', '.join(said)} set aside"
    return keep, Entry("where", "all files", int((~keep).sum()), what, "the caller asked for a part")


def flagged(responses: pd.DataFrame, flags: pd.DataFrame, wanted: object) -> tuple[np.ndarray, Entry]:
    """Return which rows carry none of some flags, and the ledger line of it.

    Parameters
    ----------
    responses, flags
        One row a respondent and wave.
    wanted
        A flag's name, several names, or a mask: a Series or array of truth values, one a row.

    Raises
    ------
    AnalysisError
        If there is no such flag, if a mask has another length, or if no row is left.
    """
    import numpy as np

    names = [wanted] if isinstance(wanted, str) else wanted
    if isinstance(names, (list, tuple, set, frozenset)) and all(isinstance(name, str) for name in names):
        for name in names:
            if name not in flags:
                raise AnalysisError(f"There is no flag {name!r}. There are: {', '.join(flags.columns)}.")
        out = flags[list(names)].any(axis=1).to_numpy(dtype=bool)
        said = f"flagged as {', '.join(names)}"
    else:
        out = np.asarray(wanted)
        if out.dtype != bool or out.shape != (len(responses),):
            raise AnalysisError(
                f"Rows are set aside by a flag's name ({', '.join(flags.columns)}) "
                f"or by {len(responses):,} truth values, one a row."
            )
        said = "flagged by the caller"
    if out.all():
        raise AnalysisError("Every row is flagged, so none would be left. Use fewer flags.")
    what = f"rows {said} set aside"
    return ~out, Entry(
        "without", "all files", int(out.sum()), what, "the caller asked for it; the file is unchanged"
    )
