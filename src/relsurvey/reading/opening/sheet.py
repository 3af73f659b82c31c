"""One sheet of a file as columns of text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np


def _clean(text: str) -> str:
    return text.replace("\x1f", " ").strip()


@dataclass(frozen=True, eq=False)
class Column:
    """A column of cells: each distinct text once, and which of them every row holds.

    Attributes
    ----------
    texts
        The distinct texts; ``texts[0]`` is the empty one.
    codes
        One number a row: the position of its text in ``texts``.
    values
        What stands behind each text where a file keeps both (the 4 behind "Often"), or None.
    missing
        Positions of texts that the file itself marks as no answer.

    Examples
    --------
    >>> column = Column.of(["Often", "", "Often"])
    >>> column.texts, column.codes.tolist(), column[2]
    (('', 'Often'), [1, 0, 1], 'Often')
    """

    texts: tuple[str, ...]
    codes: np.ndarray
    values: tuple[str, ...] | None = None
    missing: frozenset[int] = frozenset()

    @classmethod
    def of(cls, cells: Sequence[str]) -> Column:
        """Make a column of cells, one a row."""
        import numpy as np

        numbers = {"": 0}
        codes = np.fromiter((numbers.setdefault(cell, len(numbers)) for cell in cells), np.int32, len(cells))
        return cls(tuple(numbers), codes)

    def __len__(self) -> int:
        return len(self.codes)

    def __getitem__(self, row: int) -> str:
        return self.texts[int(self.codes[row])]

    @cached_property
    def used(self) -> tuple[int, ...]:
        """Positions of the texts that stand in some row, in order, the empty one too."""
        import numpy as np

        found = np.bincount(self.codes, minlength=len(self.texts))
        return tuple(int(i) for i in np.flatnonzero(found))

    def counts(self) -> Counter[str]:
        """Return how many rows hold each text that stands in some row."""
        import numpy as np

        found = np.bincount(self.codes, minlength=len(self.texts))
        return Counter({self.texts[i]: int(found[i]) for i in self.used})

    def cells(self) -> list[str]:
        """Return one text a row."""
        texts = self.texts
        return [texts[code] for code in self.codes.tolist()]

    def take(self, rows: np.ndarray | slice) -> Column:
        """Return some rows, by position, by a mask or by a slice."""
        return Column(self.texts, self.codes[rows], self.values, self.missing)

    def map(self, change: Callable[[str], str]) -> Column:
        """Return the column with each text changed; texts that become equal are one, and '' stays empty."""
        import numpy as np

        numbers = {"": 0}
        targets = [numbers.setdefault(change(text), len(numbers)) if text else 0 for text in self.texts]
        values, missing = self.values, self.missing
        if values is not None:
            kept = dict(zip(reversed(targets), reversed(values), strict=True))
            values = tuple(kept.get(i, "") for i in range(len(numbers)))
        if missing:
            missing = frozenset(targets[i] for i in missing)
        return Column(tuple(numbers), np.asarray(targets, np.int32)[self.codes], values, missing)

    def replaced(self, by: Mapping[str, str]) -> Column:
        """Return the column with each text replaced; one that ``by`` does not name becomes empty."""
        return self.map(lambda text: by.get(text, ""))

    def stripped(self) -> Column:
        """Return the column without blanks around its cells, and without the sign that joins choices."""
        return self if all(text == _clean(text) for text in self.texts) else self.map(_clean)

    def filled(self) -> np.ndarray:
        """Return which rows hold more than blanks."""
        import numpy as np

        found: np.ndarray = np.asarray([bool(text.strip()) for text in self.texts])[self.codes]
        return found

    def objects(self) -> np.ndarray:
        """Return one object a row: the text, or None where it is empty."""
        import numpy as np

        found: np.ndarray = np.array([text or None for text in self.texts], dtype=object)[self.codes]
        return found


def blank(height: int) -> Column:
    """Return a column of empty cells."""
    import numpy as np

    return Column(("",), np.zeros(height, np.int32))


def stack(columns: Sequence[Column]) -> Column:
    """Return columns one under the other."""
    import numpy as np

    if len(columns) == 1:
        return columns[0]
    numbers = {"": 0}
    parts = [
        np.asarray([numbers.setdefault(text, len(numbers)) for text in column.texts], np.int32)[column.codes]
        for column in columns
    ]
    return Column(tuple(numbers), np.concatenate(parts))


@dataclass(frozen=True)
class Variable:
    """What a statistics package's file says of one column: its name, its label and its kind."""

    name: str
    label: str


@dataclass(frozen=True, eq=False)
class Sheet:
    """One sheet of a file; row 1 of the file is row 0 here.

    Attributes
    ----------
    file, name
        The file, and the sheet where there are several.
    columns
        Its columns, all of one height.
    height
        How many rows.
    kind
        ``text``, ``workbook``, ``frame``, ``spss`` or ``stata``.
    variables
        For a statistics package's file, what it says of each column; there is no header row then.
    first
        The number of row 0 in the file.
    """

    file: str
    name: str
    columns: tuple[Column, ...]
    height: int
    kind: str = "text"
    variables: tuple[Variable, ...] = ()
    first: int = 1

    @classmethod
    def of(
        cls, rows: Sequence[Sequence[str]], file: str = "answers.csv", name: str = "", kind: str = "text"
    ) -> Sheet:
        """Make a sheet of rows of text; short rows are filled up."""
        width = max(map(len, rows), default=0)
        columns = [Column.of([row[i] if i < len(row) else "" for row in rows]) for i in range(width)]
        return cls(file, name, tuple(columns), len(rows), kind)

    @property
    def where(self) -> str:
        """The file, and the sheet where there are several."""
        return f"{self.file}, sheet {self.name}" if self.name else self.file

    def row(self, number: int) -> list[str]:
        """Return one row's cells without blanks around them."""
        return [column[number].strip() for column in self.columns]
