"""Means and squared deviations of one variable, and of a set of variables together.

Kept about their own means, not about zero: sums of squares of large numbers lose the digits that matter
(Chan, Golub & LeVeque 1983, whose formulas join two pieces).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import numpy as np

Missing = Literal["pairwise", "listwise"]

# What a subtraction leaves of the whole's squares below this share is rounding.
_NOISE = 1e-12


@dataclass(frozen=True)
class Sums:
    """Count, mean and sum of squared deviations of one variable in one group.

    Attributes
    ----------
    n, mean
        How many values, and their mean; NaN for an empty group.
    squares
        The sum of squared deviations from the mean.

    Examples
    --------
    >>> Sums(2, 1.5, 0.5) + Sums(1, 3.0, 0.0)
    Sums(n=3, mean=2.0, squares=2.0)
    """

    n: int
    mean: float
    squares: float

    @property
    def variance(self) -> float:
        """The variance with divisor n - 1; NaN for fewer than two values."""
        return self.squares / (self.n - 1) if self.n > 1 else math.nan

    @property
    def sd(self) -> float:
        """The standard deviation with divisor n - 1."""
        return math.sqrt(self.variance)

    def __sub__(self, other: Sums) -> Sums:
        """Take a group out of the whole: what is left are all others."""
        n = self.n - other.n
        if not other.n:
            return self
        if not n:
            return Sums(0, math.nan, 0.0)
        mean = self.mean + (self.mean - other.mean) * other.n / n
        left = self.squares - other.squares - (other.mean - mean) ** 2 * other.n * n / self.n
        return Sums(n, mean, left if left > _NOISE * self.squares and n > 1 else 0.0)

    def __add__(self, other: Sums) -> Sums:
        if not self.n or not other.n:
            return self if self.n else other
        n, apart = self.n + other.n, other.mean - self.mean
        return Sums(
            n,
            self.mean + apart * other.n / n,
            self.squares + other.squares + apart**2 * self.n * other.n / n,
        )


@dataclass(frozen=True)
class Moments:
    """Moments of k variables, over the pairs present and over the complete rows.

    Attributes
    ----------
    names
        The k variables.
    rows
        Rows in which at least one variable is present.
    pair_n, pair_mean, pair_products
        k × k: rows in which i and j are both present; over those rows, the mean of i, and the sum of the
        products of the deviations of i and j from their means.
    complete_n, complete_mean, complete_products
        The same over rows in which all variables are present: a count, k means, k × k products.
    """

    names: tuple[str, ...]
    rows: int
    pair_n: np.ndarray
    pair_mean: np.ndarray
    pair_products: np.ndarray
    complete_n: int
    complete_mean: np.ndarray
    complete_products: np.ndarray

    def covariance(self, missing: Missing = "pairwise") -> np.ndarray:
        """Return the k × k covariance matrix with divisor n - 1; NaN where fewer than two rows are there."""
        import numpy as np

        listwise = missing == "listwise"
        n = np.asarray(self.complete_n if listwise else self.pair_n, dtype=float)
        products = self.complete_products if listwise else self.pair_products
        result: np.ndarray = np.where(n > 1, products / np.maximum(n - 1, 1), np.nan)
        return result

    def n(self, missing: Missing = "pairwise") -> int:
        """Return how many respondents the figures rest on: complete rows, or rows with any answer."""
        return self.complete_n if missing == "listwise" else self.rows

    def of(self, index: int, missing: Missing = "pairwise") -> Sums:
        """Return one variable's sums, over all rows where it is present or over the complete rows."""
        if missing == "listwise":
            found = (self.complete_n, self.complete_mean[index], self.complete_products[index, index])
        else:
            found = (
                self.pair_n[index, index],
                self.pair_mean[index, index],
                self.pair_products[index, index],
            )
        return Sums(int(found[0]), float(found[1]) if found[0] else math.nan, float(found[2]))

    def only(self, chosen: list[int]) -> Moments:
        """Return the moments of some of the variables, over the same rows."""
        import numpy as np

        square = np.ix_(chosen, chosen)
        return Moments(
            tuple(self.names[i] for i in chosen),
            self.rows,
            self.pair_n[square],
            self.pair_mean[square],
            self.pair_products[square],
            self.complete_n,
            self.complete_mean[chosen],
            self.complete_products[square],
        )

    def __add__(self, other: Moments) -> Moments:
        """Join the moments of two sets of rows of the same variables."""
        import numpy as np

        n = self.pair_n + other.pair_n
        apart = other.pair_mean - self.pair_mean
        both = np.maximum(n, 1)
        complete_n = self.complete_n + other.complete_n
        step = other.complete_mean - self.complete_mean
        whole = max(complete_n, 1)
        return Moments(
            self.names,
            self.rows + other.rows,
            n,
            self.pair_mean + apart * other.pair_n / both,
            self.pair_products + other.pair_products + apart * apart.T * self.pair_n * (other.pair_n / both),
            complete_n,
            self.complete_mean + step * other.complete_n / whole,
            self.complete_products
            + other.complete_products
            + np.outer(step, step) * self.complete_n * (other.complete_n / whole),
        )
