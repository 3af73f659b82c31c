"""What can go wrong, by kind. A message says what is wrong, where, and what to do next."""

from __future__ import annotations

from dataclasses import dataclass


class RelsurveyError(Exception):
    """Base of every error a caller may want to catch.

    The message is one sentence for a person. It never holds a student's answer, name or id.
    """


class InstrumentError(RelsurveyError):
    """An instrument's YAML does not say what it must; the message names file, line and the fix."""


class ReadError(RelsurveyError):
    """A file cannot be read as a table, or is not safe to read."""


@dataclass(frozen=True)
class Unmatched:
    """A column or label that fits nothing.

    Attributes
    ----------
    where
        The question, or the file and column.
    found
        The label or wording that fits nothing.
    nearest
        Up to three that exist, the most alike first.
    rows
        How many rows it touches.
    line
        The line of a mapping that settles it, as far as it can be proposed.
    key
        The question, or the option set of the label.
    """

    where: str
    found: str
    nearest: tuple[str, ...]
    rows: int
    line: str = ""
    key: str = ""


class MatchError(ReadError):
    """Columns or answer labels of a file do not fit the instrument.

    Attributes
    ----------
    unmatched
        What did not fit, each with its nearest match.
    """

    def __init__(self, message: str, unmatched: tuple[Unmatched, ...] = ()) -> None:
        super().__init__(message)
        self.unmatched = unmatched


class AnalysisError(RelsurveyError):
    """The data cannot answer the question asked."""


class DisclosureError(RelsurveyError):
    """The gate refuses: publishing this would let a small group be seen or computed."""


class PublishError(RelsurveyError):
    """A view cannot be written or served."""


class PolicyError(RelsurveyError, ValueError):
    """A grading policy does not say what it must; the message names the part and the fix."""


class BlankChoiceError(ReadError):
    """A gradebook has empty cells, and nobody said whether they are ungraded, zero or excused.

    Attributes
    ----------
    cells
        How many cells are empty.
    changes
        By choice (``"ungraded"``, ``"zero"``, ``"excused"``) how many marks it changes against the first.
    marks
        How many marks there are.
    low
        By choice how many of them are D, F or not passed.
    """

    def __init__(
        self, message: str, cells: int, changes: dict[str, int], marks: int, low: dict[str, int]
    ) -> None:
        super().__init__(message)
        self.cells = cells
        self.changes = changes
        self.marks = marks
        self.low = low
