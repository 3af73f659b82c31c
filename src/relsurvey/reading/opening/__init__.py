"""Bytes → tables of text: a file nobody has vetted is parsed in a child process with limits."""

from relsurvey.reading.opening.open import Opened, from_frame, open_file, open_files
from relsurvey.reading.opening.sheet import Column, Sheet, Variable

__all__ = ["Column", "Opened", "Sheet", "Variable", "from_frame", "open_file", "open_files"]
