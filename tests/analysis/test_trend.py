"""The trend of shares over ordered groups: against R, statsmodels, and every way the marks could fall."""

from __future__ import annotations

import math
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.contingency_tables import Table

from relsurvey.aggregate.tables import ScoreCounts
from relsurvey.analysis.groups.strata import within_strata
from relsurvey.analysis.groups.trend import trend

GROUPS = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), min_size=3, max_size=3)


def as_r(groups):
    """R's prop.trend.test: the variance has n where Mantel's has n - 1."""
    n = sum(of for _, of in groups)
    return trend([groups]).statistic ** 2 * n / (n - 1)


def test_one_stratum_is_prop_trend_test_of_r():
    # help("prop.trend.test"): smokers of patients (Fleiss 1981, p. 139); X-squared = 8.2249, p = 0.004132.
    assert as_r([(83, 86), (90, 93), (129, 136), (70, 82)]) == pytest.approx(8.2249, abs=5e-5)
    # Breast cancer by age at first birth (Rosner, Fundamentals of Biostatistics): chi-square = 129.01.
    births = [(320, 1742), (1206, 5638), (1011, 3904), (463, 1555), (220, 626)]
    assert as_r(births) == pytest.approx(129.01, abs=5e-3)
    assert trend([births]).statistic > 0 and trend([births[::-1]]).statistic < 0


@settings(deadline=None)
@given(GROUPS)
def test_one_stratum_is_what_statsmodels_finds(pairs):
    groups = [(hits, hits + rest) for hits, rest in pairs]
    found = trend([groups])
    if math.isnan(found.statistic):
        return
    table = np.array([[of - hits, hits] for hits, of in groups])
    theirs = Table(table, shift_zeros=False).test_ordinal_association()
    assert found.statistic == pytest.approx(theirs.zscore, abs=1e-9)
    assert found.p == pytest.approx(theirs.pvalue, abs=1e-9)


def test_two_groups_within_strata_are_mantelhaen_test_of_r():
    # UCBAdmissions by department, R's mantelhaen.test(UCBAdmissions, correct = FALSE): admitted of all.
    men = [(512, 825), (353, 560), (120, 325), (138, 417), (53, 191), (22, 373)]
    women = [(89, 108), (17, 25), (202, 593), (131, 375), (94, 393), (24, 341)]
    found = trend([list(pair) for pair in zip(men, women, strict=True)])
    parts = {
        str(i): ScoreCounts(
            ("men", "women"),
            np.array([0.0, 1.0]),
            np.array([[n - x, x] for x, n in pair]),
            (pair[0][0], pair[1][0]),
        )
        for i, pair in enumerate(zip(men, women, strict=True))
    }
    assert found.statistic**2 == pytest.approx(within_strata(parts, "men", "women").test.statistic)
    assert found.statistic**2 == pytest.approx(1.5246, abs=5e-5) and found.p == pytest.approx(
        0.2169, abs=5e-5
    )


def test_its_mean_and_variance_are_those_of_every_way_to_give_the_marks_out():
    # Two schools: bands of 2, 1, 2 and of 1, 2, 1 students; two of five and one of four have a D or F.
    schools = [([0, 0, 1, 2, 2], 2), ([0, 1, 1, 2], 1)]
    sums = []
    for bands, meant in schools:
        ways = set(permutations([1] * meant + [0] * (len(bands) - meant)))
        sums.append([sum(b * x for b, x in zip(bands, way, strict=True)) for way in sorted(ways)])
    spread = sum(np.var(one) for one in sums)
    # At the first school both in the last band, at the second in the middle one.
    z = (4 - np.mean(sums[0]) + 1 - np.mean(sums[1])) / math.sqrt(spread)
    found = trend([[(0, 2), (0, 1), (2, 2)], [(0, 1), (1, 2), (0, 1)]])
    assert found.statistic == pytest.approx(z)


def test_a_difference_between_strata_makes_no_trend():
    easy, hard = [(10, 100), (10, 100), (1, 10)], [(5, 10), (50, 100), (50, 100)]
    assert abs(trend([easy, hard]).statistic) < 0.2
    pooled = [(a + c, b + d) for (a, b), (c, d) in zip(easy, hard, strict=True)]
    assert trend([pooled]).p < 1e-6


@pytest.mark.parametrize(
    "strata",
    [[], [[(0, 0)] * 3], [[(0, 5), (0, 5), (0, 5)]], [[(5, 5)] * 3], [[(2, 9), (0, 0), (0, 0)]], [[(1, 1)]]],
)
def test_where_nothing_differs_there_is_no_figure(strata):
    found = trend(strata)
    assert math.isnan(found.statistic) and math.isnan(found.p)
