"""What may stand on a protocol's list: names, read at this moment and kept nowhere; no survey answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from relsurvey.errors import AnalysisError
from relsurvey.escape import one_line, plain_text
from relsurvey.grading.student_tables import StudentTable, _heading, student_table
from relsurvey.instrument import instruments
from relsurvey.instrument.fold import fold
from relsurvey.reading import identity
from relsurvey.reading.headings import HEADINGS
from relsurvey.reading.match import names_of

if TYPE_CHECKING:
    import pandas as pd

_WHOLE = (
    "name", "student name", "full name", "display name", "sortable name", "nombre completo",
    "nombre del estudiante", "nombre de estudiante", "nombre del alumno", "nombre y apellidos", "nombre",
)  # fmt: skip
_FIRST = ("first name", "given name", "firstname", "nombres", "nombre", "primer nombre")
_LAST = ("last name", "family name", "surname", "lastname", "apellidos", "apellido")
Known = TypeVar("Known")

#: A longer one is no name.
_LONGEST = 80


def names_by_key(source: str | Path | pd.DataFrame) -> dict[str, str]:
    """Return names by id, in the form in which spellings of an id are equal.

    Parameters
    ----------
    source
        The school's own table, one row a student: the id, and the name in one column or two.

    Raises
    ------
    AnalysisError
        If it has no column with names or with ids, or two names for one id; or holds survey answers.
    ReadError
        If the file cannot be read.
    """
    no_survey("names", source)
    table = student_table(source, "The names")
    no_survey_columns(table.frame, table.where)
    table, texts = _columns(table)
    found: dict[str, str] = {}
    twice = set()
    for key, text in zip(table.keys, texts, strict=True):
        name = shown(text)
        if name and found.setdefault(key, name) != name:
            twice.add(key)
    if twice:
        ids = "1 id has" if len(twice) == 1 else f"{len(twice):,} ids have"
        raise AnalysisError(
            f"{table.where}: {ids} two rows with different names, so it is not known who is who. "
            "Keep one row a student."
        )
    return found


def _columns(table: StudentTable) -> tuple[StudentTable, list[str]]:
    by = {_heading(name): str(name) for name in reversed(list(table.frame))}
    first, last, whole = (
        next((by[text] for text in texts if text in by), None) for texts in (_FIRST, _LAST, _WHOLE)
    )
    if first is not None and last is not None:
        pairs = zip(table.texts(first), table.texts(last), strict=True)
        return table, [" ".join(filter(None, pair)) for pair in pairs]
    if whole is not None:
        return table, table.texts(whole)
    # In a roster of Canvas "Student" is the name, and the ids stand beside it.
    ids = next((by[text] for text in map(_heading, HEADINGS["respondent"]) if text in by), None)
    if ids is None:
        raise AnalysisError(f"{table.where} has no column with students' names. Head that column `name`.")
    keyed = student_table(table.frame.assign(student=table.frame[ids], name=table.names), "The names")
    return keyed, keyed.texts("name")


def shown(text: str) -> str:
    r"""Return a text as a list shows it: on one line, with nothing that cannot be seen.

    Examples
    --------
    >>> shown("  Ana\u202e\n Ruiz "), len(shown("a" * 500))
    ('Ana Ruiz', 80)
    """
    line = one_line(plain_text(text))
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"


def name_of(student: str, names: Mapping[str, str]) -> str:
    """Return a student's name, "" where there is none; names are by plain id and by hashed id."""
    return names.get(identity.plain(student), "")


def with_hashed(names: Mapping[str, Known], students: Iterable[str]) -> dict[str, Known]:
    """Return what is known by id also by the hashed ids that a gradebook has, where it has such."""
    known = dict(names)
    if any(identity.plain(student) not in known for student in students):
        key = identity.local_key()
        known |= {identity.replaced(one, key): name for one, name in names.items()}
    return known


def no_survey(what: str, given: Any) -> None:
    """Refuse what is made of survey answers.

    Raises
    ------
    AnalysisError
        If it is a study, scores of one, or a table with columns of one.
    """
    rooms = ("study", "scoring", "aggregate", "view", "comments", "disclosure", "widgets", "instrument")
    for kind in type(given).__mro__:
        package, _, room = kind.__module__.partition(".")
        if package == "relsurvey" and room.split(".")[0] in rooms:
            raise _survey(what)
    if isinstance(given, (str, Path)):
        return
    if hasattr(given, "columns"):
        no_survey_columns(given, f"`{what}`")
    elif isinstance(name := getattr(given, "name", None), str):
        no_survey_words([name], f"`{what}`")


def no_survey_columns(frame: pd.DataFrame, where: str) -> None:
    """Refuse a table that has columns of a survey.

    Raises
    ------
    AnalysisError
        If a column is an item, an open question or a scale of a ready instrument.
    """
    no_survey_words([str(name) for name in frame.columns], where)


def no_survey_words(words: Iterable[str], where: str, *, whole: bool = False) -> None:
    """Refuse headings, courses or pieces of work that are items or scales of a survey.

    Parameters
    ----------
    words
        The texts.
    where
        What messages call the place they stand in.
    whole
        Whether a text is one only as a whole: a piece of work may be called "Provide support for a claim".

    Raises
    ------
    AnalysisError
        If one is.
    """
    asked = _asked()
    for word in words:
        text = fold(word).replace("_", " ")
        if text in asked or (not whole and any(text.startswith(f"{one} ") for one in asked)):
            raise AnalysisError(
                f"{where} holds survey answers, and none ever stands beside a student's name: "
                "give a table without them."
            )


def _survey(what: str) -> AnalysisError:
    return AnalysisError(
        f"`{what}` holds survey answers, and none ever stands beside a student's name: a list is made of a "
        "gradebook, attendance and lanes alone."
    )


@cache
def _asked() -> frozenset[str]:
    asked = set()
    for instrument in instruments().values():
        names = names_of(instrument)
        asked |= {text for text, ((kind, _), _) in names.items() if kind in {"items", "comments"}}
        for key, scale in instrument.scales.items():
            asked |= {fold(text) for text in (key, *scale.title.values())}
    return frozenset(text.replace("_", " ") for text in asked)
