"""On track: every rule against the same rule written out for one student at a time."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from statsmodels.stats.proportion import proportion_confint

import relsurvey as rs
from relsurvey.errors import AnalysisError, PolicyError
from relsurvey.words import languages

POINTS = {"A": 4, "B": 3, "C": 2, "D": 1, "F": 0}
SUBJECTS = ["English", "Mathematics", "Science", "History", "PE", "Art"]


def marks(students=120, seed=1, terms=("S1", "S2"), open_too=True):
    rng = np.random.default_rng(seed)
    rows = []
    for i in range(students):
        weights = np.array([5, 6, 5, 2, 2 + 3 * (i % 5 == 0), 0.3, 0.2, 0.3 * open_too, 0.1])
        for term in terms if i % 11 else terms[:1]:
            for subject in SUBJECTS:
                letter = rng.choice(["A", "B", "C", "D", "F", "P", "NP", "I", "W"], p=weights / weights.sum())
                rows.append((f"s{i:03d}", subject, subject, term, letter, subject in SUBJECTS[:4], 9))
    frame = pd.DataFrame(
        rows, columns=["student", "course", "subject", "term", "letter", "core", "grade_level"]
    )
    return frame.assign(gender=np.where(frame.student.str[-1].astype(int) % 2, "girl", "boy"))


def told(parts):
    """Return False as soon as one part is, True if all are, None otherwise."""
    return False if False in parts else None if None in parts else True


def at_most(sure, most, limit, any_known=True):
    return False if sure > limit else None if most > limit or not any_known else True


def chicago(own, credit=None, whole=1.0):
    passed = own[own.letter.isin([*"ABCD", "P"])]
    got = 0.5 * len(passed) if credit is None else passed[credit].sum() / whole
    still = own[own.letter == "I"]
    most = got + (0.5 * len(still) if credit is None else still[credit].sum() / whole)
    short = own.term.nunique() < 2 or most >= 5
    credits_ = True if got >= 5 else None if short else False
    core = own[own.core]
    failed, still = core.letter.isin(["F", "NP"]).sum(), (core.letter == "I").sum()
    return told([credits_, at_most(failed, failed + still, 1, len(core[core.letter != "W"]) > 0)])


def by_hand(frame, rule):
    return {student: rule(own) for student, own in frame.groupby("student")}


def found_of(found):
    return dict(zip(found.students["student"], found.students["on_track"], strict=True))


@pytest.mark.parametrize("seed", range(3))
def test_chicago_by_semesters_is_what_each_student_by_hand_gives(seed):
    frame = marks(seed=seed)
    found = rs.grading.on_track(frame, "chicago", by="gender")
    expected = by_hand(frame, chicago)
    assert found_of(found) == expected
    assert {True, False, None} == set(expected.values())
    assert ("convention", 2) in found.notes
    assert "Whatever they are, the share of all students lies within" in found.sentence
    for _, row in found.table.iterrows():
        own = [expected[s] for s in frame[frame.gender == row["gender"]].student.unique()]
        on, known = own.count(True), len(own) - own.count(None)
        assert (row["n_students"], row["known"], row["cannot_tell"]) == (len(own), known, own.count(None))
        assert (row["least"], row["most"]) == (on / len(own), (on + own.count(None)) / len(own))
        limits = proportion_confint(on, known, method="wilson")
        assert [row["on_track"], row["on_track_low"], row["on_track_high"]] == pytest.approx(
            [on / known, *limits]
        )


def test_credits_count_as_they_stand_and_a_year_of_ten_is_the_same_as_one_of_one():
    frame = marks().assign(credits=0.5)
    rng = np.random.default_rng(3)
    frame.loc[rng.random(len(frame)) < 0.1, "credits"] = 0.25
    found = rs.grading.on_track(frame)
    assert found_of(found) == by_hand(frame, lambda own: chicago(own, "credits"))
    assert ("credits", 2) in found.notes
    tens = frame.assign(credits=10 * frame.credits)
    assert found_of(rs.grading.on_track(tens, year_course=10)) == found_of(found)
    with pytest.raises(AnalysisError, match=r"Most marks earn 5 credits.*`year_course=10`"):
        rs.grading.on_track(tens)


def test_a_passed_mark_without_credits_leaves_it_open():
    frame = pd.DataFrame(
        {
            "student": ["a"] * 10 + ["b"] * 10,
            "term": ["S1", "S2"] * 10,
            "letter": "B",
            "core": True,
            "credits": 0.5,
        }
    )
    frame.loc[0, "credits"] = np.nan
    assert rs.grading.on_track(frame).students["on_track"].tolist() == [None, True]


def test_half_a_year_never_puts_a_student_off_track_for_credits():
    frame = marks(terms=("S1",), open_too=False)
    found = rs.grading.on_track(frame, "rise")
    failed = frame[frame.core & frame.letter.isin(["F", "NP"])].groupby("student").size()
    off = set(failed[failed > 1].index)
    assert found_of(found) == {s: False if s in off else None for s in frame.student.unique()}
    assert found.table["known"].tolist() == [len(off)] and ("part", 1) in found.notes
    assert set(found.reasons["what"]) == {"credits", "core_failed"}
    # Said to be a whole year's marks, six courses are six credits.
    whole = rs.grading.on_track(frame, "rise", terms=1)
    assert whole.table["cannot_tell"].tolist() == [0]


@pytest.mark.parametrize("rule", ["chicago", "rise"])
def test_marks_that_hold_too_few_credits_put_nobody_off_track_for_them(rule):
    # Four courses of a year are 4 credits at most, and the rules ask for 5.
    rows = [
        (f"s{i:02d}", course, term, "F" if i < 12 and course == "Algebra" else "A", course != "Art")
        for i in range(40)
        for course in ("English", "Algebra", "Biology", "Art")
        for term in ("S1", "S2")
    ]
    frame = pd.DataFrame(rows, columns=["student", "course", "term", "letter", "core"])
    for credit in (None, 0.5):
        marks_ = frame if credit is None else frame.assign(credits=credit * (frame.letter == "A"))
        found = rs.grading.on_track(marks_, rule)
        assert found_of(found) == {name: False if name < "s12" else None for name in frame.student}
        assert found.sentence.startswith(
            "Who is on track cannot be told: these marks hold at most 4 of the 5 "
        )
        assert "no se puede saber quién va en buen camino" in found.in_words("es").casefold()
        assert "como máximo 4 de los 5 créditos" in found.in_words("es")
        assert "%" not in found.sentence and found.faces()[0].rows[0][2:4] == (None, None)
    # As soon as one student's marks could reach them, the others' courses are what they are, and it is said.
    more = [("s39", "Music", term, "F", False) for term in ("S1", "S2")]
    found = rs.grading.on_track(pd.concat([frame, pd.DataFrame(more, columns=frame.columns)]), rule)
    assert set(found_of(found).values()) == {False} and found.sentence.startswith("On track: 0 %")
    assert "every course were passed: 39." in found.sentence


def test_summer_is_left_out_where_the_rule_says_so():
    frame = pd.DataFrame(
        {
            "student": ["a"] * 10 + ["b"] * 10,
            "term": [*["Fall"] * 5, *["Spring"] * 4, "Summer 2026", *["Fall", "Spring"] * 5],
            "letter": "B",
            "core": True,
        }
    )
    assert rs.grading.on_track(frame).students["on_track"].tolist() == [False, True]
    assert ("summer", 1) in rs.grading.on_track(frame).notes
    counted = frame.replace("Summer 2026", "Spring")
    assert rs.grading.on_track(counted).students["on_track"].tolist() == [True, True]


def test_a_core_mark_that_may_not_be_core_leaves_it_open():
    frame = pd.DataFrame({"student": "a", "letter": ["F", "F"] + ["A"] * 12, "term": ["S1", "S2"] * 7})
    for core, expected in (([True, True], False), ([True, None], None), ([False, True], True)):
        given = frame.assign(core=pd.Series([*core] + [False] * 12, dtype=object))
        assert rs.grading.on_track(given).students["on_track"].tolist() == [expected]


def test_without_a_course_known_to_be_core_it_is_not_told_that_none_was_failed():
    frame = pd.DataFrame({"student": np.repeat(["a", "b"], 10), "letter": "A", "term": ["S1", "S2"] * 10})
    core = pd.Series([None] * 10 + [True] + [None] * 9, dtype=object)
    assert rs.grading.on_track(frame.assign(core=core)).students["on_track"].tolist() == [None, True]


def presence(frame, seed=2):
    rng = np.random.default_rng(seed)
    ids = frame.student.unique()[:-5]
    return pd.DataFrame(
        {
            "student": ids,
            "attendance": rng.choice([100, 97.5, 96, 95.9, np.nan], len(ids)),
            "suspensions": rng.choice([0, 0, 0, 1], len(ids)),
        }
    )


@pytest.mark.parametrize(("rule", "grade", "least"), [("ew-9", 9, 3.0), ("ew-8", 8, 2.5)])
def test_education_to_workforce_is_what_each_student_by_hand_gives(rule, grade, least):
    frame = marks(seed=4).assign(grade_level=grade)
    frame["letter"] = np.where(np.random.default_rng(0).random(len(frame)) < 0.5, "A", frame.letter)
    days = presence(frame)
    by = days.set_index("student")

    def hand(own):
        points = [POINTS[x] for x in own.letter if x in POINTS]
        parts = [sum(points) / len(points) >= least - 1e-12 if points else None]
        for subject in ("English", "Mathematics"):
            x = own[own.subject == subject].letter
            bad, still = x.isin(["D", "F", "NP"]).sum(), (x == "I").sum()
            parts.append(at_most(bad, bad + still, 0, (~x.isin(["I", "W"])).any()))
        name = own.student.iloc[0]
        rate = by.attendance.get(name, np.nan)
        parts.append(None if np.isnan(rate) else bool(rate >= 96))
        parts.append(None if name not in by.index else bool(by.suspensions[name] == 0))
        return told(parts)

    expected = by_hand(frame, hand)
    assert {True, False, None} == set(expected.values())
    found = rs.grading.on_track(frame, rule, days)
    assert found_of(found) == expected
    assert found.rule.text["en"] in found.sentence and found.rule.text["es"] in found.in_words("es")


def test_attendance_is_read_from_a_file_with_percent_signs_and_spreadsheet_ids(tmp_path):
    path = tmp_path / "days.csv"
    path.write_text("student,Attendance,Suspensions\n007,97 %,0\n8,90%,0\n", "utf-8")
    frame = pd.DataFrame({"student": [7, 7, 8, 8], "letter": "A", "subject": ["English", "Math"] * 2})
    assert rs.grading.on_track(frame, "ew-9", path).students["on_track"].tolist() == [True, False]


@pytest.mark.parametrize(
    ("heading", "written", "separator"),
    [
        ("Attendance", "{:.1f}", ","),
        ("Attendance", "{:.1f},", ";"),
        ("Attendance %", "{:.1f} %", ","),
        ("% Asistencia", "{:.1f},%", ";"),
        ("attendance", "share", ","),
    ],
)
def test_attendance_is_read_as_it_is_where_only_attendance_is_asked(tmp_path, heading, written, separator):
    frame = marks(seed=4).assign(grade_level=9)
    frame["letter"] = np.where(np.random.default_rng(0).random(len(frame)) < 0.5, "A", frame.letter)
    days = presence(frame)

    def cell(rate):
        if np.isnan(rate):
            return ""
        if written == "share":
            return f"{rate / 100:.3f}"
        text = written.replace(",", "").format(rate)
        return text.replace(".", ",") if "," in written else text

    path = tmp_path / "days.csv"
    lines = [
        separator.join((name, cell(rate), str(out)))
        for name, rate, out in zip(days.student, days.attendance, days.suspensions, strict=True)
    ]
    path.write_text("\n".join([separator.join(("Student ID", heading, "Suspensions")), *lines]), "utf-8")
    expected = found_of(rs.grading.on_track(frame, "ew-9", days))
    found = rs.grading.on_track(frame, "ew-9", path)
    assert {True, False, None} == set(expected.values()) and found_of(found) == expected
    again = rs.grading.on_track(frame, "ew-9", rs.grading.attendance(path).students)
    assert found_of(again) == expected
    told = "Rates of attendance between 0 and 1 were taken as shares" in found.sentence
    assert told == (written == "share")


def test_rows_of_attendance_that_are_no_ones_are_said():
    frame = marks(40).assign(grade_level=9)
    days = pd.concat([presence(frame), pd.DataFrame({"student": [None, "zz"], "attendance": 97.0})])
    notes = dict(rs.grading.on_track(frame, "ew-9", days).notes)
    assert notes["attendance_unnamed"] == notes["attendance_unmatched"] == 1


def test_attendance_that_no_part_of_a_rule_asks_for_is_said():
    frame = marks(20)
    days = pd.DataFrame({"student": frame.student.unique(), "attendance": 97.0})
    said = "Attendance was given, and this rule does not ask for it."
    assert said in rs.grading.on_track(frame, "df-count", attendance=days).sentence
    assert said not in rs.grading.on_track(frame, "df-count").sentence


def test_bs_or_better_and_the_count_of_ds_and_fs():
    frame = marks(seed=6)
    gpa = (
        frame[frame.letter.isin(list(POINTS))]
        .assign(p=lambda f: f.letter.map(POINTS))
        .groupby("student")
        .p.mean()
    )
    found = found_of(rs.grading.on_track(frame, "bs-or-better"))
    assert found == {s: bool(gpa[s] >= 3 - 1e-12) for s in frame.student.unique()}
    bad = frame[frame.letter.isin(["D", "F", "NP"])].groupby("student").size()
    still = set(frame[frame.letter == "I"].student)
    found = found_of(rs.grading.on_track(frame, "df-count"))
    assert found == {s: False if s in bad else None if s in still else True for s in frame.student.unique()}


def test_students_of_another_grade_are_left_out_and_said():
    frame = marks(40)
    frame.loc[frame.student < "s012", "grade_level"] = 10
    found = rs.grading.on_track(frame)
    assert len(found.students) == 28 and ("others", 12) in found.notes
    assert "Students of other grades, left out: 12." in found.sentence
    with pytest.raises(AnalysisError, match="speaks of grade 9"):
        rs.grading.on_track(frame.assign(grade_level=10))


def test_a_rule_of_ones_own_is_a_file_or_a_dict(tmp_path):
    text = (
        'id: ours\nversion: 2\ntitle: {en: Ours}\ntext: {en: "No F in a core course."}\nsource: our team\n'
        "requires: {core_failed: 0}\n"
    )
    path = tmp_path / "ours.yaml"
    path.write_text(text, "utf-8")
    frame = marks()
    found = rs.grading.on_track(frame, path)
    assert found.rule.version == "2" and "“Ours”, version 2: No F in a core course." in found.sentence
    parts = {"id": "ours", "version": "2", "title": {"en": "Ours"}, "text": {"en": "x"}, "source": "us"}
    same = rs.grading.on_track(frame, {**parts, "requires": {"core_failed": 0}})
    assert found_of(found) == found_of(same)
    bad = path.with_name("bad.yaml")
    bad.write_text(text.replace("core_failed: 0", "core_fialed: 0"), "utf-8")
    with pytest.raises(PolicyError, match=r"bad.yaml, line 6"):
        rs.grading.on_track(frame, bad)
    with pytest.raises(PolicyError, match="asks for nothing"):
        rs.grading.Rule(**parts, requires={})
    with pytest.raises(PolicyError, match="nearest: 'chicago'"):
        rs.grading.on_track(frame, "chicgo")


def test_the_shipped_rules_say_their_source_and_speak_every_language():
    for rule in rs.grading.track_rules().values():
        assert rule.source and rule.version
        assert set(rule.title) == set(rule.text) == set(languages())
        words = " ".join([*rule.title.values(), *rule.text.values()]).casefold().split()
        assert not {"you", "your", "best", "tú"} & set(words)


@pytest.mark.parametrize(
    ("drop", "rule", "given", "said"),
    [
        (["core"], "chicago", None, "needs to know which courses are core"),
        (["term"], "chicago", None, r"Say which: `terms=2` or `terms=1`"),
        (["subject"], "ew-9", None, "needs to know each mark's subject"),
        (
            [],
            "ew-9",
            None,
            r"attendance and suspensions. Add a table by student with `attendance` and `suspensions`",
        ),
        ([], "ew-9", pd.DataFrame({"student": ["s001"], "attendance": [97.0]}), "the column `suspensions`"),
        (
            [],
            "ew-9",
            pd.DataFrame({"student": ["s001"], "attendance": [960.0], "suspensions": 0}),
            "an attendance that is not between 0 and 100 %",
        ),
        (
            [],
            "ew-9",
            pd.DataFrame({"student": ["s001"], "attendance": ["most days"], "suspensions": 0}),
            "1 cell of the column of attendance that is no number",
        ),
        (
            [],
            "ew-9",
            pd.DataFrame({"student": ["1", "01"], "attendance": 97.0, "suspensions": 0}),
            "Keep one row",
        ),
    ],
)
def test_a_rule_that_needs_what_nobody_gave_says_so(drop, rule, given, said):
    with pytest.raises(AnalysisError, match=said):
        rs.grading.on_track(marks(20).drop(columns=drop), rule, given)


def test_subjects_that_the_rule_does_not_know_and_quarters_without_credits_are_asked_about():
    frame = marks(20)
    with pytest.raises(AnalysisError, match="looks at math, and no mark's `subject` is called so"):
        rs.grading.on_track(frame.replace({"subject": {"Mathematics": "Algebra"}}), "ew-9", presence(frame))
    with pytest.raises(AnalysisError, match="The marks name 4 terms and no credits"):
        rs.grading.on_track(marks(20, terms=("Q1", "Q2", "Q3", "Q4")))
    with pytest.raises(AnalysisError, match="neither yes nor no"):
        rs.grading.on_track(frame.assign(core="perhaps"))


@pytest.mark.parametrize("language", ["en", "es"])
def test_no_student_and_no_small_group_is_shown(language, tmp_path):
    from openpyxl import load_workbook

    frame = marks(60).assign(team=lambda f: np.where(f.student < "s009", "<i>tiny", "large"))
    found = rs.grading.on_track(frame, by="team")
    (face,) = found.faces(language)
    rows = {str(row[0]): row for row in face.rows}
    assert set(rows["<i>tiny"][2:]) == {None} and None not in rows["large"]
    shown = found._repr_html_() + repr(found)
    assert "s0" not in shown and "<i>tiny" not in shown
    assert "students" not in found.tables
    book = load_workbook(found.to_excel(tmp_path / "track.xlsx", exact=True))
    assert not any("s0" in str(c) for s in book for row in s.iter_rows(values_only=True) for c in row)


def pace_by_hand(own, c_minus, years=1, so_far=1.0):
    level = own.grade_level.max()
    good = own.letter.isin(["A", "B", "C", *(["C-"] if c_minus else [])]) & own.ag
    courses, pace = good.sum() / 2, 3.75 * (level - 9 + so_far)
    most = courses + ((own.letter == "I") & own.ag).sum() / 2
    short = level - 8 > years or most >= pace or own.term.nunique() < 2 * so_far
    return True if courses >= pace else None if short else False


@pytest.mark.parametrize("c_minus", [True, False])
@pytest.mark.parametrize("years", [1, 2])
def test_the_pace_to_the_ag_courses_is_what_each_student_by_hand_gives(c_minus, years):
    frame = marks(seed=8)
    rng = np.random.default_rng(1)
    frame["letter"] = np.where(rng.random(len(frame)) < 0.15, "C-", frame.letter)
    frame["ag"] = ~frame.subject.isin(["PE"])
    frame["grade_level"] = np.where(frame.student < "s030", 10, 9)
    found = rs.grading.ag_pace(frame, c_minus, years=years)
    assert found_of(found) == by_hand(frame, lambda own: pace_by_hand(own, c_minus, years))
    assert ("C- counts" in found.sentence) is c_minus and "convention" in found.sentence


def test_half_a_year_has_half_the_pace_and_what_is_missing_is_asked_for():
    frame = marks(seed=8, terms=("S1",)).assign(ag=True)
    found = rs.grading.ag_pace(frame)
    assert set(found.students["pace"]) == {1.875}
    assert found_of(found) == by_hand(frame, lambda own: pace_by_hand(own, True, so_far=0.5))
    with pytest.raises(AnalysisError, match="which courses are A-G"):
        rs.grading.ag_pace(frame.drop(columns="ag"))
    with pytest.raises(AnalysisError, match="`grade_level` is empty"):
        rs.grading.ag_pace(frame.drop(columns="grade_level"))
    eighth = rs.grading.ag_pace(frame.assign(grade_level=8))
    assert eighth.table["known"].tolist() == [0] and set(eighth.students["why"]) == {"grade level"}
