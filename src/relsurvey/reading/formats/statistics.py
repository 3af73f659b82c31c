"""Files of SPSS and Stata: a variable is known by its name, by its label, and by its row in the label.

What wrote the file shows in its labels: Qualtrics heads a row of a grid ``question - row``, LimeSurvey
``[row] question``, REDCap a choice ``question (choice=…)``.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace

from relsurvey.instrument.fold import fold
from relsurvey.reading.formats import limesurvey, qualtrics
from relsurvey.reading.formats.choices import Choices, by_choice, joined_columns, joined_notes, ticks
from relsurvey.reading.formats.table import Layout, Table, plainer
from relsurvey.reading.opening import Column, Sheet
from relsurvey.reading.opening.sheet import stack

NAME = "SPSS or Stata file"

_NUMBER = re.compile(r"(?<=\w)_{0,3}(?:SQ)?\d+\Z")
_LONGEST = 200
#: The lengths at which Stata and SPSS cut a label; the letter that was cut in two may be gone.
_CUT = {*range(77, 81), *range(252, 257)}
_DURATION = "duration__in_seconds_"
_DASHES = (" - ", " – ", " — ", ": ")
#: No question stands behind more dashes than this.
_MOST = 5
_SELECTED = {"selected choice", "opción seleccionada"}

#: Labels that a program gives to a choice alone; yes and no may be answers of their own.
_CHOSEN = {"selected", "checked", "quoted", "mentioned"}
_NOT_CHOSEN = {"not selected", "unselected", "unchecked", "not checked", "not quoted", "not mentioned"}
_YES, _NO = {"1", "yes", "sí", "si"}, {"0", "no"}


def detect(sheet: Sheet) -> bool:
    """Say whether a sheet is a statistics package's file."""
    return bool(sheet.variables)


def read(sheet: Sheet) -> Table:
    """Know each variable by its name and its label, and join the choices of one question.

    Examples
    --------
    >>> from relsurvey.reading.opening import Column
    >>> from relsurvey.reading.opening.sheet import Variable
    >>> table = read(Sheet(
    ...     "a.sav", "", (Column.of(["Agree", "Disagree"]),), 2, "spss",
    ...     (Variable("Q1_1", "How true is it? - I belong here."),),
    ... ))
    >>> table.form, table.columns[0].also
    ('SPSS file', (('How true is it? - I belong here.', 'by its label'),
                   ('I belong here.', 'by its row in the grid')))
    """
    names = [variable.name for variable in sheet.variables]
    labels = [variable.label.strip() for variable in sheet.variables]
    about, written = _written(sheet, names)
    also = {
        i: [(label, "by its label"), *plainer(label), *_rows(label)]
        for i, label in enumerate(labels)
        if i not in about
    }
    form = "SPSS file" if sheet.kind == "spss" else "Stata file"
    layout = Layout(sheet, form, (), names, also, about)
    found = list(_questions(names, labels, layout))
    joined = joined_columns(layout, [question for question, _ in found])
    skip = frozenset(i for question, sure in found if sure for i in question.positions)
    return replace(
        replace(layout, skip=skip).table(joined),
        dropped=written.dropped if written else (),
        partial=written.partial if written else None,
        notes=tuple(joined_notes(joined)),
    )


def _written(sheet: Sheet, names: Sequence[str]) -> tuple[dict[int, str], Table | None]:
    """Return the roles of what the survey's program wrote about the answering, and how it reads that.

    The variables are shown to the program's own format, headed as in its text files.
    """
    # A variable's name holds no blanks and no brackets.
    heads = ["Duration (in seconds)" if fold(name) == _DURATION else name for name in names]
    for program, kept in (
        (qualtrics, list(range(len(names)))),
        (limesurvey, [i for i, name in enumerate(names) if fold(name) in limesurvey.ABOUT]),
    ):
        columns = [stack([Column.of([heads[i]] * 2), sheet.columns[i]]) for i in kept]
        like = Sheet(sheet.file, sheet.name, tuple(columns), sheet.height + 2)
        if kept and program.detect(like):
            table = program.read(like)
            if len(table.columns) == len(kept) and len(table) == sheet.height:
                roles = zip(kept, (column.role for column in table.columns), strict=True)
                return {i: role for i, role in roles if role}, table
    return {}, None


def _parts(label: str) -> Iterator[tuple[str, str]]:
    """Yield the question and the row or choice that a label may hold, the likeliest first."""
    if said := by_choice(label):
        yield said
        return
    if label.startswith("[") and "]" in label:
        row, _, question = label[1:].partition("]")
        yield question.strip(), row.strip()
    for dash in _DASHES:
        pieces = label.split(dash, _MOST)
        for k in range(1, len(pieces)):
            yield dash.join(pieces[:k]).strip(), dash.join(pieces[k:]).strip()


def _rows(label: str) -> Iterator[tuple[str, str]]:
    for question, row in _parts(label):
        if fold(row) in _SELECTED:
            yield question, "by the question before the dash"
        elif row:
            yield row, "by its row in the grid"


def _whole(choice: str, label: str, cells: Column) -> str:
    """Return a choice as its cells spell it, where the variable's label was cut at its greatest length."""
    said = [cells.texts[k] for k in cells.used if cells.texts[k] and k not in cells.missing]
    cut = len(label) in _CUT or len(label.encode()) in _CUT
    return said[0] if cut and len(said) == 1 and fold(said[0]).startswith(fold(choice)) else choice


def _questions(names: Sequence[str], labels: Sequence[str], layout: Layout) -> Iterator[tuple[Choices, bool]]:
    """Yield the questions of which each choice has a variable, and whether they can be nothing else.

    The rows of a grid may be answered with yes and no, or 1 and 0, too: the variables then stay beside the
    one that is made of them.
    """
    groups: dict[tuple[str, str], list[tuple[int, str]]] = defaultdict(list)
    for i, (name, label) in enumerate(zip(names, labels, strict=True)):
        base = _NUMBER.sub("", name) if len(name) < _LONGEST else name
        if base == name and "_" in name:
            base = name.rpartition("_")[0].rstrip("_")
        if i not in layout.roles:
            for question, row in _parts(label):
                if row and question:
                    groups[base, question].append((i, row))
    taken: set[int] = set()
    # Of two ways to cut the same labels, the one that leaves the shorter choices.
    largest = sorted(groups.items(), key=lambda group: (-len(group[1]), -len(group[0][1])))
    for (base, question), members in largest:
        positions = tuple(i for i, _ in members)
        if len(members) < 2 or taken & set(positions):
            continue
        cells = [layout.cells(i) for i in positions]
        choices = tuple(
            _whole(row, labels[i], column) for (i, row), column in zip(members, cells, strict=True)
        )
        found = [
            ticks(column, _CHOSEN | _YES | {fold(choice)}, _NOT_CHOSEN | _NO)
            for column, choice in zip(cells, choices, strict=True)
        ]
        marks = tuple(mark for mark in found if mark is not None)
        if len(marks) < len(found) or not any(mark.any() for mark in marks):
            continue
        said = {fold(column.texts[k]) for column in cells for k in column.used if k not in column.missing}
        sure = said <= {"", *_CHOSEN, *_NOT_CHOSEN, *map(fold, choices)} and not said <= {"", *_YES, *_NO}
        taken |= set(positions)
        stem = question
        for selected in _SELECTED:
            head, dash, tail = stem.rpartition(" - ")
            if dash and fold(tail) == selected:
                stem = head
        also = [(text, "by its label") for text in dict.fromkeys((stem, question))]
        yield Choices(base, positions, choices, marks, (*also, *plainer(stem))), sure
