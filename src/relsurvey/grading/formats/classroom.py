"""Google Classroom's grades: one row a student, one column a piece of work, dates and points above students.

The layout (``Last Name, First Name, Email Address``, then work; rows that start with ``Date`` and ``Points``;
a row with the class average) is as users describe it: Google documents no columns, and no public file of it
could be found. What differs comes through a mapping with the layout ``wide``. That work can be missing or
excused is from Google's guide to grades (developers.google.com/classroom/guides/key-concepts/grades).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from relsurvey.errors import ReadError
from relsurvey.grading.formats import Part, Settings, headed, layouts, mark_columns
from relsurvey.grading.formats.columns import Columns
from relsurvey.grading.gradebook import MARKS, TOTALS, table
from relsurvey.grading.mapping import IGNORE, GradebookMapping, Rows
from relsurvey.instrument.fold import fold
from relsurvey.reading.ledger import Entry

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from relsurvey.reading.formats import Table
    from relsurvey.reading.opening import Sheet

NAME = "Google Classroom gradebook"

_LAST = ("lastname", "surname", "apellido", "apellidos")
_FIRST = ("firstname", "name", "nombre")
_EMAIL = (
    "emailaddress", "email", "correoelectronico", "correoelectrónico", "direcciondecorreoelectronico",
    "direccióndecorreoelectrónico",
)  # fmt: skip
_OVERALL = frozenset(
    ("overallgrade", "overall", "averagegrade", "calificaciongeneral", "calificacióngeneral")
)
_DATE, _POINTS = frozenset(("date", "due date", "fecha")), frozenset(("points", "puntos"))
_AVERAGE = frozenset(("class average", "average", "promedio de la clase", "promedio"))
_CODES = {"Missing": "missing", "Excused": "excused", "Sin entregar": "missing", "Justificado": "excused"}
_TOP = 6


def detect(sheet: Sheet) -> bool:
    """Say whether a sheet has names, e-mail addresses and, near its top, a row of points."""
    for row in headed.heads(sheet):
        fields = {headed.key(cell) for cell in row[:4] if cell}
        if fields & set(_LAST) and fields & set(_FIRST) and fields & set(_EMAIL):
            rows = [sheet.row(i)[:4] for i in range(min(_TOP, sheet.height))]
            return any(fold(cell).strip(": ") in _POINTS for cells in rows for cell in cells)
    return False


def read(
    sheet: Sheet, mapping: GradebookMapping | None, settings: Settings, notes: Sequence[str] = ()
) -> Part:
    """Read a Google Classroom gradebook; its students are their e-mail addresses, which do not stay.

    Parameters
    ----------
    sheet
        The sheet.
    mapping
        What the file does not say of itself: categories, points, codes.
    settings
        What the caller says.
    notes
        What was noticed on opening the file.

    Raises
    ------
    ReadError
        If work has scores and no points, or if a row names no student.
    """
    found = headed.table(sheet, frozenset((*_LAST, *_FIRST, *_EMAIL)))
    by = headed.roles(found, {"last": _LAST, "first": _FIRST, "student": _EMAIL})
    people = list(by.values())
    whole = len(found)
    entries: list[Entry] = []

    def note(step: str, rows: int, what: str, why: str) -> None:
        entries.append(Entry(step, found.where, rows, what, why))

    note("columns not used", len(people) - 1, "names were left out", "a gradebook here holds no names")
    heads = {key: _starts(found, people, texts) for key, texts in (("points", _POINTS), ("due", _DATE))}
    for key, rows in heads.items():
        if rows.sum() > 1 or (key == "points" and not rows.any()):
            said = f"{int(rows.sum())} rows" if rows.any() else "no row"
            raise ReadError(
                f"{found.where} has {said} of {'points' if key == 'points' else 'dates'} above its students. "
                "Export it again, or give it a mapping with `layout: wide`."
            )
    out = _starts(found, people, _AVERAGE)
    if out.any():
        note("totals rows", int(out.sum()), "left out", "the class average speaks of no student")
    head = heads["points"] | heads["due"]
    items: list[str] = []
    empty: list[str] = []
    overall = None
    for column in found.columns:
        if column.name in people:
            continue
        points = [cell for cell in column.cells.take(heads["points"]).cells() if cell]
        scored = column.cells.take(~(head | out)).filled().any()
        if headed.key(column.header) in _OVERALL:
            overall = column.name
        elif points or scored:
            items.append(column.name)
        else:
            empty.append(column.name)
    if not items:
        raise ReadError(f"{found.where} has no graded work. Export it after some was graded.")
    if empty:
        what = "work without points and scores was left out"
        note("columns not used", len(empty), what, "nothing to count")
    due = [cell for name in items for cell in headed.column(found, name).cells.take(heads["due"]).cells()]
    if any(due):
        note("layout", 1, "the row of dates was taken as the days work was due", "it stands above the points")
    roles = dict.fromkeys((*people, *empty), IGNORE) | {by["student"]: "student"}
    roles |= dict.fromkeys(items, "item") | ({overall: "percent"} if overall else {})
    columns = Columns(headed.without(found, out), _mapping(roles, mapping, heads, people, found), settings)
    entries += [entry for entry in columns.entries if entry.step != "columns not used"]
    columns.entries = []
    scores = layouts.wide(columns)
    marks = mark_columns.marks(columns) if overall or columns.mapping.courses else table(MARKS, {}, 0)
    columns.note("rows kept", len(columns.rows), "rows were read", "each is a student")
    opened = Entry("open", found.where, whole - int(head.sum()), "rows stand under the header", f"a {NAME}")
    return Part(scores, marks, table(TOTALS, {}, 0), (), (opened, *entries, *columns.entries))


def _starts(found: Table, people: Sequence[str], words: frozenset[str]) -> NDArray[np.bool_]:
    """Return which rows hold one of some words where a student's name stands, and no address."""
    import numpy as np

    rows = np.zeros(len(found), bool)
    for name in people:
        cells = headed.column(found, name).cells
        rows |= np.asarray([fold(text).strip(": ") in words for text in cells.texts])[cells.codes]
    address = headed.column(found, people[-1]).cells
    rows &= ~np.asarray(["@" in text for text in address.texts])[address.codes]
    return rows


def _mapping(
    columns: dict[str, str],
    mapping: GradebookMapping | None,
    heads: dict[str, NDArray[np.bool_]],
    people: Sequence[str],
    found: Table,
) -> GradebookMapping:
    """Return how the table is read: what a mapping for ``wide`` would say."""
    rows: dict[str, str] = {}
    for key, there in heads.items():
        words = [cell for name in people for cell in headed.column(found, name).cells.take(there).cells()]
        rows |= {key: next(filter(None, words))} if any(words) else {}
    parts = {"categories", "courses", "decimal", "dates", "points", "items"}
    more = {} if mapping is None else mapping.model_dump(include=parts, exclude_none=True)
    codes = {**_CODES, **(mapping.codes if mapping else {})}
    return GradebookMapping(layout="wide", columns=columns, rows=Rows(**rows), codes=codes, **more)
