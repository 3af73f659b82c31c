"""Where gradebooks lay when they were read, so that they are found again: a place and days, no id or name."""

from __future__ import annotations

import datetime
import json
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from relsurvey.errors import PublishError
from relsurvey.files import came_on, write_atomic
from relsurvey.reading import identity
from relsurvey.sealed import held

#: A folder of copies that go when the notebook ends: what was dropped on a widget.
_PASSING = "relsurvey-"


@dataclass(frozen=True)
class ReadFile:
    """A gradebook that was read.

    Attributes
    ----------
    path
        Where it lay: a file, or OneRoster's folder.
    first, last
        The days on which it came, and on which it was read last.
    """

    path: Path
    first: datetime.date
    last: datetime.date


def remember(paths: Iterable[str | Path], today: datetime.date | None = None) -> None:
    """Remember where gradebooks lie that were read, once a day for each.

    A place that cannot be noted, in a folder nobody may write to, stops no reading. Shipped gradebooks are of
    no student, and copies of what was dropped on a widget go with the notebook: neither is remembered.

    Parameters
    ----------
    paths
        Of files, or of OneRoster's folders.
    today
        The day; None takes the system's.
    """
    day = today or datetime.date.today()
    places = {Path(path).absolute() for path in paths}
    known, _ = _read()
    fresh = [
        ReadFile(place, known[place].first if place in known else came_on(place, day), day)
        for place in sorted(places)
        if not _passing(place) and (place not in known or known[place].last != day)
    ]
    if not fresh:
        return
    try:
        with held(_lock()):
            known, events = _read()
            known.update({one.path: one for one in fresh})
            _write(known, [*events, {"files": str(len(fresh)), "on": day.isoformat()}])
    except PublishError:
        return


def remembered() -> tuple[ReadFile, ...]:
    """Return the gradebooks that are remembered, by their paths; of a list that cannot be read, none."""
    known, _ = _read()
    return tuple(known[path] for path in sorted(known))


def forget() -> None:
    """Forget where gradebooks lie; what is still to be logged of them stays.

    Raises
    ------
    PublishError
        If relsurvey's own folder cannot be written to.
    """
    with held(_lock()):
        _, events = _read()
        _write({}, events)


def told(note: Callable[[dict[str, str]], None]) -> None:
    """Hand what was read to the log, once: how many files, on which day."""
    with held(_lock()):
        known, events = _read()
        for event in events:
            note(event)
        if events:
            _write(known, [])


def file() -> Path:
    """Return where gradebooks are remembered."""
    return identity.home() / "gradebooks.json"


def _lock() -> Path:
    return file().with_name(f"{file().name}.lock")


def _passing(place: Path) -> bool:
    shipped = Path(__file__).absolute().parents[1]
    temporary = {Path(tempfile.gettempdir()).absolute(), Path(tempfile.gettempdir()).resolve()}
    return any(
        parent == shipped or (parent.parent in temporary and parent.name.startswith(_PASSING))
        for parent in place.parents
    )


def _read() -> tuple[dict[Path, ReadFile], list[dict[str, str]]]:
    day = datetime.date.fromisoformat
    try:
        document = json.loads(file().read_text("utf-8"))
        known = {
            Path(path): ReadFile(Path(path), day(days["first"]), day(days["last"]))
            for path, days in document["files"].items()
        }
        return known, [dict(event) for event in document["events"]]
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}, []


def _write(known: dict[Path, ReadFile], events: list[dict[str, str]]) -> None:
    files = {
        str(path): {"first": one.first.isoformat(), "last": one.last.isoformat()}
        for path, one in known.items()
    }
    document: dict[str, Any] = {"format": 1, "files": files, "events": events}
    write_atomic(file(), json.dumps(document, indent=1) + "\n", mode=0o600)
