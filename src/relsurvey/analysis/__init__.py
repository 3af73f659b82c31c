"""Pure statistics: from aggregates to findings with intervals. No file, no widget, no plot."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

__all__ = [
    "change",
    "clusters",
    "comparable",
    "compare",
    "covariates",
    "crosstab",
    "dif",
    "dimensions",
    "factor",
    "invariance",
    "nesting",
    "nonresponse",
    "occasions",
    "ordinal_cfa",
    "ordinal_invariance",
    "polychoric",
    "power",
    "reliability",
    "response",
    "runchart",
    "screening",
    "verdict",
    "weights",
]


def __getattr__(name: str) -> ModuleType:
    if name in __all__:
        return import_module(f"relsurvey.analysis.{name}")
    raise AttributeError(f"relsurvey.analysis has no {name!r}. It has: {', '.join(__all__)}.")
