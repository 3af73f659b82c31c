"""Comments: read by a person before anybody else sees them, danger first.

What students wrote is unpublished by default. A person reads each comment, passes on what cannot wait, and
releases what may be shown: at school level, in the app, and only where ten or more students speak.
"""

from relsurvey.comments.desk import Comment, Desk, Unread, unread
from relsurvey.comments.released import released
from relsurvey.comments.screen import Mark, Names, Screened, screen

__all__ = ["Comment", "Desk", "Mark", "Names", "Screened", "Unread", "released", "screen", "unread"]
