"""What is counted of a student's marks, by hand and beside plain pandas."""

from __future__ import annotations

import math

import pandas as pd
import pytest

from relsurvey.errors import AnalysisError
from relsurvey.grading import Gradebook, Policy, compare_policies
from relsurvey.grading.trackrule import rule_of
from relsurvey.practices import GradingPractices, measures
from tests.practices.made import book, marks


def of(letters: dict[str, str], **columns) -> pd.DataFrame:
    rows = [(student, letter) for student, text in letters.items() for letter in text.split()]
    return pd.DataFrame(rows, columns=["student", "letter"]).assign(**columns)


def test_ds_and_fs_are_counted_and_what_is_open_is_not():
    found = measures.measured(
        of({"none": "A B C P", "one": "A D INC", "two": "F NP A", "three": "D F D", "open": "INC INC"}), None
    )
    assert dict(zip(found["student"], found["df_count"], strict=True)) == {
        "none": 3,
        "one": 2,
        "two": 2,
        "three": 1,
    }
    assert found["track"].isna().all()
    assert found["ag_all"].isna().all()


def test_a_g_is_told_of_a_g_courses_alone():
    table = of({"x": "B C", "y": "C F", "z": "A A"}).assign(ag=[True, True, True, False, False, False])
    found = measures.measured(table, None).set_index("student")["ag_all"]
    # y's F is in a course that is none; z has no such course.
    assert found["x"] == 2
    assert found["y"] == 2
    assert math.isnan(found["z"])


def test_on_track_is_told_by_all_terms_so_far_and_the_rest_by_the_last():
    table = pd.concat(
        [of({"a": "F A", "b": "F F"}, term="Fall"), of({"a": "F A", "b": "A A"}, term="Spring")]
    ).assign(core=True)
    found = measures.by_term(table, "core-failures").rows.set_index(["wave", "student"])
    assert found["track"].to_dict() == {
        ("Fall", "a"): 2, ("Fall", "b"): 1, ("Spring", "a"): 1, ("Spring", "b"): 1,
    }  # fmt: skip
    assert found["df_count"].to_dict() == {
        ("Fall", "a"): 2, ("Fall", "b"): 2, ("Spring", "a"): 2, ("Spring", "b"): 3,
    }  # fmt: skip


def test_the_demo_equals_plain_pandas():
    table = marks({"North": 60, "South": 45})
    found = measures.measured(table, rule_of("core-failures")).set_index("student")
    df = table["letter"].isin(["D", "F"]).groupby(table["student"]).sum()
    assert (found["df_count"] == df.map(lambda n: 3 if n == 0 else 2 if n < 3 else 1)).all()
    core = (table["letter"].eq("F") & table["core"]).groupby(table["student"]).sum()
    assert (found["track"] == (core <= 1) + 1).all()
    assert (found["school"] == table.groupby("student")["school"].last()).all()


def test_a_rule_that_the_marks_cannot_answer_is_left_out_aloud_or_refused():
    table = marks({"North": 30}).drop(columns="core")
    found = measures.by_term(table, "auto")
    assert found.rule is None
    assert [entry.step for entry in found.entries] == ["measures"]
    assert "core" in found.entries[0].why
    with pytest.raises(AnalysisError, match="core"):
        measures.by_term(table, "core-failures")


def test_terms_are_named():
    with pytest.raises(AnalysisError, match=r"the term 'Winter'\. There are: 'Fall'"):
        measures.by_term(book({"North": 30}), None, ["Fall", "Winter"])
    with pytest.raises(AnalysisError, match="final mark"):
        measures.measured(of({"a": "INC"}), None)


def test_terms_are_in_order_of_time_however_the_marks_come():
    table = marks({"North": 30}, ("2024-25 S2", "2025-26 S1", "2024-25 S1"))
    found = measures.by_term(table, None)
    assert found.terms == ("2024-25 S1", "2024-25 S2", "2025-26 S1")
    assert found.entries == ()
    backwards = ("2025-26 S1", "2024-25 S1")
    assert measures.by_term(table, None, backwards).terms == backwards


def test_an_order_that_names_do_not_tell_is_asked_for():
    table = marks({"North": 30}, ("Gold", "Blue"))
    with pytest.raises(AnalysisError, match=r"do not tell which came first: 'Gold', 'Blue'\. .* terms=\[…\]"):
        measures.by_term(table, None)
    found = measures.by_term(table, None, ["Blue", "Gold"])
    assert found.terms == ("Blue", "Gold") and found.entries == ()
    assert measures.by_term(marks({"North": 30}, ("Blue",)), None).entries == ()


def test_a_summer_is_no_term_of_its_own_unless_it_is_named_or_alone():
    table = marks({"North": 60}, ("Fall 2025", "Spring 2026", "Summer 2026"))
    few = table[(table["term"] != "Summer 2026") | (table["student"] < "No-0010")]
    without = measures.by_term(table[table["term"] != "Summer 2026"], "core-failures")
    found = measures.by_term(few, "core-failures")
    assert found.terms == ("Fall 2025", "Spring 2026")
    pd.testing.assert_frame_equal(found.rows, without.rows)
    [entry] = found.entries
    assert (entry.step, entry.rows) == ("terms", 40)
    assert "'Summer 2026'" in entry.what and "`terms=`" in entry.why
    named = measures.by_term(few, "core-failures", ["Spring 2026", "Summer 2026"])
    assert named.terms == ("Spring 2026", "Summer 2026") and named.entries == ()
    alone = measures.by_term(table[table["term"] == "Summer 2026"], None)
    assert alone.terms == ("Summer 2026",) and alone.entries == ()


def without_core(table: pd.DataFrame, school: str, keep: int) -> pd.DataFrame:
    """Return marks of which a school says for its first students alone which courses are core."""
    blank = (table["school"] == school) & (table["student"].str[-4:].astype(int) >= keep)
    return table.assign(core=table["core"].astype(object).mask(blank))


def test_on_track_is_counted_of_nobody_where_it_cannot_be_told_of_many():
    table = marks({"North": 120, "South": 100, "East": 80})
    whole = measures.by_term(table, "core-failures").rows.set_index("student")
    found = measures.by_term(without_core(table, "South", 8), "core-failures")
    rows = found.rows.set_index("student")
    south = rows["school"] == "South"
    assert rows.loc[south, "track"].isna().all()
    assert rows.loc[south, "df_count"].notna().all()
    assert (rows.loc[~south, "track"] == whole.loc[~south, "track"]).all()
    [entry] = found.entries
    assert (entry.step, entry.rows) == ("untold", 92)
    assert entry.what == "on track is counted of nobody in 'South'" and "which courses are core" in entry.why


def test_who_is_in_a_grade_that_the_rule_does_not_speak_of_is_not_one_of_whom_it_cannot_be_told():
    table = marks({"North": 120, "South": 100})
    table["grade_level"] = table["student"].str[-1].map(lambda last: 9 if last in "0123" else 10)
    rule = rule_of("core-failures").model_copy(update={"grade": 9})
    found = measures.by_term(table, rule)
    assert found.entries == ()
    told = found.rows["track"].notna()
    assert told.sum() == 88 and (told == found.rows["student"].str[-1].isin(list("0123"))).all()


def test_of_whom_it_cannot_be_told_is_said_where_they_are_few():
    table = marks({"North": 120, "South": 100})
    found = measures.by_term(without_core(table, "South", 90), "core-failures")
    assert found.rows["track"].isna().sum() == 10
    [entry] = found.entries
    assert (entry.step, entry.rows) == ("cannot tell", 10)
    on = int((found.rows["track"] == 2).sum())
    low, high = math.floor(100 * on / 220), math.ceil(100 * (on + 10) / 220)
    assert f"the share of all students lies within {low} to {high} %" in entry.why
    assert "not known: which courses are core" in entry.why


def test_a_rule_that_can_be_told_of_too_few_everywhere_is_refused_or_left_out():
    table = marks({"North": 120}).assign(core=None)
    table.loc[0, "core"] = True
    with pytest.raises(AnalysisError, match=r"by the rule core-failures\. Not known: which courses are core"):
        measures.by_term(table, "core-failures")
    found = measures.by_term(table, "auto")
    assert found.rule is None and found.rows["track"].isna().all()
    assert [entry.step for entry in found.entries] == ["measures"]


def test_courses_are_called_core_by_name():
    gradebook = Gradebook.of(marks=marks({"North": 2}).drop(columns=["core", "ag"]))
    named = gradebook.with_courses(core=["Biology"], ag=["Biology", "History"])
    assert named.marks.groupby("course")["core"].first().to_dict()["Biology"] is True
    assert named.marks["ag"].sum() == 4
    assert [entry.rows for entry in named.entries[-2:]] == [2, 4]
    assert gradebook.marks["core"].isna().all()
    with pytest.raises(AnalysisError, match=r"the course 'Art'\. There are: 'Algebra 1', 'Biology'"):
        gradebook.with_courses(core=["Art"])


def test_a_rule_whose_credits_no_file_of_these_courses_holds_is_refused():
    marks = pd.DataFrame(
        [
            (f"s{i}", course, term, "A", True)
            for i in range(30)
            for course in ("English", "Algebra", "Biology", "History")
            for term in ("S1", "S2")
        ],
        columns=["student", "course", "term", "letter", "core"],
    )
    with pytest.raises(AnalysisError, match=r"at most 4 of the 5 credits .* rule='core-failures'"):
        measures.by_term(marks, "chicago")
    found = measures.by_term(marks, "auto")
    assert found.rule is not None and found.rule.id == "core-failures"
    compared = compare_policies(
        Gradebook.of(marks=marks.assign(percent=95.0)),
        Policy(id="up", floor={"percent": 50, "on": "mark"}),
        rule="chicago",
    )
    assert "on_track" not in compared.table and any("at most 4 of the 5" in note for note in compared.notes)


def test_credits_of_five_a_semester_are_told_with_what_a_year_gives():
    marks = pd.DataFrame(
        [
            (f"s{i}", course, term, "A", 5.0, True)
            for i in range(30)
            for course in ("English", "Algebra", "Biology", "History", "Art", "PE")
            for term in ("S1", "S2")
        ],
        columns=["student", "course", "term", "letter", "credits", "core"],
    )
    gradebook = Gradebook.of(marks=marks)
    with pytest.raises(AnalysisError, match="year_course=10"):
        GradingPractices.of(gradebook, rule="chicago")
    found = GradingPractices.of(gradebook, rule="chicago", year_course=10)
    latest = found.responses[found.responses["wave"] == "S2"]
    assert len(latest) == 30 and latest["track"].eq(2.0).all()
