"""Questions of which each choice has a column of its own: several programs export them so."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from relsurvey.instrument.fold import fold
from relsurvey.reading.formats.table import (
    JOINED,
    Layout,
    TableColumn,
    join_choices,
    letters,
    plainer,
    unique,
)
from relsurvey.reading.opening import Column

if TYPE_CHECKING:
    import numpy as np

#: No heading is longer.
_LONGEST = 2_000
_CHOICE = re.compile(r"(.*\S)\s*\(choice=(?:'(.+)'|\"(.+)\"|(.+))\)\Z", re.DOTALL)


@dataclass(frozen=True)
class Choices:
    """A question of which each choice has a column of its own.

    Attributes
    ----------
    question
        Its name.
    positions
        Where its columns are.
    labels
        What each of them means.
    marks
        Which rows chose it.
    also
        Other names of the question, as of a :class:`TableColumn`.
    """

    question: str
    positions: tuple[int, ...]
    labels: tuple[str, ...]
    marks: tuple[np.ndarray, ...]
    also: tuple[tuple[str, str], ...] = ()


def joined_columns(layout: Layout, questions: Sequence[Choices]) -> list[TableColumn]:
    """Return one column for each question of which each choice has a column.

    Parameters
    ----------
    layout
        The sheet's layout, with the names of all its columns.
    questions
        The questions.
    """

    def place(positions: Sequence[int]) -> str:
        first, last = positions[0], positions[-1]
        if layout.sheet.variables:
            return f"variables {first + 1} to {last + 1}"
        return f"columns {letters(first)} to {letters(last)}"

    names = unique([*layout.names, *(question.question for question in questions)])[len(layout.names) :]
    return [
        TableColumn(
            name,
            question.question,
            join_choices(
                [(a, layout.cells(i)) for a, i in zip(question.labels, question.positions, strict=True)],
                question.marks,
            ),
            place(question.positions),
            (*question.also, *plainer(question.question)),
            JOINED,
        )
        for name, question in zip(names, questions, strict=True)
    ]


def joined_notes(joined: Sequence[TableColumn]) -> Iterator[tuple[str, int, str, str]]:
    """Yield what the ledger says of columns that were joined."""
    for column in joined:
        what = f"{column.place} became one question"
        yield "joined columns", len(column.cells), what, "each holds one choice of it"


def ticks(cells: Column, on: Collection[str], off: Collection[str]) -> np.ndarray | None:
    """Return which rows chose what a column stands for, or None where a cell says something else.

    Parameters
    ----------
    cells
        The column.
    on, off
        Folded texts that mean chosen and not chosen; an empty cell is not chosen.

    Examples
    --------
    >>> ticks(Column.of(["Checked", "", "Unchecked"]), {"checked"}, {"unchecked"}).tolist()
    [True, False, False]
    >>> ticks(Column.of(["Checked", "Filipino"]), {"checked"}, {"unchecked"}) is None
    True
    """
    import numpy as np

    chosen = np.zeros(len(cells.texts), bool)
    for position in cells.used:
        word = fold(cells.texts[position])
        if position in cells.missing or not word:
            continue
        if word not in on and word not in off:
            return None
        chosen[position] = word in on
    return np.asarray(chosen[cells.codes])


def by_choice(label: str) -> tuple[str, str] | None:
    """Return the question and the choice of a label such as ``Race (choice=White)``, or None.

    Examples
    --------
    >>> by_choice("Race? (choice='White')"), by_choice("Race  (choice=Black (or other))"), by_choice("Race")
    (('Race?', 'White'), ('Race', 'Black (or other)'), None)
    """
    match = _CHOICE.match(label) if len(label) <= _LONGEST else None
    return (match[1], (match[2] or match[3] or match[4]).strip()) if match else None


def one_choice_each(labels: Sequence[str], cells: Sequence[Column], *, sure: bool = False) -> bool:
    """Say whether columns are the choices of one question, and not the rows of a grid.

    Parameters
    ----------
    labels
        What heads each column.
    cells
        Its answers: of a choice, its own label or a 1, and nothing else.
    sure
        Whether the file itself says that they are choices; any number may then stand for one.

    Examples
    --------
    >>> cat, dog = Column.of(["Cat", "", "Cat"]), Column.of(["", "Dog", ""])
    >>> one_choice_each(["Cat", "Dog"], [cat, dog]), one_choice_each(["Dog", "Cat"], [cat, dog])
    (True, False)
    """
    import numpy as np

    found = [[text for position in column.used if (text := column.texts[position])] for column in cells]
    if not any(found) or any(len(texts) > 1 for texts in found) or len(set(map(fold, labels))) < len(labels):
        return False
    if all(fold(text) == fold(label) for label, texts in zip(labels, found, strict=True) for text in texts):
        return True
    marks = {text for texts in found for text in texts}
    if sure or marks != {"1"}:
        return sure and all(mark.isdecimal() for mark in marks)
    # A grid may be answered with 1 throughout, but then most students fill all of it.
    filled = np.column_stack([column.filled() for column in cells]).sum(axis=1)
    return int((filled == len(cells)).sum()) * 2 <= int((filled > 0).sum())
