"""From lane to lane: who moved up, stayed and moved down between two times, and what chance would move."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from relsurvey.analysis.change import SAME_STUDENTS
from relsurvey.analysis.finding import MIN_N_SHOWN, Face, Finding
from relsurvey.analysis.shares import newcombe, wilson
from relsurvey.analysis.waves.paired import SharesTwice, share_interval
from relsurvey.errors import AnalysisError
from relsurvey.grading import lane_words
from relsurvey.grading.chance import by_chance, checked
from relsurvey.grading.lane_names import lane_places, ordered, vulnerable_lanes
from relsurvey.grading.lanes import Lanes, lane_column
from relsurvey.grading.student_tables import By, StudentTable, grouped, student_table

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

#: A student who is not in a table at all, and one who is there without a lane.
_ABSENT, _NO_LANE = -2, -1

#: Rates that are set beside last year's, by their count and what it is of.
_BESIDE = {
    "up_share": ("up", "matched"),
    "up_below_top": ("up", "below_top"),
    "down_share": ("down", "matched"),
    "vulnerable_after": ("n_vulnerable_after", "n_after"),
}


@dataclass(frozen=True, repr=False, eq=False)
class Movement(Finding):
    """Students from lane to lane: numbers once, and every face of them.

    Attributes
    ----------
    order
        The lanes, the readiest first.
    vulnerable
        The places of those that are counted as vulnerable.
    by
        The columns that make the groups.
    groups, whole
        One row a group, and all students: see :func:`movement`.
    flow
        How many students of both times went from each lane (rows) to each (columns); for this kernel.
    starts
        One row a lane: how many started there and moved up, stayed, moved down; for this kernel.
    beside
        One row a group and rate: this year's, last year's, the difference, and whether either was picked for
        a low start; empty without a last year.
    last_whole
        All students of last year, as ``whole``.
    reliability
        Of the measure that makes the lanes.
    unnamed
        Rows that name no student, left out.
    again
        Students who are in both years.
    """

    order: tuple[str, ...]
    vulnerable: tuple[int, ...]
    by: tuple[str, ...]
    groups: pd.DataFrame
    whole: pd.DataFrame
    flow: pd.DataFrame
    starts: pd.DataFrame
    beside: pd.DataFrame
    last_whole: pd.DataFrame | None
    reliability: float | None
    unnamed: int
    again: int

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """``movement``: one row a group; ``all``; ``flow``; ``starts``; with a last year ``last_year``."""
        found = {"movement": self.groups, "all": self.whole, "flow": self.flow.reset_index()}
        found["starts"] = self.starts
        return found if self.last_whole is None else found | {"last_year": self.beside}

    def in_words(self, language: str = "en") -> str:
        """Say how many are in vulnerable lanes and how many moved, of whom, and what chance would move."""
        return " ".join(lane_words.sentences(self, language))

    def faces(self, language: str = "en", min_n: int = MIN_N_SHOWN) -> tuple[Face, ...]:
        """Return the rates of each group and the flow from lane to lane, masked under ``min_n``."""
        faces = [lane_words.groups_face(self, language, min_n), lane_words.flow_face(self, language, min_n)]
        if self.last_whole is not None:
            faces.append(lane_words.years_face(self, language, min_n))
        return tuple(faces)


def movement(
    before: Any,
    after: Any,
    order: Sequence[object] | None = None,
    *,
    by: By = None,
    last_year: Sequence[Any] | None = None,
    reliability: float | None = None,
    vulnerable: Sequence[object] | None = None,
    picked_for_low_start: bool = False,
) -> Movement:
    """Return how students moved from lane to lane.

    Parameters
    ----------
    before, after
        One row a student with ``student`` and ``lane``; lanes indexed by student; a file; or what
        :func:`lanes` returned.
    order
        The lanes, the readiest first; None: the network's five.
    by
        A column of ``before``, or else of ``after``, that makes groups; several for their combinations.
    last_year
        The same two tables of last year's students.
    reliability
        Of the measure that makes the lanes, 0-1, over all students.
    vulnerable
        Which lanes count as vulnerable; None: those called so.
    picked_for_low_start
        Whether these students were picked because they started low.

    Returns
    -------
    Movement
        ``.table`` has one row a group. Of all students with a lane then: ``n_before`` and the share
        ``vulnerable_before``, ``n_after`` and ``vulnerable_after``, and ``vulnerable_change``. Of students
        with a lane at both times, ``matched``: how many moved ``up``, stayed the ``same`` and moved ``down``;
        ``up_share`` and ``down_share`` of all of them; ``up_below_top`` of those ``below_top`` (not in the
        first lane at the start) and ``down_above_bottom`` of those ``above_bottom``. Each share (0-1) has
        ``_low, _high``. Not matched: ``only_before, only_after`` (in one table alone), ``no_lane_before,
        no_lane_after`` (there, without a lane). ``picked``: whether all matched students of the group start
        in vulnerable lanes. With a reliability, what chance of measurement alone gives: ``chance_up,
        chance_up_below_top, chance_down, chance_down_above_bottom``. ``.flow`` has the counts from lane to
        lane.

    Raises
    ------
    AnalysisError
        If a student has two rows in a table, a lane is none of the order, nobody is in both tables, or the
        students were picked for a low start.

    Notes
    -----
    Shares have Wilson intervals, the change that of Zou and Donner (2008), which takes account of students
    who are there both times where they are 20 or more and 70 % of each time; the difference to last year has
    Newcombe's. Chance: see :func:`relsurvey.grading.chance.by_chance`; cut at the
    lanes where the matched students of the group start, and where a group was picked for a low start at those
    of all. Nothing is said to have changed for such a group: it rises by chance alone.

    Examples
    --------
    >>> import pandas as pd
    >>> before = pd.Series({"a": "vulnerable", "b": "promising", "c": "potential", "d": "promising"})
    >>> after = pd.Series({"a": "potential", "b": "promising", "c": "vulnerable", "e": "potential"})
    >>> found = movement(before, after)
    >>> found.table[["matched", "up", "same", "down", "only_before", "only_after"]].values.tolist()
    [[3, 1, 1, 1, 1, 1]]
    """
    if picked_for_low_start:
        raise AnalysisError(
            "No movement is reported for students who were picked for a low start: they move up by chance "
            "alone. Give all students with `by=`; with `reliability=`, chance stands beside such a group."
        )
    given = next((one.order for one in (before, after) if isinstance(one, Lanes)), None)
    names = ordered(given if order is None else order)
    places = vulnerable_lanes(names, vulnerable)
    rel = checked(reliability)
    now = _Cohort.of(before, after, names, by, "")
    groups, whole = (now.table(which, names, places, rel) for which in (True, False))
    then, last, beside = None, None, _beside((), None, None)
    if last_year is not None:
        if not isinstance(last_year, (tuple, list)) or len(last_year) != 2:
            raise AnalysisError("`last_year` is two tables, before and after: `last_year=(before, after)`.")
        then = _Cohort.of(last_year[0], last_year[1], names, by, " of last year")
        last = then.table(False, names, places, rel)
        beside = _beside(now.groups.by, groups, then.table(True, names, places, rel))
    flow = now.flow(names)
    again = 0 if then is None else len(set(now.keys[now.both]) & set(then.keys[then.both]))
    return Movement(
        names,
        places,
        now.groups.by,
        groups,
        whole,
        flow,
        _starts(flow, rel),
        beside,
        last,
        rel,
        now.unnamed,
        again,
    )


class _Cohort:
    """Students at two times: of each, the place of the lane before and after."""

    def __init__(self, sides: tuple[StudentTable, StudentTable], order: Sequence[str], by: By) -> None:
        import numpy as np

        own = []
        for table in sides:
            texts = table.texts(lane_column(table))
            own.append(dict(zip(table.keys, lane_places(texts, order, table.where), strict=True)))
            table.one_row("lane")
        self.keys = np.array(list(own[0] | own[1]), object)
        self.before, self.after = (
            np.array([side.get(key, _ABSENT) for key in self.keys], np.intp) for side in own
        )
        self.both = (self.before >= 0) & (self.after >= 0)
        self.groups = grouped(list(self.keys), sides, by)
        self.unnamed = sum(table.unnamed for table in sides)

    @classmethod
    def of(cls, before: Any, after: Any, order: Sequence[str], by: By, more: str) -> _Cohort:
        """Return the students of two tables.

        Raises
        ------
        AnalysisError
            If nobody has a lane at both times.
        """
        sides = (
            student_table(before, f"The table of lanes before{more}"),
            student_table(after, f"The table of lanes after{more}"),
        )
        found = cls(sides, order, by)
        if not found.both.any():
            raise AnalysisError(
                f"No student has a lane in both tables{more}, so no movement can be told. "
                "Check that both hold the same kind of id."
            )
        return found

    def flow(self, order: Sequence[str]) -> pd.DataFrame:
        """Return how many students went from each lane to each."""
        import numpy as np
        import pandas as pd

        k = len(order)
        counts = np.bincount(self.before[self.both] * k + self.after[self.both], minlength=k * k)
        found = pd.DataFrame(counts.reshape(k, k), index=list(order), columns=list(order))
        return found.rename_axis(index="before", columns=None)

    def table(
        self, groups: bool, order: Sequence[str], vulnerable: Sequence[int], reliability: float | None
    ) -> pd.DataFrame:
        """Return one row a group, or one of all students."""
        import numpy as np
        import pandas as pd

        k = len(self.groups.labels) if groups else 1
        of = self.groups.of if groups else np.zeros(len(self.keys), np.intp)
        lanes = len(order)
        every = np.bincount(self.before[self.both], minlength=lanes)
        own = [np.bincount(self.before[self.both & (of == i)], minlength=lanes) for i in range(k)]
        # Where one group was picked by its start, so were the others, from the other end.
        picked = any(counts.sum() >= MIN_N_SHOWN and _picked(counts, vulnerable) for counts in own)
        rows = []
        for i, counts in enumerate(own):
            row = _row(self.before[of == i], self.after[of == i], lanes, vulnerable)
            row["picked"] = _picked(counts, vulnerable)
            if reliability is not None:
                cuts = every if picked else counts
                row |= _chance(row, counts, cuts, vulnerable, reliability)
            rows.append(row)
        data = self.groups.columns() if groups else {}
        return pd.DataFrame(data | {name: [row[name] for row in rows] for name in rows[0]})


def _row(
    before: NDArray[np.intp], after: NDArray[np.intp], lanes: int, vulnerable: Sequence[int]
) -> dict[str, Any]:
    """Return what there is to say of some students, but for chance."""
    import numpy as np

    there, then = before >= 0, after >= 0
    both = there & then
    start, end = before[both], after[both]
    low, lower = np.isin(before, vulnerable), np.isin(after, vulnerable)
    up, down = int((end < start).sum()), int((end > start).sum())
    matched = len(start)
    row: dict[str, Any] = {}

    def share(name: str, hits: int, of: int) -> None:
        row[name] = hits / of if of else math.nan
        row[f"{name}_low"], row[f"{name}_high"] = wilson(hits, of)

    twice = SharesTwice(
        int(low.sum()),
        int(there.sum()),
        int(lower.sum()),
        int(then.sum()),
        int((both & low & lower).sum()),
        int((both & low & ~lower).sum()),
        int((both & ~low & lower).sum()),
        int((both & ~low & ~lower).sum()),
    )
    known = bool(vulnerable)
    row["n_before"], row["n_vulnerable_before"] = twice.n_before, twice.before
    share("vulnerable_before", twice.before, twice.n_before if known else 0)
    row["n_after"], row["n_vulnerable_after"] = twice.n_after, twice.after
    share("vulnerable_after", twice.after, twice.n_after if known else 0)
    same = matched >= 20 and matched >= SAME_STUDENTS * max(twice.n_before, twice.n_after)
    row["vulnerable_change"] = row["vulnerable_after"] - row["vulnerable_before"]
    limits = share_interval(twice, use_matches=same) if known else (math.nan, math.nan)
    row["vulnerable_change_low"], row["vulnerable_change_high"] = limits
    row |= {"matched": matched, "up": up, "same": matched - up - down, "down": down}
    row["below_top"], row["above_bottom"] = int((start > 0).sum()), int((start < lanes - 1).sum())
    share("up_share", up, matched)
    share("up_below_top", up, row["below_top"])
    share("down_share", down, matched)
    share("down_above_bottom", down, row["above_bottom"])
    row["only_before"] = int((there & (after == _ABSENT)).sum())
    row["only_after"] = int((then & (before == _ABSENT)).sum())
    row["no_lane_before"] = int((before == _NO_LANE).sum())
    row["no_lane_after"] = int((after == _NO_LANE).sum())
    return row


def _picked(counts: NDArray[np.intp], vulnerable: Sequence[int]) -> bool:
    """Say whether all of some students start low, so that they were picked for it, whoever picked them.

    Parameters
    ----------
    counts
        How many start in each lane.
    vulnerable
        The places of low lanes; none: the lower half.
    """
    lanes = len(counts)
    low = list(vulnerable) or list(range((lanes + 1) // 2, lanes))
    return len(low) < lanes and 0 < counts[low].sum() == counts.sum()


def _chance(
    row: dict[str, Any],
    own: NDArray[np.intp],
    cuts: NDArray[np.intp],
    vulnerable: Sequence[int],
    reliability: float,
) -> dict[str, float]:
    """Return what shares move up and down by chance alone; NaN where that cannot be told.

    Parameters
    ----------
    row
        What there is to say of these students.
    own, cuts
        How many of them start in each lane, and of those whose lanes tell where these are cut.
    """
    import numpy as np

    # Where the lanes of all students lie is not known from those who were picked.
    known = not _picked(cuts, vulnerable)
    rates = by_chance(cuts.tolist(), reliability)
    found = {}
    for side, names in enumerate((("up", "up_below_top"), ("down", "down_above_bottom"))):
        number = float(np.nansum(rates[:, side] * own)) if known else math.nan
        of = row["matched"], row["above_bottom" if side else "below_top"]
        for name, n in zip(names, of, strict=True):
            found[f"chance_{name}"] = number / n if n else math.nan
    return found


def _starts(flow: pd.DataFrame, reliability: float | None) -> pd.DataFrame:
    """Return what became of the students of each lane, and what chance alone would make of them."""
    import numpy as np
    import pandas as pd

    counts = flow.to_numpy()
    n = counts.sum(axis=1)
    up, down = np.tril(counts, -1).sum(axis=1), np.triu(counts, 1).sum(axis=1)
    data = {"lane": list(flow.index), "matched": n, "up": up, "same": np.diag(counts), "down": down}
    if reliability is not None:
        rates = by_chance(n.tolist(), reliability)
        data |= {"chance_up": rates[:, 0], "chance_down": rates[:, 1]}
    return pd.DataFrame(data)


def _beside(by: tuple[str, ...], now: pd.DataFrame | None, last: pd.DataFrame | None) -> pd.DataFrame:
    """Return this year's rates beside last year's, of the groups that are in both."""
    import pandas as pd

    columns = (*by, "rate", "this", "n_this", "last", "n_last", "difference", "low", "high", "picked")
    rows = []
    if now is not None and last is not None:
        past = {tuple(row[name] for name in by): row for _, row in last.iterrows()}
        for _, row in now.iterrows():
            name = tuple(row[column] for column in by)
            if name not in past:
                continue
            for rate, (hits, of) in _BESIDE.items():
                if math.isnan(row[rate]) and math.isnan(past[name][rate]):
                    continue
                a, n, b, m = (int(one[key]) for one in (row, past[name]) for key in (hits, of))
                share, before = (row[rate], past[name][rate])
                picked = bool(row["picked"] or past[name]["picked"])
                ends = newcombe(a, n, b, m)
                rows.append((*name, rate, share, n, before, m, share - before, *ends, picked))
    return pd.DataFrame(rows, columns=list(columns))
