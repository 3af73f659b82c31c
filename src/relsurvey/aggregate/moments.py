"""Sums and cross-products of a set of variables."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import numpy as np

Missing = Literal["pairwise", "listwise"]


@dataclass(frozen=True)
class Sums:
    """Count, sum and sum of squares of one variable in one group.

    Attributes
    ----------
    n, total, squares
        How many values, their sum, the sum of their squares.
    """

    n: int
    total: float
    squares: float

    @property
    def mean(self) -> float:
        """The mean; NaN for an empty group."""
        return self.total / self.n if self.n else math.nan

    @property
    def variance(self) -> float:
        """The variance with divisor n - 1; NaN for fewer than two values."""
        if self.n < 2:
            return math.nan
        return max(0.0, (self.squares - self.total**2 / self.n) / (self.n - 1))

    @property
    def sd(self) -> float:
        """The standard deviation with divisor n - 1."""
        return math.sqrt(self.variance)

    def __sub__(self, other: Sums) -> Sums:
        """Take a group out of the whole: what is left are all others."""
        return Sums(self.n - other.n, self.total - other.total, self.squares - other.squares)

    def __add__(self, other: Sums) -> Sums:
        return Sums(self.n + other.n, self.total + other.total, self.squares + other.squares)


@dataclass(frozen=True)
class Moments:
    """Moments of k variables, over the pairs present and over the complete rows.

    Attributes
    ----------
    names
        The k variables.
    rows
        Rows in which at least one variable is present.
    pair_n, pair_sum, pair_cross
        k × k: rows in which i and j are both present; the sum of i, and of i times j, over those rows.
    complete_n, complete_sum, complete_cross
        The same over rows in which all variables are present: a count, k sums, k × k cross-products.
    """

    names: tuple[str, ...]
    rows: int
    pair_n: np.ndarray
    pair_sum: np.ndarray
    pair_cross: np.ndarray
    complete_n: int
    complete_sum: np.ndarray
    complete_cross: np.ndarray

    def covariance(self, missing: Missing = "pairwise") -> np.ndarray:
        """Return the k × k covariance matrix with divisor n - 1; NaN where fewer than two rows are there."""
        import numpy as np

        with np.errstate(divide="ignore", invalid="ignore"):
            if missing == "listwise":
                n: np.ndarray | int = self.complete_n
                products = self.complete_cross - np.outer(self.complete_sum, self.complete_sum) / n
            else:
                n = self.pair_n
                products = self.pair_cross - self.pair_sum * self.pair_sum.T / n
            result: np.ndarray = np.where(
                np.asarray(n) > 1, products / (np.asarray(n, dtype=float) - 1), np.nan
            )
        return result

    def n(self, missing: Missing = "pairwise") -> int:
        """Return how many respondents the figures rest on: complete rows, or rows with any answer."""
        return self.complete_n if missing == "listwise" else self.rows

    def of(self, index: int) -> Sums:
        """Return count, sum and squares of one variable over all rows where it is present."""
        return Sums(
            int(self.pair_n[index, index]),
            float(self.pair_sum[index, index]),
            float(self.pair_cross[index, index]),
        )
