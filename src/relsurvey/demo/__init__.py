"""Data to try things with: a simulated survey, its students' gradebooks, and a real survey.

``README.md`` here says what is in them. What concerns gradebooks is imported when first used.
"""

from __future__ import annotations

from importlib import import_module, resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from relsurvey.demo.gradebook import demo_gradebook, demo_items, demo_policy, demo_snapshots
    from relsurvey.demo.practices import demo_adoption, demo_practices

WORKBOOK = "five-elements-simulated.xlsx"

_HOMES = {
    "demo_adoption": "relsurvey.demo.practices",
    "demo_gradebook": "relsurvey.demo.gradebook",
    "demo_items": "relsurvey.demo.gradebook",
    "demo_policy": "relsurvey.demo.gradebook",
    "demo_practices": "relsurvey.demo.practices",
    "demo_snapshots": "relsurvey.demo.gradebook",
}

__all__ = [
    "WORKBOOK",
    "demo_adoption",
    "demo_gradebook",
    "demo_items",
    "demo_policy",
    "demo_practices",
    "demo_snapshots",
    "demo_workbook",
    "real_survey",
]


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"relsurvey.demo has no {name!r}. It has: {', '.join(__all__)}.")


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
