"""SurveyMonkey: CSV and workbooks with two header rows.

A question stands over the first of its columns alone; under it, in the second row, what each column holds:
``Response``, a row of a grid, a choice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from relsurvey.instrument.fold import fold
from relsurvey.reading.formats.choices import one_choice_each
from relsurvey.reading.formats.table import (
    JOINED,
    Layout,
    Table,
    TableColumn,
    join_choices,
    letters,
    plainer,
    unique,
)
from relsurvey.reading.opening import Sheet

NAME = "SurveyMonkey"

_DATES = {"startdate", "enddate", "datecreated", "datemodified"}
_ABOUT = _DATES | {
    "respondentid", "collectorid", "ipaddress", "emailaddress", "firstname", "lastname", "customdata",
}  # fmt: skip
#: What the second row says of a column that holds the answer itself.
_RESPONSE = {
    fold(text)
    for text in (
        "Response", "Open-Ended Response", "Respuesta", "Respuesta abierta", "Respuesta de respuesta abierta",
    )
}  # fmt: skip


def detect(sheet: Sheet) -> bool:
    """Say whether the first row names SurveyMonkey's respondent and collector.

    Examples
    --------
    >>> detect(Sheet.of([["Respondent ID", "Collector ID", "Start Date", "Why?"]]))
    True
    >>> detect(Sheet.of([["Respondent ID", "Why?"]]))
    False
    """
    if sheet.variables or not sheet.columns or not sheet.height:
        return False
    names = set(_about(sheet.row(0)).values())
    if "collectorid" in names:
        return len(names) > 1
    return "respondentid" in names and len(names & _DATES) > 1


def read(sheet: Sheet) -> Table:
    """Name columns by question and row, and join the choices of one question."""
    top = sheet.row(0)
    about = _about(top)
    second = sheet.row(1) if sheet.height > 1 else [""] * len(top)
    # An answer fills at least one of the columns that SurveyMonkey writes itself.
    two = sheet.height > 1 and not any(second[i] for i in about)
    parts = second if two else [""] * len(top)
    names, also = list(top), {}
    spans = _spans(top, parts, about)
    for span in spans:
        for i in span:
            names[i], also[i] = _named(top[span[0]], parts[i], alone=len(span) == 1)
    layout = Layout(
        sheet,
        NAME,
        (0, 1) if two else (0,),
        names,
        also,
        roles=_roles(about),
        separators={i: "," for span in spans for i in span},
    )
    found = [(top[span[0]], chosen) for span in spans if (chosen := _choices(layout, span, parts))]
    more = [
        TableColumn(
            name,
            question,
            join_choices([(parts[i], layout.cells(i)) for i in chosen]),
            f"columns {letters(chosen[0])} to {letters(chosen[-1])}",
            plainer(question),
            JOINED,
        )
        for name, (question, chosen) in zip(
            unique([*names, *(question for question, _ in found)])[len(names) :], found, strict=True
        )
    ]
    table = replace(layout, skip=frozenset(i for _, chosen in found for i in chosen)).table(more)
    notes = [
        ("joined columns", len(table), f"{column.place} became one question", "each holds one choice of it")
        for column in more
    ]
    if two:
        why = "SurveyMonkey writes questions, and under them their rows and choices"
        what = f"rows {sheet.first} to {sheet.first + 1} were read as the header"
        notes.append(("layout", 0, what, why))
    return replace(table, notes=tuple(notes))


def _about(top: Sequence[str]) -> dict[int, str]:
    """Return the columns in which SurveyMonkey writes about the answering: ``Custom Data 1`` is one."""
    keys = [fold(cell).replace(" ", "").replace("_", "").rstrip("0123456789") for cell in top]
    return {i: key for i, key in enumerate(keys) if key in _ABOUT}


def _roles(about: Mapping[int, str]) -> dict[int, str]:
    first = {name: i for i, name in sorted(about.items(), reverse=True)}
    date = first.get("enddate", first.get("datemodified"))
    return dict.fromkeys(about, "meta") | ({} if date is None else {date: "date"})


def _spans(top: Sequence[str], parts: Sequence[str], about: Mapping[int, str]) -> list[list[int]]:
    """Return the columns of each question: the one under its text, and those after it without any."""
    spans: list[list[int]] = []
    open_ = False
    for i, (question, part) in enumerate(zip(top, parts, strict=True)):
        if i in about:
            open_ = False
        elif question:
            spans.append([i])
            open_ = True
        elif part and open_:
            spans[-1].append(i)
    return spans


def _named(question: str, part: str, *, alone: bool) -> tuple[str, list[tuple[str, str]]]:
    """Return the name of a column, and what else it may be called."""
    if not part or fold(part) in _RESPONSE:
        return question, []
    whole = f"{question} {part}"
    row = [(part, "by its row in the grid")]
    return (question, [(whole, "with its row in the grid"), *row]) if alone else (whole, row)


def _choices(layout: Layout, span: Sequence[int], parts: Sequence[str]) -> Sequence[int]:
    """Return the columns of a question that hold one choice each; none for a grid."""
    cells = [layout.cells(i) for i in span]
    if any(fold(parts[i]) in _RESPONSE for i in span):
        return ()
    # The last may be an Other, in the student's own words.
    for number in (len(span), len(span) - 1):
        if number > 1 and one_choice_each([parts[i] for i in span[:number]], cells[:number]):
            return span[:number]
    return ()
