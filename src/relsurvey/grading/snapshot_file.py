"""One snapshot as one Parquet file: a gradebook's tables, and what it says of itself."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from relsurvey.errors import ReadError, RelsurveyError
from relsurvey.grading.gradebook import Gradebook
from relsurvey.grading.policy import Policy
from relsurvey.grading.snapshot_columns import (
    TABLES,
    Column,
    columns_of,
    digest,
    framed,
    table,
    tables,
    together,
)
from relsurvey.reading.ledger import Entry

if TYPE_CHECKING:
    import duckdb


#: A file of another form is not read as if it were this one.
_FORMAT = 1


@dataclass(frozen=True)
class About:
    """What a snapshot says of itself.

    Attributes
    ----------
    ids
        ``"hashed"``, ``"as-is"``, or ``"none"`` where there is no student.
    blank, policies, entries
        As in a gradebook.
    rows
        How many rows each table has.
    columns
        Each table's columns, in order.
    digest
        Of all cells: a file that was changed does not fit it.
    """

    ids: str
    blank: str | None
    policies: tuple[Policy, ...]
    entries: tuple[Entry, ...]
    rows: dict[str, int]
    columns: dict[str, dict[str, Column]]
    digest: str


def write_file(path: Path, gradebook: Gradebook, ids: str) -> None:
    """Write a gradebook to a Parquet file; what is there is overwritten.

    Raises
    ------
    OSError, duckdb.Error
        If it cannot be written.
    """
    columns = {name: columns_of(frame) for name, frame in tables(gradebook)}
    whole, rows = together(gradebook, columns)
    about = {
        "format": _FORMAT,
        "ids": ids,
        "blank": gradebook.blank,
        "policies": [policy.to_yaml() for policy in gradebook.policies],
        "entries": [[e.step, e.where, e.rows, e.what, e.why] for e in gradebook.entries],
        "rows": rows,
        "columns": {
            name: {column: [of.kind, of.dtype] for column, of in known.items()}
            for name, known in columns.items()
        },
        "digest": digest(whole),
    }
    with _database() as database:
        database.register("given", whole)
        database.execute(
            "COPY given TO $path (FORMAT parquet, COMPRESSION zstd, USE_TMP_FILE false, "
            "KV_METADATA {relsurvey: $about})",
            {"path": str(path), "about": json.dumps(about)},
        )


def read_about(path: Path) -> About:
    """Return what a snapshot says of itself.

    Raises
    ------
    ReadError
        If it is broken, or no snapshot.
    """
    import duckdb

    try:
        with _database() as database:
            pairs = database.execute(
                "SELECT key, value FROM parquet_kv_metadata($path)", {"path": _plain(path)}
            ).fetchall()
        return _about(json.loads(dict(pairs)[b"relsurvey"]))
    except (duckdb.Error, OSError, RelsurveyError, ValueError, KeyError, TypeError, AttributeError) as cause:
        raise _broken(path) from cause


def read_file(path: Path) -> Gradebook:
    """Return the gradebook of a snapshot, as it was when it was kept.

    Raises
    ------
    ReadError
        If it is broken, or no snapshot.
    """
    import duckdb
    import numpy as np

    about = read_about(path)
    try:
        with _database() as database:
            found = database.execute(
                "SELECT * FROM read_parquet($path, hive_partitioning = false)", {"path": _plain(path)}
            ).fetchnumpy()
        whole = {name: np.ma.masked_array(cells) for name, cells in found.items()}
        frame = framed(whole, about.columns)
        if digest(frame) != about.digest:
            raise ValueError
        frames = [table(frame, name, about.columns[name]) for name in TABLES]
        if {name: len(one) for name, one in zip(TABLES, frames, strict=True)} != about.rows:
            raise ValueError
    except (duckdb.Error, OSError, ValueError, KeyError, TypeError, AttributeError, OverflowError) as cause:
        raise _broken(path) from cause
    scores, marks, totals = frames
    return Gradebook(scores, marks, totals, about.policies, about.blank, about.entries)


def _broken(path: Path) -> ReadError:
    return ReadError(
        f"The snapshot {path.name} in {path.parent} is broken, or none of relsurvey's. "
        "Bring it back from a backup, or delete it; the others are not affected."
    )


def _database() -> duckdb.DuckDBPyConnection:
    import duckdb

    return duckdb.connect(
        config={
            "threads": 1,
            "autoload_known_extensions": False,
            "autoinstall_known_extensions": False,
            # By a sample it would guess what a column of objects holds.
            "pandas_analyze_sample": 0,
        }
    )


def _plain(path: Path) -> str:
    """Return a path that DuckDB takes as it is: brackets and stars are patterns there."""
    return "".join({"[": "[[]", "*": "[*]", "?": "[?]"}.get(sign, sign) for sign in str(path))


def _about(document: dict[str, Any]) -> About:
    if document["format"] != _FORMAT:
        raise ValueError
    return About(
        str(document["ids"]),
        document["blank"],
        tuple(Policy.parse(text) for text in document["policies"]),
        tuple(Entry(*entry) for entry in document["entries"]),
        {name: int(document["rows"][name]) for name in TABLES},
        {name: {column: Column(*of) for column, of in document["columns"][name].items()} for name in TABLES},
        str(document["digest"]),
    )
