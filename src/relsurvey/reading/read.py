"""A file → rows that fit an instrument, and the ledger of how."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from relsurvey.errors import MatchError, ReadError, Unmatched
from relsurvey.instrument import Instrument, instruments
from relsurvey.instrument.fold import fold
from relsurvey.instrument.library import find
from relsurvey.instrument.model import IDENTITY
from relsurvey.reading import identity, match
from relsurvey.reading.formats import FORMATS, Table
from relsurvey.reading.formats.table import under_header
from relsurvey.reading.ledger import Entry
from relsurvey.reading.limits import Limits
from relsurvey.reading.open import Opened, from_frame, open_file

if TYPE_CHECKING:
    import pandas as pd

_TEST_ID = re.compile(r"((test|testing|prueba|ejemplo|demo)([\W_\d].*)?|[a-z]*0{3,})\Z")
_TEST_COMMENT = {"test", "testing", "this is a test", "test row", "prueba", "esto es una prueba", "es una prueba"}
_HASHED = ("respondent", "teacher")
_NUMBERS = ("weight", "duration")
_HEADER_ROWS = 15


@dataclass(frozen=True)
class Source:
    """A file and what it does not say about itself.

    Attributes
    ----------
    path
        The file.
    wave, school
        The wave or school of every row in it.
    """

    path: str | Path
    wave: str | None = None
    school: str | None = None


@dataclass(frozen=True)
class Reading:
    """Rows that fit an instrument: what :func:`relsurvey.read` puts into a Study."""

    instrument: Instrument
    responses: pd.DataFrame
    answers: pd.DataFrame
    comments: pd.DataFrame
    ledger: tuple[Entry, ...]
    sha256: tuple[str, ...]
    simulated: bool


@dataclass
class _Rows:
    """Rows under way, column by column."""

    identity: dict[str, list[str]]
    groups: dict[str, list[str]]
    items: dict[str, list[str]]
    codes: dict[str, list[float]]
    comments: dict[str, list[str]]
    where: list[str]
    ledger: list[Entry] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.where)

    def keep(self, rows: Sequence[int]) -> None:
        """Keep the rows at these positions."""
        for part in (self.identity, self.groups, self.items, self.comments):
            for key, column in part.items():
                part[key] = [column[i] for i in rows]
        for key, codes in self.codes.items():
            self.codes[key] = [codes[i] for i in rows]
        self.where = [self.where[i] for i in rows]

    def add(self, other: _Rows) -> None:
        """Append another file's rows."""
        for mine, theirs in (
            (self.identity, other.identity), (self.groups, other.groups),
            (self.items, other.items), (self.comments, other.comments),
        ):  # fmt: skip
            for key in mine:
                mine[key] += theirs[key]
        for key in self.codes:
            self.codes[key] += other.codes[key]
        self.where += other.where
        self.ledger += other.ledger


def read(
    source: str | Path | Source | pd.DataFrame | Sequence[str | Path | Source],
    instrument: str | Path | Instrument | None,
    *,
    wave: str | None,
    school: str | None,
    strict: bool,
    keep: Literal["last", "first", "all"],
    ids: Literal["hashed", "as-is"],
    limits: Limits | None,
) -> Reading:
    """Read survey answers; :func:`relsurvey.read` documents the parameters."""
    if keep not in ("last", "first", "all"):
        raise ReadError(f"keep={keep!r} is not known. Use 'last', 'first' or 'all'.")
    if ids not in ("hashed", "as-is"):
        raise ReadError(f"ids={ids!r} is not known. Use 'hashed' or 'as-is'.")
    opened = _open(source, limits or Limits(), wave, school)
    if not opened:
        raise ReadError("There is no file to read: the list is empty.")
    chosen = find(instrument) if instrument is not None else _recognise(opened)
    whole: _Rows | None = None
    for part, given in opened:
        rows = _read_one(part, chosen, given, strict=strict)
        if whole is None:
            whole = rows
        else:
            whole.add(rows)
    assert whole is not None  # `opened` is not empty
    _drop_tests(whole)
    _drop_duplicates(whole, keep)
    _note_rows(whole, chosen)
    return _finish(whole, chosen, ids, tuple(part.sha256 for part, _ in opened))


def _open(
    source: str | Path | Source | pd.DataFrame | Sequence[str | Path | Source],
    limits: Limits,
    wave: str | None,
    school: str | None,
) -> list[tuple[Opened, Source]]:
    if isinstance(source, (str, Path, Source)):
        sources: list[str | Path | Source] = [source]
    elif hasattr(source, "iloc"):
        return [(from_frame(source), Source("DataFrame", wave, school))]
    else:
        sources = list(source)
    result = []
    for entry in sources:
        one = entry if isinstance(entry, Source) else Source(entry)
        result.append((open_file(Path(one.path), limits), Source(one.path, one.wave or wave, one.school or school)))
    return result


def _recognise(opened: list[tuple[Opened, Source]]) -> Instrument:
    """Choose the ready instrument whose questions all stand in the file."""
    ready = instruments()
    fits = []
    for candidate in ready.values():
        table = _best_table(opened[0][0], candidate)
        if table is not None and set(match.columns(table.header, candidate).items) == set(candidate.items):
            fits.append(candidate)
    if len(fits) == 1:
        return fits[0]
    raise MatchError(
        f"{opened[0][0].sheets[0].file if opened[0][0].sheets else 'The file'} is not an answer to one ready instrument "
        f"({', '.join(ready)}). Name the instrument: its id, or the path of its YAML file."
    )


def _best_table(opened: Opened, instrument: Instrument) -> Table | None:
    """Find the sheet and the header row that hold most of the instrument's columns."""
    best: tuple[int, Table] | None = None
    for sheet in opened.sheets:
        for row in range(min(_HEADER_ROWS, len(sheet.rows))):
            header = [cell.strip() for cell in sheet.rows[row]]
            try:
                found = match.columns(header, instrument)
            except MatchError:
                # Two columns of one question: still a header, and said as an error once it is the one chosen.
                table = under_header(sheet, row)
                return table
            score = 2 * len(found.items) + found.found
            if found.found and (best is None or score > best[0]):
                best = (score, under_header(sheet, row))
    return best[1] if best else None


def _read_one(opened: Opened, instrument: Instrument, given: Source, *, strict: bool) -> _Rows:
    table = _best_table(opened, instrument)
    if table is None:
        name = opened.sheets[0].file if opened.sheets else "The file"
        raise MatchError(
            f"{name} has no row in which a question of `{instrument.id}` stands. "
            "Check that it is the right file, the right sheet, and the right instrument."
        )
    form = next(f for f in FORMATS if f.detect(table))
    table = form.read(table)
    columns = match.columns(table.header, instrument)
    ledger = [
        Entry("open", table.where, len(table.rows), f"read as {form.NAME}" + "".join(f"; {n}" for n in opened.notes), "first row of the table is its header")
    ]  # fmt: skip
    header_row = table.numbers[0] - 1 if table.numbers else 1
    if header_row > 1:
        ledger.append(Entry("title rows", table.where, 0, f"the header stands in row {header_row}; the rows above it were passed over", "they hold no question of the instrument"))  # fmt: skip
    other = [s.name for s in opened.sheets if s is not table.sheet and any(any(c.strip() for c in r) for r in s.rows)]
    if other:
        ledger.append(Entry("other sheets", table.where, 0, f"{len(other)} other sheets were not read", "this sheet holds the most questions of the instrument"))  # fmt: skip
    _check_items(table, columns, instrument, ledger, strict=strict)
    _note_columns(table, columns, instrument, given, ledger)

    full = [i for i, row in enumerate(table.rows) if any(cell.strip() for cell in row)]
    if len(full) < len(table.rows):
        ledger.append(Entry("blank rows", table.where, len(table.rows) - len(full), "left out", "no cell of them is filled"))  # fmt: skip
    body = [table.rows[i] for i in full]
    if not body:
        raise ReadError(f"{table.where} has a header but no answers under it. Export it again after students have answered.")

    def column(position: int) -> list[str]:
        return [row[position].strip() for row in body]

    blank = [""] * len(body)
    rows = _Rows(
        identity={key: column(columns.identity[key]) if key in columns.identity else list(blank) for key in IDENTITY},
        groups={key: column(columns.groups[key]) if key in columns.groups else list(blank) for key in instrument.groups},
        items={key: column(columns.items[key]) if key in columns.items else list(blank) for key in instrument.items},
        codes={},
        comments={q.id: column(columns.comments[q.id]) if q.id in columns.comments else list(blank) for q in instrument.open_questions},
        where=[f"{table.where}, row {table.numbers[i]}" for i in full],
        ledger=ledger,
    )  # fmt: skip
    if not any(rows.identity["date"]) and table.dates:
        rows.identity["date"] = column(table.header.index(table.dates[0]))
    for key, value in (("wave", given.wave), ("school", given.school)):
        if value is not None:
            if any(rows.identity[key]):
                ledger.append(Entry("given", table.where, len(rows), f"the file's own {key} was replaced by the one given", "the caller named it"))  # fmt: skip
            rows.identity[key] = [value] * len(rows)
    _match_answers(rows, table, instrument, strict=strict)
    _match_groups(rows, table, instrument)
    _match_waves(rows, table, instrument, strict=strict)
    return rows


def _check_items(table: Table, columns: match.Columns, instrument: Instrument, ledger: list[Entry], *, strict: bool) -> None:
    missing = [item for item in instrument.items if item not in columns.items]
    if not missing:
        return
    left = [table.header[i] for i in columns.unused if table.header[i]]
    problems = [
        Unmatched(item, next(iter(instrument.items[item].text.values())), match.nearest(next(iter(instrument.items[item].text.values())), left), len(table.rows))
        for item in missing
    ]  # fmt: skip
    if strict:
        raise match.unmatched_error(
            problems,
            f"{table.where} lacks {len(missing)} of the {len(instrument.items)} questions of `{instrument.id}`",
            "Rename the columns, list the older wording under `was:`, or read with strict=False to go on without them.",
        )
    for problem in problems:
        ledger.append(Entry("missing questions", table.where, problem.rows, f"no column for `{problem.where}`; its answers are empty", "strict=False"))  # fmt: skip


def _note_columns(table: Table, columns: match.Columns, instrument: Instrument, given: Source, ledger: list[Entry]) -> None:
    ledger.append(
        Entry("columns", table.where, len(table.rows), f"{len(columns.items)} questions, {len(columns.groups)} group variables, {len(columns.identity)} identity columns, {len(columns.comments)} open questions", "matched by name or wording; case, blanks, apostrophes and dashes do not matter")
    )  # fmt: skip
    used_dates = set(table.dates) if "date" not in columns.identity else set()
    for position in columns.unused:
        name = table.header[position] or f"column {position + 1}"
        if name not in used_dates:
            ledger.append(Entry("columns not used", table.where, len(table.rows), f"{match.shown(name)} was left out", "the instrument does not name it"))  # fmt: skip
    for key in instrument.groups:
        if key not in columns.groups:
            ledger.append(Entry("missing columns", table.where, len(table.rows), f"no column for the group variable `{key}`", "students cannot be compared by it"))  # fmt: skip
    for key in instrument.identity:
        if key not in columns.identity and not (key == "wave" and given.wave) and not (key == "school" and given.school):
            why = "the unit is the row, and the same students cannot be followed over waves" if key == "respondent" else f"nothing can be said by {key}"
            ledger.append(Entry("missing columns", table.where, len(table.rows), f"no column for `{key}`", why))  # fmt: skip
    for question in instrument.comments:
        if not instrument.safety and question.id in columns.comments:
            ledger.append(Entry("comments", table.where, len(table.rows), f"the open question `{question.id}` was not read", "the instrument names no safety contact and reading deadline"))  # fmt: skip
        elif question.id not in columns.comments:
            ledger.append(Entry("missing columns", table.where, len(table.rows), f"no column for the open question `{question.id}`", "there are no comments"))  # fmt: skip


def _match_answers(rows: _Rows, table: Table, instrument: Instrument, *, strict: bool) -> None:
    problems: list[Unmatched] = []
    for name, options in instrument.options.items():
        items = [item for item in instrument.items if instrument.items[item].options == name]
        known = match.labels_of(options)
        seen: Counter[str] = Counter()
        for item in items:
            counted = Counter(rows.items[item])
            codes = {label: math.nan if label == "" else match.code_of(label, options, known) for label in counted}
            spellings = [text for option in options.options for text in option.label.values()]
            for label, code in codes.items():
                if code is None:
                    problems.append(Unmatched(f"{table.where}, column {match.shown(item)}", label, match.nearest(label, spellings), counted[label]))  # fmt: skip
            rows.codes[item] = [math.nan if (code := codes[label]) is None else code for label in rows.items[item]]
            seen += counted
        for label, count in seen.items():
            code = math.nan if label == "" else match.code_of(label, options, known)
            if label == "":
                rows.ledger.append(Entry("blank answers", table.where, count, f"answers to `{name}` questions left empty", "a blank is no answer"))  # fmt: skip
            elif code is not None and math.isnan(code):
                rows.ledger.append(Entry("not counted", table.where, count, f"answers {match.shown(label)} kept apart", "the instrument does not count this answer"))  # fmt: skip
            elif code is not None:
                rows.ledger.append(Entry("labels", table.where, count, f"answers {match.shown(label)} → {code:g}", f"options `{name}`"))  # fmt: skip
    if problems and strict:
        raise match.unmatched_error(
            problems,
            f"{len(problems)} answer labels fit no option of `{instrument.id}`",
            "Correct them in the file or add them to the instrument's options; strict=False leaves them out and says so in the ledger.",
        )
    for problem in problems:
        rows.ledger.append(Entry("unmatched labels", problem.where, problem.rows, f"{match.shown(problem.found)} is no answer to this question and was left out", "strict=False"))  # fmt: skip


def _match_groups(rows: _Rows, table: Table, instrument: Instrument) -> None:
    for key, group in instrument.groups.items():
        known = match.categories_of(group)
        counted = Counter(rows.groups[key])
        ids: dict[str, str] = {}
        for label, count in counted.items():
            if label == "":
                ids[label] = ""
                rows.ledger.append(Entry("groups", table.where, count, f"`{key}` left empty", "no answer is a group of its own kind"))  # fmt: skip
                continue
            parts = match.choices(label, known, table.multiple_separator) if group.multiple and fold(label) not in known else [label]
            found = list(dict.fromkeys(known.get(fold(part), part) for part in parts))
            why = "by its label"
            if len(found) == 1:
                ids[label] = found[0]
            elif group.combine:
                ids[label], why = group.combine, "more than one was chosen; the instrument combines them"
            else:
                ids[label], why = " + ".join(sorted(found)), "more than one was chosen; kept together"
            if group.categories and any(fold(part) not in known for part in parts):
                why = "the instrument does not list it; kept as itself"
            rows.ledger.append(Entry("groups", table.where, count, f"`{key}`: {match.shown(label)} → {match.shown(ids[label])}", why))  # fmt: skip
        rows.groups[key] = [ids[label] for label in rows.groups[key]]


def _match_waves(rows: _Rows, table: Table, instrument: Instrument, *, strict: bool) -> None:
    if not instrument.waves or not any(rows.identity["wave"]):
        return
    known = {fold(wave): wave for wave in instrument.waves}
    counted = Counter(rows.identity["wave"])
    unknown = [w for w in counted if fold(w) not in known]
    if unknown and strict:
        problems = [Unmatched(f"{table.where}, wave", w, match.nearest(w, instrument.waves), counted[w]) for w in unknown]
        raise match.unmatched_error(
            problems, f"Some rows belong to no wave of `{instrument.id}` ({', '.join(instrument.waves)})",
            "Correct the file, add the wave to the instrument, or name it: wave=\"fall\".",
        )  # fmt: skip
    for wave in unknown:
        rows.ledger.append(Entry("waves", table.where, counted[wave], f"{match.shown(wave)} is no wave of the instrument; kept as itself", "strict=False"))  # fmt: skip
    rows.identity["wave"] = [known.get(fold(wave), wave) for wave in rows.identity["wave"]]


def _drop_tests(rows: _Rows) -> None:
    """Leave out rows that someone sent to try the form: by a test id, or by a test comment where no id is given."""

    def is_test(i: int) -> bool:
        respondent = fold(rows.identity["respondent"][i])
        if respondent:
            return bool(_TEST_ID.match(respondent))
        return any(fold(texts[i]) in _TEST_COMMENT for texts in rows.comments.values())

    tests = [i for i in range(len(rows)) if is_test(i)]
    if tests:
        rows.ledger.append(Entry("test rows", _some([rows.where[i] for i in tests]), len(tests), "left out", "their id, or a comment where there is no id, says that they are a test"))  # fmt: skip
        gone = set(tests)
        rows.keep([i for i in range(len(rows)) if i not in gone])


def _drop_duplicates(rows: _Rows, keep: str) -> None:
    """Keep one row a respondent and wave: the last or the first handed in; without dates, in the file."""
    by_person: dict[tuple[str, str], list[int]] = {}
    for i in range(len(rows)):
        if rows.identity["respondent"][i]:
            by_person.setdefault((rows.identity["respondent"][i], rows.identity["wave"][i]), []).append(i)
    repeated = [group for group in by_person.values() if len(group) > 1]
    if not repeated:
        return
    extra = sum(len(group) - 1 for group in repeated)
    if keep == "all":
        rows.ledger.append(Entry("duplicates", "all files", extra, "further rows of the same respondent and wave were kept", "keep='all'"))  # fmt: skip
        return
    dates = rows.identity["date"]
    # Only dates that sort as text (year first) can say which row came later; else the file's order does.
    sortable = all(re.match(r"\d{4}-\d{2}-\d{2}", dates[i]) for group in repeated for i in group)
    gone: set[int] = set()
    for group in repeated:
        ordered = sorted(group, key=lambda i: (dates[i], i)) if sortable else group
        chosen = ordered[-1] if keep == "last" else ordered[0]
        gone.update(i for i in group if i != chosen)
    rows.ledger.append(Entry("duplicates", _some([rows.where[i] for i in sorted(gone)]), extra, f"left out; the {keep} row of the same respondent and wave was kept", "by the date of the answer" if sortable else "by the order of the file"))  # fmt: skip
    rows.keep([i for i in range(len(rows)) if i not in gone])


def _note_rows(rows: _Rows, instrument: Instrument) -> None:
    if not len(rows):
        raise ReadError("No rows are left after test rows and duplicates: the ledger would be all there is. Check the file.")
    empty = sum(all(math.isnan(codes[i]) for codes in rows.codes.values()) for i in range(len(rows)))
    if empty:
        rows.ledger.append(Entry("no answers", "all files", empty, "rows in which no question counts were kept, and count for no scale", "they say who was reached"))  # fmt: skip
    nameless = sum(not value for value in rows.identity["respondent"])
    if nameless and "respondent" in instrument.identity and nameless < len(rows):
        rows.ledger.append(Entry("no id", "all files", nameless, "rows without an id count as one respondent each", "nothing says whose they are"))  # fmt: skip
    rows.ledger.append(Entry("rows kept", "all files", len(rows), "one row a respondent and wave", "what every result is made from"))


def _some(places: list[str]) -> str:
    return "; ".join(places[:3]) + (f"; and {len(places) - 3} more" if len(places) > 3 else "")


def _finish(rows: _Rows, instrument: Instrument, ids: str, hashes: tuple[str, ...]) -> Reading:
    import numpy as np
    import pandas as pd

    if ids == "hashed":
        key = identity.local_key()
        for name in _HASHED:
            distinct = {value: identity.hashed(value, key) if value else "" for value in set(rows.identity[name])}
            rows.identity[name] = [distinct[value] for value in rows.identity[name]]
        why = "a keyed hash whose key stays on this machine"
    else:
        why = "ids='as-is': this study holds the file's own ids"
    if any(rows.identity["respondent"]):
        rows.ledger.append(Entry("ids", "all files", len(rows), "respondent and teacher ids replaced" if ids == "hashed" else "ids kept as they are", why))  # fmt: skip
    present = [name for name in IDENTITY if any(rows.identity[name])]
    identities: dict[str, object] = {}
    for name in present:
        if name in _NUMBERS:
            identities[name] = pd.to_numeric(pd.Series(rows.identity[name], dtype=object), errors="coerce")
        else:
            identities[name] = _words(rows.identity[name])
    if "respondent" not in present:
        identities = {"respondent": _words([f"row-{i + 1}" for i in range(len(rows))]), **identities}
    groups = {name: _words(column) for name, column in rows.groups.items()}
    responses = pd.DataFrame({**identities, **groups, **{n: np.asarray(c, dtype=float) for n, c in rows.codes.items()}})
    responses = responses[[*identities, *groups, *instrument.items]]
    answers = pd.DataFrame({**identities, **groups, **{n: _words(rows.items[n]) for n in instrument.items}})
    comments = pd.DataFrame(
        [
            (identities["respondent"][i], question, text)  # type: ignore[index]
            for question, texts in rows.comments.items()
            for i, text in enumerate(texts)
            if text
        ],
        columns=["respondent", "question", "text"],
    )
    named = " ".join({*rows.identity["school"], *(str(where) for where in rows.where[:1])})
    simulated = bool(re.search(r"\bsimula(ted|d[oa])s?\b", named, re.IGNORECASE))
    return Reading(instrument, responses, answers, comments, tuple(rows.ledger), hashes, simulated)


def _words(values: list[str]) -> pd.Series:
    """Return texts as a column in which an empty one is missing."""
    import pandas as pd

    return pd.Series([value or None for value in values], dtype=object)
