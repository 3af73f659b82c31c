"""The canon as REDCap exports it: raw or label headers, raw or label cells, once or at several events."""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import openpyxl

from relsurvey.instrument import Instrument
from relsurvey.instrument.fold import fold
from relsurvey.instrument.model import Place
from tests.reading.formats.canon import INSTRUMENT, RACES, STUDENTS, TEXT

ITEMS = ("b1", "b2", "b3", "d1")
GENDERS = ("Girl", "Boy", "Nonbinary")
#: The code of each answer, as the project's designer set it.
CODES = {
    fold(label): "99" if option.code is None else f"{option.code:g}"
    for options in INSTRUMENT.options.values()
    for option in options.options
    for label in option.label.values()
} | {gender: str(code) for code, gender in enumerate(map(fold, GENDERS), 1)}


def coded(
    *, genders: Sequence[str] = ("1", "2", "3"), races: Sequence[str] = ("1", "2", "3", "4")
) -> Instrument:
    """Return the canon's instrument as a school keeps it that exports codes: it lists names and codes."""
    groups = {
        key: group.model_copy(
            update={
                "categories": tuple(
                    category.model_copy(update={"match": (code,)})
                    for category, code in zip(group.categories, codes, strict=True)
                )
            }
        )
        for (key, group), codes in zip(INSTRUMENT.groups.items(), (genders, races), strict=True)
    }
    identity = INSTRUMENT.identity | {
        "school": Place(column="school"),
        "respondent": Place(column="student_id"),
    }
    return INSTRUMENT.model_copy(update={"groups": groups, "identity": identity})


def number(label: str) -> str:
    """Return an answer's code."""
    return CODES[fold(label)] if label else ""


def records(*, raw: bool, choice: str = "tick") -> list[list[str]]:
    """Return the fields of the survey form, a row a student.

    Parameters
    ----------
    raw
        Whether cells are codes.
    choice
        ``tick``, or ``label`` where a choice that was made holds its label.
    """
    on, off = ("1", "0") if raw else ("Checked", "Unchecked")
    rows = []
    for student in STUDENTS:
        answers = [getattr(student, item) for item in ITEMS]
        ticks = [on if race in student.race else off for race in RACES]
        if choice == "label":
            ticks = [race if race in student.race else "" for race in RACES]
        rows.append(
            [
                student.id,
                student.school,
                number(student.gender) if raw else student.gender,
                *ticks,
                *(map(number, answers) if raw else answers),
                student.more,
            ]
        )
    return rows


def header(*, raw: bool, quote: str = "") -> list[str]:
    """Return the header of the survey form."""
    if raw:
        return ["student_id", "school", "gender", *(f"race___{k}" for k in range(1, 5)), *ITEMS, "more"]
    races = [f"{TEXT['race']} (choice={quote}{race}{quote})" for race in RACES]
    texts = [TEXT[item] for item in ITEMS]
    return ["Student ID", TEXT["school"], TEXT["gender"], *races, *texts, TEXT["more"].replace("\n", " ")]


def table(
    *,
    headers: str = "label",
    cells: str = "label",
    quote: str = "",
    choice: str = "tick",
    event: str = "",
    repeats: bool = False,
    survey: bool = False,
    left: Sequence[int] = (),
) -> list[list[str]]:
    """Return an export's rows, the header first.

    Parameters
    ----------
    headers, cells
        ``raw`` or ``label``.
    quote
        What stands around a choice in a label header.
    choice
        As of :func:`records`.
    event
        The event's name as a label, of a project with several.
    repeats
        Whether the project has repeating forms.
    survey
        Whether the export holds the survey's fields: who was asked, and when it was sent.
    left
        Students (from 0) who did not complete the form.
    """
    raw = headers == "raw"
    start = [(["record_id"], ["Record ID"], lambda i: [str(i + 1)])]
    if event:
        name = f"{event.lower()}_arm_1" if cells == "raw" else f"{event} (Arm 1: Students)"
        start.append((["redcap_event_name"], ["Event Name"], lambda _: [name]))
    if repeats:
        names = ["redcap_repeat_instrument", "redcap_repeat_instance"]
        start.append((names, ["Repeat Instrument", "Repeat Instance"], lambda _: ["", ""]))
    if survey:
        start.append((["redcap_survey_identifier"], ["Survey Identifier"], lambda _: [""]))
        start.append(
            (
                ["belonging_timestamp"],
                ["Survey Timestamp"],
                lambda i: ["[not completed]" if i in left else f"2026-10-0{i + 1} 09:14:07"],
            )
        )
    status = ("0", "2") if cells == "raw" else ("Incomplete", "Complete")
    heads = [name for names, labels, _ in start for name in (names if raw else labels)]
    rows = [[*heads, *header(raw=raw, quote=quote), "belonging_complete" if raw else "Complete?"]]
    for i, answers in enumerate(records(raw=cells == "raw", choice=choice)):
        row = [cell for _, _, make in start for cell in make(i)]
        rows.append([*row, *answers, status[i not in left]])
    return rows


def to_csv(folder: Path, rows: Sequence[Sequence[str]], delimiter: str = ",") -> Path:
    """Write rows as REDCap does: UTF-8 with a mark, quotes only where they are needed."""
    path = folder / "Belonging_DATA_2026-10-09_1410.csv"
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file, delimiter=delimiter, lineterminator="\n").writerows(rows)
    return path


def to_workbook(folder: Path, rows: Sequence[Sequence[str]]) -> Path:
    """Write rows as somebody does who opened the CSV in a spreadsheet and saved it."""
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for i, row in enumerate(rows, 1):
        for j, text in enumerate(row, 1):
            cell = sheet.cell(i, j, text)
            cell.data_type = "s"
    path = folder / "Belonging_DATA_LABELS.xlsx"
    book.save(path)
    return path


def _csv(folder: Path, delimiter: str = ",", **options: object) -> Path:
    return to_csv(folder, table(**options), delimiter)


def _workbook(folder: Path, **options: object) -> Path:
    return to_workbook(folder, table(**options))


#: By name, what writes the canon.
VARIANTS: dict[str, Callable[[Path], Path]] = {
    "label headers, labels": _csv,
    "label headers, labels, quoted choices": partial(_csv, quote="'"),
    "label headers, labels, semicolons": partial(_csv, delimiter=";"),
    "label headers, labels, an event": partial(_csv, event="Fall", survey=True),
    "label headers, labels, repeating forms": partial(_csv, event="Fall", repeats=True),
    "label headers, labels, a workbook": partial(_workbook, survey=True),
    "label headers, codes": partial(_csv, cells="raw"),
    "label headers, codes, an event": partial(_csv, cells="raw", event="Spring", survey=True, repeats=True),
    "raw headers, labels": partial(_csv, headers="raw"),
    "raw headers, labels of choices": partial(_csv, headers="raw", choice="label", event="Fall"),
    "raw headers, codes": partial(_csv, headers="raw", cells="raw"),
    "raw headers, codes, an event": partial(
        _csv, headers="raw", cells="raw", event="Fall", survey=True, repeats=True
    ),
    "raw headers, codes, a workbook": partial(_workbook, headers="raw", cells="raw", survey=True),
}
#: Those whose names or codes an instrument has to list.
CODED = frozenset(name for name in VARIANTS if "raw" in name or "codes" in name)
