"""Whether groups read questions alike and draw the lines between answers at the same places (rules.md 10)."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from relsurvey.analysis.finding import MIN_N_FILE, MIN_N_SHOWN, Face, Finding, Value
from relsurvey.analysis.invariance import MINIMUM, NARROW
from relsurvey.analysis.models.cfa_model import Structure
from relsurvey.analysis.models.invariance_finding import LOOSE, Comparable
from relsurvey.analysis.models.ordinal_dwls import OrdinalMeasures
from relsurvey.analysis.models.ordinal_gamma import OrdinalMoments, ordinal_moments
from relsurvey.analysis.models.ordinal_steps import STEPS, Fitted, StepName, fit_steps
from relsurvey.analysis.normal import Z95
from relsurvey.analysis.ordinal_cfa import MEASURES, in_steps
from relsurvey.analysis.sampling.columns import name_of
from relsurvey.errors import AnalysisError
from relsurvey.words import say

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

# Loss of CFI and gain of RMSEA that a step may cost: as a rule, and in a small sample (Chen 2007).
_LIMITS, _NARROW_LIMITS = (0.010, 0.015), (0.005, 0.010)


@dataclass(frozen=True, eq=False, repr=False)
class OrdinalInvariance(Finding):
    """Whether groups read questions alike: numbers once, and every face of them.

    Attributes
    ----------
    by
        What the groups are groups of.
    structure
        Which question belongs to which scale.
    groups
        The groups' moments; the first to appear in the data is the first.
    left
        Groups that were too small to be looked at beside the others, and their complete rows.
    steps
        Configural, thresholds, loadings, intercepts, as far as they could be fitted.
    minimum
        Students a group needs to be checked.
    comparable
        ``"comparable"``: all steps hold; ``"differs"``: one does not; else ``"not checked"``.
    reason
        Why, in a word: a step's name, or what stood in the way.
    holds
        The last step that holds; None where none was checked.
    """

    by: str
    structure: Structure
    groups: tuple[OrdinalMoments, ...]
    left: tuple[tuple[str, int], ...]
    steps: tuple[Fitted, ...]
    minimum: int
    comparable: Comparable
    reason: str
    holds: StepName | None

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """Steps, verdict, means, groups; exact, for this kernel alone."""
        return {"steps": self.fit, "verdict": self.verdict, "means": self.means, "groups": self.sizes}

    @property
    def fit(self) -> pd.DataFrame:
        """One row a step: its fit, and what it changes beside the step before (later minus earlier)."""
        import pandas as pd

        rows = []
        before: OrdinalMeasures | None = None
        for step in self.steps:
            row: dict[str, object] = {"step": step.name, "n": step.fit.n, "n_groups": len(self.groups)}
            row |= {name: getattr(step.fit, name) for name in MEASURES}
            row["delta_cfi"] = step.fit.cfi_scaled - before.cfi_scaled if before else math.nan
            row["delta_rmsea"] = step.fit.rmsea_scaled - before.rmsea_scaled if before else math.nan
            row["holds"] = _holds(before, step.fit)
            row |= {"state": step.state, "trouble": ", ".join(step.trouble), "starts": step.starts}
            rows.append(row)
            before = step.fit
        columns = ["step", "n", "n_groups", *MEASURES, "delta_cfi", "delta_rmsea", "holds"]
        return pd.DataFrame(rows, columns=[*columns, "state", "trouble", "starts"])

    @property
    def verdict(self) -> pd.DataFrame:
        """One row: the mark, why, and the last step that holds."""
        import pandas as pd

        row = {
            "by": self.by,
            "scales": ", ".join(self.structure.factors),
            "comparable": self.comparable,
            "reason": self.reason,
            "holds": self.holds,
        }
        return pd.DataFrame([row])

    @property
    def means(self) -> pd.DataFrame:
        """One row a scale and group: the factor's mean against the first group, from the last step.

        In SDs of the factor in the first group, with its 95 % interval.
        """
        import numpy as np
        import pandas as pd
        from scipy.special import ndtr

        rows: list[tuple[object, ...]] = []
        last = next((step for step in self.steps if step.means is not None), None)
        if last is not None and last.means is not None and last.errors is not None:
            for g, group in enumerate(self.groups):
                for f, scale in enumerate(self.structure.factors):
                    value, se = float(last.means[g, f]), float(last.errors[g, f])
                    chance = 2 * float(ndtr(-abs(value / se))) if se > 0 else math.nan
                    low, high = value - Z95 * se, value + Z95 * se
                    rows.append((scale, group.name, group.n, value, se, low, high, chance))
        columns = ["scale", "group", "n", "difference", "se", "low", "high", "p"]
        return pd.DataFrame(rows, columns=columns).astype(dict.fromkeys(columns[3:], np.float64))

    @property
    def sizes(self) -> pd.DataFrame:
        """One row a group: its complete rows, and whether they are enough."""
        import pandas as pd

        rows = [(name, n, n >= self.minimum) for name, n in self._sizes()]
        return pd.DataFrame(rows, columns=["group", "n", "enough"])

    def in_words(self, language: str = "en") -> str:
        """Return what can be said of it, in a language of the catalogue."""
        names = _quoted(group.name for group in self.groups)
        least = max(self.minimum, len(self.structure.items) + 1)
        small = _quoted(group.name for group in self.groups if group.n < least)
        parts = []
        if self.comparable == "not checked":
            blocked = next((step for step in self.steps if math.isnan(step.fit.chisq)), None)
            named = ", ".join(name for name in blocked.trouble if name) if blocked else ""
            starts = blocked.starts if blocked else 0
            key = f"ordinal.not_checked_{self.reason}"
            parts.append(say(language, key, groups=small, minimum=least, names=named, starts=starts))
        else:
            which = "comparable" if self.comparable == "comparable" else f"differs_{self.reason}"
            parts.append(say(language, f"ordinal.{which}", groups=names))
        if self.left:
            others = _quoted(name for name, _ in self.left)
            parts.append(say(language, "ordinal.left", groups=others, minimum=self.minimum))
        if self.comparable != "not checked":
            doubtful = {
                name: None for step in self.steps if step.state == "improper" for name in step.trouble
            }
            if doubtful:
                parts.append(say(language, "ordinal.doubtful", names=", ".join(doubtful)))
            if self.steps[0].fit.srmr > LOOSE:
                parts.append(say(language, "ordinal.loose_groups"))
            two = [
                item
                for item, own in zip(self.structure.items, self.groups[0].thresholds, strict=True)
                if len(own) == 1
            ]
            if two:
                parts.append(say(language, "ordinal.two_answers", names=", ".join(two)))
            parts.append(say(language, "ordinal.cannot"))
        return " ".join(parts)

    def faces(self, language: str = "en", min_n: int = MIN_N_SHOWN) -> tuple[Face, ...]:
        """Return its tables as they are shown: groups under ``min_n`` masked."""
        few = {name for name, n in self._sizes() if n < min_n}
        under = say(language, "ordinal.under", min_n=min_n)
        mark = say(language, f"ordinal.mark_{self.comparable.replace(' ', '_')}")
        faces = [Face.of(language, "ordinal", "verdict", ("by", "mark"), [(self.by, mark)])]
        hidden = bool(few & {group.name for group in self.groups})
        rows: list[tuple[Value, ...]] = []
        for row in self.fit.to_dict("records"):
            figures: list[Value] = [None if hidden else _plain(row[name]) for name in _FACE_MEASURES]
            holds = (
                "" if row["holds"] is None else say(language, f"ordinal.{'yes' if row['holds'] else 'no'}")
            )
            rows.append((say(language, f"ordinal.step_{row['step']}"), *figures, holds))
        if rows:
            faces.append(
                Face.of(language, "ordinal", "steps", ("step", *_FACE_MEASURES, "holds"), rows, decimals=3)
            )
        first = self.groups[0].name
        lines: list[tuple[Value, ...]] = [
            (
                row["scale"],
                row["group"],
                *(
                    (None,) * 3
                    if {first, row["group"]} & few
                    else (row["difference"], row["low"], row["high"])
                ),
            )
            for row in self.means.to_dict("records")
            if row["group"] != first
        ]
        if lines:
            faces.append(
                Face.of(language, "ordinal", "means", ("scale", "group", "difference", "low", "high"), lines)
            )
        counted: list[tuple[Value, ...]] = [
            (
                name,
                under if name in few else n,
                say(language, f"ordinal.{'yes' if n >= self.minimum else 'no'}"),
            )
            for name, n in self._sizes()
        ]
        faces.append(Face.of(language, "ordinal", "groups", ("group", "n", "enough"), counted))
        return tuple(faces)

    def _sizes(self) -> list[tuple[str, int]]:
        return [*((group.name, group.n) for group in self.groups), *self.left]


_FACE_MEASURES = ("chisq_scaled", "df", "cfi_scaled", "rmsea_scaled", "srmr", "delta_cfi", "delta_rmsea")


def _quoted(names: Iterable[str]) -> str:
    return ", ".join(f"“{name}”" for name in names)


def _plain(value: float) -> Value:
    return int(value) if isinstance(value, int) else float(value)


def _holds(before: OrdinalMeasures | None, now: OrdinalMeasures) -> bool | None:
    """Say whether a step costs no more fit than the rules allow; None where it was not fitted."""
    if math.isnan(now.chisq) or (before is not None and math.isnan(before.chisq)):
        return None
    if before is None:
        return True
    loss, gain = _NARROW_LIMITS if now.n <= NARROW else _LIMITS
    return before.cfi_scaled - now.cfi_scaled <= loss and now.rmsea_scaled - before.rmsea_scaled <= gain


def ordinal_invariance(
    items: pd.DataFrame,
    groups: pd.Series | np.ndarray | Sequence[object],
    scales: Mapping[str, Sequence[str]] | None = None,
    *,
    minimum: int = MINIMUM,
    by: str = "",
    scale: str = "",
) -> OrdinalInvariance:
    """Check whether groups read questions alike, answers taken as steps, by models held equal step by step.

    Parameters
    ----------
    items
        One row a respondent and one column an item, keyed, NaN for missing. Only rows count that are complete
        over the scales' items. Rows are needed: counts of pairs do not tell how correlations vary together.
    groups
        One label a row, missing for none.
    scales
        Items by scale; each item on one. All columns as one scale when None.
    minimum
        Students that a group needs, 11 at least: smaller ones are left out and named. Where two large ones do
        not remain, all are kept and the mark is ``"not checked"``.
    by, scale
        What the groups are groups of, and what the one scale is called.

    Returns
    -------
    OrdinalInvariance
        ``.comparable``, ``.table`` (steps), ``.verdict``, ``.means``.

    Raises
    ------
    AnalysisError
        If labels and rows differ in number, no one has a group, or the questions are none for
        :func:`~relsurvey.analysis.ordinal_cfa.ordinal_factor`.

    Notes
    -----
    Multi-group WLSMV in the order of Wu & Estabrook (2016): the same scales (configural), equal thresholds,
    equal loadings too, equal intercepts too. Figures equal R's lavaan with ``semTools::measEq.syntax(ID.cat =
    "Wu.Estabrook.2016", ID.fac = "std.lv", parameterization = "theta")``, the first group to appear being the
    first, except for questions of two answers in the third step (see
    :func:`~relsurvey.analysis.models.ordinal_steps.fit_steps`). A step holds when the corrected CFI falls by
    .010 at most and the corrected RMSEA rises by .015 at most, or .005 and .010 with 300 respondents or
    fewer: Chen's (2007) limits for answers taken as measures, there being no agreed ones for steps.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> rng = np.random.default_rng(3)
    >>> behind = rng.normal(size=(800, 1)) + rng.normal(size=(800, 4))
    >>> answers = pd.DataFrame(np.digitize(behind, [-1, 0, 1]), columns=list("abcd"))
    >>> found = ordinal_invariance(answers, ["x", "y"] * 400)
    >>> found.comparable, found.holds
    ('comparable', 'intercepts')
    """
    import pandas as pd

    structure, table = in_steps(items, scales, scale)
    if len(groups) != len(table):
        raise AnalysisError(f"There are {len(table)} rows but {len(groups)} group labels. Give one a row.")
    given = pd.Series(list(groups), index=table.index, dtype=object)
    labels = given.map(name_of, na_action="ignore")
    known, complete = given.notna(), table.notna().all(axis=1)
    order = list(dict.fromkeys([*labels[known & complete], *labels[known]]))
    if not order:
        raise AnalysisError(
            "No one has a group, so there is nothing to compare. Give labels, and answers with them."
        )
    minimum = max(minimum, MIN_N_FILE)
    rows = {name: table[((labels == name) & complete).to_numpy(dtype=bool)] for name in order}
    large = [name for name in order if len(rows[name]) >= minimum]
    left = [name for name in order if name not in large] if len(large) > 1 else []
    found = tuple(ordinal_moments(rows[name], name) for name in (large if left else order))
    steps = fit_steps(structure, found) if len(found) > 1 else ()
    comparable, reason, last = _verdict(found, steps, minimum)
    return OrdinalInvariance(
        by,
        structure,
        found,
        tuple((name, len(rows[name])) for name in left),
        steps,
        minimum,
        comparable,
        reason,
        last,
    )


def _verdict(
    groups: Sequence[OrdinalMoments], steps: Sequence[Fitted], minimum: int
) -> tuple[Comparable, str, StepName | None]:
    """Return the mark, its reason, and the last step that holds (rules.md 10)."""
    if len(groups) < 2:
        return "not checked", "one_group", None
    if any(group.n < minimum for group in groups):
        return "not checked", "too_few", None
    last: StepName | None = None
    before: OrdinalMeasures | None = None
    for step in steps:
        holds = _holds(before, step.fit)
        if holds is None:
            return "not checked", step.state, last
        if not holds:
            return "differs", step.name, last
        last, before = step.name, step.fit
    return "comparable", STEPS[-1], last
