"""Good files → slightly bent ones: bits, pieces, parts of a zip, cells of a table."""

from __future__ import annotations

import csv
import io
import random
import re
import struct
import zipfile
import zlib
from collections.abc import Callable
from xml.sax.saxutils import escape

from tests.robustness.hostile_words import PAYLOADS

Change = Callable[[bytes, random.Random], bytes]

#: An earlier change left no zip, no table or nothing to bend.
_NO_LONGER = (
    zipfile.BadZipFile, zlib.error, csv.Error, EOFError, IndexError, KeyError, NotImplementedError,
    ValueError,
)  # fmt: skip

_PAYLOADS = [text[:5_000] for text in PAYLOADS.values()]
_NUMBERS = (0, 1, -1, 2, 7, 127, 128, 255, 256, 32_767, 65_535, 2**31 - 1, -(2**31), 2**32 - 1, 10**9)
#: Pieces that mean something to one reader or another.
_PIECES = [
    b"", b"\0", b"\0\0\0\0", b"\xff\xff\xff\xff", b'"', b'""', b",", b";", b"\t", b"\r", b"\n", b"\r\n", b" ",
    b"\xef\xbb\xbf", b"\xff\xfe", b"\xc3", b"\xed\xa0\x80", b"\x1f", b"PK\x03\x04", b"PK\x01\x02", b"<",
    b"]]>", b"<!DOCTYPE a>", b"&#0;", b"&a;", b"-1", b"1e999", b"99999999999", b"A1048577", b"XFE1",
]  # fmt: skip


def flip_bits(data: bytes, chance: random.Random) -> bytes:
    """Turn a few bits."""
    bent = bytearray(data)
    for _ in range(chance.choice((1, 1, 1, 2, 5, 20))):
        bent[chance.randrange(len(bent))] ^= 1 << chance.randrange(8)
    return bytes(bent)


def cut(data: bytes, chance: random.Random) -> bytes:
    """Leave out the end."""
    return data[: chance.randrange(len(data))]


def remove(data: bytes, chance: random.Random) -> bytes:
    """Leave out a piece."""
    start, end = sorted(chance.randrange(len(data) + 1) for _ in range(2))
    return data[:start] + data[min(end, start + chance.choice((1, 4, 64, 4_096))) :]


def repeat(data: bytes, chance: random.Random) -> bytes:
    """Write a piece again, there or elsewhere."""
    start = chance.randrange(len(data))
    piece = data[start : start + chance.choice((1, 4, 64, 4_096))] * chance.choice((1, 2, 50))
    at = chance.choice((start, chance.randrange(len(data))))
    return data[:at] + piece + data[at:]


def insert(data: bytes, chance: random.Random) -> bytes:
    """Write a piece that means something, over what stands there or between."""
    piece, at = chance.choice(_PIECES), chance.randrange(len(data))
    return data[:at] + piece + data[at + chance.choice((0, len(piece))) :]


def number(data: bytes, chance: random.Random) -> bytes:
    """Write a number where one of 1, 2, 4 or 8 bytes may stand."""
    size, kind = chance.choice(((1, "B"), (2, "H"), (4, "I"), (8, "Q")))
    value = chance.choice(_NUMBERS) % (1 << 8 * size)
    at = chance.randrange(len(data)) // size * size
    return data[:at] + struct.pack(chance.choice("<>") + kind, value) + data[at + size :]


BYTES: tuple[Change, ...] = (flip_bits, cut, remove, repeat, insert, number)


def part(data: bytes, chance: random.Random) -> bytes:
    """Bend one part of a zip, and pack it again as if nothing had happened."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    name = chance.choice(sorted(parts))
    change = chance.choice((*BYTES, markup, markup, markup, markup))
    parts[name] = change(parts[name], chance) if parts[name] else chance.choice(_PIECES)
    if chance.random() < 0.05:
        del parts[name]
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for key, content in parts.items():
            archive.writestr(key, content)
    return packed.getvalue()


_WORDS = re.compile(r'(?<==")[^"]*(?=")|(?<=>)[^<]+(?=<)')
_ELEMENTS = re.compile(r"<[^<>]*>")


def markup(data: bytes, chance: random.Random) -> bytes:
    """Bend XML: replace an attribute or a text, or leave out, repeat or exchange an element."""
    text = data.decode("utf-8", "surrogateescape")
    places = list((_WORDS if chance.random() < 0.6 else _ELEMENTS).finditer(text))
    if not places:
        return flip_bits(data, chance)
    place, other = chance.choice(places), chance.choice(places)
    words = (
        "", place[0] * 2, place[0][:-1], other[0], str(chance.choice(_NUMBERS)), "1e999", "nan", "A1",
        "AAAA9", escape(chance.choice(_PAYLOADS), {'"': "&quot;"}),
    )  # fmt: skip
    bent = text[: place.start()] + chance.choice(words) + text[place.end() :]
    return bent.encode("utf-8", "surrogateescape")


def cells(data: bytes, chance: random.Random) -> bytes:
    """Bend a table of text: replace, exchange, leave out or repeat cells and rows."""
    encoding = "utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8"
    text = data.decode(encoding, "surrogateescape" if encoding == "utf-8" else "replace")
    separator = max(",\t;|", key=text.count)
    table = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))
    for _ in range(chance.choice((1, 1, 2, 5))):
        row = chance.choice(table)
        at = chance.randrange(max(1, len(row)))
        match chance.randrange(9):
            case 0 | 1:
                row[at:] = [chance.choice(_PAYLOADS), *row[at + 1 :]]
            case 2:
                row[at:] = [chance.choice(("", " ", "0", "1", "5", "-99", "N/A", "b1")), *row[at + 1 :]]
            case 3:
                other = chance.choice(table)
                row[at:], other[at:] = other[at:], row[at:]
            case 4:
                del row[at:]
            case 5:
                row.insert(at, chance.choice(chance.choice(table) or [""]))
            case 6:
                table.insert(chance.randrange(len(table)), list(row))
            case 7:
                chance.shuffle(table)
            case _:
                for line in table:
                    if at < len(line):
                        line.insert(0, line.pop(at))
    bent = io.StringIO(newline="")
    quoting = chance.choice((csv.QUOTE_ALL, csv.QUOTE_MINIMAL))
    csv.writer(bent, delimiter=separator, quoting=quoting).writerows(table)
    return bent.getvalue().encode(encoding, "surrogateescape" if encoding == "utf-8" else "replace")


def mutant(data: bytes, chance: random.Random) -> bytes:
    """Return a file that is a little other than a good one, in the ways that its kind allows."""
    if data.startswith(b"PK"):
        changes: tuple[Change, ...] = (part,) * 12 + BYTES
    elif data.startswith((b"\xd0\xcf", b"$FL", b"<stata_dta>")):
        changes = BYTES
    else:
        changes = (cells,) * 12 + BYTES
    bent = data
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        try:
            bent = chance.choice(changes)(bent, chance)
        except _NO_LONGER:
            break
    return bent
