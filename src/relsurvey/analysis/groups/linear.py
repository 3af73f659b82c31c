"""Linear models as matrices: groups, covariates, and a gap that may depend on one of them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from relsurvey.analysis.groups.twosample import Test

if TYPE_CHECKING:
    import numpy as np


#: Squared residuals below this share of the squared scores are rounding.
_NOISE = 1e-24


@dataclass(frozen=True, eq=False)
class Variable:
    """One variable of a model: numbers, or categories as codes of its levels."""

    name: str
    column: np.ndarray
    levels: tuple[str, ...] = ()

    def coded(
        self, coding: Literal["treatment", "sum"], centred: bool
    ) -> tuple[np.ndarray, np.ndarray, list[str]]:
        """Return its columns, what they are in the middle of the data (all levels alike), and their names."""
        import numpy as np

        if not self.levels:
            middle = float(self.column.mean())
            column = self.column - middle if centred else self.column
            return column[:, None], np.array([0.0 if centred else middle]), [self.name]
        code = contrasts(len(self.levels), coding)
        return (
            code[self.column.astype(int)],
            code.mean(axis=0),
            [f"{self.name}: {v}" for v in self.levels[1:]],
        )


def contrasts(levels: int, coding: Literal["treatment", "sum"]) -> np.ndarray:
    """Return the columns that stand for the levels of a factor, one line a level.

    Examples
    --------
    >>> contrasts(3, "sum").tolist()
    [[1.0, 0.0], [0.0, 1.0], [-1.0, -1.0]]
    """
    import numpy as np

    whole = np.eye(levels)
    found: np.ndarray = (
        whole[:, 1:] if coding == "treatment" else np.vstack([whole[:-1, :-1], -np.ones(levels - 1)])
    )
    return found


@dataclass(frozen=True, eq=False)
class Design:
    """A design matrix and what its columns mean.

    Attributes
    ----------
    x
        n × p.
    terms
        Each term's name and its columns.
    labels
        The p columns' names.
    grid
        One line a group: the contrast that gives its adjusted mean.
    """

    x: np.ndarray
    terms: tuple[tuple[str, list[int]], ...]
    labels: tuple[str, ...]
    grid: np.ndarray


def design(
    groups: Variable,
    covariates: tuple[Variable, ...],
    interaction: str | None,
    coding: Literal["treatment", "sum"],
) -> Design:
    """Return the design of groups and covariates.

    Parameters
    ----------
    groups, covariates
        The variables.
    interaction
        The covariate on which the gap between groups may depend; a number is then centred at its mean.
    coding
        Differences to the first level, or to the mean of all levels (for terms of type III).

    Examples
    --------
    >>> import numpy as np
    >>> found = design(Variable("g", np.array([0, 1]), ("a", "b")), (), None, "treatment")
    >>> found.x.tolist(), found.grid.tolist(), found.labels
    ([[1.0, 0.0], [1.0, 1.0]], [[1.0, 0.0], [1.0, 1.0]], ('(Intercept)', 'g: b'))
    """
    import numpy as np

    n, k = len(groups.column), len(groups.levels)
    own, _, names = groups.coded(coding, False)
    code = contrasts(k, coding)
    blocks = [
        ("(Intercept)", np.ones((n, 1)), np.ones((k, 1)), ["(Intercept)"]),
        (groups.name, own, code, names),
    ]
    together = None
    for variable in covariates:
        column, middle, labels = variable.coded(coding, variable.name == interaction)
        blocks.append((variable.name, column, np.tile(middle, (k, 1)), labels))
        if variable.name == interaction:
            # Every product of a column of the groups and one of the covariate.
            both = (own[:, :, None] * column[:, None, :]).reshape(n, -1)
            at = (code[:, :, None] * middle[None, None, :]).reshape(k, -1)
            together = (
                f"{groups.name} × {variable.name}",
                both,
                at,
                [f"{a} × {b}" for a in names for b in labels],
            )
    if together:
        blocks.append(together)
    ends = np.cumsum([0, *(block.shape[1] for _, block, _, _ in blocks)])
    return Design(
        np.hstack([block for _, block, _, _ in blocks]),
        tuple((name, list(range(ends[i], ends[i + 1]))) for i, (name, _, _, _) in enumerate(blocks)),
        tuple(label for _, _, _, labels in blocks for label in labels),
        np.hstack([at for _, _, at, _ in blocks]),
    )


@dataclass(frozen=True, eq=False)
class Ordinary:
    """A fitted regression.

    Attributes
    ----------
    estimate, covariance, robust
        The p coefficients, their covariance, and the one that holds under unequal spread (HC3; NaN where a
        row has a column to itself).
    residual
        The sum of squared residuals.
    rest
        Degrees of freedom of it.
    """

    estimate: np.ndarray
    covariance: np.ndarray
    robust: np.ndarray
    residual: float
    rest: int

    def df(self, contrast: np.ndarray) -> float:
        """Return the degrees of freedom of any contrast."""
        return float(self.rest)

    def f(self, columns: np.ndarray, *, robust: bool = False) -> Test:
        """Return the F test that several contrasts, one line each, are all 0."""
        import numpy as np
        from scipy.special import fdtrc

        q = len(columns)
        value = columns @ self.estimate
        spread = columns @ (self.robust if robust else self.covariance) @ columns.T
        if not np.isfinite(spread).all() or np.linalg.matrix_rank(spread) < q:
            return Test(math.nan, q, self.rest, math.nan)
        f = float(value @ np.linalg.solve(spread, value)) / q
        return Test(f, q, self.rest, float(fdtrc(q, self.rest, f)))


def ordinary(y: np.ndarray, x: np.ndarray) -> Ordinary:
    """Fit a regression by least squares.

    Parameters
    ----------
    y, x
        n scores, and an n × p design of full rank, n > p.

    Examples
    --------
    >>> import numpy as np
    >>> found = ordinary(np.array([1.0, 2.0, 4.0]), np.array([[1.0, 0.0], [1.0, 1.0], [1.0, 2.0]]))
    >>> found.estimate.round(3).tolist(), found.rest
    ([0.833, 1.5], 1)
    """
    import numpy as np
    from statsmodels.regression.linear_model import OLS

    model = OLS(y, x).fit()
    with np.errstate(divide="ignore", invalid="ignore"):
        robust = np.asarray(model.cov_HC3)
    residual, covariance = float(model.ssr), np.asarray(model.cov_params())
    if residual <= _NOISE * len(y) * float(np.max(np.abs(y))) ** 2:
        # All scores lie on the model: what is left is rounding, and no test can be made of it.
        residual, covariance, robust = 0.0, np.zeros_like(covariance), np.zeros_like(covariance)
    return Ordinary(np.asarray(model.params), covariance, robust, residual, len(y) - x.shape[1])


def separable(x: np.ndarray) -> bool:
    """Say whether every column of a design tells something that the others do not, and rows are left over.

    Examples
    --------
    >>> import numpy as np
    >>> separable(np.array([[1.0, 2.0], [1.0, 2.0], [1.0, 2.0]]))
    False
    """
    import numpy as np

    length = np.sqrt((x**2).sum(axis=0))
    return bool(
        len(x) > x.shape[1]
        and (length > 0).all()
        and np.linalg.matrix_rank(x / length, tol=1e-9 * math.sqrt(len(x))) == x.shape[1]
    )
