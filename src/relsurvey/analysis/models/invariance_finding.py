"""Whether groups read questions alike: the steps, the mark, what moves most, and the words for it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from relsurvey.analysis.finding import MIN_N_FILE, MIN_N_SHOWN, Face, Finding, Value
from relsurvey.analysis.groups.twosample import holm
from relsurvey.analysis.models.cfa import Solution
from relsurvey.analysis.models.cfa_fit import Measures, Shift
from relsurvey.analysis.models.cfa_model import Sample, Structure
from relsurvey.analysis.normal import Z95
from relsurvey.words import say

if TYPE_CHECKING:
    import pandas as pd

StepName = Literal["configural", "metric", "scalar", "strict"]
Comparable = Literal["comparable", "differs", "not checked"]

#: Mean residual over which one factor a scale fits no group well (rules.md 9).
LOOSE = 0.08


@dataclass(frozen=True, eq=False)
class Step:
    """One model: what is held equal, what came of it, and whether it holds beside the one before.

    Attributes
    ----------
    name
        Which step.
    solution, fit
        The model, and how well it fits.
    holds
        Whether it costs no more fit than the rules allow; None where it or the step before was not fitted.
    """

    name: StepName
    solution: Solution
    fit: Measures
    holds: bool | None


@dataclass(frozen=True, eq=False, repr=False)
class Invariance(Finding):
    """Whether groups read questions alike: numbers once, and every face of them.

    Attributes
    ----------
    by
        What the groups are groups of.
    samples
        The groups' complete rows; the first to appear in the data is the first.
    left
        Groups that were too small to be looked at beside the others.
    steps
        Configural, metric, scalar, strict, as far as they could be fitted.
    minimum
        Students a group needs to be checked.
    released
        Questions whose intercepts were let go.
    comparable
        ``"comparable"``: the scalar step holds; ``"differs"``: it or the metric step does not; else
        ``"not checked"``.
    reason
        Why, in a word: a step's name, or what stood in the way.
    holds
        The last step that holds; None where none was checked.
    intercepts
        What letting each equal intercept of the scalar step go would change.
    """

    by: str
    structure: Structure
    samples: tuple[Sample, ...]
    left: tuple[Sample, ...]
    steps: tuple[Step, ...]
    minimum: int
    released: tuple[str, ...]
    comparable: Comparable
    reason: str
    holds: StepName | None
    intercepts: tuple[Shift, ...]

    @property
    def most(self) -> Shift | None:
        """The question whose intercept differs most by the score test, in the group where it moves most."""
        known = [shift for shift in self.intercepts if not math.isnan(shift.chisq)]
        if not known:
            return None
        item = max(known, key=lambda shift: shift.chisq).item
        return max((s for s in known if s.item == item), key=lambda shift: abs(shift.points))

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """Steps, verdict, questions, means, groups; exact, for this kernel alone."""
        return {
            "steps": self.fit,
            "verdict": self.verdict,
            "questions": self.questions,
            "means": self.means,
            "groups": self.groups,
        }

    @property
    def fit(self) -> pd.DataFrame:
        """One row a step: its fit, and what it changes beside the step before (later minus earlier)."""
        import pandas as pd

        rows = []
        before: Step | None = None
        for step in self.steps:
            now = step.fit
            row: dict[str, object] = {"step": step.name, "n": now.n, "n_groups": len(self.samples)}
            row |= {name: getattr(now, name) for name in _MEASURES}
            row |= _change(before.fit if before else None, now, len(self.samples))
            row |= {
                "holds": step.holds,
                "state": step.solution.state,
                "trouble": ", ".join(step.solution.trouble),
                "starts": step.solution.starts,
            }
            rows.append(row)
            before = step
        return pd.DataFrame(rows, columns=[*_COLUMNS])

    @property
    def verdict(self) -> pd.DataFrame:
        """One row: the mark, why, the last step that holds, and the question whose intercept moves most."""
        import pandas as pd

        most = self.most
        row = {
            "by": self.by,
            "scales": ", ".join(self.structure.factors),
            "comparable": self.comparable,
            "reason": self.reason,
            "holds": self.holds,
            "item": most.item if most else None,
            "group": most.group if most else None,
            "points": most.points if most else math.nan,
            "low": most.low if most else math.nan,
            "high": most.high if most else math.nan,
        }
        return pd.DataFrame([row])

    @property
    def questions(self) -> pd.DataFrame:
        """One row a question and group: by how many points it is answered otherwise than the scale foretells.

        The difference is against the first group, with its 95 % interval; chi², df and p test the question in
        all groups together; p is adjusted over the questions (Holm).
        """
        import numpy as np
        import pandas as pd

        tested = {shift.item: shift.p for shift in self.intercepts}
        adjusted = dict(zip(tested, holm(list(tested.values())), strict=True))
        most = self.most
        rows = [
            (
                s.item,
                s.group,
                self.samples[0].name,
                s.points,
                s.low,
                s.high,
                s.chisq,
                s.df,
                s.p,
                adjusted[s.item],
                most is not None and s.item == most.item,
            )
            for s in self.intercepts
        ]
        columns = ["item", "group", "against", "points", "low", "high", "chisq", "df", "p", "p_adjusted"]
        frame = pd.DataFrame(rows, columns=[*columns, "most"])
        return frame.astype(dict.fromkeys(("points", "low", "high", "chisq", "p"), np.float64))

    @property
    def means(self) -> pd.DataFrame:
        """One row a scale and group: the factor's mean against the first group, from the scalar step.

        In points of the scale's first question, with its 95 % interval; ``sd_units`` is in SDs of the factor
        in the first group.
        """
        import numpy as np
        import pandas as pd
        from scipy.special import ndtr

        rows: list[tuple[object, ...]] = []
        solution = next((s.solution for s in self.steps if s.name == "scalar"), None)
        if solution is not None and solution.estimates:
            for g, (sample, own) in enumerate(zip(self.samples, solution.estimates, strict=True)):
                errors = solution.errors(g)
                for f, scale in enumerate(self.structure.factors):
                    marker = self.structure.members(f)[0]
                    places = [marker, errors.shape[0] - len(self.structure.factors) + f]
                    mean, loading = float(own.means[f]), float(own.loadings[marker])
                    slope = np.array([mean, loading])
                    se = math.sqrt(max(0.0, float(slope @ errors[np.ix_(places, places)] @ slope)))
                    value = mean * loading if g else 0.0
                    se = se if g else 0.0
                    z = value / se if se > 0 else math.nan
                    chance = 2 * float(ndtr(-abs(z)))
                    low, high = value - Z95 * se, value + Z95 * se
                    rows.append((scale, sample.name, sample.n, value, se, low, high, z, chance, mean))
        columns = ["scale", "group", "n", "difference", "se", "low", "high", "z", "p", "sd_units"]
        frame = pd.DataFrame(rows, columns=columns)
        return frame.astype(dict.fromkeys(columns[3:], np.float64))

    @property
    def groups(self) -> pd.DataFrame:
        """One row a group: its complete rows, and whether they are enough."""
        import pandas as pd

        rows = [(s.name, s.n, s.n >= self.minimum) for s in (*self.samples, *self.left)]
        return pd.DataFrame(rows, columns=["group", "n", "enough"])

    def in_words(self, language: str = "en") -> str:
        """Return what can be said of it, in a language of the catalogue."""
        names = ", ".join(f"“{sample.name}”" for sample in self.samples)
        least = max(self.minimum, len(self.structure.items) + 1, MIN_N_FILE)
        small = ", ".join(f"“{sample.name}”" for sample in self.samples if sample.n < least)
        parts = []
        if self.comparable == "comparable":
            parts.append(say(language, "invariance.comparable", groups=names))
        elif self.comparable == "differs":
            named = ", ".join(self.released)
            parts.append(say(language, f"invariance.differs_{self.reason}", groups=names, items=named))
            most = self.most
            if self.reason == "scalar" and most is not None and min(s.n for s in self.samples) >= MIN_N_FILE:
                parts.append(
                    say(
                        language,
                        f"invariance.{'higher' if most.points > 0 else 'lower'}",
                        item=most.item,
                        group=most.group,
                        first=self.samples[0].name,
                        points=f"{abs(most.points):.1f}",
                    )
                )
        else:
            blocked = next((s.solution for s in self.steps if not s.solution.estimates), None)
            # What so few have in common, a constant answer say, is theirs.
            reason = (
                "too_few" if small and self.reason.startswith(("no_variance", "singular")) else self.reason
            )
            parts.append(
                say(
                    language,
                    f"invariance.{reason}",
                    groups=small,
                    minimum=least,
                    names=", ".join(blocked.trouble) if blocked else "",
                    starts=blocked.starts if blocked else 0,
                )
            )
        if self.left:
            others = ", ".join(f"“{sample.name}”" for sample in self.left)
            parts.append(say(language, "invariance.left", groups=others, minimum=self.minimum))
        if self.comparable != "not checked":
            doubtful = {name: None for s in self.steps for name in _doubtful(s)}
            if doubtful:
                parts.append(say(language, "invariance.improper", names=", ".join(doubtful)))
            if self.steps[0].fit.srmr > LOOSE:
                parts.append(say(language, "invariance.loose"))
            parts.append(say(language, "invariance.cannot"))
        return " ".join(parts)

    def faces(self, language: str = "en", min_n: int = MIN_N_SHOWN) -> tuple[Face, ...]:
        """Return its tables as they are shown: groups under ``min_n`` masked."""
        few = {sample.name for sample in (*self.samples, *self.left) if sample.n < min_n}
        under = say(language, "invariance.under", min_n=min_n)
        mark = say(language, f"invariance.mark_{self.comparable.replace(' ', '_')}")
        faces = [
            Face.of(
                language,
                "invariance",
                "verdict",
                ("by", "mark", "item", "group", "points"),
                [self._mark(mark, few & {s.name for s in self.samples})],
            ),
        ]
        fit = self.fit
        rows = [
            (
                say(language, f"invariance.step_{row.step}"),
                *(_number(getattr(row, name)) for name in _FACE_MEASURES),
                "" if row.holds is None else say(language, f"invariance.{'yes' if row.holds else 'no'}"),
            )
            for row in fit.itertuples(index=False)
        ]
        faces.append(
            Face.of(language, "invariance", "steps", ("step", *_FACE_MEASURES, "holds"), rows, decimals=3)
        )
        shown = [
            (s.item, s.group, *((None,) * 3 if s.group in few or self.samples[0].name in few else _ends(s)))
            for s in self.intercepts
        ]
        if shown:
            faces.append(
                Face.of(
                    language, "invariance", "questions", ("item", "group", "points", "low", "high"), shown
                )
            )
        means = self.means[self.means["group"] != self.samples[0].name] if self.samples else self.means
        if len(means):
            hidden = few & {self.samples[0].name}
            lines = [
                (
                    r["scale"],
                    r["group"],
                    *((None,) * 3 if hidden or r["group"] in few else (r["difference"], r["low"], r["high"])),
                )
                for r in means.to_dict("records")
            ]
            faces.append(
                Face.of(
                    language, "invariance", "means", ("scale", "group", "difference", "low", "high"), lines
                )
            )
        counted: list[tuple[Value, ...]] = [
            (
                s.name,
                under if s.name in few else s.n,
                say(language, f"invariance.{'yes' if s.n >= self.minimum else 'no'}"),
            )
            for s in (*self.samples, *self.left)
        ]
        faces.append(Face.of(language, "invariance", "groups", ("group", "n", "enough"), counted))
        return tuple(faces)

    def _mark(self, mark: str, few: set[str]) -> tuple[Value, ...]:
        most = self.most
        if most is None or few:
            return self.by, mark, None, None, None
        return self.by, mark, most.item, most.group, float(most.points)


_MEASURES = ("chisq", "df", "p", "cfi", "tli", "rmsea", "rmsea_low", "rmsea_high", "srmr", "aic", "bic")
_FACE_MEASURES = ("chisq", "df", "cfi", "rmsea", "srmr", "delta_cfi", "delta_rmsea")
_CHANGES = ("delta_chisq", "delta_df", "delta_p", "delta_cfi", "delta_rmsea", "delta_srmr", "rmsea_of_change")
_COLUMNS = (
    "step",
    "n",
    "n_groups",
    *_MEASURES,
    *_CHANGES,
    "holds",
    "state",
    "trouble",
    "starts",
)


def _number(value: float) -> Value:
    return int(value) if isinstance(value, int) else float(value)


def _ends(shift: Shift) -> tuple[float, float, float]:
    return float(shift.points), float(shift.low), float(shift.high)


def _doubtful(step: Step) -> tuple[str, ...]:
    return step.solution.trouble if step.solution.state == "improper" else ()


def _change(before: Measures | None, now: Measures, groups: int) -> dict[str, float]:
    """Return what a step changes, and the RMSEA of the chi² difference (as lavaan's ``lavTestLRT``)."""
    from scipy.special import chdtrc

    if before is None or math.isnan(before.chisq) or math.isnan(now.chisq):
        return dict.fromkeys(_CHANGES, math.nan)
    chisq, df = now.chisq - before.chisq, now.df - before.df
    chance = float(chdtrc(df, max(chisq, 0.0))) if df else math.nan
    rmsea = math.sqrt(max(chisq - df, 0.0) / (df * now.n) * groups) if df else math.nan
    differences = (now.cfi - before.cfi, now.rmsea - before.rmsea, now.srmr - before.srmr)
    return dict(zip(_CHANGES, (chisq, df, chance, *differences, rmsea), strict=True))
