"""Dated snapshots of a gradebook in a local folder: an export holds only what is there now.

One Parquet file a day, readable by its owner alone. They hold rows of students, so they stay on this machine,
``relsurvey where`` lists them, and a student can be forgotten in them.
"""

from __future__ import annotations

import datetime
import json
import os
import re
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from relsurvey.errors import PublishError, ReadError
from relsurvey.files import write_atomic
from relsurvey.grading.snapshot_file import read_about, read_file, write_file
from relsurvey.grading.synced import synced_by
from relsurvey.reading import identity
from relsurvey.sealed import held

if TYPE_CHECKING:
    from relsurvey.grading.gradebook import Gradebook

_SUFFIX = ".parquet"
_NAME = re.compile(r"(\d{4}-\d\d-\d\d)\.parquet\Z")
_LOCK = ".snapshots.lock"

_HASHED = re.compile(r"[0-9a-f]{16}\Z")


class Snapshots:
    """Dated snapshots of a gradebook, one a day, in a folder on this machine.

    Parameters
    ----------
    folder
        Where; it is made. It will hold rows of students.
    synced
        Whether a folder that a service copies to other machines is meant.

    Raises
    ------
    PublishError
        If the folder is such a one and was not meant to be.

    Examples
    --------
    >>> Snapshots("/srv/no-such-folder/grades").dates
    ()
    >>> Snapshots("/srv/ana/OneDrive - Sierra Norte/grades")
    Traceback (most recent call last):
    relsurvey.errors.PublishError: /srv/ana/OneDrive - Sierra Norte/grades is copied to other machines ...
    """

    def __init__(self, folder: str | Path, *, synced: bool = False) -> None:
        self.folder = Path(folder).absolute()
        service = None if synced else synced_by(self.folder)
        if service is not None:
            raise PublishError(
                f"{self.folder} is copied to other machines by {service}, and snapshots hold rows of "
                "students. Choose a folder of this machine alone, or say synced=True."
            )

    @property
    def dates(self) -> tuple[datetime.date, ...]:
        """The days of which there is a snapshot, the oldest first; broken ones too."""
        return tuple(sorted(self._files()))

    def keep(self, gradebook: Gradebook, on: datetime.date | str | None = None) -> str:
        """Keep a gradebook as the snapshot of a day, whole or not at all.

        Parameters
        ----------
        gradebook
            The gradebook.
        on
            The day it was exported; None takes today. Another snapshot of that day is replaced.

        Returns
        -------
        str
            What was kept, and whether it replaced another.

        Raises
        ------
        ReadError
            If its ids are hashed and those kept before are not, or the other way round; or if it cannot be
            kept as it is.
        PublishError
            If the folder cannot be written to.
        """
        day = _day(on)
        ids = ids_of(gradebook)
        remember(self.folder)
        with held(self._lock(), "snapshots"):
            self._sweep()
            self._same_ids(ids, but=day)
            path = self._path(day)
            before = path.exists()
            self._write(path, gradebook, ids)
        replaced = " It replaces another of that day." if before else ""
        scores, marks = len(gradebook.scores), len(gradebook.marks)
        return f"Kept as the snapshot of {day}: {scores:,} scores, {marks:,} marks.{replaced}"

    def gradebook(self, on: datetime.date | str) -> Gradebook:
        """Return the gradebook of a day.

        Raises
        ------
        ReadError
            If there is none of that day, or it is broken.
        """
        day = _day(on)
        known = self._files()
        if day not in known:
            near = min(known, key=lambda other: abs(other - day), default=None)
            there = f"The nearest is of {near}." if near else "There is none at all: keep one first."
            raise ReadError(f"There is no snapshot of {day} in {self.folder}. {there}")
        return read_file(known[day])

    def whole(self) -> tuple[dict[datetime.date, Gradebook], tuple[str, ...]]:
        """Return every gradebook by its day, the oldest first, and a sentence about each that is broken."""
        found: dict[datetime.date, Gradebook] = {}
        broken = []
        for day, path in sorted(self._files().items()):
            try:
                found[day] = read_file(path)
            except ReadError as cause:
                broken.append(str(cause))
        return found, tuple(broken)

    def holding(self, student: str) -> tuple[tuple[datetime.date, ...], tuple[str, ...]]:
        """Return the days whose snapshots have rows of a student, and a sentence about each that is broken.

        Parameters
        ----------
        student
            The id, as the school's files have it.
        """
        found, broken = self.whole()
        return tuple(day for day, gradebook in found.items() if _with(gradebook, student)), broken

    def forget(self, student: str) -> int:
        """Take a student out of every snapshot.

        Parameters
        ----------
        student
            The id, as the school's files have it.

        Returns
        -------
        int
            In how many snapshots there were rows of theirs.

        Raises
        ------
        ReadError
            If a snapshot is broken, so that it is not known whether the student is in it; those that can be
            read are done by then.
        PublishError
            If the folder cannot be written to.
        """
        if not self.folder.is_dir():
            return 0
        changed = 0
        with held(self._lock(), "snapshots"):
            # What a write that was killed left behind may hold the student too.
            self._sweep()
            found, broken = self.whole()
            for day, gradebook in found.items():
                left = _without(gradebook, student)
                if left is not None:
                    self._write(self._path(day), left, ids_of(left))
                    changed += 1
        if broken:
            raise ReadError(broken[0])
        return changed

    def __repr__(self) -> str:
        days = self.dates
        said = f"{len(days)} from {days[0]} to {days[-1]}" if days else "none yet"
        return f"Snapshots in {self.folder}: {said}"

    def _path(self, day: datetime.date) -> Path:
        return self.folder / f"{day.isoformat()}{_SUFFIX}"

    def _lock(self) -> Path:
        return self.folder / _LOCK

    def _files(self) -> dict[datetime.date, Path]:
        found = {}
        for path in self.folder.glob(f"*{_SUFFIX}"):
            match = _NAME.match(path.name)
            try:
                day = datetime.date.fromisoformat(match[1]) if match else None
            except ValueError:
                continue
            if day is not None:
                found[day] = path
        return found

    def _same_ids(self, ids: str, but: datetime.date) -> None:
        """Refuse to put ids of two kinds side by side: no student would be the same in both."""
        for day, path in sorted(self._files().items(), reverse=True):
            if day == but:
                continue
            try:
                known = read_about(path).ids
            except ReadError:
                continue
            if "none" not in (ids, known) and known != ids:
                raise ReadError(
                    f"The ids of this gradebook are {ids}, and those of the snapshot of {day} are "
                    f"{known}: no student would be the same in both. "
                    f'Read it with ids="{known}", or choose another folder.'
                )
            if known != "none":
                return

    def _write(self, path: Path, gradebook: Gradebook, ids: str) -> None:
        import duckdb

        temporary = None
        try:
            handle, name = tempfile.mkstemp(dir=self.folder, prefix=f".{path.name}.")
            os.close(handle)
            temporary = Path(name)
            write_file(temporary, gradebook, ids)
            with temporary.open("rb+") as file:
                os.fsync(file.fileno())
            os.chmod(temporary, 0o600)
            os.replace(temporary, path)
        except OSError as cause:
            raise PublishError(
                f"Cannot write {path.name} to {path.parent}: {cause.strerror}. Choose another folder."
            ) from cause
        except duckdb.IOException as cause:
            raise PublishError(f"Cannot write {path.name} to {path.parent}. Is the disk full?") from cause
        except (duckdb.Error, UnicodeError) as cause:
            raise ReadError(
                "The gradebook holds something that a snapshot cannot. "
                "Read it anew from its file, and keep that."
            ) from cause
        finally:
            if temporary is not None:
                temporary.unlink(missing_ok=True)

    def _sweep(self) -> None:
        """Remove what killed writes left: the lock is held, so none is under way."""
        for left in self.folder.glob(f".*{_SUFFIX}.*"):
            left.unlink(missing_ok=True)


def ids_of(gradebook: Gradebook) -> str:
    """Return whether a gradebook's ids are ``"hashed"`` or ``"as-is"``; ``"none"`` without students."""
    students = {
        str(student)
        for frame in (gradebook.scores, gradebook.marks, gradebook.totals)
        for student in frame["student"].dropna().unique()
    }
    if not students:
        return "none"
    return "hashed" if all(_HASHED.match(student) for student in students) else "as-is"


def remember(folder: Path) -> None:
    """Remember that a folder holds snapshots, so that a student can be forgotten in them.

    Raises
    ------
    PublishError
        If relsurvey's own folder cannot be written to.
    """
    with held(_list().with_name(f"{_list().name}.lock")):
        known = folders()
        if folder not in known:
            paths = [str(path) for path in (*known, folder)]
            write_atomic(_list(), json.dumps({"format": 1, "folders": paths}, indent=1) + "\n", mode=0o600)


def folders() -> tuple[Path, ...]:
    """Return the folders that snapshots were kept in; of a list that cannot be read, none."""
    try:
        return tuple(map(Path, json.loads(_list().read_text("utf-8"))["folders"]))
    except (OSError, ValueError, KeyError, TypeError):
        return ()


def _list() -> Path:
    return identity.home() / "snapshots.json"


def _day(on: datetime.date | str | None) -> datetime.date:
    if on is None:
        return datetime.date.today()
    if isinstance(on, datetime.date):
        return datetime.date(on.year, on.month, on.day)
    try:
        return datetime.date.fromisoformat(on)
    except (TypeError, ValueError):
        raise ReadError(f"{on!r} is no day. Write it as 2026-03-06.") from None


def _names(students: Sequence[str], student: str) -> set[str]:
    """Return which of the ids in a gradebook are a student's."""
    plain = identity.plain(student)
    hashed = identity.replaced(student, identity.local_key())
    return {known for known in students if known == hashed or identity.plain(str(known)) == plain}


def _with(gradebook: Gradebook, student: str) -> set[str]:
    frames = (gradebook.scores, gradebook.marks, gradebook.totals)
    return set().union(*(_names(frame["student"].dropna().unique().tolist(), student) for frame in frames))


def _without(gradebook: Gradebook, student: str) -> Gradebook | None:
    """Return a gradebook without a student; None where it has none of theirs."""
    theirs = _with(gradebook, student)
    if not theirs:
        return None
    scores, marks, totals = (
        frame[~frame["student"].isin(theirs)].reset_index(drop=True)
        for frame in (gradebook.scores, gradebook.marks, gradebook.totals)
    )
    return replace(gradebook, scores=scores, marks=marks, totals=totals)
