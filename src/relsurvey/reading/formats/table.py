"""A sheet as questions and rows: what every format makes of its own layout."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from relsurvey.instrument.fold import fold
from relsurvey.reading.opening import Column, Sheet

if TYPE_CHECKING:
    import numpy as np

#: What stands between the choices of one cell that a format joined from several columns: in no label.
JOINED = "\x1f"

_NUMBERING = re.compile(r"\s*(?:[Qq]?\d{1,3}[a-zA-Z]?\s*[.):\]]|[Qq]\d{1,3}\s*[-–—])\s+(?=\S)")
_TAIL = re.compile(r"(?:\*|\(required\)|\(obligatoria?\))\Z", re.IGNORECASE)


@dataclass(frozen=True)
class TableColumn:
    """One question or one piece of background.

    Attributes
    ----------
    name
        What messages, the ledger and a mapping call it; no two columns of a table share one.
    header
        Its header as it stands in the file, which other columns may share.
    cells
        One text a row, without blanks around it.
    place
        Where it stands, as a person finds it: ``column C``.
    also
        Other names under which it may be what an instrument asks for, each with how it came by it; the
        first that fits is taken.
    separator
        What stands between the choices of one cell; None where a cell holds one answer.
    role
        The identity key that the format itself gives it (``date``, ``duration``, ``respondent``), used where
        the instrument names none; ``meta`` for what a format writes about the answering itself.
    """

    name: str
    header: str
    cells: Column
    place: str
    also: tuple[tuple[str, str], ...] = ()
    separator: str | None = None
    role: str | None = None


@dataclass(frozen=True)
class Dropped:
    """Rows that a format says are no student's answers (previews, tests): a mask, and the reason."""

    step: str
    rows: np.ndarray
    what: str
    why: str


@dataclass(frozen=True, eq=False)
class Table:
    """What a format made of a sheet.

    Attributes
    ----------
    where
        The file, and the sheet where there are several.
    form
        The format's name.
    columns
        The questions and the background.
    numbers
        Of each row, its number in the file.
    header
        The rows of the sheet (from 0) that are its header; none for a statistics package's file.
    dropped
        Rows the format itself says are no answers, at most one reason a row.
    partial
        Rows the format says were not finished, or None where it does not say.
    joins_repeats
        Whether columns of the same question, of which no row fills two, are one question asked again after
        an edit.
    notes
        What the format has to say of how it read: ``(step, rows, what, why)``.
    lines
        How many rows of the file stand behind the rows here, where a format puts several into one.
    """

    where: str
    form: str
    columns: tuple[TableColumn, ...]
    numbers: np.ndarray
    header: tuple[int, ...] = (0,)
    dropped: tuple[Dropped, ...] = ()
    partial: np.ndarray | None = None
    joins_repeats: bool = False
    notes: tuple[tuple[str, int, str, str], ...] = ()
    lines: int | None = None

    def __len__(self) -> int:
        return len(self.numbers)

    @property
    def names(self) -> list[str]:
        """The columns' names, in order."""
        return [column.name for column in self.columns]

    @property
    def fingerprint(self) -> str:
        """Sixteen hex digits, the same for two files whose headers name the same columns in this format."""
        text = JOINED.join([self.form, *sorted(fold(name) for name in self.names)])
        return hashlib.sha256(text.encode()).hexdigest()[:16]


def letters(position: int) -> str:
    """Return how a spreadsheet names a column, from 0.

    Examples
    --------
    >>> letters(0), letters(26), letters(701)
    ('A', 'AA', 'ZZ')
    """
    name = ""
    position += 1
    while position:
        position, rest = divmod(position - 1, 26)
        name = chr(65 + rest) + name
    return name


def unique(names: Iterable[str]) -> list[str]:
    """Return names of which no two are alike: a repeated one is counted, an empty one says where it stands.

    Examples
    --------
    >>> unique(["Why?", "", "Why?"])
    ['Why?', 'column B', 'Why? (2)']
    """
    result: list[str] = []
    taken: set[str] = set()
    counted: dict[str, int] = {}
    for position, name in enumerate(names):
        base = name or f"column {letters(position)}"
        # Where a name stands a thousand times, each goes on from the number of the one before.
        number = counted.get(base, 1)
        chosen = base if number == 1 else f"{base} ({number})"
        while fold(chosen) in taken:
            number += 1
            chosen = f"{base} ({number})"
        counted[base] = number
        taken.add(fold(chosen))
        result.append(chosen)
    return result


def plainer(name: str) -> tuple[tuple[str, str], ...]:
    """Return a header without its question number and without the star of a required question.

    Examples
    --------
    >>> plainer("12. I belong here. *")
    (('I belong here. *', 'without its number'), ('I belong here.', 'without its number and mark'))
    """
    found = []
    bare = _NUMBERING.sub("", name, count=1) if _NUMBERING.match(name) else name
    if bare != name:
        found.append((bare, "without its number"))
    end = bare.rstrip()
    short = _TAIL.sub("", end).rstrip()
    if short != end:
        found.append((short, "without its number and mark" if bare != name else "without its mark"))
    return tuple(found)


@dataclass
class Layout:
    """How one format lays out a sheet; :meth:`table` turns it into a :class:`Table`.

    Attributes
    ----------
    sheet
        The sheet.
    form
        The format's name.
    header
        The rows that are its header; the answers stand under the last of them.
    names
        One name a column of the sheet; an empty name for a column without one.
    also
        By a column's position, its other names.
    roles
        By a column's position, its role.
    separators
        By a column's position, what stands between several choices.
    skip
        Positions of columns that another one took in (a question's choices).
    """

    sheet: Sheet
    form: str
    header: tuple[int, ...]
    names: Sequence[str]
    also: Mapping[int, Sequence[tuple[str, str]]] = field(default_factory=dict)
    roles: Mapping[int, str] = field(default_factory=dict)
    separators: Mapping[int, str] = field(default_factory=dict)
    skip: frozenset[int] = frozenset()
    joins_repeats: bool = False

    def rows(self) -> slice:
        """Return the rows of the sheet that hold answers."""
        return slice(max(self.header) + 1 if self.header else 0, self.sheet.height)

    def cells(self, position: int) -> Column:
        """Return the answers of one column of the sheet."""
        column = self.sheet.columns[position]
        return Column(column.texts, column.codes[self.rows()], column.values, column.missing).stripped()

    def table(self, more: Sequence[TableColumn] = ()) -> Table:
        """Return the table: the sheet's columns that hold anything, then what the format made itself."""
        import numpy as np

        names = [*self.names, *[""] * (len(self.sheet.columns) - len(self.names))]
        kept = []
        for position, name in enumerate(unique(names)):
            if position in self.skip:
                continue
            cells = self.cells(position)
            if not names[position] and not cells.filled().any():
                continue
            original = names[position]
            aliases = [*self.also.get(position, ()), *plainer(original)]
            kept.append(
                TableColumn(
                    name,
                    original,
                    cells,
                    f"column {letters(position)}" if not self.sheet.variables else f"variable {position + 1}",
                    tuple(dict.fromkeys((alias, why) for alias, why in aliases if alias)),
                    self.separators.get(position),
                    self.roles.get(position),
                )
            )
        first = self.rows().start
        return Table(
            self.sheet.where,
            self.form,
            (*kept, *more),
            np.arange(first, self.sheet.height) + self.sheet.first,
            self.header,
            joins_repeats=self.joins_repeats,
        )


def join_choices(columns: Sequence[tuple[str, Column]], chosen: Sequence[np.ndarray] | None = None) -> Column:
    """Return one column of the choices that stand in several, one column a choice.

    Parameters
    ----------
    columns
        Each choice's label, and its cells.
    chosen
        For each choice, which rows chose it; None takes every row whose cell is filled.
    """
    import numpy as np

    marks = np.column_stack([c.filled() for _, c in columns] if chosen is None else list(chosen))
    patterns, rows = np.unique(marks, axis=0, return_inverse=True)
    labels = [label for label, _ in columns]
    texts = [JOINED.join(label for label, on in zip(labels, p, strict=True) if on) for p in patterns.tolist()]
    return Column.of(texts).take(np.asarray(rows).reshape(-1)) if len(marks) else Column.of([])
