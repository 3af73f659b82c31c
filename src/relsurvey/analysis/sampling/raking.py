"""Weights that make the respondents match the roster: raking to known margins."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from relsurvey.analysis.finding import MIN_N_SHOWN, Face, Finding, Value, fewest
from relsurvey.analysis.sampling.columns import members, name_of, numbers
from relsurvey.errors import AnalysisError
from relsurvey.words import say

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

#: A weight so many times the mean is large (DeBell & Krosnick 2009 trim there).
LARGE = 5.0
#: Margins whose totals differ by more than this share do not count the same students.
_SAME_TOTAL = 1e-6


@dataclass(frozen=True)
class Margin:
    """One category of one variable: respondents, and its share among them, on the roster, and weighted."""

    variable: str
    category: str
    n: int
    respondents: float
    roster: float
    weighted: float


@dataclass(frozen=True)
class Cell:
    """Respondents alike on all raked variables, and the mean of their weights."""

    categories: tuple[str, ...]
    n: int
    weight: float


@dataclass(frozen=True, repr=False)
class Weights(Finding):
    """Raked weights: numbers once, and every face of them.

    Attributes
    ----------
    margins, cells
        How each category is matched; the weight of each combination of categories.
    n, left_out
        Respondents with a weight; those without an answer to one of the variables, who have none.
    total
        The sum of the weights: the total of the margins.
    smallest, largest
        Of the weights, as multiples of their mean.
    design_effect, effective_n
        Kish's n Σw²/(Σw)², and n over it: how many answers of equal weight would tell as much.
    rounds, misfit, converged
        How often all margins were fitted, how far the worst is off (relative), whether that is near enough.
    weight
        One a row, NaN for who has none; None where only counts were given.
    places
        For each variable, which category each row has; what standard errors need.
    """

    margins: tuple[Margin, ...]
    cells: tuple[Cell, ...]
    n: int
    left_out: int
    total: float
    smallest: float
    largest: float
    design_effect: float
    effective_n: float
    rounds: int
    misfit: float
    converged: bool
    weight: np.ndarray | None = field(default=None, compare=False)
    places: tuple[np.ndarray, ...] = field(default=(), compare=False)

    @property
    def variables(self) -> tuple[str, ...]:
        """The raked variables."""
        return tuple(dict.fromkeys(m.variable for m in self.margins))

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """``weights``: one row; ``margins``: one row a category; ``cells``: one row a combination."""
        import pandas as pd

        names = (
            "n",
            "left_out",
            "total",
            "smallest",
            "largest",
            "design_effect",
            "effective_n",
            "rounds",
            "misfit",
            "converged",
        )
        margins = ("variable", "category", "n", "respondents", "roster", "weighted")
        return {
            "weights": pd.DataFrame([{name: getattr(self, name) for name in names}]),
            "margins": pd.DataFrame([{name: getattr(m, name) for name in margins} for m in self.margins]),
            "cells": pd.DataFrame(
                [(*c.categories, c.n, c.weight) for c in self.cells],
                columns=[*self.variables, "n", "weight"],
            ),
        }

    def in_words(self, language: str = "en") -> str:
        """Say what the weights match, how uneven they are, and what they cannot mend."""
        if self.n < fewest():
            return say(language, "weights.too_few", min_n=fewest())
        names = ", ".join(self.variables)
        if not self.converged:
            return say(
                language,
                "weights.missed",
                variables=names,
                rounds=self.rounds,
                misfit=f"{100 * self.misfit:.1g}",
            )
        parts = [say(language, "weights.match", variables=names)]
        ratio = self.largest / self.smallest
        parts.append(
            say(language, "weights.even")
            if ratio < 1.05
            else say(language, "weights.uneven", ratio=f"{ratio:.1f}", n=self.n, m=round(self.effective_n))
        )
        if self.largest > LARGE:
            parts.append(say(language, "weights.large", times=f"{self.largest:.1f}"))
        if self.left_out:
            few = self.left_out < fewest()
            said = say(language, "weights.under", min_n=fewest()) if few else str(self.left_out)
            parts.append(say(language, "weights.left_out", k=said))
        return " ".join([*parts, say(language, "weights.cannot")])

    def faces(self, language: str = "en", min_n: int = MIN_N_SHOWN) -> tuple[Face, ...]:
        """Return the margins in percent; categories with fewer than ``min_n`` respondents masked."""
        keys = ("variable", "category", "students", "respondents", "roster", "weighted")
        rows: list[tuple[Value, ...]] = [
            (m.variable, m.category, m.n, 100 * m.respondents, 100 * m.roster, 100 * m.weighted)
            if m.n >= min_n
            else (m.variable, m.category, say(language, "weights.under", min_n=min_n), None, None, None)
            for m in self.margins
        ]
        head = tuple(say(language, f"weights.head.{key}") for key in keys)
        return (Face(say(language, "weights.title"), head, tuple(rows), decimals=1),)


def rake(
    respondents: pd.DataFrame | Mapping[tuple[str, ...], int] | Mapping[str, int],
    margins: Mapping[str, Mapping[str, float]],
    *,
    start: pd.Series | np.ndarray | None = None,
    tolerance: float = 1e-10,
    most: int = 200,
) -> Weights:
    """Weight respondents so that they match known margins, as those of the roster.

    Parameters
    ----------
    respondents
        One row a respondent, a column for each variable of ``margins``; or how many respondents there are in
        each combination of categories, in the order of ``margins``.
    margins
        For each variable, how many students each category has; all variables with the same total.
    start
        Weights to begin with, one a row; 1 where None.
    tolerance
        How far a margin may be off, relative.
    most
        How often all margins are fitted at most.

    Returns
    -------
    Weights
        ``.weight`` one a row, ``.table``, ``.in_words("es")``. Where ``most`` rounds are too few it says so.

    Raises
    ------
    AnalysisError
        If a category has students but no respondent, or respondents but no student; if totals differ; if a
        starting weight is zero or negative.

    Notes
    -----
    Iterative proportional fitting (Deming & Stephan 1940) of the cells: a round costs as much as there are
    combinations of categories. Equal to R's ``survey::rake``.

    Examples
    --------
    >>> counts = {("girl", "9"): 30, ("girl", "10"): 20, ("boy", "9"): 20, ("boy", "10"): 30}
    >>> weights = rake(counts, {"gender": {"girl": 60, "boy": 60}, "grade": {"9": 70, "10": 50}})
    >>> weights.n, round(weights.total), round(weights.effective_n, 1)
    (100, 120, 97.2)
    """
    import numpy as np

    wanted = _targets(margins)
    if isinstance(respondents, Mapping):
        if start is not None:
            raise AnalysisError("Starting weights belong to rows: give the table of respondents with them.")
        places, cells = None, _counted(respondents, wanted)
        which, begin = np.zeros(0, dtype=int), np.zeros(0)
        n = np.array(list(cells.values()), dtype=float)
        keys = np.array(list(cells), dtype=int).reshape(len(cells), len(wanted))
        base = n.copy()
        left_out = 0
    else:
        places = _places(respondents, wanted)
        begin = _started(start, len(respondents))
        known = np.all([place >= 0 for place in places], axis=0) & ~np.isnan(begin)
        left_out = int((~known).sum())
        flat = np.zeros(len(begin), dtype=int)
        for place, target in zip(places, wanted.values(), strict=True):
            # Numbered anew each time, so that no number of variables is too large.
            flat = np.unique(flat * len(target) + np.maximum(place, 0), return_inverse=True)[1]
        found, first, inverse = np.unique(flat[known], return_index=True, return_inverse=True)
        which = np.full(len(flat), -1)
        which[known] = inverse
        keys = np.stack([place[known][first] for place in places], axis=1)
        n = np.bincount(inverse, minlength=len(found)).astype(float)
        base = np.bincount(inverse, begin[known], len(found))
    if not n.sum():
        raise AnalysisError("No respondent has an answer to all of the variables, so nobody can be weighted.")
    targets = [np.array(list(target.values())) for target in wanted.values()]
    _everyone_is_there(keys, n, wanted)
    fitted, rounds, misfit = _fit(base, keys, targets, tolerance, most)
    grown = fitted / base
    if places is None:
        weight, squares = None, float((n * grown**2).sum())
        each = grown
    else:
        weight = np.where(which < 0, np.nan, grown[which] * begin)
        each = weight[which >= 0]
        squares = float((each**2).sum())
    total, count = float(fitted.sum()), int(n.sum())
    effect = count * squares / total**2
    shares = []
    for i, (variable, target) in enumerate(wanted.items()):
        whole = sum(target.values())
        for code, category in enumerate(target):
            mine = keys[:, i] == code
            shares.append(
                Margin(
                    variable,
                    category,
                    int(n[mine].sum()),
                    float(n[mine].sum()) / count,
                    target[category] / whole,
                    float(fitted[mine].sum()) / total,
                )
            )
    names = [list(target) for target in wanted.values()]
    return Weights(
        margins=tuple(shares),
        cells=tuple(
            Cell(
                tuple(names[place][code] for place, code in enumerate(key)),
                int(n[cell]),
                float(fitted[cell] / n[cell]),
            )
            for cell, key in enumerate(keys)
        ),
        n=count,
        left_out=left_out,
        total=total,
        smallest=float(each.min()) * count / total,
        largest=float(each.max()) * count / total,
        design_effect=effect,
        effective_n=count / effect,
        rounds=rounds,
        misfit=misfit,
        converged=misfit <= tolerance,
        weight=weight,
        places=() if places is None else tuple(places),
    )


def _targets(margins: Mapping[str, Mapping[str, float]]) -> dict[str, dict[str, float]]:
    """Return the margins with names as text; all must be counts of the same students."""
    wanted = {str(v): {name_of(c): float(t) for c, t in target.items()} for v, target in margins.items()}
    if not wanted or not all(wanted.values()):
        raise AnalysisError(
            "Raking needs at least one variable, with the number of students of each category."
        )
    for variable, target in wanted.items():
        if not all(math.isfinite(t) and t >= 0 for t in target.values()) or not sum(target.values()) > 0:
            raise AnalysisError(f"The margin of {variable!r} must hold numbers of students, 0 or more.")
    totals = {variable: sum(target.values()) for variable, target in wanted.items()}
    least, largest = min(totals, key=totals.__getitem__), max(totals, key=totals.__getitem__)
    if totals[largest] - totals[least] > _SAME_TOTAL * totals[largest]:
        raise AnalysisError(
            f"The margins add up to {totals[least]:g} students by {least!r} but to {totals[largest]:g} by "
            f"{largest!r}. Count all margins over the same students."
        )
    return wanted


def _counted(
    counts: Mapping[tuple[str, ...], int] | Mapping[str, int], wanted: Mapping[str, Mapping[str, float]]
) -> dict[tuple[int, ...], int]:
    """Return the counts of combinations by the places of their categories."""
    names = [list(target) for target in wanted.values()]
    result: dict[tuple[int, ...], int] = {}
    for key, count in counts.items():
        categories = tuple(name_of(c) for c in ((key,) if isinstance(key, str) else key))
        if len(categories) != len(names) or not (math.isfinite(count) and count >= 0):
            raise AnalysisError(
                f"A combination names one category of each of {', '.join(wanted)}, with a count of 0 or more."
            )
        for category, known, variable in zip(categories, names, wanted, strict=True):
            if category not in known:
                raise AnalysisError(_unknown(variable, category))
        if count:
            place = tuple(known.index(c) for c, known in zip(categories, names, strict=True))
            result[place] = result.get(place, 0) + count
    return result


def _places(frame: pd.DataFrame, wanted: Mapping[str, Mapping[str, float]]) -> list[np.ndarray]:
    """Return which category each row has, for each variable; -1 where it has no answer."""
    import numpy as np

    result = []
    for variable, target in wanted.items():
        if variable not in frame:
            raise AnalysisError(f"The respondents have no column {variable!r}. Rake to variables they have.")
        found, which = members(frame[variable], len(frame), "answers")
        names = list(target)
        for category in found:
            if category not in target:
                raise AnalysisError(_unknown(variable, category))
        result.append(np.array([*(names.index(category) for category in found), -1])[which])
    return result


def _unknown(variable: str, category: str) -> str:
    return (
        f"Respondents answered {category!r} to {variable!r}, but the margin does not have it. "
        "Add it, or make it missing."
    )


def _started(start: pd.Series | np.ndarray | None, rows: int) -> np.ndarray:
    import numpy as np

    if start is None:
        return np.ones(rows)
    found = numbers(start, "starting weights")
    if len(found) != rows:
        raise AnalysisError(f"There are {rows} respondents but {len(found)} starting weights.")
    if (found <= 0).any():
        raise AnalysisError(
            "A starting weight is zero or negative. Give weights over 0, NaN for who has none."
        )
    return found


def _everyone_is_there(keys: np.ndarray, n: np.ndarray, wanted: Mapping[str, Mapping[str, float]]) -> None:
    """Refuse a category with students but no respondent, or the other way round."""
    for place, (variable, target) in enumerate(wanted.items()):
        for code, (category, students) in enumerate(target.items()):
            there = bool(n[keys[:, place] == code].sum())
            if students and not there:
                raise AnalysisError(
                    f"Nobody who answered is {category!r} in {variable!r}, so no weight can stand for them. "
                    "Join it with another category, or leave the variable out."
                )
            if there and not students:
                raise AnalysisError(
                    f"The margin has no student for {category!r} in {variable!r}, but respondents have it. "
                    "Correct the margin, or make the answer missing."
                )


def _fit(
    base: np.ndarray, keys: np.ndarray, targets: Sequence[np.ndarray], tolerance: float, most: int
) -> tuple[np.ndarray, int, float]:
    """Return the fitted cells, the rounds it took, and how far the worst margin is off."""
    import numpy as np

    fitted, misfit, rounds = base.astype(float), math.inf, 0
    while misfit > tolerance and rounds < most:
        for place, target in enumerate(targets):
            have = np.bincount(keys[:, place], fitted, len(target))
            fitted = fitted * (target / np.where(have > 0, have, 1.0))[keys[:, place]]
        rounds += 1
        misfit = max(
            float(np.max(np.abs(np.bincount(keys[:, place], fitted, len(t)) - t)[t > 0] / t[t > 0]))
            for place, t in enumerate(targets)
        )
    return fitted, rounds, misfit
