"""What every result shows of itself: a table, sentences, a notebook's HTML, a workbook."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from contextvars import ContextVar, copy_context
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from relsurvey.errors import PublishError
from relsurvey.escape import html_text
from relsurvey.files import write_atomic
from relsurvey.words import languages, say

if TYPE_CHECKING:
    import pandas as pd

#: Fewest students of anything shown in a notebook or an app, and of what leaves it (rules.md 16 and 23).
MIN_N_SHOWN, MIN_N_FILE = 10, 11
_FEWEST: ContextVar[int] = ContextVar("fewest", default=MIN_N_SHOWN)

Value = str | int | float | None


def fewest() -> int:
    """Return the fewest students that a sentence tells of: as many as in the tables that it stands beside.

    Examples
    --------
    >>> fewest()
    10
    """
    return _FEWEST.get()


@dataclass(frozen=True)
class Face:
    """A table as it is shown: small groups masked, headings in the reader's language.

    Attributes
    ----------
    title
        What the table holds.
    head
        One heading a column.
    rows
        Text, whole numbers and numbers; None or NaN is an empty cell.
    decimals
        How many decimals numbers have.
    """

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]
    decimals: int = 2

    @classmethod
    def of(
        cls,
        language: str,
        section: str,
        name: str,
        head: Sequence[str],
        rows: Iterable[tuple[Value, ...]],
        decimals: int = 2,
    ) -> Face:
        """Return a table whose title and headings stand in a section of the catalogue."""
        return cls(
            say(language, f"{section}.title_{name}"),
            tuple(say(language, f"{section}.head_{column}") for column in head),
            tuple(rows),
            decimals,
        )

    def text(self, value: Value) -> str:
        """Return a cell as text."""
        if value is None or (isinstance(value, float) and math.isnan(value)):
            return ""
        return f"{value:.{self.decimals}f}" if isinstance(value, float) else str(value)

    def html(self) -> str:
        """Return the table as HTML; every text in it is escaped."""
        head = "".join(f"<th scope='col'>{html_text(text)}</th>" for text in self.head)
        body = "".join(
            "<tr>" + "".join(f"<td>{html_text(self.text(cell))}</td>" for cell in row) + "</tr>"
            for row in self.rows
        )
        return (
            f"<table><caption>{html_text(self.title)}</caption>"
            f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
        )


@dataclass(frozen=True)
class Shown:
    """A result with every figure in it, for the eyes of one analyst."""

    note: str
    tables: tuple[tuple[str, pd.DataFrame], ...]

    def _repr_html_(self) -> str:
        parts = "".join(
            f"<h4>{html_text(name)}</h4>{table.to_html(index=False, escape=True)}"
            for name, table in self.tables
        )
        return f"<p><strong>{html_text(self.note)}</strong></p>{parts}"

    def __repr__(self) -> str:
        return "\n\n".join([self.note, *(f"{name}\n{table}" for name, table in self.tables)])


class Finding(ABC):
    """A result: numbers once, and every face of them.

    What it shows of itself masks small groups; its tables are exact, for this kernel alone.
    """

    @property
    @abstractmethod
    def tables(self) -> dict[str, pd.DataFrame]:
        """All its tables by name; exact, for this kernel alone."""

    @abstractmethod
    def in_words(self, language: str = "en") -> str:
        """Return what can be said of it, in a language of the catalogue."""

    @abstractmethod
    def faces(self, language: str = "en", min_n: int = MIN_N_SHOWN) -> tuple[Face, ...]:
        """Return its tables as they are shown: groups under ``min_n`` masked."""

    @property
    def table(self) -> pd.DataFrame:
        """The first of its tables; exact, for this kernel alone."""
        return next(iter(self.tables.values()))

    @property
    def sentence(self) -> str:
        """What can be said of it, in English."""
        return self.in_words("en")

    @property
    def sentences(self) -> dict[str, str]:
        """What can be said of it, in every language there is."""
        return {language: self.in_words(language) for language in languages()}

    def show(self, *, exact: bool = False) -> Shown | Finding:
        """Return what a notebook shows: this, or with ``exact=True`` every figure, not for sharing."""
        if not exact:
            return self
        return Shown(say("en", "finding.not_for_sharing"), tuple(self.tables.items()))

    def _repr_html_(self) -> str:
        return f"<p>{html_text(self.sentence)}</p>" + "".join(face.html() for face in self.faces())

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {self.sentence}>"

    def to_excel(self, path: str | Path, *, language: str = "en", exact: bool = False) -> Path:
        """Write it to a workbook: its sentence, and a sheet a table.

        Groups of fewer than 11 students are masked. That is less than the gate does: a team gets
        :meth:`Study.publish <relsurvey.Study.publish>`, which also hides what could be worked out.

        Parameters
        ----------
        path
            The workbook; one that is there is replaced.
        language
            Of sentence and headings.
        exact
            Whether to write every figure; the first line then says that it is not for sharing.

        Returns
        -------
        Path
            The workbook.

        Raises
        ------
        PublishError
            If the folder cannot be written to.
        """
        path = Path(path)
        if path.suffix.lower() != ".xlsx":
            raise PublishError(f"A workbook's name ends in .xlsx; {path.name!r} does not. Name it so.")
        first = say(language, "finding.not_for_sharing" if exact else "finding.masked", min_n=MIN_N_FILE)
        if exact:
            sheets = [
                (
                    name,
                    [str(column) for column in table],
                    [[_plain(v) for v in row] for row in table.itertuples(index=False)],
                )
                for name, table in self.tables.items()
            ]
        else:
            sheets = [
                (face.title, list(face.head), [list(row) for row in face.rows])
                for face in self.faces(language, MIN_N_FILE)
            ]
        in_file = copy_context()
        in_file.run(_FEWEST.set, MIN_N_FILE)
        write_atomic(path, _workbook([in_file.run(self.in_words, language), first], sheets))
        return path


def _plain(value: object) -> Value:
    if isinstance(value, str) or value is None:
        return value
    number = float(value)  # type: ignore[arg-type]
    return None if math.isnan(number) else int(number) if number.is_integer() else number


def _workbook(lines: list[str], sheets: list[tuple[str, list[str], list[list[Value]]]]) -> bytes:
    import io
    import re

    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font

    book = Workbook()
    book.remove(book.worksheets[0])
    page = book.create_sheet("1")
    for number, line in enumerate(lines, 1):
        cell = page.cell(number, 1, line)
        cell.data_type = "s"
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    page.column_dimensions["A"].width = 100
    for number, (title, head, rows) in enumerate(sheets, 2):
        # Excel allows 31 signs without these in a sheet's name.
        name = re.sub(r"[\[\]:*?/\\']", " ", title)[:27]
        page = book.create_sheet(f"{number} {name}".strip())
        lines_of_table: list[list[Value]] = [[*head], *rows]
        for line_number, row in enumerate(lines_of_table, 1):
            for column, value in enumerate(row, 1):
                if value is None or (isinstance(value, float) and math.isnan(value)):
                    continue
                cell = page.cell(line_number, column)
                cell.value = value
                if isinstance(value, str):
                    # A label that begins with = is a label.
                    cell.data_type = "s"
                    cell.quotePrefix = True
                if line_number == 1:
                    cell.font = Font(bold=True)
        page.freeze_panes = "A2"
    whole = io.BytesIO()
    book.save(whole)
    return whole.getvalue()
