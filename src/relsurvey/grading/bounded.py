"""Between which limits retakes could bring marks, where the file holds one attempt at each piece of work."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from relsurvey.analysis.finding import MIN_N_SHOWN, Face, Finding, Value, fewest
from relsurvey.errors import AnalysisError
from relsurvey.escape import html_text
from relsurvey.grading.compared import ComparedPolicies, compared
from relsurvey.grading.faces import share_cell
from relsurvey.grading.policy import Policy, Retake, policies_of
from relsurvey.grading.regrade import Regraded, regrade, which
from relsurvey.grading.values import counted
from relsurvey.grading.work import SCORED
from relsurvey.words import languages, say, texts

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from relsurvey.grading.gradebook import Gradebook
    from relsurvey.grading.work import Work


@dataclass(frozen=True, repr=False)
class RetakeBounds(Finding):
    """Marks if nobody retook anything, and if everything that may be retaken reached its cap.

    Attributes
    ----------
    lower, upper
        The marks under the policy in either case, beside those under the courses' own rules.
    retakes
        What the policies say of retakes.
    compared
        The courses' own rules and the two limits, side by side.
    """

    lower: Regraded
    upper: Regraded
    retakes: tuple[Retake, ...]
    compared: ComparedPolicies

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """``bounds``: one row each for the courses' own rules and the two limits."""
        return {"bounds": self.compared.table}

    def title(self, language: str = "en") -> str:
        """Return the assumption behind the two limits."""
        said = {(min(retake.below, retake.cap), retake.cap) for retake in self.retakes}
        if len(said) > 1:
            return say(language, "grading.bounds_title_several")
        below, cap = said.pop()
        return say(language, "grading.bounds_title_below", below=f"{below:g}", cap=f"{cap:g}")

    @property
    def notes(self) -> tuple[str, ...]:
        """What is taken for granted, in English."""
        return self.notes_in("en")

    def notes_in(self, language: str) -> tuple[str, ...]:
        """Return what is taken for granted."""
        found = [say(language, "grading.bounds_file")]
        averaged = {_tries(retake) for retake in self.retakes if retake.keep == "average"}
        found += [say(language, "grading.bounds_tries", count=count) for count in sorted(averaged)]
        if any(retake.keep != "best" for retake in self.retakes):
            found.append(say(language, "grading.bounds_no_loss"))
        return (*found, *self.compared.notes_in(language))

    def in_words(self, language: str = "en") -> str:
        """Say between which limits the share of D and F marks would lie, and on what assumption."""
        min_n = fewest()
        _, none, every = self.compared.rows
        if none.figures.students < min_n:
            return say(language, "grading.bounds_too_few", min_n=min_n)
        moved = _moved(self.lower, self.upper)
        low = share_cell(language, "df_marks", none.figures, none.figures, 0)
        high = share_cell(language, "df_marks", every.figures, none.figures, moved, min_n)
        key = "bounds_same" if high in (low, say(language, "grading.compare_same")) else "bounds_shares"
        said = say(language, f"grading.{key}", title=self.title(language), none=low, all=high)
        return f"{said} {say(language, 'grading.bounds_if')}"

    def faces(self, language: str = "en", min_n: int = MIN_N_SHOWN) -> tuple[Face, ...]:
        """Return the two limits beside the courses' own rules; masked under ``min_n`` students."""
        (face,) = self.compared.faces(language, min_n)
        rows: Sequence[tuple[Value, ...]] = face.rows
        _, none, _ = self.compared.rows
        moved = _moved(self.lower, self.upper)
        if none.figures.students >= min_n and 0 < moved < min_n:
            # The two limits differ by few students: the one beside the other would tell how many.
            same = say(language, "grading.compare_same")
            rows = (*rows[:-1], (rows[-1][0], rows[-1][1], *[same] * (len(rows[-1]) - 2)))
        return (replace(face, title=self.title(language), rows=tuple(rows)),)

    def _repr_html_(self) -> str:
        return super()._repr_html_() + "".join(f"<p>{html_text(note)}</p>" for note in self.notes)


def retake_bounds(gradebook: Gradebook, policy: Policy | Sequence[Policy]) -> RetakeBounds:
    """Compute between which limits retakes could bring the marks.

    For files with one attempt at each piece of work: what a retake would have brought is not in them. Below,
    nobody improves; above, every eligible piece of work reaches the cap. No other part of a policy is bounded
    in this way.

    Parameters
    ----------
    gradebook
        Scores with one attempt each, which is taken as the first.
    policy
        A policy with a ``retake``; or several, as ``gradebook.but(retake=...)`` gives them. The days of
        ``retake: window`` are taken as kept.

    Returns
    -------
    RetakeBounds
        ``.lower`` and ``.upper`` have the marks, ``.table`` what they come to.

    Raises
    ------
    AnalysisError
        If no policy has a ``retake``, the gradebook holds every attempt or no scores, or it does not support
        another part of the policy.

    Notes
    -----
    Where the average is kept, one new attempt counts for each piece of work, or as many as ``count`` says. A
    retake that would lower what the work counts (where the last score or the average is kept) is taken not to
    happen.

    Examples
    --------
    >>> import pandas as pd
    >>> from relsurvey.grading import Gradebook, Policy
    >>> scores = pd.DataFrame({"student": "s1", "item": list("abcd"), "raw": [90, 90, 40, 60]})
    >>> gradebook = Gradebook.of(scores.assign(points_possible=100.0))
    >>> found = retake_bounds(gradebook, Policy(retake={"below": 70, "cap": 80}))
    >>> found.lower.marks["percent"].tolist(), found.upper.marks["percent"].tolist()
    ([70.0], [85.0])
    """
    tried = policies_of(policy)
    retakes = tuple(one.retake for one in tried if one.retake is not None)
    if not retakes:
        raise AnalysisError("The policy has no `retake`, so there is nothing to bound. Add one to it.")
    if not len(gradebook.scores):
        raise AnalysisError(
            "Retakes need the score of every piece of work; these are marks alone. "
            "Read the gradebook's scores."
        )
    if gradebook.work.has_attempts:
        raise AnalysisError("The gradebook holds every attempt: `regrade` tries the retake itself.")
    without = tuple(one.but(retake=None) for one in tried)
    lower = regrade(gradebook, without)
    # Of one attempt at each piece of work a retake in the courses' own rules makes nothing else.
    own = tuple(one.but(retake=None) for one in gradebook.policies)
    again = replace(gradebook, policies=own)
    work = _retaken(gradebook.work, own, without, [one.retake for one in tried])
    # The arrays are made once for a gradebook; here they are given.
    vars(again)["work"] = work
    upper = lower
    if work.has_attempts:
        upper = regrade(again, tuple(_to_the_cap(one) for one in tried))
        upper = Regraded(upper.marks, tried, gradebook)
    sides = [
        (texts(languages(), f"grading.bounds_{name}"), one) for name, one in (("none", lower), ("all", upper))
    ]
    return RetakeBounds(lower, upper, retakes, compared(sides))


def _tries(retake: Retake) -> int:
    return (retake.count or 1) if retake.keep == "average" else 1


def _to_the_cap(policy: Policy) -> Policy:
    """Return the policy where who is above the cap, or late for a retake, is not asked for one."""
    retake = policy.retake
    if retake is None:
        return policy
    return policy.but(retake=Retake(below=min(retake.below, retake.cap), cap=retake.cap, keep=retake.keep))


def _moved(lower: Regraded, upper: Regraded) -> int:
    """Return how many students have a mark with another letter if all is retaken than if nothing is."""
    changed = lower.marks["letter"].fillna("") != upper.marks["letter"].fillna("")
    return int(lower.marks.loc[changed, "student"].nunique())


def _retaken(
    work: Work, own: Sequence[Policy], tried: Sequence[Policy], retakes: Sequence[Retake | None]
) -> Work:
    """Return the work with full marks as new attempts at all that counts under a policy with retakes.

    The cap, and who is eligible, is the simulator's business.
    """
    import numpy as np

    chosen, base = which(work.marks, (*own, *tried)), which(work.marks, own)
    more = np.zeros(len(work.mark), np.intp)
    for place, other in np.unique(np.column_stack([chosen, base]), axis=0).tolist():
        retake = retakes[place - len(own)] if place >= len(own) else None
        if retake is not None:
            mine = ((chosen == place) & (base == other))[work.mark]
            more[mine & counted(work, tried[place - len(own)], own[other]).counts] = _tries(retake)
    of = np.repeat(np.arange(len(more)), 1 + more)
    new = np.r_[False, of[1:] == of[:-1]]

    def filled(values: NDArray[Any], value: Any) -> NDArray[Any]:
        repeated = values[of]
        repeated[new] = value
        return repeated

    return replace(
        work,
        mark=work.mark[of],
        start=np.flatnonzero(~new),
        category=work.category[of],
        raw=np.where(new, np.nan_to_num(work.points[of]), work.raw[of]),
        points=work.points[of],
        status=filled(work.status, SCORED),
        code=filled(work.code, -1),
        due=work.due[of],
        handed_in=work.handed_in[of],
        late=filled(work.late, 0.0),
    )
