"""What one gradebook file holds by itself: its rows, what it does not say, its categories, its odd texts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from relsurvey.errors import MatchError, RelsurveyError, Unmatched
from relsurvey.loading.grades_choices import FIELDS
from relsurvey.loading.kinds import Chosen

if TYPE_CHECKING:
    from relsurvey.grading import Gradebook
    from relsurvey.reading import Limits


@dataclass(frozen=True)
class File:
    """A file, or OneRoster's tables that came one by one and are one.

    Attributes
    ----------
    path
        The file; of several tables the one with the results.
    parts
        What it consists of.
    name
        What it is called on the screen.
    """

    path: Path
    parts: tuple[Chosen, ...]
    name: str

    @property
    def plain(self) -> bool:
        """Whether only a mapping says what its columns hold."""
        return not self.parts[0].form

    @property
    def key(self) -> str:
        """What its choices are kept under."""
        return str(self.path)


@dataclass(frozen=True)
class Alone:
    """What a file holds by itself.

    Attributes
    ----------
    rows
        How many rows are in it.
    lacks
        By what it does not say of itself (``FIELDS``): ``all`` rows lack it, or ``some``; ``name`` for a
        course that is known by the file's name alone.
    categories
        By the title of a piece of work its category, as the file's totals tell; None where they do not.
    groups
        The categories that its totals name.
    unmatched
        Texts that stand for no number.
    error
        Why it cannot be read.
    """

    rows: int = 0
    lacks: Mapping[str, str] = field(default_factory=dict)
    categories: Mapping[str, str | None] = field(default_factory=dict)
    groups: tuple[str, ...] = ()
    unmatched: tuple[Unmatched, ...] = ()
    error: str = ""


def look_alone(
    file: File, codes: Mapping[str, float | str], table: dict[str, Any] | None, limits: Limits
) -> Alone:
    """Return what a file holds by itself; what is left to say of it is no error.

    Parameters
    ----------
    file
        The file.
    codes
        What texts in place of a number stand for.
    table
        How a plain table is read; None where it says that itself.
    limits
        What reading it may cost.
    """
    from relsurvey.grading import Source, read_gradebook

    sources = [Source(part.path) for part in file.parts]
    try:
        read = read_gradebook(
            sources, blank="ungraded", codes=codes, mapping=only_tried(table), limits=limits
        )
    except MatchError as error:
        if any(one.found not in codes for one in error.unmatched):
            # What else is in it does not hang on what they stand for.
            rest = {one.found: "ungraded" for one in error.unmatched}
            other = look_alone(file, {**codes, **rest}, table, limits)
            return Alone(other.rows, other.lacks, unmatched=error.unmatched + other.unmatched)
        message = str(error).partition("\n\n")[0]
        # Nobody wrote a mapping: what is wrong with it is wrong with how the file was taken.
        said = message.removeprefix("mapping: ")
        return Alone(error=message if said == message else f"{file.name}: {said}")
    except RelsurveyError as error:
        return Alone(error=str(error))
    rows = sum(entry.rows for entry in read.entries if entry.step == "open")
    groups = _groups(file)
    titles: dict[str, str | None] = {}
    if groups:
        once = read.scores[["item", "category"]].drop_duplicates()
        titles = {str(item): kind for item, kind in zip(once["item"], once["category"], strict=True)}
    return Alone(rows, _lacks(read), titles, groups)


def only_tried(parts: dict[str, Any] | None) -> dict[str, Any] | None:
    """Return a mapping's parts so that they are not remembered."""
    from relsurvey.grading.mapping import TRIED

    return None if parts is None else {**parts, "fingerprint": TRIED}


def _groups(file: File) -> tuple[str, ...]:
    """Return the categories that a Canvas file has totals of."""
    from relsurvey.grading.formats.canvas_layout import detect, layout_of

    [first, *_] = file.parts
    if not first.form.startswith("Canvas") or first.opened is None:
        return ()
    return tuple(next(layout_of(sheet).groups for sheet in first.opened.sheets if detect(sheet)))


def _lacks(read: Gradebook) -> dict[str, str]:
    """Return what a file does not say of itself, and of how many rows."""
    from relsurvey.grading.reading import BY_NAME

    lacks = {}
    for name in FIELDS:
        frames = [frame for frame in (read.scores, read.marks) if len(frame) and name in frame]
        if frames and all(frame[name].isna().any() for frame in frames):
            lacks[name] = "some" if any(frame[name].notna().any() for frame in frames) else "all"
    if any(entry.what == BY_NAME for entry in read.entries):
        lacks = {"course": "name", **lacks}
    return lacks
