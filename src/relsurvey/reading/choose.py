"""Which sheet of a file holds the answers, in which format, to which instrument."""

from __future__ import annotations

from collections.abc import Callable
from weakref import WeakKeyDictionary

from relsurvey.errors import MatchError, ReadError
from relsurvey.instrument import Instrument, instruments
from relsurvey.instrument.fold import fold
from relsurvey.reading import match
from relsurvey.reading.formats import FORMATS, Table, plain
from relsurvey.reading.mapping import Mapping
from relsurvey.reading.opening import Opened, Sheet

#: What a format made of a sheet, as long as the sheet lives: one reading looks at it several times.
_TABLES: WeakKeyDictionary[Sheet, Table | None] = WeakKeyDictionary()


def table_of(sheet: Sheet, known: Callable[[str], bool] | None = None) -> Table | None:
    """Return what a sheet holds, by the first format that recognises it; None where it holds nothing.

    Parameters
    ----------
    sheet
        The sheet.
    known
        Says whether a cell names something that is asked for; None judges a plain table by its cells alone.
    """
    if sheet not in _TABLES:
        form = next((form for form in FORMATS if form.detect(sheet)), None)
        _TABLES[sheet] = None if form is None else form.read(sheet)
    found = _TABLES[sheet]
    return found if found is not None else plain.read(sheet, known) if plain.detect(sheet) else None


def best_table(
    opened: Opened, instrument: Instrument, mapping: Mapping | None = None, wave: str | None = None
) -> tuple[Table, match.Columns] | None:
    """Return the sheet that holds most of the instrument's columns, or None if none holds any.

    Raises
    ------
    ReadError
        If another sheet holds other students' answers to the same questions: they would be lost.
    """
    names = match.names_of(instrument, wave)
    named = {fold(name) for name in mapping.columns} if mapping else set()
    tables: list[tuple[str, Table, match.Columns]] = []
    for sheet in opened.sheets:
        table = table_of(sheet, lambda cell: fold(cell) in names or fold(cell) in named)
        if table is None:
            continue
        here = {fold(name) for column in table.columns for name in (column.name, column.header)}
        chosen = (
            {name: key for name, key in mapping.columns.items() if fold(name) in here} if mapping else None
        )
        found = match.columns(table, instrument, chosen, wave)
        if found.score:
            tables.append((sheet.name, table, found))
    if not tables:
        return None
    first, table, found = max(tables, key=lambda one: one[2].score)
    same = [
        name for name, one, its in tables if {*its.items} == {*found.items} and _more(one, its, table, found)
    ]
    if found.items and same:
        raise ReadError(
            f"{1 + len(same)} sheets of {opened.file} hold answers to the same questions: "
            f"{', '.join(match.shown(name) for name in (first, *same))}. Put their rows into one sheet, or "
            "save each sheet as a file of its own and read the files together."
        )
    # Once more with all of the mapping, which says so where it names a column that is not there.
    return table, match.columns(table, instrument, mapping.columns, wave) if mapping else found


def _more(other: Table, its: match.Columns, table: Table, found: match.Columns) -> bool:
    """Say whether a sheet has answers of anybody who is not in another one."""

    def who(table: Table, columns: match.Columns) -> set[str]:
        column = columns.identity.get("respondent")
        return {*table.columns[column[0].position].cells.texts} - {""} if column else set()

    listed = who(other, its)
    return other is not table and len(other) > 0 and not (listed and listed <= who(table, found))


def fullest_table(opened: Opened) -> Table | None:
    """Return the sheet with the most cells, judged by itself alone."""
    found = [table for sheet in opened.sheets if (table := table_of(sheet)) is not None and len(table)]
    return max(found, key=lambda table: sum(int(c.cells.filled().sum()) for c in table.columns), default=None)


def recognise(opened: Opened) -> Instrument:
    """Return the ready instrument whose questions all stand in the file.

    Raises
    ------
    MatchError
        If there is none, or more than one.
    """
    ready = instruments()
    fits = []
    for candidate in ready.values():
        best = best_table(opened, candidate)
        if best is not None and set(best[1].items) == set(candidate.items):
            fits.append(candidate)
    if len(fits) == 1:
        return fits[0]
    raise MatchError(
        f"{opened.file} is not an answer to one ready instrument ({', '.join(ready)}). "
        "Name the instrument: its id, or the path of its YAML file. "
        "A gradebook is read with `rs.grading.read_gradebook`."
    )
