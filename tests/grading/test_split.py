"""A change in two parts: the rule and the work, in both orders."""

from __future__ import annotations

import math
import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from relsurvey.errors import AnalysisError
from relsurvey.grading import Gradebook, Policy, split_change
from relsurvey.words import languages, say
from tests.grading.made import gradebook as book_of
from tests.grading.made import policies, rows
from tests.grading.slow_regrade import slow

NONE, FLOOR = Policy(id="none"), Policy(id="floor", floor={"percent": 50})
LETTERS = (("A", 90), ("B", 80), ("C", 70), ("D", 60), ("F", 0))
POINTS = {"A": 4, "B": 3, "C": 2, "D": 1, "F": 0}


def book(by_student, course="Algebra"):
    """Return a gradebook of one course, five pieces of work a student."""
    made = [
        {"student": student, "course": course, "item": item, "raw": float(score), "points_possible": 100.0}
        for student, scores in by_student.items()
        for item, score in enumerate(scores)
    ]
    return Gradebook.of(pd.DataFrame(made))


def shares(by_student, floor):
    """Return D/F, any D/F, C or better and GPA of one course a student, worked in plain Python."""
    percents = [sum(max(score, floor) for score in scores) / len(scores) for scores in by_student.values()]
    marks = [next(name for name, cut in LETTERS if percent >= cut) for percent in percents]
    bad = sum(one in "DF" for one in marks) / len(marks)
    good = sum(one in "ABC" for one in marks) / len(marks)
    return [bad, bad, good, sum(map(POINTS.get, marks)) / len(marks)]


def hundred(early, late):
    """Return two times 100 students, who have 0, 85 and so on by number."""
    kinds = {"zero": [85, 85, 85, 85, 0], "low": [55, 60, 60, 50, 60], "fine": [85, 85, 85, 85, 85]}
    out = []
    for counts in (early, late):
        names = [kind for kind, n in counts.items() for _ in range(n)]
        out.append({f"s{i}": kinds[kind] for i, kind in enumerate(names)})
    return out


def test_the_sentence_of_a_change_from_31_to_22():
    # 6 of the D marks come from one zero each, which the floor lifts; later 3 fewer are low.
    early, late = hundred({"zero": 6, "low": 25, "fine": 69}, {"zero": 6, "low": 22, "fine": 72})
    found = split_change(book(early), book(late), NONE, FLOOR)
    assert found.sentence == (
        "D and F marks fell from 31 to 22 of 100. 6 of these 9 come from the new rule alone; 3 come from the "
        "later work. Counted: the 100 students who have marks both times. "
        "This is arithmetic and gives no cause: under a new rule people also work differently."
    )
    assert found.in_words("es").startswith(
        "Las calificaciones D y F bajaron de 31 a 22 de cada 100. De estos 9, 6 vienen solo de la nueva "
        "regla; 3 vienen del trabajo posterior. "
    )
    assert found.table["interaction"].abs().max() < 1e-12


def test_every_figure_in_both_orders_is_what_plain_arithmetic_gives():
    rng = np.random.default_rng(5)
    early = {f"s{i}": rng.integers(0, 101, 5).tolist() for i in range(40)}
    late = {f"s{i}": rng.integers(20, 101, 5).tolist() for i in range(40)}
    table = split_change(book(early), book(late), NONE, FLOOR).table
    before, new, old, after = (shares(who, floor) for who in (early, late) for floor in (0, 50))
    for place, measure in enumerate(("df_marks", "any_df", "c_or_better", "gpa")):
        first, second = table[table["measure"] == measure].to_dict("records")
        a, b, c, d = (cell[place] for cell in (before, new, old, after))
        assert (first["order"], second["order"]) == ("rule first", "work first")
        assert [first["before"], first["early_new"], first["late_old"], first["after"]] == pytest.approx(
            [a, b, c, d]
        )
        assert [first["rule"], first["work"]] == pytest.approx([b - a, d - b])
        assert [second["rule"], second["work"]] == pytest.approx([d - c, c - a])
        assert first["interaction"] == second["interaction"] == pytest.approx((d - c) - (b - a))
    assert table["interaction"].abs().max() > 0.01


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_rule_and_work_are_the_whole_change_in_both_orders(data):
    early, late = data.draw(rows(students=4)), data.draw(rows(students=4))
    assume(early and late)
    # Both times have to support both policies.
    old, new = data.draw(policies(early)), data.draw(policies(early))
    try:
        found = split_change(book_of(early), book_of(late), old, new)
    except AnalysisError:
        assume(False)
    for row in found.table.to_dict("records"):
        total = row["after"] - row["before"]
        assert row["total"] == pytest.approx(total, nan_ok=True)
        # Where one of the rules leaves no mark there is nothing to split.
        split = not math.isnan(row["early_new"] if row["order"] == "rule first" else row["late_old"])
        assert row["rule"] + row["work"] == pytest.approx(
            total if split else math.nan, nan_ok=True, abs=1e-12
        )
    first, second = (found.table[found.table["order"] == order] for order in ("rule first", "work first"))
    apart = second["rule"].to_numpy() - first["rule"].to_numpy()
    assert apart == pytest.approx(first["interaction"].to_numpy(), nan_ok=True)
    both = {row["course"] for row in early} & {row["course"] for row in late}
    for name, of, policy in (
        ("before", early, old),
        ("early_new", early, new),
        ("late_old", late, old),
        ("after", late, new),
    ):
        if not both:
            continue
        marks = slow(of, [policy], [Policy()])
        said = [letter for key, (_, letter) in marks.items() if key[2] in both and letter]
        share = sum(letter in ("D", "F", "NP") for letter in said) / len(said) if said else math.nan
        assert found.table[name].iloc[0] == pytest.approx(share, nan_ok=True)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.integers(0, 37), min_size=4, max_size=4), st.integers(30, 37))
def test_what_the_sentence_says_adds_up(counts, n):
    from relsurvey.grading.split import Parts, SplitChange

    parts = Parts("df_marks", *(count / n for count in counts))
    assume(max(counts) <= n)
    said = SplitChange((parts,), n, n, n, n, same=True).sentence
    number = r"(\d+(?:\.\d+)?)"
    moved = re.search(
        rf"from {number} to {number} of 100\. (?:{number} of these {number} .* alone; {number} come)?", said
    )
    if moved:
        before, after, rule, total, work = (None if one is None else float(one) for one in moved.groups())
        assert before == pytest.approx(100 * parts.before, abs=0.5 + 1e-9)
        assert after == pytest.approx(100 * parts.after, abs=0.5 + 1e-9)
        if rule is not None:
            assert rule + work == pytest.approx(total)
            assert total == pytest.approx(abs(before - after), abs=0.0101)
    assert not re.search(r"[{}]|nan|grading\.", said)


def test_where_rule_and_work_go_against_each_other_it_is_said():
    early, late = hundred({"zero": 6, "low": 25, "fine": 69}, {"zero": 6, "low": 28, "fine": 66})
    said = split_change(book(early), book(late), NONE, FLOOR).sentence
    assert said.startswith(
        "D and F marks fell from 31 to 28 of 100. The new rule alone takes 6 away; the later work adds 3."
    )
    early, late = hundred({"zero": 6, "low": 25, "fine": 69}, {"zero": 6, "low": 31, "fine": 63})
    said = split_change(book(early), book(late), NONE, FLOOR).sentence
    assert said.startswith(
        "D and F marks stayed at 31 of 100. The new rule alone takes 6 away; the later work adds 6."
    )
    said = split_change(book(late), book(early), FLOOR, NONE).sentence
    assert "The new rule alone adds 6; the later work takes 6 away." in said
    said = split_change(book(early), book(early), NONE, NONE).sentence
    assert "Neither the new rule alone nor the later work changes that." in said


def test_where_the_order_matters_the_other_one_is_said_too():
    early, late = hundred({"zero": 6, "low": 25, "fine": 69}, {"zero": 2, "low": 22, "fine": 76})
    found = split_change(book(early), book(late), NONE, FLOOR)
    assert "6 of these 9 come from the new rule alone; 3 come from the later work." in found.sentence
    assert (
        "the rule makes \N{MINUS SIGN}2, and the work under the old rule \N{MINUS SIGN}7." in found.sentence
    )


def test_the_same_students_are_counted_where_seven_in_ten_are_in_both():
    fine, low = [85] * 5, [50] * 5
    early = {f"s{i}": fine for i in range(30)} | {f"left{i}": low for i in range(10)}
    late = {f"s{i}": fine for i in range(30)} | {f"new{i}": low for i in range(10)}
    found = split_change(book(early), book(late), NONE, NONE)
    assert (found.same, found.matched, found.n_before, found.n_after) == (True, 30, 30, 30)
    assert found.table["before"].iloc[0] == 0
    late |= {f"more{i}": low for i in range(3)}
    found = split_change(book(early), book(late), NONE, NONE)
    assert (found.same, found.matched, found.n_before, found.n_after) == (False, 30, 40, 43)
    assert "Counted: all students, 40 in the earlier work and 43 in the later; in both: 30." in found.sentence
    assert found.table["before"].iloc[0] == 10 / 40
    # Two spellings of one id, and a number, are one student; 19 are too few to speak of the same ones.
    early, late = ({form(i): fine for i in range(19)} for form in (lambda i: f"00{i + 1}", lambda i: i + 1))
    found = split_change(book(early), book(late), NONE, NONE)
    assert (found.same, found.matched) == (False, 19)


def test_a_course_that_only_one_time_has_is_left_out():
    fine, low = {f"s{i}": [85] * 5 for i in range(30)}, {f"s{i}": [50] * 5 for i in range(30)}
    both = Gradebook.of(pd.concat([book(fine).scores, book(low, "Biology").scores]))
    found = split_change(both, book(fine), NONE, NONE)
    assert found.courses == 1
    assert found.table["before"].iloc[0] == 0
    assert "left out: 1." in found.sentence
    other = split_change(book(fine), book(low, "Biology"), NONE, NONE)
    assert other.unlike
    assert "No course is called the same both times" in other.sentence


def test_where_a_rule_leaves_no_mark_it_is_said():
    one = book({f"s{i}": [85] * 5 for i in range(12)})
    one = Gradebook.of(one.scores.assign(category="Tests"))
    found = split_change(one, one, NONE, Policy(exclude=["Tests"]))
    assert (found.n_after, found.fewest) == (0, 0)
    assert found.sentence.startswith("Too few students")
    both = split_change(one, one, NONE, NONE)
    parts = [replace(part, early_new=math.nan) for part in both.parts]
    for language in languages():
        assert replace(both, parts=tuple(parts)).in_words(language) == say(language, "grading.split_no_marks")


def test_few_students_are_masked(tmp_path):
    few = {f"s{i}": [85, 85, 85, 85, 0] for i in range(9)}
    found = split_change(book(few), book(few), NONE, FLOOR)
    for language in languages():
        (face,) = found.faces(language)
        assert len(face.rows) == 1
        assert set(face.rows[0][1:]) == {None}
    assert found.sentence == "Too few students: at least 10 are needed both times."
    assert "100" not in found._repr_html_().replace("points of 100", "")
    ten = {f"s{i}": [85] * 5 for i in range(10)}
    assert len(split_change(book(ten), book(ten), NONE, FLOOR).faces("en", 11)[0].rows) == 1
    # How many few are the same is not told.
    some = {f"s{i}": [85] * 5 for i in range(20)}
    others = {f"s{i + 17}": [85] * 5 for i in range(20)}
    assert "in both: under 10." in split_change(book(some), book(others), NONE, FLOOR).sentence


def test_faces_are_whole_in_both_languages():
    early, late = hundred({"zero": 6, "low": 25, "fine": 69}, {"zero": 2, "low": 22, "fine": 76})
    found = split_change(book(early), book(late), NONE, FLOOR)
    for language in languages():
        (face,) = found.faces(language)
        assert len(face.rows) == 8
        assert not re.search(r"[{}]|nan|grading\.", f"{face} {found.in_words(language)}")
    assert face.rows[0][2:] == ("31.0", "22.0", "−9.0", "−6.0", "−3.0", "4.0")


def test_a_rule_that_one_time_does_not_support_is_refused():
    fine = {f"s{i}": [85] * 5 for i in range(12)}
    with pytest.raises(AnalysisError, match="late"):
        split_change(book(fine), book(fine), NONE, Policy(late={"per_day": 10}))


def unhanded(none, others):
    """Return a gradebook where so many students handed in nothing."""
    kinds = {f"s{i}": i < none for i in range(none + others)}
    return Gradebook.of(
        pd.DataFrame(
            {"student": student, "course": "Algebra", "item": item, "points_possible": 100.0,
             "raw": 0.0 if missing else 85.0, "status": "missing" if missing else "scored"}
            for student, missing in kinds.items() for item in "ab"
        )
    )  # fmt: skip


def test_marks_that_lose_their_letter_by_the_rule_are_said():
    excused = Policy(id="excused", missing={"counts_as": "excused"})
    found = split_change(unhanded(30, 70), unhanded(30, 70), NONE, excused)
    assert (found.same, found.matched, found.fewest) == (True, 100, 70)
    assert "the 100 students who have marks both times" not in found.sentence
    assert (
        "Counted: the 100 students of both times; some of them have no mark under one of the rules. Marks "
        "that have no letter under the new rule, and are left out: 30 in the earlier work, 30 in the later; "
        "this is in the part of the rule." in found.sentence
    )
    assert "quedan sin letra" in found.in_words("es")
    few = split_change(unhanded(3, 70), unhanded(30, 43), NONE, excused).sentence
    assert "left out: of fewer than 10 students in the earlier work, 30 in the later" in few
    back = split_change(unhanded(30, 70), unhanded(30, 70), excused, NONE).sentence
    assert "Marks that have a letter only under the new rule: 30 in the earlier work, 30 in the later" in back


def test_students_without_a_mark_under_either_rule_are_not_of_both_times():
    early, late = unhanded(0, 100), unhanded(0, 100)
    blank = late.scores["student"].isin([f"s{i}" for i in range(20)])
    late.scores.loc[blank, ["raw", "status"]] = [np.nan, "excused"]
    found = split_change(early, Gradebook.of(late.scores), NONE, NONE)
    assert (found.same, found.matched, found.n_before, found.n_after) == (True, 80, 80, 80)
    assert "Counted: the 80 students who have marks both times." in found.sentence
