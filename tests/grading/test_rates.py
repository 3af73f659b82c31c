"""D/F rates: counts against plain pandas, intervals against statsmodels and the formula written out."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from scipy import linalg, stats
from statsmodels.stats.proportion import proportion_confint
from statsmodels.stats.weightstats import DescrStatsW

import relsurvey as rs
from relsurvey.analysis.shares import wilson
from relsurvey.errors import AnalysisError
from relsurvey.grading.rates import clustered

LETTERS = ["A", "A-", "B+", "B", "C", "C-", "D+", "D", "F", "P", "NP", "I", "W", None]
POINTS = {"A": 4, "B": 3, "C": 2, "D": 1, "F": 0}


def marks(students=60, courses=6, seed=1):
    rng = np.random.default_rng(seed)
    n = students * courses
    weights = np.array([8, 6, 8, 10, 10, 4, 3, 6, 7, 3, 2, 2, 1, 2], float)
    return pd.DataFrame(
        {
            "student": np.repeat([f"s{i:03d}" for i in range(students)], courses),
            "course": np.tile([f"c{i}" for i in range(courses)], students),
            "term": "S1",
            "school": np.repeat(rng.choice(["North", "South"], students), courses),
            "letter": pd.Series(rng.choice(np.array(LETTERS, object), n, p=weights / weights.sum())),
            "credits": rng.choice([0.5, 1.0], n),
        }
    )


def slow(frame):
    """Return what the table has to say of some marks, counted one by one."""
    kept = [(s, x, c) for s, x, c in zip(frame.student, frame.letter, frame.credits, strict=True)]
    kept = [(s, x, c) for s, x, c in kept if isinstance(x, str) and x not in ("I", "W")]
    by = {}
    for student, letter, credit in kept:
        by.setdefault(student, []).append((letter, credit))
    bad = {s: sum(x[0] in "DF" or x == "NP" for x, _ in own) for s, own in by.items()}
    gpas = [
        np.mean([POINTS[x[0]] for x, _ in own if x[0] in POINTS])
        for own in by.values()
        if any(x[0] in POINTS for x, _ in own)
    ]
    earned = [sum(c for x, c in own if x[0] in "ABCD" or x == "P") for own in by.values()]
    n, k = len(kept), len(by)
    return {
        "n_marks": n,
        "n_students": k,
        "df": sum(bad.values()) / n,
        "c_or_better": sum(x[0] in "ABC" for _, x, _ in kept) / n,
        "any_df": sum(b > 0 for b in bad.values()) / k,
        "df_1_2": sum(b in (1, 2) for b in bad.values()) / k,
        "df_3_plus": sum(b > 2 for b in bad.values()) / k,
        "gpa": np.mean(gpas),
        "n_gpa": len(gpas),
        "credits": np.mean(earned),
        "n_credits": k,
    }, gpas


@pytest.mark.parametrize("seed", range(4))
def test_every_figure_is_what_counting_one_by_one_gives(seed):
    frame = marks(seed=seed)
    row = rs.grading.df_rates(frame).table.iloc[0]
    expected, gpas = slow(frame)
    for key, value in expected.items():
        assert row[key] == pytest.approx(value), key
    for key, of in (("df", "n_marks"), ("c_or_better", "n_marks"), ("any_df", "n_students")):
        hits = round(row[key] * row[of])
        assert (row[f"{key}_low"], row[f"{key}_high"]) == pytest.approx(
            proportion_confint(hits, row[of], method="wilson")
        )
    assert (row["gpa_low"], row["gpa_high"]) == pytest.approx(DescrStatsW(gpas).tconfint_mean())


def test_groups_are_what_each_part_gives_by_itself():
    frame = marks(80)
    table = rs.grading.df_rates(frame, ["school", "course"]).table
    assert table[["school", "course"]].to_numpy().tolist() == sorted(
        frame[["school", "course"]].drop_duplicates().to_numpy().tolist()
    )
    for _, row in table.iterrows():
        part = frame[(frame.school == row["school"]) & (frame.course == row["course"])]
        alone = rs.grading.df_rates(part).table.iloc[0]
        for key in alone.index:
            assert row[key] == pytest.approx(alone[key], nan_ok=True), key


def test_the_interval_over_students_is_cr2_with_satterthwaite_written_out():
    rng = np.random.default_rng(5)
    of = rng.integers(3, 8, 12)
    hits = rng.binomial(of, rng.beta(0.6, 1.6, 12))
    y = np.concatenate([[1] * h + [0] * (m - h) for h, m in zip(hits, of, strict=True)]).astype(float)
    which = np.repeat(np.arange(12), of)
    n, share = len(y), y.mean()
    centre = np.eye(n) - np.ones((n, n)) / n
    g, total = [], 0.0
    for i in range(12):
        mine = which == i
        root = linalg.inv(linalg.sqrtm(centre[np.ix_(mine, mine)]).real)
        ones = np.ones(mine.sum()) / n
        total += float(ones @ root @ (y[mine] - share)) ** 2
        g.append(centre[:, mine] @ root @ ones)
    b = np.array(g) @ np.array(g).T
    df = np.trace(b) ** 2 / np.trace(b @ b)
    half = stats.t.ppf(0.975, df) * math.sqrt(total) / (share * (1 - share))
    logit = math.log(share / (1 - share))
    expected = [1 / (1 + math.exp(-x)) for x in (logit - half, logit + half)]
    assert clustered(hits, of) == pytest.approx(expected, rel=1e-9)


def test_marks_of_one_student_hang_together_so_wilson_alone_would_be_too_sure():
    rng = np.random.default_rng(9)
    held = too_sure = 0
    for _ in range(200):
        of = rng.integers(5, 8, 40)
        hits = rng.binomial(of, rng.beta(0.4, 1.6, 40))
        low, high = clustered(hits, of)
        held += low <= 0.2 <= high
        low, high = wilson(int(hits.sum()), int(of.sum()))
        too_sure += low <= 0.2 <= high
    assert 182 <= held <= 198 and too_sure < 175


def test_where_all_marks_are_alike_each_student_counts_once():
    assert clustered(np.zeros(30, int), np.full(30, 6)) == wilson(0, 30)
    assert clustered(np.full(30, 6), np.full(30, 6)) == wilson(30, 30)
    assert all(math.isnan(limit) for limit in clustered(np.array([1, 0]), np.array([6, 6])))


def test_where_all_students_have_the_same_share_each_mark_counts():
    assert clustered(np.full(30, 1), np.full(30, 2)) == wilson(30, 60)
    frame = pd.DataFrame({"student": [i // 2 for i in range(60)], "letter": ["A", "F"] * 30})
    assert "marks that are D, F or not passed: 50 % (37 to 63 %)" in rs.grading.df_rates(frame).sentence


def test_what_is_no_final_mark_is_left_out_and_said():
    frame = pd.DataFrame(
        {"student": [f"s{i}" for i in range(24)] * 2, "letter": ["B"] * 24 + ["I"] * 11 + ["W"] * 12 + [None]}
    )
    found = rs.grading.df_rates(frame)
    assert found.left_out.to_numpy().tolist() == [["", 1], ["I", 11], ["W", 12]]
    assert found.table["n_marks"].tolist() == [24]
    assert "Left out, since they are no final mark (incomplete, withdrawn, blank): 24." in found.sentence


def test_passed_without_a_letter_is_neither_and_not_passed_is_a_d_or_f():
    frame = pd.DataFrame(
        {"student": [f"s{i}" for i in range(40)], "letter": ["P"] * 20 + ["NP"] * 10 + ["B"] * 10}
    )
    found = rs.grading.df_rates(frame)
    row = found.table.iloc[0]
    assert (row["df"], row["c_or_better"], row["n_gpa"], row["gpa"]) == (0.25, 0.25, 10, 3)
    assert "neither D or F nor C or better: 20." in found.sentence


def test_a_missing_letter_is_made_of_the_percent_and_said():
    percents = [95.0, 90.0, 89.99, 70.0, 69.5, 60.0, 12.0, np.nan]
    frame = pd.DataFrame({"student": list("abcdefgh"), "letter": ["B"] + [None] * 7, "percent": percents})
    found = rs.grading.df_rates(frame)
    row = found.table.iloc[0]
    # B (as given), A, B, C, D, D, F and one left out.
    assert (row["n_marks"], row["df"], row["gpa"]) == (7, pytest.approx(3 / 7), pytest.approx(14 / 7))
    assert found.notes == (("from_percent", 6),)


def test_letters_written_as_numbers_and_categories_are_read():
    numbers = pd.DataFrame({"student": [1, 1, 2.0], "letter": [4, 0, 2.0]})
    assert rs.grading.df_rates(numbers).table[["df", "gpa"]].to_numpy().tolist() == [
        [pytest.approx(1 / 3), 2.0]
    ]
    named = numbers.assign(letter=pd.Categorical(["A", "F", "C"], ["A", "B", "C", "F"]))
    assert rs.grading.df_rates(named).table["gpa"].tolist() == [2.0]


def test_a_roster_gives_groups_and_who_is_missing_is_counted(tmp_path):
    frame = pd.DataFrame({"student": [1, 1, 2, 3, 9], "letter": ["A", "F", "C", "D", "B"]})
    path = tmp_path / "roster.csv"
    path.write_text("Student ID,gender\n001,girl\n002,boy\n003,boy\n004,boy\n003,girl\n", "utf-8")
    found = rs.grading.df_rates(frame, "gender", path)
    assert found.table[["gender", "n_marks", "n_students", "df"]].to_numpy().tolist() == [
        ["boy", 2, 2, 0.5],
        ["girl", 2, 1, 0.5],
        ["no entry", 1, 1, 0.0],
    ]
    assert dict(found.notes) == {"unmatched": 1, "without": 1, "again": 1}
    same = rs.grading.df_rates(
        frame, "gender", pd.read_csv(path, dtype=str).rename(columns={"Student ID": "student"})
    )
    pd.testing.assert_frame_equal(found.table, same.table)


def test_marks_without_a_student_and_marks_twice_are_said():
    frame = pd.DataFrame(
        {"student": ["a", "a", None, "b"], "course": "Math", "term": "S1", "letter": ["B", "C", "A", "F"]}
    )
    found = rs.grading.df_rates(frame)
    assert dict(found.notes) == {"unnamed": 1, "twice": 1} and found.table["n_marks"].tolist() == [3]


def test_a_gradebook_of_scores_alone_is_marked_by_its_own_rules_and_regraded_marks_by_the_policy():
    scores = pd.DataFrame(
        {"student": "s1", "item": list("abcde"), "raw": [85, 85, 85, 85, 0], "points_possible": 100}
    )
    book = rs.grading.Gradebook.of(scores)
    assert rs.grading.df_rates(book).table["gpa"].tolist() == [1.0]
    tried = rs.grading.regrade(book, rs.grading.Policy(floor={"percent": 50}))
    assert rs.grading.df_rates(tried).table["gpa"].tolist() == [2.0]


@pytest.mark.parametrize("language", ["en", "es"])
def test_small_groups_are_masked_in_what_a_notebook_shows(language):
    frame = marks(60).assign(school=lambda f: np.where(f.student < "s009", "<b>tiny</b>", "Large"))
    found = rs.grading.df_rates(frame, "school")
    tiny = found.table.set_index("school").loc["<b>tiny</b>"]
    assert tiny["n_students"] == 9
    (face,) = found.faces(language)
    rows = {str(row[0]): row for row in face.rows}
    assert set(rows["<b>tiny</b>"][2:]) == {None} and "10" in str(rows["<b>tiny</b>"][1])
    assert all(cell is not None for cell in rows["Large"])
    shown = found._repr_html_()
    assert "<b>tiny" not in shown and "&lt;b&gt;tiny" in shown


def test_a_class_of_a_few_is_not_told_and_one_under_twenty_is_told_in_words():
    few = rs.grading.df_rates(marks(9))
    assert few.sentence == "Fewer than 10 students have marks here: too few to show."
    some = rs.grading.df_rates(marks(12))
    assert "%" not in some.sentence and "Students without any D or F" in some.sentence


@pytest.mark.parametrize("by", ["teacher", "section", ["school", "Teacher"]])
def test_teachers_are_never_compared(by):
    frame = marks(30).assign(teacher="T1", section="1")
    with pytest.raises(AnalysisError, match="teachers are not compared"):
        rs.grading.df_rates(frame, by)


@pytest.mark.parametrize(
    ("frame", "by", "said"),
    [
        (pd.DataFrame({"student": ["a"], "letter": ["B"], "school": ["N"]}), "schol", "nearest: 'school'"),
        (pd.DataFrame({"pupil": ["a"], "letter": ["B"]}), None, "no column `student`"),
        (pd.DataFrame({"student": ["a"], "mark": ["B"]}), None, "neither `letter` nor `percent`"),
        (pd.DataFrame({"student": ["a"], "letter": ["I"]}), None, "No mark is final"),
        (pd.DataFrame({"student": [None], "letter": ["A"]}), None, "No mark names a student"),
        ("marks.csv", None, "Give marks as a DataFrame"),
    ],
)
def test_what_cannot_be_answered_is_said_in_a_sentence(frame, by, said):
    with pytest.raises(AnalysisError, match=said):
        rs.grading.df_rates(frame, by)


def test_the_workbook_masks_too(tmp_path):
    from openpyxl import load_workbook

    frame = marks(60).assign(school=lambda f: np.where(f.student < "s009", "tiny", "Large"))
    book = load_workbook(rs.grading.df_rates(frame, "school").to_excel(tmp_path / "rates.xlsx"))
    rows = [list(row) for row in book.worksheets[1].iter_rows(values_only=True)]
    assert [row[2] for row in rows if row[0] == "tiny"] == [None]


@pytest.mark.parametrize(
    ("terms", "order"),
    [
        (["Spring", "Fall", "Winter"], ["Fall", "Winter", "Spring"]),
        (["Fall 2026", "Fall 2025", "Spring 2026"], ["Fall 2025", "Spring 2026", "Fall 2026"]),
        (["Primavera", "Otoño"], ["Otoño", "Primavera"]),
        (["S1", "Q1"], ["Q1", "S1"]),
        # Names that do not tell: as any other group.
        (["Term of the sea", "Block"], ["Block", "Term of the sea"]),
    ],
)
def test_terms_stand_in_order_of_time(terms, order):
    frame = pd.concat([marks(40).assign(term=term) for term in [*terms, None]], ignore_index=True)
    assert rs.grading.df_rates(frame, "term").table["term"].tolist() == [*order, "no entry"]
    two = rs.grading.df_rates(frame, ["school", "term"]).table
    assert two["term"].tolist() == [*order, "no entry"] * two["school"].nunique()
    track = rs.grading.on_track(frame.assign(core=True), "core-failures", by="term")
    assert track.table["term"].tolist() == [*order, "no entry"]
    days = pd.DataFrame({"student": [f"s{i}" for i in range(len(terms))], "attendance": 95.0, "term": terms})
    assert rs.grading.attendance(days, by="term").groups["term"].tolist() == order


def test_a_group_written_as_number_and_as_text_is_one():
    frame = marks(40).assign(period=[1, "1"] * 120)
    assert rs.grading.df_rates(frame, "period").table["period"].tolist() == ["1"]


def test_percents_written_as_text_are_read_and_other_text_is_refused():
    rows = {"student": [f"s{k}" for k in range(30)], "course": "Math"}
    said = rs.grading.df_rates(pd.DataFrame(rows | {"percent": ["95,6", "72 %", "40"] * 10})).sentence
    assert said == rs.grading.df_rates(pd.DataFrame(rows | {"percent": [95.6, 72, 40] * 10})).sentence
    blank = pd.DataFrame(rows | {"percent": ["95.6", "", None] * 10})
    assert "blank): 20." in rs.grading.df_rates(blank).sentence
    with pytest.raises(AnalysisError, match="In 10 rows the column `percent` holds text that is no number"):
        rs.grading.df_rates(pd.DataFrame(rows | {"percent": ["95,6", "absent", "40"] * 10}))
