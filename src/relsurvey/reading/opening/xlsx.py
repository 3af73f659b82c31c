"""Excel workbooks, row by row: a sheet is never held in memory whole.

The parts are those of ECMA-376 part 1: 18.2 (workbook), 18.3 (worksheet), 18.4 (shared strings) and 18.8.30
(number formats). Formulas are never evaluated: their stored value is read. A document type, and so every
entity, is refused.
"""

from __future__ import annotations

import datetime
import posixpath
import re
import zipfile
import zlib
from collections.abc import Callable
from typing import Any
from xml.parsers import expat

from relsurvey.reading.limits import Limits
from relsurvey.reading.opening.coding import Coder
from relsurvey.reading.opening.refused import RefusedError

#: Formats that show a date or a time, by number: the ones a spreadsheet has of itself.
_DATES = frozenset([*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)])
#: The ones that show percents.
_PERCENTS = frozenset((9, 10))
#: What in a format's code is text, colour or condition; ``[h]`` and its like count hours and stay.
_TEXT = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!(?:h+|m+|s+)\])[^\]]*\]', re.IGNORECASE)
_LETTERS = re.compile(r"[A-Z]{1,3}")
_STRAY = 10_000
_PIECE = 1 << 20
#: How a text holds a character that XML does not allow (ECMA-376 part 1, 22.9.2.19).
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_WORKSHEET = "/worksheet"
_SAVE_AGAIN = "it is damaged or not a workbook. Open it in a spreadsheet and save it again"

Attributes = dict[str, str]


class IrregularError(Exception):
    """A workbook that no spreadsheet writes so; a more patient reader may still make something of it."""


def read(archive: zipfile.ZipFile, limits: Limits) -> list[dict[str, Any]]:
    """Return every worksheet of a workbook.

    Raises
    ------
    RefusedError
        If it is damaged, or made to take the machine.
    IrregularError
        If its parts are no XML, or its rows do not stand in order.
    """
    try:
        book = _Book(archive)
        return [_sheet(archive, name, part, book, limits) for name, part in book.sheets]
    except (expat.ExpatError, KeyError, IndexError, ValueError) as cause:
        raise IrregularError from cause
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, OSError) as cause:
        raise RefusedError(_SAVE_AGAIN) from cause


class _Book:
    """What the sheets share: their names and parts, the strings, what styles show, the first day."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        names = {name.lower(): name for name in archive.namelist()}
        places: dict[str, tuple[str, str]] = {}
        sheets: list[tuple[str, str]] = []
        self.first_day = datetime.datetime(1899, 12, 30)

        def related(name: str, attributes: Attributes) -> None:
            if name == "Relationship":
                places[attributes.get("Id", "")] = (attributes.get("Target", ""), attributes.get("Type", ""))

        def listed(name: str, attributes: Attributes) -> None:
            if name == "sheet":
                link = next((value for key, value in attributes.items() if key.endswith(":id")), "")
                sheets.append((attributes.get("name", ""), link))
            elif name == "workbookPr" and attributes.get("date1904") in ("1", "true"):
                self.first_day = datetime.datetime(1904, 1, 1)

        parse(archive, names["xl/_rels/workbook.xml.rels"], related)
        parse(archive, names["xl/workbook.xml"], listed)
        self.sheets = []
        for title, link in sheets:
            target, kind = places.get(link, ("", ""))
            part = target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"xl/{target}")
            if kind.endswith(_WORKSHEET):
                self.sheets.append((title, names[part.lower()]))
        self.strings = _strings(archive, names.get("xl/sharedstrings.xml"))
        self.shown = _styles(archive, names.get("xl/styles.xml"))


def parse(
    archive: zipfile.ZipFile,
    part: str,
    start: Callable[[str, Attributes], None],
    end: Callable[[str], None] | None = None,
    text: Callable[[str], None] | None = None,
) -> None:
    """Read one part of the archive as a stream of elements, named without their namespace's prefix."""
    parser = expat.ParserCreate()
    parser.buffer_text = True

    def refuse(*_: object) -> None:
        raise RefusedError("it declares a document type, which no spreadsheet writes. Save it again as .xlsx")

    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse

    def first(name: str, attributes: Attributes) -> None:
        # Nearly every writer leaves the names without a prefix; only where one does not is it cut off each.
        prefixed = ":" in name
        parser.StartElementHandler = (lambda n, a: start(_local(n), a)) if prefixed else start
        if end is not None:
            ended = end
            parser.EndElementHandler = (lambda n: ended(_local(n))) if prefixed else end
        parser.StartElementHandler(name, attributes)

    parser.StartElementHandler = first
    if text is not None:
        parser.CharacterDataHandler = text
    with archive.open(part) as file:
        # In large pieces: the parser starts a long text anew with each one.
        while piece := file.read(_PIECE):
            parser.Parse(piece)
        parser.Parse(b"", True)


def _local(name: str) -> str:
    return name.rpartition(":")[2]


def _strings(archive: zipfile.ZipFile, part: str | None) -> list[str]:
    """Return the strings that cells refer to; of one with several fonts all, of its reading aid nothing."""
    strings: list[str] = []
    if part is None:
        return strings
    pieces: list[str] = []
    inside = {"t": False, "rPh": False}

    def start(name: str, _: Attributes) -> None:
        if name == "si":
            pieces.clear()
        elif name in inside:
            inside[name] = True

    def end(name: str) -> None:
        if name == "si":
            strings.append(_unescaped("".join(pieces)))
        elif name in inside:
            inside[name] = False

    def text(piece: str) -> None:
        if inside["t"] and not inside["rPh"]:
            pieces.append(piece)

    parse(archive, part, start, end, text)
    return strings


def _styles(archive: zipfile.ZipFile, part: str | None) -> dict[str, str]:
    """Return by the number of a style what it shows a number as, where it is no plain number."""
    codes: dict[int, str] = {}
    used: list[int] = []
    inside = {"cellXfs": False}

    def start(name: str, attributes: Attributes) -> None:
        if name == "numFmt":
            codes[int(attributes["numFmtId"])] = attributes.get("formatCode", "")
        elif name == "cellXfs":
            inside[name] = True
        elif name == "xf" and inside["cellXfs"]:
            used.append(int(attributes.get("numFmtId", 0)))

    def end(name: str) -> None:
        if name == "cellXfs":
            inside[name] = False

    if part is not None:
        parse(archive, part, start, end)
    shown = {str(i): _shows(number, codes.get(number)) for i, number in enumerate(used)}
    return {style: what for style, what in shown.items() if what}


def _shows(number: int, code: str | None) -> str:
    """Return what a number format shows a number as: ``date`` (or time), ``percent``, "" for a plain number.

    Examples
    --------
    >>> _shows(14, None), _shows(164, 'dd"."mm'), _shows(166, "[h]:mm"), _shows(9, None), _shows(168, "0.0 %")
    ('date', 'date', 'date', 'percent', 'percent')
    >>> _shows(2, None), _shows(165, '0.00 "days"'), _shows(167, "[Red]0"), _shows(169, '0" %"')
    ('', '', '', '')
    """
    if code is None:
        return "date" if number in _DATES else "percent" if number in _PERCENTS else ""
    bare = _TEXT.sub("", code).partition(";")[0].lower()
    if "%" in bare:
        return "percent"
    return "date" if bare not in ("general", "standard") and any(sign in bare for sign in "dmyhs") else ""


def _sheet(archive: zipfile.ZipFile, name: str, part: str, book: _Book, limits: Limits) -> dict[str, Any]:
    """Return one sheet; a gap between cells or rows is filled with empty cells."""
    coder = Coder()
    value_of = _values(book)
    positions: dict[str, int] = {}
    row: list[str] = []
    pieces: list[str] = []
    number = given = column = 0
    kind = style = ""
    taking = aid = False

    # Closures over plain names: this runs for every cell, and an attribute of an object costs twice as much.
    def start(element: str, attributes: Attributes) -> None:
        nonlocal row, pieces, number, column, kind, style, taking, aid
        if element == "c":
            if reference := attributes.get("r"):
                letters = reference.rstrip("0123456789")
                position = positions.get(letters)
                column = positions.setdefault(letters, _position(letters)) if position is None else position
            kind = attributes.get("t", "n")
            style = attributes.get("s", "")
            pieces = []
        elif element == "t" or element == "v":
            taking = not aid
        elif element == "row":
            number = int(attributes.get("r", number + 1))
            row, column = [], 0
        elif element == "rPh":
            aid = True

    def text(piece: str) -> None:
        if taking:
            pieces.append(piece)

    def end(element: str) -> None:
        nonlocal column, given, taking, aid
        if element == "c":
            if pieces:
                value = value_of("".join(pieces), kind, style)
                gap = column - len(row)
                if gap == 0:
                    row.append(value)
                elif gap < 0:
                    row[column] = value
                elif value:
                    if column >= limits.columns:
                        raise _too_far(name, number, column)
                    row.extend([""] * gap)
                    row.append(value)
            column += 1
        elif element == "t" or element == "v":
            taking = False
        elif element == "row":
            if any(row):
                blank = number - 1 - given
                if blank > _STRAY or number > limits.rows or len(row) > limits.columns:
                    raise _too_far(name, number, len(row) - 1)
                if blank < 0:
                    raise IrregularError
                coder.add([()] * blank)
                coder.add([row])
                given = number
        elif element == "rPh":
            aid = False

    parse(archive, part, start, end, text)
    return coder.finish(name)


def _too_far(name: str, row: int, column: int) -> RefusedError:
    return RefusedError(
        f"the sheet {name[:40]!r} reaches to row {row:,} and column {column + 1:,}. "
        "Delete stray cells far below or to the right of the table and save it again"
    )


def _values(book: _Book) -> Callable[[str, str, str], str]:
    """Return what makes a cell's text of its stored value, its kind and its style."""
    known: dict[tuple[str, str | None], str] = {}
    strings, shown = book.strings, book.shown

    def value_of(text: str, kind: str, style: str) -> str:
        if kind == "s":
            place = int(text)
            if place < 0:
                raise IndexError(text)
            return strings[place]
        if kind == "n":
            key = (text, shown.get(style))
            found = known.get(key)
            if found is None:
                found = known[key] = _numeric(text, key[1], book.first_day)
            return found
        if kind == "b":
            return "TRUE" if text.strip() == "1" else "FALSE"
        if kind == "d":
            return text.replace("T", " ").removesuffix("Z")
        return _unescaped(text)

    return value_of


def _unescaped(text: str) -> str:
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text


def _numeric(text: str, shown: str | None, first_day: datetime.datetime) -> str:
    if shown == "date":
        return _dated(text, first_day)
    return percent_text(text) if shown == "percent" else _number(text)


def _dated(text: str, first_day: datetime.datetime) -> str:
    days = float(text)
    if not -700_000 < days < 2_900_000:
        return _number(text)
    if 0 <= days < 1:
        return (datetime.datetime(1900, 1, 1) + _days(days)).time().isoformat("seconds")
    # Excel counts a 29 February 1900 that never was: earlier days are one further on.
    early = first_day.year == 1899 and days < 60
    moment = first_day + _days(days + early)
    if moment.time() == datetime.time():
        return moment.date().isoformat()
    return moment.isoformat(" ", "seconds")


def _days(days: float) -> datetime.timedelta:
    return datetime.timedelta(milliseconds=round(days * 86_400_000))


def _number(text: str) -> str:
    """Return a number as a person sees it: without a point where it is whole, without the noise of floats."""
    if text.isdecimal():
        return text
    try:
        value = float(text)
    except ValueError:
        return text
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)


def percent_text(text: str) -> str:
    """Return a share as the percent that a person sees, to the 15 digits that a spreadsheet keeps.

    Examples
    --------
    >>> percent_text("0.8"), percent_text("0.874"), percent_text("0.56999999999999995"), percent_text("1")
    ('80%', '87.4%', '57%', '100%')
    """
    try:
        value = 100 * float(text)
    except ValueError:
        return text
    return f"{_number(f'{value:.15g}')}%"


def _position(letters: str) -> int:
    """Return the position of a column by its letters, from 0."""
    if not _LETTERS.fullmatch(letters):
        raise ValueError(f"{letters!r} is no column")
    number = 0
    for letter in letters:
        number = 26 * number + ord(letter) - 64
    return number - 1
