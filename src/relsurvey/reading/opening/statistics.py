"""Files of SPSS and Stata: values with their labels, and what the file itself calls missing."""

from __future__ import annotations

import os
from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from relsurvey.reading.limits import Limits
from relsurvey.reading.opening.coding import cell_text
from relsurvey.reading.opening.refused import RefusedError

SPSS = (b"$FL2", b"$FL3")
STATA = (b"<stata_dta>", b"\x71\x02", b"\x72\x02", b"\x73\x02", b"\x71\x01", b"\x72\x01", b"\x73\x01")
_DAMAGED = "it is cut short or damaged. Export it again, or save it as .csv with labels"
#: Rows are taken in blocks: the parser makes an object of every cell.
_BLOCK = 100_000
#: In these letters any byte is one, so that each text can be taken for itself.
_BYTES = "ISO-8859-1"


def read(path: Path, limits: Limits, kind: str) -> dict[str, Any]:
    """Return the file's one table: a cell is its value's label, else its value.

    Parameters
    ----------
    path, limits
        The file and what it may cost.
    kind
        ``spss`` or ``stata``.

    Raises
    ------
    RefusedError
        If it is damaged, too large, or has no variables.
    """
    file = _File(path, kind)
    _, about = file.take(metadataonly=True)
    if about.number_columns > limits.columns or (about.number_rows or 0) > limits.rows:
        raise _too_large(limits)
    if not about.column_names:
        raise RefusedError("it has no variables. Export it again")
    before = None
    while before != file.options:
        # What turned out late holds for the rows before it too.
        before = dict(file.options)
        columns, about = _columns(file, limits)
    names = list(about.column_names)
    height = len(columns[0].codes)
    if any(len(cells.codes) != height for cells in columns):
        raise RefusedError(_DAMAGED)
    sheet = {
        "name": "",
        "height": height,
        "columns": [(cells.texts, cells.codes) for cells in columns],
        "values": [cells.behind if cells.labelled else None for cells in columns],
        "missing": [sorted(cells.gone) for cells in columns],
        "variables": [(file.text(name), file.text(about.column_names_to_labels.get(name))) for name in names],
    }
    return {"kind": kind, "notes": file.notes(about), "sheets": [sheet]}


def _columns(file: _File, limits: Limits) -> tuple[list[_Cells], Any]:
    """Return every variable, read block by block, and what the file says of itself."""
    columns: list[_Cells] = []
    read = 0
    while not columns or len(columns[0].codes) == read:
        # A file need not say how many rows it has, so the end is where a block is not full.
        data, about = file.take(row_offset=read, row_limit=_BLOCK)
        names = about.column_names
        columns = columns or [_Cells.of(name, about, file.text) for name in names]
        for name, cells in zip(names, columns, strict=True):
            cells.add(data.get(name, ()))
        read += _BLOCK
        if len(columns[0].codes) > limits.rows:
            raise _too_large(limits)
    return columns, about


def _too_large(limits: Limits) -> RefusedError:
    return RefusedError(
        f"it has more than {limits.rows:,} rows or {limits.columns:,} columns. Is it the right file?"
    )


class _File:
    """One file, parsed in the way that turned out to work for it."""

    def __init__(self, path: Path, kind: str) -> None:
        # The parser loads a library that would start a thread, and set memory aside, for every processor.
        os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
        import pyreadstat

        self._path = str(path)
        self._reader: Any = pyreadstat.read_sav if kind == "spss" else pyreadstat.read_dta
        self._errors = (pyreadstat.ReadstatError, pyreadstat.PyreadstatError, UnicodeError, SystemError)
        # Stata's files name no letters: since 2015 they are UTF-8, before that they are what the writer had.
        self.options: dict[str, Any] = {} if kind == "spss" else {"encoding": "UTF-8"}

    def take(self, **options: Any) -> tuple[dict[str, Sequence[Any]], Any]:
        """Return some rows by column, and what the file says of itself.

        Raises
        ------
        RefusedError
            If it is damaged.
        MemoryError
            If it needs more memory than it may.
        """
        while True:
            try:
                found: tuple[dict[str, Sequence[Any]], Any] = self._reader(
                    self._path, user_missing=True, output_format="dict", **options, **self.options
                )
            except OverflowError as cause:
                # A date outside the calendar: dates then stay the numbers that they are in the file.
                if "disable_datetime_conversion" in self.options:
                    raise RefusedError(_DAMAGED) from cause
                self.options["disable_datetime_conversion"] = True
            except self._errors as cause:
                said = f"{cause} {cause.__cause__} {type(cause.__cause__)}".lower()
                if "memory" in said:
                    raise MemoryError(str(cause)) from cause
                letters = isinstance(cause, (UnicodeError, SystemError)) or "encoding" in said
                if not letters or self.options.get("encoding") == _BYTES:
                    raise RefusedError(_DAMAGED) from cause
                self.options["encoding"] = _BYTES
            except (ValueError, TypeError, KeyError, ArithmeticError) as cause:
                raise RefusedError(_DAMAGED) from cause
            else:
                return found

    def text(self, text: str | None) -> str:
        """Return a text in its own letters: UTF-8, else those of Windows; '' for none."""
        if not text or self.options.get("encoding") != _BYTES:
            return text or ""
        content = text.encode(_BYTES)
        try:
            return content.decode()
        except UnicodeDecodeError:
            return content.decode("cp1252", "replace")

    def notes(self, about: Any) -> list[str]:
        """Return what was noticed on opening the file."""
        found = []
        if self.options.get("encoding") == _BYTES:
            found.append("not all UTF-8, so other letters were taken as those of Windows (cp1252)")
        else:
            found.append(f"{self.options.get('encoding') or about.file_encoding or 'unknown'} text")
        if "disable_datetime_conversion" in self.options:
            found.append("a date lies outside the calendar, so dates are left as numbers")
        return found


class _Cells(dict[Any, int]):
    """One variable under way: the number of each value seen so far, and the text that stands for it."""

    def __init__(
        self, labels: dict[Any, str | None], absent: _Absent, text: Callable[[str | None], str]
    ) -> None:
        super().__init__({None: 0, "": 0})
        self._labels = {k: word for k, label in labels.items() if (word := text(label).strip())}
        self._absent, self._text = absent, text
        shared = Counter(self._labels.values())
        self._shared = {label for label, number in shared.items() if number > 1}
        self._numbers = {"": 0}
        self.labelled = bool(labels)
        self.texts, self.behind = [""], [""]
        self.gone: set[int] = set()
        self.codes: array[int] = array("i")

    @classmethod
    def of(cls, name: str, about: Any, text: Callable[[str | None], str]) -> _Cells:
        """Make the column of one variable from what the file says of it; ``text`` puts letters right."""
        words = about.readstat_variable_types.get(name) == "string"
        ranges = (about.missing_ranges or {}).get(name, ())
        return cls(about.variable_value_labels.get(name) or {}, _Absent(ranges, words=words), text)

    def add(self, cells: Iterable[Any]) -> None:
        """Append rows."""
        self.codes.extend(map(self.__getitem__, cells))

    def __missing__(self, cell: Any) -> int:
        # NaN is never equal to itself: each would be kept as new.
        if cell != cell:
            return 0
        absent = self._absent(cell)
        value = f".{cell}" if self._absent.extended(cell) else self._text(cell_text(cell)).strip()
        label = self._labels.get(cell, "")
        text = f"{value} - {label}" if label in self._shared else label or value
        number = self._numbers.get(text)
        if number and (number in self.gone) != absent:
            # The label of what is missing is also an answer.
            text = f"{value} - {label or value}"
            number = self._numbers.get(text)
        if number is None:
            number = self._numbers[text] = len(self.texts)
            self.texts.append(text)
            self.behind.append(value)
            if absent:
                self.gone.add(number)
        self[cell] = number
        return number


class _Absent:
    """What a file declares to be no answer: values, ranges of values, and Stata's ``.a`` to ``.z``."""

    def __init__(self, ranges: Iterable[dict[str, Any]], *, words: bool) -> None:
        bounds = [(entry["lo"], entry["hi"]) for entry in ranges]
        self._words = words
        self._texts = {low.strip() for low, _ in bounds if isinstance(low, str)}
        self._ranges = [(a, b) for a, b in bounds if not isinstance(a, str) and not isinstance(b, str)]

    def extended(self, value: Any) -> bool:
        """Say whether a value is Stata's ``.a`` to ``.z``: a letter where numbers stand."""
        return isinstance(value, str) and not self._words

    def __call__(self, value: Any) -> bool:
        if isinstance(value, str):
            return self.extended(value) or value.strip() in self._texts
        return isinstance(value, (int, float)) and any(low <= value <= high for low, high in self._ranges)
