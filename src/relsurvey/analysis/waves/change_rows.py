"""Rows of two waves: checked, matched by respondent, and added up by group."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from relsurvey.aggregate.moments import Sums
from relsurvey.analysis.sampling.columns import cell_sums
from relsurvey.errors import AnalysisError

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

#: A group without anyone.
NOBODY = Sums(0, math.nan, 0.0)


def scored(frame: pd.DataFrame, which: str, needed: Sequence[str]) -> pd.DataFrame:
    """Return the rows of a wave that have a score, checked."""
    import numpy as np
    import pandas as pd

    for name in ("score", *needed):
        if name not in frame:
            raise AnalysisError(
                f"The {which} wave has no column {name!r}. Name a column that both waves have."
            )
    numeric = [name for name in ("score", "favorable", "favorable_answers") if name in frame]
    try:
        numbers = {name: pd.Series(frame[name]).to_numpy(dtype=float, na_value=np.nan) for name in numeric}
    except (TypeError, ValueError):
        raise AnalysisError(
            f"The {which} wave has scores or marks that are no numbers. Give scores as numbers."
        ) from None
    if any(np.isinf(values).any() for values in numbers.values()):
        raise AnalysisError(f"The {which} wave has an infinite score. Give finite scores, NaN for none.")
    found: pd.DataFrame = frame.assign(**numbers).loc[~np.isnan(numbers["score"])]
    if not len(found):
        raise AnalysisError(f"Nobody has a score in the {which} wave, so no change can be told.")
    if "respondent" in found:
        known = found["respondent"].dropna()
        twice = int(known.duplicated().sum())
        if twice:
            raise AnalysisError(
                f"Some respondents have more than one row in the {which} wave ({twice} rows too many). "
                "Keep one row a respondent."
            )
    return found


def matches(before: pd.Series, after: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    """Return the places of the same respondents; those without an id are matched with nobody."""
    import numpy as np
    import pandas as pd

    known = np.flatnonzero(after.notna().to_numpy())
    place = pd.Index(after.iloc[known]).get_indexer(pd.Index(before))
    there = (place >= 0) & before.notna().to_numpy()
    return np.flatnonzero(there), known[place[there]]


def by_cell(
    values: tuple[np.ndarray, np.ndarray], labels: Sequence[pd.Series], *, keep_unknown: bool
) -> tuple[list[str], tuple[list[Sums], list[Sums]]]:
    """Return the names of the groups, and the sums of each at both times."""
    import numpy as np

    columns = [np.asarray(labels[when], dtype=object) for when in (0, 1)]
    if keep_unknown:
        # Those of no known group are a group too: the parts must add up to all.
        columns = [np.where(labels[when].isna(), "", columns[when].astype(str)) for when in (0, 1)]
    when = np.repeat(["before", "after"], [len(v) for v in values])
    cells = cell_sums(np.concatenate(values), np.concatenate(columns), when)
    names = sorted({name for name, _ in cells})
    found = tuple([cells.get((name, side), NOBODY) for name in names] for side in ("before", "after"))
    return names, (found[0], found[1])
