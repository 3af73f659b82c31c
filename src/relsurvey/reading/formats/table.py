"""A sheet as one header row and the rows under it."""

from __future__ import annotations

from dataclasses import dataclass

from relsurvey.reading.open import Sheet


@dataclass(frozen=True)
class Table:
    """A header and its rows, every cell as text.

    Attributes
    ----------
    sheet
        Where it came from.
    header
        One name a column.
    rows
        As many cells a row as the header has.
    numbers
        The row number of each row in the file, from 1.
    dates
        Columns that hold when a row was handed in, by the format's own custom.
    multiple_separator
        What stands between the choices of a question with several answers.
    """

    sheet: Sheet
    header: tuple[str, ...]
    rows: list[list[str]]
    numbers: list[int]
    dates: tuple[str, ...] = ()
    multiple_separator: str = ", "

    @property
    def where(self) -> str:
        """The file, and the sheet where there are several."""
        return self.sheet.where


def under_header(sheet: Sheet, header: int) -> Table:
    """Cut a sheet at its header row, without columns that hold nothing; short rows are filled up."""
    names = [cell.strip() for cell in sheet.rows[header]]
    body = sheet.rows[header + 1 :]
    width = max([len(names), *(len(row) for row in body)], default=0)
    names += [""] * (width - len(names))
    rows = [row + [""] * (width - len(row)) for row in body]
    used = [i for i in range(width) if names[i] or any(row[i].strip() for row in rows)]
    return Table(
        sheet=sheet,
        header=tuple(names[i] for i in used),
        rows=[[row[i] for i in used] for row in rows],
        numbers=list(range(header + 2, header + 2 + len(rows))),
    )
