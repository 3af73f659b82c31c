"""The columns of a school's own table by what a mapping says they hold: texts, numbers, dates, scores."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING

from relsurvey.errors import ReadError
from relsurvey.grading import cells
from relsurvey.grading.codes import USUAL
from relsurvey.grading.counting import many
from relsurvey.grading.formats import Settings
from relsurvey.grading.formats.days import day_first, dotted
from relsurvey.grading.letters import is_passed, meanings
from relsurvey.grading.mapping import GROUP, IGNORE, GradebookMapping
from relsurvey.instrument.fold import fold
from relsurvey.reading import dates
from relsurvey.reading.fit import TOTALS
from relsurvey.reading.formats import Table, TableColumn
from relsurvey.reading.identity import rounded
from relsurvey.reading.ledger import Entry
from relsurvey.reading.match import shown
from relsurvey.reading.opening import Column
from relsurvey.reading.roster import NO, YES

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

#: What columns of numbers hold, beside scores.
NUMERIC = ("raw", "percent", "total", "points_possible", "days_late", "attempt", "credits")
#: What stands in a column of A-G courses: yes, no, or the letter of the subject.
_AG = frozenset("abcdefg")
#: So many numbers between 0 and 1 are no percents, even where no letter beside them says so.
_SHARES = 5
#: A person's name, in one cell: two words or more, without a digit.
_NAME = re.compile(r"[^\W\d_][^\d_@]*[\s,]+[^\d_@]*[^\W\d_]\.?\Z")


@dataclass
class Columns:
    """One table, its columns by what a mapping says they hold, and the rows that speak of students."""

    table: Table
    mapping: GradebookMapping
    settings: Settings
    entries: list[Entry] = field(default_factory=list)

    # Made of the above: the columns of roles and those of scores; what codes mean; what stands before
    # decimals; the rows that speak of the work, and those that speak of students.
    columns: dict[str, TableColumn] = field(init=False, default_factory=dict)
    items: list[TableColumn] = field(init=False, default_factory=list)
    known: dict[str, float | str] = field(init=False)
    decimal: str = field(init=False)
    heads: dict[str, int] = field(init=False)
    rows: NDArray[np.intp] = field(init=False)

    def __post_init__(self) -> None:
        unused, roles = [], self.mapping.roles
        for column in self.table.columns:
            role = roles.get(fold(column.name))
            if role is None or role == IGNORE:
                unused.append(column.name)
            elif role == "item" and self.mapping.layout == "wide":
                self.items.append(column)
            else:
                self.columns[role] = replace(column, cells=column.cells.map(cells.bare))
        if unused:
            names = ", ".join(shown(name, 30) for name in unused[:8]) + (" …" if len(unused) > 8 else "")
            self.note("columns not used", len(unused), f"left out: {names}", "the mapping gives them no role")
        said = (USUAL, self.mapping.codes, self.settings.codes)
        by = {fold(text): (text, meant) for table_ in said for text, meant in table_.items()}
        self.known = dict(by.values())
        numeric = [self.columns[role] for role in NUMERIC if role in self.columns] + self.items
        texts = (column.cells.texts[place] for column in numeric for place in column.cells.used)
        self.decimal = cells.decimal_sign(texts, self.mapping.decimal, self.where)
        self.heads = self._heads()
        self.rows = self._students()

    @property
    def where(self) -> str:
        """The file, and the sheet where there are several."""
        return self.table.where

    @property
    def groups(self) -> dict[str, str]:
        """By role the name of each of the students' groups."""
        return {role: role.removeprefix(GROUP) for role in self.columns if role.startswith(GROUP)}

    def head(self, key: str, column: TableColumn) -> str:
        """Return what a row about the work says of a column: ``points``, ``due`` or ``category``."""
        return column.cells[self.heads[key]].strip() if key in self.heads else ""

    def note(self, step: str, rows: int, what: str, why: str) -> None:
        """Note a decision."""
        self.entries.append(Entry(step, self.where, rows, what, why))

    def _heads(self) -> dict[str, int]:
        """Return the rows that hold points, due dates and categories, by what they hold.

        Raises
        ------
        ReadError
            If there is none, or more than one.
        """
        import numpy as np

        found: dict[str, int] = {}
        for key, text in self.mapping.rows.model_dump(exclude_none=True).items():
            wanted = _word(text)
            rows: set[int] = set()
            for column in self.table.columns:
                if column not in self.items and not rows:
                    there = np.asarray([_word(cell) == wanted for cell in column.cells.texts])
                    rows = set(np.flatnonzero(there[column.cells.codes]).tolist())
            if len(rows) != 1:
                said = f"{len(rows)} rows that start" if rows else "no row that starts"
                raise ReadError(
                    f"{self.where} has {said} with {shown(text)}, where the mapping expects one with "
                    f"the {key} of the work. Correct `rows` in the mapping, or the row."
                )
            found[key] = rows.pop()
        return found

    def _students(self) -> NDArray[np.intp]:
        """Return the rows that name a student; blank ones and totals are left out.

        Raises
        ------
        ReadError
            If a row holds something and names nobody, if an id was rounded away, or if no row is left.
        """
        import numpy as np

        ids = self.columns["student"]
        if any(rounded(text) for text in ids.cells.counts()):
            raise ReadError(
                f"{self.where} holds ids such as 1.2E+05 in {shown(ids.name)}: a spreadsheet rounded them. "
                "Format that column as text and export again."
            )
        if names(text for text in ids.cells.counts() if text and _word(text) not in TOTALS):
            raise ReadError(
                f"{self.where}: the column {shown(ids.name)} holds names, and names are not read. "
                "Give the role `student` to the column with the students' ids."
            )
        inside = np.ones(len(self.table), bool)
        inside[list(self.heads.values())] = False
        again = repeated(self.table, ids.name)
        inside &= ~again
        if again.any():
            self.note("layout", int(again.sum()), "rows that repeat the header were left out", "no student")
        filled = np.zeros(len(self.table), bool)
        words = np.zeros(len(self.table), bool)
        for column in self.table.columns:
            filled |= column.cells.filled()
            if column not in self.items:
                words |= _totals(column)
        named = ids.cells.filled()
        # A word for a total stands in place of the id, or in a row that has none.
        totals = inside & (_totals(ids) | (words & ~named))
        for step, out, why in (
            ("blank rows", inside & ~filled, "they hold nothing"),
            ("totals rows", totals, "they speak of no student"),
        ):
            if out.any():
                self.note(step, int(out.sum()), "left out", why)
        left = inside & filled & ~totals
        nobody = np.flatnonzero(left & ~named)
        if len(nobody):
            raise ReadError(
                f"{self.where} has {many(len(nobody), 'row')} without an id in {shown(ids.name)}, the first "
                f"is row {self.table.numbers[nobody[0]]}. Fill the id in, or delete the row."
            )
        if not left.any():
            raise ReadError(f"{self.where} has a header and no student under it. Export it again.")
        return self._once(np.flatnonzero(left))

    def _once(self, rows: NDArray[np.intp]) -> NDArray[np.intp]:
        """Leave out rows that repeat another one wholly; of a long table they may be attempts."""
        import pandas as pd

        if self.mapping.layout == "long":
            return rows
        every = pd.DataFrame({i: column.cells.codes[rows] for i, column in enumerate(self.table.columns)})
        twice: NDArray[np.bool_] = every.duplicated().to_numpy(dtype=bool)
        if twice.any():
            what, why = "rows were kept once that stand twice", "they hold the same in every column"
            self.note("duplicates", int(twice.sum()), what, why)
        kept: NDArray[np.intp] = rows[~twice]
        return kept

    def objects(self, role: str) -> NDArray[np.object_]:
        """Return a column's texts, None where it is empty; what the caller said fills it."""
        import numpy as np

        given = getattr(self.settings, role, None)
        if role not in self.columns:
            return np.full(len(self.rows), given, object)
        found: NDArray[np.object_] = self.columns[role].cells.objects()[self.rows]
        if given is not None:
            empty = empties(found)
            if not empty.all():
                what = f"the file's own {role} was kept"
                self.note("given", int((~empty).sum()), what, "the mapping names its column")
            found[empty] = given
        return found

    def numbers(self, role: str, what: str) -> NDArray[np.float64]:
        """Return a column of plain numbers, NaN where it is empty.

        Raises
        ------
        ReadError
            If a cell holds anything else.
        """
        import numpy as np

        if role not in self.columns:
            return np.full(len(self.rows), np.nan)
        column = self.columns[role]
        picked = column.cells.take(self.rows)
        value = np.full(len(picked.texts), np.nan)
        for place in picked.used:
            text = picked.texts[place].strip()
            number = cells.plain_number(text, self.decimal) if text else np.nan
            if number is None:
                raise ReadError(
                    f"{self.where}, row {self.first_row(picked, place)}: the column {shown(column.name)} "
                    f"holds no number there, and it is the column of {what}. "
                    "Correct the cell, or the column's role in the mapping."
                )
            value[place] = number
        numbers: NDArray[np.float64] = value[picked.codes]
        return numbers

    def first_row(self, picked: Column, place: int) -> int:
        """Return the number, in the file, of the first row that holds a text of a column of ``rows``."""
        return int(self.table.numbers[self.rows[(picked.codes == place).argmax()]])

    def moments(self, role: str) -> NDArray[np.datetime64]:
        """Return a column of dates.

        Raises
        ------
        ReadError
            If one is no date, or if day and month cannot be told apart.
        """
        import numpy as np

        column = self.columns[role]
        picked = column.cells.take(self.rows)
        texts = [picked.texts[place] for place in picked.used]
        self.note_dots(picked.counts())
        found = np.full(len(picked.texts), np.datetime64("NaT"), "datetime64[s]")
        for place in picked.used:
            if picked.texts[place].strip():
                where = f"{self.where}, row {self.first_row(picked, place)}"
                found[place] = self.moment(picked.texts[place], texts, where, column.name)
        stamps: NDArray[np.datetime64] = found[picked.codes]
        return stamps

    def note_dots(self, counts: Mapping[str, int]) -> None:
        """Note dates, by text how many, whose day stands first only because dots part them."""
        n = dotted(counts) if self.mapping.dates is None else 0
        if n:
            what = "dates such as 01.03.2026 were read as day.month.year"
            self.note("layout", n, what, "dots part them")

    def moment(self, text: str, others: Sequence[str], where: str, column: str) -> np.datetime64:
        """Return one date, read as the dates beside it show or as the mapping says.

        Raises
        ------
        ReadError
            If it is no date, or if day and month cannot be told apart.
        """
        import numpy as np

        said = self.mapping.dates
        first = day_first(others) if said is None else said == "day first"
        ways = (True, False) if first is None else (first,)
        found = {day for way in ways if (day := _day(dates.moment(text, day_first=way))) is not None}
        if len(found) > 1:
            one, other = sorted(f"{day:%Y-%m-%d}" for day in found)
            raise ReadError(
                f"{where}: {shown(text, 20)} in the column {shown(column)} can be {one} or {other}. "
                "Write `dates: day first` or `dates: month first` into the mapping."
            )
        if not found:
            raise ReadError(
                f"{where}: the column {shown(column)} holds no date that can be read there. "
                "Write dates as 2026-03-06."
            )
        return np.datetime64(found.pop(), "s")

    def yes(self, role: str) -> NDArray[np.object_]:
        """Return a column of yes and no, None where it is empty; the letter of an A-G subject is yes.

        Raises
        ------
        ReadError
            If a cell says anything else.
        """
        import numpy as np

        if role not in self.columns:
            return np.full(len(self.rows), None, object)
        column = self.columns[role]
        picked = column.cells.take(self.rows)
        yes = YES | _AG if role == "ag" else YES
        found = np.full(len(picked.texts), None, object)
        for place in picked.used:
            text = fold(picked.texts[place])
            if text and text not in yes | NO:
                raise ReadError(
                    f"{self.where}, row {self.first_row(picked, place)}: the column {shown(column.name)} "
                    f"says neither yes nor no. Write one of the two, or set it to `{IGNORE}` in the mapping."
                )
            if text:
                found[place] = text in yes
        flags: NDArray[np.object_] = found[picked.codes]
        return flags

    def scores_of(self, columns: Sequence[TableColumn]) -> list[tuple[TableColumn, cells.Cells]]:
        """Return what stands in columns of scores.

        Raises
        ------
        ReadError
            If a text is neither a number nor a code, with all of them.
        """
        found = [
            (column, cells.cells(column.cells.take(self.rows), self.known, self.decimal))
            for column in columns
        ]
        unexplained = [(column.name, read.unexplained) for column, read in found if read.unexplained]
        if unexplained:
            column, read = next(pair for pair in found if pair[1].unexplained)
            row = self.table.numbers[self.rows[read.known.argmin()]]
            first = f"row {row}, column {shown(column.name)}"
            raise cells.unexplained_error(unexplained, self.where, first, self.known)
        coded: Counter[str] = Counter()
        for _, read in found:
            coded.update(read.coded)
        for text, n in coded.items():
            meant = self.known[text]
            what = f"{shown(text, 20)} was read as {meant if isinstance(meant, str) else f'{meant:g}'}"
            self.note("score codes", n, what, "the code table says so")
        return found

    def percents(self, role: str = "percent") -> cells.Cells:
        """Return what stands in a column of percents; shares of 1 become percents.

        Raises
        ------
        ReadError
            If a text is neither a number nor a code, with all of them.
        """
        import numpy as np
        import pandas as pd

        _, read = self.scores_of([self.columns[role]])[0]
        bare = ~np.isnan(read.number) & empties(read.code)
        value = np.where(bare, read.number, 0)
        said = self.mapping.out_of is not None or max(self.mapping.cuts.values(), default=100) <= 1
        if said or not np.isnan(read.of).all() or not ((value >= 0) & (value <= 1)).all():
            return read
        parts = (value > 0) & (value < 1)
        letters = pd.Series(self.objects("letter"), dtype=object)
        told = bare.sum() >= _SHARES or (parts & is_passed(meanings(letters))).any()
        if not (parts.any() and told):
            return read
        what = "percents between 0 and 1 were taken as shares"
        self.note("layout", int(bare.sum()), what, "all of them lie there")
        # 100 times .57 is no 57 in binary.
        return replace(read, number=np.where(bare, np.round(100 * read.number, 10), read.number))


def repeated(table: Table, ids: str) -> NDArray[np.bool_]:
    """Return which rows repeat the header.

    Parameters
    ----------
    table
        The table.
    ids
        The name of the column that holds the students' ids.

    Raises
    ------
    ReadError
        If a row is the header of another table: what stands under it is other work.
    """
    import numpy as np

    def heads(column: TableColumn) -> NDArray[np.bool_]:
        name = fold(column.header or column.name)
        there = np.array([bool(name) and fold(text) == name for text in column.cells.texts])
        found: NDArray[np.bool_] = there[column.cells.codes]
        return found

    again = heads(next(column for column in table.columns if column.name == ids))
    other = np.zeros(len(table), bool)
    if again.any():
        for column in table.columns:
            other |= column.cells.filled() & ~heads(column)
    if (again & other).any():
        row = table.numbers[(again & other).argmax()]
        raise ReadError(
            f"{table.where}, row {row}: another header stands there, so two tables were pasted together. "
            "Save each as a file of its own, and read both."
        )
    return again


def _totals(column: TableColumn) -> NDArray[np.bool_]:
    """Return which rows hold a word for a total."""
    import numpy as np

    words = np.asarray([_word(text) in TOTALS for text in column.cells.texts])
    found: NDArray[np.bool_] = words[column.cells.codes]
    return found


def _word(text: str) -> str:
    return fold(text).strip(": ")


def _day(moment: dates.Moment | None) -> datetime | None:
    try:
        return None if moment is None else datetime(*moment)
    except ValueError:
        return None


def names(texts: Iterable[str]) -> bool:
    """Say whether most of some distinct texts are persons' names.

    Examples
    --------
    >>> names(["Rivera, Ana", "Li Wei", "4711"]), names(["s 1", "4711"])
    (True, False)
    """
    found = [bool(_NAME.match(text.strip())) for text in texts]
    return 2 * sum(found) > len(found)


def empties(texts: NDArray[np.object_]) -> NDArray[np.bool_]:
    """Return which of a column's texts are None."""
    found: NDArray[np.bool_] = texts == None  # noqa: E711
    return found
