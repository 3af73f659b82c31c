"""The demo's marks as a view behind the gate: its gradebooks, its survey, and what its teams agreed on."""

from __future__ import annotations

from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

from relsurvey.demo.gradebook import COURSES, demo_gradebook, demo_items, demo_policy

if TYPE_CHECKING:
    from relsurvey.practices import GradingPractices
    from relsurvey.study import Study

ADOPTION = "grading-practices-simulated.csv"
#: The folder of the view beside the survey's, and its groups: with every group variable at once, schools
#: as small as these would have to hide more of each.
SHOWN = "grading-practices"
BY = ("gender", "english_learner", "frpl", "relationships")


def demo_adoption() -> Path:
    """Return the path of the sheets on which the demo's teams agreed: a stage a practice, fall and winter.

    Examples
    --------
    >>> demo_adoption().name
    'grading-practices-simulated.csv'
    """
    return Path(str(resources.files("relsurvey.demo") / ADOPTION))


def demo_practices(survey: Study | None = None) -> GradingPractices:
    """Return the demo's marks, ready to be shown and published.

    Parameters
    ----------
    survey
        The demo's survey, where it was read already.

    Examples
    --------
    >>> demo_practices()
    <GradingPractices grading-practices-view: 300 or more students, waves Fall 2025, simulated>
    """
    from relsurvey.demo import demo_workbook
    from relsurvey.grading import adoption, read_gradebook, with_due
    from relsurvey.practices import GradingPractices
    from relsurvey.study import read

    gradebook = read_gradebook(demo_gradebook(), blank="zero").with_courses(core=list(COURSES))
    return GradingPractices.of(
        with_due(gradebook, demo_items()),
        survey=read(demo_workbook(), "five-elements") if survey is None else survey,
        adoption=adoption(demo_adoption()),
        changes=[demo_policy()],
        simulated=True,
    )
