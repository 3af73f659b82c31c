"""The one object a notebook holds, and the function that makes it."""

from relsurvey.study.entry import read
from relsurvey.study.study import MIN_N_APP, MIN_N_FILE, Study

__all__ = ["MIN_N_APP", "MIN_N_FILE", "Study", "read"]
