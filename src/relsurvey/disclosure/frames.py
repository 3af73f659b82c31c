"""Long frames of counts read as cells, whatever tables they come from."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from math import isfinite, isnan
from typing import TYPE_CHECKING, Any

from relsurvey.errors import DisclosureError

if TYPE_CHECKING:
    import pandas as pd

# A label for each dimension of all tables; None: summed over.
Key = tuple[Hashable, ...]

#: Columns of a table that are no dimensions.
NUMBERS = frozenset({"n", "count", "known_n", "shown"})


@dataclass
class Cell:
    """One cell, in whatever tables it stands.

    Attributes
    ----------
    n, count
        Respondents, and the favorable among them; None where hidden.
    known_n
        Respondents of a cell whatever is hidden, where they are known.
    places
        Where it stands: table and row.
    marked
        Whether it must be hidden for a reason of the user's own.
    keep
        What is kept first: the larger the earlier.
    """

    n: int | None
    count: int | None
    known_n: int | None
    places: list[tuple[int, int]]
    marked: bool = False
    keep: float = 0.0


@dataclass(frozen=True)
class Cells:
    """The cells of all tables.

    Attributes
    ----------
    frames
        The tables.
    dimensions
        Names of the dimensions of any table, sorted.
    counted
        Whether there are counts of favorable, or numbers of respondents alone.
    by_key
        Each cell by its labels.
    """

    frames: tuple[pd.DataFrame, ...]
    dimensions: tuple[str, ...]
    counted: bool
    by_key: dict[Key, Cell]


def read_cells(
    tables: pd.DataFrame | Sequence[pd.DataFrame],
    *,
    hidden: bool = False,
    primary: str | None = None,
    keep: str | None = None,
) -> Cells:
    """Read tables of counts, and check them.

    Parameters
    ----------
    tables
        Long frames: dimension columns and ``n``, or ``n`` and ``count``.
    hidden
        Whether ``n`` and ``count`` may be missing where hidden.
    primary, keep
        Columns of :attr:`Cell.marked` and :attr:`Cell.keep`, in the tables that have them.

    Raises
    ------
    DisclosureError
        If a table is no table of counts; the message says which row, never how many stand there.
    """
    import pandas as pd

    frames = (tables,) if isinstance(tables, pd.DataFrame) else tuple(tables)
    if not frames or not all(isinstance(frame, pd.DataFrame) for frame in frames):
        raise DisclosureError("Give one pandas DataFrame or a list of them: dimension columns and n.")
    for name in (name for name in (primary, keep) if name is not None):
        if not any(name in frame.columns for frame in frames):
            raise DisclosureError(f"No table has a column {name!r}.")
    for number, frame in enumerate(frames, 1):
        if not frame.columns.is_unique:
            raise DisclosureError(f"Table {number}: two columns have the same name.")
        if "n" not in frame.columns:
            raise DisclosureError(f"Table {number} has no column n: the respondents of each cell.")
    counted = {"count" in frame.columns for frame in frames}
    if len(counted) > 1:
        raise DisclosureError("Some tables have a column count and some have none: give it in all or none.")
    numbers = NUMBERS | {primary, keep}
    dimensions = tuple(sorted({str(c) for frame in frames for c in frame.columns if c not in numbers}))
    cells = Cells(frames, dimensions, counted == {True}, {})
    for index, frame in enumerate(frames):
        seen: set[Key] = set()
        for key, cell in _rows(index, frame, dimensions, hidden=hidden, primary=primary, keep=keep):
            if key in seen:
                raise DisclosureError(f"{_where(index, cell)}: the same cell stands in the table twice.")
            seen.add(key)
            _join(cells.by_key, key, cell, index)
    return cells


def _rows(
    index: int,
    frame: pd.DataFrame,
    dimensions: Sequence[str],
    *,
    hidden: bool,
    primary: str | None,
    keep: str | None,
) -> Iterator[tuple[Key, Cell]]:
    """Yield each row of a table as a cell."""
    import pandas as pd

    def column(name: str | None, missing: object) -> list[Any]:
        return list(frame[name]) if name in frame.columns else [missing] * len(frame)

    labels: list[list[Hashable]] = []
    for name in dimensions:
        values = column(name, None)
        if not all(isinstance(value, Hashable) for value in values):
            raise DisclosureError(f"Table {index + 1}: a label of {name} is no label but a list.")
        labels.append([None if pd.isna(value) else value for value in values])
    for row, (n, count, known, marked, first) in enumerate(
        zip(
            column("n", None),
            column("count", None),
            column("known_n", None),
            column(primary, False),
            column(keep, 0.0),
            strict=True,
        )
    ):
        where = f"Table {index + 1}, row {row + 1}"
        cell = Cell(
            _whole(n, where, "n"),
            _whole(count, where, "count"),
            _whole(known, where, "known_n"),
            [(index, row)],
            marked is not None and not pd.isna(marked) and bool(marked),
            0.0 if isnan(order := _number(first, where, keep)) else order,
        )
        if not hidden and (cell.n is None or ("count" in frame.columns and cell.count is None)):
            raise DisclosureError(f"{where}: n, or count, is missing.")
        if cell.n is not None and cell.count is not None and cell.count > cell.n:
            raise DisclosureError(f"{where}: count is larger than n.")
        if cell.n is None and cell.count is not None:
            raise DisclosureError(f"{where}: count is shown without n.")
        if cell.n is not None and cell.known_n is not None and cell.known_n != cell.n:
            raise DisclosureError(f"{where}: known_n is not n.")
        yield tuple(values[row] for values in labels), cell


def _join(by_key: dict[Key, Cell], key: Key, cell: Cell, index: int) -> None:
    """Add a cell, or what another table says of the same."""
    before = by_key.setdefault(key, cell)
    if before is cell:
        return
    for name in ("n", "count", "known_n"):
        old, new = getattr(before, name), getattr(cell, name)
        if old is not None and new is not None and old != new:
            raise DisclosureError(f"{_where(index, cell)}: another table has another {name} for this cell.")
        setattr(before, name, new if old is None else old)
    before.places += cell.places
    before.marked, before.keep = before.marked or cell.marked, max(before.keep, cell.keep)


def _where(index: int, cell: Cell) -> str:
    return f"Table {index + 1}, row {cell.places[0][1] + 1}"


def _whole(value: Any, where: str, name: str) -> int | None:
    """Return a number of respondents, None where it is missing."""
    number = _number(value, where, name) if value is not None else float("nan")
    if isnan(number):
        return None
    if number < 0 or number != int(number) or number > 2**31:
        raise DisclosureError(f"{where}: {name} must be a whole number of respondents, zero or more.")
    return int(number)


def _number(value: Any, where: str, name: str | None) -> float:
    import pandas as pd

    if value is pd.NA:
        return float("nan")
    try:
        number = float(value)
    except (TypeError, ValueError):
        raise DisclosureError(f"{where}: {name} is not a number.") from None
    if not isnan(number) and not isfinite(number):
        raise DisclosureError(f"{where}: {name} is not a number.")
    return number
