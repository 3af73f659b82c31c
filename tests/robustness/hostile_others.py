"""Files that are something else under the name of a table."""

from __future__ import annotations

import base64
import bz2
import gzip
import io
import json
import lzma
import random
import sqlite3
import struct
import tarfile
from pathlib import Path

from tests.reading.belonging import HEADER, ROWS, as_csv
from tests.robustness.build import NO_QUESTION, NO_TABLE, Entry, Write, file, ole, record

_GOOD = as_csv().encode()
_NOISE = random.Random(7).randbytes(20_000)
PAGE = "web page"
NO_WORKBOOK = "not a workbook"
_TABLE = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in [HEADER, *ROWS])


def _tar() -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        member = tarfile.TarInfo("answers.csv")
        member.size = len(_GOOD)
        archive.addfile(member, io.BytesIO(_GOOD))
    return stream.getvalue()


def _database(folder: Path) -> Path:
    with sqlite3.connect(folder / "a.csv") as connection:
        connection.execute("create table answers (b1 text, b2 text, b3 text)")
    connection.close()
    return folder / "a.csv"


def _ole(name: str, streams: dict[str, bytes], **more: bool) -> Write:
    return lambda folder: ole(folder / name, streams, **more)


_START = record(0x809, struct.pack("<4H2I", 0x600, 5, 0, 0, 0, 0))
_LOCK = record(0x2F, struct.pack("<3H", 1, 1, 1) + bytes(48))
_END = record(0x0A, b"")

#: A picklled call, in the oldest protocol: it has no byte that is no text.
_PICKLE = b"cos\nsystem\n(S'true'\ntR."

OTHERS: dict[str, Entry] = {
    "a web page as .xls": (file("a.xls", f"<html><body><table>{_TABLE}</table></body></html>"), PAGE),
    "a table of a web page as .xls": (file("a.xls", f"\ufeff\r\n <table border=1>{_TABLE}</table>"), PAGE),
    "a web page behind a comment": (file("a.xls", f"<!-- x --><html><table>{_TABLE}</table></html>"), PAGE),
    "a web page in UTF-16": (file("a.xls", f"<html><table>{_TABLE}</table></html>".encode("utf-16")), "."),
    "an XML spreadsheet of 2003": (
        file(
            "a.xls",
            '<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>'
            '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>',
        ),
        "web page|XML",
    ),
    "a web archive": (
        file(
            "a.xls",
            'MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary="x"\r\n\r\n--x\r\n'
            "Content-Type: text/html\r\nContent-Transfer-Encoding: base64\r\n\r\n"
            + base64.encodebytes(_TABLE.encode()).decode(),
        ),
        "web page|" + NO_WORKBOOK,
    ),
    "a web archive as .csv": (file("a.csv", "MIME-Version: 1.0\r\nContent-Type: x\r\n\r\n" + _TABLE), "."),
    "XML with entities as .csv": (
        file(
            "a.csv", '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]><x>&a;</x>'
        ),
        PAGE,
    ),
    "a PDF as .xlsx": (file("a.xlsx", b"%PDF-1.7\n" + _NOISE), "PDF"),
    "a picture as .csv": (file("a.csv", b"\x89PNG\r\n\x1a\n" + _NOISE), "picture"),
    "a photograph as .csv": (file("a.csv", b"\xff\xd8\xff\xe0\0\x10JFIF" + _NOISE), "picture"),
    "a moving picture as .csv": (file("a.csv", b"GIF89a" + _NOISE), "picture|" + NO_TABLE),
    "sound as .csv": (file("a.csv", b"ID3\x04" + _NOISE), NO_TABLE),
    "gzip": (file("a.csv.gz", gzip.compress(_GOOD)), "gzip"),
    "gzip as .csv": (file("a.csv", gzip.compress(_GOOD)), "gzip"),
    "bzip2": (file("a.csv", bz2.compress(_GOOD)), "bzip2"),
    "xz": (file("a.csv", lzma.compress(_GOOD)), "xz"),
    "Zstandard": (file("a.csv", b"\x28\xb5\x2f\xfd" + _NOISE), "Zstandard"),
    "7-Zip": (file("a.csv", b"7z\xbc\xaf\x27\x1c\0\x04" + _NOISE), "7-Zip"),
    "RAR": (file("a.csv", b"Rar!\x1a\x07\x01\0" + _NOISE), "RAR"),
    "tar": (file("a.csv", _tar()), "tar|" + NO_TABLE),
    "a text document": (file("a.csv", b"{\\rtf1\\ansi hello}"), "text document"),
    "a database": (_database, "database"),
    "Parquet": (file("a.csv", b"PAR1\x15\x04" + _NOISE + b"PAR1"), "Parquet"),
    "Arrow": (file("a.csv", b"ARROW1\0\0" + _NOISE), NO_TABLE),
    "a list in JSON": (
        file("a.csv", json.dumps([dict(zip(HEADER, row, strict=True)) for row in ROWS], indent=1)),
        "JSON",
    ),
    "a line of JSON a row": (
        file("a.csv", "\n".join(json.dumps(dict(zip(HEADER, row, strict=True))) for row in ROWS)),
        "JSON|" + NO_QUESTION,
    ),
    "JSON a hundred thousand deep": (file("a.csv", "[" * 100_000), "JSON|" + NO_QUESTION),
    "a pickle as text": (file("a.csv", _PICKLE), NO_QUESTION),
    "a pickle": (file("a.csv", b"\x80\x04\x95\x1d\0\0\0\0\0\0\0\x8c\x02os\x94\x8c\x06system\x93."), NO_TABLE),
    "a program in Python": (
        file("a.csv", "import os\nprint(os.environ, 'b1,b2,b3')\n"),
        "no answers under it|" + NO_QUESTION,
    ),
    "a script of a shell": (file("a.csv", '#!/bin/sh\ntouch a1,a2\nrm -rf "$HOME"\n'), "."),
    "a program of Linux": (file("a.csv", b"\x7fELF\x02\x01\x01" + _NOISE), NO_TABLE),
    "a program of Windows": (file("a.xlsx", b"MZ\x90\0\x03" + _NOISE), NO_WORKBOOK),
    "a notebook": (file("a.csv", json.dumps({"cells": [], "nbformat": 4})), "JSON"),
    "R's own format": (file("a.csv", b"X\n\0\0\0\x03" + _NOISE), NO_TABLE),
    "a file of SAS": (file("a.sas7bdat", bytes(12) + b"\xc2\xea\x81\x60" + _NOISE), NO_TABLE),
    "noise as .csv": (file("a.csv", _NOISE), NO_TABLE),
    "noise as .xlsx": (file("a.xlsx", b"\x01" + _NOISE), NO_WORKBOOK),
    "text as .xlsx": (file("a.xlsx", _GOOD), NO_WORKBOOK),
    "a shortcut of a cloud drive": (
        file("a.gsheet", '{"url": "https://example.org"}'),
        "JSON|" + NO_QUESTION,
    ),
    "a lock file of a spreadsheet": (
        file("~$a.xlsx", b"\x03ana" + b" " * 50 + b"\x03\0a\0n\0a\0" * 9),
        "Excel keeps it beside a.xlsx while that workbook is open",
    ),
    "a workbook that needs a password": (
        _ole("a.xlsx", {"EncryptionInfo": b"\x04\0\x04\0", "EncryptedPackage": _NOISE}),
        "password",
    ),
    "an older workbook that needs a password": (
        _ole("a.xls", {"Workbook": _START + _LOCK + _END}),
        "password",
    ),
    "an older workbook without sheets": (_ole("a.xls", {"Workbook": _START + _END}), "no sheet"),
    "an older workbook of noise": (_ole("a.xls", {"Workbook": _START + _NOISE}), "."),
    "an older workbook that never ends": (
        _ole("a.xls", {"Workbook": _START + _NOISE[:4000]}, circle=True),
        ".",
    ),
    "an older workbook cut to its head": (
        file("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(60)),
        "damaged",
    ),
    "an older workbook whose head is noise": (
        file("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + _NOISE),
        "damaged|stop|more memory",
    ),
    "an OLE file without streams": (_ole("a.xls", {}), "damaged"),
    "an older text document as .xls": (_ole("a.xls", {"WordDocument": _NOISE}), "damaged"),
    "an e-mail as .xls": (_ole("a.xls", {"__properties_version1.0": _NOISE}), "damaged"),
}
