"""Bands: worked by hand, at the cut points, and whatever the order of the rows."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relsurvey.errors import AnalysisError
from relsurvey.grades.bands import BANDS, bands
from tests.grades.made import INSTRUMENT, ITEMS

NAN = np.nan


def one(*codes, scale=None):
    return bands(pd.DataFrame([codes], columns=list(ITEMS), dtype=float), INSTRUMENT, scale).tolist()[0]


@pytest.mark.parametrize(
    ("codes", "band"),
    [
        # c3 is turned: 1 and 2 are favorable there, 3 and 4 everywhere else.
        ((4, 4, 1, 4, 4, 4), "strong"),
        ((4, 4, 1, 4, 4, 1), "strong"),  # 5 of 6
        ((4, 4, 4, 4, 4, 1), "mixed"),  # 4 of 6 are two thirds, and not more
        ((4, 4, 4, 4, 1, 1), "mixed"),  # 3 of 6
        ((4, 1, 4, 4, 1, 1), "mixed"),  # 2 of 6 are one third, and not less
        ((4, 1, 4, 1, 1, 1), "few"),  # 1 of 6
        ((1, 1, 4, 1, 1, 1), "few"),
        ((2, 2, 3, 2, 2, 2), "few"),
        ((3, 3, 2, 3, 3, 3), "strong"),
        ((4, 4, NAN, 4, 1, NAN), "strong"),  # 3 of 4
        ((4, 1, NAN, 4, 1, NAN), "mixed"),  # 2 of 4
        ((4, 1, NAN, 1, 1, NAN), "few"),  # 1 of 4
        ((4, NAN, NAN, 4, 4, 4), None),  # one of three is too few for care
        ((4, 4, 1, NAN, NAN, NAN), None),
        ((NAN,) * 6, None),
    ],
)
def test_bands_by_hand(codes, band):
    # The second row has answered everything, so that both scales were asked.
    rows = pd.DataFrame([codes, (1,) * 6], columns=list(ITEMS), dtype=float)
    assert bands(rows, INSTRUMENT).tolist()[0] == band


def test_one_scale_has_its_own_bands():
    rows = (4, 4, 1, 1, 1, 1)
    assert one(*rows, scale="care") == "strong"
    assert one(*rows, scale="power") == "few"
    assert one(*rows) == "mixed"  # 3 of 6
    assert one(4, 4, 4, NAN, NAN, NAN, scale="care") == "mixed"  # 2 of 3
    assert one(4, 1, 4, NAN, NAN, NAN, scale="care") == "mixed"  # 1 of 3
    assert one(4, NAN, NAN, 4, 4, 4, scale="care") is None


def test_a_scale_that_was_not_asked_is_passed_over():
    rows = pd.DataFrame([(4, 4, 1, NAN, NAN, NAN), (1, 1, 4, NAN, NAN, NAN)], columns=list(ITEMS))
    assert bands(rows, INSTRUMENT).tolist() == ["strong", "few"]
    assert bands(rows, INSTRUMENT, "power").tolist() == [None, None]


def test_a_single_question_makes_no_bands():
    single = INSTRUMENT.model_copy(
        update={"scales": {"care": INSTRUMENT.scales["care"].model_copy(update={"items": ("c1",)})}}
    )
    with pytest.raises(AnalysisError, match=r"'care' is a single question"):
        bands(pd.DataFrame([[4.0]], columns=["c1"]), single, "care")


def test_the_index_is_that_of_the_rows_and_nothing_is_changed():
    rows = pd.DataFrame([(4, 4, 1, 4, 4, 4), (1,) * 6], columns=list(ITEMS), dtype=float, index=[7, 3])
    before = rows.copy()
    found = bands(rows, INSTRUMENT)
    assert found.index.tolist() == [7, 3] and found.name == "band"
    pd.testing.assert_frame_equal(rows, before)
    assert bands(rows.iloc[:0], INSTRUMENT).tolist() == []


def test_a_scale_that_is_none_is_refused():
    with pytest.raises(AnalysisError, match=r"no scale 'warmth' in care-and-power. It has: care, power."):
        bands(pd.DataFrame(columns=list(ITEMS)), INSTRUMENT, "warmth")


@settings(deadline=None)
@given(
    st.lists(st.tuples(*[st.sampled_from([1.0, 2.0, 3.0, 4.0, NAN])] * 6), min_size=1, max_size=12),
    st.randoms(),
)
def test_bands_are_what_fractions_say_in_any_order(rows, random):
    frame = pd.DataFrame(rows, columns=list(ITEMS))
    found = bands(frame, INSTRUMENT)
    asked = [of for of in (ITEMS[:3], ITEMS[3:]) if frame[list(of)].notna().any(axis=None)]
    for i, codes in enumerate(frame.to_dict("records")):
        answered = [item for of in asked for item in of if codes[item] == codes[item]]
        enough = asked and all(sum(item in answered for item in of) >= 2 for of in asked)
        if not enough:
            assert found[i] is None
            continue
        good = [codes[item] <= 2 if item == "c3" else codes[item] >= 3 for item in answered]
        share = Fraction(sum(good), len(good))
        assert found[i] == BANDS[0 if share > Fraction(2, 3) else 2 if share < Fraction(1, 3) else 1]
    order = list(range(len(frame)))
    random.shuffle(order)
    assert bands(frame.iloc[order], INSTRUMENT).sort_index().tolist() == found.tolist()
