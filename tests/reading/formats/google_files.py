"""The canon as Google Forms exports it: from the linked sheet, and as the form's own CSV."""

from __future__ import annotations

import csv
import datetime
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import openpyxl

from tests.reading.formats.canon import INSTRUMENT, STUDENTS, TEXT, Student

#: The questions by id in Spanish.
SPANISH = {
    "student_id": INSTRUMENT.identity["respondent"].text["es"],
    "school": INSTRUMENT.identity["school"].text["es"],
    **{key: group.text["es"] for key, group in INSTRUMENT.groups.items()},
    **{key: item.text["es"] for key, item in INSTRUMENT.items.items()},
    "more": "¿Algo más?",
}
_SPANISH_LABELS = {
    option.label["en"].replace("'", "’"): option.label["es"]
    for known in (
        *(options.options for options in INSTRUMENT.options.values()),
        *(group.categories for group in INSTRUMENT.groups.values()),
    )
    for option in known
}
ITEMS = ("b1", "b2", "b3")
GRID = "How much do you agree?"


def spanish(label: str) -> str:
    """Return a label in Spanish; what is no label stays as it is."""
    return _SPANISH_LABELS.get(label, label)


def answers(student: Student, between: str = ", ", say: Callable[[str], str] = str) -> dict[str, str]:
    """Return a student's answers by the questions' ids, several choices joined."""
    said = {key: getattr(student, key) for key in ("school", "gender", "b1", "b2", "b3", "d1", "more")}
    return {
        "student_id": student.id,
        **{key: say(value) for key, value in said.items()},
        "race": between.join(map(say, student.race)),
    }


def write_csv(path: Path, rows: Sequence[Sequence[str]], *, delimiter=",", encoding="utf-8", always=False):
    """Write rows as CSV; ``always`` quotes every cell."""
    with path.open("w", encoding=encoding, newline="") as file:
        quoting = csv.QUOTE_ALL if always else csv.QUOTE_MINIMAL
        csv.writer(file, delimiter=delimiter, quoting=quoting).writerows(rows)
    return path


def write_xlsx(path: Path, rows: Sequence[Sequence[Any]], title: str = "Form Responses 1") -> Path:
    """Write rows as a workbook of one sheet; a text that starts like a formula stays text."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = title
    for number, row in enumerate(rows, 1):
        for position, value in enumerate(row, 1):
            if value in ("", None):
                continue
            cell = sheet.cell(number, position, value)
            if isinstance(value, str):
                cell.data_type = "s"
    book.save(path)
    return path


def times(form: str) -> list[str]:
    """Return the students' times of answering, in some form of :func:`datetime.datetime.strftime`."""
    start = datetime.datetime(2026, 5, 10, 9, 15)
    return [(start + datetime.timedelta(hours=5 * i)).strftime(form) for i in range(len(STUDENTS))]


#: As the linked sheet writes them in the United States.
SHEET_TIMES = [f"5/{10 + (9 + 5 * i) // 24}/2026 {(9 + 5 * i) % 24}:15:00" for i in range(len(STUDENTS))]


def _rows(
    stamps: Sequence[Any],
    *,
    text: Mapping[str, str] = TEXT,
    between: str = ", ",
    say: Callable[[str], str] = str,
    stamp: str = "Timestamp",
) -> list[list[Any]]:
    rows: list[list[Any]] = [[stamp, *text.values()]]
    for when, student in zip(stamps, STUDENTS, strict=True):
        said = answers(student, between, say)
        rows.append([when, *(said[key] for key in text)])
    return rows


def sheet_csv(folder: Path) -> Path:
    """Write the linked sheet, downloaded as CSV."""
    return write_csv(folder / "Form Responses.csv", _rows(SHEET_TIMES))


def sheet_xlsx(folder: Path) -> Path:
    """Write the linked sheet, downloaded as a workbook: times are dates, and so became some answers."""
    rows = _rows([datetime.datetime.strptime(t, "%m/%d/%Y %H:%M:%S") for t in SHEET_TIMES])
    days = {"1-2": datetime.datetime(2026, 1, 2), "3-4": datetime.datetime(2026, 3, 4), "0": 0, "5": 5}
    return write_xlsx(folder / "answers.xlsx", [[days.get(cell, cell) for cell in row] for row in rows])


def form_csv(folder: Path) -> Path:
    """Write the form's own CSV: every cell quoted, the times with a zone, checkboxes joined by semicolons."""
    stamps = [f"2026/09/27 {i + 1}:00:00 PM GMT+3" for i in range(len(STUDENTS))]
    return write_csv(folder / "Survey.csv", _rows(stamps, between=";"), always=True)


def form_csv_of_a_quiz(folder: Path) -> Path:
    """Write a quiz's own CSV: a user name, the score, and for each question its score and feedback."""
    rows = [["Timestamp", "Username", "Total score"]]
    for text in TEXT.values():
        rows[0] += [text, f"{text} [Score]", f"{text} [Feedback]"]
    for i, student in enumerate(STUDENTS):
        said = answers(student, ";")
        row = [f"2022/10/17 6:{31 + i}:58 PM EST", f"s{i}@school.example", "4.00 / 5"]
        for key in TEXT:
            row += [said[key], "1.00 / 1", ""]
        rows.append(row)
    return write_csv(folder / "quiz.csv", rows, always=True)


def form_csv_in_spanish(folder: Path) -> Path:
    """Write the form's own CSV of a Spanish form; half of the day stands in Spanish too."""
    stamps = [f"2026/03/05 9:{40 + i}:00 p.\u00a0m. GMT-3" for i in range(len(STUDENTS))]
    rows = _rows(stamps, text=SPANISH, between=";", say=spanish, stamp="Marca temporal")
    return write_csv(folder / "encuesta.csv", rows, always=True)


def sheet_in_spanish(folder: Path) -> Path:
    """Write the linked sheet of a Spanish form, with addresses and scores."""
    rows = _rows(times("%d/%m/%Y %H:%M:%S"), text=SPANISH, say=spanish, stamp="Marca temporal")
    rows[0][1:1] = ["Dirección de correo electrónico", "Puntuación"]
    for i, row in enumerate(rows[1:]):
        row[1:1] = [f"e{i}@escuela.example", "4 / 5"]
    return write_csv(folder / "respuestas.csv", rows)


def with_addresses(folder: Path) -> Path:
    """Write a sheet of a form that collects addresses and gives a score."""
    rows = _rows(SHEET_TIMES)
    rows[0][1:1] = ["Email Address", "Score"]
    for i, row in enumerate(rows[1:]):
        row[1:1] = [f"s{i}@school.example", "4 / 5"]
    return write_csv(folder / "answers.csv", rows)


def _titled(title: Callable[[str, str], str]) -> list[list[Any]]:
    rows = _rows(SHEET_TIMES)
    rows[0][1:] = [title(key, text) for key, text in TEXT.items()]
    return rows


def grids(folder: Path) -> Path:
    """Write a sheet of a form that asks three questions as a grid."""
    rows = _titled(lambda key, text: f"{GRID} [{text}]" if key in ITEMS else text)
    return write_csv(folder / "grid.csv", rows)


def grids_with_numbers(folder: Path) -> Path:
    """Write a grid whose question is numbered and has a line break, and whose rows are numbered too."""
    rows = _titled(
        lambda key, text: (
            f"3. How much\r\ndo you agree? * [{ITEMS.index(key) + 1}. {text}]" if key in ITEMS else text
        )
    )
    return write_csv(folder / "grid.csv", rows)


def grid_without_a_question(folder: Path) -> Path:
    """Write a grid that nobody gave a question."""
    return write_csv(folder / "grid.csv", _titled(lambda key, text: f" [{text}]" if key in ITEMS else text))


def grid_that_ends_a_sentence(folder: Path) -> Path:
    """Write a grid whose rows end the sentence that its question begins."""

    def title(key: str, text: str) -> str:
        if key not in ITEMS:
            return text
        first, rest = text.split(" ", 1)
        return f"{first} [{rest}]"

    return write_csv(folder / "grid.csv", _titled(title))


def numbers_and_stars(folder: Path) -> Path:
    """Write a sheet of a form that numbers its questions and marks the required ones in their titles."""
    numbers = {key: number for number, key in enumerate(TEXT, 1)}
    return write_csv(folder / "a.csv", _titled(lambda key, text: f"{numbers[key]}. {text} *"))


def line_breaks_and_blanks(folder: Path) -> Path:
    """Write headers with line breaks, hard blanks and straight apostrophes."""

    def title(key: str, text: str) -> str:
        return " " + text.replace(" ", "\u00a0", 1).replace(" here", "\r\nhere").replace("’", "'") + " "

    return write_csv(folder / "a.csv", _titled(title))


def _edited(again: Callable[[str], str]) -> list[list[Any]]:
    """Return a sheet in which a question was deleted and asked again after three students had answered."""
    rows = _rows(SHEET_TIMES)
    place = rows[0].index(TEXT["b1"])
    race = rows[0].index(TEXT["race"])
    rows[0] += [again(TEXT["b1"]), again(TEXT["race"])]
    for number, row in enumerate(rows[1:]):
        late = number >= 3
        row += [row[place] if late else "", row[race] if late else ""]
        if late:
            row[place] = row[race] = ""
    return rows


def edited_with_the_same_header(folder: Path) -> Path:
    """Write a sheet in which a question stands twice under the same header."""
    return write_csv(folder / "a.csv", _edited(str))


def edited_with_a_number(folder: Path) -> Path:
    """Write it with a 2 behind the header."""
    return write_xlsx(folder / "a.xlsx", _edited(lambda text: f"{text}2"))


def edited_with_a_number_apart(folder: Path) -> Path:
    """Write it with a 2 behind the header and a blank."""
    return write_csv(folder / "a.csv", _edited(lambda text: f"{text} 2"))


def edited_twice_and_numbered(folder: Path) -> Path:
    """Write a numbered question that was asked again twice."""
    rows = _rows(SHEET_TIMES)
    place = rows[0].index(TEXT["b1"])
    wording = f"4. {TEXT['b1']}"
    rows[0][place] = wording
    rows[0] += [f"{wording}2", f"{wording}3"]
    for number, row in enumerate(rows[1:]):
        parts = ["", "", ""]
        parts[number % 3] = row[place]
        row[place] = parts[0]
        row += parts[1:]
    return write_csv(folder / "a.csv", rows)


def old_columns_left(folder: Path) -> Path:
    """Write a sheet that keeps the columns of deleted questions, one of them without a title."""
    rows = _rows(SHEET_TIMES)
    for number, row in enumerate(rows):
        row[2:2] = ["How was lunch?" if number == 0 else "good", "", "" if number else "I belong here now"]
    return write_csv(folder / "a.csv", rows)


def saved_by_excel(folder: Path) -> Path:
    """Write the sheet as Excel saves it in Europe: cp1252, with semicolons between the columns."""
    return write_csv(folder / "a.csv", _rows(SHEET_TIMES), delimiter=";", encoding="cp1252")


VARIANTS: dict[str, Callable[[Path], Path]] = {
    function.__name__: function
    for function in (
        sheet_csv,
        sheet_xlsx,
        form_csv,
        form_csv_of_a_quiz,
        form_csv_in_spanish,
        sheet_in_spanish,
        with_addresses,
        grids,
        grids_with_numbers,
        grid_without_a_question,
        grid_that_ends_a_sentence,
        numbers_and_stars,
        line_breaks_and_blanks,
        edited_with_the_same_header,
        edited_with_a_number,
        edited_with_a_number_apart,
        edited_twice_and_numbered,
        old_columns_left,
        saved_by_excel,
    )
}
