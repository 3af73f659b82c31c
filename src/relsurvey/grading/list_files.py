"""Where protocols' lists lie, until when, and how they are deleted.

What is remembered of a list is its place and its days: no id, no name. It is remembered before the file is
written, so that a write that is killed leaves no list that nobody knows of.
"""

from __future__ import annotations

import datetime
import glob
import json
import re
import zipfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from relsurvey.errors import PublishError, ReadError
from relsurvey.files import MANIFEST, write_atomic
from relsurvey.grading.synced import synced_by
from relsurvey.reading import identity
from relsurvey.sealed import held
from relsurvey.words import say

#: A list is deleted at the first start after so many days.
DAYS = 14
SUFFIXES = (".xlsx", ".csv")

#: So long it is remembered that a list could not be found: it may come back, as on a stick.
_LOST_DAYS = 365
_TEMPORARY = re.compile(r"[a-z0-9_]{8}\Z")
#: More than any list; a file is not looked through further.
_LARGEST = 100_000_000


@dataclass(frozen=True)
class Listed:
    """A list that was written.

    Attributes
    ----------
    path
        Where.
    kind
        Of which protocol.
    made, until
        The day, and the last day on which it is kept.
    lost
        Whether it was said that it cannot be found.
    """

    path: Path
    kind: str
    made: datetime.date
    until: datetime.date
    lost: bool = False


def footer(language: str, until: datetime.date) -> str:
    """Return what stands on every page of a list.

    Examples
    --------
    >>> footer("en", datetime.date(2026, 3, 20))
    'Education record: shred by 2026-03-20'
    """
    return say(language, "grading.lists_footer", day=until.isoformat())


def check(path: Path) -> None:
    """Refuse a place where a list must not lie.

    Raises
    ------
    ReadError
        If the file would be neither a workbook nor CSV.
    PublishError
        If the folder is copied to other machines or holds a published view, or another file lies there.
    """
    if path.suffix.lower() not in SUFFIXES:
        raise ReadError(f"A list is a workbook or CSV: end {path.name!r} in .xlsx or .csv.")
    folder = path.parent
    service = synced_by(folder)
    if service is not None:
        raise PublishError(
            f"{folder} is copied to other machines by {service}, and a list names students. "
            "Choose a folder of this machine alone."
        )
    for parent in {*(folder, *folder.parents), *(folder.resolve(), *folder.resolve().parents)}:
        if (parent / MANIFEST).is_file() or (parent / "teams.yaml").is_file():
            raise PublishError(
                f"{parent} holds a published view, which others can see, and a list names students. "
                "Choose another folder."
            )
    if path.exists() and not any(one.path == path for one in listed()):
        raise PublishError(f"{path} is another file already. Choose another name, or delete it first.")


def write(
    path: Path, kind: str, content: Callable[[datetime.date], bytes], today: datetime.date | None = None
) -> Listed:
    """Write a list, whole or not at all, for its owner alone, and remember it.

    Parameters
    ----------
    path
        Where; its folder is made.
    kind
        Of which protocol.
    content
        Gives what is in it, for the last day on which it is kept.
    today
        The day; None takes the system's.

    Raises
    ------
    ReadError, PublishError
        If it must not lie there, or cannot be written.
    """
    path = path.absolute()
    check(path)
    day = today or datetime.date.today()
    new = Listed(path, kind, day, day + datetime.timedelta(days=DAYS))
    data = content(new.until)
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as cause:
        raise PublishError(f"Cannot make the folder {path.parent}: {cause.strerror}.") from cause
    with held(_lock(), "lists"):
        lists, events = _read()
        # The one it replaces is remembered until it is replaced: each is deleted on its own day.
        _remember([*(one for one in lists if one != new), new], events)
        _sweep(path)
        try:
            write_atomic(path, data, mode=0o600)
        except BaseException:
            _remember(lists, events)
            raise
        told = {"what": "wrote a list", "kind": kind, "on": day.isoformat()}
        _remember([*(one for one in lists if one.path != path), new], [*events, told])
    return new


def listed() -> tuple[Listed, ...]:
    """Return the lists that are remembered, the oldest first.

    Raises
    ------
    ReadError
        If what is remembered cannot be read.
    """
    return tuple(_read()[0])


def holds_list(folder: Path) -> bool:
    """Tell whether a list that is remembered lies in a folder or below it.

    Raises
    ------
    ReadError
        If what is remembered cannot be read.
    """
    where = folder.resolve()
    return known() and any(where in one.path.resolve().parents and one.path.is_file() for one in listed())


def expire(today: datetime.date | None = None) -> tuple[str, ...]:
    """Delete the lists whose days are over, and say so, one sentence each.

    Parameters
    ----------
    today
        The day to judge by; None takes the system's.
    """
    if not known():
        return ()
    day = today or datetime.date.today()
    said: list[str] = []
    try:
        with held(_lock(), "lists"):
            lists, events = _read()
            kept = []
            for one in lists:
                _sweep(one.path)
                if day <= one.until:
                    kept.append(one)
                    continue
                left, sentence = _over(one, [other for other in lists if other != one], day)
                if left is not None:
                    kept.append(left)
                elif sentence and not _there(one.path):
                    events.append({"what": "deleted", "kind": one.kind, "on": day.isoformat()})
                said += [sentence] * bool(sentence)
            if kept != lists:
                _remember(kept, events)
    except (ReadError, PublishError) as cause:
        said.append(str(cause))
    return tuple(said)


def _over(one: Listed, others: list[Listed], day: datetime.date) -> tuple[Listed | None, str]:
    """Delete a list whose days are over; return what is remembered of it from then on, and what to say."""
    if not _there(one.path):
        if (day - one.until).days > _LOST_DAYS:
            return None, ""
        lost = (
            f"A list with students' names, written on {one.made}, cannot be found: it lay at {one.path} and "
            f"was to be shredded by {one.until}. If it was moved, shred it where it lies now."
        )
        return replace(one, lost=True), "" if one.lost else lost
    if not _is(one):
        if any(other.path == one.path for other in others):
            return None, ""
        return None, (
            f"{one.path} was a list with students' names and is another file now: it was left as it is. "
            "If the list was moved, shred it where it lies."
        )
    try:
        one.path.unlink()
    except OSError as cause:
        return one, (
            f"{one.path}, a list with students' names, was to be shredded by {one.until} and cannot be "
            f"deleted: {cause.strerror}. Close it elsewhere, and delete it."
        )
    return None, f"{one.path} was deleted: a list with students' names is kept {DAYS} days, to {one.until}."


def holding(student: str) -> tuple[tuple[Listed, ...], tuple[str, ...]]:
    """Return the lists that name a student, and a sentence about each of which it is not known.

    Parameters
    ----------
    student
        The id, as the school's files have it.
    """
    plain, hashed = identity.plain(student), identity.replaced(student, identity.local_key())
    found, unknown = [], []
    try:
        lists = listed()
    except ReadError as cause:
        return (), (str(cause),)
    for one in lists:
        if not _there(one.path):
            unknown.append(
                f"{one.path}: a list with students' names that cannot be found, so it is not known whether "
                "the student is on it. If it was moved, shred it where it lies now."
            )
            continue
        try:
            texts = _texts(one.path)
        except Exception:  # noqa: BLE001 - a file that is another by now breaks a reader in any way
            unknown.append(
                f"{one.path}: a list with students' names that cannot be read, so it is not known whether "
                "the student is on it."
            )
            continue
        if any(text == hashed or identity.plain(text) == plain for text in texts):
            found.append(one)
    return tuple(found), tuple(unknown)


def delete(one: Listed) -> None:
    """Delete a list before its day.

    Raises
    ------
    ReadError
        If it cannot be deleted.
    PublishError
        If relsurvey's own folder cannot be written to.
    """
    with held(_lock(), "lists"):
        lists, events = _read()
        _sweep(one.path)
        try:
            one.path.unlink(missing_ok=True)
        except OSError as cause:
            raise ReadError(
                f"{one.path} cannot be deleted: {cause.strerror}. Close it elsewhere and try again."
            ) from cause
        _remember([other for other in lists if other.path != one.path], events)


def told(note: Callable[[dict[str, str]], None]) -> None:
    """Hand what was done with lists to the log, once: what, of which protocol, on which day."""
    with held(_lock(), "lists"):
        lists, events = _read()
        for event in events:
            note(event)
        if events:
            _remember(lists, [])


def known() -> bool:
    """Say whether a list was ever written on this machine."""
    return _there(file())


def _texts(path: Path) -> list[str]:
    """Return every text in a list; numbers are none."""
    if path.suffix.lower() == ".csv":
        import csv

        with path.open(encoding="utf-8-sig", newline="") as lines:
            return [cell.removeprefix("'") for row in csv.reader(lines) for cell in row]
    from openpyxl import load_workbook

    with path.open("rb") as raw:
        book = load_workbook(raw, read_only=True)
        return [
            cell
            for page in book.worksheets
            for row in page.iter_rows(values_only=True)
            for cell in row
            if isinstance(cell, str)
        ]


def _is(one: Listed) -> bool:
    """Say whether the file at a list's place is that list still, as written or edited since."""
    footers = "|".join(map(_pattern, (footer(language, one.until) for language in ("en", "es"))))
    mark = re.compile(footers.encode())
    with suppress(OSError, zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, RuntimeError):
        if not zipfile.is_zipfile(one.path):
            with one.path.open("rb") as plain:
                return bool(mark.search(plain.read(_LARGEST)))
        with zipfile.ZipFile(one.path) as book:
            return any(
                mark.search(book.read(member))
                for member in book.infolist()
                if member.file_size <= _LARGEST and member.filename.endswith(".xml")
            )
    return False


def _pattern(text: str) -> str:
    """Return what finds a text in bytes: how accents are written there depends on who saved the file."""
    return ".{1,8}".join(map(re.escape, re.split(r"[^\x00-\x7f]+", text)))


def _there(path: Path) -> bool:
    """Say whether a file is there; one in a folder that cannot be looked into is not to be found."""
    try:
        return path.exists()
    except OSError:
        return False


def _sweep(path: Path) -> None:
    """Remove what killed writes left: the lock is held, so none is under way."""
    start = f".{path.name}."
    with suppress(OSError):
        for left in path.parent.glob(f"{glob.escape(start)}*"):
            if _TEMPORARY.match(left.name.removeprefix(start)):
                left.unlink()


def file() -> Path:
    """Return where lists are remembered."""
    return identity.home() / "lists.json"


def _lock() -> Path:
    return identity.home() / "lists.json.lock"


def _read() -> tuple[list[Listed], list[dict[str, str]]]:
    try:
        document = json.loads(file().read_text("utf-8"))
        day = datetime.date.fromisoformat
        lists = [
            Listed(Path(one["path"]), one["kind"], day(one["made"]), day(one["until"]), one["lost"])
            for one in document["lists"]
        ]
        return lists, [dict(event) for event in document["events"]]
    except FileNotFoundError:
        return [], []
    except (OSError, ValueError, KeyError, TypeError) as cause:
        raise ReadError(
            f"{file()} cannot be read, so it is not known where lists with students' names lie: look for "
            "them, shred them, and delete that file."
        ) from cause


def _remember(lists: list[Listed], events: list[dict[str, str]]) -> None:
    def plain(one: Listed) -> dict[str, Any]:
        return {key: value if isinstance(value, bool) else str(value) for key, value in asdict(one).items()}

    document = {"format": 1, "lists": [plain(one) for one in lists], "events": events}
    write_atomic(file(), json.dumps(document, indent=1) + "\n", mode=0o600)
