"""Data to try things with: a simulated survey, and a real one; ``README.md`` here says what is in them."""

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


def real_survey() -> tuple[Path, Path]:
    """Return the paths of real answers and of their instrument: 8,796 students in Belgium, PISA 2003.

    Two scales of 8 and 5 questions about mathematics, gender and type of school. Source: OECD, PISA 2003
    database, free to use with attribution.

    Examples
    --------
    >>> import relsurvey as rs
    >>> study = rs.read(*real_survey())
    >>> len(study.responses), list(study.instrument.scales)
    (8796, ['confidence', 'self_concept'])
    """
    folder = resources.files(__name__)
    return Path(str(folder / "pisa-belgium-2003.csv")), Path(str(folder / "pisa-maths-2003.yaml"))
