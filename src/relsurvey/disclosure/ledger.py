"""The ledger of releases as a file: what each line holds, and that none was changed (rules.md 22)."""

from __future__ import annotations

import datetime
import hashlib
import hmac
import json
import os
import secrets
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from relsurvey.disclosure.shown import Key, Shown
from relsurvey.errors import DisclosureError
from relsurvey.escape import slug
from relsurvey.files import MANIFEST, sha256, write_atomic
from relsurvey.reading import identity
from relsurvey.sealed import held

if TYPE_CHECKING:
    from relsurvey.instrument import Instrument

_VIEW = "view.relsurvey.json"


def default_ledger(instrument: Instrument) -> Path:
    """Return where the ledger of an instrument's releases lies when nobody says: in relsurvey's own folder.

    Notes
    -----
    One ledger an instrument, whatever the schools: a school that joins, or a part of a study
    (``study.where``), must be held against what was published of the whole. Two studies with one instrument
    on one computer do not disturb each other unless their students bear the same ids; they then need a
    ledger each.
    """
    return identity.home() / "releases" / f"{slug(instrument.id)}.jsonl"


def entry_of(
    document: Mapping[str, Any],
    now: Shown,
    wave: str | None,
    view: str,
    formats: Sequence[str],
    named: bool,
    key: bytes,
) -> dict[str, Any]:
    """Return what the ledger says of a release: no id and no answer in clear, no count."""
    salt = secrets.token_hex(16)
    provenance = document["provenance"]
    held: dict[str, list[str]] = {}
    for number, students in enumerate(now.sets.values()):
        for student in students:
            held.setdefault(student, []).append(str(number))
    return {
        "made": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "package": provenance["package"],
        "instrument": provenance["instrument"],
        "instrument_version": provenance["instrument_version"],
        "wave": wave,
        "settings": provenance["settings"],
        "formats": sorted(formats),
        "inputs": provenance["input_sha256"],
        "view": view,
        **({} if (grid := grid_of(document)) is None else {"grid": grid}),
        "shown": [list(place) for place in now.sets],
        "units": now.units,
        "withheld": sorted(map(list, now.withheld)),
        "untold": sorted(map(list, now.untold)),
        # In the order of the codes.
        "scales": [[scale, list(items)] for scale, items in now.scales.items()],
        "questions": [list(question) for question in now.questions.items()],
        "by": list(now.by),
        "salt": salt,
        "ids": "given" if named else "none",
        # Sorted by hash: the order of the file is forgotten.
        "students": [
            " ".join(
                [f"{student}:{_hidden(now.answered.get(student, ''), student, salt, key)}", *held[student]]
            )
            for student in sorted(held)
        ],
    }


def grid_of(document: Mapping[str, Any]) -> str | None:
    """Return what stands for the policies that a view of marks tries; None where it tries none."""
    labs = [unit["lab"] for unit in document["units"] if unit.get("lab")]
    if not labs:
        return None
    return sha256(_text([document["dials"], [[one["choices"], one["says"]] for one in labs[0]["tried"]]]))


def _hidden(codes: str, student: str, salt: str, key: bytes) -> str:
    """Return what a student answered so that only the key tells it; done twice, as it was."""
    plain = bytes.fromhex(codes)
    pad = hashlib.shake_256(key + f"{salt}\x1f{student}".encode()).digest(len(plain))
    return bytes(a ^ b for a, b in zip(plain, pad, strict=True)).hex()


def shown_of(entry: Mapping[str, Any], key: bytes) -> Shown:
    """Return the sets of students of an entry."""
    sets: list[set[str]] = [set() for _ in entry["shown"]]
    answered: dict[str, str] = {}
    # A ledger of before noted answers in other ways: there it is known who answered, and not what.
    by = entry.get("by")
    for line in entry["students"]:
        named, *numbers = line.split()
        student, _, codes = named.partition(":")
        # Of work nothing was asked.
        if codes and by is not None:
            answered[student] = _hidden(codes, student, entry["salt"], key)
        for number in numbers:
            sets[int(number)].add(student)
    places = [(unit, variable, row) for unit, variable, row in entry["shown"]]

    def keys(name: str) -> frozenset[Key]:
        return frozenset((unit, variable, of) for unit, variable, of in entry.get(name, ()))

    return Shown(
        entry["settings"]["min_n"],
        dict(zip(places, map(frozenset, sets), strict=True)),
        entry.get("units", {}),
        keys("withheld"),
        keys("untold"),
        {} if by is None else {scale: tuple(items) for scale, items in entry["scales"]},
        {} if by is None else dict(entry["questions"]),
        answered,
        tuple(by or ()),
    )


def keep_apart(path: Path, out: Path) -> None:
    """Refuse a ledger that lies where views lie."""
    folder = path.resolve().parent
    if folder.is_relative_to(out.resolve()) or (folder / MANIFEST).is_file():
        raise DisclosureError(
            f"The ledger of releases may not lie beside a view, as {path} would: choose a folder that nobody "
            "publishes or serves."
        )


def must_know(book: Book, path: Path, out: Path) -> None:
    """Refuse to go on from a release of which the ledger knows nothing."""
    # What lies deeper may be another study's, unless it is a part of what was published here for each.
    below = [_there(manifest.parent) for manifest in sorted(out.glob(f"*/{MANIFEST}"))]
    releases = {_there(out)[0], *(release for release, part in below if part)} - {None}
    if releases - {entry["view"] for entry in book.entries}:
        raise DisclosureError(
            f"Publishing without the earlier ledger is refused: {out} holds a release that is not in the "
            f"ledger at {path}. Copy that file, and {identity.home() / 'id.key'}, from the computer that "
            "published it, or publish another study to another folder with a ledger of its own."
        )


def _there(folder: Path) -> tuple[str | None, bool]:
    """Return which release lies in a folder, None where no student is in it, and whether it is a part."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text("utf-8"))
        view = manifest["files"][_VIEW]["sha256"]
        release = manifest.get("release", view)
        if (folder / _VIEW).is_file():
            if json.loads((folder / _VIEW).read_text("utf-8")).get("simulated") is True:
                return None, False
            release = release if release != view else sha256(folder / _VIEW)
        return str(release), manifest.get("release", view) != view
    except FileNotFoundError:
        return None, False
    except (ValueError, KeyError, TypeError, AttributeError):
        return "", False


@dataclass
class Book:
    """The entries of a ledger, each line sealed together with those before it."""

    key: bytes
    entries: list[dict[str, Any]]
    lines: list[str]
    seal: str

    @classmethod
    def read(cls, path: Path, key: bytes, last: str) -> Book:
        """Return the ledger at a place, after checking it; an empty one where there never was any."""
        book = cls(key, [], [], "")
        if not path.is_file():
            if last:
                raise DisclosureError(
                    f"The ledger of releases at {path} is gone. Publishing without the earlier ledger is "
                    "refused: bring it back from a backup."
                )
            return book
        if os.name == "posix" and path.stat().st_mode & 0o077:
            raise DisclosureError(
                f"The ledger of releases at {path} is open to other users of this computer. Close it "
                f"(`chmod 600 {path}`), then publish again."
            )
        text = path.read_text("utf-8", errors="replace")
        for number, line in enumerate(text.splitlines(), 1):
            book._check(line, path, number)
        if not text.endswith("\n") or (
            last and last not in (json.loads(line)["seal"] for line in book.lines)
        ):
            raise _damaged(path, "its end is missing")
        return book

    def _check(self, line: str, path: Path, number: int) -> None:
        try:
            found = json.loads(line)
            entry, seal, owner = found["release"], found["seal"], found["key"]
        except (ValueError, KeyError, TypeError) as cause:
            raise _damaged(path, f"line {number} cannot be read") from cause
        if owner != self._owner:
            raise DisclosureError(
                f"The ledger of releases at {path} was written with another key than "
                f"{identity.home() / 'id.key'}, so its students cannot be told from new ones. Bring that "
                "file too from the computer that published."
            )
        if not hmac.compare_digest(str(seal), self._sealed(entry)):
            raise _damaged(path, f"line {number} is not what was written there")
        self.entries.append(entry)
        self.lines.append(line)
        self.seal = seal

    def add(self, path: Path, entry: dict[str, Any]) -> None:
        """Write the ledger with one more entry, whole or not at all."""
        self.append(entry)
        self.write(path)

    def append(self, entry: dict[str, Any]) -> None:
        """Seal one more entry; nothing is written yet."""
        self.seal = self._sealed(entry)
        self.entries.append(entry)
        self.lines.append(_text({"key": self._owner, "release": entry, "seal": self.seal}))

    def write(self, path: Path) -> None:
        """Write the ledger, whole or not at all."""
        # Nobody else writes now: what a killed write left behind goes.
        for left in path.parent.glob(f".{path.name}.*"):
            left.unlink(missing_ok=True)
        write_atomic(path, "".join(f"{line}\n" for line in self.lines), mode=0o600)

    @property
    def _owner(self) -> str:
        return hmac.digest(self.key, b"owner", "sha256").hex()[:16]

    def _sealed(self, entry: object) -> str:
        return hmac.digest(self.key, f"{self.seal}\n{_text(entry)}".encode(), "sha256").hex()


def _text(value: object) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


def _damaged(path: Path, what: str) -> DisclosureError:
    return DisclosureError(
        f"The ledger of releases at {path} was changed or cut short ({what}), and publishing without it is "
        "refused: bring it back from a backup."
    )


def locked(path: Path) -> AbstractContextManager[IO[bytes]]:
    """Hold a ledger for this process alone; the file beside it remembers its last seal."""
    return held(path.with_name(f"{path.name}.lock"), "the ledger of releases")


def ledger_key() -> bytes:
    """Return what the lines of every ledger on this computer are sealed with, and its students hashed."""
    return hmac.digest(identity.local_key(), b"ledger of releases", "sha256")
