"""Percents as a spreadsheet shows them, and shares that stand where percents are asked for."""

from __future__ import annotations

import zipfile

import openpyxl
import pytest

from relsurvey.errors import ReadError
from relsurvey.grading import attendance, read_gradebook

MARKS = ["Student ID", "Course", "Term", "Mark", "Percent"]
WORK = ["Student ID", "Quiz (10 pts)", "Essay (20 pts)"]
STORED = ["Student_Number", "SchoolName", "StoreCode", "Course_Name", "Grade", "Percent"]


def shown(path, header, rows, form="0%"):
    """Write a workbook whose shares are shown as percents."""
    book = openpyxl.Workbook()
    for row in (header, *rows):
        book.active.append(row)
    for cell in (cell for row in book.active.iter_rows() for cell in row if isinstance(cell.value, float)):
        cell.number_format = form
    book.save(path)
    return path


def opened_document(path, header, rows, above=0):
    """Write the same as an OpenDocument spreadsheet, with cells that stand for two, below so many rows."""
    from odf.opendocument import OpenDocumentSpreadsheet
    from odf.table import Table, TableCell, TableRow

    book, table = OpenDocumentSpreadsheet(), Table(name="Marks")
    if above:
        table.addElement(TableRow(numberrowsrepeated=above))
        table.lastChild.addElement(TableCell(numbercolumnsrepeated=2))
    for row in (header, *rows):
        line = TableRow()
        for i, cell in enumerate(row):
            kind = "string" if isinstance(cell, str) else "percentage" if isinstance(cell, float) else "float"
            if i and isinstance(cell, float) and cell == row[i - 1]:
                continue
            wide = 1 + (isinstance(cell, float) and row[i : i + 2] == [cell, cell])
            own = {"stringvalue": cell} if kind == "string" else {"value": str(cell)}
            line.addElement(TableCell(valuetype=kind, numbercolumnsrepeated=wide, **own))
        table.addElement(line)
    book.spreadsheet.addElement(table)
    book.save(str(path))
    return path


def typed(path, header, rows):
    """Write the same table as text, each percent as a person reads it."""
    lines = [
        [f"{100 * cell:.10g}%" if isinstance(cell, float) else str(cell) for cell in row] for row in rows
    ]
    path.write_text("\n".join(",".join(line) for line in (header, *lines)), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("header", "row"),
    [
        (MARKS, ["Alg", "S1", "B+", 0.874]),
        (["Student ID", "Course", "Term", "Grade"], ["Alg", "S1", 0.874]),
        (WORK, [0.8, 0.905]),
        (["Student ID", "Quiz (10 pts)", "Overall"], [7, 0.57]),
        (["Student ID", "Course", "Assignment", "Percent"], ["Alg", "HW 1", 0.8]),
        (STORED, ["Lincoln", "S1", "Alg", "B+", 0.874]),
        (WORK, [0.905, 0.905]),
    ],
)
@pytest.mark.parametrize("form", ["0%", "0.0%"])
def test_a_workbook_that_shows_percents_reads_as_the_same_table_in_text(tmp_path, header, row, form):
    rows = [[101, *row], [102, *row]]
    book = read_gradebook(shown(tmp_path / "a.xlsx", header, rows, form), course="Alg")
    text = read_gradebook(typed(tmp_path / "a.csv", header, rows), course="Alg")
    assert book.scores.equals(text.scores) and book.marks.equals(text.marks)
    assert book.marks["percent"].between(50, 100).all()
    for above in (0, 3):
        free = opened_document(tmp_path / "a.ods", header, rows, above)
        again = read_gradebook(free, course="Alg")
        assert again.scores.equals(text.scores) and again.marks.equals(text.marks)


def test_only_cells_that_show_percents_are_read_so(tmp_path):
    header = ["Student ID", "Course", "Term", "Percent"]
    path = opened_document(tmp_path / "a.ods", header, [["a", "Alg", "S1", 0.4], ["b", "Alg", "S1", 1]])
    assert read_gradebook(path).marks["percent"].tolist() == [40, 1]


def test_a_document_that_declares_entities_is_refused(tmp_path):
    path = opened_document(tmp_path / "a.ods", MARKS, [["a", "Alg", "S1", "B", 0.8]])
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    head, rest = parts["content.xml"].split(b"?>", 1)
    parts["content.xml"] = head + b'?><!DOCTYPE a [<!ENTITY b "c">]>' + rest
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    with pytest.raises(ReadError, match="declares a document type"):
        read_gradebook(path)


def test_attendance_shown_as_percents(tmp_path):
    rates = shown(tmp_path / "a.xlsx", ["Student ID", "Attendance"], [["a", 0.95], ["b", 1.0]])
    assert attendance(rates).students["attendance"].tolist() == [95, 100]
    days = [["a", "2026-01-12", 0.5], ["a", "2026-01-13", 1.0]]
    parts = shown(tmp_path / "b.xlsx", ["Student ID", "Date", "Status"], days)
    assert attendance(parts).students["attendance"].tolist() == [75]


def test_shares_in_a_column_of_percents_are_read_as_shares(tmp_path):
    rows = [[i, "Alg", "S1", "B+", value] for i, value in enumerate([".874", "0.88", "1", "0", ""])]
    book = read_gradebook(typed(tmp_path / "a.csv", MARKS, rows))
    assert book.marks["percent"].dropna().tolist() == [87.4, 88, 100, 0]
    said = book.ledger[book.ledger.what == "percents between 0 and 1 were taken as shares"]
    assert said["rows"].tolist() == [4]


@pytest.mark.parametrize(
    ("values", "mark", "percents"),
    [
        ([".874"], "B+", [87.4]),
        ([".57", "1", "0"], "D", [57, 100, 0]),
        ([".5"], "F", [0.5]),
        ([".5", ".6", ".7", ".8", ".9"], "F", [50, 60, 70, 80, 90]),
        (["1", "0", "1", "0", "1"], "B", [1, 0, 1, 0, 1]),
        ([".874", "1.02"], "B", [0.874, 1.02]),
        ([".874", "88%"], "B", [0.874, 88]),
    ],
)
def test_numbers_that_can_only_be_shares(tmp_path, values, mark, percents):
    rows = [[i, "Alg", "S1", mark, value] for i, value in enumerate(values)]
    book = read_gradebook(typed(tmp_path / "a.csv", MARKS, rows))
    assert book.marks["percent"].tolist() == percents
    stored = [[i, "Lincoln", "S1", "Alg", mark, value] for i, value in enumerate(values)]
    book = read_gradebook(typed(tmp_path / "b.csv", STORED, stored))
    assert book.marks["percent"].dropna().tolist() == [p for p in percents if p]


def test_shares_stay_where_a_person_named_their_scale(tmp_path):
    rows = [[i, "Alg", "S1", "0.9"] for i in range(6)]
    path = typed(tmp_path / "a.csv", ["id", "course", "term", "grade"], rows)
    mapping = {
        "layout": "marks",
        "columns": {"id": "student", "course": "course", "term": "term", "grade": "percent"},
    }
    assert set(read_gradebook(path, mapping=mapping).marks["percent"]) == {90}
    assert set(read_gradebook(path, mapping={**mapping, "out_of": 4}).marks["percent"]) == {22.5}
    assert set(read_gradebook(path, mapping={**mapping, "out_of": 1}).marks["percent"]) == {90}
    book = read_gradebook(path, mapping={**mapping, "cuts": {"A": 0.85, "F": 0}})
    assert set(book.marks["percent"]) == {0.9} and set(book.marks["letter"]) == {"A"}


def test_scores_in_shares(tmp_path):
    rows = [[i, "Alg", "HW 1", "0.8"] for i in range(6)]
    book = read_gradebook(typed(tmp_path / "a.csv", ["Student ID", "Course", "Assignment", "Percent"], rows))
    assert set(book.scores["raw"]) == {80} and set(book.scores["points_possible"]) == {100}
