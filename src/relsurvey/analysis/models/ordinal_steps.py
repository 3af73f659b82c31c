"""Factor models of answers in steps, held equal between groups step by step (Wu & Estabrook 2016)."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from relsurvey.analysis.models.cfa_model import Structure, triangle
from relsurvey.analysis.models.ordinal_dwls import OrdinalMeasures, Target, measures, minimise
from relsurvey.analysis.models.ordinal_gamma import OrdinalMoments, pairs_of
from relsurvey.analysis.models.ordinal_model import OrdinalSolution, State, fit, improper

if TYPE_CHECKING:
    import numpy as np

StepName = Literal["configural", "thresholds", "loadings", "intercepts"]
StepState = Literal[State, "unused"]

STEPS: tuple[StepName, ...] = ("configural", "thresholds", "loadings", "intercepts")


@dataclass(frozen=True, eq=False)
class Fitted:
    """One step: what came of it.

    Attributes
    ----------
    name
        What is equal in all groups, together with all that stands before it.
    fit
        How well it fits.
    state, trouble, starts
        As of :class:`~relsurvey.analysis.models.ordinal_model.OrdinalSolution`; ``"unused"`` where the groups
        did not use the same answers.
    means, errors
        Groups × m: means of the factors in SDs of the first group, and their standard errors; None but in the
        last step.
    """

    name: StepName
    fit: OrdinalMeasures
    state: StepState
    trouble: tuple[str, ...]
    starts: int
    means: np.ndarray | None = None
    errors: np.ndarray | None = None


@dataclass(frozen=True)
class _Plan:
    """Where each group's parameters stand among the free ones: groups × q; -1 is fixed at its value."""

    index: np.ndarray
    fixed: np.ndarray
    size: int


def unused(groups: Sequence[OrdinalMoments]) -> tuple[str, ...]:
    """Return the questions to which not all groups gave the same answers: their thresholds differ in number.

    Examples
    --------
    >>> import pandas as pd
    >>> from relsurvey.analysis.models.ordinal_gamma import ordinal_moments
    >>> unused([ordinal_moments(pd.DataFrame({"a": own, "b": [1, 2, 3]})) for own in ([1, 2, 3], [1, 2, 2])])
    ('a',)
    """
    first = groups[0]
    return tuple(
        item for k, item in enumerate(first.items) if any(own.codes[k] != first.codes[k] for own in groups)
    )


def fit_steps(structure: Structure, groups: Sequence[OrdinalMoments]) -> tuple[Fitted, ...]:
    """Fit the four models, up to the first that cannot be fitted.

    Parameters
    ----------
    structure
        Which question belongs to which factor.
    groups
        The groups' moments, the questions in the structure's order; the first is the one to compare with.

    Notes
    -----
    What stands behind the answers has variance 1 in the first group and, once thresholds are equal, any in
    the others. Each step is that of R's ``semTools::measEq.syntax(ID.cat = "Wu.Estabrook.2016", ID.fac =
    "std.lv")`` seen from the other parameterisation. Of a question with two answers neither threshold nor
    loading can be held equal on its own: both are in the last step only, where semTools in the step before
    takes the residual variances to be equal.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> from relsurvey.analysis.models.ordinal_gamma import ordinal_moments
    >>> rng = np.random.default_rng(0)
    >>> behind = rng.normal(size=(600, 1)) + rng.normal(size=(600, 3))
    >>> answers = pd.DataFrame(np.digitize(behind, [-1, 0, 1]), columns=list("abc"))
    >>> groups = [ordinal_moments(answers[:300]), ordinal_moments(answers[300:])]
    >>> [(step.name, step.fit.df) for step in fit_steps(Structure.of({"f": "abc"}), groups)]
    [('configural', 0), ('thresholds', 3), ('loadings', 5), ('intercepts', 7)]
    """
    n = sum(group.n for group in groups)
    alone = [fit(structure, group) for group in groups]
    blocked = next((one for one in alone if one.loadings is None), None)
    if blocked is not None:
        return (Fitted("configural", OrdinalMeasures(n), blocked.state, blocked.trouble, blocked.starts),)
    steps = [_configural(alone)]
    apart = unused(groups)
    if apart:
        return (*steps, Fitted("thresholds", OrdinalMeasures(n), "unused", apart, 0))
    for name in STEPS[1:]:
        steps.append(_held(name, structure, alone))
        if math.isnan(steps[-1].fit.chisq):
            # What comes after would have nothing to be held against.
            break
    return tuple(steps)


def _configural(alone: Sequence[OrdinalSolution]) -> Fitted:
    """Join the groups' own models: nothing is equal, so each is fitted by itself."""
    minima = [one.minimum for one in alone if one.minimum is not None]
    groups = [one.moments for one in alone]
    df = sum(one.fit.df for one in alone)
    trouble = tuple(dict.fromkeys(name for one in alone for name in one.trouble))
    found = measures(
        groups,
        [minimum.left[0] for minimum in minima],
        minima,
        df,
        sum(one.fit.parameters for one in alone),
    )
    return Fitted(
        "configural",
        found,
        "improper" if trouble else "fitted",
        trouble,
        max(one.starts for one in alone),
    )


def _plan(name: StepName, structure: Structure, first: OrdinalMoments, groups: int) -> _Plan:
    """Give each parameter of a group its place: thresholds, loadings, spreads, shifts, factors, means."""
    import numpy as np

    p, m = len(structure.items), len(structure.factors)
    owner = np.array(structure.owner)
    many = np.array([len(own) > 1 for own in first.thresholds])
    last = name == "intercepts"
    # Without a question of three answers or more nothing tells a factor's spread before the last step.
    scaled = np.array([last or (name == "loadings" and many[owner == f].any()) for f in range(m)])
    rows, columns = triangle(m)
    variances = rows == columns
    steps = first.steps
    size = 0
    places: list[np.ndarray] = []
    values: list[np.ndarray] = []
    for g in range(groups):
        shared = {
            "thresholds": np.full(steps, g > 0),
            "loadings": np.full(p, g > 0) & (last | ((name == "loadings") & many)),
        }
        free = {
            "thresholds": np.full(steps, g == 0),
            "loadings": ~shared["loadings"],
            "spreads": (last | many) & (g > 0),
            "shifts": np.full(p, not last and g > 0),
            "factors": np.where(variances, scaled[rows] & (g > 0), True),
            "means": np.full(m, last and g > 0),
        }
        fixed = {"spreads": np.ones(p), "factors": variances.astype(float)}
        row, value, at = [], [], 0
        for block, own in free.items():
            place = np.full(len(own), -1)
            if g and block in shared:
                place = np.where(shared[block], places[0][at : at + len(own)], -1)
            place[own] = size + np.arange(own.sum())
            size += int(own.sum())
            row.append(place)
            value.append(fixed.get(block, np.zeros(len(own))))
            at += len(own)
        places.append(np.concatenate(row))
        values.append(np.concatenate(value))
    return _Plan(np.array(places), np.array(values), size)


def _held(name: StepName, structure: Structure, alone: Sequence[OrdinalSolution]) -> Fitted:
    """Fit a model with equal thresholds, and what else the step holds equal."""
    import numpy as np

    groups = [one.moments for one in alone]
    n = sum(group.n for group in groups)
    plan = _plan(name, structure, groups[0], len(groups))
    targets = [
        Target(np.concatenate([*group.thresholds, group.correlations]), group.gamma, group.n)
        for group in groups
    ]
    df = sum(len(target.values) for target in targets) - plan.size
    slopes = _Slopes(structure, groups[0])

    def implied(x: np.ndarray) -> list[tuple[np.ndarray, np.ndarray]]:
        found = []
        for index, fixed in zip(plan.index, plan.fixed, strict=True):
            free = index >= 0
            value, slope = slopes.at(np.where(free, x[index], fixed))
            own = np.zeros((len(value), plan.size))
            own[:, index[free]] = slope[:, free]
            found.append((value, own))
        return found

    start = np.zeros(plan.size)
    for g, index in reversed(list(enumerate(plan.index))):
        free = index >= 0
        start[index[free]] = _start(structure, alone[0], alone[g])[free]
    flat = start.copy()
    flat[plan.index[0, slopes.loadings]] *= 0.7
    minimum, state, starts = minimise(targets, implied, [start, flat])
    if minimum is None:
        return Fitted(name, OrdinalMeasures(n), state, structure.factors, starts)
    values = np.where(plan.index >= 0, minimum.x[plan.index], plan.fixed)
    trouble = tuple(
        dict.fromkeys(name for own in values for name in improper(structure, *slopes.shares(own)))
    )
    steps = groups[0].steps
    means = errors = None
    if name == "intercepts":
        places = plan.index[:, slopes.means]
        variances = np.maximum(minimum.spread.diagonal(), 0.0)
        means = values[:, slopes.means]
        errors = np.where(places >= 0, np.sqrt(variances)[places], 0.0)
    return Fitted(
        name,
        measures(groups, [own[steps:] for own in minimum.left], [minimum], df, plan.size),
        "improper" if trouble else "fitted",
        trouble,
        starts,
        means,
        errors,
    )


def _start(structure: Structure, first: OrdinalSolution, own: OrdinalSolution) -> np.ndarray:
    """Return where to begin in a group: its own model, in units that the first group's thresholds give."""
    import numpy as np

    assert own.loadings is not None
    assert own.factors is not None
    p, m = len(structure.items), len(structure.factors)
    spreads, shifts = np.ones(p), np.zeros(p)
    for k in range(p):
        there, here = first.moments.thresholds[k], own.moments.thresholds[k]
        if len(here) > 1:
            apart = here - here.mean()
            spreads[k] = max(float(apart @ there / (apart @ apart)), 0.1)
        shifts[k] = there.mean() - spreads[k] * here.mean()
    loadings = own.loadings.clip(-0.95, 0.95) * spreads
    owner = np.array(structure.owner)
    means = [
        float(shifts[owner == f] @ loadings[owner == f])
        / max(float(loadings[owner == f] @ loadings[owner == f]), 0.1)
        for f in range(m)
    ]
    thresholds = np.concatenate(first.moments.thresholds)
    return np.concatenate([thresholds, loadings, spreads, shifts, own.factors[triangle(m)], means])


class _Slopes:
    """What a group's parameters imply, and how fast it changes with each."""

    def __init__(self, structure: Structure, first: OrdinalMoments) -> None:
        import numpy as np

        p, m = len(structure.items), len(structure.factors)
        self.owner = np.array(structure.owner)
        self.item = np.repeat(np.arange(p), [len(own) for own in first.thresholds])
        self.i, self.j = pairs_of(p)
        self.rows, self.columns = triangle(m)
        place = np.zeros((m, m), dtype=int)
        place[self.rows, self.columns] = place[self.columns, self.rows] = np.arange(len(self.rows))
        self.between = place[self.owner[self.i], self.owner[self.j]]
        self.place = place
        ends = np.cumsum([len(self.item), p, p, p, len(self.rows), m])
        self.loadings, self.spreads, self.shifts, self.factors, self.means = (
            slice(int(a), int(b)) for a, b in itertools.pairwise(ends)
        )

    def at(self, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return thresholds and correlations of one group, and their slopes in its q parameters."""
        import numpy as np

        steps, item, i, j = len(self.item), self.item, self.i, self.j
        loading, spread, shift = values[self.loadings], values[self.spreads], values[self.shifts]
        factor, mean = values[self.factors], values[self.means][self.owner]
        threshold = ((values[:steps] - shift[item]) - (loading * mean)[item]) / spread[item]
        phi, both = factor[self.between], spread[i] * spread[j]
        r = loading[i] * loading[j] * phi / both
        slope = np.zeros((steps + len(i), len(values)))
        line, below = np.arange(steps), steps + np.arange(len(i))
        a, s, u = self.loadings.start, self.spreads.start, self.shifts.start
        slope[line, line] = 1 / spread[item]
        slope[line, a + item] = -mean[item] / spread[item]
        slope[line, s + item] = -threshold / spread[item]
        slope[line, u + item] = -1 / spread[item]
        slope[line, self.means.start + self.owner[item]] = -(loading / spread)[item]
        slope[below, a + i], slope[below, a + j] = loading[j] * phi / both, loading[i] * phi / both
        slope[below, s + i], slope[below, s + j] = -r / spread[i], -r / spread[j]
        slope[below, self.factors.start + self.between] = loading[i] * loading[j] / both
        return np.concatenate([threshold, r]), slope

    def shares(self, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return what a group's factors explain of each answer's variance, and the factors' covariances."""
        import numpy as np

        factors = values[self.factors][self.place]
        spread = values[self.spreads]
        common = values[self.loadings] ** 2 * factors.diagonal()[self.owner] / spread**2
        return np.where(spread > 0, common, np.inf), factors
