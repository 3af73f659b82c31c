"""The waist: every number behind it comes from counts and moments, never from rows."""

from relsurvey.aggregate.counts import Cell, Counts, ScaleSums
from relsurvey.aggregate.frame import cell, counts, moments
from relsurvey.aggregate.moments import Moments, Sums

__all__ = ["Cell", "Counts", "Moments", "ScaleSums", "Sums", "cell", "counts", "moments"]
