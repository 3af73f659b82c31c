"""Whether the courses' own rules give the totals that were exported: the simulator proves itself first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from relsurvey.grading.gradebook import KEYS
from relsurvey.grading.regrade import marked
from relsurvey.grading.work import LATE, MISSING, UNGRADED

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from relsurvey.grading.gradebook import Gradebook
    from relsurvey.grading.policy import Policy
    from relsurvey.grading.work import Work

#: Exports hold two decimals, where a file does not show how many.
_ROUNDING = 0.005
_HAIR = 1e-6


@dataclass(frozen=True, eq=False)
class Proof:
    """What the simulator computes under the courses' own rules, beside what was exported.

    Attributes
    ----------
    table
        One row an exported total: ``student, school, course, term, which`` (``"current"``, ``"final"``, or
        ``"total"`` where the file does not say which), ``exported, computed, difference`` in percent points,
        ``reproduced``, and of the others ``why``.
    """

    table: pd.DataFrame

    @property
    def reproduced(self) -> int:
        """How many exported totals the simulator gives, to the rounding of the export."""
        return int(self.table["reproduced"].sum())

    @property
    def holds(self) -> bool:
        """Whether there were totals, and all are reproduced."""
        return bool(len(self.table)) and bool(self.table["reproduced"].all())

    @property
    def unexplained(self) -> pd.DataFrame:
        """The totals that are not reproduced, each with the reason as far as it can be told."""
        return self.table[~self.table["reproduced"].to_numpy(dtype=bool)].reset_index(drop=True)

    @property
    def reasons(self) -> dict[str, int]:
        """By reason, how many totals are not reproduced."""
        return {str(why): int(n) for why, n in self.unexplained["why"].value_counts().items()}

    def __repr__(self) -> str:
        return f"Proof: {self.reproduced:,} of {len(self.table):,} exported totals reproduced"


def prove(gradebook: Gradebook) -> Proof:
    """Compute every exported total under the courses' own rules, and say which cannot be reproduced and why.

    ``current`` leaves work out that is not graded, ``final`` counts it as zero, whatever an empty cell was
    read as; ``total`` counts it as it was read.

    Examples
    --------
    >>> import pandas as pd
    >>> from relsurvey.grading import Gradebook
    >>> scores = {"student": ["s1", "s1"], "item": ["a", "b"], "raw": [8, None], "points_possible": 10.0}
    >>> totals = {"student": ["s1"], "current": [80.0], "final": [40.0]}
    >>> proof = prove(Gradebook.of(pd.DataFrame(scores), totals=pd.DataFrame(totals)))
    >>> proof.holds, proof.reproduced
    (True, 2)
    """
    import numpy as np
    import pandas as pd

    from relsurvey.grading.regrade import _places

    work, totals = gradebook.work, gradebook.totals
    at = _places(work.marks, totals)
    parts = []
    for kind in ("current", "final", *(["total"] if "total" in totals else [])):
        exported = totals[kind].to_numpy(dtype=float, na_value=np.nan)
        within = _within(totals, kind)
        computed = _at(_under(gradebook.policies, _blank_as(work, kind)), at)
        has = ~np.isnan(exported)
        part = totals.loc[has, list(KEYS)].copy()
        part["which"] = kind
        part["exported"], part["computed"] = exported[has], computed[has]
        part["difference"] = part["computed"] - part["exported"]
        part["reproduced"] = np.abs(part["difference"].to_numpy(dtype=float)) <= within[has]
        why = _why(gradebook, kind, at, exported, computed, within)[has]
        part["why"] = np.where(part["reproduced"], None, why)
        parts.append(part)
    return Proof(pd.concat(parts, ignore_index=True))


def _within(totals: pd.DataFrame, kind: str) -> NDArray[np.float64]:
    """Return how far each total may be from what is computed, by its rounding."""
    import numpy as np

    found = np.full(len(totals), _ROUNDING)
    if f"{kind}_within" in totals:
        own = totals[f"{kind}_within"].to_numpy(dtype=float, na_value=np.nan)
        found = np.where(np.isnan(own), found, own)
    return found + _HAIR


def _blank_as(work: Work, kind: str) -> Work:
    """Return the work with empty cells left out, as zeros, or, for ``total``, as they were read."""
    import numpy as np

    if kind == "total":
        return work
    empty = np.array([code == "" for code in work.codes] + [False])[work.code]
    empty = (empty & (work.status > LATE)) | (work.status == UNGRADED)
    status = np.where(empty, UNGRADED if kind == "current" else MISSING, work.status).astype(np.int8)
    return replace(work, status=status)


def _under(policies: Sequence[Policy], work: Work, within: bool = False) -> NDArray[np.float64]:
    import pandas as pd

    none = pd.Series([None] * len(work.marks), dtype=object)
    return marked(work, work.marks, policies, policies, none, within)[0]


def _at(percent: NDArray[np.float64], at: NDArray[np.intp]) -> NDArray[np.float64]:
    """Return each total's percent, NaN where no score belongs to it."""
    import numpy as np

    return np.append(percent, np.nan)[at]


def _in_points(
    work: Work,
    at: NDArray[np.intp],
    exported: NDArray[np.float64],
    wrong: NDArray[np.bool_],
    within: NDArray[np.float64],
) -> str | None:
    """Return what is said where each total is another one, and the sum of the student's points."""
    import numpy as np

    def added(values: NDArray[np.float64]) -> NDArray[np.float64]:
        first = np.nan_to_num(values[work.start])
        sums = np.bincount(work.mark[work.start], weights=first, minlength=len(work.marks))
        return _at(sums.astype(float), at)

    has = ~np.isnan(exported)
    if not (wrong[has].all() and (np.abs(added(work.raw) - exported)[has] <= within[has]).all()):
        return None
    full = np.unique(added(work.points)[has])
    fix = f": write `out_of: {full[0]:g}` into the mapping" if len(full) == 1 else ""
    return f"the total is the sum of the points, not a percent{fix}"


def _why(
    gradebook: Gradebook,
    kind: str,
    at: NDArray[np.intp],
    exported: NDArray[np.float64],
    computed: NDArray[np.float64],
    within: NDArray[np.float64],
) -> NDArray[np.object_]:
    """Return for each total why it may differ: the first reason that would explain it."""
    import numpy as np

    why = np.full(len(exported), "unknown: hidden scores, or a rule that the export does not show", object)
    why[at < 0] = "no score of this student is in the file"
    why[np.isnan(computed) & (at >= 0)] = "no counted work"
    wrong = (at >= 0) & ~(np.abs(computed - exported) <= within)
    if not wrong.any():
        return why
    if kind == "total" and (points := _in_points(gradebook.work, at, exported, wrong, within)):
        why[wrong] = points
        return why
    override = gradebook.totals["override"].to_numpy(dtype=float, na_value=np.nan)
    by_hand = wrong & (np.abs(override - exported) <= within)
    why[by_hand] = "set by hand: the exported total is the override"
    left = wrong & ~by_hand & ~np.isnan(computed)
    if f"{kind}_unposted" in gradebook.totals:
        with_hidden = gradebook.totals[f"{kind}_unposted"].to_numpy(dtype=float, na_value=np.nan)
        hidden = left & (np.abs(with_hidden - computed) <= within)
        why[hidden] = "scores not posted yet: they stand in the file and not in this total"
        left &= ~hidden
    work = _blank_as(gradebook.work, kind)

    def explains(tried: Sequence[Policy], in_category: bool, said: str, read: Work = work) -> None:
        nonlocal left
        other = _at(_under(tried, read, in_category), at)
        # A number of dropped scores that changes nothing explains nothing.
        fits = left & (np.abs(other - exported) <= within) & (np.abs(other - computed) > within)
        why[fits] = said
        left &= ~fits

    if kind == "total" and left.any():
        for other, said in (("current", "were left out"), ("final", "counted as zero")):
            as_other = _blank_as(gradebook.work, other)
            explains(gradebook.policies, False, f"as if empty cells {said}", as_other)
    # Canvas chooses what to drop by the category's percent, even where all points are added up.
    canvas = "within the category, as Canvas does"
    if left.any() and any(policy.drop_lowest and not policy.weights for policy in gradebook.policies):
        explains(gradebook.policies, True, f"as if the lowest were dropped {canvas}")
    for k, name in ((k, name) for k in (1, 2) for name in work.categories):
        if not left.any():
            break
        tried = [policy.but(drop_lowest={**policy.drop_lowest, name: k}) for policy in gradebook.policies]
        said = f"as if the {k} lowest of {name} {'was' if k == 1 else 'were'} dropped"
        explains(tried, False, said)
        if left.any() and not all(policy.weights for policy in tried):
            explains(tried, True, f"{said} {canvas}")
    return why
