"""The tables of a gradebook one below the other, each column of one kind, and back as they were.

A column that two tables have holds numbers, texts or dates in both; where the tables differ in that, texts.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from relsurvey.grading.gradebook import Gradebook

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

Kind = Literal["text", "number", "whole", "yes", "date"]

TABLES = ("scores", "marks", "totals")
#: Which table a row belongs to; a gradebook's own columns never begin so.
_OF = "__table__"
_NUMPY = ("int8", "int16", "int32", "int64", "bool")
_UNITS = ("s", "ms", "us")


@dataclass(frozen=True)
class Column:
    """A column of a table: what its cells are, and the type that pandas had for them."""

    kind: Kind
    dtype: str


def tables(gradebook: Gradebook) -> Iterator[tuple[str, pd.DataFrame]]:
    """Yield the tables of a gradebook with their names."""
    for name in TABLES:
        yield name, getattr(gradebook, name)


def columns_of(frame: pd.DataFrame) -> dict[str, Column]:
    """Return what each column of a table is."""
    return {str(name): _column(frame[name]) for name in frame}


def _column(column: pd.Series) -> Column:
    import pandas as pd

    dtype = str(column.dtype)
    kinds: dict[str, Kind] = {
        "string": "text",
        "empty": "text",
        "integer": "whole",
        "floating": "number",
        "mixed-integer-float": "number",
        "boolean": "yes",
        "datetime64": "date",
        "datetime": "date",
        "date": "date",
    }
    if pd.api.types.is_datetime64_any_dtype(column.dtype):
        return Column("date", dtype)
    if pd.api.types.is_bool_dtype(column.dtype):
        return Column("yes", dtype)
    if pd.api.types.is_integer_dtype(column.dtype):
        return Column("whole", dtype)
    if pd.api.types.is_float_dtype(column.dtype):
        return Column("number", dtype)
    return Column(kinds.get(pd.api.types.infer_dtype(column, skipna=True), "text"), dtype)


def together(
    gradebook: Gradebook, columns: Mapping[str, Mapping[str, Column]]
) -> tuple[pd.DataFrame, dict[str, int]]:
    """Return the tables one below the other, each column of one kind, and how many rows each has."""
    import numpy as np

    by = dict(tables(gradebook))
    rows = {name: len(frame) for name, frame in by.items()}
    whole: dict[str, Any] = {_OF: np.repeat(np.array(TABLES, object), list(rows.values()))}
    for column, kind in _kinds(columns).items():
        parts = []
        for name, frame in by.items():
            own = columns[name].get(column)
            if own is None:
                parts.append(_none(kind, rows[name]))
            else:
                cells = _cells(frame[column], own.kind)
                parts.append(cells if own.kind == kind else _texts(cells))
        whole[column] = _joined(parts, kind)
    return _frame(whole), rows


def _frame(columns: Mapping[str, Any]) -> pd.DataFrame:
    """Return columns as a table in which texts stay objects."""
    import pandas as pd

    return pd.DataFrame(
        {
            name: pd.Series(cells, dtype=object if str(getattr(cells, "dtype", "")) == "object" else None)
            for name, cells in columns.items()
        }
    )


def _kinds(columns: Mapping[str, Mapping[str, Column]]) -> dict[str, Kind]:
    """Return what each column of the file holds: what it does in every table, else texts."""
    kinds: dict[str, Kind] = {}
    for known in columns.values():
        for name, column in known.items():
            kinds[name] = column.kind if kinds.get(name, column.kind) == column.kind else "text"
    return kinds


def _cells(column: pd.Series, kind: Kind) -> Any:
    """Return a column's cells as an array that can be joined with others of its kind."""
    import numpy as np
    import pandas as pd

    column = column.reset_index(drop=True)
    if kind == "number":
        return pd.to_numeric(column).to_numpy(dtype=np.float64, na_value=np.nan)
    if kind == "whole":
        return column.astype("Int64").array
    if kind == "yes":
        return column.astype("boolean").array
    if kind == "date":
        dates = pd.to_datetime(column)
        # The day and the hour as they are written, wherever that is.
        return dates.dt.tz_localize(None).to_numpy(dtype="datetime64[us]")
    cells = column.astype(object).to_numpy(copy=True)
    there = column.notna().to_numpy()
    cells[~there] = None
    cells[there] = [cell if type(cell) is str else str(cell) for cell in cells[there]]
    return cells


def _none(kind: Kind, n: int) -> Any:
    import numpy as np
    import pandas as pd

    return _cells(pd.Series(np.full(n, None, object)), kind)


def _joined(parts: list[Any], kind: Kind) -> Any:
    import numpy as np
    import pandas as pd

    if kind in ("whole", "yes"):
        return pd.concat([pd.Series(part) for part in parts], ignore_index=True).array
    return np.concatenate(parts)


def _texts(cells: Any) -> NDArray[np.object_]:
    """Return cells of any kind as texts that ``_own`` reads back."""
    import numpy as np
    import pandas as pd

    texts = np.full(len(cells), None, object)
    for i in np.flatnonzero(~pd.isna(cells)):
        cell = cells[i]
        texts[i] = repr(float(cell)) if isinstance(cell, float) else str(cell)
    return texts


def digest(whole: pd.DataFrame) -> str:
    """Return the hash of every cell, with its column and row."""
    import numpy as np
    import pandas as pd

    total = hashlib.sha256()
    for name in whole:
        cells = whole[name]
        total.update(f"\x1d{name}\x1d{len(cells)}\x1d".encode())
        if cells.dtype == object:
            # By the texts there are, in order of appearance, and where each stands.
            codes, texts = pd.factorize(cells)
            total.update(codes.astype(np.int64).tobytes())
            total.update(np.array([len(text) for text in texts], np.int64).tobytes())
            total.update("".join(texts).encode("utf-8", "surrogatepass"))
        elif str(cells.dtype) in ("Int64", "boolean"):
            total.update(cells.isna().to_numpy().tobytes())
            total.update(cells.to_numpy(dtype=np.int64, na_value=0).tobytes())
        elif cells.dtype.kind == "M":
            total.update(cells.to_numpy(dtype="datetime64[us]").astype(np.int64).tobytes())
        else:
            number = cells.to_numpy(dtype=np.float64)
            # Of several patterns of bits for no number, one.
            total.update(np.where(np.isnan(number), np.nan, number).tobytes())
    return total.hexdigest()


def framed(whole: Mapping[str, Any], columns: Mapping[str, Mapping[str, Column]]) -> pd.DataFrame:
    """Return a file's columns as they were joined.

    Raises
    ------
    ValueError
        If they are not those columns.
    """
    import numpy as np
    import pandas as pd

    kinds: dict[str, Kind] = {_OF: "text", **_kinds(columns)}
    if list(whole) != list(kinds):
        raise ValueError
    frame: dict[str, Any] = {}
    for name, kind in kinds.items():
        cells = whole[name]
        gone = np.ma.getmaskarray(cells)
        if kind == "text":
            own = np.array(cells.data, object)
            own[gone] = None
            frame[name] = own
        elif kind == "number":
            frame[name] = np.where(gone, np.nan, cells.data.astype(np.float64))
        elif kind == "date":
            frame[name] = np.where(gone, np.datetime64("NaT"), cells.data.astype("datetime64[us]"))
        else:
            data = np.where(gone, 0, cells.data).astype(np.int64 if kind == "whole" else bool)
            array = pd.arrays.IntegerArray if kind == "whole" else pd.arrays.BooleanArray
            frame[name] = array(data, gone.copy())
    return _frame(frame)


def table(whole: pd.DataFrame, name: str, columns: Mapping[str, Column]) -> pd.DataFrame:
    """Return one table as it was."""
    import pandas as pd

    rows = whole[whole[_OF] == name]
    return pd.DataFrame(
        {column: _own(rows[column].reset_index(drop=True), of) for column, of in columns.items()},
        index=pd.RangeIndex(len(rows)),
    )


def _own(cells: pd.Series, of: Column) -> Any:
    """Return a column's cells in the type that they had."""
    import numpy as np
    import pandas as pd

    if of.kind == "text":
        if of.dtype == "str":
            return pd.Series(np.array(cells, object))
        return pd.Series(cells, dtype="category" if of.dtype == "category" else object)
    if cells.dtype == object:
        read: dict[Kind, Callable[[Any], Any]] = {
            "yes": lambda text: text == "True",
            "whole": int,
            "number": float,
            "date": np.datetime64,
        }
        parsed = [None if cell is None else read[of.kind](cell) for cell in cells]
        cells = pd.Series(_cells(pd.Series(parsed, dtype=object), of.kind))
    if of.kind == "number":
        return cells.to_numpy(dtype=np.float64)
    if of.kind == "date":
        unit = of.dtype.removeprefix("datetime64[").split(",")[0].rstrip("]")
        return cells.to_numpy(dtype=f"datetime64[{unit if unit in _UNITS else 'us'}]")
    if of.dtype in _NUMPY:
        return cells.to_numpy(dtype=of.dtype)
    objects = cells.astype(object).to_numpy(copy=True)
    objects[cells.isna().to_numpy()] = None
    return objects if of.dtype not in ("Int64", "boolean") else cells
