"""The simulator: every mark computed anew under a policy, from the scores, if nothing else changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from relsurvey.errors import AnalysisError
from relsurvey.grading import support
from relsurvey.grading.gradebook import KEYS, MARKS
from relsurvey.grading.letters import meanings
from relsurvey.grading.policy import NOT_PASSED, PASSED, Policy
from relsurvey.grading.values import HAIR, counted, letters, percents, rounded
from relsurvey.grading.work import Work

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from relsurvey.grading.gradebook import Gradebook
    from relsurvey.grading.proof import Proof


@dataclass(frozen=True, eq=False)
class Regraded:
    """Marks under a policy, beside what they are under the courses' own rules.

    Attributes
    ----------
    marks
        One row a mark: the columns of a gradebook's marks, where ``letter`` and ``percent`` are those of the
        policy, and ``letter_before, percent_before`` those of the courses' own rules, all computed from the
        scores. A mark without scores stays as it was exported, save for a floor on marks.
    policies
        What was tried.
    gradebook
        What it was tried on.
    """

    marks: pd.DataFrame
    policies: tuple[Policy, ...]
    gradebook: Gradebook

    @cached_property
    def proof(self) -> Proof:
        """Whether the courses' own rules give the marks that were exported."""
        from relsurvey.grading.proof import prove

        return prove(self.gradebook)

    @property
    def before(self) -> pd.DataFrame:
        """The marks under the courses' own rules, with the columns of a gradebook's marks."""
        marks = self.marks.drop(columns=["letter_before", "percent_before"])
        return marks.assign(letter=self.marks["letter_before"], percent=self.marks["percent_before"])

    @property
    def after(self) -> pd.DataFrame:
        """The marks under the policy, with the columns of a gradebook's marks."""
        return self.marks.drop(columns=["letter_before", "percent_before"])


def regrade(gradebook: Gradebook, policy: Policy | Sequence[Policy]) -> Regraded:
    """Compute every mark anew under a policy, from the scores.

    Parameters
    ----------
    gradebook
        Scores, or marks alone for a policy that needs no more.
    policy
        What to try. Of several the last that holds for a mark counts; a mark that none holds for stays under
        its course's own rules.

    Returns
    -------
    Regraded
        If nothing else changed: students and teachers work differently under a new rule.

    Raises
    ------
    AnalysisError
        If the policy asks for what the gradebook does not hold.

    Notes
    -----
    In this order: missing work counts what the policy says; lateness is taken off, or forgiven; attempts make
    one score; the floor on scores lifts it; categories are left out; the lowest are dropped; points are added
    up, or categories weighed; the floor on marks lifts the percent; it is rounded; the cuts give the letter.

    Examples
    --------
    >>> import pandas as pd
    >>> from relsurvey.grading import Gradebook, Policy
    >>> gradebook = Gradebook.of(pd.DataFrame({
    ...     "student": "s1", "item": list("abcde"), "raw": [85, 85, 85, 85, 0], "points_possible": 100.0,
    ... }))
    >>> regrade(gradebook, Policy(floor={"percent": 50})).marks[["percent_before", "percent"]].values.tolist()
    [[68.0, 78.0]]
    """
    import pandas as pd

    tried = (policy,) if isinstance(policy, Policy) else tuple(policy)
    if not tried:
        raise AnalysisError("No policy was given. Give one, or a list of them.")
    for one in tried:
        support.check(gradebook, one)
    own = gradebook.policies
    columns = [*MARKS, *(str(name) for name in gradebook.marks if name not in MARKS)]
    if not len(gradebook.scores):
        marks = _of_marks(gradebook.marks.copy(), tried)
        return Regraded(_ordered(marks, columns), tried, gradebook)
    work = gradebook.work
    marks = work.marks.copy()
    known = gradebook.marks.drop_duplicates(list(KEYS))
    rest = [name for name in columns if name not in (*KEYS, "section", "teacher", "letter", "percent")]
    if len(known):
        at = _places(known, marks)
        for name in rest:
            marks[name] = _taken(known[name], at)
        exported = _taken(known["letter"], at)
    else:
        exported = pd.Series([None] * len(marks), dtype=object)
    marks["percent_before"], marks["letter_before"] = marked(work, marks, own, own, exported)
    marks["percent"], marks["letter"] = marked(work, marks, tried, own, exported)
    if len(known):
        import numpy as np

        left = np.setdiff1d(np.arange(len(known)), at[at >= 0])
        if len(left):
            # Marks that no score belongs to.
            alone = _of_marks(known.iloc[left].copy(), tried)
            marks = pd.concat([marks, alone], ignore_index=True)
    return Regraded(_ordered(marks, columns), tried, gradebook)


def marked(
    work: Work,
    marks: pd.DataFrame,
    tried: Sequence[Policy],
    own: Sequence[Policy],
    exported: pd.Series,
) -> tuple[NDArray[np.float64], NDArray[np.object_]]:
    """Return percent and letter of each mark.

    Parameters
    ----------
    work
        The scores.
    marks
        What each mark is of.
    tried
        The policies; the last that holds for a mark counts, else the last of ``own`` that does.
    own
        The courses' own.
    exported
        The letter each mark was exported with: it tells a course that is passed or not from one with letters.
    """
    import numpy as np

    percent = np.full(len(marks), np.nan)
    letter = np.full(len(marks), None, object)
    chosen = which(marks, (*own, *tried))
    passed = np.isin(meanings(exported).astype(str), ("P", "NP"))
    base_of = which(marks, own)
    # Work outside a policy's dates needs the course's own rules too.
    pairs = chosen * len(own) + base_of if any(policy.effective for policy in tried) else chosen * len(own)
    for pair in np.unique(pairs):
        policy = (*own, *tried)[pair // len(own)]
        mine = pairs == pair
        at = np.flatnonzero(mine)
        part = work if mine.all() else _part(work, mine)
        base = own[base_of[at[0]]]
        one = percents(counted(part, policy, base), policy, len(at), work.categories)
        percent[at], letter[at] = _finished(one, policy, passed[at])
    return percent, letter


def which(marks: pd.DataFrame, policies: Sequence[Policy]) -> NDArray[np.intp]:
    """Return for each mark the place of the last policy that holds for it; 0 where none does."""
    import numpy as np

    place = np.zeros(len(marks), np.intp)
    for i, policy in enumerate(policies):
        place[support.holds(marks, policy)] = i
    return place


def _finished(
    percent: NDArray[np.float64], policy: Policy, passed: NDArray[np.bool_]
) -> tuple[NDArray[np.float64], NDArray[np.object_]]:
    import numpy as np

    if policy.floor is not None and policy.floor.on == "mark":
        percent = np.where(np.isnan(percent), percent, np.maximum(percent, policy.floor.percent))
    percent = rounded(percent, policy.round)
    letter = letters(percent, policy.cuts)
    if policy.pass_ is not None:
        # Without letters of its own a policy is for courses that are passed or not.
        of = passed if "cuts" in policy.model_fields_set else np.ones(len(percent), bool)
        two = np.where(percent >= policy.pass_ - HAIR, PASSED, NOT_PASSED)
        letter = np.where(of & ~np.isnan(percent), two, letter)
    return percent, letter


def _of_marks(marks: pd.DataFrame, tried: Sequence[Policy]) -> pd.DataFrame:
    """Return exported marks under what a policy says of marks alone; one without a percent stays."""
    import numpy as np

    marks["percent_before"], marks["letter_before"] = marks["percent"], marks["letter"]
    percent = marks["percent"].to_numpy(dtype=float, na_value=np.nan)
    letter = marks["letter"].to_numpy(dtype=object)
    passed = np.isin(meanings(marks["letter"]).astype(str), ("P", "NP"))
    held = np.zeros(len(marks), bool)
    for policy in tried:
        held |= support.holds(marks, policy)
    chosen = which(marks, tried)
    for place, policy in enumerate(tried):
        mine = held & (chosen == place) & ~np.isnan(percent)
        percent[mine], letter[mine] = _finished(percent[mine], policy, passed[mine])
    return marks.assign(percent=percent, letter=letter)


def _part(work: Work, mine: NDArray[np.bool_]) -> Work:
    """Return the work of some marks, numbered anew."""
    import numpy as np

    keep = mine[work.mark]
    number = np.cumsum(mine) - 1
    opens = np.zeros(len(keep), bool)
    opens[work.start] = True
    return Work(
        mark=number[work.mark[keep]].astype(np.int32),
        start=np.flatnonzero(opens[keep]),
        category=work.category[keep],
        raw=work.raw[keep],
        points=work.points[keep],
        status=work.status[keep],
        code=work.code[keep],
        due=work.due[keep],
        handed_in=work.handed_in[keep],
        late=work.late[keep],
        categories=work.categories,
        codes=work.codes,
        marks=work.marks[mine].reset_index(drop=True),
    )


def _places(known: pd.DataFrame, marks: pd.DataFrame) -> NDArray[np.intp]:
    """Return the row of ``known`` that has each mark's keys, -1 for none."""
    import numpy as np
    import pandas as pd

    both = pd.concat([known[list(KEYS)].astype(object), marks[list(KEYS)].astype(object)], ignore_index=True)
    code = both.groupby(list(KEYS), dropna=False, sort=False).ngroup().to_numpy()
    row = np.full(int(code.max(initial=-1)) + 1, -1, np.intp)
    row[code[: len(known)]] = np.arange(len(known))
    found: NDArray[np.intp] = row[code[len(known) :]]
    return found


def _taken(column: pd.Series, at: NDArray[np.intp]) -> pd.Series:
    taken = column.iloc[at.clip(0)].reset_index(drop=True)
    return taken.where(at >= 0, None) if taken.dtype == object else taken.where(at >= 0)


def _ordered(marks: pd.DataFrame, columns: Sequence[str]) -> pd.DataFrame:
    wanted = [*columns, "letter_before", "percent_before"]
    rest = [name for name in marks if name not in wanted and name != "teacher"]
    return marks.reindex(columns=[*wanted, *rest])
