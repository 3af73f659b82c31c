"""The one object a notebook holds, and the function that makes it."""

from relsurvey.study.entry import read
from relsurvey.study.study import Study

__all__ = ["Study", "read"]
