"""The canon as Microsoft Forms exports it, and as Excel saves that again."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.reading.formats.canon import STUDENTS, TEXT
from tests.reading.formats.google_files import ITEMS, SPANISH, answers, spanish, write_csv, write_xlsx

LEFT = ("ID", "Start time", "Completion time", "Email", "Name")
SPANISH_LEFT = ("Id", "Hora de inicio", "Hora de finalización", "Correo electrónico", "Nombre")
_START = datetime.datetime(2026, 5, 10, 9, 15)


def _when(i: int, *, text: bool) -> list[Any]:
    start = _START + datetime.timedelta(hours=5 * i)
    both = [start, start + datetime.timedelta(minutes=7)]
    return [f"{t.month}/{t.day}/{t:%y} {t.hour}:{t:%M:%S}" for t in both] if text else both


def _rows(
    *,
    text: Mapping[str, str] = TEXT,
    left: Sequence[str] = LEFT,
    say: Callable[[str], str] = str,
    dates_as_text: bool = False,
    person: tuple[str, str] = ("anonymous", ""),
) -> list[list[Any]]:
    rows: list[list[Any]] = [[*left, *text.values()]]
    for i, student in enumerate(STUDENTS):
        said = answers(student, ";", say)
        # The program writes the semicolon behind the last choice too.
        said["race"] += ";" * bool(student.race)
        rows.append([i + 1, *_when(i, text=dates_as_text), *person, *(said[key] for key in text)])
    return rows


def _titled(title: Callable[[str, str], str], **more: Any) -> list[list[Any]]:
    rows = _rows(**more)
    rows[0][len(LEFT) :] = [title(key, text) for key, text in TEXT.items()]
    return rows


def _workbook(folder: Path, rows: list[list[Any]]) -> Path:
    return write_xlsx(folder / "Belonging(1-6).xlsx", rows, "Sheet1")


def workbook(folder: Path) -> Path:
    """Write the workbook as it is downloaded; the rows of a grid stand in it by themselves."""
    return _workbook(folder, _rows())


def workbook_of_known_people(folder: Path) -> Path:
    """Write the workbook of a form for people of the school."""
    return _workbook(folder, _rows(person=("someone@school.example", "Someone Else")))


def workbook_in_spanish(folder: Path) -> Path:
    """Write the workbook of a Spanish form."""
    return _workbook(folder, _rows(text=SPANISH, left=SPANISH_LEFT, say=spanish))


def workbook_with_more_columns(folder: Path) -> Path:
    """Write the workbook with the time of the last change and the language."""
    rows = _rows()
    for number, row in enumerate(rows):
        row[5:5] = [
            "" if number else "Last modified time",
            "English (United States)" if number else "Language",
        ]
    return _workbook(folder, rows)


def quiz(folder: Path) -> Path:
    """Write a quiz: points and feedback in all, and for each question."""
    rows = [[*LEFT, "Total points", "Quiz feedback", "Grade posted time", "Last modified time"]]
    for text in TEXT.values():
        rows[0] += [text, f"Points - {text}", f"Feedback - {text}"]
    for row in _rows()[1:]:
        rows.append([*row[:5], 4, "", "", ""])
        for cell in row[5:]:
            rows[-1] += [cell, 1, ""]
    return _workbook(folder, rows)


def quiz_in_spanish(folder: Path) -> Path:
    """Write a Spanish quiz."""
    rows = [
        [*SPANISH_LEFT, "Total de puntos", "Comentarios del cuestionario", "Hora de la última modificación"]
    ]
    for text in SPANISH.values():
        rows[0] += [text, f"Puntos: {text}", f"Comentarios: {text}"]
    for row in _rows(text=SPANISH, say=spanish)[1:]:
        rows.append([*row[:5], 4, "", ""])
        for cell in row[5:]:
            rows[-1] += [cell, 1, ""]
    return _workbook(folder, rows)


def hard_blanks_and_line_breaks(folder: Path) -> Path:
    """Write headers and labels as the form's editor leaves them, with hard blanks and line breaks."""
    rows = _titled(lambda key, text: text.replace(" ", "\u00a0", 1).replace(" here", "\nhere") + "\u00a0")
    for row in rows[1:]:
        row[5:] = [cell.replace("Agree", "Agree\u00a0") for cell in row[5:]]
    return _workbook(folder, rows)


def grid_behind_its_question(folder: Path) -> Path:
    """Write a Likert grid as the question, a dot, and the row."""
    question = "Think of your school, e.g. this year. How much do you agree?"
    return _workbook(folder, _titled(lambda key, text: f"{question}.{text}" if key in ITEMS else text))


def grid_with_numbers(folder: Path) -> Path:
    """Write a Likert grid with numbers before its question and its rows."""

    def title(key: str, text: str) -> str:
        return f"7. How much do you agree?.{ITEMS.index(key) + 1}) {text}" if key in ITEMS else text

    return _workbook(folder, _titled(title))


def branches(folder: Path) -> Path:
    """Write a form with three branches that ask the same: the second and third have a number behind."""
    rows = _rows()
    places = [rows[0].index(TEXT[key]) for key in ("b1", "b2", "d1", "gender", "race", "more")]
    for number in (2, 3):
        rows[0] += [f"{rows[0][place]}{number}" for place in places]
    for i, row in enumerate(rows[1:]):
        said = [row[place] for place in places]
        row += [cell if i % 3 == branch else "" for branch in (1, 2) for cell in said]
        for place in places:
            row[place] = row[place] if i % 3 == 0 else ""
    return _workbook(folder, rows)


def branches_of_grids(folder: Path) -> Path:
    """Write two branches that ask the same numbered grid."""
    rows = _titled(lambda key, text: f"5. Do you agree?.{text}" if key in ITEMS else text)
    places = [rows[0].index(f"5. Do you agree?.{TEXT[key]}") for key in ITEMS]
    rows[0] += [f"{rows[0][place]}2" for place in places]
    for i, row in enumerate(rows[1:]):
        row += [row[place] if i % 2 else "" for place in places]
        for place in places:
            row[place] = "" if i % 2 else row[place]
    return _workbook(folder, rows)


def saved_as_csv(folder: Path) -> Path:
    """Write what Excel saves as CSV in the United States: cp1252, dates with two digits of the year."""
    rows = _rows(dates_as_text=True)
    rows = [[*row, "a lot" if number else "Homework — how much?"] for number, row in enumerate(rows)]
    path = write_csv(folder / "Belonging.csv", rows, encoding="cp1252")
    assert b"\x92" in path.read_bytes() and b"\x97" in path.read_bytes()
    return path


def saved_as_csv_with_semicolons(folder: Path) -> Path:
    """Write what Excel saves as CSV in Europe, with answers that it took for days."""
    days = {"1-2": "02-Jan", "3-4": "04-Mar"}
    rows = [[days.get(str(cell), str(cell)) for cell in row] for row in _rows(dates_as_text=True)]
    return write_csv(folder / "Belonging.csv", rows, delimiter=";", encoding="cp1252")


def saved_as_utf8(folder: Path) -> Path:
    """Write what Excel saves as CSV UTF-8, with a mark at its start."""
    return write_csv(folder / "a.csv", _rows(dates_as_text=True), encoding="utf-8-sig")


def one_choice_among_many(folder: Path) -> Path:
    """Write questions of one answer that the form asked as several choices: a semicolon behind each."""
    rows = _rows()
    places = [rows[0].index(TEXT[key]) for key in ("b1", "gender")]
    for row in rows[1:]:
        for place in places:
            row[place] += ";" * bool(row[place])
    return _workbook(folder, rows)


def without_the_first_column(folder: Path) -> Path:
    """Write a workbook from which somebody deleted the ID."""
    return _workbook(folder, [row[1:] for row in _rows()])


VARIANTS: dict[str, Callable[[Path], Path]] = {
    function.__name__: function
    for function in (
        workbook,
        workbook_of_known_people,
        workbook_in_spanish,
        workbook_with_more_columns,
        quiz,
        quiz_in_spanish,
        hard_blanks_and_line_breaks,
        grid_behind_its_question,
        grid_with_numbers,
        branches,
        branches_of_grids,
        saved_as_csv,
        saved_as_csv_with_semicolons,
        saved_as_utf8,
        one_choice_among_many,
        without_the_first_column,
    )
}
