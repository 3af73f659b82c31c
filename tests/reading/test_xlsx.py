"""Excel workbooks as different programs write them, and equal to what a second reader makes of them."""

from __future__ import annotations

import datetime
import zipfile

import openpyxl
import pytest
import python_calamine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from relsurvey.reading.limits import Limits
from relsurvey.reading.opening import xlsx
from relsurvey.reading.opening.coding import cell_text
from relsurvey.reading.opening.refused import RefusedError
from tests.reading.test_hostile_files import DOCUMENT, SHEET, WORKBOOK, XML, worksheet

STYLES = f"""{XML}<styleSheet xmlns="{SHEET}"><numFmts count="7">
<numFmt numFmtId="164" formatCode="dd&quot; de &quot;mmmm"/>
<numFmt numFmtId="165" formatCode="0.0 &quot;days&quot;"/>
<numFmt numFmtId="166" formatCode="[$-409]m/d/yyyy\\ h:mm;@"/>
<numFmt numFmtId="167" formatCode="[Red]0.0\\ %;-0.0\\ %"/>
<numFmt numFmtId="168" formatCode="0.0&quot; %&quot;"/>
<numFmt numFmtId="169" formatCode="0.0\\%"/><numFmt numFmtId="170" formatCode="0.0_%"/></numFmts>
<cellStyleXfs count="1"><xf numFmtId="14"/></cellStyleXfs>
<cellXfs count="12"><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="164"/><xf numFmtId="165"/>
<xf numFmtId="166"/><xf numFmtId="20"/>
<xf numFmtId="9"/><xf numFmtId="10"/><xf numFmtId="167"/><xf numFmtId="168"/><xf numFmtId="169"/>
<xf numFmtId="170"/></cellXfs></styleSheet>"""


def write(path, sheet, parts=(), workbook=None):
    """Write a workbook of one sheet given as XML, with any other parts."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in {
            **WORKBOOK,
            **({"xl/workbook.xml": workbook} if workbook else {}),
            **dict(parts),
        }.items():
            archive.writestr(name, content)
        archive.writestr("xl/worksheets/sheet1.xml", sheet)
    return path


def rows(path, limits=None):
    """Return the first sheet's rows as text."""
    with zipfile.ZipFile(path) as archive:
        sheet = xlsx.read(archive, limits or Limits())[0]
    cells = [[texts[code] for code in codes] for texts, codes in sheet["columns"]]
    return [list(row) for row in zip(*cells, strict=True)]


def sheet(*cells):
    """Return a sheet of one row."""
    return worksheet(f'<row r="1">{"".join(cells)}</row>')


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("<v>4</v>", "4"),
        ("<v>4.0</v>", "4"),
        ("<v>4.5</v>", "4.5"),
        ("<v>1.2345678901234567E+17</v>", "1.2345678901234566e+17"),
        ("<v>123456789012345</v>", "123456789012345"),
        ("<v>-99</v>", "-99"),
        ('s="1"><v>46024</v>', "2026-01-02"),
        ('s="2"><v>46024</v>', "2026-01-02"),
        ('s="3"><v>46024</v>', "46024"),
        ('s="4"><v>46024.385416666664</v>', "2026-01-02 09:15:00"),
        ('s="5"><v>0.385416666666667</v>', "09:15:00"),
        ('s="1"><v>1</v>', "1900-01-01"),
        ('s="1"><v>59</v>', "1900-02-28"),
        ('s="1"><v>61</v>', "1900-03-01"),
        ('s="1"><v>-1</v>', "1899-12-30"),
        ('s="1"><v>1e300</v>', "1e+300"),
        ('s="6"><v>0.8</v>', "80%"),
        ('s="6"><v>1</v>', "100%"),
        ('s="6"><v>0</v>', "0%"),
        ('s="6"><v>0.874</v>', "87.4%"),
        ('s="7"><v>0.56999999999999995</v>', "57%"),
        ('s="8"><v>1.05</v>', "105%"),
        ('s="8"><v>-0.1</v>', "-10%"),
        ('s="9"><v>0.8</v>', "0.8"),
        ('s="10"><v>0.8</v>', "0.8"),
        ('s="11"><v>0.8</v>', "0.8"),
        ('s="6" t="s"><v>0</v>', "Often"),
        ('t="b"><v>1</v>', "TRUE"),
        ('t="b"><v>0</v>', "FALSE"),
        ('t="e"><v>#N/A</v>', "#N/A"),
        ('t="str"><f>"a"&amp;"b"</f><v>ab</v>', "ab"),
        ("<f>1+1</f><v>2</v>", "2"),
        ("<f>1+1</f>", ""),
        ('t="d"><v>2026-01-02T09:15:00Z</v>', "2026-01-02 09:15:00"),
        ('t="s"><v>0</v>', "Often"),
        ('t="s"><v>1</v>', "Almost always"),
        ('t="inlineStr"><is><t xml:space="preserve"> Often </t></is>', " Often "),
        ('t="inlineStr"><is><r><t>Almost </t></r><r><rPr><b/></rPr><t>always</t></r></is>', "Almost always"),
        ('t="inlineStr"><is><t>two_x000D_lines, _x0041_ and _xyz_</t></is>', "two\rlines, A and _xyz_"),
        ('s="1">', ""),
    ],
)
def test_a_cell(tmp_path, cell, text):
    attributes, _, inside = ("", "", cell) if cell.startswith("<") else cell.partition(">")
    whole = f'<c r="A1" {attributes}>{inside}</c>'
    strings = (
        f'{XML}<sst xmlns="{SHEET}"><si><t>Often</t></si><si><r><t>Almost </t></r><r><t>always</t></r>'
        "<rPh><t>reading aid</t></rPh></si></sst>"
    )
    parts = {"xl/styles.xml": STYLES, "xl/sharedStrings.xml": strings}
    path = write(tmp_path / "a.xlsx", sheet(whole, '<c r="B1"><v>9</v></c>'), parts)
    assert rows(path) == [[text, "9"]]


def test_days_counted_from_1904(tmp_path):
    workbook = WORKBOOK["xl/workbook.xml"].replace("<sheets>", '<workbookPr date1904="1"/><sheets>')
    path = write(
        tmp_path / "a.xlsx", sheet('<c r="A1" s="1"><v>44562</v></c>'), {"xl/styles.xml": STYLES}, workbook
    )
    assert rows(path) == [["2026-01-02"]]


def test_cells_and_rows_without_a_reference_follow_each_other(tmp_path):
    xml = worksheet("<row><c><v>1</v></c><c/><c><v>3</v></c></row><row><c><v>4</v></c></row>")
    assert rows(write(tmp_path / "a.xlsx", xml)) == [["1", "", "3"], ["4", "", ""]]


def test_gaps_are_empty_cells_and_a_cell_that_stands_twice_is_its_last(tmp_path):
    xml = worksheet(
        '<row r="2"><c r="C2"><v>1</v></c><c r="A2"><v>2</v></c></row><row r="4"><c r="B4"><v>3</v></c></row>'
    )
    assert rows(write(tmp_path / "a.xlsx", xml)) == [
        ["", "", ""],
        ["2", "", "1"],
        ["", "", ""],
        ["", "3", ""],
    ]


def test_names_with_a_prefix_and_parts_by_an_absolute_path(tmp_path):
    xml = (
        f'{XML}<x:worksheet xmlns:x="{SHEET}"><x:sheetData><x:row r="1"><x:c r="A1"><x:v>7</x:v>'
        "</x:c></x:row></x:sheetData></x:worksheet>"
    )
    links = WORKBOOK["xl/_rels/workbook.xml.rels"].replace("worksheets/", "/xl/worksheets/")
    assert rows(write(tmp_path / "a.xlsx", xml, {"xl/_rels/workbook.xml.rels": links})) == [["7"]]


def test_a_chart_sheet_is_passed_over(tmp_path):
    workbook = WORKBOOK["xl/workbook.xml"].replace(
        "<sheets>", '<sheets><sheet name="C" sheetId="2" r:id="rId2"/>'
    )
    link = f'<Relationship Id="rId2" Type="{DOCUMENT}/chartsheet" Target="chartsheets/sheet1.xml"/>'
    links = WORKBOOK["xl/_rels/workbook.xml.rels"].replace("</Relationships>", f"{link}</Relationships>")
    parts = {"xl/_rels/workbook.xml.rels": links, "xl/chartsheets/sheet1.xml": f"{XML}<chartsheet/>"}
    with zipfile.ZipFile(
        write(tmp_path / "a.xlsx", sheet('<c r="A1"><v>7</v></c>'), parts, workbook)
    ) as archive:
        assert [found["name"] for found in xlsx.read(archive, Limits())] == ["S"]


@pytest.mark.parametrize(
    ("xml", "says"),
    [
        (sheet('<c r="XFD1"><v>1</v></c>'), "reaches to row 1 and column 16,384"),
        (worksheet('<row r="1048576"><c r="A1048576"><v>1</v></c></row>'), "reaches to row 1,048,576"),
        (
            sheet('<c r="A1"><v>&a;</v></c>').replace(XML, f'{XML}<!DOCTYPE x [<!ENTITY a "b">]>'),
            "document type",
        ),
    ],
)
def test_a_sheet_that_is_not_right_is_one_sentence(tmp_path, xml, says):
    with pytest.raises(RefusedError, match=says):
        rows(write(tmp_path / "a.xlsx", xml))


@pytest.mark.parametrize(
    "xml",
    [
        sheet('<c r="A1" t="s"><v>0</v></c>'),
        sheet('<c r="a1"><v>0</v></c>'),
        sheet('<c r="A1"><v>0</v></c>')[:-20],
        worksheet('<row r="2"><c r="A2"><v>0</v></c></row><row r="1"><c r="A1"><v>0</v></c></row>'),
        worksheet('<row r="x"><c r="A2"><v>0</v></c></row>'),
    ],
)
def test_a_sheet_that_no_spreadsheet_writes_is_left_to_a_more_patient_reader(tmp_path, xml):
    with pytest.raises(xlsx.IrregularError):
        rows(write(tmp_path / "a.xlsx", xml))


def test_a_formatted_but_empty_row_far_below_is_nothing(tmp_path):
    xml = worksheet('<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576" s="1"/></row>')
    assert rows(write(tmp_path / "a.xlsx", xml, {"xl/styles.xml": STYLES})) == [["1"]]


CELLS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**9), 10**9),
    st.floats(-1e14, 1e14),
    st.text(st.characters(blacklist_categories=("Cs", "Cc", "Cn")), max_size=12),
    st.datetimes(datetime.datetime(1900, 3, 1), datetime.datetime(2100, 1, 1)).map(
        lambda d: d.replace(microsecond=0)
    ),
    st.dates(datetime.date(1900, 3, 1), datetime.date(2100, 1, 1)),
)


@settings(
    max_examples=80,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.lists(st.lists(CELLS, max_size=6), min_size=1, max_size=8))
def test_any_workbook_reads_as_a_second_reader_reads_it(tmp_path, table):
    book = openpyxl.Workbook()
    for number, row in enumerate(table, 1):
        for column, value in enumerate(row, 1):
            if value is not None and not (isinstance(value, str) and value.startswith("=")):
                book.active.cell(number, column, value)
    path = tmp_path / "a.xlsx"
    book.save(path)
    ours = rows(path)
    other = python_calamine.CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0)
    theirs = [[cell_text(value) for value in row] for row in other.to_python(skip_empty_area=False)]

    def trimmed(found):
        # Reading takes no notice of blanks around a text, and the second reader leaves out a blank one.
        lines = [[cell.strip() for cell in row] for row in found]
        for line in lines:
            while line and line[-1] == "":
                line.pop()
        while lines and not lines[-1]:
            lines.pop()
        return lines

    assert trimmed(ours) == trimmed(theirs)
