"""A file being loaded by a person: what it is, what was chosen, and what of it may be shown on a screen.

Nothing here knows a notebook. The widget hands in files and choices, and sends on what :meth:`Loading.state`
returns: names of columns, labels of answers, masked counts, and never a row.
"""

from relsurvey.loading.choices import Choices, History
from relsurvey.loading.grades import GradeLoading
from relsurvey.loading.inbox import Inbox
from relsurvey.loading.load import Loading

__all__ = ["Choices", "GradeLoading", "History", "Inbox", "Loading"]
