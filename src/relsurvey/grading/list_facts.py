"""What a protocol's list shows of each mark: letter, percent, missing work, one piece of work made up."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from relsurvey.errors import AnalysisError
from relsurvey.grading import letters
from relsurvey.grading.made_up import own_level, with_one_made_up, zero_items
from relsurvey.grading.regrade import _places
from relsurvey.grading.tally import tally
from relsurvey.grading.terms import in_time
from relsurvey.grading.work import UNGRADED

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from relsurvey.grading.gradebook import Gradebook

#: Exports round to whole percents at the coarsest.
_ROUNDED = 0.5 + 1e-9


def facts(gradebook: Gradebook, term: str | Sequence[str] | None) -> pd.DataFrame:
    """Return one row a mark.

    Parameters
    ----------
    gradebook
        Marks, and scores where there are any.
    term
        The terms whose marks count; None where there is one.

    Returns
    -------
    DataFrame
        ``student`` (text), ``grade_level, school, course, term``; ``letter`` as it is written, ``percent``;
        ``points`` (0-4); ``df, failed``; ``missing`` (pieces of work missing or 0) and ``ungraded``, NaN
        without scores; of D/F marks ``made_up, made_up_letter``: percent and letter with the one piece made
        up that helps most, NaN and "" where there is none or the scores do not give the mark.

    Raises
    ------
    AnalysisError
        If there is no mark, or several terms and none is named.
    """
    import numpy as np
    import pandas as pd

    found = tally(gradebook)
    frame = found.frame
    n = len(frame)

    def texts(name: str) -> list[str]:
        column = found.column(name)
        return [""] * n if column is None else column.fillna("").astype(str).str.strip().tolist()

    percent = found.numbers("percent")
    data: dict[str, Any] = {
        "student": found.names[found.student],
        "grade_level": texts("grade_level"),
        "school": texts("school"),
        "course": texts("course"),
        "term": texts("term"),
        "letter": np.array(found.texts, object)[found.code],
        "percent": np.full(n, np.nan) if percent is None else percent,
        "points": found.points,
        "df": found.df,
        "failed": found.failed,
    }
    keep = _of_term(data["term"], term)
    data |= _of_scores(gradebook, frame, data)
    return pd.DataFrame(data)[keep].reset_index(drop=True)


def _of_term(texts: Sequence[str], term: str | Sequence[str] | None) -> NDArray[np.bool_]:
    import numpy as np

    found = list(dict.fromkeys(text for text in texts if text))
    known = in_time(found) or found
    if term is None:
        if len(known) > 1:
            raise AnalysisError(
                f"The marks are of {len(known)} terms ({', '.join(known[:6])}), and a list is of one. "
                f"Name it: term={known[-1]!r}."
            )
        return np.ones(len(texts), bool)
    wanted = [term] if isinstance(term, str) else [str(one) for one in term]
    for one in wanted:
        if one not in known:
            raise AnalysisError(
                f"There are no marks of a term {one!r}. The terms are: {', '.join(known[:6]) or 'not named'}."
            )
    return np.isin(np.array(texts, object).astype(str), wanted)


def _of_scores(gradebook: Gradebook, frame: pd.DataFrame, data: dict[str, Any]) -> dict[str, Any]:
    import numpy as np

    n = len(frame)
    none = np.full(n, np.nan)
    if not len(gradebook.scores):
        return {"missing": none, "ungraded": none, "made_up": none, "made_up_letter": np.full(n, "", object)}
    work = gradebook.work
    k = len(work.marks)
    at = _places(work.marks, frame)
    here = at >= 0
    place = at.clip(0)
    first = zero_items(work)[0]
    counts = {
        "missing": np.bincount(work.mark[first], minlength=k),
        "ungraded": np.bincount(work.mark[work.status == UNGRADED], minlength=k),
    }
    out: dict[str, Any] = {name: np.where(here, of[place], np.nan) for name, of in counts.items()}
    own = gradebook.own_marks
    now, letter = own.marks["percent_before"].to_numpy(), own.marks["letter_before"].to_numpy()
    same = np.abs(now[place] - data["percent"]) <= _ROUNDED
    same |= np.isnan(data["percent"])
    # Where the scores do not give the mark, what made-up work would add to it is not known either.
    alike = [
        letters.meaning(str(a)) == letters.meaning(str(b))
        for a, b in zip(letter[place], data["letter"], strict=True)
    ]
    asked = np.zeros(k, bool)
    asked[at[here & same & np.array(alike, bool) & data["df"]]] = True
    percent, named = _made_up(gradebook, own.exported, asked & (counts["missing"] > 0))
    known = here & asked[place] & data["df"]
    out["made_up"] = np.where(known, percent[place], np.nan)
    out["made_up_letter"] = np.where(known, named[place], "")
    return out


def _made_up(
    gradebook: Gradebook, exported: pd.Series, asked: NDArray[np.bool_]
) -> tuple[NDArray[np.float64], NDArray[np.object_]]:
    """Return percent and letter of marks with the one piece of missing work made up that helps most.

    It is made up at the level of the student's other work of that course.
    """
    import numpy as np

    work = gradebook.work
    n = len(work.marks)
    highest, named = np.full(n, np.nan), np.full(n, "", object)
    level = own_level(gradebook)
    number = np.bincount(work.mark[zero_items(work)[0]], minlength=n)
    asked = asked & ~np.isnan(level)
    for turn in range(int(number[asked].max(initial=0))):
        mine = asked & (number > turn)
        at = np.flatnonzero(mine)
        percent, letter = with_one_made_up(gradebook, exported, mine, turn, level)
        higher = np.isnan(highest[at]) | (percent > highest[at])
        higher &= ~np.isnan(percent)
        highest[at[higher]], named[at[higher]] = percent[higher], letter[higher]
    return highest, named
