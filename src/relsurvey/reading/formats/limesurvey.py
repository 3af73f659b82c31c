"""LimeSurvey: its CSV, Excel and tab-separated exports, headed by codes, by questions, or by both.

Answers are read as they stand, short or long: an answer's code such as ``A4`` means nothing outside its
survey. Export full answers, or say in a mapping what the codes mean.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from relsurvey.instrument.fold import fold
from relsurvey.reading.answers import no_answer
from relsurvey.reading.formats.choices import Choices, joined_columns, joined_notes, ticks
from relsurvey.reading.formats.table import Layout, Table, plainer
from relsurvey.reading.opening import Column, Sheet

if TYPE_CHECKING:
    import numpy as np

NAME = "LimeSurvey"

#: The codes of what LimeSurvey writes about an answer, and how it heads them in words.
ABOUT = {
    "id": ("Response ID", "ID de respuesta"),
    "submitdate": ("Date submitted", "Fecha de envío"),
    "lastpage": ("Last page", "Last page seen", "Última página"),
    "startlanguage": ("Start language", "Lenguaje inicial", "Idioma inicial"),
    "seed": ("Seed", "Semilla"),
    "startdate": ("Date started", "Fecha de inicio"),
    "datestamp": ("Date last action", "Fecha de la última acción"),
    "ipaddr": ("IP address", "Dirección IP"),
    "refurl": ("Referrer URL", "Referring URL", "URL de referencia"),
    "token": ("Token", "Access code", "Código de acceso"),
    "interviewtime": ("Total time", "Tiempo total"),
}
_WORDS = {fold(text): code for code, texts in ABOUT.items() for text in texts}
#: Two of these, and no other program wrote the file.
_OWN = {"submitdate", "lastpage", "startlanguage"}
_TIMES = re.compile(r"(?:group|question) time\b|grouptime\d+\Z|\w*\dtime\Z")
_ROLES = {"token": "respondent", "interviewtime": "duration"}

_BOTH = re.compile(rf"({'|'.join(ABOUT)})([\W_]{{1,5}})(.+)\Z", re.DOTALL)
_CODE = re.compile(r"([A-Za-z]\w*?)(?:\[(\w+)\]|_([A-Za-z0-9]+))\Z")
_LONGEST = 2_000
#: An answer that was typed in beside the choices, or a comment on one.
_TYPED = {"other", "otro", "otra", "comment", "comentario"}

_ON, _OFF = {"yes", "y", "sí", "si"}, {"no", "n"}
_BLANK = {"n/a", "n/d", "na"}
#: A survey that keeps no dates gives every answer this one.
_ANONYMOUS = re.compile(r"1980\D0?1\D0?1(?!\d)|0?1\D0?1\D1980")
#: How the file for "verified voting" spells what would break its lines; a brace is the last to come back.
_SPELLED = {
    "{question_not_shown}": "", "{newline}": "\n", "{cr}": "\r", "{tab}": "\t", "{quote}": '"',
    "{lbrace}": "{",
}  # fmt: skip


@dataclass(frozen=True)
class _Header:
    """The rows of a header, and what they say of each column; empty where they do not say it."""

    rows: tuple[int, ...]
    codes: list[str]
    texts: list[str]

    def about(self, position: int) -> str:
        """Return the code of what LimeSurvey writes about an answer; empty for a question."""
        for name in (fold(self.codes[position]), fold(self.texts[position])):
            if name in ABOUT:
                return name
            if name in _WORDS:
                return _WORDS[name]
            if len(name) < _LONGEST and _TIMES.match(name):
                return "time"
        return ""


def detect(sheet: Sheet) -> bool:
    """Say whether a header holds what LimeSurvey writes about an answer.

    Examples
    --------
    >>> detect(Sheet.of([["id", "submitdate", "lastpage", "startlanguage", "G1[SQ001]"]]))
    True
    >>> detect(Sheet.of([["ID de respuesta", "Fecha de envío", "Última página", "Soy parte de esto."]]))
    True
    >>> detect(Sheet.of([["id", "Date submitted", "b1"]]))
    False
    """
    return _header(sheet) is not None


def read(sheet: Sheet) -> Table:
    """Know a question by its code and by its words, join the choices of one question, mark what was not sent.

    Examples
    --------
    >>> table = read(Sheet.of([
    ...     ["id", "submitdate", "lastpage", "pets[cat]", "pets[dog]", "G1[b1]"],
    ...     ["1", "2026-10-02 09:14:00", "3", "Y", "Y", "Agree"],
    ...     ["2", "", "1", "", "Y", ""],
    ... ]))
    >>> table.names, table.columns[3].also[1], table.partial.tolist()
    (['id', 'submitdate', 'lastpage', 'G1[b1]', 'pets'], ('b1', 'by its row in the grid'), [False, True])
    """
    header = _header(sheet)
    if header is None:
        raise ValueError(f"{sheet.where} was not written by LimeSurvey")
    names = sheet.row(header.rows[-1])
    if len(header.rows) > 1:
        sheet = replace(sheet, columns=tuple(column.map(_unspelled) for column in sheet.columns))
    about = {i: code for i in range(len(names)) if (code := header.about(i))}
    layout = Layout(sheet, NAME, header.rows, names)
    partial = None
    for i, code in about.items():
        if code == "submitdate":
            partial = _says_nothing(layout.cells(i))
            columns = list(sheet.columns)
            columns[i] = columns[i].map(_dated)
            layout = replace(layout, sheet=replace(sheet, columns=tuple(columns)))
            break
    found = list(_questions(header, layout, about))
    questions = [question for question, _ in found]
    joined = joined_columns(layout, questions)
    rows = Counter(_code(code)[0] for code in header.codes)
    table = replace(
        layout,
        also={i: _also(header, i, names[i], rows) for i in range(len(names)) if i not in about},
        roles=_roles(about),
        skip=frozenset(i for question, sure in found if sure for i in question.positions),
    ).table(joined)
    return replace(table, partial=partial, notes=tuple(joined_notes(joined)))


def by_row(label: str) -> tuple[str, tuple[str, ...]]:
    """Return a question, and what stands in brackets behind it: its row, and the scale where it has two.

    Examples
    --------
    >>> by_row("How true is it? [I [really] belong.]"), by_row("Your age:")
    (('How true is it?', ('I [really] belong.',)), ('Your age:', ()))
    """
    rest = label.rstrip()
    parts: list[str] = []
    while rest.endswith("]") and len(parts) < 3:
        depth = 0
        for start in range(len(rest) - 1, -1, -1):
            depth += (rest[start] == "]") - (rest[start] == "[")
            if depth == 0:
                break
        if depth or not start:
            break
        parts.append(rest[start + 1 : -1].strip())
        rest = rest[:start].rstrip()
    return rest, tuple(reversed(parts))


def _header(sheet: Sheet) -> _Header | None:
    if sheet.variables or not sheet.columns or not sheet.height:
        return None
    first = sheet.row(0)
    if sheet.height > 1:
        second = sheet.row(1)
        if len(_OWN & {fold(cell) for cell in second}) > 1:
            return _Header((0, 1), second, first)
    nothing = [""] * len(first)
    if len(_OWN & {fold(cell) for cell in first}) > 1:
        return _Header((0,), first, nothing)
    # An export may put underscores where a question has blanks.
    blank = "_" if not any(" " in cell for cell in first) else " "
    words = _Header((0,), nothing, [cell.replace(blank, " ") for cell in first])
    if len(_OWN & {words.about(i) for i in range(len(first))}) > 1:
        return words
    marks = [
        match[2]
        for cell in first
        if (match := _BOTH.match(cell)) and _WORDS.get(fold(match[3].replace(blank, " "))) == match[1]
    ]
    if len(marks) < 2 or len(set(marks)) > 1:
        return None
    parted = [cell.partition(marks[0]) for cell in first]
    codes = [code if mark else "" for code, mark, _ in parted]
    texts = [(text if mark else code).replace(blank, " ") for code, mark, text in parted]
    return _Header((0,), codes, texts) if len(_OWN & set(map(fold, codes))) > 1 else None


def _roles(about: dict[int, str]) -> dict[int, str]:
    roles = {i: _ROLES.get(code, "meta") for i, code in about.items()}
    first = {code: i for i, code in sorted(about.items(), reverse=True)}
    dates = [first[code] for code in ("submitdate", "datestamp", "startdate") if code in first]
    return roles | dict.fromkeys(dates[:1], "date")


def _says_nothing(cells: Column) -> np.ndarray:
    """Return the rows without a date: LimeSurvey writes one when an answer is sent."""
    import numpy as np

    empty = [not text.strip() or (len(text) < 10 and no_answer(text)) for text in cells.texts]
    return np.asarray(np.asarray(empty)[cells.codes])


def _dated(text: str) -> str:
    return "" if len(text) < 40 and _ANONYMOUS.search(text) else text


def _unspelled(text: str) -> str:
    if "{" in text:
        for spelled, meant in _SPELLED.items():
            text = text.replace(spelled, meant)
    return text


def _code(code: str) -> tuple[str, str]:
    """Return a code's question and its row, both empty for one without a row."""
    match = _CODE.match(code) if len(code) < _LONGEST else None
    return (match[1], match[2] or match[3]) if match else ("", "")


def _also(header: _Header, position: int, name: str, rows: Counter[str]) -> list[tuple[str, str]]:
    """Return what else a question may be called; ``rows`` counts those of each code."""
    code, text = header.codes[position], header.texts[position]
    found = [(code, "by its code")]
    base, row = _code(code)
    # A code of its own may hold an underscore; that of a grid stands more than once.
    if base and (code.endswith("]") or rows[base] > 1):
        found += [(f"{base}_{row}", "by its code"), (f"{base}[{row}]", "by its code")]
        found.append((row, "by its row in the grid"))
    found += [(text, "by its wording"), *plainer(text)]
    stem, parts = by_row(text)
    if len(parts) > 1:
        # Two scales share their rows, so a row alone would name both.
        found.append((" ".join(parts), "by its row in the grid"))
    elif parts:
        found.append((parts[0], "by its row in the grid") if parts[0] else (stem, "by its wording"))
    return [(alias, why) for alias, why in found if alias != name]


def _questions(header: _Header, layout: Layout, about: dict[int, str]) -> Iterator[tuple[Choices, bool]]:
    """Yield the questions of which each choice has a column, and whether they can be nothing else.

    The rows of a grid may be answered with yes and no too. Where a cell says no, the columns therefore stay
    beside the one that is made of them.
    """
    groups: dict[tuple[str, str], list[tuple[int, str, np.ndarray | None]]] = defaultdict(list)
    for i in range(len(layout.names)):
        base, row = _code(header.codes[i])
        stem, parts = by_row(header.texts[i])
        label = parts[0] if parts else row
        if i in about or len(parts) > 1 or not label or not (base or stem) or fold(row) in _TYPED:
            continue
        marks = ticks(layout.cells(i), _ON, _OFF | _BLANK)
        typed = fold(label) in _TYPED or row.endswith("comment")
        if not typed or (marks is not None and marks.any()):
            groups[base or stem, stem if parts else ""].append((i, label, marks))
    for (base, stem), members in groups.items():
        marked = [(i, label, marks) for i, label, marks in members if marks is not None]
        if len(members) < 2 or len(marked) < len(members) or not any(marks.any() for _, _, marks in marked):
            continue
        positions, labels, marks = zip(*marked, strict=True)
        columns = [layout.cells(i) for i in positions]
        said = {fold(cells.texts[k]) for cells in columns for k in cells.used}
        sure = not said & (_OFF | _ON - {"y"})
        yield Choices(base, positions, labels, marks, ((stem, "by its wording"),) if stem else ()), sure
