"""Rows under way: what is kept of them, what is left out, and the note of it."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from relsurvey.errors import ReadError
from relsurvey.instrument import Instrument
from relsurvey.instrument.fold import fold
from relsurvey.reading.ledger import Entry

_TEST_ID = re.compile(r"((test|testing|prueba|ejemplo|demo)([\W_\d].*)?|[a-z]*0{3,})\Z")
_DATE = re.compile(r"\d{4}-\d\d-\d\d([ T]\d\d:\d\d(:\d\d(\.\d+)?)?)?\Z")
_TEST_COMMENT = {
    "test",
    "testing",
    "this is a test",
    "test row",
    "prueba",
    "esto es una prueba",
    "es una prueba",
}


@dataclass
class Rows:
    """Rows under way, column by column.

    Attributes
    ----------
    identity, groups, items, comments
        By key, one text a row; empty where there is none.
    codes
        By item, one code a row; NaN for no counted answer.
    where
        The file, sheet and row that each row comes from.
    ledger
        What was decided so far.
    """

    identity: dict[str, list[str]]
    groups: dict[str, list[str]]
    items: dict[str, list[str]]
    codes: dict[str, list[float]]
    comments: dict[str, list[str]]
    where: list[str]
    ledger: list[Entry] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.where)

    def note(self, step: str, where: str, rows: int, what: str, why: str) -> None:
        """Write one decision to the ledger."""
        self.ledger.append(Entry(step, where, rows, what, why))

    def keep(self, rows: Sequence[int]) -> None:
        """Keep the rows at these positions."""
        for part in (self.identity, self.groups, self.items, self.comments):
            for key, column in part.items():
                part[key] = [column[i] for i in rows]
        for key, codes in self.codes.items():
            self.codes[key] = [codes[i] for i in rows]
        self.where = [self.where[i] for i in rows]

    def add(self, other: Rows) -> None:
        """Append another file's rows."""
        for mine, theirs in (
            (self.identity, other.identity),
            (self.groups, other.groups),
            (self.items, other.items),
            (self.comments, other.comments),
        ):
            for key in mine:
                mine[key] += theirs[key]
        for key in self.codes:
            self.codes[key] += other.codes[key]
        self.where += other.where
        self.ledger += other.ledger


def drop_tests(rows: Rows) -> None:
    """Leave out rows sent to try the form: by a test id, or by a test comment where no id is given."""

    def is_test(i: int) -> bool:
        respondent = fold(rows.identity["respondent"][i])
        if respondent:
            return bool(_TEST_ID.match(respondent))
        return any(fold(texts[i]) in _TEST_COMMENT for texts in rows.comments.values())

    tests = [i for i in range(len(rows)) if is_test(i)]
    if tests:
        rows.note(
            "test rows",
            _some([rows.where[i] for i in tests]),
            len(tests),
            "left out",
            "their id, or a comment where there is no id, says that they are a test",
        )
        gone = set(tests)
        rows.keep([i for i in range(len(rows)) if i not in gone])


def drop_duplicates(rows: Rows, keep: str) -> None:
    """Keep one row a respondent and wave: the last or the first handed in; without dates, in the file."""
    by_person: dict[tuple[str, str], list[int]] = {}
    for i in range(len(rows)):
        if rows.identity["respondent"][i]:
            by_person.setdefault((rows.identity["respondent"][i], rows.identity["wave"][i]), []).append(i)
    repeated = [group for group in by_person.values() if len(group) > 1]
    if not repeated:
        return
    extra = sum(len(group) - 1 for group in repeated)
    if keep == "all":
        what = "further rows of the same respondent and wave were kept"
        rows.note("duplicates", "all files", extra, what, "keep='all'")
        return
    dates = rows.identity["date"]
    # Only dates that sort as text (year first, two digits an hour) can say which row came later; else the
    # file's order does.
    sortable = all(_DATE.match(dates[i]) for group in repeated for i in group)
    gone: set[int] = set()
    for group in repeated:
        ordered = sorted(group, key=lambda i: (dates[i], i)) if sortable else group
        chosen = ordered[-1] if keep == "last" else ordered[0]
        gone.update(i for i in group if i != chosen)
    rows.note(
        "duplicates",
        _some([rows.where[i] for i in sorted(gone)]),
        extra,
        f"left out; the {keep} row of the same respondent and wave was kept",
        "by the date of the answer" if sortable else "by the order of the file",
    )
    rows.keep([i for i in range(len(rows)) if i not in gone])


def note_kept(rows: Rows, instrument: Instrument) -> None:
    """Note how many rows are kept, and what they lack.

    Raises
    ------
    ReadError
        If none is.
    """
    if not len(rows):
        raise ReadError(
            "No rows are left after test rows and duplicates: the ledger would be all there is. "
            "Check the file."
        )
    empty = sum(all(math.isnan(codes[i]) for codes in rows.codes.values()) for i in range(len(rows)))
    if empty:
        what = "rows in which no question counts were kept, and count for no scale"
        rows.note("no answers", "all files", empty, what, "they say who was reached")
    nameless = sum(not value for value in rows.identity["respondent"])
    if nameless and "respondent" in instrument.identity and nameless < len(rows):
        what = "rows without an id count as one respondent each"
        rows.note("no id", "all files", nameless, what, "nothing says whose they are")
    what = "one row a respondent and wave"
    rows.note("rows kept", "all files", len(rows), what, "what every result is made from")


def _some(places: list[str]) -> str:
    return "; ".join(places[:3]) + (f"; and {len(places) - 3} more" if len(places) > 3 else "")
