"""Microsoft Forms: its workbook, or what Excel saves of it as CSV.

The first columns say who answered and when; a header is the question's wording, a row of a Likert grid alone
or behind its question and a dot. Several choices of one cell stand apart by semicolons, one after the last.
"""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import islice

from relsurvey.instrument.fold import fold
from relsurvey.reading.formats.repeats import as_row, with_repeats
from relsurvey.reading.formats.table import Layout, Table, TableColumn
from relsurvey.reading.opening import Column, Sheet

NAME = "Microsoft Forms"


def _folded(*names: str) -> frozenset[str]:
    return frozenset(map(fold, names))


_STARTS = _folded("Start time", "Hora de inicio", "Heure de début", "Hora de início", "Startzeit")
_ENDS = _folded(
    "Completion time", "Hora de finalización", "Heure de fin", "Hora de conclusão", "Fertigstellungszeit"
)
_PEOPLE = _folded(
    "Email", "Name", "Correo electrónico", "Nombre", "Adresse de messagerie", "Nom", "E-mail", "Nome"
)
#: What the form writes before the first question, beside those above.
_ABOUT = _folded(
    "ID", "Last modified time", "Total points", "Quiz feedback", "Grade posted time", "Language",
    "Hora de la última modificación", "Total de puntos", "Comentarios del cuestionario",
    "Hora de publicación de la calificación", "Idioma", "Heure de la dernière modification", "Langue",
    "Hora da última modificação", "Total de pontos", "Comentários do teste", "Hora de postagem da nota",
    "Zeitpunkt der letzten Änderung", "Sprache",
)  # fmt: skip
#: What it writes where it does not know who answered.
_NOBODY = _folded("anonymous", "anónimo", "anonyme", "anônimo", "anonym")
_QUIZ = re.compile(
    r"(?:points|feedback|puntos|comentarios|pontos|comentários|punkte)\s*[-–:]\s*(\S.*)\Z",
    re.IGNORECASE | re.DOTALL,
)
_DOT = re.compile(r"\.(?=\S)")
_NEAR_LEFT = 8
_DOTS = 10


def detect(sheet: Sheet) -> bool:
    """Say whether the first columns hold when an answer was begun and when it was handed in."""
    if sheet.variables or not sheet.height:
        return False
    left = {fold(column[0]) for column in sheet.columns[:_NEAR_LEFT]}
    return bool(left & _STARTS and left & _ENDS)


def read(sheet: Sheet) -> Table:
    """Name the time of handing in as the date; take ``anonymous`` as no one."""
    names = sheet.row(0)
    folded = [fold(name) for name in names]
    about: list[int] = []
    while len(about) < len(names) and folded[len(about)] in _STARTS | _ENDS | _PEOPLE | _ABOUT:
        about.append(len(about))
    roles, also = {}, {}
    for position, name in enumerate(names):
        quiz = _QUIZ.match(name)
        if folded[position] in _ENDS:
            roles[position] = "date"
        elif position in about or (quiz and fold(quiz[1]) in folded):
            roles[position] = "meta"
        else:
            also[position] = _likert(name)
    separators = {position: ";" for position in range(len(names)) if position not in roles}
    layout = Layout(sheet, NAME, (0,), names, also, roles, separators, joins_repeats=True)
    return _with_people(_with_choices(with_repeats(layout, about)))


def _likert(name: str) -> list[tuple[str, str]]:
    """Return a header as the row of a Likert grid, behind each dot that may end the grid's question."""
    found = []
    for dot in islice(_DOT.finditer(name), _DOTS):
        stem, row = name[: dot.start()].strip(), name[dot.end() :].strip()
        # A number behind the dot counts the columns of one question.
        if stem and not row.isdecimal():
            found += as_row(stem, row)
    return found


def _with_choices(table: Table) -> Table:
    """Return the table without the semicolon behind the last choice, in columns where every cell has it."""
    return replace(
        table, columns=tuple(_chosen(column) if column.separator else column for column in table.columns)
    )


def _chosen(column: TableColumn) -> TableColumn:
    cells = column.cells
    texts = [cells.texts[i] for i in cells.used if cells.texts[i]]
    if not texts or not all(text.endswith(";") for text in texts):
        return column
    return replace(column, cells=cells.map(lambda text: text.rstrip("; ")))


def _with_people(table: Table) -> Table:
    """Return the table with no one's name where the form writes that it does not know it."""
    columns, notes = [], list(table.notes)
    for column in table.columns:
        if column.role == "meta" and fold(column.header) in _PEOPLE and (nobody := _nobody(column.cells)):
            cells = column.cells.map(lambda text: "" if fold(text) in _NOBODY else text)
            columns.append(replace(column, cells=cells))
            what = f"`anonymous` in {column.place} was taken as empty"
            notes.append(("layout", nobody, what, f"{NAME} writes it where it does not know who answered"))
        else:
            columns.append(column)
    return replace(table, columns=tuple(columns), notes=tuple(notes))


def _nobody(cells: Column) -> int:
    """Return how many cells say that the form does not know who answered."""
    return sum(number for text, number in cells.counts().items() if fold(text) in _NOBODY)
