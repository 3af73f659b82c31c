"""How well a factor model fits, omega of its factors, and what letting an equal intercept go would change."""

from __future__ import annotations

import math
from dataclasses import dataclass

from relsurvey.analysis.models.cfa import Solution
from relsurvey.analysis.normal import Z95

#: The normal quantile of a 95 % interval.
# Information that is left of an intercept, as a share of its own: less is none.
_NOTHING = 1e-9


@dataclass(frozen=True)
class Measures:
    """Fit of a model, as lavaan's ``fitMeasures``; NaN where it was not fitted.

    Attributes
    ----------
    n, parameters
        Respondents, and free parameters (in several groups the intercepts too).
    chisq, df, p
        Likelihood-ratio test against the unrestricted moments; p is NaN without degrees of freedom.
    cfi, tli
        Against items that are unrelated, each group's means and variances free.
    rmsea, rmsea_low, rmsea_high
        With its 90 % interval.
    srmr
        Over covariances, and over means in several groups; groups weighted by size.
    loglik, aic, bic
        Log-likelihood, and the two criteria.
    """

    n: int
    parameters: int = 0
    chisq: float = math.nan
    df: int = 0
    p: float = math.nan
    cfi: float = math.nan
    tli: float = math.nan
    rmsea: float = math.nan
    rmsea_low: float = math.nan
    rmsea_high: float = math.nan
    srmr: float = math.nan
    loglik: float = math.nan
    aic: float = math.nan
    bic: float = math.nan


def measures(solution: Solution) -> Measures:
    """Return how well a model fits.

    Notes
    -----
    chi² = Σ n_g F_g with covariances of divisor n; RMSEA = sqrt(max(chi² - df, 0) / (df · N)) · sqrt(groups)
    (Steiger 1990, 1998), its interval from the non-central chi²; CFI (Bentler 1990), TLI (Tucker & Lewis
    1973), SRMR (Bentler 1995). Equal to R's lavaan.
    """
    import numpy as np
    from scipy.special import chdtrc

    n, groups, p = solution.n, len(solution.samples), len(solution.structure.items)
    if not solution.estimates:
        return Measures(n)
    moments = groups * p * (p + 1) // 2 + (groups * p if solution.layout.means else 0)
    df = moments - solution.layout.size
    chisq = sum(s.n * max(f, 0.0) for s, f in zip(solution.samples, solution.discrepancy, strict=True))
    base, base_df = 0.0, groups * p * (p - 1) // 2
    srmr, loglik = 0.0, 0.0
    for g, (sample, f) in enumerate(zip(solution.samples, solution.discrepancy, strict=True)):
        variance = np.diag(sample.covariance)
        determinant = float(np.linalg.slogdet(sample.covariance)[1])
        base += sample.n * (float(np.log(variance).sum()) - determinant)
        loglik -= 0.5 * sample.n * (p * math.log(2 * math.pi) + determinant + p + f)
        sigma, mu = solution.implied(g)
        sd = np.sqrt(variance)
        off = np.tril((sample.covariance - sigma) / np.outer(sd, sd))
        squares = float((off**2).sum() + (((sample.mean - mu) / sd) ** 2).sum())
        srmr += sample.n / n * math.sqrt(squares / (p * (p + 1) / 2 + (p if groups > 1 else 0)))
    parameters = solution.layout.size + (groups * p if groups > 1 and not solution.layout.means else 0)
    excess, base_excess = max(chisq - df, 0.0), max(chisq - df, base - base_df, 0.0)
    tli = 1.0
    if df > 0 and base > base_df:
        tli = (base / base_df - chisq / df) / (base / base_df - 1)
    elif df > 0:
        tli = math.nan
    root = math.sqrt(groups / (df * n)) if df else 0.0
    low, high = noncentrality_limits(chisq, df)
    return Measures(
        n=n,
        parameters=parameters,
        chisq=chisq,
        df=df,
        p=float(chdtrc(df, chisq)) if df else math.nan,
        cfi=1 - excess / base_excess if base_excess else 1.0,
        tli=tli,
        rmsea=math.sqrt(excess) * root,
        rmsea_low=math.sqrt(low) * root,
        rmsea_high=math.sqrt(high) * root,
        srmr=srmr,
        loglik=loglik,
        aic=2 * parameters - 2 * loglik,
        bic=parameters * math.log(n) - 2 * loglik,
    )


def noncentrality_limits(chisq: float, df: int) -> tuple[float, float]:
    """Return the 90 % interval of the non-centrality of a chi² value."""
    from scipy.special import chndtrinc, gammainc

    if not df or not chisq > 0:
        return 0.0, 0.0
    below = float(gammainc(df / 2, chisq / 2))
    low = float(chndtrinc(chisq, df, 0.95)) if below > 0.95 else 0.0
    high = float(chndtrinc(chisq, df, 0.05)) if below > 0.05 else 0.0
    return low, high


@dataclass(frozen=True)
class Shift:
    """What letting one item's intercept go would change, where it is held equal.

    Attributes
    ----------
    item, group
        Whose intercept, in which group.
    points, low, high
        By how much it would move against the first group, in the item's units, with its 95 % interval.
    chisq, df, p
        Score test of the item's intercept being the same in all groups.
    """

    item: str
    group: str
    points: float
    low: float
    high: float
    chisq: float
    df: int
    p: float


def shifts(solution: Solution) -> tuple[Shift, ...]:
    """Return, for each equal intercept and each group but the first, what letting it go would change.

    Notes
    -----
    Score test (Sörbom 1989) with the expected information; the expected change is its Newton step. In two
    groups equal to R's ``lavTestScore``.
    """
    import numpy as np
    from scipy.special import chdtrc

    if not solution.estimates or not solution.layout.means:
        return ()
    assert solution.spread is not None
    assert solution.units is not None
    p, samples, index = len(solution.structure.items), solution.samples, solution.layout.index
    at = index.shape[1] - p - len(solution.structure.factors)
    found = []
    for i, item in enumerate(solution.structure.items):
        if index[1, at + i] != index[0, at + i]:
            continue
        score = []
        across = np.zeros((solution.layout.size, len(samples) - 1))
        inner = np.zeros(len(samples) - 1)
        for g in range(1, len(samples)):
            sigma, mu = solution.implied(g)
            unit = solution.units[g, at + i]
            score.append(samples[g].n * unit * float(np.linalg.solve(sigma, samples[g].mean - mu)[i]))
            free = index[g] >= 0
            column = samples[g].n * solution.blocks[g][:, at + i]
            across[index[g][free], g - 1] = column[free]
            inner[g - 1] = column[at + i]
        left = np.diag(inner) - across.T @ solution.spread @ across
        df = len(score)
        if np.linalg.eigvalsh(left)[0] <= _NOTHING * inner.max():
            moved, error, chisq = np.full(df, np.nan), np.full(df, np.nan), math.nan
        else:
            inverse = np.linalg.inv(left)
            moved, error = inverse @ score, np.sqrt(inverse.diagonal())
            chisq = float(np.array(score) @ moved)
        for g in range(1, len(samples)):
            unit = solution.units[g, at + i]
            points, half = float(moved[g - 1]) * unit, Z95 * float(error[g - 1]) * unit
            p_value = float(chdtrc(df, chisq)) if chisq >= 0 else math.nan
            found.append(
                Shift(item, samples[g].name, points, points - half, points + half, chisq, df, p_value)
            )
    return tuple(found)


def omega(solution: Solution, factor: int) -> tuple[float, float]:
    """Return omega of a factor's items (model-implied variance), and its standard error (delta method)."""
    import numpy as np

    mine = np.array(solution.structure.members(factor))
    p = len(solution.structure.items)
    own = solution.estimates[0]
    total, error = float(own.loadings[mine].sum()), float(own.residuals[mine].sum())
    variance = total**2 + error
    places = np.concatenate((mine, p + mine))
    slope = np.repeat([2 * total * error / variance**2, -(total**2) / variance**2], len(mine))
    spread = float(slope @ solution.errors()[np.ix_(places, places)] @ slope)
    return total**2 / variance, math.sqrt(max(0.0, spread))
