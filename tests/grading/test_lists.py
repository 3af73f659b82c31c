"""Lists for protocols: right students, no survey answer, hostile names, on this machine alone, deleted."""

from __future__ import annotations

import csv
import inspect
import os
import random
import shutil
import signal
import stat
import subprocess
import sys
import time
from datetime import date, timedelta
from importlib import import_module

import numpy as np
import openpyxl
import pandas as pd
import pytest

import relsurvey as rs
from relsurvey.demo.gradebook import demo_gradebook
from relsurvey.errors import AnalysisError, PublishError, ReadError
from relsurvey.grading import Gradebook, kid_talk, list_files, on_the_cusp, owed, student_list
from relsurvey.grading.list_files import DAYS, expire, listed
from relsurvey.keeping import forget, log, where
from relsurvey.keeping.until import clear_lists
from relsurvey.publish.write import publish
from relsurvey.reading import identity
from relsurvey.view import View
from tests.publish.small_view import small_view_json

TODAY = date.today()
LAST = TODAY + timedelta(days=DAYS)
HOSTILE = [
    '=HYPERLINK("http://x.example","a")',
    "+1+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(1)",
    "\t=1+1",
    "＝1+1",
    "<script>alert(1)</script>",
    "a\x00b\u202ec\r\nd",
    '&C&"Arial"x',
    "'quoted",
    "n" * 5000,
]


@pytest.fixture(autouse=True)
def own_home(tmp_path, monkeypatch):
    monkeypatch.setenv("RELSURVEY_HOME", str(tmp_path / "home"))


def marks(letters, **more):
    """Return marks of students by their letters in as many courses: {"07": "AFB"}."""
    rows = [
        {"student": student, "course": f"Course {i}", "letter": letter, **more}
        for student, text in letters.items()
        for i, letter in enumerate(text, 1)
    ]
    return pd.DataFrame(rows)


def book(letters, **more):
    return Gradebook.of(marks=marks(letters, **more))


def names_file(tmp_path, rows, head=("student", "name")):
    path = tmp_path / "names.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([head, *rows])
    return path


def cells(path):
    """Return every filled cell of a list."""
    if path.suffix == ".csv":
        with path.open(encoding="utf-8-sig", newline="") as file:
            return [cell for row in csv.reader(file) for cell in row if cell]
    sheet = openpyxl.load_workbook(path).active
    return [cell.value for row in sheet.iter_rows() for cell in row if cell.value is not None]


# ---------------------------------------------------------------- who is on a list


def test_the_cusp_is_one_or_two_d_or_f_and_attends():
    letters = {"a": "AAA", "b": "ADB", "c": "FDA", "d": "FFF", "e": "BBF", "f": "NAD"}
    found = on_the_cusp(book(letters))
    assert set(found.students["student"]) == {"b", "c", "e", "f"}
    assert found.students["df"].tolist() == [1, 1, 1, 2]
    rates = pd.DataFrame({"student": ["b", "c", "e"], "attendance": [90.0, 89.9, 97.0]})
    found = on_the_cusp(book(letters), attendance=rates)
    assert set(found.students["student"]) == {"b", "e", "f"}
    assert dict(found.notes) == {"seldom": 1, "attendance_unknown": 1}


def test_what_made_up_work_would_change_is_what_the_simulator_says():
    gradebook = rs.grading.read_gradebook(demo_gradebook(), blank="zero")
    found = student_list(gradebook).marks
    bad = found[found["df"]]
    whole = owed(gradebook).whole.iloc[0]
    assert len(bad) == whole["n_df"]
    reached = bad["made_up_letter"].isin(["A", "B", "C"]).sum()
    assert reached == round(whole["to_c"] * whole["n_df"]) > 50
    assert (bad["made_up"].dropna() >= bad["percent"][bad["made_up"].notna()] - 0.01).all()
    assert bad["made_up"].isna().eq(bad["missing"].eq(0)).all()


def test_made_up_by_hand_and_left_out_where_scores_do_not_give_the_mark():
    scores = pd.DataFrame(
        {"student": "s", "course": ["Math"] * 5, "item": list("abcde"), "raw": [85, 85, 85, 0, 0]}
    ).assign(points_possible=100.0)
    row = on_the_cusp(Gradebook.of(scores)).marks.iloc[0]
    # (4 x 85) / 5
    assert (row["letter"], row["percent"], row["missing"], row["made_up"]) == ("F", 51.0, 2, 68.0)
    assert row["made_up_letter"] == "D"
    exported = pd.DataFrame({"student": ["s"], "course": "Math", "letter": "D", "percent": 64.0})
    row = on_the_cusp(Gradebook.of(scores, exported)).marks.iloc[0]
    assert np.isnan(row["made_up"]) and row["made_up_letter"] == "" and row["missing"] == 2


def test_the_student_list_is_of_ninth_graders_by_risk():
    ninth = marks({"a": "AA", "b": "FF", "c": "DF", "d": "AD"}, grade_level="9")
    tenth = marks({"z": "FF"}, grade_level="10")
    found = student_list(Gradebook.of(marks=pd.concat([ninth, tenth])))
    assert found.students["student"].tolist() == ["b", "c", "d", "a"]
    assert dict(found.notes) == {"other_grades": 1}
    assert dict(student_list(book({"a": "A"})).notes) == {"no_grade": 1}
    with pytest.raises(AnalysisError, match="grade level 9"):
        student_list(book({"a": "A"}, grade_level="11"))


def test_a_list_is_of_one_term_or_of_those_named():
    two = pd.concat([marks({"a": "F"}, term="Fall"), marks({"a": "FF"}, term="Spring")])
    gradebook = Gradebook.of(marks=two)
    with pytest.raises(AnalysisError, match=r"2 terms \(Fall, Spring\).*term='Spring'"):
        on_the_cusp(gradebook)
    assert on_the_cusp(gradebook, term="Spring").students["df"].tolist() == [2]
    assert student_list(gradebook, term=["Fall", "Spring"]).students["df"].tolist() == [3]
    with pytest.raises(AnalysisError, match="no marks of a term 'Winter'"):
        on_the_cusp(gradebook, term="Winter")


def test_two_marks_of_one_course_are_both_counted_and_said():
    frame = pd.DataFrame({"student": ["a", "a"], "course": "Math", "letter": ["D", "F"]})
    found = on_the_cusp(Gradebook.of(marks=frame))
    assert found.students["df"].tolist() == [2] and dict(found.notes) == {"twice": 1}


def test_attendance_and_lanes_come_as_tables_or_as_found(tmp_path):
    days = pd.DataFrame({"student": ["01", "2"], "days enrolled": [100, 100], "days present": [95, 80]})
    table = pd.DataFrame({"student": ["1", "2"], "lane": ["Promising", "vulnerable"]})
    days_file = tmp_path / "days.csv"
    days.to_csv(days_file, index=False)
    gradebook = book({"1": "AF", "2": "AD"})
    for rates in (days, rs.grading.attendance(days), days_file):
        for lanes in (table, rs.grading.lanes(table)):
            found = student_list(gradebook, attendance=rates, lanes=lanes).students.set_index("student")
            assert found["attendance"].to_dict() == {"1": 95.0, "2": 80.0}
            assert found["lane"].str.lower().to_dict() == {"1": "promising", "2": "vulnerable"}
            assert on_the_cusp(gradebook, attendance=rates).students["student"].tolist() == ["1"]
    path = tmp_path / "list.csv"
    student_list(gradebook, attendance=days, lanes=table).write(path, language="es")
    assert {"prometedor", "vulnerable", "95", "80"} <= set(cells(path))


def test_kid_talk_takes_ids_in_any_spelling_or_another_list(tmp_path):
    gradebook = book({"0042": "AF", "7": "BB", "9": "DA"})
    found = kid_talk(gradebook, students=[7, "42", "42", "none such"])
    assert found.students["student"].tolist() == ["7", "0042"]
    assert dict(found.notes) == {"no_marks": 1}
    cusp = on_the_cusp(gradebook)
    assert (
        kid_talk(gradebook, students=cusp).students["student"].tolist() == cusp.students["student"].tolist()
    )
    for wrong, said in ((["x"], "None of these"), ("0042", "list of ids")):
        with pytest.raises(AnalysisError, match=said):
            kid_talk(gradebook, students=wrong)


def test_kid_talk_says_the_highest_marks_first_on_a_page_of_its_own(tmp_path):
    rows = [
        ("s", "Art", "C", 75.0),
        ("s", "Biology", "A", 95.0),
        ("s", "Math", "F", 40.0),
        ("t", "Art", "B", 85),
    ]
    frame = pd.DataFrame(rows, columns=["student", "course", "letter", "percent"])
    path = tmp_path / "talk.xlsx"
    kid_talk(Gradebook.of(marks=frame), students=["s", "t"]).write(path)
    texts = cells(path)
    assert texts[texts.index("Highest marks") + 1] == "Biology A 95 %; Art C 75 %; Math F 40 %"
    courses = [text for text in texts[texts.index("Course") :] if text in ("Art", "Biology", "Math")]
    assert courses == ["Biology", "Art", "Math", "Art"]
    sheet = openpyxl.load_workbook(path).active
    (stop,) = sheet.row_breaks.brk
    assert (sheet.cell(1, 1).value, sheet.cell(stop.id + 1, 1).value) == ("s", "t")


@pytest.mark.parametrize(
    ("percent", "letter", "printed"),
    [(69.96, "D", 69.9), (59.999, "F", 59.9), (69.46, "D", 69.4), (69.3, "D", 69.3), (64.0, "D", 64.0)],
)
def test_a_percent_never_contradicts_its_letter(tmp_path, percent, letter, printed):
    row = pd.DataFrame({"student": ["s"], "course": "Math", "letter": letter, "percent": percent})
    book = Gradebook.of(marks=row)
    for made in (on_the_cusp(book), kid_talk(book, students=["s"])):
        path = tmp_path / f"{made.kind}.xlsx"
        made.write(path)
        texts = cells(path)
        assert [text for text in texts if isinstance(text, float | int)] == [printed]
    assert f"Math {letter} {printed:g} %" in texts


# ---------------------------------------------------------------- names


@pytest.mark.parametrize(
    ("head", "row"),
    [
        (("student", "name"), ("42", "Ana Ruiz")),
        (("Student ID", "First Name", "Last Name"), ("0042", "Ana", "Ruiz")),
        (("Apellidos", "Nombre", "Matrícula"), ("Ruiz", "Ana", "42.0")),
        (("Student", "ID", "SIS User ID", "Section"), ("Ana Ruiz", "901", "0042", "P1")),
    ],
)
def test_names_come_in_the_schools_own_columns(tmp_path, head, row):
    path = tmp_path / "list.csv"
    said = on_the_cusp(book({"0042": "AF"})).write(path, names=names_file(tmp_path, [row], head))
    assert {"Ana Ruiz", "0042"} <= set(cells(path))
    assert "Ana" not in said


def test_names_meet_hashed_ids(tmp_path):
    identity.local_key()
    hashed = identity.replaced("0042", identity.local_key())
    path = tmp_path / "list.csv"
    rates = pd.DataFrame({"student": ["42"], "attendance": [95.0]})
    made = on_the_cusp(book({hashed: "AF"}), attendance=rates)
    made.write(path, names=pd.DataFrame({"student": ["0042"], "name": ["Ana"]}))
    assert {"Ana", hashed, "95"} <= set(cells(path))


def test_without_a_name_the_id_stays_and_is_counted(tmp_path):
    path = tmp_path / "list.csv"
    letters = {f"s{i}": "AF" for i in range(12)}
    said = on_the_cusp(book(letters)).write(path, names=names_file(tmp_path, [("s0", "Ana"), ("s1", "")]))
    assert said.endswith("Without a name in the table of names, and listed by id: 11.")
    assert {"s1", "s11", "Ana"} <= set(cells(path))


def test_two_names_of_one_id_are_one_sentence_without_them(tmp_path):
    rows = [("0042", "Ana Ruiz"), ("42", "Luis Paz"), ("7", "Eva"), ("7", "Eva")]
    path = tmp_path / "list.csv"
    with pytest.raises(AnalysisError) as error:
        on_the_cusp(book({"42": "AF"})).write(path, names=names_file(tmp_path, rows))
    assert "names.csv" in str(error.value) and "1 id has two rows with different names" in str(error.value)
    assert not any(word in str(error.value) for word in ("42", "Ana", "Luis"))
    assert not path.exists() and listed() == ()
    with pytest.raises(AnalysisError, match="no column with students' names"):
        on_the_cusp(book({"42": "AF"})).write(path, names=pd.DataFrame({"student": ["42"], "x": ["y"]}))


@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
@pytest.mark.parametrize("protocol", ["on_the_cusp", "student_list", "kid_talk"])
def test_hostile_texts_are_texts(tmp_path, suffix, protocol):
    frame = pd.concat(
        [marks({f"s{i}": "F"}).assign(course=text) for i, text in enumerate(HOSTILE)], ignore_index=True
    )
    frame["student"] = frame["student"].where(frame.index != 0, "=1+1")
    more = {"students": frame["student"].unique()} if protocol == "kid_talk" else {}
    made = getattr(rs.grading, protocol)(Gradebook.of(marks=frame), **more)
    path = tmp_path / f"list{suffix}"
    table = pd.DataFrame({"student": frame["student"], "name": HOSTILE})
    made.write(path, names=table)
    texts = [cell for cell in cells(path) if isinstance(cell, str)]
    assert all(len(text) <= 300 for text in texts)
    assert not any(sign in text for text in texts for sign in "\x00\u202e\r\n\t")
    if suffix == ".csv":
        assert not any(text.lstrip()[0] in "=+-@＝" for text in texts)
    else:
        sheet = openpyxl.load_workbook(path).active
        assert all(cell.data_type in "sn" for row in sheet.iter_rows() for cell in row)
        assert all(
            cell.quotePrefix
            for row in sheet.iter_rows()
            for cell in row
            if isinstance(cell.value, str) and cell.value[0] in "=+-@"
        )
        assert sheet.oddFooter.left.text == f"Education record: shred by {LAST}"


def test_names_stay_in_nothing_but_the_file(tmp_path):
    made = on_the_cusp(book({"s1": "AF"}))
    said = made.write(tmp_path / "list.xlsx", names=names_file(tmp_path, [("s1", "Ana Ruiz")]))
    held = " ".join(map(str, (vars(made), repr(made), said, made.students.to_dict(), made.marks.to_dict())))
    home = identity.home()
    kept = b"".join(file.read_bytes() for file in home.rglob("*") if file.is_file())
    clear_lists()
    kept += b"".join(file.read_bytes() for file in home.rglob("*") if file.is_file())
    for secret in ("Ana", "Ruiz"):
        assert secret not in held and secret.encode() not in kept
    assert b'"s1"' not in kept and "s1" not in repr(made)


# ---------------------------------------------------------------- no survey answer


def test_a_study_and_what_is_made_of_one_are_refused(demo_study, tmp_path):
    gradebook = book({"s1": "AF"})
    answers = pd.DataFrame({"student": ["s1"], "attendance": [95.0], "care_1": [4]})
    scale = pd.DataFrame({"student": ["s1"], "lane": ["promising"], "Express care (mean)": [4]})
    series = pd.Series([90.0], index=["s1"], name="care_2")
    item = (
        demo_study.instrument.items[0].text["en"] if isinstance(demo_study.instrument.items, list) else None
    )
    item = item or next(iter(demo_study.instrument.items.values())).text["en"]
    for call in (
        lambda: on_the_cusp(demo_study),
        lambda: on_the_cusp(gradebook, attendance=demo_study),
        lambda: student_list(gradebook, lanes=demo_study),
        lambda: kid_talk(gradebook, students=demo_study),
        lambda: on_the_cusp(gradebook).write(tmp_path / "l.csv", names=demo_study),
        lambda: on_the_cusp(gradebook, attendance=answers),
        lambda: on_the_cusp(gradebook, attendance=series),
        lambda: on_the_cusp(gradebook, lanes=scale),
        lambda: on_the_cusp(gradebook).write(tmp_path / "l.csv", names=answers.assign(name="Ana")),
        lambda: on_the_cusp(Gradebook.of(marks=marks({"s1": "AF"}).assign(express_care=4.0))),
        lambda: on_the_cusp(Gradebook.of(marks=marks({"s1": "AF"}).assign(course=item))),
    ):
        with pytest.raises(AnalysisError, match="survey answers") as error:
            call()
        assert "s1" not in str(error.value)
    assert not (tmp_path / "l.csv").exists()
    with pytest.raises(AnalysisError, match="made of a gradebook"):
        on_the_cusp(marks({"s1": "AF"}))


def test_a_file_of_answers_is_refused_as_names_or_attendance(tmp_path):
    path = tmp_path / "answers.csv"
    pd.DataFrame({"student": ["s1"], "name": ["Ana"], "attendance": [95], "care_1": [4]}).to_csv(
        path, index=False
    )
    with pytest.raises(AnalysisError, match="survey answers"):
        on_the_cusp(book({"s1": "AF"})).write(tmp_path / "l.csv", names=path)
    with pytest.raises(AnalysisError, match="survey answers"):
        on_the_cusp(book({"s1": "AF"}), attendance=path)


def test_work_that_is_called_like_a_scale_by_chance_is_work():
    scores = pd.DataFrame({"student": ["s"], "item": ["Provide support for a claim"], "raw": 5.0})
    assert len(on_the_cusp(Gradebook.of(scores.assign(points_possible=10.0))).students) == 1


def _public():
    """Yield every public function and method, with the class it belongs to."""
    for name in (
        "relsurvey",
        "relsurvey.grading",
        "relsurvey.widgets",
        "relsurvey.comments",
        "relsurvey.study",
    ):
        module = import_module(name)
        for key in getattr(module, "__all__", ()):
            found = getattr(module, key)
            if inspect.isclass(found):
                yield from ((found, one) for _, one in inspect.getmembers_static(found, inspect.isfunction))
            elif callable(found):
                yield None, found


def test_no_public_function_takes_both_names_and_a_study():
    from relsurvey.study import Study

    seen = 0
    for owner, function in _public():
        seen += 1
        parameters = inspect.signature(function).parameters
        takes = owner is Study or any("Study" in str(one.annotation) for one in parameters.values())
        assert not (takes and {"names", "students"} & set(parameters)), function
    assert seen > 50
    # The walk sees the one that takes names at all.
    assert "names" in inspect.signature(rs.grading.ProtocolList.write).parameters


# ---------------------------------------------------------------- where it lies


def test_no_view_is_published_where_a_list_lies(tmp_path):
    view = View.model_validate_json(small_view_json())
    path = tmp_path / "open" / "deep" / "list.xlsx"
    on_the_cusp(book({"s1": "AF"})).write(path)
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "open")
    for folder in (path.parent, tmp_path / "open", link):
        before = sorted(tmp_path.rglob("*"))
        with pytest.raises(PublishError, match="holds a list that names students") as refused:
            publish(view, folder, ("html",))
        assert str(refused.value).count(". ") == 1 and sorted(tmp_path.rglob("*")) == before
    publish(view, tmp_path / "beside", ("html",))
    path.unlink()
    publish(view, path.parent, ("html",))


def test_a_list_is_its_owners_alone(tmp_path):
    path = tmp_path / "new" / "list.xlsx"
    said = on_the_cusp(book({"s1": "AF"})).write(path)
    assert str(LAST) in said and str(path) in said
    assert stat.S_IMODE(path.stat().st_mode) == 0o600 and stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert stat.S_IMODE(list_files.file().stat().st_mode) == 0o600


def test_places_where_others_see_it_are_refused(tmp_path):
    made = on_the_cusp(book({"s1": "AF"}))
    view = tmp_path / "out" / "north"
    view.mkdir(parents=True)
    (view / "manifest.json").write_text("{}")
    teams = tmp_path / "teams"
    teams.mkdir()
    (teams / "teams.yaml").write_text("{}")
    link = tmp_path / "link"
    link.symlink_to(view)
    other = tmp_path / "mine.xlsx"
    other.write_text("mine")
    for path, kind, said in (
        (tmp_path / "OneDrive - School" / "l.xlsx", PublishError, "OneDrive"),
        (view / "l.xlsx", PublishError, "published view"),
        (view / "deep" / "er" / "l.csv", PublishError, "published view"),
        (link / "l.csv", PublishError, "published view"),
        (teams / "l.csv", PublishError, "published view"),
        (other, PublishError, "another file already"),
        (tmp_path / "l.pdf", ReadError, "end 'l.pdf' in .xlsx or .csv"),
    ):
        with pytest.raises(kind, match=said):
            made.write(path)
    assert other.read_text() == "mine" and listed() == ()
    assert not (tmp_path / "OneDrive - School").exists()


def test_a_list_that_cannot_be_written_is_not_remembered(tmp_path, monkeypatch):
    made = on_the_cusp(book({"s1": "AF"}))
    path = tmp_path / "list.csv"
    made.write(path)
    before = path.read_bytes(), listed()

    def full(*_):
        raise OSError(28, "No space left on device")

    real = os.replace
    # The list's own file alone cannot be put in its place.
    monkeypatch.setattr(os, "replace", lambda a, b: full() if str(b) == str(path) else real(a, b))
    with pytest.raises(PublishError, match="No space left"):
        student_list(book({"s1": "AF"})).write(path)
    assert (path.read_bytes(), listed()) == before


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
def test_a_kill_leaves_the_old_list_or_the_new_one_and_nothing_else(tmp_path, suffix):
    path = tmp_path / "lists" / f"list{suffix}"
    program = (
        "import pandas as pd, sys\n"
        "from relsurvey.grading import Gradebook, student_list\n"
        "frame = pd.DataFrame({'student': [f's{i}' for i in range(300)], 'letter': 'F'})\n"
        "made = student_list(Gradebook.of(marks=frame))\n"
        "names = frame.assign(name='Ana')[['student', 'name']]\n"
        f"made.write({str(path)!r}, names=names)\n"
        "print('go', flush=True)\n"
        f"while True: made.write({str(path)!r}, names=names)\n"
    )
    wait = random.Random(3)
    for _ in range(3):
        with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE) as running:
            assert running.stdout is not None
            assert running.stdout.readline() == b"go\n"
            time.sleep(wait.uniform(0.05, 0.6))
            running.send_signal(signal.SIGKILL)
        found = cells(path)
        assert found.count("Ana") == 300 and found[-1] == list_files.footer("en", LAST)
        assert {one.path for one in listed()} == {path}
    stray = path.with_name(f".{path.name}.abcd1234")
    stray.write_text("Ana, half")
    keep = path.with_name(f".{path.name}.my own note")
    keep.write_text("mine")
    assert expire(LAST) == ()
    assert {file.name for file in path.parent.iterdir()} == {path.name, keep.name}
    assert "was deleted" in expire(LAST + timedelta(days=1))[0]
    assert not path.exists() and listed() == ()


# ---------------------------------------------------------------- how it ends


@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
@pytest.mark.parametrize("language", ["en", "es"])
def test_a_list_is_deleted_after_its_last_day_and_it_is_said(tmp_path, suffix, language):
    path = tmp_path / f"list{suffix}"
    on_the_cusp(book({"s1": "AF"})).write(path, language=language)
    assert cells(path)[-1] == list_files.footer(language, LAST)
    assert clear_lists(LAST) == () and path.exists()
    (said,) = clear_lists(LAST + timedelta(days=1))
    assert said == f"{path} was deleted: a list with students' names is kept 14 days, to {LAST}."
    assert not path.exists() and clear_lists(LAST + timedelta(days=2)) == ()
    told = [(entry.what, entry.facts) for entry in log.read().entries]
    assert told == [
        ("wrote a list", {"protocol": "on_the_cusp", "day": str(TODAY)}),
        ("deleted", {"protocol": "on_the_cusp", "day": str(LAST + timedelta(days=1))}),
    ]


def test_a_list_that_was_edited_is_deleted_and_another_file_in_its_place_is_not(tmp_path):
    edited, other = tmp_path / "edited.xlsx", tmp_path / "other.csv"
    made = on_the_cusp(book({"s1": "AF"}))
    made.write(edited)
    made.write(other)
    sheet = openpyxl.load_workbook(edited)
    sheet.active.cell(2, 12).value = "talk to the family"
    sheet.save(edited)
    other.write_text("the menu of the week")
    said = expire(LAST + timedelta(days=1))
    assert not edited.exists() and other.read_text() == "the menu of the week"
    assert any("is another file now" in sentence for sentence in said) and listed() == ()


def test_a_list_that_was_moved_is_said_once_and_deleted_when_it_comes_back(tmp_path):
    path, away = tmp_path / "list.csv", tmp_path / "away.csv"
    on_the_cusp(book({"s1": "AF"})).write(path)
    shutil.move(path, away)
    day = LAST + timedelta(days=3)
    (said,) = expire(day)
    assert "cannot be found" in said and str(path) in said and "shred it where it lies now" in said
    assert expire(day) == () and len(listed()) == 1
    (place,) = [one for one in where.everywhere(day) if one.path == path]
    assert "gone, or moved" in place.note
    shutil.move(away, path)
    assert "was deleted" in expire(day)[0] and not path.exists()
    on_the_cusp(book({"s1": "AF"})).write(path)
    path.unlink()
    expire(day)
    assert len(listed()) == 1
    assert expire(day + timedelta(days=400)) == () and listed() == ()


def test_the_next_list_the_command_and_a_widget_are_starts(tmp_path):
    made = on_the_cusp(book({"s1": "AF"}))
    paths = [tmp_path / f"{i}.csv" for i in range(3)]

    def old(path):
        made.write(path)
        text = list_files.file().read_text("utf-8").replace(str(LAST), "2026-01-15")
        list_files.file().write_text(text.replace(str(TODAY), "2026-01-01"), "utf-8")
        path.write_text(path.read_text("utf-8-sig").replace(str(LAST), "2026-01-15"), "utf-8")

    old(paths[0])
    assert "was deleted" in repr(on_the_cusp(book({"s1": "AF"}))) and not paths[0].exists()
    old(paths[1])
    ran = subprocess.run(
        [sys.executable, "-m", "relsurvey.cli", "where"], capture_output=True, text=True, check=False
    )
    assert f"{paths[1]} was deleted" in ran.stderr and not paths[1].exists()
    old(paths[2])
    program = "import relsurvey.widgets as w; w.Viewer; print('viewer'); w.Loader"
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    first, second = ran.stdout.splitlines()
    assert first == "viewer" and second.startswith(f"{paths[2]} was deleted") and not paths[2].exists()


def test_what_is_remembered_and_cannot_be_read_is_said(tmp_path):
    path = tmp_path / "list.csv"
    made = on_the_cusp(book({"s1": "AF"}))
    made.write(path)
    list_files.file().write_text("{", "utf-8")
    (said,) = clear_lists()
    assert "cannot be read" in said and "shred them" in said
    assert any("cannot be read" in one.note for one in where.everywhere())
    assert any("cannot be read" in sentence for sentence in forget.student("s1").stays)
    with pytest.raises(ReadError, match="cannot be read"):
        made.write(tmp_path / "more.csv")
    assert path.exists() and not (tmp_path / "more.csv").exists()


def test_a_folder_that_cannot_be_looked_into_stops_no_start(tmp_path, monkeypatch):
    path = tmp_path / "list.csv"
    on_the_cusp(book({"s1": "AF"})).write(path)
    real = os.stat

    def closed(place, *args, **more):
        if str(place) == str(path):
            raise PermissionError(13, "Permission denied")
        return real(place, *args, **more)

    monkeypatch.setattr(os, "stat", closed)
    (said,) = clear_lists(LAST + timedelta(days=1))
    assert "cannot be found" in said
    monkeypatch.undo()
    assert path.exists()


def test_where_shows_a_list_with_its_day(tmp_path):
    path = tmp_path / "list.csv"
    kid_talk(book({"s1": "AF"}), students=["s1"]).write(path)
    (place,) = [one for one in where.everywhere() if one.path == path]
    assert (place.what, place.holds) == ("a list for a protocol (kid talk)", "names")
    assert place.note == f"of students; shred by {LAST}"
    (place,) = [one for one in where.everywhere(LAST + timedelta(days=1)) if one.path == path]
    assert place.note.endswith("that day has passed")


@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
@pytest.mark.parametrize("kept", ["as-is", "hashed"])
def test_a_student_is_forgotten_with_the_lists_that_name_them(tmp_path, suffix, kept):
    def as_kept(number):
        return number if kept == "as-is" else identity.replaced(number, identity.local_key())

    with_them, without, gone, broken = (tmp_path / f"{name}{suffix}" for name in ("a", "b", "c", "d"))
    both = book({as_kept("0042"): "AF", as_kept("0108"): "AF"})
    on_the_cusp(both).write(with_them)
    kid_talk(both, students=["108"]).write(without)
    student_list(both).write(gone)
    gone.unlink()
    student_list(both).write(broken)
    broken.write_bytes(b"\xff\xfe PK broken \x81")
    found = forget.student("42")
    assert [step.what for step in found.steps] == [
        f"the whole list {with_them}, which names the student: make it again without them"
    ]
    assert [sentence.split(":")[0] for sentence in found.stays] == [str(gone), str(broken)]
    assert not any("42" in sentence.replace(str(tmp_path), "") for sentence in found.stays)
    for step in found.steps:
        step.do()
    assert not with_them.exists() and without.exists()
    assert {one.path for one in listed()} == {without, gone, broken}


# ---------------------------------------------------------------- on paper


def test_a_workbook_is_laid_out_for_paper(tmp_path):
    letters = {f"s{i}": "AFD" for i in range(80)}
    table, talk = tmp_path / "table.xlsx", tmp_path / "talk.xlsx"
    on_the_cusp(book(letters)).write(table, language="es")
    sheet = openpyxl.load_workbook(table).active
    assert (sheet.page_setup.orientation, sheet.page_setup.fitToHeight) == ("landscape", 0)
    assert sheet.sheet_properties.pageSetUpPr.fitToPage and sheet.print_title_rows == "$2:$2"
    kid_talk(book(letters), students=["s1", "s2", "s3"]).write(talk)
    sheet = openpyxl.load_workbook(talk).active
    # Fitting a sheet to the paper would do away with the breaks.
    assert len(sheet.row_breaks.brk) == 2 and not sheet.sheet_properties.pageSetUpPr.fitToPage
    assert sum(sheet.column_dimensions[letter].width for letter in "ABCDE") < 97


@pytest.mark.skipif(
    shutil.which("soffice") is None or shutil.which("pdftotext") is None, reason="no LibreOffice"
)
def test_every_printed_page_says_until_when(tmp_path):
    letters = {f"s{i}": "AFDCCC" for i in range(60)}
    for name, made in (
        ("cusp", on_the_cusp(book(letters))),
        ("talk", kid_talk(book(letters), students=["s1", "s2", "s3"])),
    ):
        path = tmp_path / f"{name}.xlsx"
        made.write(path)
        profile = f"-env:UserInstallation=file://{tmp_path / 'office'}"
        command = [
            "soffice",
            profile,
            "--headless",
            "--convert-to",
            "pdf",
            "--outdir",
            str(tmp_path),
            str(path),
        ]
        subprocess.run(command, check=True, capture_output=True)
        text = subprocess.run(
            ["pdftotext", "-layout", str(path.with_suffix(".pdf")), "-"], capture_output=True, check=True
        ).stdout.decode()
        pages = text.rstrip("\f\n").split("\f")
        assert len(pages) == 3 if name == "talk" else len(pages) > 1
        assert all(f"Education record: shred by {LAST}" in page for page in pages)
