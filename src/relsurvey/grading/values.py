"""What each piece of work counts under a policy, and what percent comes of it: arrays in, arrays out."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from relsurvey.grading.work import LATE, MISSING, SCORED, UNKNOWN

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from relsurvey.grading.policy import Policy, Retake
    from relsurvey.grading.work import Work

#: A hair: a percent that is 70 but for the last digit of a computer's number earns what 70 earns.
HAIR = 1e-9

#: How often the best scores to leave out are looked for again; each time they are better or the same, and
#: three times settle nearly all.
_ROUNDS = 60


@dataclass(frozen=True, eq=False, repr=False)
class Counted:
    """What every item of a student counts: arrays as long as there are such items.

    Attributes
    ----------
    mark, category
        As in :class:`Work`.
    value, points
        What it counts, of how many points.
    counts
        Whether it is part of the mark at all.
    """

    mark: NDArray[np.int32]
    category: NDArray[np.int32]
    value: NDArray[np.float64]
    points: NDArray[np.float64]
    counts: NDArray[np.bool_]


def counted(work: Work, policy: Policy, *own: Policy) -> Counted:
    """Return what each item counts under a policy; outside its dates the course's own rules hold.

    Parameters
    ----------
    work
        The scores.
    policy
        The policy that is tried.
    *own
        The course's own, each of which holds outside the dates of the one before it; after the last there
        is no rule.
    """
    import numpy as np

    tried = _counted(work, policy)
    dates = policy.effective
    if dates is None or (dates.from_ is None and dates.to is None):
        return tried
    due = work.due[work.start]
    inside = due != UNKNOWN
    if dates.from_ is not None:
        inside &= due >= np.datetime64(dates.from_, "D").astype(np.int64)
    if dates.to is not None:
        inside &= due <= np.datetime64(dates.to, "D").astype(np.int64)
    before = counted(work, *own) if own else _counted(work, type(policy)())
    return Counted(
        tried.mark,
        tried.category,
        np.where(inside, tried.value, before.value),
        tried.points,
        np.where(inside, tried.counts, before.counts),
    )


def _counted(work: Work, policy: Policy) -> Counted:
    import numpy as np

    points = np.nan_to_num(work.points)
    value = np.nan_to_num(work.raw)
    counts = np.isin(work.status, (SCORED, LATE, MISSING))
    stays = np.zeros(len(value), bool)
    never = work.status == MISSING
    value[never] = 0.0
    if policy.missing is not None:
        of = never.copy()
        if policy.missing.codes:
            named = [i for i, code in enumerate(work.codes) if code in policy.missing.codes]
            of &= np.isin(work.code, named)
        if policy.missing.counts_as == "excused":
            counts &= ~of
        elif policy.missing.counts_as == "floor" and policy.floor is not None:
            value = np.where(of, policy.floor.percent * points / 100, value)
        else:
            stays = of
    new = _new_attempts(work, counts)
    # A new attempt that nobody handed in is none.
    counts &= ~(new & never)
    value = _late(work, policy, value, points, ~(never | new))
    mark, category = work.mark, work.category
    if work.has_attempts:
        mark, category, points = mark[work.start], category[work.start], points[work.start]
        value, counts, stays = _of_attempts(work, policy.retake, value, counts, stays)
    if policy.floor is not None and policy.floor.on == "score":
        lifted = np.maximum(value, policy.floor.percent * points / 100)
        value = np.where((points > 0) & ~stays, lifted, value)
    if policy.exclude:
        out = [i for i, name in enumerate(work.categories) if name in policy.exclude]
        counts = counts & ~np.isin(category, out)
    return Counted(mark, category, value, points, counts)


def _new_attempts(work: Work, counts: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return which attempts follow another that counts: they come after the due date by their nature."""
    import numpy as np

    if not work.has_attempts:
        return np.zeros(len(counts), bool)
    before: NDArray[np.int64] = np.cumsum(counts) - counts
    sizes = np.diff(np.r_[work.start, len(counts)])
    new: NDArray[np.bool_] = before > np.repeat(before[work.start], sizes)
    return new


def _late(
    work: Work,
    policy: Policy,
    value: NDArray[np.float64],
    points: NDArray[np.float64],
    may: NDArray[np.bool_],
) -> NDArray[np.float64]:
    """Return what each attempt counts once lateness is taken off, or forgiven, where it ``may`` be late."""
    import numpy as np

    if policy.late is None and policy.makeup is None:
        return value
    days = np.nan_to_num(work.late)
    late = (days > 0) & may
    after = value
    if policy.late is not None:
        off = value - policy.late.per_day * days * points / 100
        after = np.maximum(off, np.minimum(value, policy.late.lowest * points / 100))
        if policy.late.window is not None:
            after = np.where(days > policy.late.window, 0.0, after)
    if policy.makeup is not None:
        named = [int(np.datetime64(day, "D").astype(np.int64)) for day in policy.makeup.days]
        forgiven = np.isin(work.handed_in, named)
        if policy.makeup.window is not None:
            forgiven |= days <= policy.makeup.window
        after = np.where(forgiven, value * policy.makeup.credit / 100, after)
    return np.where(late, after, value)


def _of_attempts(
    work: Work,
    retake: Retake | None,
    value: NDArray[np.float64],
    counts: NDArray[np.bool_],
    stays: NDArray[np.bool_],
) -> tuple[NDArray[np.float64], NDArray[np.bool_], NDArray[np.bool_]]:
    """Return value, whether it counts, and whether it stays a zero, of each item from its attempts."""
    import numpy as np

    n, items = len(value), len(work.start)
    item = np.zeros(n, np.intp)
    item[work.start[1:]] = 1
    item = np.cumsum(item)
    # An attempt that was excused or has no score is none.
    at = np.flatnonzero(counts)
    of = item[at]
    opens = np.r_[True, of[1:] != of[:-1]] if len(of) else np.zeros(0, bool)
    first = np.full(items, -1, np.intp)
    first[of[opens]] = at[opens]
    any_counts = first >= 0
    chosen = np.where(any_counts, value[first], 0.0)
    still = np.where(any_counts, stays[first], False)
    if retake is None:
        return chosen, any_counts, still
    rank = np.arange(len(at)) - np.maximum.accumulate(np.where(opens, np.arange(len(at)), 0))
    points = np.nan_to_num(work.points)
    # Work never handed in is under every limit, whatever it counts: else a higher floor could lower a mark.
    reached = np.where(work.status[first] == MISSING, 0.0, chosen)
    eligible = reached < retake.below * points[work.start] / 100 - HAIR
    eligible &= points[work.start] > 0
    again = (rank > 0) & eligible[of]
    if retake.count is not None:
        again &= rank <= retake.count
    if retake.window is not None:
        begun = work.handed_in[first[of]]
        begun = np.where(begun == UNKNOWN, work.due[first[of]], begun)
        again &= (begun != UNKNOWN) & (work.handed_in[at] != UNKNOWN)
        again &= work.handed_in[at] - begun <= retake.window
    new_of, new = of[again], np.minimum(value[at[again]], retake.cap * points[at[again]] / 100)
    has = np.zeros(items, bool)
    has[new_of] = True
    if retake.keep == "best":
        np.maximum.at(chosen, new_of, new)
    elif retake.keep == "last":
        # In order of the attempts: the last one written stays.
        chosen[new_of] = new
    else:
        total = np.bincount(new_of, new, minlength=items) + np.where(has, chosen, 0)
        chosen = np.where(has, total / (np.bincount(new_of, minlength=items) + 1), chosen)
    return chosen, any_counts, still & ~has


def percents(
    items: Counted, policy: Policy, n_marks: int, categories: tuple[str, ...], within: bool = False
) -> NDArray[np.float64]:
    """Return the percent of each mark, before any floor on it and unrounded; NaN where no work counts.

    Parameters
    ----------
    items
        What each item counts.
    policy
        Its weights and what it drops.
    n_marks
        How many marks there are.
    categories
        The names of the categories.
    within
        Whether what is dropped is chosen by the category's percent where points are added up, too.
    """
    import numpy as np

    cells = len(categories) + 1
    cell = items.mark.astype(np.int64) * cells + items.category + 1
    weighted = bool(policy.weights)
    keep = items.counts
    if any(policy.drop_lowest.values()):
        keep = keep & ~_dropped(items, policy, cell, n_marks, categories, by_cell=weighted or within)
    value, points = np.where(keep, items.value, 0.0), np.where(keep, items.points, 0.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        if not weighted:
            of = np.bincount(items.mark, points, n_marks)
            return np.where(of > 0, 100 * np.bincount(items.mark, value, n_marks) / of, np.nan)
        of = np.bincount(cell, points, n_marks * cells).reshape(n_marks, cells)
        got = np.bincount(cell, value, n_marks * cells).reshape(n_marks, cells)
        weight = np.array([0.0, *(policy.weights.get(name, 0.0) for name in categories)])
        has = of > 0
        share = np.where(has, 100 * got / np.where(has, of, 1), 0.0)
        # A category without work in it leaves its weight to the others, as in Canvas.
        whole = (has * weight).sum(axis=1)
        return np.where(whole > 0, (share * weight).sum(axis=1) / whole, np.nan)


def _dropped(
    items: Counted,
    policy: Policy,
    cell: NDArray[np.int64],
    n_marks: int,
    categories: tuple[str, ...],
    by_cell: bool,
) -> NDArray[np.bool_]:
    """Return which items are left out so that the percent is as high as can be.

    The set that makes a ratio highest is found by its own value: leave out the items with the least
    ``value - ratio * points``, compute the ratio anew, until it stays (Dinkelbach 1967). Leaving out the
    lowest percents would not do: with unequal points a higher score could then lower the mark.
    """
    import numpy as np

    most = np.array([0, *(policy.drop_lowest.get(name, 0) for name in categories)])
    group = cell if by_cell else items.mark.astype(np.int64)
    n_groups = n_marks * (len(categories) + 1) if by_cell else n_marks
    can = items.counts & (items.points > 0) & (most[items.category + 1] > 0)
    at = np.flatnonzero(can)
    at = at[np.argsort(cell[at], kind="stable")]
    dropped = np.zeros(len(cell), bool)
    if not len(at):
        return dropped
    of = cell[at]
    starts = np.flatnonzero(np.r_[True, of[1:] != of[:-1]])
    sizes = np.diff(np.r_[starts, len(of)])
    # The last one is never left out.
    k = np.minimum(most[items.category[at[starts]] + 1], sizes - 1)
    own = np.repeat(np.arange(len(starts)), sizes)
    value = np.where(items.counts, items.value, 0.0)
    points = np.where(items.counts, items.points, 0.0)
    all_value, all_points = np.bincount(group, value, n_groups), np.bincount(group, points, n_groups)
    v, p, g = items.value[at], items.points[at], group[at]
    out = np.zeros(len(at), bool)
    for _ in range(_ROUNDS):
        left_value = all_value - np.bincount(g[out], v[out], n_groups)
        left_points = all_points - np.bincount(g[out], p[out], n_groups)
        with np.errstate(invalid="ignore", divide="ignore"):
            ratio = left_value / left_points
        hurt = v - ratio[g] * p
        before, out = out, np.zeros(len(at), bool)
        for turn in range(int(k.max(initial=0))):
            rest = np.where(out, np.inf, hurt)
            least = np.minimum.reduceat(rest, starts)
            hit = np.flatnonzero((rest == least[own]) & (k > turn)[own])
            out[hit[np.unique(own[hit], return_index=True)[1]]] = True
        if (out == before).all():
            break
    dropped[at[out]] = True
    return dropped


def rounded(percent: NDArray[np.float64], decimals: int | None) -> NDArray[np.float64]:
    """Return percents rounded half up, or as they are where ``decimals`` is None."""
    import numpy as np

    if decimals is None:
        return percent
    scale = math.pow(10, decimals)
    up: NDArray[np.float64] = np.floor(percent * scale + 0.5 + HAIR) / scale
    return up


def letters(percent: NDArray[np.float64], cuts: dict[str, float]) -> NDArray[np.object_]:
    """Return the letter of each percent, None where there is none.

    Examples
    --------
    >>> import numpy as np
    >>> list(letters(np.array([90, 69.99, np.nan]), {"A": 90, "B": 70, "F": 0}))
    ['A', 'F', None]
    """
    import numpy as np

    names = np.array([*cuts, None], object)
    bounds = np.array(list(cuts.values()))
    place = (percent[:, None] < bounds[None, :] - HAIR).sum(axis=1)
    # Under the last cut (points can be negative) the last letter is given.
    place = np.minimum(place, len(bounds) - 1)
    chosen: NDArray[np.object_] = names[np.where(np.isnan(percent), len(bounds), place)]
    return chosen
