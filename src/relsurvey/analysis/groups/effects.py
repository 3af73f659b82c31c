"""How much groups and answers have to do with each other: shares of variance, Cramér's V; exact intervals."""

from __future__ import annotations

import math
from collections.abc import Callable

from relsurvey.analysis.groups.twosample import Effect, Test

_NONE = Effect(math.nan, math.nan, math.nan)


def eta_squared(f: Test) -> Effect:
    """Return the share of the scores' variance that lies between groups, as it is in these data.

    Parameters
    ----------
    f
        An analysis of variance, or one line of it; NaN gives NaN.

    Notes
    -----
    With the interval of the non-central F (Steiger 2004), as a share ncp / (ncp + df2). R's
    ``effectsize::eta_squared(alternative="two.sided")``, whose root finder stops earlier.

    Examples
    --------
    >>> found = eta_squared(Test(6.0, 2, 57, 0.004))
    >>> round(found.value, 3), round(found.low, 3), round(found.high, 3)
    (0.174, 0.022, 0.338)
    """
    return _share(f, f.statistic * f.df1 / (f.statistic * f.df1 + f.df2))


def omega_squared(f: Test) -> Effect:
    """Return the share of variance between groups to be expected among students like these.

    Parameters
    ----------
    f
        An analysis of variance, or one line of it; NaN gives NaN.

    Notes
    -----
    (F - 1) df1 / (F df1 + df2 + 1), not below 0 (Hays 1963). R's ``effectsize::omega_squared``: its interval
    is that of an F which would show this share.

    Examples
    --------
    >>> round(omega_squared(Test(6.0, 2, 57, 0.004)).value, 3)
    0.143
    """
    return _share(f, max(0.0, (f.statistic - 1) * f.df1 / (f.statistic * f.df1 + f.df2 + 1)))


def epsilon_squared(f: Test) -> Effect:
    """Return eta squared less what chance adds (Kelley 1935); R's ``effectsize::epsilon_squared``.

    Examples
    --------
    >>> round(epsilon_squared(Test(6.0, 2, 57, 0.004)).value, 3)
    0.145
    """
    return _share(f, max(0.0, (f.statistic - 1) * f.df1 / (f.statistic * f.df1 + f.df2)))


def _share(f: Test, value: float) -> Effect:
    from scipy.special import fdtri
    from scipy.stats import ncf

    if not math.isfinite(f.statistic) or math.isnan(value):
        return _NONE
    if value >= 1:
        return Effect(value, math.nan, math.nan)
    statistic = value / f.df1 / (1 - value) * f.df2

    def limit(p: float) -> float:
        if statistic <= fdtri(f.df1, f.df2, p):
            return 0.0
        ncp = _centre(lambda centre: float(ncf.cdf(statistic, f.df1, f.df2, centre)) - p, statistic * f.df1)
        return ncp / (ncp + f.df2)

    return Effect(value, limit(0.975), limit(0.025))


def cramers_v(chi2: float, rows: int, columns: int, n: int, *, corrected: bool = False) -> Effect:
    """Return how closely two questions' answers go together, 0 to 1.

    Parameters
    ----------
    chi2
        Pearson's chi-square of their table.
    rows, columns, n
        Lines and columns of the table that hold anyone, and respondents.
    corrected
        Whether to take out what chance adds (Bergsma 2013).

    Notes
    -----
    With the interval of the non-central chi-square. R's ``effectsize::cramers_v(alternative="two.sided")``.

    Examples
    --------
    >>> found = cramers_v(21.67, 5, 2, 2577)
    >>> round(found.value, 3), round(found.low, 3), round(found.high, 3)
    (0.092, 0.044, 0.125)
    """
    from scipy.special import chdtri
    from scipy.stats import ncx2

    df = (rows - 1) * (columns - 1)
    if df < 1 or n < 2 or math.isnan(chi2):
        return _NONE

    def limit(p: float) -> float:
        # chdtri wants the probability above.
        if chi2 <= chdtri(df, 1 - p):
            return 0.0
        return _centre(lambda centre: float(ncx2.cdf(chi2, df, centre)) - p, chi2)

    least = min(rows, columns) - 1.0
    taken = 0.0
    if corrected:
        least = min(rows - (rows - 1) ** 2 / (n - 1), columns - (columns - 1) ** 2 / (n - 1)) - 1
        taken = df / (n - 1)
    if least <= 0:
        return _NONE
    value, low, high = (
        min(1.0, math.sqrt(max(0.0, x / n - taken) / least)) for x in (chi2, limit(0.975), limit(0.025))
    )
    return Effect(value, low, high)


def _centre(miss: Callable[[float], float], near: float) -> float:
    """Return the non-centrality at which a falling function is 0; NaN where SciPy has no figure."""
    from scipy.optimize import brentq

    high = max(2 * near, 10.0)
    while miss(high) > 0:
        high *= 2
    if math.isnan(miss(high)) or math.isnan(miss(0.0)):
        return math.nan
    found = float(brentq(miss, 0.0, high, xtol=1e-12, rtol=1e-14))
    return found if math.isfinite(found) else math.nan
