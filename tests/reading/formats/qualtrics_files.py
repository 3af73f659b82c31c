"""The canon as Qualtrics exports it: every layout that a school may hand in."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import openpyxl

from relsurvey.instrument.fold import fold
from tests.reading.formats.canon import INSTRUMENT, RACES, STUDENTS, TEXT, Student

ITEMS = ("b1", "b2", "b3")
CODES = {
    fold(option.label["en"]): "-99" if option.code is None else f"{option.code:g}"
    for options in INSTRUMENT.options.values()
    for option in options.options
}


@dataclass(frozen=True)
class Field:
    """One column of an export: its three header cells and its answers."""

    id: str
    text: str
    imported: dict[str, str]
    cells: list[str]


@dataclass(frozen=True)
class Response:
    """A student's answers, and what Qualtrics knows of them."""

    student: Student
    status: str = "IP Address"
    channel: str = "anonymous"
    finished: str = "True"
    progress: str = "100"


CANON = [Response(student) for student in STUDENTS]
#: Somebody who tries the survey; nothing in the answers says so.
TRIED = replace(STUDENTS[0], id="90001", more="Looks good.")


def spanish(label: str) -> str:
    """Return a label of the instrument in Spanish, another text as it is."""
    labels = [o.label for options in INSTRUMENT.options.values() for o in options.options]
    labels += [category.label for group in INSTRUMENT.groups.values() for category in group.categories]
    found = {fold(each["en"]): each["es"] for each in labels}
    return found.get(fold(label), label)


SPANISH_TEXT = {
    **{item: INSTRUMENT.items[item].text["es"] for item in (*ITEMS, "d1")},
    **{group: (INSTRUMENT.groups[group].text or {})["es"] for group in ("gender", "race")},
    "student_id": "Número de estudiante",
    "school": "¿A qué escuela vas?",
    "more": "¿Algo más?",
}
META = (
    ("StartDate", "Start Date", "Fecha de inicio", "startDate"),
    ("EndDate", "End Date", "Fecha de finalización", "endDate"),
    ("Status", "Response Type", "Tipo de respuesta", "status"),
    ("IPAddress", "IP Address", "Dirección IP", "ipAddress"),
    ("Progress", "Progress", "Progreso", "progress"),
    ("Duration (in seconds)", "Duration (in seconds)", "Duración (en segundos)", "duration"),
    ("Finished", "Finished", "Finalizado", "finished"),
    ("RecordedDate", "Recorded Date", "Fecha registrada", "recordedDate"),
    ("ResponseId", "Response ID", "ID de respuesta", "_recordId"),
    ("RecipientLastName", "Recipient Last Name", "Apellido del destinatario", "recipientLastName"),
    ("RecipientFirstName", "Recipient First Name", "Nombre del destinatario", "recipientFirstName"),
    ("RecipientEmail", "Recipient Email", "Correo del destinatario", "recipientEmail"),
    ("ExternalReference", "External Data Reference", "Referencia externa", "externalDataReference"),
    ("LocationLatitude", "Location Latitude", "Latitud de la ubicación", "locationLatitude"),
    ("LocationLongitude", "Location Longitude", "Longitud de la ubicación", "locationLongitude"),
    ("DistributionChannel", "Distribution Channel", "Canal de distribución", "distributionChannel"),
    ("UserLanguage", "User Language", "Idioma del usuario", "userLanguage"),
)


def about(responses: Sequence[Response], language: str = "en") -> list[Field]:
    """Return the 17 columns that Qualtrics writes first."""
    rows = [
        (
            f"2026-05-13 09:0{n}:00", f"2026-05-13 09:1{n}:00", one.status, "203.0.113.7", one.progress,
            "600", one.finished, f"2026-05-13 09:1{n}:01", f"R_{n}aBcDeF", "", "", "", "", "40.7", "-74.0",
            one.channel, language.upper(),
        )
        for n, one in enumerate(responses)
    ]  # fmt: skip
    return [
        Field(id_, es if language == "es" else en, {"ImportId": imported}, [row[i] for row in rows])
        for i, (id_, en, es, imported) in enumerate(META)
    ]


def asked(
    responses: Sequence[Response],
    *,
    say: Callable[[str], str] = str,
    text: dict[str, str] = TEXT,
    races: Sequence[str] = RACES,
    stem: str = "",
    columns: str = "",
    dash: str = " - ",
) -> list[Field]:
    """Return the questions' columns.

    Parameters
    ----------
    responses
        Who answered.
    say
        What the export writes for a label.
    text, races
        The questions and the choices of race, in the survey's language.
    stem
        The question over the grid of b1, b2 and b3; each is a question of its own where it is empty.
    columns
        What a chosen race has in its own column: ``label`` or a number; one column of all where it is empty.
    dash
        What stands between the question and its rows or choices.
    """
    students = [response.student for response in responses]

    def one(number: int, key: str, cells: list[str], *, written: bool = False) -> Field:
        imported = f"QID{number}_TEXT" if written else f"QID{number}"
        return Field(f"Q{number}", text[key], {"ImportId": imported}, cells)

    found = [
        one(1, "student_id", [s.id for s in students], written=True),
        one(2, "school", [s.school for s in students], written=True),
        one(3, "gender", [say(s.gender) for s in students]),
    ]
    if columns:
        found += [
            Field(
                f"Q4_{n}",
                f"{text['race']}{dash}{shown}",
                {"ImportId": "QID4", "choiceId": str(n)},
                [("" if race not in s.race else shown if columns == "label" else columns) for s in students],
            )
            for n, (race, shown) in enumerate(zip(RACES, races, strict=True), 1)
        ]
    else:
        found.append(one(4, "race", [",".join(races[RACES.index(r)] for r in s.race) for s in students]))
    for n, item in enumerate(ITEMS, 1):
        cells = [say(getattr(s, item)) for s in students]
        if stem:
            found.append(Field(f"Q5_{n}", f"{stem}{dash}{text[item]}", {"ImportId": f"QID5_{n}"}, cells))
        else:
            found.append(one(4 + n, item, cells))
    found.append(one(8, "d1", [say(s.d1) for s in students]))
    found.append(one(9, "more", [s.more for s in students], written=True))
    return found


def rows(fields: Sequence[Field], header: str = "fti", *, quoted: bool = False) -> list[list[str]]:
    """Return header and answers; ``header`` says which rows there are: fields, texts, ImportIds."""
    imports = [json.dumps(field.imported, separators=(",", ":")) for field in fields]
    if quoted:
        imports = [cell.replace('"', "'") for cell in imports]
    known = {"f": [field.id for field in fields], "t": [field.text for field in fields], "i": imports}
    return [*(known[row] for row in header), *map(list, zip(*(f.cells for f in fields), strict=True))]


def write(
    folder: Path, cells: Sequence[Sequence[str]], *, name: str = "survey.csv", encoding: str = "utf-8-sig"
) -> Path:
    """Write rows as Qualtrics does: CSV with a mark, TSV in UTF-16."""
    path = folder / name
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file, delimiter="\t" if name.endswith(".tsv") else ",", lineterminator="\n").writerows(
            cells
        )
    return path


def labels(folder: Path) -> Path:
    """Write three header rows, labels, several races in one cell."""
    return write(folder, rows([*about(CANON), *asked(CANON)]))


def numbers(folder: Path) -> Path:
    """Write numbers; an answer that does not count is negative."""
    fields = asked(CANON, say=lambda label: CODES.get(fold(label), label and "1"))
    people = [replace(one, status="0", finished="1") for one in CANON]
    return write(folder, rows([*about(people), *fields]))


def tabs(folder: Path) -> Path:
    """Write TSV in UTF-16."""
    return write(folder, rows([*about(CANON), *asked(CANON)]), name="survey.tsv", encoding="utf-16")


def in_spanish(folder: Path) -> Path:
    """Write everything in Spanish but the field ids."""
    people = [replace(one, status="Dirección IP", finished="Verdadero") for one in CANON]
    races = [spanish(race) for race in RACES]
    fields = asked(people, say=spanish, text=SPANISH_TEXT, races=races)
    return write(folder, rows([*about(people, "es"), *fields]))


def in_spanish_columns(folder: Path) -> Path:
    """Write Spanish, two header rows, each race in a column of its own."""
    people = [replace(one, status="Dirección IP", finished="Verdadero") for one in CANON]
    races = [spanish(race) for race in RACES]
    fields = asked(people, say=spanish, text=SPANISH_TEXT, races=races, columns="label")
    return write(folder, rows([*about(people, "es"), *fields], "ft"))


def two_rows(folder: Path) -> Path:
    """Write what is left when a person deletes the ImportIds."""
    return write(folder, rows([*about(CANON), *asked(CANON)], "ft"))


def few_fields(folder: Path) -> Path:
    """Write two header rows and only some of what Qualtrics knows: no dates, no numbers."""
    kept = [field for field in about(CANON) if field.id in ("ResponseId", "Finished", "UserLanguage")]
    return write(folder, rows([*kept, *asked(CANON)], "ft"))


def no_fields(folder: Path) -> Path:
    """Write what is left when a person deletes the field ids."""
    return write(folder, rows([*about(CANON), *asked(CANON, stem="How true is this?")], "ti"))


def named(fields: Sequence[Field], text: str = "") -> list[Field]:
    """Return columns whose field ids are the instrument's own."""
    keys = ("Student ID", "What school do you go to?", "gender", "race", *ITEMS, "d1", "more")
    return [replace(field, id=key, text=text or field.text) for field, key in zip(fields, keys, strict=True)]


def own_ids(folder: Path) -> Path:
    """Write field ids that are the instrument's, over questions whose wording it does not know."""
    fields = named(asked(CANON))
    fields = [replace(f, text=f"{f.text} (version B)" if n > 1 else f.text) for n, f in enumerate(fields)]
    return write(folder, rows([*about(CANON), *fields]))


def one_row(folder: Path) -> Path:
    """Write field ids alone, as a statistics package does that read the file and saved it."""
    return write(folder, rows([*about(CANON), *named(asked(CANON))], "f"))


def columns(folder: Path) -> Path:
    """Write each race in a column of its own, an Other with its text, and a question with a mark."""
    fields = asked(CANON, columns="label", dash=" - Selected Choice - ")
    at = next(n for n, field in enumerate(fields) if field.id == "Q4_4")
    empty = [""] * len(CANON)
    stem = TEXT["race"]
    other = [
        Field("Q4_5", f"{stem} - Selected Choice - Other:", {"ImportId": "QID4", "choiceId": "5"}, empty),
        Field("Q4_5_TEXT", f"{stem} - Other: - Text", {"ImportId": "QID4_5_TEXT"}, empty),
    ]
    fields[at + 1 : at + 1] = other
    fields = [replace(f, text=f"{f.text} - Selected Choice") if f.id == "Q3" else f for f in fields]
    words = ["", "", "I say it myself", "", "", ""]
    after = next(n for n, field in enumerate(fields) if field.id == "Q3") + 1
    fields.insert(
        after, Field("Q3_4_TEXT", f"{TEXT['gender']} - Other - Text", {"ImportId": "QID3_4_TEXT"}, words)
    )
    return write(folder, rows([*about(CANON), *fields]))  # fmt: skip


def columns_of_numbers(folder: Path) -> Path:
    """Write a 1 for each chosen race."""
    return write(folder, rows([*about(CANON), *asked(CANON, columns="1")]))


def columns_of_codes(folder: Path) -> Path:
    """Write a choice's code for each chosen race."""
    return write(folder, rows([*about(CANON), *asked(CANON, columns="4")]))


def columns_of_numbers_two_rows(folder: Path) -> Path:
    """Write a 1 for each chosen race, and no ImportIds."""
    return write(folder, rows([*about(CANON), *asked(CANON, columns="1")], "ft"))


def columns_marked_up(folder: Path) -> Path:
    """Write choices whose markup stands in the header, as Qualtrics leaves it there."""
    fields = asked(CANON, columns="label")
    fields = [
        replace(f, text=f"{stem} - <b>{choice}</b>") if f.id.startswith("Q4_") else f
        for f in fields
        for stem, _, choice in [f.text.rpartition(" - ")]
    ]
    return write(folder, rows([*about(CANON), *fields]))


def grid(folder: Path) -> Path:
    """Write the three questions as rows of a grid, with a dash in its heading."""
    return write(folder, rows([*about(CANON), *asked(CANON, stem="You - how much do you agree?")]))


def grid_two_rows(folder: Path) -> Path:
    """Write the grid without ImportIds, every choice in a column of its own."""
    fields = asked(CANON, stem="How much do you agree?", columns="label")
    return write(folder, rows([*about(CANON), *fields], "ft"))


def tried(folder: Path) -> Path:
    """Write a preview, a test and spam among the answers, in words."""
    people = [
        Response(TRIED, status="Survey Preview", channel="preview"),
        *CANON[:3],
        Response(TRIED, status="Survey Test", channel="test"),
        *CANON[3:],
        Response(TRIED, status="Spam"),
    ]
    return write(folder, rows([*about(people), *asked(people)]))


def tried_in_numbers(folder: Path) -> Path:
    """Write the same in numbers, and an answer that was imported, which is one."""
    people = [Response(TRIED, status=status) for status in ("1", "2", "8", "9", "17", "256")]
    kept = ("0", "4", "16", "32", "0", "0")
    people += [replace(one, status=status) for one, status in zip(CANON, kept, strict=True)]
    return write(folder, rows([*about(people), *asked(people)]))


def tried_in_spanish(folder: Path) -> Path:
    """Write previews that only the channel gives away, or only the Status in Spanish."""
    people = [
        Response(TRIED, status="Dirección IP", channel="preview"),
        Response(TRIED, status="Vista previa de la encuesta", channel="anonymous"),
        *CANON,
    ]
    return write(folder, rows([*about(people, "es"), *asked(people)]))


def testing(folder: Path) -> Path:
    """Write embedded data, among them whether a link was only tried."""
    people = [*CANON, Response(TRIED)]
    embedded = [
        Field("wave", "wave", {"ImportId": "wave"}, ["fall"] * len(people)),
        Field("testing", "testing", {"ImportId": "testing"}, ["", "false", "", "", "", "", "true"]),
        Field("DO.Q5", "DO.Q5", {"ImportId": "DO.Q5"}, ["1|2|3"] * len(people)),
    ]
    return write(folder, rows([*about(people), *asked(people), *embedded]))


def partial(folder: Path) -> Path:
    """Write two answers that were not finished."""
    people = list(CANON)
    people[4] = replace(people[4], finished="False", progress="57")
    people[5] = replace(people[5], finished="False", progress="12")
    return write(folder, rows([*about(people), *asked(people)]))


def partial_in_spanish(folder: Path) -> Path:
    """Write two that were not finished: one says so in Spanish, the other by its progress alone."""
    people = [replace(one, finished="Verdadero") for one in CANON]
    people[4] = replace(people[4], finished="Falso")
    people[5] = replace(people[5], progress="12")
    return write(folder, rows([*about(people, "es"), *asked(people)]))


def order(folder: Path) -> Path:
    """Write the order in which questions were shown, a timing, and a question's text again beside it."""
    empty = ["1"] * len(CANON)
    shown = [
        Field(
            f"Q5_DO_{n}", f"{TEXT['b1']} - Display Order - {n}", {"ImportId": "QID5_DO", "choiceId": n}, empty
        )
        for n in ("1", "2")
    ]
    shown += [
        Field("Block_DO", "Block - Display Order", {"ImportId": "BL_1_DO"}, empty),
        Field("Q10_First Click", "Timing - First Click", {"ImportId": "QID10_FIRST_CLICK"}, empty),
    ]
    return write(folder, rows([*about(CANON), *asked(CANON), *shown]))


def quoted(folder: Path) -> Path:
    """Write the single quotes of 2016."""
    return write(folder, rows([*about(CANON), *asked(CANON)], quoted=True))


def trailing(folder: Path) -> Path:
    """Write a last column without anything in it."""
    return write(folder, [[*row, ""] for row in rows([*about(CANON), *asked(CANON)])])


def workbook(folder: Path) -> Path:
    """Write what a person saved as a workbook."""
    book = openpyxl.Workbook()
    for row in rows([*about(CANON), *asked(CANON)]):
        book.active.append(row)
        for cell in book.active[book.active.max_row]:
            cell.data_type = "s"
    path = folder / "survey.xlsx"
    book.save(path)
    return path


def old(responses: Sequence[Response]) -> list[Field]:
    """Return the columns that Qualtrics wrote first before 2017."""
    names = (
        "ResponseID", "ResponseSet", "Name", "ExternalDataReference", "EmailAddress", "IPAddress", "Status",
        "StartDate", "EndDate", "Finished",
    )  # fmt: skip
    cells = [
        (
            f"R_{n}aB", "Default Response Set", "Anonymous", "", "", "203.0.113.7",
            "1" if one.status == "Survey Preview" else "0", f"2016-04-04 09:0{n}:00",
            f"2016-04-04 09:1{n}:00", "1" if one.finished == "True" else "0",
        )
        for n, one in enumerate(responses)
    ]  # fmt: skip
    return [Field(f"V{i + 1}", name, {}, [row[i] for row in cells]) for i, name in enumerate(names)]


def legacy(folder: Path) -> Path:
    """Write the layout before 2017: V1 to V10, two header rows, a trailing comma, a preview, a partial."""
    people = [Response(TRIED, status="Survey Preview"), *CANON]
    people[-1] = replace(people[-1], finished="False")
    fields = [*old(people), *asked(people)]
    fields += [
        Field(name, name, {}, ["40.7"] * len(people)) for name in ("LocationLatitude", "LocationAccuracy")
    ]
    return write(folder, [[*row, ""] for row in rows(fields, "ft")])


def legacy_grid(folder: Path) -> Path:
    """Write the older layout with a grid, and a column for each race; the dash has no blanks around it."""
    fields = asked(CANON, stem="How much do you agree?", columns="1", dash="-")
    return write(folder, rows([*old(CANON), *fields], "ft"))


VARIANTS: dict[str, Callable[[Path], Path]] = {
    "labels": labels,
    "numbers": numbers,
    "tsv in utf-16": tabs,
    "spanish": in_spanish,
    "spanish, races in columns": in_spanish_columns,
    "without import ids": two_rows,
    "without import ids, few fields": few_fields,
    "without field ids": no_fields,
    "the instrument's ids": own_ids,
    "field ids alone": one_row,
    "races in columns": columns,
    "races in columns, 1": columns_of_numbers,
    "races in columns, codes": columns_of_codes,
    "races in columns, 1, without import ids": columns_of_numbers_two_rows,
    "races in columns, markup": columns_marked_up,
    "grid": grid,
    "grid without import ids": grid_two_rows,
    "tried": tried,
    "tried, in numbers": tried_in_numbers,
    "tried, in spanish": tried_in_spanish,
    "embedded data": testing,
    "partial": partial,
    "partial, in spanish": partial_in_spanish,
    "display order": order,
    "single quotes": quoted,
    "trailing column": trailing,
    "workbook": workbook,
    "legacy": legacy,
    "legacy grid": legacy_grid,
}
#: What a variant cannot hold.
LACKS = {"numbers": {"gender": False, "race": False}}
#: How many rows are no student's, and how many were not finished.
TESTS = {"tried": 3, "tried, in numbers": 6, "tried, in spanish": 2, "embedded data": 1, "legacy": 1}
UNFINISHED = {"partial": 2, "partial, in spanish": 2, "legacy": 1}
