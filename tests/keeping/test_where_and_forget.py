"""Where rows lie and until when, and that what is forgotten is gone."""

from __future__ import annotations

import datetime
import json
import os
import pathlib
import re
import subprocess
import sys

import pytest

import relsurvey as rs
from relsurvey.errors import DisclosureError, InstrumentError, ReadError
from relsurvey.grading import read_files
from relsurvey.instrument import Instrument
from relsurvey.keeping import forget, kept_until, log, places
from relsurvey.keeping.where import everywhere, passed
from relsurvey.reading import identity
from tests.comments import school
from tests.comments.test_desk import desk
from tests.grading.formats import oneroster_files
from tests.reading.belonging import HEADER, INSTRUMENT, as_csv

STUDENT = "2007"


def names(text: str) -> bool:
    """Whether a text holds the student's id, and not only a hash with these digits in it."""
    return re.search(rf"(?<![0-9a-f]){STUDENT}(?![0-9a-f])", text) is not None


@pytest.fixture
def published(tmp_path):
    """A study that was read, published and whose comments were read."""
    study = school.study(tmp_path, {"North": school.plain(3), "South": school.plain(9)})
    study.publish(tmp_path / "out", by=["gender"], formats=["voila"])
    one = desk(study)
    while one.current is not None:
        one.hold()
    return study


def run(*arguments, typed=None):
    return subprocess.run(
        [sys.executable, "-m", "relsurvey.cli", *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=120,
        input=typed,
    )


def everything(home):
    return {
        str(path.relative_to(home)): path.read_text("utf-8", errors="replace")
        for path in home.rglob("*")
        if path.is_file() and path.name != "id.key"
    }


def test_every_place_is_listed_with_what_it_holds(published, tmp_path, own_home):
    found = {place.path.name: place for place in everywhere()}
    assert {name: place.holds for name, place in found.items()} == {
        "answers.csv": "rows",
        "out": "aggregates",
        "belonging-short.jsonl": "hashes",
        "id.key": "key",
        "places.json": "who did what",
        "log.jsonl": "who did what",
    }
    assert sum(place.path.name == "belonging-short.jsonl" for place in everywhere()) == 2
    assert found["answers.csv"].bytes == (tmp_path / "answers.csv").stat().st_size
    # Nothing lies in relsurvey's folder that is not listed; locks are empty of students.
    known = {str(place.path) for place in everywhere()}
    left = [
        str(p) for p in own_home.rglob("*") if p.is_file() and str(p) not in known and p.suffix != ".lock"
    ]
    assert left == []
    (tmp_path / "answers.csv").unlink()
    gone = next(place for place in everywhere() if place.path.name == "answers.csv")
    assert gone.bytes is None and "gone" in gone.note


def test_a_roster_is_a_place_of_rows(published, tmp_path):
    roster = tmp_path / "students.csv"
    roster.write_text("student_id,school\n" + "".join(f"1{i:03d},North\n" for i in range(40)), "utf-8")
    published.with_roster(roster)
    assert [p.what for p in everywhere() if p.path == roster] == [
        "belonging-short: who was asked, a file of the school"
    ]


def test_places_are_for_their_owner_alone(published, own_home):
    assert oct((own_home / "places.json").stat().st_mode)[-3:] == "600"


@pytest.mark.parametrize(
    ("first", "last"),
    [
        ("2025-09-01", "2026-08-29"),
        ("2026-06-30", "2026-08-29"),
        ("2026-08-29", "2026-08-29"),
        ("2026-08-30", "2027-08-29"),
        ("2026-12-31", "2027-08-29"),
    ],
)
def test_rows_are_kept_until_sixty_days_after_the_school_year(first, last):
    day = datetime.date.fromisoformat
    assert kept_until(day(first), today=day(last)) == kept_until(day(first), day(last), day(last))
    assert kept_until(day(first), today=day(last)).day == day(last)
    assert kept_until(day(first), today=day(last) + datetime.timedelta(1)).passed


def test_the_instrument_may_say_until_when(tmp_path):
    text = INSTRUMENT.to_yaml() + "privacy: {keep_until: 2026-01-31}\n"
    instrument = Instrument.parse(text)
    assert instrument.privacy.keep_until == datetime.date(2026, 1, 31)
    assert Instrument.parse(instrument.to_yaml()) == instrument
    with pytest.raises(InstrumentError, match=r"privacy.keep_until"):
        Instrument.parse(text.replace("2026-01-31", "soon"))
    rs.read(school.file(tmp_path, {}), instrument)
    assert passed("belonging-short", datetime.date(2026, 1, 31)) is None
    assert passed("belonging-short", datetime.date(2026, 2, 1)) == datetime.date(2026, 1, 31)


def test_check_and_where_say_that_the_day_has_passed(tmp_path):
    path = school.file(tmp_path, {"North": ["more please"]})
    old = datetime.datetime(2020, 10, 1).timestamp()
    os.utime(path, (old, old))
    instrument = tmp_path / "belonging.yaml"
    instrument.write_text(INSTRUMENT.to_yaml(), "utf-8")
    done = run("check", path, "--instrument", instrument)
    assert done.returncode == 0, done.stderr
    assert "were to be kept until 2021-08-29, and that day has passed" in done.stdout
    assert "Unread comments: 1, the oldest since" in done.stdout
    assert path.is_file()
    assert f"{path}\n" in run("where").stdout and "that day has passed" in run("where").stdout


def test_a_study_is_forgotten_only_with_yes(published, tmp_path, own_home):
    before = everything(own_home)
    done = run("forget", "--study", "belonging-short")
    assert done.returncode == 0 and "Nothing was deleted" in done.stdout
    assert done.stdout.count("Goes ") == 3 and "answers.csv: a file of the school" in done.stdout
    assert everything(own_home) == before
    done = run("forget", "--study", "belonging-short", "--yes")
    assert done.returncode == 0 and done.stdout.count("Forgotten ") == 3
    left = {"log.jsonl", "log.jsonl.lock", "places.json", "places.json.lock", "releases.lock"}
    assert set(everything(own_home)) == left
    assert (tmp_path / "answers.csv").is_file() and (tmp_path / "out" / "app.ipynb").is_file()
    assert log.read(what="deleted").entries[0].facts == {"study": "belonging-short", "files": "no"}
    assert "Nothing is known" in run("forget", "--study", "belonging-short").stderr


def test_files_go_only_when_they_are_named(published, tmp_path):
    run("forget", "--study", "belonging-short", "--files", "--yes")
    assert not (tmp_path / "answers.csv").exists() and (tmp_path / "out").is_dir()


def test_another_study_stays(published, tmp_path, own_home):
    other = INSTRUMENT.model_copy(update={"id": "belonging-short-2"})
    again = rs.read(school.file(tmp_path, {"North": school.plain(2)}, "other.csv"), other)
    again.publish(tmp_path / "other", by=[], formats=["html"])
    desk(again).hold()
    for step in forget.study("belonging-short").steps:
        step.do()
    left = everything(own_home)
    assert "releases/belonging-short-2.jsonl" in left and "comments/belonging-short-2.jsonl" in left
    assert not any("/belonging-short.jsonl" in name for name in left)
    assert [s.instrument for s in places.read().sources.values()] == ["belonging-short-2"]


def hashes(home):
    """Return all that stands for the student in the books."""
    found = []
    for name, text in everything(home).items():
        if name.endswith(".jsonl"):
            for line in text.splitlines():
                entry = json.loads(line).get("release") or json.loads(line).get("entry")
                found += [who[:12] for who in entry.get("students", [])]
                found += [comment.split(".")[0] for comment in entry.get("comments", [])]
    return found


def test_a_student_leaves_every_book(published, tmp_path, own_home):
    before = hashes(own_home)
    done = run("forget", "--student", "02007")
    assert done.returncode == 0 and done.stdout.count("Goes ") == 2, done.stderr
    assert "answers.csv: this file of the school still holds the id" in done.stdout
    assert hashes(own_home) == before
    done = run("forget", "--student", "-", "--yes", typed="2007\n")
    assert done.returncode == 0 and done.stdout.count("Forgotten ") == 2, done.stderr
    assert not names(done.stdout + done.stderr)
    gone = set(before) - set(hashes(own_home))
    # One hash of the ledger, one of the comments; every other student's stay.
    assert len(gone) == 2 and len(before) - len(hashes(own_home)) == sum(before.count(h) for h in gone)
    assert not names(str(everything(own_home)))
    assert log.read(what="deleted").entries[0].facts == {"student": "one"}
    again = forget.student(STUDENT)
    assert again.steps == () and len(again.stays) == 1


def test_a_number_that_is_not_found_may_be_kept_with_a_school(published):
    said = run("forget", "--student", "999999").stdout
    assert "Nothing" in said and "say that too, as the files have it, with --school" in said


def test_published_words_of_students_are_named(tmp_path):
    study = school.study(tmp_path, {"North": school.plain(12), "South": school.plain(12)})
    one = desk(study)
    while one.current is not None:
        one.release()
    study.publish(tmp_path / "out", by=["gender"], formats=["voila"])
    said = run("forget", "--student", STUDENT).stdout
    assert f"{tmp_path / 'out'}: a published view with comments in the words of students." in said
    assert "take it back (`relsurvey comments`) and publish again before the student is forgotten" in said
    said = run("forget", "--study", study.instrument.id).stdout
    assert "It holds aggregates and comments in the words of students; others may have copies." in said
    assert school.plain(12)[0] not in said


def test_the_ledger_still_refuses_what_would_give_the_student_away(published, tmp_path):
    for step in forget.student(STUDENT).steps:
        step.do()
    rows = [row for row in school.rows({"South": school.plain(9)}) if row[0] != STUDENT]
    path = tmp_path / "answers.csv"
    path.write_text(as_csv(rows, HEADER), "utf-8")
    # The view of all of them less this one is the student.
    with pytest.raises(DisclosureError, match=r"students were forgotten.*may stay in use") as caught:
        rs.read(path, INSTRUMENT).publish(tmp_path / "out", by=["gender"], formats=["voila"])
    assert "Wait for more" not in str(caught.value) and "\n" not in str(caught.value)


def test_after_a_student_is_forgotten_a_later_wave_is_published_alone(published, tmp_path):
    for step in forget.student(STUDENT).steps:
        step.do()
    rows = [*school.rows({}), *school.rows({}, wave="spring")]
    path = tmp_path / "both.csv"
    path.write_text(as_csv([row for row in rows if row[0] != STUDENT], HEADER), "utf-8")
    study = rs.read(path, INSTRUMENT)
    with pytest.raises(DisclosureError, match=r"were forgotten.*study\.where\(wave='spring'\)") as caught:
        study.publish(tmp_path / "out", by=[], formats=["voila"])
    assert "Read the same file" not in str(caught.value)
    # What the sentence offers is possible.
    study.where(wave="spring").publish(tmp_path / "out", by=[], formats=["voila"])


def test_what_forgetting_a_student_keeps_from_being_published_is_said_beforehand(published):
    said = run("forget", "--student", STUDENT).stdout
    assert said.count("cannot be published again without the student") == 1
    assert "Nothing was deleted" in said


def test_decisions_on_others_comments_stay(published, tmp_path):
    for step in forget.student(STUDENT).steps:
        step.do()
    study = rs.read(tmp_path / "answers.csv", INSTRUMENT)
    one = desk(study)
    assert one.unread.count == 1 and one.counts["held"] == 11
    respondent = identity.replaced(identity.plain(STUDENT), identity.local_key())
    assert study.comments.set_index("respondent")["text"][respondent] == one.current.text


def test_a_student_of_a_school_that_shares_its_numbers(tmp_path):
    rows = [["7", *row[1:]] if row[0] in ("1007", "2007") else row for row in school.rows({})]
    path = tmp_path / "answers.csv"
    path.write_text(as_csv(rows, HEADER), "utf-8")
    rs.read(path, INSTRUMENT).publish(tmp_path / "out", by=[], formats=["html"])
    assert forget.student("7").steps == ()
    assert len(forget.student("7", "North").steps) == 1


@pytest.mark.parametrize("arguments", [[], ["--study", "x", "--student", "y"]])
def test_what_to_forget_must_be_named(arguments):
    done = run("forget", *arguments)
    assert done.returncode == 2 and "Name what to forget" in done.stderr


def test_no_id_is_no_student():
    with pytest.raises(ReadError, match="no id"):
        forget.student("  ")


CANVAS = (
    "Student,ID,SIS User ID,Section,Quiz (77),Current Score,Final Score\n"
    "    Points Possible,,,,10.00,(read only),(read only)\n"
    + "".join(f'"A, {i}",{i},{2000 + i},P1,{i}.00,{10 * i}.00,{10 * i}.00\n' for i in range(1, 10))
)


@pytest.fixture
def gradebook(tmp_path):
    path = tmp_path / "algebra.csv"
    path.write_text(CANVAS, "utf-8")
    rs.grading.read_gradebook(path, course="Algebra")
    return path


def test_a_gradebook_that_was_read_is_a_place_of_rows(gradebook, tmp_path):
    (kept,) = (place for place in everywhere() if place.path == gradebook)
    assert (kept.what, kept.holds) == ("a gradebook, a file of the school", "rows")
    assert kept.note.startswith("keep until ")
    assert not names((identity.home() / "gradebooks.json").read_text("utf-8"))
    # It is said once a day, and a reading that failed read nothing.
    rs.grading.read_gradebook(gradebook, course="Algebra")
    with pytest.raises(ReadError):
        rs.grading.read_gradebook(tmp_path / "gone.csv")
    done = run("log", "--what", "read")
    assert done.stdout.count("kind: gradebooks") == 1 and "files: 1" in done.stdout
    assert run("log", "--what", "read").stdout == done.stdout


def test_what_is_shipped_or_dropped_on_a_widget_is_no_place(tmp_path, monkeypatch):
    import tempfile

    from relsurvey.demo import demo_gradebook

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    dropped = tmp_path / "relsurvey-abc" / "x" / "algebra.csv"
    dropped.parent.mkdir(parents=True)
    dropped.write_text(CANVAS, "utf-8")
    rs.grading.read_gradebook([*demo_gradebook()[:1], dropped], blank="zero")
    assert everywhere() == []


def test_a_student_is_looked_for_in_gradebooks(gradebook, tmp_path):
    long = tmp_path / "long.csv"
    rows = [f"{2000 + i},{item},7,10" for i in range(1, 10) for item in range(30)]
    long.write_text("\n".join(["student,item,raw,points_possible", *rows]), "utf-8")
    rs.grading.read_gradebook(long, course="Biology")
    for path in (gradebook, long):
        assert f"{path}: this file of the school still holds the id. Delete the row there." in (
            forget.student("2007").stays
        )
    assert forget.student("2077").stays == ()


def held_in(number):
    """Return the files that are said to hold an id still."""
    found = forget.student(number)
    assert not any("cannot be read" in sentence for sentence in found.stays)
    return {pathlib.Path(one.split(": this file")[0]).name for one in found.stays if ": this file" in one}


def long_file(path, ids, head="Student ID", scores=("8", "9", "10")):
    rows = [f"{one},HW{k},{scores[k % len(scores)]},10" for one in ids for k in range(30)]
    path.write_text("\n".join([f"{head},Assignment,Score,Points Possible", *rows]), "utf-8")
    return path


@pytest.mark.parametrize("head", ["Student ID", "Student_Number", "StudentNumber", "Perm ID", "Matrícula"])
def test_a_short_id_is_found_in_a_long_file_by_the_heading_of_ids(tmp_path, head):
    path = long_file(tmp_path / "long.csv", range(1, 41), head)
    read_files.remember([path])
    assert held_in("17") == held_in("5") == held_in("0017") == {"long.csv"}
    # A score, the points and a piece of work are no ids.
    long_file(path, range(40, 80), head, scores=("5", "17"))
    assert held_in("5") == held_in("17") == held_in("10") == set()


def test_an_id_of_many_waves_is_found_by_its_heading(tmp_path):
    path = tmp_path / "waves.csv"
    rows = [f"{2000 + i},{wave},Often" for i in range(20) for wave in range(6)]
    path.write_text("\n".join(["Student ID,Wave,I belong here.", *rows]), "utf-8")
    places.note_read([path], INSTRUMENT)
    assert held_in("2007") == held_in("02007") == {"waves.csv"} and held_in("2077") == set()


def test_zeros_before_an_id_are_nothing(tmp_path):
    one = long_file(tmp_path / "one.csv", [f"{k:04d}" for k in range(110, 130)])
    other = long_file(tmp_path / "other.csv", [f"{k:05d}" for k in range(110, 130)])
    rs.grading.read_gradebook(one, course="Biology")
    rs.grading.read_gradebook(other, course="Algebra")
    for number in ("115", "0115", "00115"):
        assert held_in(number) == {"one.csv", "other.csv"}
    assert held_in("15") == set()


def test_a_short_id_is_found_by_the_remembered_mapping(tmp_path):
    path = long_file(tmp_path / "own.csv", range(1, 41), head="Lfd")
    columns = {"Lfd": "student", "Assignment": "item", "Score": "raw", "Points Possible": "points_possible"}
    mapping = {"layout": "long", "columns": columns, "confirmed": True}
    assert held_in("17") == set()
    rs.grading.read_gradebook(path, course="Biology", mapping=mapping)
    assert held_in("17") == {"own.csv"}


def test_a_score_of_a_wide_gradebook_is_no_short_id(tmp_path):
    path = tmp_path / "wide.csv"
    rows = [f"{100 + k},{k},{k / 2}" for k in range(1, 11)]
    path.write_text("\n".join(["Student ID,Quiz (10 pts),Test (5 pts)", *rows]), "utf-8")
    rs.grading.read_gradebook(path, course="Algebra")
    assert held_in("107") == {"wide.csv"} and held_in("5") == set()


@pytest.mark.parametrize("packed", [True, False])
def test_the_tables_of_a_package_are_searched(tmp_path, packed):
    given = oneroster_files.tables()
    for k, row in enumerate(given["results"], 1):
        row["sourcedId"] = str(k)
    path = tmp_path / "package.zip"
    oneroster_files.zipped(path, given) if packed else oneroster_files.write(path, given)
    rs.grading.read_gradebook(path, blank="ungraded")
    assert held_in("101") == held_in("u2") == {"package.zip"}
    # A result, its score, a school and a piece of work bear such numbers too.
    assert held_in("3") == held_in("8") == held_in("l1") == held_in("9999") == set()


def test_a_package_that_is_damaged_is_said(tmp_path):
    path = oneroster_files.zipped(tmp_path / "package.zip", oneroster_files.tables())
    rs.grading.read_gradebook(path, blank="ungraded")
    path.write_bytes(path.read_bytes()[:200])
    assert f"{path}: cannot be read, so it is not known whether the id stands in it." in (
        forget.student("101").stays
    )


def test_the_study_of_marks_is_forgotten_with_its_gradebooks(gradebook):
    from relsurvey.practices import measures

    assert measures.instrument().id == forget.MARKS
    assert any(str(gradebook) in sentence for sentence in forget.study(forget.MARKS).stays)
    for step in forget.study(forget.MARKS, files=True).steps:
        step.do()
    assert not gradebook.exists()
    with pytest.raises(ReadError, match="Nothing is known"):
        forget.study(forget.MARKS)
