"""OneRoster: the tables joined, what a result's status means, attempts, and what is refused."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from relsurvey.errors import AnalysisError, ReadError
from relsurvey.grading import BlankChoiceError, Gradebook, Policy, read_gradebook, regrade
from relsurvey.reading import Limits
from tests.grading.formats.oneroster_files import Tables, item, result, tables, text, write, zipped

#: What no gradebook may hold: names, addresses and words about a student.
NAMES = ("Ana", "Rivera", "Li ", "Wei", "Grace", "Hopper", "school.example", "worked hard")


def read(folder: Path, change: Callable[[Tables], object] = lambda _: None, **how: object) -> Gradebook:
    """Return the gradebook of the small tables, changed."""
    made = tables()
    change(made)
    return read_gradebook(write(folder / "export", made), **how)


def said(gradebook: Gradebook, step: str) -> list[str]:
    return gradebook.ledger.loc[gradebook.ledger["step"] == step, "what"].tolist()


def refused(folder: Path, change: Callable[[Tables], object], **how: object) -> str:
    with pytest.raises(ReadError) as caught:
        read(folder, change, **how)
    assert not any(name in str(caught.value) for name in (*NAMES, "00101", "u1"))
    return str(caught.value)


def rows(gradebook: Gradebook, *columns: str) -> list[list[object]]:
    return gradebook.scores[list(columns)].astype(object).where(lambda f: f.notna(), None).to_numpy().tolist()


def test_tables_are_joined(tmp_path):
    found = read(tmp_path)
    assert rows(found, "student", "school", "course", "section", "teacher", "term")[0] == [
        "00101", "Sierra Norte", "Algebra 1", "k1", "t1", "Quarter 1",
    ]  # fmt: skip
    assert rows(found, "item", "category", "points_possible", "raw", "status", "code") == [
        ["Homework 1", "Homework", 10.0, 8.0, "scored", None],
        ["Test 1", "Tests", 50.0, 45.0, "scored", None],
        ["Homework 1", "Homework", 10.0, None, "missing", "not submitted"],
        ["Test 1", "Tests", 50.0, 30.0, "scored", None],
    ]
    assert found.scores["due"].dt.strftime("%Y-%m-%d").tolist()[:2] == ["2026-09-10", "2026-09-20"]
    # .4 × 80 + .6 × 90 and .4 × 0 + .6 × 60.
    assert found.marks["percent"].round(6).tolist() == [86.0, 36.0]
    assert found.marks[["grade_level", "subject"]].to_numpy().tolist() == [["09", "Math"]] * 2
    assert found.policy.weights == {"Homework": 40, "Tests": 60}


@pytest.mark.parametrize("form", ["zip", "nested", "files", "frames", "bom", "semicolons", "1.2"])
def test_every_way_of_handing_the_tables_over_gives_the_same(tmp_path, form):
    made = tables()
    if form in ("zip", "nested"):
        given_ = zipped(tmp_path / "export.zip", made, "oneroster/" if form == "nested" else "")
    elif form == "frames":
        folder = write(tmp_path / "export", made)
        given_ = [
            pd.read_csv(folder / f"{name}.csv", dtype=str)
            for name in ("results", "lineItems", "classes", "enrollments")
        ]
    elif form == "1.2":
        for row in made["lineItems"]:
            row["academicSessionSourcedId"] = row.pop("gradingPeriodSourcedId")
        given_ = write(tmp_path / "export", made, "1.2")
    else:
        how = {"files": {}, "bom": {"bom": True, "ends": "\n"}, "semicolons": {"by": ";"}}[form]
        given_ = write(tmp_path / "export", made, **how)
        if form == "files":
            given_ = sorted(given_.iterdir())
    columns = ["points_possible", "raw", "status", "item"]
    usual = read(tmp_path / "usual")
    found = read_gradebook(given_)
    pd.testing.assert_frame_equal(found.scores[columns], usual.scores[columns])
    if form != "frames":
        pd.testing.assert_frame_equal(found.scores, usual.scores)
        pd.testing.assert_frame_equal(found.marks, usual.marks)


def test_nothing_that_names_a_person_stays(tmp_path):
    def change(made: Tables) -> None:
        made["demographics"] = [{"sourcedId": "u1", "sex": "female"}]
        made.pop("courses")
        made["users"][1]["identifier"] = "li@school.example"

    found = read(tmp_path, change)
    everything = " ".join(
        frame.astype(str).to_csv() for frame in (found.scores, found.marks, found.totals, found.ledger)
    )
    assert not any(name in everything for name in NAMES)
    # Without courses, a class's title with a teacher's name gives way to the class's id.
    assert set(found.marks["course"]) == {"k1"}
    assert "students' e-mail addresses were replaced" in said(found, "ids")
    assert [name for name in NAMES if name in repr(found)] == []
    assert any("demographics.csv" in what for what in said(found, "other sheets"))


def test_missing_tables_are_said_and_needed_ones_asked_for(tmp_path):
    found = read(
        tmp_path, lambda made: [made.pop(name) for name in list(made) if name not in ("lineItems", "results")]
    )
    assert len(said(found, "missing columns")) == 7
    assert rows(found, "student", "course", "term", "category")[0] == ["u1", "k1", "q1", None]
    for name in ("results", "lineItems"):
        message = refused(tmp_path / name, lambda made, name=name: made.pop(name))
        assert f"has no {name}.csv" in message
    named = read(tmp_path / "c", lambda made: made.pop("academicSessions"), term="Fall")
    assert set(named.scores["term"]) == {"q1"}


def test_rows_to_be_deleted_are_left_out_and_counted(tmp_path):
    def change(made: Tables) -> None:
        made["results"][0]["status"] = "tobedeleted"
        made["lineItems"].append(item("l3", "Gone", "h", "10") | {"status": "tobedeleted"})
        made["results"].append(result("r9", "l3", "u2", "9"))
        made["results"].append(result("r8", "nowhere", "u2", "9"))

    found = read(tmp_path, change, blank="ungraded")
    assert "Gone" not in set(found.scores["item"])
    ledger = found.ledger
    assert ledger.loc[ledger["step"] == "former rows", "rows"].tolist() == [1, 2]
    steps = ledger.groupby("effect")["rows"].sum()
    assert steps["rows in"] - steps["rows out"] == steps["rows kept"] == 3


def test_students_who_left_and_work_without_a_result(tmp_path):
    def change(made: Tables) -> None:
        made["enrollments"][1]["status"] = "tobedeleted"
        made["users"].append({"sourcedId": "u3", "identifier": "00103", "role": "student"})
        made["enrollments"].append({"sourcedId": "e9", "classSourcedId": "k1", "userSourcedId": "u3",
                                    "role": "student", "beginDate": "2026-09-15"})  # fmt: skip
        made["lineItems"].append(item("l9", "Later", "h", "10", "2026-12-01"))

    with pytest.raises(BlankChoiceError) as caught:
        read(tmp_path, change)
    # The one who came after the homework was due has the test alone; what is due later is no empty cell.
    assert caught.value.cells == 1
    found = read(tmp_path, change, blank="zero")
    assert set(found.scores["student"]) == {"00101", "00103"}
    assert found.scores[found.scores["student"] == "00103"]["item"].tolist() == ["Test 1"]
    assert any("left the class" in what for what in said(found, "former rows"))


@pytest.mark.parametrize(
    ("status", "score", "more", "raw", "expected", "code"),
    [
        ("exempt", "", {}, None, "excused", "exempt"),
        ("exempt", "7", {}, None, "excused", "exempt"),
        ("partially graded", "7", {}, 7.0, "scored", None),
        ("submitted", "", {}, None, "ungraded", ""),
        ("fully graded", "0", {}, 0.0, "scored", None),
        ("not submitted", "0", {}, 0.0, "missing", "not submitted"),
        ("Not Submitted", "", {}, None, "missing", "Not Submitted"),
        ("", "7", {}, 7.0, "scored", None),
        ("fully graded", "12", {}, 12.0, "scored", None),
        ("fully graded", "", {"missing": "true"}, None, "missing", "missing"),
        ("fully graded", "7", {"late": "TRUE"}, 7.0, "late", None),
        ("fully graded", "", {"textScore": "NHI"}, None, "missing", "NHI"),
    ],
)
def test_what_a_status_means(tmp_path, status, score, more, raw, expected, code):
    made = tables()
    made["results"][0] = result("r1", "l1", "u1", score, status, **more)
    for row in made["lineItems"]:
        row["academicSessionSourcedId"] = row.pop("gradingPeriodSourcedId")
    folder = write(tmp_path / "export", made, "1.2")
    found = read_gradebook(folder, blank="ungraded", codes={"NHI": "missing"})
    first = rows(found, "raw", "status", "code")[0]
    assert first == [raw, expected, code]


def test_a_status_that_nobody_explained_is_asked_about(tmp_path):
    def change(made: Tables) -> None:
        made["results"][0]["scoreStatus"] = "reassessed"

    assert "reassessed" in refused(tmp_path, change)
    found = read(tmp_path / "b", change, codes={"reassessed": "excused"})
    assert rows(found, "status")[0] == ["excused"]


def test_work_not_yet_due_is_not_missing(tmp_path):
    def change(made: Tables) -> None:
        made["lineItems"].append(item("l3", "Project", "h", "10", "2026-11-01"))
        made["results"].append(result("r5", "l3", "u1", "", "not submitted"))

    found = read(tmp_path, change, blank="ungraded")
    assert found.scores.loc[found.scores["item"] == "Project", "status"].tolist() == ["ungraded"]


def test_several_results_are_attempts_in_the_order_of_their_days(tmp_path):
    def change(made: Tables) -> None:
        made["results"][1] = result("r2", "l2", "u1", "20", scoreDate="2026-09-21")
        made["results"].append(result("r7", "l2", "u1", "45", scoreDate="2026-10-01"))
        # Missing first, then handed in: what replaced it counts.
        made["results"].append(result("r8", "l1", "u2", "6", scoreDate="2026-10-01"))

    found = read(tmp_path, change)
    test = found.scores[(found.scores["student"] == "00101") & (found.scores["item"] == "Test 1")]
    assert sorted(zip(test["attempt"], test["raw"], strict=True)) == [(1, 20.0), (2, 45.0)]
    assert rows(found, "student", "item", "raw").count(["00102", "Homework 1", 6.0]) == 1
    after = regrade(found, found.policy.but(retake={"below": 70, "keep": "best"}))
    # .4 × 80 + .6 × 40, and .4 × 80 + .6 × 90.
    assert after.marks["percent_before"].round(6).tolist()[0] == 56.0
    assert after.marks["percent"].round(6).tolist()[0] == 86.0


def test_results_that_nothing_tells_apart_are_refused(tmp_path):
    message = refused(tmp_path, lambda made: made["results"].append(result("r7", "l2", "u1", "50")))
    assert "no scoreDate tells which came first" in message
    same = read(tmp_path / "b", lambda made: made["results"].append(result("r7", "l2", "u1", "45")))
    assert len(same.scores) == 4
    assert same.ledger.loc[same.ledger["step"] == "duplicates", "rows"].tolist() == [1]


def test_policies_that_the_tables_support(tmp_path):
    found = read(tmp_path)
    floor = regrade(found, found.policy.but(floor={"percent": 50, "on": "score"}))
    # .4 × 50 + .6 × 60.
    assert floor.marks["percent"].round(6).tolist() == [86.0, 56.0]
    excused = regrade(found, found.policy.but(missing={"codes": ["not submitted"], "counts_as": "excused"}))
    assert excused.marks["percent"].round(6).tolist() == [86.0, 60.0]
    later = regrade(
        found, Policy(id="x", weights={"Homework": 0, "Tests": 100}, effective={"from": "2026-09-15"})
    )
    assert later.marks["percent"].round(6).tolist() == [90.0, 60.0]
    # scoreDate is no day of handing in, so late work is not known.
    with pytest.raises(AnalysisError, match="handed in"):
        regrade(found, found.policy.but(late={"per_day": 10}))
    assert found.scores["score_date"].notna().all() and "submitted" not in found.scores
    assert any("no day of handing in" in what for what in said(found, "layout"))


def test_weights(tmp_path):
    def fractions(made: Tables) -> None:
        made["categories"][0]["weight"], made["categories"][1]["weight"] = "0.3", "0.2"

    found = read(tmp_path, fractions)
    assert found.policy.weights == pytest.approx({"Homework": 60, "Tests": 40})
    assert any("scaled" in what for what in said(found, "grading rules"))
    bare = read(tmp_path / "b", lambda made: [row.pop("weight") for row in made["categories"]])
    assert not bare.policy.weights
    assert bare.marks["percent"].round(4).tolist() == [88.3333, 50.0]

    def two(made: Tables) -> None:
        made["courses"].append({"sourcedId": "c2", "title": "Biology"})
        made["classes"].append(
            {"sourcedId": "k2", "title": "Bio", "courseSourcedId": "c2", "schoolSourcedId": "o1"}
        )
        made["categories"] += [{"sourcedId": "h2", "title": "Homework", "weight": "100"}]
        made["lineItems"].append(item("l5", "Lab", "h2", "10", classSourcedId="k2"))
        made["results"].append(result("r9", "l5", "u1", "5"))

    several = read(tmp_path / "c", two)
    assert sorted((policy.scope.ids[0], policy.weights["Homework"]) for policy in several.policies) == [
        ("Algebra 1", 40.0), ("Biology", 100.0),
    ]  # fmt: skip
    assert dict(zip(several.marks["course"], several.marks["percent"].round(4), strict=True))["Biology"] == 50


def test_titles_and_terms_that_two_things_share(tmp_path):
    def change(made: Tables) -> None:
        made["lineItems"].append(item("l3", "Homework 1", "h", "10", "2026-09-12"))
        made["results"].append(result("r5", "l3", "u1", "10"))
        made["academicSessions"].append({"sourcedId": "q9", "title": "Quarter 1", "schoolYear": "2026"})
        made["lineItems"].append(item("l4", "Old", "h", "10", gradingPeriodSourcedId="q9"))
        made["results"].append(result("r6", "l4", "u1", "10"))

    found = read(tmp_path, change, blank="ungraded")
    assert {"Homework 1", "Homework 1 (2)"} < set(found.scores["item"])
    assert set(found.scores["term"]) == {"Quarter 1 2027", "Quarter 1 2026"}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda m: m["lineItems"][0].pop("resultValueMax"), "resultValueMax"),
        (lambda m: m["lineItems"][0].update(resultValueMax="-1"), "resultValueMax"),
        (lambda m: m["lineItems"][0].update(dueDate="soon"), "row 2: `dueDate` holds no date"),
        (lambda m: m["lineItems"].append(item("l1", "Other", "h", "5")), "two rows of one `sourcedId`"),
        (lambda m: m["lineItems"][0].update(classSourcedId=""), "no title or no class"),
        (lambda m: m["results"][0].update(studentSourcedId=""), "row 2: there is no student"),
        (lambda m: m["results"][0].update(score="great"), "great"),
        (lambda m: m["results"][0].update(scoreDate="13/13/2026"), "scoreDate"),
        (
            lambda m: [row.update(lineItemSourcedId="z") for row in m["results"]],
            "no row of results.csv counts",
        ),
        (lambda m: m["users"][0].update(identifier="1.2E+05"), "1.2E+05"),
        (
            lambda m: m["users"][0].update(identifier="u2") or m["users"][1].update(identifier=""),
            "another",
        ),
        (
            lambda m: m.update(manifest=[{"propertyName": "file.results", "value": "delta"}]),
            "results.csv holds only changes",
        ),
    ],
)
def test_what_is_not_whole_is_refused_in_one_sentence(tmp_path, change, message):
    assert message in refused(tmp_path, change, blank="ungraded")


def test_half_a_header_and_wrong_files(tmp_path):
    folder = write(tmp_path / "export", tables())
    whole = (folder / "results.csv").read_text()
    (folder / "results.csv").write_text(whole.replace("studentSourcedId", "student"))
    with pytest.raises(ReadError, match=r"results.csv has no column `studentSourcedId`"):
        read_gradebook(folder)
    (folder / "results.csv").write_text(whole.partition("\n")[2])
    with pytest.raises(ReadError, match=r"results.csv of export has no column that ends in `sourcedId`"):
        read_gradebook(folder)
    (tmp_path / "empty").mkdir()
    with pytest.raises(ReadError, match="is a folder without a table of OneRoster"):
        read_gradebook(tmp_path / "empty")


def test_zip_files_that_cannot_be_read(tmp_path):
    path = tmp_path / "export.zip"
    path.write_bytes(b"PK\x03\x04 broken")
    with pytest.raises(ReadError, match="damaged"):
        read_gradebook(path)
    zipped(path, tables())
    with pytest.raises(ReadError, match="once unpacked"):
        read_gradebook(path, limits=Limits(unzipped_megabytes=0))
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("again/results.csv", text("results", []))
    with pytest.raises(ReadError, match=r"holds results.csv twice"):
        read_gradebook(path)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("../../outside.csv", "a")
    with pytest.raises(ReadError, match="ZIP file without a table"):
        read_gradebook(path)
    assert not (tmp_path.parent / "outside.csv").exists()


def test_a_survey_named_like_a_table_is_none(tmp_path):
    path = tmp_path / "results.csv"
    path.write_text("Student ID,Quiz 1 (10 pts)\n7,8\n8,9\n")
    assert read_gradebook(path).marks["percent"].tolist() == [80.0, 90.0]


def test_cells_with_line_breaks_and_curly_apostrophes(tmp_path):
    def change(made: Tables) -> None:
        made["lineItems"][0].update(title="Maya’s map", description='two\nlines, "quoted"')
        made["results"][0].update(comment="a\nb")

    assert rows(read(tmp_path, change), "item")[0] == ["Maya’s map"]


def test_a_mapping_says_what_the_tables_do_not(tmp_path):
    mapping = {
        "layout": "oneroster",
        "courses": {"Algebra 1": {"core": True, "ag": True, "credits": 5}},
        "categories": {"Homework 1": "Practice"},
    }
    found = read(tmp_path, mapping=mapping)
    assert found.marks[["core", "ag", "credits"]].to_numpy().tolist() == [[True, True, 5.0]] * 2
    assert rows(found, "category")[0] == ["Practice"]


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_random_gradebook_reads_back_as_it_was_written(tmp_path_factory, data):
    students = data.draw(st.integers(1, 5))
    works = data.draw(st.integers(1, 5))
    cell = st.one_of(st.none(), st.just("exempt"), st.integers(0, 200).map(lambda n: n / 4))
    grid = data.draw(
        st.lists(st.lists(cell, min_size=works, max_size=works), min_size=students, max_size=students)
    )
    points = data.draw(st.lists(st.integers(1, 100), min_size=works, max_size=works))
    made = tables()
    made["users"] = [
        {"sourcedId": f"u{i}", "identifier": f"7{i}", "role": "student"} for i in range(students)
    ]
    made["enrollments"] = [
        {"sourcedId": f"e{i}", "classSourcedId": "k1", "userSourcedId": f"u{i}", "role": "student"}
        for i in range(students)
    ]
    made["lineItems"] = [item(f"l{j}", f"Work {j}", "h", str(points[j])) for j in range(works)]
    made["results"], long = [], []
    for i, line in enumerate(grid):
        for j, value in enumerate(line):
            code = isinstance(value, str)
            status = "exempt" if code else "fully graded"
            score = "" if value is None or code else str(value)
            made["results"].append(result(f"r{i}-{j}", f"l{j}", f"u{i}", score, status))
            long.append(
                {"Student ID": f"7{i}", "Work": f"Work {j}", "Kind": "Homework", "Points": str(points[j]),
                 "Score": "exempt" if code else score}
            )  # fmt: skip
    order = data.draw(st.permutations(made["results"]))
    made["results"] = list(order)
    folder = write(tmp_path_factory.mktemp("random") / "export", made)
    found = read_gradebook(folder, blank="ungraded")
    columns = {
        "Student ID": "student",
        "Work": "item",
        "Kind": "category",
        "Points": "points_possible",
        "Score": "raw",
    }
    plain = read_gradebook(
        pd.DataFrame(long),
        mapping={"layout": "long", "columns": columns, "codes": {"exempt": "excused"}},
        blank="ungraded",
    )
    names = ["student", "item", "category", "points_possible", "raw", "status"]
    both = [g.scores[names].sort_values(["student", "item"]).reset_index(drop=True) for g in (found, plain)]
    pd.testing.assert_frame_equal(*both)
    percents = [g.marks.sort_values("student")["percent"].to_numpy() for g in (found, plain)]
    np.testing.assert_allclose(*percents)
