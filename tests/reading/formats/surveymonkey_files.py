"""The canon as SurveyMonkey exports it: CSV and workbooks, two header rows."""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import openpyxl

from tests.reading.formats.canon import RACES, STUDENTS, TEXT
from tests.reading.formats.qualtrics_files import SPANISH_TEXT, spanish

ITEMS = ("b1", "b2", "b3")
GRID = "How much do you agree?"
OPEN = "Open-Ended Response"
OTHER = "Other (please specify)"


@dataclass(frozen=True)
class Part:
    """One column of an export: its question, what the second row says, and its answers."""

    question: str
    part: str
    cells: list[str]


def about(names: Sequence[str] = ()) -> list[Part]:
    """Return the columns that SurveyMonkey writes first, or some of them."""
    values = {
        "Respondent ID": [f"11800000{n}" for n in range(6)],
        "Collector ID": ["400100200"] * 6,
        "Start Date": [f"05/13/2026 09:0{n}:00 AM" for n in range(6)],
        "End Date": [f"05/13/2026 09:1{n}:00 AM" for n in range(6)],
        "IP Address": ["203.0.113.7"] * 6,
        "Email Address": [""] * 6,
        "First Name": [""] * 6,
        "Last Name": [""] * 6,
        "Custom Data 1": [""] * 6,
    }
    return [Part(name, "", cells) for name, cells in values.items() if not names or name in names]


def asked(
    *,
    text: dict[str, str] = TEXT,
    say: Callable[[str], str] = str,
    response: str = "Response",
    open_: str = OPEN,
    races: Sequence[str] = RACES,
    grid: str = "",
    together: str = "",
    mark: str = "",
) -> list[Part]:
    """Return the questions' columns.

    Parameters
    ----------
    text, say, races
        The questions, what the export writes for a label, and the choices of race.
    response, open_
        What the second row says of a question with one answer, and of one in the student's words.
    grid
        The question over b1, b2 and b3; each is a question of its own where it is empty.
    together
        What stands between several races in one column; each has its own where it is empty.
    mark
        What stands for a race that was chosen; its name where it is empty.
    """
    found = [
        Part(text["student_id"], open_, [s.id for s in STUDENTS]),
        Part(text["school"], response, [s.school for s in STUDENTS]),
        Part(text["gender"], response, [say(s.gender) for s in STUDENTS]),
    ]
    if together:
        found.append(Part(text["race"], response, [together.join(map(say, s.race)) for s in STUDENTS]))
    else:
        found += [
            Part(
                "" if n else text["race"],
                shown,
                [(mark or shown) if race in s.race else "" for s in STUDENTS],
            )
            for n, (race, shown) in enumerate(zip(RACES, races, strict=True))
        ]
    for n, item in enumerate(ITEMS):
        cells = [say(getattr(s, item)) for s in STUDENTS]
        found.append(
            Part("" if n else grid, text[item], cells) if grid else Part(text[item], response, cells)
        )
    found.append(Part(text["d1"], response, [s.d1 for s in STUDENTS]))
    found.append(Part(text["more"], open_, [s.more for s in STUDENTS]))
    return found


def rows(parts: Sequence[Part], *, header: int = 2) -> list[list[str]]:
    """Return header and answers."""
    above = [[part.question for part in parts], [part.part for part in parts]][:header]
    return [*above, *map(list, zip(*(part.cells for part in parts), strict=True))]


def write(folder: Path, cells: Sequence[Sequence[str]], *, encoding: str = "utf-8-sig") -> Path:
    """Write rows as CSV."""
    path = folder / "survey.csv"
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file).writerows(cells)
    return path


def write_book(folder: Path, parts: Sequence[Part], *, merged: bool = False) -> Path:
    """Write rows as a workbook, a question's cell over all of its columns where ``merged``."""
    book = openpyxl.Workbook()
    book.active.title = "Sheet"
    for row in rows(parts):
        book.active.append(row)
        for cell in book.active[book.active.max_row]:
            cell.data_type = "s"
    if merged:
        starts = [n for n, part in enumerate(parts, 1) if part.question] + [len(parts) + 1]
        for start, after in pairwise(starts):
            if after - start > 1:
                book.active.merge_cells(start_row=1, end_row=1, start_column=start, end_column=after - 1)
    path = folder / "survey.xlsx"
    book.save(path)
    return path


def expanded(folder: Path) -> Path:
    """Write each race in a column of its own."""
    return write(folder, rows([*about(), *asked()]))


def grid(folder: Path) -> Path:
    """Write three questions as the rows of a grid."""
    return write(folder, rows([*about(), *asked(grid=GRID)]))


def condensed(folder: Path) -> Path:
    """Write one column a question, the second row without a word."""
    parts = [replace(part, part="") for part in asked(together=", ")]
    return write(folder, rows([*about(), *parts]))


def condensed_words(folder: Path) -> Path:
    """Write one column a question, the second row as always."""
    return write(folder, rows([*about(), *asked(together=",")]))


def book(folder: Path) -> Path:
    """Write a workbook."""
    return write_book(folder, [*about(), *asked(grid=GRID)])


def book_merged(folder: Path) -> Path:
    """Write a workbook in which a question's cell stands over all of its columns."""
    return write_book(folder, [*about(), *asked(grid=GRID)], merged=True)


def others(folder: Path) -> Path:
    """Write an Other behind the gender and the races, in the student's words."""
    parts = asked(grid=GRID)
    at = {part.part or part.question: n for n, part in enumerate(parts)}
    gender = next(n for n, part in enumerate(parts) if part.question == TEXT["gender"])
    parts.insert(at[RACES[-1]] + 1, Part("", OTHER, ["", "", "", "from two places", "", "my own word"]))
    parts.insert(gender + 1, Part("", OTHER, ["", "", "", "", "a word", ""]))
    return write(folder, rows([*about(), *parts]))


def ones(folder: Path) -> Path:
    """Write a 1 for each race that was chosen."""
    return write(folder, rows([*about(), *asked(mark="1")]))


def in_spanish(folder: Path) -> Path:
    """Write questions, choices and answers in Spanish."""
    parts = asked(
        text=SPANISH_TEXT,
        say=spanish,
        races=[spanish(race) for race in RACES],
        response="Respuesta",
        open_="Respuesta abierta",
        grid="¿Cuánto estás de acuerdo?",
    )
    return write(folder, rows([*about(), *parts]))


def other_words(folder: Path) -> Path:
    """Write a second row in words that are not known."""
    return write(folder, rows([*about(), *asked(response="Antwort", open_="Freitext")]))


def modified(folder: Path) -> Path:
    """Write the dates of an interface for programs, names without blanks, more custom data."""
    dates = {"Start Date": "date_created", "End Date": "date_modified", "Custom Data 1": "Custom Data"}
    first = [replace(part, question=dates.get(part.question, part.question)) for part in about()]
    first = [replace(part, question=part.question.replace("dent ID", "dent_id")) for part in first]
    extra = [Part(f"Custom Data {n}", "", ["x"] * 6) for n in (2, 10)]
    return write(folder, rows([*first, *extra, *asked()]))


def without_people(folder: Path) -> Path:
    """Write what is left when a person deletes all that points at someone."""
    return write(folder, rows([*about(["Collector ID", "Start Date", "End Date"]), *asked()]))


def one_row(folder: Path) -> Path:
    """Write what is left when a person deletes the second row."""
    return write(folder, rows([*about(), *asked(together=", ")], header=1))


def trailing(folder: Path) -> Path:
    """Write a last column without anything in it, and Windows' letters."""
    return write(folder, [[*row, ""] for row in rows([*about(), *asked()])], encoding="cp1252")


def one_row_grids(folder: Path) -> Path:
    """Write each question as the only row of a grid under the same heading, and a box with a label."""
    parts = [
        replace(part, question=GRID, part=part.question) if part.question in map(TEXT.get, ITEMS) else part
        for part in asked()
    ]
    parts[0] = replace(parts[0], part="Your number")
    return write(folder, rows([*about(), *parts]))


VARIANTS: dict[str, Callable[[Path], Path]] = {
    "expanded": expanded,
    "grid": grid,
    "condensed": condensed,
    "condensed, words in the second row": condensed_words,
    "workbook": book,
    "workbook, merged cells": book_merged,
    "other": others,
    "races as 1": ones,
    "spanish": in_spanish,
    "second row in other words": other_words,
    "modified dates": modified,
    "without people": without_people,
    "one header row": one_row,
    "trailing column": trailing,
    "one-row grids": one_row_grids,
}
