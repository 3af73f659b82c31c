"""Policies side by side: every figure against plain arithmetic, and nothing of few students on a face."""

from __future__ import annotations

import re

import numpy as np
import openpyxl
import pandas as pd
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from relsurvey.errors import AnalysisError, PolicyError
from relsurvey.grading import Gradebook, Policy, compare_policies, read_gradebook, regrade
from relsurvey.grading.faces import rank
from relsurvey.grading.rates import df_rates
from relsurvey.words import languages
from tests.grading.made import gradebook as book_of
from tests.grading.made import policies, rows

COURSES = ("Algebra", "Biology", "English")
POINTS = {"A": 4, "B": 3, "C": 2, "D": 1, "F": 0}
FLOOR = Policy(id="floor", title={"en": "floor of 50 %", "es": "mínimo de 50 %"}, floor={"percent": 50})


def book(percents, groups=None, **policy):
    """Return a gradebook where each student has a course of the given percents, five pieces each."""
    made = [
        {"student": student, "course": course, "item": item, "category": "Tests", "points_possible": 100.0,
         "raw": float(score)}
        for student, courses in percents.items()
        for course, scores in courses.items()
        for item, score in enumerate(scores)
    ]  # fmt: skip
    scores = pd.DataFrame(made)
    keys = scores[["student", "course"]].drop_duplicates()
    marks = keys.assign(group=keys["student"].map(groups or {}), percent=np.nan)
    return Gradebook.of(scores, marks if groups else None, policies=[Policy(**policy)])


def few(n, scores, name="s"):
    return {f"{name}{i}": {"Algebra": scores} for i in range(n)}


def letter(percent):
    return next(
        name for name, cut in (("A", 90), ("B", 80), ("C", 70), ("D", 60), ("F", 0)) if percent >= cut
    )


def by_hand(marks):
    """Return the figures of marks (student, letter) worked in plain Python."""
    students = {}
    for student, one in marks:
        students.setdefault(student, []).append(one)
    return {
        "students": len(students),
        "marks": len(marks),
        "df_marks": sum(one in "DF" for _, one in marks),
        "any_df": sum(any(one in "DF" for one in own) for own in students.values()),
        "c_or_better": sum(one in "ABC" for _, one in marks),
        "gpa": sum(sum(map(POINTS.get, own)) / len(own) for own in students.values()) / len(students),
    }


def test_every_figure_is_what_plain_arithmetic_gives():
    rng = np.random.default_rng(11)
    percents = {
        f"s{i}": {course: rng.integers(1.4 * i, 101, 5).tolist() for course in COURSES[: 1 + i % 3]}
        for i in range(60)
    }
    group = {student: "ab"[i % 2] for i, student in enumerate(percents)}
    table = compare_policies(book(percents, group), FLOOR, by="group").table
    before = {(s, c): letter(sum(x) / 5) for s, own in percents.items() for c, x in own.items()}
    after = {
        (s, c): letter(sum(max(v, 50) for v in x) / 5) for s, own in percents.items() for c, x in own.items()
    }
    for name, marks in (("the courses' own rules", before), ("floor of 50 %", after)):
        for called in ("all students", "a", "b"):
            keys = [key for key in marks if called in ("all students", group[key[0]])]
            (row,) = table[(table["policy"] == name) & (table["group"] == called)].to_dict("records")
            wanted = by_hand([(key[0], marks[key]) for key in keys])
            assert {key: row[key] for key in wanted} == pytest.approx(wanted)
            assert row["df_rate"] == pytest.approx(wanted["df_marks"] / wanted["marks"])
            assert row["any_df_rate"] == pytest.approx(wanted["any_df"] / wanted["students"])
            assert row["c_or_better_rate"] == pytest.approx(wanted["c_or_better"] / wanted["marks"])
            moved = [key for key in keys if marks[key] != before[key]]
            assert row["changed"] == row["up"] == len(moved)
            assert row["students_changed"] == row["students_up"] == len({key[0] for key in moved})
            assert row["down"] == row["students_down"] == 0
    assert len({*before.values()}) == 5
    assert before != after


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_it_agrees_with_the_rates_of_the_same_marks_and_counts_moves_one_by_one(data):
    of = data.draw(rows(students=6))
    assume(of)
    one = book_of(of, data.draw(policies(of)))
    tried = data.draw(policies(of))
    regraded = regrade(one, tried)
    table = regraded.table
    for row, marks in zip(table.to_dict("records"), (regraded.before, regraded.after), strict=True):
        if not marks["letter"].notna().any():
            continue
        (rates,) = df_rates(marks).table.to_dict("records")
        assert (row["marks"], row["students"]) == (rates["n_marks"], rates["n_students"])
        for mine, theirs in (
            ("df_rate", "df"),
            ("any_df_rate", "any_df"),
            ("c_or_better_rate", "c_or_better"),
        ):
            assert row[mine] == pytest.approx(rates[theirs])
        assert row["gpa"] == pytest.approx(rates["gpa"], nan_ok=True)
    up = down = changed = lost = gained = 0
    order = ["NP", "P"], ["F", "D", "C", "B", "A"]
    for was, now in zip(regraded.marks["letter_before"], regraded.marks["letter"], strict=True):
        lost += isinstance(was, str) and not isinstance(now, str)
        gained += isinstance(now, str) and not isinstance(was, str)
        if isinstance(was, str) and isinstance(now, str) and was != now:
            changed += 1
            for scale in order:
                if was in scale and now in scale:
                    up += scale.index(now) > scale.index(was)
                    down += scale.index(now) < scale.index(was)
    counts = ["changed", "up", "down", "lost", "gained"]
    assert tuple(table.iloc[1][counts]) == (changed, up, down, lost, gained)
    assert len(regraded.changed) == changed + lost + gained


def test_signs_of_letters_count():
    assert [rank(one) for one in ("A", "A-", "B+", "B", "B\N{MINUS SIGN}")] == [4, 3.75, 3.25, 3, 2.75]


def test_marks_that_move_down_are_beside_those_that_move_up():
    rising, falling = few(12, [85, 85, 85, 85, 0], "up"), few(11, [95, 95, 95, 95, 95], "down")
    one = book(rising | falling)
    harder = Policy(floor={"percent": 50}, cuts={"A": 97, "B": 80, "C": 70, "D": 60, "F": 0})
    row = compare_policies(one, harder).table.iloc[1]
    assert tuple(row[["changed", "up", "down", "students_up", "students_down"]]) == (23, 12, 11, 12, 11)


def text_of(found, tmp_path):
    """Return everything that a result shows of itself."""
    said = [found.in_words(language) for language in languages()] + [found._repr_html_(), repr(found)]
    said += [" ".join(found.notes_in(language)) for language in languages()]
    for sheet in openpyxl.load_workbook(found.to_excel(tmp_path / "found.xlsx")).worksheets:
        said += [str(cell) for row in sheet.iter_rows(values_only=True) for cell in row if cell is not None]
    return said


def test_a_group_of_nine_and_one_mover_stay_hidden(tmp_path):
    # 31 students with a C, of whom one has a D that a floor lifts; 9 in the small group.
    percents = (
        few(30, [75] * 5, "big") | {"one": {"Algebra": [85, 85, 85, 85, 0]}} | few(9, [30] * 5, "small")
    )
    group = {student: "small" if student.startswith("small") else "large" for student in percents}
    found = compare_policies(book(percents, group), FLOOR, by="group")
    assert tuple(found.table.query("group == 'small'")["students"]) == (9, 9)
    face = found.faces()[0]
    small = [row for row in face.rows if row[1] == "small"]
    assert [row[2:] for row in small] == [("under 10", *[None] * 7)] * 2
    (large,) = [row for row in face.rows if row[:2] == ("floor of 50 %", "large")]
    # D/F falls from 1 to 0 of 31: neither the count nor the two shares side by side are shown.
    assert large[2:] == (
        31, "about the same", "about the same", "about the same", "about the same",
        "of fewer than 10 students", "of fewer than 10 students", "0",
    )  # fmt: skip
    whole = " ".join(text_of(found, tmp_path))
    assert "fewer than 10 students" in whole
    assert not re.search(r"\bone\b.{0,40}Algebra|small\d|big\d", whole)


def test_a_count_that_could_be_worked_out_is_hidden_too():
    percents = few(25, [85, 85, 85, 85, 0], "up") | few(3, [91] * 5, "down")
    harder = Policy(floor={"percent": 50}, cuts={"A": 97, "B": 80, "C": 70, "D": 60, "F": 0})
    found = compare_policies(book(percents), harder)
    (row,) = [row for row in found.faces()[0].rows if row[0] == "policy"]
    # 28 change and 25 move up: that would leave 3.
    assert row[-3:] == ("not shown", "25", "of fewer than 10 students")
    assert "28" not in found.sentence


def test_the_masks_are_those_of_files_in_a_file(tmp_path):
    found = compare_policies(book(few(10, [85, 85, 85, 85, 0])), FLOOR)
    assert found.faces()[0].rows[1][1] == 10
    book_ = openpyxl.load_workbook(found.to_excel(tmp_path / "a.xlsx"))
    cells = [str(cell) for row in book_.worksheets[1].iter_rows(values_only=True) for cell in row]
    assert "under 11" in cells
    assert "10" not in cells


def test_sentences_say_if_nothing_else_changed_in_both_languages():
    found = compare_policies(book(few(20, [85, 85, 85, 85, 0]) | few(20, [75] * 5, "t")), FLOOR)
    assert found.sentence == (
        "Under the courses' own rules, the share of marks that are a D or an F is: 50 %. "
        "Under “floor of 50 %” it would be: 0 %. Marks that move up: 20; marks that move down: 0. "
        "All of this holds only if nothing else changed: students and teachers work differently under "
        "another rule."
    )
    assert "«mínimo de 50 %»" in found.in_words("es")
    assert "si nada más cambiara" in found.in_words("es")
    for language in languages():
        assert not re.search(r"[{}]|grading\.", found.in_words(language) + str(found.faces(language)))
    assert compare_policies(book(few(9, [75] * 5)), FLOOR).sentence == (
        "Too few students: at least 10 are needed."
    )
    same = compare_policies(book(few(12, [75] * 5)), FLOOR).sentence
    assert "Under “floor of 50 %” no letter changes." in same


def test_what_the_courses_have_and_the_policy_does_not_is_said():
    own = {"weights": {"Tests": 100}, "drop_lowest": {"Tests": 1}, "cuts": {"A": 85, "F": 0}}
    one = book(few(12, [85, 85, 85, 85, 0]), **own)
    (note,) = [note for note in compare_policies(one, FLOOR).notes if "part of the difference" in note]
    assert "lowest scores left out, weights of categories and other cuts for the letters" in note
    assert "`gradebook.but(...)`" in note
    kept = compare_policies(one, {"floor": one.but(floor={"percent": 50})})
    assert not [note for note in kept.notes if "part of the difference" in note]
    # Cuts that a policy names are its own wish.
    other = FLOOR.but(weights={"Tests": 100}, drop_lowest={"Tests": 2}, cuts={"A": 80, "F": 0})
    assert not [note for note in compare_policies(one, other).notes if "part of the difference" in note]


@pytest.mark.parametrize(
    ("cells", "blank", "said"),
    [
        ("", "ungraded", "read as not graded yet (15): what missing work counts changes nothing here."),
        ("", "excused", "read as excused: what missing work counts changes nothing here."),
        ("", "zero", None),
        ("60", "ungraded", "has no missing work, so what missing work counts changes nothing here."),
    ],
)
def test_a_rule_for_missing_work_says_where_there_is_none(tmp_path, cells, blank, said):
    path = tmp_path / "book.csv"
    lines = [f"{i:03d},Algebra,80,{cells if i < 15 else 70},90" for i in range(40)]
    path.write_text(
        "\n".join(["Student ID,Course,One (100 pts),Two (100 pts),Three (100 pts)", *lines]), "utf-8"
    )
    one = read_gradebook(path, blank=blank)
    policy = {"missing": one.but(missing={"counts_as": "excused"})}
    for found in (compare_policies(one, policy), regrade(one, policy["missing"])):
        notes = [note for note in found.notes if "has no missing work" in note]
        assert len(notes) == (said is not None)
        assert all(said in note for note in notes)
    assert not [note for note in compare_policies(one, FLOOR).notes if "missing work" in note]
    spanish = " ".join(compare_policies(one, policy).notes_in("es"))
    assert ("trabajo sin entregar" in spanish) == (said is not None)


def test_whether_the_simulator_proved_itself_is_said():
    scores = pd.DataFrame(
        {"student": "s1", "item": list("ab"), "raw": [80.0, 60.0], "points_possible": 100.0}
    )
    for exported, words in ((70.0, "Checked"), (71.0, "gives 0 of every 100"), (None, "Not checked")):
        totals = None if exported is None else pd.DataFrame({"student": ["s1"], "final": [exported]})
        notes = regrade(Gradebook.of(scores, totals=totals), FLOOR).notes
        assert sum(words in note for note in notes) == 1


def semesters(n=20):
    """Return a year of ten semester courses a student; the last two fail without a floor."""
    passing, failing = [85.0] * 5, [80.0, 80.0, 80.0, 45.0, 0.0]
    scores = pd.DataFrame(
        [
            {"student": f"s{s}", "course": f"c{c}", "term": "S1", "item": item, "raw": score}
            for s in range(n)
            for c in range(10)
            for item, score in enumerate(passing if c < 8 else failing)
        ]
    ).assign(points_possible=100.0)
    marks = scores[["student", "course", "term"]].drop_duplicates()
    marks["letter"] = np.where(marks["course"] < "c8", "B", "F")
    # A course that was failed earned nothing.
    return scores, marks.assign(core=True, credits=np.where(marks["letter"] == "F", 0.0, 0.5))


def test_on_track_counts_the_credits_of_courses_that_are_passed_under_the_policy():
    scores, marks = semesters()
    # Others passed the same courses: what they earn is known.
    extra = marks[marks["student"] == "s0"].assign(student="t", letter="B", credits=0.5)
    marks = pd.concat([marks, extra], ignore_index=True)
    found = compare_policies(Gradebook.of(scores, marks), FLOOR)
    table = found.table
    # 8 courses of 0.5 are 4 credits and two core failures; with the floor all ten pass.
    assert table["on_track"].tolist() == [1, 21]
    assert table["on_track_of"].tolist() == [21, 21]
    assert table["on_track_rate"].tolist() == pytest.approx([1 / 21, 1])
    assert "Students: On track" in found.faces()[0].html()
    # Where nobody passed a course before, what it earns is not known.
    alone = compare_policies(Gradebook.of(scores, marks[marks["student"] != "t"]), FLOOR).table
    assert alone["on_track"].tolist() == [0, 0]
    assert alone["on_track_of"].tolist() == [20, 0]


def test_where_the_marks_do_not_allow_the_rule_it_is_said_why():
    found = compare_policies(book(few(12, [75] * 5)), FLOOR)
    assert "on_track" not in found.table
    assert any(note.startswith("Who is on track is not shown; ") for note in found.notes)
    with pytest.raises(PolicyError, match="no rule"):
        compare_policies(book(few(12, [75] * 5)), FLOOR, rule="chicagoo")


def test_groups_come_from_a_roster_too():
    one = book(few(12, [75] * 5, "a") | few(11, [65] * 5, "b"))
    roster = pd.DataFrame(
        {"student": [f"{x}{i}" for x in "ab" for i in range(12)], "home": ["x"] * 12 + ["y"] * 12}
    )
    table = compare_policies(one, FLOOR, by="home", roster=roster).table
    assert table.query("home == 'y'")["df_marks"].tolist() == [11, 11]


def test_what_cannot_be_compared_is_refused():
    one = book(few(12, [75] * 5))
    with pytest.raises(AnalysisError, match="teachers are not compared"):
        compare_policies(one, FLOOR, by="teacher")
    with pytest.raises(AnalysisError, match="No policy was given"):
        compare_policies(one, [])
    with pytest.raises(AnalysisError, match="retake_bounds"):
        compare_policies(one, Policy(retake={"below": 70}))


def test_policies_of_one_name_are_told_apart_and_a_dict_names_them():
    one = book(few(12, [75] * 5))
    table = compare_policies(one, [FLOOR, FLOOR.but(floor={"percent": 60})]).table
    assert table["policy"].tolist()[1:] == ["floor of 50 %", "floor of 50 % (2)"]
    assert compare_policies(one, {"x": FLOOR}).table["policy"].tolist()[1:] == ["x"]


def test_names_of_policies_and_groups_are_text():
    percents = few(12, [75] * 5)
    group = dict.fromkeys(percents, "<script>")
    html = compare_policies(book(percents, group), {"<b>=1": FLOOR}, by="group")._repr_html_()
    assert "<script>" not in html
    assert "<b>" not in html


def test_marks_regraded_show_the_same_faces():
    regraded = regrade(book(few(12, [85, 85, 85, 85, 0])), FLOOR)
    assert regraded.sentence == regraded.compared.sentence
    assert set(regraded.sentences) == {"en", "es"}
    assert len(regraded.changed) == 12
    assert "Policies side by side" in regraded._repr_html_()
    assert repr(regraded) == "Regraded: 12 marks under floor"


EXCUSED = Policy(id="excused", title={"en": "excused", "es": "no cuenta"}, missing={"counts_as": "excused"})


def unhanded(none, others, score=85.0):
    """Return a gradebook where so many students handed in nothing, and the others have a score."""
    students = [f"n{i}" for i in range(none)] + [f"s{i}" for i in range(others)]
    scores = pd.DataFrame([(student, item) for student in students for item in "ab"])
    scores.columns = ["student", "item"]
    missing = scores["student"].str.startswith("n")
    return Gradebook.of(
        scores.assign(
            course="Algebra", points_possible=100.0, raw=np.where(missing, 0.0, score),
            status=np.where(missing, "missing", "scored"),
        )
    )  # fmt: skip


def test_marks_that_lose_their_letter_are_counted_and_said():
    tried = regrade(unhanded(30, 70), EXCUSED)
    assert len(tried.changed) == 30
    assert tried.changed["letter"].isna().all()
    assert set(tried.changed["letter_before"]) == {"F"}
    row = tried.table.iloc[1]
    assert tuple(row[["marks", "changed", "up", "down", "lost", "gained"]]) == (70, 0, 0, 0, 30, 0)
    assert tuple(row[["students_lost", "students_any"]]) == (30, 30)
    assert (
        "Under “excused” it would be: 0 %. Marks that move up: 0; marks that move down: 0. "
        "Marks that would have no letter, and are left out of the shares: 30." in tried.sentence
    )
    assert "Calificaciones que quedarían sin letra" in tried.sentences["es"]
    face = tried.compared.faces()[0]
    assert face.head[-1] == "Marks that would have no letter"
    assert [row[-1] for row in face.rows] == [None, "30"]


def test_marks_that_gain_a_letter_are_counted_and_said():
    book_ = unhanded(30, 70)
    found = compare_policies(Gradebook.of(book_.scores, policies=[EXCUSED]), Policy(id="zero"))
    assert tuple(found.table.iloc[1][["changed", "lost", "gained", "students_gained"]]) == (0, 0, 30, 30)
    assert "Marks that have no letter now and would have one: 30." in found.sentence
    assert found.faces()[0].head[-1] == "Marks that would gain a letter"


def test_few_marks_that_lose_their_letter_stay_hidden(tmp_path):
    found = compare_policies(unhanded(3, 70), EXCUSED)
    assert "of fewer than 10 students" in found.sentence
    assert "no letter changes" not in found.sentence
    (_, row) = found.faces()[0].rows
    # 73 students now and 70 then, or 4 % and 0 %, would tell of 3.
    assert row[1:6] == ("about the same",) * 5
    assert row[-1] == "of fewer than 10 students"
    assert not re.search(r"\b(3|70)\b", " ".join([found.sentence, *map(str, row)]))


def test_few_of_many_that_lose_their_letter_cannot_be_worked_out():
    # 30 F marks and 4 others lose their letter: 4 marks fewer of C or better, of a share that rises.
    scores = unhanded(30, 70).scores
    four = scores["student"].isin([f"s{i}" for i in range(4)])
    scores["category"] = np.where(four, "Extra", "Work")
    found = compare_policies(Gradebook.of(scores), EXCUSED.but(exclude=["Extra"]))
    (_, row) = found.faces()[0].rows
    assert tuple(found.table.iloc[1][["lost", "c_or_better"]]) == (34, 66)
    assert row[2:5] == ("not shown", "not shown", "not shown")
    assert "the share is not shown" in found.sentence


@pytest.mark.parametrize("left", [0, 9])
def test_where_hardly_a_mark_keeps_its_letter_no_share_is_said(left):
    found = compare_policies(unhanded(30, left), EXCUSED)
    assert "fewer than 10 students would have marks with a letter" in found.sentence
    assert not re.search(r"None|nan|about|would be|30", found.sentence.split("Under “excused”")[1])
    assert found.faces()[0].rows[1][1:] == ("under 10", *[None] * (len(found.faces()[0].head) - 2))


def test_a_course_that_loses_all_its_letters_says_so_in_its_row():
    scores = unhanded(0, 30, 40.0).scores
    scores = pd.concat([scores.assign(category="Work"), scores.assign(course="PE", category="Effort")])
    found = compare_policies(Gradebook.of(scores), Policy(exclude=["Effort"]), by="course")
    assert found.table.query("policy == 'policy'")["lost"].tolist() == [30, 0, 30]
    assert "left out of the shares: 30." in found.sentence


def test_marks_that_were_set_by_hand_are_said():
    scores = unhanded(0, 24, 60.0).scores
    totals = scores[["student", "course"]].drop_duplicates()
    for n, said in ((12, "12"), (3, "of fewer than 10 students"), (0, None)):
        by_hand = totals.assign(final=60.0, override=[99.0] * n + [np.nan] * (24 - n))
        tried = Gradebook.of(scores, totals=by_hand)
        for found in (compare_policies(tried, FLOOR), regrade(tried, FLOOR).compared):
            notes = [note for note in found.notes if "set by hand" in note]
            assert len(notes) == (said is not None)
            assert all(f"the scores do not give: {said}." in note for note in notes)
            assert any("a mano" in note for note in found.notes_in("es")) is (said is not None)
    # A mark without scores stays as it was exported.
    alone = pd.DataFrame({"student": ["x"], "course": ["Algebra"], "override": [99.0]})
    assert not any("by hand" in note for note in regrade(Gradebook.of(scores, totals=alone), FLOOR).notes)


def lifted(first, both, rest=40):
    """Return a gradebook and two floors: one lifts some D's and F's, the other these and a few more."""
    percents = (
        few(first, [85, 85, 85, 85, 0], "first") | few(both, [85, 85, 85, 80, 0], "both")
        | few(rest, [75] * 5, "rest")
    )  # fmt: skip
    # Four 85s and a 0 reach 70 with a floor of 10 %; with an 80 among them it takes 15 %.
    return book(percents), {"ten": Policy(floor={"percent": 10}), "more": Policy(floor={"percent": 15})}


def test_two_policies_that_few_students_tell_apart_are_about_the_same(tmp_path):
    gradebook, tried = lifted(30, 4)
    found = compare_policies(gradebook, tried, rule=None)
    assert found.table["df_marks"].tolist() == [34, 4, 0]
    own, ten, more = found.faces()[0].rows
    assert (own[2], ten[2]) == ("46 %", "5 %")
    # 30 marks move up and 34: neither these nor the shares stand beside each other.
    assert more[2:] == (*["about the same as “ten”"] * 4, "not shown", "about the same as “ten”", "0")
    assert "Under “more” it would be: about the same as “ten”. " in found.sentence
    assert "casi igual que con «ten»" in found.in_words("es")
    for language in languages():
        shown = " ".join([found.in_words(language), str(found.faces(language)), *text_of(found, tmp_path)])
        assert not re.search(r"\b(34|0 %)", shown)


@pytest.mark.parametrize(("apart", "shown"), [(9, False), (10, True), (11, True)])
def test_as_many_tell_two_policies_apart_in_a_notebook_as_make_a_difference(apart, shown):
    gradebook, tried = lifted(30, apart)
    face = compare_policies(gradebook, tried).faces()[0]
    assert (face.rows[2][2] == "0 %") is shown


def test_each_group_is_masked_by_its_own_students(tmp_path):
    percents = (
        few(30, [85, 85, 85, 85, 0], "n1") | few(4, [85, 85, 85, 80, 0], "n2") | few(30, [75] * 5, "n3")
        | few(30, [85, 85, 85, 85, 0], "s1") | few(15, [85, 85, 85, 80, 0], "s2")
    )  # fmt: skip
    group = {student: "north" if student.startswith("n") else "south" for student in percents}
    found = compare_policies(book(percents, group), lifted(1, 1)[1], by="group")
    share = {row[:2]: row[3] for row in found.faces()[0].rows}
    assert share["more", "north"] == "about the same as “ten”"
    assert (share["ten", "south"], share["more", "south"]) == ("33 %", "0 %")


def test_a_policy_is_set_beside_the_first_that_shows_its_number():
    gradebook, tried = lifted(30, 4)
    # The first lifts nobody who counts; the third and fourth are few students from the second.
    four = {"one": Policy(floor={"percent": 1}), **tried, "most": Policy(floor={"percent": 16})}
    rows_ = compare_policies(gradebook, four).faces()[0].rows
    assert [row[2] for row in rows_] == ["46 %", "46 %", "5 %", *["about the same as “ten”"] * 2]


def test_a_count_of_those_who_move_cannot_be_worked_out_of_the_others():
    up = few(30, [85, 85, 85, 85, 0], "up") | few(4, [85, 85, 85, 80, 0], "few")
    gradebook = book(up | few(40, [91] * 5, "down") | few(40, [95] * 5, "low"))
    cuts = {"A": 93, "B": 80, "C": 70, "D": 60, "F": 0}
    tried = {
        "a": Policy(floor={"percent": 10}, cuts=cuts),
        "b": Policy(floor={"percent": 15}, cuts={**cuts, "A": 97}),
    }
    found = compare_policies(gradebook, tried)
    assert found.table[["changed", "up", "down"]].to_numpy().tolist()[1:] == [[70, 30, 40], [114, 34, 80]]
    _, a, b = found.faces()[0].rows
    assert (a[-3:], b[-3:]) == (("70", "30", "40"), ("not shown", "about the same as “a”", "80"))


def test_sentences_in_a_workbook_mask_as_its_tables_do(tmp_path):
    found = compare_policies(book(few(10, [85, 85, 85, 85, 0]) | few(30, [75] * 5, "t")), FLOOR)
    assert "Marks that move up: 10" in found.sentence
    page = openpyxl.load_workbook(found.to_excel(tmp_path / "a.xlsx")).worksheets[0]
    assert "the letters of fewer than 11 students change" in page["A1"].value
    two = compare_policies(*lifted(30, 10))
    assert "it would be: 0 %" in two.sentence
    page = openpyxl.load_workbook(two.to_excel(tmp_path / "b.xlsx")).worksheets[0]
    assert "Under “more” it would be: about the same as “ten”." in page["A1"].value
