"""Text files that are broken: in their letters, or in their rows and columns."""

from __future__ import annotations

from tests.reading.belonging import HEADER, ROWS, as_csv
from tests.robustness.build import (
    NO_QUESTION,
    NO_TABLE,
    RIGHT,
    Entry,
    file,
    large,
    with_cell,
    with_header,
)

GOOD = as_csv()
SPANISH = as_csv([[*row[:-1], "Más tutoría para el año que viene"] for row in ROWS])
EMPTY = "is empty"
QUOTES = "quotation mark"
LONG = "more than 1,000,000 characters"
_RIGHT: list[int | None] = [4, 3, 4, 5]
_LINES = GOOD.splitlines()
_GOOD = GOOD.encode()

ENCODINGS: dict[str, Entry] = {
    "zero bytes": (file("a.csv", b""), EMPTY),
    "one byte": (file("a.csv", b"x"), NO_QUESTION),
    "one quotation mark": (file("a.csv", b'"'), QUOTES),
    "only a mark of UTF-8": (file("a.csv", b"\xef\xbb\xbf"), EMPTY),
    "only a mark of UTF-16": (file("a.csv", b"\xff\xfe"), EMPTY),
    "only line ends": (file("a.csv", b"\r\n" * 500), EMPTY),
    "only delimiters": (file("a.csv", b",,,,,,\r\n" * 500), NO_QUESTION),
    "only sep=": (file("a.csv", b"sep=;\r\n"), EMPTY),
    "blank lines before the table": (file("a.csv", b"\r\n" * 150_000 + GOOD.encode()), None),
    "NUL at the start": (file("a.csv", b"\0" + _GOOD), NO_TABLE),
    "NUL in a cell": (file("a.csv", _GOOD.replace(b"North", b"No\0th", 1)), NO_TABLE),
    "NUL at the end": (file("a.csv", _GOOD + b"\0" * 4096), NO_TABLE),
    "NUL far behind the start": (file("a.csv", _GOOD + b"004,,,,,,,,\r\n" * 40_000 + b"\0"), NO_TABLE),
    "UTF-16 without a mark": (file("a.csv", SPANISH.encode("utf-16-le")), RIGHT),
    "UTF-16 without a mark, high byte first": (file("a.csv", SPANISH.encode("utf-16-be")), RIGHT),
    "UTF-16 cut within a letter": (file("a.csv", SPANISH.encode("utf-16")[:-1]), "cut short"),
    "UTF-16 with half a pair": (
        file("a.csv", b"\xff\xfe" + with_cell("@").encode("utf-16-le").replace(b"@\0", b"\x3d\xd8")),
        "letters are damaged",
    ),
    "UTF-32 with a mark": (file("a.csv", SPANISH.encode("utf-32")), RIGHT),
    "UTF-32 without a mark": (file("a.csv", SPANISH.encode("utf-32-be")), NO_TABLE),
    "UTF-7": (file("a.csv", SPANISH.encode("utf-7")), [4, None, 4, 5]),
    "EBCDIC": (file("a.csv", GOOD.replace("’", "'").encode("cp037")), None),
    "Mac Roman": (file("a.csv", SPANISH.encode("mac-roman")), RIGHT),
    "two encodings in one file": (
        file("a.csv", SPANISH.encode() + SPANISH.replace("student_id", "").encode("cp1252")),
        "of another kind",
    ),
    "lone surrogates": (file("a.csv", with_cell("@é").encode().replace(b"@", b"\xed\xa0\x80")), "damaged"),
    "overlong UTF-8": (file("a.csv", SPANISH.encode().replace(b"North", b"\xc0\xaf", 1)), "damaged"),
    "UTF-8 cut within a letter": (file("a.csv", (as_csv(ROWS[:3]) + "é").encode()[:-1]), "cut short"),
    "marks in the middle": (file("a.csv", "\ufeff".join(GOOD.splitlines(keepends=True))), RIGHT),
}

SHAPES: dict[str, Entry] = {
    "header of 20,000 columns": (
        file("a.csv", ",".join([*HEADER, *(f"q{i}" for i in range(20_000))]) + "\r\n1,2\r\n"),
        "columns",
    ),
    "one row of 1,000,000 columns": (file("a.csv", GOOD + "," * 999_999 + "\r\n"), "columns"),
    "header of 1,000,000 columns": (file("a.csv", "b1" + "," * 999_999 + "\r\n"), "columns"),
    "one cell of 50 MB": (
        large("a.csv", GOOD.encode() + b"004,", b"x" * 1_000_000, 50, b"\r\n"),
        LONG,
    ),
    "one cell of 50 MB in quotation marks": (
        large("a.csv", GOOD.encode() + b'004,"', b"x\r\n" * 500_000, 34, b'"\r\n'),
        LONG,
    ),
    "a header cell of 10 MB": (
        large("a.csv", b"b1,b2,b3,", b"x" * 1_000_000, 10, b"\r\n4,4,4,x\r\n"),
        LONG,
    ),
    "a header cell that is nearly too long": (file("a.csv", with_header("x" * 999_000)), RIGHT),
    "a header of a million blanks": (file("a.csv", with_header("x" + " " * 900_000 + "y")), RIGHT),
    "a column whose name starts like a zip": (file("a.csv", as_csv(header=["PK", *HEADER[1:]])), RIGHT),
    "a column whose name starts like Parquet": (file("a.csv", as_csv(header=["PAR1", *HEADER[1:]])), RIGHT),
    "a comment that is nearly too long": (file("a.csv", with_cell("palabra " * 120_000)), RIGHT),
    "a quotation mark never closed, at the start": (file("a.csv", '"' + GOOD.replace('"', "")), QUOTES),
    "a quotation mark never closed, at the end": (file("a.csv", GOOD + '"004,North'), QUOTES),
    "quotation marks around a part of a cell": (
        file("a.csv", GOOD.replace('"North"', '"North" High', 1)),
        QUOTES,
    ),
    "quotation marks around a part of a cell among bare ones": (
        file("a.csv", "b1,b2,more\r\n" + 'Agree,Agree,"well" said\r\n' * 9),
        QUOTES,
    ),
    "quotation marks in the middle of bare cells": (
        file(
            "a.csv",
            GOOD.replace('"', "")
            .replace("Asian, White", "White")
            .replace("hi", 'h"i"')
            .replace("Black, or African American", "White"),
        ),
        RIGHT,
    ),
    "quotation marks escaped by a backslash": (
        file("a.csv", GOOD.replace('"=1+1"', '"she said \\"hi\\", once"')),
        QUOTES,
    ),
    "line ends of old Macs": (file("a.csv", GOOD.replace("\r\n", "\r")), RIGHT),
    "line ends of every kind": (
        file(
            "a.csv",
            "".join(
                line + end
                for line, end in zip(GOOD.splitlines(), ["\r", "\n", "\r\n", "\n\r", "\r\r\n"], strict=True)
            ),
        ),
        RIGHT,
    ),
    "line ends of other alphabets": (file("a.csv", with_cell("a\u2028b\u2029c\x85d\x0be\x0cf")), RIGHT),
    "form feeds between rows": (file("a.csv", GOOD.replace("\r\n", "\r\n\f")), RIGHT),
    "a delimiter in quotation marks alone": (
        file("a.csv", '"b1,b2,b3"\r\n"Agree,Agree,Agree"\r\n'),
        NO_QUESTION,
    ),
    "a first line that names the delimiter": (file("a.csv", "sep=;\r\n" + as_csv(delimiter=";")), RIGHT),
    "a first line that names another delimiter": (file("a.csv", "sep=|\r\n" + GOOD), QUOTES),
    "a first line that names a letter": (file("a.csv", "sep=a\r\n" + GOOD), RIGHT),
    "rows of different width": (
        file("a.csv", GOOD + '"004"\r\n"005","North","fall","","","Agree"\r\n\r\n'),
        [*_RIGHT, None, 4],
    ),
    "a row wider than the header": (file("a.csv", GOOD.replace('""\r\n', '"","x","y","z"\r\n')), RIGHT),
    "every row one cell wider than the header": (
        file("a.csv", "\r\n".join([GOOD.splitlines()[0], *(x + ',"z"' for x in GOOD.splitlines()[1:])])),
        RIGHT,
    ),
    "cells of semicolons in rows of different width": (
        file("a.csv", '"b1","b2","more;"\r\n' + 2 * '"Agree","4","a;"\r\n' + 9 * '"Agree","4;"\r\n'),
        [4] * 11,
    ),
    "a header alone": (file("a.csv", as_csv([])), "no answers under it"),
    "a header and blank rows": (file("a.csv", as_csv([]) + ",,,,,,,,\r\n" * 9), "no answers under it"),
    "answers without a header": (file("a.csv", "\r\n".join(GOOD.splitlines()[1:])), NO_QUESTION),
    "a blank table": (file("a.csv", '"","",""\r\n' * 99), NO_QUESTION),
    "forty title rows": (file("a.csv", "A title\r\n" * 40 + GOOD), NO_QUESTION),
    "repeated headers within": (file("a.csv", GOOD + GOOD), [None, *_RIGHT]),
    "a name that says another format": (file("a.txt", GOOD.replace(",", "\t")), RIGHT),
    "no ending": (file("answers", GOOD), RIGHT),
    "only control characters": (file("a.csv", bytes(range(1, 32)) * 99), NO_TABLE),
    "a hundred thousand empty lines": (file("a.csv", GOOD + "\r\n" * 100_000), RIGHT),
    "too many rows": (file("a.csv", GOOD + "1\r\n" * 2_100_000), "1,000,000 rows"),
    "many numbers of one meaning": (
        file("a.csv", "b1,b2,b3\r\n" + "".join(f"4.{'0' * i},4,4\r\n" for i in range(1, 2_000))),
        [4] * 1_999,
    ),
}
