"""Which rows of Canvas' gradebook export are students', and by what id each is known."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from relsurvey.errors import ReadError
from relsurvey.grading import cells
from relsurvey.grading.formats import empty
from relsurvey.grading.formats.canvas_layout import NAME, Layout, bare_column
from relsurvey.instrument.fold import fold
from relsurvey.reading.fit import TOTALS as SUMS
from relsurvey.reading.identity import rounded
from relsurvey.reading.opening import Column, Sheet

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_TEST = frozenset(("student, test", "test student", "test, student"))


@dataclass(frozen=True)
class Students:
    """The students of a file.

    Attributes
    ----------
    sheet, layout
        The file.
    note
        Writes a line of the ledger.
    """

    sheet: Sheet
    layout: Layout
    note: Callable[[str, int, str, str], None]

    def found(self) -> tuple[NDArray[np.intp], NDArray[np.object_]]:
        """Return the rows of students, and their ids.

        Raises
        ------
        ReadError
            If there is none, one has no id, or two exports were pasted together.
        """
        import numpy as np

        layout, sheet = self.layout, self.sheet
        rows = np.arange((layout.points if layout.points is not None else layout.header) + 1, sheet.height)
        self.note("open", len(rows), "rows stand under the header", f"a {NAME}")
        filled = np.zeros(len(rows), bool)
        for column in sheet.columns:
            filled |= column.take(rows).filled()
        if not filled.all():
            self.note("blank rows", int((~filled).sum()), "left out", "they hold nothing")
        rows = rows[filled]
        self._refuse_pasted(rows)
        rows = self._without_totals(rows)
        known = [key for key in ("sis user id", "id") if key in layout.ids]
        ids = {key: bare_column(sheet, layout.ids[key]).take(rows) for key in known}
        tests = self._tests(rows)
        if "sis user id" in ids:
            tests &= ~ids["sis user id"].filled()
        if tests.any():
            self.note("test rows", int(tests.sum()), "left out", "Canvas' Test Student is nobody")
        rows = rows[~tests]
        if not len(rows):
            raise ReadError(f"{sheet.where} has a header and no student under it. Export it again.")
        return rows, self._ids(rows, {key: column.take(~tests) for key, column in ids.items()})

    def _ids(self, rows: NDArray[np.intp], ids: Mapping[str, Column]) -> NDArray[np.object_]:
        """Return by what each student is known: the SIS User ID, else Canvas' own."""
        import numpy as np

        where = self.sheet.where
        student = np.full(len(rows), None, object)
        for key in ("id", "sis user id"):
            if key in ids:
                found = ids[key].objects()
                lost = np.array([bool(text) and rounded(text) for text in ids[key].texts])[ids[key].codes]
                if lost.any():
                    heading = "SIS User ID" if key == "sis user id" else "ID"
                    raise ReadError(
                        f"{where} holds ids such as 1.2E+05 in its column {heading}, first in row "
                        f"{self._named(rows[lost], 1)}: a spreadsheet rounded them. "
                        "Export it again and do not save it in a spreadsheet."
                    )
                student = np.where(ids[key].filled(), found, student)
        nobody = empty(student)
        if nobody.any():
            raise ReadError(
                f"{where} has rows without an ID: {self._named(rows[nobody])}. Fill it in, or delete them."
            )
        if "sis user id" in ids:
            without = ~ids["sis user id"].filled()
            if without.any():
                self._stand_in(rows, student, without)
        else:
            what = "students are known by their Canvas ID"
            why = "the file has no SIS User ID, so they match no other list"
            self.note("id spelling", len(rows), what, why)
        return student

    def _refuse_pasted(self, rows: NDArray[np.intp]) -> None:
        """Refuse a second header, under which columns may be other work."""
        import numpy as np

        names = ("student", "lastname")
        first = next(self.layout.ids[key] for key in names if key in self.layout.ids)
        column = bare_column(self.sheet, first).take(rows)
        said = np.array([fold(text) in (*names, "points possible") for text in column.texts])[column.codes]
        heads = {fold(self.sheet.columns[i][self.layout.header]) for i, _, _ in self.layout.items}
        for row in rows[said].tolist():
            here = {fold(cells.bare(cell)) for cell in self.sheet.row(row)}
            if here & ({"id", "sis user id", "section", "points possible"} | heads):
                raise ReadError(
                    f"{self.sheet.where}, row {row + self.sheet.first}: a second header stands there, so two "
                    "exports were pasted together. Save each as a file of its own, and read both."
                )

    def _without_totals(self, rows: NDArray[np.intp]) -> NDArray[np.intp]:
        """Leave out rows of averages, which name no student."""
        import numpy as np

        about = [bare_column(self.sheet, at).take(rows) for at in self.layout.ids.values()]
        word, other = np.zeros(len(rows), bool), np.zeros(len(rows), bool)
        for column in about:
            totals = np.array([fold(text).strip(": ") in SUMS for text in column.texts])[column.codes]
            word |= totals
            other |= column.filled() & ~totals
        out: NDArray[np.bool_] = word & ~other
        if out.any():
            self.note("totals rows", int(out.sum()), "left out", "they speak of no student")
        return rows[~out]

    def _stand_in(
        self, rows: NDArray[np.intp], student: NDArray[np.object_], without: NDArray[np.bool_]
    ) -> None:
        taken = set(student[~without])
        both = rows[without][[text in taken for text in student[without]]]
        if len(both):
            raise ReadError(
                f"{self.sheet.where}: rows {self._named(both)} have no SIS User ID, and their ID is another "
                "student's SIS User ID. Fill the SIS User ID in."
            )
        what = "students without a SIS User ID are known by their Canvas ID"
        self.note("id spelling", int(without.sum()), what, "the cell is empty")

    def _tests(self, rows: NDArray[np.intp]) -> NDArray[np.bool_]:
        import numpy as np

        ids = self.layout.ids
        if "student" in ids:
            column = bare_column(self.sheet, ids["student"]).take(rows)
            said: NDArray[np.bool_] = np.array([fold(t) in _TEST for t in column.texts])[column.codes]
            return said
        last, first = (bare_column(self.sheet, ids[key]).take(rows) for key in ("lastname", "firstname"))
        both = [
            {fold(a), fold(b)} == {"test", "student"}
            for a, b in zip(last.cells(), first.cells(), strict=True)
        ]
        return np.array(both, bool)

    def _named(self, rows: NDArray[np.intp], most: int = 3) -> str:
        numbers = [str(row + self.sheet.first) for row in rows[:most]]
        return ", ".join(numbers) + (f" and {len(rows) - most} more" if len(rows) > most else "")
