"""The workbook: the view's numbers and no others, texts that stay texts, pictures of its own cells."""

from __future__ import annotations

import io
import re
import zipfile

import openpyxl
import pytest
from openpyxl.utils import range_boundaries

from relsurvey.errors import PublishError
from relsurvey.publish.excel import workbook
from tests.publish.office_view import hostile_view, numbers, office_view


def opened(content: bytes):
    return openpyxl.load_workbook(io.BytesIO(content))


@pytest.fixture(scope="module")
def view():
    return office_view()


@pytest.fixture(scope="module")
def book(view):
    return opened(workbook(view))


@pytest.fixture(scope="module")
def hostile():
    return workbook(hostile_view())


def table(page):
    """Return a sheet's rows by the heads of its columns, those beside the filter apart."""
    _, _, last, bottom = range_boundaries(page.auto_filter.ref)
    head = [cell.value for cell in page[5]]
    rows = [[cell.value for cell in page[at]] for at in range(6, bottom + 1)]
    return (
        [dict(zip(head[:last], row, strict=False)) for row in rows],
        [row[last : len(head)] for row in rows],
    )


def test_there_is_a_sheet_a_page(book):
    assert book.sheetnames == [
        "Start",
        "In sentences",
        "At a glance",
        "Questions",
        "Groups",
        "Since fall",
        "Next step",
        "Something to try",
        "About these numbers",
        "Codebook",
    ]
    for page in book.worksheets[1:]:
        if page.title != "About these numbers":
            assert page.auto_filter.ref and page.freeze_panes == "A6"


def test_every_number_is_one_of_the_view(book, view):
    known, beside = numbers(view), 0
    for page in book:
        last = range_boundaries(page.auto_filter.ref)[2] if page.auto_filter.ref else 99
        for cell in (cell for row in page.iter_rows() for cell in row):
            if isinstance(cell.value, str | None):
                continue
            assert isinstance(cell.value, int)
            if cell.column <= last:
                assert cell.value in known, (page.title, cell.coordinate)
            else:
                beside += 1
    assert beside > 0


def test_a_scale_stands_as_in_the_view(book, view):
    rows, lines = table(book["At a glance"])
    cells = [(unit, cell) for unit in view.units for cell in unit.scales]
    assert len(rows) == len(cells)
    for row, line, (unit, cell) in zip(rows, lines, cells, strict=True):
        assert row["School or team"] == unit.title["en"]
        share, words = cell.share, cell.words["en"]
        assert row["In words"] == words[:1].upper() + words[1:]
        assert row["Percent favorable"] == (None if share is None else share.percent)
        interval = share is not None and share.coded is None
        assert row["From"] == (share.low if interval else None)
        assert row["To"] == (share.high if interval else None)
        assert line == ([share.percent - share.low, share.high - share.percent] if interval else [None, None])
        other = cell.reference.percent if cell.reference else None
        assert row["Other students of this school, percent"] == other


def test_a_coded_share_says_so(book):
    page = book["At a glance"]
    coded = [cell for cell in page["E"] if cell.value == 95]
    assert coded and all(cell.number_format == '0" % or more"' for cell in coded)
    almost_none = next(cell for cell in book["Questions"]["F"] if cell.value == 5)
    assert almost_none.number_format == '0" % or less"'


def test_answers_stand_in_their_own_columns_by_how_they_count(book):
    rows, _ = table(book["Questions"])
    plain, turned = rows[0], rows[1]
    # "Always" to a question that was turned round is not the "Always" of another one.
    assert (plain["Always (favorable)"], plain["Always (not favorable)"]) == (41, None)
    assert (turned["Always (favorable)"], turned["Always (not favorable)"]) == (None, 4)
    assert (plain["Sometimes"], plain["Not sure"], turned["Not sure"]) == (18, 2, 6)
    assert [row["Question"] for row in rows[:4]] == [
        "Question care_1?",
        "Question care_2?",
        "Question power_1?",
        "Question alone?",
    ]


def test_groups_and_change_stand_as_in_the_view(book, view):
    rows, _ = table(book["Groups"])
    found = {(r["School or team"], r["Scale"], r["Group"]): r for r in rows}
    assert len(rows) == 2 * 4  # two units, two scales, two groups, one variable
    for unit in (view.units[0], view.units[2]):
        for row in unit.groups[0].rows:
            for cell in row.cells:
                told = found[unit.title["en"], f"Scale {cell.scale}", row.label["en"]]
                assert told["Percent favorable"] == (cell.share and cell.share.percent)
                assert told["Students"] == row.students["en"]
    rows, lines = table(book["Since fall"])
    assert [rows[0][f"Then, {name}"] for name in ("percent favorable", "from", "to")] == [56, 46, 65]
    assert [rows[0][f"Now, {name}"] for name in ("percent favorable", "from", "to")] == [71, 62, 79]
    assert lines[0] == [10, 9, 9, 8] and lines[1] == [None] * 4


def test_pictures_read_the_cells_of_their_sheet(book):
    drawn = {page.title: page._charts for page in book if page._charts}
    assert set(drawn) == {"At a glance", "Questions", "Groups", "Since fall"}
    for title, charts in drawn.items():
        page = book[title]
        _, top, last, bottom = range_boundaries(page.auto_filter.ref)
        for series in charts[0].series:
            where = series.val.numRef.f
            assert where.rpartition("!")[0].strip("'") == title
            left, first, right, end = range_boundaries(where.partition("!")[2])
            assert (first, end, left) == (top + 1, bottom, right) and left <= last
            head = range_boundaries(series.tx.strRef.f.partition("!")[2])
            assert head[:2] == (left, top)
            if series.errBars is not None:
                for side, text in ((series.errBars.minus, "down"), (series.errBars.plus, "up")):
                    column = range_boundaries(side.numRef.f.partition("!")[2])[0]
                    assert column > last and text in page.cell(top, column).value
    named = drawn["Groups"][0].series[0].cat.strRef.f.partition("!")[2].replace("$", "")
    assert [row[0].value for row in book["Groups"][named]][:2] == [
        "Scale care: Spanish",
        "Scale care: English",
    ]
    assert len(drawn["Questions"][0].series) == 9  # "Sometimes" counts alike, the four others in two ways
    assert drawn["Questions"][0].grouping == "stacked"


def test_the_filter_leaves_the_first_school_and_one_kind_of_group(book):
    page = book["Groups"]
    shown = [at for at in range(6, page.max_row + 1) if not page.row_dimensions[at].hidden]
    assert {(page.cell(at, 1).value, page.cell(at, 2).value) for at in shown} == {
        ("The school", "Kind language")
    }
    assert len(shown) == 4
    assert not any(
        page.row_dimensions[at].hidden for at in range(6, book["Codebook"].max_row + 1) if page is None
    )


def test_the_codebook_says_how_each_answer_counts(book):
    rows, _ = table(book["Codebook"])
    turned = [row for row in rows if row["Short name"] == "care_2"]
    assert {row["Turned round"] for row in turned} == {"yes"}
    assert (turned[0]["Answer"], turned[0]["Counts as"]) == ("Always", "Not favorable")
    assert turned[-1]["Answer"] == "Not sure" and turned[-1]["Counts as"] == "Not counted"
    assert {row["Short name"] for row in rows} == {"care_1", "care_2", "power_1", "alone"}
    apart = {row["Short name"]: row["Answer"] for row in rows if row["Counts as"] == "Not counted"}
    assert apart == {"care_1": "Not sure", "care_2": "Not sure"}


def test_each_sheet_says_for_whom_by_whom_and_when(book):
    for page in book:
        assert page["A2"].value == (
            "For the ninth-grade team. Made by a test. Aggregates only. Made on 2026-01-31. Simulated data."
        )
        assert page["A3"].value == "No one can see one student."
        assert page.print_title_rows


def test_spanish(view):
    book = opened(workbook(view, "es"))
    assert "De un vistazo" in book.sheetnames
    assert book["De un vistazo"]["A2"].value.endswith("Datos simulados.")
    assert book["De un vistazo"]["E7"].number_format == '0" % o más"'
    english = re.compile(r"\b(school|percent|favorable, |students|Question|scale)\b")
    heads = [cell.value for page in book for cell in page[5] if cell.value]
    assert not [head for head in heads if english.search(head) and not head.endswith("(es)")]
    with pytest.raises(PublishError, match="no language 'fr'"):
        workbook(view, "fr")


def test_public_rules(view):
    with pytest.raises(PublishError, match="min_n=11"):
        workbook(office_view(min_n=10))
    content = zipfile.ZipFile(io.BytesIO(workbook(view)))
    whole = "".join(content.read(name).decode() for name in content.namelist())
    assert "A COMMENT" not in whole and "TWO-WAY" not in whole and "language*gender" not in whole
    assert "Few are greeted." in whole


def test_hostile_texts_are_texts(hostile):
    book = opened(hostile)
    seen = set()
    for page in book:
        assert len(page.title) <= 31 and not re.search(r"[\[\]:*?/\\]|^'|'$", page.title)
        for cell in (cell for row in page.iter_rows() for cell in row):
            assert cell.data_type in ("s", "n") and cell.hyperlink is None
            if isinstance(cell.value, str):
                assert len(cell.value) <= 32_767 and not re.search(r"[\x00-\x08\x0b-\x1f]", cell.value)
                if cell.value[:1] in ("=", "+", "-", "@"):
                    assert cell.quotePrefix
                    seen.add(cell.value[0])
    assert seen == {"=", "+", "-", "@"}
    assert len({name.lower() for name in book.sheetnames}) == len(book.sheetnames)
    content = zipfile.ZipFile(io.BytesIO(hostile))
    sheets = [name for name in content.namelist() if name.startswith("xl/worksheets/sheet")]
    assert len(sheets) == len(book.sheetnames)
    for name in sheets:
        assert not re.search(r"<(\w+:)?(f|hyperlink)[ >/]", content.read(name).decode())
    kinds = {name.rpartition(".")[2] for name in content.namelist()}
    assert kinds <= {"xml", "rels"}


def test_the_same_view_gives_the_same_bytes_and_names_nobody(view, hostile):
    assert workbook(view) == workbook(view)
    assert workbook(hostile_view()) == hostile
    content = zipfile.ZipFile(io.BytesIO(workbook(view)))
    core = content.read("docProps/core.xml").decode()
    assert re.findall(r"<dc:creator[^>]*>(.*?)</dc:creator>", core) == ["relsurvey"]
    assert "lastModifiedBy" not in core and core.count("2026-01-31T00:00:00Z") == 2
    assert {info.date_time for info in content.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_the_demo(demo_view):
    book = opened(workbook(demo_view))
    known = numbers(demo_view)
    rows, _ = table(book["Groups"])
    drawn = [row["Percent favorable"] for row in rows if row["Percent favorable"] is not None]
    assert len(drawn) > 100 and set(drawn) <= known
    cells = [c for u in demo_view.units for g in u.groups for r in g.rows for c in r.cells]
    assert sorted(drawn) == sorted(cell.share.percent for cell in cells if cell.share)
