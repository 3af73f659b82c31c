"""Marks as they were exported, by what an empty cell counts; computed from scores where there are none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from relsurvey.grading.formats import empty
from relsurvey.grading.gradebook import KEYS, MARKS, Gradebook, table
from relsurvey.grading.letters import is_df, meaning, meanings
from relsurvey.reading.match import shown

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

#: Exports hold two decimals.
_ROUNDING = 0.005 + 1e-6


@dataclass(frozen=True)
class Zeroed:
    """What counting empty cells as zero does to the marks, against leaving them out.

    Attributes
    ----------
    changed
        How many marks become another percent or letter.
    low_before, low_after
        How many marks are D, F or not passed.
    """

    changed: int
    low_before: int
    low_after: int


class Marks:
    """Marks as exported, by what an empty cell counts; computed where a file has none.

    Parameters
    ----------
    gradebook
        The scores, with empty cells as ``ungraded``, and the courses' own rules.
    marks
        Marks that a file names, and students whose marks stand in ``totals``.
    totals
        As a part has them, with letters.
    """

    def __init__(self, gradebook: Gradebook, marks: pd.DataFrame, totals: pd.DataFrame) -> None:
        import numpy as np
        import pandas as pd

        from relsurvey.grading.regrade import _places

        self.gradebook = gradebook
        rows = marks
        own = gradebook.scores.loc[:, [*KEYS, "section", "teacher"]].drop_duplicates(list(KEYS))
        own = own.reset_index(drop=True)
        missing = own[_places(rows, own) < 0] if len(own) else own
        if len(missing):
            more = table(
                MARKS, {c: missing[c].reset_index(drop=True) for c in (*KEYS, "section")}, len(missing)
            )
            rows = pd.concat([rows, more], ignore_index=True) if len(rows) else more
        self.rows = rows.reset_index(drop=True)
        self.teacher = own["teacher"].to_numpy(object)[_places(own, self.rows)] if len(own) else None
        self.given = (self.rows["letter"].notna() | self.rows["percent"].notna()).to_numpy(dtype=bool)
        at = _places(totals, self.rows) if len(totals) else np.full(len(self.rows), -1)
        self.at, self.totals = at, totals

    def _of_totals(self, kind: str) -> tuple[NDArray[np.float64], NDArray[np.object_]]:
        """Return percent and letter as exported, NaN and None where the file has none."""
        import numpy as np

        n = len(self.rows)
        percent, letter = np.full(n, np.nan), np.full(n, None, object)
        if not len(self.totals):
            return percent, letter
        here = self.at >= 0
        for which in (kind, "override"):
            value = np.where(here, self.totals[which].to_numpy(float)[self.at], np.nan)
            has = ~np.isnan(value)
            percent = np.where(has, value, percent)
            letter[has] = None
            if f"{which}_letter" in self.totals:
                words = _words(self.totals[f"{which}_letter"])[self.at]
                said = here & ~empty(words)
                letter[said] = words[said]
        return percent, letter

    def _computed(self, chosen: str) -> tuple[NDArray[np.float64], NDArray[np.object_]]:
        """Return percent and letter from the scores, under the courses' own rules."""
        import numpy as np
        import pandas as pd

        from relsurvey.grading.regrade import _places, marked
        from relsurvey.grading.work import MISSING, UNGRADED

        n = len(self.rows)
        if not len(self.gradebook.scores):
            return np.full(n, np.nan), np.full(n, None, object)
        work = self.gradebook.work
        if chosen == "zero":
            status = np.where(work.status == UNGRADED, MISSING, work.status).astype(work.status.dtype)
            work = replace(work, status=status)
        none = pd.Series([None] * len(work.marks), dtype=object)
        own = self.gradebook.policies
        percent, letter = marked(work, work.marks, own, own, none)
        at = _places(work.marks, self.rows)
        return np.append(percent, np.nan)[at], np.append(letter, np.array([None], object))[at]

    def _lettered(self, percent: NDArray[np.float64]) -> NDArray[np.object_]:
        """Return the letter of each percent by the cuts of its course's own rules."""
        import numpy as np

        from relsurvey.grading.regrade import which
        from relsurvey.grading.values import letters, rounded

        marks = self.rows[["school", "course"]].copy()
        marks["teacher"] = self.teacher if self.teacher is not None else None
        letter = np.full(len(percent), None, object)
        place = which(marks, self.gradebook.policies)
        for i in np.unique(place):
            policy = self.gradebook.policies[int(i)]
            mine = place == i
            letter[mine] = letters(rounded(percent[mine], policy.round), policy.cuts)
        return letter

    def of(self, chosen: str) -> tuple[NDArray[np.float64], NDArray[np.object_], dict[str, int]]:
        """Return percent and letter of every mark, and how many came from where.

        Parameters
        ----------
        chosen
            What an empty cell counts.
        """
        import numpy as np

        percent, letter = self._of_totals("final" if chosen == "zero" else "current")
        here = (self.at >= 0) & (~np.isnan(percent) | ~empty(letter))
        bare = here & empty(letter) & ~np.isnan(percent)
        if bare.any():
            letter = np.where(bare, self._lettered(percent), letter)
        # A mark without counted work has no exported score either.
        left = ~self.given & (self.at < 0)
        if left.any():
            by_scores, words = self._computed(chosen)
            percent, letter = np.where(left, by_scores, percent), np.where(left, words, letter)
        own = self.rows["percent"].to_numpy(dtype=float, na_value=np.nan)
        percent = np.where(self.given, own, percent)
        letter = np.where(self.given, _words(self.rows["letter"]), letter)
        counts = {"exported": int(here.sum()), "lettered": int(bare.sum()), "computed": int(left.sum())}
        return percent, letter, counts

    def zeroed(self) -> Zeroed:
        """Return what happens to the marks if empty cells count as zero.

        Marks that a file names stay as they are, and are counted here as they would be computed anew.
        """
        import numpy as np
        import pandas as pd

        (before, was, _), (after, is_, _) = self.of("ungraded"), self.of("zero")
        if self.given.any():
            (first, one), (second, other) = self._computed("ungraded"), self._computed("zero")
            before, after = np.where(self.given, first, before), np.where(self.given, second, after)
            was, is_ = np.where(self.given, one, was), np.where(self.given, other, is_)
        same = (np.abs(before - after) <= _ROUNDING) | (np.isnan(before) & np.isnan(after))
        low, lower = (int(is_df(meanings(pd.Series(letter))).sum()) for letter in (was, is_))
        return Zeroed(int((~same | (was != is_)).sum()), low, lower)

    def finished(self, chosen: str, note: Callable[[str, int, str, str], None]) -> pd.DataFrame:
        """Return the table of marks, and note where they come from.

        Parameters
        ----------
        chosen
            What an empty cell counts.
        note
            Writes a line of the ledger.
        """
        import numpy as np

        percent, letter, of = self.of(chosen)
        kind = "Final" if chosen == "zero" else "Current"
        if of["exported"]:
            what = f"marks are the exported {kind} Score and Grade, or the Override"
            note("marks", of["exported"], what, f"empty cells are {chosen}")
        if of["lettered"]:
            what = "letters were given by the course's own cuts"
            note("marks", of["lettered"], what, "the file has percents alone")
        exported = letter[(self.at >= 0) & ~self.given]
        other = Counter(text for text in exported[~empty(exported)] if meaning(text) is None)
        if other:
            said = ", ".join(shown(text, 20) for text, _ in other.most_common(6))
            what = f"marks have none of the letters A to F, P and NP, such as {said}, and were kept"
            note("marks", sum(other.values()), what, "they are in no D/F rate and no GPA")
        if of["computed"]:
            what = "marks were computed from the scores under the course's own rules"
            note("marks", of["computed"], what, "the file has none")
        without = int((np.isnan(percent) & empty(letter)).sum())
        if without:
            why = "all of that student's work is excused, not assigned, not graded or not posted yet"
            note("marks", without, "marks have neither percent nor letter", why)
        marks = self.rows.assign(percent=percent, letter=letter)
        return marks[[*MARKS, *(c for c in marks if c not in MARKS)]]


def _words(column: pd.Series) -> NDArray[np.object_]:
    """Return a column of words as objects, None where there is none."""
    import numpy as np

    words = column.to_numpy(dtype=object, copy=True)
    words[column.isna().to_numpy(dtype=bool)] = np.array(None, object)
    return words
