"""Gradebooks as schools really have them: each is read as it is meant, or refused in one sentence."""

from __future__ import annotations

import csv
import datetime
import io
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from relsurvey.errors import ReadError
from relsurvey.grading import Source, read_gradebook

HEAD = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "Quiz 1 (71)", "Essay (72)"]
HEAD += ["Current Score", "Final Score"]
POINTS = ["    Points Possible", "", "", "", "", "10.00", "20.00", "(read only)", "(read only)"]
ANA = ["Ulloa, Ana", "51141", "000941", "ana.ulloa", "Period 1", "8.00", "15.00", "76.67", "76.67"]
BEN = ["Quist, Ben", "51142", "000942", "ben.quist", "Period 1", "9.00", "18.00", "90.00", "90.00"]
POE = ["Yarrow, Poe", "51143", "000943", "poe.yarrow", "Period 2", "5.00", "5.00", "33.33", "33.33"]
#: What stands in no ledger and no error.
SECRET = ("Ulloa", "Quist", "Yarrow", "5114", "00094", "ulloa", "8.00", "76.67")

PLAIN = ["Student ID", "Name", "Quiz 1 (10 pts)", "Essay (20 pts)"]
#: What both files hold, by default.
AS_IT_IS = [("000941", "Essay", 15.0), ("000941", "Quiz 1", 8.0), ("000942", "Essay", 18.0)]
AS_IT_IS += [("000942", "Quiz 1", 9.0)]


def canvas(**cells: str) -> list[list[str]]:
    """Return a Canvas export with some cells changed: ``r2c5`` is row 2, column 5, from 0."""
    rows = [HEAD[:], POINTS[:], ANA[:], BEN[:]]
    for place, cell in cells.items():
        row, column = place[1:].split("c")
        rows[int(row)][int(column)] = cell
    return rows


def with_column(at: int, *cells: str) -> list[list[str]]:
    """Return a Canvas export with one more column."""
    return [[*row[:at], cell, *row[at:]] for row, cell in zip(canvas(), cells, strict=True)]


def plain(*more: list[str], head: list[str] = PLAIN, ana: str = "8", ben: str = "9") -> list[list[str]]:
    """Return a plain table."""
    return [head, ["000941", "Ulloa, Ana", ana, "15"], ["000942", "Quist, Ben", ben, "18"], *more]


def text(rows: list[list[str]], sign: str = ",") -> str:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=sign).writerows(rows)
    return out.getvalue()


def commas(rows: list[list[str]]) -> str:
    """Return rows parted by semicolons, with decimal commas."""
    number = [[c.replace(".", ",") if c.replace(".", "").isdigit() else c for c in row] for row in rows]
    return text(number, ";")


def typed(rows: list[list[str]]) -> list[list[Any]]:
    """Return rows as a spreadsheet keeps what it opened: numbers as numbers."""
    return [
        [
            float(c) if c.replace(".", "", 1).isdigit() and "." in c else int(c) if c.isdigit() else c
            for c in row
        ]
        for row in rows
    ]


def book(path: Path, sheets: dict[str, list[list[Any]]]) -> Path:
    workbook = openpyxl.Workbook()
    workbook.remove(workbook.active)
    for name, rows in sheets.items():
        sheet = workbook.create_sheet(name)
        for row in rows:
            sheet.append(row)
    workbook.save(path)
    return path


@dataclass(frozen=True)
class Odd:
    """A file, and what has to come of it.

    ``files`` are rows, text, bytes, sheets or a function of the folder. ``raises`` is in the one sentence;
    else ``scores`` are read (student, item, raw; None leaves them), ``says`` is in the ledger, and ``marks``
    are the percents.
    """

    files: Any
    raises: str = ""
    says: tuple[str, ...] = ()
    scores: list[tuple[str, str, float]] | None = field(default_factory=lambda: AS_IT_IS)
    marks: list[Any] | None = None
    more: dict[str, Any] = field(default_factory=dict)


def two(first: Any, second: Any, **said: Any) -> Callable[[Path], list[Any]]:
    """Return two files, each with what is said of it."""

    def made(folder: Path) -> list[Any]:
        found = []
        for name, rows in (("first", first), ("second", second)):
            path = folder / f"{name}.csv"
            path.write_text(text(rows), "utf-8", newline="")
            found.append(Source(path, **{key: values[name] for key, values in said.items()}))
        return found

    return made


def items(*titles: str) -> list[tuple[str, str, float]]:
    """Return the scores as they are, under other titles."""
    by = dict(zip(("Quiz 1", "Essay"), titles, strict=True))
    return sorted((student, by[item], raw) for student, item, raw in AS_IT_IS)


LAB = {"r0c5": "Lab (90)", "r0c6": "Test (91)"}
BOTH = sorted([*AS_IT_IS, *items("Lab", "Test")])
NUMBER = "neither a number nor a known code"

CANVAS = {
    # How the file was written.
    "semicolons and decimal commas": Odd(commas(canvas())),
    "tabs": Odd(text(canvas(), "\t"), says=("columns parted by tabs",)),
    "BOM": Odd(b"\xef\xbb\xbf" + text(canvas()).encode()),
    "UTF-16": Odd(
        text(canvas(r0c6="Ñandú (72)")).encode("utf-16"), says=("utf-16",), scores=items("Quiz 1", "Ñandú")
    ),
    "Windows-1252": Odd(
        text(canvas(r0c6="Él’s ñandú (72)")).encode("cp1252"),
        says=("not UTF-8", "Windows (cp1252)"),
        scores=items("Quiz 1", "Él’s ñandú"),
    ),
    "nothing": Odd(b"", "the file is empty"),
    "a web page": Odd(b"<html><table><tr><td>Student</td></tr></table></html>", "it is a web page"),
    "logo and lines above": Odd([["Sierra High"], [], ["Printed 3/4"], *canvas()]),
    "saved as a workbook": Odd(
        {"Gradebook": typed(canvas())},
        scores=[(s.lstrip("0"), i, r) for s, i, r in AS_IT_IS],
    ),
    "the gradebook in the second sheet": Odd(
        {"Notes": [["Hello"], ["About"]], "Gradebook": canvas()}, says=("other sheets were left out",)
    ),
    "two gradebooks in one workbook": Odd(
        {"S1": canvas(), "S2": canvas(r2c5="3")}, "a gradebook in each of 2 sheets, such as 'S1' and 'S2'"
    ),
    "a workbook of something else": Odd(
        {"Notes": [["Hello"], ["About"]]}, "no column with the students' ids"
    ),
    # Headings.
    "an item called Student": Odd(canvas(r0c5="Student (71)"), scores=items("Student", "Essay")),
    "an item called ID": Odd(canvas(r0c5="ID (12)"), scores=items("ID", "Essay")),
    "an item called Section": Odd(canvas(r0c6="Section (5)"), scores=items("Quiz 1", "Section")),
    "an item called as a total": Odd(
        canvas(r0c6="Final Score (5)"), scores=items("Quiz 1", "Final Score"), marks=[76.67, 90]
    ),
    "two items of one title": Odd(
        canvas(r0c5="Quiz (71)", r0c6="Quiz (72)"),
        says=("assignments that share a title keep their number in it",),
        scores=items("Quiz (71)", "Quiz (72)"),
    ),
    "one item in two columns": Odd(canvas(r0c6="Quiz 1 (71)"), "two columns of the assignment 'Quiz 1'"),
    "an item without its number": Odd(
        canvas(r0c5="Quiz 1"), says=("without Canvas' number behind the title: 'Quiz 1'",)
    ),
    "commas, lines and quotes in a title": Odd(
        canvas(r0c5='One, "two"\r\nthree (71)'), scores=items('One, "two"\r\nthree', "Essay")
    ),
    "a formula for a title": Odd(
        canvas(r0c5='=HYPERLINK("http://x","a") (71)'), scores=items('=HYPERLINK("http://x","a")', "Essay")
    ),
    "markup for a title": Odd(canvas(r0c5="<b>x</b> (71)"), scores=items("<b>x</b>", "Essay")),
    "half a header": Odd([HEAD[:5], *canvas()[1:]], "points possible in column F and no title above"),
    "a header without ids": Odd([["Student", "", "", "", "", *HEAD[5:]], *canvas()[1:]], "column `ID`"),
    "no header": Odd(canvas()[1:], "no header row"),
    "an empty column": Odd(with_column(5, "", "", "", "")),
    "a column of notes": Odd(with_column(5, "Notes", "", "see me", ""), says=("left out: 'Notes'",)),
    "no SIS columns": Odd(
        [row[:2] + row[4:] for row in canvas()],
        says=("students are known by their Canvas ID",),
        scores=[(s.replace("0009", "511"), i, r) for s, i, r in AS_IT_IS],
    ),
    # Rows.
    "no students": Odd(canvas()[:2], "a header and no student"),
    "the Test Student alone": Odd(
        [*canvas()[:2], ["Student, Test", "9", "", "", "P", "1", "1", "5", "5"]], "no student"
    ),
    "a row twice": Odd([*canvas(), ANA], says=("2 scores that stand in two rows were kept once",)),
    "a row twice that differs": Odd(
        [*canvas(), [*ANA[:5], "7", *ANA[6:]]], "row 3 of .* and row 5 of .* differ"
    ),
    "another course pasted below": Odd(
        [*canvas(), [*HEAD[:5], "Lab (90)", *HEAD[6:]], POINTS, POE], "row 5: a second header"
    ),
    "points possible twice": Odd([*canvas(), POINTS, POE], "row 5: a second header stands there"),
    "averages at the end": Odd(
        [*canvas(), ["Average", "", "", "", "", "8.5", "16.5", "83.3", "83.3"]],
        says=("they speak of no student",),
    ),
    "a row without an id": Odd(
        [*canvas(), ["", "", "", "", "", "8.5", "16.5", "", ""]], "rows without an ID: 5"
    ),
    "300 items": Odd(
        [
            row[:5] + more + row[7:]
            for row, more in zip(
                canvas(),
                ([f"W{i} ({i})" for i in range(300)], ["10"] * 300, ["5"] * 300, ["9"] * 300),
                strict=True,
            )
        ],
        scores=sorted((s, f"W{i}", r) for s, r in (("000941", 5.0), ("000942", 9.0)) for i in range(300)),
    ),
    # Ids.
    "unseen signs around ids": Odd(canvas(r2c2="\u200b000941\u00a0", r3c2="\ufeff000942")),
    "ids as numbers": Odd(
        canvas(r2c2="1234.0", r3c2="1235.0"),
        says=("ids with .0 behind them were read without it",),
        scores=sorted((s.replace("000941", "1234").replace("000942", "1235"), i, r) for s, i, r in AS_IT_IS),
    ),
    "ids that lost their zeros in one file": Odd(
        two(canvas(), canvas(r2c2="941", r3c2="942.0", **LAB)),
        says=("with and without leading zeros", "put together"),
        scores=BOTH,
        more={"course": "Biology"},
    ),
    "ids in a formula that keeps their zeros": Odd(canvas(r2c2='="000941"')),
    "ids that were rounded": Odd(canvas(r2c2="1.2E+05"), "a spreadsheet rounded them"),
    # Numbers.
    "percent signs": Odd(
        canvas(r2c5="85%", r3c5="85 %"),
        says=("scores in percent were taken of their points possible",),
        scores=sorted([("000941", "Quiz 1", 8.5), ("000942", "Quiz 1", 8.5), AS_IT_IS[0], AS_IT_IS[2]]),
    ),
    "fractions": Odd(canvas(r2c5="8/10", r3c5="9 / 10")),
    "fractions of other points": Odd(canvas(r2c5="3/4"), "a score out of 4 stands in a column of 10 points"),
    "a number that can be two": Odd(
        [[c.replace(".00", "").replace(".", "") for c in row] for row in canvas(r1c6="1,000")],
        "which can be 1234 or 1 and 234 thousandths",
    ),
    "thousands": Odd(
        canvas(r1c6="1,000.00", r2c6="1,000.00"),
        scores=sorted([("000941", "Essay", 1000.0), *AS_IT_IS[1:]]),
    ),
    "two numbers in a cell": Odd(canvas(r2c5="8 5"), f"{NUMBER}: '8 5'"),
    "very large": Odd(canvas(r2c5="9" * 30), f"{NUMBER}: longer texts"),
    "above the points": Odd(
        canvas(r2c5="99999999"),
        says=("above their points possible",),
        scores=sorted([("000941", "Quiz 1", 99999999.0), AS_IT_IS[0], *AS_IT_IS[2:]]),
    ),
    "NaN and infinity": Odd(canvas(r2c5="NaN", r3c5="-Infinity"), f"{NUMBER}: 'NaN' .* '-Infinity'"),
    "infinite points possible": Odd(canvas(r1c5="inf"), "column F: the points possible"),
    "negative points possible": Odd(canvas(r1c5="-10"), "no number of 0 or more"),
    "a total that is no number": Odd(canvas(r2c7="see me"), "row 3, column H: the total 'Current Score'"),
    # Texts for scores.
    "letters": Odd(canvas(r2c5="A-", r3c5="B+"), 'codes: {"A-": NUMBER, "B+": NUMBER}'),
    "ticks": Odd(canvas(r2c5="Complete", r3c5="✓"), 'codes: {"Complete": NUMBER, "✓": NUMBER}'),
    "a tick that the school explains": Odd(canvas(r2c5="✓"), more={"codes": {"✓": 8}}),
    "dates that a spreadsheet made": Odd(
        canvas(r2c5="2026-03-04", r3c5="4-Mar"), "dates .2.*makes dates of scores such as 3/4"
    ),
    "dates in a workbook": Odd(
        {"G": [*canvas()[:2], [*ANA[:5], datetime.datetime(2026, 3, 4), *ANA[6:]], BEN]}, "dates .1.*row 3"
    ),
    "errors of a spreadsheet": Odd(canvas(r2c5="#DIV/0!", r3c5="#N/A"), "'#DIV/0!' .*'#N/A'"),
    # Marks.
    "grading periods without totals": Odd(
        [row[:7] for row in canvas()], says=("has no totals",), marks=[76.6667, 90]
    ),
    "two grading periods": Odd(
        canvas(r0c7="Current Score (Q1)", r0c8="Final Score (Q2)"), "totals of 2 grading periods"
    ),
    "an override for some": Odd(
        [[*row, more] for row, more in zip(canvas(), ["Override Score", "", "95.00", ""], strict=True)],
        says=("marks were set by hand (Override)",),
        marks=[95, 90],
    ),
    "letters of another scheme": Odd(
        [
            [*row, *more]
            for row, more in zip(
                canvas(),
                [["Current Grade", "Final Grade"], ["(read only)"] * 2, ["Meets"] * 2, ["Exceeds"] * 2],
                strict=True,
            )
        ],
        says=("none of the letters A to F, P and NP", "'Meets'", "'Exceeds'"),
        marks=[76.67, 90],
    ),
    # Several files.
    "one file twice": Odd(two(canvas(), canvas()), says=("second.csv is the same file as first.csv",)),
    "two terms": Odd(
        two(canvas(), canvas(r2c5="3"), term={"first": "S1", "second": "S2"}),
        scores=sorted([*AS_IT_IS, ("000941", "Quiz 1", 3.0), *AS_IT_IS[:1], *AS_IT_IS[2:]]),
        more={"course": "Biology"},
    ),
    "two terms that are not named": Odd(
        two(canvas(), canvas(r2c5="3")), "the courses, terms or schools apart", more={"course": "Biology"}
    ),
    "one id in two schools": Odd(
        two(canvas(), canvas(r2c5="3"), school={"first": "North", "second": "South"}),
        scores=sorted([*AS_IT_IS, ("000941", "Quiz 1", 3.0), *AS_IT_IS[:1], *AS_IT_IS[2:]]),
        more={"course": "Biology"},
    ),
}

TABLES = {
    "as it is": Odd(plain(), says=("every heading was known",)),
    "semicolons and decimal commas": Odd(
        text(plain(ana="8,5", ben="9,25"), ";"),
        scores=sorted([("000941", "Quiz 1", 8.5), ("000942", "Quiz 1", 9.25), AS_IT_IS[0], AS_IT_IS[2]]),
    ),
    "a number that can be two": Odd(plain(ana="1,234"), 'whether 1,234 is 1234 .`decimal: "."`'),
    "apostrophes and accents": Odd(
        [
            ["Número de alumno", "Nombre", "“Final” de Ana’s (10 puntos)", "Práctica"],
            ["Puntos posibles", "", "", "20"],
            *plain()[1:],
        ],
        scores=items("“Final” de Ana’s", "Práctica"),
    ),
    "points behind a slash": Odd(plain(head=["Student ID", "Name", "Quiz 1 /10", "Essay out of 20"])),
    "an item called Student": Odd(
        plain(head=["Student ID", "Student", "Student (10 pts)", "ID (20 pts)"]),
        scores=items("Student", "ID"),
    ),
    "two items of one title": Odd(
        plain(head=["Student ID", "Name", "Quiz (10 pts)", "Quiz (20 pts)"]), "are two pieces of work"
    ),
    "a formula for a title": Odd(
        plain(head=["Student ID", "Name", '=HYPERLINK("http://x")\n,b (10 pts)', "Essay (20 pts)"]),
        scores=items('=HYPERLINK("http://x")\n,b', "Essay"),
    ),
    "no students": Odd([PLAIN], "no row under a header"),
    "a row twice": Odd(plain(plain()[1]), says=("rows were kept once that stand twice",)),
    "a row twice that differs": Odd(
        plain(["000941", "x", "3", "15"]), "Name the column that tells them apart"
    ),
    "its header again": Odd(
        plain(PLAIN, ["000943", "Yarrow, Poe", "5", "5"]),
        says=("rows that repeat the header were left out",),
        scores=sorted([*AS_IT_IS, ("000943", "Quiz 1", 5.0), ("000943", "Essay", 5.0)]),
    ),
    "another table pasted below": Odd(
        plain(["Student ID", "Name", "Lab (10 pts)", "X"], ["000943", "P", "5", "5"]), "row 4: another header"
    ),
    "logo and lines above": Odd(
        [["Sierra High", "", "", ""], ["Logo", "", "", ""], ["", "", "", ""], *plain()]
    ),
    "half a header": Odd(
        plain(head=["Student ID", "Name", "", ""]), "how many points are possible for 'column C'"
    ),
    "percents": Odd(
        plain(head=["Student ID", "Name", "Quiz 1", "Essay (20 pts)"], ana="80 %", ben="90%"),
        says=("taken as of 100 points",),
        scores=sorted([("000941", "Quiz 1", 80.0), ("000942", "Quiz 1", 90.0), AS_IT_IS[0], AS_IT_IS[2]]),
    ),
    "percents and numbers mixed": Odd(plain(ana="85 %", ben="90"), "a number there without the sign"),
    "letters": Odd(plain(ana="A-", ben="B+"), "the text 'A-' .* stands for no number"),
    "dates that a spreadsheet made": Odd(plain(ana="2026-03-04"), "a spreadsheet makes them of scores"),
    "a remark among scores": Odd(
        plain(ana="Please see Ms. Yarrow"), "longer texts .1. stand where scores are"
    ),
    "empty columns": Odd([[*row[:2], "", *row[2:], ""] for row in plain()]),
    "unseen signs around ids": Odd([[f"\u200b{row[0]}\u00a0", *row[1:]] for row in plain()]),
    "ids in a formula that keeps their zeros": Odd([PLAIN, *([f'="{r[0]}"', *r[1:]] for r in plain()[1:])]),
    "negative points possible": Odd(
        [["Student ID", "Quiz"], ["Points possible", "-10"], ["000941", "8"]], "or one below 0"
    ),
    "above the points and below zero": Odd(
        plain(ana="11", ben="-1"),
        says=("above their points possible", "below zero"),
        scores=sorted([("000941", "Quiz 1", 11.0), ("000942", "Quiz 1", -1.0), AS_IT_IS[0], AS_IT_IS[2]]),
    ),
    "NaN": Odd(plain(ana="NaN"), "the text 'NaN' .* stands for no number"),
    "averages at the end": Odd(plain(["Average", "", "8.5", "16.5"]), says=("they speak of no student",)),
    "a column of totals": Odd(
        [[*PLAIN, "Total"], *([*r, "23"] for r in plain()[1:])], "whether 'Total' is the mark"
    ),
    "names for ids": Odd(
        [["Student", "Quiz (10 pts)"], ["Ulloa, Ana", "8"], ["Quist, Ben", "9"]], "students' ids"
    ),
    "addresses for ids": Odd(
        [["Student ID", "Quiz (10 pts)"], ["ana.ulloa@example.org", "8"]],
        says=("e-mail addresses were replaced",),
        scores=None,
    ),
    "one table in two sheets": Odd(
        {"P1": plain(), "P2": plain()}, "in each of 2 sheets, such as 'P1' and 'P2'"
    ),
    "another sheet beside it": Odd(
        {"P1": plain(), "Key": [["M", "missing"]]}, says=("other sheets were left out",)
    ),
    "one id in two schools": Odd(
        [["Student ID", "School", "Quiz (10 pts)"], ["000941", "North", "8"], ["000941", "South", "9"]],
        scores=[("000941", "Quiz", 8.0), ("000941", "Quiz", 9.0)],
    ),
    "days that can be two": Odd(
        [
            ["Student Number", "Assignment", "Points", "Max points", "Due"],
            ["000941", "a", "8", "10", "3/4/2026"],
        ],
        "whether day or month stands first in 'Due'",
    ),
    "an empty cell that decides": Odd(plain(ana=""), "1 cell is empty, and that decides marks"),
}


@pytest.fixture(autouse=True)
def own_home(tmp_path, monkeypatch):
    """Remember nothing from one test to the next."""
    monkeypatch.setenv("RELSURVEY_HOME", str(tmp_path / "home"))


def written(odd: Odd, folder: Path) -> Any:
    files = odd.files
    if callable(files):
        return files(folder)
    if isinstance(files, dict):
        return book(folder / "grades.xlsx", files)
    path = folder / "grades.csv"
    content = files if isinstance(files, (bytes, str)) else text(files)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


@pytest.mark.parametrize(
    "odd", [*CANVAS.values(), *TABLES.values()], ids=[*CANVAS, *(f"table, {k}" for k in TABLES)]
)
def test_an_odd_file_is_read_as_it_is_meant_or_refused_in_one_sentence(odd, tmp_path):
    source = written(odd, tmp_path)
    if odd.raises:
        with pytest.raises(ReadError, match=odd.raises.replace("{", r"\{").replace("+", r"\+")) as caught:
            read_gradebook(source, **odd.more)
        sentence = str(caught.value).partition("\n\n")[0]
        assert "\n" not in sentence and sentence.endswith(".")
        assert not any(secret in str(caught.value) for secret in SECRET)
        return
    gradebook = read_gradebook(source, **odd.more)
    ledger = "\n".join(f"{entry.where}; {entry.what}; {entry.why}" for entry in gradebook.entries)
    for said in odd.says:
        assert said in ledger
    if odd.scores is not None:
        columns = gradebook.scores[["student", "item", "raw"]]
        assert sorted(columns.itertuples(index=False, name=None)) == sorted(odd.scores)
    if odd.marks is not None:
        assert gradebook.marks["percent"].tolist() == pytest.approx(odd.marks, abs=1e-4)
    assert set(gradebook.marks["student"]) == set(gradebook.scores["student"])
    everything = ledger + repr(gradebook) + gradebook._repr_html_()
    assert not any(secret in everything for secret in SECRET)
    frames = (gradebook.scores, gradebook.marks, gradebook.totals)
    held = {str(cell) for frame in frames for cell in frame.to_numpy(dtype=object).ravel()}
    assert not any(name in cell for cell in held for name in ("Ulloa", "Quist", "ulloa", "quist"))
