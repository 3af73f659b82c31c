"""Files of SPSS and Stata: values with their labels, and what the file itself calls missing."""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from relsurvey.reading.limits import Limits
from relsurvey.reading.opening.refused import RefusedError
from relsurvey.reading.opening.workbook import cell_text

SPSS = (b"$FL2", b"$FL3")
STATA = (b"<stata_dta>", b"\x71\x02", b"\x72\x02", b"\x73\x02", b"\x71\x01", b"\x72\x01", b"\x73\x01")
_DAMAGED = "it is cut short or damaged. Export it again, or save it as .csv with labels"


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
        If it is damaged or too large.
    """
    import pyreadstat

    reader: Any = pyreadstat.read_sav if kind == "spss" else pyreadstat.read_dta
    try:
        _, about = reader(str(path), metadataonly=True)
        if about.number_columns > limits.columns or (about.number_rows or 0) > limits.rows:
            raise RefusedError(
                f"it has {about.number_rows or 0:,} rows and {about.number_columns:,} columns, "
                f"and one file may have {limits.rows:,} and {limits.columns:,}. Is it the right file?"
            )
        data, about = reader(str(path), user_missing=True, output_format="dict")
    except (pyreadstat.ReadstatError, pyreadstat.PyreadstatError, UnicodeDecodeError, ValueError) as cause:
        raise RefusedError(_DAMAGED) from cause
    names = list(about.column_names)
    height = max((len(data[name]) for name in names), default=0)
    ranges = about.missing_ranges or {}
    extended = about.missing_user_values or {}
    columns, values, missing = [], [], []
    for name in names:
        labels = about.variable_value_labels.get(name, {})
        absent = _Absent(ranges.get(name, ()), extended.get(name, ()))
        texts, behind, gone, codes = _column(data[name], labels, absent)
        columns.append((texts, codes))
        values.append(behind)
        missing.append(gone)
    variables = [(name, about.column_names_to_labels.get(name) or "") for name in names]
    sheet = {
        "name": "", "height": height, "columns": columns,
        "values": values, "missing": missing, "variables": variables,
    }  # fmt: skip
    return {"kind": kind, "notes": [f"{about.file_encoding or 'unknown'} text"], "sheets": [sheet]}


class _Absent:
    """What a file declares to be no answer: values, ranges of values, and Stata's ``.a`` to ``.z``."""

    def __init__(self, ranges: Iterable[dict[str, Any]], extended: Iterable[str]) -> None:
        self._ranges = [(entry["lo"], entry["hi"]) for entry in ranges]
        self._extended = set(extended)

    def __call__(self, value: Any) -> bool:
        if isinstance(value, str):
            return value in self._extended or any(low == value for low, _ in self._ranges)
        if isinstance(value, (int, float)):
            numbers = [(a, b) for a, b in self._ranges if not isinstance(a, str) and not isinstance(b, str)]
            return any(low <= value <= high for low, high in numbers)
        return False


def _column(
    cells: Iterable[Any], labels: dict[Any, str], absent: _Absent
) -> tuple[list[str], list[str] | None, list[int], array[int]]:
    """Return a column's texts, the values behind them, which are missing, and one number a row."""
    repeated = {label for label in labels.values() if list(labels.values()).count(label) > 1}
    texts, behind, gone = [""], [""], []
    numbers: dict[Any, int] = {}
    by_text = {"": 0}
    codes = array("i")
    for cell in cells:
        number = numbers.get(cell)
        if number is None:
            empty = cell is None or cell == "" or (isinstance(cell, float) and math.isnan(cell))
            value = "" if empty else cell_text(cell).strip()
            label = "" if empty else str(labels.get(cell, "")).strip()
            text = f"{value} - {label}" if label in repeated and label else label or value
            number = by_text.setdefault(text, len(texts))
            if number == len(texts):
                texts.append(text)
                behind.append(value)
                if absent(cell):
                    gone.append(number)
            # NaN is never equal to itself: each would be kept as new.
            if not (isinstance(cell, float) and math.isnan(cell)):
                numbers[cell] = number
        codes.append(number)
    return texts, behind if labels else None, gone, codes
