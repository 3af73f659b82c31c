"""What a factor model says of the answers: each item on one factor, and what is equal between groups."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Literal

from relsurvey.aggregate.moments import Moments
from relsurvey.errors import AnalysisError

if TYPE_CHECKING:
    import numpy as np

Equal = Literal["loadings", "intercepts", "residuals"]


@dataclass(frozen=True)
class Sample:
    """One group's moments over its complete rows.

    Attributes
    ----------
    name
        The group.
    n, mean, covariance
        Complete rows, p means, and p × p covariances with divisor n.
    """

    name: str
    n: int
    mean: np.ndarray
    covariance: np.ndarray

    @classmethod
    def of(cls, moments: Moments, name: str = "") -> Sample:
        """Return the sample of some moments' complete rows."""
        n = moments.complete_n
        return cls(name, n, moments.complete_mean, moments.complete_products / max(n, 1))


@dataclass(frozen=True)
class Structure:
    """Which item belongs to which factor.

    Attributes
    ----------
    items
        The p items.
    factors
        The m factors.
    owner
        p places: each item's factor.
    """

    items: tuple[str, ...]
    factors: tuple[str, ...]
    owner: tuple[int, ...]

    @classmethod
    def of(cls, scales: Mapping[str, Sequence[str]]) -> Structure:
        """Read scales as factors.

        Raises
        ------
        AnalysisError
            If there is no scale, a scale has no item, or an item stands twice.

        Examples
        --------
        >>> Structure.of({"care": ["c1", "c2"], "push": ["p1"]}).owner
        (0, 0, 1)
        """
        items = [item for own in scales.values() for item in own]
        twice = next((item for item in items if items.count(item) > 1), None)
        if twice is not None:
            raise AnalysisError(f"{twice} stands in the scales twice. Give each question to one scale.")
        empty = next((name for name, own in scales.items() if not len(own)), None)
        if empty is not None or not items:
            raise AnalysisError(
                f"The scale {empty} has no question. Give it some, or leave it out."
                if empty is not None
                else "There is no scale. Give at least one, with its questions."
            )
        owner = tuple(f for f, own in enumerate(scales.values()) for _ in own)
        return cls(tuple(items), tuple(scales), owner)

    def members(self, factor: int) -> list[int]:
        """Return the places of a factor's items."""
        return [i for i, own in enumerate(self.owner) if own == factor]


def chosen(
    names: Sequence[str], scales: Mapping[str, Sequence[str]] | None, alone: str
) -> tuple[Structure, list[int]]:
    """Return the structure of some columns, and the place of each of its items among them.

    Parameters
    ----------
    names
        The columns there are.
    scales
        Items by scale; all columns as one when None.
    alone
        What that one scale is called.

    Raises
    ------
    AnalysisError
        If an item is not among the columns, or a column stands there twice.
    """
    structure = Structure.of({alone: list(names)} if scales is None else scales)
    for item in structure.items:
        if list(names).count(item) != 1:
            raise AnalysisError(
                f"There is no column {item}. Name the scales' questions as the table does."
                if item not in names
                else f"There are two columns {item}. Give each question one name."
            )
    return structure, [list(names).index(item) for item in structure.items]


@dataclass(frozen=True)
class Estimates:
    """One group's solution in the units of the items: Σ = ΛΦΛ' + Θ, μ = ν + Λα.

    Attributes
    ----------
    loadings, residuals, intercepts
        p each: λ, the diagonal of Θ, ν.
    factors, means
        Φ (m × m) and α (m).
    """

    loadings: np.ndarray
    residuals: np.ndarray
    intercepts: np.ndarray
    factors: np.ndarray
    means: np.ndarray


@dataclass(frozen=True)
class Layout:
    """Where the parameters of each group stand among the free ones.

    A group's q parameters are λ (p), θ (p), the lower triangle of Φ and, with ``means``, ν (p) and α (m).

    Attributes
    ----------
    index
        Groups × q: the place of each among the free ones; -1 where it is fixed.
    fixed
        Groups × q: the value of those that are fixed.
    size
        How many are free.
    means
        Whether means are modelled; else each group's intercepts are its means.
    """

    index: np.ndarray
    fixed: np.ndarray
    size: int
    means: bool


def layout_of(structure: Structure, groups: int, equal: frozenset[Equal], released: Sequence[str]) -> Layout:
    """Give every parameter of every group its place: one for all where it is equal.

    The first group's factors have variance 1, the others' too while loadings are free. Its latent means
    are 0.
    """
    import numpy as np

    p, m = len(structure.items), len(structure.factors)
    means = "intercepts" in equal and groups > 1
    lower = triangle(m)
    variances = lower[0] == lower[1]
    blocks = [("loadings", p), ("residuals", p), ("factors", len(variances))]
    blocks += [("intercepts", p), ("means", m)] if means else []
    size = 0
    rows: list[np.ndarray] = []
    values: list[np.ndarray] = []
    for g in range(groups):
        row: list[np.ndarray] = []
        value: list[np.ndarray] = []
        at = 0
        for name, width in blocks:
            shared = g > 0 and name in equal
            own = np.full(width, not shared)
            if name == "intercepts":
                own |= np.isin(structure.items, list(released))
            if name == "factors" and (g == 0 or "loadings" not in equal):
                own = ~variances
            if name == "means" and g == 0:
                own[:] = False
            place = np.full(width, -1)
            if shared:
                place = rows[0][at : at + width].copy()
            place[own] = size + np.arange(own.sum())
            size += int(own.sum())
            row.append(place)
            value.append(np.where(variances, 1.0, 0.0) if name == "factors" else np.zeros(width))
            at += width
        rows.append(np.concatenate(row))
        values.append(np.concatenate(value))
    return Layout(np.array(rows), np.array(values), size, means)


@cache
def triangle(m: int) -> tuple[np.ndarray, np.ndarray]:
    """Return rows and columns of the lower triangle of m × m."""
    import numpy as np

    rows, columns = np.tril_indices(m)
    return rows, columns
