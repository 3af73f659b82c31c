"""Scale scores by each share of answered items: mean of the answered ones."""

from __future__ import annotations

import json
from collections.abc import Iterator

import numpy as np

from relsurvey.aggregate.frame import sums
from relsurvey.instrument import Instrument
from relsurvey.scoring import score
from tests.reference.oracle import Figure, Record, keyed, reproduces

_SHARES = {"mean_if_complete": 1, "mean_if_80pct": 0.8, "mean_if_half": 0.5, "mean_if_any": 0.0001}


def instrument(items: list[str], codes: list[float], share: float) -> Instrument:
    """Return the smallest instrument that holds some items as one scale."""
    options = [{"code": code, "label": str(code), "favorable": code == codes[-1]} for code in codes]
    return Instrument.parse(
        json.dumps(
            {
                "format": 1,
                "id": "one-scale",
                "version": "1",
                "title": "One scale",
                "source": "A test of scoring.",
                "options": {"all": options},
                "scales": {"one": {"title": "One", "items": items, "min_answered": share}},
                "items": {item: {"text": item, "options": "all"} for item in items},
            }
        )
    )


@reproduces("*/scores", tolerance=1e-8, what="Scale scores")
def scores(record: Record) -> Iterator[Figure]:
    frame = keyed(record.dataset, record.part)
    # Some of R's item names are no ids of an instrument.
    frame = frame.set_axis([f"i{number}" for number in range(len(frame.columns))], axis=1)
    codes = sorted(float(code) for code in np.unique(frame.to_numpy()) if code == code)
    for name, share in _SHARES.items():
        found = score(frame, instrument([str(item) for item in frame], codes, share), "one").score
        s = sums(found)
        r = record.value[name]
        yield Figure(f"{name} n", r["n"], s.n)
        yield Figure(f"{name} mean", r["mean"], s.mean)
        yield Figure(f"{name} sd", r["sd"], s.sd)
        yield Figure(f"{name} sum", r["sum"], float(np.nansum(found)))
        yield Figure(f"{name} sumsq", r["sumsq"], float(np.nansum(found**2)), 1e-12, relative=True)
