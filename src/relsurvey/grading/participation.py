"""Who came to a summer bridge, an orientation, tutoring, of those who were invited."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from relsurvey.analysis.finding import MIN_N_SHOWN, Face, Finding, Value, fewest
from relsurvey.analysis.shares import newcombe, wilson
from relsurvey.grading.lane_names import lane_key, lane_name, lanes_words
from relsurvey.grading.lane_words import beside, points_range
from relsurvey.grading.participation_tables import invited_to, lanes_of, outcome_of, programs_of
from relsurvey.grading.shares import count_words, limits_words, percent_words
from relsurvey.grading.student_tables import By, Grouped, grouped, spread, student_table
from relsurvey.words import say, students_words

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray


#: Fewest students on each side of a comparison.
FEWEST_SIDE = 20


@dataclass(frozen=True, repr=False, eq=False)
class Participation(Finding):
    """Who came, of those invited: numbers once, and every face of them.

    Attributes
    ----------
    by
        The columns that make the groups.
    groups, whole
        One row a program and group, and a program: see :func:`participation`.
    most_vulnerable
        One row a program: students in vulnerable lanes and the others; empty without lanes.
    goes_with
        One row a program: the outcome of those who came and of those who did not; empty without an outcome.
    outcome
        What the outcome is called.
    order, vulnerable
        The lanes, and the places of those that are counted as vulnerable.
    notes
        What was left out: each a key of the catalogue and a number.
    """

    by: tuple[str, ...]
    groups: pd.DataFrame
    whole: pd.DataFrame
    most_vulnerable: pd.DataFrame
    goes_with: pd.DataFrame
    outcome: str
    order: tuple[str, ...]
    vulnerable: tuple[int, ...]
    notes: tuple[tuple[str, int], ...]

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """``participation``; ``all``; ``most_vulnerable``; ``goes_with``."""
        return {
            "participation": self.groups,
            "all": self.whole,
            "most_vulnerable": self.most_vulnerable,
            "goes_with": self.goes_with,
        }

    def in_words(self, language: str = "en") -> str:
        """Say of each program who came, whether the most vulnerable did, and what coming goes with."""
        parts = []
        for _, row in self.whole.iterrows():
            n, program = int(row["invited"]), str(row["program"])
            called = program or say(language, "grading.participation_one")
            if n < fewest():
                parts.append(say(language, "grading.participation_too_few", program=called, min_n=fewest()))
                continue
            parts.append(
                say(
                    language,
                    "grading.participation_came" if n >= 20 else "grading.participation_came_small",
                    program=called,
                    share=percent_words(language, row["share"], n),
                    range=limits_words(language, row["low"], row["high"]),
                )
            )
            for table, said in (
                (self.most_vulnerable, self._lanes_said),
                (self.goes_with, self._outcome_said),
            ):
                for _, two in table[table["program"] == program].iterrows():
                    parts.append(said(two, language))
        for key, n in self.notes:
            parts.append(say(language, f"grading.participation_{key}", n=count_words(language, n)))
        return " ".join(parts)

    def _lanes_said(self, row: pd.Series, language: str) -> str:
        n, m = int(row["n_vulnerable"]), int(row["n_others"])
        lanes = lanes_words(language, self.order, self.vulnerable)
        if min(n, m) < FEWEST_SIDE:
            return say(language, "grading.participation_lanes_few", lanes=lanes, min_n=FEWEST_SIDE)
        share, others, difference = beside(language, row["vulnerable"], row["others"])
        return say(
            language,
            f"grading.participation_lanes{_sure(row)}",
            lanes=lanes,
            share=share,
            others=others,
            difference=difference,
            range=points_range(language, row["low"], row["high"]),
        )

    def _outcome_said(self, row: pd.Series, language: str) -> str:
        n, m = int(row["n_came"]), int(row["n_not"])
        known = self.outcome == "on track"
        outcome = say(language, "grading.track_head_on_track") if known else self.outcome
        if min(n, m) < FEWEST_SIDE:
            return say(language, "grading.participation_outcome_few", outcome=outcome, min_n=FEWEST_SIDE)
        came, others, difference = beside(language, row["came"], row["not"])
        return say(
            language,
            f"grading.participation_outcome{_sure(row)}",
            outcome=outcome,
            came=came,
            others=others,
            difference=difference,
            range=points_range(language, row["low"], row["high"]),
        )

    def faces(self, language: str = "en", min_n: int = MIN_N_SHOWN) -> tuple[Face, ...]:
        """Return the share of each group that came; groups of fewer than ``min_n`` invited are masked."""
        keys = ("program", *self.by, "invited", "came", "range")
        head = tuple(
            one if one in self.by and one != "lane" else say(language, f"grading.participation_head_{one}")
            for one in keys
        )
        rows: list[tuple[Value, ...]] = []
        for _, row in self.groups.iterrows():
            name = (
                str(row["program"]) or say(language, "grading.participation_one"),
                *(
                    lane_name(language, str(row[column])) if column == "lane" else str(row[column])
                    for column in self.by
                ),
            )
            n = int(row["invited"])
            if n < min_n:
                rows.append((*name, say(language, "grading.rates_under", min_n=min_n), None, None))
                continue
            share = percent_words(language, row["share"], n)
            rows.append((*name, students_words([language], n)[language], share, spread(language, row, "", n)))
        return (Face(say(language, "grading.participation_title"), head, tuple(rows)),)


def _sure(row: pd.Series) -> str:
    return "_unsure" if row["low"] <= 0 <= row["high"] else ""


def participation(
    attended: Any,
    invited: Any = None,
    *,
    programs: Sequence[str] | None = None,
    lanes: Any = None,
    by: By = None,
    outcome: Any = None,
    order: Sequence[object] | None = None,
    vulnerable: Sequence[object] | None = None,
) -> Participation:
    """Return who came to a program, of those who were invited.

    Parameters
    ----------
    attended
        One row a student and program, with ``student`` and as there is ``program`` and ``came`` (yes or no; a
        student without it came). A file with such a table.
    invited
        Who was invited: one row a student, with ``program`` where that differs. None: everybody in
        ``attended``, which then says of each who came and who did not.
    programs
        Columns of ``attended``, each one program with yes and no.
    lanes
        The students' lanes, as :func:`movement` takes them; None: the column ``lane`` of ``invited`` or
        ``attended``, if there is one.
    by
        A column of ``invited``, else of ``attended``, else of the lanes, that makes groups, such as ``lane``.
    outcome
        One row a student with one yes or no, such as ``found.students[["student", "on_track"]]``; or such a
        column indexed by student.
    order, vulnerable
        As for :func:`movement`.

    Returns
    -------
    Participation
        ``.table`` has one row a program and group: ``program, invited, came`` (counts), ``share, low, high``
        (0-1, Wilson). ``.most_vulnerable`` sets the students in vulnerable lanes beside the others, and
        ``.goes_with`` the outcome of those who came beside that of those who did not, each with the
        ``difference`` and its interval ``low, high`` (Newcombe).

    Raises
    ------
    AnalysisError
        If it is not known who was invited, or a column is missing or holds neither yes nor no.

    Notes
    -----
    Who comes differs in many ways from who does not, before the first day. So an outcome only goes with
    coming, and nothing here says that the program made it; it is said from 20 students on each side.

    Examples
    --------
    >>> import pandas as pd
    >>> asked = pd.DataFrame({"student": list("abcd"), "lane": ["vulnerable"] * 2 + ["promising"] * 2})
    >>> found = participation(pd.DataFrame({"student": ["a", "c", "d"]}), asked, by="lane")
    >>> found.table[["lane", "invited", "came", "share"]].values.tolist()
    [['promising', 2, 2, 1.0], ['vulnerable', 2, 1, 0.5]]
    """
    import numpy as np
    import pandas as pd

    came = student_table(attended, "The table of who came")
    asked = came if invited is None else student_table(invited, "The list of who was invited")
    named = programs_of(came, invited is None, programs)
    listed = invited_to(asked, came, named, invited is None)
    tables = [asked, came]
    lane_at, names, places = lanes_of(lanes, tables, order, vulnerable)
    if lanes is not None:
        tables.append(student_table(lanes, "The table of lanes"))
    yes, called = outcome_of(outcome)
    every = list(dict.fromkeys(key for keys in listed.values() for key in keys))
    groups = grouped(every, tables, by)
    group = dict(zip(every, groups.of.tolist(), strict=True))
    rows, whole, two, goes, beyond = [], [], [], [], 0
    for program, (there, _) in named.items():
        keys = listed[program]
        beyond += len(there - set(keys))
        hit = np.array([key in there for key in keys], bool)
        of = np.array([group[key] for key in keys], np.intp)
        whole.append((program, *_share(hit)))
        rows += [
            (program, *groups.labels[i], *_share(hit[of == i]))
            for i in _in_lane_order(groups, names)
            if (of == i).any()
        ]
        if lane_at and places:
            lane = np.array([lane_at.get(key, -1) for key in keys], np.intp)
            low = np.isin(lane, places)
            two.append((program, *_difference(hit[low], hit[(lane >= 0) & ~low]), int((lane < 0).sum())))
        if yes:
            value = np.array([yes.get(key, math.nan) for key in keys])
            told = ~np.isnan(value)
            met = value == 1
            goes.append((program, *_difference(met[told & hit], met[told & ~hit]), int((~told).sum())))
    figures = ("invited", "came", "share", "low", "high")
    notes = (("beyond", beyond), ("unnamed", came.unnamed + (0 if asked is came else asked.unnamed)))
    ends = ("difference", "low", "high")
    return Participation(
        groups.by,
        pd.DataFrame(rows, columns=["program", *groups.by, *figures]),
        pd.DataFrame(whole, columns=["program", *figures]),
        pd.DataFrame(
            two, columns=["program", "vulnerable", "n_vulnerable", "others", "n_others", *ends, "no_lane"]
        ),
        pd.DataFrame(goes, columns=["program", "came", "n_came", "not", "n_not", *ends, "cannot_tell"]),
        called,
        names,
        places,
        tuple((key, n) for key, n in notes if n),
    )


def _in_lane_order(groups: Grouped, order: Sequence[str]) -> list[int]:
    """Return the groups, those of lanes in the order of the lanes."""
    place = {lane_key(name): i for i, name in enumerate(order)}

    def where(i: int) -> list[int]:
        pairs = zip(groups.by, groups.labels[i], strict=True)
        return [place.get(lane_key(text), len(order)) if name == "lane" else 0 for name, text in pairs]

    return sorted(range(len(groups.labels)), key=lambda i: (where(i), i))


def _share(hit: NDArray[np.bool_]) -> tuple[int, int, float, float, float]:
    n, k = len(hit), int(hit.sum())
    return n, k, k / n if n else math.nan, *wilson(k, n)


def _difference(
    a: NDArray[np.bool_], b: NDArray[np.bool_]
) -> tuple[float, int, float, int, float, float, float]:
    n, m, k, j = len(a), len(b), int(a.sum()), int(b.sum())
    first, second = k / n if n else math.nan, j / m if m else math.nan
    return first, n, second, m, first - second, *newcombe(k, n, j, m)
