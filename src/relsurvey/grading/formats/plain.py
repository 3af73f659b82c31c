"""A school's own tables: a row a student, a row a score, or marks alone, through a mapping."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from relsurvey.errors import MatchError, ReadError
from relsurvey.grading.formats import Part, Settings, layouts, mark_columns
from relsurvey.grading.formats.columns import Columns
from relsurvey.grading.formats.letter_cuts import cuts_of
from relsurvey.grading.gradebook import SCORES, table
from relsurvey.grading.letters import POINTS, meaning
from relsurvey.grading.mapping import IGNORE, OWN, TRIED, GradebookMapping
from relsurvey.grading.mapping_sources import candidates, naming, remember, remembered
from relsurvey.grading.policy import Policy
from relsurvey.instrument.fold import fold
from relsurvey.reading.formats import Table, plain
from relsurvey.reading.ledger import Entry
from relsurvey.reading.mapping import beside
from relsurvey.reading.match import nearest, shown
from relsurvey.reading.opening import Opened

if TYPE_CHECKING:
    import pandas as pd

NAME = "plain table"
_BY_HEADINGS = " made of its headings"


def read(opened: Opened, mapping: GradebookMapping | None = None, settings: Settings | None = None) -> Part:
    """Read a gradebook that is a plain table.

    Without a mapping the one beside the file is used, else the one remembered for its header, else a proposal
    if it leaves nothing open.

    Parameters
    ----------
    opened
        The file.
    mapping
        Which column holds what.
    settings
        What the caller says: ``course, teacher, term, school`` fill what the file leaves empty, ``codes``
        come before the mapping's, and beside ``path`` a mapping is looked for.

    Raises
    ------
    MatchError
        If no mapping fits; without any, it holds the proposed one and says where to save it.
    ReadError
        If the file does not hold what the mapping says.
    """
    settings = settings or Settings()
    found, place, where_from = (mapping, None, "") if mapping is not None else _found(opened, settings)
    with naming(place):
        return _read(opened, found, settings, where_from)


def _read(opened: Opened, found: GradebookMapping, settings: Settings, where_from: str) -> Part:
    if not found.confirmed:
        raise MatchError(
            f"The mapping for {opened.file} was never looked over. Check its lines, then set "
            "`confirmed: true`."
        )
    if found.layout in OWN:
        raise MatchError(
            f"{opened.file} is no {OWN[found.layout]} gradebook, and its mapping says "
            f"`layout: {found.layout}`. "
            "Write `wide`, `long` or `marks`, and name its `columns`."
        )
    columns = Columns(table_of(opened, found), found, settings)
    where, rows = columns.where, len(columns.table)
    step, why = "mapping", "a person decided it for files with this header"
    if where_from == _BY_HEADINGS:
        step, why = "headings", "every heading was known, and nothing was left open"
    before = (
        Entry("open", where, rows, "rows stand under the header", f"read as {NAME}"),
        Entry(step, where, rows, f"its columns were read by a mapping{where_from}", why),
    )
    match found.layout:
        case "wide":
            scores = layouts.wide(columns)
        case "long":
            scores = layouts.long(columns)
        case _:
            scores = table(SCORES, {}, 0)
    marks = mark_columns.marks(columns)
    totals = mark_columns.totals(columns, marks)
    columns.note("rows kept", len(columns.rows), "rows were read", "each names a student")
    policies: tuple[Policy, ...] = ()
    cuts = found.percent_cuts or cuts_of(_lettered(marks), columns.note)
    if cuts:
        title = {"en": "As exported", "es": "Como se exportó"}
        policies = (Policy(id="as-exported", title=title, cuts=cuts),)
    if where_from != _BY_HEADINGS and settings.path is not None and found.fingerprint != TRIED:
        remember(found, columns.table.fingerprint)
    return Part(scores, marks, totals, policies, (*before, *columns.entries))


def _lettered(marks: pd.DataFrame) -> list[tuple[float, str]]:
    """Return the percents of marks that have a letter from A to F, each with it."""
    both = marks[marks["percent"].notna() & marks["letter"].notna()]
    pairs = zip(both["percent"].tolist(), both["letter"].tolist(), strict=True)
    return [(percent, letter) for percent, letter in pairs if meaning(letter) in POINTS]


def _found(opened: Opened, settings: Settings) -> tuple[GradebookMapping, Path | None, str]:
    """Return the mapping of a file, its place where it is one that was remembered, and where it is from."""
    from relsurvey.grading.propose import propose

    path = settings.path
    proposal = propose(opened, settings.codes)
    waiting = None
    for place, found in candidates(path, proposal.table.fingerprint):
        if found.confirmed:
            if place == remembered(proposal.table.fingerprint):
                return found, place, ", as remembered from an earlier file"
            return found, None, f", {place.name}"
        waiting = waiting or place
    if proposal.complete:
        return proposal.mapping.model_copy(update={"confirmed": True}), None, _BY_HEADINGS
    if waiting is not None:
        raise MatchError(
            f"{waiting.name} lies beside {opened.file} and was never looked over. "
            "Check its lines, then set `confirmed: true` in it."
        )
    survey = _survey(opened)
    if survey is not None:
        raise MatchError(
            f"{opened.file} holds answers to the survey `{survey}`, not marks. Read it with `rs.read`."
        )
    place_ = (
        f"as {beside(path).name} beside it"
        if path is not None
        else "as a file, and give its path as mapping="
    )
    raise MatchError(
        f"{opened.file} needs a mapping: {proposal.open[0]}. Save the lines below {place_}, "
        f"look them over, and set `confirmed: true`.\n\n{proposal.to_yaml(opened.file)}"
    )


def _survey(opened: Opened) -> str | None:
    """Return the ready instrument whose questions stand in a file."""
    from relsurvey.reading.choose import recognise

    try:
        return recognise(opened).id
    except MatchError:
        return None


def table_of(opened: Opened, mapping: GradebookMapping) -> Table:
    """Return the sheet that has the mapping's columns.

    Raises
    ------
    MatchError
        If a column is in none, with the nearest; or if the file's header is not the one it was made for.
    """
    wanted = {fold(name): name for name in (*mapping.columns, *mapping.items)}
    best: tuple[int, Table] | None = None
    whole: list[str] = []
    for sheet in opened.sheets:
        if not plain.detect(sheet):
            continue
        found = plain.read(sheet, lambda cell: fold(cell) in wanted)
        score = len(wanted.keys() & {fold(name) for name in found.names})
        if score == len(wanted) and len(found):
            whole.append(sheet.name)
        if best is None or score > best[0]:
            best = score, found
    if len(whole) > 1:
        names = " and ".join(shown(name, 30) for name in whole[:4])
        raise ReadError(
            f"{opened.file} has the mapping's columns in each of {len(whole)} sheets, such as {names}. "
            "Save each as a file of its own, and read them together."
        )
    if best is None:
        raise ReadError(f"{opened.file} has no sheet with cells. Export it again.")
    score, found = best
    here = {fold(name) for name in found.names}
    if not score:
        sheets = f" (it has the sheets {', '.join(shown(s.name, 30) for s in opened.sheets[:6])})"
        raise MatchError(
            f"{opened.file} has none of the columns that the mapping names, such as "
            f"{shown(next(iter(wanted.values())))}{sheets if len(opened.sheets) > 1 else ''}. "
            "Check that it is the right file, or make a mapping for it."
        )
    for key, name in wanted.items():
        if key not in here:
            near = nearest(name, found.names)
            said = ", ".join(shown(text, 40) for text in near)
            missing = len(wanted.keys() - here) - 1
            raise MatchError(
                f"The mapping names a column {shown(name)}, which {found.where} does not have"
                f"{f' (nearest: {said})' if near else ''}"
                f"{f', and {missing} more' if missing else ''}. Correct the mapping or remove the line."
            )
    rest = [name for name in found.names if fold(name) not in wanted]
    if rest and mapping.fingerprint not in (None, found.fingerprint):
        more = f" and {len(rest) - 1} more" if len(rest) > 1 else ""
        raise MatchError(
            f"The mapping was made for another header: {found.where} has also the column {shown(rest[0])}"
            f"{more}. Add what it holds (`item`, or `{IGNORE}`) to `columns`, and remove `fingerprint`."
        )
    return found
