"""Who was asked: a school's list of students, joined by id, so that a result can say whom it missed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from relsurvey.errors import ReadError
from relsurvey.instrument import Instrument
from relsurvey.instrument.fold import fold
from relsurvey.reading import identity, labels, match
from relsurvey.reading.choose import table_of
from relsurvey.reading.headings import HEADINGS
from relsurvey.reading.ledger import Entry
from relsurvey.reading.limits import Limits
from relsurvey.reading.opening import Column, from_frame, open_file
from relsurvey.reading.opening.sheet import blank
from relsurvey.reading.part import without
from relsurvey.reading.rows import Rows

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from relsurvey.reading.formats import Table

_UNITS = ("school", "team", "grade_level")
YES = frozenset(map(fold, ("yes", "y", "true", "1", "x", "opt out", "opted out", "sí", "si", "verdadero")))
NO = frozenset(map(fold, ("", "no", "n", "false", "0", "falso")))


@dataclass(frozen=True, eq=False)
class Roster:
    """Who was asked.

    Attributes
    ----------
    students
        One row a student: ``respondent`` (as in the study), school, team, grade_level and group ids where the
        roster has them. Students who opted out are not in it.
    opted_out
        Of each student who opted out, what stands for the id.
    ledger
        How it was read.
    """

    students: pd.DataFrame
    opted_out: frozenset[str]
    ledger: tuple[Entry, ...]


def read_roster(
    source: str | Path | pd.DataFrame, instrument: Instrument, limits: Limits, ids: str
) -> Roster:
    """Read a roster: one row a student, with an id and any of school, team, groups and opt_out.

    Parameters
    ----------
    source
        A path or a DataFrame.
    instrument
        What was asked: its identity columns and group variables are looked for.
    limits
        What reading the file may cost.
    ids
        ``"hashed"`` or ``"as-is"``, as the study's own.

    Raises
    ------
    ReadError
        If it has no column with ids, or says of opting out what is neither yes nor no.
    """
    import pandas as pd

    opened = open_file(Path(source), limits) if isinstance(source, (str, Path)) else from_frame(source)
    known = _names(instrument)
    best: tuple[int, Table, dict[str, int]] | None = None
    for sheet in opened.sheets:
        table = table_of(sheet, lambda cell: fold(cell) in known)
        if table is not None:
            found = _columns(table, known)
            if best is None or len(found) > best[0]:
                best = (len(found), table, found)
    if best is None or "respondent" not in best[2]:
        raise ReadError(
            f"The roster {opened.file} has no column with the students' ids. "
            "Head that column student_id, or as the instrument's `identity: respondent` names it."
        )
    _, table, found = best
    rows = _rows(table, found, instrument)
    full = rows.identity["respondent"].filled()
    where = table.where
    named = ", ".join(f"{match.shown(table.columns[i].name)} → `{key}`" for key, i in found.items())
    rows.note("roster", where, int(full.sum()), f"students were read: {named}", "the list of who was asked")
    if not full.all():
        rows.note("roster", where, int((~full).sum()), "rows without an id were left out", "they are no one")
        rows.keep(full)
    opted = _opted_out(rows, table, found, full)
    listed = {key: group for key, group in instrument.groups.items() if key in found}
    labels.match_groups(rows, where, instrument.model_copy(update={"groups": listed}), {}, {})
    students = pd.DataFrame(
        {"respondent": [identity.plain(text) for text in rows.identity["respondent"].cells()]}
        | {key: rows.identity[key].objects() for key in _UNITS if key in found}
        | {key: rows.groups[key].objects() for key in instrument.groups if key in found}
    )
    same = ["respondent", *(["school"] if "school" in students else [])]
    students["opted_out"] = opted
    # A student on the list twice who opted out once has opted out.
    students["opted_out"] = students.groupby(same, dropna=False)["opted_out"].transform("any")
    again = students.duplicated(same)
    if again.any():
        what = "further rows of a student already on the roster were left out"
        rows.note("roster", where, int(again.sum()), what, "one row a student and school")
        students = students[~again].reset_index(drop=True)
    students["respondent"] = _stands_for(students, ids)
    gone = students.pop("opted_out").to_numpy(dtype=bool)
    opted_out = frozenset(students["respondent"][gone])
    # The roster's own rows and labels are no rows and answers of the survey.
    ledger = tuple(replace(entry, step="roster") for entry in rows.ledger)
    return Roster(students[~gone].reset_index(drop=True), opted_out, ledger)


def _names(instrument: Instrument) -> dict[str, str]:
    """Return by folded heading which column of a roster it is; the instrument's own names come first."""
    known: dict[str, str] = {}
    for key, place in instrument.identity.items():
        if key in ("respondent", *_UNITS):
            for text in [place.column] if place.column else (place.text or {}).values():
                known[fold(text)] = key
    for key, group in instrument.groups.items():
        for text in (group.column or "", key, *(group.text or {}).values(), *group.title.values()):
            known.setdefault(fold(text), key)
    for key in ("respondent", *_UNITS, "opt_out"):
        for text in HEADINGS[key]:
            known.setdefault(fold(text), key)
    known.pop("", None)
    return known


def _columns(table: Table, known: dict[str, str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for position, column in enumerate(table.columns):
        for name in (column.header, *(alias for alias, _ in column.also)):
            if (key := known.get(fold(name))) is not None:
                found.setdefault(key, position)
                break
    return found


def _rows(table: Table, found: dict[str, int], instrument: Instrument) -> Rows:
    import numpy as np

    def column(key: str) -> Column:
        return table.columns[found[key]].cells if key in found else blank(len(table))

    return Rows(
        {key: column(key) for key in ("respondent", *_UNITS)},
        {key: column(key) for key in instrument.groups},
        {},
        {},
        [table.where],
        np.zeros(len(table), np.intp),
        table.numbers,
    )


def _opted_out(rows: Rows, table: Table, found: dict[str, int], full: np.ndarray) -> np.ndarray:
    import numpy as np

    if "opt_out" not in found:
        return np.zeros(len(rows), bool)
    column = table.columns[found["opt_out"]].cells.take(full)
    unclear = [text for text in column.counts() if fold(text) not in YES | NO]
    if unclear:
        raise ReadError(
            f"The roster {table.where} says {match.shown(unclear[0])} of opting out, "
            "which is neither yes nor no. Write yes or no, or leave it empty for no."
        )
    said: np.ndarray = np.asarray([fold(text) in YES for text in column.texts])[column.codes]
    return said


def _stands_for(students: pd.DataFrame, ids: str) -> list[str]:
    """Return what stands for each id; an id that two schools gave carries its school."""
    shared = {key for key, n in Counter(students["respondent"]).items() if n > 1}
    texts = [
        identity.with_school(text, str(school or "")) if text in shared else text
        for text, school in zip(
            students["respondent"], students.get("school", [""] * len(students)), strict=True
        )
    ]
    if ids == "as-is":
        return [identity.shown(text) for text in texts]
    key = identity.local_key()
    return [identity.replaced(text, key) for text in texts]


@dataclass(frozen=True, eq=False)
class Joined:
    """Rows after a roster was joined: the frames of a study, and what was done."""

    responses: pd.DataFrame
    answers: pd.DataFrame
    comments: pd.DataFrame
    flags: pd.DataFrame
    ledger: tuple[Entry, ...]


def join(
    responses: pd.DataFrame,
    answers: pd.DataFrame,
    comments: pd.DataFrame,
    flags: pd.DataFrame,
    ledger: Sequence[Entry],
    roster: Roster,
    ids: str,
) -> Joined:
    """Leave out the rows of students who opted out, and fill in what the roster alone knows.

    Parameters
    ----------
    responses, answers, comments, flags, ledger
        Of the study.
    roster
        Who was asked.
    ids
        How the study and the roster hold ids.

    Raises
    ------
    ReadError
        If no row is left.
    """
    import numpy as np

    notes: list[Entry] = []

    def note(step: str, rows: int, what: str, why: str) -> None:
        notes.append(Entry(step, "all files", rows, what, why))

    keys = [identity.join_key(text, ids) for text in responses["respondent"]]
    opted = {identity.join_key(text, ids) for text in roster.opted_out}
    places = {identity.join_key(text, ids): i for i, text in enumerate(roster.students["respondent"])}
    out = np.asarray([key in opted for key in keys], bool)
    if out.all():
        raise ReadError("No rows are left once the students who opted out are left out. Check the roster.")
    if out.any():
        note(
            "opted out", int(out.sum()), "left out", "the roster says that they, or their families, opted out"
        )
        responses, answers, comments, flags = without(~out, responses, answers, comments, flags)
    at = np.asarray([places.get(key, -1) for key, gone in zip(keys, out, strict=True) if not gone], np.intp)
    strangers = int((at < 0).sum())
    note("roster", len(at) - strangers, "rows belong to a student on the roster", "joined by id")
    if strangers:
        what = "rows belong to no student on the roster, and were kept"
        note("roster", strangers, what, "no id, or an id that is not on it")
    responses, answers = responses.copy(), answers.copy()
    if ids == "as-is":
        listed = roster.students["respondent"].to_numpy(dtype=object)
        spelled = [listed[i] if i >= 0 else own for i, own in zip(at, responses["respondent"], strict=True)]
        responses["respondent"] = answers["respondent"] = spelled
    for name in roster.students.columns:
        if name != "respondent":
            _fill(responses, answers, name, roster.students[name], at, note)
    kept = [entry for entry in ledger if entry.effect != "rows kept"]
    before = next(entry for entry in ledger if entry.effect == "rows kept")
    last = replace(before, rows=len(responses))
    return Joined(responses, answers, comments, flags, (*kept, *roster.ledger, *notes, last))


def _fill(
    responses: pd.DataFrame,
    answers: pd.DataFrame,
    name: str,
    listed: pd.Series,
    at: np.ndarray,
    note: Callable[[str, int, str, str], None],
) -> None:
    import numpy as np
    import pandas as pd

    told = listed.astype(object).where(listed.notna() & (listed != ""), None)
    there = np.where(at >= 0, told.to_numpy(dtype=object)[at], None)
    said = pd.Series(there, dtype=object).notna().to_numpy()
    if name not in responses:
        if not any(there):
            return
        place = 1 + sum(key in responses for key in _UNITS[: _UNITS.index(name)]) if name in _UNITS else 1
        for frame in (responses, answers):
            frame.insert(place, name, np.full(len(frame), None, object))
    here = responses[name].to_numpy(dtype=object)
    empty = responses[name].isna().to_numpy() & said
    both = ~responses[name].isna().to_numpy() & said
    other = sum(fold(str(a)) != fold(str(b)) for a, b in zip(here[both], there[both], strict=True))
    if empty.any():
        responses[name] = answers[name] = np.where(empty, there, here)
        what = f"`{name}` was filled in from the roster"
        note("roster", int(empty.sum()), what, "the file does not say it of these rows")
    if other:
        what = f"`{name}` differs from the roster; the student's own answer was kept"
        note("roster", other, what, "what students say of themselves comes first")


def narrowed(roster: Roster | None, wanted: dict[str, str | None]) -> Roster | None:
    """Return the part of a roster in a school or team."""
    if roster is None:
        return None
    students = roster.students
    for key, value in wanted.items():
        if value is not None and key in students:
            students = students[students[key] == value]
    return replace(roster, students=students.reset_index(drop=True))
