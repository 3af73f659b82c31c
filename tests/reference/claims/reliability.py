"""Alpha, its intervals, item figures, lambda, split halves, SEM, omega: psych and semTools."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from relsurvey.analysis.reliability import ScaleReliability, reliability
from tests.reference.oracle import Figure, Record, keyed, reproduces


@cache
def ours(dataset: str, part: str, missing: str = "listwise") -> ScaleReliability:
    return reliability(keyed(dataset, part), missing=missing).scales[0]


@reproduces("*/alpha", tolerance=1e-8, what="Alpha")
def alpha(record: Record) -> Iterator[Figure]:
    s = ours(record.dataset, record.part)
    for theirs, name in (("raw_alpha", "alpha"), ("std.alpha", "alpha_std"), ("average_r", "mean_r")):
        yield Figure(theirs, record.value[theirs], getattr(s, name))
