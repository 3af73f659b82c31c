"""What a file is, judged by itself: its questions, its sets of answers, and which belong together."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from relsurvey.errors import ReadError
from relsurvey.instrument.fold import fold
from relsurvey.instrument.ladders import Ladder, climbed, not_counted
from relsurvey.reading.answers import no_answer
from relsurvey.reading.choose import fullest_table
from relsurvey.reading.dates import sortable
from relsurvey.reading.formats import Table, TableColumn
from relsurvey.reading.headings import key_of, personal
from relsurvey.reading.limits import Limits
from relsurvey.reading.opening import Opened, from_frame, open_file

if TYPE_CHECKING:
    import pandas as pd

Kind = Literal["question", "group", "choices", "identity", "meta", "number", "date", "text", "empty"]

#: More different answers than this are no set of answers.
_MOST = 12
_PREFIX = re.compile(r"([A-Za-z][A-Za-z_]*?)_?\d+[a-z]?\Z")


@dataclass(frozen=True)
class Asked:
    """One column, as far as it can be judged by itself.

    Attributes
    ----------
    name, place
        What it is called, and where it stands.
    kind
        ``question`` (answers on a known ladder, or shared with other columns), ``group`` (a few categories),
        ``choices`` (several in one cell), ``identity``, ``meta`` (a program's own), ``number``, ``date``,
        ``text`` or ``empty``.
    filled
        How many rows hold something.
    labels
        For questions, groups and choices, each label and how many rows hold it, the most frequent first.
    key
        The identity key that its heading usually is.
    stem
        What it shares with its neighbours: the text before a grid's row, or the letters of its id.
    """

    name: str
    place: str
    kind: Kind
    filled: int
    labels: tuple[tuple[str, int], ...] = ()
    key: str | None = None
    stem: str = ""


@dataclass(frozen=True)
class AnswerSet:
    """Answers that several questions share, the lowest first where their order is known.

    Attributes
    ----------
    labels
        The labels in order, those that no score counts left out.
    apart
        Labels such as "Not sure".
    ladder
        The known ladder that they stand on, or None: the order is then a guess.
    questions
        The columns that use it.
    """

    labels: tuple[str, ...]
    apart: tuple[str, ...]
    ladder: Ladder | None
    questions: tuple[str, ...]


@dataclass(frozen=True)
class Look:
    """A file, judged by itself.

    Attributes
    ----------
    file, form, rows
        The file, the export format it was recognised as, and how many rows of answers it has.
    notes
        What was noticed on opening it.
    asked
        Its columns.
    answer_sets
        The sets of answers of its questions.
    scales
        Questions that seem to belong together, by a name made from what they share.
    """

    file: str
    form: str
    rows: int
    notes: tuple[str, ...]
    asked: tuple[Asked, ...]
    answer_sets: tuple[AnswerSet, ...]
    scales: dict[str, tuple[str, ...]]


def look(source: str | Path | pd.DataFrame, limits: Limits | None = None) -> Look:
    """Say what a file is, without an instrument.

    Parameters
    ----------
    source
        A path or a DataFrame.
    limits
        What reading the file may cost.

    Raises
    ------
    ReadError
        If it cannot be read, or holds no answers.

    Examples
    --------
    >>> from relsurvey.demo import demo_workbook
    >>> found = look(demo_workbook())
    >>> found.form, found.rows, sum(asked.kind == "question" for asked in found.asked)
    ('Google Forms', 905, 20)
    """
    opened = (
        open_file(Path(source), limits or Limits()) if isinstance(source, (str, Path)) else from_frame(source)
    )
    return look_at(opened)


def look_at(opened: Opened) -> Look:
    """Say what an opened file is, without an instrument.

    Raises
    ------
    ReadError
        If it holds no answers.
    """
    table = fullest_table(opened)
    if table is None:
        raise ReadError(f"{opened.file} has no row of answers under a header. Export it again.")
    asked = _asked(table)
    sets = _answer_sets(asked)
    return Look(opened.file, table.form, len(table), opened.notes, asked, sets, _scales(asked, sets))


def _asked(table: Table) -> tuple[Asked, ...]:
    first = [_one(column) for column in table.columns]
    # A set of answers that several columns share is asked of students; one alone off any ladder is a group.
    shared: dict[frozenset[str], int] = defaultdict(int)
    for one in first:
        if one.kind == "group":
            shared[_core(one)] += 1
    result = []
    for one in first:
        kind = one.kind
        core = _core(one)
        on_ladder = climbed(label for label, _ in one.labels) is not None
        # Yes and no are how students are grouped, unless an instrument says otherwise. A question of which
        # nobody gave one of the answers still shares the others with its neighbours; numbers alone say less.
        worded = len(core) > 1 and not all(_is_number(label) for label in core)
        answers = any(
            core == other or (worded and core < other)
            for other, number in shared.items()
            if number > 2 and len(other) > 2
        )
        if kind == "group" and (on_ladder or answers):
            kind = "question"
        result.append(Asked(one.name, one.place, kind, one.filled, one.labels, one.key, one.stem))
    return tuple(result)


def _core(one: Asked) -> frozenset[str]:
    return frozenset(fold(label) for label, _ in one.labels if not_counted(label) is None)


def _one(column: TableColumn) -> Asked:
    counts = column.cells.counts()
    counts.pop("", 0)
    filled = sum(counts.values())
    labels = tuple(sorted(counts.items(), key=lambda entry: (-entry[1], entry[0])))

    def asked(kind: Kind, *, labelled: bool = False) -> Asked:
        said = labels if labelled else ()
        return Asked(column.name, column.place, kind, filled, said, key_of(column.header), _stem(column))

    if column.role is not None:
        return asked("identity" if column.role != "meta" else "meta")
    if not filled:
        return asked("empty")
    if personal(column.header):
        return asked("meta")
    key = key_of(column.header)
    if key is not None and key != "opt_out":
        return asked("identity")
    if climbed(counts):
        return asked("group", labelled=True)
    if sortable(list(counts)[:200]) is not None:
        return asked("date")
    several = _several(column, counts)
    if several is not None:
        said = tuple(sorted(several.items(), key=lambda entry: (-entry[1], entry[0])))
        return Asked(column.name, column.place, "choices", filled, said, key, _stem(column))
    few = len(counts) <= _MOST and max(map(len, counts)) <= 120
    # Answers are given again and again; words of one's own are not.
    if few and (filled >= 2 * len(counts) or len(counts) <= 2):
        return asked("group", labelled=True)
    if all(_is_number(text) for text in counts):
        return asked("number")
    return asked("text")


def _several(column: TableColumn, counts: dict[str, int]) -> dict[str, int] | None:
    """Return the choices of cells that hold several, or None where they do not."""
    for mark in dict.fromkeys((column.separator or ";", ";", ", ")):
        if not any(mark in text for text in counts):
            continue
        found: dict[str, int] = defaultdict(int)
        for text, number in counts.items():
            for part in text.split(mark):
                if part.strip():
                    found[part.strip()] += number
        if 0 < len(found) <= min(_MOST, len(counts)) and min(found.values()) > 1:
            return dict(found)
    return None


def _stem(column: TableColumn) -> str:
    for alias, why in column.also:
        if why == "by its row in the grid" and column.header.endswith((f"[{alias}]", alias)):
            return column.header.removesuffix("]").removesuffix(alias).rstrip(" [-–—:.")
    match = _PREFIX.match(column.header)
    return match[1].rstrip("_") if match else ""


def _is_number(text: str) -> bool:
    try:
        float(text.replace(",", "."))
    except ValueError:
        return False
    return True


def _answer_sets(asked: Sequence[Asked]) -> tuple[AnswerSet, ...]:
    """Put questions together whose answers stand on one ladder, or are the same labels."""
    found: dict[object, list[Asked]] = defaultdict(list)
    questions = [one for one in asked if one.kind == "question"]
    every = [_core(one) for one in questions]
    for one, core in zip(questions, every, strict=True):
        # A question that nobody answered at one end still has the answers of its neighbours.
        widest = max((other for other in every if core <= other), key=len)
        ladder = climbed(widest)
        found[ladder.id if ladder else widest].append(one)
    return tuple(_answer_set(members) for members in found.values())


def _answer_set(members: Sequence[Asked]) -> AnswerSet:
    seen: dict[str, str] = {}
    for one in members:
        for label, _ in one.labels:
            seen.setdefault(fold(label), label)
    apart = tuple(label for label in seen.values() if not_counted(label) or no_answer(label))
    labels = [label for label in seen.values() if label not in apart]
    ladder = climbed(labels)
    if ladder is not None:
        labels.sort(key=lambda label: ladder.spellings[fold(label)])
    else:
        labels.sort(key=_by_number)
    return AnswerSet(tuple(labels), apart, ladder, tuple(one.name for one in members))


def _by_number(label: str) -> tuple[float, str]:
    match = re.match(r"\D{0,2}(-?\d+(?:[.,]\d+)?)", label)
    return (float(match[1].replace(",", ".")) if match else float("inf"), fold(label))


def _scales(asked: Sequence[Asked], sets: Sequence[AnswerSet]) -> dict[str, tuple[str, ...]]:
    """Put questions of one set together that share a stem or an id; the rest of a set is one scale."""
    stems = {one.name: one.stem for one in asked}
    result: dict[str, tuple[str, ...]] = {}
    for number, answers in enumerate(sets, 1):
        by_stem: dict[str, list[str]] = defaultdict(list)
        for name in answers.questions:
            by_stem[stems[name]].append(name)
        alone = [name for stem, names in by_stem.items() if not stem or len(names) == 1 for name in names]
        for stem, names in by_stem.items():
            if stem and len(names) > 1:
                result[_free(stem, result)] = tuple(names)
        if alone:
            kept = [name for name in answers.questions if name in alone]
            result[_free(f"scale {number}", result)] = tuple(kept)
    return result


def _free(name: str, taken: dict[str, tuple[str, ...]]) -> str:
    number, chosen = 1, name
    while chosen in taken:
        number += 1
        chosen = f"{name} {number}"
    return chosen
