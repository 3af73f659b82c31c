"""The demo's data: a simulated survey; ``README.md`` here says what is true in it."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

WORKBOOK = "five-elements-simulated.xlsx"


def demo_workbook() -> Path:
    """Return the path of the shipped workbook: simulated answers to the ``five-elements`` instrument.

    Examples
    --------
    >>> demo_workbook().name
    'five-elements-simulated.xlsx'
    """
    return Path(str(resources.files(__name__) / WORKBOOK))
