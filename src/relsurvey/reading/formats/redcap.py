"""REDCap: its CSV with raw or label headers, and raw or label cells.

A data dictionary is not read. In a raw export a choice is therefore known by its code alone: list the code
under the category's ``match`` in the instrument, or export labels.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from relsurvey.instrument.fold import fold
from relsurvey.reading.formats.choices import Choices, by_choice, joined_columns, joined_notes, ticks
from relsurvey.reading.formats.table import Layout, Table
from relsurvey.reading.opening import Column, Sheet

if TYPE_CHECKING:
    import numpy as np

NAME = "REDCap"

#: What heads the columns that say whose a row is, raw and as a label.
_RECORD = {"record_id", "record id"}
_EVENT = {"redcap_event_name", "event name"}
_INSTANCE = {"redcap_repeat_instance", "repeat instance"}
_META = {
    *_INSTANCE, "redcap_repeat_instrument", "repeat instrument",
    "redcap_survey_identifier", "survey identifier",
}  # fmt: skip
_SYSTEM = {*_EVENT, *_META, "redcap_data_access_group", "data access group"}
_TIMESTAMP, _COMPLETE = "survey timestamp", "complete?"

_DONE = {"2", "complete"}
_STATUS = {*_DONE, "0", "1", "incomplete", "unverified"}
_NOT_COMPLETED = "[not completed]"
#: A letter behind the number is REDCap's own, where two names are alike: such events stay apart.
_ARM = re.compile(r"_arm_\d+\Z|\s*\(Arm \d+: .*\)\Z", re.DOTALL)

#: No heading and no event is longer.
_LONGEST = 2_000
_CODE = re.compile(r"([a-z]\w*?)___(\w+)\Z")
_ON, _OFF = {"1", "checked"}, {"0", "unchecked"}


@dataclass(frozen=True)
class _Form:
    """The columns of one form, by their positions."""

    asked: tuple[int, ...]
    timestamp: int | None
    status: int | None


def detect(sheet: Sheet) -> bool:
    """Say whether a header holds REDCap's own columns, or a record id beside a checkbox or a form's status.

    Examples
    --------
    >>> detect(Sheet.of([["record_id", "redcap_event_name", "b1", "survey_complete"]]))
    True
    >>> detect(Sheet.of([["Record ID", "Race (choice=White)", "I belong here.", "Complete?"]]))
    True
    >>> detect(Sheet.of([["id", "b1", "homework_complete"]]))
    False
    """
    if sheet.variables or not sheet.columns or not sheet.height:
        return False
    names = [fold(name) for name in sheet.row(0)]
    # Names that REDCap alone writes count for more than those that a question could have.
    signs = 2 * any(name.startswith("redcap_") and name in _SYSTEM for name in names)
    signs += 2 * any(_by_code(name) or by_choice(name) for name in names)
    signs += names[0] in _RECORD
    signs += any(name in _SYSTEM for name in names)
    signs += any(name == _COMPLETE or name.endswith("_complete") for name in names)
    signs += any(name == _TIMESTAMP or _form_of(name, names) is not None for name in names)
    return signs > 1


def read(sheet: Sheet) -> Table:
    r"""Join the choices of a checkbox, take events as waves, and mark what was not completed.

    Examples
    --------
    >>> table = read(Sheet.of([
    ...     ["record_id", "redcap_event_name", "race___1", "race___2", "survey_complete"],
    ...     ["7", "fall_arm_1", "1", "1", "2"],
    ...     ["8", "fall_arm_1", "0", "1", "0"],
    ... ]))
    >>> [(column.name, column.role) for column in table.columns]
    [('record_id', 'respondent'), ('redcap_event_name', 'wave'), ('survey_complete', 'meta'), ('race', None)]
    >>> table.columns[1].cells.cells(), table.columns[3].cells.cells(), table.partial.tolist()
    (['fall', 'fall'], ['1\x1f2', '2'], [False, True])
    """
    names = sheet.row(0)
    folded = [fold(name) for name in names]
    found = Layout(sheet, NAME, (0,), names)
    forms = list(_forms(folded, found))
    columns = list(sheet.columns)
    for i, name in enumerate(folded):
        if name in _EVENT:
            columns[i] = columns[i].map(_without_arm)
    for form in forms:
        if (at := form.timestamp) is not None:
            columns[at] = columns[at].map(lambda text: "" if fold(text) == _NOT_COMPLETED else text)
    questions = list(_checkboxes(names, found))
    marked = {i: on for q in questions for i, on in zip(q.positions, q.marks, strict=True)}
    clean = replace(found, sheet=replace(sheet, columns=tuple(columns)))
    layout = replace(clean, roles=_roles(folded, clean, forms), skip=frozenset(marked))
    joined = joined_columns(layout, questions)
    return replace(
        layout.table(joined),
        partial=_partial(forms, found, marked),
        notes=(*_notes(folded, found), *joined_notes(joined)),
    )


def _by_code(name: str) -> tuple[str, str] | None:
    """Return the field and the code of a name such as ``race___1``; a minus sign cannot stand in a name."""
    match = _CODE.match(name) if len(name) <= _LONGEST else None
    return (match[1], re.sub(r"\A_(?=\d)", "-", match[2])) if match else None


def _checkboxes(names: Sequence[str], layout: Layout) -> Iterator[Choices]:
    """Yield the checkbox questions; the columns of one stand side by side."""
    groups: list[tuple[str, list[int], list[str]]] = []
    for i, name in enumerate(names):
        said = _by_code(name) or by_choice(name)
        if said is None:
            continue
        question, label = said
        last = groups[-1] if groups else ("", [], [])
        if last[0] != question or last[1][-1] != i - 1 or label in last[2]:
            groups.append(last := (question, [], []))
        last[1].append(i)
        last[2].append(label)
    for question, positions, labels in groups:
        marks = []
        for k, i in enumerate(positions):
            cells = layout.cells(i)
            found = ticks(cells, _ON, _OFF)
            texts = [text for position in cells.used if (text := cells.texts[position])]
            if found is None and len(texts) == 1:
                # The cell of a choice that was made may hold its label.
                labels[k], found = texts[0], cells.filled()
            marks.append(found)
        known = tuple(mark for mark in marks if mark is not None)
        if len(known) == len(marks):
            yield Choices(question, tuple(positions), tuple(labels), known)


def _record(folded: Sequence[str], layout: Layout) -> int | None:
    """Return which column holds the record's id: it has a field's name of its own, and stands first."""
    for i, name in enumerate(folded):
        if name in _RECORD:
            return i
    if len(folded) > 1 and folded[1] in _SYSTEM:
        return 0
    cells = layout.cells(0)
    alone = len(cells) > 0 and cells.filled().all() and len(cells.used) == len(cells)
    return 0 if alone and max(map(len, cells.texts)) < 40 else None


def _followed(folded: Sequence[str], layout: Layout) -> bool:
    """Say whether records are students who come again: in events, or in several rows.

    Otherwise a record is one answering, and two projects that both count from 1 mean other students.
    """
    record = _record(folded, layout)
    if record is None:
        return False
    ids = layout.cells(record)
    again = any(number > 1 for text, number in ids.counts().items() if text)
    return again or any(n in _EVENT and layout.cells(i).filled().any() for i, n in enumerate(folded))


def _forms(folded: Sequence[str], layout: Layout) -> Iterator[_Form]:
    """Yield the forms: their fields stand between the time they were sent and their status."""
    record = _record(folded, layout)
    asked: list[int] = []
    timestamp = None
    for i, name in enumerate(folded):
        if i == record or name in _SYSTEM:
            continue
        if name == _TIMESTAMP or _form_of(name, folded) is not None:
            timestamp = i
        elif _is_status(i, folded, layout):
            yield _Form(tuple(asked), timestamp, i)
            asked, timestamp = [], None
        else:
            asked.append(i)
    if timestamp is not None:
        yield _Form(tuple(asked), timestamp, None)


def _form_of(name: str, names: Collection[str]) -> str | None:
    """Return the form of which a column is the time it was sent; its status stands in the file too."""
    form = name.removesuffix("_timestamp")
    return form if form != name and f"{form}_complete" in names else None


def _is_status(position: int, folded: Sequence[str], layout: Layout) -> bool:
    """Say whether a column is a form's status, and no field of such a name that is answered 0 or 1."""
    name = folded[position]
    form = name.removesuffix("_complete")
    if name != _COMPLETE and form == name:
        return False
    cells = layout.cells(position)
    texts = {fold(cells.texts[i]) for i in cells.used} - {""}
    if not texts <= _STATUS:
        return False
    last = position == len(folded) - 1
    return name == _COMPLETE or last or f"{form}_timestamp" in folded or not texts <= {"0", "1"}


def _roles(folded: Sequence[str], layout: Layout, forms: Sequence[_Form]) -> dict[int, str]:
    roles = {i: "meta" for i, name in enumerate(folded) if name in _META}
    for i, name in enumerate(folded):
        if name in _EVENT:
            roles[i] = "wave" if layout.cells(i).filled().any() else "meta"
    record = _record(folded, layout)
    if record is not None:
        roles[record] = "respondent" if _followed(folded, layout) else "meta"
    roles |= {form.status: "meta" for form in forms if form.status is not None}
    times = [form.timestamp for form in forms if form.timestamp is not None]
    roles |= dict.fromkeys(times, "meta")
    if times:
        roles[max(times, key=lambda i: int(layout.cells(i).filled().sum()))] = "date"
    return roles


def _partial(forms: Sequence[_Form], layout: Layout, marked: dict[int, np.ndarray]) -> np.ndarray | None:
    """Return the rows with a form that was not completed; of several forms, one that has answers."""
    import numpy as np

    if not forms:
        return None
    partial = np.zeros(layout.sheet.height - 1, bool)
    for form in forms:
        left = np.zeros(len(partial), bool)
        if form.status is not None:
            left |= _says(layout.cells(form.status), _STATUS - _DONE)
        if form.timestamp is not None:
            left |= _says(layout.cells(form.timestamp), {_NOT_COMPLETED})
        if len(forms) > 1 and left.any():
            answered = [marked[i] if i in marked else layout.cells(i).filled() for i in form.asked]
            left &= np.any([np.zeros(len(partial), bool), *answered], axis=0)
        partial |= left
    return partial


def _says(cells: Column, words: Collection[str]) -> np.ndarray:
    import numpy as np

    return np.asarray(np.asarray([fold(text) in words for text in cells.texts])[cells.codes])


def _without_arm(event: str) -> str:
    return _ARM.sub("", event.strip()) if len(event) <= _LONGEST else event


def _notes(folded: Sequence[str], layout: Layout) -> Iterator[tuple[str, int, str, str]]:
    events = {i for i, name in enumerate(folded) if name in _EVENT and layout.cells(i).filled().any()}
    for i in events:
        changed = sum(n for text, n in layout.cells(i).counts().items() if _without_arm(text) != text)
        if changed:
            yield "layout", changed, "the arm was left off the name of the event", "the event is the wave"
    for i, name in enumerate(folded):
        if name in _INSTANCE:
            counts = layout.cells(i).counts()
            repeats = sum(n for text, n in counts.items() if text and text not in ("1", "1.0"))
            if repeats:
                what = "rows are further instances of a form or event that was answered again"
                why = "REDCap writes a row for each; rows of one student and wave are settled as duplicates"
                yield "layout", repeats, what, why
    record = _record(folded, layout)
    if record is not None and not _followed(folded, layout):
        what = "record ids were not taken for students' ids: each stands once, and there are no events"
        why = "two projects that both count from 1 do not mean the same students"
        yield "layout", len(layout.cells(record)), what, why
