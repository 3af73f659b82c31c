"""Canvas' gradebook export, as it comes: one row a student, one column an assignment, totals at the end."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from relsurvey.errors import ReadError
from relsurvey.grading import cells
from relsurvey.grading.counting import many
from relsurvey.grading.formats import ITEM_ID, ROW, Part, Settings, empty
from relsurvey.grading.formats.canvas_layout import NAME, bare_column, detect, layout_of, listed
from relsurvey.grading.formats.canvas_rules import Totals, own_rules
from relsurvey.grading.formats.canvas_students import Students
from relsurvey.grading.formats.groups import Items
from relsurvey.grading.gradebook import MARKS, SCORES, TOTALS, table
from relsurvey.instrument.fold import fold
from relsurvey.reading.formats.table import letters
from relsurvey.reading.match import shown
from relsurvey.reading.opening import Column, Sheet
from relsurvey.reading.opening.sheet import stack

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from relsurvey.grading.mapping import GradebookMapping

__all__ = ["NAME", "detect", "read"]


def read(
    sheet: Sheet, mapping: GradebookMapping | None, settings: Settings, notes: Sequence[str] = ()
) -> Part:
    """Read a Canvas gradebook.

    Parameters
    ----------
    sheet
        The sheet.
    mapping
        What the file does not say of itself: categories and codes.
    settings
        What the caller says.
    notes
        What was noticed on opening the file.

    Returns
    -------
    Part
        Its ``totals`` have the columns ``current_letter, final_letter, override_letter`` too, and where the
        file says so ``current_unposted, final_unposted`` (with scores that students do not see yet). Its
        ``marks`` have no letter and percent: which total is the mark depends on what an empty cell means.

    Raises
    ------
    ReadError
        If it is not whole, or if a cell holds what no code explains.
    """
    return _Reader(sheet, mapping, settings, notes).part()


class _Reader:
    """One file on its way into a gradebook's tables."""

    def __init__(
        self, sheet: Sheet, mapping: GradebookMapping | None, settings: Settings, notes: Sequence[str]
    ) -> None:
        import numpy as np

        self.sheet, self.mapping, self.settings = sheet, mapping, settings
        self.layout = layout_of(sheet)
        self.codes = {**(mapping.codes if mapping else {}), **settings.codes}
        self.named = mapping.categories if mapping else {}
        self.decimal = self._decimal()
        self.totals = Totals(sheet, self.layout, np.arange(0), self.decimal)
        self.note = self.totals.note

    def part(self) -> Part:
        import numpy as np

        layout, sheet = self.layout, self.sheet
        if not {"id", "sis user id"} & set(layout.ids):
            raise ReadError(
                f"{sheet.where} is a Canvas gradebook without its column `ID`. "
                "Export it again with all columns."
            )
        if layout.items and layout.points is None:
            raise ReadError(
                f"{sheet.where} has no row `Points Possible` under its header, so no score has a percent. "
                "Export it again."
            )
        self.rows, self.student = Students(self.sheet, self.layout, self.note).found()
        self.totals.rows = self.rows
        self._note_layout()
        self.term = self._term()
        self.about = {
            "student": self.student,
            "school": np.full(len(self.rows), self.settings.school, object),
            "course": np.full(len(self.rows), self.settings.course, object),
            "section": self._sections(),
            "teacher": np.full(len(self.rows), self.settings.teacher, object),
            "term": np.full(len(self.rows), self.term, object),
        }
        points = self._points()
        raw, status, code = self._cells(points)
        titles = self._titles()
        graded = np.isin(status.astype(str), ("scored", "missing"))
        assigned = graded | (status == "ungraded")
        items = Items(np.where(graded, np.nan_to_num(raw), 0.0), graded, assigned, points)
        category, own = own_rules(self.totals, titles, items, self.named)
        scores = self._scores(titles, category, points, raw, status, code)
        totals = self._totals(graded=bool(graded.any()))
        marks = table(
            MARKS,
            {key: self.about[key] for key in ("student", "school", "course", "section", "term")}
            | {ROW: self.numbers},
            len(self.rows),
        )
        self.note("rows kept", len(self.rows), "rows were read", "each is a student")
        return Part(scores, marks, totals, (own,), tuple(self.totals.entries))

    # Rows.

    @property
    def numbers(self) -> NDArray[np.intp]:
        """The rows' numbers in the file."""
        return self.rows + self.sheet.first

    def _texts(self, key: str) -> NDArray[np.object_]:
        import numpy as np

        if key not in self.layout.ids:
            return np.full(len(self.rows), None, object)
        return bare_column(self.sheet, self.layout.ids[key]).take(self.rows).objects()

    def _sections(self) -> NDArray[np.object_]:
        import numpy as np

        found = self._texts("section")
        return np.where(empty(found), np.array(self.settings.section, object), found)

    # Columns.

    def _decimal(self) -> str:
        start = self.layout.header + 1
        at = [i for i, _, _ in self.layout.items]
        at += [i for (_, kind), i in self.layout.totals.items() if kind.endswith(("Score", "Points"))]
        columns = [self.sheet.columns[i].take(slice(start, None)) for i in at]
        texts = {column.texts[place] for column in columns for place in column.used}
        chosen = self.mapping.decimal if self.mapping else None
        return cells.decimal_sign(texts, chosen, self.sheet.where)

    def _note_layout(self) -> None:
        layout = self.layout
        if layout.between:
            cells = [cell for row in layout.between for cell in self.sheet.row(row)]
            hidden = sum("manual posting" in fold(c) or fold(c) == "muted" for c in cells)
            count = many(hidden, "assignment", "assignments")
            what = f"a row about posting says of {count} that scores are posted by hand"
            why = "scores not yet posted stand in the file and not in its totals"
            self.note("layout", hidden, what, why)
        if layout.others:
            heads = self.sheet.row(layout.header)
            what = f"left out: {listed([heads[i] or f'column {letters(i)}' for i in layout.others])}"
            why = "custom columns, such as notes, are no scores"
            self.note("columns not used", len(layout.others), what, why)
        personal = {"student", "lastname", "firstname", "sis login id", "integration id"} & set(layout.ids)
        what = "names and logins were left out"
        self.note("columns not used", len(personal), what, "a gradebook here holds no names")
        if (None, "Override Status") in layout.totals:
            self.note("columns not used", 1, "`Override Status` was left out", "it is no mark")

    def _term(self) -> str | None:
        terms = self.layout.terms
        if len(terms) > 1:
            raise ReadError(
                f"{self.sheet.where} has totals of {len(terms)} grading periods. "
                "Export each period by itself."
            )
        own = next(iter(terms), None)
        if self.settings.term is None:
            if own:
                why = "the grading period in the heads of the totals"
                self.note("layout", 1, f"the term is {shown(own, 40)}", why)
            return own
        if own and fold(own) != fold(self.settings.term):
            self.note("given", 1, "the term that was named was taken", f"the file says {shown(own, 40)}")
        return self.settings.term

    def _titles(self) -> list[str]:
        items = [(title, id_) for _, title, id_ in self.layout.items]
        seen: dict[str, int] = {}
        for title, _ in items:
            seen[title] = seen.get(title, 0) + 1
        again = [title for title, id_ in dict.fromkeys(items) if items.count((title, id_)) > 1]
        if again:
            raise ReadError(
                f"{self.sheet.where} has two columns of the assignment {shown(again[0], 40)}. "
                "Delete one of them, or give each a title of its own."
            )
        twice = sum(n for n in seen.values() if n > 1)
        if twice:
            what = "assignments that share a title keep their number in it"
            self.note("layout", twice, what, "Canvas tells them apart by it")
        if self.layout.untold:
            what = f"assignments without Canvas' number behind the title: {listed(self.layout.untold)}"
            self.note("layout", len(self.layout.untold), what, "read as work, for they have points possible")
        return [f"{title} ({id_})" if seen[title] > 1 and id_ else title for title, id_ in items]

    def _points(self) -> NDArray[np.float64]:
        import numpy as np

        points = np.zeros(len(self.layout.items))
        none = []
        for k, (at, title, _) in enumerate(self.layout.items):
            row = self.layout.points or 0
            text = cells.bare(self.sheet.columns[at][row])
            number = cells.plain_number(text, self.decimal) if text else 0.0
            if number is None or number < 0:
                raise ReadError(
                    f"{self.sheet.where}, row {row + self.sheet.first}, column {letters(at)}: "
                    f"the points possible of {shown(title, 40)} are no number of 0 or more. Correct the cell."
                )
            points[k] = number
            none += [] if text else [title]
        if none:
            what = f"work without points possible counts as extra credit: {listed(none)}"
            self.note("layout", len(none), what, "as in Canvas, which takes them as worth 0 points")
        zero = [title for (_, title, _), worth in zip(self.layout.items, points, strict=True) if not worth]
        zero = [title for title in zero if title not in none]
        if zero:
            what = f"work of 0 points possible adds to the points earned alone: {listed(zero)}"
            self.note("layout", len(zero), what, "that is extra credit")
        return points

    def _cells(
        self, points: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.object_], NDArray[np.object_]]:
        """Return number, status and code of every score: students by items."""
        import numpy as np

        shape = (len(self.layout.items), len(self.rows))
        if not self.layout.items:
            none = np.zeros(shape, object).T
            return none.astype(float), none, none
        columns = [self.sheet.columns[at].take(self.rows) for at, _, _ in self.layout.items]
        # All at once: a text that stands in many columns is read once.
        both = stack(columns)
        found = cells.cells(both, self.codes, self.decimal)
        if not found.known.all():
            raise self._unexplained(columns, ~found.known.reshape(shape).T)
        status, code = found.status.reshape(shape).T, found.code.reshape(shape).T
        of, percent = found.of.reshape(shape).T, found.percent.reshape(shape).T
        raw = self._in_points(found.number.reshape(shape).T, of, percent, points)
        counts = dict(zip(*np.unique(status.astype(str), return_counts=True), strict=True))
        for kind, what in (
            ("excused", "scores are excused and count for nothing"),
            ("not_assigned", "scores were never assigned to the student and count for nothing"),
            ("missing", "scores are missing work by the code table"),
            ("ungraded", "cells are empty"),
        ):
            if counts.get(kind):
                why = "what they count is said by blank=" if kind == "ungraded" else "what the cell says"
                step = "empty cells" if kind == "ungraded" else "score cells"
                self.note(step, int(counts[kind]), what, why)
        with np.errstate(invalid="ignore"):
            above = int(((raw > points) & (points > 0)).sum())
            below = int((raw < 0).sum())
        if above:
            self.note("score cells", above, "scores are above their points possible", "kept: extra credit")
        if below:
            self.note("score cells", below, "scores are below zero", "kept: points were taken off")
        return raw, status, code

    def _unexplained(self, columns: Sequence[Column], wrong: NDArray[np.bool_]) -> ReadError:
        """Make the error for texts that are neither numbers nor codes: they are never guessed."""
        import numpy as np

        found = [
            (self.layout.items[k][1], cells.cells(columns[k], self.codes, self.decimal).unexplained)
            for k in np.flatnonzero(wrong.any(axis=0)).tolist()
        ]
        row, item = (int(i) for i in np.argwhere(wrong)[0])
        return cells.unexplained_error(found, self.sheet.where, self._place(row, item), self.codes)

    def _place(self, row: int, item: int) -> str:
        return f"row {self.rows[row] + self.sheet.first}, column {letters(self.layout.items[item][0])}"

    def _in_points(
        self,
        raw: NDArray[np.float64],
        of: NDArray[np.float64],
        percent: NDArray[np.bool_],
        points: NDArray[np.float64],
    ) -> NDArray[np.float64]:
        """Return scores in points, where a person wrote ``85%`` or ``8/10`` into a cell.

        Raises
        ------
        ReadError
            If a cell is of other points than its assignment, or a percent of none.
        """
        import numpy as np

        wrong = np.argwhere(np.where(percent, points == 0, ~np.isnan(of) & (of != points)))
        if len(wrong):
            row, item = (int(i) for i in wrong[0])
            said = "a percent" if percent[row, item] else f"a score out of {of[row, item]:g}"
            raise ReadError(
                f"{self.sheet.where}, {self._place(row, item)}: {said} stands in a column of "
                f"{points[item]:g} points possible. Correct one of the two."
            )
        if percent.any():
            what = "scores in percent were taken of their points possible"
            self.note("score cells", int(percent.sum()), what, "Canvas exports points; a person wrote these")
        return np.where(percent, raw * points / 100, raw)

    def _scores(
        self,
        titles: Sequence[str],
        category: NDArray[np.object_],
        points: NDArray[np.float64],
        raw: NDArray[np.float64],
        status: NDArray[np.object_],
        code: NDArray[np.object_],
    ) -> pd.DataFrame:
        import numpy as np

        n, m = len(self.rows), len(titles)
        rows = {name: np.repeat(values, m) for name, values in self.about.items()}
        # One after the other into an array: a list of them would be made into texts of one length.
        names, ids = np.empty(m, object), np.empty(m, object)
        names[:], ids[:] = titles, [id_ for _, _, id_ in self.layout.items]
        rows |= {
            "item": np.tile(names, n),
            "category": np.tile(category, n),
            "points_possible": np.tile(points, n),
            "raw": raw.ravel(),
            "status": status.ravel(),
            "code": code.ravel(),
            ITEM_ID: np.tile(ids, n),
            ROW: np.repeat(self.numbers, m),
        }
        return table(SCORES, rows, n * m)

    def _totals(self, *, graded: bool) -> pd.DataFrame:
        import numpy as np

        kinds = {"current": "Current", "final": "Final", "override": "Override"}
        found = {key: self.totals.numbers(None, f"{kind} Score") for key, kind in kinds.items()}
        if not {(None, f"{kind} {what}") for kind in kinds.values() for what in ("Score", "Grade")} & set(
            self.layout.totals
        ):
            why = "Canvas leaves them out of a course's entire gradebook with grading periods"
            self.note("marks", len(self.rows), "the file has no totals; marks are computed", why)
            return table(TOTALS, {}, 0)
        letters = {f"{key}_letter": self.totals.letters(f"{kind} Grade") for key, kind in kinds.items()}
        bare = all(values is None or np.isnan(values).all() for values in found.values())
        if graded and bare and all(empty(column).all() for column in letters.values()):
            why = "nothing stands under any of its totals"
            self.note("marks", len(self.rows), "the file's totals are empty; marks are computed", why)
            return table(TOTALS, {}, 0)
        none = np.full(len(self.rows), np.nan)
        rows = {key: self.about[key] for key in ("student", "school", "course", "term")}
        rows |= {key: none if values is None else values for key, values in found.items()}
        for key, kind in (("current", "Current"), ("final", "Final")):
            whole = self.totals.numbers(None, f"Unposted {kind} Score")
            if whole is not None:
                rows[f"{key}_unposted"] = whole
        rows |= letters
        by_hand = int((~np.isnan(rows["override"]) | ~empty(rows["override_letter"])).sum())
        if by_hand:
            what = "marks were set by hand (Override), and that is the mark"
            self.note("marks", by_hand, what, "scores do not give it")
        return table(TOTALS, rows, len(self.rows))
