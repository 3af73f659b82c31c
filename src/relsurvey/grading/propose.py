"""A mapping for a gradebook that nobody described yet: what its headings and cells most likely mean."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from relsurvey.errors import ReadError
from relsurvey.escape import yaml_scalar
from relsurvey.grading import cells
from relsurvey.grading.codes import USUAL
from relsurvey.grading.formats.columns import NUMERIC, names, repeated
from relsurvey.grading.formats.days import day_first
from relsurvey.grading.headings import (
    CODES,
    GROUP_OF,
    ID_RANK,
    POINTS,
    ROLE_OF,
    ROW_WORDS,
    SUMS,
    heading_key,
    is_sum,
    known_heading,
    without_points,
)
from relsurvey.grading.letters import meaning
from relsurvey.grading.mapping import GROUP, IGNORE, ROLES, GradebookMapping, Item, Layout, Rows
from relsurvey.grading.proposed_marks import differs, full_marks, points_said
from relsurvey.instrument.fold import fold
from relsurvey.reading import dates
from relsurvey.reading.formats import Table, TableColumn, plain
from relsurvey.reading.headings import personal
from relsurvey.reading.match import alike, shown
from relsurvey.reading.opening import Opened

if TYPE_CHECKING:
    from relsurvey.reading.opening import Sheet


_ALIKE = 0.88
_LETTERS_WITHIN = 12
_A_TOTAL = "a total is no piece of work"

_HEAD = """\
Proposed by relsurvey for {file}. Look every line over: a column's name stands left, what it holds right.
Then set `confirmed: true`; the next file with this header is read with no question asked.
Still open: {open}."""


@dataclass(frozen=True)
class Proposal:
    """A mapping to be looked over.

    Attributes
    ----------
    mapping
        The mapping, not confirmed.
    table
        The sheet it was made for.
    remarks
        By a column's name, how it came by what it is said to hold.
    open
        What is left for a person, the most important first.
    """

    mapping: GradebookMapping
    table: Table
    remarks: dict[str, str]
    open: tuple[str, ...]

    @property
    def complete(self) -> bool:
        """Whether it leaves nothing open."""
        return not self.open

    def to_yaml(self, file: str) -> str:
        """Return it as the YAML that a person edits."""
        return self.mapping.to_yaml(
            self.remarks, _HEAD.format(file=file, open="; ".join(self.open) or "nothing")
        )


def propose(opened: Opened, meant: Mapping[str, float | str] | None = None) -> Proposal:
    """Propose how a plain gradebook is read.

    Parameters
    ----------
    opened
        The file.
    meant
        Codes that are known already.

    Raises
    ------
    ReadError
        If the file has no table at all.

    Examples
    --------
    >>> import pandas as pd
    >>> from relsurvey.reading.opening import from_frame
    >>> found = propose(from_frame(pd.DataFrame({"Student ID": ["s1", "s2"], "Quiz (10 pts)": ["8", "NHI"]})))
    >>> found.mapping.layout, found.mapping.columns
    ('wide', {'Student ID': 'student', 'Quiz (10 pts)': 'item'})
    >>> found.open
    ("the text 'NHI' (1) stands for no number: add it to `codes`",)
    """
    table = _table(opened)
    return _Proposing(table, {**CODES, **(meant or {})}).proposal()


def _table(opened: Opened) -> Table:
    """Return the sheet with students that has the most known headings; of several such, the fullest."""
    found = [plain.read(sheet, known_heading) for sheet in opened.sheets if _readable(sheet)]
    found = [table for table in found if len(table) and table.columns]
    if not found:
        raise ReadError(f"{opened.file} has no row under a header. Export it again.")

    def rank(table: Table) -> tuple[bool, int, int]:
        # A list of the work, such as of a sheet "Assignments", has more known headings than the scores have.
        named = any(ROLE_OF.get(heading_key(name)) == "student" for name in table.names)
        return named, sum(map(known_heading, table.names)), len(table) * len(table.columns)

    return max(found, key=rank)


def _readable(sheet: Sheet) -> bool:
    return plain.detect(sheet)


class _Proposing:
    def __init__(self, table: Table, meant: dict[str, float | str]) -> None:
        self.table, self.meant = table, meant
        self.remarks: dict[str, str] = {}
        self.open: list[str] = []
        self.pointless: list[str] = []
        self.titled: dict[str, str] = {}
        self.rows = self._rows()
        self.head_rows = list(self.rows.values())
        for column in table.columns:
            if ROLE_OF.get(heading_key(column.header or column.name)) == "student":
                self.head_rows += repeated(table, column.name).nonzero()[0].tolist()

    def proposal(self) -> Proposal:
        roles = {column.name: self._role(column) for column in self.table.columns}
        layout = self._layout(roles)
        columns, items = self._columns(roles, layout)
        full = self._full(columns)
        found: dict[str, float | str] = {}
        if layout != "marks":
            scored = ("raw", "percent") if layout == "long" else ("item",)
            found = self._codes([c for c in self.table.columns if columns[c.name] in scored])
        heads = {key: self._text_of(row) for key, row in self.rows.items()} if layout == "wide" else {}
        mapping = GradebookMapping(
            layout=layout,
            fingerprint=self.table.fingerprint,
            confirmed=False,
            columns=columns,
            items=items,
            rows=Rows(**heads),
            codes=found,
            out_of=full,
        )
        self._signs(mapping)
        self._needs(mapping)
        return Proposal(mapping, self.table, self.remarks, tuple(dict.fromkeys(self.open)))

    def _rows(self) -> dict[str, int]:
        """Return the rows that speak of the work: near the top or at the end, with a word for it in front."""
        near = [*range(min(5, len(self.table))), *range(max(5, len(self.table) - 2), len(self.table))]
        found: dict[str, int] = {}
        for row in near:
            front = next(
                (column.cells[row] for column in self.table.columns if column.cells[row].strip()), ""
            )
            for key, texts in ROW_WORDS.items():
                if heading_key(front) in texts and key not in found:
                    found[key] = row
                    break
        return found

    def _text_of(self, row: int) -> str:
        return next(column.cells[row].strip() for column in self.table.columns if column.cells[row].strip())

    def _texts(self, column: TableColumn) -> dict[str, int]:
        """Return what stands in a column's cells of students, and how often."""
        import numpy as np

        counts = column.cells.take(np.delete(np.arange(len(self.table)), self.head_rows)).counts()
        counts.pop("", 0)
        return {text: n for text, n in counts.items() if text.strip()}

    def _role(self, column: TableColumn) -> str | None:
        """Return what a column holds; None where it is like nothing that is known."""
        name = heading_key(column.header or column.name)
        # "Total (30 pts)" is a total as "Total" is, and "Task (30 pts)" is a piece of work.
        bare = without_points(column.header) or name
        role = ROLE_OF.get(name)
        if role is None and (bare == "grade" or ROLE_OF.get(bare) in ("total", "percent", "letter")):
            role = "total" if bare == "grade" else ROLE_OF[bare]
        if role:
            if role == "student" and names(self._texts(column)):
                self.remarks[column.name] = "a person's name never enters"
                return IGNORE
            return self._by_cells(column, role)
        if bare in SUMS and self._in_percent(column):
            return "total"
        if is_sum(bare):
            self.remarks[column.name] = _A_TOTAL
            return IGNORE
        if group := GROUP_OF.get(name):
            return GROUP + group
        if personal(column.header):
            self.remarks[column.name] = "a person's name or address never enters"
            return IGNORE
        if not self._texts(column):
            self.remarks[column.name] = "empty"
            return IGNORE if not self._scores(column) else None
        if self._scores(column):
            return None
        best = max(ROLE_OF, key=lambda text: alike(name, text))
        if alike(name, best) >= _ALIKE:
            self.remarks[column.name] = f"like {best}"
            found = "percent" if ROLE_OF[best] == "total" else ROLE_OF[best]
            self.open.append(f"whether {shown(column.name, 40)} is `{found}`")
            return found
        return None

    def _by_cells(self, column: TableColumn, role: str) -> str:
        """Return what a heading means, where its cells tell better: a `Grade` can be a letter or a number."""
        texts = self._texts(column)
        letters = bool(texts) and all(meaning(text) and not text.strip().isdigit() for text in texts)
        if role in ("grade_level", "raw", "percent", "total", "letter") and letters:
            return "letter"
        if role in ("letter", "grade_level") and texts and self._scores(column):
            levels = all(text.strip().isdigit() and int(text) <= _LETTERS_WITHIN for text in texts)
            if not (role == "grade_level" and levels):
                return "percent"
        return role

    def _scores(self, column: TableColumn) -> bool:
        """Say whether a column can be one of scores: numbers and codes, or a heading with points."""
        if POINTS.search(column.header):
            return True
        texts = self._texts(column)
        if not texts:
            return any(column.cells[row].strip() for key, row in self.rows.items() if key == "points")
        numbers = sum(n for text, n in texts.items() if self._number(text))
        return numbers >= 0.5 * sum(texts.values())

    def _in_percent(self, column: TableColumn) -> bool:
        found = [cells.number(text.strip()) for text in self._texts(column)]
        return bool(found) and all(read is not None and read[2] for read in found)

    def _number(self, text: str) -> bool:
        return cells.number(text.strip()) is not None

    def _layout(self, roles: dict[str, str | None]) -> Layout:
        held = set(roles.values())
        if "item" in held and held & {"raw", "percent", "total"}:
            return "long"
        free = [
            column for column in self.table.columns if roles[column.name] is None and self._scores(column)
        ]
        if free or not (held & {"letter", "percent", "total"} or _A_TOTAL in self.remarks.values()):
            return "wide"
        return "marks"

    def _columns(
        self, roles: dict[str, str | None], layout: Layout
    ) -> tuple[dict[str, str], dict[str, Item]]:
        if layout != "long" or not {"raw", "percent"} & set(roles.values()):
            # Only beside scores of its own does a row need another word for the course's total.
            roles = {name: "percent" if role == "total" else role for name, role in roles.items()}
        columns: dict[str, str] = {}
        items: dict[str, Item] = {}
        ids = [column for column in self.table.columns if roles[column.name] == "student"]
        # Of several columns that may hold ids, the one with the surest heading.
        chosen = min(
            ids, key=lambda column: ID_RANK.get(heading_key(column.header), len(ID_RANK)), default=None
        )
        for column in self.table.columns:
            name, role = column.name, roles[column.name]
            fits = role is not None and (role in ROLES[layout] or role.startswith(GROUP) or role == IGNORE)
            if layout == "wide" and (role is None or not fits or role == "item") and self._scores(column):
                columns[name] = "item"
                items |= self._item(column)
            elif role is None or not fits:
                columns[name] = IGNORE
                self.remarks.setdefault(name, "like nothing that is known")
                self.open.append(f"what {shown(name, 40)} holds")
            elif role == "student" and column is not chosen:
                columns[name] = IGNORE
                self.remarks[name] = "another column holds the ids"
            elif role != IGNORE and role in columns.values():
                columns[name] = IGNORE
                self.remarks[name] = f"another column is `{role}`"
                self.open.append(f"which column is `{role}`")
            else:
                columns[name] = role
                if self.remarks.get(name) == _A_TOTAL:
                    mark = "total" if layout == "long" else "percent"
                    said = points_said(column.header)
                    of = f", `out_of: {said:g}`" if said not in (None, 100) else ""
                    self.open.append(f"whether {shown(name, 40)} is the mark (`{mark}`{of}) or is left out")
        for name in [name for name, role in columns.items() if layout == "long" and role == "letter"]:
            if differs(self.table, name, columns, self.head_rows):
                columns[name] = IGNORE
                self.remarks[name] = "its letters differ between the rows of a student"
                self.open.append(f"what {shown(name, 40)} holds")
        if layout == "long" and {"raw", "percent"} <= set(columns.values()):
            spare = "percent" if "points_possible" in columns.values() else "raw"
            name = next(name for name, role in columns.items() if role == spare)
            columns[name] = IGNORE
            self.remarks[name] = "another column says the same"
        return columns, items

    def _full(self, columns: dict[str, str]) -> float | None:
        """Return what a total's heading says full marks are, and ask where its numbers speak against it."""
        marks = [c for c in self.table.columns if columns[c.name] in ("percent", "total")]
        # One that is asked about is read as its heading says, if it is the mark.
        asked = [c for c in self.table.columns if self.remarks.get(c.name) == _A_TOTAL]
        if len(marks or asked) != 1:
            return None
        [mark] = marks or asked
        below = mark.cells[self.rows["points"]] if "points" in self.rows else ""
        of, sure = full_marks(mark.header, below, self._texts(mark))
        if sure:
            return of if points_said(mark.header) is not None else None
        if marks:
            self.open.append(
                f"whether {shown(mark.name, 40)} counts points (`out_of: {of:g}`) or percents (`out_of: 100`)"
            )
        return None

    def _item(self, column: TableColumn) -> dict[str, Item]:
        """Return what a heading says of a piece of work: ``Quiz 1 (10 pts)``."""
        found = POINTS.search(column.header)
        row = self.rows.get("points")
        if found and (row is None or not column.cells[row].strip()):
            points = points_said(column.header)
            title = column.header[: found.start()].strip()
            first = self.titled.setdefault(fold(title), column.name)
            if title and first != column.name:
                self.open.append(
                    f"whether {shown(first, 40)} and {shown(column.name, 40)} are two pieces of work (keep "
                    f"the `title` of each), or one of them is left out (`{IGNORE}`)"
                )
                title = column.name
            return {column.name: Item(title=title or None, points=points)}
        texts = self._texts(column)
        named = [text for text in texts if "%" in text or "/" in text]
        said = "points" in self.rows and cells.number(column.cells[self.rows["points"]].strip()) is not None
        if not said and len(named) < max(1, sum(map(self._number, texts))):
            self.remarks[column.name] = "how many points are possible?"
            self.pointless.append(column.name)
        return {}

    def _codes(self, columns: list[TableColumn]) -> dict[str, float | str]:
        """Return the codes in columns of scores that mean the same anywhere; the others stay open."""
        found: dict[str, float | str] = {}
        unknown: dict[str, int] = {}
        known = {text.casefold(): meant for text, meant in self.meant.items()}
        usual = {text.casefold() for text in USUAL}
        for column in columns:
            for text, n in self._texts(column).items():
                bare = text.strip()
                if bare.casefold() in usual:
                    continue
                if bare.casefold() in known:
                    found[bare] = known[bare.casefold()]
                elif not self._number(text):
                    unknown[bare] = unknown.get(bare, 0) + n
        days = {text: n for text, n in unknown.items() if cells.dated(text)}
        if days:
            self.open.append(
                f"dates ({sum(days.values())}) stand where scores are: a spreadsheet makes them of scores "
                "such as 3/4, so type those cells again"
            )
        unknown = {text: n for text, n in unknown.items() if text not in days}
        short = {text: n for text, n in unknown.items() if len(text) <= _LETTERS_WITHIN}
        for text, n in sorted(short.items(), key=lambda pair: -pair[1])[:6]:
            self.open.append(f"the text {shown(text, 20)} ({n}) stands for no number: add it to `codes`")
        if len(short) > 6:
            self.open.append(f"{len(short) - 6} further texts stand for no number: add them to `codes`")
        if longer := sum(n for text, n in unknown.items() if text not in short):
            self.open.append(
                f"longer texts ({longer}) stand where scores are: correct those cells, or set their column "
                f"to `{IGNORE}`"
            )
        return found

    def _signs(self, mapping: GradebookMapping) -> None:
        """Ask what the numbers and dates leave open, as they are read."""
        numeric = [c for c in self.table.columns if mapping.columns[c.name] in ("item", *NUMERIC)]
        try:
            cells.decimal_sign((text for c in numeric for text in self._texts(c)), None, "")
        except ReadError:
            self.open.append(
                'whether 1,234 is 1234 (`decimal: "."`) or 1 and 234 thousandths (`decimal: ","`)'
            )
        for column in self.table.columns:
            texts = list(self._texts(column)) if mapping.columns[column.name] in ("due", "submitted") else []
            if day_first(texts) is None and any(
                dates.moment(text, day_first=True) != dates.moment(text, day_first=False) for text in texts
            ):
                self.open.append(
                    f"whether day or month stands first in {shown(column.name, 40)} (`dates: day first` "
                    "or `dates: month first`)"
                )

    def _needs(self, mapping: GradebookMapping) -> None:
        held = set(mapping.columns.values())
        first = []
        if "student" not in held:
            first.append("no column with the students' ids was found (`student`)")
        if mapping.layout == "wide" and "item" not in held:
            first.append("no column of scores was found (`item`)")
        if mapping.layout == "long" and "points_possible" not in held and "percent" not in held:
            first.append(
                "no column says how many points are possible (`points_possible`, or `points: 10` for all)"
            )
        if self.pointless:
            listed = ", ".join(shown(name, 40) for name in self.pointless[:4])
            more = f" and {len(self.pointless) - 4} more columns" if len(self.pointless) > 4 else ""
            first.append(
                f"how many points are possible for {listed}{more} (`points: 10` for all, or "
                f"`items: {{{yaml_scalar(self.pointless[0][:40])}: {{points: 10}}}}`)"
            )
        self.open[:0] = first
