"""A mapping for a file that does not fit by itself: which column is most like which question."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from relsurvey.errors import MatchError, RelsurveyError, Unmatched
from relsurvey.instrument import GroupVariable, Instrument
from relsurvey.instrument.fold import fold
from relsurvey.reading import match
from relsurvey.reading.answers import Reader
from relsurvey.reading.choose import best_table, fullest_table
from relsurvey.reading.fit import fit
from relsurvey.reading.formats import Table, TableColumn
from relsurvey.reading.headings import HEADINGS
from relsurvey.reading.labels import categories_of, yes_or_no
from relsurvey.reading.mapping import Mapping
from relsurvey.reading.opening import Opened

if TYPE_CHECKING:
    pass

#: A column less like a question than this is not proposed for it.
_ENOUGH = 0.55
#: A label less like an answer than this is left for a person.
_LIKE_LABEL = 0.75
_HEAD = """\
Proposed by relsurvey for {file}. Look every line over: a column's name stands left, what it holds
stands right ({kinds}; null leaves it out).
Then set `confirmed: true`; the next file with this header is read with no question asked.{open}"""


@dataclass(frozen=True)
class Proposal:
    """A mapping to be looked over.

    Attributes
    ----------
    mapping
        The mapping, not confirmed.
    remarks
        By a column's name, how it came by what it is said to hold.
    scores
        By a column's name, how alike it is to what it is said to hold, 0 to 1.
    open
        What is left for a person: labels that are like no answer.
    """

    mapping: Mapping
    remarks: dict[str, str]
    scores: dict[str, float]
    open: tuple[Unmatched, ...]

    def to_yaml(self, file: str) -> str:
        """Return it as the YAML that a person edits."""
        left = ""
        if self.open:
            lines = [f"  {p.key}: {match.shown(p.found)} ({p.rows} rows) is like none" for p in self.open]
            left = "\nStill open, under `labels:` (a code, a label, or null for no answer):\n" + "\n".join(
                lines
            )
        kinds = "a question, a group variable, an identity key or an open question"
        return self.mapping.to_yaml(self.remarks, _HEAD.format(file=file, kinds=kinds, open=left))


def propose(opened: Opened, instrument: Instrument, wave: str | None = None) -> tuple[Table, Proposal]:
    """Propose a mapping of a file to an instrument.

    Parameters
    ----------
    opened
        The file.
    instrument
        What was asked.
    wave
        The wave of all rows, where it is known.

    Raises
    ------
    MatchError
        If the file has no table at all.
    """
    best = best_table(opened, instrument, None, wave)
    if best is not None:
        table, columns = best
    else:
        found = fullest_table(opened)
        if found is None:
            raise MatchError(f"{opened.file} has no row of answers under a header. Export it again.")
        table, columns = found, match.columns(found, instrument, None, wave)
    chosen, remarks, scores = _columns(table, columns, instrument)
    missing = tuple(item for item in instrument.items if item not in chosen.values())
    mapping = Mapping(
        instrument=instrument.id,
        fingerprint=table.fingerprint,
        confirmed=False,
        columns=chosen,
        missing=missing,
    )
    labels, left = _labels(opened, table, instrument, mapping)
    return table, Proposal(mapping.model_copy(update={"labels": labels}), remarks, scores, left)


def _columns(
    table: Table, columns: match.Columns, instrument: Instrument
) -> tuple[dict[str, str | None], dict[str, str], dict[str, float]]:
    import numpy as np

    target: dict[int, str] = {}
    remarks: dict[str, str] = {}
    scores: dict[str, float] = {}
    for kind in match.KINDS:
        for key, places in columns.of(kind).items():
            for place in places:
                target[place.position] = key
                remarks[table.columns[place.position].name] = place.why
                scores[table.columns[place.position].name] = 1.0
    free = [
        i for i in columns.unused if table.columns[i].cells.filled().any() and table.columns[i].role != "meta"
    ]
    wanted = [
        (kind, key)
        for kind in match.KINDS
        for key in _wanted(instrument, kind)
        if key not in columns.of(kind)
    ]
    if free and wanted:
        alike = np.array(
            [[_alike(table.columns[i], kind, key, instrument) for kind, key in wanted] for i in free]
        )
        while alike.size and alike.max() >= _ENOUGH:
            row, column = np.unravel_index(int(alike.argmax()), alike.shape)
            position, (_, key) = free[int(row)], wanted[int(column)]
            name = table.columns[position].name
            target[position], scores[name] = key, float(alike[row, column])
            remarks[name] = f"{alike[row, column]:.2f} alike: {_wording(instrument, wanted[int(column)])}"
            alike[row, :], alike[:, column] = 0, 0
    chosen: dict[str, str | None] = {}
    for position, column_ in enumerate(table.columns):
        chosen[column_.name] = target.get(position)
        if position not in target:
            remarks[column_.name] = (
                f"{table.form} writes it" if column_.role == "meta" else "like nothing that is asked for"
            )
    return chosen, remarks, scores


def _wanted(instrument: Instrument, kind: str) -> list[str]:
    match kind:
        case "items":
            return list(instrument.items)
        case "groups":
            return list(instrument.groups)
        case "identity":
            return [key for key in instrument.identity if key not in ("weight", "date", "duration")]
        case _:
            return [question.id for question in instrument.open_questions]


def _wordings(instrument: Instrument, kind: str, key: str) -> list[str]:
    """Return every wording under which something may stand."""
    if kind == "items":
        item = instrument.items[key]
        return [*item.text.values(), *item.was]
    if kind == "groups":
        group = instrument.groups[key]
        return [key, *(group.text or {}).values(), *group.title.values()]
    if kind == "identity":
        place = instrument.identity[key]
        return [place.column or "", *(place.text or {}).values(), *HEADINGS.get(key, ())]
    question = next(q for q in instrument.comments if q.id == key)
    return [key, *(question.text or {}).values()]


def _wording(instrument: Instrument, wanted: match.Wanted) -> str:
    return next(text for text in _wordings(instrument, *wanted) if text)


def _alike(column: TableColumn, kind: str, key: str, instrument: Instrument) -> float:
    """Return how alike a column is to what is asked for: by its names, and by its answers."""
    names = [column.header or column.name, *(alias for alias, _ in column.also)]
    text = max(
        match.alike(name[:300], wording)
        for name in names
        for wording in _wordings(instrument, kind, key)
        if wording
    )
    if kind == "items":
        share = _fits(column, Reader(instrument.options_of(key)))
        return 0.0 if share < 0.3 else 0.75 * text + 0.25 * share
    if kind == "groups":
        share = _belongs(column, instrument.groups[key])
        return 0.0 if share < 0.3 else 0.6 * text + 0.4 * share
    # An id or a school is not guessed from a name that is only somewhat alike.
    return text if text >= 0.8 else 0.0


def _fits(column: TableColumn, reader: Reader) -> float:
    """Return the share of filled cells that are answers to an option set."""
    counts = column.cells.counts()
    counts.pop("", 0)
    if len(counts) > 200:
        return 0.0
    good = sum(n for text, n in counts.items() if reader.meaning(text).kind != "unmatched labels")
    return good / max(1, sum(counts.values()))


def _belongs(column: TableColumn, group: GroupVariable) -> float:
    """Return the share of filled cells that are categories of a group variable; half where none is listed."""
    if not group.categories:
        return 0.5
    counts = column.cells.counts()
    counts.pop("", 0)
    known = categories_of(group) | yes_or_no(group, counts)
    good = sum(n for text, n in counts.items() if fold(text) in known)
    return good / max(1, sum(counts.values()))


def _labels(
    opened: Opened, table: Table, instrument: Instrument, mapping: Mapping
) -> tuple[dict[str, dict[str, float | str | None]], tuple[Unmatched, ...]]:
    """Return what labels that fit nothing most likely mean, and those that are like no answer."""
    columns = match.columns(table, instrument, mapping.columns)
    try:
        fit(opened, table, columns, instrument, mapping, {}, strict=True)
    except MatchError as error:
        problems = error.unmatched
    except RelsurveyError:
        problems = ()
    else:
        problems = ()
    labels: dict[str, dict[str, float | str | None]] = {}
    left: dict[tuple[str, str], Unmatched] = {}
    for problem in problems:
        if problem.key in instrument.options:
            near = problem.nearest[0] if problem.nearest else ""
            if near and match.alike(problem.found, near) >= _LIKE_LABEL:
                labels.setdefault(problem.key, {})[problem.found] = near
                continue
        elif problem.key != "wave":
            continue
        # A label that several questions share is one thing to settle.
        before = left.get((problem.key, problem.found))
        left[problem.key, problem.found] = replace(
            problem, rows=problem.rows + (before.rows if before else 0)
        )
    return labels, tuple(left.values())


def write_proposal(
    opened: Opened, path: Path, instrument: Instrument, wave: str | None = None
) -> Path | None:
    """Write a proposed mapping beside a file, unless one made for this header lies there.

    Parameters
    ----------
    opened, path
        The file.
    instrument
        What was asked.
    wave
        The wave of all rows, where it is known.

    Returns
    -------
    Path or None
        Where it is; None if a person's own mapping lies there already.
    """
    from relsurvey.files import write_atomic
    from relsurvey.reading.mapping import beside

    place = beside(path)
    table, proposal = propose(opened, instrument, wave)
    if place.is_file():
        try:
            there = Mapping.from_yaml(place)
        except MatchError:
            return None
        if there.confirmed or there.fingerprint == table.fingerprint:
            return None
    write_atomic(place, proposal.to_yaml(opened.file), mode=0o600)
    return place
