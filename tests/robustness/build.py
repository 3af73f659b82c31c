"""How hostile files are put together: byte by byte, where no library would write them."""

from __future__ import annotations

import re
import struct
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

from tests.reading.belonging import HEADER, ROWS, as_csv

Write = Callable[[Path], Path]
#: What must come of reading a file: a piece of the sentence that refuses it, or the codes of the first
#: question, one a row; None where either will do, as long as it keeps the promise.
Outcome = str | list[int | None] | None
Entry = tuple[Write, Outcome]

RIGHT: Outcome = [4, 3, 4, 5]
NO_TABLE = "not a table of text"
NO_QUESTION = "no row in which a question"

XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
DOCUMENT = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"
ODF = "urn:oasis:names:tc:opendocument:xmlns"
ODS = "application/vnd.oasis.opendocument.spreadsheet"

Part = str | bytes


def file(name: str, content: str | bytes) -> Write:
    """Return what writes a small file."""
    data = content.encode() if isinstance(content, str) else content

    def write(folder: Path) -> Path:
        path = folder / name
        path.write_bytes(data)
        return path

    return write


def large(name: str, before: bytes, block: bytes, number: int, after: bytes = b"") -> Write:
    """Return what writes a large file block by block, so that the memory of this process does not grow."""

    def content() -> Iterator[bytes]:
        yield before
        for _ in range(number):
            yield block
        yield after

    def write(folder: Path) -> Path:
        path = folder / name
        with path.open("wb") as stream:
            stream.writelines(content())
        return path

    return write


def sparse(name: str, size: int, head: bytes = b"") -> Write:
    """Return what makes a file that is large and takes no room: zeros behind its head."""

    def write(folder: Path) -> Path:
        path = folder / name
        with path.open("wb") as stream:
            stream.write(head)
            stream.truncate(size)
        return path

    return write


def with_cell(text: str, position: int = 8) -> str:
    """Return the good table with one cell of its first row replaced: the comment, unless told otherwise."""
    first = [*ROWS[0][:position], text.replace('"', '""'), *ROWS[0][position + 1 :]]
    return as_csv([first, *ROWS[1:]])


def with_header(*names: str) -> str:
    """Return the good table with more columns, each with a cell in every row."""
    quoted = [name.replace('"', '""') for name in names]
    return as_csv([[*row, *["x"] * len(names)] for row in ROWS], [*HEADER, *quoted])


def zipped(path: Path, parts: Mapping[str, Part]) -> Path:
    """Write a zip of some parts."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


def large_part(archive: zipfile.ZipFile, name: str, block: bytes, number: int) -> None:
    """Write a part of many equal blocks, without holding it whole."""
    with archive.open(name, "w") as part:
        for _ in range(number):
            part.write(block)


def column(position: int) -> str:
    """Return the letters of a column, from 0."""
    name, position = "", position + 1
    while position:
        position, rest = divmod(position - 1, 26)
        name = chr(65 + rest) + name
    return name


def text_cell(place: str, text: str) -> str:
    """Return a cell of text as XML; what XML does not allow stands as Excel writes it."""
    text = re.sub("[\x00-\x08\x0b-\x1f\ufffe\uffff]", lambda sign: f"_x{ord(sign[0]):04X}_", text)
    return f'<c r="{place}" t="inlineStr"><is><t xml:space="preserve">{escape(text)}</t></is></c>'


def row(number: int, cells: str) -> str:
    """Return a row of cells given as XML."""
    return f'<row r="{number}">{cells}</row>'


def rows(table: Iterable[Iterable[str]], first: int = 1) -> str:
    """Return rows of text as XML, the empty cells left out."""
    return "".join(
        row(number, "".join(text_cell(f"{column(i)}{number}", text) for i, text in enumerate(cells) if text))
        for number, cells in enumerate(table, first)
    )


#: The table that the good files hold.
GOOD = rows([HEADER, *ROWS])


def worksheet(content: str, before: str = "", after: str = "") -> str:
    """Return a sheet with rows given as XML."""
    return f'{XML}<worksheet xmlns="{SHEET}">{before}<sheetData>{content}</sheetData>{after}</worksheet>'


def parts_of(sheets: Mapping[str, str], kinds: Mapping[str, str] | None = None) -> dict[str, Part]:
    """Return the parts of a workbook.

    Parameters
    ----------
    sheets
        By name, each sheet as XML.
    kinds
        By name, what the workbook says of a sheet that is not usual: ``state="hidden"``.
    """
    places = {name: f"worksheets/sheet{number}.xml" for number, name in enumerate(sheets, 1)}
    overrides = "".join(
        f'<Override PartName="/xl/{place}" ContentType="{TYPES}.worksheet+xml"/>' for place in places.values()
    )
    entries = "".join(
        f'<sheet name={quoteattr(name)} sheetId="{number}" r:id="rId{number}" {(kinds or {}).get(name, "")}/>'
        for number, name in enumerate(sheets, 1)
    )
    relations = "".join(
        f'<Relationship Id="rId{number}" Type="{DOCUMENT}/worksheet" Target="{place}"/>'
        for number, place in enumerate(places.values(), 1)
    )
    return {
        "[Content_Types].xml": (
            f'{XML}<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" '
            'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            '<Default Extension="xml" ContentType="application/xml"/>'
            f'<Override PartName="/xl/workbook.xml" ContentType="{TYPES}.sheet.main+xml"/>{overrides}</Types>'
        ),
        "_rels/.rels": (
            f'{XML}<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1" '
            f'Type="{DOCUMENT}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
        ),
        "xl/workbook.xml": (
            f'{XML}<workbook xmlns="{SHEET}" xmlns:r="{DOCUMENT}"><sheets>{entries}</sheets></workbook>'
        ),
        "xl/_rels/workbook.xml.rels": (
            f'{XML}<Relationships xmlns="{PACKAGE}/relationships">{relations}</Relationships>'
        ),
        **{f"xl/{place}": sheets[name] for name, place in places.items()},
    }


def with_strings(parts: dict[str, Part], strings: str) -> dict[str, Part]:
    """Return a workbook's parts with shared strings, given as XML."""
    relations = str(parts["xl/_rels/workbook.xml.rels"]).replace(
        "</Relationships>",
        f'<Relationship Id="rId9001" Type="{DOCUMENT}/sharedStrings" Target="sharedStrings.xml"/>'
        "</Relationships>",
    )
    shared = f'{XML}<sst xmlns="{SHEET}">{strings}</sst>'
    return {**parts, "xl/_rels/workbook.xml.rels": relations, "xl/sharedStrings.xml": shared}


def with_styles(parts: dict[str, Part], formats: Iterable[int]) -> dict[str, Part]:
    """Return a workbook's parts with cell styles of some number formats: style 0 is the first."""
    relations = str(parts["xl/_rels/workbook.xml.rels"]).replace(
        "</Relationships>",
        f'<Relationship Id="rId9002" Type="{DOCUMENT}/styles" Target="styles.xml"/></Relationships>',
    )
    styles = "".join(f'<xf numFmtId="{number}"/>' for number in formats)
    sheet = f'{XML}<styleSheet xmlns="{SHEET}"><cellXfs>{styles}</cellXfs></styleSheet>'
    return {**parts, "xl/_rels/workbook.xml.rels": relations, "xl/styles.xml": sheet}


def workbook(path: Path, content: str, **more: str) -> Path:
    """Write a workbook of one sheet with rows given as XML."""
    return zipped(path, parts_of({"Answers": worksheet(content, **more)}))


def ods_parts(content: str) -> dict[str, Part]:
    """Return the parts of an OpenDocument spreadsheet with rows given as XML."""
    return {
        "mimetype": ODS,
        "META-INF/manifest.xml": (
            f'{XML}<manifest:manifest xmlns:manifest="{ODF}:manifest:1.0">'
            f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{ODS}"/>'
            '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/>'
            "</manifest:manifest>"
        ),
        "content.xml": (
            f'{XML}<office:document-content xmlns:office="{ODF}:office:1.0" xmlns:table="{ODF}:table:1.0" '
            f'xmlns:text="{ODF}:text:1.0" office:version="1.2"><office:body><office:spreadsheet>'
            f'<table:table table:name="Answers">{content}</table:table>'
            "</office:spreadsheet></office:body></office:document-content>"
        ),
    }


def ods_rows(table: Iterable[Iterable[str]]) -> str:
    """Return rows of an OpenDocument spreadsheet as XML."""
    return "".join(
        "<table:table-row>"
        + "".join(
            f'<table:table-cell office:value-type="string"><text:p>{escape(text)}</text:p></table:table-cell>'
            for text in cells
        )
        + "</table:table-row>"
        for cells in table
    )


_SECTOR = 512
_FREE, _END, _FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD


def ole(path: Path, streams: Mapping[str, bytes], *, circle: bool = False) -> Path:
    """Write an OLE file, as older spreadsheets and encrypted workbooks are.

    Parameters
    ----------
    path
        Where.
    streams
        By name, what it holds; each is filled up to 4096 bytes, so that no small streams are needed.
    circle
        Whether each stream's last sector names its first as the next one, so that it never ends.
    """
    contents = [data.ljust(4096, b"\0") for data in streams.values()]
    contents = [data + b"\0" * (-len(data) % _SECTOR) for data in contents]
    entries = _SECTOR // 128 * -(-(len(streams) + 1) // 4)
    directory = [_entry("Root Entry", 5, 1 if streams else _FREE, _END, 0)]
    chain = [_FAT] + [i + 2 for i in range(entries // 4 - 1)] + [_END]
    for number, (name, data) in enumerate(zip(streams, contents, strict=True), 1):
        after = number + 1 if number < len(streams) else _FREE
        first, sectors = len(chain), len(data) // _SECTOR
        directory.append(_entry(name, 2, _FREE, first, len(data), after))
        chain += [first + i + 1 for i in range(sectors - 1)] + [first if circle else _END]
    directory += [bytes(128)] * (entries - len(directory))
    fat = struct.pack("<128I", *chain, *[_FREE] * (128 - len(chain)))
    head = struct.pack(
        "<8s16s5H6x9I", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"", 0x3E, 3, 0xFFFE, 9, 6,
        0, 1, 1, 0, 4096, _END, 0, _END, 0,
    )  # fmt: skip
    path.write_bytes(
        head + struct.pack("<109I", 0, *[_FREE] * 108) + fat + b"".join(directory) + b"".join(contents)
    )
    return path


def _entry(name: str, kind: int, child: int, first: int, size: int, after: int = _FREE) -> bytes:
    text = (name + "\0").encode("utf-16-le")
    return struct.pack("<64sHBB3I36xIQ", text, len(text), kind, 1, _FREE, after, child, first, size)


def record(kind: int, data: bytes) -> bytes:
    """Return a record of the older workbook format."""
    return struct.pack("<HH", kind, len(data)) + data
