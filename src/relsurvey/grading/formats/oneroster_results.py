"""What OneRoster's results mean: numbers, words, attempts, and results that nobody wrote down."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from relsurvey.errors import ReadError
from relsurvey.grading import cells
from relsurvey.grading.counting import many
from relsurvey.grading.formats import ROW
from relsurvey.grading.formats.oneroster_items import Items
from relsurvey.grading.formats.oneroster_tables import TRUE, by_text, first_of, frame_of, is_one_of
from relsurvey.instrument.fold import fold
from relsurvey.reading.opening import Column

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

_STATUS = {
    "exempt": "excused", "fully graded": "scored", "partially graded": "scored", "submitted": "scored",
    "not submitted": "missing",
}  # fmt: skip


class Results(Items):
    """The tables, and what their results mean."""

    def results(self, items: pd.DataFrame) -> pd.DataFrame:
        """Return the results with what they mean, a row each that has a line item."""
        import numpy as np
        import pandas as pd

        rows = self.tables["results"]
        lost = rows["studentsourcedid"].isna() | rows["lineitemsourcedid"].isna()
        if lost.any():
            raise ReadError(
                f"results.csv, row {rows.loc[lost, ROW].iloc[0]}: there is no student or no line item. "
                "Fill it in, or delete the row."
            )
        at = pd.Index(items["id"]).get_indexer(rows["lineitemsourcedid"])
        if (at < 0).any():
            what = "results of work that lineItems.csv does not have were left out"
            self.note("former rows", int((at < 0).sum()), what, "nobody knows of how many points they are")
        rows, at = rows[at >= 0], at[at >= 0]
        left = self._left(rows["studentsourcedid"], items["section"].to_numpy(object)[at])
        if left.any():
            what = "results of students who have left the class were left out"
            self.note("former rows", int(left.sum()), what, "their enrollment is to be deleted")
        rows, at = rows[~left].reset_index(drop=True), at[~left]
        if not len(rows):
            raise ReadError(
                f"{self.where}: no row of results.csv counts: its line items or its students are not in the "
                "other tables. Check that the tables are of one export."
            )
        day = self.moments(rows["scoredate"], "results.csv", "scoreDate", rows[ROW])
        modified = self.moments(rows["datelastmodified"], "results.csv", "dateLastModified", rows[ROW])
        both = np.concatenate([day, modified])
        both = both[~np.isnat(both)]
        self.last = both.max() if len(both) else np.datetime64("NaT", "s")
        found = self._meant(rows, items["due"].to_numpy()[at])
        found = found.assign(at=at, day=day, student=rows["studentsourcedid"], **{ROW: rows[ROW]})
        return self._attempts(found)

    def _left(self, students: pd.Series, classes: NDArray[np.object_]) -> NDArray[np.bool_]:
        """Return which results are of students whose enrollment in that class is to be deleted."""
        import numpy as np

        if not self.former:
            return np.zeros(len(students), bool)
        pairs = zip(classes, students, strict=True)
        return np.fromiter((pair in self.former for pair in pairs), bool, len(students))

    def _meant(self, rows: pd.DataFrame, due: NDArray[np.datetime64]) -> pd.DataFrame:
        """Return number, status and code of each result.

        Raises
        ------
        ReadError
            If a score or a status is nothing that is known.
        """
        import numpy as np
        import pandas as pd

        # A score in words stands where the number would; both are read alike.
        cell = first_of(rows["score"], rows["textscore"])
        column = Column.of([text or "" for text in cell])
        chosen = self.mapping.decimal if self.mapping else None
        read = cells.cells(column, self.codes, cells.decimal_sign(column.texts, chosen, "results.csv"))
        # A number in percent, or of points that it names itself, is in no result.
        known = read.known & np.isnan(read.of)
        if not known.all():
            self._refuse(pd.Series(cell)[~known], rows[ROW][~known], "score")
        raw, status, code = read.number, read.status, read.code
        words = _STATUS | {fold(text): meant for text, meant in self.codes.items() if isinstance(meant, str)}
        said = by_text(rows["scorestatus"], lambda text: words.get(fold(text), "?"), "scored").astype(object)
        unknown = said == "?"
        if unknown.any():
            self._refuse(rows["scorestatus"][unknown], rows[ROW][unknown], "scoreStatus")
        flagged = is_one_of(rows["missing"], TRUE) & (said == "scored")
        said[flagged] = "missing"
        number = ~np.isnan(raw)
        firm = np.isin(said, ("excused", "not_assigned"))
        # Work without a due date, or with no score that has a day, compares as not later.
        later = due > self.last
        none = (said == "missing") & ~(number & (raw != 0)) & np.isin(status, ("scored", "ungraded"))
        waits = none & later & ~number
        none &= ~waits
        if waits.any():
            what = "results are not submitted for work due after the last score, and are empty cells"
            self.note("score cells", int(waits.sum()), what, "that work is not missing yet")
        word = np.where(flagged, "missing", rows["scorestatus"].to_numpy(object))
        status[firm | none], code[firm | none] = said[firm | none], word[firm | none]
        raw = np.where(firm, np.nan, raw)
        part = is_one_of(rows["scorestatus"], {"partially graded"}) & number
        late = is_one_of(rows["late"], TRUE) & (status == "scored")
        status[late] = "late"
        for n, what, why in (
            (int(part.sum()), "scores are of work graded in part", "kept as they are"),
            (int(none.sum()), "results are missing work", "they were not submitted, and have no score or 0"),
            (int((status == "excused").sum()), "results are excused and count for nothing", "exempt"),
            (int(late.sum()), "scores are of late work; how many days late, no table says", "`late` is true"),
        ):
            if n:
                self.note("score cells", n, what, why)
        return frame_of({"raw": raw, "status": status, "code": code})

    def _refuse(self, texts: pd.Series, rows: pd.Series, head: str) -> None:
        counts = Counter({str(text): int(n) for text, n in texts.value_counts().items()})
        first = f"row {rows.iloc[0]}, column {head}"
        raise cells.unexplained_error([(head, counts)], "results.csv", first, self.codes)

    def _attempts(self, found: pd.DataFrame) -> pd.DataFrame:
        """Return one row an attempt: repeated rows once, and no row that a later one replaced.

        Raises
        ------
        ReadError
            If nothing tells two results of one student and line item apart.
        """
        import numpy as np

        key = ["student", "at"]
        again = found.duplicated([*key, "raw", "status", "code", "day"]).to_numpy(dtype=bool)
        if again.any():
            what = "results that stand twice were kept once"
            self.note("duplicates", int(again.sum()), what, "the rows say the same of one student and work")
            found = found[~again]
        found = found.assign(attempt=np.ones(len(found), np.int16))
        several = found.duplicated(key, keep=False)
        if not several.any():
            return found.reset_index(drop=True)
        inside = found[several]
        alike = inside["day"].isna() | inside.duplicated([*key, "day"], keep=False)
        if alike.any():
            raise ReadError(
                f"results.csv has {many(int(alike.sum()), 'result')} beside another of the same student and "
                "line item, and no scoreDate tells which came first: see row "
                f"{inside.loc[alike, ROW].iloc[0]}. Delete those that do not count."
            )
        inside = inside.sort_values([*key, "day"], kind="stable")
        last = ~inside.duplicated(key, keep="last")
        numbered = inside["status"].isin(("scored", "late"))
        ends = inside.assign(final=inside["status"].where(last)).groupby(key)["final"].transform("last")
        counted = numbered & ~ends.isin(("excused", "not_assigned"))
        none = ~inside.assign(counted=counted).groupby(key)["counted"].transform("any")
        kept = inside[counted | (none & last)]
        if len(kept) < len(inside):
            what = "results that a later one of the same student and work replaced were left out"
            self.note("duplicates", len(inside) - len(kept), what, "in the order of scoreDate")
        attempt = kept.groupby(key, sort=False).cumcount().add(1).astype(np.int16)
        more = int((attempt > 1).sum())
        if more:
            what = "results are later attempts; without a `retake` rule the first one counts"
            self.note("layout", more, what, "in the order of scoreDate")
        found.loc[kept.index, "attempt"] = attempt
        return found.drop(index=inside.index.difference(kept.index)).sort_index().reset_index(drop=True)

    def unseen(self, found: pd.DataFrame, items: pd.DataFrame) -> pd.DataFrame:
        """Return the empty cells: enrolled students' work without a result, due when they were there."""
        import numpy as np
        import pandas as pd

        there = self.tables["enrollments"]
        there = there[is_one_of(there["role"], {"student"})]
        begin = self.moments(there["begindate"], "enrollments.csv", "beginDate", there[ROW])
        end = self.moments(there["enddate"], "enrollments.csv", "endDate", there[ROW])
        there = frame_of(
            {
                "section": there["classsourcedid"].to_numpy(object),
                "student": there["usersourcedid"].to_numpy(object),
                "begin": begin,
                "end": end,
            }
        )
        used = items.assign(at=np.arange(len(items)))[["section", "at", "due"]]
        pairs = there.merge(used, on="section")
        due = pairs["due"].to_numpy("datetime64[s]")
        day = due.astype("datetime64[D]")
        out = (day < pairs["begin"].to_numpy("datetime64[D]")) | (
            day > pairs["end"].to_numpy("datetime64[D]")
        )
        out |= due > self.last
        pairs = pairs[~out].drop_duplicates(["student", "at"])
        have = pd.MultiIndex.from_frame(found[["student", "at"]])
        pairs = pairs[~pd.MultiIndex.from_frame(pairs[["student", "at"]]).isin(have)]
        if len(pairs):
            what = "enrolled students have no result for a piece of work: an empty cell"
            why = "work due after the last score, or outside a student's enrollment, is none"
            self.note("empty cells", len(pairs), what, why)
        n = len(pairs)
        return frame_of(
            {
                "raw": np.full(n, np.nan),
                "status": np.full(n, "ungraded", object),
                "code": np.full(n, "", object),
                "at": pairs["at"].to_numpy(),
                "day": np.full(n, np.datetime64("NaT"), "datetime64[s]"),
                "student": pairs["student"].to_numpy(object),
                ROW: np.zeros(n, int),
                "attempt": np.ones(n, np.int16),
            }
        )
