"""The normal quantile of a 95 % interval, and Fisher's interval of what lies between -1 and 1."""

from __future__ import annotations

import math

#: The 97.5 % quantile of the standard normal distribution.
Z95 = 1.959963984540054


def fisher_limits(r: float, half: float) -> tuple[float, float]:
    """Return the limits of r, inside -1 and 1, whose Fisher's z may be off by ``half``.

    Examples
    --------
    >>> [round(limit, 3) for limit in fisher_limits(0.5, Z95 / (103 - 3) ** 0.5)]
    [0.339, 0.632]
    """
    z = math.atanh(r)
    return math.tanh(z - half), math.tanh(z + half)
