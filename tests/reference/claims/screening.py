"""Indices of careless answers: base R as the package careless documents them, psych::outlier."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import numpy as np
import pandas as pd

from relsurvey.analysis import careless
from relsurvey.analysis.screening import Screening, screening
from tests.reference import oracle
from tests.reference.oracle import Figure, Record, data, reproduces

_AGREE = {"Strongly Disagree": 1, "Disagree": 2, "Neither": 3, "Agree": 4, "Strongly Agree": 5}


@cache
def items(dataset: str) -> tuple[pd.DataFrame, dict[str, list[str]]]:
    """Return the questions in the order R's scripts take them, not reversed, and the scales."""
    frame = data(dataset)
    if dataset == "sasr":
        return frame.iloc[:, 1:].apply(lambda column: column.map(_AGREE)).astype(float), {}
    import json

    folder = oracle.SHARED / dataset / "scales.json"
    scales = {name: own["items"] for name, own in json.loads(folder.read_text("utf-8")).items()}
    return frame[[item for own in scales.values() for item in own]], scales


@cache
def ours(dataset: str) -> Screening:
    frame, scales = items(dataset)
    return screening(frame, scales=scales)


@reproduces(
    "*/careless/longstring",
    "*/careless/avgstring",
    "*/careless/irv",
    "*/careless/mahalanobis_d2",
    "*/careless/even_odd",
    "*/careless/psychsyn",
    tolerance=1e-8,
    what="Screening: careless answers",
)
def index(record: Record) -> Iterator[Figure]:
    column = {"avgstring": "average_string", "mahalanobis_d2": "mahalanobis", "psychsyn": "synonyms"}
    found = ours(record.dataset).indices[column.get(record.figure, record.figure)]
    assert len(found) == len(record.value)
    for i, (r, value) in enumerate(zip(record.value, found, strict=True), 1):
        yield Figure(f"row {i}", r, value)


@reproduces("*/careless/mahalanobis_flag_p001", tolerance=0, what="Screening: careless answers")
def flagged(record: Record) -> Iterator[Figure]:
    screened = ours(record.dataset)
    cut = next(c.cut_off for c in screened.cuts if c.name == "mahalanobis")
    # R's script judges every row, also one with few answers.
    yield Figure("rows past it", record.value, int((screened.indices["mahalanobis"] > cut).sum()))


@reproduces("*/careless/psychsyn_pairs_060", tolerance=0, what="Screening: careless answers")
def pairs(record: Record) -> Iterator[Figure]:
    found = careless.synonym_pairs(items(record.dataset)[0].to_numpy(dtype=float))
    yield Figure("pairs", record.value, len(np.asarray(found[0])))
