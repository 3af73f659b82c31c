"""Whose marks a number is made of: none may be about one or two teachers (rules.md 26)."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from relsurvey.errors import DisclosureError
from relsurvey.reading.match import shown

if TYPE_CHECKING:
    import pandas as pd

    from relsurvey.grading import Gradebook
    from relsurvey.practices.practices import GradingPractices

#: Of fewer teachers than this nothing is shown: of two, each could take the own numbers off.
FEWEST_TEACHERS = 3


def hands(work: pd.DataFrame) -> pd.Series:
    """Return whose each row is: its teacher; where a course names none, the course stands for one.

    Parameters
    ----------
    work
        One row a mark or a piece of work: ``school, course, teacher``.

    Examples
    --------
    >>> import pandas as pd
    >>> rows = pd.DataFrame({"school": "Hill", "course": ["Art", "Art", "Band"], "teacher": ["A", "A", None]})
    >>> hands(rows).nunique()
    2
    """
    import pandas as pd

    # An unknown course is one course: it may be one teacher's.
    place = work.groupby(["school", "course"], dropna=False, sort=False).ngroup().to_numpy()
    code, _ = pd.factorize(work["teacher"])
    teacher = pd.Series(code, work.index).where(code >= 0)
    # A teacher whom some rows of a course leave out is no other one.
    whose = teacher.fillna(teacher.groupby(place).transform("first"))
    return whose.fillna(pd.Series(-1 - place, work.index)).astype(int)


def refuse_few(study: GradingPractices, pages: Collection[str], whole: bool) -> None:
    """Refuse a view that tells of the marks of one or two teachers.

    Parameters
    ----------
    study
        The marks.
    pages
        The schools with a page.
    whole
        Whether all schools together have one: less the others it tells of what is left.

    Raises
    ------
    DisclosureError
        Naming the school, and what can be done.
    """
    import pandas as pd

    if study.gradebook is None:
        return
    work = work_of(study.gradebook)
    for wave in study.waves[-2:] or (None,):
        rows = study.responses if wave is None else study.responses[study.responses["wave"] == wave]
        page = pd.Series(rows["school"].to_numpy(), rows["respondent"].to_numpy(), dtype=object)
        page = page.where(page.isin(list(pages)), "")[~page.index.duplicated(keep="last")]
        own = work if wave is None else work[(work["term"] == wave) | work["term"].isna()]
        own = own[own["student"].isin(page.index)]
        for name, part in own.groupby(own["student"].map(page)):
            if (name or whole) and not several(part):
                where = f"of {shown(str(name), 40)}" if name else "of students whose school has no page"
                raise DisclosureError(
                    f"The marks {where if pages else 'here'} are of fewer than {FEWEST_TEACHERS} teachers "
                    "(where none is named, of fewer courses), so a view would be about them. Read more "
                    "courses' gradebooks, name the teachers when they are read, or leave these students out: "
                    "marks.without(marks.responses.school == ...)."
                )


def several(work: pd.DataFrame, least: int = 0) -> bool:
    """Say whether work is of three teachers or more, and without any one of them of ``least`` students.

    Parameters
    ----------
    work
        As for :func:`hands`, and ``student``.
    least
        How many students.
    """
    whose = hands(work)
    if whose.nunique() < FEWEST_TEACHERS:
        return False
    if not least:
        return True
    students = work["student"].nunique()
    # Only whoever has enough students of nobody else can be one without whom few are left.
    alone = work["student"].map(whose.groupby(work["student"]).nunique()) == 1
    of_one = work.loc[alone, "student"].groupby(whose[alone]).nunique()
    return bool(students - (of_one.max() if len(of_one) else 0) >= least)


def work_of(book: Gradebook) -> pd.DataFrame:
    """Return whose marks and scores there are: ``student, school, course, term, teacher``, each once."""
    import pandas as pd

    columns = ["student", "school", "course", "term", "teacher"]
    frames = [frame.reindex(columns=columns) for frame in (book.marks, book.scores) if len(frame)]
    whole: pd.DataFrame = pd.concat([frame.drop_duplicates() for frame in frames], ignore_index=True)
    return whole
