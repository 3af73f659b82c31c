"""What several form programs share: rows of grids, and questions that stand in a sheet again."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import replace

from relsurvey.instrument.fold import fold
from relsurvey.reading.formats.table import Layout, Table, TableColumn, plainer, unique

_AGAIN = re.compile(r"(.*[^\d\s])(\s?)(\d\d?)\Z", re.DOTALL)
_WORDING = re.compile(r"\s|[^\w\s]\Z")


def as_row(stem: str, row: str) -> list[tuple[str, str]]:
    """Return by which names a row of a grid may be known: behind its question, by itself, without a number.

    Examples
    --------
    >>> [name for name, _ in as_row("Do you agree?", "1. I belong here.")]
    ['Do you agree? 1. I belong here.', '1. I belong here.', 'I belong here.']
    """
    behind = [(f"{stem} {row}", "with its row in the grid")] if stem else []
    alone = [row, *(bare for bare, _ in plainer(row))]
    return [*behind, *((text, "by its row in the grid") for text in alone)]


def with_repeats(layout: Layout, about: Collection[int]) -> Table:
    """Return the table, with a question that stands in it again known as the same question.

    An Excel table names no two columns alike: a question asked again, in another branch or after an edit,
    ends in 2, 3 and so on, and so does one that has the name of a column of the program's own.

    Parameters
    ----------
    layout
        How the sheet is laid out.
    about
        Positions of the columns that the program itself writes.

    Examples
    --------
    >>> from relsurvey.reading.opening import Sheet
    >>> sheet = Sheet.of([["Timestamp", "I belong here.", "I belong here.2"], ["", "Agree", ""]])
    >>> [column.header for column in with_repeats(Layout(sheet, "", (0,), sheet.row(0)), [0]).columns]
    ['Timestamp', 'I belong here.', 'I belong here.']
    """
    table = layout.table()
    first = _repeats(layout, about)
    names = unique(layout.names)
    columns = {column.name: column for column in table.columns}
    for position, original in first.items():
        column, base = columns[names[position]], columns[names[original]]
        columns[column.name] = replace(column, header=base.header, also=base.also)
    renamed: list[TableColumn] = list(columns.values())
    # Who asks for a name gets the student's own answer to the question of that name.
    given_up = {names[original] for original in first.values() if original in about}
    for i, column in enumerate(renamed):
        if column.name in given_up:
            name = f"{column.name} ({layout.form})"
            renamed[i] = replace(column, name=name, header=name, also=())
    final = unique([column.name for column in renamed])
    return replace(
        table, columns=tuple(replace(c, name=name) for c, name in zip(renamed, final, strict=True))
    )


def _repeats(layout: Layout, about: Collection[int]) -> dict[int, int]:
    """Return by the position of a question that stands there again the position of the first of its name."""
    names: Sequence[str] = layout.names
    places: dict[str, int] = {}
    for position, name in enumerate(names):
        places.setdefault(fold(name), position)
    found = {}
    for position, name in enumerate(names):
        match = _AGAIN.match(name) if name[-1:].isdecimal() else None
        if match is None or places[fold(name)] != position:
            continue
        base, blank, number = match[1], match[2], int(match[3])
        before = [places.get(fold(f"{base}{blank}{n}")) for n in range(2, number)]
        original = places.get(fold(base))
        if number < 2 or original is None or original > position or None in before:
            continue
        # A person may number questions of one word (School, School 2); a program numbers a whole wording.
        sure = not blank and (original in about or _WORDING.search(base))
        if sure or not (layout.cells(original).filled() & layout.cells(position).filled()).any():
            found[position] = original
    return found
