"""The canon as LimeSurvey exports it: headed by codes, questions or both; short or full answers."""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import openpyxl

from relsurvey.instrument.fold import fold
from tests.reading.formats.canon import INSTRUMENT, RACES, STUDENTS, TEXT

RACE_CODES = ("SQ001", "SQ002", "SQ003", "SQ004")
GENDER_CODES = ("A1", "A2", "A3")
ABOUT = {
    "id": "Response ID",
    "submitdate": "Date submitted",
    "lastpage": "Last page",
    "startlanguage": "Start language",
    "seed": "Seed",
    "startdate": "Date started",
    "datestamp": "Date last action",
    "ipaddr": "IP address",
    "refurl": "Referrer URL",
}
ABOUT_ES = {
    "id": "ID de respuesta",
    "submitdate": "Fecha de envío",
    "lastpage": "Última página",
    "startlanguage": "Lenguaje inicial",
    "seed": "Semilla",
    "startdate": "Fecha de inicio",
    "datestamp": "Fecha de la última acción",
    "ipaddr": "Dirección IP",
    "refurl": "URL de referencia",
}
GRID = "How true is this for you?"
_LABELS = [
    *(option.label for options in INSTRUMENT.options.values() for option in options.options),
    *(category.label for group in INSTRUMENT.groups.values() for category in group.categories),
]
SPANISH = {fold(label["en"]): label["es"] for label in _LABELS}
CODES = {
    fold(option.label["en"]): "99" if option.code is None else f"{option.code:g}"
    for options in INSTRUMENT.options.values()
    for option in options.options
} | dict(zip(("girl", "boy", "nonbinary"), GENDER_CODES, strict=True))


@dataclass(frozen=True)
class Field:
    """One column of an export."""

    code: str
    text: str
    cells: list[str]
    row: str = ""
    row_text: str = ""


def fields(
    *, short: bool = False, spanish: bool = False, left: Sequence[int] = (), **about: str
) -> list[Field]:
    """Return the columns of an export, an answer a student.

    Parameters
    ----------
    short
        Whether answers are codes.
    spanish
        Whether the survey was answered in Spanish.
    left
        Students (from 0) who did not send their answers.
    about
        What stands instead in the columns that LimeSurvey writes itself.
    """

    def said(label: str) -> str:
        if short:
            return CODES.get(fold(label), label)
        return SPANISH.get(fold(label), label) if spanish else label

    def question(key: str) -> str:
        found = {**INSTRUMENT.items, **INSTRUMENT.groups, **{c.id: c for c in INSTRUMENT.comments}}
        if not spanish:
            # LimeSurvey writes a heading on one line.
            return TEXT[key].replace("\n", " ")
        place = INSTRUMENT.identity.get({"student_id": "respondent"}.get(key, key))
        return found.get(key, place).text["es"]

    times = ["" if i in left else f"2026-10-0{i + 1} 09:14:07" for i in range(len(STUDENTS))]
    meta = {
        "id": [str(i + 1) for i in range(len(STUDENTS))],
        "submitdate": times,
        "lastpage": ["1" if i in left else "3" for i in range(len(STUDENTS))],
        "startlanguage": ["es" if spanish else "en"] * len(STUDENTS),
        "seed": [str(1_718_000 + i) for i in range(len(STUDENTS))],
        "startdate": ["2026-10-01 09:00:00"] * len(STUDENTS),
        "datestamp": ["2026-10-01 09:14:07"] * len(STUDENTS),
        "ipaddr": [""] * len(STUDENTS),
        "refurl": [""] * len(STUDENTS),
    }
    heads = ABOUT_ES if spanish else ABOUT
    found = [
        Field(code, heads[code], [about[code]] * len(cells) if code in about else cells)
        for code, cells in meta.items()
    ]
    found += [
        Field("sid", question("student_id"), [student.id for student in STUDENTS]),
        Field("school", question("school"), [student.school for student in STUDENTS]),
        Field("gender", question("gender"), [said(student.gender) for student in STUDENTS]),
    ]
    yes, no = ("Y", "") if short else ("Sí" if spanish else "Yes", "No")
    for code, race in zip(RACE_CODES, RACES, strict=True):
        marks = [yes if race in student.race else no for student in STUDENTS]
        label = SPANISH[fold(race)] if spanish else race
        found.append(Field("race", question("race"), marks, code, label))
    found.append(Field("race", question("race"), [""] * 6, "other", "Otro" if spanish else "Other"))
    grid = "¿Qué tan cierto es esto para ti?" if spanish else GRID
    for item in ("b1", "b2", "b3"):
        answers = [said(getattr(student, item)) for student in STUDENTS]
        found.append(Field("G1", grid, answers, item, question(item)))
    found.append(Field("d1", question("d1"), [said(student.d1) for student in STUDENTS]))
    found.append(Field("more", question("more"), [student.more for student in STUDENTS]))
    return found


def by_code(field: Field, *, plain: bool = False) -> str:
    """Return a heading of the type question code; ``plain`` for codes as expressions spell them."""
    if not field.row:
        return field.code
    return f"{field.code}_{field.row}" if plain else f"{field.code}[{field.row}]"


def by_text(field: Field, *, underscores: bool = False, at_most: int = 0) -> str:
    """Return a heading of the type full question text, or abbreviated to some letters."""

    def cut(text: str) -> str:
        return text if not at_most or len(text) <= at_most else f"{text[:at_most]}.. "

    text = cut(field.text) + (f" [{cut(field.row_text)}]" if field.row else "")
    return text.replace(" ", "_") if underscores else text


def by_both(field: Field, *, underscores: bool = False) -> str:
    """Return a heading of the type question code and question text."""
    text = f"{by_code(field)}. {by_text(field)}"
    return text.replace(" ", "_") if underscores else text


def rows(found: Sequence[Field], head: Callable[[Field], str]) -> list[list[str]]:
    """Return an export's rows, the header first."""
    return [[head(field) for field in found], *map(list, zip(*(field.cells for field in found), strict=True))]


def to_csv(folder: Path, cells: Sequence[Sequence[str]], delimiter: str = ",") -> Path:
    """Write rows as LimeSurvey does: UTF-8 with a mark, all cells in quotes, an empty line last."""
    path = folder / "results-survey417823.csv"
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file, delimiter=delimiter, quoting=csv.QUOTE_ALL).writerows(cells)
        file.write("\r\n")
    return path


def to_workbook(folder: Path, cells: Sequence[Sequence[str]]) -> Path:
    """Write rows as LimeSurvey's Excel export does."""
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for i, row in enumerate(cells, 1):
        for j, text in enumerate(row, 1):
            if text:
                sheet.cell(i, j, text).data_type = "s"
    path = folder / "results-survey417823.xlsx"
    book.save(path)
    return path


def to_voted(folder: Path, found: Sequence[Field]) -> Path:
    """Write the file for "verified voting": texts, codes, then answers whose signs are spelled out."""
    signs = (("{", "{lbrace}"), ("\n", "{newline}"), ("\r", "{cr}"), ("\t", "{tab}"))

    def spelled(text: str) -> str:
        for sign, word in signs:
            text = text.replace(sign, word)
        return text or "{question_not_shown}"

    path = folder / "vvexport_417823.csv"
    heads = [f"{field.text} ({field.row_text})" if field.row else f"{field.text} " for field in found]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter="\t", lineterminator="\n")
        writer.writerow(heads)
        writer.writerow([by_code(field, plain=True) for field in found])
        writer.writerows([[spelled(cell) for cell in row] for row in rows(found, by_code)[1:]])
    return path


def _csv(folder: Path, head: Callable[[Field], str], delimiter: str = ",", **options: bool) -> Path:
    return to_csv(folder, rows(fields(**options), head), delimiter)


def _workbook(folder: Path, head: Callable[[Field], str], **options: bool) -> Path:
    return to_workbook(folder, rows(fields(**options), head))


#: By name, what writes the canon.
VARIANTS: dict[str, Callable[[Path], Path]] = {
    "texts": partial(_csv, head=by_text),
    "texts, semicolons": partial(_csv, head=by_text, delimiter=";"),
    "texts, tabs": partial(_csv, head=by_text, delimiter="\t"),
    "texts, a workbook": partial(_workbook, head=by_text),
    "texts with underscores": partial(_csv, head=partial(by_text, underscores=True)),
    "texts of 60 letters": partial(_csv, head=partial(by_text, at_most=60)),
    "texts in Spanish": partial(_csv, head=by_text, spanish=True),
    "codes and texts": partial(_csv, head=by_both),
    "codes and texts in Spanish": partial(_csv, head=by_both, spanish=True, delimiter=";"),
    "codes and texts with underscores": partial(_csv, head=partial(by_both, underscores=True)),
    "codes and texts, a workbook": partial(_workbook, head=by_both),
    "codes, full answers": partial(_csv, head=by_code),
    "codes, short answers": partial(_csv, head=by_code, short=True),
    "plain codes, short answers": partial(_csv, head=partial(by_code, plain=True), short=True),
    "texts, short answers": partial(_csv, head=by_text, short=True),
    "codes and texts, short answers": partial(_csv, head=by_both, short=True),
    "verified voting": lambda folder: to_voted(folder, fields(short=True)),
}
#: Those whose names or codes an instrument has to list.
CODED = frozenset(
    name for name in VARIANTS if "short" in name or name.startswith("codes, ") or "voting" in name
)
