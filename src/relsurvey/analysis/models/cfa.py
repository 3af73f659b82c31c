"""Confirmatory factor analysis by maximum likelihood: each item on one factor, in one group or several."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from relsurvey.analysis.models.cfa_model import Equal, Estimates, Layout, Sample, Structure, layout_of
from relsurvey.analysis.models.cfa_problem import Problem, halved

if TYPE_CHECKING:
    import numpy as np

State = Literal["fitted", "improper", "not_converged", "not_identified", "too_few", "no_variance", "singular"]

#: A residual variance under this share of the item's variance is a Heywood case.
HEYWOOD = 0.005
# A correlation matrix with a smaller eigenvalue is taken as singular.
_SINGULAR = 1e-8
# The information of an identified model, scaled to a unit diagonal, has no smaller pivot.
_FLAT = 1e-9


@dataclass(frozen=True)
class Solution:
    """What came of a model; without ``estimates`` where nothing did.

    Attributes
    ----------
    state
        ``"fitted"``; ``"improper"``: converged to what cannot be (a residual variance at or under zero,
        factors that correlate at 1 or more); else why there are no estimates.
    trouble
        The items, factors or groups that the state is about.
    starts
        How many starting points were tried.
    structure, samples, layout
        The model and the data it was fitted to.
    estimates
        One entry a group.
    discrepancy
        The minimum F of each group.
    spread
        Sampling covariances of the free parameters (the inverse of the expected information), in the engine's
        units.
    blocks
        Each group's expected information per respondent, fixed parameters too, in the engine's units.
    units
        Groups × q factors that turn the engine's units into the items'.
    """

    state: State
    trouble: tuple[str, ...]
    starts: int
    structure: Structure
    samples: tuple[Sample, ...]
    layout: Layout
    estimates: tuple[Estimates, ...] = ()
    discrepancy: tuple[float, ...] = ()
    spread: np.ndarray | None = None
    blocks: tuple[np.ndarray, ...] = ()
    units: np.ndarray | None = None

    @property
    def n(self) -> int:
        """Respondents of all groups."""
        return sum(sample.n for sample in self.samples)

    def implied(self, group: int = 0) -> tuple[np.ndarray, np.ndarray]:
        """Return the covariances and means that the model says a group has, in the units of the items."""
        import numpy as np

        own = self.estimates[group]
        loadings = np.zeros((len(own.loadings), len(own.means)))
        loadings[np.arange(len(loadings)), self.structure.owner] = own.loadings
        sigma = loadings @ own.factors @ loadings.T + np.diag(own.residuals)
        return sigma, own.intercepts + loadings @ own.means

    def errors(self, group: int = 0) -> np.ndarray:
        """Return the q × q sampling covariances of a group's parameters; zero where one is fixed.

        Notes
        -----
        The inverse of the expected information, as lavaan's.
        """
        import numpy as np

        assert self.spread is not None
        assert self.units is not None
        index, unit = self.layout.index[group], self.units[group]
        free = np.flatnonzero(index >= 0)
        result = np.zeros((len(index), len(index)))
        result[np.ix_(free, free)] = self.spread[np.ix_(index[free], index[free])]
        result *= np.outer(unit, unit)
        return result


def fit(
    structure: Structure,
    samples: Sequence[Sample],
    equal: frozenset[Equal] = frozenset(),
    released: Sequence[str] = (),
) -> Solution:
    """Fit a model to the moments of one group or several.

    Parameters
    ----------
    structure
        Which item belongs to which factor.
    samples
        One entry a group; the items in the structure's order.
    equal
        What is the same in all groups. Equal intercepts go with latent means: 0 in the first group.
    released
        Items whose intercepts are free all the same.

    Notes
    -----
    Minimises Σ n_g F_g, F = log|Σ| + tr(SΣ⁻¹) - log|S| - p + (x̄-μ)'Σ⁻¹(x̄-μ) (Jöreskog 1971), by Newton's
    method with step halving, by Fisher scoring where the exact second derivatives point nowhere down, from up
    to three starting points.

    Examples
    --------
    >>> import numpy as np
    >>> loadings = np.array([0.8, 0.7, 0.6, 0.5])
    >>> sigma = np.outer(loadings, loadings) + np.diag(1 - loadings**2)
    >>> found = fit(Structure.of({"f": "abcd"}), [Sample("", 500, np.zeros(4), sigma)])
    >>> found.state, found.estimates[0].loadings.round(6).tolist()
    ('fitted', [0.8, 0.7, 0.6, 0.5])
    """
    import numpy as np

    layout = layout_of(structure, len(samples), equal, released)
    nothing = obstacle(structure, samples)
    if nothing is not None:
        return Solution(*nothing, 0, structure, tuple(samples), layout)
    p = len(structure.items)
    if layout.size > len(samples) * (p * (p + 1) // 2 + (p if layout.means else 0)):
        return Solution("not_identified", structure.factors, 0, structure, tuple(samples), layout)
    problem = Problem(structure, samples, layout)
    tried = 0
    with np.errstate(all="ignore"):
        for start in problem.starts():
            tried += 1
            found = problem.minimise(start)
            if found is not None:
                break
        if found is None:
            return Solution("not_converged", structure.factors, tried, structure, tuple(samples), layout)
        best, slope = found
        turned = problem.value(problem.turned(best.x))
        if turned is not None and (turned.x != best.x).any():
            best, slope = turned, problem.slope(turned)
    spread = _spread(slope.information, sum(sample.n for sample in samples))
    if spread is None:
        return Solution("not_identified", structure.factors, tried, structure, tuple(samples), layout)
    estimates = tuple(problem.estimates(best))
    trouble = _improper(structure, samples, estimates)
    return Solution(
        "improper" if trouble else "fitted",
        trouble,
        tried,
        structure,
        tuple(samples),
        layout,
        estimates,
        tuple(best.discrepancy),
        spread,
        tuple(slope.blocks),
        problem.units(),
    )


def _spread(information: np.ndarray, n: int) -> np.ndarray | None:
    """Return the inverse of the information of n respondents; None where it is flat in some direction."""
    import numpy as np

    diagonal = information.diagonal()
    if not (diagonal > 0).all():
        return None
    scale = 1 / np.sqrt(diagonal)
    roots = halved(information * np.outer(scale, scale))
    if roots is None or roots[0].diagonal().min() ** 2 < _FLAT:
        return None
    result: np.ndarray = np.outer(scale, scale) * (roots[1].T @ roots[1]) / n
    return result


def obstacle(structure: Structure, samples: Sequence[Sample]) -> tuple[State, tuple[str, ...]] | None:
    """Say why a model cannot be fitted to these groups at all, and what stands in the way; None if it can."""
    import numpy as np

    p = len(structure.items)
    sizes = [len(structure.members(f)) for f in range(len(structure.factors))]
    lonely = [
        name
        for name, size in zip(structure.factors, sizes, strict=True)
        if size < (3 if len(sizes) == 1 else 2)
    ]
    if lonely:
        return "not_identified", tuple(lonely)
    few = [sample.name for sample in samples if sample.n <= p or not np.isfinite(sample.covariance).all()]
    if few:
        return "too_few", tuple(few)
    for sample in samples:
        variance = np.diag(sample.covariance)
        # What is left of constant answers after rounding is no variance.
        none = variance <= 1e-20 * np.maximum(sample.mean**2, 1e-300)
        if none.any():
            return "no_variance", tuple(structure.items[i] for i in np.flatnonzero(none))
        sd = np.sqrt(variance)
        correlation = sample.covariance / np.outer(sd, sd)
        if np.linalg.eigvalsh(correlation)[0] <= _SINGULAR:
            twins = np.argwhere(np.tril(np.abs(correlation) > 1 - _SINGULAR, -1))
            return "singular", tuple(structure.items[i] for i in sorted({int(i) for i in twins.ravel()}))
    return None


def _improper(
    structure: Structure, samples: Sequence[Sample], estimates: Sequence[Estimates]
) -> tuple[str, ...]:
    """Name the items whose residual variance, and the factors whose correlation, cannot be."""
    import numpy as np

    found: dict[str, None] = {}
    for sample, own in zip(samples, estimates, strict=True):
        for i in np.flatnonzero(own.residuals <= HEYWOOD * np.diag(sample.covariance)):
            found[structure.items[i]] = None
        variance = np.diag(own.factors)
        if (variance <= 0).any():
            found |= {structure.factors[f]: None for f in np.flatnonzero(variance <= 0)}
        elif np.linalg.eigvalsh(own.factors / np.sqrt(np.outer(variance, variance)))[0] <= _SINGULAR:
            apart = np.abs(own.factors) / np.sqrt(np.outer(variance, variance)) - np.eye(len(variance))
            f, h = np.unravel_index(int(apart.argmax()), apart.shape)
            found |= {structure.factors[int(i)]: None for i in sorted((f, h))}
    return tuple(found)
