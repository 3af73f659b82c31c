"""The course's own total in a plain table: known by its heading, and what the simulator is proved by."""

from __future__ import annotations

import pytest

from relsurvey.errors import MatchError, ReadError
from relsurvey.grading import Policy, prove, read_gradebook, regrade
from relsurvey.grading.mapping import GradebookMapping
from relsurvey.grading.propose import propose
from relsurvey.reading.limits import Limits
from relsurvey.reading.opening import open_file

HEAD = "Student ID,Quiz (10 pts),Essay (20 pts)"
LONG = "Student ID,Assignment,Points,Max points"


@pytest.fixture(autouse=True)
def own_home(tmp_path, monkeypatch):
    """Remember nothing from one test to the next."""
    monkeypatch.setenv("RELSURVEY_HOME", str(tmp_path / "home"))


@pytest.fixture
def book(tmp_path):
    """Return a function that reads a file of these lines."""

    def made(*lines, **said):
        path = tmp_path / "g.csv"
        path.write_text("\n".join(lines) + "\n", "utf-8")
        return read_gradebook(path, course="A", ids="as-is", **said)

    return made


def proposed(tmp_path, *lines):
    path = tmp_path / "p.csv"
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return propose(open_file(path, Limits()))


@pytest.mark.parametrize("heading", ["Overall", "Final %", "Course total", "Porcentaje final", "Total"])
def test_a_total_is_known_by_its_heading_and_proves_the_simulator(book, heading):
    # (8 + 15) / 30 = 76.67 %; (9 + 18) / 30 = 90 %.
    found = book(f"{HEAD},{heading}", "s1,8,15,77%", "s2,9,18,90%")
    proof = regrade(found, Policy(floor={"percent": 50})).proof
    assert proof.holds and proof.table["which"].tolist() == ["total", "total"]
    [said] = found.ledger.loc[found.ledger["why"] == "the simulator is checked against it", "what"]
    assert said == f"'{heading}' is the course's total as exported, to 0 decimals"
    assert found.marks["percent"].tolist() == [77, 90]


@pytest.mark.parametrize(
    ("written", "holds"),
    [("77", True), ("76", False), ("76.7", True), ("76.6", False), ("76.67", True), ("76.66", False)],
)
def test_it_is_compared_to_the_decimals_that_its_column_has(book, written, holds):
    assert prove(book(f"{HEAD},Overall", f"s1,8,15,{written}")).holds is holds


def test_a_whole_number_among_decimals_is_as_exact_as_these(book):
    proof = prove(book(f"{HEAD},Overall", "s1,8,15,77", "s2,9,14,76.67"))
    assert proof.table["reproduced"].tolist() == [False, True]
    assert proof.reasons == {"unknown: hidden scores, or a rule that the export does not show": 1}


@pytest.mark.parametrize(
    ("mapping", "written", "holds"),
    # On the scale of 4, 3.1 is 76.25 to 78.75 %; as a share, 0.77 is 76.5 to 77.5 %.
    [({"out_of": 4}, "3.1", True), ({"out_of": 4}, "3.2", False), ({}, "0.77", True), ({}, "0.76", False)],
)
def test_a_total_on_another_scale_is_rounded_on_that_scale(book, mapping, written, holds):
    columns = {"Student ID": "student", "Quiz": "item", "Essay": "item", "Overall": "percent"}
    items = {"Quiz": {"points": 10}, "Essay": {"points": 20}}
    given = {"layout": "wide", "columns": columns, "items": items, **mapping}
    head = "Student ID,Quiz,Essay,Overall"
    # Five or more numbers between 0 and 1 are shares.
    rows = [f"s{i},8,15,{written}" for i in range(6)]
    assert prove(book(head, *rows, mapping=given)).holds is holds


def test_each_student_whose_total_is_another_one_is_named_with_the_reason(book):
    lines = ["s1,8,,80", "s2,8,,27", "s3,8,15,77", "s4,8,15,55", "s5,8,15,"]
    found = book(f"{HEAD},Overall", *lines, blank="ungraded")
    proof = prove(found)
    assert proof.table["student"].tolist() == ["s1", "s2", "s3", "s4"]
    assert proof.unexplained[["student", "why"]].to_numpy().tolist() == [
        ["s2", "as if empty cells counted as zero"],
        ["s4", "unknown: hidden scores, or a rule that the export does not show"],
    ]
    zeroed = prove(book(f"{HEAD},Overall", *lines, blank="zero"))
    assert zeroed.unexplained.set_index("student")["why"]["s1"] == "as if empty cells were left out"


def test_a_long_table_names_it_beside_its_scores(book):
    lines = ["s1,Quiz,8,10,77", "s1,Essay,15,20,77", "s2,Quiz,9,10,95", "s2,Essay,18,20,95"]
    found = book(f"{LONG},Overall", *lines)
    assert found.scores["raw"].tolist() == [8, 15, 9, 18]
    assert found.marks[["student", "percent"]].to_numpy().tolist() == [["s1", 77], ["s2", 95]]
    assert prove(found).table["reproduced"].tolist() == [True, False]


def test_several_totals_of_one_student_are_refused(book):
    with pytest.raises(ReadError) as error:
        book(f"{LONG},Overall", "s1,Quiz,8,10,77", "s1,Essay,15,20,78")
    assert str(error.value) == (
        "g.csv: the column 'Overall' holds several totals of one student, course and term, the first in "
        "row 2. Set it to `ignore` in the mapping, or name the column that tells them apart (`course`, "
        "`term`)."
    )


def test_it_is_proposed_saved_and_read_again(book, tmp_path):
    proposal = proposed(tmp_path, f"{LONG},Course grade", "s1,Quiz,8,10,80")
    assert proposal.complete and proposal.mapping.columns["Course grade"] == "total"
    again = GradebookMapping.parse(proposal.mapping.to_yaml())
    assert again.columns["Course grade"] == "total"
    wide = proposed(tmp_path, f"{HEAD},Course grade", "s1,8,15,77")
    assert wide.mapping.columns["Course grade"] == "percent"
    with pytest.raises(MatchError, match=r"belongs to the layout `long`"):
        GradebookMapping.parse("layout: wide\ncolumns: {A: student, B: item, C: total}\n")


def test_a_total_that_may_be_points_is_asked_for(tmp_path):
    wide = proposed(tmp_path, f"{HEAD},Total", "s1,8,15,23")
    assert wide.open == ("whether 'Total' is the mark (`percent`) or is left out",)
    long = proposed(tmp_path, f"{LONG},Total", "s1,Quiz,8,10,23")
    assert long.open == ("whether 'Total' is the mark (`total`) or is left out",)


def test_files_with_and_without_a_total_are_read_together(tmp_path):
    for name, head, row in (("a", f"{HEAD},Overall", "s1,8,15,77"), ("b", HEAD, "s1,8,15")):
        (tmp_path / f"{name}.csv").write_text(f"{head}\n{row}\n", "utf-8")
    found = read_gradebook([tmp_path / "a.csv", tmp_path / "b.csv"])
    proof = prove(found)
    assert proof.holds and proof.table["course"].tolist() == ["a"]


SUMS = (
    "Total", "Final Score", "Promedio", "Total Points", "Total puntos", "Semester Total", "Q1 Total",
    "Homework Average", "Final Average", "Current %", "Grade %", "Q1 Overall %", "Promedio de tareas",
    "Nota del semestre", "Cumulative", "Total Points Earned", "Puntos totales", "Average (%)",
)  # fmt: skip
WORK = (
    "Final Exam", "Unit total test", "Q1 Score", "Total eclipse essay", "Average speed lab", "Task", "Tarea",
    "Final", "Class notes", "Quiz 2 %", "Promedio y mediana", "Nota de lectura", "Exam grade",
    "Semester 1 Exam",
)  # fmt: skip


@pytest.mark.parametrize("heading", SUMS)
def test_a_sum_is_no_piece_of_work_whatever_says_its_points(tmp_path, heading):
    said = f"whether '{heading} (30 pts)' is the mark (`percent`, `out_of: 30`) or is left out"
    named = proposed(tmp_path, f"{HEAD},{heading} (30 pts)", "s1,8,15,23")
    assert named.open == (said,) and named.mapping.out_of == (None if "%" in heading else 30)
    rows = ("Points possible,10,20,30", "s1,8,15,23")
    below = proposed(tmp_path, f"Student ID,Quiz,Essay,{heading}", *rows)
    assert below.open == (f"whether '{heading}' is the mark (`percent`) or is left out",)
    assert not below.mapping.items


@pytest.mark.parametrize("heading", WORK)
def test_work_that_is_named_much_like_a_sum_stays_work(tmp_path, heading):
    found = proposed(tmp_path, f"{HEAD},{heading} (30 pts),Overall", "s1,8,15,23,77")
    assert found.complete and found.mapping.layout == "wide"
    assert found.mapping.columns[f"{heading} (30 pts)"] == "item"


@pytest.mark.parametrize(
    ("lines", "percent"),
    [
        ((f"{HEAD},Overall (30 pts)", "s1,8,15,23", "s2,9,18,27"), [76.7, 90]),
        ((f"{HEAD},Overall % (100 pts)", "s1,8,15,77", "s2,9,18,90"), [77, 90]),
        ((f"{HEAD},Grade (30 pts)", "s1,8,15,23", "s2,9,18,27"), [76.7, 90]),
        (("Student ID,Quiz,Essay,Overall", "Points,10,20,30", "s1,8,15,23", "s2,9,18,27"), [76.7, 90]),
        (("Student ID,Quiz,Essay,Overall", "Points,10,20,30", "s1,8,15,77%", "s2,9,18,90%"), [77, 90]),
        (("Student ID,Quiz,Essay,Overall", "Points,10,20,100", "s1,8,15,77", "s2,9,18,90"), [77, 90]),
    ],
)
def test_a_total_is_of_as_many_points_as_its_heading_or_the_row_of_points_says(book, lines, percent):
    found = book(*lines)
    assert found.scores["item"].nunique() == 2
    assert found.marks["percent"].round(1).tolist() == percent
    assert prove(found).holds
    notes = found.ledger["what"].tolist()
    assert ("marks out of 30 were taken as percents of it" in notes) is (percent[0] == 76.7)


@pytest.mark.parametrize("heading", ["Overall", "Percentage"])
def test_a_total_that_its_points_speak_against_is_asked_for_and_read_as_the_mapping_says(
    book, tmp_path, heading
):
    high = "77" if heading == "Overall" else "23"
    lines = [f"Student ID,Quiz,Essay,{heading}", "Points,10,20,30", f"s1,8,15,{high}", "s2,9,18,27"]
    found = proposed(tmp_path, *lines)
    assert found.open == (f"whether '{heading}' counts points (`out_of: 30`) or percents (`out_of: 100`)",)
    for out_of in (30, 100):
        said = GradebookMapping.parse(
            found.mapping.to_yaml().replace("confirmed: false", "confirmed: true") + f"out_of: {out_of}\n"
        )
        marks = book(*lines, mapping=GradebookMapping.parse(said.to_yaml()).model_dump()).marks
        assert marks["percent"].tolist()[1] == 100 * 27 / out_of


def test_totals_that_are_sums_of_points_are_named_by_the_proof(book):
    columns = {"Student ID": "student", "Quiz (10 pts)": "item", "Essay (20 pts)": "item", "Sum": "percent"}
    items = {"Quiz (10 pts)": {"points": 10}, "Essay (20 pts)": {"points": 20}}
    given = {"layout": "wide", "columns": columns, "items": items}
    proof = prove(book(f"{HEAD},Sum", "s1,8,15,23", "s2,9,18,27", mapping=given))
    said = "the total is the sum of the points, not a percent: write `out_of: 30` into the mapping"
    assert proof.reasons == {said: 2}
    other = prove(book(f"{HEAD},Sum", "s1,8,15,23", "s2,9,18,90", mapping=given))
    assert other.reasons == {"unknown: hidden scores, or a rule that the export does not show": 1}
    assert prove(book(f"{HEAD},Sum", "s1,8,15,23", "s2,9,18,27", mapping=given | {"out_of": 30})).holds
