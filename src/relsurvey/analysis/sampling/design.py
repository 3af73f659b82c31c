"""How respondents were drawn and weighted, and the standard errors that follow from it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from relsurvey.analysis.sampling.columns import members, numbers
from relsurvey.analysis.sampling.raking import Weights
from relsurvey.errors import AnalysisError

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    Labels = pd.Series | np.ndarray | Sequence[object]


@dataclass(frozen=True)
class Design:
    """The rows that have a weight, a stratum and a cluster.

    Attributes
    ----------
    rows
        Which rows they are.
    weight, stratum, cluster
        Theirs; strata and clusters numbered from 0. No cluster: each row was drawn alone.
    calibrated
        For each raked variable, which category each row has: what the margins explain is known.
    """

    rows: np.ndarray
    weight: np.ndarray
    stratum: np.ndarray
    cluster: np.ndarray | None
    calibrated: tuple[np.ndarray, ...]

    def labels(self, column: Labels, rows: int, what: str) -> tuple[list[str], np.ndarray]:
        """Return the names in a column of all rows, and which of them each row here has; -1 for none."""
        names, which = members(column, rows, what)
        return names, which[self.rows]

    def units(self, chosen: np.ndarray) -> tuple[int, int]:
        """Return how many primary units and strata have a chosen row."""
        import numpy as np

        strata = len(np.unique(self.stratum[chosen]))
        if self.cluster is None:
            return int(chosen.sum()), strata
        return len(np.unique(self.cluster[chosen])), strata

    def se(self, z: np.ndarray) -> float:
        """Return the standard error of the sum of z over rows, which are influences times weights."""
        import numpy as np

        if self.calibrated:
            z = self.weight * _residuals(z / self.weight, self.calibrated)
        if self.cluster is None:
            unit, home = z, self.stratum
        else:
            unit = np.bincount(self.cluster, z)
            home = np.zeros(len(unit), dtype=int)
            home[self.cluster] = self.stratum
        m = np.bincount(home)
        if len(m) == 1 and m[0] < 2:
            return math.nan
        mean = np.bincount(home, unit) / m
        spread = np.bincount(home, (unit - mean[home]) ** 2)
        return math.sqrt(float((spread * m / np.maximum(m - 1, 1)).sum()))


def _residuals(values: np.ndarray, places: Sequence[np.ndarray]) -> np.ndarray:
    """Return what is left of values after the categories of all margins, by least squares."""
    import numpy as np

    sizes = [int(place.max()) + 1 for place in places]
    starts = np.concatenate([[0], np.cumsum(sizes)])
    cross = np.zeros((starts[-1], starts[-1]))
    total = np.zeros(starts[-1])
    for i, a in enumerate(places):
        mine = slice(starts[i], starts[i + 1])
        total[mine] = np.bincount(a, values, sizes[i])
        for j, b in enumerate(places):
            both = np.bincount(a * sizes[j] + b, minlength=sizes[i] * sizes[j])
            cross[mine, starts[j] : starts[j + 1]] = both.reshape(sizes[i], sizes[j])
    # One category of each further margin follows from the others: the smallest solution does.
    b = np.linalg.lstsq(cross, total, rcond=1e-12)[0]
    fitted = sum(b[start + place] for start, place in zip(starts, places, strict=False))
    found: np.ndarray = values - fitted
    return found


def design_of(
    weights: Weights | pd.Series | np.ndarray, strata: Labels | None, clusters: Labels | None, rows: int
) -> Design:
    """Return the design over the rows that have a weight, a stratum and a cluster.

    Parameters
    ----------
    weights, strata, clusters
        One a row; no strata and no clusters where None.
    rows
        How many rows there are.

    Raises
    ------
    AnalysisError
        If a weight is zero or negative, a stratum has a single unit, or a cluster lies in two strata.

    Examples
    --------
    >>> import numpy as np
    >>> design_of(np.ones(4), None, ["a", "a", "b", None], 4).units(np.ones(3, dtype=bool))
    (2, 1)
    """
    import numpy as np

    if isinstance(weights, Weights):
        if weights.weight is None:
            raise AnalysisError("These weights were made from counts. Give rake() the table of respondents.")
        weight = weights.weight
    else:
        weight = numbers(weights, "weights")
    if len(weight) != rows:
        raise AnalysisError(f"There are {rows} scores but {len(weight)} weights. Give one a score.")
    if (weight <= 0).any():
        raise AnalysisError("A weight is zero or negative. Give weights over 0, and NaN for who has none.")
    known = ~np.isnan(weight)
    where = []
    for column, what in ((strata, "strata"), (clusters, "clusters")):
        place = np.zeros(rows, dtype=int) if column is None else members(column, rows, what)[1]
        where.append(place)
        known &= place >= 0
    if not known.any():
        raise AnalysisError(
            "No respondent has a weight, a stratum and a cluster, so nothing can be estimated."
        )
    stratum, unit = (np.unique(place[known], return_inverse=True)[1] for place in where)
    cluster = None if clusters is None else unit
    if strata is not None:
        _strata_hold(stratum, cluster)
    places = weights.places if isinstance(weights, Weights) else ()
    return Design(np.flatnonzero(known), weight[known], stratum, cluster, tuple(p[known] for p in places))


def _strata_hold(stratum: np.ndarray, cluster: np.ndarray | None) -> None:
    """Refuse strata that share a cluster, or have one unit alone."""
    import numpy as np

    units = np.unique(np.stack([stratum, np.arange(len(stratum)) if cluster is None else cluster]), axis=1)
    if cluster is not None and units.shape[1] > len(np.unique(cluster)):
        raise AnalysisError("A cluster lies in two strata. Name clusters so that each lies in one.")
    if np.bincount(units[0]).min() < 2:
        raise AnalysisError(
            "A stratum has one cluster or one respondent alone, so its spread is not known. "
            "Join it with another stratum."
        )
