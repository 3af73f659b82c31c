"""The simulator: every mark computed anew under a policy, from the scores, if nothing else changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from relsurvey.errors import AnalysisError
from relsurvey.grading import support
from relsurvey.grading.gradebook import KEYS, MARKS
from relsurvey.grading.letters import meanings
from relsurvey.grading.policy import NOT_PASSED, PASSED, Policy, policies_of
from relsurvey.grading.values import HAIR, counted, letters, percents, rounded
from relsurvey.grading.work import Work

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from relsurvey.grading.compared import ComparedPolicies
    from relsurvey.grading.faces import Outcome
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

    @cached_property
    def figures(self) -> Outcome:
        """What the marks of all students come to before and after, and how many move: counts alone, fast."""
        from relsurvey.grading.faces import outcome
        from relsurvey.grading.tally import tally

        return outcome(tally(self.before), tally(self.after))

    @cached_property
    def compared(self) -> ComparedPolicies:
        """The policy beside the courses' own rules, for all students."""
        from relsurvey.grading.compared import compared, title_of

        return compared([(title_of(self.policies), self)])

    @property
    def changed(self) -> pd.DataFrame:
        """The marks whose letter changes, and those that lose or gain one; for this kernel alone."""
        from relsurvey.grading.faces import directions, lost_and_gained
        from relsurvey.grading.tally import tally

        named = self.marks[self.marks["student"].notna()].reset_index(drop=True)
        before, after = tally(self.before), tally(self.after)
        lost, gained = lost_and_gained(before, after)
        return named[directions(before, after)[0] | lost | gained].reset_index(drop=True)

    @property
    def table(self) -> pd.DataFrame:
        """One row each for the courses' own rules and the policy; exact, for this kernel alone."""
        return self.compared.table

    @property
    def sentence(self) -> str:
        """What the policy would do, if nothing else changed, in English."""
        return self.compared.sentence

    @property
    def sentences(self) -> dict[str, str]:
        """The same in every language there is."""
        return self.compared.sentences

    @property
    def notes(self) -> tuple[str, ...]:
        """What has to be known to read it, in English."""
        return self.compared.notes

    def to_excel(self, path: str | Path, *, language: str = "en", exact: bool = False) -> Path:
        """Write table and sentence to a workbook, groups and changes of fewer than 11 students masked."""
        return self.compared.to_excel(path, language=language, exact=exact)

    def _repr_html_(self) -> str:
        return self.compared._repr_html_()

    def __repr__(self) -> str:
        names = ", ".join(dict.fromkeys(policy.id for policy in self.policies))
        return f"Regraded: {len(self.marks):,} marks under {names}"


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

    tried = policies_of(policy)
    if not tried:
        raise AnalysisError("No policy was given. Give one, or a list of them.")
    for one in tried:
        support.check(gradebook, one)
    own = gradebook.policies
    columns = [*MARKS, *(str(name) for name in gradebook.marks if name not in MARKS)]
    if not len(gradebook.scores):
        marks = _of_marks(gradebook.marks.copy(), tried, own)
        return Regraded(_ordered(marks, columns), tried, gradebook)
    own_marks, work = gradebook.own_marks, gradebook.work
    marks = own_marks.marks.copy()
    marks["percent"], marks["letter"] = marked(work, marks, tried, own, own_marks.exported)
    if len(own_marks.alone):
        alone = _of_marks(own_marks.alone.copy(), tried, own)
        marks = pd.concat([marks, alone], ignore_index=True)
    return Regraded(_ordered(marks, columns), tried, gradebook)


@dataclass(frozen=True, eq=False, repr=False)
class OwnMarks:
    """The marks that the scores give under the courses' own rules: every policy is held against them.

    Attributes
    ----------
    marks
        One row a mark that has scores; ``letter_before, percent_before`` are those of the courses' own rules.
    exported
        The letter each of them was exported with, None where there is none.
    alone
        The exported marks that no score belongs to.
    """

    marks: pd.DataFrame
    exported: pd.Series
    alone: pd.DataFrame


def own_marks(gradebook: Gradebook) -> OwnMarks:
    """Return the marks of a gradebook with scores under its courses' own rules."""
    import numpy as np
    import pandas as pd

    work, own = gradebook.work, gradebook.policies
    marks = work.marks.copy()
    known = gradebook.marks.drop_duplicates(list(KEYS))
    exported, alone = pd.Series([None] * len(marks), dtype=object), known
    if len(known):
        at = _places(known, marks)
        for name in known:
            if name not in (*KEYS, "section", "teacher", "letter", "percent"):
                marks[name] = _taken(known[name], at)
        exported = _taken(known["letter"], at)
        alone = known.iloc[np.setdiff1d(np.arange(len(known)), at[at >= 0])]
    marks["percent_before"], marks["letter_before"] = marked(work, marks, own, own, exported)
    return OwnMarks(marks, exported, alone)


def marked(
    work: Work,
    marks: pd.DataFrame,
    tried: Sequence[Policy],
    own: Sequence[Policy],
    exported: pd.Series,
    within: bool = False,
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
    within
        As for :func:`percents`.
    """
    import numpy as np

    percent = np.full(len(marks), np.nan)
    letter = np.full(len(marks), None, object)
    policies = (*own, *tried)
    passed = np.isin(meanings(exported).astype(str), ("P", "NP"))
    chains, of = np.unique(_chains(marks, policies, len(own)), axis=0, return_inverse=True)
    for i, chain in enumerate(chains):
        mine = of.ravel() == i
        at = np.flatnonzero(mine)
        part = work if mine.all() else _part(work, mine)
        policy, *before = (policies[place] for place in chain if place >= 0)
        one = percents(counted(part, policy, *before), policy, len(at), work.categories, within)
        percent[at], letter[at] = _finished(one, policy, passed[at])
    return percent, letter


def _chains(marks: pd.DataFrame, policies: Sequence[Policy], n_own: int) -> NDArray[np.intp]:
    """Return for each mark the place of its policy, and of those that hold outside its dates in turn, or -1.

    Outside the dates of a policy the last of the course's own before it holds, which may have dates too.
    """
    import numpy as np

    levels = [which(marks, policies)]
    dated = np.array([*(policy.effective is not None for policy in policies), False])
    held = [support.holds(marks, policy) for policy in policies[:n_own]] if dated.any() else []
    while (goes_on := dated[levels[-1]]).any():
        # Where none of the course's own holds the first does, as ever.
        before = np.where(levels[-1] >= n_own, 0, -1)
        for i, holds in enumerate(held):
            before[holds & (i < levels[-1])] = i
        levels.append(np.where(goes_on, before, -1))
    return np.column_stack(levels)


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


def _of_marks(marks: pd.DataFrame, tried: Sequence[Policy], own: Sequence[Policy]) -> pd.DataFrame:
    """Return exported marks with what a policy changes of marks alone; one without a percent stays."""
    import numpy as np

    marks["percent_before"], marks["letter_before"] = marks["percent"], marks["letter"]
    percent = marks["percent"].to_numpy(dtype=float, na_value=np.nan, copy=True)
    letter = marks["letter"].to_numpy(dtype=object, copy=True)
    passed = np.isin(meanings(marks["letter"]).astype(str), ("P", "NP"))
    policies = (*own, *tried)
    chosen, base = which(marks, policies), which(marks, own)
    for pair in np.unique(np.c_[chosen, base], axis=0):
        mine = np.flatnonzero((chosen == pair[0]) & (base == pair[1]) & ~np.isnan(percent))
        before = _finished(percent[mine], policies[pair[1]], passed[mine])
        after = _finished(percent[mine], policies[pair[0]], passed[mine])
        # What the courses' own rules give too stays as it was exported (a B+, or what a teacher rounded up).
        other = (after[0] != before[0]) | (after[1] != before[1])
        percent[mine[other]], letter[mine[other]] = after[0][other], after[1][other]
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
