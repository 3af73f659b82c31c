"""Counts of group by total by answer for each question: all that a check of how groups read it needs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from relsurvey.aggregate.frame import MOST_CODES
from relsurvey.errors import AnalysisError

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd


@dataclass(frozen=True)
class MatchingCounts:
    """How many respondents of each group have which total and gave which answer, for each question.

    Attributes
    ----------
    names
        The k questions.
    codes
        The answers to each, ascending.
    groups
        The g groups.
    in_total
        For each question, whether it is part of the total.
    totals
        The m different totals there are, ascending: sums of the codes of the questions in the total.
    counts
        For each question g × m × answers, over the respondents of a known group who answered all k.
    incomplete
        Respondents of a known group who answered some of the questions, not all: they are not counted.
    """

    names: tuple[str, ...]
    codes: tuple[tuple[float, ...], ...]
    groups: tuple[str, ...]
    in_total: tuple[bool, ...]
    totals: np.ndarray
    counts: tuple[np.ndarray, ...]
    incomplete: int

    @property
    def sizes(self) -> tuple[int, ...]:
        """How many respondents of each group are counted."""
        return tuple(int(n) for n in self.counts[0].sum(axis=(1, 2))) if self.counts else ()

    def only(self, chosen: Sequence[int]) -> MatchingCounts:
        """Return the counts of some of the groups."""
        return MatchingCounts(
            self.names,
            self.codes,
            tuple(self.groups[g] for g in chosen),
            self.in_total,
            self.totals,
            tuple(table[list(chosen)] for table in self.counts),
            self.incomplete,
        )

    def matched(self, item: int, *, rest: bool = False) -> tuple[np.ndarray, np.ndarray]:
        """Return the scores that one question is matched on, and its counts.

        Parameters
        ----------
        item
            Which question.
        rest
            Whether the question itself is left out of the score; else it is in it, also where it is not part
            of the total.

        Returns
        -------
        tuple of ndarray
            The different scores, ascending (m), and counts, g × m × answers.
        """
        import numpy as np

        table = self.counts[item]
        if self.in_total[item] != rest:
            return self.totals, table
        code = np.asarray(self.codes[item])
        scores = self.totals[:, None] + (-code if rest else code)
        values, place = distinct(scores.ravel())
        moved = np.zeros((len(self.groups), len(values), len(code)), dtype=table.dtype)
        # Each line of a total goes to another score with each answer.
        place = place.reshape(scores.shape)
        for group, answer in np.ndindex(len(self.groups), len(code)):
            np.add.at(moved[group, :, answer], place[:, answer], table[group, :, answer])
        there = moved.any(axis=(0, 2))
        return values[there], moved[:, there]


def matching_counts(
    frame: pd.DataFrame,
    groups: pd.Series | np.ndarray | Sequence[object],
    total_of: Sequence[str] = (),
    *,
    codes: Sequence[Sequence[float]] | None = None,
) -> MatchingCounts:
    """Count group by total by answer for every question, in one pass over the rows.

    Parameters
    ----------
    frame
        Codes, one row a respondent and one column a question, reversed ones turned; NaN is missing. Only rows
        with an answer to every question are counted.
    groups
        One group label a respondent; rows without one are left out.
    total_of
        The questions whose codes make the total; all of them when empty.
    codes
        The answers there can be, for each question; the ones that were given when None.

    Raises
    ------
    AnalysisError
        If the columns cannot be read as questions: not one label a row, no numbers, an answer that is not
        among the codes, more than 100 different answers, two columns of one name.

    Examples
    --------
    >>> import pandas as pd
    >>> found = matching_counts(pd.DataFrame({"a": [1.0, 2, 2], "b": [1.0, 1, None]}), ["x", "y", "y"])
    >>> found.groups, found.totals.tolist(), found.counts[0].tolist(), found.incomplete
    (('x', 'y'), [2.0, 3.0], [[[1, 0], [0, 0]], [[0, 0], [0, 1]]], 1)
    """
    import numpy as np
    import pandas as pd

    names = tuple(str(name) for name in frame.columns)
    if len(set(names)) < len(names):
        raise AnalysisError("Two columns have the same name. Give every question a name of its own.")
    strange = [name for name in total_of if name not in names]
    if strange:
        raise AnalysisError(f"{strange[0]} is in the total, but it is no column. Name columns of the table.")
    flat = np.asarray(groups, dtype=object)
    labels = pd.Series(flat.ravel())
    if flat.ndim != 1 or len(labels) != len(frame):
        raise AnalysisError(
            f"There are {len(frame)} rows but {len(labels)} group labels. Give one label a row."
        )
    try:
        values = frame.to_numpy(dtype=float, na_value=np.nan)
    except (TypeError, ValueError):
        raise AnalysisError("Some answers are no numbers. Give the codes of the answers.") from None
    if np.isinf(values).any():
        raise AnalysisError("Some answers are infinite. Give the codes of the answers.")
    known = labels.notna().to_numpy()
    present = ~np.isnan(values)
    complete = present.all(axis=1) & known & bool(names)
    place, distinct_labels = pd.factorize(labels[known].astype(str), sort=True)
    member = np.full(len(frame), -1)
    member[known] = place
    member = member[complete]
    whole = values[complete]
    chosen = np.array([not total_of or name in total_of for name in names], dtype=bool)
    totals, line = distinct(whole[:, chosen].sum(axis=1))
    cell = member * len(totals) + line
    size = len(distinct_labels) * len(totals)
    known_codes, tables = [], []
    for i, name in enumerate(names):
        own = pd.unique(values[present[:, i], i]) if codes is None else np.asarray(codes[i], dtype=float)
        own = np.unique(own)
        if len(own) > MOST_CODES:
            raise AnalysisError(f"{name} has {len(own)} different answers, so it is no question with a few.")
        answer = np.searchsorted(own, whole[:, i]).clip(max=max(len(own) - 1, 0))
        if len(whole) and (not len(own) or (own[answer] != whole[:, i]).any()):
            raise AnalysisError(f"{name} has an answer that is not one of its codes. Give all codes it has.")
        counted = np.bincount(cell * len(own) + answer, minlength=size * len(own))
        tables.append(counted.reshape(len(distinct_labels), len(totals), len(own)))
        known_codes.append(tuple(float(code) for code in own))
    return MatchingCounts(
        names,
        tuple(known_codes),
        tuple(str(label) for label in distinct_labels),
        tuple(bool(c) for c in chosen),
        totals,
        tuple(tables),
        int((present.any(axis=1) & known).sum() - complete.sum()),
    )


def distinct(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the different values, ascending, and which of them each one is.

    The same codes added in another order differ in their last digits: they are one value.

    Examples
    --------
    >>> import numpy as np
    >>> distinct(np.array([0.3, 0.1 + 0.2, 0.1]))
    (array([0.1, 0.3]), array([1, 1, 0]))
    """
    import numpy as np

    found, place = np.unique(values, return_inverse=True)
    if len(found) < 2:
        return found, place
    step = 64 * np.finfo(float).eps * np.abs(found).max()
    first = np.concatenate([[True], np.diff(found) > step])
    return found[first], (np.cumsum(first) - 1)[place]
