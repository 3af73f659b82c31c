"""Qualtrics: CSV and TSV, with labels or numbers, in today's layout and in the one before 2017.

Three rows head a file: field ids (``Q3_1``), what was asked, in the survey's language, and JSON with the
``ImportId`` of each column. People delete some of them, and older files have two: so they are known by what
stands in them.
"""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile
from typing import TYPE_CHECKING

from relsurvey.instrument.fold import fold
from relsurvey.reading.formats.choices import one_choice_each
from relsurvey.reading.formats.table import (
    JOINED,
    Dropped,
    Layout,
    Table,
    TableColumn,
    join_choices,
    letters,
    plainer,
    unique,
)
from relsurvey.reading.opening import Column, Sheet

if TYPE_CHECKING:
    import numpy as np

NAME = "Qualtrics"

#: Field ids, folded, of what other programs too write about an answer, and of what Qualtrics alone does.
_COMMON = {"startdate", "enddate", "status", "ipaddress", "progress", "finished"}
_OWN = {
    "duration (in seconds)", "recordeddate", "responseid", "responseset", "recipientlastname",
    "recipientfirstname", "recipientemail", "externalreference", "locationlatitude", "locationlongitude",
    "locationaccuracy", "distributionchannel", "userlanguage",
}  # fmt: skip
#: ImportIds and older ids that are another word than the field id.
_TODAY = {
    "duration": "duration (in seconds)",
    "_recordid": "responseid",
    "responsesetid": "responseset",
    "externaldatareference": "externalreference",
}
#: What the second row of an older file says under V1, V2, …
_OLD = _COMMON | {"responseid", "responseset", "name", "externaldatareference", "emailaddress"}
_NUMBERED = re.compile(r"[vV]\d{1,3}\Z")
#: The order in which things were shown, the timing of a page, the browser, checks for fraud.
_MADE = re.compile(
    r"DO[.-]|.*_DO(?:_.*)?\Z|Q_[A-Z][A-Za-z]+\Z|"
    r".*_(?:First Click|Last Click|Page Submit|Click Count|Browser|Version|Operating System|Resolution)\Z"
)
#: What stands in the second row only if it is an answer already.
_DIGIT = re.compile(r"\d")
_ANSWERED = {
    **dict.fromkeys(("startdate", "enddate", "recordeddate", "progress", "duration (in seconds)"), _DIGIT),
    "ipaddress": _DIGIT,
    "responseid": re.compile(r"\AR_"),
    "finished": re.compile(r"\A(?:true|false|verdadero|falso|[01])\Z", re.IGNORECASE),
    "distributionchannel": re.compile(r"\A(?:anonymous|email|gl|qr|preview)\Z"),
}
_SELECTED = "Selected Choice"
_MARKUP = re.compile(r"<[^<>]*>")
_NEAR_TOP = 5
#: No field id and no ImportId is longer.
_LONGEST = 1000
#: A question that holds more dashes than this is not cut at the others.
_DASHES = 5


@dataclass(frozen=True)
class _Header:
    """The header of a file: its rows, and what they say of each column.

    Attributes
    ----------
    rows
        The rows of the sheet.
    fields, texts
        Field ids and questions; the same where only one of the two rows is there.
    imports
        ImportId and choiceId; empty where that row is not there.
    dash
        What stands between a question and one of its rows or choices.
    """

    rows: tuple[int, ...]
    fields: list[str]
    texts: list[str]
    imports: list[tuple[str, str]]
    dash: str = " - "

    def about(self, position: int) -> str:
        """Return the folded id of what Qualtrics writes about the answering; empty for a question."""
        field, imported = self.fields[position], self.imports[position][0]
        if _NUMBERED.match(field) and not imported:
            old = fold(self.texts[position])
            return _TODAY.get(old, old) if old in _OLD else ""
        name = fold(imported).removeprefix("panel-") if imported else fold(field)
        name = _TODAY.get(name, name)
        made = len(field) <= _LONGEST and _MADE.match(field)
        return name if name in _COMMON | _OWN else "made" if made else ""

    def name(self, position: int) -> str:
        """Return the question of a column; for what no one asked, and where there is none, its id."""
        field, text = self.fields[position], self.texts[position]
        return field if self.about(position) and not _NUMBERED.match(field) else text or field


@dataclass(frozen=True)
class _Choices:
    """A question of which each choice has a column."""

    text: str
    field: str
    positions: list[int]
    labels: list[str]


def detect(sheet: Sheet) -> bool:
    """Say whether a sheet has a row of ImportIds, or the fields that Qualtrics writes about an answer.

    Examples
    --------
    >>> detect(Sheet.of([["EndDate", "ResponseId", "Finished", "Q1"], ["End", "Id", "Finished", "Why?"]]))
    True
    >>> detect(Sheet.of([["StartDate", "Why?"], ["2026-05-13", "Because"]]))
    False
    """
    return _header(sheet) is not None


def read(sheet: Sheet) -> Table:
    """Name columns by their questions, join the choices of one question, point out previews and tests."""
    header = _header(sheet)
    assert header is not None
    positions = range(len(header.fields))
    about = {i: name for i in positions if (name := header.about(i))}
    asked = [i for i in positions if i not in about]
    layout = Layout(
        sheet,
        NAME,
        header.rows,
        [header.name(i) for i in positions],
        roles=_roles(about),
        separators=dict.fromkeys(asked, ","),
    )
    joined = list(_choices(header, layout, asked))
    taken = frozenset(i for question in joined for i in question.positions)
    texts = [*(header.texts[i] for i in asked if i not in taken), *(question.text for question in joined)]
    stems = Counter(text.rpartition(header.dash)[0] for text in texts)
    also = {i: _also(header.fields[i], header.texts[i], header.dash, stems) for i in asked}
    also |= {i: ((header.fields[i], "by its field id"), (header.texts[i], "by its text")) for i in about}
    names = unique([*layout.names, *(question.text for question in joined)])[len(layout.names) :]
    more = [
        TableColumn(
            name,
            question.text,
            join_choices(
                [(a, layout.cells(i)) for a, i in zip(question.labels, question.positions, strict=True)]
            ),
            f"columns {letters(question.positions[0])} to {letters(question.positions[-1])}",
            (*_also(question.field, question.text, header.dash, stems), *plainer(question.text)),
            JOINED,
        )
        for name, question in zip(names, joined, strict=True)
    ]
    table = replace(layout, also=also, skip=taken).table(more)
    # A school's own fields may say that a link was only tried.
    marks = about | {i: "testing" for i in asked if fold(header.fields[i]) == "testing"}
    cells = {name: layout.cells(i) for i, name in sorted(marks.items(), reverse=True)}
    notes = [
        ("joined columns", len(table), f"{column.place} became one question", "each holds one choice of it")
        for column in more
    ]
    if len(header.rows) > 1:
        first, last = header.rows[0] + sheet.first, header.rows[-1] + sheet.first
        what = f"rows {first} to {last} were read as the header"
        notes.append(("layout", 0, what, "Qualtrics writes field ids, questions and ImportIds there"))
    return replace(table, dropped=tuple(_dropped(cells)), partial=_partial(cells), notes=tuple(notes))


def _header(sheet: Sheet) -> _Header | None:
    if sheet.variables or not sheet.columns or not sheet.height:
        return None
    rows = [sheet.row(number) for number in range(min(_NEAR_TOP, sheet.height))]
    for number in range(1, len(rows)):
        imports = [_import(cell) for cell in rows[number]]
        found = sum(bool(imported) for imported, _ in imports)
        # A student could write an ImportId, but not all over a row under most of a header.
        if found > 1 and 2 * found > max(_filled(rows[number]), _filled(rows[number - 1])):
            first = max(0, number - 2)
            return _Header(tuple(range(first, number + 1)), rows[first], rows[number - 1], imports)
    top, under = rows[0], rows[1] if len(rows) > 1 else [""] * len(rows[0])
    none = [("", "")] * len(top)
    if sum(bool(_NUMBERED.match(a)) and fold(b) in _OLD for a, b in zip(top, under, strict=True)) > 2:
        return _Header((0, 1), top, under, none, "-")
    fields = [fold(cell) for cell in top]
    if len((_COMMON | _OWN).intersection(fields)) < 3 or not _OWN.intersection(fields):
        return None
    tests = [(_ANSWERED.get(field), cell) for field, cell in zip(fields, under, strict=True)]
    if not any(under) or any(test and test.search(cell) for test, cell in tests):
        return _Header((0,), top, top, none)
    return _Header((0, 1), top, under, none)


def _filled(row: Sequence[str]) -> int:
    return sum(map(bool, row))


def _import(cell: str) -> tuple[str, str]:
    """Return the ImportId and the choiceId in a cell of the third row; empty where there is none."""
    if cell.startswith("{") and "ImportId" in cell and len(cell) <= _LONGEST:
        # Files of 2016 hold single quotes.
        for text in (cell, cell.replace("'", '"')):
            try:
                found = json.loads(text)
            except (ValueError, RecursionError):
                continue
            if isinstance(found, dict) and isinstance(found.get("ImportId"), str):
                return found["ImportId"], str(found.get("choiceId") or "")
    return "", ""


def _roles(about: Mapping[int, str]) -> dict[int, str]:
    """Return the date and the duration of an answer, and all else that no one asked."""
    first = {name: i for i, name in sorted(about.items(), reverse=True)}
    roles = dict.fromkeys(about, "meta")
    date = first.get("recordeddate", first.get("enddate"))
    for role, position in (("date", date), ("duration", first.get("duration (in seconds)"))):
        if position is not None:
            roles[position] = role
    return roles


def _also(field: str, text: str, dash: str, stems: Mapping[str, int]) -> tuple[tuple[str, str], ...]:
    """Return what a question may be called beside its text."""
    parts = text.split(dash, _DASHES)
    found = [(field, "by its field id")]
    found += [(dash.join(parts[k:]).strip(), "by its row in the grid") for k in range(1, len(parts))]
    stem = text.rpartition(dash)[0]
    # The text of an Other stands behind the question too, and is no answer to it.
    if stem and stems[stem] == 1 and not field.endswith("_TEXT"):
        found.append((stem, "by the question before the dash"))
    return tuple(found)


def _choices(header: _Header, layout: Layout, asked: Sequence[int]) -> Iterator[_Choices]:
    groups: dict[str, list[int]] = defaultdict(list)
    for i in asked:
        (base, _, last), (imported, choice) = header.fields[i].rpartition("_"), header.imports[i]
        if header.dash in header.texts[i] and last != "TEXT":
            groups[imported if choice else imported.rpartition("_")[0] or base].append(i)
    for key, positions in groups.items():
        if not key or len(positions) < 2:
            continue
        cells = [layout.cells(i) for i in positions]
        sure = all(header.imports[i][1] for i in positions)
        split = [header.texts[i].split(header.dash, _DASHES) for i in positions]
        shared = sum(1 for _ in takewhile(lambda part: len(set(part)) == 1, zip(*split, strict=False)))
        # A dash may stand in the choices too: the last that they share is tried first.
        for cut in range(min(shared, *(len(parts) - 1 for parts in split)), 0, -1):
            labels = [_MARKUP.sub("", header.dash.join(parts[cut:])).strip() for parts in split]
            if one_choice_each(labels, cells, sure=sure):
                question = header.dash.join(split[0][: cut - (cut > 1 and split[0][cut - 1] == _SELECTED)])
                field = header.fields[positions[0]].rpartition("_")[0]
                yield _Choices(question.strip(), field, positions, labels)
                break


def _rows(column: Column, test: Callable[[str], bool]) -> np.ndarray:
    """Return the rows whose text passes a test."""
    import numpy as np

    found: np.ndarray = np.asarray([test(text) for text in column.texts], bool)[column.codes]
    return found


def _status(bit: int, words: str) -> Callable[[str], bool]:
    """Return a test for a Status: in numbers it is a sum of bits, else words in the account's language."""

    def has(text: str) -> bool:
        number = text.removesuffix(".0")
        if number.isascii() and number.isdecimal() and len(number) < 6:
            return bool(int(number) & bit)
        return re.search(words, fold(text)) is not None

    return has


def _dropped(cells: Mapping[str, Column]) -> Iterator[Dropped]:
    """Yield the rows that are no student's, each under one reason."""
    before: np.ndarray | None = None
    for name, test, why in (
        ("status", _status(1, r"preview|vista previa"), "Qualtrics marks it as a preview of the survey"),
        ("status", _status(2, r"\btest\b|prueba"), "Qualtrics marks it as a test of the survey"),
        ("status", _status(8, r"\bspam\b"), "Qualtrics marks it as spam"),
        ("status", _status(256, r"\bsynthetic"), "Qualtrics marks it as made by a machine"),
        ("distributionchannel", {"preview", "test"}.__contains__, "it came through the preview or test link"),
        ("testing", lambda text: fold(text) in ("true", "1"), "its embedded data say testing=true"),
    ):
        if name in cells:
            rows = _rows(cells[name], test)
            rows, before = (rows, rows) if before is None else (rows & ~before, rows | before)
            if rows.any():
                yield Dropped("test rows", rows, "left out", why)


def _partial(cells: Mapping[str, Column]) -> np.ndarray | None:
    """Return the rows that were not finished, or None where the file does not say."""
    said = [
        _rows(cells[name], test)
        for name, test in (
            ("finished", lambda text: fold(text) in ("false", "falso", "0")),
            ("progress", lambda text: text.isdecimal() and int(text[:9]) < 100),
        )
        if name in cells
    ]
    return said[0] | said[-1] if said else None
