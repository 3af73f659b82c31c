"""Workbooks that are broken inside, or made to fool or to exhaust their reader."""

from __future__ import annotations

from pathlib import Path

from tests.reading.belonging import HEADER, ROWS
from tests.robustness.build import (
    GOOD,
    RIGHT,
    SHEET,
    XML,
    Entry,
    Part,
    Write,
    column,
    ods_parts,
    ods_rows,
    parts_of,
    row,
    rows,
    text_cell,
    with_strings,
    with_styles,
    workbook,
    worksheet,
    zipped,
)
from tests.robustness.hostile_words import PAYLOADS

FAR = "reaches to row|more memory"
DAMAGED = "damaged"
NO_QUESTION = "no row in which a question"

#: What stands in the file beside a hostile one; a message or a cell that holds it was taken from the disk.
SECRET = "what only this machine knows"

_PARTS = parts_of({"Answers": worksheet(GOOD)})
_B1 = "F"


def _book(content: str, **more: str) -> Write:
    return lambda folder: workbook(folder / "a.xlsx", content, **more)


def _parts(parts: dict[str, Part], name: str = "a.xlsx") -> Write:
    return lambda folder: zipped(folder / name, parts)


def _answer(cell: str) -> Write:
    """A workbook in which the first answer is a cell given as XML."""
    first = rows([[*ROWS[0][:5], "", *ROWS[0][6:]]], 2)
    place = f'<c r="{_B1}2"'
    content = rows([HEADER]) + first.replace('<c r="G2"', cell.replace("<c", place, 1) + '<c r="G2"')
    return _book(content + rows(ROWS[1:], 3))


def _sheets(sheets: dict[str, str], kinds: dict[str, str] | None = None) -> Write:
    return _parts(parts_of({name: worksheet(content) for name, content in sheets.items()}, kinds))


LAUGHS = "".join(f'<!ENTITY a{i} "{f"&a{i - 1};" * 10}">' for i in range(1, 10))
ENTITIES = {
    "a billion laughs": (f'<!DOCTYPE x [<!ENTITY a0 "ha">{LAUGHS}]>', "&a9;"),
    "an entity of 10 MB, a thousand times": (
        f'<!DOCTYPE x [<!ENTITY a "{"x" * 10_000_000}">]>',
        "&a;" * 1_000,
    ),
    "a file from outside": ('<!DOCTYPE x [<!ENTITY a SYSTEM "file://{secret}">]>', "&a;"),
    "an address from outside": ('<!DOCTYPE x [<!ENTITY a SYSTEM "http://127.0.0.1:9/a">]>', "&a;"),
    "a definition from outside": ('<!DOCTYPE x SYSTEM "file://{secret}">', ""),
    "entities of parameters": (
        '<!DOCTYPE x [<!ENTITY % f SYSTEM "file://{secret}"><!ENTITY % g "<!ENTITY a \'%f;\'>">%g;]>',
        "&a;",
    ),
    "an entity of itself": ('<!DOCTYPE x [<!ENTITY a "&b;"><!ENTITY b "&a;">]>', "&a;"),
}
_STRINGS = with_strings(_PARTS, "<si><t>x</t></si>")
_STYLES = with_styles(_STRINGS, [0])
_CORE: dict[str, Part] = {**_STYLES, "docProps/core.xml": f"{XML}<x></x>"}


def _entity(doctype: str, use: str, part: str) -> Write:
    def write(folder: Path) -> Path:
        secret = folder / "secret.txt"
        secret.write_text(SECRET)
        ods = part.endswith("content.xml") or part.startswith("META")
        parts = ods_parts(ods_rows([HEADER, *ROWS])) if ods else dict(_CORE)
        content = str(parts[part]).replace(XML, XML + doctype.replace("{secret}", str(secret)))
        for place in (">x<", "></x>", ">Agree<"):
            if place in content:
                content = content.replace(place, place.replace(">", f">{use}", 1), 1)
                break
        parts[part] = content
        return zipped(folder / ("a.ods" if ods else "a.xlsx"), parts)

    return write


_EVERYWHERE = [name for name in _CORE if name.endswith((".xml", ".rels"))] + ["content.xml"]
_DEEP = ("xl/sharedStrings.xml", "xl/worksheets/sheet1.xml", "content.xml")

ENTITY_FILES: dict[str, Entry] = {
    f"{name}, in {part}": (_entity(doctype, use, part), None)
    for name, (doctype, use) in ENTITIES.items()
    for part in (_EVERYWHERE if name in ("a billion laughs", "a file from outside") else _DEEP)
}


def _macros(folder: Path) -> Path:
    parts = {**_PARTS, "xl/vbaProject.bin": b"\xd0\xcf\x11\xe0" + bytes(9_000)}
    kind = "application/vnd.ms-excel.sheet.macroEnabled.main+xml"
    types = str(parts["[Content_Types].xml"])
    parts["[Content_Types].xml"] = types.replace(
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml", kind
    )
    return zipped(folder / "a.xlsm", parts)


def _chart_sheet(folder: Path) -> Path:
    parts = parts_of({"Chart": f'{XML}<chartsheet xmlns="{SHEET}"/>', "Answers": worksheet(GOOD)})
    relations = "xl/_rels/workbook.xml.rels"
    parts[relations] = str(parts[relations]).replace("/worksheet", "/chartsheet", 1)
    return zipped(folder / "a.xlsx", parts)


def _leads_outside(folder: Path) -> Path:
    """A workbook whose sheet is linked to a file beside it and to an address."""
    (folder / "secret.txt").write_text(SECRET)
    parts = dict(_PARTS)
    relations = str(parts["xl/_rels/workbook.xml.rels"])
    parts["xl/_rels/workbook.xml.rels"] = relations.replace("worksheets/sheet1.xml", "../../secret.txt")
    return zipped(folder / "a.xlsx", parts)


def _circle_of_links(folder: Path) -> Path:
    parts = dict(_PARTS)
    relations = str(parts["xl/_rels/workbook.xml.rels"])
    parts["xl/_rels/workbook.xml.rels"] = relations.replace("worksheets/sheet1.xml", "workbook.xml")
    return zipped(folder / "a.xlsx", parts)


def _date_cells(*styles: int, values: tuple[str, ...]) -> dict[str, Part]:
    """Return a workbook with numbers shown as dates in the column of comments."""
    cells = [[*line[:8]] for line in ROWS]
    content = rows([HEADER])
    for number, (line, style, value) in enumerate(zip(cells, styles, values, strict=True), 2):
        dates = f'<c r="I{number}" s="{style}"><v>{value}</v></c>'
        content += rows([line], number).replace("</row>", f"{dates}</row>")
    return with_styles(parts_of({"Answers": worksheet(content)}), [0, 14, 22, 46])


_1904 = {
    **_date_cells(1, 2, 1, 2, values=("45000", "0", "0.5", "45000.99")),
}
_1904["xl/workbook.xml"] = str(_1904["xl/workbook.xml"]).replace(
    "<sheets>", '<workbookPr date1904="1"/><sheets>'
)
_NUMBERED = rows([HEADER]) + "".join(
    row(
        i,
        "".join(text_cell(f"{column(j)}{i}", t) for j, t in enumerate(line) if t and j != 5)
        + f'<c r="F{i}"><v>{value}</v></c>',
    )
    for i, (line, value) in enumerate(zip(ROWS, ("4", "3.0", "4.0E0", "5.00000000000001"), strict=True), 2)
)
_WITH_ERRORS = rows([HEADER]) + "".join(
    rows([[*line[:5], "", *line[6:]]], i).replace(
        f'<c r="G{i}"', f'<c r="F{i}" t="e"><v>{error}</v></c><c r="G{i}"'
    )
    for i, (line, error) in enumerate(zip(ROWS, ("#N/A", "#REF!", "#DIV/0!", "#NUM!"), strict=True), 2)
)

CONTENTS: dict[str, Entry] = {
    "a cell at the end of the sheet": (_book(GOOD + row(1_048_576, text_cell("XFD1048576", "x"))), FAR),
    "a cell in the last row": (_book(GOOD + row(1_048_576, text_cell("A1048576", "x"))), FAR),
    "a cell in the last column": (_book(GOOD + row(6, text_cell("XFD6", "x"))), FAR),
    "a table far from the corner": (
        _book(rows([[*[""] * 50, *line] for line in [HEADER, *ROWS]], 900)),
        None,
    ),
    "a size that says too much": (_book(GOOD, before='<dimension ref="A1:XFD1048576"/>'), RIGHT),
    "a size that says too little": (_book(GOOD, before='<dimension ref="A1:B2"/>'), RIGHT),
    "a size that is none": (_book(GOOD, before='<dimension ref="Z9:A1"/>'), None),
    "a size that is a word": (_book(GOOD, before='<dimension ref="here"/>'), None),
    "a row with a negative number": (_book(GOOD + '<row r="-5"><c r="A-5"><v>1</v></c></row>'), None),
    "a row with the number zero": (_book(GOOD + '<row r="0"><c r="A0"><v>1</v></c></row>'), None),
    "a row beyond the last": (_book(GOOD + row(99_999_999, text_cell("A99999999", "x"))), f"{FAR}|{DAMAGED}"),
    "a row far beyond the last": (
        _book(GOOD + row(10**30, text_cell(f"A{10**30}", "x"))),
        f"{FAR}|{DAMAGED}",
    ),
    "a column beyond the last": (_book(GOOD + row(6, text_cell("ZZZZZZZZ6", "x"))), f"{FAR}|{DAMAGED}|stop"),
    "cells without places": (_book(GOOD.replace(' r="', ' x="')), RIGHT),
    "cells in the wrong order": (_book("".join(reversed(GOOD.split("<row")[1:])).join(["<row", ""])), None),
    "a cell twice": (_book(GOOD.replace('<c r="F2"', text_cell("F2", "Disagree") + '<c r="F2"')), RIGHT),
    "a row twice": (_book(GOOD + rows([ROWS[3]], 5)), None),
    "shared strings out of range": (
        _parts(
            with_strings(
                parts_of(
                    {
                        "A": worksheet(
                            GOOD.replace(
                                '<c r="A2" t="inlineStr"><is><t xml:space="preserve">001</t></is></c>',
                                '<c r="A2" t="s"><v>4294967290</v></c>',
                            )
                        )
                    }
                ),
                "<si><t>x</t></si>",
            )
        ),
        f"{DAMAGED}|stop",
    ),
    "shared strings of a negative number": (_answer('<c t="s"><v>-1</v></c>'), None),
    "a hundred thousand shared strings": (_parts(with_strings(_PARTS, "<si><t>x</t></si>" * 100_000)), RIGHT),
    "half a letter, escaped": (
        _book(rows([[*HEADER[:8], "more_xD800_"]]) + rows([["_xDFFF_", *line[1:]] for line in ROWS], 2)),
        [3, 4, 5],
    ),
    "a zero, escaped": (_book(GOOD.replace(">North<", ">No_x0000_th<")), RIGHT),
    "a style out of range": (_answer('<c s="4000000000" t="inlineStr"><is><t>Agree</t></is></c>'), None),
    "a cell of an unknown kind": (_answer('<c t="nonsense"><v>4</v></c>'), None),
    "a truth value that is none": (_answer('<c t="b"><v>maybe</v></c>'), None),
    "a truth value": (_answer('<c t="b"><v>1</v></c>'), [None, 3, 4, 5]),
    "an error of a kind that is none": (_answer('<c t="e"><v>#SPILL!</v></c>'), None),
    "a number that is none": (_answer("<c><v>four</v></c>"), None),
    "a number as text": (_answer('<c t="inlineStr"><is><t>4</t></is></c>'), RIGHT),
    "numbers as answers": (_book(_NUMBERED), [4, 3, 4, None]),
    "a number of 1e308": (_answer("<c><v>1e308</v></c>"), [None, 3, 4, 5]),
    "a number beyond all numbers": (_answer("<c><v>1e999</v></c>"), [None, 3, 4, 5]),
    "not a number": (_answer("<c><v>NaN</v></c>"), [None, 3, 4, 5]),
    "a formula with its value": (_answer('<c t="str"><f>"Ag"&amp;"ree"</f><v>Agree</v></c>'), RIGHT),
    "a formula without its value": (_answer('<c><f>"Ag"&amp;"ree"</f></c>'), [None, 3, 4, 5]),
    "a formula that starts a program": (_answer("<c><f>cmd|' /C calc'!A0</f><v>0</v></c>"), [None, 3, 4, 5]),
    "a formula that fetches": (
        _answer('<c t="str"><f>WEBSERVICE("http://127.0.0.1:9/")</f><v>Agree</v></c>'),
        RIGHT,
    ),
    "error cells as answers": (_book(_WITH_ERRORS), [None, None, None, None]),
    "dates before 1900": (_parts(_date_cells(1, 1, 2, 3, values=("-1", "0", "-700000.5", "0.1"))), RIGHT),
    "dates that are none": (
        _parts(_date_cells(1, 1, 2, 3, values=("60", "2958466", "1e15", "-1e300"))),
        None,
    ),
    "dates from 1904": (_parts(_1904), RIGHT),
    "dates written in words": (_answer('<c t="d"><v>2024-13-45T99:99:99</v></c>'), [None, 3, 4, 5]),
    "merged cells": (
        _book(GOOD, after='<mergeCells count="1"><mergeCell ref="A1:I1"/></mergeCells>'),
        RIGHT,
    ),
    "merged cells over all": (
        _book(GOOD, after='<mergeCells count="1"><mergeCell ref="A1:XFD1048576"/></mergeCells>'),
        RIGHT,
    ),
    "a hundred thousand merged ranges": (
        _book(GOOD, after="<mergeCells>" + '<mergeCell ref="A1:B2"/>' * 100_000 + "</mergeCells>"),
        RIGHT,
    ),
    "a hidden sheet": (
        _sheets({"Notes": rows([["Read me"]]), "Answers": GOOD}, {"Answers": 'state="hidden"'}),
        RIGHT,
    ),
    "a very hidden sheet": (
        _sheets({"Notes": rows([["Read me"]]), "Answers": GOOD}, {"Answers": 'state="veryHidden"'}),
        RIGHT,
    ),
    "a chart's sheet": (_chart_sheet, RIGHT),
    "a thousand sheets": (_sheets({**{f"S{i}": rows([["x"]]) for i in range(999)}, "Answers": GOOD}), RIGHT),
    "two sheets of one name": (
        _parts(
            {
                **parts_of({"A": worksheet(rows([["x"]])), "B": worksheet(GOOD)}),
                "xl/workbook.xml": str(parts_of({"A": "", "B": ""})["xl/workbook.xml"]).replace('"B"', '"A"'),
            }
        ),
        None,
    ),
    "a sheet's name of odd signs": (
        _sheets({"a'b\"c\n\r\td<x>&\u202e👩‍👧../{0.__class__}%s%n": GOOD, "\u200b": rows([["x"]])}),
        RIGHT,
    ),
    "a sheet's name that is long": (_sheets({"x" * 100_000: GOOD}), RIGHT),
    "a sheet's name that is empty": (_sheets({"": GOOD}), RIGHT),
    "a workbook without sheets": (_sheets({}), "no sheet"),
    "a sheet without cells": (_sheets({"Answers": ""}), "no sheet|" + NO_QUESTION),
    "macros": (_macros, RIGHT),
    "a link that leads outside": (_leads_outside, f"{DAMAGED}|no sheet|" + NO_QUESTION),
    "links in a circle": (_circle_of_links, None),
    "XML that ends early": (_parts({**_PARTS, "xl/worksheets/sheet1.xml": worksheet(GOOD)[:-300]}), None),
    "XML that never closes": (
        _parts({**_PARTS, "xl/worksheets/sheet1.xml": f"{XML}<worksheet><sheetData>" + "<row>" * 200_000}),
        None,
    ),
    "XML a hundred thousand deep": (
        _parts({**_PARTS, "xl/workbook.xml": XML + "<workbook>" * 100_000}),
        None,
    ),
    "XML of noise": (_parts({**_PARTS, "xl/workbook.xml": bytes(range(256)) * 40}), None),
    "XML in UTF-16": (
        _parts(
            {
                **_PARTS,
                "xl/worksheets/sheet1.xml": worksheet(GOOD).replace("UTF-8", "UTF-16").encode("utf-16"),
            }
        ),
        None,
    ),
    "XML of letters that are none": (
        _parts(
            {
                **_PARTS,
                "xl/worksheets/sheet1.xml": worksheet(GOOD).encode().replace(b"North", b"\xff\xfe\xc0"),
            }
        ),
        None,
    ),
    "a million attributes": (
        _book(f'<row r="1" {" ".join(f"a{i}={chr(34)}{chr(34)}" for i in range(300_000))}></row>' + GOOD),
        None,
    ),
    "every payload in its cells": (
        _book(
            rows(
                [
                    HEADER,
                    *ROWS,
                    *(
                        [str(i), "", "", "", "", "", "", "", p[:30_000]]
                        for i, p in enumerate(PAYLOADS.values(), 900)
                    ),
                ]
            )
        ),
        [4, 3, 4, 5, *[None] * len(PAYLOADS)],
    ),
    "every payload in its headers": (
        _book(
            rows(
                [
                    [*HEADER, *(p[:30_000] for p in PAYLOADS.values())],
                    *([*line, *["x"] * len(PAYLOADS)] for line in ROWS),
                ]
            )
        ),
        RIGHT,
    ),
    "a header of 10 MB in a workbook": (
        _book(rows([[*HEADER, "x" * 10_000_000], *([*line, "x"] for line in ROWS)])),
        "more than 1,000,000 characters",
    ),
    "a cell of 20 MB in a workbook": (
        _book(rows([HEADER, *ROWS[:3], [*ROWS[3][:8], "palabra " * 2_500_000]])),
        "more than 1,000,000 characters",
    ),
}
