"""The loader's Python half with gradebooks: files and choices in, a gradebook out, no student on the way."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import relsurvey as rs
from relsurvey.demo import demo_workbook
from relsurvey.errors import BlankChoiceError, MatchError, ReadError
from relsurvey.grading import Gradebook, read_gradebook
from relsurvey.widgets import Loader
from tests.grading import canvas_files
from tests.grading.formats import oneroster_files
from tests.widgets import messy
from tests.widgets.talking import Browser

Start = Callable[..., Browser]


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give each test mappings of its own."""
    monkeypatch.setenv("RELSURVEY_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    return tmp_path / "home"


@pytest.fixture
def start() -> Iterator[Start]:
    started: list[Browser] = []

    def make(*given: Any, **more: Any) -> Browser:
        started.append(Browser(Loader(*given, **more)))
        return started[-1]

    yield make
    for browser in started:
        browser.loader.close()


def canvas(path: Path, n: int = 40, seed: int = 1, **how: Any) -> Path:
    """Write a Canvas export."""
    return canvas_files.write(path, canvas_files.made(n, seed=seed, **how))


def with_texts(path: Path, *cells: str) -> Path:
    """Put texts into the first column of scores of a Canvas export, from the first student on."""
    rows = list(csv.reader(path.open(encoding="utf-8-sig", newline="")))
    at = next(i for i, head in enumerate(rows[0]) if re.search(r"\(\d+\)$", head))
    for row, text in zip(rows[2:], cells, strict=False):
        row[at] = text
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(rows)
    return path


def assert_code_does_the_same(browser: Browser) -> Gradebook:
    """Use what is there, run the code beside the files, and compare the tables."""
    answer = browser.say({"type": "use"})
    assert answer["type"] == "state", answer
    loader = browser.loader
    assert loader.gradebook is not None
    names: dict[str, Any] = {"rs": rs}
    exec(loader.code, names)
    again: Gradebook = names["gradebook"]
    for part in ("scores", "marks", "totals", "ledger"):
        assert getattr(again, part).equals(getattr(loader.gradebook, part)), part
    assert (again.blank, again.policies) == (loader.gradebook.blank, loader.gradebook.policies)
    return loader.gradebook


# What a teacher does


def test_a_canvas_export_is_recognised_and_blanks_are_asked_with_what_each_would_do(
    start: Start, tmp_path: Path
) -> None:
    path = canvas(tmp_path / "algebra.csv")
    browser = start()
    state = browser.drop(path)["state"]
    assert (state["mode"], state["fits"]) == ("gradebook", False)
    assert [browser.state()["moved"] for _ in range(2)] == [True, False], "the focus is found once"
    [file] = state["files"]
    assert (file["form"], file["rows"]) == ("Canvas gradebook", "41")
    assert [(one["field"], one["lacks"], one["value"]) for one in file["fields"]] == [
        ("course", "name", "algebra"),
        ("teacher", "all", ""),
        ("term", "all", ""),
        ("school", "all", ""),
    ]
    # What each choice would do, from gradebooks that were read so.
    read = {blank: read_gradebook(path, blank=blank).marks for blank in ("ungraded", "zero", "excused")}
    low = {blank: int(marks["letter"].isin(["D", "F"]).sum()) for blank, marks in read.items()}
    changed = int((read["zero"]["percent"] != read["ungraded"]["percent"]).sum())
    blank = state["blank"]
    assert (blank["value"], blank["marks"]) == ("", "40")
    asked = {choice["value"]: choice for choice in blank["choices"]}
    assert asked["zero"]["changed"] == str(changed) and changed >= 10
    assert asked["ungraded"]["low"] == asked["excused"]["low"] == str(low["ungraded"])
    assert low["zero"] - low["ungraded"] < 10 and low["ungraded"] >= 10
    assert (asked["zero"]["low"], asked["zero"]["more"]) == ("", "under 10"), "a few marks are not worked out"

    assert "settle what is left" in browser.say({"type": "use"})["sentence"]
    assert (browser.loader.gradebook, browser.loader.code, browser.loader.used) == (None, "", 0)
    state = browser.do(do="blank", value="zero")
    assert state["fits"] and state["blank"]["value"] == "zero"
    assert state["summary"]["students"] == {"en": "40 to 99 students", "es": "de 40 a 99 estudiantes"}
    assert (state["summary"]["courses"], state["summary"]["items"]) == (1, 12)
    gradebook = assert_code_does_the_same(browser)
    assert gradebook.blank == "zero" and browser.loader.used == 1 and browser.loader.mapping is None
    assert browser.loader.code.splitlines() == [
        '# Put "algebra.csv" beside this notebook.',
        'gradebook = rs.grading.read_gradebook("algebra.csv", blank="zero")',
    ]


def test_the_error_says_in_numbers_what_its_sentence_says(tmp_path: Path) -> None:
    path = canvas(tmp_path / "algebra.csv")
    with pytest.raises(BlankChoiceError) as caught:
        read_gradebook(path)
    error = caught.value
    assert f"changes {error.changes['zero']} of {error.marks} marks" in str(error)
    for blank in ("ungraded", "zero", "excused"):
        marks = read_gradebook(path, blank=blank).marks
        assert error.low[blank] == int(marks["letter"].isin(["D", "F"]).sum()), blank


def test_an_export_without_blanks_is_ready_at_once(start: Start, tmp_path: Path) -> None:
    browser = start(canvas(tmp_path / "full.csv", blank=0))
    state = browser.state()
    assert state["mode"] == "gradebook" and state["blank"] is None and state["fits"]
    assert browser.loader.use_gradebook().blank is None and browser.loader.used == 1


def test_several_files_get_what_they_do_not_say(start: Start, tmp_path: Path) -> None:
    paths = [canvas(tmp_path / f"{name}.csv", seed=seed) for seed, name in enumerate("abc", 1)]
    browser = start()
    state = browser.drop_all(*paths)["state"]
    assert [file["name"] for file in state["files"]] == ["a.csv", "b.csv", "c.csv"]
    browser.do(do="said", file=0, field="course", text=" Algebra 1 ")
    browser.do(do="said", file=1, field="course", text="b")
    browser.do(do="said", file=2, field="school", text="Far School")
    browser.do(do="said", file=0, field="section", text="P1")
    browser.do(do="said", file=-1, field="term", text="Fall")
    browser.do(do="said", file=1, field="teacher", text="T 7")
    state = browser.do(do="blank", value="ungraded")
    assert [[one["value"] for one in file["fields"]] for file in state["files"]] == [
        ["Algebra 1", "", "P1", "Fall", ""],
        ["b", "T 7", "Fall", ""],
        ["c", "", "Fall", "Far School"],
    ]
    gradebook = assert_code_does_the_same(browser)
    marks = gradebook.marks
    assert set(marks["course"]) == {"Algebra 1", "b", "c"} and set(marks["term"]) == {"Fall"}
    assert marks.loc[marks["course"] == "c", "school"].eq("Far School").all()
    assert 'rs.grading.Source("b.csv", teacher="T 7", term="Fall")' in browser.loader.code
    assert 'course="b"' not in browser.loader.code, "the file's own name is not said again"


def test_codes_are_asked_by_menu(start: Start, tmp_path: Path) -> None:
    path = canvas(tmp_path / "a.csv", blank=0)
    with_texts(path, *["NHI"] * 12, "nhi", *["Z"] * 2, "Ana María")
    browser = start()
    state = browser.drop(path)["state"]
    assert not state["fits"]
    found = {code["text"]: code for code in state["codes"]}
    assert (found["NHI"]["cells"], found["Z"]["cells"], found["NHI"]["value"]) == ("13", "under 10", "")
    assert set(found) == {"NHI", "Z", ""}, "what may be someone's own words is not shown"
    assert "Ana" not in browser.everything()
    browser.do(do="code", index=found["NHI"]["index"], means="missing")
    browser.do(do="code", index=found["Z"]["index"], means="number", number=0)
    state = browser.do(do="code", index=found[""]["index"], means="excused")
    values = {code["text"]: (code["value"], code["number"]) for code in state["codes"]}
    assert values == {"NHI": ("missing", ""), "Z": ("number", "0"), "": ("excused", "")}
    assert state["fits"]
    gradebook = assert_code_does_the_same(browser)
    counts = gradebook.scores["code"].value_counts()
    assert (counts["NHI"], counts["Z"]) == (13, 2)
    assert 'codes={"NHI": "missing", "Z": 0, "Ana María": "excused"}' in browser.loader.code
    # Taken back, it is asked again, and nothing else is forgotten.
    state = browser.do(do="code", index=found["Z"]["index"], means="")
    assert not state["fits"] and [code["value"] for code in state["codes"]].count("") == 1
    state = browser.do(do="undo")
    assert state["fits"]


def test_categories_that_were_worked_out_are_shown_changed_and_confirmed(
    start: Start, tmp_path: Path
) -> None:
    course = canvas_files.made(
        40, {"Homework": 4, "Tests": 3}, blank=0.05, weights={"Homework": 40, "Tests": 60}
    )
    browser = start()
    state = browser.drop(canvas_files.write(tmp_path / "a.csv", course))["state"]
    browser.do(do="blank", value="ungraded")
    [file] = state["categories"]["files"]
    true = {item.title: item.group for item in course.items}
    assert {item["title"]: item["value"] for item in file["items"]} == true
    assert file["groups"] == ["Homework", "Tests"] and not state["categories"]["confirmed"]
    first = assert_code_does_the_same(browser)
    assert browser.loader.mapping is None
    state = browser.do(do="confirm", on=True)
    assert state["fits"] and state["categories"]["confirmed"]
    second = assert_code_does_the_same(browser)
    assert browser.loader.mapping is not None and browser.loader.mapping.categories == true
    assert second.scores.equals(first.scores) and "a person said so" in set(second.ledger["why"])
    moved = next(title for title, kind in true.items() if kind == "Homework")
    state = browser.do(do="category", title=moved, value="Tests")
    third = assert_code_does_the_same(browser)
    assert set(third.scores.loc[third.scores["item"] == moved, "category"]) == {"Tests"}
    state = browser.do(do="undo")
    [file] = state["categories"]["files"]
    assert {item["title"]: item["value"] for item in file["items"]} == true


def test_work_that_is_in_two_categories_in_two_files_stays_as_it_was_worked_out(
    start: Start, tmp_path: Path
) -> None:
    course = canvas_files.made(40, {"Homework": 4, "Tests": 3}, blank=0)
    other = canvas_files.made(40, {"Homework": 4, "Tests": 3}, blank=0, seed=2, start=50)
    swapped = tuple(
        replace(item, title={"Homework 1": "Tests 1", "Tests 1": "Homework 1"}.get(item.title, item.title))
        for item in other.items
    )
    paths = [
        canvas_files.write(tmp_path / "a.csv", course),
        canvas_files.write(tmp_path / "b.csv", replace(other, items=swapped)),
    ]
    browser = start()
    state = browser.drop_all(*paths)["state"]
    fixed = {
        item["title"] for file in state["categories"]["files"] for item in file["items"] if item["fixed"]
    }
    assert fixed == {"Homework 1", "Tests 1"}
    browser.do(do="confirm", on=True)
    gradebook = assert_code_does_the_same(browser)
    kinds = gradebook.scores.drop_duplicates(["course", "item"]).set_index(["course", "item"])["category"]
    assert (kinds["a", "Tests 1"], kinds["b", "Tests 1"]) == ("Tests", "Homework")


# A plain table


PLAIN = "Nr,Klasse,Quiz,Essay,Bemerkung\n" + "".join(
    f"{i + 100},P{i % 2},{i % 11},{i % 21},gut\n" for i in range(40)
)


def test_a_plain_table_is_settled_by_menus_and_remembered_once_it_was_used(
    start: Start, tmp_path: Path, own_home: Path
) -> None:
    path = tmp_path / "noten.csv"
    path.write_text(PLAIN, "utf-8")
    browser = start(gradebook=True)
    state = browser.drop(path)["state"]
    assert not state["fits"] and state["files"][0]["error"]
    lines = {line["name"]: line for line in state["table"]["columns"]}
    assert "gut" not in browser.everything()
    for name, role in (
        ("Nr", "student"),
        ("Klasse", "group"),
        ("Quiz", "item"),
        ("Essay", "item"),
        ("Bemerkung", "ignore"),
    ):
        browser.do(do="role", position=lines[name]["position"], value=role)
    browser.do(do="points", position=-1, number=10)
    state = browser.do(do="points", position=lines["Essay"]["position"], number=20)
    assert state["fits"], state
    assert not (own_home / "mappings").exists(), "what is only tried is not remembered"
    gradebook = assert_code_does_the_same(browser)
    assert (own_home / "mappings").exists()
    points = gradebook.scores.drop_duplicates("item").set_index("item")["points_possible"]
    assert points.to_dict() == {"Quiz": 10, "Essay": 20}
    assert set(gradebook.marks["klasse"]) == {"P0", "P1"}
    assert browser.loader.mapping is not None and browser.loader.mapping.columns["Klasse"] == "group:klasse"
    # The next file with this header needs none of that, and is known for what it is.
    again = tmp_path / "next.csv"
    again.write_text(PLAIN.replace("100,", "500,"), "utf-8")
    state = start(again).state()
    assert state["mode"] == "gradebook" and state["fits"] and state["table"]["settled"]


def test_a_table_that_says_everything_is_a_gradebook(start: Start, tmp_path: Path) -> None:
    path = tmp_path / "marks.csv"
    path.write_text(
        "Student ID,Course,Term,Letter Grade\n" + "".join(f"s{i},Algebra,S1,B\n" for i in range(20))
    )
    browser = start()
    state = browser.drop(path)["state"]
    assert state["mode"] == "gradebook" and state["fits"]
    assert [one["field"] for one in state["files"][0]["fields"]] == ["teacher", "section", "school"]
    browser.do(do="said", file=0, field="section", text="P3")
    gradebook = assert_code_does_the_same(browser)
    assert set(gradebook.marks["section"]) == {"P3"} and set(gradebook.marks["term"]) == {"S1"}


def test_a_change_of_layout_and_of_numbers(start: Start, tmp_path: Path) -> None:
    path = tmp_path / "long.csv"
    rows = "".join(f"s{i},Quiz {k},{k + 1}\n" for i in range(20) for k in range(3))
    path.write_text("Student ID,Assignment,Score\n" + rows)
    browser = start(gradebook=True)
    state = browser.drop(path)["state"]
    assert state["table"]["layout"] == "long" and not state["fits"]
    state = browser.do(do="points", position=-1, number=4)
    assert state["fits"] and state["table"]["points"] == "4"
    state = browser.do(do="layout", value="marks")
    assert not state["fits"] and "letter" in state["files"][0]["error"]
    state = browser.do(do="undo")
    assert state["fits"]
    assert_code_does_the_same(browser)


def test_tables_of_two_headers_are_loaded_one_by_one(start: Start, tmp_path: Path) -> None:
    one, other = tmp_path / "a.csv", tmp_path / "b.csv"
    one.write_text(PLAIN, "utf-8")
    other.write_text(PLAIN.replace("Quiz", "Test"), "utf-8")
    browser = start(gradebook=True)
    state = browser.drop_all(one, other)["state"]
    assert state["apart"] and state["table"] is None and not state["fits"]
    state = browser.do(do="remove", file=1)
    assert not state["apart"] and state["table"] is not None


# Other programs


@pytest.mark.parametrize("how", ["zip", "files"])
def test_oneroster_comes_as_a_zip_file_or_table_by_table(start: Start, tmp_path: Path, how: str) -> None:
    tables = oneroster_files.tables()
    if how == "zip":
        paths = [oneroster_files.zipped(tmp_path / "export.zip", tables)]
    else:
        paths = sorted(oneroster_files.write(tmp_path, tables).glob("*.csv"))
    browser = start()
    state = browser.drop_all(*paths)["state"]
    assert state["mode"] == "gradebook" and len(state["files"]) == 1
    assert state["files"][0]["form"] == "OneRoster export" and not state["files"][0]["error"]
    if state["blank"] is not None:
        browser.do(do="blank", value="ungraded")
    gradebook = assert_code_does_the_same(browser)
    assert len(gradebook.scores) == len(read_gradebook(paths, blank="ungraded").scores)


# Survey or gradebook


def test_a_survey_among_gradebooks_and_the_other_way_round(start: Start, tmp_path: Path) -> None:
    path = canvas(tmp_path / "a.csv", blank=0)
    survey = messy.write(tmp_path / "survey.csv")
    browser = start()
    browser.drop(path)
    state = browser.drop(survey)["state"]
    assert (state["mode"], state["offered"]) == ("gradebook", ["survey.csv"])
    assert len(state["files"]) == 1 and state["fits"], "what was there is there"
    state = browser.say({"type": "mode", "mode": "survey"})["state"]
    assert (state["mode"], state["offered"], state["file"]["names"]) == ("survey", [], ["survey.csv"])
    assert browser.state()["moved"]
    state = browser.drop(canvas(tmp_path / "b.csv", seed=2))["state"]
    assert (state["mode"], state["offered"]) == ("survey", ["b.csv"])
    state = browser.say({"type": "mode", "mode": "gradebook"})["state"]
    assert [file["name"] for file in state["files"]] == ["a.csv", "b.csv"]
    state = browser.say({"type": "mode", "mode": "survey"})["state"]
    assert state["file"]["names"] == ["survey.csv"]


def test_what_is_neither_is_a_survey_until_a_person_says_otherwise(start: Start, tmp_path: Path) -> None:
    path = tmp_path / "noten.csv"
    path.write_text(PLAIN, "utf-8")
    browser = start()
    state = browser.drop(path)["state"]
    assert state["mode"] == "survey" and state["file"]["names"] == ["noten.csv"]
    state = browser.say({"type": "mode", "mode": "gradebook"})["state"]
    assert [file["name"] for file in state["files"]] == ["noten.csv"] and state["table"] is not None


def test_what_a_caller_says_counts(start: Start, tmp_path: Path) -> None:
    path = canvas(tmp_path / "a.csv", blank=0)
    browser = start([rs.grading.Source(path, course="Algebra 1")])
    assert browser.state()["mode"] == "gradebook"
    gradebook = browser.loader.use_gradebook()
    assert set(gradebook.marks["course"]) == {"Algebra 1"} and str(path) in browser.loader.code
    assert 'course="Algebra 1"' in browser.loader.code
    with pytest.raises(MatchError, match="use_gradebook"):
        browser.loader.use()
    survey = start(demo_workbook(), gradebook=False)
    assert survey.state()["mode"] == "survey"
    with pytest.raises(MatchError, match="gradebook=True"):
        survey.loader.use_gradebook()
    with pytest.raises(ReadError, match="There is no file"):
        Loader(tmp_path / "none.csv", gradebook=True)
    for mode, script in (("survey", "loader.js"), ("gradebook", "gradebook.js")):
        drawn = start(gradebook=mode == "gradebook").loader._esm
        assert str(drawn) == (Path(rs.__file__).parent / "static" / script).read_text("utf-8")


# What goes wrong


def bad_files(folder: Path) -> dict[str, tuple[bytes, str]]:
    """Return files that are no gradebooks, and what has to be said of each."""
    whole = canvas_files.text(canvas_files.made(20)).decode()
    head, points, *rest = whole.splitlines()
    return {
        "pdf.csv": (b"%PDF-1.4", "it is a PDF"),
        "headless.csv": ("\n".join([points, *rest]).encode(), "no header row"),
        "pasted.csv": ("\n".join([head, points, *rest, head, points, *rest]).encode(), "second header"),
        "pointless.csv": ("\n".join([head, *rest]).encode(), "no row `Points Possible`"),
        "notes.csv": (b"a,b\nhello,world\n", "student"),
    }


def test_each_bad_file_is_one_sentence_and_nothing_is_lost(start: Start, tmp_path: Path) -> None:
    good = canvas(tmp_path / "good.csv", blank=0)
    browser = start(gradebook=True)
    browser.drop(good)
    for name, (content, said) in bad_files(tmp_path).items():
        path = tmp_path / name
        path.write_bytes(content)
        answer = browser.drop(path)
        state = browser.state()
        errors = [answer.get("sentence", ""), *(file["error"] for file in state["files"])]
        found = [error for error in errors if error]
        assert len(found) == 1 and said in found[0] and name in found[0], (name, found)
        assert "\n" not in found[0] and "Last" not in found[0]
        assert state["files"][0]["name"] == "good.csv" and not state["files"][0]["error"]
        for file in reversed(state["files"][1:]):
            assert not state["fits"]
            state = browser.do(do="remove", file=file["index"])
        assert state["fits"], name


def test_of_files_together_the_good_ones_are_taken(start: Start, tmp_path: Path) -> None:
    good, bad, empty = canvas(tmp_path / "good.csv", blank=0), tmp_path / "bad.csv", tmp_path / "empty.csv"
    bad.write_bytes(b"%PDF-1.4")
    empty.write_bytes(b"")
    browser = start()
    answer = browser.drop_all(good, bad)
    assert "it is a PDF" in answer["sentence"]
    state = browser.state()
    assert [file["name"] for file in state["files"]] == ["good.csv"]
    assert "it is a PDF" in state["error"], "the view that is drawn now has not heard it"
    assert browser.state()["error"] == ""
    # The last one does not even begin: what came before it is taken.
    other = start(gradebook=True)
    other.drop(good, more=True)
    other.drop(empty)
    assert [answer["type"] for answer in other.heard[-2:]] == ["refused", "state"]
    assert [file["name"] for file in other.state()["files"]] == ["good.csv"]
    third = start(gradebook=True)
    third.drop(good, more=True)
    assert third.say({"type": "cancel"})["state"]["files"][0]["name"] == "good.csv"


def test_files_are_removed_once_nobody_needs_them(start: Start, tmp_path: Path) -> None:
    browser = start()
    browser.drop_all(canvas(tmp_path / "a.csv", blank=0), canvas(tmp_path / "b.csv", blank=0, seed=2))
    [first, second] = browser.loader._grades.chosen
    folder = first.path.parent.parent
    state = browser.do(do="remove", file=1)
    assert not second.path.exists() and first.path.exists() and state["fits"]
    browser.do(do="said", file=0, field="course", text="Algebra 1")
    state = browser.drop(canvas(tmp_path / "a.csv", seed=3, blank=0))["state"]
    assert not first.path.exists() and len(state["files"]) == 1, "a file of the same name takes its place"
    assert state["files"][0]["fields"][0]["value"] == "Algebra 1", "and what was said of it stays"
    browser.loader.close()
    assert not folder.exists()


def test_undo_and_redo_go_step_by_step(start: Start, tmp_path: Path) -> None:
    browser = start()
    first = browser.drop(canvas(tmp_path / "a.csv"))["state"]
    browser.do(do="said", file=0, field="course", text="Algebra 1")
    browser.do(do="blank", value="zero")
    last = browser.do(do="confirm", on=True)
    for _ in range(3):
        state = browser.do(do="undo")
    assert {**state, "redo": False} == first
    for _ in range(3):
        state = browser.do(do="redo")
    assert state == last


@pytest.mark.parametrize(
    "step",
    [
        *(None, {}, {"do": "said", "file": 9, "field": "course", "text": "x"}),
        *({"do": "said", "file": 0, "field": "path", "text": "/etc/passwd"}, {"do": "remove", "file": -1}),
        *({"do": "blank", "value": "half"}, {"do": "code", "index": 4, "means": "missing"}),
        *({"do": "role", "position": 0, "value": "student"}, {"do": "layout", "value": "wide"}),
        *({"do": "points", "position": -1, "number": float("nan")}, {"do": "wave", "text": "fall"}),
    ],
)
def test_steps_that_make_no_sense_change_nothing(start: Start, tmp_path: Path, step: Any) -> None:
    browser = start(canvas(tmp_path / "a.csv"))
    before = browser.state()
    browser.say({"type": "change", "steps": [step]})
    assert browser.state() == before


def test_no_student_ever_leaves_the_kernel(start: Start, tmp_path: Path) -> None:
    path = canvas(tmp_path / "a.csv")
    with_texts(path, "Last3 copied it", "First7", "000104")
    browser = start()
    browser.drop(path)
    state = browser.state()
    for code in state["codes"]:
        state = browser.do(do="code", index=code["index"], means="missing")
    browser.do(do="blank", value="zero")
    browser.do(do="confirm", on=True)
    browser.say({"type": "use"})
    browser.say({"type": "mode", "mode": "survey"})
    said = browser.everything()
    rows = list(csv.reader(path.open(encoding="utf-8", newline="")))[2:]
    at = 5
    hidden = {cell for row in rows for cell in row[:4] if cell and cell != "Student, Test"}
    hidden |= {
        cell for row in rows for cell in row[at:] if re.fullmatch(r"\d+\.\d\d", cell) and len(cell) > 4
    }
    assert len(hidden) > 100
    # A number may stand there for another reason: as a count of cells or rows it has no decimals.
    assert sorted(cell for cell in hidden if re.search(rf"(?<![\w.]){re.escape(cell)}(?![\w.])", said)) == []
    assert browser.loader.get_state().keys() <= {
        *("_anywidget_id", "_css", "_dom_classes", "_esm", "_model_module", "_model_module_version"),
        *("_model_name", "_view_count", "_view_module", "_view_module_version", "_view_name"),
        *("language", "layout", "tabbable", "tooltip"),
    }
