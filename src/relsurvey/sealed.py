"""Books of lines that only grow: each line is sealed together with those before it, so a change shows."""

from __future__ import annotations

import hmac
import json
import os
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from relsurvey.errors import PublishError
from relsurvey.files import write_atomic

_SEAL = re.compile(r"[0-9a-f]{64}\Z")
#: Written where a book was found broken: the lines after it are sealed anew, and the break stays to be seen.
BROKEN = "broken"


@dataclass(frozen=True)
class Pages:
    """What a book holds.

    Attributes
    ----------
    entries
        What was written, the oldest first.
    broken
        What is wrong with the book, in words; empty when it is as it was written.
    """

    entries: tuple[dict[str, Any], ...]
    broken: str = ""


@dataclass(frozen=True)
class Book:
    """A file of sealed lines that its owner alone may read.

    Attributes
    ----------
    path
        Where; beside it lies a file of the same name ending in ``.lock`` that remembers the last seal.
    key
        What the lines are sealed with: who has it not can neither write a line nor change one unseen.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     book = Book(Path(folder) / "log.jsonl", b"a key of its own")
    ...     book.add({"what": "read"}, {"what": "published"})
    ...     book.read()
    ...     _ = book.path.write_text(book.path.read_text().replace("published", "read"))
    ...     book.read().broken
    Pages(entries=({'what': 'read'}, {'what': 'published'}), broken='')
    'line 2 is not what was written there'
    """

    path: Path
    key: bytes

    @property
    def lock(self) -> Path:
        """The file that is held while the book is read or written."""
        return self.path.with_name(f"{self.path.name}.lock")

    def read(self) -> Pages:
        """Return what the book holds, and whether it is as it was written.

        Raises
        ------
        PublishError
            If the folder cannot be used.
        """
        if not self.path.exists() and not self.lock.exists():
            return Pages(())
        with held(self.lock) as head:
            lines, broken = self._lines(last_seal(head))
        return Pages(tuple(entry for entry, _ in lines), broken)

    def add(self, *entries: dict[str, Any]) -> None:
        """Write entries at the end, all of them or none; a broken book says from then on that it was.

        Raises
        ------
        PublishError
            If the folder cannot be written to.
        """
        with held(self.lock) as head:
            lines, broken = self._lines(last_seal(head))
            marks = [{BROKEN: broken}] if broken else []
            self._write(head, lines, [*marks, *entries])

    def rewrite(self, change: Callable[[Sequence[dict[str, Any]]], list[dict[str, Any]]]) -> None:
        """Replace what the book holds by what a function makes of it, sealed anew.

        Raises
        ------
        PublishError
            If the folder cannot be written to, or the book is broken: sealing it anew would hide that.
        """
        with held(self.lock) as head:
            lines, broken = self._lines(last_seal(head))
            if broken:
                raise PublishError(
                    f"{self.path} was changed or cut short ({broken}): bring it back from a backup first."
                )
            changed = change([entry for entry, _ in lines])
            # A kill in between leaves the old book or the new one, and neither lacks its end.
            remember(head, "")
            self._write(head, [], changed)

    def _write(
        self, head: IO[bytes], lines: list[tuple[dict[str, Any], str]], entries: list[dict[str, Any]]
    ) -> None:
        lines = list(lines)
        for entry in entries:
            before = "" if not lines or BROKEN in entry else lines[-1][1]
            lines.append((entry, self._sealed(before, entry)))
        # Nobody else writes now: what a killed write left behind goes.
        for left in self.path.parent.glob(f".{self.path.name}.*"):
            left.unlink(missing_ok=True)
        text = "".join(f"{_text({'entry': entry, 'seal': seal})}\n" for entry, seal in lines)
        write_atomic(self.path, text, mode=0o600)
        remember(head, lines[-1][1] if lines else "")

    def _lines(self, last: str) -> tuple[list[tuple[dict[str, Any], str]], str]:
        """Return each entry with its seal, and what is wrong with the book."""
        if not self.path.is_file():
            return [], "it is gone" if last else ""
        text = self.path.read_text("utf-8", errors="replace")
        lines: list[tuple[dict[str, Any], str]] = []
        broken, before = "", ""
        # By the one character that ends a line here: a text may hold others that end one elsewhere.
        for number, line in enumerate(text.split("\n")[: -1 if text.endswith("\n") else None], 1):
            try:
                found = json.loads(line)
                entry, seal = dict(found["entry"]), str(found["seal"])
            except (ValueError, KeyError, TypeError):
                broken = broken or f"line {number} cannot be read"
                continue
            if not hmac.compare_digest(seal, self._sealed("" if BROKEN in entry else before, entry)):
                broken = broken or f"line {number} is not what was written there"
            if BROKEN in entry:
                # It was written after a break that it tells of itself.
                broken = ""
            lines.append((entry, seal))
            before = seal
        if not broken and (not text.endswith("\n") or (last and last not in (seal for _, seal in lines))):
            broken = "its end is missing"
        if not broken and os.name == "posix" and self.path.stat().st_mode & 0o077:
            broken = f"other users of this computer can read it: `chmod 600 {self.path}`"
        return lines, broken

    def _sealed(self, before: str, entry: object) -> str:
        return hmac.digest(self.key, f"{before}\n{_text(entry)}".encode(), "sha256").hex()


@contextmanager
def held(lock: Path, what: str = "") -> Iterator[IO[bytes]]:
    """Hold a file for this process alone, and yield it; it is made, and readable by its owner alone.

    Parameters
    ----------
    lock
        The file.
    what
        What a message says cannot be written.

    Raises
    ------
    PublishError
        If its folder cannot be written to.
    """
    try:
        lock.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(lock, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as cause:
        raise PublishError(
            f"Cannot write{f' {what}' if what else ''} to {lock.parent}: {cause.strerror}. "
            "Choose another place."
        ) from cause
    with os.fdopen(handle, "r+b", buffering=0) as file:
        if sys.platform == "win32":
            import msvcrt

            # Behind the seal: what is locked there cannot be read by the others.
            file.seek(1024)
            msvcrt.locking(file.fileno(), msvcrt.LK_LOCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX)
        yield file


def last_seal(head: IO[bytes]) -> str:
    """Return the seal of the last entry that is known to have been written; without it a cut is not seen."""
    head.seek(0)
    found = head.read(64).decode("ascii", errors="replace")
    return found if _SEAL.match(found) else ""


def remember(head: IO[bytes], seal: str) -> None:
    """Keep the seal of the last entry that was written; an empty one is no seal."""
    head.seek(0)
    head.write(seal.encode().ljust(64))


def _text(value: object) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
