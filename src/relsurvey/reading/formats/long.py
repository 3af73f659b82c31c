"""A long table: one line a respondent and question, with the answer beside it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from relsurvey.instrument.fold import fold
from relsurvey.reading import identity
from relsurvey.reading.formats import plain
from relsurvey.reading.formats.table import JOINED, Table, TableColumn, letters, plainer, unique
from relsurvey.reading.opening import Column, Sheet

if TYPE_CHECKING:
    import numpy as np

NAME = "long table"
_Note = tuple[str, int, str, str]
_JOINTS = re.compile(r"[\s_.\-]+")


def _bare(name: str) -> str:
    """Return a heading without blanks and joints: ``Student_ID`` is ``student id``."""
    return _JOINTS.sub("", fold(name))


def _bares(*names: str) -> tuple[str, ...]:
    return tuple(map(_bare, names))


# Of several headings in a file, the first here counts.
_RESPONDENTS = _bares(
    "respondent id", "respondent", "student id", "student number", "student", "participant id", "participant",
    "user id", "user", "subject id", "pid", "response id", "id", "id de estudiante", "id del estudiante",
    "número de estudiante", "estudiante", "alumno", "id de participante", "participante", "encuestado",
    "id de respuesta",
)  # fmt: skip
_ITEMS = _bares(
    "item id", "question id", "variable id", "id de pregunta", "id de ítem", "item", "question", "variable",
    "item text", "question text", "item name", "question name", "variable name", "prompt", "pregunta", "ítem",
    "reactivo", "texto de la pregunta",
)  # fmt: skip
_ANSWERS = _bares(
    "answer", "response", "answer text", "response text", "respuesta", "value", "answer value",
    "response value", "valor",
)  # fmt: skip
_WAVES = _bares("wave", "survey wave", "ola")
_ADMINISTRATIONS = _bares(
    "administration", "survey administration", "survey", "survey name", "period", "time point", "aplicación",
    "encuesta", "periodo", "período",
)  # fmt: skip
_SCHOOLS = _bares("school", "school name", "school id", "escuela", "nombre de la escuela")
_DATES = _bares(
    "timestamp", "date", "time", "datetime", "answered at", "submitted at", "created at", "response date",
    "response time", "fecha", "marca temporal",
)  # fmt: skip
_NEAR_TOP = 30
_MOST_ITEMS = 2_000
#: How many cells a table may have for each line it is made of: nearly all of a thinner one are empty.
_THINNEST = 20
_OTHER_NAMES = 5


@dataclass(frozen=True)
class _Places:
    """Which columns of a sheet hold what, and which row is its first line."""

    names: list[str]
    start: int
    respondent: int
    items: tuple[int, ...]
    answer: int
    wave: int | None
    school: int | None
    date: int | None


def detect(sheet: Sheet) -> bool:
    """Say whether respondents, questions and answers stand in columns, the first two again and again."""
    return _places(sheet) is not None


def _places(sheet: Sheet) -> _Places | None:
    if sheet.variables:
        start, names = 0, [variable.name for variable in sheet.variables]
    else:
        header = next((row for row in range(min(_NEAR_TOP, sheet.height)) if any(sheet.row(row))), None)
        if header is None:
            return None
        start, names = header + 1, sheet.row(header)
    bare = [_bare(name) for name in names]

    def named(headings: Sequence[str]) -> list[int]:
        return [bare.index(heading) for heading in headings if heading in bare]

    if not (named(_RESPONDENTS) and named(_ITEMS) and named(_ANSWERS)):
        return None
    # A wide table may have such headings too: each of its lines is another respondent.
    respondents = [place for place in named(_RESPONDENTS) if _repeats(sheet, place, start)]
    items = [place for place in named(_ITEMS) if _repeats(sheet, place, start)]
    if not (respondents and items):
        return None
    others = (named(headings) for headings in (_WAVES + _ADMINISTRATIONS, _SCHOOLS, _DATES))
    more = (places[0] if places else None for places in others)
    return _Places(names, start, respondents[0], tuple(items), named(_ANSWERS)[0], *more)


def _repeats(sheet: Sheet, place: int, start: int) -> bool:
    """Say whether each text of a column stands in two lines or more, on average."""
    import numpy as np

    codes = sheet.columns[place].codes[start:]
    filled = codes[codes > 0]
    return 0 < 2 * int(np.count_nonzero(np.bincount(filled))) <= len(filled)


def read(sheet: Sheet) -> Table:
    """Return one row a respondent and wave, and one column a question.

    A sheet in which nearly everybody would have answered nearly nothing is read as a plain table.

    Examples
    --------
    >>> lines = ["id,item,answer", "7,b1,Agree", "7,b2,Never", "8,b1,Agree", "8,b2,"]
    >>> table = read(Sheet.of([line.split(",") for line in lines]))
    >>> table.names, [column.cells.cells() for column in table.columns]
    (['id', 'b1', 'b2'], [['7', '8'], ['Agree', 'Agree'], ['Never', '']])
    """
    import numpy as np

    places = _places(sheet)
    if places is None:
        raise ValueError("not a long table")
    columns = [
        Column(column.texts, column.codes[places.start :], column.values, column.missing).stripped()
        for column in sheet.columns
    ]
    content = np.zeros(sheet.height - places.start, bool)
    for column in columns:
        content |= column.codes > 0
    lines = np.flatnonzero(content)
    columns = [column.take(lines) for column in columns]
    blank = len(content) - len(lines)
    notes: list[_Note] = [("layout", blank, "blank lines were passed over", "no cell of them is filled")]

    rows = _rows_of(columns, places, notes)
    asked = len(columns[places.items[0]].used)
    if asked > _MOST_ITEMS or asked * len(rows.first) > _THINNEST * len(lines):
        return plain.read(sheet)
    questions = _questions(columns, places, rows, notes)
    table = []
    for position, (header, column) in enumerate(zip(places.names, columns, strict=True)):
        if position not in (*places.items, places.answer) and (header or column.codes.any()):
            cells = _background(column, position, places, rows, notes)
            role = _role(position, places, rows)
            place = f"column {letters(position)}"
            table.append(TableColumn("", header, cells, place, plainer(header), role=role))
    table += questions
    names = unique([column.header for column in table])
    return Table(
        sheet.where,
        NAME,
        tuple(replace(column, name=name) for column, name in zip(table, names, strict=True)),
        lines[rows.first] + places.start + sheet.first,
        () if sheet.variables else (places.start - 1,),
        joins_repeats=True,
        notes=tuple(note for note in notes if note[1]),
        lines=len(lines),
    )


@dataclass(frozen=True, eq=False)
class _Rows:
    """Of each line its row, of each row its first line, and whether waves tell rows apart."""

    row: np.ndarray
    first: np.ndarray
    by_wave: bool


def _rows_of(columns: Sequence[Column], places: _Places, notes: list[_Note]) -> _Rows:
    """Return a row for each respondent, in each wave, at each school."""
    import numpy as np

    # Ids are compared as everywhere: without the zeros a spreadsheet drops; one it rounded is no one's.
    ids = columns[places.respondent].map(lambda text: "" if identity.rounded(text) else identity.plain(text))
    who = ids.codes.astype(np.int64)
    nameless = np.flatnonzero(who == 0)
    who[nameless] = len(ids.texts) + np.arange(len(nameless))
    what = "lines without a respondent's id became a row each"
    notes.append(("layout", len(nameless), what, "nothing says whose they are"))
    row, first = _in_order(who)
    by_wave = False
    if places.wave is not None:
        respondents = len(first)
        row, first = _in_order(_pairs(row, columns[places.wave].map(fold).codes))
        by_wave = len(first) > respondents or _bare(places.names[places.wave]) in _WAVES
    if places.school is not None:
        # Schools number their students on their own; a line that names no school goes with the first.
        school = columns[places.school].map(fold).codes
        of_row = _one_of(row, school > 0, len(first))
        school = np.where(school > 0, school, np.where(of_row >= 0, school[of_row], 0)[row])
        row, first = _in_order(_pairs(row, school))
    return _Rows(row, first, by_wave)


def _role(position: int, places: _Places, rows: _Rows) -> str | None:
    if position == places.respondent:
        return "respondent"
    if position == places.date:
        return "date"
    return "wave" if position == places.wave and rows.by_wave else None


def _background(column: Column, position: int, places: _Places, rows: _Rows, notes: list[_Note]) -> Column:
    """Return the first filled cell of each row; of times, the last, when a respondent was done."""
    import numpy as np

    folded = column.map(fold).codes
    last = position == places.date
    at = _one_of(rows.row, folded > 0, len(rows.first), last=last)
    if not last:
        differs = (folded > 0) & (folded != folded[at][rows.row])
        number = int(np.count_nonzero(np.bincount(rows.row[differs])))
        what = f"rows say several things in column {letters(position)}; the first was kept"
        notes.append(("layout", number, what, "the lines of one respondent became one row"))
    return _picked(column, at)


def _questions(
    columns: Sequence[Column], places: _Places, rows: _Rows, notes: list[_Note]
) -> list[TableColumn]:
    """Return a column of answers for each question."""
    import numpy as np

    column, answer = columns[places.items[0]], columns[places.answer]
    codes = column.map(fold).codes
    asked = np.flatnonzero(codes > 0)
    numbers, first = _in_order(codes[asked])
    item = np.full(len(codes), -1)
    item[asked] = numbers
    headers = [column[int(line)] for line in asked[first]]
    height = len(rows.first)
    filled = answer.codes > 0
    lines = np.flatnonzero(filled & (item >= 0))
    what = "answers were left out; their lines name no question"
    notes.append(("layout", int(filled.sum()) - len(lines), what, "nothing says what they answer"))
    cells = item[lines] * height + rows.row[lines]
    at = np.full(len(headers) * height, -1)
    np.maximum.at(at, cells, lines)
    choices = _choices(cells, answer, lines, len(headers), height)
    single = ~np.isin(cells // height, list(choices))
    what = "answers were set aside, as a later line answers the same question"
    aside = int(single.sum()) - len(np.unique(cells[single]))
    notes.append(("layout", aside, what, "of a respondent's lines the last counts"))
    what = "lines with one choice each were put together, a respondent's into one cell"
    why = "more than a tenth of the respondents have several for the question"
    notes.append(("layout", int((~single).sum()), what, why))
    others = _other_names(item, [columns[place] for place in places.items[1:]], len(headers))
    found = []
    for number, (header, other) in enumerate(zip(headers, others, strict=True)):
        answers = choices.get(number) or _picked(answer, at[number * height : (number + 1) * height])
        separator = JOINED if number in choices else ";" if any(";" in t for t in answers.texts) else ", "
        place = f"lines of {header[:40]!r} in column {letters(places.items[0])}"
        also = (*((name, "by its other name in the lines") for name in other), *plainer(header))
        found.append(TableColumn("", header, answers, place, also, separator))
    return found


def _choices(
    cells: np.ndarray, answer: Column, lines: np.ndarray, items: int, height: int
) -> dict[int, Column]:
    """Return the answers of the questions of which many respondents have several: all that they chose.

    A respondent's choices stand in lines one under the other; an answer given again stands further down.
    """
    import numpy as np

    pairs = np.unique(np.column_stack([cells, answer.codes[lines]]), axis=0)
    number = np.bincount(pairs[:, 0], minlength=items * height).reshape(items, height)
    several = (number > 1).sum(axis=1)
    often = (several > 1) & (several > 0.1 * (number > 0).sum(axis=1))
    below = cells[1:][cells[1:] == cells[:-1]] // height
    further = np.bincount(cells // height, minlength=items) - (number > 0).sum(axis=1)
    together = np.bincount(below, minlength=items) >= 0.9 * further
    found = {}
    for item in np.flatnonzero(often & together).tolist():
        chosen: dict[int, list[str]] = {}
        its = pairs[pairs[:, 0] // height == item]
        for row, code in zip((its[:, 0] % height).tolist(), its[:, 1].tolist(), strict=True):
            chosen.setdefault(row, []).append(answer.texts[code])
        found[item] = Column.of([JOINED.join(chosen.get(row, ())) for row in range(height)])
    return found


def _other_names(item: np.ndarray, beside: Sequence[Column], items: int) -> list[list[str]]:
    """Return what other columns call each question."""
    import numpy as np

    found: list[list[str]] = [[] for _ in range(items)]
    for column in beside:
        named = (item >= 0) & (column.codes > 0)
        _, first = _in_order(_pairs(item[named], column.codes[named]))
        for line in np.flatnonzero(named)[first].tolist():
            names = found[item[line]]
            if len(names) < _OTHER_NAMES:
                names.append(column[line])
    return found


def _pairs(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    pairs: np.ndarray = one * (int(other.max(initial=0)) + 1) + other
    return pairs


def _in_order(keys: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the number of each key in the order in which they appear, and where each appears first."""
    import numpy as np

    _, first, inverse = np.unique(keys, return_index=True, return_inverse=True)
    order = np.argsort(first)
    numbers = np.empty(len(order), np.int64)
    numbers[order] = np.arange(len(order))
    return numbers[inverse.reshape(-1)], first[order]


def _one_of(row: np.ndarray, filled: np.ndarray, height: int, *, last: bool = False) -> np.ndarray:
    """Return the first (or last) filled line of each row; -1 where there is none."""
    import numpy as np

    lines = np.flatnonzero(filled)
    found = np.full(height, -1 if last else len(row))
    (np.maximum if last else np.minimum).at(found, row[lines], lines)
    found[found == len(row)] = -1
    return found


def _picked(column: Column, at: np.ndarray) -> Column:
    """Return the cells of some lines, -1 for an empty one, with no text that stands in none of them."""
    import numpy as np

    codes = np.where(at >= 0, column.codes[at], 0)
    used = np.unique(np.append(codes, 0))
    old = used.tolist()
    return Column(
        tuple(column.texts[i] for i in old),
        np.searchsorted(used, codes).astype(np.int32),
        None if column.values is None else tuple(column.values[i] for i in old),
        frozenset(new for new, i in enumerate(old) if i in column.missing),
    )
