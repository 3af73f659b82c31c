"""What kind of file was chosen: answers to a survey, or a gradebook."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from relsurvey.errors import MatchError, ReadError

if TYPE_CHECKING:
    from relsurvey.instrument import Instrument
    from relsurvey.reading import Limits
    from relsurvey.reading.opening import Opened


@dataclass(frozen=True)
class Chosen:
    """A file, looked at.

    Attributes
    ----------
    path
        Where it is.
    opened
        What stands in it; None for a package of tables (a folder or a ZIP file).
    form
        Which program's gradebook it is, such as ``Canvas gradebook``; "" for any other table.
    table
        Of OneRoster's tables that come one by one, which it is.
    """

    path: Path
    opened: Opened | None
    form: str
    table: str = ""


def look(path: Path, limits: Limits) -> Chosen:
    """Open a file and say which program's gradebook it is, if any.

    Raises
    ------
    ReadError
        If it cannot be read.
    """
    from relsurvey.grading.formats import aeries, canvas, classroom, oneroster, powerschool
    from relsurvey.reading.opening import open_file

    if oneroster.package(path):
        return Chosen(path, None, oneroster.NAME)
    opened = open_file(path, limits)
    stem = oneroster.detect(opened)
    if stem is not None:
        return Chosen(path, opened, oneroster.NAME, stem)
    forms: tuple[Any, ...] = (canvas, powerschool, aeries, classroom)
    for sheet in opened.sheets:
        for form in forms:
            if form.detect(sheet):
                return Chosen(path, opened, form.NAME)
    return Chosen(path, opened, "")


def is_survey(chosen: Chosen, known: Iterable[Instrument]) -> bool:
    """Say whether a file holds most questions of an instrument."""
    from relsurvey.loading.beginning import recognised

    by: Mapping[str, Instrument] = {one.id: one for one in known}
    return not chosen.form and chosen.opened is not None and bool(by) and bool(recognised(chosen.opened, by))


def is_gradebook(chosen: Chosen, known: Iterable[Instrument]) -> bool:
    """Say whether a file is a gradebook: a program's own, or a table whose headings or mapping say so.

    A table that an instrument's questions stand in is none, whatever its other headings are.

    Parameters
    ----------
    chosen
        The file.
    known
        The instruments that it could belong to.

    Examples
    --------
    >>> import tempfile
    >>> from relsurvey.reading import Limits
    >>> path = Path(tempfile.mkdtemp()) / "marks.csv"
    >>> _ = path.write_text("Student ID,Course,Letter Grade" + chr(10) + "s1,Algebra,B" + chr(10))
    >>> is_gradebook(look(path, Limits()), [])
    True
    """
    if chosen.form:
        return True
    if chosen.opened is None or is_survey(chosen, known):
        return False
    from relsurvey.loading.drafts import draft_of

    try:
        draft = draft_of(chosen.path, chosen.opened)
    except (ReadError, MatchError):
        return False
    return draft.known or draft.settled
