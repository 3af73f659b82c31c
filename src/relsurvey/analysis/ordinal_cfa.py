"""Factor models that take answers as steps: one common factor, or one a scale, by WLSMV on polychorics."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from relsurvey.analysis.alpha import cronbach
from relsurvey.analysis.finding import MIN_N_FILE, MIN_N_SHOWN, Face, Finding, Value
from relsurvey.analysis.models.cfa_model import Structure, chosen
from relsurvey.analysis.models.factor_finding import BEATS, FITS
from relsurvey.analysis.models.green_yang import categorical_omega, observed_omega
from relsurvey.analysis.models.ordinal_gamma import ordinal_moments, pairs_of
from relsurvey.analysis.models.ordinal_model import OrdinalSolution, fit
from relsurvey.analysis.normal import Z95
from relsurvey.analysis.polychoric import ordinal_alpha
from relsurvey.analysis.sampling.columns import answers
from relsurvey.errors import AnalysisError
from relsurvey.words import say

if TYPE_CHECKING:
    import pandas as pd

#: Different answers that a question in steps may have.
MOST = 30
#: Respondents under whom the figures of such a model move much from day to day.
SMALL = 200


@dataclass(frozen=True, eq=False, repr=False)
class OrdinalFactor(Finding):
    """A factor model of answers in steps: numbers once, and every face of them.

    Attributes
    ----------
    given
        The model with one factor a scale, over the respondents who answered all of its questions.
    rows
        Respondents there are, with those who left questions out.
    """

    given: OrdinalSolution
    rows: int

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """Loadings, fit, thresholds, omega, correlations; exact, for this kernel alone."""
        return {
            "loadings": self.loadings,
            "fit": self.fit,
            "thresholds": self.thresholds,
            "omega": self.omega,
            "correlations": self.correlations,
        }

    @property
    def loadings(self) -> pd.DataFrame:
        """One row a question: its standardised loading with 95 % interval, and what the factor leaves."""
        import numpy as np
        import pandas as pd

        structure = self.given.structure
        p = len(structure.items)
        loading = se = np.full(p, math.nan)
        if self.given.loadings is not None and self.given.spread is not None:
            loading, se = self.given.loadings, np.sqrt(np.diag(self.given.spread)[:p])
        return pd.DataFrame(
            {
                "scale": [structure.factors[f] for f in structure.owner],
                "item": structure.items,
                "loading": loading,
                "se": se,
                "low": loading - Z95 * se,
                "high": loading + Z95 * se,
                "residual": 1 - loading**2,
            }
        )

    @property
    def fit(self) -> pd.DataFrame:
        """One row: chi², CFI, TLI, RMSEA and SRMR of the least squares fit, and of the corrected test."""
        import pandas as pd

        found = self.given
        row = {
            "n": found.fit.n,
            "rows": self.rows,
            "n_items": len(found.structure.items),
            "n_factors": len(found.structure.factors),
            "state": found.state,
            "trouble": ", ".join(found.trouble),
            "starts": found.starts,
            **{name: getattr(found.fit, name) for name in MEASURES},
        }
        return pd.DataFrame([row])

    @property
    def thresholds(self) -> pd.DataFrame:
        """One row a step between two answers: where it lies, with its 95 % interval."""
        import numpy as np
        import pandas as pd

        moments = self.given.moments
        errors = np.sqrt(moments.gamma.diagonal()[: moments.steps] / max(moments.n - 1, 1))
        rows: list[tuple[object, ...]] = []
        for item, codes, own in zip(moments.items, moments.codes, moments.thresholds, strict=True):
            for code, above, value in zip(codes[:-1], codes[1:], own, strict=True):
                se = float(errors[len(rows)])
                rows.append((item, code, above, float(value), se, value - Z95 * se, value + Z95 * se))
        columns = ["item", "code", "next_code", "threshold", "se", "low", "high"]
        return pd.DataFrame(rows, columns=columns).astype(dict.fromkeys(columns[1:], np.float64))

    @property
    def omega(self) -> pd.DataFrame:
        """One row a scale: how surely the sum of its answers is measured, and alpha of the same respondents.

        ``omega`` of the answers' sum with the model's variance, ``omega_observed`` with the polychorics';
        ``explained``: the mean share of what stands behind the answers that the factor explains.
        """
        import numpy as np
        import pandas as pd

        moments = self.given.moments
        rows = []
        for f, name in enumerate(self.given.structure.factors):
            mine = self.given.structure.members(f)
            at = np.ix_(mine, mine)
            value = low = high = observed = explained = math.nan
            if self.given.loadings is not None:
                loadings = self.given.loadings[mine]
                cuts = [moments.thresholds[k] for k in mine]
                value, se = self._omega(mine)
                low, high = value - Z95 * se, value + Z95 * se
                observed = observed_omega(cuts, loadings, moments.correlation[at])
                explained = float((loadings**2).mean())
            covariance = moments.covariance[at]
            alpha = cronbach(float(covariance.trace()), float(covariance.sum()), len(mine))
            ordinal = ordinal_alpha(moments.correlation[at])
            rows.append((name, len(mine), alpha, ordinal, value, low, high, observed, explained))
        columns = ["scale", "n_items", "alpha", "ordinal_alpha", "omega", "omega_low", "omega_high"]
        return pd.DataFrame(rows, columns=[*columns, "omega_observed", "explained"])

    @property
    def correlations(self) -> pd.DataFrame:
        """One row two scales: how their factors correlate, with 95 % interval."""
        import numpy as np
        import pandas as pd

        names, found = self.given.structure.factors, self.given
        rows = []
        for place, (a, b) in enumerate(zip(*pairs_of(len(names)), strict=True)):
            value = se = math.nan
            if found.factors is not None and found.spread is not None:
                value = float(found.factors[a, b])
                se = math.sqrt(float(found.spread.diagonal()[len(found.structure.items) + place]))
            rows.append((names[a], names[b], value, se, value - Z95 * se, value + Z95 * se))
        columns = ["a", "b", "latent", "se", "low", "high"]
        return pd.DataFrame(rows, columns=columns).astype(dict.fromkeys(columns[2:], np.float64))

    def in_words(self, language: str = "en") -> str:
        """Return what can be said of it, in a language of the catalogue."""
        found = self.given
        k, m = len(found.structure.items), len(found.structure.factors)
        named = ", ".join(name for name in found.trouble if name)
        parts = []
        # Of a handful of students, that all answered alike would tell what each did.
        if found.fit.n < MIN_N_FILE and found.state != "not_identified":
            parts.append(say(language, "ordinal.too_few", k=k))
        elif found.loadings is None:
            key = f"ordinal.{found.state}"
            if found.state == "not_identified" and not named:
                key += "_any"
            parts.append(say(language, key, names=named, k=k, starts=found.starts))
        else:
            which = "one" if m == 1 else "given"
            parts.append(say(language, f"ordinal.{which}_{self._fits}", k=k, m=m))
            if found.state == "improper":
                parts.append(say(language, "ordinal.improper", names=named))
            elif m == 1:
                scale = self.omega.iloc[0]
                if not math.isnan(scale["omega"]):
                    ends = {name: f"{scale[name]:.2f}" for name in ("omega", "omega_low", "omega_high")}
                    parts.append(say(language, "ordinal.omega", **ends))
            if found.fit.n < SMALL:
                parts.append(say(language, "ordinal.small", n=SMALL))
                if found.moments.empty:
                    pairs = k * (k - 1) // 2
                    parts.append(say(language, "ordinal.empty", pairs=found.moments.empty, all=pairs))
        parts.append(say(language, "ordinal.supposes"))
        parts.append(say(language, "ordinal.complete"))
        return " ".join(parts)

    def faces(self, language: str = "en", min_n: int = MIN_N_SHOWN) -> tuple[Face, ...]:
        """Return its tables as they are shown, all masked where fewer than ``min_n`` answered.

        The thresholds are in the tables alone: they give counts away.
        """
        masked = self.given.fit.n < min_n
        under = say(language, "ordinal.under", min_n=min_n)
        faces = []
        for name, columns in _SHOWN.items():
            table = self.tables[name][list(columns)]
            if table.empty:
                continue
            rows: list[tuple[Value, ...]] = []
            for row in table.itertuples(index=False):
                cells: list[Value] = []
                for column, value in zip(columns, row, strict=True):
                    if masked and not isinstance(value, str):
                        cells.append(under if column == "n" else None)
                    else:
                        cells.append(value if isinstance(value, str | int) else float(value))
                rows.append(tuple(cells))
            head = tuple(say(language, f"ordinal.head_{column}") for column in columns)
            faces.append(Face(say(language, f"ordinal.title_{name}"), head, tuple(rows)))
        return tuple(faces)

    @property
    def _fits(self) -> str:
        fit, single = self.given.fit, len(self.given.structure.factors) == 1
        if fit.df == 0:
            return "exactly"
        # One scale is judged as its reliability is (rules.md 9); several must also beat unrelated questions.
        return "fits" if fit.srmr <= FITS and (single or fit.cfi_scaled >= BEATS) else "loose"

    def _omega(self, mine: list[int]) -> tuple[float, float]:
        """Return a scale's omega and its standard error by the delta method, thresholds and all."""
        import numpy as np

        found, moments = self.given, self.given.moments
        assert found.loadings is not None
        assert found.spread is not None
        assert found.influence is not None
        omega = categorical_omega([moments.thresholds[k] for k in mine], found.loadings[mine])
        item = np.repeat(np.arange(len(moments.items)), [len(own) for own in moments.thresholds])
        steps = np.flatnonzero(np.isin(item, mine))
        gamma = moments.gamma
        crossed = gamma[steps, moments.steps :] @ found.influence[mine].T
        variance = (
            omega.by_threshold @ gamma[np.ix_(steps, steps)] @ omega.by_threshold
            + 2 * omega.by_threshold @ crossed @ omega.by_loading
        ) / (moments.n - 1) + omega.by_loading @ found.spread[np.ix_(mine, mine)] @ omega.by_loading
        return omega.value, math.sqrt(max(float(variance), 0.0))


#: The measures of fit, as the tables name them.
MEASURES = (
    "chisq",
    "df",
    "cfi",
    "tli",
    "rmsea",
    "srmr",
    "chisq_scaled",
    "p_scaled",
    "cfi_scaled",
    "tli_scaled",
    "rmsea_scaled",
    "rmsea_low",
    "rmsea_high",
)
_SHOWN = {
    "loadings": ("scale", "item", "loading", "low", "high"),
    "fit": (
        "n",
        "chisq_scaled",
        "df",
        "p_scaled",
        "cfi_scaled",
        "tli_scaled",
        "rmsea_scaled",
        "rmsea_low",
        "rmsea_high",
        "srmr",
    ),
    "omega": ("scale", "n_items", "omega", "omega_low", "omega_high"),
    "correlations": ("a", "b", "latent", "low", "high"),
}


def in_steps(
    items: pd.DataFrame, scales: Mapping[str, Sequence[str]] | None, scale: str
) -> tuple[Structure, pd.DataFrame]:
    """Return the model of some questions, and their answers as numbers in the model's order.

    Raises
    ------
    AnalysisError
        As for :func:`ordinal_factor`.

    Examples
    --------
    >>> import pandas as pd
    >>> structure, table = in_steps(pd.DataFrame({"a": [1, 2], "b": [2, None]}), None, "care")
    >>> structure.factors, table["b"].tolist()
    (('care',), [2.0, nan])
    """
    if not len(items.columns):
        raise AnalysisError("There are no questions here. Give a DataFrame, one column a question.")
    structure, places = chosen([str(name) for name in items.columns], scales, scale)
    table = answers(items.iloc[:, places])
    if not table.notna().to_numpy().any():
        raise AnalysisError(
            f"There are no answers to the questions of {scale or 'these scales'}, so there is nothing to fit."
        )
    for name in structure.items:
        if (different := table[name].nunique()) > MOST:
            raise AnalysisError(
                f"{name} has {different} different answers, so it is no question in steps. Give the codes of "
                f"at most {MOST} answers, not scores."
            )
    return structure, table


def ordinal_factor(
    items: pd.DataFrame, scales: Mapping[str, Sequence[str]] | None = None, *, scale: str = ""
) -> OrdinalFactor:
    """Fit one factor a scale to answers that are steps, not measures.

    Parameters
    ----------
    items
        One row a respondent and one column an item, keyed, NaN for missing. Only rows count that are complete
        over the scales' items. Rows are needed: counts of pairs do not tell how correlations vary together.
    scales
        Items by scale; each item on one. All columns as one scale when None.
    scale
        What that one scale is called.

    Returns
    -------
    OrdinalFactor
        ``.table`` (loadings), ``.fit``, ``.thresholds``, ``.omega``, ``.correlations``.

    Raises
    ------
    AnalysisError
        If a question is not among the columns, stands in two scales or has no answers in steps, or no one
        answered any.

    Notes
    -----
    Thresholds and polychoric correlations in two steps, diagonally weighted least squares, the test corrected
    in mean and variance (Muthén, du Toit & Spisic 1997; Asparouhov & Muthén 2010): R's lavaan ``cfa(...,
    ordered, estimator = "WLSMV", std.lv = TRUE)``. Omega is Green & Yang's (2009), as in semTools
    (``reliability``: ``omega``, ``omega3`` is ``omega_observed``, ``avevar`` is ``explained``). A loading
    over 1 is allowed and named.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> rng = np.random.default_rng(1)
    >>> behind = rng.normal(size=(400, 1)) + rng.normal(size=(400, 4))
    >>> found = ordinal_factor(pd.DataFrame(np.digitize(behind, [-1, 0, 1]), columns=list("abcd")))
    >>> found.fit[["n", "df"]].values.tolist(), bool(found.table["loading"].between(0.6, 0.8).all())
    ([[400, 2]], True)
    """
    structure, table = in_steps(items, scales, scale)
    return OrdinalFactor(fit(structure, ordinal_moments(table.dropna())), len(table))
