"""Numbers of students: R's figures, and what is said of a plan."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import f
from statsmodels.stats.proportion import proportion_confint

from relsurvey.analysis.planning.precision import alpha_within, share_within
from relsurvey.analysis.power import (
    QUESTIONS,
    crossed_table,
    power,
    same_students,
    several_groups,
    two_means,
    two_shares,
)
from relsurvey.analysis.shares import smallest_gap
from relsurvey.errors import AnalysisError


# R 4.2.2. `exact` here is of both groups together, R's n of each.
@pytest.mark.parametrize(
    ("plan", "figure", "value"),
    [
        # power.t.test(n = 20, delta = 1, sd = 1, strict = TRUE)$power
        (two_means(difference=1, students=40), "power", 0.868953027724586),
        # power.t.test(power = .8, delta = .5, sd = 1, strict = TRUE, tol = 1e-12)$n
        (two_means(difference=0.5), "exact", 2 * 63.7656101909419),
        # power.t.test(power = .95, delta = .3, sd = .8, strict = TRUE, tol = 1e-14)$n
        (two_means(difference=0.3, sd=0.8, power=0.95), "exact", 2 * 185.779580101898),
        # power.t.test(n = 50, power = .8, sd = 1.2, strict = TRUE, tol = 1e-12)$delta
        (two_means(students=100, sd=1.2), "difference", 0.679058692506599),
        # power.t.test(n = 2, power = .8, strict = TRUE, tol = 1e-14)$delta
        (two_means(students=4), "difference", 5.65348926619228),
        # power.t.test(n = 30, delta = .5, sd = sqrt(2 * (1 - .6)), type = "paired", strict = TRUE)$power
        (same_students(difference=0.5, r=0.6, students=30), "power", 0.841124884525387),
        # power.t.test(power = .8, delta = .2, sd = sqrt(.8), type = "paired", strict = TRUE, tol = 1e-12)$n
        (same_students(difference=0.2, r=0.6), "exact", 158.908637709826),
        # power.t.test(n = 40, power = .9, sd = .9 * sqrt(1.4), type = "paired", strict = TRUE, tol = 1e-12)
        (same_students(students=40, sd=0.9, r=0.3, power=0.9), "difference", 0.559748861418814),
        # power.prop.test(p1 = .5, p2 = .75, power = .9, tol = 1e-12)$n
        (two_shares(gap=0.25, share=0.625, power=0.9), "exact", 2 * 76.7069284517774),
        # power.prop.test(p1 = .45, p2 = .55, power = .8, tol = 1e-12)$n
        (two_shares(gap=0.1), "exact", 2 * 391.262977605147),
        # power.prop.test(p1 = .05, p2 = .15, power = .8, tol = 1e-14)$n
        (two_shares(gap=-0.1, share=0.1), "exact", 2 * 140.095089861426),
        # power.prop.test(n = 120, p1 = .41, p2 = .59, strict = TRUE)$power
        (two_shares(gap=0.18, students=240), "power", 0.800202510155864),
        # power.anova.test(groups = 4, n = 30, between.var = .08, within.var = 1)$power; f² = .06
        (several_groups(eta_squared=0.06 / 1.06, groups=4, students=120), "power", 0.586985740950732),
        # uniroot(function(n) power.anova.test(4, n = n, between.var = .08, within.var = 1)$power - .8)
        (several_groups(eta_squared=0.06 / 1.06, groups=4), "exact", 4 * 46.4158872032851),
        # pchisq(qchisq(.95, 4), 4, ncp = 300 * .1^2, lower.tail = FALSE)
        (crossed_table(v=0.1, rows=5, columns=2, students=300), "power", 0.244165499833082),
        # uniroot(function(n) pchisq(qchisq(.95, 4), 4, ncp = n * .2^2 * 2, lower.tail = FALSE) - .8)
        (crossed_table(v=0.2, rows=3, columns=3), "exact", 149.191072971309),
    ],
)
def test_figures_equal_r(plan, figure, value):
    assert plan[figure] == pytest.approx(value, rel=1e-7)


def test_the_far_tail_is_all_that_differs_from_r_by_default():
    # power.t.test(n = 20, delta = 1, sd = 1)$power
    assert two_means(difference=1, students=40)["power"] == pytest.approx(0.868952801692498, abs=1e-6)


@pytest.mark.parametrize(("a", "b"), [(120, 120), (30, 90), (50, 51)])
def test_the_gap_is_the_one_that_verdicts_name(a, b):
    plan = two_shares(students=a + b, part=a / (a + b), share=0.6)
    assert (plan["group_a"], plan["group_b"]) == (a, b)
    assert plan["gap"] == smallest_gap(0.6, a, b)


def test_the_gap_and_the_number_nearly_undo_each_other():
    for gap in (0.05, 0.1, 0.2):
        again = two_shares(students=int(two_shares(gap=gap)["students"]))["gap"]
        assert again == pytest.approx(gap, abs=0.003)
        assert again >= gap - 0.0005
    # A power of 90 % takes (1.960 + 1.282) / (1.960 + 0.842) times the gap.
    wide, narrow = two_shares(students=240, power=0.9)["gap"], two_shares(students=240)["gap"]
    assert wide / narrow == pytest.approx(3.241516 / 2.801585, rel=1e-6)


@pytest.mark.parametrize("part", [0.1, 0.3, 0.8])
def test_unequal_groups_reach_the_power_that_was_planned(part):
    for share in (0.3, 0.5):
        plan = two_shares(gap=0.12, share=share, part=part, power=0.9)
        again = two_shares(gap=0.12, share=share, part=part, students=int(plan["students"]))
        assert again["power"] == pytest.approx(0.9, abs=0.004)
        assert plan["exact"] > two_shares(gap=0.12, power=0.9)["exact"] * (0.7 if share < 0.5 else 1)
        means = two_means(difference=0.4, part=part)
        assert two_means(difference=0.4, part=part, students=int(means["students"]))["power"] >= 0.7999


def test_what_is_said_of_shares():
    assert (
        two_shares(gap=0.10)
        .in_words()
        .startswith(
            "To see a gap of 10 points between two halves of the students, about 780 students have to answer."
        )
    )
    both = two_shares(gap=0.10, students=240).in_words()
    assert (
        "With 240 students, a gap of 10 points between two halves of the students would show in 34 of" in both
    )
    assert "about 780 students have to answer" in both and "a gap of 18 points or more" in both
    spanish = two_shares(gap=0.10, students=240).in_words("es")
    assert "unos 780 estudiantes" in spanish and "una diferencia de 18 puntos o más" in spanish
    assert "a group with 20 % of the students and all others" in two_shares(gap=0.1, part=0.2).in_words()
    assert "a gap of 12.5 points" in two_shares(gap=0.125).in_words()
    assert "a gap of 4.6 points or more" in two_shares(students=3700).in_words()
    assert "no gap" in two_shares(students=6).in_words()
    assert "would show reliably" in two_shares(students=6).in_words()
    assert "A group of fewer than 10 students" in two_shares(students=12).in_words()
    assert "A group of fewer than 10 students" not in two_shares(students=20).in_words()


def test_sections_count_for_less():
    alone, sections = two_shares(gap=0.1), two_shares(gap=0.1, icc=0.1, section_size=25)
    assert sections["design_effect"] == pytest.approx(3.4)
    assert sections["exact"] == pytest.approx(3.4 * alone["exact"])
    # 391.26 * 3.4 / 25 = 53.2 sections on each side.
    assert (sections["sections"], sections["students"]) == (108, 2700)
    assert "108 whole sections of 25" in sections.in_words()
    assert two_shares(students=240, icc=0.1, section_size=20)["gap"] == pytest.approx(
        smallest_gap(0.5, 120, 120) * math.sqrt(2.9)
    )
    # Where students of a section answer no more alike than others, sections change nothing but rounding.
    assert two_shares(gap=0.1, section_size=25)["exact"] == pytest.approx(alone["exact"])
    few = two_shares(students=200, icc=0.1, section_size=25)
    assert "fewer than 5 sections" in few.in_words() and "menos de 5 secciones" in few.in_words("es")
    assert "fewer than 5 sections" not in sections.in_words()


def test_means_of_sections_are_compared_by_their_number():
    # power.t.test(n = 10, delta = .5, sd = sqrt((1 + 24 * .2) / 25), strict = TRUE)$power
    plan = two_means(difference=0.5, students=500, icc=0.2, section_size=25)
    assert plan["power"] == pytest.approx(0.593444296377, abs=1e-8)
    # Had all 500 been drawn one by one, it would be all but certain.
    assert two_means(difference=0.5, students=500)["power"] > 0.999
    whole = two_means(difference=0.5, icc=0.2, section_size=25)
    assert whole["students"] % 25 == 0 and whole["students"] >= whole["exact"]


def test_a_range_of_a_share_is_wilsons():
    plan = share_within(within=0.05)
    # z² / (4 w²) - z²
    assert plan["exact"] == pytest.approx(1.959963984540054**2 * (1 / 0.01 - 1))
    for share in (0.02, 0.3, 0.5, 0.9):
        for within in (0.02, 0.05, 0.2):
            n = share_within(within=within, share=share)["exact"]
            low, high = proportion_confint(share * n, n, method="wilson")
            assert (high - low) / 2 == pytest.approx(within, rel=1e-9)
    assert "about 380 students" in plan.in_words() and "más o menos 5 puntos" in plan.in_words("es")
    assert share_within(students=381)["within"] == pytest.approx(0.05, abs=1e-4)
    assert "plus or minus 8.7 points" in share_within(students=123).in_words()


def test_a_range_of_alpha_is_bonetts_and_nearly_feldts():
    # By hand: n = 2 k / (k - 1) * (z / asinh(w / (2 (1 - alpha))))^2 + 2 = 2.5 * (1.95996 / 0.247466)^2 + 2
    assert alpha_within(width=0.10, items=5)["exact"] == pytest.approx(158.8208, abs=1e-3)
    # Bonett's first step, 8 k / (k - 1) (1 - alpha)² (z / w)² + 2, is near where the range is narrow.
    first = 10 * 0.04 * (1.959963984540054 / 0.04) ** 2 + 2
    assert alpha_within(width=0.04, items=5)["exact"] == pytest.approx(first, rel=0.005)
    for n in (50, 159, 400):
        feldt = 0.2 * (f.ppf(0.975, n - 1, 4 * (n - 1)) - f.ppf(0.025, n - 1, 4 * (n - 1)))
        assert alpha_within(students=n, items=5)["width"] == pytest.approx(feldt, rel=0.04)
    assert "only from 100 answers on" in alpha_within(width=0.2, items=5).in_words()
    assert "desde" not in alpha_within(width=0.1, items=5).in_words("es")
    assert "about 160 students" in alpha_within(width=0.1, items=5).in_words()


def test_a_huge_effect_takes_two_and_an_impossible_one_is_refused():
    assert two_means(difference=50)["students"] == 4
    assert two_means(difference=50, part=0.2)["group_a"] == 2
    assert two_means(difference=50, part=0.2)["students"] == 10
    assert same_students(difference=50)["students"] == 2
    assert several_groups(eta_squared=0.9999, groups=2)["students"] == 4
    assert crossed_table(v=0.99999, rows=12, columns=12)["students"] >= 2
    assert "no link" in crossed_table(students=4).in_words()
    for ask in (
        lambda: several_groups(eta_squared=1e-12),
        lambda: crossed_table(v=1e-9),
        lambda: two_means(students=4, power=0.9999),
        lambda: same_students(difference=1e-7),
    ):
        with pytest.raises(AnalysisError, match="too small or too large"):
            ask()
    for ask in (
        lambda: two_means(difference=1e-7),
        lambda: two_shares(gap=1e-7),
        lambda: two_shares(gap=0.1, part=1e-9),
        lambda: two_means(difference=0.5, part=1e-9),
        lambda: share_within(within=1e-9),
        lambda: alpha_within(width=1e-9, items=2),
    ):
        with pytest.raises(AnalysisError, match="more than ten million"):
            ask()


@pytest.mark.parametrize(
    ("question", "given", "message"),
    [
        ("two_shares", {}, "Give gap or students"),
        ("two_shares", {"gap": 0}, "gap of zero"),
        ("two_shares", {"gap": math.nan}, "not a number"),
        ("two_shares", {"gap": "ten"}, "not a number"),
        ("two_shares", {"gap": 0.3, "share": 0.1}, "outside 0 to 1"),
        ("two_shares", {"gap": 10}, "outside 0 to 1"),
        ("two_shares", {"gap": 0.1, "share": 1.2}, "between 0 and 1; 1.2"),
        ("two_shares", {"gap": 0.1, "part": 0}, "between 0 and 1; 0 does not"),
        ("two_shares", {"gap": 0.1, "students": 100, "power": 0.8}, "Leave out one"),
        ("two_shares", {"students": 1}, "2 or more; 1 is not"),
        ("two_shares", {"students": 3}, "a group of 1"),
        ("two_shares", {"students": 20.5}, "whole"),
        ("two_shares", {"gap": 0.1, "power": 1}, "power lies between"),
        ("two_shares", {"gap": 0.1, "icc": 0.1}, "section_size"),
        ("two_shares", {"gap": 0.1, "icc": 1.1, "section_size": 25}, "intraclass"),
        ("two_shares", {"students": 60, "icc": 0.1, "section_size": 25}, "2 sections"),
        ("two_means", {"difference": 0}, "of zero"),
        ("two_means", {"difference": 1, "sd": 0}, "more than 0"),
        ("same_students", {"difference": 0.2, "r": 1}, "correlation lies between"),
        ("same_students", {"students": 1}, "2 or more"),
        ("several_groups", {"eta_squared": 1.5}, "Eta squared"),
        ("several_groups", {"students": 5, "groups": 4}, "8 or more"),
        ("several_groups", {"eta_squared": 0.1, "groups": 1}, "groups is whole, and 2"),
        ("crossed_table", {"v": 0}, "Cramér"),
        ("crossed_table", {"v": 0.1, "rows": 1}, "rows is whole"),
        ("share_within", {}, "one of them"),
        ("share_within", {"within": 0.1, "students": 10}, "one of them"),
        ("share_within", {"within": 0.5}, "Half the width"),
        ("share_within", {"students": 1}, "2 or more"),
        ("alpha_within", {"width": 0.1, "items": 1}, "items is whole, and 2"),
        ("alpha_within", {"width": 0.1, "items": 5, "alpha": 1}, "Alpha lies"),
        ("alpha_within", {"students": 2, "items": 5}, "3 or more"),
        ("alpha_within", {"width": 0.1}, "alpha_within takes width, students, items, alpha"),
        ("two_shares", {"size": 3}, "two_shares takes gap"),
        ("no_such", {}, "Ask one of two_shares"),
        (["two_shares"], {}, "Ask one of two_shares"),
    ],
)
def test_misuse_is_said_in_a_sentence(question, given, message):
    with pytest.raises(AnalysisError, match=message):
        power(question, **given)


PLANS = [
    two_shares(gap=0.1, students=300, part=0.25, icc=0.05, section_size=20),
    two_shares(students=8),
    two_means(difference=0.3),
    two_means(students=60),
    two_means(difference=0.3, students=60),
    same_students(difference=0.2),
    same_students(students=60),
    same_students(difference=0.2, students=60),
    several_groups(eta_squared=0.05),
    several_groups(students=60),
    several_groups(eta_squared=0.05, students=60),
    crossed_table(v=0.2),
    crossed_table(students=60),
    crossed_table(v=0.2, students=60),
    crossed_table(students=4),
    share_within(within=0.1),
    share_within(students=60),
    alpha_within(width=0.2, items=5),
    alpha_within(students=60, items=5),
]


@pytest.mark.parametrize("plan", PLANS, ids=lambda plan: f"{plan.question}-{plan.solved}")
@pytest.mark.parametrize("language", ["en", "es"])
def test_every_plan_has_words_a_table_and_a_face(plan, language):
    said = plan.in_words(language)
    assert not {"{", "}", "nan", "None"} & set(said.replace(".", " ").split()) and "{" not in said
    assert len(plan.table) == 1 and plan.table.solved[0] == plan.solved
    (face,) = plan.faces(language)
    assert face.rows and not any("figure" in str(row[0]) for row in face.rows)
    assert said in plan._repr_html_() or language == "es"
    if plan.solved == "students":
        assert plan["students"] >= plan["exact"] - 1e-6
        assert (
            power(plan.question, **again(plan))["power"] >= plan["power"]
            if "power" in dict(plan.figures)
            else 1
        )


def again(plan):
    """Return what asks for the power of the number of students that a plan asks for."""
    extra = {"two_shares", "exact", "power", "group_a", "group_b", "smallest_gap"}
    return {name: value for name, value in plan.figures if name not in extra}


def test_every_question_is_there():
    assert set(QUESTIONS) == {plan.question for plan in PLANS}


@settings(max_examples=30, deadline=None)
@given(st.floats(0.02, 0.4), st.floats(0.3, 0.7), st.floats(0.5, 0.95))
def test_more_students_see_more(gap, share, target):
    n = int(two_shares(gap=gap, share=share, power=target)["students"])
    seen = two_shares(gap=gap, share=share, students=n)["power"]
    assert seen >= target - 1e-9
    assert two_shares(gap=gap, share=share, students=2 * n)["power"] > seen
    mirrored = two_shares(gap=-gap, share=1 - share, power=target)
    assert mirrored["exact"] == pytest.approx(two_shares(gap=gap, share=share, power=target)["exact"])


@settings(max_examples=30, deadline=None)
@given(st.floats(0.1, 2), st.floats(0.1, 5), st.floats(0.1, 0.9))
def test_the_unit_of_a_scale_changes_no_number(d, sd, part):
    plan = two_means(difference=d * sd, sd=sd, part=part)
    assert plan["exact"] == pytest.approx(two_means(difference=d, part=part)["exact"], rel=1e-6)
    assert plan["exact"] == pytest.approx(two_means(difference=-d, part=1 - part)["exact"], rel=1e-6)
    assert two_means(difference=d, students=int(plan["students"]), part=part)["power"] > 0.78
