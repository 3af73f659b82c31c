"""Names and places that are no ordinary file, and files that change while they are read."""

from __future__ import annotations

import os
import socket
import stat
import threading
import time
from pathlib import Path

from tests.reading.belonging import as_csv
from tests.robustness.build import RIGHT, Entry, Write, sparse

NO_FILE = "no file at"
NO_ORDINARY = "not an ordinary file"


class NotHereError(Exception):
    """This system, or this account, cannot have such a file."""


def _named(name: str | bytes, folders: str = "") -> Write:
    def write(folder: Path) -> Path:
        path = folder / os.fsdecode(name)
        (folder / folders).mkdir(parents=True, exist_ok=True)
        try:
            path.write_bytes(as_csv().encode())
        except OSError as cause:
            raise NotHereError from cause
        return path

    return write


def _missing(name: str) -> Write:
    return lambda folder: folder / name


def _link(to: str) -> Write:
    def write(folder: Path) -> Path:
        path = folder / "a.csv"
        try:
            path.symlink_to(to)
        except OSError as cause:
            raise NotHereError from cause
        return path

    return write


def _link_to_device(device: str) -> Write:
    def write(folder: Path) -> Path:
        if not Path(device).exists():
            raise NotHereError
        return _link(device)(folder)

    return write


def _folder(folder: Path) -> Path:
    path = folder / "a.csv"
    path.mkdir()
    return path


def _unreadable(folder: Path) -> Path:
    if not hasattr(os, "geteuid") or os.geteuid() == 0:
        raise NotHereError
    path = _named("a.csv")(folder)
    path.chmod(0)
    return path


def _pipe(folder: Path) -> Path:
    if not hasattr(os, "mkfifo"):
        raise NotHereError
    os.mkfifo(folder / "a.csv")
    return folder / "a.csv"


def _socket(folder: Path) -> Path:
    if not hasattr(socket, "AF_UNIX"):
        raise NotHereError
    try:
        os.mknod(folder / "a.csv", 0o600 | stat.S_IFSOCK)
    except OSError as cause:
        raise NotHereError from cause
    return folder / "a.csv"


def _growing(folder: Path) -> Path:
    """A file to which another program adds rows for some seconds."""
    path = _named("a.csv")(folder)

    def grow() -> None:
        until = time.monotonic() + 3
        while time.monotonic() < until and path.exists():
            with path.open("ab") as file:
                file.write(b"004,North\r\n")
            time.sleep(0.005)

    threading.Thread(target=grow, daemon=True).start()
    return path


def _vanishing(folder: Path) -> Path:
    """A file that another program removes while it is read, or just before or after."""
    path = _named("a.csv")(folder)
    threading.Timer(0.04, path.unlink, (True,)).start()
    return path


PLACES: dict[str, Entry] = {
    "a folder": (_folder, "is a folder"),
    "no file": (_missing("a.csv"), NO_FILE),
    "no folder": (_missing("none/a.csv"), NO_FILE),
    "a folder that is a file": (lambda folder: _named("a.csv")(folder) / "b.csv", NO_FILE),
    "no name": (_missing(""), "is a folder"),
    "a name with a zero": (_missing("a\0b.csv"), "."),
    "a name with half a letter": (_missing("a\ud800.csv"), "."),
    "a name of 5,000 letters": (_missing("a" * 5_000 + ".csv"), "too long|no file"),
    "a path of 200 folders": (_missing("/".join(["folder"] * 1_000)), "too long|no file"),
    "a file that may not be opened": (_unreadable, "may not|cannot be opened"),
    "a link to nothing": (_link("none.csv"), NO_FILE),
    "a link to itself": (_link("a.csv"), NO_FILE),
    "a pipe": (_pipe, NO_ORDINARY),
    "a socket": (_socket, NO_ORDINARY),
    "a device that never ends": (_link_to_device("/dev/zero"), NO_ORDINARY),
    "a device that is empty": (_link_to_device("/dev/null"), NO_ORDINARY),
    "a file that is being written": (_growing, "changed while it was read"),
    "a file that is removed": (_vanishing, None),
    "2 GB of nothing": (sparse("a.csv", 2 << 30), "MB, and one file may have"),
    "290 MB of nothing": (sparse("a.csv", 290 << 20), "not a table of text"),
    "200 MB of nothing behind a table": (
        sparse("a.csv", 200 << 20, as_csv().encode()),
        "not a table of text",
    ),
    "a name with a line end": (_named("a\nb\r\nc.csv"), RIGHT),
    "a name with quotation marks": (_named("a\"b'c`d.csv"), RIGHT),
    "a name with dots": (_named("..a..csv"), RIGHT),
    "a path with dots": (_named("x/../a.csv", folders="x"), RIGHT),
    "a name of emoji": (_named("👩‍👩‍👧‍👦.csv"), RIGHT),
    "a name that turns": (_named("a\u202evsc.exe.csv"), RIGHT),
    "a name that is as long as may be": (_named("a" * 251 + ".csv"), RIGHT),
    "a name that starts with a dash": (_named("-rf --help.csv"), RIGHT),
    "a name that is no UTF-8": (_named(b"a\xff\xfe.csv"), RIGHT),
    "a name of blanks": (_named("   "), RIGHT),
    "a name with signs of a shell": (_named("$(touch x);`id`|&.csv"), RIGHT),
    "a name with signs of a template": (_named("{0.__class__}%s%n${x}.csv"), RIGHT),
    "a name with colours of a terminal": (_named("\x1b[31mred.csv"), RIGHT),
}
