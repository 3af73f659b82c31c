"""A file that comes in pieces: collected in a private folder, and gone once nobody needs it."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
import weakref
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from relsurvey.errors import ReadError
from relsurvey.escape import slug

#: No piece is larger, so that none holds up the other messages of a kernel.
PIECE = 1_000_000
_LONGEST_NAME = 150


@dataclass
class _Coming:
    name: str
    path: Path
    size: int
    file: BinaryIO
    pieces: int = 0
    received: int = 0


class Inbox:
    r"""Takes one file at a time, piece by piece; whatever is not whole is thrown away.

    The files lie in a folder that their owner alone may enter. It is removed by :meth:`close`, and at the
    latest when Python ends.

    Parameters
    ----------
    megabytes
        The most that one file may have.

    Examples
    --------
    >>> inbox = Inbox(megabytes=1)
    >>> inbox.begin("answers.csv", 4)
    >>> inbox.add(0, b"a,b\n")
    4
    >>> path = inbox.take()
    >>> path.name, path.read_bytes()
    ('answers.csv', b'a,b\n')
    >>> inbox.close()
    >>> path.exists()
    False
    """

    def __init__(self, megabytes: int) -> None:
        self._most = megabytes * 1024**2
        self._folder: Path | None = None
        self._remove: Callable[[], object] | None = None
        self._coming: _Coming | None = None

    def begin(self, name: str, size: int) -> None:
        """Expect a file; one that was under way is thrown away.

        Raises
        ------
        ReadError
            If it is empty or larger than a file may be, or this machine has no room.
        """
        self.cancel()
        if size <= 0:
            raise ReadError("The file is empty. Export it again.")
        if size > self._most:
            raise ReadError(
                f"The file has {size / 1024**2:,.0f} MB, and one file may have {self._most // 1024**2:,}. "
                "Split it, or raise `limits`."
            )
        try:
            if self._folder is None:
                self._folder = Path(tempfile.mkdtemp(prefix="relsurvey-"))
                self._remove = weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)
            path = Path(tempfile.mkdtemp(dir=self._folder)) / local_name(name)
            handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | getattr(os, "O_BINARY", 0), 0o600)
        except OSError as cause:
            raise _no_room(cause) from cause
        self._coming = _Coming(name, path, size, os.fdopen(handle, "wb"))

    def add(self, index: int, piece: bytes | memoryview) -> int:
        """Take the next piece, and return how many bytes are here.

        Parameters
        ----------
        index
            Its place in the order of pieces, from 0.
        piece
            Its bytes.

        Raises
        ------
        ReadError
            If it is not the next one, or too large; the file is then thrown away.
        """
        coming = self._coming
        if coming is None:
            raise ReadError("A piece came of a file that was not announced. Choose the file again.")
        size = memoryview(piece).nbytes
        if index != coming.pieces or not 0 < size <= PIECE or coming.received + size > coming.size:
            self.cancel()
            raise ReadError("The file did not arrive as it was sent. Choose it again.")
        try:
            coming.file.write(piece)
        except OSError as cause:
            self.cancel()
            raise _no_room(cause) from cause
        coming.pieces += 1
        coming.received += size
        return coming.received

    @property
    def whole(self) -> bool:
        """Whether every byte of the file is here."""
        return self._coming is not None and self._coming.received == self._coming.size

    def take(self) -> Path:
        """Return the file that is whole; from now on it is the caller's, until :meth:`discard`.

        Raises
        ------
        ReadError
            If it is not whole.
        """
        coming = self._coming
        if coming is None or not self.whole:
            raise ReadError("The file is not here yet. Wait until it has arrived.")
        try:
            coming.file.close()
        except OSError as cause:
            self.cancel()
            raise _no_room(cause) from cause
        self._coming = None
        return coming.path

    def cancel(self) -> None:
        """Throw away what is under way."""
        coming, self._coming = self._coming, None
        if coming is not None:
            # It is thrown away, whatever could not be written.
            with suppress(OSError):
                coming.file.close()
            self.discard(coming.path)

    def discard(self, path: Path) -> None:
        """Remove a file that was taken and is needed no more; any other file is left alone."""
        if self.holds(path):
            shutil.rmtree(path.parent, ignore_errors=True)

    def holds(self, path: Path) -> bool:
        """Say whether a file came here."""
        return self._folder is not None and path.parent.parent == self._folder

    def keep(self, needed: Collection[Path]) -> None:
        """Remove every file that was taken but for those that are needed."""
        for folder in self._folder.iterdir() if self._folder is not None else ():
            coming = self._coming is not None and self._coming.path.parent == folder
            if not coming and not any(path.parent == folder for path in needed):
                shutil.rmtree(folder, ignore_errors=True)

    def close(self) -> None:
        """Remove every file."""
        self.cancel()
        if self._remove is not None:
            self._remove()
        self._folder = self._remove = None


def _no_room(cause: OSError) -> ReadError:
    return ReadError(
        f"The file could not be kept on this machine ({cause.strerror}). Make room, and try again."
    )


def local_name(name: str) -> str:
    r"""Return what a file from elsewhere is called here: its own name where that is harmless in any folder.

    Examples
    --------
    >>> local_name("Spring answers.xlsx"), local_name("../../etc/passwd"), local_name("a\n<b>.csv")
    ('Spring answers.xlsx', 'passwd', 'a-b.csv')
    """
    bare = re.split(r"[/\\]", name)[-1].strip()
    stem, dot, suffix = bare.rpartition(".")
    harmless = (
        bare.isprintable()
        and not set('<>:"|?*') & set(bare)
        and bare.strip(". ") == bare
        # A name that Windows keeps for itself gets a number.
        and slug(stem or bare) != f"{stem or bare}-1".lower()
        and len(bare.encode("utf-8", "replace")) <= _LONGEST_NAME
    )
    if bare and harmless:
        return bare
    return f"{slug(stem)}.{slug(suffix)}" if dot and stem else slug(bare)
