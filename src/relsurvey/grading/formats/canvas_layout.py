"""Where things stand in Canvas' gradebook export: its header, its rows about the work, its columns."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from relsurvey.errors import ReadError
from relsurvey.grading import cells
from relsurvey.instrument.fold import fold
from relsurvey.reading.formats.table import letters
from relsurvey.reading.match import shown
from relsurvey.reading.opening import Column, Sheet

NAME = "Canvas gradebook"

_NEAR_TOP = 10
_NAMES = ({"student"}, {"lastname", "firstname"})
_IDS = ("id", "sis user id", "sis login id", "integration id", "root account", "section")
_POINTS = "points possible"
_ITEM = re.compile(r"(?P<title>.*?)\s*\((?P<id>[0-9]+)\)", re.DOTALL)
_TOTAL = re.compile(
    r"(?:(?P<group>.+?) )??(?P<kind>(?:Unposted )?(?:Current|Final) (?:Score|Grade|Points)"
    r"|Override (?:Score|Grade|Status))(?: \((?P<term>.+)\))?",
    re.DOTALL,
)
#: A longer head is no title of Canvas, and may be made to take time.
_LONGEST = 500


@dataclass
class Layout:
    """Where things stand: columns by position, rows of the sheet from 0.

    Attributes
    ----------
    header, points
        The header, and the row of points possible.
    between
        Rows about posting.
    ids
        By folded heading, the columns that say who a row is.
    items
        Each assignment: its column, its title, its number in Canvas.
    totals
        By group (None for the course) and kind, such as ``Current Score``.
    terms
        Grading periods in the heads of the totals.
    others
        Custom columns.
    untold
        Titles of assignments that stand without a number.
    """

    header: int
    points: int | None
    between: list[int]
    ids: dict[str, int] = field(default_factory=dict)
    items: list[tuple[int, str, str]] = field(default_factory=list)
    totals: dict[tuple[str | None, str], int] = field(default_factory=dict)
    terms: set[str] = field(default_factory=set)
    others: list[int] = field(default_factory=list)
    untold: list[str] = field(default_factory=list)

    @property
    def groups(self) -> list[str]:
        """The assignment groups that have totals, in order."""
        return list(dict.fromkeys(group for group, _ in self.totals if group is not None))


def detect(sheet: Sheet) -> bool:
    """Say whether a sheet is a Canvas gradebook, or what is left of one."""
    return _header(sheet) is not None or _headless(sheet) is not None


def _folded(sheet: Sheet, row: int, most: int | None = None) -> list[str]:
    return [fold(cells.bare(column[row])) for column in sheet.columns[:most]]


def _header(sheet: Sheet) -> int | None:
    for number in range(min(_NEAR_TOP, sheet.height)):
        names = set(_folded(sheet, number))
        if not any(needed <= names for needed in _NAMES):
            continue
        known = sum(name in names for name in _IDS)
        under = range(number + 1, min(number + 5, sheet.height))
        below = any(_POINTS in _folded(sheet, other, 2) for other in under)
        heads = [cells.bare(cell) for cell in sheet.row(number)]
        work = any(_matched(_ITEM, head) or _matched(_TOTAL, head) for head in heads)
        if (below and (known or work)) or (known >= 2 and work):
            return number
    return None


def _matched(pattern: re.Pattern[str], head: str) -> re.Match[str] | None:
    return pattern.fullmatch(head) if len(head) <= _LONGEST else None


def _headless(sheet: Sheet) -> int | None:
    """Return the row of points of a file that has lost its header."""
    for number in range(min(_NEAR_TOP, sheet.height)):
        if _POINTS in _folded(sheet, number, 2) and "(read only)" in _folded(sheet, number):
            return number
    return None


def layout_of(sheet: Sheet) -> Layout:
    """Return where things stand.

    Raises
    ------
    ReadError
        If the header is lost.
    """
    header = _header(sheet)
    if header is None:
        row = (_headless(sheet) or 0) + sheet.first
        raise ReadError(
            f"{sheet.where} has Canvas' points possible in row {row} and no header row "
            "(Student, ID, …, Section) above it. Export it again."
        )
    heads = [cells.bare(cell) for cell in sheet.row(header)]
    names = [fold(head) for head in heads]
    # The row is found by its text: one about posting may stand before it, in more than one wording.
    first = next(i for i, name in enumerate(names) if name in ("student", "lastname", "firstname"))
    column = sheet.columns[first]
    wanted = {i for i, text in enumerate(column.texts) if fold(text) == _POINTS}
    found = [i for i in range(header + 1, sheet.height) if int(column.codes[i]) in wanted] if wanted else []
    points = found[0] if found and found[0] <= header + 4 else None
    between = list(range(header + 1, points)) if points is not None else []
    layout = Layout(header, points, between)
    marks = [cells.bare(cell) for cell in sheet.row(points)] if points is not None else [""] * len(heads)
    for i, (head, name, mark) in enumerate(zip(heads, names, marks, strict=True)):
        if name in (*_IDS, "student", "lastname", "firstname") and name not in layout.ids:
            layout.ids[name] = i
            continue
        item, total = _matched(_ITEM, head), _matched(_TOTAL, head)
        worded = bool(mark) and not any(sign.isdigit() for sign in mark)
        if total and (worded or not item):
            layout.totals.setdefault((total["group"], total["kind"]), i)
            layout.terms |= {total["term"]} if total["term"] else set()
        elif item:
            layout.items.append((i, item["title"].strip() or f"({item['id']})", item["id"]))
        elif cells.plain_number(mark) is not None and len(head) <= _LONGEST:
            # Only work has points possible.
            if not head:
                raise ReadError(
                    f"{sheet.where} has points possible in column {letters(i)} and no title above them. "
                    "Export it again, or write the title into the header."
                )
            layout.items.append((i, head, ""))
            layout.untold.append(head)
        elif name or sheet.columns[i].filled()[header + 1 :].any():
            layout.others.append(i)
    return layout


def listed(names: Sequence[str], most: int = 6) -> str:
    """Return headings as a line of the ledger may quote them."""
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(shown(name, 30) for name in names[:most]) + more


def bare_column(sheet: Sheet, at: int) -> Column:
    """Return a column, its texts as :func:`relsurvey.grading.cells.bare` leaves them."""
    return sheet.columns[at].map(cells.bare)
