"""What was asked: instruments, read from YAML and checked when they are read."""

from relsurvey.instrument.library import instruments
from relsurvey.instrument.model import (
    Category,
    GroupVariable,
    Instrument,
    Item,
    OpenQuestion,
    Options,
    ResponseOption,
    Scale,
    say,
)

__all__ = [
    "Category",
    "GroupVariable",
    "Instrument",
    "Item",
    "OpenQuestion",
    "Options",
    "ResponseOption",
    "Scale",
    "instruments",
    "say",
]
