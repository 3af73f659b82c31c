"""Files → rows that fit an instrument, and the ledger of how."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from relsurvey.errors import MatchError, ReadError
from relsurvey.instrument import Instrument
from relsurvey.instrument.keys import IDENTITY
from relsurvey.instrument.library import find
from relsurvey.reading import identity, mapping
from relsurvey.reading.choose import best_table, fullest_table, recognise
from relsurvey.reading.fit import fit
from relsurvey.reading.ledger import Entry
from relsurvey.reading.limits import Limits
from relsurvey.reading.mapping import Mapping
from relsurvey.reading.opening import Column, Opened, from_frame, open_file
from relsurvey.reading.rows import Rows, drop_duplicates, note_kept, note_waves, together

if TYPE_CHECKING:
    import pandas as pd
    from typing_extensions import TypeIs

_NUMBERS = ("weight", "duration")

Given = str | Path | Mapping | dict[str, Any] | None


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
    """Rows that fit an instrument: what :func:`relsurvey.read` puts into a Study.

    Attributes
    ----------
    instrument
        What was asked.
    responses, answers, comments, flags
        As in :class:`relsurvey.Study`.
    ledger
        Every decision.
    sha256
        The hash of each file.
    simulated
        Whether the file says that its answers are simulated.
    """

    instrument: Instrument
    responses: pd.DataFrame
    answers: pd.DataFrame
    comments: pd.DataFrame
    flags: pd.DataFrame
    ledger: tuple[Entry, ...]
    sha256: tuple[str, ...]
    simulated: bool


def read(
    source: str | Path | Source | pd.DataFrame | Sequence[str | Path | Source],
    instrument: str | Path | Instrument | None,
    *,
    mapping: Given,
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
    limits = limits or Limits()
    opened = open_all(source, limits, wave, school)
    if not opened:
        raise ReadError("There is no file to read: the list is empty.")
    chosen = find(instrument) if instrument is not None else recognise(opened[0][0])
    explicit = given_mapping(mapping, chosen)
    rows = together([_read_one(part, chosen, given, explicit, strict=strict) for part, given in opened])
    identity.settle(rows)
    drop_duplicates(rows, keep)
    note_waves(rows, chosen)
    note_kept(rows, chosen)
    if chosen.ppra:
        what = "this instrument asks about topics that the law protects (PPRA)"
        rows.note("ppra", "all files", len(rows), what, "families may have to be told, or asked, beforehand")
    return _finish(rows, chosen, ids, tuple(part.sha256 for part, _ in opened))


def open_all(
    source: str | Path | Source | pd.DataFrame | Sequence[str | Path | Source],
    limits: Limits,
    wave: str | None,
    school: str | None,
) -> list[tuple[Opened, Source]]:
    """Open every file of a source.

    Raises
    ------
    ReadError
        If one cannot be read, or if it is no path, DataFrame or list of paths.
    """
    if isinstance(source, (str, Path, Source)):
        sources: list[str | Path | Source] = [source]
    elif is_frame(source):
        return [(from_frame(source), Source("", wave, school))]
    else:
        try:
            sources = list(source)
        except TypeError:
            raise _no_source(source) from None
    result = []
    for entry in sources:
        if not isinstance(entry, (str, Path, Source)):
            raise _no_source(entry)
        one = entry if isinstance(entry, Source) else Source(entry)
        opened = open_file(Path(one.path), limits)
        result.append((opened, Source(one.path, one.wave or wave, one.school or school)))
    return result


def _no_source(given: object) -> ReadError:
    return ReadError(
        f"A {type(given).__name__} cannot be read. Give a path, a DataFrame, or a list of paths."
    )


def is_frame(source: object) -> TypeIs[pd.DataFrame]:
    """Say whether a source is a DataFrame, without importing pandas for a path that may not even exist."""
    return hasattr(source, "iloc") and hasattr(source, "columns")


def given_mapping(given: Given, instrument: Instrument) -> Mapping | None:
    """Return the mapping that a caller gave: a path, a :class:`Mapping`, or its parts as a dict.

    Raises
    ------
    MatchError
        If it does not fit the instrument.
    """
    if given is None:
        return None
    if isinstance(given, dict):
        from pydantic import ValidationError

        try:
            given = Mapping.model_validate({"instrument": instrument.id, **given})
        except ValidationError as cause:
            error = cause.errors()[0]
            place = ".".join(str(part) for part in error["loc"] if part not in ("float", "str"))
            raise MatchError(f"The mapping's `{place}` is not right: {error['msg']}.") from cause
    chosen = given if isinstance(given, Mapping) else Mapping.from_yaml(given)
    chosen.check(instrument)
    return chosen


def _read_one(
    opened: Opened, instrument: Instrument, source: Source, explicit: Mapping | None, *, strict: bool
) -> Rows:
    best = best_table(opened, instrument, explicit, source.wave)
    path = Path(source.path) if source.path else None
    chosen, place, waiting = explicit, None, None
    if chosen is None:
        chosen, place, best, waiting = _found_mapping(opened, instrument, source, path, best)
    if best is None:
        raise MatchError(
            f"{opened.file} has no row in which a question of `{instrument.id}` stands. "
            "Check that it is the right file, the right sheet, and the right instrument."
        )
    table, columns = best
    given = {
        key: value for key, value in (("wave", source.wave), ("school", source.school)) if value is not None
    }
    used = chosen or Mapping(instrument=instrument.id)
    kept = place if place == mapping.remembered(table.fingerprint, instrument) else None
    try:
        rows = fit(opened, table, columns, instrument, used, given, strict=strict)
    except MatchError as cause:
        if waiting is not None:
            more = (
                f"A proposed mapping lies beside it, {waiting.name}: look it over, "
                "then set `confirmed: true` in it."
            )
        elif kept is not None:
            more = (
                f"Its mapping is the one remembered from an earlier file, {kept}: give another one as "
                "mapping=, or delete that file."
            )
        else:
            raise
        raise MatchError(f"{cause} {more}", cause.unmatched) from cause
    if chosen is not None:
        where = "" if place is None else ", as remembered from an earlier file" if kept else f", {place.name}"
        what = f"columns and labels were matched with the help of a mapping{where}"
        rows.note("mapping", table.where, len(rows), what, "a person decided it for files with this header")
        if chosen.fingerprint in (None, table.fingerprint) and path is not None:
            mapping.remember(chosen, table.fingerprint, instrument)
    return rows


def _found_mapping(
    opened: Opened, instrument: Instrument, source: Source, path: Path | None, best: Any
) -> tuple[Mapping | None, Path | None, Any, Path | None]:
    """Return the mapping made for this header, where it is, the table under it, and a proposal that waits."""
    table = fullest_table(opened) if best is None else best[0]
    if table is None:
        return None, None, best, None
    waiting = None
    for place, found in mapping.candidates(path, table.fingerprint, instrument):
        if not found.confirmed:
            waiting = waiting or place
            continue
        found.check(instrument)
        again = best_table(opened, instrument, found, source.wave)
        return found, place, again or best, None
    return None, None, best, waiting


def _finish(rows: Rows, instrument: Instrument, ids: str, hashes: tuple[str, ...]) -> Reading:
    import pandas as pd

    had_ids = rows.identity["respondent"].filled().any() or rows.identity["teacher"].filled().any()
    if ids == "hashed":
        key = identity.local_key()
        rows.identity["respondent"] = rows.identity["respondent"].map(
            lambda text: identity.replaced(text, key)
        )
        rows.identity["teacher"] = rows.identity["teacher"].map(lambda text: identity.hashed(text, key))
        why = "a keyed hash whose key stays on this machine"
    else:
        rows.identity["respondent"] = rows.identity["respondent"].map(identity.shown)
        why = "ids='as-is': this study holds the file's own ids"
    if had_ids:
        what = "respondent and teacher ids replaced" if ids == "hashed" else "ids kept as they are"
        rows.note("ids", "all files", len(rows), what, why)
    identities: dict[str, Any] = {}
    for name in IDENTITY:
        column = rows.identity[name]
        if not column.filled().any():
            continue
        if name in _NUMBERS:
            texts = pd.Series(column.objects(), dtype=object)
            percent = texts.str.endswith("%").eq(True)
            numbers = pd.to_numeric(texts.mask(percent, texts.str[:-1]), errors="coerce")
            identities[name] = numbers.mask(percent, numbers / 100)
            lost = int((column.filled() & identities[name].isna().to_numpy()).sum())
            if lost:
                rows.note(
                    "no number",
                    "all files",
                    lost,
                    f"`{name}` was left empty",
                    "what stands there is no number",
                )
        else:
            identities[name] = _words(column)
    if "respondent" not in identities:
        numbers = pd.Series([f"row-{i + 1}" for i in range(len(rows))], dtype=object)
        identities = {"respondent": numbers, **identities}
    groups = {name: _words(column) for name, column in rows.groups.items()}
    responses = pd.DataFrame(
        {**identities, **groups, **{item: rows.codes[item] for item in instrument.items}}
    )
    answers = pd.DataFrame(
        {**identities, **groups, **{item: _words(rows.items[item]) for item in instrument.items}}
    )
    comments = _comments(rows, responses["respondent"])
    flags = _flags(rows, responses, instrument)
    named = " ".join({*rows.identity["school"].counts(), *rows.files})
    simulated = bool(re.search(r"\bsimula(ted|d[oa])s?\b", named, re.IGNORECASE))
    what = "one row a respondent and wave"
    rows.note("rows kept", "all files", len(rows), what, "what every result is made from")
    return Reading(instrument, responses, answers, comments, flags, tuple(rows.ledger), hashes, simulated)


def _words(column: Column) -> pd.Series:
    """Return texts as a column in which an empty one is missing."""
    import pandas as pd

    return pd.Series(column.objects(), dtype=object)


def _comments(rows: Rows, respondents: pd.Series) -> pd.DataFrame:
    import numpy as np
    import pandas as pd

    found = [
        (int(i), question, column[int(i)])
        for question, column in rows.comments.items()
        for i in np.flatnonzero(column.filled())
    ]
    return pd.DataFrame(
        [(respondents.iloc[i], question, text) for i, question, text in found],
        columns=["respondent", "question", "text"],
        index=pd.Index([i for i, _, _ in found], dtype=int),
    )


def _flags(rows: Rows, responses: pd.DataFrame, instrument: Instrument) -> pd.DataFrame:
    """Return what may be wrong with a row: not finished, or too few answers for any scale; note it."""
    import numpy as np
    import pandas as pd

    from relsurvey.scoring import enough_answers

    unfinished = np.zeros(len(rows), bool) if rows.unfinished is None else rows.unfinished
    few = ~np.column_stack([enough_answers(responses, instrument, scale) for scale in instrument.scales]).any(
        axis=1
    )
    reverse = "kept; study.without({!r}) sets them aside"
    if unfinished.any():
        what = "rows that the file marks as not finished were flagged"
        rows.note("unfinished", "all files", int(unfinished.sum()), what, reverse.format("unfinished"))
    if few.any():
        what = "rows with too few answers for any scale were flagged"
        rows.note("few answers", "all files", int(few.sum()), what, reverse.format("few_answers"))
    return pd.DataFrame({"unfinished": unfinished, "few_answers": few}, index=responses.index)
