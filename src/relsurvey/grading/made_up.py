"""Work that is worth nothing, and what a mark becomes with one piece of it made up."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from relsurvey.grading.regrade import _part, marked, which
from relsurvey.grading.work import EXCUSED, MISSING, SCORED

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from relsurvey.grading.gradebook import Gradebook
    from relsurvey.grading.work import Work


def is_zero(work: Work) -> NDArray[np.bool_]:
    """Return which attempts count and are worth nothing."""
    import numpy as np

    counts = work.status <= MISSING
    nothing = (work.status == MISSING) | (np.nan_to_num(work.raw) == 0)
    worth: NDArray[np.bool_] = counts & nothing & (np.nan_to_num(work.points) > 0)
    return worth


def zero_items(work: Work) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.intp]]:
    """Return of each item that is worth nothing whatever attempt counts: its attempts, and its own place.

    The first array holds the attempt where made-up work would stand, the second the item, the third how many
    such items of the same mark stand before it.
    """
    import numpy as np

    item = np.zeros(len(work.mark), np.intp)
    item[work.start[1:]] = 1
    item = np.cumsum(item)
    n = len(work.start)
    counts, zero = work.status <= MISSING, is_zero(work)
    number = np.bincount(item[counts], minlength=n)
    all_zero = (number > 0) & (np.bincount(item[zero], minlength=n) == number)
    at = np.flatnonzero(counts & all_zero[item])
    first = at[np.unique(item[at], return_index=True)[1]]
    of = work.mark[first]
    opens = np.r_[True, of[1:] != of[:-1]] if len(of) else np.zeros(0, bool)
    rank = np.arange(len(of)) - np.maximum.accumulate(np.where(opens, np.arange(len(of)), 0))
    return first, item, rank


def own_level(gradebook: Gradebook) -> NDArray[np.float64]:
    """Return the share of points that each student has on work that is not zero; NaN where there is none."""
    import numpy as np

    work = gradebook.work
    chosen = which(work.marks, gradebook.policies)[work.mark]
    counts = (work.status <= MISSING) & ~is_zero(work)
    for place, policy in enumerate(gradebook.policies):
        out = [i for i, name in enumerate(work.categories) if name in policy.exclude]
        counts &= ~((chosen == place) & np.isin(work.category, out))
    n = len(work.marks)
    points, raw = np.nan_to_num(work.points), np.nan_to_num(work.raw)
    counts &= points > 0
    of = np.bincount(work.mark[counts], points[counts], n)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(of > 0, np.bincount(work.mark[counts], raw[counts], n) / of, np.nan)


def with_one_made_up(
    gradebook: Gradebook, exported: pd.Series, mine: NDArray[np.bool_], turn: int, share: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.object_]]:
    """Return percent and letter of some marks, each with one piece of work that is worth nothing made up.

    Parameters
    ----------
    gradebook, exported
        The gradebook, and the letters its marks were exported with.
    mine
        Which marks.
    turn
        Which of its pieces: 0 for the first one.
    share
        For each mark of the gradebook, the share of points (0-1) that made-up work gets.
    """
    import numpy as np

    own = gradebook.policies
    part = _part(gradebook.work, mine)
    first, item, rank = zero_items(part)
    here = first[rank == turn]
    raw, status, late = part.raw.copy(), part.status.copy(), part.late.copy()
    status[np.isin(item, item[here]) & (status <= MISSING)] = EXCUSED
    raw[here] = share[mine][part.mark[here]] * part.points[here]
    status[here], late[here] = SCORED, 0
    tried = replace(part, raw=raw, status=status, late=late)
    return marked(tried, part.marks, own, own, exported[mine].reset_index(drop=True))
