"""One table → rows that fit the instrument, with every column, row and label accounted for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from relsurvey.errors import MatchError, ReadError, Unmatched
from relsurvey.instrument import Instrument
from relsurvey.instrument.fold import fold
from relsurvey.instrument.keys import IDENTITY
from relsurvey.reading import labels, match
from relsurvey.reading.formats import Table
from relsurvey.reading.mapping import Mapping
from relsurvey.reading.opening import Column, Opened
from relsurvey.reading.opening.sheet import blank
from relsurvey.reading.rows import Rows, drop_tests

if TYPE_CHECKING:
    import numpy as np

TOTALS = frozenset(
    fold(text)
    for text in (
        "Total", "Totals", "Grand total", "Average", "Mean", "Median", "Count", "Sum", "Std dev",
        "Totales", "Total general", "Promedio", "Media", "Mediana", "Suma",
    )
)  # fmt: skip


def fit(
    opened: Opened,
    table: Table,
    columns: match.Columns,
    instrument: Instrument,
    mapping: Mapping,
    given: dict[str, str],
    *,
    strict: bool,
) -> Rows:
    """Return a table's rows, their answers as codes.

    Parameters
    ----------
    opened
        The file that the table comes from.
    table, columns
        The table, and which of its columns hold what.
    instrument, mapping
        What was asked, and what a person decided about such files.
    given
        By identity key (``wave``, ``school``), what the caller says of every row.
    strict
        Whether a missing question or an answer that fits no option is an error, else a ledger line.

    Raises
    ------
    MatchError
        If questions or answers do not fit.
    ReadError
        If there is no answer at all.
    """
    rows = _rows_of(table, columns, instrument)
    _note_table(rows, opened, table)
    _check_items(rows, table, columns, instrument, mapping, strict=strict)
    _note_columns(rows, table, columns, instrument, given)
    if not any(column.cells.filled().any() for column in table.columns):
        raise ReadError(
            f"{table.where} has a header but no answers under it. "
            "Export it again after students have answered."
        )
    _drop(rows, table)
    drop_tests(rows)
    for key, value in given.items():
        if rows.identity[key].filled().any():
            what = f"the file's own {key} was replaced by the one given"
            rows.note("given", table.where, len(rows), what, "the caller named it")
        rows.identity[key] = Column.of([value]).take(_zeros(len(rows)))
    labels.match_answers(rows, table.where, instrument, mapping.labels, strict=strict)
    separators = {key: table.columns[found[0].position].separator for key, found in columns.groups.items()}
    labels.match_groups(rows, table.where, instrument, mapping.labels, separators)
    labels.match_waves(rows, table.where, instrument, mapping.labels, strict=strict)
    return rows


def _zeros(height: int) -> np.ndarray:
    import numpy as np

    return np.zeros(height, np.intp)


def _rows_of(table: Table, columns: match.Columns, instrument: Instrument) -> Rows:
    notes: list[tuple[str, str]] = []

    def column(kind: str, key: str) -> Column:
        found = columns.of(kind).get(key, [])
        if not found:
            return blank(len(table))
        if len(found) == 1:
            return table.columns[found[0].position].cells
        joined = _joined(table, found, key)
        names = ", ".join(match.shown(table.columns[place.position].name) for place in found[:5])
        notes.append((f"{len(found)} columns of `{key}` became one: {names}", "no row fills two of them"))
        return joined

    rows = Rows(
        identity={key: column("identity", key) for key in IDENTITY},
        groups={key: column("groups", key) for key in instrument.groups},
        items={key: column("items", key) for key in instrument.items},
        comments={q.id: column("comments", q.id) for q in instrument.open_questions},
        files=[table.where],
        file=_zeros(len(table)),
        number=table.numbers,
        unfinished=table.partial,
    )
    for what, why in notes:
        rows.note("joined columns", table.where, len(table), what, why)
    return rows


def _joined(table: Table, found: list[match.Found], key: str) -> Column:
    """Return one column of several of one question.

    Raises
    ------
    MatchError
        If a row fills two of them, or if nothing says that they are the same question.
    """
    import numpy as np

    parts = [table.columns[place.position] for place in found]
    names = " and ".join(match.shown(part.name) for part in parts[:2])
    filled = np.column_stack([part.cells.filled() for part in parts])
    asked = all(place.why == "through the mapping" for place in found)
    both = int((filled.sum(axis=1) > 1).sum())
    if both or not (asked or table.joins_repeats):
        line = f"columns: {{{match.shown(parts[1].name)}: null}}"
        reason = f", and {both} rows fill both" if both else ""
        further = f" (and {len(parts) - 2} more)" if len(parts) > 2 else ""
        raise MatchError(
            f"Two columns{further} of {table.where}, {names}, are both the column of `{key}`{reason}. "
            f"Remove one from the file, or say in a mapping which one counts: `{line}`.",
            (Unmatched(key, parts[1].name, (parts[0].name,), both, line),),
        )
    which = filled.argmax(axis=1)
    cells = [part.cells.cells() for part in parts]
    return Column.of([cells[k][i] for i, k in enumerate(which.tolist())])


def _drop(rows: Rows, table: Table) -> None:
    """Leave out the rows that are no student's: blank ones, totals, and what the format says are tests."""
    import numpy as np

    full = np.zeros(len(table), bool)
    for column in table.columns:
        full |= column.cells.filled()
    reason = np.where(full, 0, 1)
    steps = [("", "", ""), ("blank rows", "left out", "no cell of them is filled")]
    totals = full & _totals(table)
    steps.append(("totals rows", "left out", "it starts with a word such as Total and holds numbers alone"))
    reason[totals] = 2
    for dropped in table.dropped:
        reason[dropped.rows & (reason == 0)] = len(steps)
        steps.append((dropped.step, dropped.what, dropped.why))
    for number, (step, what, why) in enumerate(steps):
        if number:
            rows.drop(reason == number, step, what, why)
            reason = reason[reason != number]


def _totals(table: Table) -> np.ndarray:
    """Return which of the last rows are totals: a word for it first, and nothing but numbers after it."""
    import numpy as np

    found = np.zeros(len(table), bool)
    for row in range(max(0, len(table) - 20), len(table)):
        cells = [text for column in table.columns if (text := column.cells[row])]
        if len(cells) > 1 and fold(cells[0].rstrip(": ")) in TOTALS:
            found[row] = all(_numeric(cell) for cell in cells[1:])
    return found


def _numeric(cell: str) -> bool:
    try:
        float(cell.replace(",", ".").rstrip("% "))
    except ValueError:
        return False
    return True


def _note_table(rows: Rows, opened: Opened, table: Table) -> None:
    what = f"read as {table.form}" + "".join(f"; {note}" for note in opened.notes)
    if table.lines is not None:
        what += f"; {table.lines:,} lines of answers became {len(table):,} rows"
    why = "the rows under the header" if table.header else "the file names its columns itself"
    rows.note("open", table.where, len(table), what, why)
    if table.header and min(table.header) > 0:
        what = f"the header stands in row {min(table.header) + 1}; the rows above it were passed over"
        rows.note(
            "title rows", table.where, min(table.header), what, "they hold no question of the instrument"
        )
    for step, number, what, why in table.notes:
        rows.note(step, table.where, number, what, why)
    other = [
        sheet.name
        for sheet in opened.sheets
        if sheet.where != table.where and any(column.filled().any() for column in sheet.columns)
    ]
    if other:
        what = f"{len(other)} other sheets were not read: {', '.join(match.shown(name) for name in other)}"
        rows.note(
            "other sheets", table.where, 0, what, "this sheet holds the most questions of the instrument"
        )


def _check_items(
    rows: Rows,
    table: Table,
    columns: match.Columns,
    instrument: Instrument,
    mapping: Mapping,
    *,
    strict: bool,
) -> None:
    missing = [item for item in instrument.items if item not in columns.items]
    for item in missing:
        if item in mapping.missing:
            what = f"no column for `{item}`; its answers are empty"
            rows.note("missing questions", table.where, len(table), what, "the mapping says it was not asked")
    missing = [item for item in missing if item not in mapping.missing]
    if not missing:
        return
    left = [table.columns[i].name for i in columns.unused]
    problems = []
    for item in missing:
        wording = next(iter(instrument.items[item].text.values()))
        near = match.nearest(wording, left)
        line = f"columns: {{{match.shown(near[0], 200)}: {item}}}" if near else f"missing: [{item}]"
        problems.append(Unmatched(item, wording, near, len(table), line, item))
    if strict:
        raise match.unmatched_error(
            problems,
            f"{table.where} lacks {len(missing)} of the {len(instrument.items)} questions "
            f"of `{instrument.id}`",
            "Rename the columns, list the older wording under `was:`, or say in a mapping which column it is "
            "(`relsurvey check` writes one); strict=False (--lenient) goes on without them.",
        )
    for problem in problems:
        what = f"no column for `{problem.where}`; its answers are empty"
        rows.note("missing questions", table.where, problem.rows, what, "strict=False")


def _note_columns(
    rows: Rows, table: Table, columns: match.Columns, instrument: Instrument, given: dict[str, str]
) -> None:
    said: dict[int, tuple[str, str, str]] = {}
    words = {
        "items": "question",
        "groups": "group variable",
        "identity": "identity key",
        "comments": "open question",
    }
    for kind in match.KINDS:
        for key, found in columns.of(kind).items():
            for place in found:
                said[place.position] = ("columns", f"→ {words[kind]} `{key}`", place.why)
    for position in columns.left_out:
        said[position] = ("columns not used", "was left out", "through the mapping")
    for position in columns.unused:
        column = table.columns[position]
        why = (
            f"{table.form} writes it about the answering itself"
            if column.role == "meta"
            else "the instrument does not name it"
        )
        said[position] = ("columns not used", "was left out", why)
    for position, column in enumerate(table.columns):
        step, what, why = said[position]
        rows.note(step, f"{table.where}, {column.place}", 1, f"{match.shown(column.name)} {what}", why)
    for key in instrument.groups:
        if key not in columns.groups:
            what = f"no column for the group variable `{key}`"
            rows.note("missing columns", table.where, len(table), what, "students cannot be compared by it")
    for key in instrument.identity:
        if key not in columns.identity and key not in given:
            why = (
                "the unit is the row, and the same students cannot be followed over waves"
                if key == "respondent"
                else f"nothing can be said by {key}"
            )
            rows.note("missing columns", table.where, len(table), f"no column for `{key}`", why)
    for question in instrument.comments:
        if not instrument.safety and question.id in columns.comments:
            what = f"the open question `{question.id}` was not read"
            why = "the instrument names no safety contact and reading deadline"
            rows.note("comments", table.where, len(table), what, why)
        elif question.id not in columns.comments:
            what = f"no column for the open question `{question.id}`"
            rows.note("missing columns", table.where, len(table), what, "there are no comments")
