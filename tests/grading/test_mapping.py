"""Mappings of gradebooks: their file, what is wrong with them, proposed, looked over, and remembered."""

from __future__ import annotations

import pandas as pd
import pytest

from relsurvey.errors import MatchError, ReadError
from relsurvey.grading.formats import Settings, plain
from relsurvey.grading.mapping import GradebookMapping
from relsurvey.grading.mapping_sources import given_mapping, remember, remembered
from relsurvey.grading.propose import propose
from relsurvey.reading.limits import Limits
from relsurvey.reading.mapping import beside
from relsurvey.reading.opening import from_frame, open_file

FULL = """\
format: 1
layout: wide
fingerprint: "0123456789abcdef"
confirmed: true
columns:
  "Student ID": "student"
  "Period": "section"
  "Sex": "group:gender"
  "Quiz 1": "item"  # ten points
  "Essay": "item"
  "Total": "percent"
  "Notes": "ignore"
categories:
  "Essay": "Tests"
codes:
  "M": "missing"
  "1": "missing"
  "Z": 0
  "EX": "excused"
items:
  "Quiz 1": {title: "Quiz", category: "Homework", points: 10, due: "2026-03-06"}
courses:
  "Algebra 1": {core: true, ag: true, credits: 5, subject: "Math"}
rows: {points: "Points possible", due: "Due"}
cuts: {"A": 90, "B": 80, "F": 0}
points: 20
dates: "day first"
decimal: ","
"""


@pytest.fixture(autouse=True)
def own_home(tmp_path, monkeypatch):
    """Remember nothing from one test to the next."""
    monkeypatch.setenv("RELSURVEY_HOME", str(tmp_path / "home"))


@pytest.fixture
def gradebook(tmp_path):
    """Write a gradebook whose codes nobody knows."""

    def write(name="period 3.csv", header="Student ID,Quiz (10 pts),Essay"):
        path = tmp_path / name
        path.write_text(f"{header}\ns1,8,NHI\ns2,9.5,40\n", "utf-8")
        return path

    return write


def opened(path):
    return open_file(path, Limits())


def read(path, mapping=None):
    return plain.read(opened(path), given_mapping(mapping), Settings(path=path))


def test_a_mapping_is_read_as_it_is_written():
    mapping = GradebookMapping.parse(FULL)
    assert mapping.codes == {"M": "missing", "1": "missing", "Z": 0.0, "EX": "excused"}
    assert mapping.to_yaml({"Quiz 1": "ten points"}) == FULL
    assert GradebookMapping.parse(mapping.to_yaml()) == mapping


@pytest.mark.parametrize("text", ["a\nb: {", "ignore # not", "\u2028", "'", '"', "{}", "y" * 1200])
def test_no_heading_or_code_breaks_out_of_the_file(text):
    mapping = GradebookMapping(
        layout="wide",
        columns={"id": "student", text: "item"},
        codes={text: "missing"},
        items={text: {"title": text, "points": 1}},
        categories={text: text},
    )
    assert GradebookMapping.parse(mapping.to_yaml({text: text}, text)) == mapping


WRONG = {
    "role": (
        "columns: {a: student, b: itm}",
        2,
        "`itm` is nothing that a column of the layout `wide` can hold",
    ),
    "role of another layout": (
        "columns: {a: student, b: item, c: attempt}",
        2,
        "belongs to the layout `long`",
    ),
    "no student": ("columns: {b: item}", 2, "no column has the role `student`"),
    "no item": ("columns: {a: student}", 2, "no column has the role `item`"),
    "twice": ("columns:\n  a: student\n  b: item\n  c: student", 5, "'a' and 'c' are both `student`"),
    "group": ("columns: {a: student, b: item, c: 'group:letter'}", 2, "is no name of a group"),
    "code": ("columns: {a: student, b: item}\ncodes: {M: mising}", 3, "'M' cannot stand for 'mising'"),
    "code of nothing": (
        "columns: {a: student, b: item}\ncodes: {M: }",
        3,
        "`codes.M` is not right: write missing, excused, not_assigned, ungraded, or the number",
    ),
    "code of a list": ("columns: {a: student, b: item}\ncodes: {M: [1]}", 3, "`codes.M` is not right: write"),
    "code of true": ("columns: {a: student, b: item}\ncodes: {M: true}", 3, "`codes.M` is not right: write"),
    "code without end": ("columns: {a: student, b: item}\ncodes: {M: .inf}", 3, "`codes.M` is not right"),
    "two meanings": (
        "columns: {a: student, b: item}\ncodes: {x: missing, X: 0}",
        3,
        "the code 'X' has two meanings",
    ),
    "key": ("columns: {a: student, b: item}\nitem: {}", 3, "`item` is not a key"),
    "key of an item": ("columns: {a: student}\nitems: {b: {pts: 1}}", 3, "`items.b.pts` is not a key"),
    "negative points": ("columns: {a: student}\nitems: {b: {points: -1}}", 3, "greater than or equal to 0"),
    "cuts": ("columns: {a: student, b: item, c: percent}\ncuts: {A: 60, B: 80}", 3, "not below `A`"),
    "a hole": ("columns: {a: student, b: item, c: percent}\ncuts: {A: 90, B: 80}", 3, "have a hole"),
    "cuts of nothing": (
        "columns: {a: student, b: item}\ncuts: {A: 90, F: 0}",
        3,
        "Give one the role `percent`",
    ),
    "two roles": ("columns: {a: student, b: letter}\nitems: {b: {points: 1}}", 3, "stands under `items`"),
    "YAML": ("columns: {a: student", 2, "not valid YAML"),
}


@pytest.mark.parametrize(("text", "line", "said"), WRONG.values(), ids=list(WRONG))
def test_what_is_wrong_with_a_mapping_is_one_sentence_with_its_line(text, line, said):
    with pytest.raises(MatchError) as error:
        GradebookMapping.parse(f"layout: wide\n{text}\n", "period 3.mapping.yaml")
    message = str(error.value)
    assert said in message and "\n" not in message
    assert message.startswith("period 3.mapping.yaml, line ")
    assert abs(int(message.split("line ")[1].split(":")[0]) - line) <= (1 if "YAML" in said else 0)


def test_the_parts_of_a_mapping_are_checked_as_its_file_is():
    with pytest.raises(MatchError, match="no column has the role `student`"):
        given_mapping({"layout": "wide", "columns": {"b": "item"}})
    with pytest.raises(MatchError, match="`layout` is missing"):
        given_mapping({"columns": {"b": "item"}})
    with pytest.raises(MatchError, match=r"There is no mapping at nowhere\.yaml"):
        given_mapping("nowhere.yaml")
    assert given_mapping(None) is None


def test_a_file_that_leaves_something_open_shows_the_mapping_to_save(gradebook):
    path = gradebook()
    with pytest.raises(MatchError) as error:
        read(path)
    said, _, yaml = str(error.value).partition("\n\n")
    assert "period 3.csv needs a mapping: how many points are possible for 'Essay'" in said
    assert "as period 3.mapping.yaml beside it" in said and "confirmed: true" in said
    assert "'NHI' (1) stands for no number" in yaml
    mapping = GradebookMapping.parse(yaml)
    assert mapping.columns == {"Student ID": "student", "Quiz (10 pts)": "item", "Essay": "item"}
    assert mapping.items["Quiz (10 pts)"].points == 10 and not mapping.confirmed


def test_a_proposal_looked_over_is_used_and_remembered_for_the_next_file(gradebook, tmp_path):
    path = gradebook()
    proposal = propose(opened(path))
    place = beside(path)
    place.write_text(proposal.to_yaml(path.name), "utf-8")
    with pytest.raises(
        MatchError, match=r"period 3\.mapping\.yaml lies beside period 3.csv and was never looked"
    ):
        read(path)
    done = proposal.mapping.model_copy(
        update={"confirmed": True, "points": 50.0, "codes": {"NHI": "missing"}}
    )
    place.write_text(done.to_yaml(), "utf-8")
    part = read(path)
    assert part.scores["points_possible"].tolist() == [10, 10, 50, 50]
    assert part.scores["status"].tolist() == ["scored", "scored", "missing", "scored"]

    place.unlink()
    (tmp_path / "next").mkdir()
    again = read(gradebook("next/other.csv"))
    assert again.scores["code"].dropna().tolist() == ["NHI"]
    assert any("as remembered from an earlier file" in entry.what for entry in again.entries)


def test_a_mapping_given_is_remembered_only_where_there_is_a_file(gradebook):
    mapping = {
        "layout": "wide",
        "columns": {"Student ID": "student", "Quiz (10 pts)": "item", "Essay": "item"},
        "points": 10,
        "codes": {"NHI": "missing"},
    }
    frame = from_frame(pd.read_csv(gradebook(), dtype=str))
    plain.read(frame, given_mapping(mapping))
    fingerprint = propose(opened(gradebook())).table.fingerprint
    assert not remembered(fingerprint).exists()
    read(gradebook(), mapping)
    assert remembered(fingerprint).exists()
    assert oct(remembered(fingerprint).stat().st_mode)[-3:] == "600"
    assert "s1" not in remembered(fingerprint).read_text("utf-8")


def test_a_file_whose_headings_say_all_needs_no_mapping(tmp_path):
    path = tmp_path / "q.csv"
    path.write_text("Student ID,Quiz 1 (10 pts),Quiz 2\nPoints possible,10,20\ns1,8,\ns2,EX,19\n", "utf-8")
    part = read(path)
    assert part.scores[["item", "raw", "points_possible", "status"]].to_numpy().tolist()[2:] == [
        ["Quiz 2", pytest.approx(float("nan"), nan_ok=True), 20.0, "ungraded"],
        ["Quiz 2", 19.0, 20.0, "scored"],
    ]
    (headings,) = [entry for entry in part.entries if entry.step == "headings"]
    assert "made of its headings" in headings.what
    assert not any(entry.step == "mapping" for entry in part.entries)


HEADINGS = {
    "English": (
        "Student ID,School Name,Course,Period,Teacher,Term,Assignment,Category,Due Date,Points Possible,Score"
    ),
    "Spanish": (
        "Matrícula,Escuela,Curso,Sección,Docente,Semestre,Tarea,Tipo,Fecha de entrega,Puntos posibles,Nota"
    ),
    "spelled apart": (
        "student_id,SCHOOL,course-name,class period,Teacher:,marking period,assignment name,assignment group,"
        "due,max_points,points earned"
    ),
}


@pytest.mark.parametrize("header", HEADINGS.values(), ids=list(HEADINGS))
def test_headings_in_english_and_spanish_are_known(header):
    rows = [f"s{i},Norte,Algebra,3,T,S1,Quiz {j},Tests,2026-03-0{j},10,8" for i in (1, 2) for j in (1, 2)]
    frame = pd.DataFrame([row.split(",") for row in rows], columns=header.split(","))
    proposal = propose(from_frame(frame))
    assert list(proposal.mapping.columns.values()) == [
        "student", "school", "course", "section", "teacher", "term", "item", "category", "due",
        "points_possible", "raw",
    ]  # fmt: skip
    assert proposal.mapping.layout == "long" and proposal.complete


def test_a_grade_is_a_letter_a_percent_or_a_grade_level_as_its_cells_say():
    def role(cells):
        frame = pd.DataFrame({"Student ID": ["1", "2", "3"], "Grade": cells, "Final Mark": ["A", "B-", "F"]})
        return propose(from_frame(frame)).mapping.columns["Grade"]

    assert role(["9", "10", "9"]) == "grade_level"
    assert role(["88.5", "91", "40"]) == "percent"
    assert propose(from_frame(pd.DataFrame({"ID": ["1", "2"], "Grade": ["A-", "NP"]}))).mapping.columns == {
        "ID": "student",
        "Grade": "letter",
    }


def test_names_and_addresses_are_left_out_of_a_proposal():
    frame = pd.DataFrame(
        {
            "Last Name": ["A"],
            "Email": ["a@b.c"],
            "Student ID": ["1"],
            "Quiz (5 pts)": ["4"],
            "Remarks": ["hm"],
        }
    )
    proposal = propose(from_frame(frame))
    assert [n for n, role in proposal.mapping.columns.items() if role == "ignore"] == [
        "Last Name",
        "Email",
        "Remarks",
    ]
    assert proposal.open == ("what 'Remarks' holds",)


def test_a_table_without_students_or_rows_is_said():
    assert "no column with the students' ids" in propose(from_frame(pd.DataFrame({"Quiz": ["4"]}))).open[0]
    with pytest.raises(ReadError, match="has no row under a header"):
        propose(from_frame(pd.DataFrame({"Student ID": [], "Quiz": []})))


def test_a_damaged_mapping_in_the_store_is_said_and_not_used(gradebook):
    path = gradebook()
    fingerprint = propose(opened(path)).table.fingerprint
    remember(GradebookMapping(layout="wide", columns={"Student ID": "student", "Essay": "item"}), fingerprint)
    remembered(fingerprint).write_text("layout: wide\n", "utf-8")
    with pytest.raises(MatchError, match="no column has the role `student`") as error:
        read(path)
    assert str(error.value).endswith(rid_of(fingerprint))


def rid_of(fingerprint):
    """Return how an error ends that follows from a remembered mapping."""
    return (
        f" (its mapping is the one remembered from an earlier file, {remembered(fingerprint)}: give another "
        "one as mapping=, or delete that file)."
    )


def test_an_error_that_follows_from_a_remembered_mapping_names_it_and_how_to_be_rid_of_it(gradebook):
    path = gradebook()
    columns = {"Student ID": "student", "Quiz (10 pts)": "item", "Essay": "item"}
    mapping = {"layout": "wide", "columns": columns, "points": 10, "codes": {"NHI": "missing"}}
    read(path, mapping)
    fingerprint = propose(opened(path)).table.fingerprint
    path.write_text(path.read_text("utf-8").replace("NHI", "NX"), "utf-8")
    with pytest.raises(MatchError) as error:
        read(path)
    message = str(error.value)
    assert "neither a number nor a known code: 'NX'" in message and "\n" not in message
    assert message.endswith(rid_of(fingerprint))
    assert [one.found for one in error.value.unmatched] == ["NX"]
    # One that is given, or lies beside the file, is known to whoever gave it.
    with pytest.raises(MatchError) as error:
        read(path, mapping)
    assert "remembered" not in str(error.value)
    beside(path).write_text(given_mapping(mapping).to_yaml(), "utf-8")
    with pytest.raises(MatchError) as error:
        read(path)
    assert "remembered" not in str(error.value)
    beside(path).unlink()
    remembered(fingerprint).unlink()
    with pytest.raises(MatchError, match="needs a mapping"):
        read(path)


def test_the_column_of_names_gives_way_to_the_column_of_ids():
    frame = pd.DataFrame(
        {
            "Student": ["Rivera, Ana", "Li, Wei"],
            "ID": ["1", "2"],
            "Student Number": ["901", "902"],
            "Quiz (5 pts)": ["4", "5"],
        }
    )
    proposal = propose(from_frame(frame))
    assert list(proposal.mapping.columns.values()) == ["ignore", "ignore", "student", "item"]
    assert proposal.complete


def test_a_total_is_no_piece_of_work_and_a_column_without_points_is_asked_for(tmp_path):
    path = tmp_path / "g.csv"
    path.write_text("Student ID,Quiz,Absences,Total\nMax points,10,,10\ns1,8,2,8\n", "utf-8")
    proposal = propose(opened(path))
    assert proposal.mapping.columns["Total"] == "ignore"
    assert "how many points are possible for 'Absences'" in proposal.open[0]
    assert proposal.open[1] == "whether 'Total' is the mark (`percent`) or is left out"


def test_half_a_header_is_asked_for(tmp_path):
    path = tmp_path / "g.csv"
    path.write_text("Student ID,,Quiz (5 pts),\ns1,x,4,9\ns2,y,5,10\n", "utf-8")
    with pytest.raises(MatchError) as error:
        read(path)
    assert "how many points are possible for 'column D'" in str(error.value)
    assert '"column B": "ignore"  # like nothing that is known' in str(error.value)


def test_a_mapping_in_the_folder_is_used_for_its_own_header_alone(gradebook, tmp_path):
    path = gradebook()
    columns = {"Student ID": "student", "Quiz (10 pts)": "item", "Essay": "item"}
    mapping = GradebookMapping(layout="wide", columns=columns, points=10, codes={"NHI": "missing"})
    place = tmp_path / "all gradebooks.mapping.yaml"
    place.write_text(mapping.model_copy(update={"fingerprint": "0" * 16}).to_yaml(), "utf-8")
    (tmp_path / "broken.mapping.yaml").write_text("layout: [", "utf-8")
    with pytest.raises(MatchError, match="needs a mapping"):
        read(path)
    fingerprint = propose(opened(path)).table.fingerprint
    place.write_text(mapping.model_copy(update={"fingerprint": fingerprint}).to_yaml(), "utf-8")
    assert any("all gradebooks.mapping.yaml" in entry.what for entry in read(path).entries)


def test_the_sheet_with_students_is_the_gradebook_whatever_a_list_of_the_work_has(tmp_path):
    path = tmp_path / "book.xlsx"
    grades = pd.DataFrame({"Student ID": ["s1", "s2"], "Quiz 1 (10 pts)": [8, 9], "Essay (20 pts)": [15, 18]})
    work = pd.DataFrame({"Course": "A", "Assignment": ["Quiz 1", "Essay"], "Category": ["Quizzes", "Tests"]})
    work = work.assign(**{"Due Date": "2026-03-06", "Points Possible": [10, 20]})
    with pd.ExcelWriter(path) as book:
        pd.concat([work] * 30).to_excel(book, sheet_name="Assignments", index=False)
        grades.to_excel(book, sheet_name="Grades", index=False)
    part = read(path)
    assert part.scores["raw"].tolist() == [8, 9, 15, 18]


def test_the_letter_beside_the_scores_of_a_long_table_is_the_courses_or_asked_for():
    long = pd.DataFrame({"Student ID": ["s1", "s1", "s2"], "Assignment": ["Quiz", "Essay", "Quiz"]})
    long = long.assign(Score=[8, 15, 9], Max=[10, 20, 10])
    for letters, role in ((["C", "C", "A"], "letter"), (["B", "C", "A"], "ignore")):
        found = propose(from_frame(long.assign(Grade=letters)))
        assert found.mapping.columns["Grade"] == role and found.mapping.columns["Max"] == "points_possible"
        assert found.open == (() if role == "letter" else ("what 'Grade' holds",))
    part = plain.read(from_frame(long.assign(Grade=["C", "C", "A"])))
    assert part.marks["letter"].tolist() == ["C", "A"] and part.scores["raw"].tolist() == [8, 15, 9]
    columns = {"Student ID": "student", "Assignment": "item", "Score": "raw", "Max": "points_possible"}
    mapping = given_mapping({"layout": "long", "columns": columns | {"Grade": "letter"}})
    with pytest.raises(
        ReadError, match="holds several letters of one student, course and term, the first in"
    ):
        plain.read(from_frame(long.assign(Grade=["B", "C", "A"])), mapping)
    letters = given_mapping({"layout": "long", "columns": columns | {"Grade": "total"}})
    with pytest.raises(ReadError, match=r'under `columns`: `"Grade": letter`'):
        plain.read(from_frame(long.assign(Grade=["C", "C", "A"])), letters)


@pytest.mark.parametrize(
    ("due", "said"),
    [
        (["01.03.2026", "02.03.2026"], [2]),
        (["01.03.2026", "13.03.2026"], []),
        (["2026-03-01", "02.03.2026"], [1]),
        (["2026.03.01", "2026.03.02"], []),
    ],
)
def test_dates_parted_by_dots_begin_with_the_day_and_it_is_said(due, said):
    long = pd.DataFrame({"Student ID": "s1", "Assignment": ["Quiz", "Essay"], "Score": [8, 15]})
    part = plain.read(from_frame(long.assign(**{"Points possible": [10, 20], "Due": due})))
    assert set(part.scores["due"].dt.month) == {3}
    notes = [entry.rows for entry in part.entries if "day.month.year" in entry.what]
    assert notes == said
    wide = pd.DataFrame({"Student ID": ["Points", "Due", "s1"], "Quiz": ["10", due[0], "8"]})
    wide = wide.assign(Essay=["20", due[1], "15"])
    part = plain.read(from_frame(wide))
    assert set(part.scores["due"].dt.month) == {3}
    assert [entry.rows for entry in part.entries if "day.month.year" in entry.what] == notes


def test_dates_of_which_only_some_are_parted_by_dots_are_asked_for():
    long = pd.DataFrame({"Student ID": "s1", "Assignment": ["Quiz", "Essay"], "Score": [8, 15]})
    long = long.assign(**{"Points possible": [10, 20], "Due": ["01.03.2026", "2/3/2026"]})
    assert "whether day or month stands first in 'Due'" in propose(from_frame(long)).open[0]
