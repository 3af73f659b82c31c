"""Scale scores by each share of answered items equal R's."""

from __future__ import annotations

import json

import pandas as pd
import pytest

from relsurvey import scoring
from relsurvey.instrument import Instrument

YAML = """
format: 1
id: agreeableness
version: "1"
title: Agreeableness
source: A test of scoring on the bfi data.
options:
  accurate:
    - {{code: 1, label: Very inaccurate}}
    - {{code: 2, label: Inaccurate}}
    - {{code: 3, label: Slightly inaccurate}}
    - {{code: 4, label: Slightly accurate}}
    - {{code: 5, label: Accurate, favorable: true}}
    - {{code: 6, label: Very accurate, favorable: true}}
scales:
  A: {{title: A, items: [A1, A2, A3, A4, A5], min_answered: {share}}}
items:
  A1: {{text: A1, options: accurate, reverse: true}}
  A2: {{text: A2, options: accurate}}
  A3: {{text: A3, options: accurate}}
  A4: {{text: A4, options: accurate}}
  A5: {{text: A5, options: accurate}}
"""


@pytest.mark.parametrize(
    ("share", "name"),
    [(1, "mean_if_complete"), (0.8, "mean_if_80pct"), (0.5, "mean_if_half"), (0.0001, "mean_if_any")],
)
def test_mean_of_the_answered_items(shared, figures, share, name):
    instrument = Instrument.parse(YAML.format(share=share))
    frame = pd.read_csv(shared / "bfi" / "bfi.csv").astype(float)
    found = pd.Series(scoring.score(frame, instrument, "A").score).dropna()
    r = figures("bfi/A/scores")[name]
    assert len(found) == r["n"]
    assert (found.mean(), found.std(), found.sum()) == pytest.approx((r["mean"], r["sd"], r["sum"]), abs=1e-8)


def test_reading_the_real_survey_gives_rs_figures(shared, figures):
    """The main job on real answers: alpha and item statistics of ``teacher-autonomy`` equal R's."""
    import relsurvey as rs

    study = rs.read(shared / "autonomy_support" / "autonomy_support.csv", "teacher-autonomy")
    row = study.reliability().table.iloc[0]
    assert row.alpha == pytest.approx(figures("autonomy_support/AUT/alpha")["raw_alpha"], abs=1e-8)
    stats = {s["_row"]: s for s in figures("autonomy_support/AUT/item_stats")}
    dropped = {s["_row"]: s for s in figures("autonomy_support/AUT/alpha_drop")}
    frequencies = figures("autonomy_support/AUT/item_freq")
    for item in study.items("autonomy").itertuples():
        expected = stats[item.item]
        assert (item.n, item.mean, item.sd, item.r_item_rest) == pytest.approx(
            (expected["n"], expected["mean"], expected["sd"], expected["r.drop"]), abs=1e-8
        )
        assert item.alpha_if_deleted == pytest.approx(dropped[item.item]["raw_alpha"], abs=1e-8)
        counts = frequencies["data"][frequencies["rows"].index(item.item)]
        assert item.favorable == pytest.approx((counts[3] + counts[4]) / sum(counts), abs=1e-12)
    assert json.loads(study.view().to_json())["scales"][0]["reading"] == "with_care"
