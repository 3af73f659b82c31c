"""Google Forms: the linked sheet, or the CSV that the form itself offers.

The first column is the time of the answer, named in the form's language; a header is the question's wording,
and a row of a grid stands behind it in square brackets. The sheet joins checkboxes by a comma, the form's CSV
by a semicolon.
"""

from __future__ import annotations

import re

from relsurvey.instrument.fold import fold
from relsurvey.reading.formats.repeats import as_row, with_repeats
from relsurvey.reading.formats.table import Layout, Table
from relsurvey.reading.opening import Column, Sheet

NAME = "Google Forms"
_TIMESTAMPS = frozenset(
    fold(name)
    for name in (
        "Timestamp", "Marca temporal", "Horodateur", "Zeitstempel", "Carimbo de data/hora", "Marca de temps",
        "Informazioni cronologiche", "Tijdstempel", "Sygnatura czasowa", "Időbélyeg", "Отметка времени",
        "Dấu thời gian", "时间戳记", "時間戳記", "タイムスタンプ", "타임스탬프", "طابع زمني",
    )
)  # fmt: skip
#: What the form writes between the time and the first question.
_ABOUT = frozenset(
    fold(name)
    for name in (
        "Email Address", "Email", "Username", "Score", "Total score",
        "Dirección de correo electrónico", "Correo electrónico", "Nombre de usuario", "Puntuación",
        "Puntuación total", "Adresse e-mail", "Nom d'utilisateur", "Score total", "E-Mail-Adresse",
        "Nutzername", "Punktzahl", "Gesamtpunktzahl", "Endereço de e-mail", "Nome de usuário", "Pontuação",
        "Pontuação total",
    )
)  # fmt: skip
#: What a quiz writes in brackets behind a question that stands in a column of its own.
_QUIZ = frozenset(
    fold(name)
    for name in (
        "Score", "Feedback", "Puntuación", "Comentarios", "Commentaires", "Punktzahl", "Pontuação",
        "Comentários",
    )
)  # fmt: skip
_FORM_CSV = re.compile(r"\d{4}/\d\d?/\d\d? \d\d?:\d\d:\d\d\s+[^\d\s]")


def detect(sheet: Sheet) -> bool:
    """Say whether the first column is a form's time stamp."""
    return (
        not sheet.variables
        and sheet.height > 0
        and len(sheet.columns) > 1
        and fold(sheet.columns[0][0]) in _TIMESTAMPS
    )


def read(sheet: Sheet) -> Table:
    """Name the time stamp as the date, and a grid's rows by themselves."""
    names = sheet.row(0)
    about = [0]
    while len(about) < len(names) and fold(names[len(about)]) in _ABOUT:
        about.append(len(about))
    known = {fold(name) for name in names}
    roles, also = dict.fromkeys(about, "meta"), {}
    roles[0] = "date"
    for position, name in enumerate(names):
        stem, row = _grid(name)
        if not row:
            continue
        if fold(row) in _QUIZ and fold(stem) in known:
            roles[position] = "meta"
        else:
            also[position] = as_row(stem, row)
    between = ";" if _from_the_form(Layout(sheet, NAME, (0,), names).cells(0)) else ", "
    separators = dict.fromkeys(range(1, len(names)), between)
    layout = Layout(sheet, NAME, (0,), names, also, roles, separators, joins_repeats=True)
    return with_repeats(layout, about)


def _grid(name: str) -> tuple[str, str]:
    """Return a grid's question and its row; an empty row where a header is no grid's."""
    if not name.endswith("]") or "[" not in name:
        return name, ""
    stem, _, row = name[:-1].rpartition("[")
    return stem.strip(), row.strip()


def _from_the_form(times: Column) -> bool:
    """Say whether the times are written as in the CSV that the form itself offers."""
    first = next((times.texts[i] for i in times.used if times.texts[i]), "")
    return _FORM_CSV.match(first) is not None
