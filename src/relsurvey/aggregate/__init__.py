"""The waist: every number behind it comes from counts and moments, never from rows."""

from relsurvey.aggregate.counts import Cell, Counts, ScaleSums
from relsurvey.aggregate.frame import cell, counts, moments, pair_counts, score_counts
from relsurvey.aggregate.moments import Moments, Sums
from relsurvey.aggregate.tables import PairCounts, ScoreCounts

__all__ = [
    "Cell",
    "Counts",
    "Moments",
    "PairCounts",
    "ScaleSums",
    "ScoreCounts",
    "Sums",
    "cell",
    "counts",
    "moments",
    "pair_counts",
    "score_counts",
]
