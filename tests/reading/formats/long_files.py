"""The canon as a long table: one line a student and question."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from tests.reading.formats.canon import CODES, STUDENTS, TEXT
from tests.reading.formats.google_files import SPANISH, answers, spanish, write_csv, write_xlsx

#: The questions that are asked in lines; the id stands in a column.
ASKED = tuple(key for key in TEXT if key != "student_id")
HEADER = ("student_id", "item", "answer")


def lines(
    *,
    name: Callable[[str], str] = TEXT.__getitem__,
    say: Callable[[str], str] = str,
    keys: Sequence[str] = ASKED,
) -> list[list[str]]:
    """Return one line a student and question, the students in order."""
    return [[student.id, name(key), answers(student, say=say)[key]] for student in STUDENTS for key in keys]


def wordings(folder: Path) -> Path:
    """Write wordings as questions."""
    return write_csv(folder / "long.csv", [HEADER, *lines()])


def ids(folder: Path) -> Path:
    """Write ids of the instrument as questions."""
    return write_csv(folder / "long.csv", [["Respondent", "Item_ID", "Response"], *_by_id()])


def _by_id() -> list[list[str]]:
    other = {"school": TEXT["school"], "more": "more"}
    return lines(name=lambda key: other.get(key, key))


def codes(folder: Path) -> Path:
    """Write codes as answers."""
    rows = _by_id()
    of_item = {key: i for i, key in enumerate(("b1", "b2", "b3", "d1"))}
    for number, row in enumerate(rows):
        if row[1] in of_item:
            code = CODES[number // len(ASKED)][of_item[row[1]]]
            row[2] = "" if code is None else str(code)
    return write_csv(folder / "long.csv", [["user id", "question", "value"], *rows])


def spanish_lines(folder: Path) -> Path:
    """Write it in Spanish."""
    rows = lines(name=SPANISH.__getitem__, say=spanish)
    return write_csv(folder / "largo.csv", [["Número de estudiante", "Pregunta", "Respuesta"], *rows])


def _with_background() -> list[list[Any]]:
    """Return lines with school and groups beside each answer, in any order, and with times."""
    rows: list[list[Any]] = [
        ["line", "When", "Student ID", "What school do you go to?", "gender", "race",
         "question_id", "question", "response", "timestamp"]
    ]  # fmt: skip
    keys = ("b1", "b2", "b3", "d1", "more")
    # Question by question, as a database may return them.
    for i, key in enumerate(keys):
        for k, student in enumerate(STUDENTS):
            said = answers(student)
            rows.append(
                [1 + k + i * len(STUDENTS), "", student.id, student.school, student.gender, said["race"],
                 f"Q{i + 1}", TEXT[key], said[key], f"2026-05-{10 + i} 09:{k:02}:00"]
            )  # fmt: skip
    return rows


def background_beside_each_answer(folder: Path) -> Path:
    """Write school and groups beside each answer."""
    return write_csv(folder / "long.csv", _with_background())


def background_in_a_workbook(folder: Path) -> Path:
    """Write the same as a workbook, with blank rows above and between."""
    rows = _with_background()
    return write_xlsx(folder / "long.xlsx", [[], [], *rows[:9], [], *rows[9:], []], "Data")


def background_in_some_lines(folder: Path) -> Path:
    """Write school and groups only beside each student's last answers."""
    rows = _with_background()
    for row in rows[1 : 1 + 4 * len(STUDENTS)]:
        row[3:6] = ["", "", ""]
    return write_csv(folder / "long.csv", rows)


def without_blank_answers(folder: Path) -> Path:
    """Write no line for a question that was left empty."""
    return write_csv(folder / "long.csv", [HEADER, *(row for row in lines() if row[2])])


def semicolons_and_cp1252(folder: Path) -> Path:
    """Write it as Excel saves it in Europe, several choices joined by semicolons."""
    rows = [HEADER]
    for student in STUDENTS:
        said = answers(student, ";")
        said["race"] += ";" * bool(said["race"])
        rows += [[student.id, TEXT[key], said[key]] for key in ASKED]
    return write_csv(folder / "long.csv", rows, delimiter=";", encoding="cp1252")


def with_waves(folder: Path) -> Path:
    """Write a column for the wave."""
    return write_csv(folder / "long.csv", [[*HEADER, "wave"], *([*row, "fall"] for row in lines())])


def with_an_administration(folder: Path) -> Path:
    """Write a column that names the survey the same in every line."""
    rows = ([*row, "Belonging survey 2026"] for row in lines())
    return write_csv(folder / "long.csv", [[*HEADER, "survey"], *rows])


def answered_twice(folder: Path) -> Path:
    """Write answers that were given again, the first ones before."""
    early = [[student.id, TEXT["b1"], "Not sure"] for student in STUDENTS if student.b1]
    return write_csv(folder / "long.csv", [HEADER, *early, *lines()])


def ids_without_their_zeros(folder: Path) -> Path:
    """Write ids of which a spreadsheet dropped the zeros in some lines."""
    rows = [[row[0] if i % 2 else row[0].lstrip("0"), *row[1:]] for i, row in enumerate(lines())]
    return write_csv(folder / "long.csv", [HEADER, *rows])


def spelled_two_ways(folder: Path) -> Path:
    """Write questions spelled with other blanks, letters and apostrophes in some lines."""
    rows = lines()
    for i, row in enumerate(rows):
        if i % 2:
            row[1] = f" {row[1].upper().replace('’', chr(39))}\u00a0"
    return write_csv(folder / "long.csv", [HEADER, *rows])


def in_two_languages(folder: Path) -> Path:
    """Write the lines of some students in Spanish."""
    english, other = lines(), lines(name=SPANISH.__getitem__, say=spanish)
    rows = [b if int(a[0]) % 2 else a for a, b in zip(english, other, strict=True)]
    return write_csv(folder / "long.csv", [HEADER, *rows])


def one_choice_a_line(folder: Path) -> Path:
    """Write each choice of a question with several as a line of its own."""
    rows = []
    for student in STUDENTS:
        for key in ASKED:
            chosen = student.race if key == "race" else (answers(student)[key],)
            rows += [[student.id, TEXT[key], choice] for choice in chosen or ("",)]
    return write_csv(folder / "long.csv", [HEADER, *rows])


VARIANTS: dict[str, Callable[[Path], Path]] = {
    function.__name__: function
    for function in (
        wordings,
        ids,
        codes,
        spanish_lines,
        background_beside_each_answer,
        background_in_a_workbook,
        background_in_some_lines,
        without_blank_answers,
        semicolons_and_cp1252,
        with_waves,
        with_an_administration,
        answered_twice,
        ids_without_their_zeros,
        spelled_two_ways,
        in_two_languages,
        one_choice_a_line,
    )
}
