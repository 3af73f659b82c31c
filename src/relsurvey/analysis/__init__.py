"""Pure statistics: from aggregates to findings with intervals. No file, no widget, no plot."""

from relsurvey.analysis import compare, reliability, verdict

__all__ = ["compare", "reliability", "verdict"]
