"""Every place where something of a study lies: what is in it, how large it is, and since when."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from relsurvey.errors import ReadError
from relsurvey.grading import list_files, read_files, snapshots
from relsurvey.keeping import places
from relsurvey.keeping.until import kept_until
from relsurvey.reading import identity

Holds = Literal["rows", "hashes", "aggregates", "key", "tokens", "who did what", "labels of answers", "names"]


@dataclass(frozen=True)
class Kept:
    """A place.

    Attributes
    ----------
    what
        What it is, in words.
    path
        Where it lies.
    holds
        What of students is in it.
    bytes
        Its size, that of all its files together; None where it is gone.
    changed
        The day it was written last.
    note
        What a person should know of it; often empty.
    """

    what: str
    path: Path
    holds: Holds
    bytes: int | None
    changed: datetime.date | None
    note: str = ""


def everywhere(today: datetime.date | None = None) -> list[Kept]:
    """Return every place that relsurvey knows of on this computer.

    Parameters
    ----------
    today
        The day to judge by whether rows are kept too long; None takes the system's.

    Notes
    -----
    It knows the files it read and the folders it published to. It cannot know of copies: in a notebook's
    output, in a cloud folder, in a mail, in a backup.
    """
    return [*_known(today), *_own()]


def passed(instrument: str, today: datetime.date | None = None) -> datetime.date | None:
    """Return until when an instrument's rows were to be kept, if that has passed and some are there."""
    days = [
        until.day
        for source in places.read().of(instrument).sources.values()
        if source.path.exists() and (until := kept_until(source.first, source.keep_until, today)).passed
    ]
    return min(days, default=None)


def _known(today: datetime.date | None) -> Iterator[Kept]:
    known = places.read()
    for source in sorted(known.sources.values(), key=lambda s: (s.instrument, s.roster, str(s.path))):
        until = kept_until(source.first, source.keep_until, today)
        note = f"keep until {until.day}" + (": that day has passed" if until.passed else "")
        what = "who was asked" if source.roster else "answers"
        yield _place(f"{source.instrument}: {what}, a file of the school", source.path, "rows", note)
    for folder in sorted(known.folders.values(), key=lambda f: (f.instrument, str(f.path))):
        yield _place(
            f"{folder.instrument}: a published view", folder.path, "aggregates", "with comments if released"
        )
        if folder.ledger is not None:
            yield _place(f"{folder.instrument}: its ledger of releases", folder.ledger, "hashes")
    for one in read_files.remembered():
        until = kept_until(one.first, None, today)
        note = f"keep until {until.day}" + (": that day has passed" if until.passed else "")
        yield _place("a gradebook, a file of the school", one.path, "rows", note)
    for kept in sorted(snapshots.folders()):
        yield _place("dated snapshots of a gradebook", kept, "rows", "of students, with their scores")
    yield from _lists(today or datetime.date.today())


def _lists(today: datetime.date) -> Iterator[Kept]:
    try:
        known = list_files.listed()
    except ReadError as cause:
        yield _place("the list of lists with students' names", list_files.file(), "who did what", str(cause))
        return
    for one in known:
        what = f"a list for a protocol ({one.kind.replace('_', ' ')})"
        found = _place(what, one.path, "names", f"of students; shred by {one.until}")
        if found.bytes is None:
            note = f"gone, or moved: if it was moved, shred it by {one.until} where it lies now"
            found = replace(found, note=note)
        elif today > one.until:
            found = replace(found, note=f"{found.note}: that day has passed")
        yield found


def _own() -> Iterator[Kept]:
    home = identity.home()
    for file in sorted((home / "releases").glob("*.jsonl")):
        yield _place(f"{file.stem}: ledger of releases", file, "hashes", "of students and their rows")
    for file in sorted((home / "comments").glob("*.jsonl")):
        yield _place(f"{file.stem}: decisions on comments", file, "hashes", "no words of theirs")
    for file in sorted((home / "mappings").glob("*.yaml")):
        yield _place(f"{file.stem}: a mapping of a file", file, "labels of answers", "no student")
    for file in sorted((home / "tokens").glob("*.json")):
        yield _place("tokens of served views", file, "tokens")
    for name, what, holds in (
        ("id.key", "the key that ids are hashed with", "key"),
        ("places.json", "the list of files read and folders published to", "who did what"),
        ("gradebooks.json", "the list of gradebooks read", "who did what"),
        ("snapshots.json", "the list of folders with snapshots", "who did what"),
        ("lists.json", "the list of lists with students' names", "who did what"),
        ("log.jsonl", "the log", "who did what"),
    ):
        if (home / name).exists():
            yield _place(what, home / name, holds)  # type: ignore[arg-type]


def _place(what: str, path: Path, holds: Holds, note: str = "") -> Kept:
    try:
        files = [path] if path.is_file() else [file for file in path.rglob("*") if file.is_file()]
        stats = [file.stat() for file in files]
    except OSError:
        stats = []
    if not stats:
        return Kept(what, path, holds, None, None, "gone, or moved")
    changed = datetime.date.fromtimestamp(max(stat.st_mtime for stat in stats))
    return Kept(what, path, holds, sum(stat.st_size for stat in stats), changed, note)
