"""Rows under way: what is kept of them, what is left out, and the note of it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from relsurvey.errors import ReadError
from relsurvey.instrument import Instrument
from relsurvey.instrument.fold import fold
from relsurvey.reading.dates import sortable
from relsurvey.reading.ledger import Entry
from relsurvey.reading.opening import Column
from relsurvey.reading.opening.sheet import stack

if TYPE_CHECKING:
    import numpy as np

_TEST_ID = re.compile(r"((test|testing|prueba|ejemplo|demo)([\W_\d].*)?|[a-z]*0{3,})\Z")
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
    files
        The files and sheets that the rows come from.
    file, number
        Of each row, which of ``files`` it comes from, and its row number there.
    unfinished
        Which rows the file says were not finished; None where no file says so.
    ledger
        What was decided so far.
    """

    identity: dict[str, Column]
    groups: dict[str, Column]
    items: dict[str, Column]
    comments: dict[str, Column]
    files: list[str]
    file: np.ndarray
    number: np.ndarray
    codes: dict[str, np.ndarray] = field(default_factory=dict)
    unfinished: np.ndarray | None = None
    ledger: list[Entry] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.number)

    def note(self, step: str, where: str, rows: int, what: str, why: str) -> None:
        """Write one decision to the ledger."""
        self.ledger.append(Entry(step, where, rows, what, why))

    def where(self, rows: np.ndarray) -> str:
        """Return where the first few of some rows stand, and how many more there are."""
        places = [f"{self.files[self.file[i]]}, row {self.number[i]}" for i in rows[:3]]
        more = f"; and {len(rows) - 3} more" if len(rows) > 3 else ""
        return "; ".join(places) + more

    def keep(self, rows: np.ndarray) -> None:
        """Keep some rows, by a mask."""
        for part in (self.identity, self.groups, self.items, self.comments):
            for key, column in part.items():
                part[key] = column.take(rows)
        for key, codes in self.codes.items():
            self.codes[key] = codes[rows]
        self.file, self.number = self.file[rows], self.number[rows]
        if self.unfinished is not None:
            self.unfinished = self.unfinished[rows]

    def drop(self, rows: np.ndarray, step: str, what: str, why: str) -> None:
        """Leave out some rows, by a mask, and note it."""
        import numpy as np

        if rows.any():
            self.note(step, self.where(np.flatnonzero(rows)), int(rows.sum()), what, why)
            self.keep(~rows)


def together(parts: list[Rows]) -> Rows:
    """Return the rows of several files one under the other."""
    import numpy as np

    if len(parts) == 1:
        return parts[0]
    first = parts[0]
    shift = np.cumsum([0, *(len(part.files) for part in parts[:-1])])
    unfinished = None
    if any(part.unfinished is not None for part in parts):
        unfinished = np.concatenate(
            [np.zeros(len(p), bool) if p.unfinished is None else p.unfinished for p in parts]
        )
    return Rows(
        {key: stack([part.identity[key] for part in parts]) for key in first.identity},
        {key: stack([part.groups[key] for part in parts]) for key in first.groups},
        {key: stack([part.items[key] for part in parts]) for key in first.items},
        {key: stack([part.comments[key] for part in parts]) for key in first.comments},
        [file for part in parts for file in part.files],
        np.concatenate([part.file + more for part, more in zip(parts, shift, strict=True)]),
        np.concatenate([part.number for part in parts]),
        {key: np.concatenate([part.codes[key] for part in parts]) for key in first.codes},
        unfinished,
        [entry for part in parts for entry in part.ledger],
    )


def drop_tests(rows: Rows) -> None:
    """Leave out rows sent to try the form: by a test id, or by a test comment where no id is given."""
    import numpy as np

    respondent = rows.identity["respondent"]
    tests = np.asarray([bool(_TEST_ID.match(fold(text))) for text in respondent.texts])[respondent.codes]
    for column in rows.comments.values():
        said = np.asarray([fold(text) in _TEST_COMMENT for text in column.texts])[column.codes]
        tests = tests | (said & ~respondent.filled())
    why = "their id, or a comment where there is no id, says that they are a test"
    rows.drop(tests, "test rows", "left out", why)


def drop_duplicates(rows: Rows, keep: str) -> None:
    """Keep one row a respondent and wave: the last or the first handed in; without dates, in the file."""
    import numpy as np

    respondent, wave = rows.identity["respondent"], rows.identity["wave"]
    named = np.flatnonzero(respondent.filled())
    if not len(named):
        return
    person = respondent.codes[named].astype(np.int64) * len(wave.texts) + wave.codes[named]
    order = np.argsort(person, kind="stable")
    person, named = person[order], named[order]
    starts = np.flatnonzero(np.r_[True, person[1:] != person[:-1]])
    sizes = np.diff(np.r_[starts, len(person)])
    if (sizes == 1).all():
        return
    groups = [named[start : start + size] for start, size in zip(starts, sizes, strict=True) if size > 1]
    extra = sum(len(group) - 1 for group in groups)
    if keep == "all":
        what = "further rows of the same respondent and wave were kept"
        rows.note("duplicates kept", "all files", extra, what, "keep='all'")
        return
    dates = rows.identity["date"]
    moments = sortable([dates[i] for group in groups for i in group])
    answered = _answered(rows)
    gone = np.zeros(len(rows), bool)
    blank = 0
    at = 0
    for group in groups:
        # A row without any answer (a form opened again and sent) gives way to one that has some.
        some = [k for k in range(len(group)) if answered[group[k]]] or list(range(len(group)))
        blank += len(some) < len(group)
        if moments is not None:
            some = [k for _, k in sorted((moments[at + k], k) for k in some)]
        chosen = some[-1] if keep == "last" else some[0]
        gone[[i for k, i in enumerate(group) if k != chosen]] = True
        at += len(group)
    why = "by the date of the answer" if moments is not None else "by the order of the file"
    if blank:
        why += "; a row without any answer gives way to one with some"
    rows.drop(gone, "duplicates", f"left out; the {keep} row of the same respondent and wave was kept", why)


def _answered(rows: Rows) -> np.ndarray:
    """Return which rows hold any counted answer."""
    import numpy as np

    found = np.zeros(len(rows), bool)
    for codes in rows.codes.values():
        found |= ~np.isnan(codes)
    return found


def note_kept(rows: Rows, instrument: Instrument) -> None:
    """Note what the rows that are kept lack.

    Raises
    ------
    ReadError
        If none is.
    """
    if not len(rows):
        raise ReadError(
            "No rows are left after test rows, opted-out students and duplicates: the ledger would be all "
            "there is. Check the file."
        )
    empty = int((~_answered(rows)).sum())
    if empty:
        what = "rows in which no question counts were kept, and count for no scale"
        rows.note("no answers", "all files", empty, what, "they say who was reached")
    nameless = len(rows) - int(rows.identity["respondent"].filled().sum())
    if nameless and "respondent" in instrument.identity and nameless < len(rows):
        what = "rows without an id count as one respondent each"
        rows.note("no id", "all files", nameless, what, "nothing says whose they are")


def note_waves(rows: Rows, instrument: Instrument) -> None:
    """Note the questions that were answered in some waves and in no row of another."""
    import numpy as np

    wave = rows.identity["wave"]
    found = [i for i in wave.used if wave.texts[i]]
    if len(found) < 2:
        return
    for item in instrument.items:
        number = np.bincount(wave.codes[~np.isnan(rows.codes[item])], minlength=len(wave.texts))
        asked = [i for i in found if number[i]]
        without = sorted(wave.texts[i] for i in found if not number[i])
        if without and asked:
            there = _listed(sorted(wave.texts[i] for i in asked))
            what = f"`{item}` has answers in {there} and none in {_listed(without)}"
            why = "it cannot be compared with a wave that did not ask it"
            rows.note("one wave only", "all files", int(number[asked].sum()), what, why)


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - 8} more" if len(names) > 8 else ""
    return ", ".join(names[:8]) + more
