"""What marks owe to zeros and blanks, and how many D's and F's are one piece of work away from a C."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from relsurvey.analysis.finding import MIN_N_SHOWN, Face, Finding, Value, fewest
from relsurvey.errors import AnalysisError
from relsurvey.grading import letters
from relsurvey.grading.made_up import is_zero, own_level, with_one_made_up, zero_items
from relsurvey.grading.mark_groups import groups_of, units_of
from relsurvey.grading.proof import _blank_as
from relsurvey.grading.rates import over_students
from relsurvey.grading.regrade import _finished, marked, which
from relsurvey.grading.shares import count_words, percent_words, shares
from relsurvey.grading.student_tables import spread
from relsurvey.grading.tally import tally
from relsurvey.grading.work import EXCUSED, UNGRADED
from relsurvey.words import say, students_words

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from relsurvey.grading.gradebook import Gradebook
    from relsurvey.grading.work import Work


#: The shares of D/F marks that one piece of work would change.
_CHANGES = ("to_c", "to_c_full", "to_pass", "to_pass_full")


@dataclass(frozen=True, repr=False, eq=False)
class Owed(Finding):
    """What marks owe to zeros and blanks: numbers once, and every face of them.

    Attributes
    ----------
    courses
        One row a course: see :func:`owed`.
    whole
        The same for all marks together, and of students: ``on_the_cusp``, the share with 1 or 2 marks that
        are D or F (with ``_low, _high``); ``n_on_the_cusp``; ``cusp_cleared``, how many of them would have
        none if one piece of work were made up in each of these courses.
    made_up
        At what percent the work is made up; None: each student's own level in that course.
    """

    courses: pd.DataFrame
    whole: pd.DataFrame
    made_up: float | None

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """``owed``: one row a course; ``all``: all marks, and the students on the cusp."""
        return {"owed": self.courses, "all": self.whole}

    def in_words(self, language: str = "en") -> str:
        """Say what zeros and blanks take off a mark, and how many D/F marks made-up work would change."""
        row = self.whole.iloc[0]
        n = int(row["n_students"])
        if n < fewest():
            return say(language, "grading.rates_too_few", min_n=fewest())
        kind = "blanks" if math.isnan(row["zeros"]) else "zeros"
        parts = []
        if not math.isnan(row[kind]):
            share = percent_words(language, row[f"{kind}_letter"], max(n, 20))
            parts.append(say(language, f"grading.owed_{kind}", points=f"{row[kind]:.1f}", share=share))
        marks = int(row["n_df"])
        if kind == "zeros" and int(row["df_students"]) >= fewest():
            own, full = (percent_words(language, row[key], max(marks, 20)) for key in ("to_c", "to_c_full"))
            level = "own" if self.made_up is None else "stated"
            values = {"own": own, "full": full, "percent": f"{self.made_up or 0:g}"}
            parts.append(say(language, f"grading.owed_made_up_{level}", **values))
        if kind == "zeros":
            share = percent_words(language, row["on_the_cusp"], n)
            parts.append(say(language, "grading.owed_cusp", share=share))
        if n_alone := int(row["n_alone"]):
            parts.append(say(language, "grading.owed_alone", n=count_words(language, n_alone)))
        return " ".join([*parts, say(language, "grading.owed_if")])

    def faces(self, language: str = "en", min_n: int = MIN_N_SHOWN) -> tuple[Face, ...]:
        """Return what each course's marks owe; what rests on fewer than ``min_n`` students is masked."""
        keys = ("course", "students", "points", "letter", "df", "to_c", "range", "to_c_full")
        rows: list[tuple[Value, ...]] = []
        for _, row in self.courses.iterrows():
            name, n, df = str(row["course"]), int(row["n_students"]), int(row["df_students"])
            under = say(language, "grading.rates_under", min_n=min_n)
            if n < min_n:
                rows.append((name, under, *[None] * 6))
                continue
            kind = "blanks" if math.isnan(row["zeros"]) else "zeros"
            letter = percent_words(language, row[f"{kind}_letter"], n)
            head = (name, students_words([language], n)[language], float(row[kind]), letter)
            if df < min_n:
                rows.append((*head, under, None, None, None))
                continue
            own, full = (percent_words(language, row[key], df) for key in ("to_c", "to_c_full"))
            limits = spread(language, row, "to_c", df)
            rows.append((*head, students_words([language], df)[language], own, limits, full))
        stated = {} if self.made_up is None else {"to_c": "to_c_stated"}
        head_words = tuple(
            say(language, f"grading.owed_head_{stated.get(key, key)}", percent=f"{self.made_up or 0:g}")
            for key in keys
        )
        return (Face(say(language, "grading.owed_title"), head_words, tuple(rows), decimals=1),)


def owed(gradebook: Gradebook, made_up: float | None = None) -> Owed:
    """Return what marks owe to zeros and blanks, and how many D/F marks one piece of work would change.

    Parameters
    ----------
    gradebook
        Scores; or exported totals alone, which tell of blanks and of nothing else.
    made_up
        At what percent a missing piece of work is made up; None: the percent that the student has on all
        other work of that course.

    Returns
    -------
    Owed
        ``.table`` has one row a course: ``n_marks, n_students``; ``blanks``, how many percent points empty
        cells take off a mark on average if they count zero (current less final), and ``blanks_letter``, of
        what share of marks they change the letter; ``zeros, zeros_letter``, the same of blanks, missing work
        and scores of 0 together; ``n_alone``, marks with no other work, which are in neither; ``n_df`` marks
        that are D, F or not passed as the work was read, of ``df_students``; ``n_df_zero`` of them with
        missing work or a 0; and of all ``n_df`` the shares that would be C or better (``to_c``) or pass
        (``to_pass``) if one such piece were made up, and at 100 % (``_full``). Shares of marks (0-1) have
        ``_low, _high`` over students, as in :func:`df_rates`.

    Raises
    ------
    AnalysisError
        If there are neither scores nor totals.

    Notes
    -----
    Made-up work counts as handed in in time, in place of the zero; each piece is tried by itself under the
    course's own rules, and the one that helps most counts. A blank that was read as not graded is no zero
    and is not tried: it may not be due yet. It is what would be if nothing else changed.

    Examples
    --------
    >>> import pandas as pd
    >>> from relsurvey.grading import Gradebook
    >>> scores = pd.DataFrame({"student": "s1", "course": "Math", "item": list("abcde"),
    ...                        "raw": [85, 85, 85, 0, 0], "points_possible": 100.0})
    >>> owed(Gradebook.of(scores)).table[["zeros", "n_df", "to_c", "to_pass"]].values.tolist()
    [[34.0, 1.0, 0.0, 1.0]]
    """
    import numpy as np

    if made_up is not None and not 0 <= made_up <= 100:
        raise AnalysisError(f"`made_up` is {made_up:g}; it is a percent from 0 to 100.")
    own = gradebook.policies
    if not len(gradebook.scores):
        return _of_totals(gradebook, made_up)
    work = gradebook.work
    marks, exported = work.marks, gradebook.own_marks.exported

    def under(some: Work) -> tuple[NDArray[np.float64], NDArray[np.object_]]:
        return marked(some, marks, own, own, exported)

    current, final = under(_blank_as(work, "current")), under(_blank_as(work, "final"))
    zero = is_zero(work) | (work.status == UNGRADED)
    rest = under(replace(work, status=np.where(zero, EXCUSED, work.status).astype(np.int8)))
    letter = gradebook.own_marks.marks["letter_before"]
    now, what = letter.to_numpy(dtype=object), letters.meanings(letter)
    df, failed = letters.is_df(what), np.isin(what.astype(str), ("F", "NP"))
    columns = {
        "blanks": current[0] - final[0],
        "blanks_letter": current[1] != final[1],
        "zeros": rest[0] - final[0],
        "zeros_letter": rest[1] != final[1],
        "df": df,
        "failed": failed,
        "has_zero": np.bincount(work.mark[is_zero(work)], minlength=len(marks)) > 0,
    }
    level = own_level(gradebook) if made_up is None else np.full(len(marks), made_up / 100)
    for tail, share in (("", level), ("_full", np.ones(len(marks)))):
        c, passes = _changed(gradebook, exported, df & columns["has_zero"], share)
        columns[f"to_c{tail}"], columns[f"to_pass{tail}"] = c & df, passes & failed
    return _finding(marks, now, columns, made_up)


def _changed(
    gradebook: Gradebook, exported: pd.Series, asked: NDArray[np.bool_], share: NDArray[np.float64]
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return which marks one made-up piece of work brings to C or better, and to a pass."""
    import numpy as np
    import pandas as pd

    work = gradebook.work
    n = len(work.marks)
    to_c, to_pass = np.zeros(n, bool), np.zeros(n, bool)
    number = np.bincount(work.mark[zero_items(work)[0]], minlength=n)
    asked = asked & ~np.isnan(share)
    for turn in range(int(number[asked].max(initial=0))):
        # A mark that is a C already needs no further try.
        mine = asked & (number > turn) & ~to_c
        if not mine.any():
            break
        at = np.flatnonzero(mine)
        _, letter = with_one_made_up(gradebook, exported, mine, turn, share)
        what = letters.meanings(pd.Series(letter, dtype=object))
        to_c[at] |= letters.is_c_or_better(what) | (what == "P")
        to_pass[at] |= letters.is_passed(what)
    return to_c, to_pass


def _of_totals(gradebook: Gradebook, made_up: float | None) -> Owed:
    """Return what exported totals tell: what empty cells take off a mark."""
    import numpy as np

    totals = gradebook.totals
    if not len(totals):
        raise AnalysisError(
            "What marks owe to zeros needs the score of every piece of work, or exported current and final "
            "totals. Read a gradebook that has them."
        )
    totals = totals.reset_index(drop=True)
    two = [totals[kind].to_numpy(dtype=float, na_value=np.nan) for kind in ("current", "final")]
    named = []
    for percent in two:
        letter = np.full(len(totals), None, object)
        chosen = which(totals, gradebook.policies)
        for place, policy in enumerate(gradebook.policies):
            mine = chosen == place
            letter[mine] = _finished(percent[mine], policy, np.zeros(int(mine.sum()), bool))[1]
        named.append(letter)
    no = np.zeros(len(totals), bool)
    columns = dict.fromkeys(("df", "failed", "has_zero", *_CHANGES), no)
    columns |= {"blanks": two[0] - two[1], "blanks_letter": named[0] != named[1]}
    columns |= {"zeros": np.full(len(totals), np.nan), "zeros_letter": no}
    return _finding(totals, named[1], columns, made_up)


def _finding(
    marks: pd.DataFrame, now: NDArray[np.object_], columns: dict[str, NDArray[Any]], made_up: float | None
) -> Owed:
    import numpy as np

    found = tally(marks.assign(letter=now, percent=np.nan))
    named = found.column("course") is not None
    groups = groups_of(found, "course" if named else None, None)
    student = found.student
    courses = _table(groups.of, student, [label[0] if label else "" for label in groups.labels], columns)
    whole = _table(np.zeros(len(student), np.intp), student, [""], columns).drop(columns="course")
    final = found.final
    n = len(found.names)
    bad = np.bincount(student[columns["df"] & final], minlength=n)
    some = np.bincount(student[final], minlength=n) > 0
    cusp = (bad >= 1) & (bad <= 2)
    cleared = bad == np.bincount(student[columns["to_c"] & final], minlength=n)
    share = shares([int(cusp.sum())], [int(some.sum())])[0]
    for key, value in zip(("on_the_cusp", "on_the_cusp_low", "on_the_cusp_high"), share, strict=True):
        whole[key] = value
    whole["n_on_the_cusp"], whole["cusp_cleared"] = int(cusp.sum()), int((cusp & cleared).sum())
    return Owed(courses, whole, made_up)


def _table(
    group: NDArray[np.intp],
    student: NDArray[np.intp],
    names: list[str],
    columns: dict[str, NDArray[Any]],
) -> pd.DataFrame:
    import numpy as np
    import pandas as pd

    k = len(names)

    def count(mask: NDArray[Any]) -> NDArray[np.intp]:
        return np.bincount(group[mask.astype(bool)], minlength=k)

    def students(mask: NDArray[Any]) -> NDArray[np.intp]:
        kept = mask.astype(bool)
        return np.bincount(units_of(group[kept], student[kept])[1], minlength=k)

    def three(name: str, hits: NDArray[Any], of: NDArray[np.bool_]) -> None:
        hit = hits.astype(bool) & of
        with np.errstate(invalid="ignore", divide="ignore"):
            data[name] = count(hit) / count(of)
        unit, unit_group, _ = units_of(group[of], student[of])
        marks = np.bincount(unit, minlength=len(unit_group))
        limits = over_students(np.bincount(unit[hit[of]], minlength=len(marks)), marks, unit_group, k)
        data[f"{name}_low"], data[f"{name}_high"] = ([one[i] for one in limits] for i in (0, 1))

    every = np.ones(len(group), bool)
    data: dict[str, object] = {"course": names, "n_marks": count(every), "n_students": students(every)}
    known = ~np.isnan(columns["zeros"].astype(float))
    data["n_alone"] = count(~known) if known.any() else np.zeros(k, int)
    for kind in ("blanks", "zeros"):
        points = columns[kind].astype(float)
        has = ~np.isnan(points)
        with np.errstate(invalid="ignore", divide="ignore"):
            data[kind] = np.bincount(group[has], points[has], k) / count(has)
        three(f"{kind}_letter", columns[f"{kind}_letter"], has)
    data |= {"n_df": count(columns["df"]), "df_students": students(columns["df"])}
    data["n_df_zero"] = count((columns["df"] & columns["has_zero"]).astype(bool))
    data["n_failed"] = count(columns["failed"])
    for key in _CHANGES:
        three(key, columns[key], columns["df" if key.startswith("to_c") else "failed"].astype(bool))
    return pd.DataFrame(data)
