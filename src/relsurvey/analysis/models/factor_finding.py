"""What a factor model found: loadings, fit, scales and their correlations, and the words for them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from relsurvey.aggregate.moments import Moments
from relsurvey.analysis.alike import disattenuated, much_alike
from relsurvey.analysis.finding import MIN_N_FILE, MIN_N_SHOWN, Face, Finding, Value
from relsurvey.analysis.models.cfa import Solution
from relsurvey.analysis.models.cfa_fit import Measures, omega
from relsurvey.analysis.normal import Z95, fisher_limits
from relsurvey.words import say

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

#: Mean residual of a factor model that still fits (rules.md 9), and the CFI that several factors also need.
FITS, BEATS = 0.08, 0.90
#: The gain of CFI that tells factors from one (rules.md 8), and the respondents under whom figures move much
#: from day to day (rules.md 9).
GAIN, SMALL = 0.01, 100


@dataclass(frozen=True, eq=False, repr=False)
class Factor(Finding):
    """A factor model of one or more scales: numbers once, and every face of them.

    Attributes
    ----------
    given
        The model with one factor a scale, over the respondents who answered all of its questions.
    given_fit
        How well it fits.
    single, single_fit
        The same with one factor over all questions; None where one scale was given.
    moments
        Moments of the questions, in the model's order.
    wave
        When; None where it does not apply.
    """

    given: Solution
    given_fit: Measures
    single: Solution | None
    single_fit: Measures | None
    moments: Moments
    wave: str | None = None

    @property
    def gain(self) -> float:
        """By how much the factors raise CFI over one factor; NaN where one of the two was not fitted."""
        return self.given_fit.cfi - self.single_fit.cfi if self.single_fit else math.nan

    @property
    def much_alike(self) -> bool:
        """Whether students answer the scales much alike (rules.md 8)."""
        return self.gain < GAIN or much_alike(_corrected(self))

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """Loadings, fit, scales, correlations; exact, for this kernel alone."""
        return {
            "loadings": self.loadings,
            "fit": self.fit,
            "scales": self.scales,
            "correlations": self.correlations,
        }

    @property
    def loadings(self) -> pd.DataFrame:
        """One row a question: its loading (the factor has variance 1); standardised, with 95 % interval."""
        import numpy as np
        import pandas as pd

        structure = self.given.structure
        p = len(structure.items)
        nothing = np.full(p, math.nan)
        loading = residual = se = std_se = nothing
        if self.given.estimates:
            own, errors = self.given.estimates[0], self.given.errors()
            loading, residual = own.loadings, own.residuals
            variances, crossed = np.diag(errors), np.diag(errors[:p, p : 2 * p])
            se = np.sqrt(variances[:p])
            variance = loading**2 + residual
            by_loading, by_residual = residual / variance**1.5, -loading / (2 * variance**1.5)
            spread = (
                by_loading**2 * variances[:p]
                + 2 * by_loading * by_residual * crossed
                + by_residual**2 * variances[p : 2 * p]
            )
            std_se = np.sqrt(np.maximum(spread, 0.0))
        std = loading / np.sqrt(loading**2 + residual)
        return pd.DataFrame(
            {
                "scale": [structure.factors[f] for f in structure.owner],
                "item": structure.items,
                "loading": loading,
                "se": se,
                "std": std,
                "std_se": std_se,
                "low": std - Z95 * std_se,
                "high": std + Z95 * std_se,
                "residual": 1 - std**2,
                "residual_se": 2 * np.abs(std) * std_se,
            }
        )

    @property
    def fit(self) -> pd.DataFrame:
        """One row a model: chi², CFI, TLI, RMSEA with 90 % interval, SRMR, information criteria."""
        import pandas as pd

        rows = [_fit_row("given", self.given, self.given_fit)]
        if self.single is not None and self.single_fit is not None:
            rows.append(_fit_row("one factor", self.single, self.single_fit))
        return pd.DataFrame(rows)

    @property
    def scales(self) -> pd.DataFrame:
        """One row a scale: alpha and omega of the same respondents, and the variance the factor explains."""
        import numpy as np
        import pandas as pd

        covariance = self.given.samples[0].covariance
        rows = []
        for f, name in enumerate(self.given.structure.factors):
            mine = self.given.structure.members(f)
            total = float(covariance[np.ix_(mine, mine)].sum())
            total_omega = low = high = observed = explained = math.nan
            if self.given.estimates:
                own = self.given.estimates[0]
                total_omega, error = omega(self.given, f)
                low, high = total_omega - Z95 * error, total_omega + Z95 * error
                common = float((own.loadings[mine] ** 2).sum())
                observed = float(own.loadings[mine].sum()) ** 2 / total
                explained = common / (common + float(own.residuals[mine].sum()))
            alpha = _alpha(covariance[np.ix_(mine, mine)])
            rows.append((name, len(mine), alpha, total_omega, low, high, observed, explained))
        return pd.DataFrame(
            rows,
            columns=[
                "scale",
                "n_items",
                "alpha",
                "omega",
                "omega_low",
                "omega_high",
                "omega_observed",
                "explained",
            ],
        )

    @property
    def correlations(self) -> pd.DataFrame:
        """One row two scales: of the factors, of the mean scores, and of these corrected by alpha."""
        import numpy as np
        import pandas as pd

        names = self.given.structure.factors
        p = len(self.given.structure.items)
        scores = _scores(self)
        plain = disattenuated(scores, [1.0] * len(names))
        rows = []
        for (i, j), r, corrected in zip(_pairs(len(names)), plain, _corrected(self), strict=True):
            latent = error = math.nan
            if self.given.estimates:
                at = 2 * p + i * (i + 1) // 2 + j
                latent = float(self.given.estimates[0].factors[i, j])
                error = math.sqrt(float(self.given.errors()[at, at]))
            low, high = _fisher(r, scores.complete_n)
            rows.append(
                (
                    names[j],
                    names[i],
                    latent,
                    error,
                    latent - Z95 * error,
                    latent + Z95 * error,
                    r,
                    low,
                    high,
                    corrected,
                )
            )
        columns = ["a", "b", "latent", "se", "low", "high", "score", "score_low", "score_high", "corrected"]
        return pd.DataFrame(rows, columns=columns).astype(dict.fromkeys(columns[2:], np.float64))

    def in_words(self, language: str = "en") -> str:
        """Return what can be said of it, in a language of the catalogue."""
        structure, state = self.given.structure, self.given.state
        k, m = len(structure.items), len(structure.factors)
        parts: list[str] = []
        named = ", ".join(self.given.trouble)
        if self.given_fit.n < MIN_N_FILE and state != "not_identified":
            # What so few have in common, a constant answer say, is theirs.
            parts.append(say(language, "factor.too_few", k=k))
        elif state not in ("fitted", "improper"):
            key = (
                f"factor.{state}" if named or state in ("not_converged", "too_few") else f"factor.{state}_any"
            )
            parts.append(say(language, key, names=named, k=k, starts=self.given.starts))
        else:
            parts.append(say(language, f"factor.{_fits(self)}", k=k, m=m))
            if state == "improper":
                parts.append(say(language, "factor.improper", names=named))
            if self.given_fit.n < SMALL:
                parts.append(say(language, "factor.small", n=SMALL))
        if m > 1 and self.given_fit.n >= MIN_N_FILE:
            if self.much_alike:
                parts.append(say(language, "factor.alike"))
            elif self.gain >= GAIN:
                parts.append(say(language, "factor.apart"))
        parts.append(say(language, "factor.complete"))
        parts.append(say(language, "factor.cannot"))
        return " ".join(parts)

    def faces(self, language: str = "en", min_n: int = MIN_N_SHOWN) -> tuple[Face, ...]:
        """Return its tables as they are shown; all of them masked where fewer than ``min_n`` answered."""
        masked = self.given_fit.n < min_n
        faces = []
        for name, table in self.tables.items():
            if name == "correlations" and table.empty:
                continue
            shown = table[_SHOWN[name]]
            head = tuple(say(language, f"factor.head_{column}") for column in shown.columns)
            rows: list[tuple[Value, ...]] = []
            for row in shown.itertuples(index=False):
                cells = [_cell(value) for value in row]
                if name == "fit":
                    cells[0] = say(language, f"factor.model_{str(row[0]).replace(' ', '_')}")
                if masked:
                    few = say(language, "factor.under", min_n=min_n)
                    cells = [
                        cell if isinstance(cell, str) else few if column == "n" else None
                        for cell, column in zip(cells, shown.columns, strict=True)
                    ]
                rows.append(tuple(cells))
            faces.append(Face(say(language, f"factor.title_{name}"), head, tuple(rows)))
        return tuple(faces)


_SHOWN = {
    "loadings": ["scale", "item", "std", "low", "high"],
    "fit": ["model", "n", "chisq", "df", "p", "cfi", "tli", "rmsea", "rmsea_low", "rmsea_high", "srmr"],
    "scales": ["scale", "n_items", "omega", "omega_low", "omega_high"],
    "correlations": ["a", "b", "latent", "low", "high", "score"],
}


def _cell(value: object) -> Value:
    if isinstance(value, str):
        return value
    number = float(value)  # type: ignore[arg-type]
    return int(number) if number.is_integer() and not isinstance(value, float) else number


def _fits(found: Factor) -> str:
    which = "one" if len(found.given.structure.factors) == 1 else "given"
    if found.given_fit.df == 0:
        return f"{which}_exactly"
    # One scale is judged as its reliability is (rules.md 9); several must also beat items without relations.
    fits = found.given_fit.srmr <= FITS and (which == "one" or found.given_fit.cfi >= BEATS)
    return f"{which}_fits" if fits else f"{which}_loose"


def _fit_row(model: str, solution: Solution, found: Measures) -> dict[str, object]:
    names = ("chisq", "df", "p", "cfi", "tli", "rmsea", "rmsea_low", "rmsea_high", "srmr")
    return {
        "model": model,
        "n": found.n,
        "n_items": len(solution.structure.items),
        "n_factors": len(solution.structure.factors),
        "state": solution.state,
        "trouble": ", ".join(solution.trouble),
        "starts": solution.starts,
        **{name: getattr(found, name) for name in names},
        "loglik": found.loglik,
        "aic": found.aic,
        "bic": found.bic,
    }


def _pairs(m: int) -> list[tuple[int, int]]:
    return [(i, j) for i in range(m) for j in range(i)]


def _alpha(covariance: np.ndarray) -> float:
    k, total = len(covariance), float(covariance.sum())
    return k / (k - 1) * (1 - float(covariance.trace()) / total) if k > 1 and total > 0 else math.nan


def _corrected(found: Factor) -> list[float]:
    covariance = found.given.samples[0].covariance
    members = [found.given.structure.members(f) for f in range(len(found.given.structure.factors))]
    return disattenuated(_scores(found), [_alpha(covariance[mine][:, mine]) for mine in members])


def _scores(found: Factor) -> Moments:
    """Return the moments of the scales' mean scores over the complete rows."""
    import numpy as np

    structure, m = found.given.structure, found.moments
    owner = np.array(structure.owner)
    weights = np.equal.outer(owner, np.arange(len(structure.factors))).astype(float)
    weights /= weights.sum(axis=0)
    n, mean, products = m.complete_n, m.complete_mean @ weights, weights.T @ m.complete_products @ weights
    k = len(structure.factors)
    return Moments(
        structure.factors, n, np.full((k, k), n), np.tile(mean[:, None], k), products, n, mean, products
    )


def _fisher(r: float, n: int) -> tuple[float, float]:
    """Return the 95 % interval of a correlation by Fisher's z."""
    if math.isnan(r) or n < 4:
        return math.nan, math.nan
    if abs(r) >= 1 - 1e-15:
        return r, r
    return fisher_limits(r, Z95 / math.sqrt(n - 3))
