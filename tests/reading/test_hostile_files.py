"""Files made to take the machine: refused in a sentence, the parent unharmed."""

from __future__ import annotations

import resource
import zipfile
from pathlib import Path

import pytest

from relsurvey.errors import ReadError
from relsurvey.reading import Limits
from relsurvey.reading.opening import open_file

XML = '<?xml version="1.0"?>'
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
DOCUMENT = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"
WORKBOOK = {
    "[Content_Types].xml": (
        f'{XML}<Types xmlns="{PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{TYPES}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{TYPES}.worksheet+xml"/></Types>'
    ),
    "_rels/.rels": (
        f'{XML}<Relationships xmlns="{PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{DOCUMENT}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
    ),
    "xl/workbook.xml": (
        f'{XML}<workbook xmlns="{SHEET}" xmlns:r="{DOCUMENT}">'
        '<sheets><sheet name="S" sheetId="1" r:id="rId1"/></sheets></workbook>'
    ),
    "xl/_rels/workbook.xml.rels": (
        f'{XML}<Relationships xmlns="{PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{DOCUMENT}/worksheet" Target="worksheets/sheet1.xml"/>'
        "</Relationships>"
    ),
}


def workbook(path, sheet, extra=()):
    """Write a workbook of one sheet given as XML."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in WORKBOOK.items():
            archive.writestr(name, content)
        archive.writestr("xl/worksheets/sheet1.xml", sheet)
        for name, content in extra:
            archive.writestr(name, content)
    return path


def cells(*cells):
    """Return a sheet with some cells."""
    rows = "".join(
        f'<row r="{row}"><c r="{ref}" t="inlineStr"><is><t>{text}</t></is></c></row>'
        for row, ref, text in cells
    )
    return worksheet(rows)


def worksheet(rows):
    """Return a sheet with rows given as XML."""
    return f'{XML}<worksheet xmlns="{SHEET}"><sheetData>{rows}</sheetData></worksheet>'


def test_a_stray_cell_at_the_end_of_the_sheet(tmp_path):
    path = workbook(tmp_path / "a.xlsx", cells((1, "A1", "b1"), (1048576, "XFD1048576", "x")))
    assert path.stat().st_size < 5000
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(ReadError, match=r"reaches to row 1,048,576|more memory"):
        open_file(path, Limits())
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000


def test_a_zip_bomb(tmp_path):
    path = workbook(tmp_path / "a.xlsx", cells((1, "A1", "b1")), [("xl/media/a.bin", b"0" * 600_000_000)])
    assert path.stat().st_size < 1_000_000
    with pytest.raises(ReadError, match="unfolds to"):
        open_file(path, Limits())


def test_a_parser_that_runs_out_of_memory(tmp_path):
    path = workbook(tmp_path / "a.xlsx", cells((1, "A1", "b1"), (2, "A2", "y" * 100_000_000)))
    with pytest.raises(ReadError, match="memory"):
        open_file(path, Limits(megabytes=200))


def test_a_parser_that_takes_too_long(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("b1,b2\n" + "1,2\n" * 3_000_000)
    with pytest.raises(ReadError, match=r"more time|its contents made the reader stop"):
        open_file(path, Limits(seconds=1, rows=10_000_000, megabytes=8000))


def test_entities_are_not_unfolded(tmp_path):
    sheet = cells((1, "A1", "&a;")).replace(
        XML, f'{XML}<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname"><!ENTITY b "&a;&a;&a;">]>'
    )
    try:
        opened = open_file(workbook(tmp_path / "a.xlsx", sheet), Limits())
    except ReadError:
        return
    assert Path("/etc/hostname").read_text().strip() not in str(opened.sheets)


def test_a_formula_cell_is_read_as_its_stored_value(tmp_path):
    sheet = worksheet('<row r="1"><c r="A1"><f>1+1</f><v>2</v></c></row>')
    assert open_file(workbook(tmp_path / "a.xlsx", sheet), Limits()).sheets[0].row(0) == ["2"]
