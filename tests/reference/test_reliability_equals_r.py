"""Reliability figures equal R's on real data, within the tolerances that ../shared/data/README.md gives."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from relsurvey.analysis.reliability import reliability

SCALES = [
    ("bfi", "A"),
    ("bfi", "C"),
    ("bfi", "E"),
    ("bfi", "N"),
    ("bfi", "O"),
    ("autonomy_support", "AUT"),
    ("mathexam14w", "EXAM"),
    ("pisa_be_2003", "EFFICACY"),
    ("pisa_be_2003", "SELFCON"),
    ("holzinger1939", "visual"),
    ("holzinger1939", "textual"),
    ("careless200", "scaleA"),
    ("careless200", "scaleB"),
]


def keyed_items(shared, dataset, scale):
    """Return a data set's items, reversed ones turned."""
    definition = json.loads((shared / dataset / "scales.json").read_text())[scale]
    file = next(p for p in (shared / dataset).iterdir() if p.name in (f"{dataset}.csv", f"{dataset}.csv.gz"))
    frame = pd.read_csv(file)[definition["items"]].astype(float)
    for item in definition["reverse"]:
        frame[item] = definition["min"] + definition["max"] - frame[item]
    return frame


@pytest.mark.parametrize(("dataset", "scale"), SCALES)
def test_alpha_its_interval_and_the_error_of_measurement_listwise(shared, figures, dataset, scale):
    row = reliability(keyed_items(shared, dataset, scale), missing="listwise").table.iloc[0]
    r = figures(f"{dataset}/{scale}/alpha")
    feldt = figures(f"{dataset}/{scale}/alpha_ci_feldt")
    assert row.alpha == pytest.approx(r["raw_alpha"], abs=1e-8)
    assert row.alpha_std == pytest.approx(r["std.alpha"], abs=1e-8)
    assert row.mean_r == pytest.approx(r["average_r"], abs=1e-8)
    assert row.alpha_low == pytest.approx(feldt["lower.ci"], abs=1e-8)
    assert row.alpha_high == pytest.approx(feldt["upper.ci"], abs=1e-8)
    assert row["sem"] == pytest.approx(figures(f"{dataset}/{scale}/sem")["sem_mean"], abs=1e-8)
    assert row.n == figures(f"{dataset}/{scale}/n")["complete"]


@pytest.mark.parametrize("dataset_scale", ["bfi/A", "bfi/N", "cronbach_wide_missing/Q"])
def test_alpha_pairwise_is_psychs_default(shared, figures, dataset_scale):
    dataset, scale = dataset_scale.split("/")
    row = reliability(keyed_items(shared, dataset, scale)).table.iloc[0]
    r = figures(f"{dataset_scale}/alpha_pairwise")
    assert row.alpha == pytest.approx(r["raw_alpha"], abs=1e-8)
    assert row.alpha_std == pytest.approx(r["std.alpha"], abs=1e-8)


def test_the_listwise_interval_counts_complete_rows_only(shared, figures):
    # pingouin 0.7 takes n before it drops rows, so its interval there is too narrow.
    row = reliability(keyed_items(shared, "cronbach_wide_missing", "Q"), missing="listwise").table.iloc[0]
    feldt = figures("cronbach_wide_missing/Q/alpha_ci_feldt")
    assert row.n == 9
    assert (row.alpha_low, row.alpha_high) == pytest.approx((feldt["lower.ci"], feldt["upper.ci"]), abs=1e-8)


@pytest.mark.parametrize(("dataset", "scale"), SCALES)
def test_item_statistics_listwise(shared, figures, dataset, scale):
    items = reliability(keyed_items(shared, dataset, scale), missing="listwise").scales[0].items
    stats = {row["_row"]: row for row in figures(f"{dataset}/{scale}/item_stats")}
    dropped = {row["_row"]: row for row in figures(f"{dataset}/{scale}/alpha_drop")}
    for item in items:
        assert item.n == stats[item.item]["n"]
        assert item.mean == pytest.approx(stats[item.item]["mean"], abs=1e-8)
        assert item.sd == pytest.approx(stats[item.item]["sd"], abs=1e-8)
        assert item.r_item_rest == pytest.approx(stats[item.item]["r.drop"], abs=1e-8)
        assert item.alpha_if_deleted == pytest.approx(dropped[item.item]["raw_alpha"], abs=1e-8)


@pytest.mark.parametrize(("dataset", "scale"), [pair for pair in SCALES if pair[0] != "holzinger1939"])
def test_omega_its_interval_and_the_fit_of_one_factor(shared, figures, dataset, scale):
    row = reliability(keyed_items(shared, dataset, scale)).table.iloc[0]
    delta = figures(f"{dataset}/{scale}/omega_delta_ci_ml")
    assert row.omega == pytest.approx(figures(f"{dataset}/{scale}/omega_cfa_ml")["omega"], abs=1e-5)
    assert row.omega == pytest.approx(delta["omega"], abs=1e-5)
    assert row.omega_low == pytest.approx(delta["lo"], abs=1e-5)
    assert row.omega_high == pytest.approx(delta["hi"], abs=1e-5)
    assert row.srmr == pytest.approx(figures(f"{dataset}/{scale}/cfa1_ml_fit")["srmr"], abs=1e-5)


def test_moments_give_what_the_rows_give(shared):
    from relsurvey.aggregate import moments

    items = keyed_items(shared, "bfi", "A")
    a, b = reliability(items).table.iloc[0], reliability(moments(items)).table.iloc[0]
    assert a.equals(b)


def test_a_heywood_case_gives_no_omega():
    rng = np.random.default_rng(4)
    x = rng.normal(size=(60, 3))
    x[:, 1] = x[:, 0] + 1e-4 * rng.normal(size=60)
    row = reliability(pd.DataFrame(x, columns=list("abc"))).table.iloc[0]
    assert np.isnan(row.omega)
    assert not np.isnan(row.alpha)
