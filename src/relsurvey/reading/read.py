"""A file → rows that fit an instrument, and the ledger of how."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from relsurvey.errors import MatchError, ReadError, Unmatched
from relsurvey.instrument import Instrument, instruments
from relsurvey.instrument.keys import IDENTITY
from relsurvey.instrument.library import find
from relsurvey.reading import identity, labels, match
from relsurvey.reading.formats import FORMATS, Table
from relsurvey.reading.formats.table import under_header
from relsurvey.reading.ledger import Entry
from relsurvey.reading.limits import Limits
from relsurvey.reading.open import Opened, from_frame, open_file
from relsurvey.reading.rows import Rows, drop_duplicates, drop_tests, note_kept

if TYPE_CHECKING:
    import pandas as pd
    from typing_extensions import TypeIs

_HASHED = ("respondent", "teacher")
_NUMBERS = ("weight", "duration")
_HEADER_ROWS = 15


@dataclass(frozen=True)
class Source:
    """A file and what it does not say about itself.

    Attributes
    ----------
    path
        The file.
    wave, school
        The wave or school of every row in it.
    """

    path: str | Path
    wave: str | None = None
    school: str | None = None


@dataclass(frozen=True)
class Reading:
    """Rows that fit an instrument: what :func:`relsurvey.read` puts into a Study."""

    instrument: Instrument
    responses: pd.DataFrame
    answers: pd.DataFrame
    comments: pd.DataFrame
    ledger: tuple[Entry, ...]
    sha256: tuple[str, ...]
    simulated: bool


def read(
    source: str | Path | Source | pd.DataFrame | Sequence[str | Path | Source],
    instrument: str | Path | Instrument | None,
    *,
    wave: str | None,
    school: str | None,
    strict: bool,
    keep: Literal["last", "first", "all"],
    ids: Literal["hashed", "as-is"],
    limits: Limits | None,
) -> Reading:
    """Read survey answers; :func:`relsurvey.read` documents the parameters."""
    if keep not in ("last", "first", "all"):
        raise ReadError(f"keep={keep!r} is not known. Use 'last', 'first' or 'all'.")
    if ids not in ("hashed", "as-is"):
        raise ReadError(f"ids={ids!r} is not known. Use 'hashed' or 'as-is'.")
    opened = _open(source, limits or Limits(), wave, school)
    if not opened:
        raise ReadError("There is no file to read: the list is empty.")
    chosen = find(instrument) if instrument is not None else _recognise(opened)
    whole: Rows | None = None
    for part, given in opened:
        rows = _read_one(part, chosen, given, strict=strict)
        if whole is None:
            whole = rows
        else:
            whole.add(rows)
    assert whole is not None  # `opened` is not empty
    drop_tests(whole)
    drop_duplicates(whole, keep)
    note_kept(whole, chosen)
    if chosen.ppra:
        what = "this instrument asks about topics that the law protects (PPRA)"
        whole.note(
            "ppra", "all files", len(whole), what, "families may have to be told, or asked, beforehand"
        )
    return _finish(whole, chosen, ids, tuple(part.sha256 for part, _ in opened))


def _open(
    source: str | Path | Source | pd.DataFrame | Sequence[str | Path | Source],
    limits: Limits,
    wave: str | None,
    school: str | None,
) -> list[tuple[Opened, Source]]:
    if isinstance(source, (str, Path, Source)):
        sources: list[str | Path | Source] = [source]
    elif _is_frame(source):
        return [(from_frame(source), Source("DataFrame", wave, school))]
    else:
        sources = list(source)
    result = []
    for entry in sources:
        if not isinstance(entry, (str, Path, Source)):
            raise ReadError(
                f"A {type(entry).__name__} cannot be read. Give a path, a DataFrame, or a list of paths."
            )
        one = entry if isinstance(entry, Source) else Source(entry)
        result.append(
            (open_file(Path(one.path), limits), Source(one.path, one.wave or wave, one.school or school))
        )
    return result


def _is_frame(source: object) -> TypeIs[pd.DataFrame]:
    """Say whether a source is a DataFrame, without importing pandas for a path that may not even exist."""
    return hasattr(source, "iloc") and hasattr(source, "columns")


def _recognise(opened: list[tuple[Opened, Source]]) -> Instrument:
    """Choose the ready instrument whose questions all stand in the file."""
    ready = instruments()
    fits = []
    for candidate in ready.values():
        table = _best_table(opened[0][0], candidate)
        if table is not None and set(match.columns(table.header, candidate).items) == set(candidate.items):
            fits.append(candidate)
    if len(fits) == 1:
        return fits[0]
    name = opened[0][0].sheets[0].file if opened[0][0].sheets else "The file"
    raise MatchError(
        f"{name} is not an answer to one ready instrument ({', '.join(ready)}). "
        "Name the instrument: its id, or the path of its YAML file."
    )


def _best_table(opened: Opened, instrument: Instrument) -> Table | None:
    """Find the sheet and the header row that hold most of the instrument's columns."""
    best: tuple[int, Table] | None = None
    for sheet in opened.sheets:
        for row in range(min(_HEADER_ROWS, len(sheet.rows))):
            found = match.columns([cell.strip() for cell in sheet.rows[row]], instrument)
            score = 2 * len(found.items) + found.found
            if found.found and (best is None or score > best[0]):
                best = (score, under_header(sheet, row))
    return best[1] if best else None


def _read_one(opened: Opened, instrument: Instrument, given: Source, *, strict: bool) -> Rows:
    table = _best_table(opened, instrument)
    if table is None:
        name = opened.sheets[0].file if opened.sheets else "The file"
        raise MatchError(
            f"{name} has no row in which a question of `{instrument.id}` stands. "
            "Check that it is the right file, the right sheet, and the right instrument."
        )
    form = next(f for f in FORMATS if f.detect(table))
    table = form.read(table)
    columns = match.columns(table.header, instrument)
    if columns.repeated:
        first, second, key = columns.repeated[0]
        raise MatchError(
            f"Two columns, {match.shown(first)} and {match.shown(second)}, are both the column of `{key}`. "
            "Remove or rename one."
        )
    rows = _rows_of(table, columns, instrument)
    _note_table(rows, opened, table, form.NAME)
    _check_items(rows, table, columns, instrument, strict=strict)
    _note_columns(rows, table, columns, instrument, given)
    blank = len(table.rows) - len(rows)
    if blank:
        rows.note("blank rows", table.where, blank, "left out", "no cell of them is filled")
    if not len(rows):
        raise ReadError(
            f"{table.where} has a header but no answers under it. "
            "Export it again after students have answered."
        )
    for key, value in (("wave", given.wave), ("school", given.school)):
        if value is not None:
            if any(rows.identity[key]):
                what = f"the file's own {key} was replaced by the one given"
                rows.note("given", table.where, len(rows), what, "the caller named it")
            rows.identity[key] = [value] * len(rows)
    labels.match_answers(rows, table, instrument, strict=strict)
    labels.match_groups(rows, table, instrument)
    labels.match_waves(rows, table, instrument, strict=strict)
    return rows


def _rows_of(table: Table, columns: match.Columns, instrument: Instrument) -> Rows:
    """Take the rows in which any cell is filled out of a table, by the columns that were found."""
    full = [i for i, row in enumerate(table.rows) if any(cell.strip() for cell in row)]

    def column(position: int | None) -> list[str]:
        return ["" if position is None else table.rows[i][position].strip() for i in full]

    rows = Rows(
        identity={key: column(columns.identity.get(key)) for key in IDENTITY},
        groups={key: column(columns.groups.get(key)) for key in instrument.groups},
        items={key: column(columns.items.get(key)) for key in instrument.items},
        codes={},
        comments={q.id: column(columns.comments.get(q.id)) for q in instrument.open_questions},
        where=[f"{table.where}, row {table.numbers[i]}" for i in full],
    )
    if not any(rows.identity["date"]) and table.dates:
        rows.identity["date"] = column(table.header.index(table.dates[0]))
    return rows


def _note_table(rows: Rows, opened: Opened, table: Table, form: str) -> None:
    what = f"read as {form}" + "".join(f"; {note}" for note in opened.notes)
    rows.note("open", table.where, len(table.rows), what, "first row of the table is its header")
    header_row = table.numbers[0] - 1 if table.numbers else 1
    if header_row > 1:
        what = f"the header stands in row {header_row}; the rows above it were passed over"
        rows.note("title rows", table.where, 0, what, "they hold no question of the instrument")
    other = [
        sheet.name
        for sheet in opened.sheets
        if sheet is not table.sheet and any(any(cell.strip() for cell in row) for row in sheet.rows)
    ]
    if other:
        why = "this sheet holds the most questions of the instrument"
        rows.note("other sheets", table.where, 0, f"{len(other)} other sheets were not read", why)


def _check_items(
    rows: Rows, table: Table, columns: match.Columns, instrument: Instrument, *, strict: bool
) -> None:
    missing = [item for item in instrument.items if item not in columns.items]
    if not missing:
        return
    left = [table.header[i] for i in columns.unused if table.header[i]]
    problems = [
        Unmatched(
            item,
            next(iter(instrument.items[item].text.values())),
            match.nearest(next(iter(instrument.items[item].text.values())), left),
            len(table.rows),
        )
        for item in missing
    ]
    if strict:
        raise match.unmatched_error(
            problems,
            f"{table.where} lacks {len(missing)} of the {len(instrument.items)} questions "
            f"of `{instrument.id}`",
            "Rename the columns, list the older wording under `was:`, "
            "or read with strict=False (--lenient) to go on without them.",
        )
    for problem in problems:
        what = f"no column for `{problem.where}`; its answers are empty"
        rows.note("missing questions", table.where, problem.rows, what, "strict=False")


def _note_columns(
    rows: Rows, table: Table, columns: match.Columns, instrument: Instrument, given: Source
) -> None:
    def note(step: str, what: str, why: str) -> None:
        rows.note(step, table.where, len(table.rows), what, why)

    note(
        "columns",
        f"{len(columns.items)} questions, {len(columns.groups)} group variables, "
        f"{len(columns.identity)} identity columns, {len(columns.comments)} open questions",
        "matched by name or wording; case, blanks, apostrophes and dashes do not matter",
    )
    used_dates = set(table.dates) if "date" not in columns.identity else set()
    for position in columns.unused:
        name = table.header[position] or f"column {position + 1}"
        if name not in used_dates:
            note("columns not used", f"{match.shown(name)} was left out", "the instrument does not name it")
    for key in instrument.groups:
        if key not in columns.groups:
            what = f"no column for the group variable `{key}`"
            note("missing columns", what, "students cannot be compared by it")
    for key in instrument.identity:
        if (
            key not in columns.identity
            and not (key == "wave" and given.wave)
            and not (key == "school" and given.school)
        ):
            why = (
                "the unit is the row, and the same students cannot be followed over waves"
                if key == "respondent"
                else f"nothing can be said by {key}"
            )
            note("missing columns", f"no column for `{key}`", why)
    for question in instrument.comments:
        if not instrument.safety and question.id in columns.comments:
            note(
                "comments",
                f"the open question `{question.id}` was not read",
                "the instrument names no safety contact and reading deadline",
            )
        elif question.id not in columns.comments:
            what = f"no column for the open question `{question.id}`"
            note("missing columns", what, "there are no comments")


def _finish(rows: Rows, instrument: Instrument, ids: str, hashes: tuple[str, ...]) -> Reading:
    import numpy as np
    import pandas as pd

    if ids == "hashed":
        key = identity.local_key()
        for name in _HASHED:
            distinct = {
                value: identity.hashed(value, key) if value else "" for value in set(rows.identity[name])
            }
            rows.identity[name] = [distinct[value] for value in rows.identity[name]]
        why = "a keyed hash whose key stays on this machine"
    else:
        why = "ids='as-is': this study holds the file's own ids"
    if any(rows.identity["respondent"]) or any(rows.identity["teacher"]):
        what = "respondent and teacher ids replaced" if ids == "hashed" else "ids kept as they are"
        rows.note("ids", "all files", len(rows), what, why)
    present = [name for name in IDENTITY if any(rows.identity[name])]
    identities: dict[str, pd.Series] = {}
    for name in present:
        if name in _NUMBERS:
            identities[name] = pd.to_numeric(pd.Series(rows.identity[name], dtype=object), errors="coerce")
        else:
            identities[name] = _words(rows.identity[name])
    if "respondent" not in present:
        identities = {"respondent": _words([f"row-{i + 1}" for i in range(len(rows))]), **identities}
    groups = {name: _words(column) for name, column in rows.groups.items()}
    responses = pd.DataFrame(
        {**identities, **groups, **{n: np.asarray(c, dtype=float) for n, c in rows.codes.items()}}
    )
    responses = responses[[*identities, *groups, *instrument.items]]
    answers = pd.DataFrame({**identities, **groups, **{n: _words(rows.items[n]) for n in instrument.items}})
    found = [
        (i, question, text)
        for question, texts in rows.comments.items()
        for i, text in enumerate(texts)
        if text
    ]
    comments = pd.DataFrame(
        [(identities["respondent"][i], question, text) for i, question, text in found],
        columns=["respondent", "question", "text"],
        index=pd.Index([i for i, _, _ in found], dtype=int),
    )
    named = " ".join({*rows.identity["school"], *(str(where) for where in rows.where[:1])})
    simulated = bool(re.search(r"\bsimula(ted|d[oa])s?\b", named, re.IGNORECASE))
    return Reading(instrument, responses, answers, comments, tuple(rows.ledger), hashes, simulated)


def _words(values: list[str]) -> pd.Series:
    """Return texts as a column in which an empty one is missing."""
    import pandas as pd

    return pd.Series([value or None for value in values], dtype=object)
