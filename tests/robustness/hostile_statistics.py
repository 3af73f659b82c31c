"""Files of SPSS and Stata that are cut short, bent, or claim more than they hold."""

from __future__ import annotations

import random
import struct
from collections.abc import Callable
from pathlib import Path

from tests.reading.belonging import HEADER, ROWS
from tests.robustness.build import RIGHT, Entry, Write

DAMAGED = "damaged"
_LIMIT = "rows and"

Change = Callable[[bytearray], bytes | bytearray]


def good(folder: Path, name: str) -> Path:
    """Write the good table as SPSS or Stata would."""
    import pandas as pd
    import pyreadstat

    frame = pd.DataFrame(ROWS, columns=HEADER)
    path = folder / name
    if path.suffix == ".dta":
        pyreadstat.write_dta(frame, str(path), version=15 if "117" not in name else 13)
    else:
        pyreadstat.write_sav(frame, str(path), row_compress=path.suffix == ".zsav")
    return path


def _changed(name: str, change: Change) -> Write:
    def write(folder: Path) -> Path:
        path = good(folder, name)
        path.write_bytes(change(bytearray(path.read_bytes())))
        return path

    return write


def _number(at: int, value: int) -> Change:
    def change(data: bytearray) -> bytearray:
        data[at : at + 4] = struct.pack("<i", value)
        return data

    return change


def _cut(share: float) -> Change:
    return lambda data: data[: int(len(data) * share)]


def _flipped(number: int, after: int = 0) -> Change:
    def change(data: bytearray) -> bytearray:
        chance = random.Random(7)
        for _ in range(number):
            data[chance.randrange(after, len(data))] ^= 1 << chance.randrange(8)
        return data

    return change


def _after(mark: bytes, value: bytes) -> Change:
    """Write a value behind a mark of Stata's format."""

    def change(data: bytearray) -> bytearray:
        at = data.index(mark) + len(mark)
        data[at : at + len(value)] = value
        return data

    return change


_HUGE = 2**31 - 1

STATISTICS: dict[str, Entry] = {
    **{f"a good {name}": (_changed(name, lambda data: data), RIGHT) for name in ("a.sav", "a.zsav", "a.dta")},
    **{
        f"{name} cut to {share:.0%}": (
            _changed(name, _cut(share)),
            None if share > 0.9 else f"{DAMAGED}|cannot",
        )
        for name in ("a.sav", "a.zsav", "a.dta")
        for share in (0.02, 0.3, 0.7, 0.98)
    },
    **{
        f"{name} with {number} bits turned": (_changed(name, _flipped(number)), None)
        for name in ("a.sav", "a.zsav", "a.dta")
        for number in (1, 20, 500)
    },
    **{
        f"{name} with its head turned": (_changed(name, lambda data: bytes(len(data))), DAMAGED)
        for name in ("a.sav", "a.zsav", "a.dta")
    },
    **{
        f"{name} of its first bytes": (_changed(name, lambda data: data[:4]), DAMAGED)
        for name in ("a.sav", "a.zsav")
    },
    "a.dta of its first bytes": (_changed("a.dta", lambda data: data[:11]), DAMAGED),
    "a.sav of two billion rows": (_changed("a.sav", _number(80, _HUGE)), None),
    "a.sav of a negative number of rows": (_changed("a.sav", _number(80, -9)), None),
    "a.sav of two billion columns": (_changed("a.sav", _number(68, _HUGE)), None),
    "a.sav packed in an unknown way": (_changed("a.sav", _number(72, 77)), None),
    "a.sav of another byte order": (_changed("a.sav", _number(64, 0x02000000)), None),
    "a.dta of all rows there can be": (_changed("a.dta", _after(b"<N>", b"\xff" * 8)), None),
    "a.dta of a billion rows": (_changed("a.dta", _after(b"<N>", struct.pack("<Q", 10**9))), None),
    "a.dta of 65,535 columns": (_changed("a.dta", _after(b"<K>", b"\xff\xff\xff\xff")), None),
    "a.dta whose map leads nowhere": (_changed("a.dta", _after(b"<map>", b"\xff" * 112)), None),
    "a.dta whose head is noise": (_changed("a.dta", _flipped(300, 20)), None),
    "a.dta of a label of 4 GB": (_changed("a.dta", _after(b"<label>", b"\xff\xff")), None),
    "an older .dta of noise": (
        lambda folder: _write(folder / "a.dta", b"\x72\x02\x01\x00" + random.Random(7).randbytes(9_000)),
        f"{DAMAGED}|cannot",
    ),
    "a .sav that is text": (lambda folder: _write(folder / "a.sav", b"b1,b2,b3\r\n1,2,3\r\n"), DAMAGED),
    "a .sav that is empty": (lambda folder: _write(folder / "a.sav", b""), "empty"),
    "a .sav of its mark and zeros": (
        lambda folder: _write(folder / "a.sav", b"$FL2" + bytes(9_000)),
        DAMAGED,
    ),
    "a .sav of 290 MB of zeros": (lambda folder: _sparse(folder / "a.sav", b"$FL2@(#) x"), DAMAGED),
    "a Stata file that is XML": (
        lambda folder: _write(folder / "a.dta", b"<stata_dta><header><release>118</release></stata_dta>"),
        DAMAGED,
    ),
    "a Stata file of an unknown release": (_changed("a.dta", _after(b"<release>", b"999")), DAMAGED),
}


def _write(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def _sparse(path: Path, head: bytes) -> Path:
    with path.open("wb") as stream:
        stream.write(head)
        stream.truncate(290 << 20)
    return path
