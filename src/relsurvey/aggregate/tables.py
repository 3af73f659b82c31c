"""Counts of answers: to every two questions together, and of every score in every group."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from relsurvey.aggregate.moments import Missing, Moments, Sums

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True)
class PairCounts:
    """How many respondents gave which answer to one question and which to another (a Burt table).

    Attributes
    ----------
    names
        The k questions.
    codes
        The answers to each, ascending; all K of them in a row are the lines of the tables.
    rows
        Respondents with any answer.
    pair
        K × K counts over those who answered both questions. A question with itself: its counts, diagonal.
    complete_n, complete
        The same over those who answered all k, and how many they are.
    """

    names: tuple[str, ...]
    codes: tuple[tuple[float, ...], ...]
    rows: int
    pair: np.ndarray
    complete_n: int
    complete: np.ndarray

    def of(self, i: int, j: int, missing: Missing = "pairwise") -> np.ndarray:
        """Return the table of two questions: one line an answer to i, one column an answer to j."""
        ends = [0]
        for own in self.codes:
            ends.append(ends[-1] + len(own))
        table = self.complete if missing == "listwise" else self.pair
        found: np.ndarray = table[ends[i] : ends[i + 1], ends[j] : ends[j + 1]]
        return found

    def moments(self) -> Moments:
        """Return the moments of the codes: the tables hold all that they need."""
        import numpy as np

        owner = np.repeat(np.arange(len(self.names)), [len(own) for own in self.codes])
        member = np.equal.outer(owner, np.arange(len(self.names))).astype(float)
        # About each question's middle, so that no digits are lost.
        middles = np.array([(own[0] + own[-1]) / 2 if own else 0.0 for own in self.codes])
        code = member * (np.array([c for own in self.codes for c in own]) - middles[owner])[:, None]

        def products(table: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
            n = member.T @ table @ member
            total = code.T @ table @ member
            mean = total / np.maximum(n, 1)
            return n, mean + middles[:, None], code.T @ table @ code - mean * mean.T * n

        n, mean, crossed = products(self.pair)
        _, complete_mean, complete = products(self.complete)
        return Moments(
            self.names,
            self.rows,
            np.rint(n).astype(int),
            mean,
            crossed,
            self.complete_n,
            np.diag(complete_mean).copy(),
            complete,
        )

    def __add__(self, other: PairCounts) -> PairCounts:
        """Join the counts of two sets of respondents; the answers must be the same ones."""
        return PairCounts(
            self.names,
            self.codes,
            self.rows + other.rows,
            self.pair + other.pair,
            self.complete_n + other.complete_n,
            self.complete + other.complete,
        )


@dataclass(frozen=True)
class ScoreCounts:
    """How many respondents of each group have each score: all that a comparison of groups needs.

    Attributes
    ----------
    groups
        The g groups, in the order they are shown.
    values
        The m different scores there are, ascending.
    counts
        g × m.
    favorable
        How many scored respondents of each group are favorable; None where nothing was said of it.
    answers
        For each group, sums of each respondent's share of favorable answers (0-1); None likewise.
    """

    groups: tuple[str, ...]
    values: np.ndarray
    counts: np.ndarray
    favorable: tuple[int, ...] | None = None
    answers: tuple[Sums, ...] | None = None

    def sums(self, group: int) -> Sums:
        """Return count, mean and squared deviations of one group."""
        return weighted_sums(self.values, self.counts[group])


def weighted_sums(values: np.ndarray, counts: np.ndarray) -> Sums:
    """Return count, mean and squared deviations of values that occur so many times.

    Examples
    --------
    >>> import numpy as np
    >>> weighted_sums(np.array([1.0, 2.0, 4.0]), np.array([1, 1, 1])).squares.__round__(3)
    4.667
    """
    n = int(counts.sum())
    if not n:
        return Sums(0, math.nan, 0.0)
    # The first pass finds the mean to rounding; the second takes that rounding out of both figures.
    near = float(values @ counts) / n
    apart = values - near
    off = float(apart @ counts) / n
    return Sums(n, near + off, max(0.0, float(apart**2 @ counts) - n * off**2))
