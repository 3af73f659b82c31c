"""Titles, groups and ids that mean harm: no id is shown, no markup or formula lives, few stay masked."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from typing import Any

import pandas as pd
import pytest

from relsurvey.errors import RelsurveyError
from relsurvey.grading import (
    Gradebook,
    Policy,
    ag_pace,
    compare_policies,
    consistency,
    df_rates,
    example,
    explain,
    lanes,
    movement,
    on_track,
    owed,
    prove,
    read_gradebook,
    regrade,
    retake_bounds,
    split_change,
)

IMAGE, SCRIPT = "<img src=x onerror=alert(1)>", '"><script>alert(1)</script>'
FORMULA, COMMAND = '=HYPERLINK("http://evil.example","x")', "+cmd|' /C calc'!A0"
COURSES = (IMAGE, FORMULA)
WORK = (SCRIPT, COMMAND, "Essay")
#: Of these there are four students: no count of them is shown.
FEW, MANY = f"few {IMAGE}", f"many {FORMULA}"
#: No other text on a page holds it.
ID = "zq7x"
SAFE = {"table", "thead", "tbody", "tr", "th", "td", "p", "div", "span", "caption", "style", "br", "small"}
SAFE |= {"strong", "em", "ul", "ol", "li", "h3", "h4", "section", "figure", "figcaption"}


def gradebook(shift: int = 0) -> Gradebook:
    """Return 64 students by 2 courses by 3 pieces of work, of 6 teachers; four students of a small group."""
    rows = [
        {
            "student": f"{ID}{n:03}",
            "school": "Sierra",
            "course": course,
            "section": f"{SCRIPT} {n % 6}",
            "teacher": f"{IMAGE} {n % 6}",
            "term": SCRIPT,
            "item": work,
            "category": f"{work} category",
            "points_possible": 100.0,
            "raw": None if (n + j) % 9 == 0 else float((37 * n + 11 * j + shift) % 101),
            "status": "missing" if (n + j) % 9 == 0 else "scored",
            "code": f"{IMAGE}" if (n + j) % 9 == 0 else None,
        }
        for n in range(64)
        for course in COURSES
        for j, work in enumerate(WORK)
    ]
    frame = pd.DataFrame(rows).assign(raw=lambda f: f["raw"].astype(float))
    keys = frame[["student", "school", "course", "term", "section", "teacher"]].drop_duplicates()
    first = regrade(Gradebook.of(frame), Policy(id="own")).marks
    marks = keys.assign(
        letter=first["letter"].to_numpy(),
        percent=first["percent"].to_numpy(),
        credits=5.0,
        core=True,
        ag=True,
        grade_level="9",
        gender=[FEW if int(student[-3:]) < 4 else MANY for student in keys["student"]],
    )
    totals = keys[["student", "school", "course", "term"]].assign(
        current=first["percent"].to_numpy(), final=50.0, override=float("nan")
    )
    return Gradebook.of(frame, marks, totals=totals)


def lane_table(book: Gradebook, steps: int) -> pd.DataFrame:
    students = sorted(set(book.marks["student"]))
    order = ("high", "low", IMAGE)
    return pd.DataFrame(
        {
            "student": students,
            "lane": [order[(i + (i % 3 == 0) * steps) % 3] for i in range(len(students))],
            "gender": [FEW if i < 4 else MANY for i in range(len(students))],
        }
    )


FLOOR = Policy(id="floor", title={"en": SCRIPT, "es": SCRIPT}, floor={"percent": 50})
LANES = {"order": ("high", "low", IMAGE), "vulnerable": (IMAGE,)}

RESULTS: dict[str, Callable[[Gradebook], Any]] = {
    "gradebook": lambda book: book,
    "proof": prove,
    "regrade": lambda book: regrade(book, FLOOR),
    "compare": lambda book: compare_policies(book, {IMAGE: FLOOR, FORMULA: book.but(cuts=None)}, by="gender"),
    "compare with a rule": lambda book: compare_policies(book, FLOOR, by="course"),
    "split": lambda book: split_change(book, gradebook(7), Policy(), FLOOR),
    "rates by group": lambda book: df_rates(book, by="gender"),
    "rates by course and term": lambda book: df_rates(book, by=["course", "term"]),
    "on track": lambda book: on_track(book, by="gender", terms=1, year_course=5),
    "A-G": lambda book: ag_pace(book, by="gender"),
    "owed": owed,
    "owed, made up": lambda book: owed(book, 70),
    "consistency": lambda book: consistency(book),
    "consistency of sections": lambda book: consistency(book, "section"),
    "bounds": lambda book: retake_bounds(book, Policy(id="again", retake={"below": 70, "cap": 80})),
    "explained": lambda book: explain(FLOOR),
    "example": lambda book: example(
        Policy(id="w", title={"en": IMAGE, "es": IMAGE}, weights={IMAGE: 40, FORMULA: 60}, exclude=(SCRIPT,))
    ),
    "lanes": lambda book: lanes(lane_table(book, 0), by="gender", **LANES),
    "movement": lambda book: movement(lane_table(book, 0), lane_table(book, 1), by="gender", **LANES),
}


class Tags(HTMLParser):
    """What a browser would make of a text."""

    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()
        self.rows: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.found.add(tag)
        self.links += [name for name, _ in attributes if name.startswith("on") or name in ("href", "src")]
        if tag == "tr":
            self.rows.append("")

    def handle_endtag(self, tag: str) -> None:
        if tag == "table":
            self.rows.append("")

    def handle_data(self, data: str) -> None:
        if self.rows:
            self.rows[-1] += f" {data}"


def tags(html: str) -> Tags:
    found = Tags()
    found.feed(html)
    return found


@pytest.fixture(scope="module")
def book() -> Gradebook:
    return gradebook()


@pytest.fixture(scope="module", params=list(RESULTS))
def result(request, book) -> Any:
    return RESULTS[request.param](book)


def texts(result: Any) -> Iterator[str]:
    """Yield every text that a result shows by itself."""
    yield repr(result)
    for name in ("sentence", "notes", "sentences"):
        yield str(getattr(result, name, ""))
    if hasattr(result, "_repr_html_"):
        yield result._repr_html_()
    for language in ("en", "es"):
        for face in result.faces(language) if hasattr(result, "faces") else ():
            yield str(face)
            yield face.html()


def test_no_result_shows_an_id_a_teacher_or_a_section(result):
    for shown in texts(result):
        assert ID not in shown
        assert f"{IMAGE} 3" not in shown and f"{SCRIPT} 3" not in shown


def test_no_title_becomes_markup(result):
    pages = [result._repr_html_()] if hasattr(result, "_repr_html_") else []
    pages += [
        face.html() for language in ("en", "es") for face in getattr(result, "faces", lambda _: ())(language)
    ]
    for page in pages:
        found = tags(page)
        assert found.found <= SAFE
        assert not found.links


def test_a_small_group_is_masked(result):
    pages = [result._repr_html_()] if hasattr(result, "_repr_html_") else []
    rows = [row for page in pages for row in tags(page).rows if FEW in row]
    for row in rows:
        assert not any(sign.isdigit() for sign in row.replace(IMAGE, "").replace("10", ""))
    if hasattr(result, "table") and "gender" in result.table:
        assert rows


def test_no_title_becomes_a_formula_in_a_workbook(result, tmp_path):
    if not hasattr(result, "to_excel"):
        return
    for exact in (False, True):
        path = result.to_excel(tmp_path / f"{exact}.xlsx", exact=exact)
        with zipfile.ZipFile(path) as archive:
            sheets = [name for name in archive.namelist() if name.startswith("xl/worksheets/")]
            assert sheets
            for name in archive.namelist():
                content = archive.read(name).decode("utf-8", "replace")
                assert "<f>" not in content and "<f " not in content and "hyperlink " not in content
                assert "externalLink" not in name and ID not in content


REFUSED: dict[str, Callable[[Gradebook], Any]] = {
    "no group": lambda book: df_rates(book, by=IMAGE),
    "no policy of retakes": lambda book: regrade(book, Policy(id="a", retake={"below": 70, "cap": 80})),
    "no category": lambda book: regrade(book, Policy(id="a", weights={"Tests": 100})),
    "no due dates": lambda book: regrade(book, Policy(id="a", late={"per_day": 10})),
    "two lanes of a student": lambda book: movement(
        pd.concat([lane_table(book, 0), lane_table(book, 1)]), lane_table(book, 1), **LANES
    ),
    "a lane that is none": lambda book: movement(
        lane_table(book, 0), lane_table(book, 1), order=("high", "low")
    ),
    "two rows that differ": lambda book: Gradebook.of(pd.concat([book.scores, gradebook(3).scores])).work,
    "a status that is none": lambda book: Gradebook.of(book.scores.assign(status=SCRIPT)).work,
    "points below zero": lambda book: regrade(Gradebook.of(book.scores.assign(points_possible=-1.0)), FLOOR),
    "a table of it": lambda book: read_gradebook(
        pd.DataFrame({"Student ID": [f"{ID}1", f"{ID}1"], f"{IMAGE} (10 pts)": ["8", "7"]})
    ),
    "codes": lambda book: read_gradebook(
        pd.DataFrame({"Student ID": [f"{ID}1"], "a (10 pts)": ["8"]}), codes={IMAGE: SCRIPT}
    ),
}


@pytest.mark.parametrize("ask", REFUSED.values(), ids=list(REFUSED))
def test_no_refusal_holds_an_id(ask, book):
    with pytest.raises(RelsurveyError) as caught:
        ask(book)
    sentence = str(caught.value).partition("\n\n")[0]
    assert ID not in str(caught.value) and "\n" not in sentence and sentence.endswith(".")
