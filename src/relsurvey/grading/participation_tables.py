"""What a school's tables say: who was invited to a program, who came, in which lane, with what outcome."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from relsurvey.errors import AnalysisError
from relsurvey.grading.lane_names import lane_places, ordered, vulnerable_lanes
from relsurvey.grading.lanes import Lanes, lane_column
from relsurvey.grading.student_tables import StudentTable, student_table
from relsurvey.instrument.fold import fold
from relsurvey.reading.match import nearest
from relsurvey.reading.roster import NO, YES

_CAME = YES | {fold(text) for text in ("came", "attended", "present", "asistió", "vino", "participó")}
_NOT = NO | {fold(text) for text in ("absent", "did not come", "ausente", "no asistió", "no vino")}


def _yes(table: StudentTable, column: str, *, blank: float) -> list[float]:
    """Return yes as 1 and no as 0; an empty cell is ``blank``.

    Raises
    ------
    AnalysisError
        If a cell holds anything else.
    """
    found, bad = [], 0
    for text in table.texts(column):
        word = fold(text)
        known = word in _CAME or word in _NOT
        bad += not known
        found.append(blank if not text else 1.0 if word in _CAME else 0.0)
    if bad:
        raise AnalysisError(
            f"{table.where}: {bad:,} cells of {column!r} say neither yes nor no. Write yes or no there."
        )
    return found


#: Of each program who came, and who is said not to have.
Programs = dict[str, tuple[set[str], set[str]]]


def programs_of(came: StudentTable, alone: bool, columns: Sequence[str] | None) -> Programs:
    """Return of each program who came, and who is said not to have.

    Raises
    ------
    AnalysisError
        If a column is missing, holds other than yes and no, or names no program.
    """
    if columns is not None:
        names = [columns] if isinstance(columns, str) else list(columns)
        missing = [name for name in names if name not in came.frame]
        if missing or not names:
            near = nearest(missing[0], map(str, came.frame)) if missing else ()
            raise AnalysisError(
                f"{came.where} has no column {missing[0] if missing else ''!r} of `programs`"
                f"{f' (nearest: {near[0]!r})' if near else ''}. Name columns of yes and no."
            )
        return {name: _sides(came, _yes(came, name, blank=0.0)) for name in names}
    program, column = came.find("program"), came.find("came")
    if alone and column is None:
        raise AnalysisError(
            f"{came.where} does not say who was invited and did not come. Give the list of those who were "
            "invited, or a column `came` with yes and no."
        )
    values = [1.0] * len(came) if column is None else _yes(came, column, blank=0.0)
    if program is None:
        return {"": _sides(came, values)}
    texts = came.texts(program)
    found: Programs = {}
    for name in sorted({text for text in texts if text}):
        mine = [value if text == name else math.nan for text, value in zip(texts, values, strict=True)]
        found[name] = _sides(came, mine)
    if not found:
        raise AnalysisError(
            f"{came.where} names no program in {program!r}. Fill it in, or remove the column."
        )
    return found


def _sides(table: StudentTable, values: Sequence[float]) -> tuple[set[str], set[str]]:
    there = {key for key, value in zip(table.keys, values, strict=True) if value == 1}
    gone = {key for key, value in zip(table.keys, values, strict=True) if value == 0}
    return there, gone - there


def invited_to(
    asked: StudentTable, came: StudentTable, programs: Programs, alone: bool
) -> dict[str, list[str]]:
    """Return of each program who was invited.

    Raises
    ------
    AnalysisError
        If nobody was invited to one of them.
    """
    if alone:
        return {name: sorted(there | gone) for name, (there, gone) in programs.items()}
    column = asked.find("program")
    if column is None:
        return {name: list(dict.fromkeys(asked.keys)) for name in programs}
    texts = asked.texts(column)
    found = {
        name: list(
            dict.fromkeys(
                key
                for key, text in zip(asked.keys, texts, strict=True)
                if fold(text) == fold(name) or not name
            )
        )
        for name in programs
    }
    empty = [name for name, keys in found.items() if not keys]
    if empty:
        raise AnalysisError(
            f"{asked.where} names nobody for a program of {came.where}. Spell programs alike in both."
        )
    return found


def lanes_of(
    lanes: Any,
    tables: Sequence[StudentTable],
    order: Sequence[object] | None,
    vulnerable: Sequence[object] | None,
) -> tuple[dict[str, int], tuple[str, ...], tuple[int, ...]]:
    """Return the place of each student's lane, the lanes in order, and the places of the vulnerable ones.

    Raises
    ------
    AnalysisError
        If a lane is none of the order, or a table has no column with it.
    """
    names = ordered(lanes.order if order is None and isinstance(lanes, Lanes) else order)
    places = vulnerable_lanes(names, vulnerable)
    sources = [student_table(lanes, "The table of lanes")] if lanes is not None else list(tables)
    found: dict[str, int] = {}
    for table in sources:
        if lanes is None and table.find("lane") is None:
            continue
        at = lane_places(table.texts(lane_column(table)), names, table.where)
        for key, place in zip(table.keys, at.tolist(), strict=True):
            if found.get(key, -1) < 0:
                found[key] = place
    return found, names, places


def outcome_of(outcome: Any) -> tuple[dict[str, float], str]:
    """Return each student's yes (1) or no (0), and what it is called.

    Raises
    ------
    AnalysisError
        If it has several columns, or a cell holds other than yes and no.
    """
    if outcome is None:
        return {}, ""
    table = student_table(outcome, "The outcome")
    table.one_row("outcome")
    columns = list(map(str, table.frame))
    name = "on_track" if "on_track" in columns else columns[0] if len(columns) == 1 else None
    if name is None:
        raise AnalysisError(
            'The outcome has several columns. Keep `student` and one, such as `[["student", "on_track"]]`.'
        )
    values = _yes(table, name, blank=math.nan)
    return dict(zip(table.keys, values, strict=True)), name.replace("_", " ")
