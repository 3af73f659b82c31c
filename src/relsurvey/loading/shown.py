"""What may be shown of a file: counts without small ones, answers, never a student's own words."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from relsurvey.instrument.fold import fold
from relsurvey.reading.dates import sortable
from relsurvey.reading.formats import Table
from relsurvey.reading.ledger import Entry
from relsurvey.reading.match import alike
from relsurvey.reading.page import Section, account
from relsurvey.words import students_words

#: A count under this is not said.
FEW = 10
#: A text in fewer rows than this may be a student's own words, such as those behind "Other".
_RARE = 3
#: A text as alike as this to an answer that is known is that answer misspelt.
_MISSPELT = 0.75
_LONGEST_LABEL = 120
_QUOTED = re.compile(r"""(?<!\w)(?:'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*")(?!\w)""")
#: Steps of the ledger whose lines quote no cell; a step that is not here is quiet until someone has looked.
PLAIN = frozenset(
    (
        "open", "title rows", "other sheets", "layout", "mapping", "headings", "columns",
        "columns not used", "joined columns", "missing columns", "missing questions", "blank rows",
        "totals rows", "test rows",
        "blank answers", "code direction", "comments", "id spelling", "no id", "no number", "shared ids",
        "roster", "opted out", "duplicates", "duplicates kept", "unfinished", "few answers", "no answers",
        "ids", "ppra", "rows kept", "score cells", "empty cells", "grading rules", "marks", "measures",
        "dials", "former rows",
        "gradebook",
    )
)  # fmt: skip
#: Steps whose lines quote answers that are known; of a group variable or another key; and waves.
KNOWN = frozenset(("labels", "score codes", "not counted", "missing codes", "excel dates"))
OF_A_KEY = frozenset(("groups", "given"))
OF_WAVES = frozenset(("waves", "one wave only"))
_OF = re.compile(r"`([^`]+)`: ")


def count(number: int) -> str:
    """Return a count as it may be shown.

    Examples
    --------
    >>> count(9), count(1234)
    ('under 10', '1,234')
    """
    return f"{number:,}" if number >= FEW else f"under {FEW}"


def students(number: int) -> dict[str, str]:
    """Return how many students, in English and Spanish.

    Examples
    --------
    >>> students(57)["en"], students(4)["es"]
    ('40 to 99 students', 'menos de 10 estudiantes')
    """
    if number < FEW:
        return {"en": f"under {FEW} students", "es": f"menos de {FEW} estudiantes"}
    return students_words(["en", "es"], number)


def may_be_shown(text: str, rows: int, known: Iterable[str] = ()) -> bool:
    """Say whether a text of an answer column is an answer, and not one student's own words.

    Parameters
    ----------
    text
        What stands in the cell.
    rows
        How many rows hold it.
    known
        Answers that are known.

    Examples
    --------
    >>> may_be_shown("Oftn", 1, ["Often"]), may_be_shown("my friend Ana", 1, ["Often"])
    (True, False)
    >>> may_be_shown("Souvent", 3), may_be_shown("ana@example.org", 30), may_be_shown("100234", 4)
    (True, False, False)
    """
    if len(text) > _LONGEST_LABEL or "@" in text or re.search(r"\d{5}", text):
        return False
    return rows >= _RARE or any(alike(text, answer) >= _MISSPELT for answer in known)


def column_name(name: str, place: str) -> str:
    """Return what a column is called on the screen: its name, or where it stands if that looks like a cell.

    Examples
    --------
    >>> column_name("I belong here.", "column C"), column_name("ana@example.org", "column B")
    ('I belong here.', 'column B')
    """
    number = re.fullmatch(r"[-+]?\d[\d.,]*", name.strip()) is not None
    return place if "@" in name or number or sortable([name]) is not None else name[:300]


def headless(table: Table) -> bool:
    """Say whether the first row of answers stands where the names of columns should.

    It does if many names stand again among the answers under them.
    """
    again = [fold(c.header) in {fold(text) for text in c.cells.counts()} for c in table.columns if c.header]
    return sum(again) > max(1, 0.2 * len(again))


def sections(
    ledger: Sequence[Entry], answers: Collection[str], *, several: bool, of: str = "study"
) -> list[Section]:
    """Return a ledger as it may be shown: no row numbers, small counts masked, few texts quoted.

    Parameters
    ----------
    ledger
        Every decision taken while reading.
    answers
        Group variables and identity keys whose columns hold answers, so that a line may quote them.
    several
        Whether there are several files, so that a line says of which one it speaks.
    of
        What has the whole ledger.
    """
    quiet: dict[tuple[str, str], int] = {}
    kept = []
    for entry in ledger:
        where = "; ".join(dict.fromkeys(place.split(", row ")[0] for place in entry.where.split("; ")))
        if not _may_be_quoted(entry, answers):
            quiet[entry.step, where] = quiet.get((entry.step, where), 0) + entry.rows
        elif entry.effect != "columns":
            kept.append(replace(entry, where=where))
    for (step, where), rows in quiet.items():
        kept.append(Entry(step, where, rows, "further texts", f"{of}.ledger says what was done with each"))
    return [_masked(section, several=several) for section in account(kept)]


def _may_be_quoted(entry: Entry, answers: Collection[str]) -> bool:
    if entry.step in PLAIN:
        return True
    if entry.rows < FEW:
        return False
    of = _OF.match(entry.what)
    return (
        entry.step in KNOWN
        or (entry.step in OF_A_KEY and (of is None or of[1] in answers))
        or (entry.step in OF_WAVES and "wave" in answers)
    )


def _masked(section: Section, *, several: bool) -> Section:
    columns = section.columns if several else tuple(name for name in section.columns if name != "where")
    lines = []
    for first, *rest in section.lines:
        sign, _, number = first.rpartition(" ")
        masked = count(int(number.replace(",", "")))
        lines.append((f"{sign} {masked}".strip(), *rest)[: len(columns)])
    return Section(section.title, columns, tuple(lines))


def sentence(message: str, safe: Collection[str]) -> str:
    """Return an error's sentence in which nothing is quoted but names that may be shown.

    Parameters
    ----------
    message
        The sentence; it quotes what stands in a file in quotation marks.
    safe
        What may stay: names of files, sheets and columns, and the instrument's own words.

    Examples
    --------
    >>> sentence("The roster 'b.csv' says 'ask Ana' of opting out.", {"b.csv"})
    "The roster 'b.csv' says … of opting out."
    """

    def kept(match: re.Match[str]) -> str:
        try:
            said = str(ast.literal_eval(match[0]))
        except (ValueError, SyntaxError):
            return "…"
        cut = said.removesuffix("…")
        whole = cut == said
        return match[0] if any(cut == name if whole else name.startswith(cut) for name in safe) else "…"

    return _QUOTED.sub(kept, message)
