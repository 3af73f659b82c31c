"""Whether groups read the questions alike, so that their averages may be compared (rules.md 10)."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from relsurvey.aggregate.moments import Moments
from relsurvey.analysis.models.cfa import fit
from relsurvey.analysis.models.cfa_fit import Measures, measures, shifts
from relsurvey.analysis.models.cfa_model import Equal, Sample, Structure, chosen
from relsurvey.analysis.models.invariance_finding import Comparable, Invariance, Step, StepName
from relsurvey.analysis.sampling.columns import answers
from relsurvey.errors import AnalysisError

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

#: Students a group needs, and the students of all groups up to whom the narrower limits hold.
MINIMUM, NARROW = 200, 300
# Loss of CFI and gain of RMSEA that a step may cost: as a rule, and in a small sample (Chen 2007).
_LIMITS, _NARROW_LIMITS = (0.010, 0.015), (0.005, 0.010)

_STEPS: dict[StepName, frozenset[Equal]] = {
    "configural": frozenset(),
    "metric": frozenset({"loadings"}),
    "scalar": frozenset({"loadings", "intercepts"}),
    "strict": frozenset({"loadings", "intercepts", "residuals"}),
}


def invariance(
    items: pd.DataFrame | Mapping[str, Moments],
    groups: pd.Series | np.ndarray | None = None,
    scales: Mapping[str, Sequence[str]] | None = None,
    *,
    minimum: int = MINIMUM,
    released: Sequence[str] = (),
    by: str = "",
    scale: str = "",
) -> Invariance:
    """Check whether groups read questions alike, by factor models that are held equal step by step.

    Parameters
    ----------
    items
        One row a respondent and one column an item, keyed, NaN for missing; or each group's
        :class:`~relsurvey.aggregate.Moments`. Only complete rows count: over the scales' items, or over all
        of the moments' columns.
    groups
        One label a row, missing for none; None with moments.
    scales
        Items by scale; each item on one. All columns as one scale when None.
    minimum
        Students that a group needs: smaller ones are left out and named. Where two large ones do not remain,
        all are kept and the mark is ``"not checked"``.
    released
        Items whose intercepts are let go in the scalar and the strict step.
    by, scale
        What the groups are groups of, and what the one scale is called.

    Returns
    -------
    Invariance
        ``.comparable``, ``.table`` (steps), ``.verdict``, ``.questions``, ``.means``.

    Raises
    ------
    AnalysisError
        If labels and rows differ in number, a question is not among the columns, or no one answered them all.

    Notes
    -----
    Multi-group factor models by ML with means (Jöreskog 1971): the same scales (configural), equal
    loadings (metric), equal intercepts too (scalar), equal residual variances too (strict). A step holds
    when CFI falls by .010 at most and RMSEA rises by .015 at most, or .005 and .010 with 300 respondents or
    fewer (Chen 2007). Figures equal R's lavaan (``cfa(..., group, group.equal)``, marker items, the first
    group the first to appear).

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> rng = np.random.default_rng(3)
    >>> common = rng.normal(size=(800, 1))
    >>> answers = pd.DataFrame(common + rng.normal(size=(800, 4)), columns=list("abcd"))
    >>> found = invariance(answers, pd.Series(["x", "y"] * 400))
    >>> found.comparable, found.holds
    ('comparable', 'strict')
    """
    structure, samples = _samples(items, groups, scales, scale)
    unknown = [item for item in released if item not in structure.items]
    if unknown:
        raise AnalysisError(
            f"{unknown[0]} is not among the questions, so it cannot be released. Name one of them."
        )
    for f, name in enumerate(structure.factors):
        if all(structure.items[i] in released for i in structure.members(f)):
            raise AnalysisError(
                f"All questions of {name or 'the scale'} are released, so nothing ties the groups together. "
                "Leave at least one equal."
            )
    large = tuple(sample for sample in samples if sample.n >= minimum)
    left = tuple(sample for sample in samples if sample.n < minimum) if len(large) > 1 else ()
    samples = large if left else samples
    steps: list[Step] = []
    if len(samples) > 1:
        small = sum(sample.n for sample in samples) <= NARROW
        for step, equal in _STEPS.items():
            solution = fit(structure, samples, equal, released)
            found = measures(solution)
            steps.append(Step(step, solution, found, _holds(steps, found, small)))
            if not solution.estimates:
                # What comes after would have nothing to be held against.
                break
    comparable, reason, last = _verdict(samples, steps, minimum, bool(released))
    scalar = next((step.solution for step in steps if step.name == "scalar"), None)
    return Invariance(
        by,
        structure,
        samples,
        left,
        tuple(steps),
        minimum,
        tuple(released),
        comparable,
        reason,
        last,
        shifts(scalar) if scalar is not None else (),
    )


def _holds(before: Sequence[Step], now: Measures, small: bool) -> bool | None:
    if math.isnan(now.chisq) or (before and math.isnan(before[-1].fit.chisq)):
        return None
    if not before:
        return True
    loss, gain = _NARROW_LIMITS if small else _LIMITS
    last = before[-1].fit
    return last.cfi - now.cfi <= loss and now.rmsea - last.rmsea <= gain


def _verdict(
    samples: Sequence[Sample], steps: Sequence[Step], minimum: int, released: bool
) -> tuple[Comparable, str, StepName | None]:
    """Return the mark, its reason, and the last step that holds (rules.md 10)."""
    if len(samples) < 2:
        return "not checked", "one_group", None
    if any(sample.n < minimum for sample in samples):
        return "not checked", "too_few", None
    last: StepName | None = None
    for step in steps:
        if step.name == "strict":
            # Averages may be compared without it: it is told, and decides nothing.
            if step.holds:
                last = "strict"
            break
        if step.holds is None:
            named = step.solution.state
            bare = not step.solution.trouble and named == "singular"
            return "not checked", f"{named}_any" if bare else named, last
        if not step.holds:
            return "differs", step.name, last
        last = step.name
    return ("differs", "released", last) if released else ("comparable", "scalar", last)


def _samples(
    items: pd.DataFrame | Mapping[str, Moments],
    groups: pd.Series | np.ndarray | None,
    scales: Mapping[str, Sequence[str]] | None,
    scale: str,
) -> tuple[Structure, tuple[Sample, ...]]:
    """Return the model and each group's moments, the first group to appear first."""
    import numpy as np
    import pandas as pd

    from relsurvey.aggregate.frame import moments

    if isinstance(items, Mapping):
        if groups is not None:
            raise AnalysisError("Moments have their groups as names. Give no other labels beside them.")
        if not items:
            raise AnalysisError("There is no group. Give the moments of at least two.")
        named = next(iter(items.values())).names
        if any(m.names != named for m in items.values()):
            raise AnalysisError(
                "The groups' moments are of different questions. Give the same ones, in one order."
            )
        structure, places = chosen(named, scales, scale)
        return structure, tuple(Sample.of(m.only(places), str(name)) for name, m in items.items())
    if groups is None or len(groups) != len(items):
        given = "no" if groups is None else str(len(groups))
        raise AnalysisError(f"There are {len(items)} rows but {given} group labels. Give one a row.")
    structure, places = chosen([str(name) for name in items.columns], scales, scale)
    table = answers(items.iloc[:, places])
    named_so = pd.Series(np.asarray(groups, dtype=object), index=table.index)
    labels = named_so.map({value: _label(value) for value in named_so.dropna().unique()}).astype(object)
    known = labels.notna()
    complete = known & table.notna().all(axis=1)
    order = [*labels[complete].unique()]
    order += [name for name in labels[known].unique() if name not in order]
    if not order:
        raise AnalysisError(
            "No one has a group, so there is nothing to compare. Give labels, and answers with them."
        )
    return structure, tuple(
        Sample.of(moments(table[(labels == name).to_numpy(dtype=bool)]), name) for name in order
    )


def _label(value: object) -> str:
    """Return a group's name; a whole number that a gap made a float is whole again."""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
