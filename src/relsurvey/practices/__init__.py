"""A ninth grade's marks and grading practices as a view behind the gate."""

from relsurvey.practices.practices import GradingPractices

__all__ = ["GradingPractices"]
