"""Places that are to be remembered: files that were read, and folders that were published to."""

from __future__ import annotations

import datetime
import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from relsurvey.errors import PublishError
from relsurvey.files import came_on, sha256, write_atomic
from relsurvey.keeping import log
from relsurvey.reading import identity
from relsurvey.sealed import held

if TYPE_CHECKING:
    from relsurvey.instrument import Instrument


@dataclass(frozen=True)
class Source:
    """A file that holds rows of students.

    Attributes
    ----------
    path
        Where it lay when it was read.
    instrument
        By which it was read.
    roster
        Whether it is a list of who was asked.
    first, last
        The days on which it was read first, and last.
    keep_until
        What the instrument says; None takes the default.
    sha256
        Of its bytes, when it was read last.
    """

    path: Path
    instrument: str
    roster: bool
    first: datetime.date
    last: datetime.date
    keep_until: datetime.date | None
    sha256: str


@dataclass(frozen=True)
class Folder:
    """A folder that holds a published view, and the ledger of releases that lies elsewhere."""

    path: Path
    instrument: str
    last: datetime.date
    ledger: Path | None


@dataclass
class Places:
    """What is remembered."""

    sources: dict[str, Source] = field(default_factory=dict)
    folders: dict[str, Folder] = field(default_factory=dict)

    def of(self, instrument: str) -> Places:
        """Return those of one instrument."""
        return Places(
            {key: s for key, s in self.sources.items() if s.instrument == instrument},
            {key: f for key, f in self.folders.items() if f.instrument == instrument},
        )


def file() -> Path:
    """Return where places are remembered."""
    return identity.home() / "places.json"


def read() -> Places:
    """Return what is remembered; of a file that cannot be read, nothing."""
    try:
        document = json.loads(file().read_text("utf-8"))
        return Places(
            {key: _source(key, value) for key, value in document["sources"].items()},
            {key: _folder(key, value) for key, value in document["folders"].items()},
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return Places()


@contextmanager
def changed() -> Iterator[Places]:
    """Yield what is remembered; how it is left is what is remembered from then on."""
    with held(file().with_name("places.json.lock")):
        places = read()
        before = _document(places)
        yield places
        after = _document(places)
        if after != before:
            write_atomic(file(), json.dumps(after, indent=1) + "\n", mode=0o600)


def note_read(
    files: Sequence[str | Path],
    instrument: Instrument,
    *,
    hashes: Sequence[str] = (),
    roster: bool = False,
    today: datetime.date | None = None,
) -> None:
    """Remember where files lie that were read, and log it, once a day for the same content.

    A place that cannot be noted, in a folder nobody may write to, stops no reading.

    Parameters
    ----------
    files
        Their paths.
    instrument
        By which they were read.
    hashes
        The SHA-256 of each; none has them computed.
    roster
        Whether they list who was asked.
    """
    day = today or datetime.date.today()
    hashes = hashes or [sha256(Path(path)) for path in files]
    fresh = []
    known = read()
    for path, digest in zip(files, hashes, strict=True):
        place = Path(path).absolute()
        there = known.sources.get(str(place))
        source = Source(
            place,
            instrument.id,
            roster,
            there.first if there else came_on(place, day),
            day,
            instrument.privacy.keep_until,
            digest,
        )
        if source != there:
            fresh.append(source)
    if not fresh:
        return
    try:
        with changed() as places:
            places.sources.update({str(source.path): source for source in fresh})
        kind = "roster" if roster else "answers"
        log.note("read", instrument=instrument.id, kind=kind, files=len(fresh))
    except PublishError:
        return


def note_published(
    folder: Path,
    instrument: Instrument,
    wave: str | None,
    formats: Sequence[str],
    usual: int,
    min_n: int | None,
    ledger: Path | None = None,
) -> None:
    """Remember a folder that is published to, and log it.

    Parameters
    ----------
    folder, instrument, wave, formats
        What is published where, as what.
    usual
        The threshold without a wish for another, in students.
    min_n
        The threshold that was wished for; a larger one is logged as raised.
    ledger
        The ledger of releases, where it is not the instrument's own.

    Raises
    ------
    PublishError
        If relsurvey's own folder cannot be written to.
    """
    place = folder.absolute()
    found = Folder(place, instrument.id, datetime.date.today(), ledger.absolute() if ledger else None)
    with changed() as places:
        places.folders[str(place)] = found
    log.note("published", instrument=instrument.id, wave=wave, formats=" ".join(sorted(formats)))
    if min_n is not None and min_n > usual:
        log.note("raised a threshold", instrument=instrument.id, wave=wave, usual=usual, min_n=min_n)


def _source(path: str, value: dict[str, Any]) -> Source:
    until = value.get("keep_until")
    day = datetime.date.fromisoformat
    return Source(
        Path(path),
        value["instrument"],
        value["roster"],
        day(value["first"]),
        day(value["last"]),
        day(until) if until else None,
        value["sha256"],
    )


def _folder(path: str, value: dict[str, Any]) -> Folder:
    ledger = value.get("ledger")
    last = datetime.date.fromisoformat(value["last"])
    return Folder(Path(path), value["instrument"], last, Path(ledger) if ledger else None)


def _document(places: Places) -> dict[str, Any]:
    def plain(value: object) -> object:
        return os.fspath(value) if isinstance(value, Path) else str(value)

    def fields(entry: Source | Folder) -> dict[str, Any]:
        return {
            name: value if value is None or isinstance(value, bool) else plain(value)
            for name, value in vars(entry).items()
            if name != "path"
        }

    return {
        "format": 1,
        "sources": {key: fields(source) for key, source in places.sources.items()},
        "folders": {key: fields(folder) for key, folder in places.folders.items()},
    }
