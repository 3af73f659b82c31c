"""Which parts of a policy a gradebook can answer for; the others are refused in a sentence."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from relsurvey.errors import AnalysisError
from relsurvey.grading.work import MISSING, UNKNOWN
from relsurvey.reading.match import nearest

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from relsurvey.grading.gradebook import Gradebook
    from relsurvey.grading.policy import Policy


#: Parts that speak of single pieces of work; ``floor`` does where it is on scores.
_OF_WORK = ("missing", "retake", "late", "makeup", "drop_lowest", "weights", "exclude", "effective")


def check(gradebook: Gradebook, policy: Policy) -> None:
    """Refuse a policy that asks for what the gradebook does not hold.

    Raises
    ------
    AnalysisError
        Naming the part, what data it would need, and what can be done without them.
    """
    for sentence in refusals(gradebook, policy):
        raise AnalysisError(sentence)


def refusals(gradebook: Gradebook, policy: Policy) -> Iterator[str]:
    """Yield a sentence for each part of a policy that the gradebook does not support."""
    import numpy as np

    name = policy.id
    if not len(gradebook.scores):
        asked = [key for key in _OF_WORK if getattr(policy, key)]
        if policy.floor is not None and policy.floor.on == "score":
            asked.insert(0, "floor")
        if asked:
            yield (
                f"`{asked[0]}` of {name} needs the score of every piece of work; these are marks alone. "
                "Read the gradebook's scores, or leave the part out."
            )
        return
    work = gradebook.work
    if policy.retake is not None and not work.has_attempts:
        yield (
            f"`retake` of {name} cannot be tried: the file holds one attempt at each piece of work. "
            "It would need the score of every attempt; `relsurvey.grading.retake_bounds` says between what "
            "limits the result would lie."
        )
    if policy.retake is not None and policy.retake.window is not None and (work.handed_in == UNKNOWN).all():
        yield f"`retake: window` of {name} needs the day each attempt was handed in. Leave the window out."
    if policy.missing is not None and policy.missing.codes:
        never = work.status == MISSING
        named = [i for i, code in enumerate(work.codes) if code in policy.missing.codes]
        if never.any() and not np.isin(work.code[never], named).any():
            yield (
                f"`missing: codes` of {name} names {', '.join(policy.missing.codes)}, and no missing work in "
                "the gradebook is marked so. Correct the codes, or leave them out: then all missing work is "
                "meant."
            )
    for key, part in (("late", policy.late), ("makeup", policy.makeup)):
        if part is not None and np.isnan(work.late).all():
            yield (
                f"`{key}` of {name} needs the days work was due and was handed in, or how many days "
                "late it was, and the file has neither. Leave the part out, or read a file with dates."
            )
    if policy.makeup is not None and policy.makeup.days and (work.handed_in == UNKNOWN).all():
        yield f"`makeup: days` of {name} needs the days work was handed in. Name a `window` instead."
    if policy.effective is not None and (work.due == UNKNOWN).all():
        yield (
            f"`effective` of {name} needs due dates, and the file has none. "
            "Leave it out to try the rules on all work."
        )
    yield from _of_categories(gradebook, policy)
    yield from _of_scope(gradebook, policy)


def holds(marks: pd.DataFrame, policy: Policy) -> NDArray[np.bool_]:
    """Return for which marks a policy holds by its scope.

    Parameters
    ----------
    marks
        With the columns ``school, course, teacher``, as far as they are known.
    policy
        The policy.
    """
    import numpy as np

    scope = policy.scope
    if scope is None or scope.level == "district":
        return np.ones(len(marks), bool)
    if scope.level not in marks:
        return np.zeros(len(marks), bool)
    names = marks[scope.level].astype(object).map(str, na_action="ignore")
    within: NDArray[np.bool_] = names.isin(scope.ids).to_numpy()
    return within


def _of_categories(gradebook: Gradebook, policy: Policy) -> Iterator[str]:
    import numpy as np

    work = gradebook.work
    within = work.category[holds(work.marks, policy)[work.mark]]
    found = set(np.unique(within).tolist())
    known = tuple(name for i, name in enumerate(work.categories) if i in found)
    for key, named in (
        ("weights", policy.weights),
        ("drop_lowest", policy.drop_lowest),
        ("exclude", policy.exclude),
    ):
        for category in named:
            if not known:
                yield (
                    f"`{key}` of {policy.id} needs to know the category of each piece of work. "
                    "Name each item's category in the mapping."
                )
                return
            if category not in known:
                near = nearest(category, known)
                yield (
                    f"`{key}` of {policy.id} names the category {category!r}, which the gradebook lacks"
                    f"{f' (nearest: {near[0]!r})' if near else ''}. It has: {', '.join(known)}."
                )
    if policy.weights:
        rest = [name for name in known if name not in policy.weights and name not in policy.exclude]
        if rest:
            yield (
                f"{policy.id} gives no weight to the category {rest[0]!r}. "
                "Give it one in `weights` (0 counts nothing), or name it in `exclude`."
            )
        elif (within < 0).any():
            yield (
                f"`weights` of {policy.id} needs the category of every score, and {int((within < 0).sum())} "
                "have none. Name each item's category in the mapping."
            )


def _of_scope(gradebook: Gradebook, policy: Policy) -> Iterator[str]:
    scope = policy.scope
    if scope is None or scope.level == "district":
        return
    known = sorted(map(str, gradebook.work.marks[scope.level].dropna().unique()))
    for name in scope.ids:
        if name not in known:
            near = nearest(name, known)
            has = f"nearest: {near[0]!r}" if near else f"the gradebook names {len(known)}"
            yield (
                f"`scope` of {policy.id} names the {scope.level} {name!r}, which the gradebook does not have "
                f"({has}). Correct it, or name the {scope.level} when the gradebook is read."
            )
