"""Zips that unfold to more than they say, hold something else, or are broken off."""

from __future__ import annotations

import random
import struct
import zipfile
import zlib
from pathlib import Path

from tests.reading.belonging import HEADER, ROWS, as_csv
from tests.robustness.build import (
    GOOD,
    ODF,
    RIGHT,
    XML,
    Entry,
    Part,
    Write,
    large_part,
    ods_parts,
    ods_rows,
    parts_of,
    worksheet,
    zipped,
)

BOMB = "unfolds to"
MEMORY = "more memory"
DAMAGED = "damaged"
NO_WORKBOOK = "not a workbook"

_PARTS = parts_of({"Answers": worksheet(GOOD)})
_SHEET = "xl/worksheets/sheet1.xml"
_ZEROS = bytes(1_000_000)


def _parts(name: str, parts: dict[str, Part]) -> Write:
    return lambda folder: zipped(folder / name, parts)


def _with_large(name: str, part: str, block: bytes, number: int, level: int = 9) -> Write:
    def write(folder: Path) -> Path:
        path = zipped(folder / name, {key: text for key, text in _PARTS.items() if key != part})
        with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED, compresslevel=level) as archive:
            large_part(archive, part, block, number)
        return path

    return write


def _large_sheet(folder: Path) -> Path:
    """A sheet of one cell of 110 MB, which is few bytes in the zip."""
    path = zipped(folder / "a.xlsx", {key: text for key, text in _PARTS.items() if key != _SHEET})
    head, tail = worksheet('<row r="1"><c r="A1" t="inlineStr"><is><t>|</t></is></c></row>').split("|")
    with (
        zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive,
        archive.open(_SHEET, "w") as part,
    ):
        part.write(head.encode())
        for _ in range(110):
            part.write(b"x" * 1_000_000)
        part.write(tail.encode())
    return path


def _nested(folder: Path) -> Path:
    """A zip in a zip in a zip, ten copies at each level."""
    inner = zipped(folder / "0.zip", {"0": _ZEROS}).read_bytes()
    for level in range(1, 4):
        inner = zipped(folder / f"{level}.zip", {f"{i}.zip": inner for i in range(10)}).read_bytes()
    return zipped(folder / "a.xlsx", {**_PARTS, "xl/media/a.zip": inner})


def _many_entries(folder: Path) -> Path:
    return zipped(folder / "a.xlsx", {**_PARTS, **{f"xl/media/{i}": b"" for i in range(5_000)}})


def _central(data: bytes) -> int:
    """Return where the list of a zip's parts starts."""
    return struct.unpack("<I", data[-6:-2])[0]


def _lying_sizes(folder: Path) -> Path:
    """A part of 110 MB that the zip says has 900 bytes."""
    path = _large_sheet(folder)
    data = bytearray(path.read_bytes())
    at = data.index(b"PK\x01\x02", _central(data))
    while data[at : at + 4] == b"PK\x01\x02":
        data[at + 24 : at + 28] = struct.pack("<I", 900)
        at += 46 + sum(struct.unpack("<3H", data[at + 28 : at + 34]))
    path.write_bytes(data)
    return path


def _overlapping(folder: Path) -> Path:
    """One large part that the zip lists 1,900 times."""
    parts = {**_PARTS, "xl/media/a": _ZEROS}
    data = zipped(folder / "a.xlsx", parts).read_bytes()
    start = _central(data)
    end = data.rindex(b"PK\x05\x06")
    last = data.rindex(b"PK\x01\x02")
    entry = data[last:end]
    entries = data[start:end] + b"".join(entry[:46] + b"xl/media/" + b"%1x" % (i % 16) for i in range(1_900))
    number = len(parts) + 1_900
    tail = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, number, number, len(entries), start, 0)
    (folder / "a.xlsx").write_bytes(data[:start] + entries + tail)
    return folder / "a.xlsx"


def _holds_itself(folder: Path) -> Path:
    """A zip with a part that is the zip itself, its list of parts included."""
    path = zipped(folder / "a.xlsx", _PARTS)
    data = path.read_bytes()
    start, end = _central(data), data.rindex(b"PK\x05\x06")
    name = b"xl/media/a.zip"
    size = len(data) + 2 * len(name) + 46
    local = struct.pack("<4s5H3I2H", b"PK\x03\x04", 20, 0, 0, 0, 0, 0, size, size, len(name), 0) + name
    entry = struct.pack(
        "<4s6H3I5H2I", b"PK\x01\x02", 20, 20, 0, 0, 0, 0, 0, size, size, len(name), 0, 0, 0, 0, 0, start
    )
    entries = data[start:end] + entry + name
    number = len(_PARTS) + 1
    tail = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, number, number, len(entries), start + len(local), 0)
    path.write_bytes(data[:start] + local + entries + tail)
    return path


def _twice(folder: Path) -> Path:
    """Two sheets under one name in the zip: a reader that checks one could read the other."""
    path = zipped(folder / "a.xlsx", _PARTS)
    other = worksheet(GOOD.replace(">Agree<", ">Disagree<"))
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/worksheets/sheet2.xml", other)
    path.write_bytes(path.read_bytes().replace(b"sheet2.xml", b"sheet1.xml"))
    return path


def _cut(share: float, name: str = "a.xlsx") -> Write:
    def write(folder: Path) -> Path:
        parts = _PARTS if name.endswith("x") else ods_parts(ods_rows([HEADER, *ROWS]))
        data = zipped(folder / name, parts).read_bytes()
        (folder / name).write_bytes(data[: int(len(data) * share)])
        return folder / name

    return write


def _without(part: str) -> Write:
    return _parts("a.xlsx", {name: content for name, content in _PARTS.items() if name != part})


def _flag_encrypted(name: str, inner: dict[str, Part]) -> Write:
    """A zip whose parts say that they need a password."""

    def write(folder: Path) -> Path:
        data = bytearray(zipped(folder / name, inner).read_bytes())
        for mark, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
            at = data.find(mark)
            while at >= 0:
                data[at + flags] |= 1
                at = data.find(mark, at + 4)
        (folder / name).write_bytes(data)
        return folder / name

    return write


def _method(number: int) -> Write:
    """A workbook packed in a way that nobody knows."""

    def write(folder: Path) -> Path:
        data = bytearray(zipped(folder / "a.xlsx", _PARTS).read_bytes())
        for mark, place in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
            at = data.find(mark)
            while at >= 0:
                data[at + place : at + place + 2] = struct.pack("<H", number)
                at = data.find(mark, at + 4)
        (folder / "a.xlsx").write_bytes(data)
        return folder / "a.xlsx"

    return write


def _bad_checksum(folder: Path) -> Path:
    data = bytearray(zipped(folder / "a.xlsx", _PARTS).read_bytes())
    at = data.rindex(b"PK\x01\x02")
    data[at + 16 : at + 20] = struct.pack("<I", zlib.crc32(b"else"))
    (folder / "a.xlsx").write_bytes(data)
    return folder / "a.xlsx"


def _far_list(folder: Path) -> Path:
    """A zip whose list of parts lies behind its end."""
    data = zipped(folder / "a.xlsx", _PARTS).read_bytes()
    (folder / "a.xlsx").write_bytes(data[:-6] + b"\xf0\xff\xff\xff" + data[-2:])
    return folder / "a.xlsx"


def _climbing(folder: Path) -> Path:
    """Parts whose names climb out of the folder: nothing is ever unpacked to a disk."""
    return zipped(folder / "a.xlsx", {**_PARTS, "../../a.txt": b"x", "/etc/b": b"x", "C:\\c": b"x"})


def _behind_other_bytes(folder: Path) -> Path:
    data = zipped(folder / "a.xlsx", _PARTS).read_bytes()
    (folder / "a.xlsx").write_bytes(b"PK\x03\x04" + b"\x05" * 999 + data)
    return folder / "a.xlsx"


def _ods(content: str) -> Write:
    return _parts("a.ods", ods_parts(ods_rows([HEADER, *ROWS]) + content))


_CELL = '<table:table-cell office:value-type="string"{}><text:p>x</text:p></table:table-cell>'

ZIPS: dict[str, Entry] = {
    "a picture of 120 MB": (_with_large("a.xlsx", "xl/media/a.png", _ZEROS, 120), BOMB),
    "a picture that shrinks a thousandfold": (_with_large("a.xlsx", "xl/media/a.png", _ZEROS, 250), BOMB),
    "a sheet of 110 MB": (_large_sheet, BOMB),
    "a sheet of 110 MB that the zip says is small": (_lying_sizes, f"{MEMORY}|{DAMAGED}"),
    "a sheet of 90 MB": (
        _with_large("a.xlsx", _SHEET, b"<!-- " + b"x" * 990 + b" -->\n", 90_000),
        DAMAGED,
    ),
    "zips within zips": (_nested, RIGHT),
    "five thousand parts": (_many_entries, BOMB),
    "one part listed 1,900 times": (_overlapping, BOMB),
    "a zip that holds itself": (_holds_itself, None),
    "one name twice": (_twice, None),
    "a zip cut to its first bytes": (_cut(0.01), DAMAGED),
    "a zip cut at a third": (_cut(0.3), DAMAGED),
    "a zip cut at two thirds": (_cut(0.7), DAMAGED),
    "a zip cut in its list of parts": (_cut(0.95), DAMAGED),
    "a zip without its last byte": (_cut(0.9999), None),
    "an .ods cut at its half": (_cut(0.5, "a.ods"), DAMAGED),
    "a zip with its own list of parts behind its end": (_far_list, DAMAGED),
    "a zip with a wrong checksum": (_bad_checksum, None),
    "a zip behind other bytes": (_behind_other_bytes, None),
    "a zip packed in an unknown way": (_method(97), f"{DAMAGED}|stop"),
    "parts whose names climb": (_climbing, RIGHT),
    "parts that need a password": (_flag_encrypted("a.xlsx", _PARTS), "password"),
    "a zip of answers that needs a password": (_flag_encrypted("a.zip", {"a.csv": as_csv()}), "password"),
    "a zip of answers": (_parts("a.zip", {"a.csv": as_csv()}), "zip folder"),
    "a zip of answers under another name": (_parts("a.csv", {"fall/a.csv": as_csv()}), "zip folder"),
    "an empty zip": (_parts("a.xlsx", {}), NO_WORKBOOK),
    "a zip of a workbook's name alone": (_parts("a.xlsx", {"xl/workbook.xml": ""}), DAMAGED),
    "a workbook without its list of types": (_without("[Content_Types].xml"), None),
    "a workbook without its links": (_without("xl/_rels/workbook.xml.rels"), DAMAGED),
    "a workbook without its sheet": (_without(_SHEET), f"{DAMAGED}|no sheet"),
    "a .docx named .xlsx": (
        _parts("a.xlsx", {"[Content_Types].xml": XML, "word/document.xml": f"{XML}<w/>"}),
        NO_WORKBOOK,
    ),
    "a .pptx named .xlsx": (
        _parts("a.xlsx", {"[Content_Types].xml": XML, "ppt/presentation.xml": f"{XML}<p/>"}),
        NO_WORKBOOK,
    ),
    "an .odt named .xlsx": (
        _parts(
            "a.xlsx",
            {
                "mimetype": "application/vnd.oasis.opendocument.text",
                "content.xml": f'{XML}<office:document-content xmlns:office="{ODF}:office:1.0">'
                "<office:body><office:text/></office:body></office:document-content>",
            },
        ),
        NO_WORKBOOK,
    ),
    "a .numbers file": (_parts("a.numbers", {"Index/Document.iwa": b"\0"}), NO_WORKBOOK),
    "an .ods named .xlsx": (_parts("a.xlsx", ods_parts(ods_rows([HEADER, *ROWS]))), RIGHT),
    "an .xlsx named .ods": (_parts("a.ods", _PARTS), RIGHT),
    "an .xlsx named .xls": (_parts("a.xls", _PARTS), RIGHT),
    "an .xlsx named .csv": (_parts("a.csv", _PARTS), RIGHT),
    "an .xlsb of noise": (
        _parts("a.xlsb", {"xl/workbook.bin": random.Random(7).randbytes(5_000)}),
        f"{DAMAGED}|stop",
    ),
    "an .xlsb of nothing": (_parts("a.xlsb", {"xl/workbook.bin": b""}), None),
    "an .ods of a million equal rows": (
        _ods(
            f'<table:table-row table:number-rows-repeated="1048576">{_CELL.format("") * 9}</table:table-row>'
        ),
        f"{MEMORY}|reaches to row",
    ),
    "an .ods of four billion equal rows": (
        _ods(
            '<table:table-row table:number-rows-repeated="4294967295"><table:table-cell/></table:table-row>'
            f"<table:table-row>{_CELL.format('')}</table:table-row>"
        ),
        f"{MEMORY}|reaches to row",
    ),
    "an .ods of a billion equal cells": (
        _ods(
            "<table:table-row>"
            + _CELL.format(' table:number-columns-repeated="999999999"')
            + "</table:table-row>"
        ),
        f"{MEMORY}|reaches to row",
    ),
    "an .ods with empty rows to its end": (
        _ods(
            '<table:table-row table:number-rows-repeated="1048000"><table:table-cell '
            'table:number-columns-repeated="16384"/></table:table-row>'
        ),
        RIGHT,
    ),
    "an .ods of a negative number of rows": (
        _ods(f'<table:table-row table:number-rows-repeated="-3">{_CELL.format("")}</table:table-row>'),
        None,
    ),
}
