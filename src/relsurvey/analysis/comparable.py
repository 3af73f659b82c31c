"""Whether a comparison of groups on a scale compares like with like (rules.md 10)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from relsurvey.analysis.dif import DIF, dif
from relsurvey.analysis.invariance import MINIMUM, invariance
from relsurvey.analysis.models.invariance_finding import Comparable, Invariance
from relsurvey.words import say

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Comparability:
    """What a factor model of the groups and DIF of each question say together.

    Attributes
    ----------
    mark
        ``"comparable"``: both found nothing; ``"differs"``: one of them did; else ``"not checked"``.
    checked
        The groups that were large enough.
    marked_items, marked_groups
        Questions with a DIF mark, and the groups that answer one of them otherwise than others.
    """

    mark: Comparable
    checked: tuple[str, ...] = ()
    marked_items: tuple[str, ...] = ()
    marked_groups: tuple[str, ...] = ()

    def in_words(self, language: str = "en") -> str:
        """Return what the mark means for a comparison of these groups."""
        return say(language, f"comparable.{self.mark.replace(' ', '_')}", min_n=MINIMUM)


#: What is known where nothing could be looked at.
NOT_CHECKED = Comparability("not checked")


def comparability(items: pd.DataFrame, groups: pd.Series, *, scale: str = "", by: str = "") -> Comparability:
    """Check whether groups read the questions of a scale alike.

    Parameters
    ----------
    items
        One row a respondent and one column an item of one scale, keyed, NaN for missing.
    groups
        One label a row, missing for none; groups of fewer than 200 complete rows are left out.
    scale, by
        What is compared, by what.

    Notes
    -----
    Scalar invariance of one factor (:func:`~relsurvey.analysis.invariance.invariance`) and no DIF mark
    (:func:`~relsurvey.analysis.dif.dif`) together are ``"comparable"``. Where one of the two could not be
    done and the other found nothing, it is not checked: one question or two can hold no factor.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> rng = np.random.default_rng(4)
    >>> trait = rng.normal(size=(1800, 1))
    >>> answers = pd.DataFrame(np.clip(np.round(trait + rng.normal(size=(1800, 4)) + 3), 1, 5))
    >>> groups = pd.Series(["x", "y", "z"] * 600)
    >>> comparability(answers, groups).mark, comparability(answers, groups.where(groups == "x")).mark
    ('comparable', 'not checked')
    """
    complete = items.notna().all(axis=1) & groups.notna()
    sizes = groups[complete].value_counts()
    large = [name for name in groups[complete].unique() if sizes[name] >= MINIMUM]
    if len(large) < 2 or len(items.columns) < 2:
        return NOT_CHECKED
    model: Invariance = invariance(items, groups, by=by, scale=scale)
    answers: DIF = dif(items, groups, rest=False)
    marks = {model.comparable, answers.comparable}
    mark: Comparable = "differs" if "differs" in marks else "comparable"
    if mark != "differs" and "not checked" in marks:
        mark = "not checked"
    names = tuple(str(name) for name in large)
    return Comparability(mark, names, answers.marked_items, answers.marked_groups)
